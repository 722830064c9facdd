//! Writes many reports, made from those of `examples/reports`, to try the program on a large folder:
//! `cargo run --release --example generate_reports -- 1000 OUT`.

#[path = "../benches/generate.rs"]
mod generate;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use tonghop::dictionary::Dictionary;
use tonghop::dictionary::templates::Templates;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, out] = arguments.as_slice() else { anyhow::bail!("usage: generate_reports COUNT OUT") };
    let count = count.parse().with_context(|| format!("{count}: not a number of reports"))?;
    let out = PathBuf::from(out);
    fs::create_dir_all(&out).with_context(|| format!("{}: cannot be made", out.display()))?;
    let dictionary = Dictionary::load(&Templates::built_in())?;
    for (name, text) in generate::generate(count, &dictionary)? {
        let path = out.join(name);
        fs::write(&path, text).with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    Ok(())
}
