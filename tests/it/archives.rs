//! Archives of reports, old encodings, places and copies in other formats, on the real program.

use std::fs;
use std::io::Write;
use std::path::Path;

use zip::write::SimpleFileOptions;

use crate::support::{Office, nam_dinh};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name)).unwrap()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn reports_in_archives_are_reports() {
    let office = Office::new();
    let inner = zipped(&[("c.docx", &fixture("dak-lak-2024-q1.docx"))]);
    let archive = zipped(&[
        ("a.docx", &fixture("bac-lieu-2024-q1.docx")),
        ("../../b.txt", nam_dinh(120).as_bytes()),
        ("__MACOSX/._a.docx", b"x"),
        ("thu muc/inner.zip", &inner),
        ("bad.pdf", b"%PDF-1.4"),
    ]);
    office.write("reports/all.zip", archive);
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, &[]);
    let rows = office.table("out/reports.csv");
    let files: Vec<(&str, &str)> = rows.iter().map(|r| (r["file"].as_str(), r["status"].as_str())).collect();
    assert_eq!(
        files,
        [
            ("all.zip/a.docx", "read"),
            ("all.zip/b.txt", "read"),
            ("all.zip/bad.pdf", "refused"),
            ("all.zip/thu muc/inner.zip/c.docx", "read"),
        ]
    );
    assert!(office.path("out/text/all.zip/thu muc/inner.zip/c.docx.txt").exists());
    assert!(!office.path("b.txt").exists() && !office.path("out/b.txt").exists());
    // A list may speak of a file in an archive.
    office.write("reports/report-list.csv", "file,province,period\nall.zip/b.txt,Hà Nam,2023-Q3\n");
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, &[]);
    let rows = office.table("out/reports.csv");
    assert_eq!((rows[1]["province"].as_str(), rows[1]["period"].as_str()), ("35", "2023-Q3"));
}

#[test]
fn one_report_in_three_formats_is_one_report() {
    let office = Office::new();
    for ending in ["docx", "pdf", "html", "txt"] {
        office.write(&format!("reports/a.{ending}"), fixture(&format!("bac-lieu-2024-q1.{ending}")));
    }
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &[]);
    let rows = office.table("out/reports.csv");
    let status: Vec<(&str, &str)> = rows.iter().map(|r| (r["file"].as_str(), r["status"].as_str())).collect();
    assert_eq!(status, [("a.docx", "read"), ("a.html", "duplicate"), ("a.pdf", "duplicate"), ("a.txt", "duplicate")]);
}

#[test]
fn places_are_those_of_the_file() {
    let office = Office::new();
    office.write("reports/a.docx", fixture("nam-dinh-2024-05.docx"));
    office.write("reports/b.pdf", fixture("bac-lieu-2024-q2.pdf"));
    office.write("reports/c.docx", fixture("lam-dong-2025-09.docx"));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &[]);
    let rows = office.table("out/observations.csv");
    let place = |file: &str, stated: &str| {
        let found = rows.iter().rfind(|o| o["file"] == file && o["stated"] == stated);
        found.unwrap_or_else(|| panic!("{file}: {stated}"))["place"].clone()
    };
    assert_eq!(place("a.docx", "39,00"), "bảng 1, hàng 3, cột 7");
    assert_eq!(place("a.docx", "3.021"), "đoạn 14");
    assert_eq!(place("b.pdf", "4.655"), "trang 1");
    assert_eq!(place("c.docx", "141"), "chú thích 1");
}

#[test]
fn old_encodings_are_converted_and_told() {
    let office = Office::new();
    let text = nam_dinh(120);
    let written = decomposed(&text);
    let (windows, _, _) = encoding_rs::WINDOWS_1258.encode(&written);
    office.write("reports/1258.txt", windows.as_ref());
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    office.write("reports/wide.txt", wide);
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &[]);
    assert!(office.findings().contains(&"encoding 1258.txt".to_owned()), "{:?}", office.findings());
    assert_eq!(office.read("out/text/1258.txt.txt"), text);
    assert_eq!(office.read("out/text/wide.txt.txt"), text);
}

/// The text as Windows-1258 writes it: letters with their shape, then the tone.
fn decomposed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::new();
    for c in text.chars() {
        let parts: Vec<char> = c.nfd().collect();
        let tone = parts.iter().copied().find(|p| "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*p));
        let shape: String = parts.iter().copied().filter(|p| Some(*p) != tone).nfc().collect();
        out.push_str(&shape);
        out.extend(tone);
    }
    out
}
