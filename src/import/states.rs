//! Traces of states: ITF (Apalache, Quint) and TLC's `-dumpTrace json`.
//!
//! A model has variables, not nodes. Variables that are functions of the same keys (`pc`, `rmState`) are taken apart: each
//! key is a node. The other variables change on a line of their own. An event is a change.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    Recording,
    builder::{Builder, MAX_EVENT},
    places::{cut, plain, shown},
    recorded::Abstraction,
};
use crate::{
    formats::Problem,
    kernel::{MAX_NODES, NodeId},
};

/// Virtual ms between two states.
const STEP: u64 = 10;
/// Greatest length of a value in the text of an event, in characters.
const LONGEST: usize = 60;
/// Name of the line of variables that belong to no node. With the space it is no argument; the name is shown without.
const SHARED: &str = " state";

/// A state: variables with their values, and the action that led to it.
#[derive(Debug, Default)]
struct State {
    variables: BTreeMap<String, Json>,
    action: Option<String>,
}

/// Reads a trace in ITF.
pub(super) fn of_itf(json: &Json) -> Result<Recording, Problem> {
    let list = json.get("states").and_then(Json::as_array);
    let list = list.ok_or_else(|| {
        Problem::new(
            "states",
            json.get("states").map_or_else(String::new, shown),
            "a list of states",
        )
    })?;
    let states = list.iter().enumerate().map(|(place, it)| state(&format!("states[{place}]"), it));
    let states: Vec<State> = states.collect::<Result<_, _>>()?;
    let back = json.get("loop").and_then(Json::as_u64);
    recording("ITF trace", states, back)
}

/// Reads a trace of TLC: numbered states, and the actions between them.
pub(super) fn of_tlc(json: &Json) -> Result<Recording, Problem> {
    let list = json.get("state").and_then(Json::as_array);
    let list = list.ok_or_else(|| {
        Problem::new(
            "state",
            json.get("state").map_or_else(String::new, shown),
            "a list of [number, state]",
        )
    })?;
    let mut states = Vec::new();
    let mut numbers = BTreeMap::new();
    for (place, item) in list.iter().enumerate() {
        let path = format!("state[{place}]");
        let pair = item.as_array().map(Vec::as_slice);
        let Some([number, values]) = pair else {
            return Err(Problem::new(path, shown(item), "[number, state]"));
        };
        numbers.insert(number.to_string(), (place, states.len()));
        states.push(state(&format!("{path}[1]"), values)?);
    }
    let mut back = None;
    let actions = json.get("action").and_then(Json::as_array);
    for (place, item) in actions.into_iter().flatten().enumerate() {
        let path = format!("action[{place}]");
        let parts = item.as_array().map(Vec::as_slice);
        let Some([from, action, to]) = parts else {
            return Err(Problem::new(path, shown(item), "[state, action, state]"));
        };
        let number = |state: &Json| state.get(0).map(Json::to_string);
        let known = |state: &Json| number(state).and_then(|it| numbers.get(&it).copied());
        let (Some((before, _)), Some((after, state))) = (known(from), known(to)) else {
            return Err(Problem::new(path, shown(from), "states of the list"));
        };
        if after <= before {
            back = Some(after as u64);
            continue;
        }
        states[state].action = action_name(action);
    }
    recording("TLC trace", states, back)
}

/// Reads a list of states, as older versions of TLC and `JsonSerialize` write them.
pub(super) fn of_list(list: &[Json]) -> Result<Recording, Problem> {
    let states = list.iter().enumerate().map(|(place, it)| state(&format!("[{place}]"), it));
    recording("TLC trace", states.collect::<Result<_, _>>()?, None)
}

/// Name of an action with its parameters: `Prepare(r1)`.
fn action_name(action: &Json) -> Option<String> {
    let name = action.get("name").and_then(Json::as_str)?;
    let context = action.get("context");
    let parameters = action.get("parameters").and_then(Json::as_array);
    let values = parameters.into_iter().flatten().filter_map(|parameter| {
        let value = context?.get(parameter.as_str()?)?;
        Some(words(value))
    });
    let values: Vec<String> = values.collect();
    Some(if values.is_empty() { name.to_owned() } else { format!("{name}({})", values.join(", ")) })
}

/// Reads a state.
fn state(path: &str, json: &Json) -> Result<State, Problem> {
    let Json::Object(fields) = json else {
        return Err(Problem::new(path, shown(json), "a state: an object of variables"));
    };
    let mut state = State::default();
    for (name, value) in fields {
        match name.as_str() {
            "mbt::actionTaken" | "action_taken" => state.action = Some(plain(value)),
            // Data about the state, and choices of the simulator.
            name if name.starts_with('#') || name.starts_with("mbt::") => {}
            // A qualified name of Quint: `module::variable`.
            name => {
                let name = name.rsplit("::").next().unwrap_or(name);
                state.variables.insert(name.to_owned(), value.clone());
            }
        }
    }
    Ok(state)
}

/// Returns a value in words: `{"#bigint": "3"}` is 3, a set has braces.
fn words(value: &Json) -> String {
    let list = |values: &[Json]| values.iter().map(words).collect::<Vec<_>>().join(", ");
    match value {
        Json::Array(values) => format!("⟨{}⟩", list(values)),
        Json::Object(fields) => match special(fields) {
            Some(Special::Whole(number)) => number.to_owned(),
            Some(Special::Set(values)) => format!("{{{}}}", list(values)),
            Some(Special::Tuple(values)) => format!("({})", list(values)),
            Some(Special::Map(pairs)) => {
                let pairs = pairs.iter().filter_map(pair);
                let pairs = pairs.map(|(key, value)| format!("{} → {}", words(key), words(value)));
                format!("[{}]", pairs.collect::<Vec<_>>().join(", "))
            }
            None => {
                let fields = fields.iter().map(|(name, it)| format!("{name}: {}", words(it)));
                format!("[{}]", fields.collect::<Vec<_>>().join(", "))
            }
        },
        other => plain(other),
    }
}

/// A value that JSON does not have, as ITF writes it.
enum Special<'a> {
    Whole(&'a str),
    Set(&'a [Json]),
    Tuple(&'a [Json]),
    Map(&'a [Json]),
}

fn special(fields: &Map<String, Json>) -> Option<Special<'_>> {
    let (name, value) = fields.iter().next().filter(|_| fields.len() == 1)?;
    match (name.as_str(), value) {
        ("#bigint" | "#unserializable", Json::String(text)) => Some(Special::Whole(text)),
        ("#set", Json::Array(values)) => Some(Special::Set(values)),
        ("#tup", Json::Array(values)) => Some(Special::Tuple(values)),
        ("#map", Json::Array(pairs)) => Some(Special::Map(pairs)),
        _ => None,
    }
}

fn pair(json: &Json) -> Option<(&Json, &Json)> {
    match json.as_array().map(Vec::as_slice) {
        Some([key, value]) => Some((key, value)),
        _ => None,
    }
}

/// Returns the arguments and values of a function: of a map, a record, or a list, whose arguments are 1 to n.
fn function(value: &Json) -> Option<Vec<(String, &Json)>> {
    match value {
        Json::Object(fields) => match special(fields) {
            Some(Special::Map(pairs)) => {
                pairs.iter().map(|it| pair(it).map(|(key, value)| (words(key), value))).collect()
            }
            Some(_) => None,
            None => Some(fields.iter().map(|(name, value)| (name.clone(), value)).collect()),
        },
        Json::Array(values) => {
            let values = values.iter().enumerate();
            Some(values.map(|(place, value)| ((place + 1).to_string(), value)).collect())
        }
        _ => None,
    }
}

/// Returns the arguments that most variables are functions of in all states; none if there is no such variable.
fn arguments(states: &[State]) -> Vec<String> {
    let mut counts: BTreeMap<Vec<String>, (usize, bool)> = BTreeMap::new();
    let first = states.first().map(|state| &state.variables);
    for name in first.into_iter().flatten().map(|(name, _)| name) {
        let values = states.iter().map(|state| state.variables.get(name));
        let mut keys: Option<Vec<String>> = None;
        let mut is_stable = true;
        let mut is_list = false;
        for value in values {
            let found = value.and_then(function).map(|function| {
                let mut keys: Vec<String> = function.into_iter().map(|(key, _)| key).collect();
                keys.sort();
                keys
            });
            is_list |= value.is_some_and(Json::is_array);
            is_stable &= match (&keys, &found) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(one), Some(other)) => one == other,
            };
            keys = keys.or(found);
        }
        let keys = keys.filter(|keys| is_stable && (1..MAX_NODES).contains(&keys.len()));
        if let Some(keys) = keys {
            let entry = counts.entry(keys).or_insert((0, true));
            entry.0 += 1;
            entry.1 &= is_list;
        }
    }
    // A list of a fixed length may be a sequence: maps come first, then what most variables share, then the larger.
    let best =
        counts.into_iter().max_by_key(|(keys, (count, is_list))| (!is_list, *count, keys.len()));
    best.map(|(keys, _)| keys).unwrap_or_default()
}

/// A value at one place of one variable.
type Parts<'a> = BTreeMap<(Option<&'a str>, &'a str), String>;

/// Values of a state by their nodes.
fn parts<'a>(state: &'a State, keys: &'a [String]) -> Parts<'a> {
    let mut parts = Parts::new();
    for (name, value) in &state.variables {
        let of_nodes = function(value).filter(|function| {
            function.len() == keys.len() && function.iter().all(|(key, _)| keys.contains(key))
        });
        match of_nodes {
            Some(function) => {
                for (key, value) in function {
                    let key = keys.iter().find(|it| **it == key).map(String::as_str);
                    parts.insert((key, name), cut(&words(value), LONGEST));
                }
            }
            None => {
                parts.insert((None, name), cut(&words(value), LONGEST));
            }
        }
    }
    parts
}

/// Returns the run of a trace of states, which may end in a loop back to one of them.
fn recording(
    format: &'static str,
    states: Vec<State>,
    back: Option<u64>,
) -> Result<Recording, Problem> {
    if states.is_empty() {
        return Err(Problem::new("", format!("no state in this {format}"), "at least one"));
    }
    let keys = arguments(&states);
    let mut builder = Builder::default();
    for key in &keys {
        builder.node(key, "")?;
    }
    let mut before = Parts::new();
    for (place, state) in states.iter().enumerate() {
        let time = place as u64 * STEP;
        let now = parts(state, &keys);
        let mut changes: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
        for ((key, name), value) in &now {
            let old = before.get(&(*key, *name));
            let said = match old {
                Some(old) if old == value => continue,
                Some(old) => format!("{name}: {old} → {value}"),
                None => format!("{name} = {value}"),
            };
            changes.entry(*key).or_default().push(said);
        }
        let mut action = state.action.clone();
        let of_nodes = changes.keys().any(Option::is_some);
        if changes.is_empty() {
            changes.insert(None, vec!["no change".to_owned()]);
        }
        for (key, said) in &changes {
            let node = node(&mut builder, *key)?;
            let mut text = said.join("; ");
            // The action stands at the nodes that it changes.
            if let Some(action) = action.as_mut().filter(|_| key.is_some() || !of_nodes) {
                text = format!("{action}: {text}");
            }
            // The whole state of the node, for views of states.
            let whole: Map<String, Json> = now
                .iter()
                .filter(|((of, _), _)| of == key)
                .map(|((_, name), value)| ((*name).to_owned(), value.as_str().into()))
                .collect();
            builder.state(time, node, &cut(&text, MAX_EVENT), &whole.into());
        }
        before = now;
    }
    let mut notes = vec![format!("Times are logical: a state every {STEP} ms.")];
    match keys.as_slice() {
        [] => notes.push(
            "No variable is a function of nodes, so all variables are on one line.".to_owned(),
        ),
        keys => notes.push(format!(
            "The nodes are the arguments of variables: {}.",
            cut(&keys.join(", "), LONGEST)
        )),
    }
    notes.extend(
        back.map(|state| format!("The trace goes on with state {state} again: it is a loop.")),
    );
    let end = builder.last() + STEP;
    builder.finish((format, notes), Abstraction::Nothing, (end, false))
}

/// Returns the node of an argument, or the one of the variables that belong to none.
fn node(builder: &mut Builder, key: Option<&str>) -> Result<NodeId, Problem> {
    builder.node(key.unwrap_or(SHARED), "")
}
