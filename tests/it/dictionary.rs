//! What the program says about its dictionary.

use crate::support::{Office, nam_dinh, report, template};

/// Three rows of one field of work in the wrong order, each with faults of its own.
const FAULTY: &str = r#"[[indicator]]
id = "gender.violence_cases"
wordings = [
  "vụ",
  "bạo lực gia đình + vụ",
  "bạo lực gia đình + vụ",
  "hòa giải + !^hòa giải",
  "hỗ trợ nạn nhân",
]
companion_of = ["poverty.poor_rate"]
[[indicator.example]]
text = "Xảy ra 02 vụ bạo lực gia đình."
gives = ["actual 2 level=college"]
[[indicator]]
id = "gender.participants"
wordings = ["dự tập huấn"]
"#;

#[test]
fn the_dictionary_has_no_faults() {
    Office::new().tonghop(&["dictionary", "check"]).expect(0, &["Từ điển: 0 lỗi, 0 cảnh báo."]);
}

#[test]
fn faults_of_the_dictionary_are_told_with_their_lines() {
    let office = Office::new();
    office.write("own/dictionary/gender.toml", FAULTY);
    office.write("own/dictionary/foreign.toml", "[[indicator]]\nid = \"labour.strikes\"\nwordings = [\"đình công\"]\n");
    office.write(
        "own/dictionary/labour.toml",
        "[[indicator]]\nid = \"labour.disputes\"\nwordings = [\"đình công\", \"(lãn công|ngừng việc)\"]\n\
         [[indicator]]\nid = \"labour.accidents\"\nwordings = [\"lãn công\"]\n",
    );
    office.tonghop(&["dictionary", "check", "--templates", "own"]).expect(
        1,
        &[
            "LỖI indicators.csv:32: `foreign.permits` (Số giấy phép lao động cấp cho người nước ngoài)",
            "LỖI dictionary/gender.toml:4: «vụ» của `gender.violence_cases` khớp ở bất cứ đâu có «vụ»",
            "CẢNH BÁO dictionary/gender.toml:6: «bạo lực gia đình + vụ» viết hai lần",
            "lần đầu ở dictionary/gender.toml:5",
            "LỖI dictionary/gender.toml:7: «hòa giải + !^hòa giải» của `gender.violence_cases` không bao giờ khớp",
            "LỖI dictionary/gender.toml:10: Sau số liệu của `poverty.poor_rate` (percent)",
            "LỖI dictionary/gender.toml:12: Không đọc được gives = \"actual 2 level=college\" ở «level=college»",
            "CẢNH BÁO dictionary/gender.toml:2: `gender.violence_cases` có 1 ví dụ, cần ít nhất 3",
            "LỖI dictionary/gender.toml:2: `gender.violence_cases` có 0 phản ví dụ, cần ít nhất 2",
            "CẢNH BÁO dictionary/gender.toml:15: `gender.participants` đứng sau `gender.violence_cases`",
            "LỖI dictionary/labour.toml:3: «đình công» của `labour.disputes` có cùng các cụm từ với một cách diễn đạt của \
             `labour.strikes` (dictionary/foreign.toml:3)",
            "LỖI dictionary/labour.toml:6: «lãn công» của `labour.accidents` không bao giờ được chọn: nơi nào nó khớp thì \
             «(lãn công|ngừng việc)» của `labour.disputes` (dictionary/labour.toml:3) cũng khớp",
        ],
    );
}

#[test]
fn a_phrase_of_two_categories_is_a_fault() {
    let office = Office::new();
    let faulty = template("breakdowns.toml").replace("\"quỹ an sinh xã hội\"", "\"nhà hảo tâm\"");
    office.write("own/breakdowns.toml", faulty);
    office
        .tonghop(&["dictionary", "check", "--templates", "own"])
        .expect(1, &["«nhà hảo tâm» cũng chỉ phân tổ `mobilised`", "trong chiều `fund`"]);
}

/// A report with these sentences under the heading of employment.
fn employment(body: &str) -> String {
    report("Nam Định", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", body)
}

#[test]
fn what_is_not_covered_is_grouped_with_a_wording_to_paste() {
    let office = Office::new();
    office.write("reports/a.txt", employment("Trong quý, cấp phát 120 tờ gấp song ngữ. Cấp phát thêm 7 xe cứu hộ."));
    office.write("reports/b.txt", employment("Lũy kế đã cấp phát 95 tờ gấp song ngữ, đạt 40% kế hoạch."));
    office.tonghop(&["dictionary", "coverage", "reports"]).expect(
        0,
        &[
            "2 × «cấp phát # tờ gấp»   a.txt:15: Trong quý, cấp phát 120 tờ gấp song ngữ.",
            "cách diễn đạt để thêm: \"cấp phát + >tờ gấp\"",
            "4 con số chưa gán được chỉ tiêu",
            "2 báo cáo.",
        ],
    );
}

#[test]
fn two_dictionaries_are_compared_over_reports() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(215));
    office.write("reports/b.txt", "");
    office.tonghop(&["dictionary", "compare", "reports"]).expect(2, &["--templates"]);
    let row = |id: &str| format!("[[indicator]]\nid = \"{id}\"\nwordings = [\"giải quyết việc làm\"]\n");
    office.write("other/dictionary/employment.toml", row("employment.placed"));
    office.write("none/dictionary/employment.toml", "");
    office.tonghop(&["dictionary", "compare", "reports", "--templates", "other"]).expect(
        1,
        &[
            "LỖI b.txt: ",
            "ĐỔI a.txt:15: «Trong kỳ, toàn tỉnh giải quyết việc làm cho 215 lao động.»",
            "! employment.jobs_created actual 215 @2024-Q2 | employment.placed actual 215 @2024-Q2",
            "0 thêm, 0 mất, 1 đổi; 1 báo cáo.",
        ],
    );
    office
        .tonghop(&["dictionary", "compare", "reports/a.txt", "--templates", "none"])
        .expect(0, &["MẤT a.txt:15", "0 thêm, 1 mất, 0 đổi"]);
    office
        .tonghop(&["dictionary", "compare", "reports/a.txt", "--templates", "other", "--against", "none"])
        .expect(0, &["THÊM a.txt:15", "| employment.placed actual 215 @2024-Q2"]);
    office
        .tonghop(&["dictionary", "compare", "reports/a.txt", "--templates", "other", "--against", "other"])
        .expect(0, &["0 thêm, 0 mất, 0 đổi"]);
}
