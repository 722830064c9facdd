//! `checks/*.toml`: the thresholds and exceptions of checks, and the checks that an office declares.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::declared::{self, Declared};
use crate::dictionary::register::Register;
use crate::dictionary::schema::read_toml;
use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};

/// Files below `checks/` that hold thresholds; all others declare checks.
const OWN_FILES: [&str; 4] = ["checks/between.toml", "checks/parts.toml", "checks/period.toml", "checks/printed.toml"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartsFile {
    only_as_told: Vec<String>,
    outside_the_total: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodFile {
    most_months_late: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrintedFile {
    reach: Decimal,
    near: Decimal,
}

/// How values that stand out are told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outliers {
    /// Fewer values than this tell no usual size.
    pub least_values: usize,
    /// A value is unusual when it is at least so many times greater or smaller than the median …
    pub least_factor: Decimal,
    /// … and at least so many times farther from it, as a ratio, than the middle one of the others is.
    pub least_spread: Decimal,
    /// Values below this are too small to say anything.
    pub least_value: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BetweenFile {
    least_values_to_check: usize,
    outliers: Outliers,
}

/// What the templates say about checking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Per dimension: categories that stand beside the total rather than in it.
    pub outside_the_total: BTreeMap<String, Vec<String>>,
    /// Dimensions by which values are parts of another only where the text tells them as such.
    pub only_as_told: Vec<String>,
    /// A report is dated at most this many months after the end of its period.
    pub most_months_late: i32,
    /// How far «more than», «nearly» and «about» may reach, as a share of the value.
    pub reach: Decimal,
    /// Two values of one thing that differ by at most this share of the greater speak of the same.
    pub near: Decimal,
    /// In a run of so many values some relation must have been checked.
    pub least_values_to_check: usize,
    /// How values that stand out are told.
    pub outliers: Outliers,
    /// The declared checks, in the order of their files.
    pub declared: Vec<Declared>,
}

impl Rules {
    /// Reads the rules from the template files.
    ///
    /// # Errors
    /// With file and line: a file that cannot be read as what it should be, a declared check that names what the
    /// register does not know or fails its own examples; or no declared check at all.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let mut faults = Vec::new();
        let mut keep = |TemplateErrors(found): TemplateErrors| faults.extend(found);
        let parts = read_toml::<PartsFile>(templates, "checks/parts.toml").map_err(&mut keep).ok();
        let period = read_toml::<PeriodFile>(templates, "checks/period.toml").map_err(&mut keep).ok();
        let printed = read_toml::<PrintedFile>(templates, "checks/printed.toml").map_err(&mut keep).ok();
        let between = read_toml::<BetweenFile>(templates, "checks/between.toml").map_err(&mut keep).ok();
        let register = Register::load(templates).map_err(&mut keep).ok();
        let mut declared: Vec<Declared> = Vec::new();
        for file in templates.names("checks/") {
            if let Some(register) = register.as_ref().filter(|_| !OWN_FILES.contains(&file.as_str())) {
                declared.extend(declared::load(templates, &file, register).map_err(&mut keep).unwrap_or_default());
            }
        }
        if declared.is_empty() && faults.is_empty() {
            let message = "no check is declared below checks/; declare one with [[check]]".to_owned();
            faults.push(TemplateFault { file: "checks".to_owned(), line: 0, message });
        }
        let mut ids: Vec<&str> = declared.iter().map(|d| d.id.as_str()).collect();
        ids.sort_unstable();
        if let Some(twice) =
            ids.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first())).flatten()
        {
            let message = format!("`{twice}`: two checks have this id");
            faults.push(TemplateFault { file: "checks".to_owned(), line: 0, message });
        }
        match (parts, period, printed, between) {
            (Some((parts, _)), Some((period, _)), Some((printed, _)), Some((between, _))) if faults.is_empty() => {
                Ok(Self {
                    outside_the_total: parts.outside_the_total,
                    only_as_told: parts.only_as_told,
                    most_months_late: period.most_months_late,
                    reach: printed.reach,
                    near: printed.near,
                    least_values_to_check: between.least_values_to_check,
                    outliers: between.outliers,
                    declared,
                })
            }
            _ => Err(TemplateErrors(faults)),
        }
    }
}
