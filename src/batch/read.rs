//! Reads one report of a run, so that nothing in it can stop the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use super::corrections::{Corrections, Named, Revisions, who_decided};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::clause::Clauses;
use super::content::{Content, contents};
use super::find::InputFile;
use super::province::ProvinceChoice;
use super::side_files::Listed;
use crate::check::{self, Checked, Judged, Rules, Subject};
use crate::completeness::{Mention, mentions};
use crate::coverage::{self, Fillers};
use crate::diagnostic::Finding;
use crate::dictionary::Dictionary;
use crate::document::{BlockKind, Document};
use crate::input::Extractor;
use crate::message::Messages;
use crate::observation::{Class, LedgerEntry, Observation};
use crate::period::Period;
use crate::pipeline::{ReadReport, read_report_with};
use crate::report::Assumed;
use crate::review::{self, Applied};
use crate::table::ReportRow;

/// What all reports are read with.
pub(super) struct Reader<'a> {
    pub(super) dictionary: &'a Dictionary,
    pub(super) rules: &'a Rules,
    pub(super) extractor: &'a Extractor,
    pub(super) written: &'a Messages,
    pub(super) fillers: &'a Fillers,
    pub(super) corrections: &'a Corrections,
    pub(super) assume_period: Option<Period>,
    pub(super) assume_province: Option<&'a ProvinceChoice>,
}

/// One file, read or refused.
#[derive(Debug)]
pub(super) enum FileResult {
    /// A report.
    Read(Box<Report>),
    /// None, with the row it has all the same, and why.
    Refused(Box<(ReportRow, Finding)>),
}

/// What is kept of a report.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) row: ReportRow,
    pub(super) text: String,
    /// Digest of the text's words and numbers: the same for one report in two formats.
    pub(super) letters: String,
    pub(super) observations: Vec<Observation>,
    pub(super) ledger: Vec<LedgerEntry>,
    /// Numbers that no indicator took, with their clauses.
    pub(super) unmapped: Vec<(LedgerEntry, String)>,
    /// Indicators that it speaks of without a figure.
    pub(super) mentions: Vec<Mention>,
    pub(super) findings: Vec<Finding>,
    /// Every relation among its numbers that was checked.
    pub(super) checked: Vec<Checked>,
    /// The same after a person's corrections, where there are any for this report.
    pub(super) revised: Option<Revised>,
}

/// What a person's corrections made of a report.
#[derive(Debug)]
pub(super) struct Revised {
    pub(super) observations: Vec<Observation>,
    pub(super) ledger: Vec<LedgerEntry>,
    pub(super) unmapped: Vec<(LedgerEntry, String)>,
    pub(super) findings: Vec<Finding>,
    pub(super) checked: Vec<Checked>,
    /// The observations as they stand: each corrected value in place of the one stated.
    pub(super) standing: Vec<Observation>,
    pub(super) applied: Vec<Applied>,
    pub(super) named: Vec<Named>,
}

/// Whose report it is, and of which period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) province: Option<(String, String)>,
    pub(super) period: Option<Period>,
}

impl Report {
    /// Takes what a person's corrections made of it in place of what was read; `kept` keeps the rest.
    pub(super) fn revise(&mut self, revised: Revised, kept: &mut Revisions) {
        let stated = std::mem::replace(&mut self.observations, revised.observations);
        kept.applied.extend(revised.applied);
        kept.named.extend(revised.named);
        kept.stated.push((self.row.file.clone(), stated));
        kept.standing.push((self.row.file.clone(), revised.standing));
        self.checked = revised.checked;
        self.ledger = revised.ledger;
        self.unmapped = revised.unmapped;
        self.findings = revised.findings;
        let count = |class: Class| self.ledger.iter().filter(|e| e.class == class).count();
        self.row.observations = count(Class::Observation);
        self.row.references = count(Class::Reference);
        self.row.tasks = count(Class::Task);
        self.row.unmapped = count(Class::Unmapped);
    }

    pub(super) fn key(&self) -> Key {
        let row = &self.row;
        Key {
            province: (!row.province.is_empty()).then(|| (row.province_system.clone(), row.province.clone())),
            period: row.period,
        }
    }
}

impl Reader<'_> {
    /// Reads one file, or all files of an archive, with what a list states of them.
    pub(super) fn read(&self, file: &InputFile, listed: &FxHashMap<PathBuf, Listed>) -> Vec<FileResult> {
        let unlisted = Listed::default();
        contents(file, self.extractor.limits())
            .into_par_iter()
            .map(|(file, content)| self.read_content(&file, content, listed.get(&file.path).unwrap_or(&unlisted)))
            .collect()
    }

    fn read_content(&self, file: &InputFile, content: Content, listed: &Listed) -> FileResult {
        let refused = |digest: String, finding: Finding| {
            let row = ReportRow {
                file: file.name.clone(),
                digest,
                calendar: "unknown".to_owned(),
                status: "refused".to_owned(),
                ..ReportRow::default()
            };
            FileResult::Refused(Box::new((row, finding)))
        };
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::Unreadable(cause) => {
                return refused(String::new(), check::unreadable("unreadable", &file.name, &cause));
            }
            Content::Refused(refusal) => return refused(String::new(), check::refused(&file.name, &refusal)),
        };
        let province = listed.province.as_ref().or(self.assume_province);
        let assumed = Assumed {
            listed_province: listed.province.as_ref().and_then(ProvinceChoice::any_code),
            listed_period: listed.period,
            province: self.assume_province.and_then(ProvinceChoice::any_code),
            period: self.assume_period,
        };
        let result = guarded(|| {
            read_report_with(self.extractor, &file.name, &bytes, &assumed, self.dictionary).map(|mut read| {
                if let Some(choice) = province.filter(|_| is_stated(read.facts.province_sign)) {
                    set_province(&mut read, choice);
                }
                self.keep(&file.name, read)
            })
        });
        let digest = || blake3::hash(&bytes).to_hex().to_string();
        match result {
            Ok(Ok(report)) => FileResult::Read(Box::new(report)),
            Ok(Err(refusal)) => refused(digest(), check::refused(&file.name, &refusal)),
            Err(cause) => refused(digest(), check::unreadable("reader-failed", &file.name, &cause)),
        }
    }

    fn keep(&self, file: &str, mut read: ReadReport) -> Report {
        for observation in read.extraction.observations.iter_mut().filter(|o| o.place.is_empty()) {
            observation.place = place_of(&read.document, observation.start, observation.line, self.written);
        }
        let subject = Subject {
            file,
            document: &read.document,
            facts: &read.facts,
            extraction: &read.extraction,
            dictionary: self.dictionary,
            rules: self.rules,
        };
        let Judged { mut findings, checked } = check::check_report(&subject);
        let starts: Vec<usize> = read.document.source.lines().map(|range| range.start).collect();
        for site in findings.iter_mut().flat_map(Finding::sites_mut) {
            let start = site.line.checked_sub(1).and_then(|at| starts.get(at));
            if let Some(start) = start.filter(|_| site.place.is_empty() && site.file == file) {
                site.place = place_of(&read.document, *start, site.line, self.written);
            }
        }
        let stated = Judged { findings, checked };
        let revised = self.revise(&subject, &read, &stated);
        let Judged { findings, checked } = stated;
        let unmapped = unmapped_clauses(&read, &read.extraction.ledger);
        let given = &read.extraction.observations;
        let mentions = mentions(&read.document, &read.extraction.scans, file, given, self.dictionary);
        let facts = &read.facts;
        let observations = read.extraction.observations;
        let ledger = read.extraction.ledger;
        let count = |class: Class| ledger.iter().filter(|e| e.class == class).count();
        let row = ReportRow {
            file: file.to_owned(),
            digest: read.digest,
            format: read.format.code().to_owned(),
            province: facts.province.clone().unwrap_or_default(),
            province_system: facts.province.as_ref().map(|_| facts.system.code().to_owned()).unwrap_or_default(),
            period: facts.period,
            calendar: facts.calendar.code().to_owned(),
            date: facts.date.clone(),
            number: facts.number.clone(),
            revision: u32::from(facts.revision.saturating_sub(1)),
            status: "read".to_owned(),
            numbers: ledger.len(),
            observations: count(Class::Observation),
            references: count(Class::Reference),
            tasks: count(Class::Task),
            unmapped: count(Class::Unmapped),
            findings: 0,
        };
        let text = read.document.source.as_str().to_owned();
        Report {
            row,
            letters: letters(&read.document),
            text,
            observations,
            ledger,
            unmapped,
            mentions,
            findings,
            checked,
            revised,
        }
    }

    /// What the corrections bound to this report's bytes make of it; none where there are none.
    fn revise(&self, subject: &Subject<'_>, read: &ReadReport, stated: &Judged) -> Option<Revised> {
        let corrections = self.corrections.of(&read.digest);
        if corrections.is_empty() {
            return None;
        }
        let revised = review::apply(
            &review::Report {
                file: subject.file,
                digest: &read.digest,
                document: &read.document,
                facts: &read.facts,
                extraction: &read.extraction,
                dictionary: self.dictionary,
            },
            &corrections,
        );
        let judged = check::check_report(&Subject { extraction: &revised.checked, ..*subject });
        let judged = check::with_corrections(stated, judged, &who_decided(&revised.log));
        let (mut observations, mut standing) = (revised.observations, revised.checked.observations);
        for observation in observations.iter_mut().chain(&mut standing).filter(|o| o.place.is_empty()) {
            observation.place = place_of(&read.document, observation.start, observation.line, self.written);
        }
        Some(Revised {
            unmapped: unmapped_clauses(read, &revised.ledger),
            findings: judged.findings,
            checked: judged.checked,
            standing,
            named: revised.log.iter().filter_map(|applied| self.named(subject.file, read, applied)).collect(),
            applied: revised.log,
            ledger: revised.ledger,
            observations,
        })
    }

    /// The words around a number that a person named another indicator for.
    fn named(&self, file: &str, read: &ReadReport, applied: &Applied) -> Option<Named> {
        let indicator = applied.correction.change.indicator.clone().filter(|_| applied.is_applied)?;
        let start = applied.correction.bound.start;
        let entry = read.extraction.ledger.iter().find(|entry| entry.start == start)?;
        // A wording of its own is what the dictionary lacks for a number that it misreads, too.
        let reason = if entry.class == Class::Unmapped { entry.reason.clone() } else { "no-indicator".to_owned() };
        let entry = LedgerEntry { reason, ..entry.clone() };
        Some(Named { indicator, gap: coverage::gap(file, &entry, read, self.fillers, self.dictionary) })
    }
}

/// The place of byte `at`, in line `line`, in words: as the file's own pages, paragraphs and cells are counted where the
/// reader knows them, else the line.
fn place_of(document: &Document, at: usize, line: usize, messages: &Messages) -> String {
    document.layout.place(at).map_or_else(|| messages.line(line), |place| messages.place(place))
}

/// Whether the province was stated by a person rather than read.
fn is_stated(sign: &str) -> bool {
    matches!(sign, "assumed" | "report-list")
}

/// Sets the code that a stated province has in the list in force for the report.
fn set_province(read: &mut ReadReport, choice: &ProvinceChoice) {
    let Some((code, system)) = choice.code_in(read.facts.system) else { return };
    read.facts.province = Some(code.to_owned());
    read.facts.system = system;
    for observation in &mut read.extraction.observations {
        code.clone_into(&mut observation.province);
        system.code().clone_into(&mut observation.province_system);
    }
}

/// Runs a step that may panic; then the words of the panic.
pub(super) fn guarded<T>(step: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        text.or_else(|| payload.downcast_ref::<&str>().map(|t| (*t).to_owned())).unwrap_or_default()
    })
}

/// Digest of the words and numbers of a document, in no order: formats put notes, running heads and cells elsewhere.
fn letters(document: &Document) -> String {
    let visible = document.blocks.iter().filter(|b| b.kind != BlockKind::Furniture);
    let tokens = visible.flat_map(|b| match b.kind {
        BlockKind::Footnote(_) => b.tokens.get(b.label..).unwrap_or_default(),
        _ => b.tokens.as_slice(),
    });
    let mut words: Vec<String> = tokens
        .filter(|t| t.is_word() || t.is_number())
        .map(|t| document.source.slice(t.range()).to_lowercase())
        .collect();
    words.sort_unstable();
    blake3::hash(words.join(" ").as_bytes()).to_hex().to_string()
}

fn unmapped_clauses(read: &ReadReport, ledger: &[LedgerEntry]) -> Vec<(LedgerEntry, String)> {
    let clauses = Clauses::new(&read.document);
    let clause = |entry: &LedgerEntry| clauses.at(entry.start, &read.document, &read.extraction.scans);
    ledger.iter().filter(|e| e.class == Class::Unmapped).map(|e| (e.clone(), clause(e))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_with_its_words() {
        let result: Result<(), String> = guarded(|| panic!("row {}", 7));
        assert_eq!(result, Err("row 7".to_owned()));
    }

    #[test]
    fn layout_does_not_make_another_report() {
        let dictionary = Dictionary::load(&crate::dictionary::templates::Templates::built_in()).unwrap();
        let of = |text: &str| letters(&Document::from_text(crate::text::SourceText::new(text.to_owned()), &dictionary));
        assert_eq!(of("Quý I\nđạt 12 người."), of("QUÝ I đạt\n\n12 người"));
        assert_ne!(of("đạt 12 người"), of("đạt 13 người"));
    }
}
