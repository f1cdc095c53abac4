//! What a search covered.

use super::system::Unfit;

/// What a search covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// How many runs with faults at the moments that matter were tried, and how many of them differ.
    pub runs: u64,
    /// How many of them differ in what happens, or in which order.
    pub distinct: u64,
    /// Up to how many faults all such runs were tried; none before the first.
    pub complete: Option<u32>,
    /// Whether there are no others within the budget.
    pub exhausted: bool,
    /// How many runs with random faults there were.
    pub random: u64,
    /// By objective: what came of the orders of events.
    pub orders: Vec<InterleavingCoverage>,
}

/// What was covered of the orders of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterleavingCoverage {
    /// Why they could not be gone through, if they could not.
    pub unfit: Option<Unfit>,
    /// How many states were met.
    pub states: u64,
    /// How many steps from the start they are at most.
    pub depth: u32,
    /// Whether these are all.
    pub complete: bool,
    /// Whether orders that come to the same were left out.
    pub reduced: bool,
    /// How many random walks there were besides.
    pub walks: u64,
    /// Whether the objective was reached, though no times were found that let a run reach it within the budget.
    pub untimed: bool,
}
