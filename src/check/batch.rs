//! Findings about files and between the reports of a run.

use rust_decimal::Decimal;

use super::printed::{Printed, Reading};
use super::rules::Rules;
use crate::diagnostic::{Finding, Severity, Site};
use crate::dictionary::register::Unit;
use crate::input::Refusal;
use crate::observation::{Observation, Origin};

fn whole(file: &str) -> Site {
    Site { file: file.to_owned(), ..Site::default() }
}

/// The last part of a path.
fn last(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// A file that is no report, or none that can be read.
pub fn refused(file: &str, refusal: &Refusal) -> Finding {
    match refusal {
        Refusal::Empty => Finding::new(Severity::Error, "refused-empty", whole(file)),
        Refusal::NotText(at) => Finding::new(Severity::Error, "refused-not-text", whole(file)).with("at", at.clone()),
        Refusal::Unsupported(kind) => Finding::new(Severity::Error, "refused-unsupported", whole(file))
            .with("kind", kind.clone())
            .with("name", last(file)),
        Refusal::Damaged(at) => Finding::new(Severity::Error, "refused-damaged", whole(file))
            .with("at", at.clone())
            .with("name", last(file)),
        Refusal::Broken(cause) => unreadable("reader-failed", file, cause),
        Refusal::Locked => Finding::new(Severity::Error, "refused-locked", whole(file)),
        Refusal::Scanned => Finding::new(Severity::Error, "refused-scanned", whole(file)),
        Refusal::LostLetters => Finding::new(Severity::Error, "refused-lost-letters", whole(file)),
        Refusal::TooLarge { limit, most } => Finding::new(Severity::Error, "refused-too-large", whole(file))
            .with("limit", limit.code())
            .with("most", most.to_string()),
    }
}

/// A file or folder that the system does not let us read, or a reader that broke down; `slug` says which.
pub fn unreadable(slug: &'static str, file: &str, cause: &str) -> Finding {
    Finding::new(Severity::Error, slug, whole(file)).with("cause", cause)
}

/// A report that is there twice.
pub fn duplicate(file: &str, kept: &str) -> Finding {
    let mut finding = Finding::new(Severity::Info, "duplicate", whole(file));
    finding.other = Some(whole(kept));
    finding
}

/// Of two reports for one province and period, the one that settles at lower rank. Where nothing but the file's name
/// tells which is later, a person must decide.
pub fn superseded(file: &str, kept: &str, told: bool) -> Finding {
    let (severity, slug) = if told { (Severity::Warning, "superseded") } else { (Severity::Error, "two-reports") };
    let mut finding = Finding::new(severity, slug, whole(file));
    finding.other = Some(whole(kept));
    finding
}

/// A row of a report list that names no file.
pub fn listed_file_missing(list: &str, line: usize, listed: &str) -> Finding {
    let site = Site { file: list.to_owned(), line, place: String::new(), quote: listed.to_owned() };
    Finding::new(Severity::Warning, "listed-file-missing", site)
}

/// A contradiction between a report and its later revision is none: the revision was made to change it.
pub fn settled_by_revision(conflict: Finding) -> Finding {
    Finding { severity: Severity::Info, check: "settled-by-revision", ..conflict }
}

/// Two values of one key that settling met within one report, looked at as they are printed.
///
/// Values that differ only by how they were rounded do not contradict each other. Of two sentences, values that no
/// slip of the hand connects and that are not near each other most likely speak of two things: a person is asked,
/// but it is no error of the report's. What another finding already offers as a likely cause is not told again.
pub fn within_reports(
    conflicts: Vec<Finding>,
    told: &[Finding],
    observations: &[Observation],
    rules: &Rules,
) -> Vec<Finding> {
    conflicts.into_iter().filter_map(|conflict| within_report(conflict, told, observations, rules)).collect()
}

fn within_report(conflict: Finding, told: &[Finding], observations: &[Observation], rules: &Rules) -> Option<Finding> {
    let Some(other) = conflict.other.clone() else { return Some(conflict) };
    if other.file != conflict.site.file || !matches!(conflict.check, "conflict" | "conflict-doubtful") {
        return Some(conflict);
    }
    let at = |site: &Site, value: &str| {
        let value = Decimal::from_str_exact(value).ok()?;
        observations.iter().find(|o| o.file == site.file && o.line == site.line && o.value == value)
    };
    let pair = at(&conflict.site, &conflict.stated).zip(at(&other, &conflict.expected));
    let Some((a, b)) = pair else { return Some(conflict) };
    if b.origin == Origin::Correction {
        // Two people say different things.
        return Some(conflict);
    }
    let explained = told.iter().flat_map(|f| f.causes.first()).any(|cause| {
        let turned = |from: &Observation, to: &Observation| {
            cause.observation == from.id && cause.value == to.value.normalize().to_string()
        };
        turned(a, b) || turned(b, a)
    });
    if explained {
        return None;
    }
    let print = |o: &Observation| {
        let percent = o.measure.is_percent() || o.unit == Unit::Percent.code();
        let reading = Reading { percent, level: false, qualifier: o.qualifier, reach: rules.reach };
        Printed::new(&o.stated, o.value, reading)
    };
    let (first, second) = (print(a), print(b));
    if first.interval().meets(second.interval()) {
        return Some(Finding { severity: Severity::Info, check: "restated-rounded", ..conflict });
    }
    let from_table = a.origin == Origin::Table || b.origin == Origin::Table;
    let slip = |from: &Printed, to: &Printed| from.edits().iter().any(|(_, p)| p.interval().meets(to.interval()));
    let greater = a.value.abs().max(b.value.abs());
    let near = (a.value - b.value).abs() <= greater * rules.near;
    if from_table || near || slip(&first, &second) || slip(&second, &first) {
        return Some(conflict);
    }
    Some(Finding { severity: Severity::Info, check: "told-apart", ..conflict })
}

/// A run over many values in which no relation could be checked: nothing was found wrong because nothing was looked at.
pub fn nothing_checked(checked: usize, values: usize, rules: &Rules) -> Option<Finding> {
    let silent = checked == 0 && values >= rules.least_values_to_check;
    silent.then(|| Finding::new(Severity::Warning, "nothing-checked", Site::default()))
}
