//! A workbook as its cells stand in the file, in one form for all formats, and what of it a person can see.

use rust_decimal::Decimal;

use super::number::Look;

/// A sheet of a workbook.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether the file hides it.
    pub hidden: bool,
    /// Rows that have cells, from the top.
    pub rows: Vec<Row>,
    /// Merged cells.
    pub merges: Vec<Merge>,
    /// Hidden columns, 0-based, first and last.
    pub hidden_columns: Vec<(u32, u32)>,
}

/// A row of a sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// 0-based number in the sheet.
    pub at: u32,
    /// Whether the file hides it.
    pub hidden: bool,
    /// Its cells that hold something, from the left.
    pub cells: Vec<Cell>,
}

/// A cell that holds something.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// 0-based column.
    pub column: u32,
    /// What it holds.
    pub content: Content,
    /// How its number is shown.
    pub look: Look,
    /// How far its text is set in.
    pub indent: u8,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Text, lines and leading spaces as they are.
    Text(String),
    /// A stored number, exact.
    Number(Decimal),
    /// An error such as `#DIV/0!`.
    Error(String),
    /// A formula of which no result is stored.
    Uncomputed,
}

/// A merged cell: its first and last row and column, 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    pub first_row: u32,
    pub first_column: u32,
    pub last_row: u32,
    pub last_column: u32,
}

/// What a person sees of a sheet: rows and columns without the hidden ones.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Rows that have cells.
    pub rows: Vec<SeenRow>,
    /// Merged cells in numbers of seen rows and columns, by their first place.
    pub merges: Vec<Merge>,
    /// Hidden rows that hold something: numbers in the sheet.
    pub hidden_rows: Vec<u32>,
    /// Hidden columns that hold something: numbers in the sheet.
    pub hidden_columns: Vec<u32>,
}

/// A row that a person sees.
#[derive(Debug, Default)]
pub(super) struct SeenRow {
    /// 0-based number among all seen rows, blank ones counted.
    pub at: u32,
    /// 0-based number in the sheet.
    pub in_sheet: u32,
    /// Its cells.
    pub cells: Vec<SeenCell>,
}

/// A cell that a person sees.
#[derive(Debug)]
pub(super) struct SeenCell {
    /// 0-based number among all seen columns.
    pub column: u32,
    /// 0-based column in the sheet.
    pub in_sheet: u32,
    /// What it holds.
    pub cell: Cell,
}

impl Sheet {
    /// Leaves out what the file hides, and counts rows and columns anew. A merged cell whose first place is hidden
    /// begins at its first place that is not.
    pub(super) fn seen(self) -> Seen {
        let mut hidden_rows: Vec<u32> = self.rows.iter().filter(|r| r.hidden).map(|r| r.at).collect();
        hidden_rows.sort_unstable();
        hidden_rows.dedup();
        let mut columns = self.hidden_columns.clone();
        columns.sort_unstable();
        let is_hidden = |column: u32| columns.iter().any(|(first, last)| (*first..=*last).contains(&column));
        let new_row = |row: u32| row - below(&hidden_rows, row);
        let new_column = |column: u32| {
            let hidden: u32 = columns.iter().map(|(f, l)| (*l + 1).min(column).saturating_sub(*f)).sum();
            column.saturating_sub(hidden)
        };
        let mut seen = Seen::default();
        let mut moved: Vec<(u32, u32, Cell)> = Vec::new();
        let kept: Vec<Merge> = self.merges.iter().copied().filter(|m| m.first_row <= m.last_row).collect();
        for row in self.rows {
            let mut cells = Vec::with_capacity(row.cells.len());
            let mut holds = false;
            for cell in row.cells {
                let off = is_hidden(cell.column);
                if !row.hidden && !off {
                    cells.push(SeenCell { column: new_column(cell.column), in_sheet: cell.column, cell });
                    continue;
                }
                let merge = kept.iter().find(|m| m.first_row == row.at && m.first_column == cell.column);
                let place = merge.and_then(|m| {
                    let at = (m.first_row..=m.last_row).find(|r| hidden_rows.binary_search(r).is_err())?;
                    let column = (m.first_column..=m.last_column).find(|c| !is_hidden(*c))?;
                    Some((at, column))
                });
                match place {
                    Some((at, column)) => moved.push((at, column, cell)),
                    None if row.hidden => holds = true,
                    None => seen.hidden_columns.push(cell.column),
                }
            }
            if holds {
                seen.hidden_rows.push(row.at);
            }
            if !row.hidden {
                seen.rows.push(SeenRow { at: new_row(row.at), in_sheet: row.at, cells });
            }
        }
        for (at, column, cell) in moved {
            let found = seen.rows.binary_search_by_key(&at, |r| r.in_sheet);
            let index = found.unwrap_or_else(|index| {
                seen.rows.insert(index, SeenRow { at: new_row(at), in_sheet: at, cells: Vec::new() });
                index
            });
            if let Some(row) = seen.rows.get_mut(index) {
                row.cells.push(SeenCell { column: new_column(column), in_sheet: column, cell });
                row.cells.sort_by_key(|c| c.column);
            }
        }
        seen.rows.retain(|r| !r.cells.is_empty());
        seen.hidden_columns.sort_unstable();
        seen.hidden_columns.dedup();
        seen.merges = kept
            .iter()
            .filter_map(|m| {
                let rows = m.last_row - m.first_row + 1 - below(&hidden_rows, m.last_row + 1)
                    + below(&hidden_rows, m.first_row);
                let columns = new_column(m.last_column + 1) - new_column(m.first_column);
                (rows > 0 && columns > 0).then(|| Merge {
                    first_row: new_row(m.first_row),
                    first_column: new_column(m.first_column),
                    last_row: new_row(m.first_row) + rows - 1,
                    last_column: new_column(m.first_column) + columns - 1,
                })
            })
            .collect();
        seen.merges.sort_unstable_by_key(|m| (m.first_row, m.first_column));
        seen
    }
}

/// How many of the sorted numbers are less than `bound`.
fn below(sorted: &[u32], bound: u32) -> u32 {
    u32::try_from(sorted.partition_point(|n| *n < bound)).unwrap_or(u32::MAX)
}

/// The letters of a 0-based column: `A`, `Z`, `AA`.
pub(super) fn column_letters(column: u32) -> String {
    let letter = |digit: u32| char::from(b'A' + u8::try_from(digit % 26).unwrap_or(0));
    let mut letters = String::with_capacity(8);
    let mut rest = column;
    loop {
        letters.insert(0, letter(rest));
        if rest < 26 {
            return letters;
        }
        rest = rest / 26 - 1;
    }
}

/// The address of a cell: `E31`.
pub(super) fn address(row: u32, column: u32) -> String {
    use std::fmt::Write as _;
    let mut address = column_letters(column);
    // Writing into a string does not fail.
    let _ = write!(address, "{}", u64::from(row) + 1);
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(column: u32, words: &str) -> Cell {
        Cell { column, content: Content::Text(words.to_owned()), look: Look::default(), indent: 0 }
    }

    #[test]
    fn addresses_are_those_of_spreadsheets() {
        assert_eq!(address(0, 0), "A1");
        assert_eq!(address(30, 4), "E31");
        assert_eq!(address(9, 26), "AA10");
        assert_eq!(address(9, 701), "ZZ10");
        assert_eq!(address(9, 702), "AAA10");
    }

    #[test]
    fn what_is_hidden_is_left_out_and_noted() {
        let sheet = Sheet {
            rows: vec![
                Row { at: 0, hidden: false, cells: vec![text(0, "a"), text(2, "c")] },
                Row { at: 1, hidden: true, cells: vec![text(0, "old")] },
                Row { at: 2, hidden: false, cells: vec![text(1, "between"), text(3, "d")] },
            ],
            merges: vec![Merge { first_row: 0, first_column: 2, last_row: 2, last_column: 3 }],
            hidden_columns: vec![(1, 1)],
            ..Sheet::default()
        };
        let seen = sheet.seen();
        let places: Vec<(u32, u32)> = seen.rows.iter().flat_map(|r| r.cells.iter().map(|c| (r.at, c.column))).collect();
        assert_eq!(places, [(0, 0), (0, 1), (1, 2)]);
        assert_eq!(seen.hidden_rows, [1]);
        assert_eq!(seen.hidden_columns, [1]);
        assert_eq!(seen.merges, [Merge { first_row: 0, first_column: 1, last_row: 1, last_column: 2 }]);
    }

    #[test]
    fn a_merged_head_whose_first_column_is_hidden_is_still_seen() {
        let sheet = Sheet {
            rows: vec![Row { at: 0, hidden: false, cells: vec![text(0, "head")] }],
            merges: vec![Merge { first_row: 0, first_column: 0, last_row: 0, last_column: 2 }],
            hidden_columns: vec![(0, 0)],
            ..Sheet::default()
        };
        let seen = sheet.seen();
        assert_eq!(seen.rows[0].cells[0].in_sheet, 1);
        assert!(seen.hidden_columns.is_empty());
    }
}
