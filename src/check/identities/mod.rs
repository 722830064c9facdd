//! The relations that follow from what observations are: parts and wholes, percentages and what they are of, prices,
//! changes, periods, restatements. None is written for a report: each follows from links, keys and declared meaning.

mod change;
mod parts;
mod percent;
mod periods;
mod price;
mod restated;

use super::relation::Relation;
use super::rules::Rules;
use super::values::Values;
use crate::observation::Measure;

/// Whether a measure is a value of its own, in the period or from the start of the year.
pub(super) fn is_plain_value(measure: Measure) -> bool {
    measure.is_result()
}

/// All relations among the values of one report, in a fixed order.
pub(super) fn of_report(values: &Values<'_>, rules: &Rules) -> Vec<Relation> {
    let mut relations = Vec::new();
    relations.extend(parts::derive(values, rules));
    relations.extend(price::derive(values));
    relations.extend(percent::derive(values));
    relations.extend(change::derive(values));
    relations.extend(periods::derive(values));
    relations.extend(restated::derive(values));
    relations
}
