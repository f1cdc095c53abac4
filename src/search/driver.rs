//! The search driver: it uses one method after the other, the most certain first.
//!
//! First come the runs with no fault or one, for violations that are easy to find. Then follow, for each objective,
//! all interleavings of the asynchronous system, or random ones where there are too many. Then come the runs with
//! more faults, one fault more at a time, and last random sets of faults.

use super::{
    Budget, Objective, Workers,
    coverage::Coverage,
    finding::{Finding, Method},
    interleavings::Interleavings,
    minimise::{minimise, minimise_livelock},
    shard::Shard,
    swarm::Swarm,
    systematic::Systematic,
    trial::Setup,
};
use crate::kernel::{Fault, Protocol, Scenario};

/// Input of a search.
#[derive(Clone)]
pub struct Task {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// The scenario; its own faults stay.
    pub scenario: Scenario,
    /// The objectives.
    pub objectives: Vec<Objective>,
    /// The faults that may be added.
    pub budget: Budget,
    /// Seed of all random choices.
    pub seed: u64,
    /// Number of runs of the systematic search, and again of the random search; four times as many states.
    pub limit: u64,
    /// The part of the search.
    pub shard: Shard,
}

/// Default of [`Task::limit`].
pub const DEFAULT_RUNS: u64 = 60_000;

/// Largest number of tries of the random search for each of its runs.
const TRIES_PER_RUN: u64 = 8;

/// Number of faults up to which runs are tried before the interleavings.
const FIRST_FAULTS: u32 = 1;

/// Progress of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The current stage.
    pub stage: Stage,
    /// Number of runs, states and random interleavings so far.
    pub explored: u64,
    /// Number of items in the queue.
    pub queue: u64,
    /// Number of faults of the current runs, or number of steps from the start to the current states.
    pub depth: u32,
}

/// Stage of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The systematic search of runs with faults.
    Systematic,
    /// The search of all interleavings, for this objective.
    Interleavings(usize),
    /// Random interleavings (PCT), for this objective.
    Pct(usize),
    /// Random sets of faults (swarm testing).
    Random,
    /// The end of the search.
    Over,
}

/// A search in progress.
#[derive(Clone)]
pub struct Search {
    setup: Setup,
    limit: u64,
    shard: Shard,
    systematic: Systematic,
    interleavings: Vec<Interleavings>,
    swarm: Swarm,
}

impl Search {
    /// Starts a search; none if the protocol cannot read one of the scenario's requests.
    #[must_use]
    pub fn new(task: Task) -> Option<Self> {
        let Task { protocol, scenario, objectives, budget, seed, limit, shard } = task;
        assert!((1..=shard.of).contains(&shard.number), "a shard is one of so many");
        let setup = Setup::new(protocol, scenario, objectives, budget)?;
        let interleavings = (0..setup.objectives.len())
            .map(|objective| Interleavings::new(&setup, objective, limit, seed, shard));
        let interleavings = interleavings.collect();
        Some(Self {
            setup,
            limit,
            shard,
            systematic: Systematic::new(shard),
            interleavings,
            swarm: Swarm::new(seed),
        })
    }

    /// True if the search is complete.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage() == Stage::Over
    }

    /// Returns the stage that `advance` continues.
    fn stage(&self) -> Stage {
        if !self.setup.pending.contains(&true) {
            return Stage::Over;
        }
        let systematic_pending = self.systematic.runs() < self.limit && !self.systematic.is_over();
        if systematic_pending && self.systematic.level() <= FIRST_FAULTS {
            return Stage::Systematic;
        }
        let unfinished = |(objective, interleavings): (usize, &Interleavings)| {
            (self.setup.pending[objective] && !interleavings.is_over())
                .then_some((objective, interleavings.is_pct()))
        };
        match self.interleavings.iter().enumerate().find_map(unfinished) {
            Some((objective, false)) => Stage::Interleavings(objective),
            Some((objective, true)) => Stage::Pct(objective),
            None if systematic_pending => Stage::Systematic,
            None if self.systematic.is_over() || self.swarm_is_over() => Stage::Over,
            None => Stage::Random,
        }
    }

    /// True if the random search is complete. About every second try has a run; the number of tries is bounded too,
    /// for budgets where hardly any has one.
    const fn swarm_is_over(&self) -> bool {
        self.swarm.runs() > self.limit || self.swarm.tries() / TRIES_PER_RUN > self.limit
    }

    /// Continues the search for a short time and returns what it found.
    pub fn advance(&mut self, workers: Workers) -> Vec<Finding> {
        match self.stage() {
            Stage::Systematic => {
                let hits = self.systematic.advance(&self.setup, workers);
                self.minimised_findings(hits, Method::Systematic)
            }
            Stage::Interleavings(objective) | Stage::Pct(objective) => {
                let found = self.interleavings[objective].advance(&self.setup);
                if self.interleavings[objective].is_conclusive(&self.setup.budget) {
                    self.setup.pending[objective] = false;
                }
                let found =
                    found.map(|(scenario, by)| self.minimised_finding(objective, scenario, by));
                found.into_iter().collect()
            }
            Stage::Random => {
                let stride = (self.shard.number as u64 - 1, self.shard.of as u64);
                let hits = self.swarm.advance(&self.setup, workers, stride);
                self.minimised_findings(hits, Method::Random)
            }
            Stage::Over => Vec::new(),
        }
    }

    /// Returns the progress.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let stage = self.stage();
        let states: u64 = self.interleavings.iter().map(Interleavings::explored).sum();
        let explored = self.systematic.runs() + self.swarm.runs() + states;
        let (queue, depth) = match stage {
            Stage::Systematic => (self.systematic.queue(), self.systematic.level()),
            Stage::Interleavings(objective) | Stage::Pct(objective) => {
                self.interleavings[objective].frontier()
            }
            Stage::Random => {
                (self.limit.saturating_sub(self.swarm.runs()), self.setup.budget.all())
            }
            Stage::Over => (0, self.systematic.complete().unwrap_or_default()),
        };
        Progress { stage, explored, queue, depth }
    }

    /// Returns the coverage so far.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage {
            runs: self.systematic.runs(),
            distinct: self.systematic.distinct(),
            complete: self.systematic.complete(),
            exhausted: self.systematic.is_over(),
            random: self.swarm.runs(),
            orders: self.interleavings.iter().map(Interleavings::coverage).collect(),
        }
    }

    fn minimised_findings(&mut self, hits: Vec<(usize, Vec<Fault>)>, by: Method) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (objective, added) in hits {
            if self.setup.pending[objective] {
                let scenario = self.setup.with_faults(&added);
                findings.push(self.minimised_finding(objective, scenario, by));
            }
        }
        findings
    }

    /// Minimises a scenario that reaches an objective, and closes the objective.
    fn minimised_finding(&mut self, objective: usize, scenario: Scenario, by: Method) -> Finding {
        self.setup.pending[objective] = false;
        let Setup { protocol, objectives, given, .. } = &self.setup;
        let minimise_scenario =
            if matches!(by, Method::Livelock { .. }) { minimise_livelock } else { minimise };
        let minimised = minimise_scenario(protocol, &objectives[objective], &scenario, given.until);
        let smallest = minimised.map_or_else(|| scenario.clone(), |minimised| minimised.scenario);
        Finding { objective, scenario: smallest, before: scenario, by }
    }
}
