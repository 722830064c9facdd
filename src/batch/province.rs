//! A province as a person names it: by code or by name, to be read with the list in force for each report.

use crate::dictionary::geography::{Geography, Province, ProvinceSystem};
use crate::text::bare;

/// A province named by a person: its code in each list that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvinceChoice {
    codes: [Option<String>; 2],
}

const SYSTEMS: [ProvinceSystem; 2] = [ProvinceSystem::P63, ProvinceSystem::P34];

impl ProvinceChoice {
    /// The province of this code or name; names need no diacritics.
    pub fn find(text: &str, geography: &Geography) -> Option<Self> {
        let key = letters(text);
        let named = |p: &&Province| letters(&p.name) == key || p.aliases.iter().any(|alias| letters(alias) == key);
        let codes = SYSTEMS.map(|system| {
            let by_code = geography.get(system, text.trim());
            by_code.or_else(|| geography.provinces(system).find(named)).map(|p| p.code.clone())
        });
        codes.iter().any(Option::is_some).then_some(Self { codes })
    }

    /// Any of its codes, to read a report with before its list is known.
    pub fn any_code(&self) -> Option<String> {
        self.codes.iter().flatten().next().cloned()
    }

    /// Its code in the list of the report, else in the other one.
    pub fn code_in(&self, system: ProvinceSystem) -> Option<(&str, ProvinceSystem)> {
        let own = SYSTEMS.iter().zip(&self.codes).find(|(s, code)| **s == system && code.is_some());
        let any = || SYSTEMS.iter().zip(&self.codes).find(|(_, code)| code.is_some());
        own.or_else(any).and_then(|(s, code)| Some((code.as_deref()?, *s)))
    }

    /// What may be written, for messages.
    pub fn valid(geography: &Geography) -> String {
        let list = geography.provinces(ProvinceSystem::P63).map(|p| format!("{} {}", p.code, p.name));
        list.collect::<Vec<_>>().join(", ")
    }
}

/// A name without case, diacritics, spaces and dashes.
fn letters(name: &str) -> String {
    name.split(|c: char| !c.is_alphanumeric()).map(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::templates::Templates;

    #[test]
    fn a_name_has_the_code_of_the_list_in_force() {
        let geography = Geography::load(&Templates::built_in()).unwrap();
        let choice = ProvinceChoice::find("quang tri", &geography).unwrap();
        let old = choice.code_in(ProvinceSystem::P63).unwrap();
        let new = choice.code_in(ProvinceSystem::P34).unwrap();
        assert_eq!((old.0, old.1, new.1), ("45", ProvinceSystem::P63, ProvinceSystem::P34));
        assert_ne!(old.0, new.0);
        assert!(ProvinceChoice::find("Atlantis", &geography).is_none());
        // A province that was merged away keeps the only code it ever had.
        let gone = ProvinceChoice::find("Trà Vinh", &geography).unwrap();
        assert_eq!(gone.code_in(ProvinceSystem::P34), Some(("84", ProvinceSystem::P63)));
    }
}
