//! What a reader is to reach from a scenario: an exercise.

use super::{Budget, NodeId};

/// What makes an exercise of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// What is to be reached.
    pub want: Want,
    /// What may go wrong to reach it.
    pub within: Budget,
}

/// What is to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// The property of this name is violated, by faults.
    Violate(String),
    /// A node tells its application something, by faults.
    Tell {
        /// Which node.
        node: NodeId,
        /// What, as the diagram writes it: `deliver m2`.
        first: String,
        /// What it tells later, and not before; none if it need not tell anything else.
        then: Option<String>,
    },
    /// The property of this name holds, whatever goes wrong in the scenario, and so does all else that the protocol
    /// promises: by another protocol, or other parameters.
    Keep(String),
}
