//! The phrase patterns of the template files.
//!
//! A pattern is a row of words with `(a|b)` for alternatives, `[x]` for what may be left out, `#` for any number
//! and `{name}` for a list named elsewhere.

use std::rc::Rc;

use rustc_hash::FxHashMap;

pub use super::trie::{Hit, NodeId, PhraseTrie, TrieBuilder};
use crate::text::{Vocabulary, WordId};

/// How many plain phrases one pattern may stand for.
const MOST_EXPANSIONS: usize = 20_000;

/// A fault in a pattern: the 1-based column of the character, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFault {
    /// 1-based column in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Named lists that patterns may use.
pub type Macros = FxHashMap<String, String>;

/// All plain phrases that a pattern stands for; a phrase is a list of words, `#` among them.
///
/// # Errors
/// When the pattern is not well formed, uses an unknown name, or stands for too many phrases.
///
/// ```
/// # use tonghop::dictionary::phrase::{expand, Macros};
/// let phrases = expand("(tạo|bố trí) việc làm [mới]", &Macros::default()).unwrap();
/// assert_eq!(phrases.len(), 4);
/// assert_eq!(phrases[1].join(" "), "tạo việc làm mới");
/// assert_eq!(expand("tạo (việc", &Macros::default()).unwrap_err().column, 5);
/// ```
pub fn expand(pattern: &str, macros: &Macros) -> Result<Vec<Vec<String>>, PatternFault> {
    let mut reader = PatternReader::default();
    let pattern = reader.read(pattern, macros)?;
    let mut phrases: Vec<Vec<String>> = reader.phrases(&pattern).into_iter().filter(|p| !p.is_empty()).collect();
    phrases.dedup();
    Ok(phrases)
}

/// A pattern, read: its alternatives, each a row of pieces.
#[derive(Debug, Clone, Default)]
pub struct Pattern {
    pub(super) rows: Vec<Vec<Piece>>,
    /// How many phrases it stands for.
    count: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// A written word, by its place among the words of the reader.
    Word(u32),
    /// One of several, or a list named elsewhere.
    OneOf(Rc<Pattern>),
    /// The same, or nothing.
    Optional(Rc<Pattern>),
}

impl Piece {
    fn count(&self) -> usize {
        match self {
            Self::Word(_) => 1,
            Self::OneOf(inner) => inner.count,
            Self::Optional(inner) => inner.count + 1,
        }
    }
}

/// Reads patterns, each word and each named list once. The lists are those of one file: [`PatternReader::next_file`].
#[derive(Debug, Default)]
pub struct PatternReader {
    places: FxHashMap<Rc<str>, u32>,
    words: Vec<Rc<str>>,
    lists: FxHashMap<String, Rc<Pattern>>,
    /// Per word: its ids in the vocabulary, more than one where it holds punctuation.
    ids: Vec<Option<Box<[WordId]>>>,
}

impl PatternReader {
    /// Forgets the lists that it has read.
    pub fn next_file(&mut self) {
        self.lists.clear();
    }

    /// Reads one pattern.
    ///
    /// # Errors
    /// When it is not well formed, uses an unknown name, or stands for too many phrases or for none.
    pub fn read(&mut self, pattern: &str, macros: &Macros) -> Result<Pattern, PatternFault> {
        let chars: Vec<char> = pattern.chars().collect();
        let mut parser = Parser { chars: &chars, at: 0, macros, depth: 0, reader: self };
        let pattern = parser.alternatives()?;
        if let Some(c) = parser.peek() {
            return Err(parser.fault_at(parser.at, format!("unexpected `{c}`")));
        }
        if !pattern.has_words() {
            return Err(PatternFault { column: 1, message: "an empty pattern matches nothing".to_owned() });
        }
        Ok(pattern)
    }

    fn place(&mut self, word: &str) -> u32 {
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        let place = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let word: Rc<str> = Rc::from(word);
        self.places.insert(Rc::clone(&word), place);
        self.words.push(word);
        self.ids.push(None);
        place
    }

    fn phrases(&self, pattern: &Pattern) -> Vec<Vec<String>> {
        let mut all = Vec::with_capacity(pattern.count);
        for row in &pattern.rows {
            let mut phrases: Vec<Vec<String>> = vec![Vec::new()];
            for piece in row {
                let tails = match piece {
                    Piece::Word(place) => {
                        vec![self.words.get(*place as usize).map(|w| w.to_string()).into_iter().collect()]
                    }
                    Piece::OneOf(inner) => self.phrases(inner),
                    Piece::Optional(inner) => {
                        let mut tails = vec![Vec::new()];
                        tails.extend(self.phrases(inner));
                        tails
                    }
                };
                phrases = phrases
                    .iter()
                    .flat_map(|head| tails.iter().map(move |tail| head.iter().chain(tail).cloned().collect()))
                    .collect();
            }
            all.extend(phrases);
        }
        all
    }

    /// Puts the words of a pattern into the vocabulary in the order in which its phrases, one after the other, bring
    /// them up: words that differ in their diacritics alone are tried in that order.
    pub(super) fn name_words(&mut self, pattern: &Pattern, vocabulary: &mut Vocabulary) {
        for row in &pattern.rows {
            self.name_first(row, vocabulary);
            for piece in row.iter().rev() {
                if let Piece::OneOf(inner) | Piece::Optional(inner) = piece {
                    self.name_words(inner, vocabulary);
                }
            }
        }
    }

    /// The words of the first phrase of a row.
    fn name_first(&mut self, row: &[Piece], vocabulary: &mut Vocabulary) {
        for piece in row {
            match piece {
                Piece::Word(place) => {
                    let place = *place as usize;
                    if let (Some(ids @ None), Some(word)) = (self.ids.get_mut(place), self.words.get(place)) {
                        *ids = Some(split_word(word).map(|w| vocabulary.add(w)).collect());
                    }
                }
                Piece::OneOf(inner) => {
                    if let Some(first) = inner.rows.first() {
                        self.name_first(first, vocabulary);
                    }
                }
                Piece::Optional(_) => {}
            }
        }
    }

    pub(super) fn ids(&self, place: u32) -> &[WordId] {
        self.ids.get(place as usize).and_then(Option::as_deref).unwrap_or_default()
    }
}

impl Pattern {
    fn has_words(&self) -> bool {
        self.rows.iter().flatten().any(|piece| match piece {
            Piece::Word(_) => true,
            Piece::OneOf(inner) | Piece::Optional(inner) => inner.has_words(),
        })
    }
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    macros: &'a Macros,
    depth: usize,
    reader: &'a mut PatternReader,
}

impl Parser<'_> {
    fn fault_at(&self, at: usize, message: String) -> PatternFault {
        PatternFault { column: at + 1, message }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn alternatives(&mut self) -> Result<Pattern, PatternFault> {
        let mut all = Pattern::default();
        loop {
            let (row, count) = self.sequence()?;
            all.rows.push(row);
            all.count += count;
            if self.peek() != Some('|') {
                return Ok(all);
            }
            self.at += 1;
        }
    }

    fn sequence(&mut self) -> Result<(Vec<Piece>, usize), PatternFault> {
        let mut row: Vec<Piece> = Vec::new();
        let mut count = 1_usize;
        while let Some(c) = self.peek() {
            let piece = match c {
                '|' | ')' | ']' => break,
                ' ' => {
                    self.at += 1;
                    continue;
                }
                '(' => Piece::OneOf(Rc::new(self.bracketed(')')?)),
                '[' => Piece::Optional(Rc::new(self.bracketed(']')?)),
                '{' => Piece::OneOf(self.named()?),
                '}' => return Err(self.fault_at(self.at, "`}` without its `{`".to_owned())),
                _ => self.word(),
            };
            count *= piece.count();
            if count > MOST_EXPANSIONS {
                return Err(self.fault_at(self.at, format!("stands for more than {MOST_EXPANSIONS} phrases; split it")));
            }
            row.push(piece);
        }
        Ok((row, count))
    }

    fn bracketed(&mut self, close: char) -> Result<Pattern, PatternFault> {
        let open = self.at;
        self.at += 1;
        let inner = self.alternatives()?;
        if self.peek() != Some(close) {
            return Err(self.fault_at(open, format!("`{}` without its `{close}`", self.chars[open])));
        }
        self.at += 1;
        Ok(inner)
    }

    fn named(&mut self) -> Result<Rc<Pattern>, PatternFault> {
        let open = self.at;
        let close = self.chars[open..].iter().position(|c| *c == '}').map(|n| open + n);
        let Some(close) = close else {
            return Err(self.fault_at(open, "`{` without its `}`".to_owned()));
        };
        let name: String = self.chars[open + 1..close].iter().collect();
        self.at = close + 1;
        if let Some(known) = self.reader.lists.get(&name) {
            return Ok(Rc::clone(known));
        }
        let Some(body) = self.macros.get(&name) else {
            let mut known: Vec<&str> = self.macros.keys().map(String::as_str).collect();
            known.sort_unstable();
            return Err(self.fault_at(open, format!("unknown list `{{{name}}}`; known: {}", known.join(", "))));
        };
        if self.depth > 8 {
            return Err(self.fault_at(open, format!("`{{{name}}}` uses itself")));
        }
        let body: Vec<char> = body.chars().collect();
        let mut inner =
            Parser { chars: &body, at: 0, macros: self.macros, depth: self.depth + 1, reader: &mut *self.reader };
        let read = inner.alternatives();
        let rest = inner.peek();
        let pattern = read.map_err(|f| self.fault_at(open, format!("in `{{{name}}}`: {}", f.message)))?;
        if let Some(c) = rest {
            return Err(self.fault_at(open, format!("in `{{{name}}}`: unexpected `{c}`")));
        }
        let pattern = Rc::new(pattern);
        self.reader.lists.insert(name, Rc::clone(&pattern));
        Ok(pattern)
    }

    fn word(&mut self) -> Piece {
        let start = self.at;
        while self.peek().is_some_and(|c| !" |()[]{}".contains(c)) {
            self.at += 1;
        }
        let word: String = self.chars[start..self.at].iter().collect();
        Piece::Word(self.reader.place(&word))
    }
}

/// A written word may hold punctuation (`tr.đ`, `covid-19`); the automaton knows only runs of letters or digits.
pub(super) fn split_word(word: &str) -> impl Iterator<Item = &str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut last: Option<bool> = None;
    for (at, c) in word.char_indices() {
        let kind = if c == '#' || c.is_ascii_digit() && !matches!(word, "m2" | "m3") {
            Some(true)
        } else if c.is_alphanumeric() {
            Some(false)
        } else {
            None
        };
        if kind != last {
            if last.is_some() {
                pieces.push(&word[start..at]);
            }
            start = at;
            last = kind;
        }
    }
    if last.is_some() {
        pieces.push(&word[start..]);
    }
    pieces.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenize;

    fn found(patterns: &[&str], text: &str) -> Vec<String> {
        let mut vocabulary = Vocabulary::default();
        let mut phrases = TrieBuilder::new(&mut vocabulary);
        for (at, pattern) in patterns.iter().enumerate() {
            for phrase in expand(pattern, &Macros::default()).unwrap() {
                phrases.add(&phrase, at, &mut vocabulary);
            }
        }
        let trie = phrases.finish();
        let mut tokens = Vec::new();
        tokenize(text, 0..text.len(), &vocabulary, &mut tokens);
        let mut hits = Vec::new();
        trie.find(&tokens, &vocabulary, &mut hits);
        hits.iter()
            .map(|h| {
                let range = tokens[h.first as usize].start as usize..tokens[h.last as usize].end as usize;
                format!("{}:{}", h.tag, &text[range])
            })
            .collect()
    }

    #[test]
    fn punctuation_within_a_phrase_does_not_matter() {
        assert_eq!(
            found(&["phòng chống tệ nạn"], "Phòng, chống tệ nạn; phòng. Chống tệ nạn"),
            ["0:Phòng, chống tệ nạn"]
        );
    }

    #[test]
    fn numbers_match_by_value_and_by_kind() {
        assert_eq!(found(&["dưới 3 tháng", "# tháng"], "dưới 03 tháng"), ["0:dưới 03 tháng", "1:03 tháng"]);
        assert_eq!(found(&["covid-19"], "dịch Covid-19"), ["0:Covid-19"]);
    }

    #[test]
    fn overlapping_phrases_are_all_found() {
        assert_eq!(
            found(&["việc làm", "giải quyết việc làm"], "giải quyết việc làm"),
            ["1:giải quyết việc làm", "0:việc làm"]
        );
    }

    #[test]
    fn faults_name_their_column() {
        for (pattern, column) in [("a (b", 3), ("a b)", 4), ("[a", 1), ("a {x}", 3), ("", 1)] {
            assert_eq!(expand(pattern, &Macros::default()).unwrap_err().column, column, "{pattern}");
        }
    }
}
