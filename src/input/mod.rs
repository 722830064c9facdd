//! Report files to extracted text: the only reader of report files, one module for each format, told apart by
//! content.

mod archive;
mod count;
mod doc;
mod docx;
mod encoding;
mod flow;
mod html;
mod limits;
mod markdown;
mod package;
mod pdf;
mod plain;
mod rtf;
mod sheet;
mod sniff;
mod syllable;
mod worker;
mod xml;

use serde::{Deserialize, Serialize};

use crate::text::Layout;
use sniff::{Kind, kind_of};

pub use archive::{Unpacked, is_archive, unpack};
pub use limits::{Limit, Limits};
pub use worker::{Extractor, serve};

/// The format of a report file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
    /// Text divided into cells.
    Csv,
    /// A workbook of Excel since 2007.
    Xlsx,
    /// The same with macros, which are never run.
    Xlsm,
    /// The same in binary form.
    Xlsb,
    /// A workbook of Excel 97-2003.
    Xls,
    /// A workbook of LibreOffice.
    Ods,
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
}

impl Format {
    /// The code as it stands in `reports.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xlsm => "xlsm",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Docx => "docx",
            Self::Doc => "doc",
            Self::Rtf => "rtf",
            Self::Pdf => "pdf",
            Self::Html => "html",
        }
    }
}

/// Why a file could not be read as a report. The name is the key of its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Nothing, or nothing visible, is in it.
    #[error("empty file")]
    Empty,
    /// It is no text.
    #[error("not a text: {0}")]
    NotText(String),
    /// It is a document of a kind that is not read.
    #[error("a {0} file, which is not read")]
    Unsupported(String),
    /// It is damaged; what the reader stumbled over.
    #[error("damaged: {0}")]
    Damaged(String),
    /// It is locked with a password.
    #[error("locked with a password")]
    Locked,
    /// Its pages are pictures.
    #[error("pages are pictures without text")]
    Scanned,
    /// It shows letters that its text does not have.
    #[error("the text has lost letters")]
    LostLetters,
    /// It exceeds a limit; the greatest that is read.
    #[error("more than {most} ({})", .limit.code())]
    TooLarge {
        /// Which limit.
        limit: Limit,
        /// The limit.
        most: u64,
    },
    /// Its reader broke down; its last words.
    #[error("the reader broke down: {0}")]
    Broken(String),
}

/// What a file gives: its text, in the form that offsets count in, and what its reader knows of the layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// The text.
    pub text: String,
    /// Cells, notes, places; empty where the file is plain text.
    pub layout: Layout,
    /// The file's format.
    pub format: Format,
}

/// Reads a file's text, in this process.
///
/// # Errors
/// When the file holds no text, is of a kind that is not read, is damaged, or exceeds a limit.
pub fn extract_text(name: &str, bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    extract_kind(checked_kind(name, bytes, limits)?, bytes, limits)
}

/// What kind of file it is, if it is not too large.
fn checked_kind(name: &str, bytes: &[u8], limits: &Limits) -> Result<Kind, Refusal> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limits.file_bytes {
        return Err(Refusal::TooLarge { limit: Limit::FileSize, most: limits.file_bytes });
    }
    kind_of(name, bytes, limits)
}

fn extract_kind(kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    match kind {
        Kind::Sheet(format) => sheet::extract(format, bytes, limits),
        Kind::Docx => docx::extract(bytes, limits),
        Kind::Doc => doc::extract(bytes, limits),
        Kind::Rtf => rtf::extract(bytes, limits),
        Kind::Pdf => pdf::extract(bytes, limits),
        Kind::Html => html::extract(bytes, limits),
        Kind::Text { markdown } => {
            // In UTF-16 a letter has two bytes.
            if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.text_bytes.saturating_mul(2) {
                return Err(Refusal::TooLarge { limit: Limit::Text, most: limits.text_bytes });
            }
            let decoded = plain::decode(bytes)?;
            if !markdown && sheet::looks_delimited(&decoded.text) {
                let mut extracted = sheet::extract_delimited(&decoded.text, limits)?;
                extracted.layout.remarks.extend(plain::remarks(&decoded));
                return Ok(extracted);
            }
            plain::extract(markdown, decoded, limits)
        }
        Kind::Locked => Err(Refusal::Locked),
        Kind::Unread(kind) => Err(Refusal::Unsupported(kind.to_owned())),
    }
}
