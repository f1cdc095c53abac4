//! Requests to broadcast, and deliveries.

use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    abstractions::{Value, naming::Mention, watch::fields},
    kernel::{Carried, Indication, NodeId, Payload, Request, RequestKind, Scenario, With},
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
    /// The label, if there is one: [`SYNC`](crate::abstractions::order::SYNC) or the application's own.
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

    /// True if this is the number of the latest broadcast of this process.
    #[must_use]
    pub const fn is_last(self, id: BroadcastId) -> bool {
        self.0 == id.seq
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
    pub(in crate::abstractions) fn mention(self, payload: &Value) -> Mention {
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
