//! The words that people read: messages of `templates/messages/vi.toml` and `en.toml`, by section and key, with
//! `{placeholders}`.
//!
//! An office's own file needs to hold only the messages it changes; the others stay as built in.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use toml::Spanned;

use crate::diagnostic::{Cause, Finding};
use crate::dictionary::Dictionary;
use crate::dictionary::schema::{line_at, read_toml};
use crate::dictionary::templates::{TemplateErrors, TemplateFault, Templates};
use crate::observation::Breakdown;
use crate::period::{Period, PeriodKind};
use crate::text::Place;

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Lang {
    /// The code of the language, and the stem of its file.
    pub fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language of a locale such as `en_GB.UTF-8`; Vietnamese where it is neither.
    pub fn of_locale(locale: &str) -> Self {
        let is_english = locale.split(['_', '.', '-', '@']).next().is_some_and(|l| l.eq_ignore_ascii_case("en"));
        if is_english { Self::En } else { Self::Vi }
    }

    /// Name of its file below the templates folder.
    pub fn file(self) -> String {
        format!("messages/{}.toml", self.code())
    }
}

type Section = BTreeMap<Spanned<String>, Spanned<String>>;

/// The messages of one language.
#[derive(Debug, Clone)]
pub struct Messages {
    lang: Lang,
    texts: BTreeMap<String, String>,
}

impl Messages {
    /// Reads the messages of a language.
    ///
    /// # Errors
    /// With file, line and the valid choices: a key or a placeholder that the program does not know.
    pub fn load(templates: &Templates, lang: Lang) -> Result<Self, TemplateErrors> {
        let file = lang.file();
        let mut texts = BTreeMap::new();
        let (built_in, _) = read_toml::<BTreeMap<Spanned<String>, Section>>(&Templates::built_in(), &file)?;
        for (section, messages) in built_in {
            for (key, text) in messages {
                texts.insert(format!("{}.{}", section.get_ref(), key.get_ref()), text.into_inner());
            }
        }
        let (own, source) = read_toml::<BTreeMap<Spanned<String>, Section>>(templates, &file)?;
        let mut faults = Vec::new();
        for (section, messages) in own {
            for (key, text) in messages {
                let name = format!("{}.{}", section.get_ref(), key.get_ref());
                let problem = match texts.get(&name) {
                    None => Some((key.span().start, unknown_key(&texts, section.get_ref(), key.get_ref()))),
                    Some(known) => unknown_placeholder(known, text.get_ref()).map(|p| (text.span().start, p)),
                };
                match problem {
                    Some((at, message)) => {
                        faults.push(TemplateFault { file: file.clone(), line: line_at(&source, at), message });
                    }
                    None => drop(texts.insert(name, text.into_inner())),
                }
            }
        }
        if faults.is_empty() { Ok(Self { lang, texts }) } else { Err(TemplateErrors(faults)) }
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// All names (`section.key`), sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The message `name` (`section.key`) with its placeholders filled; one without a value stays as it is.
    pub fn text(&self, name: &str, values: &[(&str, &str)]) -> String {
        let Some(text) = self.texts.get(name) else { return name.to_owned() };
        fill(text, |key| values.iter().find(|(k, _)| *k == key).map(|(_, v)| (*v).to_owned()))
    }

    /// The message `name`, if there is one; else the last part of the name.
    pub fn word(&self, name: &str) -> String {
        let last = name.rsplit('.').next().unwrap_or(name);
        self.texts.get(name).cloned().unwrap_or_else(|| last.to_owned())
    }

    /// A number as the language writes it.
    pub fn number(&self, value: Decimal) -> String {
        let plain = value.normalize().to_string();
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push_str(&self.word("number.thousands"));
            }
            grouped.push(digit);
        }
        let point = if decimals.is_empty() { String::new() } else { self.word("number.decimal") };
        format!("{sign}{grouped}{point}{decimals}")
    }

    /// A count as the language writes it.
    pub fn count(&self, value: usize) -> String {
        self.number(Decimal::from(value))
    }

    /// A period in words.
    pub fn period(&self, period: Period) -> String {
        let year = period.year.to_string();
        let last = period.last_year().to_string();
        let (name, number) = match period.kind {
            PeriodKind::Month(n) => ("period.month", n.to_string()),
            PeriodKind::Quarter(n) => ("period.quarter", roman(n).to_owned()),
            PeriodKind::Half(1) => ("period.first-half", String::new()),
            PeriodKind::Half(_) => ("period.second-half", String::new()),
            PeriodKind::FirstMonths(n) => ("period.first-months", n.to_string()),
            PeriodKind::Year => ("period.year", String::new()),
            PeriodKind::Years(_) => ("period.years", String::new()),
        };
        self.text(name, &[("number", &number), ("year", &year), ("last", &last)])
    }

    /// The place of a line in words.
    pub fn line(&self, line: usize) -> String {
        self.text("place.line", &[("line", &line.to_string())])
    }

    /// A place in a file in words.
    pub fn place(&self, place: &Place) -> String {
        match place {
            Place::Page(page) => self.text("place.page", &[("page", &page.to_string())]),
            Place::Paragraph(paragraph) => self.text("place.paragraph", &[("paragraph", &paragraph.to_string())]),
            Place::Note(note) => self.text("place.note", &[("note", &note.to_string())]),
            Place::TableCell { table, row, column } => self.text(
                "place.table-cell",
                &[("table", &table.to_string()), ("row", &row.to_string()), ("column", &column.to_string())],
            ),
            Place::SheetCell { sheet, cell } if sheet.is_empty() || cell.is_empty() => place.to_string(),
            Place::SheetCell { sheet, cell } => self.text("place.sheet-cell", &[("sheet", sheet), ("cell", cell)]),
        }
    }

    /// A breakdown in words, in brackets after a space; empty for the total.
    pub fn breakdown(&self, breakdown: &Breakdown, dictionary: &Dictionary) -> String {
        if breakdown.is_total() {
            return String::new();
        }
        let names: Vec<String> = breakdown
            .pairs()
            .map(|(dimension, category)| {
                let known = dictionary.categories.iter().find(|c| {
                    let own = dictionary.dimensions.get(usize::from(c.dimension));
                    c.id == category && own.is_some_and(|d| d.id == dimension)
                });
                match (self.lang, known) {
                    (Lang::Vi, Some(known)) => known.name.clone(),
                    _ => format!("{dimension}={category}"),
                }
            })
            .collect();
        format!(" ({})", names.join(", "))
    }

    /// A likely cause in words.
    pub fn cause(&self, cause: &Cause) -> String {
        let place = if cause.site.place.is_empty() && cause.site.line > 0 {
            self.line(cause.site.line)
        } else {
            cause.site.place.clone()
        };
        self.text("place.cause", &[("from", &cause.from), ("to", &cause.to), ("place", &place)])
    }

    /// All likely causes in a sentence; empty where there are none.
    fn causes(&self, finding: &Finding) -> String {
        let causes: Vec<String> = finding.causes.iter().map(|c| self.cause(c)).collect();
        if causes.is_empty() { String::new() } else { self.text("place.causes", &[("causes", &causes.join("; "))]) }
    }

    /// The message of a finding.
    pub fn finding(&self, finding: &Finding, dictionary: &Dictionary) -> String {
        self.finding_as(finding, finding.check, dictionary)
    }

    /// The message of a finding as one of `check` would tell it.
    fn finding_as(&self, finding: &Finding, check: &str, dictionary: &Dictionary) -> String {
        let Some(text) = self.texts.get(&format!("finding.{check}")) else {
            return check.to_owned();
        };
        let written = |value: &str| {
            Decimal::from_str_exact(value).map_or_else(|_| value.to_owned(), |number| self.number(number))
        };
        fill(text, |key| {
            let given = finding.args.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str());
            let other = finding.other.as_ref();
            Some(match (key, given) {
                ("measure", Some(code)) => self.word(&format!("measure.{code}")),
                ("limit", Some(code)) => self.word(&format!("limit.{code}")),
                ("origin", Some(code)) => self.word(&format!("origin.{code}")),
                ("decision", Some(code)) => self.word(&format!("decision.{code}")),
                // The finding that this one speaks of, in its own words.
                ("was", Some(was)) if was != check => self.finding_as(finding, was, dictionary),
                ("breakdown", Some(codes)) => {
                    codes.parse().map_or_else(|_| codes.to_owned(), |breakdown| self.breakdown(&breakdown, dictionary))
                }
                ("period", _) => {
                    let code = given.unwrap_or(&finding.period);
                    code.parse().map_or_else(|_| code.to_owned(), |period| self.period(period))
                }
                (_, Some(given)) => given.to_owned(),
                ("file", None) => finding.site.file.clone(),
                ("quote", None) => finding.site.quote.clone(),
                ("stated", None) => written(&finding.stated),
                ("expected", None) => written(&finding.expected),
                ("difference", None) => written(&finding.difference),
                ("candidates", None) => finding.candidates.join(", "),
                ("causes", None) => self.causes(finding),
                ("also", None) if finding.also.is_empty() => String::new(),
                ("also", None) => self.text("place.also", &[("relations", &finding.also.join("; "))]),
                ("other_file", None) => other.map(|s| s.file.clone()).unwrap_or_default(),
                ("other_place", None) => other
                    .map(|s| if s.place.is_empty() && s.line > 0 { self.line(s.line) } else { s.place.clone() })
                    .unwrap_or_default(),
                ("other_quote", None) => other.map(|s| s.quote.clone()).unwrap_or_default(),
                _ => return None,
            })
        })
    }
}

/// Quarters are numbered in Roman.
fn roman(quarter: u8) -> &'static str {
    match quarter {
        1 => "I",
        2 => "II",
        3 => "III",
        _ => "IV",
    }
}

fn unknown_key(texts: &BTreeMap<String, String>, section: &str, key: &str) -> String {
    let in_section: Vec<&str> = texts.keys().filter_map(|name| name.strip_prefix(section)?.strip_prefix('.')).collect();
    if in_section.is_empty() {
        let mut sections: Vec<&str> = texts.keys().filter_map(|name| name.split('.').next()).collect();
        sections.dedup();
        return format!("`{section}`: no such section; valid: {}", sections.join(", "));
    }
    format!("`{key}`: no such message; valid: {}", in_section.join(", "))
}

fn unknown_placeholder(known: &str, text: &str) -> Option<String> {
    let valid = placeholders(known);
    let unknown = placeholders(text).into_iter().find(|p| !valid.contains(p))?;
    let valid = if valid.is_empty() { "none".to_owned() } else { valid.join(", ") };
    Some(format!("`{{{unknown}}}`: no such placeholder here; valid: {valid}"))
}

/// The names of the placeholders of a message, sorted, each once.
pub fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Fills placeholders in one pass: what is filled in is not looked at again.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(name, tail)| Some((value(name)?, tail))) {
            Some((filled, tail)) => {
                out.push_str(&filled);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(lang: Lang) -> Messages {
        Messages::load(&Templates::built_in(), lang).unwrap()
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let filled = fill("{a} và {b}, {c}", |key| ["a", "b"].contains(&key).then(|| format!("{{{key}}}")));
        assert_eq!(filled, "{a} và {b}, {c}");
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let value = Decimal::from_str_exact("-1234567.80").unwrap();
        assert_eq!(messages(Lang::Vi).number(value), "-1.234.567,8");
        assert_eq!(messages(Lang::En).number(value), "-1,234,567.8");
        assert_eq!(messages(Lang::Vi).number(Decimal::from(100)), "100");
        assert_eq!(messages(Lang::Vi).number(Decimal::from(1000)), "1.000");
    }

    #[test]
    fn only_an_english_locale_is_english() {
        for (locale, lang) in
            [("en_GB.UTF-8", Lang::En), ("en", Lang::En), ("vi_VN", Lang::Vi), ("C.UTF-8", Lang::Vi), ("", Lang::Vi)]
        {
            assert_eq!(Lang::of_locale(locale), lang, "{locale}");
        }
    }
}
