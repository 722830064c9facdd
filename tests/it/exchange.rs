//! `tonghop export` and `tonghop compare`: the figures of a run for other programs, and what changed since another run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};

use polars::prelude::*;
use polars_io::parquet::read::ParquetReader;

use crate::support::Office;

type Row = BTreeMap<String, String>;

/// One run over the examples, and its figures.
fn run() -> (Office, Vec<Row>) {
    let office = Office::with_examples();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let figures = office.table("out/figures.csv");
    assert!(figures.len() > 1000);
    (office, figures)
}

#[test]
fn every_format_holds_every_figure() {
    let (office, figures) = run();
    office.tonghop(&["export", "out", "ex"]).expect(0, &["ex/figures.csv", "period=2024-M05"]);
    assert_eq!(office.read("ex/figures.csv"), office.read("out/figures.csv"));

    let json: Vec<serde_json::Value> = serde_json::from_str(&office.read("ex/figures.json")).unwrap();
    assert_eq!(json.len(), figures.len());
    for (object, row) in json.iter().zip(&figures) {
        assert_eq!(object["id"], row["id"].as_str());
        assert_eq!(object["value"].to_string().parse::<f64>().unwrap(), row["value"].parse::<f64>().unwrap());
    }
    // Numbers stand in the text with all their digits.
    let percent = figures.iter().find(|r| r["basis"] == "growth" && r["value"].len() > 8).unwrap();
    assert!(office.read("ex/figures.json").contains(&format!("\"value\":{},", percent["value"])));

    let mut rows = 0;
    let mut values: BTreeSet<(String, String)> = BTreeSet::new();
    for period in fs::read_dir(office.path("ex/figures.parquet")).unwrap() {
        let folder = period.unwrap();
        let file = File::open(folder.path().join("part-0.parquet")).unwrap();
        let frame = ParquetReader::new(file).finish().unwrap();
        assert_eq!(*frame.column("value").unwrap().dtype(), DataType::Decimal(38, 18));
        rows += frame.height();
        for row in 0..frame.height() {
            let text = |name: &str| match frame.column(name).unwrap().get(row).unwrap() {
                AnyValue::String(text) => text.to_owned(),
                AnyValue::StringOwned(text) => text.to_string(),
                other => other.to_string(),
            };
            let partition = format!("period={}", text("time_period").replace('/', "--"));
            assert_eq!(folder.file_name().to_str(), Some(partition.as_str()));
            let AnyValue::Decimal(mantissa, ..) = frame.column("value").unwrap().get(row).unwrap() else { panic!() };
            let value = rust_decimal::Decimal::from_str_exact(&figures_value(&figures, &text("id"))).unwrap();
            assert_eq!(mantissa, value.mantissa() * 10_i128.pow(18 - value.scale()), "{}", text("id"));
            values.insert((text("id"), value.to_string()));
        }
    }
    assert_eq!((rows, values.len()), (figures.len(), figures.len()));

    let sdmx = office.table("ex/figures.sdmx.csv");
    let keys: BTreeSet<Vec<&String>> = sdmx
        .iter()
        .map(|row| row.iter().filter(|(name, _)| is_dimension(name)).map(|(_, cell)| cell).collect())
        .collect();
    assert_eq!(keys.len(), sdmx.len(), "two observations have one key");
    assert!(sdmx.len() + 5 > figures.len(), "{} of {}", sdmx.len(), figures.len());
    assert!(sdmx.iter().all(|row| row["OBS_VALUE"].parse::<rust_decimal::Decimal>().is_ok()));
}

fn figures_value(figures: &[Row], id: &str) -> String {
    figures.iter().find(|r| r["id"] == id).unwrap()["value"].clone()
}

fn is_dimension(name: &str) -> bool {
    !matches!(
        name,
        "OBS_VALUE" | "OBS_STATUS" | "UNIT_MEASURE" | "UNIT_MULT" | "BASIS" | "QUALIFIER" | "COVERED" | "PROVINCES"
    )
}

#[test]
fn an_export_is_split_and_the_same_each_time() {
    let (office, figures) = run();
    let args = ["export", "out", "ex", "--format", "csv", "--format", "parquet", "--split", "province"];
    office.tonghop(&args).expect(0, &["ex/figures-63-0-VN.csv", "ex/figures-63-1-V6.csv", "ex/figures-63-2-36.csv"]);
    let first = office.files("ex");
    office.tonghop(&args);
    assert_eq!(first, office.files("ex"));
    let rows: usize =
        first.keys().filter(|name| name.ends_with(".csv")).map(|name| office.table(&format!("ex/{name}")).len()).sum();
    assert_eq!(rows, figures.len());
    office
        .tonghop(&["export", "out", "by", "--format", "json", "--split", "period"])
        .expect(0, &["figures-2024-M05.json"]);
    office.tonghop(&["export", "reports", "ex"]).expect(2, &["figures.csv"]);
}

#[test]
fn what_changed_is_listed_with_its_cause() {
    let office = Office::with_examples();
    let run = |reports: &str, out: &str, more: &[&str]| {
        office.tonghop(&[&["run", reports, "--out", out, "--quiet", "--period", "2024-M05"], more].concat());
    };
    // A report that comes later, and one that is changed.
    let late = office.read("reports/dak-lak-2024-q2.txt");
    fs::remove_file(office.path("reports/dak-lak-2024-q2.txt")).unwrap();
    run("reports", "before", &[]);
    office.write("reports/dak-lak-2024-q2.txt", &late);
    let may = office.read("reports/nam-dinh-2024-05.txt");
    assert!(may.contains("3.145 lao động"));
    office.write("reports/nam-dinh-2024-05.txt", may.replace("3.145", "3.155"));
    run("reports", "after", &[]);
    let shown = office.tonghop(&["compare", "before", "after", "--csv", "changes.csv"]).out;
    let line =
        shown.lines().find(|l| l.starts_with("tháng 5 năm 2024, Nam Định: «Số lao động được giải quyết việc làm"));
    let ending = "thực hiện trong kỳ: 3.145 → 3.155 (+10). Báo cáo sửa đổi: nam-dinh-2024-05.txt";
    assert!(line.is_some_and(|l| l.ends_with(ending)), "{line:?}");
    let changes = office.table("changes.csv");
    let figures = (office.table("before/figures.csv"), office.table("after/figures.csv"));
    let by_id = |rows: &[Row]| -> BTreeMap<String, Row> { rows.iter().map(|r| (r["id"].clone(), r.clone())).collect() };
    let (before, after) = (by_id(&figures.0), by_id(&figures.1));
    // Every figure with another value is listed, and none without a change.
    let differ: BTreeSet<&String> = before
        .keys()
        .chain(after.keys())
        .filter(|id| before.get(*id).map(|r| &r["value"]) != after.get(*id).map(|r| &r["value"]))
        .collect();
    let listed: BTreeMap<&String, &Row> = changes.iter().map(|c| (&c["id"], c)).collect();
    assert!(differ.len() > 50 && differ.iter().all(|id| listed.contains_key(id)));
    for (id, change) in &listed {
        let value = |side: &BTreeMap<String, Row>| side.get(*id).map(|r| r["value"].clone()).unwrap_or_default();
        assert_eq!((value(&before), value(&after)), (change["before"].clone(), change["after"].clone()));
        let seen = |side: &BTreeMap<String, Row>| {
            side.get(*id)
                .map(|r| ["value", "status", "covered", "missing", "qualifier", "implied"].map(|c| r[c].clone()))
        };
        assert!(differ.contains(id) || seen(&before) != seen(&after), "{change:?}");
        let (cause, because) = (change["cause"].as_str(), change["because_of"].as_str());
        match change["area"].as_str() {
            "66" => assert_eq!((cause, because), ("new-file", "dak-lak-2024-q2.txt"), "{change:?}"),
            "36" => assert_eq!((cause, because), ("revised-report", "nam-dinh-2024-05.txt"), "{change:?}"),
            _ => assert!(matches!(cause, "new-file" | "revised-report"), "{change:?}"),
        }
    }
    office.tonghop(&["compare", "after", "before"]).expect(0, &["Tệp không còn: "]);
    office.tonghop(&["compare", "after", "after"]).expect(0, &["Số liệu thay đổi: 0"]);

    // Other plans, and the same reports read by another dictionary.
    office.write("plans.csv", "province,year,indicator,value\n66,2024,employment.job_fairs,20\n");
    run("reports", "planned", &["--plans", "plans.csv"]);
    office.tonghop(&["compare", "after", "planned", "--csv", "plans-changes.csv"]).expect(0, &["Kế hoạch: "]);
    let plans = office.table("plans-changes.csv");
    assert!(plans.iter().all(|c| c["cause"] == "plans") && plans.iter().any(|c| c["measure"] == "pct_of_plan"));
    office.tonghop(&["templates", "export", "own"]);
    let dictionary = office.read("own/dictionary/labour.toml");
    office.write("own/dictionary/labour.toml", dictionary.replace("đình công", "bãi công"));
    run("reports", "other", &["--templates", "own"]);
    office.tonghop(&["compare", "after", "other", "--csv", "rule-changes.csv"]).expect(0, &["Cách đọc khác: "]);
    let rules = office.table("rule-changes.csv");
    assert!(rules.iter().any(|c| c["indicator"] == "labour.strikes" && c["cause"] == "rule"), "{rules:?}");

    // Settled otherwise: events told separately do not add up any more.
    let register = office.read("own/indicators.csv");
    fs::remove_dir_all(office.path("own")).unwrap();
    office.write("own/indicators.csv", register.replace(",stock,", ",flow,"));
    run("reports", "flows", &["--templates", "own"]);
    office.tonghop(&["compare", "after", "flows", "--csv", "template-changes.csv"]).expect(0, &["Tệp mẫu: "]);
    assert!(office.table("template-changes.csv").iter().all(|c| c["cause"] == "template"));
}
