//! What the words of a head, label or line say by themselves.

use rust_decimal::Decimal;

use super::super::time::{self, Coverage};
use crate::dictionary::marker::{Marker, PeriodWord};
use crate::dictionary::phrase::Hit;
use crate::dictionary::{Dictionary, Tag, UnitClass};
use crate::mention::number::Convention;
use crate::mention::{Scan, Span};
use crate::period::Period;
use crate::report::only_year;
use crate::text::{SourceText, Token};

/// Words with all phrases found in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// The phrases.
    pub hits: Vec<Hit<Tag>>,
}

impl Words {
    /// Finds the phrases in a row of tokens.
    pub(super) fn new(tokens: Vec<Token>, dictionary: &Dictionary) -> Self {
        let mut hits = Vec::new();
        dictionary.find(&tokens, &mut hits);
        Self { tokens, hits }
    }

    /// Whether a word of measure or structure is among them.
    pub(super) fn says(&self, marker: Marker) -> bool {
        self.hits.iter().any(|h| h.tag == Tag::Marker(marker))
    }

    /// Whether they begin with a word of measure or structure, signs and numbers before it aside.
    pub(super) fn opens_with(&self, marker: Marker) -> bool {
        let first = self.tokens.iter().position(Token::is_word).unwrap_or(0);
        self.hits.iter().any(|h| h.tag == Tag::Marker(marker) && h.first as usize == first)
    }

    /// The same with the abbreviations among them written out; nothing if there are none.
    pub(super) fn written_out(&self, dictionary: &Dictionary) -> Option<Self> {
        dictionary.written_out(&self.tokens, 0).map(|(tokens, _)| Self::new(tokens, dictionary))
    }

    /// Whether there is no word.
    pub(super) fn is_wordless(&self) -> bool {
        !self.tokens.iter().any(Token::is_word)
    }

    /// Whether a unit is for each of what is counted: «đồng/suất»; not for each month.
    pub(super) fn is_for_each(&self) -> bool {
        self.after_stroke().any(|at| self.tokens.get(at).is_some_and(Token::is_word) && !self.is_month(at))
    }

    /// Whether a unit is for each month: «triệu đồng/tháng».
    pub(super) fn is_per_month(&self) -> bool {
        self.after_stroke().any(|at| self.is_month(at))
    }

    fn after_stroke(&self) -> impl Iterator<Item = usize> {
        self.tokens.iter().enumerate().filter(|(_, t)| t.is('/')).map(|(at, _)| at + 1)
    }

    fn is_month(&self, at: usize) -> bool {
        self.hits.iter().any(|h| h.first as usize == at && h.tag == Tag::Period(PeriodWord::Month))
    }

    /// Whether the percent sign or word is there.
    pub(super) fn percent(&self) -> bool {
        self.tokens.iter().any(|t| t.is('%')) || self.says(Marker::Percent)
    }

    /// The unit that is named first, the longest there.
    pub(super) fn unit(&self, source: &SourceText, dictionary: &Dictionary) -> Option<(UnitClass, Decimal)> {
        // «TH» heads results; it counts no cases there.
        let heads = |h: &Hit<Tag>| {
            self.hits.iter().any(|m| {
                matches!(
                    m.tag,
                    Tag::Marker(Marker::ResultColumn | Marker::PlanOfYear | Marker::InPeriod | Marker::Cumulative)
                ) && m.first <= h.first
                    && h.last <= m.last
            })
        };
        // «Tiếp nhận vào cơ sở cai nghiện» counts no establishments.
        let governed =
            |h: &Hit<Tag>| self.hits.iter().any(|m| m.tag == Tag::Marker(Marker::Preposition) && m.last + 1 == h.first);
        let best = self.hits.iter().filter_map(|h| match h.tag {
            Tag::Unit(id) if !heads(h) && !governed(h) => Some((std::cmp::Reverse(h.first), h.words, id)),
            _ => None,
        });
        let (std::cmp::Reverse(first), _, id) = best.max()?;
        let unit = dictionary.units.get(usize::from(id))?;
        Some((unit.class, unit.factor * self.scale_before(first, source, dictionary)))
    }

    /// What the words or the number right before a unit multiply it by: «nghìn người», «1.000 đồng».
    pub(super) fn scale_before(&self, unit: u32, source: &SourceText, dictionary: &Dictionary) -> Decimal {
        let worded = self.hits.iter().find_map(|h| match h.tag {
            Tag::Scale(id) if h.last + 1 == unit => dictionary.scales.get(usize::from(id)).map(|s| s.factor),
            _ => None,
        });
        let written = || {
            let token = self.tokens.get((unit as usize).checked_sub(1)?).filter(|t| t.is_number())?;
            let plain: String = source.slice(token.range()).chars().filter(char::is_ascii_digit).collect();
            matches!(plain.as_str(), "1000" | "1000000" | "1000000000").then(|| plain.parse().ok()).flatten()
        };
        worded.or_else(written).unwrap_or(Decimal::ONE)
    }

    /// The unit inside brackets, the last that name one: `Kinh phí (triệu đồng)`.
    pub(super) fn bracketed_unit(&self, source: &SourceText, dictionary: &Dictionary) -> Option<(UnitClass, Decimal)> {
        let mut found = None;
        let mut from = 0;
        while let Some(open) = self.tokens.iter().skip(from).position(|t| t.is('(')).map(|at| at + from) {
            let close = self.tokens.iter().skip(open).position(|t| t.is(')')).map_or(self.tokens.len(), |n| n + open);
            let inside = self.tokens.get(open + 1..close).unwrap_or_default();
            let words = Self::new(inside.to_vec(), dictionary);
            let spare = words.hits.iter().filter(|h| matches!(h.tag, Tag::Unit(_))).map(|h| h.words).max();
            // «Số lượng (hộ, người)»: one or the other, as the row has it.
            let several = inside.iter().any(|t| t.is(',')) && words.unit_classes(dictionary) > 1;
            let all = inside.iter().filter(|t| t.is_word()).count();
            // A unit alone, not a remark that holds a counted noun; «(người/tháng)» says for what an amount is.
            if !(words.is_per_month() && words.hits.iter().all(|h| !matches!(h.tag, Tag::Scale(_))))
                && spare.is_some_and(|n| usize::from(n) + 1 >= all)
                && !several
            {
                found = words.unit(source, dictionary).or(found);
            }
            from = close.max(open + 1);
        }
        found
    }

    /// How many classes of units are named.
    fn unit_classes(&self, dictionary: &Dictionary) -> usize {
        let class = |h: &Hit<Tag>| match h.tag {
            Tag::Unit(id) => dictionary.units.get(usize::from(id)).map(|u| u.class),
            _ => None,
        };
        let mut classes: Vec<UnitClass> = Vec::new();
        for class in self.hits.iter().filter_map(class) {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        classes.len()
    }

    /// Whether the whole of this year is named: «cả năm», «năm 2024».
    pub(super) fn names_year(&self, year: u16, source: &SourceText) -> bool {
        self.hits.iter().any(|h| match h.tag {
            Tag::Period(PeriodWord::WholeYear) => true,
            Tag::Period(PeriodWord::Year) => self
                .tokens
                .get(h.last as usize + 1)
                .is_some_and(|t| t.is_number() && source.slice(t.range()) == year.to_string()),
            _ => false,
        }) && !self
            .hits
            .iter()
            .any(|h| matches!(h.tag, Tag::Period(PeriodWord::Month | PeriodWord::Quarter | PeriodWord::HalfFirst)))
    }

    /// How much of the words, by letters, is covered by phrases that `known` accepts; 1 where there are none. Words that
    /// say nothing, and those before a total, do not count.
    pub(super) fn covered(&self, known: impl Fn(&Tag) -> bool) -> f64 {
        let marks = |accepts: &dyn Fn(&Tag) -> bool| {
            let mut marked = vec![false; self.tokens.len()];
            for hit in self.hits.iter().filter(|h| accepts(&h.tag)) {
                for slot in marked.get_mut(hit.first as usize..=hit.last as usize).unwrap_or_default() {
                    *slot = true;
                }
            }
            marked
        };
        let marked = marks(&known);
        let empty = marks(&|tag| {
            matches!(tag, Tag::Marker(Marker::Filler | Marker::TotalRow | Marker::TotalWords | Marker::OpensParts))
        });
        let (mut all, mut told) = (0_u32, 0_u32);
        let counted = self.tokens.iter().zip(marked).zip(empty).filter(|((t, _), empty)| t.is_word() && !*empty);
        for ((token, marked), _) in counted {
            let length = token.end - token.start;
            all += length;
            told += if marked { length } else { 0 };
        }
        if all == 0 { 1.0 } else { f64::from(told) / f64::from(all) }
    }

    /// Whether there is nothing but words of measure and period: «Lũy kế», «Tỷ lệ % so KH»; nouns that are counted are more.
    pub(super) fn names_measure_only(&self) -> bool {
        let measure = |tag: &Tag| match tag {
            Tag::Marker(marker) => !matches!(marker, Marker::PerUnitAfter | Marker::PlaceColumn | Marker::District),
            tag => matches!(tag, Tag::Period(_)),
        };
        self.covered(measure) > 0.99
    }

    /// The period that ends at a date written in figures: `31/12/2022`.
    fn dated(&self, source: &SourceText, report: Period) -> Option<Coverage> {
        let number = |t: &Token| source.slice(t.range()).parse::<u16>().ok().filter(|_| t.is_number());
        self.tokens.windows(5).find_map(|w| {
            let [day, a, month, b, year] = w else { return None };
            let written = (a.is('/') || a.is('-') || a.is('.')) && (b.is('/') || b.is('-') || b.is('.'));
            let (day, month) = (u8::try_from(number(day)?).ok()?, u8::try_from(number(month)?).ok()?);
            if written { at_date(day, month, number(year), report) } else { None }
        })
    }

    /// The period that the words name, the last of several.
    pub(super) fn coverage(&self, source: &SourceText, report: Period, dictionary: &Dictionary) -> Named {
        let scan = Scan::of(source, &self.tokens, 0, Convention::default(), dictionary);
        let mut named = Named { coverage: self.dated(source, report), later: false };
        // «Thực hiện 2022»: the one number of a head, if it is a year, is the year's.
        if scan.periods.is_empty()
            && self.tokens.len() > 1
            && let Some(year) = only_year(&self.tokens, source)
        {
            named.later |= year > report.year;
            let before = year < report.year && year + 4 >= report.year;
            named.coverage = named.coverage.or(before.then(|| Coverage::Other(Period::year(year))));
        }
        for mention in &scan.periods {
            named.later |= mention.year.is_some_and(|y| y > report.year);
            let mut only = self.tokens.get(mention.first..=mention.last).unwrap_or_default().to_vec();
            // «Tháng 7» over «Thực hiện 2023»: the year stands in the head below.
            if mention.year.is_none() {
                let within = |at: usize| scan.periods.iter().any(|m| (m.first..=m.last).contains(&at));
                let bare = self.tokens.iter().enumerate().skip(mention.last + 1).find(|(at, t)| {
                    let text = source.slice(t.range());
                    t.is_number() && t.end - t.start == 4 && text.starts_with("20") && !within(*at)
                });
                only.extend(bare.map(|(_, token)| *token));
            }
            let mut letter = false;
            for token in &mut only {
                // `T5`: the letter is a month only right at its number.
                token.spaced |= !letter;
                letter = token.is_word() && token.end - token.start == 1;
            }
            let alone = Scan::of(source, &only, 0, Convention::default(), dictionary);
            let event = time::events(&only, &alone, &(0..only.len()), report).first().map(|e| e.coverage);
            // A head that is a date is about the time it ends: «31/12/2022». «Mức chi 01 tháng» names no period.
            let event = match mention.span {
                Span::Date { day, month } => at_date(day, month, mention.year, report).or(event),
                Span::FirstMonths(1) => continue,
                _ => event,
            };
            named.coverage = event.or(named.coverage);
        }
        named
    }
}

/// What a date at the end of a period stands for.
fn at_date(day: u8, month: u8, year: Option<u16>, report: Period) -> Option<Coverage> {
    let year = year?;
    if (year, month) == (report.last_year(), report.last_month()) {
        return Some(Coverage::Within);
    }
    (day >= 28 && month == 12 && year < report.year).then(|| Coverage::Other(Period::year(year)))
}

/// The period that words name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// How it stands to the report's.
    pub coverage: Option<Coverage>,
    /// Whether a year after the report's is named.
    pub later: bool,
}
