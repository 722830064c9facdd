//! Turns marked test reports into plain texts and gold tables, for scoring a run of the program from outside:
//! `cargo run --example gold_from_marks -- tests/reports/dev OUT` writes `OUT/txt/*.txt` and `OUT/gold/*.csv`.

#![allow(clippy::print_stdout, reason = "what was written is told")]

#[allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "shared with the tests"
)]
#[path = "../tests/it/marks.rs"]
mod marks;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(source), Some(out), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: gold_from_marks FOLDER_OF_MARK_FILES OUT");
    };
    let reports = marks::read_folder(&source, &marks::Known::built_in()?)?;
    let (texts, gold) = (out.join("txt"), out.join("gold"));
    for folder in [&texts, &gold] {
        fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    }
    for report in &reports {
        let path = texts.join(report.file());
        fs::write(&path, &report.text).with_context(|| format!("{}: cannot be written", path.display()))?;
        let path = gold.join(&report.name).with_extension("csv");
        let file = fs::File::create(&path).with_context(|| format!("{}: cannot be written", path.display()))?;
        report.write_gold(file).with_context(|| format!("{}: cannot be written", path.display()))?;
        println!("{}: province {}, {}, {} rows", report.file(), report.province, report.period, report.rows.len());
    }
    Ok(())
}
