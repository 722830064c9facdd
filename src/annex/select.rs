//! What a cell is about, and the value that answers it.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::book::Book;
use super::node::Shown;
use crate::consolidate::{Against, Area, Basis, Cell, Figure, Total, TotalGrowth};
use crate::dictionary::geography::{Province, ProvinceSystem};
use crate::dictionary::register::{Indicator, Kind};
use crate::observation::{Breakdown, Measure};
use crate::period::Period;

/// A place that figures are of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    Country,
    /// The region with this order.
    Region(u8),
    Province(&'a Province),
}

impl Place<'_> {
    /// A number that tells places of one list apart: 0 is the country, then regions, then provinces.
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Country => 0,
            Self::Region(order) => u32::from(order),
            Self::Province(province) => 1000 + u32::from(province.region_order) * 1000 + u32::from(province.order),
        }
    }
}

/// What a cell is about, as far as its sheet, row and column fix it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Selection<'a> {
    pub(super) place: Option<Place<'a>>,
    pub(super) period: Option<Period>,
    pub(super) indicator: Option<&'a Indicator>,
    pub(super) breakdown: Option<&'a Breakdown>,
    pub(super) measure: Option<Shown>,
}

impl<'a> Selection<'a> {
    /// What both fix together; where both fix a part, `other` does.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            place: other.place.or(self.place),
            period: other.period.or(self.period),
            indicator: other.indicator.or(self.indicator),
            breakdown: other.breakdown.or(self.breakdown),
            measure: other.measure.or(self.measure),
        }
    }

    /// The question, where everything is fixed: a period that is not named is the workbook's own, a breakdown that
    /// is not named is the total.
    pub(super) fn question(self, book: &Book<'a>) -> Option<Question<'a>> {
        let question = Question {
            place: self.place?,
            period: self.period.unwrap_or(book.input.period),
            indicator: self.indicator?,
            breakdown: self.breakdown.unwrap_or(book.total_breakdown()),
            measure: self.measure?,
        };
        Some(match question.measure {
            Shown::ToDate => question.of(question.base(true)),
            _ => question,
        })
    }
}

/// What a cell asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) place: Place<'a>,
    pub(super) period: Period,
    pub(super) indicator: &'a Indicator,
    pub(super) breakdown: &'a Breakdown,
    pub(super) measure: Shown,
}

/// What tells the questions of one workbook apart.
pub(super) type QuestionKey<'a> = (u32, Period, &'a str, &'a Breakdown, Shown);

impl<'a> Question<'a> {
    pub(super) fn key(&self) -> QuestionKey<'a> {
        (self.place.number(), self.period, &self.indicator.id, self.breakdown, self.measure)
    }

    /// The same about another place.
    pub(super) fn at(self, place: Place<'a>) -> Self {
        Self { place, ..self }
    }

    /// The same about another number.
    pub(super) fn of(self, measure: Shown) -> Self {
        Self { measure, ..self }
    }

    /// The number that a plan or the year before is compared with: for flows the one since January if `since_january`.
    fn base(&self, since_january: bool) -> Shown {
        let flow = self.indicator.kind == Kind::Flow;
        Shown::Plain(if flow && since_january { Measure::Cumulative } else { Measure::Actual })
    }
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin<'a> {
    /// The figure at this position, as it is.
    Figure(usize, &'a Figure),
    /// A sum over provinces, or a rate of two sums.
    Total(&'a Total),
    /// Computed from two others: `over` as a percentage of `under`, less `less`.
    Ratio { over: Box<Question<'a>>, under: Box<Question<'a>>, less: Decimal },
    /// A change that this figure states, shown as a ratio, or the value of last year that it was computed from.
    Change(usize, &'a Figure),
    /// Computed over the provinces that have both sides.
    Growth(TotalGrowth),
}

/// The answer to a question.
#[derive(Debug, Clone)]
pub(super) struct Answer<'a> {
    /// In the base unit, exact.
    pub(super) value: Decimal,
    pub(super) origin: Origin<'a>,
}

impl<'a> Answer<'a> {
    /// The figure that the value is of, for its remarks and its sources.
    pub(super) fn figure(&self) -> Option<(usize, &'a Figure)> {
        match self.origin {
            Origin::Figure(at, figure) | Origin::Change(at, figure) => Some((at, figure)),
            Origin::Total(_) | Origin::Ratio { .. } | Origin::Growth(_) => None,
        }
    }
}

/// Whether a number can be there at all: a stock has no cumulative one, a rate no part of its plan.
pub(super) fn applies(question: &Question<'_>) -> bool {
    match question.measure {
        Shown::Plain(Measure::Cumulative) => question.indicator.kind == Kind::Flow,
        Shown::PlanRatio | Shown::CountryShare | Shown::PartShare => question.indicator.kind != Kind::Rate,
        _ => true,
    }
}

impl<'a> Book<'a> {
    /// The answer to a question; none where nothing is known.
    pub(super) fn answer(&self, system: ProvinceSystem, question: &Question<'a>) -> Option<Answer<'a>> {
        if !applies(question) {
            return None;
        }
        match question.measure {
            Shown::Plain(measure) => self.plain(system, question, measure),
            Shown::ToDate => self.answer(system, &question.of(question.base(true))),
            Shown::PlanRatio => self.plan_ratio(system, question),
            Shown::YoyRatio => self.yoy(system, question, Decimal::ZERO),
            Shown::YoyGrowth => self.yoy(system, question, Decimal::ONE_HUNDRED),
            Shown::PreviousRatio => {
                let now = question.of(question.base(false));
                let before = Question { period: question.period.previous()?, ..now };
                self.ratio(system, now, before, Decimal::ZERO)
                    .or_else(|| self.growth(system, question, Against::PreviousPeriod, Decimal::ONE_HUNDRED))
            }
            Shown::CountryShare => {
                let own = question.of(question.base(false));
                self.share(system, own, own.at(Place::Country))
            }
            Shown::PartShare => {
                let own = question.of(question.base(false));
                self.share(system, own, Question { breakdown: self.total_breakdown(), ..own })
            }
        }
    }

    /// The lookup of a question.
    pub(super) fn cell<'q>(
        &self,
        system: ProvinceSystem,
        question: &Question<'q>,
        measure: Measure,
        of: Option<Measure>,
    ) -> Cell<'q> {
        Cell {
            system,
            period: question.period,
            indicator: &question.indicator.id,
            kind: question.indicator.kind,
            breakdown: question.breakdown,
            measure,
            of,
        }
    }

    /// How many provinces the total that answers a question adds; none where it is no sum.
    pub(super) fn covered(&self, system: ProvinceSystem, question: &Question<'_>) -> Option<usize> {
        let area = match question.place {
            Place::Province(_) => return None,
            Place::Country => Area::Country,
            Place::Region(order) => Area::Region(order),
        };
        let Shown::Plain(measure) = question.measure else { return None };
        let total = self.input.consolidated.total(&self.cell(system, question, measure, None), area)?;
        total.denominator.is_empty().then_some(total.covered)
    }

    /// The figure of a province.
    fn found(
        &self,
        system: ProvinceSystem,
        question: &Question<'_>,
        measure: Measure,
        of: Option<Measure>,
    ) -> Option<(usize, &'a Figure)> {
        let Place::Province(province) = question.place else { return None };
        // A stock of an earlier date is no value of this one.
        let found = self.input.consolidated.figure(&self.cell(system, question, measure, of), &province.code);
        found.filter(|(_, figure)| !figure.is_stale())
    }

    fn plain(&self, system: ProvinceSystem, question: &Question<'_>, measure: Measure) -> Option<Answer<'a>> {
        let area = match question.place {
            Place::Province(_) => {
                let about: &[Option<Measure>] = match measure.is_relative() || measure == Measure::YoyBase {
                    true => &[Some(Measure::Actual), Some(Measure::Cumulative), None],
                    false => &[None],
                };
                let (at, figure) = about.iter().find_map(|of| self.found(system, question, measure, *of))?;
                return Some(Answer { value: figure.value, origin: Origin::Figure(at, figure) });
            }
            Place::Country => Area::Country,
            Place::Region(order) => Area::Region(order),
        };
        let total = self.input.consolidated.total(&self.cell(system, question, measure, None), area)?;
        Some(Answer { value: total.value, origin: Origin::Total(total) })
    }

    /// One answer as a percentage of another, less `less`.
    fn ratio(
        &self,
        system: ProvinceSystem,
        over: Question<'a>,
        under: Question<'a>,
        less: Decimal,
    ) -> Option<Answer<'a>> {
        let (above, below) = (self.answer(system, &over)?, self.answer(system, &under)?);
        // Sums over different provinces do not compare.
        let same = match (&above.origin, &below.origin) {
            (Origin::Total(above), Origin::Total(below)) => self.members(above) == self.members(below),
            _ => true,
        };
        let value = above.value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(below.value)?.checked_sub(less)?;
        let origin = Origin::Ratio { over: Box::new(over), under: Box::new(under), less };
        same.then_some(Answer { value, origin })
    }

    /// A part of a whole: the whole is not the same provinces, and need not be.
    fn share(&self, system: ProvinceSystem, part: Question<'a>, whole: Question<'a>) -> Option<Answer<'a>> {
        let (above, below) = (self.answer(system, &part)?, self.answer(system, &whole)?);
        let value = above.value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(below.value)?;
        let origin = Origin::Ratio { over: Box::new(part), under: Box::new(whole), less: Decimal::ZERO };
        Some(Answer { value, origin })
    }

    /// The provinces that a total adds.
    pub(super) fn members(&self, total: &Total) -> BTreeSet<&'a str> {
        total.figures.iter().filter_map(|at| self.figure(*at)).map(|f| f.key.province.as_str()).collect()
    }

    /// The growth of an area over the provinces that have both sides, with `more` added.
    fn growth(
        &self,
        system: ProvinceSystem,
        question: &Question<'_>,
        against: Against,
        more: Decimal,
    ) -> Option<Answer<'a>> {
        let area = match question.place {
            Place::Province(_) => return None,
            Place::Country => Area::Country,
            Place::Region(order) => Area::Region(order),
        };
        let measure = if against == Against::Plan { Measure::Cumulative } else { Measure::Actual };
        let cell = self.cell(system, question, measure, None);
        let growth = self.input.consolidated.total_growth(&cell, area, against)?;
        Some(Answer { value: growth.percent.checked_add(more)?, origin: Origin::Growth(growth) })
    }

    /// The percentage of the plan: computed where the plan and what it is of are known, else as stated. A plan that
    /// the percentage itself implies says nothing of it.
    fn plan_ratio(&self, system: ProvinceSystem, question: &Question<'a>) -> Option<Answer<'a>> {
        let plan = question.of(Shown::Plain(Measure::Plan));
        let implied = self.found(system, &plan, Measure::Plan, None).is_some_and(|(_, f)| f.basis == Basis::Implied);
        let stated = || {
            let (at, figure) = self.stated_plan_ratio(system, question)?;
            Some(Answer { value: figure.value, origin: Origin::Figure(at, figure) })
        };
        if implied {
            return stated();
        }
        let computed = self.ratio(system, question.of(question.base(true)), plan, Decimal::ZERO);
        computed.or_else(|| self.growth(system, question, Against::Plan, Decimal::ZERO)).or_else(stated)
    }

    /// The percentage of the plan that a report states.
    pub(super) fn stated_plan_ratio(
        &self,
        system: ProvinceSystem,
        question: &Question<'_>,
    ) -> Option<(usize, &'a Figure)> {
        let about = [Some(Measure::Cumulative), Some(Measure::Actual), None];
        about.into_iter().find_map(|of| self.found(system, question, Measure::PctOfPlan, of))
    }

    /// The ratio to the same period of last year, less `less`: as stated, else from last year's value.
    fn yoy(&self, system: ProvinceSystem, question: &Question<'a>, less: Decimal) -> Option<Answer<'a>> {
        if let Some((at, figure, _)) = self.stated_yoy(system, question) {
            let value = Decimal::ONE_HUNDRED.checked_add(figure.value)?.checked_sub(less)?;
            return Some(Answer { value, origin: Origin::Change(at, figure) });
        }
        let now = question.of(Shown::Plain(Measure::Actual));
        let stated =
            self.answer(system, &now).zip(self.found(system, question, Measure::YoyBase, Some(Measure::Actual)));
        if let Some((now, (at, then))) = stated {
            let value = now.value.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(then.value)?.checked_sub(less)?;
            return Some(Answer { value, origin: Origin::Change(at, then) });
        }
        let then = Question { period: question.period.a_year_before()?, ..now };
        let more = Decimal::ONE_HUNDRED.checked_sub(less)?;
        self.ratio(system, now, then, less).or_else(|| self.growth(system, question, Against::SamePeriod, more))
    }

    /// The change on the same period that a report states, and whether it is about the cumulative value.
    pub(super) fn stated_yoy(
        &self,
        system: ProvinceSystem,
        question: &Question<'_>,
    ) -> Option<(usize, &'a Figure, bool)> {
        [(Measure::Actual, false), (Measure::Cumulative, true)].into_iter().find_map(|(of, cumulative)| {
            let (at, figure) = self.found(system, question, Measure::YoyPct, Some(of))?;
            Some((at, figure, cumulative && !question.period.starts_in_january()))
        })
    }
}
