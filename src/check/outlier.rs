//! Values that stand out: from the province's own values of other periods, or, averages per head, from those of its
//! region, else of all the run. Rates differ too much between provinces to be held against each other.
//!
//! The method is robust and declared: the ratio to the median of the others, held against the middle one of the
//! others' own ratios.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::printed::{Printed, Slip};
use super::rules::{Outliers, Rules};
use super::site_of;
use super::values::{Values, months};
use crate::diagnostic::{Cause, Finding, Severity};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register;
use crate::observation::{Measure, Status};
use crate::period::Period;

/// One value of a series.
struct Point {
    value: Decimal,
    /// The value it is, or the amount of an average.
    at: usize,
    /// The count of an average.
    count: Option<usize>,
    /// Name of the region; empty where a province is only held against itself.
    region: String,
}

pub(super) fn find(
    values: &Values<'_>,
    provinces: &[Vec<usize>],
    periods: &BTreeMap<String, Period>,
    rules: &Rules,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for list in provinces {
        for series in own_series(values, list, periods).values() {
            findings.extend(stand_out(values, series, &rules.outliers));
        }
    }
    for series in averages(values, provinces).values() {
        findings.extend(stand_out(values, series, &rules.outliers));
    }
    findings
}

/// A province's values of one thing over periods of one length.
fn own_series(
    values: &Values<'_>,
    list: &[usize],
    periods: &BTreeMap<String, Period>,
) -> BTreeMap<(String, String, u32), Vec<Point>> {
    let mut series: BTreeMap<(String, String, u32), BTreeMap<Period, Vec<usize>>> = BTreeMap::new();
    for at in list.iter().copied() {
        let Some(own) = values.get(at).map(|v| v.observation) else { continue };
        let Some(row) = values.indicator(at) else { continue };
        let is_own = periods.get(&own.file).copied() == own.period;
        if own.measure != Measure::Actual || own.status == Status::Forecast || !is_own {
            continue;
        }
        let Some((first, last)) = own.period.and_then(|p| months(p, false)) else { continue };
        let length = if row.kind == register::Kind::Flow { last + 1 - first } else { 0 };
        let key = (own.indicator.clone(), own.breakdown.to_string(), length);
        let Some(period) = own.period else { continue };
        series.entry(key).or_default().entry(period).or_default().push(at);
    }
    let points = |by_period: BTreeMap<Period, Vec<usize>>| {
        by_period
            .into_values()
            .filter_map(|list| {
                let at = *list.first()?;
                let value = values.get(at)?.observation.value;
                // Events told separately make no value of the period.
                let one = list.iter().all(|other| values.get(*other).is_some_and(|v| v.observation.value == value));
                one.then_some(Point { value, at, count: None, region: String::new() })
            })
            .collect()
    };
    series.into_iter().map(|(key, by_period)| (key, points(by_period))).collect()
}

/// Amounts per counted one, over all provinces: money against what the dictionary says it follows.
fn averages(values: &Values<'_>, provinces: &[Vec<usize>]) -> BTreeMap<(String, String), Vec<Point>> {
    let dictionary = values.dictionary();
    let mut series: BTreeMap<(String, String), Vec<Point>> = BTreeMap::new();
    for list in provinces {
        for at in list.iter().copied() {
            let Some(own) = values.get(at).map(|v| v.observation) else { continue };
            let region = region(values, at);
            let is_money = values.indicator(at).is_some_and(|i| i.unit == register::Unit::Vnd);
            if !is_money || !own.measure.is_result() {
                continue;
            }
            let Some(position) = dictionary.register.position(&own.indicator) else { continue };
            let Some(rules) = dictionary.rules.get(position) else { continue };
            let counts: Vec<(usize, &str)> = list
                .iter()
                .filter_map(|at| {
                    let other = values.get(*at)?.observation;
                    let place = dictionary.register.position(&other.indicator).and_then(|p| u16::try_from(p).ok())?;
                    let fits = rules.companion_of.contains(&place)
                        && values.is_count(*at)
                        && (&other.file, &other.breakdown, other.measure, other.period, other.line)
                            == (&own.file, &own.breakdown, own.measure, own.period, own.line);
                    fits.then_some((*at, other.indicator.as_str()))
                })
                .collect();
            // Of two counts in one line nothing tells which of them the money is for.
            let [(count, indicator)] = counts.as_slice() else { continue };
            let Some(of) = values.get(*count).map(|v| v.observation.value).filter(|v| !v.is_zero()) else { continue };
            // What is paid every month to so many people is compared by the month.
            let each_month = values.indicator(at).is_some_and(|i| i.kind == register::Kind::Flow)
                && values.indicator(*count).is_some_and(|i| i.kind == register::Kind::Stock);
            let paid = own.period.and_then(|p| months(p, own.measure == Measure::Cumulative));
            let length =
                paid.filter(|_| each_month).map_or(Decimal::ONE, |(first, last)| Decimal::from(last + 1 - first));
            let Some(value) = own.value.checked_div(of).and_then(|v| v.checked_div(length)) else { continue };
            let key = (own.indicator.clone(), (*indicator).to_owned());
            series.entry(key).or_default().push(Point { value, at, count: Some(*count), region });
        }
    }
    series
}

/// Name of the region of a value's province.
fn region(values: &Values<'_>, at: usize) -> String {
    let known = values.get(at).map(|v| v.observation).and_then(|o| {
        let system = ProvinceSystem::from_code(&o.province_system)?;
        values.dictionary().geography.get(system, &o.province)
    });
    known.map(|p| p.region.clone()).unwrap_or_default()
}

fn median(mut list: Vec<Decimal>) -> Option<Decimal> {
    list.sort_unstable();
    let middle = list.len() / 2;
    let upper = *list.get(middle)?;
    if list.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *list.get(middle.checked_sub(1)?)?;
    lower.checked_add(upper)?.checked_div(Decimal::TWO)
}

/// How many times the greater is of the lesser.
fn ratio(a: Decimal, b: Decimal) -> Option<Decimal> {
    a.max(b).checked_div(a.min(b))
}

fn stand_out(values: &Values<'_>, series: &[Point], rules: &Outliers) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, point) in series.iter().enumerate() {
        let others = |region: Option<&str>| -> Vec<Decimal> {
            let of_region = |p: &Point| region.is_none_or(|r| p.region == r);
            let others = series.iter().enumerate().filter(|(other, p)| *other != place && of_region(p));
            others.map(|(_, p)| p.value).filter(|v| *v > Decimal::ZERO).collect()
        };
        // The region tells most, where it has enough values.
        let near = others(Some(&point.region));
        let others = if near.len() < rules.least_values { others(None) } else { near };
        if others.len() < rules.least_values || point.value <= Decimal::ZERO {
            continue;
        }
        let Some(usual) = median(others.clone()) else { continue };
        if point.value.max(usual) < rules.least_value {
            continue;
        }
        let spread = median(others.iter().filter_map(|o| ratio(*o, usual)).collect()).unwrap_or(Decimal::ONE);
        let Some(own) = ratio(point.value, usual) else { continue };
        if own < rules.least_factor || own < spread.saturating_mul(rules.least_spread) {
            continue;
        }
        findings.extend(finding(values, point, usual, spread));
    }
    findings
}

fn finding(values: &Values<'_>, point: &Point, usual: Decimal, spread: Decimal) -> Option<Finding> {
    let value = values.get(point.at)?;
    // A shift brings the value back where it is no farther from the usual than others are, and not far in any case.
    let bound = (spread * Decimal::TWO).min(Decimal::from(3)).max(Decimal::TWO);
    let mut causes = Vec::new();
    for at in std::iter::once(point.at).chain(point.count) {
        let Some(stated) = values.get(at) else { continue };
        for (slip, printed) in stated.printed.edits().into_iter().filter(|(slip, _)| *slip == Slip::Magnitude) {
            let scaled = if point.count == Some(at) {
                point.value.checked_mul(stated.printed.value()).and_then(|v| v.checked_div(printed.value()))
            } else {
                point.value.checked_mul(printed.value()).and_then(|v| v.checked_div(stated.printed.value()))
            };
            if scaled.and_then(|v| ratio(v, usual)).is_some_and(|r| r <= bound) {
                causes.push(cause(stated, slip, &printed));
            }
        }
    }
    let (check, severity) =
        if causes.is_empty() { ("outlier", Severity::Info) } else { ("slip-of-magnitude", Severity::Warning) };
    let severity = if value.sure { severity } else { Severity::Info };
    let indicator = values.indicator(point.at).map(|i| i.name.clone()).unwrap_or_default();
    let mut finding = Finding::new(severity, check, site_of(value.observation))
        .with("indicator", indicator)
        .with("breakdown", value.observation.breakdown.to_string());
    finding.other = point.count.and_then(|c| values.get(c)).map(|v| site_of(v.observation));
    let shown = |v: Decimal| v.round_dp(2).normalize().to_string();
    finding.stated = shown(point.value);
    finding.expected = shown(usual);
    finding.difference = shown(point.value - usual);
    finding.province.clone_from(&value.observation.province);
    finding.period = value.observation.period.map(|p| p.to_string()).unwrap_or_default();
    let ids = std::iter::once(point.at).chain(point.count).filter_map(|at| values.get(at));
    finding.observations = ids.map(|v| v.observation.id.clone()).collect();
    finding.causes = causes;
    Some(finding)
}

fn cause(value: &super::values::Value<'_>, slip: Slip, printed: &Printed) -> Cause {
    Cause {
        observation: value.observation.id.clone(),
        site: site_of(value.observation),
        from: value.printed.text().to_owned(),
        to: printed.text().to_owned(),
        value: printed.value().normalize().to_string(),
        slip: slip.code(),
        mends: 1,
        holds: 0,
        breaks: 0,
    }
}
