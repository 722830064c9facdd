//! What a row states by its own words and those of the rows above it.

use super::cell::MOST_TITLES;
use super::column::{Column, Data};
use super::reading::Stated;
use super::row::{Progress, Row, is_total, rank};
use super::words::Words;
use super::{Interpreter, value::Place};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{OTHER, Tag, UnitClass};
use crate::observation::candidates::Candidate;
use crate::observation::model::Measure;
use crate::observation::time::Coverage;
use crate::text::Token;

/// A label with better own words than this is no part of the row above.
const OWN_STRONGER: f32 = 2.4;
/// So many years back a table may go.
const LONGEST_SERIES: u16 = 25;

impl Interpreter<'_> {
    /// What a row states by its own words and those of the rows above it.
    pub(super) fn state(&self, row: &mut Row<'_>, rank: u16, progress: &Progress) -> Option<Stated> {
        if !matches!(row.place, Place::None | Place::Whole) {
            return None;
        }
        let dictionary = self.report.dictionary;
        // «Số có mặt đầu kỳ» is of the period before, «Số tăng trong kỳ» counts all that came.
        let named = row.words.coverage(self.reader.source, self.period, dictionary).coverage;
        let opening = row.words.says(Marker::PreviousPeriod)
            && named.is_none()
            && ![Marker::PeriodEnd, Marker::Compare, Marker::SamePeriod, Marker::Cumulative]
                .iter()
                .any(|m| row.words.says(*m));
        let (up, down) = (row.words.says(Marker::Increase), row.words.says(Marker::Decrease));
        let moves = up || down;
        let only_moves = up != down && !row.words.says(Marker::Compare) && row.words.names_measure_only();
        if opening || only_moves {
            row.refused = true;
            return None;
        }
        // «Người hoạt động cách mạng trước 01/01/1945»: a date long past tells who is counted, not when.
        let long_past =
            |c: &Coverage| matches!(c, Coverage::Other(p) if p.last_year() + LONGEST_SERIES < self.period.year);
        row.coverage = named.filter(|c| !long_past(c));
        let group = self.group_words(row.at);
        let mut above: Vec<&Words> = progress.above.iter().map(|a| &a.words).collect();
        above.extend(&group);
        let unit = self.unit_or_tables(row.unit);
        let class = unit.map(|(class, _)| class);
        let unit_words = self.unit_words(row);
        // «Toàn tỉnh» says whose figure it is, not what of.
        let bare_whole = row.place == Place::Whole && row.words.names_measure_only();
        let own = self
            .reader
            .best(&row.words.tokens, &above, None, class)
            .or_else(|| self.reader.best_counted(&row.words.tokens, unit_words.as_ref()?, &above, class))
            .or_else(|| {
                // «Tai nạn lao động | vụ»: the unit's own column names what is counted.
                let label = row.words.tokens.iter().skip_while(|t| !t.is_word());
                let tokens: Vec<Token> = unit_words.as_ref()?.iter().chain(label).copied().collect();
                self.reader.best(&tokens, &above, None, class)
            })
            .filter(|_| !bare_whole);
        // «Giảm tỷ lệ hộ nghèo»: by how much, not how high it is.
        let is_rate = |c: &Candidate| dictionary.indicator(c.indicator).is_some_and(|i| i.unit == Unit::Percent);
        if moves && !row.words.says(Marker::Compare) && own.as_ref().is_some_and(is_rate) {
            row.refused = true;
            return None;
        }
        let parent = progress.above.iter().rev().find(|a| !a.opens);
        let opened = progress.above.last().is_some_and(|a| a.opens);
        let opens = row.words.opens_with(Marker::OpensParts) || row.words.says(Marker::OpensParts);
        let hangs = rank >= rank::DASH || opens || opened;
        let over = progress.above.iter().rev().find_map(|a| a.stated.as_ref());
        let whole = over.or(progress
            .main
            .as_ref()
            .map(|(stated, _)| stated)
            .filter(|_| (hangs || own.is_none()) && !is_total(&row.words)));
        if let Some(whole) = whole {
            let own_stronger = own.is_some_and(|c| c.indicator != whole.indicator && c.score > OWN_STRONGER && !opens);
            let of_it = own.is_none_or(|own| own.indicator == whole.indicator);
            if of_it && over.is_some_and(|over| self.crosses(row, over)) {
                row.refused = true;
                return None;
            }
            if (hangs || own.is_none()) && !own_stronger {
                // A row with a number of its own is a part only where it says nothing else: «16. Số người cao tuổi …».
                let numbered = self.is_listed(row.at);
                let told = hangs
                    || !numbered && self.reader.is_only_categories(&row.words, whole.indicator)
                    || numbered && self.reader.is_all_categories(&row.words, whole.indicator);
                if let Some(part) = self.part(row, whole).filter(|_| told) {
                    return Some(part);
                }
                if own.is_none() && self.names_measure(row) {
                    return Some(Stated { part: true, ..whole.clone() });
                }
                let total = is_total(&row.words) && self.reader.is_explained(&row.words, whole.indicator);
                if own.is_none() && total {
                    return Some(whole.clone());
                }
            }
        }
        let before = progress.main.as_ref().map(|(stated, _)| stated);
        let field = |indicator: u16| dictionary.indicator(indicator).map(|i| i.domain().to_owned());
        if let Some(before) = before
            && own.is_none_or(|own| {
                class == Some(UnitClass::Known(Unit::Vnd)) && field(own.indicator) != field(before.indicator)
            })
            && let Some(companion) = self.reader.companion(&row.words, before, unit)
        {
            return Some(companion);
        }
        if let Some(own) = own {
            // «Lao động thuộc hộ nghèo đi làm việc ở nước ngoài»: a part that the indicator is not split by.
            // What a bracket adds divides nothing: «(trực tiếp và trực tuyến)».
            let before_bracket = row.words.tokens.iter().take_while(|t| !t.is('(')).copied().collect();
            let before_bracket = Words::new(before_bracket, dictionary);
            let tells_none = self.reader.categories(&before_bracket, own.indicator).is_empty()
                && !before_bracket.says(Marker::OtherCategory);
            if !hangs && tells_none && self.reader.is_foreign(&before_bracket, own.indicator) {
                row.refused = true;
                return None;
            }
            // A part in words of no category is no total: «- Xây mới» under houses built and repaired.
            let of = whole.filter(|_| hangs);
            let valued = |owners: &[Option<usize>]| owners.iter().any(Option::is_some);
            let whole_has_values = match progress.above.iter().rev().find(|a| a.stated.is_some()) {
                Some(above) => valued(&above.owners),
                None => progress.main.as_ref().is_some_and(|(_, owners)| valued(owners)),
            };
            let mut stated = self.reader.stated(&own, &row.words, unit);
            // «Kinh phí» below «Quà của Chủ tịch nước»: of the same part.
            let follows =
                dictionary.rules.get(usize::from(own.indicator)).zip(before).is_some_and(|(rules, before)| {
                    hangs && stated.breakdown.is_empty() && rules.companion_of.contains(&before.indicator)
                });
            if let Some((rule, before)) = dictionary.indicator(own.indicator).zip(before).filter(|_| follows) {
                let admitted = before.breakdown.iter().filter(|(dimension, _)| rule.breakdowns.contains(dimension));
                stated.breakdown = admitted.cloned().collect();
            }
            let adds_nothing = |w: &Stated| stated.breakdown.is_empty() || w.breakdown == stated.breakdown;
            if whole_has_values && of.is_some_and(|w| w.indicator == own.indicator && adds_nothing(w)) {
                row.refused = true;
                return None;
            }
            // A part is counted in the unit of its whole unless the row says otherwise.
            let units = |indicator: u16| dictionary.indicator(indicator).map(|i| i.unit);
            if opens && row.unit.is_none() && of.is_some_and(|w| units(w.indicator) != units(own.indicator)) {
                row.refused = true;
                return None;
            }
            // «Kế hoạch tuyển sinh» names the indicator and the measure.
            let measured = [Marker::PlanOfYear, Marker::Cumulative, Marker::SamePeriod];
            if measured.iter().any(|m| row.words.says(*m)) {
                row.meaning = Some(self.meaning(row)).filter(|d| d.measure != Measure::Share);
            }
            return Some(stated);
        }
        let titles = parent.into_iter().map(|a| &a.words).chain(&group);
        for title in titles {
            if let Some(read) = self.reader.best(&row.words.tokens, &above, Some(title), class)
                && self.reader.is_explained(&row.words, read.indicator)
                && !self.reader.is_foreign(&row.words, read.indicator)
                && whole.is_none_or(|w| !hangs || w.indicator != read.indicator)
            {
                let mut stated = self.reader.stated(&read, &row.words, unit);
                stated.confidence -= dictionary.confidence.loses.inherited;
                return Some(stated);
            }
        }
        let below = over.is_some() && !self.names(&row.words);
        row.bound_to = whole.filter(|_| hangs || below).map(|whole| whole.indicator);
        if !self.names(&row.words) || hangs {
            // «Lũy kế», «Cùng kỳ năm trước» under heads that name indicators.
            if whole.is_none() {
                self.names_measure(row);
            }
            return None;
        }
        self.reader.around.captions.iter().take(MOST_TITLES).find_map(|title| {
            let read = self.reader.best(&row.words.tokens, &above, Some(title), class)?;
            let fits = self.reader.is_explained(&row.words, read.indicator)
                && !self.reader.is_foreign(&row.words, read.indicator);
            let mut stated = fits.then(|| self.reader.stated(&read, &row.words, unit))?;
            stated.confidence -= dictionary.confidence.loses.table_context;
            Some(stated)
        })
    }

    /// The words of group columns left of the label that reach over this row.
    pub(super) fn group_words(&self, at: usize) -> Vec<Words> {
        (0..self.heads.label)
            .filter(|c| matches!(self.columns.get(*c), Some(Column::Group)))
            .filter_map(|c| {
                let reaching = self.lattice.get(at, c).filter(|cell| !cell.is_empty());
                let before =
                    || (self.heads.body..at).rev().find_map(|r| self.lattice.get(r, c).filter(|x| !x.is_empty()));
                reaching.or_else(before)
            })
            .map(|cell| Words::new(cell.tokens.clone(), self.report.dictionary))
            .collect()
    }

    /// «Đối tượng khác» after rows of groups: the rest of their dimension.
    pub(super) fn rest_of(&self, row: &Row<'_>, indicator: u16) -> Option<(String, String)> {
        let dimension = row.sibling.as_ref().filter(|_| row.words.says(Marker::OtherCategory))?;
        let admitted = self.report.dictionary.indicator(indicator)?.breakdowns.contains(dimension);
        admitted.then(|| (dimension.clone(), OTHER.to_owned()))
    }

    /// Whether a numbered row splits one group by another, which no breakdown tells: «b) Nặng là người cao tuổi» under
    /// «5. Người khuyết tật».
    fn crosses(&self, row: &Row<'_>, whole: &Stated) -> bool {
        let dimensions = &self.report.dictionary.dimensions;
        let is_disjoint = |id: &str| dimensions.iter().any(|d| d.id == id && d.disjoint);
        let pairs = self.reader.categories_of_part(&row.words, whole.indicator);
        let other =
            |(d, c): &(String, String)| !is_disjoint(d) && whole.breakdown.iter().any(|(w, x)| w == d && x != c);
        self.is_listed(row.at) && pairs.iter().any(other)
    }

    /// A row of categories under a statement.
    pub(super) fn part(&self, row: &Row<'_>, whole: &Stated) -> Option<Stated> {
        let mut pairs = self.reader.categories_of_part(&row.words, whole.indicator);
        pairs.extend(self.rest_of(row, whole.indicator).filter(|_| pairs.is_empty()));
        if pairs.is_empty() || self.reader.is_foreign(&row.words, whole.indicator) {
            return None;
        }
        let mut breakdown = whole.breakdown.clone();
        breakdown.retain(|(d, _)| pairs.iter().all(|(p, _)| p != d));
        breakdown.extend(pairs);
        breakdown.sort();
        if breakdown == whole.breakdown {
            return None;
        }
        Some(Stated {
            confidence: whole.confidence - self.report.dictionary.confidence.loses.inherited,
            breakdown,
            class: row.unit.map(|(class, _)| class).or(whole.class),
            factor: row.unit.map_or(whole.factor, |(_, factor)| factor),
            rule: format!("part of: {}", whole.rule),
            part: true,
            ..whole.clone()
        })
    }

    /// Whether a label is words of measure only («lũy kế», «% kế hoạch»), and what they say.
    pub(super) fn names_measure(&self, row: &mut Row<'_>) -> bool {
        let known = row.words.covered(|tag| {
            matches!(tag, Tag::Marker(_) | Tag::Period(_) | Tag::Roman(_) | Tag::MonthWord(_))
                || self.is_general_unit(tag)
        });
        if known < 0.99 || row.words.is_wordless() {
            return false;
        }
        let data = self.meaning(row);
        let says = data.said && !row.words.says(Marker::TotalWords);
        row.meaning = Some(data).filter(|_| says);
        says
    }

    /// What a label says of its values as the head of a column would.
    pub(super) fn meaning(&self, row: &Row<'_>) -> Data {
        let around = super::Around {
            source: self.reader.source,
            report: self.period,
            dictionary: self.report.dictionary,
            index_said: self.reader.around.index_said,
            units: &self.reader.around.units,
            percent_cells: row.unit.is_some_and(|(class, _)| class == UnitClass::Known(Unit::Percent)),
        };
        around.data(row.words.clone(), row.words.clone())
    }

    pub(super) fn is_general_unit(&self, tag: &Tag) -> bool {
        matches!(tag, Tag::Unit(id) if self.report.dictionary.units.get(usize::from(*id)).is_some_and(|u| u.general))
    }

    pub(super) fn names(&self, words: &Words) -> bool {
        let around = super::Around {
            source: self.reader.source,
            report: self.period,
            dictionary: self.report.dictionary,
            index_said: false,
            percent_cells: false,
            units: &[],
        };
        around.names(words)
    }
}
