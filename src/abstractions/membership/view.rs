//! Views, and the changes from one to the next.

use serde::Serialize;

use crate::kernel::NodeSet;

/// A view: the members of the group until the next view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("VIEW {number}")]
pub struct View {
    /// Number of joins, leaves and crashes before it: later views have greater numbers.
    pub number: u32,
    /// Its members.
    pub members: NodeSet,
}

/// A change from a view to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ViewChange {
    /// The view.
    pub from: View,
    /// Processes that join.
    pub joined: NodeSet,
    /// Members that have crashed or left.
    pub gone: NodeSet,
}

impl ViewChange {
    /// No change yet.
    #[must_use]
    pub const fn of(from: View) -> Self {
        Self { from, joined: NodeSet::EMPTY, gone: NodeSet::EMPTY }
    }

    /// Returns the change with everything that either of two members of the view knows.
    #[must_use]
    pub const fn merge(self, other: Self) -> Self {
        let (joined, gone) = (self.joined.or(other.joined), self.gone.or(other.gone));
        Self { from: self.from, joined, gone }
    }

    /// Returns the next view. If one change of a view contains another one, the results have different numbers.
    #[must_use]
    pub const fn to(self) -> View {
        View {
            number: self.from.number + (self.joined.len() + self.gone.len()) as u32,
            members: self.from.members.or(self.joined).without(self.gone),
        }
    }

    /// Returns the members that stay in the next view.
    #[must_use]
    pub const fn remaining(self) -> NodeSet {
        self.from.members.without(self.gone)
    }
}
