//! When reports are due, from `deadlines.toml`, and dates to hold them against.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use toml::Spanned;

use crate::dictionary::schema::{line_at, read_toml};
use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};
use crate::period::{Period, PeriodKind};

/// Name of the file below the templates folder.
const DEADLINES_FILE: &str = "deadlines.toml";

const PERIODS: &[&str] = &["month", "quarter", "half", "first_months", "year"];
const CALENDARS: &[&str] = &["administrative", "calendar", "unknown"];

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
}

impl Date {
    /// Days since a day long past, so that differences count days.
    fn number(self) -> i64 {
        // Years are counted from March, so that the leap day is the last.
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let year = if month <= 2 { year - 1 } else { year };
        let from_march = (month + 9) % 12;
        year * 365 + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + i64::from(self.day)
    }

    /// How many days `self` is after `other`; negative where it is before.
    pub fn days_after(self, other: Self) -> i64 {
        self.number() - other.number()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A text that is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}`: not a date; write 2024-05-20")]
pub struct ParseDateError(pub String);

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('-');
        let mut next = || parts.next().filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
        let read = || {
            let (year, month, day) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
            ((1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day)).then_some(Self {
                year,
                month,
                day,
            })
        };
        let mut read = read;
        read().filter(|_| text.matches('-').count() == 2).ok_or_else(|| ParseDateError(text.to_owned()))
    }
}

fn days_of(year: u16, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "deadline", default)]
    deadlines: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    periods: Vec<Spanned<String>>,
    calendars: Vec<Spanned<String>>,
    months_after: Spanned<u8>,
    day: Spanned<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Deadline {
    periods: Vec<String>,
    calendars: Vec<String>,
    months_after: u8,
    day: u8,
}

/// When reports are due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deadlines(Vec<Deadline>);

impl Deadlines {
    /// Reads the deadlines from the template files.
    ///
    /// # Errors
    /// With file, line and the valid choices.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let (file, text) = read_toml::<File>(templates, DEADLINES_FILE)?;
        let mut faults = Vec::new();
        let mut fault = |at: usize, message: String| {
            faults.push(TemplateFault { file: DEADLINES_FILE.to_owned(), line: line_at(&text, at), message });
        };
        let mut deadlines = Vec::new();
        for row in file.deadlines {
            for (names, valid) in [(&row.periods, PERIODS), (&row.calendars, CALENDARS)] {
                for name in names.iter().filter(|name| !valid.contains(&name.get_ref().as_str())) {
                    fault(name.span().start, format!("`{}`: unknown; valid: {}", name.get_ref(), valid.join(", ")));
                }
            }
            if !(1..=31).contains(row.day.get_ref()) {
                fault(row.day.span().start, format!("`{}`: no day of a month; valid: 1 to 31", row.day.get_ref()));
            }
            if *row.months_after.get_ref() > 24 {
                fault(row.months_after.span().start, "more than 24 months after the period".to_owned());
            }
            let names = |list: Vec<Spanned<String>>| list.into_iter().map(Spanned::into_inner).collect();
            deadlines.push(Deadline {
                periods: names(row.periods),
                calendars: names(row.calendars),
                months_after: row.months_after.into_inner(),
                day: row.day.into_inner(),
            });
        }
        if faults.is_empty() { Ok(Self(deadlines)) } else { Err(TemplateErrors(faults)) }
    }

    /// The last day on which a report of this period and calendar is on time.
    pub fn due(&self, period: Period, calendar: &str) -> Option<Date> {
        let kind = match period.kind {
            PeriodKind::Month(_) => "month",
            PeriodKind::Quarter(_) => "quarter",
            PeriodKind::Half(_) => "half",
            PeriodKind::FirstMonths(_) => "first_months",
            PeriodKind::Year | PeriodKind::Years(_) => "year",
        };
        let fits = |d: &&Deadline| d.periods.iter().any(|p| p == kind) && d.calendars.iter().any(|c| c == calendar);
        let deadline = self.0.iter().find(fits)?;
        let months = u16::from(period.last_month()) - 1 + u16::from(deadline.months_after);
        let (year, month) = (period.last_year() + months / 12, u8::try_from(months % 12 + 1).ok()?);
        Some(Date { year, month, day: deadline.day.min(days_of(year, month)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_years_and_turns_of_the_year() {
        let days = |a: &str, b: &str| a.parse::<Date>().unwrap().days_after(b.parse().unwrap());
        assert_eq!(days("2024-03-01", "2024-02-28"), 2);
        assert_eq!(days("2023-03-01", "2023-02-28"), 1);
        assert_eq!(days("2025-01-02", "2024-12-20"), 13);
        assert_eq!(days("2024-12-20", "2025-12-20"), -365);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2023-02-29", "2023-13-01", "2023-01-00", "2023-01", "2023-01-01-1", "15/01/2023", ""] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_day_a_report_is_due() {
        let deadlines = Deadlines::load(&Templates::built_in()).unwrap();
        let due = |period: &str, calendar: &str| {
            deadlines.due(period.parse().unwrap(), calendar).map(|d| d.to_string()).unwrap_or_default()
        };
        assert_eq!(due("2023-M11", "unknown"), "2023-11-20");
        assert_eq!(due("2023-S1", "administrative"), "2023-06-20");
        assert_eq!(due("2023", "calendar"), "2024-01-15");
        assert_eq!(due("2023-M11", "calendar"), "");
    }

    #[test]
    fn faults_name_the_line_and_the_choices() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[[deadline]]\nperiods = [\"moon\"]\ncalendars = [\"unknown\"]\nmonths_after = 0\nday = 32\n";
        std::fs::write(folder.path().join(DEADLINES_FILE), text).unwrap();
        let message = Deadlines::load(&Templates::with_overlay(folder.path()).unwrap()).unwrap_err().to_string();
        assert!(message.contains("deadlines.toml:2: `moon`: unknown; valid: month, quarter"), "{message}");
        assert!(message.contains("deadlines.toml:5: `32`: no day"), "{message}");
    }
}
