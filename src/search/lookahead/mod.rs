//! Lookahead of the reduction: an over-approximation of what nodes may do and send before a deferred transition.
//!
//! The behaviour of a node depends on its local state and on its inbox, and the same pair occurs in many states of
//! the system. So a summary is computed once for each pair. An envelope may be delivered as often as it is in
//! transit, or any number of times where that number is unknown. Messages that the nodes may send each other are
//! added until a fixed point is reached. The result includes everything that can happen, and perhaps more.

mod commuting;
mod node;
mod summary;
mod system;

pub(super) use summary::Deferred;
pub(super) use system::SystemLookahead;

use std::{hash::Hash, rc::Rc};

use self::{
    node::{Inconclusive, LookaheadState, NodeLookahead},
    summary::Summary,
};
use super::{
    interner::{Interner, Memo},
    system::System,
};
use crate::kernel::{Fingerprinter, NodeId};

/// Summaries computed so far.
#[derive(Clone)]
pub(super) struct Lookahead {
    inboxes: Interner<()>,
    /// Summaries by local state and inbox; and by deferred effect and inbox.
    summaries_by_state: Memo,
    summaries_by_deferred: Memo,
    summaries: Vec<Rc<Summary>>,
    /// Commutativity of two effects of a node in one state; the second table is for a node that may crash.
    commuting: [Memo; 2],
    /// Number of effects computed.
    pub(super) work: u64,
}

impl Lookahead {
    pub(super) const fn new() -> Self {
        Self {
            inboxes: Interner::new(),
            summaries_by_state: Memo::new(),
            summaries_by_deferred: Memo::new(),
            summaries: Vec::new(),
            commuting: [Memo::new(), Memo::new()],
            work: 0,
        }
    }

    /// Returns the summary of a node with this local state and inbox, until a deferred transition if there is one.
    pub(super) fn summary(
        &mut self,
        system: &mut System,
        (node, local): (NodeId, u32),
        inbox: &[u32],
        deferred: Option<Deferred>,
    ) -> Rc<Summary> {
        self.work += 1;
        let mut taken = Fingerprinter::new();
        inbox.hash(&mut taken);
        let number = self.inboxes.intern(taken.fingerprint(), || ());
        let (memo, one, two) = match deferred {
            None => (&self.summaries_by_state, local, number),
            Some(it) => {
                (&self.summaries_by_deferred, it.effect, number << 1 | u32::from(it.crashes))
            }
        };
        if let Some(known) = memo.get(one, two) {
            return Rc::clone(&self.summaries[known as usize]);
        }
        let summary = Rc::new(self.compute(system, (node, local), inbox, deferred));
        let memo = if deferred.is_none() {
            &mut self.summaries_by_state
        } else {
            &mut self.summaries_by_deferred
        };
        memo.insert(one, two, self.summaries.len() as u32);
        self.summaries.push(Rc::clone(&summary));
        summary
    }

    fn compute(
        &mut self,
        system: &mut System,
        (node, local): (NodeId, u32),
        inbox: &[u32],
        deferred: Option<Deferred>,
    ) -> Summary {
        let deferred = deferred.map(|it| (it, system.cache.effects[it.effect as usize].stimulus));
        let states = vec![LookaheadState { local, used: 0, sent: [0; 2] }];
        let (edges, sent) = (Vec::new(), Vec::new());
        let (visible, deferred_visible, work) = (false, false, 0);
        let commuting = &mut self.commuting;
        let mut node_lookahead = NodeLookahead {
            node,
            inbox,
            deferred,
            states,
            edges,
            sent,
            visible,
            deferred_visible,
            work,
            commuting,
        };
        let done = node_lookahead.explore(system);
        let work = node_lookahead.work as u64;
        let summary = done
            .map_or_else(|Inconclusive| Summary::anything(), |()| node_lookahead.summary(system));
        self.work += work;
        summary
    }
}
