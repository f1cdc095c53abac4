//! Parts of the state: a selection, a refusal, and a page of the history.

use std::rc::Rc;

use crate::kernel::{EventId, MessageName, NodeId, Scenario, Time};

/// Destination of undo and redo: a scenario, its origin, and the reader's own words on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub(in super::super) scenario: Rc<Scenario>,
    pub(in super::super) origin: Rc<Scenario>,
    pub(in super::super) written: Option<Rc<Scenario>>,
}

/// Thing in the diagram that a reader can select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// A message.
    Message(MessageName),
    /// An event.
    Event(EventId),
    /// A moment of a node.
    Moment {
        /// Its node.
        node: NodeId,
        /// Its time, in virtual ms.
        at: Time,
    },
}

/// Refusal of a link or a change, with the reader's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Text that the reader gave; empty for a change by hand.
    pub text: String,
    /// Problem, in a line.
    pub why: String,
}
