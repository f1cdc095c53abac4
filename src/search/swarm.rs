//! Swarm testing: random sets of faults, for scenarios that are too large to be searched systematically (Groce,
//! Zhang, Eide, Chen and Regehr 2012, "Swarm testing").
//!
//! Each try disables about half of the kinds of faults, since some kinds hide what others would show. Then it adds
//! faults one by one, each at a moment at which it makes a difference. A try is a function of the seed and its
//! number.

use super::{
    KINDS,
    trial::{Hit, Setup, Trial},
    workers::Workers,
};
use crate::kernel::{Dice, Fault};

/// Number of runs in a batch for each try.
const RUNS_PER_TRY: usize = 4;
/// Number of tries, of eight, that add as many faults as the budget allows.
const FULL_TRIES: u32 = 4;

/// A random search.
#[derive(Clone, Debug)]
pub(super) struct Swarm {
    seed: u64,
    tries: u64,
    runs: u64,
}

impl Swarm {
    /// Starts before the first try.
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, tries: 0, runs: 0 }
    }

    /// Number of runs so far.
    pub(super) const fn runs(&self) -> u64 {
        self.runs
    }

    /// Number of tries so far. A try without a possible fault has no run.
    pub(super) const fn tries(&self) -> u64 {
        self.tries
    }

    /// Makes a batch of tries, every `stride`th from number `first` on, and returns the hits in the order of the
    /// tries.
    pub(super) fn advance(
        &mut self,
        setup: &Setup,
        workers: Workers,
        (first, stride): (u64, u64),
    ) -> Vec<Hit> {
        let block = setup.batch.div_ceil(RUNS_PER_TRY) as u64;
        let numbers: Vec<u64> =
            (self.tries..self.tries + block).map(|it| first + it * stride).collect();
        self.tries += block;
        let mut hits = Vec::new();
        for trials in workers.map(&numbers, |number| swarm_try(setup, self.seed, *number)) {
            self.runs += trials.len() as u64;
            for (added, Trial { reached, .. }) in trials {
                hits.extend(reached.into_iter().map(|objective| (objective, added.clone())));
            }
        }
        hits
    }
}

/// Makes one try and returns its runs.
fn swarm_try(setup: &Setup, seed: u64, number: u64) -> Vec<(Vec<Fault>, Trial)> {
    let mut dice = Dice::new(seed, number);
    let all = setup.budget.all();
    let depth = if dice.below(8) < FULL_TRIES { all } else { 1 + dice.below(all.max(1)) };
    let enabled: Vec<&str> = KINDS.into_iter().filter(|_| dice.below(2) == 0).collect();
    let mut added = Vec::new();
    let mut trials = Vec::new();
    for _ in 0..depth {
        let mut injections = setup.injections(&added);
        let covered = |fault: &Fault| {
            let together = added.iter().chain([fault]);
            setup.budget.covers(together)
        };
        injections.retain(|fault| enabled.contains(&fault.kind()) && covered(fault));
        // The kind is drawn first, so that a kind with few injections is not rare.
        let kinds: Vec<&str> = enabled
            .iter()
            .copied()
            .filter(|kind| injections.iter().any(|it| it.kind() == *kind))
            .collect();
        if kinds.is_empty() {
            break;
        }
        let kind = kinds[dice.below(kinds.len() as u32) as usize];
        injections.retain(|fault| fault.kind() == kind);
        added.push(injections.swap_remove(dice.below(injections.len() as u32) as usize));
        let tried = setup.trial(&added);
        let found = !tried.reached.is_empty();
        trials.push((added.clone(), tried));
        if found {
            break;
        }
    }
    trials
}
