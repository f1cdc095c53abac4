//! One to all: requests, indications and properties of a broadcast.
//!
//! Properties: CGR, modules 3.1 (best-effort), 3.2 (reliable) and 3.3 (uniform reliable broadcast).
//! Validity is RB1, which speaks of the broadcaster alone. That the others deliver is agreement's part, so that a
//! run in which they do not violates one property, not two.
//!
//! In a group that processes join and leave, "every process" is every process that was a member when the message
//! was broadcast and has not left since.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    Value,
    membership::{GroupIndication, GroupRequest, Members},
    naming::{Mention, Sentence, named, spoken},
    watch::{Violation, fields, have},
};
use crate::kernel::{
    Carried, EventId, Indication, Kind, MAX_NODES, Monitor, Needs, NodeId, NodeSet, Observation,
    Payload, Property, Request, RequestKind, Roster, Scenario, Seen, Setting, SortedMap, Verdict,
    With,
};

/// ⟨Broadcast | m⟩: asks that all processes deliver m.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("broadcast {_0}")]
pub struct Broadcast<M>(pub M);

impl Request for Broadcast<Value> {
    const KINDS: &'static [RequestKind] = &[RequestKind {
        name: "broadcast",
        help: "Send a message to all processes.",
        with: With::Text { label: "message" },
    }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Value::read(with).map(Self)
    }
}

/// Has the first node broadcast a message, for [`Cost::perform`](crate::kernel::Cost::perform).
pub fn one_broadcast(scenario: &mut Scenario) {
    scenario.ask(0, NodeId::new(0), "broadcast", Some("m".into()));
}

/// A message with a label of the application. Labels say which messages are ordered among each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Labelled<M> {
    /// The message.
    pub payload: M,
    /// The label, if there is one: [`SYNC`](super::order::SYNC) or the application's own.
    pub label: Option<Value>,
}

impl<M: fmt::Display> fmt::Display for Labelled<M> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.label {
            None => write!(f, "{}", self.payload),
            Some(label) => write!(f, "{} ({label})", self.payload),
        }
    }
}

impl Request for Broadcast<Labelled<Value>> {
    const KINDS: &'static [RequestKind] = &[RequestKind {
        name: "broadcast",
        help: "Send a message to all processes, with or without a label.",
        with: With::Either(&[
            With::Text { label: "message" },
            With::Record(&[With::Text { label: "payload" }, With::Text { label: "label" }]),
        ]),
    }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        if let Ok(payload) = Value::read(with) {
            return Ok(Self(Labelled { payload, label: None }));
        }
        let labelled = fields(with, &["payload", "label"]).and_then(|object| {
            let field = |name| Value::read(object.get(name)).ok();
            Some(Labelled { payload: field("payload")?, label: Some(field("label")?) })
        });
        labelled
            .map(Self)
            .ok_or_else(|| "a text, a whole number or {\"payload\": …, \"label\": …}".to_owned())
    }
}

/// Number of messages that a process has broadcast. It numbers them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Sent(u32);

impl Sent {
    /// Returns the id of the next broadcast of this process.
    pub const fn next(&mut self, me: NodeId) -> BroadcastId {
        self.0 += 1;
        BroadcastId { from: me, seq: self.0 }
    }
}

/// ⟨Deliver | p, m⟩: delivers m, which p has broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("deliver {payload}")]
pub struct Deliver<M> {
    /// The process that has broadcast it.
    pub from: NodeId,
    /// Sequence number at the sender, from 1.
    pub seq: u32,
    /// The message.
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
    /// Id of the broadcast that is delivered.
    #[must_use]
    pub const fn id(&self) -> BroadcastId {
        BroadcastId { from: self.from, seq: self.seq }
    }
}

impl BroadcastId {
    /// Returns the delivery of this broadcast.
    #[must_use]
    pub const fn deliver<M>(self, payload: M) -> Deliver<M> {
        Deliver { from: self.from, seq: self.seq, payload }
    }

    /// Returns the name of this broadcast in the messages that carry it: see [`Process::carries`](crate::kernel::Process::carries).
    #[must_use]
    pub const fn carried(self) -> Carried {
        (self.from, self.seq)
    }

    /// Returns the broadcast as sentences mention it.
    pub(super) fn mention(self, payload: &Value) -> Mention {
        Mention { from: self.from, to: None, seq: self.seq, payload: payload.clone() }
    }
}

/// Identity of a broadcast. The textbook assumes that messages are unique; the id makes them so.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
#[display("{from}'s broadcast {seq}")]
pub struct BroadcastId {
    /// The process that broadcasts.
    pub from: NodeId,
    /// Sequence number at the sender, from 1.
    pub seq: u32,
}

/// Validity. A request that is refused is no broadcast.
pub const VALIDITY: Property = Property {
    name: "validity",
    kind: Kind::Liveness,
    statement: "If a correct process broadcasts a message m, then it eventually delivers m.",
    monitor: |setting| {
        Box::new(Validity {
            roster: Roster::new(setting),
            members: Members::new(setting.nodes),
            numbering: Numbering::new(setting.nodes),
            awaited: SortedMap::new(),
            last: SortedMap::new(),
        })
    },
};

/// No duplication.
pub const NO_DUPLICATION: Property = Property {
    name: "no duplication",
    kind: Kind::Safety,
    statement: "No message is delivered more than once.",
    monitor: |setting| {
        Box::new(NoDuplication {
            numbering: Numbering::new(setting.nodes),
            delivered: PerBroadcast::new(setting.nodes),
            violated: None,
        })
    },
};

/// No creation.
pub const NO_CREATION: Property = Property {
    name: "no creation",
    kind: Kind::Safety,
    statement: "If a process delivers a message m with sender s, then m was previously broadcast \
                by process s.",
    monitor: |setting| {
        Box::new(NoCreation {
            numbering: Numbering::new(setting.nodes),
            broadcast: PerBroadcast::new(setting.nodes),
            violated: None,
        })
    },
};

/// Agreement.
pub const AGREEMENT: Property = Property {
    name: "agreement",
    kind: Kind::Liveness,
    statement: "If a message m is delivered by some correct process, then m is eventually \
                delivered by every correct process.",
    monitor: |setting| Box::new(Agreement::new(setting, Binds::Correct)),
};

/// Uniform agreement.
pub const UNIFORM_AGREEMENT: Property = Property {
    name: "uniform agreement",
    kind: Kind::Liveness,
    statement: "If a message m is delivered by some process, whether correct or faulty, then m is \
                eventually delivered by every correct process.",
    monitor: |setting| Box::new(Agreement::new(setting, Binds::Uniform)),
};

/// Atomicity: all or none of the destinations.
///
/// The destinations are the processes that are up in the end. So it binds the processes that recover, unlike
/// *uniform agreement*.
pub const ATOMICITY: Property = Property {
    name: "atomicity",
    kind: Kind::Liveness,
    statement: "A message that is delivered by some process is eventually delivered by every \
                process that does not stay down.",
    monitor: |setting| Box::new(Agreement::new(setting, Binds::Recovered)),
};

/// Event of a broadcast that monitors observe.
pub(super) enum Heard<'a> {
    Broadcast(&'a Value),
    Deliver(&'a Deliver<Value>),
}

/// Returns the message that is broadcast in an event, if there is one, with its label.
pub(super) fn broadcast<'a>(seen: &Observation<'a>) -> Option<(&'a Value, Option<&'a Value>)> {
    let Seen::Request(packet) = seen.what else { return None };
    if let Some(Broadcast(payload)) = packet.get::<Broadcast<Value>>() {
        return Some((payload, None));
    }
    if let Some(Broadcast(labelled)) = packet.get::<Broadcast<Labelled<Value>>>() {
        return Some((&labelled.payload, labelled.label.as_ref()));
    }
    match packet.get() {
        Some(GroupRequest::Broadcast(payload)) => Some((payload, None)),
        _ => None,
    }
}

impl<'a> Heard<'a> {
    pub(super) fn of(seen: &Observation<'a>) -> Option<Self> {
        match seen.what {
            Seen::Request(_) => broadcast(seen).map(|(payload, _)| Self::Broadcast(payload)),
            Seen::Indication(packet) => match (packet.get(), packet.get()) {
                (Some(deliver), _) | (None, Some(GroupIndication::Deliver(deliver))) => {
                    Some(Self::Deliver(deliver))
                }
                _ => None,
            },
            Seen::Crash | Seen::Recover | Seen::Detect(_) | Seen::Traitor => None,
        }
    }
}

/// Broadcasts of each node so far, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Numbering(Vec<Vec<Value>>);

impl Numbering {
    pub(super) fn new(nodes: usize) -> Self {
        Self(vec![Vec::new(); nodes])
    }

    /// Records a broadcast of this node, and returns its id.
    pub(super) fn next(&mut self, from: NodeId, payload: &Value) -> BroadcastId {
        if self.0.len() <= from.index() {
            self.0.resize(from.index() + 1, Vec::new());
        }
        let broadcasts = &mut self.0[from.index()];
        broadcasts.push(payload.clone());
        BroadcastId { from, seq: broadcasts.len() as u32 }
    }

    /// Records the broadcast of an event, if there is one.
    pub(super) fn hear(&mut self, seen: &Observation) {
        if let Some((payload, _)) = broadcast(seen) {
            self.next(seen.node, payload);
        }
    }

    /// True if a broadcast with this id is recorded.
    pub(super) fn has(&self, id: BroadcastId) -> bool {
        self.0.get(id.from.index()).is_some_and(|it| (1..=it.len()).contains(&(id.seq as usize)))
    }

    /// Returns the name of a broadcast in a sentence.
    pub(super) fn name(&self, id: BroadcastId, payload: &Value) -> String {
        self.mention(&id.mention(payload))
    }

    /// Returns the name of a message in a sentence.
    pub(super) fn mention(&self, message: &Mention) -> String {
        let all = self.0.iter().enumerate().flat_map(|(node, all)| {
            all.iter().zip(1..).map(move |(payload, seq)| (node, seq, payload))
        });
        let (from, seq) = (message.from.index(), message.seq);
        let others = all.filter(|(node, number, _)| (*node, *number) != (from, seq));
        named(message, others.map(|(.., payload)| payload))
    }
}

/// A value for each broadcast. Broadcasts are numbered, so this is a table: a look-up by number makes judging cheaper
/// than simulating. Only values of broadcasts far ahead of the others are searched for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PerBroadcast<T> {
    /// By broadcaster: values of its first broadcasts, without a gap.
    table: Vec<Vec<T>>,
    /// Values of broadcasts after a gap.
    ahead: SortedMap<BroadcastId, T>,
}

impl<T> PerBroadcast<T> {
    pub(super) fn new(nodes: usize) -> Self {
        Self { table: (0..nodes).map(|_| Vec::new()).collect(), ahead: SortedMap::new() }
    }

    pub(super) fn get(&self, id: BroadcastId) -> Option<&T> {
        let place = (id.seq as usize).wrapping_sub(1);
        self.table[id.from.index()].get(place).or_else(|| self.ahead.get(&id))
    }

    /// Returns the value of a broadcast; inserts the result of `make` if there is none.
    pub(super) fn get_or_insert_with(
        &mut self,
        id: BroadcastId,
        make: impl FnOnce() -> T,
    ) -> &mut T {
        let row = &mut self.table[id.from.index()];
        let place = (id.seq as usize).wrapping_sub(1);
        if place > row.len() {
            return self.ahead.entry(id).or_insert_with(make);
        }
        if place == row.len() {
            let known = if self.ahead.is_empty() { None } else { self.ahead.remove(&id) };
            row.push(known.unwrap_or_else(make));
        }
        &mut row[place]
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.table.iter().flatten().chain(self.ahead.values())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Validity {
    roster: Roster,
    members: Members,
    numbering: Numbering,
    /// Broadcasts that their broadcasters have not delivered, each with the event of the request and the message.
    awaited: SortedMap<BroadcastId, (EventId, Value)>,
    /// By node: its last request, if that was a broadcast. A refusal is the answer to it.
    last: SortedMap<NodeId, BroadcastId>,
}

impl Monitor for Validity {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        self.members.observe(seen);
        match (Heard::of(seen), seen.what) {
            (Some(Heard::Broadcast(payload)), _) => {
                let id = self.numbering.next(seen.node, payload);
                self.awaited.insert(id, (seen.id, payload.clone()));
                self.last.insert(seen.node, id);
            }
            (Some(Heard::Deliver(deliver)), _) if deliver.from == seen.node => {
                self.awaited.remove(&deliver.id());
            }
            (None, Seen::Request(_)) => drop(self.last.remove(&seen.node)),
            (None, Seen::Indication(packet)) => {
                if let Some(GroupIndication::Refuse { .. }) = packet.get()
                    && let Some(refused) = self.last.remove(&seen.node)
                {
                    self.awaited.remove(&refused);
                }
            }
            _ => {}
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, over: bool) -> Verdict {
        let correct = self.roster.correct();
        let awaited = self
            .awaited
            .iter()
            .filter(|(id, _)| correct.and(self.members.bound_by(**id)).contains(id.from));
        match awaited.min_by_key(|(_, (event, _))| *event) {
            None => Verdict::Holds,
            Some((id, (event, payload))) => {
                let (from, message) = (id.from, self.numbering.name(*id, payload));
                if over {
                    let why = format!("{from} broadcast {message} and never delivered it");
                    Verdict::Violated { why, witness: vec![*event] }
                } else {
                    Verdict::Undecided(format!("{from} broadcast {message}, not yet delivered"))
                }
            }
        }
    }
}

/// The first violation of a safety property. No later event repairs it.
pub(super) type First = Option<Violation>;

pub(super) fn verdict_of(first: &First, numbering: &Numbering) -> Verdict {
    let verdict = |it: &Violation| it.verdict(|message| numbering.mention(message));
    first.as_ref().map_or(Verdict::Holds, verdict)
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NoDuplication {
    numbering: Numbering,
    /// By broadcast: the nodes that have delivered it, each with the event.
    delivered: PerBroadcast<SortedMap<NodeId, EventId>>,
    violated: First,
}

impl Monitor for NoDuplication {
    fn observe(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        if self.violated.is_some() {
            return;
        }
        let events = self.delivered.get_or_insert_with(deliver.id(), SortedMap::new);
        if let Some(first) = events.get(&seen.node) {
            let why = Sentence::new(format!("{} delivered ", seen.node));
            let why = why.message(deliver.id().mention(&deliver.payload)).words(" twice");
            self.violated = Some(Violation::new(why, [*first, seen.id]));
        } else {
            events.insert(seen.node, seen.id);
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated, &self.numbering)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NoCreation {
    numbering: Numbering,
    broadcast: PerBroadcast<(EventId, Value)>,
    violated: First,
}

impl Monitor for NoCreation {
    fn observe(&mut self, seen: &Observation) {
        match Heard::of(seen) {
            Some(Heard::Broadcast(payload)) => {
                let id = self.numbering.next(seen.node, payload);
                self.broadcast.get_or_insert_with(id, || (seen.id, payload.clone()));
            }
            Some(Heard::Deliver(Deliver { from, seq, payload })) if self.violated.is_none() => {
                let id = BroadcastId { from: *from, seq: *seq };
                let delivered = Sentence::new(format!("{} delivered ", seen.node));
                self.violated = match self.broadcast.get(id) {
                    Some((_, original)) if original == payload => None,
                    Some((request, original)) => {
                        let delivered = format!("{} delivered {}", seen.node, spoken(payload));
                        let why = format!("{delivered} as {id}, which says {}", spoken(original));
                        Some(Violation::new(why, [*request, seen.id]))
                    }
                    None => {
                        let why = delivered.message(id.mention(payload));
                        let why = why.words(format!(", which {from} never broadcast"));
                        Some(Violation::new(why, [seen.id]))
                    }
                };
            }
            _ => {}
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated, &self.numbering)
    }
}

/// Processes whose delivery binds others, and processes that it binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Binds {
    /// A delivery by a correct process binds the correct processes.
    Correct,
    /// A delivery by any process binds the correct processes.
    Uniform,
    /// A delivery by any process binds the processes that are up in the end.
    Recovered,
}

/// Agreement, uniform agreement and atomicity. They differ in the processes that bind and are bound.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Agreement {
    binds: Binds,
    roster: Roster,
    members: Members,
    numbering: Numbering,
    messages: PerBroadcast<Deliveries>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Deliveries {
    id: BroadcastId,
    payload: Value,
    by: NodeSet,
    /// By node: the event of its first delivery.
    events: SortedMap<NodeId, EventId>,
}

impl Agreement {
    fn new(setting: &Setting, binds: Binds) -> Self {
        let members = Members::new(setting.nodes);
        let messages = PerBroadcast::new(setting.nodes);
        let numbering = Numbering::new(setting.nodes);
        Self { binds, roster: Roster::new(setting), members, numbering, messages }
    }
}

impl Monitor for Agreement {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        self.members.observe(seen);
        self.numbering.hear(seen);
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        let message = self.messages.get_or_insert_with(deliver.id(), || Deliveries {
            id: deliver.id(),
            payload: deliver.payload.clone(),
            by: NodeSet::EMPTY,
            events: SortedMap::new(),
        });
        if message.by.insert(seen.node) {
            message.events.insert(seen.node, seen.id);
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, over: bool) -> Verdict {
        let correct = self.roster.correct();
        let (binding, bound) = match self.binds {
            Binds::Correct => (correct, correct),
            Binds::Uniform => (NodeSet::first(MAX_NODES), correct),
            Binds::Recovered => (NodeSet::first(MAX_NODES), self.roster.up()),
        };
        let uneven = self.messages.values().filter_map(|message| {
            let missing = bound.and(self.members.bound_by(message.id)).without(message.by);
            let binding = message.events.iter().filter(|(node, _)| binding.contains(**node));
            let first = binding.min_by_key(|(_, event)| **event)?;
            (!missing.is_empty()).then_some((first, missing, message))
        });
        let Some(((node, event), missing, message)) = uneven.min_by_key(|((_, event), ..)| **event)
        else {
            return Verdict::Holds;
        };
        let payload = self.numbering.name(message.id, &message.payload);
        if over {
            let why = format!("{node} delivered {payload}, {missing} never did");
            return Verdict::Violated { why, witness: vec![*event] };
        }
        let have = have(missing);
        Verdict::Undecided(format!("{node} delivered {payload}, {missing} {have} not yet"))
    }
}
