//! Trees of nodes to the rows and columns of one sheet.

use std::sync::Arc;

use super::book::{Book, Universe};
use super::layout::Layout;
use super::node::{Each, Keep, Node, PeriodName, PlaceName, Shown, Shows};
use super::select::{Place, Selection};
use super::source::fill;
use crate::consolidate::canonical;
use crate::dictionary::geography::{Province, ProvinceSystem};
use crate::dictionary::regions::Region;
use crate::dictionary::register::{Indicator, Kind};
use crate::observation::{Breakdown, Measure};
use crate::period::Period;

/// A row or a column of a sheet, before it is known whether it stands.
#[derive(Debug, Clone)]
pub(super) struct Slot<'a> {
    pub(super) node: &'a Node,
    pub(super) selection: Selection<'a>,
    /// Rows: the words. Columns: the headings from the top level down.
    pub(super) words: Vec<Word>,
    /// Rows: the row it hangs below.
    pub(super) parent: Option<usize>,
    /// The items of nodes that it lies in, from the top down: each as the number of its node and of the item.
    pub(super) scope: Vec<(usize, usize)>,
    /// Whether it lies in a node that is repeated.
    pub(super) repeated: bool,
    /// Whether it stands without a figure.
    pub(super) keep: Keep,
}

/// A heading or label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// The total of a breakdown: it needs no heading of its own where it stands alone.
    pub(super) total: bool,
}

/// What the nodes above have fixed.
#[derive(Debug, Clone)]
struct Above<'a> {
    selection: Selection<'a>,
    field: Option<&'a str>,
    filling: Vec<(&'static str, String)>,
    scope: Vec<(usize, usize)>,
    words: Vec<Word>,
    parent: Option<usize>,
    repeated: bool,
    keep: Keep,
}

/// The sheet whose nodes are expanded.
pub(super) struct Expander<'e, 'a> {
    pub(super) book: &'e Book<'a>,
    pub(super) layout: &'a Layout,
    pub(super) system: ProvinceSystem,
    /// What the sheet fixes.
    pub(super) sheet: Selection<'a>,
    /// The field of work that the sheet is for.
    pub(super) field: Option<&'a str>,
    /// The indicators and breakdowns that have figures.
    pub(super) universe: Arc<Universe<'a>>,
}

/// Which side is expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Rows,
    Columns,
}

/// One of the things a node is repeated for.
struct Item<'a> {
    selection: Selection<'a>,
    field: Option<&'a str>,
    filling: Vec<(&'static str, String)>,
    total: bool,
}

impl<'a> Item<'a> {
    fn new(selection: Selection<'a>) -> Self {
        Self { selection, field: None, filling: Vec::new(), total: false }
    }

    fn named(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.filling.push((name, text.into()));
        self
    }
}

impl<'a> Expander<'_, 'a> {
    /// The rows, in order; a row comes before those that hang below it.
    pub(super) fn rows(&self) -> Vec<Slot<'a>> {
        let mut slots = Vec::new();
        self.expand(&self.layout.rows, &self.top(), Side::Rows, &mut slots);
        slots
    }

    /// The columns, in order.
    pub(super) fn columns(&self) -> Vec<Slot<'a>> {
        let mut slots = Vec::new();
        self.expand(&self.layout.columns, &self.top(), Side::Columns, &mut slots);
        slots
    }

    fn top(&self) -> Above<'a> {
        Above {
            selection: Selection::default(),
            field: self.field,
            filling: Vec::new(),
            scope: Vec::new(),
            words: Vec::new(),
            parent: None,
            repeated: false,
            keep: Keep::Always,
        }
    }

    fn expand(&self, nodes: &'a [Node], above: &Above<'a>, side: Side, slots: &mut Vec<Slot<'a>>) {
        for (at, node) in nodes.iter().enumerate() {
            if node.only_after_january && self.book.input.period.starts_in_january() {
                continue;
            }
            for (count, item) in self.items(node, above).into_iter().enumerate() {
                let mut own = above.clone();
                own.selection = item.selection;
                own.field = item.field.or(above.field);
                own.filling.extend(item.filling);
                own.scope.push((at, count));
                own.repeated |= node.each.is_some();
                own.keep = kept(node, above.keep);
                match side {
                    Side::Columns => own.words.extend(self.headings(node, &own, item.total)),
                    Side::Rows => own.words = self.label(node, &own),
                }
                // A row without words of its own only holds others together.
                let stands = match side {
                    Side::Rows => node.nodes.is_empty() || node.label.is_some(),
                    Side::Columns => node.nodes.is_empty(),
                };
                if stands {
                    if own.keep == Keep::Figures && !self.may_have_figures(node, &own.selection) {
                        continue;
                    }
                    slots.push(Slot {
                        node,
                        selection: own.selection,
                        words: own.words.clone(),
                        parent: own.parent,
                        scope: own.scope.clone(),
                        repeated: own.repeated,
                        keep: own.keep,
                    });
                    if side == Side::Rows {
                        own.parent = Some(slots.len() - 1);
                    }
                }
                self.expand(&node.nodes, &own, side, slots);
            }
        }
    }

    /// Whether a row or column that stands only with a figure may have one: spares asking for each of its cells.
    fn may_have_figures(&self, node: &Node, selection: &Selection<'a>) -> bool {
        let all = self.sheet.with(*selection);
        match (all.indicator, all.breakdown, all.measure, node.shows) {
            (Some(indicator), Some(breakdown), Some(Shown::Plain(measure)), Shows::Value) => {
                self.universe.has(indicator, breakdown, measure)
            }
            _ => true,
        }
    }

    fn headings(&self, node: &Node, own: &Above<'a>, total: bool) -> Vec<Word> {
        let Some(header) = &node.header else { return Vec::new() };
        let mut levels = header.get_ref().0.clone();
        let stock = self.sheet.with(own.selection).indicator.is_some_and(|i| i.kind != Kind::Flow);
        if let (Some(other), Some(last), true) = (&node.stock_header, levels.last_mut(), stock) {
            other.get_ref().clone_into(last);
        }
        levels.iter().map(|text| Word { text: self.filled(text, own), total }).collect()
    }

    fn label(&self, node: &Node, own: &Above<'a>) -> Vec<Word> {
        node.label.iter().map(|text| Word { text: self.filled(text.get_ref(), own), total: false }).collect()
    }

    fn filled(&self, text: &str, own: &Above<'a>) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let mut values: Vec<(&str, String)> = own.filling.iter().rev().cloned().collect();
        let selection = self.sheet.with(own.selection);
        if let Some(indicator) = selection.indicator {
            values.push(("indicator", indicator.name.clone()));
            values.push(("unit", self.book.unit(indicator).name.clone()));
        }
        if let Some(breakdown) = selection.breakdown {
            values.push(("breakdown", self.book.labels().breakdown(breakdown)));
        }
        let period = selection.period.unwrap_or(self.book.input.period);
        values.push(("period", self.book.period_words(period)));
        values.push(("period_short", self.book.labels().period_short(period)));
        values.push(("year", period.year.to_string()));
        if text.contains("{reported}") || text.contains("{provinces}") {
            let (reported, all) = self.book.reported(self.system, period);
            values.push(("reported", reported.to_string()));
            values.push(("provinces", all.to_string()));
        }
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(text, &values)
    }

    /// What the node stands for below what is above it.
    fn items(&self, node: &'a Node, above: &Above<'a>) -> Vec<Item<'a>> {
        let base = self.fixed(node, above.selection);
        match node.each.as_ref().map(|each| *each.get_ref()) {
            None => vec![Item::new(base)],
            Some(Each::Fields) => self.fields(node, base),
            Some(Each::Indicators) => self
                .indicators(node, above.field)
                .into_iter()
                .map(|indicator| Item::new(Selection { indicator: Some(indicator), ..base }))
                .collect(),
            Some(each @ (Each::Breakdowns | Each::TotalAndBreakdowns)) => {
                let with_total = each == Each::TotalAndBreakdowns;
                self.breakdowns(node, &base, with_total)
                    .into_iter()
                    .map(|breakdown| {
                        let item = Item::new(Selection { breakdown: Some(breakdown), ..base });
                        if breakdown.is_total() {
                            let word = self.book.labels().word.total.clone();
                            Item { total: true, ..item.named("breakdown", word) }
                        } else {
                            item
                        }
                    })
                    .collect()
            }
            Some(Each::Regions) => self.regions(base),
            Some(Each::Provinces) => self.provinces(base),
            Some(Each::Periods) => self
                .periods(node)
                .into_iter()
                .map(|period| Item::new(Selection { period: Some(period), ..base }))
                .collect(),
            Some(Each::OtherFigures) => self.other_figures(base),
        }
    }

    /// What a node fixes, over what is above it.
    fn fixed(&self, node: &'a Node, above: Selection<'a>) -> Selection<'a> {
        let own = self.book.input.period;
        let period = node.period.and_then(|name| match name {
            PeriodName::Own => Some(own),
            PeriodName::LastYear => own.a_year_before(),
            PeriodName::Previous => own.previous(),
            PeriodName::FromJanuary => Period::first_months(own.year, own.last_month()),
            PeriodName::Year => Some(Period::year(own.year)),
            PeriodName::YearBefore => Period::year(own.year).a_year_before(),
        });
        let region = node.region.as_ref().and_then(|name| {
            let mut provinces = self.book.input.geography.provinces(self.system);
            provinces.find(|p| p.region == *name.get_ref()).map(|p| Place::Region(p.region_order))
        });
        let own = Selection {
            place: node.place.map(|PlaceName::Country| Place::Country).or(region),
            period,
            indicator: node.indicator.as_ref().and_then(|id| self.book.input.register.get(id.get_ref())),
            breakdown: node.fixed.breakdown.as_ref(),
            measure: node.measure,
        };
        above.with(own)
    }

    fn fields(&self, node: &Node, base: Selection<'a>) -> Vec<Item<'a>> {
        let mut items: Vec<Item<'a>> = Vec::new();
        for indicator in self.indicators(node, None) {
            let field = indicator.domain();
            if items.last().is_none_or(|item| item.field != Some(field)) {
                let item = Item::new(base).named("field", indicator.domain_name.clone());
                items.push(Item { field: Some(field), ..item });
            }
        }
        items
    }

    /// The indicators of a node: those listed, else all that have figures.
    fn indicators(&self, node: &Node, field: Option<&str>) -> Vec<&'a Indicator> {
        let register = self.book.input.register;
        if !node.indicators.is_empty() {
            return node.indicators.iter().filter_map(|id| register.get(id.get_ref())).collect();
        }
        let wanted = |indicator: &&Indicator| {
            let own = indicator.domain();
            field.is_none_or(|field| field == own)
                && (node.fields.is_empty() || node.fields.iter().any(|field| field.get_ref() == own))
                && (node.keep == Some(Keep::Always) || self.universe.breakdowns.contains_key(indicator.id.as_str()))
        };
        register.indicators().iter().filter(wanted).collect()
    }

    fn breakdowns(&self, node: &'a Node, base: &Selection<'a>, with_total: bool) -> Vec<&'a Breakdown> {
        let total = with_total.then(|| self.book.total_breakdown());
        if !node.fixed.categories.is_empty() {
            return total.into_iter().chain(&node.fixed.categories).collect();
        }
        let mut found: Vec<&'a Breakdown> = match self.sheet.with(*base).indicator {
            Some(indicator) => self.universe.breakdowns.get(indicator.id.as_str()).cloned().unwrap_or_default(),
            None => {
                let mut all: Vec<&'a Breakdown> = self.universe.breakdowns.values().flatten().copied().collect();
                all.sort_by_cached_key(|breakdown| self.book.labels().breakdown_order(breakdown));
                all.dedup();
                all
            }
        };
        let admitted = |breakdown: &Breakdown| {
            let known = |dimension: &str| node.dimensions.iter().any(|d| d.get_ref() == dimension);
            node.dimensions.is_empty() || breakdown.pairs().all(|(dimension, _)| known(dimension))
        };
        found.retain(|breakdown| !breakdown.is_total() && admitted(breakdown));
        total.into_iter().chain(found).collect()
    }

    fn regions(&self, base: Selection<'a>) -> Vec<Item<'a>> {
        let mut regions: Vec<&Region> = self.book.input.geography.regions(self.system).collect();
        regions.sort_by_key(|region| {
            let wanted = self.layout.region_order.iter().position(|name| *name.get_ref() == region.name);
            (wanted.unwrap_or(usize::MAX), region.order)
        });
        let item = |region: &Region| {
            let place = Some(Place::Region(region.order));
            Item::new(Selection { place, ..base }).named("region", region.name.clone())
        };
        regions.into_iter().map(item).collect()
    }

    fn provinces(&self, base: Selection<'a>) -> Vec<Item<'a>> {
        let within = |province: &&Province| match self.sheet.with(base).place {
            Some(Place::Region(order)) => province.region_order == order,
            _ => true,
        };
        let provinces = self.book.input.geography.provinces(self.system).filter(within);
        provinces
            .map(|province| {
                let item = Item::new(Selection { place: Some(Place::Province(province)), ..base });
                item.named("province", province.name.clone()).named("region", province.region.clone())
            })
            .collect()
    }

    /// The periods of the kind of the sheet's own with figures, up to it, the earliest first.
    fn periods(&self, node: &Node) -> Vec<Period> {
        let own = self.book.input.period;
        let mut periods = self.book.periods_like(self.system, own);
        if node.this_year {
            periods.retain(|period| period.year == own.year);
        }
        if let Some(last) = node.last {
            let first = periods.len().saturating_sub(last);
            periods.drain(..first);
        }
        periods
    }

    /// The figures of other periods that the reports of this period state.
    fn other_figures(&self, base: Selection<'a>) -> Vec<Item<'a>> {
        let own = self.book.input.period;
        let from_january = canonical(Kind::Flow, own, Measure::Cumulative, None).0;
        let Some(Place::Province(province)) = self.sheet.with(base).place else { return Vec::new() };
        let mut items = Vec::new();
        for at in &self.book.figures {
            let Some(figure) = self.book.figure(*at) else { continue };
            let key = &figure.key;
            let other = key.system == self.system
                && key.province == province.code
                && key.measure == Measure::Actual
                && figure.is_direct()
                && key.period != own
                && key.period != from_january;
            let Some(indicator) = self.book.input.register.get(&key.indicator).filter(|_| other) else { continue };
            let categories = self.book.labels().breakdown(&key.breakdown);
            let name = if categories.is_empty() {
                indicator.name.clone()
            } else {
                format!("{} - {categories}", indicator.name)
            };
            let selection = Selection {
                period: Some(key.period),
                indicator: Some(indicator),
                breakdown: Some(&key.breakdown),
                ..base
            };
            items.push(Item::new(selection).named("indicator", name));
        }
        items
    }
}

/// Whether the rows or columns of a node stand without a figure, below what is above it.
fn kept(node: &Node, above: Keep) -> Keep {
    let listed = !node.indicators.is_empty() || !node.categories.is_empty();
    node.keep.unwrap_or(match node.each.as_ref().map(|each| *each.get_ref()) {
        None | Some(Each::Regions | Each::Provinces | Each::Periods) => above,
        Some(_) if listed => above,
        Some(_) => Keep::Figures,
    })
}
