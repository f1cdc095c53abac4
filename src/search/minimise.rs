//! Minimisation of a scenario by delta debugging (Zeller and Hildebrandt 2002, "Simplifying and isolating
//! failure-inducing input").
//!
//! Each step proposes a smaller scenario, runs it, and keeps it if the objective is still reached and no other
//! assumption is broken. A run that is merely cut short does not count. The steps are repeated until none of them
//! succeeds. The order of size: fewest faults, requests and nodes; plainest network and parameters; shortest run;
//! roundest numbers.

use super::{Objective, candidates, objective::longer};
use crate::{
    analysis::report,
    kernel::{Delay, Fault, Protocol, Scenario, Time, Trace, run},
};

/// Largest number of runs.
const MOST_RUNS: u64 = 20_000;
/// Number of earlier places in a node's writes at which its crash is tried.
const MOST_CUTS: usize = 100;
/// Largest number of events of all these runs together: fewer long runs are tried.
const MOST_EVENTS: u64 = 8_000_000;

/// A minimised scenario.
#[derive(Clone, Debug)]
pub struct Minimised {
    /// The scenario.
    pub scenario: Scenario,
    /// Number of runs.
    pub runs: u64,
    /// False if the minimisation was ended by its limits: a smaller scenario may exist.
    pub complete: bool,
}

struct Minimiser {
    protocol: &'static Protocol,
    objective: Objective,
    /// True if a proposal must never be at rest (livelock).
    keeps_running: bool,
    best: Scenario,
    /// Shortest duration of a run that is never at rest, in virtual ms: it shows that an obligation is never
    /// met.
    patience: Time,
    runs: u64,
    /// Number of events of all runs.
    events: u64,
}

/// Minimises a scenario whose run reaches the objective; none if the run does not reach it, even with the time to
/// be at rest.
///
/// A run that is never at rest keeps at least `patience` virtual ms, to show that an obligation is never met.
#[must_use]
pub fn minimise(
    protocol: &'static Protocol,
    objective: &Objective,
    scenario: &Scenario,
    patience: Time,
) -> Option<Minimised> {
    smallest(protocol, objective, scenario, patience, false)
}

/// Minimises the scenario of a livelock: proposals that end at rest are rejected.
pub(super) fn minimise_livelock(
    protocol: &'static Protocol,
    objective: &Objective,
    scenario: &Scenario,
    patience: Time,
) -> Option<Minimised> {
    smallest(protocol, objective, scenario, patience, true)
}

fn smallest(
    protocol: &'static Protocol,
    objective: &Objective,
    scenario: &Scenario,
    patience: Time,
    keeps_running: bool,
) -> Option<Minimised> {
    let mut minimiser =
        Minimiser { keeps_running, ..Minimiser::new(protocol, objective, scenario, patience)? };
    minimiser.best.captions.clear();
    minimiser.best.goal = None;
    let given = size(&minimiser.best);
    while minimiser.try_all_steps() {}
    let complete = !minimiser.is_exhausted();
    debug_assert!(
        minimiser.objective.is_reached(protocol, &minimiser.best),
        "a minimised run still reaches the objective"
    );
    let Minimiser { best: scenario, runs, .. } = minimiser;
    debug_assert!(size(&scenario) <= given, "a minimised scenario is no larger");
    Some(Minimised { scenario, runs, complete })
}

/// Removes as many faults of a scenario as possible, and changes nothing else.
pub(super) fn with_few_faults(
    protocol: &'static Protocol,
    objective: &Objective,
    scenario: &Scenario,
) -> Option<Scenario> {
    let mut minimiser = Minimiser::new(protocol, objective, scenario, scenario.until)?;
    minimiser.fewer_faults();
    Some(minimiser.best)
}

impl Minimiser {
    fn new(
        protocol: &'static Protocol,
        objective: &Objective,
        scenario: &Scenario,
        patience: Time,
    ) -> Option<Self> {
        let patient = Scenario { until: longer(scenario.until), ..scenario.clone() };
        let reached = |scenario: &&Scenario| objective.is_reached(protocol, scenario);
        let start = [scenario, &patient].into_iter().find(reached)?.clone();
        let trace = run(protocol, &start).ok()?;
        // The same assumptions as before may be broken, and no others.
        let breaches = report(protocol, &start, &trace);
        let broken =
            breaches.breaches_of(objective.target.kind()).map(|breach| breach.rule).collect();
        let objective = Objective {
            breaking: Some(objective.breaking.clone().unwrap_or(broken)),
            ..objective.clone()
        };
        Some(Self {
            protocol,
            objective,
            keeps_running: false,
            best: start,
            patience,
            runs: 0,
            events: 0,
        })
    }

    /// Tries all steps once. False if none of them succeeded.
    fn try_all_steps(&mut self) -> bool {
        let steps = [
            Self::drop_unused,
            Self::fewer_faults,
            Self::fewer_requests,
            Self::fewer_nodes,
            Self::plainer,
            Self::shorter,
            Self::rounder,
        ];
        let before = self.best.clone();
        for step in steps {
            step(self);
        }
        self.best != before && !self.is_exhausted()
    }

    /// Accepts a proposal if the objective is still reached.
    fn accept(&mut self, proposal: Scenario) -> bool {
        let sound = proposal.until > 0 && proposal.faults.iter().all(candidates::is_sound);
        if self.is_exhausted() || proposal == self.best || !sound {
            return false;
        }
        self.runs += 1;
        let Ok(trace) = run(self.protocol, &proposal) else { return false };
        // A run that is not at rest is repeated with more than twice the time.
        let runs = if trace.quiescent { 1 } else { 3 };
        self.events += runs * trace.events.len() as u64;
        let taken = self.objective.is_reached_by(self.protocol, &proposal, &trace)
            && (!self.keeps_running || !trace.quiescent);
        if taken {
            self.best = proposal;
        }
        taken
    }

    /// True if a limit is reached.
    const fn is_exhausted(&self) -> bool {
        self.runs >= MOST_RUNS || self.events >= MOST_EVENTS
    }

    fn propose(&mut self, change: impl FnOnce(&mut Scenario)) -> bool {
        if self.is_exhausted() {
            return false;
        }
        let mut proposal = self.best.clone();
        change(&mut proposal);
        self.accept(proposal)
    }

    fn trace(&self) -> Trace {
        run(self.protocol, &self.best).expect("it was run before")
    }

    /// Removes unused faults and requests.
    fn drop_unused(&mut self) {
        let trace = self.trace();
        self.propose(|scenario| {
            trace.remove_unused_faults(scenario);
            trace.remove_unused_requests(scenario);
        });
    }

    fn fewer_faults(&mut self) {
        self.fewer(|scenario| &mut scenario.faults);
    }

    fn fewer_requests(&mut self) {
        self.fewer(|scenario| &mut scenario.requests);
    }

    /// Removes parts of a list: halves first, single elements last (ddmin).
    fn fewer<T: Clone>(&mut self, list: fn(&mut Scenario) -> &mut Vec<T>) {
        let mut part = list(&mut self.best).len().next_power_of_two();
        while part > 0 {
            let mut from = 0;
            while from < list(&mut self.best).len() {
                let taken = self.propose(|scenario| {
                    let list = list(scenario);
                    let to = (from + part).min(list.len());
                    list.drain(from..to);
                });
                from += if taken { 0 } else { part };
            }
            part /= 2;
        }
    }

    fn fewer_nodes(&mut self) {
        for node in (0..self.best.nodes.len()).rev() {
            if self.best.nodes.len() > 2
                && let Some(proposal) = candidates::without_node(&self.best, node)
            {
                self.accept(proposal);
            }
        }
        if let Some(proposal) = candidates::renumbered(&self.best) {
            self.accept(proposal);
        }
    }

    /// Removes features of the network and parameters that make no difference.
    ///
    /// The network's guarantees stay: a delay bound, FIFO order, a failure detector. Without them it would be another
    /// system.
    fn plainer(&mut self) {
        let plain = Scenario::new("", Vec::new());
        self.fewer(|scenario| &mut scenario.network.links);
        self.propose(|scenario| scenario.network.loss = plain.network.loss);
        self.propose(|scenario| scenario.network.duplicate = plain.network.duplicate);
        self.propose(|scenario| scenario.network.corrupt = plain.network.corrupt);
        self.propose(|scenario| scenario.network.topology = plain.network.topology.clone());
        self.propose(|scenario| scenario.network.medium = plain.network.medium);
        // Equal delays are easier to read.
        let Delay { min, max } = self.best.network.delay;
        let middle = min.midpoint(max).next_multiple_of(5).min(max);
        for time in [middle, max, min] {
            let same = Delay { min: time, max: time };
            if self.propose(|scenario| scenario.network.delay = same) {
                break;
            }
        }
        self.propose(|scenario| scenario.seed = 0);
        let names: Vec<String> = self.best.params.keys().cloned().collect();
        for name in names {
            self.propose(|scenario| scenario.params.retain(|other, _| *other != name));
        }
    }

    /// Moves everything earlier and shortens the run.
    fn shorter(&mut self) {
        let first = self.best.requests.iter().map(|request| request.at).min().unwrap_or(0);
        for by in [first, first.saturating_sub(10)] {
            self.propose(|scenario| candidates::shift(scenario, by));
        }
        let trace = self.trace();
        let last = trace.events.last().map_or(0, |event| event.time);
        let rests = trace.quiescent || !self.objective.is_liveness();
        let enough = if rests { 0 } else { self.patience };
        for until in [enough, last + 10, last + last / 4 + 20] {
            let until = until.next_multiple_of(10).max(enough);
            if (1..self.best.until).contains(&until) && self.propose(|it| it.until = until) {
                break;
            }
        }
    }

    fn rounder(&mut self) {
        for place in 0..self.best.requests.len() {
            let at = self.best.requests[place].at;
            self.round_number(at, |scenario, at| scenario.requests[place].at = at);
        }
        for place in 0..self.best.faults.len() {
            for number in 0..candidates::numbers(&mut self.best.faults[place].clone()).len() {
                let value = *candidates::numbers(&mut self.best.faults[place])[number];
                self.round_number(value, |scenario, value| {
                    *candidates::numbers(&mut scenario.faults[place])[number] = value;
                });
            }
        }
        for place in 0..self.best.faults.len() {
            self.plainer_crash(place);
        }
    }

    /// Replaces a crash within a step by one between steps, or by one at an earlier place in the step.
    fn plainer_crash(&mut self, place: usize) {
        if let Fault::CrashWriting { node, at, after_writes } = self.best.faults[place] {
            let plain = Fault::Crash { node, at, after_sends: None };
            let fewer = (0..after_writes).map(|after_writes| Fault::CrashWriting {
                node,
                at,
                after_writes,
            });
            for crash in std::iter::once(plain).chain(fewer.take(MOST_CUTS)) {
                if self.propose(|scenario| scenario.faults[place] = crash.clone()) {
                    return;
                }
            }
        }
        let Fault::Crash { node, at, after_sends: Some(sends) } = self.best.faults[place] else {
            return;
        };
        // Larger numbers are equivalent.
        let sends = sends.min(candidates::sends_at(&self.trace(), node, at));
        for fewer in std::iter::once(None).chain((0..sends).map(Some)) {
            let taken = self.propose(|scenario| {
                if let Fault::Crash { after_sends, .. } = &mut scenario.faults[place] {
                    *after_sends = fewer;
                }
            });
            if taken {
                return;
            }
        }
    }

    /// Replaces a number by the roundest number near it that succeeds.
    fn round_number(&mut self, value: Time, set: impl Fn(&mut Scenario, Time)) {
        for candidate in candidates::rounder(value) {
            if self.propose(|scenario| set(scenario, candidate)) {
                return;
            }
        }
    }
}

/// Size of a scenario, for comparison: of two that reach the same objective, the smaller is better.
#[must_use]
pub fn size(scenario: &Scenario) -> (usize, usize, usize, Time) {
    let Scenario { faults, requests, nodes, until, .. } = scenario;
    (faults.len(), requests.len(), nodes.len(), *until)
}
