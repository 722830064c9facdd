//! Reference periods as intervals of whole months, written in the SDMX time format.
//!
//! ```
//! use tonghop::period::Period;
//! let period: Period = "2023-Q2".parse().unwrap();
//! assert_eq!((period.first_month(), period.last_month()), (4, 6));
//! assert!(!period.starts_in_january());
//! assert_eq!("2023-01-01/P9M".parse::<Period>().unwrap().to_string(), "2023-01-01/P9M");
//! ```

use std::fmt;
use std::str::FromStr;

/// The shape of a reference period. The order is from the shortest to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodKind {
    /// One calendar month, 1 to 12.
    Month(u8),
    /// A calendar quarter, 1 to 4.
    Quarter(u8),
    /// A calendar half-year, 1 or 2.
    Half(u8),
    /// The first N months of a year that are neither a quarter, a half nor the year (4, 5, 7 to 11).
    FirstMonths(u8),
    /// A calendar year.
    Year,
    /// Several whole years.
    Years(u8),
}

/// A reference period: a year and a shape in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// The calendar year; of a span of years, the first.
    pub year: u16,
    /// The shape within the year.
    pub kind: PeriodKind,
}

impl Period {
    /// The month `month` (1 to 12) of `year`.
    pub fn month(year: u16, month: u8) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self { year, kind: PeriodKind::Month(month) })
    }

    /// The quarter `quarter` (1 to 4) of `year`.
    pub fn quarter(year: u16, quarter: u8) -> Option<Self> {
        (1..=4).contains(&quarter).then_some(Self { year, kind: PeriodKind::Quarter(quarter) })
    }

    /// The half-year `half` (1 or 2) of `year`.
    pub fn half(year: u16, half: u8) -> Option<Self> {
        (1..=2).contains(&half).then_some(Self { year, kind: PeriodKind::Half(half) })
    }

    /// The whole calendar year.
    pub fn year(year: u16) -> Self {
        Self { year, kind: PeriodKind::Year }
    }

    /// The first `months` months of `year` in their canonical shape: three are the first quarter, six the
    /// first half-year, twelve the year.
    pub fn first_months(year: u16, months: u8) -> Option<Self> {
        match months {
            1 => Self::month(year, 1),
            3 => Self::quarter(year, 1),
            6 => Self::half(year, 1),
            12 => Some(Self::year(year)),
            2..=11 => Some(Self { year, kind: PeriodKind::FirstMonths(months) }),
            _ => None,
        }
    }

    /// The span of whole years from `first` to `last`, both included.
    pub fn years(first: u16, last: u16) -> Option<Self> {
        let count = u8::try_from(last.checked_sub(first)? + 1).ok()?;
        Some(if count == 1 { Self::year(first) } else { Self { year: first, kind: PeriodKind::Years(count) } })
    }

    /// The first month of the period, 1 to 12.
    pub fn first_month(self) -> u8 {
        match self.kind {
            PeriodKind::Month(m) => m,
            PeriodKind::Quarter(q) => q * 3 - 2,
            PeriodKind::Half(h) => h * 6 - 5,
            PeriodKind::FirstMonths(_) | PeriodKind::Year | PeriodKind::Years(_) => 1,
        }
    }

    /// The last month of the period, 1 to 12.
    pub fn last_month(self) -> u8 {
        match self.kind {
            PeriodKind::Month(m) | PeriodKind::FirstMonths(m) => m,
            PeriodKind::Quarter(q) => q * 3,
            PeriodKind::Half(h) => h * 6,
            PeriodKind::Year | PeriodKind::Years(_) => 12,
        }
    }

    /// The year in which the period ends.
    pub fn last_year(self) -> u16 {
        match self.kind {
            PeriodKind::Years(count) => self.year + u16::from(count) - 1,
            _ => self.year,
        }
    }

    /// Whether an in-period flow and the cumulative one from 1 January are the same figure.
    pub fn starts_in_january(self) -> bool {
        self.first_month() == 1
    }

    /// Whether `self` lies wholly within `other`.
    pub fn within(self, other: Self) -> bool {
        (self.year, self.first_month()) >= (other.year, other.first_month())
            && (self.last_year(), self.last_month()) <= (other.last_year(), other.last_month())
    }

    /// The same months one year before; of a span of years, the span one year before.
    #[must_use]
    pub fn a_year_before(self) -> Option<Self> {
        Some(Self { year: self.year.checked_sub(1)?, ..self })
    }

    /// The period of the same length that ends where this one begins; none for months from January on, which
    /// have none of their kind.
    pub fn previous(self) -> Option<Self> {
        let (year, before) = (self.year, self.year.checked_sub(1)?);
        match self.kind {
            PeriodKind::Month(1) => Self::month(before, 12),
            PeriodKind::Month(m) => Self::month(year, m - 1),
            PeriodKind::Quarter(1) => Self::quarter(before, 4),
            PeriodKind::Quarter(q) => Self::quarter(year, q - 1),
            PeriodKind::Half(1) => Self::half(before, 2),
            PeriodKind::Half(_) => Self::half(year, 1),
            PeriodKind::Year => Some(Self::year(before)),
            PeriodKind::FirstMonths(_) | PeriodKind::Years(_) => None,
        }
    }

    /// The periods that are reported of a year: twelve months, four quarters, two halves, nine months, the year.
    pub fn reported_of(year: u16) -> Vec<Self> {
        let months = (1..=12).filter_map(|m| Self::month(year, m));
        let quarters = (1..=4).filter_map(|q| Self::quarter(year, q));
        let halves = (1..=2).filter_map(|h| Self::half(year, h));
        let nine = Self::first_months(year, 9);
        months.chain(quarters).chain(halves).chain(nine).chain([Self::year(year)]).collect()
    }

    /// The period as it is written in file names, where `/` cannot stand.
    pub fn file_stem(self) -> String {
        self.to_string().replace('/', "--")
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.year;
        match self.kind {
            PeriodKind::Month(m) => write!(f, "{year:04}-M{m:02}"),
            PeriodKind::Quarter(q) => write!(f, "{year:04}-Q{q}"),
            PeriodKind::Half(h) => write!(f, "{year:04}-S{h}"),
            PeriodKind::FirstMonths(n) => write!(f, "{year:04}-01-01/P{n}M"),
            PeriodKind::Year => write!(f, "{year:04}"),
            PeriodKind::Years(n) => write!(f, "{year:04}-01-01/P{n}Y"),
        }
    }
}

/// A text that is not a period in the SDMX time format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}`: not a period; write 2023-M11, 2023-Q2, 2023-S1, 2023-01-01/P9M or 2023")]
pub struct ParsePeriodError(pub String);

impl FromStr for Period {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.trim()).ok_or_else(|| ParsePeriodError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Period> {
    let year = text.get(..4).filter(|y| y.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let rest = text.get(4..)?;
    if rest.is_empty() {
        return Some(Period::year(year));
    }
    if let Some(span) = rest.strip_prefix("-01-01/P") {
        if let Some(months) = span.strip_suffix('M') {
            return Period::first_months(year, months.parse().ok()?);
        }
        let years: u16 = span.strip_suffix('Y')?.parse().ok()?;
        return Period::years(year, year.checked_add(years)?.checked_sub(1)?);
    }
    let code = rest.strip_prefix('-')?;
    let number = |prefix: char| code.strip_prefix(prefix).and_then(|n| n.parse().ok());
    if let Some(month) = number('M') {
        Period::month(year, month)
    } else if let Some(quarter) = number('Q') {
        Period::quarter(year, quarter)
    } else {
        Period::half(year, number('S')?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_back() {
        for text in ["2023-M01", "2023-M12", "2020-Q1", "2022-S2", "2023-01-01/P9M", "2024", "2016-01-01/P4Y"] {
            assert_eq!(text.parse::<Period>().map(|p| p.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn the_first_beyond_each_bound_is_refused() {
        for text in ["2023-M00", "2023-M13", "2023-Q0", "2023-Q5", "2023-S3", "2023-01-01/P13M", "23", "2023-X1", ""] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_period_before_is_of_the_same_length() {
        for (period, before) in
            [("2023-M01", "2022-M12"), ("2023-Q3", "2023-Q2"), ("2023-S1", "2022-S2"), ("2023", "2022")]
        {
            let period: Period = period.parse().unwrap();
            assert_eq!(period.previous().map(|p| p.to_string()).as_deref(), Some(before));
        }
        assert_eq!("2023-01-01/P9M".parse::<Period>().unwrap().previous(), None);
        assert_eq!(Period::reported_of(2023).len(), 20);
    }

    #[test]
    fn whole_periods_take_their_canonical_shape() {
        assert_eq!(Period::first_months(2023, 6), Period::half(2023, 1));
        assert_eq!(Period::first_months(2023, 12), Some(Period::year(2023)));
        assert_eq!(Period::years(2020, 2020), Some(Period::year(2020)));
    }
}
