//! What can go wrong between observations, frames and files.

use polars::prelude::PolarsError;

/// A table that could not be built, read or written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A value has more decimals or digits than its column holds.
    #[error("observation `{id}`: column `{column}` cannot hold {value} exactly")]
    DoesNotFit {
        /// Id of the observation.
        id: String,
        /// Name of the column.
        column: &'static str,
        /// The value.
        value: String,
    },
    /// A cell does not hold what its column declares.
    #[error("row {row}, column `{column}`: {message}")]
    BadCell {
        /// 1-based row, the header not counted.
        row: usize,
        /// Name of the column.
        column: &'static str,
        /// What was found, and what was expected.
        message: String,
    },
    /// The header is not that of the table.
    #[error("the header is `{found}`; expected `{expected}`")]
    BadHeader {
        /// The columns found, joined by a comma.
        found: String,
        /// The columns of the contract, joined by a comma.
        expected: String,
    },
    /// Polars could not do a step.
    #[error("{step}: {source}")]
    Frame {
        /// What was being computed.
        step: &'static str,
        /// The cause.
        source: PolarsError,
    },
    /// A CSV file could not be read or written.
    #[error("csv: {0}")]
    Csv(#[from] csv::Error),
    /// The bytes could not be written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl TableError {
    /// Wraps an error of Polars with the step that failed.
    pub(crate) fn frame(step: &'static str) -> impl FnOnce(PolarsError) -> Self {
        move |source| Self::Frame { step, source }
    }
}
