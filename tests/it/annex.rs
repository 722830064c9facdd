//! The annex workbook as a reader of the file sees it.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use tonghop::annex::{AnnexInput, Layouts, write_workbook};
use tonghop::completeness::Completeness;
use tonghop::consolidate::{Boundaries, Input, Wording, consolidate, read_plans};
use tonghop::diagnostic::{Finding, Severity, Site};
use tonghop::dictionary::geography::Geography;
use tonghop::dictionary::register::Register;
use tonghop::dictionary::templates::Templates;
use tonghop::observation::{Class, LedgerEntry, Measure, Observation, Origin, Qualifier, Status};
use tonghop::table::ReportRow;

/// `province period indicator[breakdown] measure[/of] [qualifier or status]value`.
pub(crate) fn observation(at: usize, text: &str) -> Observation {
    let words: Vec<&str> = text.split(' ').collect();
    let [province, period, indicator, measure, value] = words[..] else { panic!("{text}") };
    let (indicator, breakdown) = indicator.split_once('[').unwrap_or((indicator, "]"));
    let (measure, of) = measure.split_once('/').unwrap_or((measure, ""));
    let mark = value.chars().next().unwrap();
    let number = value.trim_start_matches(['~', '<', '>', 'E']);
    let templates = Templates::built_in();
    let register = Register::load(&templates).unwrap();
    let measure: Measure = measure.parse().unwrap();
    let unit = register.get(indicator).unwrap().unit.code();
    Observation {
        id: format!("o{at:04}"),
        province: province.to_owned(),
        province_system: "63".to_owned(),
        period: period.parse().ok(),
        indicator: indicator.to_owned(),
        breakdown: breakdown.trim_end_matches(']').parse().unwrap(),
        measure,
        stated: number.to_owned(),
        value: Decimal::from_str_exact(number).unwrap(),
        unit: if measure.is_percent() { "percent" } else { unit }.to_owned(),
        qualifier: match mark {
            '~' => Qualifier::About,
            '<' => Qualifier::Under,
            '>' => Qualifier::Over,
            _ => Qualifier::Exact,
        },
        status: if mark == 'E' { Status::Estimate } else { Status::Reported },
        of: of.parse().ok(),
        base: String::new(),
        origin: Origin::Text,
        confidence: Decimal::new(95, 2),
        file: format!("{province}.txt"),
        start: at * 10,
        end: at * 10 + 3,
        line: at + 1,
        place: format!("dòng {}", at + 1),
        quote: format!("trong kỳ đã thực hiện được {number} theo kế hoạch đề ra"),
        rule: indicator.to_owned(),
    }
}

const ROWS: &[&str] = &[
    "84 2023-Q2 employment.jobs_created plan 20000",
    "84 2023-Q2 employment.jobs_created actual 2650",
    "84 2023-Q2 employment.jobs_created cumulative 10325",
    "84 2023-Q2 employment.jobs_created pct_of_plan/cumulative 51.5",
    "84 2023-Q2 employment.jobs_created[sex=female] actual 1120",
    "84 2023-Q2 employment.jobs_created yoy_pct/actual -22.43",
    "84 2023-Q2 employment.overseas_workers cumulative 344",
    "84 2023-Q2 employment.overseas_workers pct_of_plan/cumulative 114.66",
    "84 2023-Q2 employment.overseas_workers[market=JP] cumulative 268",
    "84 2023-Q2 employment.overseas_workers[market=TW] cumulative 58",
    "84 2023-Q2 employment.loan_amount actual 11076000000",
    "84 2023-Q2 employment.strikes_are_none actual 0",
    "84 2023-Q2 labour.strikes actual 0",
    "84 2023-Q2 labour.safety_classes actual 1",
    "84 2023-Q2 labour.safety_classes actual 12",
    "84 2023-Q2 labour.safety_trainees actual ~600",
    "84 2023-Q2 poverty.poor_households actual 9214",
    "84 2023-Q2 poverty.households actual 286149",
    "84 2023-Q2 poverty.poor_rate actual 3.22",
    "94 2023-Q2 employment.jobs_created actual E6208",
    "94 2023-Q2 employment.jobs_created cumulative 17500.5",
    "94 2023-Q2 employment.loan_amount actual 223227385",
    "94 2023-Q2 poverty.poor_households actual 5000",
    "94 2023-Q2 poverty.households actual 320000",
    "01 2023-Q2 employment.jobs_created actual 50000",
];

struct World {
    templates: Templates,
    register: Register,
    geography: Geography,
    observations: Vec<Observation>,
}

impl World {
    fn new() -> Self {
        Self::with(Templates::built_in())
    }

    fn with(templates: Templates) -> Self {
        let (register, geography) = (Register::load(&templates).unwrap(), Geography::load(&templates).unwrap());
        let rows = ROWS.iter().filter(|row| !row.contains("none"));
        let observations = rows.enumerate().map(|(at, row)| observation(at, row)).collect();
        Self { templates, register, geography, observations }
    }

    fn workbook(&self) -> Vec<u8> {
        self.workbook_of("2023-Q2")
    }

    fn workbook_of(&self, period: &str) -> Vec<u8> {
        let plans = "province,year,indicator,value\n94,2023,employment.jobs_created,28000\n";
        let consolidated = consolidate(&Input {
            observations: &self.observations,
            reports: &[],
            register: &self.register,
            geography: &self.geography,
            wording: &Wording::load(&self.templates).unwrap(),
            plans: &read_plans("plans.csv", plans, &self.register, &self.geography).unwrap(),
            revisions: &FxHashMap::default(),
            review_threshold: Decimal::new(6, 1),
            periods: &[],
            boundaries: Boundaries::AsReported,
        })
        .unwrap();
        let report = |code: &str, date: &str| ReportRow {
            file: format!("{code}.txt"),
            province: code.to_owned(),
            province_system: "63".to_owned(),
            period: "2023-Q2".parse().ok(),
            status: "read".to_owned(),
            date: date.to_owned(),
            number: "05/BC-SLĐTBXH".to_owned(),
            numbers: 120,
            observations: 20,
            unmapped: 1,
            ..ReportRow::default()
        };
        let site = Site {
            file: "84.txt".to_owned(),
            line: 12,
            place: "dòng 12".to_owned(),
            quote: "419 + 210 + 2.031".to_owned(),
        };
        let mut finding = Finding::new(Severity::Error, "total-mismatch", site);
        finding.province = "84".to_owned();
        finding.period = "2023-Q2".to_owned();
        (finding.stated, finding.expected, finding.difference) = ("2650".into(), "2660".into(), "-10".into());
        let unmapped = LedgerEntry {
            file: "84.txt".to_owned(),
            line: 40,
            start: 900,
            end: 903,
            text: "125".to_owned(),
            class: Class::Unmapped,
            reason: "no-indicator".to_owned(),
        };
        write_workbook(&AnnexInput {
            period: period.parse().unwrap(),
            consolidated: &consolidated,
            completeness: &Completeness::default(),
            observations: &self.observations,
            unmapped: &[(unmapped, "trao 125 suất quà cho học viên".to_owned())],
            findings: &[(finding, "Tổng các phần không bằng số tổng nêu trong báo cáo".to_owned())],
            reports: &[report("84", "2023-06-20"), report("94", "2023-06-21"), report("01", "")],
            register: &self.register,
            geography: &self.geography,
            layouts: &Layouts::load(&self.templates, &self.register).unwrap(),
        })
        .unwrap()
    }
}

/// The sheets as grids of cells, by name, with absolute addresses.
fn read(bytes: &[u8]) -> BTreeMap<String, BTreeMap<(u32, u32), Data>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut sheets = BTreeMap::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).unwrap();
        let (top, left) = range.start().unwrap();
        let cells = range.used_cells().map(|(row, column, data)| {
            let (row, column) = (u32::try_from(row).unwrap() + top, u32::try_from(column).unwrap() + left);
            ((row, column), data.clone())
        });
        sheets.insert(name, cells.collect());
    }
    sheets
}

/// Whether a cell reads so, whatever its type.
fn says(data: &Data, text: &str) -> bool {
    format!("{data}") == text
}

/// The row in which `text` stands in `column`.
fn row_of(sheet: &BTreeMap<(u32, u32), Data>, column: u32, text: &str) -> u32 {
    let found = sheet.iter().find(|((_, c), data)| *c == column && says(data, text));
    found.unwrap_or_else(|| panic!("no `{text}` in column {column}")).0.0
}

/// The cells of a row from `first` on, as text; empty cells between them too.
fn cells(sheet: &BTreeMap<(u32, u32), Data>, row: u32, columns: std::ops::Range<u32>) -> Vec<String> {
    columns.map(|column| sheet.get(&(row, column)).map(ToString::to_string).unwrap_or_default()).collect()
}

#[test]
fn the_sheet_of_a_province_reads_back() {
    let sheets = read(&World::new().workbook());
    let sheet = &sheets["PL Trà Vinh"];
    let row = |name: &str| cells(sheet, row_of(sheet, 1, name), 2..9);
    assert_eq!(
        row("Số lao động được giải quyết việc làm (tạo việc làm)"),
        ["người", "20000", "2650", "10325", "51.625", "77.57", "báo cáo ghi 51,5%"]
    );
    assert_eq!(row("- Nữ"), ["người", "", "1120", "...", "", "", ""]);
    assert_eq!(
        row("Số lao động đi làm việc ở nước ngoài theo hợp đồng"),
        ["người", "300", "...", "344", "114.66", "", "suy từ tỷ lệ % (KH)"]
    );
    assert_eq!(row("Kinh phí cho vay giải quyết việc làm"), ["triệu đồng", "", "11076", "...", "", "", ""]);
    assert_eq!(row("Số vụ đình công, ngừng việc tập thể")[2], "0");
    let classes = row("Số lớp huấn luyện, tập huấn an toàn vệ sinh lao động, tai nạn lao động");
    assert_eq!((classes[2].as_str(), classes[6].as_str()), ("13", "cộng các hoạt động nêu riêng (TH)"));
    let trainees = row("Số người được huấn luyện, tập huấn an toàn vệ sinh lao động, tai nạn lao động");
    assert_eq!(trainees[6], "khoảng (TH)");
    let other = &sheets["PL Sóc Trăng"];
    let jobs = cells(other, row_of(other, 1, "Số lao động được giải quyết việc làm (tạo việc làm)"), 2..9);
    assert_eq!(jobs[1..4], ["28000", "6208", "17500.5"]);
    assert!(jobs[4].starts_with("62.5017857142857"), "{}", jobs[4]);
    assert_eq!(jobs[6], "ước (TH); KH theo tệp kế hoạch");
}

#[test]
fn a_field_of_work_has_totals_regions_and_gaps() {
    let sheets = read(&World::new().workbook());
    let sheet = &sheets["Việc làm"];
    let row = |name: &str| cells(sheet, row_of(sheet, 1, name), 2..6);
    assert_eq!(row("CẢ NƯỚC"), ["48000", "58858", "1120", "27825.5"]);
    assert_eq!(row("Số tỉnh có số liệu"), ["2", "3", "1", "2"]);
    assert_eq!(row("Đồng bằng sông Cửu Long"), ["48000", "8858", "1120", "27825.5"]);
    assert_eq!(row("Đồng bằng sông Hồng"), ["...", "50000", "...", "..."]);
    assert_eq!(row("Tây Nguyên"), ["...", "...", "...", "..."]);
    assert_eq!(row("Trà Vinh"), ["20000", "2650", "1120", "10325"]);
    assert!(sheet.values().any(|data| says(data, "Số tỉnh, thành phố có số liệu: 3/63")));
    let poverty = &sheets["Giảm nghèo"];
    let delta = row_of(poverty, 1, "Đồng bằng sông Cửu Long");
    assert_eq!(cells(poverty, delta, 2..5)[0], "14214");
    // Sóc Trăng states no rate, but both parts: the rate of the region is recomputed from them.
    assert_eq!(cells(poverty, delta, 2..5)[1].get(..16), Some("2.34496798641918"));
}

#[test]
fn lists_say_where_what_and_who() {
    let sheets = read(&World::new().workbook());
    let sources = &sheets["Nguồn số liệu"];
    let addends = sources.iter().filter(|((_, column), data)| *column == 8 && says(data, "cộng vào")).count();
    assert_eq!(addends, 2);
    assert!(sources.values().any(|data| says(data, "11076000000")));
    let findings = &sheets["Cảnh báo"];
    assert_eq!(cells(findings, row_of(findings, 0, "f0001"), 9..12), ["2650", "2660", "-10"]);
    let unmapped = &sheets["Chưa ghép"];
    assert_eq!(cells(unmapped, row_of(unmapped, 1, "Trà Vinh"), 3..5), ["40", "125"]);
    let reports = &sheets["Tình hình báo cáo"];
    assert_eq!(cells(reports, row_of(reports, 1, "Sóc Trăng"), 2..4), ["Đã đọc", "94.txt"]);
    assert_eq!(cells(reports, row_of(reports, 1, "Cà Mau"), 2..4), ["Chưa có báo cáo", ""]);
    assert!(reports.values().any(|data| says(data, "Số tỉnh, thành phố có báo cáo: 3/63")));
}

#[test]
fn links_keep_numbers_numbers_and_lead_to_their_source() {
    let bytes = World::new().workbook();
    let sheets = read(&bytes);
    let sheet = &sheets["PL Trà Vinh"];
    let row = row_of(sheet, 1, "Số lao động được giải quyết việc làm (tạo việc làm)");
    assert!(matches!(sheet[&(row, 4)], Data::Float(_) | Data::Int(_)));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).unwrap();
    let formulas = workbook.worksheet_formula("PL Trà Vinh").unwrap();
    assert_eq!(formulas.get_value((row, 6)).cloned(), Some(format!("F{0}/D{0}*100", row + 1)));
    // Every link leads to a row of the table of sources that gives the very value, in the base unit.
    let sources = &sheets["Nguồn số liệu"];
    for (name, links) in [("PL Trà Vinh", 17), ("Việc làm", 14)] {
        let found = workbook.hyperlinks_by_sheet_name(name).unwrap();
        assert_eq!(found.len(), links, "{name}");
        for link in found {
            let location = link.location.unwrap();
            let target: u32 = location.strip_prefix("'Nguồn số liệu'!A").unwrap().parse().unwrap();
            let shown = sheets[name][&link.range.start].to_string().parse::<f64>().unwrap();
            let role = sources[&(target - 1, 8)].to_string();
            let stated = sources[&(target - 1, 6)].to_string().parse::<f64>().unwrap();
            let equal =
                [shown, shown * 1e6, shown - 100.0].iter().any(|v| (v - stated).abs() < 1e-6 * v.abs().max(1.0));
            assert!(equal || role == "cộng vào" || role == "tính từ", "{name}: {shown} leads to {stated}");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let mut world = World::new();
    let first = world.workbook();
    // For looking at.
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/annex.xlsx"), &first).unwrap();
    assert!(first == world.workbook());
    world.observations.reverse();
    assert!(first == world.workbook(), "the order of the observations must not show");
}

#[test]
fn an_office_adds_a_sheet_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("annex")).unwrap();
    let layout = r#"
for_each = "provinces"
sheet_name = "Tóm tắt {province} {year}"
title = "TÓM TẮT {PERIOD}"
orientation = "portrait"

[[row]]
each = "indicators"
label = "{indicator}"

[[column]]
shows = "label"
header = "Nội dung"
width = 60

[[column]]
measure = "cumulative"
header = ["Kết quả", "Từ đầu năm", "Số lượng"]
width = 14

[[column]]
shows = "unit"
header = ["Kết quả", "Từ đầu năm", "Đơn vị"]
width = 14
"#;
    std::fs::write(folder.path().join("annex/15-mine.toml"), layout).unwrap();
    let world = World::with(Templates::with_overlay(folder.path()).unwrap());
    let sheets = read(&world.workbook());
    let sheet = &sheets["Tóm tắt Trà Vinh 2023"];
    let row = row_of(sheet, 0, "Số lao động được giải quyết việc làm (tạo việc làm)");
    assert_eq!(cells(sheet, row, 0..3)[1..], ["10325", "người"]);
    assert!(says(&sheet[&(0, 0)], "TÓM TẮT QUÝ II NĂM 2023"));
}

#[test]
fn a_layout_may_leave_out_who_has_no_figure() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("annex")).unwrap();
    let built_in = Templates::built_in().read("annex/20-domain.toml").unwrap();
    let layout = built_in
        .replace("  keep = \"fold\"\n  fold_below_percent = 50\n", "  keep = \"figures\"\n")
        .replace("label = \"{region}\"\n", "label = \"{region}\"\nkeep = \"figures\"\n");
    std::fs::write(folder.path().join("annex/20-domain.toml"), layout).unwrap();
    let sheets = read(&World::with(Templates::with_overlay(folder.path()).unwrap()).workbook());
    let sheet = &sheets["Việc làm"];
    let names: Vec<String> = (0..40).filter_map(|row| sheet.get(&(row, 1))).map(ToString::to_string).collect();
    assert_eq!(
        names[names.iter().position(|n| n == "CẢ NƯỚC").unwrap()..],
        [
            "CẢ NƯỚC",
            "Số tỉnh có số liệu",
            "Đồng bằng sông Hồng",
            "Hà Nội",
            "Đồng bằng sông Cửu Long",
            "Trà Vinh",
            "Sóc Trăng"
        ]
    );
    assert_eq!(cells(sheet, row_of(sheet, 1, "CẢ NƯỚC"), 2..6), ["48000", "58858", "1120", "27825.5"]);
}

#[test]
fn after_the_merger_there_are_34_provinces_and_january_makes_one_figure_of_two() {
    let mut world = World::new();
    let rows = [
        "86 2025-01-01/P9M employment.jobs_created cumulative 30000",
        "86 2025-01-01/P9M employment.jobs_created yoy_base/actual 24000",
        "86 2025-01-01/P9M poverty.poor_households plan <5000",
        "86 2024 poverty.poor_households actual 6100",
    ];
    world.observations = rows.iter().enumerate().map(|(at, row)| observation(at, row)).collect();
    for observation in &mut world.observations {
        observation.province_system = "34".to_owned();
        observation.file = "vinh-long.txt".to_owned();
    }
    let sheets = read(&world.workbook_of("2025-01-01/P9M"));
    let sheet = &sheets["PL Vĩnh Long"];
    let jobs = cells(sheet, row_of(sheet, 1, "Số lao động được giải quyết việc làm (tạo việc làm)"), 3..9);
    assert_eq!(jobs, ["", "30000", "30000", "", "125", ""]);
    let poor = cells(sheet, row_of(sheet, 1, "Số hộ nghèo"), 3..9);
    assert_eq!(poor, ["5000", "...", "x", "", "", "dưới (KH)"]);
    let field = &sheets["Việc làm"];
    assert!(field.values().any(|data| says(data, "Số tỉnh, thành phố có số liệu: 1/34")));
    assert!(!field.values().any(|data| says(data, "Trà Vinh")));
}

#[test]
fn a_period_without_figures_still_says_who_did_not_report() {
    let world = World::new();
    let sheets = read(&world.workbook_of("2024-M01"));
    assert_eq!(sheets.keys().collect::<Vec<_>>(), ["Chưa ghép", "Cảnh báo", "Nguồn số liệu", "Tình hình báo cáo"]);
    let reports = &sheets["Tình hình báo cáo"];
    assert!(reports.values().any(|data| says(data, "Số tỉnh, thành phố có báo cáo: 0/63")));
}
