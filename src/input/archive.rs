//! Zip archives of reports: their files, unpacked in memory. No path of an archive ever reaches a disk as it is.

use std::collections::BTreeSet;

use super::package::Package;
use super::sniff::{Zipped, zipped};
use super::{Limit, Limits, Refusal};

/// What archives of systems hold beside their files.
const SYSTEM_FOLDERS: &[&str] = &["__MACOSX"];
/// Names that Windows keeps for devices.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3"];

/// The files of an archive.
#[derive(Debug, Default)]
pub struct Unpacked {
    /// Path within the archive, with `/`, and content; in the order of the paths.
    pub files: Vec<(String, Vec<u8>)>,
    /// What could not be unpacked: the path, empty for the archive as a whole, and why.
    pub refused: Vec<(String, Refusal)>,
}

/// Whether bytes are a zip that is no document, but an archive of files.
pub fn is_archive(bytes: &[u8], limits: &Limits) -> bool {
    matches!(zipped(bytes, limits), Some(Ok(Zipped::Archive)))
}

/// Unpacks an archive, with the archives in it.
pub fn unpack(bytes: &[u8], limits: &Limits) -> Unpacked {
    let mut out = Unpacked::default();
    let mut unpacking = Unpacking { limits, budget: *limits, taken: BTreeSet::new() };
    if let Err(refusal) = unpacking.level(bytes, "", 1, &mut out) {
        out.refused.push((String::new(), refusal));
    }
    if out.files.is_empty() && out.refused.is_empty() {
        out.refused.push((String::new(), Refusal::Empty));
    }
    out.files.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

/// An unpacking on its way.
struct Unpacking<'a> {
    limits: &'a Limits,
    /// What may still be unpacked.
    budget: Limits,
    /// Paths that files have, in lower case.
    taken: BTreeSet<String>,
}

impl Unpacking<'_> {
    fn level(&mut self, bytes: &[u8], folder: &str, depth: u64, out: &mut Unpacked) -> Result<(), Refusal> {
        let limits = self.limits;
        if depth > limits.archives {
            return Err(Refusal::TooLarge { limit: Limit::Archives, most: limits.archives });
        }
        let own = self.budget;
        let mut package = Package::open(bytes, &own)?;
        for index in 0..package.len() {
            let Some(path) = package.name(index).and_then(|name| safe(&name)) else { continue };
            let path = self.free(&format!("{folder}{path}"));
            let left = self.budget.files.checked_sub(1);
            self.budget.files = left.ok_or(Refusal::TooLarge { limit: Limit::Files, most: limits.files })?;
            let content = match package.bytes_at(index) {
                Ok(content) => content,
                Err(Refusal::TooLarge { limit, most }) => {
                    let most = if limit == Limit::Unpacked { limits.unpacked_bytes } else { most };
                    return Err(Refusal::TooLarge { limit, most });
                }
                Err(refusal) => {
                    out.refused.push((path, refusal));
                    continue;
                }
            };
            let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
            self.budget.unpacked_bytes = self.budget.unpacked_bytes.saturating_sub(length);
            if is_archive(&content, limits) {
                if let Err(refusal) = self.level(&content, &format!("{path}/"), depth + 1, out) {
                    out.refused.push((path, refusal));
                }
            } else {
                out.files.push((path, content));
            }
        }
        Ok(())
    }

    /// A path that no file has yet.
    fn free(&mut self, path: &str) -> String {
        if self.taken.insert(path.to_lowercase()) {
            return path.to_owned();
        }
        let (stem, ending) = path.rsplit_once('.').map_or((path, String::new()), |(s, e)| (s, format!(".{e}")));
        let found = (2..1000).map(|n| format!("{stem} ({n}){ending}")).find(|p| self.taken.insert(p.to_lowercase()));
        found.unwrap_or_else(|| path.to_owned())
    }
}

/// A path within an archive as a path that every system can have below a folder; nothing for folders and for files that
/// are no reports.
fn safe(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    if name.ends_with('/') {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    for part in name.split('/') {
        let part: String =
            part.chars().map(|c| if c.is_control() || r#"<>:"|?*"#.contains(c) { '_' } else { c }).collect();
        let part = part.trim_end_matches([' ', '.']).to_owned();
        if part.is_empty() {
            continue;
        }
        let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
        parts.push(if DEVICES.contains(&stem.as_str()) { format!("_{part}") } else { part });
    }
    let last = parts.last()?;
    let system = parts.iter().any(|p| SYSTEM_FOLDERS.contains(&p.as_str()));
    let skipped = system || last.starts_with("~$") || parts.iter().any(|p| p.starts_with('.'));
    (!skipped).then(|| crate::text::normal_form(&parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_archive() {
        let of = |name: &str| safe(name);
        assert_eq!(of("../../etc/passwd").as_deref(), Some("etc/passwd"));
        assert_eq!(of("/a/./b.txt").as_deref(), Some("a/b.txt"));
        assert_eq!(of("C:\\x\\..\\y.docx").as_deref(), Some("C_/x/y.docx"));
        assert_eq!(of("nul.txt").as_deref(), Some("_nul.txt"));
        assert_eq!(of("a/"), None);
        assert_eq!(of("__MACOSX/._a.docx"), None);
        assert_eq!(of("~$a.docx"), None);
    }
}
