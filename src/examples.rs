//! The dictionary under test: every row's examples and counter-examples are read as a report would be, and what comes
//! out is compared with what a person wrote.

use std::fmt;

use rust_decimal::Decimal;

use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::schema::{ExampleRow, RejectRow};
use crate::dictionary::{Dictionary, Part};
use crate::document::Document;
use crate::observation::{Observation, extract};
use crate::period::{Period, PeriodKind};
use crate::report::{Calendar, ReportFacts};
use crate::text::{SourceText, normal_form};

/// The period of the report that examples stand in, where they do not say.
const REPORT_PERIOD: Period = Period { year: 2024, kind: PeriodKind::Quarter(2) };
/// Its province.
const PROVINCE: &str = "84";

/// What an example or counter-example gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// A name to run it alone by: `labour.strikes/example/1`.
    pub name: String,
    /// File of the dictionary.
    pub file: String,
    /// 1-based line of the row there.
    pub line: usize,
    /// The heading above.
    pub heading: String,
    /// The text.
    pub text: String,
    /// For a counter-example: why it must not give the indicator.
    pub because: String,
    /// What it must give; `not <id>` for a counter-example.
    pub expected: Vec<String>,
    /// What it gave.
    pub found: Vec<String>,
    /// Whether both agree.
    pub passed: bool,
}

/// An example or counter-example of the dictionary.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    id: &'a str,
    at: usize,
    kind: Kind<'a>,
    file: &'a str,
    line: usize,
}

#[derive(Debug, Clone, Copy)]
enum Kind<'a> {
    Example(&'a ExampleRow),
    Reject(&'a RejectRow),
}

/// The examples and counter-examples of all rows, in the order of the register.
pub fn cases(dictionary: &Dictionary) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for (indicator, rules) in dictionary.register.indicators().iter().zip(&dictionary.rules) {
        let examples = rules.examples.iter().map(Kind::Example).enumerate();
        let rejects = rules.rejects.iter().map(Kind::Reject).enumerate();
        cases.extend(examples.chain(rejects).map(|(at, kind)| Case {
            id: &indicator.id,
            at: at + 1,
            kind,
            file: &rules.file,
            line: rules.line,
        }));
    }
    cases
}

/// Runs all of them.
pub fn run_all(dictionary: &Dictionary) -> Vec<Outcome> {
    cases(dictionary).iter().map(|case| case.run(dictionary)).collect()
}

impl Case<'_> {
    /// A name to run it alone by: `labour.strikes/example/1`.
    pub fn name(&self) -> String {
        let kind = match self.kind {
            Kind::Example(_) => "example",
            Kind::Reject(_) => "reject",
        };
        format!("{}/{kind}/{}", self.id, self.at)
    }

    /// Reads its text as a report would be read.
    pub fn run(&self, dictionary: &Dictionary) -> Outcome {
        let (heading, text, period) = match self.kind {
            Kind::Example(row) => (&row.heading, &row.text, &row.period),
            Kind::Reject(row) => (&row.heading, &row.text, &row.period),
        };
        let period = period.as_deref().and_then(|p| p.parse().ok()).unwrap_or(REPORT_PERIOD);
        let read = read(heading.as_deref(), text.get_ref(), period, dictionary);
        let mut found: Vec<String> = read.iter().map(|o| statement(o, period)).collect();
        found.sort();
        let (expected, because, passed) = match self.kind {
            Kind::Example(row) => {
                let mut expected: Vec<String> = row.gives.iter().map(|given| canonical(given, self.id)).collect();
                expected.sort();
                let passed = agree(&expected, &found, period);
                (expected, String::new(), passed)
            }
            Kind::Reject(row) => {
                let passed = read.iter().all(|o| o.indicator != self.id);
                (vec![format!("not {}", self.id)], row.because.clone(), passed)
            }
        };
        Outcome {
            name: self.name(),
            file: self.file.to_owned(),
            line: self.line,
            heading: heading.clone().unwrap_or_default(),
            text: text.get_ref().clone(),
            because,
            expected,
            found,
            passed,
        }
    }
}

impl fmt::Display for Outcome {
    /// Its text, then what was expected beside what was found; what both have stands without a mark.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({}:{})", self.name, self.file, self.line)?;
        for line in [&self.heading, &self.text, &self.because].into_iter().filter(|l| !l.is_empty()) {
            writeln!(f, "  | {line}")?;
        }
        f.write_str(&side_by_side(&self.expected, &self.found))
    }
}

/// Two lists in two columns, a line for each pair; what both have stands first and without a mark.
pub fn side_by_side(left: &[String], right: &[String]) -> String {
    let pairs = beside(left, right);
    let width = pairs.iter().map(|(left, _)| left.chars().count()).max().unwrap_or(0);
    let line = |(left, right): &(String, String)| {
        let mark = if left == right { ' ' } else { '!' };
        let pad = " ".repeat(width - left.chars().count());
        format!("  {mark} {left}{pad} | {right}\n")
    };
    pairs.iter().map(line).collect()
}

/// What both lists have, then what only one has, in pairs as far as they go.
fn beside(expected: &[String], found: &[String]) -> Vec<(String, String)> {
    let mut found = found.to_vec();
    let (mut same, mut missing) = (Vec::new(), Vec::new());
    for text in expected {
        match found.iter().position(|f| f == text) {
            Some(at) => same.push((text.clone(), found.remove(at))),
            None => missing.push(text.clone()),
        }
    }
    let rows = missing.len().max(found.len());
    let cell = |list: &[String], at: usize| list.get(at).cloned().unwrap_or_default();
    same.extend((0..rows).map(|at| (cell(&missing, at), cell(&found, at))));
    same
}

/// The observations of a text that stands alone under its heading.
fn read(heading: Option<&str>, text: &str, period: Period, dictionary: &Dictionary) -> Vec<Observation> {
    // A heading without a number would be taken for a line of the letterhead.
    let heading = heading.map(|h| if is_numbered(h) { format!("{h}\n\n") } else { format!("1. {h}\n\n") });
    let heading = heading.unwrap_or_default();
    let source = SourceText::new(normal_form(&format!("{heading}{text}\n")));
    let mut document = Document::from_text(source, dictionary);
    // Without a title above, the first lines are taken for a letterhead; here they are results.
    for block in document.blocks.iter_mut().filter(|b| b.part == Part::Header) {
        block.part = Part::Results;
    }
    for section in document.sections.iter_mut().filter(|s| s.part == Part::Header) {
        section.part = Part::Results;
    }
    let facts = ReportFacts {
        province: Some(PROVINCE.to_owned()),
        system: ProvinceSystem::P63,
        period: Some(period),
        calendar: Calendar::Unknown,
        date: String::new(),
        number: String::new(),
        revision: 1,
        province_sign: "",
        period_sign: "",
    };
    extract(&document, &facts, "", "", dictionary).observations
}

/// Whether a heading begins with a number or letter of its own, such as `4.2.`, `II.` or `a)`.
fn is_numbered(heading: &str) -> bool {
    let first = heading.split_whitespace().next().unwrap_or_default();
    first.ends_with(['.', ')']) && first.chars().count() <= 6
}

/// `id measure value[ breakdown][ @period]`, as rows of the dictionary state it.
fn statement(observation: &Observation, own: Period) -> String {
    let mut text = format!("{} {} {}", observation.indicator, observation.measure, observation.value.normalize());
    if !observation.breakdown.is_total() {
        text.push_str(&format!(" {}", observation.breakdown));
    }
    if let Some(period) = observation.period.filter(|p| *p != own) {
        text.push_str(&format!(" @{period}"));
    }
    text
}

/// A statement of the dictionary in the form of [`statement`]: with its id, its value and breakdown in one form.
fn canonical(given: &str, id: &str) -> String {
    let mut words: Vec<String> = given.split_whitespace().map(str::to_owned).collect();
    if words.first().is_none_or(|word| !word.contains('.')) {
        words.insert(0, id.to_owned());
    }
    for word in words.iter_mut().skip(2) {
        if let Ok(value) = Decimal::from_str_exact(word) {
            *word = value.normalize().to_string();
        } else if word.contains('=')
            && let Ok(breakdown) = word.parse::<crate::observation::Breakdown>()
        {
            *word = breakdown.to_string();
        }
    }
    words.join(" ")
}

/// Whether both lists say the same. In a period from 1 January `actual` and `cumulative` are one figure.
fn agree(expected: &[String], found: &[String], period: Period) -> bool {
    let plain = |list: &[String]| {
        let mut list: Vec<String> = list
            .iter()
            .map(|s| if period.starts_in_january() { s.replacen(" cumulative ", " actual ", 1) } else { s.clone() })
            .collect();
        list.sort();
        list
    };
    plain(expected) == plain(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_have_one_form() {
        assert_eq!(
            canonical("actual 05.50 sex=female;ethnicity=khmer", "a.b"),
            "a.b actual 5.5 ethnicity=khmer;sex=female"
        );
        assert_eq!(canonical("c.d  plan 3 @2024", "a.b"), "c.d plan 3 @2024");
    }

    #[test]
    fn from_january_both_measures_are_one() {
        let (cumulative, actual) = (["a.b cumulative 3".to_owned()], ["a.b actual 3".to_owned()]);
        assert!(agree(&cumulative, &actual, Period { year: 2024, kind: PeriodKind::Quarter(1) }));
        assert!(!agree(&cumulative, &actual, REPORT_PERIOD));
    }
}
