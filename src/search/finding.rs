//! Results of a search.

use crate::kernel::Scenario;

/// A finding: a scenario that reaches an objective.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Index of the objective.
    pub objective: usize,
    /// The minimised scenario.
    pub scenario: Scenario,
    /// The scenario before minimisation: the given one with added faults.
    pub before: Scenario,
    /// The method that found it.
    pub by: Method,
}

/// A search method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Systematic search: all sets of faults, in the order of their number.
    Systematic,
    /// Exhaustive search of the interleavings.
    Exhaustive {
        /// Number of transitions from the start.
        steps: u32,
        /// True if no path to such a state is shorter.
        shortest: bool,
    },
    /// Exhaustive search of the interleavings: a fair cycle of states on which an obligation is never met.
    Livelock {
        /// Number of transitions from the start to the cycle.
        stem: u32,
        /// Number of transitions of the cycle.
        cycle: u32,
    },
    /// Probabilistic concurrency testing: random interleavings by priorities.
    Pct,
    /// Random sets of faults (swarm testing).
    Random,
}
