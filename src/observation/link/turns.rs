//! Values in the order of names before them: `A, B, C lần lượt là 1, 2, 3`.

use std::ops::Range;

use super::clause::Clause;
use super::{Found, Linker};
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::mention::Quantity;
use crate::observation::breakdown::{stated_each, stated_of_parts};
use crate::observation::candidates::Candidate;
use crate::text::Token;

/// Rows of more names are not tried in every way that commas and «và» could divide them.
const MOST_NAMES: usize = 9;

impl Linker<'_> {
    /// `A, B, C lần lượt là 1, 2, 3`: a part of the value before, with the category in the same place of the row of
    /// names.
    pub(super) fn in_turn(&self, clause: &Clause<'_>, index: usize) -> Option<Found> {
        let marker = self.turn_marker(clause, index)?;
        let group = self.turn_group(clause, marker.1);
        // The values after the first go with it, whatever they hang on.
        if let Some(first) = group.first().filter(|first| **first < index && group.contains(&index)) {
            let of = clause.assigned.get(*first).copied().flatten()?;
            let pair = self.respective(clause, index, self.linked.drafts.get(of)?.indicator)?;
            return Some(Found::Sibling { of, pairs: vec![pair] });
        }
        let before = (0..index).rev().find(|at| {
            clause.quantity(*at).is_some_and(|q| q.end() <= marker.0 && !clause.has_semicolon(q.end(), marker.0))
                && clause.is_value.get(*at) == Some(&true)
        });
        let whole = match before {
            Some(at) => clause.assigned.get(at).copied().flatten()?,
            None if self.readings(clause, index, false).first().is_some_and(|c| c.specific) => return None,
            None => clause.memory.first().copied().or(clause.outer.draft)?,
        };
        let pair = self.respective(clause, index, self.linked.drafts.get(whole)?.indicator)?;
        Some(Found::Part { whole, exhaustive: false, pairs: vec![pair] })
    }

    pub(super) fn turn_marker(&self, clause: &Clause<'_>, index: usize) -> Option<(usize, usize)> {
        let quantity = clause.quantity(index)?;
        let range = clause.reach.item_start.get(index).copied()?..quantity.first;
        let hit = clause.scan.hits_in(&range).filter(|h| h.tag == Tag::Marker(Marker::Respectively)).last()?;
        Some((hit.first as usize, hit.last as usize))
    }

    /// The values that stand in turn after a `lần lượt` that ends at token `last`: no other words between them than
    /// their counted nouns.
    pub(super) fn turn_group(&self, clause: &Clause<'_>, last: usize) -> Vec<usize> {
        let mut group: Vec<usize> = Vec::new();
        for index in 0..clause.assigned.len() {
            let Some(quantity) = clause.quantity(index).filter(|q| q.first > last) else { continue };
            let from = group.last().and_then(|i| clause.quantity(*i)).map_or(last + 1, Quantity::end);
            let between = from..quantity.first;
            let joined = between.clone().all(|t| {
                clause.tokens.get(t).is_some_and(|k| !k.is_word() && !k.is(';'))
                    || clause.scan.hits_in(&between).any(|h| {
                        matches!(h.tag, Tag::Marker(Marker::And | Marker::Is | Marker::Reach | Marker::About))
                            && (h.first as usize..=h.last as usize).contains(&t)
                    })
            });
            if !joined {
                break;
            }
            group.push(index);
        }
        group
    }

    pub(super) fn respective(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> Option<(String, String)> {
        let (first, last) = self.turn_marker(clause, index)?;
        let values = self.turn_group(clause, last);
        let place = values.iter().position(|i| *i == index)?;
        let rule = self.dictionary.indicator(indicator)?;
        let start = (0..index)
            .rev()
            .filter_map(|i| clause.quantity(i))
            .find(|q| q.end() <= first)
            .map_or(clause.reach.sentence.start, Quantity::end);
        let mut names = stated_of_parts(clause.tokens, clause.scan, &(start..first), &rule.id, self.dictionary);
        names.retain(|name| !name.category.is_empty());
        for id in &rule.breakdowns {
            let dimension = self.dictionary.dimension_ids.get(id).copied()?;
            let mut row: Vec<(String, usize)> = Vec::new();
            for name in names.iter().filter(|s| s.dimension == dimension) {
                match row.last_mut() {
                    // «sơ cấp và dưới 3 tháng» is one name where that makes as many names as there are values.
                    Some((category, end))
                        if name.first == *end + 2 && clause.tokens.get(*end + 1).is_some_and(Token::is_word) =>
                    {
                        *category = format!("{category}_{}", name.category);
                        *end = name.last;
                    }
                    _ => row.push((name.category.clone(), name.last)),
                }
            }
            if row.len() != values.len() {
                row = names.iter().filter(|s| s.dimension == dimension).map(|s| (s.category.clone(), s.last)).collect();
            }
            if row.len() != values.len() {
                // «hộ nghèo và hộ cận nghèo» is one group elsewhere; in turn each name counts.
                let each = stated_each(clause.tokens, clause.scan, &(start..first), &rule.id, self.dictionary);
                row = each
                    .into_iter()
                    .filter(|s| s.dimension == dimension && !s.category.is_empty())
                    .map(|s| (s.category, s.last))
                    .collect();
            }
            if row.len() == values.len() {
                return row.get(place).map(|(category, _)| (id.clone(), category.clone()));
            }
        }
        None
    }

    /// `số phiên giao dịch và số hội nghị lần lượt là 96 và 41`: the indicator that the name in the same place states.
    pub(super) fn named_in_turn(&self, clause: &Clause<'_>, index: usize) -> Option<Found> {
        let marker = self.turn_marker(clause, index)?;
        let group = self.turn_group(clause, marker.1);
        let place = group.iter().position(|i| *i == index)?;
        if group.len() < 2 {
            return None;
        }
        let names = self.names_in_turn(clause, marker.0, &group)?;
        let candidate = self.read_in(clause, index, names.get(place)?)?;
        // Parts of a value are named by categories; of other indicators only what goes with the value is listed there.
        let follows_whole = |whole: usize| {
            let whole = self.linked.drafts.get(whole).map(|d| d.indicator);
            let rules = self.dictionary.rules.get(usize::from(candidate.indicator));
            whole.zip(rules).is_some_and(|(whole, rules)| rules.companion_of.contains(&whole))
        };
        if self.lists_parts(clause, index) && !self.whole(clause, index).is_some_and(|(whole, _)| follows_whole(whole))
        {
            return None;
        }
        (candidate.score >= self.dictionary.confidence.scores.enough).then_some(Found::Own(candidate))
    }

    /// Whether a percentage is the level of a rate that the name in the same place states.
    pub(super) fn rate_in_turn(&self, clause: &Clause<'_>, index: usize) -> bool {
        let Some(Found::Own(candidate)) = self.named_in_turn(clause, index) else { return false };
        self.dictionary.indicator(candidate.indicator).is_some_and(|i| i.unit == Unit::Percent)
    }

    /// The words before a `lần lượt` at token `end`, divided among as many values: of all ways to divide them at commas
    /// and joining words the one whose names state most.
    fn names_in_turn(&self, clause: &Clause<'_>, end: usize, group: &[usize]) -> Option<Vec<Range<usize>>> {
        let before = (0..*group.first()?).rev().filter_map(|i| clause.quantity(i)).map(Quantity::end);
        let start = before.chain([clause.reach.sentence.start]).next()?;
        let closes = |t: &usize| clause.tokens.get(*t).is_some_and(|k| k.is(';') || k.is(':'));
        let start = (start..end).rev().find(closes).map_or(start, |t| t + 1);
        let joins = |t: usize| {
            clause.tokens.get(t).is_some_and(|k| k.is(','))
                || clause
                    .scan
                    .hits_at(t)
                    .iter()
                    .any(|h| h.tag == Tag::Marker(Marker::And) && h.first == h.last && h.words == 1)
        };
        let cuts: Vec<usize> =
            (start + 1..end).filter(|t| joins(*t) && clause.depth(*t) == clause.depth(end)).collect();
        if cuts.len() + 1 < group.len() || cuts.len() > MOST_NAMES {
            return None;
        }
        // Per way: for each number of names, the best division of the words up to a cut.
        let mut best: Option<(f32, Vec<Range<usize>>)> = None;
        for chosen in choices(&cuts, group.len() - 1) {
            let mut from = start;
            let mut names = Vec::with_capacity(group.len());
            for cut in chosen.iter().copied().chain([end]) {
                names.push(from..cut);
                from = cut + 1;
            }
            let mut score = 0.0;
            for (index, name) in group.iter().zip(&names) {
                score += self.read_in(clause, *index, name).map_or(0.0, |c| c.score);
            }
            if best.as_ref().is_none_or(|(known, _)| score > *known) {
                best = Some((score, names));
            }
        }
        best.map(|(_, names)| names)
    }

    /// The best reading of a quantity by the words of `name`.
    fn read_in(&self, clause: &Clause<'_>, index: usize, name: &Range<usize>) -> Option<Candidate> {
        let mut reach = clause.reach.clone();
        if let Some(strict) = reach.strict.get_mut(index) {
            strict.clone_from(name);
        }
        let mut reading = self.reading(clause, index, false);
        reading.reach = &reach;
        let own = |c: &Candidate| c.anchored && c.specific;
        reading.candidates().into_iter().find(own)
    }
}

/// All ways to choose `count` of some cuts, in order.
fn choices(cuts: &[usize], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, cut) in cuts.iter().enumerate() {
        for mut rest in choices(cuts.get(at + 1..).unwrap_or_default(), count - 1) {
            rest.insert(0, *cut);
            all.push(rest);
        }
    }
    all
}
