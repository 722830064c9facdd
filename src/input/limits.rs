//! How much is read of one file: what lies above is refused, so that no file can stop or slow the others.

use serde::{Deserialize, Serialize};

/// How much is read of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file_bytes: u64,
    /// Bytes that its packed parts may have together when unpacked; also those of an archive's files together.
    pub unpacked_bytes: u64,
    /// How many times larger than the file its unpacked parts may be together; small files may be more.
    pub unpack_ratio: u64,
    /// Bytes of text.
    pub text_bytes: u64,
    /// Pages of a PDF.
    pub pages: u64,
    /// Cells of all tables together.
    pub cells: u64,
    /// How deep parts may lie within one another.
    pub nesting: u64,
    /// Files of an archive, those of archives within it included.
    pub files: u64,
    /// How deep archives may lie within one another.
    pub archives: u64,
    /// Seconds that a reader in a process of its own may take.
    pub seconds: u64,
    /// Megabytes of memory that it may take.
    pub memory_mb: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            unpacked_bytes: 128 << 20,
            unpack_ratio: 200,
            text_bytes: 16 << 20,
            pages: 1000,
            cells: 2_000_000,
            nesting: 256,
            files: 10_000,
            archives: 3,
            seconds: 20,
            memory_mb: 400,
        }
    }
}

impl Limits {
    /// Cells of all tables of a document together: one holds paragraphs, takes as much memory as several, and counts as four of a
    /// workbook.
    pub(super) fn document_cells(&self) -> u64 {
        self.cells / 4
    }
}

/// A limit that a file exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Bytes of the file.
    FileSize,
    /// Bytes unpacked.
    Unpacked,
    /// Bytes unpacked for each byte packed.
    Ratio,
    /// Bytes of text.
    Text,
    /// Pages.
    Pages,
    /// Cells.
    Cells,
    /// Depth of parts.
    Nesting,
    /// Files of an archive.
    Files,
    /// Depth of archives.
    Archives,
    /// Time.
    Seconds,
    /// Memory.
    Memory,
}

impl Limit {
    /// All limits.
    pub const ALL: &'static [Self] = &[
        Self::FileSize,
        Self::Unpacked,
        Self::Ratio,
        Self::Text,
        Self::Pages,
        Self::Cells,
        Self::Nesting,
        Self::Files,
        Self::Archives,
        Self::Seconds,
        Self::Memory,
    ];

    /// The key of its words among the messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::FileSize => "file-size",
            Self::Unpacked => "unpacked",
            Self::Ratio => "ratio",
            Self::Text => "text",
            Self::Pages => "pages",
            Self::Cells => "cells",
            Self::Nesting => "nesting",
            Self::Files => "files",
            Self::Archives => "archives",
            Self::Seconds => "seconds",
            Self::Memory => "memory",
        }
    }
}
