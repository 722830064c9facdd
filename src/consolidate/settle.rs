//! From statements to figures: equal values are one figure, events told separately add up, and of different
//! values the source of higher rank decides, with a finding.

use std::cmp::Reverse;

use polars::prelude::*;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::key::{FigureKey, canonical};
use super::model::{Basis, Figure, Settled};
use super::{ConsolidateError, Input};
use crate::diagnostic::{Finding, Severity, Site};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::Indicator;
use crate::observation::{Measure, Observation, Origin, Qualifier};

/// Settles all observations; figures and findings in no particular order that the caller need keep.
pub(super) fn settle(input: &Input<'_>) -> Result<(Vec<Figure>, Vec<Finding>), ConsolidateError> {
    let mut figures = Vec::new();
    let mut findings = Vec::new();
    let dates: Dates<'_> = input.reports.iter().map(|r| (r.file.as_str(), r.date.as_str())).collect();
    for group in groups(input)? {
        let Some((key, indicator)) = group.first().and_then(|at| key_of(input, *at)) else { continue };
        for (base, rows) in by_base(input, &group) {
            let key = FigureKey { base, ..key.clone() };
            if let Some(figure) = settle_one(input, &dates, key, indicator, &rows, &mut findings) {
                figures.push(figure);
            }
        }
    }
    Ok((figures, findings))
}

/// The canonical key of an observation, without its base; none where it takes no part in settling.
fn key_of<'a>(input: &Input<'a>, at: usize) -> Option<(FigureKey, &'a Indicator)> {
    let observation = input.observations.get(at)?;
    let indicator = input.register.get(&observation.indicator)?;
    let system = ProvinceSystem::from_code(&observation.province_system)?;
    input.geography.get(system, &observation.province)?;
    if observation.measure == Measure::PerUnit {
        return None;
    }
    let (period, measure, of) = canonical(indicator.kind, observation.period?, observation.measure, observation.of);
    let key = FigureKey {
        system,
        province: observation.province.clone(),
        period,
        indicator: observation.indicator.clone(),
        breakdown: observation.breakdown.clone(),
        measure,
        of,
        base: String::new(),
        status: observation.status,
    };
    Some((key, indicator))
}

/// Positions of the observations that share a key, all but its base; groups and positions sorted.
fn groups(input: &Input<'_>) -> Result<Vec<Vec<usize>>, ConsolidateError> {
    let keyed: Vec<(u32, FigureKey)> =
        (0..input.observations.len()).filter_map(|at| Some((u32::try_from(at).ok()?, key_of(input, at)?.0))).collect();
    let text = |name: &str, of: &dyn Fn(&FigureKey) -> String| {
        Column::new(name.into(), keyed.iter().map(|(_, key)| of(key)).collect::<Vec<_>>())
    };
    let columns = vec![
        text("system", &|k| k.system.code().to_owned()),
        text("province", &|k| k.province.clone()),
        text("period", &|k| k.period.to_string()),
        text("indicator", &|k| k.indicator.clone()),
        text("breakdown", &|k| k.breakdown.to_string()),
        text("measure", &|k| k.measure.code().to_owned()),
        text("of", &|k| k.of.map(|m| m.code().to_owned()).unwrap_or_default()),
        text("status", &|k| k.status.code().to_owned()),
        Column::new("row".into(), keyed.iter().map(|(at, _)| *at).collect::<Vec<u32>>()),
    ];
    let keys = ["system", "province", "period", "indicator", "breakdown", "measure", "of", "status"];
    let grouped = DataFrame::new(keyed.len(), columns)
        .and_then(|frame| {
            frame.lazy().group_by(keys.map(col)).agg([col("row")]).sort(keys, SortMultipleOptions::default()).collect()
        })
        .map_err(ConsolidateError::step("grouping statements by key"))?;
    lists(&grouped, "row").map_err(ConsolidateError::step("reading the groups"))
}

/// The lists of positions in a column, each sorted.
pub(super) fn lists(frame: &DataFrame, column: &str) -> PolarsResult<Vec<Vec<usize>>> {
    let mut lists = Vec::with_capacity(frame.height());
    let column = frame.column(column)?.list()?;
    for row in 0..frame.height() {
        let Some(list) = column.get_as_series(row) else { continue };
        let mut rows: Vec<usize> = list.u32()?.iter().flatten().map(|row| row as usize).collect();
        rows.sort_unstable();
        lists.push(rows);
    }
    Ok(lists)
}

/// Splits a group by the kind of base. Where only one base is named, what names none speaks of it too.
fn by_base(input: &Input<'_>, group: &[usize]) -> Vec<(String, Vec<usize>)> {
    let mut split: Vec<(String, Vec<usize>)> = Vec::new();
    for at in group {
        let Some(observation) = input.observations.get(*at) else { continue };
        let compared = matches!(observation.measure, Measure::Share | Measure::PrevPct | Measure::PrevAbs)
            || observation.unit == "percent" && !observation.measure.is_relative();
        let base = if compared { input.wording.base_kind(&observation.base) } else { String::new() };
        match split.iter_mut().find(|(known, _)| *known == base) {
            Some((_, rows)) => rows.push(*at),
            None => split.push((base, vec![*at])),
        }
    }
    split.sort();
    if split.len() == 2
        && split.first().is_some_and(|(base, _)| base.is_empty())
        && let (_, unnamed) = split.remove(0)
        && let Some((_, rows)) = split.first_mut()
    {
        rows.extend(unnamed);
        rows.sort_unstable();
    }
    split
}

/// One claim about a figure: a single observation, or the sum of events told separately.
struct Claim {
    value: Decimal,
    /// The observation, or the addends.
    rows: Vec<usize>,
    /// Restatements and parts within the same telling.
    beside: Vec<usize>,
}

/// Date of each report, by its file.
type Dates<'a> = FxHashMap<&'a str, &'a str>;

/// The place of an observation among the sources: the lesser, the higher its rank.
type Rank<'a> = (u8, Reverse<u32>, u8, Reverse<&'a str>, &'a str, usize);

/// The rank of an observation: a correction, a later issue of its report, the table before the text before a footnote,
/// the later report, the file's name, the earlier place.
fn rank<'a>(input: &Input<'a>, dates: &Dates<'a>, o: &'a Observation) -> Rank<'a> {
    let kind = match o.origin {
        Origin::Correction | Origin::Table => 0,
        Origin::Text => 1,
        Origin::Footnote => 2,
        Origin::Derived => 3,
    };
    let revision = input.revisions.get(&o.file).copied().unwrap_or(0);
    let date = dates.get(o.file.as_str()).copied().unwrap_or_default();
    (u8::from(o.origin != Origin::Correction), Reverse(revision), kind, Reverse(date), &o.file, o.start)
}

fn settle_one(
    input: &Input<'_>,
    dates: &Dates<'_>,
    key: FigureKey,
    indicator: &Indicator,
    rows: &[usize],
    findings: &mut Vec<Finding>,
) -> Option<Figure> {
    let of = |at: &usize| input.observations.get(*at);
    let (replaced, rows) = set_aside_corrected(input, rows);
    let rows = rows.as_slice();
    let doubtful = |claim: &Claim| claim.rows.iter().filter_map(of).any(|o| o.confidence < input.review_threshold);
    let adds_up = indicator.events_add_up && key.measure == Measure::Actual;
    let is_correction = |claim: &Claim| claim.rows.iter().filter_map(of).any(|o| o.origin == Origin::Correction);
    let mut claims = claims(input, rows, adds_up);
    claims.sort_by(|a, b| {
        let place = |claim: &Claim| claim.rows.iter().filter_map(of).map(|o| rank(input, dates, o)).min();
        let trust = |claim: &Claim| (!is_correction(claim), doubtful(claim));
        trust(a).cmp(&trust(b)).then_with(|| place(a).cmp(&place(b)))
    });
    let mut claims = claims.into_iter();
    let best = claims.next()?;
    let first = best.rows.first().and_then(of)?;
    let (mut repeated, mut outranked) = (best.beside.clone(), replaced);
    let corrected = is_correction(&best);
    let mut differing: Vec<Claim> = Vec::new();
    for claim in claims {
        if claim.value == best.value {
            repeated.extend(claim.rows.iter().chain(&claim.beside));
        } else {
            outranked.extend(claim.rows.iter().chain(&claim.beside));
            differing.push(claim);
        }
    }
    let sure = !doubtful(&best);
    for (at, claim) in differing.iter().enumerate() {
        // A correction outranks what the reports state; only another correction contradicts it.
        if corrected && !is_correction(claim) {
            continue;
        }
        if differing.iter().take(at).any(|told| told.value == claim.value) {
            continue;
        }
        findings.extend(conflict(input, &key, indicator, &best, claim, sure && !doubtful(claim)));
    }
    let settled = if corrected {
        Settled::Corrected
    } else if !differing.is_empty() {
        Settled::Outranked
    } else if best.rows.len() > 1 {
        Settled::Added
    } else if repeated.is_empty() {
        Settled::Stated
    } else {
        Settled::Repeated
    };
    let qualifiers: Vec<Qualifier> = best.rows.iter().filter_map(of).map(|o| o.qualifier).collect();
    let qualifier = if qualifiers.iter().all(|q| *q == first.qualifier) { first.qualifier } else { Qualifier::About };
    Some(Figure {
        key,
        value: best.value,
        unit: first.unit.clone(),
        qualifier,
        settled,
        basis: Basis::Direct,
        addends: Vec::new(),
        as_of: None,
        range: None,
        compared: None,
        administrative: false,
        confidence: best.rows.iter().filter_map(of).map(|o| o.confidence).min().unwrap_or_default(),
        doubtful: doubtful(&best),
        sources: best.rows,
        repeated,
        outranked,
        plan_source: String::new(),
    })
}

/// Positions of the statements that a person corrected, the correction standing in the same place, and all others.
fn set_aside_corrected(input: &Input<'_>, rows: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let place = |at: usize| input.observations.get(at).map(|o| (o.file.as_str(), o.start, o.end));
    let is_correction = |at: usize| input.observations.get(at).is_some_and(|o| o.origin == Origin::Correction);
    let corrected: Vec<_> = rows.iter().copied().filter(|at| is_correction(*at)).map(place).collect();
    rows.iter().copied().partition(|at| !is_correction(*at) && corrected.contains(&place(*at)))
}

/// The claims that the observations of one key make.
fn claims(input: &Input<'_>, rows: &[usize], adds_up: bool) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut told: Vec<Vec<usize>> = Vec::new();
    for at in rows {
        let Some(o) = input.observations.get(*at) else { continue };
        // A correction is told where the statement was that it corrects.
        if !adds_up || !matches!(o.corrects().unwrap_or(o.origin), Origin::Text | Origin::Footnote) {
            claims.push(Claim { value: o.value, rows: vec![*at], beside: Vec::new() });
            continue;
        }
        // Events add within one telling: one report, one period, one measure.
        let same = |other: &Observation| (&other.file, other.period, other.measure) == (&o.file, o.period, o.measure);
        let telling = told
            .iter_mut()
            .find(|told| told.first().and_then(|first| input.observations.get(*first)).is_some_and(same));
        match telling {
            Some(told) => told.push(*at),
            None => told.push(vec![*at]),
        }
    }
    claims.extend(told.iter().filter_map(|told| add_up(input, told)));
    claims
}

/// The claim that the events of one telling make together.
fn add_up(input: &Input<'_>, told: &[usize]) -> Option<Claim> {
    let mut told: Vec<(usize, &Observation)> =
        told.iter().filter_map(|at| Some((*at, input.observations.get(*at)?))).collect();
    told.sort_by_key(|(at, o)| (o.start, *at));
    let is_part = |o: &Observation| input.wording.is_part(&o.quote, &o.stated);
    let (parts, wholes): (Vec<_>, Vec<_>) = told.into_iter().partition(|(_, o)| is_part(o));
    // Parts of something that is not counted here are events like any other.
    let (events, parts) = if wholes.is_empty() { (parts, Vec::new()) } else { (wholes, parts) };
    let mut beside: Vec<usize> = parts.iter().map(|(at, _)| *at).collect();
    let mut kept: Vec<(usize, &Observation)> = Vec::new();
    let all_equal = events.iter().all(|(_, o)| events.first().is_some_and(|(_, first)| first.value == o.value));
    for (at, event) in events {
        // One value again on another line is the same event told again; on the same line it is a second one.
        let again = kept.iter().any(|(_, k)| k.value == event.value && (all_equal || k.line != event.line));
        if again { beside.push(at) } else { kept.push((at, event)) }
    }
    let sum: Decimal = kept.iter().map(|(_, o)| o.value).sum();
    let total = kept.iter().find(|(_, o)| kept.len() > 2 && o.value + o.value == sum).copied();
    if let Some((whole, o)) = total {
        beside.extend(kept.iter().map(|(at, _)| *at).filter(|at| *at != whole));
        return Some(Claim { value: o.value, rows: vec![whole], beside });
    }
    let rows: Vec<usize> = kept.iter().map(|(at, _)| *at).collect();
    (!rows.is_empty()).then_some(Claim { value: sum, rows, beside })
}

fn conflict(
    input: &Input<'_>,
    key: &FigureKey,
    indicator: &Indicator,
    best: &Claim,
    other: &Claim,
    both_sure: bool,
) -> Option<Finding> {
    let winner = input.observations.get(*best.rows.first()?)?;
    let loser = input.observations.get(*other.rows.first()?)?;
    let exact = winner.qualifier == Qualifier::Exact && loser.qualifier == Qualifier::Exact;
    let severity = if both_sure && exact { Severity::Error } else { Severity::Warning };
    let check = if both_sure { "conflict" } else { "conflict-doubtful" };
    let text = |value: Decimal| value.normalize().to_string();
    let mut finding = Finding::new(severity, check, site(loser))
        .with("indicator", indicator.name.clone())
        .with("breakdown", key.breakdown.to_string())
        .with("measure", key.measure.code())
        .with("stated", loser.stated.clone())
        .with("chosen", winner.stated.clone())
        .with("origin", winner.origin.code());
    finding.province.clone_from(&key.province);
    finding.period = loser.period.map(|p| p.to_string()).unwrap_or_default();
    finding.other = Some(site(winner));
    finding.stated = text(other.value);
    finding.expected = text(best.value);
    finding.difference = text(other.value - best.value);
    Some(finding)
}

pub(super) fn site(o: &Observation) -> Site {
    Site { file: o.file.clone(), line: o.line, place: o.place.clone(), quote: o.quote.clone() }
}
