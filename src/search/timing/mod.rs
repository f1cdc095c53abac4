//! Timing: realises an interleaving as a scenario whose run follows it, by delays and faults at fixed times.
//!
//! The times of the events satisfy a system of difference constraints. A message is received no sooner than its least
//! delay after its send; a timer expires after exactly its duration; events at one node keep their order. The
//! earliest solution consists of longest paths in the constraint graph (Bellman 1958). A positive cycle means that
//! there is no solution.

mod constraints;
mod run;

use self::run::UntimedRun;
use super::{states::Path, system::System};
use crate::kernel::Scenario;

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
