//! Who waits for whom when a run comes to rest in a deadlock: a circle of arrows at its end.

use super::{Layout, Point};
use crate::{
    analysis::deadlock,
    kernel::{NodeId, Scenario, Trace},
};

/// How far to the side of the lines' ends the arrows begin, and how much farther for each line they pass.
const ASIDE: (f64, f64) = (8.0, 9.0);

/// One that waits for the next, as an arrow bent around the lines between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// Who waits.
    pub node: NodeId,
    /// For whom.
    pub for_whom: NodeId,
    /// Where the arrow starts.
    pub from: Point,
    /// What it bends towards.
    pub towards: Point,
    /// Where it ends.
    pub to: Point,
}

/// Who waits for whom: each node of the circle and the next.
fn pairs(trace: &Trace) -> impl Iterator<Item = (NodeId, NodeId)> + use<> {
    let circle = deadlock(trace);
    let next = circle.clone().into_iter().cycle().skip(1);
    circle.into_iter().zip(next)
}

/// The circle in a sentence, if there is one: `P1 → P2 → P1 wait for each other`.
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
        // There and back on different sides: two that wait for each other are two arrows.
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
