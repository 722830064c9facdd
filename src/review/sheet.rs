//! The columns of the review workbook: one list, by which it is written and read back.

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Shows what was read.
    Shown,
    /// Is filled in by a person.
    Filled,
    /// Binds the row to its report, place and rule; hidden.
    Bound,
}

/// A column: its name in the hidden row, the message that heads it, its width in digits, its use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) header: &'static str,
    pub(super) width: f64,
    pub(super) usage: Use,
}

const fn column(name: &'static str, header: &'static str, width: f64, usage: Use) -> Column {
    Column { name, header, width, usage }
}

/// The name that marks the hidden row of names in a sheet of numbers, in its first column.
pub(super) const NUMBERS: &str = "@numbers";
/// The same for the sheet of findings.
pub(super) const FINDINGS: &str = "@findings";
/// Marks the cell to the right of which the default name stands.
pub(super) const DEFAULT_NAME: &str = "@name";
/// The same for the default time.
pub(super) const DEFAULT_TIME: &str = "@time";

/// Columns of the sheets of numbers: doubtful values, contradictions, numbers that no indicator took.
pub(super) const NUMBER_COLUMNS: &[Column] = &[
    column(NUMBERS, "review.key", 7.0, Use::Shown),
    column("quote", "review.quote", 46.0, Use::Shown),
    column("stated", "review.stated", 12.0, Use::Shown),
    column("file", "review.file", 17.0, Use::Shown),
    column("place", "review.place", 10.0, Use::Shown),
    column("as_indicator", "review.as-indicator", 28.0, Use::Shown),
    column("as_breakdown", "review.as-breakdown", 14.0, Use::Shown),
    column("as_measure", "review.as-measure", 13.0, Use::Shown),
    column("as_period", "review.as-period", 10.0, Use::Shown),
    column("as_value", "review.as-value", 14.0, Use::Shown),
    column("confidence", "review.confidence", 7.0, Use::Shown),
    column("why", "review.why", 34.0, Use::Shown),
    column("candidates", "review.candidates", 26.0, Use::Shown),
    column("decision", "review.decision", 15.0, Use::Filled),
    column("indicator", "review.indicator", 28.0, Use::Filled),
    column("breakdown", "review.breakdown", 16.0, Use::Filled),
    column("measure", "review.measure", 15.0, Use::Filled),
    column("period", "review.period", 10.0, Use::Filled),
    column("value", "review.value", 15.0, Use::Filled),
    column("reason", "review.reason", 26.0, Use::Filled),
    column("name", "review.name", 15.0, Use::Filled),
    column("time", "review.time", 12.0, Use::Filled),
    column("digest", "review.bound", 8.0, Use::Bound),
    column("line", "review.bound", 8.0, Use::Bound),
    column("start", "review.bound", 8.0, Use::Bound),
    column("end", "review.bound", 8.0, Use::Bound),
    column("rule", "review.bound", 8.0, Use::Bound),
    column("was_indicator", "review.bound", 8.0, Use::Bound),
    column("was_breakdown", "review.bound", 8.0, Use::Bound),
    column("was_measure", "review.bound", 8.0, Use::Bound),
    column("was_period", "review.bound", 8.0, Use::Bound),
    column("was_value", "review.bound", 8.0, Use::Bound),
];

/// Columns of the sheet of findings.
pub(super) const FINDING_COLUMNS: &[Column] = &[
    column(FINDINGS, "review.key", 7.0, Use::Shown),
    column("message", "review.message", 56.0, Use::Shown),
    column("severity", "review.severity", 11.0, Use::Shown),
    column("file", "review.file", 17.0, Use::Shown),
    column("place", "review.place", 10.0, Use::Shown),
    column("quote", "review.quote", 40.0, Use::Shown),
    column("other_place", "review.other-place", 18.0, Use::Shown),
    column("other_quote", "review.other-quote", 34.0, Use::Shown),
    column("candidates", "review.candidates", 24.0, Use::Shown),
    column("rows", "review.rows", 16.0, Use::Shown),
    column("decision", "review.decision", 15.0, Use::Filled),
    column("reason", "review.reason", 26.0, Use::Filled),
    column("name", "review.name", 15.0, Use::Filled),
    column("time", "review.time", 12.0, Use::Filled),
    column("digest", "review.bound", 8.0, Use::Bound),
    column("line", "review.bound", 8.0, Use::Bound),
    column("check", "review.bound", 8.0, Use::Bound),
    column("stated", "review.bound", 8.0, Use::Bound),
    column("expected", "review.bound", 8.0, Use::Bound),
];
