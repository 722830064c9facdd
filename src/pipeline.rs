//! The single place where the stages that read one report are composed.

use crate::dictionary::Dictionary;
use crate::document::Document;
use crate::input::{Extracted, Format, Limits, Refusal, extract_text};
use crate::observation::{Extraction, extract};
use crate::report::{Assumed, ReportFacts, identify};
use crate::text::SourceText;

/// One report, read.
#[derive(Debug)]
pub struct ReadReport {
    /// The file's format.
    pub format: Format,
    /// Digest of the file's bytes.
    pub digest: String,
    /// Text and structure.
    pub document: Document,
    /// Who reports, and when.
    pub facts: ReportFacts,
    /// Observations and ledger.
    pub extraction: Extraction,
}

/// Reads one report. `file` is its path as it is to stand in all outputs.
///
/// # Errors
/// When the file holds no text, or is of a kind that is not read.
pub fn read_report(
    file: &str,
    bytes: &[u8],
    assumed: &Assumed,
    dictionary: &Dictionary,
) -> Result<ReadReport, Refusal> {
    let Extracted { text, layout, format } = extract_text(file, bytes, &Limits::default())?;
    let digest = blake3::hash(bytes).to_hex().to_string();
    let document = Document::new(SourceText::new(text), layout, dictionary);
    let facts = identify(&document, file, assumed, dictionary);
    let extraction = extract(&document, &facts, file, &digest, dictionary);
    Ok(ReadReport { format, digest, document, facts, extraction })
}
