//! The sheets that are lists: sources, findings, numbers that no indicator took, and which provinces reported.

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::book::Book;
use super::furniture::{begin, end, header, index, note};
use super::labels::number_format;
use super::layout::Layout;
use super::list::{List, Value};
use super::sheet::{Align, Content, Look, Sheet, Strong};
use super::source::fill;
use crate::completeness::Reporting;
use crate::diagnostic::Site;
use crate::dictionary::geography::ProvinceSystem;
use crate::observation::LedgerEntry;
use crate::table::{ReportRow, finding_id};

/// What one row shows in a column.
type Row<'r> = Box<dyn Fn(Value) -> Content + 'r>;

/// The sheet of a list.
pub(super) fn lay_out(book: &Book<'_>, layout: &Layout, list: List, number: &str) -> Sheet {
    let theme = &book.input.layouts.theme;
    let period = book.period_words(book.input.period);
    let (upper, year) = (period.to_uppercase(), book.input.period.year.to_string());
    let capital = super::labels::capital(&period);
    let (reported, all) = coverage(book);
    let filling = [
        ("number", number),
        ("period", period.as_str()),
        ("PERIOD", &upper),
        ("Period", &capital),
        ("year", &year),
        ("reported", &reported),
        ("provinces", &all),
    ];
    let mut sheet = Sheet { widths: layout.list_columns.iter().map(|c| c.width).collect(), ..Sheet::default() };
    begin(&mut sheet, layout, &filling, theme);
    let paths: Vec<Vec<String>> = layout.list_columns.iter().map(|c| c.header.clone()).collect();
    let marks: Vec<String> = layout.list_columns.iter().map(|c| c.mark.clone()).collect();
    header(&mut sheet, &paths, &marks, theme);
    sheet.freeze = (sheet.next_row, layout.freeze_columns);
    let rows = match list {
        List::Sources => sources(book),
        List::Findings => findings(book),
        List::Unmapped => unmapped(book),
        List::Reports => reports(book),
    };
    let first = sheet.next_row;
    let most = layout.most.as_ref().map_or(usize::MAX, |most| most.rows);
    let left = rows.len().saturating_sub(most);
    for show in rows.into_iter().take(most) {
        let row = sheet.take_row();
        let mut lines = 1;
        for (at, column) in layout.list_columns.iter().enumerate() {
            let content = show(*column.value.get_ref());
            let align = match &content {
                Content::Text(text) => {
                    lines = lines.max(theme.lines(text, column.width, theme.size.body, false));
                    Align::Left
                }
                _ if *column.value.get_ref() == Value::Number => Align::Centre,
                _ => Align::Right,
            };
            sheet.put(row, index(at), content, Look::Body { align, strong: Strong::Plain });
        }
        sheet.heights.push((row, theme.height(lines, theme.size.body)));
    }
    if sheet.next_row > first {
        sheet.filter = Some((first - 1, sheet.next_row - 1));
    }
    if let Some(most) = layout.most.as_ref().filter(|_| left > 0) {
        let left = left.to_string();
        note(&mut sheet, &fill(most.note.get_ref(), &[("left", left.as_str())]), 4.0, theme);
    }
    end(&mut sheet, layout, &filling, theme);
    sheet
}

/// The row, from 0, at which the lines of the table of sources begin.
pub(super) fn first_row(book: &Book<'_>, layout: &Layout) -> u32 {
    let empty = Book::of(book.input, Vec::new());
    lay_out(&empty, layout, List::Sources, "").repeat.map_or(0, |(_, last)| last + 1)
}

fn text(text: &str) -> Content {
    Content::Text(text.to_owned())
}

fn count(count: usize) -> Content {
    Content::Number(Decimal::from(count), "#,##0".to_owned())
}

/// A value with all its decimals.
fn exact(value: Decimal) -> Content {
    let value = value.normalize();
    Content::Number(value, number_format(value.scale()))
}

fn province(book: &Book<'_>, system: &str, code: &str) -> String {
    ProvinceSystem::from_code(system).map_or_else(|| code.to_owned(), |system| book.province(system, code))
}

fn sources<'r>(book: &'r Book<'_>) -> Vec<Row<'r>> {
    let labels = book.labels();
    let mut rows: Vec<Row<'r>> = Vec::new();
    let (mut number, mut last) = (0_usize, None);
    for line in book.source_lines() {
        let Some(figure) = book.figure(line.figure) else { continue };
        if last != Some(line.figure) {
            last = Some(line.figure);
            number += 1;
        }
        let id = format!("s{number:05}");
        let stated = line.observation.and_then(|at| book.input.observations.get(at));
        rows.push(Box::new(move |value| {
            let key = &figure.key;
            match value {
                Value::Id => text(&id),
                Value::Province => text(&book.province(key.system, &key.province)),
                Value::Period => text(&stated.and_then(|o| o.period).unwrap_or(key.period).to_string()),
                Value::Indicator => text(book.input.register.get(&key.indicator).map_or(&key.indicator, |i| &i.name)),
                Value::Breakdown => text(&labels.breakdown(&key.breakdown)),
                Value::Measure => text(labels.measure(stated.map_or(key.measure, |o| o.measure))),
                Value::Amount => exact(stated.map_or(figure.value, |o| o.value)),
                Value::Unit => text(labels.base_unit(&figure.unit)),
                Value::Role => text(line.role),
                Value::File => text(stated.map_or(figure.plan_source.as_str(), |o| &o.file)),
                Value::Place => text(stated.map_or("", |o| &o.place)),
                Value::Quote => text(stated.map_or("", |o| &o.quote)),
                Value::Rule => text(stated.map_or("", |o| &o.rule)),
                Value::Confidence => {
                    stated.map_or(Content::Blank, |o| Content::Number(o.confidence, "0.00".to_owned()))
                }
                _ => Content::Blank,
            }
        }));
    }
    rows
}

fn findings<'r>(book: &'r Book<'_>) -> Vec<Row<'r>> {
    let labels = book.labels();
    let own = book.input.period.to_string();
    let files: Vec<&str> = period_reports(book).map(|r| r.file.as_str()).collect();
    // A finding without a period belongs to every workbook, lest it be seen in none.
    let here = |period: &str, file: &str| period.is_empty() || period == own || files.contains(&file);
    let mut rows: Vec<Row<'r>> = Vec::new();
    for (at, (finding, message)) in book.input.findings.iter().enumerate() {
        if !here(&finding.period, &finding.site.file) {
            continue;
        }
        rows.push(Box::new(move |value| match value {
            Value::Id => text(&finding_id(at)),
            Value::Severity => text(labels.severity(finding.severity.code())),
            Value::Check => text(finding.check),
            Value::Province => text(&finding_province(book, &finding.site.file, &finding.province)),
            Value::File => text(&finding.site.file),
            Value::Line => {
                if finding.site.line == 0 {
                    Content::Blank
                } else {
                    count(finding.site.line)
                }
            }
            Value::Place => text(&place(&finding.site)),
            Value::Message => text(message),
            Value::Quote => text(&finding.site.quote),
            Value::OtherPlace => text(&finding.other.as_ref().map(whole_place).unwrap_or_default()),
            Value::OtherQuote => text(finding.other.as_ref().map_or("", |site| &site.quote)),
            Value::Stated => stated(&finding.stated),
            Value::Expected => stated(&finding.expected),
            Value::Difference => stated(&finding.difference),
            _ => Content::Blank,
        }));
    }
    rows
}

/// A true number where the text is one.
fn stated(value: &str) -> Content {
    Decimal::from_str_exact(value).map_or_else(|_| text(value), exact)
}

fn place(site: &Site) -> String {
    match (site.place.is_empty(), site.line) {
        (false, _) => site.place.clone(),
        (true, 0) => String::new(),
        (true, line) => line.to_string(),
    }
}

fn whole_place(site: &Site) -> String {
    let place = place(site);
    if place.is_empty() { site.file.clone() } else { format!("{}: {place}", site.file) }
}

/// Name of the province that a finding is about, told by its report.
fn finding_province(book: &Book<'_>, file: &str, code: &str) -> String {
    if code.is_empty() {
        return String::new();
    }
    let own = book.input.reports.iter().find(|r| r.file == file).map(|r| r.province_system.as_str());
    let period = book.input.period;
    let in_force = ProvinceSystem::in_force(period.last_year(), period.last_month()).code();
    province(book, own.filter(|system| !system.is_empty()).unwrap_or(in_force), code)
}

fn unmapped<'r>(book: &'r Book<'_>) -> Vec<Row<'r>> {
    let mut rows: Vec<Row<'r>> = Vec::new();
    let mut number = 0;
    let mut by_file: FxHashMap<&str, Vec<&(LedgerEntry, String)>> = FxHashMap::default();
    for unmapped in book.input.unmapped {
        by_file.entry(unmapped.0.file.as_str()).or_default().push(unmapped);
    }
    for report in period_reports(book) {
        for (entry, quote) in by_file.remove(report.file.as_str()).unwrap_or_default() {
            number += 1;
            let own = number;
            rows.push(Box::new(move |value| match value {
                Value::Number => count(own),
                Value::Province => text(&province(book, &report.province_system, &report.province)),
                Value::File => text(&entry.file),
                Value::Line => count(entry.line),
                Value::Text => text(&entry.text),
                Value::Reason => text(&entry.reason),
                Value::Quote => text(quote),
                _ => Content::Blank,
            }));
        }
    }
    rows
}

fn period_reports<'r>(book: &'r Book<'_>) -> impl Iterator<Item = &'r ReportRow> {
    let mut reports: Vec<&ReportRow> =
        book.input.reports.iter().filter(|r| r.period == Some(book.input.period)).collect();
    reports.sort_by(|a, b| a.file.cmp(&b.file));
    reports.into_iter()
}

/// The lists of provinces whose reports the period has; the one in force where it has none.
fn systems(book: &Book<'_>) -> Vec<ProvinceSystem> {
    let period = book.input.period;
    let mut systems: Vec<ProvinceSystem> =
        period_reports(book).filter_map(|r| ProvinceSystem::from_code(&r.province_system)).collect();
    systems.sort_unstable();
    systems.dedup();
    if systems.is_empty() {
        systems.push(ProvinceSystem::in_force(period.last_year(), period.last_month()));
    }
    systems
}

fn of_province<'r>(book: &'r Book<'_>, system: ProvinceSystem, code: &str) -> Vec<&'r ReportRow> {
    period_reports(book).filter(|r| r.province == code && r.province_system == system.code()).collect()
}

/// How many provinces have a report that was read, and how many there are.
fn coverage(book: &Book<'_>) -> (String, String) {
    let (mut reported, mut all) = (0, 0);
    for system in systems(book) {
        for province in book.input.geography.provinces(system) {
            all += 1;
            let reports = of_province(book, system, &province.code);
            reported += usize::from(reports.iter().any(|r| r.status == "read"));
        }
    }
    (reported.to_string(), all.to_string())
}

fn reports<'r>(book: &'r Book<'_>) -> Vec<Row<'r>> {
    let mut rows: Vec<Row<'r>> = Vec::new();
    for system in systems(book) {
        for (at, province) in book.input.geography.provinces(system).enumerate() {
            let found = of_province(book, system, &province.code);
            let own = |row: &&Reporting| row.system == system && row.province == province.code;
            let reporting = book.input.completeness.of_period(book.input.period).find(own);
            if found.is_empty() {
                rows.push(report_row(book, at + 1, province.name.clone(), None, reporting));
            }
            for report in found {
                rows.push(report_row(book, at + 1, province.name.clone(), Some(report), reporting));
            }
        }
    }
    let known = |r: &&ReportRow| {
        let system = ProvinceSystem::from_code(&r.province_system);
        system.is_some_and(|system| book.input.geography.get(system, &r.province).is_some())
    };
    // Reports whose province or period could not be told would else be seen in no workbook.
    let placeless = book.input.reports.iter().filter(|r| r.period.is_none());
    for report in period_reports(book).filter(|r| !known(r)).chain(placeless) {
        let name = if known(&report) {
            province(book, &report.province_system, &report.province)
        } else {
            book.labels().word.unknown_province.clone()
        };
        rows.push(report_row(book, 0, name, Some(report), None));
    }
    rows
}

fn report_row<'r>(
    book: &'r Book<'_>,
    number: usize,
    name: String,
    report: Option<&'r ReportRow>,
    reporting: Option<&'r Reporting>,
) -> Row<'r> {
    let labels = book.labels();
    Box::new(move |value| {
        let counted = |of: fn(&ReportRow) -> usize| report.map_or(Content::Blank, |r| count(of(r)));
        let said = |of: fn(&ReportRow) -> &String| report.map_or(Content::Blank, |r| text(of(r)));
        match value {
            Value::Number => {
                if number == 0 {
                    Content::Blank
                } else {
                    count(number)
                }
            }
            Value::Province => text(&name),
            Value::Status => text(labels.report_status(report.map_or("missing", |r| &r.status))),
            Value::File => said(|r| &r.file),
            Value::Document => said(|r| &r.number),
            Value::Date => said(|r| &r.date),
            Value::Due => reporting.and_then(|r| r.due).map_or(Content::Blank, |due| text(&due.to_string())),
            Value::Punctuality => reporting.map_or(Content::Blank, |r| text(&book.labels().punctuality(r.punctuality))),
            Value::Instead => {
                let instead = reporting.and_then(|r| r.instead);
                instead.map_or(Content::Blank, |period| text(&book.period_words(period)))
            }
            Value::Numbers => counted(|r| r.numbers),
            Value::Observations => counted(|r| r.observations),
            Value::Unmapped => counted(|r| r.unmapped),
            Value::Findings => counted(|r| r.findings),
            _ => Content::Blank,
        }
    })
}
