//! Workbooks in OpenDocument form, `.ods`: values, spans, formats and what is hidden, from `content.xml`.

use std::io::Cursor;

use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;

use super::book::{Cell, Content, Merge, Row, Sheet};
use super::number::{Look, exact};
use super::{Cells, Limits, Refusal, part};

/// More hidden rows at once than this, all blank, are the rest of the sheet.
const MOST_BLANK: u32 = 1000;
/// A step of indentation, in hundredths of a millimetre.
const STEP: f64 = 353.0;
/// Sheets have no more rows than this.
const MOST_ROWS: u32 = 1 << 20;
/// Sheets have no more columns than this.
const MOST_COLUMNS: u32 = 1 << 14;

/// What a style says.
#[derive(Debug, Clone, Default)]
struct Style {
    data: Option<String>,
    indent: u8,
    hidden: bool,
}

/// Styles by name, and the looks of data styles.
#[derive(Debug, Default)]
struct Styles {
    styles: FxHashMap<String, Style>,
    looks: FxHashMap<String, Look>,
}

/// Reads `.ods`.
pub(super) fn ods(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    let damaged = |cause: String| Refusal::Damaged(cause);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(e.to_string()))?;
    let manifest = part(&mut zip, "META-INF/manifest.xml", limits.unpacked_bytes).unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(Refusal::Locked);
    }
    let content =
        part(&mut zip, "content.xml", limits.unpacked_bytes).ok_or_else(|| damaged("content.xml".to_owned()))?;
    Walker::new(&content, limits).run()
}

struct Walker<'a> {
    reader: quick_xml::Reader<&'a [u8]>,
    styles: Styles,
    cells: Cells,
}

/// An element begins, ends, or text stands in one.
enum Step {
    Start(Tag, bool),
    End(String),
    Text(String),
    Done,
}

/// The parts of a start tag that are needed.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn of(tag: &BytesStart<'_>) -> Self {
        let attributes = tag
            .attributes()
            .flatten()
            .map(|a| {
                let value = a.normalized_value(quick_xml::XmlVersion::Implicit1_0);
                (a.key.as_ref().to_owned(), value.map(|v| v.into_owned()).unwrap_or_default())
            })
            .collect();
        Self { name: tag.name().as_ref().to_owned(), attributes }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn count(&self, name: &str) -> u32 {
        self.get(name).and_then(|v| v.parse().ok()).unwrap_or(1).max(1)
    }

    /// `collapse` or `filter`.
    fn is_hidden(&self) -> bool {
        self.get("table:visibility").is_some_and(|v| v != "visible")
    }
}

impl<'a> Walker<'a> {
    fn new(content: &'a [u8], limits: &Limits) -> Self {
        let mut reader = quick_xml::Reader::from_reader(content);
        reader.config_mut().check_end_names = false;
        Self { reader, styles: Styles::default(), cells: Cells::new(limits) }
    }

    fn step(&mut self) -> Result<Step, Refusal> {
        loop {
            let event = self.reader.read_event().map_err(|e| Refusal::Damaged(e.to_string()))?;
            return Ok(match event {
                Event::Start(tag) => Step::Start(Tag::of(&tag), false),
                Event::Empty(tag) => Step::Start(Tag::of(&tag), true),
                Event::End(tag) => Step::End(tag.name().as_ref().to_owned()),
                Event::Text(text) => Step::Text(text.into_inner().into_owned()),
                Event::CData(text) => Step::Text(text.into_inner().into_owned()),
                Event::GeneralRef(reference) => Step::Text(entity(reference.as_ref())),
                Event::Eof => Step::Done,
                _ => continue,
            });
        }
    }

    fn run(mut self) -> Result<Vec<Sheet>, Refusal> {
        let mut sheets = Vec::new();
        loop {
            match self.step()? {
                Step::Start(tag, empty) => match tag.name.as_str() {
                    "style:style" => self.style(&tag, empty)?,
                    "number:percentage-style"
                    | "number:number-style"
                    | "number:date-style"
                    | "number:currency-style" => self.data_style(&tag, empty)?,
                    "table:table" if !empty => sheets.push(self.table(&tag)?),
                    "text:tracked-changes" | "table:tracked-changes" if !empty => self.skip(&tag.name)?,
                    _ => {}
                },
                Step::Done => return Ok(sheets),
                _ => {}
            }
        }
    }

    /// Skips an element that was just opened.
    fn skip(&mut self, name: &str) -> Result<(), Refusal> {
        let mut depth = 1_u32;
        while depth > 0 {
            match self.step()? {
                Step::Start(tag, false) if tag.name == name => depth += 1,
                Step::End(end) if end == name => depth -= 1,
                Step::Done => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Visits the elements within an element up to its end.
    fn each_within(&mut self, tag: &Tag, empty: bool, mut visit: impl FnMut(&Tag)) -> Result<(), Refusal> {
        if empty {
            return Ok(());
        }
        loop {
            match self.step()? {
                Step::Start(inner, _) => visit(&inner),
                Step::End(end) if end == tag.name => return Ok(()),
                Step::Done => return Ok(()),
                _ => {}
            }
        }
    }

    fn style(&mut self, tag: &Tag, empty: bool) -> Result<(), Refusal> {
        let name = tag.get("style:name").unwrap_or_default().to_owned();
        let mut style = Style { data: tag.get("style:data-style-name").map(str::to_owned), ..Style::default() };
        self.each_within(tag, empty, |inner| {
            if inner.get("table:display") == Some("false") {
                style.hidden = true;
            }
            if let Some(margin) = inner.get("fo:margin-left").and_then(hundredths_of_millimetre) {
                style.indent = (1..=15_u8).take_while(|n| f64::from(*n) * STEP <= margin + 50.0).last().unwrap_or(0);
            }
        })?;
        self.styles.styles.insert(name, style);
        Ok(())
    }

    fn data_style(&mut self, tag: &Tag, empty: bool) -> Result<(), Refusal> {
        let name = tag.get("style:name").unwrap_or_default().to_owned();
        let mut look = Look {
            percent: tag.name == "number:percentage-style",
            date: tag.name == "number:date-style",
            grouped: false,
        };
        self.each_within(tag, empty, |inner| look.grouped |= inner.get("number:grouping") == Some("true"))?;
        self.styles.looks.insert(name, look);
        Ok(())
    }

    fn table(&mut self, tag: &Tag) -> Result<Sheet, Refusal> {
        let hidden = tag.get("table:style-name").and_then(|s| self.styles.styles.get(s)).is_some_and(|s| s.hidden);
        let mut sheet =
            Sheet { name: tag.get("table:name").unwrap_or_default().to_owned(), hidden, ..Sheet::default() };
        let mut column = 0_u32;
        let mut row = 0_u32;
        loop {
            match self.step()? {
                Step::Start(inner, empty) => match inner.name.as_str() {
                    "table:table-column" => {
                        let count = inner.count("table:number-columns-repeated").min(MOST_COLUMNS);
                        if inner.is_hidden() {
                            sheet.hidden_columns.push((column, column.saturating_add(count - 1)));
                        }
                        column = column.saturating_add(count);
                    }
                    "table:table-row" => {
                        let count = inner.count("table:number-rows-repeated");
                        let cells = if empty { Vec::new() } else { self.row(row, &mut sheet.merges)? };
                        let times = match (cells.is_empty(), inner.is_hidden()) {
                            (false, _) => count.min(MOST_ROWS.saturating_sub(row)),
                            (true, true) if count < MOST_BLANK => count,
                            (true, _) => 0,
                        };
                        for n in 0..times {
                            self.cells.add(cells.len())?;
                            sheet.rows.push(Row { at: row + n, hidden: inner.is_hidden(), cells: cells.clone() });
                        }
                        row = row.saturating_add(count);
                    }
                    "table:shapes" | "office:forms" | "calcext:conditional-formats" | "table:shape" if !empty => {
                        self.skip(&inner.name)?;
                    }
                    _ => {}
                },
                Step::End(end) if end == "table:table" => break,
                Step::Done => break,
                _ => {}
            }
        }
        Ok(sheet)
    }

    fn row(&mut self, row: u32, merges: &mut Vec<Merge>) -> Result<Vec<Cell>, Refusal> {
        let mut cells = Vec::new();
        let mut column = 0_u32;
        loop {
            match self.step()? {
                Step::Start(tag, empty)
                    if matches!(tag.name.as_str(), "table:table-cell" | "table:covered-table-cell") =>
                {
                    let count = tag.count("table:number-columns-repeated");
                    let text = if empty { String::new() } else { self.text(&tag.name)? };
                    let (wide, high) =
                        (tag.count("table:number-columns-spanned"), tag.count("table:number-rows-spanned"));
                    if (wide > 1 || high > 1) && wide <= MOST_COLUMNS && high <= MOST_ROWS {
                        merges.push(Merge {
                            first_row: row,
                            first_column: column,
                            last_row: row.saturating_add(high - 1),
                            last_column: column.saturating_add(wide - 1),
                        });
                    }
                    if let Some(cell) = self.cell(&tag, text, column) {
                        for n in 0..count.min(MOST_COLUMNS.saturating_sub(column)) {
                            cells.push(Cell { column: column + n, ..cell.clone() });
                        }
                    }
                    column = column.saturating_add(count);
                }
                Step::End(end) if end == "table:table-row" => break,
                Step::Done => break,
                _ => {}
            }
        }
        Ok(cells)
    }

    fn cell(&self, tag: &Tag, text: String, column: u32) -> Option<Cell> {
        let style = tag.get("table:style-name").and_then(|s| self.styles.styles.get(s));
        let mut look =
            style.and_then(|s| s.data.as_ref()).and_then(|d| self.styles.looks.get(d)).copied().unwrap_or_default();
        let kind = tag.get("office:value-type");
        let stored = || tag.get("office:value").and_then(|v| v.parse::<f64>().ok()).and_then(exact);
        let content = match kind {
            _ if tag.get("calcext:value-type") == Some("error") => Content::Error(text.trim().to_owned()),
            Some("percentage") => {
                look.percent = true;
                Content::Number(stored()?)
            }
            Some("float" | "currency") => {
                look.percent = false;
                Content::Number(stored()?)
            }
            Some("date") => Content::Text(tag.get("office:date-value").map_or(text, day_first)),
            _ if !text.trim().is_empty() => Content::Text(text),
            _ if tag.get("table:formula").is_some() && kind.is_none() => Content::Uncomputed,
            _ => return None,
        };
        Some(Cell { column, content, look, indent: style.map_or(0, |s| s.indent) })
    }

    /// The text of a cell, its paragraphs as lines; notes on the cell are left out.
    fn text(&mut self, name: &str) -> Result<String, Refusal> {
        let mut text = String::new();
        let mut paragraphs = 0;
        loop {
            match self.step()? {
                Step::Start(tag, empty) => match tag.name.as_str() {
                    "text:p" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "text:s" => {
                        let count = tag.count("text:c").min(200);
                        text.extend(std::iter::repeat_n(' ', usize::try_from(count).unwrap_or(1)));
                    }
                    "text:tab" => text.push(' '),
                    "text:line-break" => text.push('\n'),
                    "office:annotation" | "draw:frame" | "text:ruby-text" if !empty => self.skip(&tag.name)?,
                    _ => {}
                },
                Step::Text(words) if paragraphs > 0 => text.push_str(&words),
                Step::End(end) if end == name => break,
                Step::Done => break,
                _ => {}
            }
        }
        Ok(text)
    }
}

/// What a reference such as `&amp;` or `&#8211;` stands for.
fn entity(name: &str) -> String {
    let number = name.strip_prefix('#').map(|n| {
        n.strip_prefix(['x', 'X']).map_or_else(|| n.parse::<u32>().ok(), |hex| u32::from_str_radix(hex, 16).ok())
    });
    match (name, number) {
        (_, Some(code)) => code.and_then(char::from_u32).map(String::from).unwrap_or_default(),
        ("amp", _) => "&".to_owned(),
        ("lt", _) => "<".to_owned(),
        ("gt", _) => ">".to_owned(),
        ("quot", _) => "\"".to_owned(),
        ("apos", _) => "'".to_owned(),
        _ => String::new(),
    }
}

/// `2024-05-31` as `31/05/2024`.
fn day_first(date: &str) -> String {
    let day = date.split('T').next().unwrap_or(date);
    day.split('-').rev().collect::<Vec<_>>().join("/")
}

fn hundredths_of_millimetre(length: &str) -> Option<f64> {
    let units = [("cm", 1000.0), ("mm", 100.0), ("in", 2540.0), ("pt", 35.28)];
    units.iter().find_map(|(unit, factor)| Some(length.strip_suffix(unit)?.parse::<f64>().ok()? * factor))
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    const CONTENT: &str = r#"<office:document-content><office:automatic-styles>
        <number:percentage-style style:name="N1"><number:number number:decimal-places="2"/></number:percentage-style>
        <number:number-style style:name="N2"><number:number number:grouping="true"/></number:number-style>
        <style:style style:name="c1" style:family="table-cell" style:data-style-name="N1"/>
        <style:style style:name="c2" style:family="table-cell" style:data-style-name="N2">
          <style:paragraph-properties fo:margin-left="0.706cm"/></style:style>
        <style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
        </office:automatic-styles><office:body><office:spreadsheet>
        <table:table table:name="A"><table:table-column table:number-columns-repeated="2"/>
        <table:table-column table:visibility="collapse"/>
        <table:table-row><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1"
          office:value-type="string"><text:p>Quý &amp; năm</text:p><text:p>2024</text:p></table:table-cell>
          <table:covered-table-cell/><table:table-cell office:value-type="float" office:value="7"/></table:table-row>
        <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        <table:table-row table:visibility="filter"><table:table-cell table:style-name="c1"
          office:value-type="percentage" office:value="0.2299"><text:p>22,99%</text:p></table:table-cell>
          <table:table-cell table:style-name="c2" office:value-type="float" office:value="3120"><text:p>3.120</text:p></table:table-cell>
          <table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>
        </table:table>
        <table:table table:name="B" table:style-name="ta2"></table:table>
        </office:spreadsheet></office:body></office:document-content>"#;

    #[test]
    fn values_spans_and_hidden_parts_are_read() {
        let sheets = Walker::new(CONTENT.as_bytes(), &Limits::default()).run().unwrap();
        assert!(!sheets[0].hidden && sheets[1].hidden);
        let first = &sheets[0];
        assert_eq!(first.merges, [Merge { first_row: 0, first_column: 0, last_row: 0, last_column: 1 }]);
        assert_eq!(first.hidden_columns, [(2, 2)]);
        assert_eq!(first.rows[0].cells[0].content, Content::Text("Quý & năm\n2024".to_owned()));
        assert_eq!(first.rows[0].cells[1].column, 2);
        let last = &first.rows[1];
        assert!(last.hidden && last.at == 4);
        assert_eq!(last.cells[0].content, Content::Number(Decimal::new(2299, 4)));
        assert!(last.cells[0].look.percent);
        assert!(last.cells[1].look.grouped && last.cells[1].indent == 2);
        assert_eq!(last.cells[2].content, Content::Error("#DIV/0!".to_owned()));
    }
}
