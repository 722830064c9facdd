//! Indicators that a report speaks of without giving a figure.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::dictionary::phrase::Hit;
use crate::dictionary::{Dictionary, Part, Tag, TermId, Wording};
use crate::document::{Block, BlockKind, Document};
use crate::mention::Scan;
use crate::observation::Observation;
use crate::text::Token;

/// The words of a wording that must stand in the clause itself, at least; a single noun says too little.
const LEAST_WORDS: usize = 2;

/// An indicator that a report mentions without a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// Path of the report, as in the table.
    pub file: String,
    /// Id in the register.
    pub indicator: String,
    /// 1-based line of the extracted text.
    pub line: usize,
    /// The clause, as written.
    pub quote: String,
}

/// The indicators that the results of a report speak of, in a clause or a table's row that gives no observation, and
/// of which it has no observation elsewhere; each once, at its first place, in the order of the register.
pub fn mentions(
    document: &Document,
    scans: &[Scan],
    file: &str,
    observations: &[Observation],
    dictionary: &Dictionary,
) -> Vec<Mention> {
    let known: BTreeSet<&str> = observations.iter().map(|o| o.indicator.as_str()).collect();
    let starts: BTreeSet<usize> = observations.iter().map(|o| o.start).collect();
    let gives = |tokens: &[Token]| {
        let (first, last) = (tokens.first().map(|t| t.start as usize), tokens.last().map(|t| t.end as usize));
        first.zip(last).is_some_and(|(first, last)| starts.range(first..last.max(first)).next().is_some())
    };
    let mut found: BTreeMap<u16, Mention> = BTreeMap::new();
    let mut titles: FxHashMap<usize, FxHashSet<TermId>> = FxHashMap::default();
    let mut look = |block: &Block, tokens: &[Token], hits: &[Hit<Tag>]| {
        if gives(tokens) {
            return;
        }
        let above = titles.entry(block.section).or_insert_with(|| terms_above(document, block.section, dictionary));
        for indicator in named(document, block, hits, above, dictionary) {
            let Some(row) = dictionary.indicator(indicator).filter(|i| !known.contains(i.id.as_str())) else {
                continue;
            };
            let line = tokens.first().map_or(0, |t| document.source.line_of(t.start as usize));
            let (indicator_id, quote) = (row.id.clone(), document.written(tokens));
            let mention = Mention { file: file.to_owned(), indicator: indicator_id, line, quote };
            let place = found.entry(indicator).or_insert_with(|| mention.clone());
            if mention.line < place.line {
                *place = mention;
            }
        }
    };
    for (block, scan) in document.blocks.iter().zip(scans) {
        if !matches!(block.part, Part::Results | Part::Assessment) {
            continue;
        }
        match block.kind {
            BlockKind::Table(at) => {
                for row in document.tables.get(at).map(|t| t.rows.as_slice()).unwrap_or_default() {
                    let tokens: Vec<Token> = row.iter().flat_map(|cell| cell.tokens.iter().cloned()).collect();
                    let mut hits = Vec::new();
                    dictionary.find(&tokens, &mut hits);
                    look(block, &tokens, &hits);
                }
            }
            BlockKind::Paragraph | BlockKind::Footnote(_) => {
                for sentence in &scan.sentences {
                    for clause in clauses(&block.tokens, sentence.clone()) {
                        let hits: Vec<Hit<Tag>> = scan.hits_in(&clause).cloned().collect();
                        look(block, block.tokens.get(clause).unwrap_or_default(), &hits);
                    }
                }
            }
            BlockKind::Heading | BlockKind::Furniture => {}
        }
    }
    found.into_values().collect()
}

/// The parts of a sentence between its semicolons.
fn clauses(tokens: &[Token], sentence: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let (mut parts, mut start) = (Vec::new(), sentence.start);
    for at in sentence.clone() {
        if tokens.get(at).is_some_and(|t| t.is(';')) {
            parts.push(start..at);
            start = at + 1;
        }
    }
    parts.push(start..sentence.end);
    parts.retain(|part| !part.is_empty());
    parts
}

/// The terms of a section's headings.
fn terms_above(document: &Document, section: usize, dictionary: &Dictionary) -> FxHashSet<TermId> {
    let mut above = FxHashSet::default();
    for section in document.enclosing(section) {
        let mut title = Vec::new();
        dictionary.find(&section.title, &mut title);
        above.extend(title.iter().filter_map(|h| if let Tag::Term(term) = h.tag { Some(term) } else { None }));
    }
    above
}

/// The indicators whose wording the clause satisfies by itself, with the headings above it.
fn named(
    document: &Document,
    block: &Block,
    hits: &[Hit<Tag>],
    above: &FxHashSet<TermId>,
    dictionary: &Dictionary,
) -> BTreeSet<u16> {
    let mut here: FxHashMap<TermId, usize> = FxHashMap::default();
    for hit in hits.iter().filter(|h| !h.mended) {
        if let Tag::Term(term) = hit.tag {
            let words = here.entry(term).or_default();
            *words = (*words).max(usize::from(hit.words));
        }
    }
    let fields = document.sections.get(block.section).map(|s| s.fields.as_slice()).unwrap_or_default();
    let agrees = |indicator: u16| {
        let field = dictionary.field_of.get(usize::from(indicator)).copied().flatten();
        field.map(|field| fields.contains(&field))
    };
    let states = |wording: &Wording| {
        let own = || wording.own.iter().chain(&wording.right);
        let words: usize = own().filter_map(|term| here.get(term)).sum();
        let anywhere = |term: &TermId| here.contains_key(term) || above.contains(term);
        let rules = dictionary.rules.get(usize::from(wording.indicator));
        let excluded = rules.is_some_and(|r| r.exclude.iter().any(|term| here.contains_key(term)));
        words >= LEAST_WORDS
            && own().all(|term| here.contains_key(term))
            && wording.context.iter().all(anywhere)
            && !wording.not_any.iter().any(anywhere)
            && !wording.not_own.iter().any(|term| here.contains_key(term))
            && !excluded
            && (fields.is_empty() && !wording.field || agrees(wording.indicator) == Some(true))
    };
    let called = here.keys().filter_map(|term| dictionary.by_rarest.get(*term as usize)).flatten();
    called
        .filter_map(|call| dictionary.wordings.get(call.wording as usize))
        .filter(|wording| states(wording))
        .map(|wording| wording.indicator)
        .collect()
}
