//! `tonghop review`.

use super::args::ReviewArgs;
use super::{Context, Status};
use crate::batch::{Failure, Resources, write_review_of};

pub(super) fn review(args: &ReviewArgs, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let resources = Resources::load(context.templates, context.written).map_err(Failure::from)?;
    let done = write_review_of(&args.out, &resources)?;
    let messages = context.messages;
    let values = [
        ("path", done.path.display().to_string()),
        ("values", messages.count(done.values)),
        ("conflicts", messages.count(done.conflicts)),
        ("unmapped", messages.count(done.unmapped)),
        ("findings", messages.count(done.findings)),
    ];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    writeln!(context.out, "{}", messages.text("screen.review-written", &values))?;
    for name in &done.renamed {
        writeln!(context.out, "{}", messages.text("screen.renamed", &[("name", name)]))?;
    }
    Ok(Status::Done)
}
