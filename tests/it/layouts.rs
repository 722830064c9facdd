//! Layouts of one's own that no built-in one resembles, and the twin of a workbook.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use tonghop::annex::{AnnexInput, Layouts, write_twin, write_workbook};
use tonghop::dictionary::templates::Templates;

use crate::national::Nation;

/// Periods as rows, regions as columns, with formulas that cross each other.
const CROSSED: &str = r##"
sheet_name = "So sánh vùng"
title = "SO SÁNH HAI THÁNG"
right_line = "Đơn vị tính: {unit}"
orientation = "portrait"

[[row]]
period = "previous"
label = "Tháng trước ({period_short})"
id = "before"
charted = true

[[row]]
period = "own"
label = "Tháng này ({period_short})"
id = "now"
charted = true

[[row]]
label = "Tăng, giảm"
formula = "[now] - [before]"
style = "total"

[[row]]
label = "Bằng % tháng trước"
formula = "[now] / [before] * 100"
decimals = 1

[[column]]
shows = "label"
header = "Kỳ"
width = 30

[[column]]
each = "regions"
indicator = "employment.jobs_created"
measure = "actual"
header = ["Chia theo vùng", "{region}"]
keep = "figures"
mark = "#"
charted = true

[[column]]
region = "Đồng bằng sông Cửu Long"
indicator = "employment.jobs_created"
measure = "actual"
header = "Trong đó: ĐBSCL"
id = "south"
mark = "#"

[[column]]
place = "country"
indicator = "employment.jobs_created"
measure = "actual"
header = "Cả nước"
id = "all"
mark = "#"

[[column]]
header = "Tỷ trọng ĐBSCL (%)"
formula = "[south] / [all] * 100"
mark = "#"

[[chart]]
title = "So sánh {unit}"
kind = "column"
series = "columns"
height = 12
"##;

/// The sheet `name` as a grid of texts, by row and column.
fn sheet(bytes: &[u8], name: &str) -> BTreeMap<(u32, u32), Data> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let (top, left) = range.start().unwrap();
    let cells = range.used_cells();
    cells
        .map(|(row, column, data)| {
            ((u32::try_from(row).unwrap() + top, u32::try_from(column).unwrap() + left), data.clone())
        })
        .collect()
}

fn row_with<'s>(sheet: &'s BTreeMap<(u32, u32), Data>, label: &str) -> Vec<String> {
    let row = sheet.iter().find(|(_, data)| data.to_string() == label).unwrap_or_else(|| panic!("{label}")).0.0;
    sheet.range((row, 0)..(row + 1, 0)).map(|(_, data)| data.to_string()).collect()
}

/// A small nation: Hà Nội and Trà Vinh in both months, Sóc Trăng in the second only.
fn nation() -> Nation {
    let mut nation = Nation::new(&Templates::built_in());
    nation.observations.clear();
    nation.reports.clear();
    for (code, period, value) in [
        ("01", "2024-M04", "1000"),
        ("01", "2024-M05", "900"),
        ("84", "2024-M04", "100"),
        ("84", "2024-M05", "150"),
        ("94", "2024-M05", "50"),
    ] {
        nation.say(code, period, "employment.jobs_created", "", "actual", value.to_owned());
    }
    nation
}

fn input<'a>(
    nation: &'a Nation,
    consolidated: &'a tonghop::consolidate::Consolidated,
    completeness: &'a tonghop::completeness::Completeness,
    layouts: &'a Layouts,
) -> AnnexInput<'a> {
    AnnexInput {
        period: "2024-M05".parse().unwrap(),
        consolidated,
        completeness,
        observations: &nation.observations,
        unmapped: &[],
        findings: &[],
        reports: &nation.reports,
        register: &nation.register,
        geography: &nation.geography,
        layouts,
    }
}

fn own_layouts(nation: &Nation, text: &str) -> Layouts {
    let files = [("mine.toml".to_owned(), text.to_owned())];
    nation.layouts.with_sheets(&files, &nation.register, &nation.geography).unwrap()
}

#[test]
fn a_layout_of_periods_by_regions_needs_no_code() {
    let nation = nation();
    let (consolidated, completeness) = (nation.consolidated(), nation.completeness());
    let layouts = own_layouts(&nation, CROSSED);
    let bytes = write_workbook(&input(&nation, &consolidated, &completeness, &layouts)).unwrap();
    let sheet = sheet(&bytes, "So sánh vùng");
    let share = |part: f64, all: f64| (part / all * 100.0).to_string();
    assert_eq!(
        row_with(&sheet, "Tháng trước (T4/2024)"),
        ["Tháng trước (T4/2024)", "1000", "100", "100", "1100", &share(100.0, 1100.0)]
    );
    assert_eq!(
        row_with(&sheet, "Tháng này (T5/2024)"),
        ["Tháng này (T5/2024)", "900", "200", "200", "1100", &share(200.0, 1100.0)]
    );
    // The south has one province more in May: neither it nor the country can be compared.
    assert_eq!(row_with(&sheet, "Tăng, giảm"), ["Tăng, giảm", "-100", "...", "...", "...", "..."]);
    assert_eq!(row_with(&sheet, "Bằng % tháng trước"), ["Bằng % tháng trước", "90", "...", "...", "...", "..."]);
    assert!(sheet.values().any(|data| data.to_string() == "Đơn vị tính: người"));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).unwrap();
    let formulas: Vec<String> = book
        .worksheet_formula("So sánh vùng")
        .unwrap()
        .used_cells()
        .filter(|(_, _, formula)| !formula.is_empty())
        .map(|(_, _, formula)| formula.clone())
        .collect();
    // Shares of both months, the difference and the ratio; the country as the sum of its regions.
    assert_eq!(formulas, ["SUM(B7:C7)", "D7/E7*100", "SUM(B8:C8)", "D8/E8*100", "B8-B7", "B8/B7*100"]);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut chart = String::new();
    archive.by_name("xl/charts/chart1.xml").unwrap().read_to_string(&mut chart).unwrap();
    assert_eq!(chart.matches("<c:ser>").count(), 2, "a series for each charted column");
}

#[test]
fn the_twin_has_one_row_of_headings_and_no_blank_cell() {
    let nation = nation();
    let (consolidated, completeness) = (nation.consolidated(), nation.completeness());
    let layouts = own_layouts(&nation, CROSSED);
    let bytes = write_twin(&input(&nation, &consolidated, &completeness, &layouts)).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Ghi chú", "So sánh vùng"]);
    assert!(book.merge_cells_by_sheet_name("So sánh vùng").unwrap().is_empty());
    let table = sheet(&bytes, "So sánh vùng");
    let heads: Vec<String> = table.range((0, 0)..(1, 0)).map(|(_, data)| data.to_string()).collect();
    assert_eq!(
        heads,
        [
            "Mục",
            "Kỳ",
            "Chia theo vùng - Đồng bằng sông Hồng",
            "Chia theo vùng - Đồng bằng sông Cửu Long",
            "Trong đó: ĐBSCL",
            "Cả nước",
            "Tỷ trọng ĐBSCL (%)"
        ]
    );
    assert_eq!(row_with(&table, "Tăng, giảm"), ["x", "Tăng, giảm", "-100", "...", "...", "...", "..."]);
    assert_eq!(table.len(), 7 * 5, "no cell is blank");
    let notes = sheet(&bytes, "Ghi chú");
    assert!(notes.values().any(|data| data.to_string() == "SO SÁNH HAI THÁNG"));
    assert!(bytes == write_twin(&input(&nation, &consolidated, &completeness, &layouts)).unwrap());
}

#[test]
fn the_example_of_the_page_about_layouts_works() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/bieu-mau.md");
    let page = std::fs::read_to_string(path).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let mut nation = nation();
    for (measure, value) in [("cumulative", "5000"), ("plan", "12000")] {
        nation.say("01", "2024-M05", "employment.jobs_created", "", measure, value.to_owned());
    }
    let (consolidated, completeness) = (nation.consolidated(), nation.completeness());
    let layouts = own_layouts(&nation, example);
    let bytes = write_workbook(&input(&nation, &consolidated, &completeness, &layouts)).unwrap();
    let sheet = sheet(&bytes, "Việc làm theo vùng");
    assert!(sheet.values().any(|data| data.to_string() == "(Tháng 5 năm 2024)"));
    assert_eq!(row_with(&sheet, "Hà Nội"), ["Hà Nội", "5000", "12000", "7000"]);
    assert_eq!(row_with(&sheet, "Trà Vinh"), ["Trà Vinh", "...", "...", "..."]);
}
