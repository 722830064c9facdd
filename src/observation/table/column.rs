//! What the values of a column, or of a row that names a measure, are to the statement they belong to.

use rust_decimal::Decimal;

use super::super::model::{Measure, Status};
use super::super::time::Coverage;
use super::words::Words;
use crate::dictionary::marker::Marker;
use crate::dictionary::{Dictionary, Tag, UnitClass};
use crate::period::{Period, PeriodKind};
use crate::text::{SourceText, Token};

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) enum Column {
    /// Numbers of the rows.
    RowNumber,
    /// Codes.
    Code,
    /// What the rows are about.
    Label,
    /// What groups of rows are about, left of the labels.
    Group,
    /// Units.
    UnitName,
    /// Notes.
    Note,
    /// Values.
    Data(Box<Data>),
    /// Nothing that can be told.
    Unknown,
}

/// What values are.
#[derive(Debug, Clone)]
pub(super) struct Data {
    /// Which of the numbers they are.
    pub measure: Measure,
    /// For percentages and changes: of which.
    pub of: Measure,
    /// Another period than the report's.
    pub period: Option<Period>,
    /// Estimate, forecast.
    pub status: Status,
    /// A percentage of the base: 100 is no change.
    pub index: bool,
    /// Nothing says whether it is an index or a change.
    pub unclear: bool,
    /// Whether words say the measure, rather than there being none.
    pub said: bool,
    /// Whether the words say more than that the values are results.
    pub firm: bool,
    /// The year that the head names, if it is another than the report's.
    pub year_named: Option<Period>,
    /// Whether the head says for which time its values are.
    pub base_told: bool,
    /// Whether the head says that all its values went down.
    pub falls: bool,
    /// Whether the period is one to come: no result, but a task.
    pub coming: bool,
    /// Whether the measure is told by the order of the columns only.
    pub doubtful: bool,
    /// Whether the key under the head tells its measure, whatever else the head says.
    pub keyed: bool,
    /// Whether what it states was told by the columns that it divides.
    pub derived: bool,
    /// A measure that is none of the table's: the value of the period before.
    pub untold: bool,
    /// All words of the head, from the top down.
    pub head: Words,
    /// The words of the lowest head.
    pub leaf: Words,
    /// Whether a head above says that parts follow.
    pub parts: bool,
    /// The heads below the one that says so.
    pub below_parts: Vec<Words>,
    /// The category that the lowest head is the name of, told by a head beside it.
    pub own_category: Option<(String, String)>,
    /// For a head that names the rest of a list («khác»): the dimension whose categories the heads beside it name, if
    /// they do.
    pub sibling: Option<Option<String>>,
    /// Whether the words name more than measure, period, unit and category: something that may be an indicator.
    pub names: bool,
    /// Whether it is a change that does not say against what.
    pub bare_change: bool,
    /// Whether the lowest head says no more than that the values are money.
    pub bare_money: bool,
    /// The unit that the head names.
    pub unit: Option<(UnitClass, Decimal)>,
}

impl Data {
    /// The words of the heads above the lowest.
    pub(super) fn band(&self) -> &[Token] {
        band_of(&self.head, &self.leaf)
    }
}

/// The words of a head above the lowest one.
fn band_of<'h>(head: &'h Words, leaf: &Words) -> &'h [Token] {
    head.tokens.get(..head.tokens.len().saturating_sub(leaf.tokens.len())).unwrap_or_default()
}

/// What is known around a head.
pub(super) struct Around<'a> {
    pub source: &'a SourceText,
    pub report: Period,
    pub dictionary: &'a Dictionary,
    /// Whether a note or title says that the base of the comparison is 100.
    pub index_said: bool,
    /// Whether the cells below carry a percent sign or format.
    pub percent_cells: bool,
    /// The units that the table's unit line names.
    pub units: &'a [(UnitClass, Decimal)],
}

impl Around<'_> {
    /// Reads the words of a head, from the top down.
    pub(super) fn data(&self, head: Words, leaf: Words) -> Data {
        let says = |marker: Marker| head.says(marker);
        let named = head.coverage(self.source, self.report, self.dictionary);
        let percent = head.percent() || says(Marker::Share) || self.percent_cells;
        // «ƯTH/TH năm 2021 (%)» divides what it names.
        let divides = head.tokens.windows(3).any(|w| matches!(w, [a, b, c] if a.is_word() && b.is('/') && c.is_word()));
        // «So với quý III/2022» over «Quý III/2022»: the base itself.
        let names_base_again = !percent && self.names_base_again(&head, &leaf);
        let compares = (says(Marker::Compare) || percent && divides) && !names_base_again;
        let signed = !names_base_again && says(Marker::Increase)
            || says(Marker::Decrease)
            || says(Marker::Difference)
            || head
                .tokens
                .windows(2)
                .any(|w| matches!(w, [a, b] if (a.is('+') || a.is('-')) && (b.is(')') || b.is('/'))));
        // «Tháng trước» is a period of its own where nothing is compared with it.
        let before = previous_of(self.report).filter(|_| says(Marker::LastPeriod) && !compares && !signed);
        let coverage = named.coverage.or(before.map(Coverage::Other));
        let cumulative = says(Marker::Cumulative) || coverage == Some(Coverage::Cumulative);
        let of = if cumulative { Measure::Cumulative } else { Measure::Actual };
        let plan = says(Marker::PlanOfYear);
        // «So với quý II» under a report of the third quarter names the period before.
        let against_other =
            if let Some(Coverage::Other(p)) = coverage { Some(p).filter(|_| compares || signed) } else { None };
        let one_before = |p: Period| Some(p) == previous_of(self.report);
        let against_last_year = against_other.is_some_and(|p| p.year + 1 == self.report.year && !one_before(p));
        let same = says(Marker::SamePeriod) || against_last_year;
        // «Cuối năm» alone heads what stands at the end of the report's own year.
        let its_own_end = says(Marker::PeriodEnd) && !compares && !signed;
        let previous = says(Marker::PreviousPeriod) && !its_own_end && !cumulative && coverage.is_none()
            || against_other.is_some() && !same;
        // A rate of the period before is no change against it.
        let rate_before = previous && !compares && !signed && !leaf.says(Marker::PreviousPeriod);
        let index_named = says(Marker::IndexBase);
        let percent = percent || index_named && compares;
        let index_said = self.index_said || index_named || says(Marker::Equal);
        let status = if says(Marker::Estimate) { Status::Estimate } else { Status::Reported };
        let relative = percent || compares || signed;
        let mut untold = false;
        let mut bare_change = false;
        let (mut said, mut firm) = (true, true);
        let (measure, index, unclear) = if percent && says(Marker::Structure) {
            (Measure::Share, false, false)
        } else if plan && (percent || compares) && !says(Marker::SamePeriod) {
            (Measure::PctOfPlan, false, false)
        } else if same && relative {
            if percent { (Measure::YoyPct, !signed, !signed && !index_said) } else { (Measure::YoyAbs, false, !signed) }
        } else if previous && relative && !rate_before {
            if percent {
                (Measure::PrevPct, !signed, !signed && !index_said)
            } else {
                (Measure::PrevAbs, false, !signed)
            }
        } else if leaf.opens_with(Marker::PerUnit) && leaf.is_for_each() && !percent && !plan {
            (Measure::PerUnit, false, false)
        } else if plan {
            (Measure::Plan, false, false)
        } else if same {
            (Measure::YoyBase, false, false)
        } else if previous {
            untold = true;
            (Measure::Actual, false, false)
        } else if signed && leaf_says_both(&leaf) && !cumulative {
            // A bare change is one on the same period, unless the columns beside it tell otherwise.
            bare_change = true;
            if percent { (Measure::YoyPct, false, false) } else { (Measure::YoyAbs, false, false) }
        } else if percent && (says(Marker::Reach) || says(Marker::Exceed)) {
            (Measure::PctOfPlan, false, false)
        } else if percent && compares && coverage.is_none() && !says(Marker::OfWhichPercent) {
            // «So sánh (%)» does not say with what.
            untold = true;
            (Measure::Share, false, true)
        } else if percent
            && !cumulative
            && coverage.is_none()
            && (!says(Marker::ResultColumn)
                || says(Marker::OfWhichPercent) && (compares || leaf.opens_with(Marker::Share)))
        {
            (Measure::Share, false, true)
        } else if cumulative {
            (Measure::Cumulative, false, false)
        } else {
            // «Tăng trong năm» counts what came, whatever it is.
            let moves = leaf.says(Marker::Increase) != leaf.says(Marker::Decrease);
            untold = (moves || leaf.opens_with(Marker::Average)) && leaf.names_measure_only();
            firm = coverage.is_some() || says(Marker::InPeriod);
            said = firm || says(Marker::ResultColumn);
            (Measure::Actual, false, false)
        };
        let last_year =
            |p: Period| p.last_year() + 1 == self.report.last_year() && p.last_month() == self.report.last_month();
        let measure = match coverage {
            Some(Coverage::Other(period)) if last_year(period) && measure == Measure::Actual => Measure::YoyBase,
            _ => measure,
        };
        let results = measure.is_result();
        let year_named = match coverage {
            Some(Coverage::Other(period)) if period.kind == PeriodKind::Year && !relative => Some(period),
            _ => None,
        };
        // «Giảm so với năm 2017»: the figures below carry no sign.
        let falls = leaf.says(Marker::Decrease) && !leaf.says(Marker::Increase) && measure.is_change();
        let period = match coverage {
            Some(Coverage::Other(period)) if results => Some(period),
            // «Ước cả năm» before the year is over is the year's own figure.
            None if results && status == Status::Estimate && head.names_year(self.report.year, self.source) => {
                Some(Period::year(self.report.year))
            }
            _ => None,
        };
        let coming = named.later && coverage.is_none() || says(Marker::NextPeriod);
        let names = self.names(&head);
        let unit = self.unit(&head, &leaf, measure);
        let bare_money = is_bare_money(&leaf);
        Data {
            measure,
            of,
            period,
            status,
            index,
            unclear,
            said,
            firm,
            year_named,
            base_told: coverage.is_some() || cumulative || says(Marker::InPeriod),
            falls,
            coming,
            doubtful: false,
            keyed: false,
            derived: false,
            untold,
            parts: head.says(Marker::OpensParts),
            below_parts: Vec::new(),
            sibling: None,
            own_category: None,
            head,
            leaf,
            names,
            bare_change,
            bare_money,
            unit,
        }
    }

    /// Whether the lowest head names again, and nothing else, the period that a head above compares with.
    fn names_base_again(&self, head: &Words, leaf: &Words) -> bool {
        let band = Words::new(band_of(head, leaf).to_vec(), self.dictionary);
        let period = |tag: &Tag| matches!(tag, Tag::Period(_) | Tag::Roman(_) | Tag::Marker(Marker::SamePeriod));
        let compared = band.says(Marker::Compare) && !leaf.says(Marker::Compare);
        if !compared || leaf.is_wordless() || leaf.covered(period) < 0.99 {
            return false;
        }
        let base = |words: &Words| words.coverage(self.source, self.report, self.dictionary).coverage;
        leaf.says(Marker::SamePeriod) && band.says(Marker::SamePeriod)
            || base(leaf).is_some_and(|own| base(&band) == Some(own))
    }

    /// Whether the words name more than measure, period, unit and category.
    pub(super) fn names(&self, words: &Words) -> bool {
        let plain = |tag: &Tag| match tag {
            Tag::Marker(Marker::Done | Marker::Spends) => false,
            Tag::Marker(_) | Tag::Period(_) | Tag::Category(_) => true,
            Tag::Unit(id) => self.dictionary.units.get(usize::from(*id)).is_some_and(|u| u.general),
            _ => false,
        };
        let mut covered = vec![false; words.tokens.len()];
        for hit in words.hits.iter().filter(|h| plain(&h.tag)) {
            for slot in covered.get_mut(hit.first as usize..=hit.last as usize).unwrap_or_default() {
                *slot = true;
            }
        }
        words.hits.iter().any(|h| {
            matches!(h.tag, Tag::Term(_))
                && (h.first as usize..=h.last as usize)
                    .any(|at| words.tokens.get(at).is_some_and(|t| t.is_word()) && covered.get(at) == Some(&false))
        })
    }

    /// «Số tiền», «Kinh phí» as the whole of a head: money, in the unit of money that the heads above or the table name.
    fn money(&self, head: &Words, leaf: &Words) -> Option<(UnitClass, Decimal)> {
        let vnd = UnitClass::Known(crate::dictionary::register::Unit::Vnd);
        is_bare_money(leaf).then(|| {
            let above = head.bracketed_unit(self.source, self.dictionary).filter(|(class, _)| *class == vnd);
            above.or_else(|| self.money_of_table()).unwrap_or((vnd, Decimal::ONE))
        })
    }

    /// The unit of money among those that the table's unit line names.
    fn money_of_table(&self) -> Option<(UnitClass, Decimal)> {
        let vnd = UnitClass::Known(crate::dictionary::register::Unit::Vnd);
        self.units.iter().find(|(class, _)| *class == vnd).copied()
    }

    /// The unit of a column: of the lowest head that names one in brackets, else one by its words.
    fn unit(&self, head: &Words, leaf: &Words, measure: Measure) -> Option<(UnitClass, Decimal)> {
        if measure.is_percent() && measure != Measure::Share {
            return None;
        }
        let percent = UnitClass::Known(crate::dictionary::register::Unit::Percent);
        // Outside brackets a noun that no indicator counts is no unit.
        let counts = |unit: &(UnitClass, Decimal)| unit.0 != UnitClass::Other;
        leaf.bracketed_unit(self.source, self.dictionary)
            .or_else(|| leaf.percent().then_some((percent, Decimal::ONE)))
            .or_else(|| self.money(head, leaf))
            .or_else(|| head.bracketed_unit(self.source, self.dictionary))
            .or_else(|| leaf.unit(self.source, self.dictionary).filter(counts))
            .or_else(|| head.unit(self.source, self.dictionary).filter(counts))
            .or_else(|| {
                let money = leaf.says(Marker::Money) || leaf.opens_with(Marker::Spends);
                self.money_of_table().filter(|_| money)
            })
            .or_else(|| (head.percent() || self.percent_cells).then_some((percent, Decimal::ONE)))
    }
}

/// Whether a head says money, and no more than that, units aside.
fn is_bare_money(leaf: &Words) -> bool {
    let known =
        |tag: &Tag| matches!(tag, Tag::Marker(Marker::Money | Marker::TotalWords) | Tag::Unit(_) | Tag::Scale(_));
    leaf.says(Marker::Money) && leaf.covered(known) > 0.99
}

/// Whether a head names both directions: «tăng (+), giảm (-)».
fn leaf_says_both(leaf: &Words) -> bool {
    leaf.says(Marker::Increase) && leaf.says(Marker::Decrease)
}

/// The month or quarter before another.
pub(super) fn previous_of(period: Period) -> Option<Period> {
    match period.kind {
        PeriodKind::Month(1) => Period::month(period.year - 1, 12),
        PeriodKind::Month(month) => Period::month(period.year, month - 1),
        PeriodKind::Quarter(1) => Period::quarter(period.year - 1, 4),
        PeriodKind::Quarter(quarter) => Period::quarter(period.year, quarter - 1),
        _ => None,
    }
}

/// What the key under a head says of its column: `6=3/5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Formula {
    /// The number of the column divided.
    pub over: u32,
    /// The number of the column it is divided by.
    pub by: u32,
    /// Whether one is subtracted: the change, not the ratio.
    pub change: bool,
}

/// The number of a column, and its formula: `(5)`, `4=3/1`, `(6)=(3)/(5)*100`.
pub(super) fn key(text: &str) -> (Option<u32>, Option<Formula>) {
    let (own, rest) = text.split_once(['=', ':']).unwrap_or((text, ""));
    let numbers =
        |s: &str| -> Vec<u32> { s.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect() };
    let (own, rest) = if rest.is_empty() && own.contains('/') { ("", own) } else { (own, rest) };
    let number = numbers(own).first().copied();
    let Some((over, by)) = rest.split_once('/') else { return (number, None) };
    let (over, by) = (numbers(over), numbers(by));
    let formula = match (over.first(), by.first()) {
        (Some(over), Some(by)) => Some(Formula { over: *over, by: *by, change: rest.contains(['-', '\u{2013}']) }),
        _ => None,
    };
    (number, formula)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_columns_are_read() {
        assert_eq!(key("(5)"), (Some(5), None));
        assert_eq!(key("4=3/1"), (Some(4), Some(Formula { over: 3, by: 1, change: false })));
        assert_eq!(key("(6)=(3)/(5)*100"), (Some(6), Some(Formula { over: 3, by: 5, change: false })));
        assert_eq!(key("7=(3-5)/5"), (Some(7), Some(Formula { over: 3, by: 5, change: true })));
        assert_eq!(key("(2)/(1)"), (None, Some(Formula { over: 2, by: 1, change: false })));
        assert_eq!(key("3=1+2"), (Some(3), None));
        assert_eq!(key("A"), (None, None));
    }
}
