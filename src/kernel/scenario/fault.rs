//! The faults of a scenario.

use serde_json::Value as Json;

use super::per_million::PerMillion;
use crate::kernel::{NodeId, NodeSet, Time};

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

/// References to the times of a fault, shared or mutable as the fault is.
macro_rules! times_of {
    ($fault:expr) => {
        match $fault {
            Fault::Crash { at, .. }
            | Fault::CrashWriting { at, .. }
            | Fault::Recover { at, .. } => [Some(at), None],
            Fault::Pause { at, until, .. }
            | Fault::Partition { at, until, .. }
            | Fault::Cut { at, until, .. }
            | Fault::Omit { at, until, .. } => [Some(at), Some(until)],
            _ => [None, None],
        }
    };
}

impl Fault {
    /// All kinds, in the order of the table in docs/scenario.md.
    pub const KINDS: [&str; 13] = [
        "drop",
        "delay",
        "duplicate",
        "corrupt",
        "forge",
        "crash",
        "recover",
        "pause",
        "partition",
        "cut",
        "omit",
        "traitor",
        "drift",
    ];
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

    /// Returns the times of its beginning and of its end, if it has them.
    #[must_use]
    pub fn times(&self) -> [Option<Time>; 2] {
        times_of!(self).map(Option::<&Time>::copied)
    }

    /// Returns the same times, to be changed.
    pub const fn times_mut(&mut self) -> [Option<&mut Time>; 2] {
        times_of!(self)
    }

    /// Returns the same fault with other nodes; none if `node` has none for a node that it needs, or if `set` leaves
    /// no group of a partition.
    pub fn with_nodes(
        mut self,
        node: impl Fn(NodeId) -> Option<NodeId>,
        set: impl Fn(NodeSet) -> NodeSet,
    ) -> Option<Self> {
        match &mut self {
            Self::Drop { message }
            | Self::Delay { message, .. }
            | Self::Duplicate { message, .. }
            | Self::Corrupt { message, .. }
            | Self::Forge { message, .. } => {
                (message.from, message.to) = (node(message.from)?, node(message.to)?);
            }
            Self::Crash { node: of, .. }
            | Self::CrashWriting { node: of, .. }
            | Self::Recover { node: of, .. }
            | Self::Pause { node: of, .. }
            | Self::Omit { node: of, .. }
            | Self::Traitor { node: of, .. }
            | Self::Drift { node: of, .. } => *of = node(*of)?,
            Self::Cut { from, to, .. } => (*from, *to) = (node(*from)?, node(*to)?),
            Self::Partition { groups, .. } => {
                groups.iter_mut().for_each(|group| *group = set(*group));
                groups.retain(|group| !group.is_empty());
                if groups.is_empty() {
                    return None;
                }
            }
        }
        Some(self)
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
