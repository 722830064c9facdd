//! One walk over a page, which gives its paragraphs and tables.

use scraper::{ElementRef, Html, Node};

use super::notes::Notes;
use super::table;
use crate::input::count::written;
use crate::input::encoding::Legacy;
use crate::input::flow::{Block, MARK, Note, Paragraph, raised};
use crate::input::{Limit, Limits, Refusal};

/// The id of a node.
pub(super) type NodeId = ego_tree::NodeId;

/// A node of a page.
pub(super) type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// A step of indentation in points.
const INDENT_STEP: f32 = 10.0;

/// What surrounds a piece of text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    raised: bool,
    font: Option<Legacy>,
    /// White space stands as written.
    kept: bool,
    lists: usize,
}

/// A walk over a page.
pub(super) struct Walk<'a> {
    notes: &'a Notes,
    limits: &'a Limits,
    depth: u64,
    /// Whether the bodies of notes are walked, not the page.
    in_note: bool,
    pub(super) cells: u64,
    /// The old encoding that fonts showed.
    pub(super) legacy: Option<Legacy>,
}

/// Paragraphs and tables in the making.
#[derive(Default)]
pub(super) struct Out {
    pub(super) blocks: Vec<Block>,
    open: Paragraph,
}

impl Out {
    /// Ends the paragraph.
    pub(super) fn flush(&mut self) {
        let paragraph = std::mem::take(&mut self.open);
        if !paragraph.is_blank() {
            self.blocks.push(Block::Paragraph(paragraph));
        }
    }

    fn push(&mut self, text: &str, kept: bool) {
        for c in text.chars().filter(|c| *c != MARK) {
            let space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{C}');
            if kept || !space {
                self.open.text.push(c);
            } else if !self.open.text.is_empty() && !self.open.text.ends_with([' ', '\n']) {
                self.open.text.push(' ');
            }
        }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(notes: &'a Notes, limits: &'a Limits) -> Self {
        Self { notes, limits, depth: 0, in_note: false, cells: 0, legacy: None }
    }

    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// The blocks of a page, without its notes.
    ///
    /// # Errors
    /// When it exceeds a limit.
    pub(super) fn page(&mut self, page: &Html) -> Result<Vec<Block>, Refusal> {
        let mut out = Out::default();
        self.children(page.tree.root(), Around::default(), &mut out)?;
        out.flush();
        Ok(out.blocks)
    }

    /// The bodies of all notes.
    ///
    /// # Errors
    /// When they exceed a limit.
    pub(super) fn bodies(&mut self, page: &Html) -> Result<Vec<Note>, Refusal> {
        let mut notes = vec![Note::default(); self.notes.marks.len()];
        self.in_note = true;
        for (id, index) in &self.notes.bodies {
            let Some(node) = page.tree.get(*id) else { continue };
            let mut out = Out::default();
            self.children(node, Around::default(), &mut out)?;
            out.flush();
            let paragraphs = out.blocks.into_iter().filter_map(|block| match block {
                Block::Paragraph(paragraph) => Some(paragraph),
                Block::Table(_) | Block::Furniture(_) => None,
            });
            if let Some(note) = notes.get_mut(*index) {
                note.body = paragraphs.collect();
            }
        }
        Ok(notes)
    }

    /// Walks over what is in a node.
    ///
    /// # Errors
    /// When it exceeds a limit.
    pub(super) fn children(&mut self, node: NodeRef<'_>, around: Around, out: &mut Out) -> Result<(), Refusal> {
        self.depth += 1;
        if self.depth > self.limits.nesting.saturating_mul(super::OPEN_FACTOR) {
            return Err(Refusal::TooLarge { limit: Limit::Nesting, most: self.limits.nesting });
        }
        for child in node.children() {
            match child.value() {
                Node::Text(text) => self.text(text, around, out),
                Node::Element(_) => self.element(child, around, out)?,
                _ => {}
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn text(&mut self, text: &str, around: Around, out: &mut Out) {
        let decoded = match around.font.filter(|_| !text.is_ascii()) {
            Some(font) => {
                self.legacy = Some(font);
                font.decode(text)
            }
            None => text.to_owned(),
        };
        let shown: String = if around.raised { decoded.chars().map(raised).collect() } else { decoded };
        out.push(&shown, around.kept);
    }

    fn element(&mut self, node: NodeRef<'_>, mut around: Around, out: &mut Out) -> Result<(), Refusal> {
        let Some(element) = ElementRef::wrap(node) else { return Ok(()) };
        let name = element.value().name();
        if self.notes.bodies.contains_key(&node.id()) || self.in_note && self.notes.backs.contains_key(&node.id()) {
            return Ok(());
        }
        if let Some(note) = self.notes.marks.get(&node.id()) {
            out.open.text.push(MARK);
            out.open.marks.push(*note);
            return Ok(());
        }
        let style = element.attr("style").unwrap_or_default().to_ascii_lowercase();
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
        if style.contains("display:none") || style.contains("mso-hide:all") || element.attr("hidden").is_some() {
            return Ok(());
        }
        around.font = font_of(&element).map_or(around.font, |font| Legacy::of_font(&font));
        around.raised = around.raised && name != "sub" || name == "sup" || style.contains("vertical-align:super");
        around.kept |= name == "pre";
        match name {
            "script" | "style" | "head" | "template" | "svg" | "object" | "iframe" | "select" | "button"
            | "noscript" | "textarea" | "math" | "audio" | "video" => Ok(()),
            "br" => {
                out.open.text.push('\n');
                Ok(())
            }
            "hr" => {
                out.flush();
                Ok(())
            }
            "table" => {
                out.flush();
                let table = table::read(self, node, around)?;
                if table.rows.iter().any(|row| !row.is_empty()) {
                    out.blocks.push(Block::Table(table));
                }
                Ok(())
            }
            "ol" | "ul" => {
                out.flush();
                self.list(element, around, out)?;
                out.flush();
                Ok(())
            }
            _ if is_block(name) => {
                out.flush();
                out.open.indent = indent(&style);
                self.children(node, around, out)?;
                out.flush();
                Ok(())
            }
            _ => self.children(node, around, out),
        }
    }

    fn list(&mut self, list: ElementRef<'_>, mut around: Around, out: &mut Out) -> Result<(), Refusal> {
        let ordered = list.value().name() == "ol";
        let format = match list.attr("type") {
            Some("I") => "upperRoman",
            Some("i") => "lowerRoman",
            Some("A") => "upperLetter",
            Some("a") => "lowerLetter",
            _ => "decimal",
        };
        let bullet = if around.lists == 0 { "- " } else { "+ " };
        around.lists += usize::from(!ordered);
        let mut next: u32 = list.attr("start").and_then(|s| s.trim().parse().ok()).unwrap_or(1);
        for child in list.children() {
            let item = ElementRef::wrap(child).filter(|e| e.value().name() == "li");
            let Some(item) = item else {
                match child.value() {
                    Node::Element(_) => self.element(child, around, out)?,
                    Node::Text(text) => self.text(text, around, out),
                    _ => {}
                }
                continue;
            };
            out.flush();
            if self.notes.bodies.contains_key(&child.id()) {
                continue;
            }
            let number = item.attr("value").and_then(|v| v.trim().parse().ok()).unwrap_or(next);
            next = number.saturating_add(1);
            let mut inner = Out::default();
            self.children(child, around, &mut inner)?;
            inner.flush();
            let label = if ordered { format!("{}. ", written(number, format)) } else { bullet.to_owned() };
            if let Some(Block::Paragraph(first)) = inner.blocks.first_mut() {
                first.label.insert_str(0, &label);
            }
            out.blocks.append(&mut inner.blocks);
        }
        Ok(())
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "html"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "p"
            | "pre"
            | "section"
            | "td"
            | "th"
            | "tr"
    )
}

/// The font that an element sets.
fn font_of(element: &ElementRef<'_>) -> Option<String> {
    if let Some(face) = element.attr("face") {
        return face.split(',').next().map(|f| f.trim().trim_matches(['"', '\'']).to_owned());
    }
    let style = element.attr("style")?;
    let (_, rest) = style.split_once("font-family:")?;
    rest.split([';', ',']).next().map(|f| f.trim().trim_matches(['"', '\'']).to_owned())
}

/// How far a style sets in, in steps.
pub(super) fn indent(style: &str) -> u8 {
    let of = |name: &str| {
        let (_, rest) = style.split_once(name)?;
        let value: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let unit = rest.get(value.len()..)?;
        let factor = match unit.get(..2) {
            Some("pt") => 1.0,
            Some("px") => 0.75,
            Some("cm") => 28.35,
            Some("mm") => 2.835,
            Some("in") => 72.0,
            _ => 0.0,
        };
        Some(value.parse::<f32>().ok()? * factor)
    };
    let points = of("margin-left:").unwrap_or(0.0).max(of("padding-left:").unwrap_or(0.0));
    let steps = (1..=9_u8).rev().find(|steps| points >= f32::from(*steps) * INDENT_STEP);
    steps.unwrap_or(0)
}
