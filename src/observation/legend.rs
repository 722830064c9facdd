//! What a report says once of how all its numbers are written.

use crate::dictionary::Tag;
use crate::dictionary::marker::Marker;
use crate::mention::Scan;
use crate::period::Period;

/// Whether the report says that numbers in brackets are those of the same period of last year: «(Số trong ngoặc là số
/// cùng kỳ năm trước)».
pub(super) fn brackets_hold_last_year(scans: &[Scan], report: Period) -> bool {
    let says = |scan: &Scan| {
        let of = |at: usize| scan.sentences.iter().find(|s| s.contains(&at));
        scan.markers(Marker::InBrackets).filter_map(|h| of(h.first as usize)).any(|sentence| {
            let same = scan.hits_in(sentence).any(|h| h.tag == Tag::Marker(Marker::SamePeriod));
            let year = scan.periods.iter().any(|m| sentence.contains(&m.first) && m.year == Some(report.year - 1));
            same || year
        })
    };
    scans.iter().any(says)
}
