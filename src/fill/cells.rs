//! The cells of one sheet, each with the bytes it takes, and the sheet again with some of their values changed: only
//! the bytes of those cells differ.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use rust_decimal::Decimal;

use super::FillError;
use super::package::{tags, unescaped};

/// Row and column of a cell, from 0.
pub(super) type Spot = (u32, u32);

/// A cell that stands in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// What it says; empty where it has no value.
    pub(super) text: String,
    /// Whether the value is text, not a number.
    pub(super) is_text: bool,
    /// Whether a formula gives it.
    pub(super) is_formula: bool,
    /// Number of its style.
    style: String,
    /// The bytes from `<c` to the end of the element.
    bytes: Range<usize>,
}

impl Cell {
    /// Number of its style among those of the workbook.
    pub(super) fn style_number(&self) -> usize {
        self.style.parse().unwrap_or(0)
    }
}

/// A row element: its bytes, and where its cells begin and end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    /// Just after the start tag, or the place of the empty element.
    inside: usize,
    /// Whether the element is written as an empty one.
    empty: Option<Range<usize>>,
}

/// A sheet read for its cells.
#[derive(Debug)]
pub(super) struct Cells<'t> {
    xml: &'t str,
    /// By row and column.
    pub(super) cells: BTreeMap<Spot, Cell>,
    /// First and last cell of merged blocks.
    pub(super) merges: Vec<(Spot, Spot)>,
    /// Whether any cell has a formula.
    pub(super) has_formulas: bool,
    rows: BTreeMap<u32, Row>,
}

/// A value to be put into a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum New {
    Number(Decimal),
    Text(String),
}

/// A cell that is being read.
struct Open {
    spot: Spot,
    kind: String,
    cell: Cell,
    value: bool,
    inline: bool,
}

impl<'t> Cells<'t> {
    /// Reads the cells of the sheet whose part is `path`.
    ///
    /// # Errors
    /// When it is damaged.
    pub(super) fn read(path: &str, xml: &'t str, strings: &[String]) -> Result<Self, FillError> {
        let damaged = || FillError::Damaged(path.to_owned());
        let mut reader = Reader::from_str(xml);
        let mut sheet =
            Self { xml, cells: BTreeMap::new(), merges: Vec::new(), has_formulas: false, rows: BTreeMap::new() };
        let (mut row, mut next): (u32, Spot) = (0, (0, 0));
        let mut open: Option<Open> = None;
        loop {
            let before = position(reader.buffer_position());
            let event = reader.read_event().map_err(|_| damaged())?;
            let after = position(reader.buffer_position());
            match event {
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "row" => {
                        row =
                            attribute(&tag, "r").and_then(|r| r.parse::<u32>().ok()?.checked_sub(1)).unwrap_or(next.0);
                        next = (row, 0);
                        sheet.rows.insert(row, Row { inside: after, empty: None });
                    }
                    "c" => open = Some(opened(&tag, next, before)),
                    "v" => set(&mut open, |open| open.value = true),
                    "t" => set(&mut open, |open| open.value = open.inline),
                    "is" => set(&mut open, |open| open.inline = true),
                    "f" => set(&mut open, |open| open.cell.is_formula = true),
                    _ => {}
                },
                Event::Empty(tag) => match tag.local_name().into_inner() {
                    "row" => {
                        row =
                            attribute(&tag, "r").and_then(|r| r.parse::<u32>().ok()?.checked_sub(1)).unwrap_or(next.0);
                        next = (row + 1, 0);
                        sheet.rows.insert(row, Row { inside: after, empty: Some(before..after) });
                    }
                    "c" => {
                        let found = opened(&tag, next, before);
                        next = (found.spot.0, found.spot.1 + 1);
                        sheet.close(found, after, strings);
                    }
                    "f" => set(&mut open, |open| open.cell.is_formula = true),
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().into_inner() {
                    "c" => {
                        if let Some(found) = open.take() {
                            next = (found.spot.0, found.spot.1 + 1);
                            sheet.close(found, after, strings);
                        }
                    }
                    "row" => next = (row + 1, 0),
                    "v" | "t" => set(&mut open, |open| open.value = false),
                    "is" => set(&mut open, |open| open.inline = false),
                    _ => {}
                },
                Event::Text(piece) => {
                    let text = piece.into_inner();
                    set(&mut open, |open| {
                        if open.value {
                            open.cell.text.push_str(&text);
                        }
                    });
                }
                Event::GeneralRef(reference) => {
                    let letter = unescaped(&reference.into_inner());
                    set(&mut open, |open| {
                        if open.value {
                            open.cell.text.push_str(&letter);
                        }
                    });
                }
                Event::Eof => break,
                _ => {}
            }
        }
        for tag in tags(xml, "mergeCell").ok_or_else(damaged)? {
            let block = tag.get("ref").and_then(|block| block.split_once(':'));
            if let Some((Some(first), Some(last))) = block.map(|(a, b)| (spot(a), spot(b))) {
                sheet.merges.push((first, last));
            }
        }
        Ok(sheet)
    }

    fn close(&mut self, open: Open, end: usize, strings: &[String]) {
        let Open { spot, kind, mut cell, .. } = open;
        cell.bytes.end = end;
        cell.is_text = matches!(kind.as_str(), "s" | "str" | "inlineStr");
        if kind == "s" {
            let shared = cell.text.trim().parse::<usize>().ok().and_then(|at| strings.get(at));
            cell.text = shared.cloned().unwrap_or_default();
        }
        self.has_formulas |= cell.is_formula;
        self.cells.insert(spot, cell);
    }

    /// Whether a cell lies under a merged block, not at its top left.
    pub(super) fn is_covered(&self, spot: Spot) -> bool {
        self.merges.iter().any(|(first, last)| {
            spot != *first && (first.0..=last.0).contains(&spot.0) && (first.1..=last.1).contains(&spot.1)
        })
    }

    /// The sheet with new values in some of its cells.
    pub(super) fn with(&self, values: &BTreeMap<Spot, New>) -> String {
        // Changes of bytes, in their order; an insertion is an empty range.
        let mut changes: Vec<(Range<usize>, String)> = Vec::new();
        let mut new_rows: BTreeSet<u32> = BTreeSet::new();
        for (spot, value) in values {
            match (self.cells.get(spot), self.rows.get(&spot.0)) {
                (Some(cell), _) => changes.push((cell.bytes.clone(), element(*spot, &cell.style, value))),
                (None, Some(Row { empty: None, inside })) => {
                    let before = self.cells.range((spot.0, 0)..*spot).next_back();
                    let at = before.map_or(*inside, |(_, cell)| cell.bytes.end);
                    changes.push((at..at, element(*spot, "", value)));
                }
                (None, _) => {
                    new_rows.insert(spot.0);
                }
            }
        }
        for row in new_rows {
            let of_row = values.range((row, 0)..=(row, u32::MAX));
            let cells: String = of_row.map(|(spot, value)| element(*spot, "", value)).collect();
            let written = format!("<row r=\"{}\">{cells}</row>", row + 1);
            match self.rows.get(&row) {
                Some(Row { empty: Some(bytes), .. }) => {
                    let tag = self.xml.get(bytes.clone()).unwrap_or_default();
                    let open = tag.trim_end().strip_suffix("/>").unwrap_or(tag).trim_end();
                    changes.push((bytes.clone(), format!("{open}>{cells}</row>")));
                }
                _ => {
                    let at = self.row_place(row);
                    changes.push((at..at, written));
                }
            }
        }
        changes.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
        let mut xml = String::with_capacity(self.xml.len() + changes.len() * 16);
        let mut at = 0;
        for (bytes, text) in changes {
            xml.push_str(self.xml.get(at..bytes.start).unwrap_or_default());
            xml.push_str(&text);
            at = bytes.end;
        }
        xml.push_str(self.xml.get(at..).unwrap_or_default());
        xml
    }

    /// Where a row that does not stand yet is put: before the next one, or at the end of the data.
    fn row_place(&self, row: u32) -> usize {
        let next = self.rows.range(row + 1..).next().map(|(_, next)| match &next.empty {
            Some(bytes) => bytes.start,
            None => self.xml.get(..next.inside).and_then(|before| before.rfind("<row")).unwrap_or(next.inside),
        });
        next.or_else(|| self.xml.find("</sheetData>")).unwrap_or(self.xml.len())
    }
}

fn set(open: &mut Option<Open>, change: impl FnOnce(&mut Open)) {
    if let Some(open) = open {
        change(open);
    }
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn opened(tag: &BytesStart<'_>, next: Spot, start: usize) -> Open {
    Open {
        spot: attribute(tag, "r").and_then(|r| spot(&r)).unwrap_or(next),
        kind: attribute(tag, "t").unwrap_or_default(),
        cell: Cell {
            text: String::new(),
            is_text: false,
            is_formula: false,
            style: attribute(tag, "s").unwrap_or_default(),
            bytes: start..start,
        },
        value: false,
        inline: false,
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|a| a.key.local_name().into_inner() == name)?;
    Some(found.value.into_owned())
}

/// A cell's element.
fn element(spot: Spot, style: &str, value: &New) -> String {
    let style = if style.is_empty() { String::new() } else { format!(" s=\"{style}\"") };
    let address = address(spot);
    match value {
        New::Number(number) => format!("<c r=\"{address}\"{style}><v>{}</v></c>", number.normalize()),
        New::Text(text) => {
            let text = quick_xml::escape::escape(text.as_str());
            format!("<c r=\"{address}\"{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
        }
    }
}

/// A cell's address as people write it.
pub(super) fn address((row, column): Spot) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    format!("{letters}{}", row + 1)
}

/// The cell with an address.
pub(super) fn spot(address: &str) -> Option<Spot> {
    let address = address.replace('$', "");
    let end = address.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = address.split_at(end);
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let digit = letter.to_ascii_uppercase().checked_sub(b'A').filter(|digit| *digit < 26)?;
        column = column.checked_mul(26)?.checked_add(u32::from(digit) + 1)?;
    }
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str = concat!(
        r#"<worksheet><sheetData><row r="1" ht="20"><c r="A1" s="3" t="s"><v>0</v></c><c r="B1" s="4"/>"#,
        r#"<c r="D1"><f>B1*2</f><v>0</v></c></row><row r="3" s="2"/><row r="5"><c r="A5" t="inlineStr"><is><t>a &amp; b"#,
        r#"</t></is></c></row></sheetData><mergeCells count="1"><mergeCell ref="B1:C2"/></mergeCells></worksheet>"#
    );

    #[test]
    fn cells_are_read_with_their_kind() {
        let sheet = Cells::read("s", SHEET, &["tên".to_owned()]).unwrap();
        let said: Vec<_> =
            sheet.cells.iter().map(|(spot, c)| (address(*spot), c.text.as_str(), c.is_formula)).collect();
        assert_eq!(
            said,
            [
                ("A1".to_owned(), "tên", false),
                ("B1".to_owned(), "", false),
                ("D1".to_owned(), "0", true),
                ("A5".to_owned(), "a & b", false)
            ]
        );
        assert!(sheet.is_covered((1, 2)) && !sheet.is_covered((0, 1)) && sheet.has_formulas);
        assert_eq!((spot("AB12"), spot("12"), spot("A0")), (Some((11, 27)), None, None));
    }

    #[test]
    fn only_the_bytes_of_the_cells_change() {
        let sheet = Cells::read("s", SHEET, &["tên".to_owned()]).unwrap();
        let number = |n: i64| New::Number(Decimal::new(n, 1));
        let values = BTreeMap::from([
            ((0, 1), number(125)),
            ((0, 2), number(20)),
            ((2, 0), New::Text("<x>".to_owned())),
            ((3, 1), number(5)),
            ((6, 0), number(7)),
        ]);
        let expected = SHEET
            .replace(r#"<c r="B1" s="4"/>"#, r#"<c r="B1" s="4"><v>12.5</v></c><c r="C1"><v>2</v></c>"#)
            .replace(
                r#"<row r="3" s="2"/>"#,
                concat!(
                    r#"<row r="3" s="2"><c r="A3" t="inlineStr"><is><t xml:space="preserve">&lt;x&gt;</t></is></c></row>"#,
                    r#"<row r="4"><c r="B4"><v>0.5</v></c></row>"#
                ),
            )
            .replace("</row></sheetData>", r#"</row><row r="7"><c r="A7"><v>0.7</v></c></row></sheetData>"#);
        assert_eq!(sheet.with(&values), expected);
        assert_eq!(sheet.with(&BTreeMap::new()), SHEET);
    }
}
