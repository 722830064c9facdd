//! The dictionary under test: every row's examples and counter-examples are read as a report would be, and what comes
//! out is compared with what a person wrote.

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

/// Runs the examples and counter-examples of all rows, in the order of the register.
pub fn run_all(dictionary: &Dictionary) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (indicator, rules) in dictionary.register.indicators().iter().zip(&dictionary.rules) {
        let place = (rules.file.as_str(), rules.line);
        for (at, example) in rules.examples.iter().enumerate() {
            outcomes.push(run_example(&indicator.id, at + 1, example, place, dictionary));
        }
        for (at, reject) in rules.rejects.iter().enumerate() {
            outcomes.push(run_reject(&indicator.id, at + 1, reject, place, dictionary));
        }
    }
    outcomes
}

fn run_example(id: &str, at: usize, row: &ExampleRow, place: (&str, usize), dictionary: &Dictionary) -> Outcome {
    let period = own_period(row.period.as_deref());
    let read = read(row.heading.as_deref(), row.text.get_ref(), period, dictionary);
    let mut expected: Vec<String> = row.gives.iter().map(|given| canonical(given, id)).collect();
    let mut found: Vec<String> = read.iter().map(|o| statement(o, period)).collect();
    expected.sort();
    found.sort();
    Outcome {
        name: format!("{id}/example/{at}"),
        file: place.0.to_owned(),
        line: place.1,
        heading: row.heading.clone().unwrap_or_default(),
        text: row.text.get_ref().clone(),
        because: String::new(),
        passed: agree(&expected, &found, period),
        expected,
        found,
    }
}

fn run_reject(id: &str, at: usize, row: &RejectRow, place: (&str, usize), dictionary: &Dictionary) -> Outcome {
    let period = own_period(row.period.as_deref());
    let read = read(row.heading.as_deref(), row.text.get_ref(), period, dictionary);
    let mut found: Vec<String> = read.iter().map(|o| statement(o, period)).collect();
    found.sort();
    Outcome {
        name: format!("{id}/reject/{at}"),
        file: place.0.to_owned(),
        line: place.1,
        heading: row.heading.clone().unwrap_or_default(),
        text: row.text.get_ref().clone(),
        because: row.because.clone(),
        expected: vec![format!("not {id}")],
        passed: read.iter().all(|o| o.indicator != id),
        found,
    }
}

fn own_period(written: Option<&str>) -> Period {
    written.and_then(|p| p.parse().ok()).unwrap_or(REPORT_PERIOD)
}

/// The observations of a text that stands alone under its heading.
fn read(heading: Option<&str>, text: &str, period: Period, dictionary: &Dictionary) -> Vec<Observation> {
    let heading = heading.map(|h| format!("{h}\n\n")).unwrap_or_default();
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
