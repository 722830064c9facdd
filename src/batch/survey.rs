//! Reads reports to look at them: nothing is settled between them, nothing is written.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::failure::Failure;
use super::find::{InputFile, find};
use super::read::guarded;
use super::run::reader_pool;
use crate::check;
use crate::diagnostic::Finding;
use crate::input::Refusal;

/// Reads all reports among `inputs`, in the order of their names, and keeps what `keep` makes of each; it is given
/// the name and the bytes. What cannot be read becomes a finding.
///
/// # Errors
/// When one of the inputs is not there.
pub fn survey<T: Send>(
    inputs: &[PathBuf],
    keep: impl Fn(&str, &[u8]) -> Result<T, Refusal> + Sync,
) -> Result<(Vec<T>, Vec<Finding>), Failure> {
    let found = find(inputs, Path::new(""))?;
    let read = |file: &InputFile| -> Result<T, Box<Finding>> {
        let name = file.name.as_str();
        let broken = |slug, cause: &str| Box::new(check::unreadable(slug, name, cause));
        let bytes = std::fs::read(&file.path).map_err(|error| broken("unreadable", &error.to_string()))?;
        guarded(|| keep(name, &bytes))
            .map_err(|cause| broken("reader-failed", &cause))?
            .map_err(|refusal| Box::new(check::refused(name, &refusal)))
    };
    let results: Vec<Result<T, Box<Finding>>> =
        reader_pool(None)?.install(|| found.reports.par_iter().map(read).collect());
    let folders =
        found.unreadable.iter().map(|(file, cause)| check::unreadable("folder-unreadable", &file.name, cause));
    let mut findings: Vec<Finding> = folders.collect();
    let mut kept = Vec::new();
    for result in results {
        match result {
            Ok(value) => kept.push(value),
            Err(finding) => findings.push(*finding),
        }
    }
    Ok((kept, findings))
}
