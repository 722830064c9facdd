//! What changed between two runs, figure by figure, and why.
//!
//! The tables of two runs flow in; every figure whose value, status, qualifier or coverage differs flows out with its
//! cause, which is looked for in the observations it rests on, down through totals and derived figures.

mod file;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

pub use file::write_changes_csv;

use crate::observation::{Observation, Origin};
use crate::table::{FigureRow, ReportRow};

/// The tables of one run, and what it was done with.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// `figures.csv`.
    pub figures: Vec<FigureRow>,
    /// `observations.csv`.
    pub observations: Vec<Observation>,
    /// `reports.csv`.
    pub reports: Vec<ReportRow>,
    /// Digest of the templates.
    pub templates: String,
    /// Version of the program.
    pub version: String,
    /// Digests of `plans.csv` and its like, by file.
    pub side_files: BTreeMap<String, String>,
}

/// Why a figure changed. The order is that in which one is chosen where several apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// A person corrected a value, or took a correction back.
    Correction,
    /// A report of the same province and period has other contents than before, or a later issue.
    RevisedReport,
    /// A report of a province and period that had none.
    NewFile,
    /// A report that is no longer there.
    RemovedFile,
    /// The same report is read otherwise: another rule of the dictionary.
    Rule,
    /// Other yearly plans.
    Plans,
    /// The same statements are settled, added or derived otherwise: another register, list or word of the templates.
    Template,
    /// Another version of the program.
    Program,
    /// The same reports with the same templates and program: other periods or boundaries were asked for.
    Options,
}

impl Cause {
    /// All causes, in the order in which one is chosen.
    pub const ALL: [Self; 9] = [
        Self::Correction,
        Self::RevisedReport,
        Self::NewFile,
        Self::RemovedFile,
        Self::Rule,
        Self::Plans,
        Self::Template,
        Self::Program,
        Self::Options,
    ];

    /// The code as it stands in the list of changes, and the key of its words.
    pub fn code(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::RevisedReport => "revised-report",
            Self::NewFile => "new-file",
            Self::RemovedFile => "removed-file",
            Self::Rule => "rule",
            Self::Plans => "plans",
            Self::Template => "template",
            Self::Program => "program",
            Self::Options => "options",
        }
    }
}

/// A figure that is not the same in both runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// As it was; none where it was not there.
    pub before: Option<FigureRow>,
    /// As it is; none where it is no longer there.
    pub after: Option<FigureRow>,
    /// Why.
    pub cause: Cause,
    /// The reports that it comes from, or the rules; sorted.
    pub because_of: Vec<String>,
}

impl Change {
    /// The figure, as it is where it is there.
    pub fn figure(&self) -> Option<&FigureRow> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// By how much the value changed, where both are there.
    pub fn difference(&self) -> Option<Decimal> {
        Some(self.after.as_ref()?.value - self.before.as_ref()?.value)
    }
}

/// What a reader of a figure sees of it.
fn seen(row: &FigureRow) -> impl PartialEq + use<'_> {
    let counts = (row.covered, row.provinces, &row.missing, row.implied);
    (row.value, &row.unit, row.status, row.qualifier, counts)
}

/// All figures that changed from the first run to the second, in the order of `figures.csv`.
pub fn changes(before: &Run, after: &Run) -> Vec<Change> {
    let (old, new) = (Side::of(before), Side::of(after));
    let mut changes = Vec::new();
    let mut gone = before.figures.iter().filter(|f| !new.figures.contains_key(f.id.as_str())).peekable();
    let position: FxHashMap<&str, usize> =
        before.figures.iter().enumerate().map(|(at, f)| (f.id.as_str(), at)).collect();
    let mut add = |from: Option<&FigureRow>, to: Option<&FigureRow>| {
        let (cause, because_of) = cause(&old, &new, from, to);
        changes.push(Change { before: from.cloned(), after: to.cloned(), cause, because_of });
    };
    for row in &after.figures {
        let was = old.figures.get(row.id.as_str()).copied();
        if let Some(at) = position.get(row.id.as_str()) {
            while let Some(lost) = gone.next_if(|f| position.get(f.id.as_str()).is_some_and(|p| p < at)) {
                add(Some(lost), None);
            }
        }
        if was.is_none_or(|was| seen(was) != seen(row)) {
            add(was, Some(row));
        }
    }
    for lost in gone {
        add(Some(lost), None);
    }
    changes
}

/// One run, ready to be looked up.
struct Side<'a> {
    run: &'a Run,
    figures: FxHashMap<&'a str, &'a FigureRow>,
    observations: FxHashMap<&'a str, &'a Observation>,
    /// Digest by file, of the reports that count.
    digests: FxHashMap<&'a str, &'a str>,
    known: FxHashSet<&'a str>,
    told: FxHashSet<(&'a str, &'a str, String)>,
}

impl<'a> Side<'a> {
    fn of(run: &'a Run) -> Self {
        let counted = || run.reports.iter().filter(|r| matches!(r.status.as_str(), "read" | "superseded"));
        Self {
            run,
            figures: run.figures.iter().map(|f| (f.id.as_str(), f)).collect(),
            observations: run.observations.iter().map(|o| (o.id.as_str(), o)).collect(),
            digests: counted().map(|r| (r.file.as_str(), r.digest.as_str())).collect(),
            known: counted().map(|r| r.digest.as_str()).collect(),
            told: counted().map(|r| whose(r)).collect(),
        }
    }

    /// The observations that a figure rests on, through what it was computed from.
    fn leaves(&self, figure: Option<&'a FigureRow>) -> BTreeSet<&'a str> {
        let (mut leaves, mut open) = (BTreeSet::new(), Vec::from_iter(figure));
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        while let Some(row) = open.pop() {
            if !seen.insert(row.id.as_str()) {
                continue;
            }
            leaves.extend(row.sources.iter().chain(&row.repeated).chain(&row.outranked).map(String::as_str));
            // Each id stands after the sign of its role.
            let parts = row.addends.iter().filter_map(|a| a.get(1..)).filter_map(|id| self.figures.get(id).copied());
            open.extend(parts);
        }
        leaves
    }

    /// Whether a figure rests on a plan that no report states.
    fn is_planned(&self, figure: Option<&'a FigureRow>) -> bool {
        let mut open = Vec::from_iter(figure);
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        while let Some(row) = open.pop() {
            if !row.plan_source.is_empty() {
                return true;
            }
            if seen.insert(row.id.as_str()) {
                let parts = row.addends.iter().filter_map(|a| a.get(1..));
                open.extend(parts.filter_map(|id| self.figures.get(id).copied()));
            }
        }
        false
    }

    fn report_of(&self, observation: &Observation) -> Option<&'a ReportRow> {
        self.run.reports.iter().find(|r| r.file == observation.file)
    }
}

/// The province and period of a report.
fn whose(report: &ReportRow) -> (&str, &str, String) {
    let period = report.period.map(|p| p.to_string()).unwrap_or_default();
    (&report.province_system, &report.province, period)
}

fn cause<'a>(
    old: &Side<'a>,
    new: &Side<'a>,
    before: Option<&'a FigureRow>,
    after: Option<&'a FigureRow>,
) -> (Cause, Vec<String>) {
    let (was, is) = (old.leaves(before), new.leaves(after));
    let mut found: BTreeMap<Cause, BTreeSet<String>> = BTreeMap::new();
    let sides = [(is, new, old, Cause::NewFile), (was, old, new, Cause::RemovedFile)];
    for (ids, own, other, alone) in sides {
        // What both runs know changed nothing, whether or not the figure rested on it before.
        let only_here = ids.iter().filter(|id| !other.observations.contains_key(**id));
        for o in only_here.filter_map(|id| own.observations.get(*id)) {
            let cause = if o.origin == Origin::Correction {
                Cause::Correction
            } else if own.digests.get(o.file.as_str()).is_some_and(|digest| other.known.contains(digest)) {
                Cause::Rule
            } else if own.report_of(o).is_some_and(|report| other.told.contains(&whose(report))) {
                Cause::RevisedReport
            } else {
                alone
            };
            let told = if cause == Cause::Rule { format!("{}: {}", o.file, o.rule) } else { o.file.clone() };
            found.entry(cause).or_default().insert(told);
        }
    }
    if let Some((cause, told)) = found.into_iter().next() {
        return (cause, told.into_iter().collect());
    }
    let cause = if old.run.side_files != new.run.side_files && (old.is_planned(before) || new.is_planned(after)) {
        Cause::Plans
    } else if old.run.templates != new.run.templates {
        Cause::Template
    } else if old.run.version != new.run.version {
        Cause::Program
    } else {
        Cause::Options
    };
    (cause, Vec::new())
}
