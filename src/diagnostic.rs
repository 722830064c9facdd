//! Findings: what a person should know about a report, with a place, from birth to print.

use std::fmt;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know; changes nothing.
    Info,
    /// Should be looked at.
    Warning,
    /// Needs a person: exit status 1.
    Error,
}

impl Severity {
    /// The code as it stands in `findings.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A place in a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// Path relative to the input folder, with `/`.
    pub file: String,
    /// 1-based line of the extracted text; 0 for the file as a whole.
    pub line: usize,
    /// The place in words for people.
    pub place: String,
    /// The text there, as written.
    pub quote: String,
}

/// One edit of one number that would explain a contradiction. It is offered to a person, never applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// Id of the observation.
    pub observation: String,
    /// Where the number stands.
    pub site: Site,
    /// The number as written.
    pub from: String,
    /// As it would have to be written.
    pub to: String,
    /// The value it would have then, in the base unit.
    pub value: String,
    /// What kind of slip it undoes: `transposition`, `digit`, `magnitude`, `length`, `addend`.
    pub slip: &'static str,
    /// Broken relations that it mends.
    pub mends: usize,
    /// Other relations of the number that hold with it.
    pub holds: usize,
    /// Relations of the number that held and would not.
    pub breaks: usize,
}

/// One finding: a row of `findings.csv`. The message is rendered from `templates/messages/` by `check`, with
/// `args` for its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Severity.
    pub severity: Severity,
    /// Kebab-case name of the check; the key of its message.
    pub check: &'static str,
    /// Province code, or empty.
    pub province: String,
    /// Period, or empty.
    pub period: String,
    /// Where.
    pub site: Site,
    /// The other side of a contradiction.
    pub other: Option<Site>,
    /// What is stated.
    pub stated: String,
    /// What was expected.
    pub expected: String,
    /// Stated minus expected, where both are numbers.
    pub difference: String,
    /// Likely causes or choices in words, the likeliest first.
    pub candidates: Vec<String>,
    /// The likely causes, the likeliest first.
    pub causes: Vec<Cause>,
    /// Other contradictions that have the same cause, written with the numbers of the report.
    pub also: Vec<String>,
    /// Ids of the observations that it is about.
    pub observations: Vec<String>,
    /// Values for the placeholders of the message.
    pub args: Vec<(&'static str, String)>,
}

impl Finding {
    /// A finding about a place, with all else empty.
    pub fn new(severity: Severity, check: &'static str, site: Site) -> Self {
        Self {
            severity,
            check,
            province: String::new(),
            period: String::new(),
            site,
            other: None,
            stated: String::new(),
            expected: String::new(),
            difference: String::new(),
            candidates: Vec::new(),
            causes: Vec::new(),
            also: Vec::new(),
            observations: Vec::new(),
            args: Vec::new(),
        }
    }

    /// All its places: its own, the other side's, those of the likely causes.
    pub fn sites_mut(&mut self) -> impl Iterator<Item = &mut Site> {
        let causes = self.causes.iter_mut().map(|cause| &mut cause.site);
        std::iter::once(&mut self.site).chain(self.other.as_mut()).chain(causes)
    }

    /// Adds a value for a placeholder of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}
