//! Zip archives of reports: their files, unpacked in memory. No path of an archive ever reaches a disk as it is.

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
    let mut budget = *limits;
    if let Err(refusal) = level(bytes, "", 1, limits, &mut budget, &mut out) {
        out.refused.push((String::new(), refusal));
    }
    if out.files.is_empty() && out.refused.is_empty() {
        out.refused.push((String::new(), Refusal::Empty));
    }
    out.files.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn level(
    bytes: &[u8],
    folder: &str,
    depth: u64,
    limits: &Limits,
    budget: &mut Limits,
    out: &mut Unpacked,
) -> Result<(), Refusal> {
    if depth > limits.archives {
        return Err(Refusal::TooLarge { limit: Limit::Archives, most: limits.archives });
    }
    let own = *budget;
    let mut package = Package::open(bytes, &own)?;
    for index in 0..package.len() {
        let Some(name) = package.name(index) else { continue };
        let Some(path) = safe(&name) else { continue };
        let path = free(&format!("{folder}{path}"), out);
        budget.files =
            budget.files.checked_sub(1).ok_or(Refusal::TooLarge { limit: Limit::Files, most: limits.files })?;
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
        budget.unpacked_bytes = budget.unpacked_bytes.saturating_sub(length);
        if is_archive(&content, limits) {
            if let Err(refusal) = level(&content, &format!("{path}/"), depth + 1, limits, budget, out) {
                out.refused.push((path, refusal));
            }
        } else {
            out.files.push((path, content));
        }
    }
    Ok(())
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

/// A path that no file has yet.
fn free(path: &str, out: &Unpacked) -> String {
    let taken = |p: &str| {
        let lower = p.to_lowercase();
        out.files.iter().map(|(p, _)| p).chain(out.refused.iter().map(|(p, _)| p)).any(|p| p.to_lowercase() == lower)
    };
    if !taken(path) {
        return path.to_owned();
    }
    let (stem, ending) = path.rsplit_once('.').map_or((path, String::new()), |(s, e)| (s, format!(".{e}")));
    (2..10_000).map(|n| format!("{stem} ({n}){ending}")).find(|p| !taken(p)).unwrap_or_else(|| path.to_owned())
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
