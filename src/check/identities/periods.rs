//! Flows of one thing over periods that lie within each other: a month within the cumulative value, quarters that make
//! up a half-year.

use std::collections::BTreeMap;

use crate::check::relation::{Expr, Kind, Operator, Relation};
use crate::check::values::{Values, months};
use crate::diagnostic::Severity;
use crate::dictionary::register;
use crate::observation::{Measure, Status};

/// First and last month, counted from the year 0.
type Span = (u32, u32);

pub(super) fn derive(values: &Values<'_>) -> Vec<Relation> {
    let mut relations = Vec::new();
    for spans in flows(values).values() {
        for (inner, short) in spans {
            let around = spans.iter().filter(|(s, _)| s.0 <= inner.0 && inner.1 <= s.1 && *s != inner);
            // The nearest span around says most.
            let Some((outer, long)) = around.min_by_key(|(s, _)| (s.1 - s.0, s.0)) else { continue };
            let rest = spans.iter().find(|(s, _)| s.0 == outer.0 && s.1 + 1 == inner.0 && inner.1 == outer.1);
            let (short_value, long_value) = (Expr::Value(*short), Expr::Value(*long));
            relations.push(match rest {
                Some((_, before)) => {
                    let sum = Expr::Sum(vec![Expr::Value(*before), short_value]);
                    Relation::new(Kind::Periods, sum, Operator::Equal, long_value, *short, *long)
                        .at_most(Severity::Warning)
                }
                None => Relation::new(Kind::Periods, short_value, Operator::AtMost, long_value, *short, *long),
            });
        }
    }
    relations
}

/// Per indicator and part: the value of each span of months that is stated once, or equally each time.
fn flows(values: &Values<'_>) -> BTreeMap<(String, String), BTreeMap<Span, usize>> {
    let mut all: BTreeMap<(String, String), BTreeMap<Span, Vec<usize>>> = BTreeMap::new();
    for (at, value) in values.iter() {
        let own = value.observation;
        let is_flow = values.indicator(at).is_some_and(|i| i.kind == register::Kind::Flow);
        let cumulative = match own.measure {
            Measure::Actual => false,
            Measure::Cumulative => true,
            _ => continue,
        };
        let Some(span) = own.period.and_then(|p| months(p, cumulative)).filter(|_| is_flow) else { continue };
        if own.status == Status::Forecast {
            continue;
        }
        let key = (own.indicator.clone(), own.breakdown.to_string());
        all.entry(key).or_default().entry(span).or_default().push(at);
    }
    let one = |list: Vec<usize>| {
        let first = *list.first()?;
        let value = values.get(first)?.observation.value;
        list.iter().all(|at| values.get(*at).is_some_and(|v| v.observation.value == value)).then_some(first)
    };
    all.into_iter()
        .map(|(key, spans)| (key, spans.into_iter().filter_map(|(span, list)| Some((span, one(list)?))).collect()))
        .collect()
}
