//! The asynchronous system that a scenario describes: whatever is on its way may come next, however long it takes.
//!
//! Its requests come in their order at each node, at any time; a timer goes off at any time after it was set; a node
//! may apply as long as it likes. What comes to a node that is down is lost, as in a run; it need not come before the node
//! is back. Of the scenario's network only the links count and whether they keep the order. So
//! what is possible here is possible in some run, if only for other delays; and what is impossible here is impossible
//! whatever the delays are.

use std::rc::Rc;

use super::{
    Budget,
    interner::{Interner, Memo},
    transitions::{Content, Effect, Precision, Stimulus, TransitionCache},
};
use crate::kernel::{Detection, Detector, Fingerprinter, Monitor, NodeId, Order, Plan, Scenario};

/// Something that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// Something comes to a node: by its effect. With it what was in the envelope at this place is no longer on its
    /// way, if it was in one.
    Step { node: NodeId, effect: u32, place: Option<usize>, fault: Option<FaultKind> },
    /// What is at this place is lost.
    Drop { place: usize },
    /// A second copy of what is at this place is on its way.
    Duplicate { place: usize },
}

/// The kinds of faults that there are here, in the order in which a state counts what is left of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    Crash = 0,
    Recover = 1,
    Drop = 2,
    Duplicate = 3,
}

/// Their names.
pub(super) const FAULT_KINDS: [&str; 4] = ["crash", "recover", "drop", "duplicate"];

/// In a state's word of the faults that are left: so many bits for each kind, and above them how many in all.
const BITS_PER_KIND: u32 = 6;
pub(super) const MAX_PER_KIND: u32 = (1 << BITS_PER_KIND) - 1;
const TOTAL_SHIFT: u32 = BITS_PER_KIND * FAULT_KINDS.len() as u32;

/// A system, with all that was worked out about it so far.
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
    /// Whether what is on its way to who never comes back is left out.
    pub(super) discards_unreceivable: bool,
}

/// The monitor of one objective.
#[derive(Clone)]
struct MonitorTable {
    states: Interner<Box<dyn Monitor>>,
    steps: Memo,
    /// By state: whether the objective is reached, as far as the run went, and if it ends there.
    reached: Vec<[bool; 2]>,
    /// Whether its states depend on which of two events at different nodes has the smaller id.
    needs_ids: bool,
}

/// Why a scenario cannot be searched this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The protocol cannot read one of its requests.
    Request,
    /// It has faults already.
    Faults,
    /// Its network loses, doubles or damages by luck, or loses what finds a queue full.
    Luck,
    /// What is looked for depends on times, or on what happened before what.
    Time,
    /// The protocol reads its clock.
    Clock,
    /// A node goes on sending to itself.
    Endless,
    /// Group membership: who is bound depends on what came first in time.
    Members,
}

impl Unfit {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Faults,
        Self::Luck,
        Self::Time,
        Self::Clock,
        Self::Endless,
        Self::Members,
    ];

    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Faults => "faults",
            Self::Luck => "luck",
            Self::Time => "time",
            Self::Clock => "clock",
            Self::Endless => "endless",
            Self::Members => "members",
        }
    }
}

impl System {
    /// The system of a scenario.
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

    /// How many numbers a state has before those of what is on its way: one for each node, one for each objective, and the
    /// faults that are left.
    pub(super) const fn head(&self) -> usize {
        self.nodes + self.monitors.len() + 1
    }

    /// The state after the start of the run.
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

    /// How many faults of a kind may still strike.
    pub(super) fn left(&self, state: &[u32], kind: FaultKind) -> u32 {
        let word = state[self.head() - 1];
        (word >> (BITS_PER_KIND * kind as u32) & MAX_PER_KIND).min(word >> TOTAL_SHIFT)
    }

    /// All that can happen next, in a fixed order.
    pub(super) fn transitions(&mut self, state: &[u32], transitions: &mut Vec<Transition>) {
        transitions.clear();
        self.push_deliveries(state, transitions);
        for node in (0..self.nodes).map(NodeId::new) {
            let local = state[node.index()];
            let here = self.cache.states.get(local);
            let has_request =
                (here.requests_made as usize) < self.cache.requests[node.index()].len();
            if !here.solo.is_up() {
                if self.left(state, FaultKind::Recover) > 0 {
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
            if self.left(state, FaultKind::Crash) > 0 {
                self.push_steps(state, node, Stimulus::Crash, None, transitions);
            }
        }
    }

    /// What is on its way, each once if there are several that are alike; the first of each link, where they keep
    /// their order. What comes to who is down for good makes no difference any more.
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
            if is_message && self.left(state, FaultKind::Drop) > 0 {
                transitions.push(Transition::Drop { place });
            }
            if is_message && self.left(state, FaultKind::Duplicate) > 0 {
                transitions.push(Transition::Duplicate { place });
            }
        }
    }

    /// Whether something of the same link is before it.
    fn is_behind(&self, state: &[u32], place: usize) -> bool {
        place > self.head() && self.link(state[place - 1]) == self.link(state[place])
    }

    /// True for the report of a crash, if the recovery from the crash before it is still to be reported.
    fn is_after_recovery(&self, state: &[u32], envelope: u32) -> bool {
        let it = self.cache.envelopes.get(envelope);
        let Content::Report(Detection::Suspect(_)) = it.what else { return false };
        state[self.head()..].iter().any(|other| {
            let other = self.cache.envelopes.get(*other);
            let is_recovery = matches!(other.what, Content::Report(Detection::Restore(_)));
            is_recovery && other.from == it.from && other.to == it.to
        })
    }

    /// What keeps its order among itself: the messages of one link; a report goes no link.
    fn link(&self, envelope: u32) -> (bool, NodeId, NodeId, u32) {
        let it = self.cache.envelopes.get(envelope);
        match it.what {
            Content::Message(_) => (false, it.from, it.to, 0),
            Content::Report(_) => (true, it.from, it.to, envelope),
        }
    }

    /// Something comes to a node; and the same, with the node crashing in the middle of its answer.
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
        if fault.is_none() && is_up && self.left(state, FaultKind::Crash) > 0 {
            for sends in 0..=self.cache.effects[effect as usize].sends {
                let effect = self.cache.cut(&self.plan, node, effect, sends);
                let fault = Some(FaultKind::Crash);
                transitions.push(Transition::Step { node, effect, place, fault });
            }
        }
    }

    /// The state after a transition.
    pub(super) fn apply(&mut self, state: &[u32], transition: Transition, next: &mut Vec<u32>) {
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

    /// How many events monitors have seen.
    fn events_seen(&self, state: &[u32]) -> usize {
        state[..self.nodes]
            .iter()
            .map(|local| self.cache.states.get(*local).observed as usize)
            .sum()
    }

    /// Puts an envelope to those on their way.
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

    /// Whether a node is down for good.
    fn is_down_for_good(&self, state: &[u32], node: NodeId) -> bool {
        let local = state[node.index()];
        !self.cache.states.get(local).solo.is_up() && self.left(state, FaultKind::Recover) == 0
    }

    /// What a crash and a recovery bring about beside what the node does.
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

    /// What the perfect_detector failure detector is to tell from now on, as in a run: a crash to the nodes that are up, a
    /// recovery to those among them that have been observed of the crash, and to a node that is back the crashes of
    /// those that are down.
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

    /// Where something is among what is on its way, if it is.
    fn place_of(&self, state: &[u32], envelope: u32) -> Option<usize> {
        (self.head()..state.len()).find(|place| state[*place] == envelope)
    }

    /// Whether an objective minds how events of different nodes interleave.
    pub(super) fn observes_order(&self) -> bool {
        self.monitors.iter().any(|table| table.states.get(0).needs().order)
    }

    /// Whether an objective minds in which order one node tells things.
    pub(super) fn observes_sequence(&self) -> bool {
        self.monitors.iter().any(|table| table.states.get(0).needs().sequence)
    }

    /// What objectives may apply notice of, of all that is observed.
    pub(super) fn noticed<'a>(&'a self, observed: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let needs_requests = self.monitors.iter().any(|table| table.states.get(0).needs().requests);
        let noticed =
            move |event: &u32| needs_requests || !self.cache.events.get(*event).is_request();
        observed.iter().copied().filter(noticed)
    }

    /// Whether an objective may apply notice of anything that is observed.
    pub(super) fn is_noticed(&self, effect: u32) -> bool {
        self.noticed(&self.cache.effects[effect as usize].observed).next().is_some()
    }

    /// Whether messages of one link keep their order.
    pub(super) const fn keeps_order(&self) -> bool {
        self.fifo
    }

    /// Whether everybody is observed of crashes.
    pub(super) const fn reports_crashes(&self) -> bool {
        self.perfect_detector
    }

    /// Whether two envelopes go the same link.
    pub(super) fn is_same_link(&self, one: u32, other: u32) -> bool {
        self.link(one) == self.link(other)
    }

    /// What may come to a node by itself: its timers and its next request.
    pub(super) fn own_stimuli(&self, node: NodeId, local: u32) -> Vec<Stimulus> {
        let here = self.cache.states.get(local);
        let has_request = (here.requests_made as usize) < self.cache.requests[node.index()].len();
        let timers = here.timers.iter().map(|timer| Stimulus::Timer(*timer));
        timers.chain(has_request.then_some(Stimulus::Request)).collect()
    }

    /// Whether something can come to a node in this state: a timer has to run, a request to be there.
    pub(super) fn can_come(&self, local: u32, stimulus: Stimulus) -> bool {
        let here = self.cache.states.get(local);
        here.solo.is_up()
            && match stimulus {
                Stimulus::Timer(timer) => here.timers.contains(&timer),
                _ => true,
            }
    }

    /// Whether an objective is reached in a state, or if the run ends in it.
    pub(super) fn is_reached(&self, state: &[u32], objective: usize, ended: bool) -> bool {
        self.monitors[objective].reached[state[self.nodes + objective] as usize][usize::from(ended)]
    }

    /// How many faults there may be in all.
    pub(super) const fn faults_left(&self) -> u32 {
        self.budget >> TOTAL_SHIFT
    }

    /// On which link what a transition brings comes to a node; with as many nodes as there are as the first, if it comes
    /// by itself.
    pub(super) fn channel(&self, state: &[u32], transition: Transition) -> Option<(usize, usize)> {
        let Transition::Step { node, place, .. } = transition else { return None };
        let from = place.map(|place| self.cache.envelopes.get(state[place]).from.index());
        Some((from.unwrap_or(self.nodes), node.index()))
    }

    /// Whether a transition is a fault.
    pub(super) const fn is_fault(transition: Transition) -> bool {
        matches!(
            transition,
            Transition::Drop { .. }
                | Transition::Duplicate { .. }
                | Transition::Step { fault: Some(_), .. }
        )
    }

    /// What is wrong with what was worked out, if anything is.
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
        return Some(Unfit::Luck);
    }
    let needs_times = monitors.iter().any(|monitor| monitor.needs().time || monitor.needs().past);
    needs_times.then_some(Unfit::Time)
}

fn precision(monitors: &[Box<dyn Monitor>]) -> Precision {
    if monitors.iter().any(|monitor| monitor.needs().sequence) {
        Precision::Sequences
    } else if monitors.is_empty() {
        Precision::Nothing
    } else {
        Precision::Things
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

    /// The state of the monitor after it has seen something, as the `seen`th event of the run.
    fn step(&mut self, state: u32, event: u32, seen: usize, cache: &TransitionCache) -> u32 {
        // Where ids count, the same event is another one at another place in the run.
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
