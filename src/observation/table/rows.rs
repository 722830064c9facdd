//! The rows of a table from the top down: which are sections, wholes and parts, districts and totals, and what each
//! states by its own words, those of the rows above it, and those of the heads.

use rust_decimal::Decimal;

use super::super::candidates::Candidate;
use super::super::model::{Class, Measure};
use super::column::{Column, Data};
use super::heads::same_words;
use super::lattice::{has_number, letters};
use super::reading::Stated;
use super::words::Words;
use super::{Interpreter, value::Place};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{Tag, UnitClass};
use crate::document::Cell;
use crate::observation::time::Coverage;
use crate::report::{province_code, provinces_named};
use crate::text::{Token, TokenKind};

/// The category of what the named ones leave.
const OTHER: &str = "other";
/// A label with better own words than this is no part of the row above.
const OWN_STRONGER: f32 = 2.4;
/// A table with names of this many provinces as labels is one of provinces.
const MANY_PROVINCES: usize = 3;

/// How far in a row stands; more is further in.
mod rank {
    pub(super) const LETTER: u16 = 10;
    pub(super) const ROMAN: u16 = 20;
    pub(super) const NUMBER: u16 = 30;
    pub(super) const DECIMAL: u16 = 40;
    pub(super) const SMALL_LETTER: u16 = 60;
    pub(super) const DASH: u16 = 70;
    pub(super) const PLUS: u16 = 80;
    pub(super) const PART: u16 = 90;
}

/// A row above that others may hang on.
struct Above {
    rank: u16,
    words: Words,
    stated: Option<Stated>,
    owners: Vec<Option<usize>>,
    /// Whether it only says that parts follow.
    opens: bool,
}

/// What the rows so far have told.
#[derive(Default)]
struct Progress {
    above: Vec<Above>,
    /// The last row that states something itself.
    main: Option<(Stated, Vec<Option<usize>>)>,
    /// The unit named last, for ditto marks.
    unit: Option<(UnitClass, Decimal)>,
    /// Whether the rows are numbered.
    numbered: bool,
    /// The indicators that rows stated themselves.
    stated: Vec<u16>,
    /// The dimension of the category that the last label named.
    dimension: Option<String>,
}

/// One row.
pub(super) struct Row<'a> {
    pub at: usize,
    pub label: &'a Cell,
    pub words: Words,
    pub cells: &'a [Cell],
    pub unit: Option<(UnitClass, Decimal)>,
    pub place: Place,
    /// What a label that names a measure says of its values.
    pub meaning: Option<Data>,
    /// The period that the label names.
    pub coverage: Option<Coverage>,
    /// The labels of the rows that it is a part of.
    pub hangs_on: Vec<Words>,
    /// Whether its own words name a part that no category is.
    pub refused: bool,
    /// The dimension whose categories the rows before it name.
    pub sibling: Option<String>,
}

/// What the rows of a table are.
struct Kinds {
    /// The labels are places or establishments, by the head of their column.
    places: bool,
    /// The labels are provinces.
    provinces: bool,
    /// The dimensions that the head of the labels names: «Dân tộc».
    dimensions: Vec<String>,
}

/// Whether a label says that the row adds up others.
fn is_total(words: &Words) -> bool {
    words.says(Marker::TotalWords) || words.opens_with(Marker::TotalRow)
}

impl<'a> Interpreter<'a> {
    pub(super) fn rows(&mut self) {
        let kinds = self.kinds();
        let mut by_head: Vec<Option<Stated>> = self.columns.iter().map(|c| self.by_head(c)).collect();
        self.relate_heads(&mut by_head);
        let mut progress = Progress { numbered: self.is_numbered(), ..Progress::default() };
        for at in self.heads.body..self.lattice.rows() {
            if self.repeats_heads(at) {
                for cell in self.lattice.row(at) {
                    self.linked.all_other(&cell.tokens, Class::Reference, "table-head");
                }
                continue;
            }
            self.row(at, &kinds, &by_head, &mut progress);
        }
    }

    /// What heads say of each other: a rate or share by the columns that its key divides, and a head that names only a
    /// category, of the indicator of the head before it.
    fn relate_heads(&mut self, by_head: &mut [Option<Stated>]) {
        let ratios = self.heads.ratios();
        for (column, over, by) in ratios {
            let read = |at: usize| by_head.get(at).and_then(Clone::clone);
            let (Some(over), Some(by)) = (read(over), read(by)) else { continue };
            let Some(Column::Data(data)) = self.columns.get_mut(column) else { continue };
            if !matches!(data.measure, Measure::Share | Measure::Actual | Measure::YoyBase) {
                continue;
            }
            let rate =
                self.report.dictionary.rate_of(over.indicator, by.indicator).filter(|_| over.breakdown == by.breakdown);
            let unit = Some(UnitClass::Known(Unit::Percent));
            let made = match rate {
                Some(rate) => Stated { indicator: rate, class: unit, factor: Decimal::ONE, ..over },
                None if over.indicator == by.indicator && over.breakdown.len() > by.breakdown.len() => {
                    data.measure = Measure::Share;
                    over
                }
                None => continue,
            };
            if data.measure == Measure::Share && rate.is_some() {
                data.measure = Measure::Actual;
            }
            data.unclear = false;
            data.derived = true;
            if let Some(slot) = by_head.get_mut(column) {
                *slot = Some(made);
            }
        }
        for column in 1..by_head.len() {
            let Some(Column::Data(data)) = self.columns.get(column) else { continue };
            let Some(before) = by_head.get(column - 1).and_then(Clone::clone) else { continue };
            let pairs = self.reader.categories(&data.leaf, before.indicator);
            let lost = by_head.get(column).is_none_or(Option::is_none)
                || by_head
                    .get(column)
                    .and_then(Option::as_ref)
                    .is_some_and(|own| self.reader.is_foreign(&data.leaf, own.indicator));
            if !lost || pairs.is_empty() || !self.reader.is_only_categories(&data.leaf, before.indicator) {
                continue;
            }
            let mut breakdown = before.breakdown.clone();
            breakdown.retain(|(dimension, _)| pairs.iter().all(|(d, _)| d != dimension));
            breakdown.extend(pairs);
            breakdown.sort();
            if let Some(slot) = by_head.get_mut(column) {
                *slot = Some(Stated { breakdown, ..before });
            }
        }
    }

    /// Whether the heads stand here again, as on the next page.
    fn repeats_heads(&self, at: usize) -> bool {
        if self.heads.is_numbering(at) {
            return true;
        }
        let row: Vec<&Cell> = self.lattice.row(at).iter().filter(|c| !c.is_empty()).collect();
        row.len() >= 2
            && (0..self.heads.body).any(|head| {
                let cells: Vec<&Cell> = self.lattice.row(head).iter().filter(|c| !c.is_empty()).collect();
                cells.len() == row.len() && cells.iter().zip(&row).all(|(a, b)| same_words(&a.tokens, &b.tokens))
            })
    }

    fn label_at(&self, at: usize) -> Option<&'a Cell> {
        self.lattice.own(at, self.heads.label)
    }

    fn kinds(&self) -> Kinds {
        let head: Vec<Token> = (0..self.heads.body)
            .filter_map(|row| self.lattice.own(row, self.heads.label))
            .flat_map(|c| c.tokens.iter().copied())
            .collect();
        let head = Words::new(head, self.report.dictionary);
        let mut provinces: Vec<u8> = (self.heads.body..self.lattice.rows())
            .filter_map(|at| self.label_at(at))
            .filter_map(|label| {
                let words = Words::new(label.tokens.clone(), self.report.dictionary);
                provinces_named(&words.tokens, self.report.dictionary).first().copied()
            })
            .take(200)
            .collect();
        provinces.sort_unstable();
        provinces.dedup();
        let dimensions = head
            .hits
            .iter()
            .filter_map(|h| match h.tag {
                Tag::Category(id) => self.report.dictionary.categories.get(usize::from(id)),
                _ => None,
            })
            .filter_map(|c| self.report.dictionary.dimensions.get(usize::from(c.dimension)))
            .map(|d| d.id.clone())
            .collect();
        Kinds { places: head.opens_with(Marker::PlaceColumn), provinces: provinces.len() >= MANY_PROVINCES, dimensions }
    }

    /// Whether most labels carry a number or letter of a list.
    fn is_numbered(&self) -> bool {
        let labels =
            (self.heads.body..self.lattice.rows()).filter(|at| self.label_at(*at).is_some_and(|c| !c.is_empty()));
        let (mut all, mut numbered) = (0_usize, 0_usize);
        for at in labels.take(400) {
            all += 1;
            numbered += usize::from(self.list_sign(at).is_some());
        }
        numbered * 3 > all
    }

    /// How far in a row stands by its number, letter or bullet.
    fn list_sign(&self, at: usize) -> Option<u16> {
        let own = (0..self.heads.label)
            .filter(|c| matches!(self.columns.get(*c), Some(Column::RowNumber)))
            .filter_map(|c| self.lattice.own(at, c))
            .find(|c| !c.is_empty());
        let from_cell = own.and_then(|c| self.sign_rank(&c.tokens, true));
        from_cell.or_else(|| self.label_at(at).and_then(|c| self.sign_rank(&c.tokens, false)))
    }

    /// The rank of the list sign that tokens begin with; `whole` when they are nothing else.
    fn sign_rank(&self, tokens: &[Token], whole: bool) -> Option<u16> {
        let first = tokens.first()?;
        let second = tokens.get(1);
        let closed = whole || second.is_some_and(|t| t.is('.') || t.is(')') || t.is('/') || t.is(':'));
        let text = self.reader.source.slice(first.range());
        match first.kind {
            TokenKind::Punct('-' | '\u{2013}' | '\u{2014}' | '*' | '\u{2022}' | '\u{F0B7}') => Some(rank::DASH),
            TokenKind::Punct('+') => Some(rank::PLUS),
            TokenKind::Punct('(') if whole => self.sign_rank(tokens.get(1..)?, whole),
            TokenKind::Number if closed => {
                let deep = u16::try_from(text.matches('.').count()).unwrap_or(0);
                Some(if deep == 0 { rank::NUMBER } else { rank::DECIMAL + deep.min(9) })
            }
            TokenKind::Word if closed => {
                if text.chars().all(|c| matches!(c, 'I' | 'V' | 'X')) {
                    Some(rank::ROMAN)
                } else if text.chars().count() == 1 {
                    Some(if first.capital { rank::LETTER } else { rank::SMALL_LETTER })
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    fn row(&mut self, at: usize, kinds: &Kinds, by_head: &[Option<Stated>], progress: &mut Progress) {
        let cells = self.lattice.row(at);
        let blank = Cell::default();
        let label: &Cell = self.label_at(at).unwrap_or(&blank);
        let words = Words::new(self.label_tokens(at, label), self.report.dictionary);
        let mut note: Option<&Cell> = None;
        for cell in cells {
            let (class, reason) = match self.columns.get(cell.columns.0) {
                _ if cell.range == label.range => (Class::Reference, "row-label"),
                Some(Column::Data(_)) => continue,
                Some(Column::RowNumber) => (Class::Reference, "row-number"),
                Some(Column::Code) => (Class::Reference, "code"),
                Some(Column::Note) => {
                    note = Some(cell);
                    continue;
                }
                Some(Column::Unknown) => (Class::Unmapped, "column-not-told"),
                _ => (Class::Reference, "row-label"),
            };
            self.linked.all_other(&cell.tokens, class, reason);
        }
        let valued: Vec<usize> = (0..self.columns.len())
            .filter(|c| matches!(self.columns.get(*c), Some(Column::Data(_))))
            .filter(|c| {
                let own = self.lattice.own(at, *c).filter(|cell| cell.columns.0 == *c && cell.range != label.range);
                own.is_some_and(|cell| has_number(cell) || cell.sign().is_some() || self.says_zero(cell))
            })
            .collect();
        let unit = self.unit_at(at, label, progress);
        let rank = self.rank(at, label, &words, progress);
        // A total closes the section above it, or the numbered row that has no values of its own.
        let total = is_total(&words);
        let closes = |a: &Above| total && a.rank == rank::NUMBER && a.owners.iter().all(Option::is_none);
        progress.above.retain(|a| a.rank < rank || closes(a));
        let mut row = Row {
            at,
            label,
            place: self.place(&words, kinds),
            words,
            cells,
            unit,
            meaning: None,
            coverage: None,
            hangs_on: Vec::new(),
            refused: false,
            sibling: progress.dimension.clone(),
        };
        if rank >= rank::DASH {
            row.hangs_on = progress.above.iter().filter(|a| !a.opens).map(|a| a.words.clone()).collect();
        }
        let stated = self.state(&mut row, rank, progress);
        let mut owners: Vec<Option<usize>> = vec![None; self.columns.len()];
        let first_draft = self.linked.drafts.len();
        for column in valued {
            let Some(cell) = self.lattice.own(at, column) else { continue };
            let Some(Column::Data(data)) = self.columns.get(column) else { continue };
            let data = data.as_ref().clone();
            let whole = stated.as_ref().filter(|s| s.part).and_then(|_| {
                let parent = progress.above.iter().rev().find(|a| a.stated.is_some());
                let owners = parent.map(|a| &a.owners).or(progress.main.as_ref().map(|(_, o)| o))?;
                owners.get(column).copied().flatten()
            });
            // What rows of several indicators add up to is none of them.
            let adds_up = row.place == Place::Whole && progress.stated.len() > 1;
            let by_head = by_head.get(column).and_then(Option::as_ref).filter(|_| data.names || !adds_up);
            let outcome = self
                .resolve(&row, stated.as_ref(), &data, by_head, kinds)
                .and_then(|stated| self.value(cell, &data, &stated, &row, whole));
            match outcome {
                Ok(draft) => {
                    if let Some(slot) = owners.get_mut(column) {
                        *slot = Some(draft);
                    }
                }
                Err((class, reason)) => self.linked.all_other(&cell.tokens, class, reason),
            }
        }
        self.settle_row(first_draft);
        if let Some(indicator) = self.linked.drafts.get(first_draft).map(|d| d.indicator) {
            let named = self.reader.categories_of_part(&row.words, indicator).first().map(|(d, _)| d.clone());
            progress.dimension = named.or(progress.dimension.take());
        }
        if let Some(note) = note {
            self.note(note, first_draft, &row);
        }
        self.remember(row, rank, stated, owners, progress);
    }

    /// Keeps a row for those below it.
    fn remember(
        &self,
        row: Row<'_>,
        rank: u16,
        stated: Option<Stated>,
        owners: Vec<Option<usize>>,
        progress: &mut Progress,
    ) {
        if letters(row.label) == 0 && stated.is_none() {
            return;
        }
        let opens = row.words.opens_with(Marker::OpensParts);
        match &stated {
            Some(stated) if !stated.part => {
                if !progress.stated.contains(&stated.indicator) {
                    progress.stated.push(stated.indicator);
                }
                progress.main = Some((stated.clone(), owners.clone()));
            }
            Some(_) => {}
            None if row.words.tokens.first().is_some_and(Token::is_word) && !opens && rank < rank::DASH => {
                progress.main = None;
            }
            None => {}
        }
        let total = is_total(&row.words) && stated.as_ref().is_none_or(|s| s.part);
        if !total {
            progress.above.push(Above { rank, words: row.words, stated, owners, opens });
        }
    }

    /// The words of a row's label, with those of further columns of labels between it and the values.
    fn label_tokens(&self, at: usize, label: &Cell) -> Vec<Token> {
        let mut tokens = label.tokens.clone();
        for column in self.heads.label + 1..self.columns.len() {
            match self.columns.get(column) {
                Some(Column::Unknown) => {
                    let cell = self.lattice.own(at, column).filter(|c| c.columns.0 == column && c.range != label.range);
                    tokens.extend(cell.into_iter().flat_map(|c| c.tokens.iter().copied()).filter(|t| !t.is_number()));
                }
                Some(Column::Data(_)) => break,
                _ => {}
            }
        }
        tokens
    }

    fn rank(&self, at: usize, label: &Cell, words: &Words, progress: &Progress) -> u16 {
        let indent = u16::try_from(label.indent.min(18) / 2).unwrap_or(0);
        if let Some(rank) = self.list_sign(at) {
            return rank + indent.min(9) * u16::from(rank >= rank::DASH);
        }
        let plain = words.tokens.iter().any(Token::is_word);
        if is_total(words) {
            return rank::NUMBER;
        }
        if words.opens_with(Marker::OpensParts) {
            return rank::PART;
        }
        if plain && progress.numbered {
            // In a numbered list a row without number belongs to the one above, unless it is a section in capitals or a total.
            let capitals = self.reader.source.slice(label.range.clone());
            let section = capitals.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
            if section {
                return rank::ROMAN;
            }
            return rank::PART + indent;
        }
        rank::NUMBER + indent
    }

    /// Whether a label is a place, and what that means.
    fn place(&self, words: &Words, kinds: &Kinds) -> Place {
        let dictionary = self.report.dictionary;
        if words.says(Marker::WholeProvince) {
            return if kinds.provinces { Place::Region } else { Place::Whole };
        }
        if kinds.provinces {
            let named = provinces_named(&words.tokens, dictionary);
            if let Some(code) = named.first().and_then(|at| province_code(*at, self.report.facts.system, dictionary)) {
                return Place::Province(code.0, code.1);
            }
            return if is_total(words) || kinds.places { Place::Region } else { Place::None };
        }
        if is_total(words) {
            return Place::Whole;
        }
        let opens = words.tokens.iter().position(Token::is_word).unwrap_or(0);
        let district = words.hits.iter().any(|h| {
            h.tag == Tag::Marker(Marker::District)
                && h.first as usize == opens
                && words.tokens.get(h.last as usize + 1).is_some_and(|t| t.capital || t.is_number())
        });
        if district || kinds.places && !words.is_wordless() {
            return if words.opens_with(Marker::OpensParts) { Place::None } else { Place::Part };
        }
        Place::None
    }

    /// The unit of a row: from the unit column, a ditto mark there, or the label's brackets.
    fn unit_at(&self, at: usize, label: &Cell, progress: &mut Progress) -> Option<(UnitClass, Decimal)> {
        let column = self.columns.iter().position(|c| matches!(c, Column::UnitName));
        if let Some(cell) = column.and_then(|c| self.lattice.get(at, c)).filter(|c| !c.is_empty()) {
            if matches!(cell.sign(), Some('"' | '\u{201D}' | '\u{201C}' | '\u{3003}')) {
                return progress.unit;
            }
            let words = Words::new(cell.tokens.clone(), self.report.dictionary);
            let unit = if words.percent() {
                Some((UnitClass::Known(Unit::Percent), Decimal::ONE))
            } else {
                words.unit(self.report.dictionary)
            };
            progress.unit = unit;
            if unit.is_some() {
                return unit;
            }
        }
        let words = Words::new(label.tokens.clone(), self.report.dictionary);
        let bracketed = label.tokens.iter().position(|t| t.is('(')).and_then(|open| label.tokens.get(open + 1));
        if bracketed.is_some_and(|t| t.is('%')) {
            return Some((UnitClass::Known(Unit::Percent), Decimal::ONE));
        }
        words.bracketed_unit(self.report.dictionary)
    }

    /// The words of a row's unit: of its cell, else those in brackets at the end of its label.
    fn unit_words(&self, row: &Row<'_>) -> Option<Vec<Token>> {
        let column = self.columns.iter().position(|c| matches!(c, Column::UnitName));
        let cell = column.and_then(|c| self.lattice.get(row.at, c)).filter(|c| letters(c) > 0);
        if let Some(cell) = cell {
            return Some(cell.tokens.clone());
        }
        let tokens = &row.label.tokens;
        let open = tokens.iter().rposition(|t| t.is('('))?;
        let inside = tokens.get(open + 1..tokens.len().checked_sub(1)?)?;
        (tokens.last().is_some_and(|t| t.is(')')) && inside.len() <= 3).then(|| inside.to_vec())
    }

    /// The unit that goes with a row: its own, else the only one of the table.
    fn unit_or_tables(&self, unit: Option<(UnitClass, Decimal)>) -> Option<(UnitClass, Decimal)> {
        unit.or(match self.reader.around.units.as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    }

    /// What a row states by its own words and those of the rows above it.
    fn state(&self, row: &mut Row<'_>, rank: u16, progress: &Progress) -> Option<Stated> {
        if !matches!(row.place, Place::None | Place::Whole) {
            return None;
        }
        let dictionary = self.report.dictionary;
        row.coverage = row.words.coverage(self.reader.source, self.period, dictionary).coverage;
        let group = self.group_words(row.at);
        let mut above: Vec<&Words> = progress.above.iter().map(|a| &a.words).collect();
        above.extend(&group);
        let unit = self.unit_or_tables(row.unit);
        let class = unit.map(|(class, _)| class);
        let own = self.reader.best(&row.words.tokens, &above, None, class).or_else(|| {
            // «Tai nạn lao động | vụ»: the unit's own column names what is counted.
            let unit_words = self.unit_words(row)?;
            let tokens: Vec<Token> = unit_words.iter().chain(&row.words.tokens).copied().collect();
            self.reader.best(&tokens, &above, None, class)
        });
        let parent = progress.above.iter().rev().find(|a| !a.opens);
        let opened = progress.above.last().is_some_and(|a| a.opens);
        let opens = row.words.opens_with(Marker::OpensParts) || row.words.says(Marker::OpensParts);
        let hangs = rank >= rank::DASH || opens || opened;
        let whole = progress.above.iter().rev().find_map(|a| a.stated.as_ref()).or(progress
            .main
            .as_ref()
            .map(|(stated, _)| stated)
            .filter(|_| (hangs || own.is_none()) && !is_total(&row.words)));
        if let Some(whole) = whole {
            let own_stronger = own.is_some_and(|c| c.indicator != whole.indicator && c.score > OWN_STRONGER && !opens);
            if (hangs || own.is_none()) && !own_stronger {
                if let Some(part) = self.part(row, whole) {
                    return Some(part);
                }
                if own.is_none() && self.names_measure(row) {
                    return Some(Stated { part: true, ..whole.clone() });
                }
                let total = is_total(&row.words) && self.reader.is_explained(&row.words, whole.indicator);
                if own.is_none() && total {
                    return Some(whole.clone());
                }
            }
        }
        let before = progress.main.as_ref().map(|(stated, _)| stated);
        let field = |indicator: u16| dictionary.indicator(indicator).map(|i| i.domain().to_owned());
        if let Some(before) = before
            && own.is_none_or(|own| {
                class == Some(UnitClass::Known(Unit::Vnd)) && field(own.indicator) != field(before.indicator)
            })
            && let Some(companion) = self.reader.companion(&row.words, before, unit)
        {
            return Some(companion);
        }
        if let Some(own) = own {
            // A part in words of no category is no total: «- Xây mới» under houses built and repaired.
            let of = whole.filter(|_| hangs);
            if of.is_some_and(|w| w.indicator == own.indicator)
                && self.reader.categories(&row.words, own.indicator).is_empty()
            {
                row.refused = true;
                return None;
            }
            // A part is counted in the unit of its whole unless the row says otherwise.
            let units = |indicator: u16| dictionary.indicator(indicator).map(|i| i.unit);
            if opens && row.unit.is_none() && of.is_some_and(|w| units(w.indicator) != units(own.indicator)) {
                row.refused = true;
                return None;
            }
            // «Kế hoạch tuyển sinh» names the indicator and the measure.
            let measured = [Marker::PlanOfYear, Marker::Cumulative, Marker::SamePeriod];
            if measured.iter().any(|m| row.words.says(*m)) {
                row.meaning = Some(self.meaning(row)).filter(|d| d.measure != Measure::Share);
            }
            return Some(self.reader.stated(&own, &row.words, unit));
        }
        let titles = parent.into_iter().map(|a| &a.words).chain(&group);
        for title in titles {
            if let Some(read) = self.reader.best(&row.words.tokens, &above, Some(title), class)
                && self.reader.is_explained(&row.words, read.indicator)
                && !self.reader.is_foreign(&row.words, read.indicator)
                && whole.is_none_or(|w| !hangs || w.indicator != read.indicator)
            {
                let mut stated = self.reader.stated(&read, &row.words, unit);
                stated.confidence -= dictionary.confidence.loses.inherited;
                return Some(stated);
            }
        }
        if !self.names(&row.words) || hangs {
            return None;
        }
        self.reader.around.captions.iter().take(3).find_map(|title| {
            let read = self.reader.best(&row.words.tokens, &above, Some(title), class)?;
            let fits = self.reader.is_explained(&row.words, read.indicator)
                && !self.reader.is_foreign(&row.words, read.indicator);
            let mut stated = fits.then(|| self.reader.stated(&read, &row.words, unit))?;
            stated.confidence -= dictionary.confidence.loses.table_context;
            Some(stated)
        })
    }

    /// The words of group columns left of the label that reach over this row.
    fn group_words(&self, at: usize) -> Vec<Words> {
        (0..self.heads.label)
            .filter(|c| matches!(self.columns.get(*c), Some(Column::Group)))
            .filter_map(|c| {
                let reaching = self.lattice.get(at, c).filter(|cell| !cell.is_empty());
                let before =
                    || (self.heads.body..at).rev().find_map(|r| self.lattice.get(r, c).filter(|x| !x.is_empty()));
                reaching.or_else(before)
            })
            .map(|cell| Words::new(cell.tokens.clone(), self.report.dictionary))
            .collect()
    }

    /// A row of categories under a statement.
    fn part(&self, row: &Row<'_>, whole: &Stated) -> Option<Stated> {
        let pairs = self.reader.categories_of_part(&row.words, whole.indicator);
        if pairs.is_empty() || self.reader.is_foreign(&row.words, whole.indicator) {
            return None;
        }
        let mut breakdown = whole.breakdown.clone();
        breakdown.retain(|(d, _)| pairs.iter().all(|(p, _)| p != d));
        breakdown.extend(pairs);
        breakdown.sort();
        Some(Stated {
            confidence: whole.confidence - self.report.dictionary.confidence.loses.inherited,
            breakdown,
            class: row.unit.map(|(class, _)| class).or(whole.class),
            factor: row.unit.map_or(whole.factor, |(_, factor)| factor),
            rule: format!("part of: {}", whole.rule),
            part: true,
            ..whole.clone()
        })
    }

    /// Whether a label is words of measure only («lũy kế», «% kế hoạch»), and what they say.
    fn names_measure(&self, row: &mut Row<'_>) -> bool {
        let known = row.words.covered(|tag| {
            matches!(tag, Tag::Marker(_) | Tag::Period(_) | Tag::Roman(_) | Tag::MonthWord(_))
                || self.is_general_unit(tag)
        });
        if known < 0.99 || row.words.is_wordless() {
            return false;
        }
        let data = self.meaning(row);
        let says = data.said && !row.words.says(Marker::TotalWords);
        row.meaning = Some(data).filter(|_| says);
        says
    }

    /// What a label says of its values as the head of a column would.
    fn meaning(&self, row: &Row<'_>) -> Data {
        let around = super::Around {
            source: self.reader.source,
            report: self.period,
            dictionary: self.report.dictionary,
            index_said: self.reader.around.index_said,
            percent_cells: row.unit.is_some_and(|(class, _)| class == UnitClass::Known(Unit::Percent)),
        };
        around.data(row.words.clone(), row.words.clone())
    }

    /// What a column's head states, with the words above the table as its own.
    fn by_head(&self, column: &Column) -> Option<Stated> {
        let Column::Data(data) = column else { return None };
        let unit = self.unit_or_tables(data.unit);
        let class = unit.map(|(class, _)| class);
        let read = |title: Option<&Words>| {
            // A share is of what is counted, unless the words name a rate.
            let of_class = |class: Option<UnitClass>| self.reader.best(&data.head.tokens, &[], title, class);
            let is_rate = |read: &Candidate| {
                self.report.dictionary.indicator(read.indicator).is_some_and(|i| i.unit == Unit::Percent)
            };
            let read = if data.measure == Measure::Share {
                of_class(class).filter(is_rate).or_else(|| of_class(None))
            } else {
                of_class(class)
            }?;
            Some(self.reader.stated(&read, &data.head, unit))
        };
        if let Some(stated) = read(None) {
            return Some(stated);
        }
        self.reader.around.captions.iter().take(6).find_map(|caption| {
            let mut stated = read(Some(caption))?;
            stated.confidence -= self.report.dictionary.confidence.loses.table_context;
            Some(stated)
        })
    }

    /// What a cell states, by its row and its column.
    fn resolve(
        &self,
        row: &Row<'_>,
        by_row: Option<&Stated>,
        data: &Data,
        by_head: Option<&Stated>,
        kinds: &Kinds,
    ) -> Result<Stated, (Class, &'static str)> {
        if data.coming {
            return Err((Class::Task, "coming-tasks"));
        }
        match &row.place {
            // A head such as «loại hình» may stand over categories.
            Place::Part
                if by_head.is_some_and(|s| {
                    !self.reader.categories(&row.words, s.indicator).is_empty()
                        && self.reader.is_only_categories(&row.words, s.indicator)
                }) => {}
            Place::Part => return Err((Class::Unmapped, "district-row")),
            Place::Region => return Err((Class::Unmapped, "region-row")),
            _ => {}
        }
        if data.untold {
            return Err((Class::Unmapped, "column-not-told"));
        }
        if row.refused {
            return Err((Class::Unmapped, "row-not-told"));
        }
        let mut stated = match by_row {
            Some(by_row) if data.names => {
                // The head may name another thing of the row: its money, its participants.
                match self.joint(row, data) {
                    Some(joint) if joint.indicator != by_row.indicator => {
                        if self.reader.is_foreign(&row.words, joint.indicator) {
                            return Err((Class::Unmapped, "breakdown-not-in-register"));
                        }
                        let mut joint = joint;
                        if by_row.part && joint.breakdown.is_empty() {
                            joint.breakdown = self.reader.categories_of_part(&row.words, joint.indicator);
                        }
                        joint
                    }
                    Some(_) => by_row.clone(),
                    None if self.reader.is_explained(&data.leaf, by_row.indicator) => by_row.clone(),
                    None => return Err((Class::Unmapped, "column-not-told")),
                }
            }
            Some(by_row) if self.other_unit(by_row, data) => match self.joint(row, data) {
                Some(joint) => joint,
                None if data.measure == Measure::Share => by_row.clone(),
                None => return Err((Class::Unmapped, "unit-differs")),
            },
            Some(by_row) => by_row.clone(),
            None => self.under_head(row, data, by_head, kinds)?,
        };
        self.add_head_categories(&mut stated, data, kinds)?;
        Ok(stated)
    }

    /// Whether a column is in a unit that the row's indicator is not counted in.
    fn other_unit(&self, stated: &Stated, data: &Data) -> bool {
        let Some(rule) = self.report.dictionary.indicator(stated.indicator) else { return false };
        let Some((class, _)) = data.unit else { return false };
        let special = matches!(class, UnitClass::Known(Unit::Vnd | Unit::Percent));
        class != UnitClass::Known(rule.unit)
            && (special || rule.unit == Unit::Vnd || self.report.dictionary.unit_fit(rule.unit, Some(class)) <= 0.0)
    }

    /// What the label and the head state together.
    fn joint(&self, row: &Row<'_>, data: &Data) -> Option<Stated> {
        let unit = data.unit.or(self.unit_or_tables(row.unit));
        let class = unit.map(|(class, _)| class);
        let (label, head) = (&row.words.tokens, &data.head.tokens);
        let orders: [Vec<Token>; 2] =
            [label.iter().chain(head).copied().collect(), head.iter().chain(label).copied().collect()];
        let read = orders
            .iter()
            .filter_map(|tokens| self.reader.best(tokens, &[], None, class).map(|c| (c, tokens)))
            .max_by(|(a, _), (b, _)| a.score.total_cmp(&b.score))?;
        let words = Words::new(label.clone(), self.report.dictionary);
        Some(self.reader.stated(&read.0, &words, unit))
    }

    /// What a row without an indicator of its own states under a head that has one.
    fn under_head(
        &self,
        row: &Row<'_>,
        data: &Data,
        by_head: Option<&Stated>,
        kinds: &Kinds,
    ) -> Result<Stated, (Class, &'static str)> {
        const NOT_TOLD: (Class, &str) = (Class::Unmapped, "row-not-told");
        let joint = (!row.words.is_wordless() && self.names(&row.words)).then(|| self.joint(row, data)).flatten();
        if let Some(joint) = joint
            && self.reader.is_explained(&row.words, joint.indicator)
        {
            if self.reader.is_foreign(&row.words, joint.indicator) {
                return Err((Class::Unmapped, "breakdown-not-in-register"));
            }
            return Ok(self.with_above(joint, row));
        }
        let mut by_head = by_head.ok_or(NOT_TOLD)?.clone();
        by_head.breakdown.retain(|(dimension, _)| !kinds.dimensions.contains(dimension));
        let by_head = &by_head;
        if matches!(row.place, Place::Province(..)) {
            return Ok(by_head.clone());
        }
        if self.reader.is_foreign(&row.words, by_head.indicator) {
            return Err((Class::Unmapped, "breakdown-not-in-register"));
        }
        let mut pairs = self.reader.categories_of_part(&row.words, by_head.indicator);
        if let Some(dimension) =
            row.sibling.as_ref().filter(|_| pairs.is_empty() && row.words.says(Marker::OtherCategory))
        {
            let admitted = self.report.dictionary.indicator(by_head.indicator);
            if admitted.is_some_and(|i| i.breakdowns.contains(dimension)) {
                // «Đối tượng khác» after rows of groups.
                pairs.push((dimension.clone(), OTHER.to_owned()));
            }
        }
        // «Số người», «Số lượng»: a label that names no more than a unit.
        let only_unit = row.words.hits.iter().any(|h| matches!(h.tag, Tag::Unit(_)))
            && row.words.covered(|tag| {
                matches!(tag, Tag::Marker(Marker::Filler | Marker::ResultColumn)) || self.is_general_unit(tag)
            }) > 0.99
            && self.reader.is_only_categories(&row.words, by_head.indicator)
            && !row.words.says(Marker::OtherCategory);
        let said = row.place == Place::Whole
            || !pairs.is_empty()
            || row.coverage.is_some()
            || row.words.is_wordless()
            || only_unit;
        // A label that names another thing is not spoken for by the title.
        if !said || row.place != Place::Whole && !self.reader.is_only_categories(&row.words, by_head.indicator) {
            return Err(NOT_TOLD);
        }
        let mut stated = by_head.clone();
        for (dimension, category) in pairs {
            stated.breakdown.retain(|(d, _)| *d != dimension);
            stated.breakdown.push((dimension, category));
        }
        stated.breakdown.sort();
        Ok(self.with_above(stated, row))
    }

    /// Adds the categories of the rows that this one is a part of.
    fn with_above(&self, mut stated: Stated, row: &Row<'_>) -> Stated {
        for words in &row.hangs_on {
            for (dimension, category) in self.reader.categories(words, stated.indicator) {
                if stated.breakdown.iter().all(|(d, _)| *d != dimension) {
                    stated.breakdown.push((dimension, category));
                }
            }
        }
        stated.breakdown.sort();
        stated
    }

    fn is_general_unit(&self, tag: &Tag) -> bool {
        matches!(tag, Tag::Unit(id) if self.report.dictionary.units.get(usize::from(*id)).is_some_and(|u| u.general))
    }

    fn names(&self, words: &Words) -> bool {
        let around = super::Around {
            source: self.reader.source,
            report: self.period,
            dictionary: self.report.dictionary,
            index_said: false,
            percent_cells: false,
        };
        around.names(words)
    }

    /// Adds the categories that the head states; a head that names a part without saying which, or one that the
    /// register does not admit, tells nothing.
    fn add_head_categories(
        &self,
        stated: &mut Stated,
        data: &Data,
        kinds: &Kinds,
    ) -> Result<(), (Class, &'static str)> {
        if data.derived {
            return Ok(());
        }
        if self.reader.is_foreign(&data.head, stated.indicator) {
            return Err((Class::Unmapped, "breakdown-not-in-register"));
        }
        if !data.leaf.is_wordless() && !self.reader.is_explained(&data.leaf, stated.indicator) {
            return Err((Class::Unmapped, "column-not-told"));
        }
        let mut pairs = self.reader.categories(&data.head, stated.indicator);
        // Under labels of ethnic groups «tỷ lệ trong dân tộc» is the row's own.
        pairs.retain(|(dimension, _)| !kinds.dimensions.contains(dimension));
        if data.parts && pairs.is_empty() && !data.said && !data.leaf.says(Marker::TotalWords) && !data.names {
            return Err((Class::Unmapped, "column-not-told"));
        }
        for (dimension, category) in pairs {
            match stated.breakdown.iter().find(|(d, _)| *d == dimension) {
                Some((_, own)) if *own != category => return Err((Class::Unmapped, "categories-differ")),
                Some(_) => {}
                None => stated.breakdown.push((dimension, category)),
            }
        }
        stated.breakdown.sort();
        Ok(())
    }
}
