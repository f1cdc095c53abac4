//! Deadlock at the end of a quiescent run: a circle of arrows from each waiting node to the next.

use super::{Layout, Point};
use crate::{
    analysis::deadlock,
    kernel::{NodeId, Scenario, Trace},
};

/// Distance of the arrows from the lines' ends, and the increase for each line they pass.
const ASIDE: (f64, f64) = (8.0, 9.0);

/// A node that waits for another, as an arrow bent around the lines between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// Node that waits.
    pub node: NodeId,
    /// Node that it waits for.
    pub for_whom: NodeId,
    /// Start of the arrow.
    pub from: Point,
    /// Control point of its bend.
    pub towards: Point,
    /// End of the arrow.
    pub to: Point,
}

/// Returns each node of the circle with the node that it waits for.
fn pairs(trace: &Trace) -> impl Iterator<Item = (NodeId, NodeId)> + use<> {
    let circle = deadlock(trace);
    let next = circle.clone().into_iter().cycle().skip(1);
    circle.into_iter().zip(next)
}

/// Describes the circle, if there is one: `P1 → P2 → P1 wait for each other`.
#[must_use]
pub fn deadlock_sentence(scenario: &Scenario, trace: &Trace) -> Option<String> {
    let circle = deadlock(trace);
    let first = circle.first()?;
    let names: Vec<_> = circle.iter().chain([first]).map(|&node| scenario.name(node)).collect();
    Some(format!("Deadlock: {} wait for each other", names.join(" → ")))
}

pub(super) fn circle(trace: &Trace, layout: &Layout) -> Vec<Waiting> {
    let end = layout.along_time(layout.end() as f64);
    let waiting = |(node, for_whom): (NodeId, NodeId)| {
        let (one, other) = (layout.across(node), layout.across(for_whom));
        let lines = ((one - other).abs() / layout.gap()).round();
        // The two directions are on different sides: two nodes that wait for each other have two arrows.
        let side = if node < for_whom { 1.0 } else { -1.0 };
        let along = end + side * ASIDE.0;
        let bent = along + side * (ASIDE.0 + lines * ASIDE.1);
        Waiting {
            node,
            for_whom,
            from: layout.point(along, one),
            towards: layout.point(bent, f64::midpoint(one, other)),
            to: layout.point(along, other),
        }
    };
    pairs(trace).map(waiting).collect()
}
