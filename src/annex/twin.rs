//! The twin of a workbook for machines and screen readers: each grid as a real table with one row of headings, no
//! merged cells and no blank ones, and a sheet of notes.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Table, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
};

use super::book::Book;
use super::grid::{Grid, Held, printed_value};
use super::layout::Layout;
use super::node::{Shows, Style};
use super::remarks::remarks;
use super::source::fill;
use super::write::number;

/// A grid as a table.
pub(super) struct Twin {
    name: String,
    headings: Vec<String>,
    rows: Vec<Vec<Value>>,
    /// What the lines around the grid say.
    about: Vec<String>,
}

/// What a cell of the table holds.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Number(Decimal),
}

/// The table of a grid; `filling` are the values of the placeholders of its lines.
pub(super) fn twin<'a>(book: &Book<'a>, grid: &Grid<'a>, name: &str, filling: &[(&'static str, String)]) -> Twin {
    let words = &book.labels().word;
    let mut taken = BTreeSet::new();
    let mut unique = |heading: String| {
        let plain = heading.replace('\n', " ");
        let mut own = plain.clone();
        for copy in 2_usize.. {
            // Excel does not tell the headings of a table apart by case.
            if taken.insert(own.to_lowercase()) {
                break;
            }
            own = format!("{plain} ({copy})");
        }
        own
    };
    let shown = |column: &super::expand::Slot<'a>| !matches!(column.node.shows, Shows::Sparkline | Shows::Empty);
    let columns: Vec<usize> = (0..grid.columns.len()).filter(|at| grid.columns.get(*at).is_some_and(shown)).collect();
    let mut headings = vec![unique(words.section.clone())];
    for column in columns.iter().filter_map(|at| grid.columns.get(*at)) {
        let path: Vec<&str> = column.words.iter().map(|word| word.text.as_str()).collect();
        headings.push(unique(path.join(" - ")));
    }
    let mut rows = Vec::new();
    let mut section = String::new();
    for (at, row) in grid.rows.iter().enumerate() {
        let label = row.slot.words.first().map(|word| word.text.clone()).unwrap_or_default();
        if row.slot.node.style == Style::Section {
            section = label;
            continue;
        }
        let sign = |text: &str| {
            let said = if text.is_empty() { &words.inapplicable } else { text };
            Value::Text(said.to_owned())
        };
        let mut values = vec![sign(&section)];
        for column in &columns {
            let Some(slot) = grid.columns.get(*column) else { continue };
            values.push(match slot.node.shows {
                Shows::Number => sign(&row.number),
                Shows::Label => sign(&label),
                Shows::Unit => sign(&super::place::unit_of(book, grid, at, *column)),
                Shows::Note => sign(&remarks(book, grid, at)),
                _ => match (printed_value(book, grid, at, *column), grid.held(at, *column)) {
                    (Some(value), _) => Value::Number(value),
                    (None, Some(Held::State(state))) => sign(book.labels().state(state.code())),
                    (None, Some(Held::Absent(_))) => sign(&words.missing),
                    (None, _) => sign(&words.inapplicable),
                },
            });
        }
        rows.push(values);
    }
    Twin { name: name.to_owned(), headings, rows, about: about(grid.layout, filling) }
}

/// The lines around a grid, filled.
fn about(layout: &Layout, filling: &[(&'static str, String)]) -> Vec<String> {
    let values: Vec<(&str, &str)> = filling.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let lines = layout.lines();
    let around = [lines.form_code, lines.heading, lines.title, lines.period, lines.left, lines.right];
    let corner = lines.corner.map(|(left, _)| left).unwrap_or_default();
    let all = corner.into_iter().chain(around).chain(lines.notes);
    all.map(|line| fill(line, &values).replace('\n', " ").trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The bytes of the twin workbook.
pub(super) fn write(book: &Book<'_>, twins: &[Twin]) -> Result<Vec<u8>, XlsxError> {
    let period = book.input.period;
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(period.last_year(), period.last_month(), 28)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let font = Format::new().set_font_name(&book.input.layouts.theme.font);
    notes(book, twins, workbook.add_worksheet(), &font)?;
    for (at, twin) in twins.iter().enumerate() {
        table(twin, &book.labels().word.sheet, at + 1, workbook.add_worksheet(), &font)?;
    }
    workbook.save_to_buffer()
}

/// The sheet that says what each table is.
fn notes(book: &Book<'_>, twins: &[Twin], sheet: &mut Worksheet, font: &Format) -> Result<(), XlsxError> {
    let words = &book.labels().word;
    sheet.set_name(&words.notes)?;
    sheet.set_column_width(0, 32)?.set_column_width(1, 110)?;
    let bold = font.clone().set_bold();
    sheet.write_with_format(0, 0, &words.sheet, &bold)?.write_with_format(0, 1, &words.about, &bold)?;
    let wrapped = font.clone().set_text_wrap();
    let mut row = 1;
    for twin in twins {
        for line in &twin.about {
            sheet.write_with_format(row, 0, &twin.name, font)?.write_with_format(row, 1, line, &wrapped)?;
            row += 1;
        }
    }
    Ok(())
}

fn table(twin: &Twin, name: &str, count: usize, sheet: &mut Worksheet, font: &Format) -> Result<(), XlsxError> {
    sheet.set_name(&twin.name)?;
    let (last_row, last) = (u32::try_from(twin.rows.len()).unwrap_or(u32::MAX), index(twin.headings.len()));
    let columns: Vec<TableColumn> =
        twin.headings.iter().map(|heading| TableColumn::new().set_header(heading)).collect();
    let made = Table::new().set_columns(&columns).set_name(format!("{name}_{count}")).set_style(TableStyle::Light1);
    sheet.add_table(0, 0, last_row.max(1), last.saturating_sub(1), &made)?;
    for (row, values) in (1_u32..).zip(&twin.rows) {
        for (column, value) in (0_u16..).zip(values) {
            match value {
                Value::Text(text) => sheet.write_with_format(row, column, text, font)?,
                Value::Number(value) => sheet.write_with_format(row, column, number(*value), font)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn index(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
