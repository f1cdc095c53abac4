//! The systematic search of a timed scenario: first all runs with one fault more, then all with two…
//!
//! So the first find has the fewest faults, and what was not found in a level that was gone through is in no run of
//! it. Faults are added one at a time to runs in which each of them makes a difference; of runs in which the same
//! things happen in the same order only one is followed.

use super::{
    crew::Crew,
    ground::{Ground, Tried, fault_set},
    ids::Known,
};
use crate::kernel::Fault;

/// How many runs are tried between two looks at what came of them.
const BLOCK: usize = 256;

/// A search by the number of faults.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    /// How many faults the runs have that are tried now.
    level: u32,
    /// The faults of the runs to which one is added now, and those of the runs to which one will be.
    parents: Vec<Vec<Fault>>,
    children: Vec<Vec<Fault>>,
    /// The parent whose turn it is; what may be added to it, and how much of that was.
    parent: usize,
    moves: Vec<Fault>,
    tried: usize,
    behaviours: Known,
    sets: Known,
    /// How many runs there were.
    runs: u64,
    over: bool,
}

/// A find: which aim, and with which faults added.
pub(super) type Find = (usize, Vec<Fault>);

impl Sweep {
    /// Before the first run.
    pub(super) fn new() -> Self {
        Self {
            level: 0,
            parents: Vec::new(),
            children: Vec::new(),
            parent: 0,
            moves: Vec::new(),
            tried: 0,
            behaviours: Known::default(),
            sets: Known::default(),
            runs: 0,
            over: false,
        }
    }

    /// How many runs there were.
    pub(super) const fn runs(&self) -> u64 {
        self.runs
    }

    /// How many of them differ in what happens, or in which order.
    pub(super) fn distinct(&self) -> u64 {
        self.behaviours.len() as u64
    }

    /// Up to how many faults all runs were tried; none before the first.
    pub(super) const fn complete(&self) -> Option<u32> {
        if self.over { Some(self.level) } else { self.level.checked_sub(1) }
    }

    /// How many faults the runs have that are tried now.
    pub(super) const fn level(&self) -> u32 {
        self.level
    }

    /// Whether nothing is left to try.
    pub(super) const fn is_over(&self) -> bool {
        self.over
    }

    /// How many runs have still to be tried with one fault more.
    pub(super) const fn queue(&self) -> u64 {
        (self.parents.len().saturating_sub(self.parent) + self.children.len()) as u64
    }

    /// Tries some more, and returns what was found, in the order in which it is found however many work.
    pub(super) fn advance(&mut self, ground: &Ground, crew: Crew) -> Vec<Find> {
        let block = if self.runs == 0 { vec![Vec::new()] } else { self.block(ground) };
        let tried = crew.spread(&block, |added| ground.attempt(added));
        self.runs += block.len() as u64;
        let mut finds = Vec::new();
        for (added, Tried { behaviour, reached }) in block.into_iter().zip(tried) {
            finds.extend(reached.into_iter().map(|aim| (aim, added.clone())));
            if self.behaviours.insert(behaviour) && self.level < ground.budget.all() {
                self.children.push(added);
            }
        }
        if self.parent >= self.parents.len() {
            self.go_deeper(ground);
        }
        finds
    }

    /// The next runs to try.
    fn block(&mut self, ground: &Ground) -> Vec<Vec<Fault>> {
        let mut block = Vec::new();
        while block.len() < BLOCK {
            let Some(parent) = self.parents.get(self.parent) else { break };
            let Some(fault) = self.moves.get(self.tried) else {
                self.parent += 1;
                self.begin_parent(ground);
                continue;
            };
            self.tried += 1;
            let mut added = parent.clone();
            added.push(fault.clone());
            if ground.budget.covers(&added) && self.sets.insert(fault_set(&added)) {
                block.push(added);
            }
        }
        block
    }

    fn begin_parent(&mut self, ground: &Ground) {
        let parent = self.parents.get(self.parent);
        self.moves = parent.map(|added| ground.moves(added)).unwrap_or_default();
        self.tried = 0;
    }

    /// All runs of a level were tried: to those with one fault more.
    fn go_deeper(&mut self, ground: &Ground) {
        if self.children.is_empty() {
            self.over = true;
            return;
        }
        self.level += 1;
        self.parents = std::mem::take(&mut self.children);
        self.parent = 0;
        self.begin_parent(ground);
    }
}
