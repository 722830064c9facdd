//! Where the heads of a table end, and what each column is by them.

use super::column::{Around, Column, Data, Formula, key, previous_of};
use super::lattice::{Lattice, has_number, letters};
use super::row::is_total;
use super::words::Words;
use crate::dictionary::marker::Marker;
use crate::dictionary::{Dictionary, Tag};
use crate::document::Cell;
use crate::observation::model::Measure;
use crate::period::Period;
use crate::text::{SourceText, Token, TokenKind, fold};

/// Heads have at most this many rows beyond the last one that numbers the columns.
const MOST_HEAD_ROWS: usize = 6;
/// How much more than a head's the words of a row with values tell which column holds the labels.
const LABEL_WEIGHT: usize = 8;
/// Of long columns this many cells are looked at to tell what they hold.
const SAMPLE: usize = 400;

/// A table's heads.
pub(super) struct Heads<'a> {
    pub source: &'a SourceText,
    pub dictionary: &'a Dictionary,
    pub lattice: &'a Lattice<'a>,
    /// The column of labels.
    pub label: usize,
    /// The first row of heads: those above it are the table's title and unit line.
    pub first: usize,
    /// The first row below the heads.
    pub body: usize,
}

impl<'a> Heads<'a> {
    /// Finds the column of labels and the first row of values.
    pub(super) fn of(source: &'a SourceText, lattice: &'a Lattice<'a>, dictionary: &'a Dictionary) -> Self {
        let mut heads = Self { source, dictionary, lattice, label: 0, first: 0, body: 0 };
        heads.label = heads.label_column();
        heads.body = heads.first_body_row();
        heads.first = (0..heads.body.saturating_sub(1)).find(|row| !heads.is_title(*row)).unwrap_or(0);
        heads
    }

    /// The cells of the rows above the heads.
    pub(super) fn titles(&self) -> impl Iterator<Item = &'a Cell> {
        (0..self.first).flat_map(|row| self.lattice.row(row)).filter(|c| !c.is_empty())
    }

    /// Whether a row is a title over all columns, or names the unit of all, rather than heads.
    fn is_title(&self, row: usize) -> bool {
        let filled: Vec<&Cell> = self.lattice.row(row).iter().filter(|c| !c.is_empty()).collect();
        let unit_line = |cell: &&&Cell| {
            let words = Words::new(cell.tokens.clone(), self.dictionary);
            words.opens_with(Marker::UnitColumn)
                && (words.percent() || words.hits.iter().any(|h| matches!(h.tag, Tag::Unit(_))))
        };
        let low = filled.iter().all(|c| c.row_span <= 1);
        let named = || filled.iter().any(|c| unit_line(&c));
        match filled.as_slice() {
            [] => true,
            [only] => low && (only.columns.0 == 0 && only.columns.1 + 1 >= self.lattice.columns() || named()),
            [_, _] => low && named() && self.lattice.columns() > 2,
            _ => false,
        }
    }

    /// The column with the most words that has values to its right.
    fn label_column(&self) -> usize {
        let rows = self.lattice.rows();
        let mut words = vec![0_usize; self.lattice.columns()];
        let mut numbers = vec![0_usize; self.lattice.columns()];
        for row in 0..rows.min(SAMPLE) {
            let cells = self.lattice.row(row);
            let value = |c: &&Cell| self.opens_with_value(c) || c.sign().is_some_and(|s| s != '"');
            let last_value = cells.iter().filter(value).map(|c| c.columns.0).max();
            for cell in cells {
                let column = cell.columns.0;
                if value(&cell) {
                    if let Some(sum) = numbers.get_mut(column) {
                        *sum += 1;
                    }
                    continue;
                }
                // A wide cell without values to its right is a head or a section's title.
                let wide = cell.columns.1 > column && last_value.is_none_or(|last| last <= cell.columns.1);
                // Labels stand before values; heads have none beside them.
                let weight = if last_value.is_some_and(|last| last > cell.columns.1) { LABEL_WEIGHT } else { 1 };
                // «Cộng tháng 8» over the columns of numbers and of names is a label of both.
                for sum in words.get_mut(column..=cell.columns.1).unwrap_or_default().iter_mut().filter(|_| !wide) {
                    *sum += letters(cell).min(60) * weight;
                }
            }
        }
        let valued_after = |column: usize| numbers.iter().skip(column + 1).any(|n| *n > 0);
        let most = |only_before_values: bool| {
            (0..self.lattice.columns())
                .filter(|c| !only_before_values || valued_after(*c))
                .max_by_key(|c| (words.get(*c).copied().unwrap_or(0), std::cmp::Reverse(*c)))
        };
        most(true).or_else(|| most(false)).unwrap_or(0)
    }

    /// Whether a row numbers the columns: `A B 1 2`, `a b 1 2`, `(1) (2) (3)=(2)/(1)`; `T1 T2 T3` names months.
    pub(super) fn is_numbering(&self, row: usize) -> bool {
        let filled: Vec<&Cell> = self.lattice.row(row).iter().filter(|c| !c.is_empty()).collect();
        let single = |c: &&Cell| {
            c.tokens.iter().all(|t| match t.kind {
                TokenKind::Word => t.end - t.start == 1 || t.end - t.start <= 2 && t.capital,
                TokenKind::Number => t.end - t.start <= 3,
                _ => true,
            }) && c.tokens.iter().any(Token::is_word) != c.tokens.iter().any(Token::is_number)
        };
        let numbers = filled.iter().filter(|c| has_number(c)).count();
        let all: usize = filled.iter().map(|c| letters(c)).sum();
        if filled.len() < 3 || numbers == 0 || !filled.iter().all(single) || all > filled.len() * 2 {
            return false;
        }
        // The numbers count upwards by one; a row of small values does not.
        let own: Vec<u32> = filled.iter().filter_map(|c| key(self.written(c)).0).collect();
        own.windows(2).all(|w| matches!(w, [a, b] if *b == a + 1))
    }

    fn written(&self, cell: &Cell) -> &'a str {
        self.source.slice(cell.range.clone())
    }

    /// Whether a cell holds a value rather than a head such as `KH 2024`, `9 tháng`.
    fn opens_with_value(&self, cell: &Cell) -> bool {
        let Some(first) = cell.tokens.iter().find(|t| !matches!(t.kind, TokenKind::Punct(_))) else { return false };
        let text = self.source.slice(first.range());
        let year = text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
        let only = letters(cell) == 0 && cell.tokens.len() == 1;
        if !first.is_number() || year && only || letters(cell) > 12 {
            return false;
        }
        letters(cell) == 0
            || !Words::new(cell.tokens.clone(), self.dictionary).hits.iter().any(|h| matches!(h.tag, Tag::Period(_)))
    }

    fn first_body_row(&self) -> usize {
        let mut body = 0;
        for row in 0..self.lattice.rows() {
            if self.is_numbering(row) {
                body = row + 1;
                continue;
            }
            let worded = self.lattice.own(row, self.label).is_some_and(|c| letters(c) > 1);
            let valued = (self.label + 1..self.lattice.columns()).any(|column| {
                self.lattice
                    .own(row, column)
                    .is_some_and(|c| c.sign().is_some_and(|s| s != '"' && s != '%') || self.opens_with_value(c))
            });
            if worded && valued {
                return self.before_section_rows(row, body);
            }
            if row > body + MOST_HEAD_ROWS {
                break;
            }
        }
        body.max(1).min(self.lattice.rows())
    }

    /// Section rows right above the first values are no heads: one label, and nothing else in the row or above it in
    /// the columns of values.
    fn before_section_rows(&self, first: usize, body: usize) -> usize {
        let mut start = first;
        while start > body.max(1) {
            let row = start - 1;
            let filled: Vec<&Cell> = self.lattice.row(row).iter().filter(|c| !c.is_empty()).collect();
            let label = filled.iter().any(|c| c.columns.0 <= self.label && self.label <= c.columns.1);
            let values = |c: usize| {
                let below = self.lattice.own(first, c);
                below.is_some_and(|c| self.opens_with_value(c) || c.sign().is_some_and(|s| s != '"' && s != '%'))
            };
            let others = filled.iter().filter(|c| c.columns.0 > self.label && values(c.columns.0)).count();
            let heads = filled.iter().filter(|c| c.columns.0 > self.label).count() > 1;
            // A tall head that reaches down to here makes it a row of heads.
            let tall = (0..self.lattice.columns())
                .any(|c| self.lattice.anchor(row, c).is_some_and(|(at, cell)| at < row && !cell.is_empty()));
            let head_above = (0..row).any(|r| !self.lattice.row(r).is_empty());
            if !label || others > 0 || heads || tall || !head_above {
                break;
            }
            start = row;
        }
        start
    }

    /// The heads over a column from the top down; a head that is not written again over each of its columns is that of
    /// the first of them.
    fn levels(&self, column: usize) -> Vec<&'a Cell> {
        let filled = |row: usize, column: usize| self.lattice.get(row, column).filter(|c| !c.is_empty());
        let mut levels: Vec<&Cell> = Vec::new();
        for row in (self.first..self.body).filter(|r| !self.is_numbering(*r)) {
            let cell = filled(row, column).or_else(|| {
                let below = |c: usize| (row + 1..self.body).any(|r| !self.is_numbering(r) && filled(r, c).is_some());
                let (left, cell) = (0..column).rev().find_map(|c| filled(row, c).map(|cell| (c, cell)))?;
                (below(column) && left > self.label && (left + 1..=column).all(below)).then_some(cell)
            });
            if let Some(cell) = cell
                && levels.last().is_none_or(|l| l.range != cell.range)
            {
                levels.push(cell);
            }
        }
        levels
    }

    /// What each column is.
    pub(super) fn columns(&self, around: &Around<'_>) -> Vec<Column> {
        let mut columns: Vec<Column> = (0..self.lattice.columns()).map(|c| self.column(c, around)).collect();
        self.relate(&mut columns, around.report);
        columns
    }

    fn column(&self, column: usize, around: &Around<'_>) -> Column {
        if column == self.label {
            return Column::Label;
        }
        let levels = self.levels_with_whole(column);
        let leaf = Words::new(levels.last().map(|c| c.tokens.clone()).unwrap_or_default(), self.dictionary);
        let head = Words::new(levels.iter().flat_map(|c| c.tokens.iter().copied()).collect(), self.dictionary);
        let cells = (self.body..self.lattice.rows()).filter_map(|row| self.lattice.own(row, column));
        let filled: Vec<&Cell> = cells.filter(|c| !c.is_empty()).take(SAMPLE).collect();
        let short = |c: &&Cell| c.tokens.len() <= 4 && letters(c) <= 4;
        if column < self.label && (leaf.says(Marker::RowNumber) || filled.iter().all(short)) {
            return Column::RowNumber;
        }
        if leaf.says(Marker::CodeColumn) {
            return Column::Code;
        }
        // Levels paid stand in words: «300.000 đồng/suất».
        let worded = filled.iter().filter(|c| letters(c) > 2).count();
        if leaf.says(Marker::NoteColumn) || leaf.opens_with(Marker::PerUnit) && worded * 2 > filled.len() {
            return Column::Note;
        }
        let named = filled.iter().filter(|c| letters(c) > 0 || matches!(c.sign(), Some('"' | '%'))).count();
        // A unit and little else: «Lao động, việc làm» is a field of work.
        let unit_words = |c: &&&Cell| {
            let words = Words::new(c.tokens.clone(), self.dictionary);
            words.hits.iter().any(|h| matches!(h.tag, Tag::Unit(_)))
                && words.covered(|tag| matches!(tag, Tag::Unit(_) | Tag::Scale(_) | Tag::Period(_))) > 0.7
        };
        let units = filled.iter().filter(unit_words).count();
        if leaf.says(Marker::UnitColumn) && named * 2 >= filled.len()
            || named > 0 && named == filled.len() && filled.iter().all(|c| !has_number(c)) && units * 2 > named
        {
            return Column::UnitName;
        }
        if column < self.label {
            return Column::Group;
        }
        let valued = filled.iter().filter(|c| has_number(c) || c.sign().is_some()).count();
        if valued == 0 {
            return Column::Unknown;
        }
        let percent = filled.iter().filter(|c| c.percent || c.tokens.last().is_some_and(|t| t.is('%'))).count();
        let around = Around { percent_cells: percent * 2 > valued, ..*around };
        let mut data = around.data(head, leaf);
        let words: Vec<Words> = levels.iter().map(|c| Words::new(c.tokens.clone(), self.dictionary)).collect();
        let opener = words.iter().position(|w| w.says(Marker::OpensParts)).unwrap_or(words.len());
        data.below_parts = words.into_iter().skip(opener + 1).collect();
        data.own_category = levels.last().and_then(|cell| self.category_beside(cell));
        data.sibling = levels.iter().find_map(|cell| {
            let words = Words::new(cell.tokens.clone(), self.dictionary);
            let rest =
                words.says(Marker::OtherCategory) && !words.hits.iter().any(|h| matches!(h.tag, Tag::Category(_)));
            rest.then(|| self.sibling_dimension(cell))
        });
        Column::Data(Box::new(data))
    }

    /// The heads over a column; under a bare «Trong đó» with those of the column before it, whose parts they are.
    fn levels_with_whole(&self, column: usize) -> Vec<&'a Cell> {
        let levels = self.levels(column);
        // «Chia theo trình độ» says itself what is divided; a bare «Trong đó», and «Trong đó: nữ», do not.
        let opens = |cell: &Cell| {
            let words = Words::new(cell.tokens.clone(), self.dictionary);
            words.opens_with(Marker::OpensParts)
                && words
                    .covered(|tag| matches!(tag, Tag::Marker(Marker::OpensParts | Marker::Filler) | Tag::Category(_)))
                    > 0.99
        };
        let Some(at) = levels.iter().position(|cell| opens(cell)) else { return levels };
        let Some(opener) = levels.get(at) else { return levels };
        let row = self.row_of(opener, column);
        let before = opener.columns.0.checked_sub(1).filter(|c| *c > self.label);
        let whole = row.zip(before).and_then(|(row, before)| {
            let head = |c: usize| self.lattice.anchor(row, c).map(|(_, cell)| cell).filter(|cell| !cell.is_empty());
            let beside = |c: &usize| head(*c).is_some_and(|cell| !opens(cell));
            // A total under the same bands is the whole, and not the part beside.
            let total = |c: &usize| {
                let of_head = self.levels(*c);
                let bands = levels.iter().take(at).zip(&of_head).all(|(a, b)| a.range == b.range);
                bands && head(*c).is_some_and(|cell| is_total(&Words::new(cell.tokens.clone(), self.dictionary)))
            };
            let mut before = (self.label + 1..=before).rev().filter(beside);
            before.clone().find(total).or_else(|| before.next())
        });
        let Some(whole_column) = whole else { return levels };
        let of_whole = self.levels(whole_column);
        // The parts stand under the same bands as their whole.
        let same = levels.iter().take(at).zip(&of_whole).all(|(a, b)| a.range == b.range);
        if !same {
            return levels;
        }
        let own = levels.iter().skip(at).copied();
        of_whole.iter().copied().chain(own).collect()
    }

    /// «Nam» beside «Nữ»: the category that a head is the name of, in the dimension that a head beside it states.
    fn category_beside(&self, head: &Cell) -> Option<(String, String)> {
        let row = self.row_of(head, head.columns.0)?;
        let name = fold(self.written(head));
        let beside = [head.columns.0.checked_sub(1), Some(head.columns.1 + 1)].into_iter().flatten();
        beside.filter_map(|column| self.lattice.own(row, column)).find_map(|cell| {
            let words = Words::new(cell.tokens.clone(), self.dictionary);
            let dimension = words.hits.iter().find_map(|h| self.dimension_of(h.tag))?;
            let own = self.dictionary.categories.iter().find(|c| c.dimension == dimension && fold(&c.name) == name)?;
            let dimension = self.dictionary.dimensions.get(usize::from(dimension))?;
            (!own.id.is_empty()).then(|| (dimension.id.clone(), own.id.clone()))
        })
    }

    /// The row of heads in which a cell begins that reaches over a column.
    fn row_of(&self, head: &Cell, column: usize) -> Option<usize> {
        (0..self.body).find(|row| self.lattice.own(*row, column).is_some_and(|cell| cell.range == head.range))
    }

    fn dimension_of(&self, tag: Tag) -> Option<u8> {
        let Tag::Category(id) = tag else { return None };
        self.dictionary.categories.get(usize::from(id)).map(|c| c.dimension)
    }

    /// The dimension whose categories the heads left of one, in the same row, name.
    fn sibling_dimension(&self, head: &Cell) -> Option<String> {
        let column = head.columns.0;
        let row = self.row_of(head, column)?;
        (self.label + 1..column).rev().find_map(|c| {
            let cell = self.lattice.own(row, c).filter(|cell| cell.range != head.range)?;
            let words = Words::new(cell.tokens.clone(), self.dictionary);
            let dimension = words.hits.iter().find_map(|h| self.dimension_of(h.tag))?;
            self.dictionary.dimensions.get(usize::from(dimension)).map(|d| d.id.clone())
        })
    }

    /// The numbers and formulas of the columns, from the row that numbers them.
    fn keys(&self) -> Vec<(Option<u32>, Option<Formula>)> {
        let mut keys = vec![(None, None); self.lattice.columns()];
        for row in (0..self.body).filter(|r| self.is_numbering(*r)) {
            for cell in self.lattice.row(row) {
                if let Some(slot) = keys.get_mut(cell.columns.0) {
                    *slot = key(self.written(cell));
                }
            }
        }
        // A formula may stand in the head itself: `So sánh (%) 3/1`.
        for (column, slot) in keys.iter_mut().enumerate().filter(|(_, k)| k.1.is_none()) {
            for cell in self.levels(column) {
                let text = self.written(cell);
                let formula = text.rsplit(['(', '\n', ' ']).find_map(|piece| {
                    let piece = piece.trim_end_matches([')', ' ']);
                    let plain = piece.chars().all(|c| c.is_ascii_digit() || "=/*+-x()".contains(c));
                    let short = piece.len() <= 12 && piece.contains('/');
                    if plain && short { key(piece).1.filter(|f| f.over < 100 && f.by < 100) } else { None }
                });
                slot.1 = formula.or(slot.1);
            }
        }
        keys
    }

    /// The columns that a key gives as ratios of two others: the column, and the two.
    pub(super) fn ratios(&self) -> Vec<(usize, usize, usize)> {
        let keys = self.keys();
        let at = |number: u32| keys.iter().position(|(own, _)| *own == Some(number));
        keys.iter()
            .enumerate()
            .filter_map(|(column, (_, formula))| {
                let formula = formula.filter(|f| !f.change)?;
                Some((column, at(formula.over)?, at(formula.by)?))
            })
            .collect()
    }

    /// What a column says of another: by the key under its head, else it is about the column of values before it.
    fn relate(&self, columns: &mut [Column], report: Period) {
        keep_series(columns);
        let keys = self.keys();
        let measures: Vec<Option<(Measure, bool)>> = columns
            .iter()
            .map(|c| match c {
                // Whether it is of a period before: one that its head only calls so, or one that it names.
                Column::Data(data) => Some((data.measure, data.untold || data.period.is_some_and(|p| p != report))),
                _ => None,
            })
            .collect();
        let numbered = |number: u32| {
            let at = keys.iter().position(|(own, _)| *own == Some(number))?;
            measures.get(at).copied().flatten()
        };
        let plans = measures.iter().flatten().filter(|(m, _)| *m == Measure::Plan).count();
        let told = measures.iter().flatten().any(|(m, _)| *m == Measure::PctOfPlan);
        // Beside the figures of the period before, and none of last year, a bare change is one on that period.
        let of_period =
            |wanted: &dyn Fn(&Data) -> bool| columns.iter().any(|c| matches!(c, Column::Data(d) if wanted(d)));
        let one_before = previous_of(report);
        let against_previous = of_period(&|d| d.period.is_some() && d.period == one_before)
            && !of_period(&|d| d.measure == Measure::YoyBase);
        let mut before: Option<Measure> = None;
        let mut after_plan = false;
        // What the last column of the same period stands beside: «Quý III/2024» beside the quarter, not what adds up.
        let mut base: Option<Measure> = None;
        for (column, slot) in columns.iter_mut().enumerate() {
            let Column::Data(data) = slot else { continue };
            if data.bare_change && against_previous {
                let percent = data.measure == Measure::YoyPct;
                data.measure = if percent { Measure::PrevPct } else { Measure::PrevAbs };
            }
            let formula = keys.get(column).and_then(|(_, f)| *f);
            if let Some(formula) = formula {
                by_formula(data, formula, &numbered);
            }
            if data.measure == Measure::Share && plans > 0 && !told && after_plan && before.is_some() {
                data.measure = Measure::PctOfPlan;
                data.doubtful = !data.leaf.says(Marker::ResultColumn);
                data.unclear = false;
            }
            match data.measure {
                Measure::Actual | Measure::Cumulative if !data.untold => before = Some(data.measure),
                Measure::Plan => after_plan = true,
                Measure::YoyBase if data.base_told => base = Some(data.of),
                Measure::YoyPct | Measure::YoyAbs if !data.keyed && base.is_some() => {
                    data.of = base.unwrap_or(data.of);
                }
                _ if data.of == Measure::Actual && !data.keyed => data.of = before.unwrap_or(Measure::Actual),
                _ => {}
            }
        }
    }
}

/// Years side by side are a series, in which none is the base of another.
fn keep_series(columns: &mut [Column]) {
    /// So many other years than the report's.
    const LEAST: usize = 3;
    let mut years: Vec<u16> = columns
        .iter()
        .filter_map(|c| if let Column::Data(data) = c { data.year_named.map(|p| p.year) } else { None })
        .collect();
    years.sort_unstable();
    years.dedup();
    if years.len() < LEAST {
        return;
    }
    for column in columns {
        if let Column::Data(data) = column
            && data.measure == Measure::YoyBase
            && data.year_named.is_some()
        {
            data.measure = Measure::Actual;
            data.period = data.year_named;
        }
    }
}

/// `6=3/5`: what a ratio is of, by what the columns divided are.
fn by_formula(data: &mut Data, formula: Formula, numbered: &impl Fn(u32) -> Option<(Measure, bool)>) {
    let (Some((over, _)), Some((by, before))) = (numbered(formula.over), numbered(formula.by)) else { return };
    if !over.is_result() {
        return;
    }
    let measure = match by {
        Measure::Plan => Measure::PctOfPlan,
        Measure::YoyBase => Measure::YoyPct,
        Measure::Actual if before => Measure::PrevPct,
        _ => return,
    };
    let open = matches!(data.measure, Measure::Share | Measure::Actual | Measure::Cumulative | Measure::YoyBase)
        || data.measure == measure;
    if !open {
        return;
    }
    data.measure = measure;
    data.keyed = true;
    data.of = over;
    data.period = None;
    data.index = !formula.change;
    data.untold = false;
    data.unclear = false;
    data.unit = None;
}

/// The words of tokens, to know a row of heads again.
pub(super) fn same_words(a: &[Token], b: &[Token]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.kind == y.kind && x.word == y.word)
}
