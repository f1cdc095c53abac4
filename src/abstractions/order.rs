//! In which order: what may be promised beyond that a message is delivered at all.
//!
//! Properties: CGR, modules 3.8 (FIFO), 3.9 (causal order) and 6.1 (total order broadcast).
//!
//! A delivery counts here from its broadcast on. What is delivered although nobody broadcast it is
//! judged by *no creation*, and has no place in any order.

use std::collections::BTreeMap;

use super::{
    Value,
    broadcast::{BroadcastId, Broadcasts, First, Heard, verdict_of},
    clock::VectorClock,
};
use crate::kernel::{
    EventId, Kind, Monitor, NodeId, NodeSet, Observation, Property, Roster, Verdict,
};

/// FIFO order.
///
/// The book says this of correct processes only. Said of all, as it says causal order, it is a safety
/// property to the letter: no later crash mends it.
pub const FIFO_ORDER: Property = Property {
    name: "FIFO order",
    kind: Kind::Safety,
    statement: "If some process broadcasts message m1 before it broadcasts message m2, then no \
                process delivers m2 unless it has already delivered m1.",
    monitor: |nodes| Box::new(FifoOrder { history: History::new(nodes), violated: None }),
};

/// Causal order.
pub const CAUSAL_ORDER: Property = Property {
    name: "causal order",
    kind: Kind::Safety,
    statement: "For any message m1 that potentially caused a message m2, no process delivers m2 \
                unless it has already delivered m1.",
    monitor: |nodes| Box::new(CausalOrder::new(nodes)),
};

/// Total order.
///
/// It speaks of correct processes: a violation is dropped when one of the two crashes later.
pub const TOTAL_ORDER: Property = Property {
    name: "total order",
    kind: Kind::Safety,
    statement: "Let m1 and m2 be any two messages and suppose p and q are any two correct processes \
                that deliver m1 and m2. If p delivers m1 before m2, then q delivers m1 before m2.",
    monitor: |nodes| Box::new(TotalOrder::new(nodes)),
};

/// What was broadcast, and how much of it, without a gap, every node has delivered.
#[derive(Clone, Debug)]
struct History {
    requests: Broadcasts<(EventId, Value)>,
    /// By node: for each broadcaster, how many of its messages, from the first on.
    delivered: Vec<VectorClock>,
}

impl History {
    fn new(nodes: usize) -> Self {
        Self { requests: Broadcasts::new(nodes), delivered: vec![VectorClock::new(nodes); nodes] }
    }

    fn broadcast(&mut self, seen: &Observation, payload: &Value) -> BroadcastId {
        self.requests.push(seen.node, (seen.id, payload.clone()))
    }

    /// Takes note of a delivery, unless it leaves a gap.
    fn deliver(&mut self, node: NodeId, id: BroadcastId) {
        let delivered = &mut self.delivered[node.index()][id.from];
        if *delivered + 1 == id.seq {
            *delivered = id.seq;
        }
    }

    /// The first message of `from` that `node` has not delivered.
    fn next(&self, node: NodeId, from: NodeId) -> BroadcastId {
        BroadcastId { from, seq: self.delivered[node.index()][from] + 1 }
    }

    /// The event and the payload of a broadcast.
    fn request(&self, id: BroadcastId) -> &(EventId, Value) {
        self.requests.get(id).expect("only what was broadcast is asked for")
    }
}

#[derive(Clone, Debug)]
struct FifoOrder {
    history: History,
    violated: First,
}

impl Monitor for FifoOrder {
    fn observe(&mut self, seen: &Observation) {
        match Heard::of(seen) {
            _ if self.violated.is_some() => {}
            Some(Heard::Broadcast(payload)) => {
                self.history.broadcast(seen, payload);
            }
            Some(Heard::Deliver(deliver)) if self.history.requests.get(deliver.id()).is_some() => {
                let id = deliver.id();
                let next = self.history.next(seen.node, id.from);
                self.history.deliver(seen.node, id);
                if next.seq < id.seq {
                    let (earlier, skipped) = self.history.request(next);
                    let (later, payload) = self.history.request(id);
                    let (node, from) = (seen.node, id.from);
                    let why = format!(
                        "{node} delivered {payload} without {skipped}, which {from} broadcast before"
                    );
                    self.violated = Some((why, vec![*earlier, *later, seen.id]));
                }
            }
            _ => {}
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated)
    }
}

/// Since a broadcaster's earlier messages potentially cause its later ones, and nobody has delivered a
/// message without its causes as long as the order holds, the causal past of a message is a prefix of what
/// each node broadcast: one vector clock says it all.
#[derive(Clone, Debug)]
struct CausalOrder {
    history: History,
    pasts: Broadcasts<VectorClock>,
    violated: First,
}

impl CausalOrder {
    fn new(nodes: usize) -> Self {
        Self { history: History::new(nodes), pasts: Broadcasts::new(nodes), violated: None }
    }

    /// What leads to it is what its broadcaster has delivered, and what it has broadcast before.
    fn broadcast(&mut self, seen: &Observation, payload: &Value) {
        let id = self.history.broadcast(seen, payload);
        let mut past = self.history.delivered[id.from.index()].clone();
        past[id.from] = id.seq - 1;
        self.pasts.push(id.from, past);
    }

    fn deliver(&mut self, seen: &Observation, id: BroadcastId) {
        let past = self.pasts.get(id).expect("only what was broadcast is delivered here");
        let node = seen.node;
        let Some(from) = self.history.delivered[node.index()].lacks(past).next() else {
            self.history.deliver(node, id);
            return;
        };
        let (earlier, skipped) = self.history.request(self.history.next(node, from));
        let (later, payload) = self.history.request(id);
        let why = format!("{node} delivered {payload} without {skipped}, which led to it");
        self.violated = Some((why, vec![*earlier, *later, seen.id]));
    }
}

impl Monitor for CausalOrder {
    fn observe(&mut self, seen: &Observation) {
        match Heard::of(seen) {
            _ if self.violated.is_some() => {}
            Some(Heard::Broadcast(payload)) => self.broadcast(seen, payload),
            Some(Heard::Deliver(deliver)) if self.history.requests.get(deliver.id()).is_some() => {
                self.deliver(seen, deliver.id());
            }
            _ => {}
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated)
    }
}

/// For every two nodes it remembers the last message, at either of them, that both have delivered: the
/// next common one must come after it at both.
#[derive(Clone, Debug)]
struct TotalOrder {
    roster: Roster,
    messages: BTreeMap<BroadcastId, Deliveries>,
    /// By two nodes, `p * nodes + q`: the last of p's deliveries of what q has delivered as well.
    last_common: Vec<Option<(EventId, BroadcastId)>>,
    /// By two nodes, in the same way: their first violation.
    violated: Vec<Option<Swap>>,
    nodes: usize,
}

#[derive(Clone, Debug)]
struct Deliveries {
    payload: Value,
    by: NodeSet,
    /// By node; meaningless where it has not delivered it.
    events: Vec<EventId>,
}

/// Two messages that two nodes delivered in opposite orders.
#[derive(Clone, Debug)]
struct Swap {
    /// The two nodes, in the scenario's order.
    between: (NodeId, NodeId),
    /// The one that was delivered last.
    message: BroadcastId,
    /// The one that the other node delivered after it.
    other: BroadcastId,
    completed: EventId,
}

impl TotalOrder {
    fn new(nodes: usize) -> Self {
        Self {
            roster: Roster::new(nodes),
            messages: BTreeMap::new(),
            last_common: vec![None; nodes * nodes],
            violated: vec![None; nodes * nodes],
            nodes,
        }
    }

    /// Compares the orders of `node`, which delivers `id` now, and of `peer`, which did at `event`.
    fn compare(&mut self, seen: &Observation, id: BroadcastId, peer: NodeId, event: EventId) {
        let node = seen.node;
        let (mine, theirs) =
            (node.index() * self.nodes + peer.index(), peer.index() * self.nodes + node.index());
        self.last_common[mine] = Some((seen.id, id));
        match self.last_common[theirs] {
            Some((last, other)) if last > event => {
                let between = (node.min(peer), node.max(peer));
                let swap = Swap { between, message: id, other, completed: seen.id };
                self.violated[mine.min(theirs)].get_or_insert(swap);
            }
            _ => self.last_common[theirs] = Some((event, id)),
        }
    }
}

impl Monitor for TotalOrder {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        let id = deliver.id();
        let nodes = self.nodes;
        let message = self.messages.entry(id).or_insert_with(|| Deliveries {
            payload: deliver.payload.clone(),
            by: NodeSet::EMPTY,
            events: vec![0; nodes],
        });
        let peers = message.by;
        if !message.by.insert(seen.node) {
            return;
        }
        message.events[seen.node.index()] = seen.id;
        for peer in peers {
            let event = self.messages[&id].events[peer.index()];
            self.compare(seen, id, peer, event);
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        let correct = self.roster.correct();
        let both_correct = self.violated.iter().flatten().filter(|swap| {
            let (p, q) = swap.between;
            correct.contains(p) && correct.contains(q)
        });
        let Some(swap) = both_correct.min_by_key(|swap| swap.completed) else {
            return Verdict::Holds;
        };
        let (p, q) = swap.between;
        let (message, other) = (&self.messages[&swap.message], &self.messages[&swap.other]);
        // The first of the two, in the scenario's order, is the first to be named.
        let at = |node: NodeId, message: &Deliveries| message.events[node.index()];
        let (one, two) =
            if at(p, message) < at(p, other) { (message, other) } else { (other, message) };
        let why = format!(
            "{p} delivered {first} before {second}, {q} {second} before {first}",
            first = one.payload,
            second = two.payload
        );
        let mut witness = vec![at(p, one), at(p, two), at(q, two), at(q, one)];
        witness.sort_unstable();
        Verdict::Violated { why, witness }
    }
}
