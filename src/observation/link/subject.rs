//! The value that a relative number is about.

use rust_decimal::Decimal;

use super::Linker;
use super::clause::Clause;
use super::relative::{About, Relative, is_rate, near_right};
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::dictionary::register::Kind;
use crate::mention::QuantityKind;
use crate::observation::candidates::Candidate;
use crate::observation::draft::Draft;
use crate::observation::model::Measure;

/// The value that a relative number is about. `None`: the sentence's own words must say; an error: the value it
/// follows has no indicator.
pub(super) fn subject_of(
    linker: &Linker<'_>,
    clause: &Clause<'_>,
    index: usize,
    relative: &Relative,
) -> Option<Result<usize, &'static str>> {
    if relative.about == About::FractionWhole {
        return Some(Err("whole-of-fraction"));
    }
    if relative.about == About::PlannedChange {
        return Some(Err("planned-change"));
    }
    if clause.reach.leads && index == 0 {
        let subject = clause.assigned.get(1).copied().flatten();
        return Some(subject.ok_or("percentage-of-unmapped"));
    }
    let scores = linker.dictionary.confidence.scores;
    let own = linker.readings(clause, index, true);
    if let Some(subject) = in_turn(linker, clause, index) {
        return Some(Ok(subject));
    }
    let before = like_value(linker, clause, index, relative, &own)
        .or_else(|| clause.value_before(index).map(|at| before_the_base(clause, at)));
    if let Some(rate) = rate_just_before(linker, clause, index, relative)
        .or_else(|| rate_of_the_bracket(linker, clause, index, relative))
    {
        return Some(Ok(rate));
    }
    if let Some(at) = before {
        let subject = clause.assigned.get(at).copied().flatten();
        let indicator = subject.and_then(|d| linker.linked.drafts.get(d)).map(|d| d.indicator);
        let left = clause.left(index);
        let own_words = own.first().is_some_and(|c| {
            c.nearness >= 1.0
                && c.score >= scores.strong + 0.3
                && Some(c.indicator) != indicator
                && c.span.0 >= left.start
                && c.span.1 < left.end
                && !own.iter().any(|o| Some(o.indicator) == indicator && o.nearness >= 1.0 && o.score + 0.5 >= c.score)
        });
        if own_words && clause.depth(clause.quantity(index)?.first) == 0 {
            return None;
        }
        let subject = subject.map(|d| match relative.about {
            About::Plan => whole_of(linker, d)
                .filter(|_| after_the_parts(linker, clause, index, d))
                .or_else(|| planned_before(linker, clause, index, d))
                .unwrap_or_else(|| plan_subject(linker, d)),
            About::SamePeriod | About::Previous if after_the_parts(linker, clause, index, d) => plan_subject(linker, d),
            _ => d,
        });
        return Some(subject.ok_or("percentage-of-unmapped"));
    }
    if own.first().is_some_and(|c| c.score >= scores.enough && c.anchored) {
        return None;
    }
    clause.outer.draft.or(clause.memory.first().copied()).map(Ok)
}

/// The value before one that is the base of its share: «17.405 hộ nghèo trên tổng số 183.900 hộ dân, tỷ lệ 9,46%».
fn before_the_base(clause: &Clause<'_>, at: usize) -> usize {
    let near = |h: &&Hit<Tag>| h.tag == Tag::Marker(Marker::OfWhichPercent) && h.words >= 3;
    let first = clause.quantity(at).map_or(0, |q| q.first);
    let slash = first.checked_sub(1).and_then(|t| clause.tokens.get(t)).is_some_and(|t| t.is('/'));
    let base = slash
        || clause.scan.hits_in(&clause.left(at)).filter(near).any(|h| clause.plain_words(h.last as usize, first) == 0);
    clause.value_before(at).filter(|_| base).unwrap_or(at)
}

/// What a part is a part of.
fn whole_of(linker: &Linker<'_>, draft: usize) -> Option<usize> {
    linker.linked.drafts.get(draft).and_then(|d| d.part_of).map(|part| part.whole)
}

/// The value of the sentence whose plan is given, for a percentage that a semicolon parts from a value without one:
/// «KH: 12 cuộc; TH: 5 cuộc tại 14 đơn vị; đạt 41,7%».
fn planned_before(linker: &Linker<'_>, clause: &Clause<'_>, index: usize, subject: usize) -> Option<usize> {
    let drafts = &linker.linked.drafts;
    let own = drafts.get(subject)?;
    let first = clause.quantity(index)?.first;
    let here: Vec<usize> = clause.assigned.iter().take(index).flatten().copied().collect();
    let planned = |indicator: u16| {
        here.iter().any(|d| drafts.get(*d).is_some_and(|d| d.measure == Measure::Plan && d.indicator == indicator))
    };
    if planned(own.indicator) || !clause.has_semicolon(own.tokens.end, first) {
        return None;
    }
    here.iter().rev().copied().find(|d| {
        drafts.get(*d).is_some_and(|d| d.measure.is_result() && d.breakdown.is_empty() && planned(d.indicator))
    })
}

/// Plans are set for all, not for women, youths or ethnic groups among them: the whole of such a part.
fn plan_subject(linker: &Linker<'_>, draft: usize) -> usize {
    let dictionary = linker.dictionary;
    let of_persons = |id: &str| {
        let at = dictionary.dimension_ids.get(id).copied();
        at.and_then(|d| dictionary.dimensions.get(usize::from(d))).is_some_and(|d| d.of_persons)
    };
    linker
        .linked
        .drafts
        .get(draft)
        .filter(|d| d.breakdown.iter().any(|(dimension, _)| of_persons(dimension)))
        .and_then(|d| d.part_of)
        .map_or(draft, |part| part.whole)
}

/// Whether a change is told after the list of parts is closed: «trong đó nữ 1.402 người; so với tháng trước giảm 21,3%».
fn after_the_parts(linker: &Linker<'_>, clause: &Clause<'_>, index: usize, draft: usize) -> bool {
    let Some((part, own)) = linker.linked.drafts.get(draft).zip(clause.quantity(index)) else { return false };
    let here = (part.block, part.sentence) == (clause.block, clause.sentence);
    let start = clause.item_range(index).start;
    here && start >= part.tokens.end && clause.plain_words(start.saturating_sub(1), own.first) == 0
}

/// The value that a percentage in a row after `lần lượt` is about: the one in the same place of the values before.
fn in_turn(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> Option<usize> {
    let (first, last) = linker.turn_marker(clause, index)?;
    let group = linker.turn_group(clause, last);
    let place = group.iter().position(|i| *i == index)?;
    let before: Vec<usize> = (0..*group.first()?)
        .filter(|at| clause.is_value.get(*at) == Some(&true) && clause.quantity(*at).is_some_and(|q| q.end() <= first))
        .collect();
    let start = before.len().checked_sub(group.len())?;
    if group.len() < 2 {
        return None;
    }
    clause.assigned.get(*before.get(start + place)?).copied().flatten()
}

/// For an absolute change: the nearest value before that its own words name, or that is counted in the same noun.
fn like_value(
    linker: &Linker<'_>,
    clause: &Clause<'_>,
    index: usize,
    relative: &Relative,
    own: &[Candidate],
) -> Option<usize> {
    let quantity = clause.quantity(index)?;
    let change = matches!(relative.about, About::SamePeriod | About::Previous | About::SamePeriodValue);
    if change && relative.direction != 0 && quantity.kind == QuantityKind::Percent {
        // «so với năm 2023 số vụ giảm 11,7%»: of the value that is counted in these.
        let left = clause.left(index);
        let class = clause.scan.hits_in(&left).filter_map(|h| match h.tag {
            Tag::Unit(id) => linker.dictionary.units.get(usize::from(id)).map(|u| u.class),
            _ => None,
        });
        let class = class.last()?;
        let near = clause.value_before(index).and_then(|at| clause.quantity(at)).and_then(|q| q.class);
        return (near != Some(class)).then_some(()).and_then(|()| {
            (0..index).rev().find(|at| {
                clause.is_value.get(*at) == Some(&true) && clause.quantity(*at).is_some_and(|q| q.class == Some(class))
            })
        });
    }
    if !change || quantity.kind != QuantityKind::Plain {
        return None;
    }
    let bracketed = clause.depth(quantity.first) > 0;
    let before = clause.value_before(index).and_then(|at| clause.quantity(at));
    if bracketed && before.is_some_and(|q| q.class == quantity.class) {
        return None;
    }
    let values = (0..index).rev().filter(|at| {
        clause.is_value.get(*at) == Some(&true) && clause.quantity(*at).is_some_and(|q| clause.depth(q.first) == 0)
    });
    let indicator = |at: usize| {
        clause.assigned.get(at).copied().flatten().and_then(|d| linker.linked.drafts.get(d)).map(|d| d.indicator)
    };
    let named = values
        .clone()
        .find(|at| indicator(*at).is_some_and(|i| own.iter().any(|c| c.indicator == i && c.anchored && c.specific)));
    named.or_else(|| {
        values
            .clone()
            .find(|at| clause.quantity(*at).is_some_and(|q| q.class == quantity.class) && indicator(*at).is_some())
    })
}

/// A rate stated right before its change: `tỷ lệ 1,02%, giảm 0,31%`.
fn rate_just_before(linker: &Linker<'_>, clause: &Clause<'_>, index: usize, relative: &Relative) -> Option<usize> {
    let change = matches!(relative.about, About::SamePeriod | About::Previous) && relative.direction != 0;
    let percent = matches!(clause.quantity(index)?.kind, QuantityKind::Percent | QuantityKind::Points);
    if !change || !percent {
        return None;
    }
    let at = |before: usize| clause.assigned.get(index.checked_sub(before)?).copied().flatten();
    // «tỷ lệ 9,46% (chỉ tiêu dưới 9,8%), giảm 1,34%»: beyond the rate's plan.
    let is_plan = |d: &usize| linker.linked.drafts.get(*d).is_some_and(|d| d.measure == Measure::Plan);
    let draft = at(1).filter(|d| !is_plan(d)).or_else(|| at(1).and_then(|_| at(2)))?;
    let before = linker.linked.drafts.get(draft)?;
    let rate = linker.dictionary.indicator(before.indicator).is_some_and(|i| i.kind == Kind::Rate);
    (rate && before.measure == Measure::Actual).then_some(draft)
}

/// The rate that a change in a bracket is of, where it is not that of the number whose change stands before the bracket:
/// «4.611 hộ, tỷ lệ 1,49%, … giảm 1.318 hộ (giảm 0,43%)», since 1.318 is 22 % of what they were.
fn rate_of_the_bracket(linker: &Linker<'_>, clause: &Clause<'_>, index: usize, relative: &Relative) -> Option<usize> {
    /// A percentage of the number itself differs from the one worked out by no more than this part of it.
    const NEAR: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
    let quantity = clause.quantity(index)?;
    let bracketed = clause.depth(quantity.first) > 0 && quantity.kind == QuantityKind::Percent;
    let drafts = &linker.linked.drafts;
    let draft = |at: usize| clause.assigned.get(at).copied().flatten().and_then(|d| drafts.get(d));
    let change = index
        .checked_sub(1)
        .and_then(draft)
        .filter(|d| bracketed && relative.direction != 0 && matches!(d.measure, Measure::YoyAbs | Measure::PrevAbs))?;
    let value = change.about.and_then(|at| drafts.get(at))?.value;
    let before = value.checked_sub(change.value).filter(|before| !before.is_zero())?;
    let percent = change.value.abs().checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before)?;
    let stated = quantity.value?;
    let own = (percent - stated).abs() <= percent.checked_mul(NEAR)?;
    let rate = clause.assigned.iter().take(index).rev().flatten().copied().find(|d| {
        is_rate(linker, *d) && drafts.get(*d).is_some_and(|d| d.measure == Measure::Actual && d.value > stated)
    });
    rate.filter(|_| !own)
}

/// The rate that a share states, where its base says so: poor households in percent of all households.
pub(super) fn rate_of_share(
    linker: &Linker<'_>,
    clause: &Clause<'_>,
    index: usize,
    relative: &Relative,
    subject: &Draft,
) -> Option<u16> {
    if relative.about != About::Share {
        return None;
    }
    let dictionary = linker.dictionary;
    let right = near_right(clause, index);
    let says =
        |terms: &[u32]| clause.scan.hits_in(&right).any(|h| matches!(h.tag, Tag::Term(term) if terms.contains(&term)));
    let told =
        clause.scan.hits_in(&right).any(|h| matches!(h.tag, Tag::Marker(Marker::Compare | Marker::OfWhichPercent)));
    dictionary.rules.iter().enumerate().find_map(|(position, rules)| {
        let of_it = rules.share_of == Some(subject.indicator);
        let by_base = of_it && says(&rules.share_base) && !says(&rules.exclude);
        let bare = of_it && !told && subject.breakdown.is_empty() && rules.companion_of.contains(&subject.indicator);
        (by_base || bare).then(|| u16::try_from(position).ok())?
    })
}
