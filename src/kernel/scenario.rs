//! What a reader asks for: the only input of a run.
//!
//! Reading and writing JSON, with errors that name the path, is `formats::scenario`'s work; what is here
//! is already valid.

use std::fmt;

use serde_json::Value as Json;

use super::{
    NodeId, NodeSet, ParameterName, ParameterValue, ParameterValues, Time, visible::visible_name,
};

/// How many requests a scenario may have.
pub const MAX_REQUESTS: usize = 10_000;
/// How many faults a scenario may have.
pub const MAX_FAULTS: usize = 10_000;
/// How many bits of a message a fault may flip.
pub const MAX_BITS: usize = 64;
/// The last bit of a message that can be named.
pub const MAX_BIT: u32 = 65_535;
/// How many timers may run at a node: a run in which there are more stops, saying so.
pub const MAX_TIMERS: usize = 10_000;
/// After how many events a run stops, saying so.
pub const MAX_EVENTS: usize = 1_000_000;
/// The greatest rate and the longest queue of a link.
pub const MAX_RATE: u32 = 1_000_000;
/// The latest moment, and the longest span, that a scenario may name, in virtual ms: some eleven days.
pub const MAX_TIME: Time = 1_000_000_000;

/// Protocol, parameters, nodes, network, requests, faults and seed: together they determine a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What the reader calls it; may be empty.
    pub title: String,
    /// The id of the protocol.
    pub protocol: String,
    /// What differs from the parameters' defaults.
    pub params: ParameterValues,
    /// The nodes' names, unique.
    pub nodes: Vec<String>,
    /// The seed of all luck, which also depends on the places of the nodes in `nodes`, never on their names.
    pub seed: u64,
    /// How messages travel.
    pub network: NetworkSpec,
    /// What the application asks for.
    pub requests: Vec<RequestSpec>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// When the run ends, in virtual ms.
    pub until: Time,
    /// What to look at.
    pub captions: Vec<Caption>,
    /// Goal of an exercise as JSON, nodes as their characters; none if the scenario is no exercise. It has no effect
    /// on the run, and the kernel does not read it.
    pub goal: Option<Json>,
}

impl Scenario {
    /// The default of [`until`](Self::until).
    pub const UNTIL: Time = 1000;

    /// True if this scenario has the same run as another one: they differ at most in what is said of it, which is
    /// title, captions and goal.
    #[must_use]
    pub fn same_run(&self, other: &Self) -> bool {
        let words = other.clone();
        let (title, captions, goal) = (words.title, words.captions, words.goal);
        Self { title, captions, goal, ..self.clone() } == *other
    }

    /// A scenario with nothing in it: all defaults, no requests, no faults.
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

    /// P1 to Pn: what nodes are called when the scenario only says how many.
    #[must_use]
    pub fn numbered(size: usize) -> Vec<String> {
        (1..=size).map(|number| format!("P{number}")).collect()
    }

    /// The reader's name of a node, as a person is shown it.
    #[must_use]
    pub fn name(&self, node: NodeId) -> String {
        visible_name(self.exact_name(node)).into_owned()
    }

    /// The reader's names of all nodes, as a person is shown them.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.nodes.iter().map(|name| visible_name(name).into_owned())
    }

    /// The reader's name of a node, with every character as it is: for JSON, and to compare.
    #[must_use]
    pub fn exact_name(&self, node: NodeId) -> &str {
        &self.nodes[node.index()]
    }

    /// The name of a message, `Alice>Carol#1`, as a person is shown it.
    #[must_use]
    pub fn message_name(&self, message: MessageName) -> String {
        format!("{}>{}#{}", self.name(message.from), self.name(message.to), message.number)
    }

    /// The same with every character as it is: for JSON, and to compare.
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
    /// Certainty; the rate of a right clock.
    pub const ONE: Self = Self(1_000_000);
}

/// As the shortest decimal: `1`, `0.05`.
impl fmt::Display for PerMillion {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / Self::ONE.0, self.0 % Self::ONE.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// How messages travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// What the protocol may assume about delays.
    pub timing: Timing,
    /// How long a message takes, where no link says otherwise.
    pub delay: Delay,
    /// Whether messages of one link can overtake.
    pub order: Order,
    /// How likely a message is lost.
    pub loss: PerMillion,
    /// How likely a second copy arrives.
    pub duplicate: PerMillion,
    /// How likely a bit of a message flips on the way.
    pub corrupt: PerMillion,
    /// Who tells of crashes.
    pub detector: Detector,
    /// Who is linked to whom.
    pub topology: Topology,
    /// What a transmission is heard by.
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

/// What the protocol may assume about delays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Nothing: a slow node cannot be told from a dead one.
    Asynchronous,
    /// A message takes at most so many virtual ms. A scenario may still break it.
    Synchronous(Time),
}

impl Timing {
    /// The longest delay that the protocol may assume, in virtual ms: at least 1, since a timeout of no time at all would
    /// let a node try again and again at one moment, for ever.
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
    /// The least.
    pub min: Time,
    /// The greatest.
    pub max: Time,
}

/// Whether messages of one link can overtake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// They can.
    Any,
    /// First in, first out.
    Fifo,
}

/// Who tells of crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detector {
    /// Nobody: crashes are undetectable.
    None,
    /// Every crash, and nothing else, is reported to everyone so many virtual ms later (fail-stop).
    Perfect(Time),
}

impl Detector {
    /// The bound where the scenario only says `"perfect"`, in virtual ms.
    pub const BOUND: Time = 50;
}

/// Who is linked to whom, in both directions. What is sent to a node that is no neighbour is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topology {
    /// Everybody to everybody.
    Full,
    /// Each to the next of the scenario's list, and the last to the first.
    Ring,
    /// Each to the next of the scenario's list.
    Line,
    /// The node at place i of the scenario's list to those at places 2i + 1 and 2i + 2, from 0: a binary
    /// tree with the first at its root.
    Tree,
    /// As it is said.
    Links {
        /// Each pair once.
        links: Vec<[NodeId; 2]>,
        /// Those who only pass things on.
        routers: NodeSet,
    },
}

impl Topology {
    /// Each node's neighbours, in a group of so many.
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

    /// Those who only pass things on.
    #[must_use]
    pub const fn routers(&self) -> NodeSet {
        match self {
            Self::Links { routers, .. } => *routers,
            _ => NodeSet::EMPTY,
        }
    }
}

/// What carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Links, each between two.
    Links,
    /// One wire or the air: what is transmitted is heard by all neighbours at one cost.
    Shared,
}

/// A link with a delay, a rate or a queue of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSpec {
    /// The sending side.
    pub from: NodeId,
    /// The receiving side.
    pub to: NodeId,
    /// How long its messages take.
    pub delay: Delay,
    /// Number of messages that leave its sending side in 100 ms, at most; without it, as many as are sent.
    pub rate: Option<u32>,
    /// Number of messages that wait at its sending side for their turn: further ones are lost. Without it, all wait.
    pub queue: Option<u32>,
}

impl LinkSpec {
    /// A link with a delay of its own and room for all messages.
    #[must_use]
    pub const fn new(from: NodeId, to: NodeId, delay: Delay) -> Self {
        Self { from, to, delay, rate: None, queue: None }
    }
}

/// Something that the application asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSpec {
    /// When, in virtual ms.
    pub at: Time,
    /// Where.
    pub node: NodeId,
    /// The request's name.
    pub name: String,
    /// Its value, if it carries one.
    pub with: Option<Json>,
}

impl Eq for RequestSpec {}

/// The name of a message: its link, and its count on it from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageName {
    /// Who sends it.
    pub from: NodeId,
    /// Who is to receive it.
    pub to: NodeId,
    /// The how-manieth message it is that `from` hands to the network for `to`, from 1.
    pub number: u32,
}

/// Something that goes wrong. Times are in virtual ms; a span is from `at` up to, but without, `until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The message is lost.
    Drop {
        /// Which.
        message: MessageName,
    },
    /// The message arrives later.
    Delay {
        /// Which.
        message: MessageName,
        /// By how much.
        by: Time,
    },
    /// A second copy of the message arrives.
    Duplicate {
        /// Which.
        message: MessageName,
        /// How long after the first.
        after: Time,
    },
    /// These bits of the message's encoding flip on the way.
    Corrupt {
        /// Which.
        message: MessageName,
        /// Each bit once; the first bit is 0.
        bits: Vec<u32>,
    },
    /// The message of a traitor says this instead.
    Forge {
        /// Which.
        message: MessageName,
        /// What it says, as the protocol reads its messages.
        with: Json,
    },
    /// The node stops.
    Crash {
        /// Which.
        node: NodeId,
        /// When.
        at: Time,
        /// In the middle of what it does at that moment: just after so many sends.
        after_sends: Option<u32>,
    },
    /// The node stops in the middle of what it does at a moment, just after so many writes to stable storage.
    CrashWriting {
        /// Which.
        node: NodeId,
        /// When.
        at: Time,
        /// Number of its writes at that moment, after which it stops; with 0, just before the first.
        after_writes: u32,
    },
    /// The node restarts, with its stable storage and nothing else.
    Recover {
        /// Which.
        node: NodeId,
        /// When.
        at: Time,
    },
    /// The node does nothing, then goes on not knowing.
    Pause {
        /// Which.
        node: NodeId,
        /// From when.
        at: Time,
        /// Till when.
        until: Time,
    },
    /// Nothing crosses from one group to another; a node left out is alone.
    Partition {
        /// Who is together.
        groups: Vec<NodeSet>,
        /// From when.
        at: Time,
        /// Till when.
        until: Time,
    },
    /// One direction of one link is dead.
    Cut {
        /// The sending side.
        from: NodeId,
        /// The receiving side.
        to: NodeId,
        /// From when.
        at: Time,
        /// Till when.
        until: Time,
    },
    /// The node fails to send, or fails to receive.
    Omit {
        /// Which.
        node: NodeId,
        /// Sending or receiving.
        side: Side,
        /// From when.
        at: Time,
        /// Till when.
        until: Time,
    },
    /// The node is Byzantine: it lies.
    Traitor {
        /// Which.
        node: NodeId,
        /// How.
        strategy: Strategy,
    },
    /// The node's physical clock is wrong.
    Drift {
        /// Which.
        node: NodeId,
        /// How much it goes on in a ms, from a half to two.
        rate: PerMillion,
        /// What it shows when the run begins, in ms.
        offset: Time,
    },
}

/// How a traitor lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Only where the reader forges its messages.
    Scripted,
    /// It says nothing at all.
    Silent,
    /// The truth, a lie or nothing, by lot.
    Random,
    /// A lie to every second node, the truth to the others.
    Equivocate,
    /// A lie to everyone.
    Flip,
    /// All of them tell one half of the loyal nodes the same lie, and the others the truth.
    Collude,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Scripted, Self::Silent, Self::Random, Self::Equivocate, Self::Flip, Self::Collude];

    /// What a scenario calls it.
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

/// Which side of a node's communication an omission hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What it sends never leaves.
    Send,
    /// What arrives never gets in.
    Receive,
}

impl Fault {
    /// The least rate of a clock: half as fast as time.
    pub const MIN_RATE: PerMillion = PerMillion(500_000);
    /// The greatest rate of a clock: twice as fast as time.
    pub const MAX_RATE: PerMillion = PerMillion(2_000_000);

    /// What the table of faults calls it.
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

    /// The message that it is about, if it is about one.
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

/// A note tied to a moment of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// When, in virtual ms.
    pub at: Time,
    /// Where.
    pub node: NodeId,
    /// What to look at.
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
