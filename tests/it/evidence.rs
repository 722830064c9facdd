//! The evidence page: whole, closed, and true to the tables. What it does in a browser is tried by
//! `tests/browser/evidence.py`.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use crate::support::{Office, nam_dinh};

/// The data of the element with this id.
fn data(page: &str, id: &str) -> Value {
    let open = format!(r#"<script type="application/json" id="{id}">"#);
    let rest = page.split(&open).nth(1).unwrap_or_else(|| panic!("{id} is not in the page"));
    serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap()
}

/// The text of a range of UTF-16 units.
fn slice(text: &str, start: usize, length: usize) -> String {
    let units: Vec<u16> = text.encode_utf16().skip(start).take(length).collect();
    String::from_utf16(&units).unwrap()
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

#[test]
fn every_number_of_every_report_is_marked() {
    let office = Office::with_examples();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    office.tonghop(&["evidence", "out"]).expect(0, &["evidence.html"]);
    let page = office.read("out/evidence.html");
    let index = data(&page, "index");
    let observations = office.table("out/observations.csv");
    let mut rows = 0;
    for (at, report) in index["reports"].as_array().unwrap().iter().enumerate() {
        let file = report[0].as_str().unwrap();
        let own = data(&page, &format!("report-{at}"));
        let text = own["text"].as_str().unwrap();
        assert_eq!(text, office.read(&format!("out/text/{file}.txt")));
        let marks = own["marks"].as_array().unwrap();
        // Each entry of the ledger lies in one mark of its class; places are counted in UTF-16 units.
        for entry in office.table("out/ledger.csv").iter().filter(|e| e["file"] == file) {
            let byte: usize = entry["start"].parse().unwrap();
            let start = text[..byte].encode_utf16().count();
            let end = start + entry["text"].encode_utf16().count();
            let mark = marks
                .iter()
                .find(|m| number(&m[0]) <= start && end <= number(&m[0]) + number(&m[1]))
                .unwrap_or_else(|| panic!("{entry:?} is not marked"));
            let class = match mark[2].as_str().unwrap() {
                "o" | "d" | "c" => "observation",
                "u" => "unmapped",
                "r" => "reference",
                "t" => "task",
                other => panic!("{other}"),
            };
            assert_eq!(class, entry["class"], "{entry:?}");
            assert!(slice(text, number(&mark[0]), number(&mark[1])).contains(&entry["text"]), "{entry:?}");
        }
        // Each row of the table is there, is pointed to by a mark, and says what the table says.
        let listed = own["rows"].as_array().unwrap();
        for (row, listed) in listed.iter().enumerate() {
            let id = listed[19].as_str().unwrap();
            let o = observations.iter().find(|o| o["id"] == id && o["file"] == file).unwrap();
            let indicator = &index["indicators"][number(&listed[0])];
            let texts = |at: usize| own["texts"][number(&listed[at])].as_str().unwrap();
            assert_eq!(
                [indicator[0].as_str().unwrap(), listed[4].as_str().unwrap(), texts(16), texts(12)],
                [&*o["indicator"], &*o["value"], &*o["quote"], &*o["rule"]]
            );
            assert!(marks.iter().any(|m| m[3].as_array().is_some_and(|r| r.contains(&Value::from(row)))), "{id}");
            rows += 1;
        }
    }
    assert_eq!(rows, observations.len());
}

#[test]
fn a_figure_leads_to_its_addends_and_their_sentences() {
    let office = Office::with_examples();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    office.tonghop(&["evidence", "out"]).expect(0, &[]);
    let page = office.read("out/evidence.html");
    let (index, figures) = (data(&page, "index"), data(&page, "figures"));
    let period = figures["periods"].as_array().unwrap().iter().find(|p| p["name"] == "quý II năm 2024").unwrap();
    let table = |name: &str| {
        period["tables"].as_array().unwrap().iter().find(|t| t["name"] == name).unwrap_or_else(|| panic!("{name}"))
    };
    let at = index["indicators"].as_array().unwrap().iter().position(|i| i[0] == "employment.jobs_created").unwrap();
    let row = |name: &str| -> Vec<Value> {
        let rows = table(name)["rows"].as_array().unwrap();
        rows.iter().find(|r| number(&r[0]) == at && r[1] == "").unwrap()[2].as_array().unwrap().clone()
    };
    // Dak Lak created 8.430 jobs and Bac Lieu 4.655 in the second quarter, as their reports say.
    let total = &figures["totals"][number(&row("Cả nước")[1])];
    assert_eq!(total[0], "13085");
    let mut members: BTreeMap<&str, &str> = BTreeMap::new();
    for member in total[2].as_array().unwrap() {
        let figure = &figures["figures"][number(member)];
        members.insert(figure[0].as_str().unwrap(), figure[2].as_str().unwrap());
        for place in figure[8].as_array().unwrap() {
            let own = data(&page, &format!("report-{}", place[0]));
            let stated = &own["rows"][number(&place[1])];
            let quote = own["texts"][number(&stated[16])].as_str().unwrap();
            assert!(quote.contains(stated[5].as_str().unwrap()), "{quote}");
        }
    }
    assert_eq!(members, BTreeMap::from([("Bạc Liêu", "4655"), ("Đắk Lắk", "8430")]));
}

#[test]
fn the_page_holds_all_it_needs_and_nothing_can_break_out_of_its_data() {
    let office = Office::new();
    let body = "Trong kỳ giải quyết việc làm cho 120 lao động </script><script>alert(1)</script><!-- & 5 người.";
    let report = nam_dinh(120).replace("Trong kỳ, toàn tỉnh giải quyết việc làm cho 120 lao động.", body);
    assert!(report.contains("alert"));
    office.write("reports/a.txt", report);
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    office.tonghop(&["evidence", "out"]).expect(0, &[]);
    let page = office.read("out/evidence.html");
    assert!(data(&page, "report-0")["text"].as_str().unwrap().contains("</script><script>alert(1)"));
    assert!(!page.contains("<script>alert"), "the report's text stands in the page as it is");
    // Nothing outside is named: no address, no file; and the page forbids itself to fetch any.
    let outside = Regex::new(r#"(?i)(?:src|href)\s*=\s*"([^"]*)"|url\(([^)]*)\)|@import"#).unwrap();
    for found in outside.captures_iter(&page) {
        let address = found.get(1).or(found.get(2)).map_or("", |m| m.as_str());
        assert!(address.starts_with('#') || address.starts_with("data:"), "{address}");
    }
    assert!(!page.contains("https://") && !page.contains("http://"), "an address");
    assert!(page.contains("default-src 'none'"));
    // The same tables give the same bytes; the run's manifest knows the page; a run does not read it as a report.
    office.tonghop(&["evidence", "out"]).expect(0, &[]);
    assert!(page == office.read("out/evidence.html"));
    assert!(office.read("out/run.json").contains("evidence.html"));
    std::fs::copy(office.path("out/evidence.html"), office.path("reports/evidence.html")).unwrap();
    office.tonghop(&["run", "reports", "--out", "again"]).expect(0, &["1 đã đọc, 0 không đọc được"]);
    office.tonghop(&["evidence", "reports"]).expect(2, &["run.json", "tonghop run"]);
}

#[test]
fn the_page_speaks_the_language_asked_for_and_an_office_may_change_its_look() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    office.tonghop(&["evidence", "out", "--lang", "en"]).expect(0, &[]);
    let page = office.read("out/evidence.html");
    assert!(page.contains(r#"<html lang="en">"#) && page.contains("Figures beside their reports"));
    office.write("own/evidence/page.css", "body { color: #123456; }\n");
    office.tonghop(&["evidence", "out", "--templates", "own"]).expect(0, &[]);
    let page = office.read("out/evidence.html");
    assert!(page.contains("body { color: #123456; }") && page.contains(r#"<html lang="vi">"#));
    office.write("own/evidence/page.html", "<p>{{ t.title </p>");
    office.tonghop(&["evidence", "out", "--templates", "own"]).expect(2, &["evidence/page.html"]);
}
