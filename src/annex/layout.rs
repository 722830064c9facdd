//! Layouts: what an annex sheet shows and where, as data, checked when it is read.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::labels::Labels;
use super::source::{Checked, parse};
use super::theme::Theme;
use crate::dictionary::register::Register;
use crate::dictionary::templates::{TemplateErrors, Templates};

/// The layouts of the sheets, in the order of their file names, with the words and the look they share.
#[derive(Debug, Clone)]
pub struct Layouts {
    pub(super) layouts: Vec<Layout>,
    pub(super) labels: Labels,
    pub(super) theme: Theme,
}

/// What the rows of a sheet are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rows {
    /// Indicators of one province, by field of work.
    Indicators,
    /// Provinces by region, for one field of work.
    Provinces,
    /// Places that state a figure.
    Sources,
    /// Findings.
    Findings,
    /// Numbers that no indicator took.
    Unmapped,
    /// Provinces and their reports.
    Reports,
}

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Value {
    Number,
    Name,
    Unit,
    Plan,
    Actual,
    Cumulative,
    PlanRatio,
    YoyRatio,
    Note,
    Id,
    Province,
    Period,
    Indicator,
    Breakdown,
    Measure,
    #[serde(rename = "value")]
    Amount,
    Role,
    File,
    Line,
    Place,
    Quote,
    Rule,
    Confidence,
    Severity,
    Check,
    Message,
    OtherPlace,
    OtherQuote,
    Stated,
    Expected,
    Difference,
    Text,
    Reason,
    Status,
    Document,
    Date,
    Numbers,
    Observations,
    Unmapped,
    Findings,
}

impl Rows {
    /// The columns that rows of this kind can fill, with their names in layouts.
    fn columns(self) -> &'static [(Value, &'static str)] {
        use Value as V;
        match self {
            Self::Indicators => &[
                (V::Number, "number"),
                (V::Name, "name"),
                (V::Unit, "unit"),
                (V::Plan, "plan"),
                (V::Actual, "actual"),
                (V::Cumulative, "cumulative"),
                (V::PlanRatio, "plan_ratio"),
                (V::YoyRatio, "yoy_ratio"),
                (V::Note, "note"),
            ],
            Self::Provinces => &[(V::Number, "number"), (V::Name, "name")],
            Self::Sources => &[
                (V::Id, "id"),
                (V::Province, "province"),
                (V::Period, "period"),
                (V::Indicator, "indicator"),
                (V::Breakdown, "breakdown"),
                (V::Measure, "measure"),
                (V::Amount, "value"),
                (V::Unit, "unit"),
                (V::Role, "role"),
                (V::File, "file"),
                (V::Place, "place"),
                (V::Quote, "quote"),
                (V::Rule, "rule"),
                (V::Confidence, "confidence"),
            ],
            Self::Findings => &[
                (V::Id, "id"),
                (V::Severity, "severity"),
                (V::Check, "check"),
                (V::Province, "province"),
                (V::File, "file"),
                (V::Line, "line"),
                (V::Place, "place"),
                (V::Message, "message"),
                (V::Quote, "quote"),
                (V::OtherPlace, "other_place"),
                (V::OtherQuote, "other_quote"),
                (V::Stated, "stated"),
                (V::Expected, "expected"),
                (V::Difference, "difference"),
            ],
            Self::Unmapped => &[
                (V::Number, "number"),
                (V::Province, "province"),
                (V::File, "file"),
                (V::Line, "line"),
                (V::Text, "text"),
                (V::Reason, "reason"),
                (V::Quote, "quote"),
            ],
            Self::Reports => &[
                (V::Number, "number"),
                (V::Province, "province"),
                (V::Status, "status"),
                (V::File, "file"),
                (V::Document, "document"),
                (V::Date, "date"),
                (V::Numbers, "numbers"),
                (V::Observations, "observations"),
                (V::Unmapped, "unmapped"),
                (V::Findings, "findings"),
            ],
        }
    }

    /// The placeholders that the lines of a sheet of this kind can use.
    fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::Indicators => &["number", "period", "PERIOD", "year", "province", "PROVINCE"],
            Self::Provinces => &["number", "period", "PERIOD", "year", "domain", "DOMAIN", "reported", "provinces"],
            Self::Reports => &["number", "period", "PERIOD", "year", "reported", "provinces"],
            Self::Sources | Self::Findings | Self::Unmapped => &["number", "period", "PERIOD", "year"],
        }
    }
}

/// One sheet, or one for each province or field of work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layout {
    pub(super) rows: Rows,
    /// Name of the sheet; in a sheet for each field of work, `{domain}` is its short name.
    pub(super) sheet_name: Spanned<String>,
    form_code: Option<Spanned<String>>,
    heading: Option<Spanned<String>>,
    title: Option<Spanned<String>>,
    attached: Option<Spanned<String>>,
    left_line: Option<Spanned<String>>,
    right_line: Option<Spanned<String>>,
    #[serde(default)]
    notes: Vec<Spanned<String>>,
    /// In sheets of indicators: heading of the section for figures of other periods that the report states.
    /// Without it such figures stand in the table of sources only.
    other_periods: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) orientation: Orientation,
    /// Columns that stay in sight when the sheet is scrolled.
    #[serde(default)]
    pub(super) freeze_columns: u16,
    /// In sheets of provinces: the most columns of figures on one sheet.
    pub(super) columns_per_sheet: Option<usize>,
    /// Which provinces have a row in sheets of provinces.
    #[serde(default)]
    pub(super) provinces: ProvinceRows,
    /// Short names of fields of work, for sheet names.
    #[serde(default)]
    pub(super) short_names: BTreeMap<Spanned<String>, String>,
    #[serde(rename = "column")]
    pub(super) columns: Vec<Column>,
    pub(super) series: Option<Series>,
    pub(super) signature: Option<Signature>,
}

/// Which way the paper lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Orientation {
    /// The long side below.
    #[default]
    Landscape,
    /// The short side below.
    Portrait,
}

/// Which provinces have a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProvinceRows {
    /// All of the list.
    #[default]
    All,
    /// Those with a figure on the sheet.
    Reported,
}

/// A column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub(super) value: Spanned<Value>,
    /// Headings from the top level down; neighbours with the same heading share one merged cell.
    pub(super) header: Vec<String>,
    /// What stands in the numbering row.
    #[serde(default)]
    pub(super) mark: String,
    /// In widths of a digit.
    pub(super) width: f64,
}

/// Columns made from the indicators of a field of work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Series {
    /// Heading over the columns of one indicator.
    pub(super) header: Spanned<String>,
    /// Width of each column, in widths of a digit.
    pub(super) width: f64,
    #[serde(rename = "measure")]
    pub(super) measures: Vec<SeriesMeasure>,
}

/// A column of each indicator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeriesMeasure {
    pub(super) value: Spanned<Value>,
    pub(super) header: String,
    /// Heading for stocks and rates, where it differs.
    pub(super) stock_header: Option<String>,
    /// Whether the breakdowns stand beside the total.
    #[serde(default)]
    pub(super) breakdowns: bool,
    /// Left out in periods that start in January, where it would repeat the in-period column.
    #[serde(default)]
    pub(super) only_after_january: bool,
}

/// The block below the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    pub(super) place_date: Spanned<String>,
    #[serde(rename = "block")]
    pub(super) blocks: Vec<SignatureBlock>,
}

/// Who signs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureBlock {
    pub(super) title: String,
    pub(super) hint: String,
}

/// The lines above and below a table, with their placeholders still in them.
pub(super) struct Lines<'a> {
    pub(super) form_code: &'a str,
    pub(super) heading: &'a str,
    pub(super) title: &'a str,
    pub(super) attached: &'a str,
    pub(super) left: &'a str,
    pub(super) right: &'a str,
    pub(super) notes: Vec<&'a str>,
}

impl Layout {
    pub(super) fn lines(&self) -> Lines<'_> {
        fn text(line: Option<&Spanned<String>>) -> &str {
            line.map_or("", |line| line.get_ref().as_str())
        }
        Lines {
            form_code: text(self.form_code.as_ref()),
            heading: text(self.heading.as_ref()),
            title: text(self.title.as_ref()),
            attached: text(self.attached.as_ref()),
            left: text(self.left_line.as_ref()),
            right: text(self.right_line.as_ref()),
            notes: self.notes.iter().map(|note| note.get_ref().as_str()).collect(),
        }
    }

    /// Heading of the section for figures of other periods, where the layout has one.
    pub(super) fn other_periods(&self) -> Option<&str> {
        self.other_periods.as_ref().map(|heading| heading.get_ref().as_str())
    }

    /// The short name of a field of work, where the layout gives one.
    pub(super) fn short_name(&self, domain: &str) -> Option<&str> {
        self.short_names.iter().find(|(known, _)| known.get_ref() == domain).map(|(_, name)| name.as_str())
    }

    fn check(&self, checked: &mut Checked<'_>, domains: &[&str]) {
        let valid = self.rows.placeholders();
        let lines = [&self.form_code, &self.heading, &self.title, &self.attached, &self.left_line, &self.right_line];
        for line in lines.into_iter().flatten().chain(&self.notes).chain([&self.sheet_name]) {
            checked.placeholders(line, valid);
        }
        if let Some(signature) = &self.signature {
            checked.placeholders(&signature.place_date, valid);
        }
        let columns = self.rows.columns();
        for column in &self.columns {
            if !columns.iter().any(|(value, _)| value == column.value.get_ref()) {
                let names = columns.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
                checked.fault(&column.value, format!("such rows cannot fill this column; valid: {names}"));
            }
            if column.header.is_empty() || !(1.0..=255.0).contains(&column.width) {
                checked.fault(&column.value, "a column needs a header and a width from 1 to 255".to_owned());
            }
        }
        for domain in self.short_names.keys() {
            if !domains.contains(&domain.get_ref().as_str()) {
                let message = format!("`{}`: unknown field of work; valid: {}", domain.get_ref(), domains.join(", "));
                checked.fault(domain, message);
            }
        }
        if let Some(heading) = self.other_periods.as_ref().filter(|_| self.rows != Rows::Indicators) {
            checked.fault(heading, "only rows = \"indicators\" take other_periods".to_owned());
        }
        match (&self.series, self.rows == Rows::Provinces) {
            (Some(series), true) => {
                checked.placeholders(&series.header, &["indicator", "unit"]);
                for measure in &series.measures {
                    if !matches!(measure.value.get_ref(), Value::Plan | Value::Actual | Value::Cumulative) {
                        let message = "not a measure of a series; valid: plan, actual, cumulative".to_owned();
                        checked.fault(&measure.value, message);
                    }
                }
            }
            (Some(series), false) => {
                checked.fault(&series.header, "only rows = \"provinces\" take a [series]".to_owned());
            }
            (None, true) => {
                checked.fault(&self.sheet_name, "rows = \"provinces\" needs a [series]".to_owned());
            }
            (None, false) => {}
        }
    }
}

impl Layouts {
    /// Names of the units that values have, by their codes.
    pub fn base_units(&self) -> BTreeMap<String, String> {
        self.labels.base_units().iter().map(|(code, name)| (code.clone(), name.clone())).collect()
    }

    /// Reads the layouts (`annex/*.toml`), their words (`annex/labels.toml`) and the look (`theme.toml`).
    ///
    /// # Errors
    /// Every fault found, with file, line and the valid choices.
    pub fn load(templates: &Templates, register: &Register) -> Result<Self, TemplateErrors> {
        let mut domains: Vec<&str> = register.indicators().iter().map(|i| i.domain()).collect();
        domains.dedup();
        let mut faults = Vec::new();
        let mut layouts = Vec::new();
        for file in templates.names("annex/") {
            if file == super::labels::LABELS_FILE || !file.ends_with(".toml") {
                continue;
            }
            let text = templates.read(&file)?;
            match parse::<Layout>(&file, &text) {
                Err(TemplateErrors(found)) => faults.extend(found),
                Ok(layout) => {
                    let mut checked = Checked { file: &file, text: &text, faults: Vec::new() };
                    layout.check(&mut checked, &domains);
                    faults.extend(checked.faults);
                    layouts.push(layout);
                }
            }
        }
        let (labels, theme) = (Labels::load(templates), Theme::load(templates));
        match (labels, theme, faults.is_empty()) {
            (Ok(labels), Ok(theme), true) => Ok(Self { layouts, labels, theme }),
            (labels, theme, _) => {
                faults.extend(labels.err().into_iter().chain(theme.err()).flat_map(|TemplateErrors(found)| found));
                Err(TemplateErrors(faults))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("annex")).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let templates = Templates::with_overlay(folder.path()).unwrap();
        let register = Register::load(&templates).unwrap();
        Layouts::load(&templates, &register).err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_mistake_is_told_with_line_and_choices() {
        let text = "rows = \"reports\"\nsheet_name = \"A\"\ntitle = \"{provnce}\"\n\n[[column]]\nvalue = \"quote\"\nheader = [\"A\"]\nwidth = 9\n";
        let message = faults("annex/70-mine.toml", text);
        assert!(
            message.contains("annex/70-mine.toml:3: `{provnce}`: unknown placeholder; valid here: {number}"),
            "{message}"
        );
        assert!(
            message
                .contains("annex/70-mine.toml:6: such rows cannot fill this column; valid: number, province, status"),
            "{message}"
        );
        let message = faults("annex/70-mine.toml", "rows = \"reprots\"\n");
        assert!(
            message.starts_with("annex/70-mine.toml:1: unknown variant `reprots`, expected one of `indicators`"),
            "{message}"
        );
        let message = faults("theme.toml", "font = \"Times New Roman\"\nfnt = 1\n");
        assert!(message.starts_with("theme.toml:2: unknown field `fnt`"), "{message}");
    }

    #[test]
    fn a_short_name_needs_a_field_of_work() {
        let built_in = Templates::built_in().read("annex/20-domain.toml").unwrap();
        let message = faults("annex/20-domain.toml", &built_in.replace("employment =", "employmnt ="));
        assert!(message.contains("`employmnt`: unknown field of work; valid: employment, insurance"), "{message}");
    }
}
