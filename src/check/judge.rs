//! Relations → findings: which hold, which do not, and which one slip of the hand would explain it. One cause, one
//! finding. Nothing is repaired: causes are offered, the likeliest first.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rust_decimal::Decimal;

use super::printed::{Printed, Slip};
use super::relation::{Expr, Kind, Operator, Relation, Verdict};
use super::site_of;
use super::values::Values;
use crate::diagnostic::{Cause, Finding, Severity, Site};

/// At most so many likely causes are offered.
const MOST_CAUSES: usize = 5;
/// Numbers that were worked out are shown to so many decimals.
const DECIMALS: u32 = 2;

/// A relation that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Name of its check.
    pub check: &'static str,
    /// As it is written with the numbers of the report.
    pub written: String,
    /// Ids of its observations.
    pub observations: Vec<String>,
    /// Province, period and file of the value it stands at.
    pub province: String,
    /// The period.
    pub period: String,
    /// The file.
    pub file: String,
    /// Whether it holds.
    pub holds: bool,
    /// How grave it is where it does not.
    pub severity: Severity,
}

/// What came out.
#[derive(Debug, Default)]
pub struct Judged {
    /// Every relation that was checked.
    pub checked: Vec<Checked>,
    /// What a person should know.
    pub findings: Vec<Finding>,
}

/// One way to mend one number.
#[derive(Debug, Clone)]
struct Candidate {
    value: usize,
    slip: Slip,
    printed: Printed,
    /// Broken relations that it mends.
    mends: BTreeSet<usize>,
    /// Relations of the number that held and would not.
    breaks: usize,
    /// Other relations of the number that hold with it.
    holds: usize,
}

impl Candidate {
    /// The lesser, the likelier.
    fn rank(&self) -> (usize, Reverse<usize>, Slip, Reverse<usize>, usize) {
        (self.breaks, Reverse(self.mends.len()), self.slip, Reverse(self.holds), self.value)
    }
}

struct Bench<'v, 'a> {
    values: &'v Values<'a>,
    relations: &'v [Relation],
    verdicts: Vec<Option<Verdict>>,
    /// Per value: its relations.
    of_value: BTreeMap<usize, Vec<usize>>,
    /// Per value that was asked for: the single edits of its number.
    edits: RefCell<BTreeMap<usize, Edits>>,
}

/// The single edits of one number.
type Edits = Rc<[(Slip, Printed)]>;

/// Judges all relations among some values.
pub(super) fn judge(values: &Values<'_>, relations: &[Relation]) -> Judged {
    let verdicts: Vec<Option<Verdict>> = relations.iter().map(|r| r.verdict(values)).collect();
    let mut of_value: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, relation) in relations.iter().enumerate() {
        for value in relation.values() {
            of_value.entry(value).or_default().push(at);
        }
    }
    let bench = Bench { values, relations, verdicts, of_value, edits: RefCell::default() };
    bench.judge()
}

impl Bench<'_, '_> {
    fn is_broken(&self, at: usize) -> bool {
        self.verdicts.get(at) == Some(&Some(Verdict::Broken))
    }

    fn judge(&self) -> Judged {
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut open: BTreeSet<usize> = BTreeSet::new();
        for (at, relation) in self.relations.iter().enumerate() {
            if !self.is_broken(at) || relation.kind.is_silent() {
                continue;
            }
            let found = self.candidates(at);
            // A list that does not say it is complete is told only where one plain slip explains it.
            let plain = |c: &Candidate| c.breaks == 0 && matches!(c.slip, Slip::Transposition | Slip::Digit);
            if relation.kind == Kind::NearlyParts && !found.iter().any(plain) {
                continue;
            }
            open.insert(at);
            candidates.extend(found);
        }
        let mut judged = Judged { checked: self.checked(&open), findings: Vec::new() };
        for (at, relation) in self.relations.iter().enumerate() {
            if self.verdicts.get(at) == Some(&Some(Verdict::Rounded)) {
                judged.findings.extend(self.finding(&[at], relation, Vec::new(), Some(("rounding", Severity::Info))));
            }
        }
        for (group, causes) in self.groups(open, &candidates) {
            let gravest = group.iter().copied().max_by_key(|at| (self.severity(*at), Reverse(*at)));
            let Some(relation) = gravest.and_then(|at| self.relations.get(at)) else { continue };
            let order: Vec<usize> =
                gravest.into_iter().chain(group.iter().copied().filter(|g| Some(*g) != gravest)).collect();
            judged.findings.extend(self.finding(&order, relation, causes, None));
        }
        judged
    }

    fn severity(&self, at: usize) -> Severity {
        let Some(relation) = self.relations.get(at) else { return Severity::Info };
        let sure = relation.values().iter().all(|v| self.values.get(*v).is_some_and(|v| v.sure));
        if sure { relation.severity } else { relation.severity.min(Severity::Warning) }
    }

    fn checked(&self, open: &BTreeSet<usize>) -> Vec<Checked> {
        let mut checked = Vec::new();
        for (at, relation) in self.relations.iter().enumerate() {
            let Some(Some(verdict)) = self.verdicts.get(at) else { continue };
            let told = relation.kind != Kind::NearlyParts || *verdict != Verdict::Broken || open.contains(&at);
            if relation.kind == Kind::RoundPlan || !told {
                continue;
            }
            let Some(first) = self.values.get(relation.at) else { continue };
            let ids =
                relation.values().into_iter().filter_map(|v| self.values.get(v)).map(|v| v.observation.id.clone());
            checked.push(Checked {
                check: relation.kind.slug(),
                written: relation.written(self.values),
                observations: ids.collect(),
                province: first.observation.province.clone(),
                period: first.observation.period.map(|p| p.to_string()).unwrap_or_default(),
                file: first.observation.file.clone(),
                holds: *verdict != Verdict::Broken,
                severity: relation.severity,
            });
        }
        checked
    }

    /// All single edits of one number that mend a broken relation.
    fn candidates(&self, at: usize) -> Vec<Candidate> {
        let Some(relation) = self.relations.get(at) else { return Vec::new() };
        let mut found = Vec::new();
        for value in relation.values() {
            let Some(stated) = self.values.get(value) else { continue };
            let edits =
                Rc::clone(self.edits.borrow_mut().entry(value).or_insert_with(|| stated.printed.edits().into()));
            let addend = self.whole_of_all(relation, value).map(|printed| (Slip::Addend, printed));
            let mut seen: Vec<Decimal> = Vec::new();
            for (slip, printed) in edits.iter().chain(&addend) {
                if seen.contains(&printed.value())
                    || printed.value().is_sign_negative() != stated.printed.value().is_sign_negative()
                {
                    continue;
                }
                seen.push(printed.value());
                let instead = |other: usize| (other == value).then_some(printed);
                if !matches!(relation.verdict_with(self.values, &instead), Some(Verdict::Holds | Verdict::Rounded)) {
                    continue;
                }
                found.push(self.weigh(value, *slip, printed));
            }
        }
        found
    }

    /// For the whole of parts that leaves out or repeats one of them: what they make together.
    fn whole_of_all(&self, relation: &Relation, value: usize) -> Option<Printed> {
        let is_whole = matches!(relation.kind, Kind::Parts | Kind::NearlyParts) && relation.right == Expr::Value(value);
        let (sum, whole) = relation.sides(self.values).filter(|_| is_whole)?;
        let difference = (sum - whole?).abs();
        let parts = relation.values().into_iter().filter(|v| *v != value).filter_map(|v| self.values.get(v));
        let one_part = parts.map(|p| p.printed.value()).any(|part| part == difference);
        let stated = self.values.get(value)?;
        if one_part { stated.printed.with_value(sum) } else { None }
    }

    fn weigh(&self, value: usize, slip: Slip, printed: &Printed) -> Candidate {
        let instead = |other: usize| (other == value).then_some(printed);
        let mut candidate =
            Candidate { value, slip, printed: printed.clone(), mends: BTreeSet::new(), breaks: 0, holds: 0 };
        for at in self.of_value.get(&value).into_iter().flatten() {
            let Some(relation) = self.relations.get(*at) else { continue };
            let after = relation.verdict_with(self.values, &instead);
            let holds = matches!(after, Some(Verdict::Holds | Verdict::Rounded));
            match (self.is_broken(*at), holds) {
                (true, true) => drop(candidate.mends.insert(*at)),
                (false, true) => candidate.holds += 1,
                // A list that is not told as complete says nothing against a number.
                (false, false) if self.verdicts.get(*at) != Some(&None) => candidate.breaks += 1,
                _ => {}
            }
        }
        candidate
    }

    /// Broken relations by what explains them together, with the edits that mend all of a group.
    fn groups(&self, mut open: BTreeSet<usize>, candidates: &[Candidate]) -> Vec<(Vec<usize>, Vec<Candidate>)> {
        let mut groups: Vec<(Vec<usize>, Vec<Candidate>)> = Vec::new();
        let mut unexplained: BTreeSet<usize> = BTreeSet::new();
        while !open.is_empty() {
            let mended = |c: &Candidate| c.mends.intersection(&open).count();
            let best = candidates
                .iter()
                .filter(|c| mended(c) > 0)
                .min_by_key(|c| (Reverse(mended(c) as isize - c.breaks as isize), Reverse(mended(c)), c.rank()));
            let Some(best) = best else {
                unexplained.append(&mut open);
                break;
            };
            let group: BTreeSet<usize> = best.mends.intersection(&open).copied().collect();
            let mut causes: Vec<Candidate> = Vec::new();
            for candidate in candidates.iter().filter(|c| group.is_subset(&c.mends)) {
                let known = |k: &&Candidate| k.value == candidate.value && k.printed == candidate.printed;
                if causes.iter().find(known).is_none() {
                    causes.push(candidate.clone());
                }
            }
            causes.sort_by_key(Candidate::rank);
            causes.truncate(MOST_CAUSES);
            open.retain(|at| !group.contains(at));
            groups.push((group.into_iter().collect(), causes));
        }
        // What no single edit explains is told together where it shares a number.
        while let Some(first) = unexplained.first().copied() {
            let shared = |value: &usize| {
                let of = self.of_value.get(value).map(Vec::as_slice).unwrap_or_default();
                of.iter().filter(|at| unexplained.contains(*at)).copied().collect::<Vec<usize>>()
            };
            let values = self.relations.get(first).map(Relation::values).unwrap_or_default();
            let group =
                values.iter().map(shared).max_by_key(|g| (g.len(), Reverse(g.first().copied()))).unwrap_or_default();
            unexplained.retain(|at| *at != first && !group.contains(at));
            groups.push((if group.is_empty() { vec![first] } else { group }, Vec::new()));
        }
        groups.sort_by(|a, b| a.0.cmp(&b.0));
        groups
    }

    /// The finding about one relation, with the others that the same cause breaks.
    fn finding(
        &self,
        group: &[usize],
        relation: &Relation,
        causes: Vec<Candidate>,
        as_note: Option<(&'static str, Severity)>,
    ) -> Option<Finding> {
        let (stated, expected) = relation.sides(self.values)?;
        let at = self.values.get(relation.at)?;
        let (check, severity) = as_note.unwrap_or_else(|| {
            let severity = group.iter().map(|at| self.severity(*at)).max().unwrap_or(relation.severity);
            (slug(relation, stated, expected), severity)
        });
        let indicator = self.values.indicator(relation.at).map(|i| i.name.clone()).unwrap_or_default();
        let mut finding = Finding::new(severity, check, self.side(&relation.left, relation.at)?)
            .with("indicator", indicator)
            .with("name", relation.name.clone())
            .with("dimension", relation.name.clone())
            .with("parts", relation.left.written(self.values))
            .with("part", relation.left.written(self.values))
            .with("whole", relation.right.written(self.values))
            .with("left", relation.left.written(self.values))
            .with("right", relation.right.written(self.values))
            .with("breakdown", at.observation.breakdown.to_string());
        finding.other = self.values.get(relation.against).map(|v| site_of(v.observation));
        finding.stated = shown(stated);
        finding.expected = expected.map(shown).unwrap_or_default();
        finding.difference = expected.map(|e| shown(stated.saturating_sub(e))).unwrap_or_default();
        finding.province.clone_from(&at.observation.province);
        finding.period = at.observation.period.map(|p| p.to_string()).unwrap_or_default();
        let written = |at: &usize| self.relations.get(*at).map(|r| r.written(self.values));
        let told = causes.first().into_iter().flat_map(|c| c.mends.iter()).filter(|at| !group.contains(at));
        finding.also = group.iter().skip(1).chain(told).filter_map(written).collect();
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for value in group.iter().filter_map(|at| self.relations.get(*at)).flat_map(Relation::values) {
            ids.extend(self.values.get(value).map(|v| v.observation.id.clone()));
        }
        finding.observations = ids.into_iter().collect();
        finding.causes = causes.iter().filter_map(|c| self.cause(c)).collect();
        Some(finding)
    }

    /// The place of one side: where its first value stands, quoting all clauses that its values stand in.
    fn side(&self, side: &Expr, at: usize) -> Option<Site> {
        let mut site = site_of(self.values.get(at)?.observation);
        let mut values = Vec::new();
        side.values(&mut values);
        let mut quotes: Vec<&str> = Vec::new();
        for value in values.iter().filter_map(|v| self.values.get(*v)) {
            let quote = value.observation.quote.as_str();
            if value.observation.file == site.file && !quotes.contains(&quote) {
                quotes.push(quote);
            }
        }
        if !quotes.is_empty() {
            site.quote = quotes.join(" … ");
        }
        Some(site)
    }

    fn cause(&self, candidate: &Candidate) -> Option<Cause> {
        let value = self.values.get(candidate.value)?;
        Some(Cause {
            observation: value.observation.id.clone(),
            site: site_of(value.observation),
            from: value.printed.text().to_owned(),
            to: candidate.printed.text().to_owned(),
            value: candidate.printed.value().normalize().to_string(),
            slip: candidate.slip.code(),
            mends: candidate.mends.len(),
            holds: candidate.holds,
            breaks: candidate.breaks,
        })
    }
}

/// Parts that go beyond their whole are told otherwise than those that fall short of it.
fn slug(relation: &Relation, stated: Decimal, expected: Option<Decimal>) -> &'static str {
    let exceeds = expected.is_some_and(|e| stated > e);
    match (relation.kind, relation.operator) {
        (Kind::Parts, _) if exceeds => "parts-exceed-whole",
        (Kind::Periods, Operator::AtMost) => "period-exceeds-longer",
        (Kind::Base, Operator::AtMost) => "base-exceeds-whole",
        (kind, _) => kind.slug(),
    }
}

fn shown(value: Decimal) -> String {
    value.round_dp(DECIMALS).normalize().to_string()
}
