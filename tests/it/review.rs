//! A person's corrections: out as a workbook, filled in, applied on every run, asked about again when stale.

use std::fs;

use crate::support::{Office, report};
use crate::workbook::Filling;

const GUIDE: &str = "Hướng dẫn";
const VALUES: &str = "Giá trị cần xem";
const CONFLICTS: &str = "Mâu thuẫn";
const UNMAPPED: &str = "Chưa gán";
const FINDINGS: &str = "Phát hiện";

/// Parts that exceed their whole, and a number that no indicator takes.
const BODY: &str = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 16).\n\n\
                    Trong kỳ, toàn tỉnh thu xếp công ăn việc cho 512 người.";

fn quarter(body: &str) -> String {
    report("Nam Định", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", body)
}

impl Office {
    fn review(&self) -> Filling {
        self.tonghop(&["review", "out"]).expect(0, &["review.xlsx"]);
        Filling::of(fs::read(self.path("out/review.xlsx")).unwrap())
    }

    /// `indicator[ breakdown] measure value origin` of all rows of the table.
    fn readings(&self) -> Vec<String> {
        let row = |o: &std::collections::BTreeMap<String, String>| {
            let breakdown = if o["breakdown"].is_empty() { String::new() } else { format!(" {}", o["breakdown"]) };
            format!("{}{breakdown} {} {} {}", o["indicator"], o["measure"], o["value"], o["origin"])
        };
        self.table("out/observations.csv").iter().map(row).collect()
    }

    fn corrected(&self, files: &[&str]) -> crate::support::Ended {
        let mut args = vec!["run", "reports", "--out", "out"];
        for file in files {
            args.extend(["--corrections", file]);
        }
        self.tonghop(&args)
    }
}

#[test]
fn a_round_trip_from_review_to_stale() {
    let office = Office::new();
    office.write("reports/a.txt", quarter(BODY));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, &["lớn hơn tổng"]);
    assert_eq!(office.findings(), ["parts-exceed-whole a.txt"]);

    // Out: the numbers of the finding, each with its place and what it is read as.
    let mut filling = office.review();
    let values = filling.rows(VALUES);
    let shown: Vec<&str> = values.iter().map(|row| row["stated"].as_str()).collect();
    assert_eq!(shown, ["61", "42", "04", "16"]);
    assert!(values.iter().all(|row| row["why"].contains("f001") && row["quote"].contains("giấy phép")), "{values:#?}");
    assert_eq!(filling.rows(UNMAPPED)[0]["stated"], "512");
    assert_eq!(filling.rows(FINDINGS)[0]["rows"], "v001, v002, v003, v004");

    // Filled in: one value corrected, one number given to an indicator.
    filling.defaults(GUIDE, "Nguyễn Thị Hoa", "21/6/2024");
    let wrong = |row: &str| row.contains("\t16\t");
    filling.fill(VALUES, wrong, &[("decision", "Sửa"), ("value", "15"), ("reason", "tỉnh báo lại qua điện thoại")]);
    let new = [
        ("decision", "Sửa"),
        ("indicator", "Số lao động được giải quyết việc làm [employment.jobs_created]"),
        ("name", "Trần Văn Nam"),
        ("time", "22/6/2024 8:30"),
    ];
    filling.fill(UNMAPPED, |row| row.contains("512"), &new);
    office.write("filled.xlsx", filling.save());

    // Applied: the report's own statement stays, the correction stands beside it and settles the contradiction.
    office.corrected(&["filled.xlsx"]).expect(0, &["0 lỗi"]);
    let readings = office.readings();
    for row in [
        "foreign.permits type=extended actual 16 text",
        "foreign.permits type=extended actual 15 correction",
        "employment.jobs_created actual 512 correction",
    ] {
        assert!(readings.iter().any(|own| own == row), "«{row}» is not in {readings:#?}");
    }
    assert_eq!(office.findings(), ["settled-by-correction a.txt"]);
    let corrected: Vec<_> =
        office.table("out/observations.csv").into_iter().filter(|o| o["origin"] == "correction").collect();
    for (row, said) in corrected.iter().zip([
        ["Nguyễn Thị Hoa", "2024-06-21", "tỉnh báo lại qua điện thoại"],
        ["Trần Văn Nam", "2024-06-22T08:30", "no-indicator"],
    ]) {
        assert!(said.iter().all(|text| row["rule"].contains(text)), "{row:#?}");
        assert_eq!(row["confidence"], "1");
    }
    let ledger = office.table("out/ledger.csv");
    let entry = ledger.iter().find(|e| e["text"] == "512").unwrap();
    assert_eq!((entry["class"].as_str(), &entry["reason"]), ("observation", &corrected[1]["id"]));
    let log = office.table("out/corrections.csv");
    let told: Vec<String> = log
        .iter()
        .map(|r| ["status", "decision", "value", "new_value", "name", "time"].map(|c| r[c].as_str()).join(" | "))
        .collect();
    assert_eq!(
        told,
        [
            "applied | correct | 16 | 15 | Nguyễn Thị Hoa | 2024-06-21",
            "applied | correct |  | 512 | Trần Văn Nam | 2024-06-22T08:30",
        ]
    );
    let sheet = source_sheet(&office, "out/phu-luc-2024-Q2.xlsx");
    let source = sheet.iter().find(|row| row.contains("\tđính chính\t") && row.contains("\t15\t")).unwrap();
    assert!(source.contains("Nguyễn Thị Hoa") && source.contains("2024-06-21"), "{source}");
    assert!(sheet.iter().any(|row| row.contains("\t16\t") && row.contains("khác, không dùng")), "{sheet:#?}");

    // Again: the same bytes.
    let before = office.files("out");
    office.corrected(&["filled.xlsx"]).expect(0, &[]);
    let after = office.files("out");
    assert!(before == after, "re-run differs");

    // The report changes: nothing is applied, and a person is asked.
    office.write("reports/a.txt", quarter(&BODY.replace("512", "515")));
    office.corrected(&["filled.xlsx"]).expect(1, &["chưa được áp dụng", "Nguyễn Thị Hoa"]);
    let stale = office.findings();
    assert_eq!(stale.iter().filter(|f| *f == "correction-stale-report a.txt").count(), 2, "{stale:?}");
    assert!(stale.contains(&"parts-exceed-whole a.txt".to_owned()), "{stale:?}");
    assert!(office.readings().iter().all(|row| !row.ends_with("correction")));
    assert!(office.table("out/corrections.csv").iter().all(|row| row["status"] == "stale"));

    // The next review shows what was decided, at the statement as it is now; confirmed, it holds again.
    let mut again = office.review();
    let row = again.rows(VALUES).into_iter().find(|row| row["stated"] == "16").unwrap();
    assert!(row["why"].contains("Nguyễn Thị Hoa") && row["why"].contains("15"), "{row:#?}");
    let confirmed = [("decision", "Sửa"), ("value", "15"), ("name", "Nguyễn Thị Hoa"), ("time", "2024-07-01")];
    again.fill(VALUES, wrong, &confirmed);
    office.write("confirmed.xlsx", again.save());
    office.corrected(&["filled.xlsx", "confirmed.xlsx"]);
    assert!(office.readings().contains(&"foreign.permits type=extended actual 15 correction".to_owned()));
}

/// The rows of the sheet of sources, cells joined by tabs.
fn source_sheet(office: &Office, name: &str) -> Vec<String> {
    use calamine::Reader;
    let bytes = fs::read(office.path(name)).unwrap();
    let mut workbook: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range("Nguồn số liệu").unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("\t")).collect()
}

#[test]
fn a_changed_rule_makes_a_correction_stale() {
    let office = Office::new();
    office.write("reports/a.txt", quarter(BODY));
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let mut filling = office.review();
    let decided = [("decision", "Sửa"), ("value", "15"), ("name", "Hoa"), ("time", "2024-06-21")];
    filling.fill(VALUES, |row| row.contains("\t16\t"), &decided);
    office.write("filled.xlsx", filling.save());
    let foreign = crate::support::template("dictionary/foreign.toml");
    let rule = office.table("out/observations.csv").into_iter().find(|o| o["value"] == "61").unwrap()["rule"].clone();
    let written = rule.rsplit(": ").next().unwrap().to_owned();
    assert!(foreign.contains(&format!("\"{written}\"")), "{written}");
    // The office words the row anew: what reads the number is another rule now.
    let other = foreign.replace(&format!("\"{written}\""), &format!("\"{written} + !không nói gì\""));
    office.write("own/dictionary/foreign.toml", other);
    let run = ["run", "reports", "--out", "out", "--templates", "own", "--corrections", "filled.xlsx"];
    office.tonghop(&run).expect(1, &["Cách đọc số «16» đã thay đổi"]);
    assert!(office.findings().contains(&"correction-stale-rule a.txt".to_owned()));
    assert!(office.readings().iter().all(|row| !row.ends_with("correction")));
}

#[test]
fn a_report_that_replaces_another_makes_its_corrections_stale() {
    let office = Office::new();
    office.write("reports/a.txt", quarter(BODY));
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let mut filling = office.review();
    let decided = [("decision", "Sửa"), ("value", "15"), ("name", "Hoa"), ("time", "2024-06-21")];
    filling.fill(VALUES, |row| row.contains("\t16\t"), &decided);
    office.write("filled.xlsx", filling.save());
    // The province sends it again, with what the correction had found.
    let second =
        quarter(&BODY.replace("gia hạn 16", "gia hạn 15")).replace("quý II năm 2024", "quý II năm 2024 (lần 2)");
    office.write("reports/b.txt", second);
    office.corrected(&["filled.xlsx"]).expect(1, &["chưa được áp dụng"]);
    assert!(office.findings().contains(&"correction-stale-report a.txt".to_owned()), "{:?}", office.findings());
    assert!(office.readings().iter().all(|row| !row.ends_with("correction")));
    // A report that is not among those read is no one's concern.
    fs::remove_file(office.path("reports/a.txt")).unwrap();
    office.corrected(&["filled.xlsx"]).expect(0, &[]);
    assert_eq!(office.table("out/corrections.csv")[0]["status"], "absent");
}

#[test]
fn a_correction_that_breaks_what_held_is_said_so() {
    let office = Office::new();
    // 42 + 04 + 15 = 61 holds; the report says so of itself.
    office.write("reports/a.txt", quarter(&BODY.replace("gia hạn 16", "gia hạn 15")));
    office.write(
        "reports/b.txt",
        report("Bạc Liêu", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", BODY),
    );
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, &[]);
    assert_eq!(office.findings(), ["parts-exceed-whole b.txt"]);
    let mut filling = office.review();
    let unfilled = fs::read(office.path("out/review.xlsx")).unwrap();
    filling.defaults(GUIDE, "Hoa", "2024-06-21");
    filling.fill(
        VALUES,
        |row| row.contains("b.txt") && row.contains("\t16\t"),
        &[("decision", "Sửa"), ("value", "15")],
    );
    let bytes = filling.save();
    office.write("right.xlsx", &bytes);
    office.corrected(&["right.xlsx"]).expect(0, &[]);
    assert_eq!(office.findings(), ["settled-by-correction b.txt"]);

    // The same decision carried to the report that was right, by a person who looked at the wrong line.
    let digest =
        |name: &str| office.table("out/reports.csv").into_iter().find(|r| r["file"] == name).unwrap()["digest"].clone();
    let (a, b) = (digest("a.txt"), digest("b.txt"));
    let of_a =
        office.table("out/observations.csv").into_iter().find(|o| o["file"] == "a.txt" && o["value"] == "15").unwrap();
    let mut wrong = Filling::of(unfilled);
    wrong.defaults(GUIDE, "Hoa", "2024-06-21");
    wrong.fill(VALUES, |row| row.contains("\t16\t"), &[("decision", "Sửa"), ("value", "17")]);
    let bytes = replace_shared(&wrong.save(), &[(&b, &a), ("16", "15"), ("b.txt", "a.txt")]);
    let of_b =
        office.table("out/observations.csv").into_iter().find(|o| o["file"] == "b.txt" && o["value"] == "16").unwrap();
    let bytes = replace_shared(&bytes, &[(&of_b["start"], &of_a["start"]), (&of_b["end"], &of_a["end"])]);
    office.write("wrong.xlsx", bytes);
    office.corrected(&["wrong.xlsx"]).expect(1, &["làm một quan hệ trước đây đúng nay không còn đúng", "17"]);
    assert!(office.findings().contains(&"correction-breaks a.txt".to_owned()), "{:?}", office.findings());
}

/// Replaces whole entries of a workbook's table of texts.
fn replace_shared(bytes: &[u8], pairs: &[(&str, &str)]) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        if name == "xl/sharedStrings.xml" {
            let mut text = String::from_utf8(content).unwrap();
            for (from, to) in pairs {
                assert!(text.contains(&format!("<t>{from}</t>")), "{from}");
                text = text.replace(&format!("<t>{from}</t>"), &format!("<t>{to}</t>"));
            }
            content = text.into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn of_two_statements_the_one_that_a_person_vouches_for_counts() {
    let office = Office::new();
    let body = "Trong kỳ, toàn tỉnh giải quyết việc làm cho 3.145 lao động.\n\n\
                Kết quả: giải quyết việc làm cho 3.154 lao động trong quý.";
    office.write("reports/a.txt", quarter(body));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, &[]);
    assert_eq!(office.findings(), ["conflict a.txt"]);
    let mut filling = office.review();
    let rows = filling.rows(CONFLICTS);
    assert_eq!(rows.iter().map(|r| r["@numbers"].as_str()).collect::<Vec<_>>(), ["m001", "m001"]);
    assert!(rows[0]["why"].contains("đang lấy 3.145") && rows[1]["why"].contains("không được dùng"), "{rows:#?}");
    filling.fill(
        CONFLICTS,
        |row| row.contains("3.154"),
        &[("decision", "Đúng"), ("name", "Hoa"), ("time", "21/6/2024"), ("reason", "theo biểu số 2")],
    );
    office.write("filled.xlsx", filling.save());
    office.corrected(&["filled.xlsx"]).expect(0, &[]);
    assert_eq!(office.findings(), [] as [String; 0]);
    let sheet = source_sheet(&office, "out/phu-luc-2024-Q2.xlsx");
    let of = |value: &str| sheet.iter().find(|row| row.contains(&format!("\t{value}\t"))).cloned().unwrap();
    assert!(of("3154").contains("đính chính") && of("3154").contains("theo biểu số 2"), "{sheet:#?}");
    assert!(of("3145").contains("khác, không dùng"), "{sheet:#?}");
}

#[test]
fn what_a_person_sets_aside_or_dismisses_is_not_asked_again() {
    let office = Office::new();
    office.write("reports/a.txt", quarter(BODY));
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let mut filling = office.review();
    filling.defaults(GUIDE, "Hoa", "2024-06-21");
    filling.fill(UNMAPPED, |row| row.contains("512"), &[("decision", "không phải số liệu")]);
    filling.fill(FINDINGS, |_| true, &[("decision", "Không phải lỗi"), ("reason", "có một giấy phép cấp hai lần")]);
    office.write("filled.xlsx", filling.save());
    office.corrected(&["filled.xlsx"]).expect(0, &["0 lỗi"]);
    assert_eq!(office.findings(), ["dismissed a.txt"]);
    let told = office.table("out/findings.csv")[0]["message"].clone();
    assert!(["Hoa", "có một giấy phép cấp hai lần", "lớn hơn tổng"].iter().all(|text| told.contains(text)), "{told}");
    let entry = office.table("out/ledger.csv").into_iter().find(|e| e["text"] == "512").unwrap();
    assert_eq!((entry["class"].as_str(), entry["reason"].as_str()), ("reference", "rejected-by-person"));
    let again = office.review();
    assert!(again.rows(UNMAPPED).is_empty() && again.rows(FINDINGS).is_empty() && again.rows(VALUES).is_empty());
}

#[test]
fn repeated_corrections_suggest_a_line_for_the_dictionary() {
    let office = Office::new();
    for (name, province, count) in [("a.txt", "Nam Định", "512"), ("b.txt", "Bạc Liêu", "615")] {
        let body = format!("Trong kỳ, toàn tỉnh thu xếp công ăn việc cho {count} người.");
        office.write(
            &format!("reports/{name}"),
            report(province, "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", &body),
        );
    }
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let mut filling = office.review();
    filling.defaults(GUIDE, "Hoa", "2024-06-21");
    for count in ["512", "615"] {
        let decided = [("decision", "Sửa"), ("indicator", "employment.jobs_created")];
        filling.fill(UNMAPPED, |row| row.contains(count), &decided);
    }
    office.write("filled.xlsx", filling.save());
    office.corrected(&["filled.xlsx"]).expect(0, &[]);
    let finding = office.table("out/findings.csv").into_iter().find(|f| f["check"] == "correction-repeated").unwrap();
    assert!(finding["message"].contains("dictionary/employment.toml:"), "{finding:#?}");
    let wording = &finding["candidates"];
    assert!(wording.contains("xếp công ăn việc"), "{finding:#?}");
    // Put into the dictionary, the line reads both numbers without a person.
    let row = crate::support::template("dictionary/employment.toml");
    let at = row.find("id = \"employment.jobs_created\"").unwrap();
    let list = at + row[at..].find("wordings = [").unwrap() + "wordings = [".len();
    let own = format!("{}\n  \"{wording}\",{}", &row[..list], &row[list..]);
    office.write("own/dictionary/employment.toml", own);
    office.tonghop(&["run", "reports", "--out", "own-out", "--templates", "own"]).expect(0, &["0 chưa gán"]);
}

#[test]
fn faults_of_a_filled_workbook_are_told_by_row() {
    let office = Office::new();
    office.write("reports/a.txt", quarter(BODY));
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let mut filling = office.review();
    let when = ("time", "2024-06-21");
    let of = |stated: &'static str| move |row: &str| row.contains(&format!("\t{stated}\t"));
    filling.fill(VALUES, of("61"), &[("decision", "Có lẽ"), ("name", "Hoa"), when]);
    filling.fill(VALUES, of("42"), &[("decision", "Sửa"), ("indicator", "labour.strike"), ("name", "Hoa"), when]);
    filling.fill(VALUES, of("04"), &[("value", "5"), ("name", "Hoa"), when]);
    filling.fill(VALUES, of("16"), &[("decision", "Sửa"), ("breakdown", "sex=female"), ("time", "hôm nay")]);
    office.write("filled.xlsx", filling.save());
    let before = office.files("out");
    office.corrected(&["filled.xlsx"]).expect(
        2,
        &[
            "filled.xlsx: Giá trị cần xem, dòng 5: «Có lẽ»",
            "dòng 6: không có chỉ tiêu «labour.strike»",
            "dòng 7: đã ghi phần sửa nhưng chưa chọn quyết định",
            "dòng 8: chỉ tiêu không chia theo chiều này (foreign.permits: sex)",
            "dòng 8: thiếu tên",
            "dòng 8: ngày «hôm nay» không rõ",
        ],
    );
    assert!(before == office.files("out"), "outputs changed");
    office.write("none.xlsx", "no workbook");
    office.corrected(&["none.xlsx"]).expect(2, &["none.xlsx"]);
    office.corrected(&["gone.xlsx"]).expect(2, &["gone.xlsx"]);
}
