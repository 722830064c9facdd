//! Workbooks and CSV files to text: a line for each row, its cells divided by ` | `, the tables as grids, and the
//! address of every cell. Titles, unit lines and notes around a table stay lines of their own. Formulas are never run:
//! their stored results are read. What is hidden is left out, and said so.

mod biff;
mod book;
mod delimited;
mod excel;
mod number;
mod open_document;
mod page;
mod region;
mod render;
mod xml_marks;

use std::io::Cursor;

pub(super) use delimited::looks_delimited;
pub(super) use page::{Part, Written, parts_of};

use super::{Extracted, Format, Limit, Limits, Refusal};

/// Parts that unpack to less than this together are not suspect, however well they were packed.
const SUSPECT_BYTES: u64 = 32 << 20;

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
/// When it is damaged, locked with a password, exceeds a limit, or holds nothing that a person sees.
pub(super) fn extract(format: Format, bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    if format != Format::Xls {
        check_unpacked(bytes, limits)?;
    }
    let sheets = match format {
        Format::Xlsx | Format::Xlsm => excel::xlsx(bytes, limits)?,
        Format::Xlsb => excel::xlsb(bytes, limits)?,
        Format::Xls => excel::xls(bytes, limits)?,
        Format::Ods => open_document::ods(bytes, limits)?,
        _ => return Err(Refusal::Damaged(format.code().to_owned())),
    };
    render::render(sheets, format, limits)
}

/// Reads text that is divided into cells.
///
/// # Errors
/// When it holds nothing, or more than the limits.
pub(super) fn extract_delimited(text: &str, limits: &Limits) -> Result<Extracted, Refusal> {
    render::render(vec![delimited::sheet(text, limits)?], Format::Csv, limits)
}

/// Counts cells against the limit.
#[derive(Debug)]
struct Cells {
    read: u64,
    most: u64,
}

impl Cells {
    fn new(limits: &Limits) -> Self {
        Self { read: 0, most: limits.cells }
    }

    fn add(&mut self, cells: usize) -> Result<(), Refusal> {
        self.read = self.read.saturating_add(u64::try_from(cells).unwrap_or(u64::MAX));
        if self.read > self.most {
            return Err(Refusal::TooLarge { limit: Limit::Cells, most: self.most });
        }
        Ok(())
    }
}

/// Refuses an archive whose parts say to be larger than what is read of one file.
fn check_unpacked(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let damaged = |e: zip::result::ZipError| Refusal::Damaged(e.to_string());
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut unpacked: u64 = 0;
    for at in 0..zip.len() {
        unpacked = unpacked.saturating_add(zip.by_index_raw(at).map_err(damaged)?.size());
    }
    if unpacked > limits.unpacked_bytes {
        return Err(Refusal::TooLarge { limit: Limit::Unpacked, most: limits.unpacked_bytes });
    }
    let packed = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // A sheet that is mostly blank packs well; only large ones are suspect.
    if unpacked > SUSPECT_BYTES && unpacked / packed.max(1) > limits.unpack_ratio {
        return Err(Refusal::TooLarge { limit: Limit::Ratio, most: limits.unpack_ratio });
    }
    Ok(())
}

/// The bytes of a part of a zip archive; nothing when there is none or it would be greater than `most`.
fn part(zip: &mut zip::ZipArchive<Cursor<&[u8]>>, name: &str, most: u64) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let file = zip.by_name(name).ok()?;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).ok()?;
    (u64::try_from(bytes.len()).is_ok_and(|n| n <= most)).then_some(bytes)
}
