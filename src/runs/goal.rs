//! Goals of exercises.

use serde_json::Value as Json;

use crate::{kernel::NodeId, search::Budget};

/// A goal, which makes an exercise of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// State of affairs that is to be reached.
    pub want: Want,
    /// Faults that may be added to reach it.
    pub within: Budget,
    /// Variants of the exercise, one for each student, as JSON (`formats::scenario::variants_of`); none if there is only
    /// one form of it.
    pub variants: Option<Json>,
}

/// State of affairs that a goal asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// The property of this name is violated, by faults.
    Violate(String),
    /// A node gives its application an indication, because of faults.
    Tell {
        /// The node.
        node: NodeId,
        /// The indication, as the diagram writes it: `deliver m2`.
        first: String,
        /// An indication that comes only after the first; none if no other is needed.
        then: Option<String>,
    },
    /// The property of this name holds in spite of the scenario's faults, and so do all promised properties
    /// of the protocol. The reader chooses another protocol, or other parameters.
    Keep(String),
}
