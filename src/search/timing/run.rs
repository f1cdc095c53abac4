//! A run without times: its events, messages, timers and reports.

use crate::{
    kernel::{
        Delay, Detector, Did, Input, MessageName, NodeId, Packet, Scenario, Solo, Step, Time,
    },
    search::{
        system::{FaultKind, System, Transition},
        transitions::{Content, Envelope, Stimulus},
    },
};

/// A run without times: its events and what constrains them.
pub(super) struct UntimedRun {
    pub(super) scenario: Scenario,
    solos: Vec<Solo>,
    /// By node: number of requests made.
    pub(super) requests_made: Vec<usize>,
    pub(super) events: Vec<UntimedEvent>,
    /// By node: its events in order.
    pub(super) events_of: Vec<Vec<usize>>,
    pub(super) messages: Vec<SentMessage>,
    pub(super) timers: Vec<SetTimer>,
    pub(super) reports: Vec<DueReport>,
    pub(super) requests: Vec<Vec<usize>>,
}

/// A stimulus at a node.
pub(super) struct UntimedEvent {
    pub(super) node: NodeId,
    pub(super) cause: EventCause,
    /// Number of sends after which the node crashes within the step.
    pub(super) cut: Option<u32>,
    pub(super) is_observed: bool,
}

pub(super) enum EventCause {
    Delivery,
    Report,
    Timer,
    Request(usize),
    Crash,
    Recovery,
}

/// A message, or a duplicate of one.
pub(super) struct SentMessage {
    pub(super) envelope: Envelope,
    packet: Packet,
    pub(super) name: MessageName,
    pub(super) is_copy: bool,
    /// Event of the send; none if at the start of the run.
    pub(super) sent: Option<usize>,
    /// Event of the receipt.
    pub(super) received: Option<usize>,
    pub(super) is_lost: bool,
}

pub(super) struct SetTimer {
    pub(super) node: NodeId,
    packet: Packet,
    pub(super) set: Option<usize>,
    pub(super) after: Time,
    /// Event of the expiry, and event of the cancellation or reset.
    pub(super) fired: Option<usize>,
    pub(super) cancelled: Option<Option<usize>>,
}

pub(super) struct DueReport {
    of: NodeId,
    pub(super) to: NodeId,
    is_crash: bool,
    pub(super) since: usize,
    pub(super) received: Option<usize>,
    pub(super) is_cancelled: bool,
}

impl UntimedRun {
    pub(super) fn new(system: &System) -> Self {
        let mut scenario = system.plan.scenario().clone();
        // All messages take the least delay, unless a fault delays them.
        let least_delay = |delay: Delay| Delay { min: delay.min, max: delay.min };
        scenario.network.delay = least_delay(scenario.network.delay);
        scenario.network.links.iter_mut().for_each(|link| link.delay = least_delay(link.delay));
        let nodes = scenario.nodes.len();
        let mut run = Self {
            scenario,
            solos: (0..nodes).map(|node| Solo::new(&system.plan, NodeId::new(node))).collect(),
            requests_made: vec![0; nodes],
            events: Vec::new(),
            events_of: vec![Vec::new(); nodes],
            messages: Vec::new(),
            timers: Vec::new(),
            reports: Vec::new(),
            requests: system.cache.requests.clone(),
        };
        for node in (0..nodes).map(NodeId::new) {
            let step = run.solos[node.index()].handle(&system.plan, node, Input::Init, None);
            run.record_step(system, node, None, step);
        }
        run
    }

    pub(super) fn apply(&mut self, system: &System, state: &[u32], transition: Transition) {
        match transition {
            Transition::Drop { place } => {
                if let Some(message) = self.in_transit(system, state[place]) {
                    self.messages[message].is_lost = true;
                }
            }
            Transition::Duplicate { place } => {
                if let Some(message) = self.in_transit(system, state[place]) {
                    let SentMessage { envelope, packet, name, sent, .. } = &self.messages[message];
                    let (envelope, packet) = (envelope.clone(), packet.clone());
                    let (name, sent) = (*name, *sent);
                    let copy = SentMessage {
                        envelope,
                        packet,
                        name,
                        is_copy: true,
                        sent,
                        received: None,
                        is_lost: false,
                    };
                    self.messages.push(copy);
                }
            }
            Transition::Step { node, effect, place, fault } => {
                let effect = &system.cache.effects[effect as usize];
                let cut = match (fault, effect.stimulus) {
                    (Some(FaultKind::Crash), Stimulus::Crash) => None,
                    (Some(FaultKind::Crash), _) => Some(effect.sends),
                    _ => None,
                };
                let envelope = place.map(|place| state[place]);
                self.add_event(system, node, (effect.stimulus, envelope), cut);
                if !effect.observed.is_empty() {
                    self.events.last_mut().expect("it has just happened").is_observed = true;
                }
            }
        }
    }

    /// Index of the message in an envelope: of equal ones, the one that was sent first.
    fn in_transit(&self, system: &System, envelope: u32) -> Option<usize> {
        let envelope = system.cache.envelopes.get(envelope);
        self.messages
            .iter()
            .position(|it| it.envelope == *envelope && it.received.is_none() && !it.is_lost)
    }

    fn add_event(
        &mut self,
        system: &System,
        node: NodeId,
        (stimulus, envelope): (Stimulus, Option<u32>),
        cut: Option<u32>,
    ) {
        let (plan, number, index) = (&system.plan, self.events.len(), node.index());
        let (cause, step) = match stimulus {
            Stimulus::Delivery(_) => {
                let envelope = envelope.expect("a delivery has an envelope");
                let (cause, input) = self.deliver(system, envelope, number);
                (cause, self.solos[index].handle(plan, node, input, cut))
            }
            Stimulus::Timer(timer) => {
                let packet = system.cache.packets.get(timer).clone();
                let running =
                    |it: &&mut SetTimer| it.node == node && it.packet == packet && it.is_running();
                if let Some(timer) = self.timers.iter_mut().find(running) {
                    timer.fired = Some(number);
                }
                (EventCause::Timer, self.solos[index].ring(plan, node, &packet, cut))
            }
            Stimulus::Request => {
                let request = self.requests[index][self.requests_made[index]];
                self.requests_made[index] += 1;
                let input = Input::Request(plan.request(request).clone());
                (EventCause::Request(request), self.solos[index].handle(plan, node, input, cut))
            }
            Stimulus::Crash => {
                self.solos[index].crash();
                (EventCause::Crash, Step::default())
            }
            Stimulus::Recovery => (EventCause::Recovery, self.solos[index].recover(plan, node)),
        };
        let crashes = cut.is_some() || matches!(cause, EventCause::Crash);
        let recovers = matches!(cause, EventCause::Recovery);
        self.events_of[index].push(number);
        self.events.push(UntimedEvent { node, cause, cut, is_observed: false });
        self.record_step(system, node, Some(number), step);
        if crashes || recovers {
            self.report(node, number);
        }
    }

    fn deliver(&mut self, system: &System, envelope: u32, number: usize) -> (EventCause, Input) {
        let Envelope { from, to, what } = system.cache.envelopes.get(envelope).clone();
        match what {
            Content::Message(_) => {
                let message = self.in_transit(system, envelope).expect("it was sent");
                self.messages[message].received = Some(number);
                let packet = self.messages[message].packet.clone();
                (EventCause::Delivery, Input::Message { from, packet })
            }
            Content::Report(detection) => {
                if let Some(report) = self.reports.iter_mut().find(|it| it.is_open(from, to)) {
                    report.received = Some(number);
                }
                (EventCause::Report, Input::Detection(detection))
            }
        }
    }

    /// Records the messages sent and the timers set by a step.
    fn record_step(&mut self, system: &System, node: NodeId, number: Option<usize>, step: Step) {
        for did in step.did {
            match did {
                Did::Sent { to, packet } => {
                    for to in to {
                        self.send(system, node, to, &packet, number);
                    }
                }
                Did::Set { timer, after } => {
                    self.timers.push(SetTimer {
                        node,
                        packet: timer,
                        set: number,
                        after,
                        fired: None,
                        cancelled: None,
                    });
                }
                Did::Told(_) => {}
            }
        }
        // A timer runs only if the node lists it; of two equal ones, the later.
        let running = self.solos[node.index()].timers().to_vec();
        let mut seen = Vec::new();
        for timer in self.timers.iter_mut().rev().filter(|it| it.node == node && it.is_running()) {
            if running.contains(&timer.packet) && !seen.contains(&timer.packet) {
                seen.push(timer.packet.clone());
            } else {
                timer.cancelled = Some(number);
            }
        }
        self.timers.retain(|it| it.cancelled != Some(it.set));
    }

    fn send(
        &mut self,
        system: &System,
        from: NodeId,
        to: NodeId,
        packet: &Packet,
        sent: Option<usize>,
    ) {
        let same = self.messages.iter().filter(|it| !it.is_copy);
        let before = same.filter(|it| it.name.from == from && it.name.to == to).count();
        let name = MessageName { from, to, number: before as u32 + 1 };
        let known = |what: &Content| match what {
            Content::Message(known) => *system.cache.packets.get(*known) == *packet,
            Content::Report(_) => false,
        };
        let envelope = system
            .cache
            .envelopes
            .iter()
            .find(|it| it.from == from && it.to == to && known(&it.what));
        // A message without a link is in no envelope, but has a number.
        let no_link = Envelope { from, to, what: Content::Message(u32::MAX) };
        let is_lost = envelope.is_none();
        let envelope = envelope.cloned().unwrap_or(no_link);
        let (packet, received) = (packet.clone(), None);
        self.messages.push(SentMessage {
            envelope,
            packet,
            name,
            is_copy: false,
            sent,
            received,
            is_lost,
        });
    }

    /// Records the reports of the perfect failure detector: see `System::report`.
    fn report(&mut self, of: NodeId, since: usize) {
        if !matches!(self.scenario.network.detector, Detector::Perfect(_)) {
            return;
        }
        let is_up = |node: NodeId| self.solos[node.index()].is_up();
        let is_back = is_up(of);
        let mut posted = Vec::new();
        for other in (0..self.solos.len()).map(NodeId::new).filter(|other| *other != of) {
            let report = |of, to, is_crash| DueReport {
                of,
                to,
                is_crash,
                since,
                received: None,
                is_cancelled: false,
            };
            match (is_back, is_up(other)) {
                (false, true) => posted.push(report(of, other, true)),
                (true, false) => posted.push(report(other, of, true)),
                (true, true) => {
                    let unreported = |it: &&mut DueReport| it.is_open(of, other) && it.is_crash;
                    match self.reports.iter_mut().find(unreported) {
                        Some(unreported) => unreported.is_cancelled = true,
                        None => posted.push(report(of, other, false)),
                    }
                }
                (false, false) => {}
            }
        }
        if !is_back {
            for report in self.reports.iter_mut().filter(|it| it.to == of && it.received.is_none())
            {
                report.is_cancelled = true;
            }
        }
        self.reports.append(&mut posted);
    }
}

impl DueReport {
    /// True if the report is about `of`, for `to`, and still in transit.
    fn is_open(&self, of: NodeId, to: NodeId) -> bool {
        self.of == of && self.to == to && self.received.is_none() && !self.is_cancelled
    }
}

impl SetTimer {
    const fn is_running(&self) -> bool {
        self.fired.is_none() && self.cancelled.is_none()
    }
}
