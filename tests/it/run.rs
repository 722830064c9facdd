//! `tonghop run`: what it writes and prints.

use std::fs;

use calamine::{Reader as _, Xlsx, open_workbook};

use crate::support::{Office, jobs, nam_dinh, report};

#[test]
fn one_command_gives_all_files() {
    let office = Office::with_examples();
    let ended = office.tonghop(&["run", "reports", "--out", "out"]);
    assert!(ended.status <= 1, "{ended:#?}");
    let files: Vec<String> = office.files("out").into_keys().filter(|f| !f.starts_with("text/")).collect();
    assert_eq!(
        files,
        [
            "completeness.csv",
            "figures.csv",
            "findings.csv",
            "ledger.csv",
            "mentions.csv",
            "observations.csv",
            "observations.parquet",
            "phu-luc-2024-M04.xlsx",
            "phu-luc-2024-M05.xlsx",
            "phu-luc-2024-Q1.xlsx",
            "phu-luc-2024-Q2.xlsx",
            "reporting.csv",
            "reports.csv",
            "run.json",
            "validation.json",
        ]
    );
    for text in ["7 đã đọc", "Tỉnh (4): Nam Định", "2024-M04, 2024-M05, 2024-Q1, 2024-Q2", "Đã ghi 22 tệp vào out"]
    {
        assert!(ended.out.contains(text), "«{text}» is not in {}", ended.out);
    }
    // Every row can be walked back: its number stands in the extracted text where the row says.
    for row in office.table("out/observations.csv") {
        let text = office.read(&format!("out/text/{}.txt", row["file"]));
        let range = row["start"].parse::<usize>().unwrap()..row["end"].parse::<usize>().unwrap();
        assert_eq!(text.get(range), Some(row["stated"].as_str()), "{row:?}");
        assert_eq!(row["place"], format!("dòng {}", row["line"]), "{row:?}");
    }
    // The manifest lists every other output with its digest, and knows no folder of this machine.
    let manifest: serde_json::Value = serde_json::from_str(&office.read("out/run.json")).unwrap();
    let listed: Vec<(String, String)> = manifest["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["file"].as_str().unwrap().to_owned(), f["digest"].as_str().unwrap().to_owned()))
        .collect();
    let written: Vec<(String, String)> = office
        .files("out")
        .into_iter()
        .filter(|(name, _)| name != "run.json")
        .map(|(name, bytes)| (name, blake3::hash(&bytes).to_hex().to_string()))
        .collect();
    assert_eq!(listed, written);
    assert!(!office.read("out/run.json").contains(&*office.path("").to_string_lossy()));
}

#[test]
fn the_counts_of_reports_and_ledger_agree() {
    let office = Office::with_examples();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let ledger = office.table("out/ledger.csv");
    for row in office.table("out/reports.csv") {
        let of =
            |class: &str| ledger.iter().filter(|e| e["file"] == row["file"] && e["class"] == class).count().to_string();
        let counted = [of("observation"), of("reference"), of("task"), of("unmapped")];
        let told = ["observations", "references", "tasks", "unmapped"].map(|c| row[c].clone());
        assert_eq!(told, counted, "{row:?}");
    }
}

#[test]
fn a_clean_run_is_silent_and_green() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &["1 đã đọc", "0 lỗi, 0 cảnh báo"]);
    let quiet = office.tonghop(&["run", "reports", "--out", "out", "--quiet", "--strict"]);
    assert_eq!((quiet.status, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""));
}

#[test]
fn only_the_workbook_asked_for_is_written() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    let may = report("Nam Định", "ngày 23 tháng 5 năm 2024", "Kết quả công tác tháng 5 năm 2024", &jobs(40));
    office.write("reports/b.txt", may);
    office.tonghop(&["run", "reports", "--out", "out", "--period", "2024-M05"]).expect(0, &[]);
    let workbooks: Vec<String> = office.files("out").into_keys().filter(|f| f.ends_with(".xlsx")).collect();
    assert_eq!(workbooks, ["phu-luc-2024-M05.xlsx"]);
    office.tonghop(&["run", "reports", "--out", "out", "--period", "2024-Q9"]).expect(2, &["2023-Q2"]);
}

#[test]
fn plans_among_the_reports_are_used() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.write(
        "reports/plans.csv",
        "\u{feff}province;year;indicator;value\r\n36;2024;employment.jobs_created;34000\r\n",
    );
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &["1 đã đọc"]);
    assert!(office.read("out/run.json").contains("plans.csv"));
    office.write("reports/plans.csv", "province,year,indicator,value\n36,2024,employment.job_created,34000\n");
    office
        .tonghop(&["run", "reports", "--out", "out"])
        .expect(2, &["plans.csv:2", "employment.job_created", "employment.jobs_created"]);
}

#[test]
fn what_a_report_does_not_say_is_stated_beside_it() {
    let office = Office::new();
    let nameless = "BÁO CÁO\nKết quả công tác\n\nI. KẾT QUẢ THỰC HIỆN\n\nGiải quyết việc làm cho 120 lao động.\n";
    office.write("reports/a.txt", nameless);
    office.write("reports/sub/b.txt", format!("{nameless}\nTổ chức 05 phiên giao dịch việc làm.\n"));
    office.write("reports/report-list.csv", "file,province,period\nsub\\b.txt,NAM ĐỊNH,2024-M05\nc.txt,36,2024\n");
    let args = ["run", "reports", "--out", "out", "--assume-province", "quang tri", "--assume-period", "2025-Q3"];
    office.tonghop(&args).expect(0, &["Nam Định, Quảng Trị", "report-list.csv, dòng 3"]);
    let rows: Vec<String> = office
        .table("out/reports.csv")
        .iter()
        .map(|r| ["file", "province", "province_system", "period"].map(|c| r[c].as_str()).join(" "))
        .collect();
    // The assumed name has its code of the list in force for the assumed period.
    assert_eq!(rows, ["a.txt 44 34 2025-Q3", "sub/b.txt 36 63 2024-M05"]);
    let observations = office.table("out/observations.csv");
    assert!(observations.iter().all(|o| !o["province"].is_empty() && !o["period"].is_empty()), "{observations:?}");
    assert_eq!(office.findings(), ["listed-file-missing report-list.csv"]);

    office.write("reports/report-list.csv", "file,province,period\na.txt,Atlantis,\nsub/b.txt,45,Q5\n");
    office.tonghop(&args).expect(2, &["report-list.csv:2", "Atlantis", "36 Nam Định", "report-list.csv:3", "«Q5»"]);
    let wrong = ["run", "reports/a.txt", "--out", "out", "--assume-province", "Atlantis"];
    office.tonghop(&wrong).expect(2, &["--assume-province", "36 Nam Định"]);
}

#[test]
fn one_report_twice_counts_once() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.write("reports/b.md", nam_dinh(120).replace('\n', "\r\n"));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &["1 đã đọc", "1 trùng"]);
    assert_eq!(office.findings(), ["duplicate b.md"]);
    assert_eq!(office.table("out/observations.csv").len(), 1);
}

#[test]
fn the_later_revision_counts_and_the_earlier_is_kept() {
    let office = Office::new();
    office.write("reports/z.txt", nam_dinh(120));
    office.write("reports/a.txt", nam_dinh(125).replace("quý II năm 2024", "quý II năm 2024 (lần 2)"));
    let ended = office.tonghop(&["run", "reports", "--out", "out"]);
    ended.expect(0, &["1 đã đọc", "1 đã có bản sau"]);
    assert_eq!(office.findings(), ["superseded z.txt", "settled-by-revision z.txt"]);
    assert_eq!(office.table("out/observations.csv").len(), 2);
    office.tonghop(&["run", "reports", "--out", "out", "--strict"]).expect(1, &[]);
}

#[test]
fn two_reports_of_which_none_says_it_is_later_need_a_person() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.write("reports/b.txt", nam_dinh(125));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, &["hai báo cáo khác nhau", "b.txt"]);
    assert_eq!(office.findings(), ["two-reports a.txt", "conflict a.txt"]);
    let finding = &office.table("out/findings.csv")[1];
    assert_eq!((&*finding["stated"], &*finding["expected"], &*finding["difference"]), ("120", "125", "-5"));
}

#[test]
fn the_terminal_follows_the_locale_and_files_stay_vietnamese() {
    let office = Office::new();
    office.write("reports/a.txt", "");
    let english = office.tonghop_in(&[("LANG", "en_GB.UTF-8")], &["run", "reports", "--out", "out"]);
    english.expect(1, &["ERROR a.txt: The file is empty."]);
    assert!(office.read("out/findings.csv").contains("Tệp rỗng"));
    let precedence =
        office.tonghop_in(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "vi_VN.UTF-8")], &["run", "reports", "--out", "out"]);
    precedence.expect(1, &["Tệp rỗng"]);
    office.tonghop(&["run", "reports", "--out", "out", "--lang", "en"]).expect(1, &["The file is empty."]);
    assert!(office.read("out/findings.csv").contains("The file is empty."));
}

#[test]
fn the_next_run_leaves_nothing_of_the_one_before() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.write("reports/b.txt", nam_dinh(120).replace("quý II", "quý I"));
    office.tonghop(&["run", "reports", "--out", "reports/out"]).expect(0, &["2 đã đọc"]);
    fs::remove_file(office.path("reports/b.txt")).unwrap();
    office.tonghop(&["run", "reports", "--out", "reports/out"]).expect(0, &["1 đã đọc"]);
    assert!(!office.path("reports/out/phu-luc-2024-Q1.xlsx").exists());
    assert!(!office.path("reports/out/text/b.txt.txt").exists());
    // Nor is an output ever read as a report, in whichever folder it lies.
    office.tonghop(&["run", "reports", "--out", "elsewhere"]).expect(0, &["1 đã đọc"]);
}

#[test]
fn a_workbook_made_again_is_the_same() {
    let office = Office::with_examples();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let before = office.files("out");
    office.tonghop(&["annex", "out", "--period", "2024-Q2"]).expect(0, &["phu-luc-2024-Q2.xlsx"]);
    let after = office.files("out");
    for (name, bytes) in &before {
        assert!(after[name] == *bytes, "{name} differs");
    }
    assert_eq!(before.len(), after.len());
    // A period that the run did not write, with plans: one file more, and the manifest knows it.
    office.write("plans.csv", "province,year,indicator,value\n36,2024,employment.jobs_created,34000\n");
    office
        .tonghop(&["annex", "out", "--period", "2024-S1", "--plans", "plans.csv"])
        .expect(0, &["phu-luc-2024-S1.xlsx"]);
    assert!(office.read("out/run.json").contains("phu-luc-2024-S1.xlsx"));
    assert_eq!(office.files("out").len(), before.len() + 1);
    office.tonghop(&["annex", "reports", "--period", "2024-Q2"]).expect(2, &["run.json", "tonghop run"]);
}

#[test]
fn workbooks_are_divided_by_province_or_layout() {
    let office = Office::with_examples();
    let run = |by: &str| {
        office.tonghop(&["run", "reports", "--out", by, "--quiet", "--period", "2024-M05", "--split", by]);
        let files = office.files(by).into_keys().filter(|name| name.ends_with(".xlsx"));
        files.collect::<Vec<String>>()
    };
    assert_eq!(run("province"), ["phu-luc-2024-M05-36-nam-dinh.xlsx", "phu-luc-2024-M05-45-quang-tri.xlsx"]);
    let layouts = run("layout");
    assert!(layouts.contains(&"phu-luc-2024-M05-28-province.xlsx".to_owned()), "{layouts:?}");
    assert!(layouts.contains(&"phu-luc-2024-M05-20-domain.xlsx".to_owned()), "{layouts:?}");
    // A province's workbook holds its own sheets and sources, nothing of another.
    let names = |path: &str| {
        let book: Xlsx<_> = open_workbook(office.path(path)).unwrap();
        book.sheet_names()
    };
    let own = names("province/phu-luc-2024-M05-36-nam-dinh.xlsx");
    assert!(own.iter().any(|name| name.contains("Nam Định")), "{own:?}");
    assert!(!own.iter().any(|name| name.contains("Quảng Trị")), "{own:?}");
    let mut book: Xlsx<_> = open_workbook(office.path("province/phu-luc-2024-M05-36-nam-dinh.xlsx")).unwrap();
    for (name, cells) in book.worksheets() {
        assert!(!cells.rows().flatten().any(|cell| cell.to_string().contains("Quảng Trị")), "{name}");
    }
}
