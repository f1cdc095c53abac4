//! Who waits for whom.

use super::{NodeId, NodeSet};

/// A shortest circle of nodes each of which waits for the next, the last for the first; by node, for whom it
/// waits. Empty if there is none. Of several it is the first, going by where it begins.
pub(super) fn circle(waits_for: &[NodeSet]) -> Vec<NodeId> {
    let circles =
        (0..waits_for.len()).map(NodeId::new).filter_map(|start| through(waits_for, start));
    circles.min_by_key(Vec::len).unwrap_or_default()
}

/// A shortest circle through this node.
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

    /// By node, for whom it waits, as places.
    fn found(waits_for: &[&[usize]]) -> Vec<usize> {
        let sets: Vec<NodeSet> = waits_for
            .iter()
            .map(|nodes| nodes.iter().copied().map(NodeId::new).collect())
            .collect();
        circle(&sets).into_iter().map(NodeId::index).collect()
    }

    #[test]
    fn a_chain_is_no_circle() {
        assert_eq!(found(&[&[1], &[2], &[]]), [0; 0]);
        assert_eq!(found(&[]), [0; 0]);
    }

    #[test]
    fn the_shortest_circle_counts_and_the_first_of_equals() {
        assert_eq!(found(&[&[1], &[2], &[0]]), [0, 1, 2]);
        assert_eq!(found(&[&[1], &[2], &[0, 3], &[2]]), [2, 3]);
        assert_eq!(found(&[&[], &[2, 3], &[1], &[1]]), [1, 2]);
    }

    #[test]
    fn who_waits_for_itself_waits_for_ever() {
        assert_eq!(found(&[&[1], &[1]]), [1]);
    }
}
