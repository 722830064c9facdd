//! What a cell's number or sign means under what its row and column state.

use std::ops::Range;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::super::draft::{Draft, PartOf};
use super::super::model::{Class, Measure, Origin, Qualifier, Status};
use super::super::time::Coverage;
use super::Interpreter;
use super::column::Data;
use super::reading::Stated;
use super::row::Row;
use super::words::Words;
use crate::dictionary::UnitClass;
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::marker::Marker;
use crate::dictionary::register::{Kind, Unit};
use crate::document::Cell;
use crate::mention::number::{Follows, parse};
use crate::mention::{Quantity, Scan};
use crate::period::Period;
use crate::text::{Token, TokenKind, digits};

/// What place a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// None that it names.
    None,
    /// All of the reporting province.
    Whole,
    /// A district or an establishment: a part of it.
    Part,
    /// Another province than the reporting one, or it, by its code.
    Province(String, ProvinceSystem),
    /// Several provinces.
    Region,
}

type Refused = (Class, &'static str);

const NOT_READ: Refused = (Class::Unmapped, "cell-not-read");

/// A number read from a cell.
struct Number {
    value: Decimal,
    /// Bytes of the number.
    span: Range<usize>,
    /// Its token in the cell.
    token: Token,
    /// Whether a sign says which way it goes.
    signed: bool,
    /// Whether the cell names its own unit, which is in the value already.
    in_base: bool,
    percent: bool,
}

impl Interpreter<'_> {
    /// Whether a cell says in words that there was nothing.
    pub(super) fn says_zero(&self, cell: &Cell) -> bool {
        let words = Words::new(cell.tokens.clone(), self.report.dictionary);
        words.says(Marker::Zero) && !words.says(Marker::NotYet) && cell.tokens.len() <= 4
    }

    /// Makes an observation of a cell; its index among the drafts.
    pub(super) fn value(
        &mut self,
        cell: &Cell,
        column: &Data,
        stated: &Stated,
        row: &Row<'_>,
        whole: Option<usize>,
    ) -> Result<usize, Refused> {
        let dictionary = self.report.dictionary;
        let rule = dictionary.indicator(stated.indicator).ok_or(NOT_READ)?;
        // A label that names the measure says more than a head that does not, or that names no more than a period where
        // the label compares.
        let compares =
            |row: &Data| column.measure.is_result() && (row.measure.is_change() || row.measure == Measure::PctOfPlan);
        let data = row.meaning.as_ref().filter(|row| !column.firm || compares(row)).unwrap_or(column);
        let mut measure = data.measure;
        if measure == Measure::Share && rule.kind == Kind::Rate {
            measure = Measure::Actual;
        }
        // The whole makes up itself.
        if measure == Measure::Share && data.head.says(Marker::Structure) && stated.breakdown.is_empty() {
            return Err((Class::Unmapped, "column-not-told"));
        }
        if measure == Measure::Actual && row.coverage == Some(Coverage::Cumulative) && !column.firm {
            measure = Measure::Cumulative;
        }
        if measure == Measure::Cumulative && rule.kind != Kind::Flow {
            measure = Measure::Actual;
        }
        // A row in percent of what is counted otherwise: «Cơ cấu (%)».
        let percent = UnitClass::Known(Unit::Percent);
        let in_percent = row.unit.is_some_and(|(class, _)| class == percent) && rule.unit != Unit::Percent;
        if in_percent && measure.is_result() {
            if stated.breakdown.is_empty() {
                return Err((Class::Unmapped, "unit-differs"));
            }
            measure = Measure::Share;
        }
        let is_result = measure.is_result();
        let dash = matches!(cell.sign(), Some('-' | '\u{2013}' | '\u{2014}'));
        let number = if cell.value.is_none() && (dash || self.says_zero(cell)) {
            if !is_result {
                return Err((Class::Unmapped, "no-value"));
            }
            let token = *cell.tokens.first().ok_or(NOT_READ)?;
            let end = cell.tokens.last().map_or(token.end, |t| t.end) as usize;
            let span = token.start as usize..end;
            Number { value: Decimal::ZERO, span, token, signed: false, in_base: true, percent: false }
        } else {
            self.number(cell, measure, rule.unit, stated)?
        };
        let in_units = !measure.is_percent() && rule.unit != Unit::Percent && !number.in_base;
        if in_units && number.percent {
            return Err((Class::Unmapped, "unit-differs"));
        }
        let factor = if in_units { self.factor(stated, rule.unit) } else { Decimal::ONE };
        let mut value = number.value.checked_mul(factor).ok_or(NOT_READ)?;
        let mut unclear = data.unclear;
        if measure.is_change() {
            if data.falls && !number.signed {
                value = -value;
            }
            if data.index && !(number.signed && cell.value.is_none()) {
                value -= Decimal::ONE_HUNDRED;
            }
            unclear &= !number.signed && !data.falls;
            if unclear {
                return Err((Class::Unmapped, "change-or-index"));
            }
            if rule.kind == Kind::Rate && !data.index {
                measure = match measure {
                    Measure::YoyPct => Measure::YoyAbs,
                    Measure::PrevPct => Measure::PrevAbs,
                    other => other,
                };
            }
        }
        let mut confidence = stated.confidence;
        let loses = dictionary.confidence.loses;
        if unclear {
            confidence -= loses.percent_unclear + 0.15;
        }
        if data.doubtful {
            confidence -= loses.percent_unclear;
        }
        let (period, cumulative) = self.period_of(data, row, measure);
        if cumulative && rule.kind == Kind::Flow && measure == Measure::Actual {
            measure = Measure::Cumulative;
        }
        let province = match &row.place {
            Place::Province(code, system) => Some((code.clone(), *system)),
            _ => None,
        };
        let index = self.linked.drafts.len();
        let (at, quote) = self.place_in_block(&number.token, row);
        self.linked.drafts.push(Draft {
            block: self.block,
            sentence: row.at,
            tokens: at..at + 1,
            span: number.span,
            quote,
            indicator: stated.indicator,
            breakdown: stated.breakdown.clone(),
            measure,
            of: measure.is_relative().then_some(data.of),
            base: if measure.is_relative() { self.report.document.written(&data.head.tokens) } else { String::new() },
            period,
            value,
            qualifier: self.qualifier(cell),
            status: if row.words.says(Marker::Estimate) { Status::Estimate } else { data.status },
            origin: Origin::Table,
            confidence: confidence.clamp(0.05, 0.99),
            rule: stated.rule.clone(),
            part_of: whole.map(|whole| PartOf { whole, exhaustive: false }),
            about: None,
            is_main: !stated.part,
            place: None,
            province,
            candidates: Vec::new(),
        });
        if number.token.is_number() {
            self.linked.all_other(&cell.tokens, Class::Reference, "part-of-number");
            self.linked.others.remove(&number.token.start);
            self.linked.owner.insert(number.token.start, index);
        }
        Ok(index)
    }

    /// The period of a value, if it is not the report's, and whether a label says that it is cumulative.
    fn period_of(&self, data: &Data, row: &Row<'_>, measure: Measure) -> (Option<Period>, bool) {
        let own = (self.period != self.report.period).then_some(self.period);
        if let Some(period) = data.period {
            return (Some(period), false);
        }
        match row.coverage {
            Some(Coverage::Other(period)) if measure.is_result() => (Some(period), false),
            Some(Coverage::Cumulative) if !data.firm => (own, true),
            _ => (own, false),
        }
    }

    /// The factor that turns the written number into the indicator's unit.
    fn factor(&self, stated: &Stated, unit: Unit) -> Decimal {
        let fits = |class: UnitClass| class == UnitClass::Known(unit);
        match stated.class {
            Some(class) if fits(class) || unit != Unit::Vnd => stated.factor,
            _ => self
                .reader
                .around
                .units
                .iter()
                .find(|(class, _)| fits(*class))
                .map_or(stated.factor, |(_, factor)| *factor),
        }
    }

    /// The number of a cell as written or stored; none where there is more than one.
    pub(super) fn plain_number(&self, cell: &Cell) -> Option<Decimal> {
        let mut numbers = cell.tokens.iter().filter(|t| t.is_number());
        let only = numbers.next().filter(|_| numbers.next().is_none());
        cell.value
            .or_else(|| parse(&digits(self.reader.source.slice(only?.range())), Follows::Count, self.reader.convention))
    }

    fn number(&self, cell: &Cell, measure: Measure, unit: Unit, stated: &Stated) -> Result<Number, Refused> {
        let at = cell.tokens.iter().position(Token::is_number).ok_or(NOT_READ)?;
        let token = *cell.tokens.get(at).ok_or(NOT_READ)?;
        if cell.value.is_none() && is_date(&cell.tokens) {
            return Err((Class::Reference, "date"));
        }
        let is_minus = |t: &Token| matches!(t.kind, TokenKind::Punct('-' | '\u{2212}' | '\u{2013}'));
        let before = at.checked_sub(1).and_then(|b| cell.tokens.get(b));
        let percent = cell.percent || cell.tokens.iter().any(|t| t.is('%'));
        let span = token.start as usize..token.end as usize;
        if let Some(value) = cell.value {
            let signed = value.is_sign_negative();
            return Ok(Number { value, span, token, signed, in_base: false, percent });
        }
        let words: Vec<Token> = cell.tokens.iter().filter(|t| t.is_word()).copied().collect();
        let says = |marker: Marker| Words::new(words.clone(), self.report.dictionary).says(marker);
        let down = before.is_some_and(is_minus) || says(Marker::Decrease) || bracketed(&cell.tokens, at);
        let up = before.is_some_and(|t| t.is('+')) || says(Marker::Increase);
        let numbers = cell.tokens.iter().filter(|t| t.is_number()).count();
        let signs = [Marker::Increase, Marker::Decrease, Marker::Under, Marker::Over];
        let bare = words.is_empty() || signs.iter().any(|m| says(*m)) && words.len() <= 2;
        if numbers == 1 && bare {
            let text = digits(self.reader.source.slice(token.range()));
            let follows = if measure.is_percent() || unit == Unit::Percent {
                Follows::Percent
            } else if stated.factor > Decimal::ONE {
                Follows::Scale
            } else {
                Follows::Count
            };
            let value = parse(&text, follows, self.reader.convention).ok_or(NOT_READ)?;
            let value = if down { -value } else { value };
            return Ok(Number { value, span, token, signed: down || up, in_base: false, percent });
        }
        // `1.200 người`, `5,2 tỷ đồng`: the cell names its unit.
        let scan = Scan::of(self.reader.source, &cell.tokens, 0, self.reader.convention, self.report.dictionary);
        let [quantity] = scan.quantities.as_slice() else { return Err(NOT_READ) };
        let value = quantity.value.ok_or(NOT_READ)?;
        let fit = self.report.dictionary.unit_fit(unit, quantity.class);
        if fit <= 0.0 && !measure.is_percent() {
            return Err((Class::Unmapped, "unit-differs"));
        }
        let last = cell.tokens.get(quantity.last).unwrap_or(&token);
        let span = token.start as usize..last.end as usize;
        let in_base = matches!(quantity.class, Some(UnitClass::Known(_)));
        Ok(Number { value: if down { -value } else { value }, span, token, signed: down || up, in_base, percent })
    }

    fn qualifier(&self, cell: &Cell) -> Qualifier {
        let words = Words::new(cell.tokens.clone(), self.report.dictionary);
        let has = |signs: [char; 2]| cell.tokens.iter().any(|t| signs.iter().any(|s| t.is(*s)));
        if has(['<', '\u{2264}']) || words.says(Marker::Under) {
            Qualifier::Under
        } else if has(['>', '\u{2265}']) || words.says(Marker::Over) {
            Qualifier::Over
        } else {
            Qualifier::Exact
        }
    }

    /// A token's index in its block, and the tokens of its row.
    fn place_in_block(&self, token: &Token, row: &Row<'_>) -> (usize, Range<usize>) {
        let at = self.token_index(token.start);
        let first = row.label.tokens.first().map_or(at, |t| self.token_index(t.start)).min(at);
        let last = row.cells.iter().rev().find_map(|c| c.tokens.last()).map_or(at, |t| self.token_index(t.start));
        (at, first..last.max(at) + 1)
    }

    fn token_index(&self, start: u32) -> usize {
        let tokens = self.report.document.blocks.get(self.block).map(|b| b.tokens.as_slice()).unwrap_or_default();
        tokens.partition_point(|t| t.start < start)
    }

    /// Within one row a figure that columns seem to state twice is that of the one that is called a total, and a part
    /// hangs on its total. `totals` are the first bytes of the cells under such a head.
    pub(super) fn settle_row(&mut self, first: usize, totals: &[usize]) {
        self.keep_totals(first, totals);
        let end = self.linked.drafts.len();
        for at in first..end {
            let Some(draft) = self.linked.drafts.get(at) else { continue };
            let same = |other: &Draft| {
                other.indicator == draft.indicator
                    && other.measure == draft.measure
                    && other.period == draft.period
                    && other.status == draft.status
                    && other.of == draft.of
            };
            let own = self.linked.drafts.get(first..end).unwrap_or_default();
            let whole = own.iter().position(|other| {
                same(other)
                    && other.breakdown.len() + 1 == draft.breakdown.len()
                    && other.breakdown.iter().all(|pair| draft.breakdown.contains(pair))
            });
            if let Some(whole) = whole
                && let Some(draft) = self.linked.drafts.get_mut(at)
            {
                draft.part_of = draft.part_of.or(Some(PartOf { whole: first + whole, exhaustive: false }));
            }
        }
    }

    /// Sets aside what a column with another head states of the figure that a column of totals states too.
    fn keep_totals(&mut self, first: usize, totals: &[usize]) {
        self.keep_only(first, |d| totals.contains(&d.span.start), figure_of);
    }

    /// Sets aside what rows of a table state of the figure that a row of totals states too, in the same column: they are
    /// parts that no category tells. `totals` are those rows, from the top down, `first` the first draft of the table.
    pub(super) fn keep_total_rows(&mut self, first: usize, totals: &[usize]) {
        self.keep_only(
            first,
            |d| totals.binary_search(&d.sentence).is_ok(),
            |d| {
                let column = self.lattice.column_of(d.sentence, d.span.start)?;
                Some((column, figure_of(d)?))
            },
        );
    }

    /// Sets aside what many rows of one column state of one and the same figure, each another value: not all can be it, so
    /// their labels name parts that no category tells. The first stays where the others make it up.
    pub(super) fn drop_contradictions(&mut self, first: usize) {
        /// So few may be a figure and its correction.
        const MOST: usize = 2;
        let drafts = self.linked.drafts.get(first..).unwrap_or_default();
        let mut of_figure: FxHashMap<_, Vec<usize>> = FxHashMap::default();
        for (at, draft) in drafts.iter().enumerate() {
            if let (Some(column), Some(figure)) =
                (self.lattice.column_of(draft.sentence, draft.span.start), figure_of(draft))
            {
                of_figure.entry((column, figure)).or_default().push(at);
            }
        }
        let mut lost = vec![false; drafts.len()];
        let value = |at: &usize| drafts.get(*at).map(|d| d.value).unwrap_or_default();
        for (_, rows) in of_figure.into_iter().filter(|(_, rows)| rows.len() > MOST) {
            let mut values: Vec<Decimal> = rows.iter().map(value).collect();
            let (whole, rest) = (values.first().copied().unwrap_or_default(), values.iter().skip(1).sum::<Decimal>());
            let is_whole = whole == rest;
            values.sort();
            values.dedup();
            if values.len() <= MOST {
                continue;
            }
            for at in rows.into_iter().skip(usize::from(is_whole)) {
                if let Some(slot) = lost.get_mut(at) {
                    *slot = true;
                }
            }
        }
        self.set_aside(first, &lost, "rows-contradict");
    }

    /// Of the drafts from `first` on with the same key, keeps the one that `is_total` accepts, if there is one and its value
    /// differs.
    fn keep_only<K: Eq + std::hash::Hash>(
        &mut self,
        first: usize,
        is_total: impl Fn(&Draft) -> bool,
        key: impl Fn(&Draft) -> Option<K>,
    ) {
        let own = self.linked.drafts.get(first..).unwrap_or_default();
        let totals: FxHashMap<K, Decimal> =
            own.iter().filter(|d| is_total(d)).filter_map(|d| Some((key(d)?, d.value))).collect();
        if totals.is_empty() {
            return;
        }
        let is_lost =
            |d: &Draft| !is_total(d) && key(d).and_then(|k| totals.get(&k)).is_some_and(|value| *value != d.value);
        let lost: Vec<bool> = own.iter().map(is_lost).collect();
        self.set_aside(first, &lost, "figure-of-the-total");
    }

    /// Sets aside those of the drafts from `first` on that are lost, for this reason.
    fn set_aside(&mut self, first: usize, lost: &[bool], reason: &'static str) {
        if !lost.contains(&true) {
            return;
        }
        // Where each kept draft comes to stand.
        let mut kept = first;
        let moved: Vec<Option<usize>> = lost
            .iter()
            .map(|lost| {
                let at = kept;
                kept += usize::from(!lost);
                (!lost).then_some(at)
            })
            .collect();
        for (draft, to) in self.linked.drafts.split_off(first).into_iter().zip(&moved) {
            let start = u32::try_from(draft.span.start).unwrap_or(u32::MAX);
            let Some(to) = to else {
                self.linked.owner.remove(&start);
                self.linked.others.insert(start, (Class::Unmapped, reason.to_owned()));
                continue;
            };
            if let Some(owner) = self.linked.owner.get_mut(&start) {
                *owner = *to;
            }
            let part_of = draft.part_of.and_then(|part| {
                let at = part.whole.checked_sub(first);
                let whole = at.map_or(Some(part.whole), |at| moved.get(at).copied().flatten())?;
                Some(PartOf { whole, ..part })
            });
            self.linked.drafts.push(Draft { part_of, ..draft });
        }
    }

    /// A level in the notes of a row of money is the amount for one; what they say of the same period belongs to the
    /// row's value. Other numbers there are no values.
    pub(super) fn note(&mut self, cell: &Cell, first: usize, row: &Row<'_>) {
        let dictionary = self.report.dictionary;
        let scan = Scan::of(self.reader.source, &cell.tokens, 0, self.reader.convention, dictionary);
        // «600.000 đồng và 300.000 đồng/suất»: the last says for one of what.
        let money = |q: &&Quantity| q.class == Some(UnitClass::Known(Unit::Vnd)) && q.value.is_some();
        let per_one = scan.quantities.iter().filter(money).any(|q| q.per_one);
        let levels: Vec<&Quantity> = scan.quantities.iter().filter(money).filter(|_| per_one).collect();
        let own = self.linked.drafts.get(first..).unwrap_or_default();
        let money =
            own.iter().rev().find(|d| dictionary.indicator(d.indicator).is_some_and(|i| i.unit == Unit::Vnd)).cloned();
        let mut taken: Vec<usize> = Vec::new();
        for level in levels {
            let (Some(money), Some(value)) = (money.as_ref(), level.value) else { continue };
            let Some(draft) = self.of_note(money, cell, level, row) else { continue };
            taken.push(self.take_from_note(Draft { measure: Measure::PerUnit, value, ..draft }));
        }
        if let Some(draft) = self.compared_in_note(cell, &scan, first, row) {
            taken.push(self.take_from_note(draft));
        }
        for token in &cell.tokens {
            if !taken.contains(&(token.start as usize)) {
                self.linked.other(token, Class::Reference, "note");
            }
        }
    }

    /// Takes in what a note states; the first byte of its number.
    fn take_from_note(&mut self, draft: Draft) -> usize {
        let start = draft.span.start;
        self.linked.owner.insert(u32::try_from(start).unwrap_or(u32::MAX), self.linked.drafts.len());
        self.linked.drafts.push(draft);
        start
    }

    /// A statement of a note about a value of its row, measure and value still that one's.
    fn of_note(&self, of: &Draft, cell: &Cell, quantity: &Quantity, row: &Row<'_>) -> Option<Draft> {
        let (first, last) = (cell.tokens.get(quantity.first)?, cell.tokens.get(quantity.last)?);
        let (at, quote) = self.place_in_block(first, row);
        Some(Draft {
            tokens: at..at + 1,
            span: first.start as usize..last.end as usize,
            quote,
            of: None,
            base: String::new(),
            qualifier: Qualifier::Exact,
            status: Status::Reported,
            confidence: (of.confidence - self.report.dictionary.confidence.loses.companion).clamp(0.05, 0.99),
            part_of: None,
            about: None,
            is_main: false,
            ..of.clone()
        })
    }

    /// «Cùng kỳ: 31 vụ», «Giảm 05 trẻ em so với cùng kỳ» in the notes.
    fn compared_in_note(&self, cell: &Cell, scan: &Scan, first: usize, row: &Row<'_>) -> Option<Draft> {
        let dictionary = self.report.dictionary;
        let [quantity] = scan.quantities.as_slice() else { return None };
        let words = Words::new(cell.tokens.clone(), dictionary);
        if !words.says(Marker::SamePeriod) {
            return None;
        }
        let is_result = |d: &&Draft| d.measure.is_result() && d.period.is_none();
        let of = self.linked.drafts.get(first..)?.iter().find(is_result)?;
        let rule = dictionary.indicator(of.indicator)?;
        let value = quantity.value?;
        let percent = quantity.class == Some(UnitClass::Known(Unit::Percent));
        let (up, down) = (words.says(Marker::Increase), words.says(Marker::Decrease));
        let counted = dictionary.unit_fit(rule.unit, quantity.class) > 0.5;
        let measure = match (up || down, percent) {
            (true, true) => Measure::YoyPct,
            (true, false) if counted => Measure::YoyAbs,
            (false, false) if counted => Measure::YoyBase,
            _ => return None,
        };
        Some(Draft {
            measure,
            of: measure.is_relative().then_some(of.measure),
            base: self.report.document.written(&cell.tokens),
            value: if down && !up { -value } else { value },
            ..self.of_note(of, cell, quantity, row)?
        })
    }
}

/// Which figure a draft states.
type Figure = (u16, Vec<(String, String)>, Measure, Option<Measure>, Option<Period>, Status, Option<String>);

/// The figure that a draft states; none for the amount for one.
fn figure_of(draft: &Draft) -> Option<Figure> {
    let province = draft.province.as_ref().map(|(code, _)| code.clone());
    let Draft { indicator, measure, of, period, status, .. } = *draft;
    (measure != Measure::PerUnit).then(|| (indicator, draft.breakdown.clone(), measure, of, period, status, province))
}

/// Whether a cell is a date: three numbers with strokes or dashes between.
fn is_date(tokens: &[Token]) -> bool {
    let [day, a, month, b, year, ..] = tokens else { return false };
    let joint = |t: &Token| t.is('/') || t.is('-');
    day.is_number() && joint(a) && month.is_number() && joint(b) && year.is_number()
}

/// `(12,5)`: accountants write a negative number in brackets.
fn bracketed(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|b| tokens.get(b)).is_some_and(|t| t.is('('));
    before && tokens.get(at + 1).is_some_and(|t| t.is(')')) && tokens.len() == 3
}
