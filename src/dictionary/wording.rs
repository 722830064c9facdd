//! How a wording is written: terms joined by ` + `, each with the sign of where it must, or must not, be found.

/// Where a term of a wording must, or must not, be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// In the number's own reach.
    Own,
    /// Directly after the number.
    Right,
    /// Anywhere in reach or context.
    Context,
    /// Not in the number's own reach.
    NotOwn,
    /// Not in reach or context.
    NotAny,
}

impl Role {
    /// Whether the term must be found.
    pub fn is_needed(self) -> bool {
        matches!(self, Self::Own | Self::Right | Self::Context)
    }
}

/// One piece of a wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// `@`: the section's field of work must be the indicator's.
    Field,
    /// A term: where, and the pattern.
    Term(Role, &'a str),
}

/// The pieces of a wording.
///
/// ```
/// # use tonghop::dictionary::wording::{Piece, Role, pieces};
/// let found: Vec<_> = pieces("tiếp nhận + >hồ sơ + !^trả lại + @").collect();
/// assert_eq!(found[1], Piece::Term(Role::Right, "hồ sơ"));
/// assert_eq!(found[2], Piece::Term(Role::NotAny, "trả lại"));
/// assert_eq!(found[3], Piece::Field);
/// ```
pub fn pieces(written: &str) -> impl Iterator<Item = Piece<'_>> {
    const SIGNS: [(&str, Role); 4] =
        [("!^", Role::NotAny), ("!", Role::NotOwn), ("^", Role::Context), (">", Role::Right)];
    written.split(" + ").map(str::trim).map(|piece| {
        if piece == "@" {
            return Piece::Field;
        }
        let signed = SIGNS.iter().find_map(|(sign, role)| Some((*role, piece.strip_prefix(sign)?)));
        let (role, pattern) = signed.unwrap_or((Role::Own, piece));
        Piece::Term(role, pattern.trim())
    })
}
