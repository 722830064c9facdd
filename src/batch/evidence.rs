//! `evidence.html` from the tables of a run.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::failure::Failure;
use super::find::EVIDENCE_FILE;
use super::outputs::review_threshold;
use super::review::{numbers_of, other_readings};
use super::run::Resources;
use super::staging::OutputFile;
use super::stored::Stored;
use crate::dictionary::templates::Templates;
use crate::evidence::{EvidenceError, EvidenceInput, EvidenceReport, write_page};
use crate::table::ReportRow;

/// Writes `evidence.html` into the folder of a run; gives its path, and the new name of the one before if a person had
/// changed it.
///
/// # Errors
/// When the folder does not hold the tables of a run, a template of the page is faulty, or the page cannot be written.
pub fn write_evidence_of(
    out: &Path,
    plans: Option<&Path>,
    templates: &Templates,
    resources: &Resources,
) -> Result<(PathBuf, Vec<String>), Failure> {
    let stored = Stored::load(out, resources)?;
    let consolidated = stored.settle(plans, &[], resources)?;
    let counting: Vec<&ReportRow> =
        stored.tables.rows.iter().filter(|r| matches!(r.status.as_str(), "read" | "superseded")).collect();
    let reports: Vec<EvidenceReport<'_>> =
        counting.iter().map(|row| EvidenceReport { row, text: stored.text(&row.file) }).collect();
    let reread: FxHashMap<&str, _> =
        counting.iter().map(|row| (row.file.as_str(), stored.reread(&row.file, resources))).collect();
    let observations = &stored.tables.observations;
    let candidates: Vec<Vec<String>> =
        observations.iter().map(|o| other_readings(reread.get(o.file.as_str()), o, &resources.dictionary)).collect();
    let about: Vec<Vec<usize>> =
        stored.tables.findings.iter().map(|(f, message)| numbers_of(observations, f, message)).collect();
    let units = resources.layouts.base_units();
    let page = write_page(
        &EvidenceInput {
            reports: &reports,
            observations,
            candidates: &candidates,
            ledger: &stored.tables.ledger,
            findings: &stored.tables.findings,
            about: &about,
            consolidated: &consolidated,
            review_threshold: review_threshold(resources),
            units: &units,
            dictionary: &resources.dictionary,
            messages: &resources.written,
        },
        templates,
    );
    let page = page.map_err(|error| match error {
        EvidenceError::Templates(faults) => Failure::from(faults),
        EvidenceError::Page(error) => {
            Failure::new("templates", &[("faults", &format!("evidence/page.html: {error:#}"))])
        }
    })?;
    stored.add(OutputFile { name: EVIDENCE_FILE.to_owned(), bytes: page.into_bytes() })
}
