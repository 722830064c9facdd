//! The cells that a person sees, as readable text with its layout.

use std::ops::Range;

use rust_decimal::Decimal;

use super::super::{Extracted, Format, Limit, Limits, Refusal};
use super::book::{Content, Merge, Seen, SeenCell, SeenRow, Sheet, address, column_letters};
use super::number::written;
use super::region::{Piece, pieces};
use crate::text::{Grid, GridCell, Layout, Place, Remark, RemarkKind, normal_form};

/// Leading spaces that make one step of indentation.
const SPACES_A_STEP: usize = 2;
/// At most this many remarks of one kind are made of a sheet.
const MOST_REMARKS: usize = 20;

struct Page {
    text: String,
    layout: Layout,
}

/// The text and layout of a workbook.
pub(super) fn render(sheets: Vec<Sheet>, format: Format, limits: &Limits) -> Result<Extracted, Refusal> {
    let mut page = Page { text: String::new(), layout: Layout::default() };
    for sheet in sheets {
        let name = normal_form(sheet.name.trim());
        let cells: usize = sheet.rows.iter().map(|r| r.cells.len()).sum();
        if cells == 0 {
            continue;
        }
        if sheet.hidden {
            let what = cells.to_string();
            page.remark(RemarkKind::HiddenSheet, &name, String::new(), what, false);
            continue;
        }
        page.sheet(&name, &sheet.seen());
        if u64::try_from(page.text.len()).is_ok_and(|n| n > limits.text_bytes) {
            return Err(Refusal::TooLarge { limit: Limit::Text, most: limits.text_bytes });
        }
    }
    if page.text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(Extracted { text: page.text, layout: page.layout, format })
}

impl Page {
    fn remark(&mut self, kind: RemarkKind, sheet: &str, cell: String, what: String, here: bool) {
        let at = here.then_some(self.text.len());
        let place = Place::SheetCell { sheet: sheet.to_owned(), cell };
        self.layout.remarks.push(Remark { kind, at, place: Some(place), what });
    }

    fn sheet(&mut self, name: &str, seen: &Seen) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        if !name.is_empty() {
            self.layout
                .places
                .push((self.text.len(), Place::SheetCell { sheet: name.to_owned(), cell: String::new() }));
            self.text.push_str(name);
            self.text.push('\n');
        }
        if !seen.hidden_rows.is_empty() {
            let rows = seen.hidden_rows.iter().map(|r| r + 1);
            self.remark(RemarkKind::HiddenRows, name, String::new(), runs(rows, |n| n.to_string()), true);
        }
        if !seen.hidden_columns.is_empty() {
            let columns = seen.hidden_columns.iter().copied();
            self.remark(RemarkKind::HiddenColumns, name, String::new(), runs(columns, column_letters), true);
        }
        let mut errors = 0;
        for piece in pieces(seen) {
            match piece {
                Piece::Lines(rows) => {
                    self.gap();
                    for row in seen.rows.get(rows).unwrap_or_default() {
                        for cell in &row.cells {
                            self.note(name, row, cell, &mut errors);
                            self.lines(name, row, cell);
                        }
                    }
                }
                Piece::Table(rows, columns) => {
                    self.gap();
                    self.table(name, seen, seen.rows.get(rows).unwrap_or_default(), columns, &mut errors);
                }
            }
        }
    }

    /// A blank line between two pieces.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Notes what is wrong with a cell.
    fn note(&mut self, name: &str, row: &SeenRow, cell: &SeenCell, errors: &mut usize) {
        let (kind, what) = match &cell.cell.content {
            Content::Error(error) => (RemarkKind::ErrorCell, error.clone()),
            Content::Uncomputed => (RemarkKind::Uncomputed, String::new()),
            _ => return,
        };
        *errors += 1;
        if *errors <= MOST_REMARKS {
            self.remark(kind, name, address(row.in_sheet, cell.in_sheet), what, true);
        }
    }

    fn place(&mut self, name: &str, row: &SeenRow, cell: &SeenCell) {
        let place = Place::SheetCell { sheet: name.to_owned(), cell: address(row.in_sheet, cell.in_sheet) };
        self.layout.places.push((self.text.len(), place));
    }

    /// A cell outside tables: each of its lines is one.
    fn lines(&mut self, name: &str, row: &SeenRow, cell: &SeenCell) {
        let shown = shown(cell);
        for line in shown.lines().map(str::trim).filter(|l| !l.is_empty()) {
            self.place(name, row, cell);
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn table(&mut self, name: &str, seen: &Seen, rows: &[SeenRow], columns: (u32, u32), errors: &mut usize) {
        let start = self.text.len();
        let mut grid = Grid { columns: width(columns), ..Grid::default() };
        for (row_at, row) in rows.iter().enumerate() {
            let mut next = 0;
            for cell in row.cells.iter().filter(|c| columns.0 <= c.column && c.column <= columns.1) {
                let column = usize::try_from(cell.column - columns.0).unwrap_or(0);
                for at in next..=column {
                    if at > 0 {
                        self.text.push_str(" | ");
                    }
                }
                next = column + 1;
                self.note(name, row, cell, errors);
                let shown = shown(cell);
                let words = shown.trim_start_matches(' ');
                let spaces = shown.len() - words.len();
                let words = one_line(words);
                self.place(name, row, cell);
                let range = self.push(&words);
                let merge = merge_at(seen, row.at, cell.column);
                let last_row = merge.map_or(row.at, |m| m.last_row);
                let last_column = merge.map_or(cell.column, |m| m.last_column.min(columns.1));
                let (value, percent) = stored(cell);
                grid.cells.push(GridCell {
                    row: row_at,
                    column,
                    row_span: rows.iter().skip(row_at).take_while(|r| r.at <= last_row).count().max(1),
                    column_span: width((cell.column, last_column)),
                    range,
                    indent: cell
                        .cell
                        .indent
                        .saturating_add(u8::try_from(spaces.div_ceil(SPACES_A_STEP)).unwrap_or(u8::MAX)),
                    value,
                    percent,
                });
            }
            for _ in next.max(1)..grid.columns {
                self.text.push_str(" | ");
            }
            self.text.push('\n');
        }
        grid.range = start..self.text.len();
        self.layout.grids.push(grid);
    }

    fn push(&mut self, words: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(words);
        start..self.text.len()
    }
}

fn width((first, last): (u32, u32)) -> usize {
    usize::try_from(last.saturating_sub(first)).unwrap_or(0) + 1
}

fn merge_at(seen: &Seen, row: u32, column: u32) -> Option<&Merge> {
    let found = seen.merges.binary_search_by_key(&(row, column), |m| (m.first_row, m.first_column));
    found.ok().and_then(|at| seen.merges.get(at))
}

/// What a cell shows.
fn shown(cell: &SeenCell) -> String {
    match &cell.cell.content {
        Content::Text(text) => normal_form(text).replace(['\u{a0}', '\t'], " "),
        Content::Number(number) => written(*number, cell.cell.look),
        Content::Error(error) => error.clone(),
        Content::Uncomputed => String::new(),
    }
}

/// The stored number, in percent where the format is one of percent, and whether it is.
fn stored(cell: &SeenCell) -> (Option<Decimal>, bool) {
    match &cell.cell.content {
        Content::Number(number) if cell.cell.look.percent => {
            (number.checked_mul(Decimal::ONE_HUNDRED).map(|n| n.normalize()), true)
        }
        Content::Number(number) => (Some(*number), false),
        _ => (None, false),
    }
}

/// A cell's text in one line.
fn one_line(text: &str) -> String {
    if !text.contains(['\n', '|']) && !text.contains("  ") {
        return text.trim_end().to_owned();
    }
    text.split(['\n', ' ']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ").replace('|', "/")
}

/// Numbers in a row as runs: `3-5, 9`.
fn runs(numbers: impl Iterator<Item = u32>, name: impl Fn(u32) -> String) -> String {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => found.push((number, number)),
        }
    }
    let written: Vec<String> = found
        .into_iter()
        .map(|(first, last)| if first == last { name(first) } else { format!("{}-{}", name(first), name(last)) })
        .collect();
    written.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::delimited;
    use super::*;

    #[test]
    fn text_has_a_line_for_each_row_and_grids_point_into_it() {
        let limits = Limits::default();
        let sheet =
            delimited::sheet("TỔNG HỢP;;\nTT;Chỉ tiêu;Quý I\n1;Việc làm;3.120\n;  - Nữ;1.405\n", &limits).unwrap();
        let read = render(vec![sheet], Format::Csv, &limits).unwrap();
        assert_eq!(read.text, "TỔNG HỢP\n\nTT | Chỉ tiêu | Quý I\n1 | Việc làm | 3.120\n | - Nữ | 1.405\n");
        let grid = &read.layout.grids[0];
        assert_eq!((grid.columns, grid.cells.len()), (3, 8));
        let cell = grid.cells.iter().find(|c| c.row == 2 && c.column == 1).unwrap();
        assert_eq!(&read.text[cell.range.clone()], "- Nữ");
        assert_eq!(cell.indent, 1);
        let at = read.text.find("1.405").unwrap();
        assert_eq!(read.layout.place(at), Some(&Place::SheetCell { sheet: String::new(), cell: "C4".to_owned() }));
    }

    #[test]
    fn numbers_run_together() {
        assert_eq!(runs([1, 2, 3, 7].into_iter(), |n| n.to_string()), "1-3, 7");
        assert_eq!(runs([0, 1, 5].into_iter(), column_letters), "A-B, F");
    }
}
