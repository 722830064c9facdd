//! Each bad input has a message that says what to do, an exit status, and no effect on the other reports.

use std::fs;

use crate::support::{Office, jobs, nam_dinh, report};

/// Runs the program over one bad file beside a good report, which is read all the same.
#[track_caller]
fn check(office: &Office, slug: &str, file: &str, texts: &[&str]) {
    office.write("reports/good.txt", nam_dinh(120));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(1, texts);
    assert_eq!(office.findings(), [format!("{slug} {file}")]);
    let good: Vec<_> = office.table("out/observations.csv").into_iter().filter(|o| o["file"] == "good.txt").collect();
    assert_eq!(good.len(), 1, "{good:?}");
    assert!(office.path("out/phu-luc-2024-Q2.xlsx").exists());
    let finding = &office.table("out/findings.csv")[0];
    assert_eq!((&*finding["severity"], &*finding["id"]), ("error", "f0001"));
}

#[test]
fn an_empty_file() {
    let office = Office::new();
    office.write("reports/bad.txt", " \r\n");
    check(&office, "refused-empty", "bad.txt", &["LỖI bad.txt: Tệp rỗng", "1 không đọc được"]);
    let rows = office.table("out/reports.csv");
    assert_eq!((&*rows[0]["file"], &*rows[0]["status"]), ("bad.txt", "refused"));
}

#[test]
fn a_binary_file() {
    let office = Office::new();
    office.write("reports/bad.dat", [0x07, 0x00, 0xFF, 0x10, 0x00]);
    check(&office, "refused-not-text", "bad.dat", &["LỖI bad.dat: ", "UTF-8"]);
}

#[test]
fn a_document_that_is_not_read() {
    let office = Office::new();
    office.write("reports/bad.png", b"\x89PNG\r\n\x1a\n");
    check(&office, "refused-unsupported", "bad.png", &["LỖI bad.png: ", "PNG"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read() {
    let office = Office::new();
    office.write("reports/good.txt", nam_dinh(120));
    std::os::unix::fs::symlink(office.path("gone.txt"), office.path("reports/bad.txt")).unwrap();
    check(&office, "unreadable", "bad.txt", &["LỖI bad.txt: Không mở được tệp"]);
}

#[test]
fn no_province() {
    let office = Office::new();
    let text = format!("BÁO CÁO\nKết quả công tác quý II năm 2024\n\nI. KẾT QUẢ THỰC HIỆN\n\n{}\n", jobs(99));
    office.write("reports/bad.txt", text);
    let texts = ["LỖI bad.txt: Không rõ báo cáo của tỉnh nào", "--assume-province", "report-list.csv", "> BÁO CÁO"];
    check(&office, "province-untold", "bad.txt", &texts);
    // Its values are kept.
    assert!(office.table("out/observations.csv").iter().any(|o| o["file"] == "bad.txt" && o["province"].is_empty()));
}

#[test]
fn no_period() {
    let office = Office::new();
    let text = report("Quảng Trị", "ngày    tháng    năm", "Kết quả công tác", &jobs(99));
    office.write("reports/bad.txt", text);
    let texts = ["LỖI bad.txt: Không rõ kỳ báo cáo", "--assume-period", "report-list.csv"];
    check(&office, "period-untold", "bad.txt", &texts);
}

#[test]
fn no_number_understood() {
    let office = Office::new();
    let text =
        report("Quảng Trị", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", "Đã làm nhiều việc.");
    office.write("reports/bad.txt", text);
    check(&office, "nothing-found", "bad.txt", &["LỖI bad.txt: Không nhận ra số liệu nào"]);
}

#[test]
fn a_period_that_does_not_go_with_the_date() {
    let office = Office::new();
    for (name, title) in [("early", "quý III năm 2024"), ("late", "quý I năm 2022"), ("just", "quý II năm 2022")]
    {
        let title = format!("Kết quả công tác {title}");
        office.write(&format!("reports/{name}.txt"), report("Nam Định", "ngày 20 tháng 6 năm 2024", &title, &jobs(9)));
    }
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &["CẢNH BÁO early.txt", "quý III năm 2024"]);
    assert_eq!(office.findings(), ["period-implausible early.txt", "period-implausible late.txt"]);
    office.tonghop(&["run", "reports", "--out", "out", "--strict"]).expect(1, &[]);
}

#[test]
fn parts_that_exceed_their_whole() {
    let office = Office::new();
    let body = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 16).";
    let text = report("Quảng Trị", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", body);
    office.write("reports/bad.txt", text);
    check(&office, "parts-exceed-whole", "bad.txt", &["42 + 04 + 16 = 62", "tổng 61"]);
    let finding = &office.table("out/findings.csv")[0];
    let told = ["stated", "expected", "difference"].map(|c| finding[c].as_str());
    assert_eq!(told, ["62", "61", "1"]);
    assert!(finding["quote"].contains("16") && finding["other_quote"].contains("61"), "{finding:?}");
}

#[test]
fn nothing_to_read() {
    let office = Office::new();
    fs::create_dir(office.path("empty")).unwrap();
    office.tonghop(&["run", "empty", "--out", "out"]).expect(2, &["Không có báo cáo nào để đọc trong empty"]);
    office.tonghop(&["run", "gone", "--out", "out"]).expect(2, &["Không có tệp hay thư mục gone"]);
    office.tonghop(&["run", "empty", "--out", "empty"]).expect(2, &["trùng với thư mục báo cáo"]);
    assert!(!office.path("out").exists());
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let office = Office::new();
    office.write("reports/good.txt", nam_dinh(120));
    office.write("file", "x");
    office.tonghop(&["run", "reports", "--out", "file"]).expect(2, &["Không ghi được vào file"]);
    office.tonghop(&["run", "reports", "--out", "file/out"]).expect(2, &["Không ghi được vào file/out"]);
    assert_eq!(office.read("file"), "x");
}

#[test]
fn an_output_that_cannot_be_replaced() {
    let office = Office::new();
    office.write("reports/good.txt", nam_dinh(120));
    office.tonghop(&["run", "reports", "--out", "out"]).expect(0, &[]);
    fs::remove_file(office.path("out/phu-luc-2024-Q2.xlsx")).unwrap();
    office.write("out/phu-luc-2024-Q2.xlsx/open", "x");
    let before = office.files("out");
    office.write("reports/good.txt", nam_dinh(130));
    let ended = office.tonghop(&["run", "reports", "--out", "out"]);
    ended.expect(2, &["phu-luc-2024-Q2.xlsx", "Excel"]);
    assert_eq!(office.files("out"), before);
}
