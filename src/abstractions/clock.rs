//! Logical time: who knows of how much.

use std::{
    cmp::Ordering,
    fmt,
    ops::{Index, IndexMut},
};

use serde::Serialize;

use crate::kernel::NodeId;

/// A count for every node (Fidge 1988; Mattern 1989).
///
/// One clock is before another if no count is greater and one is smaller; where each has a greater one,
/// neither knows of the other: they are concurrent. `==` is equality of all counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct VectorClock(Box<[u32]>);

impl VectorClock {
    /// Nothing has happened yet, at any of so many nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self(vec![0; nodes].into())
    }

    /// The nodes of which `other` knows more.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(counts: &[u32]) -> VectorClock {
        VectorClock(counts.into())
    }

    #[test]
    fn a_clock_is_before_another_only_if_it_knows_nothing_that_the_other_does_not() {
        assert!(clock(&[1, 0, 2]) <= clock(&[1, 0, 2]));
        assert!(clock(&[1, 0, 2]) < clock(&[1, 1, 2]));
        assert!(clock(&[2, 0]) > clock(&[1, 0]));
        assert_eq!(clock(&[1, 0]).partial_cmp(&clock(&[0, 1])), None);
    }

    #[test]
    fn a_clock_lacks_what_the_other_has_counted_further() {
        let lacks = |one: &[u32], two: &[u32]| -> Vec<usize> {
            clock(one).lacks(&clock(two)).map(NodeId::index).collect()
        };
        assert_eq!(lacks(&[1, 0, 2], &[0, 2, 3]), [1, 2]);
        assert_eq!(lacks(&[1, 0], &[1, 0]), [0; 0]);
    }

    #[test]
    fn a_clock_is_written_as_in_the_papers() {
        assert_eq!(clock(&[1, 0, 2]).to_string(), "[1,0,2]");
    }
}
