//! Which cells of a form wait for a value: blank ones with lines around them, in the rows below the headings.

use std::collections::BTreeMap;

use super::FillError;
use super::cells::{Cells, Spot};
use super::package::{Package, tags};

/// For each style of the workbook, whether its cells have lines around them.
///
/// # Errors
/// When the part of the styles is damaged.
pub(super) fn lined_styles(package: &mut Package<'_>) -> Result<Vec<bool>, FillError> {
    const PATH: &str = "xl/styles.xml";
    let damaged = || FillError::Damaged(PATH.to_owned());
    let text = package.text(PATH)?.unwrap_or_default();
    let block = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}"))?;
        rest.split_once(&format!("</{name}>")).map(|(inner, _)| format!("<x{inner}</x>"))
    };
    let borders = block("borders").unwrap_or_default();
    let lined: Vec<bool> =
        borders.split("<border").skip(1).map(|border| border.contains("style=\"") && !only_none(border)).collect();
    let formats = tags(&block("cellXfs").unwrap_or_default(), "xf").ok_or_else(damaged)?;
    let border = |tag: &super::package::Tag| tag.get("borderId").and_then(|id| id.parse::<usize>().ok());
    Ok(formats.iter().map(|tag| border(tag).and_then(|id| lined.get(id).copied()).unwrap_or(false)).collect())
}

/// Whether every side of a border is told to be without a line.
fn only_none(border: &str) -> bool {
    border.split("style=\"").skip(1).all(|rest| rest.starts_with("none\""))
}

/// The blank cells that wait for a value.
pub(super) fn blanks(sheet: &Cells<'_>, lined: &[bool]) -> Vec<Spot> {
    let words = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    // A merged block says its words over all its columns and rows.
    let mut said: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut headed: BTreeMap<u32, u32> = BTreeMap::new();
    for (spot, cell) in &sheet.cells {
        if !cell.is_text || !words(&cell.text) || super::placeholder::is_one(&cell.text) {
            continue;
        }
        let block = sheet.merges.iter().find(|(first, _)| first == spot).copied();
        let (first, last) = block.unwrap_or((*spot, *spot));
        for row in first.0..=last.0 {
            said.entry(row).or_default().push(first.1);
        }
        for column in first.1..=last.1 {
            headed.entry(column).and_modify(|row| *row = (*row).min(first.0)).or_insert(first.0);
        }
    }
    let waits = |spot: &Spot| {
        let (row, column) = *spot;
        let labelled = said.get(&row).is_some_and(|columns| columns.iter().any(|c| *c < column));
        let below = headed.get(&column).is_some_and(|head| *head < row);
        labelled && below && !sheet.is_covered(*spot)
    };
    let blank = |spot: &Spot| {
        sheet.cells.get(spot).is_none_or(|cell| {
            !cell.is_formula && (cell.text.trim().is_empty() || super::placeholder::is_one(&cell.text))
        })
    };
    let all: Vec<Spot> = sheet.cells.keys().filter(|spot| blank(spot) && waits(spot)).copied().collect();
    let has_lines =
        |spot: &Spot| sheet.cells.get(spot).is_some_and(|cell| lined.get(cell.style_number()) == Some(&true));
    let mut found: Vec<Spot> = all.iter().filter(|spot| has_lines(spot)).copied().collect();
    if found.is_empty() {
        // A form without lines: every place between labels and headings.
        let most = sheet.cells.keys().map(|(_, column)| *column).max().unwrap_or(0);
        let places = said.keys().flat_map(|row| (0..=most).map(|column| (*row, column)));
        found = places.filter(|spot| blank(spot) && waits(spot)).collect();
    }
    // Between headings stand a few blank cells, in the body many.
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for (row, _) in &found {
        *counts.entry(*row).or_insert(0) += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    found.retain(|(row, _)| counts.get(row).is_some_and(|count| count * 2 >= most));
    found
}
