//! The beginning of a run: what its picture may show while the future is hidden.

use crate::{
    kernel::{Scenario, Time},
    runs::Outcome,
};

/// Returns the scenario until a moment, in virtual ms, without what happens later: requests, faults, captions.
#[must_use]
pub fn beginning(scenario: &Scenario, until: Time) -> Scenario {
    let until = until.clamp(1, scenario.until.max(1));
    let mut begun = Scenario { until, goal: None, ..scenario.clone() };
    begun.requests.retain(|request| request.at <= until);
    begun.captions.retain(|caption| caption.at <= until);
    begun.faults.retain(|fault| fault.times()[0].is_none_or(|at| at <= until));
    begun
}

/// Returns the scenario of a run without the faults that had no effect in it: those on messages that it does not send.
#[must_use]
pub fn without_unused_faults(run: &Outcome) -> Scenario {
    let mut scenario = run.scenario.clone();
    let mut place = 0;
    scenario.faults.retain(|_| {
        place += 1;
        !run.trace.unused_faults.contains(&(place - 1))
    });
    scenario
}
