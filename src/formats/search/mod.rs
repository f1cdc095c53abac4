//! Searches as they leave and enter: what is asked, what came of it, and what was covered (docs/search.md).

mod coverage;
mod merge;
mod reader;
mod writer;

use serde_json::Value as Json;

pub use coverage::{counted, sentence};
pub use merge::merge;
pub use reader::{asked, property, read};
pub use writer::{asked as write_asked, found_json, progress_json, write};

use super::{Problem, catalogue, scenario::goal_of};
use crate::{
    kernel::{Protocol, Scenario},
    runs::objective_of,
    search::{Budget, Coverage, DEFAULT_RUNS, Method, Objective, Shard, Target, Task},
};

/// The version of the format.
pub const VERSION: u64 = 1;

/// The greatest limit that may be asked for.
pub const MOST_RUNS: u64 = 1_000_000_000;

/// What is asked of a search.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where it begins.
    pub scenario: Scenario,
    /// The protocol of the scenario.
    pub protocol: &'static Protocol,
    /// What is looked for.
    pub targets: Vec<Target>,
    /// What may go wrong.
    pub budget: Budget,
    /// How many runs are tried at most: see [`Task::limit`].
    pub limit: u64,
    /// What chance depends on.
    pub seed: u64,
    /// Which part of the search it is.
    pub shard: Shard,
    /// Whether nothing may be broken that the protocol relies on.
    pub inside_model: bool,
}

impl Asked {
    /// Everything by default: an exercise's goal, within what it allows; else the violation of whatever the protocol
    /// promises.
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
            budget: within.unwrap_or_default(),
            limit: DEFAULT_RUNS,
            seed: 0,
            shard: Shard::WHOLE,
            inside_model: false,
        })
    }

    /// The aims, in the order of what is looked for.
    #[must_use]
    pub fn objectives(&self) -> Vec<Objective> {
        let breaking = self.inside_model.then(Vec::new);
        let objective =
            |target: &Target| Objective { target: target.clone(), breaking: breaking.clone() };
        self.targets.iter().map(objective).collect()
    }

    /// The search itself.
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

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Of what was looked for.
    pub target: Target,
    /// The smallest scenario that shows it.
    pub scenario: Scenario,
    /// How it was found.
    pub by: Method,
    /// Why it is violated, in a paragraph.
    pub explanation: String,
}

/// What came of a search.
#[derive(Clone, Debug)]
pub struct Results {
    /// What was asked.
    pub asked: Asked,
    /// What was found, in the order of the properties.
    pub findings: Vec<Found>,
    /// What was covered.
    pub coverage: Coverage,
}

/// A scenario within something else: its problems are told with the path to it.
fn scenario_at(path: &str, value: &Json) -> Result<Scenario, Problem> {
    super::scenario::from_json(value).map_err(|problem| {
        let inner =
            if problem.path.is_empty() { String::new() } else { format!(".{}", problem.path) };
        Problem { path: format!("{path}{inner}"), ..problem }
    })
}
