//! Properties of clocks: the clock conditions and the bound on skew.

use std::cmp::Ordering;

use super::{
    interface::{ClockRequest, Reading, Received, Stamp},
    logical::VectorClock,
};
use crate::{
    abstractions::watch::{Violation, Watch, safety},
    kernel::{EventId, Kind, Needs, NodeId, Observation, Property, Seen, SortedMap, Time},
};

/// The clock condition.
pub const CLOCK_CONDITION: Property = Property {
    name: "clock condition",
    kind: Kind::Safety,
    statement: "For any events a and b: if a happened before b, then C(a) < C(b).",
    monitor: |setting| {
        safety(ClockCondition { converse: false, history: History::new(setting.nodes) })
    },
};

/// The strong clock condition.
pub const STRONG_CLOCK_CONDITION: Property = Property {
    name: "strong clock condition",
    kind: Kind::Safety,
    statement: "For any events a and b: a happened before b if and only if C(a) < C(b).",
    monitor: |setting| {
        safety(ClockCondition { converse: true, history: History::new(setting.nodes) })
    },
};

/// Skew bound.
///
/// Skew is the difference of two clocks at one moment, so only readings of the same ms are compared. If two nodes promise
/// different bounds, the weaker counts.
pub const SKEW_BOUND: Property = Property {
    name: "skew bound",
    kind: Kind::Safety,
    statement: "The readings of any two clocks, taken at the same moment, differ by no more than \
                the bound.",
    monitor: |_| safety(SkewBound::default()),
};

/// The stamps of a run and their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct History {
    /// By node: its stamps.
    stamps: Vec<Vec<(EventId, Reading)>>,
    /// By node: for every node, the number of stamps that happened before its next stamp.
    pasts: Vec<VectorClock>,
    /// By node whose next stamp is that of a sending: the receiver.
    sending: SortedMap<NodeId, NodeId>,
    /// By sender, receiver and number: the sending's place among its node's stamps, and its past.
    sent: SortedMap<(NodeId, NodeId, u32), VectorClock>,
    /// By sender and receiver: number of sendings.
    counts: SortedMap<(NodeId, NodeId), u32>,
}

impl History {
    fn new(nodes: usize) -> Self {
        Self {
            stamps: vec![Vec::new(); nodes],
            pasts: vec![VectorClock::new(nodes); nodes],
            sending: SortedMap::new(),
            sent: SortedMap::new(),
            counts: SortedMap::new(),
        }
    }

    /// Takes note of an event. Returns a stamp with, for every node, the number of stamps that happened before it.
    fn observe<'a>(&mut self, seen: &Observation<'a>) -> Option<(&'a Stamp, VectorClock)> {
        let node = seen.node;
        let stamp: &Stamp = match seen.what {
            Seen::Request(packet) => {
                if let ClockRequest::Send { to } = packet.get()? {
                    self.sending.insert(node, *to);
                }
                return None;
            }
            Seen::Indication(packet) => packet.get()?,
            _ => return None,
        };
        if let Some(Received { from, seq }) = stamp.received
            && let Some(past) = self.sent.get(&(from, node, seq))
        {
            self.pasts[node.index()].join(past);
        }
        let past = self.pasts[node.index()].clone();
        self.pasts[node.index()][node] += 1;
        self.stamps[node.index()].push((seen.id, stamp.clock.clone()));
        if stamp.received.is_none()
            && let Some(to) = self.sending.remove(&node)
        {
            let count = self.counts.entry((node, to)).or_default();
            *count += 1;
            self.sent.insert((node, to, *count), self.pasts[node.index()].clone());
        }
        Some((stamp, past))
    }

    /// Returns the stamp of this node that has `before` stamps before it.
    fn stamp(&self, node: NodeId, before: u32) -> Option<&(EventId, Reading)> {
        self.stamps[node.index()].get(before as usize)
    }
}

/// As long as the clock condition holds, the clock of a node only grows. So for each node three stamps suffice: the last
/// that happened before the new one and, for the converse, the first that did not and the last of all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ClockCondition {
    converse: bool,
    history: History,
}

impl Watch for ClockCondition {
    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let (Stamp { clock, .. }, past) = self.history.observe(seen)?;
        let nodes = (0..self.history.stamps.len()).map(NodeId::new);
        for node in nodes {
            let earlier = past[node].checked_sub(1).and_then(|at| self.history.stamp(node, at));
            if let Some((event, other)) = earlier
                && !matches!(other.partial_cmp(clock), Some(Ordering::Less))
            {
                let why = format!(
                    "{node}'s {other} happened before {}'s {clock}, but is not less",
                    seen.node
                );
                return Some(Violation::new(why, [*event, seen.id]));
            }
            if self.converse && node != seen.node {
                let stamps = &self.history.stamps[node.index()];
                let concurrent = [self.history.stamp(node, past[node]), stamps.last()];
                let ordered = concurrent
                    .into_iter()
                    .filter(|_| stamps.len() > past[node] as usize)
                    .flatten()
                    .find(|(_, other)| {
                        matches!(other.partial_cmp(clock), Some(Ordering::Less | Ordering::Greater))
                    });
                if let Some((event, other)) = ordered {
                    let why = format!(
                        "neither of {node}'s {other} and {}'s {clock} happened before the other",
                        seen.node
                    );
                    return Some(Violation::new(why, [*event, seen.id]));
                }
            }
        }
        None
    }
}

/// The readings of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct SkewBound {
    now: Time,
    /// By node, clock and bound.
    readings: SortedMap<(NodeId, i64, u64), EventId>,
}

impl Watch for SkewBound {
    const NEEDS: Needs = Needs::TIME;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Seen::Indication(packet) = seen.what else { return None };
        let Stamp { clock: Reading::Scalar(clock), skew: Some(skew), .. } = packet.get()? else {
            return None;
        };
        if self.now != seen.time {
            self.now = seen.time;
            self.readings.clear();
        }
        let far = |((node, other, bound), _): &(&(NodeId, i64, u64), &EventId)| {
            *node != seen.node && other.abs_diff(*clock) > *bound.max(skew)
        };
        let violation = self.readings.iter().find(far).map(|((node, other, bound), event)| {
            let why = format!(
                "{node}'s clock showed {other}, {}'s {clock}: more than {} apart",
                seen.node,
                bound.max(skew)
            );
            Violation::new(why, [*event, seen.id])
        });
        self.readings.entry((seen.node, *clock, *skew)).or_insert(seen.id);
        violation
    }
}
