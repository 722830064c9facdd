//! Tables of a document that hold a whole sheet, as «save as web page» and copying from a workbook give them: letterhead,
//! title, heads, values and signatures in one table.

use std::ops::Range;

use super::book::{Cell, Content, Merge, Row, Sheet};
use super::number::Look;
use super::region::{Piece, pieces};

/// A table that holds a sheet opens with at least so many rows that are no part of a table.
const LINES_ABOVE: usize = 2;

/// A cell of a table in a document: its first row and column, how many it covers, and what is written in it.
#[derive(Debug, Clone)]
pub(in crate::input) struct Written {
    pub row: usize,
    pub column: usize,
    pub row_span: usize,
    pub column_span: usize,
    pub text: String,
}

/// Rows of a table in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::input) enum Part {
    /// Each cell is a line of its own.
    Lines(Range<usize>),
    /// A table: rows, and first and last column.
    Table(Range<usize>, (usize, usize)),
}

/// The parts of a table that holds a whole sheet; nothing for a table that is just that. Cells are sorted by row.
pub(in crate::input) fn parts_of(cells: &[Written]) -> Option<Vec<Part>> {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut sheet = Sheet::default();
    for cell in cells {
        let (row, column) = (number(cell.row), number(cell.column));
        if cell.row_span > 1 || cell.column_span > 1 {
            let last = |first: u32, span: usize| first.saturating_add(number(span.max(1)) - 1);
            sheet.merges.push(Merge {
                first_row: row,
                first_column: column,
                last_row: last(row, cell.row_span),
                last_column: last(column, cell.column_span),
            });
        }
        if cell.text.trim().is_empty() {
            continue;
        }
        if sheet.rows.last().is_none_or(|r| r.at != row) {
            sheet.rows.push(Row { at: row, hidden: false, cells: Vec::new() });
        }
        let content = Content::Text(cell.text.clone());
        if let Some(last) = sheet.rows.last_mut() {
            last.cells.push(Cell { column, content, look: Look::default(), indent: 0 });
        }
    }
    let seen = sheet.seen();
    let found = pieces(&seen);
    let opens = matches!(found.first(), Some(Piece::Lines(rows)) if rows.len() >= LINES_ABOVE);
    if !opens || !found.iter().any(|p| matches!(p, Piece::Table(..))) {
        return None;
    }
    // Pieces count the rows that hold something; the parts tile the rows of the table.
    let row_of = |at: usize| seen.rows.get(at).and_then(|r| usize::try_from(r.at).ok()).unwrap_or(usize::MAX);
    let column_of = |column: u32| usize::try_from(column).unwrap_or(usize::MAX);
    let rows = |rows: Range<usize>| row_of(rows.start)..row_of(rows.end.saturating_sub(1)).saturating_add(1);
    let parts = found.into_iter().map(|piece| match piece {
        Piece::Lines(range) => Part::Lines(rows(range)),
        Piece::Table(range, (first, last)) => Part::Table(rows(range), (column_of(first), column_of(last))),
    });
    Some(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(lines: &[&str]) -> Vec<Written> {
        let row = |(row, line): (usize, &&str)| {
            let cells = line.split('|').enumerate();
            let cell = |(column, text): (usize, &str)| Written {
                row,
                column,
                row_span: 1,
                column_span: 1,
                text: text.to_owned(),
            };
            cells.map(cell).collect::<Vec<_>>()
        };
        lines.iter().enumerate().flat_map(row).collect()
    }

    #[test]
    fn a_sheet_in_a_table_is_taken_apart() {
        let found = parts_of(&cells(&[
            "SỞ NỘI VỤ|||",
            "BIỂU TỔNG HỢP|||",
            "|||",
            "TT|Chỉ tiêu|Quý I|Quý II",
            "1|Việc làm|120|150",
            "2|Phiên|3|4",
        ]));
        assert_eq!(found, Some(vec![Part::Lines(0..2), Part::Table(3..6, (0, 3))]));
    }

    #[test]
    fn a_table_that_is_no_more_stays_whole() {
        let lines = ["TT|Chỉ tiêu|Quý I|Quý II", "1|Việc làm|120|150", "2|Phiên|3|4", "Ghi chú: số ước|||"];
        assert_eq!(parts_of(&cells(&lines)), None);
    }
}
