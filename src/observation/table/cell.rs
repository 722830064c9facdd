//! What a cell states by its row and its column together.

use super::column::Data;
use super::reading::Stated;
use super::row::{Kinds, Row};
use super::words::Words;
use super::{Interpreter, value::Place};
use crate::dictionary::marker::Marker;
use crate::dictionary::register::Unit;
use crate::dictionary::{OTHER, Tag, UnitClass};
use crate::observation::model::{Class, Measure};
use crate::text::{Token, fold};

/// So many lines above a table may speak for its labels.
pub(super) const MOST_TITLES: usize = 3;

impl Interpreter<'_> {
    /// What a cell states, by its row and its column.
    pub(super) fn resolve(
        &self,
        row: &Row<'_>,
        by_row: Option<&Stated>,
        data: &Data,
        by_head: Option<&Stated>,
        kinds: &Kinds,
    ) -> Result<Stated, (Class, &'static str)> {
        if data.coming {
            return Err((Class::Task, "coming-tasks"));
        }
        match &row.place {
            // A head such as «loại hình» may stand over categories.
            Place::Part
                if by_head.is_some_and(|s| {
                    !self.reader.categories(&row.words, s.indicator).is_empty()
                        && self.reader.is_all_categories(&row.words, s.indicator)
                }) => {}
            Place::Part => return Err((Class::Unmapped, "district-row")),
            Place::Region => return Err((Class::Unmapped, "region-row")),
            _ => {}
        }
        if data.untold {
            return Err((Class::Unmapped, "column-not-told"));
        }
        if row.refused {
            return Err((Class::Unmapped, "row-not-told"));
        }
        let mut stated = match by_row {
            Some(by_row) if data.names => {
                // The head may name another thing of the row: its money, its participants.
                match self.joint(row, data) {
                    Some(joint) if joint.indicator != by_row.indicator => {
                        if self.reader.is_foreign(&row.words, joint.indicator)
                            || self.reader.is_unknown_rest(&row.words, joint.indicator)
                        {
                            return Err((Class::Unmapped, "breakdown-not-in-register"));
                        }
                        let mut joint = joint;
                        if by_row.part && joint.breakdown.is_empty() {
                            joint.breakdown = self.reader.categories_of_part(&row.words, joint.indicator);
                        }
                        joint
                    }
                    Some(_) => by_row.clone(),
                    None if self.other_unit(by_row, data) && data.measure != Measure::Share => {
                        return Err((Class::Unmapped, "unit-differs"));
                    }
                    None if self.reader.is_explained(&data.leaf, by_row.indicator) => by_row.clone(),
                    None => return Err((Class::Unmapped, "column-not-told")),
                }
            }
            Some(by_row) if self.other_unit(by_row, data) => {
                match self.joint(row, data).or_else(|| self.by_label_and_title(row, data)) {
                    Some(joint) => joint,
                    None if data.measure == Measure::Share => by_row.clone(),
                    None => return Err((Class::Unmapped, "unit-differs")),
                }
            }
            Some(by_row) => by_row.clone(),
            None => self
                .under_head(row, data, by_head, kinds)
                .or_else(|refused| self.by_label_and_title(row, data).ok_or(refused))?,
        };
        // A label that is no more than the name of a category is that, whatever else its word may be: «Đức»; below the
        // category whose parts such names are, «- Chăm» says more than it does.
        let dictionary = self.report.dictionary;
        let parted = |dimension: &str| {
            dictionary.dimensions.iter().find(|d| d.id == dimension).and_then(|d| d.parts_of.as_deref())
        };
        let named = row.named.clone().filter(|(dimension, _)| {
            let rule = dictionary.indicator(stated.indicator);
            let free = |(known, category): &(String, String)| {
                known != dimension || parted(dimension) == Some(category.as_str())
            };
            rule.is_some_and(|rule| rule.breakdowns.contains(dimension)) && stated.breakdown.iter().all(free)
        });
        if let Some(pair) = named {
            stated.breakdown.retain(|(known, _)| *known != pair.0);
            stated.breakdown.push(pair);
            stated.breakdown.sort();
        }
        self.add_head_categories(&mut stated, data, kinds)?;
        Ok(stated)
    }

    /// Whether a column is in a unit that the row's indicator is not counted in.
    pub(super) fn other_unit(&self, stated: &Stated, data: &Data) -> bool {
        let Some(rule) = self.report.dictionary.indicator(stated.indicator) else { return false };
        let Some((class, _)) = data.unit else { return false };
        // «Thuộc hộ nghèo» is a group of persons, counted in persons.
        if self.reader.is_only_categories(&data.leaf, stated.indicator)
            && !self.reader.categories(&data.leaf, stated.indicator).is_empty()
        {
            return false;
        }
        let special = matches!(class, UnitClass::Known(Unit::Vnd | Unit::Percent));
        // «Quà của Chủ tịch nước» over persons who got them.
        let counted = self.report.dictionary.rules.get(usize::from(stated.indicator)).is_some_and(|rules| {
            rules.counted.iter().any(|term| data.head.hits.iter().any(|h| h.tag == Tag::Term(*term)))
        });
        if counted && !special && rule.unit != Unit::Vnd {
            return false;
        }
        class != UnitClass::Known(rule.unit)
            && (special || rule.unit == Unit::Vnd || self.report.dictionary.unit_fit(rule.unit, Some(class)) <= 0.0)
    }

    /// What the label and the head state together.
    pub(super) fn joint(&self, row: &Row<'_>, data: &Data) -> Option<Stated> {
        let unit = data.unit.or(self.unit_or_tables(row.unit));
        let class = unit.map(|(class, _)| class);
        let (label, head) = (&row.words.tokens, &data.head.tokens);
        let orders: [Vec<Token>; 2] =
            [label.iter().chain(head).copied().collect(), head.iter().chain(label).copied().collect()];
        let read = orders
            .iter()
            .filter_map(|tokens| self.reader.best(tokens, &[], None, class).map(|c| (c, tokens)))
            .max_by(|(a, _), (b, _)| a.score.total_cmp(&b.score))?;
        // «Toàn tỉnh» says whose figure it is, not whose money.
        let named = if row.words.says(Marker::WholeProvince) { &[] } else { label.as_slice() };
        let words = Words::new(named.to_vec(), self.report.dictionary);
        Some(self.reader.stated(&read.0, &words, unit))
    }

    /// What a row without an indicator of its own states under a head that has one.
    pub(super) fn under_head(
        &self,
        row: &Row<'_>,
        data: &Data,
        by_head: Option<&Stated>,
        kinds: &Kinds,
    ) -> Result<Stated, (Class, &'static str)> {
        const NOT_TOLD: (Class, &str) = (Class::Unmapped, "row-not-told");
        let joint = (!row.words.is_wordless() && self.names(&row.words)).then(|| self.joint(row, data)).flatten();
        if let Some(joint) = joint
            && self.reader.is_explained(&row.words, joint.indicator)
        {
            if self.reader.is_foreign(&row.words, joint.indicator) {
                return Err((Class::Unmapped, "breakdown-not-in-register"));
            }
            return Ok(self.with_above(joint, row));
        }
        // «Trong đó: nữ» below a row that states something is a part of that, whatever the title speaks of.
        let mut by_head =
            by_head.filter(|s| data.names || row.bound_to.is_none_or(|of| of == s.indicator)).ok_or(NOT_TOLD)?.clone();
        by_head.breakdown.retain(|(dimension, _)| !kinds.dimensions.contains(dimension));
        let by_head = &by_head;
        if matches!(row.place, Place::Province(..)) {
            return Ok(by_head.clone());
        }
        if self.reader.is_foreign(&row.words, by_head.indicator) {
            return Err((Class::Unmapped, "breakdown-not-in-register"));
        }
        // «Tổng số trẻ em dưới 16 tuổi» in a table of children in need is a total of something else.
        if row.words.says(Marker::TotalWords) && self.reader.is_excluded(&row.words, by_head.indicator) {
            return Err(NOT_TOLD);
        }
        let mut pairs = self.reader.categories_of_part(&row.words, by_head.indicator);
        let mut own_name = false;
        if pairs.is_empty() {
            pairs.extend(row.named.clone());
            own_name = !pairs.is_empty();
        }
        pairs.extend(self.rest_of(row, by_head.indicator).filter(|_| pairs.is_empty()));
        // «Số người», «Số lượng»: a label that names no more than a unit.
        let only_unit = row.words.hits.iter().any(|h| matches!(h.tag, Tag::Unit(_)))
            && row.words.covered(|tag| {
                matches!(tag, Tag::Marker(Marker::Filler | Marker::ResultColumn)) || self.is_general_unit(tag)
            }) > 0.99
            && self.reader.is_only_categories(&row.words, by_head.indicator)
            && !row.words.says(Marker::OtherCategory);
        let said = row.place == Place::Whole
            || !pairs.is_empty()
            || row.coverage.is_some()
            || row.meaning.is_some()
            || row.words.is_wordless()
            || only_unit;
        // A label that names another thing is not spoken for by the title.
        let told =
            row.place == Place::Whole || own_name || self.reader.is_only_categories(&row.words, by_head.indicator);
        if !said || !told {
            return Err(NOT_TOLD);
        }
        let mut stated = by_head.clone();
        for (dimension, category) in pairs {
            stated.breakdown.retain(|(d, _)| *d != dimension);
            stated.breakdown.push((dimension, category));
        }
        stated.breakdown.sort();
        Ok(self.with_above(stated, row))
    }

    /// «Hộ nghèo» under a head that names nothing, in a table of gifts: what the label says with the title's words.
    fn by_label_and_title(&self, row: &Row<'_>, data: &Data) -> Option<Stated> {
        let unit = data.unit.or(self.unit_or_tables(row.unit));
        let whole = row.place == Place::None && !row.words.names_measure_only() && row.hangs_on.is_empty();
        if !whole {
            return None;
        }
        // Gifts are counted for those who get them.
        let counts = |class: &UnitClass| matches!(class, UnitClass::Known(Unit::Vnd | Unit::Percent));
        let class = unit.map(|(class, _)| class).filter(counts);
        let band = Words::new(data.band().to_vec(), self.report.dictionary);
        self.reader.around.captions.iter().take(MOST_TITLES).find_map(|title| {
            let read = self.reader.best(&row.words.tokens, &[], Some(title), class)?;
            let fits = self.reader.is_all_explained(&row.words, read.indicator)
                && self.reader.is_explained(&band, read.indicator)
                && (!self.names(&data.leaf) || self.reader.is_all_explained(&data.leaf, read.indicator));
            let told = read.anchored && read.specific && fits;
            let mut stated = (told && !self.reader.is_foreign(&row.words, read.indicator))
                .then(|| self.reader.stated(&read, &row.words, unit))?;
            stated.confidence -= self.report.dictionary.confidence.loses.table_context;
            Some(stated)
        })
    }

    /// Under a head that names a dimension («Dân tộc»), or after labels that name its categories, a label that is a
    /// category's own name, such as `Kinh`, states it.
    pub(super) fn named_category(&self, row: &Row<'_>, kinds: &Kinds) -> Option<(String, String)> {
        let dictionary = self.report.dictionary;
        // Word by word, in the form in which spellings do not differ.
        let folded = |text: &str| text.split_whitespace().map(fold).collect::<Vec<_>>();
        let sign = row.words.tokens.iter().position(Token::is_word).unwrap_or(0);
        let label = folded(&self.report.document.written(row.words.tokens.get(sign..).unwrap_or_default()));
        dictionary.categories.iter().find_map(|category| {
            let dimension = dictionary.dimensions.get(usize::from(category.dimension))?;
            let told = kinds.dimensions.contains(&dimension.id) || row.sibling.as_ref() == Some(&dimension.id);
            let named = told && folded(&category.name) == label;
            (named && !category.id.is_empty()).then(|| (dimension.id.clone(), category.id.clone()))
        })
    }

    /// Adds the categories of the rows that this one is a part of.
    pub(super) fn with_above(&self, mut stated: Stated, row: &Row<'_>) -> Stated {
        for words in &row.hangs_on {
            for (dimension, category) in self.reader.categories(words, stated.indicator) {
                if stated.breakdown.iter().all(|(d, _)| *d != dimension) {
                    stated.breakdown.push((dimension, category));
                }
            }
        }
        stated.breakdown.sort();
        stated
    }

    /// Adds the categories that the head states; a head that names a part without saying which, or one that the
    /// register does not admit, tells nothing.
    pub(super) fn add_head_categories(
        &self,
        stated: &mut Stated,
        data: &Data,
        kinds: &Kinds,
    ) -> Result<(), (Class, &'static str)> {
        if data.derived {
            return Ok(());
        }
        if self.reader.is_foreign(&data.head, stated.indicator) {
            return Err((Class::Unmapped, "breakdown-not-in-register"));
        }
        let rule = self.report.dictionary.indicator(stated.indicator);
        let own = data.own_category.clone().filter(|(d, _)| rule.is_some_and(|rule| rule.breakdowns.contains(d)));
        let told = |words: &Words| words.is_wordless() || self.reader.is_explained(words, stated.indicator);
        // «Nam» alone is no known word, «trong đó nam» is.
        let told_below = || self.reader.is_category_at_end(&data.head, data.leaf.tokens.len(), stated.indicator);
        let below_told = || data.below_parts.iter().all(told) || data.below_parts.len() == 1 && told_below();
        if own.is_none() && !data.keyed && !told(&data.leaf) && !told_below() || !below_told() {
            return Err((Class::Unmapped, "column-not-told"));
        }
        let mut pairs = self.reader.categories(&data.head, stated.indicator);
        if let Some(own) = own.filter(|(dimension, _)| pairs.iter().all(|(d, _)| d != dimension)) {
            pairs.push(own);
        }
        if let Some(sibling) = &data.sibling {
            match sibling.as_ref().filter(|d| rule.is_some_and(|i| i.breakdowns.contains(d))) {
                Some(dimension) if pairs.iter().all(|(d, _)| d != dimension) => {
                    pairs.push((dimension.clone(), OTHER.to_owned()));
                }
                Some(_) => {}
                None if self.names(&data.leaf) => {}
                None => return Err((Class::Unmapped, "column-not-told")),
            }
        }
        // Under labels of ethnic groups «tỷ lệ trong dân tộc» is the row's own.
        pairs.retain(|(dimension, _)| !kinds.dimensions.contains(dimension));
        if data.parts && pairs.is_empty() && !data.said && !data.leaf.says(Marker::TotalWords) && !data.names {
            return Err((Class::Unmapped, "column-not-told"));
        }
        for (dimension, category) in pairs {
            match stated.breakdown.iter().find(|(d, _)| *d == dimension) {
                Some((_, own)) if *own != category => return Err((Class::Unmapped, "categories-differ")),
                Some(_) => {}
                None => stated.breakdown.push((dimension, category)),
            }
        }
        stated.breakdown.sort();
        Ok(())
    }
}
