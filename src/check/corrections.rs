//! Findings about a person's corrections: what they settle, what they break, and which of them are stale.

use super::judge::{Checked, Judged};
use crate::diagnostic::{Finding, Severity, Site};

/// A correction whose report or rule changed; `slug` says which. It was not applied: a person must confirm it.
pub fn stale_correction(slug: &'static str) -> Finding {
    Finding::new(Severity::Error, slug, Site::default())
}

/// A finding that a person says is none, with who, when and why.
pub fn dismissed(finding: Finding, name: &str, time: &str, reason: &str) -> Finding {
    let was = finding.check;
    let lowered = Finding { severity: Severity::Info, check: "dismissed", ..finding };
    lowered.with("was", was).with("who", name).with("when", time).with("why", reason)
}

/// A contradiction that no longer holds once a person's corrections are counted.
fn settled_by_correction(finding: &Finding) -> Finding {
    let lowered = Finding { severity: Severity::Info, check: "settled-by-correction", ..finding.clone() };
    lowered.with("was", finding.check)
}

/// Who decided about a statement, when and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// Id of the observation.
    pub observation: String,
    /// Who.
    pub name: String,
    /// When.
    pub time: String,
    /// Why.
    pub reason: String,
}

/// The findings of a report, or between reports, from those about what is stated and those about what stands after the
/// corrections. What is stated stays told, as settled where a correction settles it; a relation that held and holds
/// no more is told as broken by the correction; the relations are those that stand.
pub fn with_corrections(stated: &Judged, corrected: Judged, decided: &[Decided]) -> Judged {
    let mut findings: Vec<Finding> = stated
        .findings
        .iter()
        .map(|old| {
            let is_settled = old.severity > Severity::Info && !corrected.findings.iter().any(|new| same(old, new));
            if is_settled { settled_by_correction(old) } else { old.clone() }
        })
        .collect();
    let is_new = |f: &&Finding| f.severity > Severity::Info && !stated.findings.iter().any(|old| same(old, f));
    let new: Vec<&Finding> = corrected.findings.iter().filter(is_new).collect();
    let broken: Vec<&Checked> = corrected.checked.iter().filter(|c| !c.holds && held(stated, c)).collect();
    for relation in &broken {
        findings.push(correction_breaks(relation, &new, decided));
    }
    // What a broken relation tells is not told again; a relation that only the corrections make is a finding of its own.
    let told = |f: &Finding| broken.iter().any(|relation| concerns(f, relation));
    findings.extend(new.iter().filter(|f| !told(f)).map(|f| (*f).clone()));
    Judged { checked: corrected.checked, findings }
}

/// One contradiction is told by its places: the numbers in it are what corrections change.
fn same(a: &Finding, b: &Finding) -> bool {
    let other = |f: &Finding| f.other.as_ref().map(|site| (site.file.clone(), site.line, site.quote.clone()));
    (&a.site.file, a.site.line, &a.site.quote) == (&b.site.file, b.site.line, &b.site.quote) && other(a) == other(b)
}

/// Whether a relation held before the corrections.
fn held(stated: &Judged, relation: &Checked) -> bool {
    let is_it =
        |c: &&Checked| (c.check, &c.file, &c.observations) == (relation.check, &relation.file, &relation.observations);
    stated.checked.iter().find(is_it).is_some_and(|c| c.holds)
}

fn concerns(finding: &Finding, relation: &Checked) -> bool {
    finding.observations.iter().any(|id| relation.observations.contains(id))
}

/// A relation that a correction broke, at the place of the finding about it.
fn correction_breaks(relation: &Checked, new: &[&Finding], decided: &[Decided]) -> Finding {
    let about = new.iter().find(|f| concerns(f, relation));
    let site = Site { file: relation.file.clone(), ..Site::default() };
    let severity = about.map_or(relation.severity, |f| f.severity).max(Severity::Warning);
    let base = about.map_or_else(|| Finding::new(severity, "correction-breaks", site), |f| (*f).clone());
    let by = decided.iter().find(|d| relation.observations.contains(&d.observation)).cloned().unwrap_or_default();
    let mut finding = Finding {
        severity,
        check: "correction-breaks",
        province: relation.province.clone(),
        period: relation.period.clone(),
        causes: Vec::new(),
        also: Vec::new(),
        args: Vec::new(),
        ..base
    };
    finding.observations.clone_from(&relation.observations);
    finding.with("relation", relation.written.clone()).with("who", by.name).with("when", by.time).with("why", by.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity, line: usize) -> Finding {
        let mut finding = Finding::new(severity, "parts-exceed-whole", Site { line, ..Site::default() });
        finding.observations = vec![format!("o{line}")];
        finding
    }

    fn relation(line: usize, holds: bool) -> Checked {
        Checked {
            check: "parts-exceed-whole",
            written: format!("relation {line}"),
            observations: vec![format!("o{line}")],
            province: String::new(),
            period: String::new(),
            file: String::new(),
            holds,
            severity: Severity::Error,
        }
    }

    #[test]
    fn what_a_correction_settles_and_breaks_is_told() {
        let stated = Judged {
            checked: vec![relation(1, false), relation(2, false), relation(4, true), relation(6, true)],
            findings: vec![finding(Severity::Error, 1), finding(Severity::Error, 2), finding(Severity::Info, 3)],
        };
        let corrected = Judged {
            checked: vec![relation(1, true), relation(2, false), relation(4, false), relation(6, false)],
            findings: vec![
                finding(Severity::Error, 2),
                finding(Severity::Error, 4),
                finding(Severity::Info, 5),
                finding(Severity::Warning, 7),
            ],
        };
        let who =
            |line: usize| Decided { observation: format!("o{line}"), name: format!("n{line}"), ..Decided::default() };
        let judged = with_corrections(&stated, corrected, &[who(1), who(4), who(6)]);
        let told: Vec<String> = judged
            .findings
            .iter()
            .map(|f| {
                let said = |key: &str| f.args.iter().find(|(k, _)| *k == key).map_or("", |(_, v)| v.as_str());
                format!("{} {} {} {} {}", f.severity, f.check, f.site.line, said("relation"), said("who"))
            })
            .collect();
        assert_eq!(
            told.iter().map(|line| line.trim_end()).collect::<Vec<_>>(),
            [
                "info settled-by-correction 1",
                "error parts-exceed-whole 2",
                "info parts-exceed-whole 3",
                "error correction-breaks 4 relation 4 n4",
                "error correction-breaks 0 relation 6 n6",
                "warning parts-exceed-whole 7",
            ]
        );
        assert_eq!(judged.checked.iter().filter(|c| c.holds).count(), 1);
    }
}
