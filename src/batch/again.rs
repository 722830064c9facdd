//! One workbook again, from the tables of a run: with other layouts, words or plans, or of another period, without
//! reading the reports.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::outputs::{TWIN_INFIX, completeness, twin, workbook};
use super::run::Resources;
use super::stored::Stored;
use crate::annex::Layouts;
use crate::period::Period;

/// How a workbook is to be made again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Again<'a> {
    /// Files of layouts that take the place of those of the templates; none for the templates' own.
    pub layouts: &'a [PathBuf],
    /// The twin for machines and screen readers instead.
    pub tidy: bool,
    /// Yearly plans.
    pub plans: Option<&'a Path>,
}

/// Writes the workbook of one period into the folder of a run; gives its path, and the new name
/// of the one before if a person had changed it. With layouts of its own it is named after the first of them.
///
/// # Errors
/// When the folder does not hold the tables of a run, a layout has a fault, or the workbook cannot be replaced.
pub fn workbook_again(
    out: &Path,
    period: Period,
    again: Again<'_>,
    resources: &Resources,
) -> Result<(PathBuf, Vec<String>), Failure> {
    let own = layouts_of(again.layouts, resources)?;
    let mut stored = Stored::load(out, resources)?;
    stored.tables.unmapped = stored.unmapped(resources);
    let consolidated = stored.settle(again.plans, &[period], resources)?;
    let layouts = own.as_ref().unwrap_or(&resources.layouts);
    let made = if again.tidy { twin } else { workbook };
    let completeness = completeness(resources, &stored.tables);
    let mut file = made(resources, layouts, &stored.tables, &consolidated, &completeness, period)?;
    if let Some(stem) = again.layouts.first().and_then(|path| path.file_stem()) {
        let tidy = if again.tidy { TWIN_INFIX } else { "" };
        file.name = format!("{}-{tidy}{}.xlsx", stem.to_string_lossy(), period.file_stem());
    }
    stored.add(file)
}

/// The layouts of these files; none where there are no files.
fn layouts_of(files: &[PathBuf], resources: &Resources) -> Result<Option<Layouts>, Failure> {
    if files.is_empty() {
        return Ok(None);
    }
    let mut texts = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).map_err(|error| {
            let (path, cause) = (path.display().to_string(), error.to_string());
            Failure::new("layout-missing", &[("path", &path), ("cause", &cause)])
        })?;
        texts.push((path.display().to_string(), text.trim_start_matches('\u{feff}').replace("\r\n", "\n")));
    }
    let dictionary = &resources.dictionary;
    Ok(Some(resources.layouts.with_sheets(&texts, &dictionary.register, &dictionary.geography)?))
}
