//! The stated values that relations are made of: those of one report with what its structure tells, or those of many.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::Rules;
use super::printed::{Printed, Reading};
use crate::dictionary::Dictionary;
use crate::dictionary::marker::Marker;
use crate::dictionary::register::{Indicator, Kind, Unit};
use crate::document::Document;
use crate::observation::{Breakdown, Draft, Extraction, Measure, Observation, Origin, Status};
use crate::period::{Period, PeriodKind};

/// One stated value.
#[derive(Debug, Clone)]
pub struct Value<'a> {
    /// As it stands in the table.
    pub observation: &'a Observation,
    /// As it is printed.
    pub printed: Printed,
    /// The whole it is told as a part of, and whether the words say that the parts make it up.
    pub whole: Option<(usize, bool)>,
    /// The value that it is about.
    pub about: Option<usize>,
    /// Block and sentence; `None` where only the table is known.
    pub place: Option<(usize, usize)>,
    /// Its row of a table: block and first token of the row.
    row: Option<(usize, usize)>,
    /// Whether the reading is sure enough that a contradiction is the report's.
    pub sure: bool,
}

impl Value<'_> {
    /// The number as it is written, with the sign of percentages.
    pub fn written(&self) -> String {
        let text = self.printed.text();
        let is_percent = self.observation.measure.is_percent() || self.observation.unit == Unit::Percent.code();
        if is_percent && !text.contains('%') { format!("{text}%") } else { text.to_owned() }
    }

    /// Whether both stand in one row of a table.
    pub fn is_beside(&self, other: &Value<'_>) -> bool {
        self.row.is_some() && self.row == other.row
    }
}

/// What one value is, apart from how it was told: equal keys speak of one figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Id in the register.
    pub indicator: String,
    /// The part.
    pub breakdown: String,
    /// The measure; a flow from 1 January is cumulative.
    pub measure: &'static str,
    /// The period.
    pub period: Option<Period>,
    /// Reported, estimated, forecast.
    pub status: &'static str,
}

/// Stated values, by their places.
#[derive(Debug)]
pub struct Values<'a> {
    list: Vec<Value<'a>>,
    dictionary: &'a Dictionary,
    by_key: BTreeMap<Key, Vec<usize>>,
}

fn reading(observation: &Observation, rules: &Rules) -> Reading {
    let percent = observation.measure.is_percent() || observation.unit == Unit::Percent.code();
    Reading {
        percent,
        level: matches!(observation.measure, Measure::PerUnit | Measure::Plan),
        qualifier: observation.qualifier,
        reach: rules.reach,
    }
}

impl<'a> Values<'a> {
    /// The values of one report.
    pub fn of_report(
        document: &Document,
        extraction: &'a Extraction,
        dictionary: &'a Dictionary,
        rules: &Rules,
    ) -> Self {
        let mut values = Self::of_table(&extraction.observations, dictionary, rules);
        for (at, value) in values.list.iter_mut().enumerate() {
            let Some(draft) = extraction.drafts.get(at) else { continue };
            let whole = draft.part_of.map(|p| p.whole);
            let closed =
                whole.and_then(|w| extraction.drafts.get(w)).is_some_and(|w| closes(document, extraction, w, draft));
            value.whole = draft.part_of.map(|p| (p.whole, p.exhaustive || closed));
            value.about = draft.about;
            value.place = Some((draft.block, draft.sentence));
            value.row = (draft.origin == Origin::Table).then_some((draft.block, draft.quote.start));
        }
        let rows: Vec<Option<usize>> = (0..values.list.len()).map(|at| values.subject_in_row(at)).collect();
        for (value, about) in values.list.iter_mut().zip(rows) {
            value.about = value.about.or(about);
        }
        values
    }

    /// Values of a table, without what the text tells of their places.
    pub fn of_table(
        observations: impl IntoIterator<Item = &'a Observation>,
        dictionary: &'a Dictionary,
        rules: &Rules,
    ) -> Self {
        let least = Decimal::from_f32(dictionary.confidence.review).unwrap_or_default().round_dp(2);
        let list: Vec<Value<'a>> = observations
            .into_iter()
            .map(|observation| Value {
                observation,
                printed: Printed::new(&observation.stated, observation.value, reading(observation, rules)),
                whole: None,
                about: None,
                place: None,
                row: None,
                sure: observation.confidence >= least,
            })
            .collect();
        let mut values = Self { list, dictionary, by_key: BTreeMap::new() };
        for at in 0..values.list.len() {
            if let Some(key) = values.key(at) {
                values.by_key.entry(key).or_default().push(at);
            }
        }
        values
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The value at a place.
    pub fn get(&self, at: usize) -> Option<&Value<'a>> {
        self.list.get(at)
    }

    /// The values with their places.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Value<'a>)> {
        self.list.iter().enumerate()
    }

    /// What the templates say about reading.
    pub fn dictionary(&self) -> &'a Dictionary {
        self.dictionary
    }

    /// The register's row of a value.
    pub fn indicator(&self, at: usize) -> Option<&'a Indicator> {
        self.dictionary.register.get(&self.get(at)?.observation.indicator)
    }

    /// Whether whole things are counted.
    pub fn is_count(&self, at: usize) -> bool {
        self.indicator(at).is_some_and(|i| !matches!(i.unit, Unit::Vnd | Unit::Percent | Unit::Kg | Unit::M2))
    }

    /// What a value is, apart from how it was told.
    pub fn key(&self, at: usize) -> Option<Key> {
        let observation = self.get(at)?.observation;
        Some(self.key_of(observation, &observation.breakdown, observation.measure))
    }

    /// The key of another part or measure of the same thing.
    pub fn key_of(&self, observation: &Observation, breakdown: &Breakdown, measure: Measure) -> Key {
        let flow = self.dictionary.register.get(&observation.indicator).is_some_and(|i| i.kind == Kind::Flow);
        let from_january = observation.period.is_some_and(Period::starts_in_january);
        let measure = if measure == Measure::Actual && flow && from_january { Measure::Cumulative } else { measure };
        Key {
            indicator: observation.indicator.clone(),
            breakdown: breakdown.to_string(),
            measure: measure.code(),
            period: observation.period,
            status: if measure == Measure::Plan { Status::Reported.code() } else { observation.status.code() },
        }
    }

    /// The values of a key, in the order of their places.
    pub fn with_key(&self, key: &Key) -> &[usize] {
        self.by_key.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The keys with their values.
    pub fn keys(&self) -> impl Iterator<Item = (&Key, &[usize])> {
        self.by_key.iter().map(|(key, at)| (key, at.as_slice()))
    }

    /// The one value of a key, where it is stated once or equally each time.
    pub fn only(&self, key: &Key) -> Option<usize> {
        let (first, others) = self.with_key(key).split_first()?;
        let value = self.get(*first)?.observation.value;
        others.iter().all(|at| self.get(*at).is_some_and(|v| v.observation.value == value)).then_some(*first)
    }

    /// The stated plan of what a value is of, the nearest in the text first.
    pub fn plan_of(&self, at: usize) -> Option<usize> {
        let observation = self.get(at)?.observation;
        let mut key = self.key_of(observation, &observation.breakdown, Measure::Plan);
        let mut plans: Vec<usize> = self.with_key(&key).to_vec();
        if plans.is_empty() {
            // A plan is the year's, whatever part of it is told.
            key.period = None;
            plans = self
                .keys()
                .filter(|(k, _)| {
                    (&k.indicator, &k.breakdown, k.measure) == (&key.indicator, &key.breakdown, key.measure)
                })
                .filter(|(k, _)| k.period.map(|p| p.year) == observation.period.map(|p| p.year))
                .flat_map(|(_, at)| at.iter().copied())
                .collect();
        }
        let here = observation.start;
        plans.into_iter().min_by_key(|p| self.get(*p).map_or(usize::MAX, |v| v.observation.start.abs_diff(here)))
    }

    /// In a table: the value of the row that a percentage or change is about.
    fn subject_in_row(&self, at: usize) -> Option<usize> {
        let value = self.get(at)?;
        let row = value.row?;
        let own = value.observation;
        if !own.measure.is_relative() && !matches!(own.measure, Measure::YoyBase) {
            return None;
        }
        let of = own.of.unwrap_or(Measure::Actual);
        let is_subject = |v: &Value<'_>| {
            v.row == Some(row) && v.observation.indicator == own.indicator && v.observation.breakdown == own.breakdown
        };
        let with = |measure: Measure| {
            self.iter()
                .filter(|(_, v)| is_subject(v) && v.observation.measure == measure)
                .map(|(at, _)| at)
                .collect::<Vec<_>>()
        };
        let mut found = with(of);
        if found.is_empty() {
            found = with(if of == Measure::Cumulative { Measure::Actual } else { Measure::Cumulative });
        }
        // Of two columns of one measure nothing tells which is meant.
        match found.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

/// Whether a part stands in a bracket right behind its whole that no words open as a mere part of it.
fn closes(document: &Document, extraction: &Extraction, whole: &Draft, part: &Draft) -> bool {
    if whole.block != part.block || whole.origin == Origin::Table {
        return false;
    }
    let Some(scan) = extraction.scans.get(whole.block) else { return false };
    let depth = |token: usize| scan.depth.get(token).copied().unwrap_or(0);
    let between = whole.tokens.end..part.tokens.start;
    let tokens = document.blocks.get(whole.block).map(|b| b.tokens.as_slice()).unwrap_or_default();
    let opens = between.clone().filter(|t| tokens.get(*t).is_some_and(|k| k.is('('))).count();
    depth(part.tokens.start) > depth(whole.tokens.start) && opens == 1 && !scan.has_marker(Marker::OpensParts, &between)
}

/// The months that a flow covers, counted from the year 0: first and last, both included.
pub(super) fn months(period: Period, cumulative: bool) -> Option<(u32, u32)> {
    if matches!(period.kind, PeriodKind::Years(_)) {
        return None;
    }
    let year = u32::from(period.year) * 12;
    let first = if cumulative { 1 } else { u32::from(period.first_month()) };
    Some((year + first, year + u32::from(period.last_month())))
}
