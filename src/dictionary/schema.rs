//! The template files as they are written: what serde reads, before anything is checked or compiled.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::templates::{TemplateErrors, TemplateFault, Templates};

/// `dictionary/<field of work>.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordingFile {
    /// Named lists for the patterns of this file.
    #[serde(default)]
    pub macros: BTreeMap<String, Spanned<String>>,
    /// The rows.
    #[serde(default)]
    pub indicator: Vec<IndicatorRow>,
}

/// How reports state one indicator.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorRow {
    /// Id in the register.
    pub id: Spanned<String>,
    /// Each is one way to state it: terms joined by ` + `.
    #[serde(default)]
    pub wordings: Vec<Spanned<String>>,
    /// Phrases that, near the number, forbid it.
    #[serde(default)]
    pub exclude: Vec<Spanned<String>>,
    /// Ids after whose value in the same sentence a number may be this indicator by `companion` words alone.
    #[serde(default)]
    pub companion_of: Vec<Spanned<String>>,
    /// Those words; for an amount of money the general money words, if none are given.
    #[serde(default)]
    pub companion: Vec<Spanned<String>>,
    /// Nouns that count this indicator though they are of another unit.
    #[serde(default)]
    pub counted: Vec<Spanned<String>>,
    /// For a rate: the indicator whose share it is.
    #[serde(default)]
    pub share_of: Option<Spanned<String>>,
    /// For a rate: the words of the base that make a share this rate.
    #[serde(default)]
    pub share_base: Vec<Spanned<String>>,
    /// Of people who come in: the indicator of those who leave, which `giảm 33 người` right after it counts.
    #[serde(default)]
    pub decrease: Option<Spanned<String>>,
    /// Why the row is as it is.
    #[serde(default)]
    pub because: Option<String>,
    /// Texts and the exact observations they must give.
    #[serde(default)]
    pub example: Vec<ExampleRow>,
    /// Texts that must not give this indicator.
    #[serde(default)]
    pub reject: Vec<RejectRow>,
}

/// A text and the observations it must give.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleRow {
    /// The heading above.
    #[serde(default)]
    pub heading: Option<String>,
    /// The text.
    pub text: Spanned<String>,
    /// `[id] measure value[ dimension=category;…][ @period]`.
    pub gives: Vec<String>,
    /// The report's period, if not 2024-Q2.
    #[serde(default)]
    pub period: Option<String>,
}

/// A text that must not give the row's indicator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectRow {
    /// The heading above.
    #[serde(default)]
    pub heading: Option<String>,
    /// The text.
    pub text: Spanned<String>,
    /// Why not.
    pub because: String,
    /// The report's period, if not 2024-Q2.
    #[serde(default)]
    pub period: Option<String>,
}

/// `units.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitsFile {
    /// Counted nouns and units of measurement.
    pub unit: Vec<UnitRow>,
    /// Words that scale a number.
    pub scale: Vec<ScaleRow>,
    /// Number words.
    pub number_words: BTreeMap<String, u16>,
    /// Nouns that a number word must stand before.
    #[serde(default)]
    pub number_word_nouns: Vec<String>,
    /// Per unit of the register: other written classes it accepts, and how well they fit.
    pub accepts: BTreeMap<String, BTreeMap<String, f32>>,
}

/// Nouns of one class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    /// The class.
    pub class: Spanned<String>,
    /// Whether the nouns count many things and tell little on their own.
    #[serde(default)]
    pub general: bool,
    /// What one of them is in the base unit.
    #[serde(default)]
    pub factor: Option<String>,
    /// The nouns.
    pub words: Vec<Spanned<String>>,
}

/// Words of one scale.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleRow {
    /// The factor.
    pub factor: Spanned<String>,
    /// Whether the word alone means an amount of money.
    #[serde(default)]
    pub money: bool,
    /// The words.
    pub words: Vec<Spanned<String>>,
}

/// `breakdowns.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakdownsFile {
    /// The dimensions.
    pub dimension: Vec<DimensionRow>,
}

/// A dimension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimensionRow {
    /// Its id.
    pub id: Spanned<String>,
    /// Its name for people.
    pub name: String,
    /// Whether no unit is in two categories.
    #[serde(default)]
    pub disjoint: bool,
    /// Whether only persons have it.
    #[serde(default)]
    pub of_persons: bool,
    /// Whether «none» of one category says nothing of the whole.
    #[serde(default)]
    pub denial_is_no_zero: bool,
    /// Whether its words are proper names, written with a capital.
    #[serde(default)]
    pub proper_names: bool,
    /// Whether two categories stated together join into one.
    #[serde(default)]
    pub joins: bool,
    /// Sets of categories that make up the total.
    #[serde(default)]
    pub whole: Vec<Vec<String>>,
    /// The category that all others are parts of.
    #[serde(default)]
    pub categories_are_parts_of: Option<String>,
    /// Another dimension whose categories it shares.
    #[serde(default)]
    pub like: Option<Spanned<String>>,
    /// Its categories.
    #[serde(default)]
    pub category: Vec<CategoryRow>,
}

/// A category.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRow {
    /// Its id; empty for words that look like a category but are none.
    pub id: Spanned<String>,
    /// Its name for people.
    pub name: String,
    /// The words.
    pub words: Vec<Spanned<String>>,
    /// Starts of the ids of indicators it counts for; all if empty.
    #[serde(default)]
    pub only: Vec<String>,
    /// Whether the words state it only of a part of something.
    #[serde(default)]
    pub parts_only: bool,
    /// Starts of the ids of indicators it does not count for.
    #[serde(default)]
    pub not_for: Vec<String>,
}

/// `markers.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkersFile {
    /// Phrases by role.
    pub markers: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// Words of periods by role.
    pub periods: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// Roman numerals of quarters.
    pub roman: BTreeMap<String, u8>,
    /// Names of months.
    pub month_words: BTreeMap<String, u8>,
}

/// `exclusions.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionsFile {
    /// Phrases whose numbers are set aside.
    pub exclusion: Vec<ExclusionRow>,
    /// Shapes of chunks that are set aside.
    pub shape: Vec<ShapeRow>,
}

/// Phrases whose numbers are not statistics.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusionRow {
    /// The reason that goes into the ledger.
    pub reason: String,
    /// The phrases.
    pub patterns: Vec<Spanned<String>>,
    /// Whether numbers that follow in a list are set aside too.
    #[serde(default)]
    pub list: bool,
    /// Whether only numbers without separators are meant.
    #[serde(default)]
    pub plain: bool,
    /// Whether a counted noun after the number makes it a value after all.
    #[serde(default)]
    pub unless_counted: bool,
    /// Least number meant.
    #[serde(default)]
    pub min: Option<u32>,
    /// Greatest number meant.
    #[serde(default)]
    pub max: Option<u32>,
}

/// A shape of a chunk without spaces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeRow {
    /// The reason that goes into the ledger.
    pub reason: String,
    /// A regular expression for the chunk.
    pub pattern: Spanned<String>,
    /// Whether a counted noun after the number makes it a value after all.
    #[serde(default)]
    pub unless_counted: bool,
    /// Words that, before the chunk, make it a value after all.
    #[serde(default)]
    pub before_not: Vec<String>,
    /// Whether only the last number of the chunk is meant, the one after letters.
    #[serde(default)]
    pub letters_before: bool,
}

/// `sections.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionsFile {
    /// Wordings of headings, by part of the report.
    pub parts: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// Starts of lines that close the text.
    pub closing: Vec<Spanned<String>>,
    /// Starts of lines that open the title.
    pub title: Vec<Spanned<String>>,
    /// Starts of lines that open it again.
    pub resumes: Vec<Spanned<String>>,
    /// Wordings of headings, by field of work.
    pub fields: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

/// `spelling.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpellingFile {
    /// Spellings and the word each is a spelling of.
    pub same: BTreeMap<String, String>,
    /// Abbreviations, and the words that they stand for; further senses after `|`.
    #[serde(default)]
    pub abbreviations: BTreeMap<String, String>,
}

/// Reads one TOML template.
///
/// # Errors
/// With file, line, what was found and what is valid, when the file cannot be read as the type says.
pub fn read_toml<T: DeserializeOwned>(templates: &Templates, file: &str) -> Result<(T, String), TemplateErrors> {
    let text = templates.read(file)?.into_owned();
    match toml::from_str(&text) {
        Ok(value) => Ok((value, text)),
        Err(error) => {
            let line = error.span().map_or(0, |span| line_at(&text, span.start));
            Err(TemplateErrors(vec![TemplateFault {
                file: file.to_owned(),
                line,
                message: error.message().trim().to_owned(),
            }]))
        }
    }
}

/// The 1-based line of a byte offset.
pub fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|b| *b == b'\n').count()
}
