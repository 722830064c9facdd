//! `tonghop explain`.

use crate::support::{Office, report};

#[test]
fn each_number_is_told_with_its_reason() {
    let office = Office::new();
    let body = "Thực hiện Quyết định số 12/QĐ-UBND, trong quý giải quyết việc làm cho 4.655 lao động, trong đó lao động \
                nữ 2.264 người; trồng 1.200 cây xanh. Không xảy ra đình công.";
    let text = report("Nam Định", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", body);
    office.write("a.txt", &text);
    let line = 1 + text.lines().position(|l| l.contains("4.655")).unwrap();
    let ended = office.tonghop(&["explain", &format!("a.txt:{line}")]);
    ended.expect(
        0,
        &[
            "a.txt: Nam Định (36), quý II năm 2024",
            &format!("dòng {line}: «12» là không phải số liệu"),
            &format!("dòng {line}: «4.655» là số liệu"),
            "chỉ tiêu: employment.jobs_created (Số lao động được giải quyết việc làm (tạo việc làm))",
            "thực hiện trong kỳ, quý II năm 2024: 4.655 person; độ tin cậy 0,9",
            "dictionary/employment.toml:",
            "employment.jobs_created (Số lao động được giải quyết việc làm (tạo việc làm)) (Nữ)",
            "«lao động nữ» sex=female",
            &format!("dòng {line}: «1.200» là chưa gán được chỉ tiêu"),
            "lý do: ",
            "nêu số không",
            "labour.strikes",
        ],
    );
    // The whole file has its other numbers too.
    office
        .tonghop(&["explain", "a.txt", "--lang", "en"])
        .expect(0, &["«45» is not a statistic", "the number of a document"]);
    office.tonghop(&["explain", "a.txt:1"]).expect(0, &["Không có con số nào ở đây."]);
}

#[test]
fn what_cannot_be_explained_says_why() {
    let office = Office::new();
    office.write("a.txt", "một dòng\n");
    office.tonghop(&["explain", "a.txt:99"]).expect(2, &["không có dòng 99"]);
    office.tonghop(&["explain", "gone.txt"]).expect(2, &["Không đọc được gone.txt"]);
    office.write("b.pdf", b"%PDF-1.7\n\0");
    assert_eq!(office.tonghop(&["explain", "b.pdf"]).status, 2);
}
