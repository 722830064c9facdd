//! How an indicator is found for a value: by its own words, or by the values beside it.

use super::clause::Clause;
use super::{Found, Linker};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{Part, Tag, UnitClass};
use crate::document::BlockKind;
use crate::mention::{Quantity, QuantityKind};
use crate::observation::breakdown::stated;
use crate::observation::candidates::{Candidate, Reading};
use crate::observation::draft::{Draft, Unmapped};
use crate::observation::model::Measure;
use crate::observation::time::Coverage;
use crate::text::{Token, TokenKind};

impl Linker<'_> {
    /// Whether a word right before the number asks for the subject's value for another period or plan.
    pub(super) fn asks_for_subject(&self, clause: &Clause<'_>, index: usize) -> bool {
        let plan = Marker::PlanValue;
        [Marker::Cumulative, Marker::InPeriod, Marker::Estimate, plan]
            .iter()
            .filter(|m| **m != plan || !clause.follows_leading(index))
            .any(|m| clause.before(index, *m, 3).is_some())
            || clause.before_bracket(index, Marker::PlanOfYear) && clause.opens_bracket(index)
            || {
                let left = clause.left(index);
                clause.events.iter().any(|e| e.first >= left.start && e.last < left.end)
            }
            || self.period_after(clause, index).is_some()
            || clause.period_opens_bracket(index)
    }

    /// The period that follows the number at once: `19.685 người của 9 tháng đầu năm`, `145.712 hồ sơ cả năm`.
    pub(super) fn period_after(&self, clause: &Clause<'_>, index: usize) -> Option<Coverage> {
        let right = clause.right(index);
        let end = clause.quantity(index + 1).map_or(right.end, |next| next.first.max(right.end));
        let event = clause.events.iter().find(|e| e.first >= right.start && e.last < end)?;
        // In a list that puts the number first, a period before the first comma is the number's.
        let comma =
            |t: &usize| clause.tokens.get(*t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(',' | ';' | '(')));
        let first = clause.quantity(index).filter(|_| index == 0).map(|q| q.first);
        let words =
            |to: usize| (clause.reach.sentence.start..to).any(|t| clause.tokens.get(t).is_some_and(Token::is_word));
        let begins = first.is_some_and(|first| !words(first));
        if begins && matches!(event.coverage, Coverage::Other(_)) && !(right.start..event.first).any(|t| comma(&t)) {
            return Some(event.coverage);
        }
        let leads = (right.start..event.first).all(|t| clause.tokens.get(t).is_some_and(Token::is_word));
        (leads && event.first <= right.start + 1).then_some(event.coverage)
    }

    pub(super) fn find(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Found {
        let reading = self.reading(clause, index, false);
        let candidates = self.readings(clause, index, false);
        let scores = self.dictionary.confidence.scores;
        let own = candidates.first().copied().filter(|c| c.score >= scores.enough);
        let unmapped = |reason: &'static str| {
            Found::Nothing(Unmapped {
                reason,
                candidates: candidates.iter().take(3).map(|c| (c.indicator, c.score)).collect(),
            })
        };
        if let Some(found) = self.leaving(clause, index, quantity) {
            return found;
        }
        if let Some(found) = self.in_turn(clause, index).or_else(|| self.named_in_turn(clause, index)) {
            return found;
        }
        if let Some(found) = self.other_part(clause, index).or_else(|| self.other_item(clause, index)) {
            return found;
        }
        if self.singles_out_district(clause, index) || self.is_rate_of_a_district(clause, index) {
            return unmapped("district-row");
        }
        let near = own.filter(|c| c.anchored && c.specific);
        if near.is_none()
            && let Some(of) = self.restated(clause, index, quantity)
        {
            return Found::Restated { of };
        }
        let companion = self.companion(clause, &reading, index);
        if let Some((whole, exhaustive)) = self.whole(clause, index) {
            return self.find_part(clause, &reading, index, whole, exhaustive, &candidates, companion, &unmapped);
        }
        if let Some(Found::Nothing(_)) = &companion
            && near.is_none()
            && let Some(found) = companion
        {
            return found;
        }
        if let Some(Found::Companion { indicator, .. }) = &companion {
            let own_is_better = near.is_some_and(|c| {
                c.indicator != *indicator && c.nearness >= 1.0 && c.score >= scores.strong + 0.6 && c.fit >= 0.9
            });
            if !own_is_better && let Some(found) = companion {
                return found;
            }
        }
        let before = clause.value_before(index).and_then(|at| clause.assigned.get(at).copied().flatten());
        if near.is_none()
            && self.asks_for_subject(clause, index)
            && let Some(of) =
                self.named_before(clause, own, index).or_else(|| self.subject_like(clause, &reading, index))
        {
            return Found::Carried { of };
        }
        if let Some(of) = before
            && let Some(draft) = self.linked.drafts.get(of)
        {
            let fits = reading.unit_fit(draft.indicator) > 0.0 && !reading.is_forbidden(draft.indicator);
            let pairs = if fits { self.categories(clause, index, draft.indicator) } else { Vec::new() };
            // «số đang cai 486 học viên, bắt buộc 471»: words of a category alone say a part, whatever else they could.
            let may = reading.unit_fit(draft.indicator) > 0.0 && !reading.is_forbidden_part(draft.indicator);
            let bare = may
                && quantity.value.is_some_and(|v| v <= draft.value)
                && draft.measure != Measure::Plan
                && self.is_bare_part(clause, index, draft.indicator);
            let pairs =
                if bare && pairs.is_empty() { self.part_categories(clause, index, draft.indicator) } else { pairs };
            if bare && !pairs.is_empty() {
                let new = pairs.iter().all(|(d, _)| draft.breakdown.iter().all(|(o, _)| o != d));
                match draft.part_of {
                    Some(part) if new => return Found::Part { whole: part.whole, exhaustive: false, pairs },
                    None if new && draft.breakdown.is_empty() => {
                        return Found::Part { whole: of, exhaustive: false, pairs };
                    }
                    None if new => return Found::Beside { of, pairs },
                    _ => {}
                }
            }
            let goes_on = near.is_some_and(|c| {
                c.indicator == draft.indicator
                    && draft.part_of.is_some()
                    && pairs.iter().any(|(d, _)| draft.breakdown.iter().any(|(o, _)| o == d))
                    && !self.asks_for_subject(clause, index)
                    && !clause.has_semicolon(draft.tokens.end, quantity.first)
            });
            if fits && (goes_on || near.is_none_or(|c| self.names_of_another(&pairs, c.indicator))) {
                let same_dimension = pairs.iter().any(|(d, _)| draft.breakdown.iter().any(|(other, _)| other == d));
                if same_dimension {
                    return Found::Sibling { of, pairs };
                }
                // «… có 3.018 phụ nữ; dân tộc thiểu số 3.206 người»: another attribute of the same whole.
                if let Some(part) = draft
                    .part_of
                    .filter(|_| !pairs.is_empty() && self.names_only_categories(clause, index, draft.indicator))
                {
                    return Found::Part { whole: part.whole, exhaustive: false, pairs };
                }
                if !pairs.is_empty()
                    && draft.breakdown.is_empty()
                    && (!clause.has_semicolon(draft.tokens.end, quantity.first)
                        || self.names_only_categories(clause, index, draft.indicator))
                {
                    return Found::Part { whole: of, exhaustive: false, pairs };
                }
            }
        }
        if near.is_none()
            && let Some(found) = self.parallel_item(clause, &reading, index)
        {
            return found;
        }
        if before.is_none()
            && let Some(found) = self.part_of_memory(clause, &reading, index, near)
        {
            return found;
        }
        // A number without words of its own beside a value of the same indicator restates nothing.
        let restates = own.is_some_and(|c| {
            let far = c.nearness < 0.6 && !self.asks_for_subject(clause, index);
            let pairs = self.categories(clause, index, c.indicator);
            (!c.anchored || far)
                && clause.assigned.iter().flatten().any(|d| {
                    self.linked.drafts.get(*d).is_some_and(|x| {
                        x.indicator == c.indicator
                            && x.measure == Measure::Actual
                            && (!c.anchored || x.breakdown == pairs)
                    })
                })
        });
        if restates {
            return unmapped("no-words-of-its-own");
        }
        match own.or_else(|| self.by_title(clause, index)) {
            Some(found) if self.names_a_part_beyond(clause, index, &found) => unmapped("breakdown-not-in-register"),
            Some(found) if self.is_part_of_sentence_before(clause, index, quantity, &found) => {
                unmapped("part-not-in-register")
            }
            Some(found) => Found::Own(found),
            None => unmapped("no-indicator"),
        }
    }

    /// Whether the word right before a number names a part of persons that the indicator's register row does not split
    /// it by: «Số lao động xuất cảnh là người DTTS 190 người».
    fn names_a_part_beyond(&self, clause: &Clause<'_>, index: usize, found: &Candidate) -> bool {
        let (Some(row), Some(quantity)) = (self.dictionary.indicator(found.indicator), clause.quantity(index)) else {
            return false;
        };
        let left = found.span.1.saturating_add(1).min(quantity.first)..quantity.first;
        stated(clause.tokens, clause.scan, &left, &row.id, self.dictionary).iter().any(|s| {
            let dimension = self.dictionary.dimensions.get(usize::from(s.dimension));
            !s.category.is_empty()
                && s.last + 1 == quantity.first
                && dimension.is_some_and(|d| d.of_persons && !row.breakdowns.contains(&d.id))
        })
    }

    /// Whether a sentence that opens with «Trong đó» counts again what the sentence before counted: a part by what no
    /// category is.
    fn is_part_of_sentence_before(
        &self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        found: &Candidate,
    ) -> bool {
        clause.parts_opener(quantity).is_some()
            && !self.asks_for_subject(clause, index)
            && self.categories(clause, index, found.indicator).is_empty()
            && clause.memory.iter().filter_map(|at| self.linked.drafts.get(*at)).any(|whole| {
                whole.indicator == found.indicator
                    && whole.breakdown.is_empty()
                    && quantity.value.is_some_and(|value| value < whole.value)
            })
    }

    /// Those who leave a place, after those who came in: `tiếp nhận 47 đối tượng, giảm 33 đối tượng`. What is compared
    /// with another time is a change.
    pub(super) fn leaving(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Option<Found> {
        let before = clause.value_before(index)?;
        let of = clause.assigned.get(before).copied().flatten()?;
        let draft = self.linked.drafts.get(of)?;
        let indicator = self.dictionary.rules.get(usize::from(draft.indicator))?.decrease?;
        let falls = quantity.kind == QuantityKind::Plain && clause.before(index, Marker::Decrease, 0).is_some();
        let after = draft.tokens.end..clause.item_range(index).end;
        let compared = [Marker::Compare, Marker::SamePeriod, Marker::PreviousPeriod];
        let compared = compared.iter().any(|m| clause.scan.has_marker(*m, &after));
        (falls && !compared).then_some(Found::Companion { of, indicator })
    }

    /// A part of what the sentence before is about, where no more than a category is said of the number: «Lao động nữ là
    /// 4.012 người», «Phần đông đi Nhật Bản (39 người)».
    pub(super) fn part_of_memory(
        &self,
        clause: &Clause<'_>,
        reading: &Reading<'_>,
        index: usize,
        near: Option<Candidate>,
    ) -> Option<Found> {
        if clause.value_before(index).is_some() {
            return None;
        }
        // «Dẫn đầu là thị trường Nhật Bản với 604 người»: of the last value of what its own words name.
        let same = |at: &&usize| {
            near.zip(self.linked.drafts.get(**at)).is_some_and(|(near, draft)| near.indicator == draft.indicator)
        };
        let value = clause.quantity(index)?.value?;
        let holds = |at: &&usize| self.linked.drafts.get(**at).is_some_and(|d| d.value >= value);
        let named = clause.memory.iter().rev().filter(same).find(holds).copied();
        let named = named.filter(|_| !self.asks_for_subject(clause, index));
        // A part that no word calls one is no greater than its whole.
        let whole = named.or(clause.memory.iter().find(holds).copied())?;
        let draft = self.linked.drafts.get(whole)?;
        let pairs = self.categories(clause, index, draft.indicator);
        let new = pairs.iter().any(|(d, _)| draft.breakdown.iter().all(|(o, _)| o != d));
        let fits = reading.unit_fit(draft.indicator) > 0.0 && !reading.is_forbidden(draft.indicator);
        let end = clause.quantity(index)?.first;
        let start = clause.before_lone_bracket(index).map_or(clause.reach.strict.get(index)?.start, |r| r.start);
        let bare = named.is_some()
            || clause.before_lone_bracket(index).is_some()
            || start < end && self.covered_by_categories(clause, index, draft.indicator, (start, end - 1));
        let rival = near.is_some_and(|c| c.indicator != draft.indicator && !self.names_of_another(&pairs, c.indicator));
        (new && fits && bare && !rival).then_some(Found::Part { whole, exhaustive: false, pairs })
    }

    /// Whether proper names (of countries, of ethnic groups) among the categories split one indicator and not another.
    pub(super) fn names_of_another(&self, pairs: &[(String, String)], other: u16) -> bool {
        let Some(row) = self.dictionary.indicator(other) else { return false };
        pairs.iter().any(|(dimension, _)| {
            let at = self.dictionary.dimension_ids.get(dimension).copied();
            let proper =
                at.and_then(|d| self.dictionary.dimensions.get(usize::from(d))).is_some_and(|d| d.proper_names);
            proper && !row.breakdowns.contains(dimension)
        })
    }

    /// Index of the first draft of a block, or of those after it: drafts lie in the order of their blocks.
    pub(super) fn first_draft_of(&self, block: usize) -> usize {
        self.linked.drafts.partition_point(|d| d.block < block)
    }

    /// The value that a number without words of its own says again: an equal one of the same block, or of the report
    /// where the number stands in its assessment, if all such values are one figure.
    pub(super) fn restated(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Option<usize> {
        let value = quantity.value?;
        let money = quantity.class == Some(UnitClass::Known(Unit::Vnd));
        let telling = value.normalize().mantissa().unsigned_abs() >= if money { 1_000 } else { 100 };
        if !telling || quantity.kind != QuantityKind::Plain || quantity.class.is_none() {
            return None;
        }
        let assesses = self.document.blocks.get(clause.block).is_some_and(|b| b.part == Part::Assessment);
        let reading = self.reading(clause, index, false);
        let from = if assesses { 0 } else { self.first_draft_of(clause.block) };
        let mut same = self
            .linked
            .drafts
            .iter()
            .enumerate()
            .skip(from)
            .filter(|(_, d)| d.value == value && d.measure.is_result() && reading.unit_fit(d.indicator) > 0.5);
        let (at, first) = same.next()?;
        same.all(|(_, d)| d.indicator == first.indicator && d.breakdown == first.breakdown).then_some(at)
    }

    /// Whether the number is of a part of the province singled out after the whole: «riêng huyện … có 1.460 người».
    pub(super) fn singles_out_district(&self, clause: &Clause<'_>, index: usize) -> bool {
        let left = clause.left(index);
        let Some(beside) = clause.scan.last_marker(Marker::Besides, &left) else { return false };
        let next = beside.last as usize + 1;
        let district = clause.scan.hits_at(next).iter().find(|h| h.tag == Tag::Marker(Marker::District));
        let named =
            district.is_some_and(|h| clause.tokens.get(h.last as usize + 1).is_some_and(|t| t.is_word() && t.capital));
        // «Riêng khu vực Bạc Liêu cũ»: what was a province before the merger.
        let once_a_province = clause.scan.hits_in(&(next..left.end)).any(|h| matches!(h.tag, Tag::Province(_)));
        (named || once_a_province) && (clause.value_before(index).is_some() || !clause.memory.is_empty())
    }

    /// Whether the name of a district stands right before a rate: «Các huyện vùng cao như Mường Nhé 57,31%, Nậm Pồ 50,12%».
    fn is_rate_of_a_district(&self, clause: &Clause<'_>, index: usize) -> bool {
        let Some(quantity) = clause.quantity(index).filter(|q| q.kind == QuantityKind::Percent) else { return false };
        let start = clause.reach.sentence.start;
        let in_name = |t: &usize| clause.tokens.get(*t).is_some_and(|k| k.is_word() && k.capital);
        let name = (start..quantity.first).rev().take_while(in_name).last().unwrap_or(quantity.first)..quantity.first;
        let known = clause.scan.hits_in(&name).any(|h| match h.tag {
            Tag::Term(_) | Tag::Category(_) => true,
            Tag::Province(_) => h.first as usize == name.start && h.last as usize + 1 == name.end,
            _ => false,
        });
        name.len() >= 2
            && name.start > start
            && !known
            && clause.scan.has_marker(Marker::District, &(start..name.start))
    }

    /// The same place of the item before, of a list whose items are named by a category alone:
    /// «- Vận động xã hội hóa: 4.120 suất» after «- Quà của tỉnh: 52.310 suất».
    fn parallel_item(&self, clause: &Clause<'_>, reading: &Reading<'_>, index: usize) -> Option<Found> {
        let (alike, of) = self.item_before(clause, index)?;
        let draft = self.linked.drafts.get(of)?;
        let pairs = self.part_categories(clause, index, draft.indicator);
        let pairs = if pairs.is_empty() { self.categories(clause, index, draft.indicator) } else { pairs };
        let parallel = pairs.iter().any(|(d, _)| draft.breakdown.iter().any(|(o, _)| o == d));
        (alike && parallel && reading.unit_fit(draft.indicator) > 0.0).then_some(Found::Sibling { of, pairs })
    }

    /// The first value of the item before in the list that a first value stands in, and whether it is counted in the
    /// same noun.
    pub(super) fn item_before(&self, clause: &Clause<'_>, index: usize) -> Option<(bool, usize)> {
        let block = self.document.blocks.get(clause.block)?;
        if block.label == 0 || clause.sentence > 0 || index > 0 {
            return None;
        }
        let quantity = clause.quantity(index)?;
        let before = self
            .document
            .blocks
            .get(..clause.block)?
            .iter()
            .rposition(|b| !matches!(b.kind, BlockKind::Furniture | BlockKind::Footnote(_)))?;
        let sibling = self.document.blocks.get(before)?;
        if sibling.label == 0 || sibling.level != block.level || sibling.intro != block.intro {
            return None;
        }
        let of = self.first_draft_of(before);
        let draft = self.linked.drafts.get(of).filter(|d| d.block == before && d.sentence == 0)?;
        let first = self.scans.get(before)?.quantities.first()?;
        let opens = draft.tokens.start == first.first && !draft.measure.is_relative();
        opens.then_some((first.class == quantity.class, of))
    }

    /// The reading by the heading right above, for a number whose own words name nothing.
    pub(super) fn by_title(&self, clause: &Clause<'_>, index: usize) -> Option<Candidate> {
        let mut reading = self.reading(clause, index, false);
        reading.by_title = true;
        let best = reading.candidates().into_iter().next()?;
        let exact = best.fit >= 0.95 || clause.quantity(index).is_some_and(|q| q.class.is_none());
        (exact && best.score >= self.dictionary.confidence.scores.enough).then_some(best)
    }

    /// What the noun after a value's number counts.
    pub(super) fn counted_as(&self, draft: &Draft) -> Option<UnitClass> {
        let quantities = &self.scans.get(draft.block)?.quantities;
        quantities.iter().find(|q| q.first == draft.tokens.start)?.class
    }

    /// The value of the sentence before that states what a number's own words name, where no value stands between:
    /// «…, ban hành 2.214 quyết định hưởng. Lũy kế đã ban hành 5.512 quyết định».
    fn named_before(&self, clause: &Clause<'_>, own: Option<Candidate>, index: usize) -> Option<usize> {
        let own = own.filter(|c| c.anchored && clause.value_before(index).is_none())?;
        let named = |at: &&usize| self.linked.drafts.get(**at).is_some_and(|d| d.indicator == own.indicator);
        clause.memory.iter().find(named).copied()
    }

    /// The value whose other period a number states: the nearest before it that is counted in the same noun, else in
    /// one that fits; failing that in the sentence, in the one before.
    pub(super) fn subject_like(&self, clause: &Clause<'_>, reading: &Reading<'_>, index: usize) -> Option<usize> {
        let class = clause.quantity(index)?.class;
        let mut values: Vec<usize> = (0..index)
            .rev()
            .filter(|at| clause.is_value.get(*at) == Some(&true))
            .filter_map(|at| clause.assigned.get(at).copied().flatten())
            .collect();
        if values.is_empty() && clause.value_before(index).is_none() {
            values.extend(clause.memory.iter().copied());
        }
        // «- Cả năm: 71.250 người» after «- Trong quý: 18.400 người»
        if values.is_empty() {
            values.extend(self.item_before(clause, index).filter(|(alike, _)| *alike).map(|(_, of)| of));
        }
        let fits = |d: &usize| {
            self.linked.drafts.get(*d).is_some_and(|draft| {
                reading.unit_fit(draft.indicator) > 0.0
                    && !reading.is_forbidden(draft.indicator)
                    && !matches!(draft.measure, Measure::PerUnit)
            })
        };
        let same = |d: &usize| {
            self.linked
                .drafts
                .get(*d)
                .and_then(|draft| self.dictionary.indicator(draft.indicator))
                .is_some_and(|i| class == Some(UnitClass::Known(i.unit)))
        };
        // «11 vụ, 04 người chết, 08 người bị thương (9 tháng 34 vụ)»: counted in the same noun.
        let alike = |d: &usize| {
            let counted = self.linked.drafts.get(*d).and_then(|draft| self.counted_as(draft));
            class.is_some() && counted == class
        };
        let mains: Vec<usize> = values
            .iter()
            .copied()
            .filter(|d| self.linked.drafts.get(*d).is_some_and(|x| x.part_of.is_none()))
            .collect();
        let choose = |list: &[usize]| {
            let first = |which: &dyn Fn(&usize) -> bool| list.iter().copied().find(|d| fits(d) && which(d));
            first(&same).or_else(|| first(&alike)).or_else(|| first(&|_| true))
        };
        choose(&mains).or_else(|| choose(&values))
    }
}
