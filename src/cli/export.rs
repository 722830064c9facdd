//! `tonghop export`.

use super::args::ExportArgs;
use super::{Context, Status};
use crate::batch::{ExportFormat, Failure, export};
use crate::dictionary::Dictionary;

pub(super) fn run(args: &ExportArgs, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let dictionary = Dictionary::load(context.templates).map_err(Failure::from)?;
    let mut formats: Vec<ExportFormat> = args.formats.iter().map(|f| (*f).into()).collect();
    formats.sort_unstable();
    formats.dedup();
    let exported = export(&args.out, &args.folder, &formats, args.split.map(Into::into), &dictionary)?;
    for path in &exported.files {
        let path = path.display().to_string();
        writeln!(context.out, "{}", context.messages.text("screen.annex-written", &[("path", &path)]))?;
    }
    if exported.left_out > 0 {
        let count = context.messages.count(exported.left_out);
        writeln!(context.out, "{}", context.messages.text("screen.sdmx-left-out", &[("count", &count)]))?;
    }
    Ok(Status::Done)
}
