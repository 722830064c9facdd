//! The dictionary under review: what loading lets pass, but makes rows miss their indicator or never be reached.
//!
//! Each fault names its line, what was found there and what to do. Its words are `verify.<name>` in
//! `templates/messages/`. Nothing is repaired here.

mod categories;
mod rows;
mod wordings;

use crate::diagnostic::Severity;
use crate::dictionary::Dictionary;
use crate::dictionary::phrase::Macros;
use crate::dictionary::schema::{IndicatorRow, WordingFile, line_at, read_toml};
use crate::dictionary::templates::{TemplateErrors, Templates};

/// Something wrong with the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// How grave.
    pub severity: Severity,
    /// The name of its message, `verify.…`.
    pub name: &'static str,
    /// Template file.
    pub file: String,
    /// 1-based line there.
    pub line: usize,
    /// Values for the placeholders of the message.
    pub args: Vec<(&'static str, String)>,
}

/// A file of the dictionary as it is written.
struct Written {
    file: String,
    text: String,
    macros: Macros,
    rows: Vec<IndicatorRow>,
}

impl Written {
    fn fault(&self, severity: Severity, name: &'static str, offset: usize, args: &[(&'static str, &str)]) -> Fault {
        Fault {
            severity,
            name,
            file: self.file.clone(),
            line: line_at(&self.text, offset),
            args: args.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
        }
    }
}

/// All faults of a dictionary that loads, in the order of files and lines.
///
/// # Errors
/// When a template file cannot be read.
pub fn verify(templates: &Templates, dictionary: &Dictionary) -> Result<Vec<Fault>, TemplateErrors> {
    let mut files = Vec::new();
    for file in templates.names("dictionary/") {
        let (read, text) = read_toml::<WordingFile>(templates, &file)?;
        let macros = read.macros.into_iter().map(|(name, list)| (name, list.into_inner())).collect();
        files.push(Written { file, text, macros, rows: read.indicator });
    }
    let mut faults = rows::check(&files, dictionary);
    faults.extend(wordings::check(&files, templates, dictionary)?);
    faults.extend(categories::check(templates)?);
    faults.sort_by(|a, b| (&a.file, a.line, a.name, &a.args).cmp(&(&b.file, b.line, b.name, &b.args)));
    Ok(faults)
}

/// The comparison form of a phrase.
fn folded(words: &[String]) -> String {
    words.iter().map(|word| crate::text::fold(word)).collect::<Vec<_>>().join(" ")
}
