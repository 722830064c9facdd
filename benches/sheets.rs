//! How fast workbooks are laid out and written: a national workbook with and without its sources, and one long sheet
//! under three levels of headings.

use std::time::Duration;

use anyhow::{Context, Result};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use tonghop::annex::{AnnexInput, Layouts, write_workbook};
use tonghop::completeness::Completeness;
use tonghop::consolidate::{Boundaries, Consolidated, Input, Wording, consolidate};
use tonghop::dictionary::Dictionary;
use tonghop::dictionary::geography::ProvinceSystem;
use tonghop::dictionary::register::Kind;
use tonghop::dictionary::templates::Templates;
use tonghop::observation::{Breakdown, Measure, Observation, Origin, Qualifier, Status};
use tonghop::table::ReportRow;

/// Provinces over two halves of the indicators: about ten thousand rows, three levels of headings.
const LONG: &str = r#"
sheet_name = "Dài"
title = "DÀI"

[[row]]
each = "provinces"
label = "{province}"
style = "total"

  [[row.row]]
  each = "indicators"
  label = "{indicator}"

[[column]]
shows = "label"
header = "Chỉ tiêu"
width = 60

[[column]]
measure = "actual"
header = ["Kết quả", "Thực hiện", "Trong kỳ"]

[[column]]
measure = "cumulative"
header = ["Kết quả", "Thực hiện", "Lũy kế"]

[[column]]
measure = "plan"
header = ["Kết quả", "Kế hoạch", "Cả năm"]
"#;

pub(crate) fn sheets(dictionary: &Dictionary, templates: &Templates) -> Result<()> {
    let layouts = Layouts::load(templates, &dictionary.register)?;
    let observations = nation(dictionary);
    let reports: Vec<ReportRow> = dictionary
        .geography
        .provinces(ProvinceSystem::P63)
        .map(|province| ReportRow {
            file: format!("{}.txt", province.code),
            province: province.code.clone(),
            province_system: "63".to_owned(),
            period: "2024-M05".parse().ok(),
            status: "read".to_owned(),
            ..ReportRow::default()
        })
        .collect();
    let wording = Wording::load(templates)?;
    let settle = |observations: &[Observation]| settled(observations, &reports, dictionary, &wording);
    let few = of_twelve_sheets(&observations, dictionary);
    let (all_settled, few_settled) = (settle(&observations)?, settle(&few)?);
    let (all, few) = ((&observations, &all_settled), (&few, &few_settled));
    let domain = templates.read("annex/20-domain.toml")?.into_owned();
    let sources = templates.read("annex/30-sources.toml")?.into_owned();
    let layouts_of = |files: &[(&str, &str)]| {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        layouts.with_sheets(&files, &dictionary.register, &dictionary.geography)
    };
    let with_sources = layouts_of(&[("domain", &domain), ("sources", &sources)])?;
    let without = layouts_of(&[("domain", &domain)])?.without_sources();
    let long = layouts_of(&[("long", LONG)])?.without_sources();
    let made = |layouts: &Layouts, (observations, consolidated): (&Vec<Observation>, &Consolidated)| {
        write_workbook(&AnnexInput {
            period: "2024-M05".parse().ok()?,
            consolidated,
            completeness: &Completeness::default(),
            observations,
            unmapped: &[],
            findings: &[],
            reports: &reports,
            register: &dictionary.register,
            geography: &dictionary.geography,
            layouts,
        })
        .ok()
    };
    println!("\n{:<50}{:>10}{:>12}{:>8}", "workbook", "ms", "kB", "sheets");
    for (name, layouts, figures) in [
        ("twelve fields of work, without links", &without, few),
        ("twelve fields of work, with links and sources", &with_sources, few),
        ("all fields of work, without links", &without, all),
        ("all fields of work, with links and sources", &with_sources, all),
        ("one sheet of 10,000 rows, three header levels", &long, all),
    ] {
        let bytes = made(layouts, figures).context("a workbook")?;
        let sheets = sheet_count(&bytes)?;
        let time: Duration = super::median(|| made(layouts, figures));
        println!("{name:<50}{:>10.1}{:>12}{sheets:>8}", time.as_secs_f64() * 1e3, bytes.len() / 1000);
    }
    let before = peak_memory();
    for _ in 0..10 {
        made(&long, all).context("a workbook")?;
    }
    let after = peak_memory();
    println!("memory at most: {before} MB, after ten more of the long sheet {after} MB");
    Ok(())
}

/// The bytes of a workbook with one sheet of so many rows and columns of numbers.
pub(super) fn cells(rows: u32, columns: u16) -> Result<Vec<u8>> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..rows {
        for column in 0..columns {
            sheet.write_number(row, column, f64::from(row * u32::from(column) % 9973))?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn sheet_count(bytes: &[u8]) -> Result<usize> {
    use calamine::Reader;
    let book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes))?;
    Ok(book.sheet_names().len())
}

/// The most memory that this process has had, in megabytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The figures of these observations.
pub(crate) fn settled(
    observations: &[Observation],
    reports: &[ReportRow],
    dictionary: &Dictionary,
    wording: &Wording,
) -> Result<Consolidated> {
    Ok(consolidate(&Input {
        observations,
        reports,
        register: &dictionary.register,
        geography: &dictionary.geography,
        wording,
        plans: &[],
        revisions: &FxHashMap::default(),
        review_threshold: Decimal::new(6, 1),
        periods: &[],
        boundaries: Boundaries::AsReported,
    })?)
}

/// Those of the first indicators of twelve fields of work, as many as one sheet of a field holds.
fn of_twelve_sheets(observations: &[Observation], dictionary: &Dictionary) -> Vec<Observation> {
    /// So many indicators of three measures each stand side by side.
    const ON_A_SHEET: usize = 4;
    let indicators = dictionary.register.indicators();
    let mut fields: Vec<&str> = indicators.iter().map(|i| i.domain()).collect();
    fields.dedup();
    let kept: Vec<&str> = fields
        .into_iter()
        .take(12)
        .flat_map(|field| indicators.iter().filter(move |i| i.domain() == field).take(ON_A_SHEET))
        .map(|i| i.id.as_str())
        .collect();
    observations.iter().filter(|o| kept.contains(&o.indicator.as_str())).cloned().collect()
}

/// A figure of each province for every indicator.
fn nation(dictionary: &Dictionary) -> Vec<Observation> {
    let mut fields: Vec<&str> = dictionary.register.indicators().iter().map(|i| i.domain()).collect();
    fields.dedup();
    fields.truncate(12);
    let mut observations = Vec::new();
    for province in dictionary.geography.provinces(ProvinceSystem::P63) {
        for indicator in dictionary.register.indicators() {
            let flow = indicator.kind == Kind::Flow;
            for measure in [Measure::Actual, Measure::Cumulative, Measure::Plan] {
                if !flow && measure == Measure::Cumulative
                    || measure == Measure::Plan && !fields.contains(&indicator.domain())
                {
                    continue;
                }
                let at = observations.len();
                observations.push(Observation {
                    id: format!("o{at:06}"),
                    province: province.code.clone(),
                    province_system: "63".to_owned(),
                    period: "2024-M05".parse().ok(),
                    indicator: indicator.id.clone(),
                    breakdown: Breakdown::total(),
                    measure,
                    stated: at.to_string(),
                    value: Decimal::from(at),
                    unit: indicator.unit.code().to_owned(),
                    qualifier: Qualifier::Exact,
                    status: Status::Reported,
                    of: None,
                    base: String::new(),
                    origin: Origin::Text,
                    confidence: Decimal::new(95, 2),
                    file: format!("{}.txt", province.code),
                    start: at,
                    end: at + 1,
                    line: at % 300 + 1,
                    place: format!("dòng {}", at % 300 + 1),
                    quote: format!("trong kỳ đã thực hiện được {at} theo kế hoạch đề ra"),
                    rule: indicator.id.clone(),
                });
            }
        }
    }
    observations
}
