//! Written numbers to exact values. Vietnamese reports put a dot after thousands and a comma before decimals; some
//! mix in the other way round, and what stands after the number then decides.

use std::str::FromStr;

use rust_decimal::Decimal;

/// What stands after a number, as far as it bears on reading its separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// A percent sign.
    Percent,
    /// A scale word such as triệu.
    Scale,
    /// A noun that counts whole things.
    Count,
    /// A unit of measurement or money.
    Amount,
    /// Nothing that helps.
    Nothing,
}

/// Which separators a document uses, where one number alone does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Convention {
    /// The document writes `4,560` for thousands.
    pub comma_thousands: bool,
    /// The document writes `57.25` for decimals.
    pub dot_decimals: bool,
    /// The document says that it gives values in brackets after others.
    pub values_in_brackets: bool,
}

impl Convention {
    /// Learns from a document's text: numbers grouped by commas throughout, or a percentage like `57.0%`, show the
    /// other way.
    pub fn of(text: &str) -> Self {
        let mut convention = Self::default();
        let bytes = text.as_bytes();
        let (mut commas, mut dots, mut long_commas) = (0_usize, 0_usize, false);
        let mut at = 0;
        while at < bytes.len() {
            if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
                continue;
            }
            let start = at;
            while bytes.get(at).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')) {
                at += 1;
            }
            let number = text.get(start..at).unwrap_or_default().trim_end_matches(['.', ',']);
            let rest = text.get(at..).unwrap_or_default();
            let percent = rest.trim_start_matches(' ').starts_with('%');
            if percent && groups(number, '.').is_some_and(|g| g.len() == 2 && g.get(1).is_some_and(|d| d.len() <= 2)) {
                convention.dot_decimals = true;
            }
            if groups(number, ',').is_some_and(|g| is_grouped(&g)) && !percent {
                commas += 1;
                long_commas |= groups(number, ',').is_some_and(|g| g.len() >= 3);
            }
            if groups(number, '.').is_some_and(|g| is_grouped(&g)) && !percent {
                dots += 1;
            }
        }
        convention.comma_thousands = long_commas || commas >= 3 && commas > dots * 4;
        convention
    }
}

fn groups(number: &str, separator: char) -> Option<Vec<&str>> {
    let other = if separator == '.' { ',' } else { '.' };
    (number.contains(separator) && !number.contains(other)).then(|| number.split(separator).collect())
}

fn is_grouped(groups: &[&str]) -> bool {
    let first = groups.first().map_or(0, |g| g.len());
    (1..=3).contains(&first) && groups.iter().skip(1).all(|g| g.len() == 3)
}

/// The value of a written number; `None` where its separators make no sense.
///
/// ```
/// # use tonghop::mention::number::{parse, Convention, Follows};
/// let vn = Convention::default();
/// assert_eq!(parse("7.645", Follows::Count, vn).unwrap().to_string(), "7645");
/// assert_eq!(parse("13,25", Follows::Percent, vn).unwrap().to_string(), "13.25");
/// assert_eq!(parse("4,560", Follows::Count, vn).unwrap().to_string(), "4560");
/// assert_eq!(parse("3,314", Follows::Scale, vn).unwrap().to_string(), "3.314");
/// assert_eq!(parse("9.8689", Follows::Count, vn), None);
/// ```
pub fn parse(number: &str, follows: Follows, convention: Convention) -> Option<Decimal> {
    let dots = number.matches('.').count();
    let commas = number.matches(',').count();
    let joined = |separator: char| Decimal::from_str(&number.replace(separator, "")).ok();
    match (dots, commas) {
        (0, 0) => Decimal::from_str(number).ok(),
        (_, 0) => {
            let parts = groups(number, '.')?;
            let grouped = is_grouped(&parts);
            match (dots, follows) {
                (1, Follows::Percent) => Decimal::from_str(number).ok(),
                // A share or rate of a count can be written `10.98` in a document that does so throughout.
                (1, _) if grouped && parts.first().is_some_and(|g| !g.starts_with('0')) => joined('.'),
                (1, Follows::Scale | Follows::Amount) => Decimal::from_str(number).ok(),
                (1, Follows::Nothing) if convention.dot_decimals => Decimal::from_str(number).ok(),
                (2.., _) if grouped => joined('.'),
                _ => None,
            }
        }
        (0, 1) => {
            let parts = groups(number, ',')?;
            let thousands = is_grouped(&parts)
                && parts.first().is_some_and(|g| !g.starts_with('0'))
                && (follows == Follows::Count || follows != Follows::Percent && convention.comma_thousands);
            if thousands { joined(',') } else { Decimal::from_str(&number.replace(',', ".")).ok() }
        }
        (0, _) => groups(number, ',').filter(|g| is_grouped(g)).and_then(|_| joined(',')),
        (_, 1) if number.rfind('.') < number.rfind(',') => {
            let (whole, decimals) = number.split_once(',')?;
            is_grouped(&whole.split('.').collect::<Vec<_>>())
                .then(|| Decimal::from_str(&format!("{}.{decimals}", whole.replace('.', ""))).ok())?
        }
        (1, _) if number.rfind(',') < number.rfind('.') => {
            let (whole, decimals) = number.split_once('.')?;
            is_grouped(&whole.split(',').collect::<Vec<_>>())
                .then(|| Decimal::from_str(&format!("{}.{decimals}", whole.replace(',', ""))).ok())?
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: &str, follows: Follows, expect: &str) {
        let value = parse(number, follows, Convention::default()).map(|v| v.normalize().to_string());
        assert_eq!(value.as_deref().unwrap_or("none"), expect, "{number}");
    }

    #[test]
    fn separators_are_read_by_what_follows() {
        check("02", Follows::Count, "2");
        check("1.234.567", Follows::Amount, "1234567");
        check("1.234,5", Follows::Scale, "1234.5");
        check("1,234.5", Follows::Scale, "1234.5");
        check("51.26", Follows::Percent, "51.26");
        check("101.860", Follows::Percent, "101.86");
        check("735,2", Follows::Scale, "735.2");
        check("22.124", Follows::Scale, "22124");
        check("1,655", Follows::Scale, "1.655");
        check("12,500", Follows::Count, "12500");
        check("0,750", Follows::Count, "0.75");
        check("1.2.3", Follows::Nothing, "none");
        check("12.34", Follows::Count, "none");
    }

    #[test]
    fn the_document_shows_its_convention() {
        assert!(Convention::of("đạt 57.0% kế hoạch").dot_decimals);
        assert!(!Convention::of("đạt 57,0% kế hoạch, 4.560 người").dot_decimals);
        assert!(Convention::of("tổng 1,234,567 đồng").comma_thousands);
    }
}
