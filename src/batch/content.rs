//! The bytes of a report candidate: of a file, or of each file of an archive.

use super::find::InputFile;
use crate::input::{Limit, Limits, Refusal, is_archive, unpack};

/// What there is of a file.
#[derive(Debug)]
pub(super) enum Content {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// The system does not let us read it: its words.
    Unreadable(String),
    /// It is not read.
    Refused(Refusal),
}

/// The file with what is in it; of an archive, each file in it, by its path below that of the archive.
pub(super) fn contents(file: &InputFile, limits: &Limits) -> Vec<(InputFile, Content)> {
    let size = std::fs::metadata(&file.path).map_or(0, |m| m.len());
    if size > limits.file_bytes {
        let refusal = Refusal::TooLarge { limit: Limit::FileSize, most: limits.file_bytes };
        return vec![(file.clone(), Content::Refused(refusal))];
    }
    let bytes = match std::fs::read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => return vec![(file.clone(), Content::Unreadable(error.to_string()))],
    };
    if !is_archive(&bytes, limits) {
        return vec![(file.clone(), Content::Bytes(bytes))];
    }
    let unpacked = unpack(&bytes, limits);
    let within = |path: &str| {
        if path.is_empty() {
            return file.clone();
        }
        InputFile { name: format!("{}/{path}", file.name), path: file.path.join(path) }
    };
    let read = unpacked.files.into_iter().map(|(path, bytes)| (within(&path), Content::Bytes(bytes)));
    let refused = unpacked.refused.into_iter().map(|(path, refusal)| (within(&path), Content::Refused(refusal)));
    read.chain(refused).collect()
}
