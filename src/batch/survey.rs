//! Reads reports to look at them: nothing is settled between them, nothing is written.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::content::{Content, contents};
use super::failure::Failure;
use super::find::{InputFile, find};
use super::read::guarded;
use super::run::reader_pool;
use crate::check;
use crate::diagnostic::Finding;
use crate::input::{Limits, Refusal};

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
    let limits = Limits::default();
    let read = |(file, content): (InputFile, Content)| -> Result<T, Box<Finding>> {
        let name = file.name.as_str();
        let broken = |slug, cause: &str| Box::new(check::unreadable(slug, name, cause));
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::Unreadable(cause) => return Err(broken("unreadable", &cause)),
            Content::Refused(refusal) => return Err(Box::new(check::refused(name, &refusal))),
        };
        guarded(|| keep(name, &bytes))
            .map_err(|cause| broken("reader-failed", &cause))?
            .map_err(|refusal| Box::new(check::refused(name, &refusal)))
    };
    let results: Vec<Vec<Result<T, Box<Finding>>>> = reader_pool(None)?.install(|| {
        found.reports.par_iter().map(|file| contents(file, &limits).into_iter().map(read).collect()).collect()
    });
    let folders =
        found.unreadable.iter().map(|(file, cause)| check::unreadable("folder-unreadable", &file.name, cause));
    let mut findings: Vec<Finding> = folders.collect();
    let mut kept = Vec::new();
    for result in results.into_iter().flatten() {
        match result {
            Ok(value) => kept.push(value),
            Err(finding) => findings.push(*finding),
        }
    }
    Ok((kept, findings))
}
