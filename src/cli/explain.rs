//! `tonghop explain`: what became of each number of a report, and why.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Context, Status};
use crate::batch::{Clauses, Failure};
use crate::check;
use crate::dictionary::phrase::Hit;
use crate::dictionary::{Dictionary, Tag};
use crate::message::Messages;
use crate::observation::{Draft, LedgerEntry, Observation, Qualifier, Status as ObservationStatus};
use crate::pipeline::{ReadReport, read_report};
use crate::report::Assumed;

/// So many candidates are shown for a number.
const MOST_CANDIDATES: usize = 5;

/// Where in a report to look.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Spot {
    /// Everywhere.
    All,
    /// At a line of the extracted text.
    Line(usize),
    /// At a cell of a workbook: `D10`, `Sheet1!D10`.
    Cell(String),
}

impl Spot {
    /// Whether something that stands at this line and place is meant.
    fn holds(&self, line: usize, place: &str) -> bool {
        match self {
            Self::All => true,
            Self::Line(own) => *own == line,
            Self::Cell(own) => {
                let Some((sheet, cell)) = place.rsplit_once('!') else { return false };
                match own.rsplit_once('!') {
                    Some((wanted, address)) => wanted == sheet && address.eq_ignore_ascii_case(cell),
                    None => own.eq_ignore_ascii_case(cell),
                }
            }
        }
    }
}

/// Whether text is the address of a cell, with or without a sheet: `D10`, `Sheet1!D10`.
fn is_cell(text: &str) -> bool {
    let address = text.rsplit_once('!').map_or(text, |(_, address)| address);
    let letters = address.chars().take_while(char::is_ascii_alphabetic).count();
    let digits = address.get(letters..).unwrap_or_default();
    (1..=3).contains(&letters) && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A file, and where to look; the last `:` counts, so that `C:\reports\a.txt:12` is understood.
fn split(place: &str) -> (PathBuf, Spot) {
    let whole = || (PathBuf::from(place), Spot::All);
    let Some((file, spot)) = place.rsplit_once(':') else { return whole() };
    if file.is_empty() || Path::new(place).exists() {
        return whole();
    }
    match spot.parse::<usize>() {
        Ok(line) if line > 0 => (file.into(), Spot::Line(line)),
        Err(_) if is_cell(spot) => (file.into(), Spot::Cell(spot.to_owned())),
        _ => whole(),
    }
}

/// `no-indicator: employment.placed 1.1` in words, its code beside them.
pub(super) fn reason_in_words(messages: &Messages, reason: &str) -> String {
    let (code, rest) = reason.split_once(": ").unwrap_or((reason, ""));
    let words = messages.word(&format!("reason.{code}"));
    let code = if words == code { code.to_owned() } else { format!("{words} ({code})") };
    if rest.is_empty() { code } else { format!("{code}: {rest}") }
}

pub(super) fn explain(place: &str, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let (path, spot) = split(place);
    let shown = path.display().to_string();
    let dictionary = Dictionary::load(context.templates).map_err(Failure::from)?;
    let failed = |cause: &str| Failure::new("explain-input", &[("path", &shown), ("cause", cause)]);
    let bytes = std::fs::read(&path).map_err(|error| failed(&error.to_string()))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let read = match read_report(&name, &bytes, &Assumed::default(), &dictionary) {
        Ok(read) => read,
        Err(refusal) => {
            let finding = check::refused(&name, &refusal);
            return Err(failed(&context.messages.finding(&finding, &dictionary)).into());
        }
    };
    let lines = read.document.source.line_count();
    if let Spot::Line(line) = spot
        && line > lines
    {
        let (lines, line) = (lines.to_string(), line.to_string());
        return Err(Failure::new("explain-line", &[("path", &shown), ("lines", &lines), ("line", &line)]).into());
    }
    let view = View {
        read: &read,
        clauses: Clauses::new(&read.document),
        dictionary: &dictionary,
        messages: context.messages,
    };
    writeln!(context.out, "{}", view.head(&name))?;
    let layout = &read.document.layout;
    let place = |start: usize| layout.place(start).map(ToString::to_string).unwrap_or_default();
    let here = |line: usize, start: usize| spot.holds(line, &place(start));
    let mut any = false;
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for entry in read.extraction.ledger.iter().filter(|e| here(e.line, e.start)) {
        let owned: Vec<usize> = view.observations_at(entry.start, &entry.reason);
        writeln!(context.out, "\n{}", view.number(entry, &owned))?;
        told.extend(owned);
        any = true;
    }
    for (at, observation) in read.extraction.observations.iter().enumerate() {
        if here(observation.line, observation.start) && !told.contains(&at) {
            writeln!(context.out, "\n{}", view.zero(at, observation))?;
            any = true;
        }
    }
    if !any {
        writeln!(context.out, "{}", context.messages.word("explain.nothing"))?;
    }
    Ok(Status::Done)
}

struct View<'a> {
    read: &'a ReadReport,
    clauses: Clauses,
    dictionary: &'a Dictionary,
    messages: &'a Messages,
}

impl View<'_> {
    fn head(&self, file: &str) -> String {
        let facts = &self.read.facts;
        let province = facts.province.as_ref().map_or_else(
            || self.messages.word("explain.unknown-province"),
            |code| {
                let name = self.dictionary.geography.get(facts.system, code).map(|p| p.name.clone());
                format!("{} ({code})", name.unwrap_or_default())
            },
        );
        let period =
            facts.period.map_or_else(|| self.messages.word("explain.unknown-period"), |p| self.messages.period(p));
        self.messages.text("explain.head", &[("file", file), ("province", &province), ("period", &period)])
    }

    /// The observations that own a number: the one that the ledger names, and others of the same number.
    fn observations_at(&self, start: usize, reason: &str) -> Vec<usize> {
        let all = self.read.extraction.observations.iter().enumerate();
        all.filter(|(_, o)| o.id == reason || o.start == start).map(|(at, _)| at).collect()
    }

    fn number(&self, entry: &LedgerEntry, owned: &[usize]) -> String {
        let class = self.messages.word(&format!("class.{}", entry.class));
        let line = entry.line.to_string();
        let mut lines =
            vec![self.messages.text("explain.number", &[("line", &line), ("text", &entry.text), ("class", &class)])];
        let clause = self.clauses.at(entry.start, &self.read.document, &self.read.extraction.scans);
        if owned.is_empty() {
            lines.push(self.messages.text("explain.clause", &[("clause", &clause)]));
            lines.push(
                self.messages.text("explain.reason", &[("reason", &reason_in_words(self.messages, &entry.reason))]),
            );
            lines.extend(self.concepts(entry.start, None));
        }
        for at in owned {
            lines.extend(self.observation(*at));
        }
        lines.join("\n")
    }

    fn zero(&self, at: usize, observation: &Observation) -> String {
        let class = self.messages.word("class.observation");
        let line = observation.line.to_string();
        let values = [("line", line.as_str()), ("text", &observation.stated), ("class", &class)];
        let mut lines = vec![self.messages.text("explain.zero", &values)];
        lines.extend(self.observation(at));
        lines.join("\n")
    }

    fn observation(&self, at: usize) -> Vec<String> {
        let extraction = &self.read.extraction;
        let (Some(o), Some(draft)) = (extraction.observations.get(at), extraction.drafts.get(at)) else {
            return Vec::new();
        };
        let messages = self.messages;
        let name = self.dictionary.indicator(draft.indicator).map(|i| i.name.clone()).unwrap_or_default();
        let breakdown = messages.breakdown(&o.breakdown, self.dictionary);
        let mut lines = vec![messages.text("explain.clause", &[("clause", &o.quote)])];
        lines.push(
            messages.text(
                "explain.observation",
                &[("indicator", &o.indicator), ("name", &name), ("breakdown", &breakdown)],
            ),
        );
        let qualifier = if o.qualifier == Qualifier::Exact { String::new() } else { format!("{} ", o.qualifier) };
        let status = match o.status {
            ObservationStatus::Reported => String::new(),
            ObservationStatus::Estimate => messages.word("explain.estimate"),
            ObservationStatus::Forecast => messages.word("explain.forecast"),
        };
        let period = o.period.map_or_else(|| messages.word("explain.unknown-period"), |p| messages.period(p));
        lines.push(messages.text(
            "explain.value",
            &[
                ("measure", &messages.word(&format!("measure.{}", o.measure))),
                ("period", &period),
                ("qualifier", &qualifier),
                ("value", &messages.number(o.value)),
                ("unit", &o.unit),
                ("status", &status),
                ("confidence", &messages.number(o.confidence)),
            ],
        ));
        if !o.base.is_empty() {
            lines.push(messages.text("explain.base", &[("base", &o.base)]));
        }
        lines.push(self.rule(draft));
        lines.extend(self.concepts(o.start, Some(draft)));
        lines.extend(self.candidates(draft));
        lines
    }

    /// The wording that matched, and where the templates say it.
    fn rule(&self, draft: &Draft) -> String {
        let written = draft.rule.rsplit(": ").next().unwrap_or(&draft.rule);
        let all = || self.dictionary.wordings.iter().filter(|w| w.text == written);
        match all().find(|w| w.indicator == draft.indicator).or_else(|| all().next()) {
            Some(wording) => {
                let place = format!("{}:{}", wording.file, wording.line);
                self.messages.text("explain.rule", &[("rule", &draft.rule), ("place", &place)])
            }
            None => self.messages.text("explain.rule-unknown", &[("rule", &draft.rule)]),
        }
    }

    /// The phrases of the dictionary in the clause of an observation, or in the sentence of any other number.
    fn concepts(&self, start: usize, draft: Option<&Draft>) -> Option<String> {
        let (document, extraction) = (&self.read.document, &self.read.extraction);
        let at = match draft {
            Some(draft) => draft.block,
            None => document.blocks.iter().position(|b| b.tokens.iter().any(|t| t.start as usize == start))?,
        };
        let (block, scan) = (document.blocks.get(at)?, extraction.scans.get(at)?);
        let range = match draft {
            Some(draft) => draft.quote.clone(),
            None => {
                let token = block.tokens.iter().position(|t| t.start as usize == start)?;
                scan.sentences.iter().find(|s| s.contains(&token))?.clone()
            }
        };
        let is_shown = |tag: Tag| match tag {
            Tag::Term(_) | Tag::Category(_) => true,
            Tag::Marker(marker) => !marker.is_of_tables(),
            _ => false,
        };
        let hits: Vec<_> = scan.hits_in(&range).filter(|h| is_shown(h.tag)).collect();
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for hit in &hits {
            // A phrase within a longer one says nothing more.
            let longer = |h: &&Hit<Tag>| h.first <= hit.first && hit.last <= h.last && h.words > hit.words;
            if hits.iter().any(longer) {
                continue;
            }
            let what = match hit.tag {
                Tag::Category(at) => self.category(at),
                Tag::Marker(marker) => marker.key().to_owned(),
                _ => String::new(),
            };
            let words = block.tokens.get(hit.first as usize..=hit.last as usize).unwrap_or_default();
            let written = document.written(words);
            let at = found.iter().position(|(known, _)| *known == written).unwrap_or_else(|| {
                found.push((written, Vec::new()));
                found.len() - 1
            });
            if let Some((_, known)) = found.get_mut(at)
                && !what.is_empty()
                && !known.contains(&what)
            {
                known.push(what);
            }
        }
        let named: Vec<String> = found
            .iter()
            .map(|(written, what)| format!("«{written}» {}", what.join(" ")).trim_end().to_owned())
            .collect();
        (!named.is_empty()).then(|| self.messages.text("explain.concepts", &[("concepts", &named.join(", "))]))
    }

    fn category(&self, at: u16) -> String {
        let category = self.dictionary.categories.get(usize::from(at));
        let dimension = category.and_then(|c| self.dictionary.dimensions.get(usize::from(c.dimension)));
        match (dimension, category) {
            (Some(dimension), Some(category)) => format!("{}={}", dimension.id, category.id),
            _ => String::new(),
        }
    }

    fn candidates(&self, draft: &Draft) -> Option<String> {
        let named: Vec<String> = draft
            .candidates
            .iter()
            .take(MOST_CANDIDATES)
            .filter_map(|(at, score)| Some(format!("{} {score:.1}", self.dictionary.indicator(*at)?.id)))
            .collect();
        (!named.is_empty()).then(|| self.messages.text("explain.candidates", &[("candidates", &named.join(", "))]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_from_a_drive() {
        for (place, file, line) in [
            ("C:\\reports\\a.txt:12", "C:\\reports\\a.txt", Spot::Line(12)),
            ("C:\\reports\\a.txt", "C:\\reports\\a.txt", Spot::All),
            ("a.txt:0", "a.txt:0", Spot::All),
            ("a.txt:", "a.txt:", Spot::All),
            (":7", ":7", Spot::All),
            ("a.xlsx:d10", "a.xlsx", Spot::Cell("d10".to_owned())),
            ("a.xlsx:Biểu 1!D10", "a.xlsx", Spot::Cell("Biểu 1!D10".to_owned())),
        ] {
            assert_eq!(split(place), (PathBuf::from(file), line), "{place}");
        }
        for (spot, meant) in [("d10", true), ("Biểu 1!D10", true), ("Biểu 2!D10", false), ("D1", false)] {
            assert_eq!(Spot::Cell(spot.to_owned()).holds(3, "Biểu 1!D10"), meant, "{spot}");
        }
    }
}
