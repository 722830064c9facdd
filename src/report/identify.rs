//! Whose report it is and which period it covers, from its own signs in the order of their trust; never from a
//! province that the text mentions in passing.

use std::cmp::Reverse;

use super::{Calendar, ReportFacts};
use crate::dictionary::geography::ProvinceSystem;
use crate::dictionary::marker::Marker;
use crate::dictionary::{Dictionary, Part, Tag};
use crate::document::{BlockKind, Document};
use crate::mention::number::Convention;
use crate::mention::{PeriodMention, Scan, Span};
use crate::period::Period;
use crate::text::{SourceText, Token, bare, fold};

/// What a person says of a report that does not say it itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumed {
    /// Stated for this one file in a report list: stands over all signs in the report.
    pub listed_province: Option<String>,
    /// Stated for this one file in a report list.
    pub listed_period: Option<Period>,
    /// For reports that do not say: province code.
    pub province: Option<String>,
    /// For reports that do not say: period.
    pub period: Option<Period>,
}

/// Reads a report's own facts. `file` is its path; only the name counts.
pub fn identify(document: &Document, file: &str, assumed: &Assumed, dictionary: &Dictionary) -> ReportFacts {
    let header: Vec<usize> = (0..document.blocks.len())
        .filter(|at| document.blocks.get(*at).is_some_and(|b| b.part == Part::Header))
        .collect();
    let head_text: String = header
        .iter()
        .filter_map(|at| document.blocks.get(*at))
        .map(|b| document.written(&b.tokens))
        .collect::<Vec<_>>()
        .join("\n");
    let name = file.rsplit('/').next().unwrap_or(file);
    let date = date_of(&head_text, dictionary);
    let (period, period_sign) = period_of(document, &header, name, date, assumed, dictionary);
    let issued = date.filter(|(_, month, _)| month.is_some()).map(|(year, month, _)| (year, month.unwrap_or(12)));
    let (year, month) = issued.or_else(|| period.map(|p| (p.last_year(), p.last_month()))).unwrap_or((2024, 1));
    let system = ProvinceSystem::in_force(year, month);
    let (province, system, province_sign) = province_of(document, &header, name, system, assumed, dictionary);
    let revision = dictionary
        .report_rules
        .revisions
        .iter()
        .find_map(|rule| {
            let text = format!("{head_text}\n{name}");
            let found = rule.captures(&text)?;
            Some(found.name("n").and_then(|n| n.as_str().parse().ok()).unwrap_or(2))
        })
        .unwrap_or(1);
    let matches = |rules: &[regex::Regex]| rules.iter().any(|r| r.is_match(document.source.as_str()));
    ReportFacts {
        province,
        system,
        period,
        calendar: if matches(&dictionary.report_rules.administrative) {
            Calendar::Administrative
        } else if matches(&dictionary.report_rules.calendar) {
            Calendar::Calendar
        } else {
            Calendar::Unknown
        },
        date: date.map(|(y, m, d)| written_date(y, m, d)).unwrap_or_default(),
        number: number_of(&head_text, dictionary),
        revision,
        province_sign,
        period_sign,
    }
}

type Date = (u16, Option<u8>, Option<u8>);

fn date_of(head: &str, dictionary: &Dictionary) -> Option<Date> {
    dictionary.report_rules.dates.iter().find_map(|rule| {
        let found = rule.captures(head)?;
        let part = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u8>().ok());
        let year: u16 = found.name("y")?.as_str().parse().ok()?;
        Some((year, part("m").filter(|m| (1..=12).contains(m)), part("d").filter(|d| (1..=31).contains(d))))
    })
}

fn written_date(year: u16, month: Option<u8>, day: Option<u8>) -> String {
    match (month, day) {
        (Some(m), Some(d)) => format!("{year:04}-{m:02}-{d:02}"),
        (Some(m), None) => format!("{year:04}-{m:02}"),
        _ => format!("{year:04}"),
    }
}

fn number_of(head: &str, dictionary: &Dictionary) -> String {
    dictionary
        .report_rules
        .number
        .iter()
        .find_map(|rule| rule.captures(head)?.name("number").map(|m| m.as_str().trim().to_owned()))
        .unwrap_or_default()
}

/// The provinces named in a row of tokens: index of the name, and its first token.
fn provinces_in(tokens: &[Token], dictionary: &Dictionary) -> Vec<(u8, usize)> {
    let mut hits = Vec::new();
    dictionary.find(tokens, &mut hits);
    let mut found: Vec<(u8, u32, u32)> = hits
        .iter()
        .filter_map(|h| match h.tag {
            Tag::Province(at) => Some((at, h.first, h.last)),
            _ => None,
        })
        .collect();
    // A longer name hides a shorter one inside it.
    found.sort_by_key(|(_, first, last)| (*first, Reverse(*last)));
    let mut kept: Vec<(u8, u32, u32)> = Vec::new();
    for item in found {
        if kept.last().is_none_or(|k| item.1 > k.2) {
            kept.push(item);
        }
    }
    // A province's name is written with a capital; `huế` inside a word run is none.
    kept.into_iter()
        .filter(|(_, _, last)| tokens.get(*last as usize).is_some_and(|t| t.capital))
        .map(|(at, first, _)| (at, first as usize))
        .collect()
}

fn province_of(
    document: &Document,
    header: &[usize],
    name: &str,
    system: ProvinceSystem,
    assumed: &Assumed,
    dictionary: &Dictionary,
) -> (Option<String>, ProvinceSystem, &'static str) {
    if let Some(code) = &assumed.listed_province {
        return (Some(code.clone()), system, "report-list");
    }
    let tokens = |at: usize| document.blocks.get(at).map(|b| b.tokens.as_slice()).unwrap_or_default();
    let is_title = |at: usize| document.title.contains(&at);
    let is_dated = |at: usize| is_dated(&document.written(tokens(at)), dictionary);
    let found =
        |at: u8, sign: &'static str| code_of(at, system, dictionary).map(|(code, system)| (Some(code), system, sign));
    let mut signs: Vec<(u8, &'static str)> = Vec::new();
    for at in header.iter().filter(|at| !is_title(**at) && !is_dated(**at)) {
        signs.extend(provinces_in(tokens(*at), dictionary).first().map(|(p, _)| (*p, "issuer")));
    }
    for at in header.iter().filter(|at| is_dated(**at)) {
        signs.extend(provinces_in(tokens(*at), dictionary).last().map(|(p, _)| (*p, "place-date")));
    }
    if signs.is_empty() {
        // A head broken over many lines: its words in one row.
        let row: Vec<Token> =
            header.iter().filter(|at| !is_title(**at)).flat_map(|at| tokens(*at).iter().copied()).collect();
        signs.extend(provinces_in(&row, dictionary).first().map(|(p, _)| (*p, "issuer")));
    }
    for at in header.iter().filter(|at| is_title(**at)) {
        signs.extend(provinces_in(tokens(*at), dictionary).last().map(|(p, _)| (*p, "title")));
    }
    for (at, block) in document.blocks.iter().enumerate() {
        if block.part == Part::Closing && block.kind == BlockKind::Paragraph {
            let opens = dictionary_opens_closing(tokens(at), dictionary);
            signs.extend(provinces_in(tokens(at), dictionary).last().filter(|_| opens).map(|(p, _)| (*p, "closing")));
        }
    }
    signs.extend(province_in_name(name, dictionary).map(|p| (p, "file-name")));
    for (at, sign) in signs {
        if let Some(result) = found(at, sign) {
            return result;
        }
    }
    match &assumed.province {
        Some(code) => (Some(code.clone()), system, "assumed"),
        None => (None, system, ""),
    }
}

fn dictionary_opens_closing(tokens: &[Token], dictionary: &Dictionary) -> bool {
    let mut hits = Vec::new();
    dictionary.find(tokens, &mut hits);
    hits.iter().any(|h| h.tag == Tag::Closing && h.first == 0)
}

/// Whether a line carries the date of a document, its own or that of the one it goes with.
pub fn is_dated(text: &str, dictionary: &Dictionary) -> bool {
    dictionary.report_rules.dates.iter().any(|rule| rule.is_match(text))
}

/// The provinces that a row of tokens names, in order: positions in `Dictionary::province_names`.
pub fn provinces_named(tokens: &[Token], dictionary: &Dictionary) -> Vec<u8> {
    provinces_in(tokens, dictionary).into_iter().map(|(at, _)| at).collect()
}

/// The code of a named province in the list in force, else in the other one, with the list it belongs to.
pub fn province_code(at: u8, system: ProvinceSystem, dictionary: &Dictionary) -> Option<(String, ProvinceSystem)> {
    code_of(at, system, dictionary)
}

/// The period that the words of a title name; `year` where they name none.
pub fn period_of_words(
    document: &Document,
    tokens: &[Token],
    year: Option<u16>,
    dictionary: &Dictionary,
) -> Option<Period> {
    period_in(document, tokens, year, dictionary)
}

/// The code of a named province in the list in force, else in the other one.
fn code_of(at: u8, system: ProvinceSystem, dictionary: &Dictionary) -> Option<(String, ProvinceSystem)> {
    let name = dictionary.province_names.get(usize::from(at))?;
    let other = if system == ProvinceSystem::P63 { ProvinceSystem::P34 } else { ProvinceSystem::P63 };
    [system, other].into_iter().find_map(|s| {
        dictionary
            .geography
            .provinces(s)
            .find(|p| p.name == *name || p.aliases.contains(name))
            .map(|p| (p.code.clone(), s))
    })
}

/// The province whose name, without diacritics and spaces, is the longest in the file's name.
fn province_in_name(name: &str, dictionary: &Dictionary) -> Option<u8> {
    let letters: String = bare_name(name).chars().filter(char::is_ascii_alphabetic).collect();
    dictionary
        .province_names
        .iter()
        .enumerate()
        .filter_map(|(at, province)| {
            let key: String = bare_name(province).chars().filter(char::is_ascii_alphabetic).collect();
            (key.len() >= 5 && letters.contains(&key)).then(|| Some((key.len(), u8::try_from(at).ok()?)))?
        })
        .max_by_key(|(length, at)| (*length, Reverse(*at)))
        .map(|(_, at)| at)
}

fn bare_name(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric()).map(bare).collect::<Vec<_>>().join("-")
}

fn period_of(
    document: &Document,
    header: &[usize],
    name: &str,
    date: Option<Date>,
    assumed: &Assumed,
    dictionary: &Dictionary,
) -> (Option<Period>, &'static str) {
    if let Some(period) = assumed.listed_period {
        return (Some(period), "report-list");
    }
    let year_of_date = date.map(|(year, _, _)| year);
    let title: Vec<Token> = document
        .title
        .iter()
        .filter_map(|at| document.blocks.get(*at))
        .flat_map(|b| b.tokens.iter().copied())
        .collect();
    if let Some(period) = period_in(document, &title, year_of_date, dictionary) {
        return (Some(period), "title");
    }
    // A title that is not set apart, or one cut off: the lines of the head, then the first headings.
    for at in header {
        let tokens = document.blocks.get(*at).map(|b| b.tokens.as_slice()).unwrap_or_default();
        let text = document.written(tokens);
        let dated = dictionary.report_rules.dates.iter().any(|r| r.is_match(&text));
        if let Some(period) = (!dated).then(|| period_in(document, tokens, year_of_date, dictionary)).flatten() {
            return (Some(period), "title");
        }
    }
    for block in document.blocks.iter().filter(|b| b.kind == BlockKind::Heading && b.part == Part::Results).take(4) {
        if let Some(period) = period_in(document, &block.tokens, year_of_date, dictionary) {
            return (Some(period), "heading");
        }
    }
    if let Some(period) = period_in_name(name, dictionary) {
        return (Some(period), "file-name");
    }
    if let Some(period) = period_in_heads(document, year_of_date, dictionary) {
        return (Some(period), "table-head");
    }
    match assumed.period {
        Some(period) => (Some(period), "assumed"),
        None => (None, ""),
    }
}

/// The period of a report that names none but in the heads of its tables: the first of those that end last, plans
/// aside; an estimate only where it is of a later year: «Năm 2023 | Năm 2024 | Ước 2025».
fn period_in_heads(document: &Document, year_of_date: Option<u16>, dictionary: &Dictionary) -> Option<Period> {
    const HEAD_ROWS: usize = 4;
    let cells = document.tables.iter().flat_map(|t| t.rows.iter().take(HEAD_ROWS)).flatten();
    let named: Vec<(Period, bool)> = cells
        .filter(|cell| cell.tokens.len() <= 20)
        .filter_map(|cell| {
            let mut hits = Vec::new();
            dictionary.find(&cell.tokens, &mut hits);
            let says = |marker: Marker| hits.iter().any(|h| h.tag == Tag::Marker(marker));
            let coming = [Marker::PlanOfYear, Marker::NextPeriod, Marker::Compare].into_iter().any(says);
            let estimate = says(Marker::Estimate);
            let period = (!coming).then(|| period_in(document, &cell.tokens, year_of_date, dictionary)).flatten();
            let alone = || only_year(&cell.tokens, &document.source).filter(|_| estimate && !coming).map(Period::year);
            let period = period.or_else(alone)?;
            Some((period, estimate))
        })
        .collect();
    let last = |estimated: bool| {
        let of = named.iter().filter(|(_, estimate)| *estimate == estimated).map(|(period, _)| *period);
        of.fold(None, |best: Option<Period>, p| match best {
            Some(b) if (b.last_year(), b.last_month()) >= (p.last_year(), p.last_month()) => Some(b),
            _ => Some(p),
        })
    };
    let reported = last(false)?;
    last(true).filter(|estimate| estimate.last_year() > reported.last_year()).or(Some(reported))
}

/// The year that is the one number among words: «Ước 2025».
pub fn only_year(tokens: &[Token], source: &SourceText) -> Option<u16> {
    let mut numbers = tokens.iter().filter(|t| t.is_number());
    let only = numbers.next().filter(|t| numbers.next().is_none() && t.end - t.start == 4)?;
    source.slice(only.range()).parse().ok().filter(|year| (2000..=2100).contains(year))
}

/// The reporting period that a title names: the first, before any words of coming tasks; where a month and the year
/// that ends with it stand together, the year. The year may stand only with the coming period.
fn period_in(
    document: &Document,
    tokens: &[Token],
    year_of_date: Option<u16>,
    dictionary: &Dictionary,
) -> Option<Period> {
    let scan = Scan::of(&document.source, tokens, 0, Convention::default(), dictionary);
    let first = *scan.periods.iter().find(|m| !matches!(m.span, Span::Date { .. } | Span::YearsTo(_)))?;
    let tasks = scan
        .hits
        .iter()
        .filter(|h| h.tag == Tag::Part(Part::Tasks) && h.first as usize > first.last)
        .map(|h| h.first as usize)
        .min()
        .unwrap_or(tokens.len());
    // «tháng 12; lũy kế cả năm»: a period with a cumulative word is not the report's own, but for the first.
    let adds_up = |m: &PeriodMention| {
        m.first > first.first
            && scan.markers(Marker::Cumulative).any(|h| (h.first as usize) < m.first && h.last as usize + 1 >= m.first)
    };
    let own: Vec<PeriodMention> =
        scan.periods.iter().copied().filter(|m| m.first >= first.first && m.last < tasks && !adds_up(m)).collect();
    let year = own.iter().find_map(|m| m.year).or_else(|| {
        let later = scan.periods.iter().find(|m| m.year.is_some())?;
        let mine = resolve(&first, later.year?)?;
        let Some(period) = resolve(later, later.year?).filter(|_| !matches!(later.span, Span::Year)) else {
            return later.year;
        };
        // The coming period in January, the reported one in December: the year has turned between them.
        let turned = later.first > first.first && period.first_month() < mine.last_month();
        Some(if turned { later.year? - 1 } else { later.year? })
    });
    let year = year.or(year_of_date)?;
    own.iter()
        .filter_map(|m| resolve(m, m.year.unwrap_or(year)))
        .filter(|p| {
            resolve(&first, first.year.unwrap_or(year))
                .is_some_and(|f| (f.year, f.last_month()) == (p.year, p.last_month()))
        })
        // «tháng 12 và cả năm» is the year's report; of other pairs the first is the report's own.
        .fold(None, |chosen: Option<Period>, p| match chosen {
            Some(first) if p.kind != crate::period::PeriodKind::Year => Some(first),
            _ => Some(p),
        })
}

/// The period of a year that a mention names, where it is one that reports cover.
pub(super) fn resolve(mention: &PeriodMention, year: u16) -> Option<Period> {
    match mention.span {
        Span::Month(month) => Period::month(year, month),
        Span::Quarter(quarter) => Period::quarter(year, quarter),
        Span::FirstMonths(months) => Period::first_months(year, months),
        Span::LastMonths(6) => Period::half(year, 2),
        Span::LastMonths(_) => None,
        Span::Year => Some(Period::year(mention.year.unwrap_or(year))),
        Span::Date { .. } | Span::YearsTo(_) => None,
    }
}

fn period_in_name(name: &str, dictionary: &Dictionary) -> Option<Period> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let plain: String = stem
        .split_inclusive(|c: char| !c.is_alphanumeric())
        .map(|part| {
            let letters = part.trim_end_matches(|c: char| !c.is_alphanumeric());
            format!(
                "{}{}",
                if letters.is_ascii() { letters.to_lowercase() } else { bare(letters) },
                part.get(letters.len()..).unwrap_or_default()
            )
        })
        .collect();
    dictionary.report_rules.file_periods.iter().find_map(|rule| {
        let found = rule.captures(&plain)?;
        let number = |group: &str| found.name(group).and_then(|m| m.as_str().parse::<u8>().ok());
        let year: u16 = found.name("y")?.as_str().parse().ok()?;
        if let Some(roman) = found.name("roman") {
            let quarter = match fold(roman.as_str()).as_str() {
                "i" => 1,
                "ii" => 2,
                "iii" => 3,
                _ => 4,
            };
            return Period::quarter(year, quarter);
        }
        match (number("m"), number("q"), number("h"), number("n")) {
            (Some(month), ..) => Period::month(year, month),
            (_, Some(quarter), ..) => Period::quarter(year, quarter),
            (_, _, Some(half), _) => Period::half(year, half),
            (_, _, _, Some(months)) => Period::first_months(year, months),
            _ => Some(Period::year(year)),
        }
    })
}
