//! Wordings: each tells its indicator from all others, can be met, and says more than a noun that counts many things.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Fault, Written, folded};
use crate::diagnostic::Severity;
use crate::dictionary::Dictionary;
use crate::dictionary::phrase::{Macros, expand};
use crate::dictionary::register::Unit;
use crate::dictionary::schema::{IndicatorRow, MarkersFile, UnitsFile, line_at, read_toml};
use crate::dictionary::templates::{TemplateErrors, Templates};
use crate::dictionary::wording::{Piece, Role, pieces};

/// A set of phrases that a term stands for, by its number.
type SetId = usize;

/// One wording, its terms as sets of phrases.
struct Wording<'a> {
    file: &'a Written,
    offset: usize,
    text: &'a str,
    row: &'a str,
    /// Position in the register.
    indicator: usize,
    unit: Unit,
    domain: &'a str,
    /// Sorted.
    terms: Vec<(Role, SetId)>,
    /// Sets of the row's phrases that forbid it.
    exclude: &'a [SetId],
    field: bool,
}

impl Wording<'_> {
    fn needed(&self) -> impl Iterator<Item = (Role, SetId)> + '_ {
        self.terms.iter().copied().filter(|(role, _)| role.is_needed())
    }

    fn forbidden(&self) -> impl Iterator<Item = (Role, SetId)> + '_ {
        self.terms.iter().copied().filter(|(role, _)| !role.is_needed())
    }

    fn place(&self) -> String {
        format!("{}:{}", self.file.file, line_at(&self.file.text, self.offset))
    }

    fn fault(&self, severity: Severity, name: &'static str, args: &[(&'static str, &str)]) -> Fault {
        let own = [("id", self.row), ("wording", self.text)];
        self.file.fault(severity, name, self.offset, &[&own, args].concat())
    }

    fn fault_with(&self, severity: Severity, name: &'static str, other: &Self) -> Fault {
        let place = other.place();
        self.fault(severity, name, &[("other", other.row), ("other_wording", other.text), ("place", &place)])
    }
}

/// A phrase, in comparison form and as first written.
struct Phrase {
    folded: String,
    written: String,
}

/// Sets of phrases, each kept once.
#[derive(Default)]
struct Sets {
    ids: FxHashMap<String, u32>,
    phrases: Vec<Phrase>,
    sets: Vec<Vec<u32>>,
    by_phrases: FxHashMap<Vec<u32>, SetId>,
    by_pattern: FxHashMap<(String, String), SetId>,
}

impl Sets {
    fn of(&mut self, file: &str, pattern: &str, macros: &Macros) -> SetId {
        let key = (file.to_owned(), pattern.to_owned());
        if let Some(known) = self.by_pattern.get(&key) {
            return *known;
        }
        let expanded = expand(pattern, macros).unwrap_or_default();
        let mut set: Vec<u32> = expanded.iter().map(|words| self.phrase(words)).collect();
        set.sort_unstable();
        set.dedup();
        let fresh = self.sets.len();
        let id = *self.by_phrases.entry(set.clone()).or_insert(fresh);
        if id == fresh {
            self.sets.push(set);
        }
        self.by_pattern.insert(key, id);
        id
    }

    fn phrase(&mut self, words: &[String]) -> u32 {
        let phrase = Phrase { folded: folded(words), written: words.join(" ") };
        let fresh = u32::try_from(self.phrases.len()).unwrap_or(u32::MAX);
        let id = *self.ids.entry(phrase.folded.clone()).or_insert(fresh);
        if id == fresh {
            self.phrases.push(phrase);
        }
        id
    }

    fn get(&self, set: SetId) -> &[u32] {
        self.sets.get(set).map(Vec::as_slice).unwrap_or_default()
    }

    fn phrases_of(&self, set: SetId) -> impl Iterator<Item = &Phrase> {
        self.get(set).iter().filter_map(|phrase| self.phrases.get(*phrase as usize))
    }

    fn within(&self, small: SetId, large: SetId) -> bool {
        small == large || self.get(small).iter().all(|phrase| self.get(large).binary_search(phrase).is_ok())
    }

    /// Whether each phrase of `set` holds one of `inner`.
    fn always_holds(&self, set: SetId, inner: SetId) -> bool {
        set == inner
            || self.phrases_of(set).all(|phrase| {
                let padded = format!(" {} ", phrase.folded);
                self.phrases_of(inner).any(|part| padded.contains(&format!(" {} ", part.folded)))
            })
    }
}

pub(super) fn check(
    files: &[Written],
    templates: &Templates,
    dictionary: &Dictionary,
) -> Result<Vec<Fault>, TemplateErrors> {
    let mut sets = Sets::default();
    let excludes: Vec<Vec<Vec<SetId>>> = files
        .iter()
        .map(|file| {
            let row_sets = |row: &IndicatorRow| {
                row.exclude.iter().map(|p| sets.of(&file.file, p.get_ref(), &file.macros)).collect()
            };
            file.rows.iter().map(row_sets).collect()
        })
        .collect();
    let mut wordings = Vec::new();
    for (file, excludes) in files.iter().zip(&excludes) {
        for (row, exclude) in file.rows.iter().zip(excludes) {
            let Some(indicator) = dictionary.register.position(row.id.get_ref()) else { continue };
            let Some(known) = dictionary.register.indicators().get(indicator) else { continue };
            for written in &row.wordings {
                let mut wording = Wording {
                    file,
                    offset: written.span().start,
                    text: written.get_ref(),
                    row: row.id.get_ref(),
                    indicator,
                    unit: known.unit,
                    domain: known.domain(),
                    terms: Vec::new(),
                    exclude,
                    field: false,
                };
                for piece in pieces(written.get_ref()) {
                    match piece {
                        Piece::Field => wording.field = true,
                        Piece::Term(role, pattern) => {
                            wording.terms.push((role, sets.of(&file.file, pattern, &file.macros)));
                        }
                    }
                }
                wording.terms.sort_unstable();
                wording.terms.dedup();
                wordings.push(wording);
            }
        }
    }
    let general = general_words(templates)?;
    let mut faults = clashes(&wordings);
    faults.extend(shadowed(&wordings, &sets));
    faults.extend(wordings.iter().filter_map(|wording| never_met(wording, &sets)));
    faults.extend(wordings.iter().filter_map(|wording| too_general(wording, &sets, &general)));
    Ok(faults)
}

/// What makes two wordings the same: their terms, whether the field counts, the unit.
type Same<'w> = (&'w [(Role, SetId)], bool, Unit);

/// Wordings with the very same terms: of one row, or of two indicators that no unit and no heading tells apart.
fn clashes(wordings: &[Wording<'_>]) -> Vec<Fault> {
    let mut known: BTreeMap<Same<'_>, Vec<&Wording<'_>>> = BTreeMap::new();
    let mut faults = Vec::new();
    for wording in wordings {
        let same = known.entry((&wording.terms, wording.field, wording.unit)).or_default();
        if let Some(other) = same.iter().find(|o| o.indicator == wording.indicator) {
            faults.push(wording.fault_with(Severity::Warning, "verify.twice", other));
        } else if let Some(other) = same.iter().find(|o| !wording.field || o.domain == wording.domain) {
            faults.push(wording.fault_with(Severity::Error, "verify.clash", other));
        }
        same.push(wording);
    }
    faults
}

/// Wordings that always tie with one of an indicator before theirs in the register, which then is taken.
fn shadowed(wordings: &[Wording<'_>], sets: &Sets) -> Vec<Fault> {
    let mut groups: BTreeMap<(Unit, &str, bool, Vec<Role>), Vec<&Wording<'_>>> = BTreeMap::new();
    for wording in wordings {
        let roles = wording.needed().map(|(role, _)| role).collect();
        groups.entry((wording.unit, wording.domain, wording.field, roles)).or_default().push(wording);
    }
    let mut faults = Vec::new();
    for group in groups.values() {
        for wording in group {
            let winner = group.iter().find(|other| {
                other.indicator < wording.indicator && other.terms != wording.terms && covers(other, wording, sets)
            });
            faults.extend(winner.map(|other| wording.fault_with(Severity::Error, "verify.shadowed", other)));
        }
    }
    faults
}

/// Whether `wide` matches whenever `narrow` does.
fn covers(wide: &Wording<'_>, narrow: &Wording<'_>, sets: &Sets) -> bool {
    let mut free: Vec<(Role, SetId)> = narrow.needed().collect();
    let needed = wide.needed().all(|(role, set)| {
        let at = free.iter().position(|(r, s)| *r == role && sets.within(*s, set));
        at.map(|at| free.remove(at)).is_some()
    });
    needed
        && wide.forbidden().all(|(role, set)| narrow.forbidden().any(|(r, s)| r == role && sets.within(set, s)))
        && wide.exclude.iter().all(|set| narrow.exclude.iter().any(|s| sets.within(*set, *s)))
}

/// A wording whose own words hold what it must not be near.
fn never_met(wording: &Wording<'_>, sets: &Sets) -> Option<Fault> {
    let forbids = |(role, set): (Role, SetId)| {
        role == Role::NotAny && wording.needed().any(|(_, needed)| sets.always_holds(needed, set))
    };
    let at = wording.forbidden().find(|term| forbids(*term))?;
    let phrase = sets.phrases_of(at.1).next().map(|phrase| phrase.written.clone()).unwrap_or_default();
    Some(wording.fault(Severity::Error, "verify.never", &[("phrase", &phrase)]))
}

/// A wording that is met wherever a noun stands that counts many things, or a word of measure.
fn too_general(wording: &Wording<'_>, sets: &Sets, general: &FxHashSet<String>) -> Option<Fault> {
    let mut needed = wording.needed().filter(|_| !wording.field);
    let (Some((Role::Own | Role::Right, set)), None) = (needed.next(), needed.next()) else { return None };
    let phrase = sets.phrases_of(set).find(|phrase| general.contains(&phrase.folded))?;
    Some(wording.fault(Severity::Error, "verify.general", &[("words", &phrase.written)]))
}

fn general_words(templates: &Templates) -> Result<FxHashSet<String>, TemplateErrors> {
    let (units, _) = read_toml::<UnitsFile>(templates, "units.toml")?;
    let (markers, _) = read_toml::<MarkersFile>(templates, "markers.toml")?;
    let nouns = units.unit.iter().filter(|unit| unit.general).flat_map(|unit| &unit.words);
    let measures = markers.markers.values().flatten();
    Ok(nouns
        .chain(measures)
        .flat_map(|pattern| expand(pattern.get_ref(), &Macros::default()).unwrap_or_default())
        .map(|phrase| folded(&phrase))
        .collect())
}
