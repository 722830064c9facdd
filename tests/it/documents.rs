//! Reports as Word files, running text and tables together, made by one who had not seen the rules: every number that is
//! stated has a row of gold, in no order. A figure stated twice, in text and table, has two.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::Deserialize;
use tonghop::pipeline::read_report;
use tonghop::report::Assumed;

use crate::statement::{Statement, readings, stated_by};
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

impl Gold {
    fn readings(&self) -> Vec<Statement> {
        let first = (self.indicator.as_str(), self.breakdown.as_str(), self.measure.as_str());
        let others = self.alternatives.as_deref().unwrap_or_default();
        readings(&self.province, &self.period, first, self.value, others)
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
        let mut mine: BTreeMap<Statement, usize> = BTreeMap::new();
        for observation in &read.extraction.observations {
            *mine.entry(stated_by(observation)).or_default() += 1;
        }
        let before = (right, missed, wrong);
        let mut gold = csv::Reader::from_path(path.with_extension("csv")).unwrap();
        for row in gold.deserialize() {
            let row: Gold = row.unwrap_or_else(|error| panic!("{name}: {error}"));
            let optional = row.optional == Some(1);
            match row.readings().into_iter().find(|key| mine.get(key).is_some_and(|n| *n > 0)) {
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
