//! Contradictions as a run tells them: on the terminal, in its files, and in letters to the provinces.

use std::io::Read;

use crate::support::{Office, report};

/// A report of Nam Định with these sentences.
fn nam_dinh(body: &str) -> String {
    report("Nam Định", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", body)
}

const BROKEN: &str = "Tuyển sinh, đào tạo nghề cho 4.152 người, đạt 45,83% kế hoạch (kế hoạch năm 9.000 người), gồm \
                      cao đẳng 240 người, trung cấp 415 người, sơ cấp 1.270 người, dưới 3 tháng 2.200 người.";

fn document(office: &Office, name: &str) -> String {
    let file = std::fs::File::open(office.path(name)).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut text = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_contradiction_is_told_once_with_its_likely_cause() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(BROKEN));
    let ended = office.tonghop(&["run", "reports", "--out", "out", "--questions", "letters"]);
    let texts = [
        "1 lỗi, 0 cảnh báo",
        "4.152 → 4.125 (dòng 15)",
        "Đã viết 1 thư hỏi vào letters",
        "Quan hệ số học: 2 đã kiểm, 0 đúng",
    ];
    ended.expect(1, &texts);
    let findings = office.table("out/findings.csv");
    assert_eq!((findings.len(), findings[0]["candidates"].as_str()), (1, "4.152 → 4.125 (dòng 15)"));
    let manifest: serde_json::Value = serde_json::from_str(&office.read("out/run.json")).unwrap();
    assert_eq!((&manifest["relations"]["checked"], &manifest["relations"]["hold"]), (&2.into(), &0.into()));
    // Every relation and every finding, in the shape of the standard.
    let validation: serde_json::Value = serde_json::from_str(&office.read("out/validation.json")).unwrap();
    let rows = validation.as_array().unwrap();
    assert_eq!(rows.iter().filter(|r| r["rule"]["language"] == "arithmetic" && r["value"] == "0").count(), 2);
    let ids: Vec<String> = office.table("out/observations.csv").iter().map(|o| o["id"].clone()).collect();
    for target in rows.iter().flat_map(|r| r["data"]["target"].as_array().unwrap()) {
        assert!(ids.contains(&target.as_str().unwrap().to_owned()), "{target}");
    }
    // The letter quotes and asks.
    let letter = document(&office, "letters/36.docx");
    for text in ["Nam Định", "4.152", "a.txt", "2.200 người", "4.152 → 4.125", "số nào đúng"] {
        assert!(letter.contains(text), "«{text}» is not in {letter}");
    }
    let first = office.files("letters");
    office.tonghop(&["run", "reports", "--out", "out", "--questions", "letters"]);
    assert_eq!(office.files("letters"), first);
}

#[test]
fn reports_that_hold_give_no_letter() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(&BROKEN.replace("4.152", "4.125")));
    let ended = office.tonghop(&["run", "reports", "--out", "out", "--questions", "letters"]);
    ended.expect(0, &["0 lỗi, 0 cảnh báo", "Đã viết 0 thư hỏi", "Quan hệ số học: 2 đã kiểm, 2 đúng"]);
    assert!(office.files("letters").is_empty());
}

#[test]
fn an_office_declares_a_check_of_its_own() {
    let office = Office::new();
    let body = "Tư vấn việc làm cho 1.250 lượt lao động; giới thiệu việc làm cho 2.160 lao động.";
    office.write("reports/a.txt", nam_dinh(body));
    let check = "[[check]]\nid = \"placed\"\nname = \"Được giới thiệu không nhiều hơn được tư vấn\"\n\
                 left = \"employment.placed\"\noperator = \"<=\"\nright = \"employment.counselled\"\n\
                 severity = \"warning\"\n\
                 [[check.example]]\ngiven = { \"employment.placed\" = 2, \"employment.counselled\" = 3 }\nholds = true\n\
                 [[check.example]]\ngiven = { \"employment.placed\" = 4, \"employment.counselled\" = 3 }\nholds = false\n";
    office.write("own/checks/own.toml", check);
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &["0 cảnh báo"]);
    let run = ["run", "reports", "--out", "out", "--templates", "own", "--strict"];
    let ended = office.tonghop(&run);
    ended.expect(1, &["1 cảnh báo", "Được giới thiệu không nhiều hơn được tư vấn: 2.160"]);
    office.write("own/checks/own.toml", check.replace("holds = false", "holds = true"));
    office.tonghop(&run).expect(2, &["checks/own.toml:13: `placed` gives `holds = false`"]);
    // No check at all is no check passed.
    office.write("own/checks/own.toml", "");
    office.write("own/checks/declared.toml", "");
    office.tonghop(&run).expect(2, &["no check is declared"]);
}
