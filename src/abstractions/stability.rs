//! Stability: the messages that all members of a group have, as far as one member knows, and its copies of the
//! others, for members that lack them. A shared part of protocols that tolerate a sender that crashes half-way.
//!
//! Birman, Schiper and Stephenson 1991, section 5; note 004.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Value, broadcast::BroadcastId, clock::VectorClock};
use crate::kernel::{NodeId, NodeSet};

/// Copies that a member keeps of the messages that others may lack. Messages of one sender are delivered in order, so
/// one count per sender says which of them a member has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Stability {
    /// By member: the messages that it has acknowledged.
    acknowledged: BTreeMap<NodeId, VectorClock>,
    copies: Vec<Kept>,
}

/// A message that some member may lack.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Kept {
    /// View that it was sent in.
    pub view: u32,
    /// Id of the broadcast.
    pub id: BroadcastId,
    /// The message.
    pub payload: Value,
    /// Members that this node has received it from or sent it to.
    pub shared: NodeSet,
}

impl Stability {
    /// Number of messages kept.
    #[must_use]
    pub const fn unstable(&self) -> usize {
        self.copies.len()
    }

    /// Keeps a message.
    pub fn keep(&mut self, message: Kept) {
        self.copies.push(message);
    }

    /// Records that a member has sent a duplicate: it need not be sent to that member.
    pub fn came_again(&mut self, id: BroadcastId, from: NodeId) {
        if let Some(copy) = self.copies.iter_mut().find(|copy| copy.id == id) {
            copy.shared.insert(from);
        }
    }

    /// Records the messages that a member says it has.
    pub fn acknowledge(&mut self, from: NodeId, has: VectorClock) {
        match self.acknowledged.get_mut(&from) {
            Some(known) => known.join(&has),
            None => drop(self.acknowledged.insert(from, has)),
        }
    }

    /// Returns the messages to send, each with its receivers, so that all of `to` have the messages of this view, and
    /// those of them that are `behind` also the messages of earlier views.
    pub fn share(&mut self, view: u32, to: NodeSet, behind: NodeSet) -> Vec<(NodeSet, Kept)> {
        let lacking = |copy: &mut Kept| {
            let to = if copy.view == view { to } else { to.and(behind) }.without(copy.shared);
            copy.shared = copy.shared.or(to);
            (!to.is_empty()).then(|| (to, copy.clone()))
        };
        self.copies.iter_mut().filter_map(lacking).collect()
    }

    /// Discards the stable messages: those of this view that all `others` have acknowledged, and those of earlier views
    /// that have been shared with all that are `behind`.
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
    fn stability_message_is_stable_when_all_have_acknowledged_it() {
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
    fn stability_no_member_is_sent_a_copy_twice() {
        let mut stability = one_message();
        let id = BroadcastId { from: NodeId::new(0), seq: 1 };
        stability.came_again(id, NodeId::new(2));
        let to = |shared: Vec<(NodeSet, Kept)>| shared.first().map(|(to, _)| *to);
        assert_eq!(to(stability.share(1, set(&[0, 2, 3]), NodeSet::EMPTY)), Some(set(&[3])));
        assert_eq!(to(stability.share(1, set(&[0, 2, 3]), NodeSet::EMPTY)), None);
    }

    #[test]
    fn stability_message_of_an_earlier_view_is_kept_for_members_behind() {
        let mut stability = one_message();
        stability.forget_stable(2, set(&[2, 3]), set(&[2]));
        let shared = stability.share(2, set(&[2, 3]), set(&[2]));
        assert_eq!(shared.first().map(|(to, _)| *to), Some(set(&[2])), "node 3 is not");
        stability.forget_stable(2, set(&[2, 3]), set(&[2]));
        assert_eq!(stability.unstable(), 0);
    }
}
