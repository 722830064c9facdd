//! Totals over provinces: flows and stocks are summed, rates recomputed from their declared parts or left open,
//! percentages and changes never summed.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use rust_decimal::Decimal;

use super::merge::adds;
use super::model::{Area, Basis, Figure, Total};
use super::settle::lists;
use super::{Boundaries, ConsolidateError, Input};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::Unit;
use crate::observation::{Breakdown, Measure, Qualifier, Status};
use crate::period::Period;
use crate::table::{VALUE_SCALE, decimal_of, decimal_series};

/// The totals of all areas, in the order of [`super::Consolidated::totals`].
pub(super) fn totals(input: &Input<'_>, figures: &[Figure]) -> Result<Vec<Total>, ConsolidateError> {
    let mut totals = sums(input, figures)?;
    totals.extend(rates(input, figures, &totals));
    totals.sort_by_cached_key(|t| {
        (t.system, t.period, input.register.position(&t.indicator), t.breakdown.clone(), t.measure, t.area)
    });
    Ok(totals)
}

/// Whether the reports of a period come from the provinces before the merger, seen on the boundaries after it.
fn is_rebased(input: &Input<'_>, system: ProvinceSystem, period: Period) -> bool {
    system == ProvinceSystem::P34
        && input.boundaries == Boundaries::New
        && ProvinceSystem::in_force(period.last_year(), period.last_month()) == ProvinceSystem::P63
}

/// The provinces that an area is counted by in a period, in regional order: those that were to report.
pub(super) fn members(
    input: &Input<'_>,
    system: ProvinceSystem,
    area: Area,
    period: Period,
) -> Vec<(ProvinceSystem, String)> {
    let within = |region: u8| area == Area::Country || area == Area::Region(region);
    let own = input.geography.provinces(system).filter(|p| within(p.region_order));
    if is_rebased(input, system, period) {
        let merged = own.flat_map(|p| input.geography.merged_into(&p.code));
        return merged.map(|p| (ProvinceSystem::P63, p.code.clone())).collect();
    }
    own.map(|p| (system, p.code.clone())).collect()
}

/// A figure that enters totals, and in which view.
struct Member<'a> {
    system: ProvinceSystem,
    region: u8,
    at: usize,
    figure: &'a Figure,
}

/// The figures that add over provinces: for each province and cell one, the reported before the estimated, the stated
/// before the computed.
fn addable<'a>(input: &Input<'_>, figures: &'a [Figure]) -> Vec<Member<'a>> {
    let mut chosen: BTreeMap<_, (Status, bool, usize)> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate().filter(|(_, f)| adds(input, f)) {
        let key = &figure.key;
        let cell = (key.system, &key.province, key.period, &key.indicator, &key.breakdown, key.measure);
        let order = (key.status, !figure.is_direct(), at);
        let best = chosen.entry(cell).or_insert(order);
        *best = (*best).min(order);
    }
    let mut members = Vec::new();
    for ((system, province, period, indicator, breakdown, measure), (.., at)) in &chosen {
        let (Some(figure), Some(place)) = (figures.get(*at), input.geography.get(*system, province)) else { continue };
        let is_direct = |at: &usize| figures.get(*at).is_some_and(Figure::is_direct);
        if !is_rebased(input, *system, *period) || figure.is_direct() {
            members.push(Member { system: *system, region: place.region_order, at: *at, figure });
        }
        // On the boundaries of today the old provinces are counted, unless the new one speaks for all of them.
        if *system == ProvinceSystem::P63
            && is_rebased(input, ProvinceSystem::P34, *period)
            && let Some(new) = input.geography.get(ProvinceSystem::P34, &place.code_34)
        {
            let cell = (ProvinceSystem::P34, &new.code, *period, *indicator, *breakdown, *measure);
            if !chosen.get(&cell).is_some_and(|(.., at)| is_direct(at)) {
                members.push(Member { system: ProvinceSystem::P34, region: new.region_order, at: *at, figure });
            }
        }
    }
    members.sort_by_key(|m| (m.system, m.at));
    members
}

fn sums(input: &Input<'_>, figures: &[Figure]) -> Result<Vec<Total>, ConsolidateError> {
    let members = addable(input, figures);
    let text = |name: &str, of: &dyn Fn(&Member<'_>) -> String| {
        Column::new(name.into(), members.iter().map(of).collect::<Vec<_>>())
    };
    let number = |name: &str, of: &dyn Fn(&Member<'_>) -> usize| {
        let numbers = members.iter().map(|m| u32::try_from(of(m)).unwrap_or(u32::MAX)).collect::<Vec<u32>>();
        Column::new(name.into(), numbers)
    };
    let value = decimal_series("value", members.iter().map(|m| Some(m.figure.value)), VALUE_SCALE)
        .map_err(ConsolidateError::step("the values to add"))?;
    let columns = vec![
        text("system", &|m| m.system.code().to_owned()),
        text("period", &|m| m.figure.key.period.to_string()),
        text("indicator", &|m| m.figure.key.indicator.clone()),
        text("breakdown", &|m| m.figure.key.breakdown.to_string()),
        text("measure", &|m| m.figure.key.measure.code().to_owned()),
        number("region", &|m| usize::from(m.region)),
        value.into_column(),
        number("figure", &|m| m.at),
    ];
    let frame =
        DataFrame::new(members.len(), columns).map_err(ConsolidateError::step("the frame of the values to add"))?;
    let cell = ["system", "period", "indicator", "breakdown", "measure"];
    let mut totals = Vec::new();
    for by_region in [false, true] {
        let keys: Vec<Expr> = cell.iter().copied().chain(by_region.then_some("region")).map(col).collect();
        let summed = frame
            .clone()
            .lazy()
            .group_by(keys)
            .agg([col("value").sum(), col("figure")])
            .collect()
            .map_err(ConsolidateError::step("adding over provinces"))?;
        let found =
            read_sums(input, figures, &summed, by_region).map_err(ConsolidateError::step("reading the sums"))?;
        totals.extend(found);
    }
    Ok(totals)
}

fn read_sums(input: &Input<'_>, figures: &[Figure], summed: &DataFrame, by_region: bool) -> PolarsResult<Vec<Total>> {
    let values = summed.column("value")?;
    let systems = summed.column("system")?.str()?.clone();
    let regions = if by_region { Some(summed.column("region")?.u32()?.clone()) } else { None };
    let mut totals = Vec::with_capacity(summed.height());
    for (row, positions) in lists(summed, "figure")?.into_iter().enumerate() {
        let Some(first) = positions.first().and_then(|at| figures.get(*at)) else { continue };
        let Some(system) = systems.get(row).and_then(ProvinceSystem::from_code) else { continue };
        let Some(value) = decimal_of(&values.get(row)?) else {
            polars_bail!(ComputeError: "the sum of {} does not fit a decimal", first.key.indicator);
        };
        let region = regions.as_ref().and_then(|r| r.get(row)).and_then(|r| u8::try_from(r).ok());
        let area = region.map_or(Area::Country, Area::Region);
        let mut total = Total {
            system,
            area,
            period: first.key.period,
            indicator: first.key.indicator.clone(),
            breakdown: first.key.breakdown.clone(),
            measure: first.key.measure,
            value,
            figures: positions,
            denominator: Vec::new(),
            provinces: 0,
            covered: 0,
            missing: Vec::new(),
            derived: 0,
            implied: 0,
            estimated: 0,
            administrative: 0,
            inexact: 0,
            confidence: Decimal::ONE,
            doubtful: false,
        };
        describe(input, figures, &mut total);
        totals.push(total);
    }
    Ok(totals)
}

/// Says of a total what its figures are, and which provinces it lacks.
fn describe(input: &Input<'_>, figures: &[Figure], total: &mut Total) {
    let parts: Vec<&Figure> = total.figures.iter().filter_map(|at| figures.get(*at)).collect();
    let count = |is: &dyn Fn(&Figure) -> bool| parts.iter().filter(|f| is(f)).count();
    total.derived = count(&|f| !f.is_direct());
    total.implied = count(&|f| f.basis == Basis::Implied);
    total.estimated = count(&|f| f.key.status == Status::Estimate);
    total.administrative = count(&|f| f.administrative);
    total.inexact = count(&|f| f.qualifier != Qualifier::Exact);
    total.confidence = parts.iter().map(|f| f.confidence).min().unwrap_or_default();
    total.doubtful = parts.iter().any(|f| f.doubtful);
    let there: BTreeSet<(ProvinceSystem, &str)> =
        parts.iter().map(|f| (f.key.system, f.key.province.as_str())).collect();
    let expected = members(input, total.system, total.area, total.period);
    total.provinces = expected.len();
    total.missing = expected
        .into_iter()
        .filter(|(system, code)| {
            // A new province that speaks of a time before the merger speaks for the old ones.
            let new = input.geography.get(*system, code).map(|p| p.code_34.as_str()).unwrap_or_default();
            !there.contains(&(*system, code.as_str())) && !there.contains(&(ProvinceSystem::P34, new))
        })
        .collect();
    total.covered = total.provinces - total.missing.len();
}

type RateCell<'a> = (ProvinceSystem, Area, Period, &'a str, &'a Breakdown);

/// The rates that can be recomputed: every province concerned has both the numerator and the denominator.
fn rates(input: &Input<'_>, figures: &[Figure], sums: &[Total]) -> Vec<Total> {
    // Provinces that state the rate itself: a recomputed rate must not speak for fewer.
    let mut stated: BTreeMap<RateCell<'_>, BTreeSet<(ProvinceSystem, &str)>> = BTreeMap::new();
    for figure in figures.iter().filter(|f| f.key.measure == Measure::Actual && f.key.status != Status::Forecast) {
        let key = &figure.key;
        let Some(province) = input.geography.get(key.system, &key.province) else { continue };
        if !figure.is_direct() {
            continue;
        }
        let mut views = vec![(key.system, province.region_order)];
        if key.system == ProvinceSystem::P63
            && is_rebased(input, ProvinceSystem::P34, key.period)
            && let Some(new) = input.geography.get(ProvinceSystem::P34, &province.code_34)
        {
            views.push((ProvinceSystem::P34, new.region_order));
        }
        for (system, region) in views {
            for area in [Area::Country, Area::Region(region)] {
                let cell = (system, area, key.period, key.indicator.as_str(), &key.breakdown);
                stated.entry(cell).or_default().insert((key.system, &key.province));
            }
        }
    }
    let by_cell: BTreeMap<RateCell<'_>, &Total> = sums
        .iter()
        .filter(|t| t.measure == Measure::Actual)
        .map(|t| ((t.system, t.area, t.period, t.indicator.as_str(), &t.breakdown), t))
        .collect();
    let mut rates = Vec::new();
    for rate in input.register.indicators() {
        let (Some(numerator), Some(denominator)) = (&rate.numerator, &rate.denominator) else { continue };
        for ((system, area, period, _, breakdown), top) in by_cell.iter().filter(|(cell, _)| cell.3 == numerator) {
            let Some(bottom) = by_cell.get(&(*system, *area, *period, denominator.as_str(), *breakdown)) else {
                continue;
            };
            let codes = |t: &Total| -> BTreeSet<(ProvinceSystem, &str)> {
                let parts = t.figures.iter().filter_map(|at| figures.get(*at));
                parts.map(|f| (f.key.system, f.key.province.as_str())).collect()
            };
            let (over, under) = (codes(top), codes(bottom));
            let concerned = stated.get(&(*system, *area, *period, rate.id.as_str(), *breakdown));
            if over != under || concerned.is_some_and(|c| !c.is_subset(&over)) {
                continue;
            }
            let scale = if rate.unit == Unit::Percent { Decimal::ONE_HUNDRED } else { Decimal::ONE };
            let Some(value) = top.value.checked_mul(scale).and_then(|v| v.checked_div(bottom.value)) else { continue };
            rates.push(Total {
                indicator: rate.id.clone(),
                value,
                denominator: bottom.figures.clone(),
                derived: top.derived + bottom.derived,
                estimated: top.estimated + bottom.estimated,
                inexact: top.inexact + bottom.inexact,
                confidence: top.confidence.min(bottom.confidence),
                doubtful: top.doubtful || bottom.doubtful,
                ..(*top).clone()
            });
        }
    }
    rates
}
