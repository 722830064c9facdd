//! What usually follows a value: its money, its participants.

use super::clause::Clause;
use super::{Found, Linker, merge};
use crate::dictionary::UnitClass;
use crate::dictionary::register::{Kind, Unit};
use crate::mention::Quantity;
use crate::observation::candidates::Reading;
use crate::observation::model::Measure;
use crate::text::TokenKind;

impl Linker<'_> {
    /// What follows from a value before. A bracket that has closed is left: its whole comes first, then what is in it.
    pub(super) fn companion(&self, clause: &Clause<'_>, reading: &Reading<'_>, index: usize) -> Option<Found> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let bracket_before = (0..index)
            .rev()
            .find(|at| clause.is_value.get(*at) == Some(&true))
            .is_some_and(|at| clause.quantity(at).is_some_and(|q| clause.depth(q.first) > depth));
        bracket_before
            .then(|| self.companion_at(clause, reading, index, Some(depth)))
            .flatten()
            .filter(|found| matches!(found, Found::Companion { .. }))
            .or_else(|| self.companion_at(clause, reading, index, None))
    }

    pub(super) fn companion_at(
        &self,
        clause: &Clause<'_>,
        reading: &Reading<'_>,
        index: usize,
        most_depth: Option<u8>,
    ) -> Option<Found> {
        let quantity = clause.quantity(index)?;
        let money = quantity.class == Some(UnitClass::Known(Unit::Vnd));
        // The nearest value before, in or out of a bracket, that has a companion of this kind.
        let mut at = index;
        let mut tried = 0;
        while let Some(before) = at.checked_sub(1) {
            at = before;
            if clause.is_value.get(at) != Some(&true) {
                continue;
            }
            let deep = |most: u8| clause.quantity(at).is_some_and(|q| clause.depth(q.first) > most);
            if most_depth.is_some_and(deep) {
                continue;
            }
            let Some(draft) = clause.assigned.get(at).copied().flatten() else {
                if money {
                    return None;
                } else {
                    continue;
                };
            };
            let value = self.linked.drafts.get(draft)?;
            if matches!(value.measure, Measure::YoyBase | Measure::Plan) {
                continue;
            }
            // What a bracket says of another period ends with the bracket.
            let inside = clause.quantity(at).is_some_and(|q| clause.depth(q.first) > clause.depth(quantity.first));
            if inside && value.period.is_some() {
                continue;
            }
            // Beyond a semicolon only a clause that names nothing else goes on about the value before.
            let base_end = clause.quantity(at).map_or(0, Quantity::end);
            let start = clause.reach.strict.get(index).map_or(0, |s| s.start);
            if clause.has_semicolon(base_end, quantity.first) && clause.plain_words(start, quantity.first) > 2 {
                return None;
            }
            if let Some(found) = self.companion_of(reading, draft, value.indicator, money) {
                return Some(found);
            }
            tried += 1;
            if tried >= 3 {
                break;
            }
        }
        let outer = clause.outer.draft.filter(|_| index == 0)?;
        let value = self.linked.drafts.get(outer)?;
        self.companion_of(reading, outer, value.indicator, money)
    }

    pub(super) fn companion_of(
        &self,
        reading: &Reading<'_>,
        draft: usize,
        indicator: u16,
        money: bool,
    ) -> Option<Found> {
        let mut fitting: Vec<u16> = Vec::new();
        for (position, rules) in self.dictionary.rules.iter().enumerate() {
            let Ok(position) = u16::try_from(position) else { continue };
            if !rules.companion_of.contains(&indicator) || reading.unit_fit(position) < 0.55 {
                continue;
            }
            // «6.150 trđ/tháng»: an amount for a month is that of the month.
            let monthly =
                reading.per_month() && self.dictionary.indicator(position).is_some_and(|i| i.kind != Kind::Flow);
            let said = reading.has_companion_words(position)
                || (money && rules.is_money && (rules.companion.is_empty() || monthly));
            if said && !reading.is_forbidden(position) {
                fitting.push(position);
            }
        }
        // Of several, the one that the unit fits best, of the same field of work, else the first of the register.
        let best = fitting.iter().map(|at| reading.unit_fit(*at)).fold(0.0, f32::max);
        fitting.retain(|at| reading.unit_fit(*at) >= best);
        let field = |i: u16| self.dictionary.indicator(i).map(|x| x.domain().to_owned());
        let own = field(indicator);
        let indicator = fitting.iter().copied().find(|i| field(*i) == own).or_else(|| fitting.first().copied())?;
        Some(Found::Companion { of: draft, indicator })
    }

    /// `chi 31,1 triệu đồng cho 24 trường hợp`: an amount right before the count that it is for.
    pub(super) fn money_before(&mut self, clause: &mut Clause<'_>, index: usize) {
        let Some(before) = index.checked_sub(1) else { return };
        let (Some(money), Some(count)) = (clause.quantity(before).cloned(), clause.quantity(index).cloned()) else {
            return;
        };
        let open = clause.assigned.get(before) == Some(&None) && money.class == Some(UnitClass::Known(Unit::Vnd));
        let of = clause.assigned.get(index).copied().flatten();
        let (Some(of), Some(value), true) = (of, money.value, open) else { return };
        let beside = !(money.end()..count.first)
            .any(|t| clause.tokens.get(t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(_))));
        let indicator = self.linked.drafts.get(of).map(|d| d.indicator);
        let (Some(indicator), true) = (indicator, beside) else { return };
        let reading = self.reading(clause, before, false);
        let Some(found) = self.companion_of(&reading, of, indicator, true) else { return };
        if let Ok(draft) = self.value(clause, before, &money, value, found) {
            self.linked.drafts.push(draft);
            let at = self.linked.drafts.len() - 1;
            let key = (clause.block, clause.reach.quantities.start + before);
            self.linked.unmapped.remove(&key);
            self.linked.owner.insert(key, at);
            if let Some(slot) = clause.assigned.get_mut(before) {
                *slot = Some(at);
            }
        }
    }

    /// The breakdown of what follows a value: the value's own as far as it is admitted, what its own words state, and
    /// what the value's words state of dimensions that only the follower has.
    pub(super) fn companion_breakdown(
        &self,
        clause: &Clause<'_>,
        index: usize,
        of: usize,
        indicator: u16,
    ) -> Vec<(String, String)> {
        let (Some(draft), Some(rule)) = (self.linked.drafts.get(of), self.dictionary.indicator(indicator)) else {
            return Vec::new();
        };
        let mut all: Vec<(String, String)> =
            draft.breakdown.iter().filter(|(d, _)| rule.breakdowns.contains(d)).cloned().collect();
        let base_index = clause.assigned.iter().position(|d| *d == Some(of));
        if let Some(base) = base_index {
            let theirs = self.categories(clause, base, indicator);
            let base_breakdowns =
                self.dictionary.indicator(draft.indicator).map(|i| i.breakdowns.clone()).unwrap_or_default();
            let only_mine: Vec<_> = theirs.into_iter().filter(|(d, _)| !base_breakdowns.contains(d)).collect();
            merge(&mut all, &only_mine);
        }
        merge(&mut all, &self.categories(clause, index, indicator));
        all
    }
}
