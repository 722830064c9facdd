//! Growth against the plan, the same period of last year and the period before, computed where both sides exist and
//! set against what the reports state.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::key::FigureKey;
use super::model::{Against, Basis, Figure, Growth};
use super::stock::is_written_as;
use super::wording::PREVIOUS_PERIOD;
use super::{Input, remark};
use crate::diagnostic::Finding;
use crate::dictionary::register::Kind;
use crate::observation::{Measure, Qualifier, Status};
use crate::period::{Period, PeriodKind};

/// The percentage of a value against its base: reached of a plan, changed against a period. None on nothing.
pub(super) fn percent(against: Against, value: Decimal, base: Decimal) -> Option<Decimal> {
    let over = if against == Against::Plan { value } else { value.checked_sub(base)? };
    // A base below zero has no percentage that anyone could read.
    (base > Decimal::ZERO).then(|| over.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(base)).flatten()
}

/// The period that a figure is set against; a plan is of the year, under the period itself.
pub(super) fn base_period(against: Against, period: Period) -> Option<Period> {
    match against {
        Against::Plan => Some(period),
        Against::SamePeriod if matches!(period.kind, PeriodKind::Years(_)) => None,
        Against::SamePeriod => period.a_year_before(),
        Against::PreviousPeriod => period.previous(),
    }
}

/// The periods under which the plan for a result may stand: that of the result, then those that end with it.
pub(super) fn plan_periods(period: Period) -> Vec<Period> {
    let mut periods = vec![period];
    periods.extend(Period::reported_of(period.year).into_iter().filter(|p| p.last_month() == period.last_month()));
    periods
}

type Index = BTreeMap<FigureKey, usize>;

fn index(figures: &[Figure]) -> Index {
    let mut index = Index::new();
    for (at, figure) in figures.iter().enumerate() {
        let key = &figure.key;
        if key.status == Status::Forecast && key.measure != Measure::Plan {
            continue;
        }
        let known = FigureKey { status: Status::Reported, ..key.clone() };
        let place = index.entry(known).or_insert(at);
        let order = |at: usize| figures.get(at).map(|f| (f.key.status, !f.is_direct(), at));
        if order(at) < order(*place) {
            *place = at;
        }
    }
    index
}

/// All growths, in the order of the figures; a stated percentage that is another is a finding where its base is in
/// another report (within one report the checks of reports see it).
pub(super) fn growths(input: &Input<'_>, figures: &[Figure], findings: &mut Vec<Finding>) -> Vec<Growth> {
    let index = index(figures);
    let mut growths = Vec::new();
    for (at, figure) in figures.iter().enumerate() {
        let key = &figure.key;
        let Some(indicator) = input.register.get(&key.indicator) else { continue };
        let bare = FigureKey { status: Status::Reported, base: String::new(), ..key.clone() };
        if key.measure != Measure::Actual || figure.is_stale() || index.get(&bare) != Some(&at) {
            continue;
        }
        for against in [Against::Plan, Against::SamePeriod, Against::PreviousPeriod] {
            let Some(base) = base_of(&index, &bare, against, indicator.kind) else { continue };
            let Some(other) = figures.get(base) else { continue };
            // A plan that a percentage implies says nothing of that percentage.
            if against == Against::Plan && other.basis == Basis::Implied || other.is_stale() {
                continue;
            }
            let change = figure.value - other.value;
            let is_rate = indicator.kind == Kind::Rate;
            let percent = if is_rate { None } else { percent(against, figure.value, other.value) };
            let Some(computed) = (if is_rate { Some(change) } else { percent }) else { continue };
            let stated = stated(&index, &bare, against, is_rate);
            let agrees = stated.and_then(|at| figures.get(at)).map(|s| is_written_as(computed, s.value));
            let growth = Growth { figure: at, against, base, percent, change, stated, agrees };
            findings.extend(differs(input, figures, &growth));
            growths.push(growth);
        }
    }
    growths
}

fn base_of(index: &Index, key: &FigureKey, against: Against, kind: Kind) -> Option<usize> {
    if against == Against::Plan {
        // A level is no part of its target; of flows, only what counts from January is a part of the year's plan.
        if kind == Kind::Rate || kind == Kind::Flow && !key.period.starts_in_january() {
            return None;
        }
        let plan = |period: Period| index.get(&FigureKey { period, measure: Measure::Plan, ..key.clone() }).copied();
        return plan_periods(key.period).into_iter().find_map(plan);
    }
    let before = base_period(against, key.period)?;
    let found = index.get(&FigureKey { period: before, ..key.clone() }).copied();
    let told = || {
        let of = Some(Measure::Actual);
        index.get(&FigureKey { measure: Measure::YoyBase, of, ..key.clone() }).copied()
    };
    found.or_else(|| if against == Against::SamePeriod { told() } else { None })
}

fn stated(index: &Index, key: &FigureKey, against: Against, is_rate: bool) -> Option<usize> {
    let measure = match (against, is_rate) {
        (Against::SamePeriod, true) => Measure::YoyAbs,
        (Against::PreviousPeriod, true) => Measure::PrevAbs,
        _ => against.measure(),
    };
    let base = if against == Against::PreviousPeriod { PREVIOUS_PERIOD } else { "" };
    let of = Some(Measure::Actual);
    index.get(&FigureKey { measure, of, base: base.to_owned(), ..key.clone() }).copied()
}

fn differs(input: &Input<'_>, figures: &[Figure], growth: &Growth) -> Option<Finding> {
    let stated = figures.get(growth.stated?)?;
    let (now, base) = (figures.get(growth.figure)?, figures.get(growth.base)?);
    let exact = [stated, now, base].iter().all(|f| f.qualifier == Qualifier::Exact);
    let file = |f: &Figure| f.sources.first().and_then(|at| input.observations.get(*at)).map(|o| o.file.clone());
    if growth.agrees != Some(false) || !exact || file(stated) == file(base) {
        return None;
    }
    let digits = stated.value.normalize().scale().max(2);
    let computed = growth.percent.unwrap_or(growth.change).round_dp(digits);
    let finding = remark("growth-differs", input, stated, Some(base), computed)?;
    Some(finding.with("of", now.value.normalize().to_string()).with("base", base.value.normalize().to_string()))
}
