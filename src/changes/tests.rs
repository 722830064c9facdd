use super::*;
use crate::observation::{Breakdown, Measure, Qualifier, Status};
use crate::table::Level;

fn observation(id: &str, file: &str, rule: &str) -> Observation {
    Observation {
        id: id.to_owned(),
        province: "84".to_owned(),
        province_system: "63".to_owned(),
        period: "2024-M05".parse().ok(),
        indicator: "employment.jobs_created".to_owned(),
        breakdown: Breakdown::total(),
        measure: Measure::Actual,
        stated: String::new(),
        value: Decimal::ONE,
        unit: "person".to_owned(),
        qualifier: Qualifier::Exact,
        status: Status::Reported,
        of: None,
        base: String::new(),
        origin: Origin::Text,
        confidence: Decimal::ONE,
        file: file.to_owned(),
        start: 0,
        end: 1,
        line: 1,
        place: String::new(),
        quote: String::new(),
        rule: rule.to_owned(),
    }
}

fn figure(id: &str, value: i64, addends: &[&str], sources: &[&str]) -> FigureRow {
    let owned = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect();
    FigureRow {
        id: id.to_owned(),
        level: Level::Province,
        province_system: "63".to_owned(),
        area: "84".to_owned(),
        area_name: "Trà Vinh".to_owned(),
        period: "2024-M05".parse().unwrap(),
        indicator: "employment.jobs_created".to_owned(),
        breakdown: Breakdown::total(),
        measure: Measure::Actual,
        of: None,
        base: String::new(),
        status: Status::Reported,
        value: Decimal::from(value),
        unit: "person".to_owned(),
        qualifier: Qualifier::Exact,
        basis: "direct".to_owned(),
        settled: "stated".to_owned(),
        covered: None,
        provinces: None,
        missing: Vec::new(),
        implied: 0,
        administrative: 0,
        as_of: None,
        low: None,
        high: None,
        compared: None,
        agrees: None,
        doubtful: false,
        confidence: Decimal::ONE,
        addends: owned(addends),
        sources: owned(sources),
        repeated: Vec::new(),
        outranked: Vec::new(),
        plan_source: String::new(),
    }
}

fn report(file: &str, digest: &str, province: &str) -> ReportRow {
    ReportRow {
        file: file.to_owned(),
        digest: digest.to_owned(),
        province: province.to_owned(),
        province_system: "63".to_owned(),
        period: "2024-M05".parse().ok(),
        status: "read".to_owned(),
        ..ReportRow::default()
    }
}

/// A total of two provinces: `a` in `a.txt`, `b` in `b.txt`.
fn run(a: (i64, &str), b: Option<(i64, &str)>) -> Run {
    let ids = (format!("o-{}", a.1), b.map(|b| format!("o-{}", b.1)));
    let mut figures = vec![figure("a", a.0, &[], &[ids.0.as_str()])];
    let mut observations = vec![observation(&ids.0, "a.txt", "rule 1")];
    let mut reports = vec![report("a.txt", a.1, "84")];
    let mut total = figure("t", a.0, &["+a"], &[]);
    if let (Some(b), Some(id)) = (b, &ids.1) {
        figures.push(figure("b", b.0, &[], &[id.as_str()]));
        observations.push(observation(id, "b.txt", "rule 1"));
        reports.push(report("b.txt", b.1, "94"));
        total = figure("t", a.0 + b.0, &["+a", "+b"], &[]);
    }
    figures.insert(0, total);
    Run { figures, observations, reports, templates: "1".to_owned(), version: "1".to_owned(), ..Run::default() }
}

fn told(before: &Run, after: &Run) -> Vec<String> {
    let line = |c: &Change| {
        let id = c.figure().map(|f| f.id.as_str()).unwrap_or_default();
        format!("{id} {} {}", c.cause.code(), c.because_of.join(","))
    };
    changes(before, after).iter().map(line).collect()
}

#[test]
fn nothing_changed() {
    let run = run((5, "d1"), Some((7, "d2")));
    assert!(changes(&run, &run).is_empty());
}

#[test]
fn a_new_file_a_lost_one_and_a_revision_are_told_apart() {
    let (one, two, revised) = (run((5, "d1"), None), run((5, "d1"), Some((7, "d2"))), run((6, "d3"), None));
    assert_eq!(told(&one, &two), ["t new-file b.txt", "b new-file b.txt"]);
    assert_eq!(told(&two, &one), ["t removed-file b.txt", "b removed-file b.txt"]);
    assert_eq!(told(&one, &revised), ["t revised-report a.txt", "a revised-report a.txt"]);
    assert_eq!(changes(&one, &revised)[0].difference(), Some(Decimal::ONE));
}

#[test]
fn a_correction_is_named_before_all_else() {
    let one = run((5, "d1"), None);
    let mut two = run((6, "d1"), None);
    two.observations.push(Observation { origin: Origin::Correction, ..observation("c", "a.txt", "") });
    two.figures[1].sources.insert(0, "c".to_owned());
    assert_eq!(told(&one, &two), ["t correction a.txt", "a correction a.txt"]);
}

#[test]
fn the_same_bytes_read_otherwise_are_a_rule_and_settled_otherwise_a_template() {
    let one = run((5, "d1"), None);
    let mut two = run((6, "d1"), None);
    two.templates = "2".to_owned();
    assert_eq!(told(&one, &two), ["t template ", "a template "]);
    two.observations[0].id = "o-other".to_owned();
    two.observations[0].rule = "rule 2".to_owned();
    two.figures[1].sources = vec!["o-other".to_owned()];
    assert_eq!(told(&one, &two)[1], "a rule a.txt: rule 1,a.txt: rule 2");
    let mut three = run((6, "d1"), None);
    assert_eq!(told(&one, &three)[1], "a options ");
    three.version = "2".to_owned();
    assert_eq!(told(&one, &three)[1], "a program ");
}

#[test]
fn other_plans_change_what_rests_on_them() {
    let mut one = run((5, "d1"), None);
    one.figures[1].plan_source = "plans.csv:2".to_owned();
    one.figures[1].sources.clear();
    let mut two = one.clone();
    two.figures[0].value = Decimal::TEN;
    two.figures[1].value = Decimal::TEN;
    two.side_files.insert("plans.csv".to_owned(), "d".to_owned());
    assert_eq!(told(&one, &two), ["t plans ", "a plans "]);
}
