//! Laid-out sheets to the bytes of a workbook: the only place that knows the file format.

use rayon::prelude::*;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartFont, ChartLegendPosition, ChartMarker, ChartMarkerType, ChartType, DocProperties, ExcelDateTime,
    Format, FormatAlign, FormatBorder, Formula, Url, Workbook, Worksheet, XlsxError,
};
use rustc_hash::FxHashMap;

use super::formula::range;
use super::layout::{ChartKind, Orientation};
use super::sheet::{Align, ChartSpot, Content, Look, Sheet, Strong, column_letters};
use super::theme::Theme;
use crate::period::Period;

/// The most links of one sheet. Excel takes 65,530; above this a column gives the row instead.
const MOST_LINKS: usize = 60_000;

/// What the writer needs beside the sheets.
pub(super) struct Book<'a> {
    pub(super) theme: &'a Theme,
    /// Name of the sheet of sources; links are left out where there is none.
    pub(super) sources: Option<&'a str>,
    /// Heading of the column that gives the row of the sources where links would be too many.
    pub(super) source_row: &'a str,
    /// Name of the block of figures of each sheet.
    pub(super) figures: &'a str,
    /// The creation date is its last month: a clock would change the bytes.
    pub(super) period: Period,
}

/// The bytes of a workbook with these sheets.
pub(super) fn write(book: &Book<'_>, sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(book.period.last_year(), book.period.last_month(), 28)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let worksheets: Vec<Worksheet> = sheets.par_iter().map(|sheet| worksheet(book, sheet)).collect::<Result<_, _>>()?;
    for worksheet in worksheets {
        workbook.push_worksheet(worksheet);
    }
    for sheet in sheets {
        if let Some(((r1, c1), (r2, c2))) = sheet.figures {
            let (first, last) = (absolute(r1, c1), absolute(r2, c2));
            let name = format!("{}!{}", quoted(&sheet.name), book.figures);
            workbook.define_name(name, &format!("={}!{first}:{last}", quoted(&sheet.name)))?;
        }
    }
    workbook.save_to_buffer()
}

fn worksheet(book: &Book<'_>, sheet: &Sheet) -> Result<Worksheet, XlsxError> {
    let mut worksheet = Worksheet::new();
    let mut formats = Formats { theme: book.theme, plain: Format::new(), made: FxHashMap::default() };
    let (to, formats) = (&mut worksheet, &mut formats);
    to.set_name(&sheet.name)?;
    page(book.theme, sheet, to)?;
    for (column, width) in (0_u16..).zip(&sheet.widths) {
        to.set_column_width(column, *width)?;
    }
    for (row, height) in &sheet.heights {
        to.set_row_height(*row, *height)?;
    }
    for merge in &sheet.merges {
        let (first, last) = (merge.first, merge.last);
        to.merge_range(first.0, first.1, last.0, last.1, &merge.text, formats.get(merge.look, ""))?;
    }
    let links = sheet.cells.iter().filter(|cell| cell.source.is_some()).count();
    let sources = book.sources.filter(|_| links <= MOST_LINKS);
    for cell in &sheet.cells {
        if let (Some(row), Some(sources)) = (cell.source, sources) {
            // The text is replaced by the number below; one short text keeps the string table small.
            let link = format!("internal:{}!A{}", quoted(sources), row + 1);
            let url = Url::new(link).set_text(sources);
            to.write_url_with_format(cell.row, cell.column, url, formats.get(cell.look, ""))?;
        }
        let (row, column) = (cell.row, cell.column);
        match &cell.content {
            Content::Blank => to.write_blank(row, column, formats.get(cell.look, ""))?,
            Content::Text(text) => to.write_string_with_format(row, column, text, formats.get(cell.look, ""))?,
            Content::Number(value, format) => {
                to.write_number_with_format(row, column, number(*value), formats.get(cell.look, format))?
            }
            Content::Formula(formula, result, format) => {
                let formula = Formula::new(formula).set_result(number(*result).to_string());
                to.write_formula_with_format(row, column, formula, formats.get(cell.look, format))?
            }
        };
    }
    if book.sources.is_some() && sources.is_none() {
        source_rows(book, sheet, to, formats)?;
    }
    for line in &sheet.sparklines {
        let values = range((line.row, line.first), (line.row, line.last));
        let values = format!("{}!{values}", quoted(&sheet.name));
        let sparkline = rust_xlsxwriter::Sparkline::new()
            .set_range(values.as_str())
            .set_sparkline_color(book.theme.chart.line.as_str())
            .set_last_point_color(book.theme.chart.mark.as_str())
            .set_line_weight(1.25)
            .show_last_point(true);
        to.add_sparkline(line.row, line.column, &sparkline)?;
    }
    for spot in &sheet.charts {
        chart(book.theme, sheet, spot, to)?;
    }
    Ok(worksheet)
}

/// A cell's address that does not move with formulas.
fn absolute(row: u32, column: u16) -> String {
    format!("${}${}", column_letters(column), row + 1)
}

/// A sheet's name as formulas write it.
fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}

/// A chart over the rows kept free for it.
fn chart(theme: &Theme, sheet: &Sheet, spot: &ChartSpot, to: &mut Worksheet) -> Result<(), XlsxError> {
    /// Pixels of a digit's width, and of the usual height of a row.
    const DIGIT: f64 = 7.0;
    const ROW: u32 = 20;
    let mut chart = Chart::new(match spot.kind {
        ChartKind::Line => ChartType::Line,
        ChartKind::Column => ChartType::Column,
        ChartKind::Bar => ChartType::Bar,
        ChartKind::StackedColumn => ChartType::ColumnStacked,
    });
    let mut font = ChartFont::new();
    font.set_name(&theme.font).set_size(f64::from(theme.size.numbering));
    let mut heading = ChartFont::new();
    heading.set_name(&theme.font).set_size(f64::from(theme.size.line)).set_bold();
    chart.title().set_name(&spot.title).set_font(&heading);
    let block = |((r1, c1), (r2, c2))| (sheet.name.as_str(), r1, c1, r2, c2);
    for series in &spot.series {
        let made = chart.add_series();
        made.set_name((sheet.name.as_str(), series.name.0, series.name.1))
            .set_categories(block(series.points))
            .set_values(block(series.values));
        if spot.kind == ChartKind::Line {
            made.set_marker(ChartMarker::new().set_type(ChartMarkerType::Circle).set_size(5));
        }
    }
    chart.x_axis().set_font(&font);
    chart.y_axis().set_font(&font).set_num_format("#,##0");
    if spot.series.len() > 1 {
        chart.legend().set_position(ChartLegendPosition::Bottom).set_font(&font);
    } else {
        chart.legend().set_hidden();
    }
    let pixels = pixels(sheet.width(0, sheet.columns().saturating_sub(1)) * DIGIT);
    chart.set_width(pixels).set_height((spot.bottom - spot.top).saturating_mul(ROW));
    to.insert_chart(spot.top, 0, &chart)?;
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the width of a page, bounded")]
fn pixels(width: f64) -> u32 {
    width.clamp(100.0, 4000.0) as u32
}

/// A column after the last that gives, for each row, the rows of the sources of its figures.
fn source_rows(book: &Book<'_>, sheet: &Sheet, to: &mut Worksheet, formats: &mut Formats<'_>) -> Result<(), XlsxError> {
    let column = sheet.columns();
    let mut rows: std::collections::BTreeMap<u32, Vec<String>> = std::collections::BTreeMap::new();
    for cell in &sheet.cells {
        if let Some(source) = cell.source {
            rows.entry(cell.row).or_default().push((source + 1).to_string());
        }
    }
    if let Some((first, _)) = sheet.repeat {
        to.write_string_with_format(first, column, book.source_row, formats.get(Look::Header, ""))?;
    }
    for (row, mut sources) in rows {
        sources.dedup();
        to.write_string_with_format(row, column, sources.join(", "), formats.get(Look::Note, ""))?;
    }
    Ok(())
}

/// The only way from an exact value to a binary one: by its digits, which gives the nearest there is.
pub(super) fn number(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or_default()
}

fn page(theme: &Theme, sheet: &Sheet, to: &mut Worksheet) -> Result<(), XlsxError> {
    /// The code of A4 paper.
    const A4: u8 = 9;
    const MM_PER_INCH: f64 = 25.4;
    to.set_paper_size(A4);
    match sheet.orientation {
        Orientation::Landscape => to.set_landscape(),
        Orientation::Portrait => to.set_portrait(),
    };
    let inches = |mm: f64| mm / MM_PER_INCH;
    let margins = &theme.page;
    let edge = inches(margins.top.min(margins.bottom) / 2.0);
    to.set_margins(
        inches(margins.left),
        inches(margins.right),
        inches(margins.top),
        inches(margins.bottom),
        edge,
        edge,
    );
    to.set_header(format!("&C&\"{},Regular\"&{}&P", theme.font, theme.size.page_number));
    // Each annex counts its own pages.
    to.set_print_first_page_number(1);
    to.set_print_fit_to_pages(1, sheet.pages_tall);
    to.set_print_center_horizontally(true);
    to.set_screen_gridlines(false);
    if let Some((first, last)) = sheet.repeat {
        to.set_repeat_rows(first, last)?;
    }
    to.set_freeze_panes(sheet.freeze.0, sheet.freeze.1)?;
    to.group_symbols_above(true);
    for (first, last) in &sheet.outline {
        to.group_rows(*first, *last)?;
    }
    for row in &sheet.hidden {
        to.set_row_hidden(*row)?;
    }
    if let (Some(last_row), Some(last)) = (sheet.next_row.checked_sub(1), sheet.columns().checked_sub(1)) {
        to.set_print_area(0, 0, last_row, last)?;
    }
    if let (Some((first, last)), Some(column)) = (sheet.filter, sheet.columns().checked_sub(1)) {
        to.autofilter(first, 0, last, column)?;
    }
    Ok(())
}

/// The formats of a sheet, each made once.
struct Formats<'a> {
    theme: &'a Theme,
    plain: Format,
    made: FxHashMap<Look, FxHashMap<String, Format>>,
}

impl Formats<'_> {
    fn get(&mut self, look: Look, number: &str) -> &Format {
        let of_look = self.made.entry(look).or_default();
        if !of_look.contains_key(number) {
            of_look.insert(number.to_owned(), format(self.theme, look, number));
        }
        of_look.get(number).unwrap_or(&self.plain)
    }
}

fn format(theme: &Theme, look: Look, number: &str) -> Format {
    let size = &theme.size;
    let base = |size: u8| Format::new().set_font_name(&theme.font).set_font_size(size).set_text_wrap();
    let line = |size: u8, align: FormatAlign| base(size).set_align(align).set_align(FormatAlign::VerticalCenter);
    let made = match look {
        Look::FormCode => line(size.form_code, FormatAlign::Right),
        Look::Heading => line(size.heading, FormatAlign::Center).set_bold(),
        Look::Title => line(size.title, FormatAlign::Center).set_bold(),
        Look::LeftCorner => line(size.form_code, FormatAlign::Left),
        Look::RightCorner => line(size.form_code, FormatAlign::Right),
        Look::PeriodLine | Look::Attached => line(size.attached, FormatAlign::Center).set_italic(),
        Look::Rule => base(size.note).set_border_bottom(FormatBorder::Thin),
        Look::LeftLine => line(size.line, FormatAlign::Left),
        Look::RightLine => line(size.line, FormatAlign::Right).set_italic(),
        Look::Header => line(size.header, FormatAlign::Center).set_bold().set_border(FormatBorder::Thin),
        Look::Numbering => line(size.numbering, FormatAlign::Center).set_italic().set_border(FormatBorder::Thin),
        Look::Body { align, strong } => {
            let made = match align {
                Align::Left => line(size.body, FormatAlign::Left),
                Align::Indented => line(size.body, FormatAlign::Left).set_indent(1),
                Align::Centre => line(size.body, FormatAlign::Center),
                Align::Right => line(size.body, FormatAlign::Right),
            };
            let made = match strong {
                Strong::Plain => made,
                Strong::Bold => made.set_bold(),
                Strong::Italic => made.set_italic(),
                Strong::BoldItalic => made.set_bold().set_italic(),
            };
            made.set_border(FormatBorder::Thin)
        }
        Look::Note => base(size.note).set_italic().set_align(FormatAlign::Left).set_align(FormatAlign::Bottom),
        Look::PlaceDate => line(size.signature, FormatAlign::Center).set_italic(),
        Look::Signatory => line(size.signature, FormatAlign::Center).set_bold(),
        Look::SignatoryHint => line(size.signature, FormatAlign::Center).set_italic(),
    };
    if number.is_empty() { made } else { made.set_num_format(number) }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Reader, Xlsx};

    use super::super::sheet::Cell;
    use super::*;
    use crate::dictionary::templates::Templates;

    /// How many links a sheet of `count` figures has, and what stands in the column after them.
    fn written(count: u32) -> (usize, Option<String>) {
        let theme = Theme::load(&Templates::built_in()).unwrap();
        let look = Look::Body { align: Align::Right, strong: Strong::Plain };
        let cell = |n: u32| Cell {
            row: n / 10,
            column: u16::try_from(n % 10).unwrap(),
            content: Content::Number(Decimal::from(n), "#,##0".to_owned()),
            look,
            source: Some(n),
        };
        let name = "Biểu".to_owned();
        let figures = Sheet { name, widths: vec![9.0; 10], cells: (0..count).map(cell).collect(), ..Sheet::default() };
        let sources = Sheet { name: "Nguồn".to_owned(), widths: vec![9.0], ..Sheet::default() };
        let period = "2023".parse().unwrap();
        let book = Book {
            theme: &theme, sources: Some("Nguồn"), source_row: "Dòng nguồn", figures: "Số_liệu", period
        };
        let bytes = write(&book, &[figures, sources]).unwrap();
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let links = workbook.hyperlinks_by_sheet_name("Biểu").unwrap().len();
        let range = workbook.worksheet_range("Biểu").unwrap();
        (links, range.get_value((0, 10)).map(ToString::to_string))
    }

    #[test]
    fn above_the_most_links_a_column_gives_the_rows() {
        assert_eq!(written(60_000), (60_000, None));
        assert_eq!(written(60_001), (0, Some("1, 2, 3, 4, 5, 6, 7, 8, 9, 10".to_owned())));
    }
}
