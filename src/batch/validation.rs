//! `validation.json`: every relation that was checked and every other finding, in the shape of the ESS standard
//! validation report (`event`, `rule`, `data`, `value`: 1 for a rule that holds, 0 for one that does not).
//!
//! The standard's `event.time` is left empty: an output holds no clock.

use serde::Serialize;

use super::failure::Failure;
use super::staging::OutputFile;
use crate::check::Checked;
use crate::diagnostic::{Finding, Severity};

#[derive(Serialize)]
struct Validation<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    event: Event,
    rule: Rule<'a>,
    data: Data<'a>,
    value: &'static str,
}

#[derive(Serialize)]
struct Event {
    time: &'static str,
    actor: &'static str,
}

#[derive(Serialize)]
struct Rule<'a> {
    language: &'static str,
    expression: &'a str,
    severity: &'static str,
    description: &'a str,
}

#[derive(Serialize)]
struct Data<'a> {
    source: Vec<&'a str>,
    target: Vec<String>,
    description: String,
}

const EVENT: Event = Event { time: "", actor: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")) };

/// The standard's names.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "information",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// The report of all checks as a file.
///
/// # Errors
/// An error of the program.
pub(super) fn render(checked: &[Checked], findings: &[(Finding, String)]) -> Result<OutputFile, Failure> {
    let mut all: Vec<Validation<'_>> = Vec::new();
    for relation in checked {
        all.push(Validation {
            id: format!("r{:04}", all.len() + 1),
            kind: "validation",
            event: EVENT,
            rule: Rule {
                language: "arithmetic",
                expression: &relation.written,
                severity: severity(relation.severity),
                description: relation.check,
            },
            data: Data {
                source: vec![&relation.file],
                target: relation.observations.clone(),
                description: format!("{} {}", relation.province, relation.period).trim().to_owned(),
            },
            value: if relation.holds { "1" } else { "0" },
        });
    }
    for (at, (finding, message)) in findings.iter().enumerate() {
        let mut source = vec![finding.site.file.as_str()];
        source.extend(finding.other.iter().map(|s| s.file.as_str()).filter(|f| *f != finding.site.file));
        all.push(Validation {
            id: format!("f{:04}", at + 1),
            kind: "validation",
            event: EVENT,
            rule: Rule {
                language: "text",
                expression: message,
                severity: severity(finding.severity),
                description: finding.check,
            },
            data: Data {
                source,
                target: finding.observations.clone(),
                description: format!("{} {} {}", finding.province, finding.period, finding.site.place)
                    .trim()
                    .to_owned(),
            },
            value: "0",
        });
    }
    let text = serde_json::to_string_pretty(&all)
        .map_err(|error| Failure::new("internal", &[("cause", &format!("validation.json: {error}"))]))?;
    Ok(OutputFile { name: "validation.json".to_owned(), bytes: (text + "\n").into_bytes() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Site;

    #[test]
    fn relations_and_findings_have_the_fields_of_the_standard() {
        let checked = Checked {
            check: "plan-ratio",
            written: "40% = 4 × 100 / 10".to_owned(),
            observations: vec!["o1".to_owned(), "o2".to_owned()],
            province: "84".to_owned(),
            period: "2024-Q1".to_owned(),
            file: "a.txt".to_owned(),
            holds: true,
            severity: Severity::Error,
        };
        let finding = Finding::new(Severity::Info, "rounding", Site { file: "b.txt".to_owned(), ..Site::default() });
        let file = render(&[checked], &[(finding, "chênh 1".to_owned())]).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&file.bytes).unwrap();
        assert_eq!(read[0]["rule"]["expression"], "40% = 4 × 100 / 10");
        assert_eq!((&read[0]["value"], &read[0]["rule"]["severity"]), (&"1".into(), &"error".into()));
        assert_eq!(read[0]["data"]["target"][1], "o2");
        assert_eq!((&read[1]["value"], &read[1]["rule"]["severity"]), (&"0".into(), &"information".into()));
        for row in read.as_array().unwrap() {
            let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["id", "type", "event", "rule", "data", "value"]);
        }
    }
}
