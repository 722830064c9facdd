//! The period that a report's title names, in the ways in which titles are written.

use crate::support::DICTIONARY;
use tonghop::pipeline::read_report;

fn period_of(title: &str) -> String {
    let text = format!("BÁO CÁO\nKết quả công tác {title}\n\nI. KẾT QUẢ\n\nGiải quyết việc làm cho 500 lao động.\n");
    let report =
        read_report("x.txt", text.as_bytes(), &Default::default(), &DICTIONARY).expect("the report is readable");
    report.facts.period.map_or_else(String::new, |p| p.to_string())
}

#[test]
fn a_title_gives_the_report_its_period() {
    let cases = [
        ("tháng 5 năm 2022", "2022-M05"),
        ("quý III/2022", "2022-Q3"),
        ("quý 3-2022", "2022-Q3"),
        ("6 tháng đầu năm 2022", "2022-S1"),
        ("sáu tháng đầu năm 2022", "2022-S1"),
        ("nửa đầu năm 2022", "2022-S1"),
        ("6 tháng cuối năm 2022", "2022-S2"),
        ("6 tháng đầu năm, nhiệm vụ 6 tháng cuối năm 2022", "2022-S1"),
        ("9 tháng đầu năm 2022", "2022-01-01/P9M"),
        ("3 tháng đầu năm 2022", "2022-Q1"),
        ("cả năm 2022", "2022"),
        ("năm 2021 và phương hướng nhiệm vụ năm 2022", "2021"),
        ("tháng 8; nhiệm vụ trọng tâm tháng 9 năm 2022", "2022-M08"),
        ("tháng 12, nhiệm vụ tháng 01 năm 2022", "2021-M12"),
        ("tháng 12 và năm 2022", "2022"),
    ];
    for (title, period) in cases {
        assert_eq!(period_of(title), period, "{title}");
    }
}
