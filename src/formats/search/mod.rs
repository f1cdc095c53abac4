//! JSON of searches: task, results and coverage (docs/search.md).

mod coverage;
mod merge;
mod reader;
mod writer;

use serde_json::Value as Json;

pub use coverage::{counted, sentence};
pub use merge::merge;
pub use reader::{asked, property, read};
pub use writer::{asked as write_asked, progress_json, write};

use super::{Problem, catalogue, scenario::goal_of};
use crate::{
    kernel::{Protocol, Scenario},
    runs::objective_of,
    search::{Budget, Coverage, DEFAULT_RUNS, Method, Objective, Shard, Target, Task},
};

/// The version of the format.
pub const VERSION: u64 = 1;

/// Largest limit of a search.
pub const MOST_RUNS: u64 = 1_000_000_000;

/// Task of a search.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Scenario at which the search begins.
    pub scenario: Scenario,
    /// The protocol of the scenario.
    pub protocol: &'static Protocol,
    /// Targets of the search.
    pub targets: Vec<Target>,
    /// Faults that the search may add.
    pub budget: Budget,
    /// Maximum number of runs: see [`Task::limit`].
    pub limit: u64,
    /// Seed of random choices.
    pub seed: u64,
    /// Part of the search.
    pub shard: Shard,
    /// True if the assumptions of the protocol must hold.
    pub inside_model: bool,
}

impl Asked {
    /// Returns the default task: an exercise's goal, within its budget; otherwise a violation of any promised
    /// property.
    ///
    /// # Errors
    /// If the scenario's protocol is unknown.
    pub fn of(scenario: Scenario) -> Result<Self, Problem> {
        let protocol = catalogue::find("protocol", &scenario.protocol)?;
        let goal = goal_of(&scenario);
        let sought = goal.and_then(|goal| {
            Some((vec![objective_of(protocol, &scenario, &goal)?.target], goal.within))
        });
        let (targets, within) = sought.unzip();
        let promised = || protocol.promises.iter().map(Target::Violation).collect();
        Ok(Self {
            scenario,
            protocol,
            targets: targets.unwrap_or_else(promised),
            budget: within.unwrap_or_else(|| Budget::usual(protocol)),
            limit: DEFAULT_RUNS,
            seed: 0,
            shard: Shard::WHOLE,
            inside_model: false,
        })
    }

    /// Returns the objectives, in the order of the targets.
    #[must_use]
    pub fn objectives(&self) -> Vec<Objective> {
        let breaking = self.inside_model.then(Vec::new);
        let objective =
            |target: &Target| Objective { target: target.clone(), breaking: breaking.clone() };
        self.targets.iter().map(objective).collect()
    }

    /// Returns the task in the form of the search.
    #[must_use]
    pub fn task(&self) -> Task {
        Task {
            protocol: self.protocol,
            scenario: self.scenario.clone(),
            objectives: self.objectives(),
            budget: self.budget.clone(),
            seed: self.seed,
            limit: self.limit,
            shard: self.shard,
        }
    }
}

/// A finding of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The target that was found.
    pub target: Target,
    /// The smallest scenario that shows it.
    pub scenario: Scenario,
    /// Method that found it.
    pub by: Method,
    /// Explanation of the violation, in a paragraph.
    pub explanation: String,
}

/// Results of a search.
#[derive(Clone, Debug)]
pub struct Results {
    /// Task of the search.
    pub asked: Asked,
    /// Findings, in the order of the properties.
    pub findings: Vec<Found>,
    /// Coverage of the search.
    pub coverage: Coverage,
}

/// Reads a scenario within another document: its problems have the path to it.
fn scenario_at(path: &str, value: &Json) -> Result<Scenario, Problem> {
    super::scenario::from_json(value).map_err(|problem| {
        let inner =
            if problem.path.is_empty() { String::new() } else { format!(".{}", problem.path) };
        Problem { path: format!("{path}{inner}"), ..problem }
    })
}
