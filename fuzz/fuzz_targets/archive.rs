#![no_main]

use libfuzzer_sys::fuzz_target;
use tonghop_fuzz::input::{Limits, unpack};

fuzz_target!(|data: &[u8]| {
    let limits = Limits { unpacked_bytes: 16 << 20, files: 100, ..Limits::default() };
    let unpacked = unpack(data, &limits);
    for (path, _) in &unpacked.files {
        assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".." || part.is_empty()));
    }
});
