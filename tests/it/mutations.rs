//! Damaged copies of good files: a reader gives a text or a refusal, whatever the damage. A panic within a library is
//! caught and allowed; one in this program is a failure. `MUTANTS` says how many copies of each format are tried.

use std::cell::RefCell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use tonghop::input::{Limits, extract_text};

/// A file is read in less time than this, however it was damaged.
const LONGEST: Duration = Duration::from_secs(20);

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Numbers in a row that is the same each time.
struct Row(u64);

impl Row {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// A copy with some damage.
fn damaged(good: &[u8], row: &mut Row) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=row.below(4) {
        let at = row.below(bytes.len());
        let length = row.below(64).min(bytes.len() - at);
        match row.below(6) {
            0 => bytes.truncate(at),
            1 => bytes[at..at + length].fill(0),
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let piece = bytes[at..at + length].to_vec();
                let to = row.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => bytes[at] = row.next().to_le_bytes()[0],
            _ => bytes[at] ^= 1 << row.below(8),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// The parts of a zip, damaged within and zipped anew: damage to the zip itself seldom reaches its reader.
fn rezipped(good: &[u8], row: &mut Row) -> Option<Vec<u8>> {
    use std::io::{Read, Write};
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(good)).ok()?;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let chosen = row.below(archive.len());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).ok()?;
        if index == chosen || name.ends_with("document.xml") {
            content = damaged(&content, row);
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).ok()?;
        writer.write_all(&content).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

#[track_caller]
fn check(ending: &str) {
    let count: usize = std::env::var("MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.to_str().unwrap().ends_with(ending));
    files.sort();
    let files: Vec<Vec<u8>> = files.iter().map(|p| fs::read(p).unwrap()).collect();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line()));
        PLACE.with(|slot| *slot.borrow_mut() = place);
    }));
    let mut faults = Vec::new();
    let mut row = Row(0x9E37_79B9_7F4A_7C15);
    for at in 0..count {
        let good = &files[at % files.len()];
        let zip = good.starts_with(b"PK") && at % 3 != 0;
        let bytes = zip.then(|| rezipped(good, &mut row)).flatten().unwrap_or_else(|| damaged(good, &mut row));
        let started = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| extract_text("x", &bytes, &Limits::default())));
        let time = started.elapsed();
        let place = PLACE.with(|slot| slot.borrow_mut().take()).unwrap_or_default();
        if result.is_err() && !place.contains("/registry/") {
            faults.push(format!("copy {at}: panic at {place}"));
        }
        if time > LONGEST {
            faults.push(format!("copy {at}: {time:?}"));
        }
        if let Ok(Ok(read)) = &result {
            let end = read.text.len();
            let whole = |range: &std::ops::Range<usize>| read.text.get(range.clone()).is_some() && range.end <= end;
            let cells = read.layout.grids.iter().flat_map(|g| g.cells.iter().map(|c| &c.range).chain([&g.range]));
            let sound = cells.chain(&read.layout.furniture).all(whole)
                && read.layout.notes.iter().all(|n| n.mark < end && n.note < end)
                && read.layout.places.is_sorted_by_key(|(at, _)| *at);
            if !sound {
                faults.push(format!("copy {at}: a layout beside its text"));
            }
        }
    }
    std::panic::set_hook(usual);
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn of_word() {
    check(".docx");
}

#[test]
fn of_word_97() {
    check(".doc");
}

#[test]
fn of_pdf() {
    check(".pdf");
}

#[test]
fn of_html() {
    check(".html");
}

#[test]
fn of_rtf() {
    check(".rtf");
}

#[test]
fn of_text() {
    check(".txt");
}
