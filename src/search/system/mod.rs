//! The asynchronous system that a scenario describes: every message in transit may be delivered next, whatever its
//! delay.
//!
//! Requests are made in their order at each node, at any time. A timer expires at any time after it was set. A node
//! may take any time for a step. A message delivered to a crashed node is lost, as in a run; its delivery may also
//! wait for the recovery. Of the network only the links and their FIFO order count. So whatever is possible here is
//! possible in some run, perhaps with other delays; and whatever is impossible here is impossible with any delays.

mod enabled;
mod monitors;
mod successors;
mod transition;
mod unfit;

use transition::FAULT_KINDS;
pub(super) use transition::{FaultKind, MAX_PER_KIND, Transition};
pub use unfit::Unfit;

use self::{
    monitors::{MonitorTable, precision},
    transition::{BITS_PER_KIND, TOTAL_SHIFT},
    unfit::unfit,
};
use super::{
    Budget,
    transitions::{Content, Effect, Stimulus, TransitionCache},
};
use crate::kernel::{Detector, Monitor, NodeId, Order, Plan};

/// A system, with the effects computed so far.
#[derive(Clone)]
pub(super) struct System {
    pub(super) plan: Plan<'static>,
    pub(super) cache: TransitionCache,
    pub(super) nodes: usize,
    /// By objective: the states of its monitor.
    monitors: Vec<MonitorTable>,
    fifo: bool,
    perfect_detector: bool,
    budget: u32,
    /// True if envelopes to nodes that never recover are discarded.
    pub(super) discards_unreceivable: bool,
}

impl System {
    /// Returns the system of a scenario.
    pub(super) fn new(
        plan: Plan<'static>,
        monitors: Vec<Box<dyn Monitor>>,
        budget: &Budget,
    ) -> Result<Self, Unfit> {
        let scenario = plan.scenario();
        unfit(scenario, &monitors).map_or(Ok(()), Err)?;
        if plan.protocol().behaviour.requests.iter().any(|kind| kind.name == "join")
            && !monitors.is_empty()
        {
            return Err(Unfit::Members);
        }
        let nodes = scenario.nodes.len();
        let (fifo, perfect_detector) = (
            scenario.network.order == Order::Fifo,
            matches!(scenario.network.detector, Detector::Perfect(_)),
        );
        let left = |kind: &str| budget.allows(kind).min(MAX_PER_KIND);
        let all = FAULT_KINDS.iter().map(|kind| left(kind)).sum::<u32>().min(budget.all());
        let budget =
            FAULT_KINDS.iter().rev().fold(all, |word, kind| word << BITS_PER_KIND | left(kind));
        Ok(Self {
            cache: TransitionCache::new(&plan, precision(&monitors)),
            nodes,
            monitors: monitors.into_iter().map(MonitorTable::new).collect(),
            fifo,
            perfect_detector,
            budget,
            discards_unreceivable: true,
            plan,
        })
    }

    /// Number of words before the envelopes in a state: one for each node, one for each objective, and the remaining
    /// faults.
    pub(super) const fn head(&self) -> usize {
        self.nodes + self.monitors.len() + 1
    }

    /// Returns the state after the start of the run.
    pub(super) fn start(&mut self) -> Vec<u32> {
        let mut state = vec![0; self.head()];
        state[self.head() - 1] = self.budget;
        let nodes = (0..self.nodes).map(NodeId::new);
        let begun: Vec<Effect> = nodes.map(|node| self.cache.begin(&self.plan, node)).collect();
        for (node, effect) in begun.iter().enumerate() {
            state[node] = effect.next;
        }
        for (node, effect) in begun.iter().enumerate() {
            self.apply_effect(&mut state, NodeId::new(node), effect);
        }
        state
    }

    /// Number of faults of a kind that may still strike.
    pub(super) fn faults_remaining(&self, state: &[u32], kind: FaultKind) -> u32 {
        let word = state[self.head() - 1];
        (word >> (BITS_PER_KIND * kind as u32) & MAX_PER_KIND).min(word >> TOTAL_SHIFT)
    }

    /// Key of envelopes that keep their order: those of one link. A report uses no link.
    fn link(&self, envelope: u32) -> (bool, NodeId, NodeId, u32) {
        let it = self.cache.envelopes.get(envelope);
        match it.what {
            Content::Message(_) => (false, it.from, it.to, 0),
            Content::Report(_) => (true, it.from, it.to, envelope),
        }
    }

    /// True if a node is down and cannot recover.
    fn is_down_for_good(&self, state: &[u32], node: NodeId) -> bool {
        let local = state[node.index()];
        !self.cache.states.get(local).solo.is_up()
            && self.faults_remaining(state, FaultKind::Recover) == 0
    }

    /// True if an objective depends on the order of events at different nodes.
    pub(super) fn observes_order(&self) -> bool {
        self.monitors.iter().any(|table| table.states.get(0).needs().order)
    }

    /// True if an objective depends on the order of events at one node.
    pub(super) fn observes_sequence(&self) -> bool {
        self.monitors.iter().any(|table| table.states.get(0).needs().sequence)
    }

    /// Returns the observable events among these: those that an objective may depend on.
    pub(super) fn observable<'a>(&'a self, observed: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let needs_requests = self.monitors.iter().any(|table| table.states.get(0).needs().requests);
        let observable =
            move |event: &u32| needs_requests || !self.cache.events.get(*event).is_request();
        observed.iter().copied().filter(observable)
    }

    /// True if an effect has observable events: the transition is visible.
    pub(super) fn is_visible(&self, effect: u32) -> bool {
        self.observable(&self.cache.effects[effect as usize].observed).next().is_some()
    }

    /// True if links are FIFO.
    pub(super) const fn keeps_order(&self) -> bool {
        self.fifo
    }

    /// True if a perfect failure detector reports crashes.
    pub(super) const fn reports_crashes(&self) -> bool {
        self.perfect_detector
    }

    /// True if two envelopes use the same link.
    pub(super) fn is_same_link(&self, one: u32, other: u32) -> bool {
        self.link(one) == self.link(other)
    }

    /// Stimuli that a node has without a message: its timers and its next request.
    pub(super) fn own_stimuli(&self, node: NodeId, local: u32) -> Vec<Stimulus> {
        let here = self.cache.states.get(local);
        let has_request = (here.requests_made as usize) < self.cache.requests[node.index()].len();
        let timers = here.timers.iter().map(|timer| Stimulus::Timer(*timer));
        timers.chain(has_request.then_some(Stimulus::Request)).collect()
    }

    /// True if a stimulus can occur in this local state: the node is up, and the timer is set.
    pub(super) fn is_possible(&self, local: u32, stimulus: Stimulus) -> bool {
        let here = self.cache.states.get(local);
        here.solo.is_up()
            && match stimulus {
                Stimulus::Timer(timer) => here.timers.contains(&timer),
                _ => true,
            }
    }

    /// True if an objective is reached in a state; with `ended`, if the run ends there.
    pub(super) fn is_reached(&self, state: &[u32], objective: usize, ended: bool) -> bool {
        self.monitors[objective].reached[state[self.nodes + objective] as usize][usize::from(ended)]
    }

    /// Total number of faults in the budget.
    pub(super) const fn total_faults(&self) -> u32 {
        self.budget >> TOTAL_SHIFT
    }

    /// Channel of a transition, as (sender, receiver). For a node's own timers and requests, the sender is the number
    /// of nodes.
    pub(super) fn channel(&self, state: &[u32], transition: Transition) -> Option<(usize, usize)> {
        let Transition::Step { node, place, .. } = transition else { return None };
        let from = place.map(|place| self.cache.envelopes.get(state[place]).from.index());
        Some((from.unwrap_or(self.nodes), node.index()))
    }

    /// True if a transition is a fault.
    pub(super) const fn is_fault(transition: Transition) -> bool {
        matches!(
            transition,
            Transition::Drop { .. }
                | Transition::Duplicate { .. }
                | Transition::Step { fault: Some(_), .. }
        )
    }

    /// Reason, found while effects were computed, why the search is not valid.
    pub(super) const fn unfit_on_the_way(&self) -> Option<Unfit> {
        if self.cache.sends_endlessly {
            return Some(Unfit::Endless);
        }
        if self.cache.reads_clock { Some(Unfit::Clock) } else { None }
    }
}
