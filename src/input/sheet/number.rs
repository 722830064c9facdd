//! Stored numbers: their exact value, and how a Vietnamese reader would see them.

use std::str::FromStr;

use rust_decimal::Decimal;

/// How a cell shows its number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// The format is one of percent.
    pub percent: bool,
    /// Thousands are set apart.
    pub grouped: bool,
    /// The format is one of dates.
    pub date: bool,
}

impl Look {
    /// Reads a number format such as `#,##0.00`, `0.0%`, `_(* #,##0_);…`; only its first section counts.
    pub(super) fn of(format: &str) -> Self {
        let mut look = Self::default();
        let mut quoted = false;
        let mut bracket = false;
        let mut digits = false;
        let mut general = false;
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '\\' | '_' | '*' => {
                    chars.next();
                }
                '[' => bracket = true,
                ']' => bracket = false,
                _ if bracket => {}
                ';' => break,
                '%' => look.percent = true,
                '0' | '#' | '?' => digits = true,
                ',' => look.grouped |= digits && chars.peek().is_some_and(|n| matches!(n, '0' | '#' | '?')),
                'G' | 'g' => general = true,
                'd' | 'D' | 'y' | 'Y' | 'm' | 'M' | 'h' | 'H' | 's' | 'S' => look.date |= !general,
                _ => {}
            }
        }
        look.date &= !digits || !look.percent && !look.grouped && format.contains(['y', 'Y', 'd', 'D', 'h', 'H']);
        look
    }

    /// The format of a number that the file format builds in.
    pub(super) fn built_in(id: u32) -> Self {
        match id {
            3 | 4 | 37..=44 => Self { grouped: true, ..Self::default() },
            9 | 10 => Self { percent: true, ..Self::default() },
            14..=22 | 27..=36 | 45..=47 | 50..=58 => Self { date: true, ..Self::default() },
            _ => Self::default(),
        }
    }
}

/// Whole numbers below this have at most fifteen digits.
const WHOLE: f64 = 1e15;

/// The number that a spreadsheet means by a stored binary one: its first fifteen digits.
pub(super) fn exact(stored: f64) -> Option<Decimal> {
    if !stored.is_finite() {
        return None;
    }
    // Whole numbers, most of what stands in sheets, need no digits written out.
    if stored.abs() < WHOLE && stored.fract() == 0.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and far below the bounds")]
        return Some(Decimal::from(stored as i64));
    }
    let written = format!("{stored:.14e}");
    let (digits, exponent) = written.split_once('e')?;
    let power: i32 = exponent.parse().ok()?;
    if power > 27 {
        return None;
    }
    Decimal::from_scientific(&written)
        .ok()
        .or_else(|| (power < -20).then_some(Decimal::ZERO))
        .or_else(|| Decimal::from_str(digits).ok().filter(|_| power == 0))
        .map(|d| d.normalize())
}

/// How a Vietnamese reader sees it: comma before decimals, dots between thousands where the format sets them apart.
pub(super) fn written(number: Decimal, look: Look) -> String {
    let number = if look.percent { number * Decimal::ONE_HUNDRED } else { number }.normalize();
    if number.scale() == 0 && !look.grouped && !look.percent {
        return number.to_string();
    }
    let plain = number.abs().to_string();
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(plain.len() + 6);
    if number.is_sign_negative() && !number.is_zero() {
        out.push('-');
    }
    let length = whole.len();
    for (at, digit) in whole.chars().enumerate() {
        if look.grouped && at > 0 && (length - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(',');
        out.push_str(fraction);
    }
    if look.percent {
        out.push('%');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stored: f64, format: &str) -> String {
        written(exact(stored).unwrap(), Look::of(format))
    }

    #[test]
    fn formats_say_percent_and_thousands() {
        assert!(Look::of("0.00%").percent);
        assert!(Look::of("#,##0").grouped && !Look::of("#,##0").percent);
        assert!(Look::of("_(* #,##0_);_(* \\(#,##0\\);_(* \"-\"??_);_(@_)").grouped);
        assert!(!Look::of("0.0\" %\"").percent);
        assert!(Look::of("dd/mm/yyyy").date && !Look::of("General").date && !Look::of("#,##0.00").date);
        assert!(!Look::of("[Red]0").date);
    }

    #[test]
    fn numbers_are_the_decimal_ones() {
        assert_eq!(exact(0.1 + 0.2).unwrap().to_string(), "0.3");
        assert_eq!(exact(0.2299).unwrap().to_string(), "0.2299");
        assert_eq!(exact(11_076_000_000.0).unwrap().to_string(), "11076000000");
        assert_eq!(exact(1.0 / 3.0).unwrap().to_string(), "0.333333333333333");
        assert_eq!(exact(f64::NAN), None);
        assert_eq!(exact(1e300), None);
        assert_eq!(exact(1e-300).unwrap(), Decimal::ZERO);
    }

    #[test]
    fn they_are_written_as_vietnamese_readers_see_them() {
        assert_eq!(shown(3120.0, "#,##0"), "3.120");
        assert_eq!(shown(3120.0, "General"), "3120");
        assert_eq!(shown(1_234_567.5, "#,##0.0"), "1.234.567,5");
        assert_eq!(shown(0.2299, "0.00%"), "22,99%");
        assert_eq!(shown(-0.05, "0%"), "-5%");
        assert_eq!(shown(-12.0, "0"), "-12");
    }
}
