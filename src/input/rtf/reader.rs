//! Reads the pieces of an RTF file into a flow.

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use super::token::{Piece, Pieces};
use crate::input::encoding::Legacy;
use crate::input::flow::{Block, Cell, Flow, MARK, Note, Paragraph, Table, raised};
use crate::input::{Limit, Limits, Refusal};

/// Edges of cells so near to one another are one, in twentieths of a point.
const NEAR: i32 = 20;
/// A step of indentation, in twentieths of a point.
const INDENT_STEP: i32 = 200;

/// What is set within a group.
#[derive(Debug, Clone, Default)]
struct State {
    font: i32,
    raised: bool,
    hidden: bool,
    /// Characters that stand in for one of Unicode, to be passed over.
    stand_ins: usize,
    place: Destination,
    in_table: bool,
    indent: i32,
}

/// Where text goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Destination {
    #[default]
    Body,
    /// Nowhere.
    Nowhere,
    /// The table of fonts.
    Fonts,
    /// The number or bullet of a list item.
    Label,
    /// The note with this index.
    Note(usize),
    /// Running heads and feet.
    Running,
}

#[derive(Debug, Clone, Copy, Default)]
struct Edge {
    right: i32,
    goes_left: bool,
    goes_up: bool,
}

/// Reads RTF.
pub(super) struct Reader<'a> {
    limits: &'a Limits,
    states: Vec<State>,
    fonts: BTreeMap<i32, (Option<&'static Encoding>, String)>,
    encoding: &'static Encoding,
    /// Bytes in one encoding that wait for their end.
    bytes: Vec<u8>,
    skip: usize,
    high: Option<u16>,
    flow: Flow,
    open: Paragraph,
    note: Paragraph,
    running: Paragraph,
    furniture: Vec<Paragraph>,
    edges: Vec<Edge>,
    next_edge: Edge,
    row: Vec<Vec<Block>>,
    cell: Vec<Block>,
    rows: Vec<(Vec<Edge>, Vec<Vec<Block>>)>,
    cells: u64,
    pub(super) legacy: Option<Legacy>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            states: vec![State { stand_ins: 1, ..State::default() }],
            fonts: BTreeMap::new(),
            encoding: encoding_rs::WINDOWS_1252,
            bytes: Vec::new(),
            skip: 0,
            high: None,
            flow: Flow::default(),
            open: Paragraph::default(),
            note: Paragraph::default(),
            running: Paragraph::default(),
            furniture: Vec::new(),
            edges: Vec::new(),
            next_edge: Edge::default(),
            row: Vec::new(),
            cell: Vec::new(),
            rows: Vec::new(),
            cells: 0,
            legacy: None,
        }
    }

    /// Reads all of a file.
    ///
    /// # Errors
    /// When it exceeds a limit.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut pieces = Pieces::new(bytes);
        let mut starred = false;
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Open => {
                    self.flush();
                    let state = self.state();
                    self.states.push(state);
                    if u64::try_from(self.states.len()).unwrap_or(u64::MAX) > self.limits.nesting {
                        return Err(Refusal::TooLarge { limit: Limit::Nesting, most: self.limits.nesting });
                    }
                    self.skip = 0;
                }
                Piece::Close => {
                    self.flush();
                    self.skip = 0;
                    let before = self.states.pop();
                    if self.states.is_empty() {
                        self.states.push(State { stand_ins: 1, ..State::default() });
                    }
                    if let Some(Destination::Note(index)) = before.map(|s| s.place)
                        && self.state().place != Destination::Note(index)
                    {
                        self.end_note(index);
                    }
                }
                Piece::Word("bin", Some(count)) => pieces.pass(usize::try_from(count).unwrap_or(0)),
                Piece::Word(word, value) => {
                    self.word(word, value, starred)?;
                }
                Piece::Sign(sign) => self.sign(sign),
                Piece::Byte(byte) | Piece::Text(byte) => {
                    if self.skip > 0 {
                        self.skip -= 1;
                    } else {
                        self.bytes.push(byte);
                    }
                }
            }
            starred = matches!(piece, Piece::Sign(b'*'));
        }
        self.flush();
        Ok(())
    }

    /// Whether groups are open still, as at the end of a file that was cut off.
    pub(super) fn is_open(&self) -> bool {
        self.states.len() > 1
    }

    /// What was read.
    pub(super) fn finish(mut self) -> Flow {
        self.end_paragraph();
        self.end_table();
        self.flow.blocks.extend(self.furniture.into_iter().filter(|p| !p.is_blank()).map(Block::Furniture));
        self.flow
    }

    fn state(&self) -> State {
        self.states.last().cloned().unwrap_or_default()
    }

    fn set(&mut self, change: impl FnOnce(&mut State)) {
        self.flush();
        if let Some(state) = self.states.last_mut() {
            change(state);
        }
    }

    /// Decodes the bytes that wait, and appends them.
    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let font = self.fonts.get(&self.state().font);
        let encoding = font.and_then(|(encoding, _)| *encoding).unwrap_or(self.encoding);
        let text = encoding.decode_without_bom_handling(&bytes).0.into_owned();
        let decoded = match font.and_then(|(_, name)| Legacy::of_font(name)) {
            Some(legacy) if !text.is_ascii() && self.state().place != Destination::Fonts => {
                self.legacy = Some(legacy);
                let western = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0;
                legacy.decode(&western)
            }
            _ => text,
        };
        self.text(&decoded);
    }

    fn text(&mut self, text: &str) {
        let state = self.state();
        if state.hidden {
            return;
        }
        let shown: String = text
            .chars()
            .filter(|c| *c != MARK)
            .map(|c| if state.raised && state.place != Destination::Fonts { raised(c) } else { c })
            .collect();
        match state.place {
            Destination::Body => self.open.text.push_str(&shown),
            Destination::Label => self.open.label.push_str(&shown),
            Destination::Note(_) => self.note.text.push_str(&shown),
            Destination::Running => self.running.text.push_str(&shown),
            Destination::Fonts => {
                if let Some((_, name)) = self.fonts.get_mut(&state.font) {
                    name.push_str(shown.trim_end_matches(';'));
                }
            }
            Destination::Nowhere => {}
        }
    }

    fn sign(&mut self, sign: u8) {
        self.flush();
        match sign {
            b'~' => self.text("\u{A0}"),
            b'_' => self.text("-"),
            b'{' | b'}' | b'\\' => self.text(&char::from(sign).to_string()),
            b'\r' | b'\n' => self.end_paragraph(),
            _ => {}
        }
    }

    fn word(&mut self, word: &str, value: Option<i32>, starred: bool) -> Result<(), Refusal> {
        let on = value != Some(0);
        match word {
            "ansicpg" => self.encoding = code_page(value.unwrap_or(1252)),
            "uc" => self.set(|s| s.stand_ins = usize::try_from(value.unwrap_or(1)).unwrap_or(1)),
            "u" => self.unicode(value.unwrap_or(0)),
            "f" => {
                self.set(|s| s.font = value.unwrap_or(0));
                if self.state().place == Destination::Fonts {
                    self.fonts.entry(value.unwrap_or(0)).or_default();
                }
            }
            "fcharset" => {
                let font = self.state().font;
                if let Some((encoding, _)) = self.fonts.get_mut(&font) {
                    *encoding = char_set(value.unwrap_or(0));
                }
            }
            "plain" => self.set(|s| {
                s.raised = false;
                s.hidden = false;
            }),
            "super" => self.set(|s| s.raised = on),
            "up" => self.set(|s| s.raised = value.unwrap_or(6) > 0),
            "nosupersub" | "sub" => self.set(|s| s.raised = false),
            "v" | "deleted" => self.set(|s| s.hidden = on),
            "pard" => self.set(|s| {
                s.in_table = false;
                s.indent = 0;
            }),
            "intbl" => self.set(|s| s.in_table = on),
            "li" => self.set(|s| s.indent = value.unwrap_or(0)),
            "par" | "sect" | "page" => {
                self.flush();
                match self.state().place {
                    Destination::Body => self.end_paragraph(),
                    Destination::Note(_) => self.note.text.push(' '),
                    Destination::Running => self.furniture.push(std::mem::take(&mut self.running)),
                    _ => {}
                }
            }
            "line" | "softline" => {
                self.flush();
                self.text("\n");
            }
            "tab" => {
                self.flush();
                self.text(if self.state().place == Destination::Label { " " } else { "\t" });
            }
            "emdash" => self.symbol("\u{2014}"),
            "endash" => self.symbol("\u{2013}"),
            "bullet" => self.symbol("\u{2022}"),
            "lquote" => self.symbol("\u{2018}"),
            "rquote" => self.symbol("\u{2019}"),
            "ldblquote" => self.symbol("\u{201C}"),
            "rdblquote" => self.symbol("\u{201D}"),
            "emspace" | "enspace" | "qmspace" => self.symbol(" "),
            "trowd" => {
                self.flush();
                self.edges.clear();
                self.next_edge = Edge::default();
            }
            "clmrg" => self.next_edge.goes_left = true,
            "clvmrg" => self.next_edge.goes_up = true,
            "cellx" => {
                let edge = Edge { right: value.unwrap_or(0), ..std::mem::take(&mut self.next_edge) };
                self.edges.push(edge);
            }
            "cell" => self.end_cell()?,
            "nestcell" | "nestrow" => self.symbol(" "),
            "row" => self.end_row(),
            "fonttbl" => self.set(|s| s.place = Destination::Fonts),
            "listtext" | "pntext" => {
                self.set(|s| {
                    s.place = if s.place == Destination::Body { Destination::Label } else { Destination::Nowhere }
                });
            }
            "footnote" => self.begin_note(),
            "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf" => {
                self.set(|s| s.place = Destination::Running);
            }
            "shptxt" | "fldrslt" if self.state().place == Destination::Body => {}
            "shpinst" | "shp" | "field" => {}
            "stylesheet" | "colortbl" | "info" | "pict" | "object" | "themedata" | "sp" | "fldinst" | "nonshppict"
            | "listtable" | "listoverridetable" | "rsidtbl" | "xe" | "tc" | "private" | "filetbl" | "revtbl"
            | "annotation" => {
                self.set(|s| s.place = Destination::Nowhere);
            }
            _ if starred => self.set(|s| s.place = Destination::Nowhere),
            _ => {}
        }
        Ok(())
    }

    fn symbol(&mut self, text: &str) {
        self.flush();
        self.text(text);
    }

    fn unicode(&mut self, value: i32) {
        self.flush();
        let unit = u16::try_from(value.rem_euclid(0x1_0000)).unwrap_or(0);
        let units: Vec<u16> = self.high.take().into_iter().chain([unit]).collect();
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            let text: String = char::decode_utf16(units).flatten().collect();
            self.text(&text);
        }
        self.skip = self.state().stand_ins;
    }

    fn begin_note(&mut self) {
        let index = self.flow.notes.len();
        if !matches!(self.state().place, Destination::Body) {
            self.set(|s| s.place = Destination::Nowhere);
            return;
        }
        self.flush();
        self.flow.notes.push(Note::default());
        self.open.text.push(MARK);
        self.open.marks.push(index);
        self.set(|s| {
            s.place = Destination::Note(index);
            s.raised = false;
        });
    }

    fn end_note(&mut self, index: usize) {
        let body = std::mem::take(&mut self.note);
        if let Some(note) = self.flow.notes.get_mut(index) {
            note.body.push(body);
        }
    }

    fn take_open(&mut self) -> Paragraph {
        let indent = self.state().indent / INDENT_STEP;
        let mut paragraph = std::mem::take(&mut self.open);
        paragraph.indent = u8::try_from(indent.clamp(0, 255)).unwrap_or(0);
        paragraph.label = paragraph.label.trim_start().to_owned();
        paragraph
    }

    fn end_paragraph(&mut self) {
        self.flush();
        let inside = self.state().in_table;
        let paragraph = self.take_open();
        if inside {
            self.cell.push(Block::Paragraph(paragraph));
        } else {
            self.end_table();
            self.flow.blocks.push(Block::Paragraph(paragraph));
        }
    }

    fn end_cell(&mut self) -> Result<(), Refusal> {
        self.flush();
        self.cells += 1;
        if self.cells > self.limits.document_cells() {
            return Err(Refusal::TooLarge { limit: Limit::Cells, most: self.limits.cells });
        }
        let paragraph = self.take_open();
        self.cell.push(Block::Paragraph(paragraph));
        self.row.push(std::mem::take(&mut self.cell));
        Ok(())
    }

    fn end_row(&mut self) {
        self.flush();
        let row = std::mem::take(&mut self.row);
        if !row.is_empty() {
            self.rows.push((self.edges.clone(), row));
        }
    }

    /// Turns the rows that were read into a table: the edges of all rows make its columns.
    fn end_table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return;
        }
        let mut rights: Vec<i32> = rows.iter().flat_map(|(edges, _)| edges.iter().map(|e| e.right)).collect();
        rights.sort_unstable();
        rights.dedup_by(|b, a| b.saturating_sub(*a) <= NEAR);
        let column_of = |right: i32| rights.partition_point(|r| right.saturating_sub(*r) > NEAR);
        let mut table = Table::default();
        let mut starts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (at, (edges, cells)) in rows.into_iter().enumerate() {
            let mut row: Vec<Cell> = Vec::new();
            let mut column = 0;
            for (index, blocks) in cells.into_iter().enumerate() {
                let edge = edges.get(index).copied();
                let next = edge.map_or(column + 1, |e| column_of(e.right) + 1).max(column + 1);
                let span = next - column;
                let own = Cell { column, column_span: span, row_span: 1, blocks };
                column = next;
                if edge.is_some_and(|e| e.goes_left)
                    && let Some(before) = row.last_mut()
                {
                    before.column_span += span;
                    continue;
                }
                if edge.is_some_and(|e| e.goes_up)
                    && let Some((r, index)) = starts.get(&own.column).copied()
                    && let Some(above) = table.rows.get_mut(r).and_then(|cells: &mut Vec<Cell>| cells.get_mut(index))
                {
                    above.row_span = above.row_span.max(at - r + 1);
                    continue;
                }
                starts.insert(own.column, (at, row.len()));
                row.push(own);
            }
            table.rows.push(row);
        }
        self.flow.blocks.push(Block::Table(table));
    }
}

/// The encoding of a code page.
fn code_page(number: i32) -> &'static Encoding {
    let label = match number {
        65001 => "utf-8".to_owned(),
        10000 => "macintosh".to_owned(),
        other => format!("windows-{other}"),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252)
}

/// The encoding of a font's set of characters.
fn char_set(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        163 => encoding_rs::WINDOWS_1258,
        0 | 2 => return None,
        204 => encoding_rs::WINDOWS_1251,
        238 => encoding_rs::WINDOWS_1250,
        161 => encoding_rs::WINDOWS_1253,
        162 => encoding_rs::WINDOWS_1254,
        128 => encoding_rs::SHIFT_JIS,
        129 => encoding_rs::EUC_KR,
        134 => encoding_rs::GBK,
        136 => encoding_rs::BIG5,
        _ => return None,
    })
}
