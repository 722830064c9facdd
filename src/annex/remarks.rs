//! What needs saying about the figures of a row: who is not exact, estimated, doubtful, disputed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::book::Book;
use super::grid::{Grid, Held};
use super::node::Shown;
use super::select::{Origin, Place, Question};
use super::source::fill;
use crate::consolidate::{Basis, Figure, Settled};
use crate::dictionary::geography::ProvinceSystem;
use crate::observation::{Measure, Qualifier, Status};
use crate::period::Period;

/// The remarks on a row, for its notes.
pub(super) fn remarks<'a>(book: &Book<'a>, grid: &Grid<'a>, row: usize) -> String {
    let labels = &book.labels().note;
    let once = book.input.period.starts_in_january();
    let mut said: BTreeMap<usize, (&str, Vec<&str>)> = BTreeMap::new();
    let mut notes: Vec<String> = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    let cells = grid.cells.get(row).into_iter().flatten();
    for (column, held) in grid.columns.iter().zip(cells) {
        let Some(short) = &column.node.short else { continue };
        let (question, answer) = match held {
            Held::Answer(question, answer) => (question, answer),
            Held::Absent(Some(question)) => {
                notes.extend(lacking(book, grid, question, short));
                continue;
            }
            _ => continue,
        };
        if let Some((at, figure)) = answer.figure() {
            // In-period and cumulative are one figure in periods that start in January: said once.
            if once && seen.contains(&at) {
                continue;
            }
            seen.push(at);
            for (at, (applies, text)) in applying(figure, labels).into_iter().enumerate() {
                if applies {
                    said.entry(at).or_insert((text, Vec::new())).1.push(short);
                }
            }
        }
        notes.extend(of_ratio(book, grid, question, &answer.origin));
    }
    let said = said.into_values().map(|(text, columns)| fill(text, &[("columns", &columns.join(", "))]));
    said.chain(notes).collect::<Vec<_>>().join("; ")
}

/// Whether a figure is sure: exact, reported, not to be reviewed, and no plan that a percentage implies.
pub(super) fn sure(figure: &Figure) -> bool {
    figure.qualifier == Qualifier::Exact
        && figure.key.status == Status::Reported
        && figure.basis != Basis::Implied
        && !figure.doubtful
}

fn applying<'l>(figure: &Figure, labels: &'l super::labels::Notes) -> [(bool, &'l str); 13] {
    [
        (figure.qualifier == Qualifier::Over, &labels.over),
        (figure.qualifier == Qualifier::Under, &labels.under),
        (figure.qualifier == Qualifier::About && figure.basis != Basis::Implied, &labels.about),
        (figure.key.status == Status::Estimate, &labels.estimate),
        (figure.key.status == Status::Forecast, &labels.forecast),
        (figure.doubtful, &labels.doubtful),
        (figure.settled == Settled::Outranked, &labels.outranked),
        (figure.settled == Settled::Corrected, &labels.corrected),
        (figure.settled == Settled::Added, &labels.added),
        (figure.settled == Settled::Planned, &labels.planned),
        (matches!(figure.basis, Basis::Periods | Basis::Difference), &labels.computed),
        (figure.basis == Basis::Implied, &labels.implied),
        (figure.administrative, &labels.administrative),
    ]
    .map(|(applies, text)| (applies, text.as_str()))
}

/// A stated percentage of the plan stays visible where the computed one rounds to another; a change that is about
/// the cumulative value says so.
fn of_ratio<'a>(book: &Book<'a>, grid: &Grid<'a>, question: &Question<'a>, origin: &Origin<'a>) -> Option<String> {
    let labels = &book.labels().note;
    match (question.measure, origin) {
        (Shown::PlanRatio, Origin::Ratio { .. }) => {
            let (_, stated) = book.stated_plan_ratio(grid.system, question)?;
            let plan = book.answer(grid.system, &question.of(Shown::Plain(Measure::Plan)))?;
            let computed = book.answer(grid.system, question)?;
            let stated = stated.value.normalize();
            let differs = !plan.value.is_zero() && computed.value.round_dp(stated.scale()) != stated;
            differs.then(|| fill(&labels.stated_ratio, &[("value", &decimal_comma(stated))]))
        }
        (Shown::YoyRatio | Shown::YoyGrowth, Origin::Change(..)) => {
            let (_, _, cumulative) = book.stated_yoy(grid.system, question)?;
            cumulative.then(|| labels.yoy_of_cumulative.clone())
        }
        _ => None,
    }
}

/// What is missing of a figure that is known in part: the months, or the provinces that were merged.
fn lacking(book: &Book<'_>, grid: &Grid<'_>, question: &Question<'_>, short: &str) -> Option<String> {
    let (Shown::Plain(measure), Place::Province(province)) = (question.measure, question.place) else { return None };
    let cell = book.cell(grid.system, question, measure, None);
    let partial = book.input.consolidated.partial(&cell, &province.code)?;
    // Where but one part is known, it stands in its own column, and nothing was put together.
    if partial.figures.len() < 2 {
        return None;
    }
    let mut runs: Vec<(Period, Period)> = Vec::new();
    for month in &partial.missing_months {
        match runs.last_mut() {
            Some((_, last)) if last.year == month.year && last.last_month() + 1 == month.first_month() => {
                *last = *month
            }
            _ => runs.push((*month, *month)),
        }
    }
    let name = |month| book.labels().period_short(month);
    let months = runs
        .into_iter()
        .map(|(first, last)| if first == last { name(first) } else { format!("{} - {}", name(first), name(last)) });
    let provinces = partial.missing_provinces.iter().map(|code| book.province(ProvinceSystem::P63, code));
    let missing: Vec<String> = months.chain(provinces).collect();
    Some(fill(&book.labels().note.partial, &[("missing", &missing.join(", ")), ("columns", short)]))
}

fn decimal_comma(value: Decimal) -> String {
    value.to_string().replace('.', ",")
}
