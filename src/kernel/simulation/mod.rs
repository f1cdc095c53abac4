//! Executes a scenario, event by event, in the order of the [agenda](super::agenda).

mod doom;
mod effects;
mod end;
mod faults;
mod inputs;
mod node;
mod observer;
mod reports;

use self::node::Node;
use super::{
    Fault, MAX_EVENTS, NodeId, Output, Plan, Protocol, Scenario, Time, Trace,
    agenda::{Agenda, Item, Occurrence, Phase},
    log::Log,
    network::{LinkState, Way},
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
    now: Time,
    agenda: Agenda,
    nodes: Vec<Node>,
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

    fn schedule(&mut self, time: Time, phase: Phase, detail: u64, occurrence: Occurrence) {
        debug_assert!(self.now <= time, "an item is scheduled for the present or the future");
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
            debug_assert!(self.now <= item.time, "time is monotone");
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
