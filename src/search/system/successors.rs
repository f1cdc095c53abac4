//! The state after a transition.

use std::rc::Rc;

use super::{
    System,
    transition::{BITS_PER_KIND, FaultKind, TOTAL_SHIFT, Transition},
};
use crate::{
    kernel::{Detection, NodeId},
    search::transitions::{Content, Effect, Stimulus},
};

impl System {
    /// Computes the state after a transition.
    pub(in crate::search) fn apply(
        &mut self,
        state: &[u32],
        transition: Transition,
        next: &mut Vec<u32>,
    ) {
        debug_assert!(self.is_enabled(state, transition), "{transition:?} is not enabled");
        next.clear();
        next.extend_from_slice(state);
        match transition {
            Transition::Drop { place } => {
                next.remove(place);
                self.consume_fault(next, FaultKind::Drop);
            }
            Transition::Duplicate { place } => {
                next.insert(place, state[place]);
                self.consume_fault(next, FaultKind::Duplicate);
            }
            Transition::Step { node, effect, place, fault } => {
                if let Some(place) = place {
                    next.remove(place);
                }
                if let Some(fault) = fault {
                    self.consume_fault(next, fault);
                }
                let effect = Rc::clone(&self.cache.effects[effect as usize]);
                self.apply_effect(next, node, &effect);
                self.after_crash_or_recovery(next, node, fault);
            }
        }
        debug_assert!(self.is_canonical(next), "envelopes are sorted");
    }

    /// True if a transition refers to what is in the state: its local state, an envelope in transit, a fault that may
    /// still strike.
    fn is_enabled(&self, state: &[u32], transition: Transition) -> bool {
        let is_in_transit = |place: usize| (self.head()..state.len()).contains(&place);
        let may_strike = |kind: FaultKind| self.faults_remaining(state, kind) > 0;
        match transition {
            Transition::Drop { place } => is_in_transit(place) && may_strike(FaultKind::Drop),
            Transition::Duplicate { place } => {
                is_in_transit(place) && may_strike(FaultKind::Duplicate)
            }
            Transition::Step { node, effect, place, fault } => {
                let effect = &self.cache.effects[effect as usize];
                let is_delivered = match effect.stimulus {
                    Stimulus::Delivery(envelope) => {
                        place.is_some_and(|place| is_in_transit(place) && state[place] == envelope)
                    }
                    _ => place.is_none(),
                };
                effect.local == state[node.index()] && is_delivered && fault.is_none_or(may_strike)
            }
        }
    }

    /// True if the envelopes of a state are sorted as `post` sorts them.
    fn is_canonical(&self, state: &[u32]) -> bool {
        let envelopes = &state[self.head()..];
        if self.fifo {
            envelopes.is_sorted_by_key(|envelope| self.link(*envelope))
        } else {
            envelopes.is_sorted()
        }
    }

    fn consume_fault(&self, state: &mut [u32], kind: FaultKind) {
        state[self.head() - 1] -= 1 << (BITS_PER_KIND * kind as u32) | 1 << TOTAL_SHIFT;
    }

    pub(super) fn apply_effect(&mut self, state: &mut Vec<u32>, node: NodeId, effect: &Effect) {
        let mut seen = if self.monitors.iter().any(|table| table.needs_ids) {
            self.events_seen(state)
        } else {
            0
        };
        state[node.index()] = effect.next;
        for &event in &effect.observed {
            seen += 1;
            for (place, table) in self.monitors.iter_mut().enumerate() {
                let now = &mut state[self.nodes + place];
                *now = table.step(*now, event, seen, &self.cache);
            }
        }
        for &envelope in &effect.sent {
            self.post(state, envelope);
        }
    }

    /// Number of events that monitors have observed.
    fn events_seen(&self, state: &[u32]) -> usize {
        state[..self.nodes]
            .iter()
            .map(|local| self.cache.states.get(*local).observed as usize)
            .sum()
    }

    /// Puts an envelope in transit.
    fn post(&self, state: &mut Vec<u32>, envelope: u32) {
        let head = self.head();
        if self.discards_unreceivable
            && self.is_down_for_good(state, self.cache.envelopes.get(envelope).to)
        {
            return;
        }
        let place = if self.fifo {
            let link = self.link(envelope);
            state[head..].partition_point(|other| self.link(*other) <= link)
        } else {
            state[head..].partition_point(|other| *other <= envelope)
        };
        state.insert(head + place, envelope);
    }

    /// Updates the reports and the envelopes in transit after a crash or a recovery.
    fn after_crash_or_recovery(
        &mut self,
        state: &mut Vec<u32>,
        node: NodeId,
        fault: Option<FaultKind>,
    ) {
        let Some(fault) = fault else { return };
        if self.perfect_detector {
            self.report(state, node, fault == FaultKind::Recover);
        }
        if self.discards_unreceivable && self.is_down_for_good(state, node) {
            let mut place = self.head();
            while place < state.len() {
                if self.cache.envelopes.get(state[place]).to == node {
                    state.remove(place);
                } else {
                    place += 1;
                }
            }
        }
    }

    /// Puts the reports of the perfect failure detector in transit, as in a run: of a crash to the nodes that are up;
    /// of a recovery to the nodes that received the report of the crash; and of the crashed nodes to a node that
    /// recovers.
    fn report(&mut self, state: &mut Vec<u32>, node: NodeId, is_back: bool) {
        let others = (0..self.nodes).map(NodeId::new).filter(|other| *other != node);
        if !is_back {
            let head = self.head();
            let mut place = head;
            while place < state.len() {
                let it = self.cache.envelopes.get(state[place]);
                if it.to == node && matches!(it.what, Content::Report(_)) {
                    state.remove(place);
                } else {
                    place += 1;
                }
            }
        }
        for other in others {
            let is_up = self.cache.states.get(state[other.index()]).solo.is_up();
            let crash = |about| Content::Report(Detection::Suspect(about));
            let post = match (is_back, is_up) {
                (false, true) => self.cache.envelope(node, other, crash(node)),
                (true, false) => self.cache.envelope(other, node, crash(other)),
                (true, true) => {
                    let untold = self.cache.envelope(node, other, crash(node));
                    if let Some(place) = self.place_of(state, untold) {
                        state.remove(place);
                        continue;
                    }
                    let recovery = Content::Report(Detection::Restore(node));
                    self.cache.envelope(node, other, recovery)
                }
                (false, false) => continue,
            };
            self.post(state, post);
        }
    }

    /// Place of an envelope in transit.
    fn place_of(&self, state: &[u32], envelope: u32) -> Option<usize> {
        (self.head()..state.len()).find(|place| state[*place] == envelope)
    }
}
