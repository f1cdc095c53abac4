//! Executes a scenario, event by event.
//!
//! What happens at one moment is ordered by a fixed rule: faults in the scenario's order; the failure
//! detector's reports, by the node that they are about, then by the node that is told; the start of the
//! run; receipts and losses by message name (sender, receiver, number); timers by node, then in the order
//! in which they were set; requests in the scenario's order. What a handler causes at the same moment
//! takes its place in that order among what is still to come.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, VecDeque},
};

use super::{
    Choices, Detection, Detector, Event, EventId, EventKind, Fate, Fault, Group, Input, Loss,
    MAX_EVENTS, Machine, Message, MessageId, NodeId, NodeSet, Output, Packet, Protocol, Scenario,
    Time, Trace,
    network::{LinkState, Network, Way},
};

/// A scenario made ready to run: what never changes while it runs.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    scenario: &'a Scenario,
    protocol: &'a Protocol,
    network: Network,
    /// What each request asks, types erased.
    requests: Vec<Packet>,
    name_hashes: Vec<u64>,
}

impl<'a> Plan<'a> {
    /// Makes a scenario ready.
    ///
    /// # Errors
    /// The place of a request that the protocol cannot read, and what it expected. A scenario that came
    /// through `formats::scenario` has none.
    pub fn new(protocol: &'a Protocol, scenario: &'a Scenario) -> Result<Self, (usize, String)> {
        let read = protocol.behaviour.read_request;
        let requests = scenario.requests.iter().enumerate().map(|(index, request)| {
            read(&request.name, request.with.as_ref(), &scenario.nodes).map_err(|why| (index, why))
        });
        Ok(Self {
            scenario,
            protocol,
            network: Network::new(scenario),
            requests: requests.collect::<Result<_, _>>()?,
            name_hashes: scenario.name_hashes(),
        })
    }

    fn group(&self, me: NodeId) -> Group {
        Group { me, size: self.scenario.nodes.len() }
    }

    fn spawn(&self, me: NodeId) -> Box<dyn Machine> {
        (self.protocol.behaviour.spawn)(self.group(me), &self.scenario.params)
    }
}

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
    now: Time,
    queue: BinaryHeap<Reverse<Item>>,
    nodes: Vec<Node>,
    links: Vec<LinkState>,
    /// By fault: whether it has met anything.
    met: Vec<bool>,
    /// By request: whether it has met a node that was up.
    asked: Vec<bool>,
    /// How many inputs have been handled: a run that never rests stops when the budget is spent.
    steps: usize,
    /// How many timers have been set: what tells one from a later one of the same name.
    timers_set: u32,
    scratch: Scratch,
}

/// Kept only to save allocations.
#[derive(Clone, Debug, Default)]
struct Scratch {
    outputs: Vec<Output>,
    ways: Vec<Way>,
}

#[derive(Clone, Debug)]
struct Node {
    machine: Box<dyn Machine>,
    stored: Option<Box<dyn Machine>>,
    choices: Choices,
    timers: Vec<Timer>,
    up: bool,
    /// Till when it stands still, in virtual ms.
    paused: Option<Time>,
    /// The fault that stops it at this moment, and the sends that are left to it.
    doomed: Option<(usize, u32)>,
    /// How often it has crashed: what tells an outdated report.
    life: u32,
}

#[derive(Clone, Debug)]
struct Timer {
    packet: Packet,
    serial: u32,
}

/// Something that is to happen.
#[derive(Clone, Copy, Debug)]
struct Item {
    time: Time,
    /// Its place among what happens at one moment: see [`Phase`].
    order: u64,
    what: What,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.time, self.order).cmp(&(other.time, other.order))
    }
}

#[derive(Clone, Copy, Debug)]
enum What {
    Fault(usize),
    Resume {
        node: NodeId,
    },
    Detect {
        node: NodeId,
        detection: Detection,
        life: u32,
    },
    Init {
        node: NodeId,
    },
    Arrive {
        message: MessageId,
        copy: usize,
        lost: Option<Loss>,
    },
    Timer {
        node: NodeId,
        serial: u32,
    },
    Request {
        index: usize,
    },
    /// The moment is over for a node that was to stop in the middle of it.
    Doom {
        node: NodeId,
    },
}

impl What {
    /// The node that has to be awake for it.
    fn awake(&self, plan: &Plan, trace: &Trace) -> Option<NodeId> {
        match *self {
            Self::Detect { node, .. } | Self::Timer { node, .. } => Some(node),
            Self::Arrive { message, lost: None, .. } => Some(trace.messages[message].name.to),
            Self::Request { index } => Some(plan.scenario.requests[index].node),
            _ => None,
        }
    }
}

/// The classes of the fixed rule, in its order.
#[derive(Clone, Copy)]
enum Phase {
    Fault = 0,
    Detection,
    Init,
    Arrival,
    Timer,
    Request,
    Doom,
}

impl Phase {
    const fn order(self, detail: u64) -> u64 {
        (self as u64) << 60 | detail
    }
}

impl Simulation {
    /// The state before the first event.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let scenario = plan.scenario;
        let nodes = (0..scenario.nodes.len()).map(NodeId::new);
        let mut simulation = Self {
            now: 0,
            queue: BinaryHeap::new(),
            nodes: nodes.clone().map(|node| Node::new(plan, node)).collect(),
            links: plan.network.fresh(),
            met: vec![false; scenario.faults.len()],
            asked: vec![false; scenario.requests.len()],
            steps: 0,
            timers_set: 0,
            scratch: Scratch::default(),
        };
        for node in nodes {
            simulation.schedule(0, Phase::Init, node.index() as u64, What::Init { node });
        }
        for (index, fault) in scenario.faults.iter().enumerate() {
            if let Fault::Crash { at, .. } | Fault::Recover { at, .. } | Fault::Pause { at, .. } =
                *fault
            {
                simulation.schedule(at, Phase::Fault, index as u64, What::Fault(index));
            }
        }
        for (index, request) in scenario.requests.iter().enumerate() {
            simulation.schedule(request.at, Phase::Request, index as u64, What::Request { index });
        }
        simulation
    }

    fn schedule(&mut self, time: Time, phase: Phase, detail: u64, what: What) {
        self.queue.push(Reverse(Item { time, order: phase.order(detail), what }));
    }

    /// Lets the next thing happen and records it. False when the run is over; the trace is complete then.
    pub fn step(&mut self, plan: &Plan, trace: &mut Trace) -> bool {
        if trace.events.len() >= MAX_EVENTS || self.steps >= MAX_EVENTS {
            trace.exhausted = true;
            return self.finish(trace, self.now);
        }
        match self.queue.pop() {
            Some(Reverse(item)) if item.time <= plan.scenario.until => {
                self.now = item.time;
                self.happen(plan, trace, item);
                true
            }
            next => {
                self.queue.extend(next);
                trace.quiescent = !self.queue.iter().any(|Reverse(item)| self.stirs(item.what));
                self.finish(trace, plan.scenario.until)
            }
        }
    }

    /// Whether the nodes would still do this by themselves, were the run to go on.
    fn stirs(&self, what: What) -> bool {
        match what {
            What::Arrive { .. } => true,
            What::Timer { node, serial } => {
                self.nodes[node.index()].timers.iter().any(|timer| timer.serial == serial)
            }
            What::Detect { node, detection, life } => self.is_news(node, detection, life),
            _ => false,
        }
    }

    fn finish(&self, trace: &mut Trace, end: Time) -> bool {
        trace.end = end;
        let unmet = |met: &[bool]| (0..met.len()).filter(|&index| !met[index]).collect();
        trace.unused_faults = unmet(&self.met);
        trace.unused_requests = unmet(&self.asked);
        false
    }

    fn happen(&mut self, plan: &Plan, trace: &mut Trace, item: Item) {
        if let Some(node) = item.what.awake(plan, trace)
            && let Some(until) = self.nodes[node.index()].paused
        {
            self.queue.push(Reverse(Item { time: until, ..item }));
            return;
        }
        match item.what {
            What::Fault(index) => self.strike(plan, trace, index),
            What::Resume { node } => self.resume(trace, node),
            What::Detect { node, detection, life } => {
                self.detect(plan, trace, node, detection, life);
            }
            What::Init { node } => self.handle(plan, trace, node, Input::Init),
            What::Arrive { message, copy, lost } => self.arrive(plan, trace, message, copy, lost),
            What::Timer { node, serial } => self.ring(plan, trace, node, serial),
            What::Request { index } => self.ask(plan, trace, index),
            What::Doom { node } => {
                if let Some((fault, _)) = self.nodes[node.index()].doomed {
                    self.crash(plan, trace, node, fault);
                }
            }
        }
    }

    fn strike(&mut self, plan: &Plan, trace: &mut Trace, index: usize) {
        match plan.scenario.faults[index] {
            Fault::Crash { node, at, after_sends: Some(sends) } if self.nodes[node.index()].up => {
                self.nodes[node.index()].doomed = Some((index, sends));
                self.schedule(at, Phase::Doom, node.index() as u64, What::Doom { node });
            }
            Fault::Crash { node, .. } => self.crash(plan, trace, node, index),
            Fault::Recover { node, .. } => self.recover(plan, trace, node, index),
            Fault::Pause { node, until, .. } => self.pause(trace, node, until, index),
            _ => {}
        }
    }

    fn crash(&mut self, plan: &Plan, trace: &mut Trace, node: NodeId, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.up {
            return;
        }
        self.met[fault] = true;
        state.up = false;
        state.paused = None;
        state.doomed = None;
        state.life += 1;
        state.timers.clear();
        record(trace, self.now, node, EventKind::Crash);
        self.report(plan, node, Detection::Suspect(node));
    }

    fn recover(&mut self, plan: &Plan, trace: &mut Trace, node: NodeId, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if state.up {
            return;
        }
        self.met[fault] = true;
        state.up = true;
        state.machine = state.machine.recovered(state.stored.as_deref());
        record(trace, self.now, node, EventKind::Recover);
        self.report(plan, node, Detection::Restore(node));
        self.handle(plan, trace, node, Input::Recovery);
    }

    /// Lets the perfect detector tell everyone, where there is one.
    fn report(&mut self, plan: &Plan, about: NodeId, detection: Detection) {
        let Detector::Perfect(bound) = plan.scenario.network.detector else { return };
        let life = self.nodes[about.index()].life;
        for node in plan.group(about).others() {
            let detail = (about.index() << 8 | node.index()) as u64;
            let what = What::Detect { node, detection, life };
            self.schedule(self.now + bound, Phase::Detection, detail, what);
        }
    }

    fn detect(&mut self, plan: &Plan, trace: &mut Trace, node: NodeId, told: Detection, life: u32) {
        if self.is_news(node, told, life) {
            record(trace, self.now, node, EventKind::Detect(told));
            self.handle(plan, trace, node, Input::Detection(told));
        }
    }

    /// Whether a report finds its node up and is still true: a perfect detector never suspects who is up,
    /// so what was overtaken by a recovery is not told.
    fn is_news(&self, node: NodeId, told: Detection, life: u32) -> bool {
        let about = &self.nodes[told.node().index()];
        let true_still = about.life == life && about.up == matches!(told, Detection::Restore(_));
        self.nodes[node.index()].up && true_still
    }

    fn pause(&mut self, trace: &mut Trace, node: NodeId, until: Time, fault: usize) {
        let state = &mut self.nodes[node.index()];
        if !state.up || state.paused.is_some_and(|already| already >= until) {
            return;
        }
        self.met[fault] = true;
        if state.paused.replace(until).is_none() {
            record(trace, self.now, node, EventKind::Pause);
        }
        self.schedule(until, Phase::Fault, node.index() as u64 | 1 << 32, What::Resume { node });
    }

    fn resume(&mut self, trace: &mut Trace, node: NodeId) {
        let state = &mut self.nodes[node.index()];
        if state.paused == Some(self.now) {
            state.paused = None;
            record(trace, self.now, node, EventKind::Resume);
        }
    }

    fn arrive(
        &mut self,
        plan: &Plan,
        trace: &mut Trace,
        message: MessageId,
        copy: usize,
        lost: Option<Loss>,
    ) {
        let name = trace.messages[message].name;
        let lost = lost.or((!self.nodes[name.to.index()].up).then_some(Loss::Crashed));
        let (kind, fate): (_, fn(EventId, Loss) -> Fate) = match lost {
            Some(loss) => (EventKind::Lose(message, loss), Fate::Lost),
            None => (EventKind::Receive(message), |event, _| Fate::Received(event)),
        };
        let event = record(trace, self.now, name.to, kind);
        let message = &mut trace.messages[message];
        let fate = fate(event, lost.unwrap_or(Loss::Crashed));
        match copy.checked_sub(1) {
            None => message.fate = fate,
            Some(copy) => message.copies[copy] = fate,
        }
        if lost.is_none() {
            let packet = message.packet.clone();
            self.handle(plan, trace, name.to, Input::Message { from: name.from, packet });
        }
    }

    fn ring(&mut self, plan: &Plan, trace: &mut Trace, node: NodeId, serial: u32) {
        let timers = &mut self.nodes[node.index()].timers;
        // A timer that was cancelled, or set anew, or lost in a crash, is no longer there.
        let Some(place) = timers.iter().position(|timer| timer.serial == serial) else { return };
        let packet = timers.remove(place).packet;
        record(trace, self.now, node, EventKind::Timer(packet.clone()));
        self.handle(plan, trace, node, Input::Timer(packet));
    }

    fn ask(&mut self, plan: &Plan, trace: &mut Trace, index: usize) {
        let node = plan.scenario.requests[index].node;
        if !self.nodes[node.index()].up {
            return;
        }
        self.asked[index] = true;
        let packet = plan.requests[index].clone();
        record(trace, self.now, node, EventKind::Request { index, packet: packet.clone() });
        self.handle(plan, trace, node, Input::Request(packet));
    }

    /// Hands an input to a node, then the messages that it sends to itself on the way.
    fn handle(&mut self, plan: &Plan, trace: &mut Trace, node: NodeId, input: Input) {
        let mut inputs = VecDeque::new();
        let mut next = Some(input);
        while let Some(input) = next {
            self.steps += 1;
            let state = &mut self.nodes[node.index()];
            if !state.up || self.steps >= MAX_EVENTS {
                return;
            }
            let mut outputs = std::mem::take(&mut self.scratch.outputs);
            state.machine.handle(self.now, &mut state.choices, input, &mut outputs);
            for output in outputs.drain(..) {
                self.carry_out(plan, trace, node, output, &mut inputs);
            }
            self.scratch.outputs = outputs;
            next = inputs.pop_front();
        }
    }

    fn carry_out(
        &mut self,
        plan: &Plan,
        trace: &mut Trace,
        node: NodeId,
        output: Output,
        to_oneself: &mut VecDeque<Input>,
    ) {
        let state = &mut self.nodes[node.index()];
        // The node stopped in the middle of its effects: the rest of them never happens.
        if !state.up {
            return;
        }
        match output {
            Output::Send { to, packet } => {
                for to in to {
                    if to == node {
                        let packet = packet.clone();
                        to_oneself.push_back(Input::Message { from: node, packet });
                    } else if !self.send(plan, trace, node, to, &packet) {
                        return;
                    }
                }
            }
            Output::SetTimer { timer, after } => {
                self.timers_set += 1;
                let serial = self.timers_set;
                state.timers.retain(|other| other.packet != timer);
                state.timers.push(Timer { packet: timer, serial });
                let detail = (node.index() as u64) << 32 | u64::from(serial);
                let what = What::Timer { node, serial };
                self.schedule(self.now.saturating_add(after), Phase::Timer, detail, what);
            }
            Output::CancelTimer(timer) => state.timers.retain(|other| other.packet != timer),
            Output::Store => {
                state.stored = Some(state.machine.clone());
                record(trace, self.now, node, EventKind::Persist);
            }
            Output::Indicate { kind, packet } => {
                record(trace, self.now, node, EventKind::Indicate { kind, packet });
            }
            Output::Note(note) => {
                record(trace, self.now, node, EventKind::Note(note));
            }
        }
    }

    /// Hands one message to the network. False if its sender stops just before or after.
    fn send(
        &mut self,
        plan: &Plan,
        trace: &mut Trace,
        from: NodeId,
        to: NodeId,
        packet: &Packet,
    ) -> bool {
        if let Some((fault, 0)) = self.nodes[from.index()].doomed {
            self.crash(plan, trace, from, fault);
            return false;
        }
        let mut ways = std::mem::take(&mut self.scratch.ways);
        let (now, links, met) = (self.now, &mut self.links, &mut self.met);
        let name = plan.network.send(links, met, now, from, to, &mut ways);
        let message = trace.messages.len();
        let sent = record(trace, self.now, from, EventKind::Send(message));
        let mut fates = ways.iter().map(|way| Fate::InFlight { due: way.at });
        let fate = fates.next().expect("every message has a way");
        let copies = fates.collect();
        trace.messages.push(Message { name, packet: packet.clone(), sent, fate, copies });
        for (copy, way) in ways.drain(..).enumerate() {
            let link = (from.index() as u64) << 53 | (to.index() as u64) << 46;
            let detail = link | u64::from(name.number) << 14 | copy as u64;
            let what = What::Arrive { message, copy, lost: way.lost };
            self.schedule(way.at, Phase::Arrival, detail, what);
        }
        self.scratch.ways = ways;
        match &mut self.nodes[from.index()].doomed {
            Some((fault, left)) => {
                *left -= 1;
                let (fault, stops) = (*fault, *left == 0);
                if stops {
                    self.crash(plan, trace, from, fault);
                }
                !stops
            }
            None => true,
        }
    }

    /// Who is up.
    #[must_use]
    pub fn up(&self) -> NodeSet {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(|(_, node)| node.up).map(|(index, _)| NodeId::new(index)).collect()
    }

    /// A node's state as JSON, nodes as their characters.
    #[must_use]
    pub fn inspect(&self, node: NodeId) -> serde_json::Value {
        self.nodes[node.index()].machine.inspect()
    }
}

impl Node {
    fn new(plan: &Plan, me: NodeId) -> Self {
        Self {
            machine: plan.spawn(me),
            stored: None,
            choices: Choices::new(plan.scenario.seed, plan.name_hashes[me.index()]),
            timers: Vec::new(),
            up: true,
            paused: None,
            doomed: None,
            life: 0,
        }
    }
}

fn record(trace: &mut Trace, time: Time, node: NodeId, kind: EventKind) -> EventId {
    trace.events.push(Event { time, node, kind });
    trace.events.len() - 1
}
