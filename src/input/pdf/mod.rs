//! PDFs with a text layer: what a page shows as glyphs with places is put together again as lines, paragraphs, tables
//! and notes. A page that is only a picture has no text, and is told so.

mod furniture;
mod grid;
mod lines;
mod notes;
mod page;
mod paragraphs;

use pdfboss_core::Document;
use pdfboss_core::Error as PdfError;
use pdfboss_text::FontCache;

use super::encoding::Legacy;
use super::flow::{Block, Flow, render};
use super::syllable::evidence;
use super::{Extracted, Format, Limit, Limits, Refusal};
use crate::text::{Remark, RemarkKind};
use page::PageText;

/// A page with fewer letters and digits, and a picture, is the picture of a page.
const FEW_LETTERS: usize = 12;
/// So many words are needed to tell whether letters are lost.
const LEAST_WORDS: usize = 40;

/// Reads a PDF.
///
/// # Errors
/// When it is damaged, locked, has no text or one that cannot be trusted, or exceeds a limit.
pub(super) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    let document = Document::load(bytes.to_vec()).map_err(|error| refusal(&error))?;
    if document.is_locked() {
        return Err(Refusal::Locked);
    }
    let count = document.page_count();
    if u64::try_from(count).unwrap_or(u64::MAX) > limits.pages {
        return Err(Refusal::TooLarge { limit: Limit::Pages, most: limits.pages });
    }
    if count == 0 {
        return Err(Refusal::Damaged("0".to_owned()));
    }
    let fonts = FontCache::default();
    let (mut pages, mut pictures, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    let mut letters = 0_u64;
    for index in 0..count {
        match PageText::read(&document, index, &fonts) {
            Ok(page) => {
                letters += u64::try_from(page.bytes()).unwrap_or(u64::MAX);
                if letters > limits.text_bytes {
                    return Err(Refusal::TooLarge { limit: Limit::Text, most: limits.text_bytes });
                }
                if page.letters() < FEW_LETTERS && page.pictures {
                    pictures.push(index + 1);
                }
                pages.push(page);
            }
            Err(PdfError::Encrypted) => return Err(Refusal::Locked),
            Err(_) => {
                lost.push(index + 1);
                pages.push(PageText::default());
            }
        }
    }
    let readable = pages.iter().map(PageText::letters).sum::<usize>();
    if readable < FEW_LETTERS {
        return Err(if !pictures.is_empty() {
            Refusal::Scanned
        } else if lost.is_empty() {
            Refusal::Empty
        } else {
            Refusal::Damaged(listed(&lost))
        });
    }
    trusted(&pages)?;
    let legacy: Option<Legacy> = pages.iter().find_map(|page| page.legacy);
    let mut flow = assemble(pages);
    let mut remark = |kind, what: String| flow.remarks.push(Remark { kind, at: None, place: None, what });
    if let Some(legacy) = legacy {
        remark(RemarkKind::Encoding, legacy.name().to_owned());
    }
    if !pictures.is_empty() {
        remark(RemarkKind::PictureOnly, listed(&pictures));
    }
    if !lost.is_empty() {
        remark(RemarkKind::PartLost, listed(&lost));
    }
    render(&flow, Format::Pdf, limits)
}

fn refusal(error: &PdfError) -> Refusal {
    match error {
        PdfError::Encrypted => Refusal::Locked,
        other => Refusal::Damaged(other.to_string()),
    }
}

/// Page numbers as people list them.
fn listed(pages: &[usize]) -> String {
    pages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether the text has all its letters: a font without a table of its letters gives signs that are none, or nothing.
fn trusted(pages: &[PageText]) -> Result<(), Refusal> {
    let (mut words, mut consonants, mut signs, mut lost) = (0, 0, 0, 0);
    for line in pages.iter().flat_map(|page| &page.lines) {
        let text = line.text();
        let found = evidence(&text);
        words += found.words;
        consonants += found.consonants;
        signs += text.chars().filter(|c| !c.is_whitespace()).count();
        lost += text.chars().filter(|c| *c == '\u{FFFD}' || c.is_control() && !c.is_whitespace()).count();
    }
    let strange = lost * 100 > signs;
    let torn = words >= LEAST_WORDS && consonants * 16 > words;
    if strange || torn { Err(Refusal::LostLetters) } else { Ok(()) }
}

/// All pages as one flow.
fn assemble(mut pages: Vec<PageText>) -> Flow {
    furniture::set_aside(&mut pages);
    let mut flow = Flow { paged: true, ..Flow::default() };
    let mut collected = notes::Collected::default();
    let mut pieces = Vec::new();
    for (at, page) in pages.iter_mut().enumerate() {
        let found = notes::take(page);
        collected.add(at, found);
        pieces.push(paragraphs::pieces(page, at + 1));
    }
    let mut blocks = paragraphs::join(pieces);
    collected.bind(&mut blocks, &mut flow.notes);
    for page in &mut pages {
        blocks.extend(page.furniture.drain(..).map(Block::Furniture));
    }
    flow.blocks = blocks;
    flow
}
