//! Drafts of percentages and differences: what they are of, and with which measure.

use rust_decimal::Decimal;

use super::clause::Clause;
use super::relative::{About, Relative};
use super::subject::{rate_of_share, subject_of};
use super::value::{qualifier, span_of};
use super::{Found, Linker, merge};
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::mention::{Quantity, QuantityKind, Span};
use crate::observation::draft::{Draft, Unmapped};
use crate::observation::model::Measure;
use crate::period::PeriodKind;
use crate::text::TokenKind;

impl Linker<'_> {
    pub(super) fn relative(
        &mut self,
        clause: &mut Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        relative: Relative,
    ) -> Result<Draft, Unmapped> {
        let nothing = |reason| Unmapped { reason, candidates: Vec::new() };
        // «Tỷ lệ số hóa hồ sơ: 88,6%»: words of its own that name no indicator do not make it a share of the value before.
        let own_start = clause.left(index).start;
        let rate_of_its_own = matches!(relative.about, About::Share | About::Plan)
            && quantity.kind == QuantityKind::Percent
            && !clause.scan.has_marker(Marker::PlanOfYear, &(own_start..clause.right(index).end))
            && clause.scan.hits_in(&(own_start..quantity.first)).any(|h| {
                h.tag == Tag::Marker(Marker::Share)
                    && clause.plain_words(own_start.saturating_sub(1), h.first as usize) == 0
                    && clause.plain_words(h.last as usize, quantity.first) >= 2
            });
        let far = relative.unclear && relative.about == About::Share;
        if rate_of_its_own || far && clause.plain_words(own_start, quantity.first) >= 3 {
            let named = self.readings(clause, index, true).first().is_some_and(|c| c.anchored && c.specific);
            if !named {
                return Err(nothing("percentage-of-what"));
            }
        }
        let subject = subject_of(self, clause, index, &relative);
        let Some(subject) = subject else { return self.relative_alone(clause, index, quantity, value, &relative) };
        let mut subject = subject.map_err(nothing)?;
        let mut draft = self.draft(subject)?.clone();
        if quantity.kind == QuantityKind::Plain
            && quantity.class.is_some()
            && let Some(part) = self.dictionary.rules.get(usize::from(draft.indicator)).and_then(|r| r.share_of)
            && self.dictionary.indicator(part).is_some_and(|i| self.dictionary.unit_fit(i.unit, quantity.class) > 0.0)
        {
            // A change in households after a rate of households is one of their number.
            draft.indicator = part;
        }
        let Some(row) = self.dictionary.indicator(draft.indicator) else { return Err(nothing("no-indicator")) };
        if let Some(rate) = rate_of_share(self, clause, index, &relative, &draft) {
            let mut made = self.relative_draft(clause, index, quantity, value, &draft);
            made.about = Some(subject);
            made.indicator = rate;
            let admitted = self.dictionary.indicator(rate).map(|i| i.breakdowns.clone()).unwrap_or_default();
            if made.breakdown.iter().all(|(d, _)| admitted.contains(d)) {
                made.measure = Measure::Actual;
                made.of = None;
                return Ok(made);
            }
        }
        // «trễ hạn 15 hồ sơ; tỷ lệ trước và đúng hạn 99,61%»: of the whole whose other part it names.
        if relative.about == About::Share
            && let Some(part) = draft.part_of
        {
            let pairs = self.own_categories(clause, index, draft.indicator);
            let other = |(d, c): &(String, String)| pairs.iter().any(|(own, category)| own == d && category != c);
            if draft.breakdown.iter().any(other) {
                subject = part.whole;
                draft = self.draft(subject)?.clone();
            }
        }
        let mut made = self.relative_draft(clause, index, quantity, value, &draft);
        made.about = Some(subject);
        if relative.about == About::Share {
            let pairs = self.categories(clause, index, draft.indicator);
            if pairs.is_empty() && self.names_a_part(clause, index, quantity, &draft) {
                return Err(nothing("part-not-in-register"));
            }
            if pairs.is_empty()
                && clause.depth(quantity.first) > 0
                && self.foreign_category(clause, index, draft.indicator)
            {
                return Err(nothing("breakdown-not-in-register"));
            }
            let new: Vec<_> = pairs.into_iter().filter(|(d, _)| draft.breakdown.iter().all(|(o, _)| o != d)).collect();
            merge(&mut made.breakdown, &new);
            made.breakdown.sort();
        }
        let is_rate = row.unit == Unit::Percent;
        let (measure, value) = relative.measure_and_value(value, quantity.kind, is_rate);
        if matches!(measure, Measure::YoyAbs | Measure::PrevAbs | Measure::YoyBase | Measure::Plan)
            && quantity.class.is_some()
            && !is_rate
            && self.dictionary.unit_fit(row.unit, quantity.class) <= 0.0
            && self.counted_as(&draft) != quantity.class
        {
            return Err(nothing("change-of-another-unit"));
        }
        let measure = self.against_year_before(clause, &made, measure);
        made.measure = measure;
        made.value = value;
        made.base = relative.base_text(self.document, clause, index);
        if matches!(measure, Measure::YoyBase | Measure::Plan) {
            made.of = None;
        }
        if measure == Measure::Plan {
            made.period = None;
        }
        if relative.unclear {
            made.confidence -= self.dictionary.confidence.loses.percent_unclear;
        }
        Ok(made)
    }

    /// What is set against the end of the year before is set against the same period where it is a year's own figure.
    fn against_year_before(&self, clause: &Clause<'_>, made: &Draft, measure: Measure) -> Measure {
        let year = made.period.filter(|p| p.kind == PeriodKind::Year).map(|p| p.year);
        let named = |year: u16| {
            let inside = made.tokens.start.saturating_sub(8)..made.tokens.end + 12;
            clause
                .scan
                .periods
                .iter()
                .any(|m| m.span == Span::Year && m.year == Some(year - 1) && inside.contains(&m.first))
        };
        match measure {
            Measure::PrevAbs if year.is_some_and(named) => Measure::YoyAbs,
            Measure::PrevPct if year.is_some_and(named) => Measure::YoyPct,
            other => other,
        }
    }

    /// Whether a share is of a part with words of its own, which state no category: «Chuyên gia chiếm 52%», «81,5% có
    /// việc làm sau sáu tháng».
    fn names_a_part(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity, subject: &Draft) -> bool {
        let here = subject.block == clause.block && subject.sentence == clause.sentence;
        let from = if here { subject.tokens.end } else { clause.reach.sentence.start };
        let from = index.checked_sub(1).and_then(|at| clause.quantity(at)).map_or(from, |q| q.end().max(from));
        if from >= quantity.first {
            return false;
        }
        // Between a value and its share stand its own nouns; a part's name begins after a comma, or with the sentence.
        let parted =
            |t: &usize| clause.tokens.get(*t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(',' | ';' | ':')));
        let named_from = if here { (from..quantity.first).rev().find(parted) } else { Some(from) };
        let before = named_from.map_or(0, |t| clause.plain_words(t.saturating_sub(usize::from(!here)), quantity.first));
        let right = clause.right(index);
        let told = clause.scan.hits_in(&right).any(|h| {
            matches!(
                h.tag,
                Tag::Marker(Marker::OfWhichPercent | Marker::Compare | Marker::SamePeriod | Marker::PlanOfYear)
            )
        });
        let stop = right.clone().find(|t| clause.tokens.get(*t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(_))));
        let after = clause.plain_words(quantity.last, stop.unwrap_or(right.end));
        let said = clause.scan.has_marker(Marker::Share, &(from..quantity.first))
            || clause.before(index, Marker::Equal, 0).is_some();
        before >= 2 || !told && !said && after >= 2
    }

    /// A percentage in a sentence without its value: the sentence's own words say what it is of.
    pub(super) fn relative_alone(
        &mut self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        relative: &Relative,
    ) -> Result<Draft, Unmapped> {
        let candidates = self.readings(clause, index, true);
        let enough = self.dictionary.confidence.scores.enough;
        let best = candidates.first().copied().filter(|c| c.score >= enough && relative.is_told());
        let Some(best) = best else {
            return Err(Unmapped {
                reason: "percentage-of-what",
                candidates: candidates.iter().take(3).map(|c| (c.indicator, c.score)).collect(),
            });
        };
        let mut draft = self.value(clause, index, quantity, value, Found::Own(best))?;
        let is_rate = self.dictionary.indicator(best.indicator).is_some_and(|i| i.unit == Unit::Percent);
        let (measure, value) = relative.measure_and_value(value, quantity.kind, is_rate);
        draft.of = measure.is_relative().then_some(draft.measure).filter(|m| m.is_result());
        draft.measure = measure;
        draft.value = value;
        if measure == Measure::Plan {
            draft.period = None;
        }
        draft.confidence -= self.dictionary.confidence.loses.carried;
        draft.is_main = false;
        Ok(draft)
    }

    pub(super) fn relative_draft(
        &self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        subject: &Draft,
    ) -> Draft {
        Draft {
            block: clause.block,
            sentence: clause.sentence,
            tokens: quantity.first..quantity.last + 1,
            span: span_of(clause.tokens, quantity),
            quote: clause.item_range(index),
            indicator: subject.indicator,
            breakdown: subject.breakdown.clone(),
            measure: Measure::Share,
            of: Some(if subject.measure == Measure::Cumulative { Measure::Cumulative } else { Measure::Actual }),
            base: String::new(),
            period: subject.period,
            value,
            qualifier: qualifier(quantity.approx),
            status: subject.status,
            origin: clause.origin,
            confidence: (subject.confidence - 0.01).clamp(0.05, 0.99),
            rule: format!("about: {}", subject.rule),
            part_of: None,
            about: None,
            is_main: false,
            place: None,
            province: None,
            candidates: Vec::new(),
        }
    }
}
