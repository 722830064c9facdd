//! What kind of file bytes are, by what is in them; a name says only whether a text is Markdown.

use super::package::Package;
use super::{Format, Limits, Refusal, docx, html, rtf, sheet};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A workbook.
    Sheet(Format),
    /// A Word document since 2007.
    Docx,
    /// A Word document of Word 97-2003.
    Doc,
    /// Rich Text Format.
    Rtf,
    /// A PDF.
    Pdf,
    /// An HTML page.
    Html,
    /// Text.
    Text {
        /// Whether the name says that it is Markdown.
        markdown: bool,
    },
    /// An Office document locked with a password.
    Locked,
    /// A kind that is not read: its name for people.
    Unread(&'static str),
}

impl Kind {
    /// Whether its reader is a library that damaged files may bring down, or hold up.
    pub(super) fn is_risky(self) -> bool {
        matches!(self, Self::Pdf | Self::Doc | Self::Sheet(Format::Xls | Format::Xlsb))
    }
}

/// What a zip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zipped {
    /// A Word document.
    Word,
    /// A text document of LibreOffice.
    OpenText,
    /// Slides or a drawing.
    Other,
    /// An archive of files.
    Archive,
}

/// The first bytes of a zip; the second are those of an empty one.
const ZIP: &[&[u8]] = &[b"PK\x03\x04", b"PK\x05\x06"];
/// The first bytes of a compound file, as Office wrote until 2003.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// What kind of file it is.
///
/// # Errors
/// When it is a zip whose directory is damaged.
pub(super) fn kind_of(name: &str, bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    if let Some(format) = sheet::format_of(bytes) {
        return Ok(Kind::Sheet(format));
    }
    if let Some(zipped) = zipped(bytes, limits) {
        return Ok(match zipped? {
            Zipped::Word => Kind::Docx,
            Zipped::OpenText => Kind::Unread("OpenDocument (.odt)"),
            Zipped::Other => Kind::Unread("PowerPoint, OpenDocument"),
            Zipped::Archive => Kind::Unread("zip"),
        });
    }
    if bytes.starts_with(COMPOUND) {
        return compound(bytes);
    }
    if bytes.starts_with(rtf::SIGNATURE) {
        return Ok(Kind::Rtf);
    }
    // The head of a PDF may stand after a few other bytes.
    if bytes.get(..bytes.len().min(1024)).is_some_and(|head| head.windows(5).any(|w| w == b"%PDF-")) {
        return Ok(Kind::Pdf);
    }
    let head = bytes.get(..bytes.len().min(600)).unwrap_or_default();
    let says = |text: &str| head.windows(text.len()).any(|w| w == text.as_bytes());
    if head.starts_with(b"MIME-Version:") || says("multipart/related") {
        return Ok(Kind::Unread("MHTML"));
    }
    if says("progid=\"Word.Document\"") || says("office:document ") || says("<?mso-application") {
        return Ok(Kind::Unread("XML (Word 2003, OpenDocument)"));
    }
    if html::is_html(bytes) {
        return Ok(Kind::Html);
    }
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    Ok(Kind::Text { markdown: matches!(ending.as_str(), "md" | "markdown") })
}

/// What a zip is; nothing, if bytes are none.
pub(super) fn zipped(bytes: &[u8], limits: &Limits) -> Option<Result<Zipped, Refusal>> {
    if !ZIP.iter().any(|signature| bytes.starts_with(signature)) {
        return None;
    }
    let mut package = match Package::open(bytes, limits) {
        Ok(package) => package,
        Err(refusal) => return Some(Err(refusal)),
    };
    let names = package.names();
    let has = |name: &str| names.iter().any(|n| n == name);
    if docx::main_part(&names) {
        return Some(Ok(Zipped::Word));
    }
    if has("mimetype") && has("content.xml") {
        let kind = package.bytes("mimetype").ok().flatten().unwrap_or_default();
        let text = String::from_utf8_lossy(&kind).contains("opendocument.text");
        return Some(Ok(if text { Zipped::OpenText } else { Zipped::Other }));
    }
    Some(Ok(if has("[Content_Types].xml") { Zipped::Other } else { Zipped::Archive }))
}

/// What a compound file is, by the names of its streams.
///
/// # Errors
/// When it is damaged.
fn compound(bytes: &[u8]) -> Result<Kind, Refusal> {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|w| w == wide.as_slice())
    };
    if holds("EncryptedPackage") {
        Ok(Kind::Locked)
    } else if holds("WordDocument") {
        Ok(Kind::Doc)
    } else {
        let whole = cfb::CompoundFile::open(std::io::Cursor::new(bytes));
        whole.map(|_| Kind::Unread("Office 97-2003")).map_err(|error| Refusal::Damaged(error.to_string()))
    }
}
