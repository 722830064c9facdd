//! One report as data: its text, what became of each of its numbers, and its rows of the table.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{EvidenceInput, Index};
use crate::observation::{Class, LedgerEntry, Observation, Origin};

/// Texts of a report, each kept once.
#[derive(Default)]
struct Texts {
    list: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl Texts {
    fn at(&mut self, text: &str) -> usize {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        self.known.insert(text.to_owned(), self.list.len());
        self.list.push(text.to_owned());
        self.list.len() - 1
    }
}

/// A marked place of the text.
struct Mark {
    start: usize,
    end: usize,
    class: &'static str,
    /// Its rows, for an observation.
    rows: Vec<usize>,
    /// Why it is none.
    reason: String,
}

/// The data of the report at this position. Places are counted in UTF-16 units, as the page's script counts them.
pub(super) fn report(input: &EvidenceInput<'_>, index: &Index, at: usize) -> Value {
    let Some(report) = input.reports.get(at) else { return Value::Null };
    let own: Vec<(usize, &Observation)> = index
        .rows
        .get(at)
        .into_iter()
        .flatten()
        .filter_map(|position| Some((*position, input.observations.get(*position)?)))
        .collect();
    let mut texts = Texts::default();
    let marks = marks(input, &report.row.file, &own);
    let mut walk = Walk { text: &report.text, byte: 0, unit: 0 };
    let mut flat: Vec<Value> = Vec::with_capacity(marks.len());
    for mark in &marks {
        let (start, end) = (walk.to(mark.start), walk.to(mark.end));
        let what = if mark.rows.is_empty() { json!(texts.at(&mark.reason)) } else { json!(mark.rows) };
        flat.push(json!([start, end - start, mark.class, what]));
    }
    let rows: Vec<Value> = own.iter().map(|(position, o)| row(input, index, &mut texts, *position, o)).collect();
    json!({ "text": report.text, "marks": flat, "rows": rows, "texts": texts.list })
}

/// Counts UTF-16 units along a text, forwards only.
struct Walk<'a> {
    text: &'a str,
    byte: usize,
    unit: usize,
}

impl Walk<'_> {
    fn to(&mut self, byte: usize) -> usize {
        let between = self.text.get(self.byte..byte).unwrap_or_default();
        self.unit += between.encode_utf16().count();
        self.byte += between.len();
        self.unit
    }
}

/// All numbers of a report, and the words that state a zero, in the order of the text, none within another.
fn marks(input: &EvidenceInput<'_>, file: &str, own: &[(usize, &Observation)]) -> Vec<Mark> {
    // The rows of a number are those of the observation that the ledger names, and of corrections in its place.
    let rows_of = |entry: &LedgerEntry| -> Vec<usize> {
        let named = own.iter().find(|(_, o)| o.id == entry.reason).map(|(_, o)| *o);
        let here = |o: &Observation| {
            o.id == entry.reason
                || named.is_some_and(|n| (n.start, n.end) == (o.start, o.end))
                || o.start == entry.start
        };
        own.iter().enumerate().filter(|(_, (_, o))| here(o)).map(|(row, _)| row).collect()
    };
    let class = |entry: &LedgerEntry, rows: &[usize]| {
        let of = |row: &usize| own.get(*row).map(|(_, o)| *o);
        match entry.class {
            Class::Observation if rows.iter().filter_map(of).any(|o| o.origin == Origin::Correction) => "c",
            Class::Observation if rows.iter().filter_map(of).any(|o| o.confidence < input.review_threshold) => "d",
            Class::Observation => "o",
            Class::Unmapped => "u",
            Class::Reference => "r",
            Class::Task => "t",
        }
    };
    let mut marks: Vec<Mark> = Vec::new();
    for entry in input.ledger.iter().filter(|entry| entry.file == file) {
        let rows = if entry.class == Class::Observation { rows_of(entry) } else { Vec::new() };
        let class = class(entry, &rows);
        let reason = if rows.is_empty() { entry.reason.clone() } else { String::new() };
        // The numbers of a compound such as `11 … 076 …` are one mark.
        let compound = rows.first().and_then(|row| own.get(*row)).map(|(_, o)| (o.start, o.end));
        if let (Some((start, end)), Some(last)) = (compound, marks.last_mut())
            && last.rows == rows
            && start <= last.start
            && entry.end <= end
        {
            last.end = end;
            continue;
        }
        marks.push(Mark { start: entry.start, end: entry.end, class, rows, reason });
    }
    for (row, (_, o)) in own.iter().enumerate() {
        let is_marked = marks.iter().any(|mark| mark.start < o.end && o.start < mark.end);
        if !is_marked && o.start < o.end {
            let doubtful = o.confidence < input.review_threshold;
            let class = if o.origin == Origin::Correction {
                "c"
            } else if doubtful {
                "d"
            } else {
                "o"
            };
            marks.push(Mark { start: o.start, end: o.end, class, rows: vec![row], reason: String::new() });
        }
    }
    marks.sort_by_key(|mark| (mark.start, mark.end));
    let mut reached = 0;
    marks.retain(|mark| {
        let is_free = mark.start >= reached;
        reached = reached.max(mark.end);
        is_free
    });
    marks
}

fn row(input: &EvidenceInput<'_>, index: &Index, texts: &mut Texts, at: usize, o: &Observation) -> Value {
    let (dictionary, messages) = (input.dictionary, input.messages);
    let position = |id: &str| dictionary.register.position(id);
    // The rule of a person's correction ends with the one that read the number.
    let rule = if o.corrects().is_some() { o.rule.rsplit("; ").next().unwrap_or(&o.rule) } else { &o.rule };
    let written = rule.rsplit(": ").next().unwrap_or(rule);
    let own = position(&o.indicator);
    let all = || dictionary.wordings.iter().filter(|w| w.text == written);
    let wording = all().find(|w| Some(usize::from(w.indicator)) == own).or_else(|| all().next());
    let place = wording.map(|w| format!("{}:{}", w.file, w.line)).unwrap_or_default();
    let candidates: Vec<usize> = input.candidates.get(at).into_iter().flatten().filter_map(|id| position(id)).collect();
    let breakdown = messages.breakdown(&o.breakdown, dictionary);
    let breakdown = breakdown.trim().trim_start_matches('(').trim_end_matches(')');
    json!([
        own,
        texts.at(breakdown),
        o.measure.code(),
        texts.at(&o.period.map(|p| messages.period(p)).unwrap_or_default()),
        o.value.normalize().to_string(),
        o.stated,
        o.unit,
        o.qualifier.code(),
        o.status.code(),
        texts.at(&o.base),
        o.origin.code(),
        o.confidence.normalize().to_string(),
        texts.at(&o.rule),
        texts.at(&place),
        o.line,
        texts.at(&o.place),
        texts.at(&o.quote),
        candidates,
        index.findings.get(&at).cloned().unwrap_or_default(),
        o.id,
    ])
}
