//! The places of a table: which cell stands at a row and column, merged cells in all that they cover.

use crate::document::{Cell, Table};
use crate::text::Token;

/// No cell.
const NONE: u32 = u32::MAX;

/// Which cell stands where.
#[derive(Debug)]
pub(super) struct Lattice<'a> {
    table: &'a Table,
    columns: usize,
    /// Per place: row and index of its cell.
    places: Vec<(u32, u32)>,
}

impl<'a> Lattice<'a> {
    /// The places of a table.
    pub(super) fn new(table: &'a Table) -> Self {
        let columns = table.columns;
        let mut places = vec![(NONE, NONE); columns * table.rows.len()];
        for (row_at, row) in table.rows.iter().enumerate() {
            for (at, cell) in row.iter().enumerate() {
                let mark = (u32::try_from(row_at).unwrap_or(NONE), u32::try_from(at).unwrap_or(NONE));
                let last_row = (row_at + cell.row_span.max(1)).min(table.rows.len());
                for covered in row_at..last_row {
                    for column in cell.columns.0..=cell.columns.1.min(columns.saturating_sub(1)) {
                        if let Some(place) = places.get_mut(covered * columns + column)
                            && (covered == row_at || place.0 == NONE)
                        {
                            *place = mark;
                        }
                    }
                }
            }
        }
        Self { table, columns, places }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.table.rows.len()
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The cell that stands or reaches here, with the row it begins in.
    pub(super) fn anchor(&self, row: usize, column: usize) -> Option<(usize, &'a Cell)> {
        if column >= self.columns {
            return None;
        }
        let (at, index) = *self.places.get(row * self.columns + column)?;
        let at = usize::try_from(at).ok()?;
        let cell = self.table.rows.get(at)?.get(usize::try_from(index).ok()?)?;
        Some((at, cell))
    }

    /// The cell that stands or reaches here.
    pub(super) fn get(&self, row: usize, column: usize) -> Option<&'a Cell> {
        self.anchor(row, column).map(|(_, cell)| cell)
    }

    /// The cell that begins in this row and stands or reaches over this column.
    pub(super) fn own(&self, row: usize, column: usize) -> Option<&'a Cell> {
        self.anchor(row, column).filter(|(at, _)| *at == row).map(|(_, cell)| cell)
    }

    /// The column in which the cell of a row begins that covers byte `at`.
    pub(super) fn column_of(&self, row: usize, at: usize) -> Option<usize> {
        self.row(row).iter().find(|cell| cell.range.contains(&at)).map(|cell| cell.columns.0)
    }

    /// The cells that begin in a row.
    pub(super) fn row(&self, row: usize) -> &'a [Cell] {
        self.table.rows.get(row).map(Vec::as_slice).unwrap_or_default()
    }
}

/// How many bytes of words a cell holds.
pub(super) fn letters(cell: &Cell) -> usize {
    cell.tokens.iter().filter(|t| t.is_word()).map(|t| (t.end - t.start) as usize).sum()
}

/// Whether a cell holds a number, written or stored.
pub(super) fn has_number(cell: &Cell) -> bool {
    cell.value.is_some() || cell.tokens.iter().any(Token::is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_cells_stand_in_all_they_cover() {
        let cell = |columns: (usize, usize), row_span: usize, indent: usize| Cell {
            columns,
            row_span,
            indent,
            ..Cell::default()
        };
        let table = Table {
            rows: vec![vec![cell((0, 0), 2, 1), cell((1, 2), 1, 2)], vec![cell((1, 1), 1, 3), cell((2, 2), 1, 4)]],
            columns: 3,
        };
        let lattice = Lattice::new(&table);
        let indents: Vec<usize> =
            (0..2).flat_map(|r| (0..3).map(move |c| (r, c))).map(|(r, c)| lattice.get(r, c).unwrap().indent).collect();
        assert_eq!(indents, [1, 2, 2, 1, 3, 4]);
        assert!(lattice.own(1, 0).is_none());
        assert_eq!(lattice.anchor(1, 0).unwrap().0, 0);
        assert!(lattice.get(0, 3).is_none() && lattice.get(2, 0).is_none());
    }
}
