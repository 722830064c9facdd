//! CSV and tab-separated text: one sheet.

use super::book::{Cell, Content, Row, Sheet};
use super::number::Look;
use super::{Cells, Limits, Refusal};

/// What may divide the cells of a line.
const DIVIDERS: [char; 3] = [';', '\t', ','];

/// Whether text reads as rows of cells rather than as prose: the lines have one number of cells, or nearly, and not
/// the spacing of sentences.
pub(in crate::input) fn looks_delimited(text: &str) -> bool {
    divider(text).is_some()
}

/// The character that divides the cells, if most lines hold the same number of it, two at least.
fn divider(text: &str) -> Option<char> {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(200).collect();
    if lines.len() < 2 {
        return None;
    }
    let counts = |divider: char| -> Vec<usize> { lines.iter().map(|l| count(l, divider)).collect() };
    DIVIDERS.into_iter().find(|divider| {
        let found = counts(*divider);
        let most = found.iter().copied().max().unwrap_or(0);
        let same = found.iter().filter(|n| **n == most).count();
        // In a sentence a blank follows the comma or semicolon.
        let spaced: usize = lines.iter().map(|l| l.matches(&format!("{divider} ")).count()).sum();
        let all: usize = found.iter().sum();
        let prose = *divider != '\t' && spaced * 4 > all;
        most >= 2 && same * 2 > lines.len() && !prose
    })
}

/// How many dividers stand outside quotes.
fn count(line: &str, divider: char) -> usize {
    let mut quoted = false;
    let mut found = 0;
    for c in line.chars() {
        if c == '"' {
            quoted = !quoted;
        } else if c == divider && !quoted {
            found += 1;
        }
    }
    found
}

/// The rows of delimited text.
///
/// # Errors
/// When it holds more cells than the limit.
pub(super) fn sheet(text: &str, limits: &Limits) -> Result<Sheet, Refusal> {
    let mut counted = Cells::new(limits);
    let divider = divider(text).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(divider).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    let mut at = 0_u32;
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        // Blank lines are skipped by the reader but are rows of the sheet.
        let start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(text.len());
        let blank = text.as_bytes().get(start..).unwrap_or_default().iter().take_while(|b| **b == b'\n').count();
        at += u32::try_from(blank).unwrap_or(0);
        let cells: Vec<Cell> = (0_u32..)
            .zip(&record)
            .filter(|(_, field)| !field.trim().is_empty())
            .map(|(column, field)| Cell {
                column,
                content: Content::Text(field.to_owned()),
                look: Look::default(),
                indent: 0,
            })
            .collect();
        counted.add(cells.len())?;
        if !cells.is_empty() {
            sheet.rows.push(Row { at, hidden: false, cells });
        }
        at += 1;
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_cells_are_told_from_prose() {
        assert!(looks_delimited("TT;Chỉ tiêu;Quý I\n1;Việc làm;3.120\n2;Phiên;8\n"));
        assert!(looks_delimited("TT,Chỉ tiêu,Quý I\n1,\"Việc làm, nghề\",\"3.120\"\n2,Phiên,8\n"));
        assert!(!looks_delimited("Trong quý, toàn tỉnh giải quyết việc làm cho 12 người.\nNgoài ra, có 3, 4 và 5.\n"));
        assert!(!looks_delimited("một dòng"));
    }

    #[test]
    fn quoted_cells_and_blank_lines_keep_their_places() {
        let sheet = sheet("a;b;c\n\n\"x;\"\"y\"\"\";;2\n", &Limits::default()).unwrap();
        assert_eq!(sheet.rows.iter().map(|r| r.at).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(sheet.rows[1].cells[0].content, Content::Text("x;\"y\"".to_owned()));
        assert_eq!(sheet.rows[1].cells[1].column, 2);
    }
}
