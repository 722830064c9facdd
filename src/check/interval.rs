//! Ranges of decimals: what a printed number may stand for, and what follows from it.
//!
//! «12,36 %» was rounded or cut from any number of [12,355; 12,37). Sums, products and quotients of such numbers are
//! ranges again, and two sides of a claim agree where their ranges meet.

use rust_decimal::Decimal;

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Where it lies.
    pub at: Decimal,
    /// Whether the end itself is outside.
    pub open: bool,
}

/// All numbers between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The lower end.
    pub low: End,
    /// The upper end.
    pub high: End,
}

impl Interval {
    /// One number.
    pub fn exact(at: Decimal) -> Self {
        Self::closed(at, at)
    }

    /// From `low` to `high`, both inside.
    pub fn closed(low: Decimal, high: Decimal) -> Self {
        Self { low: End { at: low, open: false }, high: End { at: high, open: false } }
    }

    /// From `low`, inside, to `high`, outside.
    pub fn below(low: Decimal, high: Decimal) -> Self {
        Self { low: End { at: low, open: false }, high: End { at: high, open: true } }
    }

    /// The sum with another range; `None` when a number grows too great.
    pub fn plus(self, other: Self) -> Option<Self> {
        let add = |a: End, b: End| Some(End { at: a.at.checked_add(b.at)?, open: a.open || b.open });
        Some(Self { low: add(self.low, other.low)?, high: add(self.high, other.high)? })
    }

    /// The range with the sign turned.
    pub fn negated(self) -> Self {
        let turn = |e: End| End { at: -e.at, ..e };
        Self { low: turn(self.high), high: turn(self.low) }
    }

    /// The product with another range; `None` when a number grows too great.
    pub fn times(self, other: Self) -> Option<Self> {
        self.corners(other, |a, b| a.checked_mul(b))
    }

    /// The quotient by another range; `None` where that range holds zero.
    pub fn over(self, other: Self) -> Option<Self> {
        if other.low.at <= Decimal::ZERO && Decimal::ZERO <= other.high.at {
            return None;
        }
        self.corners(other, |a, b| a.checked_div(b))
    }

    fn corners(self, other: Self, combine: impl Fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Self> {
        let mut ends = Vec::with_capacity(4);
        for a in [self.low, self.high] {
            for b in [other.low, other.high] {
                ends.push(End { at: combine(a.at, b.at)?, open: a.open || b.open });
            }
        }
        // Of two corners at one place the one that lies inside counts.
        let low = *ends.iter().min_by_key(|e| (e.at, e.open))?;
        let high = *ends.iter().max_by_key(|e| (e.at, !e.open))?;
        Some(Self { low, high })
    }

    /// Whether some number lies in both ranges.
    pub fn meets(self, other: Self) -> bool {
        self.at_most(other) && other.at_most(self)
    }

    /// Whether some number of this range is at most some number of the other.
    pub fn at_most(self, other: Self) -> bool {
        if self.low.open || other.high.open { self.low.at < other.high.at } else { self.low.at <= other.high.at }
    }

    /// Whether a whole number lies in the range.
    pub fn holds_whole_number(self) -> bool {
        let first = if self.low.open { self.low.at.floor() + Decimal::ONE } else { self.low.at.ceil() };
        if self.high.open { first < self.high.at } else { first <= self.high.at }
    }

    /// From end to end.
    pub fn width(self) -> Decimal {
        self.high.at.saturating_sub(self.low.at)
    }

    /// The range made wider by `slack` on both sides.
    pub fn widened(self, slack: Decimal) -> Self {
        if slack.is_zero() {
            return self;
        }
        Self::closed(self.low.at.saturating_sub(slack), self.high.at.saturating_add(slack))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn ranges_that_only_touch_meet_where_both_ends_are_inside() {
        let (one, two) = (Decimal::ONE, Decimal::TWO);
        assert!(Interval::closed(one, two).meets(Interval::closed(two, two)));
        assert!(!Interval::below(one, two).meets(Interval::exact(two)));
        assert!(Interval::below(one, two).meets(Interval::exact(one)));
    }

    #[test]
    fn a_quotient_spans_its_corners() {
        let base = Interval::exact(number("4716")).over(Interval::below(number("0.05245"), number("0.0526"))).unwrap();
        assert!(base.low.open && base.low.at < number("89658") && number("89657") < base.low.at);
        assert!(!base.high.open && base.high.at.round_dp(0) == number("89914"));
        assert_eq!(Interval::exact(Decimal::ONE).over(Interval::closed(-Decimal::ONE, Decimal::ONE)), None);
    }

    #[test]
    fn products_of_negative_ranges_keep_their_order() {
        let product = Interval::closed(number("-3"), number("2")).times(Interval::exact(number("-2"))).unwrap();
        assert_eq!(product, Interval::closed(number("-4"), number("6")));
    }

    #[test]
    fn a_whole_number_must_lie_inside() {
        assert!(Interval::closed(number("2.5"), number("3")).holds_whole_number());
        assert!(!Interval::below(number("2.5"), number("3")).holds_whole_number());
        assert!(!Interval::closed(number("2.1"), number("2.9")).holds_whole_number());
    }
}
