//! One field of work over all provinces: provinces by region as rows, indicators and breakdowns as columns.

use rust_decimal::Decimal;

use super::book::Book;
use super::furniture::{begin, end, header, index};
use super::labels::{UnitLabel, number_format, roman};
use super::layout::{Layout, ProvinceRows, Series, Value};
use super::sheet::{Align, Content, Look, Sheet, Strong, address, column_letters};
use super::source::fill;
use crate::consolidate::{Area, Cell, Figure};
use crate::dictionary::geography::{Province, ProvinceSystem};
use crate::dictionary::register::{Indicator, Kind};
use crate::observation::{Breakdown, Measure, Qualifier, Status};

/// Least total width of the columns, in widths of a digit: that of an A4 page on its side.
const PAGE_WIDTH: f64 = 128.0;
/// The widest a column of figures grows to fill the page.
const WIDEST: f64 = 33.0;

/// A column of figures.
struct Column<'a> {
    indicator: &'a Indicator,
    breakdown: Breakdown,
    measure: Measure,
    path: Vec<String>,
    unit: UnitLabel,
}

/// The provinces and columns of one field of work, of which one or several sheets are made.
pub(super) struct Field<'a> {
    system: ProvinceSystem,
    /// Id of the field of work.
    pub(super) domain: &'a str,
    name: &'a str,
    columns: Vec<Column<'a>>,
}

/// The fields of work with figures, each parted into sheets that are not too wide.
pub(super) fn fields<'a>(book: &Book<'a>, layout: &Layout, system: ProvinceSystem) -> Vec<Field<'a>> {
    let Some(series) = &layout.series else { return Vec::new() };
    let found = book.breakdowns(system, None);
    let mut fields: Vec<(&str, &str, Vec<Vec<Column<'a>>>)> = Vec::new();
    for indicator in book.input.register.indicators() {
        let Some(breakdowns) = found.get(indicator.id.as_str()) else { continue };
        let columns = columns(book, series, system, indicator, breakdowns);
        if columns.is_empty() {
            continue;
        }
        match fields.last_mut() {
            Some((domain, _, list)) if *domain == indicator.domain() => list.push(columns),
            _ => fields.push((indicator.domain(), &indicator.domain_name, vec![columns])),
        }
    }
    let most = layout.columns_per_sheet.unwrap_or(usize::MAX).max(1);
    let mut sheets = Vec::new();
    for (domain, name, list) in fields {
        for columns in part(list, most) {
            sheets.push(Field { system, domain, name, columns });
        }
    }
    sheets
}

/// Parts the columns into sheets of at most `most`, about equally wide, an indicator's columns kept together
/// unless they alone are too many.
fn part<T>(indicators: Vec<Vec<T>>, most: usize) -> Vec<Vec<T>> {
    let all: usize = indicators.iter().map(Vec::len).sum();
    let target = all.div_ceil(all.div_ceil(most).max(1));
    let mut sheets: Vec<Vec<T>> = Vec::new();
    for columns in indicators {
        match sheets.last_mut() {
            Some(last) if last.len() < target && last.len() + columns.len() <= most => last.extend(columns),
            _ => {
                let mut rest = columns.into_iter().peekable();
                while rest.peek().is_some() {
                    sheets.push(rest.by_ref().take(most).collect());
                }
            }
        }
    }
    sheets
}

fn columns<'a>(
    book: &Book<'a>,
    series: &Series,
    system: ProvinceSystem,
    indicator: &'a Indicator,
    breakdowns: &[&Breakdown],
) -> Vec<Column<'a>> {
    let labels = book.labels();
    let unit = labels.unit(indicator.unit.code());
    let head = fill(series.header.get_ref(), &[("indicator", &indicator.name), ("unit", &unit.name)]);
    let mut columns = Vec::new();
    for measure in &series.measures {
        let flow = indicator.kind == Kind::Flow;
        let code = match measure.value.get_ref() {
            Value::Plan => Measure::Plan,
            Value::Cumulative if flow => Measure::Cumulative,
            Value::Actual => Measure::Actual,
            _ => continue,
        };
        if measure.only_after_january && book.input.period.starts_in_january() {
            continue;
        }
        let stated: Vec<&&Breakdown> = breakdowns
            .iter()
            .filter(|breakdown| breakdown.is_total() || measure.breakdowns)
            .filter(|breakdown| {
                let cell = book.cell(system, indicator, breakdown, code, None);
                let mut provinces = book.input.geography.provinces(system);
                provinces.any(|p| book.input.consolidated.stated(&cell, &p.code).is_some())
            })
            .collect();
        let name = measure.stock_header.as_ref().filter(|_| !flow).unwrap_or(&measure.header);
        let alone = stated.len() == 1 && stated.iter().all(|b| b.is_total());
        for breakdown in stated {
            let mut path = vec![head.clone(), name.clone()];
            if !alone {
                let total = breakdown.is_total();
                path.push(if total { labels.word.total.clone() } else { labels.breakdown(breakdown) });
            }
            let breakdown = (*breakdown).clone();
            columns.push(Column { indicator, breakdown, measure: code, path, unit: unit.clone() });
        }
    }
    columns
}

/// A region and its provinces, in order.
struct Region<'a> {
    order: u8,
    name: &'a str,
    provinces: Vec<&'a Province>,
}

fn regions<'a>(book: &Book<'a>, field: &Field<'_>, rows: ProvinceRows) -> Vec<Region<'a>> {
    let mut regions: Vec<Region<'a>> = Vec::new();
    for province in book.input.geography.provinces(field.system) {
        if rows == ProvinceRows::Reported && !has_figure(book, field, province) {
            continue;
        }
        match regions.last_mut() {
            Some(region) if region.order == province.region_order => region.provinces.push(province),
            _ => {
                regions.push(Region { order: province.region_order, name: &province.region, provinces: vec![province] })
            }
        }
    }
    regions
}

/// The sheet of a field of work.
pub(super) fn lay_out(book: &Book<'_>, layout: &Layout, field: &Field<'_>, number: &str) -> Sheet {
    let theme = &book.input.layouts.theme;
    let stub = layout.columns.len();
    let paper: f64 = layout.columns.iter().map(|c| c.width).sum();
    let least = layout.series.as_ref().map_or(10.0, |s| s.width);
    let share = (PAGE_WIDTH - paper) / (field.columns.len().max(1) as f64);
    let width = share.clamp(least, WIDEST.max(least)).floor();
    let widths = layout.columns.iter().map(|c| c.width).chain(field.columns.iter().map(|_| width)).collect();
    let mut sheet = Sheet { widths, ..Sheet::default() };

    let all = book.input.geography.provinces(field.system).count();
    let reported = book.input.geography.provinces(field.system).filter(|p| has_figure(book, field, p)).count();
    let period = book.period_words(book.input.period);
    let (upper, domain) = (period.to_uppercase(), field.name.to_uppercase());
    let (year, reported, all) = (book.input.period.year.to_string(), reported.to_string(), all.to_string());
    let filling = [
        ("number", number),
        ("period", period.as_str()),
        ("PERIOD", &upper),
        ("year", &year),
        ("domain", field.name),
        ("DOMAIN", &domain),
        ("reported", &reported),
        ("provinces", &all),
    ];
    begin(&mut sheet, layout, &filling, theme);
    let stub_paths = layout.columns.iter().map(|c| c.header.clone());
    let paths: Vec<Vec<String>> = stub_paths.chain(field.columns.iter().map(|c| c.path.clone())).collect();
    let counted = (1..=field.columns.len()).map(|n| n.to_string());
    let marks: Vec<String> = layout.columns.iter().map(|c| c.mark.clone()).chain(counted).collect();
    header(&mut sheet, &paths, &marks, theme);
    sheet.freeze = (sheet.next_row, layout.freeze_columns);

    let mut body = Body { book, layout, field, sheet, stub, decimals: decimals(book, field) };
    body.rows();
    let mut sheet = body.sheet;
    end(&mut sheet, layout, &filling, theme);
    sheet
}

fn cell<'c>(book: &Book<'_>, field: &Field<'_>, column: &'c Column<'_>) -> Cell<'c> {
    book.cell(field.system, column.indicator, &column.breakdown, column.measure, None)
}

fn figure<'a>(
    book: &Book<'a>,
    field: &Field<'_>,
    column: &Column<'_>,
    province: &Province,
) -> Option<(usize, &'a Figure)> {
    book.input.consolidated.stated(&cell(book, field, column), &province.code)
}

/// Whether a province has a figure on the sheet.
fn has_figure(book: &Book<'_>, field: &Field<'_>, province: &Province) -> bool {
    field.columns.iter().any(|column| figure(book, field, column, province).is_some())
}

/// How many decimals each column shows: what its values need, within what the unit allows.
fn decimals(book: &Book<'_>, field: &Field<'_>) -> Vec<u32> {
    let needed = |column: &Column<'_>| {
        let provinces = book.input.geography.provinces(field.system);
        let scales =
            provinces.filter_map(|p| figure(book, field, column, p)).map(|(_, f)| column.unit.printed(f.value).scale());
        scales.max().unwrap_or(0).min(column.unit.decimals)
    };
    field.columns.iter().map(needed).collect()
}

struct Body<'b> {
    book: &'b Book<'b>,
    layout: &'b Layout,
    field: &'b Field<'b>,
    sheet: Sheet,
    /// How many columns stand before the figures.
    stub: usize,
    decimals: Vec<u32>,
}

impl Body<'_> {
    fn rows(&mut self) {
        let (book, field) = (self.book, self.field);
        let regions = regions(book, field, self.layout.provinces);
        let country = self.sheet.take_row();
        let coverage = self.sheet.take_row();
        // The rows of the regions are known before they are written: each is followed by its provinces.
        let mut region_rows = Vec::new();
        let mut next = self.sheet.next_row;
        for region in &regions {
            region_rows.push(next);
            next += 1 + u32::try_from(region.provinces.len()).unwrap_or(0);
        }
        self.stub_cells(country, "", &book.labels().word.country, Strong::Bold);
        self.stub_cells(coverage, "", &book.labels().word.coverage, Strong::Italic);
        for at in 0..field.columns.len() {
            let Some(column) = field.columns.get(at) else { continue };
            let with_total: Vec<u32> = regions
                .iter()
                .zip(&region_rows)
                .filter(|(region, _)| self.total(column, Area::Region(region.order)).is_some())
                .map(|(_, row)| *row)
                .collect();
            let letters = column_letters(self.column(at));
            let cells: Vec<String> = with_total.iter().map(|row| format!("{letters}{}", row + 1)).collect();
            self.total_cell(country, at, Area::Country, &format!("=SUM({})", cells.join(",")));
            let stated = book.input.geography.provinces(field.system);
            let stated = stated.filter(|p| figure(book, field, column, p).is_some()).count();
            let content = Content::Number(Decimal::from(stated), number_format(0));
            self.sheet.put(coverage, self.column(at), content, body(Align::Right, Strong::Italic));
        }
        let mut counted = 0;
        for (at, region) in regions.iter().enumerate() {
            let row = self.sheet.take_row();
            let (first, last) = (row + 1, row + u32::try_from(region.provinces.len()).unwrap_or(0));
            self.stub_cells(row, &roman(at + 1), region.name, Strong::Bold);
            for column in 0..field.columns.len() {
                let letters = column_letters(self.column(column));
                let sum = format!("=SUM({letters}{}:{letters}{})", first + 1, last + 1);
                self.total_cell(row, column, Area::Region(region.order), &sum);
            }
            for province in &region.provinces {
                counted += 1;
                self.province(province, counted);
            }
            self.sheet.outline.push((first, last));
        }
    }

    fn column(&self, at: usize) -> u16 {
        index(self.stub + at)
    }

    fn total(&self, column: &Column<'_>, area: Area) -> Option<Decimal> {
        self.book.input.consolidated.total(&cell(self.book, self.field, column), area).map(|total| total.value)
    }

    /// The cells before the figures.
    fn stub_cells(&mut self, row: u32, number: &str, name: &str, strong: Strong) {
        let theme = &self.book.input.layouts.theme;
        let mut lines = 1;
        for (at, column) in self.layout.columns.iter().enumerate() {
            let (text, align) = match column.value.get_ref() {
                Value::Number => (number, Align::Centre),
                _ => (name, Align::Left),
            };
            lines = lines.max(theme.lines(text, column.width, theme.size.body, strong == Strong::Bold));
            self.sheet.put(row, index(at), Content::Text(text.to_owned()), body(align, strong));
        }
        self.sheet.heights.push((row, theme.height(lines, theme.size.body) + 2.0));
    }

    /// A total: a live sum, a ratio of two columns where both stand on the sheet, or nothing to show.
    fn total_cell(&mut self, row: u32, at: usize, area: Area, sum: &str) {
        let Some(column) = self.field.columns.get(at) else { return };
        let decimals = self.decimals.get(at).copied().unwrap_or(0);
        let look = body(Align::Right, Strong::Bold);
        let content = match self.total(column, area) {
            None => Content::Text(self.book.labels().word.missing.clone()),
            Some(value) if column.indicator.kind == Kind::Rate => {
                let format = number_format(value.round_dp(column.unit.decimals).normalize().scale());
                match self.parts(column) {
                    Some((over, under)) => {
                        let (over, under) = (address(row, self.column(over)), address(row, self.column(under)));
                        Content::Formula(format!("={over}/{under}*100"), value, format)
                    }
                    None => Content::Number(value, format),
                }
            }
            Some(value) => Content::Formula(sum.to_owned(), column.unit.printed(value), number_format(decimals)),
        };
        self.sheet.put(row, self.column(at), content, look);
    }

    /// The columns of a rate's numerator and denominator on this sheet.
    fn parts(&self, rate: &Column<'_>) -> Option<(usize, usize)> {
        let find = |id: &Option<String>| {
            self.field.columns.iter().position(|c| {
                Some(&c.indicator.id) == id.as_ref() && c.measure == rate.measure && c.breakdown == rate.breakdown
            })
        };
        Some((find(&rate.indicator.numerator)?, find(&rate.indicator.denominator)?))
            .filter(|_| rate.unit.printed(Decimal::ONE) == Decimal::ONE)
    }

    fn province(&mut self, province: &Province, number: usize) {
        let row = self.sheet.take_row();
        self.stub_cells(row, &number.to_string(), &province.name, Strong::Plain);
        for (at, column) in self.field.columns.iter().enumerate() {
            let decimals = self.decimals.get(at).copied().unwrap_or(0);
            let (content, strong, source) = match figure(self.book, self.field, column, province) {
                None => (Content::Text(self.book.labels().word.missing.clone()), Strong::Plain, None),
                Some((position, figure)) => {
                    let value = column.unit.printed(figure.value);
                    let sure = figure.qualifier == Qualifier::Exact
                        && figure.key.status == Status::Reported
                        && !figure.doubtful;
                    let strong = if sure { Strong::Plain } else { Strong::Italic };
                    let source = self.book.source_rows.get(&position).copied();
                    (Content::Number(value, number_format(decimals)), strong, source)
                }
            };
            self.sheet.put(row, index(self.stub + at), content, body(Align::Right, strong));
            if let Some(cell) = self.sheet.cells.last_mut() {
                cell.source = source;
            }
        }
    }
}

fn body(align: Align, strong: Strong) -> Look {
    Look::Body { align, strong }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn indicators_are_parted_evenly_and_kept_whole() {
        let sizes = |list: &[usize], most| {
            part(list.iter().map(|n| vec![(); *n]).collect(), most).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&[3, 3, 3, 3, 1], 12), [9, 4]);
        assert_eq!(sizes(&[2, 2], 12), [4]);
        assert_eq!(sizes(&[14], 12), [12, 2]);
        assert_eq!(sizes(&[], 12), [] as [usize; 0]);
    }
}
