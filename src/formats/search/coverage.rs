//! What a search covered, in words: everything of something is another thing than much of it.

use super::Asked;
use crate::{
    kernel::{Kind, count_of, noun},
    search::{Coverage, InterleavingCoverage, Target, Unfit},
};

/// A number as people read it: `184 302`.
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

/// So many of something: `1 run`, `2 runs`.
fn of(number: u64, what: &str) -> String {
    format!("{} {}", counted(number), noun(number.try_into().unwrap_or(usize::MAX), what))
}

/// What is known of the property at this place, where no violation of it was found.
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
            (true, Kind::Safety) => ", orders left out that come to the same",
            (true, Kind::Liveness) => {
                ", orders left out that come to the same; circles of states were not looked for"
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

/// Whether the orders of events were gone through, and none violates.
const fn is_certain(orders: &InterleavingCoverage) -> bool {
    orders.complete && !orders.untimed
}

fn all_are_orders(asked: &Asked) -> bool {
    crate::search::interleavings_cover(&asked.budget)
}

fn runs(asked: &Asked, coverage: &Coverage) -> String {
    let Coverage { runs, distinct, complete, exhausted, .. } = *coverage;
    if exhausted && runs == 1 && asked.shard.of == 1 {
        return "1 run, in which no such fault can strike".to_owned();
    }
    let (runs, differ) = (of(runs, "run"), counted(distinct));
    let (every, here) = match (asked.shard.of, exhausted) {
        (1, true) => ("all ", " with faults at the moments that are tried"),
        (_, true) => ("its part, ", ", with faults at the moments that are tried"),
        _ => ("", " with faults at the moments that are tried"),
    };
    let deep = match complete {
        Some(0) if !exhausted => ", all of them without any fault among these".to_owned(),
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
        return Some(format!("the orders of events were not gone through, {}", because(unfit)));
    }
    let less = if reduced { " (orders left out that come to the same)" } else { "" };
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
        said.push("an order of events that violates it is there, but none was seen that its timers, and the faults that may be, allow".to_owned());
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn random(asked: &Asked, coverage: &Coverage) -> Option<String> {
    let runs = of(coverage.random, "run");
    let seed = asked.seed;
    (coverage.random > 0).then(|| format!("{runs} with faults drawn by lot (seed {seed})"))
}

/// Why orders of events could not be gone through.
const fn because(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Request => "since a request cannot be read",
        Unfit::Faults => "since the scenario has faults of its own",
        Unfit::Randomness => "since its network loses, doubles or damages messages by luck",
        Unfit::Time => "since the property goes by times or by what happened before what",
        Unfit::Clock => "since the protocol reads its clock",
        Unfit::Endless => "since a node goes on sending to itself",
        Unfit::Members => "since who is bound to deliver depends on when members join",
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
