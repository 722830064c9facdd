//! Sheets that are lists, and the columns they can have.

use serde::Deserialize;
use toml::Spanned;

/// The sheets that are lists: each row is one thing of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum List {
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
    Unit,
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
    Due,
    Punctuality,
    Instead,
    Numbers,
    Observations,
    Unmapped,
    Findings,
}

impl List {
    /// The columns that rows of this kind can fill, with their names in layouts.
    pub(super) fn columns(self) -> &'static [(Value, &'static str)] {
        use Value as V;
        match self {
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
                (V::Due, "due"),
                (V::Punctuality, "punctuality"),
                (V::Instead, "instead"),
                (V::Numbers, "numbers"),
                (V::Observations, "observations"),
                (V::Unmapped, "unmapped"),
                (V::Findings, "findings"),
            ],
        }
    }
}

/// A column of a list.
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
