//! Deliveries of *stable* messages: those that every member delivers (note 004).

use std::collections::BTreeMap;

use crate::{
    abstractions::membership::GroupIndication,
    kernel::{Carried, Event, EventId, EventKind, NodeId, NodeSet, Protocol, Scenario},
};

/// One node's delivery of a message.
#[derive(Clone, Copy, Debug)]
struct Delivery {
    event: EventId,
    node: NodeId,
    /// Nodes that must deliver it to make it stable: the members of the view in which it is delivered; without views,
    /// all nodes except routers.
    members: NodeSet,
}

/// Deliveries of the events seen so far.
#[derive(Debug)]
pub(super) struct Stability {
    /// By node: the members of its view.
    members: Vec<NodeSet>,
    deliveries: Vec<Delivery>,
    /// By message: its deliveries, by their places in the list.
    messages: BTreeMap<Carried, Vec<u32>>,
}

impl Stability {
    /// Before the first event.
    pub(super) fn new(scenario: &Scenario) -> Self {
        let size = scenario.nodes.len();
        let hosts = NodeSet::first(size).without(scenario.network.topology.routers());
        let members = vec![hosts; size];
        Self { members, deliveries: Vec::new(), messages: BTreeMap::new() }
    }

    /// Looks at the next event.
    pub(super) fn see(&mut self, protocol: &Protocol, event: EventId, it: &Event) {
        let EventKind::Indicate { packet, .. } = &it.kind else { return };
        if let Some(GroupIndication::View { members: of_view, .. }) = packet.get() {
            self.members[it.node.index()] = *of_view;
        }
        if let Some(message) = (protocol.behaviour.delivers)(packet) {
            let (node, members) = (it.node, self.members[it.node.index()]);
            self.messages.entry(message).or_default().push(self.deliveries.len() as u32);
            self.deliveries.push(Delivery { event, node, members });
        }
    }

    /// Returns the deliveries of stable messages, by event, each with the delivery that makes the message stable.
    pub(super) fn finish(self) -> Vec<(EventId, EventId)> {
        let Self { deliveries, messages, .. } = self;
        // By delivery: the one that makes its message stable.
        let mut last: Vec<Option<EventId>> = vec![None; deliveries.len()];
        for places in messages.values() {
            let delivery = |place: &u32| &deliveries[*place as usize];
            let mut known: Option<(NodeSet, Option<EventId>)> = None;
            for place in places.iter().filter(|place| delivery(place).members.len() > 1) {
                let members = delivery(place).members;
                let complete = match known {
                    Some((same, complete)) if same == members => complete,
                    _ => {
                        let mut missing = members;
                        let complete = places.iter().map(delivery).find(|other| {
                            missing.remove(other.node);
                            missing.is_empty()
                        });
                        complete.map(|it| it.event)
                    }
                };
                known = Some((members, complete));
                last[*place as usize] = complete;
            }
        }
        let each = deliveries.iter().zip(last);
        each.filter_map(|(delivery, last)| Some((delivery.event, last?))).collect()
    }
}
