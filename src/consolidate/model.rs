//! Figures, totals, and the ways to look them up.

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::key::{FigureKey, canonical};
use crate::diagnostic::Finding;
use crate::dictionary::geography::{Geography, ProvinceSystem};
use crate::dictionary::register::{Kind, Register};
use crate::observation::{Breakdown, Measure, Qualifier, Status};
use crate::period::Period;

/// How a figure came out of what is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Settled {
    /// Stated once.
    Stated,
    /// Stated several times with one value.
    Repeated,
    /// The sum of events told separately.
    Added,
    /// Stated with different values: that of the source of highest rank.
    Outranked,
    /// A person's correction.
    Corrected,
    /// A yearly plan of `plans.csv`.
    Planned,
}

/// One settled value of one province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is the value of.
    pub key: FigureKey,
    /// In the base unit, exact.
    pub value: Decimal,
    /// The unit's code.
    pub unit: String,
    /// How exact the sources say it is.
    pub qualifier: Qualifier,
    /// How it came out of what is stated.
    pub settled: Settled,
    /// The least confidence of the observations it rests on.
    pub confidence: Decimal,
    /// Whether it rests on a value that needs review.
    pub doubtful: bool,
    /// Positions of the observations whose value it is, or whose sum; the source of highest rank first.
    pub sources: Vec<usize>,
    /// Positions of the observations that state the same value again, or parts of it.
    pub repeated: Vec<usize>,
    /// Positions of the observations that state another value.
    pub outranked: Vec<usize>,
    /// Where the plan stands (`plans.csv:12`), for a figure that no report states.
    pub plan_source: String,
}

/// A set of provinces of one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// All provinces.
    Country,
    /// The region with this order.
    Region(u8),
}

/// A total over the provinces that have a figure, or a rate recomputed from two totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The list of provinces.
    pub system: ProvinceSystem,
    /// Over which provinces.
    pub area: Area,
    /// As in [`FigureKey`].
    pub period: Period,
    /// Id in the register.
    pub indicator: String,
    /// Empty for the total.
    pub breakdown: Breakdown,
    /// `actual` or `plan`.
    pub measure: Measure,
    /// In the base unit, exact; a recomputed rate has the 28 digits of a `Decimal`.
    pub value: Decimal,
    /// Positions of the figures that were added; of a recomputed rate, those of its numerator.
    pub figures: Vec<usize>,
    /// Positions of the figures of the denominator, for a recomputed rate.
    pub denominator: Vec<usize>,
    /// How many provinces the area has.
    pub provinces: usize,
    /// Whether a figure in it needs review.
    pub doubtful: bool,
}

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

type FigureIndex = (ProvinceSystem, String, Period, String, Breakdown, Measure, Option<Measure>);
type TotalIndex = (ProvinceSystem, Area, Period, String, Breakdown, Measure);

/// The figures, totals and findings of a run.
#[derive(Debug, Clone, Default)]
pub struct Consolidated {
    figures: Vec<Figure>,
    totals: Vec<Total>,
    findings: Vec<Finding>,
    by_cell: FxHashMap<FigureIndex, Vec<usize>>,
    by_area: FxHashMap<TotalIndex, usize>,
}

impl Consolidated {
    pub(super) fn new(figures: Vec<Figure>, totals: Vec<Total>, findings: Vec<Finding>) -> Self {
        let mut by_cell: FxHashMap<FigureIndex, Vec<usize>> = FxHashMap::default();
        for (at, figure) in figures.iter().enumerate() {
            let k = figure.key.clone();
            let index = (k.system, k.province, k.period, k.indicator, k.breakdown, k.measure, k.of);
            by_cell.entry(index).or_default().push(at);
        }
        let by_area = totals
            .iter()
            .enumerate()
            .map(|(at, t)| ((t.system, t.area, t.period, t.indicator.clone(), t.breakdown.clone(), t.measure), at))
            .collect();
        Self { figures, totals, findings, by_cell, by_area }
    }

    /// All figures: by list of provinces, regional order, period, register order, breakdown and measure.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// All totals, in the same order, the country before its regions.
    pub fn totals(&self) -> &[Total] {
        &self.totals
    }

    /// The contradictions met while settling, sorted by province, period and place.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Position and figure of a province for a cell. Of a reported and an estimated value it is the reported one;
    /// a forecast is found for plans only.
    pub fn figure(&self, cell: &Cell<'_>, province: &str) -> Option<(usize, &Figure)> {
        let (period, measure, of) = canonical(cell.kind, cell.period, cell.measure, cell.of);
        let index =
            (cell.system, province.to_owned(), period, cell.indicator.to_owned(), cell.breakdown.clone(), measure, of);
        let found = self.by_cell.get(&index)?;
        let figures = found.iter().filter_map(|at| self.figures.get(*at).map(|figure| (*at, figure)));
        figures
            .filter(|(_, f)| f.key.status != Status::Forecast || measure == Measure::Plan)
            .min_by_key(|(at, f)| (f.key.status, !f.key.base.is_empty(), *at))
    }

    /// The total of an area for a cell; none where there is nothing to add, or a rate must stay open.
    pub fn total(&self, cell: &Cell<'_>, area: Area) -> Option<&Total> {
        let (period, measure, _) = canonical(cell.kind, cell.period, cell.measure, None);
        let index = (cell.system, area, period, cell.indicator.to_owned(), cell.breakdown.clone(), measure);
        self.by_area.get(&index).and_then(|at| self.totals.get(*at))
    }
}

/// Sorts figures: by list of provinces, regional order, period, register order, breakdown, measure.
pub(super) fn sort_figures(figures: &mut [Figure], register: &Register, geography: &Geography) {
    figures.sort_by_cached_key(|figure| {
        let key = &figure.key;
        let place = geography.get(key.system, &key.province).map(|p| (p.region_order, p.order));
        (key.system, place, key.province.clone(), key.period, register.position(&key.indicator), key.clone())
    });
}
