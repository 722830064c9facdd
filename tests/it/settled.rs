//! What settling says of the observations of one report.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use rustc_hash::FxHashMap;
use tonghop::check::{Rules, within_reports};
use tonghop::consolidate::{Input, Wording, consolidate};
use tonghop::diagnostic::Finding;
use tonghop::dictionary::templates::Templates;
use tonghop::observation::Observation;

use crate::support::DICTIONARY;

/// The contradictions between values of one key, as a run tells them beside other findings.
pub(crate) fn conflicts(observations: &[Observation], told: &[Finding], rules: &Rules) -> Vec<Finding> {
    let consolidated = consolidate(&Input {
        reports: &[],
        periods: &[],
        boundaries: tonghop::consolidate::Boundaries::AsReported,
        observations,
        register: &DICTIONARY.register,
        geography: &DICTIONARY.geography,
        wording: &Wording::load(&Templates::built_in()).unwrap(),
        plans: &[],
        revisions: &FxHashMap::default(),
        review_threshold: Decimal::from_f32(DICTIONARY.confidence.review).unwrap(),
    })
    .unwrap();
    within_reports(consolidated.findings().to_vec(), told, observations, rules)
}
