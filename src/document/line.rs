//! What a line is by its shape: heading, list item, footnote, table row, page furniture or running text.

use std::ops::Range;

use super::bullet::is_mark;
use crate::text::{Token, TokenKind};

/// Depths of list items and headings, by the style of their number.
pub mod level {
    /// Capital letter.
    pub const LETTER: u8 = 1;
    /// Roman numeral, or a heading in capitals without number.
    pub const ROMAN: u8 = 2;
    /// `1.`; each further number is one deeper.
    pub const NUMBER: u8 = 3;
    /// `a)`.
    pub const SMALL_LETTER: u8 = 7;
    /// A heading by its wording or emphasis alone.
    pub const EMPHASIS: u8 = 8;
    /// Running text.
    pub const TEXT: u8 = 9;
    /// `-`.
    pub const DASH: u8 = 10;
    /// `+`.
    pub const PLUS: u8 = 11;
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    /// Nothing visible.
    Blank,
    /// A page number and the like.
    Furniture,
    /// A row of a table, told by its shape.
    Row,
    /// A row of the table of this index among those that the file's reader declares.
    Cells(usize),
    /// The first line of a footnote with this number.
    Note(u16),
    /// A heading.
    Heading(u8),
    /// A list item.
    Item(u8),
    /// Anything else.
    Text,
}

/// A line of the source text.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Its bytes.
    pub range: Range<usize>,
    /// Its tokens, in the list of all tokens.
    pub tokens: Range<usize>,
    /// What it is.
    pub kind: LineKind,
    /// How many of its first tokens are a bullet or number.
    pub label: usize,
}

/// Whether a token ends a sentence or a list item.
pub(super) fn is_terminal(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Punct('.' | ';' | ':' | '!' | '?' | '\u{2026}'))
}

/// Whether most letters of `text` are capitals.
pub(super) fn is_capitals(text: &str) -> bool {
    let (mut upper, mut lower) = (0_usize, 0_usize);
    for c in text.chars() {
        if c.is_uppercase() {
            upper += 1;
        } else if c.is_lowercase() {
            lower += 1;
        }
    }
    upper >= 4 && upper > lower * 5
}

/// Whether `text` could stand as a year.
pub(super) fn is_year(text: &str) -> bool {
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20")) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The label at the start of a line: how many tokens, how deep, and whether it may number a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    pub tokens: usize,
    pub level: u8,
    pub numbered: bool,
}

fn roman(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| matches!(b.to_ascii_uppercase(), b'I' | b'V' | b'X'))
}

/// Reads the label of a line.
pub(super) fn label(source: &str, tokens: &[Token]) -> Option<Label> {
    let emphasis = tokens.iter().take_while(|t| matches!(t.kind, TokenKind::Punct('*' | '_' | '#'))).count();
    let bulleted_star =
        emphasis == 1 && tokens.first().is_some_and(|t| t.is('*')) && tokens.get(1).is_some_and(|t| t.spaced);
    if bulleted_star {
        return Some(Label { tokens: 1, level: level::DASH, numbered: false });
    }
    let rest = tokens.get(emphasis..)?;
    let first = rest.first()?;
    let text = source.get(first.range())?;
    let second = rest.get(1);
    let closes = |t: Option<&Token>| t.is_some_and(|t| matches!(t.kind, TokenKind::Punct('.' | ')' | '/' | ':' | '-')));
    let numbered = |tokens: usize, level: u8| Some(Label { tokens: tokens + emphasis, level, numbered: true });
    match first.kind {
        // A dash before a number without a space could be a sign; real lists have the space or words. How deep the mark
        // stands is told by the whole list.
        TokenKind::Punct(sign) if is_mark(sign) => {
            Some(Label { tokens: 1 + emphasis, level: level::DASH, numbered: false })
        }
        TokenKind::Word if closes(second) && roman(text) && first.capital => numbered(2, level::ROMAN),
        TokenKind::Word if closes(second) && text.chars().count() == 1 => {
            let spaced_after = rest.get(2).is_some_and(|t| t.spaced) || second.is_some_and(|t| t.is(')'));
            let level = if first.capital { level::LETTER } else { level::SMALL_LETTER };
            if spaced_after && !second.is_some_and(|t| t.is('-') || t.is('/')) { numbered(2, level) } else { None }
        }
        TokenKind::Number => {
            let parts: Vec<&str> = text.split('.').collect();
            let small = parts.iter().all(|p| !p.is_empty() && p.len() <= 2) && !text.contains(',');
            if !small || parts.first().is_some_and(|p| p.parse::<u8>().unwrap_or(99) > 40) {
                return None;
            }
            let depth = level::NUMBER + u8::try_from(parts.len().min(4) - 1).unwrap_or(0);
            // «7/ Hội Bảo trợ», «7/- Hội Bảo trợ»
            let slash = 2 + usize::from(rest.get(2).is_some_and(|t| t.is('-') && !t.spaced));
            let stop = second.is_some_and(|t| matches!(t.kind, TokenKind::Punct('.' | ')')) && !t.spaced);
            let spaced_stop = second.is_some_and(|t| t.is('.'));
            if stop || spaced_stop && parts.len() == 1 {
                // `1.250` is a number of its own, and `1. 250` is damage, not a label.
                let next = rest.get(2);
                if next.is_some_and(|t| t.is_number() && !t.spaced) { None } else { numbered(2, depth) }
            } else if second.is_some_and(|t| t.is('/') && !t.spaced)
                && rest.get(slash).is_some_and(|t| t.is_word() && t.spaced && t.capital)
            {
                numbered(slash, depth)
            } else if parts.len() >= 2 && second.is_some_and(|t| t.is_word() && t.spaced && t.capital) {
                numbered(1, depth)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether the words of a labelled line are a heading rather than a statement: short, not ended like a sentence,
/// and without any number but those of dates.
pub(super) fn reads_as_heading(source: &str, line: &Range<usize>, tokens: &[Token]) -> bool {
    let Some(last) = tokens.last() else { return false };
    let text = source.get(line.clone()).unwrap_or_default();
    if text.chars().count() > 170 || matches!(last.kind, TokenKind::Punct('.' | ';' | ',')) {
        return false;
    }
    let dated = tokens.iter().any(|t| t.is_number() && source.get(t.range()).is_some_and(is_year));
    tokens.iter().filter(|t| t.is_number()).all(|t| {
        let number = source.get(t.range()).unwrap_or_default();
        // «Covid-19»: a number tied to a word is part of a name.
        let before = source.get(..t.start as usize).unwrap_or_default();
        let named = before.strip_suffix('-').is_some_and(|b| b.ends_with(char::is_alphabetic));
        is_year(number) || named || is_capitals(text) || (dated && number.len() <= 2)
    })
}

/// Whether a line is nothing but a page number, with or without dashes or a total.
pub(super) fn is_page_number(source: &str, tokens: &[Token]) -> bool {
    let numbers: Vec<&Token> = tokens.iter().filter(|t| t.is_number()).collect();
    let short = numbers.iter().all(|t| source.get(t.range()).is_some_and(|n| n.len() <= 3 && !n.contains(['.', ','])));
    let words = tokens.iter().filter(|t| t.is_word()).count();
    let punct = tokens.iter().filter(|t| matches!(t.kind, TokenKind::Punct(_))).count();
    short
        && match (numbers.len(), words) {
            (1, 0) => punct <= 2 && tokens.len() <= 3 && !tokens.iter().any(|t| t.is('%')),
            // One word and `4/12`, as page footers have it.
            (2, 0 | 1) => tokens.iter().any(|t| t.is('/')) && tokens.len() <= 4 && words == 1,
            (1, 1) => {
                tokens.len() == 2 && tokens.first().is_some_and(|t| t.is_word() && t.capital && t.end - t.start == 5)
            }
            _ => false,
        }
}
