//! A person's corrections in a run: read, bound to the reports read, and accounted for one by one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::failure::Failure;
use super::find::InputFile;
use super::read::guarded;
use super::run::Resources;
use crate::check;
use crate::coverage::Gap;
use crate::diagnostic::{Finding, Severity, Site};
use crate::observation::Observation;
use crate::review::{Applied, Correction, Decision, Fault, Reading, Subject, latest, read_corrections};
use crate::table::{CorrectionRow, ReportRow};
use crate::text::fold;

/// So many corrections of one kind suggest a line of the dictionary.
const REPEATED: usize = 2;

/// All decisions given to a run.
#[derive(Debug, Default)]
pub(super) struct Corrections {
    /// Those that count, in the order given.
    counting: Vec<Correction>,
    /// Those that a later one replaces.
    replaced: Vec<Correction>,
    /// Positions of those that count, by the digest of the report.
    by_digest: FxHashMap<String, Vec<usize>>,
}

impl Corrections {
    /// Reads filled review workbooks.
    ///
    /// # Errors
    /// Every fault in them, with sheet and row.
    pub(super) fn load(files: &[InputFile], resources: &Resources) -> Result<Self, Failure> {
        let (mut all, mut faults) = (Vec::new(), Vec::new());
        for file in files {
            let bytes = std::fs::read(&file.path)
                .map_err(|error| Failure::new("side-file", &[("file", &file.name), ("cause", &error.to_string())]))?;
            let read = || read_corrections(&file.name, &bytes, &resources.dictionary, &resources.written);
            match guarded(read) {
                Ok(Ok(found)) => all.extend(found),
                Ok(Err(found)) => faults.extend(found),
                Err(cause) => {
                    return Err(Failure::new("side-file", &[("file", &file.name), ("cause", &cause)]));
                }
            }
        }
        if !faults.is_empty() {
            let lines: Vec<String> = faults.iter().map(|f: &Fault| f.message(&resources.written)).collect();
            return Err(Failure::new("corrections", &[("faults", &lines.join("\n"))]));
        }
        let (counting, replaced) = latest(all);
        let mut by_digest: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (at, correction) in counting.iter().enumerate() {
            by_digest.entry(correction.bound.digest.clone()).or_default().push(at);
        }
        Ok(Self { counting, replaced, by_digest })
    }

    /// The files as given, each with the name that stands in the audit log.
    pub(super) fn files(paths: &[PathBuf]) -> Vec<InputFile> {
        let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        paths.iter().map(|path| InputFile { name: name(path), path: path.clone() }).collect()
    }

    /// Those bound to a report's bytes.
    pub(super) fn of(&self, digest: &str) -> Vec<&Correction> {
        let positions = self.by_digest.get(digest).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|at| self.counting.get(*at)).collect()
    }
}

/// What corrections made of the reports of a run, beside the tables.
#[derive(Debug, Default)]
pub(super) struct Revisions {
    /// What became of each correction.
    pub(super) applied: Vec<Applied>,
    /// Gaps of the dictionary that corrections showed.
    pub(super) named: Vec<Named>,
    /// Per corrected report: its observations as it states them.
    pub(super) stated: Vec<(String, Vec<Observation>)>,
    /// Per corrected report: its observations as they stand after the corrections.
    pub(super) standing: Vec<(String, Vec<Observation>)>,
}

impl Revisions {
    /// The observations of a run with those of corrected reports as `own` has them.
    pub(super) fn observations<'a>(
        own: &'a [(String, Vec<Observation>)],
        all: &'a [Observation],
    ) -> impl Iterator<Item = &'a Observation> {
        let is_own = |o: &&Observation| own.iter().any(|(file, _)| *file == o.file);
        all.iter().filter(move |o| !is_own(o)).chain(own.iter().flat_map(|(_, list)| list))
    }
}

/// Who decided what, by the id of the statement, for findings about what it breaks.
pub(super) fn who_decided(log: &[Applied]) -> Vec<check::Decided> {
    let decided = |applied: &Applied| check::Decided {
        observation: applied.stated.clone(),
        name: applied.correction.name.clone(),
        time: applied.correction.time.clone(),
        reason: applied.correction.reason.clone(),
    };
    log.iter().filter(|a| a.is_applied && !a.stated.is_empty()).map(decided).collect()
}

/// What came of one kind of correction: a gap of the dictionary and the indicator that a person named for it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) indicator: String,
    pub(super) gap: Gap,
}

/// The accounts of a run's corrections: the audit log, and findings about what is stale or could be learned.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    pub(super) log: Vec<CorrectionRow>,
    pub(super) findings: Vec<Finding>,
}

/// Accounts for every decision. `applied` holds what the reports that count gave; `findings` are those of the whole
/// run, of which the ones that a person dismissed are lowered here.
pub(super) fn account(
    corrections: &Corrections,
    applied: &[Applied],
    rows: &[ReportRow],
    observations: &[Observation],
    findings: &mut [Finding],
) -> Accounts {
    let mut accounts = Accounts::default();
    for correction in &corrections.counting {
        if let Subject::Finding { .. } = correction.subject {
            let status = decide_finding(correction, rows, findings);
            accounts.log.push(row(correction, status, None));
            continue;
        }
        let met = applied.iter().find(|a| a.correction == *correction);
        if let Some(met) = met.filter(|met| met.is_applied) {
            accounts.log.push(row(correction, "applied", Some(met)));
            continue;
        }
        let known = rows.iter().find(|r| r.digest == correction.bound.digest);
        let renewed = rows.iter().find(|r| r.file == correction.bound.file && r.digest != correction.bound.digest);
        let stale = match (met, known, renewed) {
            (Some(_), Some(report), _) => Some((check::stale_correction("correction-stale-rule"), report)),
            (None, Some(report), _) if report.status == "superseded" => {
                Some((check::stale_correction("correction-stale-report"), report))
            }
            (None, None, Some(report)) => Some((check::stale_correction("correction-stale-report"), report)),
            _ => None,
        };
        accounts.log.push(row(correction, if stale.is_some() { "stale" } else { "absent" }, None));
        if let Some((finding, report)) = stale {
            accounts.findings.push(stale_finding(finding, correction, report, observations));
        }
    }
    accounts.log.extend(corrections.replaced.iter().map(|correction| row(correction, "replaced", None)));
    accounts
}

/// Lowers the finding that a person dismissed; says what became of the decision.
fn decide_finding(correction: &Correction, rows: &[ReportRow], findings: &mut [Finding]) -> &'static str {
    let Subject::Finding { check, stated, expected, other_quote } = &correction.subject else { return "absent" };
    let bound = &correction.bound;
    let Some(report) = rows.iter().find(|r| r.digest == bound.digest) else {
        let renewed = rows.iter().any(|r| r.file == bound.file);
        return if renewed { "stale" } else { "absent" };
    };
    let same = |f: &&mut Finding| {
        f.site.file == report.file
            && f.check == check
            && f.site.quote == bound.quote
            && (f.stated == *stated && f.expected == *expected)
            && f.other.as_ref().map_or("", |site| &site.quote) == other_quote
    };
    match findings.iter_mut().find(same) {
        Some(finding) if correction.decision == Decision::Reject => {
            *finding = check::dismissed(finding.clone(), &correction.name, &correction.time, &correction.reason);
            "applied"
        }
        Some(_) => "applied",
        None => "gone",
    }
}

/// A finding about a correction whose reading is no more, at the place that states the same now, if there is one.
fn stale_finding(
    mut finding: Finding,
    correction: &Correction,
    report: &ReportRow,
    observations: &[Observation],
) -> Finding {
    let bound = &correction.bound;
    let again =
        observations.iter().find(|o| o.file == report.file && o.quote == bound.quote && o.stated == bound.stated);
    finding.site = Site {
        file: report.file.clone(),
        line: again.map_or(bound.line, |o| o.line),
        place: again.map(|o| o.place.clone()).unwrap_or_default(),
        quote: bound.quote.clone(),
    };
    finding.province.clone_from(&report.province);
    finding.period = report.period.map(|p| p.to_string()).unwrap_or_default();
    finding.stated.clone_from(&bound.stated);
    finding.expected = decided(correction).map(|r| r.value.normalize().to_string()).unwrap_or_default();
    let indicator = decided(correction).map(|r| r.indicator).unwrap_or_default();
    finding
        .with("decision", correction.decision.code())
        .with("indicator", indicator)
        .with("who", correction.name.clone())
        .with("when", correction.time.clone())
        .with("why", correction.reason.clone())
}

/// The reading that a person decided on, as far as it can be told without the report.
fn decided(correction: &Correction) -> Option<Reading> {
    let change = &correction.change;
    match &correction.subject {
        Subject::Observation { reading, .. } if correction.decision != Decision::Reject => Some(Reading {
            indicator: change.indicator.clone().unwrap_or_else(|| reading.indicator.clone()),
            breakdown: change.breakdown.clone().unwrap_or_else(|| reading.breakdown.clone()),
            measure: change.measure.unwrap_or(reading.measure),
            period: change.period.or(reading.period),
            value: change.value.unwrap_or(reading.value),
        }),
        _ => None,
    }
}

fn row(correction: &Correction, status: &str, met: Option<&Applied>) -> CorrectionRow {
    let bound = &correction.bound;
    let (subject, rule, before) = match &correction.subject {
        Subject::Observation { rule, reading } => ("observation".to_owned(), rule.clone(), Some(reading)),
        Subject::Unmapped { reason } => ("unmapped".to_owned(), reason.clone(), None),
        Subject::Finding { check, .. } => (check.clone(), String::new(), None),
    };
    let told = |reading: Option<&Reading>| {
        let period = reading.and_then(|r| r.period).map(|p| p.to_string()).unwrap_or_default();
        let text = |of: &dyn Fn(&Reading) -> String| reading.map(of).unwrap_or_default();
        [
            text(&|r| r.indicator.clone()),
            text(&|r| r.breakdown.to_string()),
            text(&|r| r.measure.code().to_owned()),
            period,
            text(&|r| r.value.normalize().to_string()),
        ]
    };
    let decided = met.map_or_else(|| decided(correction), |met| met.after.clone());
    let [indicator, breakdown, measure, period, value] = told(before);
    let [mut new_indicator, mut new_breakdown, mut new_measure, mut new_period, mut new_value] = told(decided.as_ref());
    if decided.is_none() && correction.decision == Decision::Correct {
        // Of a number that no indicator took, only what was filled in is known.
        let change = &correction.change;
        new_indicator = change.indicator.clone().unwrap_or_default();
        new_breakdown = change.breakdown.as_ref().map(ToString::to_string).unwrap_or_default();
        new_measure = change.measure.map(|m| m.code().to_owned()).unwrap_or_default();
        new_period = change.period.map(|p| p.to_string()).unwrap_or_default();
        new_value = change.value.map(|v| v.to_string()).unwrap_or_default();
    }
    CorrectionRow {
        status: status.to_owned(),
        decision: correction.decision.code().to_owned(),
        subject,
        file: bound.file.clone(),
        digest: bound.digest.clone(),
        line: bound.line,
        start: bound.start,
        end: bound.end,
        stated: bound.stated.clone(),
        quote: bound.quote.clone(),
        rule,
        indicator,
        breakdown,
        measure,
        period,
        value,
        new_indicator,
        new_breakdown,
        new_measure,
        new_period,
        new_value,
        id: met.map(|met| met.id.clone()).unwrap_or_default(),
        name: correction.name.clone(),
        time: correction.time.clone(),
        reason: correction.reason.clone(),
        source: correction.source.clone(),
    }
}

/// A finding for each wording that corrections named an indicator for more than once: a line for the dictionary.
pub(super) fn suggestions(named: &[Named], resources: &Resources) -> Vec<Finding> {
    let mut groups: BTreeMap<(String, String), Vec<&Named>> = BTreeMap::new();
    for one in named {
        let words = one.gap.words().split(' ').map(fold).collect::<Vec<_>>().join(" ");
        groups.entry((one.indicator.clone(), words)).or_default().push(one);
    }
    let dictionary = &resources.dictionary;
    let mut findings = Vec::new();
    for ((indicator, _), group) in groups {
        let (Some(first), true) = (group.first(), group.len() >= REPEATED) else { continue };
        let Some(wording) = first.gap.wording() else { continue };
        let row = dictionary.register.position(&indicator).and_then(|at| dictionary.rules.get(at));
        let place = row.filter(|r| r.line > 0).map(|r| format!("{}:{}", r.file, r.line)).unwrap_or_default();
        let site = Site { file: first.gap.file.clone(), line: first.gap.line, ..Site::default() };
        let mut finding = Finding::new(Severity::Info, "correction-repeated", site)
            .with("count", group.len().to_string())
            .with("words", first.gap.words())
            .with("indicator", indicator)
            .with("row", place)
            .with("wording", wording.clone());
        finding.candidates = vec![wording];
        findings.push(finding);
    }
    findings
}
