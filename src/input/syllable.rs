//! Whether a word has the form of a Vietnamese syllable: how a text shows that it was decoded rightly and has lost no
//! letters. Letters with marks are written as on a keyboard: `aa` for A with circumflex, `aw` with breve, `ow` and `uw`
//! with horn, `dd` for D with stroke.

use unicode_normalization::char::decompose_canonical;

/// What a syllable may begin with, the longer before the shorter.
const ONSETS: &[&str] = &[
    "ngh", "ch", "dd", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "g", "h", "k", "l", "m",
    "n", "p", "r", "s", "t", "v", "x", "",
];

/// What may follow, sorted.
const RIMES: &[&str] = &[
    "a", "aac", "aam", "aan", "aang", "aap", "aat", "aau", "aay", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao",
    "ap", "at", "au", "awc", "awm", "awn", "awng", "awp", "awt", "ay", "e", "ec", "ee", "eech", "eem", "een", "eenh",
    "eep", "eet", "eeu", "em", "en", "eng", "eo", "ep", "et", "i", "ia", "ich", "ieec", "ieem", "ieen", "ieeng",
    "ieep", "ieet", "ieeu", "im", "in", "inh", "ip", "it", "iu", "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang",
    "oanh", "oao", "oap", "oat", "oawc", "oawm", "oawn", "oawng", "oawt", "oay", "oc", "oe", "oem", "oen", "oeo",
    "oet", "oi", "om", "on", "ong", "oo", "ooc", "ooi", "oom", "oon", "oong", "oop", "oot", "op", "ot", "ow", "owi",
    "owm", "own", "owp", "owt", "u", "ua", "uaan", "uaang", "uaat", "uaay", "uc", "ue", "uee", "ueech", "ueenh", "ui",
    "um", "un", "ung", "uoo", "uooc", "uooi", "uoom", "uoon", "uoong", "uoot", "uow", "up", "ut", "uw", "uwa", "uwc",
    "uwi", "uwm", "uwng", "uwowc", "uwowi", "uwowm", "uwown", "uwowng", "uwowp", "uwowt", "uwowu", "uwt", "uwu", "uy",
    "uya", "uych", "uyeen", "uyeet", "uynh", "uyt", "uyu", "y", "ya", "yeem", "yeen", "yeeng", "yeet", "yeeu",
];

/// What the words of a text show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    /// Words in lower case or with one capital.
    pub(super) words: usize,
    /// Those of them that are one consonant alone.
    pub(super) consonants: usize,
    /// Words with a letter that is not ASCII.
    pub(super) marked: usize,
    /// Those of them that are syllables.
    pub(super) good: usize,
}

/// Looks at all words of a text.
pub(super) fn evidence(text: &str) -> Evidence {
    let mut found = Evidence::default();
    for word in text.split(|c: char| !(c.is_alphabetic() || ('\u{300}'..='\u{36F}').contains(&c))) {
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        if word.is_empty() || capitals > 1 {
            // Words in capitals may be abbreviations.
            if !word.is_ascii() && word.chars().count() > 1 && capitals == word.chars().count() && is_syllable(word) {
                found.marked += 1;
                found.good += 1;
            }
            continue;
        }
        found.words += 1;
        let vowel = |c: char| "aeiouy".contains(c.to_ascii_lowercase());
        if word.is_ascii() {
            let only = word.len() == 1 && capitals == 0;
            found.consonants += usize::from(only && !word.chars().any(vowel));
        } else {
            found.marked += 1;
            found.good += usize::from(is_syllable(word));
        }
    }
    found
}

/// Whether a word has the form of a syllable, whatever its tone.
pub(super) fn is_syllable(word: &str) -> bool {
    let mut typed = String::with_capacity(word.len() + 4);
    for c in word.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphabetic() {
            typed.push(c);
            continue;
        }
        if c == '\u{111}' {
            typed.push_str("dd");
            continue;
        }
        let mut known = true;
        decompose_canonical(c, |part| match part {
            'a'..='z' => typed.push(part),
            '\u{302}' => {
                let last = typed.chars().next_back().unwrap_or(' ');
                typed.push(last);
            }
            '\u{306}' | '\u{31B}' => typed.push('w'),
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => {}
            _ => known = false,
        });
        if !known {
            return false;
        }
    }
    ONSETS.iter().any(|onset| {
        let Some(rime) = typed.strip_prefix(onset) else { return false };
        let front = rime.starts_with(['e', 'i', 'y']);
        let spelt = match *onset {
            "ngh" | "gh" | "k" => front,
            "ng" | "c" => !front,
            _ => true,
        };
        spelt && RIMES.binary_search(&rime).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rimes_are_sorted() {
        assert!(RIMES.is_sorted());
    }

    #[test]
    fn syllables_are_told_from_damage() {
        for word in
            ["việc", "nghề", "quý", "gì", "giải", "quyết", "trợ", "đường", "Khuyến", "hưởng", "yếu", "ước", "ủy", "oà"]
        {
            assert!(is_syllable(word), "{word}");
        }
        for word in ["viÖc", "nghÒ", "gi¶i", "quyeát", "vieäc", "lçm", "ngöôøi", "Ð"] {
            assert!(!is_syllable(word), "{word}");
        }
    }

    #[test]
    fn lost_letters_leave_consonants() {
        let lost = evidence("gi i quy t vi c làm cho 15 lao đ ng, đ t k ho ch");
        assert!(lost.consonants * 5 > lost.words, "{lost:?}");
        let whole = evidence("giải quyết việc làm cho 15 lao động, đạt kế hoạch");
        assert_eq!((whole.consonants, whole.good), (0, whole.marked));
    }
}
