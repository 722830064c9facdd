//! Numbers that speak about another value: percent of plan, change, share, the value of the same period.

use std::ops::Range;

use rust_decimal::Decimal;

use super::Linker;
use super::clause::Clause;
use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::dictionary::phrase::Hit;
use crate::dictionary::register::Kind;
use crate::document::Document;
use crate::mention::{PeriodMention, Quantity, QuantityKind, Span};
use crate::observation::draft::Draft;
use crate::observation::model::Measure;
use crate::period::{Period, PeriodKind};
use crate::text::TokenKind;

/// Between last year's name and its value in a bracket stand at most so many plain words.
const BRACKET_WORDS: usize = 3;

/// What a relative number is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The year's plan: a percentage of it.
    Plan,
    /// The year's plan: its own value.
    PlanValue,
    /// The same period of last year.
    SamePeriod,
    /// The same period of last year: its own value.
    SamePeriodValue,
    /// Another earlier period.
    Previous,
    /// The whole.
    Share,
    /// The whole of a fraction that is no plan.
    FractionWhole,
    /// A change that is planned: no measure of the table.
    PlannedChange,
}

/// A relative number's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Relative {
    /// What it is about.
    pub about: About,
    /// Up, down, or neither.
    pub direction: i8,
    /// Whether no word tells what it is of.
    pub unclear: bool,
}

impl Relative {
    fn new(about: About, direction: i8) -> Self {
        Self { about, direction, unclear: false }
    }

    /// Whether words near it tell what it is of.
    pub(super) fn is_told(&self) -> bool {
        !self.unclear && self.about != About::FractionWhole
    }

    /// The contract's measure, and the value in its terms.
    pub(super) fn measure_and_value(&self, value: Decimal, kind: QuantityKind, is_rate: bool) -> (Measure, Decimal) {
        let hundred = Decimal::ONE_HUNDRED;
        let signed = if self.direction < 0 { -value } else { value };
        let previous = self.about == About::Previous;
        match self.about {
            About::Plan => (Measure::PctOfPlan, if self.direction == 0 { value } else { hundred + signed }),
            About::PlanValue => (Measure::Plan, value),
            About::SamePeriodValue => (Measure::YoyBase, value),
            About::Share | About::FractionWhole | About::PlannedChange => (Measure::Share, value),
            About::SamePeriod | About::Previous => {
                let (percent, absolute) =
                    if previous { (Measure::PrevPct, Measure::PrevAbs) } else { (Measure::YoyPct, Measure::YoyAbs) };
                match kind {
                    QuantityKind::Percent if self.direction == 0 => (percent, value - hundred),
                    QuantityKind::Percent if is_rate => (absolute, signed),
                    QuantityKind::Percent => (percent, signed),
                    QuantityKind::Times => (percent, (value - Decimal::ONE) * hundred),
                    _ => (absolute, signed),
                }
            }
        }
    }

    /// The words of what the number is of, as written.
    pub(super) fn base_text(&self, document: &Document, clause: &Clause<'_>, index: usize) -> String {
        let near = near_right(clause, index);
        let hit = clause.scan.hits_in(&near).find(|h| {
            matches!(
                h.tag,
                Tag::Marker(
                    Marker::Compare
                        | Marker::SamePeriod
                        | Marker::PreviousPeriod
                        | Marker::OfWhichPercent
                        | Marker::PlanOfYear
                )
            )
        });
        hit.map(|h| document.written(clause.tokens.get(h.first as usize..near.end).unwrap_or_default()))
            .unwrap_or_default()
    }
}

/// The words after a number up to the next comma, semicolon or bracket.
pub(super) fn near_right(clause: &Clause<'_>, index: usize) -> Range<usize> {
    let right = clause.right(index);
    let end = right
        .clone()
        .find(|t| {
            clause.tokens.get(*t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(',' | ';' | ')' | '(' | '.' | ':')))
        })
        .unwrap_or(right.end);
    right.start..end
}

/// A sign glued to the number in a bracket: `(-3%)`, `(+12,5%)`.
fn sign(clause: &Clause<'_>, quantity: &Quantity) -> i8 {
    let before = quantity.first.checked_sub(1).and_then(|t| clause.tokens.get(t));
    let opened = quantity.first.checked_sub(2).and_then(|t| clause.tokens.get(t)).is_some_and(|t| t.is('('));
    let glued = clause.tokens.get(quantity.first).is_some_and(|t| !t.spaced);
    match before.map(|t| t.kind) {
        Some(TokenKind::Punct('-' | '\u{2013}')) if opened && glued => -1,
        Some(TokenKind::Punct('\u{2212}')) if glued => -1,
        Some(TokenKind::Punct('+')) if opened => 1,
        Some(TokenKind::Punct('\u{25B2}')) => 1,
        Some(TokenKind::Punct('\u{25BC}')) => -1,
        _ => 0,
    }
}

/// The role of a quantity that speaks about another value; `None` for a value of its own.
pub(super) fn role(linker: &Linker<'_>, clause: &Clause<'_>, index: usize, quantity: &Quantity) -> Option<Relative> {
    if linker.leaving(clause, index, quantity).is_some() {
        return None;
    }
    let near = near_right(clause, index);
    let left = clause.left(index);
    let said = |marker: Marker| clause.scan.has_marker(marker, &near);
    let said_before = |marker: Marker, words: usize| clause.before(index, marker, words).is_some();
    // «giảm còn 1,88%» gives the level, not the change.
    if said_before(Marker::LevelReached, 0) && !said_before(Marker::Reach, 0) {
        return None;
    }
    let beyond = compared_between(clause, index);
    let up = said_before(Marker::Increase, 0) || beyond.is_some_and(|(up, _)| up);
    let down = said_before(Marker::Decrease, 0) || beyond.is_some_and(|(up, _)| !up);
    let direction = match (up, down) {
        (true, true) => {
            if clause.before(index, Marker::Increase, 0) > clause.before(index, Marker::Decrease, 0) {
                1
            } else {
                -1
            }
        }
        (true, false) => 1,
        (false, true) => -1,
        (false, false) => sign(clause, quantity),
    };
    // «tăng mạnh với 4.215 người» gives the value.
    let given = quantity.kind == QuantityKind::Plain
        && clause
            .scan
            .last_marker(Marker::And, &left)
            .is_some_and(|h| h.last as usize + 1 == quantity.first && direction != 0);
    let direction = if given { 0 } else { direction };
    // «hơn cùng kỳ 956 người»
    let more = direction == 0
        && clause.scan.hits_in(&left).any(|h| {
            h.tag == Tag::Marker(Marker::Over)
                && clause.scan.hits_at(h.last as usize + 1).iter().any(|s| {
                    s.tag == Tag::Marker(Marker::SamePeriod) && clause.plain_words(s.last as usize, quantity.first) == 0
                })
        });
    // «thấp hơn cùng kỳ 1,63%»
    let than = |h: &&Hit<Tag>| {
        matches!(h.tag, Tag::Marker(Marker::Increase | Marker::Decrease))
            && h.words >= 2
            && clause.scan.hits_at(h.last as usize + 1).iter().any(|s| {
                s.tag == Tag::Marker(Marker::SamePeriod) && clause.plain_words(s.last as usize, quantity.first) == 0
            })
    };
    let than = clause.scan.hits_in(&left).filter(than).last().filter(|_| direction == 0);
    let direction = match than {
        Some(h) if h.tag == Tag::Marker(Marker::Increase) => 1,
        Some(_) => -1,
        None if more => 1,
        None => direction,
    };
    let same = said(Marker::SamePeriod) || said_before(Marker::SamePeriod, 4);
    let previous = !same && (said(Marker::PreviousPeriod) || said_before(Marker::PreviousPeriod, 3));
    // In a year's report what is set against the year before, or its end, is set against the same period.
    let report = linker.report;
    let year_before = report.kind == PeriodKind::Year
        && clause.scan.periods.iter().any(|m| {
            m.span == Span::Year
                && m.year == Some(report.year - 1)
                && (near.contains(&m.first) || left.contains(&m.first))
        });
    let twin = clause.scan.periods.iter().any(|m| {
        let inside = near.contains(&m.first) || left.contains(&m.first) && direction != 0;
        inside && m.year == Some(report.year - 1) && is_twin(m.span, report)
    });
    let year_compared = direction == 0
        && said(Marker::Compare)
        && clause.scan.periods.iter().any(|m| is_year_before(m, report) && near.contains(&m.first));
    let previous = previous || !same && !twin && beyond.is_some_and(|(_, m)| m.year.is_none_or(|y| y == report.year));
    let same = same || twin || year_compared || previous && year_before;
    let previous = previous && !year_before && !twin;
    let base = |direction: i8| {
        let about = if previous {
            About::Previous
        } else if same {
            About::SamePeriod
        } else {
            inherited_base(linker, clause, index).unwrap_or(About::SamePeriod)
        };
        Relative::new(about, direction)
    };
    match quantity.kind {
        QuantityKind::Percent if linker.rate_in_turn(clause, index) => None,
        QuantityKind::Percent => {
            let plan = said(Marker::PlanOfYear) || said_before(Marker::PlanOfYear, 3);
            let plan_itself = (said_before(Marker::PlanValue, 0) || said_before(Marker::PlanOfYear, 6))
                && !said_before(Marker::Reach, 1)
                && !clause.scan.has_marker(Marker::Compare, &left);
            let told_same = clause.before_bracket(index, Marker::SamePeriod) && clause.opens_bracket(index);
            let last_year = last_year_in_bracket(clause, index, report) || declared_last_year(linker, clause, index);
            // «Tỷ lệ lao động qua đào tạo: KH: 58%; TH: 57,2%; CK: 55,9%»
            let alone = direction == 0
                && said_before(Marker::SamePeriod, 0)
                && !clause.scan.has_marker(Marker::Compare, &left)
                && !said_before(Marker::Equal, 2)
                && !said_before(Marker::Reach, 2);
            if (told_same || last_year || alone) && follows_rate(linker, clause, index) {
                return Some(Relative::new(About::SamePeriodValue, 0));
            }
            // «đạt chỉ tiêu dưới 3,5%»
            let bound =
                matches!(quantity.approx, Some(Marker::Under | Marker::Over)) && said_before(Marker::PlanOfYear, 1);
            // «Tỷ lệ thất nghiệp là 1,98%, thấp hơn năm trước 0,12 điểm phần trăm, đạt mục tiêu (dưới 2,2%)»
            let goal =
                direction == 0 && clause.before_bracket(index, Marker::PlanOfYear) && clause.opens_bracket(index);
            let of_rate = follows_rate(linker, clause, index)
                || after_a_rate(linker, clause, index)
                || goal && clause.assigned.iter().take(index).flatten().any(|d| is_rate(linker, *d));
            if (plan_itself || bound || goal) && of_rate {
                return Some(Relative::new(About::PlanValue, 0));
            }
            // «Chỉ tiêu năm 2022 kéo giảm tỷ lệ hộ nghèo từ 1% đến 1,2%»: a change that is planned, and its other bound.
            let falls =
                clause.scan.has_marker(Marker::Decrease, &left) && !clause.scan.has_marker(Marker::LevelReached, &left);
            let planned_fall = plan_itself && direction == 0 && falls && rate_head(linker, clause, index);
            if planned_fall || is_other_bound(clause, index) {
                return Some(Relative::new(About::PlannedChange, -1));
            }
            // «Tỷ lệ …: kế hoạch 75%, thực hiện 75,1%»: the rate's plan, then the rate.
            if plan_itself && direction == 0 && rate_head(linker, clause, index) {
                return Some(Relative::new(About::PlanValue, 0));
            }
            if said_before(Marker::ResultColumn, 1)
                && !plan
                && !same
                && !previous
                && follows_rate(linker, clause, index)
            {
                return None;
            }
            if said_before(Marker::Exceed, 1) {
                return Some(Relative::new(About::Plan, 1));
            }
            if said_before(Marker::ShortOf, 1) {
                return Some(Relative::new(About::Plan, -1));
            }
            // «Kế hoạch năm 2023 giảm 1,0%»: what is to be, not what was done.
            let comma =
                |at: usize| (at..quantity.first).any(|t| clause.tokens.get(t).is_some_and(|k| k.is(',') || k.is(';')));
            let planned = [Marker::PlanOfYear, Marker::PlanOpens]
                .iter()
                .any(|m| clause.before(index, *m, 6).is_some_and(|at| !comma(at)));
            let set = planned
                && !said(Marker::PlanOfYear)
                && !clause.scan.has_marker(Marker::Compare, &left)
                && !said_before(Marker::Reach, 2)
                && index.checked_sub(1).and_then(|b| clause.quantity(b)).is_none_or(|q| {
                    let gap = q.end()..quantity.first;
                    gap.clone().any(|t| clause.tokens.get(t).is_some_and(|k| k.is(';') || k.is('.')))
                });
            if direction != 0 && set && !same {
                return Some(Relative::new(About::PlannedChange, direction));
            }
            if direction != 0 {
                return Some(if plan && !same && !previous {
                    Relative::new(About::Plan, direction)
                } else {
                    base(direction)
                });
            }
            // «tiếp nhận 18.642 hồ sơ, tỷ lệ nộp trực tuyến đạt 96,4%»
            let of_a_part = clause.scan.has_marker(Marker::Share, &left)
                && clause.value_before(index).and_then(|at| clause.assigned.get(at).copied().flatten()).is_some_and(
                    |d| {
                        linker.linked.drafts.get(d).is_some_and(|d| {
                            d.breakdown.is_empty() && !linker.own_categories(clause, index, d.indicator).is_empty()
                        })
                    },
                );
            if (said_before(Marker::Share, 1) || of_a_part) && !plan && !same {
                let level = rate_level(linker, clause, index);
                return (!level).then(|| Relative::new(About::Share, 0));
            }
            if plan {
                return Some(Relative::new(About::Plan, 0));
            }
            if clause.before(index, Marker::Respectively, 1).is_some()
                && let Some(direction) = change_just_before(linker, clause, index)
            {
                return Some(base(direction));
            }
            // «cuối năm 2023 tỷ lệ hộ nghèo toàn tỉnh còn 5,74%» compares nothing.
            let compares = said(Marker::Compare) || clause.scan.has_marker(Marker::Compare, &left);
            if previous && !compares && rate_level(linker, clause, index) {
                return None;
            }
            if same || previous {
                // An index is said to be equal to, or to reach; without that word a small one may be a change.
                let index_said = said_before(Marker::Equal, 2) || said_before(Marker::Reach, 2);
                return Some(Relative { unclear: !index_said, ..base(0) });
            }
            if rate_level(linker, clause, index) {
                return None;
            }
            if said(Marker::OfWhichPercent) {
                return Some(Relative::new(About::Share, 0));
            }
            // «hộ nghèo dân tộc Khmer 1.874 hộ, bằng 28,74% số hộ nghèo»: a part of a stock has no plan.
            if said_before(Marker::Equal, 1)
                && !said_before(Marker::Reach, 1)
                && follows_part_of_stock(linker, clause, index)
            {
                return Some(Relative::new(About::Share, 0));
            }
            let reached = said_before(Marker::Reach, 1) || said_before(Marker::Equal, 1);
            // «chỉ tiêu cuối năm 73,5%, ước đạt 72,38%»: the rate after its target. All of a target is 100%.
            let is_all = quantity.value == Some(Decimal::ONE_HUNDRED);
            let after_target = rate_before(linker, clause, index).is_some_and(|d| d.measure == Measure::Plan);
            if reached && after_target && !is_all {
                return None;
            }
            if reached {
                return Some(Relative::new(About::Plan, 0));
            }
            if let Some(direction) = change_just_before(linker, clause, index) {
                return Some(base(direction));
            }
            let bracketed = clause.depth(quantity.first) > 0;
            Some(Relative { unclear: !bracketed, ..Relative::new(About::Share, 0) })
        }
        QuantityKind::Points => Some(base(if direction == 0 { 1 } else { direction })),
        QuantityKind::Times => Some(base(1)),
        QuantityKind::Plain | QuantityKind::Fraction => {
            if fraction_before(clause, index) {
                return Some(fraction_whole(clause, index, &linker.linked.drafts));
            }
            let has_subject = clause.value_before(index).is_some()
                || clause.outer.draft.is_some()
                || clause.memory.first().copied().is_some();
            // «Trong số lao động có việc làm, tăng thêm so với năm trước 5.940 người»: of what the sentence's own words name.
            if direction != 0 && (has_subject || clause.scan.has_marker(Marker::Compare, &left)) {
                return Some(base(direction));
            }
            // «tăng 3,2% (tương ứng 242 người)»
            if (said_before(Marker::Equal, 0) || said_before(Marker::AmountsTo, 0))
                && clause.depth(quantity.first) > 0
                && let Some(direction) = change_just_before(linker, clause, index)
            {
                return Some(base(direction));
            }
            // «so với năm 2022 giảm 06 vụ và 03 người chết»
            if direction == 0
                && joined_to_the_number_before(clause, index)
                && let Some(direction) = change_just_before(linker, clause, index)
                && clause.quantity(index - 1).is_some_and(|q| q.kind == QuantityKind::Plain)
                && clause.scan.has_marker(Marker::Compare, &clause.left(index - 1))
            {
                return Some(base(direction));
            }
            let told_same = clause.before(index, Marker::SamePeriod, 2).is_some_and(|at| {
                !(at..quantity.first)
                    .any(|t| clause.tokens.get(t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(',' | ';'))))
            }) || clause.bracket_opens_with(index, Marker::SamePeriod)
                && clause.before(index, Marker::SamePeriod, 4).is_some()
                || clause.before_bracket(index, Marker::SamePeriod)
                    && clause.opens_bracket(index)
                    && !plan_is_nearer(clause, index)
                || base_told_after(clause, index)
                || item_of_same_period(clause, index)
                || last_year_in_bracket(clause, index, report)
                || declared_last_year(linker, clause, index);
            let is_plan = clause.before(index, Marker::PlanValue, 1).is_some();
            if told_same && has_subject && !is_plan {
                return Some(Relative::new(About::SamePeriodValue, 0));
            }
            let compared = clause
                .scan
                .last_marker(Marker::Compare, &left)
                .is_some_and(|h| clause.plain_words(h.last as usize, quantity.first) == 0);
            let like_before = clause
                .value_before(index)
                .and_then(|at| clause.quantity(at))
                .is_some_and(|q| q.class == quantity.class && q.class.is_some());
            (compared && like_before && !clause.scan.has_marker(Marker::PlanOfYear, &left))
                .then(|| Relative::new(About::SamePeriodValue, 0))
        }
        QuantityKind::ZeroStatement | QuantityKind::InWords => None,
    }
}

/// A period between a word of change and the number: «nhiều hơn quý II 6,4%», and whether it says more.
fn compared_between<'c>(clause: &'c Clause<'_>, index: usize) -> Option<(bool, &'c PeriodMention)> {
    let quantity = clause.quantity(index)?;
    let mention = clause.scan.periods.iter().find(|m| m.last + 1 == quantity.first)?;
    let change = |h: &&Hit<Tag>| matches!(h.tag, Tag::Marker(Marker::Increase | Marker::Decrease)) && h.words >= 2;
    let hit = clause.scan.hits_in(&clause.left(index)).filter(change).find(|h| h.last as usize + 1 == mention.first)?;
    Some((hit.tag == Tag::Marker(Marker::Increase), mention))
}

fn is_year_before(mention: &PeriodMention, report: Period) -> bool {
    mention.span == Span::Year && mention.year == Some(report.year - 1)
}

/// Whether the number is last year's value in a bracket: `so với năm 2019 (310 người)`, `(năm 2019 là 3,31%)`.
fn last_year_in_bracket(clause: &Clause<'_>, index: usize, report: Period) -> bool {
    let Some(quantity) = clause.quantity(index) else { return false };
    if clause.depth(quantity.first) == 0 {
        return false;
    }
    let is = |at: usize, c: char| clause.tokens.get(at).is_some_and(|t| t.is(c));
    clause.scan.periods.iter().filter(|m| is_year_before(m, report) && m.last < quantity.first).any(|m| {
        let inside = m.first > 0
            && is(m.first - 1, '(')
            && clause.plain_words(m.last, quantity.first) <= BRACKET_WORDS
            && !(m.last + 1..quantity.first).any(|t| is(t, ')') || is(t, ';'));
        let before = is(m.last + 1, '(')
            && m.last + 2 == quantity.first
            && clause.scan.has_marker(Marker::Compare, &(m.first.saturating_sub(3)..m.first));
        inside || before
    })
}

/// Whether the number is alone in a bracket right after a value, in a report that says such numbers are last year's.
fn declared_last_year(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> bool {
    let (Some(own), Some(strict)) = (clause.quantity(index), clause.reach.strict.get(index)) else { return false };
    let before = clause.value_before(index).and_then(|at| clause.quantity(at));
    linker.brackets_hold_last_year
        && clause.tokens.get(strict.start).is_some_and(|t| t.is('('))
        && clause.opens_bracket(index)
        && clause.tokens.get(own.end()).is_none_or(|t| t.is(')'))
        && before.is_some_and(|q| {
            let parted = |t: usize| {
                clause.tokens.get(t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(',' | ';' | ':' | ')')))
            };
            (own.class.is_none() || own.class == q.class || q.class.is_none()) && !(q.end()..strict.start).any(parted)
        })
}

/// Whether a span of another year is the report's own: nine months against nine months.
fn is_twin(span: Span, report: Period) -> bool {
    let twin = match span {
        Span::Month(month) => Period::month(report.year, month),
        Span::Quarter(quarter) => Period::quarter(report.year, quarter),
        Span::FirstMonths(months) => Period::first_months(report.year, months),
        Span::LastMonths(6) => Period::half(report.year, 2),
        Span::Year => Some(Period::year(report.year)),
        _ => None,
    };
    twin == Some(report)
}

/// Whether the sentence's own words name a rate, before any value is given.
fn rate_head(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> bool {
    let rate = |at: u16| linker.dictionary.indicator(at).is_some_and(|i| i.kind == Kind::Rate);
    clause.value_before(index).is_none()
        && linker.readings(clause, index, true).first().is_some_and(|c| rate(c.indicator) && c.specific)
}

/// Whether the value before is a rate.
fn follows_rate(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> bool {
    rate_before(linker, clause, index).is_some()
}

/// Whether a draft is of a rate.
pub(super) fn is_rate(linker: &Linker<'_>, draft: usize) -> bool {
    let row = linker.linked.drafts.get(draft).and_then(|d| linker.dictionary.indicator(d.indicator));
    row.is_some_and(|row| row.kind == Kind::Rate)
}

/// Whether a sentence's first number follows a rate of the sentence before: «… đạt 73,6%. Nghị quyết giao cả năm 74%.»
fn after_a_rate(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> bool {
    index == 0 && clause.memory.first().is_some_and(|at| is_rate(linker, *at))
}

/// The draft of the number before, if it is of a rate.
fn rate_before<'l>(linker: &'l Linker<'_>, clause: &Clause<'_>, index: usize) -> Option<&'l Draft> {
    let before = index.checked_sub(1).and_then(|at| clause.assigned.get(at).copied().flatten())?;
    let draft = linker.linked.drafts.get(before)?;
    linker.dictionary.indicator(draft.indicator).filter(|i| i.kind == Kind::Rate).map(|_| draft)
}

/// Whether nothing but a joining word stands between a number, its noun, and the next number.
fn joined_to_the_number_before(clause: &Clause<'_>, index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|b| clause.quantity(b));
    before.zip(clause.quantity(index)).is_some_and(|(before, own)| {
        let gap = before.end()..own.first;
        !gap.is_empty()
            && gap.clone().all(|t| {
                clause.tokens.get(t).is_some_and(|k| k.is(','))
                    || clause.scan.hits_at(t).iter().any(|h| h.tag == Tag::Marker(Marker::And) && h.words == 1)
            })
    })
}

/// Whether a percentage is the second bound of a range whose first bound has no reading.
fn is_other_bound(clause: &Clause<'_>, index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|b| Some((b, clause.quantity(b)?)));
    before.zip(clause.quantity(index)).is_some_and(|((at, before), own)| {
        let gap = before.end()..own.first;
        let to = clause.scan.hits_in(&gap).any(|h| {
            h.tag == Tag::Marker(Marker::RangeTo) && h.first as usize == gap.start && h.last as usize + 1 == gap.end
        });
        to && before.kind == QuantityKind::Percent && clause.assigned.get(at) == Some(&None)
    })
}

/// Whether, of the words before a bracket, those of the plan are nearer than last year's: «tăng 120 người so với cùng kỳ; đạt
/// 42,67% kế hoạch (1.500 lao động)».
fn plan_is_nearer(clause: &Clause<'_>, index: usize) -> bool {
    let Some(bracket) = clause.reach.strict.get(index).map(|s| s.start) else { return false };
    let before = clause.reach.sentence.start..bracket;
    let last = |marker: Marker| clause.scan.last_marker(marker, &before).map(|h| h.last);
    last(Marker::PlanOfYear) > last(Marker::SamePeriod)
}

/// Whether the item of a list opens with last year's name and a colon, and so is of that period to its end:
/// «TH: 8 vụ, chết 3 người; CK: 11 vụ, chết 4 người».
fn item_of_same_period(clause: &Clause<'_>, index: usize) -> bool {
    let start = clause.item_range(index).start;
    start > clause.reach.sentence.start
        && clause.scan.hits_at(start).iter().any(|h| {
            h.tag == Tag::Marker(Marker::SamePeriod)
                && clause.tokens.get(h.last as usize + 1).is_some_and(|t| t.is(':'))
        })
}

/// Whether a bracket gives the value of the same period, said after it: «17 vụ (19 vụ cùng kỳ)».
fn base_told_after(clause: &Clause<'_>, index: usize) -> bool {
    let right = clause.right(index);
    clause.depth(clause.quantity(index).map_or(0, |q| q.first)) > 0
        && clause.opens_bracket(index)
        && clause.scan.hits_at(right.start).iter().any(|h| h.tag == Tag::Marker(Marker::SamePeriod))
}

/// Whether the value before is a part of a stock.
fn follows_part_of_stock(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> bool {
    let before = clause.value_before(index).and_then(|at| clause.assigned.get(at).copied().flatten());
    before.and_then(|d| linker.linked.drafts.get(d)).is_some_and(|draft| {
        let stock = linker.dictionary.indicator(draft.indicator).is_some_and(|i| i.kind == Kind::Stock);
        stock && !draft.breakdown.is_empty()
    })
}

/// Whether the words near the number name a rate whose level the percentage is.
fn rate_level(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> bool {
    let scores = linker.dictionary.confidence.scores;
    let rate = |at: u16| linker.dictionary.indicator(at).is_some_and(|i| i.kind == Kind::Rate);
    linker
        .readings(clause, index, false)
        .first()
        .is_some_and(|c| rate(c.indicator) && c.nearness >= 0.7 && c.score >= scores.strong)
}

/// The base of a change that names none: that of the change just before, where there is one.
fn inherited_base(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> Option<About> {
    let draft = clause.assigned.get(index.checked_sub(1)?).copied().flatten()?;
    match linker.linked.drafts.get(draft)?.measure {
        Measure::PrevPct | Measure::PrevAbs => Some(About::Previous),
        Measure::YoyPct | Measure::YoyAbs => Some(About::SamePeriod),
        _ => None,
    }
}

/// The direction of an absolute change right before a percentage that goes with it: `tăng 3.860 (7%)`.
fn change_just_before(linker: &Linker<'_>, clause: &Clause<'_>, index: usize) -> Option<i8> {
    let draft = clause.assigned.get(index.checked_sub(1)?).copied().flatten()?;
    let draft = linker.linked.drafts.get(draft)?;
    let change = matches!(draft.measure, Measure::PrevAbs | Measure::YoyAbs | Measure::PrevPct | Measure::YoyPct);
    change.then(|| if draft.value.is_sign_negative() { -1 } else { 1 })
}

fn fraction_before(clause: &Clause<'_>, index: usize) -> bool {
    let (Some(before), Some(own)) = (index.checked_sub(1).and_then(|b| clause.quantity(b)), clause.quantity(index))
    else {
        return false;
    };
    before.kind == QuantityKind::Fraction
        && (before.end()..own.first).all(|t| clause.tokens.get(t).is_some_and(|k| k.is('/')))
}

/// The second number of a fraction: the plan, where words, a percentage of it, its size or the fractions before say so.
fn fraction_whole(clause: &Clause<'_>, index: usize, drafts: &[Draft]) -> Relative {
    let start = clause.item_range(index).start;
    let end = clause.item_range(index).end;
    let plan = clause.scan.has_marker(Marker::PlanOfYear, &(start..end));
    let reached = clause.quantity(index + 1).is_some_and(|q| {
        q.kind == QuantityKind::Percent
            && (clause.before(index + 1, Marker::Reach, 1).is_some()
                || clause.before(index + 1, Marker::Equal, 1).is_some()
                || clause.before(index + 1, Marker::Exceed, 1).is_some())
    });
    // What was done cannot reach beyond a whole that it is a part of.
    let exceeds = index
        .checked_sub(1)
        .and_then(|b| clause.quantity(b))
        .zip(clause.quantity(index))
        .is_some_and(|(done, whole)| done.value >= whole.value);
    let like_before = (1..index).any(|at| {
        fraction_before(clause, at)
            && clause
                .assigned
                .get(at)
                .copied()
                .flatten()
                .and_then(|d| drafts.get(d))
                .is_some_and(|d| d.measure == Measure::Plan)
    });
    // «lũy kế 187/200 căn»: what is counted since the year began is set against the year's plan.
    let running = index.checked_sub(1).is_some_and(|at| clause.before(at, Marker::Cumulative, 1).is_some());
    let plan = plan || reached || exceeds || like_before || running;
    Relative::new(if plan { About::PlanValue } else { About::FractionWhole }, 0)
}
