//! The clause that a number stands in, as it is shown to people.

use rustc_hash::FxHashMap;

use crate::document::{BlockKind, Document};
use crate::mention::Scan;
use crate::text::SourceText;

/// A clause shown for a number that no indicator took has at most this many characters.
const CLAUSE_LETTERS: usize = 300;

/// Where the numbers of a document's running text stand, so that the clause of each is found at once.
pub(crate) struct Clauses {
    /// Block and token of each number, by its first byte.
    numbers: FxHashMap<u32, (usize, usize)>,
}

impl Clauses {
    /// Of a document.
    pub(crate) fn new(document: &Document) -> Self {
        let running = document.blocks.iter().enumerate().filter(|(_, b)| !matches!(b.kind, BlockKind::Table(_)));
        let numbers = running.flat_map(|(at, block)| {
            let tokens = block.tokens.iter().enumerate().filter(|(_, t)| t.is_number());
            tokens.map(move |(token, t)| (t.start, (at, token)))
        });
        Self { numbers: numbers.collect() }
    }

    /// The sentence that the number at byte `at` of the document stands in, as written; the line, in a table. A long
    /// sentence is cut at its `;`, a long line to its beginning and what stands around the number. `scans` are those of
    /// the document's blocks.
    pub(crate) fn at(&self, at: usize, document: &Document, scans: &[Scan]) -> String {
        self.sentence(at, document, scans).unwrap_or_else(|| line(at, &document.source))
    }

    fn sentence(&self, at: usize, document: &Document, scans: &[Scan]) -> Option<String> {
        let (block, token) = *self.numbers.get(&u32::try_from(at).ok()?)?;
        let sentence = scans.get(block)?.sentences.iter().find(|s| s.contains(&token))?;
        let tokens = document.blocks.get(block)?.tokens.get(sentence.clone())?;
        let written = document.written(tokens);
        if written.chars().count() <= CLAUSE_LETTERS {
            return Some(written);
        }
        let local = token - sentence.start;
        let bound = |t: &crate::text::Token| t.is(';');
        let from = tokens.iter().take(local).rposition(bound).map_or(0, |t| t + 1);
        let to = tokens.iter().skip(local).position(bound).map_or(tokens.len(), |t| local + t);
        Some(document.written(tokens.get(from..to)?))
    }
}

/// The line of the number at byte `at`.
fn line(at: usize, source: &SourceText) -> String {
    let range = source.line(source.line_of(at));
    let written = source.slice(range.clone());
    if written.len() <= CLAUSE_LETTERS {
        return written.trim().to_owned();
    }
    let (before, after) = written.split_at_checked(at - range.start).unwrap_or((written, ""));
    let part = CLAUSE_LETTERS / 3;
    let end = |text: &str, length: usize| text.char_indices().map(|(at, _)| at).nth(length).unwrap_or(text.len());
    let behind = after.get(..end(after, part)).unwrap_or_default();
    let rest = if behind.len() < after.len() { "…" } else { "" };
    let from = before.char_indices().rev().map(|(at, _)| at).nth(part - 1).unwrap_or(0);
    let first = before.get(..end(before, part)).unwrap_or_default();
    if from <= first.len() {
        return format!("{before}{behind}{rest}").trim().to_owned();
    }
    format!("{first} … {}{behind}{rest}", before.get(from..).unwrap_or_default()).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_number() {
        let cells: Vec<String> = (1000..1200).map(|n| n.to_string()).collect();
        let source = SourceText::new(format!("Huyện A | {}\nHuyện B | 7", cells.join(" | ")));
        let at = |number: &str| line(source.as_str().find(number).unwrap(), &source);
        assert!(at("1000").starts_with("Huyện A | 1000 | 1001") && at("1000").ends_with('…'));
        let middle = at("1100");
        assert!(middle.starts_with("Huyện A | 1000") && middle.contains(" … ") && middle.contains("| 1100 |"));
        assert!(at("1199").ends_with("1198 | 1199") && at("1199").chars().count() < CLAUSE_LETTERS);
        assert_eq!(line(source.as_str().len() - 1, &source), "Huyện B | 7");
    }
}
