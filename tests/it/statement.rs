//! What a row of gold or an observation states, in one form for comparing.

use rust_decimal::Decimal;
use tonghop::observation::Observation;
use tonghop::period::Period;

/// Province, period, indicator, breakdown, measure and value. In a period that begins in January the cumulative value is
/// the period's own.
pub(crate) type Statement = (String, String, String, String, String, Decimal);

/// `reading` is indicator, breakdown and measure.
fn statement(province: &str, period: &str, reading: (&str, &str, &str), value: Decimal) -> Statement {
    let (indicator, breakdown, measure) = reading;
    let from_january = period.parse::<Period>().is_ok_and(Period::starts_in_january);
    let measure = if measure == "cumulative" && from_january { "actual" } else { measure };
    let text = str::to_owned;
    (text(province), text(period), text(indicator), text(breakdown), text(measure), value.normalize())
}

/// What an observation states.
pub(crate) fn stated_by(o: &Observation) -> Statement {
    let period = o.period.map(|p| p.to_string()).unwrap_or_default();
    let (breakdown, measure) = (o.breakdown.to_string(), o.measure.to_string());
    statement(&o.province, &period, (&o.indicator, &breakdown, &measure), o.value)
}

/// The first reading of a row of gold, then those that are right too: `indicator[breakdown] measure period`, parted by `||`.
pub(crate) fn readings(
    province: &str,
    period: &str,
    first: (&str, &str, &str),
    value: Decimal,
    others: &str,
) -> Vec<Statement> {
    let mut readings = vec![statement(province, period, first, value)];
    for other in others.split("||").map(str::trim).filter(|a| !a.is_empty()) {
        let parts: Vec<&str> = other.split(' ').collect();
        let (indicator, breakdown) = parts[0].trim_end_matches(']').split_once('[').unwrap();
        let period = parts.get(2).copied().unwrap_or(period);
        readings.push(statement(province, period, (indicator, breakdown, parts[1]), value));
    }
    readings
}
