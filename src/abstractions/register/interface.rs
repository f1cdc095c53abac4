//! Requests to shared objects, and their answers.

use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    abstractions::{Value, naming::spoken, watch::fields},
    kernel::{Indication, NodeId, Request, RequestKind, Scenario, With},
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
    pub(super) fn spoken(&self) -> String {
        match self {
            Self::Read { key } => format!("read of {}", spoken(key)),
            Self::Write { key, value } => format!("write of {} to {}", spoken(value), spoken(key)),
            Self::Enqueue(value) => format!("enqueue of {}", spoken(value)),
            Self::Dequeue => "dequeue".to_owned(),
        }
    }

    /// Key of its register; none for an operation on the queue.
    pub(super) const fn key(&self) -> Option<&Value> {
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
