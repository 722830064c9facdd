//! Tables of a page, with cells that cover several rows and columns.

use scraper::{ElementRef, Node};

use super::walk::{Around, NodeRef, Out, Walk};
use crate::input::flow::{Cell, Table};
use crate::input::{Limit, Refusal};

/// A cell covers at most so many columns.
const MOST_COLUMNS: usize = 1000;
/// A cell covers at most so many rows.
const MOST_ROWS: usize = 65_534;

/// Reads a table.
///
/// # Errors
/// When it exceeds a limit.
pub(super) fn read(walk: &mut Walk<'_>, table: NodeRef<'_>, around: Around) -> Result<Table, Refusal> {
    let mut out = Table::default();
    let mut covered: Vec<usize> = Vec::new();
    rows(walk, table, around, &mut out, &mut covered)?;
    let count = out.rows.len();
    for (at, row) in out.rows.iter_mut().enumerate() {
        for cell in row {
            cell.row_span = cell.row_span.min(count - at).max(1);
        }
    }
    Ok(out)
}

fn rows(
    walk: &mut Walk<'_>,
    part: NodeRef<'_>,
    around: Around,
    out: &mut Table,
    covered: &mut Vec<usize>,
) -> Result<(), Refusal> {
    for child in part.children() {
        let Node::Element(element) = child.value() else { continue };
        match element.name() {
            "tr" => row(walk, child, around, out, covered)?,
            "thead" | "tbody" | "tfoot" | "caption" => rows(walk, child, around, out, covered)?,
            _ => {}
        }
    }
    Ok(())
}

fn row(
    walk: &mut Walk<'_>,
    row: NodeRef<'_>,
    around: Around,
    out: &mut Table,
    covered: &mut Vec<usize>,
) -> Result<(), Refusal> {
    let mut cells = Vec::new();
    let mut column = 0_usize;
    let mut spans: Vec<(usize, usize, usize)> = Vec::new();
    for child in row.children() {
        let Some(element) = ElementRef::wrap(child).filter(|e| matches!(e.value().name(), "td" | "th")) else {
            continue;
        };
        walk.count_cell()?;
        while covered.get(column).is_some_and(|rows| *rows > 0) {
            column += 1;
        }
        let span = |name: &str, most: usize| {
            element.attr(name).and_then(|v| v.trim().parse::<usize>().ok()).unwrap_or(1).clamp(1, most)
        };
        let (column_span, row_span) = (span("colspan", MOST_COLUMNS), span("rowspan", MOST_ROWS));
        if column + column_span > MOST_COLUMNS {
            break;
        }
        let mut inner = Out::default();
        walk.children(child, around, &mut inner)?;
        inner.flush();
        cells.push(Cell { column, column_span, row_span, blocks: inner.blocks });
        spans.push((column, column_span, row_span));
        column += column_span;
    }
    for rows in covered.iter_mut() {
        *rows = rows.saturating_sub(1);
    }
    for (first, count, rows) in spans {
        if covered.len() < first + count {
            covered.resize(first + count, 0);
        }
        for column in covered.iter_mut().skip(first).take(count) {
            *column = (*column).max(rows - 1);
        }
    }
    out.rows.push(cells);
    Ok(())
}

impl Walk<'_> {
    fn count_cell(&mut self) -> Result<(), Refusal> {
        self.cells += 1;
        if self.cells > self.limits().document_cells() {
            return Err(Refusal::TooLarge { limit: Limit::Cells, most: self.limits().cells });
        }
        Ok(())
    }
}
