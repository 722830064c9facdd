//! Provinces and regions as dated lists: 63 provinces until 30 June 2025, 34 from 1 July 2025.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::templates::{TemplateErrors, TemplateFault, Templates};

/// Names of the two lists' files below the templates folder.
pub const PROVINCES_63_FILE: &str = "provinces.csv";
/// The list in force since 1 July 2025.
pub const PROVINCES_34_FILE: &str = "provinces-34.csv";

/// Which list of provinces a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProvinceSystem {
    /// The list in force until 30 June 2025.
    P63,
    /// The list in force since 1 July 2025.
    P34,
}

impl ProvinceSystem {
    /// The code as it stands in the table.
    pub fn code(self) -> &'static str {
        match self {
            Self::P63 => "63",
            Self::P34 => "34",
        }
    }

    /// The system of a code of the table.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "63" => Some(Self::P63),
            "34" => Some(Self::P34),
            _ => None,
        }
    }

    /// The list in force in a month.
    pub fn in_force(year: u16, month: u8) -> Self {
        if (year, month) >= (2025, 7) { Self::P34 } else { Self::P63 }
    }
}

/// A province of one of the two lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province {
    /// Which list.
    pub system: ProvinceSystem,
    /// Two-digit code, meaningful only with the list.
    pub code: String,
    /// Name in Vietnamese.
    pub name: String,
    /// Other spellings of the name.
    pub aliases: Vec<String>,
    /// Name of its region in this list.
    pub region: String,
    /// Order of the region, from 1.
    pub region_order: u8,
    /// Order within the region, from 1.
    pub order: u8,
    /// The code it has in the list of 34 (its own, there).
    pub code_34: String,
}

/// The provinces of both lists, each in regional order.
#[derive(Debug, Clone, Default)]
pub struct Geography {
    provinces: Vec<Province>,
    by_code: FxHashMap<(ProvinceSystem, String), usize>,
}

#[derive(Deserialize)]
struct Row63 {
    gso_code_63: String,
    name: String,
    region_name: String,
    region_order: u8,
    order_in_region: u8,
    aliases: String,
    code_34: String,
}

#[derive(Deserialize)]
struct Row34 {
    code_34: String,
    name_34: String,
    region_order: u8,
    region_name: String,
    order_in_region: u8,
}

impl Geography {
    /// Reads both lists from the template files.
    ///
    /// # Errors
    /// With file and line, when a row cannot be read.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let mut faults = Vec::new();
        let mut provinces = Vec::new();
        for row in rows::<Row63>(templates, PROVINCES_63_FILE, &mut faults)? {
            provinces.push(Province {
                system: ProvinceSystem::P63,
                code: row.gso_code_63,
                name: row.name,
                aliases: row.aliases.split('|').map(str::to_owned).filter(|a| !a.is_empty()).collect(),
                region: row.region_name,
                region_order: row.region_order,
                order: row.order_in_region,
                code_34: row.code_34,
            });
        }
        for row in rows::<Row34>(templates, PROVINCES_34_FILE, &mut faults)? {
            let aliases = provinces
                .iter()
                .find(|p| p.name == row.name_34 || p.aliases.contains(&row.name_34))
                .map(|p| p.aliases.clone())
                .unwrap_or_default();
            provinces.push(Province {
                system: ProvinceSystem::P34,
                code: row.code_34.clone(),
                name: row.name_34,
                aliases,
                region: row.region_name,
                region_order: row.region_order,
                order: row.order_in_region,
                code_34: row.code_34,
            });
        }
        if !faults.is_empty() {
            return Err(TemplateErrors(faults));
        }
        provinces.sort_by_key(|p| (p.system, p.region_order, p.order));
        let by_code = provinces.iter().enumerate().map(|(at, p)| ((p.system, p.code.clone()), at)).collect();
        Ok(Self { provinces, by_code })
    }

    /// The provinces of one list, in regional order.
    pub fn provinces(&self, system: ProvinceSystem) -> impl Iterator<Item = &Province> {
        self.provinces.iter().filter(move |p| p.system == system)
    }

    /// The province with this code in this list.
    pub fn get(&self, system: ProvinceSystem, code: &str) -> Option<&Province> {
        self.by_code.get(&(system, code.to_owned())).and_then(|at| self.provinces.get(*at))
    }
}

fn rows<T: for<'de> Deserialize<'de>>(
    templates: &Templates,
    file: &str,
    faults: &mut Vec<TemplateFault>,
) -> Result<Vec<T>, TemplateErrors> {
    let text = templates.read(file)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut found = Vec::new();
    for (at, row) in reader.deserialize::<T>().enumerate() {
        match row {
            Ok(row) => found.push(row),
            Err(error) => {
                faults.push(TemplateFault { file: file.to_owned(), line: at + 2, message: error.to_string() });
            }
        }
    }
    Ok(found)
}
