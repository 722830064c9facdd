#![no_main]
//! The main part of a Word document, packed as Word does: damage to the zip itself seldom reaches the reader.

mod reader;

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut parts = data.splitn(3, |b| *b == 0);
    for name in ["word/document.xml", "word/numbering.xml", "word/footnotes.xml"] {
        let written = writer.start_file(name, stored).is_ok();
        assert!(written && writer.write_all(parts.next().unwrap_or_default()).is_ok());
    }
    let bytes = writer.finish().map(Cursor::into_inner).unwrap_or_default();
    reader::read(b"PK\x03\x04", &bytes);
});
