//! The annex of one province: indicators by field of work, with their breakdowns.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::book::Book;
use super::furniture::{begin, end, header, index};
use super::labels::{UnitLabel, number_format, roman};
use super::layout::{Layout, Value};
use super::sheet::{Align, Content, Look, Sheet, Strong, address};
use super::source::fill;
use crate::consolidate::{Figure, Settled, canonical};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Indicator, Kind};
use crate::observation::{Breakdown, Measure, Qualifier, Status};

/// The figures of one row.
#[derive(Default)]
struct Row<'a> {
    plan: Option<(usize, &'a Figure)>,
    actual: Option<(usize, &'a Figure)>,
    cumulative: Option<(usize, &'a Figure)>,
    stated_ratio: Option<(usize, &'a Figure)>,
    /// The change on the same period, and whether it is about the cumulative value.
    yoy: Option<(usize, &'a Figure, bool)>,
    /// Last year's value, where no change is stated.
    yoy_base: Option<(usize, &'a Figure, &'a Figure)>,
}

impl<'a> Row<'a> {
    fn find(book: &Book<'a>, system: ProvinceSystem, code: &str, indicator: &Indicator, breakdown: &Breakdown) -> Self {
        let figure = |measure: Measure, of: Option<Measure>| {
            book.input.consolidated.stated(&book.cell(system, indicator, breakdown, measure, of), code)
        };
        let flow = indicator.kind == Kind::Flow;
        let actual = figure(Measure::Actual, None);
        let cumulative = if flow { figure(Measure::Cumulative, None) } else { None };
        let about = [Some(Measure::Cumulative), Some(Measure::Actual), None];
        let yoy = [(Measure::Actual, false), (Measure::Cumulative, true)].into_iter().find_map(|(of, cumulative)| {
            figure(Measure::YoyPct, Some(of))
                .map(|(at, found)| (at, found, cumulative && !book.input.period.starts_in_january()))
        });
        let yoy_base = match actual {
            Some((_, now)) if yoy.is_none() => {
                figure(Measure::YoyBase, Some(Measure::Actual)).map(|(at, then)| (at, now, then))
            }
            _ => None,
        };
        Self {
            plan: figure(Measure::Plan, None),
            actual,
            cumulative,
            stated_ratio: about.into_iter().find_map(|of| figure(Measure::PctOfPlan, of)),
            yoy,
            yoy_base,
        }
    }

    fn is_empty(&self) -> bool {
        let figures = [self.plan, self.actual, self.cumulative, self.stated_ratio];
        figures.iter().all(Option::is_none) && self.yoy.is_none()
    }
}

/// The sheet of one province; none where it has no figure to show.
pub(super) fn lay_out(
    book: &Book<'_>,
    layout: &Layout,
    (system, code): (ProvinceSystem, &str),
    number: &str,
) -> Option<Sheet> {
    let (labels, theme) = (book.labels(), &book.input.layouts.theme);
    let name = book.province(system, code);
    let period = book.period_words(book.input.period);
    let (upper_period, upper_name) = (period.to_uppercase(), name.to_uppercase());
    let year = book.input.period.year.to_string();
    let filling = [
        ("number", number),
        ("period", period.as_str()),
        ("PERIOD", &upper_period),
        ("year", &year),
        ("province", &name),
        ("PROVINCE", &upper_name),
    ];
    let mut sheet = Sheet { widths: layout.columns.iter().map(|c| c.width).collect(), ..Sheet::default() };
    begin(&mut sheet, layout, &filling, theme);
    let paths: Vec<Vec<String>> = layout.columns.iter().map(|c| c.header.clone()).collect();
    let marks: Vec<String> = layout.columns.iter().map(|c| c.mark.clone()).collect();
    header(&mut sheet, &paths, &marks, theme);
    sheet.freeze = (sheet.next_row, layout.freeze_columns);

    let breakdowns = book.breakdowns(system, Some(code));
    let mut writer = Writer { book, layout, sheet };
    let (mut section, mut in_section, mut domain) = (0, 0, "");
    for indicator in book.input.register.indicators() {
        let Some(breakdowns) = breakdowns.get(indicator.id.as_str()) else { continue };
        let rows: Vec<(&Breakdown, Row<'_>)> = breakdowns
            .iter()
            .map(|breakdown| (*breakdown, Row::find(book, system, code, indicator, breakdown)))
            .filter(|(_, row)| !row.is_empty())
            .collect();
        if rows.is_empty() {
            continue;
        }
        if domain != indicator.domain() {
            domain = indicator.domain();
            (section, in_section) = (section + 1, 0);
            writer.section(&roman(section), &indicator.domain_name);
        }
        in_section += 1;
        let unit = labels.unit(indicator.unit.code());
        let total = Breakdown::total();
        if !rows.iter().any(|(breakdown, _)| breakdown.is_total()) {
            let none = Row::find(book, system, code, indicator, &total);
            writer.row(&in_section.to_string(), &indicator.name, false, indicator, &unit, &none);
        }
        for (breakdown, row) in &rows {
            if breakdown.is_total() {
                writer.row(&in_section.to_string(), &indicator.name, false, indicator, &unit, row);
            } else {
                let categories = labels.breakdown(breakdown);
                let name = fill(&labels.word.breakdown_row, &[("categories", &categories)]);
                writer.row("", &name, true, indicator, &unit, row);
            }
        }
    }
    if let Some(heading) = layout.other_periods() {
        writer.other_periods((system, code), &roman(section + 1), heading);
    }
    let mut sheet = writer.sheet;
    if sheet.next_row == sheet.freeze.0 {
        return None;
    }
    end(&mut sheet, layout, &filling, theme);
    Some(sheet)
}

struct Writer<'b> {
    book: &'b Book<'b>,
    layout: &'b Layout,
    sheet: Sheet,
}

impl Writer<'_> {
    fn column(&self, value: Value) -> Option<u16> {
        self.layout.columns.iter().position(|c| *c.value.get_ref() == value).map(index)
    }

    /// A section row: its numeral, and its name over the other columns.
    fn section(&mut self, numeral: &str, name: &str) {
        let row = self.sheet.take_row();
        let last = self.sheet.columns().saturating_sub(1);
        let look = |align| Look::Body { align, strong: Strong::Bold };
        self.sheet.put(row, 0, Content::Text(numeral.to_owned()), look(Align::Centre));
        self.sheet.across(row, 1.min(last), last, name, look(Align::Left));
        let theme = &self.book.input.layouts.theme;
        self.sheet.heights.push((row, theme.height(1, theme.size.body) + 3.0));
    }

    /// The figures of other periods that the province's report states, by period and indicator.
    fn other_periods(&mut self, (system, code): (ProvinceSystem, &str), numeral: &str, heading: &str) {
        let book = self.book;
        let own = book.input.period;
        let from_january = canonical(Kind::Flow, own, Measure::Cumulative, None).0;
        let figures = book.figures.iter().filter_map(|at| Some((*at, book.figure(*at)?)));
        let others: Vec<(usize, &Figure)> = figures
            .filter(|(_, f)| f.key.system == system && f.key.province == code && f.key.measure == Measure::Actual)
            .filter(|(_, f)| f.key.period != own && f.key.period != from_january)
            .collect();
        if !others.is_empty() {
            self.section(numeral, heading);
        }
        let mut number = 0;
        for (at, figure) in others {
            let Some(indicator) = book.input.register.get(&figure.key.indicator) else { continue };
            let categories = book.labels().breakdown(&figure.key.breakdown);
            let name = if categories.is_empty() {
                indicator.name.clone()
            } else {
                format!("{} - {categories}", indicator.name)
            };
            let period = book.period_words(figure.key.period);
            let name = fill(&book.labels().word.other_period_row, &[("indicator", &name), ("period", &period)]);
            number += 1;
            let unit = book.labels().unit(indicator.unit.code());
            let row = Row { actual: Some((at, figure)), ..Row::default() };
            self.row(&number.to_string(), &name, false, indicator, &unit, &row);
        }
    }

    fn row(&mut self, number: &str, name: &str, part: bool, indicator: &Indicator, unit: &UnitLabel, found: &Row<'_>) {
        let row = self.sheet.take_row();
        let note = self.note(indicator, found);
        let strong = if part { Strong::Italic } else { Strong::Plain };
        let body = |align| Look::Body { align, strong };
        let value = |found: Option<(usize, &Figure)>, absent: Content| match found {
            Some((at, figure)) => (shown(unit, figure.value), Some(at)),
            None => (absent, None),
        };
        let missing = || Content::Text(self.book.labels().word.missing.clone());
        // A figure of another period has no cumulative one beside it.
        let own = found.actual.is_none_or(|(_, figure)| figure.key.period == self.book.input.period);
        let flow = own && indicator.kind == Kind::Flow;
        let theme = &self.book.input.layouts.theme;
        let mut lines = 1;
        for (at, column) in self.layout.columns.iter().enumerate() {
            let at = index(at);
            let text = |text: &str| Content::Text(text.to_owned());
            let ((content, figure), align) = match column.value.get_ref() {
                Value::Number => ((text(number), None), Align::Centre),
                Value::Name => ((text(name), None), if part { Align::Indented } else { Align::Left }),
                Value::Unit => ((text(&unit.name), None), Align::Centre),
                Value::Plan => (value(found.plan, Content::Blank), Align::Right),
                Value::Actual => (value(found.actual, missing()), Align::Right),
                Value::Cumulative => {
                    (value(found.cumulative, if flow { missing() } else { Content::Blank }), Align::Right)
                }
                Value::PlanRatio => (self.plan_ratio(row, indicator, unit, found), Align::Right),
                Value::YoyRatio => (yoy_ratio(found), Align::Right),
                Value::Note => ((text(&note), None), Align::Left),
                _ => ((Content::Blank, None), Align::Left),
            };
            if let Content::Text(text) = &content {
                lines = lines.max(theme.lines(text, column.width, theme.size.body, false));
            }
            let look = body(align);
            self.sheet.put(row, at, content, look);
            if let (Some(figure), Some(cell)) = (figure, self.sheet.cells.last_mut()) {
                cell.source = self.book.source_rows.get(&figure).copied();
            }
        }
        self.sheet.heights.push((row, theme.height(lines, theme.size.body) + 2.0));
    }

    /// The percentage of the plan: a formula where the plan and what it is of stand in the row, else as stated.
    fn plan_ratio(
        &self,
        row: u32,
        indicator: &Indicator,
        unit: &UnitLabel,
        found: &Row<'_>,
    ) -> (Content, Option<usize>) {
        let stated = found.stated_ratio.map(|(at, figure)| (shown_ratio(figure.value), Some(at)));
        let computed = ratio_base(indicator, found).and_then(|(value, (_, over))| {
            let (_, plan) = found.plan?;
            let (over_at, plan_at) = (self.column(value)?, self.column(Value::Plan)?);
            let ratio =
                unit.printed(over.value).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(unit.printed(plan.value))?;
            let formula = format!("={}/{}*100", address(row, over_at), address(row, plan_at));
            Some((Content::Formula(formula, ratio, ratio_format(ratio)), None))
        });
        computed.or(stated).unwrap_or((Content::Blank, None))
    }

    /// What the figures of a row need said: who is not exact, estimated, doubtful, disputed.
    fn note(&self, indicator: &Indicator, found: &Row<'_>) -> String {
        let (labels, names) = (&self.book.labels().note, &self.book.labels().column);
        let once = self.book.input.period.starts_in_january();
        let columns = [
            (&names.plan, found.plan),
            (&names.actual, found.actual),
            (&names.cumulative, found.cumulative.filter(|_| !once || found.actual.is_none())),
            (&names.plan_ratio, found.stated_ratio.filter(|_| found.plan.is_none())),
            (&names.yoy_ratio, found.yoy.map(|(at, figure, _)| (at, figure))),
        ];
        let shown = columns.into_iter().filter_map(|(name, figure)| Some((name.as_str(), figure?.1)));
        let mut said: BTreeMap<usize, (&str, Vec<&str>)> = BTreeMap::new();
        for (name, figure) in shown {
            let remarks = [
                (figure.qualifier == Qualifier::Over, &labels.over),
                (figure.qualifier == Qualifier::Under, &labels.under),
                (figure.qualifier == Qualifier::About, &labels.about),
                (figure.key.status == Status::Estimate, &labels.estimate),
                (figure.key.status == Status::Forecast, &labels.forecast),
                (figure.doubtful, &labels.doubtful),
                (figure.settled == Settled::Outranked, &labels.outranked),
                (figure.settled == Settled::Corrected, &labels.corrected),
                (figure.settled == Settled::Added, &labels.added),
                (figure.settled == Settled::Planned, &labels.planned),
            ];
            for (at, (applies, text)) in remarks.into_iter().enumerate() {
                if applies {
                    said.entry(at).or_insert((text, Vec::new())).1.push(name);
                }
            }
        }
        let mut notes: Vec<String> =
            said.into_values().map(|(text, columns)| fill(text, &[("columns", &columns.join(", "))])).collect();
        notes.extend(stated_ratio_note(&labels.stated_ratio, indicator, found));
        if found.yoy.is_some_and(|(_, _, cumulative)| cumulative) {
            notes.push(labels.yoy_of_cumulative.clone());
        }
        notes.join("; ")
    }
}

/// The figure that the plan is compared with: the cumulative one; for stocks the one at the end of the period.
fn ratio_base<'a>(indicator: &Indicator, found: &Row<'a>) -> Option<(Value, (usize, &'a Figure))> {
    match indicator.kind {
        Kind::Flow => found.cumulative.map(|figure| (Value::Cumulative, figure)),
        Kind::Stock => found.actual.map(|figure| (Value::Actual, figure)),
        // A level is not a part of its target.
        Kind::Rate => None,
    }
}

/// A stated percentage of the plan stays visible where the computed one rounds to another.
fn stated_ratio_note(text: &str, indicator: &Indicator, found: &Row<'_>) -> Option<String> {
    let (_, stated) = found.stated_ratio?;
    let (_, plan) = found.plan?;
    let (_, (_, over)) = ratio_base(indicator, found)?;
    let computed = over.value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(plan.value)?;
    let stated = stated.value.normalize();
    let differs = computed.round_dp(stated.scale()) != stated;
    differs.then(|| fill(text, &[("value", &stated.to_string().replace('.', ","))]))
}

/// The ratio to the same period of last year: 100 and the stated change, or from last year's value.
fn yoy_ratio(found: &Row<'_>) -> (Content, Option<usize>) {
    if let Some((at, figure, _)) = found.yoy {
        return (shown_ratio(Decimal::ONE_HUNDRED + figure.value), Some(at));
    }
    let computed = found.yoy_base.and_then(|(at, now, then)| {
        let ratio = now.value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(then.value)?;
        Some((shown_ratio(ratio), Some(at)))
    });
    computed.unwrap_or((Content::Blank, None))
}

fn shown(unit: &UnitLabel, value: Decimal) -> Content {
    let printed = unit.printed(value);
    let decimals = printed.scale().min(unit.decimals);
    Content::Number(printed, number_format(decimals))
}

fn shown_ratio(value: Decimal) -> Content {
    Content::Number(value, ratio_format(value))
}

/// Percentages show at most two decimals.
fn ratio_format(value: Decimal) -> String {
    number_format(value.round_dp(2).normalize().scale())
}
