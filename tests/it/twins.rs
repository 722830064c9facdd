//! One report in every format gives the same observations as its text. The files were written by LibreOffice and by
//! python-docx (`tests/fixtures/formats/make.py`), not by this program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tonghop::observation::Observation;
use tonghop::pipeline::{ReadReport, read_report};
use tonghop::report::Assumed;

use crate::support::DICTIONARY;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats")
}

/// All reports of the folder: the stem of the text.
fn stems() -> Vec<String> {
    let mut stems: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".txt")?.to_owned()))
        .collect();
    stems.sort();
    stems
}

/// Reads a file under a name that tells nothing of province or period.
fn read(file: &str) -> ReadReport {
    let bytes = fs::read(folder().join(file)).unwrap();
    read_report("report", &bytes, &Assumed::default(), &DICTIONARY)
        .unwrap_or_else(|refusal| panic!("{file}: {refusal}"))
}

/// An observation without its place and its confidence.
fn line(o: &Observation) -> String {
    let period = o.period.map(|p| p.to_string()).unwrap_or_default();
    let of = o.of.map(|m| m.code()).unwrap_or_default();
    format!(
        "{} {period} {} [{}] {} {of} {}{} {} {}",
        o.province,
        o.indicator,
        o.breakdown,
        o.measure,
        o.qualifier.code(),
        o.value,
        o.status.code(),
        o.origin.code()
    )
}

fn lines(report: &ReadReport) -> Vec<String> {
    let mut lines: Vec<String> = report.extraction.observations.iter().map(line).collect();
    lines.sort();
    lines
}

/// How often each class stands in the ledger, references left out: running heads and list numbers differ.
fn classes(report: &ReadReport) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = report
        .extraction
        .ledger
        .iter()
        .filter(|e| e.class.code() != "reference")
        .map(|e| (e.class.code().to_owned(), e.text.clone()))
        .collect();
    all.sort();
    all
}

fn differences<T: Ord + std::fmt::Debug>(of_text: &[T], of_file: &[T]) -> String {
    let mut out = String::new();
    let (mut a, mut b) = (of_text.iter().peekable(), of_file.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x == y => {
                a.next();
                b.next();
            }
            (Some(x), y) if y.is_none_or(|y| x < y) => {
                writeln!(out, "  only in the text: {x:?}").unwrap();
                a.next();
            }
            (_, Some(y)) => {
                writeln!(out, "  only in the file: {y:?}").unwrap();
                b.next();
            }
            _ => break,
        }
    }
    out
}

#[track_caller]
fn check(ending: &str) {
    let mut faults = String::new();
    let mut count = 0;
    for stem in stems() {
        let file = format!("{stem}{ending}");
        if !folder().join(&file).exists() {
            continue;
        }
        count += 1;
        let (text, twin) = (read(&format!("{stem}.txt")), read(&file));
        let found =
            format!("{}{}", differences(&lines(&text), &lines(&twin)), differences(&classes(&text), &classes(&twin)));
        if !found.is_empty() {
            writeln!(faults, "{file}\n{found}").unwrap();
        }
        if let Ok(out) = std::env::var("TWINS_OUT") {
            fs::write(Path::new(&out).join(format!("{file}.txt")), twin.document.source.as_str()).unwrap();
        }
    }
    assert!(count >= 4, "only {count} files that end with {ending}");
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn word_by_libreoffice() {
    check(".docx");
}

#[test]
fn word_by_python_docx() {
    check("-word.docx");
}

#[test]
fn html_by_libreoffice() {
    check(".html");
}

#[test]
fn pdf_by_libreoffice() {
    check(".pdf");
}

#[test]
fn rtf_by_libreoffice() {
    check(".rtf");
}

#[test]
fn word_97_by_libreoffice() {
    check(".doc");
}
