//! A value, what it changed by and what it changed from: `tăng 60 người (24%) so với cùng kỳ (250 người)`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::percent::whole_base;
use crate::check::relation::{Expr, Kind, Operator, Relation};
use crate::check::values::Values;
use crate::observation::Measure;

/// What is told of one value's change against one base.
#[derive(Debug, Default)]
struct Told {
    base: Option<usize>,
    absolute: Option<usize>,
    percent: Option<usize>,
    /// One of them is told twice: which one goes with which other is open.
    twice: bool,
}

pub(super) fn derive(values: &Values<'_>) -> Vec<Relation> {
    let mut told: BTreeMap<(usize, String), Told> = BTreeMap::new();
    for (at, value) in values.iter() {
        let own = value.observation;
        let Some(of) = value.about.filter(|of| is_subject(values, *of)) else { continue };
        let base = match own.measure {
            Measure::YoyBase | Measure::YoyAbs | Measure::YoyPct => String::new(),
            Measure::PrevAbs | Measure::PrevPct => format!("/{}", own.base),
            _ => continue,
        };
        if own.measure == Measure::YoyBase && is_a_year(values, at) {
            continue;
        }
        let entry = told.entry((of, base)).or_default();
        let slot = match own.measure {
            Measure::YoyBase => &mut entry.base,
            Measure::YoyAbs | Measure::PrevAbs => &mut entry.absolute,
            _ => &mut entry.percent,
        };
        entry.twice |= slot.replace(at).is_some();
    }
    let mut relations = Vec::new();
    for ((of, _), told) in told.iter().filter(|(_, told)| !told.twice) {
        relations.extend(of_one(values, *of, told));
    }
    relations
}

/// Whether a number is the year before rather than a value of it: «so cùng kỳ 2018».
fn is_a_year(values: &Values<'_>, at: usize) -> bool {
    values
        .get(at)
        .map(|v| v.observation)
        .is_some_and(|o| o.period.is_some_and(|p| o.stated == (p.year.saturating_sub(1)).to_string()))
}

fn is_subject(values: &Values<'_>, of: usize) -> bool {
    values.get(of).is_some_and(|v| v.observation.measure.is_result())
}

fn of_one(values: &Values<'_>, of: usize, told: &Told) -> Vec<Relation> {
    let hundred = || Expr::Known(Decimal::ONE_HUNDRED);
    let value = || Expr::Value(of);
    let mut relations = Vec::new();
    let equal = |at: usize, right: Expr, against: usize| {
        Relation::new(Kind::Change, Expr::Value(at), Operator::Equal, right, at, against)
    };
    if let (Some(base), Some(absolute)) = (told.base, told.absolute) {
        relations.push(equal(absolute, value().minus(Expr::Value(base)), base));
    }
    match (told.base, told.absolute, told.percent) {
        (Some(base), _, Some(percent)) => {
            let right = Expr::percent(value(), Expr::Value(base)).minus(hundred());
            relations.push(equal(percent, right, base));
        }
        (None, Some(absolute), Some(percent)) => {
            let right = Expr::percent(Expr::Value(absolute), value().minus(Expr::Value(absolute)));
            relations.push(equal(percent, right, absolute));
        }
        (None, None, Some(percent)) => {
            let share = Expr::Sum(vec![hundred(), Expr::Value(percent)]);
            relations.extend(whole_base(values, of, share, percent));
        }
        _ => {}
    }
    relations
}
