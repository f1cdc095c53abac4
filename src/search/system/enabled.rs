//! Enabled transitions of a state.

use super::{
    System,
    transition::{FaultKind, Transition},
};
use crate::{
    kernel::{Detection, NodeId},
    search::transitions::{Content, Stimulus},
};

impl System {
    /// Lists the enabled transitions in a fixed order.
    pub(in crate::search) fn transitions(
        &mut self,
        state: &[u32],
        transitions: &mut Vec<Transition>,
    ) {
        transitions.clear();
        self.push_deliveries(state, transitions);
        for node in (0..self.nodes).map(NodeId::new) {
            let local = state[node.index()];
            let here = self.cache.states.get(local);
            let has_request =
                (here.requests_made as usize) < self.cache.requests[node.index()].len();
            if !here.solo.is_up() {
                if self.faults_remaining(state, FaultKind::Recover) > 0 {
                    self.push_steps(state, node, Stimulus::Recovery, None, transitions);
                    if has_request {
                        self.push_steps(state, node, Stimulus::Request, None, transitions);
                    }
                }
                continue;
            }
            for place in 0..here.timers.len() {
                let timer = self.cache.states.get(local).timers[place];
                self.push_steps(state, node, Stimulus::Timer(timer), None, transitions);
            }
            if has_request {
                self.push_steps(state, node, Stimulus::Request, None, transitions);
            }
            if self.faults_remaining(state, FaultKind::Crash) > 0 {
                self.push_steps(state, node, Stimulus::Crash, None, transitions);
            }
        }
    }

    /// Lists deliveries, drops and duplications: of equal envelopes one, of a FIFO link the first. A delivery to a
    /// node that never recovers makes no difference.
    fn push_deliveries(&mut self, state: &[u32], transitions: &mut Vec<Transition>) {
        let head = self.head();
        for place in head..state.len() {
            let envelope = state[place];
            let first = (!self.fifo || !self.is_behind(state, place))
                && !self.is_after_recovery(state, envelope);
            if !self.fifo && place > head && state[place - 1] == envelope {
                continue;
            }
            let (to, is_message) = {
                let envelope = self.cache.envelopes.get(envelope);
                (envelope.to, matches!(envelope.what, Content::Message(_)))
            };
            if first && !self.is_down_for_good(state, to) {
                self.push_steps(state, to, Stimulus::Delivery(envelope), Some(place), transitions);
            }
            if is_message && self.faults_remaining(state, FaultKind::Drop) > 0 {
                transitions.push(Transition::Drop { place });
            }
            if is_message && self.faults_remaining(state, FaultKind::Duplicate) > 0 {
                transitions.push(Transition::Duplicate { place });
            }
        }
    }

    /// True if an envelope of the same link is before it.
    fn is_behind(&self, state: &[u32], place: usize) -> bool {
        place > self.head() && self.link(state[place - 1]) == self.link(state[place])
    }

    /// True for the report of a crash, if the report of an earlier recovery is still in transit.
    fn is_after_recovery(&self, state: &[u32], envelope: u32) -> bool {
        let it = self.cache.envelopes.get(envelope);
        let Content::Report(Detection::Suspect(_)) = it.what else { return false };
        state[self.head()..].iter().any(|other| {
            let other = self.cache.envelopes.get(*other);
            let is_recovery = matches!(other.what, Content::Report(Detection::Restore(_)));
            is_recovery && other.from == it.from && other.to == it.to
        })
    }

    /// Lists a step of a node, and the same step with a crash within it.
    fn push_steps(
        &mut self,
        state: &[u32],
        node: NodeId,
        stimulus: Stimulus,
        place: Option<usize>,
        transitions: &mut Vec<Transition>,
    ) {
        let local = state[node.index()];
        let effect = self.cache.effect_of(&self.plan, node, local, stimulus);
        let fault = match stimulus {
            Stimulus::Crash => Some(FaultKind::Crash),
            Stimulus::Recovery => Some(FaultKind::Recover),
            _ => None,
        };
        transitions.push(Transition::Step { node, effect, place, fault });
        let is_up = self.cache.states.get(local).solo.is_up();
        if fault.is_none() && is_up && self.faults_remaining(state, FaultKind::Crash) > 0 {
            for sends in 0..=self.cache.effects[effect as usize].sends {
                let effect = self.cache.cut(&self.plan, node, effect, sends);
                let fault = Some(FaultKind::Crash);
                transitions.push(Transition::Step { node, effect, place, fault });
            }
        }
    }
}
