//! What a protocol implements.

use std::{fmt, hash::Hash};

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::{Context, Detection, Group, Keys, MAX_NODES, NodeId, NodeSet, Parameters};

/// One process of a distributed algorithm: a deterministic state machine that is handed events and
/// answers with effects.
///
/// A handler runs to completion in one atomic step. It may read nothing but `self` and its arguments:
/// time, chance and the network are reached through the [`Context`]. The `Eq` and `Hash` bounds are
/// deliberate: they keep floats and hash maps, whose order varies between runs, out of the state.
pub trait Process: Clone + fmt::Debug + Eq + Hash + Serialize + 'static {
    /// What a reader can tune, with its defaults.
    type Parameters: Parameters;
    /// What the layer above may ask of this process.
    type Request: Payload;
    /// What this process tells the layer above.
    type Indication: Payload;
    /// What travels between processes.
    type Message: Payload;
    /// The alarms this process sets for itself; [`Never`] if it sets none.
    type Timer: Payload;

    /// The state before the first event.
    fn new(group: Group, parameters: &Self::Parameters) -> Self;

    /// Upon ⟨Init⟩.
    fn on_init(&mut self, _ctx: &mut Context<Self>) {}

    /// Upon a request from the layer above.
    fn on_request(&mut self, ctx: &mut Context<Self>, request: Self::Request);

    /// Upon the receipt of a message.
    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Self::Message);

    /// Upon ⟨Timeout⟩.
    fn on_timer(&mut self, _ctx: &mut Context<Self>, _timer: Self::Timer) {}

    /// Upon a change of mind of the failure detector that the scenario or a layer provides.
    fn on_detection(&mut self, _ctx: &mut Context<Self>, _detection: Detection) {}

    /// What is left after a crash, `stored` being the process as it last called [`Context::store`].
    #[must_use]
    fn recover(_stored: &Self, fresh: Self) -> Self {
        fresh
    }

    /// Upon ⟨Recovery⟩.
    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.on_init(ctx);
    }

    /// Those from whom this process needs something before what it has been asked for can go on. Where
    /// nothing happens any more and some wait for each other in a circle, that is a deadlock.
    #[must_use]
    fn waits_for(&self, _group: Group) -> NodeSet {
        NodeSet::EMPTY
    }

    /// The application's message that a message from `from` carries, if it carries one: what lets the
    /// diagram show how long a message that has come is held back before it is delivered.
    #[must_use]
    fn carries(_from: NodeId, _message: &Self::Message) -> Option<Carried> {
        None
    }

    /// A traitor's best lie to a node, when the truth is `message`; none where there is nothing to lie
    /// about. A traitor signs it with its `keys`.
    #[must_use]
    fn forge(_message: &Self::Message, _to: NodeId, _keys: Keys) -> Option<Self::Message> {
        None
    }

    /// A message as the reader writes it, for a traitor to say.
    ///
    /// # Errors
    /// What was expected instead, to be shown to the reader: if this is no message, or if it has the signature
    /// of a node whose key is not among the `keys`.
    fn read_message(_with: &Json, _nodes: &[String], _keys: Keys) -> Result<Self::Message, String> {
        Err("nothing: a traitor of this protocol says what its strategy makes it say".to_owned())
    }

    /// The largest group that can be run with these parameters. Less than all that a scenario may have only
    /// where work or messages grow faster than the square of the group.
    #[must_use]
    fn most_nodes(_parameters: &Self::Parameters) -> usize {
        MAX_NODES
    }

    /// What comes of a message when these bits of its encoding flip on the way, the first being bit 0; bits
    /// beyond its end count on from its beginning. None for messages that have no encoding of their own:
    /// the link's checksum finds the damage, and they are lost.
    #[must_use]
    fn corrupt(_message: &Self::Message, _bits: &[u32]) -> Option<Self::Message> {
        None
    }
}

/// Anything that passes between layers, processes or moments in time.
///
/// `Display` is how it is drawn in the diagram, its variant's name what colours it, `Serialize` what
/// the inspector and the trace show.
pub trait Payload: Clone + fmt::Debug + fmt::Display + Eq + Hash + Serialize + 'static {}
impl<T: Clone + fmt::Debug + fmt::Display + Eq + Hash + Serialize + 'static> Payload for T {}

/// What an application may ask for, as a scenario spells it: `"do": name, "with": value`.
pub trait Request: Payload {
    /// The requests that there are.
    const KINDS: &'static [RequestKind];

    /// Reads one.
    ///
    /// # Errors
    /// What was expected instead of `with`, to be shown to the reader. `name` is always one of
    /// [`KINDS`](Self::KINDS).
    fn read(name: &str, with: Option<&Json>, nodes: &[String]) -> Result<Self, String>;
}

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RequestKind {
    /// Its name in a scenario's `do`. Never renamed: links live for ever.
    pub name: &'static str,
    /// What it asks for, in a line.
    pub help: &'static str,
    /// What `with` carries.
    #[serde(serialize_with = "label")]
    pub with: With,
}

fn label<S: Serializer>(with: &With, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(with)
}

/// The shape of a request's value: what a page builds its input fields from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// No value at all.
    Nothing,
    /// A text.
    Text {
        /// What it is: `message`, `key`.
        label: &'static str,
    },
    /// A whole number.
    Number {
        /// What it is: `hold`, `amount`.
        label: &'static str,
        /// What is counted: `ms`; empty for plain numbers.
        unit: &'static str,
        /// What a page offers; what is meant where a scenario gives no value, if `optional`.
        default: u32,
        /// Whether there need be no value.
        optional: bool,
    },
    /// A node's name.
    Node {
        /// What it is: `to`.
        label: &'static str,
    },
    /// One of some words, the first being meant where a scenario gives none, if `optional`.
    Choice {
        /// What it is: `vote`.
        label: &'static str,
        /// The words.
        words: &'static [&'static str],
        /// Whether there need be no value.
        optional: bool,
    },
    /// An object with these fields, by their labels.
    Record(&'static [With]),
    /// One of these.
    Either(&'static [With]),
}

impl With {
    /// What it is, as the name of a field.
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

    /// Changes the nodes' names in a value of this shape, and no other text.
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

/// In a line: `ms`, `{to, amount}`, `yes or no`; nothing for no value.
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

/// What a protocol tells its application, as the trace spells it.
pub trait Indication: Payload {
    /// Its `kind` in the trace: `deliver`, `enter`, `decide`… Its data is what it serialises to.
    fn kind(&self) -> &'static str;

    /// The application's message that it delivers, if it delivers one.
    fn delivers(&self) -> Option<Carried> {
        None
    }
}

/// The name of an application's message: who asked for it, and its count there from 1.
pub type Carried = (NodeId, u32);

/// The type with no values.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
pub enum Never {}

/// A protocol that is asked for nothing: it runs by itself.
impl Request for Never {
    const KINDS: &'static [RequestKind] = &[];

    fn read(_name: &str, _with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Err("no request: there is nothing to ask for".to_owned())
    }
}
