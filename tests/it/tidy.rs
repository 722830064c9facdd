//! What holds of the sources as a whole: rooms import only what `ARCHITECTURE.md` allows, words of reports stay out
//! of the code, and the documents name what is there.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use tonghop::dictionary::builtin;

/// A room of `src/`, the rooms it may import, and the third-party crates it may use.
struct Room {
    name: &'static str,
    may_import: &'static str,
    third_party: &'static str,
}

const fn room(name: &'static str, may_import: &'static str, third_party: &'static str) -> Room {
    Room { name, may_import, third_party }
}

/// The table of rooms in `ARCHITECTURE.md`, row by row; a test compares the two.
const ROOMS: &[Room] = &[
    room("text", "", "rust_decimal rustc-hash serde unicode-normalization"),
    room("period", "", "thiserror"),
    room("diagnostic", "", ""),
    room("dictionary", "text", "blake3 csv regex rust_decimal rustc-hash serde thiserror toml"),
    room(
        "input",
        "text",
        "calamine cfb csv ego-tree encoding_rs pdfboss-core pdfboss-text quick-xml rust_decimal rustc-hash scraper serde \
         serde_json thiserror undoc unicode-normalization zip",
    ),
    room("document", "dictionary text", "rust_decimal"),
    room("mention", "dictionary text", "rust_decimal"),
    room("report", "dictionary document mention period text", "regex"),
    room("observation", "dictionary document mention period report text", "blake3 rust_decimal rustc-hash thiserror"),
    room("pipeline", "dictionary document input observation report text", "blake3"),
    room(
        "check",
        "diagnostic dictionary document input observation period report text",
        "rayon rust_decimal serde toml",
    ),
    room("message", "diagnostic dictionary observation period text", "rust_decimal toml"),
    room("examples", "dictionary document observation period report text", "rust_decimal"),
    room("verify", "diagnostic dictionary observation period text", "rust_decimal rustc-hash"),
    room("coverage", "dictionary document mention observation pipeline text", "serde"),
    room("compare", "observation period", ""),
    room("table", "diagnostic observation period", "csv polars polars-io rust_decimal thiserror"),
    room(
        "consolidate",
        "diagnostic dictionary observation period table",
        "blake3 csv polars rust_decimal rustc-hash serde thiserror toml unicode-normalization",
    ),
    room(
        "completeness",
        "dictionary document mention observation period table text",
        "csv rustc-hash serde thiserror toml",
    ),
    room("changes", "observation table", "csv rust_decimal rustc-hash"),
    room(
        "annex",
        "completeness consolidate diagnostic dictionary observation period table",
        "rayon rust_decimal rust_xlsxwriter rustc-hash serde thiserror toml",
    ),
    room(
        "fill",
        "consolidate dictionary observation period pipeline report text",
        "quick-xml rust_decimal rustc-hash serde thiserror toml zip",
    ),
    room(
        "review",
        "dictionary document mention message observation period report text",
        "blake3 calamine rust_decimal rust_xlsxwriter thiserror",
    ),
    room(
        "evidence",
        "consolidate diagnostic dictionary message observation period table",
        "minijinja rust_decimal rustc-hash serde_json thiserror",
    ),
    room(
        "batch",
        "annex changes check completeness consolidate coverage diagnostic dictionary document evidence fill input mention \
         message observation period pipeline report review table text",
        "blake3 csv rayon rust_decimal rustc-hash serde serde_json tempfile thiserror zip",
    ),
    room(
        "cli",
        "batch changes check compare consolidate coverage diagnostic dictionary examples fill input message observation period \
         pipeline report table verify",
        "anyhow clap indicatif rust_decimal",
    ),
    room("main", "cli", "mimalloc"),
];

fn below(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(below(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder of the project, with `/` in their paths.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// A source file's code: without comments, and without the test module at its end. Lines stay where they are.
fn code(path: &str) -> String {
    let text = read(path);
    let tests = Regex::new(r"#\[cfg\(test\)\]\n(pub(\(\w+\))? )?mod \w+ \{").unwrap();
    let code = tests.split(&text).next().unwrap();
    let bare = |line: &str| {
        let comment = line.trim_start().starts_with("//");
        if comment { String::new() } else { line.split(" // ").next().unwrap().to_owned() }
    };
    code.lines().map(bare).collect::<Vec<_>>().join("\n")
}

/// The source files outside tests.
fn sources() -> Vec<String> {
    files("src").into_iter().filter(|path| path.ends_with(".rs") && !path.ends_with("/tests.rs")).collect()
}

/// The room that a source file belongs to.
fn room_of(path: &str) -> &str {
    let inner = path.trim_start_matches("src/");
    inner.split('/').next().unwrap_or(inner).trim_end_matches(".rs")
}

fn words(list: &str) -> BTreeSet<&str> {
    list.split_whitespace().collect()
}

/// Faults are told together, each on a line.
#[track_caller]
fn none(faults: &str) {
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn rooms_import_what_the_table_allows() {
    let own = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let grouped = Regex::new(r"\bcrate::\{").unwrap();
    let foreign = Regex::new(r"\btonghop::([a-z_]+)").unwrap();
    let mut faults = String::new();
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for path in sources().iter().filter(|path| *path != "src/lib.rs") {
        let name = room_of(path);
        let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
            writeln!(faults, "{path}: the table of rooms has no `{name}`").unwrap();
            continue;
        };
        for (at, line) in code(path).lines().enumerate() {
            if grouped.is_match(line) {
                writeln!(faults, "{path}:{}: one `use crate::…` for each room", at + 1).unwrap();
            }
            for found in own.captures_iter(line).chain(foreign.captures_iter(line)) {
                let other = found.get(1).unwrap().as_str();
                if other == name {
                    continue;
                }
                used.insert((room.name, other.to_owned()));
                if !words(room.may_import).contains(other) {
                    let allowed = if room.may_import.is_empty() { "nothing" } else { room.may_import };
                    writeln!(faults, "{path}:{}: `{name}` may not import `{other}`; it may: {allowed}", at + 1)
                        .unwrap();
                }
            }
        }
    }
    for room in ROOMS {
        for other in words(room.may_import) {
            if !used.contains(&(room.name, other.to_owned())) {
                writeln!(faults, "`{}` does not import `{other}` any more: take it off the table", room.name).unwrap();
            }
        }
    }
    none(&faults);
}

#[test]
fn rooms_use_the_crates_that_the_table_names() {
    let manifest = read("Cargo.toml");
    let table: toml::Table = toml::from_str(&manifest).unwrap();
    let crates: Vec<&str> = table["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    let named = Regex::new(&format!(r"(?m)(?:^|[^\w:])({})::", crates.join("|").replace('-', "_"))).unwrap();
    let mut faults = String::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for room in ROOMS {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for path in sources().iter().filter(|path| *path != "src/lib.rs" && room_of(path) == room.name) {
            for found in named.captures_iter(&code(path)) {
                let found = found.get(1).unwrap().as_str();
                let name = crates.iter().find(|name| name.replace('-', "_") == found).unwrap();
                if !words(room.third_party).contains(name) && used.insert(name) {
                    writeln!(faults, "{path}: `{}` may not use `{name}`", room.name).unwrap();
                }
                used.insert(name);
            }
        }
        for name in words(room.third_party) {
            if !used.contains(name) {
                writeln!(faults, "`{}` does not use `{name}` any more: take it off the table", room.name).unwrap();
            }
            known.insert(name);
        }
    }
    // Named for a feature alone, so that the program and its tests share one build of what lies under them.
    let for_a_feature = ["regex-automata"];
    for name in crates.iter().filter(|name| !for_a_feature.contains(*name)) {
        if !known.contains(name) {
            writeln!(faults, "no room uses `{name}`: take it out of Cargo.toml").unwrap();
        }
    }
    none(&faults);
}

#[test]
fn the_architecture_tells_the_same_table() {
    let text = read("ARCHITECTURE.md");
    let list = |names: &str| {
        let names: Vec<String> = names.split_whitespace().map(|name| format!("`{name}`")).collect();
        if names.is_empty() { "—".to_owned() } else { names.join(", ") }
    };
    let mut faults = String::new();
    for room in ROOMS {
        let ends = format!("| {} | {} |", list(room.may_import), list(room.third_party));
        let row = text.lines().find(|line| line.starts_with(&format!("| `{}` |", room.name)));
        match row {
            Some(row) if row.ends_with(&ends) => {}
            Some(row) => writeln!(faults, "ARCHITECTURE.md:\n  {row}\nis to end with\n  {ends}").unwrap(),
            None => writeln!(faults, "ARCHITECTURE.md has no row for `{}`, to end with {ends}", room.name).unwrap(),
        }
    }
    none(&faults);
}

#[test]
fn no_word_of_a_report_stands_in_the_code() {
    let mut faults = String::new();
    for path in sources() {
        for (at, line) in code(&path).lines().enumerate() {
            if line.chars().any(|c| !c.is_ascii() && c.is_alphabetic()) {
                writeln!(faults, "{path}:{}: words belong into templates/: {}", at + 1, line.trim()).unwrap();
            }
        }
    }
    none(&faults);
}

#[test]
fn the_built_in_templates_are_those_of_the_folder() {
    let built_in: Vec<String> = builtin::FILES.iter().map(|(name, _)| format!("templates/{name}")).collect();
    assert_eq!(built_in, files("templates"));
    for (name, text) in builtin::FILES {
        assert_eq!(*text, read(&format!("templates/{name}")), "{name}");
    }
}

#[test]
fn the_commands_of_the_readme_are_those_that_ci_runs() {
    let readme = read("README.md");
    let ci = read(".ci/run");
    let commands: Vec<&str> = readme
        .split("```sh\n")
        .skip(1)
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
        .filter(|line| line.starts_with("cargo "))
        .collect();
    assert!(commands.len() >= 2, "README.md names no commands: {commands:?}");
    for command in commands {
        assert!(ci.lines().any(|line| line.trim() == command), ".ci/run does not run `{command}`");
    }
}

#[test]
fn the_documents_name_files_that_are_there() {
    let named = Regex::new(r"`((?:src|templates|tests|docs|examples)/[A-Za-z0-9_./-]*[A-Za-z0-9_])`").unwrap();
    let linked = Regex::new(r"\]\(([A-Za-z0-9_./-]+)\)").unwrap();
    let mut faults = String::new();
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md"] {
        let text = read(document);
        for (at, line) in text.lines().enumerate() {
            for found in named.captures_iter(line).chain(linked.captures_iter(line)) {
                let path = found.get(1).unwrap().as_str();
                if !below(path).exists() {
                    writeln!(faults, "{document}:{}: there is no {path}", at + 1).unwrap();
                }
            }
        }
    }
    none(&faults);
}
