//! Numbers as lists count them.

/// A number in one of the ways that lists count; in digits, if the way is not known.
pub(super) fn written(value: u32, format: &str) -> String {
    match format {
        "upperRoman" => roman(value),
        "lowerRoman" => roman(value).to_lowercase(),
        "upperLetter" => letters(value, b'A'),
        "lowerLetter" => letters(value, b'a'),
        "decimalZero" => format!("{value:02}"),
        "none" => String::new(),
        _ => value.to_string(),
    }
}

fn roman(value: u32) -> String {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if value > 5000 {
        return value.to_string();
    }
    let (mut rest, mut out) = (value, String::new());
    for (worth, sign) in SIGNS {
        while rest >= worth {
            out.push_str(sign);
            rest -= worth;
        }
    }
    out
}

/// A, B, …, Z, AA, BB, as Word counts.
fn letters(value: u32, first: u8) -> String {
    let Some(index) = value.checked_sub(1) else { return String::new() };
    let letter = first + u8::try_from(index % 26).unwrap_or(0);
    let times = usize::try_from(index / 26 + 1).unwrap_or(1).min(20);
    char::from(letter).to_string().repeat(times)
}
