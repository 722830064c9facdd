//! `tonghop compare`.

use std::fs::File;

use anyhow::Context as _;
use rust_decimal::Decimal;

use super::args::CompareArgs;
use super::{Context, Status};
use crate::batch::{Failure, saved_run};
use crate::changes::{Cause, Change, changes, write_changes_csv};
use crate::dictionary::Dictionary;
use crate::table::FigureRow;

pub(super) fn run(args: &CompareArgs, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let dictionary = Dictionary::load(context.templates).map_err(Failure::from)?;
    let (before, after) = (saved_run(&args.before)?, saved_run(&args.after)?);
    let found = changes(&before, &after);
    for change in &found {
        line(change, &dictionary, context)?;
    }
    let all = context.messages.count(found.len());
    writeln!(context.out, "{}", context.messages.text("screen.changes", &[("count", &all)]))?;
    for cause in Cause::ALL {
        let count = found.iter().filter(|c| c.cause == cause).count();
        if count > 0 {
            let (word, count) = (words(cause, context), context.messages.count(count));
            writeln!(context.out, "  {word}: {count}")?;
        }
    }
    if let Some(path) = &args.csv {
        let shown = path.display().to_string();
        let file = File::create(path).with_context(|| shown.clone())?;
        write_changes_csv(file, &found).with_context(|| shown.clone())?;
        writeln!(context.out, "{}", context.messages.text("screen.annex-written", &[("path", &shown)]))?;
    }
    Ok(Status::Done)
}

fn words(cause: Cause, context: &Context<'_>) -> String {
    context.messages.word(&format!("cause.{}", cause.code()))
}

/// One change on a line: where and when, of what, from which value to which, and why.
fn line(change: &Change, dictionary: &Dictionary, context: &mut Context<'_>) -> anyhow::Result<()> {
    let Some(row) = change.figure() else { return Ok(()) };
    let messages = context.messages;
    let value =
        |row: Option<&FigureRow>| row.map_or_else(|| messages.word("screen.none"), |r| messages.number(r.value));
    let indicator = dictionary.register.get(&row.indicator).map_or(row.indicator.as_str(), |i| i.name.as_str());
    let difference = change.difference().filter(|d| !d.is_zero());
    let signed = |d: Decimal| {
        let sign = if d > Decimal::ZERO { "+" } else { "" };
        format!(" ({sign}{})", messages.number(d))
    };
    let mut measure = messages.word(&format!("measure.{}", row.measure.code()));
    if row.basis == "growth" {
        // A percentage may be stated too, with another value.
        measure = messages.text("screen.computed", &[("measure", &measure)]);
    }
    let text = messages.text(
        "screen.change",
        &[
            ("period", &messages.period(row.period)),
            ("area", &row.area_name),
            ("indicator", indicator),
            ("breakdown", &messages.breakdown(&row.breakdown, dictionary)),
            ("measure", &measure),
            ("before", &value(change.before.as_ref())),
            ("after", &value(change.after.as_ref())),
            ("difference", &difference.map(signed).unwrap_or_default()),
            ("cause", &words(change.cause, context)),
            ("because", &change.because_of.join(", ")),
        ],
    );
    writeln!(context.out, "{}", text.trim_end_matches([' ', ':']))?;
    Ok(())
}
