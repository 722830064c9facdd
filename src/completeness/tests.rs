use super::*;
use crate::dictionary::Dictionary;
use crate::dictionary::templates::Templates;
use crate::pipeline::read_report;
use crate::report::Assumed;

fn report(file: &str, province: &str, period: &str, date: &str) -> ReportRow {
    ReportRow {
        file: file.to_owned(),
        province: province.to_owned(),
        province_system: "63".to_owned(),
        period: period.parse().ok(),
        calendar: "unknown".to_owned(),
        date: date.to_owned(),
        status: "read".to_owned(),
        ..ReportRow::default()
    }
}

fn tell(reports: &[ReportRow], observations: &[Observation], mentions: &[Mention]) -> Completeness {
    let templates = Templates::built_in();
    Completeness::of(&Input {
        reports,
        observations,
        mentions,
        geography: &Geography::load(&templates).unwrap(),
        deadlines: &Deadlines::load(&templates).unwrap(),
    })
}

fn row<'a>(told: &'a Completeness, province: &str, period: &str) -> &'a Reporting {
    told.rows().iter().find(|r| r.province == province && r.period.to_string() == period).unwrap()
}

#[test]
fn in_time_late_unknown_and_missing_are_told_apart() {
    let mut second = report("b2.txt", "94", "2023-M11", "2023-11-25");
    second.revision = 1;
    let told = tell(
        &[
            report("a.txt", "84", "2023-M11", "2023-11-23"),
            report("b.txt", "94", "2023-M11", "2023-11-20"),
            second,
            report("c.txt", "01", "2023-M11", ""),
        ],
        &[],
        &[],
    );
    assert_eq!(told.rows().len(), 63);
    assert_eq!(row(&told, "84", "2023-M11").punctuality, Punctuality::Late(3));
    let twice = row(&told, "94", "2023-M11");
    assert_eq!((twice.punctuality, twice.revisions, &*twice.files[1]), (Punctuality::OnTime, 1, "b2.txt"));
    assert_eq!(row(&told, "01", "2023-M11").punctuality, Punctuality::Unknown);
    assert_eq!(row(&told, "02", "2023-M11").punctuality, Punctuality::Missing);
}

#[test]
fn a_report_of_another_period_that_ends_with_it_is_named() {
    let told = tell(&[report("a.txt", "84", "2023-Q2", ""), report("b.txt", "94", "2023-S1", "")], &[], &[]);
    assert_eq!(row(&told, "94", "2023-Q2").instead.map(|p| p.to_string()).as_deref(), Some("2023-S1"));
    assert_eq!(row(&told, "84", "2023-Q2").instead, None);
}

#[test]
fn a_clause_without_a_figure_is_a_mention() {
    let dictionary = Dictionary::load(&Templates::built_in()).unwrap();
    let text = "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI TỈNH TRÀ VINH\n\nBÁO CÁO\nKết quả công tác tháng 5 năm 2024\n\n\
        I. KẾT QUẢ THỰC HIỆN\n1. Lĩnh vực việc làm\n\
        Trong tháng giải quyết việc làm cho 1.200 lao động. \
        Tiếp tục đưa lao động đi làm việc ở nước ngoài theo hợp đồng.\n\
        Không xảy ra vụ đình công nào.\n";
    let read = read_report("a.txt", text.as_bytes(), &Assumed::default(), &dictionary).unwrap();
    let observations = &read.extraction.observations;
    let found = mentions(&read.document, &read.extraction.scans, "a.txt", observations, &dictionary);
    let named: Vec<(&str, usize)> = found.iter().map(|m| (m.indicator.as_str(), m.line)).collect();
    assert_eq!(named, [("employment.overseas_workers", 8)], "{found:?}");
    let told = tell(&[report("a.txt", "84", "2024-M05", "")], observations, &found);
    let here = row(&told, "84", "2024-M05");
    let state = |indicator: &str| told.state(here, indicator);
    assert_eq!(state("employment.jobs_created"), State::Figure);
    assert_eq!(state("employment.overseas_workers"), State::Mentioned);
    assert_eq!(state("labour.strikes"), State::Zero);
    assert_eq!(state("poverty.poor_households"), State::Silent);
    assert_eq!(told.state(row(&told, "94", "2024-M05"), "labour.strikes"), State::NoReport);
    assert_eq!(told.counts("2024-M05".parse().unwrap(), "labour.strikes"), [0, 1, 0, 0, 62]);
}
