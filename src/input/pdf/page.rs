//! What one page shows: its glyphs in lines, its drawn lines, and whether it is a picture.

use pdfboss_core::{Document, Error as PdfError};
use pdfboss_text::{
    FontCache, ReadingOrder, extract_spans_and_rulings_reporting_cached, placed_images_reporting_cached,
};

use super::grid::{Drawn, Grid, grids};
use super::lines::{Glyphs, Line, lines};
use crate::input::encoding::Legacy;
use crate::input::flow::Paragraph;

/// A picture that covers such a part of a page may be the page.
const PICTURE_PART: f32 = 0.4;

/// What one page shows.
#[derive(Debug, Default)]
pub(super) struct PageText {
    /// Lines outside tables, from the top.
    pub(super) lines: Vec<Line>,
    /// Tables drawn with lines, from the top.
    pub(super) grids: Vec<Grid>,
    /// Lines set aside as running heads and feet.
    pub(super) furniture: Vec<Paragraph>,
    /// Whether a picture covers much of it.
    pub(super) pictures: bool,
    /// The old encoding that its fonts are made for.
    pub(super) legacy: Option<Legacy>,
}

impl PageText {
    /// Reads a page.
    ///
    /// # Errors
    /// When the page is damaged.
    pub(super) fn read(document: &Document, index: usize, fonts: &FontCache) -> Result<Self, PdfError> {
        let page = document.page(index)?;
        let (spans, rulings, _) =
            extract_spans_and_rulings_reporting_cached(document, &page, fonts, ReadingOrder::Content)?;
        let turn = usual_turn(spans.iter().map(|s| (s.rotate, s.text.len())));
        let mut legacy = None;
        let mut glyphs = Vec::with_capacity(spans.len());
        for span in spans {
            if span.rotate != turn || span.vertical || !span.x.is_finite() || !span.y.is_finite() {
                continue;
            }
            let (x, y) = turned(turn, span.x, span.y);
            let (end, _) = turned(turn, span.end_x, span.end_y);
            let font = span.font_name.split_once('+').map_or(span.font_name.as_str(), |(_, name)| name);
            let text = match Legacy::of_font(font) {
                Some(encoding) if !span.text.is_ascii() => {
                    legacy = Some(encoding);
                    encoding.decode(&span.text)
                }
                _ => span.text,
            };
            glyphs.push(Glyphs { text, x, end: end.max(x), y, size: span.size.abs().max(0.1), raised: false });
        }
        let drawn: Vec<Drawn> = rulings
            .iter()
            .map(|r| {
                let ((x0, y0), (x1, y1)) = (turned(turn, r.start.x, r.start.y), turned(turn, r.end.x, r.end.y));
                Drawn { x0: x0.min(x1), x1: x0.max(x1), y0: y0.min(y1), y1: y0.max(y1) }
            })
            .collect();
        let few = glyphs.iter().map(|g| g.text.len()).sum::<usize>() < 200;
        let pictures = few && {
            let (images, _) = placed_images_reporting_cached(document, &page, fonts)?;
            let area = |r: &pdfboss_core::Rect| ((r.x1 - r.x0) * (r.y1 - r.y0)).abs();
            let whole = area(&page.media_box).max(1.0);
            images.iter().map(|i| area(&i.bbox)).sum::<f32>() > whole * PICTURE_PART
        };
        let (grids, rest) = grids(&drawn, glyphs);
        Ok(Self { lines: lines(rest), grids, furniture: Vec::new(), pictures, legacy })
    }

    /// How many letters and digits it has.
    pub(super) fn letters(&self) -> usize {
        let of = |line: &Line| line.text().chars().filter(|c| c.is_alphanumeric()).count();
        let in_grids = self.grids.iter().flat_map(|g| &g.cells).flat_map(|c| &c.lines);
        self.lines.iter().chain(in_grids).map(of).sum()
    }

    /// How many bytes of text it has.
    pub(super) fn bytes(&self) -> usize {
        let in_grids = self.grids.iter().flat_map(|g| &g.cells).flat_map(|c| &c.lines);
        self.lines.iter().chain(in_grids).flat_map(|l| &l.glyphs).map(|g| g.text.len()).sum()
    }
}

/// The turn that most of the text has.
fn usual_turn(turns: impl Iterator<Item = (i32, usize)>) -> i32 {
    let mut lengths = [0_usize; 4];
    for (turn, length) in turns {
        let at = match turn {
            90 => 1,
            180 => 2,
            270 => 3,
            _ => 0,
        };
        if let Some(sum) = lengths.get_mut(at) {
            *sum += length;
        }
    }
    let most = lengths.iter().copied().max().unwrap_or(0);
    match lengths.iter().position(|l| *l == most) {
        Some(1) => 90,
        Some(2) => 180,
        Some(3) => 270,
        _ => 0,
    }
}

/// A place as it is when the page is turned so that text with this turn reads upright.
fn turned(turn: i32, x: f32, y: f32) -> (f32, f32) {
    match turn {
        90 => (y, -x),
        180 => (-x, -y),
        270 => (-y, x),
        _ => (x, y),
    }
}
