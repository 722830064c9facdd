//! Parts and their whole: brackets, lists that `trong đó` or a colon opens, notes.

use super::clause::Clause;
use super::{Found, Linker, NOT_MAPPED};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{OTHER, Tag, UnitClass};
use crate::mention::Quantity;
use crate::observation::breakdown::stated_of_parts;
use crate::observation::candidates::{Candidate, Reading};
use crate::observation::model::Measure;
use crate::text::{Token, TokenKind};

/// How near the words of an indicator must be that a part has of its own: those beyond the next number are not.
const LEAST_NEARNESS_OF_A_PART: f32 = 0.1;

impl Linker<'_> {
    /// The value that a part in a bracket or after `trong đó` belongs to, and whether the parts make it up.
    ///
    /// A value that has no indicator has parts that have none: [`NOT_MAPPED`].
    pub(super) fn whole(&self, clause: &Clause<'_>, index: usize) -> Option<(usize, bool)> {
        let (draft, exhaustive) = self.whole_as_written(clause, index)?;
        // «462 học viên, có 18 nữ; chia ra bắt buộc 421»: what exceeds a part is a part of the part's whole.
        let value = clause.quantity(index).and_then(|q| q.value);
        let part = self.linked.drafts.get(draft).filter(|d| value.is_some_and(|v| v > d.value)).and_then(|d| d.part_of);
        Some((part.map_or(draft, |part| part.whole), exhaustive))
    }

    fn whole_as_written(&self, clause: &Clause<'_>, index: usize) -> Option<(usize, bool)> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let draft_before = |token: usize, most_depth: u8| {
            (0..index).rev().find_map(|at| {
                let q = clause.quantity(at)?;
                let is_value = clause.is_value.get(at) == Some(&true) && !self.is_base(clause, at);
                let draft = clause.assigned.get(at).copied().flatten().unwrap_or(NOT_MAPPED);
                (q.end() <= token && clause.depth(q.first) <= most_depth && is_value).then_some((draft, q.end()))
            })
        };
        // «09 phiên trong số đó là phiên lưu động»
        let right = clause.right(index);
        let told_after = clause.scan.hits_at(right.start).iter().any(|h| h.tag == Tag::Marker(Marker::OpensParts))
            && clause.tokens.get(right.start).is_some_and(Token::is_word)
            && clause.scan.hits_at(right.start).iter().any(|h| h.words >= 3);
        if told_after && let Some((draft, _)) = draft_before(quantity.first, depth) {
            return Some((draft, false));
        }
        let opening = (0..quantity.first)
            .rev()
            .take_while(|t| *t >= clause.reach.sentence.start)
            .find(|t| clause.depth(*t) < depth)
            .map(|t| t + 1);
        if depth > 0
            && let Some(open) = opening
        {
            let inside = self.opened_parts(clause, index, open);
            if let Some((draft, _, exhaustive)) = inside {
                return Some((draft, exhaustive));
            }
            if let Some((draft, _)) = draft_before(open, depth - 1) {
                let bracket = open..quantity.first;
                let exhaustive = clause.scan.has_marker(Marker::WholeParts, &bracket);
                return Some((draft, exhaustive));
            }
        }
        if let Some((draft, _, exhaustive)) = self.opened_parts(clause, index, clause.reach.sentence.start) {
            return Some((draft, exhaustive));
        }
        if let Some(draft) = clause.outer.draft {
            return Some((draft, clause.outer.exhaustive));
        }
        self.opened_by_sentence(clause, index, quantity).map(|draft| (draft, false))
    }

    /// The value of the sentence before whose parts a sentence opens: «…, tổng trị giá 76 tỷ đồng. Trong đó quà của tỉnh …».
    fn opened_by_sentence(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Option<usize> {
        let opener = clause.parts_opener(quantity);
        let opens = opener.is_some_and(|t| clause.tokens.get(t).is_some_and(|k| k.capital));
        let money = |unit: Unit| unit == Unit::Vnd;
        let fits = |at: &&usize| {
            let unit =
                self.linked.drafts.get(**at).and_then(|d| self.dictionary.indicator(d.indicator)).map(|i| i.unit);
            unit.is_some_and(|unit| money(unit) == (quantity.class == Some(UnitClass::Known(Unit::Vnd))))
        };
        // Only what words of a category tell is known to be such a part.
        let is_part = |at: &usize| {
            self.linked.drafts.get(*at).is_some_and(|d| {
                !self.part_categories(clause, index, d.indicator).is_empty()
                    || !self.own_categories(clause, index, d.indicator).is_empty()
            })
        };
        // «Chia theo dân tộc, số hộ nghèo là người Mông 33.920 hộ; dân tộc Dao 11.846 hộ»: of what the first part names.
        let indicator = |at: usize| self.linked.drafts.get(at).map(|d| d.indicator);
        let first_part = clause.assigned.iter().take(index).flatten().next().and_then(|at| indicator(*at));
        let of_it = |at: &&usize| first_part.is_none() || indicator(**at) == first_part;
        let mut wholes = clause.memory.iter().rev().filter(|_| opens).filter(fits);
        wholes.find(of_it).copied().filter(is_part)
    }

    /// Whether a quantity became a plan or last year's value: what it is set against has parts, it has not.
    pub(super) fn is_base(&self, clause: &Clause<'_>, index: usize) -> bool {
        let draft = clause.assigned.get(index).copied().flatten().and_then(|d| self.linked.drafts.get(d));
        draft.is_some_and(|d| matches!(d.measure, Measure::Plan | Measure::YoyBase))
    }

    /// The value before the last `trong đó`, `gồm` or colon between `from` and the quantity.
    pub(super) fn opened_parts(&self, clause: &Clause<'_>, index: usize, from: usize) -> Option<(usize, usize, bool)> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let range = from..quantity.first;
        let mut openings: Vec<(usize, bool)> = clause
            .scan
            .hits_in(&range)
            .filter(|h| h.tag == Tag::Marker(Marker::OpensParts) && clause.depth(h.first as usize) <= depth)
            .map(|h| {
                let whole = clause
                    .scan
                    .hits_at(h.first as usize)
                    .iter()
                    .any(|o| o.tag == Tag::Marker(Marker::WholeParts) && o.last == h.last);
                (h.first as usize, whole)
            })
            .collect();
        openings.extend(
            range
                .clone()
                .filter(|t| clause.tokens.get(*t).is_some_and(|k| k.is(':')) && clause.depth(*t) <= depth)
                .map(|t| (t, false)),
        );
        openings.sort_unstable();
        for (open, exhaustive) in openings.into_iter().rev() {
            let before = (0..index).rev().find(|at| {
                clause.quantity(*at).is_some_and(|q| {
                    q.end() <= open
                        && clause.is_value.get(*at) == Some(&true)
                        && !self.is_base(clause, *at)
                        && clause.depth(q.first) <= clause.depth(open).max(depth)
                })
            });
            let Some(before) = before else { continue };
            let Some(q) = clause.quantity(before) else { continue };
            // `;` between the value and the words that open parts: they open something else.
            if clause.has_semicolon(q.end(), open.saturating_sub(1)) {
                continue;
            }
            // An item of the list that stands beside the parts has left them.
            let left = clause
                .scan
                .hits_in(&(open + 1..quantity.first))
                .any(|h| h.tag == Tag::Marker(Marker::Besides) && clause.depth(h.first as usize) <= clause.depth(open));
            if left {
                return None;
            }
            let draft = clause.assigned.get(before).copied().flatten().unwrap_or(NOT_MAPPED);
            return Some((draft, open, exhaustive));
        }
        None
    }

    #[expect(clippy::too_many_arguments, reason = "the evidence is weighed against each other in one place")]
    pub(super) fn find_part(
        &self,
        clause: &Clause<'_>,
        reading: &Reading<'_>,
        index: usize,
        whole: usize,
        exhaustive: bool,
        candidates: &[Candidate],
        companion: Option<Found>,
        unmapped: &dyn Fn(&'static str) -> Found,
    ) -> Found {
        let scores = self.dictionary.confidence.scores;
        let own = candidates.first().copied().filter(|c| c.score >= scores.enough);
        let Some(draft) = self.linked.drafts.get(whole) else {
            return match own.filter(|c| c.anchored && c.specific) {
                Some(own) if whole == NOT_MAPPED => Found::Own(own),
                _ => unmapped("part-of-unmapped"),
            };
        };
        let pairs = self.categories(clause, index, draft.indicator);
        let fits = reading.unit_fit(draft.indicator) > 0.0;
        if fits && clause.compared_period(index, self.report).is_some() {
            return Found::Carried { of: whole };
        }
        let forbidden = reading.is_forbidden_part(draft.indicator);
        let part = |pairs: Vec<(String, String)>| Found::Part { whole, exhaustive, pairs };
        let asks = self.asks_for_subject(clause, index);
        // What follows a value within the parts belongs to that value, not to their whole.
        if let Some(Found::Companion { of, .. }) = &companion
            && *of != whole
            && pairs.is_empty()
            && own.is_none_or(|c| !c.specific || c.nearness < 1.0 || c.indicator == draft.indicator)
            && let Some(found) = companion
        {
            return found;
        }
        // «…; khác: 513»: the rest of a list of parts is the category of all others.
        if pairs.is_empty()
            && let Some(found) = self.other_part(clause, index)
        {
            return found;
        }
        // A list of parts goes on with the categories of the part before.
        let sibling = clause
            .value_before(index)
            .and_then(|at| clause.assigned.get(at).copied().flatten())
            .filter(|d| *d != whole)
            .and_then(|d| self.linked.drafts.get(d).map(|draft| (d, draft)))
            .filter(|(_, d)| d.indicator != draft.indicator && d.part_of.is_some());
        if let Some((of, other)) = sibling
            && own.is_none_or(|c| !c.anchored || !c.specific)
        {
            let pairs = self.categories(clause, index, other.indicator);
            if pairs.iter().any(|(d, _)| other.breakdown.iter().any(|(o, _)| o == d))
                && reading.unit_fit(other.indicator) > 0.0
            {
                return Found::Sibling { of, pairs };
            }
        }
        // «chi cho 168.902 NLĐ với 249 tỷ đồng, trong đó lao động tự do 154.318 người»: of the count that the money is of.
        let is_money = |at: u16| self.dictionary.indicator(at).is_some_and(|i| i.unit == Unit::Vnd);
        if let Some(own) = own.filter(|own| is_money(draft.indicator) && !is_money(own.indicator) && !asks)
            && let Some(count) = self.count_of(clause, whole, own.indicator)
        {
            let pairs = self.categories(clause, index, own.indicator);
            return if pairs.is_empty() {
                unmapped("part-not-in-register")
            } else {
                Found::Part { whole: count, exhaustive, pairs }
            };
        }
        if let Some(own) = own {
            if own.indicator == draft.indicator {
                let other = candidates.iter().copied().find(|c| {
                    c.indicator != draft.indicator
                        && c.anchored
                        && c.score >= scores.strong
                        && !self.categories(clause, index, c.indicator).is_empty()
                });
                if let Some(other) = other.filter(|_| pairs.is_empty()) {
                    return Found::Own(other);
                }
                return if !pairs.is_empty() && !forbidden {
                    part(pairs)
                } else if asks && !(own.anchored && own.specific) {
                    // «Cấp mới 02 giấy phép (lũy kế 38)»: of what the value before is, its categories too.
                    Found::Carried { of: whole }
                } else if asks || clause.outer.draft == Some(whole) && !self.lists_parts(clause, index) {
                    Found::Own(own)
                } else {
                    unmapped("part-not-in-register")
                };
            }
            if let Some(Found::Companion { indicator, .. }) = &companion
                && (*indicator == own.indicator
                    || own.nearness < 1.0
                    || !own.specific
                    || own.score < scores.strong + 0.6)
                && pairs.is_empty()
                && let Some(found) = companion
            {
                return found;
            }
            let domain = |i: u16| self.dictionary.indicator(i).map(|i| i.domain().to_owned());
            let beside = clause.depth(clause.quantity(index).map_or(0, |q| q.first)) > 0
                && domain(own.indicator) == domain(draft.indicator)
                && !self.names_a_companion(own.indicator, draft.indicator);
            let bare_category = beside || self.covered_by_categories(clause, index, draft.indicator, own.span);
            if !pairs.is_empty()
                && fits
                && !forbidden
                && (own.nearness < 1.0 || bare_category || own.score < scores.strong + 0.8)
                && reading.unit_fit(draft.indicator) + 0.01 >= own.fit.min(0.75)
            {
                return part(pairs);
            }
            // What is far from a part, or said of the next item, does not name it.
            if own.anchored && own.specific && own.nearness >= LEAST_NEARNESS_OF_A_PART {
                return Found::Own(own);
            }
        }
        if !pairs.is_empty() && fits && !forbidden {
            return part(pairs);
        }
        if let Some(found) = companion {
            return found;
        }
        if asks && !forbidden {
            // «tai nạn 01 vụ, chết 01 người (lũy kế 14 vụ, chết 05 người)»: of what is counted in the same noun.
            let of = self.subject_like(clause, reading, index).or(fits.then_some(whole));
            if let Some(of) = of {
                return Found::Carried { of };
            }
        }
        if self.foreign_category(clause, index, draft.indicator)
            && let Some(indicator) = self.follower_by_category(clause, reading, index, draft.indicator)
        {
            return Found::Companion { of: whole, indicator };
        }
        if forbidden || self.foreign_category(clause, index, draft.indicator) {
            return unmapped("breakdown-not-in-register");
        }
        match own {
            Some(own) if own.specific => Found::Own(own),
            _ => unmapped("no-indicator"),
        }
    }

    /// The count of this indicator that stands before an amount in the same sentence.
    fn count_of(&self, clause: &Clause<'_>, amount: usize, indicator: u16) -> Option<usize> {
        let money = self.linked.drafts.get(amount)?;
        clause.assigned.iter().flatten().copied().find(|at| {
            self.linked.drafts.get(*at).is_some_and(|d| {
                d.indicator == indicator && d.tokens.end <= money.tokens.start && d.is_main && d.measure.is_result()
            })
        })
    }

    /// Whether an indicator goes with another one.
    fn names_a_companion(&self, indicator: u16, of: u16) -> bool {
        self.dictionary.rules.get(usize::from(indicator)).is_some_and(|r| r.companion_of.contains(&of))
    }

    /// What follows an indicator and has the category that the words state: of 23 petitions «(đã trả lời 19, chuyển 03)».
    fn follower_by_category(&self, clause: &Clause<'_>, reading: &Reading<'_>, index: usize, of: u16) -> Option<u16> {
        let positions = (0..self.dictionary.rules.len()).filter_map(|at| u16::try_from(at).ok());
        let follows =
            |at: u16| self.dictionary.rules.get(usize::from(at)).is_some_and(|r| r.companion_of.contains(&of));
        positions.filter(|at| follows(*at)).find(|at| {
            let money = self.dictionary.indicator(*at).is_some_and(|i| i.unit == Unit::Vnd);
            !money && reading.unit_fit(*at) > 0.0 && !self.categories(clause, index, *at).is_empty()
        })
    }

    /// The next of the parts before, where its own words say no more than «khác»: «…; khác: 513», «và 46 người đi các
    /// nước khác».
    pub(super) fn other_part(&self, clause: &Clause<'_>, index: usize) -> Option<Found> {
        let quantity = clause.quantity(index).filter(|q| q.value.is_some())?;
        let before = index.checked_sub(1)?;
        let of = clause.assigned.get(before).copied().flatten()?;
        let gap = clause.quantity(before)?.end()..quantity.first;
        let bare = |from: usize, to: usize| clause.plain_words(from, to) == 0;
        let left = clause.scan.last_marker(Marker::OtherCategory, &gap).is_some_and(|hit| {
            bare(gap.start.saturating_sub(1), hit.first as usize) && bare(hit.last as usize, quantity.first)
        });
        let right = clause.right(index);
        let right = bare(gap.start.saturating_sub(1), quantity.first)
            && clause.scan.hits_in(&right).find(|h| h.tag == Tag::Marker(Marker::OtherCategory)).is_some_and(|hit| {
                let between = quantity.end()..hit.first as usize;
                // «12 văn bản khác» is another thing; «46 người đi các nước khác» says of what list it is the rest.
                (hit.words >= 2 || between.is_empty())
                    && between.len() <= 4
                    && between.clone().all(|t| clause.tokens.get(t).is_some_and(Token::is_word))
            });
        let counted = self.linked.drafts.get(of).map(|d| self.reading(clause, index, false).unit_fit(d.indicator))?;
        let dimension = self.varied(of).filter(|_| (left || right) && counted > 0.0)?;
        Some(Found::Sibling { of, pairs: vec![(dimension, OTHER.to_owned())] })
    }

    /// The dimension in which a part differs from its whole, or in which a value without a whole is one of several.
    fn varied(&self, draft: usize) -> Option<String> {
        let part = self.linked.drafts.get(draft)?;
        let whole = part.part_of.and_then(|p| self.linked.drafts.get(p.whole));
        let mut own =
            part.breakdown.iter().filter(|(d, _)| whole.is_none_or(|w| w.breakdown.iter().all(|(o, _)| o != d)));
        let (dimension, _) = own.next()?;
        (whole.is_some() || own.next().is_none()).then(|| dimension.clone())
    }

    /// The last item of a list of categories that says no more than «khác»: «- Khác 171» after «- Đức 68».
    pub(super) fn other_item(&self, clause: &Clause<'_>, index: usize) -> Option<Found> {
        let quantity = clause.quantity(index).filter(|q| q.value.is_some())?;
        let (_, of) = self.item_before(clause, index)?;
        let start = clause.reach.sentence.start;
        let label = self.document.blocks.get(clause.block)?.label;
        let hit = clause.scan.last_marker(Marker::OtherCategory, &(start..quantity.first))?;
        let only = clause.plain_words(label.max(start).saturating_sub(1), hit.first as usize) == 0
            && clause.plain_words(hit.last as usize, quantity.first) == 0;
        let dimension = self.varied(of).filter(|_| only)?;
        Some(Found::Sibling { of, pairs: vec![(dimension, OTHER.to_owned())] })
    }

    /// Whether words that open parts stand before the quantity in its sentence.
    pub(super) fn lists_parts(&self, clause: &Clause<'_>, index: usize) -> bool {
        let Some(quantity) = clause.quantity(index) else { return false };
        clause.scan.has_marker(Marker::OpensParts, &(clause.reach.sentence.start..quantity.first))
    }

    /// Whether nothing but words of categories stands between a semicolon and the number: «…; lao động nữ là 24 người».
    pub(super) fn names_only_categories(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> bool {
        let Some(quantity) = clause.quantity(index) else { return false };
        let own = clause.reach.sentence.start..quantity.first;
        let Some(stop) = own.rev().find(|t| clause.tokens.get(*t).is_some_and(|k| k.is(';'))) else { return false };
        let is = clause.scan.last_marker(Marker::Is, &(stop + 1..quantity.first));
        let end = is.filter(|h| h.last as usize + 1 == quantity.first).map_or(quantity.first, |h| h.first as usize);
        let opener = clause.scan.last_marker(Marker::Besides, &(stop + 1..quantity.first));
        let stop = opener.filter(|h| h.first as usize == stop + 1).map_or(stop, |h| h.last as usize);
        stop + 1 < end && self.covered_by_categories(clause, index, indicator, (stop + 1, end - 1))
    }

    /// Whether all words between the value before and the next comma are those of categories, and counted nouns.
    pub(super) fn is_bare_part(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> bool {
        let Some(quantity) = clause.quantity(index) else { return false };
        let from = (0..index).rev().find_map(|i| clause.quantity(i)).map_or(clause.reach.sentence.start, Quantity::end);
        let stop = |t: &usize| clause.tokens.get(*t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(_)));
        let right = clause.right(index);
        let end = right.clone().find(stop).unwrap_or(right.end);
        let parted = (from..quantity.first).any(|t| {
            clause.tokens.get(t).is_some_and(|k| k.is(',') || k.is(';'))
                || clause.scan.hits_at(t).iter().any(|h| h.tag == Tag::Marker(Marker::And))
        });
        let covered = |from: usize, end: usize| {
            from >= end || self.covered_by_categories(clause, index, indicator, (from, end - 1))
        };
        parted && covered(from, quantity.first) && covered(quantity.end(), end)
    }

    /// Whether the words of a reading are no more than words of categories that the whole's indicator admits.
    pub(super) fn covered_by_categories(
        &self,
        clause: &Clause<'_>,
        index: usize,
        indicator: u16,
        span: (usize, usize),
    ) -> bool {
        let Some(rule) = self.dictionary.indicator(indicator) else { return false };
        let Some(strict) = clause.reach.strict.get(index) else { return false };
        let categories = stated_of_parts(clause.tokens, clause.scan, strict, &rule.id, self.dictionary);
        let counted = |t: usize| {
            clause.scan.hits_at(t).iter().any(|h| {
                matches!(h.tag, Tag::Unit(id) if self.dictionary.units.get(usize::from(id)).is_some_and(|u| u.general))
            })
        };
        let plain = |t: usize| {
            clause.tokens.get(t).is_some_and(Token::is_word) && !counted(t) && clause.scan.marked.get(t) != Some(&true)
        };
        (span.0..=span.1).filter(|t| plain(*t)).all(|t| {
            categories.iter().any(|s| {
                s.first <= t
                    && t <= s.last
                    && self
                        .dictionary
                        .dimensions
                        .get(usize::from(s.dimension))
                        .is_some_and(|d| rule.breakdowns.contains(&d.id))
            })
        })
    }
}
