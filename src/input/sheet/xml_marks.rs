//! What the XML of an `.xlsx` tells beside its values: merged cells, hidden rows and columns, and formulas without a
//! stored result.

use std::collections::BTreeMap;
use std::io::Cursor;

use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;

use super::book::Merge;
use super::part;

/// What one sheet's XML tells.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Hidden rows, 0-based.
    pub hidden_rows: Vec<u32>,
    /// Hidden columns, first and last, 0-based.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Cells with a formula and no result.
    pub uncomputed: Vec<(u32, u32)>,
    /// Merged cells.
    pub merges: Vec<Merge>,
}

/// The marks of all sheets by name. A part that cannot be read tells nothing: the values are read elsewhere, and
/// damage is said there.
pub(super) fn of(bytes: &[u8], most: u64) -> FxHashMap<String, Marks> {
    let mut found = FxHashMap::default();
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else { return found };
    let Some(book) = part(&mut zip, "xl/workbook.xml", most) else { return found };
    let Some(links) = part(&mut zip, "xl/_rels/workbook.xml.rels", most) else { return found };
    let targets = targets(&links);
    let mut sheets: Vec<(String, String)> = Vec::new();
    starts(&book, |tag| {
        if tag.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "id"))
            && let Some(target) = targets.get(&id)
        {
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            sheets.push((name, path));
        }
        true
    });
    for (name, path) in sheets {
        if let Some(xml) = part(&mut zip, &path, most) {
            found.insert(name, sheet_marks(&xml));
        }
    }
    found
}

/// The parts that a file of relationships names, by their ids.
pub(super) fn targets(links: &[u8]) -> BTreeMap<String, String> {
    let mut targets = BTreeMap::new();
    starts(links, |tag| {
        if tag.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target"))
        {
            targets.insert(id, target);
        }
        true
    });
    targets
}

fn sheet_marks(xml: &[u8]) -> Marks {
    let mut marks = Marks::default();
    let Ok(text) = std::str::from_utf8(xml) else { return marks };
    marks.merges = merges(text);
    let formulas = text
        .match_indices("<f")
        .any(|(at, _)| text.as_bytes().get(at + 2).is_some_and(|next| matches!(next, b'>' | b' ' | b'/')));
    if !formulas && !text.contains("hidden=") {
        return marks;
    }
    let mut row = 0;
    let mut cell: Option<(u32, u32)> = None;
    let mut column = 0;
    let (mut formula, mut value) = (false, false);
    let close = |cell: &mut Option<(u32, u32)>, formula: &mut bool, value: &mut bool, marks: &mut Marks| {
        if let Some(place) = cell.take().filter(|_| *formula && !*value) {
            marks.uncomputed.push(place);
        }
        (*formula, *value) = (false, false);
    };
    starts(xml, |tag| {
        match tag.local_name().as_ref() {
            "row" => {
                close(&mut cell, &mut formula, &mut value, &mut marks);
                row = attribute(tag, "r").and_then(|r| r.parse::<u32>().ok()).map_or(row + 1, |r| r);
                column = 0;
                if attribute(tag, "hidden").is_some_and(|h| is_true(&h)) {
                    marks.hidden_rows.push(row.saturating_sub(1));
                }
            }
            "col" if attribute(tag, "hidden").is_some_and(|h| is_true(&h)) => {
                let bound = |key: &str| attribute(tag, key).and_then(|v| v.parse::<u32>().ok());
                if let (Some(first), Some(last)) = (bound("min"), bound("max")) {
                    marks.hidden_columns.push((first.saturating_sub(1), last.saturating_sub(1)));
                }
            }
            "c" if formulas => {
                close(&mut cell, &mut formula, &mut value, &mut marks);
                column = attribute(tag, "r").and_then(|r| column_of(&r)).unwrap_or(column);
                cell = Some((row.saturating_sub(1), column));
                column += 1;
            }
            "f" => formula = true,
            "v" | "is" => value = true,
            "mergeCells" | "sheetProtection" => {
                close(&mut cell, &mut formula, &mut value, &mut marks);
                return false;
            }
            _ => {}
        }
        true
    });
    close(&mut cell, &mut formula, &mut value, &mut marks);
    marks
}

/// The merged cells, which stand behind all values.
fn merges(xml: &str) -> Vec<Merge> {
    let mut merges = Vec::new();
    let list = xml.find("mergeCells").and_then(|at| xml.get(..at)?.rfind('<')).and_then(|at| xml.get(at..));
    starts(list.unwrap_or_default().as_bytes(), |tag| {
        let name = tag.local_name();
        if name.as_ref() == "mergeCell" {
            merges.extend(attribute(tag, "ref").and_then(|range| merge(&range)));
        }
        matches!(name.as_ref(), "mergeCell" | "mergeCells")
    });
    merges
}

/// `B4:K5`.
fn merge(range: &str) -> Option<Merge> {
    let corner = |address: &str| {
        let digits = address.trim_start_matches(|c: char| c.is_ascii_uppercase());
        Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column_of(address)?))
    };
    let (first, last) = range.split_once(':')?;
    let ((first_row, first_column), (last_row, last_column)) = (corner(first)?, corner(last)?);
    Some(Merge { first_row, first_column, last_row, last_column })
}

fn is_true(value: &str) -> bool {
    matches!(value, "1" | "true")
}

/// The 0-based column of an address such as `AB12`.
fn column_of(address: &str) -> Option<u32> {
    let letters = address.bytes().take_while(u8::is_ascii_uppercase);
    letters.fold(None, |sum: Option<u32>, b| Some(sum.map_or(0, |s| s + 1) * 26 + u32::from(b - b'A')))
}

/// Calls `visit` for each start tag, until it returns false or the XML ends or is damaged.
fn starts(xml: &[u8], mut visit: impl FnMut(&BytesStart<'_>) -> bool) {
    let mut reader = quick_xml::Reader::from_reader(xml);
    reader.config_mut().check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                if !visit(&tag) {
                    return;
                }
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// The value of an attribute by its local name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes()
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)
        .map(|a| a.normalized_value(quick_xml::XmlVersion::Implicit1_0).map(|v| v.into_owned()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_from_addresses() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("Z9"), Some(25));
        assert_eq!(column_of("AA10"), Some(26));
        assert_eq!(column_of("12"), None);
    }

    #[test]
    fn merges_hidden_rows_and_formulas_without_results_are_found() {
        let xml = br#"<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>
            <row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1</f><v>1</v></c></row>
            <row r="4" hidden="1"><c r="A4"><f>SUM(A1)</f></c></row>
            <row r="5"><c r="C5"><f>A1</f></c></row></sheetData>
            <mergeCells count="1"><mergeCell ref="B2:AA3"/></mergeCells></worksheet>"#;
        let marks = sheet_marks(xml);
        let merge = Merge { first_row: 1, first_column: 1, last_row: 2, last_column: 26 };
        assert_eq!(marks.merges, [merge]);
        assert_eq!(marks.hidden_rows, [3]);
        assert_eq!(marks.hidden_columns, [(1, 2)]);
        assert_eq!(marks.uncomputed, [(3, 0), (4, 2)]);
    }
}
