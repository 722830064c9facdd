//! Which words of a sentence belong to which of its quantities.

use std::ops::Range;

use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::mention::{Quantity, QuantityKind, Scan};
use crate::text::{Token, TokenKind};

/// Words at least so many tokens before the first number of a sentence are its head, shared by the numbers after it.
const SHARED_HEAD_DISTANCE: usize = 4;

/// The value that a leading percentage is of follows within so many tokens.
const LEADING_GAP: usize = 16;

/// So many words before the result make a preamble.
const LEAST_PREAMBLE: usize = 12;

/// What the words of a preamble count.
const PREAMBLE: f32 = 0.5;

/// A sentence's quantities with the words that are each one's own.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    /// The sentence.
    pub sentence: Range<usize>,
    /// Indices of its quantities in the scan.
    pub quantities: Range<usize>,
    /// Per quantity: its own words, itself included.
    pub strict: Vec<Range<usize>>,
    /// Per quantity: whether nothing separates it from the next one.
    pub unsplit: Vec<bool>,
    /// Per quantity: where the item of the list begins that it stands in.
    pub item_start: Vec<usize>,
    /// Per quantity: where that item ends.
    pub item_end: Vec<usize>,
    /// Whether the first quantity is a percentage of the second.
    pub leads: bool,
}

impl Reach {
    /// Divides the words of `sentence` among its quantities.
    pub(super) fn of(tokens: &[Token], scan: &Scan, sentence: Range<usize>) -> Self {
        let from = scan.quantities.partition_point(|q| q.first < sentence.start);
        let to = scan.quantities.partition_point(|q| q.first < sentence.end);
        let quantities = scan.quantities.get(from..to).unwrap_or_default();
        let mut cuts = vec![sentence.start];
        let mut unsplit = Vec::new();
        for pair in quantities.windows(2) {
            if let [a, b] = pair {
                let (at, split) = cut(tokens, scan, a, b);
                cuts.push(at);
                unsplit.push(!split);
            }
        }
        unsplit.push(false);
        cuts.push(sentence.end);
        let mut strict = Vec::new();
        let (mut item_start, mut item_end) = (Vec::new(), Vec::new());
        // «Huấn luyện đạt 102% KH: 1.530 người»: the words before the percentage are the value's.
        let leads = leads(tokens, scan, &sentence, quantities);
        if leads && let Some(second) = cuts.get_mut(1) {
            *second = sentence.start;
        }
        if let Some(opening) = quantities.first().and_then(|first| result_opens(tokens, scan, &sentence, first))
            && let Some(left) = cuts.first_mut()
            && !leads
        {
            *left = opening;
        }
        for (at, quantity) in quantities.iter().enumerate() {
            let left = cuts.get(at).copied().unwrap_or(sentence.start);
            let right = cuts.get(at + 1).copied().unwrap_or(sentence.end);
            let (left, right) = within_bracket(scan, quantity, left, right);
            let depth = scan.depth.get(quantity.first).copied().unwrap_or(0);
            let ends = |t: &usize| {
                tokens.get(*t).is_some_and(|k| k.is(';')) && scan.depth.get(*t).copied().unwrap_or(0) <= depth
            };
            let start = (sentence.start..quantity.first).rev().find(ends).map_or(sentence.start, |t| t + 1);
            let end = (quantity.last..sentence.end).find(ends).unwrap_or(sentence.end);
            let right = rest_from(tokens, scan, quantity, right.min(end));
            strict.push(left.max(start)..right.max(quantity.last + 1));
            item_start.push(start);
            item_end.push(end);
        }
        Self { sentence, quantities: from..to, strict, unsplit, item_start, item_end, leads }
    }

    /// Whether a number without a noun shares the words from `first` on with the next one, joined to it.
    fn shares_noun(&self, tokens: &[Token], scan: &Scan, index: usize, first: usize) -> bool {
        let quantity = |i: usize| scan.quantities.get(self.quantities.start + i);
        let (Some(own), Some(next)) = (quantity(index), quantity(index + 1)) else { return false };
        let gap = own.end()..next.first;
        let joined = scan.hits_in(&gap).any(|h| h.tag == Tag::Marker(Marker::And) && h.first as usize == gap.start);
        let short = gap.len() <= 4 && gap.clone().all(|t| tokens.get(t).is_some_and(Token::is_word));
        let near = first >= next.last && first <= next.last + 3;
        near && (own.kind == QuantityKind::Fraction || own.class.is_none() && joined && short)
    }

    /// How near the words `first..=last` are to the quantity at `index`, 0 to 1.
    pub(super) fn weight(&self, tokens: &[Token], scan: &Scan, index: usize, first: usize, last: usize) -> f32 {
        let Some(strict) = self.strict.get(index) else { return 0.0 };
        let quantity = |i: usize| scan.quantities.get(self.quantities.start + i);
        let Some(own) = quantity(index) else { return 0.0 };
        if first >= strict.start && last < strict.end {
            return 1.0;
        }
        if first < strict.end && last >= strict.start {
            return 0.5;
        }
        if last < strict.start {
            let follows_preamble = index == 0
                && strict.start.checked_sub(1).and_then(|t| tokens.get(t)).is_some_and(|t| t.is(','))
                && scan.depth.get(first) == scan.depth.get(own.first);
            if follows_preamble {
                return PREAMBLE;
            }
            let previous_end = index.checked_sub(1).and_then(quantity).map_or(self.sentence.start, Quantity::end);
            let in_gap = first >= previous_end;
            let bracketed = scan.depth.get(own.first) > scan.depth.get(first);
            if in_gap {
                let apart = (previous_end..first).any(|t| {
                    tokens.get(t).is_some_and(|k| k.is(',')) && scan.depth.get(t) == scan.depth.get(own.first)
                });
                return match (bracketed, apart) {
                    (true, _) => 0.35,
                    (false, true) => 0.7,
                    (false, false) => 0.45,
                };
            }
            let first_quantity = quantity(0).map_or(self.sentence.end, |q| q.first);
            let same_item = self.item_start.get(index).is_some_and(|start| first >= *start);
            // The verb that opens the sentence is shared by its list; the words right before the first number are that
            // number's own.
            let shared = last < first_quantity && first_quantity - last > SHARED_HEAD_DISTANCE;
            return match (same_item, shared) {
                (true, true) => 0.42,
                (true, false) => 0.2,
                (false, true) => 0.2,
                (false, false) => 0.12,
            };
        }
        let next_first = quantity(index + 1).map_or(self.sentence.end, |q| q.first);
        match (last < next_first, self.unsplit.get(index)) {
            (true, Some(true)) => 0.8,
            (true, _) => 0.25,
            // Words beyond the next number are this one's where the two share them: «cấp mới 18 và gia hạn 07 giấy
            // phép», «96/96 căn nhà». What a percentage is of is not.
            (false, _) if self.shares_noun(tokens, scan, index, first) => 0.8,
            (false, _) if quantity(index + 1).is_some_and(|next| next.kind == QuantityKind::Percent) => 0.0,
            (false, _) => 0.05,
        }
    }
}

/// Where, after a preamble that tells what was done to get there, the result begins: «… chuyển sang tư vấn qua điện thoại,
/// nhờ đó trong quý có thêm 3.120 lao động được tạo việc làm».
fn result_opens(tokens: &[Token], scan: &Scan, sentence: &Range<usize>, first: &Quantity) -> Option<usize> {
    let opens = |at: usize| {
        scan.hits_at(at).iter().any(|h| {
            matches!(
                h.tag,
                Tag::Marker(Marker::ResultOpens | Marker::ResultColumn | Marker::InPeriod | Marker::Cumulative)
            )
        })
    };
    let level = |t: &usize| scan.depth.get(*t) == scan.depth.get(first.first);
    let comma = (sentence.start..first.first)
        .filter(level)
        .rfind(|t| tokens.get(*t).is_some_and(|k| k.is(',')) && opens(t + 1))?;
    let opening = comma + 1;
    let words = (sentence.start..opening).filter(|t| tokens.get(*t).is_some_and(Token::is_word)).count();
    (words >= LEAST_PREAMBLE).then_some(opening)
}

/// Whether a sentence opens with the degree to which a plan was reached, of a value that comes after it: «Đạt 104,6% KH
/// năm với 41.840 lao động».
fn leads(tokens: &[Token], scan: &Scan, sentence: &Range<usize>, quantities: &[Quantity]) -> bool {
    let [percent, value, ..] = quantities else { return false };
    if percent.kind != QuantityKind::Percent || value.kind != QuantityKind::Plain {
        return false;
    }
    let has = |marker: Marker, range: Range<usize>| scan.has_marker(marker, &range);
    let left = sentence.start..percent.first;
    let reached = [Marker::Reach, Marker::Exceed, Marker::Equal, Marker::ShortOf]
        .iter()
        .any(|m| scan.last_marker(*m, &left).is_some_and(|h| h.last as usize + 1 == percent.first));
    let of_plan = scan
        .hits_in(&(percent.end()..value.first))
        .any(|h| h.tag == Tag::Marker(Marker::PlanOfYear) && h.first as usize <= percent.end() + 1);
    let gap = percent.end()..value.first;
    let same_depth = gap.clone().all(|t| scan.depth.get(t) == scan.depth.get(percent.first));
    let closed = gap.clone().any(|t| tokens.get(t).is_some_and(|k| k.is(';')));
    let other = [Marker::OpensParts, Marker::Compare, Marker::SamePeriod, Marker::Increase, Marker::Decrease]
        .iter()
        .any(|m| has(*m, gap.clone()));
    let plan_itself =
        scan.hits_in(&gap).any(|h| h.tag == Tag::Marker(Marker::PlanValue) && h.last as usize + 1 == value.first);
    // «Thu Quỹ đạt 120% kế hoạch, sửa chữa 15 nhà»: what is named before the percentage is its own, unless the value
    // follows with nothing said between.
    let plain = |range: Range<usize>| {
        range.filter(|t| tokens.get(*t).is_some_and(Token::is_word) && scan.marked.get(*t) != Some(&true)).count()
    };
    let open = plain(left) == 0 || plain(gap.clone()) == 0;
    reached && open && of_plan && same_depth && !closed && !other && !plan_itself && gap.len() <= LEADING_GAP
}

/// Where the words after a quantity begin to speak of the rest: «10.720 hồ sơ, số còn lại đều trong hạn».
fn rest_from(tokens: &[Token], scan: &Scan, quantity: &Quantity, end: usize) -> usize {
    let rest = scan.hits_in(&(quantity.end()..end)).find(|h| {
        h.tag == Tag::Marker(Marker::Remainder) && rest_opens(tokens, quantity.end(), h.first as usize).is_some()
    });
    rest.and_then(|h| rest_opens(tokens, quantity.end(), h.first as usize)).unwrap_or(end)
}

/// The token after a comma at most two words before the word of the rest at `at`: «…, đơn còn lại đang xác minh».
fn rest_opens(tokens: &[Token], from: usize, at: usize) -> Option<usize> {
    (at.saturating_sub(2).max(from)..=at)
        .rev()
        .find(|t| t.checked_sub(1).and_then(|b| tokens.get(b)).is_some_and(|t| t.is(',') || t.is(';')))
}

/// A quantity in brackets does not reach out of them.
fn within_bracket(scan: &Scan, quantity: &Quantity, left: usize, right: usize) -> (usize, usize) {
    let depth = scan.depth.get(quantity.first).copied().unwrap_or(0);
    if depth == 0 {
        return (left, right);
    }
    let deep = |at: usize| scan.depth.get(at).is_some_and(|d| *d >= depth);
    let mut start = quantity.first;
    while start > left && deep(start - 1) {
        start -= 1;
    }
    let mut end = quantity.first;
    while end < right && deep(end) {
        end += 1;
    }
    (start, end)
}

/// Where, between two neighbouring quantities, the words of the first end and those of the second begin.
fn cut(tokens: &[Token], scan: &Scan, a: &Quantity, b: &Quantity) -> (usize, bool) {
    let gap = a.end().min(b.first)..b.first;
    let depth = |at: usize| scan.depth.get(at).copied().unwrap_or(0);
    let (depth_a, depth_b) = (depth(a.first), depth(b.first));
    if depth_b > depth_a {
        if let Some(open) = gap.clone().rev().find(|t| tokens.get(*t).is_some_and(|k| k.is('('))) {
            return (open, true);
        }
    } else if depth_b < depth_a {
        if let Some(close) = gap.clone().find(|t| tokens.get(*t).is_some_and(|k| k.is(')'))) {
            return (close + 1, true);
        }
    } else if let Some(close) = gap.clone().find(|t| depth(*t) > depth_a) {
        // A bracket without a number belongs to the quantity before it, unless something separates the two.
        let open = (gap.start..close + 1).find(|t| depth(*t) > depth_a).unwrap_or(close);
        if let Some(at) = last_separator(tokens, scan, &(gap.start..open)) {
            let after = (open..gap.end).find(|t| depth(*t) <= depth_a).unwrap_or(gap.end);
            return (last_separator(tokens, scan, &(after..gap.end)).unwrap_or(at), true);
        }
        let end = (close..gap.end).find(|t| depth(*t) <= depth_a).unwrap_or(gap.end);
        return (last_separator(tokens, scan, &(end..gap.end)).unwrap_or(end), true);
    }
    // What a colon opens is never said of the number before it: «3.420 lượt người: tập trung ở Vũng Tàu, Đà Lạt 612».
    let level = |t: &usize| depth(*t) == depth_a;
    let opens = gap.clone().filter(level).find(|t| tokens.get(*t).is_some_and(|k| k.is(':') || k.is(';')));
    if depth_a == depth_b
        && let Some(colon) = opens.filter(|t| tokens.get(*t).is_some_and(|k| k.is(':')) && t + 1 < gap.end)
        && !gap.clone().any(|t| t > colon && tokens.get(t).is_some_and(|k| k.is(';')))
    {
        return (colon + 1, true);
    }
    // Where a comma follows the first quantity at once, its own words are complete: all that follows is the second's.
    let closed =
        tokens.get(gap.start).is_some_and(|t| t.is(',')) && gap.end > gap.start + 1 && !within_phrase(scan, gap.start);
    let stronger = gap.clone().any(|t| tokens.get(t).is_some_and(|k| k.is(';')))
        || scan.hits_in(&gap).any(|h| {
            matches!(h.tag, Tag::Marker(Marker::OpensParts | Marker::Besides | Marker::Remainder))
                && h.first as usize > gap.start + 1
        });
    if closed && !stronger {
        return (gap.start, true);
    }
    if let Some(at) = last_separator(tokens, scan, &gap) {
        return (at, true);
    }
    // Nothing separates them: words of money begin the second's own words, else what stands between is the second's.
    let money = scan.hits_in(&gap).find(|h| h.tag == Tag::Marker(Marker::Money));
    money.map_or((gap.start, false), |h| (h.first as usize, true))
}

/// Whether a comma stands within a longer phrase: «hộ nghèo, hộ cận nghèo» is one thing.
fn within_phrase(scan: &Scan, at: usize) -> bool {
    (at.saturating_sub(8)..at).any(|first| {
        scan.hits_at(first).iter().any(|h| matches!(h.tag, Tag::Category(_)) && h.words >= 3 && (h.last as usize) > at)
    })
}

fn last_separator(tokens: &[Token], scan: &Scan, gap: &Range<usize>) -> Option<usize> {
    let last = |c: char| gap.clone().rev().find(|t| tokens.get(*t).is_some_and(|k| k.is(c)));
    if let Some(at) = last(';') {
        return Some(at);
    }
    let opening = scan
        .hits_in(gap)
        .filter(|h| matches!(h.tag, Tag::Marker(Marker::OpensParts | Marker::Besides | Marker::Remainder)))
        .map(|h| h.first as usize)
        .min();
    if let Some(at) = opening {
        return Some(at);
    }
    // «và 13 hồ sơ»: a joining word right before the number begins its own words.
    let joined = scan
        .hits_in(gap)
        .filter(|h| h.tag == Tag::Marker(Marker::And) && h.last as usize + 2 >= gap.end)
        .map(|h| h.first as usize)
        .max();
    if joined.is_some() {
        return joined;
    }
    // A comma right before the number separates nothing from it; one further left does.
    let commas = || {
        gap.clone().rev().filter(|t| {
            tokens.get(*t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(',' | ':'))) && !within_phrase(scan, *t)
        })
    };
    let comma = commas().find(|t| *t + 1 < gap.end).or_else(|| commas().next());
    if comma.is_some() {
        return comma;
    }
    scan.hits_in(gap).filter(|h| h.tag == Tag::Marker(Marker::And)).map(|h| h.first as usize).max().or_else(|| {
        gap.clone()
            .rev()
            .find(|t| tokens.get(*t).is_some_and(|k| matches!(k.kind, TokenKind::Punct('-' | '\u{2013}' | '/' | '+'))))
    })
}
