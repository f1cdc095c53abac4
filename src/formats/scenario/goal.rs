//! Goals of exercises.

use serde::Serialize;
use serde_json::Value as Json;

use super::{MAX_CAPTION, names::Nodes};
use crate::{
    formats::{Problem, budget, json::Place, problem::quoted},
    kernel::{NodeId, Scenario},
    protocols,
    runs::{Goal, Want},
    search::Budget,
};

const FIELDS: &[&str] = &["violate", "tell", "keep", "within"];
const WANTS: &[&str] = &["violate", "tell", "keep"];

/// Returns the goal of a scenario; none if it is no exercise.
#[must_use]
pub fn goal_of(scenario: &Scenario) -> Option<Goal> {
    let characters = (0..scenario.nodes.len()).map(|place| NodeId::new(place).to_string());
    let characters: Vec<String> = characters.collect();
    read(&Place::root(scenario.goal.as_ref()?), Nodes(&characters)).ok()
}

/// Returns a goal as [`Scenario::goal`] holds it.
#[must_use]
pub fn goal_json(goal: &Goal) -> Json {
    let object = GoalObject::new(goal, |node| node.to_string());
    serde_json::to_value(object).expect("texts always serialise")
}

/// A goal in its JSON form.
#[derive(Serialize)]
pub(super) struct GoalObject {
    #[serde(flatten)]
    want: WantObject,
    #[serde(skip_serializing_if = "String::is_empty")]
    within: String,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum WantObject {
    Violate(String),
    Tell {
        node: String,
        first: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        then: Option<String>,
    },
    Keep(String),
}

impl GoalObject {
    pub(super) fn new(goal: &Goal, name: impl Fn(NodeId) -> String) -> Self {
        let want = match goal.want.clone() {
            Want::Violate(property) => WantObject::Violate(property),
            Want::Tell { node, first, then } => WantObject::Tell { node: name(node), first, then },
            Want::Keep(property) => WantObject::Keep(property),
        };
        Self { want, within: goal.within.written() }
    }
}

/// Reads a goal.
pub(super) fn read(place: &Place, nodes: Nodes) -> Result<Goal, Problem> {
    let fields = place.object(FIELDS)?;
    let expected = "one of \"violate\", \"tell\" and \"keep\"";
    let mut wanted = WANTS.iter().filter_map(|want| Some((*want, fields.find(want)?)));
    let Some((want, what)) = wanted.next() else { return Err(place.problem(expected)) };
    if wanted.next().is_some() {
        return Err(place.problem(expected));
    }
    let want = match want {
        "violate" => Want::Violate(property(&what)?),
        "keep" => Want::Keep(property(&what)?),
        _ => {
            let fields = what.object(&["node", "first", "then"])?;
            let then = fields.find("then").map(|then| then.line(MAX_CAPTION).map(str::to_owned));
            Want::Tell {
                node: nodes.node(&fields.get("node"))?,
                first: fields.get("first").line(MAX_CAPTION)?.to_owned(),
                then: then.transpose()?,
            }
        }
    };
    let within = match fields.find("within") {
        Some(within) if matches!(want, Want::Keep(_)) => {
            return Err(within.problem("nothing: the faults are the scenario's own"));
        }
        Some(within) => budget(within.path(), within.text("a budget of faults: crash=1,drop=2")?)?,
        None => Budget::NONE,
    };
    Ok(Goal { want, within })
}

/// Reads the name of a property. It may be another protocol's: a reader may look at the scenario under that.
fn property(place: &Place) -> Result<String, Problem> {
    let name = place.text("the name of a property")?;
    let known = || {
        let protocols = protocols::catalogue().flat_map(|(_, protocol)| protocol.properties());
        protocols.map(|(property, _)| property.name)
    };
    if known().any(|other| other == name) {
        return Ok(name.to_owned());
    }
    let expected = "the name of a property that `worldlines list --json` shows";
    Err(Problem::new(place.path(), quoted(name), expected).with_closest(name, known()))
}
