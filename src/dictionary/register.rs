//! The register of indicators: ids, units, kinds and the breakdowns each one admits.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::templates::{TemplateErrors, TemplateFault, Templates};

/// Name of the register's file below the templates folder.
pub const REGISTER_FILE: &str = "indicators.csv";

/// How figures of an indicator add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Adds over periods and provinces.
    Flow,
    /// Adds over provinces at one date only.
    Stock,
    /// Never adds; recomputed from its declared parts, or left open.
    Rate,
}

/// The unit an indicator is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Persons.
    Person,
    /// Visits or attendances of persons.
    PersonTurn,
    /// Dossiers, cases, accidents.
    Case,
    /// Classes, sessions, fairs.
    Event,
    /// Things: cards, houses, permits, gifts.
    Item,
    /// Establishments, centres, units.
    Establishment,
    /// Households.
    Household,
    /// Đồng.
    Vnd,
    /// Percent.
    Percent,
    /// Kilograms.
    Kg,
    /// Square metres.
    M2,
}

impl Unit {
    /// The code as it stands in the register.
    pub fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::PersonTurn => "person_turn",
            Self::Case => "case",
            Self::Event => "event",
            Self::Item => "item",
            Self::Establishment => "establishment",
            Self::Household => "household",
            Self::Vnd => "vnd",
            Self::Percent => "percent",
            Self::Kg => "kg",
            Self::M2 => "m2",
        }
    }
}

/// One indicator of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// The project's own number.
    pub code: String,
    /// `domain.name`.
    pub id: String,
    /// The field of work, in Vietnamese.
    pub domain_name: String,
    /// Name in Vietnamese.
    pub name: String,
    /// Unit.
    pub unit: Unit,
    /// Flow, stock or rate.
    pub kind: Kind,
    /// Dimensions a value may be broken down by.
    pub breakdowns: Vec<String>,
    /// Whether separate events told in one report add up.
    pub events_add_up: bool,
    /// For a rate that can be recomputed: the id of its numerator.
    pub numerator: Option<String>,
    /// For a rate that can be recomputed: the id of its denominator.
    pub denominator: Option<String>,
}

impl Indicator {
    /// The field of work: the part of the id before the dot.
    pub fn domain(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}

/// All indicators, in the order of the register.
#[derive(Debug, Clone, Default)]
pub struct Register {
    indicators: Vec<Indicator>,
    by_id: FxHashMap<String, usize>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    id: String,
    domain: String,
    name_vi: String,
    unit: Unit,
    kind: Kind,
    breakdowns: String,
    events_add_up: String,
    numerator: String,
    denominator: String,
}

impl Register {
    /// Reads the register from the template files.
    ///
    /// # Errors
    /// With file and line, when a row cannot be read or an id stands twice.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let text = templates.read(REGISTER_FILE)?;
        let mut register = Self::default();
        let mut faults = Vec::new();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for (at, row) in reader.deserialize::<Row>().enumerate() {
            let mut fault = |message: String| {
                faults.push(TemplateFault { file: REGISTER_FILE.to_owned(), line: at + 2, message });
            };
            match row {
                Err(error) => fault(error.to_string()),
                Ok(row) if register.by_id.contains_key(&row.id) => fault(format!("`{}` stands twice", row.id)),
                Ok(row) => register.add(row),
            }
        }
        if faults.is_empty() { Ok(register) } else { Err(TemplateErrors(faults)) }
    }

    fn add(&mut self, row: Row) {
        let named = |text: String| Some(text).filter(|t| !t.is_empty());
        self.by_id.insert(row.id.clone(), self.indicators.len());
        self.indicators.push(Indicator {
            code: row.code,
            id: row.id,
            domain_name: row.domain,
            name: row.name_vi,
            unit: row.unit,
            kind: row.kind,
            breakdowns: row.breakdowns.split_whitespace().map(str::to_owned).collect(),
            events_add_up: row.events_add_up == "yes",
            numerator: named(row.numerator),
            denominator: named(row.denominator),
        });
    }

    /// All indicators, in the order of the register.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// The indicator with this id.
    pub fn get(&self, id: &str) -> Option<&Indicator> {
        self.position(id).and_then(|at| self.indicators.get(at))
    }

    /// Where the indicator with this id stands in the register.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The ids nearest to `id` in spelling, for messages.
    pub fn nearest(&self, id: &str) -> Vec<&str> {
        let mut ranked: Vec<(usize, &str)> =
            self.indicators.iter().map(|i| (shared_letters(&i.id, id), i.id.as_str())).collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        ranked.into_iter().take(3).map(|(_, id)| id).collect()
    }
}

/// How many pairs of neighbouring letters two ids share.
fn shared_letters(a: &str, b: &str) -> usize {
    let pairs = |text: &str| text.as_bytes().windows(2).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let right = pairs(b);
    pairs(a).iter().filter(|pair| right.contains(pair)).count()
}
