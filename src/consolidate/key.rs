//! What makes two statements speak of one figure.

use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::Kind;
use crate::observation::{Breakdown, Measure, Status};
use crate::period::Period;

/// The key of a figure, in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FigureKey {
    /// The list the province's code belongs to.
    pub system: ProvinceSystem,
    /// Two-digit province code.
    pub province: String,
    /// Reference period; of a cumulative flow, the months from January.
    pub period: Period,
    /// Id in the register.
    pub indicator: String,
    /// Empty for the total.
    pub breakdown: Breakdown,
    /// Which of the numbers this is; never `cumulative`.
    pub measure: Measure,
    /// For percentages and changes: the measure they are about; never `cumulative`.
    pub of: Option<Measure>,
    /// Kind of the base of a share or change, or its wording; empty for the same period of last year.
    pub base: String,
    /// Reported, estimated or forecast.
    pub status: Status,
}

/// The one period and measure under which a figure is kept. A flow from 1 January to the end of a period is the
/// in-period flow of those months, so (2023-Q2, cumulative), (2023-M06, cumulative) and (2023-S1, actual) are one
/// figure; a percentage about the one is a percentage about the other.
pub fn canonical(
    kind: Kind,
    period: Period,
    measure: Measure,
    of: Option<Measure>,
) -> (Period, Measure, Option<Measure>) {
    let from_january =
        || Period::first_months(period.year, period.last_month()).filter(|p| p.last_year() == period.last_year());
    let about_another = measure.is_relative() || measure == Measure::YoyBase;
    let of = if about_another { of } else { None };
    if kind != Kind::Flow {
        // Stocks and rates are never cumulative, whatever a column over them says.
        let measure = if measure == Measure::Cumulative { Measure::Actual } else { measure };
        return (period, measure, of.map(|_| Measure::Actual));
    }
    match (measure, of) {
        (Measure::Cumulative, _) => (from_january().unwrap_or(period), Measure::Actual, None),
        (_, Some(Measure::Cumulative)) => (from_january().unwrap_or(period), measure, Some(Measure::Actual)),
        // A change that does not say what it is about is about the period it stands under; a percentage of the
        // year's plan may as well be about the cumulative value, unless both are one.
        (_, None) if about_another && (measure != Measure::PctOfPlan || period.starts_in_january()) => {
            (period, measure, Some(Measure::Actual))
        }
        (_, of) => (period, measure, of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(period: &str, measure: Measure, of: Option<Measure>, expect: (&str, Measure, Option<Measure>)) {
        let found = canonical(Kind::Flow, period.parse().unwrap(), measure, of);
        assert_eq!((found.0.to_string().as_str(), found.1, found.2), expect, "{period} {measure}");
    }

    #[test]
    fn the_three_names_of_the_first_half_are_one() {
        for (period, measure) in
            [("2023-Q2", Measure::Cumulative), ("2023-M06", Measure::Cumulative), ("2023-S1", Measure::Actual)]
        {
            check(period, measure, None, ("2023-S1", Measure::Actual, None));
        }
        check("2023-S1", Measure::Cumulative, None, ("2023-S1", Measure::Actual, None));
        check("2023-M12", Measure::Cumulative, None, ("2023", Measure::Actual, None));
        check("2023-M11", Measure::Cumulative, None, ("2023-01-01/P11M", Measure::Actual, None));
        check("2023-Q2", Measure::Actual, None, ("2023-Q2", Measure::Actual, None));
    }

    #[test]
    fn a_percentage_follows_what_it_is_about() {
        let of = Some(Measure::Cumulative);
        check("2023-Q2", Measure::PctOfPlan, of, ("2023-S1", Measure::PctOfPlan, Some(Measure::Actual)));
        check("2023-Q2", Measure::PctOfPlan, None, ("2023-Q2", Measure::PctOfPlan, None));
        check("2023-Q1", Measure::PctOfPlan, None, ("2023-Q1", Measure::PctOfPlan, Some(Measure::Actual)));
        check("2023-Q2", Measure::YoyPct, None, ("2023-Q2", Measure::YoyPct, Some(Measure::Actual)));
    }

    #[test]
    fn a_stock_is_never_cumulative() {
        let period = "2023-Q2".parse().unwrap();
        assert_eq!(canonical(Kind::Stock, period, Measure::Cumulative, None), (period, Measure::Actual, None));
    }
}
