//! Tables of the costs of a protocol's operations (docs/command-line.md).

use std::{fmt::Write as _, ops::RangeInclusive};

use super::problem::quoted;
use crate::{
    kernel::{MAX_NODES, Protocol},
    runs::cost::measure,
};

/// Returns a table for every operation of a protocol: size of the group, messages counted, messages by the
/// formula.
///
/// # Errors
/// If there is no formula for this protocol, or no group of these sizes has one.
pub fn to_text(protocol: &Protocol, sizes: RangeInclusive<usize>) -> Result<String, String> {
    let id = protocol.id;
    if protocol.costs.is_empty() {
        return Err(format!("{id}: its costs have no formula"));
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
/// Description of the valid sizes.
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
