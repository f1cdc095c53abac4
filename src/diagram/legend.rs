//! Signs on screen, for the legend.

use super::{Features, MarkShape, Oddity, measures};
use crate::{
    analysis::deadlock,
    kernel::{Drawn, Fault, NodeId, NodeSet, Protocol, Scenario, Trace, sort},
};

/// Largest number of nodes for which each curve has a sign of its own.
const CURVES: usize = 16;

/// A kind of element in the picture of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// A mark of this shape.
    Mark(MarkShape),
    /// A delivery of a message that every member delivers.
    Stable,
    /// The wait of a message.
    HeldBack,
    /// A stay in the critical section.
    Section,
    /// Two nodes in the critical section at once.
    Clash,
    /// A number behind the lines, by the place of its metric.
    Band(usize),
    /// A node's curves.
    Curve(NodeId),
    /// A recorded global state.
    Cut,
    /// The states to which nodes roll back.
    RecoveryLine,
    /// Work that is undone.
    Undone,
    /// A lost message.
    Lost,
    /// A message with an oddity.
    Odd(Oddity),
    /// A wall between lines.
    Wall,
    /// The line of a node that is down.
    Down,
    /// The line of a router.
    Router,
    /// The line of a traitor.
    Traitor,
    /// A deadlock: a circle of nodes that wait for each other.
    Deadlock,
    /// A band for many messages between two nodes.
    Sheaf,
}

/// Returns the signs that occur in the picture of a run, in a fixed order.
#[must_use]
pub fn signs(
    features: &Features,
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
) -> Vec<Sign> {
    let shapes = MarkShape::ALL.into_iter().filter(|shape| features.shapes.contains(*shape));
    let mut signs: Vec<_> =
        shapes.map(Sign::Mark).chain(features.oddities.iter().copied().map(Sign::Odd)).collect();
    let mut add = |there: bool, sign: Sign| {
        if there {
            signs.push(sign);
        }
    };
    add(!features.stable.is_empty(), Sign::Stable);
    add(!features.waits.is_empty(), Sign::HeldBack);
    add(!features.stays.is_empty(), Sign::Section);
    add(!features.clashes.is_empty(), Sign::Clash);
    for metric in measures::measured(protocol, trace, Drawn::Band) {
        add(features.extremes[metric] != (0, 0), Sign::Band(metric));
    }
    if measures::strips(protocol, trace) > 0.0 {
        let nodes = features.samples.iter().enumerate().filter(|(_, samples)| !samples.is_empty());
        let measured: NodeSet = nodes.map(|(node, _)| NodeId::new(node)).collect();
        // With more nodes, the curves share a few strokes.
        let few = measured.into_iter().filter(|_| measured.len() <= CURVES);
        few.for_each(|node| add(true, Sign::Curve(node)));
    }
    add(!features.cuts.is_empty(), Sign::Cut);
    let undone = !features.recoveries.is_empty();
    add(undone, Sign::RecoveryLine);
    add(undone, Sign::Undone);
    add(features.loses, Sign::Lost);
    let is_wall = |fault: &Fault| matches!(fault, Fault::Partition { .. } | Fault::Cut { .. });
    add(scenario.faults.iter().any(is_wall), Sign::Wall);
    add(features.shapes.contains(MarkShape::Crash), Sign::Down);
    add(!scenario.network.topology.routers().is_empty(), Sign::Router);
    add(!features.traitors.is_empty(), Sign::Traitor);
    add(!deadlock(trace).is_empty(), Sign::Deadlock);
    add(features.is_crowded(), Sign::Sheaf);
    sort(&mut signs);
    signs.dedup();
    signs
}
