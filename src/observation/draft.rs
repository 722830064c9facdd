//! An observation in the making: everything but the report's own facts and the id.

use std::ops::Range;

use rust_decimal::Decimal;

use super::model::{Measure, Origin, Qualifier, Status};
use crate::dictionary::geography::ProvinceSystem;
use crate::period::Period;

/// How a part stands to its whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartOf {
    /// Index of the whole among the drafts.
    pub whole: usize,
    /// Whether the wording says that the parts make up the whole.
    pub exhaustive: bool,
}

/// An observation in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Block of the document.
    pub block: usize,
    /// Sentence of the block.
    pub sentence: usize,
    /// Number tokens of the block that it owns.
    pub tokens: Range<usize>,
    /// Bytes of the number.
    pub span: Range<usize>,
    /// Tokens of the clause that states it, in its block.
    pub quote: Range<usize>,
    /// Position in the register.
    pub indicator: u16,
    /// Dimension and category.
    pub breakdown: Vec<(String, String)>,
    /// Which of the numbers it is.
    pub measure: Measure,
    /// The measure it is about.
    pub of: Option<Measure>,
    /// What a percentage or change is of, as written.
    pub base: String,
    /// Period; the report's own if `None`.
    pub period: Option<Period>,
    /// In the base unit.
    pub value: Decimal,
    /// How exact.
    pub qualifier: Qualifier,
    /// Estimate, forecast.
    pub status: Status,
    /// Where it stands.
    pub origin: Origin,
    /// Confidence, 0 to 1.
    pub confidence: f32,
    /// What matched.
    pub rule: String,
    /// For a part: its whole.
    pub part_of: Option<PartOf>,
    /// For a percentage, a change, a plan or an amount: the value that it is about, by its index among the drafts.
    /// In a table the row tells.
    pub about: Option<usize>,
    /// Whether it opens a new statement rather than belonging to a value before it.
    pub is_main: bool,
    /// For a table: the place in words.
    pub place: Option<String>,
    /// For a row of a table of provinces: the code of its province, and the list that the code belongs to.
    pub province: Option<(String, ProvinceSystem)>,
    /// The readings that its words allow, with their scores, the best first.
    pub candidates: Vec<(u16, f32)>,
}

/// Why a number stayed without an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmapped {
    /// Kebab-case reason.
    pub reason: &'static str,
    /// The best readings with their scores.
    pub candidates: Vec<(u16, f32)>,
}
