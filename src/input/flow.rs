//! A flow of paragraphs and tables, as Word, HTML and RTF have it, and how it becomes text: one line for each paragraph,
//! an empty line after it; one line for each row of a table, its cells between bars; a note below the paragraph that
//! has its mark.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::sheet::{Part, Written, parts_of};
use super::{Extracted, Format, Limit, Limits, Refusal};
use crate::text::{Grid, GridCell, Layout, NoteLink, Place, Remark};

/// Stands in a paragraph's text where a note's mark stands. No file can hold it: it is no character of XML.
pub(super) const MARK: char = '\u{1}';
/// Stands in a paragraph's text where the next page begins.
pub(super) const NEXT_PAGE: char = '\u{2}';

/// Cells of a table that only lays text out are at most so many in a row, and so many rows.
const LAYOUT_COLUMNS: usize = 3;
const LAYOUT_ROWS: usize = 6;
/// A cell that opens with a number and has at most so many letters holds a value.
const VALUE_LETTERS: usize = 12;

/// A paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct Paragraph {
    /// Its text, with line ends where it has them, and [`MARK`] for each note.
    pub(super) text: String,
    /// The notes of its marks, by their index in [`Flow::notes`].
    pub(super) marks: Vec<usize>,
    /// Its automatic number or bullet, with the space after it.
    pub(super) label: String,
    /// How far it is set in, in steps.
    pub(super) indent: u8,
    /// The page it begins on, in files that have pages.
    pub(super) page: Option<usize>,
}

/// A table.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// Its rows; a cell that covers several stands in the first.
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Its first column.
    pub(super) column: usize,
    /// How many columns it covers.
    pub(super) column_span: usize,
    /// How many rows it covers.
    pub(super) row_span: usize,
    /// What is in it.
    pub(super) blocks: Vec<Block>,
}

/// A paragraph or a table.
#[derive(Debug, Clone)]
pub(super) enum Block {
    Paragraph(Paragraph),
    Table(Table),
    /// A line that says nothing: of a running head, or a table of contents.
    Furniture(Paragraph),
}

/// A footnote or endnote.
#[derive(Debug, Clone, Default)]
pub(super) struct Note {
    /// Its mark, where it is not a number counted on.
    pub(super) written: Option<String>,
    /// What it says.
    pub(super) body: Vec<Paragraph>,
}

/// All of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    /// Its blocks in reading order.
    pub(super) blocks: Vec<Block>,
    /// Its notes.
    pub(super) notes: Vec<Note>,
    /// What the reader noticed.
    pub(super) remarks: Vec<Remark>,
    /// Whether places are told by pages.
    pub(super) paged: bool,
}

impl Paragraph {
    /// Whether there is anything to see in it.
    pub(super) fn is_blank(&self) -> bool {
        !self.text.contains(|c: char| !c.is_whitespace())
    }
}

/// A number in superscript, between superscript brackets, so that it ends where it ends.
pub(super) fn superscript(number: usize) -> String {
    let digits: String = number.to_string().chars().map(raised).collect();
    format!("\u{207D}{digits}\u{207E}")
}

/// The superscript form of a digit or bracket; other characters stay as they are.
pub(super) fn raised(c: char) -> char {
    match c {
        '1' => '\u{B9}',
        '2' => '\u{B2}',
        '3' => '\u{B3}',
        '0' | '4'..='9' => {
            let digit = c.to_digit(10).unwrap_or(0);
            char::from_u32(0x2070 + digit).unwrap_or(c)
        }
        '(' => '\u{207D}',
        ')' => '\u{207E}',
        other => other,
    }
}

/// The text of a flow with its layout.
///
/// # Errors
/// When there is nothing visible in it, or it exceeds a limit.
pub(super) fn render(flow: &Flow, format: Format, limits: &Limits) -> Result<Extracted, Refusal> {
    let mut writer = Writer {
        flow,
        limits,
        text: String::new(),
        layout: Layout { remarks: flow.remarks.clone(), ..Layout::default() },
        numbers: vec![0; flow.notes.len()],
        marks: vec![None; flow.notes.len()],
        counted: 0,
        open: Vec::new(),
        paragraphs: 0,
        tables: 0,
        cells: 0,
    };
    writer.blocks(&flow.blocks)?;
    let Writer { text, layout, .. } = writer;
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(Extracted { text, layout, format })
}

struct Writer<'a> {
    flow: &'a Flow,
    limits: &'a Limits,
    text: String,
    layout: Layout,
    /// The number of each note that has been marked.
    numbers: Vec<usize>,
    /// Where each note is marked.
    marks: Vec<Option<usize>>,
    counted: usize,
    /// Notes marked since the last paragraph or table, to be written below it.
    open: Vec<usize>,
    paragraphs: usize,
    tables: usize,
    cells: u64,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> Result<(), Refusal> {
        for block in blocks {
            match block {
                Block::Paragraph(paragraph) => self.paragraph(paragraph)?,
                Block::Table(table) if is_layout(table) => {
                    let mut cells: Vec<&Cell> = table.rows.iter().flatten().collect();
                    if table.rows.len() <= LAYOUT_ROWS {
                        cells.sort_by_key(|c| c.column);
                    }
                    for cell in cells {
                        self.blocks(&cell.blocks)?;
                    }
                }
                Block::Table(table) => self.table(table)?,
                Block::Furniture(paragraph) => {
                    let start = self.text.len();
                    self.line(paragraph, false)?;
                    if self.text.len() > start {
                        self.layout.furniture.push(start..self.text.len());
                        self.text.push_str("\n\n");
                    }
                }
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, paragraph: &Paragraph) -> Result<(), Refusal> {
        if paragraph.is_blank() {
            return Ok(());
        }
        self.paragraphs += 1;
        let place = paragraph.page.map_or(Place::Paragraph(self.paragraphs), Place::Page);
        self.place(place);
        self.line(paragraph, false)?;
        self.text.push_str("\n\n");
        self.notes()
    }

    /// What is written from here on stands at this place.
    fn place(&mut self, place: Place) {
        if self.layout.places.last().is_none_or(|(_, last)| *last != place) {
            self.layout.places.push((self.text.len(), place));
        }
    }

    /// Appends a paragraph's text, in one line if so wanted, and remembers its marks.
    fn line(&mut self, paragraph: &Paragraph, single: bool) -> Result<(), Refusal> {
        let start = self.text.len();
        self.stretch(&paragraph.label, true, start);
        let mut marks = paragraph.marks.iter();
        for (at, stretch) in paragraph.text.split(MARK).enumerate() {
            if at > 0
                && let Some(note) = marks.next()
            {
                self.mark(*note);
            }
            self.stretch(stretch, single, start);
        }
        let length = self.text.trim_end().len().max(start);
        self.text.truncate(length);
        self.within_limits()
    }

    /// Appends a piece of text in the form that offsets count in; white space at the start of the line is left out.
    fn stretch(&mut self, piece: &str, single: bool, start: usize) {
        let composed: String;
        let piece = if is_nfc(piece) {
            piece
        } else {
            composed = piece.nfc().collect();
            &composed
        };
        for c in piece.chars() {
            let c = match c {
                NEXT_PAGE => {
                    if let Some((_, Place::Page(page))) = self.layout.places.last() {
                        self.place(Place::Page(page + 1));
                    }
                    continue;
                }
                '\r' => continue,
                '\n' | '\u{B}' | '\u{2028}' | '\u{2029}' if !single => '\n',
                c if c.is_whitespace() && single => ' ',
                c if c.is_control() && c != '\t' => continue,
                c => c,
            };
            let at_start = self.text.len() == start || self.text.ends_with('\n');
            if c == '\n' {
                let length = self.text.trim_end().len().max(start);
                self.text.truncate(length);
                if length > start {
                    self.text.push('\n');
                }
                continue;
            }
            let again = single && c == ' ' && self.text.ends_with(' ');
            let leads = at_start && c.is_whitespace();
            if !again && !leads {
                self.text.push(c);
            }
        }
    }

    /// Appends the mark of a note.
    fn mark(&mut self, note: usize) {
        let written = self.flow.notes.get(note).and_then(|n| n.written.clone());
        if written.is_none() && self.numbers.get(note).is_some_and(|n| *n == 0) {
            self.counted += 1;
            if let Some(number) = self.numbers.get_mut(note) {
                *number = self.counted;
            }
        }
        if let Some(slot @ None) = self.marks.get_mut(note) {
            *slot = Some(self.text.len());
            self.open.push(note);
        }
        let written = written.unwrap_or_else(|| superscript(self.numbers.get(note).copied().unwrap_or(0)));
        self.text.push_str(&written);
    }

    /// Writes the notes that are open, each in a line; notes may themselves have notes.
    fn notes(&mut self) -> Result<(), Refusal> {
        let mut at = 0;
        while let Some(index) = self.open.get(at).copied() {
            at += 1;
            let Some(note) = self.flow.notes.get(index) else { continue };
            if note.body.iter().all(Paragraph::is_blank) {
                continue;
            }
            let start = self.text.len();
            let number = self.numbers.get(index).copied().unwrap_or(0);
            if !self.flow.paged {
                self.place(Place::Note(number.max(1)));
            }
            let written = note.written.clone().unwrap_or_else(|| superscript(number));
            self.text.push_str(&written);
            for paragraph in &note.body {
                self.text.push(' ');
                self.line(paragraph, true)?;
            }
            if let Some(mark) = self.marks.get(index).copied().flatten() {
                self.layout.notes.push(NoteLink { mark, note: start });
            }
            self.text.push_str("\n\n");
        }
        self.open.clear();
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), Refusal> {
        self.tables += 1;
        let last = table.rows.iter().flatten().map(|c| c.column + c.column_span.max(1)).max().unwrap_or(1) - 1;
        let Some(parts) = parts_of(&written(table)) else { return self.grid(table, 0..table.rows.len(), (0, last)) };
        for part in parts {
            match part {
                Part::Lines(rows) => {
                    for (at, row) in table.rows.iter().enumerate().take(rows.end).skip(rows.start) {
                        for cell in row {
                            self.lines(at, cell)?;
                        }
                    }
                    self.text.push('\n');
                }
                Part::Table(rows, columns) => self.grid(table, rows, columns)?,
            }
        }
        Ok(())
    }

    /// A cell outside the table that it was written in: each of its paragraphs is a line.
    fn lines(&mut self, row: usize, cell: &Cell) -> Result<(), Refusal> {
        for block in &cell.blocks {
            let Block::Paragraph(paragraph) = block else { continue };
            if !paragraph.is_blank() {
                self.place_cell(row, cell);
                self.line(paragraph, false)?;
                self.text.push('\n');
            }
        }
        Ok(())
    }

    fn place_cell(&mut self, row: usize, cell: &Cell) {
        let page = cell.blocks.iter().find_map(|b| match b {
            Block::Paragraph(paragraph) => paragraph.page,
            _ => None,
        });
        let own = Place::TableCell { table: self.tables, row: row + 1, column: cell.column + 1 };
        self.place(page.map_or(own, Place::Page));
    }

    /// Some rows and columns of a table, as one.
    fn grid(&mut self, table: &Table, rows: Range<usize>, (first, last): (usize, usize)) -> Result<(), Refusal> {
        let columns = last + 1 - first;
        let start = self.text.len();
        let mut cells = Vec::new();
        let within = table.rows.iter().enumerate().take(rows.end).skip(rows.start);
        for (at, row) in within.filter(|(_, row)| !row.is_empty()) {
            self.cells += u64::try_from(columns).unwrap_or(u64::MAX);
            if self.cells > self.limits.document_cells() {
                return Err(Refusal::TooLarge { limit: Limit::Cells, most: self.limits.cells });
            }
            self.text.push('|');
            let mut next = first;
            for cell in row.iter().filter(|c| (first..=last).contains(&c.column)) {
                self.text.extend(std::iter::repeat_n("  |", cell.column.saturating_sub(next)));
                next = next.max(cell.column + 1);
                self.text.push(' ');
                self.place_cell(at, cell);
                let range = self.cell_text(&cell.blocks)?;
                self.text.push_str(" |");
                cells.push(GridCell {
                    row: at - rows.start,
                    column: cell.column - first,
                    row_span: cell.row_span.max(1),
                    column_span: cell.column_span.max(1),
                    range,
                    indent: indent_of(&cell.blocks),
                    ..GridCell::default()
                });
            }
            self.text.extend(std::iter::repeat_n("  |", (last + 1).saturating_sub(next)));
            self.text.push('\n');
        }
        if cells.is_empty() {
            self.text.truncate(start);
            return Ok(());
        }
        let range = start..self.text.len() - 1;
        self.layout.grids.push(Grid { range, columns, cells });
        self.text.push('\n');
        self.notes()
    }

    /// Appends what is in a cell as one line; gives its bytes.
    fn cell_text(&mut self, blocks: &[Block]) -> Result<Range<usize>, Refusal> {
        let start = self.text.len();
        for block in blocks {
            let before = self.text.len();
            if before > start {
                self.text.push(' ');
            }
            let from = self.text.len();
            match block {
                Block::Paragraph(paragraph) | Block::Furniture(paragraph) => self.line(paragraph, true)?,
                Block::Table(inner) => {
                    for cell in inner.rows.iter().flatten() {
                        if self.text.len() > from {
                            self.text.push(' ');
                        }
                        let _ = self.cell_text(&cell.blocks)?;
                    }
                }
            }
            if self.text.len() == from {
                self.text.truncate(before);
            }
        }
        Ok(start..self.text.len())
    }

    fn within_limits(&self) -> Result<(), Refusal> {
        let most = self.limits.text_bytes;
        if u64::try_from(self.text.len()).is_ok_and(|length| length <= most) {
            Ok(())
        } else {
            Err(Refusal::TooLarge { limit: Limit::Text, most })
        }
    }
}

/// The cells of a table with what is written in them.
fn written(table: &Table) -> Vec<Written> {
    let text = |cell: &Cell| {
        let paragraphs = cell.blocks.iter().map(|b| match b {
            Block::Paragraph(p) | Block::Furniture(p) => p.text.trim(),
            Block::Table(_) => "",
        });
        paragraphs.filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let row = |(row, cells): (usize, &Vec<Cell>)| {
        let cell = move |c: &Cell| Written {
            row,
            column: c.column,
            row_span: c.row_span,
            column_span: c.column_span,
            text: text(c),
        };
        cells.iter().map(cell).collect::<Vec<_>>()
    };
    table.rows.iter().enumerate().flat_map(row).collect()
}

/// The indentation of what a cell opens with; spaces typed before its text count too.
fn indent_of(blocks: &[Block]) -> u8 {
    let Some(Block::Paragraph(first)) = blocks.iter().find(|b| matches!(b, Block::Paragraph(p) if !p.is_blank()))
    else {
        return 0;
    };
    let typed = first.text.chars().take_while(|c| c.is_whitespace()).count() / 2;
    first.indent.max(u8::try_from(typed).unwrap_or(u8::MAX))
}

/// Whether a table only lays text out in columns, as letterheads and signatures do: few cells, none of them a value.
fn is_layout(table: &Table) -> bool {
    let columns = table.rows.iter().flatten().map(|c| c.column + c.column_span.max(1)).max().unwrap_or(0);
    let rows = table.rows.iter().filter(|row| !row.is_empty()).count();
    if columns <= 1 {
        return true;
    }
    if table.rows.iter().flatten().any(is_value) {
        return false;
    }
    // A page laid out in tables has others in its cells.
    let holds_tables = table.rows.iter().flatten().any(|c| c.blocks.iter().any(|b| matches!(b, Block::Table(_))));
    holds_tables || columns <= LAYOUT_COLUMNS && rows <= LAYOUT_ROWS
}

fn is_value(cell: &Cell) -> bool {
    let mut paragraphs = cell.blocks.iter().filter_map(|b| match b {
        Block::Paragraph(p) if !p.is_blank() => Some(p),
        _ => None,
    });
    let (Some(only), None) = (paragraphs.next(), paragraphs.next()) else { return false };
    let text = only.text.trim_start();
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().filter(|c| c.is_alphabetic()).count() <= VALUE_LETTERS
}
