//! What kind of file bytes are, by what is in them; a name says only whether a text is Markdown.

use super::package::Package;
use super::{Limits, Refusal, docx, html};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A Word document since 2007.
    Docx,
    /// An HTML page.
    Html,
    /// A PDF.
    Pdf,
    /// Text.
    Text {
        /// Whether the name says that it is Markdown.
        markdown: bool,
    },
    /// A kind that is not read: its name for people.
    Unread(&'static str),
}

/// The first bytes of a zip.
const ZIP: &[&[u8]] = &[b"PK\x03\x04", b"PK\x05\x06"];
/// The first bytes of a compound file, as Office wrote until 2003.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// What kind of file it is.
///
/// # Errors
/// When it is a zip whose directory is damaged.
pub(super) fn kind_of(name: &str, bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    if ZIP.iter().any(|signature| bytes.starts_with(signature)) {
        return zipped(bytes, limits);
    }
    if bytes.starts_with(COMPOUND) {
        return Ok(Kind::Unread("Word, Excel 97-2003"));
    }
    // The head of a PDF may stand after a few other bytes.
    if bytes.get(..bytes.len().min(1024)).is_some_and(|head| head.windows(5).any(|w| w == b"%PDF-")) {
        return Ok(Kind::Pdf);
    }
    if html::is_html(bytes) {
        return Ok(Kind::Html);
    }
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    Ok(Kind::Text { markdown: matches!(ending.as_str(), "md" | "markdown") })
}

fn zipped(bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    let package = Package::open(bytes, limits)?;
    let names = package.names();
    if docx::main_part(&names) {
        return Ok(Kind::Docx);
    }
    Ok(Kind::Unread("zip"))
}
