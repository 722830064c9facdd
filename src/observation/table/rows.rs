//! The rows of a table from the top down: how far in each stands, what hangs on what, and each cell of values in its
//! turn.

use super::column::{Column, Data};
use super::heads::same_words;
use super::lattice::{has_number, letters};
use super::reading::Stated;
use super::row::{Above, Kinds, OfRows, Progress, Row, is_total, rank};
use super::words::Words;
use super::{Interpreter, value::Place};
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::document::Cell;
use crate::observation::model::{Class, Measure};
use crate::text::{Token, TokenKind};

/// Labels that stand further in than so many steps are not told apart.
const MOST_INDENT: u16 = 9;
/// Rows that state one figure: the fewest that must be its parts.
const LEAST_PARTS: usize = 3;

impl<'a> Interpreter<'a> {
    pub(super) fn rows(&mut self) {
        let kinds = self.kinds();
        let mut by_head: Vec<Option<Stated>> = self.columns.iter().map(|c| self.by_head(c)).collect();
        self.relate_heads(&mut by_head);
        let mut progress = Progress { numbered: self.is_numbered(), ..Progress::default() };
        let first = self.linked.drafts.len();
        for at in self.heads.body..self.lattice.rows() {
            if self.repeats_heads(at) {
                for cell in self.lattice.row(at) {
                    self.linked.all_other(&cell.tokens, Class::Reference, "table-head");
                }
                continue;
            }
            self.row(at, &kinds, &by_head, &mut progress);
        }
        self.read_totals(&kinds, &by_head, &progress);
        self.keep_total_rows(first, &progress.totals);
        self.drop_contradictions(first);
    }

    /// Reads the totals of columns whose heads do not tell what they count, where all rows state one and the same figure:
    /// they are parts of it by something that the register does not know, such as kinds of beneficiaries.
    fn read_totals(&mut self, kinds: &Kinds, by_head: &[Option<Stated>], progress: &Progress) {
        let mut told = by_head.to_vec();
        let mut parted: Vec<usize> = Vec::new();
        for (column, rows) in progress.by_rows.iter().filter(|(_, rows)| rows.alike && rows.count >= LEAST_PARTS) {
            if let Some(slot @ None) = told.get_mut(*column) {
                *slot = Some(rows.first.clone());
                parted.push(*column);
            }
        }
        for at in &progress.totals {
            let is_free = |column: &usize| {
                let cell = self.lattice.own(*at, *column).and_then(|cell| cell.tokens.iter().find(|t| t.is_number()));
                cell.is_some_and(|t| !self.linked.owner.contains_key(&t.start))
            };
            let columns: Vec<usize> = parted.iter().copied().filter(is_free).collect();
            if !columns.is_empty() {
                let mut again = Progress { numbered: progress.numbered, only: Some(columns), ..Progress::default() };
                self.row(*at, kinds, &told, &mut again);
            }
        }
    }

    /// Whether a row's values are greater than another's in all columns of numbers that both fill.
    fn exceeds(&self, row: usize, other: usize) -> bool {
        let number = |row: usize, column: usize| self.lattice.own(row, column).and_then(|c| self.plain_number(c));
        let mut pairs = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, c)| matches!(c, Column::Data(data) if !data.measure.is_percent()))
            .filter_map(|(column, _)| number(row, column).zip(number(other, column)))
            .peekable();
        pairs.peek().is_some() && pairs.all(|(own, other)| own > other)
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

    pub(super) fn label_at(&self, at: usize) -> Option<&'a Cell> {
        self.lattice.own(at, self.heads.label)
    }

    /// Whether many labels carry a number or letter of a list; bullets make no numbered list.
    fn is_numbered(&self) -> bool {
        let labels =
            (self.heads.body..self.lattice.rows()).filter(|at| self.label_at(*at).is_some_and(|c| !c.is_empty()));
        let (mut all, mut numbered) = (0_usize, 0_usize);
        for at in labels.take(400) {
            all += 1;
            numbered += usize::from(self.is_listed(at));
        }
        numbered * 3 > all
    }

    /// Whether a row has a number or letter of its own.
    pub(super) fn is_listed(&self, at: usize) -> bool {
        self.list_sign(at).is_some_and(|rank| rank < rank::DASH)
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
            .filter(|c| progress.only.as_ref().is_none_or(|only| only.contains(c)))
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
        // «Trong đó: lao động nông thôn» below the last of the levels is a part of them all.
        let outgrown = |a: &Above| words.opens_with(Marker::OpensParts) && unit == a.unit && self.exceeds(at, a.at);
        while progress.above.last().is_some_and(outgrown) {
            progress.above.pop();
        }
        if total {
            progress.totals.push(at);
        }
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
            bound_to: None,
            named: None,
            sibling: progress.dimension.clone(),
        };
        if rank >= rank::DASH {
            row.hangs_on = progress.above.iter().filter(|a| !a.opens).map(|a| a.words.clone()).collect();
        }
        row.named = self.named_category(&row, kinds);
        let stated = self.state(&mut row, rank, progress);
        if row.meaning.is_none() {
            row.meaning = progress.above.iter().rev().find_map(Above::meaning).cloned();
        }
        // «Trong đó: nữ» below «Lũy kế 8 tháng»: of the same measure.
        if row.meaning.is_none() && rank >= rank::DASH {
            row.meaning = progress.above.iter().rev().find(|a| !a.opens).and_then(|a| a.measured.clone());
        }
        let mut owners: Vec<Option<usize>> = vec![None; self.columns.len()];
        let first_draft = self.linked.drafts.len();
        for column in valued {
            let Some(cell) = self.lattice.own(at, column) else { continue };
            let Some(Column::Data(data)) = self.columns.get(column) else { continue };
            let mut data = data.as_ref().clone();
            let whole = stated.as_ref().filter(|s| s.part).and_then(|_| {
                let parent = progress.above.iter().rev().find(|a| a.stated.is_some());
                let owners = parent.map(|a| &a.owners).or(progress.main.as_ref().map(|(_, o)| o))?;
                owners.get(column).copied().flatten()
            });
            // What rows of several indicators add up to is none of them.
            let of_one =
                matches!(progress.in_column.get(&column), Some((known, rows)) if known.len() == 1 && *rows > 1);
            let adds_up = row.place == Place::Whole && progress.stated.len() > 1 && !of_one;
            let by_head = by_head.get(column).and_then(Option::as_ref).filter(|_| data.names || !adds_up);
            let resolved = self.resolve(&row, stated.as_ref(), &data, by_head, kinds);
            // «Tỷ lệ nữ (%)» beside «Trong đó nữ»: a share of what is counted, for whatever period.
            let counts =
                |s: &Stated| self.report.dictionary.indicator(s.indicator).is_some_and(|i| i.unit != Unit::Percent);
            if data.measure.is_result()
                && data.leaf.percent()
                && data.leaf.says(Marker::Share)
                && resolved.as_ref().is_ok_and(counts)
            {
                data.measure = Measure::Share;
            }
            let outcome = match &resolved {
                Ok(stated) => self.value(cell, &data, stated, &row, whole),
                Err(refused) => Err(*refused),
            };
            match outcome {
                Ok(draft) => {
                    if let Some(stated) = resolved.ok().filter(|_| by_head.is_none()) {
                        OfRows::add(progress.by_rows.entry(column), stated);
                    }
                    let stated = self.linked.drafts.get(draft).map(|d| d.indicator);
                    let (known, rows) = progress.in_column.entry(column).or_default();
                    *rows += 1;
                    known.extend(stated.filter(|indicator| !known.contains(indicator)));
                    if let Some(slot) = owners.get_mut(column) {
                        *slot = Some(draft);
                    }
                }
                Err((class, reason)) => self.linked.all_other(&cell.tokens, class, reason),
            }
        }
        let totals: Vec<usize> = (0..self.columns.len())
            .filter(|c| {
                let heads_total = |data: &Data| is_total(&data.leaf) || is_total(&data.head) && !data.parts;
                matches!(self.columns.get(*c), Some(Column::Data(data)) if heads_total(data))
            })
            .filter_map(|c| owners.get(c).copied().flatten())
            .filter_map(|at| self.linked.drafts.get(at).map(|d| d.span.start))
            .collect();
        self.settle_row(first_draft, &totals);
        // What was set aside shifts the others.
        for (column, owner) in owners.iter_mut().enumerate() {
            let token = self.lattice.own(at, column).and_then(|c| c.tokens.iter().find(|t| t.is_number()));
            if owner.is_some() {
                *owner = token.and_then(|t| self.linked.owner.get(&t.start).copied()).or(*owner);
            }
        }
        if let Some(indicator) = self.linked.drafts.get(first_draft).map(|d| d.indicator) {
            let named = self.reader.categories_of_part(&row.words, indicator).first().map(|(d, _)| d.clone());
            progress.dimension = named.or(progress.dimension.take());
        }
        if let Some(note) = note.filter(|_| progress.only.is_none()) {
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
            let measured = row.meaning;
            let is_title = measured.is_some() && owners.iter().all(Option::is_none);
            let stated = stated.filter(|_| !is_title);
            progress.above.push(Above {
                at: row.at,
                rank,
                words: row.words,
                unit: row.unit,
                stated,
                owners,
                opens,
                measured,
            });
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
        let indent = u16::try_from(label.indent / 2).unwrap_or(MOST_INDENT).min(MOST_INDENT);
        if let Some(rank) = self.list_sign(at) {
            return rank + indent * u16::from(rank >= rank::DASH);
        }
        let plain = words.tokens.iter().any(Token::is_word);
        if is_total(words) {
            return rank::NUMBER;
        }
        if words.opens_with(Marker::OpensParts) {
            // Below «Trong đó: Nữ» further rows are parts beside it, however far their labels stand in.
            let alone = words.covered(|tag| matches!(tag, Tag::Marker(_))) > 0.99;
            return if alone { rank::PART } else { rank::PART + MOST_INDENT };
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
}
