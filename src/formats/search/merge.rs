//! Merges the parts of a search.

use super::{Asked, Found, Results, write_asked};
use crate::{
    formats::{Problem, problem::shortened},
    search::{Coverage, InterleavingCoverage, Shard, size},
};

/// Merges the results of all parts of one search into the results of the whole search.
///
/// # Errors
/// If they are parts of different searches, or one is missing or there twice. The problem's path is the
/// number of the result that is wrong, from 0, in brackets.
pub fn merge(parts: Vec<Results>) -> Result<Results, Problem> {
    let Some(first) = parts.first() else {
        return Err(Problem::new("", "no results", "the results of all parts of a search"));
    };
    let asked = Asked { shard: Shard::WHOLE, ..first.asked.clone() };
    let of = first.asked.shard.of;
    let mut seen = vec![false; of as usize];
    for (place, part) in parts.iter().enumerate() {
        let path = format!("[{place}]");
        let whole = Asked { shard: Shard::WHOLE, ..part.asked.clone() };
        if write_asked(&whole) != write_asked(&asked) || part.asked.shard.of != of {
            let found = shortened(&write_asked(&part.asked).to_string());
            return Err(Problem::new(path, found, "a part of the same search as the first"));
        }
        let number = part.asked.shard.number;
        if std::mem::replace(&mut seen[number as usize - 1], true) {
            return Err(Problem::new(path, format!("part {number}/{of} again"), "each part once"));
        }
    }
    if let Some(missing) = seen.iter().position(|seen| !seen) {
        let found = format!("{} of {of} parts", parts.len());
        return Err(Problem::new("", found, format!("all of them: part {} too", missing + 1)));
    }
    let findings = asked.targets.iter().filter_map(|target| {
        let all = parts.iter().flat_map(|part| &part.findings);
        // Of equally small ones the first, in the order of parts, so that machines do not matter.
        all.filter(|found| found.target == *target)
            .min_by_key(|found| size(&found.scenario))
            .cloned()
    });
    let findings: Vec<Found> = findings.collect();
    let coverage = parts.iter().map(|part| &part.coverage).cloned().reduce(join);
    let coverage = coverage.expect("there is a first");
    Ok(Results { asked, findings, coverage })
}

fn join(one: Coverage, other: Coverage) -> Coverage {
    let orders = one.orders.into_iter().zip(other.orders);
    Coverage {
        runs: one.runs + other.runs,
        distinct: one.distinct + other.distinct,
        complete: one.complete.min(other.complete),
        exhausted: one.exhausted && other.exhausted,
        random: one.random + other.random,
        orders: orders.map(|(one, other)| join_orders(one, other)).collect(),
    }
}

/// One part searched the orders of events, which are not divided: its coverage is taken.
fn join_orders(one: InterleavingCoverage, other: InterleavingCoverage) -> InterleavingCoverage {
    InterleavingCoverage {
        unfit: one.unfit.or(other.unfit),
        states: one.states + other.states,
        depth: one.depth.max(other.depth),
        complete: one.complete || other.complete,
        reduced: one.reduced || other.reduced,
        walks: one.walks + other.walks,
        untimed: one.untimed || other.untimed,
    }
}
