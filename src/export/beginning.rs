//! The beginning of a run: what its picture may show while the future is hidden.

use crate::kernel::{Scenario, Time};

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
