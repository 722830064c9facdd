//! Reads the narrative reports of provincial labour departments into a canonical indicator table, consolidates
//! it across provinces and periods, and writes the ministry's Excel annexes.
//!
//! Data flows one way: file → `input` → `document` → `mention` → `observation` → `table` → `consolidate` →
//! `annex` → workbook. `ARCHITECTURE.md` tells what each room does and what is deliberately absent.

pub mod annex;
pub mod batch;
pub mod changes;
pub mod check;
pub mod cli;
pub mod compare;
pub mod completeness;
pub mod consolidate;
pub mod coverage;
pub mod diagnostic;
pub mod dictionary;
pub mod document;
pub mod evidence;
pub mod examples;
pub mod fill;
pub mod input;
pub mod mention;
pub mod message;
pub mod observation;
pub mod period;
pub mod pipeline;
pub mod report;
pub mod review;
pub mod table;
pub mod text;
pub mod verify;
