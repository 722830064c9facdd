//! Each example and counter-example of the dictionary as a test of its own: `cargo test --test dictionary NAME` runs
//! those whose name contains NAME. `dictionary-known-failures.toml` lists those that do not pass; it fails in both
//! directions.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::LazyLock;

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use tonghop::dictionary::Dictionary;
use tonghop::dictionary::templates::Templates;
use tonghop::examples::{Case, cases};

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::load(&Templates::built_in()).unwrap());

const KNOWN: &str = "tests/dictionary-known-failures.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    #[serde(default)]
    failure: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    name: String,
    reason: String,
}

fn known_failures() -> Vec<Failure> {
    let text = include_str!("dictionary-known-failures.toml");
    toml::from_str::<Known>(text).unwrap_or_else(|error| panic!("{KNOWN}: {error}")).failure
}

fn check(case: Case<'_>, known: Option<&String>) -> Result<(), Failed> {
    let outcome = case.run(&DICTIONARY);
    match (outcome.passed, known) {
        (false, None) => Err(outcome.to_string().into()),
        (true, Some(reason)) => Err(format!("passes; take it off {KNOWN} ({reason})").into()),
        _ => Ok(()),
    }
}

fn check_list(known: &[Failure], names: &BTreeSet<String>) -> Result<(), Failed> {
    let mut listed = BTreeSet::new();
    for failure in known {
        let name = &failure.name;
        let problem = if !names.contains(name) {
            "no such example"
        } else if !listed.insert(name) {
            "stands twice"
        } else if failure.reason.trim().is_empty() {
            "no reason"
        } else {
            continue;
        };
        return Err(format!("{KNOWN}: {name}: {problem}").into());
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases = cases(&DICTIONARY);
    let failures = known_failures();
    let names: BTreeSet<String> = cases.iter().map(Case::name).collect();
    let reasons: BTreeMap<String, String> = failures.iter().map(|f| (f.name.clone(), f.reason.clone())).collect();
    let mut trials: Vec<Trial> = cases
        .into_iter()
        .map(|case| {
            let known = reasons.get(&case.name()).cloned();
            Trial::test(case.name(), move || check(case, known.as_ref()))
        })
        .collect();
    trials.push(Trial::test("known-failures", move || check_list(&failures, &names)));
    libtest_mimic::run(&arguments, trials).exit_code()
}
