//! Abbreviations, read as the words they stand for.

use super::phrase::Hit;
use super::{Dictionary, Tag};
use crate::text::{Token, WordId, bare};

/// The longest abbreviation has so many bytes: `tưlđtt`.
const LONGEST: u32 = 10;

/// A part of an abbreviation is read for itself where it has so many words: «dịch vụ việc làm» in «TTDVVL».
const LEAST_WORDS_OF_A_PART: u8 = 3;

/// Whether a short form can be spoken, so that in small letters it is rather a word of its own: «đa», «te».
pub(super) fn is_spoken(short: &str) -> bool {
    short.chars().any(|c| bare(&c.to_string()).chars().any(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')))
}

impl Dictionary {
    /// What an abbreviation stands for; the likeliest reading first.
    fn readings(&self, token: &Token) -> &[Vec<WordId>] {
        // Most texts have few of them: a word that is none is told without a look at the table.
        let short = token.is_word() && token.end - token.start <= LONGEST;
        let may = short && (token.capital || !self.spoken_abbreviations.contains(&token.word));
        let known = if may { self.abbreviations.get(&token.word) } else { None };
        known.map_or(&[], Vec::as_slice)
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
        self.trie.find(tokens, &self.vocabulary, hits);
        let plain = hits.len();
        let mut long = Vec::new();
        for reading in 0.. {
            let Some((row, from)) = self.written_out(tokens, reading) else { break };
            long.clear();
            self.trie.find_from(self.starts(tokens, &row, &from), &row, &self.vocabulary, &mut long);
            for hit in &long {
                let place = |at: u32| from.get(at as usize).copied();
                let (Some(first), Some(last)) = (place(hit.first), place(hit.last)) else { continue };
                // No phrase takes a part of what an abbreviation stands for together with other words: «cấp 320» of
                // «SC 320» is no rank.
                let cut = hit.first.checked_sub(1).and_then(place) == Some(first) || place(hit.last + 1) == Some(last);
                // A part of what one stands for says nothing by itself: «lao động» in «TNLĐ», but for the name of a thing.
                if cut && (first != last || hit.words < LEAST_WORDS_OF_A_PART || !matches!(hit.tag, Tag::Term(_))) {
                    continue;
                }
                let same = |h: &Hit<Tag>| h.tag == hit.tag && h.first == first && h.last == last;
                let short = tokens.get(first as usize..=last as usize).unwrap_or_default();
                // By itself, an abbreviation in a sense that is not its likeliest tells only which category of a list it is.
                let alone = reading > 0 && matches!(short, [only] if self.readings(only).len() > 1);
                if alone && !matches!(hit.tag, Tag::Category(_)) {
                    continue;
                }
                if short.iter().any(|t| !self.readings(t).is_empty()) && !hits.iter().any(same) {
                    hits.push(Hit { first, last, ..*hit });
                }
            }
        }
        if hits.len() > plain {
            hits.sort_by_key(|h| h.first);
        }
    }
}
