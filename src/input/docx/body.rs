//! The body of a Word document: its paragraphs, tables and notes, in reading order.

use std::collections::BTreeMap;

use quick_xml::events::BytesStart;

use super::numbering::Numbering;
use super::styles::{RunLook, Styles, indent};
use crate::input::encoding::Legacy;
use crate::input::flow::{Block, Cell, Flow, MARK, Note, Paragraph, Table, raised};
use crate::input::xml::{Item, Xml, attribute, local};
use crate::input::{Limit, Limits, Refusal};
use crate::text::{Remark, RemarkKind};

/// A step of indentation in a cell, in twentieths of a point.
const INDENT_STEP: i64 = 200;
/// A table has at most so many columns.
const MOST_COLUMNS: usize = 1000;

/// By column, the last cell that begins there: its row, and its index in it.
type Starts = BTreeMap<usize, (usize, usize)>;

/// What is read of a document's body and of its notes.
pub(super) struct Body<'a> {
    styles: &'a Styles,
    numbering: Numbering,
    limits: &'a Limits,
    notes: BTreeMap<(&'static str, String), usize>,
    /// Marks of the document's own in place of numbers, met in the text.
    custom: Vec<(usize, String)>,
    /// The old encoding that the text was in.
    legacy: Option<Legacy>,
    cells: u64,
    /// Bytes of text so far.
    length: u64,
}

/// The text of a paragraph in the making: pieces in one encoding each.
#[derive(Default)]
struct Pieces {
    pieces: Vec<(Option<Legacy>, String)>,
    marks: Vec<usize>,
    /// Blocks of text boxes that hang on the paragraph.
    boxes: Vec<Block>,
    /// The note whose own mark stands in the text, not counted.
    custom: Option<usize>,
}

impl Pieces {
    fn push(&mut self, encoding: Option<Legacy>, text: &str) {
        match self.pieces.last_mut() {
            Some((last, piece)) if *last == encoding => piece.push_str(text),
            _ => self.pieces.push((encoding, text.to_owned())),
        }
    }
}

#[derive(Default)]
struct Properties {
    style: Option<String>,
    number: Option<String>,
    level: Option<usize>,
    indent: Option<i64>,
}

impl<'a> Body<'a> {
    pub(super) fn new(styles: &'a Styles, numbering: Numbering, limits: &'a Limits) -> Self {
        Self {
            styles,
            numbering,
            limits,
            notes: BTreeMap::new(),
            custom: Vec::new(),
            legacy: None,
            cells: 0,
            length: 0,
        }
    }

    /// Reads the notes of one kind.
    ///
    /// # Errors
    /// When they exceed a limit; what is damaged is left out.
    pub(super) fn collect_notes(&mut self, text: &str, kind: &'static str, flow: &mut Flow) -> Result<(), Refusal> {
        let mut xml = Xml::new(text, self.limits);
        loop {
            let item = match xml.next() {
                Ok(item) => item,
                Err(Refusal::Damaged(_)) => return Ok(()),
                Err(refusal) => return Err(refusal),
            };
            match item {
                Item::Open(element) if local(&element) == kind => {
                    let id = attribute(&element, "id").unwrap_or_default();
                    let separates = attribute(&element, "type").is_some_and(|t| t != "normal");
                    let mut blocks = Vec::new();
                    let result = self.blocks(&mut xml, &mut blocks);
                    if !separates {
                        let mut body = Vec::new();
                        flatten(blocks, &mut body);
                        self.notes.insert((kind, id), flow.notes.len());
                        flow.notes.push(Note { written: None, body });
                    }
                    if let Err(refusal) = result {
                        return if matches!(refusal, Refusal::Damaged(_)) { Ok(()) } else { Err(refusal) };
                    }
                }
                Item::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// Reads the main part.
    ///
    /// # Errors
    /// When it is damaged (what stands before the damage is in `out`), or exceeds a limit.
    pub(super) fn main(&mut self, text: &str, flow: &mut Flow) -> Result<(), Refusal> {
        let mut xml = Xml::new(text, self.limits);
        let result = self.blocks(&mut xml, &mut flow.blocks);
        for (note, written) in self.custom.drain(..) {
            if let Some(note) = flow.notes.get_mut(note) {
                // A note mostly opens with the mark that was typed for it.
                if let Some(first) = note.body.first_mut()
                    && let Some(rest) = first.text.trim_start().strip_prefix(written.as_str())
                {
                    first.text = rest.trim_start().to_owned();
                }
                note.written = Some(written);
            }
        }
        if let Some(legacy) = self.legacy {
            let what = legacy.name().to_owned();
            flow.remarks.push(Remark { kind: RemarkKind::Encoding, at: None, place: None, what });
        }
        result
    }

    /// The paragraphs of a running head or foot.
    pub(super) fn running(&mut self, text: &str) -> Vec<Paragraph> {
        let mut xml = Xml::new(text, self.limits);
        let (mut blocks, mut out) = (Vec::new(), Vec::new());
        drop(self.blocks(&mut xml, &mut blocks));
        flatten(blocks, &mut out);
        out
    }

    /// Reads blocks until the element around them closes.
    fn blocks(&mut self, xml: &mut Xml<'_>, out: &mut Vec<Block>) -> Result<(), Refusal> {
        let mut open = 0_usize;
        loop {
            match xml.next()? {
                Item::Open(element) => match local(&element) {
                    "p" => self.paragraph(xml, out)?,
                    "tbl" => {
                        let mut table = Table::default();
                        let result = self.table(xml, &mut table);
                        if table.rows.iter().any(|row| !row.is_empty()) {
                            out.push(Block::Table(table));
                        }
                        result?;
                    }
                    "Fallback" | "del" | "moveFrom" | "sdtPr" | "sdtEndPr" | "sectPr" | "tcPr" | "customXmlPr" => {
                        xml.skip()?;
                    }
                    _ => open += 1,
                },
                Item::Close if open == 0 => return Ok(()),
                Item::Close => open -= 1,
                Item::Text(_) => {}
                Item::End => return Ok(()),
            }
        }
    }

    fn paragraph(&mut self, xml: &mut Xml<'_>, out: &mut Vec<Block>) -> Result<(), Refusal> {
        let mut properties = Properties::default();
        let mut pieces = Pieces::default();
        let mut open = 0_usize;
        let result = loop {
            let item = match xml.next() {
                Ok(item) => item,
                Err(refusal) => break Err(refusal),
            };
            match item {
                Item::Open(element) => {
                    let done = match local(&element) {
                        "pPr" => paragraph_properties(xml, &mut properties),
                        "r" => self.run(xml, &properties, &mut pieces),
                        "del" | "moveFrom" | "Fallback" | "sdtPr" | "sdtEndPr" | "smartTagPr" | "customXmlPr" => {
                            xml.skip()
                        }
                        _ => {
                            open += 1;
                            Ok(())
                        }
                    };
                    if let Err(refusal) = done {
                        break Err(refusal);
                    }
                }
                Item::Close if open == 0 => break Ok(()),
                Item::Close => open -= 1,
                Item::Text(_) => {}
                Item::End => break Ok(()),
            }
        };
        self.finish(&properties, pieces, out);
        result
    }

    fn finish(&mut self, properties: &Properties, pieces: Pieces, out: &mut Vec<Block>) {
        let mut text = String::new();
        for (encoding, piece) in &pieces.pieces {
            match encoding {
                Some(encoding) => {
                    let decoded = encoding.decode(piece);
                    if decoded != *piece && !piece.is_ascii() {
                        self.legacy = Some(*encoding);
                    }
                    text.push_str(&decoded);
                }
                None => text.push_str(piece),
            }
        }
        let style = properties.style.as_deref();
        let numbered = match properties.number.as_deref() {
            Some("0") => None,
            Some(number) => Some((number.to_owned(), properties.level, style.map(str::to_owned))),
            None => {
                self.styles.numbering(style).map(|(number, level, by)| (number, properties.level.or(level), Some(by)))
            }
        };
        let label =
            numbered.map(|(number, level, by)| self.numbering.count(&number, level, by.as_deref())).unwrap_or_default();
        let twips = properties.indent.unwrap_or_else(|| self.styles.indent(style));
        let paragraph = Paragraph {
            text,
            marks: pieces.marks,
            label,
            indent: u8::try_from((twips / INDENT_STEP).clamp(0, 255)).unwrap_or(0),
            page: None,
        };
        let contents = self.styles.is_contents(style);
        out.push(if contents { Block::Furniture(paragraph) } else { Block::Paragraph(paragraph) });
        out.extend(pieces.boxes);
    }

    fn run(&mut self, xml: &mut Xml<'_>, properties: &Properties, pieces: &mut Pieces) -> Result<(), Refusal> {
        let (mut own, mut style) = (RunLook::default(), None::<String>);
        let mut look: Option<RunLook> = None;
        let mut open = 0_usize;
        loop {
            match xml.next()? {
                Item::Open(element) => {
                    let name = local(&element);
                    if name == "rPr" {
                        run_properties(xml, &mut own, &mut style)?;
                        continue;
                    }
                    let look = look
                        .get_or_insert_with(|| self.styles.look(&own, style.as_deref(), properties.style.as_deref()));
                    let written = match name {
                        "t" => xml.text()?,
                        "tab" | "ptab" => "\t".to_owned(),
                        "br" | "cr" => "\n".to_owned(),
                        "noBreakHyphen" => "-".to_owned(),
                        "sym" => symbol(&element),
                        "footnoteReference" => {
                            self.reference("footnote", &element, pieces);
                            xml.skip()?;
                            continue;
                        }
                        "endnoteReference" => {
                            self.reference("endnote", &element, pieces);
                            xml.skip()?;
                            continue;
                        }
                        "txbxContent" => {
                            let mut inner = Vec::new();
                            let result = self.blocks(xml, &mut inner);
                            pieces.boxes.extend(inner);
                            result?;
                            continue;
                        }
                        "Fallback" | "delText" | "instrText" | "delInstrText" | "fldChar" | "del" => {
                            xml.skip()?;
                            continue;
                        }
                        _ => {
                            open += 1;
                            continue;
                        }
                    };
                    if matches!(name, "tab" | "ptab" | "br" | "cr" | "noBreakHyphen" | "sym") {
                        xml.skip()?;
                    }
                    if look.hidden == Some(true) {
                        continue;
                    }
                    self.length = self.length.saturating_add(u64::try_from(written.len()).unwrap_or(u64::MAX));
                    if self.length > self.limits.text_bytes {
                        return Err(Refusal::TooLarge { limit: Limit::Text, most: self.limits.text_bytes });
                    }
                    let clean: String = written.chars().filter(|c| *c != MARK).collect();
                    if let Some(note) = pieces.custom.take() {
                        // The character after a reference with a mark of its own is that mark.
                        self.custom.push((note, clean.trim().to_owned()));
                        continue;
                    }
                    let clean = if look.raised == Some(true) { clean.chars().map(raised).collect() } else { clean };
                    pieces.push(look.font.as_deref().and_then(Legacy::of_font), &clean);
                }
                Item::Close if open == 0 => return Ok(()),
                Item::Close => open -= 1,
                Item::Text(_) => {}
                Item::End => return Ok(()),
            }
        }
    }

    /// Puts a note's mark into the text.
    fn reference(&mut self, kind: &'static str, element: &BytesStart<'_>, pieces: &mut Pieces) {
        let id = attribute(element, "id").unwrap_or_default();
        let Some(note) = self.notes.get(&(kind, id)).copied() else { return };
        pieces.push(None, &MARK.to_string());
        pieces.marks.push(note);
        if attribute(element, "customMarkFollows").is_some_and(|v| !matches!(v.as_str(), "0" | "false")) {
            pieces.custom = Some(note);
        }
    }

    fn table(&mut self, xml: &mut Xml<'_>, table: &mut Table) -> Result<(), Refusal> {
        let mut open = 0_usize;
        let mut starts = Starts::new();
        loop {
            match xml.next()? {
                Item::Open(element) => match local(&element) {
                    "tr" => self.row(xml, table, &mut starts)?,
                    "tblPr" | "tblGrid" | "tblPrEx" | "sdtPr" | "Fallback" | "del" => xml.skip()?,
                    _ => open += 1,
                },
                Item::Close if open == 0 => return Ok(()),
                Item::Close => open -= 1,
                Item::Text(_) => {}
                Item::End => return Ok(()),
            }
        }
    }

    fn row(&mut self, xml: &mut Xml<'_>, table: &mut Table, starts: &mut Starts) -> Result<(), Refusal> {
        let (mut open, mut column, mut deleted) = (0_usize, 0_usize, false);
        let at = table.rows.len();
        table.rows.push(Vec::new());
        let result = loop {
            let item = match xml.next() {
                Ok(item) => item,
                Err(refusal) => break Err(refusal),
            };
            match item {
                Item::Open(element) => {
                    let done = match local(&element) {
                        "tc" => self.cell(xml, table, starts, &mut column),
                        "gridBefore" => {
                            column =
                                attribute(&element, "val").and_then(|v| v.parse().ok()).unwrap_or(0).min(MOST_COLUMNS);
                            open += 1;
                            Ok(())
                        }
                        "del" => {
                            deleted = true;
                            xml.skip()
                        }
                        "sdtPr" | "tblPrEx" | "Fallback" => xml.skip(),
                        _ => {
                            open += 1;
                            Ok(())
                        }
                    };
                    if let Err(refusal) = done {
                        break Err(refusal);
                    }
                }
                Item::Close if open == 0 => break Ok(()),
                Item::Close => open -= 1,
                Item::Text(_) => {}
                Item::End => break Ok(()),
            }
        };
        if deleted {
            table.rows.pop();
            starts.retain(|_, (row, _)| *row < at);
        }
        result
    }

    fn cell(
        &mut self,
        xml: &mut Xml<'_>,
        table: &mut Table,
        starts: &mut Starts,
        column: &mut usize,
    ) -> Result<(), Refusal> {
        let at = table.rows.len().saturating_sub(1);
        self.cells += 1;
        if self.cells > self.limits.document_cells() {
            return Err(Refusal::TooLarge { limit: Limit::Cells, most: self.limits.cells });
        }
        let mut cell = Cell { column: *column, column_span: 1, row_span: 1, blocks: Vec::new() };
        let (mut goes_down, mut goes_left) = (false, false);
        let mut open = 0_usize;
        let result = loop {
            let item = match xml.next() {
                Ok(item) => item,
                Err(refusal) => break Err(refusal),
            };
            match item {
                Item::Open(element) => {
                    let value = || attribute(&element, "val");
                    let done = match local(&element) {
                        "p" => self.paragraph(xml, &mut cell.blocks),
                        "tbl" => {
                            let mut inner = Table::default();
                            let result = self.table(xml, &mut inner);
                            if inner.rows.iter().any(|row| !row.is_empty()) {
                                cell.blocks.push(Block::Table(inner));
                            }
                            result
                        }
                        "gridSpan" => {
                            cell.column_span = value().and_then(|v| v.parse().ok()).unwrap_or(1).clamp(1, MOST_COLUMNS);
                            xml.skip()
                        }
                        "vMerge" => {
                            goes_down = value().is_none_or(|v| v != "restart");
                            xml.skip()
                        }
                        "hMerge" => {
                            goes_left = value().is_none_or(|v| v != "restart");
                            xml.skip()
                        }
                        "del" | "moveFrom" | "Fallback" | "sdtPr" => xml.skip(),
                        _ => {
                            open += 1;
                            Ok(())
                        }
                    };
                    if let Err(refusal) = done {
                        break Err(refusal);
                    }
                }
                Item::Close if open == 0 => break Ok(()),
                Item::Close => open -= 1,
                Item::Text(_) => {}
                Item::End => break Ok(()),
            }
        };
        *column = column.saturating_add(cell.column_span).min(MOST_COLUMNS);
        if goes_left && let Some(before) = table.rows.get_mut(at).and_then(|row| row.last_mut()) {
            before.column_span += cell.column_span;
            return result;
        }
        let above = starts.get(&cell.column).copied().filter(|_| goes_down);
        if let Some((row, index)) = above
            && let Some(above) = table.rows.get_mut(row).and_then(|cells| cells.get_mut(index))
        {
            above.row_span = above.row_span.max(at - row + 1);
            return result;
        }
        if let Some(row) = table.rows.get_mut(at) {
            starts.insert(cell.column, (at, row.len()));
            row.push(cell);
        }
        result
    }
}

/// A character of a symbol font. Those of the private area are the font's own bytes.
fn symbol(element: &BytesStart<'_>) -> String {
    let code = attribute(element, "char").and_then(|v| u32::from_str_radix(&v, 16).ok());
    match code {
        Some(0xF02D | 0xF0B7 | 0xF0A7 | 0xF0D8) => "-".to_owned(),
        Some(code) => char::from_u32(code).map(String::from).unwrap_or_default(),
        None => String::new(),
    }
}

fn paragraph_properties(xml: &mut Xml<'_>, properties: &mut Properties) -> Result<(), Refusal> {
    let mut open = 0_usize;
    loop {
        match xml.next()? {
            Item::Open(element) => {
                let value = || attribute(&element, "val");
                match local(&element) {
                    "pStyle" => properties.style = value(),
                    "numId" => properties.number = value(),
                    "ilvl" => properties.level = value().and_then(|v| v.parse().ok()),
                    "ind" => properties.indent = indent(&element),
                    "rPr" | "sectPr" | "pPrChange" | "tabs" => {
                        xml.skip()?;
                        continue;
                    }
                    _ => {}
                }
                open += 1;
            }
            Item::Close if open == 0 => return Ok(()),
            Item::Close => open -= 1,
            Item::Text(_) => {}
            Item::End => return Ok(()),
        }
    }
}

fn run_properties(xml: &mut Xml<'_>, look: &mut RunLook, style: &mut Option<String>) -> Result<(), Refusal> {
    let mut open = 0_usize;
    loop {
        match xml.next()? {
            Item::Open(element) => {
                match local(&element) {
                    "rStyle" => *style = attribute(&element, "val"),
                    "rPrChange" => {
                        xml.skip()?;
                        continue;
                    }
                    _ => look.take(&element),
                }
                open += 1;
            }
            Item::Close if open == 0 => return Ok(()),
            Item::Close => open -= 1,
            Item::Text(_) => {}
            Item::End => return Ok(()),
        }
    }
}

/// The paragraphs of blocks, those of tables included.
fn flatten(blocks: Vec<Block>, out: &mut Vec<Paragraph>) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) | Block::Furniture(paragraph) => out.push(paragraph),
            Block::Table(table) => {
                for cell in table.rows.into_iter().flatten() {
                    flatten(cell.blocks, out);
                }
            }
        }
    }
}
