//! A number as it is printed: which digits, what the last of them is worth, and so which values it may stand for; and
//! what it would be with one slip of the hand undone.

use std::ops::Range;

use rust_decimal::Decimal;

use super::interval::Interval;
use crate::observation::Qualifier;

/// How a printed number is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// It was rounded or cut at its last digit: percentages always are, counts only where a scale word follows.
    pub percent: bool,
    /// It is a level that was set, such as a price or a target, and exact however it is printed.
    pub level: bool,
    /// How exact the words say it is.
    pub qualifier: Qualifier,
    /// How far «more than», «nearly» and «about» may reach, as a share of the value.
    pub reach: Decimal,
}

/// One number within the printed text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Figure {
    /// Its bytes in the text.
    range: Range<usize>,
    /// Its digits before the decimal mark, without separators.
    whole: String,
    /// Its digits after it.
    decimals: String,
    /// Between groups of three.
    thousands: char,
    /// Before the decimals.
    mark: char,
    /// What its last digit is worth.
    worth: Decimal,
}

/// A printed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    text: String,
    figures: Vec<Figure>,
    /// `value = factor × printed + offset`: «đạt 77,57 % so với cùng kỳ» has the value −22,43.
    factor: Decimal,
    offset: Decimal,
    value: Decimal,
    reading: Reading,
}

/// What kind of slip an edit undoes; the likelier first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// Two neighbouring digits changed places.
    Transposition,
    /// One digit is another.
    Digit,
    /// The number is 10, 100 or 1,000 times too great or too small.
    Magnitude,
    /// A digit is missing, or one too many.
    Length,
    /// A total without one of its addends, or with one counted twice.
    Addend,
}

impl Slip {
    /// The code as it stands in outputs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Transposition => "transposition",
            Self::Digit => "digit",
            Self::Magnitude => "magnitude",
            Self::Length => "length",
            Self::Addend => "addend",
        }
    }
}

/// How values follow from what is printed: as it is, as a loss, as the distance from 100, as a ratio in times.
const FORMS: [(i64, i64); 7] = [(1, 0), (-1, 0), (1, -100), (1, 100), (-1, 100), (100, -100), (-100, 100)];

impl Printed {
    /// Reads the printed form of a value. Where the digits do not give the value, it is taken as exact and has no
    /// edits: a zero in words, a misread letter.
    pub fn new(text: &str, value: Decimal, reading: Reading) -> Self {
        let mut printed = Self {
            text: text.to_owned(),
            figures: Vec::new(),
            factor: Decimal::ONE,
            offset: Decimal::ZERO,
            value,
            reading,
        };
        let figures = figures(text, reading.percent);
        let forms = if reading.percent { FORMS.as_slice() } else { FORMS.get(..2).unwrap_or_default() };
        for (factor, offset) in forms {
            let (factor, offset) = (Decimal::from(*factor), Decimal::from(*offset));
            let Some(target) = value.checked_sub(offset).and_then(|v| v.checked_div(factor)) else { continue };
            if let Some(figures) = weigh(&figures, target, reading.percent) {
                (printed.figures, printed.factor, printed.offset) = (figures, factor, offset);
                break;
            }
        }
        printed
    }

    /// As it stands in the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value in the base unit.
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// What its last digit is worth; one where that is not known.
    pub fn worth(&self) -> Decimal {
        self.figures.last().map_or(Decimal::ONE, |f| f.worth)
    }

    /// Whether it was rounded or cut, so that it stands for a range of values.
    pub fn is_rounded(&self) -> bool {
        !self.figures.is_empty() && !self.reading.level && (self.reading.percent || self.worth() != Decimal::ONE)
    }

    /// The values that it may stand for. Rounding and cutting both count: `v` may be anything from half a last digit
    /// below to less than one above.
    pub fn interval(&self) -> Interval {
        let Some(shown) = self.value.checked_sub(self.offset).and_then(|v| v.checked_div(self.factor)) else {
            return Interval::exact(self.value);
        };
        let (shown, worth) = (shown.abs(), self.worth());
        let turned = (self.value - self.offset) / self.factor < Decimal::ZERO;
        let reach = || (shown * self.reading.reach).max(self.last_told());
        let range = match self.reading.qualifier {
            Qualifier::Exact if self.is_rounded() => Interval::below(shown - worth / Decimal::TWO, shown + worth),
            Qualifier::Exact => Interval::exact(shown),
            Qualifier::Over => Interval::closed(shown, shown + reach()),
            Qualifier::Under => Interval::closed(shown - reach(), shown),
            Qualifier::About => {
                let reach = reach();
                Interval::closed(shown - reach, shown + reach)
            }
        };
        let range = if turned { range.negated() } else { range };
        let mapped = range.times(Interval::exact(self.factor)).and_then(|r| r.plus(Interval::exact(self.offset)));
        mapped.unwrap_or(Interval::exact(self.value))
    }

    /// What the last digit other than zero is worth: «hơn 1.200» is told to the hundred.
    fn last_told(&self) -> Decimal {
        let Some(last) = self.figures.last() else { return Decimal::ONE };
        let digits = format!("{}{}", last.whole, last.decimals);
        let zeros = digits.len() - digits.trim_end_matches('0').len();
        if zeros == digits.len() { last.worth } else { last.worth * power(zeros) }
    }

    /// The number with one slip undone, each way once, in a fixed order.
    pub fn edits(&self) -> Vec<(Slip, Printed)> {
        let mut edits: Vec<(Slip, Printed)> = Vec::new();
        let mut offer = |slip: Slip, printed: Option<Printed>| {
            if let Some(printed) = printed
                && printed.value != self.value
                && edits.iter().all(|(_, known)| known.value != printed.value)
            {
                edits.push((slip, printed));
            }
        };
        for (at, figure) in self.figures.iter().enumerate() {
            let digits: Vec<char> = figure.whole.chars().chain(figure.decimals.chars()).collect();
            for place in 1..digits.len() {
                let mut other = digits.clone();
                other.swap(place - 1, place);
                offer(Slip::Transposition, self.with_digits(at, &other));
            }
            for place in 0..digits.len() {
                for digit in '0'..='9' {
                    let mut other = digits.clone();
                    if let Some(slot) = other.get_mut(place) {
                        *slot = digit;
                    }
                    offer(Slip::Digit, self.with_digits(at, &other));
                }
            }
            for steps in [1, 3, 2] {
                offer(Slip::Magnitude, self.shifted(at, steps));
                offer(Slip::Magnitude, self.shifted(at, -steps));
            }
            for place in 0..digits.len() {
                let mut other = digits.clone();
                other.remove(place);
                offer(Slip::Length, self.with_digits(at, &other));
            }
            for place in 0..=digits.len() {
                for digit in '0'..='9' {
                    let mut other = digits.clone();
                    other.insert(place, digit);
                    offer(Slip::Length, self.with_digits(at, &other));
                }
            }
        }
        edits
    }

    /// The number with another value in its place, printed in the same manner, where its last digit reaches so far.
    pub fn with_value(&self, value: Decimal) -> Option<Printed> {
        let [figure] = self.figures.as_slice() else { return None };
        let shown = value.checked_sub(self.offset)?.checked_div(self.factor)?.abs();
        let units = shown.checked_div(figure.worth)?;
        if !units.fract().is_zero() {
            return None;
        }
        let least = figure.decimals.len() + 1;
        let digits: Vec<char> = format!("{:0>least$}", units.normalize()).chars().collect();
        self.with_digits(0, &digits)
    }

    fn with_digits(&self, at: usize, digits: &[char]) -> Option<Printed> {
        let figure = self.figures.get(at)?;
        let whole = digits.len().checked_sub(figure.decimals.len()).filter(|n| *n > 0)?;
        let figure = Figure {
            whole: digits.iter().take(whole).collect(),
            decimals: digits.iter().skip(whole).collect(),
            ..figure.clone()
        };
        self.with_figure(at, figure)
    }

    /// A number `10^steps` times as great.
    fn shifted(&self, at: usize, steps: isize) -> Option<Printed> {
        let figure = self.figures.get(at)?;
        let mut digits = format!("{}{}", figure.whole, figure.decimals);
        let decimals = isize::try_from(figure.decimals.len()).ok()?.checked_sub(steps)?;
        let (decimals, zeros) = if decimals < 0 { (0, usize::try_from(-decimals).ok()?) } else { (decimals, 0) };
        let mut decimals = usize::try_from(decimals).ok()?;
        digits.extend(std::iter::repeat_n('0', zeros));
        let mut worth = figure.worth;
        if zeros > 0 {
            worth *= power(figure.decimals.len());
        } else if figure.decimals.is_empty() {
            // A whole number that loses digits must lose zeros only, to stay one.
            let lost = decimals;
            let kept = digits.len().checked_sub(lost).filter(|n| *n > 0)?;
            if !digits.chars().skip(kept).all(|c| c == '0') {
                return None;
            }
            digits = digits.chars().take(kept).collect();
            decimals = 0;
        } else {
            let moved = figure.decimals.len().abs_diff(decimals);
            worth = if decimals > figure.decimals.len() { worth / power(moved) } else { worth * power(moved) };
        }
        let least = decimals + 1;
        let digits = format!("{digits:0>least$}");
        let split = digits.len() - decimals;
        let whole: String = digits.chars().take(split).collect();
        let plain = whole.trim_start_matches('0');
        let figure = Figure {
            whole: if plain.is_empty() { "0".to_owned() } else { plain.to_owned() },
            decimals: digits.chars().skip(split).collect(),
            worth,
            ..figure.clone()
        };
        self.with_figure(at, figure)
    }

    fn with_figure(&self, at: usize, figure: Figure) -> Option<Printed> {
        let shown = |figure: &Figure| {
            let digits = Decimal::from_str_exact(&format!("{}{}", figure.whole, figure.decimals)).ok()?;
            digits.checked_mul(figure.worth)
        };
        let before = self.figures.get(at)?;
        let turned = (self.value - self.offset) / self.factor < Decimal::ZERO;
        let change = shown(&figure)?.checked_sub(shown(before)?)?;
        let change = if turned { -change } else { change };
        let value = self.value.checked_add(change.checked_mul(self.factor)?)?;
        let (head, tail) = (self.text.get(..before.range.start)?, self.text.get(before.range.end..)?);
        let written = figure.written();
        let moved = |r: &Range<usize>| {
            let shift = |n: usize| (n + written.len()).saturating_sub(before.range.len());
            if r.start >= before.range.end { shift(r.start)..shift(r.end) } else { r.clone() }
        };
        let figures = self.figures.iter().enumerate().map(|(n, f)| {
            if n == at {
                Figure { range: f.range.start..f.range.start + written.len(), ..figure.clone() }
            } else {
                Figure { range: moved(&f.range), ..f.clone() }
            }
        });
        Some(Self {
            text: format!("{head}{written}{tail}"),
            figures: figures.collect(),
            value: value.normalize(),
            ..self.clone()
        })
    }
}

impl Figure {
    fn written(&self) -> String {
        let grouped = self.thousands != '\0';
        let mut text = String::new();
        for (at, digit) in self.whole.chars().enumerate() {
            if grouped && at > 0 && (self.whole.len() - at).is_multiple_of(3) {
                text.push(self.thousands);
            }
            text.push(digit);
        }
        if !self.decimals.is_empty() {
            text.push(self.mark);
            text.push_str(&self.decimals);
        }
        text
    }
}

fn power(exponent: usize) -> Decimal {
    std::iter::repeat_n(Decimal::TEN, exponent).fold(Decimal::ONE, |p, ten| p.saturating_mul(ten))
}

/// The numbers of a text, their last digits not yet weighed.
fn figures(text: &str, percent: bool) -> Vec<Figure> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while at < bytes.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while digit(at) || matches!(bytes.get(at), Some(b'.' | b',')) && digit(at + 1) {
            at += 1;
        }
        if let Some(figure) = text.get(start..at).and_then(|t| figure(t, start, percent)) {
            found.push(figure);
        }
    }
    found
}

fn figure(text: &str, start: usize, percent: bool) -> Option<Figure> {
    let mut groups: Vec<&str> = text.split(['.', ',']).collect();
    let separators: Vec<char> = text.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let last = groups.last()?.len();
    let mixed = separators.iter().any(|c| Some(c) != separators.first());
    let has_decimals = !separators.is_empty() && (percent && separators.len() == 1 || mixed || last != 3);
    let decimals = if has_decimals { groups.pop().unwrap_or_default() } else { "" };
    let mark = if has_decimals { separators.last().copied().unwrap_or(',') } else { ',' };
    let grouped = groups.len() > 1;
    let thousands = if grouped { separators.first().copied().unwrap_or('.') } else { '\0' };
    let whole = groups.concat();
    // Written without separators where it is short, a number that grows takes the usual one.
    let thousands = if !grouped && whole.len() <= 3 { if mark == '.' { ',' } else { '.' } } else { thousands };
    Some(Figure {
        range: start..start + text.len(),
        whole,
        decimals: decimals.to_owned(),
        thousands,
        mark,
        worth: Decimal::ONE,
    })
}

/// Powers of ten that a last digit may be worth: to 10¹² before the decimal mark, to 10⁻⁶ after it.
fn worths(percent: bool) -> impl Iterator<Item = Decimal> {
    let after = (1..=6).map(|n| Decimal::new(1, n));
    let before = (0..if percent { 1 } else { 13 }).map(power);
    before.chain(after)
}

/// The figures with what their last digits are worth, where they add up to `target`.
fn weigh(figures: &[Figure], target: Decimal, percent: bool) -> Option<Vec<Figure>> {
    let digits = |f: &Figure| Decimal::from_str_exact(&format!("{}{}", f.whole, f.decimals)).ok();
    let target_size = target.abs();
    match figures {
        [one] => {
            let number = digits(one)?;
            if number.is_zero() {
                let worth =
                    if one.decimals.is_empty() { Decimal::ONE } else { Decimal::ONE / power(one.decimals.len()) };
                return target.is_zero().then(|| vec![Figure { worth, ..one.clone() }]);
            }
            let worth = worths(percent).find(|w| number.checked_mul(*w) == Some(target_size))?;
            Some(vec![Figure { worth, ..one.clone() }])
        }
        [greater, lesser] if !percent => {
            let (a, b) = (digits(greater)?, digits(lesser)?);
            for first in worths(false) {
                let Some(rest) = a.checked_mul(first).and_then(|v| target_size.checked_sub(v)) else { continue };
                if rest.is_sign_negative() || rest.is_zero() {
                    continue;
                }
                if let Some(second) = worths(false).find(|w| *w < first && b.checked_mul(*w) == Some(rest)) {
                    return Some(vec![
                        Figure { worth: first, ..greater.clone() },
                        Figure { worth: second, ..lesser.clone() },
                    ]);
                }
            }
            None
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    fn printed(text: &str, value: &str, percent: bool) -> Printed {
        let reading = Reading { percent, level: false, qualifier: Qualifier::Exact, reach: number("0.1") };
        Printed::new(text, number(value), reading)
    }

    #[test]
    fn the_last_digit_tells_how_far_a_number_was_rounded() {
        for (text, value, worth) in [
            ("3,82 tỷ", "3820000000", "10000000"),
            ("12 tỷ 085 triệu", "12085000000", "1000000"),
            ("1 tỷ 50 triệu", "1050000000", "1000000"),
            ("1 tỷ 5", "1500000000", "100000000"),
            ("314.159.265", "314159265", "1"),
            ("17,6 nghìn", "17600", "100"),
        ] {
            assert_eq!(printed(text, value, false).worth(), number(worth), "{text}");
        }
        assert_eq!(printed("57.0", "57", true).worth(), number("0.1"));
        assert_eq!(printed("bằng 77,57%", "-22.43", true).worth(), number("0.01"));
    }

    #[test]
    fn rounding_and_cutting_both_lie_within() {
        let share = printed("103,26", "103.26", true).interval();
        assert!(share.meets(Interval::exact(number("103.2666"))) && share.meets(Interval::exact(number("103.255"))));
        assert!(!share.meets(Interval::exact(number("103.27"))) && !share.meets(Interval::exact(number("103.254"))));
        assert_eq!(printed("8.205", "8205", false).interval(), Interval::exact(number("8205")));
        let loss = printed("bằng 77,57%", "-22.43", true).interval();
        assert!(loss.meets(Interval::exact(number("-22.421"))) && !loss.meets(Interval::exact(number("-22.42"))));
    }

    #[test]
    fn words_of_approximation_widen() {
        let reading = Reading { percent: false, level: false, qualifier: Qualifier::Over, reach: number("0.1") };
        let over = Printed::new("253 triệu", number("253000000"), reading).interval();
        assert!(over.meets(Interval::exact(number("270000000"))) && !over.meets(Interval::exact(number("252999999"))));
    }

    #[test]
    fn a_slip_is_undone_in_the_way_it_was_made() {
        let texts = |text: &str, value: &str, percent: bool, slip: Slip| -> Vec<String> {
            printed(text, value, percent).edits().into_iter().filter(|(s, _)| *s == slip).map(|(_, p)| p.text).collect()
        };
        assert_eq!(texts("7,09", "7.09", true, Slip::Transposition), ["0,79", "7,90"]);
        assert!(texts("3.042", "3042", false, Slip::Digit).contains(&"3.052".to_owned()));
        assert_eq!(
            texts("130 triệu", "130000000", false, Slip::Magnitude),
            ["1.300 triệu", "13 triệu", "130.000 triệu", "13.000 triệu"]
        );
        assert_eq!(texts("1,5", "1.5", true, Slip::Magnitude), ["15", "0,15", "1.500", "0,0015", "150", "0,015"]);
        let compound = printed("12 tỷ 085 triệu", "12085000000", false).edits();
        assert!(compound.iter().any(|(_, p)| p.text == "12 tỷ 084 triệu" && p.value == number("12084000000")));
        let loss = printed("bằng 77,57%", "-22.43", true).edits();
        assert!(loss.iter().any(|(_, p)| p.text == "bằng 77,75%" && p.value == number("-22.25")));
    }

    #[test]
    fn what_is_not_written_in_digits_has_no_edits() {
        assert!(printed("không phát sinh", "0", false).edits().is_empty());
        assert_eq!(printed("hai", "2", false).interval(), Interval::exact(Decimal::TWO));
    }
}
