//! `tonghop templates` and `tonghop dictionary`.

use std::fs;

use crate::support::{Office, nam_dinh};

#[test]
fn what_is_exported_is_what_is_built_in() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.tonghop(&["templates", "export", "own"]).expect(0, &["own"]);
    office.tonghop(&["templates", "check", "--templates", "own"]).expect(0, &["179 chỉ tiêu"]);
    office.tonghop(&["run", "reports", "--out", "one", "--quiet"]).expect(0, &[]);
    office.tonghop(&["run", "reports", "--out", "two", "--quiet", "--templates", "own"]).expect(0, &[]);
    assert_eq!(office.files("one"), office.files("two"));
    // An office's work is not written over unasked.
    office.write("own/theme.toml", "changed");
    office.tonghop(&["templates", "export", "own"]).expect(2, &["--force"]);
    assert_eq!(office.read("own/theme.toml"), "changed");
    office.tonghop(&["templates", "export", "own", "--force", "--templates", "own"]).expect(0, &[]);
    assert_ne!(office.read("own/theme.toml"), "changed");
}

#[test]
fn mistakes_are_told_by_file_and_line_with_the_choices() {
    let office = Office::new();
    office.write("reports/a.txt", nam_dinh(120));
    office.tonghop(&["templates", "export", "own"]).expect(0, &[]);
    let strikes = "[[indicator]]\nid = \"labour.strike\"\nwording = [\"đình công\"]\n";
    office.write("own/dictionary/labour.toml", strikes);
    let run = ["run", "reports", "--out", "out", "--templates", "own"];
    let key = office.tonghop(&run);
    key.expect(2, &["dictionary/labour.toml:3: ", "`wording`", "`wordings`"]);
    office.write("own/dictionary/labour.toml", strikes.replace("wording =", "wordings ="));
    office.tonghop(&run).expect(2, &["dictionary/labour.toml:2: ", "`labour.strike`", "labour.strikes"]);
    office.write(
        "own/dictionary/labour.toml",
        strikes.replace("wording =", "wordings =").replace("strike\"", "strikes\"").replace("đình", "(đình"),
    );
    office
        .tonghop(&["templates", "check", "--templates", "own"])
        .expect(2, &["dictionary/labour.toml:3: «(đình công»"]);
    assert!(!office.path("out").exists());
    office.tonghop(&["run", "reports", "--out", "out", "--templates", "gone"]).expect(2, &["tonghop templates export"]);
    fs::create_dir(office.path("bare")).unwrap();
    office.tonghop(&["run", "reports", "--out", "out", "--templates", "bare"]).expect(2, &["tonghop templates export"]);
}

#[test]
fn several_mistakes_are_told_at_once() {
    let office = Office::new();
    office.write("own/theme.toml", "nonsense = 1\n");
    office.write("own/checks/period.toml", "most_months_late = \"two\"\n");
    let ended = office.tonghop(&["templates", "check", "--templates", "own"]);
    ended.expect(2, &["theme.toml:1", "checks/period.toml:1"]);
}

#[test]
fn the_dictionary_is_listed_and_tested() {
    let office = Office::new();
    office.tonghop(&["dictionary", "list"]).expect(0, &["employment.jobs_created: ", "dictionary/employment.toml:"]);
    office.write(
        "own/dictionary/gender.toml",
        "[[indicator]]\nid = \"labour.strikes\"\nwordings = [\"xảy ra + vụ đình công\"]\n\
         [[indicator.example]]\ntext = \"Xảy ra 02 vụ đình công.\"\ngives = [\"actual 2\"]\n\
         [[indicator.example]]\ntext = \"Xảy ra 02 vụ đình công.\"\ngives = [\"actual 3\"]\n\
         [[indicator.reject]]\ntext = \"Trong kỳ xảy ra 02 vụ đình công.\"\nbecause = \"thử\"\n",
    );
    office.write("own/dictionary/labour.toml", "");
    let ended = office.tonghop(&["dictionary", "test", "labour.strikes", "--templates", "own"]);
    ended.expect(
        1,
        &[
            "labour.strikes/example/2 (dictionary/gender.toml:2)",
            "! labour.strikes actual 3 | labour.strikes actual 2",
            "labour.strikes/reject/1",
            "! not labour.strikes | labour.strikes actual 2",
            "1 đạt, 2 không đạt",
        ],
    );
    office
        .tonghop(&["dictionary", "test", "strikes/example/1", "--templates", "own"])
        .expect(0, &["1 đạt, 0 không đạt"]);
}
