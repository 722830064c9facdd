//! The marked test reports, read by the whole pipeline and held against their gold rows.
//!
//! `tests/reports/floors.toml` holds the figures that each set must reach. `cargo test reports -- --nocapture` shows
//! where they stand. The set `kept` is for judging only: what it gets wrong is shown as counts, and as rows only with
//! `TONGHOP_SHOW_KEPT=1`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde::Deserialize;
use tonghop::observation::{Class, LedgerEntry, Observation};
use tonghop::pipeline::{ReadReport, read_report};
use tonghop::report::{Assumed, ReportFacts};
use tonghop::table::{write_ledger_csv, write_observations_csv};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_canonical};

use crate::marks::{Known, MarkedReport, read_folder};
use crate::score::{Figures, Scored, Verdict, ratio, score};
use crate::support::DICTIONARY;

const DEV: &str = "dev";
const EXAMPLES: &str = "examples";
const KEPT: &str = "kept";
/// Further voices, met one set after the other.
const MET: &str = "met";
/// Further voices again, met a version later.
const LATER: &str = "later";
const ALL: [&str; 5] = [DEV, EXAMPLES, KEPT, MET, LATER];

/// Lower bounds of the bands of the calibration table, in hundredths.
const BANDS: [i64; 8] = [0, 40, 50, 60, 70, 80, 90, 95];

/// Reports of each set, with what the program reads in them.
static SETS: LazyLock<BTreeMap<&str, Vec<Reading>>> = LazyLock::new(|| {
    let known = Known::built_in().unwrap_or_else(|faults| panic!("{faults}"));
    ALL.map(|set| (set, set_of(set, &known))).into_iter().collect()
});

/// A marked report and what the program reads in it.
struct Reading {
    marked: MarkedReport,
    facts: ReportFacts,
    observations: Vec<Observation>,
    ledger: Vec<LedgerEntry>,
}

impl Reading {
    fn score(&self, min_confidence: Decimal) -> Scored<'_> {
        score(&self.marked.rows, &self.observations, &self.ledger, min_confidence)
    }
}

fn set_of(set: &str, known: &Known) -> Vec<Reading> {
    let reports = read_folder(&below("tests/reports").join(set), known).unwrap_or_else(|faults| panic!("{faults}"));
    let reading = |marked: MarkedReport| {
        let ReadReport { facts, extraction, .. } = read(&marked, &marked.text);
        Reading { marked, facts, observations: extraction.observations, ledger: extraction.ledger }
    };
    reports.into_iter().map(reading).collect()
}

fn read(marked: &MarkedReport, text: &str) -> ReadReport {
    read_report(&marked.file(), text.as_bytes(), &Assumed::default(), &DICTIONARY)
        .unwrap_or_else(|refusal| panic!("{}: {refusal}", marked.name))
}

fn below(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The least confidence of a value that needs no review.
fn review_threshold() -> Decimal {
    Decimal::from_f32(DICTIONARY.confidence.review).unwrap()
}

/// What a set must reach.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    f1: f64,
    ledger: f64,
    /// Precision of the rows that need no review.
    precision_sure: f64,
    /// The largest share of rows that need review.
    most_marked: f64,
}

/// Rows that need review and rows that do not, and how often each are wrong.
#[derive(Debug, Default)]
struct Calibration {
    /// Per band of confidence: rows, right, wrong.
    bands: [[usize; 3]; BANDS.len()],
    /// Under the threshold, and from it on: rows, right, wrong.
    sides: [[usize; 3]; 2],
}

impl Calibration {
    fn add(&mut self, scored: &Scored<'_>) {
        for (observation, verdict) in &scored.verdicts {
            let band = BANDS.iter().rposition(|least| observation.confidence >= Decimal::new(*least, 2)).unwrap_or(0);
            let side = usize::from(observation.confidence >= review_threshold());
            for counts in [&mut self.bands[band], &mut self.sides[side]] {
                counts[0] += 1;
                counts[1] += usize::from(*verdict == Verdict::Right);
                counts[2] += usize::from(*verdict == Verdict::Wrong);
            }
        }
    }

    fn share_marked(&self) -> f64 {
        ratio(self.sides[0][0], self.sides[0][0] + self.sides[1][0])
    }

    fn table(&self) -> String {
        let error_rate = |[_, right, wrong]: [usize; 3]| ratio(wrong, right + wrong);
        let mut table = format!("{:<12}{:>7}{:>7}{:>7}{:>12}\n", "confidence", "rows", "right", "wrong", "error rate");
        for (at, counts) in self.bands.iter().enumerate().filter(|(_, counts)| counts[0] > 0) {
            let [rows, right, wrong] = counts;
            let next = BANDS.get(at + 1).unwrap_or(&100);
            let band = format!("{} – {}", Decimal::new(BANDS[at], 2), Decimal::new(*next, 2));
            writeln!(table, "{band:<12}{rows:>7}{right:>7}{wrong:>7}{:>12.4}", error_rate(*counts)).unwrap();
        }
        let [under, from] = self.sides.map(error_rate);
        writeln!(
            table,
            "under {}: {:.4} of the rows; error rate {under:.4} there, {from:.4} above, {:.1} times",
            review_threshold(),
            self.share_marked(),
            under / from
        )
        .unwrap();
        table
    }
}

/// The figures of a set, report by report and together.
struct Standing {
    shown: String,
    all: Figures,
    sure: Figures,
    calibration: Calibration,
}

fn standing(set: &str) -> Standing {
    let mut standing = Standing {
        shown: format!("{set:<26}{:>8}{:>11}{:>8}{:>8}\n", "recall", "precision", "F1", "ledger"),
        all: Figures::default(),
        sure: Figures::default(),
        calibration: Calibration::default(),
    };
    let line = |name: &str, f: Figures| {
        let (recall, precision, f1, ledger) = (f.recall(), f.precision(), f.f1(), f.ledger());
        format!("{name:<26}{recall:>8.4}{precision:>11.4}{f1:>8.4}{ledger:>8.4}\n")
    };
    for report in &SETS[set] {
        let scored = report.score(Decimal::ZERO);
        standing.shown += &line(&report.marked.name, scored.figures);
        standing.all += scored.figures;
        standing.sure += report.score(review_threshold()).figures;
        standing.calibration.add(&scored);
    }
    standing.shown += &line("together", standing.all);
    let (sure, table) = (standing.sure.precision(), standing.calibration.table());
    writeln!(standing.shown, "{}precision of what needs no review {sure:.4}\n{table}", standing.all).unwrap();
    standing
}

/// What is missed, wrong and misclassed in each report of a set, the worst report first.
fn what_is_wrong(set: &str, show_rows: bool) -> String {
    let mut scored: Vec<_> = SETS[set].iter().map(|report| (report, report.score(Decimal::ZERO))).collect();
    scored.sort_by(|(_, a), (_, b)| a.figures.f1().total_cmp(&b.figures.f1()));
    let mut text = String::new();
    for (report, scored) in &scored {
        let Figures { missed, wrong, numbers, classed, invented, .. } = scored.figures;
        let other_class = numbers - classed;
        writeln!(
            text,
            "{}: missed {missed}, wrong {wrong}, of another class {other_class}, invented {invented}",
            report.marked.name
        )
        .unwrap();
        if !show_rows {
            continue;
        }
        let MarkedReport { province, period, .. } = &report.marked;
        if report.facts.province.as_ref() != Some(province) || report.facts.period != Some(*period) {
            let read_province = report.facts.province.as_deref().unwrap_or("none");
            let read_period = report.facts.period.map_or("none".to_owned(), |p| p.to_string());
            writeln!(text, "  report  of {province} for {period} taken for {read_province} for {read_period}").unwrap();
        }
        for (row, s) in &scored.missed {
            writeln!(text, "  missed  line {} `{}` {} = {}", row.line, row.text, s.reading, s.value).unwrap();
        }
        for o in scored.wrong() {
            let period = o.period.map(|p| p.to_string()).unwrap_or_default();
            let Observation { line, stated, indicator, breakdown, measure, value, confidence, rule, .. } = o;
            let key = format!("{} {indicator}[{breakdown}] {measure} {period} = {value}", o.province);
            writeln!(text, "  wrong   line {line} `{stated}` {key} ({confidence}, {rule})").unwrap();
        }
        for (row, got) in &scored.misclassed {
            let got = got.map_or("nothing", Class::code);
            writeln!(text, "  ledger  line {} `{}` {} taken for {got}", row.line, row.text, row.class).unwrap();
        }
        for entry in &scored.invented {
            writeln!(text, "  ledger  line {} `{}` is no number", entry.line, entry.text).unwrap();
        }
    }
    text
}

fn holds_its_floors(set: &str) {
    let written = fs::read_to_string(below("tests/reports/floors.toml")).unwrap();
    let floors: BTreeMap<String, Floors> =
        toml::from_str(&written).unwrap_or_else(|error| panic!("floors.toml: {error}"));
    let floors = floors.get(set).unwrap_or_else(|| panic!("floors.toml: no table [{set}]"));
    let standing = standing(set);
    println!("{}", standing.shown);

    let mut under = String::new();
    for (name, figure, floor) in [
        ("f1", standing.all.f1(), floors.f1),
        ("ledger", standing.all.ledger(), floors.ledger),
        ("precision_sure", standing.sure.precision(), floors.precision_sure),
    ] {
        if figure < floor {
            writeln!(under, "{set}: {name} is {figure:.4}, under its floor {floor}").unwrap();
        }
    }
    let marked = standing.calibration.share_marked();
    if marked > floors.most_marked {
        writeln!(under, "{set}: {marked:.4} of the rows need review, more than most_marked {}", floors.most_marked)
            .unwrap();
    }
    let show_rows = set != KEPT || std::env::var("TONGHOP_SHOW_KEPT").is_ok_and(|value| value == "1");
    assert!(under.is_empty(), "{under}{}", what_is_wrong(set, show_rows));
}

#[test]
fn dev_holds_its_floors() {
    holds_its_floors(DEV);
}

#[test]
fn examples_hold_their_floors() {
    holds_its_floors(EXAMPLES);
}

#[test]
fn kept_holds_its_floors() {
    holds_its_floors(KEPT);
}

#[test]
fn met_holds_its_floors() {
    holds_its_floors(MET);
}

#[test]
fn later_holds_its_floors() {
    holds_its_floors(LATER);
}

#[test]
fn every_mark_file_is_well_formed() {
    let known = Known::built_in().unwrap();
    let faults: Vec<String> = ALL
        .iter()
        .filter_map(|set| read_folder(&below("tests/reports").join(set), &known).err())
        .map(|faults| faults.to_string())
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn example_reports_are_their_marked_reports_without_marks() {
    let known = Known::built_in().unwrap();
    let marked =
        read_folder(&below("tests/reports").join(EXAMPLES), &known).unwrap_or_else(|faults| panic!("{faults}"));
    let expected: BTreeMap<String, String> = marked.into_iter().map(|report| (report.file(), report.text)).collect();
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(below("examples/reports")).unwrap() {
        let path = entry.unwrap().path();
        found.insert(path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap());
    }
    let names = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected));
    for (name, text) in &found {
        let differing = text.lines().zip(expected[name].lines()).position(|(a, b)| a != b);
        assert!(
            text == &expected[name],
            "{name}: differs from its marked report, first in line {:?}",
            differing.map(|at| at + 1)
        );
    }
}

/// The scorer for whole folders gives the same figures, where it is at hand.
#[test]
fn the_scorer_for_folders_gives_the_same_figures() {
    let script = below("../shared/tools/score");
    let python = Command::new("python3").arg("--version").output();
    if !script.is_file() || !python.is_ok_and(|output| output.status.success()) {
        return;
    }
    for (set, reports) in SETS.iter() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| fs::File::create(folder.path().join(name)).unwrap();
        let (mut observations, mut ledger) = (Vec::new(), Vec::new());
        fs::create_dir(folder.path().join("gold")).unwrap();
        for report in reports {
            report.marked.write_gold(file(&format!("gold/{}.csv", report.marked.name))).unwrap();
            observations.extend(report.observations.iter().cloned());
            ledger.extend(report.ledger.iter().cloned());
        }
        write_observations_csv(file("observations.csv"), &observations).unwrap();
        write_ledger_csv(file("ledger.csv"), &ledger).unwrap();
        for min_confidence in [Decimal::ZERO, review_threshold(), Decimal::new(9, 1)] {
            let output = Command::new("python3")
                .arg(&script)
                .args(["gold", "observations.csv", "ledger.csv", "--errors", "0", "--by", "file"])
                .args(["--min-confidence", &min_confidence.to_string()])
                .current_dir(folder.path())
                .output()
                .unwrap();
            let mut expected = String::new();
            let mut all = Figures::default();
            for report in reports {
                let figures = report.score(min_confidence).figures;
                let Figures { right, missed, wrong, .. } = figures;
                let (file, recall, precision) = (report.marked.file(), figures.recall(), figures.precision());
                writeln!(
                    expected,
                    "{file}: right {right} missed {missed} wrong {wrong} recall {recall:.3} precision {precision:.3}"
                )
                .unwrap();
                all += figures;
            }
            expected += &all.to_string();
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{set}, from {min_confidence}");
        }
    }
}

/// A report in another form that says the same.
type Variant = fn(&str) -> String;

const VARIANTS: [(&str, Variant); 6] = [
    ("decomposed letters", |text| text.nfd().collect()),
    ("CRLF line ends", |text| text.replace('\n', "\r\n")),
    ("a byte-order mark", |text| format!("\u{feff}{text}")),
    ("no-break spaces about numbers", with_no_break_spaces),
    ("tone marks on the first vowel", |text| with_tones(text, ToneOn::First)),
    ("tone marks on the second vowel", |text| with_tones(text, ToneOn::Second)),
];

#[test]
fn another_form_of_the_same_text_gives_the_same_rows() {
    let mut differences = String::new();
    for report in SETS[DEV].iter().chain(&SETS[EXAMPLES]) {
        let expected = spelled_alike(&report.observations, &report.ledger);
        for (name, variant) in VARIANTS {
            let text = variant(&report.marked.text);
            let extraction = read(&report.marked, &text).extraction;
            let found = spelled_alike(&extraction.observations, &extraction.ledger);
            let lost = expected.iter().filter(|row| !found.contains(row)).map(|row| format!("  - {row}\n"));
            let new = found.iter().filter(|row| !expected.contains(row)).map(|row| format!("  + {row}\n"));
            let difference: String = lost.chain(new).collect();
            if found != expected {
                writeln!(differences, "{} with {name}:\n{difference}", report.marked.name).unwrap();
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Each row of a report without ids and offsets, its words in one spelling.
fn spelled_alike(observations: &[Observation], ledger: &[LedgerEntry]) -> Vec<String> {
    let without_place = |o: &Observation| Observation { id: String::new(), start: 0, end: 0, ..o.clone() };
    let observations = observations.iter().map(|o| format!("{:?}", without_place(o)));
    let ledger = ledger.iter().map(|entry| {
        let LedgerEntry { line, text, class, reason, .. } = entry;
        let reason = if *class == Class::Observation { "" } else { reason };
        format!("line {line} `{text}` {class} {reason}")
    });
    let plain = |row: String| with_tones(&row.replace("\\u{a0}", " ").replace('\u{a0}', " "), ToneOn::First);
    observations.chain(ledger).map(plain).collect()
}

/// Puts no-break spaces for the single spaces before a number, after it, and after the word that follows it.
fn with_no_break_spaces(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let digit_at = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let alone = |at: usize| letters[at] == ' ' && at > 0 && letters[at - 1] != ' ' && letters.get(at + 1) != Some(&' ');
    let mut changed = letters.clone();
    let mut word_after_number = false;
    for at in (0..letters.len()).filter(|at| letters[*at].is_whitespace()) {
        let (after, before) = (digit_at(at.checked_sub(1)), digit_at(Some(at + 1)));
        if alone(at) && (after || before || word_after_number) {
            changed[at] = '\u{a0}';
        }
        word_after_number = after && alone(at);
    }
    changed.into_iter().collect()
}

/// On which vowel of an open `oa`, `oe` or `uy` the tone mark stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ToneOn {
    /// hòa
    First,
    /// hoà
    Second,
}

/// Moves tone marks within open `oa`, `oe` and `uy`; the `u` of `qu` is no vowel.
fn with_tones(text: &str, place: ToneOn) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for at in 1..letters.len() {
        let ((first, first_tone), (second, second_tone)) = (toneless(letters[at - 1]), toneless(letters[at]));
        let pair = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
        let after_q = at >= 2 && matches!(letters[at - 2], 'q' | 'Q') && pair.0 == 'u';
        let open = letters.get(at + 1).is_none_or(|next| !next.is_alphabetic());
        if !matches!(pair, ('o', 'a' | 'e') | ('u', 'y')) || after_q || !open {
            continue;
        }
        let tone = match (first_tone, second_tone) {
            (Some(tone), None) | (None, Some(tone)) => tone,
            _ => continue,
        };
        let toned = |letter: char| compose(letter, tone).unwrap_or(letter);
        (letters[at - 1], letters[at]) = match place {
            ToneOn::First => (toned(first), second),
            ToneOn::Second => (first, toned(second)),
        };
    }
    letters.into_iter().collect()
}

/// A letter without its tone mark, and the tone mark.
fn toneless(letter: char) -> (char, Option<char>) {
    let mut parts = Vec::new();
    decompose_canonical(letter, |part| parts.push(part));
    match parts[..] {
        [base, tone @ ('\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')] => (base, Some(tone)),
        _ => (letter, None),
    }
}

#[test]
fn variants_change_what_they_should() {
    let second = "Toà án, UỶ ban; khoẻ, hoá đơn, hoàn, quý, quỹ, thuỷ, thuyền";
    let first = "Tòa án, ỦY ban; khỏe, hóa đơn, hoàn, quý, quỹ, thủy, thuyền";
    assert_eq!(
        (with_tones(second, ToneOn::First).as_str(), with_tones(first, ToneOn::Second).as_str()),
        (first, second)
    );
    assert_eq!(
        with_no_break_spaces("được 11 tỷ 076 triệu đồng cho  5 hộ nghèo\nlà 3").replace('\u{a0}', "_"),
        "được_11_tỷ_076_triệu_đồng cho  5_hộ_nghèo\nlà_3"
    );
}
