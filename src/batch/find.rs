//! Files and folders as given → the report candidates and side files below them, each with its name in the outputs.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::failure::Failure;
use crate::period::Period;
use crate::text::normal_form;

/// Name of the file of yearly plans.
pub(super) const PLANS_FILE: &str = "plans.csv";
/// Name of the file that states facts of single reports.
pub(super) const LIST_FILE: &str = "report-list.csv";
/// Name of the manifest.
pub(super) const MANIFEST_FILE: &str = "run.json";
/// Name of the audit log of corrections.
pub(super) const CORRECTIONS_LOG: &str = "corrections.csv";
/// Name of the review workbook.
pub(super) const REVIEW_FILE: &str = "review.xlsx";
/// Name of the evidence page.
pub(super) const EVIDENCE_FILE: &str = "evidence.html";
/// Start of the names of workbooks.
pub(super) const WORKBOOK_STEM: &str = "phu-luc-";
/// Start of the names of folders that outputs are gathered in before they appear.
pub(super) const STAGING_STEM: &str = ".tonghop-";
/// Files that systems leave in folders.
const SYSTEM_FILES: &[&str] = &["thumbs.db", "desktop.ini"];

/// A file of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InputFile {
    /// Its path in all outputs: relative to the folder given, with `/`.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
}

/// What there is to read.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Report candidates, by name.
    pub(super) reports: Vec<InputFile>,
    /// Files of plans.
    pub(super) plans: Vec<InputFile>,
    /// Lists of reports.
    pub(super) lists: Vec<InputFile>,
    /// Files and folders that could not be looked into, and why.
    pub(super) unreadable: Vec<(InputFile, String)>,
}

#[derive(Default)]
struct Walk {
    out: Option<PathBuf>,
    files: Vec<(PathBuf, usize)>,
    unreadable: Vec<(PathBuf, usize, String)>,
    open: Vec<PathBuf>,
}

/// Finds all files to read.
///
/// # Errors
/// When one of the inputs is not there, or lies where the outputs go.
pub(super) fn find(inputs: &[PathBuf], out: &Path) -> Result<Found, Failure> {
    let mut walk = Walk { out: out.canonicalize().ok(), ..Walk::default() };
    for input in inputs {
        let shown = input.display().to_string();
        // A link that leads nowhere is there, but cannot be read: that is found when it is.
        let is_link = input.symlink_metadata().is_ok_and(|m| m.is_symlink());
        let Ok(path) = input.canonicalize().or_else(|error| if is_link { absolute(input) } else { Err(error) }) else {
            return Err(Failure::new("no-such-input", &[("path", &shown)]));
        };
        if path.is_dir() {
            if walk.out.as_ref() == Some(&path) {
                return Err(Failure::new("out-is-input", &[("path", &shown)]));
            }
            walk.folder(&path, 0);
        } else {
            walk.files.push((path, 1));
        }
    }
    Ok(sort_out(walk))
}

fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    std::path::absolute(path)
}

impl Walk {
    fn folder(&mut self, folder: &Path, depth: usize) {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if depth > 0 && self.out.as_ref() == Some(&real) || self.open.contains(&real) || is_own_output(folder) {
            return;
        }
        let mut entries: Vec<PathBuf> = match std::fs::read_dir(folder) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
            Err(error) => {
                self.unreadable.push((folder.to_owned(), depth.max(1), error.to_string()));
                return;
            }
        };
        entries.sort();
        self.open.push(real);
        for path in entries {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                if !name.starts_with('.') {
                    self.folder(&path, depth + 1);
                }
            } else if !is_skipped(&name) {
                self.files.push((path, depth + 1));
            }
        }
        self.open.pop();
    }
}

/// Whether a folder holds the outputs of a run.
fn is_own_output(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join(MANIFEST_FILE)).is_ok_and(|text| super::manifest::is_manifest(&text))
}

fn is_skipped(name: &str) -> bool {
    let lower = name.to_lowercase();
    let own_workbook = lower
        .strip_prefix(WORKBOOK_STEM)
        .and_then(|rest| rest.strip_suffix(".xlsx"))
        .is_some_and(|stem| stem.to_uppercase().replace("--", "/").parse::<Period>().is_ok());
    let own_product = own_workbook || lower == REVIEW_FILE || lower == EVIDENCE_FILE;
    name.starts_with('.') || name.starts_with("~$") || SYSTEM_FILES.contains(&lower.as_str()) || own_product
}

/// The last `depth` parts of a path, joined by `/`.
fn tail(path: &Path, depth: usize) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|c| matches!(c, Component::Normal(_)))
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    let from = parts.len().saturating_sub(depth);
    normal_form(&parts.get(from..).unwrap_or_default().join("/"))
}

/// Gives every file a name of its own, and tells reports from side files.
fn sort_out(walk: Walk) -> Found {
    let mut seen = BTreeMap::new();
    for (path, depth) in walk.files {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        // One file reached by two ways is one file; the way with the first name stays.
        let known = seen.entry(real).or_insert_with(|| (path.clone(), depth));
        if (tail(&path, depth), depth) < (tail(&known.0, known.1), known.1) {
            *known = (path, depth);
        }
    }
    let mut files: Vec<(PathBuf, usize)> = seen.into_values().collect();
    // Files of one name from several folders are told apart by the names of their folders.
    loop {
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for (path, depth) in &files {
            *count.entry(tail(path, *depth)).or_default() += 1;
        }
        let mut changed = false;
        for (path, depth) in &mut files {
            let more = tail(path, *depth + 1);
            if count.get(&tail(path, *depth)).is_some_and(|n| *n > 1) && more != tail(path, *depth) {
                *depth += 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut found = Found::default();
    for (path, depth) in files {
        let file = InputFile { name: tail(&path, depth), path };
        match file.path.file_name().and_then(|n| n.to_str()).map(str::to_lowercase).as_deref() {
            Some(PLANS_FILE) => found.plans.push(file),
            Some(LIST_FILE) => found.lists.push(file),
            _ => found.reports.push(file),
        }
    }
    for list in [&mut found.reports, &mut found.plans, &mut found.lists] {
        list.sort_by(|a, b| a.name.cmp(&b.name));
    }
    found.unreadable = walk
        .unreadable
        .into_iter()
        .map(|(path, depth, error)| (InputFile { name: tail(&path, depth), path }, error))
        .collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(inputs: &[&Path], out: &Path) -> Vec<String> {
        let inputs: Vec<PathBuf> = inputs.iter().map(|p| p.to_path_buf()).collect();
        find(&inputs, out).unwrap().reports.into_iter().map(|f| f.name).collect()
    }

    fn touch(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }

    #[test]
    fn what_is_no_report_is_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["b.txt", "a/c.txt", "~$b.docx", ".hidden", ".git/d.txt", "out/ledger.csv", "plans.csv"] {
            touch(&at(name));
        }
        for name in ["report-list.csv", "phu-luc-2024-Q1.xlsx", "phu-luc-2024-01-01--P9M.xlsx", "phu-luc-1.xlsx"] {
            touch(&at(name));
        }
        assert_eq!(names(&[folder.path()], &at("out")), ["a/c.txt", "b.txt", "phu-luc-1.xlsx"]);
    }

    #[test]
    fn one_file_given_twice_is_read_once_and_names_stay_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["x/a.txt", "y/a.txt", "y/b.txt"] {
            touch(&at(name));
        }
        let out = at("out");
        assert_eq!(names(&[&at("x"), &at("x/a.txt")], &out), ["a.txt"]);
        assert_eq!(names(&[&at("y"), &at("x")], &out), ["b.txt", "x/a.txt", "y/a.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn link_loops_end() {
        let folder = tempfile::tempdir().unwrap();
        touch(&folder.path().join("a/b.txt"));
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        assert_eq!(names(&[folder.path()], &folder.path().join("out")), ["a/b.txt"]);
    }
}
