//! Joins quantities with indicators, clause by clause, over an explicit stack of scopes: the footnote's mark or the
//! list's head, the sentence, its parts, the bracket.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::breakdown::{of_parts, of_quantity, stated, stated_each, stated_of_parts};
use super::candidates::{Candidate, ContextTerms, Reading, SentenceTerms, TitleTerms};
use super::draft::{Draft, PartOf, Unmapped};
use super::model::{Measure, Origin, Qualifier, Status};
use super::reach::Reach;
use super::relative::{About, Relative};
use super::time::{self, Coverage, Event};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::{Indicator, Kind, Unit};
use crate::dictionary::{Dictionary, Part, Tag, UnitClass};
use crate::document::{BlockKind, Document, level};
use crate::mention::{Quantity, QuantityKind, Scan, Span};
use crate::period::{Period, PeriodKind};
use crate::text::{Token, TokenKind};

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
pub(super) fn link(document: &Document, scans: &[Scan], report: Period, dictionary: &Dictionary) -> Linked {
    let mut linker = Linker {
        document,
        scans,
        report,
        dictionary,
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

/// One sentence at work.
pub(super) struct Clause<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) scan: &'a Scan,
    pub(super) reach: Reach,
    pub(super) terms: SentenceTerms,
    pub(super) context: ContextTerms,
    pub(super) fields: &'a [u8],
    pub(super) events: Vec<Event>,
    pub(super) block: usize,
    pub(super) sentence: usize,
    origin: Origin,
    outer: Outer,
    memory: Vec<usize>,
    /// Per quantity: the draft it became.
    pub(super) assigned: Vec<Option<usize>>,
    /// Per quantity: whether it was tried and is a value, mapped or not.
    pub(super) is_value: Vec<bool>,
    /// Per quantity, its readings: for a unit that fits, for any unit.
    readings: Vec<[OnceCell<Rc<[Candidate]>>; 2]>,
}

impl Clause<'_> {
    pub(super) fn quantity(&self, index: usize) -> Option<&Quantity> {
        self.scan.quantities.get(self.reach.quantities.start + index)
    }

    pub(super) fn depth(&self, token: usize) -> u8 {
        self.scan.depth.get(token).copied().unwrap_or(0)
    }

    pub(super) fn left(&self, index: usize) -> Range<usize> {
        let start = self.reach.strict.get(index).map_or(0, |s| s.start);
        start..self.quantity(index).map_or(start, |q| q.first)
    }

    pub(super) fn right(&self, index: usize) -> Range<usize> {
        let end = self.reach.strict.get(index).map_or(0, |s| s.end);
        self.quantity(index).map_or(end, Quantity::end).min(end)..end
    }

    /// Words between two tokens, both left out, that are no marker.
    pub(super) fn plain_words(&self, from: usize, to: usize) -> usize {
        (from + 1..to)
            .filter(|t| self.tokens.get(*t).is_some_and(Token::is_word) && self.scan.marked.get(*t) != Some(&true))
            .count()
    }

    /// The last phrase of a role to the left of a quantity, with at most so many plain words between.
    pub(super) fn before(&self, index: usize, marker: Marker, words: usize) -> Option<usize> {
        let left = self.left(index);
        let first = self.quantity(index)?.first;
        let hit = self.scan.hits_in(&left).filter(|h| h.tag == Tag::Marker(marker)).max_by_key(|h| h.last)?;
        (self.plain_words(hit.last as usize, first) <= words).then_some(hit.first as usize)
    }

    /// For the first quantity in a bracket: the same, in the words right before the bracket.
    pub(super) fn before_bracket(&self, index: usize, marker: Marker) -> bool {
        let Some(quantity) = self.quantity(index) else { return false };
        let Some(strict) = self.reach.strict.get(index) else { return false };
        let depth = self.depth(quantity.first);
        if depth == 0 || !self.tokens.get(strict.start).is_some_and(|t| t.is('(')) {
            return false;
        }
        let near = strict.start.saturating_sub(10).max(self.reach.sentence.start)..strict.start;
        self.scan
            .hits_in(&near)
            .any(|h| h.tag == Tag::Marker(marker) && self.plain_words(h.last as usize, strict.start) <= 3)
    }

    /// Whether nothing but markers stands between the bracket's opening and the quantity.
    pub(super) fn opens_bracket(&self, index: usize) -> bool {
        let (Some(quantity), Some(strict)) = (self.quantity(index), self.reach.strict.get(index)) else { return false };
        self.plain_words(strict.start, quantity.first) == 0
    }

    /// The nearest value before a quantity at the same or an outer bracket, that is not in a bracket closed since.
    pub(super) fn value_before(&self, index: usize) -> Option<usize> {
        let own = self.quantity(index)?;
        let depth = self.depth(own.first);
        (0..index).rev().find(|at| {
            let Some(q) = self.quantity(*at) else { return false };
            let open =
                self.depth(q.first) <= depth || (q.first..own.first).all(|t| self.depth(t) >= self.depth(q.first));
            self.is_value.get(*at) == Some(&true) && open
        })
    }

    /// Whether the bracket round a token is closed right before a colon, and so speaks of all that follows.
    fn bracket_leads(&self, at: usize) -> bool {
        let close = (at..self.tokens.len()).find(|t| self.tokens.get(*t).is_some_and(|k| k.is(')')));
        close.is_some_and(|c| self.tokens.get(c + 1).is_some_and(|k| k.is(':')))
    }

    /// For the first quantity in a bracket: whether the bracket opens with a phrase of a role.
    pub(super) fn bracket_opens_with(&self, index: usize, marker: Marker) -> bool {
        let Some(start) = self.reach.strict.get(index).map(|s| s.start) else { return false };
        self.tokens.get(start).is_some_and(|t| t.is('('))
            && self.scan.hits_at(start + 1).iter().any(|h| h.tag == Tag::Marker(marker))
    }

    /// The other period that a comparison right before a bracket names, whose value the bracket gives:
    /// `so với quý II (23.114 lượt người)`.
    fn compared_period(&self, index: usize, report: Period) -> Option<Period> {
        let start = self.reach.strict.get(index)?.start;
        if !self.tokens.get(start)?.is('(') || !self.opens_bracket(index) {
            return None;
        }
        let mention = self.scan.periods.iter().find(|m| m.last + 1 == start)?;
        let near = mention.first.saturating_sub(3)..mention.first + 1;
        self.scan.has_marker(Marker::Compare, &near).then_some(())?;
        let year = mention.year.unwrap_or(report.year);
        let period = match mention.span {
            Span::Month(month) => Period::month(year, month),
            Span::Quarter(quarter) => Period::quarter(year, quarter),
            Span::FirstMonths(months) => Period::first_months(year, months),
            _ => None,
        }?;
        (period != report && period.year <= report.year).then_some(period)
    }

    /// The category that stands right before a bracket which holds a number alone: `sang Nhật Bản (33 người)`.
    fn before_lone_bracket(&self, index: usize) -> Option<Range<usize>> {
        let strict = self.reach.strict.get(index)?;
        let alone = self.tokens.get(strict.start)?.is('(') && self.opens_bracket(index);
        let from = (self.reach.sentence.start..strict.start)
            .rev()
            .find(|t| {
                self.tokens
                    .get(*t)
                    .is_some_and(|k| k.is_number() || matches!(k.kind, TokenKind::Punct(',' | ';' | ')' | ':')))
            })
            .map_or(self.reach.sentence.start, |t| t + 1);
        alone.then_some(from.max(strict.start.saturating_sub(6))..strict.start)
    }

    fn has_semicolon(&self, from: usize, to: usize) -> bool {
        let depth = self.depth(from).min(self.depth(to));
        (from..to).any(|t| self.tokens.get(t).is_some_and(|k| k.is(';')) && self.depth(t) <= depth)
    }
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
        let mut memory: Vec<usize> = Vec::new();
        let mut earlier: Option<Range<usize>> = None;
        let mut stated_year: Option<Period> = None;
        for (number, sentence) in scan.sentences.iter().enumerate() {
            let reach = Reach::of(&block.tokens, scan, sentence.clone());
            if reach.quantities.is_empty() {
                // «Nhắc lại số liệu cuối năm 2019.»: the next sentence speaks of that year's end.
                stated_year = time::past_year_end(&block.tokens, scan, sentence, self.report);
            } else {
                let outer = Outer { of_stocks: outer.of_stocks.or(stated_year.take()), ..outer };
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

    fn section_terms(&mut self, section: usize) -> ContextTerms {
        if let Some(Some(known)) = self.sections.get(section) {
            return known.clone();
        }
        let mut terms = ContextTerms::default();
        let mut hits = Vec::new();
        for (up, around) in self.document.enclosing(section).enumerate() {
            hits.clear();
            self.dictionary.trie.find(&around.title, &self.dictionary.vocabulary, &mut hits);
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
            self.dictionary.trie.find(&around.title, &self.dictionary.vocabulary, &mut hits);
            let category = hits.iter().any(|h| matches!(h.tag, Tag::Category(_)));
            if !category || hits.iter().any(|h| matches!(h.tag, Tag::Term(_)) && h.words >= 2) {
                return TitleTerms::of(&hits, self.dictionary);
            }
        }
        TitleTerms::default()
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
        if block.anchor.is_some() {
            outer.period = time::named_year(scan, token, self.report);
            let tokens = self.document.blocks.get(head).map(|b| b.tokens.as_slice()).unwrap_or_default();
            outer.of_stocks = time::past_year(tokens, scan, &(sentence.start..token), self.report);
        }
        let last_value = |start: usize| {
            scan.quantities
                .iter()
                .enumerate()
                .filter(|(_, q)| q.first >= start && q.first < token)
                .filter_map(|(i, _)| self.linked.owner.get(&(head, i)).copied())
                .rfind(|d| {
                    self.linked.drafts.get(*d).is_some_and(|d| {
                        !d.measure.is_relative() && !matches!(d.measure, Measure::Plan | Measure::YoyBase)
                    })
                })
        };
        // A list may hang on words of their own sentence: «… 27,86 tỷ đồng. Trong đó:».
        let parts_alone = block.intro.is_some()
            && sentence.len() <= 6
            && scan.has_marker(Marker::OpensParts, &sentence)
            && !scan.quantities.iter().any(|q| q.first >= sentence.start && q.first < token);
        let last = last_value(if parts_alone { 0 } else { sentence.start });
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
        for index in 0..clause.assigned.len() {
            let Some(quantity) = clause.quantity(index).cloned() else { continue };
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

    /// `chi 31,1 triệu đồng cho 24 trường hợp`: an amount right before the count that it is for.
    fn money_before(&mut self, clause: &mut Clause<'_>, index: usize) {
        let Some(before) = index.checked_sub(1) else { return };
        let (Some(money), Some(count)) = (clause.quantity(before).cloned(), clause.quantity(index).cloned()) else {
            return;
        };
        let open = clause.assigned.get(before) == Some(&None) && money.class == Some(UnitClass::Known(Unit::Vnd));
        let of = clause.assigned.get(index).copied().flatten();
        let (Some(of), Some(value), true) = (of, money.value, open) else { return };
        let beside = !(money.end()..count.first)
            .any(|t| clause.tokens.get(t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(_))));
        let indicator = self.linked.drafts.get(of).map(|d| d.indicator);
        let (Some(indicator), true) = (indicator, beside) else { return };
        let reading = self.reading(clause, before, false);
        let Some(found) = self.companion_of(&reading, of, indicator, true) else { return };
        if let Ok(draft) = self.value(clause, before, &money, value, found) {
            self.linked.drafts.push(draft);
            let at = self.linked.drafts.len() - 1;
            let key = (clause.block, clause.reach.quantities.start + before);
            self.linked.unmapped.remove(&key);
            self.linked.owner.insert(key, at);
            if let Some(slot) = clause.assigned.get_mut(before) {
                *slot = Some(at);
            }
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
        if let Some(relative) = self.relative_role(clause, index, quantity) {
            return self.relative(clause, index, quantity, value, relative).map(|d| vec![d]);
        }
        if let Some(slot) = clause.is_value.get_mut(index) {
            *slot = true;
        }
        let found = self.find(clause, index, quantity);
        self.value(clause, index, quantity, value, found).map(|d| vec![d])
    }

    /// The value that a part in a bracket or after `trong đó` belongs to, and whether the parts make it up.
    ///
    /// A value that has no indicator has parts that have none: [`NOT_MAPPED`].
    fn whole(&self, clause: &Clause<'_>, index: usize) -> Option<(usize, bool)> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let draft_before = |token: usize, most_depth: u8| {
            (0..index).rev().find_map(|at| {
                let q = clause.quantity(at)?;
                let is_value = clause.is_value.get(at) == Some(&true) && !self.is_base(clause, at);
                let draft = clause.assigned.get(at).copied().flatten().unwrap_or(NOT_MAPPED);
                (q.end() <= token && clause.depth(q.first) <= most_depth && is_value).then_some((draft, q.end()))
            })
        };
        let opening = (0..quantity.first)
            .rev()
            .take_while(|t| *t >= clause.reach.sentence.start)
            .find(|t| clause.depth(*t) < depth)
            .map(|t| t + 1);
        if depth > 0
            && let Some(open) = opening
        {
            let inside = self.opened_parts(clause, index, open);
            if let Some((draft, _, exhaustive)) = inside {
                return Some((draft, exhaustive));
            }
            if let Some((draft, _)) = draft_before(open, depth - 1) {
                let bracket = open..quantity.first;
                let exhaustive = clause.scan.has_marker(Marker::WholeParts, &bracket);
                return Some((draft, exhaustive));
            }
        }
        if let Some((draft, _, exhaustive)) = self.opened_parts(clause, index, clause.reach.sentence.start) {
            return Some((draft, exhaustive));
        }
        clause.outer.draft.map(|draft| (draft, clause.outer.exhaustive))
    }

    /// Whether a quantity became a plan or last year's value: what it is set against has parts, it has not.
    fn is_base(&self, clause: &Clause<'_>, index: usize) -> bool {
        let draft = clause.assigned.get(index).copied().flatten().and_then(|d| self.linked.drafts.get(d));
        draft.is_some_and(|d| matches!(d.measure, Measure::Plan | Measure::YoyBase))
    }

    /// The value before the last `trong đó`, `gồm` or colon between `from` and the quantity.
    fn opened_parts(&self, clause: &Clause<'_>, index: usize, from: usize) -> Option<(usize, usize, bool)> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let range = from..quantity.first;
        let mut openings: Vec<(usize, bool)> = clause
            .scan
            .hits_in(&range)
            .filter(|h| h.tag == Tag::Marker(Marker::OpensParts) && clause.depth(h.first as usize) <= depth)
            .map(|h| {
                let whole = clause
                    .scan
                    .hits_at(h.first as usize)
                    .iter()
                    .any(|o| o.tag == Tag::Marker(Marker::WholeParts) && o.last == h.last);
                (h.first as usize, whole)
            })
            .collect();
        openings.extend(
            range
                .clone()
                .filter(|t| clause.tokens.get(*t).is_some_and(|k| k.is(':')) && clause.depth(*t) <= depth)
                .map(|t| (t, false)),
        );
        openings.sort_unstable();
        for (open, exhaustive) in openings.into_iter().rev() {
            let before = (0..index).rev().find(|at| {
                clause.quantity(*at).is_some_and(|q| {
                    q.end() <= open
                        && clause.is_value.get(*at) == Some(&true)
                        && !self.is_base(clause, *at)
                        && clause.depth(q.first) <= clause.depth(open).max(depth)
                })
            });
            let Some(before) = before else { continue };
            let Some(q) = clause.quantity(before) else { continue };
            // `;` between the value and the words that open parts: they open something else.
            if clause.has_semicolon(q.end(), open.saturating_sub(1)) {
                continue;
            }
            // An item of the list that stands beside the parts has left them.
            let left = clause
                .scan
                .hits_in(&(open + 1..quantity.first))
                .any(|h| h.tag == Tag::Marker(Marker::Besides) && clause.depth(h.first as usize) <= clause.depth(open));
            if left {
                return None;
            }
            let draft = clause.assigned.get(before).copied().flatten().unwrap_or(NOT_MAPPED);
            return Some((draft, open, exhaustive));
        }
        None
    }

    fn categories(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> Vec<(String, String)> {
        let Some(rule) = self.dictionary.indicator(indicator) else { return Vec::new() };
        let (Some(quantity), Some(strict)) = (clause.quantity(index), clause.reach.strict.get(index)) else {
            return Vec::new();
        };
        if let Some(pair) = self.respective(clause, index, indicator) {
            return vec![pair];
        }
        let mut pairs =
            of_quantity(clause.tokens, clause.scan, quantity, strict, &rule.id, &rule.breakdowns, self.dictionary);
        if pairs.is_empty()
            && let Some(before) = clause.before_lone_bracket(index)
        {
            pairs =
                of_quantity(clause.tokens, clause.scan, quantity, &before, &rule.id, &rule.breakdowns, self.dictionary);
        }
        if pairs.len() < rule.breakdowns.len() && self.whole(clause, index).is_some() {
            let more =
                of_parts(clause.tokens, clause.scan, quantity, strict, &rule.id, &rule.breakdowns, self.dictionary);
            for (dimension, category) in more {
                if pairs.iter().all(|(d, _)| *d != dimension) {
                    pairs.push((dimension, category));
                }
            }
        }
        pairs
    }

    /// `A, B, C lần lượt là 1, 2, 3`: a part of the value before, with the category in the same place of the row of
    /// names.
    fn in_turn(&self, clause: &Clause<'_>, index: usize) -> Option<Found> {
        let marker = self.turn_marker(clause, index)?;
        let group = self.turn_group(clause, marker.1);
        // The values after the first go with it, whatever they hang on.
        if let Some(first) = group.first().filter(|first| **first < index && group.contains(&index)) {
            let of = clause.assigned.get(*first).copied().flatten()?;
            let pair = self.respective(clause, index, self.linked.drafts.get(of)?.indicator)?;
            return Some(Found::Sibling { of, pairs: vec![pair] });
        }
        let before = (0..index).rev().find(|at| {
            clause.quantity(*at).is_some_and(|q| q.end() <= marker.0 && !clause.has_semicolon(q.end(), marker.0))
                && clause.is_value.get(*at) == Some(&true)
        });
        let whole = match before {
            Some(at) => clause.assigned.get(at).copied().flatten()?,
            None if self.readings(clause, index, false).first().is_some_and(|c| c.specific) => return None,
            None => clause.memory.first().copied().or(clause.outer.draft)?,
        };
        let pair = self.respective(clause, index, self.linked.drafts.get(whole)?.indicator)?;
        Some(Found::Part { whole, exhaustive: false, pairs: vec![pair] })
    }

    pub(super) fn turn_marker(&self, clause: &Clause<'_>, index: usize) -> Option<(usize, usize)> {
        let quantity = clause.quantity(index)?;
        let range = clause.reach.item_start.get(index).copied()?..quantity.first;
        let hit = clause.scan.hits_in(&range).filter(|h| h.tag == Tag::Marker(Marker::Respectively)).last()?;
        Some((hit.first as usize, hit.last as usize))
    }

    /// The values that stand in turn after a `lần lượt` that ends at token `last`: no other words between them than
    /// their counted nouns.
    pub(super) fn turn_group(&self, clause: &Clause<'_>, last: usize) -> Vec<usize> {
        let mut group: Vec<usize> = Vec::new();
        for index in 0..clause.assigned.len() {
            let Some(quantity) = clause.quantity(index).filter(|q| q.first > last) else { continue };
            let from = group.last().and_then(|i| clause.quantity(*i)).map_or(last + 1, Quantity::end);
            let between = from..quantity.first;
            let joined = between.clone().all(|t| {
                clause.tokens.get(t).is_some_and(|k| !k.is_word() && !k.is(';'))
                    || clause.scan.hits_in(&between).any(|h| {
                        matches!(h.tag, Tag::Marker(Marker::And | Marker::Is | Marker::Reach | Marker::About))
                            && (h.first as usize..=h.last as usize).contains(&t)
                    })
            });
            if !joined {
                break;
            }
            group.push(index);
        }
        group
    }

    fn respective(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> Option<(String, String)> {
        let (first, last) = self.turn_marker(clause, index)?;
        let values = self.turn_group(clause, last);
        let place = values.iter().position(|i| *i == index)?;
        let rule = self.dictionary.indicator(indicator)?;
        let start = (0..index)
            .rev()
            .filter_map(|i| clause.quantity(i))
            .find(|q| q.end() <= first)
            .map_or(clause.reach.sentence.start, Quantity::end);
        let names = stated_of_parts(clause.tokens, clause.scan, &(start..first), &rule.id, self.dictionary);
        for id in &rule.breakdowns {
            let dimension = self.dictionary.dimension_ids.get(id).copied()?;
            let mut row: Vec<(String, usize)> = Vec::new();
            for name in names.iter().filter(|s| s.dimension == dimension) {
                match row.last_mut() {
                    // «sơ cấp và dưới 3 tháng» is one name where that makes as many names as there are values.
                    Some((category, end))
                        if name.first == *end + 2 && clause.tokens.get(*end + 1).is_some_and(Token::is_word) =>
                    {
                        *category = format!("{category}_{}", name.category);
                        *end = name.last;
                    }
                    _ => row.push((name.category.clone(), name.last)),
                }
            }
            if row.len() != values.len() {
                row = names.iter().filter(|s| s.dimension == dimension).map(|s| (s.category.clone(), s.last)).collect();
            }
            if row.len() != values.len() {
                // «hộ nghèo và hộ cận nghèo» is one group elsewhere; in turn each name counts.
                let each = stated_each(clause.tokens, clause.scan, &(start..first), &rule.id, self.dictionary);
                row = each
                    .into_iter()
                    .filter(|s| s.dimension == dimension && !s.category.is_empty())
                    .map(|s| (s.category, s.last))
                    .collect();
            }
            if row.len() == values.len() {
                return row.get(place).map(|(category, _)| (id.clone(), category.clone()));
            }
        }
        None
    }

    /// Whether the words near the number state a category that the indicator does not admit.
    fn foreign_category(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> bool {
        let Some(rule) = self.dictionary.indicator(indicator) else { return false };
        let Some(strict) = clause.reach.strict.get(index) else { return false };
        stated(clause.tokens, clause.scan, strict, &rule.id, self.dictionary).iter().any(|s| {
            self.dictionary
                .dimensions
                .get(usize::from(s.dimension))
                .is_some_and(|d| !rule.breakdowns.contains(&d.id) && !s.category.is_empty())
        })
    }

    /// What follows from a value before. A bracket that has closed is left: its whole comes first, then what is in it.
    fn companion(&self, clause: &Clause<'_>, reading: &Reading<'_>, index: usize) -> Option<Found> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let bracket_before = (0..index)
            .rev()
            .find(|at| clause.is_value.get(*at) == Some(&true))
            .is_some_and(|at| clause.quantity(at).is_some_and(|q| clause.depth(q.first) > depth));
        bracket_before
            .then(|| self.companion_at(clause, reading, index, Some(depth)))
            .flatten()
            .filter(|found| matches!(found, Found::Companion { .. }))
            .or_else(|| self.companion_at(clause, reading, index, None))
    }

    fn companion_at(
        &self,
        clause: &Clause<'_>,
        reading: &Reading<'_>,
        index: usize,
        most_depth: Option<u8>,
    ) -> Option<Found> {
        let quantity = clause.quantity(index)?;
        let money = quantity.class == Some(UnitClass::Known(Unit::Vnd));
        // The nearest value before, in or out of a bracket, that has a companion of this kind.
        let mut at = index;
        let mut tried = 0;
        while let Some(before) = at.checked_sub(1) {
            at = before;
            if clause.is_value.get(at) != Some(&true) {
                continue;
            }
            let deep = |most: u8| clause.quantity(at).is_some_and(|q| clause.depth(q.first) > most);
            if most_depth.is_some_and(deep) {
                continue;
            }
            let Some(draft) = clause.assigned.get(at).copied().flatten() else {
                if money {
                    return None;
                } else {
                    continue;
                };
            };
            let value = self.linked.drafts.get(draft)?;
            if matches!(value.measure, Measure::YoyBase | Measure::Plan) {
                continue;
            }
            // What a bracket says of another period ends with the bracket.
            let inside = clause.quantity(at).is_some_and(|q| clause.depth(q.first) > clause.depth(quantity.first));
            if inside && value.period.is_some() {
                continue;
            }
            // Beyond a semicolon only a clause that names nothing else goes on about the value before.
            let base_end = clause.quantity(at).map_or(0, Quantity::end);
            let start = clause.reach.strict.get(index).map_or(0, |s| s.start);
            if clause.has_semicolon(base_end, quantity.first) && clause.plain_words(start, quantity.first) > 2 {
                return None;
            }
            if let Some(found) = self.companion_of(reading, draft, value.indicator, money) {
                return Some(found);
            }
            tried += 1;
            if tried >= 3 {
                break;
            }
        }
        let outer = clause.outer.draft.filter(|_| index == 0)?;
        let value = self.linked.drafts.get(outer)?;
        self.companion_of(reading, outer, value.indicator, money)
    }

    fn companion_of(&self, reading: &Reading<'_>, draft: usize, indicator: u16, money: bool) -> Option<Found> {
        let mut fitting: Vec<u16> = Vec::new();
        for (position, rules) in self.dictionary.rules.iter().enumerate() {
            let Ok(position) = u16::try_from(position) else { continue };
            if !rules.companion_of.contains(&indicator) || reading.unit_fit(position) < 0.55 {
                continue;
            }
            let said = reading.has_companion_words(position) || (money && rules.is_money && rules.companion.is_empty());
            if said && !reading.is_forbidden(position) {
                fitting.push(position);
            }
        }
        // Of several, the one of the same field of work, else the first of the register.
        let field = |i: u16| self.dictionary.indicator(i).map(|x| x.domain().to_owned());
        let own = field(indicator);
        let indicator = fitting.iter().copied().find(|i| field(*i) == own).or_else(|| fitting.first().copied())?;
        Some(Found::Companion { of: draft, indicator })
    }

    /// Whether a word right before the number asks for the subject's value for another period or plan.
    fn asks_for_subject(&self, clause: &Clause<'_>, index: usize) -> bool {
        [Marker::Cumulative, Marker::InPeriod, Marker::Estimate, Marker::PlanValue]
            .iter()
            .any(|m| clause.before(index, *m, 3).is_some())
            || clause.before_bracket(index, Marker::PlanOfYear) && clause.opens_bracket(index)
            || {
                let left = clause.left(index);
                clause.events.iter().any(|e| e.first >= left.start && e.last < left.end)
            }
            || self.period_after(clause, index).is_some()
    }

    /// The period that follows the number at once: `19.685 người của 9 tháng đầu năm`, `145.712 hồ sơ cả năm`.
    fn period_after(&self, clause: &Clause<'_>, index: usize) -> Option<Coverage> {
        let right = clause.right(index);
        let end = clause.quantity(index + 1).map_or(right.end, |next| next.first.max(right.end));
        let event = clause.events.iter().find(|e| e.first >= right.start && e.last < end)?;
        let leads = (right.start..event.first).all(|t| clause.tokens.get(t).is_some_and(Token::is_word));
        (leads && event.first <= right.start + 1).then_some(event.coverage)
    }

    fn find(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Found {
        let reading = self.reading(clause, index, false);
        let candidates = self.readings(clause, index, false);
        let scores = self.dictionary.confidence.scores;
        let own = candidates.first().copied().filter(|c| c.score >= scores.enough);
        let unmapped = |reason: &'static str| {
            Found::Nothing(Unmapped {
                reason,
                candidates: candidates.iter().take(3).map(|c| (c.indicator, c.score)).collect(),
            })
        };
        if let Some(found) = self.in_turn(clause, index) {
            return found;
        }
        if self.singles_out_district(clause, index) {
            return unmapped("district-row");
        }
        let near = own.filter(|c| c.anchored && c.specific);
        if near.is_none()
            && let Some(of) = self.restated(clause, index, quantity)
        {
            return Found::Restated { of };
        }
        let companion = self.companion(clause, &reading, index);
        if let Some((whole, exhaustive)) = self.whole(clause, index) {
            return self.find_part(clause, &reading, index, whole, exhaustive, &candidates, companion, &unmapped);
        }
        if let Some(Found::Nothing(_)) = &companion
            && near.is_none()
            && let Some(found) = companion
        {
            return found;
        }
        if let Some(Found::Companion { indicator, .. }) = &companion {
            let own_is_better = near.is_some_and(|c| {
                c.indicator != *indicator && c.nearness >= 1.0 && c.score >= scores.strong + 0.6 && c.fit >= 0.9
            });
            if !own_is_better && let Some(found) = companion {
                return found;
            }
        }
        let before = clause.value_before(index).and_then(|at| clause.assigned.get(at).copied().flatten());
        if near.is_none()
            && self.asks_for_subject(clause, index)
            && let Some(of) = self.subject_like(clause, &reading, index)
        {
            return Found::Carried { of };
        }
        if let Some(of) = before
            && let Some(draft) = self.linked.drafts.get(of)
        {
            let fits = reading.unit_fit(draft.indicator) > 0.0 && !reading.is_forbidden(draft.indicator);
            let pairs = if fits { self.categories(clause, index, draft.indicator) } else { Vec::new() };
            let goes_on = near.is_some_and(|c| {
                c.indicator == draft.indicator
                    && draft.part_of.is_some()
                    && pairs.iter().any(|(d, _)| draft.breakdown.iter().any(|(o, _)| o == d))
                    && !self.asks_for_subject(clause, index)
                    && !clause.has_semicolon(draft.tokens.end, quantity.first)
            });
            if fits && (goes_on || near.is_none_or(|c| self.names_of_another(&pairs, c.indicator))) {
                let same_dimension = pairs.iter().any(|(d, _)| draft.breakdown.iter().any(|(other, _)| other == d));
                if same_dimension {
                    return Found::Sibling { of, pairs };
                }
                // «… có 3.018 phụ nữ; dân tộc thiểu số 3.206 người»: another attribute of the same whole.
                if let Some(part) = draft
                    .part_of
                    .filter(|_| !pairs.is_empty() && self.names_only_categories(clause, index, draft.indicator))
                {
                    return Found::Part { whole: part.whole, exhaustive: false, pairs };
                }
                if !pairs.is_empty()
                    && draft.breakdown.is_empty()
                    && (!clause.has_semicolon(draft.tokens.end, quantity.first)
                        || self.names_only_categories(clause, index, draft.indicator))
                {
                    return Found::Part { whole: of, exhaustive: false, pairs };
                }
            }
        }
        if near.is_none()
            && let Some(found) = self.parallel_item(clause, &reading, index)
        {
            return found;
        }
        if before.is_none()
            && let Some(found) = self.part_of_memory(clause, &reading, index, near)
        {
            return found;
        }
        // A number without words of its own beside a value of the same indicator restates nothing.
        let restates = own.is_some_and(|c| {
            let far = c.nearness < 0.6 && !self.asks_for_subject(clause, index);
            let pairs = self.categories(clause, index, c.indicator);
            (!c.anchored || far)
                && clause.assigned.iter().flatten().any(|d| {
                    self.linked.drafts.get(*d).is_some_and(|x| {
                        x.indicator == c.indicator
                            && x.measure == Measure::Actual
                            && (!c.anchored || x.breakdown == pairs)
                    })
                })
        });
        if restates {
            return unmapped("no-words-of-its-own");
        }
        match own.or_else(|| self.by_title(clause, index)) {
            Some(candidate) => Found::Own(candidate),
            None => unmapped("no-indicator"),
        }
    }

    /// A part of what the sentence before is about, where no more than a category is said of the number: «Lao động nữ là
    /// 4.012 người», «Phần đông đi Nhật Bản (39 người)».
    fn part_of_memory(
        &self,
        clause: &Clause<'_>,
        reading: &Reading<'_>,
        index: usize,
        near: Option<Candidate>,
    ) -> Option<Found> {
        if clause.value_before(index).is_some() {
            return None;
        }
        let whole = clause.memory.first().copied()?;
        let draft = self.linked.drafts.get(whole)?;
        let pairs = self.categories(clause, index, draft.indicator);
        let new = pairs.iter().any(|(d, _)| draft.breakdown.iter().all(|(o, _)| o != d));
        let fits = reading.unit_fit(draft.indicator) > 0.0 && !reading.is_forbidden(draft.indicator);
        let end = clause.quantity(index)?.first;
        let start = clause.before_lone_bracket(index).map_or(clause.reach.strict.get(index)?.start, |r| r.start);
        let bare = clause.before_lone_bracket(index).is_some()
            || start < end && self.covered_by_categories(clause, index, draft.indicator, (start, end - 1));
        let rival = near.is_some_and(|c| c.indicator != draft.indicator && !self.names_of_another(&pairs, c.indicator));
        (new && fits && bare && !rival).then_some(Found::Part { whole, exhaustive: false, pairs })
    }

    /// Whether proper names (of countries, of ethnic groups) among the categories split one indicator and not another.
    fn names_of_another(&self, pairs: &[(String, String)], other: u16) -> bool {
        let Some(row) = self.dictionary.indicator(other) else { return false };
        pairs.iter().any(|(dimension, _)| {
            let at = self.dictionary.dimension_ids.get(dimension).copied();
            let proper =
                at.and_then(|d| self.dictionary.dimensions.get(usize::from(d))).is_some_and(|d| d.proper_names);
            proper && !row.breakdowns.contains(dimension)
        })
    }

    /// Index of the first draft of a block, or of those after it: drafts lie in the order of their blocks.
    fn first_draft_of(&self, block: usize) -> usize {
        self.linked.drafts.partition_point(|d| d.block < block)
    }

    /// The value that a number without words of its own says again: an equal one of the same block, or of the report
    /// where the number stands in its assessment, if all such values are one figure.
    fn restated(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Option<usize> {
        let value = quantity.value?;
        let money = quantity.class == Some(UnitClass::Known(Unit::Vnd));
        let telling = value.normalize().mantissa().unsigned_abs() >= if money { 1_000 } else { 100 };
        if !telling || quantity.kind != QuantityKind::Plain || quantity.class.is_none() {
            return None;
        }
        let assesses = self.document.blocks.get(clause.block).is_some_and(|b| b.part == Part::Assessment);
        let reading = self.reading(clause, index, false);
        let from = if assesses { 0 } else { self.first_draft_of(clause.block) };
        let mut same = self.linked.drafts.iter().enumerate().skip(from).filter(|(_, d)| {
            d.value == value
                && matches!(d.measure, Measure::Actual | Measure::Cumulative)
                && reading.unit_fit(d.indicator) > 0.5
        });
        let (at, first) = same.next()?;
        same.all(|(_, d)| d.indicator == first.indicator && d.breakdown == first.breakdown).then_some(at)
    }

    /// Whether the number is of a part of the province singled out after the whole: «riêng huyện … có 1.460 người».
    fn singles_out_district(&self, clause: &Clause<'_>, index: usize) -> bool {
        let left = clause.left(index);
        let Some(beside) = clause.scan.last_marker(Marker::Besides, &left) else { return false };
        let next = beside.last as usize + 1;
        let district = clause.scan.hits_at(next).iter().find(|h| h.tag == Tag::Marker(Marker::District));
        district.is_some_and(|h| clause.tokens.get(h.last as usize + 1).is_some_and(|t| t.is_word() && t.capital))
            && clause.value_before(index).is_some()
    }

    /// The same place of the item before, of a list whose items are named by a category alone:
    /// «- Vận động xã hội hóa: 4.120 suất» after «- Quà của tỉnh: 52.310 suất».
    fn parallel_item(&self, clause: &Clause<'_>, reading: &Reading<'_>, index: usize) -> Option<Found> {
        let block = self.document.blocks.get(clause.block)?;
        if block.label == 0 || clause.sentence > 0 || index > 0 {
            return None;
        }
        let quantity = clause.quantity(index)?;
        let before = self
            .document
            .blocks
            .get(..clause.block)?
            .iter()
            .rposition(|b| !matches!(b.kind, BlockKind::Furniture | BlockKind::Footnote(_)))?;
        let sibling = self.document.blocks.get(before)?;
        if sibling.label == 0 || sibling.level != block.level || sibling.intro != block.intro {
            return None;
        }
        let of = self.first_draft_of(before);
        let draft = self.linked.drafts.get(of).filter(|d| d.block == before && d.sentence == 0)?;
        let first = self.scans.get(before)?.quantities.first()?;
        let alike = first.class == quantity.class && draft.tokens.start == first.first && !draft.measure.is_relative();
        let rule = self.dictionary.indicator(draft.indicator)?;
        let strict = clause.reach.strict.get(index)?;
        let pairs = of_parts(clause.tokens, clause.scan, quantity, strict, &rule.id, &rule.breakdowns, self.dictionary);
        let pairs = if pairs.is_empty() { self.categories(clause, index, draft.indicator) } else { pairs };
        let parallel = pairs.iter().any(|(d, _)| draft.breakdown.iter().any(|(o, _)| o == d));
        (alike && parallel && reading.unit_fit(draft.indicator) > 0.0).then_some(Found::Sibling { of, pairs })
    }

    /// The reading by the heading right above, for a number whose own words name nothing.
    fn by_title(&self, clause: &Clause<'_>, index: usize) -> Option<Candidate> {
        let mut reading = self.reading(clause, index, false);
        reading.by_title = true;
        let best = reading.candidates().into_iter().next()?;
        let exact = best.fit >= 0.95 || clause.quantity(index).is_some_and(|q| q.class.is_none());
        (exact && best.score >= self.dictionary.confidence.scores.enough).then_some(best)
    }

    /// The value whose other period a number states: the nearest before it that is counted in the same noun, else in
    /// one that fits; failing that in the sentence, in the one before.
    fn subject_like(&self, clause: &Clause<'_>, reading: &Reading<'_>, index: usize) -> Option<usize> {
        let class = clause.quantity(index)?.class;
        let mut values: Vec<usize> = (0..index)
            .rev()
            .filter(|at| clause.is_value.get(*at) == Some(&true))
            .filter_map(|at| clause.assigned.get(at).copied().flatten())
            .collect();
        if values.is_empty() && clause.value_before(index).is_none() {
            values.extend(clause.memory.iter().copied());
        }
        let fits = |d: &usize| {
            self.linked.drafts.get(*d).is_some_and(|draft| {
                reading.unit_fit(draft.indicator) > 0.0
                    && !reading.is_forbidden(draft.indicator)
                    && !matches!(draft.measure, Measure::PerUnit)
            })
        };
        let same = |d: &usize| {
            self.linked
                .drafts
                .get(*d)
                .and_then(|draft| self.dictionary.indicator(draft.indicator))
                .is_some_and(|i| class == Some(UnitClass::Known(i.unit)))
        };
        let mains: Vec<usize> = values
            .iter()
            .copied()
            .filter(|d| self.linked.drafts.get(*d).is_some_and(|x| x.part_of.is_none()))
            .collect();
        let choose = |list: &[usize]| {
            list.iter().copied().find(|d| fits(d) && same(d)).or_else(|| list.iter().copied().find(fits))
        };
        choose(&mains).or_else(|| choose(&values))
    }

    #[expect(clippy::too_many_arguments, reason = "the evidence is weighed against each other in one place")]
    fn find_part(
        &self,
        clause: &Clause<'_>,
        reading: &Reading<'_>,
        index: usize,
        whole: usize,
        exhaustive: bool,
        candidates: &[Candidate],
        companion: Option<Found>,
        unmapped: &dyn Fn(&'static str) -> Found,
    ) -> Found {
        let scores = self.dictionary.confidence.scores;
        let own = candidates.first().copied().filter(|c| c.score >= scores.enough);
        let Some(draft) = self.linked.drafts.get(whole) else {
            return match own.filter(|c| c.anchored && c.specific) {
                Some(own) if whole == NOT_MAPPED => Found::Own(own),
                _ => unmapped("part-of-unmapped"),
            };
        };
        let pairs = self.categories(clause, index, draft.indicator);
        let fits = reading.unit_fit(draft.indicator) > 0.0;
        if fits && clause.compared_period(index, self.report).is_some() {
            return Found::Carried { of: whole };
        }
        let forbidden = reading.is_forbidden_part(draft.indicator);
        let part = |pairs: Vec<(String, String)>| Found::Part { whole, exhaustive, pairs };
        let asks = self.asks_for_subject(clause, index);
        // What follows a value within the parts belongs to that value, not to their whole.
        if let Some(Found::Companion { of, .. }) = &companion
            && *of != whole
            && pairs.is_empty()
            && own.is_none_or(|c| !c.specific || c.nearness < 1.0 || c.indicator == draft.indicator)
            && let Some(found) = companion
        {
            return found;
        }
        // «…; khác: 513»: the rest of a list of parts is the category of all others.
        if pairs.is_empty()
            && let Some(found) = self.other_part(clause, index, whole)
        {
            return found;
        }
        // A list of parts goes on with the categories of the part before.
        let sibling = clause
            .value_before(index)
            .and_then(|at| clause.assigned.get(at).copied().flatten())
            .filter(|d| *d != whole)
            .and_then(|d| self.linked.drafts.get(d).map(|draft| (d, draft)))
            .filter(|(_, d)| d.indicator != draft.indicator && d.part_of.is_some());
        if let Some((of, other)) = sibling
            && own.is_none_or(|c| !c.anchored || !c.specific)
        {
            let pairs = self.categories(clause, index, other.indicator);
            if pairs.iter().any(|(d, _)| other.breakdown.iter().any(|(o, _)| o == d))
                && reading.unit_fit(other.indicator) > 0.0
            {
                return Found::Sibling { of, pairs };
            }
        }
        if let Some(own) = own {
            if own.indicator == draft.indicator {
                let other = candidates.iter().copied().find(|c| {
                    c.indicator != draft.indicator
                        && c.anchored
                        && c.score >= scores.strong
                        && !self.categories(clause, index, c.indicator).is_empty()
                });
                if let Some(other) = other.filter(|_| pairs.is_empty()) {
                    return Found::Own(other);
                }
                return if !pairs.is_empty() && !forbidden {
                    part(pairs)
                } else if asks || clause.outer.draft == Some(whole) && !self.lists_parts(clause, index) {
                    Found::Own(own)
                } else {
                    unmapped("part-not-in-register")
                };
            }
            if let Some(Found::Companion { indicator, .. }) = &companion
                && (*indicator == own.indicator
                    || own.nearness < 1.0
                    || !own.specific
                    || own.score < scores.strong + 0.6)
                && pairs.is_empty()
                && let Some(found) = companion
            {
                return found;
            }
            let bare_category = self.covered_by_categories(clause, index, draft.indicator, own.span);
            if !pairs.is_empty()
                && fits
                && !forbidden
                && (own.nearness < 1.0 || bare_category || own.score < scores.strong + 0.8)
                && reading.unit_fit(draft.indicator) + 0.01 >= own.fit.min(0.75)
            {
                return part(pairs);
            }
            if own.anchored && own.specific {
                return Found::Own(own);
            }
        }
        if !pairs.is_empty() && fits && !forbidden {
            return part(pairs);
        }
        if let Some(found) = companion {
            return found;
        }
        if fits && !forbidden && asks {
            return Found::Carried { of: whole };
        }
        if forbidden || self.foreign_category(clause, index, draft.indicator) {
            return unmapped("breakdown-not-in-register");
        }
        match own {
            Some(own) if own.specific => Found::Own(own),
            _ => unmapped("no-indicator"),
        }
    }

    /// The next of the parts before, where its own words say no more than «khác».
    fn other_part(&self, clause: &Clause<'_>, index: usize, whole: usize) -> Option<Found> {
        let quantity = clause.quantity(index)?;
        let before = index.checked_sub(1)?;
        let of = clause.assigned.get(before).copied().flatten()?;
        let part = self.linked.drafts.get(of)?;
        let parent = self.linked.drafts.get(whole)?;
        let (dimension, _) = part.breakdown.iter().find(|(d, _)| parent.breakdown.iter().all(|(p, _)| p != d))?;
        let hit = clause.scan.last_marker(Marker::OtherCategory, &(clause.quantity(before)?.end()..quantity.first))?;
        let only = clause.plain_words(clause.quantity(before)?.end().saturating_sub(1), hit.first as usize) == 0
            && clause.plain_words(hit.last as usize, quantity.first) == 0;
        let same = part.part_of.is_some_and(|p| p.whole == whole);
        (only && same && quantity.value.is_some())
            .then(|| Found::Sibling { of, pairs: vec![(dimension.clone(), "other".to_owned())] })
    }

    /// Whether words that open parts stand before the quantity in its sentence.
    fn lists_parts(&self, clause: &Clause<'_>, index: usize) -> bool {
        let Some(quantity) = clause.quantity(index) else { return false };
        clause.scan.has_marker(Marker::OpensParts, &(clause.reach.sentence.start..quantity.first))
    }

    /// Whether nothing but words of categories stands between a semicolon and the number: «…; lao động nữ là 24 người».
    fn names_only_categories(&self, clause: &Clause<'_>, index: usize, indicator: u16) -> bool {
        let Some(quantity) = clause.quantity(index) else { return false };
        let own = clause.reach.sentence.start..quantity.first;
        let Some(stop) = own.rev().find(|t| clause.tokens.get(*t).is_some_and(|k| k.is(';'))) else { return false };
        let is = clause.scan.last_marker(Marker::Is, &(stop + 1..quantity.first));
        let end = is.filter(|h| h.last as usize + 1 == quantity.first).map_or(quantity.first, |h| h.first as usize);
        let opener = clause.scan.last_marker(Marker::Besides, &(stop + 1..quantity.first));
        let stop = opener.filter(|h| h.first as usize == stop + 1).map_or(stop, |h| h.last as usize);
        stop + 1 < end && self.covered_by_categories(clause, index, indicator, (stop + 1, end - 1))
    }

    /// Whether the words of a reading are no more than words of categories that the whole's indicator admits.
    fn covered_by_categories(&self, clause: &Clause<'_>, index: usize, indicator: u16, span: (usize, usize)) -> bool {
        let Some(rule) = self.dictionary.indicator(indicator) else { return false };
        let Some(strict) = clause.reach.strict.get(index) else { return false };
        let categories = stated(clause.tokens, clause.scan, strict, &rule.id, self.dictionary);
        let counted = |t: usize| {
            clause.scan.hits_at(t).iter().any(|h| {
                matches!(h.tag, Tag::Unit(id) if self.dictionary.units.get(usize::from(id)).is_some_and(|u| u.general))
            })
        };
        let plain = |t: usize| {
            clause.tokens.get(t).is_some_and(Token::is_word) && !counted(t) && clause.scan.marked.get(t) != Some(&true)
        };
        (span.0..=span.1).filter(|t| plain(*t)).all(|t| {
            categories.iter().any(|s| {
                s.first <= t
                    && t <= s.last
                    && self
                        .dictionary
                        .dimensions
                        .get(usize::from(s.dimension))
                        .is_some_and(|d| rule.breakdowns.contains(&d.id))
            })
        })
    }

    /// The coverage of a value: by the last word before it that sets one and still reaches it.
    pub(super) fn coverage(
        &self,
        clause: &Clause<'_>,
        index: usize,
        indicator: u16,
        base: Option<usize>,
    ) -> Option<Coverage> {
        let quantity = clause.quantity(index)?;
        let depth = clause.depth(quantity.first);
        let first_quantity = clause.quantity(0).map_or(quantity.first, |q| q.first);
        let visible = |e: &&Event| {
            e.last < quantity.first
                && (clause.depth(e.first) == 0
                    || clause.bracket_leads(e.last)
                    || clause.depth(e.first) <= depth
                        && (e.first..quantity.first).all(|t| clause.depth(t) >= clause.depth(e.first)))
        };
        let right = clause.right(index);
        if let Some(after) = clause
            .events
            .iter()
            .find(|e| e.first >= right.start && e.last < right.end && e.coverage == Coverage::Cumulative)
        {
            return Some(after.coverage);
        }
        if let Some(after) = self.period_after(clause, index) {
            return Some(after);
        }
        let base_tokens = base
            .and_then(|d| self.linked.drafts.get(d))
            .filter(|d| d.block == clause.block && d.sentence == clause.sentence)
            .map(|d| d.tokens.end);
        let head = clause.events.iter().filter(|e| e.last < first_quantity).rfind(visible);
        let latest = clause.events.iter().rfind(visible)?;
        if base_tokens.is_some_and(|end| latest.first < end)
            || (base.is_some() && base_tokens.is_none() && latest.last >= first_quantity && head == Some(latest))
        {
            return None;
        }
        if latest.last < first_quantity {
            return Some(latest.coverage);
        }
        if clause.has_semicolon(latest.last, quantity.first) {
            return head.map(|e| e.coverage);
        }
        let next = (0..clause.assigned.len()).find(|i| clause.quantity(*i).is_some_and(|q| q.first > latest.last))?;
        if next == index {
            return Some(latest.coverage);
        }
        let same = clause
            .assigned
            .get(next)
            .copied()
            .flatten()
            .and_then(|d| self.linked.drafts.get(d))
            .is_some_and(|d| d.indicator == indicator);
        if same { Some(latest.coverage) } else { head.map(|e| e.coverage) }
    }

    /// Whether the next number is the cumulative value of the same thing: `24,8 tỷ đồng, lũy kế 251,6 tỷ đồng`.
    fn cumulative_follows(&self, clause: &Clause<'_>, index: usize) -> bool {
        let (Some(own), Some(next)) = (clause.quantity(index), clause.quantity(index + 1)) else { return false };
        own.class == next.class
            && clause.before(index + 1, Marker::Cumulative, 3).is_some()
            && !clause.has_semicolon(own.end(), next.first)
    }

    fn value(
        &mut self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        found: Found,
    ) -> Result<Draft, Unmapped> {
        let loses = self.dictionary.confidence.loses;
        if let Found::Restated { of } = found {
            let draft = self.draft(of)?;
            return Ok(Draft {
                measure: draft.measure,
                of: None,
                qualifier: qualifier(quantity.approx),
                confidence: (draft.confidence - loses.carried).clamp(0.05, 0.99),
                rule: format!("restates: {}", draft.rule),
                is_main: clause.depth(quantity.first) == 0,
                ..self.relative_draft(clause, index, quantity, value, draft)
            });
        }
        let mut confidence = self.dictionary.confidence.start;
        let (indicator, base, part_of, mut pairs, rule) = match &found {
            Found::Nothing(unmapped) => return Err(unmapped.clone()),
            Found::Restated { .. } => return Err(Unmapped { reason: "no-indicator", candidates: Vec::new() }),
            Found::Own(candidate) => {
                confidence = self.own_confidence(clause, index, candidate);
                let pairs = self.categories(clause, index, candidate.indicator);
                let text = self.wording_text(candidate.wording);
                (candidate.indicator, None, None, pairs, text)
            }
            Found::Part { whole, exhaustive, pairs } => {
                let draft = self.draft(*whole)?;
                confidence = draft.confidence - loses.inherited;
                let mut all = draft.breakdown.clone();
                merge(&mut all, pairs);
                let part = PartOf { whole: *whole, exhaustive: *exhaustive };
                (draft.indicator, Some(*whole), Some(part), all, format!("part of: {}", draft.rule))
            }
            Found::Companion { of, indicator } => {
                let draft = self.draft(*of)?;
                confidence = draft.confidence.min(confidence) - loses.companion;
                let pairs = self.companion_breakdown(clause, index, *of, *indicator);
                (*indicator, Some(*of), None, pairs, format!("follows: {}", draft.rule))
            }
            Found::Sibling { of, pairs } => {
                let draft = self.draft(*of)?;
                confidence = draft.confidence - loses.sibling;
                let mut all = draft.breakdown.clone();
                merge(&mut all, pairs);
                (draft.indicator, Some(*of), draft.part_of, all, format!("next to: {}", draft.rule))
            }
            Found::Carried { of } => {
                let draft = self.draft(*of)?;
                confidence = draft.confidence - loses.carried;
                let mut all = draft.breakdown.clone();
                merge(&mut all, &self.categories(clause, index, draft.indicator));
                (draft.indicator, Some(*of), None, all, format!("subject: {}", draft.rule))
            }
        };
        let Some(rule_row) = self.dictionary.indicator(indicator) else {
            return Err(Unmapped { reason: "no-indicator", candidates: Vec::new() });
        };
        pairs.retain(|(dimension, _)| rule_row.breakdowns.contains(dimension));
        pairs.sort();
        if quantity.class.is_none() && quantity.kind == QuantityKind::Plain {
            confidence -= loses.no_unit;
        }
        if quantity.kind == QuantityKind::InWords {
            confidence -= loses.number_in_words;
        }
        let inherits = base.filter(|_| !matches!(found, Found::Carried { .. }));
        let coverage = self.coverage(clause, index, indicator, inherits);
        let is_flow = rule_row.kind == Kind::Flow;
        let (mut period, cumulative) = match (coverage, inherits.and_then(|b| self.linked.drafts.get(b))) {
            (Some(coverage), _) => {
                let (period, cumulative) = time::place(coverage, self.report, is_flow);
                ((period != self.report).then_some(period), cumulative)
            }
            (None, Some(draft)) => {
                let cumulative = draft.measure == Measure::Cumulative && !self.cumulative_follows(clause, index);
                (draft.period, is_flow && cumulative)
            }
            (None, None) => (None, false),
        };
        if period.is_none() && coverage.is_none() {
            period = clause
                .outer
                .period
                .or(clause.outer.of_stocks.filter(|_| !is_flow))
                .or_else(|| self.period_before(clause, rule_row, inherits.is_some()));
        }
        let mut measure = if cumulative { Measure::Cumulative } else { Measure::Actual };
        let last_year = period.is_some_and(|p| {
            p.last_year() + 1 == self.report.year && (p.kind == self.report.kind || p.kind == PeriodKind::Year)
        });
        let beside = clause.depth(quantity.first) > 0 && matches!(found, Found::Carried { .. });
        let compared = clause.compared_period(index, self.report).filter(|_| beside);
        if let Some(other) = compared {
            measure = Measure::Actual;
            period = Some(other);
        } else if last_year && beside {
            measure = Measure::YoyBase;
            period = base.and_then(|b| self.linked.drafts.get(b)).and_then(|d| d.period);
        } else if self.is_plan(clause, index) {
            measure = Measure::Plan;
            period = None;
        } else if rule_row.unit == Unit::Vnd
            && rule_row.kind == Kind::Flow
            && self.is_for_one(clause, index, quantity, value, &found)
        {
            measure = Measure::PerUnit;
        }
        let estimate = clause.before(index, Marker::Estimate, 6).is_some()
            || inherits.and_then(|b| self.linked.drafts.get(b)).is_some_and(|d| {
                d.status == Status::Estimate && matches!(found, Found::Part { .. } | Found::Sibling { .. })
            });
        let forecast = clause.before(index, Marker::Forecast, 8).is_some();
        let status = if forecast && measure != Measure::Plan {
            Status::Forecast
        } else if estimate {
            Status::Estimate
        } else {
            Status::Reported
        };
        let qualifier = if quantity.upper.is_some() { Qualifier::Over } else { qualifier(quantity.approx) };
        let is_main =
            part_of.is_none() && clause.depth(quantity.first) == 0 && self.whole(clause, index).is_none_or(|_| false);
        Ok(Draft {
            block: clause.block,
            sentence: clause.sentence,
            tokens: quantity.first..quantity.last + 1,
            span: span_of(clause.tokens, quantity),
            quote: clause.reach.item_start.get(index).copied().unwrap_or(0)
                ..clause.reach.item_end.get(index).copied().unwrap_or(0),
            indicator,
            breakdown: pairs,
            measure,
            of: None,
            base: String::new(),
            period,
            value,
            qualifier,
            status,
            origin: clause.origin,
            confidence: confidence.clamp(0.05, 0.99),
            rule,
            part_of,
            about: if let Found::Companion { of, .. } = found { Some(of) } else { None },
            is_main,
            place: None,
            province: None,
            candidates: self
                .candidates_of(clause, index, false)
                .iter()
                .take(5)
                .map(|c| (c.indicator, c.score))
                .collect(),
        })
    }

    /// The other period of the sentence before, for a stock or rate of the same field of work that names none.
    fn period_before(&self, clause: &Clause<'_>, of: &Indicator, inherits: bool) -> Option<Period> {
        let (domain, unit) = (of.domain(), of.unit);
        if of.kind == Kind::Flow || inherits {
            return None;
        }
        let before = self.linked.drafts.iter().rev().take_while(|d| d.block == clause.block);
        let near = before.filter(|d| d.sentence + 1 == clause.sentence);
        near.filter(|d| {
            self.dictionary.indicator(d.indicator).is_some_and(|row| {
                // A rate of households and their number go together.
                let alike = row.unit == unit
                    || matches!((row.unit, unit), (Unit::Percent, Unit::Household) | (Unit::Household, Unit::Percent));
                alike && row.domain() == domain && row.kind != Kind::Flow
            })
        })
        .find_map(|d| d.period)
    }

    fn draft(&self, at: usize) -> Result<&Draft, Unmapped> {
        self.linked.drafts.get(at).ok_or(Unmapped { reason: "no-indicator", candidates: Vec::new() })
    }

    pub(super) fn wording_text(&self, id: u32) -> String {
        self.dictionary.wordings.get(id as usize).map(|w| w.text.clone()).unwrap_or_default()
    }

    pub(super) fn own_confidence(&self, clause: &Clause<'_>, index: usize, candidate: &Candidate) -> f32 {
        let weights = self.dictionary.confidence;
        let loses = weights.loses;
        let mut confidence = weights.start;
        confidence -= (1.0 - candidate.nearness) * loses.far_words;
        if candidate.fit < 0.95 && clause.quantity(index).is_some_and(|q| q.class.is_some()) {
            confidence -= loses.unit_differs * (1.0 - candidate.fit) / 0.3;
        }
        if candidate.from_context {
            confidence -= loses.from_context;
        }
        if candidate.field < 0 {
            confidence -= loses.field_differs;
        }
        if candidate.score < weights.scores.strong {
            let lack =
                (weights.scores.strong - candidate.score) / (weights.scores.strong - weights.scores.enough).max(0.1);
            confidence -= loses.weak * lack.clamp(0.0, 1.0);
        }
        let others = self.readings(clause, index, false);
        let rival = others.iter().find(|c| c.indicator != candidate.indicator);
        if let Some(rival) = rival {
            let gap = (candidate.score - rival.score).max(0.0);
            if gap < weights.scores.margin {
                confidence -= loses.ambiguous * (1.0 - gap / weights.scores.margin);
            }
        }
        confidence
    }

    /// The breakdown of what follows a value: the value's own as far as it is admitted, what its own words state, and
    /// what the value's words state of dimensions that only the follower has.
    fn companion_breakdown(
        &self,
        clause: &Clause<'_>,
        index: usize,
        of: usize,
        indicator: u16,
    ) -> Vec<(String, String)> {
        let (Some(draft), Some(rule)) = (self.linked.drafts.get(of), self.dictionary.indicator(indicator)) else {
            return Vec::new();
        };
        let mut all: Vec<(String, String)> =
            draft.breakdown.iter().filter(|(d, _)| rule.breakdowns.contains(d)).cloned().collect();
        let base_index = clause.assigned.iter().position(|d| *d == Some(of));
        if let Some(base) = base_index {
            let theirs = self.categories(clause, base, indicator);
            let base_breakdowns =
                self.dictionary.indicator(draft.indicator).map(|i| i.breakdowns.clone()).unwrap_or_default();
            let only_mine: Vec<_> = theirs.into_iter().filter(|(d, _)| !base_breakdowns.contains(d)).collect();
            merge(&mut all, &only_mine);
        }
        merge(&mut all, &self.categories(clause, index, indicator));
        all
    }

    fn is_plan(&self, clause: &Clause<'_>, index: usize) -> bool {
        clause.before(index, Marker::PlanValue, 0).is_some() && clause.before(index, Marker::Reach, 0).is_none()
            || clause.before_bracket(index, Marker::PlanOfYear) && clause.opens_bracket(index)
            || self.opens_with_plan(clause, index)
    }

    /// «Kế hoạch năm giao … cho 20.000 lao động»: the clause opens with the plan, and nothing is said to be done.
    fn opens_with_plan(&self, clause: &Clause<'_>, index: usize) -> bool {
        let left = clause.left(index);
        let opening = clause.scan.hits_in(&left).find(|h| h.tag == Tag::Marker(Marker::PlanOpens));
        let Some(opening) = opening else { return false };
        let done = [Marker::Reach, Marker::ResultColumn, Marker::Cumulative, Marker::InPeriod, Marker::Compare];
        (left.start..opening.first as usize).filter(|t| clause.tokens.get(*t).is_some_and(Token::is_word)).count() <= 2
            && !done.iter().any(|m| clause.scan.has_marker(*m, &(opening.last as usize + 1..left.end)))
    }

    /// Whether an amount is the amount for one: the words say so, or the total would give each one next to nothing.
    fn is_for_one(
        &self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        found: &Found,
    ) -> bool {
        if quantity.per_one {
            return true;
        }
        if quantity.per_month {
            return false;
        }
        if clause.before(index, Marker::PerUnit, 5).is_some() {
            return true;
        }
        let Found::Companion { of, .. } = found else { return false };
        self.linked.drafts.get(*of).is_some_and(|count| {
            let people = self.dictionary.indicator(count.indicator).is_some_and(|i| {
                matches!(i.unit, Unit::Person | Unit::PersonTurn | Unit::Household | Unit::Case | Unit::Item)
            });
            people
                && count.value > Decimal::TEN
                && value < count.value.saturating_mul(Decimal::from(LEAST_TOTAL_FOR_ONE))
        })
    }

    fn zero(&mut self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Result<Vec<Draft>, Unmapped> {
        let scores = self.dictionary.confidence.scores;
        let candidates = self.readings(clause, index, true);
        let sentence_end = clause.item_range(index).end;
        if clause.scan.has_marker(Marker::OneKindOnly, &(quantity.last + 1..sentence_end.min(quantity.last + 12))) {
            return Ok(Vec::new());
        }
        // «không có …» denies what it names: its object must be among the words that name the indicator.
        let object_follows = (quantity.end()..sentence_end)
            .take_while(|t| clause.tokens.get(*t).is_some_and(Token::is_word))
            .any(|t| clause.scan.marked.get(t) != Some(&true));
        let object_needed = object_follows
            && clause
                .scan
                .hits_at(quantity.first)
                .iter()
                .any(|h| h.tag == Tag::Marker(Marker::ZeroNeedsNone) && h.last as usize == quantity.last);
        let named_after = candidates
            .iter()
            .any(|c| c.span.0 > quantity.last && c.nearness >= 1.0 && c.specific && c.score >= scores.strong);
        let mut taken: Vec<Candidate> = Vec::new();
        for candidate in candidates.iter().copied() {
            if named_after && candidate.span.1 < quantity.first {
                continue;
            }
            let countable = self
                .dictionary
                .indicator(candidate.indicator)
                .is_some_and(|i| i.kind != Kind::Rate && i.unit != Unit::Vnd);
            let apart = taken.iter().all(|t| candidate.span.1 < t.span.0 || t.span.1 < candidate.span.0);
            let denied = !object_needed || candidate.span.1 > quantity.last;
            if candidate.nearness >= 1.0
                && candidate.specific
                && candidate.score >= scores.strong
                && countable
                && apart
                && denied
            {
                taken.push(candidate);
            }
        }
        let mut drafts = Vec::new();
        for candidate in taken {
            let mut draft = self.value(clause, index, quantity, Decimal::ZERO, Found::Own(candidate))?;
            let denied_in_part = draft.breakdown.iter().any(|(dimension, _)| {
                let at = self.dictionary.dimension_ids.get(dimension).copied();
                at.and_then(|d| self.dictionary.dimensions.get(usize::from(d))).is_some_and(|d| d.denial_is_no_zero)
            });
            if denied_in_part {
                continue;
            }
            draft.confidence -= self.dictionary.confidence.loses.zero_statement;
            draft.measure = if draft.measure == Measure::PerUnit { Measure::Actual } else { draft.measure };
            drafts.push(draft);
        }
        Ok(drafts)
    }

    fn relative(
        &mut self,
        clause: &mut Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        relative: Relative,
    ) -> Result<Draft, Unmapped> {
        let nothing = |reason| Unmapped { reason, candidates: Vec::new() };
        // «Tỷ lệ số hóa hồ sơ: 88,6%»: words of its own that name no indicator do not make it a share of the value before.
        let own_start = clause.left(index).start;
        let rate_of_its_own = matches!(relative.about, About::Share | About::Plan)
            && quantity.kind == QuantityKind::Percent
            && !clause.scan.has_marker(Marker::PlanOfYear, &(own_start..clause.right(index).end))
            && clause.scan.hits_in(&(own_start..quantity.first)).any(|h| {
                h.tag == Tag::Marker(Marker::Share)
                    && clause.plain_words(own_start.saturating_sub(1), h.first as usize) == 0
                    && clause.plain_words(h.last as usize, quantity.first) >= 2
            });
        let far = relative.unclear && relative.about == About::Share;
        if rate_of_its_own || far && clause.plain_words(own_start, quantity.first) >= 3 {
            let named = self.readings(clause, index, true).first().is_some_and(|c| c.anchored && c.specific);
            if !named {
                return Err(nothing("percentage-of-what"));
            }
        }
        let subject = self.subject_of(clause, index, &relative);
        let Some(subject) = subject else { return self.relative_alone(clause, index, quantity, value, &relative) };
        let subject = subject.map_err(nothing)?;
        let mut draft = self.draft(subject)?.clone();
        if quantity.kind == QuantityKind::Plain
            && quantity.class.is_some()
            && let Some(part) = self.dictionary.rules.get(usize::from(draft.indicator)).and_then(|r| r.share_of)
            && self.dictionary.indicator(part).is_some_and(|i| self.dictionary.unit_fit(i.unit, quantity.class) > 0.0)
        {
            // A change in households after a rate of households is one of their number.
            draft.indicator = part;
        }
        let Some(row) = self.dictionary.indicator(draft.indicator) else { return Err(nothing("no-indicator")) };
        if let Some(rate) = self.rate_of_share(clause, index, &relative, &draft) {
            let mut made = self.relative_draft(clause, index, quantity, value, &draft);
            made.about = Some(subject);
            made.indicator = rate;
            let admitted = self.dictionary.indicator(rate).map(|i| i.breakdowns.clone()).unwrap_or_default();
            if made.breakdown.iter().all(|(d, _)| admitted.contains(d)) {
                made.measure = Measure::Actual;
                made.of = None;
                return Ok(made);
            }
        }
        let mut made = self.relative_draft(clause, index, quantity, value, &draft);
        made.about = Some(subject);
        if relative.about == About::Share {
            let pairs = self.categories(clause, index, draft.indicator);
            if pairs.is_empty()
                && clause.depth(quantity.first) > 0
                && self.foreign_category(clause, index, draft.indicator)
            {
                return Err(nothing("breakdown-not-in-register"));
            }
            let new: Vec<_> = pairs.into_iter().filter(|(d, _)| draft.breakdown.iter().all(|(o, _)| o != d)).collect();
            merge(&mut made.breakdown, &new);
            made.breakdown.sort();
        }
        let is_rate = row.unit == Unit::Percent;
        let (measure, value) = relative.measure_and_value(value, quantity.kind, is_rate);
        if matches!(measure, Measure::YoyAbs | Measure::PrevAbs | Measure::YoyBase | Measure::Plan)
            && quantity.class.is_some()
            && !is_rate
            && self.dictionary.unit_fit(row.unit, quantity.class) <= 0.0
        {
            return Err(nothing("change-of-another-unit"));
        }
        made.measure = measure;
        made.value = value;
        made.base = relative.base_text(self.document, clause, index);
        if matches!(measure, Measure::YoyBase | Measure::Plan) {
            made.of = None;
        }
        if measure == Measure::Plan {
            made.period = None;
        }
        if relative.unclear {
            made.confidence -= self.dictionary.confidence.loses.percent_unclear;
        }
        Ok(made)
    }

    /// A percentage in a sentence without its value: the sentence's own words say what it is of.
    fn relative_alone(
        &mut self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        relative: &Relative,
    ) -> Result<Draft, Unmapped> {
        let candidates = self.readings(clause, index, true);
        let enough = self.dictionary.confidence.scores.enough;
        let best = candidates.first().copied().filter(|c| c.score >= enough && relative.is_told());
        let Some(best) = best else {
            return Err(Unmapped {
                reason: "percentage-of-what",
                candidates: candidates.iter().take(3).map(|c| (c.indicator, c.score)).collect(),
            });
        };
        let mut draft = self.value(clause, index, quantity, value, Found::Own(best))?;
        let is_rate = self.dictionary.indicator(best.indicator).is_some_and(|i| i.unit == Unit::Percent);
        let (measure, value) = relative.measure_and_value(value, quantity.kind, is_rate);
        draft.of = measure
            .is_relative()
            .then_some(draft.measure)
            .filter(|m| matches!(m, Measure::Actual | Measure::Cumulative));
        draft.measure = measure;
        draft.value = value;
        draft.confidence -= self.dictionary.confidence.loses.carried;
        draft.is_main = false;
        Ok(draft)
    }

    fn relative_draft(
        &self,
        clause: &Clause<'_>,
        index: usize,
        quantity: &Quantity,
        value: Decimal,
        subject: &Draft,
    ) -> Draft {
        Draft {
            block: clause.block,
            sentence: clause.sentence,
            tokens: quantity.first..quantity.last + 1,
            span: span_of(clause.tokens, quantity),
            quote: clause.reach.item_start.get(index).copied().unwrap_or(0)
                ..clause.reach.item_end.get(index).copied().unwrap_or(0),
            indicator: subject.indicator,
            breakdown: subject.breakdown.clone(),
            measure: Measure::Share,
            of: Some(if subject.measure == Measure::Cumulative { Measure::Cumulative } else { Measure::Actual }),
            base: String::new(),
            period: subject.period,
            value,
            qualifier: qualifier(quantity.approx),
            status: subject.status,
            origin: clause.origin,
            confidence: (subject.confidence - 0.01).clamp(0.05, 0.99),
            rule: format!("about: {}", subject.rule),
            part_of: None,
            about: None,
            is_main: false,
            place: None,
            province: None,
            candidates: Vec::new(),
        }
    }

    pub(super) fn report(&self) -> Period {
        self.report
    }

    pub(super) fn dictionary(&self) -> &'a Dictionary {
        self.dictionary
    }

    pub(super) fn drafts(&self) -> &[Draft] {
        &self.linked.drafts
    }

    pub(super) fn outer_draft(&self, clause: &Clause<'_>) -> Option<usize> {
        clause.outer.draft
    }

    pub(super) fn memory(&self, clause: &Clause<'_>) -> Option<usize> {
        clause.memory.first().copied()
    }

    pub(super) fn candidates_of(&self, clause: &Clause<'_>, index: usize, any_unit: bool) -> Rc<[Candidate]> {
        self.readings(clause, index, any_unit)
    }

    fn subject_of(
        &self,
        clause: &Clause<'_>,
        index: usize,
        relative: &Relative,
    ) -> Option<Result<usize, &'static str>> {
        super::relative::subject_of(self, clause, index, relative)
    }

    fn rate_of_share(&self, clause: &Clause<'_>, index: usize, relative: &Relative, subject: &Draft) -> Option<u16> {
        super::relative::rate_of_share(self, clause, index, relative, subject)
    }

    fn relative_role(&self, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Option<Relative> {
        super::relative::role(self, clause, index, quantity)
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

/// The contract's code for a word of approximation.
pub(super) fn qualifier(approx: Option<Marker>) -> Qualifier {
    match approx {
        Some(Marker::Over) => Qualifier::Over,
        Some(Marker::Under) => Qualifier::Under,
        Some(Marker::About) => Qualifier::About,
        _ => Qualifier::Exact,
    }
}

/// Bytes of a quantity's number: of a compound to its last word, of a plain number the number alone.
fn span_of(tokens: &[Token], quantity: &Quantity) -> Range<usize> {
    let start = tokens.get(quantity.first).map_or(0, |t| t.start as usize);
    let end = tokens.get(quantity.last).map_or(start, |t| t.end as usize);
    start..end.max(start)
}
