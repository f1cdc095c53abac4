//! Histories of operations: calls and returns at clients, judged as registers, a queue or a lock where the names fit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::{
    Recording,
    builder::Builder,
    foreign::Foreign,
    places::{cut, plain},
    recorded::Abstraction,
};
use crate::{
    abstractions::{Value, mutex, register},
    formats::Problem,
    kernel::{EventKind, MAX_TIME, NodeId, Packet, Time, has_reserved, visible},
};

/// Outcome of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// It succeeded with this value.
    Ok(Json),
    /// It did not take place.
    Failed(Json),
    /// It may or may not have taken place.
    Unknown,
}

/// An operation of a client.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// Place in the text.
    pub(super) path: String,
    pub(super) client: String,
    /// Name: `read`, `write`.
    pub(super) name: String,
    /// The value that it was called with.
    pub(super) value: Json,
    pub(super) answer: Answer,
    /// Places of its call and of its end in the order of the history.
    pub(super) called: usize,
    pub(super) ended: Option<usize>,
}

/// A history: its operations, and the time of each place of its order, if the text has times.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) operations: Vec<Operation>,
    /// Times in units of the text.
    pub(super) times: Vec<i128>,
    /// Events of others than clients: place, name, text.
    pub(super) others: Vec<(usize, String, String)>,
}

/// Unit of the times of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Nanoseconds,
    /// Unknown.
    Any,
}

/// An operation of an abstraction with properties.
enum Known {
    Access(register::Access),
    Queue(register::Operation),
    Acquire,
    Release,
}

impl History {
    /// Returns its run.
    pub(super) fn recording(
        &self,
        format: &'static str,
        unit: Unit,
        judged_as: Option<Abstraction>,
    ) -> Result<Recording, Problem> {
        let (times, meaning) = self.virtual_times(unit);
        let mut notes = vec![meaning];
        let fits = self.fits();
        let judged_as = judged_as.unwrap_or(fits);
        if judged_as == Abstraction::Nothing && fits == Abstraction::Nothing {
            notes.push("No property is judged: the operations are not only reads and writes, or of a queue or a lock.".to_owned());
        }
        let mut builder = Builder::default();
        let mut clients = BTreeMap::new();
        for operation in &self.operations {
            let node = builder.node(&operation.client, &operation.path)?;
            clients.insert(operation.client.as_str(), node);
        }
        for (_, name, _) in &self.others {
            builder.node(name, "")?;
        }
        let initial = self.initial_values();
        let mut requests = BTreeMap::new();
        for (place, step) in self.steps() {
            let time = times.get(place).copied().unwrap_or_default();
            match step {
                Step::Other(name, text) => {
                    if let Some(node) = builder.known(name) {
                        builder.event(time, node, text);
                    }
                }
                Step::Call(id) => {
                    let operation = &self.operations[id];
                    let node = clients[operation.client.as_str()];
                    let number = call(&mut builder, (time, node), operation, judged_as);
                    requests.insert(id, number);
                }
                Step::End(id) => {
                    let operation = &self.operations[id];
                    let node = clients[operation.client.as_str()];
                    let number = requests.get(&id).copied().flatten();
                    end(&mut builder, (time, node), (operation, number), judged_as, &initial);
                }
            }
        }
        if self.operations.iter().any(|it| matches!(it.answer, Answer::Failed(_))) {
            notes
                .push("Operations that failed are shown as events, and are not judged.".to_owned());
        }
        let last = builder.last();
        let end = (last.saturating_add(10), false);
        let recording = builder.finish((format, notes), judged_as, end)?;
        Ok(Recording { choices: &Abstraction::OF_CLIENTS, ..recording })
    }

    /// Calls, ends and other events in the order of the history.
    fn steps(&self) -> Vec<(usize, Step<'_>)> {
        let mut steps = Vec::new();
        for (id, operation) in self.operations.iter().enumerate() {
            steps.push((operation.called, Step::Call(id)));
            if let Some(ended) = operation.ended {
                steps.push((ended, Step::End(id)));
            }
        }
        for (place, name, text) in &self.others {
            steps.push((*place, Step::Other(name, text)));
        }
        steps.sort_by_key(|(place, _)| *place);
        steps
    }

    /// Returns the abstraction that has a request for each operation.
    fn fits(&self) -> Abstraction {
        let known: Option<Vec<Known>> = self.operations.iter().map(known).collect();
        match known.as_deref() {
            None | Some([]) => Abstraction::Nothing,
            Some(all) => {
                let is_lock = |it: &Known| matches!(it, Known::Acquire | Known::Release);
                match all.iter().filter(|it| is_lock(it)).count() {
                    0 => Abstraction::Register,
                    some if some == all.len() => Abstraction::MutualExclusion,
                    _ => Abstraction::Nothing,
                }
            }
        }
    }

    /// Virtual times of the places, and the meaning of a ms. A second of thousands of operations would be one moment in
    /// ms, so the unit is the largest in which the events are apart on average.
    fn virtual_times(&self, unit: Unit) -> (Vec<Time>, String) {
        let first = self.times.iter().min().copied().unwrap_or_default();
        let last = self.times.iter().max().copied().unwrap_or_default();
        let span = last.saturating_sub(first);
        let count = (self.times.len() as i128).max(1);
        let (divisor, meaning) = match unit {
            _ if self.times.is_empty() => (1, "Times are places in the history."),
            Unit::Nanoseconds if span / count >= 1_000_000 => (1_000_000, "Times are real ms."),
            Unit::Nanoseconds if span / count >= 1_000 => (1_000, "One ms stands for a real µs."),
            Unit::Nanoseconds => (1, "One ms stands for a real ns."),
            Unit::Any => (1, "Times are those of the history; one ms stands for one of its units."),
        };
        let longest = i128::from(MAX_TIME) - 1000;
        let factor = (span / divisor / longest) + 1;
        let meaning = match factor {
            1 => meaning.to_owned(),
            _ => format!("{meaning} They are divided by {factor}."),
        };
        let virtual_time = |time: &i128| {
            let time = time.saturating_sub(first) / divisor / factor;
            Time::try_from(time).unwrap_or(MAX_TIME)
        };
        if self.times.is_empty() {
            let places = self.steps().last().map_or(0, |(place, _)| place + 1);
            return ((0..places as Time).map(|place| place * 10).collect(), meaning);
        }
        (self.times.iter().map(virtual_time).collect(), meaning)
    }

    /// Values of registers before the first write, by key: an answered 0, empty text or false that was never written.
    fn initial_values(&self) -> BTreeMap<Value, Value> {
        let mut written: BTreeSet<(Value, Value)> = BTreeSet::new();
        for operation in &self.operations {
            if let Some(Known::Access(register::Access::Write { key, value })) = known(operation) {
                written.insert((key, value));
            }
        }
        let mut initial: BTreeMap<Value, Value> = BTreeMap::new();
        for operation in &self.operations {
            let Answer::Ok(answer) = &operation.answer else { continue };
            let Some(Known::Access(register::Access::Read { key })) = known(operation) else {
                continue;
            };
            let Some(value) = answered(operation, answer) else { continue };
            let is_empty = value == 0.into() || value == "".into() || value == "false".into();
            if is_empty && !written.contains(&(key.clone(), value.clone())) {
                initial.entry(key).or_insert(value);
            }
        }
        initial
    }
}

/// A step of a history.
enum Step<'a> {
    Call(usize),
    End(usize),
    Other(&'a str, &'a str),
}

/// Key of the register where operations name none.
const KEY: &str = "x";

/// Returns the operation that properties speak of, if it is one.
fn known(operation: &Operation) -> Option<Known> {
    let (key, value) = keyed(&operation.value);
    let key = || key.map_or_else(|| Value::from(KEY), to_value);
    let name = operation.name.to_ascii_lowercase();
    Some(match name.as_str() {
        "read" | "get" | "r" => match &operation.value {
            // The value of a call to read is its key.
            Json::String(_) => {
                Known::Access(register::Access::Read { key: to_value(&operation.value) })
            }
            _ => Known::Access(register::Access::Read { key: key() }),
        },
        "write" | "put" | "w" => {
            Known::Access(register::Access::Write { key: key(), value: to_value(value) })
        }
        "enqueue" | "enq" => Known::Queue(register::Operation::Enqueue(to_value(&operation.value))),
        "dequeue" | "deq" => Known::Queue(register::Operation::Dequeue),
        "acquire" | "lock" => Known::Acquire,
        "release" | "unlock" => Known::Release,
        _ => return None,
    })
}

/// Returns the key and the value of an operation on one of several registers: `[key, value]`, or an object with both.
fn keyed(value: &Json) -> (Option<&Json>, &Json) {
    match value {
        Json::Array(pair) => match pair.as_slice() {
            [key @ (Json::String(_) | Json::Number(_)), value] => (Some(key), value),
            _ => (None, value),
        },
        Json::Object(fields) if fields.contains_key("key") => {
            (fields.get("key"), fields.get("value").unwrap_or(&Json::Null))
        }
        _ => (None, value),
    }
}

/// Returns the value that a read answered; none for no value.
fn answered(operation: &Operation, answer: &Json) -> Option<Value> {
    // With a key in the call, an answer that is a pair has the key again.
    let is_pair = keyed(&operation.value).0.is_some();
    let value = if is_pair { keyed(answer).1 } else { answer };
    (!value.is_null()).then(|| to_value(value))
}

/// Returns a value as properties compare it: a text or a whole number.
fn to_value(json: &Json) -> Value {
    match json {
        Json::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.to_string().as_str().into(),
        },
        Json::String(text) if !has_reserved(text) => text.as_str().into(),
        Json::String(text) => (&*visible(text)).into(),
        other => (&*visible(&other.to_string())).into(),
    }
}

fn of_value(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(&**text),
        Value::Number(number) => Json::from(*number),
    }
}

/// Appends a call. Returns the number of the request at its client, if it is one.
fn call(
    builder: &mut Builder,
    (time, node): (Time, NodeId),
    operation: &Operation,
    judged_as: Abstraction,
) -> Option<u32> {
    let said = said(&operation.name, &operation.value);
    if matches!(operation.answer, Answer::Failed(_)) {
        builder.event(time, node, &said);
        return None;
    }
    let (name, with, packet) = match (judged_as, known(operation)) {
        (Abstraction::Register, Some(Known::Access(access))) => {
            let (name, with) = match &access {
                register::Access::Read { key } => ("read", of_value(key)),
                register::Access::Write { key, value } => {
                    ("write", json!({ "key": of_value(key), "value": of_value(value) }))
                }
            };
            (name.to_owned(), Some(with), Packet::new(access))
        }
        (Abstraction::Register, Some(Known::Queue(queue))) => {
            let with = match &queue {
                register::Operation::Enqueue(value) => json!({ "enqueue": of_value(value) }),
                _ => Json::from("dequeue"),
            };
            ("invoke".to_owned(), Some(with), Packet::new(queue))
        }
        (Abstraction::MutualExclusion, Some(Known::Acquire)) => {
            ("acquire".to_owned(), None, Packet::new(mutex::Acquire { hold: 0 }))
        }
        (Abstraction::MutualExclusion, Some(Known::Release)) => {
            builder.indicate(time, node, "exit", Packet::new(mutex::Access::Exit {}));
            return None;
        }
        _ => {
            let with = (!operation.value.is_null()).then(|| sane(&operation.value));
            (operation.name.clone(), with, Foreign::text(&said))
        }
    };
    Some(builder.request(time, node, (&name, with), packet))
}

/// Returns a value without characters that stand for nodes, in a length for display.
fn sane(value: &Json) -> Json {
    match value {
        Json::Number(number) if number.as_i64().is_some() => value.clone(),
        other => cut(&plain(other), 60).into(),
    }
}

/// Appends the end of an operation.
fn end(
    builder: &mut Builder,
    (time, node): (Time, NodeId),
    (operation, number): (&Operation, Option<u32>),
    judged_as: Abstraction,
    initial: &BTreeMap<Value, Value>,
) {
    let answer = match &operation.answer {
        Answer::Unknown => {
            let text = format!("{}: unknown whether it took place", operation.name);
            return builder.event(time, node, &text);
        }
        Answer::Failed(why) => {
            let why = if why.is_null() { String::new() } else { format!(": {}", plain(why)) };
            return builder.event(time, node, &format!("{} failed{why}", operation.name));
        }
        Answer::Ok(answer) => answer,
    };
    let known = known(operation);
    if let (Abstraction::MutualExclusion, Some(Known::Acquire)) = (judged_as, &known) {
        return builder.indicate(
            time,
            node,
            "enter",
            Packet::new(mutex::Access::Enter { token: None }),
        );
    }
    let Some(request) = number else { return };
    if let (Abstraction::Register, Some(known)) = (judged_as, known) {
        let value = match known {
            Known::Access(register::Access::Read { key }) => {
                answered(operation, answer).filter(|value| initial.get(&key) != Some(value))
            }
            Known::Queue(register::Operation::Dequeue) => {
                (!answer.is_null()).then(|| to_value(answer))
            }
            _ => None,
        };
        let packet = Packet::new(register::Reply::Respond { request, value });
        return builder.indicate(time, node, "respond", packet);
    }
    let text = if answer.is_null() { "–".to_owned() } else { cut(&plain(answer), 60) };
    let packet = Foreign::packet(
        &format!("respond {text}"),
        &json!({ "request": request, "value": answer }),
    );
    builder.push(time, node, EventKind::Indicate { kind: "respond", packet });
}

/// Returns an operation in words.
fn said(name: &str, value: &Json) -> String {
    match value {
        Json::Null => name.to_owned(),
        value => format!("{name} {}", plain(value)),
    }
}
