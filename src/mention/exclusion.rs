//! Sets aside the numbers that are not statistics, each with its reason.

use super::number::Convention;
use super::period::ends_a_span;
use super::{NumberState, Scan};
use crate::dictionary::marker::{Marker, PeriodWord};
use crate::dictionary::{Dictionary, Tag};
use crate::text::{SourceText, Token, TokenKind, digits};

/// The reason of ordinals, whose words also end longer phrases.
const ORDINAL: &str = "ordinal";
/// The reason of numbers of documents.
const LEGAL: &str = "legal-reference";
/// The reason of months, quarters and years.
const PERIOD: &str = "period";

/// Marks excluded numbers in `scan.numbers`.
pub(super) fn set_aside(
    source: &SourceText,
    tokens: &[Token],
    label: usize,
    convention: Convention,
    dictionary: &Dictionary,
    scan: &mut Scan,
) {
    for (token, state) in tokens.iter().zip(&mut scan.numbers).take(label) {
        if token.is_number() {
            *state = NumberState::Excluded("section-number".to_owned());
        }
    }
    note_marks(tokens, convention, scan);
    flattened_marks(source, tokens, scan);
    phrases(source, tokens, dictionary, scan);
    shapes(source, tokens, dictionary, scan);
    bare_years(source, tokens, scan);
    parts_of_names(source, tokens, scan);
    spread_over_chunks(tokens, scan);
}

fn exclude(scan: &mut Scan, at: usize, reason: &str) {
    if let Some(state @ NumberState::Free) = scan.numbers.get_mut(at) {
        *state = NumberState::Excluded(reason.to_owned());
    }
}

/// `[1]` is a note's mark wherever it stands; `(1)` at the start of an item of a list within a sentence.
fn note_marks(tokens: &[Token], convention: Convention, scan: &mut Scan) {
    for at in 1..tokens.len() {
        let (Some(before), Some(after)) = (tokens.get(at - 1), tokens.get(at + 1)) else { continue };
        if !tokens.get(at).is_some_and(Token::is_number) {
            continue;
        }
        let small = tokens.get(at).is_some_and(|t| t.end - t.start <= 2);
        if before.is('[') && after.is(']') {
            exclude(scan, at, "footnote-mark");
        } else if before.is('(')
            && after.is(')')
            && small
            && !(convention.values_in_brackets && is_value_after(scan, at))
        {
            exclude(scan, at, "list-number");
        }
    }
}

/// Whether the bracket round the token follows a counted noun at once: `46 trường hợp (51)`.
fn is_value_after(scan: &Scan, at: usize) -> bool {
    let near = at.saturating_sub(6)..at.saturating_sub(1);
    scan.hits_in(&near).any(|h| matches!(h.tag, Tag::Unit(_) | Tag::Scale(_)) && h.last as usize + 2 == at)
}

/// `7.645 lao động1, đạt`: a small number glued to a word, with nothing counted after it, was a note's mark.
fn flattened_marks(source: &SourceText, tokens: &[Token], scan: &mut Scan) {
    for at in 1..tokens.len() {
        let (Some(before), Some(token)) = (tokens.get(at - 1), tokens.get(at)) else { continue };
        if !token.is_number() {
            continue;
        }
        let year = scan.hits_at(at - 1).iter().any(|h| h.tag == Tag::Period(PeriodWord::Year));
        let digits = digits(source.slice(token.range()));
        if year && digits.len() == 5 && (digits.starts_with("19") || digits.starts_with("20")) {
            exclude(scan, at, PERIOD);
        }
        let low = source.slice(before.range()).chars().next_back().is_some_and(char::is_lowercase);
        let glued = !token.spaced && before.is_word() && low && before.end - before.start >= 2;
        let small = digits.parse::<u16>().is_ok_and(|n| (1..=20).contains(&n));
        let counted = is_counted(scan, at) || tokens.get(at + 1).is_some_and(|t| t.is('%'));
        if glued && small && !counted {
            exclude(scan, at, "footnote-mark");
        }
    }
}

/// `Tết Dương lịch 2024`, `năm học 2023 - 2024`: four digits without separators between 1900 and 2100, after a word and
/// with nothing counted after them, are a year. A count that large is written with a separator, or with its noun.
fn bare_years(source: &SourceText, tokens: &[Token], scan: &mut Scan) {
    for at in 1..tokens.len() {
        let (Some(before), Some(token)) = (tokens.get(at - 1), tokens.get(at)) else { continue };
        let written = source.slice(token.range());
        let year = token.is_number() && written.len() == 4;
        if !year || !written.parse::<u16>().is_ok_and(|y| (1900..=2100).contains(&y)) {
            continue;
        }
        let second = matches!(before.kind, TokenKind::Punct('-' | '\u{2013}'))
            && matches!(at.checked_sub(2).and_then(|b| scan.numbers.get(b)), Some(NumberState::Excluded(r)) if r == "year");
        let base = |m: Marker| matches!(m, Marker::SamePeriod | Marker::PreviousPeriod | Marker::Compare);
        let leads_to_value = scan.hits_before(at).any(|h| match h.tag {
            Tag::Marker(marker) => !base(marker),
            Tag::Term(_) => true,
            _ => false,
        });
        let counted = is_counted(scan, at) || tokens.get(at + 1).is_some_and(|t| t.is('%') || t.is('/'));
        if !counted && (second || before.is_word() && !leads_to_value) {
            exclude(scan, at, "year");
        }
    }
}

/// `Trường Cao đẳng nghề Lilama 2 tiếp tục`: a small number after a capitalised word that no template knows, with
/// nothing counted after it, belongs to the name.
fn parts_of_names(source: &SourceText, tokens: &[Token], scan: &mut Scan) {
    for at in 1..tokens.len() {
        let (Some(before), Some(token)) = (tokens.get(at - 1), tokens.get(at)) else { continue };
        let small = token.is_number() && token.spaced && source.slice(token.range()).len() == 1;
        let name = before.is_word() && before.capital && before.word == crate::text::NOT_A_WORD;
        let goes_on = tokens.get(at + 1).is_some_and(|t| t.is_word() && !t.capital);
        if small && name && goes_on && !is_counted(scan, at) {
            exclude(scan, at, "name");
        }
    }
}

/// Whether a counted noun stands right after the token.
fn is_counted(scan: &Scan, at: usize) -> bool {
    scan.hits_at(at + 1).iter().any(|h| matches!(h.tag, Tag::Unit(_) | Tag::Scale(_)))
}

fn phrases(source: &SourceText, tokens: &[Token], dictionary: &Dictionary, scan: &mut Scan) {
    let hits: Vec<_> = scan.hits.iter().filter(|h| matches!(h.tag, Tag::Exclusion(_))).copied().collect();
    for hit in hits {
        let Tag::Exclusion(id) = hit.tag else { continue };
        let Some(rule) = dictionary.exclusions.get(usize::from(id)) else { continue };
        let fits = |at: usize, scan: &Scan| {
            let Some(token) = tokens.get(at) else { return false };
            let digits = digits(source.slice(token.range()));
            let plain = digits.bytes().all(|b| b.is_ascii_digit());
            let value: Option<u32> = digits.parse().ok();
            let bounded = (rule.min.is_none() || value.is_some_and(|v| rule.min.is_some_and(|m| v >= m)))
                && (rule.max.is_none() || value.is_some_and(|v| rule.max.is_some_and(|m| v <= m)));
            (plain || !rule.plain)
                && bounded
                && !(rule.unless_counted && is_counted(scan, at))
                // «NQ 71%»: no document has a percentage for its number.
                && !(rule.reason == LEGAL && tokens.get(at + 1).is_some_and(|t| t.is('%')))
                && !(rule.reason == PERIOD && ends_a_span(tokens, scan, at.saturating_sub(1), at))
        };
        let within: Vec<usize> = (hit.first as usize..=hit.last as usize)
            .filter(|at| tokens.get(*at).is_some_and(Token::is_number))
            .collect();
        // «Trình 05 nghị quyết, 03 đề án»: what a comma sets apart begins anew; «Luật Phòng, chống ma túy 2021» does not.
        let before = within.first().filter(|at| **at > hit.first as usize).and_then(|at| tokens.get(*at - 1));
        let comma = before.is_some_and(|t| t.is(','));
        if within.is_empty() || comma && within.len() == 1 || !within.iter().all(|at| fits(*at, scan)) {
            continue;
        }
        // `trung cấp 412`, `trợ cấp một lần 122`: the word before the number belongs to a phrase that began earlier.
        let taken = rule.reason == ORDINAL
            && scan.hits_before(within.first().copied().unwrap_or(0)).any(|h| {
                let phrase = matches!(h.tag, Tag::Category(_)) || matches!(h.tag, Tag::Term(_)) && h.words >= 2;
                phrase && h.first < hit.first
            });
        if taken {
            continue;
        }
        for at in &within {
            exclude(scan, *at, &rule.reason);
        }
        if rule.list {
            follow_list(tokens, hit.last as usize, &fits, scan, &rule.reason);
        }
    }
}

/// Sets aside the numbers that follow in a list: `290, 62 và 49`.
fn follow_list(tokens: &[Token], last: usize, fits: &impl Fn(usize, &Scan) -> bool, scan: &mut Scan, reason: &str) {
    let mut at = last;
    loop {
        let Some(joint) = tokens.get(at + 1) else { return };
        let joined =
            joint.is(',') || joint.is('-') || joint.is('\u{2013}') || joint.is_word() && joint.end - joint.start <= 3;
        let next = at + 2;
        if !joined || !tokens.get(next).is_some_and(Token::is_number) || is_counted(scan, next) || !fits(next, scan) {
            return;
        }
        if tokens.get(next + 1).is_some_and(|t| t.is('%')) {
            return;
        }
        exclude(scan, next, reason);
        at = next;
    }
}

/// First and last token of the run without white space around `at`.
fn chunk(tokens: &[Token], at: usize) -> (usize, usize) {
    let (mut first, mut last) = (at, at);
    while first > 0 && tokens.get(first).is_some_and(|t| !t.spaced) && joins(tokens, first - 1) {
        first -= 1;
    }
    while tokens.get(last + 1).is_some_and(|t| !t.spaced) && joins(tokens, last + 1) {
        last += 1;
    }
    (first, last)
}

/// Whether a token can be inside a chunk: brackets, commas, semicolons and quotes bound it.
fn joins(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|t| match t.kind {
        TokenKind::Word | TokenKind::Number => true,
        TokenKind::Punct(c) => matches!(c, '/' | '-' | '\u{2010}'..='\u{2015}' | ':' | '.' | '&' | '_'),
        TokenKind::NoteMark(_) => false,
    })
}

/// What a chunk says, its numbers as they were meant.
fn mended<'a>(source: &'a SourceText, tokens: &[Token], range: std::ops::Range<usize>) -> std::borrow::Cow<'a, str> {
    let written = |t: &Token| source.slice(t.range());
    if tokens.iter().all(|t| !t.is_number() || matches!(digits(written(t)), std::borrow::Cow::Borrowed(_))) {
        return source.slice(range).into();
    }
    tokens.iter().map(|t| if t.is_number() { digits(written(t)) } else { written(t).into() }).collect::<String>().into()
}

fn shapes(source: &SourceText, tokens: &[Token], dictionary: &Dictionary, scan: &mut Scan) {
    for at in 0..tokens.len() {
        if scan.numbers.get(at) != Some(&NumberState::Free) {
            continue;
        }
        let (first, mut last) = chunk(tokens, at);
        while last > first && tokens.get(last).is_some_and(|t| matches!(t.kind, TokenKind::Punct(_))) {
            last -= 1;
        }
        if first == last {
            continue;
        }
        let (Some(a), Some(b)) = (tokens.get(first), tokens.get(last)) else { continue };
        let written = &mended(source, tokens.get(first..=last).unwrap_or_default(), a.start as usize..b.end as usize);
        let Some(shape) = dictionary.shapes.iter().find(|s| s.pattern.is_match(written)) else { continue };
        if shape.unless_counted && is_counted(scan, last) {
            continue;
        }
        let before =
            first.checked_sub(1).and_then(|b| tokens.get(b)).map(|t| crate::text::fold(source.slice(t.range())));
        if before.is_some_and(|word| shape.before_not.contains(&word)) {
            continue;
        }
        if shape.letters_before {
            exclude(scan, last, &shape.reason);
            continue;
        }
        for inside in first..=last {
            exclude(scan, inside, &shape.reason);
        }
    }
}

/// A number glued by a slash, dash or colon to one that is set aside is of the same kind.
fn spread_over_chunks(tokens: &[Token], scan: &mut Scan) {
    for at in 0..tokens.len() {
        let Some(NumberState::Excluded(reason)) = scan.numbers.get(at).cloned() else { continue };
        if matches!(reason.as_str(), "section-number" | "list-number" | "footnote-mark" | "unit-exponent") {
            continue;
        }
        let (first, last) = chunk(tokens, at);
        for inside in first..=last {
            exclude(scan, inside, &reason);
        }
    }
}
