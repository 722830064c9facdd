//! What a person decides about the readings and findings of a run: out as a workbook to fill in, back as corrections,
//! and onto the readings of a report.
//!
//! The tables of a run flow out as `review.xlsx`; the filled workbook flows in as [`Correction`]s. Each is bound to
//! the digest of the report, the place and the rule that read it, so that it is applied to the same reading on every
//! run, and to no other. Reports are never changed.

mod apply;
mod choice;
mod read;
mod sheet;
mod write;

pub use apply::{Applied, NumberFacts, REJECTED, Report, Revised, apply, correction_rule, number_facts};
pub use read::{Fault, read_corrections};
pub use write::{FindingItem, NumberItem, ReviewError, ReviewInput, Side, write_review};

use rust_decimal::Decimal;

use crate::observation::{Breakdown, Measure, Observation};
use crate::period::Period;

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// The reading, or the finding, is right.
    Accept,
    /// The number is no statistic; the finding is no contradiction.
    Reject,
    /// Another reading is right.
    Correct,
}

impl Decision {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Accept, Self::Correct, Self::Reject];

    /// The code, as it stands in `corrections.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Correct => "correct",
        }
    }
}

/// How a number is read: the part of an observation that a person may correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Id in the register.
    pub indicator: String,
    /// Empty for the total.
    pub breakdown: Breakdown,
    /// Which of the numbers it is.
    pub measure: Measure,
    /// Reference period; `None` where it could not be told.
    pub period: Option<Period>,
    /// In the base unit.
    pub value: Decimal,
}

impl Reading {
    /// The reading that an observation is.
    pub fn of(observation: &Observation) -> Self {
        Self {
            indicator: observation.indicator.clone(),
            breakdown: observation.breakdown.clone(),
            measure: observation.measure,
            period: observation.period,
            value: observation.value,
        }
    }
}

/// What a correction changes; what is `None` stays as it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Id in the register.
    pub indicator: Option<String>,
    /// Breakdown; the empty one for the total.
    pub breakdown: Option<Breakdown>,
    /// Measure.
    pub measure: Option<Measure>,
    /// Period.
    pub period: Option<Period>,
    /// Value in the base unit.
    pub value: Option<Decimal>,
}

impl Change {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The report and the place that a decision is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bound {
    /// Digest of the report's bytes.
    pub digest: String,
    /// The report's name in the run that was reviewed.
    pub file: String,
    /// 1-based line of the extracted text; 0 for the file as a whole.
    pub line: usize,
    /// First byte of the number there.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The number as written.
    pub stated: String,
    /// The clause, as written.
    pub quote: String,
}

/// What is decided about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A number that became an observation.
    Observation {
        /// What in the dictionary matched.
        rule: String,
        /// How it was read.
        reading: Reading,
    },
    /// A number that no indicator took.
    Unmapped {
        /// Code of the reason in the ledger.
        reason: String,
    },
    /// A finding.
    Finding {
        /// Name of the check.
        check: String,
        /// What is stated.
        stated: String,
        /// What was expected.
        expected: String,
        /// The text on the other side.
        other_quote: String,
    },
}

/// One decision of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Report and place.
    pub bound: Bound,
    /// About what.
    pub subject: Subject,
    /// What was decided.
    pub decision: Decision,
    /// The other reading, for [`Decision::Correct`].
    pub change: Change,
    /// Who decided, as given.
    pub name: String,
    /// Why, as given.
    pub reason: String,
    /// When, as given: `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`.
    pub time: String,
    /// Where it is written down: file, sheet and row.
    pub source: String,
}

impl Correction {
    /// Whether both are about one reading of one place, or one finding.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        let place = |c: &Self| (c.bound.digest.clone(), c.bound.start, c.bound.end, c.bound.quote.clone());
        let same_kind = match (&self.subject, &other.subject) {
            (Subject::Observation { reading: a, .. }, Subject::Observation { reading: b, .. }) => {
                (&a.indicator, &a.breakdown, a.measure) == (&b.indicator, &b.breakdown, b.measure)
            }
            (Subject::Unmapped { .. }, Subject::Unmapped { .. }) => true,
            (Subject::Finding { .. }, Subject::Finding { .. }) => self.subject == other.subject,
            _ => false,
        };
        same_kind && place(self) == place(other)
    }
}

/// Of several decisions about one thing, the one that counts is the last by time, and of one time the last given;
/// gives those that count, and those that they replace.
pub fn latest(corrections: Vec<Correction>) -> (Vec<Correction>, Vec<Correction>) {
    let (mut counting, mut replaced): (Vec<Correction>, Vec<Correction>) = (Vec::new(), Vec::new());
    for correction in corrections {
        match counting.iter_mut().find(|known| known.is_about_the_same(&correction)) {
            Some(known) if known.time > correction.time => replaced.push(correction),
            Some(known) => replaced.push(std::mem::replace(known, correction)),
            None => counting.push(correction),
        }
    }
    (counting, replaced)
}
