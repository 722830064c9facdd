//! The canonical table: its columns and types, the way from observations to a frame and back, and the files of
//! a run that are tables.
//!
//! Observations flow in; `observations.csv` and `.parquet`, `ledger.csv`, `findings.csv`, `reports.csv` and
//! `corrections.csv` flow out. Every writer sorts what it is given, so the bytes do not depend on the order of the work.

mod corrections;
mod csv_file;
mod error;
mod figures;
mod frame;
mod other_files;
mod read_back;
mod row;
mod schema;
mod sdmx;

pub use corrections::{CorrectionRow, read_corrections_csv, write_corrections_csv};
pub use csv_file::{read_observations_csv, write_observations_csv};
pub use error::TableError;
pub use figures::{
    COMPUTED_DECIMALS, FigureRow, Level, read_figures_csv, write_figures_csv, write_figures_json, write_figures_parquet,
};
pub(crate) use frame::{decimal_of, decimal_series};
pub use frame::{from_frame, to_frame, write_parquet};
pub use other_files::{ReportRow, finding_id, write_findings_csv, write_ledger_csv, write_reports_csv};
pub use read_back::{read_findings_csv, read_ledger_csv, read_reports_csv};
pub use schema::{COLUMNS, CONFIDENCE_SCALE, ColumnType, VALUE_SCALE};
pub use sdmx::write_sdmx_csv;
