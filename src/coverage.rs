//! What the dictionary does not cover: the numbers of reports that no indicator took, grouped by the words around
//! them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::dictionary::marker::Marker;
use crate::dictionary::schema::read_toml;
use crate::dictionary::templates::{TemplateErrors, Templates};
use crate::dictionary::{Dictionary, Tag};
use crate::document::{Block, BlockKind, Document};
use crate::mention::{NumberState, Quantity, Scan};
use crate::observation::{Class, LedgerEntry};
use crate::pipeline::ReadReport;
use crate::text::{Token, TokenKind, fold};

/// So many words before a number tell one way of stating it from another …
const WORDS_BEFORE: usize = 4;
/// … and so many after it.
const WORDS_AFTER: usize = 3;
/// Phrases of the dictionary have hardly more words.
const LONGEST_PHRASE: usize = 12;
/// Words of the label of a table's row.
const WORDS_OF_LABEL: usize = 8;
/// A wording with fewer words needs the field of work to say what it is of.
const WORDS_ENOUGH: usize = 3;
/// Reasons for which a wording can help; others speak of another number.
const WORDING_HELPS: &[&str] = &["no-indicator", "no-words-of-its-own", "cell-not-read"];
/// Indicators of the section's field of work that are named where no reading is.
const MOST_GUESSES: usize = 3;
/// Template file of this page.
const FILE: &str = "coverage.toml";

/// Words of measure that never name what is counted.
const MEASURES: &[Marker] = &[
    Marker::Cumulative,
    Marker::InPeriod,
    Marker::Is,
    Marker::Reach,
    Marker::Estimate,
    Marker::Forecast,
    Marker::OpensParts,
    Marker::Over,
    Marker::Under,
    Marker::About,
];

/// Words that say nothing of what is counted, in comparison form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fillers(Vec<Vec<String>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FillersFile {
    fillers: Vec<String>,
}

impl Fillers {
    /// Reads `coverage.toml`.
    ///
    /// # Errors
    /// With file and line, when it cannot be read.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let (file, _) = read_toml::<FillersFile>(templates, FILE)?;
        Ok(Self(file.fillers.iter().map(|filler| filler.split(' ').map(fold).collect()).collect()))
    }

    /// The first and last token of each one.
    fn find(&self, document: &Document, tokens: &[Token]) -> Vec<(usize, usize)> {
        let words: Vec<String> = tokens.iter().map(|t| fold(document.source.slice(t.range()))).collect();
        let at = |start: usize| {
            let rest = words.get(start..).unwrap_or_default();
            self.0.iter().filter(move |f| rest.starts_with(f)).map(move |f| (start, start + f.len() - 1))
        };
        (0..words.len()).flat_map(at).collect()
    }
}

/// A number that no indicator took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// File.
    pub file: String,
    /// 1-based line of the extracted text.
    pub line: usize,
    /// First byte of the number there.
    pub start: usize,
    /// Phrases before, in small letters.
    pub before: Vec<String>,
    /// The phrase after.
    pub after: String,
    /// Why, as in the ledger.
    pub reason: String,
    /// Ids that the number could be given to, the likeliest first.
    pub candidates: Vec<String>,
    /// Whether they fit its words; else they only fit the heading and the counted noun.
    pub by_words: bool,
}

impl Gap {
    /// The words around the number, with `#` for it.
    pub fn words(&self) -> String {
        let before = self.before.join(" … ");
        let parts = [before.as_str(), "#", &self.after];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// A wording that would match it; none where its words say nothing, or a wording cannot help.
    pub fn wording(&self) -> Option<String> {
        let code = self.reason.split(':').next().unwrap_or_default();
        let mut terms = self.before.clone();
        if !self.after.is_empty() {
            terms.push(format!(">{}", self.after));
        }
        let words: usize = terms.iter().map(|term| term.split(' ').count()).sum();
        if !WORDING_HELPS.contains(&code) || words == 0 {
            return None;
        }
        if words < WORDS_ENOUGH {
            terms.push("@".to_owned());
        }
        Some(terms.join(" + "))
    }
}

/// Numbers with the same words around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub first: Gap,
}

/// The numbers of a report that no indicator took.
pub fn gaps(file: &str, read: &ReadReport, fillers: &Fillers, dictionary: &Dictionary) -> Vec<Gap> {
    let unmapped = read.extraction.ledger.iter().filter(|entry| entry.class == Class::Unmapped);
    unmapped.map(|entry| gap(file, entry, read, fillers, dictionary)).collect()
}

/// Groups of them, the most frequent first.
pub fn groups(gaps: impl IntoIterator<Item = Gap>) -> Vec<Group> {
    let mut by_words: BTreeMap<String, Group> = BTreeMap::new();
    for gap in gaps {
        let key = gap.words().split(' ').map(fold).collect::<Vec<_>>().join(" ");
        by_words.entry(key).and_modify(|group| group.count += 1).or_insert(Group { count: 1, first: gap });
    }
    let mut groups: Vec<Group> = by_words.into_values().collect();
    groups.sort_by(|a, b| {
        let place = |group: &Group| (group.first.file.clone(), group.first.start);
        b.count.cmp(&a.count).then_with(|| place(a).cmp(&place(b)))
    });
    groups
}

/// What is around one number, whatever became of it.
pub fn gap(file: &str, entry: &LedgerEntry, read: &ReadReport, fillers: &Fillers, dictionary: &Dictionary) -> Gap {
    let document = &read.document;
    let mut gap = Gap {
        file: file.to_owned(),
        line: entry.line,
        start: entry.start,
        before: Vec::new(),
        after: String::new(),
        reason: entry.reason.clone(),
        candidates: named(&entry.reason),
        by_words: true,
    };
    let place = document.blocks.iter().zip(&read.extraction.scans).find_map(|(block, scan)| {
        let at = block.tokens.iter().position(|token| token.start as usize == entry.start)?;
        Some((block, scan, at))
    });
    let Some((block, scan, at)) = place else { return gap };
    if let BlockKind::Table(table) = block.kind {
        gap.before = Some(label(document, table, entry.start)).filter(|l| !l.is_empty()).into_iter().collect();
    } else {
        let idle = idle(document, &block.tokens, scan, fillers);
        gap.before = before(document, block, scan, &idle, at);
        gap.after = after(document, block, scan, &idle, at);
    }
    if gap.candidates.is_empty() {
        gap.candidates = of_field(document, block, scan, at, dictionary);
        gap.by_words = false;
    }
    gap
}

/// The ids in a reason such as `no-indicator: employment.placed 1.1, employment.counselled 0.9`.
fn named(reason: &str) -> Vec<String> {
    let (_, list) = reason.split_once(": ").unwrap_or_default();
    list.split(", ").filter_map(|item| item.split(' ').next()).filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// The first words of the row that a cell stands in.
fn label(document: &Document, table: usize, start: usize) -> String {
    let rows = document.tables.get(table).map(|table| table.rows.as_slice()).unwrap_or_default();
    let row = rows.iter().find(|row| row.iter().any(|cell| cell.range.contains(&start)));
    let label = row.and_then(|row| row.iter().find(|cell| cell.tokens.iter().any(Token::is_word)));
    let tokens = label.map(|cell| cell.tokens.as_slice()).unwrap_or_default();
    tokens.iter().filter(|t| t.is_word()).take(WORDS_OF_LABEL).map(|t| word(document, t)).collect::<Vec<_>>().join(" ")
}

/// Words of the sentence before the number that are not idle, up to what is counted by
/// another number; words that stand apart are phrases of their own.
fn before(document: &Document, block: &Block, scan: &Scan, idle: &[bool], at: usize) -> Vec<String> {
    let sentence = scan.sentences.iter().find(|s| s.contains(&at)).map_or(block.label, |s| s.start);
    let ends = scan.quantities.iter().filter(|q| q.last < at).map(Quantity::end);
    let start = ends.filter(|end| *end <= at).max().unwrap_or(0).max(sentence);
    let mut phrases: Vec<Vec<String>> = vec![Vec::new()];
    let mut from = at;
    for back in (start..at).rev() {
        let Some(token) = block.tokens.get(back) else { break };
        // A phrase of the dictionary is not cut in two.
        let full = phrases.iter().map(Vec::len).sum::<usize>() >= WORDS_BEFORE && !is_within_phrase(scan, from);
        if full || matches!(token.kind, TokenKind::Punct(';' | ':' | '(' | ')')) {
            break;
        }
        match phrases.last_mut() {
            Some(phrase) if token.is_word() && idle.get(back) != Some(&true) => {
                phrase.insert(0, word(document, token));
                from = back;
            }
            Some(phrase) if !phrase.is_empty() && !token.is(',') => phrases.push(Vec::new()),
            _ => {}
        }
    }
    phrases.iter().rev().filter(|phrase| !phrase.is_empty()).map(|phrase| phrase.join(" ")).collect()
}

/// Whether a phrase of the dictionary begins before this token and goes on with it.
fn is_within_phrase(scan: &Scan, at: usize) -> bool {
    let reach = at.saturating_sub(LONGEST_PHRASE)..at + LONGEST_PHRASE;
    scan.hits_in(&reach).any(|hit| (hit.first as usize) < at && at <= hit.last as usize)
}

/// The noun that the number counts; without one, words right after it.
fn after(document: &Document, block: &Block, scan: &Scan, idle: &[bool], at: usize) -> String {
    let quantity = match scan.numbers.get(at) {
        Some(NumberState::Quantity(index)) => scan.quantities.get(*index),
        _ => None,
    };
    let noun = quantity.map(|q| q.noun.clone()).filter(|noun| !noun.is_empty());
    let range = noun.unwrap_or_else(|| {
        let from = quantity.map_or(at, |q| q.last) + 1;
        let words = block.tokens.iter().enumerate().skip(from).take(WORDS_AFTER);
        let words = words.take_while(|(next, token)| token.is_word() && idle.get(*next) != Some(&true));
        from..from + words.count()
    });
    let tokens = block.tokens.get(range).unwrap_or_default();
    tokens.iter().filter(|t| t.is_word()).map(|t| word(document, t)).collect::<Vec<_>>().join(" ")
}

/// Which tokens of a block say nothing of what is counted: words of measure and of periods, and fillers, where they
/// are no part of a longer phrase of the dictionary.
fn idle(document: &Document, tokens: &[Token], scan: &Scan, fillers: &Fillers) -> Vec<bool> {
    let is_measure = |tag: Tag| match tag {
        Tag::Period(_) => true,
        Tag::Marker(marker) => MEASURES.contains(&marker),
        _ => false,
    };
    let mut idle = vec![false; tokens.len()];
    let mut leave_out = |first: usize, last: usize, may_open: bool| {
        let within = first.saturating_sub(LONGEST_PHRASE)..last + LONGEST_PHRASE;
        let needed = scan.hits_in(&within).any(|h| {
            let (from, to) = (h.first as usize, h.last as usize);
            matches!(h.tag, Tag::Term(_))
                && last <= to
                && (from < first && first <= to || may_open && from == first && last < to)
        });
        if !needed {
            idle.get_mut(first..=last).unwrap_or_default().fill(true);
        }
    };
    for hit in scan.hits.iter().filter(|h| is_measure(h.tag)) {
        leave_out(hit.first as usize, hit.last as usize, true);
    }
    for (first, last) in fillers.find(document, tokens) {
        // A filler at the front of a phrase is no need of it either.
        leave_out(first, last, false);
    }
    idle
}

fn word(document: &Document, token: &Token) -> String {
    document.source.slice(token.range()).to_lowercase()
}

/// Indicators of the headings' field of work that are counted in what is written.
fn of_field(document: &Document, block: &Block, scan: &Scan, at: usize, dictionary: &Dictionary) -> Vec<String> {
    let section =
        block.anchor.and_then(|anchor| document.blocks.get(anchor.block)).map_or(block.section, |b| b.section);
    let fields = document.sections.get(section).map(|s| s.fields.as_slice()).unwrap_or_default();
    let domains: Vec<&String> = fields.iter().filter_map(|field| dictionary.fields.get(usize::from(*field))).collect();
    let class = match scan.numbers.get(at) {
        Some(NumberState::Quantity(index)) => scan.quantities.get(*index).and_then(|q| q.class),
        _ => None,
    };
    let fits = |unit| class.is_some() && dictionary.unit_fit(unit, class) >= 1.0;
    let own = dictionary.register.indicators().iter().filter(|i| domains.iter().any(|d| *d == i.domain()));
    own.filter(|i| fits(i.unit)).take(MOST_GUESSES).map(|i| i.id.clone()).collect()
}
