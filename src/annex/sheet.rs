//! A sheet laid out, before any file format: cells with their kind of look, merges, heights, print set-up.

use rust_decimal::Decimal;

use super::layout::{ChartKind, Orientation};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Nothing but its borders.
    Blank,
    Text(String),
    /// A true number, with its format.
    Number(Decimal, String),
    /// A live formula, our exact result, and its format.
    Formula(String, Decimal, String),
}

/// The look of a cell; sizes and typeface come from the theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Look {
    FormCode,
    LeftCorner,
    RightCorner,
    Heading,
    Title,
    PeriodLine,
    Attached,
    /// A line across, without words.
    Rule,
    LeftLine,
    RightLine,
    Header,
    Numbering,
    /// A body cell.
    Body {
        align: Align,
        strong: Strong,
    },
    Note,
    PlaceDate,
    Signatory,
    SignatoryHint,
}

/// How a body cell is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Align {
    Left,
    /// Left, one step in.
    Indented,
    Centre,
    Right,
}

/// The type of a body cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Strong {
    Plain,
    Bold,
    Italic,
    BoldItalic,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) row: u32,
    pub(super) column: u16,
    pub(super) content: Content,
    pub(super) look: Look,
    /// Row of the table of sources that the cell leads to, from 0.
    pub(super) source: Option<u32>,
}

/// Cells merged into one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Merge {
    pub(super) first: (u32, u16),
    pub(super) last: (u32, u16),
    pub(super) text: String,
    pub(super) look: Look,
}

/// A small line in a cell of a row, of the values of some of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sparkline {
    pub(super) row: u32,
    pub(super) column: u16,
    /// First and last column of the values.
    pub(super) first: u16,
    pub(super) last: u16,
}

/// A chart over some rows of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChartSpot {
    /// First row it covers, and the first below it.
    pub(super) top: u32,
    pub(super) bottom: u32,
    pub(super) kind: ChartKind,
    pub(super) title: String,
    pub(super) series: Vec<Series>,
}

/// A block of cells by its first and its last.
pub(super) type Block = ((u32, u16), (u32, u16));

/// One series of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Series {
    /// Cell of its name.
    pub(super) name: (u32, u16),
    /// Cells of the names of its points.
    pub(super) points: Block,
    pub(super) values: Block,
}

/// A sheet laid out.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) widths: Vec<f64>,
    pub(super) heights: Vec<(u32, f64)>,
    pub(super) cells: Vec<Cell>,
    pub(super) merges: Vec<Merge>,
    /// First and last row repeated on each page.
    pub(super) repeat: Option<(u32, u32)>,
    /// First row and column that scroll.
    pub(super) freeze: (u32, u16),
    /// Rows that fold under the row above them.
    pub(super) outline: Vec<(u32, u32)>,
    /// Rows that are folded away.
    pub(super) hidden: Vec<u32>,
    pub(super) sparklines: Vec<Sparkline>,
    pub(super) charts: Vec<ChartSpot>,
    /// The cells of values, which get a name.
    pub(super) figures: Option<Block>,
    /// Whether the last row of the headings is the numbering row.
    pub(super) numbered: bool,
    /// First and last row of a table that a person may want to filter.
    pub(super) filter: Option<(u32, u32)>,
    pub(super) orientation: Orientation,
    /// On so many pages the sheet is printed, made smaller if need be; 0 for as many as it takes.
    pub(super) pages_tall: u16,
    /// The next free row.
    pub(super) next_row: u32,
}

impl Sheet {
    /// The number of columns.
    pub(super) fn columns(&self) -> u16 {
        u16::try_from(self.widths.len()).unwrap_or(u16::MAX)
    }

    /// Width of the columns from `first` to `last`, in widths of a digit.
    pub(super) fn width(&self, first: u16, last: u16) -> f64 {
        self.widths.iter().skip(usize::from(first)).take(usize::from(last.saturating_sub(first)) + 1).sum()
    }

    /// Puts a cell.
    pub(super) fn put(&mut self, row: u32, column: u16, content: Content, look: Look) {
        self.cells.push(Cell { row, column, content, look, source: None });
    }

    /// Puts a text over several columns of one row; a plain cell where there is but one column.
    pub(super) fn across(&mut self, row: u32, first: u16, last: u16, text: &str, look: Look) {
        self.block((row, first), (row, last), text, look);
    }

    /// Puts a text over a block of cells.
    pub(super) fn block(&mut self, first: (u32, u16), last: (u32, u16), text: &str, look: Look) {
        if first == last {
            self.put(first.0, first.1, Content::Text(text.to_owned()), look);
        } else {
            self.merges.push(Merge { first, last, text: text.to_owned(), look });
        }
    }

    /// Takes the next free row.
    pub(super) fn take_row(&mut self) -> u32 {
        let row = self.next_row;
        self.next_row += 1;
        row
    }
}

/// The letters of a 0-based column, as formulas write it.
pub(super) fn column_letters(column: u16) -> String {
    let mut letters = String::new();
    let mut left = u32::from(column) + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    letters
}

/// A cell's address, as formulas write it.
pub(super) fn address(row: u32, column: u16) -> String {
    format!("{}{}", column_letters(column), row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
        assert_eq!(address(9, 2), "C10");
    }
}
