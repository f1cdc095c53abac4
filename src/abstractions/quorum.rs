//! Quorums: sets of nodes large enough for an answer.

use crate::kernel::{Group, NodeSet};

crate::choices! {
    /// Number of nodes that make up a quorum.
    pub enum Quorum {
        /// More than half of the nodes: any two quorums share one.
        Majority = "majority",
        /// Any single node: two quorums need not share one.
        One = "one",
    }
}

impl Quorum {
    /// Number of members that a quorum of this group has at least.
    #[must_use]
    pub const fn size(self, group: Group) -> usize {
        match self {
            Self::Majority => group.majority(),
            Self::One => 1,
        }
    }

    /// True if these members include a quorum of the group.
    #[must_use]
    pub const fn is_in(self, members: NodeSet, group: Group) -> bool {
        members.len() >= self.size(group)
    }
}
