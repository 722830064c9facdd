//! Where the tables of a sheet are: rows of values under a label, with the rows of heads above them. Nothing of their
//! words is known here, only their shape.

use std::ops::Range;

use super::book::{Content, Merge, Seen, SeenCell, SeenRow};

/// More blank rows than this end a table.
const MOST_BLANK: u32 = 2;
/// Heads have at most this many rows.
const MOST_HEAD_ROWS: usize = 8;
/// So many titles of sections may stand between the heads and the first values.
const MOST_SECTIONS: usize = 3;

/// A piece of a sheet from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Rows, by their index, that are no part of a table.
    Lines(Range<usize>),
    /// A table: rows by their index, and first and last column.
    Table(Range<usize>, (u32, u32)),
}

/// What a cell is by its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Words.
    Words,
    /// A number, or a text that opens with one.
    Number,
    /// A sign for nothing, an error, a list number.
    Sign,
}

fn shape(cell: &SeenCell) -> Shape {
    match &cell.cell.content {
        Content::Number(_) => Shape::Number,
        Content::Error(_) | Content::Uncomputed => Shape::Sign,
        Content::Text(text) => text_shape(text),
    }
}

fn text_shape(text: &str) -> Shape {
    let text = text.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let roman = !text.is_empty() && text.chars().all(|c| "IVXLC.)".contains(c));
    let body = text.trim_start_matches(['+', '-', '\u{2212}', '\u{2013}', '(', '<', '>', '\u{2264}', '\u{2265}', ' ']);
    if body.starts_with(|c: char| c.is_ascii_digit()) {
        // `1.200 người` is a value, `6 tháng 2024` and `1. Việc làm` are none.
        let number = body.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).count();
        let value = letters <= 2 || letters <= 12 && number >= 3;
        return if value { Shape::Number } else { Shape::Words };
    }
    if letters >= 2 && !roman { Shape::Words } else { Shape::Sign }
}

/// A year as a head writes it.
fn is_year(cell: &SeenCell) -> bool {
    let text = match &cell.cell.content {
        Content::Number(number) => number.to_string(),
        Content::Text(text) => text.trim().to_owned(),
        _ => return false,
    };
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20")) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A row that numbers the columns: `A B 1 2`, `(1) (2) (3)=(2)/(1)`.
fn numbers_columns(row: &SeenRow) -> bool {
    let key = |cell: &SeenCell| match &cell.cell.content {
        Content::Number(number) => number.fract().is_zero() && *number < 100.into(),
        Content::Text(text) => {
            let letters = text.chars().filter(|c| c.is_alphabetic()).count();
            let digits = text.chars().filter(char::is_ascii_digit).count();
            text.len() <= 30 && letters <= 2 && (digits > 0 || letters == 1) && !text.contains("..")
        }
        _ => false,
    };
    if row.cells.len() < 3 || !row.cells.iter().all(key) {
        return false;
    }
    // Numbers alone must count upwards by one.
    let plain: Vec<u32> = row
        .cells
        .iter()
        .filter_map(|c| match &c.cell.content {
            Content::Number(number) => u32::try_from(*number).ok(),
            Content::Text(text) => {
                let first: String =
                    text.trim().trim_start_matches(['(', '[']).chars().take_while(char::is_ascii_digit).collect();
                first.parse().ok()
            }
            _ => None,
        })
        .collect();
    plain.first().is_some_and(|f| *f <= 2) && plain.windows(2).all(|w| matches!(w, [a, b] if *b == a + 1))
}

/// Whether a row holds values under a label.
fn is_body(row: &SeenRow) -> bool {
    if numbers_columns(row) {
        return false;
    }
    let label = row.cells.iter().position(|c| shape(c) == Shape::Words);
    let value = row.cells.iter().rposition(|c| shape(c) == Shape::Number);
    let numbers = row.cells.iter().filter(|c| shape(c) == Shape::Number).count();
    match (label, value) {
        (Some(label), Some(value)) => label < value && !only_years(row),
        (None, Some(_)) => numbers >= 3,
        _ => false,
    }
}

/// Whether all numbers of a row are years, as in a row of heads.
fn only_years(row: &SeenRow) -> bool {
    let mut numbers = row.cells.iter().filter(|c| shape(c) == Shape::Number).peekable();
    numbers.peek().is_some() && numbers.all(is_year)
}

/// What of a row merged cells that begin in or above it cover.
struct Cover<'a> {
    seen: &'a Seen,
    /// Where the merges of each row begin in the list, which is sorted by row.
    tall: Vec<&'a Merge>,
}

impl<'a> Cover<'a> {
    fn new(seen: &'a Seen) -> Self {
        Self { seen, tall: seen.merges.iter().filter(|m| m.last_row > m.first_row).collect() }
    }

    fn of_cell(&self, row: &SeenRow, cell: &SeenCell) -> (u32, u32) {
        let merges = &self.seen.merges;
        let found = merges.binary_search_by_key(&(row.at, cell.column), |m| (m.first_row, m.first_column));
        found.ok().and_then(|at| merges.get(at)).map_or((cell.column, cell.column), |m| (m.first_column, m.last_column))
    }

    /// How many columns of `columns` the row's cells, and tall ones from above, cover.
    fn columns(&self, row: &SeenRow, columns: (u32, u32)) -> u32 {
        let mut covered: Vec<(u32, u32)> = row.cells.iter().map(|c| self.of_cell(row, c)).collect();
        covered.extend(
            self.tall
                .iter()
                .filter(|m| m.first_row < row.at && row.at <= m.last_row)
                .map(|m| (m.first_column, m.last_column)),
        );
        covered.sort_unstable();
        let mut count = 0;
        let mut next = columns.0;
        for (first, last) in covered {
            let (first, last) = (first.max(next), last.min(columns.1));
            if first <= last {
                count += last - first + 1;
                next = last + 1;
            }
        }
        count
    }
}

/// The pieces of a sheet.
pub(super) fn pieces(seen: &Seen) -> Vec<Piece> {
    let cover = Cover::new(seen);
    let rows = &seen.rows;
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(row) = rows.get(at) {
        if !is_body(row) {
            at += 1;
            continue;
        }
        let top = head_start(rows, done, at, &cover);
        let end = body_end(rows, top, at, &cover);
        let table = rows.get(top..end).unwrap_or_default();
        if done < top {
            pieces.push(Piece::Lines(done..top));
        }
        pieces.extend(side_by_side(table, top, at - top, seen));
        done = end;
        at = end;
    }
    if done < rows.len() {
        pieces.push(Piece::Lines(done..rows.len()));
    }
    pieces
}

fn columns_of(rows: &[SeenRow], cover: &Cover<'_>) -> Option<(u32, u32)> {
    let spans = rows.iter().flat_map(|r| r.cells.iter().map(|c| cover.of_cell(r, c)));
    spans.fold(None, |all: Option<(u32, u32)>, (f, l)| Some(all.map_or((f, l), |(a, b)| (a.min(f), b.max(l)))))
}

/// The first row of the heads of a table whose first row of values is `body`; not before `done`.
fn head_start(rows: &[SeenRow], done: usize, body: usize, cover: &Cover<'_>) -> usize {
    let sample = rows.get(body..(body + 12).min(rows.len())).unwrap_or_default();
    let sample: &[SeenRow] = {
        let end = sample.iter().skip(1).position(|r| r.cells.len() < 2 && !is_body(r)).map_or(sample.len(), |n| n + 1);
        sample.get(..end).unwrap_or_default()
    };
    let Some(mut columns) = columns_of(sample, cover) else { return body };
    let mut top = body;
    let mut full = false;
    while top > done && body - top < MOST_HEAD_ROWS {
        let (Some(row), Some(below)) = (rows.get(top - 1), rows.get(top)) else { break };
        // Rows that a tall head covers are blank, or not there at all.
        let bridged = cover.tall.iter().any(|m| m.first_row <= row.at && below.at <= m.last_row + 1);
        if below.at > row.at + 1 && !bridged {
            break;
        }
        if numbers_columns(row) {
            top -= 1;
            continue;
        }
        if is_body(row) {
            break;
        }
        if let Some(heads) = heads_above_sections(rows, done, top, cover).filter(|_| !full) {
            top = heads;
            continue;
        }
        let own = columns_of(std::slice::from_ref(row), cover).unwrap_or(columns);
        let wide = (columns.0.min(own.0), columns.1.max(own.1));
        let all = wide.1 - wide.0 + 1;
        let covered = cover.columns(row, wide);
        let bands = row.cells.iter().filter(|c| {
            let (first, last) = cover.of_cell(row, c);
            last > first && last - first + 1 < all
        });
        let tall = cover.tall.iter().any(|m| m.first_row == row.at);
        let filled = row.cells.len();
        let title = filled == 1
            && row.cells.iter().any(|c| {
                let (first, last) = cover.of_cell(row, c);
                last - first + 1 >= all
            });
        let head = !title
            && (covered * 2 >= all && (filled >= 2 || covered < all || tall)
                || filled >= 3
                || filled >= 2 && (!full || bands.clone().count() >= 2 && tall)
                || filled >= 1 && !full && tall);
        if !head || filled == 1 && full {
            break;
        }
        // Corner blocks stand wide apart above a row of heads that is whole.
        if full && filled <= 2 && !tall && bands.count() < 2 && covered * 2 < all {
            break;
        }
        full |= covered * 5 >= all * 4;
        columns = wide;
        top -= 1;
    }
    top
}

/// Titles of sections stand between the heads and the first values, each alone in its row, often merged over all
/// columns: the row of the uppermost of them, if heads stand right above it.
fn heads_above_sections(rows: &[SeenRow], done: usize, below: usize, cover: &Cover<'_>) -> Option<usize> {
    let close = |at: usize| matches!((rows.get(at - 1), rows.get(at)), (Some(a), Some(b)) if b.at == a.at + 1);
    let section = |row: &SeenRow| {
        let words = row.cells.iter().filter(|c| shape(c) == Shape::Words).count();
        words == 1 && row.cells.len() <= 2 && row.cells.last().is_some_and(|c| shape(c) == Shape::Words)
    };
    let mut first = below;
    while first > done && below - first < MOST_SECTIONS && close(first) && rows.get(first - 1).is_some_and(section) {
        first -= 1;
    }
    if first == below || first == done || !close(first) {
        return None;
    }
    let above = rows.get(first - 1)?;
    let worded = above.cells.iter().filter(|c| shape(c) == Shape::Words).count();
    let tall = cover.tall.iter().any(|m| m.first_row < above.at && above.at <= m.last_row);
    (numbers_columns(above) || (worded >= 3 || worded >= 1 && tall) && !is_body(above)).then_some(first)
}

/// The row after the last of a table.
fn body_end(rows: &[SeenRow], top: usize, body: usize, cover: &Cover<'_>) -> usize {
    let head: Vec<String> = rows.get(top..body).unwrap_or_default().iter().map(words_of).collect();
    let mut valued: Vec<u32> = Vec::new();
    let mut end = body;
    let mut again = body;
    let mut at = body;
    while let Some(row) = rows.get(at) {
        let gap = at.checked_sub(1).and_then(|b| rows.get(b)).map_or(0, |b| (row.at - b.at).saturating_sub(1));
        if at > body && gap > MOST_BLANK {
            break;
        }
        let repeats = || {
            let words = words_of(row);
            head.iter().any(|h| !h.is_empty() && *h == words)
        };
        if is_body(row) && !(only_years(row)) {
            for cell in row.cells.iter().filter(|c| shape(c) == Shape::Number) {
                if let Err(place) = valued.binary_search(&cell.column) {
                    valued.insert(place, cell.column);
                }
            }
            end = at + 1;
        } else if (end == at || again == at) && repeats() {
            // The heads again on the next page, not those of a table with a title of its own.
            again = at + 1;
        } else {
            let words = |c: &&SeenCell| shape(c) == Shape::Words;
            let label = row.cells.iter().find(words).map(|c| c.column);
            let in_values = row
                .cells
                .iter()
                .filter(words)
                .any(|c| Some(c.column) != label && valued.binary_search(&c.column).is_ok());
            let wide = row.cells.iter().filter(words).count() >= 4;
            let band = row.cells.len() == 1
                && row.cells.first().is_some_and(|c| {
                    let (first, last) = cover.of_cell(row, c);
                    gap > 0 && valued.last().is_some_and(|v| first >= *v && last >= *v)
                });
            if in_values || wide || band {
                break;
            }
            // A row of signs under a label states values too.
            let signs = row.cells.iter().filter(|c| shape(c) == Shape::Sign && valued.binary_search(&c.column).is_ok());
            if label.is_some() && signs.count() > 0 {
                end = at + 1;
            }
        }
        at += 1;
    }
    end
}

/// The words of a row, to know it again.
fn words_of(row: &SeenRow) -> String {
    let texts = row.cells.iter().map(|c| match &c.cell.content {
        Content::Text(text) => format!("{}:{}", c.column, text.trim()),
        Content::Number(number) => format!("{}:{number}", c.column),
        _ => String::new(),
    });
    texts.collect::<Vec<_>>().join("|")
}

/// Divides rows where two tables stand side by side: a column that is blank in all of them, and labels on both sides.
fn side_by_side(rows: &[SeenRow], top: usize, heads: usize, seen: &Seen) -> Vec<Piece> {
    let cover = Cover::new(seen);
    let range = top..top + rows.len();
    let Some((first, last)) = columns_of(rows, &cover) else { return vec![Piece::Lines(range)] };
    let mut used = vec![false; usize::try_from(last - first + 1).unwrap_or(0)];
    for row in rows {
        for cell in &row.cells {
            let (from, to) = cover.of_cell(row, cell);
            for column in from..=to {
                if let Some(slot) = usize::try_from(column - first).ok().and_then(|i| used.get_mut(i)) {
                    *slot = true;
                }
            }
        }
    }
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for column in first..=last {
        if !usize::try_from(column - first).ok().and_then(|i| used.get(i)).copied().unwrap_or(false) {
            continue;
        }
        match parts.last_mut() {
            Some((_, end)) if *end + 1 == column => *end = column,
            _ => parts.push((column, column)),
        }
    }
    // A part needs labels and values of its own; else it belongs to the one before it.
    let stands_alone = |(from, to): (u32, u32)| {
        let body = rows.get(heads..).unwrap_or_default();
        let within = |c: &&SeenCell| from <= c.column && c.column <= to;
        let good = body.iter().filter(|row| {
            let mut own = row.cells.iter().filter(within).skip_while(|c| shape(c) != Shape::Words);
            own.any(|c| shape(c) == Shape::Number)
        });
        let all = body.iter().filter(|row| row.cells.iter().any(|c| within(&c))).count();
        good.count() * 2 > all && all > 0
    };
    if parts.len() < 2 || !parts.iter().all(|p| stands_alone(*p)) {
        return vec![Piece::Table(range, (first, last))];
    }
    parts.into_iter().map(|columns| Piece::Table(range.clone(), columns)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::book::{Cell, Row, Sheet};
    use super::super::number::Look;
    use super::*;

    /// A sheet from lines with cells divided by `|`; a line `=r0,c0,r1,c1` is a merged cell.
    fn seen(lines: &str) -> Seen {
        let mut sheet = Sheet::default();
        let mut at = 0;
        for line in lines.lines() {
            if let Some(merge) = line.strip_prefix('=') {
                let n: Vec<u32> = merge.split(',').map(|n| n.parse().unwrap()).collect();
                sheet.merges.push(Merge { first_row: n[0], first_column: n[1], last_row: n[2], last_column: n[3] });
                continue;
            }
            let cells: Vec<Cell> = (0_u32..)
                .zip(line.split('|'))
                .filter(|(_, text)| !text.trim().is_empty())
                .map(|(column, text)| Cell {
                    column,
                    content: Content::Text(text.trim().to_owned()),
                    look: Look::default(),
                    indent: 0,
                })
                .collect();
            if !cells.is_empty() {
                sheet.rows.push(Row { at, hidden: false, cells });
            }
            at += 1;
        }
        sheet.seen()
    }

    fn tables(lines: &str) -> Vec<(Range<usize>, (u32, u32))> {
        pieces(&seen(lines))
            .into_iter()
            .filter_map(|p| match p {
                Piece::Table(rows, columns) => Some((rows, columns)),
                Piece::Lines(_) => None,
            })
            .collect()
    }

    #[test]
    fn title_and_unit_line_stay_outside() {
        let found = tables(
            "BIỂU TỔNG HỢP\n|||Đơn vị tính: Người\nTT|Chỉ tiêu|Quý I|Quý II\n1|Việc làm|12|15\n|Trong đó: nữ|5|7\nGhi chú: số liệu ước\n",
        );
        assert_eq!(found, [(2..5, (0, 3))]);
    }

    #[test]
    fn heads_over_several_rows_belong_to_the_table() {
        let found = tables(
            "TỔNG HỢP\nTT|Chỉ tiêu|Kết quả||Ghi chú\n||Tháng|Lũy kế|\nA|B|1|2|3\n1|Việc làm|12|15|\nI|NGƯỜI CÓ CÔNG|||\n2|Quà|3|4|\n\
             =0,0,0,4\n=1,2,1,3\n=1,0,2,0\n=1,1,2,1\n=1,4,2,4",
        );
        assert_eq!(found, [(1..7, (0, 4))]);
    }

    #[test]
    fn two_tables_below_each_other_are_two() {
        let found = tables(
            "Biểu 1\nChỉ tiêu|Số lượng\nViệc làm|12\nPhiên|3\nBiểu 2\nChỉ tiêu|Số lượng\nHộ nghèo|7\n\nNgười lập|Giám đốc\n",
        );
        assert_eq!(found, [(1..4, (0, 1)), (5..7, (0, 1))]);
    }

    #[test]
    fn years_in_a_head_are_no_values() {
        let found = tables("Chỉ tiêu|2023|2024\nViệc làm|12|15\n");
        assert_eq!(found, [(0..2, (0, 2))]);
    }

    #[test]
    fn heads_repeated_on_a_page_stay_in_the_table() {
        let found = tables("TT|Chỉ tiêu|Quý\n1|Việc làm|12\nTT|Chỉ tiêu|Quý\n2|Phiên|3\n");
        assert_eq!(found, [(0..4, (0, 2))]);
    }

    #[test]
    fn tables_side_by_side_are_two() {
        let found = tables("Chỉ tiêu|Quý||Chỉ tiêu|Quý\nViệc làm|12||Hộ nghèo|7\nPhiên|3||Trẻ em|5\n");
        assert_eq!(found, [(0..3, (0, 1)), (0..3, (3, 4))]);
    }

    #[test]
    fn a_blank_column_within_a_table_divides_nothing() {
        let found = tables("Chỉ tiêu|Quý||Năm\nViệc làm|12||20\nPhiên|3||4\n");
        assert_eq!(found, [(0..3, (0, 3))]);
    }

    #[test]
    fn titles_of_sections_under_the_heads_belong_to_the_table() {
        let found = tables(
            "BIỂU TỔNG HỢP\nChỉ tiêu|ĐVT|Quý I|Quý II\nA|B|1|2\nI. VIỆC LÀM\n1. Trong nước\nLao động|Người|12|15\n=3,0,3,3\n=4,0,4,3",
        );
        assert_eq!(found, [(1..6, (0, 3))]);
    }

    #[test]
    fn a_row_of_signs_is_a_row_of_values() {
        let found = tables("Chỉ tiêu|Quý|Năm\nViệc làm|12|3\nĐình công|-|-\n");
        assert_eq!(found, [(0..3, (0, 2))]);
    }
}
