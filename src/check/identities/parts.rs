//! Parts against their whole: `… 61 permits, of which 42 new, 04 renewed, 15 extended`.
//!
//! Parts by a disjoint dimension never exceed their whole. They make it up where the wording says so, where they stand
//! in a bracket of their own, or where their categories are declared to partition it. Attributes that overlap
//! (women, minorities, the young) are compared with the whole one by one, never added.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::check::relation::{Expr, Kind, Operator, Relation, Verdict};
use crate::check::rules::Rules;
use crate::check::values::Values;
use crate::diagnostic::Severity;
use crate::dictionary::marker::Marker;
use crate::dictionary::register;
use crate::dictionary::{Dimension, OTHER, Tag};
use crate::observation::{Breakdown, Measure};
use crate::text::{Token, tokenize};

/// A whole that parts nearly make up is at least so great.
const LEAST_NEARLY_MADE_UP: Decimal = Decimal::ONE_HUNDRED;

/// The parts of one whole by one dimension.
struct Group {
    whole: usize,
    dimension: String,
    /// Category and value.
    parts: Vec<(String, usize)>,
    /// Whether the words say that they make it up.
    told: bool,
    /// Whether every part is told as one; else the keys alone say so.
    linked: bool,
}

pub(super) fn derive(values: &Values<'_>, rules: &Rules) -> Vec<Relation> {
    let mut all: Vec<Relation> = groups(values, rules).iter().flat_map(|group| relations(group, values)).collect();
    all.extend(values.iter().filter_map(|(at, _)| part_of_category(values, at)));
    all
}

/// One people among all minorities: a part of the category that holds all others of its dimension.
fn part_of_category(values: &Values<'_>, at: usize) -> Option<Relation> {
    let part = values.get(at)?;
    let (whole_at, _) = part.whole.filter(|(whole, _)| comparable(values, *whole, at))?;
    let whole = values.get(whole_at)?;
    let dimension = values.dictionary().dimensions.iter().find(|d| {
        d.parts_of.as_deref().is_some_and(|all| {
            whole.observation.breakdown.get(&d.id) == Some(all)
                && part.observation.breakdown.get(&d.id).is_some_and(|own| own != all)
                && without(&part.observation.breakdown, &d.id) == without(&whole.observation.breakdown, &d.id)
        })
    })?;
    let (left, right) = (Expr::Value(at), Expr::Value(whole_at));
    Some(Relation::new(Kind::Part, left, Operator::AtMost, right, at, whole_at).named(&dimension.name))
}

fn groups(values: &Values<'_>, rules: &Rules) -> Vec<Group> {
    let mut groups: BTreeMap<(usize, String), Group> = BTreeMap::new();
    for (at, value) in values.iter() {
        let observation = value.observation;
        let adds = values.indicator(at).is_some_and(|i| i.kind != register::Kind::Rate);
        if !adds || !matches!(observation.measure, Measure::Actual | Measure::Cumulative | Measure::Plan) {
            continue;
        }
        let linked = value.whole.filter(|(whole, _)| comparable(values, *whole, at));
        for (dimension, category) in observation.breakdown.pairs() {
            let outside = rules.outside_the_total.get(dimension).is_some_and(|list| list.iter().any(|c| c == category));
            if outside {
                continue;
            }
            let whole = match linked {
                Some((whole, told)) => values
                    .get(whole)
                    .is_some_and(|w| w.observation.breakdown == without(&observation.breakdown, dimension))
                    .then_some((whole, told, true))
                    .or_else(|| whole_by_key(values, at, dimension).map(|whole| (whole, false, false))),
                None if rules.only_as_told.iter().any(|d| d == dimension) => None,
                None => whole_by_key(values, at, dimension).map(|whole| (whole, false, false)),
            };
            let Some((whole, told, linked)) = whole else { continue };
            let group = groups.entry((whole, dimension.to_owned())).or_insert_with(|| Group {
                whole,
                dimension: dimension.to_owned(),
                parts: Vec::new(),
                told: false,
                linked: true,
            });
            let again = group.parts.iter().any(|(known, part)| {
                known == category && values.get(*part).is_some_and(|p| p.observation.value == observation.value)
            });
            group.told |= told;
            if !again {
                group.linked &= linked;
                group.parts.push((category.to_owned(), at));
            }
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.iter_mut().for_each(|group| keep_what_makes_it_up(group, values));
    groups
}

/// Where the parts in the sentence of their whole make it up, what is told elsewhere stands beside it: «… còn vận động
/// 11.340 phần quà, ngoài số nêu trên».
fn keep_what_makes_it_up(group: &mut Group, values: &Values<'_>) {
    let place = |at: usize| values.get(at).and_then(|v| v.place);
    let with_whole = |part: &&(String, usize)| place(part.1).is_some() && place(part.1) == place(group.whole);
    let parts: Vec<(String, usize)> = group.parts.iter().filter(with_whole).cloned().collect();
    if parts.len() < 2 || parts.len() == group.parts.len() {
        return;
    }
    let sum = Expr::Sum(parts.iter().map(|(_, part)| Expr::Value(*part)).collect());
    let first = parts.first().map_or(group.whole, |(_, part)| *part);
    let equal = Relation::new(Kind::Parts, sum, Operator::Equal, Expr::Value(group.whole), first, group.whole);
    if equal.verdict(values) == Some(Verdict::Holds) {
        group.parts = parts;
    }
}

/// Whether a part and its whole are values of one kind that add up.
fn comparable(values: &Values<'_>, whole: usize, part: usize) -> bool {
    let (Some(w), Some(p)) = (values.get(whole), values.get(part)) else { return false };
    let (w, p) = (w.observation, p.observation);
    w.indicator == p.indicator && w.measure == p.measure && w.period == p.period && w.status == p.status
}

/// A breakdown without one of its dimensions.
fn without(breakdown: &Breakdown, dimension: &str) -> Breakdown {
    let kept = breakdown.pairs().filter(|(d, _)| *d != dimension);
    Breakdown::from_pairs(kept.map(|(d, c)| (d.to_owned(), c.to_owned())))
}

/// The whole of a part that is not told as one: the same thing without the dimension, in the same paragraph or table.
fn whole_by_key(values: &Values<'_>, part: usize, dimension: &str) -> Option<usize> {
    let value = values.get(part)?;
    let block = value.place?.0;
    let breakdown = without(&value.observation.breakdown, dimension);
    let key = values.key_of(value.observation, &breakdown, value.observation.measure);
    let near: Vec<usize> = values
        .with_key(&key)
        .iter()
        .copied()
        .filter(|at| values.get(*at).is_some_and(|v| v.place.is_some_and(|(b, _)| b == block)))
        .collect();
    match near.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn relations(group: &Group, values: &Values<'_>) -> Vec<Relation> {
    let Some(dimension) = values.dictionary().dimensions.iter().find(|d| d.id == group.dimension) else {
        return Vec::new();
    };
    let whole = || Expr::Value(group.whole);
    let each = |severity: Severity| {
        group
            .parts
            .iter()
            .map(|(_, part)| {
                Relation::new(Kind::Part, Expr::Value(*part), Operator::AtMost, whole(), *part, group.whole)
                    .at_most(severity)
                    .named(&dimension.name)
            })
            .collect::<Vec<_>>()
    };
    let single = each(if group.linked { Severity::Error } else { Severity::Warning });
    let first = group.parts.first().map_or(group.whole, |(_, part)| *part);
    let Some(completeness) = completeness(group, dimension) else { return single };
    let completeness = if leaves_a_rest(group, values) { Completeness::Lacking } else { completeness };
    // A part that exceeds its whole by itself says more than the sum.
    let broken: Vec<Relation> = single.iter().filter(|r| r.verdict(values) == Some(Verdict::Broken)).cloned().collect();
    if !broken.is_empty() {
        return broken;
    }
    let sum = || Expr::Sum(group.parts.iter().map(|(_, part)| Expr::Value(*part)).collect());
    let made = |kind: Kind, operator: Operator| {
        Relation::new(kind, sum(), operator, whole(), first, group.whole).named(&dimension.name)
    };
    let severity = if group.linked { Severity::Error } else { Severity::Warning };
    match completeness {
        Completeness::Sure => vec![made(Kind::Parts, Operator::Equal).at_most(severity)],
        // Parts that exceed their whole are wrong whatever they lack; what makes them equal explains it best.
        Completeness::Likely | Completeness::Open | Completeness::Lacking
            if made(Kind::Parts, Operator::AtMost).verdict(values) == Some(Verdict::Broken) =>
        {
            vec![made(Kind::Parts, Operator::Equal).at_most(severity)]
        }
        Completeness::Likely => vec![made(Kind::Parts, Operator::Equal).at_most(Severity::Warning)],
        // Of small numbers too many lie one slip of the hand apart.
        Completeness::Open if values.get(group.whole).is_some_and(|w| w.observation.value < LEAST_NEARLY_MADE_UP) => {
            vec![made(Kind::Parts, Operator::AtMost).at_most(severity)]
        }
        Completeness::Open => vec![made(Kind::NearlyParts, Operator::Equal).at_most(Severity::Warning)],
        Completeness::Lacking => vec![made(Kind::Parts, Operator::AtMost).at_most(severity)],
    }
}

/// Whether the sentence goes on after the last part with a rest that has no number: «…, còn lại là người Kinh».
fn leaves_a_rest(group: &Group, values: &Values<'_>) -> bool {
    let last = group.parts.iter().filter_map(|(_, at)| values.get(*at)).max_by_key(|v| v.observation.start);
    let Some(own) = last.map(|v| v.observation) else { return false };
    let Some((_, after)) = own.quote.rsplit_once(&own.stated) else { return false };
    let dictionary = values.dictionary();
    let (mut tokens, mut hits) = (Vec::new(), Vec::new());
    tokenize(after, 0..after.len(), &dictionary.vocabulary, &mut tokens);
    let end = tokens.iter().position(|t| t.is_number() || t.is(';') || t.is('.')).unwrap_or(tokens.len());
    dictionary.find(tokens.get(..end).unwrap_or_default(), &mut hits);
    hits.iter().any(|h| h.tag == Tag::Marker(Marker::Remainder)) && !tokens.get(end).is_some_and(Token::is_number)
}

/// Whether parts that add up make up their whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Completeness {
    /// By the wording, or because the categories are all there are.
    Sure,
    /// The declared categories may be only the usual ones of more.
    Likely,
    /// Nothing says so.
    Open,
    /// A rest is named without its number.
    Lacking,
}

/// `None` for parts that do not add up.
fn completeness(group: &Group, dimension: &Dimension) -> Option<Completeness> {
    let categories: BTreeSet<&str> = group.parts.iter().map(|(c, _)| c.as_str()).collect();
    let told_twice = categories.len() != group.parts.len();
    // Some categories hold others (`minority` all its peoples, a joined one its members): those parts overlap.
    let holds_others = dimension.parts_of.as_deref().is_some_and(|c| categories.contains(c) && categories.len() > 1)
        || categories.iter().any(|c| categories.iter().any(|other| is_joined_from(c, other)));
    if !dimension.disjoint || told_twice || holds_others || group.parts.len() < 2 {
        return None;
    }
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
    let own: BTreeSet<String> = categories.iter().map(|c| (*c).to_owned()).collect();
    let partition = dimension.whole.iter().any(|list| set(list) == own);
    // The declared set may be only the usual part of a greater one (`central, local` of `central, local, mobilised`).
    let may_lack = dimension.whole.iter().any(|list| list.len() > own.len() && own.is_subset(&set(list)));
    // Of countries and peoples a bracket names the greater ones; «khác» closes such a list.
    let open_list = dimension.proper_names && !categories.contains(OTHER);
    Some(match (group.told && !open_list, partition, may_lack) {
        (true, _, _) | (_, true, false) => Completeness::Sure,
        (false, true, true) => Completeness::Likely,
        (false, false, _) => Completeness::Open,
    })
}

/// Whether a category is two stated together, `part` being one of them.
fn is_joined_from(category: &str, part: &str) -> bool {
    category.strip_prefix(part).is_some_and(|rest| rest.starts_with('_'))
        || category.strip_suffix(part).is_some_and(|rest| rest.ends_with('_'))
}
