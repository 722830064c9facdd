//! How deep the bullets of a list stand: authors nest `-`, `+` and `*` in orders of their own.

use super::line::{Line, LineKind, level};
use crate::text::{Token, TokenKind};

/// Marks that stand for one another.
const MARKS: [&[char]; 4] = [
    &['-', '\u{2013}', '\u{2014}'],
    &['\u{2022}', '\u{25CF}', '\u{25AA}', '\u{25A0}', '\u{F0B7}', '\u{F02D}'],
    &['*'],
    &['+', '\u{25E6}', '\u{25CB}'],
];

/// The place of the last of [`MARKS`], which by custom stand below the others.
const LOWEST: usize = MARKS.len() - 1;

/// Gives the items of lists that open with a bullet their levels: a mark that follows items which end in a colon stands
/// below theirs. Where nothing tells, `+` stands below all others.
pub(super) fn nest(lines: &mut [Line], tokens: &[Token]) {
    let mut below = [[0_usize; MARKS.len()]; MARKS.len()];
    let mut open: Option<usize> = None;
    let mut last: Option<usize> = None;
    for line in lines.iter() {
        let own = tokens.get(line.tokens.clone()).unwrap_or_default();
        match line.kind {
            LineKind::Blank | LineKind::Furniture | LineKind::Note(_) => continue,
            LineKind::Item(_) => match mark_of(own) {
                Some(mark) => {
                    if let Some(count) = open.and_then(|above| below.get_mut(above)).and_then(|row| row.get_mut(mark)) {
                        *count += 1;
                    }
                    last = Some(mark);
                }
                None => last = None,
            },
            LineKind::Text => {}
            _ => last = None,
        }
        open = last.filter(|_| own.last().is_some_and(|t| t.is(':')));
    }
    let told = |above: usize, mark: usize| below.get(above).and_then(|row| row.get(mark)).copied().unwrap_or(0);
    let by_custom = (0..MARKS.len()).all(|mark| told(LOWEST, mark) == 0);
    let stands_below = |mark: usize, above: usize| {
        let (down, up) = (told(above, mark), told(mark, above));
        mark != above && (down > up || down == up && mark == LOWEST && by_custom)
    };
    // At most as many steps as there are other marks, also where authors contradict themselves.
    let mut depth = [0_u8; MARKS.len()];
    for _ in 1..MARKS.len() {
        let before = depth;
        for (mark, own) in depth.iter_mut().enumerate() {
            let above = (0..MARKS.len()).filter(|above| stands_below(mark, *above));
            *own = above.filter_map(|above| before.get(above)).map(|d| d + 1).max().unwrap_or(0);
        }
    }
    for line in lines.iter_mut().filter(|line| matches!(line.kind, LineKind::Item(_))) {
        let own = tokens.get(line.tokens.clone()).unwrap_or_default();
        if let Some(depth) = mark_of(own).and_then(|mark| depth.get(mark)) {
            line.kind = LineKind::Item(level::DASH + depth);
        }
    }
}

/// Whether a sign marks the items of a list.
pub(super) fn is_mark(sign: char) -> bool {
    MARKS.iter().any(|marks| marks.contains(&sign))
}

/// Which of [`MARKS`] a line opens with.
fn mark_of(tokens: &[Token]) -> Option<usize> {
    let TokenKind::Punct(first) = tokens.first()?.kind else { return None };
    MARKS.iter().position(|marks| marks.contains(&first))
}
