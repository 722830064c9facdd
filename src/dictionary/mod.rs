//! What an office may change: the template files, read, checked and compiled.

mod abbreviation;
pub mod builtin;
mod compile;
mod confidence;
pub mod geography;
pub mod marker;
mod model;
#[allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "every position comes from a search in the same row or word"
)]
pub mod phrase;
pub mod regions;
pub mod register;
mod report_rules;
pub mod schema;
pub mod templates;
mod trie;
pub mod wording;

pub use confidence::{Confidence, Losses, Scores};
pub use model::{
    Call, Category, Dictionary, Dimension, Exclusion, IndicatorRules, OTHER, Part, Scale, Shape, Tag, TermId,
    UnitClass, UnitWord, Wording,
};
pub use report_rules::ReportRules;
