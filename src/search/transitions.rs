//! MonitorEventKind a node does when something comes to it, worked out once.
//!
//! A node's effect_of depends on nothing but its own state and what comes. In millions of states of a system there are
//! few different states of each node, and few different messages. So each is given a number, what a node does is
//! looked up by two of them, and the protocol's code runs once for each pair, not once for each state.

use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use super::interner::{Interner, Memo};
use crate::kernel::{
    Detection, Did, EventId, Fingerprinter, Input, MAX_NODES, NodeId, NodeSet, Observation, Packet,
    Plan, Seen, Solo, Step,
};

/// A node's state, with how much it was requests_made and has observed.
#[derive(Clone, Debug)]
pub(super) struct LocalState {
    pub(super) solo: Solo,
    /// Its timers, by their numbers, in order.
    pub(super) timers: Box<[u32]>,
    /// How many of its requests have come.
    pub(super) requests_made: u32,
    /// How many of its events monitors have seen, where that counts.
    pub(super) observed: u32,
}

/// Something on its way to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) what: Content,
}

/// MonitorEventKind is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A message, by its number.
    Message(u32),
    /// The perfect failure detector's report about `from`.
    Report(Detection),
}

/// MonitorEventKind comes to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stimulus {
    /// MonitorEventKind is in this envelope.
    Delivery(u32),
    /// This timer goes off.
    Timer(u32),
    /// Its next request.
    Request,
    /// It stops.
    Crash,
    /// It starts again.
    Recovery,
}

impl Stimulus {
    /// As a number: there are fewer than 2²⁹ messages and timers.
    pub(super) const fn code(self) -> u32 {
        match self {
            Self::Delivery(envelope) => envelope,
            Self::Timer(timer) => 1 << 29 | timer,
            Self::Request => 2 << 29,
            Self::Crash => 3 << 29,
            Self::Recovery => 4 << 29,
        }
    }
}

/// MonitorEventKind a node does when something comes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    /// Its state from then on.
    pub(super) next: u32,
    /// MonitorEventKind it sends, by envelopes, in order; what never gets anywhere is left out.
    pub(super) sent: Box<[u32]>,
    /// How often it hands something to the network: in so many places a crash can cut it.
    pub(super) sends: u32,
    /// MonitorEventKind monitors see of it, by events, in order.
    pub(super) observed: Box<[u32]>,
    /// Where it began, and what came.
    pub(super) local: u32,
    pub(super) stimulus: Stimulus,
}

/// Something that monitors see.
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
    /// As a monitor sees it, with this id. There is no time here: all of it is at 0 ms.
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

    /// Whether it is a request.
    pub(super) const fn is_request(&self) -> bool {
        matches!(self.what, MonitorEventKind::Request(_))
    }

    /// Its id where only the order at each node counts: by this, whatever interleaves, an event of one node keeps its
    /// id.
    pub(super) const fn id(&self) -> EventId {
        self.id
    }
}

/// All that was worked out.
#[derive(Clone, Debug)]
pub(super) struct TransitionCache {
    pub(super) states: Interner<LocalState>,
    pub(super) packets: Interner<Packet>,
    pub(super) envelopes: Interner<Envelope>,
    pub(super) events: Interner<MonitorEvent>,
    pub(super) effects: Vec<Rc<Effect>>,
    effects_known: Memo,
    /// By build_effect and where it is cut.
    cuts: Memo,
    /// By node: its requests, by their places in the scenario, in order.
    pub(super) requests: Vec<Vec<usize>>,
    /// Whether a node has looked at its clock, or sent itself messages without an end: then what was worked out
    /// is not what would happen.
    pub(super) reads_clock: bool,
    pub(super) sends_endlessly: bool,
    watched: Precision,
}

/// How much of what nodes tell is observed apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// Nobody watches.
    Nothing,
    /// MonitorEventKind is observed counts, in whichever order a node tells it.
    Things,
    /// The order counts in which a node tells things.
    Sequences,
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

    /// How much memory it takes, in bytes: about, since only its protocol knows how large a state is.
    pub(super) fn bytes(&self) -> u64 {
        (self.states.len() * 600 + self.effects.len() * 120 + self.packets.len() * 100) as u64
    }

    /// MonitorEventKind a node does at the start of the run.
    pub(super) fn begin(&mut self, plan: &Plan, node: NodeId) -> Effect {
        let mut solo = Solo::new(plan, node);
        let step = solo.handle(plan, node, Input::Init, None);
        let start = LocalState { solo, timers: Box::default(), requests_made: 0, observed: 0 };
        self.build_effect(plan, node, start, Vec::new(), step, (u32::MAX, Stimulus::Recovery))
    }

    /// MonitorEventKind a node does when something comes to it; the build_effect, by its number.
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

    /// The same, if it crashes in the middle of it, just after so many sends.
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
            // MonitorEventKind comes to who is down is lost.
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

    /// Nothing happens at a node.
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
        let fell = !next.solo.is_up() && !matches!(stimulus, Stimulus::Crash);
        seen.extend(fell.then_some(MonitorEventKind::Crash));
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

    /// The id of something that is observed. It is the same whatever interleaves; and where no order counts, only requests
    /// are observed apart by it.
    fn id(&self, next: &mut LocalState, what: &MonitorEventKind, node: NodeId) -> EventId {
        match (self.watched, what) {
            (Precision::Sequences, _) => {
                next.observed += 1;
                next.observed as usize * MAX_NODES + node.index()
            }
            (_, MonitorEventKind::Request(..)) => {
                self.requests[node.index()][next.requests_made as usize - 1] + 1
            }
            _ => 0,
        }
    }

    /// Puts a packet into envelopes.
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

    /// A timer has a number of its own, even where a message looks like it.
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
