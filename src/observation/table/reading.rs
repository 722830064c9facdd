//! Which indicator the words of a label, a head and a title state together.

use std::cell::RefCell;
use std::rc::Rc;

use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::breakdown::{Stated as Category, of_parts, of_quantity, stated};
use super::super::candidates::{Candidate, ContextTerms, Reading, SentenceTerms, TitleTerms};
use super::super::reach::Reach;
use super::around::Surroundings;
use super::words::Words;
use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::dictionary::register::Unit;
use crate::dictionary::{Dictionary, Tag, UnitClass};
use crate::mention::number::Convention;
use crate::mention::{NumberState, Quantity, QuantityKind, Scan};
use crate::text::{NOT_A_WORD, SourceText, Token, TokenKind};

/// Words of the labels above count this much from there.
const LABEL_ABOVE: f32 = 1.2;
/// Labels and heads need this share of their letters to be known words for another's words to speak for them.
pub(super) const ENOUGH_KNOWN: f64 = 0.6;
/// Nothing else is said.
const ALL_KNOWN: f64 = 0.95;

/// What a row, a column or both state.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    pub indicator: u16,
    pub confidence: f32,
    pub breakdown: Vec<(String, String)>,
    pub class: Option<UnitClass>,
    pub factor: Decimal,
    pub rule: String,
    /// Whether it is a part of the statement of a row above.
    pub part: bool,
}

/// Reads labels and heads.
pub(super) struct Reader<'a> {
    pub source: &'a SourceText,
    pub dictionary: &'a Dictionary,
    pub convention: Convention,
    pub around: &'a Surroundings,
    /// The terms of the wordings of indicators met so far.
    pub terms: RefCell<FxHashMap<u16, FxHashSet<u32>>>,
}

/// The evidence of a label, with a quantity put after its words, or at the token that stands for it.
fn label_scan(reader: &Reader<'_>, tokens: &[Token], at: Option<usize>, class: Option<UnitClass>) -> (Scan, Quantity) {
    let mut scan = Scan::of(reader.source, tokens, 0, reader.convention, reader.dictionary);
    let place = at.unwrap_or(tokens.len());
    let unit_at = |at: usize| Words::new(tokens.get(at..).unwrap_or_default().to_vec(), reader.dictionary);
    let quantity = Quantity {
        first: place,
        last: place,
        noun: place + 1..tokens.len().max(place + 1),
        value: None,
        class,
        kind: QuantityKind::Plain,
        approx: None,
        upper: None,
        per_one: false,
        per_month: at.is_some_and(|at| unit_at(at).is_per_month()),
    };
    scan.quantities = vec![quantity.clone()];
    if at.is_none() {
        scan.depth.push(0);
        scan.numbers.push(NumberState::NotANumber);
    }
    (scan, quantity)
}

impl Reader<'_> {
    /// The best reading of a label with the words of its unit, as running text has them: «… được cấp giấy phép: 402 người».
    pub(super) fn best_counted(
        &self,
        tokens: &[Token],
        unit: &[Token],
        above: &[&Words],
        class: Option<UnitClass>,
    ) -> Option<Candidate> {
        let end = tokens.last()?.end;
        let number = Token {
            start: end,
            end,
            kind: TokenKind::Number,
            word: NOT_A_WORD,
            alike: 0,
            spaced: true,
            capital: false,
        };
        let row = |label: &[Token]| label.iter().chain([&number]).chain(unit).copied().collect::<Vec<Token>>();
        let long = self.dictionary.written_out(tokens, 0).map(|(long, _)| long);
        [Some(tokens.to_vec()), long]
            .into_iter()
            .flatten()
            .find_map(|label| self.best_at(&row(&label), Some(label.len()), above, None, class))
    }

    /// The best reading of words. `above` are labels and section rows around them; `title` are words that count as
    /// their own.
    pub(super) fn best(
        &self,
        tokens: &[Token],
        above: &[&Words],
        title: Option<&Words>,
        class: Option<UnitClass>,
    ) -> Option<Candidate> {
        let short = self.best_at(tokens, None, above, title, class);
        (0..)
            .map_while(|sense| self.dictionary.written_out(tokens, sense))
            .filter_map(|(long, _)| self.best_at(&long, None, above, title, class))
            .fold(short, |best, long| match best {
                Some(best) if best.score >= long.score => Some(best),
                _ => Some(long),
            })
    }

    /// The same for words as they are written; `at` is the token that stands for the number, if there is one.
    fn best_at(
        &self,
        tokens: &[Token],
        at: Option<usize>,
        above: &[&Words],
        title: Option<&Words>,
        class: Option<UnitClass>,
    ) -> Option<Candidate> {
        let (scan, _) = label_scan(self, tokens, at, class);
        let end = tokens.len() + usize::from(at.is_none());
        let all = 0..end;
        let reach = Reach {
            sentence: all.clone(),
            quantities: 0..1,
            strict: vec![all],
            unsplit: vec![false],
            leads: false,
            item_start: vec![0],
            item_end: vec![end],
        };
        let mut context: ContextTerms = self.around.context.clone();
        let mut fields = self.around.fields.clone();
        for hit in above.iter().flat_map(|w| &w.hits) {
            match hit.tag {
                Tag::Term(term) => {
                    context.insert(term, LABEL_ABOVE);
                }
                Tag::Field(field) => fields.push(field),
                _ => {}
            }
        }
        let mut terms = SentenceTerms::of(&scan, &reach, &context, self.dictionary);
        if let Some(title) = title {
            terms = terms.under(Rc::new(TitleTerms::of(&title.hits, self.dictionary)));
        }
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
            by_title: title.is_some(),
        };
        let enough = self.dictionary.confidence.scores.enough;
        let counts_no_money = |c: &Candidate| {
            class != Some(UnitClass::Known(Unit::Vnd))
                || self.dictionary.indicator(c.indicator).is_some_and(|i| i.unit == Unit::Vnd)
        };
        // A title speaks for a label only with words of its own.
        let spoken_for = |c: &Candidate| c.score >= enough && (title.is_none() || c.titled);
        let own = reading.candidates().into_iter().find(spoken_for).filter(counts_no_money);
        if own.is_some() || class != Some(UnitClass::Known(Unit::Vnd)) {
            return own;
        }
        // An amount in a row that names what is counted is the money of that count.
        let count = Reading { any_unit: true, ..reading }.candidates().into_iter().find(spoken_for)?;
        Some(Candidate { indicator: self.money_of(count.indicator)?, ..count })
    }

    /// The amount that goes with a count, of the same field of work.
    pub(super) fn money_of(&self, count: u16) -> Option<u16> {
        let field = |i: u16| self.dictionary.indicator(i).map(|x| x.domain().to_owned());
        self.dictionary.rules.iter().enumerate().find_map(|(at, rules)| {
            let at = u16::try_from(at).ok()?;
            (rules.is_money && rules.companion_of.contains(&count) && field(at) == field(count)).then_some(at)
        })
    }

    /// The categories that a label states of a part of the indicator: words that say little elsewhere do so here.
    pub(super) fn categories_of_part(&self, words: &Words, indicator: u16) -> Vec<(String, String)> {
        let pairs = self.categories(words, indicator);
        let Some(rule) = self.dictionary.indicator(indicator).filter(|_| pairs.is_empty()) else { return pairs };
        let (scan, quantity) = label_scan(self, &words.tokens, None, None);
        let all = 0..words.tokens.len();
        of_parts(&words.tokens, &scan, &quantity, &all, &rule.id, &rule.breakdowns, self.dictionary)
    }

    /// The categories that words state of an indicator, those that it admits.
    pub(super) fn categories(&self, words: &Words, indicator: u16) -> Vec<(String, String)> {
        let Some(rule) = self.dictionary.indicator(indicator) else { return Vec::new() };
        if !words.hits.iter().any(|h| matches!(h.tag, Tag::Category(_))) {
            return Vec::new();
        }
        let (scan, quantity) = label_scan(self, &words.tokens, None, None);
        let all = 0..words.tokens.len();
        of_quantity(&words.tokens, &scan, &quantity, &all, &rule.id, &rule.breakdowns, self.dictionary)
    }

    /// Whether words state a category that the indicator does not admit.
    pub(super) fn is_foreign(&self, words: &Words, indicator: u16) -> bool {
        let Some(rule) = self.dictionary.indicator(indicator) else { return false };
        if !words.hits.iter().any(|h| matches!(h.tag, Tag::Category(_))) {
            return false;
        }
        let (scan, _) = label_scan(self, &words.tokens, None, None);
        let all = 0..words.tokens.len();
        let stated = stated(&words.tokens, &scan, &all, &rule.id, self.dictionary);
        let admitted = |s: &Category| {
            self.dictionary
                .dimensions
                .get(usize::from(s.dimension))
                .is_some_and(|d| s.category.is_empty() || rule.breakdowns.contains(&d.id))
        };
        // Words such as a country's name are categories of several dimensions.
        stated.iter().any(|s| {
            !admitted(s)
                && !stated.iter().any(|o| admitted(o) && o.first <= s.first && s.last <= o.last)
                && !self.names(words, indicator, s.first, s.last)
        })
    }

    /// Whether words that forbid the indicator are among them.
    pub(super) fn is_excluded(&self, words: &Words, indicator: u16) -> bool {
        let rules = self.dictionary.rules.get(usize::from(indicator));
        let excluded = |term: u32| rules.is_some_and(|rules| rules.exclude.contains(&term));
        words.hits.iter().any(|h| matches!(h.tag, Tag::Term(term) if excluded(term)))
    }

    /// Whether words of the indicator itself cover these tokens: «trẻ em» in the name of an indicator of children is no
    /// category.
    fn names(&self, words: &Words, indicator: u16, first: usize, last: usize) -> bool {
        words.hits.iter().any(|h| {
            matches!(h.tag, Tag::Term(term) if self.is_term_of(term, indicator))
                && h.first as usize <= first
                && last <= h.last as usize
        })
    }

    fn is_term_of(&self, term: u32, indicator: u16) -> bool {
        let mut known = self.terms.borrow_mut();
        let terms = known.entry(indicator).or_insert_with(|| {
            let own = self.dictionary.wordings.iter().filter(|w| w.indicator == indicator);
            own.flat_map(|w| w.own.iter().chain(&w.right).chain(&w.context).copied()).collect()
        });
        terms.contains(&term)
    }

    /// Whether the words are known ones for this indicator: its terms, its unit, words of measure and period, admitted
    /// categories.
    pub(super) fn is_explained(&self, words: &Words, indicator: u16) -> bool {
        self.is_explained_to(ENOUGH_KNOWN, words, indicator)
    }

    /// Whether nothing else is said.
    pub(super) fn is_all_explained(&self, words: &Words, indicator: u16) -> bool {
        self.is_explained_to(ALL_KNOWN, words, indicator)
    }

    fn is_explained_to(&self, share: f64, words: &Words, indicator: u16) -> bool {
        let explains = |words: &Words| self.explained_share(words, indicator) >= share;
        explains(words) || words.written_out(self.dictionary).is_some_and(|long| explains(&long))
    }

    /// Whether the last so many tokens lie in the words of a category that the indicator admits.
    pub(super) fn is_category_at_end(&self, words: &Words, length: usize, indicator: u16) -> bool {
        let first = words.tokens.len().saturating_sub(length);
        words.hits.iter().any(|h| {
            matches!(h.tag, Tag::Category(id) if self.admits(id, indicator))
                && h.first as usize <= first
                && h.last as usize + 1 == words.tokens.len()
        })
    }

    /// Whether a label is no more than categories of the indicator, words of measure and period, and general nouns.
    pub(super) fn is_only_categories(&self, words: &Words, indicator: u16) -> bool {
        self.share_of_categories(words, indicator) >= ENOUGH_KNOWN
    }

    /// Whether it is nothing else at all.
    pub(super) fn is_all_categories(&self, words: &Words, indicator: u16) -> bool {
        self.share_of_categories(words, indicator) >= ALL_KNOWN
    }

    fn share_of_categories(&self, words: &Words, indicator: u16) -> f64 {
        let Some(rule) = self.dictionary.indicator(indicator).filter(|_| !self.is_unknown_rest(words, indicator))
        else {
            return 0.0;
        };
        words.covered(|tag| match tag {
            Tag::Marker(
                Marker::PlaceColumn | Marker::CodeColumn | Marker::NoteColumn | Marker::RowNumber | Marker::District,
            ) => false,
            Tag::Marker(_) | Tag::Period(_) | Tag::Roman(_) | Tag::MonthWord(_) => true,
            Tag::Unit(id) => self
                .dictionary
                .units
                .get(usize::from(*id))
                .is_some_and(|u| u.general && self.dictionary.unit_fit(rule.unit, Some(u.class)) > 0.5),
            Tag::Category(id) => self.admits(*id, indicator),
            _ => false,
        })
    }

    fn admits(&self, category: u16, indicator: u16) -> bool {
        let dimension = self
            .dictionary
            .categories
            .get(usize::from(category))
            .and_then(|c| self.dictionary.dimensions.get(usize::from(c.dimension)));
        let rule = self.dictionary.indicator(indicator);
        dimension.zip(rule).is_some_and(|(d, rule)| rule.breakdowns.contains(&d.id))
    }

    /// «Đối tượng khác» is a part, and none of an indicator that is not split so.
    pub(super) fn is_unknown_rest(&self, words: &Words, indicator: u16) -> bool {
        let split = |h: &Hit<Tag>| matches!(h.tag, Tag::Category(id) if self.admits(id, indicator));
        words.says(Marker::OtherCategory) && !words.hits.iter().any(split)
    }

    fn explained_share(&self, words: &Words, indicator: u16) -> f64 {
        let Some(rule) = self.dictionary.indicator(indicator).filter(|_| !self.is_unknown_rest(words, indicator))
        else {
            return 0.0;
        };
        words.covered(|tag| match tag {
            Tag::Marker(_) | Tag::Period(_) | Tag::Roman(_) | Tag::Scale(_) | Tag::MonthWord(_) => true,
            Tag::Term(term) => self.is_term_of(*term, indicator),
            Tag::Unit(id) => self
                .dictionary
                .units
                .get(usize::from(*id))
                .is_some_and(|u| self.dictionary.unit_fit(rule.unit, Some(u.class)) > 0.5),
            Tag::Category(id) => self.admits(*id, indicator),
            _ => false,
        })
    }

    /// What a label states as the companion of the row before it: the money or the participants of what that row counts.
    pub(super) fn companion(&self, words: &Words, of: &Stated, unit: Option<(UnitClass, Decimal)>) -> Option<Stated> {
        let class = unit.map(|(class, _)| class);
        let long = words.written_out(self.dictionary);
        let says = |term: &u32| {
            let here = |w: &Words| w.hits.iter().any(|h| h.tag == Tag::Term(*term));
            here(words) || long.as_ref().is_some_and(here)
        };
        let found = self.dictionary.rules.iter().enumerate().find_map(|(at, rules)| {
            let at = u16::try_from(at).ok()?;
            let rule = self.dictionary.indicator(at)?;
            // Cases are no persons here: «số vụ có người chết» counts no dead.
            let cases = class == Some(UnitClass::Known(Unit::Case)) && rule.unit != Unit::Case;
            let fits = !cases && class.is_some_and(|class| self.dictionary.unit_fit(rule.unit, Some(class)) >= 0.7);
            let said = rules.companion.iter().any(says) || rules.is_money && words.says(Marker::Money);
            (at != of.indicator && rules.companion_of.contains(&of.indicator) && fits && said).then_some((at, rule))
        });
        let (indicator, rule) = found?;
        let mut breakdown = of.breakdown.clone();
        breakdown.retain(|(dimension, _)| rule.breakdowns.contains(dimension));
        Some(Stated {
            indicator,
            confidence: of.confidence - self.dictionary.confidence.loses.companion,
            breakdown,
            class,
            factor: unit.map_or(Decimal::ONE, |(_, factor)| factor),
            rule: format!("companion of: {}", of.rule),
            part: false,
        })
    }

    /// What a reading states, with its confidence.
    pub(super) fn stated(&self, candidate: &Candidate, words: &Words, unit: Option<(UnitClass, Decimal)>) -> Stated {
        let breakdown = self.categories(words, candidate.indicator);
        let weights = self.dictionary.confidence;
        let mut confidence = weights.start;
        if candidate.score < weights.scores.strong {
            confidence -= weights.loses.weak;
        }
        if candidate.from_context {
            confidence -= weights.loses.table_context;
        }
        if candidate.fit < 0.95 && unit.is_some() {
            confidence -= weights.loses.unit_differs;
        }
        let rule = self.dictionary.wordings.get(candidate.wording as usize).map(|w| w.text.clone());
        Stated {
            indicator: candidate.indicator,
            confidence,
            breakdown,
            class: unit.map(|(class, _)| class),
            factor: unit.map_or(Decimal::ONE, |(_, factor)| factor),
            rule: rule.unwrap_or_default(),
            part: false,
        }
    }
}
