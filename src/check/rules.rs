//! `checks/*.toml`: the thresholds and exceptions of checks.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::dictionary::schema::read_toml;
use crate::dictionary::templates::{TemplateErrors, Templates};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartsFile {
    outside_the_total: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodFile {
    most_months_late: i32,
}

/// What the templates say about checking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Per dimension: categories that stand beside the total rather than in it.
    pub outside_the_total: BTreeMap<String, Vec<String>>,
    /// A report is dated at most this many months after the end of its period.
    pub most_months_late: i32,
}

impl Rules {
    /// Reads the rules from the template files.
    ///
    /// # Errors
    /// With file and line, when a file cannot be read as what it should be.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let (parts, _) = read_toml::<PartsFile>(templates, "checks/parts.toml")?;
        let (period, _) = read_toml::<PeriodFile>(templates, "checks/period.toml")?;
        Ok(Self { outside_the_total: parts.outside_the_total, most_months_late: period.most_months_late })
    }
}
