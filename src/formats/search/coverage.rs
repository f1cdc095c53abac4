//! The coverage of a search in words. Complete coverage must read differently from large coverage.

use super::Asked;
use crate::{
    kernel::{Kind, count_of, noun},
    search::{Coverage, InterleavingCoverage, Target, Unfit},
};

/// Returns a number with grouped digits: `184 302`.
#[must_use]
pub fn counted(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202F}');
        }
        text.push(digit);
    }
    text
}

/// Returns a number of things: `1 run`, `2 runs`.
fn of(number: u64, what: &str) -> String {
    format!("{} {}", counted(number), noun(number.try_into().unwrap_or(usize::MAX), what))
}

/// Returns the coverage for the target at this place, if it was not found.
#[must_use]
pub fn sentence(asked: &Asked, coverage: &Coverage, place: usize) -> String {
    let (target, budget) = (&asked.targets[place], &asked.budget);
    let nothing = match target {
        Target::Violation(property) => format!("No violation of {}", property.name),
        Target::Indicated(_) => format!("No run in which {target}"),
    };
    let orders = &coverage.orders[place];
    let inside = if asked.inside_model { " inside the protocol's model" } else { "" };
    if is_certain(orders) && all_are_orders(asked) {
        let states = of(orders.states, "state");
        let less = match (orders.reduced, target.kind()) {
            (false, _) => "",
            (true, Kind::Safety) => ", equivalent orders left out",
            (true, Kind::Liveness) => {
                ", equivalent orders left out; livelocks (cycles of states) were not searched for"
            }
        };
        return format!(
            "{nothing} within {budget}{inside}, whatever the order of events: all {states}{less}."
        );
    }
    let said = [Some(runs(asked, coverage)), orders_said(orders), random(asked, coverage)];
    let said: Vec<String> = said.into_iter().flatten().collect();
    format!("{nothing} was found within {budget}{inside}: {}.", said.join("; "))
}

/// True if all orders of events were searched and none violates the property.
const fn is_certain(orders: &InterleavingCoverage) -> bool {
    orders.complete && !orders.untimed
}

fn all_are_orders(asked: &Asked) -> bool {
    crate::search::interleavings_cover(&asked.budget)
}

fn runs(asked: &Asked, coverage: &Coverage) -> String {
    let Coverage { runs, distinct, complete, exhausted, .. } = *coverage;
    if exhausted && runs == 1 && asked.shard.of == 1 {
        return "1 run: no such fault can have an effect".to_owned();
    }
    let (runs, differ) = (of(runs, "run"), counted(distinct));
    let (every, here) = match (asked.shard.of, exhausted) {
        (1, true) => ("all ", " with faults at selected moments"),
        (_, true) => ("its part, ", ", with faults at selected moments"),
        _ => ("", " with faults at selected moments"),
    };
    let deep = match complete {
        Some(0) if !exhausted => ", among them all without faults".to_owned(),
        Some(most) if !exhausted => {
            format!(", among them all with up to {}", of(most.into(), "fault"))
        }
        _ => String::new(),
    };
    format!("{every}{runs}{here}{deep} ({differ} differ)")
}

fn orders_said(orders: &InterleavingCoverage) -> Option<String> {
    let InterleavingCoverage { unfit, states, depth, complete, reduced, walks, untimed } =
        orders.clone();
    if let Some(unfit) = unfit {
        return Some(format!("the orders of events were not searched, {}", because(unfit)));
    }
    let less = if reduced { " (equivalent orders left out)" } else { "" };
    let mut said = Vec::new();
    if complete {
        let states = of(states, "state");
        said.push(format!("every order of events with the crashes, recoveries, drops and duplicates among these: all {states}{less}"));
    } else if states > 0 {
        let states = of(states, "state");
        let depth = count_of(depth as usize, "step");
        said.push(format!("{states} of the orders of events{less}, down to {depth}"));
    }
    if walks > 0 {
        said.push(format!("{} by priorities", of(walks, "random order")));
    }
    if untimed {
        said.push("an order of events violates it, but none was found that its timers and the allowed faults permit".to_owned());
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn random(asked: &Asked, coverage: &Coverage) -> Option<String> {
    let runs = of(coverage.random, "run");
    let seed = asked.seed;
    (coverage.random > 0).then(|| format!("{runs} with random faults (seed {seed})"))
}

/// Returns the reason why the orders of events could not be searched.
const fn because(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Request => "since a request cannot be read",
        Unfit::Faults => "since the scenario has faults of its own",
        Unfit::Randomness => "since its network loses, duplicates or damages messages by chance",
        Unfit::Time => "since the property depends on times or on causality",
        Unfit::Clock => "since the protocol reads its clock",
        Unfit::Endless => "since a node sends to itself without end",
        Unfit::Members => "since the nodes bound to deliver depend on when members join",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups_of_three() {
        assert_eq!(counted(7), "7");
        assert_eq!(counted(184_302), "184\u{202F}302");
        assert_eq!(counted(1_000_000), "1\u{202F}000\u{202F}000");
    }
}
