//! The files of a run, as bytes.

use rayon::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::failure::Failure;
use super::find::WORKBOOK_STEM;
use super::identity::revisions;
use super::run::Resources;
use super::staging::OutputFile;
use crate::annex::{AnnexError, AnnexInput, Layouts, Only, provinces_of, write_part, write_twin, write_workbook};
use crate::completeness::{Completeness, Mention, write_completeness_csv, write_mentions_csv, write_reporting_csv};
use crate::consolidate::{Boundaries, Consolidated, Input, Plan, consolidate, rows};
use crate::diagnostic::Finding;
use crate::dictionary::geography::ProvinceSystem;
use crate::observation::{LedgerEntry, Observation};
use crate::period::Period;
use crate::table::{
    FigureRow, ReportRow, TableError, write_figures_csv, write_findings_csv, write_ledger_csv, write_observations_csv,
    write_parquet, write_reports_csv,
};
use crate::text::bare;

/// All tables of a run.
pub(crate) struct Tables {
    pub(crate) observations: Vec<Observation>,
    pub(crate) ledger: Vec<LedgerEntry>,
    pub(crate) unmapped: Vec<(LedgerEntry, String)>,
    /// Indicators that reports speak of without a figure.
    pub(crate) mentions: Vec<Mention>,
    pub(crate) rows: Vec<ReportRow>,
    /// With their messages.
    pub(crate) findings: Vec<(Finding, String)>,
}

/// The least confidence of a value that needs no review.
pub(crate) fn review_threshold(resources: &Resources) -> Decimal {
    Decimal::from_f32(resources.dictionary.confidence.review).unwrap_or_default().round_dp(2)
}

/// What is to be shown of the figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    /// Periods wanted beside those that are reported.
    pub(crate) periods: &'a [Period],
    /// On which boundaries.
    pub(crate) boundaries: Boundaries,
}

/// Settles all observations into figures.
///
/// # Errors
/// When a step of consolidation fails: an error of the program.
pub(crate) fn settle(
    resources: &Resources,
    observations: &[Observation],
    reports: &[ReportRow],
    plans: &[Plan],
    view: View<'_>,
) -> Result<Consolidated, Failure> {
    with_input(resources, (observations, reports, plans), view, consolidate)
        .map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))
}

/// The rows of `figures.csv`.
pub(crate) fn figure_rows(
    resources: &Resources,
    tables: &Tables,
    plans: &[Plan],
    view: View<'_>,
    consolidated: &Consolidated,
) -> Vec<FigureRow> {
    with_input(resources, (&tables.observations, &tables.rows, plans), view, |input| rows(input, consolidated))
}

fn with_input<T>(
    resources: &Resources,
    (observations, reports, plans): (&[Observation], &[ReportRow], &[Plan]),
    view: View<'_>,
    work: impl FnOnce(&Input<'_>) -> T,
) -> T {
    work(&Input {
        observations,
        reports,
        register: &resources.dictionary.register,
        geography: &resources.dictionary.geography,
        wording: &resources.wording,
        plans,
        revisions: &revisions(reports),
        review_threshold: review_threshold(resources),
        periods: view.periods,
        boundaries: view.boundaries,
    })
}

/// Who reported what.
pub(crate) fn completeness(resources: &Resources, tables: &Tables) -> Completeness {
    Completeness::of(&crate::completeness::Input {
        reports: &tables.rows,
        observations: &tables.observations,
        mentions: &tables.mentions,
        geography: &resources.dictionary.geography,
        deadlines: &resources.deadlines,
    })
}

/// Name of the workbook of a period.
pub(crate) fn workbook_name(period: Period) -> String {
    format!("{WORKBOOK_STEM}{}.xlsx", period.file_stem())
}

/// What stands before the period in the names of twin workbooks.
pub(crate) const TWIN_INFIX: &str = "bang-";

/// The workbook of one period.
///
/// # Errors
/// When it cannot be made: an error of the program or of a layout.
pub(crate) fn workbook(
    resources: &Resources,
    layouts: &Layouts,
    tables: &Tables,
    consolidated: &Consolidated,
    completeness: &Completeness,
    period: Period,
) -> Result<OutputFile, Failure> {
    let made = write_workbook(&annex_input(resources, layouts, tables, consolidated, completeness, period));
    let bytes = made.map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))?;
    Ok(OutputFile { name: workbook_name(period), bytes })
}

/// How the sheets of a period are divided among workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Split {
    /// One workbook for the period.
    #[default]
    Period,
    /// One for each province.
    Province,
    /// One for each layout.
    Layout,
}

/// The workbooks of one period. Their names begin with the period, so that they sort.
fn workbooks(
    resources: &Resources,
    tables: &Tables,
    consolidated: &Consolidated,
    completeness: &Completeness,
    period: Period,
    split: Split,
) -> Result<Vec<OutputFile>, Failure> {
    let layouts = &resources.layouts;
    let input = annex_input(resources, layouts, tables, consolidated, completeness, period);
    let geography = &resources.dictionary.geography;
    let provinces = if split == Split::Province { provinces_of(&input) } else { Vec::new() };
    let parts: Vec<(String, Only<'_>)> = match split {
        Split::Period => return Ok(vec![workbook(resources, layouts, tables, consolidated, completeness, period)?]),
        Split::Layout => layouts.names().into_iter().map(|name| (name.to_owned(), Only::Layout(name))).collect(),
        Split::Province => {
            let name = |system, code: &str| geography.get(system, code).map(|p| p.name.clone()).unwrap_or_default();
            let of = |(system, code): &'_ (ProvinceSystem, String)| format!("{code}-{}", slug(&name(*system, code)));
            provinces.iter().map(|place| (of(place), Only::Province(place.0, &place.1))).collect()
        }
    };
    let stem = period.file_stem();
    let mut files = Vec::new();
    for (name, only) in parts {
        match write_part(&input, only) {
            Ok(bytes) => files.push(OutputFile { name: format!("{WORKBOOK_STEM}{stem}-{name}.xlsx"), bytes }),
            // A layout that has nothing to show in this period.
            Err(AnnexError::Empty(_)) => {}
            Err(error) => return Err(Failure::new("internal", &[("cause", &error.to_string())])),
        }
    }
    Ok(files)
}

/// A name for files: ASCII letters and digits in lower case, the words joined by hyphens.
fn slug(name: &str) -> String {
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(bare).collect();
    words.join("-")
}

/// The twin of the workbook of one period.
///
/// # Errors
/// As [`workbook`].
pub(crate) fn twin(
    resources: &Resources,
    layouts: &Layouts,
    tables: &Tables,
    consolidated: &Consolidated,
    completeness: &Completeness,
    period: Period,
) -> Result<OutputFile, Failure> {
    let made = write_twin(&annex_input(resources, layouts, tables, consolidated, completeness, period));
    let bytes = made.map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))?;
    Ok(OutputFile { name: format!("{WORKBOOK_STEM}{TWIN_INFIX}{}.xlsx", period.file_stem()), bytes })
}

fn annex_input<'a>(
    resources: &'a Resources,
    layouts: &'a Layouts,
    tables: &'a Tables,
    consolidated: &'a Consolidated,
    completeness: &'a Completeness,
    period: Period,
) -> AnnexInput<'a> {
    AnnexInput {
        period,
        consolidated,
        completeness,
        observations: &tables.observations,
        unmapped: &tables.unmapped,
        findings: &tables.findings,
        reports: &tables.rows,
        register: &resources.dictionary.register,
        geography: &resources.dictionary.geography,
        layouts,
    }
}

/// The tables and workbooks.
///
/// # Errors
/// When one of them cannot be made.
pub(super) fn render(
    resources: &Resources,
    tables: &Tables,
    consolidated: &Consolidated,
    figures: &(dyn Fn() -> Vec<FigureRow> + Sync),
    completeness: &Completeness,
    periods: &[Period],
    split: Split,
) -> Result<Vec<OutputFile>, Failure> {
    type Write<'a> = &'a (dyn Fn(&mut Vec<u8>) -> Result<(), TableError> + Sync);
    let writers: [(&str, Write<'_>); 9] = [
        ("completeness.csv", &|w| Ok(write_completeness_csv(w, completeness)?)),
        ("figures.csv", &|w| write_figures_csv(w, &figures())),
        ("findings.csv", &|w| write_findings_csv(w, &tables.findings)),
        ("ledger.csv", &|w| write_ledger_csv(w, &tables.ledger)),
        ("mentions.csv", &|w| Ok(write_mentions_csv(w, &tables.mentions)?)),
        ("observations.csv", &|w| write_observations_csv(w, &tables.observations)),
        ("observations.parquet", &|w| write_parquet(w, &tables.observations)),
        ("reporting.csv", &|w| Ok(write_reporting_csv(w, completeness)?)),
        ("reports.csv", &|w| write_reports_csv(w, &tables.rows)),
    ];
    let table = |(name, write): &(&str, Write<'_>)| -> Result<OutputFile, Failure> {
        let mut bytes = Vec::new();
        write(&mut bytes).map_err(|error| Failure::new("internal", &[("cause", &format!("{name}: {error}"))]))?;
        Ok(OutputFile { name: (*name).to_owned(), bytes })
    };
    let made = |period: &Period| workbooks(resources, tables, consolidated, completeness, *period, split);
    let (written, workbooks) = rayon::join(
        || writers.par_iter().map(table).collect::<Result<Vec<_>, Failure>>(),
        || periods.par_iter().map(made).collect::<Result<Vec<_>, Failure>>(),
    );
    let mut files = written?;
    files.extend(workbooks?.into_iter().flatten());
    Ok(files)
}
