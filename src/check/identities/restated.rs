//! One value stated in several places of a report: text, table, footnote, assessment.

use crate::check::relation::{Expr, Kind, Operator, Relation};
use crate::check::values::Values;

pub(super) fn derive(values: &Values<'_>) -> Vec<Relation> {
    let mut relations = Vec::new();
    for (key, stated) in values.keys() {
        let adds_up = values.dictionary().register.get(&key.indicator).is_some_and(|i| i.events_add_up);
        let Some((first, others)) = stated.split_first() else { continue };
        if adds_up || key.measure == "per_unit" || is_relative(key.measure) {
            continue;
        }
        for other in others {
            let (left, right) = (Expr::Value(*other), Expr::Value(*first));
            relations.push(Relation::new(Kind::Restated, left, Operator::Equal, right, *other, *first));
        }
    }
    relations
}

/// Changes and shares have bases of their own: two of them need not be one figure.
fn is_relative(measure: &str) -> bool {
    !matches!(measure, "actual" | "cumulative" | "plan" | "yoy_base")
}
