//! Yearly plans given beside the reports, in `plans.csv`: `province,year,indicator,value`, and, where a code could
//! belong to either list, `province_system`.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::Input;
use super::key::{FigureKey, canonical};
use super::model::{Basis, Figure, Settled};
use crate::diagnostic::{Finding, Severity, Site};
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::register::Register;
use crate::dictionary::templates::{TemplateErrors, TemplateFault};
use crate::observation::{Breakdown, Measure, Qualifier, Status};

/// The target of one province for one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The list the code belongs to.
    pub system: ProvinceSystem,
    /// Two-digit province code.
    pub province: String,
    /// The year.
    pub year: u16,
    /// Id in the register.
    pub indicator: String,
    /// In the base unit.
    pub value: Decimal,
    /// File and line, for people: `plans.csv:12`.
    pub source: String,
}

#[derive(Deserialize)]
struct Row {
    province: String,
    year: u16,
    indicator: String,
    value: String,
    #[serde(default)]
    province_system: String,
}

/// Reads the plans of the file named `file`. Without `province_system` a code belongs to the list in force on
/// 1 January of its year.
///
/// # Errors
/// With file and line: a row that cannot be read, an unknown province or indicator, a target given twice.
pub fn read_plans(
    file: &str,
    text: &str,
    register: &Register,
    geography: &Geography,
) -> Result<Vec<Plan>, TemplateErrors> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let (mut plans, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let line = at + 2;
        let read = row.map_err(|error| error.to_string()).and_then(|row| {
            let system = match row.province_system.as_str() {
                "" => ProvinceSystem::in_force(row.year, 1),
                code => ProvinceSystem::from_code(code)
                    .ok_or(format!("`{code}`: unknown list of provinces; valid: 63, 34"))?,
            };
            if geography.get(system, &row.province).is_none() {
                let valid: Vec<&str> = geography.provinces(system).map(|p| p.code.as_str()).collect();
                let system = system.code();
                return Err(format!(
                    "`{}`: unknown province of the {system}; valid: {}",
                    row.province,
                    valid.join(", ")
                ));
            }
            if register.get(&row.indicator).is_none() {
                let nearest = register.nearest(&row.indicator).join(", ");
                return Err(format!("`{}`: unknown indicator; nearest: {nearest}", row.indicator));
            }
            let value = Decimal::from_str_exact(&row.value)
                .map_err(|_| format!("`{}`: not a number; write it plain, as 20000 or 3.5", row.value))?;
            if !seen.insert((system, row.province.clone(), row.year, row.indicator.clone())) {
                return Err(format!(
                    "the plan of `{}` for {} in {} stands twice",
                    row.indicator, row.province, row.year
                ));
            }
            let source = format!("{file}:{line}");
            Ok(Plan { system, province: row.province, year: row.year, indicator: row.indicator, value, source })
        });
        match read {
            Ok(plan) => plans.push(plan),
            Err(message) => faults.push(TemplateFault { file: file.to_owned(), line, message }),
        }
    }
    if faults.is_empty() { Ok(plans) } else { Err(TemplateErrors(faults)) }
}

/// Adds a plan to each period in which its province reports, where no report states it. A stated plan stays, and
/// a different one beside it is a finding.
pub(super) fn add_plans(input: &Input<'_>, figures: &mut Vec<Figure>, findings: &mut Vec<Finding>) {
    let periods: BTreeSet<_> = input
        .observations
        .iter()
        .filter_map(|o| Some((ProvinceSystem::from_code(&o.province_system)?, o.province.clone(), o.period?)))
        .collect();
    let mut known: FxHashMap<FigureKey, usize> = FxHashMap::default();
    for (at, figure) in figures.iter().enumerate().filter(|(_, f)| f.key.measure == Measure::Plan) {
        let any_status = FigureKey { status: Status::Reported, base: String::new(), ..figure.key.clone() };
        known.entry(any_status).or_insert(at);
    }
    for plan in input.plans {
        let Some(indicator) = input.register.get(&plan.indicator) else { continue };
        for (system, province, period) in &periods {
            if (*system, province, period.year) != (plan.system, &plan.province, plan.year) {
                continue;
            }
            let (period, measure, of) = canonical(indicator.kind, *period, Measure::Plan, None);
            let key = FigureKey {
                system: *system,
                province: province.clone(),
                period,
                indicator: plan.indicator.clone(),
                breakdown: Breakdown::total(),
                measure,
                of,
                base: String::new(),
                status: Status::Reported,
            };
            let stated = known.get(&key).and_then(|at| figures.get(*at));
            match stated {
                Some(stated) if stated.value == plan.value => {}
                Some(stated) => findings.extend(differs(input, stated, plan)),
                None => figures.push(Figure {
                    key,
                    value: plan.value,
                    unit: indicator.unit.code().to_owned(),
                    qualifier: Qualifier::Exact,
                    settled: Settled::Planned,
                    basis: Basis::Direct,
                    addends: Vec::new(),
                    as_of: None,
                    range: None,
                    compared: None,
                    administrative: false,
                    confidence: Decimal::ONE,
                    doubtful: false,
                    sources: Vec::new(),
                    repeated: Vec::new(),
                    outranked: Vec::new(),
                    plan_source: plan.source.clone(),
                }),
            }
        }
    }
}

fn differs(input: &Input<'_>, stated: &Figure, plan: &Plan) -> Option<Finding> {
    let o = input.observations.get(*stated.sources.first()?)?;
    let site = Site { file: o.file.clone(), line: o.line, place: o.place.clone(), quote: o.quote.clone() };
    let (file, line) = plan.source.rsplit_once(':')?;
    let mut finding = Finding::new(Severity::Warning, "plan-differs", site)
        .with("indicator", input.register.get(&plan.indicator)?.name.clone())
        .with("stated", stated.value.normalize().to_string())
        .with("expected", plan.value.normalize().to_string());
    finding.province.clone_from(&plan.province);
    finding.period = o.period.map(|p| p.to_string()).unwrap_or_default();
    finding.other =
        Some(Site { file: file.to_owned(), line: line.parse().ok()?, place: String::new(), quote: String::new() });
    finding.stated = stated.value.normalize().to_string();
    finding.expected = plan.value.normalize().to_string();
    finding.difference = (stated.value - plan.value).normalize().to_string();
    Some(finding)
}
