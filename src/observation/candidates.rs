//! The indicators that the words near a number could state, each with how well they do.

use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::reach::Reach;
use crate::dictionary::phrase::Hit;
use crate::dictionary::register::{Kind, Unit};
use crate::dictionary::{Call, Dictionary, Tag, TermId, UnitClass, Wording};
use crate::mention::{Quantity, Scan};
use crate::text::Token;

/// What own words beyond the comma after a number count, of what they would before it.
const AFTER_COMMA: f32 = 0.75;

/// Terms found around a sentence, and how much each counts from there, 0 to 1.
pub(super) type ContextTerms = FxHashMap<TermId, f32>;

/// One reading of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Position in the register.
    pub indicator: u16,
    /// The wording that matched.
    pub wording: u32,
    /// Evidence, in words that count.
    pub score: f32,
    /// How near the farthest needed own word is, 0 to 1.
    pub nearness: f32,
    /// Whether some own word stands right at the number.
    pub anchored: bool,
    /// Whether one of those says more than a noun that counts many things, or a word of measure.
    pub specific: bool,
    /// How well the written noun fits, 0 to 1.
    pub fit: f32,
    /// Whether a needed word was found in the context only.
    pub from_context: bool,
    /// Whether a needed own word was found in the heading right above only.
    pub titled: bool,
    /// Agreement of the headings' field of work: 1, 0 or −1.
    pub field: i8,
    /// First and last token of the own words right at the number.
    pub span: (usize, usize),
}

/// A term found in the sentence.
#[derive(Debug, Clone, Copy)]
struct Found {
    first: usize,
    last: usize,
    words: u8,
    mended: bool,
    /// Whether it is no more than a counted noun or a word of measure.
    general: bool,
}

/// The terms found in one sentence, each with its places.
#[derive(Debug, Default)]
struct Places {
    /// Which terms there are, one bit for each.
    known: Vec<u64>,
    /// In ascending order, once for each place.
    terms: Vec<TermId>,
    /// The places, in the order of `terms` and of the text.
    found: Vec<Found>,
}

impl Places {
    fn of(mut list: Vec<(TermId, Found)>, terms: usize) -> Self {
        list.sort_by_key(|(term, _)| *term);
        let mut known = vec![0; terms / 64 + 1];
        for (term, _) in &list {
            if let Some(word) = known.get_mut(*term as usize / 64) {
                *word |= 1 << (term % 64);
            }
        }
        let (terms, found) = list.into_iter().unzip();
        Self { known, terms, found }
    }

    fn has(&self, term: TermId) -> bool {
        self.known.get(term as usize / 64).is_some_and(|word| word & (1 << (term % 64)) != 0)
    }

    /// Where a term stands.
    fn get(&self, term: TermId) -> &[Found] {
        if !self.has(term) {
            return &[];
        }
        let start = self.terms.partition_point(|known| *known < term);
        let end = self.terms.partition_point(|known| *known <= term);
        self.found.get(start..end).unwrap_or_default()
    }
}

/// The terms of one sentence, looked up once for all its quantities.
#[derive(Debug, Default)]
pub(super) struct SentenceTerms {
    found: Places,
    /// Wordings whose needed terms are all there, and whose forbidden ones are not.
    wordings: Vec<u32>,
    title: Rc<TitleTerms>,
}

/// Terms of the heading right above, with the words of the longest phrase of each, and the wordings that they call up.
#[derive(Debug, Default)]
pub(super) struct TitleTerms {
    words: FxHashMap<TermId, u8>,
    wordings: Vec<u32>,
}

impl TitleTerms {
    /// Collects the terms of a heading.
    pub(super) fn of(hits: &[Hit<Tag>], dictionary: &Dictionary) -> Self {
        let mut title = Self::default();
        for hit in hits {
            if let Tag::Term(term) = hit.tag {
                let words = title.words.entry(term).or_insert(0);
                *words = hit.words.max(*words);
            }
        }
        title.wordings =
            title.words.keys().flat_map(|term| dictionary.by_key.get(*term as usize)).flatten().copied().collect();
        title.wordings.sort_unstable();
        title.wordings.dedup();
        title
    }
}

impl SentenceTerms {
    /// Collects the terms of a sentence and the wordings that they, or those of the context, call up.
    pub(super) fn of(scan: &Scan, reach: &Reach, context: &ContextTerms, dictionary: &Dictionary) -> Self {
        let general = GeneralWords::of(scan, &reach.sentence, dictionary);
        let places = scan.hits_in(&reach.sentence).filter_map(|hit| {
            let Tag::Term(term) = hit.tag else { return None };
            let found = Found {
                first: hit.first as usize,
                last: hit.last as usize,
                words: hit.words,
                mended: hit.mended,
                general: general.cover(hit.first as usize, hit.last as usize),
            };
            Some((term, found))
        });
        let found = Places::of(places.collect(), dictionary.terms.len());
        let here = |term: &TermId| found.has(*term);
        let anywhere = |term: &TermId| here(term) || context.contains_key(term);
        let holds = |call: &&Call| {
            call.also.as_ref().is_none_or(here)
                && dictionary.wordings.get(call.wording as usize).is_some_and(|w| {
                    w.own.iter().all(here)
                        && w.right.iter().all(here)
                        && w.context.iter().all(anywhere)
                        && !w.not_any.iter().any(anywhere)
                })
        };
        let called = |index: &'_ [Vec<Call>], term: TermId, wordings: &mut Vec<u32>| {
            let list = index.get(term as usize).into_iter().flatten();
            wordings.extend(list.filter(holds).map(|call| call.wording));
        };
        let mut wordings = Vec::new();
        let mut last = None;
        for term in found.terms.iter().copied() {
            if last.replace(term) != Some(term) {
                called(&dictionary.by_rarest, term, &mut wordings);
            }
        }
        // What is collected in the order of the table is sorted below.
        for term in context.keys().filter(|term| !here(term)) {
            called(&dictionary.by_context, *term, &mut wordings);
        }
        wordings.sort_unstable();
        wordings.dedup();
        Self { found, wordings, title: Rc::default() }
    }

    /// Adds the terms of the heading right above, for numbers that have no words of their own.
    #[must_use]
    pub(super) fn under(self, title: Rc<TitleTerms>) -> Self {
        Self { title, ..self }
    }
}

/// Where counted nouns and words of measure that say little on their own reach to.
struct GeneralWords {
    start: usize,
    /// Per token from `start` on: the token after the last of the longest that begins there; 0 for none.
    ends: Vec<usize>,
}

impl GeneralWords {
    /// Such words begin at most this many tokens before the end of what they cover.
    const REACH: usize = 5;

    fn of(scan: &Scan, sentence: &Range<usize>, dictionary: &Dictionary) -> Self {
        let start = sentence.start.saturating_sub(Self::REACH);
        let ends = (start..sentence.end)
            .map(|at| {
                let general = |h: &&Hit<Tag>| match h.tag {
                    Tag::Unit(id) => dictionary.units.get(usize::from(id)).is_some_and(|u| u.general),
                    Tag::Marker(marker) => !marker.is_of_tables(),
                    _ => false,
                };
                scan.hits_at(at).iter().filter(general).map(|h| h.last as usize + 1).max().unwrap_or(0)
            })
            .collect();
        Self { start, ends }
    }

    /// Whether one of them covers the words `first..=last`.
    fn cover(&self, first: usize, last: usize) -> bool {
        let from = first.saturating_sub(Self::REACH).max(self.start);
        let ends = self.ends.get(from - self.start..=first - self.start).unwrap_or_default();
        ends.iter().any(|end| *end > last)
    }
}

/// Everything a reading of one quantity depends on.
pub(super) struct Reading<'a> {
    pub tokens: &'a [Token],
    pub dictionary: &'a Dictionary,
    pub scan: &'a Scan,
    pub reach: &'a Reach,
    pub terms: &'a SentenceTerms,
    pub context: &'a ContextTerms,
    pub fields: &'a [u8],
    /// The quantity's index in the reach.
    pub index: usize,
    /// Whether the quantity's unit must fit; not so for percentages that speak about another value.
    pub any_unit: bool,
    /// Whether words of the heading right above count as the number's own.
    pub by_title: bool,
}

/// How near the words of the heading right above are taken to be.
const TITLE_NEARNESS: f32 = 0.5;

/// What a phrase of so many words is worth.
fn worth(words: u8) -> f32 {
    const WORTH: [f32; 9] = [0.0, 1.0, 1.8, 2.5, 3.1, 3.6, 4.0, 4.3, 4.5];
    WORTH.get(usize::from(words)).copied().unwrap_or(4.6)
}

/// How much a phrase tells: a noun that counts many things tells little, a damaged word less than a whole one.
fn telling(found: &Found) -> f32 {
    let mended = if found.mended { 0.85 } else { 1.0 };
    if found.general { 0.4 * mended } else { mended }
}

impl Reading<'_> {
    fn quantity(&self) -> Option<&Quantity> {
        self.scan.quantities.get(self.reach.quantities.start + self.index)
    }

    /// All readings, the best of each indicator, the best first.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let mut best: Vec<Candidate> = Vec::new();
        let mut fit: Option<(u16, f32)> = None;
        let comma = self.comma_after();
        let wordings = if self.by_title { &self.terms.title.wordings } else { &self.terms.wordings };
        for id in wordings {
            let Some(wording) = self.dictionary.wordings.get(*id as usize) else { continue };
            // Wordings of one indicator stand together.
            let fit = match fit {
                Some((indicator, fit)) if indicator == wording.indicator => fit,
                _ => fit.insert((wording.indicator, self.fit(wording.indicator))).1,
            };
            let Some(candidate) = self.judge(*id, wording, fit, comma) else { continue };
            match best.iter_mut().find(|c| c.indicator == candidate.indicator) {
                Some(known) if known.score < candidate.score => *known = candidate,
                Some(_) => {}
                None => best.push(candidate),
            }
        }
        best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.indicator.cmp(&b.indicator)));
        best
    }

    fn strictly_near(&self, term: TermId) -> bool {
        let Some(strict) = self.reach.strict.get(self.index) else { return false };
        self.terms.found.get(term).iter().any(|f| f.first >= strict.start && f.last < strict.end)
    }

    fn fit(&self, indicator: u16) -> f32 {
        let Some(quantity) = self.quantity() else { return 0.0 };
        if self.any_unit {
            return 1.0;
        }
        let Some(row) = self.dictionary.indicator(indicator) else { return 0.0 };
        let fit = self.dictionary.unit_fit(row.unit, quantity.class);
        // An amount for a month is a level, not what was paid over a period.
        if quantity.per_month && row.unit == Unit::Vnd && row.kind == Kind::Flow {
            return fit * 0.6;
        }
        // «24 triệu đồng quà»: what follows an amount is no noun that counts.
        if fit >= 1.0 || quantity.class == Some(UnitClass::Known(Unit::Vnd)) {
            return fit;
        }
        let counted = self.dictionary.rules.get(usize::from(indicator)).is_some_and(|rules| {
            rules.counted.iter().any(|term| {
                let near = |f: &Found| (f.first..=f.last + 1).contains(&(quantity.last + 1));
                self.terms.found.get(*term).iter().any(|f| near(f) && f.first >= quantity.first)
            })
        });
        if counted { 0.95 } else { fit }
    }

    fn judge(&self, id: u32, wording: &Wording, fit: f32, comma: Option<usize>) -> Option<Candidate> {
        if fit <= 0.0 {
            return None;
        }
        let rules = self.dictionary.rules.get(usize::from(wording.indicator))?;
        let field = self.field(wording.indicator);
        if wording.field && field <= 0 {
            return None;
        }
        let quantity = self.quantity()?;
        let mut score = 0.0;
        let mut nearness: f32 = 1.0;
        let mut from_context = false;
        let mut span = (usize::MAX, 0);
        let mut anchored = false;
        let mut specific = false;
        let mut titled = false;
        let mut matched: Vec<Found> = Vec::new();
        for term in &wording.own {
            let near = self.nearest(*term);
            if near.is_none_or(|(_, w)| w < TITLE_NEARNESS)
                && self.by_title
                && let Some(words) = self.terms.title.words.get(term)
            {
                score += worth(*words) * 0.8;
                titled = true;
                nearness = nearness.min(TITLE_NEARNESS);
                continue;
            }
            let (found, weight) = near?;
            // «Trẻ em bị xâm hại 11 em, đều được can thiệp kịp thời»: what is told after a comma says less.
            let told_after = comma.is_some_and(|comma| found.first > comma);
            score += worth(found.words) * weight * telling(&found) * if told_after { AFTER_COMMA } else { 1.0 };
            nearness = nearness.min(weight);
            if weight >= 0.7 {
                anchored = true;
                specific |= !found.general;
                span = (span.0.min(found.first), span.1.max(found.last));
            }
            matched.push(found);
        }
        for term in &wording.right {
            let found = self.terms.found.get(*term).iter().find(|f| {
                f.first > quantity.first
                    && f.first <= quantity.last + 3
                    && f.last <= quantity.end() + 8
                    && !(quantity.last..f.first).any(|t| self.tokens.get(t).is_some_and(|k| k.is(';') || k.is(':')))
            })?;
            score += worth(found.words) * 1.1 * telling(found);
            anchored = true;
            specific |= !found.general;
            span = (span.0.min(found.first), span.1.max(found.last));
            matched.push(*found);
        }
        for term in &wording.context {
            let here = self.nearest(*term).map(|(found, weight)| worth(found.words) * (0.45 + 0.3 * weight));
            let around = self.context.get(term).map(|weight| 0.8 * weight);
            let value = match (here, around) {
                (Some(h), Some(a)) => h.max(a),
                (Some(h), None) => h,
                (None, Some(a)) => {
                    from_context = true;
                    a
                }
                (None, None) => return None,
            };
            score += value;
        }
        // «kiểm tra 46 cơ sở, qua kiểm tra đã chấn chỉnh việc giao kết hợp đồng»: where the words before a comma name the
        // indicator, what is told after it does not take it back.
        let comma = comma.filter(|comma| anchored && nearness >= 1.0 && matched.iter().all(|m| m.last < *comma));
        let forbidden = |term: &TermId| {
            let Some(strict) = self.reach.strict.get(self.index) else { return false };
            self.terms.found.get(*term).iter().any(|f| {
                let inside = f.first >= strict.start && f.last < strict.end;
                // «Mở 06 lớp dạy bơi cho 180 em»: what nothing separates from the number is near it too.
                let shared = || {
                    f.first > quantity.last
                        && self.reach.weight(self.tokens, self.scan, self.index, f.first, f.last) >= 0.8
                };
                (inside || shared())
                    && comma.is_none_or(|comma| f.first < comma)
                    && !matched.iter().any(|m| m.first <= f.first && f.last <= m.last)
            })
        };
        // Words of the heading that count as the number's own count against a wording too.
        let in_title = |term: &TermId| self.by_title && self.terms.title.words.contains_key(term);
        if rules.exclude.iter().any(forbidden) || wording.not_own.iter().any(|t| forbidden(t) || in_title(t)) {
            return None;
        }
        let anywhere = |term: &TermId| self.context.contains_key(term) || self.terms.found.has(*term);
        if wording.not_any.iter().any(anywhere) {
            return None;
        }
        let scores = self.dictionary.confidence.scores;
        if wording.field {
            score += 0.7;
        }
        score += match field {
            1 => scores.field_agrees,
            -1 => -scores.field_differs,
            _ => 0.0,
        };
        score += (fit - 0.6) * 1.5;
        // Words that are another number's count less the farther they are.
        score *= if anchored { 0.7 + 0.3 * nearness } else { 0.55 + 0.45 * nearness };
        Some(Candidate {
            indicator: wording.indicator,
            wording: id,
            score,
            nearness,
            anchored,
            specific,
            fit,
            from_context,
            titled,
            field,
            span,
        })
    }

    /// The first comma after the number that stands between phrases, not within one.
    fn comma_after(&self) -> Option<usize> {
        let quantity = self.quantity()?;
        let sentence = quantity.first..self.reach.sentence.end;
        let within = |t: usize| self.scan.hits_in(&sentence).any(|h| (h.first as usize) < t && t < h.last as usize);
        (quantity.end()..sentence.end).find(|t| self.tokens.get(*t).is_some_and(|k| k.is(',')) && !within(*t))
    }

    fn field(&self, indicator: u16) -> i8 {
        if self.fields.is_empty() {
            return 0;
        }
        match self.dictionary.field_of.get(usize::from(indicator)).copied().flatten() {
            Some(field) if self.fields.contains(&field) => 1,
            Some(_) => -1,
            None => 0,
        }
    }

    /// The occurrence of a term that counts most for this quantity.
    fn nearest(&self, term: TermId) -> Option<(Found, f32)> {
        let mut best: Option<(Found, f32)> = None;
        for found in self.terms.found.get(term) {
            let weight = self.reach.weight(self.tokens, self.scan, self.index, found.first, found.last);
            let value = worth(found.words) * weight;
            if weight > 0.0 && best.is_none_or(|(b, w)| worth(b.words) * w < value) {
                best = Some((*found, weight));
            }
        }
        best
    }

    /// Whether one of the words that make a companion stands in the quantity's own reach.
    pub(super) fn has_companion_words(&self, indicator: u16) -> bool {
        self.dictionary
            .rules
            .get(usize::from(indicator))
            .is_some_and(|rules| rules.companion.iter().any(|term| self.strictly_near(*term)))
    }

    /// Whether a phrase that forbids the indicator stands in the quantity's own reach.
    pub(super) fn is_forbidden(&self, indicator: u16) -> bool {
        self.dictionary
            .rules
            .get(usize::from(indicator))
            .is_some_and(|rules| rules.exclude.iter().any(|term| self.strictly_near(*term)))
    }

    /// The same for a part of the indicator: words that state one of its categories forbid nothing.
    pub(super) fn is_forbidden_part(&self, indicator: u16) -> bool {
        let (Some(rules), Some(strict), Some(row)) = (
            self.dictionary.rules.get(usize::from(indicator)),
            self.reach.strict.get(self.index),
            self.dictionary.indicator(indicator),
        ) else {
            return false;
        };
        let categories = super::breakdown::stated(self.tokens, self.scan, strict, &row.id, self.dictionary);
        let admitted = |s: &super::breakdown::Stated| {
            self.dictionary.dimensions.get(usize::from(s.dimension)).is_some_and(|d| row.breakdowns.contains(&d.id))
        };
        rules.exclude.iter().flat_map(|term| self.terms.found.get(*term)).any(|f| {
            f.first >= strict.start
                && f.last < strict.end
                && !categories.iter().any(|s| admitted(s) && s.first <= f.last && f.first <= s.last)
        })
    }

    /// Whether the quantity is an amount for a month.
    pub(super) fn per_month(&self) -> bool {
        self.quantity().is_some_and(|q| q.per_month)
    }

    /// How well the quantity's noun fits the indicator's unit.
    pub(super) fn unit_fit(&self, indicator: u16) -> f32 {
        self.fit(indicator)
    }
}
