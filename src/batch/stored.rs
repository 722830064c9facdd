//! The tables of a run read back, and its reports from the extracted texts: what workbooks and pages are made from
//! without the reports themselves.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::clause::Clauses;
use super::failure::Failure;
use super::find::{CORRECTIONS_LOG, InputFile, MANIFEST_FILE, PLANS_FILE};
use super::manifest;
use super::outputs::{Tables, View, settle};
use super::run::Resources;
use super::side_files::read_all_plans;
use super::staging::{OutputFile, Staging};
use crate::check::SLUGS;
use crate::completeness::read_mentions_csv;
use crate::consolidate::{Boundaries, Consolidated};
use crate::document::Document;
use crate::observation::{Class, Extraction, LedgerEntry, extract};
use crate::period::Period;
use crate::report::{Assumed, identify, settle_parts};
use crate::table::{
    CorrectionRow, TableError, read_corrections_csv, read_findings_csv, read_ledger_csv, read_observations_csv,
    read_reports_csv,
};
use crate::text::SourceText;

/// A folder that a run wrote.
pub(super) struct Stored {
    out: PathBuf,
    manifest: String,
    /// The tables; `unmapped` has no clauses yet.
    pub(super) tables: Tables,
    /// The audit log; empty where the run had no corrections.
    pub(super) corrections: Vec<CorrectionRow>,
}

/// A report read again from its extracted text.
pub(super) struct Reread {
    pub(super) document: Document,
    pub(super) extraction: Extraction,
    pub(super) clauses: Clauses,
}

fn missing(path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    let (path, cause) = (path.display().to_string(), cause.to_string());
    Failure::new("annex-missing", &[("path", &path), ("cause", &cause)])
}

impl Stored {
    /// Reads the tables of a run.
    ///
    /// # Errors
    /// When the folder does not hold them.
    pub(super) fn load(out: &Path, resources: &Resources) -> Result<Self, Failure> {
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
        let mut findings = read_findings_csv(open("findings.csv")?, SLUGS).map_err(|e| bad("findings.csv", e))?;
        for other in findings.iter_mut().filter_map(|(f, _)| f.other.as_mut()).filter(|s| s.line > 0) {
            other.place = resources.written.line(other.line);
        }
        let mentions = read_mentions_csv(open("mentions.csv")?).map_err(|e| bad("mentions.csv", e.into()))?;
        let corrections = if out.join(CORRECTIONS_LOG).exists() {
            read_corrections_csv(open(CORRECTIONS_LOG)?).map_err(|e| bad(CORRECTIONS_LOG, e))?
        } else {
            Vec::new()
        };
        let tables = Tables { observations, ledger, unmapped: Vec::new(), mentions, rows, findings };
        Ok(Self { out: out.to_owned(), manifest, tables, corrections })
    }

    /// The figures, with the yearly plans of a file, also of periods that no report is of.
    ///
    /// # Errors
    /// When the plans cannot be understood.
    pub(super) fn settle(
        &self,
        plans: Option<&Path>,
        periods: &[Period],
        resources: &Resources,
    ) -> Result<Consolidated, Failure> {
        let files: Vec<InputFile> = plans
            .iter()
            .map(|path| InputFile {
                name: path.file_name().map_or(PLANS_FILE.to_owned(), |n| n.to_string_lossy().into_owned()),
                path: path.to_path_buf(),
            })
            .collect();
        let plans = read_all_plans(&files, &resources.dictionary)?;
        let view = View { periods, boundaries: Boundaries::AsReported };
        settle(resources, &self.tables.observations, &self.tables.rows, &plans, view)
    }

    /// The extracted text of a report; empty where it is not there.
    pub(super) fn text(&self, file: &str) -> String {
        fs::read_to_string(self.out.join(format!("text/{file}.txt"))).unwrap_or_default()
    }

    /// A report read again. Its readings are those of the run only as far as text alone tells them: what a reader of
    /// its format knew of the layout is not kept.
    pub(super) fn reread(&self, file: &str, resources: &Resources) -> Reread {
        let dictionary = &resources.dictionary;
        let mut document = Document::from_text(SourceText::new(self.text(file)), dictionary);
        let row = self.tables.rows.iter().find(|row| row.file == file);
        let assumed = Assumed { listed_period: row.and_then(|r| r.period), ..Assumed::default() };
        let facts = identify(&document, file, &assumed, dictionary);
        settle_parts(&mut document, facts.period, dictionary);
        let extraction = extract(&document, &facts, file, "", dictionary);
        Reread { clauses: Clauses::new(&document), document, extraction }
    }

    /// The numbers that no indicator took, with their clauses.
    pub(super) fn unmapped(&self, resources: &Resources) -> Vec<(LedgerEntry, String)> {
        let mut found = Vec::new();
        for entries in self.tables.ledger.chunk_by(|a, b| a.file == b.file) {
            let mut unmapped = entries.iter().filter(|e| e.class == Class::Unmapped).peekable();
            let Some(first) = unmapped.peek() else { continue };
            let Reread { document, extraction, clauses } = self.reread(&first.file, resources);
            found.extend(unmapped.map(|e| (e.clone(), clauses.at(e.start, &document, &extraction.scans))));
        }
        found
    }

    /// Puts a file among the outputs; gives its path, and the new name of the one before if a person had changed it.
    ///
    /// # Errors
    /// When it cannot be written or replaced.
    pub(super) fn add(&self, file: OutputFile) -> Result<(PathBuf, Vec<String>), Failure> {
        let path = self.out.join(&file.name);
        let manifest_path = self.out.join(MANIFEST_FILE);
        let manifest = manifest::with_output(&self.manifest, &file).ok_or_else(|| missing(&manifest_path, &""))?;
        let renamed = Staging::open(&self.out)?.replace(&[file, manifest])?;
        Ok((path, renamed))
    }
}
