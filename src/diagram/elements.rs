//! Elements that several parts of a picture share: lines of nodes, and texts.

use super::Point;
use crate::kernel::{EventKind, Fate, Loss, Message, NodeId, NodeSet, Trace};

/// Line of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The node.
    pub node: NodeId,
    /// Pieces of the line, one after the other.
    pub stretches: Vec<Stretch>,
    /// True if the node is a router.
    pub router: bool,
    /// True if the node may lie.
    pub traitor: bool,
}

/// A piece of a node's line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Start.
    pub from: Point,
    /// End.
    pub to: Point,
    /// State of the node meanwhile.
    pub state: LaneState,
}

/// State of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneState {
    /// It runs.
    Up,
    /// It has crashed.
    Down,
    /// It is paused.
    Paused,
}

/// A text and its centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Its centre.
    pub at: Point,
    /// The text.
    pub text: String,
}

/// Oddity of a message other than a loss; the worst if there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// Forged: a traitor sends something else than the correct code would.
    Forged,
    /// Damaged: bits of it flip in transit.
    Corrupt,
    /// A duplicate.
    Duplicate,
    /// Delayed by a fault.
    Late,
}

/// Returns the oddity of a copy of a message; `delayed` is true if a fault delays it.
#[must_use]
pub(super) fn oddity(message: &Message, copy: usize, delayed: bool) -> Option<Oddity> {
    let fate = if copy == 0 { message.fate } else { message.copies[copy - 1] };
    let damaged = copy == 0 && message.damaged().is_some();
    Some(match fate {
        _ if message.truth().is_some() => Oddity::Forged,
        Fate::Lost(_, Loss::Corrupt(_)) => Oddity::Corrupt,
        _ if damaged => Oddity::Corrupt,
        _ if copy > 0 => Oddity::Duplicate,
        _ if delayed => Oddity::Late,
        _ => return None,
    })
}

/// Nodes that may lie. A run begins with the events that say so.
#[must_use]
pub fn traitors(trace: &Trace) -> NodeSet {
    let turned = trace.events.iter().filter(|event| matches!(event.kind, EventKind::Traitor(_)));
    turned.map(|event| event.node).collect()
}
