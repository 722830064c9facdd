//! Tables: those that the file declares, and those written as text with Markdown pipes, tabs, or columns aligned with
//! spaces.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::text::{Grid, Token, TokenKind, Vocabulary, tokenize};

/// A rule has at least so many strokes.
const LEAST_RULE: usize = 3;

/// A step of a file's own indentation, in characters.
const INDENT_STEP: usize = 2;

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Its bytes in the source text.
    pub range: Range<usize>,
    /// First and last column that it covers.
    pub columns: (usize, usize),
    /// How many rows it covers, at least 1; it stands in the first of them only.
    pub row_span: usize,
    /// How far its text is set in, in characters.
    pub indent: usize,
    /// The number stored in it, where the file stores numbers: as a count or amount, or in percent where the cell's
    /// format is one of percent.
    pub value: Option<Decimal>,
    /// Whether the cell's number format is one of percent.
    pub percent: bool,
}

/// A table: rows of cells.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// How many columns it has.
    pub columns: usize,
}

/// How a line is divided into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `| a | b |`
    Pipes,
    /// Tabs.
    Tabs,
    /// Runs of two or more spaces.
    Spaces,
}

/// The style of a line that could be a row.
pub(super) fn row_style(line: &str) -> Option<Style> {
    let trimmed = line.trim();
    if trimmed.starts_with('|') && trimmed.len() > 1 || trimmed.matches('|').count() >= 2 {
        return Some(Style::Pipes);
    }
    if trimmed.split('\t').filter(|c| !c.trim().is_empty()).count() >= 3 {
        return Some(Style::Tabs);
    }
    if split_spaces(line).len() >= 3 {
        return Some(Style::Spaces);
    }
    None
}

/// Whether a line is a rule drawn between the rows of a table: `|---|---|`, `=====`, `+----+`.
pub(super) fn is_rule(line: &str) -> bool {
    let drawn = |c: char| matches!(c, '-' | '=' | '_' | '\u{2010}'..='\u{2015}' | '\u{2500}'..='\u{257F}');
    line.chars().filter(|c| drawn(*c)).count() >= LEAST_RULE
        && line.chars().all(|c| drawn(c) || matches!(c, '|' | '+' | ':' | ' ' | '\t'))
}

/// Byte ranges of the pieces of `line` between runs of two or more blanks.
fn split_spaces(line: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start: Option<usize> = None;
    let mut end = 0;
    let mut blanks = 0;
    for (at, c) in line.char_indices() {
        if c.is_whitespace() {
            blanks += if c == '\t' { 2 } else { 1 };
            continue;
        }
        if let (Some(s), true) = (start, blanks >= 2) {
            pieces.push(s..end);
            start = None;
        }
        start = start.or(Some(at));
        end = at + c.len_utf8();
        blanks = 0;
    }
    if let Some(s) = start {
        pieces.push(s..end);
    }
    pieces
}

/// Pieces of a row. In a `framed` table a bar stands before the first cell too.
fn split(line: &str, style: Style, framed: bool) -> Vec<Range<usize>> {
    let by = |separator: char| {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (at, _) in line.match_indices(separator) {
            pieces.push(start..at);
            start = at + 1;
        }
        pieces.push(start..line.len());
        pieces
    };
    match style {
        Style::Spaces => split_spaces(line),
        Style::Tabs => by('\t'),
        Style::Pipes => {
            let mut pieces = by('|');
            let blank =
                |r: Option<&Range<usize>>| r.is_some_and(|r| line.get(r.clone()).is_some_and(|t| t.trim().is_empty()));
            if framed && blank(pieces.first()) {
                pieces.remove(0);
            }
            if blank(pieces.last()) {
                pieces.pop();
            }
            pieces
        }
    }
}

/// Builds a table from the lines of its rows.
pub(super) fn build(source: &str, lines: &[Range<usize>], style: Style, vocabulary: &Vocabulary) -> Table {
    let mut table = Table::default();
    let mut spans: Vec<Vec<(usize, usize)>> = Vec::new();
    let barred =
        lines.iter().filter(|l| source.get((*l).clone()).is_some_and(|t| t.trim_start().starts_with('|'))).count();
    let framed = barred * 2 > lines.len();
    for line in lines {
        let text = source.get(line.clone()).unwrap_or_default();
        let strokes = style == Style::Pipes && !text.contains(char::is_alphanumeric) && text.contains('-');
        if strokes || is_rule(text) {
            continue;
        }
        let mut row = Vec::new();
        let mut places = Vec::new();
        for (at, piece) in split(text, style, framed).into_iter().enumerate() {
            let written = text.get(piece.clone()).unwrap_or_default();
            let lead = written.len() - written.trim_start().len();
            let body = written.trim();
            let start = line.start + piece.start + lead;
            let range = start..start + body.len();
            let mut tokens = Vec::new();
            tokenize(source, range.clone(), vocabulary, &mut tokens);
            let first = text.get(..piece.start).map_or(0, |t| t.chars().count());
            places.push((first, first + written.chars().count()));
            row.push(Cell { tokens, range, columns: (at, at), row_span: 1, indent: lead, ..Cell::default() });
        }
        spans.push(places);
        table.rows.push(row);
    }
    match style {
        Style::Spaces => align(&mut table, &spans),
        Style::Pipes | Style::Tabs => table.columns = table.rows.iter().map(Vec::len).max().unwrap_or(0),
    }
    table
}

/// The table that a file declares.
pub(super) fn from_grid(source: &str, grid: &Grid, vocabulary: &Vocabulary) -> Table {
    let rows = grid.cells.iter().map(|cell| cell.row + 1).max().unwrap_or(0);
    let mut table = Table { rows: vec![Vec::new(); rows], columns: grid.columns };
    for cell in &grid.cells {
        let mut tokens = Vec::new();
        tokenize(source, cell.range.clone(), vocabulary, &mut tokens);
        let last = cell.column + cell.column_span.max(1) - 1;
        table.columns = table.columns.max(last + 1);
        if let Some(row) = table.rows.get_mut(cell.row) {
            row.push(Cell {
                tokens,
                range: cell.range.clone(),
                columns: (cell.column, last),
                row_span: cell.row_span.max(1),
                indent: usize::from(cell.indent) * INDENT_STEP,
                value: cell.value,
                percent: cell.percent,
            });
        }
    }
    table
}

/// Gives the cells of space-aligned rows their columns: the fullest row sets the columns, and a cell belongs to
/// those it overlaps, or else to the nearest.
fn align(table: &mut Table, spans: &[Vec<(usize, usize)>]) {
    let Some(fullest) = spans.iter().max_by_key(|row| row.len()) else { return };
    let mut bounds: Vec<(usize, usize)> = fullest.clone();
    for row in spans.iter().filter(|row| row.len() == fullest.len()) {
        for (bound, span) in bounds.iter_mut().zip(row) {
            *bound = (bound.0.min(span.0), bound.1.max(span.1));
        }
    }
    // Two columns must not overlap after widening.
    let starts: Vec<usize> = bounds.iter().skip(1).map(|(start, _)| *start).collect();
    for (bound, next) in bounds.iter_mut().zip(starts) {
        bound.1 = bound.1.min(next);
    }
    table.columns = bounds.len();
    for (row, places) in table.rows.iter_mut().zip(spans) {
        let complete = row.len() == bounds.len();
        for (at, (cell, span)) in row.iter_mut().zip(places).enumerate() {
            if complete {
                cell.columns = (at, at);
                continue;
            }
            let overlapping: Vec<usize> = bounds
                .iter()
                .enumerate()
                .filter(|(_, b)| b.0 < span.1 && span.0 < b.1)
                .map(|(column, _)| column)
                .collect();
            let middle = usize::midpoint(span.0, span.1);
            let nearest = bounds
                .iter()
                .enumerate()
                .min_by_key(|(_, b)| usize::midpoint(b.0, b.1).abs_diff(middle))
                .map_or(0, |(column, _)| column);
            cell.columns = match (overlapping.first(), overlapping.last()) {
                (Some(first), Some(last)) => (*first, *last),
                _ => (nearest, nearest),
            };
        }
    }
}

/// Whether rows of this style, so many of them, are a table rather than text that happens to have gaps.
pub(super) fn is_table(source: &str, lines: &[Range<usize>], style: Style) -> bool {
    let with_number = lines
        .iter()
        .filter(|l| source.get((*l).clone()).is_some_and(|t| t.contains(|c: char| c.is_ascii_digit())))
        .count();
    match style {
        Style::Pipes => lines.len() >= 2,
        Style::Tabs => lines.len() >= 2 && with_number >= 1,
        Style::Spaces => lines.len() >= 3 && with_number >= 2,
    }
}

impl Cell {
    /// Whether the cell holds nothing.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether it holds one of the signs for nil, none or unknown only.
    pub fn sign(&self) -> Option<char> {
        let visible: Vec<&Token> = self.tokens.iter().collect();
        match visible.as_slice() {
            [only] => match only.kind {
                TokenKind::Punct(c) => Some(c),
                _ => None,
            },
            [first, rest @ ..] if first.is('.') && rest.iter().all(|t| t.is('.')) => Some('\u{2026}'),
            _ => None,
        }
    }
}
