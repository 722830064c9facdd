//! A short letter to each province whose reports contradict themselves: it quotes the sentences and asks. One Word
//! document for each province, to be looked over, signed and sent.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::failure::Failure;
use super::run::Resources;
use crate::diagnostic::{Finding, Severity, Site};
use crate::dictionary::geography::ProvinceSystem;
use crate::message::Messages;
use crate::period::Period;

/// How a paragraph looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Title,
    Plain,
    Quote,
}

/// Letters by the names of their files, sorted; none for a province that nothing is to be asked.
pub(super) fn write(findings: &[(Finding, String)], resources: &Resources) -> Vec<(String, Vec<u8>)> {
    let mut provinces: BTreeMap<(&str, &'static str), Vec<&Finding>> = BTreeMap::new();
    for (finding, _) in findings {
        let asks = finding.severity >= Severity::Warning && !finding.province.is_empty() && finding.site.line > 0;
        // What became of a correction is a matter of the office.
        let asks = asks && !finding.check.starts_with("correction-");
        if asks {
            provinces.entry((&finding.province, system(finding).code())).or_default().push(finding);
        }
    }
    let letter = |((code, system), list): ((&str, &str), Vec<&Finding>)| {
        let known = ProvinceSystem::from_code(system).and_then(|s| resources.dictionary.geography.get(s, code));
        let name = known.map_or(code, |p| p.name.as_str());
        // Codes of the 34 are told apart from those of the 63.
        let file = if system == ProvinceSystem::P34.code() { format!("{system}-{code}") } else { code.to_owned() };
        Some((format!("{file}.docx"), docx(&paragraphs(name, &list, resources))?))
    };
    provinces.into_iter().filter_map(letter).collect()
}

/// The list of provinces that was in force in a finding's period.
fn system(finding: &Finding) -> ProvinceSystem {
    let period = finding.period.parse::<Period>().ok();
    period.map_or(ProvinceSystem::P63, |p| ProvinceSystem::in_force(p.last_year(), p.last_month()))
}

/// Writes letters into a folder, which is made if need be.
///
/// # Errors
/// When a file cannot be written.
pub fn write_letters(folder: &Path, letters: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    let unwritable = |path: &Path, error: &std::io::Error| {
        Failure::new("letters-unwritable", &[("path", &path.display().to_string()), ("cause", &error.to_string())])
    };
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for (name, bytes) in letters {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(())
}

fn paragraphs(name: &str, list: &[&Finding], resources: &Resources) -> Vec<(Style, String)> {
    let words = &resources.written;
    let count = words.count(list.len());
    let mut text = vec![
        (Style::Title, words.text("letter.title", &[("province", name)])),
        (Style::Plain, words.text("letter.opening", &[("province", name), ("count", &count)])),
    ];
    for (at, finding) in list.iter().enumerate() {
        let number = words.count(at + 1);
        let file = &finding.site.file;
        text.push((Style::Plain, words.text("letter.item", &[("number", &number), ("file", file)])));
        text.push((Style::Quote, quoted(words, &finding.site)));
        let same =
            |s: &&Site| (&s.file, s.line, &s.quote) != (&finding.site.file, finding.site.line, &finding.site.quote);
        text.extend(finding.other.as_ref().filter(same).map(|other| (Style::Quote, quoted(words, other))));
        text.push((Style::Plain, words.finding(finding, &resources.dictionary)));
        text.push((Style::Plain, words.word("letter.question")));
    }
    text.push((Style::Plain, words.word("letter.closing")));
    text
}

fn quoted(words: &Messages, site: &Site) -> String {
    let place = if site.place.is_empty() { words.line(site.line) } else { site.place.clone() };
    words.text("letter.quote", &[("quote", &site.quote), ("place", &place)])
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

/// A Word document of paragraphs; the same bytes each time. `None` if it cannot be packed.
fn docx(paragraphs: &[(Style, String)]) -> Option<Vec<u8>> {
    let mut body = String::new();
    for (style, text) in paragraphs {
        let (paragraph, run) = match style {
            Style::Title => (r#"<w:jc w:val="center"/>"#, "<w:b/>"),
            Style::Plain => (r#"<w:jc w:val="both"/>"#, ""),
            Style::Quote => (r#"<w:ind w:left="567"/><w:jc w:val="both"/>"#, "<w:i/>"),
        };
        body.push_str(&format!(
            r#"<w:p><w:pPr><w:spacing w:after="120"/>{paragraph}</w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>{run}<w:sz w:val="26"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r></w:p>"#,
            escaped(text)
        ));
    }
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>"#
    );
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in
        [("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONS), ("word/document.xml", document.as_str())]
    {
        archive.start_file(name, options).ok()?;
        archive.write_all(text.as_bytes()).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}

/// Text as it stands in XML, without characters that must not.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\t' => out.push(' '),
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_a_package_of_three_parts_and_the_same_each_time() {
        let text = [(Style::Title, "Gửi Sở <A> & B".to_owned()), (Style::Quote, "«12\u{1}»".to_owned())];
        let bytes = docx(&text).unwrap();
        assert_eq!(bytes, docx(&text).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.len(), 3);
        let mut document = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut document).unwrap();
        assert!(document.contains("Gửi Sở &lt;A&gt; &amp; B") && document.contains("«12»"), "{document}");
    }
}
