use proptest::prelude::*;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::*;
use crate::diagnostic::Severity;
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::templates::Templates;
use crate::observation::{Breakdown, Measure, Origin, Qualifier, Status};

fn dec(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// `province period indicator[breakdown] measure value`, in a file of the province's name.
fn row(text: &str) -> Observation {
    let mut words = text.split(' ');
    let mut next = || words.next().unwrap();
    let (province, period) = (next(), next());
    let (indicator, breakdown) = match next().split_once('[') {
        Some((indicator, rest)) => (indicator.to_owned(), rest.trim_end_matches(']').parse().unwrap()),
        None => (text.split(' ').nth(2).unwrap().to_owned(), Breakdown::total()),
    };
    let (measure, value) = (next().parse().unwrap(), next());
    Observation {
        id: text.to_owned(),
        province: province.to_owned(),
        province_system: "63".to_owned(),
        period: period.parse().ok(),
        indicator,
        breakdown,
        measure,
        stated: value.to_owned(),
        value: dec(value),
        unit: "person".to_owned(),
        qualifier: Qualifier::Exact,
        status: Status::Reported,
        of: None,
        base: String::new(),
        origin: Origin::Text,
        confidence: dec("0.95"),
        file: format!("{province}.txt"),
        start: 0,
        end: 1,
        line: 1,
        place: String::new(),
        quote: format!("có {value} người"),
        rule: String::new(),
    }
}

fn settled(observations: &[Observation]) -> Consolidated {
    with_plans(observations, "province,year,indicator,value\n")
}

fn with_plans(observations: &[Observation], plans: &str) -> Consolidated {
    let templates = Templates::built_in();
    let register = Register::load(&templates).unwrap();
    let geography = Geography::load(&templates).unwrap();
    let input = Input {
        observations,
        reports: &[],
        register: &register,
        geography: &geography,
        wording: &Wording::load(&templates).unwrap(),
        plans: &read_plans("plans.csv", plans, &register, &geography).unwrap(),
        revisions: &FxHashMap::from_iter([("second.txt".to_owned(), 1)]),
        review_threshold: dec("0.6"),
        periods: &[],
        boundaries: Boundaries::AsReported,
    };
    consolidate(&input).unwrap()
}

fn values(consolidated: &Consolidated) -> Vec<String> {
    consolidated.figures().iter().map(|f| f.value.to_string()).collect()
}

fn at(mut observation: Observation, start: usize, line: usize) -> Observation {
    (observation.start, observation.line) = (start, line);
    observation
}

const JOBS: &str = "employment.jobs_created";
const CLASSES: &str = "labour.safety_classes";

#[test]
fn three_names_of_one_figure_are_one_figure() {
    let found = settled(&[
        row(&format!("84 2023-Q2 {JOBS} cumulative 120")),
        row(&format!("84 2023-S1 {JOBS} actual 120")),
        row(&format!("84 2023-M06 {JOBS} cumulative 120")),
        row(&format!("84 2023-Q2 {JOBS} actual 50")),
    ]);
    // The first quarter is what the half-year has beside the second.
    assert_eq!(values(&found), ["70", "50", "120"]);
    assert_eq!(found.figures()[0].basis, Basis::Difference);
    let figure = &found.figures()[2];
    assert_eq!((figure.settled, figure.sources.len(), figure.repeated.len()), (Settled::Repeated, 1, 2));
    assert!(found.findings().is_empty());
}

#[test]
fn a_table_outranks_the_text_and_the_conflict_shows_both() {
    let mut table = row(&format!("84 2023-Q2 {JOBS} actual 54"));
    table.origin = Origin::Table;
    let found = settled(&[row(&format!("84 2023-Q2 {JOBS} actual 50")), table]);
    assert_eq!(values(&found), ["54"]);
    let [finding] = found.findings() else { panic!("{:?}", found.findings()) };
    assert_eq!((finding.severity, finding.check), (Severity::Error, "conflict"));
    assert_eq!((&*finding.stated, &*finding.expected, &*finding.difference), ("50", "54", "-4"));
    assert_eq!(finding.site.quote, "có 50 người");
    assert_eq!(finding.other.as_ref().map(|s| s.quote.as_str()), Some("có 54 người"));
}

#[test]
fn a_revision_outranks_a_table_and_a_correction_ends_the_dispute() {
    let mut table = row(&format!("84 2023-Q2 {JOBS} actual 54"));
    table.origin = Origin::Table;
    let mut second = row(&format!("84 2023-Q2 {JOBS} actual 55"));
    second.file = "second.txt".to_owned();
    let found = settled(&[table.clone(), second.clone()]);
    assert_eq!(values(&found), ["55"]);
    let mut correction = row(&format!("84 2023-Q2 {JOBS} actual 56"));
    correction.origin = Origin::Correction;
    let found = settled(&[table, second, correction]);
    assert_eq!(values(&found), ["56"]);
    assert_eq!(found.figures()[0].settled, Settled::Corrected);
    assert!(found.findings().is_empty());
}

#[test]
fn events_told_separately_add_up() {
    let one = at(row(&format!("94 2023-M11 {CLASSES} actual 1")), 5, 15);
    let twelve = at(row(&format!("94 2023-M11 {CLASSES} actual 12")), 90, 15);
    let found = settled(&[one.clone(), twelve.clone()]);
    assert_eq!(values(&found), ["13"]);
    assert_eq!((found.figures()[0].settled, &found.figures()[0].sources[..]), (Settled::Added, &[0, 1][..]));
    // Their total is not one more event.
    let total = at(row(&format!("94 2023-M11 {CLASSES} actual 13")), 1, 14);
    assert_eq!(values(&settled(&[one.clone(), twelve.clone(), total])), ["13"]);
    // A part is not added.
    let mut part = at(row(&format!("94 2023-M11 {CLASSES} actual 3")), 99, 15);
    part.quote = "tổ chức 12 lớp, trong đó 3 lớp".to_owned();
    assert_eq!(values(&settled(&[one, twelve, part])), ["13"]);
}

#[test]
fn a_correction_stands_for_the_event_that_it_corrects() {
    let one = at(row(&format!("94 2023-M11 {CLASSES} actual 1")), 5, 15);
    let twelve = at(row(&format!("94 2023-M11 {CLASSES} actual 12")), 90, 15);
    let mut correction = Observation { value: dec("21"), origin: Origin::Correction, ..twelve.clone() };
    correction.rule = "correction of text; Hoa; 2023-12-01; classes".to_owned();
    let found = settled(&[one.clone(), twelve.clone(), correction.clone()]);
    assert_eq!(values(&found), ["22"]);
    let figure = &found.figures()[0];
    assert_eq!(
        (figure.settled, &figure.sources[..], &figure.outranked[..]),
        (Settled::Corrected, &[0, 2][..], &[1][..])
    );
    assert!(found.findings().is_empty());
    // A corrected cell of a table is the figure itself, whatever events the text tells.
    let mut cell = at(row(&format!("94 2023-M11 {CLASSES} actual 13")), 300, 40);
    cell.origin = Origin::Table;
    let mut corrected = Observation { value: dec("14"), origin: Origin::Correction, ..cell.clone() };
    corrected.rule = "correction of table; Hoa; 2023-12-01; cell".to_owned();
    assert_eq!(values(&settled(&[one, twelve, cell, corrected])), ["14"]);
}

#[test]
fn two_corrections_that_differ_are_a_conflict() {
    let decided = |value: &str, start| {
        let mut correction = at(row(&format!("84 2023-Q2 {JOBS} actual {value}")), start, 9);
        correction.origin = Origin::Correction;
        correction
    };
    let found = settled(&[decided("50", 5), decided("54", 90)]);
    assert_eq!(found.findings().iter().map(|f| f.check).collect::<Vec<_>>(), ["conflict"]);
}

#[test]
fn equal_values_of_events_are_one_figure() {
    let rows = [
        at(row(&format!("94 2023-M11 {CLASSES} actual 1")), 5, 15),
        at(row(&format!("94 2023-M11 {CLASSES} actual 1")), 50, 30),
    ];
    let found = settled(&rows);
    assert_eq!((values(&found), found.figures()[0].settled), (vec!["1".to_owned()], Settled::Repeated));
}

#[test]
fn values_that_do_not_add_up_are_a_conflict() {
    let found = settled(&[
        at(row(&format!("94 2023-M11 {JOBS} actual 1")), 5, 15),
        at(row(&format!("94 2023-M11 {JOBS} actual 12")), 90, 15),
    ]);
    assert_eq!(values(&found), ["1"]);
    assert_eq!((found.findings().len(), found.figures()[0].settled), (1, Settled::Outranked));
}

#[test]
fn a_sure_value_beats_a_doubtful_one_with_a_warning() {
    let mut doubtful = row(&format!("84 2023-Q2 {JOBS} actual 54"));
    (doubtful.origin, doubtful.confidence) = (Origin::Table, dec("0.4"));
    let found = settled(&[doubtful.clone(), row(&format!("84 2023-Q2 {JOBS} actual 50"))]);
    assert_eq!(values(&found), ["50"]);
    assert_eq!(found.findings()[0].severity, Severity::Warning);
    assert!(!found.figures()[0].doubtful);
    assert!(settled(&[doubtful]).figures()[0].doubtful);
}

#[test]
fn levels_for_one_and_rows_without_a_place_are_not_settled() {
    let mut nowhere = row(&format!("84 2023-Q2 {JOBS} actual 54"));
    nowhere.province = String::new();
    assert!(settled(&[row(&format!("84 2023-Q2 {JOBS} per_unit 5")), nowhere]).figures().is_empty());
}

fn cell<'a>(indicator: &'a str, kind: Kind, breakdown: &'a Breakdown, period: &str) -> Cell<'a> {
    let period = period.parse().unwrap();
    Cell { system: ProvinceSystem::P63, period, indicator, kind, breakdown, measure: Measure::Actual, of: None }
}
use crate::dictionary::register::Kind;

#[test]
fn totals_add_what_is_there_and_say_how_many() {
    let found = settled(&[
        row(&format!("84 2023-S1 {JOBS} actual 100")),
        row(&format!("94 2023-Q2 {JOBS} cumulative 20.5")),
        row(&format!("01 2023-S1 {JOBS} actual 0")),
        row(&format!("84 2023-S1 {JOBS} yoy_pct 5")),
    ]);
    let total = Breakdown::total();
    let cell = cell(JOBS, Kind::Flow, &total, "2023-S1");
    let country = found.total(&cell, Area::Country).unwrap();
    assert_eq!((country.value, country.figures.len(), country.provinces), (dec("120.5"), 3, 63));
    let delta = found.total(&cell, Area::Region(6)).unwrap();
    assert_eq!((delta.value, delta.figures.len(), delta.provinces), (dec("120.5"), 2, 13));
    assert_eq!(found.total(&cell, Area::Region(1)).unwrap().value, dec("0"));
    assert!(found.total(&cell, Area::Region(2)).is_none(), "missing is not zero");
    assert!(found.totals().iter().all(|t| t.measure != Measure::YoyPct));
}

#[test]
fn a_rate_is_recomputed_when_every_province_has_its_parts() {
    let mut rows: Vec<Observation> = [
        "84 2023 poverty.poor_households actual 10",
        "84 2023 poverty.households actual 200",
        "94 2023 poverty.poor_households actual 50",
        "94 2023 poverty.households actual 100",
        "84 2023 poverty.poor_rate actual 5",
    ]
    .iter()
    .map(|text| row(text))
    .collect();
    rows[4].unit = "percent".to_owned();
    let total = Breakdown::total();
    let cell = cell("poverty.poor_rate", Kind::Rate, &total, "2023");
    assert_eq!(settled(&rows).total(&cell, Area::Country).unwrap().value, dec("20"));
    let mut other = row("01 2023 poverty.poor_rate actual 1");
    other.unit = "percent".to_owned();
    rows.push(other);
    let found = settled(&rows);
    assert!(found.total(&cell, Area::Country).is_none(), "Hà Nội states only the rate");
    assert!(found.total(&cell, Area::Region(6)).is_some());
}

#[test]
fn a_plan_of_the_year_stands_in_each_period_reported() {
    let rows = [row(&format!("84 2023-Q2 {JOBS} actual 50")), row(&format!("94 2023-Q2 {JOBS} plan 30"))];
    let found = with_plans(&rows, &format!("province,year,indicator,value\n84,2023,{JOBS},200\n94,2023,{JOBS},31\n"));
    assert_eq!(values(&found), ["50", "200", "30"]);
    assert_eq!(found.figures()[1].plan_source, "plans.csv:2");
    let [finding] = found.findings() else { panic!("{:?}", found.findings()) };
    assert_eq!((finding.check, &*finding.difference), ("plan-differs", "-1"));
}

#[test]
fn faults_of_plans_name_the_line_and_the_choices() {
    let templates = Templates::built_in();
    let (register, geography) = (Register::load(&templates).unwrap(), Geography::load(&templates).unwrap());
    let text = "province,year,indicator,value\n84,2023,employment.jobs_create,1\n00,2023,employment.jobs_created,1\n";
    let message = read_plans("plans.csv", text, &register, &geography).unwrap_err().to_string();
    assert!(
        message.contains("plans.csv:2: `employment.jobs_create`: unknown indicator; nearest: employment.jobs_created"),
        "{message}"
    );
    assert!(message.contains("plans.csv:3: `00`: unknown province of the 63; valid: 01, "), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn sums_equal_plain_addition_whatever_the_order(
        values in proptest::collection::vec((0_usize..63, -1_000_000_000_000_000_i64..1_000_000_000_000_000, 0_u32..4), 1..60),
        seed in 0_usize..50,
    ) {
        let geography = Geography::load(&Templates::built_in()).unwrap();
        let provinces: Vec<_> = geography.provinces(ProvinceSystem::P63).cloned().collect();
        let mut by_province = std::collections::BTreeMap::new();
        for (at, mantissa, scale) in values {
            by_province.insert(at, Decimal::new(mantissa, scale));
        }
        let mut rows: Vec<Observation> = by_province
            .iter()
            .map(|(at, value)| {
                let mut row = row(&format!("{} 2023 {JOBS} actual 1", provinces[*at].code));
                row.value = *value;
                row
            })
            .collect();
        let first = settled(&rows);
        let by = seed % rows.len();
        rows.rotate_left(by);
        let second = settled(&rows);
        let plain: Decimal = by_province.values().sum();
        let total = Breakdown::total();
        let cell = cell(JOBS, Kind::Flow, &total, "2023");
        prop_assert_eq!(first.total(&cell, Area::Country).unwrap().value, plain);
        let regional: Decimal = (1..=6).filter_map(|r| first.total(&cell, Area::Region(r))).map(|t| t.value).sum();
        prop_assert_eq!(regional, plain);
        let of = |c: &Consolidated| c.totals().iter().map(|t| (t.area, t.value)).collect::<Vec<_>>();
        prop_assert_eq!(of(&first), of(&second));
    }
}

/// As [`settled`], on these boundaries, with reports of these calendars (`file calendar date`).
fn on(observations: &[Observation], boundaries: Boundaries, reports: &[&str]) -> Consolidated {
    let templates = Templates::built_in();
    let report = |text: &&str| {
        let mut words = text.split(' ').map(str::to_owned);
        let (file, calendar) = (words.next().unwrap(), words.next().unwrap());
        ReportRow { file, calendar, date: words.next().unwrap_or_default(), ..ReportRow::default() }
    };
    let input = Input {
        observations,
        reports: &reports.iter().map(report).collect::<Vec<_>>(),
        register: &Register::load(&templates).unwrap(),
        geography: &Geography::load(&templates).unwrap(),
        wording: &Wording::load(&templates).unwrap(),
        plans: &[],
        revisions: &FxHashMap::default(),
        review_threshold: dec("0.6"),
        periods: &["2023-Q1".parse().unwrap(), "2024-Q2".parse().unwrap()],
        boundaries,
    };
    consolidate(&input).unwrap()
}

fn rows_of(texts: &[&str]) -> Vec<Observation> {
    texts.iter().map(|text| row(text)).collect()
}

fn new(text: &str) -> Observation {
    let mut row = row(text);
    row.province_system = "34".to_owned();
    row
}

/// Value and basis of a province's result.
fn found(told: &Consolidated, what: &str) -> Option<(String, Basis)> {
    let words: Vec<&str> = what.split(' ').collect();
    let [province, period, indicator] = words[..] else { panic!("{what}") };
    let (system, province) = match province.split_once(':') {
        Some((system, code)) => (ProvinceSystem::from_code(system).unwrap(), code),
        None => (ProvinceSystem::P63, province),
    };
    let kind = Register::load(&Templates::built_in()).unwrap().get(indicator).unwrap().kind;
    let total = Breakdown::total();
    let cell = Cell { system, ..cell(indicator, kind, &total, period) };
    told.figure(&cell, province).map(|(_, f)| (f.value.normalize().to_string(), f.basis))
}

#[test]
fn months_make_quarters_and_what_is_missing_is_named() {
    let told = settled(&rows_of(&[
        &format!("84 2023-M01 {JOBS} actual 10"),
        &format!("84 2023-M02 {JOBS} actual 20"),
        &format!("84 2023-M03 {JOBS} actual 30"),
        &format!("94 2023-M01 {JOBS} actual 10"),
        &format!("94 2023-M03 {JOBS} actual 30"),
    ]));
    assert_eq!(found(&told, &format!("84 2023-Q1 {JOBS}")), Some(("60".to_owned(), Basis::Periods)));
    assert_eq!(found(&told, &format!("94 2023-Q1 {JOBS}")), None, "a partial sum is no figure");
    let total = Breakdown::total();
    let quarter = cell(JOBS, Kind::Flow, &total, "2023-Q1");
    let partial = told.partial(&quarter, "94").unwrap();
    let missing: Vec<String> = partial.missing_months.iter().map(|p| p.to_string()).collect();
    assert_eq!((partial.sum, missing), (dec("40"), vec!["2023-M02".to_owned()]));
    assert_eq!(told.partial(&quarter, "84"), None);
    let sum = told.total(&quarter, Area::Country).unwrap();
    assert_eq!((sum.value, sum.covered, sum.provinces, sum.derived), (dec("60"), 1, 63, 1));
    assert!(sum.missing.contains(&(ProvinceSystem::P63, "94".to_owned())));
    let (at, _) = told.figure(&quarter, "84").unwrap();
    let addends = &told.figures()[at].addends;
    let added: Decimal = addends.iter().map(|a| told.figures()[a.figure].value).sum();
    assert_eq!((addends.len(), added), (3, dec("60")));
}

#[test]
fn a_stated_figure_is_kept_and_set_against_its_parts() {
    let told = settled(&rows_of(&[
        &format!("84 2023-Q1 {JOBS} actual 61"),
        &format!("84 2023-M01 {JOBS} actual 10"),
        &format!("84 2023-M02 {JOBS} actual 20"),
        &format!("84 2023-M03 {JOBS} actual 30"),
    ]));
    assert_eq!(found(&told, &format!("84 2023-Q1 {JOBS}")), Some(("61".to_owned(), Basis::Direct)));
    let [finding] = told.findings() else { panic!("{:?}", told.findings()) };
    assert_eq!((finding.check, &*finding.expected, &*finding.difference), ("derived-differs", "60", "1"));
}

#[test]
fn a_cumulative_value_that_falls_gives_no_month() {
    let told = settled(&rows_of(&[
        &format!("84 2023-M04 {JOBS} cumulative 100"),
        &format!("84 2023-M05 {JOBS} cumulative 90"),
    ]));
    assert_eq!(found(&told, &format!("84 2023-M05 {JOBS}")), None);
    let [finding] = told.findings() else { panic!("{:?}", told.findings()) };
    assert_eq!((finding.check, &*finding.stated, &*finding.expected), ("derived-negative", "90", "100"));
}

#[test]
fn forecasts_and_estimates_do_not_pass_for_results() {
    let mut rows = rows_of(&[&format!("84 2023-M01 {JOBS} actual 10"), &format!("84 2023-M02 {JOBS} actual 20")]);
    rows.push(Observation { status: Status::Forecast, ..row(&format!("84 2023-M03 {JOBS} actual 30")) });
    assert_eq!(found(&settled(&rows), &format!("84 2023-Q1 {JOBS}")), None);
    rows[2].status = Status::Estimate;
    let told = settled(&rows);
    let quarter = told.figures().iter().find(|f| f.key.period.to_string() == "2023-Q1").unwrap();
    assert_eq!((quarter.value, quarter.key.status), (dec("60"), Status::Estimate));
}

const STOCK: &str = "foreign.workers";

#[test]
fn a_stock_is_the_last_value_and_only_one_date_is_added() {
    let told = on(
        &rows_of(&[
            &format!("84 2023-M02 {STOCK} actual 5"),
            &format!("84 2023-M03 {STOCK} actual 7"),
            &format!("94 2023-M02 {STOCK} actual 9"),
        ]),
        Boundaries::AsReported,
        &[],
    );
    assert_eq!(found(&told, &format!("84 2023-Q1 {STOCK}")), Some(("7".to_owned(), Basis::SameDate)));
    assert_eq!(found(&told, &format!("94 2023-Q1 {STOCK}")), Some(("9".to_owned(), Basis::LastValue)));
    let total = Breakdown::total();
    let quarter = cell(STOCK, Kind::Stock, &total, "2023-Q1");
    let sum = told.total(&quarter, Area::Country).unwrap();
    assert_eq!((sum.value, sum.covered), (dec("7"), 1));
    assert_eq!(told.figure(&quarter, "94").unwrap().1.as_of.map(|p| p.to_string()).as_deref(), Some("2023-M02"));
    let twice = rows_of(&[&format!("84 2023-M03 {STOCK} actual 7"), &format!("84 2023-Q1 {STOCK} actual 8")]);
    assert_eq!(settled(&twice).findings()[0].check, "derived-differs");
}

#[test]
fn a_rate_comes_from_its_parts_and_a_stated_one_is_set_against_them() {
    let parts = ["84 2023 poverty.poor_households actual 10", "84 2023 poverty.households actual 300"];
    let told = settled(&rows_of(&parts));
    let (value, basis) = found(&told, "84 2023 poverty.poor_rate").unwrap();
    assert_eq!((value.get(..9), basis), (Some("3.3333333"), Basis::Ratio));
    for (stated, findings) in [("3.33", 0), ("3.3", 0), ("3.4", 1)] {
        let mut rows = rows_of(&parts);
        rows.push(Observation {
            unit: "percent".to_owned(),
            ..row(&format!("84 2023 poverty.poor_rate actual {stated}"))
        });
        let told = settled(&rows);
        assert_eq!(found(&told, "84 2023 poverty.poor_rate"), Some((stated.to_owned(), Basis::Direct)));
        assert_eq!(told.findings().len(), findings, "{stated}");
    }
}

#[test]
fn a_merged_province_is_whole_or_says_what_it_lacks() {
    let rows = rows_of(&[
        &format!("83 2024-M05 {JOBS} actual 1"),
        &format!("84 2024-M05 {JOBS} actual 2"),
        &format!("86 2024-M05 {JOBS} actual 4"),
        &format!("84 2024-M06 {JOBS} actual 8"),
    ]);
    let told = on(&rows, Boundaries::New, &[]);
    assert_eq!(found(&told, &format!("34:86 2024-M05 {JOBS}")), Some(("7".to_owned(), Basis::Merged)));
    assert_eq!(found(&told, &format!("34:86 2024-M06 {JOBS}")), None);
    let total = Breakdown::total();
    let june = Cell { system: ProvinceSystem::P34, ..cell(JOBS, Kind::Flow, &total, "2024-M06") };
    let partial = told.partial(&june, "86").unwrap();
    assert_eq!((partial.sum, partial.missing_provinces), (dec("8"), vec!["83".to_owned(), "86".to_owned()]));
    // The country is the same on any boundaries, and is counted by those who were to report.
    let sum = told.total(&june, Area::Country).unwrap();
    assert_eq!((sum.value, sum.covered, sum.provinces), (dec("8"), 1, 63));
    assert!(on(&rows, Boundaries::AsReported, &[]).figures().iter().all(|f| f.key.system == ProvinceSystem::P63));
}

#[test]
fn a_series_goes_on_over_the_merger() {
    let mut rows = rows_of(&[
        &format!("83 2025-M06 {JOBS} cumulative 10"),
        &format!("84 2025-M06 {JOBS} cumulative 20"),
        &format!("86 2025-M06 {JOBS} cumulative 40"),
    ]);
    rows.push(new(&format!("86 2025-M07 {JOBS} cumulative 100")));
    let told = on(&rows, Boundaries::New, &[]);
    assert_eq!(found(&told, &format!("34:86 2025-M07 {JOBS}")), Some(("30".to_owned(), Basis::Difference)));
    assert_eq!(found(&told, &format!("86 2025-S1 {JOBS}")), Some(("40".to_owned(), Basis::Direct)));
    // Code 86 is one province in the old list, and three together in the new one.
    assert_eq!(found(&told, &format!("34:86 2025-S1 {JOBS}")), Some(("70".to_owned(), Basis::Merged)));
}

#[test]
fn a_plan_is_carried_through_its_year_and_an_implied_one_is_marked() {
    let mut rows = rows_of(&[
        &format!("84 2024-M01 {JOBS} plan 1000"),
        &format!("84 2024-M03 {JOBS} actual 50"),
        &format!("94 2024-M03 {JOBS} cumulative 2650"),
    ]);
    rows.push(Observation {
        unit: "percent".to_owned(),
        of: Some(Measure::Cumulative),
        ..row(&format!("94 2024-M03 {JOBS} pct_of_plan 13.25"))
    });
    let told = on(&rows, Boundaries::AsReported, &[]);
    let total = Breakdown::total();
    let plan = Cell { measure: Measure::Plan, ..cell(JOBS, Kind::Flow, &total, "2024-M03") };
    let carried = told.figure(&plan, "84").unwrap().1;
    assert_eq!((carried.value, carried.basis), (dec("1000"), Basis::Carried));
    let implied = told.figure(&plan, "94").unwrap().1;
    assert_eq!((implied.value, implied.basis, implied.qualifier), (dec("20000"), Basis::Implied, Qualifier::About));
    let (low, high) = implied.range.unwrap();
    assert!(low < dec("20000") && dec("20000") < high, "{low} {high}");
    let sum = told.total(&plan, Area::Country).unwrap();
    assert_eq!((sum.value, sum.implied, sum.covered), (dec("21000"), 1, 2));
}

#[test]
fn growth_needs_both_sides_and_is_set_against_what_is_stated() {
    let mut rows = rows_of(&[
        &format!("84 2023-M05 {JOBS} actual 80"),
        &format!("84 2024-M05 {JOBS} actual 100"),
        &format!("94 2024-M05 {JOBS} actual 30"),
    ]);
    let growth = |value: &str| Observation {
        unit: "percent".to_owned(),
        file: "now.txt".to_owned(),
        ..row(&format!("84 2024-M05 {JOBS} yoy_pct {value}"))
    };
    rows.push(growth("25"));
    let told = settled(&rows);
    let total = Breakdown::total();
    let may = cell(JOBS, Kind::Flow, &total, "2024-M05");
    let (at, _) = told.figure(&may, "84").unwrap();
    let found = told.growth(at, Against::SamePeriod).unwrap();
    assert_eq!((found.percent, found.change, found.agrees), (Some(dec("25")), dec("20"), Some(true)));
    assert!(told.growth(at, Against::Plan).is_none() && told.growth(at, Against::PreviousPeriod).is_none());
    let country = told.total_growth(&may, Area::Country, Against::SamePeriod).unwrap();
    assert_eq!((country.value, country.base, country.percent), (dec("100"), dec("80"), dec("25")));
    assert_eq!((country.covered, country.provinces, country.of_totals), (1, 63, false), "Sóc Trăng has no May 2023");
    assert!(told.findings().is_empty(), "{:?}", told.findings());
    *rows.last_mut().unwrap() = growth("26");
    let told = settled(&rows);
    let [finding] = told.findings() else { panic!("{:?}", told.findings()) };
    assert_eq!((finding.check, &*finding.stated, &*finding.expected), ("growth-differs", "26", "25"));
}

#[test]
fn reports_from_the_15th_to_the_14th_are_noted() {
    let rows = rows_of(&[&format!("84 2024-M05 {JOBS} actual 1"), &format!("94 2024-M05 {JOBS} actual 2")]);
    let told = on(&rows, Boundaries::AsReported, &["84.txt administrative", "94.txt calendar"]);
    let noted: Vec<bool> = told.figures().iter().map(|f| f.administrative).collect();
    assert_eq!(noted, [true, false]);
    let total = Breakdown::total();
    let sum = told.total(&cell(JOBS, Kind::Flow, &total, "2024-M05"), Area::Country).unwrap();
    assert!(sum.administrative == 1 && sum.mixes_calendars());
}

#[test]
fn of_two_reports_the_later_one_is_taken() {
    let mut quarter = row(&format!("84 2024-Q1 {JOBS} actual 61"));
    quarter.file = "q1.txt".to_owned();
    let rows = [row(&format!("84 2024-M03 {JOBS} cumulative 60")), quarter];
    let later = on(&rows, Boundaries::AsReported, &["84.txt unknown 2024-03-18", "q1.txt unknown 2024-03-28"]);
    assert_eq!(values(&later), ["61"]);
    let earlier = on(&rows, Boundaries::AsReported, &["84.txt unknown 2024-03-18", "q1.txt unknown 2024-03-02"]);
    assert_eq!(values(&earlier), ["60"]);
}

#[test]
fn two_places_with_one_code_are_not_one() {
    let rows = [row(&format!("86 2025-M06 {JOBS} actual 1")), new(&format!("86 2025-M06 {JOBS} actual 2"))];
    let told = settled(&rows);
    assert_eq!(values(&told).len(), 2);
    assert!(told.findings().is_empty());
}
