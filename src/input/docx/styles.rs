//! Styles: what a paragraph or a run inherits from those that its style is based on.

use std::collections::BTreeMap;

use crate::input::Limits;
use crate::input::xml::{Item, Xml, attribute, local};

/// Styles are based on one another at most so deep.
const MOST_BASES: usize = 20;

/// What is set of a run's look that matters to its text.
#[derive(Debug, Clone, Default)]
pub(super) struct RunLook {
    /// The font of Western letters.
    pub(super) font: Option<String>,
    /// Whether it is raised.
    pub(super) raised: Option<bool>,
    /// Whether it is hidden.
    pub(super) hidden: Option<bool>,
}

impl RunLook {
    /// Takes what an element of `w:rPr` says.
    pub(super) fn take(&mut self, element: &quick_xml::events::BytesStart<'_>) {
        let on = || attribute(element, "val").is_none_or(|v| !matches!(v.as_str(), "0" | "false" | "off" | "none"));
        match local(element) {
            "rFonts" => {
                let named = attribute(element, "ascii").or_else(|| attribute(element, "hAnsi"));
                self.font = named.or_else(|| self.font.take());
            }
            "vertAlign" => self.raised = Some(attribute(element, "val").as_deref() == Some("superscript")),
            "vanish" => self.hidden = Some(on()),
            _ => {}
        }
    }

    /// This look where it says something, else the other.
    pub(super) fn or(mut self, other: &Self) -> Self {
        self.font = self.font.or_else(|| other.font.clone());
        self.raised = self.raised.or(other.raised);
        self.hidden = self.hidden.or(other.hidden);
        self
    }
}

/// What an element is to the styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Defaults,
    Style,
    RunLook,
    Other,
}

/// One style.
#[derive(Debug, Clone, Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    numbering: Option<String>,
    level: Option<usize>,
    indent: Option<i64>,
    look: RunLook,
}

/// All styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: BTreeMap<String, Style>,
    default_paragraph: Option<String>,
    defaults: RunLook,
}

impl Styles {
    /// Reads `styles.xml`; what is damaged there is left out.
    pub(super) fn read(text: &str, limits: &Limits) -> Self {
        let mut styles = Self::default();
        let mut xml = Xml::new(text, limits);
        let mut current: Option<(String, Style)> = None;
        let mut in_defaults = false;
        let mut path: Vec<Part> = Vec::new();
        while let Ok(item) = xml.next() {
            match item {
                Item::Open(element) => {
                    let name = local(&element);
                    let value = || attribute(&element, "val");
                    let part = match name {
                        "docDefaults" => Part::Defaults,
                        "style" => Part::Style,
                        "rPr" => Part::RunLook,
                        _ => Part::Other,
                    };
                    match name {
                        "docDefaults" => in_defaults = true,
                        "style" => {
                            let id = attribute(&element, "styleId").unwrap_or_default();
                            let default = attribute(&element, "default").is_some_and(|v| v == "1" || v == "true");
                            if default && attribute(&element, "type").as_deref() == Some("paragraph") {
                                styles.default_paragraph = Some(id.clone());
                            }
                            current = Some((id, Style::default()));
                        }
                        _ if in_defaults => styles.defaults.take(&element),
                        _ => {
                            if let Some((_, style)) = &mut current {
                                match name {
                                    "name" => style.name = value().unwrap_or_default(),
                                    "basedOn" => style.based_on = value(),
                                    "numId" => style.numbering = value(),
                                    "ilvl" => style.level = value().and_then(|v| v.parse().ok()),
                                    "ind" => style.indent = indent(&element),
                                    _ if path.last() == Some(&Part::RunLook) => style.look.take(&element),
                                    _ => {}
                                }
                            }
                        }
                    }
                    path.push(part);
                }
                Item::Close => match path.pop() {
                    Some(Part::Defaults) => in_defaults = false,
                    Some(Part::Style) => {
                        if let Some((id, style)) = current.take() {
                            styles.by_id.insert(id, style);
                        }
                    }
                    _ => {}
                },
                Item::Text(_) => {}
                Item::End => break,
            }
        }
        styles
    }

    fn chain<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a Style)> {
        let first = id.or(self.default_paragraph.as_deref());
        let found = move |id: &'a str| self.by_id.get(id).map(|style| (id, style));
        std::iter::successors(first.and_then(found), move |(_, style)| found(style.based_on.as_deref()?))
            .take(MOST_BASES)
    }

    /// The numbering of a paragraph style, its level, and the style that sets it.
    pub(super) fn numbering(&self, id: Option<&str>) -> Option<(String, Option<usize>, String)> {
        self.chain(id).find_map(|(id, style)| Some((style.numbering.clone()?, style.level, id.to_owned())))
    }

    /// How far a paragraph style sets in, in twentieths of a point.
    pub(super) fn indent(&self, id: Option<&str>) -> i64 {
        self.chain(id).find_map(|(_, style)| style.indent).unwrap_or(0)
    }

    /// Whether a style is one of a table of contents.
    pub(super) fn is_contents(&self, id: Option<&str>) -> bool {
        let opens = |style: &Style| {
            let rest = style.name.to_ascii_lowercase();
            rest.strip_prefix("toc ").is_some_and(|n| n.parse::<u8>().is_ok())
        };
        id.is_some() && self.chain(id).next().is_some_and(|(_, style)| opens(style))
    }

    /// The look of a run in a paragraph of one style with a style of its own.
    pub(super) fn look(&self, own: &RunLook, run: Option<&str>, paragraph: Option<&str>) -> RunLook {
        let mut look = own.clone();
        if run.is_some() {
            for (_, style) in self.chain(run) {
                look = look.or(&style.look);
            }
        }
        for (_, style) in self.chain(paragraph) {
            look = look.or(&style.look);
        }
        look.or(&self.defaults)
    }
}

/// How far `w:ind` sets in, in twentieths of a point.
pub(super) fn indent(element: &quick_xml::events::BytesStart<'_>) -> Option<i64> {
    let value = attribute(element, "left").or_else(|| attribute(element, "start"))?;
    value.parse().ok()
}
