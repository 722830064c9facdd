//! `review.xlsx`: what a person should look at, with cells to fill in.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, Url, Workbook, Worksheet, XlsxError,
};

use super::choice::{breakdown_word, breakdowns, decision_word, finding_word, indicators, measures, with_code};
use super::sheet::{Column, DEFAULT_NAME, DEFAULT_TIME, FINDING_COLUMNS, NUMBER_COLUMNS, Use};
use super::{Bound, Decision, Reading};
use crate::dictionary::Dictionary;
use crate::message::Messages;
use crate::period::Period;

/// The rows above the first of data: title, hint, the hidden names, the headings.
const FIRST_ROW: u32 = 4;
/// Row of the hidden names.
const NAMES_ROW: u32 = 2;
/// The messages that name a sheet, head it, and say how to fill it in.
struct SheetWords {
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    /// Columns that stay in sight: what the row is about.
    frozen: u16,
}

const VALUES: SheetWords =
    SheetWords { name: "review.sheet-values", title: "review.title-values", hint: "review.hint-values", frozen: 3 };
const CONFLICTS: SheetWords = SheetWords {
    name: "review.sheet-conflicts",
    title: "review.title-conflicts",
    hint: "review.hint-conflicts",
    frozen: 3,
};
const UNMAPPED: SheetWords = SheetWords {
    name: "review.sheet-unmapped",
    title: "review.title-unmapped",
    hint: "review.hint-unmapped",
    frozen: 3,
};
const FOUND: SheetWords = SheetWords {
    name: "review.sheet-findings",
    title: "review.title-findings",
    hint: "review.hint-findings",
    frozen: 2,
};
/// Name of the sheet of lists.
const LISTS: &str = "review.sheet-lists";
/// Lines of a guide.
const GUIDE: &[&str] = &[
    "review.guide-one",
    "review.guide-two",
    "review.guide-three",
    "review.guide-four",
    "review.guide-five",
    "review.guide-six",
];

/// A number to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberItem {
    /// Report and place.
    pub bound: Bound,
    /// The place in words.
    pub place: String,
    /// How it is read; `None` for a number that no indicator took.
    pub reading: Option<Reading>,
    /// The value of a number that no indicator took, where its digits tell it.
    pub value: Option<Decimal>,
    /// What in the dictionary matched, or the code of the reason in the ledger.
    pub rule: String,
    /// How sure the reading is.
    pub confidence: Option<Decimal>,
    /// Why it is shown, each in words.
    pub why: Vec<String>,
    /// Ids of indicators that it could be, the likeliest first.
    pub candidates: Vec<String>,
}

/// A side of a contradiction between statements of one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Sides of one contradiction share it.
    pub group: usize,
    /// The statement.
    pub item: NumberItem,
}

/// A finding to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingItem {
    /// Report and place.
    pub bound: Bound,
    /// Severity in words.
    pub severity: String,
    /// The place in words.
    pub place: String,
    /// What it says.
    pub message: String,
    /// The other side: file and place in words.
    pub other_place: String,
    /// Its text.
    pub other_quote: String,
    /// Likely causes or choices.
    pub candidates: Vec<String>,
    /// Name of the check.
    pub check: String,
    /// What is stated.
    pub stated: String,
    /// What was expected.
    pub expected: String,
    /// Positions, among the doubtful values, of the numbers that it is about.
    pub numbers: Vec<usize>,
}

/// What the workbook is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReviewInput<'a> {
    /// Doubtful values, and values that findings are about.
    pub values: &'a [NumberItem],
    /// Statements of figures that differ.
    pub conflicts: &'a [Side],
    /// Numbers that no indicator took.
    pub unmapped: &'a [NumberItem],
    /// All other findings.
    pub findings: &'a [FindingItem],
    /// The creation date is its last month: a clock would change the bytes.
    pub period: Option<Period>,
    /// The indicators, breakdowns and their names.
    pub dictionary: &'a Dictionary,
    /// The words of the workbook.
    pub messages: &'a Messages,
}

/// The workbook could not be made: an error of the program.
#[derive(Debug, thiserror::Error)]
#[error("review.xlsx: {0}")]
pub struct ReviewError(#[from] XlsxError);

/// The bytes of the workbook. The same input gives the same bytes.
///
/// # Errors
/// When the writer refuses something.
pub fn write_review(input: &ReviewInput<'_>) -> Result<Vec<u8>, ReviewError> {
    let mut workbook = Workbook::new();
    let (year, month) = input.period.map_or((2000, 1), |p| (p.last_year(), p.last_month()));
    let created = ExcelDateTime::from_ymd(year, month, 28)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let writer = Writer { input, looks: Looks::new() };
    writer.guide(workbook.add_worksheet())?;
    let values: Vec<(String, &NumberItem)> = numbered("v", input.values.iter());
    let conflicts: Vec<(String, &NumberItem)> =
        input.conflicts.iter().map(|side| (format!("m{:03}", side.group + 1), &side.item)).collect();
    let unmapped: Vec<(String, &NumberItem)> = numbered("n", input.unmapped.iter());
    writer.numbers(workbook.add_worksheet(), &VALUES, &values)?;
    writer.numbers(workbook.add_worksheet(), &CONFLICTS, &conflicts)?;
    writer.numbers(workbook.add_worksheet(), &UNMAPPED, &unmapped)?;
    writer.findings(workbook.add_worksheet())?;
    writer.lists(workbook.add_worksheet())?;
    Ok(workbook.save_to_buffer()?)
}

fn numbered<'i>(letter: &str, items: impl Iterator<Item = &'i NumberItem>) -> Vec<(String, &'i NumberItem)> {
    items.enumerate().map(|(at, item)| (format!("{letter}{:03}", at + 1), item)).collect()
}

struct Looks {
    title: Format,
    hint: Format,
    head: Format,
    head_filled: Format,
    shown: Format,
    number: Format,
    filled: Format,
    link: Format,
}

impl Looks {
    fn new() -> Self {
        let base = || Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let cell = || base().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0xB8_C0_CC));
        let head = |colour: u32| {
            let back = cell().set_bold().set_background_color(Color::RGB(colour));
            back.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter)
        };
        Self {
            title: Format::new().set_bold().set_font_size(14),
            hint: base().set_italic().set_font_color(Color::RGB(0x44_4C_58)),
            head: head(0xDD_E3_EA),
            head_filled: head(0xFF_D9_66),
            shown: cell(),
            number: cell().set_num_format("#,##0.##################"),
            filled: cell().set_background_color(Color::RGB(0xFF_F8_DC)),
            link: cell().set_font_color(Color::RGB(0x0B_4F_9E)),
        }
    }
}

/// What stands in a cell.
enum Content {
    Text(String),
    Number(Decimal),
    Link(String, String),
    Empty,
}

struct Writer<'a> {
    input: &'a ReviewInput<'a>,
    looks: Looks,
}

fn columns(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

fn rows(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The only way from an exact value to a binary one: by its digits, which gives the nearest there is.
fn binary(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or_default()
}

/// A4 on its side, one page wide.
fn paper(to: &mut Worksheet) {
    const A4: u8 = 9;
    to.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
}

impl Writer<'_> {
    fn word(&self, name: &str) -> String {
        self.input.messages.word(name)
    }

    fn guide(&self, to: &mut Worksheet) -> Result<(), XlsxError> {
        to.set_name(self.word("review.sheet-guide"))?;
        paper(to);
        to.set_column_width(0, 28)?.set_column_width(1, 34)?.set_column_width(2, 70)?;
        to.write_string_with_format(0, 0, self.word("review.title"), &self.looks.title)?;
        let mut row = 2;
        for line in GUIDE {
            to.merge_range(row, 0, row, 2, &self.word(line), &self.looks.hint)?;
            to.set_row_height(row, 34)?;
            row += 1;
        }
        row += 1;
        for (mark, label) in [(DEFAULT_NAME, "review.default-name"), (DEFAULT_TIME, "review.default-time")] {
            to.write_string_with_format(row, 0, self.word(label), &self.looks.head)?;
            to.write_blank(row, 1, &self.looks.filled)?;
            // The mark is what the cell is found by; it stands out of sight.
            to.write_string(row, 3, mark)?;
            row += 1;
        }
        to.set_column_hidden(3)?;
        row += 1;
        for (sheet, count) in [
            (&VALUES, self.input.values.len()),
            (&CONFLICTS, self.input.conflicts.len()),
            (&UNMAPPED, self.input.unmapped.len()),
            (&FOUND, self.input.findings.len()),
        ] {
            let name = self.word(sheet.name);
            let link = Url::new(format!("internal:'{name}'!A1")).set_text(&name);
            to.write_url_with_format(row, 0, link, &self.looks.link)?;
            to.write_number_with_format(row, 1, binary(Decimal::from(count)), &self.looks.number)?;
            row += 1;
        }
        Ok(())
    }

    /// Title, hint, hidden names and headings of a sheet; freezes and filters them.
    fn head(&self, to: &mut Worksheet, sheet: &SheetWords, list: &[Column], data: usize) -> Result<(), XlsxError> {
        to.set_name(self.word(sheet.name))?;
        to.write_string_with_format(0, 0, self.word(sheet.title), &self.looks.title)?;
        to.write_string(1, 0, self.word(sheet.hint))?;
        to.set_row_hidden(NAMES_ROW)?;
        for (at, column) in list.iter().enumerate() {
            let at = columns(at);
            to.write_string(NAMES_ROW, at, column.name)?;
            let look = if column.usage == Use::Filled { &self.looks.head_filled } else { &self.looks.head };
            to.write_string_with_format(NAMES_ROW + 1, at, self.word(column.header), look)?;
            to.set_column_width(at, column.width)?;
            if column.usage == Use::Bound {
                to.set_column_hidden(at)?;
            }
        }
        to.set_row_height(NAMES_ROW + 1, 32)?;
        to.set_freeze_panes(FIRST_ROW, sheet.frozen)?;
        let last = (FIRST_ROW + rows(data)).saturating_sub(1).max(FIRST_ROW);
        to.autofilter(NAMES_ROW + 1, 0, last, columns(list.len()).saturating_sub(1))?;
        paper(to);
        to.set_repeat_rows(NAMES_ROW + 1, FIRST_ROW - 1)?;
        Ok(())
    }

    /// Writes one row and makes it as high as its longest text needs.
    fn row(
        &self,
        to: &mut Worksheet,
        row: u32,
        list: &[Column],
        of: &dyn Fn(&str) -> Content,
    ) -> Result<(), XlsxError> {
        let mut lines = 1.0_f64;
        for (at, column) in list.iter().enumerate() {
            let at = columns(at);
            match (column.usage, of(column.name)) {
                (Use::Filled, Content::Text(text)) => {
                    to.write_string_with_format(row, at, text, &self.looks.filled)?;
                }
                (Use::Filled, Content::Number(value)) => {
                    to.write_number_with_format(row, at, binary(value), &self.looks.filled)?;
                }
                (Use::Filled, _) => drop(to.write_blank(row, at, &self.looks.filled)?),
                (_, Content::Text(text)) => {
                    if column.usage == Use::Shown {
                        let long =
                            text.lines().map(|l| (l.chars().count() as f64 * 1.1 / column.width).ceil().max(1.0));
                        lines = lines.max(long.sum());
                    }
                    to.write_string_with_format(row, at, text, &self.looks.shown)?;
                }
                (_, Content::Number(value)) => {
                    to.write_number_with_format(row, at, binary(value), &self.looks.number)?;
                }
                (_, Content::Link(target, text)) => {
                    to.write_url_with_format(row, at, Url::new(target).set_text(text), &self.looks.link)?;
                }
                (_, Content::Empty) => drop(to.write_blank(row, at, &self.looks.shown)?),
            }
        }
        to.set_row_height(row, (lines * 15.0 + 3.0).min(300.0))?;
        Ok(())
    }

    fn choices(
        &self,
        to: &mut Worksheet,
        list: &[Column],
        name: &str,
        data: usize,
        rule: &DataValidation,
    ) -> Result<(), XlsxError> {
        if let (Some(at), true) = (list.iter().position(|c| c.name == name), data > 0) {
            let at = columns(at);
            to.add_data_validation(FIRST_ROW, at, FIRST_ROW + rows(data) - 1, at, rule)?;
        }
        Ok(())
    }

    /// A list of the last sheet, by its column; what is not in it is asked about, and may stay.
    fn list_rule(&self, column: char, count: usize) -> DataValidation {
        let range = format!("='{}'!${column}$2:${column}${}", self.word(LISTS), count + 1);
        DataValidation::new().allow_list_formula(Formula::new(range)).set_error_style(DataValidationErrorStyle::Warning)
    }

    fn decisions(&self) -> Result<DataValidation, XlsxError> {
        let words: Vec<String> = Decision::ALL.iter().map(|d| decision_word(*d, self.input.messages)).collect();
        let rule = DataValidation::new().allow_list_strings(&words)?;
        rule.set_input_message(self.word("review.decision-hint"))
    }

    fn numbers(
        &self,
        to: &mut Worksheet,
        sheet: &SheetWords,
        items: &[(String, &NumberItem)],
    ) -> Result<(), XlsxError> {
        let list = NUMBER_COLUMNS;
        self.head(to, sheet, list, items.len())?;
        for (at, (key, item)) in items.iter().enumerate() {
            self.row(to, FIRST_ROW + rows(at), list, &|name| self.number_cell(name, key, item))?;
        }
        let (dictionary, messages) = (self.input.dictionary, self.input.messages);
        self.choices(to, list, "decision", items.len(), &self.decisions()?)?;
        let known = indicators(dictionary).len();
        self.choices(to, list, "indicator", items.len(), &self.list_rule('A', known))?;
        let known = breakdowns(dictionary, messages).len();
        self.choices(to, list, "breakdown", items.len(), &self.list_rule('B', known))?;
        self.choices(to, list, "measure", items.len(), &self.list_rule('C', measures(messages).len()))
    }

    fn number_cell(&self, name: &str, key: &str, item: &NumberItem) -> Content {
        let (dictionary, messages) = (self.input.dictionary, self.input.messages);
        let bound = &item.bound;
        let text = |text: &str| if text.is_empty() { Content::Empty } else { Content::Text(text.to_owned()) };
        let reading = item.reading.as_ref();
        let named = |id: &str| {
            let known = dictionary.register.get(id).map(|i| i.name.as_str());
            known.map_or_else(|| id.to_owned(), |name| with_code(name, id))
        };
        match name {
            super::sheet::NUMBERS => text(key),
            "file" => text(&bound.file),
            "place" => text(&item.place),
            "quote" => text(&bound.quote),
            "stated" => text(&bound.stated),
            "as_indicator" => text(&reading.map(|r| named(&r.indicator)).unwrap_or_default()),
            "as_breakdown" => {
                text(&reading.map(|r| breakdown_word(&r.breakdown, dictionary, messages)).unwrap_or_default())
            }
            "as_measure" => {
                text(&reading.map(|r| messages.word(&format!("measure.{}", r.measure))).unwrap_or_default())
            }
            "as_period" => text(&reading.and_then(|r| r.period).map(|p| p.to_string()).unwrap_or_default()),
            "as_value" => reading.map(|r| r.value).or(item.value).map_or(Content::Empty, Content::Number),
            "confidence" => item.confidence.map_or(Content::Empty, Content::Number),
            "why" => text(&item.why.join("\n")),
            "candidates" => text(&item.candidates.iter().map(|id| named(id)).collect::<Vec<_>>().join("\n")),
            "digest" => text(&bound.digest),
            "line" => text(&bound.line.to_string()),
            "start" => text(&bound.start.to_string()),
            "end" => text(&bound.end.to_string()),
            "rule" => text(&item.rule),
            "was_indicator" => text(reading.map_or("", |r| &r.indicator)),
            "was_breakdown" => text(&reading.map(|r| r.breakdown.to_string()).unwrap_or_default()),
            "was_measure" => text(reading.map_or("", |r| r.measure.code())),
            "was_period" => text(&reading.and_then(|r| r.period).map(|p| p.to_string()).unwrap_or_default()),
            "was_value" => text(&reading.map(|r| r.value.normalize().to_string()).unwrap_or_default()),
            _ => Content::Empty,
        }
    }

    fn findings(&self, to: &mut Worksheet) -> Result<(), XlsxError> {
        let (list, items) = (FINDING_COLUMNS, self.input.findings);
        self.head(to, &FOUND, list, items.len())?;
        let values = self.word(VALUES.name);
        for (at, item) in items.iter().enumerate() {
            let text = |text: &str| if text.is_empty() { Content::Empty } else { Content::Text(text.to_owned()) };
            self.row(to, FIRST_ROW + rows(at), list, &|name| match name {
                super::sheet::FINDINGS => text(&format!("f{:03}", at + 1)),
                "severity" => text(&item.severity),
                "file" => text(&item.bound.file),
                "place" => text(&item.place),
                "message" => text(&item.message),
                "quote" => text(&item.bound.quote),
                "other_place" => text(&item.other_place),
                "other_quote" => text(&item.other_quote),
                "candidates" => text(&item.candidates.join("\n")),
                "rows" => item.numbers.first().map_or(Content::Empty, |first| {
                    let keys: Vec<String> = item.numbers.iter().map(|n| format!("v{:03}", n + 1)).collect();
                    let target = format!("internal:'{values}'!A{}", FIRST_ROW + rows(*first) + 1);
                    Content::Link(target, keys.join(", "))
                }),
                "digest" => text(&item.bound.digest),
                "line" => text(&item.bound.line.to_string()),
                "check" => text(&item.check),
                "stated" => text(&item.stated),
                "expected" => text(&item.expected),
                _ => Content::Empty,
            })?;
        }
        let words = [Decision::Accept, Decision::Reject].map(|d| finding_word(d, self.input.messages));
        let rule = DataValidation::new().allow_list_strings(&words)?;
        let rule = rule.set_input_message(self.word("review.finding-hint"))?;
        self.choices(to, list, "decision", items.len(), &rule)
    }

    /// The lists that cells choose from.
    fn lists(&self, to: &mut Worksheet) -> Result<(), XlsxError> {
        let (dictionary, messages) = (self.input.dictionary, self.input.messages);
        to.set_name(self.word(LISTS))?;
        paper(to);
        let lists: BTreeMap<u16, (&str, Vec<String>)> = BTreeMap::from([
            (0, ("review.indicator", indicators(dictionary))),
            (1, ("review.breakdown", breakdowns(dictionary, messages))),
            (2, ("review.measure", measures(messages))),
        ]);
        for (column, (header, choices)) in lists {
            to.set_column_width(column, 60)?;
            to.write_string_with_format(0, column, self.word(header), &self.looks.head)?;
            for (at, choice) in choices.iter().enumerate() {
                to.write_string(rows(at) + 1, column, choice)?;
            }
        }
        Ok(())
    }
}
