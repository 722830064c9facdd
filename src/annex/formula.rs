//! Formulas that a layout writes over the ids of its rows or columns, and how a list of cells is written in a sum.

use rust_decimal::Decimal;

use super::sheet::{address, column_letters};

/// A formula of a layout: numbers, ids in square brackets, `+ - * /` and brackets.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(Decimal),
    /// The row or column with this id.
    Id(String),
    Negative(Box<Expression>),
    Two(Box<Expression>, char, Box<Expression>),
}

impl Expression {
    /// Reads a formula.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text };
        let found = reader.sum()?;
        reader.blanks();
        if reader.rest.is_empty() { Ok(found) } else { Err(reader.unexpected()) }
    }

    /// The ids it speaks of.
    pub(super) fn ids(&self) -> Vec<&str> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Id(id) => vec![id],
            Self::Negative(inner) => inner.ids(),
            Self::Two(left, _, right) => left.ids().into_iter().chain(right.ids()).collect(),
        }
    }

    /// The exact result; none where an id has no value, or a division is by zero.
    pub(super) fn value(&self, of: &dyn Fn(&str) -> Option<Decimal>) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Id(id) => of(id),
            Self::Negative(inner) => inner.value(of).map(|value| -value),
            Self::Two(left, sign, right) => {
                let (left, right) = (left.value(of)?, right.value(of)?);
                match sign {
                    '+' => left.checked_add(right),
                    '-' => left.checked_sub(right),
                    '*' => left.checked_mul(right),
                    _ => left.checked_div(right),
                }
            }
        }
    }

    /// The formula as a workbook writes it, with cells in the places of ids.
    pub(super) fn written(&self, of: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        Some(match self {
            Self::Number(number) => number.normalize().to_string(),
            Self::Id(id) => of(id)?,
            Self::Negative(inner) => format!("-{}", inner.within('*', false, of)?),
            Self::Two(left, sign, right) => {
                format!("{}{sign}{}", left.within(*sign, false, of)?, right.within(*sign, true, of)?)
            }
        })
    }

    /// The same as an operand of `sign`, in brackets where they are needed.
    fn within(&self, sign: char, right: bool, of: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let strength = |sign: char| if "+-".contains(sign) { 1 } else { 2 };
        let weak = match self {
            Self::Two(_, own, _) => strength(*own) < strength(sign) || right && strength(*own) == strength(sign),
            Self::Negative(_) => true,
            _ => false,
        };
        let written = self.written(of)?;
        Some(if weak { format!("({written})") } else { written })
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self) -> String {
        let found = self.rest.chars().next().map_or("the end".to_owned(), |c| format!("`{c}`"));
        format!("{found} is not expected here; a formula is made of numbers, [ids], + - * / and brackets")
    }

    fn sign(&mut self, signs: &str) -> Option<char> {
        self.blanks();
        let sign = self.rest.chars().next().filter(|c| signs.contains(*c))?;
        self.rest = self.rest.strip_prefix(sign)?;
        Some(sign)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut found = self.product()?;
        while let Some(sign) = self.sign("+-") {
            found = Expression::Two(Box::new(found), sign, Box::new(self.product()?));
        }
        Ok(found)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut found = self.operand()?;
        while let Some(sign) = self.sign("*/") {
            found = Expression::Two(Box::new(found), sign, Box::new(self.operand()?));
        }
        Ok(found)
    }

    fn operand(&mut self) -> Result<Expression, String> {
        if self.sign("-").is_some() {
            return Ok(Expression::Negative(Box::new(self.operand()?)));
        }
        if self.sign("(").is_some() {
            let inner = self.sum()?;
            return self.sign(")").map(|_| inner).ok_or_else(|| self.unexpected());
        }
        if self.sign("[").is_some() {
            let (id, rest) = self.rest.split_once(']').ok_or_else(|| "`]` is missing".to_owned())?;
            self.rest = rest;
            return Ok(Expression::Id(id.trim().to_owned()));
        }
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = Decimal::from_str_exact(digits).map_err(|_| self.unexpected())?;
        self.rest = rest;
        Ok(Expression::Number(number))
    }
}

/// A cell of the sheet, by row and column.
pub(super) type Spot = (u32, u16);

/// The cells as the operands of a sum: neighbours in one column or row are written as a range.
pub(super) fn ranges(cells: &[Spot]) -> String {
    let mut runs: Vec<(Spot, Spot)> = Vec::new();
    for cell in cells {
        if let Some((first, last)) = runs.last_mut() {
            let below = cell.1 == last.1 && cell.0 == last.0 + 1 && first.1 == last.1;
            let beside = cell.0 == last.0 && cell.1 == last.1 + 1 && first.0 == last.0;
            if below || beside {
                *last = *cell;
                continue;
            }
        }
        runs.push((*cell, *cell));
    }
    let written = |(first, last): (Spot, Spot)| {
        if first == last { address(first.0, first.1) } else { range(first, last) }
    };
    runs.into_iter().map(written).collect::<Vec<_>>().join(",")
}

/// A block of cells.
pub(super) fn range(first: Spot, last: Spot) -> String {
    format!("{}{}:{}{}", column_letters(first.1), first.0 + 1, column_letters(last.1), last.0 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: &str, written: &str) {
        let found = Expression::parse(text).unwrap();
        let of = |id: &str| Decimal::from_str_exact(id.trim_start_matches('v')).ok();
        assert_eq!(found.value(&of).map(|v| v.normalize().to_string()).unwrap_or_default(), value, "{text}");
        let cell = |id: &str| Some(id.to_uppercase());
        assert_eq!(found.written(&cell).unwrap(), written, "{text}");
    }

    #[test]
    fn formulas_are_computed_and_written() {
        check("[v3]", "3", "V3");
        check("[v10] - [v3] + [v2] + [v1]", "10", "V10-V3+V2+V1");
        check("[v10] - ([v3] - [v2])", "9", "V10-(V3-V2)");
        check("([v1] + [v2]) / [v6] * 100", "50", "(V1+V2)/V6*100");
        check("-[v2] * 1.5", "-3", "(-V2)*1.5");
        check("[v1] / [v0]", "", "V1/V0");
        check("[none] + 1", "", "NONE+1");
    }

    #[test]
    fn a_mistake_in_a_formula_is_told() {
        let told = |text: &str| Expression::parse(text).err().unwrap_or_default();
        assert!(told("[a] +").starts_with("the end is not expected"), "{}", told("[a] +"));
        assert!(told("[a] [b]").starts_with("`[` is not expected"), "{}", told("[a] [b]"));
        assert_eq!(told("[a"), "`]` is missing");
    }

    #[test]
    fn neighbours_are_ranges() {
        assert_eq!(ranges(&[(3, 2), (4, 2), (5, 2), (7, 2)]), "C4:C6,C8");
        assert_eq!(ranges(&[(3, 2), (3, 3), (3, 4)]), "C4:E4");
        assert_eq!(ranges(&[(3, 2), (4, 2), (4, 3)]), "C4:C5,D5");
        assert_eq!(ranges(&[]), "");
    }
}
