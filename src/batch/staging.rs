//! Outputs gathered out of sight, then put in place at once: a run that is interrupted, or cannot replace a file,
//! leaves everything as it was.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempDir;

use super::failure::Failure;
use super::find::{MANIFEST_FILE, STAGING_STEM};
use super::manifest;

/// A file of the outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutputFile {
    /// Path below the output folder, with `/`.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// What a person changed among the outputs, and was therefore kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Files of the run before that this one does not write.
    pub(super) left: Vec<String>,
    /// New names of the files that this one writes.
    pub(super) renamed: Vec<String>,
}

/// The output folder, proven writable, with a hidden folder in it.
#[derive(Debug)]
pub(super) struct Staging {
    out: PathBuf,
    /// Folders that were made for it, the innermost first.
    made: Vec<PathBuf>,
    hidden: Option<TempDir>,
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new("out-unwritable", &[("path", &path.display().to_string()), ("cause", &error.to_string())])
}

impl Staging {
    /// Makes the output folder, if it is not there, and the hidden one.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub(super) fn open(out: &Path) -> Result<Self, Failure> {
        let made: Vec<PathBuf> =
            out.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.exists()).map(Path::to_owned).collect();
        let mut staging = Self { out: out.to_owned(), made, hidden: None };
        fs::create_dir_all(out).map_err(|error| unwritable(out, &error))?;
        staging.sweep();
        let hidden = tempfile::Builder::new().prefix(STAGING_STEM).tempdir_in(out);
        staging.hidden = Some(hidden.map_err(|error| unwritable(out, &error))?);
        Ok(staging)
    }

    /// Removes what an interrupted run left.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.out).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(STAGING_STEM) {
                // Taken from a run that is still at work, it makes that one fail with nothing changed.
                drop(fs::remove_dir_all(entry.path()));
            }
        }
    }

    /// Puts all files in place, the manifest last, and removes what the run before wrote and this one does not.
    /// What a person has changed since is kept, and named.
    ///
    /// # Errors
    /// When a file cannot be written or replaced; then all stands as before.
    pub(super) fn commit(self, files: &[OutputFile]) -> Result<Kept, Failure> {
        let (stale, left) = self.stale(files);
        let renamed = self.swap(files, &stale)?;
        Ok(Kept { left, renamed })
    }

    /// Puts some files in place of those before; all others stay. Gives the new names of those that a person changed.
    ///
    /// # Errors
    /// As [`Staging::commit`].
    pub(super) fn replace(self, files: &[OutputFile]) -> Result<Vec<String>, Failure> {
        self.swap(files, &[])
    }

    fn swap(mut self, files: &[OutputFile], stale: &[String]) -> Result<Vec<String>, Failure> {
        let Some(hidden) = self.hidden.take() else { return Ok(Vec::new()) };
        let (new, old) = (hidden.path().join("new"), hidden.path().join("old"));
        let write = |file: &OutputFile| {
            let path = new.join(&file.name);
            let parent = path.parent().unwrap_or(&new);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&path, &file.bytes))
                .map_err(|error| unwritable(&path, &error))
        };
        let written: Vec<Result<(), Failure>> = files.par_iter().map(write).collect();
        written.into_iter().collect::<Result<(), Failure>>()?;
        let replaced: Vec<&str> =
            files.iter().map(|f| f.name.as_str()).chain(stale.iter().map(String::as_str)).collect();
        for name in &replaced {
            self.replaceable(name)?;
        }
        let edited = self.edited(files);
        let mut renamed: Vec<String> = Vec::new();
        let mut done: Vec<(PathBuf, PathBuf)> = Vec::new();
        let (last, first): (Vec<&OutputFile>, Vec<&OutputFile>) = files.iter().partition(|f| f.name == MANIFEST_FILE);
        let mut swap = || -> Result<(), (PathBuf, io::Error)> {
            for name in std::iter::once(MANIFEST_FILE).chain(replaced.iter().copied().filter(|n| *n != MANIFEST_FILE)) {
                let target = self.out.join(name);
                if target.exists() {
                    let kept = if edited.contains(&name) {
                        let aside = self.free_name(name);
                        renamed.push(aside.clone());
                        self.out.join(aside)
                    } else {
                        old.join(name)
                    };
                    move_file(&target, &kept).map_err(|error| (target.clone(), error))?;
                    done.push((kept, target));
                }
            }
            for file in first.iter().chain(&last) {
                let target = self.out.join(&file.name);
                move_file(&new.join(&file.name), &target).map_err(|error| (target.clone(), error))?;
                done.push((target, new.join(&file.name)));
            }
            Ok(())
        };
        if let Err((path, error)) = swap() {
            for (from, to) in done.iter().rev() {
                drop(move_file(from, to));
            }
            return Err(Failure::new(
                "out-locked",
                &[("path", &path.display().to_string()), ("cause", &error.to_string())],
            ));
        }
        for name in stale {
            remove_empty_parents(&self.out, name);
        }
        self.made.clear();
        Ok(renamed)
    }

    /// Files that would be replaced though no run wrote them as they are: a person changed them, or put them there.
    fn edited<'f>(&self, files: &'f [OutputFile]) -> Vec<&'f str> {
        let before = fs::read_to_string(self.out.join(MANIFEST_FILE)).map(|text| manifest::outputs_of(&text));
        let before = before.unwrap_or_default();
        let is_edited = |file: &&OutputFile| {
            let Ok(bytes) = fs::read(self.out.join(&file.name)) else { return false };
            let digest = blake3::hash(&bytes).to_hex();
            let written = before.iter().any(|(name, known)| *name == file.name && known == digest.as_str());
            !written && bytes != file.bytes
        };
        let outputs = files.iter().filter(|f| f.name != MANIFEST_FILE);
        outputs.filter(is_edited).map(|f| f.name.as_str()).collect()
    }

    /// A name beside `name` that no file has: `phu-luc-2024-Q2.old.xlsx`.
    fn free_name(&self, name: &str) -> String {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let names = std::iter::once(String::new()).chain((2..).map(|n: u32| n.to_string()));
        let mut names = names.map(|n| format!("{stem}.old{n}.{ending}"));
        names.find(|n| !self.out.join(n).exists()).unwrap_or_default()
    }

    /// Files of the run before that this one does not write: those as they were written, and those changed since.
    fn stale(&self, files: &[OutputFile]) -> (Vec<String>, Vec<String>) {
        let before = fs::read_to_string(self.out.join(MANIFEST_FILE)).map(|text| manifest::outputs_of(&text));
        let gone = before.unwrap_or_default().into_iter().filter(|(name, _)| files.iter().all(|f| f.name != *name));
        let (mut stale, mut changed) = (Vec::new(), Vec::new());
        for (name, digest) in gone {
            match fs::read(self.out.join(&name)) {
                Ok(bytes) if blake3::hash(&bytes).to_hex().as_str() == digest => stale.push(name),
                Ok(_) => changed.push(name),
                Err(_) => {}
            }
        }
        (stale, changed)
    }

    /// Whether a file that is there can be replaced: a workbook open in a spreadsheet program cannot.
    fn replaceable(&self, name: &str) -> Result<(), Failure> {
        let path = self.out.join(name);
        if !path.exists() {
            return Ok(());
        }
        OpenOptions::new().append(true).open(&path).map(drop).map_err(|error| {
            Failure::new("out-locked", &[("path", &path.display().to_string()), ("cause", &error.to_string())])
        })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.hidden.take();
        for folder in &self.made {
            // Only an empty folder goes; one that holds outputs stays.
            drop(fs::remove_dir(folder));
        }
    }
}

fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(from, to)
}

fn remove_empty_parents(out: &Path, name: &str) {
    let path = out.join(name);
    for folder in path.ancestors().skip(1).take_while(|p| *p != out) {
        if fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> OutputFile {
        OutputFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn manifest_of(files: &[OutputFile]) -> OutputFile {
        file(MANIFEST_FILE, &manifest::tests::with_outputs(files))
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_next_run_takes_away_what_it_does_not_write() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a/out");
        let first = [file("a.csv", "1"), file("text/x/y.txt", "2"), file("b.csv", "3")];
        let mut all = first.to_vec();
        all.push(manifest_of(&first));
        Staging::open(&out).unwrap().commit(&all).unwrap();
        assert_eq!(names(&out), ["a.csv", "b.csv", "run.json", "text"]);
        fs::write(out.join("b.csv"), "changed by a person").unwrap();
        let second = [file("a.csv", "4")];
        let kept = Staging::open(&out).unwrap().commit(&[second[0].clone(), manifest_of(&second)]).unwrap();
        assert_eq!(kept, Kept { left: vec!["b.csv".to_owned()], renamed: Vec::new() });
        assert_eq!(names(&out), ["a.csv", "b.csv", "run.json"]);
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "4");
    }

    #[test]
    fn what_a_person_changed_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let write = |text: &str| {
            let files = [file("a.xlsx", text)];
            Staging::open(&out).unwrap().commit(&[files[0].clone(), manifest_of(&files)]).unwrap().renamed
        };
        assert_eq!(write("1"), [] as [String; 0]);
        assert_eq!(write("2"), [] as [String; 0]);
        fs::write(out.join("a.xlsx"), "by hand").unwrap();
        assert_eq!(write("3"), ["a.old.xlsx"]);
        fs::write(out.join("a.xlsx"), "by hand again").unwrap();
        assert_eq!(write("4"), ["a.old2.xlsx"]);
        let texts = ["a.xlsx", "a.old.xlsx", "a.old2.xlsx"].map(|name| fs::read_to_string(out.join(name)).unwrap());
        assert_eq!(texts, ["4", "by hand", "by hand again"]);
    }

    #[test]
    fn what_cannot_be_replaced_leaves_all_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir_all(out.join("b.csv")).unwrap();
        fs::write(out.join("a.csv"), "old").unwrap();
        let failure = Staging::open(&out).unwrap().commit(&[file("a.csv", "new"), file("b.csv", "new")]).unwrap_err();
        assert_eq!(failure.0[0].key, "out-locked");
        assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "old");
        assert_eq!(names(&out), ["a.csv", "b.csv"]);
    }

    #[test]
    fn a_run_that_fails_leaves_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        drop(Staging::open(&folder.path().join("a/out")).unwrap());
        assert_eq!(names(folder.path()), [] as [String; 0]);
    }
}
