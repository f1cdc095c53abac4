//! Members of a group, as monitors observe them.

use super::interface::{GroupIndication, GroupRequest};
use crate::{
    abstractions::{
        Value,
        broadcast::{Broadcast, BroadcastId, Deliver},
        detection::Notice,
    },
    kernel::{EventId, NodeId, NodeSet, Observation, Seen},
};

/// A view's identity: its number and its members.
pub(super) type ViewName = (u32, NodeSet);

/// An event that the monitors of groups observe.
pub(in crate::abstractions) enum Heard<'a> {
    View {
        id: u32,
        members: NodeSet,
    },
    Deliver(&'a Deliver<Value>),
    Notice(Notice),
    /// The node leaves, or its application forgets.
    Gone,
}

impl<'a> Heard<'a> {
    pub(in crate::abstractions) fn of(seen: &Observation<'a>) -> Option<Self> {
        let packet = match seen.what {
            Seen::Indication(packet) => packet,
            Seen::Crash => return Some(Self::Gone),
            _ => return None,
        };
        let plain = || packet.get().map(Self::Deliver);
        let notice = || packet.get().copied().map(Self::Notice);
        match packet.get() {
            Some(GroupIndication::View { id, members }) => {
                Some(Self::View { id: *id, members: *members })
            }
            Some(GroupIndication::Deliver(deliver)) => Some(Self::Deliver(deliver)),
            Some(GroupIndication::Notice(notice)) => Some(Self::Notice(*notice)),
            Some(GroupIndication::Left { .. }) => Some(Self::Gone),
            Some(
                GroupIndication::Respond { .. }
                | GroupIndication::Refuse { .. }
                | GroupIndication::Joined { .. },
            ) => None,
            None => plain().or_else(notice),
        }
    }
}

/// The nodes that a broadcast binds: all; or, once a node has been told that it has joined, the members.
///
/// A node is a member from the indication that it has joined until it asks to leave or crashes. It is not bound by
/// messages that were broadcast before it joined, or that it may have left before they came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::abstractions) struct Members {
    /// By node: the event since which it has been a member. None as long as no node has joined.
    since: Option<Vec<Option<EventId>>>,
    /// By node: the events in which it broadcast.
    broadcasts: Vec<Vec<EventId>>,
}

impl Members {
    pub(in crate::abstractions) fn new(nodes: usize) -> Self {
        Self { since: None, broadcasts: vec![Vec::new(); nodes] }
    }

    pub(in crate::abstractions) fn observe(&mut self, seen: &Observation) {
        let (node, nodes) = (seen.node.index(), self.broadcasts.len());
        let gone = match seen.what {
            Seen::Request(packet) => {
                let asked = packet.get();
                if matches!(asked, Some(GroupRequest::Broadcast(_)))
                    || packet.get::<Broadcast<Value>>().is_some()
                {
                    self.broadcasts[node].push(seen.id);
                }
                matches!(asked, Some(GroupRequest::Leave))
            }
            Seen::Indication(packet) => {
                if let Some(GroupIndication::Joined { .. }) = packet.get() {
                    let since = self.since.get_or_insert_with(|| vec![None; nodes]);
                    since[node].get_or_insert(seen.id);
                }
                false
            }
            Seen::Crash => true,
            _ => false,
        };
        if let Some(since) = self.since.as_mut().filter(|_| gone) {
            since[node] = None;
        }
    }

    /// Returns the nodes that a broadcast binds.
    pub(in crate::abstractions) fn bound_by(&self, id: BroadcastId) -> NodeSet {
        let nodes = NodeSet::first(self.broadcasts.len());
        let Some(since) = &self.since else { return nodes };
        let events = &self.broadcasts[id.from.index()];
        let asked = events.get((id.seq as usize).wrapping_sub(1));
        let bound = |node: &NodeId| since[node.index()].is_some_and(|it| Some(&it) < asked);
        nodes.into_iter().filter(bound).collect()
    }
}
