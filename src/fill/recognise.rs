//! What each blank cell of a form is for, told by the very reader that reads filled-in forms.
//!
//! The blank cells are given numbers for trial, the form is read as a report, and what the reader makes of each number
//! says what belongs into its cell. Two readings with other numbers and another reporting province tell how the value
//! follows from the number (a column in millions, in percent, of decreases, an index), and which cells are of the
//! reporting province and which name a province of their own.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::cells::{Spot, spot};
use crate::dictionary::Dictionary;
use crate::observation::{Breakdown, Class, Measure};
use crate::period::Period;
use crate::pipeline::read_report;
use crate::report::Assumed;
use crate::text::{Place, normal_form};

/// Whose figure a cell is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// The place that the form is filled for.
    Own,
    /// The province with this code.
    Province(String),
}

/// What a cell is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) whose: Whose,
    /// Id in the register.
    pub(super) indicator: String,
    pub(super) breakdown: Breakdown,
    pub(super) measure: Measure,
    pub(super) of: Option<Measure>,
    pub(super) period: Period,
    /// The value is the number in the cell times this …
    pub(super) factor: Decimal,
    /// … plus this.
    pub(super) more: Decimal,
}

impl Meaning {
    /// The number that stands in the cell for a value.
    pub(super) fn number(&self, value: Decimal) -> Option<Decimal> {
        value.checked_sub(self.more)?.checked_div(self.factor)
    }
}

/// A cell by its sheet and place.
pub(super) type Site = (String, Spot);

/// Why a cell was not told: the reason of the ledger, or none where the reader saw no number there.
pub(super) type Untold = Option<String>;

/// The numbers put into the cells for one trial, and the form with them.
pub(super) struct Trial {
    pub(super) bytes: Vec<u8>,
    pub(super) numbers: BTreeMap<Site, Decimal>,
    /// The province that is taken for the reporting one.
    pub(super) province: String,
}

struct Reading {
    province: String,
    indicator: String,
    breakdown: Breakdown,
    measure: Measure,
    of: Option<Measure>,
    period: Period,
    value: Decimal,
    sure: bool,
}

type Key<'k> = (&'k str, &'k Breakdown, Measure, Option<Measure>, Period);

impl Reading {
    fn key(&self) -> Key<'_> {
        (&self.indicator, &self.breakdown, self.measure, self.of, self.period)
    }
}

/// What the cells are for, and why others are not told.
pub(super) fn recognise(
    file: &str,
    trials: &[Trial; 2],
    period: Period,
    dictionary: &Dictionary,
) -> (BTreeMap<Site, Meaning>, BTreeMap<Site, Untold>) {
    let [first, second] = trials;
    let (one, reasons) = read(file, first, period, dictionary);
    let (other, _) = read(file, second, period, dictionary);
    let (mut told, mut untold) = (BTreeMap::new(), BTreeMap::new());
    for (site, number) in &first.numbers {
        let meaning = second.numbers.get(site).and_then(|number_2| {
            let (a, b) = (one.get(site)?, other.get(site)?);
            let own = a.province == first.province && b.province == second.province;
            let same = a.key() == b.key() && (own || a.province == b.province) && a.sure && b.sure;
            let factor = a.value.checked_sub(b.value)?.checked_div(number.checked_sub(*number_2)?)?;
            let more = a.value.checked_sub(factor.checked_mul(*number)?)?.normalize();
            (same && !factor.is_zero()).then(|| Meaning {
                whose: if own { Whose::Own } else { Whose::Province(a.province.clone()) },
                indicator: a.indicator.clone(),
                breakdown: a.breakdown.clone(),
                measure: a.measure,
                of: a.of,
                period: a.period,
                factor: factor.normalize(),
                more,
            })
        });
        match meaning {
            Some(meaning) => {
                told.insert(site.clone(), meaning);
            }
            None => {
                untold.insert(site.clone(), reasons.get(site).cloned());
            }
        }
    }
    (told, untold)
}

/// One trial, read: what became of each number, and the reasons of those that became nothing.
fn read(
    file: &str,
    trial: &Trial,
    period: Period,
    dictionary: &Dictionary,
) -> (FxHashMap<Site, Reading>, FxHashMap<Site, String>) {
    let assumed =
        Assumed { listed_province: Some(trial.province.clone()), listed_period: Some(period), ..Assumed::default() };
    let (mut readings, mut reasons) = (FxHashMap::default(), FxHashMap::default());
    let Ok(report) = read_report(file, &trial.bytes, &assumed, dictionary) else { return (readings, reasons) };
    let names: Vec<&String> = trial.numbers.keys().map(|(name, _)| name).collect();
    let site_of = |at: usize| -> Option<Site> {
        let Some(Place::SheetCell { sheet, cell }) = report.document.layout.place(at) else { return None };
        let name = names.iter().find(|name| normal_form(name.trim()) == *sheet)?;
        Some(((*name).clone(), spot(cell)?))
    };
    for observation in &report.extraction.observations {
        let (Some(site), Some(period)) = (site_of(observation.start), observation.period) else { continue };
        let sure = observation.confidence >= super::review_threshold(dictionary);
        readings.insert(
            site,
            Reading {
                province: observation.province.clone(),
                indicator: observation.indicator.clone(),
                breakdown: observation.breakdown.clone(),
                measure: observation.measure,
                of: observation.of,
                period,
                value: observation.value,
                sure,
            },
        );
    }
    for entry in report.extraction.ledger.iter().filter(|entry| entry.class != Class::Observation) {
        if let Some(site) = site_of(entry.start) {
            reasons.insert(site, entry.reason.clone());
        }
    }
    (readings, reasons)
}
