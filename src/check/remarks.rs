//! What the reader of the file noticed.

use super::Subject;
use crate::diagnostic::{Finding, Severity};
use crate::text::RemarkKind;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let document = subject.document;
    document
        .layout
        .remarks
        .iter()
        .map(|remark| {
            let (severity, slug) = match remark.kind {
                RemarkKind::Encoding => (Severity::Info, "encoding"),
                RemarkKind::HiddenSheet => (Severity::Warning, "hidden-sheet"),
                RemarkKind::HiddenRows => (Severity::Warning, "hidden-rows"),
                RemarkKind::HiddenColumns => (Severity::Warning, "hidden-columns"),
                RemarkKind::ErrorCell => (Severity::Warning, "cell-error"),
                RemarkKind::Uncomputed => (Severity::Warning, "formula-uncomputed"),
                RemarkKind::PictureOnly => (Severity::Warning, "picture-only"),
                RemarkKind::CutOff => (Severity::Error, "cut-off"),
                RemarkKind::PartLost => (Severity::Warning, "part-lost"),
            };
            let mut site = subject.whole_file();
            if let Some(at) = remark.at {
                site.line = document.source.line_of(at);
            }
            let place = remark.place.as_ref().map(ToString::to_string).unwrap_or_default();
            Finding::new(severity, slug, site).with("what", remark.what.clone()).with("where", place)
        })
        .collect()
}
