//! The figures as SDMX-CSV 1.0, for statistical systems: one row for each observation, codes in every dimension.

use std::collections::BTreeSet;
use std::io::Write;

use super::error::TableError;
use super::figures::{FigureRow, Level};
use crate::observation::Measure;
use crate::period::PeriodKind;

/// Agency, id and version of the data set.
const DATAFLOW: &str = "TONGHOP:LDTBXH(1.0)";
/// Not broken down.
const TOTAL: &str = "_T";
/// Does not apply.
const NOT_APPLICABLE: &str = "_Z";

/// Writes the figures as SDMX-CSV, in the given order; `dimensions` are the breakdowns, each a column of its own. Gives
/// how many were left out: those on a base that has no code, and those that another with a better status stands for
/// (the reported before the estimated before the forecast).
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_sdmx_csv(writer: impl Write, rows: &[FigureRow], dimensions: &[String]) -> Result<usize, TableError> {
    let mut csv = csv::Writer::from_writer(writer);
    let lead =
        ["DATAFLOW", "FREQ", "PROVINCE_LIST", "REF_AREA", "INDICATOR", "MEASURE", "MEASURE_OF", "BASE", "ORIGIN"];
    let tail = [
        "TIME_PERIOD",
        "OBS_VALUE",
        "OBS_STATUS",
        "UNIT_MEASURE",
        "UNIT_MULT",
        "BASIS",
        "QUALIFIER",
        "COVERED",
        "PROVINCES",
    ];
    let upper: Vec<String> = dimensions.iter().map(|d| d.to_uppercase()).collect();
    csv.write_record(lead.iter().copied().chain(upper.iter().map(String::as_str)).chain(tail))?;
    let mut order: Vec<(usize, &FigureRow)> = rows.iter().enumerate().collect();
    order.sort_by_key(|(at, row)| (row.status, *at));
    let mut taken: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut kept: Vec<(usize, Vec<String>, &FigureRow)> = Vec::new();
    for (at, row) in order {
        if let Some(key) = key(row, dimensions)
            && taken.insert(key.clone())
        {
            kept.push((at, key, row));
        }
    }
    kept.sort_by_key(|(at, ..)| *at);
    let left = rows.len() - kept.len();
    for (_, mut record, row) in kept {
        let count = |count: Option<usize>| count.map(|c| c.to_string()).unwrap_or_default();
        record.extend([
            row.value.normalize().to_string(),
            row.status.code().to_owned(),
            unit(&row.unit),
            "0".to_owned(),
            row.basis.to_uppercase(),
            row.qualifier.code().to_owned(),
            count(row.covered),
            count(row.provinces),
        ]);
        record.insert(0, DATAFLOW.to_owned());
        csv.write_record(record)?;
    }
    csv.flush()?;
    Ok(left)
}

/// The dimensions of a row, the time last; none where one of them has no code.
fn key(row: &FigureRow, dimensions: &[String]) -> Option<Vec<String>> {
    if row.breakdown.pairs().any(|(dimension, _)| !dimensions.iter().any(|d| d == dimension)) {
        return None;
    }
    let area = match row.level {
        Level::Country => row.area.clone(),
        Level::Region => format!("R_{}", row.area),
        Level::Province => format!("P_{}", row.area),
    };
    let base = if row.base.is_empty() { NOT_APPLICABLE.to_owned() } else { row.base.to_uppercase() };
    let of = row.of.map_or(NOT_APPLICABLE, Measure::code).to_uppercase();
    let origin = if row.basis == "growth" { "COMPUTED" } else { "FIGURE" };
    let mut key = vec![
        frequency(row.period.kind).to_owned(),
        format!("L{}", row.province_system),
        area,
        row.indicator.replace('.', "-"),
        row.measure.code().to_uppercase(),
        of,
        base,
        origin.to_owned(),
    ];
    key.extend(dimensions.iter().map(|d| row.breakdown.get(d).map_or_else(|| TOTAL.to_owned(), str::to_owned)));
    let is_code = |text: &String| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@' | b'$'))
    };
    if !key.iter().all(is_code) {
        return None;
    }
    key.push(row.period.to_string());
    Some(key)
}

/// Code of the frequency; months from January on and spans of years have none of their own.
fn frequency(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Month(_) => "M",
        PeriodKind::Quarter(_) => "Q",
        PeriodKind::Half(_) => "S",
        PeriodKind::Year => "A",
        PeriodKind::FirstMonths(_) | PeriodKind::Years(_) => "_O",
    }
}

fn unit(code: &str) -> String {
    match code {
        "percent" => "PT".to_owned(),
        code => code.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::figure;
    use super::*;
    use crate::observation::Status;

    #[test]
    fn every_dimension_has_a_code() {
        let mut part = figure("a", "12.50");
        part.breakdown = "sex=female".parse().unwrap();
        part.period = "2024-01-01/P9M".parse().unwrap();
        let mut bytes = Vec::new();
        let left = write_sdmx_csv(&mut bytes, &[part], &["ethnicity".to_owned(), "sex".to_owned()]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text.lines().nth(1),
            Some(
                "TONGHOP:LDTBXH(1.0),_O,L63,P_84,employment-jobs_created,ACTUAL,_Z,_Z,FIGURE,_T,female,\
                 2024-01-01/P9M,12.5,A,PERSON,0,DIRECT,=,,"
            )
        );
        assert_eq!(left, 0);
    }

    #[test]
    fn one_row_stands_for_a_key_and_bases_need_a_code() {
        let (mut estimate, mut share) = (figure("b", "9"), figure("c", "9"));
        estimate.status = Status::Estimate;
        share.base = "so với tổng số hộ".to_owned();
        let mut bytes = Vec::new();
        assert_eq!(write_sdmx_csv(&mut bytes, &[estimate, figure("a", "12"), share], &[]).unwrap(), 2);
        assert!(String::from_utf8(bytes).unwrap().contains(",12,A,PERSON,"));
    }
}
