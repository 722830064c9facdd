//! Checks that the templates declare: `left`, an operator, `right`, what may differ, how grave it is, and what to do
//! where a side is missing. Each carries examples, and is refused when it fails them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use toml::Spanned;

use super::relation::{Expr, Kind, Operator, Relation};
use super::values::Values;
use crate::diagnostic::Severity;
use crate::dictionary::register::{self, Register};
use crate::dictionary::schema::{line_at, read_toml};
use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};
use crate::observation::{Breakdown, Measure, Observation, Status};
use crate::period::Period;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    check: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Spanned<String>,
    name: String,
    left: Spanned<String>,
    operator: Spanned<String>,
    right: Spanned<String>,
    #[serde(default)]
    tolerance: Option<Spanned<String>>,
    severity: Spanned<String>,
    #[serde(default)]
    missing: Missing,
    #[serde(default)]
    example: Vec<Example>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    given: BTreeMap<Spanned<String>, Decimal>,
    holds: Spanned<bool>,
}

/// What to do where a value of a side is not stated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// The check is not done.
    #[default]
    Skip,
    /// It counts as zero, where something else of its side is stated.
    Zero,
    /// A person is told.
    Tell,
}

/// One value that a check names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// Whether it is taken away.
    pub minus: bool,
    /// Id in the register.
    pub indicator: String,
    /// The part, in its written form; empty for the total.
    pub breakdown: String,
    /// Whether the value of the province's report before is meant.
    pub previous: bool,
}

/// A declared check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its id.
    pub id: String,
    /// What it says, for people.
    pub name: String,
    /// The left side.
    pub left: Vec<Term>,
    /// How the sides must stand.
    pub operator: Operator,
    /// The right side.
    pub right: Vec<Term>,
    /// What may differ, in the unit of the sides.
    pub absolute: Decimal,
    /// What may differ, as a share of the right side.
    pub share: Decimal,
    /// How grave it is where it does not hold.
    pub severity: Severity,
    /// What to do where a value is not stated.
    pub missing: Missing,
}

/// The declared checks of a file.
///
/// # Errors
/// Every fault with file and line.
pub(super) fn load(templates: &Templates, file: &str, register: &Register) -> Result<Vec<Declared>, TemplateErrors> {
    let (rows, source) = read_toml::<File>(templates, file)?;
    let mut faults = Vec::new();
    let mut checks = Vec::new();
    for row in rows.check {
        let mut fault = |at: usize, message: String| {
            faults.push(TemplateFault { file: file.to_owned(), line: line_at(&source, at), message });
        };
        match read(&row, register) {
            Ok(check) => {
                for (at, message) in lint(&check, &row) {
                    fault(at, message);
                }
                checks.push(check);
            }
            Err((at, message)) => fault(at, message),
        }
    }
    if faults.is_empty() { Ok(checks) } else { Err(TemplateErrors(faults)) }
}

type Fault = (usize, String);

fn read(row: &Row, register: &Register) -> Result<Declared, Fault> {
    let side = |text: &Spanned<String>| terms(text.get_ref(), register).map_err(|message| (text.span().start, message));
    let (left, right) = (side(&row.left)?, side(&row.right)?);
    let operator = match row.operator.get_ref().as_str() {
        "=" => Operator::Equal,
        "<=" => Operator::AtMost,
        other => return Err((row.operator.span().start, format!("`{other}`: no such operator; valid: =, <="))),
    };
    let severity = match row.severity.get_ref().as_str() {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "info" => Severity::Info,
        other => {
            return Err((
                row.severity.span().start,
                format!("`{other}`: no such severity; valid: error, warning, info"),
            ));
        }
    };
    let (absolute, share) = match &row.tolerance {
        None => (Decimal::ZERO, Decimal::ZERO),
        Some(text) => tolerance(text.get_ref()).ok_or_else(|| {
            (text.span().start, format!("`{}`: no tolerance; write it as \"2\" or \"1.5%\"", text.get_ref()))
        })?,
    };
    let (id, name, missing) = (row.id.get_ref().clone(), row.name.clone(), row.missing);
    Ok(Declared { id, name, left, operator, right, absolute, share, severity, missing })
}

fn tolerance(text: &str) -> Option<(Decimal, Decimal)> {
    let number = |text: &str| Decimal::from_str_exact(text.trim()).ok().filter(|n| !n.is_sign_negative());
    match text.strip_suffix('%') {
        Some(share) => Some((Decimal::ZERO, number(share)? / Decimal::ONE_HUNDRED)),
        None => Some((number(text)?, Decimal::ZERO)),
    }
}

/// `a.b[c=d] + a.e - a.f@previous`.
fn terms(text: &str, register: &Register) -> Result<Vec<Term>, String> {
    let mut terms = Vec::new();
    let mut minus = false;
    for word in text.split_whitespace() {
        match word {
            "+" => minus = false,
            "-" => minus = true,
            _ => {
                terms.push(Term { minus, ..term(word, register)? });
                minus = false;
            }
        }
    }
    if terms.is_empty() { Err("names no indicator".to_owned()) } else { Ok(terms) }
}

fn term(word: &str, register: &Register) -> Result<Term, String> {
    let (name, previous) = match word.split_once('@') {
        None => (word, false),
        Some((name, "previous")) => (name, true),
        Some((_, other)) => return Err(format!("`@{other}`: no such period; valid: @previous")),
    };
    let (id, pairs) = match name.split_once('[') {
        None => (name, ""),
        Some((id, rest)) => {
            (id, rest.strip_suffix(']').ok_or_else(|| format!("`{word}`: the bracket does not close"))?)
        }
    };
    let Some(row) = register.get(id) else {
        return Err(format!("`{id}`: unknown indicator; nearest: {}", register.nearest(id).join(", ")));
    };
    let breakdown: Breakdown = pairs.replace(',', ";").parse().map_err(|error| format!("{error}"))?;
    if let Some((dimension, _)) = breakdown.pairs().find(|(d, _)| row.breakdowns.iter().all(|b| b != d)) {
        let valid = if row.breakdowns.is_empty() { "none".to_owned() } else { row.breakdowns.join(", ") };
        return Err(format!("`{id}` is not split by `{dimension}`; it is split by: {valid}"));
    }
    Ok(Term { minus: false, indicator: id.to_owned(), breakdown: breakdown.to_string(), previous })
}

impl Term {
    /// As it is written in a file.
    fn written(&self) -> String {
        let pairs =
            if self.breakdown.is_empty() { String::new() } else { format!("[{}]", self.breakdown.replace(';', ",")) };
        format!("{}{pairs}{}", self.indicator, if self.previous { "@previous" } else { "" })
    }
}

fn lint(check: &Declared, row: &Row) -> Vec<Fault> {
    let mut faults = Vec::new();
    let at = row.id.span().start;
    for holds in [true, false] {
        if row.example.iter().all(|e| *e.holds.get_ref() != holds) {
            faults.push((at, format!("`{}` has no example with `holds = {holds}`", check.id)));
        }
    }
    let known: Vec<String> = check.left.iter().chain(&check.right).map(Term::written).collect();
    for example in &row.example {
        let given: BTreeMap<&str, Decimal> = example.given.iter().map(|(k, v)| (k.get_ref().as_str(), *v)).collect();
        if let Some(unknown) = example.given.keys().find(|k| !known.contains(k.get_ref())) {
            let message =
                format!("`{}`: not a value of `{}`; valid: {}", unknown.get_ref(), check.id, known.join(", "));
            faults.push((unknown.span().start, message));
            continue;
        }
        let holds = check.holds(&given);
        if holds != Some(*example.holds.get_ref()) {
            let found = holds.map_or("is not done with these values".to_owned(), |h| format!("gives `holds = {h}`"));
            faults.push((example.holds.span().start, format!("`{}` {found}", check.id)));
        }
    }
    faults
}

impl Declared {
    /// Whether it needs more than one report.
    pub fn needs_previous(&self) -> bool {
        self.left.iter().chain(&self.right).any(|t| t.previous)
    }

    fn holds(&self, given: &BTreeMap<&str, Decimal>) -> Option<bool> {
        let side = |terms: &[Term]| {
            let mut any = false;
            let mut sum = Decimal::ZERO;
            for term in terms {
                match given.get(term.written().as_str()) {
                    Some(value) if term.minus => sum -= value,
                    Some(value) => sum += value,
                    None if self.missing == Missing::Zero => continue,
                    None => return None,
                }
                any = true;
            }
            any.then_some(sum)
        };
        let (left, right) = (side(&self.left)?, side(&self.right)?);
        let slack = self.absolute + (right * self.share).abs();
        Some(match self.operator {
            Operator::Equal => (left - right).abs() <= slack,
            Operator::AtMost | Operator::Whole => left <= right + slack,
        })
    }
}

/// A check with the values that a report states for it.
pub(super) enum Applied {
    /// Both sides are there.
    Relation(Relation),
    /// Values of it are missing; the one it would stand at.
    Missing {
        /// Place of a value that is there.
        at: usize,
        /// What is not stated.
        missing: Vec<String>,
    },
}

/// The declared checks of one report, or with values of the report before.
pub(super) fn apply(check: &Declared, values: &Values<'_>, now: &[usize], before: &[usize]) -> Vec<Applied> {
    let (now, before) = (Stated::of(values, now), Stated::of(values, before));
    let measures = [Measure::Actual, Measure::Cumulative];
    measures.into_iter().filter_map(|measure| apply_measure(check, values, &now, &before, measure)).collect()
}

fn apply_measure(
    check: &Declared,
    values: &Values<'_>,
    now: &Stated<'_>,
    before: &Stated<'_>,
    measure: Measure,
) -> Option<Applied> {
    let mut missing: Vec<String> = Vec::new();
    let mut first: Option<usize> = None;
    let mut has_flow = false;
    let mut side = |terms: &[Term]| -> Option<Expr> {
        let mut plus: Vec<Expr> = Vec::new();
        let mut minus: Vec<Expr> = Vec::new();
        for term in terms {
            let list = if term.previous { before } else { now };
            match find(term, values, list, measure) {
                Some(found) => {
                    let row = values.dictionary().register.get(&term.indicator);
                    has_flow |= row.is_some_and(|r| r.kind == register::Kind::Flow);
                    first = first.or(found.first().copied().filter(|_| !term.previous));
                    let sum = match found.as_slice() {
                        [one] => Expr::Value(*one),
                        several => Expr::Sum(several.iter().map(|v| Expr::Value(*v)).collect()),
                    };
                    if term.minus { minus.push(sum) } else { plus.push(sum) }
                }
                None => missing.push(term.written()),
            }
        }
        let mut plus = plus.into_iter();
        let head = plus.next()?;
        let sum = plus.fold(head, |sum, next| match sum {
            Expr::Sum(mut terms) => {
                terms.push(next);
                Expr::Sum(terms)
            }
            one => Expr::Sum(vec![one, next]),
        });
        Some(minus.into_iter().fold(sum, Expr::minus))
    };
    let (left, right) = (side(&check.left), side(&check.right));
    // Stocks alone have no second measure.
    if measure == Measure::Cumulative && !has_flow {
        return None;
    }
    match (left, right) {
        (Some(left), Some(right)) if missing.is_empty() || check.missing == Missing::Zero => {
            let against = {
                let mut list = Vec::new();
                right.values(&mut list);
                *list.first()?
            };
            let at = {
                let mut list = Vec::new();
                left.values(&mut list);
                *list.iter().find(|v| now.list.contains(v)).or(list.first())?
            };
            let slack = {
                let nominal = |v: usize| values.get(v).map(|v| v.printed.value());
                check.absolute + (right.nominal(&nominal)? * check.share).abs()
            };
            let kind = if check.needs_previous() { Kind::StockFlow } else { Kind::Declared };
            let relation = Relation::new(kind, left, check.operator, right, at, against);
            Some(Applied::Relation(
                Relation { tolerance: slack, severity: check.severity, ..relation }.named(&check.name),
            ))
        }
        _ if check.missing == Missing::Tell && measure == Measure::Actual => {
            Some(Applied::Missing { at: first?, missing })
        }
        _ => None,
    }
}

/// The values of one report, and the period that most of them have.
struct Stated<'v> {
    list: &'v [usize],
    period: Option<Period>,
}

impl<'v> Stated<'v> {
    fn of(values: &Values<'_>, list: &'v [usize]) -> Self {
        let mut counts: BTreeMap<Period, usize> = BTreeMap::new();
        for period in list.iter().filter_map(|at| values.get(*at)?.observation.period) {
            *counts.entry(period).or_default() += 1;
        }
        Self { list, period: counts.into_iter().max_by_key(|(_, count)| *count).map(|(period, _)| period) }
    }
}

/// The value of a term, stated once or equally each time; else the parts by one disjoint dimension.
fn find(term: &Term, values: &Values<'_>, stated: &Stated<'_>, measure: Measure) -> Option<Vec<usize>> {
    let row = values.dictionary().register.get(&term.indicator)?;
    let stock = row.kind != register::Kind::Flow;
    let fits = |o: &Observation| {
        // Where the period begins in January both measures are one figure, which is checked once.
        let from_january = o.period.is_some_and(Period::starts_in_january);
        let measured = match (measure, stock) {
            (Measure::Cumulative, true) => o.measure == Measure::Actual,
            (Measure::Cumulative, false) => o.measure == Measure::Cumulative && !from_january,
            _ => o.measure == Measure::Actual || o.measure == Measure::Cumulative && from_january,
        };
        measured && o.indicator == term.indicator && o.period == stated.period && o.status == Status::Reported
    };
    let of = |at: usize| values.get(at).map(|v| v.observation);
    let own: Vec<usize> = stated.list.iter().copied().filter(|at| of(*at).is_some_and(fits)).collect();
    let is_total = |at: &usize| of(*at).is_some_and(|o| o.breakdown.to_string() == term.breakdown);
    let totals: Vec<usize> = own.iter().copied().filter(is_total).collect();
    if let Some(first) = totals.first() {
        let value = of(*first)?.value;
        return totals.iter().all(|at| of(*at).is_some_and(|o| o.value == value)).then(|| vec![*first]);
    }
    if !term.breakdown.is_empty() {
        return None;
    }
    let mut by_dimension: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
    for at in own {
        let pairs: Vec<(&str, &str)> = of(at)?.breakdown.pairs().collect();
        if let [(dimension, category)] = pairs.as_slice() {
            by_dimension.entry(dimension).or_default().entry(category).or_default().push(at);
        }
    }
    by_dimension.into_iter().find_map(|(dimension, parts)| {
        let disjoint = values.dictionary().dimensions.iter().any(|d| d.id == dimension && d.disjoint);
        let once = parts.values().all(|at| at.len() == 1);
        (disjoint && once && parts.len() > 1).then(|| parts.into_values().flatten().collect())
    })
}
