//! Footnotes and their marks. Numbers restart on each page, and a block of notes may come after the next heading:
//! a note belongs to the earliest mark of its number that is still open.

use super::{Block, BlockKind, TokenPlace};
use crate::text::{NoteLink, SourceText, Token, TokenKind};

/// How notes are marked in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NoteStyles {
    /// `[1]`
    pub square: bool,
    /// `(1)`
    pub round: bool,
    /// `(*)` and `*`
    pub star: bool,
}

/// The number standing for a star as a note's mark.
pub(super) const STAR: u16 = 1000;
/// The number standing for the letter `a` as a note's mark; the other letters follow.
const LETTER_A: u16 = 2000;

/// What stands between the square brackets of a note's mark: a number or one small letter.
fn square_mark(written: &str) -> Option<u16> {
    match written.as_bytes() {
        [letter @ b'a'..=b'z'] => Some(LETTER_A + u16::from(letter - b'a')),
        _ => written.parse().ok(),
    }
}

/// The note that a line of these tokens opens: its number, and how many tokens its mark has.
pub(super) fn opens_note(source: &str, tokens: &[Token]) -> Option<(u16, usize)> {
    let first = tokens.first()?;
    let starts_text = |t: Option<&Token>| {
        t.is_some_and(|t| t.is_word() || t.is_number() || matches!(t.kind, TokenKind::Punct('"' | '\u{201C}' | '(')))
    };
    if let TokenKind::NoteMark(number) = first.kind {
        return starts_text(tokens.get(1)).then_some((number, 1));
    }
    if first.is('[') && tokens.get(2).is_some_and(|t| t.is(']')) {
        return Some((square_mark(source.get(tokens.get(1)?.range())?)?, 3));
    }
    None
}

/// The mark in round brackets, or star, that a line of these tokens opens.
pub(super) fn opens_loose_note(source: &str, tokens: &[Token]) -> Option<(u16, usize)> {
    let first = tokens.first()?;
    if first.is('(') && tokens.get(2).is_some_and(|t| t.is(')')) {
        let inner = tokens.get(1)?;
        if inner.is('*') {
            return Some((STAR, 3));
        }
        let number: u16 = source.get(inner.range())?.parse().ok()?;
        return inner.is_number().then_some((number, 3));
    }
    if first.is('*') && !tokens.get(1)?.is('*') {
        return Some((STAR, 1));
    }
    None
}

/// The number and the length of the mark at the start of a line that is declared to be a note; 0 and none, where the
/// note is written without one.
pub(super) fn declared_label(source: &str, tokens: &[Token]) -> (u16, usize) {
    let glued = || match tokens.first()?.kind {
        TokenKind::NoteMark(number) => Some((number, 1)),
        _ => None,
    };
    glued().or_else(|| opens_note(source, tokens)).or_else(|| opens_loose_note(source, tokens)).unwrap_or((0, 0))
}

/// The note's mark that has become a digit glued to a word (`lao động1`) or a year (`20212`).
pub(super) fn flattened_mark(source: &str, tokens: &[Token], at: usize) -> Option<u16> {
    let token = tokens.get(at).filter(|t| t.is_number())?;
    let digits = source.get(token.range())?;
    if digits.len() == 5 && (digits.starts_with("19") || digits.starts_with("20")) {
        return digits.get(4..)?.parse().ok();
    }
    let before = tokens.get(at.checked_sub(1)?)?;
    let glued = !token.spaced && before.is_word() && before.end - before.start >= 2;
    let low = source.get(before.range())?.chars().next_back().is_some_and(char::is_lowercase);
    digits.parse().ok().filter(|n| glued && low && (1..=20).contains(n))
}

/// The note that a line opens with a plain digit: `1 Trong đó: …`.
pub(super) fn opens_flattened_note(source: &str, tokens: &[Token]) -> Option<u16> {
    let (first, second) = (tokens.first()?, tokens.get(1)?);
    let number = source.get(first.range())?.parse().ok().filter(|n| (1..=20).contains(n))?;
    (first.is_number() && second.is_word() && second.capital && second.spaced).then_some(number)
}

/// How one mark is written; a note belongs to a mark of its own style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkStyle {
    /// `¹`, or the digit that it has become.
    Raised,
    /// `[1]`
    Square,
    /// `(1)`, `(*)`, `*`
    Loose,
}

/// The style of the mark that a note opens with.
fn style_of(tokens: &[Token]) -> MarkStyle {
    match tokens.first().map(|t| t.kind) {
        Some(TokenKind::Punct('[')) => MarkStyle::Square,
        Some(TokenKind::Punct(_)) => MarkStyle::Loose,
        _ => MarkStyle::Raised,
    }
}

/// Marks in `tokens`: their number and style, and the token before which they stand.
fn marks(source: &SourceText, tokens: &[Token], label: usize, styles: NoteStyles) -> Vec<((u16, MarkStyle), usize)> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate().skip(label) {
        match token.kind {
            TokenKind::NoteMark(number) => found.push(((number, MarkStyle::Raised), at)),
            TokenKind::Number => {
                found.extend(flattened_mark(source.as_str(), tokens, at).map(|n| ((n, MarkStyle::Raised), at)))
            }
            TokenKind::Punct(open @ ('[' | '(')) if at > label => {
                let wanted = if open == '[' { styles.square } else { styles.round || styles.star };
                let close = if open == '[' { ']' } else { ')' };
                let (Some(inner), Some(end)) = (tokens.get(at + 1), tokens.get(at + 2)) else { continue };
                if !wanted || !end.is(close) {
                    continue;
                }
                if inner.is('*') && styles.star {
                    found.push(((STAR, MarkStyle::Loose), at));
                } else if open == '[' || inner.is_number() && styles.round {
                    let text = source.slice(inner.range());
                    let (number, style) = match open {
                        '[' => (square_mark(text), MarkStyle::Square),
                        _ => (text.parse().ok(), MarkStyle::Loose),
                    };
                    found.extend(number.filter(|_| text.len() <= 2).map(|number| ((number, style), at)));
                }
            }
            _ => {}
        }
    }
    found
}

/// Binds the footnotes among `blocks` to the marks that the file's reader declares.
pub(super) fn bind_declared(links: &[NoteLink], blocks: &mut [Block]) {
    let mut marks: Vec<(usize, Option<TokenPlace>)> = links.iter().map(|link| (link.mark, None)).collect();
    marks.sort_unstable();
    for (at, block) in blocks.iter().enumerate() {
        for (token_at, token) in block.tokens.iter().enumerate() {
            if let Ok(found) = marks.binary_search_by_key(&(token.start as usize), |(mark, _)| *mark)
                && let Some((_, place)) = marks.get_mut(found)
            {
                *place = Some(TokenPlace { block: at, token: token_at });
            }
        }
    }
    for block in blocks.iter_mut().filter(|b| matches!(b.kind, BlockKind::Footnote(_))) {
        let Some(first) = block.tokens.first().map(|t| t.start as usize) else { continue };
        let link = links.iter().find(|link| link.note == first);
        block.anchor = link.and_then(|link| {
            let found = marks.binary_search_by_key(&link.mark, |(mark, _)| *mark).ok()?;
            marks.get(found)?.1
        });
    }
}

/// Binds each footnote among `blocks` to its mark.
pub(super) fn bind(source: &SourceText, blocks: &mut [Block], styles: NoteStyles) {
    let mut open: Vec<((u16, MarkStyle), TokenPlace)> = Vec::new();
    for at in 0..blocks.len() {
        let Some(block) = blocks.get(at) else { continue };
        match block.kind {
            BlockKind::Footnote(number) => {
                let mark = (number, style_of(&block.tokens));
                let matching = open.iter().position(|(m, _)| *m == mark);
                if let Some(found) = matching {
                    let (_, place) = open.remove(found);
                    if let Some(block) = blocks.get_mut(at) {
                        block.anchor = Some(place);
                    }
                }
            }
            BlockKind::Paragraph | BlockKind::Heading => {
                for (mark, token) in marks(source, &block.tokens, block.label, styles) {
                    open.push((mark, TokenPlace { block: at, token }));
                }
            }
            BlockKind::Table(_) | BlockKind::Furniture => {}
        }
    }
}
