//! The asynchronous system that a scenario describes: every message in transit may be delivered next, whatever its
//! delay.
//!
//! Requests are made in their order at each node, at any time. A timer expires at any time after it was set. A node
//! may take any time for a step. A message delivered to a crashed node is lost, as in a run; its delivery may also
//! wait for the recovery. Of the network only the links and their FIFO order count. So whatever is possible here is
//! possible in some run, perhaps with other delays; and whatever is impossible here is impossible with any delays.

use std::rc::Rc;

use super::{
    Budget,
    interner::{Interner, Memo},
    transitions::{Content, Effect, Precision, Stimulus, TransitionCache},
};
use crate::kernel::{Detection, Detector, Fingerprinter, Monitor, NodeId, Order, Plan, Scenario};

/// A transition of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// A step of a node. It removes the envelope at this place, if it is a delivery.
    Step { node: NodeId, effect: u32, place: Option<usize>, fault: Option<FaultKind> },
    /// The loss of the envelope at this place.
    Drop { place: usize },
    /// The duplication of the envelope at this place.
    Duplicate { place: usize },
}

/// Kinds of faults in the system, in the order of their counters in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    Crash = 0,
    Recover = 1,
    Drop = 2,
    Duplicate = 3,
}

/// Names of the [`FaultKind`]s.
pub(super) const FAULT_KINDS: [&str; 4] = ["crash", "recover", "drop", "duplicate"];

/// Layout of the word of remaining faults in a state: this number of bits for each kind, and the total above them.
const BITS_PER_KIND: u32 = 6;
pub(super) const MAX_PER_KIND: u32 = (1 << BITS_PER_KIND) - 1;
const TOTAL_SHIFT: u32 = BITS_PER_KIND * FAULT_KINDS.len() as u32;

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

/// The monitor of one objective as a state machine, computed on demand.
#[derive(Clone)]
struct MonitorTable {
    states: Interner<Box<dyn Monitor>>,
    steps: Memo,
    /// By state: true if the objective is reached at once, and true if it is reached when the run ends there.
    reached: Vec<[bool; 2]>,
    /// True if the monitor depends on the order of ids at different nodes.
    needs_ids: bool,
}

/// Reasons why a scenario has no asynchronous system that can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The protocol cannot read a request.
    Request,
    /// The scenario has faults.
    Faults,
    /// The network loses, duplicates or corrupts messages at random, or has bounded queues.
    Randomness,
    /// The objective depends on times or on the happened-before relation.
    Time,
    /// The protocol reads its clock.
    Clock,
    /// A node sends messages to itself without end.
    Endless,
    /// Group membership: the members that a property binds depend on times.
    Members,
}

impl Unfit {
    /// All reasons.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Faults,
        Self::Randomness,
        Self::Time,
        Self::Clock,
        Self::Endless,
        Self::Members,
    ];

    /// Name in the JSON of results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Faults => "faults",
            Self::Randomness => "luck",
            Self::Time => "time",
            Self::Clock => "clock",
            Self::Endless => "endless",
            Self::Members => "members",
        }
    }
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
            self.carry_out(&mut state, NodeId::new(node), effect);
        }
        state
    }

    /// Number of faults of a kind that may still strike.
    pub(super) fn faults_remaining(&self, state: &[u32], kind: FaultKind) -> u32 {
        let word = state[self.head() - 1];
        (word >> (BITS_PER_KIND * kind as u32) & MAX_PER_KIND).min(word >> TOTAL_SHIFT)
    }

    /// Lists the enabled transitions in a fixed order.
    pub(super) fn transitions(&mut self, state: &[u32], transitions: &mut Vec<Transition>) {
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

    /// Key of envelopes that keep their order: those of one link. A report uses no link.
    fn link(&self, envelope: u32) -> (bool, NodeId, NodeId, u32) {
        let it = self.cache.envelopes.get(envelope);
        match it.what {
            Content::Message(_) => (false, it.from, it.to, 0),
            Content::Report(_) => (true, it.from, it.to, envelope),
        }
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

    /// Computes the state after a transition.
    pub(super) fn apply(&mut self, state: &[u32], transition: Transition, next: &mut Vec<u32>) {
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
                self.carry_out(next, node, &effect);
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

    fn carry_out(&mut self, state: &mut Vec<u32>, node: NodeId, effect: &Effect) {
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

    /// True if a node is down and cannot recover.
    fn is_down_for_good(&self, state: &[u32], node: NodeId) -> bool {
        let local = state[node.index()];
        !self.cache.states.get(local).solo.is_up()
            && self.faults_remaining(state, FaultKind::Recover) == 0
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

fn unfit(scenario: &Scenario, monitors: &[Box<dyn Monitor>]) -> Option<Unfit> {
    let network = &scenario.network;
    if !scenario.faults.is_empty() {
        return Some(Unfit::Faults);
    }
    let overflows = network.links.iter().any(|link| link.queue.is_some());
    if overflows || network.loss.0 + network.duplicate.0 + network.corrupt.0 > 0 {
        return Some(Unfit::Randomness);
    }
    let needs_times = monitors.iter().any(|monitor| monitor.needs().time || monitor.needs().past);
    needs_times.then_some(Unfit::Time)
}

fn precision(monitors: &[Box<dyn Monitor>]) -> Precision {
    if monitors.iter().any(|monitor| monitor.needs().sequence) {
        Precision::Sequence
    } else if monitors.is_empty() {
        Precision::Nothing
    } else {
        Precision::Set
    }
}

impl MonitorTable {
    fn new(monitor: Box<dyn Monitor>) -> Self {
        let needs_ids = monitor.needs().ids;
        let mut table =
            Self { states: Interner::new(), steps: Memo::new(), reached: Vec::new(), needs_ids };
        table.number(monitor);
        table
    }

    fn number(&mut self, monitor: Box<dyn Monitor>) -> u32 {
        let mut taken = Fingerprinter::new();
        monitor.identify(&mut taken);
        let reached = [false, true].map(|over| monitor.verdict(over).is_violated());
        let number = self.states.intern(taken.fingerprint(), || monitor);
        if number as usize == self.reached.len() {
            self.reached.push(reached);
        }
        number
    }

    /// Returns the monitor's state after an event, which is the `seen`th event of the run.
    fn step(&mut self, state: u32, event: u32, seen: usize, cache: &TransitionCache) -> u32 {
        // A monitor that depends on ids distinguishes the same event at different places of the run.
        if !self.needs_ids
            && let Some(next) = self.steps.get(state, event)
        {
            return next;
        }
        let seen_event = cache.events.get(event);
        let id = if self.needs_ids { seen } else { seen_event.id() };
        let mut monitor = self.states.get(state).clone();
        monitor.observe(&seen_event.observation(id));
        let next = self.number(monitor);
        if !self.needs_ids {
            self.steps.insert(state, event, next);
        }
        next
    }
}
