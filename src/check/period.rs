//! A reporting period that does not go with the report's own date.

use super::Subject;
use crate::diagnostic::{Finding, Severity};

/// A period that begins after the report was dated, or ended too long before.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(period) = subject.facts.period else { return Vec::new() };
    let mut parts = subject.facts.date.split('-').map(|part| part.parse::<i32>().ok());
    let Some(year) = parts.next().flatten() else { return Vec::new() };
    let months = |year: i32, month: i32| year * 12 + month - 1;
    let first = months(i32::from(period.year), i32::from(period.first_month()));
    let last = months(i32::from(period.last_year()), i32::from(period.last_month()));
    // Of a date that says only the year, any month may be meant.
    let (earliest, latest) = match parts.next().flatten() {
        Some(month) => (months(year, month), months(year, month)),
        None => (months(year, 1), months(year, 12)),
    };
    let implausible = first > latest || earliest - last > subject.rules.most_months_late;
    if !implausible {
        return Vec::new();
    }
    let mut finding = Finding::new(Severity::Warning, "period-implausible", subject.whole_file())
        .with("date", subject.facts.date.clone());
    finding.stated = period.to_string();
    finding.expected.clone_from(&subject.facts.date);
    vec![finding]
}
