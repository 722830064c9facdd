//! `corrections.csv`: the audit log of a person's decisions, and what became of each in a run.

use std::io::{Read, Write};

use super::error::TableError;
use super::read_back::rows;

/// One row of `corrections.csv`. Texts are empty where there is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorrectionRow {
    /// `applied`; `stale`: the report or the rule changed; `absent`: no such report in this run; `replaced` by a
    /// later decision; `gone`: the finding no longer arises.
    pub status: String,
    /// `accept`, `reject` or `correct`.
    pub decision: String,
    /// `observation`, `unmapped`, or the name of the check of a finding.
    pub subject: String,
    /// The report.
    pub file: String,
    /// Digest of its bytes when the decision was made.
    pub digest: String,
    /// 1-based line of the extracted text; 0 for the file as a whole.
    pub line: usize,
    /// First byte of the number there.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The number as written.
    pub stated: String,
    /// The clause, as written.
    pub quote: String,
    /// The rule that read it, or the reason why none did.
    pub rule: String,
    /// As read: id in the register.
    pub indicator: String,
    /// As read.
    pub breakdown: String,
    /// As read.
    pub measure: String,
    /// As read.
    pub period: String,
    /// As read, in the base unit.
    pub value: String,
    /// As decided: id in the register.
    pub new_indicator: String,
    /// As decided.
    pub new_breakdown: String,
    /// As decided.
    pub new_measure: String,
    /// As decided.
    pub new_period: String,
    /// As decided, in the base unit.
    pub new_value: String,
    /// The row of the table that it gave.
    pub id: String,
    /// Who decided.
    pub name: String,
    /// When.
    pub time: String,
    /// Why.
    pub reason: String,
    /// File, sheet and row of the decision.
    pub source: String,
}

const COLUMNS: &[&str] = &[
    "status",
    "decision",
    "subject",
    "file",
    "digest",
    "line",
    "start",
    "end",
    "stated",
    "quote",
    "rule",
    "indicator",
    "breakdown",
    "measure",
    "period",
    "value",
    "new_indicator",
    "new_breakdown",
    "new_measure",
    "new_period",
    "new_value",
    "id",
    "name",
    "time",
    "reason",
    "source",
];

/// Writes `corrections.csv`, sorted by file, place and time.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_corrections_csv(writer: impl Write, corrections: &[CorrectionRow]) -> Result<(), TableError> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(COLUMNS)?;
    let mut sorted: Vec<&CorrectionRow> = corrections.iter().collect();
    sorted.sort_by(|a, b| {
        let key = |r: &CorrectionRow| (r.file.clone(), r.line, r.start, r.time.clone(), r.source.clone());
        key(a).cmp(&key(b))
    });
    for r in sorted {
        let (line, start, end) = (r.line.to_string(), r.start.to_string(), r.end.to_string());
        let cells: [&str; 26] = [
            &r.status,
            &r.decision,
            &r.subject,
            &r.file,
            &r.digest,
            &line,
            &start,
            &end,
            &r.stated,
            &r.quote,
            &r.rule,
            &r.indicator,
            &r.breakdown,
            &r.measure,
            &r.period,
            &r.value,
            &r.new_indicator,
            &r.new_breakdown,
            &r.new_measure,
            &r.new_period,
            &r.new_value,
            &r.id,
            &r.name,
            &r.time,
            &r.reason,
            &r.source,
        ];
        csv.write_record(cells)?;
    }
    csv.flush()?;
    Ok(())
}

/// Reads `corrections.csv`.
///
/// # Errors
/// When a cell does not hold what its column declares; row and column are named.
pub fn read_corrections_csv(reader: impl Read) -> Result<Vec<CorrectionRow>, TableError> {
    rows(reader)?
        .iter()
        .map(|row| {
            Ok(CorrectionRow {
                status: row.text("status")?,
                decision: row.text("decision")?,
                subject: row.text("subject")?,
                file: row.text("file")?,
                digest: row.text("digest")?,
                line: row.count("line")?,
                start: row.count("start")?,
                end: row.count("end")?,
                stated: row.text("stated")?,
                quote: row.text("quote")?,
                rule: row.text("rule")?,
                indicator: row.text("indicator")?,
                breakdown: row.text("breakdown")?,
                measure: row.text("measure")?,
                period: row.text("period")?,
                value: row.text("value")?,
                new_indicator: row.text("new_indicator")?,
                new_breakdown: row.text("new_breakdown")?,
                new_measure: row.text("new_measure")?,
                new_period: row.text("new_period")?,
                new_value: row.text("new_value")?,
                id: row.text("id")?,
                name: row.text("name")?,
                time: row.text("time")?,
                reason: row.text("reason")?,
                source: row.text("source")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_in_order() {
        let row = |file: &str, line| CorrectionRow {
            file: file.to_owned(),
            line,
            reason: "tỉnh báo lại, \"số cũ\" sai".to_owned(),
            ..CorrectionRow::default()
        };
        let mut bytes = Vec::new();
        write_corrections_csv(&mut bytes, &[row("b.txt", 1), row("a.txt", 9), row("a.txt", 2)]).unwrap();
        let read = read_corrections_csv(bytes.as_slice()).unwrap();
        assert_eq!(read, [row("a.txt", 2), row("a.txt", 9), row("b.txt", 1)]);
    }
}
