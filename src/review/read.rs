//! A filled review workbook to corrections. Every fault is told with sheet and row; a workbook with a fault is not
//! used at all, lest half of what a person decided be lost.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Range, Reader};
use rust_decimal::Decimal;

use super::choice::{breakdown_of, code_of, decision_of, decision_word};
use super::sheet::{DEFAULT_NAME, DEFAULT_TIME, FINDINGS, NUMBERS};
use super::{Bound, Change, Correction, Decision, Reading, Subject};
use crate::dictionary::Dictionary;
use crate::mention::number::{Convention, Follows, parse};
use crate::message::Messages;
use crate::observation::Measure;
use crate::period::Period;

/// The hidden row of names is among the first rows, unless a person put others before it.
const NAMES_WITHIN: u32 = 30;
/// So many known choices are named beside one that is not known.
const MOST_NAMED: usize = 5;

/// A cell of a review workbook that cannot be understood: a message `fault.<key>` of the section `review`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Sheet and row, in words.
    pub place: String,
    /// The key of its message.
    pub key: &'static str,
    /// What was found.
    pub found: String,
    /// What may be written.
    pub valid: String,
}

impl Fault {
    /// What a person reads.
    pub fn message(&self, messages: &Messages) -> String {
        let words = messages.text(self.key, &[("found", &self.found), ("valid", &self.valid)]);
        format!("{}: {words}", self.place)
    }
}

/// The decisions of a filled workbook. Rows without a decision are passed over.
///
/// # Errors
/// Every fault found: the workbook cannot be opened, a decision that is not offered, an indicator, breakdown,
/// measure, period, value or time that cannot be understood, a correction that corrects nothing, a missing name.
pub fn read_corrections(
    file: &str,
    bytes: &[u8],
    dictionary: &Dictionary,
    messages: &Messages,
) -> Result<Vec<Correction>, Vec<Fault>> {
    let broken = |key: &'static str, cause: String| {
        vec![Fault { place: file.to_owned(), key, found: cause, valid: String::new() }]
    };
    let mut workbook = calamine::open_workbook_auto_from_rs(Cursor::new(bytes.to_vec()))
        .map_err(|error| broken("review.fault-file", error.to_string()))?;
    let mut sheets: Vec<(String, Range<Data>)> = Vec::new();
    for name in workbook.sheet_names() {
        let range =
            workbook.worksheet_range(&name).map_err(|error| broken("review.fault-file", format!("{name}: {error}")))?;
        sheets.push((name, range));
    }
    let default = |mark: &str| sheets.iter().find_map(|(_, range)| beside(range, mark)).unwrap_or_default();
    let reader = RowReader { file, dictionary, messages, name: default(DEFAULT_NAME), time: default(DEFAULT_TIME) };
    let (mut corrections, mut faults, mut any) = (Vec::new(), Vec::new(), false);
    for (name, range) in &sheets {
        let Some(table) = Table::of(range) else { continue };
        any = true;
        for row in table.rows(range) {
            match reader.row(name, table.is_numbers, &row) {
                Ok(found) => corrections.extend(found),
                Err(found) => faults.extend(found),
            }
        }
    }
    if !any {
        return Err(broken("review.fault-sheets", String::new()));
    }
    if faults.is_empty() { Ok(corrections) } else { Err(faults) }
}

/// The text of the filled cell in the row of `mark`, which stands in its fourth column.
fn beside(range: &Range<Data>, mark: &str) -> Option<String> {
    let (last, _) = range.end()?;
    (0..=last)
        .find(|row| range.get_value((*row, 3)).is_some_and(|cell| text_of(cell) == mark))
        .and_then(|row| range.get_value((row, 1)))
        .map(text_of)
        .filter(|text| !text.is_empty())
}

/// A cell as text: numbers by their shortest digits, dates as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute) == (0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}") }
        }
        Data::Float(value) => value.to_string(),
        other => other.to_string().trim().to_owned(),
    }
}

/// A sheet that has the hidden row of names.
struct Table {
    is_numbers: bool,
    names_row: u32,
    columns: BTreeMap<String, u32>,
}

/// The cells of one row by their names.
struct Row<'r> {
    /// 1-based, as a spreadsheet shows it.
    number: u32,
    cells: BTreeMap<&'r str, &'r Data>,
}

impl Row<'_> {
    fn text(&self, name: &str) -> String {
        self.cells.get(name).map(|cell| text_of(cell)).unwrap_or_default()
    }

    fn count(&self, name: &str) -> usize {
        self.text(name).parse().unwrap_or(0)
    }
}

impl Table {
    fn of(range: &Range<Data>) -> Option<Self> {
        let (last_row, last_column) = range.end()?;
        let text = |row, column| range.get_value((row, column)).map(text_of).unwrap_or_default();
        for row in 0..=last_row.min(NAMES_WITHIN) {
            let columns: BTreeMap<String, u32> = (0..=last_column)
                .map(|column| (text(row, column), column))
                .filter(|(name, _)| !name.is_empty())
                .collect();
            let is_numbers = columns.contains_key(NUMBERS);
            if is_numbers || columns.contains_key(FINDINGS) {
                return Some(Self { is_numbers, names_row: row, columns });
            }
        }
        None
    }

    /// The rows below the headings.
    fn rows<'r>(&'r self, range: &'r Range<Data>) -> impl Iterator<Item = Row<'r>> {
        let last = range.end().map_or(0, |(row, _)| row);
        (self.names_row + 2..=last).map(move |row| {
            let cell = |(name, column): (&'r String, &u32)| Some((name.as_str(), range.get_value((row, *column))?));
            Row { number: row + 1, cells: self.columns.iter().filter_map(cell).collect() }
        })
    }
}

/// What rows are read with.
struct RowReader<'a> {
    file: &'a str,
    dictionary: &'a Dictionary,
    messages: &'a Messages,
    name: String,
    time: String,
}

impl RowReader<'_> {
    /// The decision of one row, if it has one.
    fn row(&self, sheet: &str, is_numbers: bool, row: &Row<'_>) -> Result<Option<Correction>, Vec<Fault>> {
        let source =
            format!("{}: {sheet}, {}", self.file, self.messages.line(usize::try_from(row.number).unwrap_or(0)));
        let mut faults: Vec<Fault> = Vec::new();
        let mut fault = |key: &'static str, found: &str, valid: String| {
            faults.push(Fault { place: source.clone(), key, found: found.to_owned(), valid });
        };
        let written = row.text("decision");
        let read = self.change(row);
        let is_read = read.is_ok();
        let change = read.unwrap_or_else(|found| {
            found.into_iter().for_each(|(key, found, valid)| fault(key, &found, valid));
            Change::default()
        });
        let offered: Vec<String> = Decision::ALL.iter().map(|d| decision_word(*d, self.messages)).collect();
        let decision = decision_of(&written, self.messages);
        if written.is_empty() {
            // A correction without the word for it would be lost in silence.
            if !change.is_empty() {
                fault("review.fault-undecided", "", offered.join(", "));
            }
            return if faults.is_empty() { Ok(None) } else { Err(faults) };
        }
        let digest = row.text("digest");
        match decision {
            None => fault("review.fault-decision", &written, offered.join(", ")),
            Some(_) if digest.is_empty() => fault("review.fault-bound", "", String::new()),
            Some(Decision::Correct) if !is_numbers => fault("review.fault-decision", &written, offered.join(", ")),
            Some(Decision::Correct) if change.is_empty() && is_read => fault("review.fault-nothing", "", String::new()),
            Some(Decision::Accept | Decision::Reject) if !change.is_empty() => {
                fault("review.fault-both", &written, decision_word(Decision::Correct, self.messages));
            }
            Some(_) => {}
        }
        let or_default = |own: String, default: &str| if own.is_empty() { default.to_owned() } else { own };
        let name = or_default(row.text("name"), &self.name);
        let written_time = or_default(row.text("time"), &self.time);
        if name.is_empty() {
            fault("review.fault-name", "", String::new());
        }
        let time = time_of(&written_time);
        if time.is_none() {
            fault("review.fault-time", &written_time, String::new());
        }
        let subject = if is_numbers { self.number_subject(row) } else { Some(finding_subject(row)) };
        if subject.is_none() {
            fault("review.fault-bound", "", String::new());
        }
        let (Some(decision), Some(time), Some(subject), true) = (decision, time, subject, faults.is_empty()) else {
            return Err(faults);
        };
        Ok(Some(Correction {
            bound: Bound {
                digest,
                file: row.text("file"),
                line: row.count("line"),
                start: row.count("start"),
                end: row.count("end"),
                stated: row.text("stated"),
                quote: row.text("quote"),
            },
            subject,
            decision,
            change,
            name,
            reason: row.text("reason"),
            time,
            source,
        }))
    }

    /// What the filled cells change.
    fn change(&self, row: &Row<'_>) -> Result<Change, Vec<(&'static str, String, String)>> {
        let mut change = Change::default();
        let mut faults = Vec::new();
        let (indicator, breakdown) = (row.text("indicator"), row.text("breakdown"));
        let (measure, period) = (row.text("measure"), row.text("period"));
        let register = &self.dictionary.register;
        if !indicator.is_empty() {
            let by_name = || register.indicators().iter().find(|i| i.name == indicator);
            match register.get(code_of(&indicator)).or_else(by_name) {
                Some(known) => change.indicator = Some(known.id.clone()),
                None => faults.push(("review.fault-indicator", indicator, self.near(row))),
            }
        }
        if !breakdown.is_empty() {
            match breakdown_of(&breakdown, self.dictionary) {
                Ok(known) => change.breakdown = Some(known),
                Err(part) => faults.push(("review.fault-breakdown", part, String::new())),
            }
        }
        if !measure.is_empty() {
            let word = |m: &&Measure| self.messages.word(&format!("measure.{m}")) == measure;
            match code_of(&measure).parse().ok().or_else(|| Measure::ALL.iter().find(word).copied()) {
                Some(known) => change.measure = Some(known),
                None => {
                    let valid = Measure::ALL.iter().map(|m| m.code()).collect::<Vec<_>>().join(", ");
                    faults.push(("review.fault-measure", measure, valid));
                }
            }
        }
        if !period.is_empty() {
            match period.parse::<Period>() {
                Ok(known) => change.period = Some(known),
                Err(_) => faults.push(("review.fault-period", period, String::new())),
            }
        }
        match row.cells.get("value").map(|cell| value_of(cell)) {
            Some(Err(found)) => faults.push(("review.fault-value", found, String::new())),
            Some(Ok(value)) => change.value = value,
            None => {}
        }
        // A breakdown that the indicator does not admit would be lost in every annex.
        let was = || Some(row.text("was_indicator")).filter(|id| !id.is_empty());
        let indicator = change.indicator.clone().or_else(was).and_then(|id| register.get(&id));
        let breakdown = change.breakdown.clone().or_else(|| row.text("was_breakdown").parse().ok());
        if let (Some(indicator), Some(breakdown), true) = (indicator, breakdown, faults.is_empty()) {
            let outside = breakdown.pairs().find(|(dimension, _)| !indicator.breakdowns.iter().any(|d| d == dimension));
            if let (Some((dimension, _)), false) = (outside, change.is_empty()) {
                let valid = indicator.breakdowns.join(", ");
                faults.push(("review.fault-not-admitted", format!("{}: {dimension}", indicator.id), valid));
            }
        }
        if faults.is_empty() { Ok(change) } else { Err(faults) }
    }

    /// What an indicator that is not known could have been meant as.
    fn near(&self, row: &Row<'_>) -> String {
        let candidates = row.text("candidates");
        let named: Vec<&str> = candidates.lines().map(code_of).take(MOST_NAMED).collect();
        named.join(", ")
    }

    fn number_subject(&self, row: &Row<'_>) -> Option<Subject> {
        let rule = row.text("rule");
        let indicator = row.text("was_indicator");
        if indicator.is_empty() {
            return Some(Subject::Unmapped { reason: rule });
        }
        let period = row.text("was_period");
        let reading = Reading {
            indicator,
            breakdown: row.text("was_breakdown").parse().ok()?,
            measure: row.text("was_measure").parse().ok()?,
            period: if period.is_empty() { None } else { Some(period.parse().ok()?) },
            value: Decimal::from_str_exact(&row.text("was_value")).ok()?,
        };
        Some(Subject::Observation { rule, reading })
    }
}

fn finding_subject(row: &Row<'_>) -> Subject {
    Subject::Finding {
        check: row.text("check"),
        stated: row.text("stated"),
        expected: row.text("expected"),
        other_quote: row.text("other_quote"),
    }
}

/// A value: a numeric cell as stored, a text as a number is written in reports. An empty cell is none.
fn value_of(cell: &Data) -> Result<Option<Decimal>, String> {
    let found = text_of(cell);
    let value = match cell {
        Data::Empty => return Ok(None),
        Data::Float(_) | Data::Int(_) => Decimal::from_scientific(&found).or_else(|_| found.parse()).ok(),
        _ if found.is_empty() => return Ok(None),
        _ => {
            let (sign, digits) = found.strip_prefix('-').map_or((Decimal::ONE, found.as_str()), |d| (-Decimal::ONE, d));
            parse(digits, Follows::Nothing, Convention::default()).map(|value| value * sign)
        }
    };
    value.map(|value| Some(value.normalize())).ok_or(found)
}

/// A day or a moment as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`; also understood: `21/6/2024`, `21-6-2024 8:05`.
fn time_of(text: &str) -> Option<String> {
    let text = text.trim().replace('T', " ");
    let (date, clock) = text.split_once(' ').unwrap_or((&text, ""));
    let parts: Vec<u32> = date.split(['/', '-', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if *year > 31 => (*year, *month, *day),
        [day, month, year] => (*year, *month, *day),
        _ => return None,
    };
    let is_day = (1900..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if clock.is_empty() {
        return is_day.then_some(date);
    }
    let mut parts = clock.split([':', 'h']).map(|part| part.trim().parse::<u32>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    (is_day && hour < 24 && minute < 60).then(|| format!("{date}T{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_understood_as_they_are_written() {
        for (text, time) in [
            ("2024-06-21", Some("2024-06-21")),
            ("21/6/2024", Some("2024-06-21")),
            ("21-06-2024 8:05", Some("2024-06-21T08:05")),
            ("2024-06-21T14:30", Some("2024-06-21T14:30")),
            ("2024-13-01", None),
            ("hôm nay", None),
            ("", None),
            ("21/6/2024 25:00", None),
        ] {
            assert_eq!(time_of(text).as_deref(), time, "{text}");
        }
    }

    #[test]
    fn values_are_read_from_numbers_and_from_text() {
        let of = |cell: Data| value_of(&cell).map(|v| v.map(|v| v.to_string()));
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(of(Data::Float(1518.0)), some("1518"));
        assert_eq!(of(Data::Float(41.54)), some("41.54"));
        assert_eq!(of(Data::Float(11_076_000_000.0)), some("11076000000"));
        assert_eq!(of(Data::String("11.076.000.000".to_owned())), some("11076000000"));
        assert_eq!(of(Data::String("-22,43".to_owned())), some("-22.43"));
        assert_eq!(of(Data::String(" ".to_owned())), Ok(None));
        assert_eq!(of(Data::Empty), Ok(None));
        assert_eq!(of(Data::String("nhiều".to_owned())), Err("nhiều".to_owned()));
    }
}
