//! What the heads of columns state by themselves, and by each other.

use rust_decimal::Decimal;

use super::Interpreter;
use super::column::{Column, Data};
use super::reading::Stated;
use super::words::Words;
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{Tag, UnitClass};
use crate::observation::candidates::Candidate;
use crate::observation::model::Measure;
use crate::text::Token;

impl Interpreter<'_> {
    /// What a column's head states, with the words above the table as its own.
    pub(super) fn by_head(&self, column: &Column) -> Option<Stated> {
        let Column::Data(data) = column else { return None };
        // «Quỹ (triệu đồng) | Tỷ lệ đạt (%)» is about money.
        let of_band = || data.head.bracketed_unit(self.reader.source, self.report.dictionary);
        let unit = self.unit_or_tables(data.unit.or_else(|| of_band().filter(|_| data.measure.is_percent())));
        let class = unit.map(|(class, _)| class);
        let read = |title: Option<&Words>| {
            // A share is of what is counted, unless the words name a rate.
            let of_class = |class: Option<UnitClass>| self.reader.best(self.naming(data), &[], title, class);
            let is_rate = |read: &Candidate| {
                self.report.dictionary.indicator(read.indicator).is_some_and(|i| i.unit == Unit::Percent)
            };
            // The change of a rate is in points: «Tỷ lệ hộ nghèo tăng (+), giảm (-) so với đầu năm».
            let in_points = data.head.says(Marker::Share) && class == Some(UnitClass::Known(Unit::Percent));
            let of_rate = (data.leaf.says(Marker::Share) || in_points) && data.measure.is_change();
            let read = if of_rate {
                let percent = Some(UnitClass::Known(Unit::Percent));
                of_class(percent).filter(is_rate).or_else(|| of_class(class))
            } else if data.measure == Measure::Share {
                of_class(class).filter(is_rate).or_else(|| of_class(None))
            } else {
                of_class(class)
            };
            let read = if class == Some(UnitClass::Known(Unit::Vnd)) { self.amount(data, read) } else { read }?;
            Some(self.reader.stated(&read, &data.head, unit))
        };
        if let Some(other) = self.other_part(data, unit) {
            return Some(other);
        }
        if let Some(share) = self.share_of_band(data, unit) {
            return Some(share);
        }
        let only_measure = data.head.names_measure_only();
        if !only_measure && let Some(stated) = read(None) {
            return Some(stated);
        }
        let by_title = self.reader.around.captions.iter().take(6).find_map(|caption| {
            // A head that names another thing is not spoken for by the title.
            let mut stated = read(Some(caption))
                .filter(|s| !data.names || self.reader.is_only_categories(&data.leaf, s.indicator))
                .filter(|s| !data.names || self.reader.is_explained(&data.head, s.indicator))?;
            stated.confidence -= self.report.dictionary.confidence.loses.table_context;
            Some(stated)
        });
        // «Trong tháng», «Lũy kế» say nothing of what is counted: the title does, before all that stands around it.
        by_title.or_else(|| if only_measure { read(None) } else { None })
    }

    /// «Giải quyết việc làm | Trong đó: XKLĐ»: what a part is that is no category but something else.
    fn other_part(&self, data: &Data, unit: Option<(UnitClass, Decimal)>) -> Option<Stated> {
        let class = unit.map(|(class, _)| class);
        let own =
            data.leaf.says(Marker::OpensParts).then(|| self.reader.best(&data.leaf.tokens, &[], None, class))??;
        let whole = self.reader.best(data.band(), &[], None, class)?;
        let other = own.indicator != whole.indicator && own.anchored && own.specific;
        let is_part = !self.reader.categories(&data.leaf, whole.indicator).is_empty();
        (other && !is_part).then(|| self.reader.stated(&own, &data.leaf, unit))
    }

    /// «Hộ nghèo | Chiếm tỷ lệ trong tổng số hộ nghèo (%)»: a share of what the head above counts, no rate.
    fn share_of_band(&self, data: &Data, unit: Option<(UnitClass, Decimal)>) -> Option<Stated> {
        let of = data.leaf.hits.iter().find(|h| h.tag == Tag::Marker(Marker::OfWhichPercent))?;
        let base = data.leaf.tokens.get(of.last as usize + 1..)?;
        if data.measure != Measure::Share || !base.iter().any(Token::is_word) {
            return None;
        }
        let whole = self.reader.best(data.band(), &[], None, None)?;
        let again = self.reader.best(base, &[], None, None)?;
        (whole.indicator == again.indicator).then(|| self.reader.stated(&whole, &data.head, unit))
    }

    /// The words of a column's heads that may name what it is about: under bands, without a lowest head that says no more
    /// than the measure, as «Tỷ lệ % so KH» does.
    fn naming<'d>(&self, data: &'d Data) -> &'d [Token] {
        let band = data.band();
        let only_measure = data.leaf.names_measure_only();
        let worded = band.iter().any(Token::is_word);
        let rate = data.measure == Measure::Share;
        if worded && only_measure && data.measure.is_relative() && !rate { band } else { &data.head.tokens }
    }

    /// A bare «Số tiền» under «Mai táng phí» is the money of what that counts, if the register has it: no other amount
    /// that the title may speak of.
    fn amount(&self, data: &Data, read: Option<Candidate>) -> Option<Candidate> {
        let band = Words::new(data.band().to_vec(), self.report.dictionary);
        if !data.bare_money || band.is_wordless() {
            return read;
        }
        let Some(count) = self.reader.best(&band.tokens, &[], None, None) else { return read };
        let money = self.reader.money_of(count.indicator);
        match read {
            Some(read) if money == Some(read.indicator) || self.reader.is_explained(&band, read.indicator) => {
                Some(read)
            }
            _ => Some(Candidate { indicator: money?, ..count }),
        }
    }

    /// What heads say of each other: a rate or share by the columns that its key divides, and a head that names only a
    /// category, of the indicator of the head before it.
    pub(super) fn relate_heads(&mut self, by_head: &mut [Option<Stated>]) {
        let ratios = self.heads.ratios();
        for (column, over, by) in ratios {
            let read = |at: usize| by_head.get(at).and_then(Clone::clone);
            let (Some(over), Some(by)) = (read(over), read(by)) else { continue };
            let Some(Column::Data(data)) = self.columns.get_mut(column) else { continue };
            if !matches!(data.measure, Measure::Share | Measure::Actual | Measure::YoyBase) {
                continue;
            }
            let rate =
                self.report.dictionary.rate_of(over.indicator, by.indicator).filter(|_| over.breakdown == by.breakdown);
            let unit = Some(UnitClass::Known(Unit::Percent));
            let made = match rate {
                Some(rate) => Stated { indicator: rate, class: unit, factor: Decimal::ONE, ..over },
                None if over.indicator == by.indicator && over.breakdown.len() > by.breakdown.len() => {
                    data.measure = Measure::Share;
                    over
                }
                None => continue,
            };
            if data.measure == Measure::Share && rate.is_some() {
                data.measure = Measure::Actual;
            }
            data.unclear = false;
            data.derived = true;
            if let Some(slot) = by_head.get_mut(column) {
                *slot = Some(made);
            }
        }
        for column in 1..by_head.len() {
            let Some(Column::Data(data)) = self.columns.get(column) else { continue };
            let Some(before) = by_head.get(column - 1).and_then(Clone::clone) else { continue };
            let pairs = self.reader.categories(&data.leaf, before.indicator);
            let lost = by_head.get(column).is_none_or(Option::is_none)
                || by_head
                    .get(column)
                    .and_then(Option::as_ref)
                    .is_some_and(|own| self.reader.is_foreign(&data.leaf, own.indicator));
            if !lost || pairs.is_empty() || !self.reader.is_only_categories(&data.leaf, before.indicator) {
                continue;
            }
            // What the head before says of its own part («Trong đó: nữ») is not said of this one.
            let of_band = Words::new(data.band().to_vec(), self.report.dictionary);
            let mut breakdown = self.reader.categories(&of_band, before.indicator);
            breakdown.retain(|(dimension, _)| pairs.iter().all(|(d, _)| d != dimension));
            breakdown.extend(pairs);
            breakdown.sort();
            if let Some(slot) = by_head.get_mut(column) {
                *slot = Some(Stated { breakdown, ..before });
            }
        }
    }
}
