//! Signs on screen, for the legend.

use super::{Features, MarkShape, Oddity, arrows, mark_shape, measures};
use crate::{
    analysis::deadlock,
    kernel::{Drawn, EventKind, Fate, Fault, NodeId, NodeSet, Protocol, Scenario, Trace, sort},
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
}

/// Returns the signs that occur in the picture of a run, in a fixed order.
#[must_use]
pub fn signs(
    features: &Features,
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
) -> Vec<Sign> {
    let mut signs: Vec<_> =
        trace.events.iter().filter_map(|it| mark_shape(&it.kind)).map(Sign::Mark).collect();
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
        let some = |values: &[i64]| values.get(metric).is_some_and(|value| *value != 0);
        add(trace.samples.iter().any(|sample| some(&sample.values)), Sign::Band(metric));
    }
    if measures::strips(protocol, trace) > 0.0 {
        let measured: NodeSet = trace.samples.iter().map(|sample| sample.node).collect();
        // With more nodes, the curves share a few strokes.
        let few = measured.into_iter().filter(|_| measured.len() <= CURVES);
        few.for_each(|node| add(true, Sign::Curve(node)));
    }
    add(!features.cuts.is_empty(), Sign::Cut);
    let undone = !features.recoveries.is_empty();
    add(undone, Sign::RecoveryLine);
    add(undone, Sign::Undone);
    for message in &trace.messages {
        let delayed = features.delayed.contains(&message.name);
        for (copy, fate) in message.fates().enumerate() {
            add(matches!(fate, Fate::Lost(..)), Sign::Lost);
            if let Some(oddity) = arrows::oddity(message, copy, delayed) {
                add(true, Sign::Odd(oddity));
            }
        }
    }
    let is_wall = |fault: &Fault| matches!(fault, Fault::Partition { .. } | Fault::Cut { .. });
    add(scenario.faults.iter().any(is_wall), Sign::Wall);
    add(trace.events.iter().any(|it| matches!(it.kind, EventKind::Crash)), Sign::Down);
    add(!scenario.network.topology.routers().is_empty(), Sign::Router);
    add(!features.traitors.is_empty(), Sign::Traitor);
    add(!deadlock(trace).is_empty(), Sign::Deadlock);
    sort(&mut signs);
    signs.dedup();
    signs
}
