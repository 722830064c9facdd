//! A grid on paper: lines above, headings, rows with their looks, live formulas, charts, notes and signatures.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::book::Book;
use super::furniture::{begin, chart_room, end, header, index};
use super::grid::{For, Grid, Held, printed, printed_value};
use super::labels::number_format;
use super::layout::ChartSeries;
use super::live::{Elsewhere, Spots, formula, layout_formula};
use super::node::{Absent, Node, Shows, Style};
use super::remarks::{remarks, sure};
use super::select::{Origin, Question, Selection};
use super::sheet::{Align, Cell, ChartSpot, Content, Look, Series, Sheet, Sparkline, Strong};
use super::source::fill;

/// Width of a column that names none, in widths of a digit.
const USUAL_WIDTH: f64 = 10.0;
/// The widest a column grows to fill the page.
const WIDEST: f64 = 33.0;
/// Rows of a table whose columns hold more than this are not measured line by line.
const LONG: usize = 2000;

/// A grid that has got its lines and headings: where its first row stands is known.
pub(super) struct Placed<'a> {
    pub(super) grid: Grid<'a>,
    pub(super) sheet: Sheet,
    pub(super) spots: Spots<'a>,
    /// The values for the placeholders of its lines.
    pub(super) filling: Vec<(&'static str, String)>,
}

/// Puts the lines above and the headings of a grid.
pub(super) fn place<'a>(book: &Book<'a>, grid: Grid<'a>, number: &str, name: &str) -> Placed<'a> {
    let theme = &book.input.layouts.theme;
    let filling = filling(book, &grid, number);
    let mut sheet = Sheet { name: name.to_owned(), widths: widths(book, &grid), ..Sheet::default() };
    {
        let values: Vec<(&str, &str)> = filling.iter().map(|(name, value)| (*name, value.as_str())).collect();
        begin(&mut sheet, grid.layout, &values, theme);
    }
    let paths: Vec<Vec<String>> =
        grid.columns.iter().map(|column| column.words.iter().map(|word| word.text.clone()).collect()).collect();
    header(&mut sheet, &paths, &marks(&grid), theme);
    sheet.freeze = (sheet.next_row, grid.layout.freeze_columns);
    let spots = Spots::new(book, &grid, sheet.next_row);
    Placed { grid, sheet, spots, filling }
}

/// The values for the placeholders of the lines.
fn filling<'a>(book: &Book<'a>, grid: &Grid<'a>, number: &str) -> Vec<(&'static str, String)> {
    let For { selection, field, region } = &grid.whom;
    let period = book.period_words(book.input.period);
    let all = book.input.geography.provinces(grid.system).count();
    let mut values = vec![
        ("number", number.to_owned()),
        ("PERIOD", period.to_uppercase()),
        ("Period", super::labels::capital(&period)),
        ("period", period),
        ("year", book.input.period.year.to_string()),
        ("reported", grid.reported(book).to_string()),
        ("provinces", all.to_string()),
        ("unit", units(book, grid).into_iter().collect::<Vec<_>>().join(", ")),
    ];
    let mut named = |lower: &'static str, upper: &'static str, text: &str| {
        values.push((upper, text.to_uppercase()));
        values.push((lower, text.to_owned()));
    };
    if let Some(super::select::Place::Province(province)) = selection.place {
        named("province", "PROVINCE", &province.name);
    }
    if let Some((_, name)) = field {
        named("field", "FIELD", name);
    }
    if let Some(indicator) = selection.indicator {
        named("indicator", "INDICATOR", &indicator.name);
        named("field", "FIELD", &indicator.domain_name);
    }
    if let Some(region) = region {
        named("region", "REGION", region);
    }
    values
}

/// The units of the indicators on the sheet.
fn units(book: &Book<'_>, grid: &Grid<'_>) -> BTreeSet<String> {
    let of = |selection: &Selection<'_>| selection.indicator.map(|indicator| book.unit(indicator).name.clone());
    let slots = grid.rows.iter().map(|row| &row.slot).chain(&grid.columns);
    slots.filter_map(|slot| of(&slot.selection)).chain(of(&grid.whom.selection)).collect()
}

/// The widths of the columns: those that may grow share what the page leaves.
fn widths(book: &Book<'_>, grid: &Grid<'_>) -> Vec<f64> {
    let page = book.input.layouts.theme.page_width(grid.layout.orientation);
    let least: Vec<f64> = grid.columns.iter().map(|c| c.node.width.unwrap_or(USUAL_WIDTH)).collect();
    let grows: Vec<bool> = grid.columns.iter().map(|c| c.node.grow.unwrap_or(c.repeated)).collect();
    let growing = grows.iter().filter(|grows| **grows).count();
    let left = page - least.iter().sum::<f64>();
    if growing == 0 || left <= 0.0 {
        return least;
    }
    let share = left / growing as f64;
    let grown =
        |(least, grows): (f64, bool)| if grows { (least + share).min(WIDEST.max(least)).floor() } else { least };
    least.into_iter().zip(grows).map(grown).collect()
}

/// The texts of the numbering row.
fn marks(grid: &Grid<'_>) -> Vec<String> {
    let mut counted = 0;
    let mark = |node: &Node| match node.mark.as_deref() {
        Some("#") => {
            counted += 1;
            counted.to_string()
        }
        mark => mark.unwrap_or_default().to_owned(),
    };
    grid.columns.iter().map(|column| column.node).map(mark).collect()
}

/// The finished sheet.
pub(super) fn finish<'a>(book: &Book<'a>, mut placed: Placed<'a>, elsewhere: &Elsewhere<'a>) -> Sheet {
    let theme = &book.input.layouts.theme;
    let sheet = std::mem::take(&mut placed.sheet);
    let mut body = Body { book, grid: &placed.grid, spots: &placed.spots, elsewhere, decimals: Vec::new(), sheet };
    body.decimals = body.shared_decimals();
    body.sheet.cells.reserve(placed.grid.rows.len() * placed.grid.columns.len());
    for row in 0..placed.grid.rows.len() {
        body.row(row);
    }
    body.folds();
    body.figures();
    body.charts(&placed.filling);
    let mut sheet = body.sheet;
    let values: Vec<(&str, &str)> = placed.filling.iter().map(|(name, value)| (*name, value.as_str())).collect();
    end(&mut sheet, placed.grid.layout, &values, theme);
    sheet
}

struct Body<'b, 'a> {
    book: &'b Book<'a>,
    grid: &'b Grid<'a>,
    spots: &'b Spots<'a>,
    elsewhere: &'b Elsewhere<'a>,
    /// For each column that is about one indicator: the decimals that all of it shows.
    decimals: Vec<Option<u32>>,
    sheet: Sheet,
}

impl<'a> Body<'_, 'a> {
    /// The decimals of columns that are about one indicator: what the values need, within what the unit allows.
    fn shared_decimals(&self) -> Vec<Option<u32>> {
        let needed = |(at, column): (usize, &super::expand::Slot<'a>)| {
            let percent = column.selection.measure.is_some_and(super::node::Shown::is_percent);
            let one = column.selection.indicator.or(self.grid.whom.selection.indicator).is_some();
            if !percent && !one {
                return None;
            }
            let scales = (0..self.grid.rows.len()).filter_map(|row| match self.grid.held(row, at)? {
                Held::Answer(question, answer) => {
                    let value = printed(self.book, question, answer.value);
                    Some(shown_scale(value, self.most_decimals(question, column.node)))
                }
                _ => None,
            });
            Some(scales.max().unwrap_or(0))
        };
        self.grid.columns.iter().enumerate().map(needed).collect()
    }

    /// The most decimals that a value is shown with.
    fn most_decimals(&self, question: &Question<'_>, node: &Node) -> u32 {
        let labels = self.book.labels();
        let unit = || {
            if question.measure.is_percent() {
                labels.percent_decimals()
            } else {
                self.book.unit(question.indicator).decimals
            }
        };
        node.decimals.unwrap_or_else(unit)
    }

    fn row(&mut self, at: usize) {
        let Some(row) = self.grid.rows.get(at) else { return };
        let theme = &self.book.input.layouts.theme;
        let line = self.sheet.take_row();
        let label = row.slot.words.first().map(|word| word.text.as_str()).unwrap_or_default();
        let style = row.slot.node.style;
        if style == Style::Section {
            self.section(line, &row.number, label);
        } else {
            let lines = self.cells(at, line, label);
            self.sheet.heights.push((line, theme.height(lines, theme.size.body) + 2.0));
        }
        if row.folded {
            self.sheet.hidden.push(line);
        }
    }

    /// A section row: its number, and its words over the other columns.
    fn section(&mut self, line: u32, number: &str, label: &str) {
        let theme = &self.book.input.layouts.theme;
        let last = self.sheet.columns().saturating_sub(1);
        let look = |align| Look::Body { align, strong: Strong::Bold };
        let numbered = self.grid.columns.first().is_some_and(|column| column.node.shows == Shows::Number);
        let from = if numbered { 1.min(last) } else { 0 };
        if numbered {
            self.sheet.put(line, 0, Content::Text(number.to_owned()), look(Align::Centre));
        }
        let words = if numbered || number.is_empty() { label.to_owned() } else { format!("{number}. {label}") };
        self.sheet.across(line, from, last, &words, look(Align::Left));
        self.sheet.heights.push((line, theme.height(1, theme.size.body) + 3.0));
    }

    /// The cells of a row; gives how many lines the tallest takes.
    fn cells(&mut self, at: usize, line: u32, label: &str) -> u32 {
        let Some(row) = self.grid.rows.get(at) else { return 1 };
        let theme = &self.book.input.layouts.theme;
        let strong = match row.slot.node.style {
            Style::Total | Style::Section => Strong::Bold,
            Style::Part | Style::Italic => Strong::Italic,
            Style::Plain => Strong::Plain,
        };
        let mut lines = 1;
        let measured = self.grid.rows.len() <= LONG;
        for (column, slot) in self.grid.columns.iter().enumerate() {
            let own = |text: String| (Content::Text(text), strong, None);
            let part = row.slot.node.style == Style::Part;
            let ((content, strong, source), align) = match slot.node.shows {
                Shows::Number => (own(row.number.clone()), Align::Centre),
                Shows::Label => (own(label.to_owned()), if part { Align::Indented } else { Align::Left }),
                Shows::Unit => (own(unit_of(self.book, self.grid, at, column)), Align::Centre),
                Shows::Note => (own(remarks(self.book, self.grid, at)), Align::Left),
                Shows::Empty | Shows::Sparkline => ((Content::Blank, strong, None), Align::Left),
                Shows::Value | Shows::Coverage | Shows::StateCount => (self.value(at, column, strong), Align::Right),
                Shows::State => (self.value(at, column, strong), Align::Centre),
            };
            if let (Content::Text(text), true) = (&content, measured) {
                let bold = strong == Strong::Bold;
                lines =
                    lines.max(theme.lines(text, self.sheet.width(index(column), index(column)), theme.size.body, bold));
            }
            if slot.node.shows == Shows::Sparkline {
                self.sparkline(line, column);
            }
            let look = Look::Body { align, strong };
            self.sheet.cells.push(Cell { row: line, column: index(column), content, look, source });
        }
        lines
    }

    /// The content of a cell of values, its type, and the row of its sources.
    fn value(&self, row: usize, column: usize, strong: Strong) -> (Content, Strong, Option<u32>) {
        let words = &self.book.labels().word;
        let text = |text: &str| (Content::Text(text.to_owned()), strong, None);
        let (Some(held), Some(slot)) = (self.grid.held(row, column), self.grid.columns.get(column)) else {
            return (Content::Blank, strong, None);
        };
        match held {
            Held::Nothing => (Content::Blank, strong, None),
            Held::Inapplicable => text(&words.inapplicable),
            Held::Absent(_) => match slot.node.absent.unwrap_or_default() {
                Absent::Missing => text(&words.missing),
                Absent::Inapplicable => text(&words.inapplicable),
                Absent::Blank => (Content::Blank, strong, None),
            },
            Held::State(state) => text(self.book.labels().state(state.code())),
            Held::Count(count) | Held::Tally(count) => {
                (Content::Number(Decimal::from(*count), number_format(0)), strong, None)
            }
            Held::Computed(value) => {
                let most = slot.node.decimals.unwrap_or_else(|| self.book.labels().percent_decimals());
                let format = slot.node.format.clone().unwrap_or_else(|| number_format(shown_scale(*value, most)));
                match layout_formula(self.grid, self.spots, row, column) {
                    Some(formula) => (Content::Formula(format!("={formula}"), *value, format), strong, None),
                    None => (Content::Number(*value, format), strong, None),
                }
            }
            Held::Answer(question, answer) => {
                let value = printed(self.book, question, answer.value);
                let most = self.most_decimals(question, slot.node);
                let shared = self.decimals.get(column).copied().flatten();
                let decimals = shared.unwrap_or_else(|| shown_scale(value, most)).min(most);
                let format = slot.node.format.clone().unwrap_or_else(|| number_format(decimals));
                let live = formula(self.book, self.grid, self.spots, self.elsewhere, (row, column));
                let content = match live {
                    Some(formula) => Content::Formula(format!("={formula}"), value, format),
                    None => Content::Number(value, format),
                };
                let figure = answer.figure();
                // What rests on guesses, or on a part of the provinces only, is not told like the rest.
                let unsure = match &answer.origin {
                    Origin::Total(total) => total.implied > 0,
                    Origin::Growth(growth) => growth.implied || !growth.of_totals,
                    _ => figure.is_some_and(|(_, figure)| !sure(figure)),
                };
                let strong = match strong {
                    Strong::Plain if unsure => Strong::Italic,
                    Strong::Bold if unsure => Strong::BoldItalic,
                    strong => strong,
                };
                let source = figure.and_then(|(at, _)| self.book.source_rows.get(&at).copied());
                (content, strong, source)
            }
        }
    }

    /// The columns of values that are charted: the first and the last of them.
    fn charted_columns(&self) -> Option<(u16, u16)> {
        let mut charted = self.grid.columns.iter().enumerate().filter(|(_, column)| column.node.charted);
        let first = charted.next()?.0;
        let last = charted.last().map_or(first, |(at, _)| at);
        Some((index(first), index(last)))
    }

    fn sparkline(&mut self, line: u32, column: usize) {
        if let Some((first, last)) = self.charted_columns().filter(|(first, last)| first < last) {
            self.sheet.sparklines.push(Sparkline { row: line, column: index(column), first, last });
        }
    }

    /// The rows that fold under others: those of a province under its region, silent ones one level deeper.
    fn folds(&mut self) {
        let runs = |wanted: &dyn Fn(&super::grid::Row<'a>) -> bool| {
            let mut runs: Vec<(u32, u32)> = Vec::new();
            for (at, _) in self.grid.rows.iter().enumerate().filter(|(_, row)| wanted(row)) {
                let line = self.spots.spot(at, 0).0;
                match runs.last_mut() {
                    Some((_, last)) if *last + 1 == line => *last = line,
                    _ => runs.push((line, line)),
                }
            }
            runs
        };
        let mut outline = runs(&|row| row.slot.node.outline);
        outline.extend(runs(&|row| row.folded));
        self.sheet.outline = outline;
    }

    fn charts(&mut self, filling: &[(&'static str, String)]) {
        let values: Vec<(&str, &str)> = filling.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let label = self.grid.columns.iter().position(|column| column.node.shows == Shows::Label).map(index);
        let (Some(columns), Some(label)) = (self.charted_columns(), label) else { return };
        let rows: Vec<u32> = (0..self.grid.rows.len())
            .filter(|at| self.grid.rows.get(*at).is_some_and(|row| row.slot.node.charted && !row.folded))
            .filter(|at| (0..self.grid.columns.len()).any(|c| self.charted_value(*at, c)))
            .map(|at| self.spots.spot(at, 0).0)
            .collect();
        let (Some(first), Some(last)) = (rows.first().copied(), rows.last().copied()) else { return };
        // The lowest heading of a charted column is its name.
        let heading = self.spots.first.saturating_sub(1 + u32::from(self.sheet.numbered));
        for chart in &self.grid.layout.charts {
            let series: Vec<Series> = match chart.series {
                ChartSeries::Rows => rows
                    .iter()
                    .map(|row| Series {
                        name: (*row, label),
                        points: ((heading, columns.0), (heading, columns.1)),
                        values: ((*row, columns.0), (*row, columns.1)),
                    })
                    .collect(),
                ChartSeries::Columns => (columns.0..=columns.1)
                    .map(|column| Series {
                        name: (heading, column),
                        points: ((first, label), (last, label)),
                        values: ((first, column), (last, column)),
                    })
                    .collect(),
            };
            let (top, bottom) = chart_room(&mut self.sheet, chart.height, &self.book.input.layouts.theme);
            self.sheet.charts.push(ChartSpot {
                top,
                bottom,
                kind: chart.kind,
                title: fill(chart.title.get_ref(), &values),
                series,
            });
        }
    }

    /// The block of the values.
    fn figures(&mut self) {
        let shown = |at: &usize| self.grid.columns.get(*at).is_some_and(|column| column.node.shows == Shows::Value);
        let columns: Vec<usize> = (0..self.grid.columns.len()).filter(shown).collect();
        let rows = self.grid.rows.len();
        if let (Some(first), Some(last), true) = (columns.first(), columns.last(), rows > 0) {
            self.sheet.figures = Some((self.spots.spot(0, *first), self.spots.spot(rows - 1, *last)));
        }
    }

    fn charted_value(&self, row: usize, column: usize) -> bool {
        self.grid.columns.get(column).is_some_and(|slot| slot.node.charted)
            && printed_value(self.book, self.grid, row, column).is_some()
    }
}

/// The unit of a row, for its column of units.
pub(super) fn unit_of(book: &Book<'_>, grid: &Grid<'_>, row: usize, column: usize) -> String {
    let row = grid.rows.get(row).map(|row| row.slot.selection).unwrap_or_default();
    let column = grid.columns.get(column).map(|column| column.selection).unwrap_or_default();
    let selection = grid.whom.selection.with(row).with(column);
    match (selection.indicator, selection.measure) {
        (_, Some(measure)) if measure.is_percent() => book.labels().percent(),
        (Some(indicator), _) => book.unit(indicator).name.clone(),
        (None, _) => String::new(),
    }
}

/// How many decimals of a value are shown, of at most `most`: none that would be zero.
fn shown_scale(value: Decimal, most: u32) -> u32 {
    value.round_dp(most).normalize().scale()
}
