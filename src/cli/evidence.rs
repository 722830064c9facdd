//! `tonghop evidence`.

use super::args::EvidenceArgs;
use super::{Context, Status};
use crate::batch::{Failure, Resources, write_evidence_of};

pub(super) fn evidence(args: &EvidenceArgs, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let resources = Resources::load(context.templates, context.written).map_err(Failure::from)?;
    let (path, renamed) = write_evidence_of(&args.out, args.plans.as_deref(), context.templates, &resources)?;
    let path = path.display().to_string();
    writeln!(context.out, "{}", context.messages.text("screen.evidence-written", &[("path", &path)]))?;
    for name in &renamed {
        writeln!(context.out, "{}", context.messages.text("screen.renamed", &[("name", name)]))?;
    }
    Ok(Status::Done)
}
