//! Stability: which messages all members of a group have, as far as one of them knows; and its copies of the
//! others, for those who lack them. A shared part of whatever has to survive a sender that crashes half-way.
//!
//! Birman, Schiper and Stephenson 1991, section 5; note 004.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Value, broadcast::BroadcastId, clock::VectorClock};
use crate::kernel::{NodeId, NodeSet};

/// What a member keeps of the messages that others may lack. Messages of one sender come in order, so one
/// count per sender says what somebody has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Stability {
    /// By member: what it has said that it has.
    acknowledged: BTreeMap<NodeId, VectorClock>,
    copies: Vec<Kept>,
}

/// A message that some member may lack.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Kept {
    /// The view that it was sent in.
    pub view: u32,
    /// Its name.
    pub id: BroadcastId,
    /// What it says.
    pub payload: Value,
    /// Those whom this node has it from, or has sent it to.
    pub shared: NodeSet,
}

impl Stability {
    /// How many messages are kept.
    #[must_use]
    pub const fn unstable(&self) -> usize {
        self.copies.len()
    }

    /// Keeps a message.
    pub fn keep(&mut self, message: Kept) {
        self.copies.push(message);
    }

    /// A member has sent a message that this node has already: it need not be sent to that one.
    pub fn came_again(&mut self, id: BroadcastId, from: NodeId) {
        if let Some(copy) = self.copies.iter_mut().find(|copy| copy.id == id) {
            copy.shared.insert(from);
        }
    }

    /// A member says what it has.
    pub fn acknowledge(&mut self, from: NodeId, has: VectorClock) {
        match self.acknowledged.get_mut(&from) {
            Some(known) => known.join(&has),
            None => drop(self.acknowledged.insert(from, has)),
        }
    }

    /// What has to be sent to whom, so that all of `to` have the messages of this view, and those of them who
    /// are `behind` also the messages of the views before.
    pub fn share(&mut self, view: u32, to: NodeSet, behind: NodeSet) -> Vec<(NodeSet, Kept)> {
        let lacking = |copy: &mut Kept| {
            let to = if copy.view == view { to } else { to.and(behind) }.without(copy.shared);
            copy.shared = copy.shared.or(to);
            (!to.is_empty()).then(|| (to, copy.clone()))
        };
        self.copies.iter_mut().filter_map(lacking).collect()
    }

    /// Forgets what is stable: the messages of this view that all `others` have said they have; and those of
    /// the views before that have been shared with all who are `behind`.
    pub fn forget_stable(&mut self, view: u32, others: NodeSet, behind: NodeSet) {
        let acknowledged = &self.acknowledged;
        self.copies.retain(|copy| {
            let id = copy.id;
            let has = |node| acknowledged.get(&node).is_some_and(|has| has[id.from] >= id.seq);
            match copy.view == view {
                true => !others.into_iter().all(has),
                false => !behind.is_subset(copy.shared),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(nodes: &[usize]) -> NodeSet {
        nodes.iter().map(|node| NodeId::new(*node)).collect()
    }

    /// The first message of node 0, at node 1, in a group of four.
    fn one_message() -> Stability {
        let id = BroadcastId { from: NodeId::new(0), seq: 1 };
        let mut stability = Stability::default();
        stability.keep(Kept { view: 1, id, payload: "m".into(), shared: set(&[0, 1]) });
        stability
    }

    fn has_it() -> VectorClock {
        let mut clock = VectorClock::new(4);
        clock[NodeId::new(0)] = 1;
        clock
    }

    #[test]
    fn a_message_is_stable_when_all_have_said_that_they_have_it() {
        let mut stability = one_message();
        for node in [0, 2] {
            stability.acknowledge(NodeId::new(node), has_it());
            stability.forget_stable(1, set(&[0, 2, 3]), NodeSet::EMPTY);
            assert_eq!(stability.unstable(), 1, "node 3 may lack it");
        }
        stability.acknowledge(NodeId::new(3), VectorClock::new(4));
        stability.forget_stable(1, set(&[0, 2, 3]), NodeSet::EMPTY);
        assert_eq!(stability.unstable(), 1, "node 3 lacks it");
        stability.acknowledge(NodeId::new(3), has_it());
        stability.forget_stable(1, set(&[0, 2, 3]), NodeSet::EMPTY);
        assert_eq!(stability.unstable(), 0);
    }

    #[test]
    fn nobody_is_sent_a_copy_twice() {
        let mut stability = one_message();
        let id = BroadcastId { from: NodeId::new(0), seq: 1 };
        stability.came_again(id, NodeId::new(2));
        let to = |shared: Vec<(NodeSet, Kept)>| shared.first().map(|(to, _)| *to);
        assert_eq!(to(stability.share(1, set(&[0, 2, 3]), NodeSet::EMPTY)), Some(set(&[3])));
        assert_eq!(to(stability.share(1, set(&[0, 2, 3]), NodeSet::EMPTY)), None);
    }

    #[test]
    fn a_message_of_a_view_before_is_kept_for_who_is_behind() {
        let mut stability = one_message();
        stability.forget_stable(2, set(&[2, 3]), set(&[2]));
        let shared = stability.share(2, set(&[2, 3]), set(&[2]));
        assert_eq!(shared.first().map(|(to, _)| *to), Some(set(&[2])), "node 3 is not");
        stability.forget_stable(2, set(&[2, 3]), set(&[2]));
        assert_eq!(stability.unstable(), 0);
    }
}
