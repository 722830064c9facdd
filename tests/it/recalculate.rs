//! Every formula of a workbook, calculated again by another program.
//!
//! LibreOffice trusts the results that are stored beside formulas unless its profile tells it to calculate on
//! loading; the planted wrong result makes sure that it did. Without LibreOffice these tests have nothing to ask and
//! pass, unless `TONGHOP_NEEDS_SOFFICE` is set, as `.ci/run` does.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader, Xlsx};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::national::workbook;

/// Tells LibreOffice to calculate workbooks of other programs again when it loads them.
const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// The workbook as LibreOffice saves it after calculating; none where there is no LibreOffice.
fn recalculated(bytes: &[u8]) -> Option<Vec<u8>> {
    let found = Command::new("soffice").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(std::env::var_os("TONGHOP_NEEDS_SOFFICE").is_none(), "soffice is not there");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::write(profile.join("user/registrymodifications.xcu"), PROFILE).unwrap();
    std::fs::write(folder.path().join("book.xlsx"), bytes).unwrap();
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"])
        .arg(folder.path().join("out"))
        .arg(folder.path().join("book.xlsx"))
        .output()
        .unwrap();
    let saved = folder.path().join("out/book.xlsx");
    assert!(saved.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read(saved).unwrap())
}

type Cells = BTreeMap<(String, u32, u32), Data>;

/// All cells of a workbook, and those of them that are formulas.
fn cells(bytes: &[u8]) -> (Cells, BTreeMap<(String, u32, u32), String>) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let (mut values, mut formulas) = (Cells::new(), BTreeMap::new());
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let place = (name.clone(), top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
            values.insert(place, data.clone());
        }
        let range = book.worksheet_formula(&name).unwrap();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, formula) in range.used_cells().filter(|(_, _, formula)| !formula.is_empty()) {
            let place = (name.clone(), top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
            formulas.insert(place, formula.clone());
        }
    }
    (values, formulas)
}

fn number(data: Option<&Data>) -> Option<f64> {
    match data? {
        Data::Float(value) => Some(*value),
        Data::Int(value) => Some(*value as f64),
        _ => None,
    }
}

/// The formulas whose stored result is not what LibreOffice gives, to 12 significant digits; and how many there are.
fn wrong(bytes: &[u8], recalculated: &[u8]) -> (Vec<String>, usize) {
    let (ours, formulas) = cells(bytes);
    let (theirs, kept) = cells(recalculated);
    let mut wrong = Vec::new();
    for (place, data) in ours.iter().chain(&theirs) {
        if matches!(data, Data::Error(_)) {
            wrong.push(format!("{place:?} is an error: {data}"));
        }
    }
    for (place, formula) in &formulas {
        let same = match (number(ours.get(place)), number(theirs.get(place))) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs() <= ours.abs().max(theirs.abs()) * 1e-12,
            _ => false,
        };
        if !same {
            let (ours, theirs) = (ours.get(place), theirs.get(place));
            wrong.push(format!("{place:?} ={formula}: stored {ours:?}, calculated {theirs:?}"));
        }
    }
    assert_eq!(formulas.len(), kept.len(), "LibreOffice must have kept the formulas");
    (wrong, formulas.len())
}

/// The workbook with the stored result of the first formula of its first sheet changed.
fn with_a_wrong_result(bytes: &[u8]) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let text = String::from_utf8(content).unwrap();
            let at = text.find("</f><v>").unwrap() + "</f><v>".len();
            content = format!("{}9{}", &text[..at], &text[at..]).into_bytes();
        }
        to.start_file(name, SimpleFileOptions::default()).unwrap();
        to.write_all(&content).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn every_formula_gives_the_result_stored_beside_it() {
    let bytes = workbook("2024-M05");
    let Some(again) = recalculated(&bytes) else { return };
    let (faults, count) = wrong(&bytes, &again);
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 1000, "{count}");
    let planted = with_a_wrong_result(&bytes);
    let again = recalculated(&planted).unwrap();
    let (faults, _) = wrong(&planted, &again);
    assert_eq!(faults.len(), 1, "the planted wrong result must be seen, and nothing else: {faults:?}");
    // For looking at.
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("national.xlsx"), bytes).unwrap();
}
