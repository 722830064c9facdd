//! Rows of regions and of the country in a form whose rows are provinces: their columns are what they are for the
//! provinces, their words name the area.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::cells::Cells;
use super::recognise::{Meaning, Site, Whose};
use super::{Request, Whom};
use crate::consolidate::Area;
use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};

/// Name of the file below the templates folder.
const FILE: &str = "fill.toml";

/// The words by which forms name the country.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    country: Vec<String>,
}

impl Words {
    /// Reads the words from the templates.
    ///
    /// # Errors
    /// With file and line, when the file cannot be read.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let text = templates.read(FILE)?;
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            TemplateErrors(vec![TemplateFault { file: FILE.to_owned(), line, message: error.message().to_owned() }])
        })
    }
}

/// What a cell in a row of a total is for: what all cells of its column that name a province are for, and the area
/// that the words of its row name.
pub(super) fn of_row(
    (sheet, (row, column)): &Site,
    cells: &Cells<'_>,
    told: &BTreeMap<Site, Meaning>,
    request: &Request<'_>,
) -> Option<(Meaning, Whom)> {
    let area = cells
        .cells
        .range((*row, 0)..(*row, *column))
        .filter(|(_, cell)| cell.is_text)
        .find_map(|(_, cell)| area_named(&cell.text, request))?;
    let mut found: Option<&Meaning> = None;
    let of_column = told.iter().filter(|((name, (_, c)), meaning)| {
        name == sheet && c == column && matches!(meaning.whose, Whose::Province(_))
    });
    for (_, meaning) in of_column {
        let same = |other: &Meaning| {
            Meaning { whose: Whose::Own, ..other.clone() } == Meaning { whose: Whose::Own, ..meaning.clone() }
        };
        if found.is_some_and(|other| !same(other)) {
            return None;
        }
        found = Some(meaning);
    }
    found.map(|meaning| (Meaning { whose: Whose::Own, ..meaning.clone() }, Whom::Area(area)))
}

/// The area that a label names: the whole of it, but for numbers and marks before it.
fn area_named(label: &str, request: &Request<'_>) -> Option<Area> {
    let plain = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let label = plain(label);
    if request.words.country.iter().any(|word| plain(word) == label) {
        return Some(Area::Country);
    }
    let system = request.consolidated.system_of(request.period);
    let mut regions = request.dictionary.geography.regions(system);
    regions.find(|region| plain(&region.name) == label).map(|region| Area::Region(region.order))
}
