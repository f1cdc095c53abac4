//! The systematic search of a timed scenario: first all runs with one fault more, then all with two…
//!
//! So the first find has the fewest faults, and what was not found in a level that was gone through is in no run of
//! it. Faults are added one at a time to runs in which each of them makes a difference; of runs in which the same
//! things happen in the same order only one is followed.

use super::{
    Shard,
    interner::FingerprintSet,
    trial::{Hit, Setup, Trial, fault_set},
    workers::Workers,
};
use crate::kernel::Fault;

/// A search by the number of faults.
#[derive(Clone, Debug)]
pub(super) struct Systematic {
    /// How many faults the runs have that are tried now.
    level: u32,
    /// The faults of the runs to which one is added now.
    parents: Vec<Vec<Fault>>,
    /// The runs of this level so far, each with its behaviour, unless another part of the search tried it.
    level_runs: Vec<(Vec<Fault>, Option<u64>)>,
    /// The parent whose transition it is; what may be added to it, and how much of that was.
    parent: usize,
    injections: Vec<Fault>,
    tried: usize,
    behaviours: FingerprintSet,
    distinct: FingerprintSet,
    fault_sets: FingerprintSet,
    /// How many runs there were.
    runs: u64,
    over: bool,
    shard: Shard,
}

impl Systematic {
    /// Before the first run.
    pub(super) fn new(shard: Shard) -> Self {
        Self {
            level: 0,
            parents: Vec::new(),
            level_runs: Vec::new(),
            parent: 0,
            injections: Vec::new(),
            tried: 0,
            behaviours: FingerprintSet::default(),
            distinct: FingerprintSet::default(),
            fault_sets: FingerprintSet::default(),
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
    pub(super) fn advance(&mut self, setup: &Setup, workers: Workers) -> Vec<Hit> {
        let batch = if self.level == 0 { vec![Vec::new()] } else { self.batch(setup) };
        // What another part of the search tries is tried here only where it is gone on from.
        let (shard, mut hits) = (self.shard, Vec::new());
        let tried =
            workers.map(&batch, |added| shard.owns(fault_set(added)).then(|| setup.trial(added)));
        for (added, tried) in batch.into_iter().zip(tried) {
            let behaviour = tried.map(|Trial { behaviour, reached }| {
                self.runs += 1;
                self.distinct.insert(behaviour);
                hits.extend(reached.into_iter().map(|objective| (objective, added.clone())));
                behaviour
            });
            self.level_runs.push((added, behaviour));
        }
        if self.parent >= self.parents.len() {
            self.next_level(setup, workers);
        }
        hits
    }

    /// The next runs to try.
    fn batch(&mut self, setup: &Setup) -> Vec<Vec<Fault>> {
        let mut batch = Vec::new();
        while batch.len() < setup.batch {
            let Some(parent) = self.parents.get(self.parent) else { break };
            let Some(fault) = self.injections.get(self.tried) else {
                self.parent += 1;
                self.start_parent(setup);
                continue;
            };
            self.tried += 1;
            let mut added = parent.clone();
            added.push(fault.clone());
            if setup.budget.covers(&added) && self.fault_sets.insert(fault_set(&added)) {
                batch.push(added);
            }
        }
        batch
    }

    fn start_parent(&mut self, setup: &Setup) {
        let parent = self.parents.get(self.parent);
        self.injections = parent.map(|added| setup.injections(added)).unwrap_or_default();
        self.tried = 0;
    }

    /// All runs of a level were tried: to those with one fault more.
    fn next_level(&mut self, setup: &Setup, workers: Workers) {
        let tried = std::mem::take(&mut self.level_runs);
        self.parents.clear();
        if self.level < setup.budget.all() {
            let behaviours = workers.map(&tried, |(added, behaviour)| {
                behaviour.unwrap_or_else(|| setup.trial(added).behaviour)
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
        self.start_parent(setup);
        // Where nothing can go wrong at all, that is known now, however few runs may be tried.
        self.over = self.parents.len() == 1 && self.injections.is_empty();
    }
}
