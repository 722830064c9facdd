//! The choices of the workbook: what a person picks from a list, and back to its code.

use crate::dictionary::Dictionary;
use crate::message::Messages;
use crate::observation::{Breakdown, Measure};
use crate::text::bare;

use super::Decision;

/// Stands for the total in the list of breakdowns: an empty cell means «as read».
const TOTAL: &str = "-";

/// A name with its code after it, as it stands in a list.
pub(super) fn with_code(name: &str, code: &str) -> String {
    format!("{name} [{code}]")
}

/// The code in the bracket at the end of a choice; the whole text where there is none.
pub(super) fn code_of(choice: &str) -> &str {
    let choice = choice.trim();
    choice.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')).map_or(choice, |(_, code)| code.trim())
}

/// The word for a decision.
pub(super) fn decision_word(decision: Decision, messages: &Messages) -> String {
    match decision {
        Decision::Accept => messages.word("review.accept"),
        Decision::Correct => messages.word("review.correct"),
        Decision::Reject => messages.word("review.reject"),
    }
}

/// The word for a decision about a finding.
pub(super) fn finding_word(decision: Decision, messages: &Messages) -> String {
    if decision == Decision::Reject { messages.word("review.no-error") } else { decision_word(decision, messages) }
}

/// The decision that a cell names, by its word or its code, without regard to case and diacritics.
pub(super) fn decision_of(cell: &str, messages: &Messages) -> Option<Decision> {
    let letters = |text: &str| text.split_whitespace().map(bare).collect::<String>();
    let key = letters(code_of(cell));
    let words = |d: Decision| [d.code().to_owned(), decision_word(d, messages), finding_word(d, messages)];
    Decision::ALL.into_iter().find(|d| words(*d).iter().any(|word| letters(word) == key))
}

/// The indicators to choose from, in the order of the register.
pub(super) fn indicators(dictionary: &Dictionary) -> Vec<String> {
    dictionary.register.indicators().iter().map(|i| with_code(&i.name, &i.id)).collect()
}

/// The measures to choose from.
pub(super) fn measures(messages: &Messages) -> Vec<String> {
    Measure::ALL.iter().map(|m| with_code(&messages.word(&format!("measure.{m}")), m.code())).collect()
}

/// The single breakdowns to choose from, the total first; several are joined by `;` by hand.
pub(super) fn breakdowns(dictionary: &Dictionary, messages: &Messages) -> Vec<String> {
    let mut choices = vec![with_code(&messages.word("review.total"), TOTAL)];
    for category in dictionary.categories.iter().filter(|c| !c.id.is_empty()) {
        let Some(dimension) = dictionary.dimensions.get(usize::from(category.dimension)) else { continue };
        let code = format!("{}={}", dimension.id, category.id);
        let choice = with_code(&format!("{}: {}", dimension.name, category.name), &code);
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices
}

/// A breakdown as it stands in a cell of what was read.
pub(super) fn breakdown_word(breakdown: &Breakdown, dictionary: &Dictionary, messages: &Messages) -> String {
    if breakdown.is_total() {
        return String::new();
    }
    let words = messages.breakdown(breakdown, dictionary);
    let words = words.trim().trim_start_matches('(').trim_end_matches(')');
    with_code(words, &breakdown.to_string())
}

/// The breakdown that a cell names.
///
/// # Errors
/// The part that is no `dimension=category`, or is not in the list.
pub(super) fn breakdown_of(cell: &str, dictionary: &Dictionary) -> Result<Breakdown, String> {
    let code = code_of(cell);
    if code == TOTAL {
        return Ok(Breakdown::total());
    }
    let breakdown: Breakdown = code.parse().map_err(|_| code.to_owned())?;
    for (dimension, category) in breakdown.pairs() {
        let known = |id: &str| {
            dictionary.categories.iter().any(|c| {
                c.id == id && dictionary.dimensions.get(usize::from(c.dimension)).is_some_and(|own| own.id == dimension)
            })
        };
        // Two categories stated together are one, their ids joined.
        let joined = || {
            (0..category.len())
                .filter_map(|at| category.split_at_checked(at))
                .any(|(first, rest)| rest.strip_prefix('_').is_some_and(|second| known(first) && known(second)))
        };
        if !known(category) && !joined() {
            return Err(format!("{dimension}={category}"));
        }
    }
    Ok(breakdown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::templates::Templates;
    use crate::message::Lang;

    #[test]
    fn a_choice_gives_its_code() {
        assert_eq!(code_of("Số lao động [mới] được giải quyết [employment.jobs_created]"), "employment.jobs_created");
        assert_eq!(code_of(" employment.jobs_created "), "employment.jobs_created");
    }

    #[test]
    fn breakdowns_are_those_of_the_lists() {
        let dictionary = Dictionary::load(&Templates::built_in()).unwrap();
        let of = |cell: &str| breakdown_of(cell, &dictionary).map(|b| b.to_string());
        assert_eq!(of("Giới tính: nữ [sex=female]"), Ok("sex=female".to_owned()));
        assert_eq!(of("[-]"), Ok(String::new()));
        assert_eq!(of("sex=female; ethnicity=khmer"), Ok("ethnicity=khmer;sex=female".to_owned()));
        assert_eq!(of("level=college_intermediate"), Ok("level=college_intermediate".to_owned()));
        assert_eq!(of("sex=femal"), Err("sex=femal".to_owned()));
        assert_eq!(of("female"), Err("female".to_owned()));
    }

    #[test]
    fn a_decision_is_told_by_word_or_code() {
        let messages = Messages::load(&Templates::built_in(), Lang::Vi).unwrap();
        for decision in Decision::ALL {
            let word = decision_word(decision, &messages);
            assert_eq!(decision_of(&word.to_uppercase(), &messages), Some(decision), "{word}");
            assert_eq!(decision_of(decision.code(), &messages), Some(decision));
        }
        assert_eq!(decision_of("?", &messages), None);
    }
}
