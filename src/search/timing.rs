//! Timing: realises an interleaving as a scenario whose run follows it, by delays and faults at fixed times.
//!
//! The times of the events satisfy a system of difference constraints. A message is received no sooner than its least
//! delay after its send; a timer expires after exactly its duration; events at one node keep their order. The
//! earliest solution consists of longest paths in the constraint graph (Bellman 1958). A positive cycle means that
//! there is no solution.

use super::{
    states::Path,
    system::{FaultKind, System, Transition},
    transitions::{Content, Envelope, Stimulus},
};
use crate::kernel::{
    Delay, Detector, Did, Fault, Input, MAX_TIME, MessageName, NodeId, Packet, Scenario, Solo,
    Step, Time,
};

/// Returns the scenario whose run takes these transitions, with the requests at their given times; none if the
/// constraints have no solution.
pub(super) fn timed_scenario(
    system: &System,
    path: &Path,
    observes_order: bool,
) -> Option<Scenario> {
    let mut run = UntimedRun::new(system);
    path.iter().for_each(|(state, transition)| run.apply(system, state, *transition));
    run.scenario(observes_order)
}

/// A run without times: its events and what constrains them.
struct UntimedRun {
    scenario: Scenario,
    solos: Vec<Solo>,
    /// By node: number of requests made.
    requests_made: Vec<usize>,
    events: Vec<UntimedEvent>,
    /// By node: its events in order.
    events_of: Vec<Vec<usize>>,
    messages: Vec<SentMessage>,
    timers: Vec<SetTimer>,
    reports: Vec<DueReport>,
    requests: Vec<Vec<usize>>,
}

/// A stimulus at a node.
struct UntimedEvent {
    node: NodeId,
    cause: EventCause,
    /// Number of sends after which the node crashes within the step.
    cut: Option<u32>,
    is_observed: bool,
}

enum EventCause {
    Delivery,
    Report,
    Timer,
    Request(usize),
    Crash,
    Recovery,
}

/// A message, or a duplicate of one.
struct SentMessage {
    envelope: Envelope,
    packet: Packet,
    name: MessageName,
    is_copy: bool,
    /// Event of the send; none if at the start of the run.
    sent: Option<usize>,
    /// Event of the receipt.
    received: Option<usize>,
    is_lost: bool,
}

struct SetTimer {
    node: NodeId,
    packet: Packet,
    set: Option<usize>,
    after: Time,
    /// Event of the expiry, and event of the cancellation or reset.
    fired: Option<usize>,
    cancelled: Option<Option<usize>>,
}

struct DueReport {
    of: NodeId,
    to: NodeId,
    is_crash: bool,
    since: usize,
    received: Option<usize>,
    is_cancelled: bool,
}

impl UntimedRun {
    fn new(system: &System) -> Self {
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

    fn apply(&mut self, system: &System, state: &[u32], transition: Transition) {
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

/// A difference constraint: `one` is at least `by` virtual ms after `other`.
struct TimeConstraint {
    one: usize,
    other: usize,
    by: i64,
}

/// Index of an event's time, or of the start of the run.
const fn place(event: Option<usize>) -> usize {
    match event {
        Some(number) => number + 1,
        None => 0,
    }
}

impl UntimedRun {
    /// Returns the scenario, if the constraints have a solution.
    fn scenario(self, observes_order: bool) -> Option<Scenario> {
        let times = self.times(observes_order)?;
        let mut scenario = self.scenario.clone();
        for (event, time) in self.events.iter().zip(&times[1..]) {
            let (node, at) = (event.node, *time);
            match event.cause {
                EventCause::Crash => {
                    scenario.faults.push(Fault::Crash { node, at, after_sends: None });
                }
                EventCause::Recovery => scenario.faults.push(Fault::Recover { node, at }),
                _ => {}
            }
            if event.cut.is_some() {
                scenario.faults.push(Fault::Crash { node, at, after_sends: event.cut });
            }
        }
        let end = times.iter().max().copied().unwrap_or_default() + 1;
        self.messages.iter().for_each(|it| self.add_message_faults(it, &times, end, &mut scenario));
        let until = scenario.until.max(end + 1);
        (until <= MAX_TIME).then_some(Scenario { until, ..scenario })
    }

    /// Returns the earliest times that satisfy all constraints, the start of the run first; none if there are none.
    fn times(&self, observes_order: bool) -> Option<Vec<Time>> {
        let mut constraints = Vec::new();
        self.constraints(observes_order, &mut |one, other, by| {
            constraints.push(TimeConstraint { one, other, by })
        });
        let mut times = vec![0_i64; self.events.len() + 1];
        // One round for each event is enough, unless there is a positive cycle.
        for _ in 0..=times.len() {
            let mut moved = false;
            for TimeConstraint { one, other, by } in &constraints {
                let least_delay = times[*other] + by;
                if times[*one] < least_delay {
                    times[*one] = least_delay;
                    moved = true;
                }
            }
            // The run starts at 0 ms.
            if times[0] > 0 {
                return None;
            }
            if !moved {
                debug_assert!(self.is_in_order(&times), "events at a node keep their order");
                return times.into_iter().map(|time| Time::try_from(time).ok()).collect();
            }
        }
        None
    }

    /// True if the times of the events at each node increase.
    fn is_in_order(&self, times: &[i64]) -> bool {
        let time = |event: &usize| times[place(Some(*event))];
        self.events_of.iter().all(|own| own.is_sorted_by(|one, other| time(one) < time(other)))
    }

    fn constraints(&self, observes_order: bool, after: &mut impl FnMut(usize, usize, i64)) {
        for own in &self.events_of {
            own.first().iter().for_each(|first| after(place(Some(**first)), 0, 1));
            own.windows(2).for_each(|pair| after(place(Some(pair[1])), place(Some(pair[0])), 1));
        }
        for message in self.messages.iter().filter(|message| message.received.is_some()) {
            after(
                place(message.received),
                place(message.sent),
                self.least_delay(message.name) as i64,
            );
        }
        self.report_constraints(after);
        self.timer_constraints(after);
        let observed =
            self.events.iter().enumerate().filter(|(_, it)| it.is_observed && observes_order);
        let observed: Vec<usize> = observed.map(|(number, _)| place(Some(number))).collect();
        observed.windows(2).for_each(|pair| after(pair[1], pair[0], 1));
        for (number, event) in self.events.iter().enumerate() {
            if let EventCause::Request(index) = event.cause {
                let (number, at) = (place(Some(number)), self.scenario.requests[index].at as i64);
                after(number, 0, at);
                after(0, number, -at);
            }
        }
        for (node, requests) in self.requests.iter().enumerate() {
            if let Some(next) = requests.get(self.requests_made[node]) {
                let at = self.scenario.requests[*next].at as i64;
                self.pending_after(NodeId::new(node), 0, at, after);
            }
        }
    }

    fn report_constraints(&self, after: &mut impl FnMut(usize, usize, i64)) {
        let Detector::Perfect(bound) = self.scenario.network.detector else { return };
        for report in &self.reports {
            let since = place(Some(report.since));
            if report.received.is_some() {
                let received = place(report.received);
                after(received, since, bound as i64);
                after(since, received, -(bound as i64));
            } else if !report.is_cancelled {
                self.pending_after(report.to, since, bound as i64, after);
            }
        }
    }

    fn timer_constraints(&self, after: &mut impl FnMut(usize, usize, i64)) {
        for timer in &self.timers {
            let (set, span) = (place(timer.set), timer.after as i64);
            if timer.fired.is_some() {
                after(place(timer.fired), set, span);
                after(set, place(timer.fired), -span);
            } else if timer.cancelled.is_some() {
                after(set, place(timer.cancelled.flatten()), 1 - span);
            } else {
                self.pending_after(timer.node, set, span, after);
            }
        }
    }

    /// A pending event at a node comes after the last event there.
    fn pending_after(
        &self,
        node: NodeId,
        since: usize,
        span: i64,
        after: &mut impl FnMut(usize, usize, i64),
    ) {
        let last = place(self.events_of[node.index()].last().copied());
        if last != since {
            after(since, last, 1 - span);
        }
    }

    /// Delay of a message without faults, in virtual ms.
    fn least_delay(&self, name: MessageName) -> Time {
        let network = &self.scenario.network;
        let links = network.links.iter().rev();
        let link = links.clone().find(|link| link.from == name.from && link.to == name.to);
        link.map_or(network.delay, |link| link.delay).min
    }

    /// Adds the fault that delays, drops or duplicates a message as required.
    fn add_message_faults(
        &self,
        message: &SentMessage,
        times: &[Time],
        end: Time,
        scenario: &mut Scenario,
    ) {
        let name = message.name;
        let first = self.messages.iter().find(|it| !it.is_copy && it.name == name);
        let time = |event: Option<usize>| event.map(|number| times[number + 1]);
        let natural = time(message.sent).unwrap_or_default() + self.least_delay(name);
        if message.is_lost {
            // A message without a link is lost without a fault.
            if !message.is_copy && message.envelope.what != Content::Message(u32::MAX) {
                scenario.faults.push(Fault::Drop { message: name });
            }
        } else if message.is_copy {
            let received = first.and_then(|first| time(first.received));
            if let (Some(received), Some(again)) = (received, time(message.received)) {
                let after = again.saturating_sub(received).max(1);
                scenario.faults.push(Fault::Duplicate { message: name, after });
            }
        } else {
            let constraints = time(message.received).unwrap_or_else(|| natural.max(end));
            if constraints > natural {
                scenario.faults.push(Fault::Delay { message: name, by: constraints - natural });
            }
        }
    }
}
