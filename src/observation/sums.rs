//! Parts that add up to another statement of their indicator than the one whose period they were given.

use rust_decimal::Decimal;

use super::draft::{Draft, PartOf};
use super::model::Measure;
use crate::period::Period;

/// «Quý III: 12.305 người. 9 tháng: 30.912», then parts that add up to 30.912: they are of the nine months, whichever of
/// the two stands nearer or first. The drafts are those of running text, in its order.
pub(super) fn settle_by_their_sum(drafts: &mut [Draft]) {
    let mut first = 0;
    while first < drafts.len() {
        let parts = siblings(drafts, first);
        if let Some(to) = other_whole(drafts, &parts) {
            settle(drafts, &parts, to);
        }
        first = parts.last().map_or(first, |last| *last) + 1;
    }
}

/// The results from one on that state its indicator by the other categories of one dimension.
fn siblings(drafts: &[Draft], first: usize) -> Vec<usize> {
    let mut found = vec![first];
    let Some(of) = drafts.get(first).filter(|d| is_result(d) && !d.breakdown.is_empty()) else { return found };
    let mut dimension: Option<&str> = None;
    for (at, draft) in drafts.iter().enumerate().skip(first + 1).filter(|(_, d)| d.about.is_none()) {
        let differs = (figure(draft) == figure(of)).then(|| differing(of, draft)).flatten();
        if !is_result(draft) || differs.is_none() || dimension.is_some_and(|d| differs != Some(d)) {
            break;
        }
        dimension = differs;
        found.push(at);
    }
    found
}

/// The only dimension in whose category two breakdowns of one indicator differ.
fn differing<'d>(a: &'d Draft, b: &Draft) -> Option<&'d str> {
    if a.indicator != b.indicator || a.breakdown.len() != b.breakdown.len() {
        return None;
    }
    let mut other = a.breakdown.iter().filter(|pair| !b.breakdown.contains(pair)).map(|(dimension, _)| dimension);
    let only = other.next().filter(|_| other.next().is_none())?;
    b.breakdown.iter().any(|(dimension, _)| dimension == only).then_some(only.as_str())
}

/// The statement that the parts add up to, if none that they were taken for a part of does: one of another period or
/// measure right before them.
fn other_whole(drafts: &[Draft], parts: &[usize]) -> Option<usize> {
    let [first, second, ..] = parts else { return None };
    let (first, second) = (drafts.get(*first)?, drafts.get(*second)?);
    let dimension = differing(first, second)?;
    let sum = parts.iter().map(|at| drafts.get(*at).map(|d| d.value)).sum::<Option<Decimal>>()?;
    let is_whole = |d: &Draft| {
        d.indicator == first.indicator
            && is_result(d)
            && d.breakdown.len() + 1 == first.breakdown.len()
            && first.breakdown.iter().all(|pair| pair.0 == dimension || d.breakdown.contains(pair))
            && d.span.start < first.span.start
            && d.block.abs_diff(first.block) <= 1
    };
    // Drafts lie in the order of their blocks.
    let near = drafts.partition_point(|d| d.block + 1 < first.block);
    let mut found = drafts.iter().enumerate().skip(near).filter(|(_, d)| is_whole(d) && d.value == sum);
    let (at, only) = found.next()?;
    (found.next().is_none() && figure(only) != figure(first)).then_some(at)
}

/// Gives parts, and what is said about them, the measure and period of their whole.
fn settle(drafts: &mut [Draft], parts: &[usize], to: usize) {
    let Some(whole) = drafts.get(to).cloned() else { return };
    for draft in drafts.iter_mut().filter(|d| d.about.is_some_and(|about| parts.contains(&about))) {
        draft.of = draft.of.map(|_| whole.measure);
    }
    for part in parts {
        if let Some(draft) = drafts.get_mut(*part) {
            (draft.measure, draft.period, draft.status) = (whole.measure, whole.period, whole.status);
            draft.part_of = draft.part_of.map(|part| PartOf { whole: to, ..part });
        }
    }
}

fn is_result(draft: &Draft) -> bool {
    draft.measure.is_result()
}

fn figure(draft: &Draft) -> (Measure, Option<Period>) {
    (draft.measure, draft.period)
}
