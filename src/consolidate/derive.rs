//! Flows of one period from those of others: months to quarters, halves and years, cumulative less cumulative. What is
//! stated is kept and set against what the others give.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use rust_decimal::Decimal;

use super::key::FigureKey;
use super::model::{Addend, Basis, Comparison, Figure, Role, Settled};
use super::paths::{Step, Stretch, path};
use super::{ConsolidateError, Input, remark};
use crate::diagnostic::Finding;
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Kind, Unit};
use crate::observation::{Breakdown, Measure, Qualifier, Status};
use crate::period::{Period, PeriodKind};
use crate::table::{VALUE_SCALE, decimal_of, decimal_series};

/// One indicator of one province over a year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Series {
    system: ProvinceSystem,
    province: String,
    indicator: String,
    breakdown: Breakdown,
    pub(super) year: u16,
}

/// Position of the one figure of each period.
pub(super) type Known = BTreeMap<Period, usize>;

/// The results of one kind of indicator by series, each period once: the reported before the estimated; a forecast is
/// none.
pub(super) fn series(
    input: &Input<'_>,
    figures: &[Figure],
    kind: Kind,
    system: ProvinceSystem,
) -> BTreeMap<Series, Known> {
    let mut found: BTreeMap<Series, Known> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate() {
        let key = &figure.key;
        let result = key.measure == Measure::Actual && key.status != Status::Forecast && key.system == system;
        if !result
            || !input.register.get(&key.indicator).is_some_and(|i| i.kind == kind)
            || matches!(key.period.kind, PeriodKind::Years(_))
        {
            continue;
        }
        let series = Series {
            system: key.system,
            province: key.province.clone(),
            indicator: key.indicator.clone(),
            breakdown: key.breakdown.clone(),
            year: key.period.year,
        };
        let place = found.entry(series).or_default().entry(key.period).or_insert(at);
        let order = |at: usize| figures.get(at).map(|f| (f.key.status, f.key.base.clone(), !f.is_direct(), at));
        if order(at) < order(*place) {
            *place = at;
        }
    }
    found
}

/// A period of one year as a stretch of its months.
pub(super) fn stretch(period: Period) -> Stretch {
    Stretch { from: period.first_month() - 1, to: period.last_month() }
}

/// The periods that figures are derived for: those that are reported of a year, and the months from January on.
fn targets(year: u16) -> BTreeSet<Period> {
    let from_january = (1..=12).filter_map(|months| Period::first_months(year, months));
    Period::reported_of(year).into_iter().chain(from_january).collect()
}

/// The key of a derived figure of a series.
pub(super) fn key_of(series: &Series, period: Period, status: Status) -> FigureKey {
    FigureKey {
        system: series.system,
        province: series.province.clone(),
        period,
        indicator: series.indicator.clone(),
        breakdown: series.breakdown.clone(),
        measure: Measure::Actual,
        of: None,
        base: String::new(),
        status,
    }
}

/// A figure computed from others: as sure as the least sure of them, an estimate where one of them is.
pub(super) fn derived(
    figures: &[Figure],
    key: FigureKey,
    value: Decimal,
    basis: Basis,
    addends: Vec<Addend>,
) -> Figure {
    let parts: Vec<&Figure> = addends.iter().filter_map(|a| figures.get(a.figure)).collect();
    let status = parts.iter().map(|f| f.key.status).max().unwrap_or(key.status);
    let first = parts.first().map_or(Qualifier::Exact, |f| f.qualifier);
    let alike = parts.iter().all(|f| f.qualifier == first) && (first == Qualifier::Exact || parts.len() == 1);
    let mut sources: Vec<usize> = Vec::new();
    for at in parts.iter().flat_map(|f| &f.sources) {
        if !sources.contains(at) {
            sources.push(*at);
        }
    }
    Figure {
        key: FigureKey { status, ..key },
        value,
        unit: parts.first().map(|f| f.unit.clone()).unwrap_or_default(),
        qualifier: if alike { first } else { Qualifier::About },
        settled: Settled::Derived,
        basis,
        as_of: None,
        range: None,
        compared: None,
        administrative: parts.iter().any(|f| f.administrative),
        confidence: parts.iter().map(|f| f.confidence).min().unwrap_or_default(),
        doubtful: parts.iter().any(|f| f.doubtful),
        plan_source: parts
            .iter()
            .map(|f| f.plan_source.as_str())
            .find(|s| !s.is_empty())
            .unwrap_or_default()
            .to_owned(),
        addends,
        sources,
        repeated: Vec::new(),
        outranked: Vec::new(),
    }
}

/// What is to be summed: a wanted figure, or a stated one that the sum is set against.
struct Pending<'a> {
    series: &'a Series,
    period: Period,
    stated: Option<usize>,
    addends: Vec<Addend>,
}

/// Adds the flows of one list of provinces that other periods give, and sets stated ones against their parts.
///
/// # Errors
/// When Polars cannot add.
pub(super) fn flows(
    input: &Input<'_>,
    system: ProvinceSystem,
    figures: &mut Vec<Figure>,
    findings: &mut Vec<Finding>,
) -> Result<(), ConsolidateError> {
    let found = series(input, figures, Kind::Flow, system);
    let mut pending = Vec::new();
    for (series, known) in &found {
        let at: Vec<usize> = known.values().copied().collect();
        let stretches: Vec<Stretch> = known.keys().map(|p| stretch(*p)).collect();
        let addends = |steps: Vec<Step>| -> Vec<Addend> {
            let role = |forward: bool| if forward { Role::Plus } else { Role::Minus };
            let mut addends: Vec<Addend> = steps
                .into_iter()
                .filter_map(|(step, forward)| Some(Addend { figure: *at.get(step)?, role: role(forward) }))
                .collect();
            // What is added stands before what is taken away.
            addends.sort_by_key(|a| a.role);
            addends
        };
        for period in targets(series.year) {
            if !known.contains_key(&period)
                && let Some(steps) = path(&stretches, stretch(period), true, |_| false)
            {
                pending.push(Pending { series, period, stated: None, addends: addends(steps) });
            }
        }
        for (period, stated) in known {
            let own = known.keys().position(|p| p == period);
            let is_own = |step: usize| Some(step) == own;
            if figures.get(*stated).is_some_and(Figure::is_direct)
                && let Some(steps) = path(&stretches, stretch(*period), false, is_own)
            {
                pending.push(Pending { series, period: *period, stated: Some(*stated), addends: addends(steps) });
            }
        }
    }
    let sums = signed_sums(figures, pending.iter().map(|p| p.addends.as_slice()))?;
    for (pending, value) in pending.into_iter().zip(sums) {
        let differs = pending.addends.iter().any(|a| a.role == Role::Minus);
        match pending.stated {
            Some(stated) => compare(input, figures, stated, value, pending.addends, findings),
            // A count that falls is a contradiction between the reports, not a figure.
            None if value.is_sign_negative() && !value.is_zero() => {
                findings.extend(fell(input, figures, &pending, value));
            }
            None => {
                let basis = if differs { Basis::Difference } else { Basis::Periods };
                let key = key_of(pending.series, pending.period, Status::Reported);
                let figure = derived(figures, key, value, basis, pending.addends);
                figures.push(figure);
            }
        }
    }
    Ok(())
}

/// The sum of each group of addends, those taken away with their sign.
///
/// # Errors
/// When Polars cannot add.
pub(super) fn signed_sums<'a>(
    figures: &[Figure],
    groups: impl Iterator<Item = &'a [Addend]>,
) -> Result<Vec<Decimal>, ConsolidateError> {
    let mut of: Vec<u32> = Vec::new();
    let mut values: Vec<Decimal> = Vec::new();
    let mut count = 0_usize;
    for (group, addends) in groups.enumerate() {
        count = group + 1;
        for addend in addends {
            let value = figures.get(addend.figure).map(|f| f.value).unwrap_or_default();
            of.push(u32::try_from(group).unwrap_or(u32::MAX));
            values.push(if addend.role == Role::Minus { -value } else { value });
        }
    }
    let step = || ConsolidateError::step("adding over periods");
    let value = decimal_series("value", values.iter().map(|v| Some(*v)), VALUE_SCALE).map_err(step())?;
    let frame = DataFrame::new(of.len(), vec![Column::new("group".into(), of), value.into_column()]).map_err(step())?;
    let summed = frame.lazy().group_by([col("group")]).agg([col("value").sum()]).collect().map_err(step())?;
    let read = || -> PolarsResult<Vec<Decimal>> {
        let mut sums = vec![Decimal::ZERO; count];
        let (groups, values) = (summed.column("group")?.u32()?.clone(), summed.column("value")?);
        for (row, group) in groups.iter().enumerate() {
            let value = decimal_of(&values.get(row)?);
            if let (Some(group), Some(value)) = (group, value)
                && let Some(place) = sums.get_mut(group as usize)
            {
                *place = value;
            } else {
                polars_bail!(ComputeError: "a sum over periods does not fit a decimal");
            }
        }
        Ok(sums)
    };
    read().map_err(step())
}

/// Half of the last digit that a value is written to: money is often told in whole millions, counts are exact.
fn half_step(figure: &Figure) -> Decimal {
    if figure.unit != Unit::Vnd.code() || figure.value.is_zero() {
        return Decimal::ZERO;
    }
    let mut step = Decimal::ONE;
    while step < Decimal::from(1_000_000) && (figure.value % (step * Decimal::TEN)).is_zero() {
        step *= Decimal::TEN;
    }
    if step == Decimal::ONE { Decimal::ZERO } else { step / Decimal::TWO }
}

/// Sets a stated figure against what others give for it.
pub(super) fn compare(
    input: &Input<'_>,
    figures: &mut [Figure],
    stated: usize,
    value: Decimal,
    addends: Vec<Addend>,
    findings: &mut Vec<Finding>,
) {
    let parts: Vec<&Figure> = addends.iter().filter_map(|a| figures.get(a.figure)).collect();
    let Some(figure) = figures.get(stated) else { return };
    let all = || parts.iter().copied().chain([figure]);
    let exact = all().all(|f| f.qualifier == Qualifier::Exact);
    let tolerance: Decimal = all().map(half_step).sum();
    let agrees = (figure.value - value).abs() <= tolerance;
    if !agrees && exact {
        findings.extend(remark("derived-differs", input, figure, parts.first().copied(), value));
    }
    if let Some(figure) = figures.get_mut(stated) {
        figure.compared = Some(Comparison { value, addends, agrees });
    }
}

/// A cumulative value that is less than an earlier one of the year, or than its parts.
fn fell(input: &Input<'_>, figures: &[Figure], pending: &Pending<'_>, value: Decimal) -> Option<Finding> {
    let of = |role: Role| pending.addends.iter().find(|a| a.role == role).and_then(|a| figures.get(a.figure));
    let (later, earlier) = (of(Role::Plus)?, of(Role::Minus)?);
    let finding = remark("derived-negative", input, later, Some(earlier), later.value - value)?;
    Some(finding.with("wanted", pending.period.to_string()))
}
