//! Notes at the foot of pages: small lines that open with the number of a mark on the page.

use super::lines::Line;
use super::page::PageText;
use crate::input::flow::{Block, MARK, Note, Paragraph};

/// Letters of notes are at most so much of the size of the text.
const SMALL: f32 = 0.92;

/// A note of a page.
#[derive(Debug, Clone)]
struct Found {
    number: String,
    text: String,
    page: usize,
}

/// The notes of all pages so far.
#[derive(Debug, Default)]
pub(super) struct Collected {
    notes: Vec<Found>,
}

/// The lines at the foot of a page that are notes: the number of each, empty where the page goes on with one that was
/// begun before.
pub(super) struct Taken(Vec<(String, String)>);

/// The number that opens a line, raised or not, and what follows.
fn opening(line: &Line) -> Option<(String, String)> {
    let text = line.text();
    let text = text.trim_start();
    let plain: String = text.chars().map(lowered).collect();
    let plain = plain.trim_start_matches(['(', '[']);
    let digits: String = plain.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() || digits.len() > 3 {
        return None;
    }
    let rest = plain.get(digits.len()..)?.trim_start_matches([')', ']', '.']);
    let raised = line.glyphs.iter().find(|g| !g.text.trim().is_empty()).is_some_and(|g| g.raised)
        || text.chars().next().is_some_and(|c| lowered(c) != c);
    let worded = rest.trim_start().starts_with(|c: char| c.is_alphabetic() || matches!(c, '(' | '"' | '\u{201C}'));
    (raised || worded).then(|| (digits, rest.trim().to_owned()))
}

/// The plain form of a superscript digit or bracket.
fn lowered(c: char) -> char {
    match c {
        '\u{B9}' => '1',
        '\u{B2}' => '2',
        '\u{B3}' => '3',
        '\u{207D}' => '(',
        '\u{207E}' => ')',
        '\u{2070}' | '\u{2074}'..='\u{2079}' => char::from_digit(u32::from(c) - 0x2070, 10).unwrap_or(c),
        other => other,
    }
}

/// The marks that raised digits make in a text: byte, length and number.
fn marks(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let plain = lowered(c);
        if plain != c {
            let (_, number) = open.get_or_insert_with(|| (at, String::new()));
            number.extend(Some(plain).filter(char::is_ascii_digit));
        } else if let Some((start, number)) = open.take() {
            let before = text.get(..start).unwrap_or_default();
            let exponent = matches!(number.as_str(), "2" | "3") && before.ends_with(['m']);
            if !number.is_empty() && !exponent {
                found.push((start, at - start, number));
            }
        }
    }
    found
}

/// Takes the notes off the foot of a page.
pub(super) fn take(page: &mut PageText) -> Taken {
    let mut sizes: Vec<(f32, usize)> = page.lines.iter().map(|l| (l.size, l.text().len())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|s| s.1).sum::<usize>() / 2;
    let mut sum = 0;
    let usual = sizes.iter().find(|(_, length)| {
        sum += length;
        sum > half
    });
    let usual = usual.map_or(1.0, |(size, _)| *size);
    // Where notes fill most of a page, the text is what is large.
    let largest = page.lines.iter().map(|l| l.size).fold(usual, f32::max);
    let body = if largest > usual * 1.6 { usual } else { largest.max(usual) };
    let small = page.lines.iter().rev().take_while(|l| l.size <= body * SMALL).count();
    let floor = page.grids.iter().map(|g| g.bottom).fold(f32::MAX, f32::min);
    let start = page.lines.len() - small;
    let mut block: Vec<Line> = page.lines.split_off(start);
    let low = block.iter().take_while(|l| l.y > floor).count();
    let back: Vec<Line> = block.drain(..low).collect();
    page.lines.extend(back);
    let opens = block.iter().position(|l| opening(l).is_some());
    let marked: Vec<String> = page.lines.iter().flat_map(|l| marks(&l.text())).map(|(_, _, number)| number).collect();
    let Some(first) = opens else {
        page.lines.extend(block);
        return Taken(Vec::new());
    };
    // Small lines before the first number go on with a note of the page before, if they are as small as notes.
    let size = block.get(first).map_or(0.0, |l| l.size);
    let others = block.iter().take(first).rposition(|l| (l.size - size).abs() > 0.6).map_or(0, |at| at + 1);
    let back: Vec<Line> = block.drain(..others).collect();
    page.lines.extend(back);
    let first = first - others;
    let known = block.iter().filter_map(opening).any(|(number, _)| marked.contains(&number));
    let raised = block.get(first).is_some_and(|l| l.glyphs.iter().any(|g| g.raised));
    if !known && !raised {
        page.lines.extend(block);
        return Taken(Vec::new());
    }
    let mut taken: Vec<(String, String)> = Vec::new();
    for line in block {
        match opening(&line).filter(|(number, _)| is_next(&taken, number, &marked)) {
            Some(note) => taken.push(note),
            None => match taken.last_mut() {
                Some((_, text)) => {
                    text.push(' ');
                    text.push_str(line.text().trim());
                }
                None => taken.push((String::new(), line.text().trim().to_owned())),
            },
        }
    }
    Taken(taken)
}

/// Whether a number goes on from the notes before it, or is marked on the page.
fn is_next(taken: &[(String, String)], number: &str, marked: &[String]) -> bool {
    let before = taken.iter().rev().find_map(|(n, _)| n.parse::<u32>().ok());
    let own = number.parse::<u32>().unwrap_or(0);
    match before {
        Some(before) => own == before + 1,
        None => marked.is_empty() || marked.iter().any(|m| m == number),
    }
}

impl Collected {
    /// Adds the notes of a page; a note that goes on from the page before is added to it.
    pub(super) fn add(&mut self, page: usize, Taken(taken): Taken) {
        for (number, text) in taken {
            match self.notes.last_mut() {
                Some(last) if number.is_empty() => {
                    last.text.push(' ');
                    last.text.push_str(&text);
                }
                _ => self.notes.push(Found { number, text, page: page + 1 }),
            }
        }
    }

    /// Binds each note to the first mark of its number on its page or before that is still free, in the order of the
    /// notes. A note without a mark stands at the end.
    pub(super) fn bind(&self, blocks: &mut Vec<Block>, notes: &mut Vec<Note>) {
        let mut free: Vec<Option<usize>> = vec![None; self.notes.len()];
        let mut from = 0;
        for_each_paragraph(blocks, &mut |paragraph| {
            let mut shift = 0_usize;
            let mut page = paragraph.page.unwrap_or(1);
            let mut at_byte = 0;
            for (at, length, number) in marks(&paragraph.text.clone()) {
                let breaks = paragraph.text.get(at_byte..at.saturating_sub(shift)).unwrap_or_default();
                page += breaks.matches(crate::input::flow::NEXT_PAGE).count();
                let found = self.notes.iter().enumerate().skip(from).take(60).find(|(index, note)| {
                    note.number == number
                        && free.get(*index).is_some_and(Option::is_none)
                        && note.page + 1 >= page
                        && note.page <= page + 1
                });
                let Some((index, _)) = found else { continue };
                let place = at - shift;
                at_byte = place;
                paragraph.text.replace_range(place..place + length, &MARK.to_string());
                shift += length - MARK.len_utf8();
                if let Some(slot) = free.get_mut(index) {
                    *slot = Some(notes.len());
                }
                paragraph.marks.push(notes.len());
                let body = Paragraph {
                    text: self.notes.get(index).map(|n| n.text.clone()).unwrap_or_default(),
                    ..Paragraph::default()
                };
                notes.push(Note { written: None, body: vec![body] });
                while free.get(from).is_some_and(Option::is_some) {
                    from += 1;
                }
            }
        });
        for (note, bound) in self.notes.iter().zip(&free) {
            if bound.is_none() {
                let text = format!("({}) {}", note.number, note.text);
                blocks.push(Block::Paragraph(Paragraph { text, page: Some(note.page), ..Paragraph::default() }));
            }
        }
    }
}

fn for_each_paragraph(blocks: &mut [Block], visit: &mut dyn FnMut(&mut Paragraph)) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => visit(paragraph),
            Block::Table(table) => {
                for cell in table.rows.iter_mut().flatten() {
                    for_each_paragraph(&mut cell.blocks, visit);
                }
            }
            Block::Furniture(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_numbers_are_marks_but_exponents_are_none() {
        let found: Vec<String> = marks("12 người¹², 30 m² đất⁽³⁾").into_iter().map(|(_, _, n)| n).collect();
        assert_eq!(found, ["12", "3"]);
    }
}
