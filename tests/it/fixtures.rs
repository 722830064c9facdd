//! Small golden reports: each case of `tests/fixtures` is read and must give its rows exactly, its numbers their
//! classes. `known-failures.toml` lists the cases that do not pass; it fails in both directions.
//!
//! `FIXTURE=<id>`, with `--nocapture`, shows how one case is read, or all that start with it where it ends in `*`.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;
use serde::Deserialize;
use tonghop::dictionary::geography::{Geography, ProvinceSystem};
use tonghop::dictionary::templates::Templates;
use tonghop::observation::{Breakdown, Class, Measure, Observation, Qualifier, Status};
use tonghop::period::{Period, PeriodKind};
use tonghop::pipeline::{ReadReport, read_report};
use tonghop::report::Assumed;
use unicode_normalization::UnicodeNormalization;

use crate::support::DICTIONARY;

static GEOGRAPHY: LazyLock<Geography> = LazyLock::new(|| Geography::load(&Templates::built_in()).unwrap());
/// What the contract calls a number.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9]+([.,][0-9]+)*").unwrap());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

/// One case; what the fields mean is told at the top of `catalogue.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    text: String,
    #[serde(default)]
    heading: String,
    #[serde(default = "default_period")]
    period: String,
    #[serde(default = "default_province")]
    province: String,
    #[serde(default)]
    whole: bool,
    #[serde(default)]
    form: Form,
    #[serde(default)]
    refused: Refused,
    revision: Option<u8>,
    gives: Vec<String>,
    #[serde(default)]
    unmapped: Vec<String>,
    #[serde(default)]
    task: Vec<String>,
    #[serde(default)]
    may: Vec<String>,
    #[serde(default)]
    either: Vec<String>,
    #[serde(default)]
    must_not: Vec<String>,
    because: String,
}

impl Case {
    /// The period that rows without one of their own are of.
    fn own_period(&self) -> Option<Period> {
        self.period.split(" || ").next().and_then(|p| p.parse().ok())
    }

    /// Whether a row that the case expects or allows is this observation.
    fn takes(&self, observation: &Observation) -> bool {
        let got = Row::of(observation);
        let choices = self.gives.iter().chain(&self.may).flat_map(|text| text.split(" || "));
        choices.map(|choice| Row::parse(choice, self.own_period())).any(|row| row.fits(&got))
    }
}

/// How the text is put into bytes.
#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Form {
    #[default]
    Utf8,
    Nfd,
    #[serde(rename = "utf-16")]
    Utf16,
    #[serde(rename = "8-bit")]
    EightBit,
}

/// Whether the file is refused.
#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Refused {
    #[default]
    No,
    May,
    Yes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    #[serde(default)]
    failure: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    id: String,
    reason: String,
}

fn default_period() -> String {
    "2024-Q2".to_owned()
}

fn default_province() -> String {
    "84".to_owned()
}

/// A row of the table as a case writes it. What is `None` is not compared.
#[derive(Clone)]
struct Row {
    indicator: String,
    measure: Measure,
    value: Decimal,
    breakdown: Breakdown,
    period: Option<Period>,
    qualifier: Qualifier,
    status: Option<Status>,
    of: Option<Measure>,
}

impl Row {
    fn parse(text: &str, own: Option<Period>) -> Self {
        let mut words = text.split_whitespace();
        let mut next = || words.next().unwrap_or_else(|| panic!("too short: {text}"));
        let indicator = next().to_owned();
        assert!(DICTIONARY.register.get(&indicator).is_some(), "no such indicator: {text}");
        let measure = next().parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        let value = Decimal::from_str_exact(next()).unwrap_or_else(|e| panic!("{text}: {e}"));
        let mut row = Self {
            indicator,
            measure,
            value: value.normalize(),
            breakdown: Breakdown::total(),
            period: own,
            qualifier: Qualifier::Exact,
            status: Some(Status::Reported),
            of: None,
        };
        for word in words {
            if let Some(period) = word.strip_prefix('@') {
                row.period = Some(period.parse().unwrap_or_else(|_| panic!("{text}: no period: {period}")));
            } else if let Some(status) = word.strip_prefix("status=") {
                row.status = (status != "?").then(|| status.parse().unwrap_or_else(|e| panic!("{text}: {e}")));
            } else if let Some(of) = word.strip_prefix("of=") {
                row.of = Some(of.parse().unwrap_or_else(|e| panic!("{text}: {e}")));
            } else if let Ok(qualifier) = word.parse() {
                row.qualifier = qualifier;
            } else {
                row.breakdown = word.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            }
        }
        row
    }

    fn of(observation: &Observation) -> Self {
        Self {
            indicator: observation.indicator.clone(),
            measure: observation.measure,
            value: observation.value.normalize(),
            breakdown: observation.breakdown.clone(),
            period: observation.period,
            qualifier: observation.qualifier,
            status: Some(observation.status),
            of: observation.of,
        }
    }

    fn fits(&self, got: &Self) -> bool {
        self.indicator == got.indicator
            && self.measure == got.measure
            && self.value == got.value
            && self.breakdown == got.breakdown
            && self.period == got.period
            && self.qualifier == got.qualifier
            && (self.status.is_none() || self.status == got.status)
            && (self.of.is_none() || self.of == got.of)
    }

    fn written(&self, own: Option<Period>) -> String {
        let mut out = format!("{} {} {}", self.indicator, self.measure, self.value);
        if !self.breakdown.is_total() {
            write!(out, " {}", self.breakdown).unwrap();
        }
        match self.period {
            period if period == own => {}
            Some(period) => write!(out, " @{period}").unwrap(),
            None => out.push_str(" @none"),
        }
        if self.qualifier != Qualifier::Exact {
            write!(out, " {}", self.qualifier).unwrap();
        }
        if self.status.is_some_and(|s| s != Status::Reported) {
            write!(out, " status={}", self.status.unwrap()).unwrap();
        }
        if let Some(of) = self.of {
            write!(out, " of={of}").unwrap();
        }
        out
    }
}

/// One line of the comparison: what was expected, what was got.
#[derive(Default)]
struct Line {
    expected: String,
    got: String,
    same: bool,
}

/// Expected against got, side by side.
#[derive(Default)]
struct Comparison(Vec<Line>);

impl Comparison {
    fn differs(&self) -> bool {
        self.0.iter().any(|l| !l.same)
    }

    fn add(&mut self, expected: impl Into<String>, got: impl Into<String>, same: bool) {
        self.0.push(Line { expected: expected.into(), got: got.into(), same });
    }

    fn rows(&mut self, case: &Case, got: &[Observation]) {
        let own = case.own_period();
        let mut got: Vec<Option<Row>> = got.iter().map(|o| Some(Row::of(o))).collect();
        let mut missing = Vec::new();
        for text in &case.gives {
            let choices: Vec<Row> = text.split(" || ").map(|choice| Row::parse(choice, own)).collect();
            let found = got.iter_mut().find(|row| row.as_ref().is_some_and(|row| choices.iter().any(|c| c.fits(row))));
            match found.and_then(Option::take) {
                Some(row) => self.add(text, row.written(own), true),
                None => missing.push(text),
            }
        }
        for text in &case.may {
            let row = Row::parse(text, own);
            let found = got.iter_mut().find(|got| got.as_ref().is_some_and(|got| row.fits(got)));
            if let Some(row) = found.and_then(Option::take) {
                self.add(format!("({text})"), row.written(own), true);
            }
        }
        let mut extra: Vec<String> = got.into_iter().flatten().map(|row| row.written(own)).collect();
        for text in missing {
            // The row of the same indicator or value is what most likely became of it.
            let value = text.split(' ').nth(2);
            let near = extra
                .iter()
                .position(|e| e.split(' ').nth(2) == value)
                .or_else(|| extra.iter().position(|e| e.split(' ').next() == text.split(' ').next()));
            let near = near.map(|at| extra.remove(at)).unwrap_or_default();
            self.add(text, near, false);
        }
        for row in extra {
            self.add("", row, false);
        }
    }

    /// The ledger's numbers of one class, as multisets.
    fn class(&mut self, class: Class, expected: &[String], got: &[&str]) {
        let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        let mut got = got.to_vec();
        expected.sort_unstable();
        got.sort_unstable();
        if !(expected.is_empty() && got.is_empty()) {
            let same = expected == got;
            self.add(format!("{class}: {}", expected.join(" ")), format!("{class}: {}", got.join(" ")), same);
        }
    }

    fn ledger(&mut self, case: &Case, report: &ReadReport, head_lines: usize) {
        let text = report.document.source.as_str();
        let entries = report.extraction.ledger.iter().filter(|e| e.line > head_lines);
        let mut either: Vec<&str> = case.either.iter().map(String::as_str).collect();
        let mut classes: BTreeMap<Class, Vec<&str>> = BTreeMap::new();
        for entry in entries {
            let open = matches!(entry.class, Class::Reference | Class::Unmapped)
                .then(|| either.iter().position(|e| *e == entry.text))
                .flatten();
            match open {
                Some(at) => drop(either.remove(at)),
                None => classes.entry(entry.class).or_default().push(&entry.text),
            }
        }
        let of = |class| classes.get(&class).cloned().unwrap_or_default();
        self.class(Class::Unmapped, &case.unmapped, &of(Class::Unmapped));
        self.class(Class::Task, &case.task, &of(Class::Task));
        if !either.is_empty() && case.may.is_empty() {
            self.add(format!("reference or unmapped: {}", either.join(" ")), "", false);
        }
        let numbers: Vec<(usize, usize)> = NUMBER.find_iter(text).map(|m| (m.start(), m.end())).collect();
        let mut entries: Vec<(usize, usize)> = report.extraction.ledger.iter().map(|e| (e.start, e.end)).collect();
        entries.sort_unstable();
        if numbers != entries {
            let written = |of: &[(usize, usize)], other: &[(usize, usize)]| {
                let only = of.iter().filter(|n| !other.contains(n));
                only.map(|(start, end)| format!("{start}:{}", text.get(*start..*end).unwrap_or("?")))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let twice = entries.windows(2).filter(|w| w[0] == w[1]).count();
            self.add(
                format!("numbers without an entry: {}", written(&numbers, &entries)),
                format!("entries without a number: {}; twice: {twice}", written(&entries, &numbers)),
                false,
            );
        }
        for observation in &report.extraction.observations {
            let stated = text.get(observation.start..observation.end).unwrap_or("?");
            let number = NUMBER.find(stated).map_or("", |m| m.as_str());
            if case.must_not.iter().any(|n| n == number) && !case.takes(observation) {
                self.add(format!("no observation: {stated}"), observation.indicator.clone(), false);
            }
        }
    }

    fn facts(&mut self, case: &Case, report: &ReadReport) {
        let facts = &report.facts;
        let province = facts.province.clone().unwrap_or_default();
        let period = facts.period.map(|p| p.to_string()).unwrap_or_default();
        self.add(format!("province {}", case.province), format!("province {province}"), case.province == province);
        self.add(
            format!("period {}", case.period),
            format!("period {period}"),
            case.period.split(" || ").any(|p| p == period),
        );
        if let Some(revision) = case.revision {
            let got = format!("revision {}", facts.revision);
            self.add(format!("revision {revision}"), got, revision == facts.revision);
        }
        for observation in report.extraction.observations.iter().filter(|o| o.province != case.province) {
            self.add("", format!("{} of province {}", observation.indicator, observation.province), false);
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|l| l.expected.chars().count()).max().unwrap_or(0).max("expected".len());
        writeln!(f, "     {:width$} | got", "expected")?;
        for line in &self.0 {
            writeln!(f, "  {}  {:width$} | {}", if line.same { ' ' } else { '≠' }, line.expected, line.got)?;
        }
        Ok(())
    }
}

/// A period as titles write it.
fn in_words(period: Period) -> String {
    let year = period.year;
    match period.kind {
        PeriodKind::Month(month) => format!("tháng {month} năm {year}"),
        PeriodKind::Quarter(quarter) => {
            let roman = ["I", "II", "III", "IV"][usize::from(quarter - 1)];
            format!("quý {roman} năm {year}")
        }
        PeriodKind::Half(1) => format!("6 tháng đầu năm {year}"),
        PeriodKind::Half(_) => format!("6 tháng cuối năm {year}"),
        PeriodKind::FirstMonths(months) => format!("{months} tháng đầu năm {year}"),
        PeriodKind::Year => format!("năm {year}"),
        PeriodKind::Years(_) => format!("giai đoạn {year}-{}", period.last_year()),
    }
}

/// The case's text under a minimal head, and how many lines that head has.
fn report_text(case: &Case) -> (String, usize) {
    let body = case.text.trim_matches('\n');
    if case.whole {
        return (body.to_owned(), 0);
    }
    let period: Period = case.period.parse().unwrap_or_else(|_| panic!("{}: no period: {}", case.id, case.period));
    let (year, month) = (period.last_year(), period.last_month());
    let system = ProvinceSystem::in_force(year, month);
    let province = &GEOGRAPHY.get(system, &case.province).unwrap_or_else(|| panic!("{}: no province", case.id)).name;
    let mut head = format!(
        "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI\n{province}, ngày 15 tháng {month} năm {year}\n\nBÁO CÁO\n\
         Kết quả công tác {}\n\nI. KẾT QUẢ THỰC HIỆN\n",
        in_words(period)
    );
    if !case.heading.is_empty() {
        head.push_str(&case.heading);
        head.push('\n');
    }
    let lines = head.lines().count();
    (head + body + "\n", lines)
}

fn bytes_of(text: &str, form: Form) -> Vec<u8> {
    match form {
        Form::Utf8 => text.as_bytes().to_vec(),
        Form::Nfd => text.nfd().collect::<String>().into_bytes(),
        Form::Utf16 => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        Form::EightBit => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
    }
}

/// Reads a case; the comparison with what it must give.
fn compare(case: &Case) -> Comparison {
    let (text, head_lines) = report_text(case);
    let mut comparison = Comparison::default();
    match read_report("case.txt", &bytes_of(&text, case.form), &Assumed::default(), &DICTIONARY) {
        Err(refusal) => comparison.add("", format!("refused: {refusal}"), case.refused != Refused::No),
        Ok(_) if case.refused == Refused::Yes => comparison.add("refused", "", false),
        Ok(report) => {
            comparison.facts(case, &report);
            comparison.rows(case, &report.extraction.observations);
            comparison.ledger(case, &report, head_lines);
        }
    }
    comparison
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn cases(file: &str) -> Vec<Case> {
    let text = fs::read_to_string(folder().join(file)).unwrap();
    let table: Table = toml::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
    table.case
}

fn known_failures() -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder().join("known-failures.toml")).unwrap();
    let known: Known = toml::from_str(&text).unwrap_or_else(|e| panic!("known-failures.toml: {e}"));
    known.failure.into_iter().map(|f| (f.id, f.reason)).collect()
}

/// Compares all cases of a file and holds the result against the list of known failures.
fn run(file: &str) {
    let known = known_failures();
    let shown = env::var("FIXTURE").unwrap_or_default();
    let mut problems = String::new();
    let mut count = 0;
    for case in &cases(file) {
        let comparison = compare(case);
        let wanted = shown.strip_suffix('*').map_or(case.id == shown, |start| case.id.starts_with(start));
        if wanted {
            println!("{}: {}\n{}\n{comparison}", case.id, case.because, case.text.trim());
        }
        match (comparison.differs(), known.get(&case.id)) {
            (true, None) => {
                write!(problems, "\n{file}, case {}: {}\n{}\n{comparison}", case.id, case.because, case.text.trim())
                    .unwrap();
                count += 1;
            }
            (false, Some(reason)) => {
                let id = &case.id;
                writeln!(problems, "\n{file}, case {id} passes; take it off known-failures.toml ({reason})").unwrap();
                count += 1;
            }
            _ => {}
        }
    }
    assert!(count == 0, "{count} cases\n{problems}");
}

#[test]
fn the_catalogue_of_variation() {
    run("catalogue.toml");
}

#[test]
fn the_patterns_of_variation() {
    run("patterns.toml");
}

#[test]
fn the_settled_cases() {
    run("settled.toml");
}

#[test]
fn every_case_has_an_id_of_its_own_and_every_known_failure_is_a_case() {
    let mut ids = BTreeSet::new();
    for case in ["catalogue.toml", "patterns.toml", "settled.toml"].into_iter().flat_map(cases) {
        assert!(!case.because.is_empty(), "{}: no reason", case.id);
        assert!(ids.insert(case.id.clone()), "{}: twice", case.id);
    }
    for (id, reason) in known_failures() {
        assert!(ids.contains(&id), "known-failures.toml: no case {id}");
        assert!(!reason.trim().is_empty(), "known-failures.toml: {id}: no reason");
    }
}
