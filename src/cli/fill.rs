//! `tonghop fill`.

use super::args::FillArgs;
use super::{Context, Status};
use crate::batch::{Failure, FillOptions, Resources, fill_form};
use crate::fill::Outcome;

/// So many cells are shown on the terminal; all of them are in the list that `--list` writes.
const MOST_SHOWN: usize = 20;

pub(super) fn fill(args: FillArgs, context: &mut Context<'_>) -> anyhow::Result<Status> {
    let resources = Resources::load(context.templates, context.written).map_err(Failure::from)?;
    let options = FillOptions {
        form: args.form,
        from: args.from,
        period: args.period,
        province: args.province,
        out: args.out,
        list: args.list,
        plans: args.plans,
    };
    let cells = fill_form(&options, &resources)?;
    let messages = context.messages;
    let count = |wanted: fn(&Outcome) -> bool| messages.count(cells.iter().filter(|c| wanted(&c.outcome)).count());
    let filled = count(|o| matches!(o, Outcome::Filled { .. } | Outcome::Written(_)));
    let (none, untold) = (count(|o| *o == Outcome::NoFigure), count(|o| matches!(o, Outcome::Untold(_))));
    let path = options.out.display().to_string();
    let values = [("path", path.as_str()), ("filled", &filled), ("none", &none), ("untold", &untold)];
    writeln!(context.out, "{}", messages.text("screen.fill-done", &values))?;
    let left: Vec<_> = cells.iter().filter(|c| matches!(c.outcome, Outcome::NoFigure | Outcome::Untold(_))).collect();
    for cell in left.iter().take(MOST_SHOWN) {
        let (key, what) = match &cell.outcome {
            Outcome::Untold(reason) => ("screen.fill-untold", reason.as_str()),
            _ => ("screen.fill-none", cell.indicator.as_str()),
        };
        let values = [("sheet", cell.sheet.as_str()), ("cell", &cell.cell), ("what", what)];
        writeln!(context.out, "  {}", messages.text(key, &values).trim_end())?;
    }
    let more = left.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        let text = messages.text("screen.fill-more", &[("count", &messages.count(more))]);
        writeln!(context.out, "  {text}")?;
    }
    let needs = cells.iter().any(|c| matches!(c.outcome, Outcome::Untold(_)));
    Ok(if needs { Status::NeedsAPerson } else { Status::Done })
}
