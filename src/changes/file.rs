//! The list of changes as a table.

use std::io::Write;

use rust_decimal::Decimal;

use super::Change;
use crate::table::FigureRow;

/// Writes the changes, in the given order.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write_changes_csv(writer: impl Write, changes: &[Change]) -> Result<(), csv::Error> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record([
        "id",
        "level",
        "province_system",
        "area",
        "area_name",
        "period",
        "indicator",
        "breakdown",
        "measure",
        "of",
        "base",
        "before",
        "after",
        "difference",
        "status_before",
        "status_after",
        "basis_before",
        "basis_after",
        "covered_before",
        "covered_after",
        "cause",
        "because_of",
    ])?;
    for change in changes {
        let Some(row) = change.figure() else { continue };
        let number = |value: Option<Decimal>| value.map(|v| v.normalize().to_string()).unwrap_or_default();
        let of =
            |row: &Option<FigureRow>, cell: &dyn Fn(&FigureRow) -> String| row.as_ref().map(cell).unwrap_or_default();
        let status = |row: &FigureRow| row.status.code().to_owned();
        let basis = |row: &FigureRow| row.basis.clone();
        let covered = |row: &FigureRow| row.covered.map(|c| c.to_string()).unwrap_or_default();
        csv.write_record([
            &row.id,
            row.level.code(),
            &row.province_system,
            &row.area,
            &row.area_name,
            &row.period.to_string(),
            &row.indicator,
            &row.breakdown.to_string(),
            row.measure.code(),
            row.of.map(|m| m.code()).unwrap_or_default(),
            &row.base,
            &number(change.before.as_ref().map(|r| r.value)),
            &number(change.after.as_ref().map(|r| r.value)),
            &number(change.difference()),
            &of(&change.before, &status),
            &of(&change.after, &status),
            &of(&change.before, &basis),
            &of(&change.after, &basis),
            &of(&change.before, &covered),
            &of(&change.after, &covered),
            change.cause.code(),
            &change.because_of.join(" | "),
        ])?;
    }
    csv.flush()?;
    Ok(())
}
