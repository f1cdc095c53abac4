//! One to one: requests, indications and properties of a link.
//!
//! Properties: CGR, modules 2.3 (perfect links) and 2.11 (FIFO perfect links).

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{
    Value,
    naming::{Mention, Sentence, named as name_of, spoken},
    watch::{Await, Owed, Violation, Watch, fields, liveness, named, safety},
};
use crate::kernel::{
    Carried, EventId, Indication, Kind, Needs, NodeId, Observation, Payload, Property, Request,
    RequestKind, Roster, Scenario, Seen, SortedMap, With,
};

/// ⟨Send | q, m⟩: asks that q delivers m.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("send {payload} to {to}")]
pub struct Send<M> {
    /// The receiver.
    pub to: NodeId,
    /// The message.
    pub payload: M,
}

impl Request for Send<Value> {
    const KINDS: &'static [RequestKind] = &[RequestKind {
        name: "send",
        help: "Send a message to one node.",
        with: With::Record(&[With::Node { label: "to" }, With::Text { label: "payload" }]),
    }];

    fn read(_name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String> {
        let expected = || "{\"to\": a node, \"payload\": a text or a whole number}".to_owned();
        let object = fields(with, &["to", "payload"]).ok_or_else(expected)?;
        let to = named(&object["to"], nodes).ok_or_else(expected)?;
        let payload = Value::read(object.get("payload")).map_err(|_| expected())?;
        Ok(Self { to, payload })
    }
}

/// Has the first node send a message to the last, for [`Cost::perform`](crate::kernel::Cost::perform).
pub fn one_send(scenario: &mut Scenario) {
    let with = json!({"to": scenario.nodes.last(), "payload": "m"});
    scenario.ask(0, NodeId::new(0), "send", Some(with));
}

/// ⟨Deliver | p, m⟩: delivers m, which p has sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("deliver {payload}")]
pub struct Deliver<M> {
    /// The sender.
    pub from: NodeId,
    /// Sequence number among the messages of `from` to this node, from 1.
    pub seq: u32,
    /// The message.
    pub payload: M,
    /// True if the application's operation is idempotent, f(x) = f(f(x)): run twice in a row, it has the effect of once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub idempotent: bool,
}

impl<M: Payload> Indication for Deliver<M> {
    fn kind(&self) -> &'static str {
        "deliver"
    }

    fn delivers(&self) -> Option<Carried> {
        Some((self.from, self.seq))
    }
}

/// No creation.
pub const NO_CREATION: Property = Property {
    name: "no creation",
    kind: Kind::Safety,
    statement: "If some process q delivers a message m with sender p, then m was previously sent \
                to q by process p.",
    monitor: |_| safety(NoCreation(Sent::default())),
};

/// No duplication.
pub const NO_DUPLICATION: Property = Property {
    name: "no duplication",
    kind: Kind::Safety,
    statement: "No message is delivered by a process more than once.",
    monitor: |_| safety(NoDuplication::default()),
};

/// Reliable delivery.
pub const RELIABLE_DELIVERY: Property = Property {
    name: "reliable delivery",
    kind: Kind::Liveness,
    statement: "If a correct process p sends a message m to a correct process q, then q \
                eventually delivers m.",
    monitor: |setting| {
        liveness(ReliableDelivery {
            roster: Roster::new(setting),
            sent: Sent::default(),
            awaited: SortedMap::new(),
        })
    },
};

/// FIFO delivery.
///
/// The book states it for correct processes only. Stated for all, it is strictly a safety property.
pub const FIFO_DELIVERY: Property = Property {
    name: "FIFO delivery",
    kind: Kind::Safety,
    statement: "If some process sends message m1 before it sends message m2 to the same process, \
                then that process does not deliver m2 unless it has already delivered m1.",
    monitor: |_| safety(FifoDelivery::default()),
};

/// Exactly-once effect.
///
/// The receiver's application runs the operations that it is sent. Its final state is compared with the state after
/// each operation has run once, in the order of the first runs, since a reordering is no repetition.
///
/// - An operation that is not idempotent (an increment) changes the state each time that it runs. None may run twice.
/// - An idempotent operation sets a variable. To set it twice in a row is to set it once. To set it again after
///   another operation has set the same variable undoes that one: x := 1, x := 2, x := 1 leaves 1, where each once
///   leaves 2. The variable is the name before `:=` or `=`, or else the words before the last one (*lamp on*). A single
///   word or a number sets the one variable without a name.
///
/// No operation may run that was not sent: this binds all receivers. Every operation runs: this binds correct
/// receivers, for operations of correct senders.
///
/// It has a safety and a liveness part, so it is judged as liveness is: in the end.
pub const EXACTLY_ONCE_EFFECT: Property = Property {
    name: "exactly-once effect",
    kind: Kind::Liveness,
    statement: "The application's state is as if each request ran exactly once.",
    monitor: |setting| {
        liveness(ExactlyOnceEffect {
            wrong: None,
            delivered: NoDuplication::default(),
            settings: SortedMap::new(),
            reliable: ReliableDelivery {
                roster: Roster::new(setting),
                sent: Sent::default(),
                awaited: SortedMap::new(),
            },
        })
    },
};

/// A message by its sender, its receiver, and its sequence number among theirs, from 1.
type Name = (NodeId, NodeId, u32);

/// Returns the message as sentences mention it.
fn mention((from, to, seq): Name, payload: &Value) -> Mention {
    Mention { from, to: Some(to), seq, payload: payload.clone() }
}

/// Event of a link that monitors observe.
enum Heard<'a> {
    Send(Name, &'a Value),
    Deliver(Name, &'a Deliver<Value>),
}

/// All messages sent so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Sent {
    counts: SortedMap<(NodeId, NodeId), u32>,
    messages: SortedMap<Name, (EventId, Value)>,
}

impl Sent {
    fn hear<'a>(&mut self, seen: &Observation<'a>) -> Option<Heard<'a>> {
        match seen.what {
            Seen::Request(packet) => {
                let Send { to, payload } = packet.get::<Send<Value>>()?;
                let count = self.counts.entry((seen.node, *to)).or_default();
                *count += 1;
                let name = (seen.node, *to, *count);
                self.messages.insert(name, (seen.id, payload.clone()));
                Some(Heard::Send(name, payload))
            }
            Seen::Indication(packet) => {
                let delivery = packet.get::<Deliver<Value>>()?;
                Some(Heard::Deliver((delivery.from, seen.node, delivery.seq), delivery))
            }
            _ => None,
        }
    }

    /// Returns the name of a message in a sentence.
    fn name(&self, message: &Mention) -> String {
        let Mention { from, to, seq, .. } = *message;
        let other = |(one, two, number): &Name| (*one, Some(*two), *number) != (from, to, seq);
        let others = self.messages.iter().filter(|(name, _)| other(name));
        name_of(message, others.map(|(_, (_, payload))| payload))
    }

    /// Returns the violation of a delivery whose message was not sent, if it is one.
    fn created(&self, name: Name, payload: &Value, event: EventId) -> Option<Violation> {
        let (from, node, _) = name;
        match self.messages.get(&name) {
            Some((_, sent)) if sent == payload => None,
            Some((request, sent)) => {
                let (payload, sent) = (spoken(payload), mention(name, sent));
                let why =
                    Sentence::new(format!("{node} delivered {payload}, but {from} had sent "));
                let why = why.message(sent);
                Some(Violation::new(why, [*request, event]))
            }
            None => {
                let why = Sentence::new(format!("{node} delivered "))
                    .message(mention(name, payload))
                    .words(format!(", which {from} never sent to it"));
                Some(Violation::new(why, [event]))
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NoCreation(Sent);

impl Watch for NoCreation {
    const NEEDS: Needs = Needs::NOTHING;

    fn go_on(&mut self, seen: &Observation) {
        self.0.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.0.name(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        match self.0.hear(seen)? {
            Heard::Send(..) => None,
            Heard::Deliver(name, Deliver { payload, .. }) => self.0.created(name, payload, seen.id),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct NoDuplication {
    sent: Sent,
    delivered: SortedMap<Name, EventId>,
}

impl Watch for NoDuplication {
    const NEEDS: Needs = Needs::NOTHING;

    fn go_on(&mut self, seen: &Observation) {
        self.sent.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.sent.name(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Heard::Deliver(name, delivery) = self.sent.hear(seen)? else { return None };
        let first = self.delivered.insert(name, seen.id)?;
        let why = Sentence::new(format!("{} delivered ", seen.node));
        let why = why.message(mention(name, &delivery.payload)).words(" twice");
        Some(Violation::new(why, [first, seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ReliableDelivery {
    roster: Roster,
    sent: Sent,
    /// By the event of the request: the message, not delivered yet.
    awaited: SortedMap<EventId, (Name, Value)>,
}

impl Await for ReliableDelivery {
    const NEEDS: Needs = Needs::NOTHING;

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        match self.sent.hear(seen) {
            Some(Heard::Send(name, payload)) => {
                self.awaited.insert(seen.id, (name, payload.clone()));
            }
            Some(Heard::Deliver(name, Deliver { payload, .. })) => {
                if let Some((request, sent)) = self.sent.messages.get(&name)
                    && sent == payload
                {
                    self.awaited.remove(request);
                }
            }
            None => {}
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let binds = |(from, to, _): Name| correct.contains(from) && correct.contains(to);
        let (since, (name, payload)) = self.awaited.iter().find(|(_, (name, _))| binds(*name))?;
        let ((from, to, _), payload) = (*name, self.sent.name(&mention(*name, payload)));
        Some(Owed {
            since: *since,
            never: format!("{from} sent {payload} to {to}, which never delivered it"),
            not_yet: format!("{from} sent {payload} to {to}, which has not delivered it yet"),
        })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct FifoDelivery {
    sent: Sent,
    /// By sender and receiver: number of messages delivered, from the first on.
    delivered: SortedMap<(NodeId, NodeId), u32>,
}

impl Watch for FifoDelivery {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn go_on(&mut self, seen: &Observation) {
        self.sent.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.sent.name(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Heard::Deliver((from, node, seq), Deliver { payload, .. }) = self.sent.hear(seen)?
        else {
            return None;
        };
        // A message that was not sent is judged by no creation, and has no place in any order.
        let (later, _) = self.sent.messages.get(&(from, node, seq))?;
        let delivered = self.delivered.entry((from, node)).or_default();
        if seq <= *delivered + 1 {
            *delivered = seq.max(*delivered);
            return None;
        }
        let next = (from, node, *delivered + 1);
        let (earlier, skipped) = &self.sent.messages[&next];
        let why = Sentence::new(format!("{node} delivered "))
            .message(mention((from, node, seq), payload))
            .words(" without ")
            .message(mention(next, skipped))
            .words(format!(", which {from} sent before"));
        Some(Violation::new(why, [*earlier, *later, seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ExactlyOnceEffect {
    /// The first operation that ran and should not have, with an effect that no other operation undoes.
    wrong: Option<Violation>,
    delivered: NoDuplication,
    /// By receiver and variable: the operations that have set it.
    settings: SortedMap<(NodeId, String), Setting>,
    reliable: ReliableDelivery,
}

/// Operations that have set a variable at a receiver.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Setting {
    /// The operation that ran last.
    last: (EventId, Value),
    /// The operation that would have run last if each had run once.
    once: Value,
}

/// Returns the variable that an operation sets, and the value.
fn set_by(operation: &Value) -> (&str, Value) {
    let Value::Text(text) = operation else { return ("", operation.clone()) };
    let assigned = text.split_once(":=").or_else(|| text.split_once('='));
    let said = || text.trim().rsplit_once(char::is_whitespace);
    let (name, value) = assigned.or_else(said).unwrap_or(("", text));
    (name.trim(), value.trim().into())
}

impl ExactlyOnceEffect {
    /// Records the run of an idempotent operation.
    fn set(&mut self, event: EventId, node: NodeId, operation: &Value, again: bool) {
        let thing = (node, set_by(operation).0.to_owned());
        let last = (event, operation.clone());
        match self.settings.get_mut(&thing) {
            Some(setting) => {
                setting.last = last;
                if !again {
                    setting.once = operation.clone();
                }
            }
            None => drop(self.settings.insert(thing, Setting { last, once: operation.clone() })),
        }
    }

    /// Returns the first operation that has undone another.
    fn undone(&self) -> Option<Owed> {
        let settings = self.settings.iter();
        let undone = settings
            .filter(|(_, Setting { last, once })| set_by(&last.1).1 != set_by(once).1)
            .min_by_key(|(_, setting)| setting.last.0)?;
        let ((node, _), Setting { last: (since, operation), once }) = undone;
        let (operation, once) = (spoken(operation), spoken(once));
        let why = format!("{node} ran {operation} again after {once}, and so undid {once}");
        Some(Owed { since: *since, never: why.clone(), not_yet: why })
    }
}

impl Await for ExactlyOnceEffect {
    fn observe(&mut self, seen: &Observation) {
        self.reliable.observe(seen);
        let Some(Heard::Deliver(name, delivery)) = self.delivered.sent.hear(seen) else { return };
        let payload = &delivery.payload;
        let twice = self.delivered.delivered.insert(name, seen.id).is_some();
        let created = self.reliable.sent.created(name, payload, seen.id);
        let ran = || Sentence::new(format!("{} ran ", seen.node)).message(mention(name, payload));
        let why = match created {
            Some(Violation { why, .. }) => why,
            None if delivery.idempotent => return self.set(seen.id, seen.node, payload, twice),
            None if twice => ran().words(" twice"),
            None => return,
        };
        self.wrong.get_or_insert(Violation::new(why, [seen.id]));
    }

    fn owed(&self) -> Option<Owed> {
        let wrong = self.wrong.as_ref().and_then(|Violation { why, witness }| {
            let why = why.say(|message| self.reliable.sent.name(message));
            Some(Owed { since: *witness.first()?, never: why.clone(), not_yet: why })
        });
        wrong.or_else(|| self.undone()).or_else(|| self.reliable.owed())
    }
}
