//! From statements to figures: settling, yearly plans, totals over provinces.
//!
//! Observations flow in, of any number of provinces and periods; figures with their sources, totals of regions
//! and of the country with their members, and findings about contradictions flow out. Grouping and summing are
//! done by Polars on exact decimals; nothing here is ever a binary float.

mod derive;
mod growth;
mod key;
mod lookup;
mod merge;
mod model;
mod paths;
mod plans;
mod rows;
mod settle;
mod stock;
mod targets;
mod totals;
mod wording;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

pub use key::{FigureKey, canonical};
pub use lookup::{Cell, Consolidated};
pub use model::{Addend, Against, Area, Basis, Comparison, Figure, Growth, Partial, Role, Settled, Total, TotalGrowth};
pub use plans::{Plan, read_plans};
pub use rows::rows;
pub use wording::Wording;

use crate::diagnostic::{Finding, Severity};
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::register::Register;
use crate::observation::{Measure, Observation};
use crate::period::Period;
use crate::table::ReportRow;
use polars::prelude::PolarsError;
use rust_decimal::Decimal;

/// On which boundaries figures of the time before the merger of provinces are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Boundaries {
    /// Those of the list in force in each period.
    #[default]
    AsReported,
    /// The 34 provinces since July 2025, for the whole series.
    New,
}

/// What consolidation works from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// All observations of the run. Those without a province, a period or a known indicator take no part.
    pub observations: &'a [Observation],
    /// The reports they come from, which say the calendar they count by; may be empty.
    pub reports: &'a [ReportRow],
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
    /// Periods that figures are wanted of, beside those that are reported: the plan of the year is carried to them.
    pub periods: &'a [Period],
    /// On which boundaries figures of the time before the merger are shown.
    pub boundaries: Boundaries,
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

/// Settles the observations into figures; adds the yearly plans, what other periods and merged provinces give, the
/// totals and the growth.
///
/// # Errors
/// When Polars cannot do a step.
pub fn consolidate(input: &Input<'_>) -> Result<Consolidated, ConsolidateError> {
    let (mut figures, mut findings) = settle::settle(input)?;
    note_calendars(input, &mut figures);
    plans::add_plans(input, &mut figures, &mut findings);
    targets::implied(input, &mut figures);
    let asked = asked(input);
    targets::carry(input, &mut figures, &asked);
    let mut derive = |system: ProvinceSystem, figures: &mut Vec<Figure>| -> Result<(), ConsolidateError> {
        derive::flows(input, system, figures, &mut findings)?;
        stock::stocks(input, system, &asked, figures, &mut findings);
        Ok(())
    };
    derive(ProvinceSystem::P63, &mut figures)?;
    if input.boundaries == Boundaries::New {
        let mut told = Vec::new();
        merge::merge(input, &mut figures, &mut told)?;
        derive(ProvinceSystem::P34, &mut figures)?;
        findings.append(&mut told);
    } else {
        derive(ProvinceSystem::P34, &mut figures)?;
    }
    stock::rates(input, &mut figures, &mut findings);
    lookup::sort_figures(&mut figures, input.register, input.geography);
    let totals = totals::totals(input, &figures)?;
    let growths = growth::growths(input, &figures, &mut findings);
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
    findings
        .dedup_by(|a, b| (a.check, &a.site, &a.other) == (b.check, &b.site, &b.other) && a.check == "derived-negative");
    Ok(Consolidated::new(input, figures, totals, growths, findings))
}

/// Marks the figures of reports that count from the 15th to the 14th.
fn note_calendars(input: &Input<'_>, figures: &mut [Figure]) {
    let files: BTreeSet<&str> =
        input.reports.iter().filter(|r| r.calendar == "administrative").map(|r| r.file.as_str()).collect();
    for figure in figures {
        let sources = figure.sources.iter().filter_map(|at| input.observations.get(*at));
        figure.administrative = sources.into_iter().any(|o| files.contains(o.file.as_str()));
    }
}

/// The periods that figures are wanted of: those that reports name, those of results, and those asked for.
fn asked(input: &Input<'_>) -> BTreeSet<Period> {
    let named = input.observations.iter().filter(|o| o.measure != Measure::Plan).filter_map(|o| o.period);
    let reported = input.reports.iter().filter_map(|r| r.period);
    named.chain(reported).chain(input.periods.iter().copied()).collect()
}

/// A finding about a figure that something else gives otherwise: both places, and the value computed.
fn remark(
    check: &'static str,
    input: &Input<'_>,
    figure: &Figure,
    other: Option<&Figure>,
    computed: Decimal,
) -> Option<Finding> {
    let observation = |figure: &Figure| figure.sources.first().and_then(|at| input.observations.get(*at));
    let own = observation(figure)?;
    let text = |value: Decimal| value.normalize().to_string();
    let mut finding = Finding::new(Severity::Warning, check, settle::site(own))
        .with("indicator", input.register.get(&figure.key.indicator)?.name.clone())
        .with("breakdown", figure.key.breakdown.to_string());
    finding.province.clone_from(&figure.key.province);
    finding.period = own.period.unwrap_or(figure.key.period).to_string();
    finding.other = other.and_then(observation).map(settle::site);
    finding.stated = text(figure.value);
    finding.expected = text(computed);
    finding.difference = text(figure.value - computed);
    Some(finding)
}
