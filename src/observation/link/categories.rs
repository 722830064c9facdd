//! The categories that words near a value state.

use super::Linker;
use super::clause::Clause;
use crate::observation::breakdown::{of_parts, of_quantity, stated};

impl Linker<'_> {
    pub(super) fn categories(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> Vec<(String, String)> {
        let Some(rule) = self.dictionary.indicator(indicator) else { return Vec::new() };
        let Some(quantity) = clause.quantity(index) else { return Vec::new() };
        if let Some(pair) = self.respective(clause, index, indicator) {
            return vec![pair];
        }
        let mut pairs = self.own_categories(clause, index, indicator);
        if pairs.is_empty()
            && let Some(before) = clause.before_lone_bracket(index)
        {
            pairs =
                of_quantity(clause.tokens, clause.scan, quantity, &before, &rule.id, &rule.breakdowns, self.dictionary);
        }
        if pairs.len() < rule.breakdowns.len() && self.whole(clause, index).is_some() {
            for (dimension, category) in self.part_categories(clause, index, indicator) {
                if pairs.iter().all(|(d, _)| *d != dimension) {
                    pairs.push((dimension, category));
                }
            }
        }
        pairs
    }

    /// The categories that a value's own words state, whatever it hangs on.
    pub(super) fn own_categories(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> Vec<(String, String)> {
        let Some(rule) = self.dictionary.indicator(indicator) else { return Vec::new() };
        let (Some(quantity), Some(strict)) = (clause.quantity(index), clause.reach.strict.get(index)) else {
            return Vec::new();
        };
        of_quantity(clause.tokens, clause.scan, quantity, strict, &rule.id, &rule.breakdowns, self.dictionary)
    }

    /// The same by words that state one only of a part.
    pub(super) fn part_categories(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> Vec<(String, String)> {
        let Some(rule) = self.dictionary.indicator(indicator) else { return Vec::new() };
        let (Some(quantity), Some(strict)) = (clause.quantity(index), clause.reach.strict.get(index)) else {
            return Vec::new();
        };
        of_parts(clause.tokens, clause.scan, quantity, strict, &rule.id, &rule.breakdowns, self.dictionary)
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
