//! `reports.csv`, `ledger.csv` and `findings.csv` read back, so that a workbook can be made again without the reports.

use std::collections::BTreeMap;
use std::io::Read;
use std::str::FromStr;

use super::error::TableError;
use super::other_files::ReportRow;
use crate::diagnostic::{Finding, Severity, Site};
use crate::observation::LedgerEntry;

/// One row, by column.
pub(super) struct Row {
    number: usize,
    cells: BTreeMap<String, String>,
}

impl Row {
    pub(super) fn text(&self, column: &'static str) -> Result<String, TableError> {
        let cell = self.cells.get(column).cloned();
        cell.ok_or_else(|| self.bad(column, "the column is missing".to_owned()))
    }

    fn bad(&self, column: &'static str, message: String) -> TableError {
        TableError::BadCell { row: self.number, column, message }
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, column: &'static str) -> Result<T, TableError> {
        let text = self.text(column)?;
        text.parse().map_err(|error| self.bad(column, format!("`{text}`: {error}")))
    }

    /// A whole number; an empty cell is zero.
    pub(super) fn count(&self, column: &'static str) -> Result<usize, TableError> {
        if self.text(column)?.is_empty() { Ok(0) } else { self.parsed(column) }
    }
}

pub(super) fn rows(reader: impl Read) -> Result<Vec<Row>, TableError> {
    let mut csv = csv::Reader::from_reader(reader);
    let mut rows = Vec::new();
    for (at, cells) in csv.deserialize().enumerate() {
        rows.push(Row { number: at + 1, cells: cells? });
    }
    Ok(rows)
}

/// Reads `reports.csv`.
///
/// # Errors
/// When a cell does not hold what its column declares; row and column are named.
pub fn read_reports_csv(reader: impl Read) -> Result<Vec<ReportRow>, TableError> {
    rows(reader)?
        .iter()
        .map(|row| {
            let period = row.text("period")?;
            Ok(ReportRow {
                file: row.text("file")?,
                digest: row.text("digest")?,
                format: row.text("format")?,
                province: row.text("province")?,
                province_system: row.text("province_system")?,
                period: if period.is_empty() { None } else { Some(row.parsed("period")?) },
                calendar: row.text("calendar")?,
                date: row.text("date")?,
                number: row.text("number")?,
                revision: row.parsed("revision")?,
                status: row.text("status")?,
                numbers: row.count("numbers")?,
                observations: row.count("observations")?,
                references: row.count("references")?,
                tasks: row.count("tasks")?,
                unmapped: row.count("unmapped")?,
                findings: row.count("findings")?,
            })
        })
        .collect()
}

/// Reads `ledger.csv`.
///
/// # Errors
/// When a cell does not hold what its column declares; row and column are named.
pub fn read_ledger_csv(reader: impl Read) -> Result<Vec<LedgerEntry>, TableError> {
    rows(reader)?
        .iter()
        .map(|row| {
            Ok(LedgerEntry {
                file: row.text("file")?,
                line: row.count("line")?,
                start: row.count("start")?,
                end: row.count("end")?,
                text: row.text("text")?,
                class: row.parsed("class")?,
                reason: row.text("reason")?,
            })
        })
        .collect()
}

/// Reads `findings.csv`, each finding with its message; `slugs` are the checks that there are.
///
/// # Errors
/// When a cell does not hold what its column declares; row and column are named.
pub fn read_findings_csv(reader: impl Read, slugs: &[&'static str]) -> Result<Vec<(Finding, String)>, TableError> {
    rows(reader)?
        .iter()
        .map(|row| {
            let severity = row.text("severity")?;
            let check = row.text("check")?;
            let severities = [Severity::Info, Severity::Warning, Severity::Error];
            let severity = severities.into_iter().find(|s| s.code() == severity).ok_or_else(|| {
                row.bad("severity", format!("`{severity}`: valid: {}", severities.map(Severity::code).join(", ")))
            })?;
            let slug = slugs
                .iter()
                .find(|s| **s == check)
                .ok_or_else(|| row.bad("check", format!("`{check}`: valid: {}", slugs.join(", "))))?;
            let site = Site {
                file: row.text("file")?,
                line: row.count("line")?,
                place: row.text("place")?,
                quote: row.text("quote")?,
            };
            let mut finding = Finding::new(severity, slug, site);
            finding.province = row.text("province")?;
            finding.period = row.text("period")?;
            let other = Site {
                file: row.text("other_file")?,
                line: row.count("other_line")?,
                place: String::new(),
                quote: row.text("other_quote")?,
            };
            finding.other = (!other.file.is_empty()).then_some(other);
            finding.stated = row.text("stated")?;
            finding.expected = row.text("expected")?;
            finding.difference = row.text("difference")?;
            let candidates = row.text("candidates")?;
            finding.candidates = candidates.split(" | ").filter(|c| !c.is_empty()).map(str::to_owned).collect();
            Ok((finding, row.text("message")?))
        })
        .collect()
}
