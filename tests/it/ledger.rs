//! No number vanishes: every number of a text lies in exactly one entry of the ledger.

use proptest::prelude::*;
use regex::Regex;
use tonghop::dictionary::Dictionary;
use tonghop::pipeline::read_report;
use tonghop::report::Assumed;

use crate::support::{DICTIONARY, example_reports};

/// Checks a text against what the contract calls a number.
fn check(dictionary: &Dictionary, text: &str) -> Result<(), TestCaseError> {
    let Ok(read) = read_report("a.txt", text.as_bytes(), &Assumed::default(), dictionary) else { return Ok(()) };
    let source = read.document.source.as_str();
    let number = Regex::new(r"[0-9]+([.,][0-9]+)*").unwrap();
    let written: Vec<(usize, usize)> = number.find_iter(source).map(|m| (m.start(), m.end())).collect();
    let entered: Vec<(usize, usize)> = read.extraction.ledger.iter().map(|e| (e.start, e.end)).collect();
    prop_assert_eq!(written, entered, "{}", source);
    let ids: Vec<&str> = read.extraction.observations.iter().map(|o| o.id.as_str()).collect();
    for entry in &read.extraction.ledger {
        let of_class = entry.class.code() == "observation";
        prop_assert_eq!(of_class, ids.contains(&entry.reason.as_str()), "{:?}", entry);
        prop_assert!(!entry.reason.is_empty(), "{:?}", entry);
    }
    Ok(())
}

#[test]
fn no_number_of_the_examples_vanishes() {
    for (name, text) in example_reports() {
        check(&DICTIONARY, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Lines of the examples, and lines that tear their structure.
fn line() -> impl Strategy<Value = String> {
    let lines: Vec<String> = example_reports()
        .into_iter()
        .flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let torn = [
        "",
        "12",
        "- 3 -",
        "⁽¹⁾ Trong đó: 12 người, 3,5 tỷ đồng.",
        "(1) 1.234 người;",
        "1. II. 3) a) 4.5.6",
        "| Chỉ tiêu | Kế hoạch | 2024 |",
        "|---|---|---|",
        "| Giải quyết việc làm | 1.200 | 45,5% |",
        "STT\tChỉ tiêu\t2023\t2024",
        "1\tTuyển sinh\t1.000\t1,5",
        "Tổng số   12   3.400   5,6",
        "m2 420kg 9.855 m² 3/4 12:30 10%-20% 1..2,,3",
        "* 5 **6** # 7",
        "BÁO CÁO",
        "II. NHIỆM VỤ TRỌNG TÂM 6 THÁNG CUỐI NĂM 2024",
        "Nơi nhận: 3 bản.",
    ];
    prop_oneof![
        4 => proptest::sample::select(lines),
        3 => proptest::sample::select(torn.to_vec()).prop_map(str::to_owned),
        1 => "[0-9.,;:()%/ a-zđưò²¹⁽⁾\\-]{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_number_of_any_text_vanishes(lines in proptest::collection::vec(line(), 1..40)) {
        check(&DICTIONARY, &lines.join("\n"))?;
    }
}
