//! What must hold between the reports of one province: cumulative values go on by what a period brings and never
//! fall, months make up the quarter's own report, the plan of the year stays, stocks follow from what came and left.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::declared::{self, Applied};
use super::identities::is_plain_value;
use super::judge::{self, Judged};
use super::outlier;
use super::relation::{Expr, Kind, Operator, Relation};
use super::rules::Rules;
use super::values::{Values, months};
use crate::diagnostic::Severity;
use crate::dictionary::Dictionary;
use crate::dictionary::register;
use crate::observation::{Measure, Observation, Status};
use crate::period::Period;

/// First and last month, counted from the year 0.
type Span = (u32, u32);

/// Checks the reports of a run against each other. `periods` are the reports' own, by file; observations of reports
/// that a later one supersedes are to be left out.
pub fn check_between(
    observations: &[&Observation],
    periods: &BTreeMap<String, Period>,
    dictionary: &Dictionary,
    rules: &Rules,
) -> Judged {
    let values = Values::of_table(observations.iter().copied(), dictionary, rules);
    let mut provinces: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, value) in values.iter().filter(|(_, v)| !v.observation.province.is_empty()) {
        let own = value.observation;
        provinces.entry((&own.province_system, &own.province)).or_default().push(at);
    }
    let provinces: Vec<Vec<usize>> = provinces.into_values().collect();
    // No relation reaches over provinces, so each is judged by itself.
    let judge = |list: &Vec<usize>| {
        let mut relations = flows(&values, list);
        relations.extend(plans(&values, list));
        relations.extend(stocks(&values, list, periods, rules));
        judge::judge(&values, &relations)
    };
    let each: Vec<Judged> = provinces.par_iter().map(judge).collect();
    let mut judged = Judged::default();
    for of_province in each {
        judged.checked.extend(of_province.checked);
        judged.findings.extend(of_province.findings);
    }
    judged.findings.extend(outlier::find(&values, &provinces, periods, rules));
    judged
}

fn file<'a>(values: &Values<'a>, at: usize) -> &'a str {
    values.get(at).map_or("", |v| v.observation.file.as_str())
}

fn in_several_files(values: &Values<'_>, relation: &Relation) -> bool {
    let mut files: Vec<&str> = relation.values().iter().map(|at| file(values, *at)).collect();
    files.sort_unstable();
    files.dedup();
    files.len() > 1
}

/// Per indicator and part: flows by the months that they cover. A span with different values is left out: settling
/// tells of those.
fn spans(values: &Values<'_>, list: &[usize]) -> BTreeMap<(String, String), BTreeMap<Span, usize>> {
    let mut all: BTreeMap<(String, String), BTreeMap<Span, Vec<usize>>> = BTreeMap::new();
    for at in list.iter().copied() {
        let Some(value) = values.get(at) else { continue };
        let own = value.observation;
        let is_flow = values.indicator(at).is_some_and(|i| i.kind == register::Kind::Flow);
        if !is_flow || !is_plain_value(own.measure) || own.status == Status::Forecast {
            continue;
        }
        let Some(span) = own.period.and_then(|p| months(p, own.measure == Measure::Cumulative)) else { continue };
        let key = (own.indicator.clone(), own.breakdown.to_string());
        all.entry(key).or_default().entry(span).or_default().push(at);
    }
    let one = |list: &[usize]| {
        let first = *list.first()?;
        let value = values.get(first)?.observation.value;
        list.iter().all(|at| values.get(*at).is_some_and(|v| v.observation.value == value)).then_some(first)
    };
    all.into_iter()
        .map(|(key, spans)| (key, spans.iter().filter_map(|(span, list)| Some((*span, one(list)?))).collect()))
        .collect()
}

fn flows(values: &Values<'_>, list: &[usize]) -> Vec<Relation> {
    let mut relations = Vec::new();
    for spans in spans(values, list).values() {
        let mut from_start: BTreeMap<u32, Vec<(u32, usize)>> = BTreeMap::new();
        for (span, at) in spans.iter().filter(|(span, _)| span.0 % 12 == 1) {
            from_start.entry(span.0).or_default().push((span.1, *at));
        }
        for (_, cumulative) in from_start {
            for pair in cumulative.windows(2) {
                let [(before_end, before), (end, now)] = pair else { continue };
                let brought = spans.get(&(before_end + 1, *end));
                relations.push(match brought {
                    Some(brought) => {
                        let sum = Expr::Sum(vec![Expr::Value(*before), Expr::Value(*brought)]);
                        let kind = Kind::Steps;
                        Relation::new(kind, Expr::Value(*now), Operator::Equal, sum, *now, *before)
                            .at_most(Severity::Warning)
                    }
                    None => {
                        let (left, right) = (Expr::Value(*before), Expr::Value(*now));
                        Relation::new(Kind::NeverFalls, left, Operator::AtMost, right, *now, *before)
                    }
                });
            }
        }
        relations.extend(spans.iter().filter_map(|(span, at)| pieces(spans, *span, *at)));
    }
    relations.retain(|r| in_several_files(values, r));
    relations
}

/// A longer period as the sum of its months, its quarters or its halves.
fn pieces(spans: &BTreeMap<Span, usize>, whole: Span, at: usize) -> Option<Relation> {
    let length = whole.1 - whole.0 + 1;
    [6, 3, 1].into_iter().filter(|piece| *piece < length && length.is_multiple_of(*piece)).find_map(|piece| {
        // Two pieces of which the first begins the year are a step, told as such.
        if length == piece * 2 && whole.0 % 12 == 1 {
            return None;
        }
        let starts = (0..length / piece).map(|n| whole.0 + n * piece);
        let parts: Option<Vec<Expr>> =
            starts.map(|start| spans.get(&(start, start + piece - 1)).map(|at| Expr::Value(*at))).collect();
        let sum = Expr::Sum(parts?);
        let mut first = Vec::new();
        sum.values(&mut first);
        let against = *first.first()?;
        let relation = Relation::new(Kind::Periods, sum, Operator::Equal, Expr::Value(at), at, against);
        Some(relation.at_most(Severity::Warning))
    })
}

/// The plan of a year, stated or implied, is the same in each report.
fn plans(values: &Values<'_>, list: &[usize]) -> Vec<Relation> {
    /// Indicator, part and year.
    type Key = (String, String, u16);
    /// By report, the plan as it is stated, else as it follows from a percentage.
    type Reports = BTreeMap<(Span, String), (Expr, usize, bool)>;
    let mut all: BTreeMap<Key, Reports> = BTreeMap::new();
    for at in list.iter().copied() {
        let Some(own) = values.get(at).map(|v| v.observation) else { continue };
        let Some(period) = own.period else { continue };
        let Some((first, last)) = months(period, false) else { continue };
        let stated = own.measure == Measure::Plan;
        let expr = match own.measure {
            Measure::Plan => Some(Expr::Value(at)),
            Measure::PctOfPlan => subject(values, list, own).map(|of| Expr::base(Expr::Value(of), Expr::Value(at))),
            _ => None,
        };
        let Some(expr) = expr else { continue };
        let key = (own.indicator.clone(), own.breakdown.to_string(), period.year);
        let slot = all.entry(key).or_default().entry(((last, first), own.file.clone()));
        let entry = slot.or_insert_with(|| (expr.clone(), at, stated));
        if stated && !entry.2 {
            *entry = (expr, at, stated);
        }
    }
    let mut relations = Vec::new();
    for by_report in all.values() {
        let mut reports = by_report.values();
        let Some((first, first_at, _)) = reports.next() else { continue };
        for (expr, at, _) in reports {
            let relation = Relation::new(Kind::PlanStays, expr.clone(), Operator::Equal, first.clone(), *at, *first_at);
            relations.push(relation.at_most(Severity::Warning));
        }
    }
    relations.retain(|r| in_several_files(values, r));
    relations
}

/// The value of the same report that a percentage of the plan is about.
fn subject(values: &Values<'_>, list: &[usize], share: &Observation) -> Option<usize> {
    let of = share.of?;
    let mut found = list.iter().copied().filter(|at| {
        values.get(*at).map(|v| v.observation).is_some_and(|o| {
            (&o.file, &o.indicator, &o.breakdown, o.measure, o.period)
                == (&share.file, &share.indicator, &share.breakdown, of, share.period)
        })
    });
    let first = found.next()?;
    let value = values.get(first)?.observation.value;
    found.all(|at| values.get(at).is_some_and(|v| v.observation.value == value)).then_some(first)
}

/// Declared checks that need the report before.
fn stocks(values: &Values<'_>, list: &[usize], periods: &BTreeMap<String, Period>, rules: &Rules) -> Vec<Relation> {
    let mut reports: BTreeMap<Span, (&str, Vec<usize>)> = BTreeMap::new();
    for at in list.iter().copied() {
        let name = file(values, at);
        let Some(span) = periods.get(name).and_then(|p| months(*p, false)) else { continue };
        let report = reports.entry(span).or_insert_with(|| (name, Vec::new()));
        if report.0 == name {
            report.1.push(at);
        }
    }
    let mut relations = Vec::new();
    for (span, (_, now)) in &reports {
        let before = reports.iter().filter(|(other, _)| other.1 + 1 == span.0).max_by_key(|(other, _)| other.0);
        let Some((_, (_, before))) = before else { continue };
        for check in rules.declared.iter().filter(|d| d.needs_previous()) {
            // What was there before is a stock, and what came and left is of the period alone.
            let applied = declared::apply(check, values, now, before).into_iter().next();
            if let Some(Applied::Relation(relation)) = applied {
                relations.push(relation);
            }
        }
    }
    relations
}
