//! `tonghop run`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::RunArgs;
use super::{Context, Status};
use crate::batch::{self, Failure, Options, Outcome, Progress, Resources};
use crate::diagnostic::{Finding, Severity};
use crate::dictionary::geography::ProvinceSystem;
use crate::message::Messages;

/// So many findings are shown on the terminal; the others are in `findings.csv`.
const MOST_SHOWN: usize = 10;

pub(super) fn run(args: RunArgs, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let resources = Resources::load(context.templates, context.written).map_err(Failure::from)?;
    let options = Options {
        inputs: args.reports,
        out: args.out,
        periods: args.periods,
        assume_period: args.assume_period,
        assume_province: args.assume_province,
        plans: args.plans,
        boundaries: args.boundaries.into(),
        split: args.split.into(),
        corrections: args.corrections,
        jobs: args.jobs.map(usize::from),
        limits: args.limits.into(),
        worker: std::env::current_exe().ok(),
    };
    let bar = Bar::new(args.quiet, context.messages);
    let outcome = batch::run(&options, &resources, &|progress| bar.show(progress));
    bar.finish();
    let outcome = outcome?;
    if let Some(folder) = &args.questions {
        batch::write_letters(folder, &outcome.letters)?;
    }
    if !args.quiet {
        summary(&outcome, &resources, &options.out, context)?;
        if let Some(folder) = &args.questions {
            let count = context.messages.count(outcome.letters.len());
            let values = [("count", count.as_str()), ("path", &folder.display().to_string())];
            writeln!(context.out, "{}", context.messages.text("screen.letters", &values))?;
        }
    } else if outcome.count(Severity::Error) > 0 {
        findings(&outcome, &resources, Severity::Error, context)?;
    }
    let needs = outcome.count(Severity::Error) > 0 || args.strict && outcome.count(Severity::Warning) > 0;
    Ok(if needs { Status::NeedsAPerson } else { Status::Done })
}

/// The bar that shows how far a run is: on a terminal only, and not if told to be quiet.
struct Bar {
    bar: ProgressBar,
    reading: String,
    writing: String,
}

impl Bar {
    fn new(quiet: bool, messages: &Messages) -> Self {
        let hidden = quiet || !std::io::stderr().is_terminal();
        let bar = if hidden { ProgressBar::hidden() } else { ProgressBar::new(0) };
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        Self { bar, reading: messages.word("screen.reading"), writing: messages.word("screen.writing") }
    }

    fn show(&self, progress: Progress) {
        match progress {
            Progress::Files(count) => {
                self.bar.set_length(count as u64);
                self.bar.set_message(self.reading.clone());
                self.bar.enable_steady_tick(Duration::from_millis(200));
            }
            Progress::Read => self.bar.inc(1),
            Progress::Writing => self.bar.set_message(self.writing.clone()),
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn summary(outcome: &Outcome, resources: &Resources, out: &Path, context: &mut Context<'_>) -> anyhow::Result<()> {
    let messages = context.messages;
    let with_status = |status: &str| messages.count(outcome.rows.iter().filter(|r| r.status == status).count());
    let text = messages.text(
        "screen.read",
        &[
            ("read", &with_status("read")),
            ("refused", &with_status("refused")),
            ("duplicate", &with_status("duplicate")),
            ("superseded", &with_status("superseded")),
        ],
    );
    writeln!(context.out, "{text}")?;
    let listed = |name: &str, names: Vec<String>| {
        let count = messages.count(names.len());
        let names = if names.is_empty() { messages.word("screen.none") } else { names.join(", ") };
        messages.text(name, &[("count", &count), ("names", &names)])
    };
    writeln!(context.out, "{}", listed("screen.provinces", provinces(outcome, resources)))?;
    let periods: BTreeSet<_> = outcome.rows.iter().filter_map(|r| r.period).collect();
    let periods = periods.into_iter().map(|p| p.to_string()).collect();
    writeln!(context.out, "{}", listed("screen.periods", periods))?;
    let counted = outcome.rows.iter().filter(|r| r.status != "duplicate");
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    for row in counted {
        for (name, value) in [
            ("numbers", row.numbers),
            ("observations", row.observations),
            ("references", row.references),
            ("tasks", row.tasks),
            ("unmapped", row.unmapped),
        ] {
            *sums.entry(name).or_default() += value;
        }
    }
    let written: Vec<(&str, String)> = sums.iter().map(|(name, value)| (*name, messages.count(*value))).collect();
    let values: Vec<(&str, &str)> = written.iter().map(|(name, value)| (*name, value.as_str())).collect();
    writeln!(context.out, "{}", messages.text("screen.numbers", &values))?;
    let doubtful = messages.count(outcome.doubtful);
    let rows = messages.count(outcome.observations);
    writeln!(context.out, "{}", messages.text("screen.observations", &[("rows", &rows), ("doubtful", &doubtful)]))?;
    let (relations, hold) = (messages.count(outcome.relations), messages.count(outcome.hold));
    let text = messages.text("screen.relations", &[("checked", &relations), ("hold", &hold)]);
    writeln!(context.out, "{text}")?;
    let text = messages.text(
        "screen.findings",
        &[
            ("errors", &messages.count(outcome.count(Severity::Error))),
            ("warnings", &messages.count(outcome.count(Severity::Warning))),
            ("infos", &messages.count(outcome.count(Severity::Info))),
        ],
    );
    writeln!(context.out, "{text}")?;
    findings(outcome, resources, Severity::Warning, context)?;
    let texts = outcome.files.iter().filter(|name| name.starts_with("text/")).count();
    let mut names: Vec<String> = outcome.files.iter().filter(|n| !n.starts_with("text/")).cloned().collect();
    if texts > 0 {
        names.push(messages.text("screen.texts", &[("count", &messages.count(texts))]));
    }
    let count = messages.count(outcome.files.len());
    let out = out.display().to_string();
    let values = [("count", count.as_str()), ("out", &out), ("names", &names.join(", "))];
    writeln!(context.out, "{}", messages.text("screen.files", &values))?;
    for name in &outcome.renamed {
        writeln!(context.out, "{}", messages.text("screen.renamed", &[("name", name)]))?;
    }
    for name in &outcome.left {
        writeln!(context.out, "{}", messages.text("screen.left", &[("name", name)]))?;
    }
    Ok(())
}

/// The names of the provinces that reported, in regional order.
fn provinces(outcome: &Outcome, resources: &Resources) -> Vec<String> {
    let geography = &resources.dictionary.geography;
    let mut names = Vec::new();
    for system in [ProvinceSystem::P63, ProvinceSystem::P34] {
        for province in geography.provinces(system) {
            let reports =
                |r: &crate::table::ReportRow| r.province == province.code && r.province_system == system.code();
            if outcome.rows.iter().any(reports) && !names.contains(&province.name) {
                names.push(province.name.clone());
            }
        }
    }
    names
}

/// The first findings of at least this severity.
fn findings(
    outcome: &Outcome,
    resources: &Resources,
    least: Severity,
    context: &mut Context<'_>,
) -> anyhow::Result<()> {
    let grave: Vec<&Finding> = outcome.findings.iter().filter(|f| f.severity >= least).collect();
    for finding in grave.iter().take(MOST_SHOWN) {
        let site = &finding.site;
        let place = match site.place.as_str() {
            "" => String::new(),
            // The place of a line is said in the words of the terminal, which may not be those of the files.
            place if place == resources.written.line(site.line) => context.messages.line(site.line),
            place => place.to_owned(),
        };
        let site = [site.file.as_str(), &place].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        let text = context.messages.text(
            "screen.finding",
            &[
                ("severity", &context.messages.word(&format!("severity.{}", finding.severity))),
                ("site", &site),
                ("message", &context.messages.finding(finding, &resources.dictionary)),
            ],
        );
        writeln!(context.out, "  {text}")?;
        if !finding.site.quote.is_empty() {
            writeln!(context.out, "    > {}", finding.site.quote)?;
        }
    }
    let more = grave.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        writeln!(
            context.out,
            "  {}",
            context.messages.text("screen.more", &[("count", &context.messages.count(more))])
        )?;
    }
    Ok(())
}
