//! Reports of failure detectors.

use serde::Serialize;

use super::NodeId;

/// A report of a failure detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum Detection {
    /// The detector suspects the node of having crashed.
    #[display("suspect {_0}")]
    Suspect(NodeId),
    /// The detector withdraws the suspicion.
    #[display("restore {_0}")]
    Restore(NodeId),
}

impl Detection {
    /// Returns its `kind` in the trace.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Suspect(_) => "suspect",
            Self::Restore(_) => "restore",
        }
    }

    /// Returns the node that the report is about.
    #[must_use]
    pub const fn node(self) -> NodeId {
        match self {
            Self::Suspect(node) | Self::Restore(node) => node,
        }
    }
}
