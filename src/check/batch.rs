//! Findings about files and between the reports of a run.

use crate::diagnostic::{Finding, Severity, Site};
use crate::input::Refusal;

fn whole(file: &str) -> Site {
    Site { file: file.to_owned(), ..Site::default() }
}

/// A file that is no report, or none that can be read.
pub fn refused(file: &str, refusal: &Refusal) -> Finding {
    match refusal {
        Refusal::Empty => Finding::new(Severity::Error, "refused-empty", whole(file)),
        Refusal::NotText(at) => Finding::new(Severity::Error, "refused-not-text", whole(file)).with("at", at.clone()),
        Refusal::Unsupported(kind) => {
            Finding::new(Severity::Error, "refused-unsupported", whole(file)).with("kind", kind.clone())
        }
        Refusal::Damaged(at) => Finding::new(Severity::Error, "refused-damaged", whole(file)).with("at", at.clone()),
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
