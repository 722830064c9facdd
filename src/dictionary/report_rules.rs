//! `report.toml`: how a report tells of itself.

use regex::Regex;
use serde::Deserialize;

use super::schema::read_toml;
use super::templates::{TemplateErrors, TemplateFault, Templates};

const FILE: &str = "report.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportFile {
    number: String,
    dates: Vec<String>,
    revisions: Vec<String>,
    administrative: Vec<String>,
    calendar: Vec<String>,
    file_periods: Vec<String>,
}

/// Compiled expressions; their named groups carry the parts.
#[derive(Debug, Clone, Default)]
pub struct ReportRules {
    /// Number and symbol: `number`.
    pub number: Vec<Regex>,
    /// Place-date line: `d`, `m`, `y`.
    pub dates: Vec<Regex>,
    /// Later versions: `n`, if it is said.
    pub revisions: Vec<Regex>,
    /// Signs of the administrative calendar.
    pub administrative: Vec<Regex>,
    /// Signs of calendar months.
    pub calendar: Vec<Regex>,
    /// Periods in file names: `y` and one of `m`, `q`, `roman`, `h`, `n`, or none for the year.
    pub file_periods: Vec<Regex>,
}

impl ReportRules {
    /// Reads and compiles the file.
    ///
    /// # Errors
    /// When it cannot be read, or an expression is not well formed.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let (file, text) = read_toml::<ReportFile>(templates, FILE)?;
        let mut faults = Vec::new();
        let mut compile = |patterns: &[String]| {
            patterns
                .iter()
                .filter_map(|pattern| {
                    Regex::new(pattern)
                        .map_err(|error| {
                            let at = text.find(pattern.as_str()).unwrap_or(0);
                            let line = super::schema::line_at(&text, at);
                            faults.push(TemplateFault { file: FILE.to_owned(), line, message: error.to_string() });
                        })
                        .ok()
                })
                .collect::<Vec<_>>()
        };
        let rules = Self {
            number: compile(std::slice::from_ref(&file.number)),
            dates: compile(&file.dates),
            revisions: compile(&file.revisions),
            administrative: compile(&file.administrative),
            calendar: compile(&file.calendar),
            file_periods: compile(&file.file_periods),
        };
        if faults.is_empty() { Ok(rules) } else { Err(TemplateErrors(faults)) }
    }
}
