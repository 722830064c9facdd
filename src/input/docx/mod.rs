//! Word documents since 2007: the text as Word shows it, with the numbers that it counts, the tables, and the notes at
//! their marks. Changes that were tracked are taken as accepted; nothing in the file is run.

mod body;
mod numbering;
mod styles;
#[cfg(test)]
mod tests;

use body::Body;
use numbering::Numbering;
use styles::Styles;

use super::flow::{Block, Flow, render};
use super::package::Package;
use super::xml::{Item, Xml, attribute, local};
use super::{Extracted, Format, Limits, Refusal};
use crate::text::{Remark, RemarkKind};

/// The main part of a document where nothing names another.
const MAIN: &str = "word/document.xml";

/// The name of the main part, if a package is a Word document.
pub(super) fn main_part(names: &[String]) -> bool {
    names.iter().any(|name| name.starts_with("word/") && name.ends_with(".xml"))
}

/// Reads a Word document.
///
/// # Errors
/// When it is damaged beyond its first words, empty, locked, or exceeds a limit.
pub(super) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    let mut package = Package::open(bytes, limits)?;
    let main = related(&package.xml("_rels/.rels").ok().flatten().unwrap_or_default(), limits, "officeDocument")
        .map_or_else(|| MAIN.to_owned(), |path| path.trim_start_matches('/').to_owned());
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let beside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let text = package.xml(&main)?.ok_or_else(|| Refusal::Damaged(main.clone()))?;
    let mut flow = Flow::default();
    let lost = |name: &str, flow: &mut Flow| {
        let what = name.to_owned();
        flow.remarks.push(Remark { kind: RemarkKind::PartLost, at: None, place: None, what });
    };
    let part = |package: &mut Package<'_>, name: &str, flow: &mut Flow| {
        let path = beside(name);
        match package.xml(&path) {
            Ok(text) => Ok(text.unwrap_or_default()),
            Err(Refusal::Damaged(_)) => {
                lost(&path, flow);
                Ok(String::new())
            }
            Err(refusal) => Err(refusal),
        }
    };
    let styles_xml = part(&mut package, "styles.xml", &mut flow)?;
    let numbering_xml = part(&mut package, "numbering.xml", &mut flow)?;
    let footnotes_xml = part(&mut package, "footnotes.xml", &mut flow)?;
    let endnotes_xml = part(&mut package, "endnotes.xml", &mut flow)?;
    let styles = Styles::read(&styles_xml, limits);
    let numbering = Numbering::read(&numbering_xml, &styles, limits);
    let mut body = Body::new(&styles, numbering, limits);
    body.collect_notes(&footnotes_xml, "footnote", &mut flow)?;
    body.collect_notes(&endnotes_xml, "endnote", &mut flow)?;
    let complete = body.main(&text, &mut flow);
    match complete {
        Err(Refusal::Damaged(_)) if !flow.blocks.is_empty() => {
            flow.remarks.push(Remark { kind: RemarkKind::PartLost, at: None, place: None, what: main })
        }
        other => other?,
    }
    let mut running: Vec<String> = package.names();
    running.retain(|name| {
        let own = name.strip_prefix(folder.as_str()).unwrap_or(name).trim_start_matches('/');
        (own.starts_with("header") || own.starts_with("footer")) && own.ends_with(".xml")
    });
    running.sort();
    let mut seen: Vec<String> = Vec::new();
    for name in running {
        let Ok(Some(text)) = package.xml(&name) else { continue };
        for paragraph in body.running(&text) {
            let visible = paragraph.text.contains(char::is_alphanumeric);
            if visible && !seen.contains(&paragraph.text) {
                seen.push(paragraph.text.clone());
                flow.blocks.push(Block::Furniture(paragraph));
            }
        }
    }
    render(&flow, Format::Docx, limits)
}

/// The target of the first relationship of a type that ends so.
fn related(rels: &str, limits: &Limits, kind: &str) -> Option<String> {
    let mut xml = Xml::new(rels, limits);
    loop {
        match xml.next().ok()? {
            Item::Open(element)
                if local(&element) == "Relationship"
                    && attribute(&element, "Type").is_some_and(|t| t.ends_with(kind)) =>
            {
                return attribute(&element, "Target");
            }
            Item::End => return None,
            _ => {}
        }
    }
}
