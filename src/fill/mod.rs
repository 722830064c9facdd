//! An existing form, filled: its rows and columns are recognised by the reader that reads filled-in forms, its cells
//! get their figures, and every other byte of the file stays as it was.
//!
//! A workbook and the figures of a run flow in; the same workbook with values in its blank cells flows out, with a list
//! of what was put where, and of the cells that could not be told. Nothing is guessed, and no formula is written over.

mod blank;
mod cells;
mod package;
mod placeholder;
mod recognise;
mod totals;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::consolidate::{Against, Area, Cell, Consolidated};
use crate::dictionary::Dictionary;
use crate::dictionary::register::Kind;
use crate::observation::{Breakdown, Measure};
use crate::period::Period;
use cells::{Cells, New, Spot, address};
use package::Package;
use recognise::{Meaning, Site, Trial, Whose, recognise};

pub use totals::Words;

/// Why a form could not be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// The file is no workbook of Excel since 2007.
    #[error("not a workbook of Excel since 2007 (.xlsx, .xlsm)")]
    NoWorkbook,
    /// A part of it cannot be read.
    #[error("damaged: {0}")]
    Damaged(String),
}

/// Whose figures a form gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Those of the province with this code.
    Province(String),
    /// The totals of an area.
    Area(Area),
}

/// What a form is filled from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Name of the form's file.
    pub file: &'a str,
    /// The form's own period.
    pub period: Period,
    /// Whose figures it gets; rows that name a province or region of their own get those of that one.
    pub whom: &'a Whom,
    /// Name of the place, for `{{province}}`.
    pub name: &'a str,
    /// The period in words, for `{{period}}`.
    pub period_words: &'a str,
    /// The figures.
    pub consolidated: &'a Consolidated,
    /// What reading works from.
    pub dictionary: &'a Dictionary,
    /// The words of rows of totals.
    pub words: &'a Words,
}

/// What became of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It got this number: `value` in the base unit is what it says.
    Filled {
        /// What stands in the cell now.
        number: Decimal,
        /// Its value in the base unit.
        value: Decimal,
    },
    /// It got text: a placeholder within words.
    Written(String),
    /// It is known what it is for, but there is no such figure.
    NoFigure,
    /// It could not be told what it is for: why not, where the reader says.
    Untold(String),
}

/// One cell of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormCell {
    /// Name of the sheet.
    pub sheet: String,
    /// The cell: `E31`.
    pub cell: String,
    /// Id in the register; empty where it could not be told.
    pub indicator: String,
    /// Empty for the total.
    pub breakdown: Breakdown,
    /// Which of the numbers.
    pub measure: Option<Measure>,
    /// The period that it is of.
    pub period: Option<Period>,
    /// Code of the province, code of the region, or empty for the country.
    pub place: String,
    /// Positions of the observations that its value rests on.
    pub sources: Vec<usize>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A form, filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The bytes of the workbook.
    pub bytes: Vec<u8>,
    /// What became of its blank cells and placeholders, by sheet, row and column.
    pub cells: Vec<FormCell>,
}

/// The least confidence of a reading that is no guess.
fn review_threshold(dictionary: &Dictionary) -> Decimal {
    Decimal::from_f32(dictionary.confidence.review).unwrap_or_default().round_dp(2)
}

/// Fills a form.
///
/// # Errors
/// When the file is no workbook, or is damaged.
pub fn fill(bytes: &[u8], request: &Request<'_>) -> Result<Filled, FillError> {
    let mut package = Package::open(bytes)?;
    let strings = package.strings()?;
    let lined = blank::lined_styles(&mut package)?;
    let parts = package.sheets()?;
    let mut texts = Vec::new();
    for part in parts.iter().filter(|part| !part.hidden) {
        if let Some(text) = package.text(&part.path)? {
            texts.push((part, text));
        }
    }
    let mut sheets = Vec::new();
    for (part, text) in &texts {
        sheets.push((*part, Cells::read(&part.path, text, &strings)?));
    }
    let blanks: Vec<Site> = sheets
        .iter()
        .flat_map(|(part, cells)| blank::blanks(cells, &lined).into_iter().map(|spot| (part.name.clone(), spot)))
        .collect();
    let trials = [trial(bytes, &sheets, &blanks, request, 0)?, trial(bytes, &sheets, &blanks, request, 1)?];
    let (told, untold) = recognise(request.file, &trials, request.period, request.dictionary);
    let mut made: BTreeMap<Site, FormCell> = BTreeMap::new();
    let mut values: BTreeMap<&str, BTreeMap<Spot, New>> = BTreeMap::new();
    for (site, meaning) in &told {
        let cell = put(site, meaning, &whose(meaning, request), request);
        made.insert(site.clone(), cell);
    }
    for (site, reason) in untold {
        let cells = sheets.iter().find(|(part, _)| part.name == site.0).map(|(_, cells)| cells);
        let total = cells.and_then(|cells| totals::of_row(&site, cells, &told, request));
        let cell = match total {
            Some((meaning, whom)) => put(&site, &meaning, &whom, request),
            None => untold_cell(&site, reason.unwrap_or_default()),
        };
        made.insert(site, cell);
    }
    for (part, cells) in &sheets {
        for (spot, cell) in cells.cells.iter().filter(|(_, cell)| placeholder::is_one(&cell.text)) {
            let site = (part.name.clone(), *spot);
            if cell.is_formula {
                continue;
            }
            if let Some(found) = replaced(&site, &cell.text, request) {
                made.insert(site, found);
            }
        }
    }
    for ((sheet, spot), cell) in &made {
        let new = match &cell.outcome {
            Outcome::Filled { number, .. } => New::Number(*number),
            Outcome::Written(text) => New::Text(text.clone()),
            Outcome::NoFigure | Outcome::Untold(_) => continue,
        };
        if let Some((part, _)) = sheets.iter().find(|(part, _)| part.name == *sheet) {
            values.entry(&part.path).or_default().insert(*spot, new);
        }
    }
    let mut changed: Vec<(String, String)> = Vec::new();
    for (part, cells) in &sheets {
        if let Some(values) = values.get(part.path.as_str()) {
            changed.push((part.path.clone(), cells.with(values)));
        }
    }
    // Results stored beside formulas are of the blank form: whoever opens the file calculates them again.
    if !changed.is_empty() && sheets.iter().any(|(_, cells)| cells.has_formulas) {
        let workbook = package.text("xl/workbook.xml")?.unwrap_or_default();
        changed.push(("xl/workbook.xml".to_owned(), calculated_on_load(&workbook)));
    }
    Ok(Filled { bytes: package.with(&changed)?, cells: made.into_values().collect() })
}

/// The form with a number in each blank cell: others for each trial.
fn trial(
    bytes: &[u8],
    sheets: &[(&package::SheetPart, Cells<'_>)],
    blanks: &[Site],
    request: &Request<'_>,
    which: usize,
) -> Result<Trial, FillError> {
    let mut numbers = BTreeMap::new();
    for (at, site) in blanks.iter().enumerate() {
        let at = i64::try_from(at).unwrap_or(0);
        // Whole numbers of five digits that nothing else in a form is likely to be.
        let number = if which == 0 { 20_011 + at * 7 } else { 30_013 + at * 11 };
        numbers.insert(site.clone(), Decimal::from(number));
    }
    let mut changed = Vec::new();
    for (part, cells) in sheets {
        let values: BTreeMap<Spot, New> = numbers
            .iter()
            .filter(|((sheet, _), _)| *sheet == part.name)
            .map(|((_, spot), number)| (*spot, New::Number(*number)))
            .collect();
        changed.push((part.path.clone(), cells.with(&values)));
    }
    let system = request.consolidated.system_of(request.period);
    let mut provinces = request.dictionary.geography.provinces(system);
    let province = provinces.nth(which).map(|p| p.code.clone()).unwrap_or_default();
    Ok(Trial { bytes: Package::open(bytes)?.with(&changed)?, numbers, province })
}

/// The place whose figure a cell gets.
fn whose(meaning: &Meaning, request: &Request<'_>) -> Whom {
    match &meaning.whose {
        Whose::Own => request.whom.clone(),
        Whose::Province(code) => Whom::Province(code.clone()),
    }
}

fn untold_cell((sheet, spot): &Site, reason: String) -> FormCell {
    FormCell {
        sheet: sheet.clone(),
        cell: address(*spot),
        indicator: String::new(),
        breakdown: Breakdown::total(),
        measure: None,
        period: None,
        place: String::new(),
        sources: Vec::new(),
        outcome: Outcome::Untold(reason),
    }
}

/// A cell with the figure that it is for.
fn put((sheet, spot): &Site, meaning: &Meaning, whom: &Whom, request: &Request<'_>) -> FormCell {
    let found = value(meaning, whom, request);
    let outcome = found.as_ref().and_then(|(value, _)| {
        let number = short(meaning.number(*value)?);
        Some(Outcome::Filled { number, value: *value })
    });
    FormCell {
        sheet: sheet.clone(),
        cell: address(*spot),
        indicator: meaning.indicator.clone(),
        breakdown: meaning.breakdown.clone(),
        measure: Some(meaning.measure),
        period: Some(meaning.period),
        place: match whom {
            Whom::Province(code) => code.clone(),
            Whom::Area(Area::Country) => String::new(),
            Whom::Area(Area::Region(order)) => region_code(*order, request),
        },
        sources: found.map(|(_, sources)| sources).unwrap_or_default(),
        outcome: outcome.unwrap_or(Outcome::NoFigure),
    }
}

fn region_code(order: u8, request: &Request<'_>) -> String {
    let system = request.consolidated.system_of(request.period);
    let mut regions = request.dictionary.geography.regions(system);
    regions.find(|region| region.order == order).map(|region| region.code.clone()).unwrap_or_default()
}

/// A number with no more digits than a cell keeps.
fn short(number: Decimal) -> Decimal {
    number.round_sf(15).unwrap_or(number).normalize()
}

/// The value that a cell is for, and the observations it rests on.
fn value(meaning: &Meaning, whom: &Whom, request: &Request<'_>) -> Option<(Decimal, Vec<usize>)> {
    let consolidated = request.consolidated;
    let indicator = request.dictionary.register.get(&meaning.indicator)?;
    let system = consolidated.system_of(meaning.period);
    let cell = |measure, of| Cell {
        system,
        period: meaning.period,
        indicator: &meaning.indicator,
        kind: indicator.kind,
        breakdown: &meaning.breakdown,
        measure,
        of,
    };
    let against = match meaning.measure {
        Measure::PctOfPlan => Some(Against::Plan),
        Measure::YoyPct => Some(Against::SamePeriod),
        Measure::PrevPct => Some(Against::PreviousPeriod),
        _ => None,
    };
    let about = meaning.of.unwrap_or(match meaning.measure {
        Measure::PctOfPlan if indicator.kind == Kind::Flow => Measure::Cumulative,
        _ => Measure::Actual,
    });
    match whom {
        Whom::Province(code) => {
            let fresh = |measure, of| consolidated.figure(&cell(measure, of), code).filter(|(_, f)| !f.is_stale());
            if let Some((_, figure)) = fresh(meaning.measure, meaning.of) {
                return Some((figure.value, figure.sources.clone()));
            }
            if meaning.measure == Measure::YoyBase {
                let before = Cell { period: meaning.period.a_year_before()?, ..cell(about, None) };
                let (_, figure) = consolidated.figure(&before, code).filter(|(_, f)| !f.is_stale())?;
                return Some((figure.value, figure.sources.clone()));
            }
            let (at, figure) = fresh(about, None)?;
            let growth = consolidated.growth(at, against?)?;
            let base = consolidated.figures().get(growth.base).map(|f| f.sources.clone()).unwrap_or_default();
            Some((growth.percent?, [figure.sources.clone(), base].concat()))
        }
        Whom::Area(area) => {
            if let Some(against) = against {
                let growth = consolidated.total_growth(&cell(about, None), *area, against)?;
                return Some((growth.percent, Vec::new()));
            }
            let total = match meaning.measure {
                Measure::YoyBase => {
                    let before = Cell { period: meaning.period.a_year_before()?, ..cell(about, None) };
                    consolidated.total(&before, *area)?
                }
                measure => consolidated.total(&cell(measure, None), *area)?,
            };
            let figures = total.figures.iter().chain(&total.denominator);
            let sources = figures.filter_map(|at| consolidated.figures().get(*at)).flat_map(|f| f.sources.clone());
            Some((total.value, sources.collect()))
        }
    }
}

/// A cell with placeholders, replaced: a number where the placeholder is all of the cell.
fn replaced(site: &Site, text: &str, request: &Request<'_>) -> Option<FormCell> {
    let register = &request.dictionary.register;
    let Some(parts) = placeholder::parts(text) else {
        return Some(untold_cell(site, "placeholder-open".to_owned()));
    };
    let whole = parts.len() == 2 && parts.iter().all(|(before, _)| before.trim().is_empty());
    let mut written = String::new();
    for (before, inner) in &parts {
        written.push_str(before);
        let Some(inner) = inner else { continue };
        let figure = match placeholder::read(inner, register) {
            Err(fault) => return Some(untold_cell(site, fault)),
            Ok(placeholder::Placeholder::Area) => {
                written.push_str(request.name);
                continue;
            }
            Ok(placeholder::Placeholder::Period) => {
                written.push_str(request.period_words);
                continue;
            }
            Ok(placeholder::Placeholder::Year) => {
                written.push_str(&request.period.year.to_string());
                continue;
            }
            Ok(placeholder::Placeholder::Figure { indicator, breakdown, measure, period }) => Meaning {
                whose: Whose::Own,
                indicator,
                breakdown,
                measure,
                of: None,
                period: period.unwrap_or(request.period),
                factor: Decimal::ONE,
                more: Decimal::ZERO,
            },
        };
        let cell = put(site, &figure, request.whom, request);
        match &cell.outcome {
            Outcome::Filled { number, .. } if !whole => written.push_str(&number.to_string().replace('.', ",")),
            _ => return Some(cell),
        }
    }
    Some(FormCell { outcome: Outcome::Written(written), ..untold_cell(site, String::new()) })
}

/// The workbook's part with the order to calculate all formulas when it is opened.
fn calculated_on_load(workbook: &str) -> String {
    const ORDER: &str = "fullCalcOnLoad=\"1\"";
    if workbook.contains(ORDER) {
        return workbook.to_owned();
    }
    if let Some((before, after)) = workbook.split_once("<calcPr") {
        return format!("{before}<calcPr {ORDER}{after}");
    }
    // After the names, before everything that the schema puts later.
    for later in ["<oleSize", "<customWorkbookViews", "<pivotCaches", "<fileRecoveryPr", "<extLst", "</workbook>"] {
        if let Some((before, after)) = workbook.split_once(later) {
            return format!("{before}<calcPr {ORDER}/>{later}{after}");
        }
    }
    workbook.to_owned()
}
