//! The regions of each list of provinces, and the order in which they are shown.

use serde::Deserialize;
use toml::Spanned;

use super::geography::ProvinceSystem;
use super::schema::{line_at, read_toml};
use super::templates::{TemplateErrors, TemplateFault, Templates};

/// Name of the regions' file below the templates folder.
pub const REGIONS_FILE: &str = "geography.toml";

/// The order of the file's rows.
const YEARBOOK: &str = "yearbook";

/// A region of one of the two lists of provinces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The list of provinces it belongs to.
    pub system: ProvinceSystem,
    /// Its code in the files for machines, such as `V6`.
    pub code: String,
    /// Name in Vietnamese, as the list of provinces writes it.
    pub name: String,
    /// Its place among the regions of the list, from 1, in the configured order.
    pub order: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    order: Spanned<String>,
    #[serde(rename = "list")]
    lists: Vec<List>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    system: Spanned<String>,
    #[serde(rename = "region")]
    regions: Vec<Row>,
    #[serde(rename = "order", default)]
    orders: Vec<Order>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: Spanned<String>,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    name: String,
    regions: Spanned<Vec<String>>,
}

/// Reads the regions of both lists, each in the configured order.
///
/// # Errors
/// With file, line and the valid choices: an unknown list, order or region, a code that stands twice, an order that
/// does not hold every region once.
pub(super) fn load(templates: &Templates) -> Result<Vec<Region>, TemplateErrors> {
    let (file, text) = read_toml::<File>(templates, REGIONS_FILE)?;
    let mut faults = Vec::new();
    let mut fault = |at: usize, message: String| {
        faults.push(TemplateFault { file: REGIONS_FILE.to_owned(), line: line_at(&text, at), message });
    };
    let wanted = file.order.get_ref().as_str();
    let mut orders: Vec<&str> = file.lists.iter().flat_map(|l| &l.orders).map(|o| o.name.as_str()).collect();
    orders.push(YEARBOOK);
    orders.sort_unstable();
    orders.dedup();
    if !orders.contains(&wanted) {
        fault(file.order.span().start, format!("`{wanted}`: unknown order; valid: {}", orders.join(", ")));
    }
    let mut regions = Vec::new();
    for list in &file.lists {
        let Some(system) = ProvinceSystem::from_code(list.system.get_ref()) else {
            let found = list.system.get_ref();
            fault(list.system.span().start, format!("`{found}`: unknown list of provinces; valid: 63, 34"));
            continue;
        };
        let codes: Vec<&str> = list.regions.iter().map(|r| r.code.get_ref().as_str()).collect();
        for (at, row) in list.regions.iter().enumerate() {
            if codes.iter().take(at).any(|known| known == row.code.get_ref()) {
                fault(row.code.span().start, format!("`{}` stands twice", row.code.get_ref()));
            }
        }
        for order in &list.orders {
            let (mut told, mut known) = (order.regions.get_ref().clone(), codes.clone());
            told.sort_unstable();
            known.sort_unstable();
            if told != known {
                let message = format!("the order `{}` is to hold each of these once: {}", order.name, known.join(", "));
                fault(order.regions.span().start, message);
            }
        }
        let own = list.orders.iter().find(|o| o.name == wanted).map(|o| o.regions.get_ref());
        for (at, row) in list.regions.iter().enumerate() {
            let code = row.code.get_ref();
            let place = own.and_then(|o| o.iter().position(|c| c == code)).unwrap_or(at);
            let order = u8::try_from(place + 1).unwrap_or(u8::MAX);
            regions.push(Region { system, code: code.clone(), name: row.name.clone(), order });
        }
    }
    regions.sort_by_key(|r| (r.system, r.order));
    if faults.is_empty() { Ok(regions) } else { Err(TemplateErrors(faults)) }
}
