//! `ledger.csv`, `findings.csv` and `reports.csv`.

use std::io::Write;

use super::error::TableError;
use crate::diagnostic::Finding;
use crate::observation::LedgerEntry;
use crate::period::Period;

/// One row of `reports.csv`: a report and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportRow {
    /// Path relative to the input folder, with `/`.
    pub file: String,
    /// Digest of the file's bytes.
    pub digest: String,
    /// File format.
    pub format: String,
    /// Two-digit province code; empty where it could not be told.
    pub province: String,
    /// The list the code belongs to, `63` or `34`.
    pub province_system: String,
    /// The report's own period; `None` where it could not be told.
    pub period: Option<Period>,
    /// `calendar`, `administrative` or `unknown`.
    pub calendar: String,
    /// Date of the report as `YYYY-MM-DD`; empty where it does not say.
    pub date: String,
    /// Number and symbol of the report, as written.
    pub number: String,
    /// 0 for a first issue, 1 for its first revision, and so on.
    pub revision: u32,
    /// `read`, `refused`, `duplicate` or `superseded`.
    pub status: String,
    /// Numbers in the report's text.
    pub numbers: usize,
    /// Numbers that became observations.
    pub observations: usize,
    /// Numbers that are no statistics.
    pub references: usize,
    /// Numbers about coming tasks.
    pub tasks: usize,
    /// Numbers that no indicator took.
    pub unmapped: usize,
    /// Findings about the report.
    pub findings: usize,
}

const REPORT_COLUMNS: &[&str] = &[
    "file",
    "digest",
    "format",
    "province",
    "province_system",
    "period",
    "calendar",
    "date",
    "number",
    "revision",
    "status",
    "numbers",
    "observations",
    "references",
    "tasks",
    "unmapped",
    "findings",
];

/// Writes `reports.csv`, sorted by file.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_reports_csv(writer: impl Write, reports: &[ReportRow]) -> Result<(), TableError> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(REPORT_COLUMNS)?;
    let mut sorted: Vec<&ReportRow> = reports.iter().collect();
    sorted.sort_by(|a, b| (&a.file, &a.digest).cmp(&(&b.file, &b.digest)));
    for r in sorted {
        csv.write_record([
            &r.file,
            &r.digest,
            &r.format,
            &r.province,
            &r.province_system,
            &r.period.map(|p| p.to_string()).unwrap_or_default(),
            &r.calendar,
            &r.date,
            &r.number,
            &r.revision.to_string(),
            &r.status,
            &r.numbers.to_string(),
            &r.observations.to_string(),
            &r.references.to_string(),
            &r.tasks.to_string(),
            &r.unmapped.to_string(),
            &r.findings.to_string(),
        ])?;
    }
    csv.flush()?;
    Ok(())
}

/// Writes `ledger.csv`, sorted by file and place.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_ledger_csv(writer: impl Write, ledger: &[LedgerEntry]) -> Result<(), TableError> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["file", "line", "start", "end", "text", "class", "reason"])?;
    let mut sorted: Vec<&LedgerEntry> = ledger.iter().collect();
    sorted.sort_by(|a, b| (&a.file, a.start, a.end).cmp(&(&b.file, b.start, b.end)));
    for e in sorted {
        let (line, start, end) = (e.line.to_string(), e.start.to_string(), e.end.to_string());
        csv.write_record([e.file.as_str(), &line, &start, &end, &e.text, e.class.code(), &e.reason])?;
    }
    csv.flush()?;
    Ok(())
}

/// The id of the finding at 0-based position `at` of the run's list: `f0001` and so on.
pub fn finding_id(at: usize) -> String {
    format!("f{:04}", at + 1)
}

/// Writes `findings.csv`, each with its message for people, in the given order: the ids count it.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_findings_csv(writer: impl Write, findings: &[(Finding, String)]) -> Result<(), TableError> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record([
        "id",
        "severity",
        "check",
        "province",
        "period",
        "file",
        "line",
        "place",
        "quote",
        "other_file",
        "other_line",
        "other_quote",
        "stated",
        "expected",
        "difference",
        "candidates",
        "message",
    ])?;
    // Line 0 stands for the file as a whole.
    let line = |line: usize| if line == 0 { String::new() } else { line.to_string() };
    for (at, (finding, message)) in findings.iter().enumerate() {
        let other = finding.other.clone().unwrap_or_default();
        csv.write_record([
            &finding_id(at),
            finding.severity.code(),
            finding.check,
            &finding.province,
            &finding.period,
            &finding.site.file,
            &line(finding.site.line),
            &finding.site.place,
            &finding.site.quote,
            &other.file,
            &line(other.line),
            &other.quote,
            &finding.stated,
            &finding.expected,
            &finding.difference,
            &finding.candidates.join(" | "),
            message,
        ])?;
    }
    csv.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Severity, Site};
    use crate::observation::Class;

    #[test]
    fn findings_are_numbered_and_keep_both_sides() {
        let site = |line, quote: &str| Site { file: "a.txt".into(), line, place: String::new(), quote: quote.into() };
        let mut finding = Finding::new(Severity::Error, "conflict", site(3, "12 lớp"));
        finding.other = Some(site(0, "13 lớp"));
        let mut bytes = Vec::new();
        write_findings_csv(&mut bytes, &[(finding, "lệch".to_owned())]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().nth(1), Some("f0001,error,conflict,,,a.txt,3,,12 lớp,a.txt,,13 lớp,,,,,lệch"));
    }

    #[test]
    fn the_ledger_is_sorted_by_place() {
        let entry = |start| LedgerEntry {
            file: "a.txt".into(),
            line: 1,
            start,
            end: start + 2,
            text: "12".into(),
            class: Class::Unmapped,
            reason: "no-indicator".into(),
        };
        let mut bytes = Vec::new();
        write_ledger_csv(&mut bytes, &[entry(9), entry(2)]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "file,line,start,end,text,class,reason\na.txt,1,2,4,12,unmapped,no-indicator\na.txt,1,9,11,12,unmapped,no-indicator\n"
        );
    }

    #[test]
    fn a_report_without_a_period_has_an_empty_cell() {
        let mut bytes = Vec::new();
        write_reports_csv(&mut bytes, &[ReportRow { file: "a.txt".into(), ..ReportRow::default() }]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().nth(1), Some("a.txt,,,,,,,,,0,,0,0,0,0,0,0"));
    }
}
