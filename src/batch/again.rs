//! One workbook again, from the tables of a run: with other layouts, words or plans, or of another period, without
//! reading the reports.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::failure::Failure;
use super::find::{InputFile, MANIFEST_FILE, PLANS_FILE};
use super::manifest;
use super::outputs::{TWIN_INFIX, Tables, View, completeness, settle, twin, workbook};
use super::read::clause_at;
use super::run::Resources;
use super::side_files::read_all_plans;
use super::staging::Staging;
use crate::annex::Layouts;
use crate::check::SLUGS;
use crate::completeness::{Completeness, read_mentions_csv};
use crate::consolidate::{Boundaries, Consolidated};
use crate::document::Document;
use crate::observation::{Class, LedgerEntry, extract};
use crate::period::Period;
use crate::report::{Assumed, identify};
use crate::table::{TableError, read_findings_csv, read_ledger_csv, read_observations_csv, read_reports_csv};
use crate::text::SourceText;

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

/// The tables of a run as they were read back, and the figures they give.
pub(super) struct Saved {
    /// The text of `run.json`.
    pub(super) manifest: String,
    pub(super) tables: Tables,
    pub(super) consolidated: Consolidated,
    pub(super) completeness: Completeness,
}

fn missing(path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    let (path, cause) = (path.display().to_string(), cause.to_string());
    Failure::new("annex-missing", &[("path", &path), ("cause", &cause)])
}

/// Reads the tables of a run back and settles them for `periods`.
///
/// # Errors
/// When the folder does not hold the tables of a run.
pub(super) fn read_back(
    out: &Path,
    periods: &[Period],
    plans: Option<&Path>,
    resources: &Resources,
) -> Result<Saved, Failure> {
    let manifest_path = out.join(MANIFEST_FILE);
    let manifest = fs::read_to_string(&manifest_path).map_err(|error| missing(&manifest_path, &error))?;
    let open = |name: &str| {
        let path = out.join(name);
        File::open(&path).map(std::io::BufReader::new).map_err(|error| missing(&path, &error))
    };
    let bad = |name: &str, error: TableError| missing(&out.join(name), &error);
    let observations = read_observations_csv(open("observations.csv")?).map_err(|e| bad("observations.csv", e))?;
    let ledger = read_ledger_csv(open("ledger.csv")?).map_err(|e| bad("ledger.csv", e))?;
    let rows = read_reports_csv(open("reports.csv")?).map_err(|e| bad("reports.csv", e))?;
    let findings = read_findings_csv(open("findings.csv")?, SLUGS).map_err(|e| bad("findings.csv", e))?;
    let mut findings = findings;
    for other in findings.iter_mut().filter_map(|(f, _)| f.other.as_mut()).filter(|s| s.line > 0) {
        other.place = resources.written.line(other.line);
    }
    let unmapped = clauses(out, &ledger, resources);
    let plan_files: Vec<InputFile> = plans
        .iter()
        .map(|path| InputFile {
            name: path.file_name().map_or(PLANS_FILE.to_owned(), |n| n.to_string_lossy().into_owned()),
            path: path.to_path_buf(),
        })
        .collect();
    let plans = read_all_plans(&plan_files, &resources.dictionary)?;
    let view = View { periods, boundaries: Boundaries::AsReported };
    let consolidated = settle(resources, &observations, &rows, &plans, view)?;
    let mentions = read_mentions_csv(open("mentions.csv")?).map_err(|e| bad("mentions.csv", e.into()))?;
    let tables = Tables { observations, ledger, unmapped, mentions, rows, findings };
    let completeness = completeness(resources, &tables);
    Ok(Saved { manifest, tables, consolidated, completeness })
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
    let saved = read_back(out, &[period], again.plans, resources)?;
    let layouts = own.as_ref().unwrap_or(&resources.layouts);
    let made = if again.tidy { twin } else { workbook };
    let mut file = made(resources, layouts, &saved.tables, &saved.consolidated, &saved.completeness, period)?;
    if let Some(stem) = again.layouts.first().and_then(|path| path.file_stem()) {
        let tidy = if again.tidy { TWIN_INFIX } else { "" };
        file.name = format!("{}-{tidy}{}.xlsx", stem.to_string_lossy(), period.file_stem());
    }
    let path = out.join(&file.name);
    let manifest_path = out.join(MANIFEST_FILE);
    let manifest = manifest::with_output(&saved.manifest, &file).ok_or_else(|| missing(&manifest_path, &""))?;
    let renamed = Staging::open(out)?.replace(&[file, manifest])?;
    Ok((path, renamed))
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

/// The numbers that no indicator took, with their clauses, from the extracted texts.
fn clauses(out: &Path, ledger: &[LedgerEntry], resources: &Resources) -> Vec<(LedgerEntry, String)> {
    let dictionary = &resources.dictionary;
    let mut texts = FxHashMap::default();
    let mut found = Vec::new();
    for entry in ledger.iter().filter(|e| e.class == Class::Unmapped) {
        let (document, scans) = texts.entry(entry.file.clone()).or_insert_with(|| {
            let text = fs::read_to_string(out.join(format!("text/{}.txt", entry.file))).unwrap_or_default();
            let document = Document::from_text(SourceText::new(text), dictionary);
            let facts = identify(&document, &entry.file, &Assumed::default(), dictionary);
            let scans = extract(&document, &facts, &entry.file, "", dictionary).scans;
            (document, scans)
        });
        found.push((entry.clone(), clause_at(document, scans, entry.start)));
    }
    found
}
