//! The random search of a timed scenario, for what is too large to be gone through.
//!
//! Each try is a swarm of its own (Groce, Zhang, Eide, Chen and Regehr 2012, "Swarm testing"): about half of the
//! kinds of faults are left out of it, since some hide what others would show. Within that it adds faults one by
//! one, each to a run in which it makes a difference. A try is a function of the seed and its number.

use super::{
    KINDS,
    crew::Crew,
    ground::{Ground, Tried},
    sweep::Find,
};
use crate::kernel::{Dice, Fault};

/// For how many runs between two looks at what came of them there is one try.
const RUNS: usize = 4;
/// In how many tries of eight it goes to as many faults as there may be.
const DEEPEST: u32 = 4;

/// A random search.
#[derive(Clone, Debug)]
pub(super) struct Roam {
    seed: u64,
    tries: u64,
    runs: u64,
}

impl Roam {
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
        ground: &Ground,
        crew: Crew,
        (first, stride): (u64, u64),
    ) -> Vec<Find> {
        let block = ground.block.div_ceil(RUNS) as u64;
        let numbers: Vec<u64> =
            (self.tries..self.tries + block).map(|it| first + it * stride).collect();
        self.tries += block;
        let mut finds = Vec::new();
        for steps in crew.spread(&numbers, |number| wander(ground, self.seed, *number)) {
            self.runs += steps.len() as u64;
            for (added, Tried { reached, .. }) in steps {
                finds.extend(reached.into_iter().map(|aim| (aim, added.clone())));
            }
        }
        finds
    }
}

/// One try: the runs on its way.
fn wander(ground: &Ground, seed: u64, number: u64) -> Vec<(Vec<Fault>, Tried)> {
    let mut dice = Dice::new(seed, number);
    let all = ground.budget.all();
    let depth = if dice.below(8) < DEEPEST { all } else { 1 + dice.below(all.max(1)) };
    let swarm: Vec<&str> = KINDS.into_iter().filter(|_| dice.below(2) == 0).collect();
    let mut added = Vec::new();
    let mut steps = Vec::new();
    for _ in 0..depth {
        let mut moves = ground.moves(&added);
        let covered = |fault: &Fault| {
            let together = added.iter().chain([fault]);
            ground.budget.covers(together)
        };
        moves.retain(|fault| swarm.contains(&fault.kind()) && covered(fault));
        // First a kind, so that one with few ways to strike has its chance.
        let kinds: Vec<&str> = swarm
            .iter()
            .copied()
            .filter(|kind| moves.iter().any(|it| it.kind() == *kind))
            .collect();
        if kinds.is_empty() {
            break;
        }
        let kind = kinds[dice.below(kinds.len() as u32) as usize];
        moves.retain(|fault| fault.kind() == kind);
        added.push(moves.swap_remove(dice.below(moves.len() as u32) as usize));
        let tried = ground.attempt(&added);
        let found = !tried.reached.is_empty();
        steps.push((added.clone(), tried));
        if found {
            break;
        }
    }
    steps
}
