//! Live formulas: a total over the cells that it adds, a ratio of the two cells that it compares.
//!
//! A formula is written only where the cells it speaks of stand in the workbook and give the program's own exact
//! result, which is kept beside it; else the number itself is written.

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::book::Book;
use super::formula::{Spot, ranges};
use super::grid::{Grid, Held, named, printed, printed_value, provinces};
use super::select::{Answer, Origin, Place, Question, QuestionKey};
use super::sheet::address;
use crate::consolidate::{Basis, Total};

/// Where the answers of one grid stand on their sheet, and the totals that are sums or ratios of its own cells.
pub(super) struct Spots<'a> {
    /// Row of the first row of the grid.
    pub(super) first: u32,
    by_question: FxHashMap<QuestionKey<'a>, (usize, usize)>,
    totals: FxHashMap<(usize, usize), String>,
}

impl<'a> Spots<'a> {
    /// Finds the cells of `grid`, whose first row stands at `first`.
    pub(super) fn new(book: &Book<'a>, grid: &Grid<'a>, first: u32) -> Self {
        let mut spots = Self { first, by_question: FxHashMap::default(), totals: FxHashMap::default() };
        let mut totals = Vec::new();
        for (row, cells) in grid.cells.iter().enumerate() {
            for (column, held) in cells.iter().enumerate() {
                if let Held::Answer(question, _) | Held::Absent(Some(question)) = held {
                    spots.by_question.entry(question.key()).or_insert((row, column));
                }
                if let Held::Answer(question, answer) = held {
                    if let Origin::Total(total) = &answer.origin {
                        totals.push(((row, column), question, answer, *total));
                    }
                }
            }
        }
        for (place, question, answer, total) in totals {
            if let Some(formula) = here(book, grid, &spots, question, answer, total) {
                spots.totals.insert(place, formula);
            }
        }
        spots
    }

    fn cell(&self, question: &Question<'a>) -> Option<(usize, usize)> {
        self.by_question.get(&question.key()).copied()
    }

    /// The place on the sheet of a cell of the grid.
    pub(super) fn spot(&self, row: usize, column: usize) -> Spot {
        let row = self.first.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
        (row, u16::try_from(column).unwrap_or(u16::MAX))
    }
}

/// Totals that stand as sums of cells on a sheet, for other sheets to refer to.
#[derive(Default)]
pub(super) struct Elsewhere<'a> {
    totals: FxHashMap<QuestionKey<'a>, (String, Spot)>,
}

impl<'a> Elsewhere<'a> {
    /// Notes the live totals of a sheet.
    pub(super) fn add(&mut self, grid: &Grid<'a>, spots: &Spots<'a>, sheet: &str) {
        let name = format!("'{}'", sheet.replace('\'', "''"));
        let mut places: Vec<&(usize, usize)> = spots.totals.keys().collect();
        places.sort_unstable();
        for (row, column) in places {
            if let Some(Held::Answer(question, _)) = grid.held(*row, *column) {
                let spot = spots.spot(*row, *column);
                self.totals.entry(question.key()).or_insert_with(|| (name.clone(), spot));
            }
        }
    }
}

/// The formula of an answer, without `=`.
pub(super) fn formula<'a>(
    book: &Book<'a>,
    grid: &Grid<'a>,
    spots: &Spots<'a>,
    elsewhere: &Elsewhere<'a>,
    (row, column): (usize, usize),
) -> Option<String> {
    let Held::Answer(question, answer) = grid.held(row, column)? else { return None };
    match &answer.origin {
        Origin::Figure(_, figure) if figure.basis == Basis::Ratio => {
            rate(book, grid, spots, question, printed(book, question, answer.value))
        }
        Origin::Figure(..) | Origin::Change(..) | Origin::Growth(_) => None,
        Origin::Total(_) => spots.totals.get(&(row, column)).cloned().or_else(|| {
            let (sheet, (row, column)) = elsewhere.totals.get(&question.key())?;
            Some(format!("{sheet}!{}", address(*row, *column)))
        }),
        Origin::Ratio { over, under, less } => {
            let (over, under) = (spots.cell(over)?, spots.cell(under)?);
            let value = quotient(book, grid, over, under)?.checked_sub(*less)?;
            let written = format!("{}/{}*100", written(spots, over), written(spots, under));
            let less = if less.is_zero() { String::new() } else { format!("-{less}") };
            same(value, printed(book, question, answer.value)).then(|| format!("{written}{less}"))
        }
    }
}

fn written(spots: &Spots<'_>, (row, column): (usize, usize)) -> String {
    let (row, column) = spots.spot(row, column);
    address(row, column)
}

fn quotient(book: &Book<'_>, grid: &Grid<'_>, over: (usize, usize), under: (usize, usize)) -> Option<Decimal> {
    let value = |(row, column)| printed_value(book, grid, row, column);
    value(over)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(value(under)?)
}

/// Whether two exact results are one, but for the last digits of a division.
fn same(a: Decimal, b: Decimal) -> bool {
    let difference = a.checked_sub(b).unwrap_or(Decimal::MAX).abs();
    difference.is_zero() || difference <= a.abs().max(b.abs()) / Decimal::from(10_u64.pow(18))
}

/// The sum or ratio of cells of this very sheet.
fn here<'a>(
    book: &Book<'a>,
    grid: &Grid<'a>,
    spots: &Spots<'a>,
    question: &Question<'a>,
    answer: &Answer<'a>,
    total: &Total,
) -> Option<String> {
    let value = printed(book, question, answer.value);
    if !total.denominator.is_empty() {
        return rate(book, grid, spots, question, value);
    }
    let by_region = |question: &Question<'a>| match question.place {
        Place::Country => added(book, grid, spots, &regions(book, grid, question), value, false),
        _ => None,
    };
    by_region(question).or_else(|| {
        let all: Vec<Question<'a>> = provinces(book, grid.system, question.place)
            .map(|province| question.at(Place::Province(province)))
            .collect();
        added(book, grid, spots, &all, value, true)
    })
}

/// A rate over the cells of its declared parts, if they stand on the sheet and give `value`.
fn rate<'a>(
    book: &Book<'a>,
    grid: &Grid<'a>,
    spots: &Spots<'a>,
    question: &Question<'a>,
    value: Decimal,
) -> Option<String> {
    let part = |id: &Option<String>| {
        let indicator = book.input.register.get(id.as_ref()?)?;
        spots.cell(&Question { indicator, ..*question })
    };
    let (over, under) = (part(&question.indicator.numerator)?, part(&question.indicator.denominator)?);
    let fits = same(quotient(book, grid, over, under)?, value);
    fits.then(|| format!("{}/{}*100", written(spots, over), written(spots, under)))
}

fn regions<'a>(book: &Book<'a>, grid: &Grid<'a>, question: &Question<'a>) -> Vec<Question<'a>> {
    let orders = book.input.geography.regions(grid.system).map(|region| region.order);
    orders.map(|order| question.at(Place::Region(order))).collect()
}

/// The sum of the cells that answer `questions`, if it is `value`. With `whole`, cells without a figure stay in it:
/// they count for nothing, and a figure written into one by hand is added.
fn added<'a>(
    book: &Book<'a>,
    grid: &Grid<'a>,
    spots: &Spots<'a>,
    questions: &[Question<'a>],
    value: Decimal,
    whole: bool,
) -> Option<String> {
    let mut cells: Vec<Spot> = Vec::new();
    let mut sum = Decimal::ZERO;
    let mut any = false;
    for question in questions {
        let Some((row, column)) = spots.cell(question) else { continue };
        match grid.held(row, column)? {
            Held::Answer(..) => {
                sum = sum.checked_add(printed_value(book, grid, row, column)?)?;
                any = true;
            }
            _ if !whole => continue,
            _ => {}
        }
        cells.push(spots.spot(row, column));
    }
    cells.sort_unstable();
    (any && sum == value).then(|| format!("SUM({})", ranges(&cells)))
}

/// The formula that the layout writes for a cell.
pub(super) fn layout_formula<'a>(grid: &Grid<'a>, spots: &Spots<'a>, row: usize, column: usize) -> Option<String> {
    let (own_row, own_column) = (grid.rows.get(row)?, grid.columns.get(column)?);
    if let Some(formula) = &own_column.node.fixed.formula {
        return formula.written(&|id| Some(written(spots, (row, named(&grid.columns, column, id)?))));
    }
    let rows: Vec<&super::expand::Slot<'_>> = grid.rows.iter().map(|row| &row.slot).collect();
    let formula = own_row.slot.node.fixed.formula.as_ref()?;
    formula.written(&|id| Some(written(spots, (named(&rows, row, id)?, column))))
}
