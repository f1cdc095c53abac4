//! One to all: what is asked of a broadcast, what it tells, and what it may promise.
//!
//! Properties: CGR, modules 3.1 (best-effort), 3.2 (reliable) and 3.3 (uniform reliable broadcast).
//! Validity is RB1, which speaks of the broadcaster alone: whether the others deliver is agreement's
//! business, so that a run in which they do not violates one property, not two.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::Value;
use crate::kernel::{
    Carried, EventId, Indication, Kind, Monitor, NodeId, NodeSet, Observation, Payload, Property,
    Request, RequestKind, Roster, Seen, Verdict,
};

/// ⟨Broadcast | m⟩: everybody is to deliver m.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("broadcast {_0}")]
pub struct Broadcast<M>(pub M);

impl Request for Broadcast<Value> {
    const KINDS: &'static [RequestKind] =
        &[RequestKind { name: "broadcast", help: "Send a message to everybody.", with: "message" }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Value::read(with).map(Self)
    }
}

/// ⟨Deliver | p, m⟩: here is m, which p has broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("deliver {payload}")]
pub struct Deliver<M> {
    /// Who has broadcast it.
    pub from: NodeId,
    /// The how-manieth broadcast of `from` it is, from 1.
    pub seq: u32,
    /// What was broadcast.
    pub payload: M,
}

impl<M: Payload> Indication for Deliver<M> {
    fn kind(&self) -> &'static str {
        "deliver"
    }

    fn delivers(&self) -> Option<Carried> {
        Some((self.from, self.seq))
    }
}

impl<M> Deliver<M> {
    /// Which broadcast it is.
    #[must_use]
    pub const fn id(&self) -> BroadcastId {
        BroadcastId { from: self.from, seq: self.seq }
    }
}

/// Which broadcast: the textbook assumes that messages are unique, this makes them so.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
#[display("{from}'s broadcast {seq}")]
pub struct BroadcastId {
    /// Who broadcasts.
    pub from: NodeId,
    /// The how-manieth broadcast of `from` it is, from 1.
    pub seq: u32,
}

/// Validity.
pub const VALIDITY: Property = Property {
    name: "validity",
    kind: Kind::Liveness,
    statement: "If a correct process broadcasts a message m, then it eventually delivers m.",
    monitor: |nodes| {
        Box::new(Validity { roster: Roster::new(nodes), awaited: Broadcasts::new(nodes) })
    },
};

/// No duplication.
pub const NO_DUPLICATION: Property = Property {
    name: "no duplication",
    kind: Kind::Safety,
    statement: "No message is delivered more than once.",
    monitor: |_| Box::new(NoDuplication::default()),
};

/// No creation.
pub const NO_CREATION: Property = Property {
    name: "no creation",
    kind: Kind::Safety,
    statement: "If a process delivers a message m with sender s, then m was previously broadcast \
                by process s.",
    monitor: |nodes| Box::new(NoCreation { broadcast: Broadcasts::new(nodes), violated: None }),
};

/// Agreement.
pub const AGREEMENT: Property = Property {
    name: "agreement",
    kind: Kind::Liveness,
    statement: "If a message m is delivered by some correct process, then m is eventually \
                delivered by every correct process.",
    monitor: |nodes| Box::new(Agreement::new(nodes, false)),
};

/// Uniform agreement.
pub const UNIFORM_AGREEMENT: Property = Property {
    name: "uniform agreement",
    kind: Kind::Liveness,
    statement: "If a message m is delivered by some process, whether correct or faulty, then m is \
                eventually delivered by every correct process.",
    monitor: |nodes| Box::new(Agreement::new(nodes, true)),
};

/// What the monitors of broadcasts hear.
pub(super) enum Heard<'a> {
    Broadcast(&'a Value),
    Deliver(&'a Deliver<Value>),
}

impl<'a> Heard<'a> {
    pub(super) fn of(seen: &Observation<'a>) -> Option<Self> {
        match seen.what {
            Seen::Request(packet) => {
                packet.get().map(|Broadcast(payload)| Self::Broadcast(payload))
            }
            Seen::Indication(packet) => packet.get().map(Self::Deliver),
            Seen::Crash | Seen::Recover | Seen::Detect(_) | Seen::Traitor => None,
        }
    }
}

/// What is known of every broadcast. By node, in the order in which it asked for them: that numbers them.
#[derive(Clone, Debug)]
pub(super) struct Broadcasts<T>(Vec<Vec<T>>);

impl<T> Broadcasts<T> {
    pub(super) fn new(nodes: usize) -> Self {
        Self((0..nodes).map(|_| Vec::new()).collect())
    }

    /// Takes note of the broadcast that this node asks for now.
    pub(super) fn push(&mut self, from: NodeId, known: T) -> BroadcastId {
        let broadcasts = &mut self.0[from.index()];
        broadcasts.push(known);
        BroadcastId { from, seq: broadcasts.len() as u32 }
    }

    /// Nothing, if there has been no such broadcast.
    pub(super) fn get(&self, id: BroadcastId) -> Option<&T> {
        self.0.get(id.from.index())?.get((id.seq as usize).checked_sub(1)?)
    }

    fn get_mut(&mut self, id: BroadcastId) -> Option<&mut T> {
        self.0.get_mut(id.from.index())?.get_mut((id.seq as usize).checked_sub(1)?)
    }

    fn of(&self, from: NodeId) -> &[T] {
        &self.0[from.index()]
    }
}

#[derive(Clone, Debug)]
struct Validity {
    roster: Roster,
    /// The event of the request and what was broadcast, until its broadcaster delivers it.
    awaited: Broadcasts<Option<(EventId, Value)>>,
}

impl Monitor for Validity {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        match Heard::of(seen) {
            Some(Heard::Broadcast(payload)) => {
                self.awaited.push(seen.node, Some((seen.id, payload.clone())));
            }
            Some(Heard::Deliver(deliver)) if deliver.from == seen.node => {
                if let Some(awaited) = self.awaited.get_mut(deliver.id()) {
                    *awaited = None;
                }
            }
            _ => {}
        }
    }

    fn verdict(&self, over: bool) -> Verdict {
        let correct = self.roster.correct();
        let first = |from: NodeId| {
            let awaited = self.awaited.of(from).iter().flatten().next()?;
            Some((from, awaited))
        };
        match correct.into_iter().filter_map(first).min_by_key(|(_, (event, _))| *event) {
            None => Verdict::Holds,
            Some((from, (event, payload))) if over => Verdict::Violated {
                why: format!("{from} broadcast {payload} and never delivered it"),
                witness: vec![*event],
            },
            Some((from, (_, payload))) => {
                Verdict::Undecided(format!("{from} broadcast {payload}, not yet delivered"))
            }
        }
    }
}

/// The first violation of a safety property: nothing that comes later mends it.
pub(super) type First = Option<(String, Vec<EventId>)>;

pub(super) fn verdict_of(first: &First) -> Verdict {
    match first.clone() {
        None => Verdict::Holds,
        Some((why, witness)) => Verdict::Violated { why, witness },
    }
}

#[derive(Clone, Debug, Default)]
struct NoDuplication {
    delivered: BTreeMap<(NodeId, BroadcastId), EventId>,
    violated: First,
}

impl Monitor for NoDuplication {
    fn observe(&mut self, seen: &Observation) {
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        if self.violated.is_some() {
            return;
        }
        if let Some(first) = self.delivered.insert((seen.node, deliver.id()), seen.id) {
            let why = format!("{} delivered {} twice", seen.node, deliver.payload);
            self.violated = Some((why, vec![first, seen.id]));
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated)
    }
}

#[derive(Clone, Debug)]
struct NoCreation {
    broadcast: Broadcasts<(EventId, Value)>,
    violated: First,
}

impl Monitor for NoCreation {
    fn observe(&mut self, seen: &Observation) {
        match Heard::of(seen) {
            Some(Heard::Broadcast(payload)) => {
                self.broadcast.push(seen.node, (seen.id, payload.clone()));
            }
            Some(Heard::Deliver(Deliver { from, seq, payload })) if self.violated.is_none() => {
                let id = BroadcastId { from: *from, seq: *seq };
                self.violated = match self.broadcast.get(id) {
                    Some((_, original)) if original == payload => None,
                    Some((request, original)) => {
                        let why = format!("{} delivered {payload} as {id}: {original}", seen.node);
                        Some((why, vec![*request, seen.id]))
                    }
                    None => {
                        let why = format!(
                            "{} delivered {payload}, which {from} never broadcast",
                            seen.node
                        );
                        Some((why, vec![seen.id]))
                    }
                };
            }
            _ => {}
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated)
    }
}

/// Agreement and uniform agreement: they differ in whose delivery binds the others.
#[derive(Clone, Debug)]
struct Agreement {
    uniform: bool,
    roster: Roster,
    messages: BTreeMap<BroadcastId, Deliveries>,
}

#[derive(Clone, Debug)]
struct Deliveries {
    payload: Value,
    by: NodeSet,
    /// Everybody's first, in the order in which they happened.
    events: Vec<(NodeId, EventId)>,
}

impl Agreement {
    fn new(nodes: usize, uniform: bool) -> Self {
        Self { uniform, roster: Roster::new(nodes), messages: BTreeMap::new() }
    }
}

impl Monitor for Agreement {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        let message = self.messages.entry(deliver.id()).or_insert_with(|| Deliveries {
            payload: deliver.payload.clone(),
            by: NodeSet::EMPTY,
            events: Vec::new(),
        });
        if message.by.insert(seen.node) {
            message.events.push((seen.node, seen.id));
        }
    }

    fn verdict(&self, over: bool) -> Verdict {
        let correct = self.roster.correct();
        let uneven = self.messages.values().filter_map(|message| {
            let missing = correct.without(message.by);
            let binds = |(node, _): &&(NodeId, EventId)| self.uniform || correct.contains(*node);
            let first = message.events.iter().find(binds)?;
            (!missing.is_empty()).then_some((first, missing, &message.payload))
        });
        let Some(((node, event), missing, payload)) = uneven.min_by_key(|((_, event), ..)| *event)
        else {
            return Verdict::Holds;
        };
        if over {
            let why = format!("{node} delivered {payload}, {missing} never did");
            return Verdict::Violated { why, witness: vec![*event] };
        }
        let have = if missing.len() == 1 { "has" } else { "have" };
        Verdict::Undecided(format!("{node} delivered {payload}, {missing} {have} not yet"))
    }
}
