//! Placeholders in the cells of a form: `{{employment.jobs_created[sex=female] cumulative 2024-Q2}}`, `{{province}}`.

use crate::dictionary::register::Register;
use crate::observation::{Breakdown, Measure};
use crate::period::Period;

/// What a placeholder asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Placeholder {
    /// Name of the place that the form is filled for.
    Area,
    /// The period in words, and with a capital.
    Period,
    /// The year.
    Year,
    /// A figure.
    Figure {
        /// Id in the register.
        indicator: String,
        breakdown: Breakdown,
        measure: Measure,
        /// The form's own, where none is named.
        period: Option<Period>,
    },
}

/// Whether a text holds a placeholder.
pub(super) fn is_one(text: &str) -> bool {
    text.contains("{{")
}

/// The placeholders of a text, with the text between them; none where a bracket is left open.
pub(super) fn parts(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inner, behind) = after.split_once("}}")?;
        parts.push((before.to_owned(), Some(inner.trim().to_owned())));
        rest = behind;
    }
    parts.push((rest.to_owned(), None));
    Some(parts)
}

/// What the inside of a placeholder asks for; else what is wrong with it.
pub(super) fn read(inner: &str, register: &Register) -> Result<Placeholder, String> {
    match inner {
        "province" => return Ok(Placeholder::Area),
        "period" => return Ok(Placeholder::Period),
        "year" => return Ok(Placeholder::Year),
        _ => {}
    }
    let mut words = inner.split_whitespace();
    let named = words.next().unwrap_or_default();
    let (indicator, breakdown) = match named.split_once('[') {
        Some((indicator, rest)) => {
            (indicator, rest.strip_suffix(']').ok_or_else(|| format!("`{named}`: `]` is missing"))?)
        }
        None => (named, ""),
    };
    let known = register.get(indicator).ok_or_else(|| {
        format!("`{indicator}`: unknown indicator; nearest: {}", register.nearest(indicator).join(", "))
    })?;
    let breakdown = breakdown.parse::<Breakdown>().map_err(|_| format!("`{breakdown}`: not a breakdown"))?;
    let measure = words.next().unwrap_or("actual");
    let measure = measure.parse::<Measure>().map_err(|_| {
        let valid: Vec<&str> = Measure::ALL.iter().map(|m| m.code()).collect();
        format!("`{measure}`: unknown measure; valid: {}", valid.join(", "))
    })?;
    let period = words.next().map(str::parse::<Period>).transpose().map_err(|error| error.to_string())?;
    Ok(Placeholder::Figure { indicator: known.id.clone(), breakdown, measure, period })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::templates::Templates;

    #[test]
    fn placeholders_are_read_or_told_wrong() {
        let register = Register::load(&Templates::built_in()).unwrap();
        let found = read("employment.jobs_created[sex=female] cumulative 2024-Q2", &register).unwrap();
        let Placeholder::Figure { indicator, breakdown, measure, period } = found else { panic!("{found:?}") };
        assert_eq!(
            (indicator.as_str(), breakdown.to_string().as_str(), measure, period.unwrap().to_string().as_str()),
            ("employment.jobs_created", "sex=female", Measure::Cumulative, "2024-Q2")
        );
        let wrong = |text: &str| read(text, &register).unwrap_err();
        assert!(wrong("employment.job_created").starts_with("`employment.job_created`: unknown indicator; nearest:"));
        assert!(wrong("employment.jobs_created total").starts_with("`total`: unknown measure; valid: actual"));
        assert_eq!(parts("a {{ x }} b").unwrap(), [("a ".to_owned(), Some("x".to_owned())), (" b".to_owned(), None)]);
        assert_eq!(parts("{{x"), None);
    }
}
