//! One observation as the texts of its cells, and back: the single place that ties fields to columns.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::error::TableError;
use super::schema::COLUMNS;
use crate::observation::Observation;

/// The texts of an observation's cells, in the order of the columns; decimals without trailing zeros.
pub(super) fn cells(observation: &Observation) -> Vec<String> {
    let o = observation;
    vec![
        o.id.clone(),
        o.province.clone(),
        o.province_system.clone(),
        o.period.map(|p| p.to_string()).unwrap_or_default(),
        o.indicator.clone(),
        o.breakdown.to_string(),
        o.measure.code().to_owned(),
        o.stated.clone(),
        o.value.normalize().to_string(),
        o.unit.clone(),
        o.qualifier.code().to_owned(),
        o.status.code().to_owned(),
        o.of.map(|m| m.code().to_owned()).unwrap_or_default(),
        o.base.clone(),
        o.origin.code().to_owned(),
        o.confidence.normalize().to_string(),
        o.file.clone(),
        o.start.to_string(),
        o.end.to_string(),
        o.line.to_string(),
        o.place.clone(),
        o.quote.clone(),
        o.rule.clone(),
    ]
}

/// The cells of one row on the way back, taken in the order of the columns.
pub(super) struct Cells<I> {
    cells: I,
    at: usize,
    row: usize,
}

impl<I: Iterator<Item = String>> Cells<I> {
    /// The cells of the 1-based row `row`.
    pub(super) fn new(row: usize, cells: I) -> Self {
        Self { cells, at: 0, row }
    }

    fn text(&mut self) -> Result<String, TableError> {
        self.at += 1;
        self.cells.next().ok_or_else(|| self.bad("the cell is missing".to_owned()))
    }

    fn bad(&self, message: String) -> TableError {
        let column = COLUMNS.get(self.at.saturating_sub(1)).map_or("", |(name, _)| name);
        TableError::BadCell { row: self.row, column, message }
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self) -> Result<T, TableError> {
        let text = self.text()?;
        text.parse().map_err(|error| self.bad(format!("`{text}`: {error}")))
    }

    fn optional<T: FromStr<Err: std::fmt::Display>>(&mut self) -> Result<Option<T>, TableError> {
        let text = self.text()?;
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|error| self.bad(format!("`{text}`: {error}")))
    }

    fn decimal(&mut self) -> Result<Decimal, TableError> {
        let text = self.text()?;
        Decimal::from_str_exact(&text).map_err(|error| self.bad(format!("`{text}`: {error}")))
    }

    /// The observation that the cells make.
    pub(super) fn observation(mut self) -> Result<Observation, TableError> {
        Ok(Observation {
            id: self.text()?,
            province: self.text()?,
            province_system: self.text()?,
            period: self.optional()?,
            indicator: self.text()?,
            breakdown: self.parsed()?,
            measure: self.parsed()?,
            stated: self.text()?,
            value: self.decimal()?,
            unit: self.text()?,
            qualifier: self.parsed()?,
            status: self.parsed()?,
            of: self.optional()?,
            base: self.text()?,
            origin: self.parsed()?,
            confidence: self.decimal()?,
            file: self.text()?,
            start: self.parsed()?,
            end: self.parsed()?,
            line: self.parsed()?,
            place: self.text()?,
            quote: self.text()?,
            rule: self.text()?,
        })
    }
}
