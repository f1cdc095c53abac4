//! Reads tasks and results of searches from JSON.

use super::{Asked, Found, MOST_RUNS, Results, VERSION, scenario_at};
use crate::{
    formats::{
        Problem, budget,
        json::{self, MAX_WHOLE, Place},
        problem::quoted,
        scenario::MAX_CAPTION,
    },
    kernel::{NodeId, Property, Protocol},
    search::{
        Coverage, IndicationPattern, InterleavingCoverage, MOST, Method, Shard, Target, Unfit,
    },
};

const ASKED: &[&str] =
    &["scenario", "properties", "faults", "budget", "seed", "shard", "inside_model"];
const RESULTS: &[&str] = &["version", "search", "findings", "coverage"];
const FOUND: &[&str] =
    &["property", "scenario", "by", "steps", "shortest", "stem", "cycle", "explanation"];
const COVERAGE: &[&str] = &["runs", "distinct", "complete", "exhausted", "random", "orders"];
const ORDERED: &[&str] =
    &["property", "unfit", "states", "depth", "complete", "reduced", "walks", "untimed"];
/// An upper bound on the number of properties of a protocol.
const MANY: usize = 1000;

/// Reads the task of a search; missing fields have their defaults.
///
/// # Errors
/// The first error in it.
pub fn asked(text: &str) -> Result<Asked, Problem> {
    asked_at(&Place::root(&json::parse(text)?))
}

/// Reads the results of a search.
///
/// # Errors
/// The first error in it.
pub fn read(text: &str) -> Result<Results, Problem> {
    let value = json::parse(text)?;
    let fields = Place::root(&value).object(RESULTS)?;
    fields.get("version").whole(VERSION..=VERSION)?;
    let asked = asked_at(&fields.get("search"))?;
    let findings = fields.get("findings").list("a list of findings", MANY)?;
    let findings = findings.iter().map(|place| found(place, &asked));
    let findings = findings.collect::<Result<_, _>>()?;
    let coverage = coverage(&fields.get("coverage"), &asked)?;
    Ok(Results { asked, findings, coverage })
}

/// Returns the property of a protocol with this name.
///
/// # Errors
/// If it has none; the closest name is suggested.
pub fn property(
    path: &str,
    protocol: &'static Protocol,
    name: &str,
) -> Result<&'static Property, Problem> {
    let known = || protocol.properties().map(|(property, _)| property);
    known().find(|property| property.name == name).ok_or_else(|| {
        let names: Vec<&str> = known().map(|property| property.name).collect();
        let expected = format!("a property of {}: {}", protocol.id, names.join(", "));
        Problem::new(path, quoted(name), expected).with_closest(name, names)
    })
}

fn asked_at(place: &Place) -> Result<Asked, Problem> {
    let fields = place.object(ASKED)?;
    let scenario = fields.get("scenario");
    let value = scenario.value().ok_or_else(|| scenario.problem("a scenario"))?;
    let mut asked = Asked::of(scenario_at(scenario.path(), value)?)?;
    if let Some(properties) = fields.find("properties") {
        let list = properties.list("a list of names of properties", MANY)?;
        let named = list.iter().map(|it| target(it, asked.protocol, &asked.scenario.nodes));
        asked.targets = named.collect::<Result<_, _>>()?;
    }
    if let Some(faults) = fields.find("faults") {
        asked.budget = budget(faults.path(), faults.text("a budget of faults")?)?;
    }
    if let Some(limit) = fields.find("budget") {
        asked.limit = limit.whole(1..=MOST_RUNS)?;
    }
    if let Some(seed) = fields.find("seed") {
        asked.seed = seed.whole(0..=MAX_WHOLE)?;
    }
    if let Some(shard) = fields.find("shard") {
        let expected = "a part and the number of parts, as in 3/16";
        let read = Shard::read(shard.text(expected)?);
        asked.shard = read.ok_or_else(|| shard.problem(expected))?;
    }
    if let Some(inside) = fields.find("inside_model") {
        asked.inside_model = flag(&inside)?;
    }
    Ok(asked)
}

/// Reads a target: a property by its name, or an indication of a node.
fn target(place: &Place, protocol: &'static Protocol, nodes: &[String]) -> Result<Target, Problem> {
    let Some(serde_json::Value::Object(_)) = place.value() else {
        let name = place.text("the name of a property")?;
        return property(place.path(), protocol, name).map(Target::Violation);
    };
    let fields = place.object(&["node", "first", "then"])?;
    let node = fields.get("node");
    let name = node.text("a node")?;
    let known = nodes.iter().position(|known| known == name);
    let then = fields.find("then").map(|then| then.line(MAX_CAPTION).map(str::to_owned));
    Ok(Target::Indicated(IndicationPattern {
        node: known.map(NodeId::new).ok_or_else(|| node.problem("a node of the scenario"))?,
        first: fields.get("first").line(MAX_CAPTION)?.to_owned(),
        then: then.transpose()?,
        nodes: nodes.to_vec(),
    }))
}

fn flag(place: &Place) -> Result<bool, Problem> {
    match place.value() {
        Some(serde_json::Value::Bool(flag)) => Ok(*flag),
        _ => Err(place.problem("true or false")),
    }
}

fn found(place: &Place, asked: &Asked) -> Result<Found, Problem> {
    let fields = place.object(FOUND)?;
    let name = fields.get("property");
    let scenario = fields.get("scenario");
    let value = scenario.value().ok_or_else(|| scenario.problem("a scenario"))?;
    let by = match fields.get("by").word(&["runs", "orders", "livelock", "walks", "chance"])? {
        "runs" => Method::Systematic,
        "walks" => Method::Pct,
        "chance" => Method::Random,
        "livelock" => Method::Livelock {
            stem: fields.get("stem").count(0..=u32::MAX)?,
            cycle: fields.get("cycle").count(1..=u32::MAX)?,
        },
        _ => Method::Exhaustive {
            steps: fields.get("steps").count(0..=u32::MAX)?,
            shortest: flag(&fields.get("shortest"))?,
        },
    };
    Ok(Found {
        target: target(&name, asked.protocol, &asked.scenario.nodes)?,
        scenario: scenario_at(scenario.path(), value)?,
        by,
        explanation: fields.get("explanation").text("an explanation")?.to_owned(),
    })
}

fn coverage(place: &Place, asked: &Asked) -> Result<Coverage, Problem> {
    let fields = place.object(COVERAGE)?;
    let number = |name: &str| fields.get(name).whole(0..=MAX_WHOLE);
    let complete = fields.get("complete");
    let complete = match complete.value() {
        Some(serde_json::Value::Null) => None,
        _ => Some(complete.count(0..=MOST)?),
    };
    let orders = fields.get("orders");
    let list = orders.list("a list, by property", MANY)?;
    if list.len() != asked.targets.len() {
        let expected = format!("one for each of the {} targets", asked.targets.len());
        return Err(Problem::new(orders.path(), list.len().to_string(), expected));
    }
    Ok(Coverage {
        runs: number("runs")?,
        distinct: number("distinct")?,
        complete,
        exhausted: flag(&fields.get("exhausted"))?,
        random: number("random")?,
        orders: list.iter().map(ordered).collect::<Result<_, _>>()?,
    })
}

fn ordered(place: &Place) -> Result<InterleavingCoverage, Problem> {
    let fields = place.object(ORDERED)?;
    let unfit = fields.get("unfit");
    let unfit = match unfit.value() {
        Some(serde_json::Value::Null) => None,
        _ => {
            let names: Vec<&str> = Unfit::ALL.iter().map(|unfit| unfit.name()).collect();
            let word = unfit.word(&names)?;
            Unfit::ALL.into_iter().find(|unfit| unfit.name() == word)
        }
    };
    Ok(InterleavingCoverage {
        unfit,
        states: fields.get("states").whole(0..=MAX_WHOLE)?,
        depth: fields.get("depth").count(0..=u32::MAX)?,
        complete: flag(&fields.get("complete"))?,
        reduced: flag(&fields.get("reduced"))?,
        walks: fields.get("walks").whole(0..=MAX_WHOLE)?,
        untimed: flag(&fields.get("untimed"))?,
    })
}
