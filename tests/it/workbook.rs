//! A workbook filled in as an officer would: cells of chosen columns set in the file itself, all else left as it is.

use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xlsx};
use regex::Regex;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A review workbook and the cells to fill in.
pub(crate) struct Filling {
    bytes: Vec<u8>,
    /// Sheet, row and column from 0, text.
    cells: Vec<(String, u32, u32, String)>,
}

impl Filling {
    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, cells: Vec::new() }
    }

    fn range(&self, sheet: &str) -> calamine::Range<Data> {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(self.bytes.clone())).unwrap();
        workbook.worksheet_range(sheet).unwrap_or_else(|error| panic!("{sheet}: {error}"))
    }

    /// The visible rows of a sheet as maps from the names of the hidden row to texts.
    pub(crate) fn rows(&self, sheet: &str) -> Vec<std::collections::BTreeMap<String, String>> {
        let range = self.range(sheet);
        let (last_row, last_column) = range.end().unwrap();
        let text = |row, column| range.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
        (4..=last_row)
            .map(|row| (0..=last_column).map(|column| (text(2, column), text(row, column))).collect())
            .collect()
    }

    /// Fills columns of the first row of which `is_it` holds.
    #[track_caller]
    pub(crate) fn fill(&mut self, sheet: &str, is_it: impl Fn(&str) -> bool, values: &[(&str, &str)]) {
        let range = self.range(sheet);
        let (last_row, last_column) = range.end().unwrap();
        let text = |row, column| range.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
        let whole = |row: u32| (0..=last_column).map(|column| text(row, column)).collect::<Vec<_>>().join("\t");
        let row = (4..=last_row).find(|row| is_it(&whole(*row))).unwrap_or_else(|| panic!("no such row in {sheet}"));
        for (name, value) in values {
            let column = (0..=last_column).find(|column| text(2, *column) == *name).unwrap();
            self.cells.push((sheet.to_owned(), row, column, (*value).to_owned()));
        }
    }

    /// Fills the two default cells of the guide.
    pub(crate) fn defaults(&mut self, sheet: &str, name: &str, time: &str) {
        let range = self.range(sheet);
        let (last_row, _) = range.end().unwrap();
        for (mark, value) in [("@name", name), ("@time", time)] {
            let is_it = |row: &u32| range.get_value((*row, 3)).is_some_and(|cell| cell.to_string() == mark);
            let row = (0..=last_row).find(is_it).unwrap();
            self.cells.push((sheet.to_owned(), row, 1, value.to_owned()));
        }
    }

    /// The bytes of the filled workbook.
    pub(crate) fn save(self) -> Vec<u8> {
        let names = Xlsx::new(Cursor::new(self.bytes.clone())).unwrap().sheet_names();
        let mut archive = ZipArchive::new(Cursor::new(self.bytes)).unwrap();
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let number = Regex::new(r"^xl/worksheets/sheet(\d+)\.xml$").unwrap();
            if let Some(found) = number.captures(&name) {
                let sheet = &names[found[1].parse::<usize>().unwrap() - 1];
                let mut text = String::from_utf8(bytes).unwrap();
                for (own, row, column, value) in &self.cells {
                    if own == sheet {
                        text = set(&text, *row, *column, value);
                    }
                }
                bytes = text.into_bytes();
            }
            out.start_file(name, SimpleFileOptions::default()).unwrap();
            out.write_all(&bytes).unwrap();
        }
        out.finish().unwrap().into_inner()
    }
}

/// The sheet's text with one empty cell filled: a number as a number, all else as text.
fn set(text: &str, row: u32, column: u32, value: &str) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.insert(0, char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap()));
        rest = (rest - 1) / 26;
    }
    let address = format!("{letters}{}", row + 1);
    let empty = Regex::new(&format!(r#"<c r="{address}"( s="\d+")?/>"#)).unwrap();
    assert!(empty.is_match(text), "{address} is no empty cell");
    let style = empty.captures(text).unwrap().get(1).map_or("", |s| s.as_str()).to_owned();
    let cell = if value.parse::<f64>().is_ok() {
        format!(r#"<c r="{address}"{style}><v>{value}</v></c>"#)
    } else {
        let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
        format!(r#"<c r="{address}"{style} t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>"#)
    };
    empty.replace(text, regex::NoExpand(&cell)).into_owned()
}
