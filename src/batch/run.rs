//! One run, from the files given to the files written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;

use super::corrections::{Corrections, Revisions, account, suggestions, who_decided};
use super::failure::Failure;
use super::find::{CORRECTIONS_LOG, InputFile, MANIFEST_FILE, PLANS_FILE, find};
use super::identity::{Identity, compare};
use super::letter;
use super::manifest::{self, Done, FileDigest, Findings, Relations};
use super::outputs::{Split, Tables, View, completeness, figure_rows, render, review_threshold, settle};
use super::province::ProvinceChoice;
use super::read::{FileResult, Reader, Report};
use super::side_files::{read_all_plans, read_lists};
use super::staging::{OutputFile, Staging};
use super::validation;
use crate::annex::Layouts;
use crate::check::{self, Checked, Judged, Rules};
use crate::completeness::Deadlines;
use crate::consolidate::{Boundaries, Wording};
use crate::coverage::Fillers;
use crate::diagnostic::{Finding, Severity, Site};
use crate::dictionary::Dictionary;
use crate::dictionary::templates::{TemplateErrors, Templates};
use crate::fill::Words;
use crate::input::{Extractor, Limits};
use crate::message::{Lang, Messages};
use crate::observation::Observation;
use crate::period::Period;
use crate::table::{ReportRow, write_corrections_csv};

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
    /// How the sheets of a period are divided among workbooks.
    pub split: Split,
    /// Filled review workbooks.
    pub corrections: Vec<PathBuf>,
    /// Reports read at once; as many as there are processors, if not given.
    pub jobs: Option<usize>,
    /// How much is read of one file.
    pub limits: Limits,
    /// This program, which reads files of risky formats in processes of their own when it is called with
    /// [`WORKER_COMMAND`]; they are read in this process, if not given.
    pub worker: Option<PathBuf>,
}

/// The argument with which the program does nothing but read files that it is handed.
pub const WORKER_COMMAND: &str = "read-worker";

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
    /// Words that say nothing of what is counted.
    pub fillers: Fillers,
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
        let fillers = Fillers::load(templates).map_err(&mut keep).ok();
        let mut messages = [Lang::Vi, Lang::En].map(|lang| Messages::load(templates, lang).map_err(&mut keep).ok());
        let written = messages.iter_mut().flatten().find(|m| m.lang() == written).cloned();
        let digest = templates.digest().map_err(&mut keep).ok();
        match (dictionary, wording, layouts, form_words, rules, deadlines, fillers, written, digest) {
            (
                Some(dictionary),
                Some(wording),
                Some(layouts),
                Some(form_words),
                Some(rules),
                Some(deadlines),
                Some(fillers),
                Some(written),
                Some(digest),
            ) if faults.is_empty() => {
                Ok(Self { dictionary, wording, layouts, form_words, rules, deadlines, fillers, written, digest })
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
    /// Relations among the numbers of the reports that were checked.
    pub relations: usize,
    /// Those of them that hold.
    pub hold: usize,
    /// A letter to each province that a person must ask something, by the name of its file.
    pub letters: Vec<(String, Vec<u8>)>,
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
    let correction_files = Corrections::files(&options.corrections);
    found.reports.retain(|file| {
        !correction_files.iter().any(|given| given.path.canonicalize().ok() == file.path.canonicalize().ok())
    });
    let corrections = Corrections::load(&correction_files, resources)?;
    let (listed, mut findings) = read_lists(&found, dictionary)?;
    let plans = read_all_plans(&found.plans, dictionary)?;
    let staging = Staging::open(&options.out)?;
    for (folder, cause) in &found.unreadable {
        findings.push(check::unreadable("folder-unreadable", &folder.name, cause));
    }
    let extractor = Extractor::new(options.limits);
    let extractor = match &options.worker {
        Some(program) => extractor.with_workers(program.clone(), &[WORKER_COMMAND]),
        None => extractor,
    };
    let reader = Reader {
        dictionary,
        extractor: &extractor,
        rules: &resources.rules,
        written: &resources.written,
        fillers: &resources.fillers,
        corrections: &corrections,
        assume_period: options.assume_period,
        assume_province: assume_province.as_ref(),
    };
    let pool = reader_pool(options.jobs)?;
    progress(Progress::Files(found.reports.len()));
    let results: Vec<Vec<FileResult>> = pool.install(|| {
        let read = |file: &InputFile| {
            let result = reader.read(file, &listed);
            progress(Progress::Read);
            result
        };
        found.reports.par_iter().map(read).collect()
    });
    let results: Vec<FileResult> = results.into_iter().flatten().collect();
    progress(Progress::Writing);
    let gathered = gather(results, findings);
    let mut tables = gathered.tables;
    let view = View { periods: &options.periods, boundaries: options.boundaries };
    let (consolidated, between) = pool.install(|| {
        rayon::join(
            || settle(resources, &tables.observations, &tables.rows, &plans, view),
            || compare_reports(&tables, &gathered.revisions, dictionary, &resources.rules),
        )
    });
    let consolidated = consolidated?;
    let mut findings = gathered.findings;
    let mut checked = gathered.checked;
    checked.extend(between.checked);
    findings.extend(between.findings);
    findings.extend(check::nothing_checked(checked.len(), tables.observations.len(), &resources.rules));
    let mut conflicts = Vec::new();
    for conflict in consolidated.findings().iter().filter(|f| !is_told(f, &findings)) {
        conflicts.push(if is_revision(conflict, &gathered.identity) {
            check::settled_by_revision(conflict.clone())
        } else {
            conflict.clone()
        });
    }
    findings.extend(check::within_reports(conflicts, &findings, &tables.observations, &resources.rules));
    let revised = &gathered.revisions;
    let accounts = account(&corrections, &revised.applied, &tables.rows, &tables.observations, &mut findings);
    findings.extend(accounts.findings);
    findings.extend(suggestions(&revised.named, resources));
    for finding in &mut findings {
        let own = |s: &mut crate::diagnostic::Site| {
            if s.place.is_empty() && s.line > 0 {
                s.place = resources.written.line(s.line);
            }
        };
        own(&mut finding.site);
        finding.other.iter_mut().for_each(own);
        finding.causes.iter_mut().for_each(|c| own(&mut c.site));
        finding.candidates.extend(finding.causes.iter().map(|c| resources.written.cause(c)));
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
    let figures = || figure_rows(resources, &tables, &plans, view, &consolidated);
    let (files, validation) = pool.install(|| {
        rayon::join(
            || render(resources, &tables, &consolidated, &figures, &completeness, &periods, options.split),
            || validation::render(&checked, &tables.findings),
        )
    });
    let mut files = files?;
    files.push(validation?);
    files.extend(gathered.texts);
    if !options.corrections.is_empty() {
        let mut bytes = Vec::new();
        write_corrections_csv(&mut bytes, &accounts.log)
            .map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))?;
        files.push(OutputFile { name: CORRECTIONS_LOG.to_owned(), bytes });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let manifest = manifest::render(Done {
        templates: &resources.digest,
        language: resources.written.lang().code(),
        assumed_province: options.assume_province.as_deref(),
        assumed_period: options.assume_period.map(|p| p.to_string()),
        periods: periods.iter().map(ToString::to_string).collect(),
        side_files: side_file_digests(&[&found.lists, &found.plans, &correction_files]),
        rows: &tables.rows,
        findings: Findings {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            info: count(Severity::Info),
        },
        relations: Relations { checked: checked.len(), hold: checked.iter().filter(|c| c.holds).count() },
        outputs: &files,
    })
    .map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))?;
    files.push(OutputFile { name: MANIFEST_FILE.to_owned(), bytes: manifest.into_bytes() });
    let kept = pool.install(|| staging.commit(&files))?;
    let threshold = review_threshold(resources);
    Ok(Outcome {
        observations: tables.observations.len(),
        doubtful: tables.observations.iter().filter(|o| o.confidence < threshold).count(),
        rows: tables.rows,
        letters: letter::write(&tables.findings, resources),
        relations: checked.len(),
        hold: checked.iter().filter(|c| c.holds).count(),
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
    checked: Vec<Checked>,
    identity: Identity,
    revisions: Revisions,
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
    let (mut texts, mut checked, mut revisions) = (Vec::new(), Vec::new(), Revisions::default());
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
                texts.push(OutputFile {
                    name: format!("text/{file}.txt"),
                    bytes: std::mem::take(&mut report.text).into_bytes(),
                });
                if identity.duplicates.contains_key(&file) {
                    "duplicate".clone_into(&mut report.row.status);
                    tables.rows.push(report.row);
                    continue;
                }
                if identity.superseded.contains_key(&file) {
                    "superseded".clone_into(&mut report.row.status);
                }
                // A correction of a report that says it was replaced may be what the new one mends: it is to be confirmed.
                let is_replaced = identity.superseded.get(&file).is_some_and(|(_, said)| *said);
                if let Some(revised) = report.revised.take().filter(|_| !is_replaced) {
                    report.revise(revised, &mut revisions);
                }
                tables.observations.extend(report.observations);
                tables.ledger.extend(report.ledger);
                tables.unmapped.extend(report.unmapped);
                tables.mentions.extend(report.mentions);
                findings.extend(report.findings);
                checked.extend(report.checked);
                tables.rows.push(report.row);
            }
        }
    }
    Gathered { tables, texts, findings, checked, identity, revisions }
}

/// The reports that count, held against each other: as they state their values, and as they stand after corrections.
fn compare_reports(tables: &Tables, revisions: &Revisions, dictionary: &Dictionary, rules: &Rules) -> Judged {
    let periods: BTreeMap<String, Period> = tables
        .rows
        .iter()
        .filter(|row| row.status == "read")
        .filter_map(|row| Some((row.file.clone(), row.period?)))
        .collect();
    let judge = |own: &[(String, Vec<Observation>)]| {
        let all = Revisions::observations(own, &tables.observations);
        let counted: Vec<&Observation> = all.filter(|o| periods.contains_key(&o.file)).collect();
        check::check_between(&counted, &periods, dictionary, rules)
    };
    let stated = judge(&revisions.stated);
    if revisions.applied.is_empty() {
        return stated;
    }
    check::with_corrections(&stated, judge(&revisions.standing), &who_decided(&revisions.applied))
}

/// Whether a check of reports already tells what is wrong with a value that other figures give otherwise.
fn is_told(finding: &Finding, told: &[Finding]) -> bool {
    let computed = matches!(finding.check, "derived-differs" | "derived-negative" | "growth-differs");
    let same = |site: &Site| (&site.file, site.line) == (&finding.site.file, finding.site.line);
    let tells = |f: &Finding| f.severity > Severity::Info && (same(&f.site) || f.other.as_ref().is_some_and(same));
    computed && told.iter().any(tells)
}

/// Whether a conflict is between a report and the revision that says it replaces it.
fn is_revision(conflict: &Finding, identity: &Identity) -> bool {
    let (Some(other), true) = (&conflict.other, conflict.check.starts_with("conflict")) else { return false };
    let replaced = identity.superseded.get(&conflict.site.file);
    conflict.site.file != other.file
        && replaced
            .is_some_and(|(by, said)| *said && (*by == other.file || identity.superseded.contains_key(&other.file)))
}

fn side_file_digests(files: &[&[InputFile]]) -> Vec<FileDigest> {
    let mut digests: Vec<FileDigest> = files
        .iter()
        .copied()
        .flatten()
        .filter_map(|file| {
            let bytes = std::fs::read(&file.path).ok()?;
            Some(FileDigest { file: file.name.clone(), digest: blake3::hash(&bytes).to_hex().to_string() })
        })
        .collect();
    digests.sort_by(|a, b| a.file.cmp(&b.file));
    digests
}
