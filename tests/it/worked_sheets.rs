//! The sheets of the worked example: every number that stands on them under its headings equals what `compute.py` gives
//! for it, and every figure that it gives for the sheet stands there.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tonghop::consolidate::canonical;
use tonghop::dictionary::geography::ProvinceSystem;
use tonghop::dictionary::register::{Indicator, Kind, Unit};
use tonghop::observation::Measure;
use tonghop::period::Period;

use crate::support::DICTIONARY;
use crate::worked_example::{office, table};

/// What `compute.py` gives, by area, period, indicator, breakdown and measure.
struct Truth(HashMap<[String; 5], Decimal>);

impl Truth {
    fn new() -> Self {
        let mut by_key = HashMap::new();
        for row in table("figures.csv") {
            // A stock of an earlier date is no value of a cell; of a result and an estimate the result counts.
            if row["province_system"] != "63" || row["basis"] == "last_value" || !row["of"].is_empty() {
                continue;
            }
            let key = ["area", "period", "indicator", "breakdown", "measure"].map(|name| row[name].clone());
            let value = Decimal::from_str_exact(&row["value"]).unwrap();
            if row["status"] == "A" {
                by_key.insert(key, value);
            } else if row["status"] == "E" {
                by_key.entry(key).or_insert(value);
            }
        }
        Self(by_key)
    }

    /// The value as it is printed: money in millions.
    fn get(&self, area: &str, period: Period, indicator: &Indicator, part: &str, measure: Measure) -> Option<Decimal> {
        if measure == Measure::Cumulative && indicator.kind != Kind::Flow {
            return None;
        }
        let (period, measure, _) = canonical(indicator.kind, period, measure, None);
        let key = [area, &period.to_string(), &indicator.id, part, measure.code()].map(str::to_owned);
        let scale = if indicator.unit == Unit::Vnd { Decimal::from(1_000_000) } else { Decimal::ONE };
        self.0.get(&key).map(|value| value / scale)
    }
}

/// One sheet: its cells, and for each column the headings from the top down.
struct Sheet {
    cells: BTreeMap<(u32, u32), Data>,
    heads: BTreeMap<u32, Vec<String>>,
    /// The first row below the numbering row.
    body: u32,
}

impl Sheet {
    fn read(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Self {
        let range = book.worksheet_range(name).unwrap();
        let (top, left) = range.start().unwrap();
        let cells: BTreeMap<(u32, u32), Data> = range
            .used_cells()
            .map(|(row, column, data)| {
                ((u32::try_from(row).unwrap() + top, u32::try_from(column).unwrap() + left), data.clone())
            })
            .collect();
        let row_of = |text: &str| cells.iter().find(|((_, c), data)| *c == 0 && data.to_string() == text).unwrap().0.0;
        let (first, marks) = (row_of("STT"), row_of("A"));
        let merges = book.merge_cells_by_sheet_name(name).unwrap();
        let mut heads: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for ((row, column), data) in cells.range((first, 0)..(marks, 0)) {
            let block = merges.iter().find(|m| m.start == (*row, *column));
            for column in *column..=block.map_or(*column, |m| m.end.1) {
                heads.entry(column).or_default().push(data.to_string());
            }
        }
        Self { cells, heads, body: marks + 1 }
    }

    fn text(&self, row: u32, column: u32) -> String {
        self.cells.get(&(row, column)).map(ToString::to_string).unwrap_or_default()
    }

    /// The labels of the body, by row, up to the first row without one.
    fn labels(&self) -> Vec<(u32, String)> {
        (self.body..)
            .map(|row| (row, self.text(row, 1)))
            .take_while(|(row, label)| !label.is_empty() && !self.text(*row, 0).starts_with("Ghi"))
            .collect()
    }
}

/// Counts what was compared, and gathers what differs.
#[derive(Default)]
struct Compared {
    equal: usize,
    faults: Vec<String>,
}

impl Compared {
    fn cell(&mut self, sheet: &Sheet, (row, column): (u32, u32), expected: Option<Decimal>, what: &str) {
        let found = match sheet.cells.get(&(row, column)) {
            Some(Data::Float(value)) => Some(*value),
            Some(Data::Int(value)) => Some(*value as f64),
            _ => None,
        };
        let same = match (found, expected.and_then(|value| value.to_f64())) {
            (None, None) => return,
            // Rates are computed to ten decimals.
            (Some(found), Some(rate)) if expected.is_some_and(|value| value.scale() > 6) => {
                (found - rate).abs() < 6e-11
            }
            (Some(found), Some(expected)) => (found - expected).abs() <= expected.abs() * 1e-14,
            _ => false,
        };
        if same {
            self.equal += 1;
        } else {
            self.faults.push(format!("{what}: {found:?} instead of {expected:?}"));
        }
    }

    #[track_caller]
    fn end(self, what: &str, least: usize) {
        assert!(
            self.faults.is_empty(),
            "{what}: {} faults\n{}",
            self.faults.len(),
            self.faults[..self.faults.len().min(20)].join("\n")
        );
        assert!(self.equal >= least, "{what}: only {} cells compared", self.equal);
    }
}

fn indicator_named(name: &str) -> Option<&'static Indicator> {
    DICTIONARY.register.indicators().iter().find(|indicator| indicator.name == name)
}

/// Code of the area that a row is of.
fn area_named(label: &str) -> Option<String> {
    let geography = &DICTIONARY.geography;
    if label == "CẢ NƯỚC" {
        return Some("VN".to_owned());
    }
    let region = geography.regions(ProvinceSystem::P63).find(|r| r.name == label).map(|r| r.code.clone());
    region.or_else(|| geography.provinces(ProvinceSystem::P63).find(|p| p.name == label).map(|p| p.code.clone()))
}

fn part_named(label: &str) -> &'static str {
    match label {
        "Nữ" | "- Nữ" => "sex=female",
        "Tổng số" | "" => "",
        other => panic!("the example has no part «{other}»"),
    }
}

fn measure_named(label: &str) -> Measure {
    match label {
        "Kế hoạch năm" => Measure::Plan,
        "Trong kỳ" | "Cuối kỳ" => Measure::Actual,
        "Lũy kế từ đầu năm" => Measure::Cumulative,
        other => panic!("no measure «{other}»"),
    }
}

fn percent(over: Option<Decimal>, under: Option<Decimal>) -> Option<Decimal> {
    Some(over? * Decimal::ONE_HUNDRED / under.filter(|under| !under.is_zero())?)
}

const PERIODS: &[&str] = &["2024-M05", "2024-Q1", "2024-M12"];

#[test]
fn every_number_on_the_sheets_equals_an_independent_computation() {
    let truth = Truth::new();
    let office = office();
    let mut arguments = vec!["run", "reports", "--out", "out", "--quiet"];
    arguments.extend(PERIODS.iter().flat_map(|period| ["--period", period]));
    office.tonghop(&arguments);
    for period in PERIODS {
        let bytes = std::fs::read(office.path(&format!("out/phu-luc-{period}.xlsx"))).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let period: Period = period.parse().unwrap();
        fields(&mut book, period, &truth);
        provinces(&mut book, period, &truth);
        summary(&mut book, period, &truth);
        // There is but one quarter of the year.
        series(&mut book, &truth, if period.starts_in_january() { 0 } else { 100 });
    }
}

/// The sheets of fields of work: areas as rows, indicators as columns.
fn fields(book: &mut Xlsx<Cursor<Vec<u8>>>, period: Period, truth: &Truth) {
    let mut compared = Compared::default();
    for name in ["Việc làm", "BH thất nghiệp", "Giảm nghèo", "LĐ nước ngoài", "Quan hệ LĐ, ATLĐ"] {
        if !book.sheet_names().contains(&name.to_owned()) {
            continue;
        }
        let sheet = Sheet::read(book, name);
        for (row, label) in sheet.labels() {
            let Some(area) = area_named(&label) else { continue };
            for (column, heads) in sheet.heads.range(2..) {
                let indicator = indicator_named(heads[0].rsplit_once(" (").unwrap().0).unwrap();
                let (measure, part) = (measure_named(&heads[1]), part_named(heads.get(2).map_or("", String::as_str)));
                let expected = truth.get(&area, period, indicator, part, measure);
                compared.cell(&sheet, (row, *column), expected, &format!("{name}, {label}, {heads:?}, {period}"));
            }
        }
    }
    compared.end(&format!("fields of work of {period}"), 200);
}

/// The sheets of provinces: indicators as rows.
fn provinces(book: &mut Xlsx<Cursor<Vec<u8>>>, period: Period, truth: &Truth) {
    let mut compared = Compared::default();
    for province in DICTIONARY.geography.provinces(ProvinceSystem::P63) {
        let name = format!("PL {}", province.name);
        if !book.sheet_names().contains(&name) {
            continue;
        }
        let sheet = Sheet::read(book, &name);
        let mut of: Option<&Indicator> = None;
        for (row, label) in sheet.labels() {
            if label.starts_with("Số liệu của kỳ khác") {
                break;
            }
            let part = if label.starts_with("- ") { part_named(&label) } else { "" };
            of = if part.is_empty() { indicator_named(&label) } else { of };
            let Some(indicator) = of else { continue };
            let value = |measure| truth.get(&province.code, period, indicator, part, measure);
            for (column, measure) in [(3, Measure::Plan), (4, Measure::Actual), (5, Measure::Cumulative)] {
                let what = format!("{name}, {label}, {measure:?}, {period}");
                compared.cell(&sheet, (row, column), value(measure), &what);
            }
        }
    }
    compared.end(&format!("provinces in {period}"), 300);
}

/// The national summary: the country, its plan ratio, and the regions.
fn summary(book: &mut Xlsx<Cursor<Vec<u8>>>, period: Period, truth: &Truth) {
    let mut compared = Compared::default();
    let sheet = Sheet::read(book, "Tổng hợp cả nước");
    let mut of: Option<&Indicator> = None;
    for (row, label) in sheet.labels() {
        let part = if label.starts_with("- ") { part_named(&label) } else { "" };
        of = if part.is_empty() { indicator_named(&label) } else { of };
        let Some(indicator) = of else { continue };
        let so_far = if indicator.kind == Kind::Flow { Measure::Cumulative } else { Measure::Actual };
        for (column, heads) in sheet.heads.range(3..) {
            let (area, measure) = match (heads[0].as_str(), heads.get(1).map_or("", String::as_str)) {
                ("Cả nước", "So với kế hoạch (%)" | "So với cùng kỳ (%)") | ("Số tỉnh có số liệu", _) =>
                {
                    continue;
                }
                ("Cả nước", measure) => ("VN".to_owned(), measure_named(measure)),
                (_, region) => (area_named(region).unwrap(), so_far),
            };
            let expected = truth.get(&area, period, indicator, part, measure);
            compared.cell(&sheet, (row, *column), expected, &format!("summary, {label}, {heads:?}, {period}"));
        }
    }
    compared.end(&format!("the summary of {period}"), 30);
}

/// Single indicators over the periods.
fn series(book: &mut Xlsx<Cursor<Vec<u8>>>, truth: &Truth, least: usize) {
    let mut compared = Compared::default();
    for (name, id) in
        [("Chuỗi việc làm", "employment.jobs_created"), ("Chuỗi LĐ nước ngoài", "employment.overseas_workers")]
    {
        if !book.sheet_names().contains(&name.to_owned()) {
            continue;
        }
        let indicator = DICTIONARY.register.get(id).unwrap();
        let sheet = Sheet::read(book, name);
        for (row, label) in sheet.labels() {
            let Some(area) = area_named(&label) else { continue };
            for (column, heads) in sheet.heads.range(2..) {
                let head = heads[0].split(" (").next().unwrap();
                let Some((short, year)) = head.split_once('/') else { continue };
                let period = match short.strip_prefix('T') {
                    Some(month) => format!("{year}-M{month:0>2}"),
                    None => format!("{year}-Q{}", short.trim_start_matches("Quý ").len()),
                };
                let expected = truth.get(&area, period.parse().unwrap(), indicator, "", Measure::Actual);
                compared.cell(&sheet, (row, *column), expected, &format!("{name}, {label}, {head}"));
            }
        }
    }
    compared.end("series", least);
}

#[test]
fn ratios_on_the_sheets_are_those_of_the_figures_beside_them() {
    let truth = Truth::new();
    let office = office();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet", "--period", "2024-M05"]);
    let bytes = std::fs::read(office.path("out/phu-luc-2024-M05.xlsx")).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let period: Period = "2024-M05".parse().unwrap();
    let implied: Vec<String> =
        table("figures.csv").iter().filter(|row| row["basis"] == "implied").map(|row| row["area"].clone()).collect();
    let mut compared = Compared::default();
    for province in DICTIONARY.geography.provinces(ProvinceSystem::P63) {
        let name = format!("PL {}", province.name);
        if !book.sheet_names().contains(&name) || implied.contains(&province.code) {
            continue;
        }
        let sheet = Sheet::read(&mut book, &name);
        for (row, label) in sheet.labels() {
            let Some(indicator) = indicator_named(&label).filter(|i| i.id == "employment.jobs_created") else {
                continue;
            };
            let value = |measure| truth.get(&province.code, period, indicator, "", measure);
            let expected = percent(value(Measure::Cumulative), value(Measure::Plan));
            compared.cell(&sheet, (row, 6), expected, &format!("{name}, {label}, % of plan"));
        }
    }
    compared.end("percentages of the plan", 20);
}
