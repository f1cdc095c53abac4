//! Deliveries of *stable* messages: those that every member delivers (note 004).

use crate::{
    abstractions::membership::GroupIndication,
    kernel::{
        Carried, EventId, EventKind, NodeId, NodeSet, Protocol, Scenario, Trace, sort, sort_by_key,
    },
};

/// One node's delivery of a message.
struct Delivery {
    message: Carried,
    event: EventId,
    node: NodeId,
    /// Nodes that must deliver it to make it stable: the members of the view in which it is delivered; without views,
    /// all nodes except routers.
    members: NodeSet,
}

/// Returns the deliveries of stable messages, by event, each with the delivery that makes the message stable.
pub(super) fn stable(
    protocol: &Protocol,
    scenario: &Scenario,
    trace: &Trace,
) -> Vec<(EventId, EventId)> {
    let size = scenario.nodes.len();
    let hosts = NodeSet::first(size).without(scenario.network.topology.routers());
    let mut members = vec![hosts; size];
    let mut deliveries = Vec::new();
    for (event, it) in trace.events.iter().enumerate() {
        let EventKind::Indicate { packet, .. } = &it.kind else { continue };
        if let Some(GroupIndication::View { members: of_view, .. }) = packet.get() {
            members[it.node.index()] = *of_view;
        }
        if let Some(message) = (protocol.behaviour.delivers)(packet) {
            let (node, members) = (it.node, members[it.node.index()]);
            deliveries.push(Delivery { message, event, node, members });
        }
    }
    sort_by_key(&mut deliveries, |delivery| (delivery.message, delivery.event));
    let mut stable = Vec::new();
    for of_message in deliveries.chunk_by(|one, other| one.message == other.message) {
        for delivery in of_message.iter().filter(|delivery| delivery.members.len() > 1) {
            let mut missing = delivery.members;
            let last = of_message.iter().find(|other| {
                missing.remove(other.node);
                missing.is_empty()
            });
            stable.extend(last.map(|last| (delivery.event, last.event)));
        }
    }
    sort(&mut stable);
    stable
}
