//! Bad files of every format: a clear message at once, and the other reports are read.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tonghop::input::{Limits, Refusal, extract_text};
use zip::write::SimpleFileOptions;

use crate::support::{Office, nam_dinh};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name)).unwrap()
}

/// A zip with these parts.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let text = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    zipped(&[("word/document.xml", text.as_bytes())])
}

/// A PDF of one page with this content, and an image that fills it if so wanted. Its table of objects is missing, as
/// in a file that was mended by hand.
fn pdf(content: &str, image: bool) -> Vec<u8> {
    let resources = if image { "/XObject << /I 5 0 R >>" } else { "" };
    let draw = if image { "q 595 0 0 842 0 0 cm /I Do Q " } else { "" };
    let content = format!("{draw}{content}");
    format!(
        "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n\
         3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 6 0 R >> {resources} >> >> endobj\n\
         4 0 obj << /Length {} >> stream\n{content}\nendstream endobj\n\
         5 0 obj << /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >> stream\nx\nendstream endobj\n\
         6 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj\n\
         trailer << /Root 1 0 R >>\n%%EOF\n",
        content.len()
    )
    .into_bytes()
}

fn lines_of(words: &str) -> String {
    let mut out = String::from("BT /F 12 Tf 14 TL 50 780 Td ");
    for _ in 0..12 {
        out.push_str(&format!("({words}) Tj T* "));
    }
    out + "ET"
}

fn half(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}

/// The password flag of a Word 97 document.
fn locked_doc() -> Vec<u8> {
    let mut bytes = fixture("nam-dinh-2024-05.doc");
    let fib = bytes.windows(2).position(|w| w == [0xEC, 0xA5]).unwrap();
    bytes[fib + 11] |= 0x01;
    bytes
}

/// A docx whose parts say that they are encrypted.
fn locked_parts() -> Vec<u8> {
    let mut bytes = zipped(&[("word/document.xml", b"<w/>")]);
    for at in 0..bytes.len() - 10 {
        if bytes[at..].starts_with(b"PK\x03\x04") {
            bytes[at + 6] |= 1;
        } else if bytes[at..].starts_with(b"PK\x01\x02") {
            bytes[at + 8] |= 1;
        }
    }
    bytes
}

fn bomb() -> Vec<u8> {
    let zeros = vec![b' '; 64 << 20];
    let mut body = b"<w:document><w:body><w:p><w:r><w:t>".to_vec();
    body.extend(zeros);
    zipped(&[("word/document.xml", &body)])
}

/// An archive in an archive in an archive, and so on.
fn nested_archives(depth: usize) -> Vec<u8> {
    let mut inner = zipped(&[("a.txt", b"x")]);
    for _ in 0..depth {
        inner = zipped(&[("b.zip", &inner)]);
    }
    inner
}

/// All bad files: name, content, and the slug of their finding.
fn specimens() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let deep = |open: &str| open.repeat(100_000);
    let nested = docx(&format!("{}x", deep("<w:tbl><w:tr><w:tc>")));
    let broken_html = format!("<html><body>{}1", deep("<div>"));
    vec![
        ("empty.docx", Vec::new(), "refused-empty"),
        ("empty-body.docx", docx(""), "refused-empty"),
        ("truncated.docx", half(&fixture("bac-lieu-2024-q2.docx")), "refused-damaged"),
        ("locked.docx", fixture("bad/locked.docx"), "refused-locked"),
        ("locked-parts.docx", locked_parts(), "refused-locked"),
        ("bomb.docx", bomb(), "refused-too-large"),
        ("nested.docx", nested, "refused-too-large"),
        ("no-xml.docx", zipped(&[("word/document.xml", b"\xFF\x00<<<")]), "refused-damaged"),
        ("truncated.pdf", b"%PDF-1.7\n1 0 obj <<".to_vec(), "refused-damaged"),
        ("empty.pdf", pdf("", false), "refused-empty"),
        ("scan.pdf", pdf("", true), "refused-scanned"),
        ("lost.pdf", pdf(&lines_of("gi i quy t vi c l m cho 15 ng i lao ng"), false), "refused-lost-letters"),
        ("locked.pdf", fixture("bad/locked.pdf"), "refused-locked"),
        ("nested.pdf", format!("%PDF-1.4\n1 0 obj {} endobj", deep("[")).into_bytes(), "refused-damaged"),
        ("empty.html", b"<html><body>&nbsp;</body></html>".to_vec(), "refused-empty"),
        ("nested.html", broken_html.into_bytes(), "refused-too-large"),
        ("empty.rtf", b"{\\rtf1 {\\fonttbl{\\f0 A;}}}".to_vec(), "refused-empty"),
        ("nested.rtf", format!("{{\\rtf1 {}", deep("{")).into_bytes(), "refused-too-large"),
        ("truncated.doc", half(&fixture("nam-dinh-2024-05.doc")), "refused-damaged"),
        ("locked.doc", locked_doc(), "refused-locked"),
        ("empty.zip", zipped(&[]), "refused-empty"),
        ("truncated.zip", half(&zipped(&[("a.txt", nam_dinh(7).as_bytes())])), "refused-damaged"),
        ("nested.zip", nested_archives(20), "refused-too-large"),
        ("page.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related\n".to_vec(), "refused-unsupported"),
        (
            "text.odt",
            zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")]),
            "refused-unsupported",
        ),
        (
            "noise.txt",
            (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect(),
            "refused-not-text",
        ),
    ]
}

#[test]
fn each_has_a_message_and_stops_no_other() {
    let office = Office::new();
    office.write("reports/good.txt", nam_dinh(120));
    office.write("reports/good.docx", fixture("bac-lieu-2024-q1.docx"));
    let mut expect = Vec::new();
    for (name, content, slug) in specimens() {
        office.write(&format!("reports/{name}"), content);
        let inner = if name == "nested.zip" { "nested.zip/b.zip/b.zip/b.zip" } else { name };
        expect.push(format!("{slug} {inner}"));
    }
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, &[]);
    let mut found: Vec<String> = office.findings().into_iter().filter(|f| f.starts_with("refused")).collect();
    expect.sort();
    found.sort();
    assert_eq!(found, expect);
    let rows = office.table("out/reports.csv");
    let read: Vec<&str> = rows.iter().filter(|r| r["status"] == "read").map(|r| r["file"].as_str()).collect();
    assert_eq!(read, ["good.docx", "good.txt"]);
}

#[test]
fn each_is_refused_within_two_seconds() {
    for (name, content, _) in specimens().into_iter().filter(|(name, ..)| !name.ends_with(".zip")) {
        let started = Instant::now();
        let result = extract_text(name, &content, &Limits::default());
        let time = started.elapsed();
        assert!(result.is_err(), "{name} was read");
        // A build without optimisation is given more.
        let most = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 2 });
        assert!(time < most, "{name}: {time:?}");
    }
}

#[test]
fn a_format_is_told_by_content_not_by_name() {
    for (file, code) in [
        ("bac-lieu-2024-q2.docx", "docx"),
        ("bac-lieu-2024-q2.pdf", "pdf"),
        ("bac-lieu-2024-q2.html", "html"),
        ("bac-lieu-2024-q2.rtf", "rtf"),
        ("bac-lieu-2024-q2.doc", "doc"),
    ] {
        for name in ["a.txt", "a", "a.xlsx"] {
            let read = extract_text(name, &fixture(file), &Limits::default()).unwrap();
            assert_eq!(read.format.code(), code, "{file} as {name}");
        }
    }
}

#[test]
fn limits_are_options() {
    let office = Office::new();
    office.write("reports/a.pdf", fixture("bac-lieu-2024-q2.pdf"));
    office.write("reports/good.txt", nam_dinh(120));
    office.tonghop(&["run", "reports", "--out", "out", "--max-pages", "1"]).expect(1, &["số trang, tối đa 1"]);
    office.tonghop(&["run", "reports", "--out", "out", "--max-file", "0"]).expect(1, &["tối đa 0"]);
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &[]);
}

#[test]
fn what_is_no_limit_of_ours_is_no_refusal() {
    let limits = Limits { cells: 10, ..Limits::default() };
    let refusal = extract_text("a", &fixture("nam-dinh-2024-05.docx"), &limits).unwrap_err();
    assert!(matches!(refusal, Refusal::TooLarge { .. }), "{refusal}");
    assert!(extract_text("a", &fixture("bac-lieu-2024-q1.docx"), &limits).is_ok());
}
