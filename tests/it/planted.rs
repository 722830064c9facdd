//! Errors planted in the marked test reports, and how many of them the checks find; and what the checks say of the
//! reports as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use tonghop::check::{Checked, Rules, Subject, check_between, check_report};
use tonghop::diagnostic::{Finding, Severity};
use tonghop::dictionary::templates::Templates;
use tonghop::observation::Observation;
use tonghop::pipeline::read_report;
use tonghop::report::Assumed;

use crate::bonds::{Plant, SLIPS, Slip, plants};
use crate::marks::{Known, MarkedReport, read_folder};
use crate::settled::conflicts;
use crate::support::DICTIONARY;

/// So many errors are planted, of each kind as many as of the next.
const PLANTED: usize = 60;
/// At least so many of them must be found.
const LEAST_FOUND: usize = 57;
/// To look further: another number of errors to plant, by hand.
const OTHER_NUMBER: &str = "TONGHOP_PLANT";
/// Among so many relations that hold, at most one may be told as broken.
const HOLD_PER_ALARM: usize = 500;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::load(&Templates::built_in()).unwrap());
static REPORTS: LazyLock<Vec<MarkedReport>> = LazyLock::new(|| reports(&["dev", "examples", "kept"]));

fn reports(sets: &[&str]) -> Vec<MarkedReport> {
    let known = Known::built_in().unwrap_or_else(|faults| panic!("{faults}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    sets.iter()
        .flat_map(|set| read_folder(&folder.join(set), &known).unwrap_or_else(|faults| panic!("{faults}")))
        .collect()
}

/// What the program finds in a report.
struct Found {
    checked: Vec<Checked>,
    findings: Vec<Finding>,
    observations: Vec<Observation>,
}

fn check(report: &MarkedReport, text: &str) -> Found {
    let file = report.file();
    let read = read_report(&file, text.as_bytes(), &Assumed::default(), &DICTIONARY).unwrap();
    let subject = Subject {
        file: &file,
        document: &read.document,
        facts: &read.facts,
        extraction: &read.extraction,
        dictionary: &DICTIONARY,
        rules: &RULES,
    };
    let judged = check_report(&subject);
    let mut findings = judged.findings;
    findings.extend(conflicts(&read.extraction.observations, &findings, &RULES));
    findings.retain(|f| f.severity >= Severity::Warning);
    Found { checked: judged.checked, findings, observations: read.extraction.observations }
}

/// Whether a finding is about the planted number: it names the observation there, or states its value on its line.
fn is_about(finding: &Finding, plant: &Plant, observations: &[Observation]) -> bool {
    let at = plant.number.at.start;
    let there: Vec<&Observation> =
        observations.iter().filter(|o| o.start <= at && at < o.end.max(o.start + 1)).collect();
    let named = there.iter().any(|o| finding.observations.contains(&o.id));
    let lines = [finding.site.line, finding.other.as_ref().map_or(0, |s| s.line)];
    let stated = |o: &&Observation| {
        let value = o.value.normalize().to_string();
        lines.contains(&o.line) && (finding.stated == value || finding.expected == value)
    };
    named || there.iter().any(stated)
}

#[test]
fn planted_errors_are_found() {
    let clean: Vec<BTreeSet<String>> =
        REPORTS.iter().map(|r| check(r, &r.text).findings.iter().map(told).collect()).collect();
    let (mut found, mut named_first, mut named) = (0, 0, 0);
    let mut by_slip: BTreeMap<Slip, (usize, usize)> = BTreeMap::new();
    let mut missed = String::new();
    let wanted = std::env::var(OTHER_NUMBER).ok().and_then(|n| n.parse().ok()).unwrap_or(PLANTED);
    let plants = plants(&REPORTS, wanted);
    let planted = plants.len();
    for plant in plants {
        let report = &REPORTS[plant.report];
        let result = check(report, &plant.text);
        let own: Vec<&Finding> = result
            .findings
            .iter()
            .filter(|f| !clean[plant.report].contains(&told(f)) && is_about(f, &plant, &result.observations))
            .collect();
        let count = by_slip.entry(plant.slip).or_default();
        count.1 += 1;
        let restores = |f: &&&Finding, first: bool| {
            let mut causes = f.causes.iter().take(if first { 1 } else { usize::MAX });
            causes.any(|c| c.value == plant.number.value().normalize().to_string())
        };
        named_first += usize::from(own.iter().any(|f| restores(&f, true)));
        named += usize::from(own.iter().any(|f| restores(&f, false)));
        if own.is_empty() {
            missed.push_str(&format!(
                "{} line {}: {:?} {} → {} ({} {})\n",
                report.name,
                plant.number.line,
                plant.slip,
                plant.number.text,
                plant.new,
                plant.number.said.reading,
                result.findings.iter().map(|f| f.check).collect::<Vec<_>>().join(" "),
            ));
        } else {
            found += 1;
            count.0 += 1;
        }
    }
    println!(
        "planted {planted}, found {found}; the true number is the first cause of {named_first}, a cause of {named}"
    );
    for (slip, (found, planted)) in &by_slip {
        println!("  {slip:?}: {found} of {planted}");
    }
    print!("{missed}");
    assert!(found * PLANTED >= LEAST_FOUND * planted, "only {found} of {planted} are found; missed:\n{missed}");
}

fn told(finding: &Finding) -> String {
    format!("{} {} {} {} {}", finding.check, finding.site.line, finding.stated, finding.expected, finding.difference)
}

#[test]
fn reports_without_errors_raise_no_alarm() {
    raise_no_alarm(&REPORTS);
}

/// The same for the reports that were met later, which the checks were not written on.
#[test]
fn reports_met_later_raise_no_alarm() {
    raise_no_alarm(&reports(&["met", "later"]));
}

#[track_caller]
fn raise_no_alarm(reports: &[MarkedReport]) {
    let (mut holds, mut checked) = (0, 0);
    let mut alarms = String::new();
    let mut count = 0;
    for report in reports {
        let result = check(report, &report.text);
        checked += result.checked.len();
        holds += result.checked.iter().filter(|c| c.holds).count();
        for finding in &result.findings {
            count += 1;
            alarms.push_str(&format!(
                "{} line {}: {} {}\n",
                report.name,
                finding.site.line,
                told(finding),
                finding.site.quote
            ));
        }
    }
    println!("{checked} relations checked, {holds} hold, {count} alarms");
    print!("{alarms}");
    assert!(holds >= HOLD_PER_ALARM, "too few relations to tell: {holds}");
    assert!(count <= holds / HOLD_PER_ALARM, "{count} alarms in {holds} relations that hold:\n{alarms}");
}

#[test]
fn the_gold_has_numbers_enough_to_plant_in() {
    let plants = plants(&REPORTS, PLANTED);
    assert_eq!(plants.len(), PLANTED);
    for slip in SLIPS {
        let of_kind = plants.iter().filter(|p| p.slip == slip).count();
        assert!(of_kind >= PLANTED / SLIPS.len() / 2, "{slip:?}: {of_kind}");
    }
    let reports: BTreeSet<usize> = plants.iter().map(|p| p.report).collect();
    assert!(reports.len() > REPORTS.len() / 2, "only in {} reports", reports.len());
}

/// Contradictions between reports of one province that a careful reader finds too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inconsistent {
    between: Vec<Contradiction>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contradiction {
    check: String,
    files: [String; 2],
    indicator: String,
    because: String,
}

#[test]
fn between_the_reports_only_what_is_known_is_told() {
    let mut observations = Vec::new();
    let mut periods = BTreeMap::new();
    for report in REPORTS.iter() {
        let file = report.file();
        let read = read_report(&file, report.text.as_bytes(), &Assumed::default(), &DICTIONARY).unwrap();
        periods.extend(read.facts.period.map(|p| (file, p)));
        observations.extend(read.extraction.observations);
    }
    let all: Vec<&Observation> = observations.iter().collect();
    let judged = check_between(&all, &periods, &DICTIONARY, &RULES);
    let of = |id: &String| observations.iter().find(|o| o.id == *id).unwrap();
    let told: BTreeSet<(String, BTreeSet<String>, String)> = judged
        .findings
        .iter()
        .filter(|f| f.severity >= Severity::Warning)
        .map(|f| {
            let files = [f.site.file.clone(), f.other.as_ref().map(|s| s.file.clone()).unwrap_or_default()];
            (f.check.to_owned(), files.into_iter().collect(), of(&f.observations[0]).indicator.clone())
        })
        .collect();
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/inconsistent.toml"));
    let known: Inconsistent = toml::from_str(&text.unwrap()).unwrap();
    assert!(known.between.iter().all(|k| k.because.len() > 20));
    let known: BTreeSet<_> =
        known.between.into_iter().map(|k| (k.check, k.files.into_iter().collect(), k.indicator)).collect();
    assert_eq!(told, known);
    let holds = judged.checked.iter().filter(|c| c.holds).count();
    println!("{} relations between reports checked, {holds} hold", judged.checked.len());
    assert!(holds > 20, "{holds}");
}
