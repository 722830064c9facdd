//! Reading a template file so that every mistake in it is told with file and line.

use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::dictionary::templates::{TemplateErrors, TemplateFault};

/// The content of the TOML file `file`.
pub(super) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, TemplateErrors> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_of(text, span.start));
        TemplateErrors(vec![TemplateFault { file: file.to_owned(), line, message: error.message().to_owned() }])
    })
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// A file being checked, and the faults found in it.
pub(super) struct Checked<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) faults: Vec<TemplateFault>,
}

impl Checked<'_> {
    /// Notes a fault at the place of `at`.
    pub(super) fn fault<T>(&mut self, at: &Spanned<T>, message: String) {
        let line = line_of(self.text, at.span().start);
        self.faults.push(TemplateFault { file: self.file.to_owned(), line, message });
    }

    /// Notes every placeholder of `text` that is not one of `valid`.
    pub(super) fn placeholders(&mut self, text: &Spanned<String>, valid: &[&str]) {
        self.placeholders_of(text, text.get_ref(), valid);
    }

    /// Notes every placeholder of `text`, which stands at `at`, that is not one of `valid`.
    pub(super) fn placeholders_of<T>(&mut self, at: &Spanned<T>, text: &str, valid: &[&str]) {
        for name in placeholders(text) {
            if !valid.contains(&name) {
                let message = format!("`{{{name}}}`: unknown placeholder; valid here: {}", listed(valid));
                self.fault(at, message);
            }
        }
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ")
}

/// The names between braces, in order.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// `text` with its placeholders filled. A placeholder without a value stays empty.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once('}') else {
            filled.push('{');
            filled.push_str(part);
            continue;
        };
        filled.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        filled.push_str(rest);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(fill("Phụ lục {number}: {x}", &[("number", "II")]), "Phụ lục II: ");
    }
}
