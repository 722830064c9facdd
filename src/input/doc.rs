//! Word documents of Word 97-2003, read by the `undoc` library: its model of paragraphs, tables and notes as a flow.

use std::collections::BTreeMap;

use undoc::model;

use super::count::written;
use super::encoding::Legacy;
use super::flow::{Block, Cell, Flow, MARK, Note, Paragraph, Table, raised, render};
use super::{Extracted, Format, Limit, Limits, Refusal};
use crate::text::{Remark, RemarkKind};

/// Reads a Word 97-2003 document.
///
/// # Errors
/// When it is damaged, locked or empty, or exceeds a limit.
pub(super) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    let document = undoc::parse_bytes(bytes).map_err(|error| match error {
        undoc::Error::Encrypted => Refusal::Locked,
        other => Refusal::Damaged(other.to_string()),
    })?;
    let mut reader = Reader { limits, notes: BTreeMap::new(), flow: Flow::default(), legacy: None, cells: 0 };
    let blocks = || document.sections.iter().flat_map(|section| &section.content);
    for block in blocks() {
        if let model::Block::Note { label, .. } = block {
            reader.notes.entry(label.clone()).or_insert(reader.flow.notes.len());
            reader.flow.notes.push(Note::default());
        }
    }
    let mut out = Vec::new();
    let mut filled = 0;
    for block in blocks() {
        match block {
            model::Block::Paragraph(paragraph) => out.push(Block::Paragraph(reader.paragraph(paragraph))),
            model::Block::Table(table) => {
                let table = reader.table(table, 0)?;
                let columns = |t: &Table| t.rows.iter().flatten().map(|c| c.column + c.column_span).max().unwrap_or(0);
                match out.last_mut() {
                    // Rows of other widths come apart; in a document two tables have a paragraph between them.
                    Some(Block::Table(before)) if columns(before) == columns(&table) => before.rows.extend(table.rows),
                    _ => out.push(Block::Table(table)),
                }
            }
            model::Block::Note { content, .. } => {
                let body = content.iter().map(|p| reader.paragraph(p)).collect();
                if let Some(note) = reader.flow.notes.get_mut(filled) {
                    note.body = body;
                }
                filled += 1;
            }
            _ => {}
        }
    }
    for section in &document.sections {
        for running in [&section.header, &section.footer].into_iter().flatten() {
            let paragraphs: Vec<Paragraph> = running.iter().map(|p| reader.paragraph(p)).collect();
            out.extend(paragraphs.into_iter().filter(|p| !p.is_blank()).map(Block::Furniture));
        }
    }
    let mut flow = reader.flow;
    flow.blocks = out;
    if let Some(legacy) = reader.legacy {
        let what = legacy.name().to_owned();
        flow.remarks.push(Remark { kind: RemarkKind::Encoding, at: None, place: None, what });
    }
    render(&flow, Format::Doc, limits)
}

struct Reader<'a> {
    limits: &'a Limits,
    /// The notes by their labels.
    notes: BTreeMap<String, usize>,
    flow: Flow,
    legacy: Option<Legacy>,
    cells: u64,
}

impl Reader<'_> {
    fn paragraph(&mut self, paragraph: &model::Paragraph) -> Paragraph {
        let mut out = Paragraph { indent: paragraph.indent_level, ..Paragraph::default() };
        for run in &paragraph.runs {
            if matches!(run.revision, model::RevisionType::Deleted) {
                continue;
            }
            if let Some(note) = run.note.as_ref().and_then(|label| self.notes.get(label)) {
                out.text.push(MARK);
                out.marks.push(*note);
                continue;
            }
            let clean: String = run.text.chars().filter(|c| *c != MARK).collect();
            let text = match run.style.font.as_deref().and_then(Legacy::of_font) {
                Some(legacy) if !clean.is_ascii() => {
                    let decoded = legacy.decode(&clean);
                    if decoded != clean {
                        self.legacy = Some(legacy);
                    }
                    decoded
                }
                _ => clean,
            };
            if run.style.superscript {
                out.text.extend(text.chars().map(raised))
            } else {
                out.text.push_str(&text)
            }
            if run.line_break {
                out.text.push('\n');
            }
        }
        if let Some(list) = &paragraph.list_info {
            out.label = match (&list.list_type, list.number) {
                // How a level counts is not told: outermost headings in capitals are counted in Roman numbers.
                (model::ListType::Numbered, Some(number)) if list.level == 0 && in_capitals(&out.text) => {
                    format!("{}. ", written(number, "upperRoman"))
                }
                (model::ListType::Numbered, Some(number)) => format!("{number}. "),
                (model::ListType::Bullet, _) if list.level == 0 => "- ".to_owned(),
                (model::ListType::Bullet, _) => "+ ".to_owned(),
                _ => String::new(),
            };
        }
        out
    }

    fn table(&mut self, table: &model::Table, depth: u64) -> Result<Table, Refusal> {
        if depth > self.limits.nesting {
            return Err(Refusal::TooLarge { limit: Limit::Nesting, most: self.limits.nesting });
        }
        let columns = table.cell_columns();
        let mut out = Table::default();
        for (row, columns) in table.rows.iter().zip(columns) {
            let mut cells = Vec::new();
            for (cell, column) in row.cells.iter().zip(columns) {
                self.cells += 1;
                if self.cells > self.limits.document_cells() {
                    return Err(Refusal::TooLarge { limit: Limit::Cells, most: self.limits.cells });
                }
                let mut blocks: Vec<Block> = cell.content.iter().map(|p| Block::Paragraph(self.paragraph(p))).collect();
                for inner in &cell.nested_tables {
                    blocks.push(Block::Table(self.table(inner, depth + 1)?));
                }
                let span = |value: u32| usize::try_from(value).unwrap_or(1).clamp(1, 1000);
                cells.push(Cell { column, column_span: span(cell.col_span), row_span: span(cell.row_span), blocks });
            }
            out.rows.push(cells);
        }
        Ok(out)
    }
}

fn in_capitals(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 4 && !text.chars().any(char::is_lowercase)
}
