//! Many reports made from a few: the example reports under the names of other provinces and years.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use tonghop::dictionary::Dictionary;
use tonghop::dictionary::geography::ProvinceSystem;
use tonghop::period::PeriodKind;
use tonghop::pipeline::read_report;
use tonghop::report::Assumed;
use tonghop::text::bare;

/// Reports are moved at most this many years back.
const YEARS: u16 = 8;

/// A report of `examples/reports`.
struct Example {
    text: String,
    province: String,
    year: u16,
}

/// `count` reports, no two of one province and period: names of files and texts.
pub(crate) fn generate(count: usize, dictionary: &Dictionary) -> Result<Vec<(String, String)>> {
    let mut by_kind: BTreeMap<PeriodKind, Vec<Example>> = BTreeMap::new();
    for (kind, example) in examples(dictionary)? {
        by_kind.entry(kind).or_default().push(example);
    }
    let provinces: Vec<&str> = dictionary.geography.provinces(ProvinceSystem::P63).map(|p| p.name.as_str()).collect();
    let most = by_kind.len() * provinces.len() * usize::from(YEARS);
    ensure!(count <= most, "{count} reports: the examples give at most {most}");
    let mut reports = Vec::with_capacity(count);
    for back in 0..YEARS {
        for (at, province) in provinces.iter().enumerate() {
            for sources in by_kind.values() {
                let Some(example) = sources.get(at % sources.len()).filter(|_| reports.len() < count) else { continue };
                let place: Vec<String> = province.split(|c: char| !c.is_alphanumeric()).map(bare).collect();
                let name = format!("{}-{:04}.txt", place.join("-"), reports.len());
                reports.push((name, example.moved(province, back)));
            }
        }
    }
    Ok(reports)
}

fn examples(dictionary: &Dictionary) -> Result<Vec<(PeriodKind, Example)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/reports");
    let mut examples = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(&folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "txt")) {
        let text = fs::read_to_string(path)?;
        let facts = read_report("report.txt", text.as_bytes(), &Assumed::default(), dictionary)?.facts;
        let province = facts.province.and_then(|code| dictionary.geography.get(facts.system, &code));
        let province = province.with_context(|| format!("{}: names no province", path.display()))?.name.clone();
        let period = facts.period.with_context(|| format!("{}: names no period", path.display()))?;
        examples.push((period.kind, Example { text, province, year: period.year }));
    }
    Ok(examples)
}

impl Example {
    /// The report of another province, some years before.
    fn moved(&self, province: &str, years_back: u16) -> String {
        let text = self.text.replace(&self.province, province);
        let text = text.replace(&self.province.to_uppercase(), &province.to_uppercase());
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, number) = rest.split_at(at);
            let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
            let (digits, after) = number.split_at(end);
            out.push_str(before);
            match digits.parse::<u16>().ok().filter(|n| digits.len() == 4 && n.abs_diff(self.year) <= 2) {
                Some(year) => out.push_str(&(year - years_back).to_string()),
                None => out.push_str(digits),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}
