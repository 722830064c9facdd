//! Joins quantities with indicators, clause by clause, over an explicit stack of scopes: the footnote's mark or the
//! list's head, the sentence, its parts, the bracket.

mod about;
mod categories;
mod clause;
mod companion;
mod find;
mod parts;
mod relative;
mod subject;
mod turns;
mod value;
mod zero;

use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::dictionary::register::Unit;
use crate::dictionary::{Dictionary, Part, Tag, UnitClass};
use crate::document::{BlockKind, Document, level};
use crate::mention::{Quantity, QuantityKind, Scan};
use crate::observation::candidates::{Candidate, ContextTerms, Reading, SentenceTerms, TitleTerms};
use crate::observation::draft::{Draft, Unmapped};
use crate::observation::model::{Measure, Origin};
use crate::observation::reach::Reach;
use crate::observation::time::{self};
use crate::period::Period;
use crate::text::Token;
use clause::Clause;

/// A money value that would give each counted one less than this many đồng is the amount for one of them.
const LEAST_TOTAL_FOR_ONE: i64 = 2_000;
/// Stands for the draft of a value that has no indicator.
const NOT_MAPPED: usize = usize::MAX;
/// A breakdown's categories are looked for at most this many tokens from a number outside its own clause.
const SUBJECT_REACH: usize = 40;

/// What linking gives: drafts in order, and the reasons for what stayed out.
#[derive(Debug, Default)]
pub(super) struct Linked {
    /// Observations in the making.
    pub drafts: Vec<Draft>,
    /// Per block and quantity: the draft that owns it.
    pub owner: FxHashMap<(usize, usize), usize>,
    /// Per block and quantity: why it has none.
    pub unmapped: FxHashMap<(usize, usize), Unmapped>,
}

/// Links all quantities of a document's running text.
pub(super) fn link(
    document: &Document,
    scans: &[Scan],
    report: Period,
    brackets_hold_last_year: bool,
    dictionary: &Dictionary,
) -> Linked {
    let mut linker = Linker {
        document,
        scans,
        report,
        dictionary,
        brackets_hold_last_year,
        linked: Linked::default(),
        sections: vec![None; document.sections.len()],
        titles: vec![None; document.sections.len()],
    };
    for block in 0..document.blocks.len() {
        linker.block(block);
    }
    linker.linked
}

/// How an indicator was found for a value.
#[derive(Debug, Clone)]
enum Found {
    /// By words of its own.
    Own(Candidate),
    /// As a part of the value before a bracket, a list of parts or a footnote's mark.
    Part { whole: usize, exhaustive: bool, pairs: Vec<(String, String)> },
    /// As what usually follows the value before: its money, its participants.
    Companion { of: usize, indicator: u16 },
    /// As the next of a list whose items differ in one category.
    Sibling { of: usize, pairs: Vec<(String, String)> },
    /// As another attribute of what the value before is an attribute of.
    Beside { of: usize, pairs: Vec<(String, String)> },
    /// As the subject's value for another period.
    Carried { of: usize },
    /// As a value said before, said again.
    Restated { of: usize },
    /// Not found.
    Nothing(Unmapped),
}

/// Links the blocks of one document.
pub(super) struct Linker<'a> {
    document: &'a Document,
    scans: &'a [Scan],
    report: Period,
    dictionary: &'a Dictionary,
    /// Whether the report says that numbers in brackets are last year's.
    brackets_hold_last_year: bool,
    linked: Linked,
    sections: Vec<Option<ContextTerms>>,
    titles: Vec<Option<Rc<TitleTerms>>>,
}

/// What a block hangs on.
#[derive(Debug, Clone, Copy, Default)]
struct Outer {
    draft: Option<usize>,
    exhaustive: bool,
    period: Option<Period>,
    /// The year that the sentence of a note's mark names, for stocks and rates.
    of_stocks: Option<Period>,
}

impl<'a> Linker<'a> {
    fn block(&mut self, at: usize) {
        let document = self.document;
        let (Some(block), Some(scan)) = (document.blocks.get(at), self.scans.get(at)) else { return };
        let origin = match block.kind {
            BlockKind::Paragraph => Origin::Text,
            BlockKind::Footnote(_) => Origin::Footnote,
            BlockKind::Heading | BlockKind::Table(_) | BlockKind::Furniture => return,
        };
        let anchor_part = block.anchor.and_then(|a| document.blocks.get(a.block)).map(|b| b.part);
        if !matches!(anchor_part.unwrap_or(block.part), Part::Results | Part::Assessment) {
            return;
        }
        let section = block.anchor.and_then(|a| document.blocks.get(a.block)).map_or(block.section, |b| b.section);
        let mut context = self.section_terms(section);
        let outer = self.outer(at, &mut context);
        let fields: Vec<u8> = document.sections.get(section).map(|s| s.fields.clone()).unwrap_or_default();
        let title = self.title_terms(section);
        // The items of a list speak of what the paragraph above it is about.
        let mut memory: Vec<usize> = match block.intro {
            Some(head) if outer.draft.is_none() => self.mains_of(head),
            _ => Vec::new(),
        };
        let mut earlier: Option<Range<usize>> = None;
        let mut stated_year: Option<Period> = None;
        for (number, sentence) in scan.sentences.iter().enumerate() {
            let reach = Reach::of(&block.tokens, scan, sentence.clone());
            if reach.quantities.is_empty() {
                // «Nhắc lại số liệu cuối năm 2019.»: the next sentence speaks of that year's end.
                stated_year = time::past_year_end(&block.tokens, scan, sentence, self.report);
            } else {
                // «Theo kết quả rà soát cuối năm 2021, toàn tỉnh còn 27.814 hộ nghèo»
                let first = scan.quantities.get(reach.quantities.start).map_or(sentence.end, |q| q.first);
                let at_end = || time::year_end_in(&block.tokens, scan, &(sentence.start..first), self.report);
                let outer = Outer { of_stocks: outer.of_stocks.or(stated_year.take()).or_else(at_end), ..outer };
                let mut around = context.clone();
                if let Some(range) = &earlier {
                    add_terms(scan, range, 0.7, &mut around);
                }
                let terms = SentenceTerms::of(scan, &reach, &around, self.dictionary).under(Rc::clone(&title));
                let count = reach.quantities.len();
                let mut clause = Clause {
                    tokens: &block.tokens,
                    scan,
                    events: time::events(&block.tokens, scan, sentence, self.report),
                    reach,
                    terms,
                    context: around,
                    fields: &fields,
                    block: at,
                    sentence: number,
                    origin,
                    outer,
                    memory: memory.clone(),
                    assigned: vec![None; count],
                    is_value: vec![false; count],
                    readings: vec![Default::default(); count],
                };
                self.clause(&mut clause);
                let mains: Vec<usize> = clause
                    .assigned
                    .iter()
                    .flatten()
                    .copied()
                    .filter(|d| self.linked.drafts.get(*d).is_some_and(|d| d.is_main && !d.measure.is_relative()))
                    .collect();
                if !mains.is_empty() {
                    memory = mains;
                }
            }
            // The sentence right before counts more than those before it.
            if let Some(range) = earlier.replace(sentence.clone()) {
                add_terms(scan, &range, 0.45, &mut context);
            }
        }
    }

    /// The values of a block's last sentence that has values, parts and comparisons aside.
    fn mains_of(&self, block: usize) -> Vec<usize> {
        let from = self.first_draft_of(block);
        let mains = self.linked.drafts.iter().enumerate().skip(from).take_while(|(_, d)| d.block == block);
        let mains: Vec<(usize, usize)> =
            mains.filter(|(_, d)| d.is_main && !d.measure.is_relative()).map(|(at, d)| (at, d.sentence)).collect();
        let last = mains.iter().map(|(_, sentence)| *sentence).max();
        mains.into_iter().filter(|(_, sentence)| Some(*sentence) == last).map(|(at, _)| at).collect()
    }

    fn section_terms(&mut self, section: usize) -> ContextTerms {
        if let Some(Some(known)) = self.sections.get(section) {
            return known.clone();
        }
        let mut terms = ContextTerms::default();
        let mut hits = Vec::new();
        for (up, around) in self.document.enclosing(section).enumerate() {
            hits.clear();
            self.dictionary.find(&around.title, &mut hits);
            let weight = if up == 0 { 0.9 } else { 0.75 };
            for hit in &hits {
                if let Tag::Term(term) = hit.tag {
                    let known = terms.entry(term).or_insert(0.0);
                    *known = known.max(weight * phrase_weight(hit.words));
                }
            }
        }
        if let Some(slot) = self.sections.get_mut(section) {
            *slot = Some(terms.clone());
        }
        terms
    }

    /// The terms of the nearest heading that has words, if it is no heading of a part.
    fn title_terms(&mut self, section: usize) -> Rc<TitleTerms> {
        if let Some(Some(known)) = self.titles.get(section) {
            return Rc::clone(known);
        }
        let terms = Rc::new(self.find_title_terms(section));
        if let Some(slot) = self.titles.get_mut(section) {
            *slot = Some(Rc::clone(&terms));
        }
        terms
    }

    fn find_title_terms(&self, section: usize) -> TitleTerms {
        // A head that names nothing but a category («• Thái: …») stands under the heading that names the indicator.
        let mut hits = Vec::new();
        for around in self.document.enclosing(section).filter(|s| !s.title.is_empty() && s.parent.is_some()) {
            if around.level <= level::ROMAN {
                break;
            }
            hits.clear();
            self.dictionary.find(&around.title, &mut hits);
            // «- Kết quả: 288 người», «- Thị trường: Nhật Bản 231» stand under the heading that names what is counted.
            if around.level >= level::SMALL_LETTER && self.names_no_thing(&around.title, &hits) {
                continue;
            }
            let category = hits.iter().any(|h| matches!(h.tag, Tag::Category(_)));
            if !category || hits.iter().any(|h| matches!(h.tag, Tag::Term(_)) && h.words >= 2) {
                return TitleTerms::of(&hits, self.dictionary);
            }
        }
        TitleTerms::default()
    }

    /// Whether the head of an item names no more than a measure, a period or a dimension.
    fn names_no_thing(&self, title: &[Token], hits: &[Hit<Tag>]) -> bool {
        let general = |h: &Hit<Tag>| match h.tag {
            Tag::Marker(_) | Tag::Period(_) | Tag::MonthWord(_) | Tag::Roman(_) => true,
            Tag::Unit(id) => self.dictionary.units.get(usize::from(id)).is_some_and(|u| u.general),
            _ => false,
        };
        let known = |at: usize| hits.iter().any(|h| general(h) && h.first as usize <= at && at <= h.last as usize);
        let written = self.document.written(title).to_lowercase();
        title.iter().enumerate().all(|(at, token)| !token.is_word() || known(at))
            || self.dictionary.dimensions.iter().any(|d| d.name.to_lowercase() == written.trim())
    }

    /// What a footnote's mark, or the head of a list, says of the block.
    fn outer(&self, at: usize, context: &mut ContextTerms) -> Outer {
        let Some(block) = self.document.blocks.get(at) else { return Outer::default() };
        let (head, token) = match (block.anchor, block.intro) {
            (Some(anchor), _) => (anchor.block, anchor.token),
            (None, Some(intro)) => (intro, self.document.blocks.get(intro).map_or(0, |b| b.tokens.len())),
            (None, None) => return Outer::default(),
        };
        let Some(scan) = self.scans.get(head) else { return Outer::default() };
        let sentence = scan.sentences.iter().find(|s| s.start < token && token <= s.end).cloned();
        let Some(sentence) = sentence else { return Outer::default() };
        add_terms(scan, &sentence, 0.85, context);
        let mut outer = Outer::default();
        let tokens = self.document.blocks.get(head).map(|b| b.tokens.as_slice()).unwrap_or_default();
        if block.anchor.is_some() {
            outer.period = time::named_year(scan, token, self.report);
            outer.of_stocks = time::past_year(tokens, scan, &(sentence.start..token), self.report);
        } else {
            // «… phê duyệt kết quả rà soát hộ nghèo cuối năm 2023, cụ thể:»
            outer.of_stocks = time::year_end_in(tokens, scan, &sentence, self.report);
        }
        let values_from = |start: usize| {
            scan.quantities
                .iter()
                .enumerate()
                .filter(move |(_, q)| q.first >= start && q.first < token)
                .filter_map(|(i, _)| self.linked.owner.get(&(head, i)).copied())
                .filter(|d| {
                    self.linked.drafts.get(*d).is_some_and(|d| {
                        !d.measure.is_relative() && !matches!(d.measure, Measure::Plan | Measure::YoyBase)
                    })
                })
        };
        // A list may hang on words of their own sentence: «… 27,86 tỷ đồng. Trong đó:».
        let bare = block.intro.is_some()
            && sentence.len() <= 6
            && !scan.quantities.iter().any(|q| q.first >= sentence.start && q.first < token);
        let of_total = bare && scan.has_marker(Marker::OfWhichPercent, &sentence);
        let last = if of_total {
            // «Trong tổng số:»: of the first value, which the others are set beside.
            values_from(0).next()
        } else {
            let parts_alone = bare && scan.has_marker(Marker::OpensParts, &sentence);
            let from = if parts_alone { 0 } else { sentence.start };
            // «6.297 hộ, chiếm 11,84% …, trong đó:» over items that count households: of the number, not of the rate.
            let percent = Some(UnitClass::Known(Unit::Percent));
            let rates = self.scans.get(at).and_then(|s| s.quantities.first()).is_none_or(|q| q.class == percent);
            let alike = |d: &usize| {
                let row = self.linked.drafts.get(*d).and_then(|d| self.dictionary.indicator(d.indicator));
                row.is_some_and(|row| rates || row.unit != Unit::Percent)
            };
            values_from(from).rfind(alike).or_else(|| values_from(from).next_back())
        };
        let draft = last.and_then(|d| self.linked.drafts.get(d));
        // A mark hangs on the value before it only where no other statement stands between.
        let near = draft.is_some_and(|d| block.intro.is_some() || token.saturating_sub(d.tokens.end) <= SUBJECT_REACH);
        if outer.period.is_none() && near {
            outer.draft = last;
            outer.exhaustive = scan.has_marker(Marker::WholeParts, &(draft.map_or(0, |d| d.tokens.end)..token));
        }
        outer
    }

    fn reading<'c>(&'c self, clause: &'c Clause<'_>, index: usize, any_unit: bool) -> Reading<'c> {
        Reading {
            tokens: clause.tokens,
            dictionary: self.dictionary,
            scan: clause.scan,
            reach: &clause.reach,
            terms: &clause.terms,
            context: &clause.context,
            fields: clause.fields,
            index,
            any_unit,
            by_title: false,
        }
    }

    /// The readings of a quantity, worked out once.
    fn readings(&self, clause: &Clause<'_>, index: usize, any_unit: bool) -> Rc<[Candidate]> {
        let read = || Rc::from(self.reading(clause, index, any_unit).candidates());
        match clause.readings.get(index).and_then(|known| known.get(usize::from(any_unit))) {
            Some(known) => Rc::clone(known.get_or_init(read)),
            None => read(),
        }
    }

    fn clause(&mut self, clause: &mut Clause<'_>) {
        let count = clause.assigned.len();
        // A percentage that opens the sentence waits for its value.
        let order =
            if clause.reach.leads { [1, 0].into_iter().chain(2..count) } else { [0, 1].into_iter().chain(2..count) };
        for index in order {
            let Some(quantity) = clause.quantity(index).filter(|_| index < count).cloned() else { continue };
            let outcome = self.quantity(clause, index, &quantity);
            let key = (clause.block, clause.reach.quantities.start + index);
            match outcome {
                Ok(drafts) => {
                    for draft in drafts {
                        self.linked.drafts.push(draft);
                        let at = self.linked.drafts.len() - 1;
                        self.linked.owner.entry(key).or_insert(at);
                        if let Some(slot) = clause.assigned.get_mut(index)
                            && slot.is_none()
                        {
                            *slot = Some(at);
                        }
                    }
                }
                Err(unmapped) => {
                    self.linked.unmapped.insert(key, unmapped);
                }
            }
            self.money_before(clause, index);
        }
    }

    fn quantity(&mut self, clause: &mut Clause<'_>, index: usize, quantity: &Quantity) -> Result<Vec<Draft>, Unmapped> {
        let nothing = |reason| Unmapped { reason, candidates: Vec::new() };
        let Some(value) = quantity.value else { return Err(nothing("malformed-number")) };
        if quantity.kind == QuantityKind::ZeroStatement {
            let drafts = self.zero(clause, index, quantity)?;
            if let Some(slot) = clause.is_value.get_mut(index) {
                *slot = !drafts.is_empty();
            }
            return Ok(drafts);
        }
        if let Some(relative) = relative::role(self, clause, index, quantity) {
            return self.relative(clause, index, quantity, value, relative).map(|d| vec![d]);
        }
        if let Some(slot) = clause.is_value.get_mut(index) {
            *slot = true;
        }
        let found = self.find(clause, index, quantity);
        self.value(clause, index, quantity, value, found).map(|d| vec![d])
    }

    fn draft(&self, at: usize) -> Result<&Draft, Unmapped> {
        self.linked.drafts.get(at).ok_or(Unmapped { reason: "no-indicator", candidates: Vec::new() })
    }

    pub(super) fn wording_text(&self, id: u32) -> String {
        self.dictionary.wordings.get(id as usize).map(|w| w.text.clone()).unwrap_or_default()
    }
}

fn phrase_weight(words: u8) -> f32 {
    (f32::from(words.min(5)) + 1.0) / 2.0
}

fn add_terms(scan: &Scan, range: &Range<usize>, weight: f32, terms: &mut ContextTerms) {
    for hit in scan.hits_in(range) {
        if let Tag::Term(term) = hit.tag {
            let known = terms.entry(term).or_insert(0.0);
            *known = known.max(weight * phrase_weight(hit.words));
        }
    }
}

fn merge(into: &mut Vec<(String, String)>, pairs: &[(String, String)]) {
    for (dimension, category) in pairs {
        match into.iter_mut().find(|(d, _)| d == dimension) {
            Some(known) => known.1.clone_from(category),
            None => into.push((dimension.clone(), category.clone())),
        }
    }
}
