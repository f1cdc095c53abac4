//! What the operations of a protocol cost: counted, and by the formula (docs/command-line.md).

use std::{fmt::Write as _, ops::RangeInclusive};

use super::problem::quoted;
use crate::kernel::{self, Cost, Delay, MAX_NODES, Protocol, Scenario};

/// How long the operation may take, in virtual ms.
const HORIZON: u64 = 10_000;
/// How long a message takes, in virtual ms.
const DELAY: u64 = 10;

/// What one operation costs in a group of one size, in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The size.
    pub nodes: usize,
    /// How many messages were sent. A transmission on a shared medium counts once.
    pub counted: usize,
    /// What the formula comes to.
    pub formula: usize,
    /// What its letters stand for, in their order.
    pub terms: Vec<(&'static str, usize)>,
}

/// The scenario in which an operation is performed once in a group of so many, and nothing fails.
#[must_use]
pub fn scenario(protocol: &Protocol, cost: &Cost, nodes: usize) -> Scenario {
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(nodes));
    scenario.network.delay = Delay { min: DELAY, max: DELAY };
    scenario.until = HORIZON;
    (cost.perform)(&mut scenario);
    scenario
}

/// Performs an operation in a group of so many, counts, and works out the formula.
///
/// # Errors
/// Where the protocol's own `perform` asks for what the protocol cannot read; a test tries them all.
pub fn measure(protocol: &Protocol, cost: &Cost, nodes: usize) -> Result<Row, String> {
    let scenario = scenario(protocol, cost, nodes);
    let trace = kernel::run(protocol, &scenario).map_err(|(_, expected)| expected)?;
    let terms: Vec<_> = cost.terms.iter().map(|term| (term.letter, (term.value)(nodes))).collect();
    Ok(Row { nodes, counted: trace.sends(), formula: (cost.value)(nodes), terms })
}

/// A table for every operation of a protocol: size of the group, messages counted, messages by the formula.
///
/// # Errors
/// If there is no formula for this protocol, or no group of these sizes has one.
pub fn to_text(protocol: &Protocol, sizes: RangeInclusive<usize>) -> Result<String, String> {
    let id = protocol.id;
    if protocol.costs.is_empty() {
        return Err(format!("{id}: there is no formula for what it costs"));
    }
    let mut text = String::new();
    for cost in protocol.costs {
        let least = cost.least.max(*sizes.start());
        if least > *sizes.end() {
            return Err(format!(
                "{id}: {} needs a group of {} nodes at least, found at most {}",
                cost.operation,
                cost.least,
                sizes.end()
            ));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{id}: {} costs {} messages", cost.operation, cost.formula());
        for term in cost.terms {
            let _ = writeln!(text, "  {} = {}", term.letter, term.meaning);
        }
        let letters: String = cost.terms.iter().map(|term| format!("{:>6}", term.letter)).collect();
        let _ = writeln!(text, "{:>6}{letters}{:>10}{:>10}", "n", "counted", "formula");
        for nodes in least..=*sizes.end() {
            let row = measure(protocol, cost, nodes)?;
            let terms: String = row.terms.iter().map(|(_, value)| format!("{value:>6}")).collect();
            let differs = if row.counted == row.formula { "" } else { "  differs" };
            let _ =
                writeln!(text, "{nodes:>6}{terms}{:>10}{:>10}{differs}", row.counted, row.formula);
        }
    }
    Ok(text)
}

/// Reads the sizes of groups: `3..16`, both included, or one number.
///
/// # Errors
/// What was expected instead.
pub fn sizes(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let number = |text: &str| text.parse::<usize>().ok();
    let range = number(first).zip(number(last.trim_start_matches('=')));
    range
        .filter(|(first, last)| (1..=*last).contains(first) && *last <= MAX_NODES)
        .map(|(first, last)| first..=last)
        .ok_or_else(|| {
            let found = quoted(text);
            format!("found {found}, expected two numbers from 1 to {MAX_NODES} like 3..16")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_a_range_or_one_number() {
        assert_eq!(sizes("3..16"), Ok(3..=16));
        assert_eq!(sizes("3..=16"), Ok(3..=16));
        assert_eq!(sizes("7"), Ok(7..=7));
        for text in ["", "..", "5..3", "0..3", "3..129", "three", "3..x"] {
            assert!(sizes(text).is_err_and(|why| why.contains(text)), "{text}");
        }
    }
}
