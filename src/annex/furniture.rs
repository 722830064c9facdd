//! What stands around every table: the lines above, the heading rows, the notes and the signatures.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Layout, Signature, SignatureBlock};
use super::sheet::{Content, Look, Sheet};
use super::source::fill;
use super::theme::Theme;

/// Values for the placeholders of a sheet's lines.
pub(super) type Filling<'a> = [(&'a str, &'a str)];

/// The lines above the table. A line that is left empty takes no row.
pub(super) fn begin(sheet: &mut Sheet, layout: &Layout, filling: &Filling<'_>, theme: &Theme) {
    let lines = layout.lines();
    let last = sheet.columns().saturating_sub(1);
    let full = sheet.width(0, last);
    sheet.orientation = layout.orientation;
    let size = &theme.size;
    if let Some((left, right)) = &lines.corner {
        corner(sheet, left, right, filling, theme);
    }
    for (text, look, size, bold) in [
        (lines.form_code, Look::FormCode, size.form_code, false),
        (lines.heading, Look::Heading, size.heading, true),
        (lines.title, Look::Title, size.title, true),
        (lines.period, Look::PeriodLine, size.attached, false),
        (lines.attached, Look::Attached, size.attached, false),
    ] {
        let text = fill(text, filling);
        let text = text.trim_end();
        if !text.is_empty() {
            let row = sheet.take_row();
            sheet.across(row, 0, last, text, look);
            sheet.heights.push((row, theme.height(theme.lines(text, full, size, bold), size)));
        }
    }
    if !lines.attached.is_empty() {
        rule(sheet);
    }
    let (left, right) = (fill(lines.left, filling), fill(lines.right, filling));
    if left.is_empty() && right.is_empty() {
        return;
    }
    let gap = sheet.take_row();
    sheet.heights.push((gap, 6.0));
    let row = sheet.take_row();
    let split = split_at(sheet, if right.is_empty() { 1.0 } else { 0.6 });
    if last == 0 {
        sheet.across(row, 0, 0, &format!("{left} {right}"), Look::LeftLine);
    } else {
        let split = split.min(last - 1);
        sheet.across(row, 0, split, &left, Look::LeftLine);
        sheet.across(row, split + 1, last, &right, Look::RightLine);
    }
    let (width, rest) = (sheet.width(0, split), full - sheet.width(0, split));
    let rest = if last == 0 { full } else { rest };
    let lines = theme.lines(&left, width, size.line, false).max(theme.lines(&right, rest, size.line, false));
    sheet.heights.push((row, theme.height(lines, size.line)));
}

/// The two blocks at the head of a form, side by side, line by line.
fn corner(sheet: &mut Sheet, left: &[&str], right: &[&str], filling: &Filling<'_>, theme: &Theme) {
    let last = sheet.columns().saturating_sub(1);
    let split = split_at(sheet, 0.5);
    let size = theme.size.form_code;
    for at in 0..left.len().max(right.len()) {
        let row = sheet.take_row();
        let text = |lines: &[&str]| lines.get(at).map(|line| fill(line, filling)).unwrap_or_default();
        let (left, right) = (text(left), text(right));
        if last == 0 {
            sheet.across(row, 0, 0, &format!("{left} {right}"), Look::LeftCorner);
        } else {
            sheet.across(row, 0, split, &left, Look::LeftCorner);
            sheet.across(row, split + 1, last, &right, Look::RightCorner);
        }
        let lines = theme.lines(&left, sheet.width(0, split), size, false).max(theme.lines(
            &right,
            sheet.width(split + 1, last),
            size,
            false,
        ));
        sheet.heights.push((row, theme.height(lines, size)));
    }
}

/// A short line in the middle, below what it closes.
fn rule(sheet: &mut Sheet) {
    let last = sheet.columns().saturating_sub(1);
    let full = sheet.width(0, last);
    let row = sheet.take_row();
    sheet.heights.push((row, 5.0));
    let from = (0..=last).find(|column| sheet.width(0, *column) > full * 0.4).unwrap_or(0);
    let to = (from..=last).find(|column| sheet.width(from, *column) >= full * 0.15).unwrap_or(last);
    sheet.across(row, from, to, "", Look::Rule);
}

/// The last column of the left of two blocks: of those before the last one, that which ends nearest to this share of
/// the width.
fn split_at(sheet: &Sheet, share: f64) -> u16 {
    let last = sheet.columns().saturating_sub(1);
    let wanted = sheet.width(0, last) * share;
    let off = |column: &u16| (sheet.width(0, *column) - wanted).abs();
    (0..last).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
}

/// Height of a row that nothing is said of, in points.
const USUAL_HEIGHT: f64 = 15.0;

/// How the rows of a sheet fill its pages, in points before the sheet is made smaller to fit the width.
struct Filled {
    /// The pages begun.
    pages: u16,
    /// What a page holds.
    page: f64,
    /// What is left of the last page.
    left: f64,
    /// What all rows are high, those repeated on further pages once.
    rows: f64,
    /// What the repeated rows are high.
    repeated: f64,
}

fn filled(sheet: &Sheet, theme: &Theme) -> Filled {
    let full = sheet.width(0, sheet.columns().saturating_sub(1));
    let scale = (theme.page_width(sheet.orientation) / full.max(1.0)).min(1.0);
    let page = theme.page_height(sheet.orientation) / scale;
    let heights: BTreeMap<u32, f64> = sheet.heights.iter().copied().collect();
    let hidden: BTreeSet<u32> = sheet.hidden.iter().copied().collect();
    let height = |row: u32| match (hidden.contains(&row), heights.get(&row)) {
        (true, _) => 0.0,
        (false, Some(height)) => *height,
        (false, None) => USUAL_HEIGHT,
    };
    let repeated: f64 = sheet.repeat.map_or(0.0, |(first, last)| (first..=last).map(height).sum());
    let (mut used, mut pages) = (0.0, 1_u16);
    for row in 0..sheet.next_row {
        if used + height(row) > page {
            used = repeated;
            pages = pages.saturating_add(1);
        }
        used += height(row);
    }
    let rows = (0..sheet.next_row).map(height).sum();
    Filled { pages, page, left: page - used, rows, repeated }
}

/// Signatures stand on no page of their own where a sheet made this much smaller holds them too.
const LEAST_SCALE: f64 = 0.7;

/// Makes a sheet as many pages tall as its table is, if what stands below the table needs little more.
fn keep_with_table(sheet: &mut Sheet, table: &Filled, theme: &Theme) {
    let all = filled(sheet, theme);
    let (room, headings) = (f64::from(table.pages) * all.page, f64::from(table.pages - 1) * all.repeated);
    if all.pages > table.pages && room / (all.rows + headings) >= LEAST_SCALE {
        sheet.pages_tall = table.pages;
    }
}

/// Rows kept free for a chart: the first, and the first below. A chart that the page has no room for begins on the next.
pub(super) fn chart_room(sheet: &mut Sheet, rows: u32, theme: &Theme) -> (u32, u32) {
    let on_page = filled(sheet, theme);
    let needed = f64::from(rows) * USUAL_HEIGHT + 8.0;
    if needed > on_page.left && needed < on_page.page {
        let mut skipped = 0.0;
        while skipped < on_page.left {
            sheet.take_row();
            skipped += USUAL_HEIGHT;
        }
    }
    let gap = sheet.take_row();
    sheet.heights.push((gap, 8.0));
    let top = sheet.next_row;
    sheet.next_row = top.saturating_add(rows);
    (top, sheet.next_row)
}

/// The heading rows: a path of headings for each column, from the top level down. Neighbours under the same
/// headings share merged cells; a short path reaches down to the last level. Below them the numbering row, where
/// any column has a mark.
pub(super) fn header(sheet: &mut Sheet, paths: &[Vec<String>], marks: &[String], theme: &Theme) {
    let depth = paths.iter().map(Vec::len).max().unwrap_or(0);
    let first = sheet.next_row;
    let size = theme.size.header;
    let mut heights = vec![theme.height(1, size); depth];
    let mut spanning: Vec<(usize, f64)> = Vec::new();
    for level in 0..depth {
        let mut column = 0;
        while let Some(path) = paths.get(column) {
            let Some(text) = path.get(level) else {
                column += 1;
                continue;
            };
            let leaf = level + 1 == path.len();
            let same = |other: &Vec<String>| other.len() == path.len() && other.get(..=level) == path.get(..=level);
            let shares =
                |other: &Vec<String>| !leaf && other.get(..=level) == path.get(..=level) && other.len() > level + 1;
            let run =
                paths.iter().skip(column).take_while(|other| if leaf { same(other) } else { shares(other) }).count();
            // A leaf heads one column only, even where two leaves read alike.
            let run = if leaf { 1 } else { run.max(1) };
            let bottom = if leaf { depth - 1 } else { level };
            let (from, to) = (index(column), index(column + run - 1));
            let top_row = first + row_of(level);
            sheet.block((top_row, from), (first + row_of(bottom), to), text, Look::Header);
            let height = theme.height(theme.lines(text, sheet.width(from, to), size, true), size);
            if bottom == level {
                if let Some(known) = heights.get_mut(level) {
                    *known = known.max(height);
                }
            } else {
                spanning.push((level, height));
            }
            column += run;
        }
    }
    for (level, height) in spanning {
        let there: f64 = heights.iter().skip(level).sum();
        if let Some(last) = heights.last_mut() {
            *last += (height - there).max(0.0);
        }
    }
    for height in heights {
        let row = sheet.take_row();
        sheet.heights.push((row, height));
    }
    if marks.iter().any(|mark| !mark.is_empty()) {
        let row = sheet.take_row();
        for (column, mark) in marks.iter().enumerate() {
            sheet.put(row, index(column), Content::Text(mark.clone()), Look::Numbering);
        }
        sheet.heights.push((row, theme.height(1, theme.size.numbering)));
        sheet.numbered = true;
    }
    if sheet.next_row > first {
        sheet.repeat = Some((first, sheet.next_row - 1));
    }
}

/// A note across the sheet, with a gap above it.
pub(super) fn note(sheet: &mut Sheet, text: &str, gap: f64, theme: &Theme) {
    let last = sheet.columns().saturating_sub(1);
    let size = theme.size.note;
    let row = sheet.take_row();
    sheet.across(row, 0, last, text, Look::Note);
    sheet.heights.push((row, gap + theme.height(theme.lines(text, sheet.width(0, last), size, false), size)));
}

/// The notes and the signatures below the table.
pub(super) fn end(sheet: &mut Sheet, layout: &Layout, filling: &Filling<'_>, theme: &Theme) {
    let table = layout.signature.as_ref().map(|signature| (signature, filled(sheet, theme)));
    for (at, line) in layout.lines().notes.into_iter().enumerate() {
        note(sheet, &fill(line, filling), if at == 0 { 4.0 } else { 0.0 }, theme);
    }
    if let Some((signature, table)) = table {
        sign(sheet, signature, filling, theme);
        keep_with_table(sheet, &table, theme);
    }
}

fn sign(sheet: &mut Sheet, signature: &Signature, filling: &Filling<'_>, theme: &Theme) {
    /// A block of less width breaks its words into letters.
    const LEAST_WIDTH: f64 = 14.0;
    let fits = |count: &usize| {
        let parted = shares(sheet, *count);
        parted.len() == *count && parted.iter().all(|(first, last)| sheet.width(*first, *last) >= LEAST_WIDTH)
    };
    // On a narrow sheet the last block, which signs for the office, stands below the others.
    let beside = (1..=signature.blocks.len()).rev().find(fits).unwrap_or(1);
    let places = shares(sheet, beside);
    let rows: Vec<&[SignatureBlock]> = signature.blocks.chunks(beside).collect();
    let gap = sheet.take_row();
    sheet.heights.push((gap, 8.0));
    for (at, blocks) in rows.iter().enumerate() {
        let is_last = at + 1 == rows.len();
        let own = places.get(places.len().saturating_sub(blocks.len())..).unwrap_or_default();
        sign_beside(sheet, own, blocks, is_last.then_some((signature, filling)), theme);
    }
}

/// Blocks of signatures beside each other, with the place and date above the last of them.
fn sign_beside(
    sheet: &mut Sheet,
    places: &[(u16, u16)],
    blocks: &[SignatureBlock],
    dated: Option<(&Signature, &Filling<'_>)>,
    theme: &Theme,
) {
    /// Rows that stay empty for the signature.
    const ROOM: u32 = 4;
    let size = theme.size.signature;
    let (date, titles, hints) = (sheet.take_row(), sheet.take_row(), sheet.take_row());
    sheet.next_row += ROOM;
    let mut lines = [1; 3];
    for ((first, last), block) in places.iter().zip(blocks) {
        let width = sheet.width(*first, *last);
        sheet.across(titles, *first, *last, &block.title, Look::Signatory);
        sheet.across(hints, *first, *last, &block.hint, Look::SignatoryHint);
        let [_, title, hint] = &mut lines;
        *title = theme.lines(&block.title, width, size, true).max(*title);
        *hint = theme.lines(&block.hint, width, size, false).max(*hint);
    }
    if let (Some((first, last)), Some((signature, filling))) = (places.last(), dated) {
        let text = fill(signature.place_date.get_ref(), filling);
        let [date_lines, ..] = &mut lines;
        *date_lines = theme.lines(&text, sheet.width(*first, *last), size, false);
        sheet.across(date, *first, *last, &text, Look::PlaceDate);
    }
    for (row, lines) in [date, titles, hints].into_iter().zip(lines) {
        sheet.heights.push((row, theme.height(lines, size)));
    }
}

/// The columns parted into `count` neighbouring shares of about equal width.
fn shares(sheet: &Sheet, count: usize) -> Vec<(u16, u16)> {
    let columns = sheet.columns();
    let full = sheet.width(0, columns.saturating_sub(1));
    let mut shares = Vec::new();
    let mut first = 0;
    for share in 1..=count {
        let left = u16::try_from(count - share).unwrap_or(0);
        if first >= columns {
            break;
        }
        let end = full * share as f64 / count as f64;
        let mut last = first;
        while last + 1 < columns.saturating_sub(left)
            && (share == count || sheet.width(0, last + 1) <= end + sheet.width(last + 1, last + 1) / 2.0)
        {
            last += 1;
        }
        shares.push((first, last));
        first = last + 1;
    }
    shares
}

/// A 0-based column as the sheet counts them.
pub(super) fn index(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn row_of(level: usize) -> u32 {
    u32::try_from(level).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::templates::Templates;

    #[test]
    fn headings_merge_across_and_down() {
        let theme = Theme::load(&Templates::built_in()).unwrap();
        let mut sheet = Sheet { widths: vec![5.0, 12.0, 12.0, 12.0], ..Sheet::default() };
        let path = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let paths = [
            path(&["STT"]),
            path(&["Thực hiện", "Trong kỳ", "Tổng số"]),
            path(&["Thực hiện", "Trong kỳ", "Nữ"]),
            path(&["Thực hiện", "Lũy kế"]),
        ];
        header(&mut sheet, &paths, &[String::new(), "1".into(), "2".into(), "3".into()], &theme);
        let merges: Vec<_> = sheet.merges.iter().map(|m| (m.text.as_str(), m.first, m.last)).collect();
        assert_eq!(
            merges,
            [
                ("STT", (0, 0), (2, 0)),
                ("Thực hiện", (0, 1), (0, 3)),
                ("Trong kỳ", (1, 1), (1, 2)),
                ("Lũy kế", (1, 3), (2, 3)),
            ]
        );
        assert_eq!((sheet.repeat, sheet.next_row), (Some((0, 3)), 4));
    }

    #[test]
    fn signatures_share_the_columns() {
        let sheet = Sheet { widths: vec![5.0, 46.0, 10.0, 12.0, 12.0, 12.0, 10.0, 10.0, 24.0], ..Sheet::default() };
        let shares = shares(&sheet, 3);
        assert_eq!((shares.len(), shares.first().map(|s| s.0), shares.last().map(|s| s.1)), (3, Some(0), Some(8)));
    }

    #[test]
    fn on_a_narrow_sheet_the_office_signs_below_the_others() {
        let templates = Templates::built_in();
        let theme = Theme::load(&templates).unwrap();
        let block = |title: &str| SignatureBlock { title: title.to_owned(), hint: "(Ký)".to_owned() };
        let signature = Signature {
            place_date: toml::Spanned::new(0..0, "…, ngày … tháng … năm …".to_owned()),
            blocks: ["NGƯỜI LẬP BIỂU", "NGƯỜI KIỂM TRA BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"].map(block).to_vec(),
        };
        let titles = |widths: &[f64]| -> Vec<(u32, u16)> {
            let mut sheet = Sheet { widths: widths.to_vec(), ..Sheet::default() };
            sign(&mut sheet, &signature, &[], &theme);
            let places = sheet.merges.iter().map(|m| (m.first, m.text.clone()));
            let cells = sheet.cells.iter().filter_map(|c| match &c.content {
                Content::Text(text) => Some(((c.row, c.column), text.clone())),
                _ => None,
            });
            let all: Vec<((u32, u16), String)> = places.chain(cells).collect();
            let at = |b: &SignatureBlock| all.iter().find(|(_, text)| *text == b.title).map(|(place, _)| *place);
            signature.blocks.iter().filter_map(at).collect()
        };
        let wide = titles(&[5.0, 40.0, 20.0, 20.0, 20.0]);
        assert!(wide.len() == 3 && wide.iter().all(|(row, _)| *row == wide[0].0), "{wide:?}");
        let narrow = titles(&[5.0, 30.0, 20.0]);
        assert_eq!(
            (narrow.len(), narrow[0].0 == narrow[1].0, narrow[2].0 > narrow[0].0),
            (3, true, true),
            "{narrow:?}"
        );
        assert_eq!(narrow[2].1, narrow[1].1, "{narrow:?}");
    }
}
