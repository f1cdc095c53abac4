//! Exercises: what a reader is to reach.

use super::{MAX_CAPTION, names::Nodes};
use crate::{
    formats::{Problem, budget, json::Place, problem::quoted},
    kernel::{Budget, Goal, Want},
    protocols,
};

const FIELDS: &[&str] = &["violate", "tell", "keep", "within"];
const WANTS: &[&str] = &["violate", "tell", "keep"];

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
            return Err(within.problem("nothing: what goes wrong are the scenario's faults"));
        }
        Some(within) => budget(within.path(), within.text("a budget of faults: crash=1,drop=2")?)?,
        None => Budget::NONE,
    };
    Ok(Goal { want, within })
}

/// The name of a property. It may be another protocol's: a reader may look at the scenario under that.
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
