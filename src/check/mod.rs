//! What is wrong with a report, or between reports, told as findings: each names the place, quotes the report, and
//! says what was stated and what was expected. Nothing is repaired here.
//!
//! One check lives in one file and is a function from a report to findings; [`REPORT_CHECKS`] lists them. Its words
//! are `finding.<slug>` in `templates/messages/`, its thresholds `templates/checks/`.

mod batch;
mod facts;
mod nothing_found;
mod parts;
mod period;
mod remarks;
mod rules;

pub use batch::{duplicate, listed_file_missing, refused, settled_by_revision, superseded, unreadable};
pub use rules::Rules;

use crate::diagnostic::{Finding, Site};
use crate::dictionary::Dictionary;
use crate::document::Document;
use crate::observation::{Extraction, Observation};
use crate::report::ReportFacts;

/// One report as checks see it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its path as it stands in all outputs.
    pub file: &'a str,
    /// Text and structure.
    pub document: &'a Document,
    /// Who reports, and when.
    pub facts: &'a ReportFacts,
    /// Observations and ledger.
    pub extraction: &'a Extraction,
    /// What the templates say about reading.
    pub dictionary: &'a Dictionary,
    /// What the templates say about checking.
    pub rules: &'a Rules,
}

impl Subject<'_> {
    /// The report as a whole.
    fn whole_file(&self) -> Site {
        Site { file: self.file.to_owned(), ..Site::default() }
    }
}

/// A check of one report.
pub type ReportCheck = fn(&Subject<'_>) -> Vec<Finding>;

/// All checks of one report.
pub const REPORT_CHECKS: &[ReportCheck] =
    &[facts::check, period::check, nothing_found::check, parts::check, remarks::check];

/// Every slug that a finding may have, each with a message; sorted.
pub const SLUGS: &[&str] = &[
    "cell-error",
    "conflict",
    "conflict-doubtful",
    "cumulative-fell",
    "duplicate",
    "encoding",
    "folder-unreadable",
    "formula-uncomputed",
    "growth-differs",
    "hidden-columns",
    "hidden-rows",
    "hidden-sheet",
    "listed-file-missing",
    "nothing-found",
    "part-exceeds-whole",
    "part-lost",
    "parts-differ-from-whole",
    "parts-exceed-whole",
    "period-differs",
    "period-implausible",
    "period-untold",
    "picture-only",
    "plan-differs",
    "province-untold",
    "reader-failed",
    "refused-damaged",
    "refused-empty",
    "refused-locked",
    "refused-lost-letters",
    "refused-not-text",
    "refused-scanned",
    "refused-too-large",
    "refused-unsupported",
    "rounding",
    "settled-by-revision",
    "superseded",
    "two-reports",
    "unreadable",
];

/// All findings about one report.
pub fn check_report(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = REPORT_CHECKS.iter().flat_map(|check| check(subject)).collect();
    for finding in &mut findings {
        finding.province = subject.facts.province.clone().unwrap_or_default();
        finding.period = subject.facts.period.map(|p| p.to_string()).unwrap_or_default();
    }
    findings
}

/// The place of an observation.
fn site_of(observation: &Observation) -> Site {
    Site {
        file: observation.file.clone(),
        line: observation.line,
        place: observation.place.clone(),
        quote: observation.quote.clone(),
    }
}
