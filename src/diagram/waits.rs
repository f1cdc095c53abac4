//! Which messages wait between receipt and delivery.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Carried, EventId, EventKind, NodeId, Protocol, Scenario, Trace};

/// A message that a node has, but does not deliver at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Where it waits.
    pub node: NodeId,
    /// Its first receipt.
    pub received: EventId,
    /// Its delivery; none if it is still waiting when the run ends.
    pub delivered: Option<EventId>,
}

/// The messages that wait, by the end of their wait; those that wait for ever last. At a router none does: it
/// only passes them on.
#[must_use]
pub fn waits(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Vec<Wait> {
    let routers = scenario.network.topology.routers();
    // Node and application message with its first receipt, until it is delivered.
    let mut waiting: BTreeMap<(NodeId, Carried), EventId> = BTreeMap::new();
    let mut done: BTreeSet<(NodeId, Carried)> = BTreeSet::new();
    let mut waits = Vec::new();
    // What the handler answers whose effects come now: what it delivers at once has not waited.
    let mut answered = None;
    for (id, event) in trace.events.iter().enumerate() {
        let node = event.node;
        match &event.kind {
            EventKind::Receive(_) if routers.contains(node) => {}
            EventKind::Receive(message) => {
                answered = Some(id);
                let message = &trace.messages[*message];
                let carried = (protocol.behaviour.carries)(message.name.from, &message.packet);
                let Some(key) = carried.map(|carried| (node, carried)) else { continue };
                if !done.contains(&key) {
                    waiting.entry(key).or_insert(id);
                }
            }
            EventKind::Indicate { packet, .. } => {
                let Some(carried) = (protocol.behaviour.delivers)(packet) else { continue };
                done.insert((node, carried));
                let received = waiting.remove(&(node, carried));
                if let Some(received) = received.filter(|&received| Some(received) != answered) {
                    waits.push(Wait { node, received, delivered: Some(id) });
                }
            }
            EventKind::Crash => waiting.retain(|(other, _), _| *other != node),
            EventKind::Send(_) => {}
            _ => answered = Some(id),
        }
    }
    let mut for_ever: Vec<_> =
        waiting.into_iter().map(|((node, _), received)| (received, node)).collect();
    for_ever.sort_unstable();
    waits.extend(for_ever.into_iter().map(|(received, node)| Wait {
        node,
        received,
        delivered: None,
    }));
    waits
}
