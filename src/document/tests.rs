//! What the reader of a file declares is taken as declared.

use super::{BlockKind, Document};
use crate::dictionary::Dictionary;
use crate::dictionary::templates::Templates;
use crate::text::{Grid, GridCell, Layout, NoteLink, SourceText};

const TEXT: &str = "I. KẾT QUẢ\n\nGiải quyết việc làm cho 120 lao động⁽¹⁾, đạt kế hoạch.\n\n⁽¹⁾ Trong đó 50 nữ.\n\nTrang 7\n\n| Chỉ tiêu | Quý II |  |\n|  | KH | TH |\n| Lao động | 1.250 | 990 |\n\n(1) Mục không phải chú thích.\na | b | c\nd | 1 | 2\n";

fn at(part: &str) -> usize {
    TEXT.find(part).unwrap()
}

fn cell(row: usize, column: usize, row_span: usize, column_span: usize, text: &str) -> GridCell {
    let range = if text.is_empty() { 0..0 } else { at(text)..at(text) + text.len() };
    GridCell { row, column, row_span, column_span, range, ..GridCell::default() }
}

fn document() -> Document {
    let grid = Grid {
        range: at("| Chỉ tiêu")..at("\n\n(1) Mục"),
        columns: 3,
        cells: vec![
            cell(0, 0, 2, 1, "Chỉ tiêu"),
            cell(0, 1, 1, 2, "Quý II"),
            cell(1, 1, 1, 1, "KH"),
            cell(1, 2, 1, 1, "TH"),
            GridCell { indent: 1, ..cell(2, 0, 1, 1, "Lao động") },
            GridCell { value: Some(1250.into()), ..cell(2, 1, 1, 1, "1.250") },
            GridCell { percent: true, ..cell(2, 2, 1, 1, "990") },
        ],
    };
    let page_number = at("Trang 7");
    let layout = Layout {
        grids: vec![grid],
        notes: vec![NoteLink { mark: at("⁽¹⁾,"), note: at("⁽¹⁾ Trong") }],
        furniture: std::iter::once(page_number..page_number + "Trang 7".len()).collect(),
        ..Layout::default()
    };
    let dictionary = Dictionary::load(&Templates::built_in()).unwrap();
    Document::new(SourceText::new(TEXT.to_owned()), layout, &dictionary)
}

#[test]
fn a_declared_table_has_its_cells_and_no_other_is_guessed() {
    let document = document();
    let [table] = document.tables.as_slice() else { panic!("{} tables", document.tables.len()) };
    let written: Vec<Vec<&str>> =
        table.rows.iter().map(|row| row.iter().map(|c| document.source.slice(c.range.clone())).collect()).collect();
    assert_eq!(written, [vec!["Chỉ tiêu", "Quý II"], vec!["KH", "TH"], vec!["Lao động", "1.250", "990"]]);
    assert_eq!((table.columns, table.rows[0][0].row_span, table.rows[0][1].columns), (3, 2, (1, 2)));
    assert_eq!(
        (table.rows[2][0].indent, table.rows[2][1].value, table.rows[2][2].percent),
        (2, Some(1250.into()), true)
    );
    let tokens: usize = document
        .blocks
        .iter()
        .filter(|b| matches!(b.kind, BlockKind::Table(_)))
        .map(|b| b.tokens.iter().filter(|t| t.is_number()).count())
        .sum();
    assert_eq!(tokens, 2);
}

#[test]
fn a_declared_note_is_bound_to_its_mark_and_no_other_is_guessed() {
    let document = document();
    let notes: Vec<_> = document.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Footnote(_))).collect();
    let [note] = notes.as_slice() else { panic!("{} notes", notes.len()) };
    let anchor = note.anchor.unwrap();
    let mark = document.blocks[anchor.block].tokens[anchor.token];
    assert_eq!((mark.start as usize, note.kind, note.label), (at("⁽¹⁾,"), BlockKind::Footnote(1), 1));
}

#[test]
fn declared_furniture_is_set_aside() {
    let document = document();
    let furniture: Vec<String> = document
        .blocks
        .iter()
        .filter(|b| b.kind == BlockKind::Furniture)
        .map(|b| document.written(&b.tokens))
        .collect();
    assert_eq!(furniture, ["Trang 7"]);
}
