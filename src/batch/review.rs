//! `review.xlsx` from the tables of a run: which readings and findings a person should look at, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::failure::Failure;
use super::find::REVIEW_FILE;
use super::outputs::review_threshold;
use super::run::Resources;
use super::staging::OutputFile;
use super::stored::{Reread, Stored};
use crate::consolidate::{Consolidated, Settled};
use crate::diagnostic::{Finding, Severity, Site};
use crate::dictionary::Dictionary;
use crate::observation::{Class, LedgerEntry, Observation, Origin};
use crate::review::{Bound, FindingItem, NumberItem, Reading, ReviewInput, Side, number_facts, write_review};
use crate::table::CorrectionRow;

/// So many other readings are named for a value.
const MOST_CANDIDATES: usize = 3;

/// What a review workbook asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDone {
    /// Where it is.
    pub path: PathBuf,
    /// New names of those before that a person had changed.
    pub renamed: Vec<String>,
    /// Values that are doubtful, or that findings are about.
    pub values: usize,
    /// Statements that contradict each other.
    pub conflicts: usize,
    /// Numbers that no indicator took.
    pub unmapped: usize,
    /// Other findings.
    pub findings: usize,
}

/// Writes `review.xlsx` into the folder of a run.
///
/// # Errors
/// When the folder does not hold the tables of a run, or the workbook cannot be written.
pub fn write_review_of(out: &Path, resources: &Resources) -> Result<ReviewDone, Failure> {
    let stored = Stored::load(out, resources)?;
    let consolidated = stored.settle(None, &[], resources)?;
    let view = View::new(&stored, resources);
    let conflicts = view.conflicts(&consolidated);
    let in_conflict: BTreeSet<usize> = conflicts.iter().map(|(_, at)| *at).collect();
    let findings = view.open_findings();
    let about: Vec<Vec<usize>> =
        findings.iter().map(|(_, f, message)| numbers_of(&stored.tables.observations, f, message)).collect();
    let mut why: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (at, observation) in stored.tables.observations.iter().enumerate() {
        if observation.confidence < review_threshold(resources) && observation.origin != Origin::Correction {
            let confidence = resources.written.number(observation.confidence);
            why.entry(at).or_default().push(view.say("review.why-confidence", &[("confidence", &confidence)]));
        }
        for row in view.waiting(observation) {
            why.entry(at).or_default().push(view.stale(row));
        }
    }
    for (number, list) in (1_usize..).zip(&about) {
        for at in list {
            let key = format!("f{number:03}");
            why.entry(*at).or_default().push(view.say("review.why-finding", &[("key", &key)]));
        }
    }
    let listed: Vec<usize> = why.keys().copied().filter(|at| !in_conflict.contains(at)).collect();
    let values: Vec<NumberItem> =
        listed.iter().filter_map(|at| view.value(*at, why.get(at).cloned().unwrap_or_default())).collect();
    let sides: Vec<Side> = conflicts
        .iter()
        .filter_map(|(group, at)| {
            let mut reasons = vec![view.side(&consolidated, *group, *at)];
            reasons.extend(why.get(at).cloned().unwrap_or_default());
            Some(Side { group: *group, item: view.value(*at, reasons)? })
        })
        .collect();
    let unmapped: Vec<NumberItem> = stored.tables.ledger.iter().filter_map(|entry| view.unmapped(entry)).collect();
    let items: Vec<FindingItem> = findings
        .iter()
        .zip(&about)
        .map(|((digest, finding, message), numbers)| {
            let numbers = numbers.iter().filter_map(|at| listed.iter().position(|own| own == at)).collect();
            view.finding(digest, finding, message, numbers)
        })
        .collect();
    let sides = renumbered(sides);
    let bytes = write_review(&ReviewInput {
        values: &values,
        conflicts: &sides,
        unmapped: &unmapped,
        findings: &items,
        period: stored.tables.rows.iter().filter_map(|r| r.period).max(),
        dictionary: &resources.dictionary,
        messages: &resources.written,
    })
    .map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))?;
    let (path, renamed) = stored.add(OutputFile { name: REVIEW_FILE.to_owned(), bytes })?;
    Ok(ReviewDone {
        path,
        renamed,
        values: values.len(),
        conflicts: sides.len(),
        unmapped: unmapped.len(),
        findings: items.len(),
    })
}

/// Contradictions counted from 0, in the order of their first side.
fn renumbered(mut sides: Vec<Side>) -> Vec<Side> {
    let mut known: Vec<usize> = Vec::new();
    for side in &mut sides {
        let at = known.iter().position(|group| *group == side.group).unwrap_or_else(|| {
            known.push(side.group);
            known.len() - 1
        });
        side.group = at;
    }
    sides
}

struct View<'a> {
    stored: &'a Stored,
    resources: &'a Resources,
    /// Digest of each report that counts, by its name.
    digests: FxHashMap<&'a str, &'a str>,
    reread: FxHashMap<&'a str, Reread>,
}

impl<'a> View<'a> {
    fn new(stored: &'a Stored, resources: &'a Resources) -> Self {
        let counting = stored.tables.rows.iter().filter(|r| matches!(r.status.as_str(), "read" | "superseded"));
        let digests: FxHashMap<&str, &str> = counting.map(|r| (r.file.as_str(), r.digest.as_str())).collect();
        let reread = stored
            .tables
            .rows
            .iter()
            .filter(|row| digests.contains_key(row.file.as_str()))
            .map(|row| (row.file.as_str(), stored.reread(&row.file, resources)))
            .collect();
        Self { stored, resources, digests, reread }
    }

    fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        self.resources.written.text(name, values)
    }

    fn observation(&self, at: usize) -> Option<&'a Observation> {
        self.stored.tables.observations.get(at)
    }

    /// Figures about which a finding says that their statements differ: the figure, and each statement.
    fn conflicts(&self, consolidated: &Consolidated) -> Vec<(usize, usize)> {
        let told: BTreeSet<(&str, usize, &str)> = self
            .stored
            .tables
            .findings
            .iter()
            .filter(|(f, _)| is_conflict(f))
            .map(|(f, _)| (f.site.file.as_str(), f.site.line, f.site.quote.as_str()))
            .collect();
        let mut found = Vec::new();
        for (at, figure) in consolidated.figures().iter().enumerate() {
            let is_told = |at: &usize| {
                self.observation(*at).is_some_and(|o| told.contains(&(o.file.as_str(), o.line, o.quote.as_str())))
            };
            if figure.settled == Settled::Outranked && figure.outranked.iter().any(is_told) {
                found.extend(figure.sources.iter().chain(&figure.outranked).map(|own| (at, *own)));
            }
        }
        found
    }

    /// What a statement is in a contradiction.
    fn side(&self, consolidated: &Consolidated, group: usize, at: usize) -> String {
        let figure = consolidated.figures().get(group);
        let is_used = figure.is_some_and(|f| f.sources.contains(&at));
        let value = figure.map(|f| self.resources.written.number(f.value)).unwrap_or_default();
        self.say(if is_used { "review.why-used" } else { "review.why-unused" }, &[("value", &value)])
    }

    /// Findings that need a person, are about a report, and are not yet decided.
    fn open_findings(&self) -> Vec<(&'a str, &'a Finding, &'a str)> {
        let decided = |f: &Finding| {
            self.stored.corrections.iter().any(|row| {
                row.status == "applied"
                    && row.subject == f.check
                    && row.file == f.site.file
                    && row.quote == f.site.quote
            })
        };
        self.stored
            .tables
            .findings
            .iter()
            .filter(|(f, _)| f.severity > Severity::Info && !is_conflict(f) && !decided(f))
            .filter_map(|(f, message)| Some((*self.digests.get(f.site.file.as_str())?, f, message.as_str())))
            .collect()
    }

    /// Corrections that wait to be confirmed at this statement: the same number in the same words, or in the same place.
    fn waiting(&self, o: &'a Observation) -> impl Iterator<Item = &'a CorrectionRow> {
        let here = move |row: &&CorrectionRow| {
            let same_words = row.quote == o.quote && row.stated == o.stated;
            let same_place = row.start == o.start && row.end == o.end;
            row.status == "stale" && row.subject == "observation" && row.file == o.file && (same_words || same_place)
        };
        self.stored.corrections.iter().filter(here)
    }

    fn stale(&self, row: &CorrectionRow) -> String {
        let value = Decimal::from_str_exact(&row.new_value).map(|v| self.resources.written.number(v));
        let values = [
            ("name", row.name.as_str()),
            ("time", row.time.as_str()),
            ("decision", &self.resources.written.word(&format!("decision.{}", row.decision))),
            ("indicator", row.new_indicator.as_str()),
            ("value", &value.unwrap_or_default()),
            ("reason", row.reason.as_str()),
        ];
        self.say("review.why-stale", &values)
    }

    fn value(&self, at: usize, why: Vec<String>) -> Option<NumberItem> {
        let o = self.observation(at)?;
        let bound = Bound {
            digest: (*self.digests.get(o.file.as_str())?).to_owned(),
            file: o.file.clone(),
            line: o.line,
            start: o.start,
            end: o.end,
            stated: o.stated.clone(),
            quote: o.quote.clone(),
        };
        Some(NumberItem {
            bound,
            place: o.place.clone(),
            reading: Some(Reading::of(o)),
            value: None,
            rule: o.rule.clone(),
            confidence: Some(o.confidence),
            why,
            candidates: other_readings(self.reread.get(o.file.as_str()), o, &self.resources.dictionary),
        })
    }

    /// A number that no indicator took, unless it is the rest of a compound, or a person said to leave it.
    fn unmapped(&self, entry: &LedgerEntry) -> Option<NumberItem> {
        if entry.class != Class::Unmapped {
            return None;
        }
        let left = |row: &&CorrectionRow| {
            row.status == "applied" && row.subject == "unmapped" && row.file == entry.file && row.start == entry.start
        };
        if self.stored.corrections.iter().any(|row| left(&row)) {
            return None;
        }
        let reread = self.reread.get(entry.file.as_str())?;
        let facts = number_facts(&reread.document, &reread.extraction, entry.start).filter(|facts| facts.is_first)?;
        let (code, named) = entry.reason.split_once(": ").unwrap_or((&entry.reason, ""));
        let ids = named.split(", ").filter_map(|item| item.split(' ').next());
        Some(NumberItem {
            bound: Bound {
                digest: (*self.digests.get(entry.file.as_str())?).to_owned(),
                file: entry.file.clone(),
                line: entry.line,
                start: entry.start,
                end: facts.end,
                stated: facts.stated,
                quote: reread.clauses.at(entry.start, &reread.document, &reread.extraction.scans),
            },
            place: self.resources.written.line(entry.line),
            reading: None,
            value: facts.value,
            rule: code.to_owned(),
            confidence: None,
            why: vec![self.resources.written.word(&format!("reason.{code}"))],
            candidates: ids.filter(|id| !id.is_empty()).take(MOST_CANDIDATES).map(str::to_owned).collect(),
        })
    }

    fn finding(&self, digest: &str, finding: &Finding, message: &str, numbers: Vec<usize>) -> FindingItem {
        let other = finding.other.as_ref();
        FindingItem {
            bound: Bound {
                digest: digest.to_owned(),
                file: finding.site.file.clone(),
                line: finding.site.line,
                quote: finding.site.quote.clone(),
                ..Bound::default()
            },
            severity: self.resources.written.word(&format!("severity.{}", finding.severity)),
            place: finding.site.place.clone(),
            message: message.to_owned(),
            other_place: other.map(|s| format!("{} {}", s.file, s.place).trim().to_owned()).unwrap_or_default(),
            other_quote: other.map(|s| s.quote.clone()).unwrap_or_default(),
            candidates: finding.candidates.clone(),
            check: finding.check.to_owned(),
            stated: finding.stated.clone(),
            expected: finding.expected.clone(),
            numbers,
        }
    }
}

/// The observations that a finding is about: in its quotes, those that its message names, else all of them.
pub(super) fn numbers_of(observations: &[Observation], finding: &Finding, message: &str) -> Vec<usize> {
    let within = |site: &Site, o: &Observation| {
        o.file == site.file && o.line == site.line && site.quote.contains(&o.quote) && !o.quote.is_empty()
    };
    let sites: Vec<&Site> = std::iter::once(&finding.site).chain(&finding.other).collect();
    let all = observations.iter().enumerate();
    let here: Vec<(usize, &Observation)> = all.filter(|(_, o)| sites.iter().any(|site| within(site, o))).collect();
    // A quote in the message names numbers that are not meant.
    let told =
        sites.iter().fold(
            message.to_owned(),
            |text, site| {
                if site.quote.is_empty() { text } else { text.replace(&site.quote, "") }
            },
        );
    let named = |o: &Observation| {
        let value = o.value.normalize().to_string();
        names_number(&told, &o.stated) || finding.stated == value || finding.expected == value
    };
    let meant: Vec<usize> = here.iter().filter(|(_, o)| named(o)).map(|(at, _)| *at).collect();
    if meant.is_empty() { here.into_iter().map(|(at, _)| at).collect() } else { meant }
}

/// Ids of other indicators that the words of a statement allow, the likeliest first.
pub(super) fn other_readings(reread: Option<&Reread>, o: &Observation, dictionary: &Dictionary) -> Vec<String> {
    let Some(Reread { extraction, .. }) = reread else { return Vec::new() };
    let mut pairs = extraction.observations.iter().zip(&extraction.drafts);
    let Some((_, draft)) = pairs.find(|(own, _)| own.start == o.start && own.measure == o.measure) else {
        return Vec::new();
    };
    let named = draft.candidates.iter().filter_map(|(at, _)| dictionary.indicator(*at));
    named.map(|i| i.id.clone()).filter(|id| *id != o.indicator).take(MOST_CANDIDATES).collect()
}

fn is_conflict(finding: &Finding) -> bool {
    matches!(finding.check, "conflict" | "conflict-doubtful")
}

/// Whether a number, as written, stands in a text and is not part of a longer one.
fn names_number(text: &str, number: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let before_joins = |before: &str| {
        let mut back = before.chars().rev();
        let last = back.next();
        joins(last) || matches!(last, Some('.' | ',')) && joins(back.next())
    };
    !number.is_empty()
        && text.match_indices(number).any(|(at, _)| {
            let rest = text.get(at + number.len()..).unwrap_or_default();
            let mut after = rest.chars();
            let next = after.next();
            let continues = matches!(next, Some('.' | ',')) && joins(after.next());
            !before_joins(text.get(..at).unwrap_or_default()) && !joins(next) && !continues
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_not_found_within_a_longer_one() {
        let text = "tổng 2.650, các phần 1.518 + 26";
        for (number, is_there) in
            [("2.650", true), ("26", true), ("650", false), ("51", false), ("1", false), ("", false)]
        {
            assert_eq!(names_number(text, number), is_there, "{number}");
        }
    }
}
