//! What a node does when something comes to it, worked out once.
//!
//! A node's answer depends on nothing but its own state and what comes. In millions of states of a system there are
//! few different states of each node, and few different messages. So each is given a number, what a node does is
//! looked up by two of them, and the protocol's code runs once for each pair, not once for each state.

use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use super::ids::{Ids, Memo};
use crate::kernel::{
    Detection, Did, EventId, Fingerprinter, Input, MAX_NODES, NodeId, NodeSet, Observation, Packet,
    Plan, Seen, Solo, Step,
};

/// A node's state, with how much it was asked and has told.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) solo: Solo,
    /// Its timers, by their numbers, in order.
    pub(super) timers: Box<[u32]>,
    /// How many of its requests have come.
    pub(super) asked: u32,
    /// How many of its events monitors have seen, where that counts.
    pub(super) told: u32,
}

/// Something on its way to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) what: Content,
}

/// What is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A message, by its number.
    Message(u32),
    /// The perfect failure detector's report about `from`.
    Report(Detection),
}

/// What comes to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stimulus {
    /// What is in this envelope.
    Arrival(u32),
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
            Self::Arrival(envelope) => envelope,
            Self::Timer(timer) => 1 << 29 | timer,
            Self::Request => 2 << 29,
            Self::Crash => 3 << 29,
            Self::Recovery => 4 << 29,
        }
    }
}

/// What a node does when something comes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    /// Its state from then on.
    pub(super) next: u32,
    /// What it sends, by envelopes, in order; what never gets anywhere is left out.
    pub(super) sent: Box<[u32]>,
    /// How often it hands something to the network: in so many places a crash can cut it.
    pub(super) sends: u32,
    /// What monitors see of it, by sights, in order.
    pub(super) told: Box<[u32]>,
    /// Where it began, and what came.
    pub(super) local: u32,
    pub(super) stimulus: Stimulus,
}

/// Something that monitors see.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    node: NodeId,
    id: EventId,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Request(Packet),
    Indication(Packet),
    Crash,
    Recover,
    Detect(Detection),
}

impl Sight {
    /// As a monitor sees it, with this id. There is no time here: all of it is at 0 ms.
    pub(super) fn observation(&self, id: EventId) -> Observation<'_> {
        let what = match &self.what {
            What::Request(packet) => Seen::Request(packet),
            What::Indication(packet) => Seen::Indication(packet),
            What::Crash => Seen::Crash,
            What::Recover => Seen::Recover,
            What::Detect(detection) => Seen::Detect(*detection),
        };
        Observation { id, time: 0, node: self.node, what }
    }

    /// Whether it is a request.
    pub(super) const fn is_request(&self) -> bool {
        matches!(self.what, What::Request(_))
    }

    /// Its id where only the order at each node counts: by this, whatever interleaves, an event of one node keeps its
    /// id.
    pub(super) const fn id(&self) -> EventId {
        self.id
    }
}

/// All that was worked out.
#[derive(Clone, Debug)]
pub(super) struct Locals {
    pub(super) locals: Ids<Local>,
    pub(super) packets: Ids<Packet>,
    pub(super) envelopes: Ids<Envelope>,
    pub(super) sights: Ids<Sight>,
    pub(super) effects: Vec<Rc<Effect>>,
    known: Memo,
    /// By effect and where it is cut.
    cuts: Memo,
    /// By node: its requests, by their places in the scenario, in order.
    pub(super) requests: Vec<Vec<usize>>,
    /// Whether a node has looked at its clock, or sent itself messages without an end: then what was worked out
    /// is not what would happen.
    pub(super) clocked: bool,
    pub(super) endless: bool,
    watched: Watched,
}

/// How much of what nodes tell is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// Nobody watches.
    Nothing,
    /// What is told counts, in whichever order a node tells it.
    Things,
    /// The order counts in which a node tells things.
    Sequences,
}

impl Locals {
    pub(super) fn new(plan: &Plan, watched: Watched) -> Self {
        let scenario = plan.scenario();
        let mut requests = vec![Vec::new(); scenario.nodes.len()];
        let mut order: Vec<usize> = (0..scenario.requests.len()).collect();
        order.sort_by_key(|index| scenario.requests[*index].at);
        for index in order {
            requests[scenario.requests[index].node.index()].push(index);
        }
        Self {
            locals: Ids::new(),
            packets: Ids::new(),
            envelopes: Ids::new(),
            sights: Ids::new(),
            effects: Vec::new(),
            known: Memo::new(),
            cuts: Memo::new(),
            requests,
            clocked: false,
            endless: false,
            watched,
        }
    }

    /// How much memory it takes, in bytes: about, since only its protocol knows how large a state is.
    pub(super) fn weight(&self) -> u64 {
        (self.locals.len() * 600 + self.effects.len() * 120 + self.packets.len() * 100) as u64
    }

    /// What a node does at the start of the run.
    pub(super) fn begin(&mut self, plan: &Plan, node: NodeId) -> Effect {
        let mut solo = Solo::new(plan, node);
        let step = solo.handle(plan, node, Input::Init, None);
        let start = Local { solo, timers: Box::default(), asked: 0, told: 0 };
        self.effect(plan, node, start, Vec::new(), step, (u32::MAX, Stimulus::Recovery))
    }

    /// What a node does when something comes to it; the effect, by its number.
    pub(super) fn answer(
        &mut self,
        plan: &Plan,
        node: NodeId,
        local: u32,
        stimulus: Stimulus,
    ) -> u32 {
        if let Some(known) = self.known.get(local, stimulus.code()) {
            return known;
        }
        let effect = self.work_out(plan, node, local, stimulus, None);
        let number = self.keep(effect);
        self.known.insert(local, stimulus.code(), number);
        number
    }

    /// The same, if it crashes in the middle of it, just after so many sends.
    pub(super) fn cut(&mut self, plan: &Plan, node: NodeId, effect: u32, sends: u32) -> u32 {
        if let Some(known) = self.cuts.get(effect, sends) {
            return known;
        }
        let Effect { local, stimulus, .. } = *self.effects[effect as usize];
        let cut = self.work_out(plan, node, local, stimulus, Some(sends));
        let number = self.keep(cut);
        self.cuts.insert(effect, sends, number);
        number
    }

    fn keep(&mut self, effect: Effect) -> u32 {
        self.effects.push(Rc::new(effect));
        u32::try_from(self.effects.len() - 1).expect("fewer than 2³² effects")
    }

    fn work_out(
        &mut self,
        plan: &Plan,
        node: NodeId,
        local: u32,
        stimulus: Stimulus,
        cut: Option<u32>,
    ) -> Effect {
        let mut next = self.locals.get(local).clone();
        let mut seen = Vec::new();
        if !next.solo.is_up() && stimulus != Stimulus::Recovery {
            // What comes to who is down is lost.
            next.asked += u32::from(stimulus == Stimulus::Request);
            return self.missed(node, next, (local, stimulus));
        }
        let step = match stimulus {
            Stimulus::Arrival(envelope) => {
                let Envelope { from, what, .. } = self.envelopes.get(envelope).clone();
                let input = match what {
                    Content::Message(packet) => {
                        Input::Message { from, packet: self.packets.get(packet).clone() }
                    }
                    Content::Report(detection) => {
                        seen.push(What::Detect(detection));
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
                let request = self.requests[node.index()][next.asked as usize];
                next.asked += 1;
                let packet = plan.request(request).clone();
                seen.push(What::Request(packet.clone()));
                next.solo.handle(plan, node, Input::Request(packet), cut)
            }
            Stimulus::Crash => {
                next.solo.crash();
                seen.push(What::Crash);
                Step::default()
            }
            Stimulus::Recovery => {
                seen.push(What::Recover);
                next.solo.recover(plan, node)
            }
        };
        self.effect(plan, node, next, seen, step, (local, stimulus))
    }

    /// Nothing happens at a node.
    fn missed(&mut self, node: NodeId, next: Local, (local, stimulus): (u32, Stimulus)) -> Effect {
        let next = self.local(node, next);
        Effect { next, sent: Box::default(), sends: 0, told: Box::default(), local, stimulus }
    }

    fn effect(
        &mut self,
        plan: &Plan,
        node: NodeId,
        mut next: Local,
        mut seen: Vec<What>,
        step: Step,
        (local, stimulus): (u32, Stimulus),
    ) -> Effect {
        self.clocked |= step.looked;
        self.endless |= step.endless;
        let neighbours = plan.neighbours(node);
        let (mut sent, mut sends) = (Vec::new(), 0);
        for did in step.did {
            match did {
                Did::Sent { to, packet } => {
                    sends += 1;
                    self.post(node, to.and(neighbours), &packet, &mut sent);
                }
                Did::Told(packet) => seen.push(What::Indication(packet)),
                Did::Set { .. } => {}
            }
        }
        let fell = !next.solo.is_up() && !matches!(stimulus, Stimulus::Crash);
        seen.extend(fell.then_some(What::Crash));
        if self.watched == Watched::Nothing {
            seen.clear();
        }
        let told = seen.into_iter().map(|what| {
            let id = self.id(&mut next, &what, node);
            self.sight(Sight { node, id, what })
        });
        let told = told.collect();
        let next = self.local(node, next);
        Effect { next, sent: sent.into(), sends, told, local, stimulus }
    }

    /// The id of something that is told. It is the same whatever interleaves; and where no order counts, only requests
    /// are told apart by it.
    fn id(&self, next: &mut Local, what: &What, node: NodeId) -> EventId {
        match (self.watched, what) {
            (Watched::Sequences, _) => {
                next.told += 1;
                next.told as usize * MAX_NODES + node.index()
            }
            (_, What::Request(..)) => self.requests[node.index()][next.asked as usize - 1] + 1,
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
        let print = taken.fingerprint();
        self.envelopes.of(print, || Envelope { from, to, what })
    }

    fn packet(&mut self, packet: &Packet) -> u32 {
        let mut taken = Fingerprinter::new();
        packet.identify(&mut taken);
        self.packets.of(taken.fingerprint(), || packet.clone())
    }

    /// A timer has a number of its own, even where a message looks like it.
    fn timer(&mut self, timer: &Packet) -> u32 {
        let mut taken = Fingerprinter::new();
        taken.write_u64(u64::MAX);
        timer.identify(&mut taken);
        self.packets.of(taken.fingerprint(), || timer.clone())
    }

    fn local(&mut self, node: NodeId, mut local: Local) -> u32 {
        let mut timers: Vec<u32> =
            local.solo.timers().to_vec().iter().map(|timer| self.timer(timer)).collect();
        timers.sort_unstable();
        let mut taken = Fingerprinter::new();
        (node, local.asked, local.told, &timers).hash(&mut taken);
        local.solo.identify(&mut taken);
        local.timers = timers.into();
        self.locals.of(taken.fingerprint(), || local)
    }

    fn sight(&mut self, sight: Sight) -> u32 {
        let mut taken = Fingerprinter::new();
        (sight.node, sight.id).hash(&mut taken);
        match &sight.what {
            What::Request(packet) => {
                taken.write_u8(0);
                packet.identify(&mut taken);
            }
            What::Indication(packet) => {
                taken.write_u8(1);
                packet.identify(&mut taken);
            }
            What::Crash => taken.write_u8(2),
            What::Recover => taken.write_u8(3),
            What::Detect(detection) => {
                taken.write_u8(4);
                detection.hash(&mut taken);
            }
        }
        self.sights.of(taken.fingerprint(), || sight)
    }
}
