//! Counts how much of a report was read right, by the rules of the gold tables.
//!
//! An observation is right when province, period, indicator, breakdown, measure and value are all right, as first
//! choice or as a listed alternative. Optional rows count neither way. In a period that starts on 1 January `actual`
//! and `cumulative` are one measure. Qualifier and place are counted among what is right. A ledger is right where each
//! gold number has its class; numbers that it invents count against it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::AddAssign;

use rust_decimal::Decimal;
use tonghop::observation::{Breakdown, Class, LedgerEntry, Measure, Observation, Origin};
use tonghop::period::{Period, PeriodKind};

use crate::marks::{GoldRow, Reading, Statement};

/// Counts of one report, or of several together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub reports: usize,
    pub right: usize,
    pub missed: usize,
    pub wrong: usize,
    /// Of what is right, with the right qualifier.
    pub qualified: usize,
    /// Of what is right, with a place in gold.
    pub with_place: usize,
    /// Of these, at that place.
    pub placed: usize,
    /// Numbers in gold.
    pub numbers: usize,
    /// Of these, of the right class.
    pub classed: usize,
    /// Numbers of the ledger that are none in gold.
    pub invented: usize,
}

impl Figures {
    pub(crate) fn recall(&self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    pub(crate) fn precision(&self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    pub(crate) fn f1(&self) -> f64 {
        let (recall, precision) = (self.recall(), self.precision());
        if recall + precision > 0.0 { 2.0 * recall * precision / (recall + precision) } else { 0.0 }
    }

    pub(crate) fn ledger(&self) -> f64 {
        ratio(self.classed, self.numbers + self.invented)
    }
}

/// A share; of nothing it is 0.
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.reports += other.reports;
        self.right += other.right;
        self.missed += other.missed;
        self.wrong += other.wrong;
        self.qualified += other.qualified;
        self.with_place += other.with_place;
        self.placed += other.placed;
        self.numbers += other.numbers;
        self.classed += other.classed;
        self.invented += other.invented;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reports, right, missed, wrong, qualified, with_place, placed, numbers, classed, invented } = self;
        let (recall, precision, f1, ledger) = (self.recall(), self.precision(), self.f1(), self.ledger());
        writeln!(f, "ledger: {classed} of {numbers} numbers classed right, {invented} invented = {ledger:.4}")?;
        writeln!(f, "qualifier right {qualified} of {right}; place right {placed} of {with_place}")?;
        writeln!(
            f,
            "observations: reports {reports} right {right} missed {missed} wrong {wrong} \
             recall {recall:.4} precision {precision:.4} F1 {f1:.4}"
        )
    }
}

/// How an observation stands to gold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    /// It is a row that may be left out.
    Optional,
    Wrong,
}

/// A report's figures and what they are made of.
#[derive(Debug)]
pub(crate) struct Scored<'a> {
    pub figures: Figures,
    /// Gold rows that were not found.
    pub missed: Vec<(&'a GoldRow, &'a Statement)>,
    /// The observations that were scored.
    pub verdicts: Vec<(&'a Observation, Verdict)>,
    /// Gold numbers of another class than the ledger's, and that class, if the ledger has the number.
    pub misclassed: Vec<(&'a GoldRow, Option<Class>)>,
    /// Numbers of the ledger that are none in gold.
    pub invented: Vec<&'a LedgerEntry>,
}

impl<'a> Scored<'a> {
    pub(crate) fn wrong(&self) -> impl Iterator<Item = &'a Observation> + '_ {
        self.verdicts.iter().filter(|(_, verdict)| *verdict == Verdict::Wrong).map(|(observation, _)| *observation)
    }
}

/// What must be right. A `HashMap` keyed by it is only looked up, never iterated over.
type Key<'a> = (&'a str, Option<Period>, &'a str, &'a Breakdown, Measure, Decimal);

fn key_of(o: &Observation) -> Key<'_> {
    (&o.province, o.period, &o.indicator, &o.breakdown, settled(o.measure, o.period), o.value.normalize())
}

fn key_as<'a>(statement: &'a Statement, reading: &'a Reading) -> Key<'a> {
    let measure = settled(reading.measure, Some(reading.period));
    let (province, value) = (statement.province.as_str(), statement.value.normalize());
    (province, Some(reading.period), &reading.indicator, &reading.breakdown, measure, value)
}

/// The measure, where `cumulative` from January is `actual`.
fn settled(measure: Measure, period: Option<Period>) -> Measure {
    let from_january = period.is_some_and(|p| p.starts_in_january() && !matches!(p.kind, PeriodKind::Years(_)));
    if measure == Measure::Cumulative && from_january { Measure::Actual } else { measure }
}

/// Scores what was read of one report; of the observations, those from text, footnotes and tables that are at least
/// this sure.
pub(crate) fn score<'a>(
    gold: &'a [GoldRow],
    observations: &'a [Observation],
    ledger: &'a [LedgerEntry],
    min_confidence: Decimal,
) -> Scored<'a> {
    let mut verdicts: Vec<(&Observation, Verdict)> = observations
        .iter()
        .filter(|o| matches!(o.origin, Origin::Text | Origin::Footnote | Origin::Table))
        .filter(|o| o.confidence >= min_confidence)
        .map(|o| (o, Verdict::Wrong))
        .collect();
    let mut left: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
    for (at, (observation, _)) in verdicts.iter().enumerate() {
        left.entry(key_of(observation)).or_default().push(at);
    }
    let mut figures = Figures { reports: 1, ..Figures::default() };
    let mut missed = Vec::new();
    let mut stated: Vec<(&GoldRow, &Statement)> =
        gold.iter().filter_map(|row| row.statement.as_ref().map(|s| (row, s))).collect();
    stated.sort_by_key(|(_, statement)| statement.optional);
    for (row, statement) in stated {
        let found = std::iter::once(&statement.reading)
            .chain(&statement.alternatives)
            .map(|reading| key_as(statement, reading))
            .find(|key| left.get(key).is_some_and(|of_key| !of_key.is_empty()));
        let Some(of_key) = found.and_then(|key| left.get_mut(&key)) else {
            if !statement.optional {
                missed.push((row, statement));
            }
            continue;
        };
        let same_place = of_key.iter().position(|at| Some(verdicts[*at].0.start) == row.start);
        let (observation, verdict) = &mut verdicts[of_key.remove(same_place.unwrap_or(0))];
        if statement.optional {
            *verdict = Verdict::Optional;
            continue;
        }
        *verdict = Verdict::Right;
        figures.right += 1;
        figures.qualified += usize::from(observation.qualifier == statement.qualifier);
        figures.with_place += usize::from(row.start.is_some());
        figures.placed += usize::from(same_place.is_some());
    }
    figures.missed = missed.len();
    figures.wrong = verdicts.iter().filter(|(_, verdict)| *verdict == Verdict::Wrong).count();

    let numbers: BTreeMap<usize, &GoldRow> = gold.iter().filter_map(|row| Some((row.start?, row))).collect();
    let classes: BTreeMap<usize, &LedgerEntry> = ledger.iter().map(|entry| (entry.start, entry)).collect();
    let class_at = |at: &usize| classes.get(at).map(|entry| entry.class);
    let misclassed: Vec<_> = numbers
        .iter()
        .filter(|(at, row)| class_at(at) != Some(row.class))
        .map(|(at, row)| (*row, class_at(at)))
        .collect();
    let invented: Vec<_> =
        classes.iter().filter(|(at, _)| !numbers.contains_key(at)).map(|(_, entry)| *entry).collect();
    figures.numbers = numbers.len();
    figures.classed = numbers.len() - misclassed.len();
    figures.invented = invented.len();
    Scored { figures, missed, verdicts, misclassed, invented }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annex::observation;
    use crate::marks::{Known, MarkedReport, parse};

    fn gold(period: &str, body: &str) -> MarkedReport {
        let source = format!("%% province=84 system=63 period={period}\n{body}\n");
        parse("a.mark", &source, &Known::built_in().unwrap()).unwrap()
    }

    /// Observations from the notation of [`observation`]; the n-th at byte 10 n.
    fn observed(rows: &[&str]) -> Vec<Observation> {
        rows.iter().enumerate().map(|(at, row)| observation(at, row)).collect()
    }

    /// Right, missed, wrong.
    fn counts(gold: &MarkedReport, observations: &[Observation]) -> (usize, usize, usize) {
        let figures = score(&gold.rows, observations, &[], Decimal::ZERO).figures;
        (figures.right, figures.missed, figures.wrong)
    }

    const ONE: &str = "{5|employment.placed[sex=female];actual}";

    #[test]
    fn all_six_parts_must_be_right() {
        let gold = gold("2024-M05", ONE);
        assert_eq!(counts(&gold, &observed(&["84 2024-M05 employment.placed[sex=female] actual 5.0"])), (1, 0, 0));
        for other in [
            "94 2024-M05 employment.placed[sex=female] actual 5",
            "84 2024-M06 employment.placed[sex=female] actual 5",
            "84 2024-M05 employment.counselled[sex=female] actual 5",
            "84 2024-M05 employment.placed actual 5",
            "84 2024-M05 employment.placed[sex=female] plan 5",
            "84 2024-M05 employment.placed[sex=female] actual 6",
        ] {
            assert_eq!(counts(&gold, &observed(&[other])), (0, 1, 1), "{other}");
        }
        assert_eq!(counts(&gold, &[]), (0, 1, 0));
    }

    #[test]
    fn each_observation_answers_one_gold_row() {
        let row = "84 2024-M05 employment.placed[sex=female] actual 5";
        assert_eq!(counts(&gold("2024-M05", ONE), &observed(&[row, row])), (1, 0, 1));
        assert_eq!(counts(&gold("2024-M05", &format!("{ONE} {ONE}")), &observed(&[row])), (1, 1, 0));
    }

    #[test]
    fn an_alternative_is_as_right_and_the_first_choice_is_tried_first() {
        let twice = "{5|employment.placed;actual;alt:employment.counselled actual 2024-M04} {5|employment.counselled;actual;@2024-M04}";
        let gold = gold("2024-M05", twice);
        let (first, other) = ("84 2024-M05 employment.placed actual 5", "84 2024-M04 employment.counselled actual 5");
        assert_eq!(counts(&gold, &observed(&[other, other])), (2, 0, 0));
        assert_eq!(counts(&gold, &observed(&[first, other])), (2, 0, 0));
        assert_eq!(counts(&gold, &observed(&[other, first])), (2, 0, 0));
        assert_eq!(counts(&gold, &observed(&[first, first])), (1, 1, 1));
    }

    #[test]
    fn an_optional_row_counts_neither_way_and_gives_way_to_a_required_one() {
        let gold = gold("2024-M05", "{5|employment.placed;actual;opt} {5|employment.placed;actual}");
        let row = "84 2024-M05 employment.placed actual 5";
        assert_eq!(counts(&gold, &[]), (0, 1, 0));
        assert_eq!(counts(&gold, &observed(&[row])), (1, 0, 0));
        assert_eq!(counts(&gold, &observed(&[row, row])), (1, 0, 0));
        assert_eq!(counts(&gold, &observed(&[row, row, row])), (1, 0, 1));
    }

    #[test]
    fn actual_and_cumulative_are_one_in_a_period_from_january() {
        for period in ["2024", "2024-Q1", "2024-S1", "2024-M01", "2024-01-01/P9M"] {
            let row = format!("84 {period} employment.placed cumulative 5");
            assert_eq!(
                counts(&gold(period, "{5|employment.placed;actual}"), &observed(&[&row])),
                (1, 0, 0),
                "{period}"
            );
            let row = format!("84 {period} employment.placed actual 5");
            assert_eq!(
                counts(&gold(period, "{5|employment.placed;cumulative}"), &observed(&[&row])),
                (1, 0, 0),
                "{period}"
            );
        }
        for period in ["2024-Q2", "2024-S2", "2024-M02", "2020-01-01/P4Y"] {
            let row = format!("84 {period} employment.placed cumulative 5");
            assert_eq!(
                counts(&gold(period, "{5|employment.placed;actual}"), &observed(&[&row])),
                (0, 1, 1),
                "{period}"
            );
        }
    }

    #[test]
    fn qualifier_and_place_are_counted_and_of_equals_the_one_at_the_place_is_taken() {
        let gold = gold(
            "2024-M05",
            "Được: {5|employment.placed;actual;~}, {5|employment.placed;actual} và {không|labour.strikes;actual;=0} đình công",
        );
        let starts: Vec<usize> = gold.rows.iter().filter_map(|row| row.start).collect();
        let mut observations = observed(&[
            "84 2024-M05 employment.placed actual 5",
            "84 2024-M05 employment.placed actual ~5",
            "84 2024-M05 labour.strikes actual 0",
        ]);
        observations[0].start = starts[1];
        observations[1].start = starts[0];
        let figures = score(&gold.rows, &observations, &[], Decimal::ZERO).figures;
        assert_eq!((figures.right, figures.qualified, figures.with_place, figures.placed), (3, 3, 2, 2));
        observations[0].start += 1;
        observations[1].start += 1;
        let figures = score(&gold.rows, &observations, &[], Decimal::ZERO).figures;
        assert_eq!((figures.right, figures.qualified, figures.with_place, figures.placed), (3, 1, 2, 0));
    }

    #[test]
    fn only_what_the_report_states_and_what_is_sure_enough_is_scored() {
        let gold = gold("2024-M05", ONE);
        let mut observations = observed(&["84 2024-M05 employment.placed[sex=female] actual 5"]);
        let counts = |observations: &[Observation], least: i64| {
            let figures = score(&gold.rows, observations, &[], Decimal::new(least, 2)).figures;
            (figures.right, figures.missed, figures.wrong)
        };
        assert_eq!(counts(&observations, 95), (1, 0, 0));
        assert_eq!(counts(&observations, 96), (0, 1, 0));
        for (origin, right) in
            [(Origin::Footnote, 1), (Origin::Table, 1), (Origin::Correction, 0), (Origin::Derived, 0)]
        {
            observations[0].origin = origin;
            assert_eq!(counts(&observations, 0), (right, 1 - right, 0), "{origin}");
        }
    }

    #[test]
    fn the_ledger_is_right_number_by_number() {
        let gold =
            gold("2024-M05", "Mục 1: {5|unmapped} lớp, {7|task} lớp, {không|labour.strikes;actual;=0} đình công");
        let starts: Vec<usize> = gold.rows.iter().filter_map(|row| row.start).collect();
        let entry = |start: usize, class: Class| LedgerEntry {
            file: "a.txt".to_owned(),
            line: 1,
            start,
            end: start + 1,
            text: "5".to_owned(),
            class,
            reason: String::new(),
        };
        let ledger = [
            entry(starts[0], Class::Reference),
            entry(starts[1], Class::Observation),
            entry(starts[1] + 2, Class::Reference),
        ];
        let scored = score(&gold.rows, &[], &ledger, Decimal::ZERO);
        assert_eq!((scored.figures.numbers, scored.figures.classed, scored.figures.invented), (3, 1, 1));
        assert_eq!(scored.figures.ledger(), 0.25);
        let misclassed: Vec<_> = scored.misclassed.iter().map(|(row, got)| (row.class, *got)).collect();
        assert_eq!(misclassed, [(Class::Unmapped, Some(Class::Observation)), (Class::Task, None)]);
        assert_eq!(scored.invented, [&ledger[2]]);
    }

    #[test]
    fn figures_of_nothing_are_zero_and_those_of_reports_add_up() {
        let none = Figures::default();
        assert_eq!((none.recall(), none.precision(), none.f1(), none.ledger()), (0.0, 0.0, 0.0, 0.0));
        let mut sum = Figures { reports: 1, right: 3, missed: 1, wrong: 0, numbers: 4, classed: 4, ..none };
        sum += Figures { reports: 1, right: 0, missed: 0, wrong: 2, numbers: 4, classed: 2, invented: 2, ..none };
        assert_eq!((sum.reports, sum.recall(), sum.precision(), sum.ledger()), (2, 0.75, 0.6, 0.6));
        assert_eq!(
            sum.to_string(),
            "ledger: 6 of 8 numbers classed right, 2 invented = 0.6000\n\
             qualifier right 0 of 3; place right 0 of 0\n\
             observations: reports 2 right 3 missed 1 wrong 2 recall 0.7500 precision 0.6000 F1 0.6667\n"
        );
    }
}
