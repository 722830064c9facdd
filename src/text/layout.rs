//! What the reader of a file knows of the layout of the text that it gives, and the text alone no longer shows: cells,
//! the marks of notes, running heads, and the places in the file that a person can find.
//!
//! All offsets are bytes of the extracted text in its normal form. A reader of plain text knows nothing: an empty
//! layout means that structure is to be told from the text.

use std::fmt;
use std::ops::Range;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a reader knows beyond the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Tables in the order of the text; they do not overlap.
    pub grids: Vec<Grid>,
    /// Notes bound to their marks.
    pub notes: Vec<NoteLink>,
    /// Running heads and feet, page numbers: lines that say nothing, in the order of the text.
    pub furniture: Vec<Range<usize>>,
    /// Where in the file the text from this byte on stands, until the next; sorted by byte.
    pub places: Vec<(usize, Place)>,
    /// What the reader noticed that a person should know, in the order of the file.
    pub remarks: Vec<Remark>,
}

/// Something that the reader of a file noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// What kind of thing.
    pub kind: RemarkKind,
    /// Where in the text it would stand, or stands; nothing for what has no place there.
    pub at: Option<usize>,
    /// Where in the file.
    pub place: Option<Place>,
    /// What exactly: the hidden rows, the error, the number of cells, the encoding.
    pub what: String,
}

/// Kinds of things that a reader notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RemarkKind {
    /// The text was in an old encoding and was converted; `what` is its name.
    Encoding,
    /// A hidden sheet, which is not read; `what` is how many cells it has.
    HiddenSheet,
    /// Hidden rows, which are not read; `what` names them.
    HiddenRows,
    /// Hidden columns, which are not read; `what` names them.
    HiddenColumns,
    /// A cell that holds an error; `what` is the error.
    ErrorCell,
    /// A formula whose result is not stored in the file.
    Uncomputed,
    /// Pages without text beside pages with text; `what` names them.
    PictureOnly,
    /// The file ends before what it opened is closed.
    CutOff,
    /// A part of the file that is damaged and was left out; `what` names it.
    PartLost,
}

/// A note and its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteLink {
    /// First byte of the mark in the running text.
    pub mark: usize,
    /// First byte of the line that holds the note.
    pub note: usize,
}

/// A table that the file itself declares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// The bytes of its lines: one line for each row that has a cell of its own.
    pub range: Range<usize>,
    /// How many columns it has.
    pub columns: usize,
    /// Its cells by row, then column; a merged cell is there once, at its first row and column.
    pub cells: Vec<GridCell>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridCell {
    /// 0-based row.
    pub row: usize,
    /// 0-based first column.
    pub column: usize,
    /// How many rows it covers, at least 1.
    pub row_span: usize,
    /// How many columns it covers, at least 1.
    pub column_span: usize,
    /// Its bytes in the text; empty for a blank cell.
    pub range: Range<usize>,
    /// How far its text is set in, in steps of the file's own indentation.
    pub indent: u8,
    /// The number stored in it, exact, where the file stores numbers: as a count or amount, or in percent where the
    /// cell's format is one of percent (0,2299 under `0.00%` is 22.99).
    pub value: Option<Decimal>,
    /// Whether the cell's number format is one of percent.
    pub percent: bool,
}

/// A place in a file that a person can find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// A page, from 1.
    Page(usize),
    /// A paragraph, from 1.
    Paragraph(usize),
    /// A footnote or endnote, from 1.
    Note(usize),
    /// A cell of a table in a document: table, row and column, all from 1.
    TableCell {
        /// Which table.
        table: usize,
        /// Which row.
        row: usize,
        /// Which column.
        column: usize,
    },
    /// A cell of a spreadsheet.
    SheetCell {
        /// The sheet's name.
        sheet: String,
        /// The cell's address, such as `E31`.
        cell: String,
    },
}

impl Layout {
    /// Where byte `at` stands in the file, as far as the reader knows.
    pub fn place(&self, at: usize) -> Option<&Place> {
        let after = self.places.partition_point(|(start, _)| *start <= at);
        self.places.get(after.checked_sub(1)?).map(|(_, place)| place)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(page) => write!(f, "page {page}"),
            Self::Paragraph(paragraph) => write!(f, "paragraph {paragraph}"),
            Self::Note(note) => write!(f, "note {note}"),
            Self::TableCell { table, row, column } => write!(f, "table {table}, row {row}, column {column}"),
            // The name of a sheet has no cell; the only sheet of a CSV file has no name.
            Self::SheetCell { sheet, cell } if cell.is_empty() => f.write_str(sheet),
            Self::SheetCell { sheet, cell } if sheet.is_empty() => f.write_str(cell),
            Self::SheetCell { sheet, cell } => write!(f, "{sheet}!{cell}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_holds_until_the_next() {
        let layout = Layout { places: vec![(5, Place::Page(1)), (20, Place::Page(2))], ..Layout::default() };
        assert_eq!(layout.place(4), None);
        assert_eq!(layout.place(5), Some(&Place::Page(1)));
        assert_eq!(layout.place(19), Some(&Place::Page(1)));
        assert_eq!(layout.place(20), Some(&Place::Page(2)));
    }
}
