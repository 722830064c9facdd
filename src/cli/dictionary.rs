//! `tonghop dictionary`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::DictionaryCommand;
use super::explain::reason_in_words;
use super::{Context, Status};
use crate::batch::{Clauses, Failure, survey};
use crate::compare::differences;
use crate::coverage::{Fillers, Gap, gaps, groups};
use crate::diagnostic::{Finding, Severity};
use crate::dictionary::Dictionary;
use crate::dictionary::templates::Templates;
use crate::examples::{Outcome, run_all, side_by_side};
use crate::pipeline::read_report;
use crate::report::Assumed;
use crate::verify::verify;

pub(super) fn dictionary(command: DictionaryCommand, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let dictionary = Dictionary::load(context.templates).map_err(Failure::from)?;
    match command {
        DictionaryCommand::List => list(&dictionary, context),
        DictionaryCommand::Check => check(&dictionary, context),
        DictionaryCommand::Coverage { reports } => coverage(&reports, &dictionary, context),
        DictionaryCommand::Compare { reports, against } => compare(&reports, against.as_deref(), &dictionary, context),
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

fn coverage(reports: &[PathBuf], dictionary: &Dictionary, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let fillers = Fillers::load(context.templates).map_err(Failure::from)?;
    let (read, findings) = survey(reports, |name, bytes| {
        let read = read_report(name, bytes, &Assumed::default(), dictionary)?;
        let gaps = gaps(name, &read, &fillers, dictionary);
        let clauses = Clauses::new(&read.document);
        let clause = |gap: &Gap| clauses.at(gap.start, &read.document, &read.extraction.scans);
        Ok(gaps.into_iter().map(|gap| (clause(&gap), gap)).collect::<Vec<_>>())
    })?;
    let status = refused(&findings, dictionary, context)?;
    let (count, messages) = (read.len(), context.messages);
    let mut clauses: BTreeMap<(String, usize), String> = BTreeMap::new();
    let mut all = Vec::new();
    for (clause, gap) in read.into_iter().flatten() {
        clauses.insert((gap.file.clone(), gap.start), clause);
        all.push(gap);
    }
    let unmapped = all.len();
    let groups = groups(all);
    for group in &groups {
        let gap = &group.first;
        let clause = clauses.get(&(gap.file.clone(), gap.start)).map(String::as_str).unwrap_or_default();
        let (times, site) = (messages.count(group.count), format!("{}:{}", gap.file, gap.line));
        let values = [("count", times.as_str()), ("words", &gap.words()), ("site", &site), ("clause", clause)];
        writeln!(context.out, "{}", messages.text("screen.gap", &values))?;
        let code = gap.reason.split(": ").next().unwrap_or_default();
        writeln!(context.out, "{}", messages.text("explain.reason", &[("reason", &reason_in_words(messages, code))]))?;
        let candidates = gap.candidates.join(", ");
        let name = if gap.by_words { "explain.candidates" } else { "screen.gap-field" };
        if !candidates.is_empty() {
            writeln!(context.out, "{}", messages.text(name, &[("candidates", &candidates)]))?;
        }
        if let Some(wording) = gap.wording() {
            let best = gap.candidates.first().filter(|_| gap.by_words);
            let place = best.map(|id| row_place(id, dictionary)).unwrap_or_default();
            let name = if place.is_empty() { "screen.gap-wording" } else { "screen.gap-wording-in" };
            writeln!(context.out, "{}", messages.text(name, &[("wording", &wording), ("place", &place)]))?;
        }
    }
    let values = [
        ("unmapped", messages.count(unmapped)),
        ("groups", messages.count(groups.len())),
        ("reports", messages.count(count)),
    ];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    writeln!(context.out, "{}", messages.text("screen.gap-count", &values))?;
    Ok(status)
}

/// An indicator with the place of its row.
fn row_place(id: &str, dictionary: &Dictionary) -> String {
    let rules = dictionary.register.position(id).and_then(|at| dictionary.rules.get(at));
    match rules.filter(|rules| rules.line > 0) {
        Some(rules) => format!("{id} ({}:{})", rules.file, rules.line),
        None => id.to_owned(),
    }
}

fn compare(
    reports: &[PathBuf],
    against: Option<&Path>,
    dictionary: &Dictionary,
    context: &mut Context<'_>,
) -> anyhow::Result<Status> {
    if against.is_none() && !context.templates.has_overlay() {
        return Err(Failure::new("compare-templates", &[]).into());
    }
    let base = against.map_or_else(|| Ok(Templates::built_in()), Templates::with_overlay).map_err(Failure::from)?;
    let base = Dictionary::load(&base).map_err(Failure::from)?;
    let (read, findings) = survey(reports, |name, bytes| {
        let first = read_report(name, bytes, &Assumed::default(), &base)?;
        let second = read_report(name, bytes, &Assumed::default(), dictionary)?;
        Ok(differences(name, &first.extraction, &second.extraction))
    })?;
    let status = refused(&findings, dictionary, context)?;
    let messages = context.messages;
    let count = read.len();
    let (mut gained, mut lost, mut changed) = (0, 0, 0);
    for difference in read.iter().flatten() {
        let (kind, name) = match (difference.lost.is_empty(), difference.gained.is_empty()) {
            (true, _) => (&mut gained, "screen.gained"),
            (_, true) => (&mut lost, "screen.lost"),
            _ => (&mut changed, "screen.changed"),
        };
        *kind += 1;
        let site = format!("{}:{}", difference.file, difference.line);
        let values = [("site", site.as_str()), ("quote", &difference.quote)];
        writeln!(context.out, "{}", messages.text(name, &values))?;
        write!(context.out, "{}", side_by_side(&difference.lost, &difference.gained))?;
    }
    let values = [
        ("gained", messages.count(gained)),
        ("lost", messages.count(lost)),
        ("changed", messages.count(changed)),
        ("reports", messages.count(count)),
    ];
    let values = values.each_ref().map(|(key, value)| (*key, value.as_str()));
    writeln!(context.out, "{}", messages.text("screen.compared", &values))?;
    Ok(status)
}

/// Prints what could not be read.
fn refused(findings: &[Finding], dictionary: &Dictionary, context: &mut Context<'_>) -> anyhow::Result<Status> {
    for finding in findings {
        let severity = context.messages.word(&format!("severity.{}", finding.severity));
        let message = context.messages.finding(finding, dictionary);
        let values = [("severity", severity.as_str()), ("site", &finding.site.file), ("message", &message)];
        writeln!(context.out, "{}", context.messages.text("screen.finding", &values))?;
    }
    Ok(if findings.is_empty() { Status::Done } else { Status::NeedsAPerson })
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
