//! What is wrong with a report, or between reports, told as findings: each names the place, quotes the report, and
//! says what was stated and what was expected. Nothing is repaired here.
//!
//! One check lives in one file and is a function from a report to findings; [`REPORT_CHECKS`] lists them. Its words
//! are `finding.<slug>` in `templates/messages/`, its thresholds `templates/checks/`.

mod batch;
mod between;
mod corrections;
mod declared;
mod facts;
mod identities;
mod interval;
mod judge;
mod nothing_found;
mod outlier;
mod period;
mod printed;
mod relation;
mod remarks;
mod rules;
mod values;

pub use batch::{
    duplicate, listed_file_missing, nothing_checked, refused, settled_by_revision, superseded, unreadable,
    within_reports,
};
pub use between::check_between;
pub use corrections::{Decided, dismissed, stale_correction, with_corrections};
pub use declared::{Declared, Missing, Term};
pub use interval::{End, Interval};
pub use judge::{Checked, Judged};
pub use printed::{Printed, Reading, Slip};
pub use relation::{Expr, Kind, Operator, Relation, Verdict};
pub use rules::{Outliers, Rules};
pub use values::{Key, Value, Values};

use declared::Applied;

use crate::diagnostic::{Finding, Severity, Site};
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
pub const REPORT_CHECKS: &[ReportCheck] = &[facts::check, period::check, nothing_found::check, remarks::check];

/// Every slug that a finding may have, each with a message; sorted.
pub const SLUGS: &[&str] = &[
    "base-differs",
    "base-exceeds-whole",
    "cell-error",
    "change-differs",
    "conflict",
    "conflict-doubtful",
    "correction-breaks",
    "correction-repeated",
    "correction-stale-report",
    "correction-stale-rule",
    "cumulative-falls",
    "cumulative-step",
    "cut-off",
    "declared-check",
    "declared-missing",
    "derived-differs",
    "derived-negative",
    "dismissed",
    "duplicate",
    "encoding",
    "folder-unreadable",
    "formula-uncomputed",
    "growth-differs",
    "hidden-columns",
    "hidden-rows",
    "hidden-sheet",
    "implied-plan-differs",
    "listed-file-missing",
    "no-whole-base",
    "nothing-checked",
    "nothing-found",
    "outlier",
    "part-exceeds-whole",
    "part-lost",
    "parts-differ-from-whole",
    "parts-exceed-whole",
    "parts-nearly-whole",
    "period-exceeds-longer",
    "period-implausible",
    "period-untold",
    "periods-differ",
    "picture-only",
    "plan-differs",
    "plan-moves",
    "plan-ratio",
    "price-times-count",
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
    "restated-rounded",
    "rounding",
    "settled-by-correction",
    "settled-by-revision",
    "share-ratio",
    "slip-of-magnitude",
    "stock-flow",
    "superseded",
    "told-apart",
    "two-reports",
    "unreadable",
];

/// All findings about one report, and every relation that was checked.
pub fn check_report(subject: &Subject<'_>) -> Judged {
    let mut judged = check_relations(subject);
    judged.findings.extend(REPORT_CHECKS.iter().flat_map(|check| check(subject)));
    for finding in &mut judged.findings {
        finding.province = subject.facts.province.clone().unwrap_or_default();
        finding.period = subject.facts.period.map(|p| p.to_string()).unwrap_or_default();
    }
    judged
}

/// The relations among the report's own values, derived and declared.
fn check_relations(subject: &Subject<'_>) -> Judged {
    let values = Values::of_report(subject.document, subject.extraction, subject.dictionary, subject.rules);
    let mut relations = identities::of_report(&values, subject.rules);
    let all: Vec<usize> = (0..values.len()).collect();
    let mut missing = Vec::new();
    for check in subject.rules.declared.iter().filter(|d| !d.needs_previous()) {
        for applied in declared::apply(check, &values, &all, &[]) {
            match applied {
                Applied::Relation(relation) => relations.push(relation),
                Applied::Missing { at, missing: names } => {
                    let site = values.get(at).map(|v| site_of(v.observation)).unwrap_or_default();
                    let finding =
                        Finding::new(Severity::Info, "declared-missing", site).with("name", check.name.clone());
                    missing.push(finding.with("missing", names.join(", ")));
                }
            }
        }
    }
    let mut judged = judge::judge(&values, &relations);
    judged.findings.extend(missing);
    judged
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

#[cfg(test)]
mod tests;
