//! What Word files hold beside plain paragraphs.

use std::io::{Cursor, Write};

use super::extract;
use crate::input::{Extracted, Limits};
use crate::text::{Place, RemarkKind};

/// A document with these parts below `word/`.
fn document(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(format!("word/{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read(body: &str, others: &[(&str, &str)]) -> Extracted {
    let main = format!("<w:document xmlns:w='w'><w:body>{body}<w:sectPr/></w:body></w:document>");
    let mut parts = vec![("document.xml", main.as_str())];
    parts.extend(others);
    extract(&document(&parts), &Limits::default()).unwrap()
}

fn run(text: &str) -> String {
    format!("<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>")
}

#[test]
fn changes_are_accepted_and_words_cut_into_runs_are_whole() {
    let body = format!(
        "<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr>{}<w:proofErr/>{}<w:ins>{}</w:ins><w:del><w:r><w:delText>99</w:delText></w:r></w:del>\
         <w:moveFrom>{}</w:moveFrom><w:moveTo>{}</w:moveTo><w:r><w:lastRenderedPageBreak/><w:t>m</w:t></w:r></w:p>",
        run("giải qu"),
        run("yết "),
        run("12 "),
        run("77"),
        run("việc là")
    );
    assert_eq!(read(&body, &[]).text, "giải quyết 12 việc làm\n\n");
}

#[test]
fn fields_links_controls_and_alternatives() {
    let body = format!(
        "<w:p><w:hyperlink>{}</w:hyperlink><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> PAGE 5 </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType='separate'/></w:r>{}<w:r><w:fldChar w:fldCharType='end'/></w:r>\
         <w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t>\
         <w:noBreakHyphen/><w:rPr/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>\
         <w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent><w:p>{}</w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>\
         <mc:Fallback><w:pict><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>{}</w:p>",
        run("một "),
        run("7 "),
        run("hai "),
        run("trong khung"),
        run("trong khung"),
        run("ngoài")
    );
    assert_eq!(read(&body, &[]).text, "một 7 hai a\tb\nc-\n\nngoài\n\ntrong khung\n\n");
}

#[test]
fn notes_stand_below_their_paragraphs_bound_to_their_marks() {
    let notes = format!(
        "<w:footnotes><w:footnote w:id='-1' w:type='separator'><w:p>{}</w:p></w:footnote>\
         <w:footnote w:id='2'><w:p><w:r><w:footnoteRef/></w:r>{}</w:p><w:p>{}</w:p></w:footnote>\
         <w:footnote w:id='3'><w:p>{}</w:p></w:footnote></w:footnotes>",
        run("---"),
        run(" Nữ 5."),
        run("Nam 7."),
        run("* Ước.")
    );
    let endnotes = format!("<w:endnotes><w:endnote w:id='1'><w:p>{}</w:p></w:endnote></w:endnotes>", run("Cuối."));
    let body = format!(
        "<w:p>{}<w:r><w:footnoteReference w:id='2'/></w:r>{}<w:r><w:footnoteReference w:id='3' w:customMarkFollows='1'/><w:t>(*)</w:t></w:r></w:p>\
         <w:p>{}<w:r><w:endnoteReference w:id='1'/></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r></w:p>",
        run("12 người"),
        run(", đạt"),
        run("xong")
    );
    let read = read(&body, &[("footnotes.xml", &notes), ("endnotes.xml", &endnotes)]);
    assert_eq!(read.text, "12 người⁽¹⁾, đạt(*)\n\n⁽¹⁾ Nữ 5. Nam 7.\n\n(*) * Ước.\n\nxong⁽²⁾²\n\n⁽²⁾ Cuối.\n\n");
    let at = |text: &str| read.text.find(text).unwrap();
    let links: Vec<(usize, usize)> = read.layout.notes.iter().map(|n| (n.mark, n.note)).collect();
    assert_eq!(links, [(at("⁽¹⁾,"), at("⁽¹⁾ Nữ")), (at("(*)\n"), at("(*) *")), (at("⁽²⁾²"), at("⁽²⁾ Cuối"))]);
    assert_eq!(read.layout.place(at("Nam 7")), Some(&Place::Note(1)));
    assert_eq!(read.layout.place(at("xong")), Some(&Place::Paragraph(2)));
}

#[test]
fn merged_cells_and_rows_that_were_deleted() {
    let cell =
        |properties: &str, text: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{}</w:p></w:tc>", run(text));
    let body = format!(
        "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}{}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{}</w:tr><w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{}{}</w:tr></w:tbl>",
        cell("<w:vMerge w:val='restart'/>", "Chỉ tiêu"),
        cell("<w:gridSpan w:val='2'/>", "Quý II"),
        cell("<w:vMerge/>", ""),
        cell("", "KH"),
        cell("", "TH"),
        cell("", "bỏ"),
        cell("", "1.250"),
        cell("", "990")
    );
    let read = read(&body, &[]);
    let grid = &read.layout.grids[0];
    let cells: Vec<(usize, usize, usize, usize, &str)> =
        grid.cells.iter().map(|c| (c.row, c.column, c.row_span, c.column_span, &read.text[c.range.clone()])).collect();
    let expect = [
        (0, 0, 2, 1, "Chỉ tiêu"),
        (0, 1, 1, 2, "Quý II"),
        (1, 1, 1, 1, "KH"),
        (1, 2, 1, 1, "TH"),
        (2, 1, 1, 1, "1.250"),
        (2, 2, 1, 1, "990"),
    ];
    assert_eq!(cells, expect);
    assert_eq!(read.text, "| Chỉ tiêu | Quý II |  |\n|  | KH | TH |\n|  | 1.250 | 990 |\n\n");
}

#[test]
fn numbers_come_from_styles_and_running_heads_are_furniture() {
    let styles = "<w:styles><w:style w:type='paragraph' w:styleId='A'><w:basedOn w:val='B'/></w:style>\
                  <w:style w:type='paragraph' w:styleId='B'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>\
                  <w:style w:type='paragraph' w:styleId='T'><w:name w:val='toc 1'/></w:style></w:styles>";
    let numbering = "<w:numbering><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:numFmt w:val='upperRoman'/><w:lvlText w:val='%1.'/></w:lvl>\
                     </w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>";
    let body = format!(
        "<w:p><w:pPr><w:pStyle w:val='T'/></w:pPr>{}</w:p><w:p><w:pPr><w:pStyle w:val='A'/></w:pPr>{}</w:p>\
         <w:p><w:pPr><w:pStyle w:val='A'/><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr>{}</w:p><w:p><w:pPr><w:pStyle w:val='A'/></w:pPr>{}</w:p>",
        run("KẾT QUẢ 3"),
        run("KẾT QUẢ"),
        run("không số"),
        run("ĐÁNH GIÁ")
    );
    let header = format!("<w:hdr><w:p>{}</w:p></w:hdr>", run("Trang 2"));
    let read = read(&body, &[("styles.xml", styles), ("numbering.xml", numbering), ("header1.xml", &header)]);
    assert_eq!(read.text, "KẾT QUẢ 3\n\nI. KẾT QUẢ\n\nkhông số\n\nII. ĐÁNH GIÁ\n\nTrang 2\n\n");
    let furniture: Vec<&str> = read.layout.furniture.iter().map(|r| &read.text[r.clone()]).collect();
    assert_eq!(furniture, ["KẾT QUẢ 3", "Trang 2"]);
}

#[test]
fn fonts_of_old_encodings_and_damage_at_the_end() {
    let body = "<w:p><w:r><w:rPr><w:rFonts w:ascii='.VnTime'/></w:rPr><w:t>viÖc lµm</w:t></w:r></w:p>\
                <w:p><w:r><w:rPr><w:rFonts w:ascii='VNI-Times'/></w:rPr><w:t>ngöôø</w:t></w:r><w:r><w:rPr><w:rFonts w:ascii='VNI-Times'/></w:rPr><w:t>i</w:t></w:r></w:p>\
                <w:p><w:r><w:rPr><w:rFonts w:ascii='.VnTime'/></w:rPr><w:t>đã đúng</w:t></w:r></w:p>";
    let read_whole = read(body, &[]);
    assert_eq!(read_whole.text, "việc làm\n\nngười\n\nđã đúng\n\n");
    assert_eq!(read_whole.layout.remarks[0].kind, RemarkKind::Encoding);
    let cut = format!("<w:document><w:body><w:p>{}</w:p><w:p><", run("một"));
    let read = extract(&document(&[("document.xml", &cut)]), &Limits::default()).unwrap();
    assert_eq!((read.text.as_str(), read.layout.remarks[0].kind), ("một\n\n", RemarkKind::PartLost));
}
