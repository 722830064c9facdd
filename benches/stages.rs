//! How fast each stage is, on one core: `cargo bench`; `cargo bench -- 1000` for another number of reports.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are printed")]

mod generate;
mod sheets;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rayon::prelude::*;
use tonghop::annex::{AnnexInput, Layouts, write_workbook};
use tonghop::completeness::Completeness;
use tonghop::consolidate::Wording;
use tonghop::dictionary::Dictionary;
use tonghop::dictionary::templates::Templates;
use tonghop::document::Document;
use tonghop::input::{Limits, extract_text};
use tonghop::observation::extract;
use tonghop::pipeline::read_report;
use tonghop::report::{Assumed, identify};
use tonghop::table::{write_ledger_csv, write_observations_csv, write_parquet};
use tonghop::text::SourceText;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Each stage is repeated at least so often, and so long; the median counts.
const LEAST_REPEATS: usize = 5;
const LEAST_TIME: Duration = Duration::from_millis(1500);

const MEGABYTE: f64 = 1e6;

fn main() -> Result<()> {
    let count = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(250);
    let templates = Templates::built_in();
    let dictionary = Dictionary::load(&templates)?;
    let reports = generate::generate(count, &dictionary)?;
    let bytes: usize = reports.iter().map(|(_, text)| text.len()).sum();
    let megabytes = bytes as f64 / MEGABYTE;
    println!("{count} reports, {megabytes:.2} MB, one core; the median of at least {LEAST_REPEATS} runs\n");

    println!("{:<34}{:>12}{:>14}{:>12}", "stage", "ms", "reports/s", "MB/s");
    let line = |stage: &str, time: Duration| {
        let seconds = time.as_secs_f64();
        let (rate, volume) = (count as f64 / seconds, megabytes / seconds);
        println!("{stage:<34}{:>12.2}{rate:>14.0}{volume:>12.2}", seconds * 1e3);
    };
    let load = median(|| Dictionary::load(&templates));
    println!("{:<34}{:>12.2}", "dictionary", load.as_secs_f64() * 1e3);
    stages(&reports, &dictionary, &templates, &line)?;
    formats()?;
    sheets::sheets(&dictionary, &templates)?;
    linearity(&reports, &dictionary);
    flatness(&reports, &dictionary, megabytes)
}

/// How fast files of each format become text, on one core; then a load of many on all.
fn formats() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push((path.display().to_string(), fs::read(path)?));
        }
    }
    files.sort();
    let of = |ending: &str| -> Vec<&Vec<u8>> {
        files.iter().filter(|(name, _)| name.ends_with(ending)).map(|(_, bytes)| bytes).collect()
    };
    println!("\n{:<34}{:>12}{:>14}{:>12}", "format", "ms/file", "files/s", "KB/file");
    for ending in [".txt", ".docx", "-word.docx", ".doc", ".rtf", ".html", ".pdf"] {
        let files = of(ending);
        let count = files.len().max(1) as f64;
        let time = median(|| each(&files, |bytes| extract_text("x", bytes, &Limits::default()))).as_secs_f64() / count;
        let size = files.iter().map(|b| b.len()).sum::<usize>() as f64 / count / 1e3;
        println!("{ending:<34}{:>12.3}{:>14.0}{size:>12.1}", time * 1e3, 1.0 / time);
    }
    println!("\n{:<34}{:>12}", "load on all cores", "s");
    for (load, ending, count) in
        [("1000 Word files of 41 KB", "-word.docx", 1000), ("300 PDFs of 3 pages", ".pdf", 300)]
    {
        let many: Vec<&Vec<u8>> = of(ending).into_iter().cycle().take(count).collect();
        let time = median(|| {
            many.par_iter().for_each(|bytes| drop(black_box(extract_text("x", bytes, &Limits::default()))));
        });
        println!("{load:<34}{:>12.2}", time.as_secs_f64());
    }
    let million = sheets::cells(10_000, 100)?;
    let time = median(|| extract_text("x.xlsx", &million, &Limits::default()));
    println!("{:<34}{:>12.2}", "one sheet of a million cells", time.as_secs_f64());
    Ok(())
}

fn stages(
    reports: &[(String, String)],
    dictionary: &Dictionary,
    templates: &Templates,
    line: &dyn Fn(&str, Duration),
) -> Result<()> {
    let texts: Vec<SourceText> = reports
        .iter()
        .map(|(name, text)| Ok(SourceText::new(extract_text(name, text.as_bytes(), &Limits::default())?.text)))
        .collect::<Result<_>>()?;
    line(
        "text from bytes",
        median(|| each(reports, |(name, text)| extract_text(name, text.as_bytes(), &Limits::default()))),
    );
    let copies = median(|| each(&texts, SourceText::clone));
    let made = median(|| each(&texts, |text| Document::from_text(text.clone(), dictionary)));
    line("text to document", made.saturating_sub(copies));
    let documents: Vec<Document> = texts.iter().map(|text| Document::from_text(text.clone(), dictionary)).collect();
    let assumed = Assumed::default();
    let named: Vec<(&str, &Document)> = reports.iter().map(|(name, _)| name.as_str()).zip(&documents).collect();
    line("identify", median(|| each(&named, |(name, document)| identify(document, name, &assumed, dictionary))));
    let known: Vec<_> = named
        .iter()
        .map(|(name, document)| (*name, *document, identify(document, name, &assumed, dictionary)))
        .collect();
    line(
        "extract",
        median(|| each(&known, |(name, document, facts)| extract(document, facts, name, "digest", dictionary))),
    );
    line("bytes to observations and ledger", median(|| read_all(reports, dictionary)));

    let (mut observations, mut ledger) = (Vec::new(), Vec::new());
    let mut periods = Vec::new();
    for (name, document, facts) in &known {
        let extraction = extract(document, facts, name, "digest", dictionary);
        observations.extend(extraction.observations);
        ledger.extend(extraction.ledger);
        periods.extend(facts.period);
    }
    periods.sort_unstable();
    periods.dedup();
    line(
        "table: CSV",
        median(|| (written(|w| write_observations_csv(w, &observations)), written(|w| write_ledger_csv(w, &ledger)))),
    );
    line("table: Parquet", median(|| written(|w| write_parquet(w, &observations))));
    let wording = Wording::load(templates)?;
    let layouts = Layouts::load(templates, &dictionary.register)?;
    let settle = || sheets::settled(&observations, &[], dictionary, &wording);
    line("consolidate", median(settle));
    let consolidated = settle()?;
    let workbooks = median(|| {
        each(&periods, |period| {
            write_workbook(&AnnexInput {
                period: *period,
                consolidated: &consolidated,
                completeness: &Completeness::default(),
                observations: &observations,
                unmapped: &[],
                findings: &[],
                reports: &[],
                register: &dictionary.register,
                geography: &dictionary.geography,
                layouts: &layouts,
            })
        });
    });
    line(&format!("workbooks ({})", periods.len()), workbooks);
    println!("\n{} observations, {} numbers", observations.len(), ledger.len());
    Ok(())
}

/// The cost of a megabyte in reports of one length and of ten times that length.
fn linearity(reports: &[(String, String)], dictionary: &Dictionary) {
    println!("\n{:<34}{:>12}{:>14}", "length of text", "MB", "MB/s");
    for times in [1, 10] {
        let longer: Vec<(String, String)> = reports
            .iter()
            .take((reports.len() / times).max(1))
            .map(|(name, text)| (name.clone(), repeated(text, times)))
            .collect();
        let megabytes = longer.iter().map(|(_, text)| text.len()).sum::<usize>() as f64 / MEGABYTE;
        let speed = megabytes / median(|| read_all(&longer, dictionary)).as_secs_f64();
        println!("{:<34}{megabytes:>12.2}{speed:>14.2}", format!("{times} x"));
    }
}

/// The report with its results said so many times.
fn repeated(text: &str, times: usize) -> String {
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let first = paragraphs.iter().position(|p| p.starts_with("I. ")).map_or(0, |at| at + 1);
    let last = paragraphs.iter().position(|p| p.starts_with("II. ")).unwrap_or(paragraphs.len());
    let part = |from: usize, to: usize| paragraphs.get(from..to).unwrap_or_default().join("\n\n");
    let results = vec![part(first, last.max(first)); times].join("\n\n");
    [part(0, first), results, part(last.max(first), paragraphs.len())].join("\n\n")
}

/// The speed with half of the dictionary's wordings and with all.
fn flatness(reports: &[(String, String)], whole: &Dictionary, megabytes: f64) -> Result<()> {
    println!("\n{:<34}{:>12}{:>14}", "dictionary", "wordings", "MB/s");
    let folder = tempfile::tempdir()?;
    halve(folder.path())?;
    let half = Dictionary::load(&Templates::with_overlay(folder.path())?)?;
    for (name, dictionary) in [("half", &half), ("whole", whole)] {
        let speed = megabytes / median(|| read_all(reports, dictionary)).as_secs_f64();
        println!("{name:<34}{:>12}{speed:>14.2}", dictionary.wordings.len());
    }
    Ok(())
}

/// Writes the dictionary with every second wording of each row.
fn halve(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("dictionary"))?;
    let templates = Templates::built_in();
    for name in templates.names("dictionary/") {
        let mut file: toml::Table = templates.read(&name)?.parse()?;
        let rows = file.get_mut("indicator").and_then(toml::Value::as_array_mut).context("a file without rows")?;
        for wordings in rows.iter_mut().filter_map(|row| row.get_mut("wordings")?.as_array_mut()) {
            let mut at = 0;
            wordings.retain(|_| {
                at += 1;
                at % 2 == 1
            });
        }
        fs::write(folder.join(&name), toml::to_string(&file)?)?;
    }
    Ok(())
}

fn read_all(reports: &[(String, String)], dictionary: &Dictionary) {
    each(reports, |(name, text)| read_report(name, text.as_bytes(), &Assumed::default(), dictionary));
}

fn each<T, U>(items: &[T], mut step: impl FnMut(&T) -> U) {
    for item in items {
        black_box(step(item));
    }
}

fn written<E: std::fmt::Debug>(write: impl FnOnce(&mut Vec<u8>) -> std::result::Result<(), E>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = write(&mut bytes) {
        eprintln!("{error:?}");
    }
    bytes
}

fn median<T>(mut step: impl FnMut() -> T) -> Duration {
    let mut times = Vec::new();
    let start = Instant::now();
    while times.len() < LEAST_REPEATS || start.elapsed() < LEAST_TIME {
        let before = Instant::now();
        black_box(step());
        times.push(before.elapsed());
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
