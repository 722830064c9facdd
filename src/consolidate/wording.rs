//! The words that settling looks at, from `consolidate.toml`.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};

/// Name of the file below the templates folder.
pub(super) const WORDING_FILE: &str = "consolidate.toml";

/// The kind of base of a change on the period before.
pub(super) const PREVIOUS_PERIOD: &str = "previous_period";

/// The words that settling looks at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    country: String,
    part_words: Vec<String>,
    base: Vec<Base>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    kind: String,
    words: Vec<String>,
}

impl Wording {
    /// Reads the words from the template files.
    ///
    /// # Errors
    /// With file and line, when the file cannot be read as what it should be.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let text = templates.read(WORDING_FILE)?;
        let mut wording: Self = toml::from_str(&text).map_err(|error| {
            let line =
                error.span().map_or(0, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            TemplateErrors(vec![TemplateFault {
                file: WORDING_FILE.to_owned(),
                line,
                message: error.message().to_owned(),
            }])
        })?;
        for word in wording.part_words.iter_mut().chain(wording.base.iter_mut().flat_map(|b| &mut b.words)) {
            *word = fold(word);
        }
        Ok(wording)
    }

    /// Name of the country in the files for machines.
    pub(super) fn country(&self) -> &str {
        &self.country
    }

    /// Whether the number written `stated` stands after a word that makes it a part of another value.
    pub(super) fn is_part(&self, quote: &str, stated: &str) -> bool {
        let (quote, stated) = (fold(quote), fold(stated));
        let Some(before) = quote.rfind(&stated).and_then(|at| quote.get(..at)) else { return false };
        self.part_words.iter().any(|word| before.contains(word.as_str()))
    }

    /// The kind of a base, or its own wording where it is of no known kind.
    pub(super) fn base_kind(&self, base: &str) -> String {
        let base = fold(base);
        let known = self.base.iter().find(|b| b.words.iter().any(|word| base.contains(word.as_str())));
        known.map_or(base, |b| b.kind.clone())
    }
}

/// NFC, lower case, single spaces.
fn fold(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_word_before_its_number() {
        let wording = Wording::load(&Templates::built_in()).unwrap();
        assert!(wording.is_part("tổ chức 12 lớp, trong đó 03 lớp cho doanh nghiệp", "03"));
        assert!(!wording.is_part("tổ chức 12 lớp, trong đó 03 lớp cho doanh nghiệp", "12"));
    }

    #[test]
    fn bases_of_one_kind_are_one() {
        let wording = Wording::load(&Templates::built_in()).unwrap();
        assert_eq!(wording.base_kind("so với tháng trước"), wording.base_kind("So với  THÁNG TRƯỚC liền kề"));
        assert_eq!(wording.base_kind("so với tổng số hộ"), "so với tổng số hộ");
    }
}
