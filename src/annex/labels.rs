//! The words that sheets are filled with, and how values are printed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use toml::Spanned;

use super::source::{fill, parse};
use crate::completeness::Punctuality;
use crate::dictionary::register::Unit;
use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};
use crate::observation::{Breakdown, Measure};
use crate::period::{Period, PeriodKind};

/// Name of the file below the templates folder.
pub(super) const LABELS_FILE: &str = "annex/labels.toml";

type Names = BTreeMap<String, String>;

/// The words that sheets are filled with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    period: PeriodNames,
    period_short: PeriodNames,
    unit: BTreeMap<String, UnitLabel>,
    /// For a unit without a label: there is none once the labels are checked.
    #[serde(skip)]
    bare: UnitLabel,
    base_unit: Names,
    measure: Names,
    pub(super) note: Notes,
    pub(super) role: Roles,
    severity: Names,
    report_status: Names,
    punctuality: Names,
    state: Names,
    pub(super) word: Words,
    breakdown: BTreeMap<String, BTreeMap<String, Spanned<String>>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodNames {
    month: String,
    quarter: String,
    first_half: String,
    second_half: String,
    first_months: String,
    year: String,
    years: String,
}

/// How values of a unit are printed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitLabel {
    /// Name of the unit after dividing.
    pub(super) name: String,
    #[serde(default = "one")]
    divide: u64,
    /// The most decimals that are shown.
    #[serde(default)]
    pub(super) decimals: u32,
}

fn one() -> u64 {
    1
}

impl UnitLabel {
    /// The exact value in the printed unit.
    pub(super) fn printed(&self, value: Decimal) -> Decimal {
        value.checked_div(Decimal::from(self.divide)).unwrap_or(value).normalize()
    }
}

/// What notes say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notes {
    pub(super) over: String,
    pub(super) under: String,
    pub(super) about: String,
    pub(super) estimate: String,
    pub(super) forecast: String,
    pub(super) doubtful: String,
    pub(super) outranked: String,
    pub(super) corrected: String,
    pub(super) added: String,
    pub(super) planned: String,
    pub(super) computed: String,
    pub(super) implied: String,
    pub(super) administrative: String,
    pub(super) partial: String,
    pub(super) stated_ratio: String,
    pub(super) yoy_of_cumulative: String,
}

/// What the table of sources says about a place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Roles {
    pub(super) source: String,
    pub(super) addend: String,
    pub(super) derived: String,
    pub(super) correction: String,
    pub(super) repeated: String,
    pub(super) outranked: String,
    pub(super) plan: String,
}

/// Single words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) total: String,
    pub(super) missing: String,
    pub(super) inapplicable: String,
    /// Name of the block of figures of a sheet, as formulas write it.
    pub(super) figures: String,
    pub(super) source_row: String,
    /// Words of the twin workbook: the sheet of notes and its columns, the column of sections.
    pub(super) notes: String,
    pub(super) sheet: String,
    pub(super) about: String,
    pub(super) section: String,
    pub(super) unknown_province: String,
}

const UNITS: &[Unit] = &[
    Unit::Person,
    Unit::PersonTurn,
    Unit::Case,
    Unit::Event,
    Unit::Item,
    Unit::Establishment,
    Unit::Household,
    Unit::Vnd,
    Unit::Percent,
    Unit::Kg,
    Unit::M2,
];

impl Labels {
    /// Reads the labels; every unit and measure of the contract must have one.
    pub(super) fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let labels: Self = parse(LABELS_FILE, &templates.read(LABELS_FILE)?)?;
        let mut faults = Vec::new();
        let mut need = |table: &str, present: bool, key: &str| {
            if !present {
                let message = format!("`{key}` is missing in [{table}]");
                faults.push(TemplateFault { file: LABELS_FILE.to_owned(), line: 0, message });
            }
        };
        for unit in UNITS {
            need("unit", labels.unit.contains_key(unit.code()), unit.code());
            need("base_unit", labels.base_unit.contains_key(unit.code()), unit.code());
        }
        for measure in Measure::ALL {
            need("measure", labels.measure.contains_key(measure.code()), measure.code());
        }
        for (code, unit) in &labels.unit {
            need("unit", unit.divide > 0, &format!("{code}.divide above zero"));
        }
        if faults.is_empty() { Ok(labels) } else { Err(TemplateErrors(faults)) }
    }

    /// The period in words.
    pub(super) fn period(&self, period: Period) -> String {
        named(&self.period, period)
    }

    /// The period in short, for the head of a column.
    pub(super) fn period_short(&self, period: Period) -> String {
        named(&self.period_short, period)
    }

    /// The unit of percentages, and the most decimals they are shown with.
    pub(super) fn percent(&self) -> String {
        self.unit(Unit::Percent.code()).name.clone()
    }

    /// The most decimals that percentages are shown with.
    pub(super) fn percent_decimals(&self) -> u32 {
        self.unit(Unit::Percent.code()).decimals
    }

    /// How a unit of the register is printed. Loading has made sure that it is there.
    pub(super) fn unit(&self, unit: &str) -> &UnitLabel {
        self.unit.get(unit).unwrap_or(&self.bare)
    }

    /// Name of a unit as values have it in the table of sources.
    pub(super) fn base_unit<'a>(&'a self, unit: &'a str) -> &'a str {
        self.base_unit.get(unit).map_or(unit, String::as_str)
    }

    /// Names of all units of values in the table of sources, by their codes.
    pub(super) fn base_units(&self) -> &Names {
        &self.base_unit
    }

    /// Name of a measure.
    pub(super) fn measure(&self, measure: Measure) -> &str {
        self.measure.get(measure.code()).map_or(measure.code(), String::as_str)
    }

    /// Name of a severity.
    pub(super) fn severity<'a>(&'a self, code: &'a str) -> &'a str {
        self.severity.get(code).map_or(code, String::as_str)
    }

    /// Name of what became of a report; `missing` where there is none.
    pub(super) fn report_status<'a>(&'a self, code: &'a str) -> &'a str {
        self.report_status.get(code).map_or(code, String::as_str)
    }

    /// Whether a report came in time; `{days}` is filled with the days it was late.
    pub(super) fn punctuality(&self, punctuality: Punctuality) -> String {
        let text = self.punctuality.get(punctuality.code()).map_or(punctuality.code(), String::as_str);
        let days = if let Punctuality::Late(days) = punctuality { days.to_string() } else { String::new() };
        fill(text, &[("days", &days)])
    }

    /// The sign for what a report says of an indicator.
    pub(super) fn state<'a>(&'a self, code: &'a str) -> &'a str {
        self.state.get(code).map_or(code, String::as_str)
    }

    /// A breakdown in words, with a capital; a category without a label stands as its code.
    pub(super) fn breakdown(&self, breakdown: &Breakdown) -> String {
        let name = |(dimension, category): (&str, &str)| {
            let label = self.category(dimension, category).map(|label| label.get_ref().clone());
            label.unwrap_or_else(|| category.replace('_', " "))
        };
        let words = breakdown.pairs().map(name).collect::<Vec<_>>().join(", ");
        capital(&words)
    }

    fn category(&self, dimension: &str, category: &str) -> Option<&Spanned<String>> {
        self.breakdown.get(dimension)?.get(category)
    }

    /// The place of a breakdown among the others of its indicator: fewer dimensions first, then as the labels
    /// stand in their file; what has no label comes last.
    pub(super) fn breakdown_order(&self, breakdown: &Breakdown) -> (usize, Vec<(usize, String)>) {
        let place = |(dimension, category): (&str, &str)| {
            let at = self.category(dimension, category).map_or(usize::MAX, |label| label.span().start);
            (at, category.to_owned())
        };
        let places: Vec<_> = breakdown.pairs().map(place).collect();
        (places.len(), places)
    }
}

/// A period by the pattern of its kind.
fn named(names: &PeriodNames, period: Period) -> String {
    let (pattern, number) = match period.kind {
        PeriodKind::Month(n) => (&names.month, n),
        PeriodKind::Quarter(n) => (&names.quarter, n),
        PeriodKind::Half(1) => (&names.first_half, 1),
        PeriodKind::Half(n) => (&names.second_half, n),
        PeriodKind::FirstMonths(n) => (&names.first_months, n),
        PeriodKind::Year => (&names.year, 1),
        PeriodKind::Years(n) => (&names.years, n),
    };
    let (year, last, arabic) = (period.year.to_string(), period.last_year().to_string(), number.to_string());
    let roman = roman(usize::from(number));
    fill(pattern, &[("number", &arabic), ("roman", &roman), ("year", &year), ("last", &last)])
}

/// A text with a capital first.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A Roman numeral; 0 is empty.
pub(super) fn roman(mut number: usize) -> String {
    const DIGITS: &[(usize, &str)] =
        &[(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut numeral = String::new();
    for (value, digit) in DIGITS {
        while number >= *value {
            numeral.push_str(digit);
            number -= value;
        }
    }
    numeral
}

/// The number format for a value of which `decimals` decimals are shown. A true zero is printed as a dash.
pub(super) fn number_format(decimals: u32) -> String {
    let digits = if decimals == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(decimals as usize)) };
    format!("{digits};-{digits};\"-\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_words() {
        let labels = Labels::load(&Templates::built_in()).unwrap();
        let said = |text: &str| labels.period(text.parse().unwrap());
        assert_eq!(said("2020-Q1"), "quý I năm 2020");
        assert_eq!(said("2023-M11"), "tháng 11 năm 2023");
        assert_eq!(said("2023-S1"), "6 tháng đầu năm 2023");
        assert_eq!(said("2023-01-01/P9M"), "9 tháng đầu năm 2023");
    }

    #[test]
    fn money_is_divided_exactly() {
        let labels = Labels::load(&Templates::built_in()).unwrap();
        let vnd = labels.unit("vnd");
        assert_eq!(vnd.printed(Decimal::from(11_076_000_000_u64)).to_string(), "11076");
        assert_eq!(vnd.printed(Decimal::from(223_227_385_u64)).to_string(), "223.227385");
    }

    #[test]
    fn breakdowns_stand_as_in_the_file_of_labels() {
        let labels = Labels::load(&Templates::built_in()).unwrap();
        let mut list: Vec<Breakdown> = ["level=elementary", "", "level=zzz", "sex=female", "level=college"]
            .map(|text| text.parse().unwrap())
            .into();
        list.sort_by_cached_key(|breakdown| labels.breakdown_order(breakdown));
        assert_eq!(
            list.iter().map(|b| labels.breakdown(b)).collect::<Vec<_>>(),
            ["", "Nữ", "Cao đẳng", "Sơ cấp", "Zzz"]
        );
    }

    #[test]
    fn roman_numerals() {
        assert_eq!([1, 4, 9, 14, 40].map(roman), ["I", "IV", "IX", "XIV", "XL"]);
    }
}
