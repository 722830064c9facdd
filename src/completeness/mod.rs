//! Who reported, who is late and who is missing in each period, and what each report says of each indicator.
//!
//! Reports, observations and mentions flow in, with the deadlines of `deadlines.toml`; one row for each province and
//! period flows out, and the state of each indicator in it. Silence, a mention and a reported zero are told apart.

mod deadlines;
mod files;
mod mention;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

pub use deadlines::{Date, Deadlines, ParseDateError};
pub use files::{read_mentions_csv, write_completeness_csv, write_mentions_csv, write_reporting_csv};
pub use mention::{Mention, mentions};

use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::observation::Observation;
use crate::period::Period;
use crate::table::ReportRow;

/// What completeness is told from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// All reports of the run.
    pub reports: &'a [ReportRow],
    /// All observations of the run.
    pub observations: &'a [Observation],
    /// Indicators that reports speak of without a figure.
    pub mentions: &'a [Mention],
    /// The provinces of both lists.
    pub geography: &'a Geography,
    /// When reports are due.
    pub deadlines: &'a Deadlines,
}

/// Whether a province's report of a period came in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Punctuality {
    /// By the day it was due.
    OnTime,
    /// So many days after it.
    Late(i64),
    /// There is a report, but its date or its deadline is not known.
    Unknown,
    /// There is no report.
    Missing,
}

impl Punctuality {
    /// The code as it stands in the files for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late(_) => "late",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }
}

/// What a province handed in for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporting {
    /// The period.
    pub period: Period,
    /// The list of provinces in force in it.
    pub system: ProvinceSystem,
    /// Code of the province in that list.
    pub province: String,
    /// Whether the report came in time; the first issue counts.
    pub punctuality: Punctuality,
    /// The reports of the period, the latest issue last.
    pub files: Vec<String>,
    /// Date of the first issue, where it is known.
    pub date: Option<Date>,
    /// The last day on time, where there is one.
    pub due: Option<Date>,
    /// How many later issues there are.
    pub revisions: usize,
    /// `calendar`, `administrative` or `unknown`, of the latest issue; empty where there is no report.
    pub calendar: String,
    /// For a missing report: another period that ends with this one, of which the province has a report.
    pub instead: Option<Period>,
}

/// What a report says of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// A figure that is not zero.
    Figure,
    /// That there was none.
    Zero,
    /// It speaks of it without a figure.
    Mentioned,
    /// Nothing.
    Silent,
    /// There is no report.
    NoReport,
}

impl State {
    /// All of them, in the order of what is known.
    pub const ALL: [Self; 5] = [Self::Figure, Self::Zero, Self::Mentioned, Self::Silent, Self::NoReport];

    /// The code as it stands in the files for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Figure => "figure",
            Self::Zero => "zero",
            Self::Mentioned => "mentioned",
            Self::Silent => "silent",
            Self::NoReport => "no_report",
        }
    }
}

type Key = (ProvinceSystem, String, Period, String);

/// Who reported what.
#[derive(Debug, Clone, Default)]
pub struct Completeness {
    rows: Vec<Reporting>,
    /// Only what is not silence.
    states: FxHashMap<Key, State>,
}

impl Completeness {
    /// Tells completeness for every period of which at least one report is there.
    pub fn of(input: &Input<'_>) -> Self {
        let counted = |r: &&ReportRow| matches!(r.status.as_str(), "read" | "superseded") && !r.province.is_empty();
        let mut by_province: BTreeMap<(ProvinceSystem, &str, Period), Vec<&ReportRow>> = BTreeMap::new();
        for row in input.reports.iter().filter(counted) {
            if let (Some(system), Some(period)) = (ProvinceSystem::from_code(&row.province_system), row.period) {
                by_province.entry((system, &row.province, period)).or_default().push(row);
            }
        }
        let periods: BTreeSet<Period> = by_province.keys().map(|(.., period)| *period).collect();
        let mut rows = Vec::new();
        let mut key_of: FxHashMap<&str, (ProvinceSystem, &str, Period)> = FxHashMap::default();
        for (key, reports) in &mut by_province {
            reports.sort_by_key(|r| (r.revision, &r.date, &r.file));
            key_of.extend(reports.iter().map(|r| (r.file.as_str(), *key)));
        }
        for period in &periods {
            let system = ProvinceSystem::in_force(period.last_year(), period.last_month());
            for province in input.geography.provinces(system) {
                let reports =
                    by_province.get(&(system, &province.code, *period)).map(Vec::as_slice).unwrap_or_default();
                let mut row = reporting(input, *period, system, &province.code, reports);
                if reports.is_empty() {
                    let other = |p: &&Period| {
                        (p.last_year(), p.last_month()) == (period.last_year(), period.last_month())
                            && by_province.contains_key(&(system, &province.code, **p))
                    };
                    row.instead = periods.iter().find(other).copied();
                }
                rows.push(row);
            }
        }
        let mut states: FxHashMap<Key, State> = FxHashMap::default();
        let mut tell = |file: &str, indicator: &str, state: State| {
            let Some((system, province, period)) = key_of.get(file) else { return };
            let key = (*system, (*province).to_owned(), *period, indicator.to_owned());
            let known = states.entry(key).or_insert(state);
            *known = (*known).min(state);
        };
        for o in input.observations {
            tell(&o.file, &o.indicator, if o.value.is_zero() { State::Zero } else { State::Figure });
        }
        for mention in input.mentions {
            tell(&mention.file, &mention.indicator, State::Mentioned);
        }
        Self { rows, states }
    }

    /// One row for each period and province that was to report, by period, then in regional order.
    pub fn rows(&self) -> &[Reporting] {
        &self.rows
    }

    /// The rows of one period.
    pub fn of_period(&self, period: Period) -> impl Iterator<Item = &Reporting> {
        self.rows.iter().filter(move |r| r.period == period)
    }

    /// What a province's report says of an indicator.
    pub fn state(&self, row: &Reporting, indicator: &str) -> State {
        if row.files.is_empty() {
            return State::NoReport;
        }
        let key = (row.system, row.province.clone(), row.period, indicator.to_owned());
        self.states.get(&key).copied().unwrap_or(State::Silent)
    }

    /// Everything that reports say of indicators, sorted; what is not there is silence.
    pub fn states(&self) -> Vec<(Period, ProvinceSystem, &str, &str, State)> {
        let known = self.states.iter();
        let mut states: Vec<_> = known.map(|((s, p, period, i), state)| (*period, *s, &**p, &**i, *state)).collect();
        states.sort_unstable();
        states
    }

    /// How many provinces are in each state for an indicator in a period, in the order of [`State::ALL`].
    pub fn counts(&self, period: Period, indicator: &str) -> [usize; 5] {
        let mut counts = [0; 5];
        for row in self.of_period(period) {
            let state = self.state(row, indicator);
            for (count, of) in counts.iter_mut().zip(State::ALL) {
                *count += usize::from(of == state);
            }
        }
        counts
    }
}

fn reporting(
    input: &Input<'_>,
    period: Period,
    system: ProvinceSystem,
    province: &str,
    reports: &[&ReportRow],
) -> Reporting {
    let calendar = reports.last().map_or("unknown", |r| r.calendar.as_str());
    let date = reports.iter().filter_map(|r| r.date.parse::<Date>().ok()).min();
    let due = input.deadlines.due(period, calendar);
    let punctuality = match (reports.is_empty(), date, due) {
        (true, ..) => Punctuality::Missing,
        (false, Some(date), Some(due)) if date <= due => Punctuality::OnTime,
        (false, Some(date), Some(due)) => Punctuality::Late(date.days_after(due)),
        (false, ..) => Punctuality::Unknown,
    };
    Reporting {
        period,
        system,
        province: province.to_owned(),
        punctuality,
        files: reports.iter().map(|r| r.file.clone()).collect(),
        date,
        due,
        revisions: reports.len().saturating_sub(1),
        calendar: if reports.is_empty() { String::new() } else { calendar.to_owned() },
        instead: None,
    }
}
