//! From a value with its indicator to a draft: period, measure, status, confidence.

use std::ops::Range;

use rust_decimal::Decimal;

use super::clause::Clause;
use super::{Found, LEAST_TOTAL_FOR_ONE, Linker, merge};
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::dictionary::register::{Indicator, Kind, Unit};
use crate::mention::{Quantity, QuantityKind};
use crate::observation::candidates::Candidate;
use crate::observation::draft::{Draft, PartOf, Unmapped};
use crate::observation::model::{Measure, Qualifier, Status};
use crate::observation::time::{self, Coverage, Event};
use crate::period::{Period, PeriodKind};
use crate::text::Token;

impl Linker<'_> {
    pub(super) fn value(
        &mut self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        found: Found,
    ) -> Result<Draft, Unmapped> {
        let loses = self.dictionary.confidence.loses;
        if let Found::Restated { of } = found {
            let draft = self.draft(of)?;
            return Ok(Draft {
                measure: draft.measure,
                of: None,
                qualifier: qualifier(quantity.approx),
                confidence: (draft.confidence - loses.carried).clamp(0.05, 0.99),
                rule: format!("restates: {}", draft.rule),
                is_main: clause.depth(quantity.first) == 0,
                ..self.relative_draft(clause, index, quantity, value, draft)
            });
        }
        let mut confidence = self.dictionary.confidence.start;
        let (indicator, base, part_of, mut pairs, rule) = match &found {
            Found::Nothing(unmapped) => return Err(unmapped.clone()),
            Found::Restated { .. } => return Err(Unmapped { reason: "no-indicator", candidates: Vec::new() }),
            Found::Own(candidate) => {
                confidence = self.own_confidence(clause, index, candidate);
                let pairs = self.categories(clause, index, candidate.indicator);
                let text = self.wording_text(candidate.wording);
                (candidate.indicator, None, None, pairs, text)
            }
            Found::Part { whole, exhaustive, pairs } => {
                let draft = self.draft(*whole)?;
                confidence = draft.confidence - loses.inherited;
                let mut all = draft.breakdown.clone();
                merge(&mut all, pairs);
                let part = PartOf { whole: *whole, exhaustive: *exhaustive };
                (draft.indicator, Some(*whole), Some(part), all, format!("part of: {}", draft.rule))
            }
            Found::Companion { of, indicator } => {
                let draft = self.draft(*of)?;
                confidence = draft.confidence.min(confidence) - loses.companion;
                let pairs = self.companion_breakdown(clause, index, *of, *indicator);
                (*indicator, Some(*of), None, pairs, format!("follows: {}", draft.rule))
            }
            Found::Sibling { of, pairs } => {
                let draft = self.draft(*of)?;
                confidence = draft.confidence - loses.sibling;
                let mut all = draft.breakdown.clone();
                merge(&mut all, pairs);
                (draft.indicator, Some(*of), draft.part_of, all, format!("next to: {}", draft.rule))
            }
            Found::Beside { of, pairs } => {
                let draft = self.draft(*of)?;
                confidence = draft.confidence - loses.sibling;
                (draft.indicator, Some(*of), None, pairs.clone(), format!("beside: {}", draft.rule))
            }
            Found::Carried { of } => {
                let draft = self.draft(*of)?;
                confidence = draft.confidence - loses.carried;
                let mut all = draft.breakdown.clone();
                merge(&mut all, &self.categories(clause, index, draft.indicator));
                (draft.indicator, Some(*of), None, all, format!("subject: {}", draft.rule))
            }
        };
        let Some(rule_row) = self.dictionary.indicator(indicator) else {
            return Err(Unmapped { reason: "no-indicator", candidates: Vec::new() });
        };
        pairs.retain(|(dimension, _)| rule_row.breakdowns.contains(dimension));
        pairs.sort();
        if quantity.class.is_none() && quantity.kind == QuantityKind::Plain {
            confidence -= loses.no_unit;
        }
        if quantity.kind == QuantityKind::InWords {
            confidence -= loses.number_in_words;
        }
        let inherits = base.filter(|_| !matches!(found, Found::Carried { .. }));
        let coverage = self.coverage(clause, index, indicator, inherits);
        let is_flow = rule_row.kind == Kind::Flow;
        let (mut period, cumulative) = match (coverage, inherits.and_then(|b| self.linked.drafts.get(b))) {
            (Some(coverage), _) => {
                let (period, cumulative) = time::place(coverage, self.report, is_flow);
                ((period != self.report).then_some(period), cumulative)
            }
            (None, Some(draft)) => {
                // «tiếp nhận 3.105 hồ sơ, lũy kế 7.940 hồ sơ; quyết định hưởng 2.876 người»: beyond the semicolon both stand.
                let renewed = matches!(found, Found::Companion { .. })
                    && clause.has_semicolon(draft.tokens.end, quantity.first)
                    && clause.assigned.iter().flatten().filter_map(|d| self.linked.drafts.get(*d)).any(|d| {
                        d.indicator == draft.indicator
                            && d.measure == Measure::Actual
                            && d.tokens.start < draft.tokens.start
                    });
                let cumulative =
                    draft.measure == Measure::Cumulative && !renewed && !self.cumulative_follows(clause, index);
                (draft.period, is_flow && cumulative)
            }
            (None, None) => (None, false),
        };
        if period.is_none() && coverage.is_none() {
            period = clause
                .outer
                .period
                .or(clause.outer.of_stocks.filter(|_| !is_flow))
                .or_else(|| self.period_before(clause, rule_row, inherits.is_some()));
        }
        let mut measure = if cumulative { Measure::Cumulative } else { Measure::Actual };
        let last_year = period.is_some_and(|p| {
            p.last_year() + 1 == self.report.year && (p.kind == self.report.kind || p.kind == PeriodKind::Year)
        });
        let beside = clause.depth(quantity.first) > 0 && matches!(found, Found::Carried { .. });
        let compared = clause.compared_period(index, self.report).filter(|_| beside);
        if let Some(other) = compared {
            measure = Measure::Actual;
            period = Some(other);
        } else if last_year && beside {
            measure = Measure::YoyBase;
            period = base.and_then(|b| self.linked.drafts.get(b)).and_then(|d| d.period);
        } else if self.is_plan(clause, index) {
            measure = Measure::Plan;
            period = None;
        } else if rule_row.unit == Unit::Vnd
            && rule_row.kind == Kind::Flow
            && self.is_for_one(clause, index, quantity, value, &found)
        {
            measure = Measure::PerUnit;
        }
        let estimate = clause.before(index, Marker::Estimate, 6).is_some()
            || inherits.and_then(|b| self.linked.drafts.get(b)).is_some_and(|d| {
                d.status == Status::Estimate && matches!(found, Found::Part { .. } | Found::Sibling { .. })
            });
        let forecast = clause.before(index, Marker::Forecast, 8).is_some();
        let status = if forecast && measure != Measure::Plan {
            Status::Forecast
        } else if estimate {
            Status::Estimate
        } else {
            Status::Reported
        };
        let qualifier = if quantity.upper.is_some() { Qualifier::Over } else { qualifier(quantity.approx) };
        let is_main = part_of.is_none() && clause.depth(quantity.first) == 0 && self.whole(clause, index).is_none();
        Ok(Draft {
            block: clause.block,
            sentence: clause.sentence,
            tokens: quantity.first..quantity.last + 1,
            span: span_of(clause.tokens, quantity),
            quote: clause.item_range(index),
            indicator,
            breakdown: pairs,
            measure,
            of: None,
            base: String::new(),
            period,
            value,
            qualifier,
            status,
            origin: clause.origin,
            confidence: confidence.clamp(0.05, 0.99),
            rule,
            part_of,
            about: if let Found::Companion { of, .. } = found { Some(of) } else { None },
            is_main,
            place: None,
            province: None,
            candidates: self.readings(clause, index, false).iter().take(5).map(|c| (c.indicator, c.score)).collect(),
        })
    }

    /// The coverage of a value: by the last word before it that sets one and still reaches it.
    pub(super) fn coverage(
        &self,
        clause: &Clause<'_>,
        index: usize,
        indicator: u16,
        base: Option<usize>,
    ) -> Option<Coverage> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let first_quantity = clause.quantity(0).map_or(quantity.first, |q| q.first);
        let visible = |e: &&Event| {
            e.last < quantity.first
                && (clause.depth(e.first) == 0
                    || clause.bracket_leads(e.last)
                    || clause.depth(e.first) <= depth
                        && (e.first..quantity.first).all(|t| clause.depth(t) >= clause.depth(e.first)))
        };
        let right = clause.right(index);
        if let Some(after) = clause
            .events
            .iter()
            .find(|e| e.first >= right.start && e.last < right.end && e.coverage == Coverage::Cumulative)
        {
            return Some(after.coverage);
        }
        if let Some(after) = self.period_after(clause, index) {
            return Some(after);
        }
        let base_tokens = base
            .and_then(|d| self.linked.drafts.get(d))
            .filter(|d| d.block == clause.block && d.sentence == clause.sentence)
            .map(|d| d.tokens.end);
        let head = clause.events.iter().filter(|e| e.last < first_quantity).rfind(visible);
        let latest = clause.events.iter().rfind(visible)?;
        if base_tokens.is_some_and(|end| latest.first < end)
            || (base.is_some() && base_tokens.is_none() && latest.last >= first_quantity && head == Some(latest))
        {
            return None;
        }
        if latest.last < first_quantity {
            return Some(latest.coverage);
        }
        // A bracket that opens with a period is about it to its end: «(9 tháng 34 vụ, 13 người chết)».
        let opened = latest.first.checked_sub(1).and_then(|t| clause.tokens.get(t)).is_some_and(|t| t.is('('));
        if opened {
            return Some(latest.coverage);
        }
        if clause.has_semicolon(latest.last, quantity.first) {
            // «Ước tháng 3 cấp mới 96 giấy phép, lũy kế từ đầu năm cấp mới 268; gia hạn 117» in a report of the quarter:
            // what is said once the report's own period is reached stays there.
            let within = |e: &Event| matches!(e.coverage, Coverage::Other(part) if part.within(self.report) && part != self.report);
            let back = latest.coverage == Coverage::Cumulative && self.report.starts_in_january();
            return head.filter(|e| !(back && within(e))).map(|e| e.coverage);
        }
        // An item that opens so is cumulative throughout: «…; lũy kế 34 vụ, chết 05 người».
        let item = clause.reach.item_start.get(index).copied().unwrap_or_default();
        if latest.first == item && item > clause.reach.sentence.start && latest.coverage == Coverage::Cumulative {
            return Some(latest.coverage);
        }
        let next = (0..clause.assigned.len()).find(|i| clause.quantity(*i).is_some_and(|q| q.first > latest.last))?;
        if next == index {
            return Some(latest.coverage);
        }
        let same = clause
            .assigned
            .get(next)
            .copied()
            .flatten()
            .and_then(|d| self.linked.drafts.get(d))
            .is_some_and(|d| d.indicator == indicator);
        // The parts of what has been counted since the year began have been so too, of whatever indicator they are.
        let part_of_it = latest.coverage == Coverage::Cumulative
            && self.whole(clause, index).and_then(|(whole, _)| self.linked.drafts.get(whole)).is_some_and(|whole| {
                whole.measure == Measure::Cumulative
                    && (whole.block, whole.sentence) == (clause.block, clause.sentence)
                    && whole.tokens.start > latest.last
            });
        if same || part_of_it { Some(latest.coverage) } else { head.map(|e| e.coverage) }
    }

    /// Whether the next number is the cumulative value of the same thing: `24,8 tỷ đồng, lũy kế 251,6 tỷ đồng`.
    pub(super) fn cumulative_follows(&self, clause: &Clause<'_>, index: usize) -> bool {
        let (Some(own), Some(next)) = (clause.quantity(index), clause.quantity(index + 1)) else { return false };
        own.class == next.class
            && clause.before(index + 1, Marker::Cumulative, 3).is_some()
            && !clause.has_semicolon(own.end(), next.first)
    }

    /// The other period of the sentence before, for a stock or rate of the same field of work that names none.
    pub(super) fn period_before(&self, clause: &Clause<'_>, of: &Indicator, inherits: bool) -> Option<Period> {
        let (domain, unit) = (of.domain(), of.unit);
        if of.kind == Kind::Flow || inherits {
            return None;
        }
        let before = self.linked.drafts.iter().rev().take_while(|d| d.block == clause.block);
        let near = before.filter(|d| d.sentence + 1 == clause.sentence || d.sentence == clause.sentence);
        near.filter(|d| {
            self.dictionary.indicator(d.indicator).is_some_and(|row| {
                // A rate of households and their number go together.
                let alike = row.unit == unit
                    || matches!((row.unit, unit), (Unit::Percent, Unit::Household) | (Unit::Household, Unit::Percent));
                alike && row.domain() == domain && row.kind != Kind::Flow
            })
        })
        .find_map(|d| d.period)
    }

    pub(super) fn own_confidence(&self, clause: &Clause<'_>, index: usize, candidate: &Candidate) -> f32 {
        let weights = self.dictionary.confidence;
        let loses = weights.loses;
        let mut confidence = weights.start;
        confidence -= (1.0 - candidate.nearness) * loses.far_words;
        if candidate.fit < 0.95 && clause.quantity(index).is_some_and(|q| q.class.is_some()) {
            confidence -= loses.unit_differs * (1.0 - candidate.fit) / 0.3;
        }
        if candidate.from_context {
            confidence -= loses.from_context;
        }
        if candidate.field < 0 {
            confidence -= loses.field_differs;
        }
        if candidate.score < weights.scores.strong {
            let lack =
                (weights.scores.strong - candidate.score) / (weights.scores.strong - weights.scores.enough).max(0.1);
            confidence -= loses.weak * lack.clamp(0.0, 1.0);
        }
        let others = self.readings(clause, index, false);
        let rival = others.iter().find(|c| c.indicator != candidate.indicator);
        if let Some(rival) = rival {
            let gap = (candidate.score - rival.score).max(0.0);
            if gap < weights.scores.margin {
                confidence -= loses.ambiguous * (1.0 - gap / weights.scores.margin);
            }
        }
        confidence
    }

    pub(super) fn is_plan(&self, clause: &Clause<'_>, index: usize) -> bool {
        // The plan that a percentage before the value names is the percentage's.
        if clause.follows_leading(index) {
            return false;
        }
        clause.before(index, Marker::PlanValue, 0).is_some() && clause.before(index, Marker::Reach, 0).is_none()
            || clause.before_bracket(index, Marker::PlanOfYear) && clause.opens_bracket(index)
            || self.opens_with_plan(clause, index)
    }

    /// «Kế hoạch năm giao … cho 20.000 lao động»: the clause opens with the plan, and nothing is said to be done.
    pub(super) fn opens_with_plan(&self, clause: &Clause<'_>, index: usize) -> bool {
        let left = clause.left(index);
        let opening = clause.scan.hits_in(&left).find(|h| h.tag == Tag::Marker(Marker::PlanOpens));
        let Some(opening) = opening else { return self.is_said_to_be_the_plan(clause, index) };
        let done = [Marker::Reach, Marker::ResultColumn, Marker::Cumulative, Marker::InPeriod, Marker::Compare];
        (left.start..opening.first as usize).filter(|t| clause.tokens.get(*t).is_some_and(Token::is_word)).count() <= 2
            && !done.iter().any(|m| clause.scan.has_marker(*m, &(opening.last as usize + 1..left.end)))
    }

    /// «Chỉ tiêu giải quyết việc làm được giao trong năm là 19.000 lao động», «Chỉ tiêu năm 2022 là đưa tỷ lệ xuống còn 2,4%»
    fn is_said_to_be_the_plan(&self, clause: &Clause<'_>, index: usize) -> bool {
        let left = clause.left(index);
        let Some(quantity) = clause.quantity(index) else { return false };
        let ends = |h: &Hit<Tag>| h.last as usize + 1 == quantity.first;
        let is = clause.scan.last_marker(Marker::Is, &left).is_some_and(|is| {
            let level = |h: &Hit<Tag>| h.tag == Tag::Marker(Marker::LevelReached) && h.first > is.last && ends(h);
            ends(is) || clause.scan.hits_in(&left).any(level)
        });
        let opens = clause.scan.hits_in(&left).any(|h| {
            h.tag == Tag::Marker(Marker::PlanOfYear)
                && (left.start..h.first as usize).all(|t| !clause.tokens.get(t).is_some_and(Token::is_word))
        });
        let done = [Marker::Reach, Marker::ResultColumn, Marker::Cumulative, Marker::Compare];
        is && opens && !done.iter().any(|m| clause.scan.has_marker(*m, &left))
    }

    /// Whether an amount is the amount for one: the words say so, or the total would give each one next to nothing.
    pub(super) fn is_for_one(
        &self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        found: &Found,
    ) -> bool {
        if quantity.per_one {
            return true;
        }
        if quantity.per_month {
            return false;
        }
        if clause.before(index, Marker::PerUnit, 5).is_some() {
            return true;
        }
        let Found::Companion { of, .. } = found else { return false };
        self.linked.drafts.get(*of).is_some_and(|count| {
            let people = self.dictionary.indicator(count.indicator).is_some_and(|i| {
                matches!(i.unit, Unit::Person | Unit::PersonTurn | Unit::Household | Unit::Case | Unit::Item)
            });
            people
                && count.value > Decimal::TEN
                && value < count.value.saturating_mul(Decimal::from(LEAST_TOTAL_FOR_ONE))
        })
    }
}

/// The contract's code for a word of approximation.
pub(super) fn qualifier(approx: Option<Marker>) -> Qualifier {
    match approx {
        Some(Marker::Over) => Qualifier::Over,
        Some(Marker::Under) => Qualifier::Under,
        Some(Marker::About) => Qualifier::About,
        _ => Qualifier::Exact,
    }
}

/// Bytes of a quantity's number: of a compound to its last word, of a plain number the number alone.
pub(super) fn span_of(tokens: &[Token], quantity: &Quantity) -> Range<usize> {
    let start = tokens.get(quantity.first).map_or(0, |t| t.start as usize);
    let end = tokens.get(quantity.last).map_or(start, |t| t.end as usize);
    start..end.max(start)
}
