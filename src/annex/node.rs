//! Rows and columns of a grid as trees of nodes: each node fixes a part of what its cells are about.
//!
//! A cell is about what its row and its column fix together: a place, a period, an indicator, a breakdown and one of
//! the numbers. A node may stand for many rows or columns (`each`), and what hangs below it is repeated for each.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use toml::Spanned;

use super::formula::Expression;
use super::source::Checked;
use crate::completeness::State;
use crate::dictionary::register::Register;
use crate::observation::{Breakdown, Measure};

/// What a node is repeated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Each {
    /// Fields of work with figures.
    Fields,
    /// Indicators, all or those listed.
    Indicators,
    /// The categories of a breakdown, without the total.
    Breakdowns,
    /// The total, and then the categories.
    TotalAndBreakdowns,
    /// Regions in their order.
    Regions,
    /// Provinces, of the region above or all.
    Provinces,
    /// Periods of the kind of the sheet's own, up to it.
    Periods,
    /// Figures of other periods that the reports of this period state.
    OtherFigures,
}

/// What a node's cells show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shows {
    /// The value of what row and column are about.
    #[default]
    Value,
    /// The number of the row.
    Number,
    /// The words of the row.
    Label,
    /// The unit of the row's indicator.
    Unit,
    /// What needs saying about the figures of the row.
    Note,
    /// How many provinces have a figure.
    Coverage,
    /// What the report of a province says of the indicator: a sign.
    State,
    /// The number of provinces whose reports say so (`states`) of the indicator.
    StateCount,
    /// A small line of the row's charted values.
    Sparkline,
    /// Nothing: a cell to be written in by hand.
    Empty,
}

/// One of the numbers of an indicator, as stated or as computed from two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Shown {
    /// As stated, settled or added.
    Plain(Measure),
    /// What has come about so far: a flow since January, a stock or rate at the end of the period.
    ToDate,
    /// Percent of the yearly plan that is reached.
    PlanRatio,
    /// Percent of the same period of last year.
    YoyRatio,
    /// Percent change on the same period of last year.
    YoyGrowth,
    /// Percent of the period before.
    PreviousRatio,
    /// Percent of the country.
    CountryShare,
    /// Percent of the indicator's total, for a part.
    PartShare,
}

impl Shown {
    const COMPUTED: [(Self, &'static str); 7] = [
        (Self::ToDate, "to_date"),
        (Self::PlanRatio, "plan_ratio"),
        (Self::YoyRatio, "yoy_ratio"),
        (Self::YoyGrowth, "yoy_growth"),
        (Self::PreviousRatio, "previous_ratio"),
        (Self::CountryShare, "country_share"),
        (Self::PartShare, "part_share"),
    ];

    /// Whether it is a percentage, whatever the unit of the indicator.
    pub(super) fn is_percent(self) -> bool {
        match self {
            Self::Plain(measure) => measure.is_percent(),
            Self::ToDate => false,
            _ => true,
        }
    }
}

impl FromStr for Shown {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((shown, _)) = Self::COMPUTED.iter().find(|(_, name)| *name == text) {
            return Ok(*shown);
        }
        text.parse::<Measure>().map(Self::Plain).map_err(|_| {
            let stated = Measure::ALL.iter().map(|m| m.code());
            let valid: Vec<&str> = stated.chain(Self::COMPUTED.iter().map(|(_, name)| *name)).collect();
            format!("`{text}`: unknown measure; valid: {}", valid.join(", "))
        })
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// What a report says of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateName {
    Figure,
    Zero,
    Mentioned,
    Silent,
    NoReport,
}

impl StateName {
    pub(super) fn is(self, state: State) -> bool {
        let same = match self {
            Self::Figure => State::Figure,
            Self::Zero => State::Zero,
            Self::Mentioned => State::Mentioned,
            Self::Silent => State::Silent,
            Self::NoReport => State::NoReport,
        };
        same == state
    }
}

/// A place that a layout names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PlaceName {
    /// All provinces of the list.
    Country,
}

/// A period told from the sheet's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PeriodName {
    /// The sheet's own.
    Own,
    /// The same period of last year.
    LastYear,
    /// The period of the same kind just before.
    Previous,
    /// The months from January to the end of the sheet's own.
    FromJanuary,
    /// The calendar year.
    Year,
    /// The calendar year before.
    YearBefore,
}

/// Whether a row or column without a figure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Keep {
    /// Always.
    Always,
    /// Only with a figure in it, or in what hangs below it.
    Figures,
    /// It stands on the screen, folded away and not printed, where it has no figure.
    Fold,
}

/// What stands where there is no figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Absent {
    /// The sign for what is not available.
    #[default]
    Missing,
    /// Nothing.
    Blank,
    /// The sign for what cannot be.
    Inapplicable,
}

/// The type of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Style {
    #[default]
    Plain,
    /// Bold.
    Total,
    /// Italic, and its words one step in.
    Part,
    /// Italic.
    Italic,
    /// Bold, its words over the whole width, without figures.
    Section,
}

/// One heading, or several from the top level down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Heading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Levels;
        impl<'de> Visitor<'de> for Levels {
            type Value = Heading;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a heading, or a list of headings from the top level down")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Heading, E> {
                Ok(Heading(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut levels: A) -> Result<Heading, A::Error> {
                let mut found = Vec::new();
                while let Some(level) = levels.next_element()? {
                    found.push(level);
                }
                Ok(Heading(found))
            }
        }
        deserializer.deserialize_any(Levels)
    }
}

/// A row, a column, or many of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Node {
    /// Repeats the node.
    pub(super) each: Option<Spanned<Each>>,
    /// What its cells show.
    pub(super) shows: Shows,

    // What it fixes.
    pub(super) indicator: Option<Spanned<String>>,
    pub(super) breakdown: Option<Spanned<String>>,
    pub(super) measure: Option<Shown>,
    pub(super) place: Option<PlaceName>,
    /// Name of one region of the list.
    pub(super) region: Option<Spanned<String>>,
    pub(super) period: Option<PeriodName>,

    /// With `shows = "state_count"`: which states count.
    pub(super) states: Vec<StateName>,

    // Limits on what it is repeated for.
    /// Of `indicators` and `fields`: only these fields of work.
    pub(super) fields: Vec<Spanned<String>>,
    /// Of `indicators`: only these, in this order.
    pub(super) indicators: Vec<Spanned<String>>,
    /// Of breakdowns: only those of these dimensions, and of no other.
    pub(super) dimensions: Vec<Spanned<String>>,
    /// Of breakdowns: these categories, in this order, whether they have figures or not.
    pub(super) categories: Vec<String>,
    /// Of `periods`: the last so many.
    pub(super) last: Option<usize>,
    /// Of `periods`: only those of the year of the sheet's own.
    pub(super) this_year: bool,
    /// Only where the sheet's own period does not start in January: there this would repeat the in-period number.
    pub(super) only_after_january: bool,
    /// The sheet is made only where so many of these stand.
    pub(super) least: Option<usize>,
    pub(super) keep: Option<Keep>,
    /// With `keep = "fold"`: only where less than this percentage of the provinces have a figure.
    pub(super) fold_below_percent: Option<u8>,

    // How it looks.
    /// Columns: headings from the top level down.
    pub(super) header: Option<Spanned<Heading>>,
    /// Columns: the lowest heading over stocks and rates, where it differs.
    pub(super) stock_header: Option<Spanned<String>>,
    /// Rows: the words.
    pub(super) label: Option<Spanned<String>>,
    /// Rows: `I`, `1`, `a` count the rows of this node in such numbers; anything else stands as it is.
    pub(super) number: Option<String>,
    /// Rows: numbers run through the whole table; else they start again below each parent.
    pub(super) numbered_through: bool,
    pub(super) style: Style,
    /// What stands in the numbering row; `#` counts the columns so marked.
    pub(super) mark: Option<String>,
    /// Short name for notes.
    pub(super) short: Option<String>,
    /// In widths of a digit.
    pub(super) width: Option<f64>,
    /// The column takes a share of what the page leaves.
    pub(super) grow: Option<bool>,
    pub(super) absent: Option<Absent>,
    /// The most decimals shown.
    pub(super) decimals: Option<u32>,
    /// Number format as Excel writes it, instead of the usual one.
    pub(super) format: Option<String>,
    /// Rows: folds under the row above.
    pub(super) outline: bool,
    /// Its cells are the points of charts and sparklines.
    pub(super) charted: bool,

    // What it is computed from.
    /// Name for formulas.
    pub(super) id: Option<Spanned<String>>,
    /// A formula over the ids of rows (or of columns), such as `[end] - [start]`.
    pub(super) formula: Option<Spanned<String>>,

    /// What hangs below it.
    #[serde(alias = "row", alias = "column")]
    pub(super) nodes: Vec<Node>,

    // Read from the above when the layout has been checked.
    #[serde(skip)]
    pub(super) fixed: Fixed,
}

/// What the texts of a node mean.
#[derive(Debug, Clone, Default)]
pub(super) struct Fixed {
    pub(super) breakdown: Option<Breakdown>,
    pub(super) categories: Vec<Breakdown>,
    pub(super) formula: Option<Expression>,
}

/// The placeholders of labels and headings, beside those of the sheet.
const PLACEHOLDERS: &[&str] = &[
    "indicator",
    "unit",
    "field",
    "breakdown",
    "province",
    "region",
    "period",
    "period_short",
    "reported",
    "provinces",
];

impl Node {
    /// Reads the texts of this node and of those below it, which have been checked.
    pub(super) fn settle(&mut self) {
        let dimension = self.dimensions.first().map(|d| d.get_ref().as_str()).unwrap_or_default();
        let categories = self.categories.iter().filter_map(|c| format!("{dimension}={c}").parse().ok());
        self.fixed = Fixed {
            breakdown: self.breakdown.as_ref().and_then(|text| text.get_ref().parse().ok()),
            categories: categories.collect(),
            formula: self.formula.as_ref().and_then(|text| Expression::parse(text.get_ref()).ok()),
        };
        self.nodes.iter_mut().for_each(Node::settle);
    }

    /// Whether it is about other periods than the sheet's own.
    pub(super) fn ranges_over_periods(&self) -> bool {
        let each = self.each.as_ref().map(|each| *each.get_ref());
        each == Some(Each::Periods) || self.period.is_some_and(|period| period != PeriodName::Own)
    }

    /// This node and all below it.
    pub(super) fn all(&self) -> Vec<&Node> {
        let below = self.nodes.iter().flat_map(Node::all);
        std::iter::once(self).chain(below).collect()
    }

    /// Notes every fault of this node and of those below it.
    pub(super) fn check(&self, checked: &mut Checked<'_>, register: &Register, sheet: &[&str], ids: &[&str]) {
        let valid: Vec<&str> = PLACEHOLDERS.iter().copied().chain(sheet.iter().copied()).collect();
        for text in self.label.iter().chain(&self.stock_header) {
            checked.placeholders(text, &valid);
        }
        if let Some(header) = &self.header {
            for level in &header.get_ref().0 {
                checked.placeholders_of(header, level, &valid);
            }
        }
        for id in self.indicator.iter().chain(&self.indicators) {
            if register.get(id.get_ref()).is_none() {
                let nearest = register.nearest(id.get_ref()).join(", ");
                checked.fault(id, format!("`{}`: unknown indicator; nearest: {nearest}", id.get_ref()));
            }
        }
        let mut fields: Vec<&str> = register.indicators().iter().map(|i| i.domain()).collect();
        fields.dedup();
        for field in &self.fields {
            if !fields.contains(&field.get_ref().as_str()) {
                let message = format!("`{}`: unknown field of work; valid: {}", field.get_ref(), fields.join(", "));
                checked.fault(field, message);
            }
        }
        for dimension in &self.dimensions {
            let mut known: Vec<&str> =
                register.indicators().iter().flat_map(|i| &i.breakdowns).map(String::as_str).collect();
            known.sort_unstable();
            known.dedup();
            if !known.contains(&dimension.get_ref().as_str()) {
                let message = format!("`{}`: unknown dimension; valid: {}", dimension.get_ref(), known.join(", "));
                checked.fault(dimension, message);
            }
        }
        if let Some(breakdown) = &self.breakdown {
            if breakdown.get_ref().parse::<Breakdown>().is_err() {
                let message = format!("`{}`: not a breakdown; write it as sex=female", breakdown.get_ref());
                checked.fault(breakdown, message);
            }
        }
        if let Some(formula) = &self.formula {
            match Expression::parse(formula.get_ref()) {
                Err(message) => checked.fault(formula, message),
                Ok(expression) => {
                    for id in expression.ids() {
                        if !ids.contains(&id) {
                            let message = format!("`[{id}]`: no row or column has this id; valid: {}", ids.join(", "));
                            checked.fault(formula, message);
                        }
                    }
                }
            }
        }
        if let Some(each) = &self.each {
            let needs_categories = matches!(each.get_ref(), Each::Breakdowns | Each::TotalAndBreakdowns);
            if !self.categories.is_empty() && (!needs_categories || self.dimensions.len() != 1) {
                let message = "categories need each = \"breakdowns\" and one dimension".to_owned();
                checked.fault(each, message);
            }
        }
        for node in &self.nodes {
            node.check(checked, register, sheet, ids);
        }
    }
}
