//! The observation, the ledger entry and their code lists: the contract between every stage and every output.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::period::Period;

/// A text that is not in one of the code lists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}`: unknown {list}; valid: {valid}")]
pub struct UnknownCode {
    /// The code list.
    pub list: &'static str,
    /// What was found.
    pub found: String,
    /// The codes of the list, joined by a comma.
    pub valid: String,
}

macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident, $list:literal, { $($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All codes, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it stands in the table.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                Self::ALL.iter().copied().find(|c| c.code() == text).ok_or_else(|| UnknownCode {
                    list: $list,
                    found: text.to_owned(),
                    valid: Self::ALL.iter().map(|c| c.code()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

code_list!(
    /// Which of the numbers about an indicator a value is.
    Measure, "measure", {
    /// A flow in the reference period, or a stock at its end.
    Actual = "actual",
    /// A flow from 1 January to the end of the period.
    Cumulative = "cumulative",
    /// The target for the year.
    Plan = "plan",
    /// Percent of the target reached.
    PctOfPlan = "pct_of_plan",
    /// Percent change on the same period of last year, signed.
    YoyPct = "yoy_pct",
    /// Absolute change on the same period of last year, signed.
    YoyAbs = "yoy_abs",
    /// The value of the same period of last year.
    YoyBase = "yoy_base",
    /// Percent change on another base.
    PrevPct = "prev_pct",
    /// Absolute change on another base.
    PrevAbs = "prev_abs",
    /// Percent of a parent total.
    Share = "share",
    /// The amount for one.
    PerUnit = "per_unit",
});

impl Measure {
    /// Whether values of this measure are in percent whatever the indicator's unit is.
    pub fn is_percent(self) -> bool {
        matches!(self, Self::PctOfPlan | Self::YoyPct | Self::PrevPct | Self::Share)
    }

    /// Whether values of this measure are what was counted in a period, or since January.
    pub fn is_result(self) -> bool {
        matches!(self, Self::Actual | Self::Cumulative)
    }

    /// Whether values of this measure tell how much another value went up or down.
    pub fn is_change(self) -> bool {
        matches!(self, Self::YoyPct | Self::YoyAbs | Self::PrevPct | Self::PrevAbs)
    }

    /// Whether values of this measure speak about another value rather than being one.
    pub fn is_relative(self) -> bool {
        matches!(self, Self::PctOfPlan | Self::YoyPct | Self::YoyAbs | Self::PrevPct | Self::PrevAbs | Self::Share)
    }
}

code_list!(
    /// How exact the report says the value is.
    Qualifier, "qualifier", {
    /// As written.
    Exact = "=",
    /// More than (hơn, trên).
    Over = ">",
    /// Less than (gần, dưới).
    Under = "<",
    /// About (khoảng).
    About = "~",
});

code_list!(
    /// SDMX observation status.
    Status, "status", {
    /// As reported.
    Reported = "A",
    /// Estimate.
    Estimate = "E",
    /// Forecast.
    Forecast = "F",
});

code_list!(
    /// Where in the report, or in the office, a value comes from.
    Origin, "origin", {
    /// Running text.
    Text = "text",
    /// A footnote.
    Footnote = "footnote",
    /// A table.
    Table = "table",
    /// A person's correction.
    Correction = "correction",
    /// Computed from other values.
    Derived = "derived",
});

code_list!(
    /// What a number of a report is.
    Class, "class", {
    /// Became an observation.
    Observation = "observation",
    /// Not a statistic.
    Reference = "reference",
    /// Belongs to a part about coming tasks.
    Task = "task",
    /// A statistic that no indicator took.
    Unmapped = "unmapped",
});

/// A value's breakdown: `dimension=category` pairs, sorted by dimension; empty for the total.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Breakdown(Vec<(String, String)>);

impl Breakdown {
    /// The total.
    pub fn total() -> Self {
        Self::default()
    }

    /// The breakdown of the given pairs; a dimension that is given twice keeps its last category.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut breakdown = Self::default();
        for (dimension, category) in pairs {
            breakdown.set(&dimension, &category);
        }
        breakdown
    }

    /// Sets one dimension's category.
    pub fn set(&mut self, dimension: &str, category: &str) {
        let at = self.0.partition_point(|(d, _)| d.as_str() < dimension);
        match self.0.get_mut(at) {
            Some((known, value)) if known == dimension => category.clone_into(value),
            _ => self.0.insert(at, (dimension.to_owned(), category.to_owned())),
        }
    }

    /// The category of `dimension`, where the breakdown has one.
    pub fn get(&self, dimension: &str) -> Option<&str> {
        self.0.iter().find(|(d, _)| d == dimension).map(|(_, c)| c.as_str())
    }

    /// The pairs, sorted by dimension.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(d, c)| (d.as_str(), c.as_str()))
    }

    /// Whether this is the total.
    pub fn is_total(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Breakdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (dimension, category)) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(";")?;
            }
            write!(f, "{dimension}={category}")?;
        }
        Ok(())
    }
}

impl FromStr for Breakdown {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let mut breakdown = Self::default();
        for pair in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            let (dimension, category) = pair.split_once('=').ok_or_else(|| UnknownCode {
                list: "breakdown",
                found: pair.to_owned(),
                valid: "dimension=category".to_owned(),
            })?;
            breakdown.set(dimension.trim(), category.trim());
        }
        Ok(breakdown)
    }
}

/// One statistical value that one report states in one place of its text. A row of the canonical table; the
/// fields stand in the order of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Stable: made from the report's digest, the place and the key.
    pub id: String,
    /// Two-digit province code; empty where it could not be told.
    pub province: String,
    /// The list the code belongs to, `63` or `34`.
    pub province_system: String,
    /// Reference period; `None` where it could not be told.
    pub period: Option<Period>,
    /// Id in the register of indicators.
    pub indicator: String,
    /// Empty for the total.
    pub breakdown: Breakdown,
    /// Which of the numbers this is.
    pub measure: Measure,
    /// The number as written, with its scale words.
    pub stated: String,
    /// In the base unit, exact.
    pub value: Decimal,
    /// The indicator's unit, or `percent`.
    pub unit: String,
    /// How exact.
    pub qualifier: Qualifier,
    /// Reported, estimated or forecast.
    pub status: Status,
    /// For percentages and changes: the measure they are about.
    pub of: Option<Measure>,
    /// For shares, rates and changes: what the percentage or change is of, as written.
    pub base: String,
    /// Text, footnote, table, correction or derived.
    pub origin: Origin,
    /// How sure the mapping is, 0 to 1, two decimals.
    pub confidence: Decimal,
    /// Path relative to the input folder, with `/`.
    pub file: String,
    /// First byte of the number in the extracted text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// 1-based line of the extracted text.
    pub line: usize,
    /// The place in words for people.
    pub place: String,
    /// The clause that states it, as written.
    pub quote: String,
    /// What in the dictionary matched.
    pub rule: String,
}

/// Start of the rule of a row that a person decided; the origin of the statement it is about follows, then a `;`.
pub const CORRECTION_RULE: &str = "correction of ";

impl Observation {
    /// For a person's correction: where the statement that it is about stands.
    pub fn corrects(&self) -> Option<Origin> {
        let rest = self.rule.strip_prefix(CORRECTION_RULE).filter(|_| self.origin == Origin::Correction)?;
        rest.split(';').next()?.parse().ok()
    }
}

/// What became of one number of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Path relative to the input folder, with `/`.
    pub file: String,
    /// 1-based line of the extracted text.
    pub line: usize,
    /// First byte of the number in the extracted text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The number as written.
    pub text: String,
    /// What it is.
    pub class: Class,
    /// The rule of exclusion, the observation's id, or why it stayed unmapped.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breakdown_is_sorted_and_reads_back() {
        let breakdown: Breakdown = "sex=female; ethnicity=khmer".parse().unwrap();
        assert_eq!(breakdown.to_string(), "ethnicity=khmer;sex=female");
        assert_eq!(breakdown.get("sex"), Some("female"));
    }

    #[test]
    fn an_unknown_code_names_the_valid_ones() {
        let error = "actuel".parse::<Measure>().unwrap_err();
        assert!(error.to_string().contains("actual, cumulative, plan"), "{error}");
    }
}
