//! Total order, also within labels.

use crate::{
    abstractions::{
        Value,
        broadcast::{BroadcastId, Heard, Numbering, PerBroadcast, broadcast},
    },
    kernel::{
        EventId, Kind, Monitor, NodeId, NodeSet, Observation, Property, Roster, Setting, SortedSet,
        Verdict, sort,
    },
};

/// Total order.
///
/// It speaks of correct processes: a violation is dropped if one of the two processes crashes later.
pub const TOTAL_ORDER: Property = Property {
    name: "total order",
    kind: Kind::Safety,
    statement: "Let m1 and m2 be any two messages and suppose p and q are any two correct processes \
                that deliver m1 and m2. If p delivers m1 before m2, then q delivers m1 before m2.",
    monitor: |setting| Box::new(TotalOrder::new(setting, Scope::Correct)),
};

/// Uniform total order.
pub const UNIFORM_TOTAL_ORDER: Property = Property {
    name: "uniform total order",
    kind: Kind::Safety,
    statement: "Let m1 and m2 be any two messages and suppose p and q are any two processes that \
                deliver m1 and m2. If p delivers m1 before m2, then q delivers m1 before m2.",
    monitor: |setting| Box::new(TotalOrder::new(setting, Scope::Uniform)),
};

/// Total order within a label.
///
/// Total order among the messages of each label. Messages without a label are one such set.
pub const TOTAL_ORDER_WITHIN_LABELS: Property = Property {
    name: "total order within a label",
    kind: Kind::Safety,
    statement: "Let m1 and m2 be any two messages with the same label, or without one, and suppose p \
                and q are any two correct processes that deliver m1 and m2. If p delivers m1 before \
                m2, then q delivers m1 before m2.",
    monitor: |setting| {
        Box::new(WithinLabels {
            numbering: Numbering::new(setting.nodes),
            labels: PerBroadcast::new(setting.nodes),
            orders: Vec::new(),
            fresh: TotalOrder::new(setting, Scope::Correct),
        })
    },
};

/// The label of a sync message.
pub const SYNC: &str = "sync";

/// Sync order.
pub const SYNC_ORDER: Property = Property {
    name: "sync order",
    kind: Kind::Safety,
    statement: "No delivery crosses a sync message: if some process delivers m before the sync \
                message s, no process delivers m after s.",
    monitor: |setting| Box::new(TotalOrder::new(setting, Scope::Sync)),
};

/// Messages and processes whose deliveries are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Scope {
    /// All messages, at correct processes.
    Correct,
    /// All messages, everywhere.
    Uniform,
    /// Sync messages with all others, everywhere.
    Sync,
}

/// For every two nodes it holds the last message, at either of them, that both have delivered. The next common
/// message must come after it at both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TotalOrder {
    scope: Scope,
    roster: Roster,
    /// Numbers the broadcasts, so that sync messages can be named.
    numbering: Numbering,
    syncs: SortedSet<BroadcastId>,
    messages: PerBroadcast<Deliveries>,
    /// By two nodes, `p * nodes + q`: p's last delivery of a message that q has delivered, too.
    last_common: Vec<Last>,
    /// The same for sync messages alone.
    last_sync: Vec<Last>,
    /// By two nodes: their first violation.
    violated: Vec<Option<Swap>>,
    nodes: usize,
}

/// A delivery, if there is one.
type Last = Option<(EventId, BroadcastId)>;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Deliveries {
    payload: Value,
    by: NodeSet,
    /// By node: the event of its delivery; 0 for a node that has not delivered the message.
    events: Vec<EventId>,
}

/// Two messages that two nodes delivered in opposite orders.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Swap {
    /// The two nodes, in the scenario's order.
    between: (NodeId, NodeId),
    /// The message that was delivered last.
    message: BroadcastId,
    /// The message that the other node delivered after it.
    other: BroadcastId,
    completed: EventId,
}

impl TotalOrder {
    fn new(setting: &Setting, scope: Scope) -> Self {
        let nodes = setting.nodes;
        Self {
            scope,
            roster: Roster::new(setting),
            numbering: Numbering::new(nodes),
            syncs: SortedSet::new(),
            messages: PerBroadcast::new(nodes),
            last_common: vec![None; nodes * nodes],
            last_sync: vec![None; nodes * nodes],
            violated: vec![None; nodes * nodes],
            nodes,
        }
    }

    /// Compares the orders of `node`, which delivers `id` now, and of `peer`, which did at `event`.
    fn compare(&mut self, seen: &Observation, id: BroadcastId, peer: NodeId, event: EventId) {
        let node = seen.node;
        let (mine, theirs) =
            (node.index() * self.nodes + peer.index(), peer.index() * self.nodes + node.index());
        let is_sync = self.syncs.contains(&id);
        let all = self.scope != Scope::Sync || is_sync;
        let before = if all { &self.last_common } else { &self.last_sync };
        if let Some((last, other)) = before[theirs]
            && last > event
        {
            let between = (node.min(peer), node.max(peer));
            let swap = Swap { between, message: id, other, completed: seen.id };
            self.violated[mine.min(theirs)].get_or_insert(swap);
        }
        let update = |lasts: &mut Vec<Last>| {
            lasts[mine] = Some((seen.id, id));
            lasts[theirs] = lasts[theirs].max(Some((event, id)));
        };
        update(&mut self.last_common);
        if is_sync {
            update(&mut self.last_sync);
        }
    }
}

impl Monitor for TotalOrder {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if let Some((payload, label)) = broadcast(seen) {
            let id = self.numbering.next(seen.node, payload);
            if label.is_some_and(|label| *label == SYNC.into()) {
                self.syncs.insert(id);
            }
        }
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        let id = deliver.id();
        let nodes = self.nodes;
        let message = self.messages.get_or_insert_with(id, || Deliveries {
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
            let message = self.messages.get(id).expect("it has just been delivered");
            let event = message.events[peer.index()];
            self.compare(seen, id, peer, event);
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        let bound = match self.scope {
            Scope::Correct => self.roster.correct(),
            Scope::Uniform | Scope::Sync => NodeSet::first(self.nodes),
        };
        let both_bound = self.violated.iter().flatten().filter(|swap| {
            let (p, q) = swap.between;
            bound.contains(p) && bound.contains(q)
        });
        let Some(swap) = both_bound.min_by_key(|swap| swap.completed) else {
            return Verdict::Holds;
        };
        let (p, q) = swap.between;
        let delivered = |id| self.messages.get(id).expect("a swap is of two delivered messages");
        let (message, other) = (delivered(swap.message), delivered(swap.other));
        // The sentence names the first of the two nodes first, in the scenario's order.
        let at = |node: NodeId, message: &Deliveries| message.events[node.index()];
        let named = |id, it: &Deliveries| self.numbering.name(id, &it.payload);
        let names = (named(swap.message, message), named(swap.other, other));
        let ((one, first), (two, second)) = if at(p, message) < at(p, other) {
            ((message, names.0), (other, names.1))
        } else {
            ((other, names.1), (message, names.0))
        };
        let why = format!("{p} delivered {first} before {second}, {q} {second} before {first}");
        let mut witness = vec![at(p, one), at(p, two), at(q, two), at(q, one)];
        sort(&mut witness);
        Verdict::Violated { why, witness }
    }
}

/// A total order for each label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct WithinLabels {
    numbering: Numbering,
    labels: PerBroadcast<Option<Value>>,
    orders: Vec<(Option<Value>, TotalOrder)>,
    /// The order of a label without deliveries.
    fresh: TotalOrder,
}

impl WithinLabels {
    fn order(&mut self, label: Option<Value>) -> &mut TotalOrder {
        let known = self.orders.iter().position(|(other, _)| *other == label);
        let place = known.unwrap_or_else(|| {
            self.orders.push((label, self.fresh.clone()));
            self.orders.len() - 1
        });
        &mut self.orders[place].1
    }
}

impl Monitor for WithinLabels {
    fn observe(&mut self, seen: &Observation) {
        if let Some((payload, label)) = broadcast(seen) {
            let id = self.numbering.next(seen.node, payload);
            self.labels.get_or_insert_with(id, || label.cloned());
            self.fresh.observe(seen);
            self.orders.iter_mut().for_each(|(_, order)| order.observe(seen));
        } else if let Some(Heard::Deliver(deliver)) = Heard::of(seen) {
            if let Some(label) = self.labels.get(deliver.id()).cloned() {
                self.order(label).observe(seen);
            }
        } else {
            self.fresh.observe(seen);
            self.orders.iter_mut().for_each(|(_, order)| order.observe(seen));
        }
    }

    fn verdict(&self, over: bool) -> Verdict {
        let verdicts = self.orders.iter().map(|(_, order)| order.verdict(over));
        let completed = |verdict: &Verdict| match verdict {
            Verdict::Violated { witness, .. } => witness.iter().max().copied(),
            _ => None,
        };
        let violated = verdicts.filter(Verdict::is_violated);
        violated.min_by_key(completed).unwrap_or(Verdict::Holds)
    }
}
