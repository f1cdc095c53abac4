//! Time: vector clocks, the drift of clocks, requests to a clock, its indications, and its properties.
//!
//! Properties: Lamport 1978, *Time, Clocks, and the Ordering of Events in a Distributed System* (the clock
//! condition); Mattern 1989 (its converse); Coulouris et al. (2012), section 14.2 (skew).
//!
//! The stamps themselves give the order of events: the stamps of a node follow each other, and the stamp of a receipt
//! names the message.

use std::{
    cmp::Ordering,
    fmt,
    ops::{Index, IndexMut},
};

use serde::Serialize;
use serde_json::Value as Json;

use super::watch::{Violation, Watch, fields, named, safety};
use crate::kernel::{
    EventId, Indication, Kind, Needs, NodeId, Observation, Property, Request, RequestKind, Seen,
    SortedMap, Time, With,
};

/// A count for every node (Fidge 1988; Mattern 1989).
///
/// One clock is before another if no count is greater and one is smaller. Two clocks are concurrent if each has a count
/// that is greater than the other's. `==` is equality of all counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct VectorClock(Box<[u32]>);

impl VectorClock {
    /// Returns the clock of a group of this size before the first event.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self(vec![0; nodes].into())
    }

    /// Takes the greater of both counts for every node.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Returns the nodes whose count is greater in `other`.
    pub fn lacks<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = NodeId> + 'a {
        let counts = self.0.iter().zip(&other.0).enumerate();
        counts.filter(|(_, (mine, theirs))| mine < theirs).map(|(index, _)| NodeId::new(index))
    }
}

impl Index<NodeId> for VectorClock {
    type Output = u32;

    fn index(&self, node: NodeId) -> &u32 {
        &self.0[node.index()]
    }
}

impl IndexMut<NodeId> for VectorClock {
    fn index_mut(&mut self, node: NodeId) -> &mut u32 {
        &mut self.0[node.index()]
    }
}

impl PartialOrd for VectorClock {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.lacks(other).next(), other.lacks(self).next()) {
            (None, None) => Some(Ordering::Equal),
            (Some(_), None) => Some(Ordering::Less),
            (None, Some(_)) => Some(Ordering::Greater),
            (Some(_), Some(_)) => None,
        }
    }
}

/// `[1,0,2]`.
impl fmt::Display for VectorClock {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, count) in self.0.iter().enumerate() {
            write!(f, "{}{count}", if index == 0 { "[" } else { "," })?;
        }
        f.write_str("]")
    }
}

/// A logical clock (Lamport 1978): a count that each event increases, and that is never less than a time of which
/// the process has heard.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    derive_more::Display,
)]
pub struct LamportClock(u32);

impl LamportClock {
    /// Counts an event of this node, and returns its timestamp.
    pub const fn stamp(&mut self, node: NodeId) -> Timestamp {
        self.0 += 1;
        Timestamp { time: self.0, node }
    }

    /// Catches up with a time that another clock has shown.
    pub fn hear(&mut self, time: impl Into<Self>) {
        *self = (*self).max(time.into());
    }
}

impl From<u32> for LamportClock {
    fn from(time: u32) -> Self {
        Self(time)
    }
}

/// Time of a logical clock, with the clock's node (Lamport 1978). Timestamps are totally ordered: by time, and where
/// the times are equal by node.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
#[display("({time}, {node})")]
pub struct Timestamp {
    /// Time that the clock showed.
    pub time: u32,
    /// Node of the clock.
    pub node: NodeId,
}

/// ρ: the greatest gain or loss of a hardware clock, in millionths of the time that passes.
///
/// Clocks show whole ms, rounded down, so the difference of two readings may be 1 ms less or more than the time between
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Drift(u32);

impl Drift {
    const MILLION: Time = 1_000_000;

    /// Returns a drift in millionths.
    ///
    /// # Panics
    /// If that is a million or more: a clock that may stand still measures nothing.
    #[must_use]
    pub const fn new(per_million: u32) -> Self {
        assert!((per_million as Time) < Self::MILLION, "a clock goes on");
        Self(per_million)
    }

    /// Returns the longest time that may pass while the clock advances by `shown` ms.
    #[must_use]
    pub const fn passes_at_most(self, shown: Time) -> Time {
        ((shown + 1) * Self::MILLION).div_ceil(Self::MILLION - self.0 as Time)
    }

    /// Returns the shortest time that may pass while the clock advances by `shown` ms, and so before a timer of `shown` ms
    /// expires.
    #[must_use]
    pub const fn passes_at_least(self, shown: Time) -> Time {
        shown.saturating_sub(1) * Self::MILLION / (Self::MILLION + self.0 as Time)
    }

    /// Returns the greatest advance of the clock, in ms, while `time` passes.
    #[must_use]
    pub const fn shows_at_most(self, time: Time) -> Time {
        (time * (Self::MILLION + self.0 as Time)).div_ceil(Self::MILLION)
    }

    /// Returns the greatest drift between two clocks while `time` passes, without their rounding.
    #[must_use]
    pub const fn apart(self, time: Time) -> Time {
        (2 * self.0 as Time * time).div_ceil(Self::MILLION)
    }
}

/// A request to a process that has a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum ClockRequest {
    /// A local event.
    #[display("step")]
    Step,
    /// The sending of a message.
    #[display("send to {to}")]
    Send {
        /// Its receiver.
        to: NodeId,
    },
}

impl Request for ClockRequest {
    const KINDS: &'static [RequestKind] = &[
        RequestKind { name: "step", help: "Let something happen here.", with: With::Nothing },
        RequestKind {
            name: "send",
            help: "Send a message.",
            with: With::Record(&[With::Node { label: "to" }]),
        },
    ];

    fn read(name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        match (name, with) {
            ("step", None) => Ok(Self::Step),
            ("step", Some(_)) => Err("nothing".to_owned()),
            (_, with) => {
                let object = fields(with, &["to"]);
                let to = object.and_then(|object| named(&object["to"], nodes));
                to.map(|to| Self::Send { to }).ok_or_else(|| "{\"to\": a node}".to_owned())
            }
        }
    }
}

/// The reading of a clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Reading {
    /// A count, or a time in ms.
    Scalar(i64),
    /// A count for every node.
    Vector(VectorClock),
}

/// Clocks of different kinds are not comparable.
impl PartialOrd for Reading {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Scalar(one), Self::Scalar(two)) => one.partial_cmp(two),
            (Self::Vector(one), Self::Vector(two)) => one.partial_cmp(two),
            _ => None,
        }
    }
}

/// The time of an event. Each step, each sending and each receipt has one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("stamp {clock}")]
pub struct Stamp {
    /// Reading of the clock.
    pub clock: Reading,
    /// For a receipt: the message.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
    /// For a physical clock: the promised bound on its skew to any other clock, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew: Option<u64>,
}

/// The name of a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Received {
    /// Its sender.
    pub from: NodeId,
    /// Its sequence number on the link from the sender, from 1.
    pub seq: u32,
}

impl Indication for Stamp {
    fn kind(&self) -> &'static str {
        "stamp"
    }
}

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
                    "{node}'s {other} happened before {}'s {clock}, and is not less",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(counts: &[u32]) -> VectorClock {
        VectorClock(counts.into())
    }

    #[test]
    fn a_clock_is_before_another_only_if_it_knows_nothing_that_the_other_does_not() {
        assert!(clock(&[1, 0, 2]) <= clock(&[1, 0, 2]));
        assert!(clock(&[1, 0, 2]) < clock(&[1, 1, 2]));
        assert!(clock(&[2, 0]) > clock(&[1, 0]));
        assert_eq!(clock(&[1, 0]).partial_cmp(&clock(&[0, 1])), None);
    }

    #[test]
    fn a_clock_lacks_what_the_other_has_counted_further() {
        let lacks = |one: &[u32], two: &[u32]| -> Vec<usize> {
            clock(one).lacks(&clock(two)).map(NodeId::index).collect()
        };
        assert_eq!(lacks(&[1, 0, 2], &[0, 2, 3]), [1, 2]);
        assert_eq!(lacks(&[1, 0], &[1, 0]), [0; 0]);
    }

    #[test]
    fn a_clock_is_written_as_in_the_papers() {
        assert_eq!(clock(&[1, 0, 2]).to_string(), "[1,0,2]");
    }

    /// Returns the reading of a clock of this rate, rounded down as the kernel does it.
    fn shows(rate: u64, now: Time) -> Time {
        now * rate / 1_000_000
    }

    #[test]
    fn a_clock_never_drifts_further_than_is_said() {
        for drift in [0, 1, 10_000, 100_000] {
            let bound = Drift::new(drift);
            let rates = [1_000_000 - u64::from(drift), 1_000_000, 1_000_000 + u64::from(drift)];
            for (rate, begin) in
                rates.into_iter().flat_map(|rate| (0..40).map(move |at| (rate, at)))
            {
                for time in [0, 1, 9, 10, 99, 1000] {
                    let shown = shows(rate, begin + time) - shows(rate, begin);
                    assert!(bound.passes_at_least(shown) <= time, "{drift} {rate} {begin} {time}");
                    assert!(time <= bound.passes_at_most(shown), "{drift} {rate} {begin} {time}");
                    assert!(shown <= bound.shows_at_most(time), "{drift} {rate} {begin} {time}");
                    let other = shows(2_000_000 - rate, time);
                    assert!(shows(rate, time).abs_diff(other) <= bound.apart(time) + 1);
                }
            }
        }
    }

    #[test]
    fn a_right_clock_is_off_by_its_rounding_only() {
        let right = Drift::new(0);
        let said = [right.passes_at_least(10), right.passes_at_most(10), right.shows_at_most(10)];
        assert_eq!(said, [9, 11, 10]);
        assert_eq!(right.apart(1000), 0);
    }
}
