//! One sentence at work: its tokens, its quantities, what has become of them.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use super::Outer;
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::mention::{Quantity, Scan, Span};
use crate::observation::candidates::{Candidate, ContextTerms, SentenceTerms};
use crate::observation::model::Origin;
use crate::observation::reach::Reach;
use crate::observation::time::Event;
use crate::period::Period;
use crate::text::{Token, TokenKind};

/// One sentence at work.
pub(super) struct Clause<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) scan: &'a Scan,
    pub(super) reach: Reach,
    pub(super) terms: SentenceTerms,
    pub(super) context: ContextTerms,
    pub(super) fields: &'a [u8],
    pub(super) events: Vec<Event>,
    pub(super) block: usize,
    pub(super) sentence: usize,
    pub(super) origin: Origin,
    pub(super) outer: Outer,
    pub(super) memory: Vec<usize>,
    /// Per quantity: the draft it became.
    pub(super) assigned: Vec<Option<usize>>,
    /// Per quantity: whether it was tried and is a value, mapped or not.
    pub(super) is_value: Vec<bool>,
    /// Per quantity, its readings: for a unit that fits, for any unit.
    pub(super) readings: Vec<[OnceCell<Rc<[Candidate]>>; 2]>,
}

impl Clause<'_> {
    pub(super) fn quantity(&self, index: usize) -> Option<&Quantity> {
        self.scan.quantities.get(self.reach.quantities.start + index)
    }

    pub(super) fn depth(&self, token: usize) -> u8 {
        self.scan.depth.get(token).copied().unwrap_or(0)
    }

    pub(super) fn left(&self, index: usize) -> Range<usize> {
        let start = self.reach.strict.get(index).map_or(0, |s| s.start);
        start..self.quantity(index).map_or(start, |q| q.first)
    }

    pub(super) fn right(&self, index: usize) -> Range<usize> {
        let end = self.reach.strict.get(index).map_or(0, |s| s.end);
        self.quantity(index).map_or(end, Quantity::end).min(end)..end
    }

    /// The item of the list that a quantity stands in.
    pub(super) fn item_range(&self, index: usize) -> Range<usize> {
        self.reach.item_start.get(index).copied().unwrap_or(0)..self.reach.item_end.get(index).copied().unwrap_or(0)
    }

    /// Words between two tokens, both left out, that are no marker.
    pub(super) fn plain_words(&self, from: usize, to: usize) -> usize {
        (from + 1..to)
            .filter(|t| self.tokens.get(*t).is_some_and(Token::is_word) && self.scan.marked.get(*t) != Some(&true))
            .count()
    }

    /// The last phrase of a role to the left of a quantity, with at most so many plain words between.
    pub(super) fn before(&self, index: usize, marker: Marker, words: usize) -> Option<usize> {
        let left = self.left(index);
        let first = self.quantity(index)?.first;
        let hit = self.scan.hits_in(&left).filter(|h| h.tag == Tag::Marker(marker)).max_by_key(|h| h.last)?;
        (self.plain_words(hit.last as usize, first) <= words).then_some(hit.first as usize)
    }

    /// For the first quantity in a bracket: the same, in the words right before the bracket.
    pub(super) fn before_bracket(&self, index: usize, marker: Marker) -> bool {
        let Some(quantity) = self.quantity(index) else { return false };
        let Some(strict) = self.reach.strict.get(index) else { return false };
        let depth = self.depth(quantity.first);
        if depth == 0 || !self.tokens.get(strict.start).is_some_and(|t| t.is('(')) {
            return false;
        }
        // A bracket that names a time of its own, «(riêng tháng 9 được 412 người)», says nothing of that of the words before.
        if self.events.iter().any(|e| e.first > strict.start && e.last < quantity.first) {
            return false;
        }
        let near = strict.start.saturating_sub(10).max(self.reach.sentence.start)..strict.start;
        self.scan
            .hits_in(&near)
            .any(|h| h.tag == Tag::Marker(marker) && self.plain_words(h.last as usize, strict.start) <= 3)
    }

    /// The first word of the sentence, where «trong đó» or the like begins there, before a quantity.
    pub(super) fn parts_opener(&self, quantity: &Quantity) -> Option<usize> {
        let opens = |h: &Hit<Tag>| h.tag == Tag::Marker(Marker::OpensParts) && h.words >= 2;
        (self.reach.sentence.start..quantity.first)
            .find(|t| self.tokens.get(*t).is_some_and(Token::is_word))
            .filter(|t| self.scan.hits_at(*t).iter().any(opens))
    }

    /// Whether the bracket round a quantity opens with a period, and so speaks of that period to its end.
    pub(super) fn period_opens_bracket(&self, index: usize) -> bool {
        let Some(first) = self.quantity(index).map(|q| q.first) else { return false };
        let depth = self.depth(first);
        let start = self.reach.sentence.start;
        let open = (start..first).rev().find(|t| self.depth(*t) < depth).map_or(start, |t| t + 1);
        depth > 0 && self.events.iter().any(|e| e.first <= open + 1 && e.first >= open && e.last < first)
    }

    /// Whether nothing but markers stands between the bracket's opening and the quantity.
    pub(super) fn opens_bracket(&self, index: usize) -> bool {
        let (Some(quantity), Some(strict)) = (self.quantity(index), self.reach.strict.get(index)) else { return false };
        self.plain_words(strict.start, quantity.first) == 0
    }

    /// The nearest value before a quantity at the same or an outer bracket, that is not in a bracket closed since.
    pub(super) fn value_before(&self, index: usize) -> Option<usize> {
        let own = self.quantity(index)?;
        let depth = self.depth(own.first);
        (0..index).rev().find(|at| {
            let Some(q) = self.quantity(*at) else { return false };
            let open =
                self.depth(q.first) <= depth || (q.first..own.first).all(|t| self.depth(t) >= self.depth(q.first));
            self.is_value.get(*at) == Some(&true) && open
        })
    }

    /// Whether the value is that of the percentage which opens the sentence.
    pub(super) fn follows_leading(&self, index: usize) -> bool {
        self.reach.leads && index == 1
    }

    /// Whether the bracket round a token is closed right before a colon, and so speaks of all that follows.
    pub(super) fn bracket_leads(&self, at: usize) -> bool {
        let close = (at..self.tokens.len()).find(|t| self.tokens.get(*t).is_some_and(|k| k.is(')')));
        close.is_some_and(|c| self.tokens.get(c + 1).is_some_and(|k| k.is(':')))
    }

    /// For the first quantity in a bracket: whether the bracket opens with a phrase of a role.
    pub(super) fn bracket_opens_with(&self, index: usize, marker: Marker) -> bool {
        let Some(start) = self.reach.strict.get(index).map(|s| s.start) else { return false };
        self.tokens.get(start).is_some_and(|t| t.is('('))
            && self.scan.hits_at(start + 1).iter().any(|h| h.tag == Tag::Marker(marker))
    }

    /// The other period that a comparison right before a bracket names, whose value the bracket gives:
    /// `so với quý II (23.114 lượt người)`.
    pub(super) fn compared_period(&self, index: usize, report: Period) -> Option<Period> {
        let start = self.reach.strict.get(index)?.start;
        if !self.tokens.get(start)?.is('(') || !self.opens_bracket(index) {
            return None;
        }
        let mention = self.scan.periods.iter().find(|m| m.last + 1 == start)?;
        let near = mention.first.saturating_sub(3)..mention.first + 1;
        self.scan.has_marker(Marker::Compare, &near).then_some(())?;
        let year = mention.year.unwrap_or(report.year);
        let period = match mention.span {
            Span::Month(month) => Period::month(year, month),
            Span::Quarter(quarter) => Period::quarter(year, quarter),
            Span::FirstMonths(months) => Period::first_months(year, months),
            _ => None,
        }?;
        (period != report && period.year <= report.year).then_some(period)
    }

    /// The category that stands right before a bracket which holds a number alone: `sang Nhật Bản (33 người)`.
    pub(super) fn before_lone_bracket(&self, index: usize) -> Option<Range<usize>> {
        let strict = self.reach.strict.get(index)?;
        let alone = self.tokens.get(strict.start)?.is('(') && self.opens_bracket(index);
        let from = (self.reach.sentence.start..strict.start)
            .rev()
            .find(|t| {
                self.tokens
                    .get(*t)
                    .is_some_and(|k| k.is_number() || matches!(k.kind, TokenKind::Punct(',' | ';' | ')' | ':')))
            })
            .map_or(self.reach.sentence.start, |t| t + 1);
        alone.then_some(from.max(strict.start.saturating_sub(6))..strict.start)
    }

    pub(super) fn has_semicolon(&self, from: usize, to: usize) -> bool {
        let depth = self.depth(from).min(self.depth(to));
        (from..to).any(|t| self.tokens.get(t).is_some_and(|k| k.is(';')) && self.depth(t) <= depth)
    }
}
