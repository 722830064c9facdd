//! `tonghop templates`.

use std::fs;
use std::path::Path;

use super::args::TemplatesCommand;
use super::{Context, Status};
use crate::batch::{Failure, Resources};
use crate::dictionary::builtin::FILES;

pub(super) fn templates(command: TemplatesCommand, context: &mut Context<'_>) -> anyhow::Result<Status> {
    match command {
        TemplatesCommand::Export { folder, force } => export(&folder, force, context),
        TemplatesCommand::Check => check(context),
    }
}

fn export(folder: &Path, force: bool, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let present = FILES.iter().map(|(name, _)| folder.join(name)).find(|path| path.exists());
    if let Some(path) = present.filter(|_| !force) {
        return Err(Failure::new("export-exists", &[("path", &path.display().to_string())]).into());
    }
    for (name, text) in FILES {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text)).map_err(|error| {
            Failure::new("export-failed", &[("path", &path.display().to_string()), ("cause", &error.to_string())])
        })?;
    }
    let count = context.messages.count(FILES.len());
    let path = folder.display().to_string();
    writeln!(context.out, "{}", context.messages.text("screen.exported", &[("count", &count), ("path", &path)]))?;
    Ok(Status::Done)
}

fn check(context: &mut Context<'_>) -> anyhow::Result<Status> {
    let resources = Resources::load(context.templates, context.written).map_err(Failure::from)?;
    let dictionary = &resources.dictionary;
    let count = |value: usize| context.messages.count(value);
    let text = context.messages.text(
        "screen.templates-good",
        &[
            ("indicators", &count(dictionary.register.indicators().len())),
            ("wordings", &count(dictionary.wordings.len())),
            ("examples", &count(dictionary.rules.iter().map(|r| r.examples.len()).sum())),
            ("rejects", &count(dictionary.rules.iter().map(|r| r.rejects.len()).sum())),
        ],
    );
    writeln!(context.out, "{text}")?;
    Ok(Status::Done)
}
