//! A whole search: one way after the other, from what is surest to what reaches farthest.

use super::{
    Aim, Budget, Crew,
    ground::Ground,
    roam::Roam,
    shrink::shrink,
    sweep::{Find, Sweep},
};
use crate::kernel::{Protocol, Scenario};

/// What is searched, for what, and how far.
#[derive(Clone)]
pub struct Task {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// Where the search begins: its own faults stay.
    pub scenario: Scenario,
    /// What is looked for.
    pub aims: Vec<Aim>,
    /// What may go wrong.
    pub budget: Budget,
    /// What chance depends on.
    pub seed: u64,
    /// How many runs the systematic search tries at most.
    pub limit: u64,
}

/// The default of [`Task::limit`].
pub const LIMIT: u64 = 60_000;

/// Something that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which of the aims, by its place.
    pub aim: usize,
    /// The smallest scenario that shows it.
    pub scenario: Scenario,
    /// How many runs it took to find it.
    pub runs: u64,
    /// How many faults had to be added before it was made smaller.
    pub added: usize,
}

/// A search under way.
#[derive(Clone)]
pub struct Quest {
    ground: Ground,
    limit: u64,
    sweep: Sweep,
    roam: Roam,
}

impl Quest {
    /// Before the first run. None if the protocol cannot read one of the scenario's requests.
    #[must_use]
    pub fn new(task: Task) -> Option<Self> {
        let Task { protocol, scenario, aims, budget, seed, limit } = task;
        let ground = Ground::new(protocol, scenario, aims, budget)?;
        Some(Self { ground, limit, sweep: Sweep::new(), roam: Roam::new(seed) })
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let looking = self.ground.open.contains(&true);
        !looking || self.sweep.is_over() || self.roam.runs() > self.limit
    }

    /// Goes on a little, and returns what was found.
    pub fn advance(&mut self, crew: Crew) -> Vec<Finding> {
        let finds = if self.sweep.runs() < self.limit && !self.sweep.is_over() {
            self.sweep.advance(&self.ground, crew)
        } else {
            self.roam.advance(&self.ground, crew, (0, 1))
        };
        self.settle(finds)
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> String {
        format!(
            "level {} complete {:?} runs {} distinct {} queue {} roam {} ",
            self.sweep.level(),
            self.sweep.complete(),
            self.sweep.runs(),
            self.sweep.distinct(),
            self.sweep.queue(),
            self.roam.runs()
        )
    }

    fn settle(&mut self, finds: Vec<Find>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (aim, added) in finds {
            if !std::mem::take(&mut self.ground.open[aim]) {
                continue;
            }
            let scenario = self.ground.with(&added);
            let Ground { protocol, aims, given, .. } = &self.ground;
            let shrunk = shrink(protocol, &aims[aim], &scenario, given.until);
            let scenario = shrunk.map_or(scenario, |shrunk| shrunk.scenario);
            let runs = self.sweep.runs() + self.roam.runs();
            findings.push(Finding { aim, scenario, runs, added: added.len() });
        }
        findings
    }
}
