//! Workbooks and CSV files to text: a line for each row, its cells divided by ` | `, the tables as grids, and the
//! address of every cell. Titles, unit lines and notes around a table stay lines of their own. Formulas are never run:
//! their stored results are read. What is hidden is left out, and said so.

mod biff;
mod book;
mod delimited;
mod excel;
mod number;
mod open_document;
mod region;
mod render;
mod xml_marks;

use std::io::Cursor;

pub(super) use delimited::looks_delimited;

use super::{Extracted, Format, Refusal};

/// The most cells that are read of a workbook.
const MOST_CELLS: usize = 20_000_000;

/// The kind of workbook that the bytes are, if any: told by what is in them.
pub(super) fn format_of(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
        return (file.is_stream("/Workbook") || file.is_stream("/Book")).then_some(Format::Xls);
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let has = |name: &str| zip.file_names().any(|n| n.is_ok_and(|n| n == name));
    if has("xl/workbook.bin") {
        return Some(Format::Xlsb);
    }
    if has("xl/workbook.xml") {
        return Some(if has("xl/vbaProject.bin") { Format::Xlsm } else { Format::Xlsx });
    }
    let kind = part(&mut zip, "mimetype", 200)?;
    kind.starts_with(b"application/vnd.oasis.opendocument.spreadsheet").then_some(Format::Ods)
}

/// Reads a workbook of a known format.
///
/// # Errors
/// When it is damaged, locked with a password, or holds nothing that a person sees.
pub(super) fn extract(format: Format, bytes: &[u8]) -> Result<Extracted, Refusal> {
    let sheets = match format {
        Format::Xlsx | Format::Xlsm => excel::xlsx(bytes)?,
        Format::Xlsb => excel::xlsb(bytes)?,
        Format::Xls => excel::xls(bytes)?,
        Format::Ods => open_document::ods(bytes)?,
        _ => return Err(Refusal::Damaged(format.code().to_owned())),
    };
    render::render(sheets, format)
}

/// Reads text that is divided into cells.
///
/// # Errors
/// When it holds nothing.
pub(super) fn extract_delimited(text: &str) -> Result<Extracted, Refusal> {
    render::render(vec![delimited::sheet(text)], Format::Csv)
}

/// The bytes of a part of a zip archive; nothing when there is none or it would be greater than `most`.
fn part(zip: &mut zip::ZipArchive<Cursor<&[u8]>>, name: &str, most: u64) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let file = zip.by_name(name).ok()?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}
