//! A document and the report's own facts → observations and the ledger of numbers.

use std::borrow::Cow;
use std::ops::Range;

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::draft::{Draft, Unmapped};
use super::legend::brackets_hold_last_year;
use super::link::{Linked, link};
use super::model::{Breakdown, Class, LedgerEntry, Observation};
use super::sums::settle_by_their_sum;
use super::table::{self, TableLinked};
use crate::dictionary::{Dictionary, Part};
use crate::document::{BlockKind, Document};
use crate::mention::number::Convention;
use crate::mention::{NumberState, Scan};
use crate::period::Period;
use crate::report::ReportFacts;
use crate::text::digits;

/// What a report gives.
#[derive(Debug, Default)]
pub struct Extraction {
    /// Observations in the order of their places.
    pub observations: Vec<Observation>,
    /// One entry for every number of the text, in order.
    pub ledger: Vec<LedgerEntry>,
    /// What the observations were made from, in the same order.
    pub drafts: Vec<Draft>,
    /// The evidence of each block.
    pub scans: Vec<Scan>,
}

/// Without a period of its own a report's periods are read as those of this one; its observations then carry none.
const STAND_IN: Period = Period { year: 2000, kind: crate::period::PeriodKind::Year };

/// Reads all observations of a document.
pub fn extract(
    document: &Document,
    facts: &ReportFacts,
    file: &str,
    digest: &str,
    dictionary: &Dictionary,
) -> Extraction {
    let convention = Convention::of(document.source.as_str());
    let report = facts.period.unwrap_or(STAND_IN);
    let scan = |convention: Convention| -> Vec<Scan> {
        let blocks = document.blocks.iter().map(|block| match block.kind {
            BlockKind::Furniture | BlockKind::Table(_) => Scan::default(),
            _ => Scan::of(&document.source, &block.tokens, block.label, convention, dictionary),
        });
        blocks.collect()
    };
    let mut scans = scan(convention);
    let brackets_hold_last_year = brackets_hold_last_year(&scans, report);
    if brackets_hold_last_year {
        scans = scan(Convention { values_in_brackets: true, ..convention });
    }
    let mut linked = link(document, &scans, report, brackets_hold_last_year, dictionary);
    settle_by_their_sum(&mut linked.drafts);
    let of_tables = table::Report { document, facts, period: report, convention, dictionary };
    let tables = link_tables(&of_tables, &mut linked);
    assemble(document, facts, file, digest, dictionary, scans, linked, &tables)
}

/// Reads all tables of the parts that state results; their drafts are put after those of the running text.
fn link_tables(report: &table::Report<'_>, linked: &mut Linked) -> TableLinked {
    let mut tables = TableLinked::default();
    for (at, block) in report.document.blocks.iter().enumerate() {
        if let BlockKind::Table(table) = block.kind
            && matches!(block.part, Part::Results | Part::Assessment)
            && let Some(table) = report.document.tables.get(table)
        {
            table::link(report, at, table, &mut tables);
        }
    }
    let offset = linked.drafts.len();
    for mut draft in std::mem::take(&mut tables.drafts) {
        if let Some(part) = &mut draft.part_of {
            part.whole += offset;
        }
        linked.drafts.push(draft);
    }
    #[expect(clippy::iter_over_hash_type, reason = "each value is changed on its own")]
    for owner in tables.owner.values_mut() {
        *owner += offset;
    }
    tables
}

#[expect(clippy::too_many_arguments, reason = "everything that one report gave comes together here")]
fn assemble(
    document: &Document,
    facts: &ReportFacts,
    file: &str,
    digest: &str,
    dictionary: &Dictionary,
    scans: Vec<Scan>,
    linked: Linked,
    tables: &TableLinked,
) -> Extraction {
    let mut order: Vec<usize> = (0..linked.drafts.len()).collect();
    order.sort_by_key(|at| linked.drafts.get(*at).map(|d| (d.span.start, d.span.end, d.indicator)));
    let observations: Vec<Observation> =
        linked.drafts.iter().map(|draft| observation(document, facts, file, digest, dictionary, draft)).collect();
    let mut ledger = Vec::new();
    for (at, block) in document.blocks.iter().enumerate() {
        let scan = scans.get(at);
        for (token_at, token) in block.tokens.iter().enumerate() {
            if !token.is_number() {
                continue;
            }
            let (class, reason) = classify(document, at, token_at, scan, &linked, tables, &observations, dictionary);
            // A number with letters in it is as many numbers to the ledger as it has runs of digits.
            for range in numbers_in(document.source.slice(token.range())) {
                let range = token.start as usize + range.start..token.start as usize + range.end;
                ledger.push(LedgerEntry {
                    file: file.to_owned(),
                    line: document.source.line_of(range.start),
                    start: range.start,
                    end: range.end,
                    text: document.source.slice(range).to_owned(),
                    class,
                    reason: reason.clone(),
                });
            }
        }
    }
    ledger.sort_by_key(|e| e.start);
    let mut position = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        if let Some(slot) = position.get_mut(*old) {
            *slot = new;
        }
    }
    let drafts = order
        .iter()
        .filter_map(|at| linked.drafts.get(*at).cloned())
        .map(|mut draft| {
            if let Some(part) = &mut draft.part_of {
                part.whole = position.get(part.whole).copied().unwrap_or(part.whole);
            }
            draft.about = draft.about.map(|at| position.get(at).copied().unwrap_or(at));
            draft
        })
        .collect();
    let observations = order.iter().filter_map(|at| observations.get(*at).cloned()).collect();
    Extraction { observations, ledger, drafts, scans }
}

#[expect(clippy::too_many_arguments, reason = "a number's class depends on all of them")]
fn classify(
    document: &Document,
    block_at: usize,
    token_at: usize,
    scan: Option<&Scan>,
    linked: &Linked,
    tables: &TableLinked,
    observations: &[Observation],
    dictionary: &Dictionary,
) -> (Class, String) {
    let reference = |reason: &str| (Class::Reference, reason.to_owned());
    let Some(block) = document.blocks.get(block_at) else { return reference("unknown") };
    let state = scan.and_then(|s| s.numbers.get(token_at));
    if let Some(NumberState::Excluded(reason)) = state {
        return (Class::Reference, reason.clone());
    }
    match block.kind {
        BlockKind::Furniture => return reference("page-number"),
        BlockKind::Heading => return reference("heading"),
        _ => {}
    }
    let anchor = block.anchor.and_then(|a| document.blocks.get(a.block));
    match anchor.map_or(block.part, |b| b.part) {
        Part::Header => return reference("letterhead"),
        Part::Closing => return reference("closing"),
        Part::Tasks | Part::Other => return (Class::Task, "coming-tasks".to_owned()),
        Part::Results | Part::Assessment => {}
    }
    if let (BlockKind::Table(_), Some(token)) = (block.kind, block.tokens.get(token_at)) {
        if let Some(observation) = tables.owner.get(&token.start).and_then(|at| observations.get(*at)) {
            return (Class::Observation, observation.id.clone());
        }
        return tables.others.get(&token.start).cloned().unwrap_or((Class::Unmapped, "cell-not-read".to_owned()));
    }
    let Some(NumberState::Quantity(quantity)) = state else {
        return (Class::Unmapped, "not-read".to_owned());
    };
    let key = (block_at, *quantity);
    if let Some(observation) = linked.owner.get(&key).and_then(|at| observations.get(*at)) {
        return (Class::Observation, observation.id.clone());
    }
    (
        Class::Unmapped,
        linked.unmapped.get(&key).map_or_else(|| "no-indicator".to_owned(), |u| reason_text(u, dictionary)),
    )
}

/// What `[0-9]+([.,][0-9]+)*` matches within a number token.
fn numbers_in(written: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, byte) in written.bytes().enumerate() {
        if byte.is_ascii_digit() {
            let joined = found.last().is_some_and(|r| r.end == at || r.end + 1 == at && open);
            match found.last_mut() {
                Some(last) if joined => last.end = at + 1,
                _ => found.push(at..at + 1),
            }
        }
        open = matches!(byte, b'.' | b',');
    }
    found
}

/// The reason with the best readings: `no-indicator: employment.placed 1.1, …`.
fn reason_text(unmapped: &Unmapped, dictionary: &Dictionary) -> String {
    let named: Vec<String> = unmapped
        .candidates
        .iter()
        .filter_map(|(at, score)| Some(format!("{} {score:.1}", dictionary.indicator(*at)?.id)))
        .collect();
    if named.is_empty() { unmapped.reason.to_owned() } else { format!("{}: {}", unmapped.reason, named.join(", ")) }
}

fn observation(
    document: &Document,
    facts: &ReportFacts,
    file: &str,
    digest: &str,
    dictionary: &Dictionary,
    draft: &Draft,
) -> Observation {
    let tokens = document.blocks.get(draft.block).map(|b| b.tokens.as_slice()).unwrap_or_default();
    let indicator = dictionary.indicator(draft.indicator);
    let id = indicator.map(|i| i.id.clone()).unwrap_or_default();
    let breakdown = Breakdown::from_pairs(draft.breakdown.iter().cloned());
    let unit = if draft.measure.is_percent() {
        "percent".to_owned()
    } else {
        indicator.map(|i| i.unit.code().to_owned()).unwrap_or_default()
    };
    let written = document.source.slice(draft.span.clone());
    let mended = tokens
        .get(draft.tokens.clone())
        .unwrap_or_default()
        .iter()
        .any(|t| t.is_number() && matches!(digits(document.source.slice(t.range())), Cow::Owned(_)));
    let (mut rule, mut confidence, mut start) = (draft.rule.clone(), draft.confidence, draft.span.start);
    if mended {
        rule.push_str("; letters read for digits");
        confidence = (confidence - dictionary.confidence.loses.mended_number).max(0.05);
        start += written.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    }
    let line = document.source.line_of(start);
    let period = facts.period.map(|own| draft.period.unwrap_or(own));
    let key = format!("{digest}\n{}\n{id}\n{breakdown}\n{}", draft.span.start, draft.measure);
    let hash = blake3::hash(key.as_bytes()).to_hex();
    let (province, system) = match &draft.province {
        Some((code, system)) => (code.clone(), *system),
        None => (facts.province.clone().unwrap_or_default(), facts.system),
    };
    Observation {
        id: format!("o{}", hash.get(..12).unwrap_or_default()),
        province,
        province_system: system.code().to_owned(),
        period,
        indicator: id,
        breakdown,
        measure: draft.measure,
        stated: written.to_owned(),
        value: draft.value.normalize(),
        unit,
        qualifier: draft.qualifier,
        status: draft.status,
        of: draft.of,
        base: draft.base.clone(),
        origin: draft.origin,
        confidence: Decimal::from_f32(confidence).unwrap_or_default().round_dp(2).normalize(),
        file: file.to_owned(),
        start,
        end: draft.span.end,
        line,
        place: draft.place.clone().unwrap_or_default(),
        quote: document.written(tokens.get(draft.quote.clone()).unwrap_or_default()),
        rule,
    }
}
