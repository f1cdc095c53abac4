//! A whole search: one way after the other, from what is surest to what reaches farthest.
//!
//! First the runs with no fault or one, for what is easy to break. Then, property by property, every order of events
//! of the asynchronous system, or random ones where there are too many. Then the runs with more faults, one more at a
//! time, and in the end random sets of faults.

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

/// What is searched, for what, and how far.
#[derive(Clone)]
pub struct Task {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Where the search begins: its own faults stay.
    pub scenario: Scenario,
    /// What is looked for.
    pub objectives: Vec<Objective>,
    /// What may go wrong.
    pub budget: Budget,
    /// What chance depends on.
    pub seed: u64,
    /// How many runs are tried at most, systematically and again at random; and [`STATES_PER_RUN`] times as many states.
    pub limit: u64,
    /// Which part of the search it is.
    pub shard: Shard,
}

/// The default of [`Task::limit`].
pub const DEFAULT_RUNS: u64 = 60_000;

/// Number of tries of the random search for each of its runs, at most.
const TRIES_PER_RUN: u64 = 8;

/// Up to so many faults are tried before all orders are.
const FIRST_FAULTS: u32 = 1;

/// How far a search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it does now.
    pub stage: Stage,
    /// How many runs, states and walks there were.
    pub explored: u64,
    /// How many wait for their transition.
    pub queue: u64,
    /// How many faults the runs have, or how many steps from the start the states are.
    pub depth: u32,
}

/// What a search does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Tries all runs.
    Systematic,
    /// Goes through all orders of the events, for this objective.
    Interleavings(usize),
    /// Tries random orders, for this objective.
    Pct(usize),
    /// Tries random faults.
    Random,
    /// Has done all there was to do.
    Over,
}

/// A search under way.
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
    /// Before the first run. None if the protocol cannot read one of the scenario's requests.
    #[must_use]
    pub fn new(task: Task) -> Option<Self> {
        let Task { protocol, scenario, objectives, budget, seed, limit, shard } = task;
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

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage() == Stage::Over
    }

    /// What it does next.
    fn stage(&self) -> Stage {
        if !self.setup.pending.contains(&true) {
            return Stage::Over;
        }
        let is_systematic = self.systematic.runs() < self.limit && !self.systematic.is_over();
        if is_systematic && self.systematic.level() <= FIRST_FAULTS {
            return Stage::Systematic;
        }
        let unfinished = |(objective, interleavings): (usize, &Interleavings)| {
            (self.setup.pending[objective] && !interleavings.is_over())
                .then_some((objective, interleavings.is_pct()))
        };
        match self.interleavings.iter().enumerate().find_map(unfinished) {
            Some((objective, false)) => Stage::Interleavings(objective),
            Some((objective, true)) => Stage::Pct(objective),
            None if is_systematic => Stage::Systematic,
            None if self.systematic.is_over() || self.swarm_is_over() => Stage::Over,
            None => Stage::Random,
        }
    }

    /// True if the random search has done its part. About every second try has a run; where hardly one has, the number of
    /// tries is bounded too.
    const fn swarm_is_over(&self) -> bool {
        self.swarm.runs() > self.limit || self.swarm.tries() / TRIES_PER_RUN > self.limit
    }

    /// Goes on a little, and returns what was found.
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

    /// How far it is.
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

    /// What was covered so far.
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
                let scenario = self.setup.with(&added);
                findings.push(self.minimised_finding(objective, scenario, by));
            }
        }
        findings
    }

    /// Makes what was found small; its objective is no longer looked for.
    fn minimised_finding(&mut self, objective: usize, scenario: Scenario, by: Method) -> Finding {
        self.setup.pending[objective] = false;
        let Setup { protocol, objectives, given, .. } = &self.setup;
        let minimise_it =
            if matches!(by, Method::Livelock { .. }) { minimise_livelock } else { minimise };
        let shrunk = minimise_it(protocol, &objectives[objective], &scenario, given.until);
        let smallest = shrunk.map_or_else(|| scenario.clone(), |shrunk| shrunk.scenario);
        Finding { objective, scenario: smallest, before: scenario, by }
    }
}
