//! The worked example: 63 provinces over the twelve months of 2024, June 2025, and the 34 provinces of July 2025, with
//! missing reports, second issues, wrong figures, a stock, a rate and plans stated, given and implied. What the reports
//! state is in `tests/worked_example/reports.csv`; what follows from it was computed by `compute.py` beside it, which
//! shares nothing with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use tonghop::consolidate::{Boundaries, Input, Wording, consolidate, read_plans, rows as rows_on};
use tonghop::dictionary::geography::ProvinceSystem;
use tonghop::dictionary::templates::Templates;
use tonghop::table::{read_observations_csv, read_reports_csv, write_figures_csv};

use crate::support::{DICTIONARY, Office};

pub(crate) type Row = BTreeMap<String, String>;

pub(crate) fn table(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worked_example").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// A number as a Vietnamese report writes it: 1.234,5; counts under ten with a zero before.
fn written(number: &str) -> String {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    match decimals {
        "" if grouped.len() == 1 && grouped != "0" => format!("0{grouped}"),
        "" => grouped,
        decimals => format!("{grouped},{decimals}"),
    }
}

/// Provinces that are cities.
const CITIES: &[&str] = &["Hà Nội", "Hải Phòng", "Huế", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ"];

/// The report that states what a row lists.
fn report(row: &Row) -> String {
    let has = |name: &str| !row[name].is_empty();
    let number = |name: &str| written(&row[name]);
    let system = ProvinceSystem::from_code(&row["system"]).unwrap();
    let province = &DICTIONARY.geography.get(system, &row["province"]).unwrap().name;
    let date: Vec<&str> = row["date"].split('-').collect();
    let (year, unit) = row["period"].split_once('-').unwrap();
    let (period, in_period) = match unit.strip_prefix('M') {
        Some(month) => (format!("tháng {} năm {year}", month.trim_start_matches('0')), "Trong tháng"),
        None => (format!("quý I năm {year}"), "Trong quý"),
    };
    let issue = if row["issue"] == "1" { String::new() } else { format!(" (lần {})", row["issue"]) };
    let office = if system == ProvinceSystem::P63 {
        "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"
    } else {
        "SỞ NỘI VỤ"
    };
    let mut text = format!(
        "UBND {} {}\n{office}\n\nSố: 12/BC-S\n\n{province}, ngày {} tháng {} năm {}\n\nBÁO CÁO\n\
         Kết quả công tác {period}{issue}\n\nI. KẾT QUẢ THỰC HIỆN\n\n1. Lao động, việc làm\n\n",
        if CITIES.contains(&province.as_str()) { "THÀNH PHỐ" } else { "TỈNH" },
        province.to_uppercase(),
        date[2],
        date[1],
        date[0]
    );
    let mut line = |sentence: String| writeln!(text, "{sentence}\n").unwrap();
    if has("plan") {
        line(format!("Kế hoạch năm {year} giải quyết việc làm cho {} lao động.", number("plan")));
    }
    if has("jobs") {
        let estimate = if has("jobs_estimate") { " ước" } else { "" };
        let female = if has("jobs_female") {
            format!(", trong đó lao động nữ {} người", number("jobs_female"))
        } else {
            String::new()
        };
        let growth = match row["jobs_growth"].strip_prefix('-') {
            _ if !has("jobs_growth") => String::new(),
            Some(fall) => format!(", giảm {}% so với cùng kỳ năm trước", written(fall)),
            None => format!(", tăng {}% so với cùng kỳ năm trước", number("jobs_growth")),
        };
        line(format!("{in_period}{estimate} giải quyết việc làm cho {} lao động{growth}{female}.", number("jobs")));
    }
    if has("jobs_cumulative") {
        let percent = if has("jobs_percent") {
            format!(", đạt {}% kế hoạch năm", number("jobs_percent"))
        } else {
            String::new()
        };
        line(format!("Lũy kế từ đầu năm giải quyết việc làm cho {} lao động{percent}.", number("jobs_cumulative")));
    }
    if has("abroad_cumulative") {
        line(format!(
            "Lũy kế từ đầu năm đưa {} lao động đi làm việc ở nước ngoài theo hợp đồng.",
            number("abroad_cumulative")
        ));
    }
    if has("benefit_million") {
        line(format!("Chi trả trợ cấp thất nghiệp trong tháng với số tiền {} triệu đồng.", number("benefit_million")));
    }
    if has("foreign_workers") {
        line(format!("Hiện có {} lao động nước ngoài đang làm việc trên địa bàn tỉnh.", number("foreign_workers")));
    }
    if has("strikes") {
        line(match row["strikes"].as_str() {
            "0" => "Không xảy ra vụ đình công nào.".to_owned(),
            _ => format!("Xảy ra {} vụ đình công.", number("strikes")),
        });
    }
    if has("poor") {
        text.push_str("2. Giảm nghèo\n\n");
        let mut parts = Vec::new();
        if has("households") {
            parts.push(format!("tổng số hộ dân cư {} hộ", number("households")));
        }
        parts.push(format!("tổng số hộ nghèo {} hộ", number("poor")));
        if has("poor_rate") {
            parts.push(format!("tỷ lệ hộ nghèo {}%", number("poor_rate")));
        }
        writeln!(text, "Trên địa bàn tỉnh có {}.\n", parts.join(", ")).unwrap();
    }
    text
}

/// What a row states, as `indicator[breakdown] measure value status`.
fn statements(row: &Row) -> Vec<String> {
    let estimate = if row["jobs_estimate"].is_empty() { "A" } else { "E" };
    let measures = [
        ("plan", "employment.jobs_created plan", "A"),
        ("jobs", "employment.jobs_created actual", estimate),
        ("jobs_female", "employment.jobs_created[sex=female] actual", estimate),
        ("jobs_growth", "employment.jobs_created yoy_pct", estimate),
        ("jobs_cumulative", "employment.jobs_created cumulative", "A"),
        ("jobs_percent", "employment.jobs_created pct_of_plan", "A"),
        ("abroad_cumulative", "employment.overseas_workers cumulative", "A"),
        ("benefit_million", "insurance.benefit_amount actual", "A"),
        ("foreign_workers", "foreign.workers actual", "A"),
        ("strikes", "labour.strikes actual", "A"),
        ("households", "poverty.households actual", "A"),
        ("poor", "poverty.poor_households actual", "A"),
        ("poor_rate", "poverty.poor_rate actual", "A"),
    ];
    let stated = measures.iter().filter(|(name, ..)| !row[*name].is_empty());
    stated
        .map(|(name, what, status)| {
            let scale = if *name == "benefit_million" { Decimal::from(1_000_000) } else { Decimal::ONE };
            let value = Decimal::from_str_exact(&row[*name]).unwrap() * scale;
            // What was counted in the first month since January is the month's own.
            let first = row["period"].ends_with("-M01");
            let what = if first { what.replace("cumulative", "actual") } else { (*what).to_owned() };
            format!("{} {what} {} {status}", row["file"], value.normalize())
        })
        .collect()
}

/// All reports of the example as files in `reports/`.
pub(crate) fn office() -> Office {
    let office = Office::new();
    for row in table("reports.csv") {
        office.write(&format!("reports/{}", row["file"]), report(&row));
    }
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worked_example/plans.csv");
    office.write("reports/plans.csv", fs::read(plans).unwrap());
    office
}

/// What is in one set and not in the other, a few of each.
#[track_caller]
fn same(what: &str, expected: &BTreeSet<String>, found: &BTreeSet<String>) {
    let list = |set: Vec<&String>| set.iter().take(12).map(|t| format!("  {t}\n")).collect::<String>();
    let missing: Vec<&String> = expected.difference(found).collect();
    let extra: Vec<&String> = found.difference(expected).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{what}: {} of {} are missing\n{}{} are too many\n{}",
        missing.len(),
        expected.len(),
        list(missing.clone()),
        extra.len(),
        list(extra.clone())
    );
}

/// The columns of `figures.csv` that `compute.py` gives too, in its order.
const COLUMNS: &[&str] = &[
    "province_system",
    "level",
    "area",
    "period",
    "indicator",
    "breakdown",
    "measure",
    "of",
    "base",
    "status",
    "value",
    "basis",
    "covered",
    "provinces",
    "missing",
    "as_of",
    "compared",
    "agrees",
];

/// A figure as a line; the provinces without one in the order of their codes.
fn line(row: &Row) -> String {
    let cell = |name: &&str| {
        let mut words: Vec<&str> = row[*name].split(' ').collect();
        if *name == "missing" {
            words.sort_unstable();
        }
        words.join(" ")
    };
    COLUMNS.iter().map(cell).collect::<Vec<_>>().join(",")
}

fn rows_of(text: &[u8]) -> Vec<Row> {
    csv::Reader::from_reader(text).deserialize().map(Result::unwrap).collect()
}

#[test]
fn every_figure_equals_an_independent_computation() {
    let office = office();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet", "--period", "2024-M12"]);

    let expected: BTreeSet<String> = table("reports.csv").iter().flat_map(statements).collect();
    let observations = office.table("out/observations.csv");
    let found: BTreeSet<String> = observations
        .iter()
        .map(|o| {
            let part = if o["breakdown"].is_empty() { String::new() } else { format!("[{}]", o["breakdown"]) };
            format!("{} {}{part} {} {} {}", o["file"], o["indicator"], o["measure"], o["value"], o["status"])
        })
        .collect();
    assert_eq!(observations.len(), found.len(), "a statement is read twice");
    same("statements", &expected, &found);

    let reported: BTreeSet<String> = table("figures.csv").iter().map(line).collect();
    assert!(reported.len() > 10_000);
    let rows = office.table("out/figures.csv");
    same("figures as reported", &reported, &rows.iter().map(line).collect());
    let ids: BTreeSet<&String> = rows.iter().map(|row| &row["id"]).collect();
    assert_eq!(ids.len(), rows.len(), "two figures have one id");

    // On the boundaries of the 34 provinces, from the tables of the same run.
    let observations = read_observations_csv(office.read("out/observations.csv").as_bytes()).unwrap();
    let reports = read_reports_csv(office.read("out/reports.csv").as_bytes()).unwrap();
    let plans = office.read("reports/plans.csv");
    let (register, geography) = (&DICTIONARY.register, &DICTIONARY.geography);
    let wording = Wording::load(&Templates::built_in()).unwrap();
    let mut revisions = FxHashMap::default();
    for report in &reports {
        revisions.insert(report.file.clone(), report.revision);
    }
    let input = Input {
        observations: &observations,
        reports: &reports,
        register,
        geography,
        wording: &wording,
        plans: &read_plans("plans.csv", &plans, register, geography).unwrap(),
        revisions: &revisions,
        review_threshold: Decimal::new(6, 1),
        periods: &[],
        boundaries: Boundaries::New,
    };
    let consolidated = consolidate(&input).unwrap();
    let mut bytes = Vec::new();
    write_figures_csv(&mut bytes, &rows_on(&input, &consolidated)).unwrap();
    let mut expected = reported;
    for row in table("figures-34.csv") {
        match row["change"].as_str() {
            "+" => assert!(expected.insert(line(&row))),
            _ => assert!(expected.remove(&line(&row))),
        }
    }
    assert!(expected.len() > 15_000);
    same("figures on the new boundaries", &expected, &rows_of(&bytes).iter().map(line).collect());
}
