//! What the binary workbooks tell beside their values: percent formats, indentation, hidden rows and columns; read
//! from the records of `.xls` (BIFF8) and `.xlsb` (BIFF12). A record that is cut short tells nothing.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use super::book::Merge;
use super::excel::Looks;
use super::number::Look;
use super::{part, xml_marks};

/// What one sheet's records tell.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Hidden rows, 0-based.
    pub hidden_rows: Vec<u32>,
    /// Hidden columns, first and last, 0-based.
    pub hidden_columns: Vec<(u32, u32)>,
    /// How cells show their numbers, where it is not the general way.
    pub looks: Looks,
    /// Merged cells.
    pub merges: Vec<Merge>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|c| u16_at(c, 0));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Number formats and the looks that cells refer to.
#[derive(Debug, Default)]
struct Styles {
    formats: BTreeMap<u32, Look>,
    cells: Vec<(Look, u8)>,
}

impl Styles {
    fn look(&self, format: u32) -> Look {
        self.formats.get(&format).copied().unwrap_or_else(|| Look::built_in(format))
    }

    fn keep(&self, looks: &mut Looks, row: u32, column: u32, style: usize) {
        if let Some(look) = self.cells.get(style).filter(|l| **l != (Look::default(), 0)) {
            looks.insert((row, column), *look);
        }
    }
}

// --- .xls

/// The records of a BIFF8 stream: type and bytes.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let kind = u16_at(rest, 0)?;
        let length = usize::from(u16_at(rest, 2)?);
        let body = rest.get(4..4 + length)?;
        rest = rest.get(4 + length..)?;
        Some((kind, body))
    })
}

/// The marks of the sheets of an `.xls`, in the order of the file; of each part at most so many bytes.
pub(super) fn of_xls(bytes: &[u8], most: u64) -> Vec<Marks> {
    let Some(stream) = workbook_stream(bytes, most) else { return Vec::new() };
    let mut styles = Styles::default();
    let mut xfs: Vec<(u32, u8)> = Vec::new();
    let mut sheets: Vec<usize> = Vec::new();
    for (kind, body) in records(&stream) {
        match kind {
            0x041E => {
                let Some(id) = u16_at(body, 0) else { continue };
                let wide = body.get(4).is_some_and(|flags| flags & 1 != 0);
                let text = body.get(5..).unwrap_or_default();
                let code = if wide { utf16(text) } else { text.iter().map(|b| char::from(*b)).collect() };
                styles.formats.insert(u32::from(id), Look::of(&code));
            }
            0x00E0 => {
                let Some(format) = u16_at(body, 2) else { continue };
                xfs.push((u32::from(format), body.get(8).map_or(0, |b| b & 0x0F)));
            }
            0x0085 => sheets.extend(u32_at(body, 0).and_then(|at| usize::try_from(at).ok())),
            0x000A => break,
            _ => {}
        }
    }
    styles.cells = xfs.iter().map(|(format, indent)| (styles.look(*format), *indent)).collect();
    sheets.iter().map(|at| xls_sheet(stream.get(*at..).unwrap_or_default(), &styles)).collect()
}

fn workbook_stream(bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name))?;
    let stream = file.open_stream(name).ok()?;
    let mut read = Vec::new();
    stream.take(most).read_to_end(&mut read).ok()?;
    Some(read)
}

fn xls_sheet(stream: &[u8], styles: &Styles) -> Marks {
    let mut marks = Marks::default();
    let mut depth = 0_u32;
    for (kind, body) in records(stream) {
        match kind {
            0x0809 => depth += 1,
            0x000A => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            _ if depth > 1 => {}
            0x0208 => {
                if let (Some(row), Some(flags)) = (u16_at(body, 0), u16_at(body, 12))
                    && flags & 0x20 != 0
                {
                    marks.hidden_rows.push(u32::from(row));
                }
            }
            0x007D => {
                if let (Some(first), Some(last), Some(flags)) = (u16_at(body, 0), u16_at(body, 2), u16_at(body, 8))
                    && flags & 1 != 0
                {
                    marks.hidden_columns.push((u32::from(first), u32::from(last)));
                }
            }
            0x0203 | 0x027E | 0x0006 | 0x00FD | 0x0204 | 0x0205 | 0x00D6 => {
                if let (Some(row), Some(column), Some(style)) = (u16_at(body, 0), u16_at(body, 2), u16_at(body, 4)) {
                    styles.keep(&mut marks.looks, u32::from(row), u32::from(column), usize::from(style));
                }
            }
            0x00BD => {
                let (Some(row), Some(first)) = (u16_at(body, 0), u16_at(body, 2)) else { continue };
                let cells = body.get(4..body.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6);
                for (column, cell) in (u32::from(first)..).zip(cells) {
                    if let Some(style) = u16_at(cell, 0) {
                        styles.keep(&mut marks.looks, u32::from(row), column, usize::from(style));
                    }
                }
            }
            _ => {}
        }
    }
    marks
}

// --- .xlsb

/// The records of a BIFF12 part: type and bytes. Type and length are written in bytes of seven bits.
fn records_12(part: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    fn number(rest: &mut &[u8], most: u32) -> Option<u32> {
        let mut value = 0;
        for step in 0..most {
            let (byte, after) = rest.split_first()?;
            *rest = after;
            value |= u32::from(byte & 0x7F) << (7 * step);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(value)
    }
    let mut rest = part;
    std::iter::from_fn(move || {
        let kind = number(&mut rest, 2)?;
        let length = usize::try_from(number(&mut rest, 4)?).ok()?;
        let body = rest.get(..length)?;
        rest = rest.get(length..)?;
        Some((kind, body))
    })
}

/// A text with its length before it, and the bytes after it.
fn wide_text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let length = u32_at(bytes, 0)?;
    let end = if length == u32::MAX { 4 } else { 4 + usize::try_from(length).ok()?.checked_mul(2)? };
    Some((utf16(bytes.get(4..end)?), bytes.get(end..)?))
}

/// The marks of the sheets of an `.xlsb`, in the order of the file; of each part at most so many bytes.
pub(super) fn of_xlsb(bytes: &[u8], most: u64) -> Vec<Marks> {
    const FORMAT: u32 = 44;
    const STYLE: u32 = 47;
    const STYLES_BEGIN: u32 = 617;
    const STYLES_END: u32 = 618;
    const SHEET: u32 = 156;
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let mut styles = Styles::default();
    let mut xfs: Vec<(u32, u8)> = Vec::new();
    let mut within = false;
    for (kind, body) in records_12(&part(&mut zip, "xl/styles.bin", most).unwrap_or_default()) {
        match kind {
            FORMAT => {
                if let (Some(id), Some((code, _))) = (u16_at(body, 0), body.get(2..).and_then(wide_text)) {
                    styles.formats.insert(u32::from(id), Look::of(&code));
                }
            }
            STYLES_BEGIN => within = true,
            STYLES_END => within = false,
            STYLE if within => {
                let format = u16_at(body, 2).unwrap_or(0);
                xfs.push((u32::from(format), body.get(11).copied().unwrap_or(0)));
            }
            _ => {}
        }
    }
    styles.cells = xfs.iter().map(|(format, indent)| (styles.look(*format), *indent)).collect();
    let links = part(&mut zip, "xl/_rels/workbook.bin.rels", most).unwrap_or_default();
    let targets = xml_marks::targets(&links);
    let book = part(&mut zip, "xl/workbook.bin", most).unwrap_or_default();
    let ids = records_12(&book).filter(|(kind, _)| *kind == SHEET);
    let paths: Vec<Option<String>> = ids
        .map(|(_, body)| {
            let (id, _) = wide_text(body.get(8..)?)?;
            let target = targets.get(&id)?;
            Some(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned))
        })
        .collect();
    paths
        .into_iter()
        .map(|path| {
            let bytes = path.and_then(|path| part(&mut zip, &path, most)).unwrap_or_default();
            xlsb_sheet(&bytes, &styles)
        })
        .collect()
}

fn xlsb_sheet(bytes: &[u8], styles: &Styles) -> Marks {
    let mut marks = Marks::default();
    let mut row = 0;
    for (kind, body) in records_12(bytes) {
        match kind {
            0 => {
                row = u32_at(body, 0).unwrap_or(row);
                if body.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    marks.hidden_rows.push(row);
                }
            }
            1..=11 => {
                if let (Some(column), Some(style)) = (u32_at(body, 0), u32_at(body, 4)) {
                    let style = usize::try_from(style & 0x00FF_FFFF).unwrap_or(usize::MAX);
                    styles.keep(&mut marks.looks, row, column, style);
                }
            }
            60 => {
                if let (Some(first), Some(last), Some(flags)) = (u32_at(body, 0), u32_at(body, 4), u16_at(body, 16))
                    && flags & 1 != 0
                {
                    marks.hidden_columns.push((first, last));
                }
            }
            176 => {
                let at = |n: usize| u32_at(body, n * 4);
                if let (Some(first_row), Some(last_row), Some(first_column), Some(last_column)) =
                    (at(0), at(1), at(2), at(3))
                {
                    marks.merges.push(Merge { first_row, first_column, last_row, last_column });
                }
            }
            _ => {}
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of BIFF12.
    fn record_12(kind: u32, body: &[u8]) -> Vec<u8> {
        let seven = |mut number: u32| {
            let mut bytes = Vec::new();
            loop {
                let low = u8::try_from(number & 0x7F).unwrap();
                number >>= 7;
                bytes.push(if number > 0 { low | 0x80 } else { low });
                if number == 0 {
                    return bytes;
                }
            }
        };
        [seven(kind), seven(u32::try_from(body.len()).unwrap()), body.to_vec()].concat()
    }

    fn words(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
    }

    /// A record of BIFF8.
    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &u16::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
    }

    fn styles() -> Styles {
        let percent = Look { percent: true, ..Look::default() };
        Styles { cells: vec![(Look::default(), 0), (percent, 0), (Look::default(), 2)], ..Styles::default() }
    }

    #[test]
    fn marks_of_a_binary_sheet_are_read() {
        let row = |at: u32, hidden: bool| {
            let mut body = words(&[at, 0]);
            body.extend([0, 0, 0, if hidden { 0x10 } else { 0 }, 0]);
            record_12(0, &body)
        };
        let sheet = [
            record_12(60, &[words(&[2, 3, 0, 0]), vec![1, 0]].concat()),
            row(0, false),
            record_12(5, &[words(&[1, 1]), vec![0; 8]].concat()),
            row(7, true),
            record_12(2, &[words(&[0, 2]), vec![0; 4]].concat()),
            record_12(176, &words(&[0, 1, 2, 4])),
        ]
        .concat();
        let marks = xlsb_sheet(&sheet, &styles());
        assert_eq!(marks.hidden_columns, [(2, 3)]);
        assert_eq!(marks.hidden_rows, [7]);
        assert!(marks.looks[&(0, 1)].0.percent);
        assert_eq!(marks.looks[&(7, 0)].1, 2);
        assert_eq!(marks.merges, [Merge { first_row: 0, first_column: 2, last_row: 1, last_column: 4 }]);
    }

    #[test]
    fn marks_of_an_old_sheet_are_read_and_its_charts_left_out() {
        let cell = |row: u16, column: u16, style: u16| {
            [row, column, style].iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>()
        };
        let mut hidden = vec![0_u8; 16];
        hidden[0] = 4;
        hidden[12] = 0x20;
        let mut column = vec![0_u8; 12];
        column[0] = 5;
        column[2] = 6;
        column[8] = 1;
        let many = [&[3_u8, 0, 1, 0][..], &[1, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 0, 0], &[2, 0]].concat();
        let sheet = [
            record(0x0809, &[0; 8]),
            record(0x007D, &column),
            record(0x0208, &hidden),
            record(0x0203, &[cell(0, 1, 1), vec![0; 8]].concat()),
            record(0x00BD, &many),
            record(0x0809, &[0; 8]),
            record(0x0203, &[cell(0, 9, 1), vec![0; 8]].concat()),
            record(0x000A, &[]),
            record(0x000A, &[]),
            record(0x0203, &[cell(0, 8, 1), vec![0; 8]].concat()),
        ]
        .concat();
        let marks = xls_sheet(&sheet, &styles());
        assert_eq!(marks.hidden_columns, [(5, 6)]);
        assert_eq!(marks.hidden_rows, [4]);
        let mut places: Vec<(u32, u32)> = marks.looks.keys().copied().collect();
        places.sort_unstable();
        assert_eq!(places, [(0, 1), (3, 1)]);
    }

    #[test]
    fn what_is_cut_short_tells_nothing() {
        assert_eq!(records(&[3, 2, 9, 0, 1]).count(), 0);
        assert_eq!(records_12(&[0x85, 0x80]).count(), 0);
        assert!(of_xls(b"\xD0\xCF\x11\xE0", 1 << 20).is_empty());
        assert!(of_xlsb(b"PK\x03\x04", 1 << 20).is_empty());
    }
}
