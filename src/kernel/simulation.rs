//! Executes a scenario, event by event, in the order of the [agenda](super::agenda).

use std::{cell::Cell, collections::VecDeque};

use super::{
    Choices, Detection, EventId, EventKind, Fate, Fault, Input, Loss, MAX_EVENTS, MAX_TIMERS,
    Machine, Medium, Message, MessageId, MessageName, NodeId, NodeSet, Output, Packet, Plan,
    Protocol, Scenario, Strategy, Tampering, Time, Trace, Watch,
    agenda::{Agenda, Item, Occurrence, Phase, arrival_order},
    doom::Action,
    log::Log,
    network::{LinkState, Way},
    observer::Onset,
    traitor::Words,
};

/// Runs a scenario from start to end.
///
/// # Errors
/// As [`Plan::new`].
pub fn run(protocol: &Protocol, scenario: &Scenario) -> Result<Trace, (usize, String)> {
    let plan = Plan::new(protocol, scenario)?;
    let mut trace = Trace::default();
    let mut simulation = Simulation::new(&plan);
    while simulation.step(&plan, &mut trace) {}
    Ok(trace)
}

/// The state of a run between two events.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub(super) now: Time,
    agenda: Agenda,
    pub(super) nodes: Vec<Node>,
    links: Vec<LinkState>,
    /// For each fault, true if it has had an effect.
    met: Vec<bool>,
    /// Number of inputs handled: a run that never rests stops when the budget is spent.
    steps: usize,
    /// Number of timers set: it distinguishes a timer from a later one of the same name.
    timers_set: u32,
    /// Number of transmissions on a shared medium.
    transmissions: u32,
    scratch: Scratch,
}

/// Buffers, kept only to save allocations.
#[derive(Clone, Debug, Default)]
struct Scratch {
    outputs: Vec<Output>,
    ways: Vec<Way>,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) machine: Box<dyn Machine>,
    pub(super) stored: Option<Box<dyn Machine>>,
    choices: Choices,
    pub(super) timers: Vec<Timer>,
    pub(super) up: bool,
    /// End of its pause, in virtual ms.
    pub(super) paused: Option<Time>,
    /// Items that were due during its pause.
    waiting: Vec<Item>,
    /// True if it has been made a traitor.
    traitor: bool,
    /// For each kind of action: the fault that crashes the node at this moment, and the number of actions
    /// left before it.
    pub(super) doomed: [Option<(usize, u32)>; 2],
    /// Number of its crashes: it reveals a report or a start that is out of date.
    pub(super) life: u32,
    /// Nodes that the perfect detector has last reported to it as crashed.
    pub(super) suspects: NodeSet,
    /// Time of its last measurement, in virtual ms, and the values.
    pub(super) measured: (Time, Vec<i64>),
}

#[derive(Clone, Debug)]
pub(super) struct Timer {
    pub(super) packet: Packet,
    pub(super) serial: u32,
    /// Virtual time at which it goes off, in ms.
    pub(super) due: Time,
    /// Time that the node's own clock shows then, in ms.
    pub(super) shown: Time,
}

impl Simulation {
    /// Returns the state before the first event.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let scenario = plan.scenario();
        let nodes = (0..scenario.nodes.len()).map(NodeId::new);
        Self {
            now: 0,
            agenda: Agenda::new(foreseen(scenario)),
            nodes: nodes.map(|node| Node::new(plan, node)).collect(),
            links: plan.network.fresh(),
            met: vec![false; scenario.faults.len()],
            steps: 0,
            timers_set: 0,
            transmissions: 0,
            scratch: Scratch::default(),
        }
    }

    pub(super) fn schedule(
        &mut self,
        time: Time,
        phase: Phase,
        detail: u64,
        occurrence: Occurrence,
    ) {
        self.agenda.schedule(Item::new(time, phase, detail, occurrence));
    }

    /// Executes the next item and records it. False when the run is over; the trace is complete then.
    pub fn step(&mut self, plan: &Plan, trace: &mut Trace) -> bool {
        let goes_on = self.advance(plan, &mut Log::Growing(trace));
        if !goes_on {
            self.finish(plan, trace);
        }
        goes_on
    }

    /// Executes the next item. False when the run is over.
    pub(super) fn advance(&mut self, plan: &Plan, log: &mut Log) -> bool {
        if self.is_exhausted(log.events()) || self.due().is_none_or(|due| due > plan.scenario.until)
        {
            return false;
        }
        if let Some(item) = self.agenda.take() {
            self.now = item.time;
            self.happen(plan, log, item);
        }
        true
    }

    /// Returns the current virtual time, in ms.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Returns the time of the next item, even beyond the end of the run, in virtual ms.
    pub(super) fn due(&self) -> Option<Time> {
        self.agenda.next().map(|item| item.time)
    }

    /// True if the budget is spent, with this number of events recorded.
    const fn is_exhausted(&self, events: usize) -> bool {
        events >= MAX_EVENTS || self.steps >= MAX_EVENTS
    }

    /// True if this item is still pending work: the run is not quiescent.
    fn is_pending(&self, occurrence: Occurrence) -> bool {
        match occurrence {
            Occurrence::Arrive { .. } => true,
            Occurrence::Timer { node, serial } => {
                self.nodes[node.index()].timers.iter().any(|timer| timer.serial == serial)
            }
            Occurrence::Detect { node, detection, lives } => self.is_news(node, detection, lives),
            // A paused node has not started yet.
            Occurrence::Start { node, life } => self.nodes[node.index()].life == life,
            _ => false,
        }
    }

    /// Records the end of the run.
    fn finish(&mut self, plan: &Plan, trace: &mut Trace) {
        trace.exhausted = self.is_exhausted(trace.events.len());
        trace.end = if trace.exhausted { self.now } else { plan.scenario.until };
        for node in self.up() {
            let end = trace.end;
            self.measure(plan, &mut Log::Growing(trace), node, end, Onset::Gradual);
        }
        let waiting = self.nodes.iter().flat_map(|node| &node.waiting);
        let mut items = self.agenda.items().chain(waiting);
        trace.quiescent = !trace.exhausted && !items.any(|item| self.is_pending(item.occurrence));
        let mut asked = vec![false; plan.requests.len()];
        for event in &trace.events {
            if let EventKind::Request { index, .. } = event.kind {
                asked[index] = true;
            }
        }
        let unmet = |met: &[bool]| (0..met.len()).filter(|&index| !met[index]).collect();
        trace.unused_faults = unmet(&self.met);
        trace.unused_requests = unmet(&asked);
        if trace.quiescent {
            trace.waits_for = self.waits_for();
        }
    }

    fn happen(&mut self, plan: &Plan, log: &mut Log, item: Item) {
        if let Some(node) = plan.awake(log, item.occurrence)
            && self.nodes[node.index()].paused.is_some()
        {
            self.nodes[node.index()].waiting.push(item);
            return;
        }
        match item.occurrence {
            Occurrence::Fault(index) => self.strike(plan, log, index),
            Occurrence::Resume { node } => self.resume(log, node),
            Occurrence::Detect { node, detection, lives } => {
                self.detect(plan, log, node, detection, lives);
            }
            Occurrence::Start { node, life } => self.start(plan, log, node, life),
            Occurrence::Arrive { message, copy, lost } => {
                self.arrive(plan, log, message, copy, lost)
            }
            Occurrence::Timer { node, serial } => self.ring(plan, log, node, serial),
            Occurrence::Request { index } => self.ask(plan, log, index),
            Occurrence::Doom { node } => {
                let doomed = self.nodes[node.index()].doomed;
                if let Some((fault, _)) = doomed.into_iter().flatten().min() {
                    self.crash(plan, log, node, fault);
                }
            }
        }
    }

    fn strike(&mut self, plan: &Plan, log: &mut Log, index: usize) {
        match plan.scenario.faults[index] {
            Fault::Crash { node, at, after_sends: Some(sends) } => {
                self.doom((node, at), Action::Send, index, sends);
            }
            Fault::CrashWriting { node, at, after_writes } => {
                self.doom((node, at), Action::Write, index, after_writes);
            }
            Fault::Crash { node, .. } => self.crash(plan, log, node, index),
            Fault::Recover { node, .. } => self.recover(plan, log, node, index),
            Fault::Pause { node, until, .. } => self.pause(log, node, until, index),
            Fault::Traitor { node, strategy } => self.turn(log, node, strategy, index),
            _ => {}
        }
    }

    pub(super) fn crash(&mut self, plan: &Plan, log: &mut Log, node: NodeId, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.up {
            return;
        }
        self.met[fault] = true;
        state.up = false;
        state.doomed = [None; 2];
        state.life += 1;
        state.timers.clear();
        state.suspects = NodeSet::EMPTY;
        state.paused = None;
        // Items that waited for the end of the pause are lost with it, even if the node recovers at this very
        // moment.
        for item in std::mem::take(&mut state.waiting) {
            if let Occurrence::Arrive { message, copy, .. } = item.occurrence {
                let lost = Occurrence::Arrive { message, copy, lost: Some(Loss::Crashed) };
                self.agenda.schedule(item.at(self.now).with(lost));
            }
        }
        log.record(self.now, node, EventKind::Crash);
        for other in plan.group(node).others() {
            self.report(plan, other, Detection::Suspect(node));
        }
    }

    fn recover(&mut self, plan: &Plan, log: &mut Log, node: NodeId, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if state.up {
            return;
        }
        self.met[fault] = true;
        state.up = true;
        state.machine = state.machine.recovered(state.stored.as_deref());
        let life = state.life;
        log.record(self.now, node, EventKind::Recover);
        self.schedule(
            self.now,
            Phase::Start,
            node.index() as u64,
            Occurrence::Start { node, life },
        );
        for other in plan.group(node).others() {
            self.report(plan, other, Detection::Restore(node));
            // It has missed the reports made while it was down.
            if !self.nodes[other.index()].up {
                self.report(plan, node, Detection::Suspect(other));
            }
        }
    }

    /// Starts a node, unless it has crashed since the start was scheduled.
    fn start(&mut self, plan: &Plan, log: &mut Log, node: NodeId, life: u32) {
        if self.nodes[node.index()].life == life {
            let input = if life == 0 { Input::Init } else { Input::Recovery };
            self.handle(plan, log, node, input);
        }
    }

    fn pause(&mut self, log: &mut Log, node: NodeId, until: Time, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.up || state.paused.is_some_and(|already| already >= until) {
            return;
        }
        self.met[fault] = true;
        if state.paused.replace(until).is_none() {
            log.record(self.now, node, EventKind::Pause);
        }
        self.schedule(
            until,
            Phase::Fault,
            node.index() as u64 | 1 << 32,
            Occurrence::Resume { node },
        );
    }

    fn resume(&mut self, log: &mut Log, node: NodeId) {
        let state = &mut self.nodes[node.index()];
        if state.paused != Some(self.now) {
            return;
        }
        state.paused = None;
        log.record(self.now, node, EventKind::Resume);
        // Items that waited for it happen now.
        for item in std::mem::take(&mut state.waiting) {
            self.agenda.schedule(item.at(self.now));
        }
    }

    /// Makes a node a traitor, unless it is one.
    fn turn(&mut self, log: &mut Log, node: NodeId, strategy: Strategy, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.traitor {
            state.traitor = true;
            self.met[fault] = true;
            log.record(self.now, node, EventKind::Traitor(strategy));
        }
    }

    fn arrive(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        message: MessageId,
        copy: usize,
        lost: Option<Loss>,
    ) {
        let name = log.message(message).name;
        let lost = lost.or((!self.nodes[name.to.index()].up).then_some(Loss::Crashed));
        let (kind, fate): (_, fn(EventId, Loss) -> Fate) = match lost {
            Some(loss) => (EventKind::Lose(message, loss), Fate::Lost),
            None => (EventKind::Receive(message), |event, _| Fate::Received(event)),
        };
        let event = log.record(self.now, name.to, kind);
        log.end_way(message, copy, fate(event, lost.unwrap_or(Loss::Crashed)));
        if lost.is_none() {
            let message = log.message(message);
            let damaged = message.damaged().filter(|_| copy == 0);
            let packet = damaged.unwrap_or(&message.packet).clone();
            self.handle(plan, log, name.to, Input::Message { from: name.from, packet });
        }
    }

    fn ring(&mut self, plan: &Plan, log: &mut Log, node: NodeId, serial: u32) {
        let timers = &mut self.nodes[node.index()].timers;
        // A timer that was cancelled, set anew or lost in a crash does not exist any more.
        let Some(place) = timers.iter().position(|timer| timer.serial == serial) else { return };
        let packet = timers.remove(place).packet;
        log.record(self.now, node, EventKind::Timer(packet.clone()));
        self.handle(plan, log, node, Input::Timer(packet));
    }

    fn ask(&mut self, plan: &Plan, log: &mut Log, index: usize) {
        let node = plan.scenario.requests[index].node;
        if !self.nodes[node.index()].up {
            return;
        }
        let packet = plan.requests[index].clone();
        log.record(self.now, node, EventKind::Request { index, packet: packet.clone() });
        self.handle(plan, log, node, Input::Request(packet));
    }

    /// Hands an input to a node, then the messages that it sends to itself on the way.
    pub(super) fn handle(&mut self, plan: &Plan, log: &mut Log, node: NodeId, input: Input) {
        let mut inputs = VecDeque::new();
        let mut next = Some(input);
        while let Some(input) = next {
            self.steps += 1;
            let up = self.nodes[node.index()].up;
            if !up || self.steps >= MAX_EVENTS || log.events() >= MAX_EVENTS {
                return;
            }
            self.measure(plan, log, node, self.now, Onset::Gradual);
            let state = &mut self.nodes[node.index()];
            let mut outputs = std::mem::take(&mut self.scratch.outputs);
            let (clock, looked) = (plan.clock(node), Cell::new(false));
            let watch = Watch { shows: clock.shows(self.now), looked: &looked };
            state.machine.handle(watch, &mut state.choices, input, &mut outputs);
            if let (true, Some(fault)) = (looked.get(), clock.fault) {
                self.met[fault] = true;
            }
            for output in outputs.drain(..) {
                self.carry_out(plan, log, node, output, &mut inputs);
            }
            self.scratch.outputs = outputs;
            self.measure(plan, log, node, self.now, Onset::Sudden);
            next = inputs.pop_front();
        }
    }

    fn carry_out(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        node: NodeId,
        output: Output,
        to_oneself: &mut VecDeque<Input>,
    ) {
        let state = &mut self.nodes[node.index()];
        // The node crashed in the middle of its effects: the rest of them never happens.
        if !state.up {
            return;
        }
        match output {
            Output::Send { to, packet } => {
                for to in to {
                    if to == node {
                        let packet = packet.clone();
                        to_oneself.push_back(Input::Message { from: node, packet });
                    } else if !self.send(plan, log, node, to.into(), &packet) {
                        return;
                    }
                }
            }
            Output::Transmit(packet) => match plan.scenario.network.medium {
                Medium::Shared => {
                    self.send(plan, log, node, plan.group(node).neighbours, &packet);
                }
                Medium::Links => {
                    let mut others = plan.group(node).others().into_iter();
                    others.all(|to| self.send(plan, log, node, to.into(), &packet));
                }
            },
            Output::SetTimer { timer, after } => self.set_timer(plan, node, timer, after),
            Output::CancelTimer(timer) => state.timers.retain(|other| other.packet != timer),
            Output::Store => {
                if self.stops(plan, log, node, Action::Write) {
                    return;
                }
                let state = &mut self.nodes[node.index()];
                state.stored = Some(state.machine.clone());
                log.record(self.now, node, EventKind::Persist);
                self.stops_after(plan, log, node, Action::Write);
            }
            Output::Indicate { kind, packet } => {
                log.record(self.now, node, EventKind::Indicate { kind, packet });
            }
            Output::Note(note) => {
                log.record(self.now, node, EventKind::Note(note));
            }
        }
    }

    fn set_timer(&mut self, plan: &Plan, node: NodeId, packet: Packet, after: Time) {
        self.timers_set += 1;
        let (serial, clock) = (self.timers_set, plan.clock(node));
        if let Some(fault) = clock.fault {
            self.met[fault] = true;
        }
        let due = clock.due(self.now, after);
        let timers = &mut self.nodes[node.index()].timers;
        timers.retain(|other| other.packet != packet);
        timers.push(Timer { packet, serial, due, shown: clock.shows(due) });
        if timers.len() > MAX_TIMERS {
            // No protocol needs as many timers: the run is stopped as one that never rests.
            self.steps = MAX_EVENTS;
        }
        let detail = (node.index() as u64) << 32 | u64::from(serial);
        self.schedule(due, Phase::Timer, detail, Occurrence::Timer { node, serial });
    }

    /// Hands a message for one node, or a transmission that several hear, to the network. False if its sender
    /// crashes just before or after.
    fn send(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        from: NodeId,
        to: NodeSet,
        packet: &Packet,
    ) -> bool {
        let Some(first) = to.lowest() else { return true };
        let name = plan.network.next_name(&self.links, from, first);
        let behaviour = &plan.protocol.behaviour;
        // All receivers hear the same, so a transmission is rewritten as the message to the first of them.
        let words = plan.traitors.words(behaviour, &plan.network, &mut self.met, name, packet);
        if words == Words::Nothing {
            for to in to {
                let name = plan.network.next_name(&self.links, from, to);
                plan.network.take_name(&mut self.links, name);
            }
            return true;
        }
        if self.stops(plan, log, from, Action::Send) {
            return false;
        }
        let transmission = (to.len() > 1).then(|| {
            self.transmissions += 1;
            self.transmissions
        });
        for to in to {
            let name = plan.network.next_name(&self.links, from, to);
            self.dispatch(plan, log, name, packet, &words, transmission);
        }
        !self.stops_after(plan, log, from, Action::Send)
    }

    /// Dispatches one message.
    fn dispatch(
        &mut self,
        plan: &Plan,
        log: &mut Log,
        name: MessageName,
        truth: &Packet,
        words: &Words,
        transmission: Option<u32>,
    ) {
        let mut ways = std::mem::take(&mut self.scratch.ways);
        let (links, met) = (&mut self.links, &mut self.met);
        let damage = plan.network.send(links, met, self.now, name, &mut ways);
        let (packet, truth) = match words {
            Words::Lie(lie) => (lie, Some(truth.clone())),
            _ => (truth, None),
        };
        let damaged = damage.and_then(|damage| {
            let damaged = (plan.protocol.behaviour.corrupt)(packet, &damage.bits);
            if damaged.is_none() {
                ways[0].lost = Some(Loss::Corrupt(damage.fault));
            }
            damaged
        });
        let tampered = truth.is_some() || damaged.is_some();
        let tampering = tampered.then(|| Box::new(Tampering { truth, damaged }));
        let message = log.messages();
        let sent = log.record(self.now, name.from, EventKind::Send(message));
        let mut fates = ways.iter().map(|way| Fate::InTransit { due: way.at });
        let fate = fates.next().expect("every message has a way");
        let (copies, packet) = (fates.collect(), packet.clone());
        log.send(Message { name, packet, sent, fate, copies, transmission, tampering });
        for (copy, way) in ways.drain(..).enumerate() {
            let arrival = Occurrence::Arrive { message, copy, lost: way.lost };
            self.schedule(way.at, Phase::Arrival, arrival_order(name, copy), arrival);
        }
        self.scratch.ways = ways;
    }
}

/// Returns the items that happen whatever the nodes do.
fn foreseen(scenario: &Scenario) -> Vec<Item> {
    let starts = (0..scenario.nodes.len()).map(|index| {
        let start = Occurrence::Start { node: NodeId::new(index), life: 0 };
        Item::new(0, Phase::Start, index as u64, start)
    });
    let faults = scenario.faults.iter().enumerate().filter_map(|(index, fault)| {
        let at = match *fault {
            Fault::Crash { at, .. }
            | Fault::CrashWriting { at, .. }
            | Fault::Recover { at, .. }
            | Fault::Pause { at, .. } => at,
            Fault::Traitor { .. } => 0,
            _ => return None,
        };
        Some(Item::new(at, Phase::Fault, index as u64, Occurrence::Fault(index)))
    });
    let requests = scenario.requests.iter().enumerate().map(|(index, request)| {
        Item::new(request.at, Phase::Request, index as u64, Occurrence::Request { index })
    });
    starts.chain(faults).chain(requests).collect()
}

impl Node {
    fn new(plan: &Plan, me: NodeId) -> Self {
        Self {
            machine: plan.spawn(me),
            stored: None,
            choices: plan.choices(me),
            timers: Vec::new(),
            up: true,
            paused: None,
            waiting: Vec::new(),
            traitor: false,
            doomed: [None; 2],
            life: 0,
            suspects: NodeSet::EMPTY,
            measured: (0, Vec::new()),
        }
    }
}
