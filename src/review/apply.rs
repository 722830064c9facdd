//! Corrections onto the readings of one report. A correction meets the same reading of the same bytes, or none: then
//! it is stale, and nothing is changed.

use rust_decimal::Decimal;

use super::{Change, Correction, Decision, Reading, Subject};
use crate::dictionary::Dictionary;
use crate::dictionary::marker::Marker;
use crate::document::{BlockKind, Document};
use crate::mention::NumberState;
use crate::mention::number::{Convention, Follows, parse};
use crate::observation::{
    CORRECTION_RULE, Class, Draft, Extraction, LedgerEntry, Measure, Observation, Origin, Qualifier, Status,
};
use crate::report::ReportFacts;

/// Reason in the ledger of a number that a person set aside.
pub const REJECTED: &str = "rejected-by-person";

/// A correction and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The correction.
    pub correction: Correction,
    /// Whether it met its reading; else it is stale.
    pub is_applied: bool,
    /// The reading that counts after it; `None` where there is none.
    pub after: Option<Reading>,
    /// Id of the observation that it gave, or whose reading it confirmed; empty where there is none.
    pub id: String,
    /// Id of the observation that it is about; empty for a number that no indicator took.
    pub stated: String,
}

/// A report's readings after a person's corrections.
#[derive(Debug, Default)]
pub struct Revised {
    /// The rows of the table: a statement whose value was corrected stays, the correction beside it.
    pub observations: Vec<Observation>,
    /// One entry for every number.
    pub ledger: Vec<LedgerEntry>,
    /// The readings as checks are to see them: with the corrected values in place of those stated, under the ids of
    /// those stated, and written as a person would. Observations that
    /// a person made of numbers that no indicator took stand after all others, without a draft.
    pub checked: Extraction,
    /// What became of each correction, in the order given.
    pub log: Vec<Applied>,
}

/// The facts of a number that no indicator took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFacts {
    /// The number with its scale words, as written.
    pub stated: String,
    /// The byte after its last.
    pub end: usize,
    /// Its value, where its separators tell it.
    pub value: Option<Decimal>,
    /// How exact it is said to be.
    pub qualifier: Qualifier,
    /// Where it stands.
    pub origin: Origin,
    /// Whether it is the first number of a compound such as `11 … 076 …`, or stands alone.
    pub is_first: bool,
}

/// Looks at the number that starts at byte `start`.
pub fn number_facts(document: &Document, extraction: &Extraction, start: usize) -> Option<NumberFacts> {
    let (at, block) =
        document.blocks.iter().enumerate().find(|(_, b)| b.tokens.iter().any(|t| t.start as usize == start))?;
    let token_at = block.tokens.iter().position(|t| t.start as usize == start)?;
    let token = block.tokens.get(token_at)?;
    let origin = match block.kind {
        BlockKind::Table(_) => Origin::Table,
        BlockKind::Footnote(_) => Origin::Footnote,
        _ => Origin::Text,
    };
    let scan = extraction.scans.get(at);
    let quantity = scan.and_then(|scan| match scan.numbers.get(token_at) {
        Some(NumberState::Quantity(index)) => scan.quantities.get(*index),
        _ => None,
    });
    let Some(quantity) = quantity else {
        let text = document.source.slice(token.range());
        let value = parse(text, Follows::Nothing, Convention::of(document.source.as_str()));
        let (stated, end) = (text.to_owned(), token.end as usize);
        return Some(NumberFacts { stated, end, value, qualifier: Qualifier::Exact, origin, is_first: true });
    };
    let first = block.tokens.get(quantity.first)?;
    let end = block.tokens.get(quantity.last)?.end as usize;
    let qualifier = match quantity.approx {
        Some(Marker::Over) => Qualifier::Over,
        Some(Marker::Under) => Qualifier::Under,
        Some(_) => Qualifier::About,
        None => Qualifier::Exact,
    };
    Some(NumberFacts {
        stated: document.source.slice(first.start as usize..end).to_owned(),
        end,
        value: quantity.value.map(|v| v.normalize()),
        qualifier,
        origin,
        is_first: quantity.first == token_at,
    })
}

/// What stands in the column `rule` of a row that a person decided: who, when, why, and the rule before.
pub fn correction_rule(origin: Origin, correction: &Correction, before: &str) -> String {
    let said = [correction.name.as_str(), &correction.time, &correction.reason, before];
    let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
    format!("{CORRECTION_RULE}{origin}; {}", said.join("; "))
}

/// One report whose readings are corrected.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Its path as it stands in all outputs.
    pub file: &'a str,
    /// Digest of its bytes.
    pub digest: &'a str,
    /// Text and structure.
    pub document: &'a Document,
    /// Who reports, and when.
    pub facts: &'a ReportFacts,
    /// Observations and ledger.
    pub extraction: &'a Extraction,
    /// The register.
    pub dictionary: &'a Dictionary,
}

/// Applies all corrections that are bound to a report's bytes. Those about findings are passed over.
pub fn apply(report: &Report<'_>, corrections: &[&Correction]) -> Revised {
    let extraction = report.extraction;
    let mut work = Work {
        report,
        rows: extraction.observations.iter().map(|o| vec![o.clone()]).collect(),
        checked: extraction.observations.iter().cloned().map(Some).collect(),
        drafts: extraction.drafts.clone(),
        ledger: extraction.ledger.clone(),
        added: Vec::new(),
    };
    let mut log = Vec::new();
    for correction in corrections {
        let outcome = match &correction.subject {
            Subject::Observation { rule, reading } => work.reading(correction, rule, reading),
            Subject::Unmapped { reason } => work.unmapped(correction, reason),
            Subject::Finding { .. } => continue,
        };
        let is_applied = outcome.is_some();
        let (after, id, stated) = outcome.unwrap_or_default();
        log.push(Applied { correction: (*correction).clone(), is_applied, after, id, stated });
    }
    let added = work.added.clone();
    let mut observations: Vec<Observation> = work.rows.into_iter().flatten().chain(work.added).collect();
    observations.sort_by_key(|o| (o.start, o.end));
    let mut checked = kept(extraction, work.checked, &work.drafts);
    checked.observations.extend(added);
    checked.ledger.clone_from(&work.ledger);
    Revised { observations, ledger: work.ledger, checked, log }
}

/// The extraction without the rejected observations, positions of wholes moved along.
fn kept(extraction: &Extraction, checked: Vec<Option<Observation>>, drafts: &[Draft]) -> Extraction {
    let mut moved = Vec::with_capacity(checked.len());
    let mut next = 0;
    for observation in &checked {
        moved.push(observation.is_some().then_some(next));
        next += usize::from(observation.is_some());
    }
    let mut kept =
        Extraction { ledger: extraction.ledger.clone(), scans: extraction.scans.clone(), ..Extraction::default() };
    for (observation, draft) in checked.into_iter().zip(drafts) {
        let Some(observation) = observation else { continue };
        let mut draft = draft.clone();
        draft.part_of = draft.part_of.and_then(|mut part| {
            part.whole = moved.get(part.whole).copied().flatten()?;
            Some(part)
        });
        kept.observations.push(observation);
        kept.drafts.push(draft);
    }
    kept
}

struct Work<'a> {
    report: &'a Report<'a>,
    /// Per observation: the rows of the table that stand for it.
    rows: Vec<Vec<Observation>>,
    /// Per observation: as checks see it; `None` if rejected.
    checked: Vec<Option<Observation>>,
    drafts: Vec<Draft>,
    ledger: Vec<LedgerEntry>,
    /// Observations made from numbers that no indicator took.
    added: Vec<Observation>,
}

/// The reading after, the row that it gave, and the one that it is about.
type Outcome = Option<(Option<Reading>, String, String)>;

impl Work<'_> {
    /// A decision about a reading; `None` where there is no such reading any more.
    fn reading(&mut self, correction: &Correction, rule: &str, reading: &Reading) -> Outcome {
        let bound = &correction.bound;
        let all = self.report.extraction.observations.iter();
        let at = all.enumerate().find_map(|(at, o)| {
            let same = o.start == bound.start && o.end == bound.end && o.rule == rule && Reading::of(o) == *reading;
            same.then_some(at)
        })?;
        let stated = self.report.extraction.observations.get(at)?.clone();
        let after = changed(reading, &correction.change);
        match correction.decision {
            Decision::Reject => {
                self.entries(&stated.id, |entry| {
                    entry.class = Class::Reference;
                    REJECTED.clone_into(&mut entry.reason);
                });
                self.rows.get_mut(at)?.clear();
                *self.checked.get_mut(at)? = None;
                Some((None, String::new(), stated.id))
            }
            Decision::Accept | Decision::Correct if after == *reading => {
                let confirmed = self.corrected(&stated, &after, correction, stated.id.clone());
                self.see(at, &confirmed, &after)?;
                let id = confirmed.id.clone();
                *self.rows.get_mut(at)? = vec![confirmed];
                Some((Some(after), id, stated.id))
            }
            Decision::Accept => None,
            Decision::Correct => {
                let id = self.id(stated.start, &after);
                let corrected = self.corrected(&stated, &after, correction, id.clone());
                self.see(at, &corrected, &after)?;
                let same_figure = Reading { value: reading.value, ..after.clone() } == *reading;
                let rows = self.rows.get_mut(at)?;
                let about = stated.id.clone();
                if same_figure {
                    // What the report states stays in the table; the correction outranks it.
                    *rows = vec![stated, corrected];
                } else {
                    *rows = vec![corrected];
                    self.entries(&about, |entry| id.clone_into(&mut entry.reason));
                }
                Some((Some(after), id, about))
            }
        }
    }

    /// A decision about a number that no indicator took; `None` where it is one no more.
    fn unmapped(&mut self, correction: &Correction, reason: &str) -> Outcome {
        let bound = &correction.bound;
        let code = |entry: &LedgerEntry| entry.reason.split(": ").next().unwrap_or_default().to_owned();
        let entry = self.ledger.iter().find(|e| e.start == bound.start && e.class == Class::Unmapped)?;
        if code(entry) != reason {
            return None;
        }
        match correction.decision {
            Decision::Accept => return Some((None, String::new(), String::new())),
            Decision::Reject => {
                for entry in self.ledger.iter_mut().filter(|e| e.start >= bound.start && e.end <= bound.end) {
                    entry.class = Class::Reference;
                    REJECTED.clone_into(&mut entry.reason);
                }
                return Some((None, String::new(), String::new()));
            }
            Decision::Correct => {}
        }
        let report = self.report;
        let facts = number_facts(report.document, report.extraction, bound.start)?;
        let change = &correction.change;
        let indicator = report.dictionary.register.get(change.indicator.as_deref()?)?;
        let measure = change.measure.unwrap_or(Measure::Actual);
        let reading = Reading {
            indicator: indicator.id.clone(),
            breakdown: change.breakdown.clone().unwrap_or_default(),
            measure,
            period: change.period.or(report.facts.period),
            value: change.value.or(facts.value)?,
        };
        let id = self.id(bound.start, &reading);
        let base = Observation {
            id: id.clone(),
            province: report.facts.province.clone().unwrap_or_default(),
            province_system: report.facts.system.code().to_owned(),
            period: reading.period,
            indicator: reading.indicator.clone(),
            breakdown: reading.breakdown.clone(),
            measure,
            stated: facts.stated,
            value: reading.value,
            unit: String::new(),
            qualifier: facts.qualifier,
            status: Status::Reported,
            of: None,
            base: String::new(),
            origin: facts.origin,
            confidence: Decimal::ONE,
            file: report.file.to_owned(),
            start: bound.start,
            end: facts.end,
            line: report.document.source.line_of(bound.start),
            place: String::new(),
            quote: bound.quote.clone(),
            rule: reason.to_owned(),
        };
        for entry in self.ledger.iter_mut().filter(|e| e.start >= bound.start && e.end <= facts.end) {
            entry.class = Class::Observation;
            id.clone_into(&mut entry.reason);
        }
        self.added.push(self.corrected(&base, &reading, correction, id.clone()));
        Some((Some(reading), id, String::new()))
    }

    /// The row that a person's decision gives.
    fn corrected(&self, stated: &Observation, after: &Reading, correction: &Correction, id: String) -> Observation {
        let unit = self.report.dictionary.register.get(&after.indicator).map(|i| i.unit.code());
        let unit = if after.measure.is_percent() { Some("percent") } else { unit };
        Observation {
            id,
            indicator: after.indicator.clone(),
            breakdown: after.breakdown.clone(),
            measure: after.measure,
            period: after.period,
            value: after.value,
            unit: unit.map_or_else(|| stated.unit.clone(), str::to_owned),
            qualifier: if after.value == stated.value { stated.qualifier } else { Qualifier::Exact },
            origin: Origin::Correction,
            confidence: Decimal::ONE,
            rule: correction_rule(stated.origin, correction, &stated.rule),
            ..stated.clone()
        }
    }

    /// Shows checks the corrected value in place of the one stated.
    fn see(&mut self, at: usize, corrected: &Observation, after: &Reading) -> Option<()> {
        let position = self.report.dictionary.register.position(&after.indicator)?;
        let draft = self.drafts.get_mut(at)?;
        draft.indicator = u16::try_from(position).ok()?;
        draft.breakdown = after.breakdown.pairs().map(|(d, c)| (d.to_owned(), c.to_owned())).collect();
        draft.measure = after.measure;
        draft.value = after.value;
        draft.period = after.period;
        draft.confidence = 1.0;
        // Checks ask where a statement stands, not who vouches for it, and compare it with what stood there before.
        let origin = corrected.corrects().unwrap_or(corrected.origin);
        let before = self.report.extraction.observations.get(at)?;
        let is_restated = after.value != before.value;
        let stated =
            if is_restated { after.value.normalize().to_string().replace('.', ",") } else { before.stated.clone() };
        *self.checked.get_mut(at)? = Some(Observation { origin, id: before.id.clone(), stated, ..corrected.clone() });
        Some(())
    }

    fn entries(&mut self, id: &str, mut change: impl FnMut(&mut LedgerEntry)) {
        self.ledger.iter_mut().filter(|e| e.reason == id).for_each(&mut change);
    }

    fn id(&self, start: usize, reading: &Reading) -> String {
        let (indicator, breakdown, measure) = (&reading.indicator, &reading.breakdown, reading.measure);
        let key =
            format!("{}\n{start}\n{indicator}\n{breakdown}\n{measure}\n{}", self.report.digest, Origin::Correction);
        let hash = blake3::hash(key.as_bytes()).to_hex();
        format!("o{}", hash.get(..12).unwrap_or_default())
    }
}

/// A reading with the changes of a person.
fn changed(reading: &Reading, change: &Change) -> Reading {
    Reading {
        indicator: change.indicator.clone().unwrap_or_else(|| reading.indicator.clone()),
        breakdown: change.breakdown.clone().unwrap_or_else(|| reading.breakdown.clone()),
        measure: change.measure.unwrap_or(reading.measure),
        period: change.period.or(reading.period),
        value: change.value.unwrap_or(reading.value),
    }
}
