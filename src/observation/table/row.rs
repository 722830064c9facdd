//! A row of a table, and what is known of the rows before it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::column::Data;
use super::reading::Stated;
use super::value::Place;
use super::words::Words;
use crate::dictionary::UnitClass;
use crate::dictionary::marker::Marker;
use crate::document::Cell;
use crate::observation::time::Coverage;

/// How far in a row stands; more is further in.
pub(super) mod rank {
    pub(in super::super) const LETTER: u16 = 10;
    pub(in super::super) const ROMAN: u16 = 20;
    pub(in super::super) const NUMBER: u16 = 30;
    pub(in super::super) const DECIMAL: u16 = 40;
    pub(in super::super) const SMALL_LETTER: u16 = 60;
    pub(in super::super) const DASH: u16 = 70;
    pub(in super::super) const PLUS: u16 = 80;
    pub(in super::super) const PART: u16 = 90;
}

/// A row above that others may hang on.
pub(super) struct Above {
    pub at: usize,
    pub rank: u16,
    pub words: Words,
    pub unit: Option<(UnitClass, Decimal)>,
    pub stated: Option<Stated>,
    pub owners: Vec<Option<usize>>,
    /// Whether it only says that parts follow.
    pub opens: bool,
    /// Where it names a measure or a period («Lũy kế từ đầu năm»): what it says of values.
    pub measured: Option<Data>,
}

impl Above {
    /// What a title, which has no values of its own, says of the rows below it.
    pub(super) fn meaning(&self) -> Option<&Data> {
        self.measured.as_ref().filter(|_| self.owners.iter().all(Option::is_none))
    }
}

/// What the rows of one column state.
pub(super) struct OfRows {
    /// What the first of them does.
    pub first: Stated,
    /// How many do.
    pub count: usize,
    /// Whether all state the same.
    pub alike: bool,
}

impl OfRows {
    /// Takes up one more row.
    pub(super) fn add(column: Entry<'_, usize, Self>, stated: Stated) {
        let of_rows = column.and_modify(|known| {
            known.count += 1;
            known.alike &= (known.first.indicator, &known.first.breakdown) == (stated.indicator, &stated.breakdown);
        });
        of_rows.or_insert_with(|| Self { first: stated, count: 1, alike: true });
    }
}

/// What the rows so far have told.
#[derive(Default)]
pub(super) struct Progress {
    pub above: Vec<Above>,
    /// The last row that states something itself.
    pub main: Option<(Stated, Vec<Option<usize>>)>,
    /// The unit named last, for ditto marks.
    pub unit: Option<(UnitClass, Decimal)>,
    /// Whether the rows are numbered.
    pub numbered: bool,
    /// The indicators that rows stated themselves.
    pub stated: Vec<u16>,
    /// The dimension of the category that the last label named.
    pub dimension: Option<String>,
    /// The indicators that the values of each column stated, and how many values did.
    pub in_column: FxHashMap<usize, (Vec<u16>, usize)>,
    /// What the rows of each column state whose head alone tells nothing.
    pub by_rows: BTreeMap<usize, OfRows>,
    /// The columns to read, where not all are.
    pub only: Option<Vec<usize>>,
    /// The rows of totals.
    pub totals: Vec<usize>,
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
    /// The indicator of the row that it is a part of.
    pub bound_to: Option<u16>,
    /// The category whose own name the label is, and its dimension.
    pub named: Option<(String, String)>,
    /// The dimension whose categories the rows before it name.
    pub sibling: Option<String>,
}

/// What the rows of a table are.
pub(super) struct Kinds {
    /// The labels are places or establishments, by the head of their column.
    pub places: bool,
    /// The labels are provinces.
    pub provinces: bool,
    /// The dimensions that the head of the labels names: «Dân tộc».
    pub dimensions: Vec<String>,
}

/// Whether a label says that the row adds up others, or how they make up the whole.
pub(super) fn is_total(words: &Words) -> bool {
    [Marker::TotalWords, Marker::TotalRow, Marker::Structure].into_iter().any(|marker| words.opens_with(marker))
}
