//! Findings about a person's corrections: what they settle, what they break, and which of them are stale.

use crate::diagnostic::{Finding, Severity, Site};

/// A correction whose report or rule changed; `slug` says which. It was not applied: a person must confirm it.
pub fn stale_correction(slug: &'static str) -> Finding {
    Finding::new(Severity::Error, slug, Site::default())
}

/// A finding that a person says is none, with who, when and why.
pub fn dismissed(finding: Finding, name: &str, time: &str, reason: &str) -> Finding {
    let was = finding.check;
    let lowered = Finding { severity: Severity::Info, check: "dismissed", ..finding };
    lowered.with("was", was).with("name", name).with("time", time).with("reason", reason)
}

/// A contradiction that no longer holds once a person's corrections are counted.
fn settled_by_correction(finding: &Finding) -> Finding {
    let lowered = Finding { severity: Severity::Info, check: "settled-by-correction", ..finding.clone() };
    lowered.with("was", finding.check)
}

/// A contradiction that a correction made: without it, the report agreed with itself.
fn correction_breaks(finding: &Finding) -> Finding {
    let severity = finding.severity.max(Severity::Warning);
    let raised = Finding { severity, check: "correction-breaks", ..finding.clone() };
    raised.with("was", finding.check)
}

/// The findings of a report, from those about what it states and those about what stands after the corrections.
/// What it states stays told, as settled where a correction settles it; what only the corrections give is told as
/// broken by them.
pub fn with_corrections(stated: Vec<Finding>, corrected: &[Finding]) -> Vec<Finding> {
    // One relation is told by its places: the numbers in it are what corrections change.
    let same = |a: &Finding, b: &Finding| {
        let other = |f: &Finding| f.other.as_ref().map(|site| (site.file.clone(), site.line, site.quote.clone()));
        (&a.site.file, a.site.line, &a.site.quote) == (&b.site.file, b.site.line, &b.site.quote) && other(a) == other(b)
    };
    let broken: Vec<Finding> = corrected
        .iter()
        .filter(|new| new.severity > Severity::Info && !stated.iter().any(|old| same(old, new)))
        .map(correction_breaks)
        .collect();
    let kept = stated.into_iter().map(|old| {
        let is_settled = old.severity > Severity::Info && !corrected.iter().any(|new| same(&old, new));
        if is_settled { settled_by_correction(&old) } else { old }
    });
    kept.chain(broken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity, line: usize) -> Finding {
        Finding::new(severity, "parts-exceed-whole", Site { line, ..Site::default() })
    }

    #[test]
    fn what_a_correction_settles_and_breaks_is_told() {
        let stated = vec![finding(Severity::Error, 1), finding(Severity::Error, 2), finding(Severity::Info, 3)];
        let corrected = [finding(Severity::Error, 2), finding(Severity::Error, 4), finding(Severity::Info, 5)];
        let told: Vec<String> = with_corrections(stated, &corrected)
            .iter()
            .map(|f| format!("{} {} {}", f.severity, f.check, f.site.line))
            .collect();
        assert_eq!(
            told,
            [
                "info settled-by-correction 1",
                "error parts-exceed-whole 2",
                "info parts-exceed-whole 3",
                "error correction-breaks 4",
            ]
        );
    }
}
