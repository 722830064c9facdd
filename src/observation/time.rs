//! Which period the values of a sentence cover: in the reporting period, cumulative from 1 January, or another
//! period that the sentence names.

use std::ops::Range;

use crate::dictionary::Tag;
use crate::dictionary::marker::{Marker, PeriodWord};
use crate::mention::{PeriodMention, Scan, Span};
use crate::period::{Period, PeriodKind};
use crate::text::{Token, TokenKind};

/// What period a value covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// The reporting period.
    Within,
    /// From 1 January to the end of the reporting period.
    Cumulative,
    /// Another one.
    Other(Period),
}

/// A word or period that sets the coverage of what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// What it sets.
    pub coverage: Coverage,
}

/// The coverages that a sentence sets, in order.
pub(super) fn events(tokens: &[Token], scan: &Scan, sentence: &Range<usize>, report: Period) -> Vec<Event> {
    let mut found: Vec<Event> = Vec::new();
    for mention in scan.periods.iter().filter(|m| m.first >= sentence.start && m.last < sentence.end) {
        if let Some(coverage) = resolve(tokens, scan, sentence, mention, report) {
            found.push(Event { first: mention.first, last: mention.last, coverage });
        }
    }
    for hit in scan.hits_in(sentence) {
        let coverage = match hit.tag {
            Tag::Marker(Marker::Cumulative) => Coverage::Cumulative,
            Tag::Marker(Marker::InPeriod) => Coverage::Within,
            _ => continue,
        };
        let (first, last) = (hit.first as usize, hit.last as usize);
        // «tính đến cuối năm 2019» is about that year: a period that the words lead to says more than they do.
        let leads_to_period =
            scan.periods.iter().any(|m| m.first > first && m.first <= last + 2 && m.last < sentence.end)
                || scan.periods.iter().any(|m| m.first <= last && first <= m.last);
        let told_by_period = leads_to_period
            && found.iter().any(|e| e.first + 1 > first && e.first <= last + 2 && e.coverage != Coverage::Within);
        if told_by_period || (coverage == Coverage::Within && leads_to_period && !found.is_empty()) {
            continue;
        }
        // «Từ tháng 4 đến nay» in a second quarter begins with it.
        let begins = scan.periods.iter().any(|m| {
            m.last + 1 == first
                && matches!(m.span, Span::Month(month) if month == report.first_month() && report.first_month() > 1)
        });
        if coverage == Coverage::Cumulative && begins {
            found.push(Event { first, last, coverage: Coverage::Within });
            continue;
        }
        // After a comparison («so với đầu năm») the words name a base, not a period.
        if follows_comparison(tokens, scan, first, sentence) {
            continue;
        }
        found.push(Event { first, last, coverage });
    }
    found.sort_by_key(|e| (e.first, std::cmp::Reverse(e.last)));
    found
}

/// Whether a comparison or plan word stands at most three tokens before `at`, with no punctuation between.
fn follows_comparison(tokens: &[Token], scan: &Scan, at: usize, sentence: &Range<usize>) -> bool {
    let near = at.saturating_sub(4).max(sentence.start)..at + 1;
    scan.hits_in(&near).any(|h| {
        let last = h.last as usize;
        matches!(h.tag, Tag::Marker(Marker::Compare | Marker::SamePeriod | Marker::PlanOfYear))
            && last + 3 >= at
            && !(last + 1..at).any(|t| tokens.get(t).is_some_and(|k| matches!(k.kind, TokenKind::Punct(_))))
    })
}

/// Whether nothing but filler stands between the sentence's begin, or a semicolon, and `at`.
fn opens_clause(tokens: &[Token], scan: &Scan, sentence: &Range<usize>, at: usize) -> bool {
    let start = (sentence.start..at)
        .rev()
        .find(|t| tokens.get(*t).is_some_and(|k| k.is(';') || k.is(':') || k.is('(')))
        .map_or(sentence.start, |t| t + 1);
    at - start <= 2
        || (start..at).all(|t| {
            !tokens.get(t).is_some_and(Token::is_word)
                || scan.hits_at(t).iter().any(|h| match h.tag {
                    Tag::Period(_) => true,
                    Tag::Marker(marker) => !marker.is_of_tables(),
                    _ => false,
                })
        })
}

fn resolve(
    tokens: &[Token],
    scan: &Scan,
    sentence: &Range<usize>,
    mention: &PeriodMention,
    report: Period,
) -> Option<Coverage> {
    if follows_comparison(tokens, scan, mention.first, sentence) {
        return None;
    }
    let before = mention.first.checked_sub(1);
    let led_by = |word: PeriodWord| {
        scan.hits_in(&(mention.first.saturating_sub(4).max(sentence.start)..mention.first))
            .any(|h| h.tag == Tag::Period(word) && h.last as usize + 1 == mention.first)
            || scan.hits_in(&(mention.first.saturating_sub(4).max(sentence.start)..mention.last + 1)).any(|h| {
                h.tag == Tag::Period(word) && (h.first as usize) < mention.first && h.last as usize >= mention.first
            })
    };
    if matches!(mention.span, Span::Month(_) | Span::Quarter(_)) && led_by(PeriodWord::Since) {
        return None;
    }
    let until = led_by(PeriodWord::Until);
    let introduced = led_by(PeriodWord::Introduces) || until;
    let opening = opens_clause(tokens, scan, sentence, mention.first);
    let next_number = scan.quantities.iter().find(|q| q.first > mention.last).map(|q| q.first);
    let beside_number = next_number.is_some_and(|n| n <= mention.last + 4)
        && !(mention.last..next_number.unwrap_or(mention.last)).any(|t| tokens.get(t).is_some_and(|k| k.is('.')));
    let after_bracket = before.and_then(|b| tokens.get(b)).is_some_and(|t| t.is('('));
    let stands_out = introduced || opening || after_bracket;
    match mention.span {
        Span::Date { day, month } => {
            let year = mention.year.unwrap_or(report.year);
            until.then_some(())?;
            if year < report.year {
                return (month == 12 && day >= 28).then_some(Coverage::Other(Period::year(year)));
            }
            let at_end = year == report.year && month <= report.last_month();
            let later = year == report.year && month > report.last_month();
            (at_end || later).then_some(())?;
            if report.starts_in_january() { Some(Coverage::Within) } else { Some(Coverage::Cumulative) }
        }
        Span::Month(month) => {
            let year = mention
                .year
                .unwrap_or_else(|| if month > report.last_month() + 3 { report.year - 1 } else { report.year });
            let period = Period::month(year, month)?;
            if period == report {
                return if until {
                    Some(Coverage::Cumulative).filter(|_| !report.starts_in_january())
                } else {
                    Some(Coverage::Within)
                };
            }
            let inside = (report.first_month()..=report.last_month()).contains(&month);
            if until && year == report.year && inside {
                return Some(if report.starts_in_january() { Coverage::Within } else { Coverage::Cumulative });
            }
            let named = stands_out || mention.year.is_some() && beside_number;
            named.then_some(Coverage::Other(period))
        }
        Span::Quarter(quarter) => {
            let period = Period::quarter(mention.year.unwrap_or(report.year), quarter)?;
            if period == report {
                return Some(Coverage::Within);
            }
            stands_out.then_some(Coverage::Other(period))
        }
        Span::FirstMonths(months) => {
            let period = Period::first_months(mention.year.unwrap_or(report.year), months)?;
            if period == report {
                return Some(Coverage::Within);
            }
            if period.year == report.year && period.last_month() == report.last_month() {
                return Some(Coverage::Cumulative);
            }
            (stands_out && period.year <= report.year).then_some(Coverage::Other(period))
        }
        Span::LastMonths(months) => {
            let period = Period::half(mention.year.unwrap_or(report.year), 2).filter(|_| months == 6)?;
            (stands_out && period != report).then_some(Coverage::Other(period))
        }
        Span::Year => {
            let Some(year) = mention.year else {
                // «Ước cả năm giải quyết việc làm cho 23.200 lao động» in a report of nine months
                if report.last_month() < 12
                    && opens_clause(tokens, scan, sentence, mention.first)
                    && is_estimated(scan, sentence, mention)
                {
                    return Some(Coverage::Other(Period::year(report.year)));
                }
                // «cả năm» in a report that ends in December is its cumulative figure.
                return (report.last_month() == 12).then_some(if report.starts_in_january() {
                    Coverage::Within
                } else {
                    Coverage::Cumulative
                });
            };
            if year == report.year {
                // «Ước cuối năm 2020 còn …» in October is about the end of the year.
                let to_come = report.last_month() < 12
                    && scan
                        .hits_in(&(mention.first.saturating_sub(2).max(sentence.start)..mention.last + 1))
                        .any(|h| matches!(h.tag, Tag::Period(PeriodWord::EndOfYear | PeriodWord::WholeYear)))
                    && is_estimated(scan, sentence, mention);
                if to_come {
                    return Some(Coverage::Other(Period::year(year)));
                }
                let whole = report.last_month() == 12 && opening;
                return whole.then_some(if report.starts_in_january() {
                    Coverage::Within
                } else {
                    Coverage::Cumulative
                });
            }
            let recent = year < report.year && year + 4 >= report.year;
            (recent && (stands_out || beside_number)).then_some(Coverage::Other(Period::year(year)))
        }
        Span::YearsTo(to) => {
            let from = mention.year?;
            let opens = stands_out || mention.first <= sentence.start + 4;
            (opens && to <= report.year).then(|| Period::years(from, to).map(Coverage::Other))?
        }
    }
}

/// Whether «ước» stands right before a period, or opens a phrase with it.
fn is_estimated(scan: &Scan, sentence: &Range<usize>, mention: &PeriodMention) -> bool {
    scan.hits_in(&(mention.first.saturating_sub(4).max(sentence.start)..mention.last + 1))
        .any(|h| h.tag == Tag::Marker(Marker::Estimate) && (h.first as usize) < mention.first)
}

/// Whether a mention names a year before the report's, whatever its place: the mark of a footnote may hang on it.
pub(super) fn named_year(scan: &Scan, token: usize, report: Period) -> Option<Period> {
    scan.periods
        .iter()
        .find(|m| m.last + 1 == token || (m.first <= token && token <= m.last + 1))
        .and_then(|m| m.year)
        .filter(|year| *year < report.year)
        .map(Period::year)
}

/// The last of the two years before the report's that the range names as its own, not as a base of comparison.
pub(super) fn past_year(tokens: &[Token], scan: &Scan, range: &Range<usize>, report: Period) -> Option<Period> {
    scan.periods
        .iter()
        .filter(|m| m.span == Span::Year && m.first >= range.start && m.last < range.end)
        .filter(|m| !follows_comparison(tokens, scan, m.first, range))
        .filter_map(|m| m.year)
        .rfind(|year| *year < report.year && year + 2 >= report.year)
        .map(Period::year)
}

/// The year before the report's at whose end a sentence closes: «nhắc lại số liệu cuối năm 2019.»
pub(super) fn past_year_end(tokens: &[Token], scan: &Scan, sentence: &Range<usize>, report: Period) -> Option<Period> {
    let mention =
        scan.periods.iter().rfind(|m| m.span == Span::Year && m.first >= sentence.start && m.last < sentence.end)?;
    let closes = (mention.last + 1..sentence.end).all(|t| tokens.get(t).is_some_and(|k| !k.is_word()));
    // «Kết quả rà soát cuối năm 2020 đã được phê duyệt.»
    let surveyed = scan.has_marker(Marker::Survey, &(sentence.start..mention.first));
    year_end_in(tokens, scan, sentence, report).filter(|_| closes || surveyed)
}

/// The year before the report's whose end a row of words names, not as a base of comparison.
pub(super) fn year_end_in(tokens: &[Token], scan: &Scan, sentence: &Range<usize>, report: Period) -> Option<Period> {
    let mention = scan
        .periods
        .iter()
        .rfind(|m| m.span == Span::Year && m.first >= sentence.start && m.last < sentence.end)
        .filter(|m| !follows_comparison(tokens, scan, m.first, sentence))?;
    // «kết quả rà soát hộ nghèo, hộ cận nghèo năm 2023»
    let surveyed = scan.has_marker(Marker::Survey, &(sentence.start..mention.first));
    let at_end = surveyed
        || scan
            .hits_in(&(mention.first.saturating_sub(2).max(sentence.start)..mention.last + 1))
            .any(|h| h.tag == Tag::Period(PeriodWord::EndOfYear));
    let year = mention.year.filter(|year| *year < report.year && year + 2 >= report.year)?;
    at_end.then(|| Period::year(year))
}

/// A flow's period and whether it is cumulative, in the contract's terms.
pub(super) fn place(coverage: Coverage, report: Period, is_flow: bool) -> (Period, bool) {
    match coverage {
        Coverage::Within => (report, false),
        Coverage::Cumulative => (
            report,
            is_flow
                && (report.first_month() != 1
                    || matches!(
                        report.kind,
                        PeriodKind::Quarter(_) | PeriodKind::Half(_) | PeriodKind::FirstMonths(_) | PeriodKind::Year
                    )),
        ),
        Coverage::Other(period) => (period, false),
    }
}
