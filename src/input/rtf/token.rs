//! The pieces that RTF is written in.

/// A piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A control word with its number.
    Word(&'a str, Option<i32>),
    /// A control sign: backslash and one character.
    Sign(u8),
    /// A byte written as two digits.
    Byte(u8),
    /// A byte of text.
    Text(u8),
}

/// Cuts bytes into pieces.
pub(super) struct Pieces<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Passes over so many bytes: binary data.
    pub(super) fn pass(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn control(&mut self) -> Option<Piece<'a>> {
        let first = self.peek()?;
        if first == b'\'' {
            let digits = self.bytes.get(self.at + 1..self.at + 3).and_then(|d| std::str::from_utf8(d).ok());
            self.at += 3;
            return Some(digits.and_then(|d| u8::from_str_radix(d, 16).ok()).map_or(Piece::Sign(b'\''), Piece::Byte));
        }
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            return Some(Piece::Sign(first));
        }
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().take(40).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = rest.get(..length).and_then(|w| std::str::from_utf8(w).ok()).unwrap_or_default();
        self.at += length;
        let negative = self.peek() == Some(b'-');
        let from = self.at + usize::from(negative);
        let digits =
            self.bytes.get(from..).unwrap_or_default().iter().take(11).take_while(|b| b.is_ascii_digit()).count();
        let mut value = None;
        if digits > 0 {
            let text = self.bytes.get(self.at..from + digits).and_then(|d| std::str::from_utf8(d).ok());
            value = text.and_then(|d| d.parse().ok());
            self.at = from + digits;
        }
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        Some(Piece::Word(word, value))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let byte = self.peek()?;
            self.at += 1;
            return match byte {
                b'{' => Some(Piece::Open),
                b'}' => Some(Piece::Close),
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => continue,
                other => Some(Piece::Text(other)),
            };
        }
    }
}
