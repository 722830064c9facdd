//! An existing form, filled from the tables of a run.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::province::ProvinceChoice;
use super::run::Resources;
use super::stored::Stored;
use crate::consolidate::Area;
use crate::fill::{FillError, FormCell, Outcome, Request, Whom, fill};
use crate::period::Period;

/// How a form is to be filled.
#[derive(Debug, Clone)]
pub struct FillOptions {
    /// The form.
    pub form: PathBuf,
    /// The folder that `tonghop run` wrote.
    pub from: PathBuf,
    /// The form's own period.
    pub period: Period,
    /// Province, by code or name; the country, if none is given.
    pub province: Option<String>,
    /// The filled form.
    pub out: PathBuf,
    /// Where a list of all its cells goes.
    pub list: Option<PathBuf>,
    /// Yearly plans.
    pub plans: Option<PathBuf>,
}

/// Fills a form and writes it; gives what became of its cells.
///
/// # Errors
/// When the form or the tables cannot be read, or a file cannot be written.
pub fn fill_form(options: &FillOptions, resources: &Resources) -> Result<Vec<FormCell>, Failure> {
    let failed = |path: &Path, cause: &dyn std::fmt::Display| {
        let (path, cause) = (path.display().to_string(), cause.to_string());
        Failure::new("fill-form", &[("path", &path), ("cause", &cause)])
    };
    let bytes = fs::read(&options.form).map_err(|error| failed(&options.form, &error))?;
    if options.out.canonicalize().ok().is_some_and(|out| options.form.canonicalize().ok() == Some(out)) {
        return Err(Failure::new("fill-over", &[("path", &options.form.display().to_string())]));
    }
    let stored = Stored::load(&options.from, resources)?;
    let consolidated = stored.settle(options.plans.as_deref(), &[options.period], resources)?;
    let dictionary = &resources.dictionary;
    let system = consolidated.system_of(options.period);
    let (whom, name) = match &options.province {
        None => (Whom::Area(Area::Country), String::new()),
        Some(text) => {
            let choice = ProvinceChoice::find(text, &dictionary.geography);
            let code = choice.as_ref().and_then(|choice| choice.code_in(system)).map(|(code, _)| code.to_owned());
            let code = code.ok_or_else(|| {
                let valid = ProvinceChoice::valid(&dictionary.geography);
                Failure::new("assume-province", &[("found", text), ("valid", &valid)])
            })?;
            let name = dictionary.geography.get(system, &code).map(|p| p.name.clone()).unwrap_or_default();
            (Whom::Province(code), name)
        }
    };
    let file = options.form.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let filled = fill(
        &bytes,
        &Request {
            file: &file,
            period: options.period,
            whom: &whom,
            name: &name,
            period_words: &resources.layouts.period_words(options.period),
            consolidated: &consolidated,
            dictionary,
            words: &resources.form_words,
        },
    )
    .map_err(|error: FillError| failed(&options.form, &error))?;
    let write = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).map_err(|error| {
            let (path, cause) = (path.display().to_string(), error.to_string());
            Failure::new("out-unwritable", &[("path", &path), ("cause", &cause)])
        })
    };
    write(&options.out, &filled.bytes)?;
    if let Some(path) = &options.list {
        let list =
            list(&filled.cells, &stored).map_err(|error| Failure::new("internal", &[("cause", &error.to_string())]))?;
        write(path, &list)?;
    }
    Ok(filled.cells)
}

/// All cells of the form, with where their values come from.
fn list(cells: &[FormCell], stored: &Stored) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "sheet",
        "cell",
        "outcome",
        "number",
        "value",
        "indicator",
        "breakdown",
        "measure",
        "period",
        "place",
        "reason",
        "sources",
    ])?;
    for cell in cells {
        let (outcome, number, value, reason) = match &cell.outcome {
            Outcome::Filled { number, value } => ("filled", number.to_string(), value.normalize().to_string(), ""),
            Outcome::Written(text) => ("written", text.clone(), String::new(), ""),
            Outcome::NoFigure => ("no-figure", String::new(), String::new(), ""),
            Outcome::Untold(reason) => ("untold", String::new(), String::new(), reason.as_str()),
        };
        let sources = cell.sources.iter().filter_map(|at| stored.tables.observations.get(*at));
        let sources: Vec<String> = sources.map(|o| format!("{}:{}", o.file, o.line)).collect();
        let (breakdown, sources) = (cell.breakdown.to_string(), sources.join(" | "));
        let period = cell.period.map(|p| p.to_string()).unwrap_or_default();
        csv.write_record([
            cell.sheet.as_str(),
            &cell.cell,
            outcome,
            &number,
            &value,
            &cell.indicator,
            &breakdown,
            cell.measure.map_or("", |m| m.code()),
            &period,
            &cell.place,
            reason,
            &sources,
        ])?;
    }
    csv.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
