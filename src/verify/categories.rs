//! Words of categories: each states one category of its dimension.

use std::collections::BTreeMap;

use super::{Fault, folded};
use crate::diagnostic::Severity;
use crate::dictionary::phrase::{Macros, expand};
use crate::dictionary::schema::{BreakdownsFile, CategoryRow, line_at, read_toml};
use crate::dictionary::templates::{TemplateErrors, Templates};

const FILE: &str = "breakdowns.toml";

pub(super) fn check(templates: &Templates) -> Result<Vec<Fault>, TemplateErrors> {
    let (file, text) = read_toml::<BreakdownsFile>(templates, FILE)?;
    let mut faults = Vec::new();
    for dimension in &file.dimension {
        let mut known: BTreeMap<String, Vec<&CategoryRow>> = BTreeMap::new();
        for category in &dimension.category {
            for word in &category.words {
                for phrase in expand(word.get_ref(), &Macros::default()).unwrap_or_default() {
                    let phrase = folded(&phrase);
                    let rows = known.entry(phrase).or_default();
                    if let Some(other) = rows.iter().find(|other| clash(other, category)) {
                        faults.push(Fault {
                            severity: Severity::Error,
                            name: "verify.category",
                            file: FILE.to_owned(),
                            line: line_at(&text, word.span().start),
                            args: vec![
                                ("word", word.get_ref().clone()),
                                ("dimension", dimension.id.get_ref().clone()),
                                ("category", category.id.get_ref().clone()),
                                ("other", other.id.get_ref().clone()),
                                ("other_line", line_at(&text, other.id.span().start).to_string()),
                            ],
                        });
                        break;
                    }
                    rows.push(category);
                }
            }
        }
    }
    Ok(faults)
}

/// Whether two rows give one phrase two meanings for some indicator.
fn clash(a: &CategoryRow, b: &CategoryRow) -> bool {
    let within = |list: &[String], start: &str| list.iter().any(|l| start.starts_with(l.as_str()));
    let apart = |a: &CategoryRow, b: &CategoryRow| {
        !a.only.is_empty()
            && a.only.iter().all(|start| {
                within(&b.not_for, start)
                    || !b.only.is_empty()
                        && !b.only.iter().any(|o| o.starts_with(start.as_str()) || start.starts_with(o))
            })
    };
    a.id.get_ref() != b.id.get_ref() && !apart(a, b) && !apart(b, a)
}
