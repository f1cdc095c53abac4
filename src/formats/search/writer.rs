//! Writes tasks and results of searches as JSON.

use serde::Serialize;
use serde_json::Value as Json;

use super::{Asked, Found, Results, VERSION};
use crate::{
    formats::scenario,
    search::{
        Coverage, IndicationPattern, InterleavingCoverage, Method, Progress, Stage, Target, Unfit,
    },
};

/// Returns the results of a search as JSON (docs/search.md).
#[must_use]
pub fn write(results: &Results) -> String {
    let Results { asked, findings, coverage } = results;
    text(&ResultsObject {
        version: VERSION,
        search: AskedObject::new(asked),
        findings: findings.iter().map(FoundObject::new).collect(),
        coverage: CoverageObject::new(asked, coverage),
    })
}

/// Returns the task of a search as JSON.
#[must_use]
pub fn asked(asked: &Asked) -> String {
    text(&AskedObject::new(asked))
}

/// Returns the progress of a search as JSON.
#[must_use]
pub fn progress_json(asked: &Asked, progress: &Progress) -> String {
    let name = |objective: usize| asked.targets[objective].name();
    let (stage, property) = match progress.stage {
        Stage::Systematic => ("runs", None),
        Stage::Interleavings(objective) => ("orders", Some(name(objective))),
        Stage::Pct(objective) => ("walks", Some(name(objective))),
        Stage::Random => ("chance", None),
        Stage::Over => ("over", None),
    };
    let Progress { explored, queue, depth, .. } = *progress;
    text(&ProgressObject { stage, property, explored, queue, depth })
}

fn text(object: &impl Serialize) -> String {
    serde_json::to_string(object).expect("texts, numbers and lists always serialise")
}

/// Returns a scenario in its canonical form.
fn raw(scenario: &crate::kernel::Scenario) -> Json {
    serde_json::from_str(&scenario::write(scenario)).expect("the canonical form is JSON")
}

#[derive(Serialize)]
struct ResultsObject<'a> {
    version: u64,
    search: AskedObject<'a>,
    findings: Vec<FoundObject<'a>>,
    coverage: CoverageObject<'a>,
}

#[derive(Serialize)]
struct AskedObject<'a> {
    scenario: Json,
    properties: Vec<TargetObject<'a>>,
    faults: String,
    budget: u64,
    seed: u64,
    shard: String,
    inside_model: bool,
}

impl<'a> AskedObject<'a> {
    fn new(asked: &'a Asked) -> Self {
        Self {
            scenario: raw(&asked.scenario),
            properties: asked.targets.iter().map(TargetObject::new).collect(),
            faults: asked.budget.written(),
            budget: asked.limit,
            seed: asked.seed,
            shard: format!("{}/{}", asked.shard.number, asked.shard.of),
            inside_model: asked.inside_model,
        }
    }
}

/// A property by its name, or an indication.
#[derive(Serialize)]
#[serde(untagged)]
enum TargetObject<'a> {
    Property(&'a str),
    Told {
        node: &'a str,
        first: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        then: Option<&'a str>,
    },
}

impl<'a> TargetObject<'a> {
    fn new(target: &'a Target) -> Self {
        match target {
            Target::Violation(property) => Self::Property(property.name),
            Target::Indicated(IndicationPattern { node, first, then, nodes }) => {
                Self::Told { node: &nodes[node.index()], first, then: then.as_deref() }
            }
        }
    }
}

#[derive(Serialize)]
struct FoundObject<'a> {
    property: TargetObject<'a>,
    scenario: Json,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shortest: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stem: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cycle: Option<u32>,
    explanation: &'a str,
}

impl<'a> FoundObject<'a> {
    fn new(found: &'a Found) -> Self {
        let by = match found.by {
            Method::Systematic => "runs",
            Method::Exhaustive { .. } => "orders",
            Method::Livelock { .. } => "livelock",
            Method::Pct => "walks",
            Method::Random => "chance",
        };
        let (steps, shortest) = match found.by {
            Method::Exhaustive { steps, shortest } => (Some(steps), Some(shortest)),
            _ => (None, None),
        };
        let (stem, cycle) = match found.by {
            Method::Livelock { stem, cycle } => (Some(stem), Some(cycle)),
            _ => (None, None),
        };
        Self {
            property: TargetObject::new(&found.target),
            scenario: raw(&found.scenario),
            by,
            steps,
            shortest,
            stem,
            cycle,
            explanation: &found.explanation,
        }
    }
}

#[derive(Serialize)]
struct CoverageObject<'a> {
    runs: u64,
    distinct: u64,
    complete: Option<u32>,
    exhausted: bool,
    random: u64,
    orders: Vec<OrderedObject<'a>>,
}

impl<'a> CoverageObject<'a> {
    fn new(asked: &'a Asked, coverage: &Coverage) -> Self {
        let named = asked.targets.iter().zip(&coverage.orders);
        Self {
            runs: coverage.runs,
            distinct: coverage.distinct,
            complete: coverage.complete,
            exhausted: coverage.exhausted,
            random: coverage.random,
            orders: named.map(|(target, it)| OrderedObject::new(target, it)).collect(),
        }
    }
}

#[derive(Serialize)]
struct OrderedObject<'a> {
    property: TargetObject<'a>,
    unfit: Option<&'static str>,
    states: u64,
    depth: u32,
    complete: bool,
    reduced: bool,
    walks: u64,
    untimed: bool,
}

impl<'a> OrderedObject<'a> {
    fn new(target: &'a Target, ordered: &InterleavingCoverage) -> Self {
        let property = TargetObject::new(target);
        let InterleavingCoverage { unfit, states, depth, complete, reduced, walks, untimed } =
            *ordered;
        let unfit = unfit.map(Unfit::name);
        Self { property, unfit, states, depth, complete, reduced, walks, untimed }
    }
}

#[derive(Serialize)]
struct ProgressObject {
    stage: &'static str,
    property: Option<String>,
    explored: u64,
    queue: u64,
    depth: u32,
}
