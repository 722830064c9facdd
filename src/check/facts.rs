//! Reports that do not say whose they are, or which period they cover.

use super::Subject;
use crate::diagnostic::{Finding, Severity};

/// A province or period that could not be told.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let title: Vec<String> = subject
        .document
        .title
        .iter()
        .filter_map(|at| subject.document.blocks.get(*at))
        .map(|block| subject.document.written(&block.tokens))
        .collect();
    let mut untold = |slug: &'static str| {
        let mut site = subject.whole_file();
        site.quote = title.join(" ");
        findings.push(Finding::new(Severity::Error, slug, site).with("name", subject.file));
    };
    if subject.facts.province.is_none() {
        untold("province-untold");
    }
    if subject.facts.period.is_none() {
        untold("period-untold");
    }
    findings
}
