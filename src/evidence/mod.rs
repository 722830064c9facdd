//! One HTML page that shows each report with its numbers marked, and each figure of the annexes with what it was made
//! from. The page holds all it needs: it opens without a network, and shows one report at a time, so that a year of
//! reports opens as fast as one.

mod figures;
mod report;

use std::collections::BTreeMap;

use minijinja::{Environment, Value, context};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde_json::json;

use crate::consolidate::Consolidated;
use crate::diagnostic::Finding;
use crate::dictionary::Dictionary;
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};
use crate::message::Messages;
use crate::observation::{LedgerEntry, Observation};
use crate::table::{ReportRow, finding_id};

/// The page's own files below the templates folder: its frame, its look, what it does.
const PAGE: &str = "evidence/page.html";
const STYLE: &str = "evidence/page.css";
const SCRIPT: &str = "evidence/page.js";

/// A report as the page shows it.
#[derive(Debug, Clone)]
pub struct EvidenceReport<'a> {
    /// Whose it is, and how its numbers were counted.
    pub row: &'a ReportRow,
    /// Its extracted text.
    pub text: String,
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct EvidenceInput<'a> {
    /// The reports that count, in the order in which they are listed.
    pub reports: &'a [EvidenceReport<'a>],
    /// All observations of the run.
    pub observations: &'a [Observation],
    /// Per observation: ids of other indicators that its words allow.
    pub candidates: &'a [Vec<String>],
    /// All entries of the ledger.
    pub ledger: &'a [LedgerEntry],
    /// All findings with their messages, in the order of `findings.csv`.
    pub findings: &'a [(Finding, String)],
    /// Per finding: positions of the observations that it is about.
    pub about: &'a [Vec<usize>],
    /// Figures and totals.
    pub consolidated: &'a Consolidated,
    /// The least confidence of a value that needs no review.
    pub review_threshold: Decimal,
    /// Names of base units by their codes.
    pub units: &'a BTreeMap<String, String>,
    /// The register, breakdowns, provinces, wordings.
    pub dictionary: &'a Dictionary,
    /// The words of the page.
    pub messages: &'a Messages,
}

/// A page that could not be made: a fault in its templates.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// One of the page's files cannot be read.
    #[error(transparent)]
    Templates(#[from] TemplateErrors),
    /// The page's frame cannot be filled.
    #[error("{PAGE}: {0}")]
    Page(#[from] minijinja::Error),
}

/// Fills the page's frame.
///
/// # Errors
/// When one of the page's template files cannot be read or filled.
pub fn write_page(input: &EvidenceInput<'_>, templates: &Templates) -> Result<String, EvidenceError> {
    let index = Index::of(input);
    let reports: Vec<Value> = (0..input.reports.len())
        .map(|at| Value::from_safe_string(embedded(&report::report(input, &index, at).to_string())))
        .collect();
    let figures = figures::figures(input, &index);
    let frame = templates.read(PAGE)?;
    let mut environment = Environment::new();
    environment.add_template("page.html", &frame)?;
    let words: BTreeMap<&str, String> = input
        .messages
        .names()
        .filter_map(|name| Some((name.strip_prefix("page.")?, input.messages.word(name))))
        .collect();
    // A closing tag within a style sheet or a script would end it.
    let whole = |name: &str| -> Result<Value, EvidenceError> {
        let text = templates.read(name)?;
        if text.contains("</") {
            let message = "`</` would end the part of the page that it stands in".to_owned();
            return Err(TemplateErrors(vec![TemplateFault { file: name.to_owned(), line: 0, message }]).into());
        }
        Ok(Value::from_safe_string(text.into_owned()))
    };
    let page = environment.get_template("page.html")?.render(context! {
        lang => input.messages.lang().code(),
        t => Value::from(words.iter().map(|(name, text)| ((*name).replace('-', "_"), text.clone())).collect::<BTreeMap<_, _>>()),
        style => whole(STYLE)?,
        script => whole(SCRIPT)?,
        index => Value::from_safe_string(embedded(&index_json(input, &words).to_string())),
        figures => Value::from_safe_string(embedded(&figures.to_string())),
        reports => Value::from(reports),
    })?;
    Ok(page)
}

/// JSON as it may stand in a script element: nothing in it can end the element or open a comment.
fn embedded(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Where things stand in the page's data.
struct Index {
    /// Per observation: its report, and its row there.
    places: FxHashMap<usize, (usize, usize)>,
    /// Per report: positions of its observations, in the order of its rows.
    rows: Vec<Vec<usize>>,
    /// Per observation: positions of the findings about it.
    findings: FxHashMap<usize, Vec<usize>>,
}

impl Index {
    fn of(input: &EvidenceInput<'_>) -> Self {
        let by_file: FxHashMap<&str, usize> =
            input.reports.iter().enumerate().map(|(at, r)| (r.row.file.as_str(), at)).collect();
        let mut rows: Vec<Vec<usize>> = input.reports.iter().map(|_| Vec::new()).collect();
        let mut places = FxHashMap::default();
        for (at, observation) in input.observations.iter().enumerate() {
            let Some(report) = by_file.get(observation.file.as_str()) else { continue };
            let Some(own) = rows.get_mut(*report) else { continue };
            places.insert(at, (*report, own.len()));
            own.push(at);
        }
        let mut findings: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for (finding, about) in input.about.iter().enumerate() {
            for observation in about {
                findings.entry(*observation).or_default().push(finding);
            }
        }
        Self { places, rows, findings }
    }

    /// Report and row of an observation.
    fn place(&self, observation: usize) -> Option<(usize, usize)> {
        self.places.get(&observation).copied()
    }
}

/// What the page knows at once: the reports, the indicators, the findings, its words.
fn index_json(input: &EvidenceInput<'_>, words: &BTreeMap<&str, String>) -> serde_json::Value {
    let dictionary = input.dictionary;
    let report = |report: &EvidenceReport<'_>| {
        let row = report.row;
        let own = input.observations.iter().filter(|o| o.file == row.file);
        let doubtful = own.filter(|o| o.confidence < input.review_threshold).count();
        json!([
            row.file,
            province_name(&dictionary.geography, &row.province_system, &row.province),
            row.period.map(|p| input.messages.period(p)).unwrap_or_default(),
            row.number,
            row.date,
            row.status,
            [row.numbers, row.observations, row.references, row.tasks, row.unmapped, doubtful, row.findings],
        ])
    };
    let indicators: Vec<serde_json::Value> =
        dictionary.register.indicators().iter().map(|i| json!([i.id, i.name, i.unit.code(), i.domain_name])).collect();
    let file = |name: &str| input.reports.iter().position(|r| r.row.file == name);
    let findings: Vec<serde_json::Value> = input
        .findings
        .iter()
        .enumerate()
        .map(|(at, (finding, message))| {
            let other = finding.other.as_ref();
            json!([
                finding_id(at),
                finding.severity.code(),
                message,
                file(&finding.site.file),
                finding.site.line,
                finding.site.quote,
                other.and_then(|site| file(&site.file)),
                other.map_or(0, |site| site.line),
                other.map_or("", |site| &site.quote),
                finding.candidates,
            ])
        })
        .collect();
    let coded = |prefix: &str| -> BTreeMap<String, String> {
        let own = input.messages.names().filter_map(|name| Some((name, name.strip_prefix(prefix)?)));
        own.map(|(name, code)| (code.to_owned(), input.messages.word(name))).collect()
    };
    json!({
        "t": words,
        "measure": coded("measure."),
        "origin": coded("origin."),
        "class": coded("class."),
        "severity": coded("severity."),
        "why": coded("reason."),
        "unit": input.units,
        "thousands": input.messages.word("number.thousands"),
        "decimal": input.messages.word("number.decimal"),
        "threshold": input.review_threshold.normalize().to_string(),
        "reports": input.reports.iter().map(report).collect::<Vec<_>>(),
        "indicators": indicators,
        "findings": findings,
    })
}

/// Name of a province; its code where the list does not have it.
fn province_name(geography: &Geography, system: &str, code: &str) -> String {
    let known = ProvinceSystem::from_code(system).and_then(|system| geography.get(system, code));
    known.map_or_else(|| code.to_owned(), |province| province.name.clone())
}
