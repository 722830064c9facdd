//! The parts of a zipped document, unpacked in memory within limits. Nothing is ever written to a disk.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Limit, Limits, Refusal};

/// Below so many bytes unpacked the ratio does not matter: the parts of short documents pack very well.
const RATIO_FREE: u64 = 8 << 20;

/// A zipped document.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    size: u64,
    unpacked: u64,
    limits: &'a Limits,
}

impl<'a> Package<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// When its directory is damaged, or has too many entries.
    pub(super) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Refusal> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Refusal::Damaged(error.to_string()))?;
        if u64::try_from(archive.len()).unwrap_or(u64::MAX) > limits.files {
            return Err(Refusal::TooLarge { limit: Limit::Files, most: limits.files });
        }
        Ok(Self { archive, size: u64::try_from(bytes.len()).unwrap_or(u64::MAX), unpacked: 0, limits })
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.archive.len()
    }

    /// The name of the part at an index: as UTF-8 where it is that, whatever the part says of it.
    pub(super) fn name(&self, index: usize) -> Option<String> {
        let entry = self.archive.by_index_data(index).ok()?;
        if entry.is_dir() || entry.is_symlink() {
            return None;
        }
        let own = std::str::from_utf8(entry.name_raw()).ok().map(str::to_owned);
        own.or_else(|| entry.name().ok().map(std::borrow::Cow::into_owned))
    }

    /// The names of all parts.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.archive.file_names().flatten();
        names.map(|name| name.into_owned()).collect()
    }

    /// The bytes of a part; nothing where there is no such part.
    ///
    /// # Errors
    /// When the part is damaged or locked, or more than may be is unpacked.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(index) = self.archive.index_for_name(name) else { return Ok(None) };
        self.bytes_at(index).map(Some)
    }

    /// The bytes of the part at an index.
    ///
    /// # Errors
    /// As for [`Package::bytes`].
    pub(super) fn bytes_at(&mut self, index: usize) -> Result<Vec<u8>, Refusal> {
        let damaged = |error: &dyn std::fmt::Display| Refusal::Damaged(error.to_string());
        let entry = self.archive.by_index_data(index).map_err(|error| damaged(&error))?;
        if entry.encrypted() {
            return Err(Refusal::Locked);
        }
        let (unpacked, ratio) = (self.limits.unpacked_bytes, self.limits.unpack_ratio);
        let most = unpacked.min(self.size.saturating_mul(ratio).max(RATIO_FREE)).saturating_sub(self.unpacked);
        let entry = self.archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(text) if text.contains("assword") => Refusal::Locked,
            other => damaged(&other),
        })?;
        let mut bytes = Vec::new();
        entry.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| damaged(&error))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > most {
            let (limit, most) = if self.unpacked.saturating_add(length) > unpacked {
                (Limit::Unpacked, unpacked)
            } else {
                (Limit::Ratio, ratio)
            };
            return Err(Refusal::TooLarge { limit, most });
        }
        self.unpacked = self.unpacked.saturating_add(length);
        Ok(bytes)
    }

    /// The text of an XML part.
    ///
    /// # Errors
    /// As for [`Package::bytes`].
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(self.bytes(name)?.map(|bytes| match encoding_rs::Encoding::for_bom(&bytes) {
            Some((encoding, _)) => encoding.decode(&bytes).0.into_owned(),
            None => {
                String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
            }
        }))
    }
}
