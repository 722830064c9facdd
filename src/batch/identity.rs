//! Which reports are one report twice, and which one supersedes another.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::read::Report;
use crate::check;
use crate::diagnostic::Finding;
use crate::table::ReportRow;

/// Word before Excel before PDF before text: of one report in several formats, the one that is kept.
fn format_rank(code: &str) -> u8 {
    match code {
        "docx" | "doc" | "odt" | "rtf" => 0,
        "xlsx" | "xls" | "ods" => 1,
        "pdf" => 2,
        _ => 3,
    }
}

/// What the reports are to each other.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// Per duplicate: the file it is the same as.
    pub(super) duplicates: FxHashMap<String, String>,
    /// Per superseded report: the one that supersedes it, and whether it says so itself.
    pub(super) superseded: FxHashMap<String, (String, bool)>,
    /// A finding for each of them.
    pub(super) findings: Vec<Finding>,
}

/// Compares all reports of a run.
pub(super) fn compare(reports: &[&Report]) -> Identity {
    let mut identity = Identity::default();
    let mut same: BTreeMap<_, Vec<&Report>> = BTreeMap::new();
    for report in reports {
        same.entry((report.key(), report.letters.as_str())).or_default().push(report);
    }
    let mut of_key: BTreeMap<_, Vec<&Report>> = BTreeMap::new();
    for ((key, _), mut group) in same {
        group.sort_by_key(|r| (format_rank(&r.row.format), r.row.file.clone()));
        let mut group = group.into_iter();
        let Some(kept) = group.next() else { continue };
        for other in group {
            identity.findings.push(about(other, check::duplicate(&other.row.file, &kept.row.file)));
            identity.duplicates.insert(other.row.file.clone(), kept.row.file.clone());
        }
        of_key.entry(key).or_default().push(kept);
    }
    for (key, mut group) in of_key {
        let told = key.province.is_some() && key.period.is_some();
        if !told || group.len() < 2 {
            continue;
        }
        let version = |r: &Report| (r.row.revision, r.row.date.clone());
        group.sort_by_key(|r| (version(r), r.row.file.clone()));
        let Some(kept) = group.last().copied() else { continue };
        for other in group.iter().filter(|r| r.row.file != kept.row.file) {
            let said = version(other) != version(kept);
            identity.findings.push(about(other, check::superseded(&other.row.file, &kept.row.file, said)));
            identity.superseded.insert(other.row.file.clone(), (kept.row.file.clone(), said));
        }
    }
    identity.findings.sort_by_key(|f| Reverse(f.severity));
    identity
}

/// Per file of several for one province and period: the rank by which its statements settle; the greatest wins.
pub(super) fn revisions(rows: &[ReportRow]) -> FxHashMap<String, u32> {
    let mut of_key: BTreeMap<_, Vec<&ReportRow>> = BTreeMap::new();
    for row in rows.iter().filter(|r| matches!(r.status.as_str(), "read" | "superseded") && !r.province.is_empty()) {
        of_key.entry((&row.province_system, &row.province, row.period)).or_default().push(row);
    }
    let mut ranks = FxHashMap::default();
    for group in of_key.values_mut().filter(|group| group.len() > 1) {
        group.sort_by_key(|r| (r.revision, &r.date, &r.file));
        ranks.extend((0_u32..).zip(group.iter()).map(|(rank, row)| (row.file.clone(), rank)));
    }
    ranks
}

fn about(report: &Report, mut finding: Finding) -> Finding {
    finding.province.clone_from(&report.row.province);
    finding.period = report.row.period.map(|p| p.to_string()).unwrap_or_default();
    finding
}
