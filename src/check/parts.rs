//! Parts against their whole inside one report: `… 61 permits, of which 42 new, 04 renewed, 15 extended`.
//!
//! A report makes these claims about itself, so they are checked exactly. Money written in a greater unit may differ
//! by half of that unit for each number; that is rounding, not an error.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Subject, site_of};
use crate::diagnostic::{Finding, Severity};
use crate::dictionary::register::{Kind, Unit};
use crate::observation::{Breakdown, Draft, Measure, Observation, Qualifier};

/// A value that parts belong to, or one of them.
#[derive(Clone, Copy)]
struct Value<'a> {
    draft: &'a Draft,
    observation: &'a Observation,
}

/// The parts of one whole by one dimension.
struct Group<'a> {
    whole: Value<'a>,
    dimension: String,
    parts: Vec<(String, Value<'a>)>,
}

/// Parts that exceed their whole, or do not make it up where they should.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for group in groups(subject) {
        let too_great: Vec<Finding> = group
            .parts
            .iter()
            .filter(|(_, part)| exact(part) && exact(&group.whole) && exceeds(part, &group.whole, subject))
            .map(|(_, part)| one_part(&group.whole, part, subject))
            .collect();
        if too_great.is_empty() {
            findings.extend(sum(&group, subject));
        } else {
            findings.extend(too_great);
        }
    }
    findings
}

fn groups<'a>(subject: &Subject<'a>) -> Vec<Group<'a>> {
    let extraction = subject.extraction;
    let value =
        |at: usize| Some(Value { draft: extraction.drafts.get(at)?, observation: extraction.observations.get(at)? });
    let mut groups: BTreeMap<(usize, String), Group<'a>> = BTreeMap::new();
    for at in 0..extraction.drafts.len() {
        let Some(part) = value(at) else { continue };
        let Some(whole_at) = part.draft.part_of.map(|p| p.whole) else { continue };
        let Some(whole) = value(whole_at).filter(|w| comparable(w, &part, subject)) else { continue };
        let Some((dimension, category)) = one_more(&whole.observation.breakdown, &part.observation.breakdown) else {
            continue;
        };
        let outside = subject.rules.outside_the_total.get(&dimension).is_some_and(|list| list.contains(&category));
        if outside {
            continue;
        }
        groups
            .entry((whole_at, dimension.clone()))
            .or_insert_with(|| Group { whole, dimension, parts: Vec::new() })
            .parts
            .push((category, part));
    }
    groups.into_values().collect()
}

/// Whether a part and its whole are values of one kind that add up.
fn comparable(whole: &Value<'_>, part: &Value<'_>, subject: &Subject<'_>) -> bool {
    let (w, p) = (whole.observation, part.observation);
    let adds = subject.dictionary.indicator(part.draft.indicator).is_some_and(|i| i.kind != Kind::Rate);
    adds && w.indicator == p.indicator
        && w.measure == p.measure
        && w.period == p.period
        && w.status == p.status
        && matches!(p.measure, Measure::Actual | Measure::Cumulative | Measure::Plan)
}

/// The dimension and category that `part` has beyond `whole`, where that is all they differ in.
fn one_more(whole: &Breakdown, part: &Breakdown) -> Option<(String, String)> {
    let more: Vec<(&str, &str)> = part.pairs().filter(|(d, c)| whole.get(d) != Some(c)).collect();
    let kept = whole.pairs().all(|(d, c)| part.get(d) == Some(c));
    match more.as_slice() {
        [(dimension, category)] if kept => Some(((*dimension).to_owned(), (*category).to_owned())),
        _ => None,
    }
}

fn exact(value: &Value<'_>) -> bool {
    value.observation.qualifier == Qualifier::Exact
}

/// Half of the unit that a money value is printed in; nothing for all else.
fn slack(value: &Value<'_>, subject: &Subject<'_>) -> Decimal {
    let is_money = subject.dictionary.indicator(value.draft.indicator).is_some_and(|i| i.unit == Unit::Vnd);
    if !is_money {
        return Decimal::ZERO;
    }
    printed_unit(&value.observation.stated, value.observation.value) / Decimal::TWO
}

/// What one of the last written digit is worth: `3,82 tỷ` is printed in units of ten million.
fn printed_unit(stated: &str, value: Decimal) -> Decimal {
    let digits: String = stated.chars().filter(char::is_ascii_digit).collect();
    let powers = || std::iter::successors(Some(Decimal::ONE), |p| p.checked_mul(Decimal::TEN)).take(19);
    let by_digits = Decimal::from_str_exact(&digits)
        .ok()
        .filter(|d| !d.is_zero())
        .and_then(|d| value.checked_div(d))
        .and_then(|ratio| powers().find(|p| *p == ratio));
    by_digits
        .or_else(|| powers().take_while(|p| (value % p).is_zero() && !value.is_zero()).last())
        .unwrap_or(Decimal::ONE)
}

fn exceeds(part: &Value<'_>, whole: &Value<'_>, subject: &Subject<'_>) -> bool {
    part.observation.value > whole.observation.value + slack(part, subject) + slack(whole, subject)
}

/// Whether every mapping is sure, so that the contradiction is the report's and not ours.
fn sure<'a>(mut values: impl Iterator<Item = Value<'a>>, subject: &Subject<'_>) -> bool {
    values.all(|v| v.draft.confidence >= subject.dictionary.confidence.review)
}

fn severity(sure: bool) -> Severity {
    if sure { Severity::Error } else { Severity::Warning }
}

fn one_part(whole: &Value<'_>, part: &Value<'_>, subject: &Subject<'_>) -> Finding {
    let grave = severity(sure([*whole, *part].into_iter(), subject));
    let finding = Finding::new(grave, "part-exceeds-whole", site_of(part.observation))
        .with("part", part.observation.stated.clone())
        .with("whole", whole.observation.stated.clone())
        .with("breakdown", part.observation.breakdown.to_string());
    compared(finding, whole, part.observation.value, subject)
}

/// Fills what all findings of this check share: the whole is the other side.
fn compared(mut finding: Finding, whole: &Value<'_>, stated: Decimal, subject: &Subject<'_>) -> Finding {
    let indicator = subject.dictionary.indicator(whole.draft.indicator).map(|i| i.name.clone()).unwrap_or_default();
    finding = finding.with("indicator", indicator);
    finding.other = Some(site_of(whole.observation));
    finding.stated = stated.normalize().to_string();
    finding.expected = whole.observation.value.normalize().to_string();
    finding.difference = (stated - whole.observation.value).normalize().to_string();
    finding
}

fn as_set(categories: &[String]) -> BTreeSet<&str> {
    categories.iter().map(String::as_str).collect()
}

/// Whether a category is two stated together, `part` being one of them.
fn is_joined_from(category: &str, part: &str) -> bool {
    category.strip_prefix(part).is_some_and(|rest| rest.starts_with('_'))
        || category.strip_suffix(part).is_some_and(|rest| rest.ends_with('_'))
}

fn sum(group: &Group<'_>, subject: &Subject<'_>) -> Option<Finding> {
    let dimension = subject.dictionary.dimensions.iter().find(|d| d.id == group.dimension)?;
    let categories: BTreeSet<&str> = group.parts.iter().map(|(c, _)| c.as_str()).collect();
    let told_twice = categories.len() != group.parts.len();
    // Some categories hold others (`minority` all its peoples, a joined one its members): those parts overlap.
    let holds_others = dimension.parts_of.as_deref().is_some_and(|c| categories.contains(c) && categories.len() > 1)
        || categories.iter().any(|c| categories.iter().any(|other| is_joined_from(c, other)));
    let all_exact = exact(&group.whole) && group.parts.iter().all(|(_, part)| exact(part));
    if !dimension.disjoint || told_twice || holds_others || !all_exact || group.parts.len() < 2 {
        return None;
    }
    let total: Decimal = group.parts.iter().map(|(_, part)| part.observation.value).sum();
    let whole = group.whole.observation.value;
    let partition = dimension.whole.iter().any(|set| as_set(set) == categories);
    // The declared set may be only the usual part of a greater one (`central, local` of `central, local, mobilised`).
    let may_lack = dimension.whole.iter().any(|set| {
        let set = as_set(set);
        set.len() > categories.len() && categories.is_subset(&set)
    });
    let by_wording = group.parts.iter().any(|(_, part)| part.draft.part_of.is_some_and(|p| p.exhaustive));
    let difference = total - whole;
    if difference.is_zero() || difference.is_sign_negative() && !(partition || by_wording) {
        return None;
    }
    let values = || std::iter::once(group.whole).chain(group.parts.iter().map(|(_, part)| *part));
    let slack: Decimal = values().map(|v| slack(&v, subject)).sum();
    let certain = sure(values(), subject);
    let (slug, grave) = if difference.abs() <= slack {
        ("rounding", Severity::Info)
    } else if difference.is_sign_positive() {
        ("parts-exceed-whole", severity(certain))
    } else {
        ("parts-differ-from-whole", severity(certain && (by_wording || !may_lack)))
    };
    let written: Vec<&str> = group.parts.iter().map(|(_, part)| part.observation.stated.as_str()).collect();
    let first = group.parts.first()?;
    let finding = Finding::new(grave, slug, site_of(first.1.observation))
        .with("parts", written.join(" + "))
        .with("whole", group.whole.observation.stated.clone())
        .with("dimension", dimension.name.clone());
    let mut finding = compared(finding, &group.whole, total, subject);
    let mut quotes: Vec<&str> = Vec::new();
    for (_, part) in &group.parts {
        if !quotes.contains(&part.observation.quote.as_str()) {
            quotes.push(&part.observation.quote);
        }
    }
    finding.site.quote = quotes.join(" … ");
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::Dictionary;
    use crate::dictionary::geography::ProvinceSystem;
    use crate::dictionary::templates::Templates;
    use crate::document::Document;
    use crate::report::{Calendar, ReportFacts};
    use crate::text::SourceText;

    /// `severity slug stated expected` of each finding about one sentence.
    fn findings(text: &str) -> Vec<String> {
        let templates = Templates::built_in();
        let dictionary = Dictionary::load(&templates).unwrap();
        let rules = super::super::Rules::load(&templates).unwrap();
        let facts = ReportFacts {
            province: Some("84".into()),
            system: ProvinceSystem::P63,
            period: "2024-Q2".parse().ok(),
            calendar: Calendar::Unknown,
            date: String::new(),
            number: String::new(),
            revision: 1,
            province_sign: "",
            period_sign: "",
        };
        let document = Document::from_text(SourceText::new(format!("{text}\n")), &dictionary);
        let extraction = crate::observation::extract(&document, &facts, "a.txt", "0", &dictionary);
        let subject = Subject {
            file: "a.txt",
            document: &document,
            facts: &facts,
            extraction: &extraction,
            dictionary: &dictionary,
            rules: &rules,
        };
        check(&subject).iter().map(|f| format!("{} {} {} {}", f.severity, f.check, f.stated, f.expected)).collect()
    }

    #[test]
    fn parts_that_make_up_their_whole_are_silent() {
        let text = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 15).";
        assert_eq!(findings(text), [] as [String; 0]);
    }

    #[test]
    fn parts_that_do_not_are_told() {
        let lacking = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 13).";
        assert_eq!(findings(lacking), ["error parts-differ-from-whole 59 61"]);
        let beyond = "Cấp 61 giấy phép lao động cho người nước ngoài (cấp mới 42, cấp lại 04, gia hạn 16).";
        assert_eq!(findings(beyond), ["error parts-exceed-whole 62 61"]);
    }

    #[test]
    fn a_part_is_not_greater_than_its_whole() {
        let text = "Giải quyết việc làm cho 3.145 lao động, trong đó lao động nữ 5.118 người.";
        assert_eq!(findings(text), ["error part-exceeds-whole 5118 3145"]);
    }

    #[test]
    fn what_is_printed_rounds_to_its_last_digit() {
        for (stated, value, unit) in [
            ("3,82 tỷ", "3820000000", "10000000"),
            ("11 tỷ 076 triệu", "11076000000", "1000000"),
            ("1 tỷ 50 triệu", "1050000000", "10000000"),
            ("223.227.385", "223227385", "1"),
        ] {
            let value = Decimal::from_str_exact(value).unwrap();
            assert_eq!(printed_unit(stated, value).to_string(), unit, "{stated}");
        }
    }
}
