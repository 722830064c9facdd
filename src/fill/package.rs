//! A workbook as the parts of its package: read, and written again with a few parts changed and all others copied as
//! they were, byte for byte.

use std::io::{Cursor, Read, Write};

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::FillError;

/// The most bytes that a part may unpack to.
const MOST_BYTES: u64 = 256 << 20;

/// One sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetPart {
    /// Its name, as people see it.
    pub(super) name: String,
    /// Path of its part in the package.
    pub(super) path: String,
    /// Whether it is hidden.
    pub(super) hidden: bool,
}

/// The package of a workbook.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

const WORKBOOK: &str = "xl/workbook.xml";

impl<'a> Package<'a> {
    /// Opens a workbook.
    ///
    /// # Errors
    /// When it is no workbook of Excel since 2007.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, FillError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| FillError::NoWorkbook)?;
        if archive.by_name(WORKBOOK).is_err() {
            return Err(FillError::NoWorkbook);
        }
        Ok(Self { archive })
    }

    /// The text of a part; none where there is no such part.
    ///
    /// # Errors
    /// When it is damaged, or too large.
    pub(super) fn text(&mut self, path: &str) -> Result<Option<String>, FillError> {
        let Ok(part) = self.archive.by_name(path) else { return Ok(None) };
        let damaged = |_| FillError::Damaged(path.to_owned());
        let mut text = String::new();
        part.take(MOST_BYTES).read_to_string(&mut text).map_err(damaged)?;
        Ok(Some(text))
    }

    /// The sheets, in their order.
    ///
    /// # Errors
    /// When the parts that tell of them are damaged.
    pub(super) fn sheets(&mut self) -> Result<Vec<SheetPart>, FillError> {
        let workbook = self.text(WORKBOOK)?.unwrap_or_default();
        let links = self.text("xl/_rels/workbook.xml.rels")?.unwrap_or_default();
        let mut targets: Vec<(String, String)> = Vec::new();
        for tag in tags(&links, "Relationship").ok_or_else(|| FillError::Damaged(WORKBOOK.to_owned()))? {
            if let (Some(id), Some(target)) = (tag.get("Id"), tag.get("Target")) {
                let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
                targets.push((id.to_owned(), path));
            }
        }
        let mut sheets = Vec::new();
        for tag in tags(&workbook, "sheet").ok_or_else(|| FillError::Damaged(WORKBOOK.to_owned()))? {
            let (Some(name), Some(id)) = (tag.get("name"), tag.get("id")) else { continue };
            let Some((_, path)) = targets.iter().find(|(known, _)| known == id) else { continue };
            // Chart sheets have no cells.
            if path.contains("/worksheets/") {
                let hidden = tag.get("state").is_some_and(|state| state != "visible");
                sheets.push(SheetPart { name: name.to_owned(), path: path.clone(), hidden });
            }
        }
        Ok(sheets)
    }

    /// The shared strings, each as plain text.
    ///
    /// # Errors
    /// When they are damaged.
    pub(super) fn strings(&mut self) -> Result<Vec<String>, FillError> {
        const PATH: &str = "xl/sharedStrings.xml";
        let Some(text) = self.text(PATH)? else { return Ok(Vec::new()) };
        let mut reader = Reader::from_str(&text);
        let (mut strings, mut own, mut inside) = (Vec::new(), String::new(), false);
        // Phonetic runs hold the same text once more.
        let mut phonetic = 0_u32;
        loop {
            match reader.read_event().map_err(|_| FillError::Damaged(PATH.to_owned()))? {
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "si" => own.clear(),
                    "t" => inside = phonetic == 0,
                    "rPh" => phonetic += 1,
                    _ => {}
                },
                Event::Empty(tag) if tag.local_name().into_inner() == "si" => strings.push(String::new()),
                Event::End(tag) => match tag.local_name().into_inner() {
                    "si" => strings.push(own.clone()),
                    "t" => inside = false,
                    "rPh" => phonetic = phonetic.saturating_sub(1),
                    _ => {}
                },
                Event::Text(piece) if inside => own.push_str(&piece.into_inner()),
                Event::GeneralRef(reference) if inside => own.push_str(&unescaped(&reference.into_inner())),
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    /// The workbook with these parts in the places of the old ones; all others are copied as they are.
    ///
    /// # Errors
    /// When a part cannot be copied.
    pub(super) fn with(mut self, changed: &[(String, String)]) -> Result<Vec<u8>, FillError> {
        let mut to = ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..self.archive.len() {
            let damaged = |_| FillError::Damaged(format!("part {}", at + 1));
            let (name, modified, stored) = {
                let part = self.archive.by_index_raw(at).map_err(damaged)?;
                let name = part.name().map_err(damaged)?.into_owned();
                (name, part.last_modified(), part.compression() == CompressionMethod::Stored)
            };
            match changed.iter().find(|(path, _)| *path == name) {
                None => {
                    let part = self.archive.by_index_raw(at).map_err(damaged)?;
                    to.raw_copy_file(part).map_err(damaged)?;
                }
                Some((_, text)) => {
                    let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
                    let mut options = SimpleFileOptions::default().compression_method(method);
                    if let Some(modified) = modified {
                        options = options.last_modified_time(modified);
                    }
                    to.start_file(name, options).map_err(damaged)?;
                    to.write_all(text.as_bytes()).map_err(|_| FillError::Damaged(format!("part {}", at + 1)))?;
                }
            }
        }
        let bytes = to.finish().map_err(|_| FillError::Damaged(WORKBOOK.to_owned()))?;
        Ok(bytes.into_inner())
    }
}

/// A character or entity reference as the letter it stands for.
pub(super) fn unescaped(reference: &str) -> String {
    quick_xml::escape::unescape(&format!("&{reference};")).map(|text| text.into_owned()).unwrap_or_default()
}

/// The attributes of a tag, by their local names.
pub(super) struct Tag(Vec<(String, String)>);

impl Tag {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The tags of one name; none where the text is no XML.
pub(super) fn tags(text: &str, name: &str) -> Option<Vec<Tag>> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == name => {
                let mut attributes = Vec::new();
                for attribute in tag.attributes() {
                    let attribute = attribute.ok()?;
                    let value = quick_xml::escape::unescape(&attribute.value).ok()?.into_owned();
                    attributes.push((attribute.key.local_name().into_inner().to_owned(), value));
                }
                found.push(Tag(attributes));
            }
            Event::Eof => return Some(found),
            _ => {}
        }
    }
}
