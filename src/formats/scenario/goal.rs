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

const FIELDS: &[&str] = &["violate", "tell", "keep", "within", "variants"];
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
    let text = serde_json::to_string(&GoalObject::new(goal, |node| node.to_string()));
    let json = text.and_then(|text| serde_json::from_str(&text));
    json.expect("texts always serialise")
}

/// A goal in its JSON form: one of the wants is there. A flattened enum would weigh more.
#[derive(Default, Serialize)]
pub(super) struct GoalObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    violate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tell: Option<TellObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    within: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    variants: Option<Json>,
}

#[derive(Serialize)]
struct TellObject {
    node: String,
    first: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<String>,
}

impl GoalObject {
    pub(super) fn new(goal: &Goal, name: impl Fn(NodeId) -> String) -> Self {
        let mut object = Self {
            within: goal.within.written(),
            variants: goal.variants.clone(),
            ..Self::default()
        };
        match goal.want.clone() {
            Want::Violate(property) => object.violate = Some(property),
            Want::Tell { node, first, then } => {
                object.tell = Some(TellObject { node: name(node), first, then });
            }
            Want::Keep(property) => object.keep = Some(property),
        }
        object
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
    // The rules of a scenario check them.
    let variants = fields.find("variants").and_then(|variants| variants.value().cloned());
    Ok(Goal { want, within, variants })
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
