//! What is written, before it means anything: quantities with their units, numbers that are set aside, periods,
//! words of measure and structure, and the dictionary's phrases. One [`Scan`] holds all evidence of one block.

mod exclusion;
pub mod number;
mod period;
mod quantity;
mod sentence;

pub use period::{PeriodMention, Span};
pub use quantity::{Quantity, QuantityKind};

use std::ops::Range;

use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::dictionary::{Dictionary, Tag};
use crate::text::{SourceText, Token};

/// What became of a number token so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberState {
    /// Not a number token.
    NotANumber,
    /// Not yet used.
    Free,
    /// Set aside, for this reason.
    Excluded(String),
    /// Part of the quantity with this index.
    Quantity(usize),
}

/// All evidence of one block.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// Phrases found, in the order of their first tokens.
    pub hits: Vec<Hit<Tag>>,
    /// Per token: what became of it as a number.
    pub numbers: Vec<NumberState>,
    /// Quantities, in order.
    pub quantities: Vec<Quantity>,
    /// Periods, in order.
    pub periods: Vec<PeriodMention>,
    /// Sentences, as ranges of tokens.
    pub sentences: Vec<Range<usize>>,
    /// Per token: how many brackets are open.
    pub depth: Vec<u8>,
    /// Per token: whether it belongs to a word of measure or structure.
    pub marked: Vec<bool>,
    /// Per token, and for the end: how many hits begin before it.
    begun: Vec<u32>,
    /// How many tokens the longest phrase takes beyond its first.
    longest: usize,
}

/// Removes words of measure and period that are only part of a name, such as that of a campaign.
fn mask(hits: &mut Vec<Hit<Tag>>) {
    // «so với cùng kỳ giảm 318 người do …»: what is compared is a change, whatever is told of its cause.
    let compared = |at: u32| {
        hits.iter().any(|h| {
            matches!(h.tag, Tag::Marker(Marker::Compare | Marker::SamePeriod | Marker::PreviousPeriod))
                && h.last < at
                && at <= h.last + 2
        })
    };
    let names = hits.iter().filter(|h| h.tag == Tag::Marker(Marker::Name) && !compared(h.first));
    let names: Vec<(u32, u32)> = names.map(|h| (h.first, h.last)).collect();
    if !names.is_empty() {
        hits.retain(|h| {
            let role = matches!(h.tag, Tag::Marker(_) | Tag::Period(_));
            !(role
                && names
                    .iter()
                    .any(|(first, last)| h.first >= first.saturating_sub(1) && h.last <= *last && h.last >= *first))
        });
    }
}

/// Removes what a bracket leaves out: «(không kể quà lễ, Tết)» says nothing of the number before it.
fn leave_out(tokens: &[Token], hits: &mut Vec<Hit<Tag>>) {
    let opens = |h: &&Hit<Tag>| {
        let before = (h.first as usize).checked_sub(1).and_then(|t| tokens.get(t));
        h.tag == Tag::Marker(Marker::LeftOut) && before.is_some_and(|t| t.is('('))
    };
    let close = |first: u32| {
        let rest = tokens.get(first as usize..).unwrap_or_default();
        let end = rest.iter().position(|t| t.is(')') || t.is('(') || t.is_number())?;
        rest.get(end).filter(|t| t.is(')')).and_then(|_| u32::try_from(end).ok()).map(|end| first + end)
    };
    let brackets: Vec<(u32, u32)> =
        hits.iter().filter(opens).filter_map(|h| Some((h.first, close(h.first)?))).collect();
    if !brackets.is_empty() {
        hits.retain(|h| {
            let names = matches!(h.tag, Tag::Term(_) | Tag::Category(_));
            !(names && brackets.iter().any(|(first, end)| h.first >= *first && h.first < *end))
        });
    }
}

fn begun(hits: &[Hit<Tag>], tokens: usize) -> Vec<u32> {
    let mut before = Vec::with_capacity(tokens + 1);
    let mut at = 0;
    for token in 0..=tokens {
        while hits.get(at).is_some_and(|h| (h.first as usize) < token) {
            at += 1;
        }
        before.push(u32::try_from(at).unwrap_or(u32::MAX));
    }
    before
}

impl Scan {
    /// Finds all evidence in a row of tokens, of which the first `label` are a bullet or a number of the list.
    pub fn of(
        source: &SourceText,
        tokens: &[Token],
        label: usize,
        convention: number::Convention,
        dictionary: &Dictionary,
    ) -> Self {
        let mut scan = Self::default();
        dictionary.find(tokens, &mut scan.hits);
        // Damaged words are mended for what names things, never for what decides what a number is.
        scan.hits.retain(|h| !h.mended || matches!(h.tag, Tag::Term(_) | Tag::Category(_) | Tag::Unit(_)));
        mask(&mut scan.hits);
        leave_out(tokens, &mut scan.hits);
        scan.begun = begun(&scan.hits, tokens.len());
        scan.longest = scan.hits.iter().map(|h| (h.last - h.first) as usize).max().unwrap_or(0);
        scan.marked = vec![false; tokens.len()];
        for hit in scan.hits.iter().filter(|h| matches!(h.tag, Tag::Marker(m) if !m.is_of_tables())) {
            for marked in scan.marked.get_mut(hit.first as usize..=hit.last as usize).unwrap_or_default() {
                *marked = true;
            }
        }
        scan.depth = sentence::bracket_depth(tokens);
        scan.sentences = sentence::split(source, tokens, label);
        scan.numbers =
            tokens.iter().map(|t| if t.is_number() { NumberState::Free } else { NumberState::NotANumber }).collect();
        exclusion::set_aside(source, tokens, label, convention, dictionary, &mut scan);
        period::find(source, tokens, dictionary, &mut scan);
        quantity::find(source, tokens, convention, dictionary, &mut scan);
        scan
    }

    /// The phrases of one role, in order.
    pub fn markers(&self, marker: Marker) -> impl Iterator<Item = &Hit<Tag>> {
        self.hits.iter().filter(move |h| h.tag == Tag::Marker(marker))
    }

    /// Index of the first hit that begins at token `at` or after it.
    fn first_hit(&self, at: usize) -> usize {
        self.begun.get(at).map_or(self.hits.len(), |n| *n as usize)
    }

    /// Hits whose first token is `at`.
    pub fn hits_at(&self, at: usize) -> &[Hit<Tag>] {
        self.hits.get(self.first_hit(at)..self.first_hit(at + 1)).unwrap_or_default()
    }

    /// Hits whose last token stands right before `at`.
    pub fn hits_before(&self, at: usize) -> impl Iterator<Item = &Hit<Tag>> {
        let from = self.first_hit(at.saturating_sub(self.longest + 1));
        let near = self.hits.get(from..self.first_hit(at)).unwrap_or_default();
        near.iter().filter(move |h| h.last as usize + 1 == at)
    }

    /// Whether a marker phrase lies wholly in `range`.
    pub fn has_marker(&self, marker: Marker, range: &Range<usize>) -> bool {
        self.last_marker(marker, range).is_some()
    }

    /// The last marker phrase that lies wholly in `range`.
    pub fn last_marker(&self, marker: Marker, range: &Range<usize>) -> Option<&Hit<Tag>> {
        self.hits_in(range).filter(|h| h.tag == Tag::Marker(marker)).last()
    }

    /// Hits that lie wholly in `range`.
    pub fn hits_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Hit<Tag>> {
        let to = u32::try_from(range.end).unwrap_or(u32::MAX);
        let (start, end) = (self.first_hit(range.start), self.first_hit(range.end));
        self.hits.get(start..end.max(start)).unwrap_or_default().iter().filter(move |h| h.last < to)
    }
}
