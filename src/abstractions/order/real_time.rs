//! Real-time order.

use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Heard, Numbering, PerBroadcast},
        naming::{Mention, Sentence},
        watch::{Violation, Watch, safety},
    },
    kernel::{EventId, Kind, Needs, NodeId, NodeSet, Observation, Property, SortedMap, Time},
};

/// Real-time order.
///
/// Messages that are broadcast in the same millisecond have no order.
pub const REAL_TIME_ORDER: Property = Property {
    name: "real-time order",
    kind: Kind::Safety,
    statement: "If message m1 is broadcast at an earlier time than message m2, then no process \
                delivers m1 after it has delivered m2.",
    monitor: |setting| {
        safety(RealTimeOrder {
            numbering: Numbering::new(setting.nodes),
            requests: SortedMap::new(),
            latest: SortedMap::new(),
            delivered: PerBroadcast::new(setting.nodes),
        })
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct RealTimeOrder {
    numbering: Numbering,
    /// By message: time, event and payload of its broadcast.
    requests: SortedMap<BroadcastId, (Time, EventId, Value)>,
    /// By node: of the messages that it has delivered, the one that was broadcast last, with the time of that and
    /// the event of the delivery.
    latest: SortedMap<NodeId, (Time, EventId, BroadcastId)>,
    /// By message: the nodes that have delivered it.
    delivered: PerBroadcast<NodeSet>,
}

impl Watch for RealTimeOrder {
    const NEEDS: Needs = Needs::TIME;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let deliver = match Heard::of(seen)? {
            Heard::Deliver(deliver) => deliver,
            Heard::Broadcast(payload) => {
                let id = self.numbering.next(seen.node, payload);
                self.requests.insert(id, (seen.time, seen.id, payload.clone()));
                return None;
            }
        };
        let id = deliver.id();
        let (time, request, payload) = self.requests.get(&id)?;
        if !self.delivered.get_or_insert_with(id, NodeSet::default).insert(seen.node) {
            return None;
        }
        let latest = self.latest.entry(seen.node).or_insert((*time, seen.id, id));
        let (later, event, other) = *latest;
        if *time >= later {
            *latest = (*time, seen.id, id);
            return None;
        }
        let (_, later_request, later) = &self.requests[&other];
        let why = Sentence::new(format!("{} delivered ", seen.node))
            .message(other.mention(later))
            .words(" before ")
            .message(id.mention(payload))
            .words(", which is older");
        Some(Violation::new(why, [*request, *later_request, event, seen.id]))
    }

    fn go_on(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.numbering.mention(message)
    }
}
