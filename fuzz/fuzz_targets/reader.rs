//! What all targets share: bytes go through the readers, and only a panic of this program ends the search. The hook that
//! libFuzzer puts in would end it at any panic, before it can be caught; panics of libraries are caught in the program
//! too, and the worst of them run in processes of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use tonghop_fuzz::input::{Limits, extract_text};

static HOOK: Once = Once::new();
static OURS: AtomicBool = AtomicBool::new(false);

/// Bytes are read as a file that begins with these others, so that the search stays in one format.
pub fn read(beginning: &[u8], data: &[u8]) {
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let library = info.location().is_some_and(|place| place.file().contains("/registry/"));
            if !library {
                eprintln!("{info}");
                OURS.store(true, Ordering::SeqCst);
            }
        }));
    });
    let bytes = if data.starts_with(beginning) { data.to_vec() } else { [beginning, data].concat() };
    let limits = Limits { text_bytes: 1 << 20, cells: 20_000, pages: 20, unpacked_bytes: 16 << 20, ..Limits::default() };
    let result = catch_unwind(AssertUnwindSafe(|| extract_text("x", &bytes, &limits)));
    assert!(!OURS.load(Ordering::SeqCst), "a panic of this program");
    if let Ok(Ok(read)) = result {
        for grid in &read.layout.grids {
            assert!(grid.cells.iter().all(|cell| read.text.get(cell.range.clone()).is_some()));
        }
        assert!(read.layout.places.is_sorted_by_key(|(at, _)| *at));
    }
}
