//! The nearest run in which what was found does not happen: what differs between the two is what mattered.

use super::{Aim, Budget, aim::longer, moves::moves};
use crate::kernel::{Fault, MessageName, Protocol, Scenario, Setting, Time, Trace, run};

/// How many runs it takes at most.
const MOST_RUNS: usize = 2000;

/// The nearest run that does not reach an aim.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// What is different in it.
    pub difference: Difference,
    /// Its scenario.
    pub scenario: Scenario,
}

/// What is different in the nearest run.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
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
}

/// The nearest run that does not reach an aim which the scenario's run reaches: first those with one message hindered
/// less, then those with one fault less, then those with one message hindered more. None if none of them is different.
#[must_use]
pub fn nearest(protocol: &'static Protocol, aim: &Aim, scenario: &Scenario) -> Option<Nearest> {
    let mut seeking = Seeking { protocol, aim, given: scenario, runs: 0 };
    seeking.less_hindered().or_else(|| seeking.without()).or_else(|| seeking.more_hindered())
}

struct Seeking<'a> {
    protocol: &'static Protocol,
    aim: &'a Aim,
    given: &'a Scenario,
    runs: usize,
}

impl Seeking<'_> {
    /// The scenario with a change, if its run does not reach the aim even with the time to come to rest.
    fn holds(&mut self, change: impl FnOnce(&mut Vec<Fault>)) -> Option<Scenario> {
        if self.runs == MOST_RUNS {
            return None;
        }
        self.runs += 1;
        let mut scenario = self.given.clone();
        change(&mut scenario.faults);
        let patient = Scenario { until: longer(scenario.until), ..scenario.clone() };
        let setting = Setting::of(self.protocol, &scenario);
        let holds = |scenario: &Scenario| {
            let trace = run(self.protocol, scenario);
            trace.is_ok_and(|trace| !self.aim.is_shown(&setting, &trace))
        };
        // What has not come by now may be there with more time, and what is wrong may come later.
        holds(&patient).then_some(if holds(&scenario) { scenario } else { patient })
    }

    fn less_hindered(&mut self) -> Option<Nearest> {
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
            let without = self.holds(|faults| drop(faults.remove(place)));
            let Some(scenario) = without else { continue };
            if let Fault::Delay { by, .. } = *fault
                && let Some(found) = self.sooner(place, message, by)
            {
                return Some(found);
            }
            return Some(Nearest { difference: Difference::Unhindered(message, place), scenario });
        }
        None
    }

    /// The longest delay that does not do it yet, found by halves.
    fn sooner(&mut self, place: usize, message: MessageName, by: Time) -> Option<Nearest> {
        let (mut holds, mut not) = (0, by);
        let mut found = None;
        while not - holds > 1 {
            let middle = holds.midpoint(not);
            let scenario =
                self.holds(|faults| faults[place] = Fault::Delay { message, by: middle });
            match scenario {
                Some(scenario) => {
                    holds = middle;
                    let difference = Difference::Sooner(message, place, middle);
                    found = Some(Nearest { difference, scenario });
                }
                None => not = middle,
            }
        }
        found
    }

    /// One send more before the crash, or one less, and so on.
    fn at_another_send(&mut self, place: usize, fault: &Fault) -> Option<Nearest> {
        let Fault::Crash { node, at, after_sends: Some(sends) } = *fault else { return None };
        let nodes = self.given.nodes.len() as u32;
        let more = (sends + 1..=sends + nodes).map(Some);
        let others = more.chain((0..sends).rev().map(Some));
        for other in others.flatten() {
            let crash = Fault::Crash { node, at, after_sends: Some(other) };
            if let Some(scenario) = self.holds(|faults| faults[place] = crash) {
                return Some(Nearest {
                    difference: Difference::AfterSends(place, other),
                    scenario,
                });
            }
        }
        None
    }

    fn without(&mut self) -> Option<Nearest> {
        (0..self.given.faults.len()).find_map(|place| {
            let scenario = self.holds(|faults| drop(faults.remove(place)))?;
            Some(Nearest { difference: Difference::Without(place), scenario })
        })
    }

    /// A message that comes later, or not at all: those that came last first.
    fn more_hindered(&mut self) -> Option<Nearest> {
        let trace: Trace = run(self.protocol, self.given).ok()?;
        let more = |kind| {
            let budget = Budget::of(&[(kind, 1)]);
            moves(self.protocol, self.given, &trace, &budget, self.given.until)
        };
        let (delays, drops) = (more("delay"), more("drop"));
        for fault in delays.into_iter().rev().chain(drops.into_iter().rev()) {
            let difference = match fault {
                Fault::Delay { message, by } => Difference::Later(message, by),
                Fault::Drop { message } => Difference::Lost(message),
                _ => continue,
            };
            if let Some(scenario) = self.holds(|faults| faults.push(fault)) {
                return Some(Nearest { difference, scenario });
            }
        }
        None
    }
}
