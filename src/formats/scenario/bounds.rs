//! Ranges of numbers in a scenario, and checks of them.

use std::ops::RangeInclusive;

use crate::{
    formats::{json::MAX_WHOLE, problem::Problem},
    kernel::{Fault, MAX_BIT, MAX_RATE, MAX_TIME, NodeId, PerMillion, Time},
};

/// Range of moments and spans, in virtual ms.
pub(in crate::formats::scenario) const TIMES: RangeInclusive<Time> = 0..=MAX_TIME;
/// Range of the end of a run.
pub(in crate::formats::scenario) const ENDS: RangeInclusive<Time> = 1..=MAX_TIME;
/// Range of the beginning of a span that has to end.
pub(in crate::formats::scenario) const BEGINNINGS: RangeInclusive<Time> = 0..=MAX_TIME - 1;
/// Range of seeds.
pub(in crate::formats::scenario) const SEEDS: RangeInclusive<u64> = 0..=MAX_WHOLE;
/// Range of a link's rate.
pub(in crate::formats::scenario) const RATES: RangeInclusive<u32> = 1..=MAX_RATE;
/// Range of the length of a link's queue.
pub(in crate::formats::scenario) const QUEUES: RangeInclusive<u32> = 0..=MAX_RATE;
/// Range of bits of a message.
pub(in crate::formats::scenario) const BITS: RangeInclusive<u32> = 0..=MAX_BIT;
/// Range of probabilities.
pub(in crate::formats::scenario) const ODDS: RangeInclusive<PerMillion> =
    PerMillion(0)..=PerMillion::ONE;
/// Range of the rates of clocks.
pub(in crate::formats::scenario) const CLOCK_RATES: RangeInclusive<PerMillion> =
    Fault::MIN_RATE..=Fault::MAX_RATE;

/// Expectation of a node that differs from the other end.
pub(in crate::formats::scenario) const ANOTHER_NODE: &str =
    "another node: a node sends itself nothing over the network";

/// Problem at a path; the value there is found later.
pub(in crate::formats::scenario) fn broken(
    path: impl Into<String>,
    expected: impl Into<String>,
) -> Problem {
    Problem::new(path, "", expected)
}

/// Checks that a number is in its range.
pub(in crate::formats::scenario) fn whole(
    path: impl FnOnce() -> String,
    value: u64,
    range: RangeInclusive<u64>,
) -> Result<(), Problem> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(broken(path(), format!("a whole number from {} to {}", range.start(), range.end())))
}

/// Checks that a count is in its range.
pub(in crate::formats::scenario) fn count(
    path: impl FnOnce() -> String,
    value: u32,
    range: RangeInclusive<u32>,
) -> Result<(), Problem> {
    whole(path, value.into(), u64::from(*range.start())..=u64::from(*range.end()))
}

/// Checks that a decimal number is in its range.
pub(in crate::formats::scenario) fn rate(
    path: impl FnOnce() -> String,
    value: PerMillion,
    range: &RangeInclusive<PerMillion>,
) -> Result<(), Problem> {
    if range.contains(&value) {
        return Ok(());
    }
    let (least, most) = (range.start(), range.end());
    let expected = format!("a number from {least} to {most} with at most six decimals");
    Err(broken(path(), expected))
}

/// Checks that a list is not too long.
pub(in crate::formats::scenario) fn at_most(
    path: &str,
    length: usize,
    most: usize,
) -> Result<(), Problem> {
    if length <= most {
        return Ok(());
    }
    Err(Problem::new(path, format!("{length} of them"), format!("at most {most}")))
}

/// Checks that the ends of a link differ.
pub(in crate::formats::scenario) fn different(
    ends: (NodeId, NodeId),
    path: impl FnOnce() -> String,
) -> Result<(), Problem> {
    if ends.0 == ends.1 { Err(broken(path(), ANOTHER_NODE)) } else { Ok(()) }
}

/// Range of the end of a span that begins at this time: it lasts for at least one moment.
pub(in crate::formats::scenario) fn ends_after(at: Time) -> RangeInclusive<Time> {
    at + 1..=MAX_TIME
}

/// Checks that a span lasts for at least one moment.
pub(in crate::formats::scenario) fn span(path: &str, at: Time, until: Time) -> Result<(), Problem> {
    whole(|| format!("{path}.at"), at, BEGINNINGS)?;
    whole(|| format!("{path}.until"), until, ends_after(at))
}
