//! Two readings of a report side by side: what another dictionary gains, loses and changes.

use std::collections::BTreeMap;

use crate::observation::{Extraction, Observation, Qualifier, Status};
use crate::period::Period;

/// A place of a report where two readings differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// File.
    pub file: String,
    /// 1-based line of the extracted text.
    pub line: usize,
    /// The clause, as written.
    pub quote: String,
    /// What only the first reading gives.
    pub lost: Vec<String>,
    /// What only the second gives.
    pub gained: Vec<String>,
}

/// All places where two readings of one report differ, in order.
pub fn differences(file: &str, first: &Extraction, second: &Extraction) -> Vec<Difference> {
    let mut places: BTreeMap<usize, (Vec<&Observation>, Vec<&Observation>)> = BTreeMap::new();
    for observation in &first.observations {
        places.entry(observation.start).or_default().0.push(observation);
    }
    for observation in &second.observations {
        places.entry(observation.start).or_default().1.push(observation);
    }
    let mut found = Vec::new();
    for (before, after) in places.into_values() {
        let Some(place) = after.first().or(before.first()) else { continue };
        let all = |list: &[&Observation]| list.iter().map(|o| statement(o)).collect::<Vec<_>>();
        let (before, after) = (all(&before), all(&after));
        let only = |list: &[String], other: &[String]| {
            list.iter().filter(|text| !other.contains(text)).cloned().collect::<Vec<_>>()
        };
        let (lost, gained) = (only(&before, &after), only(&after, &before));
        if !lost.is_empty() || !gained.is_empty() {
            let quote = place.quote.clone();
            found.push(Difference { file: file.to_owned(), line: place.line, quote, lost, gained });
        }
    }
    found
}

/// `id measure value[ breakdown] @period[ of=…][ status]`.
fn statement(observation: &Observation) -> String {
    let o = observation;
    let mut text = format!("{} {} {}", o.indicator, o.measure, o.value.normalize());
    if !o.breakdown.is_total() {
        text.push_str(&format!(" {}", o.breakdown));
    }
    text.push_str(&format!(" @{}", o.period.as_ref().map_or_else(|| "?".to_owned(), Period::to_string)));
    if let Some(of) = o.of {
        text.push_str(&format!(" of={of}"));
    }
    if o.qualifier != Qualifier::Exact {
        text.push_str(&format!(" {}", o.qualifier));
    }
    if o.status != Status::Reported {
        text.push_str(&format!(" {}", o.status));
    }
    text
}
