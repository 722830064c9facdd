//! Reports of which no number was understood.

use super::Subject;
use crate::diagnostic::{Finding, Severity};

/// A report without a single observation.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if !subject.extraction.observations.is_empty() {
        return Vec::new();
    }
    let numbers = subject.extraction.ledger.len().to_string();
    vec![Finding::new(Severity::Error, "nothing-found", subject.whole_file()).with("numbers", numbers)]
}
