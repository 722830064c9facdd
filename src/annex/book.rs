//! What all sheets of one workbook share: which figures belong to it, and where their sources stand.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::AnnexInput;
use super::labels::{Labels, UnitLabel};
use super::source::fill;
use crate::consolidate::{Figure, canonical};
use crate::dictionary::geography::{Province, ProvinceSystem};
use crate::dictionary::register::{Indicator, Kind};
use crate::observation::{Breakdown, Measure, Origin};
use crate::period::Period;
use crate::table::ReportRow;

/// The list of provinces, whether all periods count, and the one province.
type UniverseKey = (ProvinceSystem, bool, Option<String>);

/// The workbook of one period.
pub(super) struct Book<'a> {
    pub(super) input: &'a AnnexInput<'a>,
    /// Positions of the figures of this workbook, in the order of the figures.
    pub(super) figures: Vec<usize>,
    /// Row of the table of sources, from 0, at which the places of a figure begin.
    pub(super) source_rows: FxHashMap<usize, u32>,
    /// The figures of each province.
    by_province: FxHashMap<(ProvinceSystem, &'a str), Vec<usize>>,
    provinces: FxHashMap<ProvinceSystem, Vec<&'a Province>>,
    universes: Mutex<FxHashMap<UniverseKey, Arc<Universe<'a>>>>,
}

/// The indicators and breakdowns with figures.
#[derive(Debug, Clone, Default)]
pub(super) struct Universe<'a> {
    /// The breakdowns of each indicator, the total first.
    pub(super) breakdowns: FxHashMap<&'a str, Vec<&'a Breakdown>>,
    measures: FxHashSet<(&'a str, &'a Breakdown, Measure)>,
}

impl Universe<'_> {
    /// Whether any period and place has this number.
    pub(super) fn has(&self, indicator: &Indicator, breakdown: &Breakdown, measure: Measure) -> bool {
        let measure = if measure == Measure::Cumulative { Measure::Actual } else { measure };
        self.measures.contains(&(indicator.id.as_str(), breakdown, measure))
    }
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
            let own = period == input.period || period == from_january;
            match figure.is_direct() {
                true => own || figure.sources.iter().any(stated_here),
                false => own && !figure.is_stale(),
            }
        };
        let all = input.consolidated.figures().iter().enumerate();
        let figures = all.filter(|(_, figure)| belongs(figure)).map(|(at, _)| at).collect();
        Self::of(input, figures)
    }

    /// The workbook with these figures.
    pub(super) fn of(input: &'a AnnexInput<'a>, figures: Vec<usize>) -> Self {
        let mut by_province: FxHashMap<(ProvinceSystem, &'a str), Vec<usize>> = FxHashMap::default();
        for at in &figures {
            if let Some(figure) = input.consolidated.figures().get(*at) {
                by_province.entry((figure.key.system, &figure.key.province)).or_default().push(*at);
            }
        }
        let provinces = [ProvinceSystem::P63, ProvinceSystem::P34]
            .into_iter()
            .map(|system| (system, input.geography.provinces(system).collect()))
            .collect();
        let (source_rows, universes) = (FxHashMap::default(), Mutex::default());
        Self { input, figures, source_rows, by_province, provinces, universes }
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
            let role = match (figure.is_direct(), figure.sources.len()) {
                (false, _) => &roles.derived,
                (true, 0 | 1) => &roles.source,
                (true, _) => &roles.addend,
            };
            let mut push = |observation: Option<usize>, role: &'a str| {
                lines.push(SourceLine { figure: *at, observation, role });
            };
            if figure.is_direct() && figure.sources.is_empty() {
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

    /// The indicators and breakdowns with figures: of one province or of all, of this workbook or of all periods.
    pub(super) fn universe(
        &self,
        system: ProvinceSystem,
        province: Option<&str>,
        all_periods: bool,
    ) -> Arc<Universe<'a>> {
        if let Some(province) = province.filter(|_| !all_periods) {
            let own = self.by_province.get(&(system, province)).map(Vec::as_slice).unwrap_or_default();
            return Arc::new(self.universe_of(own.iter().filter_map(|at| self.figure(*at))));
        }
        let key = (system, all_periods, province.map(str::to_owned));
        if let Some(known) = self.universes().get(&key) {
            return Arc::clone(known);
        }
        let all = self.input.consolidated.figures().iter();
        let own = self.figures.iter().filter_map(|at| self.figure(*at));
        let figures: Box<dyn Iterator<Item = &'a Figure>> = if all_periods { Box::new(all) } else { Box::new(own) };
        let here = |f: &&Figure| f.key.system == system && province.is_none_or(|p| p == f.key.province);
        let made = Arc::new(self.universe_of(figures.filter(here)));
        self.universes().insert(key, Arc::clone(&made));
        made
    }

    fn universes(&self) -> MutexGuard<'_, FxHashMap<UniverseKey, Arc<Universe<'a>>>> {
        self.universes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn universe_of(&self, figures: impl Iterator<Item = &'a Figure>) -> Universe<'a> {
        let mut found: FxHashMap<&'a str, BTreeSet<&'a Breakdown>> = FxHashMap::default();
        let mut universe = Universe::default();
        for key in figures.map(|figure| &figure.key) {
            if universe.measures.insert((&key.indicator, &key.breakdown, key.measure)) {
                found.entry(&key.indicator).or_default().insert(&key.breakdown);
            }
        }
        let sorted = |set: BTreeSet<&'a Breakdown>| {
            let mut list: Vec<&Breakdown> = set.into_iter().collect();
            list.sort_by_cached_key(|breakdown| self.labels().breakdown_order(breakdown));
            list
        };
        universe.breakdowns = found.into_iter().map(|(indicator, set)| (indicator, sorted(set))).collect();
        universe
    }

    /// Whether a province has a figure of its own in this workbook: the plan of the year holds in every period, and
    /// alone is no report.
    pub(super) fn has_province(&self, system: ProvinceSystem, code: &str) -> bool {
        let own = self.by_province.get(&(system, code)).into_iter().flatten();
        own.filter_map(|at| self.figure(*at)).any(|f| f.is_direct() || f.key.measure != Measure::Plan)
    }

    /// The provinces of a list, in regional order.
    pub(super) fn provinces(&self, system: ProvinceSystem) -> &[&'a Province] {
        self.provinces.get(&system).map(Vec::as_slice).unwrap_or_default()
    }

    /// The breakdown that is none.
    pub(super) fn total_breakdown(&self) -> &'static Breakdown {
        static TOTAL: LazyLock<Breakdown> = LazyLock::new(Breakdown::total);
        &TOTAL
    }

    /// How an indicator's values are printed.
    pub(super) fn unit(&self, indicator: &Indicator) -> &'a UnitLabel {
        self.labels().unit(indicator.unit.code())
    }

    /// The periods of the same kind as `period` with figures, up to it, the earliest first.
    pub(super) fn periods_like(&self, system: ProvinceSystem, period: Period) -> Vec<Period> {
        let kind = std::mem::discriminant(&period.kind);
        let figures = self.input.consolidated.figures().iter().filter(|f| f.key.system == system);
        let like = |p: &Period| {
            std::mem::discriminant(&p.kind) == kind
                && (p.last_year(), p.last_month()) <= (period.last_year(), period.last_month())
        };
        let mut periods: Vec<Period> = figures.map(|f| f.key.period).filter(like).collect();
        periods.sort_unstable();
        periods.dedup();
        periods.sort_by_key(|p| (p.last_year(), p.last_month()));
        periods
    }

    /// How many provinces have a report of a period that was read, and how many there are.
    pub(super) fn reported(&self, system: ProvinceSystem, period: Period) -> (usize, usize) {
        let of_period =
            |r: &&ReportRow| r.period == Some(period) && r.status == "read" && r.province_system == system.code();
        let provinces: BTreeSet<&str> =
            self.input.reports.iter().filter(of_period).map(|r| r.province.as_str()).collect();
        (provinces.len(), self.input.geography.provinces(system).count())
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
    pub(super) fn sheet_name(template: &str, values: &[(&str, String)], taken: &mut BTreeSet<String>) -> String {
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let clean: String =
            fill(template, &values).chars().map(|c| if "[]:*?/\\".contains(c) { '-' } else { c }).collect();
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
        let first = Book::sheet_name("{x}", &[("x", long.to_owned())], &mut taken);
        let second = Book::sheet_name("{x}", &[("x", long.to_owned())], &mut taken);
        assert_eq!((first.chars().count(), second.chars().count()), (31, 31));
        assert!(second.ends_with(" (2)"), "{second}");
        assert_eq!(Book::sheet_name("a/b", &[], &mut taken), "a-b");
    }
}
