//! The categories that the words near a number state.

use std::ops::Range;

use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{Dictionary, Tag, UnitClass};
use crate::mention::{Quantity, Scan};
use crate::text::Token;

/// A category found near a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    /// The dimension's index.
    pub dimension: u8,
    /// The category's id; empty for words that are none.
    pub category: String,
    /// First and last token.
    pub first: usize,
    pub last: usize,
}

/// All categories whose words lie in `range`, a longer phrase hiding those inside it.
pub(super) fn stated(
    tokens: &[Token],
    scan: &Scan,
    range: &Range<usize>,
    indicator: &str,
    dictionary: &Dictionary,
) -> Vec<Stated> {
    stated_as(tokens, scan, range, indicator, false, dictionary)
}

/// All categories whose words lie in `range`, those that state a category only of a part included.
pub(super) fn stated_of_parts(
    tokens: &[Token],
    scan: &Scan,
    range: &Range<usize>,
    indicator: &str,
    dictionary: &Dictionary,
) -> Vec<Stated> {
    let mut all = stated_as(tokens, scan, range, indicator, false, dictionary);
    for part in stated_as(tokens, scan, range, indicator, true, dictionary) {
        let known = all.iter().any(|s| s.dimension == part.dimension && s.first <= part.last && part.first <= s.last);
        if !known {
            all.push(part);
        }
    }
    all.sort_by_key(|s| (s.first, s.last));
    all
}

/// Each category that is named in `range`, the shortest names where they overlap.
pub(super) fn stated_each(
    tokens: &[Token],
    scan: &Scan,
    range: &Range<usize>,
    indicator: &str,
    dictionary: &Dictionary,
) -> Vec<Stated> {
    let mut found = all_stated(tokens, scan, range, indicator, None, dictionary);
    found.retain(|s| !s.category.is_empty());
    let holds =
        |a: &Stated, b: &Stated| a.first <= b.first && b.last <= a.last && (a.last - a.first) > (b.last - b.first);
    let mut kept: Vec<Stated> = Vec::new();
    for stated in &found {
        let longer =
            found.iter().any(|o| o.dimension == stated.dimension && holds(stated, o) && o.category != stated.category);
        let known =
            kept.iter().any(|k| k.category == stated.category && k.first <= stated.last && stated.first <= k.last);
        if !longer && !known {
            kept.push(stated.clone());
        }
    }
    kept.sort_by_key(|s| (s.first, s.last));
    kept
}

/// The same for words that state a category always, or only of a part.
fn stated_as(
    tokens: &[Token],
    scan: &Scan,
    range: &Range<usize>,
    indicator: &str,
    parts: bool,
    dictionary: &Dictionary,
) -> Vec<Stated> {
    let found = all_stated(tokens, scan, range, indicator, Some(parts), dictionary);
    let inside = |a: &Stated, b: &Stated| {
        a.dimension == b.dimension && b.first <= a.first && a.last <= b.last && (b.last - b.first) > (a.last - a.first)
    };
    found.iter().filter(|a| !found.iter().any(|b| inside(a, b))).cloned().collect()
}

/// Every category's words in `range`: those that state it always, or only of a part, or both.
fn all_stated(
    tokens: &[Token],
    scan: &Scan,
    range: &Range<usize>,
    indicator: &str,
    parts: Option<bool>,
    dictionary: &Dictionary,
) -> Vec<Stated> {
    let mut found: Vec<Stated> = Vec::new();
    for hit in scan.hits_in(range) {
        let Tag::Category(id) = hit.tag else { continue };
        let Some(category) = dictionary.categories.get(usize::from(id)) else { continue };
        let proper = dictionary.dimensions.get(usize::from(category.dimension)).is_some_and(|d| d.proper_names);
        // One word that is also a common one is a name only with a capital.
        let named = !proper || hit.words > 1 || tokens.get(hit.first as usize).is_some_and(|t| t.capital);
        if named && parts.is_none_or(|parts| category.parts_only == parts) && category.counts_for(indicator) {
            found.push(Stated {
                dimension: category.dimension,
                category: category.id.clone(),
                first: hit.first as usize,
                last: hit.last as usize,
            });
        }
    }
    found
}

/// The categories of a quantity for an indicator that admits these dimensions: per dimension the nearest one, or
/// two that are stated together joined in the list's order.
pub(super) fn of_quantity(
    tokens: &[Token],
    scan: &Scan,
    quantity: &Quantity,
    range: &Range<usize>,
    indicator: &str,
    admitted: &[String],
    dictionary: &Dictionary,
) -> Vec<(String, String)> {
    categories_of(tokens, scan, quantity, range, indicator, admitted, false, dictionary)
}

/// The same by words that state a category only of a part of something.
pub(super) fn of_parts(
    tokens: &[Token],
    scan: &Scan,
    quantity: &Quantity,
    range: &Range<usize>,
    indicator: &str,
    admitted: &[String],
    dictionary: &Dictionary,
) -> Vec<(String, String)> {
    categories_of(tokens, scan, quantity, range, indicator, admitted, true, dictionary)
}

#[expect(clippy::too_many_arguments, reason = "what is near a number is told by all of them")]
fn categories_of(
    tokens: &[Token],
    scan: &Scan,
    quantity: &Quantity,
    range: &Range<usize>,
    indicator: &str,
    admitted: &[String],
    parts: bool,
    dictionary: &Dictionary,
) -> Vec<(String, String)> {
    let mut all = stated_as(tokens, scan, range, indicator, parts, dictionary);
    // «phần lớn mang quốc tịch Trung Quốc» says nothing of all of them.
    all.retain(|s| {
        let near = quantity.last.max(range.start)..s.first;
        !(s.first > quantity.last && scan.has_marker(Marker::Mostly, &near))
    });
    // What is said of victims or others after a comma is no attribute of the cases counted.
    let cases = matches!(quantity.class, Some(UnitClass::Known(Unit::Case | Unit::Event)));
    if cases {
        let comma = (quantity.end()..range.end).find(|t| tokens.get(*t).is_some_and(|k| k.is(',')));
        all.retain(|s| comma.is_none_or(|c| s.first < c) || !person_like(dictionary, s));
    }
    let mut pairs = Vec::new();
    for id in admitted {
        let Some(dimension) = dictionary.dimension_ids.get(id).copied() else { continue };
        // «1.642 người dân tộc Thái»: the name of one of a category's parts says more than the category it overlaps.
        let parted = dictionary.dimensions.get(usize::from(dimension)).and_then(|d| d.parts_of.as_deref());
        let overlaps = |a: &Stated, b: &Stated| a.first <= b.last && b.first <= a.last;
        let is_general = |s: &Stated| Some(s.category.as_str()) == parted;
        let named = |s: &Stated| {
            let part = |o: &Stated| o.dimension == dimension && !o.category.is_empty() && !is_general(o);
            all.iter().any(|o| part(o) && overlaps(s, o))
        };
        let own = |s: &&Stated| s.dimension == dimension && !(is_general(s) && named(s));
        let mut mine: Vec<&Stated> = all.iter().filter(own).collect();
        // «Đài Loan (Trung Quốc) 121»: what a bracket explains is no second category.
        let depth = |at: usize| scan.depth.get(at).copied().unwrap_or(0);
        let outside = |s: &&Stated| depth(s.first) <= depth(quantity.first);
        if mine.iter().any(outside) {
            mine.retain(|s| outside(s));
        }
        if mine.is_empty() {
            continue;
        }
        let distance = |s: &Stated| {
            if s.first >= quantity.first { s.first.saturating_sub(quantity.last) } else { quantity.first - s.last }
        };
        mine.sort_by_key(|s| (distance(s), s.first));
        let Some(nearest) = mine.first().copied() else { continue };
        // Words that are no category hide those they overlap: «người thuộc hộ nghèo, cận nghèo» is neither.
        let hidden = mine.iter().any(|s| s.category.is_empty() && s.first <= nearest.last && nearest.first <= s.last);
        if hidden {
            continue;
        }
        let joins = dictionary.dimensions.get(usize::from(dimension)).is_some_and(|d| d.joins);
        let partner = mine.iter().skip(1).find(|s| {
            !s.category.is_empty() && s.category != nearest.category && together(tokens, quantity, nearest, s)
        });
        let category = match partner {
            // Two groups together are neither, unless the dimension joins them.
            Some(_) if !joins => continue,
            Some(other) => {
                // Joined in the order of the list, however they are written: «trung cấp, cao đẳng».
                let listed = |s: &Stated| {
                    dictionary.categories.iter().position(|c| c.dimension == dimension && c.id == s.category)
                };
                let (a, b) = if listed(nearest) < listed(other) { (nearest, *other) } else { (*other, nearest) };
                format!("{}_{}", a.category, b.category)
            }
            None => nearest.category.clone(),
        };
        pairs.push((id.clone(), category));
    }
    pairs
}

/// Whether a category is of a dimension that only persons have.
fn person_like(dictionary: &Dictionary, stated: &Stated) -> bool {
    dictionary.dimensions.get(usize::from(stated.dimension)).is_some_and(|d| d.of_persons)
}

/// Whether two categories stand side by side, with at most a joining word or comma between, on one side of the number.
fn together(tokens: &[Token], quantity: &Quantity, a: &Stated, b: &Stated) -> bool {
    let (first, second) = if a.first < b.first { (a, b) } else { (b, a) };
    let one_side = (first.first > quantity.last) == (second.first > quantity.last);
    let between = second.first.saturating_sub(first.last + 1);
    let comma_only = tokens.get(first.last + 1).is_some_and(|t| t.is(',')) && between == 1;
    one_side && (between <= 1 || comma_only)
}
