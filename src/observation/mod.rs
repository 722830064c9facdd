//! Joins what is written into observations, and fills the ledger of numbers.

mod breakdown;
mod candidates;
mod draft;
mod extract;
mod legend;
mod link;
mod model;
mod reach;
mod sums;
mod table;
mod time;

pub use draft::{Draft, PartOf, Unmapped};
pub use extract::{Extraction, extract};
pub use model::{
    Breakdown, CORRECTION_RULE, Class, LedgerEntry, Measure, Observation, Origin, Qualifier, Status, UnknownCode,
};
