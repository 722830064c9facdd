//! Joins what is written into observations, and fills the ledger of numbers.

mod model;

pub use model::{Breakdown, Class, LedgerEntry, Measure, Observation, Origin, Qualifier, Status, UnknownCode};
