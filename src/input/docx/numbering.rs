//! The numbers that Word counts by itself: they stand nowhere in the text, and section numbers matter.

use std::collections::{BTreeMap, BTreeSet};

use super::styles::Styles;
use crate::input::Limits;
use crate::input::count::written;
use crate::input::xml::{Item, Xml, attribute, local};

/// Word has nine levels.
const LEVELS: usize = 9;

#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: String,
    text: String,
    decimal: bool,
    style: Option<String>,
    restarts_after: Option<usize>,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            start: 1,
            format: "decimal".to_owned(),
            text: String::new(),
            decimal: false,
            style: None,
            restarts_after: None,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Abstract {
    levels: BTreeMap<usize, Level>,
    style_link: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Instance {
    of: String,
    starts: BTreeMap<usize, u32>,
    levels: BTreeMap<usize, Level>,
}

/// All numberings of a document with where they are.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: BTreeMap<String, Abstract>,
    instances: BTreeMap<String, Instance>,
    counters: BTreeMap<String, [Option<u32>; LEVELS]>,
    restarted: BTreeSet<(String, usize)>,
}

impl Numbering {
    /// Reads `numbering.xml`; what is damaged there is left out.
    pub(super) fn read(text: &str, styles: &Styles, limits: &Limits) -> Self {
        let mut numbering = Self::default();
        let mut xml = Xml::new(text, limits);
        let mut path: Vec<String> = Vec::new();
        let mut kind: Option<(String, Abstract)> = None;
        let mut instance: Option<(String, Instance)> = None;
        let mut at = 0_usize;
        while let Ok(item) = xml.next() {
            match item {
                Item::Open(element) => {
                    let name = local(&element).to_owned();
                    let value = || attribute(&element, "val");
                    match name.as_str() {
                        "abstractNum" => {
                            let id = attribute(&element, "abstractNumId").unwrap_or_default();
                            kind = Some((id, Abstract::default()));
                        }
                        "num" => {
                            let id = attribute(&element, "numId").unwrap_or_default();
                            instance = Some((id, Instance::default()));
                        }
                        "abstractNumId" => {
                            if let Some((_, instance)) = &mut instance {
                                instance.of = value().unwrap_or_default();
                            }
                        }
                        "lvl" | "lvlOverride" => {
                            at = attribute(&element, "ilvl").and_then(|v| v.parse().ok()).unwrap_or(0).min(LEVELS - 1);
                        }
                        "startOverride" => {
                            if let (Some((_, instance)), Some(start)) =
                                (&mut instance, value().and_then(|v| v.parse().ok()))
                            {
                                instance.starts.insert(at, start);
                            }
                        }
                        "numStyleLink" => {
                            if let Some((_, kind)) = &mut kind {
                                kind.style_link = value();
                            }
                        }
                        _ if path.iter().any(|p| p == "lvl") => {
                            let levels = match (&mut kind, &mut instance) {
                                (Some((_, kind)), _) => Some(&mut kind.levels),
                                (None, Some((_, instance))) => Some(&mut instance.levels),
                                (None, None) => None,
                            };
                            if let Some(level) = levels.map(|levels| levels.entry(at).or_default()) {
                                level_says(level, &name, &element);
                            }
                        }
                        _ => {}
                    }
                    path.push(name);
                }
                Item::Close => match path.pop().as_deref() {
                    Some("abstractNum") => numbering.abstracts.extend(kind.take()),
                    Some("num") => numbering.instances.extend(instance.take()),
                    _ => {}
                },
                Item::Text(_) => {}
                Item::End => break,
            }
        }
        numbering.follow_links(styles);
        numbering
    }

    /// A numbering that only names a style has the levels of that style's numbering.
    fn follow_links(&mut self, styles: &Styles) {
        let links: Vec<(String, Abstract)> = self
            .abstracts
            .iter()
            .filter_map(|(id, kind)| {
                let (number, ..) = styles.numbering(Some(kind.style_link.as_deref()?))?;
                let of = &self.instances.get(&number)?.of;
                Some((id.clone(), self.abstracts.get(of)?.clone()))
            })
            .collect();
        self.abstracts.extend(links);
    }

    /// Counts a paragraph: its label, with the space after it.
    pub(super) fn count(&mut self, number: &str, level: Option<usize>, style: Option<&str>) -> String {
        let Some(instance) = self.instances.get(number) else { return String::new() };
        let Some(kind) = self.abstracts.get(&instance.of) else { return String::new() };
        let level_of = |at: usize| instance.levels.get(&at).or_else(|| kind.levels.get(&at));
        let by_style =
            || (0..LEVELS).find(|at| level_of(*at).is_some_and(|l| l.style.is_some() && l.style.as_deref() == style));
        let at = level.or_else(by_style).unwrap_or(0).min(LEVELS - 1);
        let Some(own) = level_of(at) else { return String::new() };
        let counters = self.counters.entry(instance.of.clone()).or_default();
        let restart = instance.starts.get(&at).filter(|_| self.restarted.insert((number.to_owned(), at)));
        let value = match (restart, counters.get(at).copied().flatten()) {
            (Some(start), _) => *start,
            (None, Some(value)) => value.saturating_add(1),
            (None, None) => own.start,
        };
        for (deeper, counter) in counters.iter_mut().enumerate() {
            if deeper == at {
                *counter = Some(value);
            } else if deeper > at {
                let restarts = level_of(deeper).and_then(|l| l.restarts_after).is_none_or(|after| at < after);
                if restarts {
                    *counter = None;
                }
            }
        }
        if own.format == "none" && own.text.contains('%') {
            return String::new();
        }
        if own.format == "bullet" {
            return bullet(&own.text, at);
        }
        let mut label = String::new();
        let mut rest = own.text.chars();
        while let Some(c) = rest.next() {
            if c != '%' {
                label.push(c);
                continue;
            }
            let Some(digit) = rest.next().and_then(|d| d.to_digit(10)) else { continue };
            let Some(place) = usize::try_from(digit).ok().and_then(|d| d.checked_sub(1)) else { continue };
            let shown = level_of(place).cloned().unwrap_or_default();
            let value = counters.get(place).copied().flatten().unwrap_or(shown.start);
            let format = if own.decimal { "decimal" } else { &shown.format };
            label.push_str(&written(value, format));
        }
        if label.is_empty() { label } else { format!("{label} ") }
    }
}

fn level_says(level: &mut Level, name: &str, element: &quick_xml::events::BytesStart<'_>) {
    let value = attribute(element, "val").unwrap_or_default();
    match name {
        "start" => level.start = value.parse().unwrap_or(1),
        "numFmt" => level.format = value,
        "lvlText" => level.text = value,
        "pStyle" => level.style = Some(value),
        "isLgl" => level.decimal = !matches!(value.as_str(), "0" | "false" | "off"),
        "lvlRestart" => level.restarts_after = value.parse().ok(),
        _ => {}
    }
}

/// A bullet: signs of symbol fonts have no meaning outside them, so a dash stands for those of the first level and a
/// plus for deeper ones.
fn bullet(text: &str, level: usize) -> String {
    let sign = match text.trim().chars().next() {
        None => return String::new(),
        Some(c) if matches!(c, '-' | '+' | '*' | '\u{2013}' | '\u{2022}') => c,
        Some(_) if level == 0 => '-',
        Some(_) => '+',
    };
    format!("{sign} ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = r#"<w:numbering xmlns:w="w">
      <w:abstractNum w:abstractNumId="0">
        <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
        <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2."/></w:lvl>
        <w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl>
      </w:abstractNum>
      <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
      <w:num w:numId="2"><w:abstractNumId w:val="0"/>
        <w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
    </w:numbering>"#;

    #[test]
    fn levels_count_and_restart() {
        let limits = Limits::default();
        let mut numbering = Numbering::read(XML, &Styles::default(), &limits);
        let mut count = |number: &str, level: usize| numbering.count(number, Some(level), None);
        assert_eq!(count("1", 0), "I. ");
        assert_eq!(count("1", 1), "1.1. ");
        assert_eq!(count("1", 1), "1.2. ");
        assert_eq!(count("1", 2), "+ ");
        assert_eq!(count("1", 0), "II. ");
        assert_eq!(count("1", 1), "2.1. ");
        assert_eq!(count("2", 0), "VII. ");
        assert_eq!(count("2", 0), "VIII. ");
        assert_eq!(count("9", 0), "");
    }

    #[test]
    fn numbers_are_written_as_word_does() {
        assert_eq!(
            [written(4, "upperRoman"), written(49, "lowerRoman"), written(28, "lowerLetter")],
            ["IV", "xlix", "bb"]
        );
    }
}
