//! Lines to paragraphs, within a page and over the end of it, and columns that stand side by side.

use super::grid::Grid;
use super::lines::Line;
use super::page::PageText;
use crate::input::flow::{Block, Cell, NEXT_PAGE, Paragraph, Table};

/// Lines further apart than so many times the usual distance are paragraphs of their own.
const APART: f32 = 1.35;

/// A part of a page, from the top.
#[derive(Debug)]
pub(super) enum Piece {
    /// A paragraph.
    Text(Text),
    /// A table.
    Table(Table, Vec<f32>),
}

/// A paragraph of a page, with what tells whether it goes on over the end of the page.
#[derive(Debug, Clone)]
pub(super) struct Text {
    paragraph: Paragraph,
    /// Whether the first line is set in.
    set_in: bool,
    /// Whether the last line goes to the right edge.
    full: bool,
    size: f32,
}

/// The parts of a page in reading order.
pub(super) fn pieces(page: &PageText, number: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut grids = page.grids.iter().peekable();
    let mut open: Vec<&Line> = Vec::new();
    let measure = Measure::of(&page.lines);
    for line in &page.lines {
        while let Some(grid) = grids.next_if(|g| g.top > line.y) {
            text(&open, &measure, number, &mut out);
            open.clear();
            out.push(table(grid, number));
        }
        open.push(line);
    }
    text(&open, &measure, number, &mut out);
    out.extend(grids.map(|grid| table(grid, number)));
    out
}

/// The edges of a page's text and the usual distance of its lines.
struct Measure {
    left: f32,
    right: f32,
    leading: f32,
}

impl Measure {
    fn of(lines: &[Line]) -> Self {
        let long: Vec<&Line> = lines.iter().filter(|l| l.text().chars().count() > 30).collect();
        let used: Vec<&Line> = if long.is_empty() { lines.iter().collect() } else { long };
        let left = used.iter().map(|l| l.x).fold(f32::MAX, f32::min);
        let right = used.iter().map(|l| l.end).fold(f32::MIN, f32::max);
        let mut gaps: Vec<f32> = lines
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] if a.y > b.y && (a.size - b.size).abs() < 1.0 => Some((a.y - b.y) / a.size),
                _ => None,
            })
            .filter(|gap| *gap < 3.0)
            .collect();
        gaps.sort_by(f32::total_cmp);
        let leading = gaps.get(gaps.len() / 4).copied().unwrap_or(1.2);
        Self { left, right, leading }
    }
}

/// Appends the paragraphs of lines.
fn text(lines: &[&Line], measure: &Measure, number: usize, out: &mut Vec<Piece>) {
    let mut at = 0;
    while at < lines.len() {
        let rest = lines.get(at..).unwrap_or_default();
        if let Some((length, gap)) = side_by_side(rest) {
            let block = rest.get(..length).unwrap_or_default();
            let parts: Vec<Line> = block.iter().flat_map(|l| l.parts()).collect();
            let (left, right): (Vec<Line>, Vec<Line>) = parts.into_iter().partition(|p| p.end <= gap);
            for column in [left, right] {
                let own = Measure::of(&column);
                let lines: Vec<&Line> = column.iter().collect();
                flow(&lines, &own, true, number, out);
            }
            at += length;
            continue;
        }
        let length =
            (1..rest.len()).find(|n| rest.get(*n..).is_some_and(|r| side_by_side(r).is_some())).unwrap_or(rest.len());
        flow(rest.get(..length).unwrap_or_default(), measure, false, number, out);
        at += length;
    }
}

/// How many of the first lines stand in two columns, and where the right one begins.
fn side_by_side(lines: &[&Line]) -> Option<(usize, f32)> {
    let first = lines.first()?.parts();
    let [a, b] = first.as_slice() else { return None };
    let (mut from, mut to) = (a.end, b.x);
    let (mut length, mut at) = (1, 1);
    while let Some(line) = lines.get(at) {
        let parts = line.parts();
        let fits = match parts.as_slice() {
            [a, b] => a.end < to && b.x > from,
            [only] => only.end <= to || only.x >= from,
            _ => false,
        };
        if !fits || at - length > 6 {
            break;
        }
        at += 1;
        if let [a, b] = parts.as_slice() {
            from = from.max(a.end);
            to = to.min(b.x);
            length = at;
        }
    }
    // What stands alone at the left or right edge between and after belongs to its column while it stays short.
    Some((length, f32::midpoint(from, to)))
}

/// Appends paragraphs of lines in one column.
fn flow(lines: &[&Line], measure: &Measure, narrow: bool, number: usize, out: &mut Vec<Piece>) {
    let mut open: Option<Text> = None;
    let mut before: Option<&Line> = None;
    for line in lines {
        let written = spaced(line);
        let joins = before.is_some_and(|b| !narrow && goes_on(b, line, measure));
        match (&mut open, joins) {
            (Some(text), true) => {
                append(&mut text.paragraph.text, &written);
                text.full = is_full(line, measure);
            }
            _ => {
                out.extend(open.take().map(Piece::Text));
                let paragraph = Paragraph { text: written, page: Some(number), ..Paragraph::default() };
                let set_in = line.x > measure.left + 0.8 * line.size;
                open = Some(Text { paragraph, set_in, full: !narrow && is_full(line, measure), size: line.size });
            }
        }
        before = Some(line);
    }
    out.extend(open.map(Piece::Text));
}

/// A line's text; gaps as wide as those between columns stay visible.
fn spaced(line: &Line) -> String {
    let parts = line.parts();
    parts.iter().map(|p| p.text().trim().to_owned()).collect::<Vec<_>>().join("   ")
}

/// Joins a line to a paragraph.
fn append(text: &mut String, line: &str) {
    if text.ends_with('\u{AD}') {
        text.pop();
    } else {
        text.push(' ');
    }
    text.push_str(line);
}

fn is_full(line: &Line, measure: &Measure) -> bool {
    measure.right - line.end < 4.0 * line.size
}

/// Whether a line opens an item of a list, by its sign or number.
fn is_item(line: &Line) -> bool {
    let text = line.text();
    let text = text.trim_start();
    let label: String = text.chars().take_while(|c| !c.is_whitespace()).take(8).collect();
    let rest = label.trim_end_matches(['.', ')', '/']);
    let sign =
        matches!(label.as_str(), "-" | "+" | "*" | "\u{2013}" | "\u{2022}" | "\u{F0B7}" | "\u{25CF}" | "\u{25AA}");
    let counted = rest.len() < label.len()
        && !rest.is_empty()
        && (rest.split('.').all(|p| !p.is_empty() && p.len() <= 2 && p.bytes().all(|b| b.is_ascii_digit()))
            || rest.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
            || rest.chars().count() == 1 && rest.chars().all(char::is_alphabetic));
    sign || counted
}

/// Whether `line` goes on with the paragraph that `before` ends.
fn goes_on(before: &Line, line: &Line, measure: &Measure) -> bool {
    let gap = (before.y - line.y) / before.size.max(line.size);
    if gap > measure.leading * APART || gap < 0.3 || (before.size - line.size).abs() > 0.12 * before.size {
        return false;
    }
    let (set_in, was_in) = (line.x - measure.left, before.x - measure.left);
    let size = line.size;
    // Lines in the middle go on where the next word would not have fitted.
    let middle = |l: &Line| {
        ((l.x - measure.left) - (measure.right - l.end)).abs() < 2.0 * size && l.x - measure.left > 0.8 * size
    };
    let word: usize = line.text().trim().split(' ').next().map_or(0, |w| w.chars().count());
    let word = 0.55 * size * f32::from(u8::try_from(word.min(40)).unwrap_or(40));
    let free = if middle(before) && middle(line) {
        (measure.right - before.end) + (before.x - measure.left)
    } else {
        if set_in > was_in + 0.8 * size || set_in > 0.8 * size && set_in + 0.8 * size > was_in && is_item(line) {
            return false;
        }
        measure.right - before.end
    };
    let ended = before.text().trim_end().ends_with(['.', ';', ':']);
    if ended && (is_item(line) || set_in > 0.8 * size && was_in < 0.8 * size) {
        return false;
    }
    free < word + 1.2 * size
}

fn table(grid: &Grid, number: usize) -> Piece {
    let count = grid.cells.iter().map(|c| c.row + 1).max().unwrap_or(0);
    let mut rows: Vec<Vec<Cell>> = vec![Vec::new(); count];
    for cell in &grid.cells {
        let mut text = String::new();
        for line in &cell.lines {
            let written = line.text().trim().to_owned();
            // A number that a narrow column breaks is one number.
            let broken = text.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))
                && written.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))
                && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
                && written.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'%'));
            if !text.is_empty() && !broken {
                text.push(' ');
            }
            text.push_str(&written);
        }
        let left = cell.lines.iter().map(|l| l.x).fold(f32::MAX, f32::min);
        let edge = grid.edges.get(cell.column).copied().unwrap_or(0.0);
        let steps = ((left - edge) / 12.0).clamp(0.0, 20.0);
        let indent = (1..=20_u8).rev().find(|s| steps >= f32::from(*s) + 0.5).unwrap_or(0);
        let paragraph = Paragraph { text, page: Some(number), indent, ..Paragraph::default() };
        if let Some(row) = rows.get_mut(cell.row) {
            row.push(Cell {
                column: cell.column,
                column_span: cell.column_span,
                row_span: cell.row_span,
                blocks: vec![Block::Paragraph(paragraph)],
            });
        }
    }
    Piece::Table(Table { rows }, grid.edges.clone())
}

/// All pages in one: paragraphs and tables that go on over the end of a page are joined.
pub(super) fn join(pages: Vec<Vec<Piece>>) -> Vec<Block> {
    let mut out: Vec<Piece> = Vec::new();
    for page in pages {
        let mut first = true;
        for piece in page {
            let opens = std::mem::replace(&mut first, false);
            match (out.last_mut(), piece) {
                (Some(Piece::Text(last)), Piece::Text(next)) if opens && continues(last, &next) => {
                    last.paragraph.text.push(' ');
                    last.paragraph.text.push(NEXT_PAGE);
                    last.paragraph.text.push_str(&next.paragraph.text);
                    last.full = next.full;
                }
                (Some(Piece::Table(last, edges)), Piece::Table(next, other)) if opens && same_edges(edges, &other) => {
                    extend(last, next);
                }
                (_, piece) => out.push(piece),
            }
        }
    }
    out.into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => Block::Paragraph(text.paragraph),
            Piece::Table(table, _) => Block::Table(table),
        })
        .collect()
}

fn continues(last: &Text, next: &Text) -> bool {
    let ended = last.paragraph.text.trim_end().ends_with(['.', ';', ':', '!', '?']);
    let low = next.paragraph.text.trim_start().starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
    last.full && !next.set_in && (!ended || low) && (last.size - next.size).abs() < 0.1 * last.size
}

fn same_edges(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() < 3.0)
}

fn row_text(row: &[Cell]) -> Vec<String> {
    row.iter()
        .flat_map(|c| &c.blocks)
        .map(|b| match b {
            Block::Paragraph(p) | Block::Furniture(p) => p.text.clone(),
            Block::Table(_) => String::new(),
        })
        .collect()
}

/// Appends a table that goes on, without the head that it says again.
fn extend(table: &mut Table, next: Table) {
    let repeated = next
        .rows
        .iter()
        .zip(&table.rows)
        .take_while(|(a, b)| row_text(a) == row_text(b) && row_text(a).iter().any(|t| !t.is_empty()))
        .count();
    let label = label_column(table);
    let mut rows = next.rows.into_iter().skip(repeated).peekable();
    let empty = |row: &Vec<Cell>| {
        row.iter().filter(|c| c.column == label).all(|c| row_text(std::slice::from_ref(c)).concat().is_empty())
    };
    // A row without a label goes on with the row that the end of the page cut.
    if let (Some(last), Some(rest)) = (table.rows.last_mut(), rows.next_if(empty)) {
        for cell in rest {
            let text = row_text(std::slice::from_ref(&cell)).join(" ");
            let whole = last.iter_mut().find(|c| c.column == cell.column).and_then(|c| c.blocks.first_mut());
            if let (Some(Block::Paragraph(paragraph)), false) = (whole, text.is_empty()) {
                paragraph.text.push(' ');
                paragraph.text.push_str(&text);
            }
        }
    }
    table.rows.extend(rows);
}

/// The column with the most letters.
fn label_column(table: &Table) -> usize {
    let mut letters: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for cell in table.rows.iter().flatten() {
        let text = row_text(std::slice::from_ref(cell)).concat();
        *letters.entry(cell.column).or_default() += text.chars().filter(|c| c.is_alphabetic()).count();
    }
    letters
        .into_iter()
        .max_by_key(|(column, count)| (*count, std::cmp::Reverse(*column)))
        .map_or(0, |(column, _)| column)
}
