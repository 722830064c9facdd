//! What needs saying about the figures of a row: who is not exact, estimated, doubtful, disputed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::book::Book;
use super::grid::{Grid, Held};
use super::node::Shown;
use super::select::{Origin, Question};
use super::source::fill;
use crate::consolidate::{Figure, Settled};
use crate::observation::{Measure, Qualifier, Status};

/// The remarks on a row, for its notes.
pub(super) fn remarks(book: &Book<'_>, grid: &Grid<'_>, row: usize) -> String {
    let labels = &book.labels().note;
    let once = book.input.period.starts_in_january();
    let mut said: BTreeMap<usize, (&str, Vec<&str>)> = BTreeMap::new();
    let mut notes: Vec<String> = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    let cells = grid.cells.get(row).into_iter().flatten();
    for (column, held) in grid.columns.iter().zip(cells) {
        let (Some(short), Held::Answer(question, answer)) = (&column.node.short, held) else { continue };
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

/// Whether a figure is sure: exact, reported and not to be reviewed.
pub(super) fn sure(figure: &Figure) -> bool {
    figure.qualifier == Qualifier::Exact && figure.key.status == Status::Reported && !figure.doubtful
}

fn applying<'l>(figure: &Figure, labels: &'l super::labels::Notes) -> [(bool, &'l str); 10] {
    [
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
    ]
    .map(|(applies, text)| (applies, text.as_str()))
}

/// A stated percentage of the plan stays visible where the computed one rounds to another; a change that is about
/// the cumulative value says so.
fn of_ratio(book: &Book<'_>, grid: &Grid<'_>, question: &Question<'_>, origin: &Origin<'_>) -> Option<String> {
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

fn decimal_comma(value: Decimal) -> String {
    value.to_string().replace('.', ",")
}
