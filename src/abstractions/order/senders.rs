//! Orders that senders create: FIFO order and causal order.

use super::history::History;
use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, First, Heard, PerBroadcast, verdict_of},
        clock::VectorClock,
        naming::Sentence,
        watch::Violation,
    },
    kernel::{Kind, Monitor, Observation, Property, Verdict},
};

/// FIFO order.
///
/// The book states it for correct processes only. Stated for all, as causal order is, it is strictly a safety
/// property: no later crash repairs a violation.
pub const FIFO_ORDER: Property = Property {
    name: "FIFO order",
    kind: Kind::Safety,
    statement: "If some process broadcasts message m1 before it broadcasts message m2, then no \
                process delivers m2 unless it has already delivered m1.",
    monitor: |setting| Box::new(FifoOrder { history: History::new(setting.nodes), violated: None }),
};

/// Causal order.
pub const CAUSAL_ORDER: Property = Property {
    name: "causal order",
    kind: Kind::Safety,
    statement: "For any message m1 that potentially caused a message m2, no process delivers m2 \
                unless it has already delivered m1.",
    monitor: |setting| Box::new(CausalOrder::new(setting.nodes)),
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FifoOrder {
    history: History,
    violated: First,
}

impl Monitor for FifoOrder {
    fn observe(&mut self, seen: &Observation) {
        match Heard::of(seen) {
            _ if self.violated.is_some() => self.history.numbering.hear(seen),
            Some(Heard::Broadcast(payload)) => {
                self.history.broadcast(seen, payload);
            }
            Some(Heard::Deliver(deliver)) if self.history.numbering.has(deliver.id()) => {
                let id = deliver.id();
                let next = self.history.next(seen.node, id.from);
                self.history.deliver(seen.node, id);
                if next.seq < id.seq {
                    let (earlier, skipped) = self.history.request(next);
                    let (later, payload) = self.history.request(id);
                    let (node, from) = (seen.node, id.from);
                    let why = Sentence::new(format!("{node} delivered "))
                        .message(id.mention(payload))
                        .words(" without ")
                        .message(next.mention(skipped))
                        .words(format!(", which {from} broadcast before"));
                    self.violated = Some(Violation::new(why, [*earlier, *later, seen.id]));
                }
            }
            _ => {}
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated, &self.history.numbering)
    }
}

/// One vector clock describes the causal past of a message. The earlier messages of a broadcaster potentially cause
/// its later ones, and no node delivers a message without its causes as long as the order holds. So the past is a
/// prefix of the broadcasts of each node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CausalOrder {
    history: History,
    pasts: PerBroadcast<VectorClock>,
    violated: First,
}

impl CausalOrder {
    fn new(nodes: usize) -> Self {
        Self { history: History::new(nodes), pasts: PerBroadcast::new(nodes), violated: None }
    }

    /// Records a broadcast. Its past is the messages that its broadcaster has delivered, and its own earlier ones.
    fn broadcast(&mut self, seen: &Observation, payload: &Value) {
        let id = self.history.broadcast(seen, payload);
        let mut past = self.history.delivered[id.from.index()].clone();
        past[id.from] = id.seq - 1;
        self.pasts.get_or_insert_with(id, || past);
    }

    fn deliver(&mut self, seen: &Observation, id: BroadcastId) {
        let past = self.pasts.get(id).expect("it is asked for a recorded broadcast");
        let node = seen.node;
        let Some(from) = self.history.delivered[node.index()].lacks(past).next() else {
            self.history.deliver(node, id);
            return;
        };
        let next = self.history.next(node, from);
        let (earlier, skipped) = self.history.request(next);
        let (later, payload) = self.history.request(id);
        let why = Sentence::new(format!("{node} delivered "))
            .message(id.mention(payload))
            .words(" without ")
            .message(next.mention(skipped))
            .words(", which potentially caused it");
        self.violated = Some(Violation::new(why, [*earlier, *later, seen.id]));
    }
}

impl Monitor for CausalOrder {
    fn observe(&mut self, seen: &Observation) {
        match Heard::of(seen) {
            _ if self.violated.is_some() => self.history.numbering.hear(seen),
            Some(Heard::Broadcast(payload)) => self.broadcast(seen, payload),
            Some(Heard::Deliver(deliver)) if self.history.numbering.has(deliver.id()) => {
                self.deliver(seen, deliver.id());
            }
            _ => {}
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated, &self.history.numbering)
    }
}
