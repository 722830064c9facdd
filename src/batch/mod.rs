//! A folder of reports to the files of a run: finds the reports, reads them in parallel, settles which ones count,
//! and writes all outputs at once or none.

mod again;
mod clause;
mod content;
mod corrections;
mod evidence;
mod export;
mod failure;
mod fill;
mod find;
mod identity;
mod letter;
mod manifest;
mod outputs;
mod province;
mod read;
mod review;
mod run;
mod saved;
mod side_files;
mod staging;
mod stored;
mod survey;
mod validation;

pub use again::{Again, workbook_again};
pub(crate) use clause::Clauses;
pub use evidence::write_evidence_of;
pub use export::{ExportFormat, ExportSplit, Exported, export};
pub use failure::{Failure, Problem};
pub use fill::{FillOptions, fill_form};
pub use letter::write_letters;
pub use outputs::Split;
pub use province::ProvinceChoice;
pub use review::{ReviewDone, write_review_of};
pub use run::{Options, Outcome, Progress, READER_THREAD, Resources, WORKER_COMMAND, run};
pub use saved::{saved_figures, saved_run};
pub use survey::survey;
