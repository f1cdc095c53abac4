//! Lists of operations with the times of call and return, or of calls and returns in their order, as Porcupine has them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    Recording,
    history::{Answer, History, Operation, Unit},
    places::{plain, shown},
    recorded::Abstraction,
};
use crate::formats::Problem;

/// Name of the format.
const FORMAT: &str = "list of operations";

const CLIENT: &[&str] = &["clientid", "client", "process"];
const INPUT: &[&str] = &["input", "op", "operation"];
const OUTPUT: &[&str] = &["output", "result"];
const CALL: &[&str] = &["call", "start", "invoke"];
const RETURN: &[&str] = &["return", "end", "finish"];

/// Returns the field with one of these names, whatever its case and its underscores.
fn field<'a>(fields: &'a Map<String, Json>, names: &[&str]) -> Option<&'a Json> {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
    fields.iter().find(|(name, _)| names.contains(&plain(name).as_str())).map(|(_, value)| value)
}

/// True for an item of such a list.
pub(super) fn is_operation(fields: &Map<String, Json>) -> bool {
    field(fields, CLIENT).is_some()
        && (field(fields, CALL).is_some() || field(fields, &["kind"]).is_some())
}

/// Reads a list at this path.
pub(super) fn read(
    path: &str,
    list: &[Json],
    judged_as: Option<Abstraction>,
) -> Result<Recording, Problem> {
    let is_by_events = list.iter().filter_map(Json::as_object).any(|it| field(it, CALL).is_none());
    let history = if is_by_events { of_events(path, list)? } else { of_operations(path, list)? };
    history.recording(FORMAT, Unit::Any, judged_as)
}

fn object<'a>(path: &str, item: &'a Json) -> Result<&'a Map<String, Json>, Problem> {
    let expected = "an operation: {client, input, call, output, return}";
    item.as_object().ok_or_else(|| Problem::new(path, shown(item), expected))
}

fn client(path: &str, fields: &Map<String, Json>) -> Result<String, Problem> {
    let found = field(fields, CLIENT);
    match found {
        Some(client @ (Json::Number(_) | Json::String(_))) => {
            Ok(format!("client {}", plain(client)))
        }
        _ => Err(Problem::new(
            format!("{path}.client"),
            found.map_or_else(|| "nothing".to_owned(), shown),
            "a number or a name",
        )),
    }
}

/// Reads operations with times.
fn of_operations(path: &str, list: &[Json]) -> Result<History, Problem> {
    let mut times: Vec<(i64, bool, usize)> = Vec::new();
    let mut operations = Vec::new();
    for (id, item) in list.iter().enumerate() {
        let path = format!("{path}[{id}]");
        let fields = object(&path, item)?;
        let time = |name: &str, names: &[&str]| match field(fields, names) {
            None | Some(Json::Null) => Ok(None),
            Some(time) => time.as_i64().map(Some).ok_or_else(|| {
                Problem::new(format!("{path}.{name}"), shown(time), "a whole number")
            }),
        };
        let (called, returned) = (time("call", CALL)?, time("return", RETURN)?);
        let called = called.ok_or_else(|| {
            Problem::new(format!("{path}.call"), "nothing", "the time of the call")
        })?;
        if returned.is_some_and(|returned| returned >= 0 && returned < called) {
            let found = format!("{} before the call at {called}", returned.unwrap_or_default());
            return Err(Problem::new(format!("{path}.return"), found, "a time after the call"));
        }
        let returned = returned.filter(|it| *it >= called);
        let (name, value) = input(field(fields, INPUT).unwrap_or(&Json::Null));
        let answer = match returned {
            Some(_) => Answer::Ok(output(field(fields, OUTPUT))),
            None => Answer::Unknown,
        };
        let client = client(&path, fields)?;
        // At one moment calls come before returns: operations that touch overlap.
        times.push((called, false, id));
        times.extend(returned.map(|time| (time, true, id)));
        operations.push(Operation { path, client, name, value, answer, called: 0, ended: None });
    }
    times.sort_unstable();
    for (place, (_, is_return, id)) in times.iter().enumerate() {
        match is_return {
            false => operations[*id].called = place,
            true => operations[*id].ended = Some(place),
        }
    }
    let times = times.iter().map(|(time, ..)| i128::from(*time)).collect();
    Ok(History { operations, times, others: Vec::new() })
}

/// Reads calls and returns in their order, which are paired by their ids.
fn of_events(path: &str, list: &[Json]) -> Result<History, Problem> {
    let mut history = History::default();
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for (place, item) in list.iter().enumerate() {
        let path = format!("{path}[{place}]");
        let fields = object(&path, item)?;
        let (client, kind) = (client(&path, fields)?, field(fields, &["kind"]));
        let id = field(fields, &["id"]).map_or_else(|| client.clone(), Json::to_string);
        let value = field(fields, &["value", "input", "output"]).unwrap_or(&Json::Null);
        let is_call = match kind.map(|kind| plain(kind).to_ascii_lowercase()).as_deref() {
            Some("call" | "callevent" | "0" | "false") => true,
            Some("return" | "returnevent" | "1" | "true") => false,
            _ => {
                let found = kind.map_or_else(|| "nothing".to_owned(), shown);
                return Err(Problem::new(format!("{path}.kind"), found, "\"call\" or \"return\""));
            }
        };
        if is_call {
            let (name, value) = input(value);
            if open.insert(id.clone(), history.operations.len()).is_some() {
                let found = format!("a second call of {id} before its return");
                return Err(Problem::new(path, found, "one call for each id"));
            }
            history.operations.push(Operation {
                path,
                client,
                name,
                value,
                answer: Answer::Unknown,
                called: place,
                ended: None,
            });
            continue;
        }
        let Some(called) = open.remove(&id) else {
            let found = format!("the return of {id}, which was not called");
            return Err(Problem::new(path, found, "its call before it"));
        };
        history.operations[called].ended = Some(place);
        history.operations[called].answer = Answer::Ok(output(Some(value)));
    }
    Ok(history)
}

/// Returns the name and the value of an input: `{"op": "put", "key": "x", "value": 1}`, `["write", 1]`, `"read"`.
/// A text is a name: what it says of a value has no type.
fn input(input: &Json) -> (String, Json) {
    match input {
        Json::Object(fields) => {
            let name = field(fields, &["op", "f", "type", "operation", "name"]);
            let (key, value) = (field(fields, &["key"]), field(fields, &["value", "val", "arg"]));
            let value = match (key, value) {
                (Some(key), value) => {
                    serde_json::json!({ "key": key, "value": value.unwrap_or(&Json::Null) })
                }
                (None, value) => value.cloned().unwrap_or(Json::Null),
            };
            let name = name.map_or_else(|| "operation".to_owned(), plain);
            // A call to read carries no value, whatever the type of inputs has.
            let is_read =
                key.is_none() && matches!(name.to_ascii_lowercase().as_str(), "read" | "get");
            (name, if is_read { Json::Null } else { value })
        }
        Json::Array(parts) => match parts.split_first() {
            Some((name, [])) => (plain(name), Json::Null),
            Some((name, [value])) => (plain(name), value.clone()),
            Some((name, rest)) => (plain(name), rest.to_vec().into()),
            None => ("operation".to_owned(), Json::Null),
        },
        Json::String(name) => (name.clone(), Json::Null),
        other => ("operation".to_owned(), other.clone()),
    }
}

/// Returns the value of an output: itself, or its only field.
fn output(output: Option<&Json>) -> Json {
    match output {
        Some(Json::Object(fields)) => {
            let value = field(fields, &["value", "val", "result"]);
            value.cloned().unwrap_or_else(|| output.cloned().unwrap_or(Json::Null))
        }
        Some(value) => value.clone(),
        None => Json::Null,
    }
}
