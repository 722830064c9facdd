//! Figures, totals and growths as the rows of `figures.csv`.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Input;
use super::lookup::Consolidated;
use super::model::{Addend, Against, Area, Basis, Figure, Growth, Role, Total};
use super::totals::members;
use super::wording::PREVIOUS_PERIOD;
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Kind, Unit};
use crate::observation::{Measure, Qualifier, Status};
use crate::table::{COMPUTED_DECIMALS, FigureRow, Level};

/// Code of the country.
const COUNTRY: &str = "VN";

/// The rows of all figures, totals and growths: by period, then the country, its regions and provinces, each in the
/// order of the register.
pub fn rows(input: &Input<'_>, consolidated: &Consolidated) -> Vec<FigureRow> {
    let mut rows: Vec<FigureRow> = consolidated.figures().iter().map(|f| figure_row(input, f)).collect();
    let ids: Vec<String> = rows.iter().map(|r| r.id.clone()).collect();
    let id = |at: usize| ids.get(at).cloned().unwrap_or_default();
    let signed = |addends: &[Addend]| -> Vec<String> {
        addends.iter().map(|a| format!("{}{}", a.role.code(), id(a.figure))).collect()
    };
    for (row, figure) in rows.iter_mut().zip(consolidated.figures()) {
        row.addends = signed(&figure.addends);
    }
    let totals = consolidated.totals().iter().map(|total| {
        let mut row = total_row(input, total);
        let part = |role: Role| move |at: &usize| Addend { figure: *at, role };
        row.addends = if total.denominator.is_empty() {
            signed(&total.figures.iter().map(part(Role::Plus)).collect::<Vec<_>>())
        } else {
            let over = total.figures.iter().map(part(Role::Numerator));
            signed(&over.chain(total.denominator.iter().map(part(Role::Denominator))).collect::<Vec<_>>())
        };
        row
    });
    let growths = consolidated.growths().iter().filter_map(|growth| {
        let mut row = growth_row(input, consolidated, growth)?;
        let over = Addend { figure: growth.figure, role: Role::Numerator };
        row.addends = signed(&[over, Addend { figure: growth.base, role: Role::Denominator }]);
        Some(row)
    });
    rows.extend(totals.chain(growths).collect::<Vec<_>>());
    rows.sort_by_cached_key(|r| {
        let system = ProvinceSystem::from_code(&r.province_system);
        let place = system.and_then(|s| input.geography.get(s, &r.area)).map(|p| (p.region_order, p.order));
        let register = input.register.position(&r.indicator);
        (
            (r.period, r.province_system.clone(), r.level, place, r.area.clone()),
            (register, r.breakdown.clone(), r.measure, r.of, r.base.clone(), r.status, r.basis.clone()),
        )
    });
    rows
}

/// A computed ratio as it is written for machines.
fn written(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(COMPUTED_DECIMALS, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// The id of a row: of what it is a figure of, whatever its value and however it came about.
fn id_of(row: &FigureRow) -> String {
    let kind = if row.basis == "growth" { "growth" } else { "" };
    let parts = [
        row.province_system.as_str(),
        row.level.code(),
        &row.area,
        &row.period.to_string(),
        &row.indicator,
        &row.breakdown.to_string(),
        row.measure.code(),
        row.of.map(Measure::code).unwrap_or_default(),
        &row.base,
        row.status.code(),
        kind,
    ]
    .join("\u{1f}");
    let digest = blake3::hash(parts.as_bytes()).to_hex();
    format!("f{}", digest.chars().take(16).collect::<String>())
}

fn figure_row(input: &Input<'_>, figure: &Figure) -> FigureRow {
    let key = &figure.key;
    let ids = |positions: &[usize]| -> Vec<String> {
        positions.iter().filter_map(|at| input.observations.get(*at)).map(|o| o.id.clone()).collect()
    };
    let name = input.geography.get(key.system, &key.province).map(|p| p.name.clone()).unwrap_or_default();
    let value = if figure.basis == Basis::Ratio { written(figure.value) } else { figure.value };
    let mut row = FigureRow {
        id: String::new(),
        level: Level::Province,
        province_system: key.system.code().to_owned(),
        area: key.province.clone(),
        area_name: name,
        period: key.period,
        indicator: key.indicator.clone(),
        breakdown: key.breakdown.clone(),
        measure: key.measure,
        of: key.of,
        base: key.base.clone(),
        status: key.status,
        value,
        unit: figure.unit.clone(),
        qualifier: figure.qualifier,
        basis: figure.basis.code().to_owned(),
        settled: if figure.is_direct() { figure.settled.code().to_owned() } else { String::new() },
        covered: None,
        provinces: None,
        missing: Vec::new(),
        implied: usize::from(figure.basis == Basis::Implied),
        administrative: usize::from(figure.administrative),
        as_of: figure.as_of,
        low: figure.range.map(|(low, _)| written(low)),
        high: figure.range.map(|(_, high)| written(high)),
        compared: figure.compared.as_ref().map(|c| written(c.value)),
        agrees: figure.compared.as_ref().map(|c| c.agrees),
        doubtful: figure.doubtful,
        confidence: figure.confidence,
        addends: Vec::new(),
        sources: if figure.is_direct() { ids(&figure.sources) } else { Vec::new() },
        repeated: ids(&figure.repeated),
        outranked: ids(&figure.outranked),
        plan_source: if figure.is_direct() { figure.plan_source.clone() } else { String::new() },
    };
    row.id = id_of(&row);
    row
}

fn total_row(input: &Input<'_>, total: &Total) -> FigureRow {
    let region = |order: u8| input.geography.regions(total.system).find(|r| r.order == order);
    let (level, area, area_name) = match total.area {
        Area::Country => (Level::Country, COUNTRY.to_owned(), input.wording.country().to_owned()),
        Area::Region(order) => {
            let found = region(order);
            let (code, name) = found.map(|r| (r.code.clone(), r.name.clone())).unwrap_or_default();
            (Level::Region, code, name)
        }
    };
    let indicator = input.register.get(&total.indicator);
    let is_rate = indicator.is_some_and(|i| i.kind == Kind::Rate);
    let own = members(input, total.system, total.area, total.period);
    let other_list = own.first().is_some_and(|(system, _)| *system != total.system);
    let missing = total.missing.iter().map(
        |(system, code)| {
            if other_list { format!("{}:{code}", system.code()) } else { code.clone() }
        },
    );
    let mut row = FigureRow {
        id: String::new(),
        level,
        province_system: total.system.code().to_owned(),
        area,
        area_name,
        period: total.period,
        indicator: total.indicator.clone(),
        breakdown: total.breakdown.clone(),
        measure: total.measure,
        of: None,
        base: String::new(),
        status: if total.estimated > 0 { Status::Estimate } else { Status::Reported },
        value: if is_rate { written(total.value) } else { total.value },
        unit: indicator.map(|i| i.unit.code().to_owned()).unwrap_or_default(),
        qualifier: if total.inexact > 0 { Qualifier::About } else { Qualifier::Exact },
        basis: if is_rate { Basis::Ratio.code().to_owned() } else { "total".to_owned() },
        settled: String::new(),
        covered: Some(total.covered),
        provinces: Some(total.provinces),
        missing: missing.collect(),
        implied: total.implied,
        administrative: total.administrative,
        as_of: None,
        low: None,
        high: None,
        compared: None,
        agrees: None,
        doubtful: total.doubtful,
        confidence: total.confidence,
        addends: Vec::new(),
        sources: Vec::new(),
        repeated: Vec::new(),
        outranked: Vec::new(),
        plan_source: String::new(),
    };
    // The status of a total follows from its parts; it is one figure whatever they are.
    row.id = id_of(&FigureRow { status: Status::Reported, ..row.clone() });
    row
}

fn growth_row(input: &Input<'_>, consolidated: &Consolidated, growth: &Growth) -> Option<FigureRow> {
    let (figure, base) = (consolidated.figures().get(growth.figure)?, consolidated.figures().get(growth.base)?);
    let stated = growth.stated.and_then(|at| consolidated.figures().get(at));
    let is_rate = growth.percent.is_none();
    let measure = match (growth.against, is_rate) {
        (Against::SamePeriod, true) => Measure::YoyAbs,
        (Against::PreviousPeriod, true) => Measure::PrevAbs,
        _ => growth.against.measure(),
    };
    let previous = growth.against == Against::PreviousPeriod;
    let mut row = FigureRow {
        measure,
        of: Some(Measure::Actual),
        base: if previous { PREVIOUS_PERIOD.to_owned() } else { String::new() },
        status: figure.key.status.max(base.key.status),
        value: written(growth.percent.unwrap_or(growth.change)),
        unit: if is_rate { figure.unit.clone() } else { Unit::Percent.code().to_owned() },
        qualifier: if figure.qualifier == Qualifier::Exact && base.qualifier == Qualifier::Exact {
            Qualifier::Exact
        } else {
            Qualifier::About
        },
        basis: "growth".to_owned(),
        settled: String::new(),
        implied: usize::from(base.basis == Basis::Implied),
        administrative: usize::from(figure.administrative || base.administrative),
        as_of: None,
        low: None,
        high: None,
        compared: stated.map(|s| s.value),
        agrees: growth.agrees,
        doubtful: figure.doubtful || base.doubtful,
        confidence: figure.confidence.min(base.confidence),
        sources: Vec::new(),
        repeated: Vec::new(),
        outranked: Vec::new(),
        plan_source: String::new(),
        ..figure_row(input, figure)
    };
    row.id = id_of(&FigureRow { status: Status::Reported, ..row.clone() });
    Some(row)
}
