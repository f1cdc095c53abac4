//! Lookahead at all nodes of a state.

use std::rc::Rc;

use super::{
    Lookahead,
    summary::{Deferred, Inbox, Summary, add},
};
use crate::{kernel::NodeId, search::system::System};

/// Lookahead at all nodes of a state.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct SystemLookahead {
    /// Envelopes in transit, by receiver; and true if they may be duplicated.
    in_transit: Vec<Inbox>,
    duplicates: bool,
    /// Inbox of the deferred transition's node without the envelope that the transition delivers.
    own_inbox: Inbox,
    /// Inboxes with what the nodes may send each other.
    inboxes: Vec<Inbox>,
    next: Vec<Inbox>,
    /// Summaries by the envelopes in transit alone; and by the full inboxes.
    initial: Vec<Rc<Summary>>,
    summaries: Vec<Rc<Summary>>,
}

impl SystemLookahead {
    /// Computes the summary of each node for the envelopes in transit.
    pub(in crate::search) fn start(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        duplicates: bool,
    ) {
        self.duplicates = duplicates;
        self.in_transit.resize(system.nodes, Inbox::new());
        self.in_transit.iter_mut().for_each(Vec::clear);
        for envelope in &state[system.head()..] {
            let to = system.cache.envelopes.get(*envelope).to.index();
            add(&mut self.in_transit[to], envelope << 1 | u32::from(duplicates));
        }
        self.initial.clear();
        for (node, inbox) in self.in_transit.iter().enumerate() {
            self.initial.push(lookahead.summary(
                system,
                (NodeId::new(node), state[node]),
                inbox,
                None,
            ));
        }
    }

    /// Receivers of what a node may send on its own, as a bit set.
    pub(in crate::search) fn sends_to(&self, node: usize) -> u128 {
        self.initial[node].to
    }

    /// True if the other nodes may take a visible step before one of the excluded nodes moves. The error is the bit
    /// of a node that may send one of them something.
    pub(in crate::search) fn without_nodes(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        excluded: u128,
    ) -> Result<bool, u128> {
        self.inboxes.clone_from(&self.in_transit);
        self.summaries.clone_from(&self.initial);
        self.reach_fixed_point(lookahead, system, state, excluded, None)?;
        Ok((0..system.nodes).any(|node| excluded >> node & 1 == 0 && self.summaries[node].visible))
    }

    /// Checks that a transition commutes with everything that may come before it. If so, returns true if another
    /// node may take a visible step before it, and true if it is visible itself.
    pub(in crate::search) fn commutes_before(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        (deferred, place): (Deferred, Option<usize>),
    ) -> Option<[bool; 2]> {
        let node = deferred.node.index();
        let delivered = place.map(|place| state[place]);
        self.own_inbox.clear();
        for (at, envelope) in state.iter().enumerate().skip(system.head()) {
            let to = system.cache.envelopes.get(*envelope).to;
            if to == deferred.node && Some(at) != place && !is_behind(system, delivered, *envelope)
            {
                add(&mut self.own_inbox, envelope << 1 | u32::from(self.duplicates));
            }
        }
        let summary = lookahead.summary(
            system,
            (deferred.node, state[node]),
            &self.own_inbox,
            Some(deferred),
        );
        if !summary.commutes {
            return None;
        }
        self.inboxes.clone_from(&self.in_transit);
        self.inboxes[node].clone_from(&self.own_inbox);
        self.summaries.clone_from(&self.initial);
        self.summaries[node] = summary;
        self.reach_fixed_point(lookahead, system, state, 0, Some((deferred, delivered))).ok()?;
        let others = (0..system.nodes).filter(|other| *other != node);
        let visible = others.into_iter().any(|other| self.summaries[other].visible);
        Some([visible, self.summaries[node].deferred_visible])
    }

    /// Adds what the nodes may send each other until a fixed point is reached.
    fn reach_fixed_point(
        &mut self,
        lookahead: &mut Lookahead,
        system: &mut System,
        state: &[u32],
        excluded: u128,
        deferred: Option<(Deferred, Option<u32>)>,
    ) -> Result<(), u128> {
        let is_active = |node: &usize| excluded >> node & 1 == 0;
        loop {
            self.next.clone_from(&self.in_transit);
            if let Some((deferred, _)) = deferred {
                self.next[deferred.node.index()].clone_from(&self.own_inbox);
            }
            for node in (0..system.nodes).filter(is_active) {
                let summary = &self.summaries[node];
                if summary.unbounded || summary.to & excluded > 0 {
                    return Err(1 << node);
                }
                for &code in &summary.sent {
                    let to = system.cache.envelopes.get(code >> 1).to;
                    let behind = deferred.is_some_and(|(deferred, delivered)| {
                        deferred.node == to && is_behind(system, delivered, code >> 1)
                    });
                    if !behind {
                        add(&mut self.next[to.index()], code | u32::from(self.duplicates));
                    }
                }
            }
            let mut grows = false;
            for node in (0..system.nodes).filter(is_active) {
                if self.next[node] == self.inboxes[node] {
                    continue;
                }
                grows = true;
                let it = deferred.map(|(it, _)| it).filter(|it| it.node.index() == node);
                let at = (NodeId::new(node), state[node]);
                self.summaries[node] = lookahead.summary(system, at, &self.next[node], it);
            }
            if !grows {
                return Ok(());
            }
            std::mem::swap(&mut self.inboxes, &mut self.next);
        }
    }
}

/// True if an envelope is behind the delivered one on a FIFO link, so that it cannot come first.
fn is_behind(system: &System, delivered: Option<u32>, envelope: u32) -> bool {
    system.keeps_order() && delivered.is_some_and(|it| system.is_same_link(it, envelope))
}
