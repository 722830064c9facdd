//! The list of 63 provinces on the boundaries of the 34: what all provinces that were merged into one have together.

use std::collections::BTreeMap;

use super::ConsolidateError;
use super::Input;
use super::derive::{compare, derived, signed_sums};
use super::key::FigureKey;
use super::model::{Addend, Basis, Figure, Role};
use crate::diagnostic::Finding;
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Kind, Unit};
use crate::observation::{Measure, Status};

/// Whether a figure adds over provinces.
pub(super) fn adds(input: &Input<'_>, figure: &Figure) -> bool {
    let key = &figure.key;
    let measured = key.measure == Measure::Plan || key.measure == Measure::Actual && key.status != Status::Forecast;
    measured
        && !figure.is_stale()
        && figure.unit != Unit::Percent.code()
        && input.register.get(&key.indicator).is_some_and(|i| i.kind != Kind::Rate)
}

/// Adds the figures of the new provinces for the periods in which the old ones reported, where every old province has
/// its figure; a figure that a new province states itself is set against theirs.
///
/// # Errors
/// When Polars cannot add.
pub(super) fn merge(
    input: &Input<'_>,
    figures: &mut Vec<Figure>,
    findings: &mut Vec<Finding>,
) -> Result<(), ConsolidateError> {
    let mut own: BTreeMap<FigureKey, usize> = BTreeMap::new();
    let mut members: BTreeMap<FigureKey, BTreeMap<String, usize>> = BTreeMap::new();
    for (at, figure) in figures.iter().enumerate().filter(|(_, f)| adds(input, f)) {
        let cell = FigureKey { status: Status::Reported, base: String::new(), ..figure.key.clone() };
        let better = |place: &usize| figures.get(*place).is_some_and(|f| f.key.status > figure.key.status);
        if figure.key.system == ProvinceSystem::P34 {
            let place = own.entry(cell).or_insert(at);
            if better(place) {
                *place = at;
            }
            continue;
        }
        let Some(province) = input.geography.get(ProvinceSystem::P63, &figure.key.province) else { continue };
        let cell = FigureKey { system: ProvinceSystem::P34, province: province.code_34.clone(), ..cell };
        let place = members.entry(cell).or_default().entry(province.code.clone()).or_insert(at);
        if better(place) {
            *place = at;
        }
    }
    let whole: Vec<(FigureKey, Vec<Addend>)> = members
        .into_iter()
        .filter(|(key, found)| found.len() == input.geography.merged_into(&key.province).count())
        .map(|(key, found)| {
            (key, found.into_values().map(|figure| Addend { figure, role: Role::Plus }).collect::<Vec<_>>())
        })
        .collect();
    let sums = signed_sums(figures, whole.iter().map(|(_, addends)| addends.as_slice()))?;
    for ((key, addends), value) in whole.into_iter().zip(sums) {
        match own.get(&key).copied() {
            Some(stated) if figures.get(stated).is_some_and(Figure::is_direct) => {
                compare(input, figures, stated, value, addends, findings);
            }
            Some(_) => {}
            None => {
                let implied = addends.iter().any(|a| figures.get(a.figure).is_some_and(|f| f.basis == Basis::Implied));
                let basis = if implied { Basis::Implied } else { Basis::Merged };
                let figure = derived(figures, key, value, basis, addends);
                figures.push(figure);
            }
        }
    }
    Ok(())
}
