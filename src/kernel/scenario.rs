//! Scenarios: the only input of a run.
//!
//! `formats::scenario` reads and writes their JSON, with errors that name the path; a scenario here is
//! already valid.

use std::fmt;

use serde_json::Value as Json;

use super::{
    NodeId, NodeSet, ParameterName, ParameterValue, ParameterValues, Time, visible::visible_name,
};

/// Maximum number of requests in a scenario.
pub const MAX_REQUESTS: usize = 10_000;
/// Maximum number of faults in a scenario.
pub const MAX_FAULTS: usize = 10_000;
/// Maximum number of bits of a message that a fault may flip.
pub const MAX_BITS: usize = 64;
/// Last bit of a message that can be named.
pub const MAX_BIT: u32 = 65_535;
/// Maximum number of timers at a node: a run that exceeds it stops and says so.
pub const MAX_TIMERS: usize = 10_000;
/// Number of events after which a run stops and says so.
pub const MAX_EVENTS: usize = 1_000_000;
/// Largest rate and longest queue of a link.
pub const MAX_RATE: u32 = 1_000_000;
/// Latest moment, and longest span, that a scenario may name, in virtual ms: about eleven days.
pub const MAX_TIME: Time = 1_000_000_000;

/// Protocol, parameters, nodes, network, requests, faults and seed: together they determine a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Title of the scenario; may be empty.
    pub title: String,
    /// The id of the protocol.
    pub protocol: String,
    /// Values of parameters that differ from their defaults.
    pub params: ParameterValues,
    /// The nodes' names, unique.
    pub nodes: Vec<String>,
    /// Seed of all random draws, which also depend on the places of the nodes in `nodes`, never on their
    /// names.
    pub seed: u64,
    /// The network: delays, losses, links.
    pub network: NetworkSpec,
    /// Requests of the application.
    pub requests: Vec<RequestSpec>,
    /// Faults.
    pub faults: Vec<Fault>,
    /// Horizon: the end of the run, in virtual ms.
    pub until: Time,
    /// Notes on moments of the run.
    pub captions: Vec<Caption>,
    /// Goal of an exercise as JSON, nodes as their characters; none if the scenario is no exercise. It has no
    /// effect on the run, and the kernel does not read it.
    pub goal: Option<Json>,
}

impl Scenario {
    /// The default of [`until`](Self::until).
    pub const UNTIL: Time = 1000;

    /// True if this scenario has the same run as another one: they differ at most in title, captions and
    /// goal.
    #[must_use]
    pub fn same_run(&self, other: &Self) -> bool {
        let words = other.clone();
        let (title, captions, goal) = (words.title, words.captions, words.goal);
        Self { title, captions, goal, ..self.clone() } == *other
    }

    /// Returns a scenario with all defaults, no requests and no faults.
    #[must_use]
    pub fn new(protocol: impl Into<String>, nodes: Vec<String>) -> Self {
        Self {
            title: String::new(),
            protocol: protocol.into(),
            params: ParameterValues::new(),
            nodes,
            seed: 0,
            network: NetworkSpec::default(),
            requests: Vec::new(),
            faults: Vec::new(),
            until: Self::UNTIL,
            captions: Vec::new(),
            goal: None,
        }
    }

    /// Returns P1 to Pn: the names of nodes if the scenario gives only their number.
    #[must_use]
    pub fn numbered(size: usize) -> Vec<String> {
        (1..=size).map(|number| format!("P{number}")).collect()
    }

    /// Returns the name of a node, as shown to a reader.
    #[must_use]
    pub fn name(&self, node: NodeId) -> String {
        visible_name(self.exact_name(node)).into_owned()
    }

    /// Returns the names of all nodes, as shown to a reader.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.nodes.iter().map(|name| visible_name(name).into_owned())
    }

    /// Returns the name of a node with every character as it is: for JSON, and for comparisons.
    #[must_use]
    pub fn exact_name(&self, node: NodeId) -> &str {
        &self.nodes[node.index()]
    }

    /// Returns the name of a message, `Alice>Carol#1`, as shown to a reader.
    #[must_use]
    pub fn message_name(&self, message: MessageName) -> String {
        format!("{}>{}#{}", self.name(message.from), self.name(message.to), message.number)
    }

    /// Returns the name of a message with every character as it is: for JSON, and for comparisons.
    #[must_use]
    pub fn exact_message_name(&self, message: MessageName) -> String {
        let MessageName { from, to, number } = message;
        format!("{}>{}#{number}", self.exact_name(from), self.exact_name(to))
    }

    /// Sets a parameter.
    pub fn set(&mut self, parameter: ParameterName, value: impl Into<ParameterValue>) {
        self.params.insert(parameter.name().to_owned(), value.into());
    }

    /// Adds a request, at a virtual moment in ms.
    pub fn ask(&mut self, at: Time, node: NodeId, name: &str, with: Option<Json>) {
        self.requests.push(RequestSpec { at, node, name: name.to_owned(), with });
    }
}

/// A probability or a rate, in millionths: never a floating-point number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct PerMillion(pub u32);

impl PerMillion {
    /// Certainty; the rate of a clock that is right.
    pub const ONE: Self = Self(1_000_000);
}

/// The shortest decimal: `1`, `0.05`.
impl fmt::Display for PerMillion {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / Self::ONE.0, self.0 % Self::ONE.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// The network of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// Assumption on delays that the protocol may make.
    pub timing: Timing,
    /// Delay of messages on links without a delay of their own.
    pub delay: Delay,
    /// Order of the messages of one link.
    pub order: Order,
    /// Probability that a message is lost.
    pub loss: PerMillion,
    /// Probability that a second copy of a message arrives.
    pub duplicate: PerMillion,
    /// Probability that a bit of a message is flipped in transit.
    pub corrupt: PerMillion,
    /// Failure detector.
    pub detector: Detector,
    /// Links between nodes.
    pub topology: Topology,
    /// Medium that carries the messages.
    pub medium: Medium,
    /// Links with a delay, a rate or a queue of their own.
    pub links: Vec<LinkSpec>,
}

impl Default for NetworkSpec {
    fn default() -> Self {
        Self {
            timing: Timing::Asynchronous,
            delay: Delay { min: 10, max: 30 },
            order: Order::Any,
            loss: PerMillion(0),
            duplicate: PerMillion(0),
            corrupt: PerMillion(0),
            detector: Detector::None,
            topology: Topology::Full,
            medium: Medium::Links,
            links: Vec::new(),
        }
    }
}

/// Assumption on delays that a protocol may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// None: a slow node cannot be told from a crashed one.
    Asynchronous,
    /// A message takes at most this time, in virtual ms. A scenario may still break it.
    Synchronous(Time),
}

impl Timing {
    /// Returns the longest delay that the protocol may assume, in virtual ms. It is at least 1, since a
    /// timeout of 0 ms would let a node retry for ever at one moment.
    #[must_use]
    pub fn bound(self) -> Option<Time> {
        match self {
            Self::Synchronous(bound) => Some(bound.max(1)),
            Self::Asynchronous => None,
        }
    }
}

/// Uniform and inclusive, in virtual ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    /// Least delay.
    pub min: Time,
    /// Greatest delay.
    pub max: Time,
}

/// Order of the messages of one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Messages may overtake each other.
    Any,
    /// Messages arrive in the order in which they were sent (first in, first out).
    Fifo,
}

/// Failure detector of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detector {
    /// No detector: crashes are undetectable.
    None,
    /// Every crash, and nothing else, is reported to every node, this time later in virtual ms (fail-stop).
    Perfect(Time),
}

impl Detector {
    /// Delay of reports where the scenario only says `"perfect"`, in virtual ms.
    pub const BOUND: Time = 50;
}

/// Links between nodes, in both directions. A message to a node that is not a neighbour is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topology {
    /// Every node is linked to every other.
    Full,
    /// Each node is linked to the next of the scenario's list, and the last to the first.
    Ring,
    /// Each node is linked to the next of the scenario's list.
    Line,
    /// The node at place i of the scenario's list is linked to those at places 2i + 1 and 2i + 2, from 0: a
    /// binary tree with the first node at its root.
    Tree,
    /// The links that the scenario lists.
    Links {
        /// Each pair once.
        links: Vec<[NodeId; 2]>,
        /// Nodes that only forward messages.
        routers: NodeSet,
    },
}

impl Topology {
    /// Returns each node's neighbours, in a group of this size.
    #[must_use]
    pub fn neighbours(&self, size: usize) -> Vec<NodeSet> {
        let pairs: Vec<[usize; 2]> = match self {
            Self::Full => {
                let everyone = NodeSet::first(size);
                let others = |node: usize| everyone.without(NodeId::new(node).into());
                return (0..size).map(others).collect();
            }
            Self::Ring => (0..size).map(|node| [node, (node + 1) % size]).collect(),
            Self::Line => (1..size).map(|node| [node - 1, node]).collect(),
            Self::Tree => (1..size).map(|node| [(node - 1) / 2, node]).collect(),
            Self::Links { links, .. } => links.iter().map(|link| link.map(NodeId::index)).collect(),
        };
        let mut neighbours = vec![NodeSet::EMPTY; size];
        for [one, other] in pairs.into_iter().filter(|[one, other]| one != other) {
            neighbours[one].insert(NodeId::new(other));
            neighbours[other].insert(NodeId::new(one));
        }
        neighbours
    }

    /// Returns the nodes that only forward messages.
    #[must_use]
    pub const fn routers(&self) -> NodeSet {
        match self {
            Self::Links { routers, .. } => *routers,
            _ => NodeSet::EMPTY,
        }
    }
}

/// Medium that carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Links, each between two nodes.
    Links,
    /// One wire or the air: all neighbours hear a transmission, which costs as much as one message.
    Shared,
}

/// A link with a delay, a rate or a queue of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSpec {
    /// The sending side.
    pub from: NodeId,
    /// The receiving side.
    pub to: NodeId,
    /// Delay of its messages.
    pub delay: Delay,
    /// Maximum number of messages that leave its sending side in 100 ms; none for no limit.
    pub rate: Option<u32>,
    /// Maximum number of messages that wait at its sending side; further ones are lost. None for no limit.
    pub queue: Option<u32>,
}

impl LinkSpec {
    /// Returns a link with a delay of its own and room for all messages.
    #[must_use]
    pub const fn new(from: NodeId, to: NodeId, delay: Delay) -> Self {
        Self { from, to, delay, rate: None, queue: None }
    }
}

/// A request of the application.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSpec {
    /// Time of the request, in virtual ms.
    pub at: Time,
    /// Node that receives it.
    pub node: NodeId,
    /// The request's name.
    pub name: String,
    /// Its value, if it carries one.
    pub with: Option<Json>,
}

impl Eq for RequestSpec {}

/// The name of a message: its link, and its number on that link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageName {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// Number of the message among those that `from` hands to the network for `to`, from 1.
    pub number: u32,
}

/// A fault. Times are in virtual ms; a span is from `at` up to, but without, `until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The message is lost.
    Drop {
        /// Name of the message.
        message: MessageName,
    },
    /// The message arrives later.
    Delay {
        /// Name of the message.
        message: MessageName,
        /// Additional delay.
        by: Time,
    },
    /// A second copy of the message arrives.
    Duplicate {
        /// Name of the message.
        message: MessageName,
        /// Time from the first copy to the second.
        after: Time,
    },
    /// These bits of the message's encoding flip in transit.
    Corrupt {
        /// Name of the message.
        message: MessageName,
        /// Flipped bits, each once; the first bit is 0.
        bits: Vec<u32>,
    },
    /// A traitor sends something else as this message.
    Forge {
        /// Name of the message.
        message: MessageName,
        /// Content of the message, as the protocol reads its messages.
        with: Json,
    },
    /// The node crashes.
    Crash {
        /// Node that crashes.
        node: NodeId,
        /// Time of the crash.
        at: Time,
        /// Number of its sends at that moment after which it crashes; none for a crash before all of them.
        after_sends: Option<u32>,
    },
    /// The node crashes in the middle of a moment, after a number of writes to stable storage.
    CrashWriting {
        /// Node that crashes.
        node: NodeId,
        /// Time of the crash.
        at: Time,
        /// Number of its writes at that moment after which it crashes; with 0, just before the first.
        after_writes: u32,
    },
    /// The node recovers, with its stable storage and nothing else.
    Recover {
        /// Node that recovers.
        node: NodeId,
        /// Time of the recovery.
        at: Time,
    },
    /// The node does nothing for a time, and does not notice.
    Pause {
        /// Node that pauses.
        node: NodeId,
        /// Beginning of the pause.
        at: Time,
        /// End of the pause.
        until: Time,
    },
    /// No message crosses from one group to another; a node in no group is alone.
    Partition {
        /// Groups of nodes that can communicate.
        groups: Vec<NodeSet>,
        /// Beginning of the partition.
        at: Time,
        /// End of the partition.
        until: Time,
    },
    /// One direction of a link loses every message.
    Cut {
        /// The sending side.
        from: NodeId,
        /// The receiving side.
        to: NodeId,
        /// Beginning of the cut.
        at: Time,
        /// End of the cut.
        until: Time,
    },
    /// The node fails to send, or fails to receive.
    Omit {
        /// Node that omits messages.
        node: NodeId,
        /// Sending or receiving.
        side: Side,
        /// Beginning of the omissions.
        at: Time,
        /// End of the omissions.
        until: Time,
    },
    /// The node is a traitor (Byzantine).
    Traitor {
        /// Node that is a traitor.
        node: NodeId,
        /// Its strategy.
        strategy: Strategy,
    },
    /// The node's physical clock is wrong.
    Drift {
        /// Node of the clock.
        node: NodeId,
        /// Advance of the clock in a ms, from a half to two.
        rate: PerMillion,
        /// Time that it shows when the run begins, in ms.
        offset: Time,
    },
}

/// Strategy of a traitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// The truth, except for the messages that the reader forges.
    Scripted,
    /// No messages at all.
    Silent,
    /// The truth, a lie or nothing, at random.
    Random,
    /// A lie to every second node, the truth to the others.
    Equivocate,
    /// A lie to every node.
    Flip,
    /// The same lie of all colluding traitors to one half of the loyal nodes, the truth to the others.
    Collude,
}

impl Strategy {
    /// All strategies.
    pub const ALL: [Self; 6] =
        [Self::Scripted, Self::Silent, Self::Random, Self::Equivocate, Self::Flip, Self::Collude];

    /// Returns its name in a scenario.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scripted => "scripted",
            Self::Silent => "silent",
            Self::Random => "random",
            Self::Equivocate => "equivocate",
            Self::Flip => "flip",
            Self::Collude => "collude",
        }
    }
}

/// Side of a node's communication that an omission affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Messages of the node never leave it.
    Send,
    /// Messages to the node are never received.
    Receive,
}

impl Fault {
    /// Least rate of a clock: half the rate of time.
    pub const MIN_RATE: PerMillion = PerMillion(500_000);
    /// Greatest rate of a clock: twice the rate of time.
    pub const MAX_RATE: PerMillion = PerMillion(2_000_000);

    /// Returns its name in the table of faults.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Drop { .. } => "drop",
            Self::Delay { .. } => "delay",
            Self::Duplicate { .. } => "duplicate",
            Self::Corrupt { .. } => "corrupt",
            Self::Forge { .. } => "forge",
            Self::Crash { .. } | Self::CrashWriting { .. } => "crash",
            Self::Recover { .. } => "recover",
            Self::Pause { .. } => "pause",
            Self::Partition { .. } => "partition",
            Self::Cut { .. } => "cut",
            Self::Omit { .. } => "omit",
            Self::Traitor { .. } => "traitor",
            Self::Drift { .. } => "drift",
        }
    }

    /// Returns the message that it is about, if any.
    #[must_use]
    pub const fn message(&self) -> Option<MessageName> {
        match self {
            Self::Drop { message }
            | Self::Delay { message, .. }
            | Self::Duplicate { message, .. }
            | Self::Corrupt { message, .. }
            | Self::Forge { message, .. } => Some(*message),
            _ => None,
        }
    }
}

/// A note on a moment of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// Time of that moment, in virtual ms.
    pub at: Time,
    /// Node of that moment.
    pub node: NodeId,
    /// Text of the note.
    pub text: String,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Fifo => "fifo",
        })
    }
}
