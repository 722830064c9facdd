//! `tonghop dictionary`.

use super::args::DictionaryCommand;
use super::{Context, Status};
use crate::batch::Failure;
use crate::diagnostic::Severity;
use crate::dictionary::Dictionary;
use crate::examples::{Outcome, run_all};
use crate::verify::verify;

pub(super) fn dictionary(command: DictionaryCommand, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let dictionary = Dictionary::load(context.templates).map_err(Failure::from)?;
    match command {
        DictionaryCommand::List => list(&dictionary, context),
        DictionaryCommand::Check => check(&dictionary, context),
        DictionaryCommand::Test { only } => test(&dictionary, only.as_deref(), context),
    }
}

fn list(dictionary: &Dictionary, context: &mut Context<'_>) -> anyhow::Result<Status> {
    for (at, (indicator, rules)) in dictionary.register.indicators().iter().zip(&dictionary.rules).enumerate() {
        let wordings = dictionary.wordings.iter().filter(|w| usize::from(w.indicator) == at).count();
        let place = format!("{}:{}", rules.file, rules.line);
        let name = if rules.line == 0 { "screen.dictionary-bare" } else { "screen.dictionary-row" };
        let text = context.messages.text(
            name,
            &[
                ("id", &indicator.id),
                ("wordings", &context.messages.count(wordings)),
                ("examples", &context.messages.count(rules.examples.len())),
                ("rejects", &context.messages.count(rules.rejects.len())),
                ("place", &place),
            ],
        );
        writeln!(context.out, "{text}\n  {}", indicator.name)?;
    }
    Ok(Status::Done)
}

fn check(dictionary: &Dictionary, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let faults = verify(context.templates, dictionary).map_err(Failure::from)?;
    for fault in &faults {
        let args: Vec<(&str, &str)> = fault.args.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let severity = context.messages.word(&format!("severity.{}", fault.severity));
        let site = format!("{}:{}", fault.file, fault.line);
        let message = context.messages.text(fault.name, &args);
        let values = [("severity", severity.as_str()), ("site", &site), ("message", &message)];
        writeln!(context.out, "{}", context.messages.text("screen.finding", &values))?;
    }
    let count = |severity| context.messages.count(faults.iter().filter(|f| f.severity == severity).count());
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let text = context.messages.text("screen.dictionary-faults", &[("errors", &errors), ("warnings", &warnings)]);
    writeln!(context.out, "{text}")?;
    let grave = faults.iter().any(|fault| fault.severity == Severity::Error);
    Ok(if grave { Status::NeedsAPerson } else { Status::Done })
}

fn test(dictionary: &Dictionary, only: Option<&str>, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let outcomes: Vec<Outcome> =
        run_all(dictionary).into_iter().filter(|o| only.is_none_or(|part| o.name.contains(part))).collect();
    let failed: Vec<&Outcome> = outcomes.iter().filter(|o| !o.passed).collect();
    for outcome in &failed {
        writeln!(context.out, "{outcome}")?;
    }
    let bad = context.messages.count(failed.len());
    let good = context.messages.count(outcomes.len() - failed.len());
    writeln!(context.out, "{}", context.messages.text("screen.dictionary-count", &[("good", &good), ("bad", &bad)]))?;
    Ok(if failed.is_empty() { Status::Done } else { Status::NeedsAPerson })
}
