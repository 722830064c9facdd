//! All tests from outside, in one program: linking it is what costs.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cmp_owned,
    clippy::expect_used,
    clippy::float_cmp,
    clippy::indexing_slicing,
    clippy::needless_lifetimes,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::regex_creation_in_loops,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on is to fail, and figures are shown when asked for"
)]

mod annex;
mod archives;
mod bad_formats;
mod bad_input;
mod bonds;
mod checks;
mod determinism;
mod dictionary;
mod documents;
mod evidence;
mod exchange;
mod explain;
mod fill;
mod fixtures;
mod forms;
mod layouts;
mod ledger;
mod marks;
mod messages;
mod mutations;
mod national;
mod planted;
mod recalculate;
mod reports;
mod review;
mod run;
mod score;
mod settled;
mod statement;
mod support;
mod templates;
mod tidy;
mod titles;
mod twins;
mod workbook;
mod worked_example;
mod worked_sheets;
