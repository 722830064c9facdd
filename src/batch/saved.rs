//! The tables of a finished run, read back for comparison and export.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use super::failure::Failure;
use super::find::MANIFEST_FILE;
use super::manifest;
use crate::changes::Run;
use crate::table::{FigureRow, TableError, read_figures_csv, read_observations_csv, read_reports_csv};

fn missing(path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    let (path, cause) = (path.display().to_string(), cause.to_string());
    Failure::new("annex-missing", &[("path", &path), ("cause", &cause)])
}

fn table<T>(out: &Path, name: &str, read: impl FnOnce(BufReader<File>) -> Result<T, TableError>) -> Result<T, Failure> {
    let path = out.join(name);
    let file = File::open(&path).map_err(|error| missing(&path, &error))?;
    read(BufReader::new(file)).map_err(|error| missing(&path, &error))
}

/// The figures of the run in a folder.
///
/// # Errors
/// When the folder does not hold them.
pub fn saved_figures(out: &Path) -> Result<Vec<FigureRow>, Failure> {
    table(out, "figures.csv", read_figures_csv)
}

/// The run in a folder, as far as comparing needs it.
///
/// # Errors
/// When the folder does not hold the tables of a run.
pub fn saved_run(out: &Path) -> Result<Run, Failure> {
    let path = out.join(MANIFEST_FILE);
    let text = fs::read_to_string(&path).map_err(|error| missing(&path, &error))?;
    let done_with = manifest::done_with(&text).ok_or_else(|| missing(&path, &""))?;
    Ok(Run {
        figures: saved_figures(out)?,
        observations: table(out, "observations.csv", read_observations_csv)?,
        reports: table(out, "reports.csv", read_reports_csv)?,
        templates: done_with.templates,
        version: done_with.version,
        side_files: done_with.side_files.into_iter().map(|f| (f.file, f.digest)).collect(),
    })
}
