//! Vietnamese text in the encodings from before Unicode: TCVN3 (ABC, fonts `.Vn…`), VNI (fonts `VNI-…`) and
//! Windows-1258. The first two say nothing of themselves: which one it is shows by whether syllables come out.

use unicode_normalization::UnicodeNormalization;

use super::syllable::evidence;

/// An encoding from before Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Legacy {
    /// TCVN 5712:1993 VN3; in some fonts lower case shows as capitals.
    Tcvn3 {
        /// Whether the font shows capitals.
        capitals: bool,
    },
    /// VNI for Windows: a letter, then its marks.
    Vni,
    /// Windows-1258: a letter, then its tone.
    Windows1258,
}

impl Legacy {
    /// Its name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 { .. } => "TCVN3 (ABC)",
            Self::Vni => "VNI",
            Self::Windows1258 => "Windows-1258",
        }
    }

    /// The encoding that a font of this name is made for.
    pub(super) fn of_font(name: &str) -> Option<Self> {
        let lower = name.trim().to_ascii_lowercase();
        if lower.starts_with(".vn") {
            let unicode = lower.ends_with("u") && lower.contains("unicode");
            return (!unicode).then_some(Self::Tcvn3 { capitals: lower.ends_with('h') });
        }
        lower.starts_with("vni-").then_some(Self::Vni)
    }

    /// The text of bytes.
    fn decode_bytes(self, bytes: &[u8]) -> String {
        let western = || encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0;
        match self {
            Self::Tcvn3 { .. } => western().chars().map(|c| western_byte(c).and_then(tcvn3).unwrap_or(c)).collect(),
            Self::Vni => vni(&western()),
            Self::Windows1258 => windows1258(bytes),
        }
    }

    /// The text that characters stand for which are bytes of this encoding shown in Western letters. Text with other
    /// letters is in Unicode already and stays.
    pub(super) fn decode(self, text: &str) -> String {
        if text.chars().any(|c| western_byte(c).is_none()) {
            return text.to_owned();
        }
        match self {
            Self::Tcvn3 { capitals } => {
                let decoded = text.chars().map(|c| western_byte(c).and_then(tcvn3).unwrap_or(c));
                if capitals { decoded.flat_map(char::to_uppercase).collect() } else { decoded.collect() }
            }
            Self::Vni => vni(text),
            Self::Windows1258 => {
                let bytes: Vec<u8> = text.chars().filter_map(western_byte).collect();
                windows1258(&bytes)
            }
        }
    }
}

/// At least so many words with marks must come out right for an encoding to be believed.
const LEAST_WORDS: usize = 3;
/// So many bytes are looked at to tell the encoding.
const SAMPLE: usize = 1 << 20;

/// The text of bytes that are no UTF-8, and the encoding in which most words are syllables; nothing, if in none of them
/// nearly all are.
pub(super) fn detect(bytes: &[u8]) -> Option<(String, Legacy)> {
    let sample = bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default();
    let found = [Legacy::Tcvn3 { capitals: false }, Legacy::Vni, Legacy::Windows1258]
        .into_iter()
        .map(|encoding| (evidence(&encoding.decode_bytes(sample)), encoding))
        .filter(|(found, _)| found.good >= LEAST_WORDS && found.good * 4 >= found.marked * 3)
        .max_by_key(|(found, _)| found.good * 1000 / found.marked.max(1));
    found.map(|(_, encoding)| (encoding.decode_bytes(bytes), encoding))
}

fn windows1258(bytes: &[u8]) -> String {
    encoding_rs::WINDOWS_1258.decode_without_bom_handling(bytes).0.nfc().collect()
}

/// The byte of Windows-1252 that shows as this character.
fn western_byte(c: char) -> Option<u8> {
    match u32::from(c) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => {
            let mut buffer = [0; 4];
            let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            bytes.first().copied().filter(|_| !unmappable)
        }
    }
}

/// The letters of TCVN3 from byte A1 on; a space where there is none.
const TCVN3: [u16; 94] = [
    0x102, 0xC2, 0xCA, 0xD4, 0x1A0, 0x1AF, 0x110, 0x103, 0xE2, 0xEA, 0xF4, 0x1A1, 0x1B0, 0x111, 0x20,
    0x20, // A1-B0
    0x20, 0x20, 0x20, 0x20, 0xE0, 0x1EA3, 0xE3, 0xE1, 0x1EA1, 0x20, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0x20,
    0x20, // B1-C0
    0x20, 0x20, 0x20, 0x20, 0x20, 0x1EB7, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD, 0xE8, 0x20, 0x1EBB, 0x1EBD,
    0xE9, // C1-D0
    0x1EB9, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7, 0xEC, 0x1EC9, 0x20, 0x20, 0x20, 0x129, 0xED, 0x1ECB, 0xF2,
    0x20, // D1-E0
    0x1ECF, 0xF5, 0xF3, 0x1ECD, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED1, 0x1ED9, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3, 0xF9,
    0x20, // E1-F0
    0x1EE7, 0x169, 0xFA, 0x1EE5, 0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1, 0x1EF3, 0x1EF7, 0x1EF9, 0xFD,
    0x1EF5, // F1-FE
];

/// The letter of a byte of TCVN3.
fn tcvn3(byte: u8) -> Option<char> {
    let code = *TCVN3.get(usize::from(byte).checked_sub(0xA1)?)?;
    char::from_u32(u32::from(code)).filter(|c| *c != ' ')
}

/// The marks that a character of VNI puts on the letter before it.
fn vni_marks(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{F8}' | '\u{D8}' => "\u{300}",
        '\u{F9}' | '\u{D9}' => "\u{301}",
        '\u{FB}' | '\u{DB}' => "\u{309}",
        '\u{F5}' | '\u{D5}' => "\u{303}",
        '\u{EF}' | '\u{CF}' => "\u{323}",
        '\u{E2}' | '\u{C2}' => "\u{302}",
        '\u{E1}' | '\u{C1}' => "\u{302}\u{301}",
        '\u{E0}' | '\u{C0}' => "\u{302}\u{300}",
        '\u{E5}' | '\u{C5}' => "\u{302}\u{309}",
        '\u{E3}' | '\u{C3}' => "\u{302}\u{303}",
        '\u{E4}' | '\u{C4}' => "\u{302}\u{323}",
        '\u{EA}' | '\u{CA}' => "\u{306}",
        '\u{E9}' | '\u{C9}' => "\u{306}\u{301}",
        '\u{E8}' | '\u{C8}' => "\u{306}\u{300}",
        '\u{FA}' | '\u{DA}' => "\u{306}\u{309}",
        '\u{FC}' | '\u{DC}' => "\u{306}\u{303}",
        '\u{EB}' | '\u{CB}' => "\u{306}\u{323}",
        _ => return None,
    })
}

/// The letter that a character of VNI is by itself.
fn vni_letter(c: char) -> char {
    match c {
        '\u{F4}' => '\u{1A1}',
        '\u{D4}' => '\u{1A0}',
        '\u{F6}' => '\u{1B0}',
        '\u{D6}' => '\u{1AF}',
        '\u{F1}' => '\u{111}',
        '\u{D1}' => '\u{110}',
        '\u{E6}' => '\u{1EC9}',
        '\u{C6}' => '\u{1EC8}',
        '\u{F3}' => '\u{129}',
        '\u{D3}' => '\u{128}',
        '\u{F2}' => '\u{1ECB}',
        '\u{D2}' => '\u{1ECA}',
        '\u{EE}' => '\u{1EF5}',
        '\u{CE}' => '\u{1EF4}',
        other => other,
    }
}

fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut bears = false;
    for c in text.chars() {
        match vni_marks(c).filter(|_| bears) {
            Some(marks) => {
                out.push_str(marks);
                bears = false;
            }
            None => {
                let letter = vni_letter(c);
                out.push(letter);
                let horned = letter != c && matches!(letter, '\u{1A0}' | '\u{1A1}' | '\u{1AF}' | '\u{1B0}');
                bears = horned || matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'o' | 'u' | 'y');
            }
        }
    }
    out.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Trong quý, toàn tỉnh giải quyết việc làm cho 3.145 lao động; ngày nghỉ ỵ ạch, dũng, mỗi người.";

    /// TCVN3 and VNI as their fonts show them, written down from tables of the two encodings.
    const TCVN3_SHOWN: &str =
        "Trong quý, toµn tØnh gi¶i quyÕt viÖc lµm cho 3.145 lao ®éng; ngµy nghØ þ ¹ch, dòng, mçi ng\u{AD}êi.";
    const VNI_SHOWN: &str =
        "Trong quyù, toaøn tænh giaûi quyeát vieäc laøm cho 3.145 lao ñoäng; ngaøy nghæ î aïch, duõng, moãi ngöôøi.";

    #[test]
    fn old_encodings_come_out_as_one_text() {
        assert_eq!(Legacy::Tcvn3 { capitals: false }.decode(TCVN3_SHOWN), TEXT);
        assert_eq!(Legacy::Vni.decode(VNI_SHOWN), TEXT);
        assert_eq!(Legacy::Tcvn3 { capitals: true }.decode("®«ng Nam"), "ĐÔNG NAM");
        assert_eq!(Legacy::Vni.decode("ÑOÂNG ÖÔÙC AÉ Æ Î"), "ĐÔNG ƯỚC Ắ Ỉ Ỵ");
    }

    #[test]
    fn text_that_is_unicode_already_stays() {
        assert_eq!(Legacy::Tcvn3 { capitals: false }.decode("việc làm"), "việc làm");
    }

    #[test]
    fn the_encoding_of_bytes_is_told_by_the_words() {
        let bytes = |shown: &str| shown.chars().map(|c| western_byte(c).unwrap()).collect::<Vec<u8>>();
        assert_eq!(detect(&bytes(TCVN3_SHOWN)).unwrap(), (TEXT.to_owned(), Legacy::Tcvn3 { capitals: false }));
        assert_eq!(detect(&bytes(VNI_SHOWN)).unwrap(), (TEXT.to_owned(), Legacy::Vni));
        // Windows-1258: the tone after the letter with its shape.
        let written = b"vi\xEA\xF2c l\xE0m, ng\xFD\xF5\xCCi lao \xF0\xF4\xF2ng, gi\xE0i quy\xEA\xECt";
        assert_eq!(detect(written).unwrap().1, Legacy::Windows1258);
        assert!(detect(written).unwrap().0.starts_with("việc làm, người lao động"));
        assert_eq!(detect(b"\xFF\x80\x13 \x92\xA1 \xEE\xE2\xB5"), None);
    }

    #[test]
    fn fonts_name_their_encoding() {
        assert_eq!(Legacy::of_font(".VnTime"), Some(Legacy::Tcvn3 { capitals: false }));
        assert_eq!(Legacy::of_font(".VnTimeH"), Some(Legacy::Tcvn3 { capitals: true }));
        assert_eq!(Legacy::of_font("VNI-Times"), Some(Legacy::Vni));
        assert_eq!(Legacy::of_font("Times New Roman"), None);
    }
}
