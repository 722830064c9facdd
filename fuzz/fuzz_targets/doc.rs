#![no_main]

mod reader;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| reader::read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", data));
