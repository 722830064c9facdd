//! The compiled dictionary.

use regex::Regex;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::abbreviation::Abbreviations;
use super::confidence::Confidence;
use super::geography::Geography;
use super::marker::{Marker, PeriodWord};
use super::phrase::PhraseTrie;
use super::register::{Indicator, Register, Unit};
use super::report_rules::ReportRules;
use super::schema::{ExampleRow, RejectRow};
use crate::text::Vocabulary;

/// A term of wordings: a pattern that stands for one or more phrases.
pub type TermId = u32;

/// What a phrase stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// A term of wordings.
    Term(TermId),
    /// A category of a breakdown.
    Category(u16),
    /// A word of measure or structure.
    Marker(Marker),
    /// A word of a period.
    Period(PeriodWord),
    /// A Roman numeral.
    Roman(u8),
    /// A month's name.
    MonthWord(u8),
    /// A counted noun or unit of measurement.
    Unit(u16),
    /// A scale word.
    Scale(u8),
    /// A number word.
    NumberWord(u16),
    /// A noun that a number word may count.
    NumberNoun,
    /// Numbers that are not statistics.
    Exclusion(u16),
    /// A heading of a part of the report.
    Part(Part),
    /// A heading of a field of work.
    Field(u8),
    /// The end of the text.
    Closing,
    /// Its resumption.
    Resumes,
    /// The start of the title.
    Title,
    /// A province's name, in `Dictionary::province_names`.
    Province(u8),
}

/// A part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Letterhead and title.
    Header,
    /// What was done.
    Results,
    /// How it is judged.
    Assessment,
    /// What is to be done.
    Tasks,
    /// Requests and all else.
    Other,
    /// Recipients and signature.
    Closing,
}

impl Part {
    const HEADED: [(Self, &'static str); 4] =
        [(Self::Results, "results"), (Self::Assessment, "assessment"), (Self::Tasks, "tasks"), (Self::Other, "other")];

    /// The part of this name in the template file.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::HEADED.iter().find(|(_, k)| *k == key).map(|(p, _)| *p)
    }

    /// All names, for messages.
    pub fn keys() -> String {
        Self::HEADED.map(|(_, k)| k).join(", ")
    }
}

/// The class of a written counted noun or unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitClass {
    /// One of the register's units.
    Known(Unit),
    /// None of them.
    Other,
}

impl UnitClass {
    const UNITS: [Unit; 11] = [
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

    /// The class of this name in the template file.
    pub fn from_key(key: &str) -> Option<Self> {
        if key == "other" {
            return Some(Self::Other);
        }
        Self::UNITS.iter().copied().find(|u| u.code() == key).map(Self::Known)
    }

    /// All names, for messages.
    pub fn keys() -> String {
        Self::UNITS.map(Unit::code).join(", ") + ", other"
    }
}

/// A counted noun.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitWord {
    /// Its class.
    pub class: UnitClass,
    /// One of it in the base unit.
    pub factor: Decimal,
    /// Whether it counts many things and tells little on its own.
    pub general: bool,
}

/// A scale word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Its factor.
    pub factor: Decimal,
    /// Whether alone it means money.
    pub money: bool,
}

/// A dimension of breakdowns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Whether no unit is in two categories.
    pub disjoint: bool,
    /// Whether only persons have it.
    pub of_persons: bool,
    /// Whether «none» of one category says nothing of the whole.
    pub denial_is_no_zero: bool,
    /// Whether its words are proper names, written with a capital.
    pub proper_names: bool,
    /// Whether two categories stated together join into one.
    pub joins: bool,
    /// Sets of categories that make up the total.
    pub whole: Vec<Vec<String>>,
    /// The category that all others are parts of.
    pub parts_of: Option<String>,
}

/// A category of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its dimension.
    pub dimension: u8,
    /// Its id; empty for words that look like a category but are none.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Starts of the ids of indicators it counts for; all if empty.
    pub only: Vec<String>,
    /// Whether its words state it only of a part of something.
    pub parts_only: bool,
    /// Starts of the ids of indicators it does not count for.
    pub not_for: Vec<String>,
}

impl Category {
    /// Whether its words state it for this indicator.
    pub fn counts_for(&self, indicator: &str) -> bool {
        let starts = |list: &[String]| list.iter().any(|start| indicator.starts_with(start.as_str()));
        (self.only.is_empty() || starts(&self.only)) && !starts(&self.not_for)
    }
}

/// Phrases whose numbers are set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The reason in the ledger.
    pub reason: String,
    /// Whether numbers that follow in a list are set aside too.
    pub list: bool,
    /// Whether only numbers without separators are meant.
    pub plain: bool,
    /// Whether a counted noun after the number makes it a value after all.
    pub unless_counted: bool,
    /// Least number meant.
    pub min: Option<u32>,
    /// Greatest number meant.
    pub max: Option<u32>,
}

/// A shape of a chunk without spaces that is set aside.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The reason in the ledger.
    pub reason: String,
    /// What it looks like.
    pub pattern: Regex,
    /// Whether a counted noun after the number makes it a value after all.
    pub unless_counted: bool,
    /// Words, in comparison form, that before it make it a value after all.
    pub before_not: Vec<String>,
    /// Whether only the last number of the chunk is meant.
    pub letters_before: bool,
}

/// One way to state an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Position in the register.
    pub indicator: u16,
    /// Terms in the number's own reach.
    pub own: Vec<TermId>,
    /// Terms directly after the number.
    pub right: Vec<TermId>,
    /// Terms anywhere in reach or context.
    pub context: Vec<TermId>,
    /// Terms that must not be in own reach.
    pub not_own: Vec<TermId>,
    /// Terms that must not be in reach or context.
    pub not_any: Vec<TermId>,
    /// Whether the section's field of work must be the indicator's.
    pub field: bool,
    /// As written, for explanations.
    pub text: String,
    /// Where it is written.
    pub file: String,
    /// 1-based line there.
    pub line: usize,
}

/// A wording that a term calls up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Position among the wordings.
    pub wording: u32,
    /// Another term that it needs in the number's own reach, the rarest of them: most calls end here.
    pub also: Option<TermId>,
}

/// What the dictionary says of one indicator beside its wordings.
#[derive(Debug, Clone, Default)]
pub struct IndicatorRules {
    /// Terms that, near the number, forbid it.
    pub exclude: Vec<TermId>,
    /// Indicators after whose value a number may be this one.
    pub companion_of: Vec<u16>,
    /// The words that say so.
    pub companion: Vec<TermId>,
    /// Nouns that count it though of another unit.
    pub counted: Vec<TermId>,
    /// For a rate: the indicator whose share it is.
    pub share_of: Option<u16>,
    /// For a rate: words of the base.
    pub share_base: Vec<TermId>,
    /// What `giảm` after it counts, where nothing is compared.
    pub decrease: Option<u16>,
    /// Whether it is an amount of money.
    pub is_money: bool,
    /// Why the row is as it is.
    pub because: String,
    /// Texts and what they must give.
    pub examples: Vec<ExampleRow>,
    /// Texts that must not give it.
    pub rejects: Vec<RejectRow>,
    /// Where the row is written; empty if the dictionary has none.
    pub file: String,
    /// 1-based line there; 0 if the dictionary has none.
    pub line: usize,
}

/// The category of all that a list does not name.
pub const OTHER: &str = "other";

/// Everything the templates say about reading reports, compiled.
#[derive(Debug, Clone)]
pub struct Dictionary {
    /// The register of indicators.
    pub register: Register,
    /// The provinces.
    pub geography: Geography,
    /// All words.
    pub vocabulary: Vocabulary,
    /// Abbreviations, and the words that each of their senses stands for.
    pub abbreviations: Abbreviations,
    /// All phrases.
    pub trie: PhraseTrie<Tag>,
    /// Counted nouns.
    pub units: Vec<UnitWord>,
    /// Scale words.
    pub scales: Vec<Scale>,
    /// How well a written class fits a unit of the register, where they differ.
    pub fits: FxHashMap<(UnitClass, UnitClass), f32>,
    /// Dimensions.
    pub dimensions: Vec<Dimension>,
    /// Categories.
    pub categories: Vec<Category>,
    /// Phrases that are set aside.
    pub exclusions: Vec<Exclusion>,
    /// Shapes that are set aside.
    pub shapes: Vec<Shape>,
    /// Fields of work, the starts of indicators' ids.
    pub fields: Vec<String>,
    /// Terms as written.
    pub terms: Vec<String>,
    /// Wordings by the first term they need: what a heading calls up.
    pub by_key: Vec<Vec<u32>>,
    /// Wordings by the rarest term they need in a sentence.
    pub by_rarest: Vec<Vec<Call>>,
    /// Of those, the wordings that need nothing in the number's own reach.
    pub by_context: Vec<Vec<Call>>,
    /// All wordings.
    pub wordings: Vec<Wording>,
    /// Per indicator of the register, in its order.
    pub rules: Vec<IndicatorRules>,
    /// Names of provinces, of either list.
    pub province_names: Vec<String>,
    /// How a report tells of itself.
    pub report_rules: ReportRules,
    /// How evidence is weighed.
    pub confidence: Confidence,
    /// Per indicator: its field of work in `fields`, if headings can name it.
    pub field_of: Vec<Option<u8>>,
    /// Dimensions by id.
    pub dimension_ids: FxHashMap<String, u8>,
}

impl Dictionary {
    pub(super) fn empty() -> Self {
        Self {
            register: Register::default(),
            geography: Geography::default(),
            vocabulary: Vocabulary::default(),
            abbreviations: Abbreviations::default(),
            trie: PhraseTrie::default(),
            units: Vec::new(),
            scales: Vec::new(),
            fits: FxHashMap::default(),
            dimensions: Vec::new(),
            categories: Vec::new(),
            exclusions: Vec::new(),
            shapes: Vec::new(),
            fields: Vec::new(),
            terms: Vec::new(),
            by_key: Vec::new(),
            by_rarest: Vec::new(),
            by_context: Vec::new(),
            wordings: Vec::new(),
            rules: Vec::new(),
            province_names: Vec::new(),
            report_rules: ReportRules::default(),
            confidence: Confidence::default(),
            field_of: Vec::new(),
            dimension_ids: FxHashMap::default(),
        }
    }

    /// The indicator at a position of the register.
    pub fn indicator(&self, at: u16) -> Option<&Indicator> {
        self.register.indicators().get(usize::from(at))
    }

    /// The rate that is one indicator divided by another.
    pub fn rate_of(&self, numerator: u16, denominator: u16) -> Option<u16> {
        let id = |at: u16| self.indicator(at).map(|i| i.id.as_str());
        let found = self.register.indicators().iter().position(|rate| {
            rate.numerator.is_some()
                && rate.numerator.as_deref() == id(numerator)
                && rate.denominator.as_deref() == id(denominator)
        });
        found.and_then(|at| u16::try_from(at).ok())
    }

    /// How well a number with this written class fits the unit, 0 to 1. A number without a noun fits any count.
    pub fn unit_fit(&self, unit: Unit, written: Option<UnitClass>) -> f32 {
        match written {
            Some(UnitClass::Known(class)) if class == unit => 1.0,
            Some(class) => self.fits.get(&(UnitClass::Known(unit), class)).copied().unwrap_or(0.0),
            None if matches!(unit, Unit::Vnd | Unit::Percent | Unit::Kg | Unit::M2) => 0.0,
            None => 0.6,
        }
    }
}
