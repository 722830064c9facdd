//! Periods as they are written: `tháng 11 năm 2023`, `quý I/2020`, `6 tháng đầu năm`, `năm 2019`, `đến ngày 15/9`.

use super::{NumberState, Scan};
use crate::dictionary::marker::{Marker, PeriodWord};
use crate::dictionary::phrase::Hit;
use crate::dictionary::{Dictionary, Tag};
use crate::text::{SourceText, Token, digits};

/// What a period mention spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// A month.
    Month(u8),
    /// A quarter.
    Quarter(u8),
    /// The first N months.
    FirstMonths(u8),
    /// The last N months of a year.
    LastMonths(u8),
    /// A whole year.
    Year,
    /// Up to a day.
    Date {
        /// Day of the month.
        day: u8,
        /// Month.
        month: u8,
    },
    /// Whole years from the mention's year to this one.
    YearsTo(u16),
}

/// A period as written in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodMention {
    /// Its first token.
    pub first: usize,
    /// Its last token.
    pub last: usize,
    /// What it spans.
    pub span: Span,
    /// The year, where it is written.
    pub year: Option<u16>,
}

struct Finder<'a> {
    source: &'a SourceText,
    tokens: &'a [Token],
    scan: &'a Scan,
}

/// Whether the number after a word of months counts something: in `10 tháng 07 em` the months are ten, and in
/// `trong tháng 2 tỷ 145 triệu đồng` the number is an amount.
pub(super) fn ends_a_span(tokens: &[Token], scan: &Scan, month_word: usize, number: usize) -> bool {
    let follows = scan.hits_at(number + 1);
    // «tuất hằng tháng 09 trường hợp»: paid every month, nine of them.
    let named = |h: &&Hit<Tag>| matches!(h.tag, Tag::Term(_)) && h.last as usize == month_word;
    let every_month = (month_word.saturating_sub(4)..month_word).any(|at| scan.hits_at(at).iter().any(|h| named(&h)));
    let after_number = every_month
        || tokens.get(month_word).is_some_and(Token::is_word)
            && month_word.checked_sub(1).and_then(|b| tokens.get(b)).is_some_and(Token::is_number);
    // «năm 2023 tỷ lệ»: no scale word, but the first of «tỷ lệ».
    let share = |last: u32| follows.iter().any(|h| h.tag == Tag::Marker(Marker::Share) && h.last > last);
    follows.iter().any(|h| match h.tag {
        Tag::Scale(_) => !share(h.last),
        Tag::Unit(_) => after_number,
        _ => false,
    })
}

/// Finds all periods; those within another one are left out.
pub(super) fn find(source: &SourceText, tokens: &[Token], _dictionary: &Dictionary, scan: &mut Scan) {
    let mut found: Vec<PeriodMention> = Vec::new();
    let finder = Finder { source, tokens, scan };
    for at in 0..tokens.len() {
        if found.last().is_some_and(|m| m.last >= at) {
            continue;
        }
        if let Some(mention) = finder.at(at) {
            found.push(mention);
        }
    }
    scan.periods = found;
}

impl Finder<'_> {
    fn word(&self, at: usize, word: PeriodWord) -> Option<usize> {
        self.scan.hits_at(at).iter().filter(|h| h.tag == Tag::Period(word)).map(|h| h.last as usize).max()
    }

    fn number(&self, at: usize) -> Option<u16> {
        let token = self.tokens.get(at).filter(|t| t.is_number())?;
        let digits = digits(self.source.slice(token.range()));
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    }

    fn small(&self, at: usize, most: u8) -> Option<u8> {
        self.number(at).and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=most).contains(n))
    }

    /// A number in digits, Roman numerals or a month's name, and its last token.
    fn ordinal(&self, at: usize, most: u8, names: bool) -> Option<(u8, usize)> {
        let named = self
            .scan
            .hits_at(at)
            .iter()
            .filter_map(|h| match h.tag {
                Tag::Roman(n) if !names => Some((n, h.last as usize)),
                Tag::MonthWord(n) if names && self.names_month(at, h.last as usize) => Some((n, h.last as usize)),
                _ => None,
            })
            .max_by_key(|(_, last)| *last);
        self.small(at, most).map(|n| (n, at)).or(named.filter(|(n, _)| *n <= most))
    }

    /// Whether a word that may name a month does: written with a capital, and not the word of the year right before its
    /// number («từng THÁNG NĂM 2024»).
    fn names_month(&self, at: usize, last: usize) -> bool {
        let of_year = self.word(at, PeriodWord::Year) == Some(last) && self.year_number(last + 1).is_some();
        let capitals = self
            .tokens
            .get(at)
            .is_some_and(|t| self.source.slice(t.range()).chars().all(|c| !c.is_alphabetic() || c.is_uppercase()));
        self.tokens.get(at).is_some_and(|t| t.capital) && !(of_year && capitals)
    }

    /// `4.2019`: month and year in one number.
    fn month_and_year(&self, at: usize) -> Option<(u8, u16)> {
        let token = self.tokens.get(at).filter(|t| t.is_number())?;
        let written = digits(self.source.slice(token.range()));
        let (month, year) = written.split_once('.')?;
        let month = month.parse().ok().filter(|m| (1..=12).contains(m))?;
        let year = year.parse().ok().filter(|y| (1900..=2100).contains(y) && year.len() == 4)?;
        Some((month, year))
    }

    /// A year: four digits; a fifth is a flattened footnote mark.
    fn year_number(&self, at: usize) -> Option<u16> {
        let token = self.tokens.get(at).filter(|t| t.is_number())?;
        let digits = digits(self.source.slice(token.range()));
        let head = digits.get(..4).filter(|h| h.bytes().all(|b| b.is_ascii_digit()))?;
        let rest = digits.get(4..)?;
        let flattened = rest.len() <= 1 && rest.bytes().all(|b| b.is_ascii_digit());
        head.parse().ok().filter(|y| flattened && (1900..=2100).contains(y))
    }

    /// The year after a month, quarter or other span: `/2023`, `-2023`, `năm 2023`.
    fn year_after(&self, last: usize) -> Option<(usize, u16)> {
        let next = last + 1;
        if let Some(year) = self.word(next, PeriodWord::Year).and_then(|w| Some((w + 1, self.year_number(w + 1)?))) {
            return Some(year);
        }
        let joint = self.tokens.get(next)?;
        let joined = joint.is('/') || joint.is('-') || joint.is('.') || joint.is('\u{2013}');
        if joined {
            return Some((next + 1, self.year_number(next + 1)?));
        }
        // «Thực hiện 6 tháng 2025»: a bare year, where nothing is counted after it.
        let bare = joint.is_number() && joint.spaced && joint.end - joint.start == 4;
        let counted = self.scan.hits_at(next + 1).iter().any(|h| matches!(h.tag, Tag::Unit(_) | Tag::Scale(_)))
            || self.tokens.get(next + 1).is_some_and(|t| t.is('%') || t.is('/'));
        if bare && !counted { Some((next, self.year_number(next)?)) } else { None }
    }

    fn finish(&self, first: usize, last: usize, span: Span) -> PeriodMention {
        // The phrase may end with the year's own word: «6 tháng đầu năm 2022».
        let own_word = self.word(last, PeriodWord::Year).filter(|end| *end == last);
        let year =
            own_word.and_then(|_| Some((last + 1, self.year_number(last + 1)?))).or_else(|| self.year_after(last));
        match year {
            Some((end, year)) => PeriodMention { first, last: end, span, year: Some(year) },
            None => PeriodMention { first, last, span, year: None },
        }
    }

    fn at(&self, at: usize) -> Option<PeriodMention> {
        let opens = |h: &Hit<Tag>| matches!(h.tag, Tag::Period(_) | Tag::MonthWord(_));
        if !self.tokens.get(at).is_some_and(Token::is_number) && !self.scan.hits_at(at).iter().any(opens) {
            return None;
        }
        if let Some(last) = self.word(at, PeriodWord::HalfFirst) {
            return Some(self.finish(at, last, Span::FirstMonths(6)));
        }
        if let Some(last) = self.word(at, PeriodWord::HalfLast) {
            return Some(self.finish(at, last, Span::LastMonths(6)));
        }
        if let Some(last) = self.word(at, PeriodWord::WholeYear) {
            let year = self.year_number(last + 1);
            return Some(PeriodMention { first: at, last: last + usize::from(year.is_some()), span: Span::Year, year });
        }
        if let Some(months) = self.small(at, 12)
            && let Some(month_word) = self.word(at + 1, PeriodWord::Month)
        {
            return self.months(at, months, month_word);
        }
        if let Some(mention) = self.months_in_words(at) {
            return Some(mention);
        }
        let after_same_period = at.checked_sub(1).is_some_and(|before| {
            let near = before.saturating_sub(2)..at;
            self.scan.hits_in(&near).any(|h| h.tag == Tag::Marker(Marker::SamePeriod) && h.last as usize == before)
        });
        if after_same_period && let Some(year) = self.year_number(at) {
            return Some(PeriodMention { first: at, last: at, span: Span::Year, year: Some(year) });
        }
        if let Some(word) = self.word(at, PeriodWord::Day) {
            return self.date(at, word + 1);
        }
        if let Some(word) = self.word(at, PeriodWord::Month)
            && self.is_month_word(at, word)
        {
            if let Some((month, last)) =
                self.ordinal(word + 1, 12, true).filter(|(_, last)| !ends_a_span(self.tokens, self.scan, at, *last))
            {
                return Some(self.finish(at, last, Span::Month(month)));
            }
            if let Some((month, year)) = self.month_and_year(word + 1) {
                return Some(PeriodMention { first: at, last: word + 1, span: Span::Month(month), year: Some(year) });
            }
        }
        if let Some(word) = self.word(at, PeriodWord::Quarter)
            && let Some((quarter, last)) = self.ordinal(word + 1, 4, false)
        {
            return Some(self.finish(at, last, Span::Quarter(quarter)));
        }
        if let Some(span) = self.span_of_years(at) {
            return Some(span);
        }
        let word = self.word(at, PeriodWord::Year)?;
        let year = self.year_number(word + 1)?;
        Some(PeriodMention { first: at, last: word + 1, span: Span::Year, year: Some(year) })
    }

    /// A one-letter abbreviation is a month only right at its number: `T11/2023`.
    fn is_month_word(&self, first: usize, last: usize) -> bool {
        let letters = self.tokens.get(first).map_or(0, |t| t.end - t.start);
        first != last || letters > 1 || self.tokens.get(last + 1).is_some_and(|t| !t.spaced)
    }

    /// `hai tháng đầu năm`, `chín tháng, …`.
    fn months_in_words(&self, at: usize) -> Option<PeriodMention> {
        let named = |h: &Hit<Tag>| match h.tag {
            Tag::MonthWord(months) => Some((months, h.last as usize)),
            _ => None,
        };
        let (months, last) = self.scan.hits_at(at).iter().filter_map(named).max_by_key(|(_, last)| *last)?;
        let month_word = self.word(last + 1, PeriodWord::Month)?;
        let first = self.word(month_word + 1, PeriodWord::FirstOfYear).is_some();
        let mention = self.months(at, months, month_word)?;
        (first || mention.year.is_some() || self.opens_statement(months, month_word)).then_some(mention)
    }

    /// «Trong 9 tháng, …», «trong 9 tháng có …» opens a statement on the year so far; «trong 3 tháng» is mostly a
    /// duration.
    fn opens_statement(&self, months: u8, month_word: usize) -> bool {
        let states = |h: &Hit<Tag>| matches!(h.tag, Tag::Marker(Marker::Is | Marker::Already));
        let states = self.scan.hits_at(month_word + 1).iter().any(states);
        months >= 6 && (states || self.tokens.get(month_word + 1).is_some_and(|t| t.is(',')))
    }

    fn months(&self, at: usize, months: u8, month_word: usize) -> Option<PeriodMention> {
        if let Some(last) = self.word(month_word + 1, PeriodWord::FirstOfYear) {
            let year = self.year_number(last + 1);
            let last = last + usize::from(year.is_some());
            return Some(PeriodMention { first: at, last, span: Span::FirstMonths(months), year });
        }
        if let Some(last) = self.word(month_word + 1, PeriodWord::LastOfYear) {
            let year = self.year_number(last + 1);
            let last = last + usize::from(year.is_some());
            return Some(PeriodMention { first: at, last, span: Span::LastMonths(months), year });
        }
        // In `14 tháng 6` the number is a day.
        let unit_after =
            self.scan.hits_at(month_word + 2).iter().any(|h| matches!(h.tag, Tag::Unit(_) | Tag::Scale(_)));
        if self.small(month_word + 1, 12).is_some() && !unit_after {
            return None;
        }
        let mention = self.finish(at, month_word, Span::FirstMonths(months));
        let excluded_as_duration =
            matches!(self.scan.numbers.get(at), Some(NumberState::Excluded(reason)) if reason == "duration");
        let opens = self.opens_statement(months, month_word);
        (mention.year.is_some() || !excluded_as_duration || opens).then_some(mention)
    }

    /// `15/9`, `15/9/2023`, `15 tháng 9 năm 2023`, `30.9.2023`.
    fn date(&self, first: usize, at: usize) -> Option<PeriodMention> {
        let token = self.tokens.get(at).filter(|t| t.is_number())?;
        let digits = digits(self.source.slice(token.range()));
        if let Some((day, rest)) = digits.split_once('.') {
            let (month, year) = rest.split_once('.').map_or((rest, None), |(m, y)| (m, y.parse().ok()));
            let span =
                Span::Date { day: day.parse().ok()?, month: month.parse().ok().filter(|m| (1..=12).contains(m))? };
            return Some(PeriodMention { first, last: at, span, year });
        }
        let day = self.small(at, 31)?;
        let joint = self.tokens.get(at + 1)?;
        let month_at = if joint.is('/') || joint.is('-') { at + 2 } else { self.word(at + 1, PeriodWord::Month)? + 1 };
        let month = self.small(month_at, 12)?;
        Some(self.finish(first, month_at, Span::Date { day, month }))
    }

    fn span_of_years(&self, at: usize) -> Option<PeriodMention> {
        let dash = |t: &Token| t.is('-') || t.is('\u{2013}');
        // «Cộng 5 năm 2021 - 2025»
        let years = || self.word(at, PeriodWord::Year).filter(|word| self.tokens.get(word + 2).is_some_and(dash));
        let word = self.word(at, PeriodWord::Span).or_else(years)?;
        let from = self.year_number(word + 1)?;
        let joint = self.tokens.get(word + 2)?;
        let to_at = if dash(joint) {
            word + 3
        } else {
            let until = self.word(word + 2, PeriodWord::Until)?;
            self.word(until + 1, PeriodWord::Year).unwrap_or(until) + 1
        };
        let to = self.year_number(to_at).filter(|to| *to >= from)?;
        Some(PeriodMention { first: at, last: to_at, span: Span::YearsTo(to), year: Some(from) })
    }
}
