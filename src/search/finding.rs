//! Results of a search.

use crate::kernel::Scenario;

/// Something that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which of the objectives, by its place.
    pub objective: usize,
    /// The smallest scenario that shows it.
    pub scenario: Scenario,
    /// As it was before it was made small: what was given, with the faults that it takes.
    pub before: Scenario,
    /// How it was found.
    pub by: Method,
}

/// A way to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// All runs with so many faults.
    Systematic,
    /// All orders of events: by the fewest steps that show it, if no order was left out.
    Exhaustive {
        /// How many steps from the start it is.
        steps: u32,
        /// Whether nothing that shows it is nearer.
        shortest: bool,
    },
    /// All orders of events: a circle of states on which what has to come never comes.
    Livelock {
        /// How many steps from the start it is.
        stem: u32,
        /// How many steps it takes to go round once.
        cycle: u32,
    },
    /// Interleavings by random priorities.
    Pct,
    /// Random sets of faults.
    Random,
}
