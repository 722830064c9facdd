//! Workbooks of Excel: `.xlsx` and `.xlsm`, the binary `.xlsb`, and the old `.xls`. Values come from `calamine`; what
//! it does not tell (hidden rows and columns, percent formats of the binary kinds) is read beside it.

use std::io::Cursor;

use calamine::{Data, DataRef, Dimensions, Reader as _, SheetVisible, Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError};
use rustc_hash::FxHashMap;

use super::biff;
use super::book::{Cell, Content, Merge, Row, Sheet};
use super::number::{Look, exact};
use super::xml_marks;
use super::{Cells, Limits, Refusal};

/// Reads `.xlsx` and `.xlsm`.
pub(super) fn xlsx(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    let damaged = |error: XlsxError| match error {
        XlsxError::Password => Refusal::Locked,
        other => Refusal::Damaged(other.to_string()),
    };
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(damaged)?;
    let mut marks = xml_marks::of(bytes, limits.unpacked_bytes);
    let known: Vec<(String, bool)> = visibility(book.sheets_metadata());
    let mut sheets = Vec::new();
    let mut cells = Cells::new(limits);
    for (name, hidden) in known {
        let mut sheet = Sheet { name: name.clone(), hidden, ..Sheet::default() };
        let mut reader = match book.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => continue,
            Err(error) => return Err(damaged(error)),
        };
        let looks: Vec<(Look, u8)> = reader
            .styles()
            .iter()
            .map(|style| {
                let look = style.number_format.as_ref().map_or_else(Look::default, |f| {
                    let built_in = f.format_id.filter(|id| *id < 60).map(Look::built_in);
                    let coded = Look::of(&f.format_code);
                    if f.format_code.is_empty() { built_in.unwrap_or_default() } else { coded }
                });
                (look, style.alignment.as_ref().and_then(|a| a.indent).unwrap_or(0))
            })
            .collect();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(damaged)? {
            let (row, column) = cell.get_position();
            let (look, indent) = looks.get(style).copied().unwrap_or_default();
            let Some(content) = content_ref(cell.get_value()) else { continue };
            cells.add(1)?;
            push(&mut sheet, row, Cell { column, content, look, indent });
        }
        if let Some(marks) = marks.remove(&name) {
            sheet.merges = marks.merges;
            for (row, column) in marks.uncomputed {
                let cell = Cell { column, content: Content::Uncomputed, look: Look::default(), indent: 0 };
                insert(&mut sheet, row, cell);
            }
            hide(&mut sheet, &marks.hidden_rows);
            sheet.hidden_columns = marks.hidden_columns;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Reads `.xlsb`.
pub(super) fn xlsb(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    let damaged = |error: XlsbError| match error {
        XlsbError::Password => Refusal::Locked,
        other => Refusal::Damaged(other.to_string()),
    };
    let mut book: Xlsb<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(damaged)?;
    let mut marks = biff::of_xlsb(bytes, limits.unpacked_bytes);
    let mut sheets = Vec::new();
    let mut cells = Cells::new(limits);
    for (at, (name, hidden)) in visibility(book.sheets_metadata()).into_iter().enumerate() {
        let mut sheet = Sheet { name: name.clone(), hidden, ..Sheet::default() };
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        let marks = marks.get_mut(at).map(std::mem::take).unwrap_or_default();
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            let Some(content) = content_ref(cell.get_value()) else { continue };
            let (look, indent) = marks.looks.get(&(row, column)).copied().unwrap_or_default();
            cells.add(1)?;
            push(&mut sheet, row, Cell { column, content, look, indent });
        }
        marked(&mut sheet, marks);
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Reads `.xls`.
pub(super) fn xls(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    let damaged = |error: XlsError| match error {
        XlsError::Password => Refusal::Locked,
        other => Refusal::Damaged(other.to_string()),
    };
    let mut book: Xls<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(damaged)?;
    let mut marks = biff::of_xls(bytes, limits.unpacked_bytes);
    let mut sheets = Vec::new();
    let mut cells = Cells::new(limits);
    for (at, (name, hidden)) in visibility(book.sheets_metadata()).into_iter().enumerate() {
        let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut sheet = Sheet { name: name.clone(), hidden, merges: merges_of(&merges), ..Sheet::default() };
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let marks = marks.get_mut(at).map(std::mem::take).unwrap_or_default();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let (Ok(row), Ok(column)) = (u32::try_from(row), u32::try_from(column)) else { continue };
            let (row, column) = (row + top, column + left);
            let Some(content) = content_of(value) else { continue };
            let (look, indent) = marks.looks.get(&(row, column)).copied().unwrap_or_default();
            cells.add(1)?;
            push(&mut sheet, row, Cell { column, content, look, indent });
        }
        marked(&mut sheet, marks);
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn visibility(sheets: &[calamine::Sheet]) -> Vec<(String, bool)> {
    sheets.iter().map(|s| (s.name.clone(), s.visible != SheetVisible::Visible)).collect()
}

fn merges_of(merges: &[Dimensions]) -> Vec<Merge> {
    merges
        .iter()
        .map(|m| Merge { first_row: m.start.0, first_column: m.start.1, last_row: m.end.0, last_column: m.end.1 })
        .collect()
}

fn content_ref(value: &DataRef<'_>) -> Option<Content> {
    match value {
        DataRef::SharedString(text) => text_content(text),
        other => content_of(&Data::from(other.clone())),
    }
}

fn content_of(value: &Data) -> Option<Content> {
    match value {
        Data::Empty => None,
        Data::Int(number) => Some(Content::Number((*number).into())),
        Data::Float(number) => Some(exact(*number).map_or_else(|| Content::Error(number.to_string()), Content::Number)),
        Data::String(text) => text_content(text),
        Data::Bool(value) => Some(Content::Text(if *value { "TRUE" } else { "FALSE" }.to_owned())),
        Data::DateTime(when) if when.is_datetime() => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            Some(Content::Text(format!("{day:02}/{month:02}/{year:04}")))
        }
        Data::DateTime(when) => exact(when.as_f64()).map(Content::Number),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text_content(text),
        Data::Error(error) => Some(Content::Error(error.to_string())),
    }
}

fn text_content(text: &str) -> Option<Content> {
    (!text.trim().is_empty()).then(|| Content::Text(text.to_owned()))
}

/// Adds a cell; cells come in the order of the file, which is that of the sheet as a rule.
fn push(sheet: &mut Sheet, row: u32, cell: Cell) {
    match sheet.rows.last_mut() {
        Some(last) if last.at == row && last.cells.last().is_some_and(|c| c.column < cell.column) => {
            last.cells.push(cell);
        }
        Some(last) if last.at >= row => insert(sheet, row, cell),
        _ => sheet.rows.push(Row { at: row, hidden: false, cells: vec![cell] }),
    }
}

/// Puts a cell at its place.
fn insert(sheet: &mut Sheet, row: u32, cell: Cell) {
    let index = sheet.rows.binary_search_by_key(&row, |r| r.at).unwrap_or_else(|index| {
        sheet.rows.insert(index, Row { at: row, ..Row::default() });
        index
    });
    let Some(row) = sheet.rows.get_mut(index) else { return };
    match row.cells.binary_search_by_key(&cell.column, |c| c.column) {
        Ok(at) => {
            if let Some(known) = row.cells.get_mut(at) {
                *known = cell;
            }
        }
        Err(at) => row.cells.insert(at, cell),
    }
}

fn marked(sheet: &mut Sheet, marks: biff::Marks) {
    hide(sheet, &marks.hidden_rows);
    sheet.hidden_columns = marks.hidden_columns;
    if sheet.merges.is_empty() {
        sheet.merges = marks.merges;
    }
}

fn hide(sheet: &mut Sheet, rows: &[u32]) {
    for at in rows {
        match sheet.rows.binary_search_by_key(at, |r| r.at) {
            Ok(index) => {
                if let Some(row) = sheet.rows.get_mut(index) {
                    row.hidden = true;
                }
            }
            Err(index) => sheet.rows.insert(index, Row { at: *at, hidden: true, cells: Vec::new() }),
        }
    }
}

/// What the formats of cells say, by place.
pub(super) type Looks = FxHashMap<(u32, u32), (Look, u8)>;
