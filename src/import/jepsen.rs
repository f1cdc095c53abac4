//! Histories of Jepsen and Maelstrom: EDN, JSON, JSON lines, and lines of their logs.
//!
//! An operation is two events of one process: `invoke`, and later `ok`, `fail` or `info`. After `info` it
//! is unknown if it took place, and the process ends. The process `nemesis` makes faults.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    Recording, edn,
    history::{Answer, History, Operation, Unit},
    places::{line, plain, shortened, shown},
    recorded::Abstraction,
};
use crate::formats::{self, Problem};

/// Name of the format.
const FORMAT: &str = "Jepsen history";
/// The types of events.
const TYPES: &str = "\"invoke\", \"ok\", \"fail\" or \"info\"";

/// An event of a history.
struct Event {
    path: String,
    kind: String,
    process: String,
    is_client: bool,
    name: String,
    value: Json,
    error: Json,
    time: Option<i128>,
}

/// Reads a history in EDN.
pub(super) fn of_edn(text: &str, judged_as: Option<Abstraction>) -> Result<Recording, Problem> {
    let forms = edn::forms(text)?;
    // A whole test has its history in a field.
    if let [(number, Json::Object(test))] = forms.as_slice()
        && let Some(Json::Array(list)) = test.get("history")
    {
        let events = list.iter().map(|it| event(&line(*number), it));
        return recording(events.collect::<Result<_, _>>()?, judged_as);
    }
    let events = forms.iter().map(|(number, form)| event(&line(*number), form));
    recording(events.collect::<Result<_, _>>()?, judged_as)
}

/// Reads a list of JSON at this path.
pub(super) fn of_json(
    path: &str,
    list: &[Json],
    judged_as: Option<Abstraction>,
) -> Result<Recording, Problem> {
    let events = list.iter().enumerate().map(|(place, it)| event(&format!("{path}[{place}]"), it));
    recording(events.collect::<Result<_, _>>()?, judged_as)
}

/// Reads lines of JSON, one for each event of a history.
pub(super) fn of_json_lines(
    text: &str,
    judged_as: Option<Abstraction>,
) -> Result<Recording, Problem> {
    let lines = text.lines().enumerate().filter(|(_, it)| !it.trim().is_empty());
    let mut events = Vec::new();
    for (number, text) in lines {
        let path = line(number + 1);
        let json = formats::parse(text).map_err(|why| Problem { path: path.clone(), ..why })?;
        events.push(event(&path, &json)?);
    }
    recording(events, judged_as)
}

/// True for a line of a log: a process, a type as keyword, a name.
pub(super) fn is_log_line(text: &str) -> bool {
    parts(text).is_some()
}

/// Parts of a line of a log, `… 0 :invoke :write 3`: process, type, name, value. They stand behind the last ` - `, if
/// there is one.
fn parts(text: &str) -> Option<(&str, &str, &str, &str)> {
    let text = text.rsplit_once(" - ").map_or(text, |(_, rest)| rest).trim();
    let (process, rest) = text.split_once(char::is_whitespace)?;
    let (kind, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let (name, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let kind = kind.strip_prefix(':')?;
    let name = name.strip_prefix(':')?;
    let is_process = process.parse::<u64>().is_ok() || process.starts_with(':');
    let is_kind = matches!(kind, "invoke" | "ok" | "fail" | "info");
    (is_process && is_kind).then_some((process, kind, name, value.trim()))
}

/// Reads lines of a log; other lines are left out.
pub(super) fn of_log(text: &str, judged_as: Option<Abstraction>) -> Result<Recording, Problem> {
    let mut events = Vec::new();
    for (number, text) in text.lines().enumerate() {
        let Some((process, kind, name, value)) = parts(text) else { continue };
        let path = line(number + 1);
        let mut values = edn::forms(value).map_err(|why| Problem { path: path.clone(), ..why })?;
        // A value that is a list was taken apart.
        let value = match values.len() {
            1 if !value.starts_with(['[', '(']) => values.remove(0).1,
            0 => Json::Null,
            _ => values.into_iter().map(|(_, it)| it).collect(),
        };
        let fields = [
            ("process", Json::from(process.trim_start_matches(':'))),
            ("type", Json::from(kind)),
            ("f", Json::from(name)),
            ("value", value),
        ];
        let fields: Map<String, Json> =
            fields.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
        events.push(event(&path, &Json::Object(fields))?);
    }
    recording(events, judged_as)
}

/// Reads an event.
fn event(path: &str, json: &Json) -> Result<Event, Problem> {
    let Json::Object(fields) = json else {
        return Err(Problem::new(path, shown(json), "an event: {type, process, f, value}"));
    };
    let at = |field: &str| format!("{path}: {field}");
    let missing = |field: &str, expected: &str| {
        let found = fields.get(field).map_or_else(|| "nothing".to_owned(), shown);
        Problem::new(at(field), found, expected)
    };
    let text = |field: &str| fields.get(field).map(plain);
    let kind = text("type").ok_or_else(|| missing("type", TYPES))?;
    let kind = kind.trim_start_matches(':').to_owned();
    if !matches!(kind.as_str(), "invoke" | "ok" | "fail" | "info") {
        return Err(missing("type", TYPES));
    }
    let process = text("process").ok_or_else(|| missing("process", "a number or a name"))?;
    let process = process.trim_start_matches(':').to_owned();
    let name = text("f").ok_or_else(|| missing("f", "the name of an operation"))?;
    let time = match fields.get("time") {
        None | Some(Json::Null) => None,
        Some(time) => {
            let time = time.as_i64().ok_or_else(|| missing("time", "a whole number of ns"))?;
            Some(i128::from(time))
        }
    };
    let is_client = process.parse::<i64>().is_ok();
    Ok(Event {
        path: path.to_owned(),
        kind,
        is_client,
        process,
        name: name.trim_start_matches(':').to_owned(),
        value: fields.get("value").cloned().unwrap_or(Json::Null),
        error: fields.get("error").cloned().unwrap_or(Json::Null),
        time,
    })
}

/// Pairs the events to operations.
fn recording(events: Vec<Event>, judged_as: Option<Abstraction>) -> Result<Recording, Problem> {
    let mut history = History::default();
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let has_times = events.iter().all(|event| event.time.is_some());
    for (place, event) in events.into_iter().enumerate() {
        if has_times {
            history.times.extend(event.time);
        }
        if !event.is_client {
            let text = if event.value.is_null() { String::new() } else { plain(&event.value) };
            let text = format!("{} {text}", event.name);
            history.others.push((place, event.process, text.trim_end().to_owned()));
            continue;
        }
        if event.kind == "invoke" {
            if let Some(before) = open.get(&event.process) {
                let before = &history.operations[*before];
                return Err(Problem::new(
                    event.path,
                    format!(
                        "an operation of process {} before the end of its {}",
                        event.process,
                        shortened(&before.name)
                    ),
                    "one operation of a process at a time",
                ));
            }
            open.insert(event.process.clone(), history.operations.len());
            history.operations.push(Operation {
                path: event.path,
                client: format!("client {}", event.process),
                name: event.name,
                value: event.value,
                answer: Answer::Unknown,
                called: place,
                ended: None,
            });
            continue;
        }
        let Some(id) = open.remove(&event.process) else {
            return Err(Problem::new(
                event.path,
                format!(
                    "the end of an operation of process {} that was not invoked",
                    event.process
                ),
                "\"invoke\" before it",
            ));
        };
        let operation = &mut history.operations[id];
        if operation.name != event.name {
            return Err(Problem::new(
                event.path,
                shortened(&event.name),
                format!(
                    "the end of {}, which process {} has invoked",
                    shortened(&operation.name),
                    event.process
                ),
            ));
        }
        operation.ended = Some(place);
        operation.answer = answer(event);
    }
    history.recording(FORMAT, Unit::Nanoseconds, judged_as)
}

/// Outcome of an operation that ends with this event.
fn answer(event: Event) -> Answer {
    match event.kind.as_str() {
        "ok" => Answer::Ok(event.value),
        "fail" => Answer::Failed(event.error),
        _ => Answer::Unknown,
    }
}
