//! Figures to the workbook that an office hands in.
//!
//! Consolidated figures flow in with layouts (`annex/*.toml`), words and a theme; the bytes of one workbook for one
//! period flow out. Each layout becomes one sheet, or one for each province or field of work. Sheets are laid out
//! as typed cells first; a number is a true number with a link to its sources, a total is a live formula with our
//! exact result.

mod book;
mod domain;
mod furniture;
mod labels;
mod layout;
mod province;
mod records;
mod sheet;
mod source;
mod theme;
mod write;

use std::collections::BTreeSet;

pub use layout::Layouts;

use crate::completeness::Completeness;
use crate::consolidate::Consolidated;
use crate::diagnostic::Finding;
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::register::Register;
use crate::observation::{LedgerEntry, Observation};
use crate::period::Period;
use crate::table::ReportRow;
use book::Book;
use labels::roman;
use layout::{Layout, Rows};
use sheet::Sheet;

/// What a workbook is made from.
#[derive(Debug, Clone, Copy)]
pub struct AnnexInput<'a> {
    /// The period of the workbook.
    pub period: Period,
    /// The figures of the run; those of other periods are left out, unless a report of this period states them:
    /// then they stand in the table of sources.
    pub consolidated: &'a Consolidated,
    /// Who reported what.
    pub completeness: &'a Completeness,
    /// The observations that the figures point to.
    pub observations: &'a [Observation],
    /// Numbers that no indicator took, each with the clause it stands in.
    pub unmapped: &'a [(LedgerEntry, String)],
    /// All findings of the run with their messages, in the order of `findings.csv`.
    pub findings: &'a [(Finding, String)],
    /// All reports of the run.
    pub reports: &'a [ReportRow],
    /// The register of indicators.
    pub register: &'a Register,
    /// The provinces of both lists.
    pub geography: &'a Geography,
    /// Layouts, words and look.
    pub layouts: &'a Layouts,
}

/// A workbook that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AnnexError {
    /// The writer refused something: an error of the program or of a layout.
    #[error("workbook of {period}: {source}")]
    Write {
        /// The period of the workbook.
        period: Period,
        /// The cause.
        source: rust_xlsxwriter::XlsxError,
    },
    /// No layout gave a sheet.
    #[error("workbook of {0}: the layouts under annex/ give no sheet")]
    Empty(Period),
}

/// One sheet to be laid out.
enum Wanted<'a> {
    Province(&'a Layout, ProvinceSystem, String),
    Field(&'a Layout, domain::Field<'a>),
    List(&'a Layout),
}

impl Wanted<'_> {
    fn layout(&self) -> &Layout {
        match self {
            Self::Province(layout, ..) | Self::Field(layout, _) | Self::List(layout) => layout,
        }
    }
}

/// The bytes of the workbook of one period. The same input gives the same bytes.
///
/// # Errors
/// When no layout gives a sheet, or the file cannot be written.
pub fn write_workbook(input: &AnnexInput<'_>) -> Result<Vec<u8>, AnnexError> {
    let (sheets, sources) = lay_out(input);
    if sheets.is_empty() {
        return Err(AnnexError::Empty(input.period));
    }
    let book = write::Book {
        theme: &input.layouts.theme,
        sources: sources.as_deref(),
        source_row: &input.layouts.labels.word.source_row,
        period: input.period,
    };
    write::write(&book, &sheets).map_err(|source| AnnexError::Write { period: input.period, source })
}

/// The sheets of the workbook, and the name of the sheet of sources.
fn lay_out(input: &AnnexInput<'_>) -> (Vec<Sheet>, Option<String>) {
    let mut book = Book::new(input);
    let wanted = wanted(&book);
    // An annex is numbered only where there are several.
    let numbered = wanted.iter().filter(|w| w.layout().lines().heading.contains("{number}")).count();
    let mut number = 0;
    let mut next_number = |layout: &Layout| {
        if numbered < 2 || !layout.lines().heading.contains("{number}") {
            return String::new();
        }
        number += 1;
        roman(number)
    };
    let listed = wanted.iter().find(|w| w.layout().rows == Rows::Sources).map(Wanted::layout);
    if let Some(layout) = listed {
        let first = records::first_row(&book, layout, "");
        let lines = book.source_lines();
        for (row, line) in (first..).zip(&lines) {
            book.source_rows.entry(line.figure).or_insert(row);
        }
    }
    let mut taken = BTreeSet::new();
    let mut sources = None;
    let mut sheets = Vec::new();
    for wanted in &wanted {
        let number = next_number(wanted.layout());
        let template = wanted.layout().sheet_name.get_ref();
        let period = book.period_words(input.period);
        let (sheet, values) = match wanted {
            Wanted::Province(layout, system, code) => {
                let sheet = province::lay_out(&book, layout, (*system, code), &number);
                (sheet, ("province", book.province(*system, code)))
            }
            Wanted::Field(layout, field) => {
                let name = layout.short_name(field.domain).unwrap_or(field.domain).to_owned();
                (Some(domain::lay_out(&book, layout, field, &number)), ("domain", name))
            }
            Wanted::List(layout) => (Some(records::lay_out(&book, layout, &number)), ("", String::new())),
        };
        let Some(mut sheet) = sheet else { continue };
        let year = input.period.year.to_string();
        let filling = [(values.0, values.1.as_str()), ("period", &period), ("year", &year), ("number", &number)];
        sheet.name = Book::sheet_name(template, &filling, &mut taken);
        if wanted.layout().rows == Rows::Sources {
            sources = Some(sheet.name.clone());
        }
        sheets.push(sheet);
    }
    (sheets, sources)
}

/// The sheets that the layouts ask for, in their order.
fn wanted<'a>(book: &Book<'a>) -> Vec<Wanted<'a>> {
    let mut wanted = Vec::new();
    for layout in &book.input.layouts.layouts {
        match layout.rows {
            Rows::Indicators => {
                for system in book.systems() {
                    for province in book.input.geography.provinces(system) {
                        let own = |at: &usize| {
                            book.figure(*at).is_some_and(|f| f.key.system == system && f.key.province == province.code)
                        };
                        if book.figures.iter().any(own) {
                            wanted.push(Wanted::Province(layout, system, province.code.clone()));
                        }
                    }
                }
            }
            Rows::Provinces => {
                for system in book.systems() {
                    let fields = domain::fields(book, layout, system);
                    wanted.extend(fields.into_iter().map(|field| Wanted::Field(layout, field)));
                }
            }
            Rows::Sources | Rows::Findings | Rows::Unmapped | Rows::Reports => wanted.push(Wanted::List(layout)),
        }
    }
    wanted
}
