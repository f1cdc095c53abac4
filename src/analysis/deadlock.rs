//! Deadlock: a circle of nodes that wait for each other.

use crate::kernel::{NodeId, NodeSet, Trace};

/// Returns the nodes that wait for each other where a run came to rest in a deadlock: each before the one that it waits
/// for, the last before the first. It is a shortest circle, of several the one that begins at the lowest node. Empty if
/// there is none.
#[must_use]
pub fn deadlock(trace: &Trace) -> Vec<NodeId> {
    circle(&trace.waits_for)
}

fn circle(waits_for: &[NodeSet]) -> Vec<NodeId> {
    let circles =
        (0..waits_for.len()).map(NodeId::new).filter_map(|start| through(waits_for, start));
    circles.min_by_key(Vec::len).unwrap_or_default()
}

/// Returns a shortest circle through this node.
fn through(waits_for: &[NodeSet], start: NodeId) -> Option<Vec<NodeId>> {
    let mut seen = NodeSet::EMPTY;
    let mut paths = vec![vec![start]];
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            let last = *path.last()?;
            for next in waits_for[last.index()] {
                if next == start {
                    return Some(path);
                }
                if seen.insert(next) {
                    longer.push(path.iter().copied().chain([next]).collect());
                }
            }
        }
        paths = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places of the circle; for each node, the places of the nodes for which it waits.
    fn found(waits_for: &[&[usize]]) -> Vec<usize> {
        let sets: Vec<NodeSet> = waits_for
            .iter()
            .map(|nodes| nodes.iter().copied().map(NodeId::new).collect())
            .collect();
        circle(&sets).into_iter().map(NodeId::index).collect()
    }

    #[test]
    fn circle_of_a_chain_is_empty() {
        assert_eq!(found(&[&[1], &[2], &[]]), [0; 0]);
        assert_eq!(found(&[]), [0; 0]);
    }

    #[test]
    fn circle_is_the_shortest_and_the_first_of_equals() {
        assert_eq!(found(&[&[1], &[2], &[0]]), [0, 1, 2]);
        assert_eq!(found(&[&[1], &[2], &[0, 3], &[2]]), [2, 3]);
        assert_eq!(found(&[&[], &[2, 3], &[1], &[1]]), [1, 2]);
    }

    #[test]
    fn circle_of_a_node_that_waits_for_itself_is_the_node() {
        assert_eq!(found(&[&[1], &[1]]), [1]);
    }
}
