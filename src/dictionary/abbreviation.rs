//! Abbreviations, read as the words they stand for.

use super::phrase::Hit;
use super::{Dictionary, Tag};
use crate::text::{Token, Vocabulary, WordId, bare};

/// The longest abbreviation has so many bytes: `tưlđtt`.
const LONGEST: u32 = 10;

/// A part of an abbreviation is read for itself where it has so many words: «dịch vụ việc làm» in «TTDVVL».
const LEAST_WORDS_OF_A_PART: u8 = 3;

/// Whether a short form can be spoken, so that in small letters it is rather a word of its own: «đa», «te».
fn is_spoken(short: &str) -> bool {
    short.chars().any(|c| bare(&c.to_string()).chars().any(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')))
}

/// All abbreviations.
#[derive(Debug, Clone, Default)]
pub struct Abbreviations {
    /// Per word of the vocabulary: one more than its place in `all`; 0 for a word that is none.
    of_word: Vec<u16>,
    all: Vec<Abbreviation>,
}

#[derive(Debug, Clone)]
struct Abbreviation {
    /// Whether it is read as such only in capitals.
    spoken: bool,
    /// The words of each of its senses, the likeliest first.
    senses: Vec<Vec<WordId>>,
}

impl Abbreviations {
    /// Takes one in, with the words of its senses parted by `|`.
    pub(super) fn add(&mut self, short: &str, senses: &str, vocabulary: &mut Vocabulary) {
        let words = |sense: &str| sense.split(' ').map(|word| vocabulary.add(word)).collect();
        let senses = senses.split('|').map(words).collect();
        self.all.push(Abbreviation { spoken: is_spoken(short), senses });
        let word = vocabulary.add(short) as usize;
        if self.of_word.len() <= word {
            self.of_word.resize(word + 1, 0);
        }
        if let (Some(slot), Ok(place)) = (self.of_word.get_mut(word), u16::try_from(self.all.len())) {
            *slot = place;
        }
    }

    fn senses(&self, token: &Token) -> &[Vec<WordId>] {
        let place = self.of_word.get(token.word as usize).copied().unwrap_or(0);
        let known = usize::from(place).checked_sub(1).and_then(|at| self.all.get(at));
        known.filter(|known| token.capital || !known.spoken).map_or(&[], |known| &known.senses)
    }
}

impl Dictionary {
    /// What an abbreviation stands for; the likeliest reading first.
    fn readings(&self, token: &Token) -> &[Vec<WordId>] {
        let short = token.is_word() && token.end - token.start <= LONGEST;
        if short { self.abbreviations.senses(token) } else { &[] }
    }

    /// A row of tokens with its abbreviations written out in their `reading`-th sense, and for each token of it the
    /// place of the one it comes from. An abbreviation of fewer senses keeps its last one.
    ///
    /// `None` where no abbreviation in the row has so many senses.
    pub fn written_out(&self, tokens: &[Token], reading: usize) -> Option<(Vec<Token>, Vec<u32>)> {
        if !tokens.iter().any(|t| self.readings(t).len() > reading) {
            return None;
        }
        let mut row = Vec::with_capacity(tokens.len() * 2);
        let mut from = Vec::with_capacity(tokens.len() * 2);
        for (token, at) in tokens.iter().zip(0..) {
            let readings = self.readings(token);
            match readings.get(reading).or(readings.last()) {
                Some(words) => {
                    for word in words {
                        row.push(Token { word: *word, alike: self.vocabulary.group_of(*word), ..*token });
                        from.push(at);
                    }
                }
                None => {
                    row.push(*token);
                    from.push(at);
                }
            }
        }
        Some((row, from))
    }

    /// The tokens of a row with its abbreviations written out from which a phrase can reach one of those.
    fn starts(&self, tokens: &[Token], row: &[Token], from: &[u32]) -> Vec<usize> {
        let mut starts = Vec::new();
        let mut next = 0;
        for (at, written) in from.iter().enumerate() {
            if tokens.get(*written as usize).is_some_and(|t| !self.readings(t).is_empty()) {
                starts.extend(next.max(self.trie.earliest_start(row, at))..=at);
                next = at + 1;
            }
        }
        starts
    }

    /// Every phrase in a row of tokens, in the order of their first tokens; abbreviations are read as they stand, and
    /// as the words they stand for.
    pub fn find(&self, tokens: &[Token], hits: &mut Vec<Hit<Tag>>) {
        self.find_opening(tokens, tokens.len(), hits);
    }

    /// As [`Self::find`], the phrases that begin among the first `starts` tokens only.
    pub fn find_opening(&self, tokens: &[Token], starts: usize, hits: &mut Vec<Hit<Tag>>) {
        let tokens = tokens.get(..self.trie.latest_end(tokens, starts)).unwrap_or(tokens);
        let starts = starts.min(tokens.len());
        hits.reserve(starts);
        self.trie.find_from(0..starts, tokens, &self.vocabulary, hits);
        let plain = hits.len();
        let mut long = Vec::new();
        for reading in 0.. {
            let Some((row, from)) = self.written_out(tokens, reading) else { break };
            long.clear();
            self.trie.find_from(self.starts(tokens, &row, &from), &row, &self.vocabulary, &mut long);
            for hit in &long {
                let place = |at: u32| from.get(at as usize).copied();
                let (Some(first), Some(last)) = (place(hit.first), place(hit.last)) else { continue };
                if first as usize >= starts {
                    continue;
                }
                // No phrase takes a part of what an abbreviation stands for together with other words: «cấp 320» of
                // «SC 320» is no rank.
                let cut = hit.first.checked_sub(1).and_then(place) == Some(first) || place(hit.last + 1) == Some(last);
                // A part of what one stands for says nothing by itself: «lao động» in «TNLĐ», but for the name of a thing.
                if cut && (first != last || hit.words < LEAST_WORDS_OF_A_PART || !matches!(hit.tag, Tag::Term(_))) {
                    continue;
                }
                let same = |h: &Hit<Tag>| h.first == first && h.last == last && h.tag == hit.tag;
                let (as_written, added) = hits.split_at(plain);
                let there = as_written.partition_point(|h| h.first < first);
                let there = as_written.get(there..).unwrap_or_default().iter().take_while(|h| h.first == first);
                let known = there.chain(added).any(same);
                let short = tokens.get(first as usize..=last as usize).unwrap_or_default();
                // By itself, an abbreviation in a sense that is not its likeliest tells only which category of a list it is.
                let alone = reading > 0 && matches!(short, [only] if self.readings(only).len() > 1);
                if alone && !matches!(hit.tag, Tag::Category(_)) {
                    continue;
                }
                if !known && short.iter().any(|t| !self.readings(t).is_empty()) {
                    hits.push(Hit { first, last, ..*hit });
                }
            }
        }
        if hits.len() > plain {
            hits.sort_by_key(|h| h.first);
        }
    }
}
