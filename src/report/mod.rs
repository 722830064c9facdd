//! A report's own facts: who reports, for which period, when, under which number.

mod identify;
mod parts;

pub use identify::{Assumed, identify, is_dated, only_year, period_of_words, province_code, provinces_named};
pub use parts::settle_parts;

use crate::dictionary::geography::ProvinceSystem;
use crate::period::Period;

/// Which calendar the reporting period follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Calendar {
    /// Calendar months.
    Calendar,
    /// From the 15th to the 14th.
    Administrative,
    /// The report does not say.
    #[default]
    Unknown,
}

impl Calendar {
    /// The code as it stands in `reports.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Administrative => "administrative",
            Self::Unknown => "unknown",
        }
    }
}

/// What a report says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFacts {
    /// Two-digit province code; `None` where it could not be told.
    pub province: Option<String>,
    /// The list the code belongs to.
    pub system: ProvinceSystem,
    /// Reporting period; `None` where it could not be told.
    pub period: Option<Period>,
    /// Which calendar.
    pub calendar: Calendar,
    /// Day, month and year of the report, as far as written: `2020-03-16`, `2020-03`.
    pub date: String,
    /// Number and symbol, as written: `145/BC-SLĐTBXH`.
    pub number: String,
    /// 1 for a first report, 2 for `lần 2`.
    pub revision: u8,
    /// From which sign the province was told: `issuer`, `place-date`, `title`, `closing`, `file-name`, `report-list`, `assumed`.
    pub province_sign: &'static str,
    /// From which sign the period was told: `title`, `heading`, `file-name`, `report-list`, `assumed`.
    pub period_sign: &'static str,
}
