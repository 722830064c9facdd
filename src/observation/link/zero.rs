//! Zeros told in words.

use rust_decimal::Decimal;

use super::clause::Clause;
use super::{Found, Linker};
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::register::{Kind, Unit};
use crate::mention::Quantity;
use crate::observation::candidates::Candidate;
use crate::observation::draft::{Draft, Unmapped};
use crate::observation::model::Measure;
use crate::text::Token;

impl Linker<'_> {
    pub(super) fn zero(
        &mut self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
    ) -> Result<Vec<Draft>, Unmapped> {
        let scores = self.dictionary.confidence.scores;
        let candidates = self.readings(clause, index, true);
        let sentence_end = clause.item_range(index).end;
        if clause.scan.has_marker(Marker::OneKindOnly, &(quantity.last + 1..sentence_end.min(quantity.last + 12))) {
            return Ok(Vec::new());
        }
        // «không có …», «không để xảy ra sai sót»: what is denied must be among the words that name the indicator.
        let object_needed = (quantity.end()..sentence_end)
            .take_while(|t| clause.tokens.get(*t).is_some_and(Token::is_word))
            .any(|t| clause.scan.marked.get(t) != Some(&true));
        let named_after = candidates
            .iter()
            .any(|c| c.span.0 > quantity.last && c.nearness >= 1.0 && c.specific && c.score >= scores.strong);
        let mut taken: Vec<Candidate> = Vec::new();
        for candidate in candidates.iter().copied() {
            if named_after && candidate.span.1 < quantity.first {
                continue;
            }
            let countable = self
                .dictionary
                .indicator(candidate.indicator)
                .is_some_and(|i| i.kind != Kind::Rate && i.unit != Unit::Vnd);
            let apart = taken.iter().all(|t| candidate.span.1 < t.span.0 || t.span.1 < candidate.span.0);
            let denied = !object_needed || candidate.span.1 > quantity.last;
            if candidate.nearness >= 1.0
                && candidate.specific
                && candidate.score >= scores.strong
                && countable
                && apart
                && denied
            {
                taken.push(candidate);
            }
        }
        let mut drafts = Vec::new();
        let subject = self.denied_subject(clause, index, quantity, object_needed).filter(|_| taken.is_empty());
        let found = taken.into_iter().map(Found::Own).chain(subject.map(|of| Found::Carried { of }));
        for found in found.collect::<Vec<_>>() {
            let mut draft = self.value(clause, index, quantity, Decimal::ZERO, found)?;
            let denied_in_part = draft.breakdown.iter().any(|(dimension, _)| {
                let at = self.dictionary.dimension_ids.get(dimension).copied();
                at.and_then(|d| self.dictionary.dimensions.get(usize::from(d))).is_some_and(|d| d.denial_is_no_zero)
            });
            if denied_in_part {
                continue;
            }
            draft.confidence -= self.dictionary.confidence.loses.zero_statement;
            draft.measure = if draft.measure == Measure::PerUnit { Measure::Actual } else { draft.measure };
            drafts.push(draft);
        }
        Ok(drafts)
    }

    /// What the sentence has counted for one period, denied for another by its noun alone: «xảy ra 05 cuộc ngừng việc tính
    /// từ đầu năm, riêng tháng 3 không phát sinh cuộc nào».
    fn denied_subject(
        &self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        object_needed: bool,
    ) -> Option<usize> {
        let of = clause.value_before(index).and_then(|at| clause.assigned.get(at).copied().flatten())?;
        let draft = self.linked.drafts.get(of)?;
        let noun = clause.scan.hits_at(quantity.noun.start).iter().find_map(|h| match h.tag {
            Tag::Unit(id) => self.dictionary.units.get(usize::from(id)).map(|u| u.class),
            _ => None,
        });
        let same = noun.is_some() && noun == self.counted_as(draft);
        let other_period = clause.events.iter().any(|e| e.first >= draft.tokens.end && e.last < quantity.first);
        (same && other_period && !object_needed && draft.measure.is_result() && draft.breakdown.is_empty())
            .then_some(of)
    }
}
