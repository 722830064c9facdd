//! The figures, totals and growths of a run, and the ways to look them up.

use std::hash::{BuildHasher, Hash};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::derive::stretch;
use super::growth::{base_period, percent, plan_periods};
use super::key::{FigureKey, canonical};
use super::model::{Against, Area, Basis, Figure, Growth, Partial, Total, TotalGrowth};
use super::paths::cover;
use super::{Boundaries, Input};
use crate::diagnostic::Finding;
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::register::{Kind, Register};
use crate::observation::{Breakdown, Measure, Status};
use crate::period::{Period, PeriodKind};

/// What to look up: the cell of an annex, under the period and measure of its heading.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// The list of provinces.
    pub system: ProvinceSystem,
    /// The period of the annex.
    pub period: Period,
    /// Id in the register.
    pub indicator: &'a str,
    /// Kind of the indicator.
    pub kind: Kind,
    /// Empty for the total.
    pub breakdown: &'a Breakdown,
    /// Which of the numbers.
    pub measure: Measure,
    /// For percentages and changes: the measure they are about.
    pub of: Option<Measure>,
}

/// Positions by the fingerprint of a key, so that a key need not be made to look it up: what is found must still be
/// compared, since two keys may have one fingerprint.
type Index = FxHashMap<u64, Vec<usize>>;

fn fingerprint(key: impl Hash) -> u64 {
    FxBuildHasher.hash_one(key)
}

/// A province of a list, with its region and what it was merged into.
#[derive(Debug, Clone)]
struct Place {
    system: ProvinceSystem,
    region: u8,
    code: String,
    code_34: String,
}

/// The figures, totals, growths and findings of a run.
#[derive(Debug, Clone, Default)]
pub struct Consolidated {
    figures: Vec<Figure>,
    totals: Vec<Total>,
    growths: Vec<Growth>,
    findings: Vec<Finding>,
    boundaries: Boundaries,
    places: Vec<Place>,
    by_cell: Index,
    by_area: Index,
    /// The stated results of a series.
    by_series: Index,
    by_growth: FxHashMap<(usize, Against), usize>,
}

impl Consolidated {
    pub(super) fn new(
        input: &Input<'_>,
        figures: Vec<Figure>,
        totals: Vec<Total>,
        growths: Vec<Growth>,
        findings: Vec<Finding>,
    ) -> Self {
        let (mut by_cell, mut by_series, mut by_area) = (Index::default(), Index::default(), Index::default());
        for (at, figure) in figures.iter().enumerate() {
            let k = &figure.key;
            if figure.is_direct() && k.measure == Measure::Actual && k.status != Status::Forecast {
                let series = fingerprint((k.system, &k.province, &k.indicator, &k.breakdown));
                by_series.entry(series).or_default().push(at);
            }
            let cell = fingerprint((k.system, &k.province, k.period, &k.indicator, &k.breakdown, k.measure, k.of));
            by_cell.entry(cell).or_default().push(at);
        }
        for (at, t) in totals.iter().enumerate() {
            let area = fingerprint((t.system, t.area, t.period, &t.indicator, &t.breakdown, t.measure));
            by_area.entry(area).or_default().push(at);
        }
        let by_growth = growths.iter().enumerate().map(|(at, g)| ((g.figure, g.against), at)).collect();
        let places = [ProvinceSystem::P63, ProvinceSystem::P34]
            .into_iter()
            .flat_map(|system| input.geography.provinces(system))
            .map(|p| Place {
                system: p.system,
                region: p.region_order,
                code: p.code.clone(),
                code_34: p.code_34.clone(),
            })
            .collect();
        let boundaries = input.boundaries;
        Self { figures, totals, growths, findings, boundaries, places, by_cell, by_area, by_series, by_growth }
    }

    /// All figures: by list of provinces, regional order, period, register order, breakdown and measure.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// All totals, in the same order, the country before its regions.
    pub fn totals(&self) -> &[Total] {
        &self.totals
    }

    /// All growths, in the order of their figures.
    pub fn growths(&self) -> &[Growth] {
        &self.growths
    }

    /// The contradictions met on the way, sorted by province, period and place.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The list of provinces that a period is shown with: the one in force at its end, or the new one throughout.
    pub fn system_of(&self, period: Period) -> ProvinceSystem {
        match self.boundaries {
            Boundaries::New => ProvinceSystem::P34,
            Boundaries::AsReported => ProvinceSystem::in_force(period.last_year(), period.last_month()),
        }
    }

    /// Position and figure of a province for a cell. Of a reported and an estimated value it is the reported one, of a
    /// stated and a computed value the stated one ([`Figure::basis`] tells them apart); a forecast is found for plans
    /// only.
    pub fn figure(&self, cell: &Cell<'_>, province: &str) -> Option<(usize, &Figure)> {
        let (period, measure, of) = canonical(cell.kind, cell.period, cell.measure, cell.of);
        let index = (cell.system, province, period, cell.indicator, cell.breakdown, measure, of);
        let found = self.by_cell.get(&fingerprint(index))?;
        let figures = found.iter().filter_map(|at| self.figures.get(*at).map(|figure| (*at, figure)));
        let own = figures.filter(|(_, f)| {
            let k = &f.key;
            (k.system, k.province.as_str(), k.period, k.indicator.as_str(), &k.breakdown, k.measure, k.of) == index
        });
        own.filter(|(_, f)| f.key.status != Status::Forecast || measure == Measure::Plan)
            .min_by_key(|(at, f)| (f.key.status, !f.key.base.is_empty(), !f.is_direct(), *at))
    }

    /// As [`Self::figure`], but only what somebody states.
    pub fn stated(&self, cell: &Cell<'_>, province: &str) -> Option<(usize, &Figure)> {
        self.figure(cell, province).filter(|(_, figure)| figure.is_direct())
    }

    /// The total of an area for a cell; none where there is nothing to add, or a rate must stay open.
    pub fn total(&self, cell: &Cell<'_>, area: Area) -> Option<&Total> {
        let (period, measure, _) = canonical(cell.kind, cell.period, cell.measure, None);
        let index = (cell.system, area, period, cell.indicator, cell.breakdown, measure);
        let mut found = self.by_area.get(&fingerprint(index))?.iter().filter_map(|at| self.totals.get(*at));
        found.rfind(|t| (t.system, t.area, t.period, t.indicator.as_str(), &t.breakdown, t.measure) == index)
    }

    /// The growth of the figure at a position.
    pub fn growth(&self, figure: usize, against: Against) -> Option<&Growth> {
        self.by_growth.get(&(figure, against)).and_then(|at| self.growths.get(*at))
    }

    /// The growth of an area for a cell of results, over the provinces that have both sides; none for rates.
    pub fn total_growth(&self, cell: &Cell<'_>, area: Area, against: Against) -> Option<TotalGrowth> {
        let (period, ..) = canonical(cell.kind, cell.period, cell.measure, None);
        let in_year = against != Against::Plan || cell.kind != Kind::Flow || period.starts_in_january();
        if cell.kind == Kind::Rate || !in_year {
            return None;
        }
        let now = Cell { period, measure: Measure::Actual, of: None, ..*cell };
        let base = match against {
            Against::Plan => Cell { measure: Measure::Plan, ..now },
            _ => Cell { period: base_period(against, period)?, ..now },
        };
        let periods = if against == Against::Plan { plan_periods(period) } else { vec![base.period] };
        let within = |p: &&Place| p.system == cell.system && (area == Area::Country || area == Area::Region(p.region));
        let mut growth = TotalGrowth {
            value: rust_decimal::Decimal::ZERO,
            base: rust_decimal::Decimal::ZERO,
            percent: rust_decimal::Decimal::ZERO,
            covered: 0,
            provinces: 0,
            of_totals: false,
            implied: false,
        };
        for place in self.places.iter().filter(within) {
            growth.provinces += 1;
            let whole = |cell: &Cell<'_>, code: &str| self.figure(cell, code).map(|(_, f)| f).filter(|f| !f.is_stale());
            let other = || periods.iter().find_map(|period| whole(&Cell { period: *period, ..base }, &place.code));
            let (Some(value), Some(other)) = (whole(&now, &place.code), other()) else { continue };
            growth.value += value.value;
            growth.base += other.value;
            growth.implied |= other.basis == Basis::Implied;
            growth.covered += 1;
        }
        growth.percent = percent(against, growth.value, growth.base)?;
        let total = |cell: &Cell<'_>| self.total(cell, area).map(|t| t.value);
        let base_total = periods.iter().find_map(|period| total(&Cell { period: *period, ..base }));
        growth.of_totals = total(&now) == Some(growth.value) && base_total == Some(growth.base);
        Some(growth)
    }

    /// What is known of a cell of results that has no figure: the sum of what is there, which is no value of the
    /// cell, with the months or the merged provinces that are missing. None where nothing is known, or nothing missing.
    pub fn partial(&self, cell: &Cell<'_>, province: &str) -> Option<Partial> {
        let (period, measure, _) = canonical(cell.kind, cell.period, cell.measure, None);
        if measure != Measure::Actual || cell.kind == Kind::Rate || self.figure(cell, province).is_some() {
            return None;
        }
        let months = || self.partial_months(cell, period, province);
        let partial =
            if cell.kind == Kind::Flow { months() } else { None }.or_else(|| self.partial_merger(cell, province))?;
        let missing = !partial.missing_months.is_empty() || !partial.missing_provinces.is_empty();
        (missing && !partial.figures.is_empty()).then_some(partial)
    }

    fn partial_months(&self, cell: &Cell<'_>, period: Period, province: &str) -> Option<Partial> {
        if matches!(period.kind, PeriodKind::Years(_)) {
            return None;
        }
        let series = (cell.system, province, cell.indicator, cell.breakdown);
        let known: Vec<(usize, &Figure)> = self
            .by_series
            .get(&fingerprint(series))?
            .iter()
            .filter_map(|at| Some((*at, self.figures.get(*at)?)))
            .filter(|(_, f)| {
                let k = &f.key;
                (k.system, k.province.as_str(), k.indicator.as_str(), &k.breakdown) == series
            })
            .filter(|(_, f)| f.key.period.year == period.year && !matches!(f.key.period.kind, PeriodKind::Years(_)))
            .collect();
        let stretches: Vec<_> = known.iter().map(|(_, f)| stretch(f.key.period)).collect();
        let (chosen, missing) = cover(&stretches, stretch(period));
        let chosen: Vec<(usize, &Figure)> = chosen.iter().filter_map(|at| known.get(*at).copied()).collect();
        (!chosen.is_empty()).then(|| Partial {
            figures: chosen.iter().map(|(at, _)| *at).collect(),
            sum: chosen.iter().map(|(_, f)| f.value).sum(),
            missing_months: missing.iter().filter_map(|month| Period::month(period.year, *month)).collect(),
            missing_provinces: Vec::new(),
        })
    }

    fn partial_merger(&self, cell: &Cell<'_>, province: &str) -> Option<Partial> {
        if cell.system != ProvinceSystem::P34 || self.boundaries != Boundaries::New {
            return None;
        }
        let old = Cell { system: ProvinceSystem::P63, ..*cell };
        let mut partial = Partial {
            figures: Vec::new(),
            sum: rust_decimal::Decimal::ZERO,
            missing_months: Vec::new(),
            missing_provinces: Vec::new(),
        };
        for place in self.places.iter().filter(|p| p.system == ProvinceSystem::P63 && p.code_34 == province) {
            match self.figure(&old, &place.code).filter(|(_, f)| !f.is_stale()) {
                Some((at, figure)) => {
                    partial.figures.push(at);
                    partial.sum += figure.value;
                }
                None => partial.missing_provinces.push(place.code.clone()),
            }
        }
        Some(partial)
    }
}

/// Sorts figures: by list of provinces, regional order, period, register order, breakdown, measure; what figures say
/// of each other's positions follows.
pub(super) fn sort_figures(figures: &mut Vec<Figure>, register: &Register, geography: &Geography) {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by_cached_key(|at| {
        let key = figures.get(*at).map(|f| f.key.clone());
        let place = key.as_ref().and_then(|k| geography.get(k.system, &k.province));
        let place = place.map(|p| (p.region_order, p.order));
        let register = key.as_ref().and_then(|k| register.position(&k.indicator));
        let lead = key.as_ref().map(|k: &FigureKey| (k.system, place, k.province.clone(), k.period, register));
        (lead, key, figures.get(*at).map(|f| f.basis), *at)
    });
    let mut place = vec![0; figures.len()];
    for (new, old) in order.iter().enumerate() {
        if let Some(slot) = place.get_mut(*old) {
            *slot = new;
        }
    }
    let mut sorted: Vec<Figure> = order.iter().filter_map(|at| figures.get(*at).cloned()).collect();
    for figure in &mut sorted {
        let compared = figure.compared.iter_mut().flat_map(|c| &mut c.addends);
        for addend in figure.addends.iter_mut().chain(compared) {
            addend.figure = place.get(addend.figure).copied().unwrap_or(addend.figure);
        }
    }
    *figures = sorted;
}
