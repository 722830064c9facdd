//! `tonghop annex`.

use super::args::AnnexArgs;
use super::{Context, Status};
use crate::batch::{Again, Failure, Resources, workbook_again};

pub(super) fn annex(args: &AnnexArgs, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let resources = Resources::load(context.templates, context.written).map_err(Failure::from)?;
    for period in &args.periods {
        let again = Again { layouts: &args.layouts, tidy: args.tidy, plans: args.plans.as_deref() };
        let (path, renamed) = workbook_again(&args.out, *period, again, &resources)?;
        let path = path.display().to_string();
        writeln!(context.out, "{}", context.messages.text("screen.annex-written", &[("path", &path)]))?;
        for name in &renamed {
            writeln!(context.out, "{}", context.messages.text("screen.renamed", &[("name", name)]))?;
        }
    }
    Ok(Status::Done)
}
