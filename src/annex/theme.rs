//! The look: typeface, sizes, margins, and how much room letters take.

use serde::Deserialize;

use super::layout::Orientation;
use super::source::parse;
use crate::dictionary::templates::{TemplateErrors, Templates};

/// Name of the theme's file below the templates folder.
pub(super) const THEME_FILE: &str = "theme.toml";

/// The look of the annexes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Theme {
    /// Typeface.
    pub(super) font: String,
    /// Type sizes in points.
    pub(super) size: Sizes,
    /// Room that letters take.
    pub(super) measure: Measures,
    /// Margins in millimetres.
    pub(super) page: Margins,
    /// Colours of charts.
    pub(super) chart: Colours,
}

/// Colours, as six hexadecimal digits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Colours {
    /// Of a small line in a cell.
    pub(super) line: String,
    /// Of the last point of such a line.
    pub(super) mark: String,
}

/// Type sizes in points.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sizes {
    pub(super) form_code: u8,
    pub(super) heading: u8,
    pub(super) title: u8,
    pub(super) attached: u8,
    pub(super) line: u8,
    pub(super) header: u8,
    pub(super) numbering: u8,
    pub(super) body: u8,
    pub(super) note: u8,
    pub(super) signature: u8,
    pub(super) page_number: u8,
}

/// Room that letters take.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measures {
    /// Width of a letter, in widths of a digit of the column's measure, at 11 points.
    pub(super) letter: f64,
    /// The same for bold type.
    pub(super) bold_letter: f64,
    /// Height of a line, in type sizes.
    pub(super) line: f64,
}

/// Margins in millimetres.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Margins {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Theme {
    /// How many widths of a digit lie between the margins of an A4 page.
    pub(super) fn page_width(&self, orientation: Orientation) -> f64 {
        /// Width of a digit of the workbook's usual type, in millimetres.
        const DIGIT: f64 = 1.96;
        let (long, short) = (297.0, 210.0);
        let paper = if orientation == Orientation::Landscape { long } else { short };
        ((paper - self.page.left - self.page.right) / DIGIT).floor()
    }

    pub(super) fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        parse(THEME_FILE, &templates.read(THEME_FILE)?)
    }

    /// The height between the margins of an A4 page, in points.
    pub(super) fn page_height(&self, orientation: Orientation) -> f64 {
        const POINTS_PER_MM: f64 = 72.0 / 25.4;
        let paper = if orientation == Orientation::Landscape { 210.0 } else { 297.0 };
        (paper - self.page.top - self.page.bottom) * POINTS_PER_MM
    }

    /// How many lines `text` takes when it is wrapped at words in a column of `width` digits.
    pub(super) fn lines(&self, text: &str, width: f64, size: u8, bold: bool) -> u32 {
        let letter = if bold { self.measure.bold_letter } else { self.measure.letter };
        let room = (width - 1.0).max(1.0) / (letter * f64::from(size) / 11.0);
        let mut lines = 0_u32;
        for paragraph in text.split('\n') {
            let mut used = 0.0;
            lines += 1;
            for word in paragraph.split(' ') {
                // Three dots in one sign are as wide as two letters.
                let length = word.chars().map(|c| if c == '\u{2026}' { 2.0 } else { 1.0 }).sum::<f64>();
                if used > 0.0 && used + 1.0 + length > room {
                    lines += 1;
                    used = 0.0;
                }
                let start = if used > 0.0 { used + 1.0 } else { 0.0 };
                used = start + length;
                // A word longer than the column is broken.
                while used > room {
                    lines += 1;
                    used -= room;
                }
            }
        }
        lines
    }

    /// Height in points of `lines` lines; Excel takes at most 409.
    pub(super) fn height(&self, lines: u32, size: u8) -> f64 {
        (f64::from(lines.max(1)) * f64::from(size) * self.measure.line + 2.0).min(409.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_text_is_counted_in_lines() {
        let theme = Theme::load(&Templates::built_in()).unwrap();
        assert_eq!(theme.lines("", 10.0, 11, false), 1);
        assert_eq!(theme.lines("Số lao động", 20.0, 11, false), 1);
        assert_eq!(theme.lines("Số lao động được giải quyết việc làm", 20.0, 11, false), 2);
        assert_eq!(theme.lines("hai\ndòng", 20.0, 11, false), 2);
    }
}
