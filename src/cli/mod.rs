//! Commands: flags → the rooms of the library → what is printed → exit status. The only room that prints.

mod annex;
mod args;
mod compare;
mod dictionary;
mod evidence;
mod explain;
mod export;
mod fill;
mod review;
mod run;
mod templates;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::batch::{Failure, READER_THREAD};
use crate::dictionary::templates::{TemplateErrors, Templates};
use crate::message::{Lang, Messages};
use args::{Args, Command};

/// How a command ended, as a program that calls it sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// All done, and nothing needs a person.
    Done,
    /// Done, but something needs a person.
    NeedsAPerson,
}

/// What every command works with.
struct Context<'a> {
    templates: &'a Templates,
    /// The words of the terminal.
    messages: &'a Messages,
    /// The language of written files.
    written: Lang,
    out: &'a mut dyn Write,
}

/// Runs the program: 0 done, 1 done but something needs a person, 2 could not.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // A reader that stopped listening is no error of ours.
            drop(error.print());
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    silence_readers();
    if matches!(args.command, Command::ReadWorker) {
        return read_worker();
    }
    let lang = args.lang.map_or_else(lang_of_environment, Lang::from);
    let built_in = Messages::load(&Templates::built_in(), lang);
    let result = dispatch(args, lang);
    let Err(error) = result else {
        return match result {
            Ok(Status::NeedsAPerson) => ExitCode::from(1),
            _ => ExitCode::SUCCESS,
        };
    };
    if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let text = match (&built_in, error.downcast_ref::<Failure>()) {
        (Ok(messages), Some(failure)) => {
            format!("{}: {}", messages.word("screen.failed"), failure.message(messages))
        }
        _ => format!("{error:#}"),
    };
    drop(writeln!(io::stderr(), "{text}"));
    ExitCode::from(2)
}

fn dispatch(args: Args, lang: Lang) -> anyhow::Result<Status> {
    let templates = match &args.templates {
        Some(folder) => Templates::with_overlay(folder).map_err(Failure::from)?,
        None => Templates::built_in(),
    };
    let written = args.lang.map_or(Lang::Vi, Lang::from);
    // `templates export` is how broken templates are replaced: it works whatever is wrong with them.
    let exports = matches!(&args.command, Command::Templates(args::TemplatesCommand::Export { .. }));
    let for_messages = if exports { Templates::built_in() } else { templates.clone() };
    let messages = Messages::load(&for_messages, lang).or_else(|TemplateErrors(faults)| {
        // Faults of messages are told with all the others, in words that are sound.
        drop(faults);
        Messages::load(&Templates::built_in(), lang).map_err(Failure::from)
    })?;
    let mut out = io::stdout().lock();
    let mut context = Context { templates: &templates, messages: &messages, written, out: &mut out };
    let status = match args.command {
        Command::Run(run) => run::run(run, &mut context)?,
        Command::Annex(args) => annex::annex(&args, &mut context)?,
        Command::Fill(args) => fill::fill(args, &mut context)?,
        Command::Export(args) => export::run(&args, &mut context)?,
        Command::Compare(args) => compare::run(&args, &mut context)?,
        Command::Review(args) => review::review(&args, &mut context)?,
        Command::Evidence(args) => evidence::evidence(&args, &mut context)?,
        Command::Explain { place } => explain::explain(&place, &mut context)?,
        // Answered before anything is loaded.
        Command::ReadWorker => Status::Done,
        Command::Templates(command) => templates::templates(command, &mut context)?,
        Command::Dictionary(command) => dictionary::dictionary(command, &mut context)?,
    };
    out.flush()?;
    Ok(status)
}

/// The language of the locale, by the variables that tell it, in their order of precedence.
fn lang_of_environment() -> Lang {
    let told =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    Lang::of_locale(&told.unwrap_or_default())
}

/// Reads the files that the calling program hands over, until it hands over no more. A panic is part of the answer.
fn read_worker() -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    match crate::input::serve(io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// A panic while reading a report becomes a finding; the usual words about it would only alarm.
fn silence_readers() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !std::thread::current().name().is_some_and(|name| name.starts_with(READER_THREAD)) {
            usual(info);
        }
    }));
}
