//! Percentages and what they are of: the plan, the whole, the base of a rate.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::check::interval::Interval;
use crate::check::relation::{Expr, Kind, Operator, Relation, Verdict};
use crate::check::values::Values;
use crate::diagnostic::Severity;
use crate::observation::{Breakdown, Measure};

/// An implied number of things is asked to be whole only where its range is so narrow that most ranges hold none.
const NARROW: Decimal = Decimal::from_parts(5, 0, 0, false, 1);
/// A round plan speaks for a number where not one in so many ranges of its width would hold one as round.
const RARE: i64 = 8;

pub(super) fn derive(values: &Values<'_>) -> Vec<Relation> {
    let mut relations = plans(values);
    relations.extend(shares(values));
    relations.extend(bases(values));
    relations
}

fn plans(values: &Values<'_>) -> Vec<Relation> {
    /// Indicator, part, year and measure.
    type Key = (String, String, Option<u16>, &'static str);
    let mut relations = Vec::new();
    let mut implied: BTreeMap<Key, (usize, usize)> = BTreeMap::new();
    for (at, value) in values.iter().filter(|(_, v)| v.observation.measure == Measure::PctOfPlan) {
        let Some(of) = value.about else { continue };
        let Some(subject) = values.get(of) else { continue };
        let own = value.observation;
        let is_value = subject.observation.measure.is_result();
        if !is_value || subject.observation.breakdown != own.breakdown || subject.observation.value.is_zero() {
            continue;
        }
        if let Some(plan) = values.plan_of(at) {
            let right = Expr::percent(Expr::Value(of), Expr::Value(plan));
            relations.push(Relation::new(Kind::PlanRatio, Expr::Value(at), Operator::Equal, right, at, plan));
            continue;
        }
        relations.extend(whole_base(values, of, Expr::Value(at), at));
        relations.extend(round_plan(values, of, at));
        let measure = subject.observation.measure.code();
        let year = own.period.map(|p| p.year);
        let key = (own.indicator.clone(), own.breakdown.to_string(), year, measure);
        match implied.get(&key) {
            None => drop(implied.insert(key, (of, at))),
            Some((first, share)) => {
                let base = |of: usize, at: usize| Expr::base(Expr::Value(of), Expr::Value(at));
                let same = values.get(*first).map(|v| v.observation.value) == Some(subject.observation.value);
                let kind = Kind::ImpliedPlan;
                let relation = Relation::new(kind, base(of, at), Operator::Equal, base(*first, *share), at, *share);
                // The same value told twice with the same percentage says nothing new.
                let told = same && values.get(*share).map(|v| v.observation.value) == Some(own.value);
                if !told {
                    relations.push(relation.at_most(Severity::Warning));
                }
            }
        }
    }
    relations
}

/// What `of` is `share` percent of must be a whole number of things, where that can be told.
pub(super) fn whole_base(values: &Values<'_>, of: usize, share: Expr, at: usize) -> Option<Relation> {
    if !values.is_count(of) {
        return None;
    }
    let base = Expr::base(Expr::Value(of), share);
    let none = Expr::Known(Decimal::ZERO);
    let relation = Relation::new(Kind::WholeBase, base, Operator::Whole, none, at, of);
    let width = relation.range(values)?.width();
    (width < NARROW).then_some(relation)
}

/// A plan that is a rounder number than chance would have it.
fn round_plan(values: &Values<'_>, of: usize, at: usize) -> Option<Relation> {
    let base = Expr::base(Expr::Value(of), Expr::Value(at));
    let found = Relation::new(Kind::RoundPlan, base.clone(), Operator::Whole, Expr::Known(Decimal::ZERO), at, of);
    let range = found.range(values)?;
    let step = std::iter::successors(Some(Decimal::TEN), |p| p.checked_mul(Decimal::TEN))
        .take(12)
        .filter(|step| holds_multiple(range, *step))
        .last()?;
    let rare = range.width().checked_mul(Decimal::from(RARE)).is_some_and(|w| w < step);
    let multiple = Expr::Known(step);
    rare.then(|| Relation { left: base.over(multiple), ..found })
}

fn holds_multiple(range: Interval, step: Decimal) -> bool {
    range.over(Interval::exact(step)).is_some_and(Interval::holds_whole_number)
}

fn shares(values: &Values<'_>) -> Vec<Relation> {
    let mut relations = Vec::new();
    for (at, value) in values.iter().filter(|(_, v)| v.observation.measure == Measure::Share) {
        let Some(of) = value.about.filter(|of| *of != at) else { continue };
        let Some(part) = values.get(of) else { continue };
        let is_value = part.observation.measure.is_result();
        if !is_value || part.observation.unit == value.observation.unit || is_within_its_category(values, at) {
            continue;
        }
        let wholes = wholes_of(values, of);
        let share = |whole: usize| {
            let right = Expr::percent(Expr::Value(of), Expr::Value(whole));
            let relation = Relation::new(Kind::Share, Expr::Value(at), Operator::Equal, right, at, whole);
            // Where the report names what the share is of, that may be something else than the whole it stands in.
            relation.at_most(if value.observation.base.is_empty() { Severity::Error } else { Severity::Warning })
        };
        let found = wholes.iter().map(|w| share(*w)).find(|r| r.verdict(values) == Some(Verdict::Holds));
        relations.extend(found.or_else(|| wholes.first().map(|w| share(*w))));
    }
    relations
}

/// Whether the words after a share say that it is one within the part's own category: «chiếm 66,2% số hộ La Hủ».
fn is_within_its_category(values: &Values<'_>, share: usize) -> bool {
    let Some(value) = values.get(share) else { return false };
    let own = value.observation;
    let after = own.quote.split_once(&own.stated).map_or("", |(_, after)| after);
    let clause = after.split([',', ';', '.', ')']).next().unwrap_or_default();
    let dictionary = values.dictionary();
    own.breakdown.pairs().any(|(dimension, category)| {
        let of = |at: u8| dictionary.dimensions.get(usize::from(at)).is_some_and(|d| d.id == dimension);
        dictionary.categories.iter().any(|c| c.id == category && of(c.dimension) && clause.contains(&c.name))
    })
}

/// What a part may be a share of, the nearest first: the wholes it is told in, then its total by key.
fn wholes_of(values: &Values<'_>, part: usize) -> Vec<usize> {
    let mut wholes = Vec::new();
    let mut at = part;
    while let Some((whole, _)) = values.get(at).and_then(|v| v.whole) {
        let same =
            values.get(whole).map(|v| &v.observation.indicator) == values.get(part).map(|v| &v.observation.indicator);
        if !same || wholes.contains(&whole) || whole == part {
            break;
        }
        wholes.push(whole);
        at = whole;
    }
    if let Some(value) = values.get(part)
        && !value.observation.breakdown.is_total()
    {
        let key = values.key_of(value.observation, &Breakdown::total(), value.observation.measure);
        wholes.extend(values.only(&key).filter(|w| !wholes.contains(w)));
    }
    wholes
}

/// Rates that the register derives from a numerator and a denominator: all rates of one base imply the same base.
fn bases(values: &Values<'_>) -> Vec<Relation> {
    let register = &values.dictionary().register;
    let mut relations = Vec::new();
    // By denominator, part and period: the numerator and the rate that came first.
    let mut known: BTreeMap<(String, String, String), (usize, usize)> = BTreeMap::new();
    for (at, value) in values.iter().filter(|(_, v)| v.observation.measure == Measure::Actual) {
        let own = value.observation;
        let Some(row) = register.get(&own.indicator) else { continue };
        let (Some(numerator), Some(denominator)) = (&row.numerator, &row.denominator) else { continue };
        if own.value.is_zero() {
            continue;
        }
        let named = |indicator: &str| {
            let mut key = values.key_of(own, &own.breakdown, Measure::Actual);
            indicator.clone_into(&mut key.indicator);
            values.only(&key)
        };
        let told = value.about.filter(|of| {
            values.get(*of).is_some_and(|v| {
                v.observation.indicator == *numerator
                    && v.observation.breakdown == own.breakdown
                    && v.observation.measure == Measure::Actual
            })
        });
        // In a row of a table a rate is of what stands before it.
        let before =
            |of: &usize| values.get(*of).is_some_and(|v| !v.is_beside(value) || v.observation.start < own.start);
        let Some(of) = told.or_else(|| named(numerator).filter(before)) else { continue };
        let severity = if told.is_some() { Severity::Error } else { Severity::Warning };
        if let Some(base) = named(denominator) {
            let right = Expr::percent(Expr::Value(of), Expr::Value(base));
            let relation = Relation::new(Kind::Share, Expr::Value(at), Operator::Equal, right, at, base);
            relations.push(relation.at_most(severity));
            continue;
        }
        let period = own.period.map(|p| p.to_string()).unwrap_or_default();
        let name = register.get(denominator).map(|i| i.name.clone()).unwrap_or_default();
        let base = |of: usize, at: usize| Expr::base(Expr::Value(of), Expr::Value(at));
        let key = (denominator.clone(), own.breakdown.to_string(), period.clone());
        match known.get(&key) {
            Some((first, rate))
                if values.get(*rate).map(|v| v.observation.value) != Some(own.value) || *first != of =>
            {
                let left = base(of, at);
                let relation = Relation::new(Kind::Base, left, Operator::Equal, base(*first, *rate), at, *rate);
                relations.push(relation.at_most(severity).named(&name));
            }
            Some(_) => {}
            None => drop(known.insert(key, (of, at))),
        }
        // The base of a part is no greater than that of the whole.
        let total = (denominator.clone(), String::new(), period);
        if let Some((first, rate)) = known.get(&total).filter(|_| !own.breakdown.is_total()) {
            let relation = Relation::new(Kind::Base, base(of, at), Operator::AtMost, base(*first, *rate), at, *rate);
            relations.push(relation.at_most(Severity::Warning).named(&name));
        }
    }
    relations
}
