//! HTML: pages and what offices export as such. Only the text is taken: nothing is run, nothing is fetched.

mod notes;
mod table;
mod walk;

use scraper::Html;

use super::encoding::{Legacy, detect};
use super::flow::{Flow, render};
use super::{Extracted, Format, Limit, Limits, Refusal, plain};
use crate::text::{Remark, RemarkKind};
use notes::Notes;
use walk::Walk;

/// Elements that close by themselves, or hold nothing, and therefore lie no deeper when many stand in a row.
const FLAT: &[&str] = &[
    "p", "li", "td", "tr", "th", "dd", "dt", "br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr",
    "option", "tbody", "thead", "tfoot", "colgroup", "o:p",
];
/// Elements may be open in one another so many times as often as parts may lie within one another: messy exports open
/// fonts within fonts.
const OPEN_FACTOR: u64 = 8;
/// An element takes the memory of so many letters.
const ELEMENT_LETTERS: usize = 32;

/// Whether bytes begin as HTML does.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let head: Vec<u8> = bytes.iter().take(4096).filter(|b| **b != 0).map(u8::to_ascii_lowercase).collect();
    let text = String::from_utf8_lossy(&head);
    let text =
        text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{fffd}' || c == '\u{ff}');
    let opens = text.starts_with('<') && !text.starts_with("<?mso") && !text.contains("progid=\"word.document\"");
    opens
        && ["<html", "<!doctype html", "<body", "<table", "<div", "<p>", "<p ", "<h1"]
            .iter()
            .any(|tag| text.contains(tag))
}

/// Reads an HTML page.
///
/// # Errors
/// When there is nothing to see in it, it cannot be decoded, or it exceeds a limit.
pub(super) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    let most = limits.text_bytes;
    let size = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    // An element takes as much memory as so many letters.
    let tags = bytes.iter().filter(|b| **b == b'<').count().saturating_mul(ELEMENT_LETTERS);
    if size(bytes.len()) > most.saturating_mul(2) || size(tags) > most {
        return Err(Refusal::TooLarge { limit: Limit::Text, most });
    }
    let (text, legacy) = decode(bytes)?;
    let most = limits.nesting.saturating_mul(OPEN_FACTOR);
    if deepest(&text) > most {
        return Err(Refusal::TooLarge { limit: Limit::Nesting, most: limits.nesting });
    }
    let page = Html::parse_document(&text);
    let notes = Notes::find(&page);
    let mut walk = Walk::new(&notes, limits);
    let blocks = walk.page(&page)?;
    let bodies = walk.bodies(&page)?;
    let mut flow = Flow { blocks, notes: bodies, ..Flow::default() };
    if is_cut_off(&text) {
        flow.remarks.push(Remark { kind: RemarkKind::CutOff, at: None, place: None, what: String::new() });
    }
    if let Some(legacy) = legacy.or(walk.legacy) {
        let what = legacy.name().to_owned();
        flow.remarks.push(Remark { kind: RemarkKind::Encoding, at: None, place: None, what });
    }
    render(&flow, Format::Html, limits)
}

/// Whether a page that opens its body closes neither that nor itself.
fn is_cut_off(text: &str) -> bool {
    let has = |tag: &str| text.as_bytes().windows(tag.len()).any(|w| w.eq_ignore_ascii_case(tag.as_bytes()));
    has("<body") && !has("</body") && !has("</html")
}

/// The text of a page: by its byte-order mark, as UTF-8 if it is that, by what it says of itself, or by its words.
fn decode(bytes: &[u8]) -> Result<(String, Option<Legacy>), Refusal> {
    let marked = encoding_rs::Encoding::for_bom(bytes).is_some();
    if !marked && std::str::from_utf8(bytes).is_err() {
        let said = charset(bytes).and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
        let western = said.is_none_or(|e| e == encoding_rs::WINDOWS_1252);
        if western && let Some((text, legacy)) = detect(bytes) {
            return Ok((text, Some(legacy)));
        }
        if let Some(encoding) = said.filter(|e| *e != encoding_rs::UTF_8) {
            let legacy = (encoding == encoding_rs::WINDOWS_1258).then_some(Legacy::Windows1258);
            return Ok((encoding.decode_without_bom_handling(bytes).0.into_owned(), legacy));
        }
    }
    let decoded = plain::decode(bytes)?;
    Ok((decoded.text, decoded.legacy))
}

/// The encoding that the head of a page names.
fn charset(bytes: &[u8]) -> Option<String> {
    let head: String = bytes.iter().take(2048).map(|b| char::from(b.to_ascii_lowercase())).collect();
    let (_, rest) = head.split_once("charset=")?;
    let label: String = rest
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        .collect();
    (!label.is_empty()).then_some(label)
}

/// How deep elements are open in one another at most, roughly: the parser takes time by the square of it.
fn deepest(text: &str) -> u64 {
    let (mut depth, mut most) = (0_u64, 0_u64);
    for piece in text.split('<').skip(1) {
        if let Some(closing) = piece.strip_prefix('/') {
            if !FLAT.contains(&tag_name(closing).as_str()) {
                depth = depth.saturating_sub(1);
            }
        } else if piece.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let closed = piece.split('>').next().is_some_and(|tag| tag.ends_with('/'));
            if !closed && !FLAT.contains(&tag_name(piece).as_str()) {
                depth += 1;
                most = most.max(depth);
            }
        }
    }
    most
}

fn tag_name(piece: &str) -> String {
    piece
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == ':')
        .take(12)
        .collect::<String>()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: &str) -> Extracted {
        extract(page.as_bytes(), &Limits::default()).unwrap()
    }

    #[test]
    fn a_page_that_is_cut_off_says_so() {
        let kinds = |page: &str| {
            let read = extract(page.as_bytes(), &Limits::default()).unwrap();
            read.layout.remarks.iter().map(|r| r.kind).collect::<Vec<_>>()
        };
        assert!(kinds("<html><body><p>Việc làm</p></body></html>").is_empty());
        assert!(kinds("<p>Việc làm</p>").is_empty());
        assert_eq!(kinds("<html><body><p>Việc làm</p><p>Ng"), [RemarkKind::CutOff]);
    }

    #[test]
    fn blocks_spaces_and_entities() {
        let page = "<html><head><title>x</title><style>p{}</style></head><body><p>Giải\n  quyết&nbsp;việc <b>l</b>àm<br>cho\
                    &#32;<script>1</script>12 người<sup>2</sup></p><div>a<p>b</p>c</div><ol start=3><li>một<li>hai</ol>\
                    <ul><li>ba</ul></body></html>";
        assert_eq!(
            read(page).text,
            "Giải quyết\u{a0}việc làm\ncho 12 người²\n\na\n\nb\n\nc\n\n3. một\n\n4. hai\n\n- ba\n\n"
        );
    }

    #[test]
    fn merged_cells_and_nested_tables() {
        let page = "<table><tr><th rowspan=2>Chỉ tiêu<th colspan=2>Quý II</tr><tr><th>KH<th>TH</tr>\
                    <tr><td>Việc làm<td>1.250<td><table><tr><td>990</table></tr></table>";
        let read = read(page);
        let grid = &read.layout.grids[0];
        let cells: Vec<(usize, usize, usize, usize, &str)> = grid
            .cells
            .iter()
            .map(|c| (c.row, c.column, c.row_span, c.column_span, &read.text[c.range.clone()]))
            .collect();
        let expect = [
            (0, 0, 2, 1, "Chỉ tiêu"),
            (0, 1, 1, 2, "Quý II"),
            (1, 1, 1, 1, "KH"),
            (1, 2, 1, 1, "TH"),
            (2, 0, 1, 1, "Việc làm"),
            (2, 1, 1, 1, "1.250"),
            (2, 2, 1, 1, "990"),
        ];
        assert_eq!((grid.columns, cells.as_slice()), (3, expect.as_slice()));
    }

    #[test]
    fn notes_are_bound_by_links_in_both_directions() {
        let page = "<p>12 người<a name=r1 href='#n1'><sup>1</sup></a>, đạt</p><p>Xem <a href='#p2'>phần 2</a></p>\
                    <div id=f><p><a name=n1 href='#r1'>1</a> Nữ 5.</p></div><p id=p2>Hết</p>";
        let read = read(page);
        assert_eq!(read.text, "12 người⁽¹⁾, đạt\n\n⁽¹⁾ Nữ 5.\n\nXem phần 2\n\nHết\n\n");
        assert_eq!(read.layout.notes.len(), 1);
    }

    #[test]
    fn what_opens_too_deep_is_refused_at_once() {
        let page = format!("<html><body>{}x", "<div>".repeat(100_000));
        let refusal = extract(page.as_bytes(), &Limits::default()).unwrap_err();
        assert!(matches!(refusal, Refusal::TooLarge { limit: Limit::Nesting, .. }), "{refusal}");
    }
}
