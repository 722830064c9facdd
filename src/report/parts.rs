//! Which top-level parts of a report tell results and which tell coming tasks, where headings alone do not say:
//! «Công việc chính tháng 9» in a report of August, «Các nhiệm vụ chuyên môn» over what has been done.

use super::identify::resolve;
use crate::dictionary::marker::{Marker, PeriodWord};
use crate::dictionary::{Dictionary, Part, Tag};
use crate::document::{BlockKind, Document, level};
use crate::mention::number::Convention;
use crate::mention::{Scan, Span};
use crate::period::{Period, PeriodKind};

/// A part that says so often with what its values are compared, or since when they are counted, tells results.
const LEAST_RESULT_WORDS: usize = 4;

/// What a heading's own words say of the time that its part is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// After the reporting period.
    Later,
    /// The reporting period, or a time before its end.
    Now,
    /// Nothing.
    Unsaid,
}

/// Settles the parts of a report whose period is known, by the periods that their headings name and by what stands in
/// them.
pub fn settle_parts(document: &mut Document, period: Option<Period>, dictionary: &Dictionary) {
    let top: Vec<usize> = (1..document.sections.len())
        .filter(|at| {
            document
                .sections
                .get(*at)
                .is_some_and(|s| s.parent == Some(0) && s.level <= level::NUMBER && !s.title.is_empty())
        })
        .collect();
    for (place, at) in top.iter().copied().enumerate() {
        let Some(section) = document.sections.get(at) else { continue };
        let when = period.map_or(When::Unsaid, |period| when(document, at, period, dictionary));
        let names = |part: Part| says(document, at, part, dictionary);
        // What is to come is the last thing a report tells: tasks with tasks after them are rather done.
        let tasks_follow = top
            .iter()
            .skip(place + 1)
            .any(|other| document.sections.get(*other).is_some_and(|s| s.part == Part::Tasks));
        match section.part {
            // «Chăm lo Tết năm 2024»: a field of work may name a time to come.
            Part::Results if when == When::Later && place > 0 && section.fields.is_empty() && !names(Part::Results) => {
                turn(document, at, Part::Tasks);
            }
            Part::Tasks
                if when != When::Later
                    && (tasks_follow || when == When::Now)
                    && tells_results(document, at, dictionary) =>
            {
                turn(document, at, Part::Results);
            }
            _ => {}
        }
    }
}

/// Whether a heading has the words of a part.
fn says(document: &Document, section: usize, part: Part, dictionary: &Dictionary) -> bool {
    let mut hits = Vec::new();
    if let Some(section) = document.sections.get(section) {
        dictionary.find(&section.title, &mut hits);
    }
    hits.iter().any(|h| h.tag == Tag::Part(part))
}

fn when(document: &Document, section: usize, report: Period, dictionary: &Dictionary) -> When {
    let Some(section) = document.sections.get(section) else { return When::Unsaid };
    let scan = Scan::of(&document.source, &section.title, 0, Convention::default(), dictionary);
    let end = (report.last_year(), report.last_month());
    let mut said = When::Unsaid;
    for mention in &scan.periods {
        if matches!(mention.span, Span::LastMonths(_)) && report.last_month() <= 6 {
            said = When::Later;
            continue;
        }
        let Some(mut named) = resolve(mention, mention.year.unwrap_or(report.last_year())) else { continue };
        // «Nhiệm vụ tháng 01» of a report of December: the year has turned.
        if mention.year.is_none()
            && report.last_month() == 12
            && named.last_month() < report.first_month()
            && let Some(next) = resolve(mention, report.last_year() + 1)
        {
            named = next;
        }
        if named == report {
            return When::Now;
        }
        // «Chăm lo Tết năm 2024» in August is no plan for that year.
        let in_passing = mention.span == Span::Year && report.kind != PeriodKind::Year;
        if (named.year, named.first_month()) > end && !in_passing {
            said = When::Later;
        }
    }
    said
}

/// Whether the text of a part has the words of results: comparisons, running totals, degrees of a plan reached.
fn tells_results(document: &Document, section: usize, dictionary: &Dictionary) -> bool {
    let told = [Marker::Compare, Marker::SamePeriod, Marker::Cumulative, Marker::InPeriod, Marker::Reach];
    let mut hits = Vec::new();
    let mut found = 0;
    for block in &document.blocks {
        let inside = document.within(block.section, section);
        if !inside || !matches!(block.kind, BlockKind::Paragraph) {
            continue;
        }
        hits.clear();
        dictionary.find(&block.tokens, &mut hits);
        let coming = hits.iter().any(|h| {
            matches!(h.tag, Tag::Marker(Marker::NextPeriod | Marker::Forecast) | Tag::Period(PeriodWord::WholeYear))
        });
        found += usize::from(!coming && hits.iter().any(|h| matches!(h.tag, Tag::Marker(m) if told.contains(&m))));
    }
    found >= LEAST_RESULT_WORDS
}

/// Gives a section, and all in it that was of the same part, another part.
fn turn(document: &mut Document, section: usize, part: Part) {
    let Some(before) = document.sections.get(section).map(|s| s.part) else { return };
    let inside: Vec<bool> = (0..document.sections.len()).map(|at| document.within(at, section)).collect();
    let inside = |at: usize| inside.get(at) == Some(&true);
    for (at, section) in document.sections.iter_mut().enumerate() {
        if inside(at) && section.part == before {
            section.part = part;
        }
    }
    for block in &mut document.blocks {
        if inside(block.section) && block.part == before {
            block.part = part;
        }
    }
}
