//! Errors to plant in the marked test reports.
//!
//! What may be planted follows from the gold rows alone: from which of their values add up, multiply or compare. It
//! knows nothing of the program's own relations. A planted number breaks at least one of them beyond any rounding.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rust_decimal::Decimal;
use tonghop::observation::{Breakdown, Measure, Qualifier};

use crate::marks::{MarkedReport, Statement};

/// A written value of the gold.
#[derive(Debug, Clone)]
pub(crate) struct Number {
    /// The bytes of its digits in the text.
    pub(crate) at: Range<usize>,
    pub(crate) text: String,
    pub(crate) said: Statement,
    pub(crate) line: usize,
    /// What its last written digit is worth in the value.
    pub(crate) worth: Decimal,
}

impl Number {
    pub(crate) fn value(&self) -> Decimal {
        self.said.value
    }

    fn is(&self, measure: Measure) -> bool {
        self.said.reading.measure == measure
    }

    fn part(&self, dimension: &str) -> Option<String> {
        self.said.reading.breakdown.get(dimension).map(str::to_owned)
    }

    fn is_percent(&self) -> bool {
        self.said.reading.measure.is_percent()
            || matches!(self.said.reading.measure, Measure::Actual) && self.said.reading.indicator.ends_with("_rate")
    }
}

/// How the gold's own numbers stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Bond {
    /// The parts make up the last one.
    Sum(Vec<usize>, usize),
    /// The first is no greater than the second.
    Within(usize, usize),
    /// The first is so many percent as the second is of the third.
    Percent(usize, usize, usize),
    /// The first and the second make the third.
    Price(usize, usize, usize),
    /// The first, less the second, is the third.
    Change(usize, usize, usize),
    /// The first is the change in percent from the third to the second.
    Growth(usize, usize, usize),
    /// Both are one figure.
    Same(usize, usize),
}

impl Bond {
    fn members(&self) -> Vec<usize> {
        match self {
            Self::Sum(parts, whole) => parts.iter().copied().chain([*whole]).collect(),
            Self::Within(a, b) | Self::Same(a, b) => vec![*a, *b],
            Self::Percent(a, b, c) | Self::Price(a, b, c) | Self::Change(a, b, c) | Self::Growth(a, b, c) => {
                vec![*a, *b, *c]
            }
        }
    }

    /// By how much it is missed, in units of what its coarsest number could have been rounded by; nothing is rounded
    /// by a whole unit. `None` where it cannot be worked out.
    fn miss(&self, numbers: &[Number], value: &dyn Fn(usize) -> Decimal) -> Option<Decimal> {
        let worths = |list: &[usize]| -> Decimal { list.iter().map(|at| rounding(&numbers[*at])).sum() };
        let (difference, unit) = match self {
            Self::Sum(parts, whole) => {
                let sum: Decimal = parts.iter().map(|at| value(*at)).sum();
                ((sum - value(*whole)).abs(), worths(&self.members()))
            }
            Self::Within(small, great) => {
                ((value(*small) - value(*great)).max(Decimal::ZERO), worths(&[*small, *great]))
            }
            Self::Percent(share, part, whole) => {
                let found = value(*part).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(value(*whole))?;
                ((found - value(*share)).abs(), numbers[*share].worth + slack(&numbers[*part], &numbers[*whole], found))
            }
            Self::Price(count, price, amount) => {
                ((value(*count) * value(*price) - value(*amount)).abs(), rounding(&numbers[*amount]))
            }
            Self::Change(now, before, change) => {
                ((value(*now) - value(*before) - value(*change)).abs(), worths(&self.members()))
            }
            Self::Growth(growth, now, before) => {
                let found = value(*now).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(value(*before))?;
                let slack = slack(&numbers[*now], &numbers[*before], found);
                ((found - Decimal::ONE_HUNDRED - value(*growth)).abs(), numbers[*growth].worth + slack)
            }
            Self::Same(a, b) => ((value(*a) - value(*b)).abs(), worths(&[*a, *b])),
        };
        if difference.is_zero() {
            return Some(Decimal::ZERO);
        }
        Some(if unit.is_zero() { Decimal::MAX } else { difference.checked_div(unit).unwrap_or(Decimal::MAX) })
    }
}

/// By how much a number may have been rounded: counts not at all, all else by its last digit.
fn rounding(number: &Number) -> Decimal {
    if number.worth == Decimal::ONE && !number.is_percent() { Decimal::ZERO } else { number.worth }
}

/// What rounding of both sides does to a percentage.
fn slack(part: &Number, whole: &Number, percent: Decimal) -> Decimal {
    let share = |n: &Number| rounding(n).checked_div(n.value()).unwrap_or_default();
    percent * (share(part) + share(whole))
}

/// The written values of a report, those in words and those of several numbers left out.
fn numbers(report: &MarkedReport) -> Vec<Number> {
    let mut found = Vec::new();
    for row in &report.rows {
        let (Some(start), Some(said)) = (row.start, row.statement.clone()) else { continue };
        let digits: String = row.text.chars().filter(char::is_ascii_digit).collect();
        let Ok(number) = Decimal::from_str_exact(&digits) else { continue };
        if said.qualifier != Qualifier::Exact || said.optional || !said.alternatives.is_empty() || number.is_zero() {
            continue;
        }
        // The value is the digits times a power of ten: else it is a compound, or stands for something else.
        let worth = (0..13)
            .map(|n| Decimal::from(10_i64.pow(n)))
            .chain((1..5).map(|n| Decimal::new(1, n)))
            .find(|w| number * w == said.value.abs());
        let Some(worth) = worth else { continue };
        found.push(Number { at: start..start + row.text.len(), text: row.text.clone(), said, line: row.line, worth });
    }
    found
}

/// All bonds among the numbers of a report that hold.
fn bonds(numbers: &[Number]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    bonds.extend(sums(numbers));
    bonds.extend(percentages(numbers));
    bonds.extend(prices(numbers));
    bonds.extend(changes(numbers));
    bonds.extend(repeated(numbers));
    bonds.extend(handled(numbers));
    let stated = |at: usize| numbers[at].value();
    bonds.retain(|bond| bond.miss(numbers, &stated).is_some_and(|miss| miss < Decimal::ONE));
    bonds
}

fn same_but(a: &Number, b: &Number, breakdown: &Breakdown) -> bool {
    let (a, b) = (&a.said.reading, &b.said.reading);
    (&a.indicator, a.period, a.measure, &a.breakdown) == (&b.indicator, b.period, b.measure, breakdown)
}

fn without(breakdown: &Breakdown, dimension: &str) -> Breakdown {
    let kept = breakdown.pairs().filter(|(d, _)| *d != dimension);
    Breakdown::from_pairs(kept.map(|(d, c)| (d.to_owned(), c.to_owned())))
}

fn sums(numbers: &[Number]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    for (whole_at, whole) in numbers.iter().enumerate() {
        let mut by_dimension: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, part) in numbers.iter().enumerate().filter(|(_, n)| !n.is_percent()) {
            for (dimension, category) in part.said.reading.breakdown.pairs() {
                // By the contract these permits stand beside the total.
                if dimension == "type" && matches!(category, "exempt" | "revoked") {
                    continue;
                }
                if same_but(whole, part, &without(&part.said.reading.breakdown, dimension)) {
                    by_dimension.entry(dimension.to_owned()).or_default().push(at);
                }
            }
        }
        for (dimension, parts) in by_dimension {
            bonds.extend(parts.iter().map(|part| Bond::Within(*part, whole_at)));
            let categories: BTreeSet<_> = parts.iter().map(|at| numbers[*at].part(&dimension)).collect();
            if parts.len() > 1 && categories.len() == parts.len() {
                bonds.push(Bond::Sum(parts, whole_at));
            }
        }
    }
    bonds
}

/// Values in the period or from the start of the year, of the same thing as a percentage.
fn subjects(numbers: &[Number], of: &Number) -> Vec<usize> {
    let reading = &of.said.reading;
    let is_subject = |n: &Number| {
        let own = &n.said.reading;
        matches!(own.measure, Measure::Actual | Measure::Cumulative)
            && (&own.indicator, &own.breakdown, own.period) == (&reading.indicator, &reading.breakdown, reading.period)
    };
    (0..numbers.len()).filter(|at| is_subject(&numbers[*at])).collect()
}

fn percentages(numbers: &[Number]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let reading = &number.said.reading;
        let of_plan = number.is(Measure::PctOfPlan);
        if !of_plan && !number.is(Measure::Share) {
            continue;
        }
        for value in subjects(numbers, number) {
            for (whole_at, whole) in numbers.iter().enumerate() {
                let own = &whole.said.reading;
                let is_whole = own.indicator == reading.indicator
                    && if of_plan {
                        own.measure == Measure::Plan && own.breakdown == reading.breakdown
                    } else {
                        own.measure == numbers[value].said.reading.measure
                            && own.period == reading.period
                            && own.breakdown.is_total()
                            && !reading.breakdown.is_total()
                    };
                if is_whole {
                    bonds.push(Bond::Percent(at, value, whole_at));
                }
            }
        }
    }
    bonds
}

fn prices(numbers: &[Number]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    for (price_at, price) in numbers.iter().enumerate().filter(|(_, n)| n.is(Measure::PerUnit)) {
        for (amount_at, amount) in numbers.iter().enumerate() {
            let same = amount.said.reading.indicator == price.said.reading.indicator;
            if !same || amount.is(Measure::PerUnit) || amount.line != price.line {
                continue;
            }
            let counts = numbers.iter().enumerate().filter(|(_, n)| n.line == price.line && n.is(Measure::Actual));
            bonds.extend(
                counts
                    .filter(|(at, n)| *at != amount_at && n.worth == Decimal::ONE)
                    .map(|(at, _)| Bond::Price(at, price_at, amount_at)),
            );
        }
    }
    bonds
}

fn changes(numbers: &[Number]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    for (base_at, base) in numbers.iter().enumerate().filter(|(_, n)| n.is(Measure::YoyBase)) {
        let like = |n: &Number| {
            (&n.said.reading.indicator, &n.said.reading.breakdown)
                == (&base.said.reading.indicator, &base.said.reading.breakdown)
        };
        for value in subjects(numbers, base) {
            for (at, number) in numbers.iter().enumerate().filter(|(_, n)| like(n)) {
                match number.said.reading.measure {
                    Measure::YoyAbs => bonds.push(Bond::Change(value, base_at, at)),
                    Measure::YoyPct => bonds.push(Bond::Growth(at, value, base_at)),
                    _ => {}
                }
            }
        }
    }
    bonds
}

fn repeated(numbers: &[Number]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let kept = matches!(number.said.reading.measure, Measure::Actual | Measure::Cumulative | Measure::Plan);
        for (other_at, other) in numbers.iter().enumerate().skip(at + 1) {
            let (a, b) = (&number.said.reading, &other.said.reading);
            if kept && a == b && number.value() == other.value() {
                bonds.push(Bond::Same(at, other_at));
            }
        }
        for (other_at, other) in numbers.iter().enumerate() {
            let (a, b) = (&number.said.reading, &other.said.reading);
            let same = (&a.indicator, &a.breakdown, a.period) == (&b.indicator, &b.breakdown, b.period);
            if same && number.is(Measure::Actual) && other.is(Measure::Cumulative) && !a.period.starts_in_january() {
                bonds.push(Bond::Within(at, other_at));
            }
        }
    }
    bonds
}

/// What was received is what was settled and what is open.
fn handled(numbers: &[Number]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    for (received, settled, open) in [
        ("admin.dossiers_received", "admin.dossiers_settled", "admin.dossiers_pending"),
        ("inspection.petitions_received", "inspection.petitions_processed", "inspection.petitions_pending"),
    ] {
        let of = |indicator: &str, total: bool| -> Vec<usize> {
            let is_it = |n: &Number| {
                n.said.reading.indicator == indicator
                    && n.is(Measure::Actual)
                    && n.said.reading.breakdown.is_total() == total
            };
            (0..numbers.len()).filter(|at| is_it(&numbers[*at])).collect()
        };
        let (received, pending) = (of(received, true), of(open, true));
        let [whole] = received.as_slice() else { continue };
        for parts in [of(settled, true), of(settled, false)] {
            if !parts.is_empty() {
                bonds.push(Bond::Sum(parts.into_iter().chain(pending.iter().copied()).collect(), *whole));
            }
        }
    }
    bonds
}

/// What is done to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slip {
    Digit,
    Transposition,
    TooGreat,
    TooSmall,
    DroppedAddend,
    WrongPercent,
}

pub(crate) const SLIPS: [Slip; 6] =
    [Slip::Digit, Slip::Transposition, Slip::TooGreat, Slip::TooSmall, Slip::DroppedAddend, Slip::WrongPercent];

/// Digits written with the separators of the number they stand for.
fn written(like: &str, digits: &str) -> String {
    let plain = like.chars().filter(char::is_ascii_digit).count();
    if plain == digits.len() {
        let mut digits = digits.chars();
        return like.chars().map(|c| if c.is_ascii_digit() { digits.next().unwrap() } else { c }).collect();
    }
    let separator = like.chars().find(|c| !c.is_ascii_digit()).unwrap_or('.');
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && (plain <= 3 || like.len() > plain) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// The number with a slip, and the value it then states.
fn slipped(
    number: &Number,
    at: usize,
    slip: Slip,
    bonds: &[Bond],
    numbers: &[Number],
    turn: usize,
) -> Option<(String, Decimal)> {
    let digits: Vec<char> = number.text.chars().filter(char::is_ascii_digit).collect();
    let is_decimal = number.worth < Decimal::ONE || number.text.contains(',') && number.worth != Decimal::ONE;
    let other: String = match slip {
        Slip::Digit => {
            let place = turn % digits.len();
            let digit = digits[place].to_digit(10).unwrap();
            let new = (digit + 1 + u32::try_from(turn % 8).unwrap()) % 10;
            let mut other = digits.clone();
            other[place] = char::from_digit(new, 10).unwrap();
            other.into_iter().collect()
        }
        Slip::Transposition => {
            let places: Vec<usize> = (1..digits.len()).filter(|p| digits[p - 1] != digits[*p]).collect();
            let place = *places.get(turn % places.len().max(1))?;
            let mut other = digits.clone();
            other.swap(place - 1, place);
            other.into_iter().collect()
        }
        Slip::TooGreat if !is_decimal => digits.iter().chain(&['0'][..]).collect(),
        Slip::TooSmall if !is_decimal && digits.len() > 2 => digits[..digits.len() - 1].iter().collect(),
        Slip::DroppedAddend => {
            let (parts, _) = bonds.iter().find_map(|bond| match bond {
                Bond::Sum(parts, whole) if *whole == at && parts.len() > 1 => Some((parts, whole)),
                _ => None,
            })?;
            let dropped = numbers[parts[turn % parts.len()]].value();
            let left = ((number.value() - dropped) / number.worth).normalize();
            if !left.fract().is_zero() || left <= Decimal::ZERO || is_decimal {
                return None;
            }
            left.to_string()
        }
        Slip::WrongPercent if number.is_percent() => {
            let moved = Decimal::from(3 + turn % 40) * Decimal::new(1, 1).max(number.worth);
            let value = number.value().abs() + moved;
            (value / number.worth).round().normalize().to_string()
        }
        _ => return None,
    };
    if other.starts_with('0') && !number.text.starts_with('0') || other.trim_start_matches('0').is_empty() {
        return None;
    }
    let sign = if number.value().is_sign_negative() { -Decimal::ONE } else { Decimal::ONE };
    let value = Decimal::from_str_exact(&other).ok()? * number.worth * sign;
    let text = written(&number.text, &other);
    (value != number.value() && text != number.text).then_some((text, value))
}

/// One planted error.
#[derive(Debug)]
pub(crate) struct Plant {
    pub(crate) report: usize,
    pub(crate) slip: Slip,
    pub(crate) number: Number,
    pub(crate) new: String,
    pub(crate) text: String,
}

/// Errors planted over all reports, of all kinds in turn, none twice in one number.
pub(crate) fn plants(reports: &[MarkedReport], wanted: usize) -> Vec<Plant> {
    let read: Vec<(Vec<Number>, Vec<Bond>)> = reports
        .iter()
        .map(numbers)
        .map(|n| {
            let b = bonds(&n);
            (n, b)
        })
        .collect();
    // Numbers in an order that does not follow the reports, the same each time.
    let mut order: Vec<(u64, usize, usize)> = Vec::new();
    for (report, (numbers, bonds)) in read.iter().enumerate() {
        let bound: BTreeSet<usize> = bonds.iter().flat_map(Bond::members).collect();
        for at in bound {
            let seed = format!("{} {}", reports[report].name, numbers[at].at.start);
            order.push((scatter(&seed), report, at));
        }
    }
    order.sort_unstable();
    let mut plants: Vec<Plant> = Vec::new();
    let mut used: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut turn = 0;
    while plants.len() < wanted {
        let slip = SLIPS[turn % SLIPS.len()];
        turn += 1;
        let found =
            order.iter().filter(|(_, report, at)| !used.contains(&(*report, *at))).find_map(|(seed, report, at)| {
                let (numbers, bonds) = &read[*report];
                let number = &numbers[*at];
                let (new, value) = slipped(number, *at, slip, bonds, numbers, usize::try_from(seed % 997).unwrap())?;
                let with = |other: usize| if other == *at { value } else { numbers[other].value() };
                let own = bonds.iter().filter(|bond| bond.members().contains(at));
                // Twice what rounding could do: no reader would take it for rounding.
                let breaks = own.filter_map(|b| b.miss(numbers, &with)).any(|miss| miss >= Decimal::TWO);
                breaks.then(|| (*report, *at, number.clone(), new))
            });
        let Some((report, at, number, new)) = found else {
            if turn > wanted * 12 {
                break;
            }
            continue;
        };
        used.insert((report, at));
        let mut text = reports[report].text.clone();
        text.replace_range(number.at.clone(), &new);
        plants.push(Plant { report, slip, number, new, text });
    }
    plants
}

/// A number made of the bytes of a text, well mixed (FNV-1a).
fn scatter(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
