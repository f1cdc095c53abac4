//! Shared objects (registers, a queue, replicas): requests, indications and properties.
//!
//! Properties: Herlihy and Wing 1990, *Linearizability: A Correctness Condition for Concurrent Objects*;
//! termination: CGR, chapter 4; convergence: Shapiro, Preguiça, Baquero and Zawirski 2011, *Conflict-Free Replicated
//! Data Types*. The search for a linearization is in [`linearization`].

pub mod just_in_time;
pub mod linearization;

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value as Json;

use self::{
    just_in_time::RegisterHistory,
    linearization::{Answered, Limit, Linearization, Queue, QueueOperation, RegisterOperation},
};
use super::{
    Value,
    naming::spoken,
    watch::{Await, Owed, Violation, Watch, answer, fields, liveness, safety},
};
use crate::kernel::{
    EventId, Indication, Kind, Monitor, Needs, NodeId, Observation, Packet, Property, Request,
    RequestKind, Roster, Scenario, Seen, SortedMap, Verdict, With,
};

/// Operation of a client on the shared objects: registers, one for every key, and a queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display)]
pub enum Operation {
    /// Answers the value of the register with this key.
    #[display("read of {key}")]
    Read {
        /// Key of the register.
        key: Value,
    },
    /// Stores the value in the register with this key. Answers nothing.
    #[display("write of {value} to {key}")]
    Write {
        /// Key of the register.
        key: Value,
        /// Value to store.
        value: Value,
    },
    /// Appends the value to the queue. Answers nothing.
    #[display("enqueue of {_0}")]
    Enqueue(Value),
    /// Removes the first value of the queue and answers it.
    #[display("dequeue")]
    Dequeue,
}

impl Operation {
    /// Returns the operation as part of a sentence.
    fn spoken(&self) -> String {
        match self {
            Self::Read { key } => format!("read of {}", spoken(key)),
            Self::Write { key, value } => format!("write of {} to {}", spoken(value), spoken(key)),
            Self::Enqueue(value) => format!("enqueue of {}", spoken(value)),
            Self::Dequeue => "dequeue".to_owned(),
        }
    }

    /// Key of its register; none for an operation on the queue.
    const fn key(&self) -> Option<&Value> {
        match self {
            Self::Read { key } | Self::Write { key, .. } => Some(key),
            Self::Enqueue(_) | Self::Dequeue => None,
        }
    }
}

/// Operation of a client where there are registers only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Access {
    /// As [`Operation::Write`].
    #[display("write of {value} to {key}")]
    Write {
        /// Key of the register.
        key: Value,
        /// Value to store.
        value: Value,
    },
    /// As [`Operation::Read`].
    #[display("read of {key}")]
    Read {
        /// Key of the register.
        key: Value,
    },
}

impl Access {
    /// Key of its register.
    #[must_use]
    pub const fn key(&self) -> &Value {
        match self {
            Self::Write { key, .. } | Self::Read { key } => key,
        }
    }
}

impl From<Access> for Operation {
    fn from(access: Access) -> Self {
        match access {
            Access::Write { key, value } => Self::Write { key, value },
            Access::Read { key } => Self::Read { key },
        }
    }
}

const WRITE: RequestKind = RequestKind {
    name: "write",
    help: "Store a value in a register.",
    with: With::Record(&[With::Text { label: "key" }, With::Text { label: "value" }]),
};

const READ: RequestKind = RequestKind {
    name: "read",
    help: "Ask for the value of a register.",
    with: With::Text { label: "key" },
};

impl Request for Access {
    const KINDS: &'static [RequestKind] = &[WRITE, READ];

    fn read(name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        if name == READ.name {
            return Value::read(with).map(|key| Self::Read { key });
        }
        let object = fields(with, &["key", "value"])
            .ok_or_else(|| "{\"key\": …, \"value\": …}".to_owned())?;
        let field = |name| Value::read(object.get(name));
        Ok(Self::Write { key: field("key")?, value: field("value")? })
    }
}

/// Has the first node write, for [`Cost::perform`](crate::kernel::Cost::perform).
pub fn one_write(scenario: &mut Scenario) {
    let with = serde_json::json!({"key": "x", "value": 1});
    scenario.ask(0, NodeId::new(0), WRITE.name, Some(with));
}

/// Has the first node read, for [`Cost::perform`](crate::kernel::Cost::perform).
pub fn one_read(scenario: &mut Scenario) {
    scenario.ask(0, NodeId::new(0), READ.name, Some("x".into()));
}

impl Request for Operation {
    const KINDS: &'static [RequestKind] = &[
        WRITE,
        READ,
        RequestKind {
            name: "invoke",
            help: "Use the queue.",
            with: With::Either(&[
                With::Choice { label: "operation", words: &["dequeue"], optional: false },
                With::Record(&[With::Text { label: "enqueue" }]),
            ]),
        },
    ];

    fn read(name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        if Access::KINDS.iter().any(|kind| kind.name == name) {
            return Access::read(name, with, nodes).map(Self::from);
        }
        if with.and_then(Json::as_str) == Some("dequeue") {
            return Ok(Self::Dequeue);
        }
        let object = fields(with, &["enqueue"])
            .ok_or_else(|| "\"dequeue\" or {\"enqueue\": …}".to_owned())?;
        Value::read(object.get("enqueue")).map(Self::Enqueue)
    }
}

/// Indications of a shared object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Reply {
    /// To a client: the answer to its request.
    #[display("respond {}", shown(value.as_ref()))]
    Respond {
        /// Number of the request at this node since it last started, from 1.
        request: u32,
        /// The answer; null if the object is empty, or for an operation without an answer.
        value: Option<Value>,
    },
    /// At a replica: a new value under this key.
    #[display("hold {key} = {value}")]
    Hold {
        /// Key of the register.
        key: Value,
        /// Its value.
        value: Value,
    },
}

/// The value of a register in a label; a dash for none.
#[must_use]
pub fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "–".to_owned(), Value::to_string)
}

impl Indication for Reply {
    fn kind(&self) -> &'static str {
        match self {
            Self::Respond { .. } => "respond",
            Self::Hold { .. } => "hold",
        }
    }
}

/// Linearizability, of registers and of a queue.
///
/// An operation without an answer (its client may have crashed) may take effect at any time from its request on, or
/// never. A second answer to one request does not count. Equal values are not distinguished: a read may have its value
/// from any write of it. If so many operations on one key overlap that the search reaches its limit, the verdict is
/// *undecided* and says so. No other safety property can be undecided.
pub const LINEARIZABILITY: Property = Property {
    name: "linearizability",
    kind: Kind::Safety,
    statement: "Every operation appears to take effect at once, at some moment between its request \
                and its answer.",
    monitor: |_| Box::new(Linearizability::default()),
};

/// No lost acknowledged update.
///
/// The property of a regular register (Lamport 1986, *On Interprocess Communication*). It is weaker than
/// linearizability: two reads during a write may answer the new value and then the old one.
pub const NO_LOST_ACKNOWLEDGED_UPDATE: Property = Property {
    name: "no lost acknowledged update",
    kind: Kind::Safety,
    statement: "A read that begins after a write was acknowledged answers that write's value, or \
                the value of a write that was not acknowledged before that one began.",
    monitor: |_| safety(NoLostUpdate::default()),
};

/// Convergence.
///
/// A replica is a process that has told its values. The property concerns those that are up in the end.
pub const CONVERGENCE: Property = Property {
    name: "convergence",
    kind: Kind::Liveness,
    statement: "Eventually, all replicas that do not stay down hold the same values.",
    monitor: |setting| {
        liveness(Convergence { roster: Roster::new(setting), replicas: SortedMap::new() })
    },
};

/// Termination.
///
/// CGR, modules 4.1 to 4.3. No other property of shared objects demands answers. A crash ends the operations of its
/// process: a recovered process has to ask again.
pub const TERMINATION: Property = Property {
    name: "termination",
    kind: Kind::Liveness,
    statement: "If a correct process invokes an operation, then the operation eventually completes.",
    monitor: |setting| {
        liveness(Termination { roster: Roster::new(setting), clients: Clients::default() })
    },
};

/// Returns the operation that a request asks for.
fn operation(packet: &Packet) -> Option<Operation> {
    let access = || packet.get().cloned().map(Access::into);
    packet.get().cloned().or_else(access)
}

/// An event of a client, as it concerns its operations.
enum Call<'a> {
    /// It has invoked an operation.
    Invoked(Operation),
    /// It has the first answer to the operation that it invoked in this event.
    Answered(EventId, Operation, Option<&'a Value>),
    /// It has crashed, and these operations get no answer.
    Abandoned(Vec<(EventId, Operation)>),
}

/// Operations whose answers are awaited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Clients {
    /// Number of requests at each node since it last started.
    counts: SortedMap<NodeId, u32>,
    awaited: SortedMap<(NodeId, u32), (EventId, Operation)>,
}

impl Clients {
    fn hear<'a>(&mut self, seen: &Observation<'a>) -> Option<Call<'a>> {
        let node = seen.node;
        match seen.what {
            Seen::Request(packet) => {
                let operation = operation(packet)?;
                let count = self.counts.entry(node).or_default();
                *count += 1;
                self.awaited.insert((node, *count), (seen.id, operation.clone()));
                Some(Call::Invoked(operation))
            }
            Seen::Indication(packet) => {
                let Reply::Respond { request, value } = packet.get()? else { return None };
                let (event, operation) = self.awaited.remove(&(node, *request))?;
                Some(Call::Answered(event, operation, value.as_ref()))
            }
            Seen::Crash => {
                self.counts.remove(&node);
                let mut lost = Vec::new();
                self.awaited.retain(|(client, _), call| {
                    let stays = *client != node;
                    if !stays {
                        lost.push(call.clone());
                    }
                    stays
                });
                Some(Call::Abandoned(lost))
            }
            _ => None,
        }
    }
}

/// A history is linearizable if it is at every single object (Herlihy and Wing's locality), so every register has a
/// search of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Linearizability {
    clients: Clients,
    known: SortedMap<Value, Known>,
    /// For each read without an answer, by the event of its request: the last operation known when it began.
    before: SortedMap<EventId, Completed>,
    registers: SortedMap<Value, RegisterHistory>,
    queue: Linearization<Queue>,
    violated: Option<Violation>,
    /// Limit at which the search gave up, by object (a key, or none for the queue). Other objects are still judged.
    gave_up: SortedMap<Option<Value>, Limit>,
}

/// Facts about a register, from which a witness is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Known {
    /// The completed operation that began last.
    last: Option<Completed>,
    /// The last write of each value, and its answer.
    writes: SortedMap<Value, (EventId, Option<EventId>)>,
}

/// A completed operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Completed {
    asked: EventId,
    answered: EventId,
    node: NodeId,
    operation: Operation,
    /// Value of the register then.
    value: Option<Value>,
}

impl Known {
    /// Returns the events of the last write of a value.
    fn write_of(&self, value: Option<&Value>) -> impl Iterator<Item = EventId> {
        let write = value.and_then(|value| self.writes.get(value)).copied();
        write.into_iter().flat_map(|(asked, answered)| [Some(asked), answered]).flatten()
    }
}

impl Linearizability {
    /// Records a request, for the witness.
    fn note_request(&mut self, event: EventId, operation: &Operation) {
        let (Operation::Read { key } | Operation::Write { key, .. }) = operation else { return };
        let known = self.known.entry(key.clone()).or_default();
        if let Operation::Write { value, .. } = operation {
            known.writes.insert(value.clone(), (event, None));
        }
        self.before.extend(known.last.clone().map(|last| (event, last)));
    }

    /// Records an answer, for the witness.
    fn note_answer(&mut self, completed: Completed) {
        let (Operation::Read { key } | Operation::Write { key, .. }) = &completed.operation else {
            return;
        };
        self.before.remove(&completed.asked);
        let known = self.known.entry(key.clone()).or_default();
        if let Operation::Write { value, .. } = &completed.operation
            && let Some(write) = known.writes.get_mut(value)
            && write.0 == completed.asked
        {
            write.1 = Some(completed.answered);
        }
        if known.last.as_ref().is_none_or(|last| last.asked < completed.asked) {
            known.last = Some(completed);
        }
    }

    /// Returns the violation of a wrong answer. Its witness is the write of the answered value, and the operation that
    /// shows a later state.
    fn violation(
        &self,
        seen: &Observation,
        asked: EventId,
        called: (&Operation, Option<&Value>),
    ) -> Violation {
        let (operation, value) = called;
        let mut why = format!(
            "{}'s {} answered {}, which no order of the operations explains",
            seen.node,
            operation.spoken(),
            answer(value)
        );
        let mut witness = vec![asked, seen.id];
        if let Operation::Read { key } = operation
            && let Some(known) = self.known.get(key)
        {
            witness.extend(known.write_of(value));
            if let Some(last) = self.before.get(&asked).filter(|it| it.value.as_ref() != value) {
                witness.extend([last.asked, last.answered]);
                witness.extend(known.write_of(last.value.as_ref()));
                let said = last.operation.spoken();
                // Two operations of one node may be equal.
                let same = last.node == seen.node && last.operation == *operation;
                let earlier = if same { "earlier " } else { "" };
                let (node, held) = (last.node, answer(last.value.as_ref()));
                why += &match last.operation {
                    Operation::Read { .. } => {
                        format!(": {node}'s {earlier}{said} had answered {held} before")
                    }
                    _ => format!(": {node}'s {earlier}{said} was over before"),
                };
            }
        }
        witness.retain(|event| *event <= seen.id);
        Violation::new(why, witness)
    }

    fn invoke(&mut self, event: EventId, operation: &Operation) {
        match operation.clone() {
            Operation::Read { key } => {
                self.registers.entry(key).or_default().invoke(event, RegisterOperation::Read);
            }
            Operation::Write { key, value } => {
                let operation = RegisterOperation::Write(value);
                self.registers.entry(key).or_default().invoke(event, operation);
            }
            Operation::Enqueue(value) => self.queue.invoke(event, QueueOperation::Enqueue(value)),
            Operation::Dequeue => self.queue.invoke(event, QueueOperation::Dequeue),
        }
    }

    fn answer(&mut self, event: EventId, operation: &Operation, value: Option<&Value>) -> Answered {
        match operation {
            Operation::Read { key } | Operation::Write { key, .. } => {
                self.registers.entry(key.clone()).or_default().answer(event, value)
            }
            Operation::Enqueue(_) | Operation::Dequeue => self.queue.answer(event, value),
        }
    }

    fn abandon(&mut self, event: EventId, operation: &Operation) {
        match operation {
            Operation::Read { key } | Operation::Write { key, .. } => {
                self.registers.entry(key.clone()).or_default().abandon(event);
            }
            Operation::Enqueue(_) | Operation::Dequeue => self.queue.abandon(event),
        }
    }
}

impl Monitor for Linearizability {
    fn observe(&mut self, seen: &Observation) {
        if self.violated.is_some() {
            return;
        }
        match self.clients.hear(seen) {
            None => {}
            Some(Call::Invoked(operation) | Call::Answered(_, operation, _))
                if self.gave_up.contains_key(&operation.key().cloned()) => {}
            Some(Call::Invoked(operation)) => {
                self.note_request(seen.id, &operation);
                self.invoke(seen.id, &operation);
            }
            Some(Call::Abandoned(lost)) => {
                for (event, operation) in lost {
                    self.before.remove(&event);
                    self.abandon(event, &operation);
                }
            }
            Some(Call::Answered(event, operation, value)) => {
                match self.answer(event, &operation, value) {
                    Answered::Possible => {
                        let held = match &operation {
                            Operation::Write { value, .. } => Some(value.clone()),
                            _ => value.cloned(),
                        };
                        let (asked, answered, node) = (event, seen.id, seen.node);
                        self.note_answer(Completed {
                            asked,
                            answered,
                            node,
                            operation,
                            value: held,
                        });
                    }
                    Answered::GaveUp(limit) => {
                        self.gave_up.insert(operation.key().cloned(), limit);
                    }
                    Answered::Impossible => {
                        self.violated = Some(self.violation(seen, event, (&operation, value)));
                    }
                }
            }
        }
    }

    fn needs(&self) -> Needs {
        Needs::ORDER
    }

    fn verdict(&self, _over: bool) -> Verdict {
        match &self.violated {
            Some(violation) => violation.clone().into(),
            None => self.gave_up.first_key_value().map_or(Verdict::Holds, |(key, limit)| {
                let object = key.as_ref().map_or("the queue".to_owned(), spoken);
                Verdict::Undecided(match limit {
                    Limit::Configurations(limit) => format!(
                        "the operations on {object} overlap in too many ways: the search for their \
                         order gave up at its limit of {limit} configurations"
                    ),
                    Limit::Open(limit) => format!(
                        "more than {limit} operations on {object} have no answer at one moment, which \
                         is the limit of the search for their order"
                    ),
                })
            }),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct NoLostUpdate {
    clients: Clients,
    registers: SortedMap<Value, Writes>,
    /// For each read without an answer, by its event: the acknowledged write that began last before it (the event of
    /// its beginning, and its value).
    reads: SortedMap<EventId, (EventId, Value)>,
}

/// The writes to one register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Writes {
    /// Beginning and value of the acknowledged write that began last.
    last: Option<(EventId, Value)>,
    /// For each value: number of its writes without an acknowledgement, and the last acknowledgement.
    values: SortedMap<Value, (u32, Option<EventId>)>,
}

impl Watch for NoLostUpdate {
    const NEEDS: Needs = Needs::IDS;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        match self.clients.hear(seen)? {
            Call::Invoked(Operation::Write { key, value }) => {
                let writes = self.registers.entry(key).or_default();
                writes.values.entry(value).or_default().0 += 1;
                None
            }
            Call::Invoked(Operation::Read { key }) => {
                let last = self.registers.get(&key).and_then(|writes| writes.last.clone());
                self.reads.extend(last.map(|last| (seen.id, last)));
                None
            }
            Call::Answered(event, Operation::Write { key, value }, _) => {
                let writes = self.registers.entry(key).or_default();
                let (pending, acknowledged) = writes.values.entry(value.clone()).or_default();
                *pending = pending.saturating_sub(1);
                *acknowledged = Some(seen.id);
                writes.last = writes.last.take().max(Some((event, value)));
                None
            }
            Call::Answered(event, Operation::Read { key }, value) => {
                let (began, lost) = self.reads.remove(&event)?;
                let fresh = value.is_some_and(|value| {
                    let written = self.registers.get(&key).and_then(|it| it.values.get(value));
                    written.is_some_and(|(pending, acknowledged)| {
                        *pending > 0 || acknowledged.is_some_and(|event| event > began)
                    })
                });
                let why = format!(
                    "{}'s read of {} answered {}, {} having been acknowledged before",
                    seen.node,
                    spoken(&key),
                    answer(value),
                    spoken(&lost)
                );
                (!fresh).then(|| Violation::new(why, [began, event, seen.id]))
            }
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Termination {
    roster: Roster,
    clients: Clients,
}

impl Await for Termination {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        self.clients.hear(seen);
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let awaited = self.clients.awaited.iter().filter(|((node, _), _)| correct.contains(*node));
        let ((node, _), (since, operation)) = awaited.min_by_key(|(_, (since, _))| *since)?;
        Some(Owed {
            since: *since,
            never: format!("{node}'s {} was never answered", operation.spoken()),
            not_yet: format!("{node}'s {} has no answer yet", operation.spoken()),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Convergence {
    roster: Roster,
    /// Values of each replica by key, with the events that told them.
    replicas: SortedMap<NodeId, SortedMap<Value, (Value, EventId)>>,
}

impl Await for Convergence {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if let Seen::Indication(packet) = seen.what
            && let Some(Reply::Hold { key, value }) = packet.get()
        {
            let replica = self.replicas.entry(seen.node).or_default();
            replica.insert(key.clone(), (value.clone(), seen.id));
        }
    }

    fn owed(&self) -> Option<Owed> {
        let up = self.roster.up();
        let mut replicas = self.replicas.iter().filter(|(node, _)| up.contains(**node));
        let (first, model) = replicas.next()?;
        replicas.find_map(|(node, replica)| {
            let keys: VecDeque<_> = model.keys().chain(replica.keys()).collect();
            let differs = |key: &&&Value| {
                let held = |here: &SortedMap<Value, (Value, EventId)>| {
                    here.get(**key).map(|(it, _)| it.clone())
                };
                held(model) != held(replica)
            };
            let key = *keys.iter().find(differs)?;
            let (mine, theirs) = (model.get(key), replica.get(key));
            let since = mine.into_iter().chain(theirs).map(|(_, event)| *event).max()?;
            let held = |it: Option<&(Value, EventId)>| answer(it.map(|(value, _)| value));
            let (mine, theirs, key) = (held(mine), held(theirs), spoken(key));
            let why = format!("{first} holds {mine} under {key}, {node} {theirs}");
            Some(Owed { since, never: format!("{why}, to the end"), not_yet: why })
        })
    }
}
