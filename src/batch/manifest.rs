//! `run.json`: what was read, with what, and what came out. It is written last: it marks the run as whole. No clock,
//! no absolute path, no job count.

use serde::{Deserialize, Serialize};

use super::staging::OutputFile;
use crate::table::ReportRow;

const PROGRAM: &str = env!("CARGO_PKG_NAME");

/// What is written.
#[derive(Debug, Serialize)]
pub(super) struct Manifest<'a> {
    program: &'static str,
    version: &'static str,
    templates: &'a str,
    language: &'static str,
    assumed_province: Option<&'a str>,
    assumed_period: Option<String>,
    periods: Vec<String>,
    side_files: Vec<FileDigest>,
    reports: Vec<Report<'a>>,
    numbers: Counts,
    relations: Relations,
    findings: Findings,
    outputs: Vec<FileDigest>,
}

/// What a run was done with.
pub(super) struct Done<'a> {
    pub(super) templates: &'a str,
    pub(super) language: &'static str,
    pub(super) assumed_province: Option<&'a str>,
    pub(super) assumed_period: Option<String>,
    pub(super) periods: Vec<String>,
    pub(super) side_files: Vec<FileDigest>,
    pub(super) rows: &'a [ReportRow],
    pub(super) relations: Relations,
    pub(super) findings: Findings,
    pub(super) outputs: &'a [OutputFile],
}

/// A file with its digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FileDigest {
    pub(super) file: String,
    pub(super) digest: String,
}

/// Relations among the numbers of the reports.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Relations {
    pub(super) checked: usize,
    pub(super) hold: usize,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Findings {
    pub(super) error: usize,
    pub(super) warning: usize,
    pub(super) info: usize,
}

#[derive(Debug, Default, Serialize)]
struct Counts {
    numbers: usize,
    observations: usize,
    references: usize,
    tasks: usize,
    unmapped: usize,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    file: &'a str,
    digest: &'a str,
    status: &'a str,
    province: &'a str,
    province_system: &'a str,
    period: String,
    #[serde(flatten)]
    counts: Counts,
}

fn counts(row: &ReportRow) -> Counts {
    Counts {
        numbers: row.numbers,
        observations: row.observations,
        references: row.references,
        tasks: row.tasks,
        unmapped: row.unmapped,
    }
}

/// The manifest as text.
pub(super) fn render(done: Done<'_>) -> Result<String, serde_json::Error> {
    let mut numbers = Counts::default();
    for row in done.rows.iter().filter(|r| r.status != "duplicate") {
        numbers.numbers += row.numbers;
        numbers.observations += row.observations;
        numbers.references += row.references;
        numbers.tasks += row.tasks;
        numbers.unmapped += row.unmapped;
    }
    let manifest = Manifest {
        program: PROGRAM,
        version: env!("CARGO_PKG_VERSION"),
        templates: done.templates,
        language: done.language,
        assumed_province: done.assumed_province,
        assumed_period: done.assumed_period,
        periods: done.periods,
        side_files: done.side_files,
        reports: done
            .rows
            .iter()
            .map(|row| Report {
                file: &row.file,
                digest: &row.digest,
                status: &row.status,
                province: &row.province,
                province_system: &row.province_system,
                period: row.period.map(|p| p.to_string()).unwrap_or_default(),
                counts: counts(row),
            })
            .collect(),
        numbers,
        relations: done.relations,
        findings: done.findings,
        outputs: done
            .outputs
            .iter()
            .map(|file| FileDigest { file: file.name.clone(), digest: blake3::hash(&file.bytes).to_hex().to_string() })
            .collect(),
    };
    serde_json::to_string_pretty(&manifest).map(|text| text + "\n")
}

#[derive(Deserialize)]
struct Known {
    program: String,
    #[serde(default)]
    outputs: Vec<FileDigest>,
}

/// What a manifest says a run was done with.
#[derive(Deserialize)]
pub(super) struct DoneWith {
    pub(super) version: String,
    pub(super) templates: String,
    #[serde(default)]
    pub(super) side_files: Vec<FileDigest>,
}

/// What the run of a manifest was done with; none where it is no manifest of this program.
pub(super) fn done_with(text: &str) -> Option<DoneWith> {
    serde_json::from_str(text).ok().filter(|_| is_manifest(text))
}

fn read(text: &str) -> Option<Known> {
    serde_json::from_str::<Known>(text).ok().filter(|known| known.program == PROGRAM)
}

/// Whether a text is a manifest of this program.
pub(super) fn is_manifest(text: &str) -> bool {
    read(text).is_some()
}

/// The outputs that a manifest lists, with their digests; only those below its folder.
pub(super) fn outputs_of(text: &str) -> Vec<(String, String)> {
    let below =
        |name: &str| name.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']));
    let known = read(text).map(|known| known.outputs).unwrap_or_default();
    known.into_iter().filter(|f| below(&f.file)).map(|f| (f.file, f.digest)).collect()
}

/// The manifest of a run with one output made again.
pub(super) fn with_output(text: &str, file: &OutputFile) -> Option<OutputFile> {
    let mut manifest: serde_json::Value = serde_json::from_str(text).ok().filter(|_| is_manifest(text))?;
    let digest = blake3::hash(&file.bytes).to_hex().to_string();
    let mut outputs: Vec<FileDigest> = serde_json::from_value(manifest.get("outputs")?.clone()).ok()?;
    outputs.retain(|known| known.file != file.name);
    outputs.push(FileDigest { file: file.name.clone(), digest });
    outputs.sort_by(|a, b| a.file.cmp(&b.file));
    *manifest.get_mut("outputs")? = serde_json::to_value(outputs).ok()?;
    let bytes = (serde_json::to_string_pretty(&manifest).ok()? + "\n").into_bytes();
    Some(OutputFile { name: super::find::MANIFEST_FILE.to_owned(), bytes })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A manifest that lists these outputs.
    pub(crate) fn with_outputs(files: &[OutputFile]) -> String {
        render(Done {
            templates: "",
            language: "vi",
            assumed_province: None,
            assumed_period: None,
            periods: Vec::new(),
            side_files: Vec::new(),
            rows: &[],
            relations: Relations::default(),
            findings: Findings::default(),
            outputs: files,
        })
        .unwrap()
    }

    #[test]
    fn outputs_lie_below_the_folder() {
        let text =
            r#"{"program":"tonghop","outputs":[{"file":"text/a.txt","digest":"1"},{"file":"../b","digest":"2"}]}"#;
        assert_eq!(outputs_of(text), [("text/a.txt".to_owned(), "1".to_owned())]);
        assert!(!is_manifest(r#"{"program":"other"}"#));
    }
}
