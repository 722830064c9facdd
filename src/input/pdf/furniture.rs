//! Running heads, running feet and page numbers: lines at the edges of pages that say the same on most of them.

use super::page::PageText;
use crate::input::flow::Paragraph;

/// At each edge of a page so many lines are looked at.
const EDGE_LINES: usize = 3;

/// A line's text with its numbers taken for equal.
fn pattern(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        let c = if c.is_ascii_digit() { '0' } else { c };
        let again = c == '0' && out.ends_with('0');
        if !again && !c.is_whitespace() {
            out.push(c);
        }
    }
    out
}

fn is_page_number(text: &str) -> bool {
    let text = text.trim().trim_matches(['-', '\u{2013}', '\u{2014}', ' ']);
    !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Moves running heads and feet out of the lines of all pages.
pub(super) fn set_aside(pages: &mut [PageText]) {
    let count = pages.iter().filter(|p| !p.lines.is_empty()).count();
    let edge = |page: &PageText, from_top: bool, n: usize| {
        let at = if from_top { Some(n) } else { page.lines.len().checked_sub(n + 1) };
        at.and_then(|at| page.lines.get(at)).map(|line| pattern(&line.text()))
    };
    for from_top in [true, false] {
        for n in (0..EDGE_LINES).rev() {
            let patterns: Vec<Option<String>> = pages.iter().map(|page| edge(page, from_top, n)).collect();
            for (at, own) in patterns.iter().enumerate() {
                let Some(own) = own else { continue };
                let alike = patterns.iter().flatten().filter(|p| *p == own).count();
                let repeated = count >= 3 && alike * 2 > count || count == 2 && alike == 2 && n == 0;
                let Some(page) = pages.get_mut(at) else { continue };
                let line = if from_top { Some(n) } else { page.lines.len().checked_sub(n + 1) };
                let Some(line) = line.filter(|l| *l < page.lines.len()) else { continue };
                let text = page.lines.get(line).map(super::lines::Line::text).unwrap_or_default();
                let number = n == 0 && count > 1 && is_page_number(&text);
                if repeated && pattern(&text) == *own || number {
                    page.lines.remove(line);
                    page.furniture.push(Paragraph { text, page: Some(at + 1), ..Paragraph::default() });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pages_are_alike() {
        assert_eq!(pattern("Trang 3/12"), pattern("Trang 10/12"));
        assert!(is_page_number("- 12 -"));
        assert!(!is_page_number("1.250"));
    }
}
