//! The structure of a report: sections, blocks in reading order, footnotes bound to their marks, tables. What page
//! breaks and footnotes cut apart is rejoined; every token keeps its place in the source text.

mod build;
mod bullet;
mod line;
mod note;
mod table;
#[cfg(test)]
mod tests;

pub use line::level;
pub use table::{Cell, Table};

use crate::dictionary::Part;
use crate::text::{Layout, SourceText, Token};

/// Where a token stands: its block, and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenPlace {
    /// Index of the block.
    pub block: usize,
    /// Index of the token in the block.
    pub token: usize,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading.
    Heading,
    /// Running text, a list item included.
    Paragraph,
    /// A footnote, with its number.
    Footnote(u16),
    /// A table, by its index in the document.
    Table(usize),
    /// Page numbers, running heads and the like.
    Furniture,
}

/// A heading and what it says of the text below it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Depth: 0 for the outermost.
    pub level: u8,
    /// The heading's words without its number.
    pub title: Vec<Token>,
    /// The section around it.
    pub parent: Option<usize>,
    /// The part of the report.
    pub part: Part,
    /// Fields of work named by the heading, else by the section around it.
    pub fields: Vec<u8>,
}

/// A piece of text that belongs together.
#[derive(Debug, Clone)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its tokens in reading order; they may come from places far apart in the source text.
    pub tokens: Vec<Token>,
    /// How many of the first tokens are a bullet or a number of the list.
    pub label: usize,
    /// Index of its section.
    pub section: usize,
    /// The part of the report.
    pub part: Part,
    /// Depth as a list item; less is further out.
    pub level: u8,
    /// The block that introduces it with a colon.
    pub intro: Option<usize>,
    /// For a footnote: its mark.
    pub anchor: Option<TokenPlace>,
}

/// A report's text and structure.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text that all offsets point to.
    pub source: SourceText,
    /// What the reader of the file knows of the text's layout.
    pub layout: Layout,
    /// Sections; the first is the report as a whole.
    pub sections: Vec<Section>,
    /// Blocks in the order of their first tokens.
    pub blocks: Vec<Block>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Indices of the blocks that make up the title, the line that opens it included.
    pub title: Vec<usize>,
}

impl Document {
    /// The words of a run of tokens, as written, with one space where there was white space.
    pub fn written(&self, tokens: &[Token]) -> String {
        let mut out = String::new();
        for token in tokens {
            if token.spaced && !out.is_empty() {
                out.push(' ');
            }
            out.push_str(self.source.slice(token.range()));
        }
        out
    }

    /// Whether a section is another one or lies within it.
    pub fn within(&self, section: usize, outer: usize) -> bool {
        let up = |at: &usize| self.sections.get(*at).and_then(|s| s.parent);
        std::iter::successors(Some(section), up).any(|at| at == outer)
    }

    /// The sections around a section, itself first.
    pub fn enclosing(&self, section: usize) -> impl Iterator<Item = &Section> {
        std::iter::successors(self.sections.get(section), |s| s.parent.and_then(|p| self.sections.get(p)))
    }
}
