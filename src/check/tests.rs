//! Short reports and what the checks must say of them. All figures are invented.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::*;
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::templates::Templates;
use crate::report::Calendar;
use crate::text::SourceText;

/// Loaded once for all tests.
static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::load(&Templates::built_in()).unwrap());

struct Desk {
    dictionary: &'static Dictionary,
    rules: Rules,
}

impl Desk {
    fn new() -> Self {
        let templates = Templates::built_in();
        let rules = Rules::load(&templates).unwrap_or_else(|faults| panic!("{faults}"));
        Self { dictionary: &DICTIONARY, rules }
    }

    fn facts(period: &str) -> ReportFacts {
        ReportFacts {
            province: Some("84".into()),
            system: ProvinceSystem::P63,
            period: period.parse().ok(),
            calendar: Calendar::Unknown,
            date: String::new(),
            number: String::new(),
            revision: 1,
            province_sign: "",
            period_sign: "",
        }
    }

    fn judged(&self, period: &str, text: &str) -> Judged {
        let document = Document::from_text(SourceText::new(format!("{text}{TAIL}")), self.dictionary);
        let facts = Self::facts(period);
        let extraction = crate::observation::extract(&document, &facts, "a.txt", "0", self.dictionary);
        check_report(&Subject {
            file: "a.txt",
            document: &document,
            facts: &facts,
            extraction: &extraction,
            dictionary: self.dictionary,
            rules: &self.rules,
        })
    }

    /// Reports of one province, by their periods, held against each other.
    fn between(&self, reports: &[(&str, &str)]) -> Vec<String> {
        let mut observations = Vec::new();
        let mut periods = BTreeMap::new();
        for (period, text) in reports {
            let document = Document::from_text(SourceText::new(format!("{text}{TAIL}")), self.dictionary);
            let facts = Self::facts(period);
            let file = format!("{period}.txt");
            observations
                .extend(crate::observation::extract(&document, &facts, &file, period, self.dictionary).observations);
            periods.insert(file, period.parse().unwrap());
        }
        let observations: Vec<&Observation> = observations.iter().collect();
        told(&check_between(&observations, &periods, self.dictionary, &self.rules).findings)
    }
}

/// `severity slug stated expected` of each finding.
fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {} {} {}", f.severity, f.check, f.stated, f.expected)).collect()
}

fn findings(text: &str) -> Vec<String> {
    told(&Desk::new().judged("2024-Q2", text).findings)
}

/// The likely causes of the only finding, as `from → to`.
fn causes(period: &str, text: &str) -> Vec<String> {
    let findings = Desk::new().judged(period, text).findings;
    let [only] = findings.as_slice() else { panic!("{findings:#?}") };
    only.causes.iter().map(|c| format!("{} → {}", c.from, c.to)).collect()
}

const NONE: [&str; 0] = [];
/// A sentence without numbers, so that a short text is no heading.
const TAIL: &str = " Các địa phương tiếp tục theo dõi và thực hiện theo kế hoạch của Ủy ban nhân dân tỉnh.\n";

#[test]
fn parts_that_make_up_their_whole_are_silent() {
    let text = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 15).";
    assert_eq!(findings(text), NONE);
}

#[test]
fn parts_that_do_not_are_told() {
    let lacking = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 13).";
    assert_eq!(findings(lacking), ["error parts-differ-from-whole 59 61"]);
    let beyond = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 16).";
    assert_eq!(findings(beyond), ["error parts-exceed-whole 62 61"]);
}

#[test]
fn a_part_is_not_greater_than_its_whole() {
    let text = "Giải quyết việc làm cho 3.145 lao động, trong đó lao động nữ 5.118 người.";
    assert_eq!(findings(text), ["error part-exceeds-whole 5118 3145"]);
}

#[test]
fn attributes_that_overlap_are_not_added() {
    let text = "Giải quyết việc làm cho 3.145 lao động, trong đó nữ 1.890 lao động, dân tộc thiểu số 1.205 lao động, \
                thanh niên 2.310 lao động.";
    assert_eq!(findings(text), NONE);
}

#[test]
fn amounts_in_greater_units_may_differ_by_rounding() {
    let text = |local: &str| {
        format!(
            "Tặng quà Tết cho 14.210 người có công, tổng kinh phí 7 tỷ 310 triệu đồng, gồm kinh phí trung ương 4 tỷ \
             120 triệu đồng, kinh phí địa phương {local} triệu đồng."
        )
    };
    assert_eq!(findings(&text("3 tỷ 189")), ["info rounding 7309000000 7310000000"]);
    assert_eq!(findings(&text("3 tỷ 190")), NONE);
    assert_eq!(findings(&text("3 tỷ 289")), ["error parts-exceed-whole 7409000000 7310000000"]);
}

#[test]
fn a_list_that_does_not_say_it_is_complete_is_told_only_where_one_digit_explains_it() {
    let text = |japan: &str| {
        format!("Đưa 242 lao động đi làm việc ở nước ngoài, trong đó Nhật Bản {japan} lao động, Đài Loan 64 lao động.")
    };
    assert_eq!(findings(&text("178")), NONE);
    assert_eq!(findings(&text("168")), ["warning parts-nearly-whole 232 242"]);
    assert_eq!(findings(&text("93")), NONE);
}

#[test]
fn a_count_times_its_price_is_the_amount() {
    let text = |count: &str| {
        format!(
            "Trao {count} phần quà cho hộ nghèo, mỗi phần quà trị giá 400.000 đồng, với tổng kinh phí là 128 triệu đồng."
        )
    };
    assert_eq!(findings(&text("320")), NONE);
    assert_eq!(findings(&text("230")), ["error price-times-count 128000000 92000000"]);
    assert_eq!(causes("2024-Q2", &text("230")), ["230 → 320"]);
}

#[test]
fn a_percentage_of_the_plan_may_be_cut_or_rounded() {
    let text = |percent: &str| {
        format!("Tuyển sinh, đào tạo nghề cho 4.125 người, đạt {percent}% kế hoạch (kế hoạch năm 9.000 người).")
    };
    // 45,8333…
    for right in ["45,83", "45,8", "46", "45"] {
        assert_eq!(findings(&text(right)), NONE, "{right}");
    }
    assert_eq!(findings(&text("45,84")), ["error plan-ratio 45.84 45.83"]);
    assert_eq!(causes("2024-Q2", &text("54,83"))[0], "54,83 → 45,83");
}

#[test]
fn what_a_small_number_is_a_percentage_of_must_be_a_whole_number() {
    let text = |percent: &str| {
        format!("Trong quý đưa 46 người đi làm việc ở nước ngoài theo hợp đồng, đạt {percent}% kế hoạch năm.")
    };
    assert_eq!(findings(&text("38,33")), NONE);
    assert_eq!(findings(&text("38,63")), ["error no-whole-base 119.08 "]);
}

#[test]
fn two_rates_of_the_same_households_must_agree() {
    let text = |rate: &str| {
        format!(
            "Tổng số hộ nghèo là 8.412 hộ, chiếm 3,05% so với tổng số hộ dân cư. Tổng số hộ cận nghèo là 14.065 hộ, \
             chiếm {rate}% so với tổng số hộ dân cư."
        )
    };
    assert_eq!(findings(&text("5,10")), NONE);
    assert_eq!(findings(&text("5,01")), ["error base-differs 280738.52 275803.28"]);
    assert_eq!(causes("2024-Q2", &text("5,01"))[0], "5,01 → 5,10");
}

#[test]
fn a_share_is_of_its_whole() {
    let text = |share: &str| {
        format!(
            "Tổng số hộ nghèo là 8.412 hộ, trong đó hộ nghèo dân tộc Khmer là 2.716 hộ, chiếm {share}% tổng số hộ nghèo."
        )
    };
    assert_eq!(findings(&text("32,28")), NONE);
    assert_eq!(findings(&text("23,28")).len(), 1);
}

#[test]
fn a_value_its_change_and_its_base_go_together() {
    let text =
        |base: &str| format!("Tạo việc làm cho 4.310 lao động, tăng 7,75% so với cùng kỳ năm trước ({base} lao động).");
    assert_eq!(findings(&text("4.000")), NONE);
    assert_eq!(findings(&text("4.200")), ["error change-differs 7.75 2.62"]);
}

#[test]
fn a_month_is_within_the_year_so_far() {
    let text = |month: &str| format!("Trong tháng tạo việc làm cho {month} lao động, lũy kế 11.700 lao động.");
    let told = |text: &str| told(&Desk::new().judged("2024-M05", text).findings);
    assert_eq!(told(&text("2.940")), NONE);
    assert_eq!(told(&text("29.400")), ["error period-exceeds-longer 29400 11700"]);
}

#[test]
fn a_declared_check_is_done_on_parts_where_the_total_is_not_stated() {
    let text = |pending: &str| {
        format!(
            "Tiếp nhận 742 hồ sơ thủ tục hành chính; đã giải quyết trước hạn 603 hồ sơ, đúng hạn 81 hồ sơ; đang giải quyết {pending} hồ sơ."
        )
    };
    assert_eq!(findings(&text("58")), NONE);
    // Files carried over are settled too.
    assert_eq!(findings(&text("85")), NONE);
    assert_eq!(findings(&text("46")), ["warning declared-check 742 730"]);
}

#[test]
fn one_cause_is_one_finding() {
    let text = "Tuyển sinh, đào tạo nghề cho 4.152 người, đạt 45,83% kế hoạch (kế hoạch năm 9.000 người), gồm cao \
                đẳng 240 người, trung cấp 415 người, sơ cấp 1.270 người, dưới 3 tháng 2.200 người.";
    let findings = Desk::new().judged("2024-Q2", text).findings;
    let [only] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((only.causes[0].from.as_str(), only.causes[0].to.as_str(), only.causes[0].mends), ("4.152", "4.125", 2));
    assert_eq!(only.also.len(), 1, "{only:#?}");
    assert_eq!(only.observations.len(), 7);
}

#[test]
fn causes_are_offered_by_how_many_relations_they_keep() {
    // The plan of 20.000 that follows from the total speaks for the total: a part is the likelier slip.
    let text = "Tuyển sinh, đào tạo nghề cho 3.450 người⁽¹⁾, đạt 17,25% so với kế hoạch.\n\n\
                ¹ Trong đó: cao đẳng 120 người; trung cấp 519 người; sơ cấp 310 người; dưới 3 tháng 2.511 người.";
    let causes = causes("2024-Q2", text);
    assert!(
        causes.contains(&"519 người → 509 người".to_owned()) || causes.contains(&"519 → 509".to_owned()),
        "{causes:?}"
    );
    assert!(!causes[0].starts_with("3.450"), "{causes:?}");
}

#[test]
fn what_falls_is_written_as_taken_off() {
    let judged = Desk::new().judged("2024-Q2", "Trong quý xảy ra 14 vụ tai nạn lao động, giảm 22,2% so với cùng kỳ.");
    let written: Vec<&str> = judged.checked.iter().map(|c| c.written.as_str()).collect();
    assert_eq!(written, ["14 × 100 / (100 − 22,2%) = 1, 2, 3, …"]);
}

#[test]
fn relations_that_hold_are_counted() {
    let judged = Desk::new().judged("2024-Q2", "Cấp 61 giấy phép lao động (cấp mới 42, cấp lại 04, gia hạn 15).");
    let written: Vec<&str> = judged.checked.iter().filter(|c| c.holds).map(|c| c.written.as_str()).collect();
    assert_eq!(written, ["42 + 04 + 15 = 61"]);
}

#[test]
fn cumulative_values_go_on_by_what_the_month_brought() {
    let desk = Desk::new();
    let month = |brought: &str, so_far: &str| {
        format!("Trong tháng tạo việc làm cho {brought} lao động, lũy kế {so_far} lao động.")
    };
    let (april, may) = (month("2.100", "8.760"), month("2.940", "11.700"));
    assert_eq!(desk.between(&[("2024-M04", &april), ("2024-M05", &may)]), NONE);
    let may = month("2.940", "11.070");
    assert_eq!(desk.between(&[("2024-M04", &april), ("2024-M05", &may)]), ["warning cumulative-step 11070 11700"]);
    let june = "Lũy kế tạo việc làm cho 7.500 lao động.";
    assert_eq!(desk.between(&[("2024-M04", &april), ("2024-M06", june)]), ["error cumulative-falls 8760 7500"]);
}

#[test]
fn months_make_up_the_quarters_own_report() {
    let desk = Desk::new();
    let month = |brought: &str| format!("Trong tháng tạo việc làm cho {brought} lao động.");
    let (april, may, june) = (month("2.100"), month("2.940"), month("1.960"));
    let quarter = |value: &str| format!("Trong quý tạo việc làm cho {value} lao động.");
    let with = |value: &str| {
        let quarter = quarter(value);
        desk.between(&[("2024-M04", &april), ("2024-M05", &may), ("2024-M06", &june), ("2024-Q2", &quarter)])
    };
    assert_eq!(with("7.000"), NONE);
    assert_eq!(with("7.300"), ["warning periods-differ 7000 7300"]);
}

#[test]
fn the_plan_of_the_year_stays() {
    let desk = Desk::new();
    let report =
        |value: &str, percent: &str| format!("Lũy kế tạo việc làm cho {value} lao động, đạt {percent}% kế hoạch năm.");
    let april = report("8.760", "48,67");
    assert_eq!(desk.between(&[("2024-M04", &april), ("2024-M05", &report("11.700", "65"))]), NONE);
    let told = desk.between(&[("2024-M04", &april), ("2024-M05", &report("11.700", "56"))]);
    assert!(told.len() == 1 && told[0].starts_with("warning plan-moves 20892.86 "), "{told:?}");
}

#[test]
fn stocks_follow_from_what_came_and_left() {
    let desk = Desk::new();
    let before = "Cơ sở Cai nghiện ma túy hiện đang quản lý 640 học viên.";
    let now = |stock: &str| {
        format!(
            "Cơ sở Cai nghiện ma túy tiếp nhận 120 học viên, giải quyết tái hòa nhập cộng đồng 90 học viên; hiện đang quản lý {stock} học viên."
        )
    };
    assert_eq!(desk.between(&[("2024-M04", before), ("2024-M05", &now("664"))]), NONE);
    assert_eq!(desk.between(&[("2024-M04", before), ("2024-M05", &now("466"))]), ["warning stock-flow 670 466"]);
}

#[test]
fn a_value_ten_times_the_usual_is_asked_about() {
    let desk = Desk::new();
    let month = |value: &str| format!("Trong tháng tạo việc làm cho {value} lao động.");
    let usual: Vec<(String, String)> = (1..=6).map(|n| (format!("2024-M{n:02}"), month(&format!("2.{n}40")))).collect();
    let with = |last: &str| {
        let last = month(last);
        let mut reports: Vec<(&str, &str)> = usual.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
        reports.push(("2024-M07", &last));
        desk.between(&reports)
    };
    assert_eq!(with("3.100"), NONE);
    assert_eq!(with("24.600"), ["warning slip-of-magnitude 24600 2390"]);
    assert_eq!(with("90.000"), ["info outlier 90000 2390"]);
}

#[test]
fn a_declared_check_that_fails_its_own_example_is_refused() {
    let refused = |text: &str| {
        let folder = std::env::temp_dir().join(format!("tonghop-checks-{}-{}", std::process::id(), text.len()));
        std::fs::create_dir_all(folder.join("checks")).unwrap();
        std::fs::write(folder.join("checks/own.toml"), text).unwrap();
        let error = Rules::load(&Templates::with_overlay(&folder).unwrap()).map(|_| ()).unwrap_err().to_string();
        std::fs::remove_dir_all(&folder).unwrap();
        error
    };
    let check = |left: &str, holds: &str| {
        format!(
            "[[check]]\nid = \"own\"\nname = \"Thử\"\nleft = \"{left}\"\noperator = \"<=\"\nright = \
             \"labour.strikes\"\nseverity = \"error\"\n[[check.example]]\ngiven = {{ \"labour.disputes\" = 3, \
             \"labour.strikes\" = 2 }}\nholds = {holds}\n[[check.example]]\ngiven = {{ \"labour.disputes\" = 1, \
             \"labour.strikes\" = 2 }}\nholds = true\n"
        )
    };
    assert_eq!(
        refused(&check("labour.disputes", "true")),
        "checks/own.toml:2: `own` has no example with `holds = false`\nchecks/own.toml:10: `own` gives `holds = false`"
    );
    let unknown = refused(&check("labour.dispute", "false"));
    assert!(
        unknown.starts_with("checks/own.toml:4: `labour.dispute`: unknown indicator; nearest: labour.disputes"),
        "{unknown}"
    );
    let split = refused(&check("labour.disputes[sex=female]", "false"));
    assert!(split.contains("`labour.disputes` is not split by `sex`; it is split by: none"), "{split}");
}

#[test]
fn a_declared_check_may_count_what_is_missing_as_zero_or_tell() {
    let desk = Desk::new();
    let text = "Tiếp nhận 742 hồ sơ thủ tục hành chính; đã giải quyết 600 hồ sơ.";
    let with = |missing: Missing| {
        let mut rules = desk.rules.clone();
        rules.declared.retain(|d| d.id == "dossiers");
        rules.declared.iter_mut().for_each(|d| d.missing = missing);
        let own = Desk { dictionary: &DICTIONARY, rules };
        told(&own.judged("2024-Q2", text).findings)
    };
    assert_eq!(with(Missing::Skip), NONE);
    assert_eq!(with(Missing::Zero), ["warning declared-check 742 600"]);
    assert_eq!(with(Missing::Tell), ["info declared-missing  "]);
}
