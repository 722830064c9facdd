//! XML as a row of openings, closings and texts, with a bound on its depth. No entity but the five of XML and numbered
//! characters is resolved, and nothing is ever fetched.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{Limit, Limits, Refusal};

/// A piece of XML.
pub(super) enum Item<'a> {
    /// An element opens.
    Open(BytesStart<'a>),
    /// The innermost open element closes.
    Close,
    /// Text.
    Text(Cow<'a, str>),
    /// The end.
    End,
}

/// A reader of XML.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: u64,
    most: u64,
    /// Bytes that the text of one element may have.
    most_text: u64,
}

impl<'a> Xml<'a> {
    pub(super) fn new(text: &'a str, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0, most: limits.nesting, most_text: limits.text_bytes }
    }

    /// The next piece.
    ///
    /// # Errors
    /// When the XML is damaged, or nested too deeply.
    pub(super) fn next(&mut self) -> Result<Item<'a>, Refusal> {
        loop {
            let event = self.reader.read_event().map_err(|error| Refusal::Damaged(error.to_string()))?;
            return Ok(match event {
                Event::Start(start) | Event::Empty(start) => {
                    self.depth += 1;
                    if self.depth > self.most {
                        return Err(Refusal::TooLarge { limit: Limit::Nesting, most: self.most });
                    }
                    Item::Open(start)
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Item::Close
                }
                Event::Text(text) => Item::Text(text.into_inner()),
                Event::CData(text) => Item::Text(text.into_inner()),
                Event::GeneralRef(name) => {
                    let character = match name.resolve_char_ref() {
                        Ok(Some(c)) => Some(c),
                        _ => match &*name.into_inner() {
                            "amp" => Some('&'),
                            "lt" => Some('<'),
                            "gt" => Some('>'),
                            "quot" => Some('"'),
                            "apos" => Some('\''),
                            _ => None,
                        },
                    };
                    match character {
                        Some(c) => Item::Text(Cow::Owned(c.to_string())),
                        None => continue,
                    }
                }
                Event::Eof => Item::End,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }

    /// Passes over the rest of the element that was opened last.
    ///
    /// # Errors
    /// As for [`Xml::next`].
    pub(super) fn skip(&mut self) -> Result<(), Refusal> {
        let mut open = 1_usize;
        while open > 0 {
            match self.next()? {
                Item::Open(_) => open += 1,
                Item::Close => open -= 1,
                Item::Text(_) => {}
                Item::End => break,
            }
        }
        Ok(())
    }

    /// The text of the element that was opened last, with all that is in it.
    ///
    /// # Errors
    /// As for [`Xml::next`].
    pub(super) fn text(&mut self) -> Result<String, Refusal> {
        let (mut open, mut out) = (1_usize, String::new());
        while open > 0 {
            match self.next()? {
                Item::Open(_) => open += 1,
                Item::Close => open -= 1,
                Item::Text(text) => {
                    if u64::try_from(out.len() + text.len()).unwrap_or(u64::MAX) > self.most_text {
                        return Err(Refusal::TooLarge { limit: Limit::Text, most: self.most_text });
                    }
                    out.push_str(&text);
                }
                Item::End => break,
            }
        }
        Ok(out)
    }
}

/// The value of the attribute with this local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::default()).map_or_else(|_| String::new(), Cow::into_owned))
}

/// The name of an element without its prefix.
pub(super) fn local<'e>(element: &'e BytesStart<'_>) -> &'e str {
    element.local_name().into_inner()
}
