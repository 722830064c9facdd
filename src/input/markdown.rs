//! Markdown: text as it is, its footnotes as numbered notes bound to their marks.

use std::collections::BTreeMap;

use super::flow::superscript;
use crate::text::{Layout, NoteLink};

/// The text with its footnotes (`[^name]` and `[^name]: text`) as numbers, and their links.
pub(super) fn with_notes(text: &str) -> (String, Layout) {
    let mut layout = Layout::default();
    if !text.contains("[^") {
        return (text.to_owned(), layout);
    }
    let mut out = String::with_capacity(text.len());
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut marks: BTreeMap<String, usize> = BTreeMap::new();
    let mut notes: Vec<(String, usize)> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[^") {
        out.push_str(before);
        let name =
            after.split_once(']').map(|(name, _)| name).filter(|n| !n.is_empty() && !n.contains(char::is_whitespace));
        let Some(name) = name else {
            out.push_str("[^");
            rest = after;
            continue;
        };
        let next = numbers.len() + 1;
        let number = *numbers.entry(name.to_owned()).or_insert(next);
        let opens_line = out.is_empty() || out.ends_with('\n');
        let tail = after.get(name.len() + 1..).unwrap_or_default();
        match tail.strip_prefix(':').filter(|_| opens_line) {
            Some(body) => {
                notes.push((name.to_owned(), out.len()));
                rest = body;
            }
            None => {
                marks.entry(name.to_owned()).or_insert(out.len());
                rest = tail;
            }
        }
        out.push_str(&superscript(number));
    }
    out.push_str(rest);
    for (name, note) in notes {
        if let Some(mark) = marks.get(&name) {
            layout.notes.push(NoteLink { mark: *mark, note });
        }
    }
    (out, layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_numbers_bound_to_their_marks() {
        let (text, layout) = with_notes("12 người[^nu], [^ không].\n\n[^nu]: Nữ 5.\n");
        assert_eq!(text, "12 người⁽¹⁾, [^ không].\n\n⁽¹⁾ Nữ 5.\n");
        let link = layout.notes[0];
        assert!(text[link.mark..].starts_with("⁽¹⁾,") && text[link.note..].starts_with("⁽¹⁾ Nữ"));
    }
}
