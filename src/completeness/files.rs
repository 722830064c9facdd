//! `reporting.csv`, `completeness.csv` and `mentions.csv`.

use std::io::{Read, Write};

use serde::Deserialize;

use super::mention::Mention;
use super::{Completeness, Punctuality};

/// Writes `reporting.csv`: one row for each period and province that was to report.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_reporting_csv(writer: impl Write, completeness: &Completeness) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record([
        "period",
        "province_system",
        "province",
        "punctuality",
        "days_late",
        "date",
        "due",
        "revisions",
        "calendar",
        "instead",
        "files",
    ])?;
    for row in completeness.rows() {
        let days = if let Punctuality::Late(days) = row.punctuality { days.to_string() } else { String::new() };
        csv.write_record([
            &row.period.to_string(),
            row.system.code(),
            &row.province,
            row.punctuality.code(),
            &days,
            &row.date.map(|d| d.to_string()).unwrap_or_default(),
            &row.due.map(|d| d.to_string()).unwrap_or_default(),
            &row.revisions.to_string(),
            &row.calendar,
            &row.instead.map(|p| p.to_string()).unwrap_or_default(),
            &row.files.join(" | "),
        ])?;
    }
    csv.flush()?;
    Ok(())
}

/// Writes `completeness.csv`: what reports say of indicators; an indicator that is not listed was not mentioned.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_completeness_csv(writer: impl Write, completeness: &Completeness) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["period", "province_system", "province", "indicator", "state"])?;
    for (period, system, province, indicator, state) in completeness.states() {
        csv.write_record([&period.to_string(), system.code(), province, indicator, state.code()])?;
    }
    csv.flush()?;
    Ok(())
}

/// Writes `mentions.csv`, sorted by file and line: indicators that reports speak of without a figure.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_mentions_csv(writer: impl Write, mentions: &[Mention]) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(["file", "line", "indicator", "quote"])?;
    let mut sorted: Vec<&Mention> = mentions.iter().collect();
    sorted.sort_by(|a, b| (&a.file, a.line, &a.indicator).cmp(&(&b.file, b.line, &b.indicator)));
    for m in sorted {
        csv.write_record([&m.file, &m.line.to_string(), &m.indicator, &m.quote])?;
    }
    csv.flush()?;
    Ok(())
}

#[derive(Deserialize)]
struct Row {
    file: String,
    line: usize,
    indicator: String,
    quote: String,
}

/// Reads `mentions.csv`.
///
/// # Errors
/// When a row does not hold what its columns declare.
pub fn read_mentions_csv(reader: impl Read) -> Result<Vec<Mention>, csv::Error> {
    let mut csv = csv::Reader::from_reader(reader);
    csv.deserialize::<Row>()
        .map(|row| row.map(|r| Mention { file: r.file, indicator: r.indicator, line: r.line, quote: r.quote }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_sorted_and_read_back() {
        let mention = |line| Mention {
            file: "a.txt".to_owned(),
            indicator: "labour.strikes".to_owned(),
            line,
            quote: "theo dõi, \"nắm\" tình hình".to_owned(),
        };
        let mut bytes = Vec::new();
        write_mentions_csv(&mut bytes, &[mention(9), mention(2)]).unwrap();
        assert_eq!(read_mentions_csv(bytes.as_slice()).unwrap(), [mention(2), mention(9)]);
    }
}
