//! A sheet of rows and columns: what stands, its numbers and words, its values.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::book::Book;
use super::expand::{Expander, Slot};
use super::labels::roman;
use super::layout::Layout;
use super::node::{Keep, Shown, Shows, Style};
use super::select::{Answer, Origin, Place, Question, Selection, applies};
use crate::completeness::{Reporting, State};
use crate::dictionary::geography::{Province, ProvinceSystem};
use crate::dictionary::register::Indicator;
use crate::observation::Measure;
use crate::period::Period;

/// What a sheet is for, beside its layout.
#[derive(Debug, Clone, Default)]
pub(super) struct For<'a> {
    pub(super) selection: Selection<'a>,
    /// Id and name of the field of work.
    pub(super) field: Option<(&'a str, &'a str)>,
    /// Name of the region.
    pub(super) region: Option<&'a str>,
}

/// A row that stands.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) slot: Slot<'a>,
    pub(super) number: String,
    /// Folded away, since it has no figure.
    pub(super) folded: bool,
    /// How many rows it hangs below.
    pub(super) depth: usize,
}

/// What a cell holds before it has a place on paper.
#[derive(Debug, Clone)]
pub(super) enum Held<'a> {
    /// Nothing is asked here.
    Nothing,
    /// Asked, but cannot be.
    Inapplicable,
    /// Asked, but not known.
    Absent(Option<Question<'a>>),
    Answer(Question<'a>, Answer<'a>),
    /// A number of provinces.
    Count(usize),
    /// A number of provinces by what their reports say.
    Tally(usize),
    /// What a report says.
    State(State),
    /// The result of the layout's formula.
    Computed(Decimal),
}

/// The rows, columns and values of one sheet.
#[derive(Debug)]
pub(super) struct Grid<'a> {
    pub(super) layout: &'a Layout,
    pub(super) system: ProvinceSystem,
    pub(super) whom: For<'a>,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) columns: Vec<Slot<'a>>,
    /// For each row, its cells.
    pub(super) cells: Vec<Vec<Held<'a>>>,
}

impl<'a> Grid<'a> {
    pub(super) fn held(&self, row: usize, column: usize) -> Option<&Held<'a>> {
        self.cells.get(row)?.get(column)
    }

    /// The provinces with a figure on the sheet.
    pub(super) fn reported(&self, book: &Book<'a>) -> usize {
        let mut provinces: Vec<&str> = Vec::new();
        for held in self.cells.iter().flatten() {
            let Held::Answer(question, answer) = held else { continue };
            match (question.place, &answer.origin) {
                (Place::Province(province), _) => provinces.push(&province.code),
                (_, Origin::Total(total)) => {
                    let members = total.figures.iter().chain(&total.denominator).filter_map(|at| book.figure(*at));
                    provinces.extend(members.map(|f| f.key.province.as_str()));
                }
                _ => {}
            }
        }
        provinces.sort_unstable();
        provinces.dedup();
        provinces.len()
    }
}

/// The sheets of a layout for one thing: none where it has no figure, several where the columns are too many.
pub(super) fn grids<'a>(book: &Book<'a>, layout: &'a Layout, system: ProvinceSystem, whom: &For<'a>) -> Vec<Grid<'a>> {
    let province = match whom.selection.place {
        Some(Place::Province(province)) => Some(province.code.as_str()),
        _ => None,
    };
    let nodes = || layout.rows.iter().chain(&layout.columns).flat_map(super::node::Node::all);
    let expander = Expander {
        book,
        layout,
        system,
        sheet: whom.selection,
        field: whom.field.map(|(id, _)| id),
        universe: book.universe(system, province, nodes().any(|node| node.ranges_over_periods())),
    };
    let (rows, columns) = (expander.rows(), expander.columns());
    let cells: Vec<Vec<Held<'a>>> = rows
        .iter()
        .map(|row| columns.iter().map(|column| held(book, system, whom.selection, row, column)).collect())
        .collect();
    let has_figure = |held: &Held<'_>| matches!(held, Held::Answer(..) | Held::Tally(_) | Held::State(_));
    let (standing_rows, folded) = standing(book, system, &rows, &cells);
    let standing_columns: Vec<bool> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| column.keep != Keep::Figures || cells.iter().any(|row| row.get(at).is_some_and(has_figure)))
        .collect();
    let any = cells.iter().flatten().any(has_figure);
    if !any || !enough(&rows, &standing_rows) || !enough(&columns, &standing_columns) {
        return Vec::new();
    }
    let kept_rows = stand(rows, &standing_rows, &folded);
    let kept_cells: Vec<&Vec<Held<'a>>> =
        cells.iter().zip(&standing_rows).filter(|(_, stands)| **stands).map(|(row, _)| row).collect();
    let mut grids = Vec::new();
    for part in parts(&columns, &standing_columns, layout.columns_per_sheet) {
        let cell = |row: &Vec<Held<'a>>, at: usize| row.get(at).cloned().unwrap_or(Held::Nothing);
        let own = kept_cells.iter().map(|row| part.iter().map(|at| cell(row, *at)).collect()).collect();
        let columns = part.iter().filter_map(|at| columns.get(*at).cloned()).collect();
        let rows = kept_rows.iter().map(Row::copy).collect();
        let mut grid = Grid { layout, system, whom: whom.clone(), rows, columns, cells: own };
        lone_totals(&mut grid.columns);
        compute(book, &mut grid);
        grids.push(grid);
    }
    let least = layout.least_provinces;
    grids.retain(|grid| least == 0 || grid.reported(book) >= least);
    grids
}

impl<'a> Row<'a> {
    fn copy(&self) -> Self {
        Self { slot: self.slot.clone(), number: self.number.clone(), folded: self.folded, depth: self.depth }
    }
}

/// The value of a cell.
fn held<'a>(
    book: &Book<'a>,
    system: ProvinceSystem,
    sheet: Selection<'a>,
    row: &Slot<'a>,
    column: &Slot<'a>,
) -> Held<'a> {
    let shows = if column.node.shows == Shows::Value { row.node.shows } else { column.node.shows };
    if row.node.style == Style::Section || row.node.formula.is_some() || column.node.formula.is_some() {
        return Held::Nothing;
    }
    let question = sheet.with(row.selection).with(column.selection).question(book);
    match (shows, question) {
        (Shows::Value, Some(question)) if !applies(&question) => Held::Inapplicable,
        (Shows::Value, Some(question)) => match book.answer(system, &question) {
            Some(answer) => Held::Answer(question, answer),
            None => Held::Absent(Some(question)),
        },
        (Shows::State | Shows::StateCount, _) => {
            let selection = sheet.with(row.selection).with(column.selection);
            let period = selection.period.unwrap_or(book.input.period);
            let states = match (selection.indicator, selection.place) {
                (Some(indicator), Some(place)) => states(book, system, period, indicator, place),
                _ => Vec::new(),
            };
            let wanted =
                |state: &&State| column.node.states.iter().chain(&row.node.states).any(|name| name.is(**state));
            match (shows, states.first()) {
                (_, None) => Held::Nothing,
                (Shows::State, Some(state)) => Held::State(*state),
                _ => Held::Tally(states.iter().filter(wanted).count()),
            }
        }
        (Shows::Coverage, Some(question)) => {
            if let Some(covered) = book.covered(system, &question) {
                return Held::Count(covered);
            }
            let stated = provinces(book, system, question.place).filter(|province| {
                let measure = match question.measure {
                    Shown::Plain(measure) => Shown::Plain(measure),
                    _ => Shown::Plain(Measure::Actual),
                };
                book.answer(system, &question.of(measure).at(Place::Province(province))).is_some()
            });
            Held::Count(stated.count())
        }
        _ => Held::Nothing,
    }
}

/// What the reports of the provinces of a place say of an indicator.
fn states<'a>(
    book: &Book<'a>,
    system: ProvinceSystem,
    period: Period,
    indicator: &Indicator,
    place: Place<'a>,
) -> Vec<State> {
    let within = |row: &&Reporting| {
        row.system == system && provinces(book, system, place).any(|province| province.code == row.province)
    };
    let completeness = book.input.completeness;
    completeness.of_period(period).filter(within).map(|row| completeness.state(row, &indicator.id)).collect()
}

/// The provinces of a place.
pub(super) fn provinces<'b, 'a>(
    book: &'b Book<'a>,
    system: ProvinceSystem,
    place: Place<'a>,
) -> impl Iterator<Item = &'a Province> + use<'b, 'a> {
    let within = move |province: &&Province| match place {
        Place::Country => true,
        Place::Region(order) => province.region_order == order,
        Place::Province(one) => province.code == one.code,
    };
    book.provinces(system).iter().copied().filter(within)
}

/// Which rows stand, and which of them are folded away.
fn standing(
    book: &Book<'_>,
    system: ProvinceSystem,
    rows: &[Slot<'_>],
    cells: &[Vec<Held<'_>>],
) -> (Vec<bool>, Vec<bool>) {
    let mut figures: Vec<bool> =
        cells.iter().map(|row| row.iter().any(|held| matches!(held, Held::Answer(..)))).collect();
    let own = figures.clone();
    // A row has what hangs below it; parents come before their children.
    for (at, row) in rows.iter().enumerate().rev() {
        if let (Some(parent), true) = (row.parent, figures.get(at).copied().unwrap_or(false)) {
            if let Some(above) = figures.get_mut(parent) {
                *above = true;
            }
        }
    }
    let all = book.provinces(system).len();
    let in_province = |row: &Slot<'_>| matches!(row.selection.place, Some(Place::Province(_)));
    let reported = rows.iter().zip(&own).filter(|(row, figure)| **figure && in_province(row)).count();
    let folds = |row: &Slot<'_>| {
        let below = row.node.fold_below_percent.unwrap_or(100);
        row.keep == Keep::Fold && reported * 100 < all * usize::from(below)
    };
    let stands = rows.iter().zip(&figures).map(|(row, figure)| row.keep != Keep::Figures || *figure).collect();
    let folded = rows.iter().zip(&figures).map(|(row, figure)| folds(row) && !*figure).collect();
    (stands, folded)
}

/// Whether of each node that needs a least number of items so many stand.
fn enough(slots: &[Slot<'_>], stands: &[bool]) -> bool {
    slots.iter().filter_map(|slot| Some((slot.node, slot.node.least?))).all(|(node, least)| {
        let own = slots.iter().zip(stands).filter(|(slot, stands)| **stands && std::ptr::eq(slot.node, node));
        own.count() >= least
    })
}

/// The rows that stand, counted.
fn stand<'a>(rows: Vec<Slot<'a>>, stands: &[bool], folded: &[bool]) -> Vec<Row<'a>> {
    let mut counts: BTreeMap<(String, Option<usize>), usize> = BTreeMap::new();
    let mut places: Vec<Option<usize>> = vec![None; rows.len()];
    let mut kept: Vec<Row<'a>> = Vec::new();
    for (at, mut slot) in rows.into_iter().enumerate() {
        if !stands.get(at).copied().unwrap_or(false) {
            continue;
        }
        let parent = slot.parent.and_then(|parent| places.get(parent).copied().flatten());
        slot.parent = parent;
        let style = slot.node.number.clone().unwrap_or_default();
        let mut count = || {
            let below = if slot.node.numbered_through { None } else { Some(parent.map_or(0, |p| p + 1)) };
            let count = counts.entry((style.clone(), below)).or_insert(0);
            *count += 1;
            *count
        };
        let number = match style.as_str() {
            "I" => roman(count()),
            "1" => count().to_string(),
            "a" => letters(count()),
            _ => style.clone(),
        };
        let depth = parent.and_then(|p| kept.get(p)).map_or(0, |above| above.depth + 1);
        if let Some(place) = places.get_mut(at) {
            *place = Some(kept.len());
        }
        kept.push(Row { slot, number, folded: folded.get(at).copied().unwrap_or(false), depth });
    }
    kept
}

/// `a`, `b`, …, `z`, `aa`, ….
fn letters(count: usize) -> String {
    let column = u16::try_from(count.saturating_sub(1)).unwrap_or(u16::MAX);
    super::sheet::column_letters(column).to_lowercase()
}

/// The columns of each sheet: those that stand on every one, and a share of the others; the columns of one item of
/// a node are kept together unless they alone are too many.
fn parts(columns: &[Slot<'_>], stands: &[bool], most: Option<usize>) -> Vec<Vec<usize>> {
    let standing: Vec<usize> = (0..columns.len()).filter(|at| stands.get(*at).copied().unwrap_or(false)).collect();
    let Some(most) = most else { return vec![standing] };
    let divided = |at: &usize| {
        columns.get(*at).is_some_and(|c| c.repeated && matches!(c.node.shows, Shows::Value | Shows::Coverage))
    };
    let mut items: Vec<Vec<usize>> = Vec::new();
    let mut last = None;
    for at in standing.iter().filter(|at| divided(at)) {
        let item = columns.get(*at).and_then(|c| c.scope.first().copied());
        match items.last_mut() {
            Some(list) if item == last => list.push(*at),
            _ => items.push(vec![*at]),
        }
        last = item;
    }
    if items.is_empty() {
        return vec![standing];
    }
    let on_all: Vec<usize> = standing.iter().copied().filter(|at| !divided(at)).collect();
    divide(items, most.max(1))
        .into_iter()
        .map(|share| {
            let mut all = [on_all.clone(), share].concat();
            all.sort_unstable();
            all
        })
        .collect()
}

/// Parts items into shares of at most `most`, about equally large, an item kept whole unless it alone is too large.
fn divide<T>(items: Vec<Vec<T>>, most: usize) -> Vec<Vec<T>> {
    let all: usize = items.iter().map(Vec::len).sum();
    let target = all.div_ceil(all.div_ceil(most).max(1));
    let mut shares: Vec<Vec<T>> = Vec::new();
    for item in items {
        match shares.last_mut() {
            Some(last) if last.len() < target && last.len() + item.len() <= most => last.extend(item),
            _ => {
                let mut rest = item.into_iter().peekable();
                while rest.peek().is_some() {
                    shares.push(rest.by_ref().take(most).collect());
                }
            }
        }
    }
    shares
}

/// Takes the heading of a total away where no category stands beside it.
fn lone_totals(columns: &mut [Slot<'_>]) {
    let beside = |a: &Slot<'_>, b: &Slot<'_>| {
        let above = |slot: &Slot<'_>| slot.scope.split_last().map(|(_, rest)| rest.to_vec());
        a.scope != b.scope && above(a) == above(b) && std::ptr::eq(a.node, b.node)
    };
    let lone: Vec<bool> = columns
        .iter()
        .map(|column| {
            column.words.last().is_some_and(|word| word.total) && !columns.iter().any(|other| beside(column, other))
        })
        .collect();
    for (column, lone) in columns.iter_mut().zip(lone) {
        if lone && column.words.len() > 1 {
            column.words.pop();
        }
    }
}

/// Fills the cells of formulas.
fn compute(book: &Book<'_>, grid: &mut Grid<'_>) {
    let mut found: Vec<(usize, usize, Decimal)> = Vec::new();
    for row in 0..grid.rows.len() {
        for column in 0..grid.columns.len() {
            if let Some(value) = formula_value(book, grid, row, column) {
                found.push((row, column, value));
            }
        }
    }
    for (row, column, value) in found {
        if let Some(cell) = grid.cells.get_mut(row).and_then(|cells| cells.get_mut(column)) {
            *cell = Held::Computed(value);
        }
    }
    // A formula without a result says so.
    for (row, cells) in grid.rows.iter().zip(&mut grid.cells) {
        for (column, cell) in grid.columns.iter().zip(cells) {
            if takes_formula(row, column) && matches!(cell, Held::Nothing) {
                *cell = Held::Absent(None);
            }
        }
    }
}

/// The exact result of the formula of a cell, over the values as they are printed.
fn formula_value(book: &Book<'_>, grid: &Grid<'_>, row: usize, column: usize) -> Option<Decimal> {
    let (own_row, own_column) = (grid.rows.get(row)?, grid.columns.get(column)?);
    if !takes_formula(own_row, own_column) {
        return None;
    }
    let rows: Vec<&Slot<'_>>;
    let (formula, place): (_, Box<dyn Fn(&str) -> Option<(usize, usize)>>) = match &own_column.node.fixed.formula {
        Some(formula) => (formula, Box::new(|id| Some((row, named(&grid.columns, column, id)?)))),
        None => {
            rows = grid.rows.iter().map(|row| &row.slot).collect();
            let formula = own_row.slot.node.fixed.formula.as_ref()?;
            (formula, Box::new(|id| Some((named(&rows, row, id)?, column))))
        }
    };
    // Totals of one place over different provinces have no difference and no ratio that would mean anything.
    let totals = formula.ids().into_iter().filter_map(|id| {
        let (row, column) = place(id)?;
        match grid.held(row, column)? {
            Held::Answer(question, Answer { origin: Origin::Total(total), .. }) => {
                Some((question.place.number(), book.members(total)))
            }
            _ => None,
        }
    });
    let members: Vec<_> = totals.collect();
    let differs = |(place, own): &(u32, _)| members.iter().any(|(other, theirs)| place == other && own != theirs);
    if members.iter().any(differs) {
        return None;
    }
    formula.value(&|id| {
        let (row, column) = place(id)?;
        printed_value(book, grid, row, column)
    })
}

/// Whether a cell is one for the result of a formula: not in a section row, nor where provinces are counted.
fn takes_formula(row: &Row<'_>, column: &Slot<'_>) -> bool {
    let (row, shows) = (row.slot.node, column.node.shows);
    let formula = row.formula.is_some() || column.node.formula.is_some();
    formula && shows == Shows::Value && row.shows == Shows::Value && row.style != Style::Section
}

/// The value of a cell as it is printed, exact; of a formula, its result.
pub(super) fn printed_value(book: &Book<'_>, grid: &Grid<'_>, row: usize, column: usize) -> Option<Decimal> {
    match grid.held(row, column)? {
        Held::Answer(question, answer) => Some(printed(book, question, answer.value)),
        Held::Count(count) | Held::Tally(count) => Some(Decimal::from(*count)),
        Held::Computed(value) => Some(*value),
        Held::Nothing => formula_value(book, grid, row, column),
        Held::Inapplicable | Held::Absent(_) | Held::State(_) => None,
    }
}

/// A value in the unit it is printed in.
pub(super) fn printed(book: &Book<'_>, question: &Question<'_>, value: Decimal) -> Decimal {
    if question.measure.is_percent() { value.normalize() } else { book.unit(question.indicator).printed(value) }
}

/// The row or column with this id that is nearest to the one at `at`: that of the same items of nodes.
pub(super) fn named<'a, S: std::borrow::Borrow<Slot<'a>>>(slots: &[S], at: usize, id: &str) -> Option<usize> {
    let own = &slots.get(at)?.borrow().scope;
    let shared = |slot: &Slot<'a>| own.iter().zip(&slot.scope).take_while(|(a, b)| a == b).count();
    let bears = |slot: &Slot<'a>| slot.node.id.as_ref().is_some_and(|own| own.get_ref() == id);
    let found = slots.iter().enumerate().filter(|(_, slot)| bears((*slot).borrow()));
    found.max_by_key(|(other, slot)| (shared((*slot).borrow()), std::cmp::Reverse(*other))).map(|(other, _)| other)
}

#[cfg(test)]
mod tests {
    use super::divide;

    #[test]
    fn indicators_are_parted_evenly_and_kept_whole() {
        let sizes = |list: &[usize], most| {
            divide(list.iter().map(|n| vec![(); *n]).collect(), most).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&[3, 3, 3, 3, 1], 12), [9, 4]);
        assert_eq!(sizes(&[2, 2], 12), [4]);
        assert_eq!(sizes(&[14], 12), [12, 2]);
        assert_eq!(sizes(&[], 12), [] as [usize; 0]);
    }
}
