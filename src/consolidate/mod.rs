//! From statements to figures: settling, yearly plans, totals over provinces.
//!
//! Observations flow in, of any number of provinces and periods; figures with their sources, totals of regions
//! and of the country with their members, and findings about contradictions flow out. Grouping and summing are
//! done by Polars on exact decimals; nothing here is ever a binary float.

mod key;
mod model;
mod plans;
mod settle;
mod totals;
mod wording;

#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

pub use key::{FigureKey, canonical};
pub use model::{Area, Cell, Consolidated, Figure, Settled, Total};
pub use plans::{Plan, read_plans};
pub use wording::Wording;

use crate::dictionary::geography::Geography;
use crate::dictionary::register::Register;
use crate::observation::Observation;
use polars::prelude::PolarsError;
use rust_decimal::Decimal;

/// What consolidation works from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// All observations of the run. Those without a province, a period or a known indicator take no part.
    pub observations: &'a [Observation],
    /// The register of indicators.
    pub register: &'a Register,
    /// The provinces of both lists.
    pub geography: &'a Geography,
    /// The words that settling looks at.
    pub wording: &'a Wording,
    /// Yearly plans from `plans.csv`; may be empty.
    pub plans: &'a [Plan],
    /// Revision of a report by its file: 0, or absent, for a first issue. A higher one outranks a lower one.
    pub revisions: &'a FxHashMap<String, u32>,
    /// The least confidence of a value that needs no review.
    pub review_threshold: Decimal,
}

/// A step of consolidation that Polars could not do: an error of the program, not of a report.
#[derive(Debug, thiserror::Error)]
#[error("consolidation, {step}: {source}")]
pub struct ConsolidateError {
    /// What was being computed.
    pub step: &'static str,
    /// The cause.
    pub source: PolarsError,
}

impl ConsolidateError {
    fn step(step: &'static str) -> impl FnOnce(PolarsError) -> Self {
        move |source| Self { step, source }
    }
}

/// Settles the observations into figures, adds the yearly plans and the totals.
///
/// # Errors
/// When Polars cannot do a step.
pub fn consolidate(input: &Input<'_>) -> Result<Consolidated, ConsolidateError> {
    let (mut figures, mut findings) = settle::settle(input)?;
    plans::add_plans(input, &mut figures, &mut findings);
    model::sort_figures(&mut figures, input.register, input.geography);
    let totals = totals::totals(input, &figures)?;
    findings.sort_by(|a, b| {
        (&a.province, &a.period, &a.site, a.check, &a.other, &a.stated).cmp(&(
            &b.province,
            &b.period,
            &b.site,
            b.check,
            &b.other,
            &b.stated,
        ))
    });
    Ok(Consolidated::new(figures, totals, findings))
}
