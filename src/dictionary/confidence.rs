//! The declared amounts by which evidence is weighed and confidence lost.

use serde::Deserialize;

/// `confidence.toml`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// What lies under this is put before a person.
    pub review: f32,
    /// Where confidence starts.
    pub start: f32,
    /// Scores that a reading needs.
    pub scores: Scores,
    /// What is lost for each weakness.
    pub loses: Losses,
}

/// Scores that a reading needs.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// To be taken at all.
    pub enough: f32,
    /// To stand against an inherited reading.
    pub strong: f32,
    /// Nearer than this to the best, a second reading makes it ambiguous.
    pub margin: f32,
    /// Added where the headings' field of work agrees.
    pub field_agrees: f32,
    /// Taken where it does not.
    pub field_differs: f32,
}

/// What confidence loses for each weakness.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Losses {
    /// The written noun is of another class than the unit.
    pub unit_differs: f32,
    /// The deciding words are far from the number.
    pub far_words: f32,
    /// A needed word was found in the context only.
    pub from_context: f32,
    /// The headings name another field of work.
    pub field_differs: f32,
    /// A second reading is nearly as good.
    pub ambiguous: f32,
    /// The indicator is that of the value it is part of.
    pub inherited: f32,
    /// The indicator is that of the value before, in a list.
    pub sibling: f32,
    /// The indicator follows from the value before.
    pub companion: f32,
    /// The indicator is that of the sentence's subject.
    pub carried: f32,
    /// The evidence is barely enough.
    pub weak: f32,
    /// The number is in words.
    pub number_in_words: f32,
    /// The number was written with letters for digits.
    pub mended_number: f32,
    /// The value is a stated zero.
    pub zero_statement: f32,
    /// No counted noun.
    pub no_unit: f32,
    /// What a percentage is of is not written.
    pub percent_unclear: f32,
    /// In a table, the row was read with the words around it.
    pub table_context: f32,
}
