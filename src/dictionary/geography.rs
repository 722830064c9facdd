//! Provinces and regions as dated lists: 63 provinces until 30 June 2025, 34 from 1 July 2025.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::regions::{REGIONS_FILE, Region, load as load_regions};
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
    /// Order of the region in the configured order, from 1.
    pub region_order: u8,
    /// Order within the region, from 1.
    pub order: u8,
    /// The code it has in the list of 34 (its own, there).
    pub code_34: String,
}

/// The provinces and regions of both lists, each in regional order.
#[derive(Debug, Clone, Default)]
pub struct Geography {
    regions: Vec<Region>,
    provinces: Vec<Province>,
    by_code: FxHashMap<(ProvinceSystem, String), usize>,
}

#[derive(Deserialize)]
struct Row63 {
    gso_code_63: String,
    name: String,
    region_name: String,
    order_in_region: u8,
    aliases: String,
    code_34: String,
}

#[derive(Deserialize)]
struct Row34 {
    code_34: String,
    name_34: String,
    region_name: String,
    order_in_region: u8,
}

impl Geography {
    /// Reads both lists from the template files.
    ///
    /// # Errors
    /// With file and line, when a row cannot be read or names a region that its list does not have.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let (mut faults, mut unknown) = (Vec::new(), Vec::new());
        let mut provinces = Vec::new();
        let regions = load_regions(templates)?;
        let mut order_of = |system: ProvinceSystem, (file, at): (&str, usize), name: &str| {
            let own = || regions.iter().filter(|r| r.system == system);
            own().find(|r| r.name == name).map_or_else(
                || {
                    let valid = own().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", ");
                    let message = format!("`{name}`: no region of {REGIONS_FILE}; valid: {valid}");
                    unknown.push(TemplateFault { file: file.to_owned(), line: at + 2, message });
                    0
                },
                |r| r.order,
            )
        };
        for (at, row) in rows::<Row63>(templates, PROVINCES_63_FILE, &mut faults)?.into_iter().enumerate() {
            let region_order = order_of(ProvinceSystem::P63, (PROVINCES_63_FILE, at), &row.region_name);
            provinces.push(Province {
                system: ProvinceSystem::P63,
                code: row.gso_code_63,
                name: row.name,
                aliases: row.aliases.split('|').map(str::to_owned).filter(|a| !a.is_empty()).collect(),
                region: row.region_name,
                region_order,
                order: row.order_in_region,
                code_34: row.code_34,
            });
        }
        for (at, row) in rows::<Row34>(templates, PROVINCES_34_FILE, &mut faults)?.into_iter().enumerate() {
            let region_order = order_of(ProvinceSystem::P34, (PROVINCES_34_FILE, at), &row.region_name);
            let aliases = provinces
                .iter()
                .find(|p| p.name == row.name_34 || p.aliases.contains(&row.name_34))
                .map(|p| {
                    // A province that took another name is still called by the old one.
                    let old = Some(&p.name).filter(|name| **name != row.name_34);
                    p.aliases.iter().chain(old).cloned().collect()
                })
                .unwrap_or_default();
            provinces.push(Province {
                system: ProvinceSystem::P34,
                code: row.code_34.clone(),
                name: row.name_34,
                aliases,
                region: row.region_name,
                region_order,
                order: row.order_in_region,
                code_34: row.code_34,
            });
        }
        faults.append(&mut unknown);
        if !faults.is_empty() {
            return Err(TemplateErrors(faults));
        }
        provinces.sort_by_key(|p| (p.system, p.region_order, p.order));
        let by_code = provinces.iter().enumerate().map(|(at, p)| ((p.system, p.code.clone()), at)).collect();
        Ok(Self { regions, provinces, by_code })
    }

    /// The provinces of one list, in regional order.
    pub fn provinces(&self, system: ProvinceSystem) -> impl Iterator<Item = &Province> {
        self.provinces.iter().filter(move |p| p.system == system)
    }

    /// The regions of one list, in the configured order.
    pub fn regions(&self, system: ProvinceSystem) -> impl Iterator<Item = &Region> {
        self.regions.iter().filter(move |r| r.system == system)
    }

    /// The provinces of the list of 63 that were merged into this one of the list of 34, in regional order.
    pub fn merged_into<'a>(&'a self, code_34: &'a str) -> impl Iterator<Item = &'a Province> {
        self.provinces(ProvinceSystem::P63).filter(move |p| p.code_34 == code_34)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(name: &str, text: &str) -> (tempfile::TempDir, Templates) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let templates = Templates::with_overlay(folder.path()).unwrap();
        (folder, templates)
    }

    #[test]
    fn every_old_province_has_a_new_one() {
        let geography = Geography::load(&Templates::built_in()).unwrap();
        let merged: usize =
            geography.provinces(ProvinceSystem::P34).map(|p| geography.merged_into(&p.code).count()).sum();
        assert_eq!((merged, geography.provinces(ProvinceSystem::P34).count()), (63, 34));
        let delta: Vec<&str> = geography.merged_into("86").map(|p| p.code.as_str()).collect();
        assert_eq!(delta, ["83", "84", "86"]);
    }

    #[test]
    fn a_province_that_was_renamed_answers_to_both_names() {
        let geography = Geography::load(&Templates::built_in()).unwrap();
        let new = geography.get(ProvinceSystem::P34, "46").unwrap();
        assert!(new.name == "Huế" && new.aliases.iter().any(|a| a == "Thừa Thiên Huế"), "{new:?}");
    }

    #[test]
    fn regions_take_the_order_that_is_asked_for() {
        let text = Templates::built_in().read(REGIONS_FILE).unwrap().into_owned();
        let (_folder, templates) =
            overlay(REGIONS_FILE, &text.replace("order = \"yearbook\"", "order = \"mountains-first\""));
        let geography = Geography::load(&templates).unwrap();
        let codes: Vec<&str> = geography.regions(ProvinceSystem::P63).map(|r| r.code.as_str()).collect();
        assert_eq!(codes, ["V2", "V1", "V3", "V4", "V5", "V6"]);
        assert_eq!(geography.provinces(ProvinceSystem::P63).next().map(|p| p.code.as_str()), Some("02"));
    }

    #[test]
    fn faults_name_the_line_and_the_choices() {
        let text = Templates::built_in().read(REGIONS_FILE).unwrap().into_owned();
        let (_folder, templates) = overlay(REGIONS_FILE, &text.replace("order = \"yearbook\"", "order = \"north\""));
        let message = Geography::load(&templates).unwrap_err().to_string();
        assert!(
            message.contains("geography.toml:6: `north`: unknown order; valid: mountains-first, yearbook"),
            "{message}"
        );
        let (_folder, templates) = overlay(REGIONS_FILE, &text.replace("\"V2\", \"V1\"", "\"V2\""));
        assert!(Geography::load(&templates).unwrap_err().to_string().contains("each of these once: V1, V2, V3"));
    }
}
