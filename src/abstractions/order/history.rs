//! Deliveries of a run, as monitors observe them.

use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Numbering, PerBroadcast},
        clock::VectorClock,
    },
    kernel::{EventId, NodeId, Observation},
};

/// All broadcasts, and the number of them that each node has delivered without a gap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct History {
    pub(super) numbering: Numbering,
    requests: PerBroadcast<(EventId, Value)>,
    /// By node: for each broadcaster, the number of its messages delivered, from the first on.
    pub(super) delivered: Vec<VectorClock>,
}

impl History {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            numbering: Numbering::new(nodes),
            requests: PerBroadcast::new(nodes),
            delivered: vec![VectorClock::new(nodes); nodes],
        }
    }

    pub(super) fn broadcast(&mut self, seen: &Observation, payload: &Value) -> BroadcastId {
        let id = self.numbering.next(seen.node, payload);
        self.requests.get_or_insert_with(id, || (seen.id, payload.clone()));
        id
    }

    /// Records a delivery, unless it leaves a gap.
    pub(super) fn deliver(&mut self, node: NodeId, id: BroadcastId) {
        let delivered = &mut self.delivered[node.index()][id.from];
        if *delivered + 1 == id.seq {
            *delivered = id.seq;
        }
    }

    /// Returns the first message of `from` that `node` has not delivered.
    pub(super) fn next(&self, node: NodeId, from: NodeId) -> BroadcastId {
        BroadcastId { from, seq: self.delivered[node.index()][from] + 1 }
    }

    /// Returns the event and the payload of a broadcast.
    pub(super) fn request(&self, id: BroadcastId) -> &(EventId, Value) {
        self.requests.get(id).expect("it is asked for a recorded broadcast")
    }
}
