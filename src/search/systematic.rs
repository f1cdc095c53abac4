//! Systematic search of a timed scenario: all runs with one added fault, then all with two, and so on.
//!
//! So the first hit has the fewest faults, and after a complete level no run of that level is left. Faults are added
//! one at a time, at moments at which they make a difference. Of equivalent runs only one is extended.

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
    /// Number of added faults of the current runs.
    level: u32,
    /// Fault sets of the runs that are being extended.
    parents: Vec<Vec<Fault>>,
    /// Runs of the current level so far, each with its behaviour; none if another shard tried the run.
    level_runs: Vec<(Vec<Fault>, Option<u64>)>,
    /// The current parent; its injections, and the number of those tried.
    parent: usize,
    injections: Vec<Fault>,
    tried: usize,
    behaviours: FingerprintSet,
    distinct: FingerprintSet,
    fault_sets: FingerprintSet,
    runs: u64,
    over: bool,
    shard: Shard,
}

impl Systematic {
    /// Starts before the first run.
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

    /// Number of runs.
    pub(super) const fn runs(&self) -> u64 {
        self.runs
    }

    /// Number of runs that differ in their events or in the order of events.
    pub(super) fn distinct(&self) -> u64 {
        self.distinct.len() as u64
    }

    /// Number of faults up to which all runs were tried; none before the first level is complete.
    pub(super) const fn complete(&self) -> Option<u32> {
        if self.over { Some(self.level) } else { self.level.checked_sub(1) }
    }

    /// Number of added faults of the current runs.
    pub(super) const fn level(&self) -> u32 {
        self.level
    }

    /// True if nothing is left to try.
    pub(super) const fn is_over(&self) -> bool {
        self.over
    }

    /// Number of runs that are still to be extended, on this level or on the next.
    pub(super) const fn queue(&self) -> u64 {
        let here = self.parents.len().saturating_sub(self.parent);
        (here + self.level_runs.len()) as u64
    }

    /// Runs a batch and returns its hits. The order of the hits does not depend on the number of workers.
    pub(super) fn advance(&mut self, setup: &Setup, workers: Workers) -> Vec<Hit> {
        let batch = if self.level == 0 { vec![Vec::new()] } else { self.batch(setup) };
        // A run that belongs to another shard is tried here only if it is extended.
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

    /// Returns the next fault sets to try.
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

    /// Completes a level: the next one extends its distinct runs by one fault.
    fn next_level(&mut self, setup: &Setup, workers: Workers) {
        let tried = std::mem::take(&mut self.level_runs);
        debug_assert!(
            tried.iter().all(|(added, _)| added.len() == self.level as usize),
            "a level has the runs with one number of faults"
        );
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
        // If no fault is possible at all, the search is over even where the limit allows no run.
        self.over = self.parents.len() == 1 && self.injections.is_empty();
    }
}
