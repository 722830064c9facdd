//! Plain text and Markdown, in Unicode or in an encoding from before it.

use super::encoding::{Legacy, detect};
use super::markdown::with_notes;
use super::{Extracted, Format, Limit, Limits, Refusal};
use crate::text::{Layout, Remark, RemarkKind, normal_form};

/// The first bytes of kinds of files that are not read, and their names for messages.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x89PNG", "PNG"),
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"Rar!", "RAR"),
    (b"7z\xBC\xAF\x27\x1C", "7-Zip"),
    (b"\x1F\x8B", "gzip"),
    (b"MZ", "EXE"),
    (b"\x7FELF", "ELF"),
];

/// A text of bytes, and the encoding from before Unicode that it was in.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) legacy: Option<Legacy>,
    /// Whether the last bytes are the beginning of a character only.
    pub(super) cut: bool,
}

/// The text of a file's bytes, in the form that offsets count in.
///
/// # Errors
/// When there is nothing visible in it, it is another kind of file, or no encoding gives a text.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    if let Some((signature, name)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature))
        && (signature.len() > 2 || bytes.contains(&0))
    {
        return Err(Refusal::Unsupported((*name).to_owned()));
    }
    let decoded = match utf16(bytes) {
        Some(text) => Decoded { text: normal_form(&text?), legacy: None, cut: false },
        None if bytes.contains(&0) => return Err(Refusal::NotText("NUL".to_owned())),
        None => one_byte(bytes)?,
    };
    if decoded.text.trim().is_empty() { Err(Refusal::Empty) } else { Ok(decoded) }
}

fn one_byte(bytes: &[u8]) -> Result<Decoded, Refusal> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Decoded { text: normal_form(text), legacy: None, cut: false }),
        Err(error) => error,
    };
    let whole = bytes.get(..error.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
    if error.error_len().is_none() && !whole.is_ascii() {
        return Ok(Decoded { text: normal_form(whole), legacy: None, cut: true });
    }
    let odd = bytes.iter().any(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C));
    let found = detect(bytes).filter(|_| !odd);
    let (text, legacy) = found.ok_or_else(|| Refusal::NotText(format!("UTF-8, byte {}", error.valid_up_to())))?;
    Ok(Decoded { text: normal_form(&text), legacy: Some(legacy), cut: false })
}

/// What a text file gives.
///
/// # Errors
/// When it is longer than the limit.
pub(super) fn extract(markdown: bool, decoded: Decoded, limits: &Limits) -> Result<Extracted, Refusal> {
    if u64::try_from(decoded.text.len()).unwrap_or(u64::MAX) > limits.text_bytes {
        return Err(Refusal::TooLarge { limit: Limit::Text, most: limits.text_bytes });
    }
    let remarks = remarks(&decoded);
    let (text, layout) = if markdown { with_notes(&decoded.text) } else { (decoded.text, Layout::default()) };
    let format = if markdown { Format::Markdown } else { Format::Text };
    Ok(Extracted { text, layout: Layout { remarks, ..layout }, format })
}

/// What there is to say about how a text was decoded.
pub(super) fn remarks(decoded: &Decoded) -> Vec<Remark> {
    let remark = |kind, what: &str| Remark { kind, at: None, place: None, what: what.to_owned() };
    let legacy = decoded.legacy.map(|legacy| remark(RemarkKind::Encoding, legacy.name()));
    let cut = decoded.cut.then(|| remark(RemarkKind::PartLost, "\u{2026}"));
    legacy.into_iter().chain(cut).collect()
}

/// The text of bytes that are UTF-16, by a byte-order mark, or by zeros in every other place.
fn utf16(bytes: &[u8]) -> Option<Result<String, Refusal>> {
    let (rest, little) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (rest, true),
        [0xFE, 0xFF, rest @ ..] => (rest, false),
        _ => {
            let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
            let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
            let (even, odd) = (zeros(0), zeros(1));
            if head.len() < 8 {
                return None;
            }
            if odd * 4 > head.len() / 2 && even == 0 {
                (bytes, true)
            } else if even * 4 > head.len() / 2 && odd == 0 {
                (bytes, false)
            } else {
                return None;
            }
        }
    };
    let units = rest.chunks_exact(2).filter_map(|pair| match pair {
        [a, b] if little => Some(u16::from_le_bytes([*a, *b])),
        [a, b] => Some(u16::from_be_bytes([*a, *b])),
        _ => None,
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    Some(match text {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(Refusal::NotText("UTF-16".to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Result<String, Refusal> {
        decode(bytes).map(|d| d.text)
    }

    #[test]
    fn text_comes_out_in_one_form() {
        assert_eq!(text("\u{feff}quy\u{0301} I\r\n".as_bytes()).unwrap(), "quý I\n");
    }

    #[test]
    fn utf16_is_told_with_and_without_a_mark() {
        let little: Vec<u8> = "Báo cáo quý I".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}Báo cáo".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&little).unwrap(), "Báo cáo quý I");
        assert_eq!(text(&big).unwrap(), "Báo cáo");
    }

    #[test]
    fn a_text_that_was_cut_is_read_up_to_the_cut() {
        let decoded = decode("việc làm đ".as_bytes().get(..13).unwrap()).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.cut), ("việc làm ", true));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(text(b""), Err(Refusal::Empty));
        assert_eq!(text(b" \n\t"), Err(Refusal::Empty));
        assert_eq!(text(b"\x89PNG"), Err(Refusal::Unsupported("PNG".to_owned())));
        assert!(matches!(text(b"a\0b"), Err(Refusal::NotText(_))));
        assert!(matches!(text(b"l\xe0o"), Err(Refusal::NotText(_))));
    }
}
