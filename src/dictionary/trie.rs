//! The automaton that finds all phrases in one pass.

use rustc_hash::FxHashMap;

use super::phrase::{Pattern, PatternReader, Piece, split_word};
use crate::text::{NOT_A_WORD, Token, TokenKind, Vocabulary, WordId};

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

/// A node of the automaton: where phrases end that tags can be put on.
pub type NodeId = u32;

const NO_NODE: NodeId = 0;
const NO_TAG: u32 = u32::MAX;

/// The word groups that may follow a node, one bit for each of 64 classes of groups.
type Follow = u64;

fn bit_of(group: u32) -> Follow {
    1 << (group.wrapping_mul(0x9E37_79B9) >> 26)
}

/// Takes phrases in, and makes the [`PhraseTrie`] that finds them.
#[derive(Debug)]
pub struct TrieBuilder<T> {
    roots: Vec<NodeId>,
    edges: FxHashMap<(NodeId, WordId), NodeId>,
    follow: Vec<Follow>,
    /// Per node: the first of its tags in `tags`, or [`NO_TAG`].
    first_tag: Vec<u32>,
    /// Tags, each with the next of its node.
    tags: Vec<(T, u32)>,
    any_number: WordId,
}

impl<T: Copy + PartialEq> TrieBuilder<T> {
    /// An empty one whose `#` stands for any number.
    pub fn new(vocabulary: &mut Vocabulary) -> Self {
        Self {
            roots: Vec::new(),
            edges: FxHashMap::default(),
            follow: vec![0],
            first_tag: vec![NO_TAG],
            tags: Vec::new(),
            any_number: vocabulary.add("#"),
        }
    }

    /// Makes room for so many more words of phrases.
    pub fn reserve(&mut self, words: usize) {
        self.edges.reserve(words);
        self.follow.reserve(words);
        self.first_tag.reserve(words);
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
        let Some(first) = self.first_tag.get_mut(node as usize).filter(|_| node != NO_NODE) else { return };
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
        let fresh = index(self.first_tag.len());
        let at = word as usize;
        if node == NO_NODE && self.roots.len() <= at {
            self.roots.resize(at + 1, NO_NODE);
        }
        let root = if node == NO_NODE { self.roots.get_mut(at) } else { None };
        let slot = if let Some(root) = root {
            root
        } else {
            if let Some(follow) = self.follow.get_mut(node as usize) {
                *follow |= bit_of(group);
            }
            self.edges.entry((node, word)).or_insert(NO_NODE)
        };
        if *slot == NO_NODE {
            *slot = fresh;
            self.first_tag.push(NO_TAG);
            self.follow.push(0);
        }
        *slot
    }

    /// The automaton of all phrases so far.
    #[expect(clippy::iter_over_hash_type, reason = "edges are counted and put in their places, then sorted")]
    pub fn finish(self) -> PhraseTrie<T> {
        let Self { roots, edges, follow, first_tag, tags: chained, any_number } = self;
        let mut nodes: Vec<Node> = follow.into_iter().map(|follow| Node { follow, edges: 0, tags: 0 }).collect();
        let mut tags = Vec::with_capacity(chained.len());
        for (node, first) in nodes.iter_mut().zip(first_tag) {
            node.tags = index(tags.len());
            let mut at = first as usize;
            while let Some((tag, next)) = chained.get(at) {
                tags.push(*tag);
                at = *next as usize;
            }
        }
        // The edges of a node lie together, in the order of their words: counted, then each put in its node's place.
        for (from, _) in edges.keys() {
            if let Some(node) = nodes.get_mut(*from as usize) {
                node.edges += 1;
            }
        }
        let mut begin = 0;
        for node in &mut nodes {
            begin += std::mem::replace(&mut node.edges, begin);
        }
        nodes.push(Node { follow: 0, edges: begin, tags: index(tags.len()) });
        let mut filled: Vec<u32> = nodes.iter().map(|node| node.edges).collect();
        let mut placed = vec![(0, NO_NODE); edges.len()];
        for ((from, word), to) in edges {
            if let Some(at) = filled.get_mut(from as usize)
                && let Some(slot) = placed.get_mut(*at as usize)
            {
                *slot = (word, to);
                *at += 1;
            }
        }
        // A node is made after the one that leads to it.
        let mut depths: Vec<usize> = vec![1; nodes.len()];
        for (from, pair) in nodes.windows(2).enumerate() {
            let [node, next] = pair else { continue };
            let own = placed.get_mut(node.edges as usize..next.edges as usize).unwrap_or_default();
            own.sort_unstable();
            let depth = depths.get(from).map_or(1, |depth| depth + 1);
            for (_, to) in own {
                if let Some(slot) = depths.get_mut(*to as usize) {
                    *slot = depth;
                }
            }
        }
        PhraseTrie { longest: depths.into_iter().max().unwrap_or(0), roots, nodes, edges: placed, tags, any_number }
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[derive(Debug, Clone, Copy)]
struct Node {
    follow: Follow,
    /// Where its edges begin; those of the next node end them.
    edges: u32,
    /// Where its tags begin.
    tags: u32,
}

/// A trie over words: finds every phrase at every place, overlapping ones too, in one pass whose cost does not
/// grow with the number of phrases.
#[derive(Debug, Clone)]
pub struct PhraseTrie<T> {
    roots: Vec<NodeId>,
    nodes: Vec<Node>,
    /// Words that lead on and where to, in the order of nodes and words.
    edges: Vec<(WordId, NodeId)>,
    tags: Vec<T>,
    any_number: WordId,
    /// Words of the longest phrase.
    longest: usize,
}

impl<T> Default for PhraseTrie<T> {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            nodes: Vec::new(),
            edges: Vec::new(),
            tags: Vec::new(),
            any_number: NOT_A_WORD,
            longest: 0,
        }
    }
}

impl<T: Copy + PartialEq> PhraseTrie<T> {
    fn tags_of(&self, node: NodeId) -> &[T] {
        let at = node as usize;
        match (self.nodes.get(at), self.nodes.get(at + 1)) {
            (Some(node), Some(next)) => self.tags.get(node.tags as usize..next.tags as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    fn step(&self, node: NodeId, word: WordId) -> NodeId {
        if node == NO_NODE {
            return self.roots.get(word as usize).copied().unwrap_or(NO_NODE);
        }
        let at = node as usize;
        let (Some(node), Some(next)) = (self.nodes.get(at), self.nodes.get(at + 1)) else { return NO_NODE };
        let edges = self.edges.get(node.edges as usize..next.edges as usize).unwrap_or_default();
        match edges.binary_search_by_key(&word, |(word, _)| *word) {
            Ok(at) => edges.get(at).map_or(NO_NODE, |(_, to)| *to),
            Err(_) => NO_NODE,
        }
    }

    /// Every phrase in `tokens`, in the order of their first tokens. Commas, dashes, quotation marks, slashes and
    /// note marks between the words of a phrase do not matter.
    ///
    /// A phrase of two words or more is found too where one of them has lost or changed its diacritics.
    pub fn find(&self, tokens: &[Token], vocabulary: &Vocabulary, hits: &mut Vec<Hit<T>>) {
        self.find_from(0..tokens.len(), tokens, vocabulary, hits);
    }

    /// As [`Self::find`], the phrases that begin at these tokens only.
    pub fn find_from(
        &self,
        starts: impl IntoIterator<Item = usize>,
        tokens: &[Token],
        vocabulary: &Vocabulary,
        hits: &mut Vec<Hit<T>>,
    ) {
        let walk = Walk { tokens, vocabulary };
        for at in starts {
            self.walk(&walk, Step { first: at, at, node: NO_NODE, words: 0, mended: false }, hits);
        }
    }

    /// The first token from which a phrase can reach token `at`.
    pub fn earliest_start(&self, tokens: &[Token], at: usize) -> usize {
        let mut words = 1;
        let mut start = at;
        while let Some((before, token)) = start.checked_sub(1).and_then(|b| Some((b, tokens.get(b)?))) {
            words += usize::from(token.is_word() || token.is_number());
            if words > self.longest {
                break;
            }
            start = before;
        }
        start
    }

    /// The token after the last that a phrase can reach which begins before token `at`.
    pub fn latest_end(&self, tokens: &[Token], at: usize) -> usize {
        let rest = tokens.get(at..).unwrap_or_default();
        let mut words = 0;
        let reached = rest.iter().take_while(|token| {
            words += usize::from(token.is_word() || token.is_number());
            words <= self.longest
        });
        at.min(tokens.len()) + reached.count()
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
                        || self.nodes.get(step.node as usize).is_some_and(|n| n.follow & bit_of(token.alike) != 0);
                    if !may {
                        return;
                    }
                    let exact = if token.word == NOT_A_WORD { NO_NODE } else { self.step(step.node, token.word) };
                    // A name is never another word that has lost its marks.
                    // What is no word at all is damage wherever it stands; of known words one may be another's damage.
                    let lost = exact == NO_NODE
                        && (step.words == 0 || !token.capital)
                        && (token.word == NOT_A_WORD || step.words > 0 && !step.mended);
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
                    if step.words > 0 && is_skipped(walk.tokens, step.at) && !ends_a_count(walk.tokens, &step) {
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
            hits.push(Hit { tag: *tag, first, last, words: step.words, mended: step.mended });
        }
    }
}

/// «11.846 hộ, dân tộc Tày»: the comma after the noun that a number counts ends what is counted.
fn ends_a_count(tokens: &[Token], step: &Step) -> bool {
    let counted = step.first.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(Token::is_number);
    counted && step.words == 1 && tokens.get(step.at).is_some_and(|t| t.is(','))
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
