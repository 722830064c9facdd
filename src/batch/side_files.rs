//! `report-list.csv` and `plans.csv`: what a person states beside the reports.

use std::borrow::Cow;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::failure::{Failure, Problem};
use super::find::{Found, InputFile};
use super::province::ProvinceChoice;
use crate::check;
use crate::consolidate::{Plan, read_plans};
use crate::diagnostic::Finding;
use crate::dictionary::Dictionary;
use crate::period::Period;
use crate::text::normal_form;

/// What a report list states of one file.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed {
    pub(super) province: Option<ProvinceChoice>,
    pub(super) period: Option<Period>,
}

#[derive(Deserialize)]
struct Row {
    file: String,
    #[serde(default)]
    province: String,
    #[serde(default)]
    period: String,
}

/// The text of a table, with commas: spreadsheets write semicolons where the comma is the decimal mark.
fn with_commas(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    if header.contains(',') || !header.contains(';') {
        return Cow::Borrowed(text);
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let reader =
        csv::ReaderBuilder::new().delimiter(b';').flexible(true).has_headers(false).from_reader(text.as_bytes());
    for record in reader.into_records().map_while(Result::ok) {
        if writer.write_record(&record).is_err() {
            break;
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Cow::Owned(String::from_utf8(bytes).unwrap_or_default())
}

fn read(file: &InputFile) -> Result<String, Failure> {
    std::fs::read_to_string(&file.path)
        .map_err(|error| Failure::new("side-file", &[("file", &file.name), ("cause", &error.to_string())]))
}

/// What the lists state, by the path of the report, and findings about rows that name no file.
///
/// # Errors
/// Every row that cannot be understood, with file and line.
pub(super) fn read_lists(
    found: &Found,
    dictionary: &Dictionary,
) -> Result<(FxHashMap<PathBuf, Listed>, Vec<Finding>), Failure> {
    let (mut listed, mut findings, mut problems) = (FxHashMap::default(), Vec::new(), Vec::new());
    for list in &found.lists {
        let text = read(list)?;
        let text = with_commas(&text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let folder = list.path.parent().map(PathBuf::from).unwrap_or_default();
        let below: FxHashMap<String, &InputFile> = found
            .reports
            .iter()
            .filter_map(|report| {
                let path = report.path.strip_prefix(&folder).ok()?;
                Some((normal_form(&path.to_string_lossy().replace('\\', "/")), report))
            })
            .collect();
        for (at, row) in reader.deserialize::<Row>().enumerate() {
            let line = at + 2;
            let place = format!("{}:{line}", list.name);
            let mut problem = |key: &'static str, found: &str, valid: String| {
                let args = vec![("place", place.clone()), ("found", found.to_owned()), ("valid", valid)];
                problems.push(Problem { key, args });
            };
            let row = match row {
                Ok(row) => row,
                Err(error) => {
                    problem("list-row", &error.to_string(), String::new());
                    continue;
                }
            };
            let named = normal_form(&row.file.replace('\\', "/"));
            // A row may name a file of an archive.
            let file = below.get(&named).map(|file| file.path.clone()).or_else(|| {
                let mut ends = named.match_indices('/').map(|(at, _)| at);
                ends.find_map(|at| {
                    let archive = below.get(named.get(..at)?)?;
                    Some(archive.path.join(named.get(at + 1..)?))
                })
            });
            let mut entry = Listed::default();
            if !row.province.is_empty() {
                entry.province = ProvinceChoice::find(&row.province, &dictionary.geography);
                if entry.province.is_none() {
                    problem("list-province", &row.province, ProvinceChoice::valid(&dictionary.geography));
                }
            }
            if !row.period.is_empty() {
                match row.period.parse() {
                    Ok(period) => entry.period = Some(period),
                    Err(_) => problem("list-period", &row.period, String::new()),
                }
            }
            match file {
                Some(path) => drop(listed.insert(path, entry)),
                None => findings.push(check::listed_file_missing(&list.name, line, &row.file)),
            }
        }
    }
    if problems.is_empty() { Ok((listed, findings)) } else { Err(Failure(problems)) }
}

/// All plans: of the file given, and of those that lie among the reports.
///
/// # Errors
/// Every row that cannot be understood, with file and line; a target that two files give.
pub(super) fn read_all_plans(files: &[InputFile], dictionary: &Dictionary) -> Result<Vec<Plan>, Failure> {
    let mut plans: Vec<Plan> = Vec::new();
    let mut known = FxHashMap::default();
    for file in files {
        let text = read(file)?;
        let own = read_plans(&file.name, &with_commas(&text), &dictionary.register, &dictionary.geography)
            .map_err(|faults| Failure::new("plans", &[("faults", &faults.to_string())]))?;
        for plan in own {
            let key = (plan.system, plan.province.clone(), plan.year, plan.indicator.clone());
            match known.get(&key).and_then(|at: &usize| plans.get(*at)) {
                Some(known) if known.value == plan.value => {}
                Some(known) => {
                    return Err(Failure::new("plan-twice", &[("place", &plan.source), ("other", &known.source)]));
                }
                None => {
                    known.insert(key, plans.len());
                    plans.push(plan);
                }
            }
        }
    }
    Ok(plans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_with_semicolons_is_a_table() {
        assert_eq!(with_commas("\u{feff}file;period\na,b.txt;2024\n"), "file,period\n\"a,b.txt\",2024\n");
        assert_eq!(with_commas("file,period\na;b,2024\n"), "file,period\na;b,2024\n");
    }
}
