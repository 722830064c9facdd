//! Quantities: numbers with their scale words, units and the words that say how exact they are.

use std::ops::Range;

use rust_decimal::Decimal;

use super::number::{Convention, Follows, parse};
use super::{NumberState, Scan};
use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::dictionary::register::Unit;
use crate::dictionary::{Dictionary, Tag, UnitClass};
use crate::text::{SourceText, Token, digits as mended_digits};

/// What kind of quantity it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityKind {
    /// A count or amount.
    Plain,
    /// A percentage.
    Percent,
    /// A difference in percentage points.
    Points,
    /// A ratio in times.
    Times,
    /// The first of two joined by a slash; the second is the next quantity.
    Fraction,
    /// Words that state a zero; no number is written.
    ZeroStatement,
    /// A number in words.
    InWords,
}

/// A quantity as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// First token.
    pub first: usize,
    /// Last token of the number itself, scale words included, the counted noun not.
    pub last: usize,
    /// Tokens of the counted noun or unit, empty where there is none.
    pub noun: Range<usize>,
    /// In the unit's base; `None` where the separators make no sense.
    pub value: Option<Decimal>,
    /// What it counts.
    pub class: Option<UnitClass>,
    /// Its kind.
    pub kind: QuantityKind,
    /// Less or more than, about; `None` for exact.
    pub approx: Option<Marker>,
    /// The upper bound, for a range.
    pub upper: Option<Decimal>,
    /// Per one of something: `đồng/người`.
    pub per_one: bool,
    /// Per month: `đồng/tháng`.
    pub per_month: bool,
}

impl Quantity {
    /// The token after the number and its noun.
    pub fn end(&self) -> usize {
        self.noun.end.max(self.last + 1)
    }
}

struct Reader<'a> {
    source: &'a SourceText,
    tokens: &'a [Token],
    dictionary: &'a Dictionary,
    convention: Convention,
    scan: &'a Scan,
}

/// Finds all quantities of a block.
pub(super) fn find(
    source: &SourceText,
    tokens: &[Token],
    convention: Convention,
    dictionary: &Dictionary,
    scan: &mut Scan,
) {
    let mut quantities: Vec<Quantity> = Vec::new();
    {
        let reader = Reader { source, tokens, dictionary, convention, scan };
        let mut at = 0;
        while at < tokens.len() {
            let found = if scan.numbers.get(at) == Some(&NumberState::Free) {
                Some(reader.number(at))
            } else {
                reader.in_words(at).or_else(|| reader.zero(at))
            };
            match found {
                Some(quantity) => {
                    at = quantity.last + 1;
                    quantities.push(quantity);
                }
                None => at += 1,
            }
        }
    }
    for (index, quantity) in quantities.iter().enumerate() {
        for at in quantity.first..=quantity.last {
            if let Some(state @ NumberState::Free) = scan.numbers.get_mut(at) {
                *state = NumberState::Quantity(index);
            }
        }
    }
    scan.quantities = quantities;
}

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| self.source.slice(t.range()))
    }

    fn is(&self, at: usize, c: char) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is(c))
    }

    fn is_dash(&self, at: usize) -> bool {
        ['-', '\u{2013}', '\u{2014}', '\u{2212}'].iter().any(|c| self.is(at, *c))
    }

    fn free(&self, at: usize) -> bool {
        self.scan.numbers.get(at) == Some(&NumberState::Free)
    }

    /// The longest unit phrase at `at`: its row, and its last token.
    fn unit(&self, at: usize) -> Option<(u16, usize)> {
        self.scan
            .hits_at(at)
            .iter()
            .filter_map(|h| match h.tag {
                Tag::Unit(id) => Some((id, h.last as usize)),
                _ => None,
            })
            // A comma ends the noun: «610 người, dân tộc …» counts no «người dân».
            .filter(|(_, last)| !(at..*last).any(|t| self.is(t, ',')))
            .max_by_key(|(id, last)| (*last, std::cmp::Reverse(*id)))
    }

    fn scale(&self, at: usize) -> Option<(u8, usize)> {
        let hits = self.scan.hits_at(at);
        let scale = hits
            .iter()
            .filter_map(|h| match h.tag {
                Tag::Scale(id) => Some((id, h.last as usize)),
                _ => None,
            })
            .max_by_key(|(_, last)| *last)?;
        // «Năm 2023 tỷ lệ hộ nghèo»: the word is the first of «tỷ lệ».
        let share = hits.iter().any(|h| h.tag == Tag::Marker(Marker::Share) && h.last as usize > scale.1);
        (!share).then_some(scale)
    }

    fn marker(&self, at: usize, marker: Marker) -> Option<usize> {
        self.scan.hits_at(at).iter().filter(|h| h.tag == Tag::Marker(marker)).map(|h| h.last as usize).max()
    }

    /// Digits of the number at `at`, and its last token: groups set apart by a blank are one number.
    fn digits(&self, at: usize) -> (String, usize) {
        let first = &*mended_digits(self.text(at));
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let mut digits = first.to_owned();
        let mut last = at;
        if plain(first) && first.len() <= 3 && !first.starts_with('0') {
            while self.free(last + 1) {
                let next = self.text(last + 1);
                let gap = match (self.tokens.get(last), self.tokens.get(last + 1)) {
                    (Some(a), Some(b)) => self.source.slice(a.end as usize..b.start as usize),
                    _ => "",
                };
                if !(plain(next) && next.len() == 3 && gap.chars().count() == 1 && gap.trim().is_empty()) {
                    break;
                }
                digits.push_str(next);
                last += 1;
            }
            let confirmed = self.unit(last + 1).is_some() || self.scale(last + 1).is_some() || self.is(last + 1, '%');
            if last > at && !confirmed {
                return (first.to_owned(), at);
            }
        }
        (digits, last)
    }

    fn follows(&self, at: usize) -> Follows {
        if self.is(at, '%')
            || self.marker(at, Marker::Percent).is_some()
            || self.marker(at, Marker::PercentPoints).is_some()
        {
            return Follows::Percent;
        }
        let unit = self.unit(at).and_then(|(id, _)| self.dictionary.units.get(usize::from(id)));
        if let Some(unit) = unit {
            return match unit.class {
                UnitClass::Known(Unit::Vnd) if unit.factor > Decimal::ONE => Follows::Scale,
                UnitClass::Known(Unit::Vnd | Unit::Kg | Unit::M2) => Follows::Amount,
                _ => Follows::Count,
            };
        }
        if self.scale(at).is_some() { Follows::Scale } else { Follows::Nothing }
    }

    fn number(&self, at: usize) -> Quantity {
        let (digits, last) = self.digits(at);
        let follows = self.follows(last + 1);
        let mut quantity = Quantity {
            first: at,
            last,
            noun: last + 1..last + 1,
            value: parse(&digits, follows, self.convention),
            class: None,
            kind: QuantityKind::Plain,
            approx: self.approx(at),
            upper: None,
            per_one: false,
            per_month: false,
        };
        if self.is_broken(at, last) {
            quantity.value = None;
        }
        if let Some(range) = self.range(&quantity) {
            quantity = range;
        } else if self.is(last + 1, '/') && self.free(last + 2) {
            quantity.kind = QuantityKind::Fraction;
        }
        self.unit_of(&mut quantity);
        if quantity.kind == QuantityKind::Fraction && quantity.class.is_none() {
            self.share_unit(&mut quantity);
        }
        if quantity.kind == QuantityKind::Plain
            && quantity.class.is_some()
            && self.is(quantity.end(), '/')
            && self.free(quantity.end() + 1)
        {
            // `16.561 học viên/17.013 học viên`
            let other = self.unit_class_after(quantity.end() + 1);
            if other.is_none() || other == quantity.class {
                quantity.kind = QuantityKind::Fraction;
            }
        }
        quantity
    }

    /// `9.842/8.000 triệu đồng`: the first of a fraction has the unit that is written after the second.
    fn share_unit(&self, first: &mut Quantity) {
        let at = first.last + 2;
        let (digits, last) = self.digits(at);
        let follows = self.follows(last + 1);
        let mut second = Quantity {
            first: at,
            last,
            noun: last + 1..last + 1,
            value: parse(&digits, follows, self.convention),
            kind: QuantityKind::Plain,
            ..first.clone()
        };
        let Some(written) = second.value else { return };
        self.unit_of(&mut second);
        if second.kind != QuantityKind::Plain || second.class.is_none() {
            return;
        }
        let factor = second.value.and_then(|v| v.checked_div(written)).filter(|_| !written.is_zero());
        first.value = parse(&self.digits(first.first).0, follows, self.convention)
            .zip(factor.or(Some(Decimal::ONE)))
            .and_then(|(value, factor)| value.checked_mul(factor));
        first.class = second.class;
    }

    /// `1..250`, `1.5O6`: separators or letters inside a number leave no value that could be trusted.
    fn is_broken(&self, first: usize, last: usize) -> bool {
        let glued = |at: usize| self.tokens.get(at).is_some_and(|t| !t.spaced);
        let number = |at: usize| self.tokens.get(at).is_some_and(Token::is_number);
        let inside = |at: usize| {
            glued(at)
                && (self.is(at, '.')
                    || self.is(at, ',')
                    || matches!(self.text(at), "O" | "o" | "l" | "I" | "S" | "B" | "Z"))
        };
        let after = inside(last + 1)
            && (glued(last + 2) && number(last + 2) || inside(last + 2) && glued(last + 3) && number(last + 3));
        let before = first >= 2
            && glued(first)
            && inside(first - 1)
            && (number(first - 2) || first >= 3 && inside(first - 2) && number(first - 3));
        after || before
    }

    fn unit_class_after(&self, at: usize) -> Option<UnitClass> {
        let (_, last) = self.digits(at);
        self.unit(last + 1).and_then(|(id, _)| self.dictionary.units.get(usize::from(id))).map(|u| u.class)
    }

    /// `100.000 - 200.000 đồng`, `từ 2 đến 3%`: the lower bound with the upper one.
    fn range(&self, low: &Quantity) -> Option<Quantity> {
        let joint = low.last + 1;
        let dash = self.is_dash(joint);
        let until = self.marker(joint, Marker::RangeTo);
        let next = if dash { joint + 1 } else { until? + 1 };
        if !self.free(next) {
            return None;
        }
        let (digits, last) = self.digits(next);
        let follows = self.follows(last + 1);
        let upper = parse(&digits, follows, self.convention)?;
        let lower = parse(&self.digits(low.first).0, follows, self.convention)?;
        let unit_follows = follows != Follows::Nothing;
        (upper > lower && unit_follows).then(|| Quantity {
            last,
            noun: last + 1..last + 1,
            value: Some(lower),
            upper: Some(upper),
            ..low.clone()
        })
    }

    /// Reads what follows the number: percent, scale words, further parts of a compound, the counted noun.
    fn unit_of(&self, quantity: &mut Quantity) {
        let next = quantity.last + 1;
        let points = self.marker(next, Marker::PercentPoints).filter(|last| *last > next || self.is(last + 1, '%'));
        if let Some(last) = points.map(|last| if self.is(last + 1, '%') { last + 1 } else { last }) {
            quantity.kind = QuantityKind::Points;
            quantity.class = Some(UnitClass::Known(Unit::Percent));
            quantity.noun = next..last + 1;
            return;
        }
        if self.is(next, '%') || self.marker(next, Marker::Percent).is_some() {
            quantity.kind = QuantityKind::Percent;
            quantity.class = Some(UnitClass::Known(Unit::Percent));
            quantity.noun = next..self.marker(next, Marker::Percent).map_or(next + 1, |l| l + 1);
            return;
        }
        if let Some(last) = self.marker(next, Marker::Times)
            && self
                .scan
                .hits_at(quantity.first.saturating_sub(1))
                .iter()
                .chain(self.scan.hits_at(quantity.first.saturating_sub(2)))
                .any(|h| {
                    matches!(h.tag, Tag::Marker(Marker::Increase | Marker::Decrease | Marker::Under | Marker::Equal))
                })
        {
            quantity.kind = QuantityKind::Times;
            quantity.noun = next..last + 1;
            return;
        }
        let mut previous_factor: Option<Decimal> = None;
        let mut total: Option<Decimal> = Some(Decimal::ZERO);
        let mut part = quantity.value;
        let mut money = false;
        loop {
            let at = quantity.last + 1;
            let unit = self.unit(at).and_then(|(id, last)| Some((self.dictionary.units.get(usize::from(id))?, last)));
            let scale =
                self.scale(at).and_then(|(id, last)| Some((self.dictionary.scales.get(usize::from(id))?, last)));
            let unit_is_longer = unit.is_some_and(|(_, last)| scale.is_none_or(|(_, s)| last >= s));
            if let Some((unit, last)) = unit.filter(|_| unit_is_longer) {
                let factor = unit.factor;
                total = total.zip(part.and_then(|p| p.checked_mul(factor))).and_then(|(t, p)| t.checked_add(p));
                if let Some(upper) = quantity.upper {
                    quantity.upper = upper.checked_mul(factor);
                }
                quantity.class = Some(unit.class);
                quantity.noun = at..last + 1;
                // A scale in the unit's own words belongs to the number as written.
                if unit.class == UnitClass::Known(Unit::Vnd) {
                    quantity.last = last;
                    quantity.noun = last + 1..last + 1;
                    if self.free(last + 1) && factor > Decimal::ONE {
                        let (digits, end) = self.digits(last + 1);
                        let smaller = self.unit(end + 1).and_then(|(id, _)| self.dictionary.units.get(usize::from(id)));
                        if smaller.is_some_and(|u| u.class == unit.class && u.factor < factor) {
                            part = parse(&digits, Follows::Scale, self.convention);
                            quantity.last = end;
                            continue;
                        }
                    }
                }
                break;
            }
            let Some((scale, last)) = scale else {
                // `1 tỷ 5` is one and five tenths.
                match previous_factor {
                    Some(factor) => {
                        let tenth = factor.checked_div(Decimal::TEN);
                        total = total
                            .zip(part.zip(tenth).and_then(|(p, f)| p.checked_mul(f)))
                            .and_then(|(t, p)| t.checked_add(p));
                    }
                    None => total = part,
                }
                break;
            };
            let factor = scale.factor;
            money |= scale.money;
            total = total.zip(part.and_then(|p| p.checked_mul(factor))).and_then(|(t, p)| t.checked_add(p));
            quantity.upper = quantity.upper.and_then(|u| u.checked_mul(factor));
            quantity.last = last;
            quantity.noun = last + 1..last + 1;
            previous_factor = Some(factor);
            if let Some(half) = self.marker(last + 1, Marker::Half) {
                total = total.and_then(|t| t.checked_add(factor.checked_div(Decimal::TWO)?));
                quantity.last = half;
                quantity.noun = half + 1..half + 1;
                break;
            }
            if self.free(last + 1) && self.continues_compound(last + 1, factor) {
                let (digits, end) = self.digits(last + 1);
                part = parse(&digits, Follows::Scale, self.convention);
                quantity.last = end;
                quantity.noun = end + 1..end + 1;
                continue;
            }
            // What is scaled may be money or a count; the noun says which.
            if let Some((id, end)) = self.unit(last + 1)
                && let Some(unit) = self.dictionary.units.get(usize::from(id))
            {
                quantity.class = Some(unit.class);
                total = total.and_then(|t| t.checked_mul(unit.factor));
                if unit.class == UnitClass::Known(Unit::Vnd) {
                    quantity.last = end;
                    quantity.noun = end + 1..end + 1;
                } else {
                    quantity.noun = last + 1..end + 1;
                }
            }
            break;
        }
        quantity.value = total.or(quantity.value).filter(|_| quantity.value.is_some());
        if quantity.class.is_none() && money {
            quantity.class = Some(UnitClass::Known(Unit::Vnd));
        }
        self.per(quantity);
    }

    /// Whether the number at `at` goes on a compound whose last scale is `factor`.
    fn continues_compound(&self, at: usize, factor: Decimal) -> bool {
        let (digits, end) = self.digits(at);
        let next = self.unit(end + 1).and_then(|(id, _)| self.dictionary.units.get(usize::from(id)));
        if let Some(unit) = next {
            return unit.class == UnitClass::Known(Unit::Vnd) && unit.factor < factor;
        }
        match self.scale(end + 1).and_then(|(id, _)| self.dictionary.scales.get(usize::from(id))) {
            Some(scale) => scale.factor < factor,
            None => digits.len() == 1 && factor >= Decimal::from(1_000_000),
        }
    }

    /// `/người`, `/tháng`, `/người/tháng` after an amount.
    fn per(&self, quantity: &mut Quantity) {
        let mut at = quantity.end();
        while self.is(at, '/') {
            let Some(one) = self.marker(at + 1, Marker::PerUnitAfter) else {
                if let Some(last) = self.marker(at + 1, Marker::PerMonthAfter) {
                    quantity.per_month = true;
                    quantity.noun.end = last + 1;
                    at = last + 1;
                    continue;
                }
                return;
            };
            quantity.per_one = true;
            quantity.noun.end = one + 1;
            at = one + 1;
        }
    }

    /// The word right before a number that says how exact it is.
    fn approx(&self, at: usize) -> Option<Marker> {
        // «cao hơn 2,6%» compares; «tăng hơn 2,6%» says that it is more.
        let change = |h: &&Hit<Tag>| matches!(h.tag, Tag::Marker(Marker::Increase | Marker::Decrease));
        let compares = self.scan.hits_before(at).filter(change).any(|h| {
            let whole = !self.scan.hits_at(h.first as usize).iter().filter(change).any(|own| own.words == 1);
            h.words >= 2 && whole
        });
        if compares {
            return None;
        }
        let stands_before = |role: &Marker| self.scan.hits_before(at).any(|h| h.tag == Tag::Marker(*role));
        [Marker::About, Marker::Over, Marker::Under].into_iter().find(stands_before)
    }

    fn in_words(&self, at: usize) -> Option<Quantity> {
        let (value, last) = self.scan.hits_at(at).iter().find_map(|h| match h.tag {
            Tag::NumberWord(value) => Some((value, h.last as usize)),
            _ => None,
        })?;
        let noun_follows = self.scan.hits_at(last + 1).iter().any(|h| h.tag == Tag::NumberNoun);
        let (id, noun_last) = self.unit(last + 1)?;
        let before = at.checked_sub(1).map(|b| self.scan.hits_at(b)).unwrap_or_default();
        // «cả năm cơ sở đã nhận»: the word belongs to a period that begins before it.
        let part_of_another = before.iter().any(|h| match h.tag {
            Tag::Period(_) => h.last as usize + 1 >= at,
            Tag::NumberWord(_) | Tag::Scale(_) => h.last as usize + 1 == at,
            _ => false,
        });
        if !noun_follows || part_of_another || value < 2 || self.tokens.get(at).is_some_and(|t| t.capital && at > 0) {
            return None;
        }
        Some(Quantity {
            first: at,
            last,
            noun: last + 1..noun_last + 1,
            value: Some(Decimal::from(value)),
            class: self.dictionary.units.get(usize::from(id)).map(|u| u.class),
            kind: QuantityKind::InWords,
            approx: self.approx(at),
            upper: None,
            per_one: false,
            per_month: false,
        })
    }

    fn zero(&self, at: usize) -> Option<Quantity> {
        let last = self.marker(at, Marker::Zero)?;
        let needs_none = self.marker(at, Marker::ZeroNeedsNone).is_some_and(|l| l == last);
        if needs_none {
            let clause_end = (last..self.tokens.len())
                .find(|t| [';', '.', ',', ':'].iter().any(|c| self.is(*t, *c)) || self.free(*t))
                .unwrap_or(self.tokens.len());
            let closes = (last + 1..clause_end).any(|t| self.marker(t, Marker::ZeroNone).is_some());
            // «không có» followed at once by a counted noun denies it just as well.
            if !closes && self.unit(last + 1).is_none() {
                return None;
            }
        }
        let noun = self.unit(last + 1).map_or(last + 1..last + 1, |(_, end)| last + 1..end + 1);
        Some(Quantity {
            first: at,
            last,
            noun,
            value: Some(Decimal::ZERO),
            class: None,
            kind: QuantityKind::ZeroStatement,
            approx: None,
            upper: None,
            per_one: false,
            per_month: false,
        })
    }
}
