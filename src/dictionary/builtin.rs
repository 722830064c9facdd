//! The template files built into the program. A test compares the list with the folder.

/// Name below the templates folder, and text, of each file; sorted by name.
pub const FILES: &[(&str, &str)] = &[
    ("annex/10-province.toml", include_str!("../../templates/annex/10-province.toml")),
    ("annex/20-domain.toml", include_str!("../../templates/annex/20-domain.toml")),
    ("annex/30-sources.toml", include_str!("../../templates/annex/30-sources.toml")),
    ("annex/40-findings.toml", include_str!("../../templates/annex/40-findings.toml")),
    ("annex/50-unmapped.toml", include_str!("../../templates/annex/50-unmapped.toml")),
    ("annex/60-reports.toml", include_str!("../../templates/annex/60-reports.toml")),
    ("annex/labels.toml", include_str!("../../templates/annex/labels.toml")),
    ("consolidate.toml", include_str!("../../templates/consolidate.toml")),
    ("indicators.csv", include_str!("../../templates/indicators.csv")),
    ("provinces-34.csv", include_str!("../../templates/provinces-34.csv")),
    ("provinces.csv", include_str!("../../templates/provinces.csv")),
    ("theme.toml", include_str!("../../templates/theme.toml")),
];
