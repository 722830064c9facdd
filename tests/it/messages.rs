//! The messages: complete, alike in both languages, and all in use.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;
use tonghop::check::SLUGS;
use tonghop::dictionary::templates::Templates;
use tonghop::message::{Lang, Messages, placeholders};

use crate::support::Office;

/// All texts of a language, by name.
fn texts(lang: Lang) -> toml::Table {
    toml::from_str(&Templates::built_in().read(&lang.file()).unwrap()).unwrap()
}

/// The text of all source files, without their tests.
fn sources() -> String {
    fn gather(folder: &Path, out: &mut String) {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                gather(&path, out);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                out.push_str(text.split("#[cfg(test)]\nmod tests").next().unwrap());
            }
        }
    }
    let mut out = String::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out
}

#[test]
fn both_languages_say_the_same() {
    let names =
        |lang| Messages::load(&Templates::built_in(), lang).unwrap().names().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(Lang::Vi), names(Lang::En));
    let (vi, en) = (texts(Lang::Vi), texts(Lang::En));
    for (section, messages) in &vi {
        for (key, text) in messages.as_table().unwrap() {
            let other = &en[section][key];
            let of = |t: &toml::Value| placeholders(t.as_str().unwrap());
            assert_eq!(of(text), of(other), "{section}.{key}");
        }
    }
}

#[test]
fn every_slug_has_a_message_and_every_message_a_slug() {
    let messages = texts(Lang::Vi);
    let keys: Vec<&str> = messages["finding"]
        .as_table()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(keys, SLUGS);
    let source = sources();
    for slug in SLUGS {
        assert!(source.matches(&format!("\"{slug}\"")).count() > 1, "no check gives `{slug}`");
    }
    // A finding is made with a literal slug, or with one of the list.
    let made = Regex::new(r#"Finding::new\(\s*[A-Za-z:]+,\s*"([a-z-]+)""#).unwrap();
    for found in made.captures_iter(&source) {
        assert!(SLUGS.contains(&&found[1]), "`{}` is not in SLUGS", &found[1]);
    }
}

#[test]
fn every_message_that_is_asked_for_is_there_and_the_other_way_round() {
    let messages = texts(Lang::Vi);
    let source = sources();
    let named = Regex::new(r#""(screen|verify|explain|place|period|number|review)\.([a-z-]+)""#).unwrap();
    let mut used: BTreeSet<(String, String)> = named
        .captures_iter(&source)
        .map(|c| (c[1].to_owned(), c[2].to_owned()))
        .filter(|(_, key)| key != "xlsx")
        .collect();
    let failures = Regex::new(r#"(?:Failure::new|Self::new|problem)\(\s*"([a-z-]+)""#).unwrap();
    used.extend(failures.captures_iter(&source).map(|c| ("error".to_owned(), c[1].to_owned())));
    let there: BTreeSet<(String, String)> =
        ["screen", "verify", "explain", "place", "period", "number", "error", "review"]
            .iter()
            .flat_map(|s| messages[*s].as_table().unwrap().keys().map(|k| ((*s).to_owned(), k.clone())))
            .collect();
    assert_eq!(used.difference(&there).collect::<Vec<_>>(), [] as [&(String, String); 0], "asked for, but not there");
    assert_eq!(there.difference(&used).collect::<Vec<_>>(), [] as [&(String, String); 0], "there, but never asked for");
}

#[test]
fn every_word_of_the_evidence_page_is_there_and_the_other_way_round() {
    let messages = texts(Lang::Vi);
    let there: BTreeSet<String> = messages["page"].as_table().unwrap().keys().cloned().collect();
    let frame = crate::support::template("evidence/page.html");
    let script = crate::support::template("evidence/page.js");
    let in_frame = Regex::new(r"\bt\.([a-z_]+)").unwrap();
    let in_script = Regex::new(r#"\bt\.([a-z]+)\b|\bt\["([a-z-]+)"\]|\b(?:say|pair|count)\("([a-z-]+)""#).unwrap();
    let mut asked: BTreeSet<String> = in_frame.captures_iter(&frame).map(|c| c[1].replace('_', "-")).collect();
    for found in in_script.captures_iter(&script) {
        asked.insert(found.iter().skip(1).flatten().next().unwrap().as_str().to_owned());
    }
    assert_eq!(asked.difference(&there).collect::<Vec<_>>(), [] as [&String; 0], "asked for, but not there");
    // The rest is named by a text of its own, or made of a beginning and a code.
    let source = sources();
    let by_code = |key: &str| ["class-", "status-", "settled-"].iter().any(|start| key.starts_with(start));
    let named = |key: &str| script.contains(&format!("\"{key}\"")) || source.contains(&format!("\"page.{key}\""));
    let idle: Vec<&String> = there.difference(&asked).filter(|key| !by_code(key) && !named(key)).collect();
    assert_eq!(idle, [] as [&String; 0], "there, but never asked for");
}

#[test]
fn a_message_of_an_office_takes_the_place_of_ours() {
    let office = Office::new();
    office.write("reports/a.txt", "");
    office.write("own/messages/vi.toml", "[finding]\nrefused-empty = \"Tệp trống.\"\n");
    office.tonghop(&["run", "reports", "--out", "out", "--templates", "own"]).expect(1, &["LỖI a.txt: Tệp trống."]);
    office.write("own/messages/vi.toml", "# a\n\n[finding]\nrefused-emty = \"Tệp trống.\"\nrounding = \"{sum}\"\n");
    office.tonghop(&["run", "reports", "--out", "out", "--templates", "own"]).expect(
        2,
        &[
            "messages/vi.toml:4: `refused-emty`",
            "refused-empty, ",
            "messages/vi.toml:5: `{sum}`",
            "difference, dimension",
        ],
    );
}
