//! What stands around a table: headings, title, unit line, period, notes.

use rust_decimal::Decimal;

use super::super::candidates::ContextTerms;
use super::words::Words;
use crate::dictionary::marker::Marker;
use crate::dictionary::{Dictionary, Tag, UnitClass};
use crate::document::{Block, BlockKind, Cell, Document};
use crate::period::Period;
use crate::report::{is_dated, period_of_words};
use crate::text::{Place, SourceText, Token};

/// A line above a table that is longer than this is running text.
const MOST_TOKENS: usize = 60;
/// In running text so many lines above a table may belong to it.
const LINES_ABOVE: usize = 4;
/// On a sheet so many lines above a table are looked at.
const SHEET_LINES_ABOVE: usize = 40;
/// How much the words of a line above count.
const WEIGHT: f32 = 0.6;

/// What is known from around a table.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// The lines above, the nearest first.
    pub captions: Vec<Words>,
    /// Terms of headings and lines, and how much each counts.
    pub context: ContextTerms,
    /// Fields of work that headings and lines name.
    pub fields: Vec<u8>,
    /// Units that a unit line names.
    pub units: Vec<(UnitClass, Decimal)>,
    /// Whether a line says that the base of the comparison is 100.
    pub index_said: bool,
    /// The period that the title names.
    pub period: Option<Period>,
}

impl Surroundings {
    /// Looks around the table in block `at`.
    pub(super) fn of(document: &Document, at: usize, report: Period, dictionary: &Dictionary) -> Self {
        let mut found = Self::default();
        let Some(block) = document.blocks.get(at) else { return found };
        found.fields = document.sections.get(block.section).map(|s| s.fields.clone()).unwrap_or_default();
        for around in document.enclosing(block.section) {
            found.add_context(&Words::new(around.title.clone(), dictionary), WEIGHT);
        }
        let sheet = sheet_of(document, block);
        let above = lines_above(document, at, sheet);
        for before in &above {
            let words = Words::new(before.tokens.clone(), dictionary);
            // «SỞ LAO ĐỘNG - TB VÀ XH …» says who reports, not what on.
            if words.opens_with(Marker::Issuer) {
                continue;
            }
            // A short line right above a table is its title.
            let title = sheet.is_some() || found.captions.is_empty() && is_title(before);
            found.take_up(&words, title, &document.source, dictionary);
            if !words.opens_with(Marker::UnitColumn) {
                found.captions.push(words);
            }
        }
        let near = at.saturating_sub(LINES_ABOVE)..at + LINES_ABOVE;
        found.index_said = near
            .filter_map(|near| document.blocks.get(near))
            .chain(above.iter().copied())
            .filter(|b| !matches!(b.kind, BlockKind::Table(_)) && b.tokens.len() <= 80)
            .any(|b| says_index(&Words::new(b.tokens.clone(), dictionary)));
        found.period = own_period(document, &above, sheet.is_some(), report, dictionary);
        found
    }

    /// Takes up the rows within a table's borders that stand above its heads: its title, its unit line.
    pub(super) fn add_rows<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a Cell>,
        source: &SourceText,
        dictionary: &Dictionary,
    ) {
        for cell in cells {
            let words = Words::new(cell.tokens.clone(), dictionary);
            if words.says(Marker::UnitColumn) {
                self.units.clear();
            }
            self.take_up(&words, true, source, dictionary);
            if !words.opens_with(Marker::UnitColumn) {
                self.captions.insert(0, words);
            }
        }
    }

    /// Takes up the words of a line; a title names fields of work too.
    fn take_up(&mut self, words: &Words, title: bool, source: &SourceText, dictionary: &Dictionary) {
        self.add_context(words, WEIGHT);
        self.unit_line(words, source, dictionary);
        self.fields.extend(words.hits.iter().filter_map(|h| match h.tag {
            Tag::Field(field) if title => Some(field),
            _ => None,
        }));
    }

    fn add_context(&mut self, words: &Words, weight: f32) {
        for hit in &words.hits {
            if let Tag::Term(term) = hit.tag {
                let known = self.context.entry(term).or_insert(0.0);
                *known = known.max(weight * (f32::from(hit.words.min(5)) + 1.0) / 2.0);
            }
        }
    }

    /// `Đơn vị tính: triệu đồng` above the table; several units are told apart by their classes.
    fn unit_line(&mut self, words: &Words, source: &SourceText, dictionary: &Dictionary) {
        let said = words.hits.iter().find(|h| h.tag == Tag::Marker(Marker::UnitColumn)).map(|h| h.last);
        if !self.units.is_empty() || said.is_none() && !is_line_of_units(words) {
            return;
        }
        let mut units: Vec<(u32, u32, u16)> = words
            .hits
            .iter()
            .filter(|h| said.is_none_or(|last| h.first > last))
            .filter_map(|h| match h.tag {
                Tag::Unit(id) => Some((h.first, h.last, id)),
                _ => None,
            })
            .collect();
        units.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
        let mut end = None;
        for (first, last, id) in units {
            if end.is_some_and(|e| first <= e) {
                continue;
            }
            end = Some(last);
            if let Some(unit) = dictionary.units.get(usize::from(id)) {
                self.units.push((unit.class, unit.factor * words.scale_before(first, source, dictionary)));
            }
        }
        if words.percent() {
            self.units.push((UnitClass::Known(crate::dictionary::register::Unit::Percent), Decimal::ONE));
        }
    }
}

/// Whether a line holds nothing but units, in a bracket or after what each is the unit of: «(Số lượng: suất; kinh phí:
/// triệu đồng)», «Tiền: triệu đồng».
fn is_line_of_units(words: &Words) -> bool {
    let tokens = &words.tokens;
    let bracket = tokens.first().is_some_and(|t| t.is('(')) && tokens.last().is_some_and(|t| t.is(')'));
    let told = words.says(Marker::Money) && tokens.iter().any(|t| t.is(':'));
    let unit = |tag: &Tag| {
        matches!(tag, Tag::Unit(_) | Tag::Scale(_) | Tag::Marker(Marker::Money | Marker::ResultColumn | Marker::Share))
    };
    let named = words.hits.iter().any(|h| matches!(h.tag, Tag::Unit(_)));
    (bracket || told) && named && words.covered(unit) > 0.99 && !tokens.iter().any(Token::is_number)
}

/// Whether a line has the form of a title rather than of a sentence.
fn is_title(block: &Block) -> bool {
    let ends = block.tokens.last().is_some_and(|t| t.is('.') || t.is(';'));
    block.tokens.len() <= 24 && !ends && !block.tokens.iter().any(Token::is_number)
}

/// The period that the lines above name, where none of them names the report's.
fn own_period(
    document: &Document,
    above: &[&Block],
    on_sheet: bool,
    report: Period,
    dictionary: &Dictionary,
) -> Option<Period> {
    let lines = above.iter().take(if on_sheet { SHEET_LINES_ABOVE } else { 1 });
    let named: Vec<Period> = lines
        .filter(|b| {
            let ends = b.tokens.last().is_some_and(|t| t.is('.') || t.is(':') || t.is(';'));
            let words = Words::new(b.tokens.clone(), dictionary);
            // «… và kế hoạch năm 2025» is about what comes.
            let plan = words.says(Marker::PlanOfYear) && !words.says(Marker::ResultColumn);
            let dated = is_dated(&document.written(&b.tokens), dictionary);
            !dated && !plan && (on_sheet || !ends && b.tokens.len() <= 30)
        })
        .filter_map(|b| period_of_words(document, &b.tokens, Some(report.year), dictionary))
        .collect();
    // «Chỉ tiêu chủ yếu năm 2024» over a quarter's figures names the year of the plan.
    let own =
        |p: &Period| report.within(*p) || (p.last_year(), p.last_month()) == (report.last_year(), report.last_month());
    if named.iter().any(own) { None } else { named.first().copied() }
}

/// The sheet that a block stands on, if the file has sheets.
fn sheet_of<'a>(document: &'a Document, block: &Block) -> Option<&'a str> {
    let first = block.tokens.first()?.start as usize;
    match document.layout.place(first)? {
        Place::SheetCell { sheet, .. } => Some(sheet),
        _ => None,
    }
}

/// The lines above a table that belong to it, the nearest first: on a sheet all of them, in running text the few
/// short ones right above.
fn lines_above<'a>(document: &'a Document, at: usize, sheet: Option<&str>) -> Vec<&'a Block> {
    let mut found = Vec::new();
    let most = if sheet.is_some() { SHEET_LINES_ABOVE } else { LINES_ABOVE };
    let mut passed_table = false;
    for before in (0..at).rev().filter_map(|at| document.blocks.get(at)) {
        if found.len() >= most {
            break;
        }
        if let Some(sheet) = sheet {
            if sheet_of(document, before) != Some(sheet) {
                break;
            }
            if matches!(before.kind, BlockKind::Table(_)) {
                // The lines between two tables before this one belong to those; the first lines, to all.
                passed_table = true;
                continue;
            }
            if passed_table && !opens_sheet(document, before, sheet) {
                continue;
            }
        } else if matches!(before.kind, BlockKind::Table(_)) {
            break;
        }
        let short = before.tokens.len() <= MOST_TOKENS;
        if !short || !matches!(before.kind, BlockKind::Heading | BlockKind::Paragraph) {
            if sheet.is_some() {
                continue;
            }
            break;
        }
        found.push(before);
    }
    found
}

/// Whether no table stands before the block on its sheet.
fn opens_sheet(document: &Document, block: &Block, sheet: &str) -> bool {
    let Some(first) = block.tokens.first().map(|t| t.start) else { return false };
    !document.blocks.iter().any(|b| {
        matches!(b.kind, BlockKind::Table(_))
            && b.tokens.first().is_some_and(|t| t.start < first)
            && sheet_of(document, b) == Some(sheet)
    })
}

fn says_index(words: &Words) -> bool {
    words.says(Marker::SamePeriod)
        && words.hits.iter().any(|h| {
            h.tag == Tag::Marker(Marker::IndexBase)
                && (h.first as usize)
                    .checked_sub(1)
                    .and_then(|b| words.tokens.get(b))
                    .is_some_and(|t| t.is('=') || t.is(':') || t.is_word())
        })
}
