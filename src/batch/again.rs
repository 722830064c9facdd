//! One workbook again, from the tables of a run: with other layouts, words or plans, or of another period, without
//! reading the reports.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::outputs::workbook;
use super::run::Resources;
use super::stored::Stored;
use crate::period::Period;

/// Writes the workbook of one period into the folder of a run; gives its path, and the new name
/// of the one before if a person had changed it.
///
/// # Errors
/// When the folder does not hold the tables of a run, or the workbook cannot be replaced.
pub fn workbook_again(
    out: &Path,
    period: Period,
    plans: Option<&Path>,
    resources: &Resources,
) -> Result<(PathBuf, Vec<String>), Failure> {
    let mut stored = Stored::load(out, resources)?;
    stored.tables.unmapped = stored.unmapped(resources);
    let consolidated = stored.settle(plans, resources)?;
    let file = workbook(resources, &stored.tables, &consolidated, period)?;
    stored.add(file)
}
