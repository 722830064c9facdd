//! `observations.csv`: written in one order, read back with the place of every fault.

use std::io::{Read, Write};

use super::error::TableError;
use super::row::{Cells, cells};
use super::schema::COLUMNS;
use crate::observation::Observation;

/// The observations in the order of the files of a run: as they stand in the reports, then by id.
pub(super) fn in_canonical_order(observations: &[Observation]) -> Vec<&Observation> {
    let mut sorted: Vec<&Observation> = observations.iter().collect();
    sorted.sort_by(|a, b| {
        (&a.file, a.start, a.end, &a.id, &a.indicator, &a.breakdown, a.measure).cmp(&(
            &b.file,
            b.start,
            b.end,
            &b.id,
            &b.indicator,
            &b.breakdown,
            b.measure,
        ))
    });
    sorted
}

/// Writes `observations.csv`, in the canonical order, decimals without trailing zeros.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_observations_csv(writer: impl Write, observations: &[Observation]) -> Result<(), TableError> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(COLUMNS.iter().map(|(name, _)| name))?;
    for observation in in_canonical_order(observations) {
        csv.write_record(cells(observation))?;
    }
    csv.flush()?;
    Ok(())
}

/// Reads what [`write_observations_csv`] wrote, in the order of the file.
///
/// # Errors
/// When the header is another one, or a cell does not hold what its column declares; row and column are named.
pub fn read_observations_csv(reader: impl Read) -> Result<Vec<Observation>, TableError> {
    let mut csv = csv::Reader::from_reader(reader);
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let header = csv.headers()?.clone();
    if header.iter().map(|name| name.trim_start_matches('\u{feff}')).ne(names.iter().copied()) {
        let found = header.iter().collect::<Vec<_>>().join(",");
        return Err(TableError::BadHeader { found, expected: names.join(",") });
    }
    let mut observations = Vec::new();
    for (at, record) in csv.records().enumerate() {
        let record = record?;
        observations.push(Cells::new(at + 1, record.iter().map(str::to_owned)).observation()?);
    }
    Ok(observations)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::observation::{Breakdown, Measure, Origin, Qualifier, Status};

    /// A plain observation with this id and value.
    pub(crate) fn observation(id: &str, value: &str) -> Observation {
        Observation {
            id: id.to_owned(),
            province: "84".to_owned(),
            province_system: "63".to_owned(),
            period: "2020-Q1".parse().ok(),
            indicator: "employment.jobs_created".to_owned(),
            breakdown: Breakdown::total(),
            measure: Measure::Actual,
            stated: value.to_owned(),
            value: rust_decimal::Decimal::from_str_exact(value).unwrap(),
            unit: "person".to_owned(),
            qualifier: Qualifier::Exact,
            status: Status::Reported,
            of: None,
            base: String::new(),
            origin: Origin::Text,
            confidence: rust_decimal::Decimal::new(95, 2),
            file: "tra-vinh.txt".to_owned(),
            start: 10,
            end: 12,
            line: 3,
            place: "dòng 3".to_owned(),
            quote: "tạo việc làm cho 1 lao động".to_owned(),
            rule: "jobs".to_owned(),
        }
    }

    #[test]
    fn trailing_zeros_are_trimmed_and_quotes_kept() {
        let mut row = observation("a", "33.50");
        row.quote = "đạt \"33,5%\",\nkế hoạch".to_owned();
        let mut bytes = Vec::new();
        write_observations_csv(&mut bytes, std::slice::from_ref(&row)).unwrap();
        assert!(String::from_utf8(bytes.clone()).unwrap().contains(",33.50,33.5,person,=,A,,,text,0.95,"));
        assert_eq!(read_observations_csv(bytes.as_slice()).unwrap(), [row]);
    }

    #[test]
    fn a_bad_cell_is_named_by_row_and_column() {
        let mut bytes = Vec::new();
        write_observations_csv(&mut bytes, &[observation("a", "1")]).unwrap();
        let text = String::from_utf8(bytes).unwrap().replace(",actual,", ",actuel,");
        let error = read_observations_csv(text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("row 1, column `measure`: `actuel`"), "{error}");
        assert!(error.contains("actual, cumulative, plan"), "{error}");
    }
}
