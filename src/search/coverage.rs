//! Coverage of a search.

use super::system::Unfit;

/// Coverage of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Number of runs of the systematic search.
    pub runs: u64,
    /// Number of those runs that differ in their events or in the order of events.
    pub distinct: u64,
    /// Largest number of faults up to which all such runs were tried; none before the first level is complete.
    pub complete: Option<u32>,
    /// True if the budget allows no other such runs.
    pub exhausted: bool,
    /// Number of runs with random faults.
    pub random: u64,
    /// Coverage of the interleavings, by objective.
    pub orders: Vec<InterleavingCoverage>,
}

/// Coverage of the interleavings (orders of events) for one objective.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterleavingCoverage {
    /// Reason why the interleavings could not be searched.
    pub unfit: Option<Unfit>,
    /// Number of distinct states.
    pub states: u64,
    /// Length of the longest of the shortest paths to a state.
    pub depth: u32,
    /// True if these are all states.
    pub complete: bool,
    /// True if equivalent interleavings were left out.
    pub reduced: bool,
    /// Number of random interleavings (PCT).
    pub walks: u64,
    /// True if a state reaches the objective, but no scenario within the budget realises the path to it.
    pub untimed: bool,
}
