//! The nearest run in which what was found does not happen: what differs between the two is what mattered.
//!
//! The other run has the same seed and the same horizon, so that a reader who makes the same change by hand sees the
//! same.

use super::{Budget, Objective, candidates::sends_at, injections::injections, objective::longer};
use crate::kernel::{Fate, Fault, MessageName, Protocol, Scenario, Setting, Time, Trace, run};

/// The largest number of runs that are tried.
const MOST_RUNS: usize = 2000;
/// The largest number of events of all these runs together: long runs are tried less often.
const MOST_EVENTS: usize = 2_000_000;
/// The largest number of events of a run of which it is tried to hinder each message.
const MOST_HINDERED: usize = 20_000;

/// The nearest run that does not reach an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct PassingRun {
    /// What is different in it.
    pub difference: RunDifference,
    /// Its scenario.
    pub scenario: Scenario,
}

/// What was tried to find the nearest run that does not reach an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct PassingRunSearch {
    /// The nearest run, where one was found.
    pub nearest: Option<PassingRun>,
    /// Number of changes that were tried.
    pub runs: usize,
    /// False if the search was given up before everything was tried.
    pub complete: bool,
}

/// What is different in the nearest run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunDifference {
    /// A message that was hindered is not: the fault at this place is not there.
    Unhindered(MessageName, usize),
    /// A message comes sooner than the fault at this place lets it: its delay is no longer than this, in virtual ms.
    Sooner(MessageName, usize, Time),
    /// A node that stops in the middle of something stops after so many sends instead.
    AfterSends(usize, u32),
    /// The fault at this place is not there.
    Without(usize),
    /// A message comes so much later, in virtual ms.
    Later(MessageName, Time),
    /// A message is lost.
    Lost(MessageName),
    /// The run goes on until this time, in virtual ms.
    Longer(Time),
}

/// The nearest run that does not reach an objective which the scenario's run reaches: first those with one message hindered
/// less, then those with one fault less, then those with one message hindered more; then the longer run, and that with
/// one fault less.
#[must_use]
pub fn nearest_passing_run(
    protocol: &'static Protocol,
    objective: &Objective,
    scenario: &Scenario,
) -> PassingRunSearch {
    let until = scenario.until;
    let mut searcher = PassingRunSearcher {
        protocol,
        objective,
        given: scenario,
        until,
        runs: 0,
        events: 0,
        skipped: false,
    };
    let nearest = searcher
        .less_hindered()
        .or_else(|| searcher.without())
        .or_else(|| searcher.more_hindered())
        .or_else(|| searcher.longer())
        .or_else(|| searcher.without_and_longer());
    PassingRunSearch { nearest, runs: searcher.runs, complete: !searcher.skipped }
}

struct PassingRunSearcher<'a> {
    protocol: &'static Protocol,
    objective: &'a Objective,
    given: &'a Scenario,
    /// When the runs end, in virtual ms.
    until: Time,
    runs: usize,
    /// Number of events of all runs.
    events: usize,
    /// True if something was not tried.
    skipped: bool,
}

impl PassingRunSearcher<'_> {
    /// The scenario with a change and its run, if that does not reach the objective.
    fn passing(&mut self, change: impl FnOnce(&mut Scenario)) -> Option<(Scenario, Trace)> {
        if self.runs >= MOST_RUNS || self.events >= MOST_EVENTS {
            self.skipped = true;
            return None;
        }
        self.runs += 1;
        let mut scenario = Scenario { until: self.until, ..self.given.clone() };
        change(&mut scenario);
        let trace = run(self.protocol, &scenario).ok()?;
        self.events += trace.events.len();
        let setting = Setting::of(self.protocol, &scenario);
        self.objective.is_refuted(&setting, &trace).then_some((scenario, trace))
    }

    /// The scenario with other faults, if its run does not reach the objective.
    fn holds_with(&mut self, change: impl FnOnce(&mut Vec<Fault>)) -> Option<Scenario> {
        self.passing(|scenario| change(&mut scenario.faults)).map(|(scenario, _)| scenario)
    }

    fn less_hindered(&mut self) -> Option<PassingRun> {
        let given = self.given;
        for (place, fault) in given.faults.iter().enumerate() {
            let (Fault::Drop { message }
            | Fault::Delay { message, .. }
            | Fault::Duplicate { message, .. }
            | Fault::Corrupt { message, .. }
            | Fault::Forge { message, .. }) = *fault
            else {
                let found = self.at_another_send(place, fault);
                if found.is_some() {
                    return found;
                }
                continue;
            };
            let without = self.passing(|scenario| drop(scenario.faults.remove(place)));
            let Some((scenario, trace)) = without else { continue };
            if !is_unhindered(fault, message, &scenario, &trace) {
                return Some(PassingRun { difference: RunDifference::Without(place), scenario });
            }
            if let Fault::Delay { by, .. } = *fault
                && let Some(found) = self.sooner(place, message, by)
            {
                return Some(found);
            }
            return Some(PassingRun {
                difference: RunDifference::Unhindered(message, place),
                scenario,
            });
        }
        None
    }

    /// The longest delay that does not do it yet, found by halves.
    fn sooner(&mut self, place: usize, message: MessageName, by: Time) -> Option<PassingRun> {
        let (mut holds, mut not) = (0, by);
        let mut found = None;
        while not - holds > 1 {
            let middle = holds.midpoint(not);
            let scenario =
                self.holds_with(|faults| faults[place] = Fault::Delay { message, by: middle });
            match scenario {
                Some(scenario) => {
                    holds = middle;
                    let difference = RunDifference::Sooner(message, place, middle);
                    found = Some(PassingRun { difference, scenario });
                }
                None => not = middle,
            }
        }
        found
    }

    /// One send more before the crash, or one less, and so on: as many as the node sends at that moment.
    fn at_another_send(&mut self, place: usize, fault: &Fault) -> Option<PassingRun> {
        let Fault::Crash { node, at, after_sends: Some(sends) } = *fault else { return None };
        let sent = sends_at(&run(self.protocol, self.given).ok()?, node, at);
        let nodes = self.given.nodes.len() as u32;
        // A crash that left something to be sent is the only one that more sends make a difference to.
        let more =
            if sends > sent { sends..sends } else { sends + 1..sends.saturating_add(nodes + 1) };
        for other in more.chain((0..sends.min(sent)).rev()) {
            let crash = Fault::Crash { node, at, after_sends: Some(other) };
            let found = self.passing(|scenario| scenario.faults[place] = crash);
            if let Some((scenario, trace)) = found
                && sends_at(&trace, node, at) == other
            {
                return Some(PassingRun {
                    difference: RunDifference::AfterSends(place, other),
                    scenario,
                });
            }
        }
        None
    }

    fn without(&mut self) -> Option<PassingRun> {
        (0..self.given.faults.len()).find_map(|place| {
            let scenario = self.holds_with(|faults| drop(faults.remove(place)))?;
            Some(PassingRun { difference: RunDifference::Without(place), scenario })
        })
    }

    /// A message that comes later, or not at all: those that came last first.
    fn more_hindered(&mut self) -> Option<PassingRun> {
        let trace: Trace = run(self.protocol, self.given).ok()?;
        if trace.events.len() > MOST_HINDERED {
            self.skipped = true;
            return None;
        }
        let more = |kind| {
            let budget = Budget::of(&[(kind, 1)]);
            injections(self.protocol, self.given, &trace, &budget, self.given.until)
        };
        let (delays, drops) = (more("delay"), more("drop"));
        for fault in delays.into_iter().rev().chain(drops.into_iter().rev()) {
            let difference = match fault {
                Fault::Delay { message, by } => RunDifference::Later(message, by),
                Fault::Drop { message } => RunDifference::Lost(message),
                _ => continue,
            };
            if let Some(scenario) = self.holds_with(|faults| faults.push(fault)) {
                return Some(PassingRun { difference, scenario });
            }
        }
        None
    }

    /// One fault less, and more than twice the time.
    fn without_and_longer(&mut self) -> Option<PassingRun> {
        self.until = longer(self.given.until);
        if !self.objective.is_liveness() || self.until <= self.given.until {
            return None;
        }
        self.without()
    }

    /// More than twice the time: what is still owed may come.
    fn longer(&mut self) -> Option<PassingRun> {
        let until = longer(self.given.until);
        if !self.objective.is_liveness() || until <= self.given.until {
            return None;
        }
        let (scenario, _) = self.passing(|scenario| scenario.until = until)?;
        Some(PassingRun { difference: RunDifference::Longer(until), scenario })
    }
}

/// True if a message, without a fault that hindered it, is not hindered in that way by anything else.
fn is_unhindered(fault: &Fault, message: MessageName, scenario: &Scenario, trace: &Trace) -> bool {
    let mut sent = trace.messages.iter().filter(|it| it.name == message);
    let Some(sent) = sent.next() else { return false };
    let ways = || std::iter::once(&sent.fate).chain(&sent.copies);
    let arrivals = ways().filter(|way| !matches!(way, Fate::Lost(..))).count();
    let mut others = scenario.faults.iter();
    match fault {
        Fault::Drop { .. } => arrivals > 0,
        Fault::Duplicate { .. } => arrivals == 1,
        Fault::Corrupt { .. } => arrivals > 0 && sent.damaged().is_none(),
        Fault::Delay { .. } => {
            arrivals > 0
                && !others
                    .any(|it| matches!(it, Fault::Delay { .. }) && it.message() == Some(message))
        }
        _ => sent.truth().is_none(),
    }
}
