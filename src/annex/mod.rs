//! Figures to the workbook that an office hands in.
//!
//! Consolidated figures flow in with layouts (`annex/*.toml`), words and a theme; the bytes of one workbook for one
//! period flow out. Each layout becomes one sheet, or one for each province, field of work, indicator or region.
//!
//! A grid is made in steps: the trees of its rows and columns are expanded (`expand`), each cell asks for what both
//! fix together (`select`), what has no figure falls away (`grid`), the rest is put on paper (`place`, `furniture`),
//! totals and ratios as live formulas over the cells that are there (`live`). `write` alone knows the file format. A
//! number is a true number with a link to its sources, a formula carries our exact result.

mod book;
mod expand;
mod formula;
mod furniture;
mod grid;
mod labels;
mod layout;
mod list;
mod live;
mod node;
mod place;
mod records;
mod remarks;
mod select;
mod sheet;
mod source;
mod theme;
mod twin;
mod write;

use std::collections::BTreeSet;

pub use layout::Layouts;

use rayon::prelude::*;

use crate::completeness::Completeness;
use crate::consolidate::Consolidated;
use crate::diagnostic::Finding;
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::regions::Region;
use crate::dictionary::register::Register;
use crate::observation::{LedgerEntry, Observation};
use crate::period::Period;
use crate::table::ReportRow;
use book::Book;
use grid::{For, Grid, grids};
use labels::roman;
use layout::{ForEach, Layout};
use list::List;
use live::Elsewhere;
use place::{Placed, finish, place};
use select::{Place, Selection};
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

/// A sheet whose content is known.
enum Built<'a> {
    Grid(Box<Grid<'a>>),
    List(&'a Layout, List),
}

impl Built<'_> {
    fn layout(&self) -> &Layout {
        match self {
            Self::Grid(grid) => grid.layout,
            Self::List(layout, _) => layout,
        }
    }
}

/// A sheet that has its name and its lines above.
enum Named<'a> {
    Grid(Box<Placed<'a>>, String),
    List(Box<Sheet>),
}

/// Which of the sheets of a period a workbook holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only<'a> {
    /// All of them.
    Everything,
    /// Those made for one province, and its sources.
    Province(ProvinceSystem, &'a str),
    /// Those of one layout, by the name of its file, and the sources.
    Layout(&'a str),
}

/// The bytes of the workbook of one period. The same input gives the same bytes.
///
/// # Errors
/// When no layout gives a sheet, or the file cannot be written.
pub fn write_workbook(input: &AnnexInput<'_>) -> Result<Vec<u8>, AnnexError> {
    write_part(input, Only::Everything)
}

/// The provinces that a workbook of the period has sheets for, in regional order.
pub fn provinces_of(input: &AnnexInput<'_>) -> Vec<(ProvinceSystem, String)> {
    let book = Book::new(input);
    let mut provinces = Vec::new();
    for system in book.systems() {
        let own = input.geography.provinces(system).filter(|p| book.has_province(system, &p.code));
        provinces.extend(own.map(|p| (system, p.code.clone())));
    }
    provinces
}

/// The bytes of a workbook with some of the sheets of a period.
///
/// # Errors
/// As [`write_workbook`]; also where the sheets asked for have nothing to show.
pub fn write_part(input: &AnnexInput<'_>, only: Only<'_>) -> Result<Vec<u8>, AnnexError> {
    let (sheets, sources) = lay_out(input, only);
    if sheets.is_empty() {
        return Err(AnnexError::Empty(input.period));
    }
    let book = write::Book {
        theme: &input.layouts.theme,
        sources: sources.as_deref(),
        source_row: &input.layouts.labels.word.source_row,
        figures: &input.layouts.labels.word.figures,
        period: input.period,
    };
    write::write(&book, &sheets).map_err(|source| AnnexError::Write { period: input.period, source })
}

/// The bytes of the twin of that workbook for machines and screen readers: each grid as a table with one row of
/// headings, and a sheet of notes. The same input gives the same bytes.
///
/// # Errors
/// When no layout gives a grid, or the file cannot be written.
pub fn write_twin(input: &AnnexInput<'_>) -> Result<Vec<u8>, AnnexError> {
    let book = Book::new(input);
    let (mut taken, mut twins) = (BTreeSet::new(), Vec::new());
    // The sheet of notes comes first.
    Book::sheet_name(&book.labels().word.notes, &[], &mut taken);
    for sheet in built(&book) {
        let template = sheet.layout().sheet_name.get_ref();
        let name = Book::sheet_name(template, &naming(&book, &sheet, ""), &mut taken);
        if let Built::Grid(grid) = sheet {
            let placed = place(&book, *grid, "", &name);
            twins.push(twin::twin(&book, &placed.grid, &name, &placed.filling));
        }
    }
    if twins.is_empty() {
        return Err(AnnexError::Empty(input.period));
    }
    twin::write(&book, &twins).map_err(|source| AnnexError::Write { period: input.period, source })
}

/// The sheets of the workbook, and the name of the sheet of sources.
fn lay_out(input: &AnnexInput<'_>, only: Only<'_>) -> (Vec<Sheet>, Option<String>) {
    let mut book = Book::new(input);
    if let Only::Province(system, code) = only {
        let figures = book.figures.iter().copied();
        let own =
            figures.filter(|at| book.figure(*at).is_some_and(|f| f.key.system == system && f.key.province == code));
        book = Book::of(input, own.collect());
    }
    let mut built = built(&book);
    if only != Only::Everything {
        built.retain(|sheet| is_asked_for(sheet, only));
        // Sources of nothing are no workbook.
        if built.iter().all(|sheet| matches!(sheet, Built::List(..))) {
            return (Vec::new(), None);
        }
    }
    // An annex is numbered only where there are several.
    let is_numbered = |layout: &Layout| layout.lines().heading.contains("{number}");
    let several = built.iter().filter(|sheet| is_numbered(sheet.layout())).count() > 1;
    let listed = built.iter().find_map(|sheet| match sheet {
        Built::List(layout, List::Sources) => Some(*layout),
        _ => None,
    });
    if let Some(layout) = listed {
        let first = records::first_row(&book, layout);
        let lines = book.source_lines();
        for (row, line) in (first..).zip(&lines) {
            book.source_rows.entry(line.figure).or_insert(row);
        }
    }
    let (mut taken, mut count, mut sources) = (BTreeSet::new(), 0, None);
    let mut numbered: Vec<(Built<'_>, String, String)> = Vec::new();
    for sheet in built {
        let layout = sheet.layout();
        let number = if several && is_numbered(layout) {
            count += 1;
            roman(count)
        } else {
            String::new()
        };
        let name = Book::sheet_name(layout.sheet_name.get_ref(), &naming(&book, &sheet, &number), &mut taken);
        if matches!(sheet, Built::List(_, List::Sources)) {
            sources = Some(name.clone());
        }
        numbered.push((sheet, number, name));
    }
    let numbered = numbered.into_par_iter();
    let sheets: Vec<Named<'_>> = numbered.map(|(sheet, number, name)| named(&book, sheet, &number, name)).collect();
    let mut elsewhere = Elsewhere::default();
    for sheet in &sheets {
        if let Named::Grid(placed, name) = sheet {
            elsewhere.add(&placed.grid, &placed.spots, name);
        }
    }
    let finished = sheets.into_par_iter().map(|sheet| match sheet {
        Named::Grid(placed, _) => finish(&book, *placed, &elsewhere),
        Named::List(sheet) => *sheet,
    });
    (finished.collect(), sources)
}

/// A sheet with its name and the lines above, the table of a list too.
fn named<'a>(book: &Book<'a>, sheet: Built<'a>, number: &str, name: String) -> Named<'a> {
    match sheet {
        Built::Grid(grid) => Named::Grid(Box::new(place(book, *grid, number, &name)), name),
        Built::List(layout, list) => {
            Named::List(Box::new(Sheet { name, ..records::lay_out(book, layout, list, number) }))
        }
    }
}

/// Whether a sheet belongs to a part of the workbook.
fn is_asked_for(sheet: &Built<'_>, only: Only<'_>) -> bool {
    match (sheet, only) {
        (_, Only::Everything) => true,
        (Built::List(_, list), _) => *list == List::Sources,
        (Built::Grid(grid), Only::Layout(name)) => grid.layout.file == name,
        (Built::Grid(grid), Only::Province(_, code)) => {
            matches!(grid.whom.selection.place, Some(Place::Province(province)) if province.code == code)
        }
    }
}

/// The values for the placeholders of a sheet's name.
fn naming<'s>(book: &Book<'_>, sheet: &Built<'_>, number: &str) -> Vec<(&'s str, String)> {
    let period = book.input.period;
    let mut values = vec![
        ("period", book.period_words(period)),
        ("Period", labels::capital(&book.period_words(period))),
        ("year", period.year.to_string()),
        ("number", number.to_owned()),
    ];
    if let Built::Grid(grid) = sheet {
        let short = |id: &str, name: &str| grid.layout.short_name(id).unwrap_or(name).to_owned();
        if let Some((id, name)) = grid.whom.field {
            values.push(("field", short(id, name)));
        }
        if let Some(indicator) = grid.whom.selection.indicator {
            values.push(("indicator", short(&indicator.id, &indicator.name)));
            values.push(("field", short(indicator.domain(), &indicator.domain_name)));
        }
        if let Some(Place::Province(province)) = grid.whom.selection.place {
            values.push(("province", province.name.clone()));
        }
        if let Some(region) = grid.whom.region {
            values.push(("region", region.to_owned()));
        }
    }
    values
}

/// The sheets that the layouts give, in their order.
fn built<'a>(book: &Book<'a>) -> Vec<Built<'a>> {
    let layouts: Vec<&Layout> =
        book.input.layouts.layouts.iter().filter(|layout| layout.is_for(book.input.period)).collect();
    let of = |layout: &&'a Layout| -> Vec<Built<'a>> {
        let layout = *layout;
        if let Some(list) = layout.list {
            return vec![Built::List(layout, list)];
        }
        let wanted: Vec<(ProvinceSystem, For<'a>)> = book
            .systems()
            .into_iter()
            .flat_map(|system| whom(book, layout, system).into_iter().map(move |w| (system, w)))
            .collect();
        let grids = wanted.par_iter().flat_map_iter(|(system, whom)| grids(book, layout, *system, whom));
        grids.map(|grid| Built::Grid(Box::new(grid))).collect()
    };
    layouts.par_iter().flat_map_iter(of).collect()
}

/// What a layout makes sheets for.
fn whom<'a>(book: &Book<'a>, layout: &'a Layout, system: ProvinceSystem) -> Vec<For<'a>> {
    let at = |place| Selection { place: Some(place), ..Selection::default() };
    let input = book.input;
    match layout.for_each {
        None => vec![For::default()],
        Some(ForEach::Provinces) => input
            .geography
            .provinces(system)
            .filter(|province| book.has_province(system, &province.code))
            .map(|province| For { selection: at(Place::Province(province)), ..For::default() })
            .collect(),
        Some(ForEach::Regions) => {
            let region = |region: &'a Region| For {
                selection: at(Place::Region(region.order)),
                region: Some(&region.name),
                ..For::default()
            };
            input.geography.regions(system).map(region).collect()
        }
        Some(ForEach::Fields) => {
            let mut fields: Vec<(&str, &str)> =
                input.register.indicators().iter().map(|i| (i.domain(), i.domain_name.as_str())).collect();
            fields.dedup();
            fields.into_iter().map(|field| For { field: Some(field), ..For::default() }).collect()
        }
        Some(ForEach::Indicators) => {
            let listed = layout.indicators.iter().filter_map(|id| input.register.get(id.get_ref()));
            let all = input.register.indicators().iter().filter(|_| layout.indicators.is_empty());
            let one = |indicator| For {
                selection: Selection { indicator: Some(indicator), ..Selection::default() },
                ..For::default()
            };
            listed.chain(all).map(one).collect()
        }
    }
}
