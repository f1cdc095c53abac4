//! Messages that wait between receipt and delivery.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Carried, EventId, EventKind, NodeId, Protocol, Scenario, Trace};

/// A message that a node has received but does not deliver at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Node at which it waits.
    pub node: NodeId,
    /// First receipt.
    pub received: EventId,
    /// Delivery; none if it still waits when the run ends.
    pub delivered: Option<EventId>,
}

/// Returns the messages that wait, in the order of the ends of their waits; those that wait for ever are last. No
/// message waits at a router, which only forwards.
#[must_use]
pub fn waits(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Vec<Wait> {
    let routers = scenario.network.topology.routers();
    // First receipt by node and application message, until the delivery.
    let mut waiting: BTreeMap<(NodeId, Carried), EventId> = BTreeMap::new();
    let mut done: BTreeSet<(NodeId, Carried)> = BTreeSet::new();
    let mut waits = Vec::new();
    // The message that the present handler answers: if it is delivered at once, it has not waited.
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
