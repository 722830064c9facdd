//! The extracted text of one report, to which all offsets point.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Brings text to the form that offsets count in: no byte-order mark, line ends LF, NFC.
///
/// ```
/// assert_eq!(tonghop::text::normal_form("\u{feff}to\u{0300}a\r\nnhà\r"), "tòa\nnhà\n");
/// ```
pub fn normal_form(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    // Every combining mark that Vietnamese uses starts with one of these two bytes; text without them is NFC.
    let may_be_decomposed = text.bytes().any(|b| b == 0xCC || b == 0xCD);
    if may_be_decomposed && !is_nfc(&text) { text.nfc().collect() } else { text }
}

/// A text with its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceText {
    text: String,
    line_starts: Vec<usize>,
}

impl SourceText {
    /// Takes text in the form that [`normal_form`] gives.
    pub fn new(text: String) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        Self { text, line_starts }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text of a byte range; empty where the range does not fall on characters.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// The 1-based line that holds byte `at`.
    pub fn line_of(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at)
    }

    /// How many lines there are.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The byte ranges of all lines, without their line ends.
    pub fn lines(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        (1..=self.line_count()).map(|line| self.line(line))
    }

    /// The byte range of a line, counted from one, without its line end; empty where there is no such line.
    pub fn line(&self, line: usize) -> Range<usize> {
        let Some(start) = line.checked_sub(1).and_then(|at| self.line_starts.get(at)) else { return 0..0 };
        *start..self.line_starts.get(line).map_or(self.text.len(), |next| next - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let source = SourceText::new("một\nhai\n\nbốn".to_owned());
        let lines: Vec<&str> = source.lines().map(|range| source.slice(range)).collect();
        assert_eq!(lines, ["một", "hai", "", "bốn"]);
        assert_eq!((source.slice(source.line(2)), source.line(0), source.line(5)), ("hai", 0..0, 0..0));
        assert_eq!(source.line_of(0), 1);
        assert_eq!(source.line_of("một\n".len()), 2);
        assert_eq!(source.line_of(source.as_str().len()), 4);
    }
}
