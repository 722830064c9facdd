//! The template files: those built into the program, with an office's own laid over them, file by file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::builtin;

/// Endings of the names of template files.
const ENDINGS: [&str; 5] = [".toml", ".csv", ".html", ".css", ".js"];

/// A fault in a template file, with the place and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// Name of the file below the templates folder.
    pub file: String,
    /// 1-based line; 0 where the fault is of the file as a whole.
    pub line: usize,
    /// What is wrong, what was expected, and the valid choices where there is a list.
    pub message: String,
}

impl std::fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// Template files that cannot be used: every fault found in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct TemplateErrors(pub Vec<TemplateFault>);

/// The template files of one run.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    overlay: Option<PathBuf>,
}

impl Templates {
    /// The built-in files alone.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The built-in files with those of `folder` laid over them.
    ///
    /// # Errors
    /// When `folder` is not a folder, or holds no template file.
    pub fn with_overlay(folder: &Path) -> Result<Self, TemplateErrors> {
        let fault = |message: &str| {
            TemplateErrors(vec![TemplateFault {
                file: folder.display().to_string(),
                line: 0,
                message: message.to_owned(),
            }])
        };
        if !folder.is_dir() {
            return Err(fault("not a folder; make one with `tonghop templates export DIR`"));
        }
        let templates = Self { overlay: Some(folder.to_owned()) };
        if templates.names("").iter().all(|name| templates.overlaid(name).is_none()) {
            return Err(fault("holds no template file; make them with `tonghop templates export DIR`"));
        }
        Ok(templates)
    }

    /// Whether an office's own files are laid over the built-in ones.
    pub fn has_overlay(&self) -> bool {
        self.overlay.is_some()
    }

    fn overlaid(&self, name: &str) -> Option<PathBuf> {
        self.overlay.as_ref().map(|folder| folder.join(name)).filter(|path| path.is_file())
    }

    /// The names of all files whose name starts with `prefix`, sorted; names use `/`.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let mut names: Vec<String> = builtin::FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        if let Some(folder) = &self.overlay {
            for sub in ["", "dictionary", "annex", "messages", "checks", "evidence"] {
                let Ok(entries) = std::fs::read_dir(folder.join(sub)) else { continue };
                for entry in entries.flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let known = ENDINGS.iter().any(|ending| name.ends_with(ending));
                    if known && !name.starts_with('.') && entry.path().is_file() {
                        names.push(if sub.is_empty() { name } else { format!("{sub}/{name}") });
                    }
                }
            }
        }
        names.retain(|name| name.starts_with(prefix));
        names.sort();
        names.dedup();
        names
    }

    /// The text of the file `name`.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be read as UTF-8.
    pub fn read(&self, name: &str) -> Result<Cow<'static, str>, TemplateErrors> {
        let fault = |message: String| TemplateErrors(vec![TemplateFault { file: name.to_owned(), line: 0, message }]);
        if let Some(path) = self.overlaid(name) {
            let text = std::fs::read_to_string(&path).map_err(|error| fault(error.to_string()))?;
            return Ok(Cow::Owned(text.trim_start_matches('\u{feff}').replace("\r\n", "\n")));
        }
        builtin::FILES
            .iter()
            .find(|(file, _)| *file == name)
            .map(|(_, text)| Cow::Borrowed(*text))
            .ok_or_else(|| fault("no such template file".to_owned()))
    }

    /// A digest of the names and contents of all files.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn digest(&self) -> Result<String, TemplateErrors> {
        let mut hasher = blake3::Hasher::new();
        for name in self.names("") {
            let text = self.read(&name)?;
            for part in [name.as_bytes(), text.as_bytes()] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        Ok(hasher.finalize().to_hex().to_string())
    }
}
