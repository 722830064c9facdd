//! Tables that are drawn with lines: where lines cross, cells lie between them.

use super::lines::{Glyphs, Line, lines};

/// Lines that lie so near to one another are one.
const NEAR: f32 = 2.5;
/// A table has at most so many lines drawn in one direction.
const MOST_EDGES: usize = 400;

/// A line drawn on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y0: f32,
    pub(super) y1: f32,
}

impl Drawn {
    fn is_level(&self) -> bool {
        self.y1 - self.y0 <= self.x1 - self.x0
    }

    fn touches(&self, other: &Self) -> bool {
        self.x0 - NEAR <= other.x1
            && other.x0 - NEAR <= self.x1
            && self.y0 - NEAR <= other.y1
            && other.y0 - NEAR <= self.y1
    }
}

/// A cell: the lines of text in it.
#[derive(Debug, Clone, Default)]
pub(super) struct GridCell {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) row_span: usize,
    pub(super) column_span: usize,
    pub(super) lines: Vec<Line>,
}

/// A table with its place.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    pub(super) cells: Vec<GridCell>,
    /// Where its columns begin and end.
    pub(super) edges: Vec<f32>,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// The tables of a page, and the glyphs outside them.
pub(super) fn grids(drawn: &[Drawn], mut glyphs: Vec<Glyphs>) -> (Vec<Grid>, Vec<Glyphs>) {
    let mut found = Vec::new();
    for group in groups(drawn) {
        let (level, upright): (Vec<&Drawn>, Vec<&Drawn>) = group.iter().partition(|d| d.is_level());
        let xs = positions(upright.iter().map(|d| f32::midpoint(d.x0, d.x1)));
        let mut ys = positions(level.iter().map(|d| f32::midpoint(d.y0, d.y1)));
        ys.reverse();
        if xs.len() < 3 || ys.len() < 2 || xs.len() > MOST_EDGES || ys.len() > MOST_EDGES {
            continue;
        }
        let (Some(left), Some(right)) = (xs.first().copied(), xs.last().copied()) else { continue };
        let (Some(top), Some(bottom)) = (ys.first().copied(), ys.last().copied()) else { continue };
        let inside = |g: &Glyphs| {
            let x = f32::midpoint(g.x, g.end);
            let y = g.y + 0.3 * g.size;
            left - NEAR < x && x < right + NEAR && bottom - NEAR < y && y < top + NEAR
        };
        let (within, outside): (Vec<Glyphs>, Vec<Glyphs>) = glyphs.into_iter().partition(inside);
        glyphs = outside;
        let cells = cells(&xs, &ys, &level, &upright, within);
        found.push(Grid { cells, edges: xs, top, bottom });
    }
    found.sort_by(|a, b| b.top.total_cmp(&a.top));
    (found, glyphs)
}

/// Lines that touch one another, in groups.
fn groups(drawn: &[Drawn]) -> Vec<Vec<Drawn>> {
    // A page with very many lines is a drawing.
    const MOST: usize = 6000;
    if drawn.len() > MOST {
        return Vec::new();
    }
    let mut groups: Vec<Vec<Drawn>> = Vec::new();
    let mut order: Vec<Drawn> = drawn.to_vec();
    order.sort_by(|a, b| b.y1.total_cmp(&a.y1).then(a.x0.total_cmp(&b.x0)));
    for line in order {
        let (mut joined, mut rest) = (vec![line], Vec::new());
        for group in groups {
            if group.iter().any(|other| other.touches(&line)) { joined.extend(group) } else { rest.push(group) }
        }
        rest.push(joined);
        groups = rest;
    }
    groups
}

/// Distinct positions, sorted.
fn positions(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut all: Vec<f32> = values.filter(|v| v.is_finite()).collect();
    all.sort_by(f32::total_cmp);
    let mut out: Vec<f32> = Vec::new();
    for value in all {
        if out.last().is_none_or(|last| value - last > NEAR) {
            out.push(value);
        }
    }
    out
}

fn cells(xs: &[f32], ys: &[f32], level: &[&Drawn], upright: &[&Drawn], glyphs: Vec<Glyphs>) -> Vec<GridCell> {
    let (columns, rows) = (xs.len() - 1, ys.len() - 1);
    let at = |list: &[f32], index: usize| list.get(index).copied().unwrap_or(0.0);
    // Whether a line is drawn between two cells side by side, or one above the other.
    let wall = |row: usize, column: usize| {
        let (x, y) = (at(xs, column + 1), f32::midpoint(at(ys, row), at(ys, row + 1)));
        upright.iter().any(|d| (f32::midpoint(d.x0, d.x1) - x).abs() <= NEAR && d.y0 - NEAR <= y && y <= d.y1 + NEAR)
    };
    let floor = |row: usize, column: usize| {
        let (x, y) = (f32::midpoint(at(xs, column), at(xs, column + 1)), at(ys, row + 1));
        level.iter().any(|d| (f32::midpoint(d.y0, d.y1) - y).abs() <= NEAR && d.x0 - NEAR <= x && x <= d.x1 + NEAR)
    };
    let mut taken = vec![false; rows * columns];
    let mut out: Vec<GridCell> = Vec::new();
    let mut owner = vec![0_usize; rows * columns];
    for row in 0..rows {
        for column in 0..columns {
            if taken.get(row * columns + column).copied().unwrap_or(true) {
                continue;
            }
            let mut column_span = 1;
            while column + column_span < columns && !wall(row, column + column_span - 1) {
                column_span += 1;
            }
            let mut row_span = 1;
            while row + row_span < rows && (column..column + column_span).all(|c| !floor(row + row_span - 1, c)) {
                row_span += 1;
            }
            let index = out.len();
            for r in row..row + row_span {
                for c in column..column + column_span {
                    if let (Some(slot), Some(mine)) = (taken.get_mut(r * columns + c), owner.get_mut(r * columns + c)) {
                        *slot = true;
                        *mine = index;
                    }
                }
            }
            out.push(GridCell { row, column, row_span, column_span, lines: Vec::new() });
        }
    }
    let mut within: Vec<Vec<Glyphs>> = vec![Vec::new(); out.len()];
    for run in glyphs {
        let (x, y) = (f32::midpoint(run.x, run.end), run.y + 0.3 * run.size);
        let column = xs.iter().skip(1).take(columns - 1).filter(|edge| **edge <= x).count();
        let row = ys.iter().skip(1).take(rows - 1).filter(|edge| **edge >= y).count();
        let index = owner.get(row * columns + column).copied().unwrap_or(0);
        if let Some(cell) = within.get_mut(index) {
            cell.push(run);
        }
    }
    for (cell, runs) in out.iter_mut().zip(within) {
        cell.lines = lines(runs);
    }
    out
}
