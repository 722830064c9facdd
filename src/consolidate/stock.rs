//! Stocks by their last value, and rates from their declared parts.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Input;
use super::derive::{Known, compare, derived, key_of, series};
use super::key::FigureKey;
use super::model::{Addend, Basis, Comparison, Figure, Role};
use super::remark;
use crate::diagnostic::Finding;
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Indicator, Kind, Unit};
use crate::observation::{Measure, Qualifier, Status};
use crate::period::Period;

/// Adds the stocks of one list of provinces that are known under another period: of the same day, else, for the periods
/// asked for, the last one within. A stock stated under two periods that end on one day is set against itself.
pub(super) fn stocks(
    input: &Input<'_>,
    system: ProvinceSystem,
    asked: &BTreeSet<Period>,
    figures: &mut Vec<Figure>,
    findings: &mut Vec<Finding>,
) {
    for (series, known) in series(input, figures, Kind::Stock, system) {
        for period in Period::reported_of(series.year).into_iter().filter(|p| !known.contains_key(p)) {
            let Some((of, at)) = last_value(&known, period) else { continue };
            let same = of.last_month() == period.last_month();
            if !same && !asked.contains(&period) {
                continue;
            }
            let basis = if same { Basis::SameDate } else { Basis::LastValue };
            let Some(value) = figures.get(at).map(|f| f.value) else { continue };
            let key = key_of(&series, period, Status::Reported);
            let mut figure = derived(figures, key, value, basis, vec![Addend { figure: at, role: Role::Same }]);
            figure.as_of = Some(of);
            figures.push(figure);
        }
        let mut by_end: BTreeMap<u8, usize> = BTreeMap::new();
        for (period, at) in &known {
            // The order of periods is from the shortest: the longer one is set against it.
            if let Some(shorter) = by_end.get(&period.last_month()).copied() {
                if !figures.get(*at).is_some_and(Figure::is_direct) {
                    continue;
                }
                let Some(value) = figures.get(shorter).map(|f| f.value) else { continue };
                let addends = vec![Addend { figure: shorter, role: Role::Same }];
                compare(input, figures, *at, value, addends, findings);
            } else {
                by_end.insert(period.last_month(), *at);
            }
        }
    }
}

/// The latest value known within a period: the nearer to its end, then that of the longest period.
fn last_value(known: &Known, period: Period) -> Option<(Period, usize)> {
    let within = |p: &Period| p.last_month() <= period.last_month() && p.last_month() >= period.first_month();
    known.iter().filter(|(p, _)| within(p)).map(|(p, at)| (*p, *at)).max_by_key(|(p, _)| (p.last_month(), *p))
}

/// Adds the rates that no report states, and whose declared numerator and denominator are both there; stated ones are
/// set against theirs.
pub(super) fn rates(input: &Input<'_>, figures: &mut Vec<Figure>, findings: &mut Vec<Finding>) {
    let mut by_key: BTreeMap<FigureKey, usize> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate() {
        let key = &figure.key;
        if key.measure == Measure::Actual && key.status != Status::Forecast && key.base.is_empty() && !figure.is_stale()
        {
            // Reported and estimated values of one cell: the reported one is taken.
            let cell = FigureKey { status: Status::Reported, ..key.clone() };
            let place = by_key.entry(cell).or_insert(at);
            if figures.get(*place).is_some_and(|f| f.key.status > key.status) {
                *place = at;
            }
        }
    }
    for rate in input.register.indicators() {
        let (Some(numerator), Some(denominator)) = (&rate.numerator, &rate.denominator) else { continue };
        let tops: Vec<(FigureKey, usize)> =
            by_key.iter().filter(|(k, _)| k.indicator == *numerator).map(|(k, at)| (k.clone(), *at)).collect();
        for (key, top) in tops {
            let Some(bottom) = by_key.get(&FigureKey { indicator: denominator.clone(), ..key.clone() }).copied() else {
                continue;
            };
            let Some(value) = ratio(figures, rate, top, bottom) else { continue };
            let addends =
                vec![Addend { figure: top, role: Role::Numerator }, Addend { figure: bottom, role: Role::Denominator }];
            let key = FigureKey { indicator: rate.id.clone(), ..key };
            match by_key.get(&key).copied() {
                Some(stated) => compare_rate(input, figures, stated, value, addends, findings),
                None => {
                    let mut figure = derived(figures, key, value, Basis::Ratio, addends);
                    rate.unit.code().clone_into(&mut figure.unit);
                    figures.push(figure);
                }
            }
        }
    }
}

/// The rate of two figures: in percent where the register says so.
fn ratio(figures: &[Figure], rate: &Indicator, top: usize, bottom: usize) -> Option<Decimal> {
    let scale = if rate.unit == Unit::Percent { Decimal::ONE_HUNDRED } else { Decimal::ONE };
    figures.get(top)?.value.checked_mul(scale)?.checked_div(figures.get(bottom)?.value)
}

fn compare_rate(
    input: &Input<'_>,
    figures: &mut [Figure],
    stated: usize,
    value: Decimal,
    addends: Vec<Addend>,
    findings: &mut Vec<Finding>,
) {
    let Some(figure) = figures.get(stated) else { return };
    let agrees = is_written_as(value, figure.value);
    let parts: Vec<&Figure> = addends.iter().filter_map(|a| figures.get(a.figure)).collect();
    let exact = parts.iter().copied().chain([figure]).all(|f| f.qualifier == Qualifier::Exact);
    if !agrees && exact {
        findings.extend(remark("derived-differs", input, figure, parts.first().copied(), value));
    }
    if let Some(figure) = figures.get_mut(stated) {
        figure.compared = Some(Comparison { value, addends, agrees });
    }
}

/// Whether a computed value is written as `stated`: rounded to its digits, or cut.
pub(super) fn is_written_as(computed: Decimal, stated: Decimal) -> bool {
    let stated = stated.normalize();
    let digits = stated.scale();
    let half = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    computed.round_dp_with_strategy(digits, half) == stated || computed.trunc_with_scale(digits) == stated
}
