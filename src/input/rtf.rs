//! Rich Text Format: text between braces and control words. What is not text of the report (fonts, pictures, objects)
//! is passed over; nothing is run.

mod reader;
mod token;

use super::flow::render;
use super::{Extracted, Format, Limits, Refusal};
use crate::text::{Remark, RemarkKind};

/// The first bytes.
pub(super) const SIGNATURE: &[u8] = b"{\\rtf";

/// Reads a file in Rich Text Format.
///
/// # Errors
/// When there is nothing to see in it, or it exceeds a limit.
pub(super) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extracted, Refusal> {
    let mut reader = reader::Reader::new(limits);
    reader.read(bytes)?;
    let legacy = reader.legacy;
    let cut_off = reader.is_open();
    let mut flow = reader.finish();
    if cut_off {
        flow.remarks.push(Remark { kind: RemarkKind::CutOff, at: None, place: None, what: String::new() });
    }
    if let Some(legacy) = legacy {
        let what = legacy.name().to_owned();
        flow.remarks.push(Remark { kind: RemarkKind::Encoding, at: None, place: None, what });
    }
    render(&flow, Format::Rtf, limits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Limit;

    fn read(body: &str) -> Extracted {
        let file =
            format!("{{\\rtf1\\ansi\\ansicpg1252{{\\fonttbl{{\\f0 Times New Roman;}}{{\\f1 .VnTime;}}}}{body}}}");
        extract(file.as_bytes(), &Limits::default()).unwrap()
    }

    #[test]
    fn letters_in_every_way_of_writing() {
        let body =
            "\\pard vi\\u7879?c l\\'e0m\\~12\\_3 {\\b ng}{\\uc0\\u432 \\u7901 i}\\line d\\{\\par {\\f1 vi\\'d6c}\\par}";
        assert_eq!(read(body).text, "việc làm\u{a0}12-3 người\nd{\n\nviệc\n\n");
    }

    #[test]
    fn notes_numbers_and_what_is_no_text() {
        let body = "{\\info{\\title x}}{\\*\\generator y;}\\pard{\\listtext\\tab 1.\\tab}m\\u7897?t{\\super\\chftn{\\footnote\\pard\\plain\\chftn  N\\u7919? 5.}}, hai\\par \
                    {\\pict 00ff}{\\deleted ba}{\\v b}b\\u7889?n\\par";
        let read = read(body);
        assert_eq!(read.text, "1. một⁽¹⁾, hai\n\n⁽¹⁾ Nữ 5.\n\nbốn\n\n");
        assert_eq!(read.layout.notes.len(), 1);
    }

    #[test]
    fn tables_with_merged_cells() {
        let body = "\\trowd\\cellx1000\\clmgf\\cellx2000\\clmrg\\cellx3000\\pard\\intbl Ch\\u7881? ti\\'eau\\cell Qu\\'fd\\cell\\cell\\row\
                    \\trowd\\cellx1000\\cellx2000\\cellx3000\\pard\\intbl Vi\\u7879?c\\cell 1.250\\cell 990\\cell\\row\\pard Sau\\par";
        let read = read(body);
        let cells: Vec<(usize, usize, usize, &str)> = read.layout.grids[0]
            .cells
            .iter()
            .map(|c| (c.row, c.column, c.column_span, &read.text[c.range.clone()]))
            .collect();
        let expect = [(0, 0, 1, "Chỉ tiêu"), (0, 1, 2, "Quý"), (1, 0, 1, "Việc"), (1, 1, 1, "1.250"), (1, 2, 1, "990")];
        assert_eq!(cells, expect);
        assert!(read.text.ends_with("Sau\n\n"));
    }

    #[test]
    fn a_file_that_is_cut_off_says_so() {
        let whole = read("Vi\\u7879?c\\par");
        assert!(whole.layout.remarks.is_empty());
        let cut = extract(b"{\\rtf1\\ansi Vi\\u7879?c\\par {\\b l", &Limits::default()).unwrap();
        assert_eq!(cut.layout.remarks.first().map(|r| r.kind), Some(RemarkKind::CutOff));
    }

    #[test]
    fn groups_too_deep_are_refused() {
        let file = format!("{{\\rtf1 {}", "{".repeat(100_000));
        let refusal = extract(file.as_bytes(), &Limits::default()).unwrap_err();
        assert!(matches!(refusal, Refusal::TooLarge { limit: Limit::Nesting, .. }));
    }
}
