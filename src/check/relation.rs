//! What a report claims about its own numbers: two sides made of stated values, and how they must stand to each other.

use rust_decimal::Decimal;

use super::interval::Interval;
use super::printed::Printed;
use super::values::Values;
use crate::diagnostic::Severity;

/// One side of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A stated value, by its place among the values.
    Value(usize),
    /// A number that needs no report: 100 of a percentage.
    Known(Decimal),
    /// All of them together.
    Sum(Vec<Expr>),
    /// The first without the second.
    Minus(Box<Expr>, Box<Expr>),
    /// The product.
    Times(Box<Expr>, Box<Expr>),
    /// The quotient.
    Over(Box<Expr>, Box<Expr>),
}

impl Expr {
    /// The product with another.
    pub fn times(self, other: Self) -> Self {
        Self::Times(Box::new(self), Box::new(other))
    }

    /// The quotient by another.
    pub fn over(self, other: Self) -> Self {
        Self::Over(Box::new(self), Box::new(other))
    }

    /// The difference from another.
    pub fn minus(self, other: Self) -> Self {
        Self::Minus(Box::new(self), Box::new(other))
    }

    /// `part` in percent of `whole`.
    pub fn percent(part: Self, whole: Self) -> Self {
        part.times(Self::Known(Decimal::ONE_HUNDRED)).over(whole)
    }

    /// What of `share` percent is `part`.
    pub fn base(part: Self, share: Self) -> Self {
        part.times(Self::Known(Decimal::ONE_HUNDRED)).over(share)
    }

    /// The values in it, in their order.
    pub fn values(&self, into: &mut Vec<usize>) {
        match self {
            Self::Value(at) => into.push(*at),
            Self::Known(_) => {}
            Self::Sum(terms) => terms.iter().for_each(|t| t.values(into)),
            Self::Minus(a, b) | Self::Times(a, b) | Self::Over(a, b) => {
                a.values(into);
                b.values(into);
            }
        }
    }

    /// All that it may be; `None` where it cannot be worked out.
    fn interval(&self, of: &dyn Fn(usize) -> Option<Interval>) -> Option<Interval> {
        match self {
            Self::Value(at) => of(*at),
            Self::Known(number) => Some(Interval::exact(*number)),
            Self::Sum(terms) => {
                terms.iter().try_fold(Interval::exact(Decimal::ZERO), |sum, term| sum.plus(term.interval(of)?))
            }
            Self::Minus(a, b) => a.interval(of)?.plus(b.interval(of)?.negated()),
            Self::Times(a, b) => a.interval(of)?.times(b.interval(of)?),
            Self::Over(a, b) => a.interval(of)?.over(b.interval(of)?),
        }
    }

    /// What it is by the printed values.
    pub fn nominal(&self, of: &dyn Fn(usize) -> Option<Decimal>) -> Option<Decimal> {
        match self {
            Self::Value(at) => of(*at),
            Self::Known(number) => Some(*number),
            Self::Sum(terms) => terms.iter().try_fold(Decimal::ZERO, |sum, t| sum.checked_add(t.nominal(of)?)),
            Self::Minus(a, b) => a.nominal(of)?.checked_sub(b.nominal(of)?),
            Self::Times(a, b) => a.nominal(of)?.checked_mul(b.nominal(of)?),
            Self::Over(a, b) => a.nominal(of)?.checked_div(b.nominal(of)?),
        }
    }

    /// As it is written with the numbers of the report.
    pub fn written(&self, values: &Values<'_>) -> String {
        match self {
            Self::Value(at) => values.get(*at).map(|v| v.written()).unwrap_or_default(),
            Self::Known(number) => number.normalize().to_string(),
            Self::Sum(terms) => {
                let mut sum = String::new();
                for term in terms {
                    let sign = if term.falls(values) { " − " } else { " + " };
                    let sign = if sum.is_empty() { "" } else { sign };
                    sum = format!("{sum}{sign}{}", term.written(values));
                }
                sum
            }
            Self::Minus(a, b) => format!("{} − {}", a.written(values), b.in_brackets(values)),
            Self::Times(a, b) => format!("{} × {}", a.in_brackets(values), b.in_brackets(values)),
            Self::Over(a, b) => format!("{} / {}", a.in_brackets(values), b.in_brackets(values)),
        }
    }

    /// Whether words say that a printed number goes down: «giảm 8 %» is taken off.
    fn falls(&self, values: &Values<'_>) -> bool {
        let Self::Value(at) = self else { return false };
        values.get(*at).is_some_and(|v| v.printed.value() < Decimal::ZERO && !v.written().starts_with(['-', '−']))
    }

    fn in_brackets(&self, values: &Values<'_>) -> String {
        let text = self.written(values);
        match self {
            Self::Sum(terms) if terms.len() > 1 => format!("({text})"),
            Self::Minus(..) => format!("({text})"),
            _ => text,
        }
    }
}

/// How the two sides must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// They are equal, as far as their numbers are printed.
    Equal,
    /// The left one is at most the right one.
    AtMost,
    /// The left one may be a whole number; there is no right one.
    Whole,
}

impl Operator {
    /// The sign as it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::AtMost => "≤",
            Self::Whole => "= 1, 2, 3, …",
        }
    }
}

/// What kind of claim it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The parts by one dimension make up their whole, or do not exceed it.
    Parts,
    /// The parts of a list that does not say it is complete make up their whole but for one slip.
    NearlyParts,
    /// One part is at most its whole.
    Part,
    /// A count times the price of one is the amount.
    Price,
    /// A value is so many percent of the stated plan.
    PlanRatio,
    /// Two percentages of one plan imply the same plan.
    ImpliedPlan,
    /// The implied plan, base or value of last year is a whole number of things counted.
    WholeBase,
    /// The implied plan is a round number; speaks for a number, never against one.
    RoundPlan,
    /// A value is so many percent of its whole.
    Share,
    /// Two shares or rates of one base imply the same base.
    Base,
    /// A value, its change and the value it changed from go together.
    Change,
    /// A shorter period holds no more than a longer one round it, and pieces make up the whole.
    Periods,
    /// One value stated twice is stated equally; settling tells where it is not.
    Restated,
    /// A check that the templates declare.
    Declared,
    /// Between reports: the cumulative value went on by what the period brought.
    Steps,
    /// Between reports: a cumulative value never falls.
    NeverFalls,
    /// Between reports: the plan of the year stays.
    PlanStays,
    /// Between reports: what was there, what came and what left make what is there.
    StockFlow,
}

impl Kind {
    /// The name of the check whose finding a broken relation is.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Parts => "parts-differ-from-whole",
            Self::NearlyParts => "parts-nearly-whole",
            Self::Part => "part-exceeds-whole",
            Self::Price => "price-times-count",
            Self::PlanRatio => "plan-ratio",
            Self::ImpliedPlan => "implied-plan-differs",
            Self::WholeBase => "no-whole-base",
            Self::RoundPlan => "plan-not-round",
            Self::Share => "share-ratio",
            Self::Base => "base-differs",
            Self::Change => "change-differs",
            Self::Periods => "periods-differ",
            Self::Restated => "conflict",
            Self::Declared => "declared-check",
            Self::Steps => "cumulative-step",
            Self::NeverFalls => "cumulative-falls",
            Self::PlanStays => "plan-moves",
            Self::StockFlow => "stock-flow",
        }
    }

    /// Whether it only speaks for or against a likely cause and is never told by itself.
    pub fn is_silent(self) -> bool {
        matches!(self, Self::RoundPlan | Self::Restated)
    }
}

/// A claim about stated values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its kind.
    pub kind: Kind,
    /// The side that is stated, where one is.
    pub left: Expr,
    /// How they must stand.
    pub operator: Operator,
    /// The side that is worked out, or the whole.
    pub right: Expr,
    /// What may differ beyond what is printed.
    pub tolerance: Decimal,
    /// The value that a finding stands at.
    pub at: usize,
    /// The value on the other side.
    pub against: usize,
    /// How grave it is where it is broken and every value is read surely.
    pub severity: Severity,
    /// What the message names: a dimension, a title.
    pub name: String,
}

/// Whether a relation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It holds only as far as the numbers are rounded.
    Rounded,
    /// It does not hold.
    Broken,
}

impl Relation {
    /// A relation at one value against another, as an error and without tolerance.
    pub fn new(kind: Kind, left: Expr, operator: Operator, right: Expr, at: usize, against: usize) -> Self {
        let (tolerance, severity, name) = (Decimal::ZERO, Severity::Error, String::new());
        Self { kind, left, operator, right, tolerance, at, against, severity, name }
    }

    /// The same, at most so grave.
    #[must_use]
    pub fn at_most(mut self, severity: Severity) -> Self {
        self.severity = self.severity.min(severity);
        self
    }

    /// The same with a name for its message.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The values that it is about, each once.
    pub fn values(&self) -> Vec<usize> {
        let mut values = Vec::new();
        self.left.values(&mut values);
        self.right.values(&mut values);
        values.sort_unstable();
        values.dedup();
        values
    }

    /// All that its left side may be.
    pub fn range(&self, values: &Values<'_>) -> Option<Interval> {
        self.left.interval(&|at| values.get(at).map(|v| v.printed.interval()))
    }

    /// Whether it holds; `None` where it cannot be worked out.
    pub fn verdict(&self, values: &Values<'_>) -> Option<Verdict> {
        self.verdict_with(values, &|_| None)
    }

    /// Whether it holds with another number at one place.
    pub fn verdict_with<'v>(
        &self,
        values: &'v Values<'_>,
        instead: &dyn Fn(usize) -> Option<&'v Printed>,
    ) -> Option<Verdict> {
        let printed = |at: usize| instead(at).or_else(|| values.get(at).map(|v| &v.printed));
        let interval = |at: usize| printed(at).map(Printed::interval);
        let left = self.left.interval(&interval)?.widened(self.tolerance);
        if self.operator == Operator::Whole {
            return Some(if left.holds_whole_number() { Verdict::Holds } else { Verdict::Broken });
        }
        let right = self.right.interval(&interval)?;
        let holds = match self.operator {
            Operator::Equal => left.meets(right),
            Operator::AtMost | Operator::Whole => left.at_most(right),
        };
        if !holds {
            return Some(Verdict::Broken);
        }
        let nominal = |at: usize| printed(at).map(Printed::value);
        let differs = self.operator == Operator::Equal
            && self.kind == Kind::Parts
            && self.left.nominal(&nominal) != self.right.nominal(&nominal);
        Some(if differs { Verdict::Rounded } else { Verdict::Holds })
    }

    /// What is stated and what was to be expected, by the printed values.
    pub fn sides(&self, values: &Values<'_>) -> Option<(Decimal, Option<Decimal>)> {
        let nominal = |at: usize| values.get(at).map(|v| v.printed.value());
        let left = self.left.nominal(&nominal)?;
        let right = if self.operator == Operator::Whole { None } else { Some(self.right.nominal(&nominal)?) };
        Some((left, right))
    }

    /// As it is written with the numbers of the report.
    pub fn written(&self, values: &Values<'_>) -> String {
        let left = self.left.written(values);
        if self.operator == Operator::Whole {
            return format!("{left} {}", self.operator.sign());
        }
        format!("{left} {} {}", self.operator.sign(), self.right.written(values))
    }
}
