//! Plans of the year beside those that reports state: implied by a percentage, and carried to the periods in which
//! they are needed.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::Input;
use super::derive::derived;
use super::key::{FigureKey, canonical};
use super::model::{Addend, Basis, Figure, Role};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Kind, Unit};
use crate::observation::{Breakdown, Measure, Qualifier, Status};
use crate::period::Period;

/// A province's indicator in a year, which has one plan.
type OfYear = (ProvinceSystem, String, String, Breakdown, u16);

fn of_year(key: &FigureKey) -> OfYear {
    (key.system, key.province.clone(), key.indicator.clone(), key.breakdown.clone(), key.period.year)
}

/// Adds the plans that a stated value and its percentage imply, where no plan of the year is stated or given.
pub(super) fn implied(input: &Input<'_>, figures: &mut Vec<Figure>) {
    let planned: BTreeSet<OfYear> =
        figures.iter().filter(|f| f.key.measure == Measure::Plan).map(|f| of_year(&f.key)).collect();
    let actual: FxHashMap<FigureKey, usize> = figures
        .iter()
        .enumerate()
        .filter(|(_, f)| f.key.measure == Measure::Actual && f.is_direct())
        .map(|(at, f)| (FigureKey { base: String::new(), ..f.key.clone() }, at))
        .collect();
    let mut found: Vec<Figure> = Vec::new();
    for (at, share) in figures.iter().enumerate().filter(|(_, f)| f.key.measure == Measure::PctOfPlan) {
        let key = &share.key;
        let Some(indicator) = input.register.get(&key.indicator) else { continue };
        // A level is no part of its target, and what a percentage is about must be told.
        if key.of.is_none() || indicator.kind == Kind::Rate || planned.contains(&of_year(key)) {
            continue;
        }
        let of = FigureKey { measure: Measure::Actual, of: None, base: String::new(), ..key.clone() };
        let Some(value_at) = actual.get(&of).copied() else { continue };
        let Some(value) = figures.get(value_at).map(|f| f.value) else { continue };
        let Some((low, high)) = bounds(value, share.value) else { continue };
        let whole = !matches!(indicator.unit, Unit::Kg | Unit::M2 | Unit::Percent);
        let Some(plan) = roundest(low, high, whole) else { continue };
        // A plan stands under the period that its report names.
        let own = share.sources.first().and_then(|o| input.observations.get(*o)).and_then(|o| o.period);
        let (period, measure, of) = canonical(indicator.kind, own.unwrap_or(key.period), Measure::Plan, None);
        let key = FigureKey { period, measure, of, base: String::new(), ..key.clone() };
        let addends =
            vec![Addend { figure: value_at, role: Role::Numerator }, Addend { figure: at, role: Role::Denominator }];
        let mut figure = derived(figures, key, plan, Basis::Implied, addends);
        figure.range = Some((low, high));
        figure.qualifier = Qualifier::About;
        indicator.unit.code().clone_into(&mut figure.unit);
        found.push(figure);
    }
    found.sort_by(|a, b| a.key.cmp(&b.key));
    found.dedup_by(|a, b| a.key == b.key);
    figures.extend(found);
}

/// The plans between which `value` is written as `percent` of them: rounded to its digits, or cut.
fn bounds(value: Decimal, percent: Decimal) -> Option<(Decimal, Decimal)> {
    let percent = percent.normalize();
    let unit = Decimal::new(1, percent.scale());
    let (least, most) = (percent - unit / Decimal::TWO, percent + unit);
    if value <= Decimal::ZERO || least <= Decimal::ZERO {
        return None;
    }
    let hundredfold = value.checked_mul(Decimal::ONE_HUNDRED)?;
    Some((hundredfold.checked_div(most)?, hundredfold.checked_div(least)?))
}

/// The value from `low` to `high` with the most zeros at its end: targets are set in round numbers. Of several the
/// one nearest to the middle.
fn roundest(low: Decimal, high: Decimal, whole: bool) -> Option<Decimal> {
    let middle = (low + high) / Decimal::TWO;
    let mut step = Decimal::from_i128_with_scale(1_000_000_000_000_000, 0);
    let finest = if whole { Decimal::ONE } else { Decimal::new(1, 2) };
    while step >= finest {
        let nearest = (middle / step).round() * step;
        let fits = |value: &Decimal| *value >= low && *value <= high && *value > Decimal::ZERO;
        let candidates = [nearest, nearest - step, nearest + step];
        let best = candidates.into_iter().filter(fits).min_by_key(|value| (*value - middle).abs());
        if best.is_some() {
            return best.map(|value| value.normalize());
        }
        step /= Decimal::TEN;
    }
    None
}

/// Carries each plan of a year to the periods in which it is asked for and not stated: the one stated last before the
/// period's end, else the first one stated after it.
pub(super) fn carry(input: &Input<'_>, figures: &mut Vec<Figure>, asked: &BTreeSet<Period>) {
    let mut plans: BTreeMap<OfYear, Vec<usize>> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate().filter(|(_, f)| f.key.measure == Measure::Plan) {
        if input.register.get(&figure.key.indicator).is_some() {
            plans.entry(of_year(&figure.key)).or_default().push(at);
        }
    }
    let mut found = Vec::new();
    for ((.., year), at) in &plans {
        // What is stated goes before what is implied, the reported before the estimated, the longer period last.
        let mut stated: Vec<(Period, usize)> =
            at.iter().filter_map(|at| Some((figures.get(*at)?.key.period, *at))).collect();
        stated.sort_by_key(|(period, at)| (period.last_month(), *period, *at));
        for period in asked.iter().filter(|p| p.year == *year && p.last_year() == *year) {
            if stated.iter().any(|(p, _)| p == period) {
                continue;
            }
            let before = stated.iter().rev().find(|(p, _)| p.last_month() <= period.last_month());
            let Some((of, from)) = before.or_else(|| stated.first()).copied() else { continue };
            let Some(plan) = figures.get(from) else { continue };
            let key = FigureKey { period: *period, status: Status::Reported, ..plan.key.clone() };
            let basis = if plan.basis == Basis::Implied { Basis::Implied } else { Basis::Carried };
            let addends = vec![Addend { figure: from, role: Role::Same }];
            let mut figure = derived(figures, key, plan.value, basis, addends);
            (figure.as_of, figure.range) = (Some(of), plan.range);
            found.push(figure);
        }
    }
    figures.extend(found);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(value: &str, percent: &str) -> String {
        let dec = |text: &str| Decimal::from_str_exact(text).unwrap();
        let (low, high) = bounds(dec(value), dec(percent)).unwrap();
        roundest(low, high, true).map(|p| p.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_percentage_gives_back_the_round_target() {
        assert_eq!(plan("2650", "13.25"), "20000");
        assert_eq!(plan("192", "21.3"), "900");
        // Cut, not rounded: 344 of 300 is 114.666….
        assert_eq!(plan("344", "114.66"), "300");
        assert_eq!(plan("7", "100"), "7");
    }

    #[test]
    fn nothing_follows_from_nothing() {
        assert_eq!(bounds(Decimal::ZERO, Decimal::TEN), None);
        assert_eq!(bounds(Decimal::TEN, Decimal::ZERO), None);
    }
}
