//! The random search of a timed scenario, for what is too large to be gone through.
//!
//! Each try is a swarm of its own (Groce, Zhang, Eide, Chen and Regehr 2012, "Swarm testing"): about half of the
//! kinds of faults are left out of it, since some hide what others would show. Within that it adds faults one by
//! one, each to a run in which it makes a difference. A try is a function of the seed and its number.

use super::{
    KINDS,
    trial::{Hit, Setup, Trial},
    workers::Workers,
};
use crate::kernel::{Dice, Fault};

/// For how many runs between two looks at what came of them there is one try.
const RUNS: usize = 4;
/// In how many tries of eight it goes to as many faults as there may be.
const DEEPEST: u32 = 4;

/// A random search.
#[derive(Clone, Debug)]
pub(super) struct Swarm {
    seed: u64,
    tries: u64,
    runs: u64,
}

impl Swarm {
    /// Before the first try.
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, tries: 0, runs: 0 }
    }

    /// How many runs there were.
    pub(super) const fn runs(&self) -> u64 {
        self.runs
    }

    /// Number of tries so far. One in which nothing could go wrong has no run.
    pub(super) const fn tries(&self) -> u64 {
        self.tries
    }

    /// Makes some more tries, every `stride`th from number `first` on, and returns what was found, in the order of
    /// the tries.
    pub(super) fn advance(
        &mut self,
        setup: &Setup,
        workers: Workers,
        (first, stride): (u64, u64),
    ) -> Vec<Hit> {
        let block = setup.batch.div_ceil(RUNS) as u64;
        let numbers: Vec<u64> =
            (self.tries..self.tries + block).map(|it| first + it * stride).collect();
        self.tries += block;
        let mut hits = Vec::new();
        for steps in workers.map(&numbers, |number| swarm_try(setup, self.seed, *number)) {
            self.runs += steps.len() as u64;
            for (added, Trial { reached, .. }) in steps {
                hits.extend(reached.into_iter().map(|objective| (objective, added.clone())));
            }
        }
        hits
    }
}

/// One try: the runs on its way.
fn swarm_try(setup: &Setup, seed: u64, number: u64) -> Vec<(Vec<Fault>, Trial)> {
    let mut dice = Dice::new(seed, number);
    let all = setup.budget.all();
    let depth = if dice.below(8) < DEEPEST { all } else { 1 + dice.below(all.max(1)) };
    let enabled: Vec<&str> = KINDS.into_iter().filter(|_| dice.below(2) == 0).collect();
    let mut added = Vec::new();
    let mut steps = Vec::new();
    for _ in 0..depth {
        let mut injections = setup.injections(&added);
        let covered = |fault: &Fault| {
            let together = added.iter().chain([fault]);
            setup.budget.covers(together)
        };
        injections.retain(|fault| enabled.contains(&fault.kind()) && covered(fault));
        // First a kind, so that one with few ways to strike has its chance.
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
        steps.push((added.clone(), tried));
        if found {
            break;
        }
    }
    steps
}
