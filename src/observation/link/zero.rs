//! Zeros told in words.

use rust_decimal::Decimal;

use super::clause::Clause;
use super::{Found, Linker};
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
        for candidate in taken {
            let mut draft = self.value(clause, index, quantity, Decimal::ZERO, Found::Own(candidate))?;
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
}
