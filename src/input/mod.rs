//! Report files to extracted text: the only reader of report files, one module for each format, told apart by
//! content.

mod count;
mod docx;
mod encoding;
mod flow;
mod html;
mod limits;
mod package;
mod pdf;
mod plain;
mod sheet;
mod sniff;
mod syllable;
mod xml;

use serde::{Deserialize, Serialize};

use crate::text::Layout;
use sniff::{Kind, kind_of};

pub use limits::{Limit, Limits};

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
    /// An HTML page.
    Html,
    /// A PDF.
    Pdf,
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
            Self::Html => "html",
            Self::Pdf => "pdf",
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

/// Reads a file's text.
///
/// # Errors
/// When the file holds no text, is of a kind that is not read, is damaged, or exceeds a limit.
pub fn extract_text(name: &str, bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limits.file_bytes {
        return Err(Refusal::TooLarge { limit: Limit::FileSize, most: limits.file_bytes });
    }
    if let Some(format) = sheet::format_of(bytes) {
        return sheet::extract(format, bytes, limits);
    }
    match kind_of(name, bytes, limits)? {
        Kind::Docx => docx::extract(bytes, limits),
        Kind::Html => html::extract(bytes, limits),
        Kind::Pdf => pdf::extract(bytes, limits),
        Kind::Text { markdown } => {
            let extracted = plain::extract(markdown, bytes)?;
            if !markdown && sheet::looks_delimited(&extracted.text) {
                return sheet::extract_delimited(&extracted.text, limits);
            }
            Ok(extracted)
        }
        Kind::Unread(kind) => Err(Refusal::Unsupported(kind.to_owned())),
    }
}
