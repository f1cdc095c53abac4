//! The transition cache: the effect of each stimulus on each local state, computed once.
//!
//! The effect depends only on the local state of the node and on the stimulus. Millions of states of a system consist
//! of few local states and few messages. So local states and messages are interned. The protocol's code runs once for
//! each pair of local state and stimulus, not once for each state of the system.

use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use super::interner::{Interner, Memo};
use crate::kernel::{
    Detection, Did, EventId, Fingerprinter, Input, MAX_NODES, NodeId, NodeSet, Observation, Packet,
    Plan, Seen, Solo, Step,
};

/// Local state of a node, with the number of its requests and of its observed events.
#[derive(Clone, Debug)]
pub(super) struct LocalState {
    pub(super) solo: Solo,
    /// Interned timers, sorted.
    pub(super) timers: Box<[u32]>,
    /// Number of requests made.
    pub(super) requests_made: u32,
    /// Number of events that monitors observed, where that counts.
    pub(super) observed: u32,
}

/// A message or report in transit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) what: Content,
}

/// Content of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// An interned message.
    Message(u32),
    /// The perfect failure detector's report about `from`.
    Report(Detection),
}

/// A stimulus of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stimulus {
    /// The delivery of this envelope.
    Delivery(u32),
    /// The expiry of this timer.
    Timer(u32),
    /// The node's next request.
    Request,
    Crash,
    Recovery,
}

impl Stimulus {
    /// Returns the stimulus as a number; there are fewer than 2²⁹ envelopes and timers.
    pub(super) const fn code(self) -> u32 {
        const BITS: u32 = 29;
        if let Self::Delivery(number) | Self::Timer(number) = self {
            assert!(number < 1 << BITS, "too many messages and timers for the code of a stimulus");
        }
        match self {
            Self::Delivery(envelope) => envelope,
            Self::Timer(timer) => 1 << BITS | timer,
            Self::Request => 2 << BITS,
            Self::Crash => 3 << BITS,
            Self::Recovery => 4 << BITS,
        }
    }
}

/// Effect of a stimulus on a local state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    /// Local state afterwards.
    pub(super) next: u32,
    /// Envelopes sent, in order, without those that have no link.
    pub(super) sent: Box<[u32]>,
    /// Number of send effects: places at which a crash can cut the step.
    pub(super) sends: u32,
    /// Events that monitors observe, in order.
    pub(super) observed: Box<[u32]>,
    /// Local state before, and the stimulus.
    pub(super) local: u32,
    pub(super) stimulus: Stimulus,
}

/// An event that monitors observe.
#[derive(Clone, Debug)]
pub(super) struct MonitorEvent {
    node: NodeId,
    id: EventId,
    what: MonitorEventKind,
}

#[derive(Clone, Debug)]
enum MonitorEventKind {
    Request(Packet),
    Indication(Packet),
    Crash,
    Recover,
    Detect(Detection),
}

impl MonitorEvent {
    /// Returns the observation of a monitor, with this id. All events are at 0 ms.
    pub(super) fn observation(&self, id: EventId) -> Observation<'_> {
        let what = match &self.what {
            MonitorEventKind::Request(packet) => Seen::Request(packet),
            MonitorEventKind::Indication(packet) => Seen::Indication(packet),
            MonitorEventKind::Crash => Seen::Crash,
            MonitorEventKind::Recover => Seen::Recover,
            MonitorEventKind::Detect(detection) => Seen::Detect(*detection),
        };
        Observation { id, time: 0, node: self.node, what }
    }

    /// True if the event is a request.
    pub(super) const fn is_request(&self) -> bool {
        matches!(self.what, MonitorEventKind::Request(_))
    }

    /// Id where only the order at each node counts: an event of a node has the same id in all interleavings.
    pub(super) const fn id(&self) -> EventId {
        self.id
    }
}

/// Interned values and computed effects.
#[derive(Clone, Debug)]
pub(super) struct TransitionCache {
    pub(super) states: Interner<LocalState>,
    pub(super) packets: Interner<Packet>,
    pub(super) envelopes: Interner<Envelope>,
    pub(super) events: Interner<MonitorEvent>,
    pub(super) effects: Vec<Rc<Effect>>,
    effects_known: Memo,
    /// Cut effects, by effect and number of sends.
    cuts: Memo,
    /// By node: its requests, by their places in the scenario, in order.
    pub(super) requests: Vec<Vec<usize>>,
    /// True if a node has read its clock, or has sent messages to itself without end: then the effects are not valid.
    pub(super) reads_clock: bool,
    pub(super) sends_endlessly: bool,
    watched: Precision,
}

/// Precision with which events are distinguished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// There is no monitor.
    Nothing,
    /// The set of events counts.
    Set,
    /// The sequence of events at each node counts.
    Sequence,
}

impl TransitionCache {
    pub(super) fn new(plan: &Plan, watched: Precision) -> Self {
        let scenario = plan.scenario();
        let mut requests = vec![Vec::new(); scenario.nodes.len()];
        let mut order: Vec<usize> = (0..scenario.requests.len()).collect();
        order.sort_by_key(|index| scenario.requests[*index].at);
        for index in order {
            requests[scenario.requests[index].node.index()].push(index);
        }
        Self {
            states: Interner::new(),
            packets: Interner::new(),
            envelopes: Interner::new(),
            events: Interner::new(),
            effects: Vec::new(),
            effects_known: Memo::new(),
            cuts: Memo::new(),
            requests,
            reads_clock: false,
            sends_endlessly: false,
            watched,
        }
    }

    /// Approximate memory in bytes; only a protocol knows the size of its states.
    pub(super) fn bytes(&self) -> u64 {
        (self.states.len() * 600 + self.effects.len() * 120 + self.packets.len() * 100) as u64
    }

    /// Returns the effect of a node's start.
    pub(super) fn begin(&mut self, plan: &Plan, node: NodeId) -> Effect {
        let mut solo = Solo::new(plan, node);
        let step = solo.handle(plan, node, Input::Init, None);
        let start = LocalState { solo, timers: Box::default(), requests_made: 0, observed: 0 };
        self.build_effect(plan, node, start, Vec::new(), step, (u32::MAX, Stimulus::Recovery))
    }

    /// Returns the number of the effect of a stimulus on a local state.
    pub(super) fn effect_of(
        &mut self,
        plan: &Plan,
        node: NodeId,
        local: u32,
        stimulus: Stimulus,
    ) -> u32 {
        if let Some(known) = self.effects_known.get(local, stimulus.code()) {
            return known;
        }
        let effect = self.compute(plan, node, local, stimulus, None);
        let number = self.store(effect);
        self.effects_known.insert(local, stimulus.code(), number);
        number
    }

    /// Returns the number of the effect that is cut by a crash after this number of sends.
    pub(super) fn cut(&mut self, plan: &Plan, node: NodeId, effect: u32, sends: u32) -> u32 {
        if let Some(known) = self.cuts.get(effect, sends) {
            return known;
        }
        let Effect { local, stimulus, .. } = *self.effects[effect as usize];
        let cut = self.compute(plan, node, local, stimulus, Some(sends));
        let number = self.store(cut);
        self.cuts.insert(effect, sends, number);
        number
    }

    fn store(&mut self, effect: Effect) -> u32 {
        self.effects.push(Rc::new(effect));
        u32::try_from(self.effects.len() - 1).expect("fewer than 2³² effects")
    }

    fn compute(
        &mut self,
        plan: &Plan,
        node: NodeId,
        local: u32,
        stimulus: Stimulus,
        cut: Option<u32>,
    ) -> Effect {
        let mut next = self.states.get(local).clone();
        let mut seen = Vec::new();
        if !next.solo.is_up() && stimulus != Stimulus::Recovery {
            // A stimulus of a crashed node is lost.
            next.requests_made += u32::from(stimulus == Stimulus::Request);
            return self.unreceived(node, next, (local, stimulus));
        }
        let step = match stimulus {
            Stimulus::Delivery(envelope) => {
                let Envelope { from, what, .. } = self.envelopes.get(envelope).clone();
                let input = match what {
                    Content::Message(packet) => {
                        Input::Message { from, packet: self.packets.get(packet).clone() }
                    }
                    Content::Report(detection) => {
                        seen.push(MonitorEventKind::Detect(detection));
                        Input::Detection(detection)
                    }
                };
                next.solo.handle(plan, node, input, cut)
            }
            Stimulus::Timer(timer) => {
                let timer = self.packets.get(timer).clone();
                next.solo.ring(plan, node, &timer, cut)
            }
            Stimulus::Request => {
                let request = self.requests[node.index()][next.requests_made as usize];
                next.requests_made += 1;
                let packet = plan.request(request).clone();
                seen.push(MonitorEventKind::Request(packet.clone()));
                next.solo.handle(plan, node, Input::Request(packet), cut)
            }
            Stimulus::Crash => {
                next.solo.crash();
                seen.push(MonitorEventKind::Crash);
                Step::default()
            }
            Stimulus::Recovery => {
                seen.push(MonitorEventKind::Recover);
                next.solo.recover(plan, node)
            }
        };
        self.build_effect(plan, node, next, seen, step, (local, stimulus))
    }

    /// Returns the effect of a stimulus that is not received.
    fn unreceived(
        &mut self,
        node: NodeId,
        next: LocalState,
        (local, stimulus): (u32, Stimulus),
    ) -> Effect {
        let next = self.local(node, next);
        Effect { next, sent: Box::default(), sends: 0, observed: Box::default(), local, stimulus }
    }

    fn build_effect(
        &mut self,
        plan: &Plan,
        node: NodeId,
        mut next: LocalState,
        mut seen: Vec<MonitorEventKind>,
        step: Step,
        (local, stimulus): (u32, Stimulus),
    ) -> Effect {
        self.reads_clock |= step.looked;
        self.sends_endlessly |= step.endless;
        let neighbours = plan.neighbours(node);
        let (mut sent, mut sends) = (Vec::new(), 0);
        for did in step.did {
            match did {
                Did::Sent { to, packet } => {
                    sends += 1;
                    self.post(node, to.and(neighbours), &packet, &mut sent);
                }
                Did::Told(packet) => seen.push(MonitorEventKind::Indication(packet)),
                Did::Set { .. } => {}
            }
        }
        let crashed = !next.solo.is_up() && !matches!(stimulus, Stimulus::Crash);
        seen.extend(crashed.then_some(MonitorEventKind::Crash));
        if self.watched == Precision::Nothing {
            seen.clear();
        }
        let observed = seen.into_iter().map(|what| {
            let id = self.id(&mut next, &what, node);
            self.event(MonitorEvent { node, id, what })
        });
        let observed = observed.collect();
        let next = self.local(node, next);
        Effect { next, sent: sent.into(), sends, observed, local, stimulus }
    }

    /// Returns the id of an event. It is the same in all interleavings. Where no order counts, ids distinguish only
    /// requests.
    fn id(&self, next: &mut LocalState, what: &MonitorEventKind, node: NodeId) -> EventId {
        match (self.watched, what) {
            (Precision::Sequence, _) => {
                next.observed += 1;
                next.observed as usize * MAX_NODES + node.index()
            }
            (_, MonitorEventKind::Request(..)) => {
                self.requests[node.index()][next.requests_made as usize - 1] + 1
            }
            _ => 0,
        }
    }

    /// Puts a message into an envelope for each receiver.
    fn post(&mut self, from: NodeId, to: NodeSet, packet: &Packet, sent: &mut Vec<u32>) {
        let packet = self.packet(packet);
        sent.extend(to.into_iter().map(|to| self.envelope(from, to, Content::Message(packet))));
    }

    pub(super) fn envelope(&mut self, from: NodeId, to: NodeId, what: Content) -> u32 {
        let mut taken = Fingerprinter::new();
        (from, to).hash(&mut taken);
        match what {
            Content::Message(packet) => packet.hash(&mut taken),
            Content::Report(detection) => (u32::MAX, detection).hash(&mut taken),
        }
        let fingerprint = taken.fingerprint();
        self.envelopes.intern(fingerprint, || Envelope { from, to, what })
    }

    fn packet(&mut self, packet: &Packet) -> u32 {
        let mut taken = Fingerprinter::new();
        packet.identify(&mut taken);
        self.packets.intern(taken.fingerprint(), || packet.clone())
    }

    /// Interns a timer; its number differs from that of an equal message.
    fn timer(&mut self, timer: &Packet) -> u32 {
        let mut taken = Fingerprinter::new();
        taken.write_u64(u64::MAX);
        timer.identify(&mut taken);
        self.packets.intern(taken.fingerprint(), || timer.clone())
    }

    fn local(&mut self, node: NodeId, mut local: LocalState) -> u32 {
        let mut timers: Vec<u32> =
            local.solo.timers().to_vec().iter().map(|timer| self.timer(timer)).collect();
        timers.sort_unstable();
        let mut taken = Fingerprinter::new();
        (node, local.requests_made, local.observed, &timers).hash(&mut taken);
        local.solo.identify(&mut taken);
        local.timers = timers.into();
        self.states.intern(taken.fingerprint(), || local)
    }

    fn event(&mut self, event: MonitorEvent) -> u32 {
        let mut taken = Fingerprinter::new();
        (event.node, event.id).hash(&mut taken);
        match &event.what {
            MonitorEventKind::Request(packet) => {
                taken.write_u8(0);
                packet.identify(&mut taken);
            }
            MonitorEventKind::Indication(packet) => {
                taken.write_u8(1);
                packet.identify(&mut taken);
            }
            MonitorEventKind::Crash => taken.write_u8(2),
            MonitorEventKind::Recover => taken.write_u8(3),
            MonitorEventKind::Detect(detection) => {
                taken.write_u8(4);
                detection.hash(&mut taken);
            }
        }
        self.events.intern(taken.fingerprint(), || event)
    }
}
