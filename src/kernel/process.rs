//! The interface that a protocol implements.

use std::{fmt, hash::Hash};

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::{
    Context, Detection, Group, Keys, MAX_NODES, NodeId, NodeSet, Parameters, RoundMessage,
};

/// One process of a distributed algorithm: a deterministic state machine that is handed events and answers
/// with effects.
///
/// A handler runs to completion in one atomic step. It may read nothing but `self` and its arguments: time,
/// chance and the network are reached through the [`Context`]. The `Eq` and `Hash` bounds are deliberate:
/// they keep floats and hash maps, whose order varies between runs, out of the state.
pub trait Process: Clone + fmt::Debug + Eq + Hash + Serialize + 'static {
    /// Parameters that a reader can set, with their defaults.
    type Parameters: Parameters;
    /// Requests of the layer above.
    type Request: Payload;
    /// Indications to the layer above.
    type Indication: Payload;
    /// Messages between processes.
    type Message: Payload;
    /// Timers of this process; [`Never`] if it sets none.
    type Timer: Payload;

    /// Returns the state before the first event.
    fn new(group: Group, parameters: &Self::Parameters) -> Self;

    /// Upon ⟨Init⟩.
    fn on_init(&mut self, _ctx: &mut Context<Self>) {}

    /// Upon a request from the layer above.
    fn on_request(&mut self, ctx: &mut Context<Self>, request: Self::Request);

    /// Upon the receipt of a message.
    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Self::Message);

    /// Upon ⟨Timeout⟩.
    fn on_timer(&mut self, _ctx: &mut Context<Self>, _timer: Self::Timer) {}

    /// Upon a suspicion or its withdrawal by the failure detector that the scenario or a layer provides.
    fn on_detection(&mut self, _ctx: &mut Context<Self>, _detection: Detection) {}

    /// Returns the process after a crash; `stored` is the process as it last called [`Context::store`].
    #[must_use]
    fn recover(_stored: &Self, fresh: Self) -> Self {
        fresh
    }

    /// Upon ⟨Recovery⟩.
    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.on_init(ctx);
    }

    /// Returns the processes that have to act before a pending request of this one can go on. If the run is
    /// quiescent and some processes wait for each other in a circle, that is a deadlock.
    #[must_use]
    fn waits_for(&self, _group: Group) -> NodeSet {
        NodeSet::EMPTY
    }

    /// Returns the application's message that a message from `from` carries, if any. From it the diagram
    /// shows for how long a received message is held back before it is delivered.
    #[must_use]
    fn carries(_from: NodeId, _message: &Self::Message) -> Option<Carried> {
        None
    }

    /// Returns the round of a message from `from` and the values that it tells of nodes; none in a protocol without rounds.
    /// Tables of what a node received are made from it.
    #[must_use]
    fn tells(_from: NodeId, _message: &Self::Message) -> Option<RoundMessage> {
        None
    }

    /// Returns a traitor's best lie to a node, when the truth is `message`; none if no lie is possible. A
    /// traitor signs it with its `keys`.
    #[must_use]
    fn forge(_message: &Self::Message, _to: NodeId, _keys: Keys) -> Option<Self::Message> {
        None
    }

    /// Reads a message that a traitor is to send, as the reader writes it.
    ///
    /// # Errors
    /// Description of the valid messages, for the reader: if this is none, or if it has the signature of a
    /// node whose key is not among the `keys`.
    fn read_message(_with: &Json, _nodes: &[String], _keys: Keys) -> Result<Self::Message, String> {
        Err("nothing: traitors of this protocol send only what their strategy prescribes"
            .to_owned())
    }

    /// Returns the largest group that can be run with these parameters. It is less than
    /// [`MAX_NODES`](super::MAX_NODES) only if work or messages grow faster than the square of the group.
    #[must_use]
    fn most_nodes(_parameters: &Self::Parameters) -> usize {
        MAX_NODES
    }

    /// Returns the message after these bits of its encoding were flipped in transit. The first bit is 0; bits
    /// beyond the end count on from its beginning. None for messages that have no encoding of their own: the
    /// link's checksum finds the damage, and they are lost.
    #[must_use]
    fn corrupt(_message: &Self::Message, _bits: &[u32]) -> Option<Self::Message> {
        None
    }
}

/// A value that passes between layers, processes or moments in time.
///
/// The diagram draws its `Display`, coloured by the variant's name; the inspector and the trace show its
/// `Serialize`.
pub trait Payload: Clone + fmt::Debug + fmt::Display + Eq + Hash + Serialize + 'static {}
impl<T: Clone + fmt::Debug + fmt::Display + Eq + Hash + Serialize + 'static> Payload for T {}

/// A request of an application, as a scenario spells it: `"do": name, "with": value`.
pub trait Request: Payload {
    /// All kinds of requests.
    const KINDS: &'static [RequestKind];

    /// Reads a request.
    ///
    /// # Errors
    /// Description of the valid values of `with`, for the reader. `name` is always one of
    /// [`KINDS`](Self::KINDS).
    fn read(name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String>;
}

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RequestKind {
    /// Its name in a scenario's `do`. Never renamed: links live for ever.
    pub name: &'static str,
    /// Its meaning, in one line.
    pub help: &'static str,
    /// Form of its `with`.
    #[serde(serialize_with = "label")]
    pub with: With,
}

fn label<S: Serializer>(with: &With, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(with)
}

/// The form of a request's value: a page builds its input fields from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// No value.
    Nothing,
    /// A text.
    Text {
        /// Name of the field: `message`, `key`.
        label: &'static str,
    },
    /// A whole number.
    Number {
        /// Name of the field: `hold`, `amount`.
        label: &'static str,
        /// Unit of the number: `ms`; empty for plain numbers.
        unit: &'static str,
        /// Number that a page offers; if `optional`, also the meaning of an absent value.
        default: u32,
        /// True if the value may be absent.
        optional: bool,
    },
    /// A node's name.
    Node {
        /// Name of the field: `to`.
        label: &'static str,
    },
    /// One of some words; if `optional`, an absent value means the first.
    Choice {
        /// Name of the field: `vote`.
        label: &'static str,
        /// The words.
        words: &'static [&'static str],
        /// True if the value may be absent.
        optional: bool,
    },
    /// An object with these fields, by their labels.
    Record(&'static [With]),
    /// One of these forms.
    Either(&'static [With]),
}

impl With {
    /// Returns its label, the name of its field.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nothing | Self::Record(_) | Self::Either(_) => "",
            Self::Text { label }
            | Self::Number { label, .. }
            | Self::Node { label }
            | Self::Choice { label, .. } => label,
        }
    }

    /// Changes the nodes' names in a value of this form, and no other text.
    pub fn change_names(self, value: &mut Json, change: &mut dyn FnMut(&mut Json)) {
        match self {
            Self::Node { .. } => change(value),
            Self::Record(fields) => {
                for field in fields {
                    if let Some(value) = value.get_mut(field.label()) {
                        field.change_names(value, change);
                    }
                }
            }
            Self::Either(shapes) => {
                for shape in shapes {
                    shape.change_names(value, change);
                }
            }
            _ => {}
        }
    }
}

/// The form in one line: `ms`, `{to, amount}`, `yes or no`; nothing for no value.
impl fmt::Display for With {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Choice { words, .. } => f.write_str(&words.join(" or ")),
            Self::Number { unit, .. } if !unit.is_empty() => f.write_str(unit),
            Self::Record(fields) => {
                let labels: Vec<_> = fields.iter().map(|field| field.label()).collect();
                write!(f, "{{{}}}", labels.join(", "))
            }
            Self::Either(shapes) => {
                let shapes: Vec<_> = shapes.iter().map(Self::to_string).collect();
                f.write_str(&shapes.join(" or "))
            }
            one => f.write_str(one.label()),
        }
    }
}

/// An indication of a protocol to its application, as the trace spells it.
pub trait Indication: Payload {
    /// Returns its `kind` in the trace: `deliver`, `enter`, `decide`… Its data is its serialised form.
    fn kind(&self) -> &'static str;

    /// Returns the application's message that it delivers, if it delivers one.
    fn delivers(&self) -> Option<Carried> {
        None
    }
}

/// The name of an application's message: the node that received the request, and its number there, from 1.
pub type Carried = (NodeId, u32);

/// The type with no values.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
pub enum Never {}

/// For a protocol without requests: it runs by itself.
impl Request for Never {
    const KINDS: &'static [RequestKind] = &[];

    fn read(_name: &str, _with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Err("no request: this protocol takes none".to_owned())
    }
}
