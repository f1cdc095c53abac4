//! Logical clocks: vectors and counts.

use std::{
    cmp::Ordering,
    fmt,
    ops::{Index, IndexMut},
};

use serde::Serialize;

use crate::kernel::NodeId;

/// A count for every node (Fidge 1988; Mattern 1989).
///
/// One clock is before another if no count is greater and one is smaller. Two clocks are concurrent if each has a count
/// that is greater than the other's. `==` is equality of all counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct VectorClock(Box<[u32]>);

impl VectorClock {
    /// Returns the clock of a group of this size before the first event.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self(vec![0; nodes].into())
    }

    /// Takes the greater of both counts for every node.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Returns the nodes whose count is greater in `other`.
    pub fn lacks<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = NodeId> + 'a {
        let counts = self.0.iter().zip(&other.0).enumerate();
        counts.filter(|(_, (mine, theirs))| mine < theirs).map(|(index, _)| NodeId::new(index))
    }
}

impl Index<NodeId> for VectorClock {
    type Output = u32;

    fn index(&self, node: NodeId) -> &u32 {
        &self.0[node.index()]
    }
}

impl IndexMut<NodeId> for VectorClock {
    fn index_mut(&mut self, node: NodeId) -> &mut u32 {
        &mut self.0[node.index()]
    }
}

impl PartialOrd for VectorClock {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.lacks(other).next(), other.lacks(self).next()) {
            (None, None) => Some(Ordering::Equal),
            (Some(_), None) => Some(Ordering::Less),
            (None, Some(_)) => Some(Ordering::Greater),
            (Some(_), Some(_)) => None,
        }
    }
}

/// `[1,0,2]`.
impl fmt::Display for VectorClock {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, count) in self.0.iter().enumerate() {
            write!(f, "{}{count}", if index == 0 { "[" } else { "," })?;
        }
        f.write_str("]")
    }
}

/// A logical clock (Lamport 1978): a count that each event increases, and that is never less than a time of which
/// the process has heard.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    derive_more::Display,
)]
pub struct LamportClock(u32);

impl LamportClock {
    /// Counts an event of this node, and returns its timestamp.
    pub const fn stamp(&mut self, node: NodeId) -> Timestamp {
        self.0 += 1;
        Timestamp { time: self.0, node }
    }

    /// Catches up with a time that another clock has shown.
    pub fn hear(&mut self, time: impl Into<Self>) {
        *self = (*self).max(time.into());
    }
}

impl From<u32> for LamportClock {
    fn from(time: u32) -> Self {
        Self(time)
    }
}

/// Time of a logical clock, with the clock's node (Lamport 1978). Timestamps are totally ordered: by time, and where
/// the times are equal by node.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
#[display("({time}, {node})")]
pub struct Timestamp {
    /// Time that the clock showed.
    pub time: u32,
    /// Node of the clock.
    pub node: NodeId,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(counts: &[u32]) -> VectorClock {
        VectorClock(counts.into())
    }

    #[test]
    fn vector_clock_is_less_only_if_no_entry_is_greater() {
        assert!(clock(&[1, 0, 2]) <= clock(&[1, 0, 2]));
        assert!(clock(&[1, 0, 2]) < clock(&[1, 1, 2]));
        assert!(clock(&[2, 0]) > clock(&[1, 0]));
        assert_eq!(clock(&[1, 0]).partial_cmp(&clock(&[0, 1])), None);
    }

    #[test]
    fn vector_clock_lacks_events_that_another_has_counted() {
        let lacks = |one: &[u32], two: &[u32]| -> Vec<usize> {
            clock(one).lacks(&clock(two)).map(NodeId::index).collect()
        };
        assert_eq!(lacks(&[1, 0, 2], &[0, 2, 3]), [1, 2]);
        assert_eq!(lacks(&[1, 0], &[1, 0]), [0; 0]);
    }

    #[test]
    fn vector_clock_is_written_as_in_the_papers() {
        assert_eq!(clock(&[1, 0, 2]).to_string(), "[1,0,2]");
    }
}
