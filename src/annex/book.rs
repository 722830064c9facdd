//! What all sheets of one workbook share: which figures belong to it, and where their sources stand.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::AnnexInput;
use super::labels::Labels;
use super::source::fill;
use crate::consolidate::{Cell, Figure, canonical};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::register::{Indicator, Kind};
use crate::observation::{Breakdown, Measure, Origin};
use crate::period::Period;

/// The workbook of one period.
pub(super) struct Book<'a> {
    pub(super) input: &'a AnnexInput<'a>,
    /// Positions of the figures of this workbook, in the order of the figures.
    pub(super) figures: Vec<usize>,
    /// Row of the table of sources, from 0, at which the places of a figure begin.
    pub(super) source_rows: FxHashMap<usize, u32>,
}

/// One line of the table of sources.
pub(super) struct SourceLine<'a> {
    /// Position of the figure.
    pub(super) figure: usize,
    /// Position of the observation; none for a plan that no report states.
    pub(super) observation: Option<usize>,
    /// What the place is to the figure.
    pub(super) role: &'a str,
}

/// Where the observation at this position comes from.
fn input_origin(input: &AnnexInput<'_>, at: usize) -> Option<Origin> {
    input.observations.get(at).map(|o| o.origin)
}

impl<'a> Book<'a> {
    /// The figures of the period: its own, the cumulative ones up to its end, and whatever else its reports state.
    pub(super) fn new(input: &'a AnnexInput<'a>) -> Self {
        let files: BTreeSet<&str> =
            input.reports.iter().filter(|r| r.period == Some(input.period)).map(|r| r.file.as_str()).collect();
        let from_january = canonical(Kind::Flow, input.period, Measure::Cumulative, None).0;
        let belongs = |figure: &Figure| {
            let stated_here = |at: &usize| {
                let observation = input.observations.get(*at);
                observation.is_some_and(|o| o.period == Some(input.period) || files.contains(o.file.as_str()))
            };
            let period = figure.key.period;
            period == input.period || period == from_january || figure.sources.iter().any(stated_here)
        };
        let all = input.consolidated.figures().iter().enumerate();
        let figures = all.filter(|(_, figure)| belongs(figure)).map(|(at, _)| at).collect();
        Self { input, figures, source_rows: FxHashMap::default() }
    }

    pub(super) fn labels(&self) -> &'a Labels {
        &self.input.layouts.labels
    }

    pub(super) fn figure(&self, at: usize) -> Option<&'a Figure> {
        self.input.consolidated.figures().get(at)
    }

    /// The lines of the table of sources.
    pub(super) fn source_lines(&self) -> Vec<SourceLine<'a>> {
        let roles = &self.labels().role;
        let mut lines = Vec::new();
        for at in &self.figures {
            let Some(figure) = self.figure(*at) else { continue };
            let role = if figure.sources.len() > 1 { &roles.addend } else { &roles.source };
            let mut push = |observation: Option<usize>, role: &'a str| {
                lines.push(SourceLine { figure: *at, observation, role });
            };
            if figure.sources.is_empty() {
                push(None, &roles.plan);
            }
            let decided = |at: usize| input_origin(self.input, at) == Some(Origin::Correction);
            figure.sources.iter().for_each(|o| push(Some(*o), if decided(*o) { &roles.correction } else { role }));
            figure.repeated.iter().for_each(|o| push(Some(*o), &roles.repeated));
            figure.outranked.iter().for_each(|o| push(Some(*o), &roles.outranked));
        }
        lines
    }

    /// The lists of provinces that the workbook's figures belong to.
    pub(super) fn systems(&self) -> Vec<ProvinceSystem> {
        let systems: BTreeSet<_> =
            self.figures.iter().filter_map(|at| self.figure(*at)).map(|f| f.key.system).collect();
        systems.into_iter().collect()
    }

    /// The lookup of an indicator's cell in this period.
    pub(super) fn cell<'c>(
        &self,
        system: ProvinceSystem,
        indicator: &'c Indicator,
        breakdown: &'c Breakdown,
        measure: Measure,
        of: Option<Measure>,
    ) -> Cell<'c> {
        let period = self.input.period;
        Cell { system, period, indicator: &indicator.id, kind: indicator.kind, breakdown, measure, of }
    }

    /// The breakdowns of an indicator that any of the workbook's figures has, the total first.
    pub(super) fn breakdowns(
        &self,
        system: ProvinceSystem,
        province: Option<&str>,
    ) -> FxHashMap<&'a str, Vec<&'a Breakdown>> {
        let mut found: FxHashMap<&'a str, BTreeSet<&'a Breakdown>> = FxHashMap::default();
        for figure in self.figures.iter().filter_map(|at| self.figure(*at)) {
            if figure.key.system == system && province.is_none_or(|p| p == figure.key.province) {
                found.entry(&figure.key.indicator).or_default().insert(&figure.key.breakdown);
            }
        }
        let sorted = |set: BTreeSet<&'a Breakdown>| {
            let mut list: Vec<&Breakdown> = set.into_iter().collect();
            list.sort_by_cached_key(|breakdown| self.labels().breakdown_order(breakdown));
            list
        };
        found.into_iter().map(|(indicator, set)| (indicator, sorted(set))).collect()
    }

    /// Name of a province; its code where the list does not have it.
    pub(super) fn province(&self, system: ProvinceSystem, code: &str) -> String {
        let known = self.input.geography.get(system, code).map(|p| p.name.clone());
        match (known, code) {
            (Some(name), _) => name,
            (None, "") => self.labels().word.unknown_province.clone(),
            (None, code) => code.to_owned(),
        }
    }

    /// A name for a sheet that Excel takes and that no other sheet has: at most 31 UTF-16 units, none of `[]:*?/\`.
    pub(super) fn sheet_name(template: &str, values: &[(&str, &str)], taken: &mut BTreeSet<String>) -> String {
        let clean: String =
            fill(template, values).chars().map(|c| if "[]:*?/\\".contains(c) { '-' } else { c }).collect();
        let clean = clean.trim().trim_matches('\'').to_owned();
        for copy in 1_usize.. {
            let ending = if copy == 1 { String::new() } else { format!(" ({copy})") };
            let room = 31 - ending.encode_utf16().count();
            let mut name = String::new();
            for letter in clean.chars() {
                if name.encode_utf16().count() + letter.len_utf16() > room {
                    break;
                }
                name.push(letter);
            }
            let name = format!("{}{ending}", name.trim_end());
            // Excel does not tell names apart by case.
            if taken.insert(name.to_lowercase()) {
                return name;
            }
        }
        clean
    }

    /// The period in words.
    pub(super) fn period_words(&self, period: Period) -> String {
        self.labels().period(period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_short_and_unique() {
        let mut taken = BTreeSet::new();
        let long = "PL Bà Rịa - Vũng Tàu và một tên rất dài";
        let first = Book::sheet_name("{x}", &[("x", long)], &mut taken);
        let second = Book::sheet_name("{x}", &[("x", long)], &mut taken);
        assert_eq!((first.chars().count(), second.chars().count()), (31, 31));
        assert!(second.ends_with(" (2)"), "{second}");
        assert_eq!(Book::sheet_name("a/b", &[], &mut taken), "a-b");
    }
}
