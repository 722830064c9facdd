//! Sentences and brackets.

use std::ops::Range;

use crate::text::{SourceText, Token, TokenKind};

/// Letters that stand for a kind of place before its name: phường, quận, huyện, xã, thị xã, thôn.
const SHORT_PLACES: [&str; 5] = ["P", "Q", "H", "X", "T"];

/// Per token: how many round brackets are open there; an opening bracket counts itself, a closing one too. A
/// bracket that is never closed ends with its sentence, one that is never opened is ignored.
pub(super) fn bracket_depth(tokens: &[Token]) -> Vec<u8> {
    let mut depths = vec![0_u8; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Punct('(') => open.push(at),
            TokenKind::Punct(')') => {
                if let Some(start) = open.pop() {
                    for depth in depths.get_mut(start..=at).unwrap_or_default() {
                        *depth = depth.saturating_add(1);
                    }
                }
            }
            _ => {}
        }
    }
    // Unclosed brackets reach to the next full stop or semicolon.
    for start in open {
        let end = tokens
            .iter()
            .enumerate()
            .skip(start)
            .find(|(_, t)| matches!(t.kind, TokenKind::Punct('.' | ';')))
            .map_or(tokens.len(), |(at, _)| at);
        for depth in depths.get_mut(start..end).unwrap_or_default() {
            *depth = depth.saturating_add(1);
        }
    }
    depths
}

/// Ranges of tokens between full stops, the list's label left out of the first.
pub(super) fn split(source: &SourceText, tokens: &[Token], label: usize) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = label;
    for (at, token) in tokens.iter().enumerate().skip(label) {
        if !matches!(token.kind, TokenKind::Punct('.' | '!' | '?')) {
            continue;
        }
        let next = tokens.get(at + 1);
        let before = at.checked_sub(1).and_then(|b| tokens.get(b));
        // «Tp. Huế», «P. Xuân Phú» go on; «2.180 HV. Đã tốt nghiệp» does not.
        let abbreviates = before.is_some_and(|t| {
            let written = source.slice(t.range());
            let letters = written.chars().count();
            let name = letters == 1
                || letters == 2 && (written.eq_ignore_ascii_case("tp") || !written.chars().all(char::is_uppercase));
            // «tại Bệnh viện E. Trong tháng»: a letter after a common noun names it, but for the short names of places.
            let noun = at.checked_sub(2).and_then(|b| tokens.get(b)).is_some_and(|b| b.is_word() && !b.capital);
            let of_noun = letters == 1 && noun && !SHORT_PLACES.contains(&written);
            t.is_word() && t.capital && name && !token.spaced && !of_noun
        });
        let ends = match next {
            None => true,
            Some(next) => {
                let begins = next.capital
                    || next.is_number()
                    || matches!(next.kind, TokenKind::Punct('-' | '\u{2013}' | '+' | '(' | '"' | '\u{201C}' | '*'));
                (next.spaced || matches!(next.kind, TokenKind::NoteMark(_))) && begins && !abbreviates
            }
        };
        if ends {
            if at > start {
                sentences.push(start..at + 1);
            }
            start = at + 1;
        }
    }
    if start < tokens.len() {
        sentences.push(start..tokens.len());
    }
    sentences
}
