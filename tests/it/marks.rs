//! Test reports with gold marks: a `.mark` file becomes the plain text of a report and its gold rows.
//!
//! The first lines say whose report it is and for which period: `%% province=84 system=63 period=2024-M05`. In the
//! text after them every statistic stands in a mark `{text|spec}`; without the marks the text is the report.
//!
//! | spec | what the marked text is |
//! |---|---|
//! | `employment.jobs_created;actual` | an observation: indicator and measure |
//! | `merit.gifts[fund=local,group=poor];actual` | the same with a breakdown, pairs sorted by dimension |
//! | `unmapped` | a statistic that no indicator of the register fits |
//! | `task` | a number in the part about coming tasks |
//!
//! Further fields of an observation, each after `;`: `=VALUE` in the base unit, wherever the value is not simply the
//! one written number read the Vietnamese way; `@PERIOD` other than the report's; the qualifier `~`, `>` or `<`;
//! `opt` for a row that may be left out; `alt:INDICATOR[BREAKDOWN] MEASURE PERIOD` for another right reading, as often
//! as there is one. A mark round several numbers is one observation at the first. One round words alone is a reported
//! zero: it has no place among the numbers. Every number outside marks is a reference.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;
use tonghop::dictionary::geography::{Geography, ProvinceSystem};
use tonghop::dictionary::register::{Indicator, Register, Unit};
use tonghop::dictionary::templates::{TemplateErrors, Templates};
use tonghop::observation::{Breakdown, Class, Measure, Qualifier};
use tonghop::period::Period;
use tonghop::text::normal_form;

/// What a number of a report is taken to be.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[0-9]+(?:[.,][0-9]+)*").unwrap());
static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{([^{}|]*)\|([^{}]*)\}").unwrap());
/// Dots between groups of three, a comma before decimals.
static VIETNAMESE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?$").unwrap());
static SCALE_WORD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?:nghìn|ngàn|triệu|tr|tỷ|tỉ)(?:\P{L}|$)").unwrap());
static ALTERNATIVE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(\S+) (\S+) (\S+)$").unwrap());

/// One reading of a value: what it is about, apart from province and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub period: Period,
    pub indicator: String,
    pub breakdown: Breakdown,
    pub measure: Measure,
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] {} {}", self.indicator, self.breakdown, self.measure, self.period)
    }
}

/// The observation that a careful reader makes of a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub province: String,
    pub reading: Reading,
    pub value: Decimal,
    pub qualifier: Qualifier,
    /// It may be left out.
    pub optional: bool,
    /// Other right readings.
    pub alternatives: Vec<Reading>,
}

/// One number of a report, or one reported zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GoldRow {
    /// 1-based line of the plain text.
    pub line: usize,
    /// First byte of the number in the plain text; `None` for a zero stated in words.
    pub start: Option<usize>,
    /// The number, or the words that state the zero.
    pub text: String,
    pub class: Class,
    /// `None` for what is no observation, and for all but the first number of one.
    pub statement: Option<Statement>,
}

/// A report and what is to be read in it.
#[derive(Debug, Clone)]
pub(crate) struct MarkedReport {
    /// Name of the file without its extension.
    pub name: String,
    /// Two-digit code of the province that reports.
    pub province: String,
    /// The report's own period.
    pub period: Period,
    /// The report without its marks.
    pub text: String,
    /// In the order of the text.
    pub rows: Vec<GoldRow>,
}

/// Everything that is wrong with a `.mark` file, or a folder of them; each with file and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkFaults(pub Vec<String>);

impl fmt::Display for MarkFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for MarkFaults {}

/// What marks may speak of.
pub(crate) struct Known {
    register: Register,
    geography: Geography,
}

impl Known {
    pub(crate) fn built_in() -> Result<Self, TemplateErrors> {
        let templates = Templates::built_in();
        Ok(Self { register: Register::load(&templates)?, geography: Geography::load(&templates)? })
    }

    fn indicator(&self, id: &str) -> Result<&Indicator, String> {
        self.register
            .get(id)
            .ok_or_else(|| format!("`{id}`: unknown indicator; the nearest: {}", self.register.nearest(id).join(", ")))
    }

    /// Reads `INDICATOR` or `INDICATOR[DIMENSION=CATEGORY,…]`.
    fn subject(&self, text: &str) -> Result<(&Indicator, Breakdown), String> {
        let (id, pairs) = match text.split_once('[') {
            None => (text, ""),
            Some((id, rest)) => {
                (id, rest.strip_suffix(']').ok_or_else(|| format!("`{text}`: the bracket does not close"))?)
            }
        };
        let indicator = self.indicator(id)?;
        let breakdown: Breakdown = pairs.replace(',', ";").parse().map_err(|error| format!("{error}"))?;
        if breakdown.to_string().replace(';', ",") != pairs {
            return Err(format!("`[{pairs}]`: the pairs are to be sorted by dimension, each dimension once"));
        }
        for (dimension, category) in breakdown.pairs() {
            if !indicator.breakdowns.iter().any(|admitted| admitted == dimension) {
                let admitted = indicator.breakdowns.join(", ");
                return Err(format!(
                    "`{id}` admits no breakdown by `{dimension}`; it admits: {}",
                    if admitted.is_empty() { "none" } else { &admitted }
                ));
            }
            if !well_named(dimension, category) {
                return Err(format!("`{dimension}={category}`: not a name of a category"));
            }
        }
        Ok((indicator, breakdown))
    }

    fn alternative(&self, text: &str) -> Result<Reading, String> {
        let parts = ALTERNATIVE
            .captures(text)
            .ok_or_else(|| format!("`alt:{text}`: expected `alt:INDICATOR[BREAKDOWN] MEASURE PERIOD`"))?;
        let (indicator, breakdown) = self.subject(&parts[1])?;
        let measure = parts[2].parse().map_err(|error| format!("{error}"))?;
        Ok(Reading { period: period(&parts[3])?, indicator: indicator.id.clone(), breakdown, measure })
    }
}

fn well_named(dimension: &str, category: &str) -> bool {
    let country = matches!(dimension, "market" | "nationality") && category != "other";
    if country {
        category.len() == 2 && category.bytes().all(|b| b.is_ascii_uppercase())
    } else {
        !category.is_empty() && category.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    }
}

/// A period in its canonical form.
fn period(text: &str) -> Result<Period, String> {
    let period: Period = text.parse().map_err(|error| format!("{error}"))?;
    if period.to_string() == text { Ok(period) } else { Err(format!("`{text}`: write this period `{period}`")) }
}

/// The value of the one number of `text`, read the Vietnamese way.
fn written_value(text: &str) -> Option<Decimal> {
    let mut numbers = NUMBER.find_iter(text);
    let number = numbers.next().filter(|n| VIETNAMESE.is_match(n.as_str()))?;
    if numbers.next().is_some() {
        return None;
    }
    Decimal::from_str_exact(&number.as_str().replace('.', "").replace(',', ".")).ok()
}

/// What the `%%` lines say.
struct Heading {
    province: String,
    period: Period,
}

impl Heading {
    fn read(lines: &[&str], known: &Known) -> Result<Self, String> {
        let (mut province, mut system, mut own_period) = (None, None, None);
        for field in lines.iter().flat_map(|line| line.trim_start_matches('%').split_whitespace()) {
            match field.split_once('=') {
                Some(("province", code)) => province = Some(code.to_owned()),
                Some(("system", code)) => {
                    let unknown = || format!("`{code}`: unknown list of provinces; valid: 63, 34");
                    system = Some(ProvinceSystem::from_code(code).ok_or_else(unknown)?);
                }
                Some(("period", text)) => own_period = Some(period(text)?),
                _ => return Err(format!("`{field}`: unknown field; valid: province=, system=, period=")),
            }
        }
        let (Some(province), Some(system), Some(period)) = (province, system, own_period) else {
            return Err("the file must begin with `%% province=… system=… period=…`".to_owned());
        };
        if known.geography.get(system, &province).is_none() {
            return Err(format!("`{province}`: no province of the list of {}", system.code()));
        }
        Ok(Self { province, period })
    }
}

/// One mark in its surroundings.
struct Mark<'a> {
    text: &'a str,
    spec: &'a str,
    /// What stands after it.
    after: &'a str,
}

impl Mark<'_> {
    fn read(&self, heading: &Heading, known: &Known) -> Result<(Class, Option<Statement>), String> {
        match self.spec.trim() {
            "task" => Ok((Class::Task, None)),
            "unmapped" => Ok((Class::Unmapped, None)),
            _ => Ok((Class::Observation, Some(self.statement(heading, known)?))),
        }
    }

    fn statement(&self, heading: &Heading, known: &Known) -> Result<Statement, String> {
        let mut fields = self.spec.split(';').map(str::trim);
        let (indicator, breakdown) = known.subject(fields.next().unwrap_or_default())?;
        let measure = fields.next().ok_or("the measure is missing")?;
        let measure: Measure = measure.parse().map_err(|error| format!("{error}"))?;
        let mut value = None;
        let mut statement = Statement {
            province: heading.province.clone(),
            reading: Reading { period: heading.period, indicator: indicator.id.clone(), breakdown, measure },
            value: Decimal::ZERO,
            qualifier: Qualifier::Exact,
            optional: false,
            alternatives: Vec::new(),
        };
        for field in fields {
            if let Some(text) = field.strip_prefix('=') {
                let exact = Decimal::from_str_exact(text);
                value = Some(exact.map_err(|_| format!("`={text}`: not a value; write `=11076000000` or `=-22.43`"))?);
            } else if let Some(text) = field.strip_prefix('@') {
                statement.reading.period = period(text)?;
            } else if let Some(text) = field.strip_prefix("alt:") {
                statement.alternatives.push(known.alternative(text.trim())?);
            } else if field == "opt" {
                statement.optional = true;
            } else {
                let other = Qualifier::from_str(field).ok().filter(|q| *q != Qualifier::Exact);
                statement.qualifier = other
                    .ok_or_else(|| format!("`{field}`: unknown field; valid: =VALUE, @PERIOD, ~, >, <, opt, alt:…"))?;
            }
        }
        let counts = !measure.is_percent();
        statement.value = match value {
            Some(value) => value,
            None => self.value(counts && indicator.unit == Unit::Vnd)?,
        };
        let whole = !matches!(indicator.unit, Unit::Percent | Unit::Kg | Unit::M2);
        if counts && whole && !statement.value.fract().is_zero() {
            return Err(format!("the value {} of `{}` is to be whole", statement.value, indicator.id));
        }
        Ok(statement)
    }

    /// The value of a mark that states none.
    fn value(&self, money: bool) -> Result<Decimal, String> {
        let value = written_value(self.text)
            .ok_or("the value is missing: the mark is not round exactly one number in Vietnamese form; add `=VALUE`")?;
        let last = NUMBER.find_iter(self.text).last().map_or(0, |n| n.end());
        let scaled = SCALE_WORD.is_match(&format!("{}{}", &self.text[last..], self.after));
        if money && (scaled || value < Decimal::ONE_THOUSAND) {
            return Err("the value is missing: an amount of money is to be given in đồng; add `=VALUE`".to_owned());
        }
        Ok(value)
    }
}

/// Reads the text of `FOLDER/NAME.mark`. `file` is its path for messages.
pub(crate) fn parse(file: &str, source: &str, known: &Known) -> Result<MarkedReport, MarkFaults> {
    let heading_lines: Vec<&str> = source.lines().take_while(|line| line.starts_with("%%")).collect();
    let body = &source[heading_lines.iter().map(|line| line.len() + 1).sum::<usize>().min(source.len())..];
    let line_in_file = |at: usize| heading_lines.len() + 1 + body[..at].matches('\n').count();
    let heading = Heading::read(&heading_lines, known).map_err(|m| MarkFaults(vec![format!("{file}:1: {m}")]))?;

    let mut faults = Vec::new();
    let mut text = String::new();
    let mut rows = Vec::new();
    let mut marked = BTreeSet::new();
    let mut copied = 0;
    for found in MARK.captures_iter(body) {
        let (Some(whole), Some(inner)) = (found.get(0), found.get(1)) else { continue };
        text.push_str(&body[copied..whole.start()]);
        copied = whole.end();
        let start = text.len();
        text.push_str(inner.as_str());
        let mark = Mark { text: inner.as_str(), spec: &found[2], after: &body[whole.end()..] };
        let (class, mut statement) = match mark.read(&heading, known) {
            Ok(read) => read,
            Err(message) => {
                faults.push((line_in_file(whole.start()), message));
                continue;
            }
        };
        let line_of = |at: usize| 1 + text[..at].matches('\n').count();
        for number in NUMBER.find_iter(mark.text) {
            let at = start + number.start();
            marked.insert((at, number.as_str().to_owned()));
            let (line, text) = (line_of(at), number.as_str().to_owned());
            rows.push((at, GoldRow { line, start: Some(at), text, class, statement: statement.take() }));
        }
        if statement.is_some() {
            let (line, text) = (line_of(start), mark.text.to_owned());
            rows.push((start, GoldRow { line, start: None, text, class, statement }));
        }
    }
    text.push_str(&body[copied..]);

    let fault_in_text =
        |at: usize, message: &str| (heading_lines.len() + 1 + text[..at].matches('\n').count(), message.to_owned());
    if let Some(at) = text.find(['{', '}']) {
        faults.push(fault_in_text(at, "a brace that belongs to no mark `{text|spec}`"));
    }
    if normal_form(&text) != text {
        faults.push(fault_in_text(0, "the text is not in NFC with LF line ends, so places in it would not be found"));
    }
    for number in NUMBER.find_iter(&text) {
        let (at, written) = (number.start(), number.as_str().to_owned());
        if !marked.remove(&(at, written.clone())) {
            let line = 1 + text[..at].matches('\n').count();
            rows.push((at, GoldRow { line, start: Some(at), text: written, class: Class::Reference, statement: None }));
        }
    }
    for (at, part) in marked {
        faults.push(fault_in_text(at, &format!("the mark cuts a number: `{part}` is a part of it only")));
    }
    if !faults.is_empty() {
        faults.sort();
        return Err(MarkFaults(faults.into_iter().map(|(line, m)| format!("{file}:{line}: {m}")).collect()));
    }
    rows.sort_by_key(|(at, row)| (*at, row.start.is_some()));
    let name = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Ok(MarkedReport { name, province: heading.province, period: heading.period, text, rows })
}

/// All `.mark` files of a folder, by name.
pub(crate) fn read_folder(folder: &Path, known: &Known) -> Result<Vec<MarkedReport>, MarkFaults> {
    let fault = |path: &Path, error: std::io::Error| MarkFaults(vec![format!("{}: {error}", path.display())]);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| fault(folder, error))? {
        let path = entry.map_err(|error| fault(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "mark") {
            paths.push(path);
        }
    }
    paths.sort();
    let (mut reports, mut faults) = (Vec::new(), Vec::new());
    for path in &paths {
        let source = fs::read_to_string(path).map_err(|error| fault(path, error));
        match source.and_then(|source| parse(&path.display().to_string(), &source, known)) {
            Ok(report) => reports.push(report),
            Err(found) => faults.extend(found.0),
        }
    }
    if reports.is_empty() && faults.is_empty() {
        faults.push(format!("{}: no `.mark` file in it", folder.display()));
    }
    if faults.is_empty() { Ok(reports) } else { Err(MarkFaults(faults)) }
}

impl MarkedReport {
    /// The file that the plain text would stand in.
    pub(crate) fn file(&self) -> String {
        format!("{}.txt", self.name)
    }

    /// Writes the gold rows as CSV.
    pub(crate) fn write_gold(&self, writer: impl Write) -> Result<(), csv::Error> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record([
            "file",
            "line",
            "start",
            "text",
            "class",
            "province",
            "period",
            "indicator",
            "breakdown",
            "measure",
            "value",
            "qualifier",
            "optional",
            "alternatives",
        ])?;
        for row in &self.rows {
            let mut record = vec![
                self.file(),
                row.line.to_string(),
                row.start.map(|at| at.to_string()).unwrap_or_default(),
                row.text.clone(),
                row.class.to_string(),
            ];
            match &row.statement {
                None => record.extend(["", "", "", "", "", "", "", "0", ""].map(str::to_owned)),
                Some(s) => record.extend([
                    s.province.clone(),
                    s.reading.period.to_string(),
                    s.reading.indicator.clone(),
                    s.reading.breakdown.to_string(),
                    s.reading.measure.to_string(),
                    s.value.normalize().to_string(),
                    s.qualifier.to_string(),
                    if s.optional { "1" } else { "0" }.to_owned(),
                    s.alternatives.iter().map(ToString::to_string).collect::<Vec<_>>().join(" || "),
                ]),
            }
            csv.write_record(record)?;
        }
        csv.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "%% province=84 system=63 period=2024-M05\n";

    fn read(body: &str) -> MarkedReport {
        parse("t/a.mark", &format!("{HEADING}{body}"), &Known::built_in().unwrap()).unwrap()
    }

    #[test]
    fn marks_become_rows_and_the_rest_is_references() {
        let report = read(
            "Tháng 5 tạo việc làm {1.200|employment.jobs_created;actual} người, nữ \
             {600|employment.jobs_created[sex=female];cumulative;~;opt;@2024-Q1;\
             alt:employment.placed actual 2023;alt:employment.placed[sex=female] plan 2024-M05};\n\
             tặng quà {11 tỷ 076 triệu|merit.gift_amount;actual;=11076000000} đồng; {5|unmapped} bài.\n\
             {Không có|labour.strikes;actual;=0} đình công. Sắp tới: {13|task} lớp.\n",
        );
        assert!(report.text.starts_with("Tháng 5 tạo việc làm 1.200 người, nữ 600;\n"), "{}", report.text);
        for row in &report.rows {
            assert!(row.start.is_none_or(|at| report.text[at..].starts_with(&row.text)), "{row:?}");
        }
        let mut csv = Vec::new();
        report.write_gold(&mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        let rows: Vec<&str> = csv.lines().skip(1).collect();
        assert_eq!(
            rows,
            [
                "a.txt,1,7,5,reference,,,,,,,,0,",
                "a.txt,1,27,1.200,observation,84,2024-M05,employment.jobs_created,,actual,1200,=,0,",
                "a.txt,1,48,600,observation,84,2024-Q1,employment.jobs_created,sex=female,cumulative,600,~,1,\
                 employment.placed[] actual 2023 || employment.placed[sex=female] plan 2024-M05",
                "a.txt,2,65,11,observation,84,2024-M05,merit.gift_amount,,actual,11076000000,=,0,",
                "a.txt,2,73,076,observation,,,,,,,,0,",
                "a.txt,2,94,5,unmapped,,,,,,,,0,",
                "a.txt,3,,Không có,observation,84,2024-M05,labour.strikes,,actual,0,=,0,",
                "a.txt,3,140,13,task,,,,,,,,0,",
            ]
        );
    }

    #[test]
    fn a_fault_says_where_and_what() {
        for (body, message) in [
            ("{5|employment.job_created;actual}", "`employment.job_created`: unknown indicator; the nearest: "),
            (
                "{5|employment.placed[level=college];actual}",
                "`employment.placed` admits no breakdown by `level`; it admits: sex",
            ),
            ("{5|employment.placed[sex=Female];actual}", "`sex=Female`: not a name of a category"),
            ("{5|employment.jobs_created[sex=female,age=youth];actual}", "the pairs are to be sorted by dimension"),
            ("{5|employment.placed;actuel}", "`actuel`: unknown measure; valid: actual, cumulative, plan"),
            ("{5|employment.placed}", "the measure is missing"),
            ("{5|employment.placed;actual;maybe}", "`maybe`: unknown field"),
            ("{5|employment.placed;actual;@2024-01-01/P6M}", "`2024-01-01/P6M`: write this period `2024-S1`"),
            (
                "{5|employment.placed;actual;alt:employment.placed plan}",
                "expected `alt:INDICATOR[BREAKDOWN] MEASURE PERIOD`",
            ),
            ("{5|employment.placed;actual;=5,5}", "`=5,5`: not a value"),
            ("{5|merit.gift_amount;actual} tỷ đồng", "the value is missing: an amount of money"),
            ("{5.000 triệu|merit.gift_amount;actual} đồng", "the value is missing: an amount of money"),
            ("{95|merit.gift_amount;actual} (đơn vị tính: triệu đồng)", "the value is missing: an amount of money"),
            ("{2 - 3|employment.placed;actual}", "the value is missing: the mark is not round exactly one number"),
            ("{48.5|employment.placed;pct_of_plan}", "the value is missing: the mark is not round exactly one number"),
            ("{không|employment.placed;actual}", "the value is missing: the mark is not round exactly one number"),
            ("{48,5|employment.placed;actual}", "the value 48.5 of `employment.placed` is to be whole"),
            ("1{2|unmapped}", "the mark cuts a number: `2`"),
            ("{5 unmapped}", "a brace that belongs to no mark"),
            ("to\u{300}a", "the text is not in NFC"),
        ] {
            let source = format!("{HEADING}một\n{body}\n");
            let fault = parse("t/a.mark", &source, &Known::built_in().unwrap()).unwrap_err().to_string();
            let line = if message.contains("NFC") { 2 } else { 3 };
            assert!(fault.starts_with(&format!("t/a.mark:{line}: ")) && fault.contains(message), "{body}: {fault}");
        }
        for (heading, message) in [
            ("", "must begin with `%% province"),
            ("%% province=84 period=2024\n", "must begin with `%% province"),
            ("%% province=84 system=64 period=2024\n", "`64`: unknown list of provinces"),
            ("%% province=03 system=63 period=2024\n", "`03`: no province of the list of 63"),
            ("%% province=84 system=63 period=2024-M13\n", "`2024-M13`: not a period"),
        ] {
            let fault = parse("t/a.mark", &format!("{heading}một\n"), &Known::built_in().unwrap()).unwrap_err();
            assert!(fault.to_string().starts_with("t/a.mark:1: ") && fault.to_string().contains(message), "{fault}");
        }
    }
}
