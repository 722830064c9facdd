//! Figures and totals: what they are made of and what they say of it.

use rust_decimal::Decimal;

use super::key::FigureKey;
use crate::dictionary::geography::ProvinceSystem;
use crate::observation::{Breakdown, Measure, Qualifier};
use crate::period::Period;

/// How a figure came out of what is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Settled {
    /// Stated once.
    Stated,
    /// Stated several times with one value.
    Repeated,
    /// The sum of events told separately.
    Added,
    /// Stated with different values: that of the source of highest rank.
    Outranked,
    /// A person's correction.
    Corrected,
    /// A yearly plan of `plans.csv`.
    Planned,
    /// Stated nowhere: computed from other figures.
    Derived,
}

impl Settled {
    /// The code as it stands in the files for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Repeated => "repeated",
            Self::Added => "added",
            Self::Outranked => "outranked",
            Self::Corrected => "corrected",
            Self::Planned => "planned",
            Self::Derived => "derived",
        }
    }
}

/// Whether somebody states a figure, or how it was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// Stated by a report, a correction or `plans.csv`.
    Direct,
    /// A flow as the sum of other periods, all of which are there.
    Periods,
    /// A flow as the difference of longer periods, such as cumulative less cumulative.
    Difference,
    /// A stock stated under another period that ends on the same day.
    SameDate,
    /// A stock by the last value within the period; [`Figure::as_of`] says of when.
    LastValue,
    /// A rate recomputed from its declared numerator and denominator.
    Ratio,
    /// A plan that a stated percentage and value imply; [`Figure::range`] says how closely.
    Implied,
    /// The plan of the year, stated under another period of it; [`Figure::as_of`] says which.
    Carried,
    /// The sum of the provinces that were merged into one.
    Merged,
}

impl Basis {
    /// The code as it stands in the files for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Periods => "periods",
            Self::Difference => "difference",
            Self::SameDate => "same_date",
            Self::LastValue => "last_value",
            Self::Ratio => "ratio",
            Self::Implied => "implied",
            Self::Carried => "carried",
            Self::Merged => "merged",
        }
    }
}

/// What a figure is to another that was computed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Added.
    Plus,
    /// Taken away.
    Minus,
    /// Above the line of a ratio.
    Numerator,
    /// Below the line of a ratio.
    Denominator,
    /// The value itself, under another name.
    Same,
}

impl Role {
    /// The sign as it stands in the files for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Numerator => "*",
            Self::Denominator => "/",
            Self::Same => "=",
        }
    }
}

/// A figure that another was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Addend {
    /// Its position among the figures.
    pub figure: usize,
    /// What it is to the other.
    pub role: Role,
}

/// A stated figure set against what other figures give for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What the others give, exact.
    pub value: Decimal,
    /// From which figures.
    pub addends: Vec<Addend>,
    /// Whether both are one, as closely as the stated value is written.
    pub agrees: bool,
}

/// One settled value of one province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is the value of.
    pub key: FigureKey,
    /// In the base unit, exact; a recomputed rate has the 28 digits of a `Decimal`.
    pub value: Decimal,
    /// The unit's code.
    pub unit: String,
    /// How exact the sources say it is.
    pub qualifier: Qualifier,
    /// How it came out of what is stated.
    pub settled: Settled,
    /// Whether it is stated, or how it was computed.
    pub basis: Basis,
    /// The figures it was computed from; empty for what is stated.
    pub addends: Vec<Addend>,
    /// The period under which the value is stated, where that is another: of a stock by its last value, of a plan
    /// of the year.
    pub as_of: Option<Period>,
    /// The least and the greatest value that the written digits allow, for an implied plan.
    pub range: Option<(Decimal, Decimal)>,
    /// What other figures give for a stated one, where they give anything.
    pub compared: Option<Comparison>,
    /// Whether it rests on a report that counts from the 15th to the 14th.
    pub administrative: bool,
    /// The least confidence of the observations it rests on.
    pub confidence: Decimal,
    /// Whether it rests on a value that needs review.
    pub doubtful: bool,
    /// Positions of the observations whose value it is, or that it was computed from; the source of highest rank
    /// first.
    pub sources: Vec<usize>,
    /// Positions of the observations that state the same value again, or parts of it.
    pub repeated: Vec<usize>,
    /// Positions of the observations that state another value.
    pub outranked: Vec<usize>,
    /// Where the plan stands (`plans.csv:12`), for a figure that no report states.
    pub plan_source: String,
}

impl Figure {
    /// Whether somebody states it.
    pub fn is_direct(&self) -> bool {
        self.basis == Basis::Direct
    }

    /// Whether it is a stock of an earlier date than the end of its period; such a value enters no total.
    pub fn is_stale(&self) -> bool {
        self.basis == Basis::LastValue
    }
}

/// A set of provinces of one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// All provinces.
    Country,
    /// The region with this order.
    Region(u8),
}

/// A total over the provinces that have a figure, or a rate recomputed from two totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The list of provinces.
    pub system: ProvinceSystem,
    /// Over which provinces.
    pub area: Area,
    /// As in [`FigureKey`].
    pub period: Period,
    /// Id in the register.
    pub indicator: String,
    /// Empty for the total.
    pub breakdown: Breakdown,
    /// `actual` or `plan`.
    pub measure: Measure,
    /// In the base unit, exact; a recomputed rate has the 28 digits of a `Decimal`.
    pub value: Decimal,
    /// Positions of the figures that were added; of a recomputed rate, those of its numerator.
    pub figures: Vec<usize>,
    /// Positions of the figures of the denominator, for a recomputed rate.
    pub denominator: Vec<usize>,
    /// How many provinces the area has: those of the list in force in the period.
    pub provinces: usize,
    /// How many of them have a figure in it.
    pub covered: usize,
    /// Codes of the provinces without one, with their list, in regional order.
    pub missing: Vec<(ProvinceSystem, String)>,
    /// How many of the figures are computed rather than stated.
    pub derived: usize,
    /// How many of the figures are plans implied by a percentage: such a total is marked.
    pub implied: usize,
    /// How many of the figures are estimates.
    pub estimated: usize,
    /// How many of the figures rest on reports that count from the 15th to the 14th.
    pub administrative: usize,
    /// How many of the figures are not exact by their sources' words.
    pub inexact: usize,
    /// The least confidence of the figures.
    pub confidence: Decimal,
    /// Whether a figure in it needs review.
    pub doubtful: bool,
}

impl Total {
    /// Whether every province of the area is in it.
    pub fn is_whole(&self) -> bool {
        self.covered == self.provinces
    }

    /// Whether it mixes reports of the calendar month with those from the 15th to the 14th.
    pub fn mixes_calendars(&self) -> bool {
        self.administrative > 0 && self.administrative < self.figures.len()
    }
}

/// What is known of a figure that cannot be whole: never a value of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// Positions of the figures that are there.
    pub figures: Vec<usize>,
    /// Their sum, exact.
    pub sum: Decimal,
    /// The months that nothing is known of.
    pub missing_months: Vec<Period>,
    /// Codes in the list of 63 of the merged provinces that nothing is known of.
    pub missing_provinces: Vec<String>,
}

/// What a growth is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Against {
    /// The plan of the year: percent reached.
    Plan,
    /// The same period of last year: percent change, signed.
    SamePeriod,
    /// The period before of the same length: percent change, signed.
    PreviousPeriod,
}

impl Against {
    /// The measure that states it.
    pub fn measure(self) -> Measure {
        match self {
            Self::Plan => Measure::PctOfPlan,
            Self::SamePeriod => Measure::YoyPct,
            Self::PreviousPeriod => Measure::PrevPct,
        }
    }
}

/// A figure set against its plan or an earlier period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// Position of the figure.
    pub figure: usize,
    /// What it is measured against.
    pub against: Against,
    /// Position of the other figure.
    pub base: usize,
    /// The percentage, with the 28 digits of a `Decimal`: reached of a plan, changed against a period. None for a
    /// rate, which changes in percentage points.
    pub percent: Option<Decimal>,
    /// The difference, exact, in the indicator's unit; of a rate in percentage points.
    pub change: Decimal,
    /// Position of the figure that states it: the percentage, or the change of a rate.
    pub stated: Option<usize>,
    /// Whether what is stated is what was computed, rounded or cut to the digits it is written with.
    pub agrees: Option<bool>,
}

/// The growth of an area, over the provinces that have both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalGrowth {
    /// The sum over these provinces, exact.
    pub value: Decimal,
    /// The sum of the other side over the same provinces, exact.
    pub base: Decimal,
    /// As in [`Growth`].
    pub percent: Decimal,
    /// How many provinces have both sides.
    pub covered: usize,
    /// How many the area has.
    pub provinces: usize,
    /// Whether the totals of both sides are over just these provinces, so that the growth is theirs too.
    pub of_totals: bool,
    /// Whether a plan in it is implied by a percentage.
    pub implied: bool,
}
