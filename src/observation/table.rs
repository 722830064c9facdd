//! Tables to observations: what each column is by the words of its head, what each row is by the same dictionary as
//! running text, and what a cell's sign or number then means.

use std::ops::Range;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::breakdown::of_quantity;
use super::candidates::{Candidate, ContextTerms, Reading, SentenceTerms};
use super::draft::{Draft, PartOf};
use super::model::{Class, Measure, Origin, Qualifier, Status};
use super::reach::Reach;
use super::time::{self, Coverage};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::{Kind, Unit};
use crate::dictionary::{Dictionary, Tag, UnitClass};
use crate::document::{BlockKind, Cell, Document, Table};
use crate::mention::number::{Convention, Follows, parse};
use crate::mention::{NumberState, Quantity, QuantityKind, Scan};
use crate::period::Period;
use crate::text::{Token, TokenKind, digits};

/// What a table's numbers became, by their first byte.
#[derive(Debug, Default)]
pub(super) struct TableLinked {
    /// Observations in the making.
    pub drafts: Vec<Draft>,
    /// Numbers that became none: class and reason.
    pub others: FxHashMap<u32, (Class, String)>,
    /// Numbers that did: index in `drafts`.
    pub owner: FxHashMap<u32, usize>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
enum Column {
    RowNumber,
    Label,
    UnitName,
    Note,
    Data(Data),
    Unknown,
}

/// What the values of a column are to their rows.
#[derive(Debug, Clone, PartialEq)]
struct Data {
    measure: Measure,
    of: Measure,
    period: Option<Period>,
    status: Status,
    /// A percentage of the base: 100 is no change.
    index: bool,
    /// Nothing says whether it is an index or a change.
    unclear: bool,
    /// Words of the head, for categories.
    head: Vec<Token>,
}

/// What a row states.
#[derive(Debug, Clone)]
struct Row {
    indicator: u16,
    confidence: f32,
    breakdown: Vec<(String, String)>,
    class: Option<UnitClass>,
    factor: Decimal,
    rule: String,
    part_of: Option<usize>,
}

struct Interpreter<'a> {
    document: &'a Document,
    dictionary: &'a Dictionary,
    report: Period,
    convention: Convention,
    block: usize,
    table: &'a Table,
    linked: &'a mut TableLinked,
    columns: Vec<Column>,
    body: usize,
    context: ContextTerms,
    fields: Vec<u8>,
    unit_of_table: Option<(UnitClass, Decimal)>,
    index_said: bool,
}

/// Reads one table.
pub(super) fn link(
    document: &Document,
    block: usize,
    table: usize,
    report: Period,
    convention: Convention,
    dictionary: &Dictionary,
    linked: &mut TableLinked,
) {
    let Some(table) = document.tables.get(table) else { return };
    let mut interpreter = Interpreter {
        document,
        dictionary,
        report,
        convention,
        block,
        table,
        linked,
        columns: Vec::new(),
        body: 0,
        context: ContextTerms::default(),
        fields: Vec::new(),
        unit_of_table: None,
        index_said: false,
    };
    interpreter.run();
}

fn letters(cell: &Cell) -> usize {
    cell.tokens.iter().filter(|t| t.is_word()).map(|t| (t.end - t.start) as usize).sum()
}

fn has_number(cell: &Cell) -> bool {
    cell.tokens.iter().any(Token::is_number)
}

impl Interpreter<'_> {
    fn cell(&self, row: usize, column: usize) -> Option<&Cell> {
        self.table.rows.get(row)?.iter().find(|c| c.columns.0 <= column && column <= c.columns.1)
    }

    fn find(&self, tokens: &[Token]) -> Vec<crate::dictionary::phrase::Hit<Tag>> {
        let mut hits = Vec::new();
        self.dictionary.trie.find(tokens, &self.dictionary.vocabulary, &mut hits);
        hits
    }

    fn says(&self, tokens: &[Token], marker: Marker) -> bool {
        self.find(tokens).iter().any(|h| h.tag == Tag::Marker(marker))
    }

    fn run(&mut self) {
        self.surroundings();
        let label = self.label_column();
        self.body = self.first_body_row(label);
        self.columns = (0..self.table.columns).map(|c| self.column(c, label)).collect();
        self.relate_columns();
        self.head_numbers();
        let mut main: Option<(Row, Vec<Option<usize>>)> = None;
        let mut section: Vec<Token> = Vec::new();
        for row in self.body..self.table.rows.len() {
            self.row(row, label, &mut main, &mut section);
        }
    }

    /// A percentage or change that does not say what it is about is about the value column before it.
    fn relate_columns(&mut self) {
        let mut before = Measure::Actual;
        for column in &mut self.columns {
            if let Column::Data(data) = column {
                if matches!(data.measure, Measure::Actual | Measure::Cumulative) {
                    before = data.measure;
                } else if data.of == Measure::Actual {
                    data.of = before;
                }
            }
        }
    }

    /// What stands above the table: section headings, caption, unit line.
    fn surroundings(&mut self) {
        let Some(block) = self.document.blocks.get(self.block) else { return };
        self.fields = self.document.sections.get(block.section).map(|s| s.fields.clone()).unwrap_or_default();
        for around in self.document.enclosing(block.section) {
            self.add_context(&around.title.clone(), 0.6);
        }
        let above = self.block.saturating_sub(4)..self.block;
        for at in above.rev() {
            let Some(before) = self.document.blocks.get(at) else { continue };
            let short = before.tokens.len() <= 60;
            if !short || !matches!(before.kind, BlockKind::Heading | BlockKind::Paragraph) {
                break;
            }
            let tokens = before.tokens.clone();
            self.add_context(&tokens, 0.6);
            self.unit_line(&tokens);
        }
        // A note above or below may say that the base of the comparison is 100.
        let near = self.block.saturating_sub(4)..self.block + 3;
        self.index_said = near
            .filter_map(|at| self.document.blocks.get(at))
            .any(|b| !matches!(b.kind, BlockKind::Table(_)) && b.tokens.len() <= 80 && self.says_index(&b.tokens));
    }

    fn says_index(&self, tokens: &[Token]) -> bool {
        let hits = self.find(tokens);
        let base = hits.iter().any(|h| h.tag == Tag::Marker(Marker::SamePeriod));
        base && hits.iter().any(|h| {
            h.tag == Tag::Marker(Marker::IndexBase)
                && (h.first as usize)
                    .checked_sub(1)
                    .and_then(|b| tokens.get(b))
                    .is_some_and(|t| t.is('=') || t.is(':') || t.is_word())
        })
    }

    /// `Đơn vị tính: triệu đồng` above the table.
    fn unit_line(&mut self, tokens: &[Token]) {
        let hits = self.find(tokens);
        let Some(said) = hits.iter().find(|h| h.tag == Tag::Marker(Marker::UnitColumn)) else { return };
        let unit = hits
            .iter()
            .filter(|h| h.first > said.last)
            .filter_map(|h| match h.tag {
                Tag::Unit(id) => Some((id, h.words)),
                _ => None,
            })
            .max_by_key(|(_, words)| *words)
            .and_then(|(id, _)| self.dictionary.units.get(usize::from(id)));
        if let Some(unit) = unit {
            self.unit_of_table = self.unit_of_table.or(Some((unit.class, unit.factor)));
        }
    }

    fn add_context(&mut self, tokens: &[Token], weight: f32) {
        for hit in self.find(tokens) {
            if let Tag::Term(term) = hit.tag {
                let known = self.context.entry(term).or_insert(0.0);
                *known = known.max(weight * (f32::from(hit.words.min(5)) + 1.0) / 2.0);
            }
        }
    }

    /// The column with the most words.
    fn label_column(&self) -> usize {
        (0..self.table.columns)
            .max_by_key(|column| {
                let total: usize = (0..self.table.rows.len())
                    .filter_map(|row| self.cell(row, *column))
                    .filter(|c| !has_number(c) || letters(c) > 8)
                    .map(|c| letters(c).min(60))
                    .sum();
                (total, std::cmp::Reverse(*column))
            })
            .unwrap_or(0)
    }

    fn is_numbering(&self, row: usize) -> bool {
        let Some(cells) = self.table.rows.get(row) else { return false };
        let filled: Vec<&Cell> = cells.iter().filter(|c| !c.is_empty()).collect();
        let single = |c: &&Cell| {
            c.tokens.iter().all(|t| match t.kind {
                TokenKind::Word => t.end - t.start <= 2 && t.capital,
                TokenKind::Number => t.end - t.start <= 2,
                _ => true,
            }) && c.tokens.iter().any(|t| t.is_word() || t.is_number())
        };
        let numbers = filled.iter().filter(|c| has_number(c)).count();
        filled.len() >= 3 && numbers >= 1 && filled.iter().all(single) && letters_in(&filled) <= filled.len() * 2
    }

    fn first_body_row(&self, label: usize) -> usize {
        let mut body = 0;
        for row in 0..self.table.rows.len() {
            if self.is_numbering(row) {
                body = row + 1;
                continue;
            }
            let worded = self.cell(row, label).is_some_and(|c| letters(c) > 1);
            let valued = (0..self.table.columns).filter(|c| *c > label).any(|column| {
                self.cell(row, column).is_some_and(|c| c.sign().is_some_and(|s| s != '"') || self.opens_with_value(c))
            });
            if worded && valued {
                return row;
            }
            if row > body + 4 {
                break;
            }
        }
        body.max(1).min(self.table.rows.len())
    }

    /// Whether a cell holds a value rather than a head such as `KH 2024`.
    fn opens_with_value(&self, cell: &Cell) -> bool {
        let first = cell.tokens.iter().find(|t| !matches!(t.kind, TokenKind::Punct(_)));
        first.is_some_and(|t| {
            let text = self.document.source.slice(t.range());
            let year = text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
            t.is_number() && !(year && letters(cell) == 0 && cell.tokens.len() == 1) && letters(cell) <= 12
        })
    }

    fn head(&self, column: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        for row in 0..self.body {
            if self.is_numbering(row) {
                continue;
            }
            let cell = self.cell(row, column).filter(|c| !c.is_empty());
            // A head that covers several columns is written in the first of them.
            let cell = cell.or_else(|| {
                let below = (row + 1..self.body).any(|r| self.cell(r, column).is_some_and(|c| !c.is_empty()));
                let left = (0..column)
                    .rev()
                    .find_map(|c| self.cell(row, c).filter(|cell| !cell.is_empty()).map(|cell| (c, cell)));
                left.filter(|(c, _)| {
                    below
                        && (*c + 1..=column)
                            .all(|k| (row + 1..self.body).any(|r| self.cell(r, k).is_some_and(|x| !x.is_empty())))
                })
                .map(|(_, cell)| cell)
            });
            tokens.extend(cell.map(|c| c.tokens.clone()).unwrap_or_default());
        }
        tokens
    }

    fn column(&self, column: usize, label: usize) -> Column {
        if column == label {
            return Column::Label;
        }
        let head = self.head(column);
        let cells: Vec<&Cell> = (self.body..self.table.rows.len()).filter_map(|row| self.cell(row, column)).collect();
        let filled: Vec<&&Cell> = cells.iter().filter(|c| !c.is_empty()).collect();
        if self.says(&head, Marker::RowNumber)
            || column < label && filled.iter().all(|c| c.tokens.len() <= 3 && letters(c) <= 4)
        {
            return Column::RowNumber;
        }
        if self.says(&head, Marker::NoteColumn) {
            return Column::Note;
        }
        let named = filled.iter().filter(|c| letters(c) > 0 || c.sign() == Some('"') || c.sign() == Some('%')).count();
        if self.says(&head, Marker::UnitColumn) && named * 2 >= filled.len()
            || named > 0
                && named == filled.len()
                && filled.iter().all(|c| !has_number(c))
                && filled.iter().any(|c| self.find(&c.tokens).iter().any(|h| matches!(h.tag, Tag::Unit(_))))
        {
            return Column::UnitName;
        }
        if filled.iter().any(|c| has_number(c) || c.sign().is_some()) { self.data(head) } else { Column::Unknown }
    }

    fn data(&self, head: Vec<Token>) -> Column {
        let hits = self.find(&head);
        let says = |marker: Marker| hits.iter().any(|h| h.tag == Tag::Marker(marker));
        let percent = head.iter().any(|t| t.is('%')) || says(Marker::Percent) || says(Marker::Share);
        let compares = says(Marker::Compare);
        let signed = says(Marker::Increase)
            || says(Marker::Decrease)
            || head.windows(2).any(|w| matches!(w, [a, b] if (a.is('+') || a.is('-')) && (b.is(')') || b.is('/'))));
        let scan = Scan::of(&self.document.source, &head, 0, Convention::default(), self.dictionary);
        let mentioned: Vec<Option<Coverage>> = scan
            .periods
            .iter()
            .map(|m| {
                let mut only = head.get(m.first..=m.last).unwrap_or_default().to_vec();
                for token in &mut only {
                    token.spaced = true;
                }
                let alone = Scan::of(&self.document.source, &only, 0, Convention::default(), self.dictionary);
                time::events(&only, &alone, &(0..only.len()), self.report).first().map(|e| e.coverage)
            })
            .collect();
        let coverage = mentioned.iter().rev().flatten().next().copied();
        let cumulative = says(Marker::Cumulative) || coverage == Some(Coverage::Cumulative);
        let of = if cumulative { Measure::Cumulative } else { Measure::Actual };
        let plan = says(Marker::PlanOfYear);
        let against_last_year =
            matches!(coverage, Some(Coverage::Other(p)) if p.year + 1 == self.report.year) && (compares || percent);
        let same = says(Marker::SamePeriod) || against_last_year;
        let previous = says(Marker::PreviousPeriod) && !cumulative && coverage.is_none();
        let index_named = says(Marker::IndexBase);
        let percent = percent || index_named && compares;
        let index_said = self.index_said || index_named || says(Marker::Equal);
        let status = if says(Marker::Estimate) { Status::Estimate } else { Status::Reported };
        let (measure, index, unclear) = if same && (percent || compares || signed) {
            if percent { (Measure::YoyPct, !signed, !signed && !index_said) } else { (Measure::YoyAbs, false, !signed) }
        } else if previous && (percent || compares || signed) {
            if percent {
                (Measure::PrevPct, !signed, !signed && !index_said)
            } else {
                (Measure::PrevAbs, false, !signed)
            }
        } else if plan && (percent || compares) {
            (Measure::PctOfPlan, false, false)
        } else if plan {
            (Measure::Plan, false, false)
        } else if same {
            (Measure::YoyBase, false, false)
        } else if previous {
            return Column::Unknown;
        } else if percent
            && !cumulative
            && hits.iter().all(|h| !matches!(h.tag, Tag::Marker(Marker::ResultColumn)))
            && coverage.is_none()
        {
            (Measure::Share, false, true)
        } else if cumulative {
            (Measure::Cumulative, false, false)
        } else {
            (Measure::Actual, false, false)
        };
        let last_year = |p: Period| p.kind == self.report.kind && p.year + 1 == self.report.year;
        let measure = match coverage {
            Some(Coverage::Other(period)) if last_year(period) && measure == Measure::Actual => Measure::YoyBase,
            _ => measure,
        };
        let period = match coverage {
            Some(Coverage::Other(period)) if matches!(measure, Measure::Actual | Measure::Cumulative) => Some(period),
            _ => None,
        };
        Column::Data(Data { measure, of, period, status, index, unclear, head })
    }

    fn other(&mut self, token: &Token, class: Class, reason: &str) {
        if token.is_number() {
            self.linked.others.insert(token.start, (class, reason.to_owned()));
        }
    }

    fn head_numbers(&mut self) {
        for row in 0..self.body {
            let reason = if self.is_numbering(row) { "column-number" } else { "table-head" };
            let tokens: Vec<Token> =
                self.table.rows.get(row).into_iter().flatten().flat_map(|c| c.tokens.clone()).collect();
            for token in tokens {
                self.other(&token, Class::Reference, reason);
            }
        }
    }

    fn row(&mut self, at: usize, label: usize, main: &mut Option<(Row, Vec<Option<usize>>)>, section: &mut Vec<Token>) {
        let Some(cells) = self.table.rows.get(at) else { return };
        let cells = cells.clone();
        let label_cell =
            cells.iter().find(|c| c.columns.0 <= label && label <= c.columns.1).cloned().unwrap_or_default();
        let mut notes: Option<Cell> = None;
        for cell in &cells {
            let is_value =
                (cell.columns.0..=cell.columns.1).any(|c| matches!(self.columns.get(c), Some(Column::Data(_))));
            let reason = match self.columns.get(cell.columns.0) {
                _ if is_value && cell.columns != label_cell.columns => continue,
                Some(Column::RowNumber) => "row-number",
                Some(Column::Note) => {
                    notes = Some(cell.clone());
                    continue;
                }
                Some(Column::Unknown) => "column-not-told",
                _ => "row-label",
            };
            let class = if reason == "column-not-told" { Class::Unmapped } else { Class::Reference };
            for token in cell.tokens.clone() {
                self.other(&token, class, reason);
            }
        }
        let has_values = cells.iter().any(|c| {
            matches!(self.columns.get(c.columns.0), Some(Column::Data(_))) && (has_number(c) || c.sign().is_some())
        });
        if !has_values {
            for token in notes.iter().flat_map(|n| n.tokens.clone()) {
                self.other(&token, Class::Reference, "note");
            }
            if letters(&label_cell) > 2 {
                section.clone_from(&label_cell.tokens);
            }
            return;
        }
        let mut row = self.read_row(at, &label_cell, main.as_ref().map(|(r, _)| r), section, cells.first());
        if row.is_none() && self.says(&label_cell.tokens, Marker::TotalWords) && !section.is_empty() {
            let group = Cell { tokens: section.clone(), ..Cell::default() };
            row = self.read_row(at, &group, None, &[], None);
        }
        let is_part = row.as_ref().is_some_and(|r| r.part_of.is_some());
        let mut owners: Vec<Option<usize>> = vec![None; self.table.columns];
        for cell in &cells {
            let Some(Column::Data(data)) = self.columns.get(cell.columns.0).cloned() else { continue };
            if cell.columns == label_cell.columns {
                continue;
            }
            match &row {
                Some(row) => {
                    let whole = main.as_ref().and_then(|(_, o)| o.get(cell.columns.0).copied().flatten());
                    let made = self.value(cell, &data, row, &label_cell, &cells, if is_part { whole } else { None });
                    if let Some(slot) = owners.get_mut(cell.columns.0) {
                        *slot = made;
                    }
                }
                None if self.by_head(cell, &data, &label_cell, &cells, at) => {}
                None => {
                    let district = self.says(&label_cell.tokens, Marker::District);
                    for token in cell.tokens.clone() {
                        self.other(&token, Class::Unmapped, if district { "district-row" } else { "row-not-told" });
                    }
                }
            }
        }
        if let Some(note) = notes {
            self.note(&note, row.as_ref(), &label_cell, &cells);
        }
        match row {
            Some(row) if !is_part => *main = Some((row, owners)),
            Some(_) => {}
            None => {
                if label_cell.tokens.first().is_some_and(|t| t.is_word())
                    && !self.says(&label_cell.tokens, Marker::OpensParts)
                {
                    *main = None;
                }
            }
        }
    }

    /// A level in the notes of a row of money is the amount for one; other numbers there are no values.
    fn note(&mut self, cell: &Cell, row: Option<&Row>, label: &Cell, cells: &[Cell]) {
        let scan = Scan::of(&self.document.source, &cell.tokens, 0, self.convention, self.dictionary);
        let level = scan
            .quantities
            .iter()
            .find(|q| q.class == Some(UnitClass::Known(Unit::Vnd)) && q.per_one && q.value.is_some());
        let money = row.filter(|r| self.dictionary.indicator(r.indicator).is_some_and(|i| i.unit == Unit::Vnd));
        let mut taken: Option<u32> = None;
        if let (Some(level), Some(row)) = (level, money)
            && let (Some(value), Some(first), Some(last)) =
                (level.value, cell.tokens.get(level.first), cell.tokens.get(level.last))
        {
            let at = self.token_index(first.start);
            let from = self.token_index(label.tokens.first().map_or(first.start, |t| t.start));
            let to = cells.iter().flat_map(|c| c.tokens.last()).map(|t| self.token_index(t.start)).max().unwrap_or(at);
            let index = self.linked.drafts.len();
            self.linked.drafts.push(Draft {
                block: self.block,
                sentence: 0,
                tokens: at..at + 1,
                span: first.start as usize..last.end as usize,
                quote: quote_range(from, to),
                indicator: row.indicator,
                breakdown: row.breakdown.clone(),
                measure: Measure::PerUnit,
                of: None,
                base: String::new(),
                period: None,
                value,
                qualifier: Qualifier::Exact,
                status: Status::Reported,
                origin: Origin::Table,
                confidence: (row.confidence - self.dictionary.confidence.loses.companion).clamp(0.05, 0.99),
                rule: row.rule.clone(),
                part_of: None,
                is_main: false,
                place: None,
                candidates: Vec::new(),
            });
            self.linked.owner.insert(first.start, index);
            taken = Some(first.start);
        }
        for token in cell.tokens.clone() {
            if Some(token.start) != taken {
                self.other(&token, Class::Reference, "note");
            }
        }
    }

    /// A row that is a total or a category of the indicator named by the column's head.
    fn by_head(&mut self, cell: &Cell, data: &Data, label: &Cell, cells: &[Cell], at: usize) -> bool {
        let district = self.says(&label.tokens, Marker::District);
        let total = self.says(&label.tokens, Marker::TotalWords) || self.says(&label.tokens, Marker::WholeProvince);
        let head = Cell { tokens: data.head.clone(), ..Cell::default() };
        let Some(mut row) = self.read_row(at, &head, None, &[], None) else { return false };
        let Some(rule) = self.dictionary.indicator(row.indicator).cloned() else { return false };
        let (scan, quantity) = self.label_scan(&label.tokens, None);
        let pairs = of_quantity(
            &label.tokens,
            &scan,
            &quantity,
            &(0..label.tokens.len()),
            &rule.id,
            &rule.breakdowns,
            self.dictionary,
        );
        if !total && (pairs.is_empty() || district) {
            return false;
        }
        row.breakdown = pairs;
        self.value(cell, data, &row, label, cells, None).is_some()
    }

    /// The unit of a row: from the unit column, a ditto mark there, the label's brackets, or the line above the table.
    fn unit_of(&self, at: usize, label: &Cell) -> (Option<UnitClass>, Decimal) {
        let column = self.columns.iter().position(|c| *c == Column::UnitName);
        if let Some(column) = column {
            for row in (self.body..=at).rev() {
                let Some(cell) = self.cell(row, column).filter(|c| !c.is_empty()) else {
                    if row == at {
                        break;
                    } else {
                        continue;
                    };
                };
                if cell.sign() == Some('"') || cell.sign() == Some('\u{201D}') || cell.sign() == Some('\u{201C}') {
                    continue;
                }
                if cell.tokens.iter().any(|t| t.is('%')) {
                    return (Some(UnitClass::Known(Unit::Percent)), Decimal::ONE);
                }
                if let Some(unit) = self.unit_in(&cell.tokens) {
                    return unit;
                }
                break;
            }
        }
        if let Some(open) = label.tokens.iter().position(|t| t.is('(')) {
            let inside = label.tokens.get(open + 1..).unwrap_or_default();
            if inside.first().is_some_and(|t| t.is('%')) {
                return (Some(UnitClass::Known(Unit::Percent)), Decimal::ONE);
            }
            if let Some(unit) = self.unit_in(inside) {
                return unit;
            }
        }
        self.unit_of_table.map_or((None, Decimal::ONE), |(class, factor)| (Some(class), factor))
    }

    fn unit_in(&self, tokens: &[Token]) -> Option<(Option<UnitClass>, Decimal)> {
        let unit = self
            .find(tokens)
            .iter()
            .filter_map(|h| match h.tag {
                Tag::Unit(id) => Some((h.words, std::cmp::Reverse(h.first), id)),
                _ => None,
            })
            .max()
            .and_then(|(_, _, id)| self.dictionary.units.get(usize::from(id)))?;
        Some((Some(unit.class), unit.factor))
    }

    fn read_row(
        &self,
        at: usize,
        label: &Cell,
        main: Option<&Row>,
        section: &[Token],
        first: Option<&Cell>,
    ) -> Option<Row> {
        let (class, factor) = self.unit_of(at, label);
        let tokens = &label.tokens;
        let candidate = self.best(tokens, section, class);
        let bullet = tokens.first().is_some_and(|t| matches!(t.kind, TokenKind::Punct('-' | '+' | '\u{2013}')))
            || first.is_some_and(|c| c.sign().is_some_and(|s| matches!(s, '-' | '+')));
        let opens = self.says(tokens, Marker::OpensParts);
        let set_in = label.indent >= 2;
        let (scan, quantity) = self.label_scan(tokens, class);
        if let Some(main) = main {
            let rule = self.dictionary.indicator(main.indicator)?;
            let pairs =
                of_quantity(tokens, &scan, &quantity, &(0..tokens.len()), &rule.id, &rule.breakdowns, self.dictionary);
            let own_stronger = candidate.is_some_and(|c| c.indicator != main.indicator && c.score > 2.4 && !opens);
            let depends = bullet || opens || set_in || candidate.is_none();
            if depends && !pairs.is_empty() && !own_stronger {
                let mut breakdown = main.breakdown.clone();
                breakdown.retain(|(d, _)| pairs.iter().all(|(p, _)| p != d));
                breakdown.extend(pairs);
                breakdown.sort();
                let loses = self.dictionary.confidence.loses;
                return Some(Row {
                    indicator: main.indicator,
                    confidence: main.confidence - loses.inherited,
                    breakdown,
                    class: class.or(main.class),
                    factor: if class.is_some() { factor } else { main.factor },
                    rule: format!("part of: {}", main.rule),
                    part_of: Some(0),
                });
            }
        }
        let candidate = candidate?;
        let rule = self.dictionary.indicator(candidate.indicator)?;
        let breakdown =
            of_quantity(tokens, &scan, &quantity, &(0..tokens.len()), &rule.id, &rule.breakdowns, self.dictionary);
        let weights = self.dictionary.confidence;
        let mut confidence = weights.start;
        if candidate.score < weights.scores.strong {
            confidence -= weights.loses.weak;
        }
        if candidate.from_context {
            confidence -= weights.loses.table_context;
        }
        if candidate.fit < 0.95 && class.is_some() {
            confidence -= weights.loses.unit_differs;
        }
        Some(Row {
            indicator: candidate.indicator,
            confidence,
            breakdown,
            class,
            factor,
            rule: self.dictionary.wordings.get(candidate.wording as usize).map(|w| w.text.clone()).unwrap_or_default(),
            part_of: None,
        })
    }

    /// The label's evidence, with a quantity put after its words.
    fn label_scan(&self, tokens: &[Token], class: Option<UnitClass>) -> (Scan, Quantity) {
        let mut scan = Scan::of(&self.document.source, tokens, 0, self.convention, self.dictionary);
        let quantity = Quantity {
            first: tokens.len(),
            last: tokens.len(),
            noun: tokens.len() + 1..tokens.len() + 1,
            value: None,
            class,
            kind: QuantityKind::Plain,
            approx: None,
            upper: None,
            per_one: false,
            per_month: false,
        };
        scan.quantities = vec![quantity.clone()];
        scan.depth.push(0);
        scan.numbers.push(NumberState::NotANumber);
        (scan, quantity)
    }

    fn best(&self, tokens: &[Token], section: &[Token], class: Option<UnitClass>) -> Option<Candidate> {
        let (scan, _) = self.label_scan(tokens, class);
        let all = 0..tokens.len() + 1;
        let reach = Reach {
            sentence: all.clone(),
            quantities: 0..1,
            strict: vec![all],
            unsplit: vec![false],
            item_start: vec![0],
            item_end: vec![tokens.len() + 1],
        };
        let mut context = self.context.clone();
        for hit in self.find(section) {
            if let Tag::Term(term) = hit.tag {
                context.insert(term, 1.2);
            }
        }
        let mut fields = self.fields.clone();
        for hit in self.find(section) {
            if let Tag::Field(field) = hit.tag {
                fields.push(field);
            }
        }
        let terms = SentenceTerms::of(&scan, &reach, &context, self.dictionary);
        let reading = Reading {
            tokens,
            dictionary: self.dictionary,
            scan: &scan,
            reach: &reach,
            terms: &terms,
            context: &context,
            fields: &fields,
            index: 0,
            any_unit: false,
            by_title: false,
        };
        let enough = self.dictionary.confidence.scores.enough;
        let own = reading.candidates().into_iter().find(|c| c.score >= enough);
        if own.is_some() || class != Some(UnitClass::Known(Unit::Vnd)) {
            return own;
        }
        // An amount in a row that names what is counted is the money of that count.
        let count = Reading { any_unit: true, ..reading }.candidates().into_iter().find(|c| c.score >= enough)?;
        let field = |i: u16| self.dictionary.indicator(i).map(|x| x.domain().to_owned());
        let money = self.dictionary.rules.iter().enumerate().find_map(|(at, rules)| {
            let at = u16::try_from(at).ok()?;
            (rules.is_money && rules.companion_of.contains(&count.indicator) && field(at) == field(count.indicator))
                .then_some(at)
        })?;
        Some(Candidate { indicator: money, ..count })
    }

    /// Index of a token in its block.
    fn token_index(&self, start: u32) -> usize {
        self.document.blocks.get(self.block).and_then(|b| b.tokens.iter().position(|t| t.start == start)).unwrap_or(0)
    }

    fn value(
        &mut self,
        cell: &Cell,
        data: &Data,
        row: &Row,
        label: &Cell,
        cells: &[Cell],
        whole: Option<usize>,
    ) -> Option<usize> {
        let rule = self.dictionary.indicator(row.indicator)?.clone();
        let is_result = matches!(data.measure, Measure::Actual | Measure::Cumulative);
        let zero = matches!(cell.sign(), Some('-' | '\u{2013}' | '\u{2014}')) && is_result;
        let number = cell.tokens.iter().position(Token::is_number);
        if number.is_none() && !zero {
            return None;
        }
        let mut measure = data.measure;
        if matches!(measure, Measure::Share) && rule.kind == Kind::Rate {
            measure = Measure::Actual;
        }
        if measure == Measure::Cumulative && rule.kind != Kind::Flow {
            measure = Measure::Actual;
        }
        let token = *(if zero { cell.tokens.first()? } else { cell.tokens.get(number?)? });
        let token = &token;
        let value = if zero {
            Decimal::ZERO
        } else {
            let numbers = cell.tokens.iter().filter(|t| t.is_number()).count();
            let words = cell.tokens.iter().filter(|t| t.is_word()).count();
            let text = digits(self.document.source.slice(token.range())).into_owned();
            let follows = if measure.is_percent() || rule.unit == Unit::Percent {
                Follows::Percent
            } else if row.factor > Decimal::ONE {
                Follows::Scale
            } else {
                Follows::Count
            };
            let parsed = if numbers == 1 && words == 0 { parse(&text, follows, self.convention) } else { None };
            let Some(parsed) = parsed else {
                for token in cell.tokens.clone() {
                    self.other(&token, Class::Unmapped, "cell-not-read");
                }
                return None;
            };
            parsed
        };
        let negative = number.and_then(|n| n.checked_sub(1)).and_then(|b| cell.tokens.get(b)).is_some_and(|t| {
            matches!(t.kind, TokenKind::Punct('-' | '\u{2212}' | '\u{2013}'))
                || self.says(std::slice::from_ref(t), Marker::Decrease)
        });
        let in_units = !measure.is_percent() && rule.unit != Unit::Percent;
        let mut value = if in_units { value.checked_mul(row.factor)? } else { value };
        let signed = cell.tokens.iter().any(|t| t.is('+')) || negative;
        let mut unclear = data.unclear;
        if matches!(measure, Measure::YoyPct | Measure::PrevPct | Measure::YoyAbs | Measure::PrevAbs) {
            if negative {
                value = -value;
            }
            if data.index && !signed {
                value -= Decimal::ONE_HUNDRED;
            }
            unclear &= !signed;
            if rule.kind == Kind::Rate && !data.index {
                measure = match measure {
                    Measure::YoyPct => Measure::YoyAbs,
                    Measure::PrevPct => Measure::PrevAbs,
                    other => other,
                };
            }
        }
        if unclear && matches!(measure, Measure::YoyPct | Measure::PrevPct | Measure::YoyAbs | Measure::PrevAbs) {
            self.other(token, Class::Unmapped, "change-or-index");
            return None;
        }
        let heads = self.find(&data.head);
        let mut breakdown = row.breakdown.clone();
        if heads.iter().any(|h| matches!(h.tag, Tag::Category(_))) {
            let (scan, quantity) = self.label_scan(&data.head, None);
            let pairs = of_quantity(
                &data.head,
                &scan,
                &quantity,
                &(0..data.head.len()),
                &rule.id,
                &rule.breakdowns,
                self.dictionary,
            );
            for (dimension, category) in pairs {
                if breakdown.iter().all(|(d, _)| *d != dimension) {
                    breakdown.push((dimension, category));
                }
            }
            breakdown.sort();
        }
        let mut confidence = row.confidence;
        if unclear {
            confidence -= self.dictionary.confidence.loses.percent_unclear + 0.15;
        }
        let at = self.token_index(token.start);
        let first = self.token_index(label.tokens.first().map_or(token.start, |t| t.start));
        let last = cells.iter().flat_map(|c| c.tokens.last()).map(|t| self.token_index(t.start)).max().unwrap_or(at);
        let index = self.linked.drafts.len();
        self.linked.drafts.push(Draft {
            block: self.block,
            sentence: 0,
            tokens: at..at + 1,
            span: token.range(),
            quote: quote_range(first, last),
            indicator: row.indicator,
            breakdown,
            measure,
            of: measure.is_relative().then_some(data.of),
            base: if measure.is_relative() { self.document.written(&data.head) } else { String::new() },
            period: data.period,
            value,
            qualifier: if cell.tokens.iter().any(|t| t.is('<') || t.is('\u{2264}'))
                || self.says(&cell.tokens, Marker::Under)
            {
                Qualifier::Under
            } else if cell.tokens.iter().any(|t| t.is('>') || t.is('\u{2265}')) || self.says(&cell.tokens, Marker::Over)
            {
                Qualifier::Over
            } else {
                Qualifier::Exact
            },
            status: data.status,
            origin: Origin::Table,
            confidence: confidence.clamp(0.05, 0.99),
            rule: row.rule.clone(),
            part_of: whole.map(|whole| PartOf { whole, exhaustive: false }),
            is_main: row.part_of.is_none(),
            place: None,
            candidates: Vec::new(),
        });
        if token.is_number() {
            self.linked.owner.insert(token.start, index);
        }
        Some(index)
    }
}

fn letters_in(cells: &[&Cell]) -> usize {
    cells.iter().map(|c| letters(c)).sum()
}

fn quote_range(first: usize, last: usize) -> Range<usize> {
    first..last.max(first) + 1
}
