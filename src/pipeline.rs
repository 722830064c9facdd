//! The single place where the stages that read one report are composed.

use crate::dictionary::Dictionary;
use crate::document::Document;
use crate::input::{Extracted, Extractor, Format, Limits, Refusal};
use crate::observation::{Extraction, extract};
use crate::report::{Assumed, ReportFacts, identify, settle_parts};
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

/// Reads one report in this process, within the usual limits. `file` is its path as it is to stand in all outputs.
///
/// # Errors
/// When the file holds no text, or is of a kind that is not read.
pub fn read_report(
    file: &str,
    bytes: &[u8],
    assumed: &Assumed,
    dictionary: &Dictionary,
) -> Result<ReadReport, Refusal> {
    read_report_with(&Extractor::new(Limits::default()), file, bytes, assumed, dictionary)
}

/// Reads one report, with a reader of files of the caller's choice.
///
/// # Errors
/// When the file holds no text, is of a kind that is not read, is damaged, or exceeds a limit.
pub fn read_report_with(
    extractor: &Extractor,
    file: &str,
    bytes: &[u8],
    assumed: &Assumed,
    dictionary: &Dictionary,
) -> Result<ReadReport, Refusal> {
    let Extracted { text, layout, format } = extractor.extract(file, bytes)?;
    let digest = blake3::hash(bytes).to_hex().to_string();
    let mut document = Document::new(SourceText::new(text), layout, dictionary);
    let facts = identify(&document, file, assumed, dictionary);
    settle_parts(&mut document, facts.period, dictionary);
    let extraction = extract(&document, &facts, file, &digest, dictionary);
    Ok(ReadReport { format, digest, document, facts, extraction })
}
