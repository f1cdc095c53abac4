//! The network of a scenario.

use std::fmt;

use super::per_million::PerMillion;
use crate::kernel::{NodeId, NodeSet, Time};

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

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Fifo => "fifo",
        })
    }
}
