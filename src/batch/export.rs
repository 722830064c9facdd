//! The figures of a run as files for other programs: CSV, JSON, Parquet, SDMX-CSV, whole or split.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::saved::saved_figures;
use crate::dictionary::Dictionary;
use crate::table::{
    FigureRow, Level, TableError, write_figures_csv, write_figures_json, write_figures_parquet, write_sdmx_csv,
};

/// A kind of file that figures are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExportFormat {
    /// Tidy CSV: one figure a row.
    Csv,
    /// An array of objects.
    Json,
    /// A data set in folders, one for each period.
    Parquet,
    /// SDMX-CSV 1.0.
    Sdmx,
}

/// Which figures share a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExportSplit {
    /// Those of one period.
    Period,
    /// Those of one province; regions and the country have files of their own.
    Province,
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The files, sorted.
    pub files: Vec<PathBuf>,
    /// How many figures have no place in SDMX-CSV.
    pub left_out: usize,
}

/// Writes the figures of the run in `out` to `folder`, in each of the formats. Files of these names are replaced, and
/// all periods of the Parquet data set.
///
/// # Errors
/// When the folder does not hold the figures of a run, or a file cannot be written.
pub fn export(
    out: &Path,
    folder: &Path,
    formats: &[ExportFormat],
    split: Option<ExportSplit>,
    dictionary: &Dictionary,
) -> Result<Exported, Failure> {
    let figures = saved_figures(out)?;
    let dimensions: Vec<String> = dictionary.dimensions.iter().map(|d| d.id.clone()).collect();
    let mut exported = Exported { files: Vec::new(), left_out: 0 };
    for format in formats {
        if *format == ExportFormat::Parquet {
            let data_set = folder.join("figures.parquet");
            clear(&data_set)?;
            for (name, rows) in parts(&figures, Some(ExportSplit::Period)) {
                let path = data_set.join(format!("period={name}")).join("part-0.parquet");
                write(&path, &|w| write_figures_parquet(w, &rows))?;
                exported.files.push(path);
            }
            continue;
        }
        let ending = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
            _ => "sdmx.csv",
        };
        for (name, rows) in parts(&figures, split) {
            let stem = if name.is_empty() { "figures".to_owned() } else { format!("figures-{name}") };
            let path = folder.join(format!("{stem}.{ending}"));
            match format {
                ExportFormat::Csv => write(&path, &|w| write_figures_csv(w, &rows))?,
                ExportFormat::Json => write(&path, &|w| write_figures_json(w, &rows))?,
                _ => {
                    let left = std::cell::Cell::new(0);
                    write(&path, &|w| write_sdmx_csv(w, &rows, &dimensions).map(|count| left.set(count)))?;
                    exported.left_out += left.get();
                }
            }
            exported.files.push(path);
        }
    }
    exported.files.sort();
    Ok(exported)
}

/// The figures of each file by what its name says; the order within is kept.
fn parts(figures: &[FigureRow], split: Option<ExportSplit>) -> BTreeMap<String, Vec<FigureRow>> {
    let mut parts: BTreeMap<String, Vec<FigureRow>> = BTreeMap::new();
    for row in figures {
        let name = match split {
            None => String::new(),
            Some(ExportSplit::Period) => row.period.file_stem(),
            Some(ExportSplit::Province) => match row.level {
                // Names that sort: the list, the country, its regions, its provinces.
                Level::Country => format!("{}-0-{}", row.province_system, row.area),
                Level::Region => format!("{}-1-{}", row.province_system, row.area),
                Level::Province => format!("{}-2-{}", row.province_system, row.area),
            },
        };
        parts.entry(name).or_default().push(row.clone());
    }
    parts
}

/// Takes away the periods of an earlier export, and nothing else.
fn clear(data_set: &Path) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(data_set) else { return Ok(()) };
    for folder in entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with("period=")) {
        let path = folder.path().join("part-0.parquet");
        if path.is_file() {
            fs::remove_file(&path).map_err(|error| cannot_write(&path, &error))?;
            // A folder that holds more than ours stays.
            drop(fs::remove_dir(folder.path()));
        }
    }
    Ok(())
}

fn cannot_write(path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    let (path, cause) = (path.display().to_string(), cause.to_string());
    Failure::new("export-write", &[("path", &path), ("cause", &cause)])
}

fn write(path: &Path, content: &dyn Fn(&mut Vec<u8>) -> Result<(), TableError>) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    content(&mut bytes).map_err(|error| cannot_write(path, &error))?;
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    fs::write(path, bytes).map_err(|error| cannot_write(path, &error))
}
