//! Rows: there for every indicator, in the register's order, with examples that can be read.

use rust_decimal::Decimal;

use super::{Fault, Written};
use crate::diagnostic::Severity;
use crate::dictionary::Dictionary;
use crate::dictionary::register::{Indicator, REGISTER_FILE, Unit};
use crate::dictionary::schema::IndicatorRow;
use crate::observation::{Breakdown, Measure};
use crate::period::Period;

/// A row should have at least so many examples …
const EXAMPLES: usize = 3;
/// … and so many counter-examples.
const REJECTS: usize = 2;

pub(super) fn check(files: &[Written], dictionary: &Dictionary) -> Vec<Fault> {
    let mut faults = missing(dictionary);
    for file in files {
        let mut last: Option<(usize, &str)> = None;
        for row in &file.rows {
            let id = row.id.get_ref();
            let Some(at) = dictionary.register.position(id) else { continue };
            let start = row.id.span().start;
            match last {
                Some((before, other)) if before > at => {
                    let args = [("id", id.as_str()), ("other", other)];
                    faults.push(file.fault(Severity::Warning, "verify.order", start, &args));
                }
                _ => last = Some((at, id)),
            }
            faults.extend(enough(file, row));
            faults.extend(companions(file, row, dictionary));
            faults.extend(gives(file, row, dictionary));
        }
    }
    faults
}

/// Indicators that have no row.
fn missing(dictionary: &Dictionary) -> Vec<Fault> {
    let rows = dictionary.register.indicators().iter().zip(&dictionary.rules).enumerate();
    rows.filter(|(_, (_, rules))| rules.line == 0)
        .map(|(at, (indicator, _))| Fault {
            severity: Severity::Error,
            name: "verify.no-row",
            file: REGISTER_FILE.to_owned(),
            line: at + 2,
            args: vec![
                ("id", indicator.id.clone()),
                ("name", indicator.name.clone()),
                ("file", format!("dictionary/{}.toml", indicator.domain())),
            ],
        })
        .collect()
}

fn enough(file: &Written, row: &IndicatorRow) -> Vec<Fault> {
    let lists = [("verify.examples", row.example.len(), EXAMPLES), ("verify.rejects", row.reject.len(), REJECTS)];
    let few = lists.into_iter().filter(|(_, count, least)| count < least);
    few.map(|(name, count, least)| {
        let severity = if count == 0 { Severity::Error } else { Severity::Warning };
        let (count, least) = (count.to_string(), least.to_string());
        let args = [("id", row.id.get_ref().as_str()), ("count", &count), ("least", &least)];
        file.fault(severity, name, row.id.span().start, &args)
    })
    .collect()
}

/// Values that cannot be followed by one of this row.
fn companions(file: &Written, row: &IndicatorRow, dictionary: &Dictionary) -> Vec<Fault> {
    let Some(own) = dictionary.register.get(row.id.get_ref()) else { return Vec::new() };
    let follows = |of: &Indicator| of.unit != Unit::Percent && (own.unit, of.unit) != (Unit::Vnd, Unit::Vnd);
    row.companion_of
        .iter()
        .filter_map(|id| Some((id, dictionary.register.get(id.get_ref())?)))
        .filter(|(_, of)| !follows(of))
        .map(|(id, of)| {
            let args = [
                ("id", own.id.as_str()),
                ("unit", own.unit.code()),
                ("other", of.id.as_str()),
                ("other_unit", of.unit.code()),
            ];
            file.fault(Severity::Error, "verify.companion", id.span().start, &args)
        })
        .collect()
}

/// Statements of examples that no report can give.
fn gives(file: &Written, row: &IndicatorRow, dictionary: &Dictionary) -> Vec<Fault> {
    let id = row.id.get_ref();
    let mut faults = Vec::new();
    for example in &row.example {
        for given in &example.gives {
            if let Err(found) = readable(given, id, dictionary) {
                let args = [("given", given.as_str()), ("found", &found)];
                faults.push(file.fault(Severity::Error, "verify.gives", example.text.span().start, &args));
            }
        }
    }
    faults
}

/// Whether `[id] measure value[ dimension=category;…][ @period]` can be a row of the table; else the word that
/// cannot.
fn readable(given: &str, own: &str, dictionary: &Dictionary) -> Result<(), String> {
    let mut words: Vec<&str> = given.split_whitespace().collect();
    let id = match words.first() {
        Some(first) if first.contains('.') => words.remove(0),
        _ => own,
    };
    let indicator = dictionary.register.get(id).ok_or_else(|| id.to_owned())?;
    let [measure, value, rest @ ..] = words.as_slice() else { return Err(given.to_owned()) };
    measure.parse::<Measure>().map_err(|error| error.to_string())?;
    Decimal::from_str_exact(value).map_err(|_| (*value).to_owned())?;
    for word in rest {
        let good = match word.strip_prefix('@') {
            Some(period) => period.parse::<Period>().is_ok(),
            None => word.parse::<Breakdown>().is_ok_and(|breakdown| admitted(&breakdown, indicator)),
        };
        if !good {
            return Err((*word).to_owned());
        }
    }
    Ok(())
}

fn admitted(breakdown: &Breakdown, indicator: &Indicator) -> bool {
    breakdown.pairs().all(|(dimension, _)| indicator.breakdowns.iter().any(|known| known == dimension))
}
