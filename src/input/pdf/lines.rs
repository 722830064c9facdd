//! Glyphs to lines: what stands on one baseline, from the left, with the marks of notes that stand above it.

use crate::input::flow::raised;

/// A gap of so much of the letters' size is a space.
const SPACE: f32 = 0.15;
/// A gap of so many sizes parts columns.
pub(super) const COLUMN_GAP: f32 = 2.0;

/// A run of glyphs with its place; `y` is the baseline, growing upwards.
#[derive(Debug, Clone, Default)]
pub(super) struct Glyphs {
    pub(super) text: String,
    pub(super) x: f32,
    pub(super) end: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    /// Whether it stands small above the line.
    pub(super) raised: bool,
}

/// A line.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Its glyphs from the left.
    pub(super) glyphs: Vec<Glyphs>,
    pub(super) x: f32,
    pub(super) end: f32,
    pub(super) y: f32,
    /// The size of most of its letters.
    pub(super) size: f32,
}

impl Line {
    fn of(mut glyphs: Vec<Glyphs>) -> Self {
        glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
        let longest = glyphs.iter().filter(|g| !g.raised).max_by_key(|g| g.text.len());
        let (size, y) = longest.or(glyphs.first()).map_or((1.0, 0.0), |g| (g.size, g.y));
        let visible = |g: &&Glyphs| !g.text.trim().is_empty();
        let x = glyphs.iter().find(visible).map_or(0.0, |g| g.x);
        let end = glyphs.iter().filter(visible).map(|g| g.end).fold(x, f32::max);
        Self { glyphs, x, end, y, size }
    }

    /// Its text.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let mut end: Option<f32> = None;
        for run in &self.glyphs {
            let gap = end.is_some_and(|end| run.x - end > SPACE * run.size.max(1.0));
            if gap && !out.ends_with(' ') && !run.text.starts_with(' ') {
                out.push(' ');
            }
            if run.raised {
                out.extend(run.text.chars().map(raised))
            } else {
                out.push_str(&run.text)
            }
            end = Some(end.map_or(run.end, |e: f32| e.max(run.end)));
        }
        out
    }

    /// The parts of the line that wide gaps set apart.
    pub(super) fn parts(&self) -> Vec<Line> {
        let mut parts: Vec<Vec<Glyphs>> = vec![Vec::new()];
        let mut end: Option<f32> = None;
        for run in self.glyphs.iter().filter(|g| !g.text.trim().is_empty()) {
            if end.is_some_and(|end| run.x - end > COLUMN_GAP * self.size) {
                parts.push(Vec::new());
            }
            if let Some(part) = parts.last_mut() {
                part.push(run.clone());
            }
            end = Some(end.map_or(run.end, |e: f32| e.max(run.end)));
        }
        parts.into_iter().filter(|p| !p.is_empty()).map(Line::of).collect()
    }
}

/// Whether a text can be the mark of a note.
fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let inner = text.trim_matches(['(', ')', '[', ']']);
    text.chars().count() <= 5
        && !inner.is_empty()
        && (inner.chars().all(|c| c.is_ascii_digit()) && inner.len() <= 3 || inner.chars().all(|c| c == '*'))
}

/// All lines from the top.
pub(super) fn lines(mut glyphs: Vec<Glyphs>) -> Vec<Line> {
    lift(&mut glyphs);
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut lines: Vec<Line> = Vec::new();
    let mut open: Vec<Glyphs> = Vec::new();
    let (mut y, mut size) = (0.0_f32, 1.0_f32);
    for run in glyphs {
        if run.text.trim().is_empty() && open.is_empty() {
            continue;
        }
        if !open.is_empty() && (y - run.y) > 0.35 * size.min(run.size) {
            lines.push(Line::of(std::mem::take(&mut open)));
        }
        if open.is_empty() {
            (y, size) = (run.y, run.size);
        }
        open.push(run);
    }
    if !open.is_empty() {
        lines.push(Line::of(open));
    }
    lines.retain(|line| line.glyphs.iter().any(|g| !g.text.trim().is_empty()));
    lines
}

/// Brings the marks of notes down to the line that they stand in: smaller than the letters beside them, and higher.
fn lift(glyphs: &mut [Glyphs]) {
    let mut order: Vec<usize> = (0..glyphs.len()).collect();
    let y_of = |glyphs: &[Glyphs], at: usize| glyphs.get(at).map_or(0.0, |g| g.y);
    order.sort_by(|a, b| y_of(glyphs, *b).total_cmp(&y_of(glyphs, *a)));
    for (place, at) in order.iter().enumerate() {
        let Some(mark) = glyphs.get(*at).filter(|g| is_mark(&g.text)).cloned() else { continue };
        // Candidates lie at most one line lower.
        let beside = order
            .iter()
            .skip(place + 1)
            .take(400)
            .filter_map(|other| glyphs.get(*other))
            .take_while(|o| mark.y - o.y < 30.0);
        let host = beside
            .filter(|o| !o.raised && !o.text.trim().is_empty())
            .filter(|o| mark.size < 0.85 * o.size)
            .filter(|o| (0.08 * o.size..0.75 * o.size).contains(&(mark.y - o.y)))
            .find(|o| {
                let after = (mark.x - o.end).abs() < 0.6 * o.size;
                let before = (o.x - mark.end).abs() < 0.6 * o.size;
                after || before || o.x <= mark.x && mark.end <= o.end
            })
            .map(|o| o.y);
        if let (Some(y), Some(mark)) = (host, glyphs.get_mut(*at)) {
            mark.y = y;
            mark.raised = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, x: f32, y: f32, size: f32) -> Glyphs {
        let width = size * 0.5 * f32::from(u8::try_from(text.chars().count()).unwrap());
        Glyphs { text: text.to_owned(), x, end: x + width, y, size, ..Glyphs::default() }
    }

    #[test]
    fn a_small_number_above_the_line_is_a_mark_and_no_digit() {
        let found = lines(vec![
            run("lao động", 10.0, 100.0, 14.0),
            run("12", 66.0, 104.6, 8.0),
            run(", đạt", 74.0, 100.0, 14.0),
        ]);
        assert_eq!(found.iter().map(Line::text).collect::<Vec<_>>(), ["lao động¹², đạt"]);
    }

    #[test]
    fn letters_of_another_font_do_not_break_words() {
        let found = lines(vec![run("vi", 10.0, 50.0, 14.0), run("c l", 31.0, 50.0, 14.0), run("ệ", 24.0, 50.1, 14.0)]);
        assert_eq!(found.iter().map(Line::text).collect::<Vec<_>>(), ["việc l"]);
    }
}
