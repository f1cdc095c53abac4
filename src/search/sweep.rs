//! The systematic search of a timed scenario: first all runs with one fault more, then all with two…
//!
//! So the first find has the fewest faults, and what was not found in a level that was gone through is in no run of
//! it. Faults are added one at a time to runs in which each of them makes a difference; of runs in which the same
//! things happen in the same order only one is followed.

use super::{
    Shard,
    crew::Crew,
    ground::{Ground, Tried, fault_set},
    ids::Known,
};
use crate::kernel::Fault;

/// A search by the number of faults.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    /// How many faults the runs have that are tried now.
    level: u32,
    /// The faults of the runs to which one is added now.
    parents: Vec<Vec<Fault>>,
    /// The runs of this level so far, each with its behaviour, unless another part of the search tried it.
    level_runs: Vec<(Vec<Fault>, Option<u64>)>,
    /// The parent whose turn it is; what may be added to it, and how much of that was.
    parent: usize,
    moves: Vec<Fault>,
    tried: usize,
    behaviours: Known,
    distinct: Known,
    sets: Known,
    /// How many runs there were.
    runs: u64,
    over: bool,
    shard: Shard,
}

/// A find: which aim, and with which faults added.
pub(super) type Find = (usize, Vec<Fault>);

impl Sweep {
    /// Before the first run.
    pub(super) fn new(shard: Shard) -> Self {
        Self {
            level: 0,
            parents: Vec::new(),
            level_runs: Vec::new(),
            parent: 0,
            moves: Vec::new(),
            tried: 0,
            behaviours: Known::default(),
            distinct: Known::default(),
            sets: Known::default(),
            runs: 0,
            over: false,
            shard,
        }
    }

    /// How many runs there were.
    pub(super) const fn runs(&self) -> u64 {
        self.runs
    }

    /// How many of them differ in what happens, or in which order.
    pub(super) fn distinct(&self) -> u64 {
        self.distinct.len() as u64
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

    /// How many runs have still to be tried with one fault more, now or on the next level.
    pub(super) const fn queue(&self) -> u64 {
        let here = self.parents.len().saturating_sub(self.parent);
        (here + self.level_runs.len()) as u64
    }

    /// Tries some more, and returns what was found, in the order in which it is found however many work.
    pub(super) fn advance(&mut self, ground: &Ground, crew: Crew) -> Vec<Find> {
        let block = if self.level == 0 { vec![Vec::new()] } else { self.block(ground) };
        // What another part of the search tries is tried here only where it is gone on from.
        let (shard, mut finds) = (self.shard, Vec::new());
        let tried = crew
            .spread(&block, |added| shard.owns(fault_set(added)).then(|| ground.attempt(added)));
        for (added, tried) in block.into_iter().zip(tried) {
            let behaviour = tried.map(|Tried { behaviour, reached }| {
                self.runs += 1;
                self.distinct.insert(behaviour);
                finds.extend(reached.into_iter().map(|aim| (aim, added.clone())));
                behaviour
            });
            self.level_runs.push((added, behaviour));
        }
        if self.parent >= self.parents.len() {
            self.go_deeper(ground, crew);
        }
        finds
    }

    /// The next runs to try.
    fn block(&mut self, ground: &Ground) -> Vec<Vec<Fault>> {
        let mut block = Vec::new();
        while block.len() < ground.block {
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
    fn go_deeper(&mut self, ground: &Ground, crew: Crew) {
        let tried = std::mem::take(&mut self.level_runs);
        self.parents.clear();
        if self.level < ground.budget.all() {
            let behaviours = crew.spread(&tried, |(added, behaviour)| {
                behaviour.unwrap_or_else(|| ground.attempt(added).behaviour)
            });
            for ((added, _), behaviour) in tried.into_iter().zip(behaviours) {
                if self.behaviours.insert(behaviour) {
                    self.parents.push(added);
                }
            }
        }
        if self.parents.is_empty() {
            self.over = true;
            return;
        }
        self.level += 1;
        self.parent = 0;
        self.begin_parent(ground);
        // Where nothing can go wrong at all, that is known now, however few runs may be tried.
        self.over = self.parents.len() == 1 && self.moves.is_empty();
    }
}
