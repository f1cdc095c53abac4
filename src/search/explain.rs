//! Explanation of a failing run by the nearest passing run: the difference between the two is the cause (Groce and
//! Visser 2003, "What went wrong: explaining counterexamples").
//!
//! The passing run has the same seed and the same horizon. So a reader who makes the same change by hand sees the
//! same run.

use super::{Budget, Objective, candidates::sends_at, injections::injections, objective::longer};
use crate::kernel::{Fate, Fault, MessageName, Protocol, Scenario, Setting, Time, Trace, run};

/// Largest number of runs tried.
const MOST_RUNS: usize = 2000;
/// Largest number of events of all these runs together: fewer long runs are tried.
const MOST_EVENTS: usize = 2_000_000;
/// Largest number of events of a run whose messages are each delayed and dropped.
const MOST_EVENTS_OF_RUN: usize = 20_000;

/// The nearest run that does not reach an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct PassingRun {
    /// Its difference from the failing run.
    pub difference: RunDifference,
    /// Its scenario.
    pub scenario: Scenario,
}

/// Result of the search for the nearest passing run.
#[derive(Clone, Debug, PartialEq)]
pub struct PassingRunSearch {
    /// The nearest passing run, if one was found.
    pub nearest: Option<PassingRun>,
    /// Number of runs tried.
    pub runs: usize,
    /// False if the search was ended by its limits.
    pub complete: bool,
}

/// Difference of the nearest passing run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunDifference {
    /// The fault at this place, on this message, is removed.
    WithoutMessageFault(MessageName, usize),
    /// This message's delay, by the fault at this place, is no longer than this, in virtual ms.
    ShorterDelay(MessageName, usize, Time),
    /// The crash at this place happens after this number of sends.
    AfterSends(usize, u32),
    /// The fault at this place is removed.
    WithoutFault(usize),
    /// A message is delayed by this time, in virtual ms.
    Delayed(MessageName, Time),
    /// A message is dropped.
    Dropped(MessageName),
    /// The run goes on until this time, in virtual ms.
    LongerRun(Time),
}

/// Returns the nearest run that does not reach an objective which the scenario's run reaches. The order of nearness:
/// a fault on one message removed or reduced; another fault removed; one message delayed or dropped; a longer run; a
/// longer run without one fault.
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
        .message_fault_removed()
        .or_else(|| searcher.fault_removed())
        .or_else(|| searcher.message_delayed_or_dropped())
        .or_else(|| searcher.longer_run())
        .or_else(|| searcher.longer_run_without_fault());
    PassingRunSearch { nearest, runs: searcher.runs, complete: !searcher.skipped }
}

struct PassingRunSearcher<'a> {
    protocol: &'static Protocol,
    objective: &'a Objective,
    given: &'a Scenario,
    /// End of the runs, in virtual ms.
    until: Time,
    runs: usize,
    /// Number of events of all runs.
    events: usize,
    /// True if something was not tried.
    skipped: bool,
}

impl PassingRunSearcher<'_> {
    /// Returns the changed scenario and its run, if that does not reach the objective.
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

    /// Returns the scenario with changed faults, if its run does not reach the objective.
    fn passing_with_faults(&mut self, change: impl FnOnce(&mut Vec<Fault>)) -> Option<Scenario> {
        self.passing(|scenario| change(&mut scenario.faults)).map(|(scenario, _)| scenario)
    }

    fn message_fault_removed(&mut self) -> Option<PassingRun> {
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
            if !is_unaffected(fault, message, &scenario, &trace) {
                return Some(PassingRun {
                    difference: RunDifference::WithoutFault(place),
                    scenario,
                });
            }
            if let Fault::Delay { by, .. } = *fault
                && let Some(found) = self.shorter_delay(place, message, by)
            {
                return Some(found);
            }
            return Some(PassingRun {
                difference: RunDifference::WithoutMessageFault(message, place),
                scenario,
            });
        }
        None
    }

    /// Returns the longest delay with which the run still passes, found by bisection.
    fn shorter_delay(
        &mut self,
        place: usize,
        message: MessageName,
        by: Time,
    ) -> Option<PassingRun> {
        let (mut holds, mut not) = (0, by);
        let mut found = None;
        while not - holds > 1 {
            let middle = holds.midpoint(not);
            let scenario = self
                .passing_with_faults(|faults| faults[place] = Fault::Delay { message, by: middle });
            match scenario {
                Some(scenario) => {
                    holds = middle;
                    let difference = RunDifference::ShorterDelay(message, place, middle);
                    found = Some(PassingRun { difference, scenario });
                }
                None => not = middle,
            }
        }
        found
    }

    /// Moves a crash to a later or an earlier send of the same step.
    fn at_another_send(&mut self, place: usize, fault: &Fault) -> Option<PassingRun> {
        let Fault::Crash { node, at, after_sends: Some(sends) } = *fault else { return None };
        let sent = sends_at(&run(self.protocol, self.given).ok()?, node, at);
        let nodes = self.given.nodes.len() as u32;
        // Only a crash that suppressed a send can be moved to a later send.
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

    fn fault_removed(&mut self) -> Option<PassingRun> {
        (0..self.given.faults.len()).find_map(|place| {
            let scenario = self.passing_with_faults(|faults| drop(faults.remove(place)))?;
            Some(PassingRun { difference: RunDifference::WithoutFault(place), scenario })
        })
    }

    /// Delays or drops one message; the last received messages first.
    fn message_delayed_or_dropped(&mut self) -> Option<PassingRun> {
        let trace: Trace = run(self.protocol, self.given).ok()?;
        if trace.events.len() > MOST_EVENTS_OF_RUN {
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
                Fault::Delay { message, by } => RunDifference::Delayed(message, by),
                Fault::Drop { message } => RunDifference::Dropped(message),
                _ => continue,
            };
            if let Some(scenario) = self.passing_with_faults(|faults| faults.push(fault)) {
                return Some(PassingRun { difference, scenario });
            }
        }
        None
    }

    /// Removes one fault and doubles the time.
    fn longer_run_without_fault(&mut self) -> Option<PassingRun> {
        self.until = longer(self.given.until);
        if !self.objective.is_liveness() || self.until <= self.given.until {
            return None;
        }
        self.fault_removed()
    }

    /// Doubles the time: pending obligations may still be met.
    fn longer_run(&mut self) -> Option<PassingRun> {
        let until = longer(self.given.until);
        if !self.objective.is_liveness() || until <= self.given.until {
            return None;
        }
        let (scenario, _) = self.passing(|scenario| scenario.until = until)?;
        Some(PassingRun { difference: RunDifference::LongerRun(until), scenario })
    }
}

/// True if the message of a removed fault is not affected in the same way by anything else.
fn is_unaffected(fault: &Fault, message: MessageName, scenario: &Scenario, trace: &Trace) -> bool {
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
