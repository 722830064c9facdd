//! The phrase patterns of the template files, and the automaton that finds all phrases in one pass.
//!
//! A pattern is a row of words with `(a|b)` for alternatives, `[x]` for what may be left out, `#` for any number
//! and `{name}` for a list named elsewhere.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::text::{NOT_A_WORD, Token, TokenKind, Vocabulary, WordId};

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
    rows: Vec<Vec<Piece>>,
    /// How many phrases it stands for.
    count: usize,
}

#[derive(Debug, Clone)]
enum Piece {
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
    fn name_words(&mut self, pattern: &Pattern, vocabulary: &mut Vocabulary) {
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

    fn ids(&self, place: u32) -> &[WordId] {
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

/// A phrase found in a row of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<T> {
    /// What the phrase stands for.
    pub tag: T,
    /// Its first token.
    pub first: u32,
    /// Its last token.
    pub last: u32,
    /// How many words it has.
    pub words: u8,
    /// Whether one of them was read with other diacritics than are written.
    pub mended: bool,
}

/// A trie over words: finds every phrase at every place, overlapping ones too, in one pass whose cost does not
/// grow with the number of phrases.
#[derive(Debug, Clone)]
pub struct PhraseTrie<T> {
    roots: Vec<u32>,
    edges: FxHashMap<(u32, WordId), u32>,
    nodes: Vec<Node>,
    /// Tags, each with the next of its node.
    tags: Vec<(T, u32)>,
    any_number: WordId,
}

/// A node of a trie: where phrases end that tags can be put on.
pub type NodeId = u32;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// One bit for each word that may follow, and the words that differ from it in diacritics alone.
    next: u64,
    /// The first of its tags in `tags`, or [`NO_TAG`].
    first_tag: u32,
}

impl Node {
    const EMPTY: Self = Self { next: 0, first_tag: NO_TAG };

    fn may_lead_on(&self, group: u32) -> bool {
        self.next & bit_of(group) != 0
    }
}

fn bit_of(group: u32) -> u64 {
    1 << (group.wrapping_mul(0x9E37_79B9) >> 26)
}

const NO_NODE: NodeId = 0;
const NO_TAG: u32 = u32::MAX;

impl<T: Copy + PartialEq> PhraseTrie<T> {
    /// An empty trie whose `#` stands for any number.
    pub fn new(vocabulary: &mut Vocabulary) -> Self {
        let any_number = vocabulary.add("#");
        Self { roots: Vec::new(), edges: FxHashMap::default(), nodes: vec![Node::EMPTY], tags: Vec::new(), any_number }
    }

    /// Makes room for so many more words of phrases.
    pub fn reserve(&mut self, words: usize) {
        self.edges.reserve(words);
        self.nodes.reserve(words);
    }

    /// Adds one plain phrase.
    pub fn add(&mut self, words: &[String], tag: T, vocabulary: &mut Vocabulary) {
        let mut node = NO_NODE;
        for word in words.iter().flat_map(|w| split_word(w)) {
            let id = vocabulary.add(word);
            node = self.child(node, id, vocabulary.group_of(id));
        }
        self.put(node, tag);
    }

    /// Adds all phrases of a pattern, without tags: the nodes where they end, sorted. Patterns that stand for the same
    /// phrases end in the same nodes.
    pub fn insert(
        &mut self,
        pattern: &Pattern,
        reader: &mut PatternReader,
        vocabulary: &mut Vocabulary,
    ) -> Vec<NodeId> {
        reader.name_words(pattern, vocabulary);
        let mut ends = Vec::new();
        self.insert_after(&[NO_NODE], pattern, reader, vocabulary, &mut ends);
        ends.sort_unstable();
        ends.dedup();
        ends.retain(|node| *node != NO_NODE);
        ends
    }

    /// Adds a pattern after each of some nodes, that its phrases share all they can.
    fn insert_after(
        &mut self,
        starts: &[NodeId],
        pattern: &Pattern,
        reader: &PatternReader,
        vocabulary: &Vocabulary,
        ends: &mut Vec<NodeId>,
    ) {
        for row in &pattern.rows {
            let mut nodes = starts.to_vec();
            for piece in row {
                match piece {
                    Piece::Word(place) => {
                        for word in reader.ids(*place) {
                            let group = vocabulary.group_of(*word);
                            for node in &mut nodes {
                                *node = self.child(*node, *word, group);
                            }
                        }
                        continue;
                    }
                    Piece::OneOf(inner) => {
                        let starts = std::mem::take(&mut nodes);
                        self.insert_after(&starts, inner, reader, vocabulary, &mut nodes);
                    }
                    Piece::Optional(inner) => {
                        let starts = nodes.clone();
                        self.insert_after(&starts, inner, reader, vocabulary, &mut nodes);
                    }
                }
                nodes.sort_unstable();
                nodes.dedup();
            }
            ends.append(&mut nodes);
        }
    }

    /// Puts a tag on a node that has it not yet; the root takes none.
    pub fn put(&mut self, node: NodeId, tag: T) {
        let fresh = u32::try_from(self.tags.len()).unwrap_or(NO_TAG);
        let Some(node) = self.nodes.get_mut(node as usize).filter(|_| node != NO_NODE) else { return };
        let first = &mut node.first_tag;
        if *first == NO_TAG {
            *first = fresh;
        } else {
            let mut at = *first as usize;
            while let Some((known, next)) = self.tags.get_mut(at) {
                if *known == tag {
                    return;
                }
                if *next == NO_TAG {
                    *next = fresh;
                    break;
                }
                at = *next as usize;
            }
        }
        self.tags.push((tag, NO_TAG));
    }

    fn child(&mut self, node: NodeId, word: WordId, group: u32) -> NodeId {
        let fresh = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let slot = if node == NO_NODE {
            let at = word as usize;
            if self.roots.len() <= at {
                self.roots.resize(at + 1, NO_NODE);
            }
            &mut self.roots[at]
        } else {
            if let Some(node) = self.nodes.get_mut(node as usize) {
                node.next |= bit_of(group);
            }
            self.edges.entry((node, word)).or_insert(NO_NODE)
        };
        if *slot == NO_NODE {
            *slot = fresh;
            self.nodes.push(Node::EMPTY);
        }
        *slot
    }

    fn tags_of(&self, node: NodeId) -> impl Iterator<Item = T> + '_ {
        let mut at = self.nodes.get(node as usize).map_or(NO_TAG, |n| n.first_tag);
        std::iter::from_fn(move || {
            let (tag, next) = self.tags.get(at as usize)?;
            at = *next;
            Some(*tag)
        })
    }

    fn step(&self, node: u32, word: WordId) -> u32 {
        if node == NO_NODE {
            self.roots.get(word as usize).copied().unwrap_or(NO_NODE)
        } else {
            self.edges.get(&(node, word)).copied().unwrap_or(NO_NODE)
        }
    }

    /// Every phrase in `tokens`, in the order of their first tokens. Commas, dashes, quotation marks, slashes and
    /// note marks between the words of a phrase do not matter.
    ///
    /// A phrase of two words or more is found too where one of them has lost or changed its diacritics.
    pub fn find(&self, tokens: &[Token], vocabulary: &Vocabulary, hits: &mut Vec<Hit<T>>) {
        let walk = Walk { tokens, vocabulary };
        for at in 0..tokens.len() {
            self.walk(&walk, Step { first: at, at, node: NO_NODE, words: 0, mended: false }, hits);
        }
    }

    fn walk(&self, walk: &Walk<'_>, start: Step, hits: &mut Vec<Hit<T>>) {
        let mut step = start;
        loop {
            let Some(token) = walk.tokens.get(step.at) else { return };
            let next = match token.kind {
                TokenKind::Number => {
                    let exact = if token.word == NOT_A_WORD { NO_NODE } else { self.step(step.node, token.word) };
                    let any = self.step(step.node, self.any_number);
                    if exact != NO_NODE && any != NO_NODE {
                        let taken = Step { at: step.at + 1, node: exact, words: step.words + 1, ..step };
                        self.arrive(&Step { at: step.at, ..taken }, hits);
                        self.walk(walk, taken, hits);
                        any
                    } else {
                        exact.max(any)
                    }
                }
                TokenKind::Word => {
                    let may = step.node == NO_NODE
                        || self.nodes.get(step.node as usize).is_some_and(|n| n.may_lead_on(token.alike));
                    if !may {
                        return;
                    }
                    let exact = if token.word == NOT_A_WORD { NO_NODE } else { self.step(step.node, token.word) };
                    // A name is never another word that has lost its marks.
                    let lost = exact == NO_NODE
                        && !step.mended
                        && (step.words == 0 || !token.capital)
                        && (step.words > 0 || token.word == NOT_A_WORD);
                    if lost {
                        for other in walk.vocabulary.alike(token.alike) {
                            let node = self.step(step.node, *other);
                            if node != NO_NODE {
                                let taken = Step { at: step.at + 1, node, words: step.words + 1, mended: true, ..step };
                                self.arrive(&Step { at: step.at, ..taken }, hits);
                                self.walk(walk, taken, hits);
                            }
                        }
                    }
                    exact
                }
                TokenKind::Punct(_) | TokenKind::NoteMark(_) => {
                    if step.words > 0 && is_skipped(walk.tokens, step.at) {
                        step.at += 1;
                        continue;
                    }
                    return;
                }
            };
            if next == NO_NODE {
                return;
            }
            step.node = next;
            step.words += 1;
            self.arrive(&step, hits);
            step.at += 1;
        }
    }

    fn arrive(&self, step: &Step, hits: &mut Vec<Hit<T>>) {
        if step.mended && step.words < LEAST_WORDS_TO_MEND {
            return;
        }
        let (Ok(first), Ok(last)) = (u32::try_from(step.first), u32::try_from(step.at)) else { return };
        for tag in self.tags_of(step.node) {
            hits.push(Hit { tag, first, last, words: step.words, mended: step.mended });
        }
    }
}

/// A shorter phrase with a changed word is too likely another one.
const LEAST_WORDS_TO_MEND: u8 = 2;

/// What a search looks at.
struct Walk<'a> {
    tokens: &'a [Token],
    vocabulary: &'a Vocabulary,
}

/// Where a search stands.
#[derive(Clone, Copy)]
struct Step {
    first: usize,
    at: usize,
    node: u32,
    words: u8,
    mended: bool,
}

/// A written word may hold punctuation (`tr.đ`, `covid-19`); the automaton knows only runs of letters or digits.
fn split_word(word: &str) -> impl Iterator<Item = &str> {
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

fn is_skipped(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    match token.kind {
        TokenKind::NoteMark(_) => true,
        TokenKind::Punct(c) => match c {
            ','
            | '-'
            | '\u{2010}'..='\u{2015}'
            | '\u{2212}'
            | '"'
            | '\''
            | '\u{2018}'..='\u{201F}'
            | '/'
            | '*'
            | '&'
            | '_' => true,
            // An abbreviating full stop: nothing but a short capital word before it, or no space after it.
            '.' => {
                let short = at
                    .checked_sub(1)
                    .and_then(|before| tokens.get(before))
                    .is_some_and(|t| t.is_word() && t.capital && t.end - t.start <= 3);
                short || tokens.get(at + 1).is_some_and(|t| !t.spaced && t.is_word())
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenize;

    fn found(patterns: &[&str], text: &str) -> Vec<String> {
        let mut vocabulary = Vocabulary::default();
        let mut trie = PhraseTrie::new(&mut vocabulary);
        for (at, pattern) in patterns.iter().enumerate() {
            for phrase in expand(pattern, &Macros::default()).unwrap() {
                trie.add(&phrase, at, &mut vocabulary);
            }
        }
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
