//! Tables to observations: what each column is by the words of its head, what each row is by the same dictionary as
//! running text, and what a cell's sign or number then means.

mod around;
mod cell;
mod column;
mod head_said;
mod heads;
mod kinds;
mod label;
mod lattice;
mod reading;
mod row;
mod rows;
mod value;
mod words;

use rustc_hash::FxHashMap;

use super::draft::Draft;
use super::model::Class;
use crate::dictionary::Dictionary;
use crate::document::{Document, Table};
use crate::mention::number::Convention;
use crate::period::Period;
use crate::report::ReportFacts;
use crate::text::Token;

use around::Surroundings;
use column::{Around, Column};
use heads::Heads;
use lattice::Lattice;
use reading::Reader;

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

impl TableLinked {
    /// Says what became of a number that is no observation.
    fn other(&mut self, token: &Token, class: Class, reason: &str) {
        if token.is_number() {
            self.others.insert(token.start, (class, reason.to_owned()));
        }
    }

    fn all_other(&mut self, tokens: &[Token], class: Class, reason: &str) {
        for token in tokens {
            self.other(token, class, reason);
        }
    }
}

/// A report whose tables are read.
pub(super) struct Report<'a> {
    pub document: &'a Document,
    pub facts: &'a ReportFacts,
    pub period: Period,
    pub convention: Convention,
    pub dictionary: &'a Dictionary,
}

/// A table being read.
struct Interpreter<'a> {
    report: &'a Report<'a>,
    /// The table's own period, if its title names one.
    period: Period,
    block: usize,
    lattice: &'a Lattice<'a>,
    heads: &'a Heads<'a>,
    columns: Vec<Column>,
    reader: &'a Reader<'a>,
    linked: &'a mut TableLinked,
}

/// Reads one table.
pub(super) fn link(report: &Report<'_>, block: usize, table: &Table, linked: &mut TableLinked) {
    let dictionary = report.dictionary;
    let source = &report.document.source;
    let mut surroundings = Surroundings::of(report.document, block, report.period, dictionary);
    let period = surroundings.period.unwrap_or(report.period);
    let lattice = Lattice::new(table);
    let heads = Heads::of(source, &lattice, dictionary);
    surroundings.add_rows(heads.titles(), source, dictionary);
    let around = Around {
        source,
        report: period,
        dictionary,
        index_said: surroundings.index_said,
        percent_cells: false,
        units: &surroundings.units,
    };
    let columns = heads.columns(&around);
    let reader = Reader {
        source,
        dictionary,
        convention: report.convention,
        around: &surroundings,
        terms: std::cell::RefCell::default(),
    };
    let mut interpreter =
        Interpreter { report, period, block, lattice: &lattice, heads: &heads, columns, reader: &reader, linked };
    interpreter.head_numbers();
    interpreter.rows();
}

impl Interpreter<'_> {
    fn head_numbers(&mut self) {
        for row in 0..self.heads.body {
            let reason = if self.heads.is_numbering(row) { "column-number" } else { "table-head" };
            for cell in self.lattice.row(row) {
                self.linked.all_other(&cell.tokens, Class::Reference, reason);
            }
        }
    }
}
