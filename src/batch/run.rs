//! One run, from the files given to the files written.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rayon::prelude::*;

use super::failure::Failure;
use super::find::{InputFile, MANIFEST_FILE, PLANS_FILE, find};
use super::identity::{Identity, compare};
use super::manifest::{self, Done, FileDigest, Findings};
use super::outputs::{Tables, View, completeness, figure_rows, render, review_threshold, settle};
use super::province::ProvinceChoice;
use super::read::{FileResult, Reader, Report};
use super::side_files::{Listed, read_all_plans, read_lists};
use super::staging::{OutputFile, Staging};
use crate::annex::Layouts;
use crate::check::{self, Rules};
use crate::completeness::Deadlines;
use crate::consolidate::{Boundaries, Wording};
use crate::diagnostic::{Finding, Severity};
use crate::dictionary::Dictionary;
use crate::dictionary::templates::{TemplateErrors, Templates};
use crate::fill::Words;
use crate::message::{Lang, Messages};
use crate::period::Period;
use crate::table::ReportRow;

/// What a run is asked to do.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Files and folders of reports.
    pub inputs: Vec<PathBuf>,
    /// Where the outputs go.
    pub out: PathBuf,
    /// Periods to write workbooks of; those of the reports, if none are given.
    pub periods: Vec<Period>,
    /// For reports that do not say.
    pub assume_period: Option<Period>,
    /// For reports that do not say: code or name.
    pub assume_province: Option<String>,
    /// Yearly plans.
    pub plans: Option<PathBuf>,
    /// On which boundaries figures of the time before the merger of provinces are shown.
    pub boundaries: Boundaries,
    /// Reports read at once; as many as there are processors, if not given.
    pub jobs: Option<usize>,
}

/// Everything that the templates give, loaded once.
#[derive(Debug)]
pub struct Resources {
    /// What reading works from.
    pub dictionary: Dictionary,
    /// What settling works from.
    pub wording: Wording,
    /// What workbooks are laid out by.
    pub layouts: Layouts,
    /// The words of rows of totals in forms.
    pub form_words: Words,
    /// What checks work from.
    pub rules: Rules,
    /// When reports are due.
    pub deadlines: Deadlines,
    /// The words of written files.
    pub written: Messages,
    /// Digest of all template files.
    pub digest: String,
}

impl Resources {
    /// Reads and checks all templates.
    ///
    /// # Errors
    /// Every fault found, with file and line.
    pub fn load(templates: &Templates, written: Lang) -> Result<Self, TemplateErrors> {
        let mut faults = Vec::new();
        let mut keep = |TemplateErrors(found): TemplateErrors| faults.extend(found);
        let dictionary = Dictionary::load(templates).map_err(&mut keep).ok();
        let register = crate::dictionary::register::Register::load(templates).ok();
        let wording = Wording::load(templates).map_err(&mut keep).ok();
        let layouts = register.and_then(|register| Layouts::load(templates, &register).map_err(&mut keep).ok());
        let rules = Rules::load(templates).map_err(&mut keep).ok();
        let form_words = Words::load(templates).map_err(&mut keep).ok();
        let deadlines = Deadlines::load(templates).map_err(&mut keep).ok();
        let mut messages = [Lang::Vi, Lang::En].map(|lang| Messages::load(templates, lang).map_err(&mut keep).ok());
        let written = messages.iter_mut().flatten().find(|m| m.lang() == written).cloned();
        let digest = templates.digest().map_err(&mut keep).ok();
        match (dictionary, wording, layouts, form_words, rules, deadlines, written, digest) {
            (
                Some(dictionary),
                Some(wording),
                Some(layouts),
                Some(form_words),
                Some(rules),
                Some(deadlines),
                Some(written),
                Some(digest),
            ) if faults.is_empty() => {
                Ok(Self { dictionary, wording, layouts, form_words, rules, deadlines, written, digest })
            }
            _ => {
                faults.dedup();
                Err(TemplateErrors(faults))
            }
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many files will be read.
    Files(usize),
    /// One more was read.
    Read,
    /// All are read; the outputs are made.
    Writing,
}

/// What came out of a run.
#[derive(Debug)]
pub struct Outcome {
    /// One row for each file.
    pub rows: Vec<ReportRow>,
    /// Findings, the gravest first.
    pub findings: Vec<Finding>,
    /// Periods that workbooks were written of.
    pub periods: Vec<Period>,
    /// Rows of the canonical table.
    pub observations: usize,
    /// Those under the review threshold.
    pub doubtful: usize,
    /// Files written, below the output folder.
    pub files: Vec<String>,
    /// Files of the run before that a person changed and that this one did not write.
    pub left: Vec<String>,
    /// New names of files that a person changed and that this one wrote anew.
    pub renamed: Vec<String>,
}

impl Outcome {
    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.severity == severity).count()
    }
}

/// Does one run.
///
/// # Errors
/// When nothing was written: no such input, nothing to read, an output that cannot be written.
pub fn run(options: &Options, resources: &Resources, progress: &(dyn Fn(Progress) + Sync)) -> Result<Outcome, Failure> {
    let dictionary = &resources.dictionary;
    let assume_province = match &options.assume_province {
        None => None,
        Some(text) => Some(ProvinceChoice::find(text, &dictionary.geography).ok_or_else(|| {
            let valid = ProvinceChoice::valid(&dictionary.geography);
            Failure::new("assume-province", &[("found", text), ("valid", &valid)])
        })?),
    };
    let mut found = find(&options.inputs, &options.out)?;
    if found.reports.is_empty() && found.unreadable.is_empty() {
        let paths: Vec<String> = options.inputs.iter().map(|p| p.display().to_string()).collect();
        return Err(Failure::new("nothing-to-read", &[("path", &paths.join(", "))]));
    }
    if let Some(path) = &options.plans {
        let name = path.file_name().map_or(PLANS_FILE.to_owned(), |n| n.to_string_lossy().into_owned());
        let same = |file: &InputFile| path.canonicalize().ok() == file.path.canonicalize().ok();
        found.reports.retain(|file| !same(file));
        if !found.plans.iter().any(same) {
            found.plans.push(InputFile { name, path: path.clone() });
        }
    }
    let (listed, mut findings) = read_lists(&found, dictionary)?;
    let plans = read_all_plans(&found.plans, dictionary)?;
    let staging = Staging::open(&options.out)?;
    for (folder, cause) in &found.unreadable {
        findings.push(check::unreadable("folder-unreadable", &folder.name, cause));
    }
    let reader = Reader {
        dictionary,
        rules: &resources.rules,
        written: &resources.written,
        assume_period: options.assume_period,
        assume_province: assume_province.as_ref(),
    };
    let pool = reader_pool(options.jobs)?;
    progress(Progress::Files(found.reports.len()));
    let unlisted = Listed::default();
    let results: Vec<FileResult> = pool.install(|| {
        let read = |file: &InputFile| {
            let result = reader.read(file, listed.get(&file.path).unwrap_or(&unlisted));
            progress(Progress::Read);
            result
        };
        found.reports.par_iter().map(read).collect()
    });
    progress(Progress::Writing);
    let gathered = gather(results, findings);
    let mut tables = gathered.tables;
    let view = View { periods: &options.periods, boundaries: options.boundaries };
    let consolidated = settle(resources, &tables.observations, &tables.rows, &plans, view)?;
    let mut findings = gathered.findings;
    for conflict in consolidated.findings() {
        findings.push(if is_revision(conflict, &gathered.identity) {
            check::settled_by_revision(conflict.clone())
        } else {
            conflict.clone()
        });
    }
    for finding in &mut findings {
        let own = |s: &mut crate::diagnostic::Site| {
            if s.place.is_empty() && s.line > 0 {
                s.place = resources.written.line(s.line);
            }
        };
        own(&mut finding.site);
        finding.other.iter_mut().for_each(own);
    }
    findings.sort_by(|a, b| {
        (b.severity, &a.site, a.check, &a.other, &a.stated, &a.expected).cmp(&(
            a.severity,
            &b.site,
            b.check,
            &b.other,
            &b.stated,
            &b.expected,
        ))
    });
    for row in &mut tables.rows {
        row.findings = findings.iter().filter(|f| f.site.file == row.file).count();
    }
    let message = |f: &Finding| resources.written.finding(f, dictionary);
    tables.findings = findings.iter().map(|f| (f.clone(), message(f))).collect();
    let periods: Vec<Period> = if options.periods.is_empty() {
        tables.rows.iter().filter_map(|r| r.period).collect::<BTreeSet<_>>().into_iter().collect()
    } else {
        options.periods.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
    };
    let completeness = completeness(resources, &tables);
    let figures = figure_rows(resources, &tables, &plans, view, &consolidated);
    let mut files = pool.install(|| render(resources, &tables, &consolidated, &figures, &completeness, &periods))?;
    files.extend(gathered.texts);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let manifest = manifest::render(Done {
        templates: &resources.digest,
        language: resources.written.lang().code(),
        assumed_province: options.assume_province.as_deref(),
        assumed_period: options.assume_period.map(|p| p.to_string()),
        periods: periods.iter().map(ToString::to_string).collect(),
        side_files: side_file_digests(&found.lists, &found.plans),
        rows: &tables.rows,
        findings: Findings {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            info: count(Severity::Info),
        },
        outputs: &files,
    })
    .map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))?;
    files.push(OutputFile { name: MANIFEST_FILE.to_owned(), bytes: manifest.into_bytes() });
    let kept = staging.commit(&files)?;
    let threshold = review_threshold(resources);
    Ok(Outcome {
        observations: tables.observations.len(),
        doubtful: tables.observations.iter().filter(|o| o.confidence < threshold).count(),
        rows: tables.rows,
        findings,
        periods,
        files: files.into_iter().map(|f| f.name).collect(),
        left: kept.left,
        renamed: kept.renamed,
    })
}

/// Start of the names of the threads that read reports; a panic there is a finding, not a message of its own.
pub const READER_THREAD: &str = "reader-";

/// Threads that read reports; one for each processor if none are asked for.
pub(super) fn reader_pool(jobs: Option<usize>) -> Result<rayon::ThreadPool, Failure> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.unwrap_or(0))
        .thread_name(|at| format!("{READER_THREAD}{at}"))
        .build()
        .map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))
}

/// What the reports give together.
struct Gathered {
    tables: Tables,
    texts: Vec<OutputFile>,
    findings: Vec<Finding>,
    identity: Identity,
}

fn gather(results: Vec<FileResult>, mut findings: Vec<Finding>) -> Gathered {
    let read: Vec<&Report> = results
        .iter()
        .filter_map(|r| match r {
            FileResult::Read(report) => Some(report.as_ref()),
            FileResult::Refused(_) => None,
        })
        .collect();
    let mut identity = compare(&read);
    findings.append(&mut identity.findings);
    let mut tables = Tables {
        observations: Vec::new(),
        ledger: Vec::new(),
        unmapped: Vec::new(),
        mentions: Vec::new(),
        rows: Vec::new(),
        findings: Vec::new(),
    };
    let mut texts = Vec::new();
    for result in results {
        match result {
            FileResult::Refused(refused) => {
                let (row, finding) = *refused;
                tables.rows.push(row);
                findings.push(finding);
            }
            FileResult::Read(report) => {
                let mut report = *report;
                let file = report.row.file.clone();
                texts.push(OutputFile { name: format!("text/{file}.txt"), bytes: report.text.into_bytes() });
                if identity.duplicates.contains_key(&file) {
                    "duplicate".clone_into(&mut report.row.status);
                    tables.rows.push(report.row);
                    continue;
                }
                if identity.superseded.contains_key(&file) {
                    "superseded".clone_into(&mut report.row.status);
                }
                tables.observations.extend(report.observations);
                tables.ledger.extend(report.ledger);
                tables.unmapped.extend(report.unmapped);
                tables.mentions.extend(report.mentions);
                findings.extend(report.findings);
                tables.rows.push(report.row);
            }
        }
    }
    Gathered { tables, texts, findings, identity }
}

/// Whether a conflict is between a report and the revision that says it replaces it.
fn is_revision(conflict: &Finding, identity: &Identity) -> bool {
    let (Some(other), true) = (&conflict.other, conflict.check.starts_with("conflict")) else { return false };
    let replaced = identity.superseded.get(&conflict.site.file);
    conflict.site.file != other.file
        && replaced
            .is_some_and(|(by, said)| *said && (*by == other.file || identity.superseded.contains_key(&other.file)))
}

fn side_file_digests(lists: &[InputFile], plans: &[InputFile]) -> Vec<FileDigest> {
    let mut digests: Vec<FileDigest> = lists
        .iter()
        .chain(plans)
        .filter_map(|file| {
            let bytes = std::fs::read(&file.path).ok()?;
            Some(FileDigest { file: file.name.clone(), digest: blake3::hash(&bytes).to_hex().to_string() })
        })
        .collect();
    digests.sort_by(|a, b| a.file.cmp(&b.file));
    digests
}
