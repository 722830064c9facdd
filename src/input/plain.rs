//! Plain text and Markdown in UTF-8.

use super::Refusal;
use crate::text::normal_form;

/// The first bytes of document formats, and their names for messages.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "Word, Excel (zip)"),
    (b"%PDF", "PDF"),
    (b"\xD0\xCF\x11\xE0", "Word or Excel 97-2003"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xFF\xD8\xFF", "JPEG"),
];

/// The text of a file's bytes, in the form that offsets count in.
///
/// # Errors
/// When there is nothing visible in it, it is another kind of document, or it is not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Err(Refusal::Unsupported((*name).to_owned()));
    }
    if let Some(text) = utf16(bytes) {
        let text = normal_form(&text?);
        return if text.trim().is_empty() { Err(Refusal::Empty) } else { Ok(text) };
    }
    if bytes.contains(&0) {
        return Err(Refusal::NotText("NUL".to_owned()));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| Refusal::NotText(format!("UTF-8, byte {}", error.valid_up_to())))?;
    let text = normal_form(text);
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(text)
}

/// The text of bytes that a byte-order mark says to be UTF-16.
fn utf16(bytes: &[u8]) -> Option<Result<String, Refusal>> {
    let (rest, little) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (rest, true),
        [0xFE, 0xFF, rest @ ..] => (rest, false),
        _ => return None,
    };
    let units = rest.chunks_exact(2).filter_map(|pair| match pair {
        [a, b] if little => Some(u16::from_le_bytes([*a, *b])),
        [a, b] => Some(u16::from_be_bytes([*a, *b])),
        _ => None,
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    Some(text.map_err(|_| Refusal::NotText("UTF-16".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_out_in_one_form() {
        assert_eq!(decode("\u{feff}quy\u{0301} I\r\n".as_bytes()).unwrap(), "quý I\n");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b""), Err(Refusal::Empty));
        assert_eq!(decode(b" \n\t"), Err(Refusal::Empty));
        assert_eq!(decode(b"%PDF-1.7"), Err(Refusal::Unsupported("PDF".to_owned())));
        assert!(matches!(decode(b"a\0b"), Err(Refusal::NotText(_))));
        assert!(matches!(decode(b"l\xe0o"), Err(Refusal::NotText(_))));
    }
}
