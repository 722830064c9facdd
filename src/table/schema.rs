//! The columns of `observations`, in the order of the contract, with their types.

use polars::prelude::DataType;

/// Decimals of the column `value`. Money is in whole dong and percentages in percent, so few are ever used; a
/// numeric spreadsheet cell may carry up to seventeen.
pub const VALUE_SCALE: u32 = 18;

/// Decimals of the column `confidence`.
pub const CONFIDENCE_SCALE: u32 = 4;

/// Digits of a decimal column: the most that 128 bits hold.
pub(crate) const PRECISION: usize = 38;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text; empty where there is nothing.
    Text,
    /// An exact decimal with the given number of decimals.
    Decimal(u32),
    /// A whole number that is not negative.
    Count,
}

impl ColumnType {
    /// The type as Polars names it.
    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::Decimal(scale) => DataType::Decimal(PRECISION, scale as usize),
            Self::Count => DataType::UInt64,
        }
    }
}

/// Name and type of each column, in the order of the contract.
pub const COLUMNS: &[(&str, ColumnType)] = &[
    ("id", ColumnType::Text),
    ("province", ColumnType::Text),
    ("province_system", ColumnType::Text),
    ("period", ColumnType::Text),
    ("indicator", ColumnType::Text),
    ("breakdown", ColumnType::Text),
    ("measure", ColumnType::Text),
    ("stated", ColumnType::Text),
    ("value", ColumnType::Decimal(VALUE_SCALE)),
    ("unit", ColumnType::Text),
    ("qualifier", ColumnType::Text),
    ("status", ColumnType::Text),
    ("of", ColumnType::Text),
    ("base", ColumnType::Text),
    ("origin", ColumnType::Text),
    ("confidence", ColumnType::Decimal(CONFIDENCE_SCALE)),
    ("file", ColumnType::Text),
    ("start", ColumnType::Count),
    ("end", ColumnType::Count),
    ("line", ColumnType::Count),
    ("place", ColumnType::Text),
    ("quote", ColumnType::Text),
    ("rule", ColumnType::Text),
];
