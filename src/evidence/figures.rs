//! The figures of the annexes as data: for each period a table of provinces and areas, each cell with its figure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{EvidenceInput, Index};
use crate::consolidate::{Area, Cell, Figure, Settled, canonical};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Indicator, Kind};
use crate::observation::{Breakdown, Measure};
use crate::period::Period;

/// The columns of a province's table.
const COLUMNS: [Measure; 5] =
    [Measure::Plan, Measure::Actual, Measure::Cumulative, Measure::PctOfPlan, Measure::YoyPct];
/// The columns of a total's table.
const TOTALS: [Measure; 3] = [Measure::Plan, Measure::Actual, Measure::Cumulative];

/// All figures with their sources, all totals with their members, and the tables that show them.
pub(super) fn figures(input: &EvidenceInput<'_>, index: &Index) -> Value {
    let figures: Vec<Value> = input.consolidated.figures().iter().map(|f| figure(input, index, f)).collect();
    let periods: BTreeSet<Period> = input.reports.iter().filter_map(|r| r.row.period).collect();
    let mut totals = Vec::new();
    let tables: Vec<Value> = periods.into_iter().rev().map(|p| period(input, p, &mut totals)).collect();
    json!({ "columns": COLUMNS.map(Measure::code), "figures": figures, "totals": totals, "periods": tables })
}

fn figure(input: &EvidenceInput<'_>, index: &Index, figure: &Figure) -> Value {
    let places = |list: &[usize]| -> Vec<[usize; 2]> {
        list.iter().filter_map(|at| index.place(*at)).map(|(report, row)| [report, row]).collect()
    };
    let key = &figure.key;
    let geography = &input.dictionary.geography;
    json!([
        geography.get(key.system, &key.province).map_or(key.province.as_str(), |p| &p.name),
        input.messages.period(key.period),
        figure.value.normalize().to_string(),
        figure.unit,
        figure.qualifier.code(),
        key.status.code(),
        settled_code(figure.settled),
        u8::from(figure.doubtful),
        places(&figure.sources),
        places(&figure.repeated),
        places(&figure.outranked),
        figure.plan_source,
    ])
}

/// The end of the name of the message that says how a figure came out.
fn settled_code(settled: Settled) -> &'static str {
    match settled {
        Settled::Stated => "stated",
        Settled::Repeated => "repeated",
        Settled::Added => "added",
        Settled::Outranked => "outranked",
        Settled::Corrected => "corrected",
        Settled::Planned => "planned",
        Settled::Derived => "derived",
    }
}

/// The tables of one period: the country and its regions first, then the provinces.
fn period(input: &EvidenceInput<'_>, period: Period, totals: &mut Vec<Value>) -> Value {
    let consolidated = input.consolidated;
    let from_january = canonical(Kind::Flow, period, Measure::Cumulative, None).0;
    let shown = |figure: &&Figure| figure.key.period == period || figure.key.period == from_january;
    let mut keys: BTreeMap<(ProvinceSystem, &str), BTreeSet<(usize, &Breakdown)>> = BTreeMap::new();
    for figure in consolidated.figures().iter().filter(shown) {
        let Some(at) = input.dictionary.register.position(&figure.key.indicator) else { continue };
        keys.entry((figure.key.system, &figure.key.province)).or_default().insert((at, &figure.key.breakdown));
    }
    let mut tables = Vec::new();
    let systems: BTreeSet<ProvinceSystem> = keys.keys().map(|(system, _)| *system).collect();
    for system in systems {
        let all: BTreeSet<(usize, &Breakdown)> =
            keys.iter().filter(|((own, _), _)| *own == system).flat_map(|(_, rows)| rows.iter().copied()).collect();
        let mut areas: Vec<(String, Area)> = vec![(input.messages.word("page.country"), Area::Country)];
        for province in input.dictionary.geography.provinces(system) {
            let area = Area::Region(province.region_order);
            let has_any = keys.contains_key(&(system, province.code.as_str()));
            if has_any && !areas.iter().any(|(_, known)| *known == area) {
                areas.push((province.region.clone(), area));
            }
        }
        for (name, area) in areas {
            let rows: Vec<Value> = all
                .iter()
                .filter_map(|(at, breakdown)| total_row(input, system, period, area, *at, breakdown, totals))
                .collect();
            if !rows.is_empty() {
                tables.push(json!({ "name": name, "system": system.code(), "total": true, "rows": rows }));
            }
        }
        for province in input.dictionary.geography.provinces(system) {
            let Some(rows) = keys.get(&(system, province.code.as_str())) else { continue };
            let rows: Vec<Value> = rows
                .iter()
                .filter_map(|(at, breakdown)| province_row(input, system, period, &province.code, *at, breakdown))
                .collect();
            if !rows.is_empty() {
                tables.push(json!({ "name": province.name, "system": system.code(), "total": false, "rows": rows }));
            }
        }
    }
    json!({ "name": input.messages.period(period), "tables": tables })
}

fn cell<'c>(
    system: ProvinceSystem,
    period: Period,
    indicator: &'c Indicator,
    breakdown: &'c Breakdown,
    measure: Measure,
    of: Option<Measure>,
) -> Cell<'c> {
    Cell { system, period, indicator: &indicator.id, kind: indicator.kind, breakdown, measure, of }
}

fn words(input: &EvidenceInput<'_>, breakdown: &Breakdown) -> String {
    let words = input.messages.breakdown(breakdown, input.dictionary);
    words.trim().trim_start_matches('(').trim_end_matches(')').to_owned()
}

/// A row of a province: indicator, breakdown, and the position of each column's figure.
fn province_row(
    input: &EvidenceInput<'_>,
    system: ProvinceSystem,
    period: Period,
    province: &str,
    at: usize,
    breakdown: &Breakdown,
) -> Option<Value> {
    let indicator = input.dictionary.register.indicators().get(at)?;
    let of = |measure: Measure| {
        let about: &[Option<Measure>] =
            if measure.is_relative() { &[Some(Measure::Cumulative), Some(Measure::Actual), None] } else { &[None] };
        let is_meant = measure != Measure::Cumulative || indicator.kind == Kind::Flow;
        let found = |of: &Option<Measure>| {
            input.consolidated.figure(&cell(system, period, indicator, breakdown, measure, *of), province)
        };
        about.iter().filter(|_| is_meant).find_map(found).map(|(at, _)| at)
    };
    let cells = COLUMNS.map(of);
    cells.iter().any(Option::is_some).then(|| json!([at, words(input, breakdown), cells]))
}

/// A row of an area: indicator, breakdown, and the position of each column's total.
fn total_row(
    input: &EvidenceInput<'_>,
    system: ProvinceSystem,
    period: Period,
    area: Area,
    at: usize,
    breakdown: &Breakdown,
    totals: &mut Vec<Value>,
) -> Option<Value> {
    let indicator = input.dictionary.register.indicators().get(at)?;
    let mut cells: Vec<Option<usize>> = Vec::new();
    for measure in COLUMNS {
        let is_meant = TOTALS.contains(&measure) && (measure != Measure::Cumulative || indicator.kind == Kind::Flow);
        let found = input.consolidated.total(&cell(system, period, indicator, breakdown, measure, None), area);
        cells.push(found.filter(|_| is_meant).map(|total| {
            totals.push(json!([
                total.value.round_dp(2).normalize().to_string(),
                indicator.unit.code(),
                total.figures,
                total.denominator,
                total.provinces,
                u8::from(total.doubtful),
            ]));
            totals.len() - 1
        }));
    }
    cells.iter().any(Option::is_some).then(|| json!([at, words(input, breakdown), cells]))
}
