//! Existing forms, filled: `tests/forms/` were made in LibreOffice and resemble no layout of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use regex::Regex;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use tonghop::consolidate::{Area, Boundaries, Consolidated, Input, Wording, consolidate};
use tonghop::dictionary::Dictionary;
use tonghop::dictionary::templates::Templates;
use tonghop::fill::{Filled, Outcome, Request, Whom, Words, fill};
use tonghop::observation::Observation;
use zip::ZipArchive;

use crate::annex::observation;

const FACTS: &[&str] = &[
    "84 2023-Q2 employment.jobs_created plan 20000",
    "84 2023-Q2 employment.jobs_created actual 2650",
    "84 2023-Q2 employment.jobs_created cumulative 10325",
    "84 2023-Q2 employment.jobs_created[sex=female] actual 1120",
    "84 2023-Q2 employment.overseas_workers plan 400",
    "84 2023-Q2 employment.overseas_workers actual 101",
    "84 2023-Q2 employment.overseas_workers cumulative 344",
    "84 2023-Q2 employment.loan_amount actual 11076000000",
    "84 2023-Q2 employment.loan_amount cumulative 20000500000",
    "84 2023-Q2 poverty.poor_households actual 9214",
    "84 2023-Q2 vocational.enrolled actual 800",
    "84 2023-Q2 vocational.enrolled[sex=female] actual 300",
    "94 2023-Q2 employment.jobs_created actual 6208",
    "94 2023-Q2 employment.jobs_created cumulative 17500",
    "94 2023-Q2 employment.loan_amount actual 223227385",
    "01 2023-Q2 employment.jobs_created plan 160000",
    "01 2023-Q2 employment.jobs_created actual 50000",
    "01 2023-Q2 employment.jobs_created cumulative 90000",
    "01 2023-Q2 employment.loan_amount actual 5000000000",
    "01 2023-Q2 vocational.enrolled actual 4000",
    "01 2023-Q2 vocational.enrolled[sex=female] actual 1500",
];

struct Office {
    dictionary: Dictionary,
    words: Words,
    consolidated: Consolidated,
}

impl Office {
    fn new() -> Self {
        let templates = Templates::built_in();
        let dictionary = Dictionary::load(&templates).unwrap();
        let observations: Vec<Observation> = FACTS.iter().enumerate().map(|(at, fact)| observation(at, fact)).collect();
        let consolidated = consolidate(&Input {
            observations: &observations,
            reports: &[],
            register: &dictionary.register,
            geography: &dictionary.geography,
            wording: &Wording::load(&templates).unwrap(),
            plans: &[],
            revisions: &FxHashMap::default(),
            review_threshold: Decimal::new(6, 1),
            periods: &[],
            boundaries: Boundaries::AsReported,
        })
        .unwrap();
        Self { words: Words::load(&templates).unwrap(), dictionary, consolidated }
    }

    fn fill(&self, form: &str, whom: &Whom) -> (Vec<u8>, Filled) {
        let bytes = std::fs::read(format!("{}/tests/forms/{form}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let request = Request {
            file: form,
            period: "2023-Q2".parse().unwrap(),
            whom,
            name: "Trà Vinh",
            period_words: "quý II năm 2023",
            consolidated: &self.consolidated,
            dictionary: &self.dictionary,
            words: &self.words,
        };
        let filled = fill(&bytes, &request).unwrap();
        // For looking at.
        std::fs::write(format!("{}/{form}", env!("CARGO_TARGET_TMPDIR")), &filled.bytes).unwrap();
        (bytes, filled)
    }
}

/// The cells of the first sheet that have a value, by their addresses.
fn values(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let (top, left) = range.start().unwrap();
    let cells = range.used_cells().filter(|(_, _, data)| !matches!(data, Data::Empty));
    cells
        .map(|(row, column, data)| {
            let letter = char::from(b'A' + u8::try_from(column).unwrap() + u8::try_from(left).unwrap());
            (format!("{letter}{}", row + 1 + usize::try_from(top).unwrap()), data.to_string())
        })
        .collect()
}

/// What differs between the values of two workbooks, by cell.
fn changed(before: &[u8], after: &[u8]) -> Vec<(String, String)> {
    let before = values(before);
    let after = values(after);
    after.into_iter().filter(|(cell, text)| before.get(cell) != Some(text)).collect()
}

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        parts.insert(name, content);
    }
    parts
}

/// Nothing but the values of these cells differs: every other part is the same to the byte, the sheet's too once the
/// cells are taken out of it, and the workbook's but for the order to calculate anew.
fn nothing_else_changed(before: &[u8], filled: &Filled) {
    let (old, new) = (parts(before), parts(&filled.bytes));
    assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
    let differing: BTreeSet<&String> = old.keys().filter(|name| old[*name] != new[*name]).collect();
    assert_eq!(differing.into_iter().collect::<Vec<_>>(), ["xl/workbook.xml", "xl/worksheets/sheet1.xml"]);
    let text = |parts: &BTreeMap<String, Vec<u8>>, name: &str| String::from_utf8(parts[name].clone()).unwrap();
    let workbook = text(&new, "xl/workbook.xml").replacen(" fullCalcOnLoad=\"1\"", "", 1);
    assert_eq!(workbook, text(&old, "xl/workbook.xml"));
    let without = |xml: String| {
        let cell = Regex::new(r#"<c r="([A-Z]+[0-9]+)"( s="[0-9]+")?[^>]*?(/>|>.*?</c>)"#).unwrap();
        let put: BTreeSet<&str> = filled
            .cells
            .iter()
            .filter(|cell| matches!(cell.outcome, Outcome::Filled { .. } | Outcome::Written(_)))
            .map(|cell| cell.cell.as_str())
            .collect();
        let take = |found: &regex::Captures<'_>| match put.contains(&found[1]) {
            true => format!("<{} {}>", &found[1], found.get(2).map_or("", |style| style.as_str())),
            false => found[0].to_owned(),
        };
        cell.replace_all(&xml, take).into_owned()
    };
    let sheet = "xl/worksheets/sheet1.xml";
    assert_eq!(without(text(&old, sheet)), without(text(&new, sheet)));
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(cell, text)| ((*cell).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn the_form_of_one_province_gets_its_figures_and_nothing_else() {
    let office = Office::new();
    let (before, filled) = office.fill("province.xlsx", &Whom::Province("84".to_owned()));
    let expected = pairs(&[
        ("A5", "Tỉnh Trà Vinh, quý II năm 2023"),
        ("D11", "20000"),
        ("D13", "400"),
        ("E11", "2650"),
        ("E12", "1120"),
        ("E13", "101"),
        ("E14", "11076"),
        ("E16", "9214"),
        ("F11", "10325"),
        ("F13", "344"),
        ("F14", "20000.5"),
        ("F16", "9214"),
        ("G11", "51.625"),
        ("G13", "86"),
    ]);
    assert_eq!(changed(&before, &filled.bytes), expected);
    let untold: Vec<&str> = filled
        .cells
        .iter()
        .filter(|cell| matches!(cell.outcome, Outcome::Untold(_)))
        .map(|cell| cell.cell.as_str())
        .collect();
    assert_eq!(untold, ["D17", "E17", "F17", "G17"]);
    nothing_else_changed(&before, &filled);
}

#[test]
fn the_form_of_all_provinces_gets_provinces_regions_and_country() {
    let office = Office::new();
    let (before, filled) = office.fill("provinces.xlsx", &Whom::Area(Area::Country));
    let mut expected = Vec::new();
    for (row, cells) in [
        (6, [("C", "117825"), ("D", "58858"), ("F", "4800"), ("G", "1800"), ("H", "16299.227385")].as_slice()),
        (7, &[("C", "90000"), ("D", "50000"), ("E", "160000"), ("F", "4000"), ("G", "1500"), ("H", "5000")]),
        (8, &[("C", "90000"), ("D", "50000"), ("E", "160000"), ("F", "4000"), ("G", "1500"), ("H", "5000")]),
        (11, &[("C", "27825"), ("D", "8858"), ("E", "20000"), ("F", "800"), ("G", "300"), ("H", "11299.227385")]),
        (12, &[("C", "10325"), ("D", "2650"), ("E", "20000"), ("F", "800"), ("G", "300"), ("H", "11076")]),
        (13, &[("C", "17500"), ("D", "6208"), ("H", "223.227385")]),
    ] {
        expected.extend(cells.iter().map(|(column, text)| (format!("{column}{row}"), (*text).to_owned())));
    }
    expected.sort();
    assert_eq!(changed(&before, &filled.bytes), expected);
    assert!(filled.cells.iter().all(|cell| !matches!(cell.outcome, Outcome::Untold(_))), "{:?}", filled.cells);
    nothing_else_changed(&before, &filled);
}

#[test]
fn the_same_form_gives_the_same_bytes() {
    let office = Office::new();
    let whom = Whom::Province("84".to_owned());
    assert!(office.fill("province.xlsx", &whom).1 == office.fill("province.xlsx", &whom).1);
}
