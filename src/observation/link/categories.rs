//! The categories that words near a value state, in a row of names also in turn.

use super::clause::Clause;
use super::{Found, Linker};
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::mention::Quantity;
use crate::observation::breakdown::{of_parts, of_quantity, stated, stated_each, stated_of_parts};
use crate::text::Token;

impl Linker<'_> {
    pub(super) fn categories(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> Vec<(String, String)> {
        let Some(rule) = self.dictionary.indicator(indicator) else { return Vec::new() };
        let (Some(quantity), Some(strict)) = (clause.quantity(index), clause.reach.strict.get(index)) else {
            return Vec::new();
        };
        if let Some(pair) = self.respective(clause, index, indicator) {
            return vec![pair];
        }
        let mut pairs =
            of_quantity(clause.tokens, clause.scan, quantity, strict, &rule.id, &rule.breakdowns, self.dictionary);
        if pairs.is_empty()
            && let Some(before) = clause.before_lone_bracket(index)
        {
            pairs =
                of_quantity(clause.tokens, clause.scan, quantity, &before, &rule.id, &rule.breakdowns, self.dictionary);
        }
        if pairs.len() < rule.breakdowns.len() && self.whole(clause, index).is_some() {
            let more =
                of_parts(clause.tokens, clause.scan, quantity, strict, &rule.id, &rule.breakdowns, self.dictionary);
            for (dimension, category) in more {
                if pairs.iter().all(|(d, _)| *d != dimension) {
                    pairs.push((dimension, category));
                }
            }
        }
        pairs
    }

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
        let names = stated_of_parts(clause.tokens, clause.scan, &(start..first), &rule.id, self.dictionary);
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

    /// Whether the words near the number state a category that the indicator does not admit.
    pub(super) fn foreign_category(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> bool {
        let Some(rule) = self.dictionary.indicator(indicator) else { return false };
        let Some(strict) = clause.reach.strict.get(index) else { return false };
        stated(clause.tokens, clause.scan, strict, &rule.id, self.dictionary).iter().any(|s| {
            self.dictionary
                .dimensions
                .get(usize::from(s.dimension))
                .is_some_and(|d| !rule.breakdowns.contains(&d.id) && !s.category.is_empty())
        })
    }
}
