//! Reports as Word files, running text and tables together, made by one who had not seen the rules: every number that is
//! stated has a row of gold, in no order. A figure stated twice, in text and table, has two.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::Deserialize;
use tonghop::period::Period;
use tonghop::pipeline::read_report;
use tonghop::report::Assumed;

use crate::support::DICTIONARY;

/// What all documents together must reach; a little under where they stand.
const F1_FLOOR: f64 = 0.965;

#[derive(Debug, Deserialize)]
struct Gold {
    province: String,
    period: String,
    indicator: String,
    breakdown: String,
    measure: String,
    value: Decimal,
    #[serde(default)]
    optional: Option<u8>,
    #[serde(default)]
    alternatives: Option<String>,
}

/// What a row says; in a period that begins in January the cumulative value is the period's own.
type Key = (String, String, String, String, String, Decimal);

fn key(province: &str, period: &str, reading: (&str, &str, &str), value: Decimal) -> Key {
    let (indicator, breakdown, measure) = reading;
    let from_january = period.parse::<Period>().is_ok_and(Period::starts_in_january);
    let measure = if measure == "cumulative" && from_january { "actual" } else { measure };
    let text = str::to_owned;
    (text(province), text(period), text(indicator), text(breakdown), text(measure), value.normalize())
}

impl Gold {
    /// The first reading, then those that are right too: `indicator[breakdown] measure period`.
    fn keys(&self) -> Vec<Key> {
        let own = (self.indicator.as_str(), self.breakdown.as_str(), self.measure.as_str());
        let mut keys = vec![key(&self.province, &self.period, own, self.value)];
        let others = self.alternatives.as_deref().unwrap_or_default();
        for other in others.split("||").map(str::trim).filter(|a| !a.is_empty()) {
            let parts: Vec<&str> = other.split(' ').collect();
            let (indicator, breakdown) = parts[0].trim_end_matches(']').split_once('[').unwrap_or((parts[0], ""));
            let period = parts.get(2).copied().unwrap_or(&self.period);
            keys.push(key(&self.province, period, (indicator, breakdown, parts[1]), self.value));
        }
        keys
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/documents")
}

#[test]
fn documents_hold_their_floor() {
    let (mut right, mut missed, mut wrong, mut faults) = (0_usize, 0_usize, 0_usize, String::new());
    let mut names: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "docx"));
    names.sort();
    for path in names {
        let name = path.file_name().unwrap().to_str().unwrap();
        let read = read_report(name, &fs::read(&path).unwrap(), &Assumed::default(), &DICTIONARY)
            .unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let mut mine: BTreeMap<Key, usize> = BTreeMap::new();
        for o in &read.extraction.observations {
            let period = o.period.map(|p| p.to_string()).unwrap_or_default();
            let (breakdown, measure) = (o.breakdown.to_string(), o.measure.to_string());
            *mine.entry(key(&o.province, &period, (&o.indicator, &breakdown, &measure), o.value)).or_default() += 1;
        }
        let before = (right, missed, wrong);
        let mut gold = csv::Reader::from_path(path.with_extension("csv")).unwrap();
        for row in gold.deserialize() {
            let row: Gold = row.unwrap_or_else(|error| panic!("{name}: {error}"));
            let optional = row.optional == Some(1);
            match row.keys().into_iter().find(|key| mine.get(key).is_some_and(|n| *n > 0)) {
                Some(found) => {
                    *mine.get_mut(&found).unwrap() -= 1;
                    right += usize::from(!optional);
                }
                None if optional => {}
                None => {
                    missed += 1;
                    writeln!(faults, "{name}: missed {row:?}").unwrap();
                }
            }
        }
        for (key, count) in mine.into_iter().filter(|(_, n)| *n > 0) {
            wrong += count;
            writeln!(faults, "{name}: wrong {key:?}").unwrap();
        }
        println!("{name:28} right {} missed {} wrong {}", right - before.0, missed - before.1, wrong - before.2);
    }
    let f1 = 2.0 * right as f64 / (2 * right + missed + wrong) as f64;
    println!("together F1 {f1:.4}");
    assert!(right > 500, "too few rows of gold were compared: {right}");
    assert!(f1 >= F1_FLOOR, "F1 {f1:.4} is under {F1_FLOOR}\n{faults}");
}
