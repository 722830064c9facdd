//! The comparison form of a Vietnamese syllable: its letters without tone, then the tone as a digit. Where in
//! the syllable the tone mark stands therefore never matters, nor does the choice of i or y in an open syllable.
//!
//! ```
//! use tonghop::text::fold;
//! assert_eq!(fold("Hoà"), fold("hòa"));
//! assert_eq!(fold("liệt sỹ".split(' ').next_back().unwrap()), fold("sĩ"));
//! assert_ne!(fold("ma"), fold("má"));
//! ```

use std::sync::OnceLock;

use unicode_normalization::char::decompose_canonical;

/// What one letter contributes to the comparison form.
#[derive(Clone, Copy)]
struct Folded {
    /// The lower-case letter with its shape mark (breve, circumflex, horn, stroke) but without tone; `'\0'` for
    /// a character that contributes none (a combining mark, a zero-width character).
    letter: char,
    /// Tone, `0` for level.
    tone: u8,
    /// The plain ASCII letter.
    bare: u8,
}

const TONES: [(char, u8); 5] =
    [('\u{0301}', b'1'), ('\u{0300}', b'2'), ('\u{0309}', b'3'), ('\u{0303}', b'4'), ('\u{0323}', b'5')];
const D_STROKE: char = '\u{0111}';

fn tone_of(mark: char) -> Option<u8> {
    TONES.iter().find(|(m, _)| *m == mark).map(|(_, t)| *t)
}

fn compute(c: char) -> Folded {
    // Letters that look like another one in damaged text: eth and African D for D with stroke, OI for U with horn.
    let c = match c {
        '\u{00D0}' | '\u{00F0}' | '\u{0189}' => D_STROKE,
        '\u{01A2}' | '\u{01A3}' => '\u{01B0}',
        other => other,
    };
    let (mut letter, mut tone, mut bare) = ('\0', 0, 0);
    let lower = c.to_lowercase().next().unwrap_or(c);
    let mut base = String::new();
    decompose_canonical(lower, |part| {
        if let Some(t) = tone_of(part) {
            tone = t;
        } else if part.is_alphanumeric() {
            base.push(part);
            bare = if part == D_STROKE { b'd' } else { u8::try_from(part).unwrap_or(b'?') };
        } else if ('\u{0300}'..='\u{036F}').contains(&part) {
            base.push(part);
        }
    });
    let mut parts = base.chars();
    if let Some(first) = parts.next() {
        letter = parts.next().and_then(|mark| unicode_normalization::char::compose(first, mark)).unwrap_or(first);
    }
    if ('\u{0300}'..='\u{036F}').contains(&letter) {
        letter = '\0';
    }
    Folded { letter, tone, bare }
}

const LATIN: usize = 0x250;
const ADDITIONAL_START: usize = 0x1E00;
const ADDITIONAL_END: usize = 0x1F00;

fn folded(c: char) -> Folded {
    static TABLE: OnceLock<Vec<Folded>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        (0..LATIN).chain(ADDITIONAL_START..ADDITIONAL_END).map(|code| compute(to_char(code))).collect()
    });
    let code = c as usize;
    let index = match code {
        0..LATIN => code,
        ADDITIONAL_START..ADDITIONAL_END => code - ADDITIONAL_START + LATIN,
        _ => return compute(c),
    };
    table.get(index).copied().unwrap_or_else(|| compute(c))
}

fn to_char(code: usize) -> char {
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\0')
}

/// Appends the comparison form of one word to `out`.
pub fn fold_into(word: &str, out: &mut String) {
    let start = out.len();
    let mut tone = 0;
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
            continue;
        }
        let f = folded(c);
        if f.letter != '\0' {
            out.push(f.letter);
        }
        if f.tone != 0 {
            tone = f.tone;
        } else if let Some(t) = tone_of(c) {
            tone = t;
        }
    }
    open_y_as_i(out, start);
    if tone != 0 {
        out.push(char::from(tone));
    }
}

/// In an open syllable of a consonant and y (and after `qu`), i and y are spellings of one sound.
fn open_y_as_i(out: &mut String, start: usize) {
    let written = out.as_bytes().get(start..).unwrap_or_default();
    let spelt_either_way = match written {
        [c, b'y'] => b"hklmst".contains(c),
        [b'q', b'u', b'y'] => true,
        _ => false,
    };
    if spelt_either_way {
        out.pop();
        out.push('i');
    }
}

/// Makes a comparison form that of the word with the other of the tones that most of the country speaks as one, hỏi and
/// ngã, and so confuses in writing: «giãm» for «giảm». Whether it has one of them.
pub(super) fn swap_hoi_and_nga(folded: &mut String) -> bool {
    let other = match folded.as_bytes().last() {
        Some(b'3') => '4',
        Some(b'4') => '3',
        _ => return false,
    };
    folded.pop();
    folded.push(other);
    true
}

/// The comparison form of one word.
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

/// The word in plain ASCII letters, for matching text that has lost its diacritics.
pub fn bare(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let byte = if c.is_ascii() { c.to_ascii_lowercase() as u8 } else { folded(c).bare };
        if byte != 0 {
            out.push(char::from(byte));
        }
    }
    open_y_as_i(&mut out, 0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_alike() {
        for (a, b) in [
            ("hoà", "hòa"),
            ("THUỶ", "thủy"),
            ("luỹ", "lũy"),
            ("sỹ", "sĩ"),
            ("tỷ", "tỉ"),
            ("quý", "quí"),
            ("Đưa", "đưa"),
            ("ðưa", "đưa"),
            ("ngƣời", "người"),
            ("nghe\u{0300}o", "nghèo"),
            ("toa\u{0300}n", "toàn"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn different_words_stay_apart() {
        for (a, b) in [("ma", "mà"), ("năm", "nam"), ("dạy", "dại"), ("tay", "tai"), ("thủy", "thủ"), ("đa", "da")]
        {
            assert_ne!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn bare_is_plain_ascii() {
        assert_eq!(bare("Nghề"), "nghe");
        assert_eq!(bare("đường"), "duong");
        assert_eq!(bare("sỹ"), "si");
    }
}
