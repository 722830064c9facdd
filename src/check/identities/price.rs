//! A count times what one costs is the amount: `tặng 120 suất quà, mỗi suất 500.000 đồng, tổng 60 triệu đồng`.

use crate::check::relation::{Expr, Kind, Operator, Relation, Verdict};
use crate::check::values::{Value, Values};
use crate::observation::{Breakdown, Measure};

/// A count with the prices told of one of it.
struct Priced {
    count: usize,
    prices: Vec<usize>,
}

impl Priced {
    fn product(&self) -> Expr {
        let price = match self.prices.as_slice() {
            [one] => Expr::Value(*one),
            several => Expr::Sum(several.iter().map(|p| Expr::Value(*p)).collect()),
        };
        Expr::Value(self.count).times(price)
    }
}

pub(super) fn derive(values: &Values<'_>) -> Vec<Relation> {
    let mut priced: Vec<Priced> = Vec::new();
    for (at, value) in values.iter().filter(|(_, v)| v.observation.measure == Measure::PerUnit) {
        let Some(count) = value.about.filter(|c| values.is_count(*c)) else { continue };
        match priced.iter_mut().find(|p| p.count == count) {
            Some(known) => known.prices.push(at),
            None => priced.push(Priced { count, prices: vec![at] }),
        }
    }
    let mut relations = Vec::new();
    for (at, amount) in values.iter() {
        let is_amount = amount.observation.measure.is_result();
        let Some(count) = amount.about.filter(|_| is_amount) else { continue };
        let Some(own) = priced.iter().find(|p| p.count == count) else { continue };
        let counted = values.get(count).map(|c| &c.observation.breakdown);
        let same = own.prices.iter().filter_map(|p| values.get(*p)).all(|p| fits(p, amount, counted));
        if !same {
            continue;
        }
        let price = |right: Expr| Relation::new(Kind::Price, Expr::Value(at), Operator::Equal, right, at, count);
        let alone = price(own.product());
        // One amount may stand for all that the sentence told before: `35 × 700.000 + 735 × 500.000`.
        let together: Vec<&Priced> = priced
            .iter()
            .filter(|p| {
                values
                    .get(p.count)
                    .is_some_and(|c| c.place == amount.place && c.observation.start <= amount.observation.start)
            })
            .collect();
        let all = price(Expr::Sum(together.iter().map(|p| p.product()).collect()));
        let chosen = if together.len() > 1 && all.verdict(values) == Some(Verdict::Holds) { all } else { alone };
        relations.push(chosen);
    }
    relations
}

/// Whether an amount is told of the same thing as a price: what the amount is split by beyond it, the price is too, and
/// what the price is of a part of, «riêng quà của tỉnh mỗi suất 500.000 đồng», the amount or its count are.
fn fits(price: &Value<'_>, amount: &Value<'_>, counted: Option<&Breakdown>) -> bool {
    let (p, a) = (price.observation, amount.observation);
    let told = |b: &Breakdown| b.get("form").map(str::to_owned);
    let of_a_part = p.breakdown.pairs().any(|(dimension, category)| {
        let is = |b: &Breakdown| b.get(dimension) == Some(category);
        !is(&a.breakdown) && !counted.is_some_and(is)
    });
    let form = told(&a.breakdown).is_none() || told(&a.breakdown) == told(&p.breakdown);
    p.indicator == a.indicator && form && !of_a_part
}
