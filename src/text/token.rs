//! Words, numbers, note marks and punctuation, each with its place in the source text.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::fold::{bare, fold, fold_into, swap_hoi_and_nga};

/// Two words that a lost space has joined have at least so many letters: one more than the longest syllable.
const LEAST_JOINED: usize = 8;

/// A word of a [`Vocabulary`].
pub type WordId = u32;

/// The id of whatever is not in the vocabulary.
pub const NOT_A_WORD: WordId = 0;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A run of letters.
    Word,
    /// What `[0-9]+([.,][0-9]+)*` matches, or such a number with letters in it that were read for digits (`1.O5l`).
    Number,
    /// A footnote mark in superscript digits, with its number.
    NoteMark(u16),
    /// Any other visible character.
    Punct(char),
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte in the source text.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// What it is.
    pub kind: TokenKind,
    /// The word, or the number's plain value, in the vocabulary; [`NOT_A_WORD`] if it is not there.
    pub word: WordId,
    /// The words of the vocabulary that have the same letters without diacritics; 0 if there is none.
    pub alike: u32,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// Whether it starts with a capital letter.
    pub capital: bool,
}

impl Token {
    /// Its place in the source text.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether it is this punctuation character.
    pub fn is(&self, c: char) -> bool {
        self.kind == TokenKind::Punct(c)
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        self.kind == TokenKind::Number
    }

    /// Whether it is a word.
    pub fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }
}

/// All words that the dictionary knows, in comparison form.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    ids: FxHashMap<String, WordId>,
    bare: FxHashMap<String, u32>,
    groups: Vec<Vec<WordId>>,
    group_of: Vec<u32>,
    next: WordId,
}

impl Vocabulary {
    /// The id of a word, added if it is new. A number is known by its digits without leading zeros.
    pub fn add(&mut self, word: &str) -> WordId {
        let key = if word.bytes().all(|b| b.is_ascii_digit()) { plain_number(word).to_owned() } else { fold(word) };
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        self.next += 1;
        self.ids.insert(key, self.next);
        self.join_group(word, self.next);
        self.next
    }

    fn join_group(&mut self, word: &str, id: WordId) {
        if self.groups.is_empty() {
            self.groups.push(Vec::new());
        }
        let fresh = u32::try_from(self.groups.len()).unwrap_or(0);
        let group = *self.bare.entry(bare(word)).or_insert(fresh);
        if group == fresh {
            self.groups.push(Vec::new());
        }
        if let Some(words) = self.groups.get_mut(group as usize) {
            words.push(id);
        }
        let at = id as usize;
        if self.group_of.len() <= at {
            self.group_of.resize(at + 1, 0);
        }
        if let Some(slot) = self.group_of.get_mut(at) {
            *slot = group;
        }
    }

    /// Makes `variant` another spelling of `word`.
    pub fn alias(&mut self, variant: &str, word: &str) {
        let id = self.add(word);
        self.ids.insert(fold(variant), id);
    }

    /// The id of a word in comparison form.
    pub fn get(&self, folded: &str) -> WordId {
        self.ids.get(folded).copied().unwrap_or(NOT_A_WORD)
    }

    /// The words of a group that share their letters once diacritics are dropped.
    pub fn alike(&self, group: u32) -> &[WordId] {
        self.groups.get(group as usize).map_or(&[], Vec::as_slice)
    }

    /// The group of a word of the vocabulary.
    pub fn group_of(&self, word: WordId) -> u32 {
        self.group_of.get(word as usize).copied().unwrap_or(0)
    }

    /// The group of a written word.
    fn group(&self, word: WordId, written: &str) -> u32 {
        if word == NOT_A_WORD {
            self.bare.get(&bare(written)).copied().unwrap_or(0)
        } else {
            self.group_of.get(word as usize).copied().unwrap_or(0)
        }
    }

    /// How many ids there are, [`NOT_A_WORD`] included.
    pub fn size(&self) -> usize {
        self.next as usize + 1
    }
}

/// A number's digits without leading zeros.
fn plain_number(digits: &str) -> &str {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { digits.get(digits.len().saturating_sub(1)..).unwrap_or(digits) } else { trimmed }
}

fn superscript_digit(c: char) -> Option<u16> {
    Some(match c {
        '\u{2070}' => 0,
        '\u{00B9}' => 1,
        '\u{00B2}' => 2,
        '\u{00B3}' => 3,
        '\u{2074}'..='\u{2079}' => u16::try_from(u32::from(c) - 0x2070).ok()?,
        _ => return None,
    })
}

/// Characters that stand inside a word without being seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || ('\u{0300}'..='\u{036F}').contains(&c)
}

/// Appends the tokens of `text[range]` to `out`. Offsets are those of `text`.
pub fn tokenize(text: &str, range: Range<usize>, vocabulary: &Vocabulary, out: &mut Vec<Token>) {
    let Some(piece) = text.get(range.clone()) else { return };
    let mut buffer = String::with_capacity(16);
    let mut spaced = true;
    let mut rest = piece;
    while let Some(c) = rest.chars().next() {
        let offset = range.start + (piece.len() - rest.len());
        if c.is_whitespace() || is_invisible(c) {
            spaced |= c.is_whitespace();
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        }
        let mut alike = 0;
        let opens_number = c.is_ascii_digit() || matches!(c, 'O' | 'o' | 'l' | 'I');
        let damaged = opens_number.then(|| damaged_number(rest)).flatten();
        let (length, kind, word) = if let Some(length) = damaged {
            let meant = digits(rest.get(..length).unwrap_or_default());
            (length, TokenKind::Number, vocabulary.get(plain_number(&meant)))
        } else if is_letter(c) {
            let length = word_length(rest);
            let written = rest.get(..length).unwrap_or_default();
            buffer.clear();
            fold_into(written, &mut buffer);
            let mut word = vocabulary.get(&buffer);
            // A name is written as its bearer writes it.
            let in_name = c.is_uppercase() && out.last().is_some_and(|t| t.is_word() && t.capital);
            if word == NOT_A_WORD && !in_name && swap_hoi_and_nga(&mut buffer) {
                word = vocabulary.get(&buffer);
            }
            if word == NOT_A_WORD
                && let Some(first) = lost_space(written, vocabulary)
            {
                // The second of two words that stand together is the next to be read.
                let head = written.get(..first).unwrap_or_default();
                buffer.clear();
                fold_into(head, &mut buffer);
                let word = vocabulary.get(&buffer);
                alike = vocabulary.group(word, head);
                (first, TokenKind::Word, word)
            } else {
                alike = vocabulary.group(word, written);
                (length, TokenKind::Word, word)
            }
        } else if c.is_ascii_digit() {
            let length = number_length(rest.as_bytes());
            let digits = rest.get(..length).unwrap_or_default();
            (length, TokenKind::Number, vocabulary.get(plain_number(digits)))
        } else if let Some((length, number)) = note_mark(rest) {
            let unit_exponent = !spaced
                && matches!(number, 2 | 3)
                && length < 4
                && out.last().is_some_and(|t| t.end as usize == offset && is_metre(text, t));
            if unit_exponent {
                if let Some(metre) = out.last_mut() {
                    metre.end = u32::try_from(offset + length).unwrap_or(metre.end);
                    metre.word = vocabulary.get(if number == 2 { "m2" } else { "m3" });
                    metre.alike = vocabulary.group_of(metre.word);
                }
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            (length, TokenKind::NoteMark(number), NOT_A_WORD)
        } else {
            (c.len_utf8(), TokenKind::Punct(c), NOT_A_WORD)
        };
        out.push(Token {
            start: u32::try_from(offset).unwrap_or(u32::MAX),
            end: u32::try_from(offset + length).unwrap_or(u32::MAX),
            kind,
            word,
            alike,
            spaced,
            capital: c.is_uppercase(),
        });
        spaced = false;
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// Bytes of the first of two known words that a lost space has joined: `thiệuviệc`. No single syllable is so long.
fn lost_space(written: &str, vocabulary: &Vocabulary) -> Option<usize> {
    if written.chars().count() < LEAST_JOINED {
        return None;
    }
    let known = |part: &str| part.chars().count() >= 2 && vocabulary.get(&fold(part)) != NOT_A_WORD;
    written
        .char_indices()
        .skip(2)
        .map(|(at, _)| at)
        .find(|at| written.split_at_checked(*at).is_some_and(|(head, tail)| known(head) && known(tail)))
}

fn is_metre(text: &str, token: &Token) -> bool {
    text.get(token.range()).is_some_and(|w| matches!(w, "m" | "km" | "cm"))
}

/// Bytes of the word at the start of `text`. `m2` and `m3` are words: the digit there is not a number of its own
/// unless more digits follow.
fn word_length(text: &str) -> usize {
    let mut length = 0;
    for c in text.chars() {
        if is_letter(c) || is_invisible(c) {
            length += c.len_utf8();
        } else {
            break;
        }
    }
    length
}

/// The digit that a letter is mistaken for.
fn mistaken_digit(letter: u8) -> Option<u8> {
    Some(match letter {
        b'O' | b'o' => b'0',
        b'l' | b'I' => b'1',
        b'S' => b'5',
        b'B' => b'8',
        b'Z' => b'2',
        _ => return None,
    })
}

/// A number as it was meant: letters that were read for digits are digits again.
///
/// ```
/// assert_eq!(tonghop::text::digits("1.O5l"), "1.051");
/// assert_eq!(tonghop::text::digits("7.645"), "7.645");
/// ```
pub fn digits(written: &str) -> Cow<'_, str> {
    if written.bytes().all(|b| mistaken_digit(b).is_none()) {
        return Cow::Borrowed(written);
    }
    let mended = |c: char| u8::try_from(c).ok().and_then(mistaken_digit).map_or(c, char::from);
    Cow::Owned(written.chars().map(mended).collect())
}

/// Bytes of the number at the start of `text` that has letters read for digits in it. It must be no word's part, hold
/// a digit, and be a well-formed number once mended; `S`, `B` and `Z` count within it only, and `O` at its start only
/// before a digit or separator, so that codes such as `B12` stay words.
fn damaged_number(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let part = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b',') || mistaken_digit(*b).is_some();
    let mut length = bytes.iter().take_while(|b| part(b)).count();
    while length > 0 && matches!(bytes.get(length - 1), Some(b'.' | b',')) {
        length -= 1;
    }
    let run = bytes.get(..length)?;
    let bounded = text.get(length..)?.chars().next().is_none_or(|c| !is_letter(c));
    let digits = run.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = run.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let seldom = |b: Option<&u8>| b.is_some_and(|b| matches!(b, b'S' | b'B' | b'Z'));
    // «ll6»: of such letters alone there may be more than digits.
    let plain = run.iter().all(|b| b.is_ascii_digit() || matches!(b, b'l' | b'O'));
    let too_many = letters > digits && !(plain && (3..=4).contains(&length));
    if !bounded || digits == 0 || letters == 0 || too_many || seldom(run.first()) || seldom(run.last()) {
        return None;
    }
    let (whole, decimals) = match run.iter().position(|b| *b == b',') {
        Some(comma) => (run.get(..comma)?, run.get(comma + 1..)),
        None => (run, None),
    };
    let mut groups = whole.split(|b| *b == b'.');
    let first = groups.next()?.len();
    let mut grouped = 0;
    let well_grouped = groups.all(|g| {
        grouped += 1;
        g.len() == 3
    });
    let whole_fits = if grouped > 0 {
        (1..=3).contains(&first) && well_grouped
    } else {
        (2..=4).contains(&first) || decimals.is_some() && first > 0
    };
    let decimals_fit = decimals.is_none_or(|d| (1..=3).contains(&d.len()) && !d.contains(&b',') && !d.contains(&b'.'));
    (whole_fits && decimals_fit).then_some(length)
}

/// Bytes of the number at the start of `bytes`: digits, then groups of one separator and digits.
fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut length = digits(0);
    while matches!(bytes.get(length), Some(b'.' | b',')) {
        let group = digits(length + 1);
        if group == 0 {
            break;
        }
        length += 1 + group;
    }
    length
}

/// A superscript footnote mark at the start of `text`, bracketed or not: its length in bytes and its number.
fn note_mark(text: &str) -> Option<(usize, u16)> {
    let open = text.starts_with('\u{207D}');
    let body = if open { text.get(3..)? } else { text };
    let mut number: u16 = 0;
    let mut length = if open { 3 } else { 0 };
    let mut digits = 0;
    for c in body.chars() {
        let Some(digit) = superscript_digit(c) else { break };
        number = number.checked_mul(10)?.checked_add(digit)?;
        length += c.len_utf8();
        digits += 1;
    }
    if digits == 0 {
        return None;
    }
    if text.get(length..)?.starts_with('\u{207E}') {
        length += 3;
    }
    Some((length, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let mut tokens = Vec::new();
        tokenize(text, 0..text.len(), &Vocabulary::default(), &mut tokens);
        let written: Vec<&str> = tokens.iter().filter_map(|t| text.get(t.range())).collect();
        assert_eq!(written, expect, "{text}");
    }

    #[test]
    fn numbers_are_what_the_ledger_counts() {
        check("7.645 lao động⁽¹⁾, đạt 33,5%.", &["7.645", "lao", "động", "⁽¹⁾", ",", "đạt", "33,5", "%", "."]);
        check("năm 2019². 420kg gạo", &["năm", "2019", "²", ".", "420", "kg", "gạo"]);
        check("9.855 m² đất²", &["9.855", "m²", "đất", "²"]);
        check("bắt buộc93 người; 7.", &["bắt", "buộc", "93", "người", ";", "7", "."]);
        check("1..250 và 3,.4", &["1", ".", ".", "250", "và", "3", ",", ".", "4"]);
    }

    #[test]
    fn letters_that_were_read_for_digits_belong_to_the_number() {
        check(
            "l.842 lao động, 2l4 người; 36.OOO.000 đồng",
            &["l.842", "lao", "động", ",", "2l4", "người", ";", "36.OOO.000", "đồng"],
        );
        check("9,4S% và 1O2.", &["9,4", "S", "%", "và", "1O2", "."]);
        check("ngày O6/7/2O23", &["ngày", "O6", "/", "7", "/", "2O23"]);
    }

    #[test]
    fn codes_and_section_numbers_keep_their_letters() {
        check(
            "B12, 4S, I.1. CO2, lớp 1B",
            &["B", "12", ",", "4", "S", ",", "I", ".", "1", ".", "CO", "2", ",", "lớp", "1", "B"],
        );
    }

    #[test]
    fn a_number_is_known_without_its_leading_zeros() {
        let mut vocabulary = Vocabulary::default();
        let three = vocabulary.add("3");
        let mut tokens = Vec::new();
        tokenize("dưới 03 tháng", 0.."dưới 03 tháng".len(), &vocabulary, &mut tokens);
        assert_eq!(tokens[1].word, three);
    }
}
