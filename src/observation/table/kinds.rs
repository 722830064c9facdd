//! What the labels of a table name (places, provinces, categories), and the units of its rows.

use rust_decimal::Decimal;

use super::column::Column;
use super::lattice::letters;
use super::row::{Kinds, Progress, Row, is_total};
use super::words::Words;
use super::{Interpreter, value::Place};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{Tag, UnitClass};
use crate::document::Cell;
use crate::report::{province_code, provinces_named};
use crate::text::Token;

/// A table with names of this many provinces as labels is one of provinces.
const MANY_PROVINCES: usize = 3;

impl Interpreter<'_> {
    pub(super) fn kinds(&self) -> Kinds {
        let head: Vec<Token> = (self.heads.first..self.heads.body)
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

    /// Whether a label is a place, and what that means.
    pub(super) fn place(&self, words: &Words, kinds: &Kinds) -> Place {
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
        let opens = words.tokens.iter().position(Token::is_word).unwrap_or(0);
        let district = words.hits.iter().any(|h| {
            h.tag == Tag::Marker(Marker::District)
                && h.first as usize == opens
                && words.tokens.get(h.last as usize + 1).is_some_and(|t| t.capital || t.is_number())
        });
        // «Xã Tà Tổng» is a place.
        if is_total(words) && !district {
            return Place::Whole;
        }
        // «6 tháng đầu năm 2023», «Tăng, giảm so với cùng kỳ (%)» below the districts: of all of them.
        if !district && kinds.places && self.is_measure_only(words) {
            return Place::Whole;
        }
        if district || kinds.places && !words.is_wordless() {
            return if words.opens_with(Marker::OpensParts) { Place::None } else { Place::Part };
        }
        Place::None
    }

    /// Whether words say no more than for when, or against what, values are.
    fn is_measure_only(&self, words: &Words) -> bool {
        let measure = [Marker::Cumulative, Marker::SamePeriod, Marker::Compare, Marker::PlanOfYear, Marker::InPeriod];
        let period = || words.coverage(self.reader.source, self.period, self.report.dictionary).coverage.is_some();
        !words.is_wordless() && words.names_measure_only() && (measure.iter().any(|m| words.says(*m)) || period())
    }

    /// The unit of a row: from the unit column, a ditto mark there, or the label's brackets.
    pub(super) fn unit_at(&self, at: usize, label: &Cell, progress: &mut Progress) -> Option<(UnitClass, Decimal)> {
        let column = self.columns.iter().position(|c| matches!(c, Column::UnitName));
        if let Some(cell) = column.and_then(|c| self.lattice.get(at, c)).filter(|c| !c.is_empty()) {
            if matches!(cell.sign(), Some('"' | '\u{201D}' | '\u{201C}' | '\u{3003}')) {
                return progress.unit;
            }
            let words = Words::new(cell.tokens.clone(), self.report.dictionary);
            let unit = if words.percent() {
                Some((UnitClass::Known(Unit::Percent), Decimal::ONE))
            } else {
                words.unit(self.reader.source, self.report.dictionary)
            };
            progress.unit = unit;
            if unit.is_some() {
                return unit;
            }
        }
        let words = Words::new(label.tokens.clone(), self.report.dictionary);
        let mut pairs = label.tokens.windows(2);
        if pairs.any(|pair| matches!(pair, [open, sign] if open.is('(') && sign.is('%'))) {
            return Some((UnitClass::Known(Unit::Percent), Decimal::ONE));
        }
        words.bracketed_unit(self.reader.source, self.report.dictionary)
    }

    /// The words of a row's unit: of its cell, else those in brackets at the end of its label.
    pub(super) fn unit_words(&self, row: &Row<'_>) -> Option<Vec<Token>> {
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
    pub(super) fn unit_or_tables(&self, unit: Option<(UnitClass, Decimal)>) -> Option<(UnitClass, Decimal)> {
        unit.or(match self.reader.around.units.as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    }
}
