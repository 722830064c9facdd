//! The template files built into the program. A test compares the list with the folder.

/// Name below the templates folder, and text, of each file; sorted by name.
pub const FILES: &[(&str, &str)] = &[
    ("consolidate.toml", include_str!("../../templates/consolidate.toml")),
    ("indicators.csv", include_str!("../../templates/indicators.csv")),
    ("provinces-34.csv", include_str!("../../templates/provinces-34.csv")),
    ("provinces.csv", include_str!("../../templates/provinces.csv")),
];
