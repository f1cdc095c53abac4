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

/// Messages that wait after the events seen so far.
#[derive(Debug, Default)]
pub(super) struct Holding {
    /// First receipt by node and application message, until the delivery.
    waiting: BTreeMap<(NodeId, Carried), EventId>,
    done: BTreeSet<(NodeId, Carried)>,
    waits: Vec<Wait>,
    /// The message that the present handler answers: if it is delivered at once, it has not waited.
    answered: Option<EventId>,
}

impl Holding {
    /// Looks at the next event. No message waits at a router, which only forwards.
    pub(super) fn see(
        &mut self,
        (protocol, scenario, trace): (&Protocol, &Scenario, &Trace),
        id: EventId,
    ) {
        let event = &trace.events[id];
        let node = event.node;
        match &event.kind {
            EventKind::Receive(_) if scenario.network.topology.routers().contains(node) => {}
            EventKind::Receive(message) => {
                self.answered = Some(id);
                let message = &trace.messages[*message];
                let carried = (protocol.behaviour.carries)(message.name.from, &message.packet);
                let Some(key) = carried.map(|carried| (node, carried)) else { return };
                if !self.done.contains(&key) {
                    self.waiting.entry(key).or_insert(id);
                }
            }
            EventKind::Indicate { packet, .. } => {
                let Some(carried) = (protocol.behaviour.delivers)(packet) else { return };
                self.done.insert((node, carried));
                let received = self.waiting.remove(&(node, carried));
                let answered = self.answered;
                if let Some(received) = received.filter(|&received| Some(received) != answered) {
                    self.waits.push(Wait { node, received, delivered: Some(id) });
                }
            }
            EventKind::Crash => self.waiting.retain(|(other, _), _| *other != node),
            EventKind::Send(_) => {}
            _ => self.answered = Some(id),
        }
    }

    /// Returns the messages that wait, in the order of the ends of their waits; those that wait for ever are last.
    pub(super) fn finish(self) -> Vec<Wait> {
        let Self { waiting, mut waits, .. } = self;
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
}

/// Returns the messages that wait in a run: see `Holding::finish`.
#[must_use]
pub fn waits(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> Vec<Wait> {
    let mut holding = Holding::default();
    (0..trace.events.len()).for_each(|event| holding.see((protocol, scenario, trace), event));
    holding.finish()
}
