//! Parts of the state: a selection, a refusal, and a page of the history.

use std::rc::Rc;

use super::super::{Shared, Source};
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

/// Refusal of a link, a file or a change, with the reader's own text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refused {
    /// Text that the reader gave, or of the file; empty for a change by hand.
    pub text: String,
    /// Problem, in a line.
    pub why: String,
    /// True for the file that the address asks for: it can be fetched again.
    pub is_file: bool,
    /// Text that could not be imported.
    pub unread: Option<Unread>,
}

impl Refused {
    /// Returns another refusal, which does not lose the text of a link or file that could not be opened.
    #[must_use]
    pub(in super::super) fn after(earlier: Option<&Self>, why: String) -> Self {
        let kept = earlier.filter(|refused| !refused.text.is_empty()).cloned();
        Self { why, ..kept.unwrap_or_default() }
    }
}

/// Text that could not be imported.
#[derive(Clone, Debug, PartialEq)]
pub struct Unread {
    /// The text.
    pub source: Shared<Source>,
    /// True if it has none of the known formats: a regular expression may read it.
    pub is_unknown: bool,
}
