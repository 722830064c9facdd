//! Totals over provinces: flows and stocks are summed, rates recomputed from their declared parts or left open,
//! percentages and changes never summed.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use rust_decimal::Decimal;

use super::model::{Area, Figure, Total};
use super::settle::lists;
use super::{ConsolidateError, Input};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Kind, Unit};
use crate::observation::{Breakdown, Measure, Status};
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

/// How many provinces an area has.
fn size(input: &Input<'_>, system: ProvinceSystem, area: Area) -> usize {
    let within = |region: u8| area == Area::Country || area == Area::Region(region);
    input.geography.provinces(system).filter(|p| within(p.region_order)).count()
}

/// Positions of the figures that add over provinces: for each province and cell one, the reported before the
/// estimated; forecasts never.
fn addable(input: &Input<'_>, figures: &[Figure]) -> Vec<usize> {
    let mut chosen: BTreeMap<_, (Status, usize)> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate() {
        let key = &figure.key;
        let adds = input.register.get(&key.indicator).is_some_and(|i| i.kind != Kind::Rate);
        let measured = key.measure == Measure::Plan || key.measure == Measure::Actual && key.status != Status::Forecast;
        if adds && measured && figure.unit != Unit::Percent.code() {
            let cell = (key.system, &key.province, key.period, &key.indicator, &key.breakdown, key.measure);
            let best = chosen.entry(cell).or_insert((key.status, at));
            *best = (*best).min((key.status, at));
        }
    }
    let mut positions: Vec<usize> = chosen.into_values().map(|(_, at)| at).collect();
    positions.sort_unstable();
    positions
}

fn sums(input: &Input<'_>, figures: &[Figure]) -> Result<Vec<Total>, ConsolidateError> {
    let members: Vec<(u32, &Figure)> = addable(input, figures)
        .into_iter()
        .filter_map(|at| Some((u32::try_from(at).ok()?, figures.get(at)?)))
        .collect();
    let text = |name: &str, of: &dyn Fn(&Figure) -> String| {
        Column::new(name.into(), members.iter().map(|(_, f)| of(f)).collect::<Vec<_>>())
    };
    let region =
        |f: &Figure| input.geography.get(f.key.system, &f.key.province).map_or(0, |p| u32::from(p.region_order));
    let value = decimal_series("value", members.iter().map(|(_, f)| Some(f.value)), VALUE_SCALE)
        .map_err(ConsolidateError::step("the values to add"))?;
    let columns = vec![
        text("system", &|f| f.key.system.code().to_owned()),
        text("period", &|f| f.key.period.to_string()),
        text("indicator", &|f| f.key.indicator.clone()),
        text("breakdown", &|f| f.key.breakdown.to_string()),
        text("measure", &|f| f.key.measure.code().to_owned()),
        Column::new("region".into(), members.iter().map(|(_, f)| region(f)).collect::<Vec<u32>>()),
        value.into_column(),
        Column::new("figure".into(), members.iter().map(|(at, _)| *at).collect::<Vec<u32>>()),
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
    let mut totals = Vec::with_capacity(summed.height());
    for (row, positions) in lists(summed, "figure")?.into_iter().enumerate() {
        let Some(first) = positions.first().and_then(|at| figures.get(*at)) else { continue };
        let Some(province) = input.geography.get(first.key.system, &first.key.province) else { continue };
        let Some(value) = decimal_of(&values.get(row)?) else {
            polars_bail!(ComputeError: "the sum of {} does not fit a decimal", first.key.indicator);
        };
        let area = if by_region { Area::Region(province.region_order) } else { Area::Country };
        totals.push(Total {
            system: first.key.system,
            area,
            period: first.key.period,
            indicator: first.key.indicator.clone(),
            breakdown: first.key.breakdown.clone(),
            measure: first.key.measure,
            value,
            doubtful: positions.iter().any(|at| figures.get(*at).is_some_and(|f| f.doubtful)),
            figures: positions,
            denominator: Vec::new(),
            provinces: size(input, first.key.system, area),
        });
    }
    Ok(totals)
}

type RateCell<'a> = (ProvinceSystem, Area, Period, &'a str, &'a Breakdown);

/// The rates that can be recomputed: every province concerned has both the numerator and the denominator.
fn rates(input: &Input<'_>, figures: &[Figure], sums: &[Total]) -> Vec<Total> {
    // Provinces that state the rate itself: a recomputed rate must not speak for fewer.
    let mut stated: BTreeMap<RateCell<'_>, BTreeSet<&str>> = BTreeMap::new();
    for figure in figures.iter().filter(|f| f.key.measure == Measure::Actual && f.key.status != Status::Forecast) {
        let key = &figure.key;
        let Some(province) = input.geography.get(key.system, &key.province) else { continue };
        for area in [Area::Country, Area::Region(province.region_order)] {
            let cell = (key.system, area, key.period, key.indicator.as_str(), &key.breakdown);
            stated.entry(cell).or_default().insert(&key.province);
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
            let codes = |t: &Total| -> BTreeSet<&str> {
                t.figures.iter().filter_map(|at| figures.get(*at)).map(|f| f.key.province.as_str()).collect()
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
                doubtful: top.doubtful || bottom.doubtful,
                ..(*top).clone()
            });
        }
    }
    rates
}
