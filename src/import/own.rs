//! Traces of ours, as `worldlines run --json` prints them (docs/trace.md).

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    Recording,
    builder::Builder,
    foreign::Foreign,
    places::{plain, shown},
    recorded::Abstraction,
};
use crate::{
    abstractions::{Value, broadcast, consensus, mutex, register},
    formats::Problem,
    kernel::{
        Detection, EventKind, Fault, Loss, MAX_TIME, MessageId, NodeId, Packet, Request, Side,
        Strategy, Tampering, Time, visible,
    },
};

/// Kinds of indications (docs/trace.md). An unknown kind becomes a plain event.
pub(super) const KINDS: [&str; 20] = [
    "deliver",
    "view",
    "joined",
    "leave",
    "respond",
    "refuse",
    "enter",
    "exit",
    "write",
    "leader",
    "decide",
    "vote",
    "commit",
    "abort",
    "hold",
    "record",
    "snapshot",
    "checkpoint",
    "rollback",
    "stamp",
];

/// A trace that is being read.
struct Reader {
    builder: Builder,
    names: Vec<String>,
    judged_as: Abstraction,
    /// Messages by their names.
    messages: BTreeMap<String, MessageId>,
    /// Labels of the messages that correct code would have sent, by the names of the lies.
    truths: BTreeMap<String, String>,
    /// Faults by kind, link, time and number of the message.
    faults: BTreeMap<(u8, NodeId, NodeId, Time, u32), usize>,
}

/// Reads a trace.
pub(super) fn read(json: &Json, judged_as: Option<Abstraction>) -> Result<Recording, Problem> {
    let list = |field: &str| {
        json.get(field).and_then(Json::as_array).ok_or_else(|| {
            let found = json.get(field).map_or_else(|| "nothing".to_owned(), shown);
            Problem::new(field, found, "a list")
        })
    };
    let version = json.get("version").and_then(Json::as_u64);
    if version != Some(1) {
        let found = json.get("version").map_or_else(|| "nothing".to_owned(), shown);
        return Err(Problem::new("version", found, "1"));
    }
    let (nodes, events) = (list("nodes")?, list("events")?);
    let mut reader = Reader {
        builder: Builder::default(),
        names: Vec::new(),
        judged_as: judged_as.unwrap_or_else(|| fits(events)),
        messages: BTreeMap::new(),
        truths: BTreeMap::new(),
        faults: BTreeMap::new(),
    };
    for (place, name) in nodes.iter().enumerate() {
        let path = format!("nodes[{place}]");
        let text = name.as_str().ok_or_else(|| Problem::new(&*path, shown(name), "a name"))?;
        if reader.builder.known(text).is_some() {
            return Err(Problem::new(path, shown(name), "another name for each node"));
        }
        reader.builder.node(text, &path)?;
        reader.names.push(text.to_owned());
    }
    for message in json.get("messages").and_then(Json::as_array).into_iter().flatten() {
        if let (Some(id), Some(truth)) = (message.get("id"), message.get("truth")) {
            reader.truths.insert(plain(id), plain(truth));
        }
    }
    for (place, event) in events.iter().enumerate() {
        reader.event(&format!("events[{place}]"), event)?;
    }
    let last = reader.builder.last();
    let end = json.get("end").and_then(Json::as_u64).unwrap_or(last);
    let quiescent = json.get("quiescent").and_then(Json::as_bool).unwrap_or_default();
    let protocol = json.get("protocol").filter(|it| !it.is_null()).map(plain);
    let mut notes = Vec::new();
    notes.extend(protocol.map(|it| {
        format!(
            "It is a run of {it}, but a trace does not hold its scenario: it cannot be run again."
        )
    }));
    let judged_as = reader.judged_as;
    let format = ("trace of Worldlines", notes);
    let recording = reader.builder.finish(format, judged_as, (end, quiescent))?;
    Ok(Recording { choices: &Abstraction::ALL, ..recording })
}

/// The abstraction that the events fit.
fn fits(events: &[Json]) -> Abstraction {
    let has = |field: &str, names: &[&str]| {
        events.iter().any(|event| {
            event.get(field).and_then(Json::as_str).is_some_and(|it| names.contains(&it))
        })
    };
    let requests = |names: &[&str]| has("name", names);
    if requests(&["broadcast"]) && !has("kind", &["view"]) {
        Abstraction::Broadcast
    } else if requests(&["propose"]) {
        Abstraction::Consensus
    } else if requests(&["acquire"]) {
        Abstraction::MutualExclusion
    } else if requests(&["read", "write", "invoke"]) {
        Abstraction::Register
    } else {
        Abstraction::Nothing
    }
}

impl Reader {
    fn event(&mut self, path: &str, json: &Json) -> Result<(), Problem> {
        let Json::Object(fields) = json else {
            return Err(Problem::new(path, shown(json), "an event: {id, time, node, kind}"));
        };
        let wrong = |field: &str, expected: &str| {
            let found = fields.get(field).map_or_else(|| "nothing".to_owned(), shown);
            Problem::new(format!("{path}.{field}"), found, expected)
        };
        let time = fields.get("time").and_then(Json::as_u64).filter(|it| *it <= MAX_TIME);
        let time = time.ok_or_else(|| wrong("time", "a whole number of ms"))?;
        if time < self.builder.last() {
            return Err(wrong("time", "a time that is not before the event above"));
        }
        let text = |field: &str| fields.get(field).and_then(Json::as_str);
        let node = text("node").and_then(|name| self.builder.known(name));
        let node = node.ok_or_else(|| wrong("node", "a name of \"nodes\""))?;
        let kind = text("kind").ok_or_else(|| wrong("kind", "the kind of the event"))?;
        let data = fields.get("data");
        let plain_kind = match kind {
            "crash" => Some(EventKind::Crash),
            "recover" => Some(EventKind::Recover),
            "pause" => Some(EventKind::Pause),
            "resume" => Some(EventKind::Resume),
            "persist" => Some(EventKind::Persist),
            "timer" => Some(EventKind::Timer(Foreign::text(text("name").unwrap_or("timer")))),
            "note" => Some(EventKind::Note(visible(text("text").unwrap_or_default()).into())),
            "traitor" => {
                let name = text("name").unwrap_or_default();
                let strategy = Strategy::ALL.into_iter().find(|it| it.name() == name);
                Some(EventKind::Traitor(strategy.unwrap_or(Strategy::Scripted)))
            }
            _ => None,
        };
        if let Some(kind) = plain_kind {
            self.builder.push(time, node, kind);
            return Ok(());
        }
        match kind {
            "request" => {
                let name = text("name").ok_or_else(|| wrong("name", "the name of a request"))?;
                let packet = self.request(name, data);
                self.builder.request(time, node, (name, data.cloned().map(clean)), packet);
            }
            "send" => self.send(path, (time, node), fields)?,
            "receive" | "lose" => {
                let message = text("message").and_then(|name| self.messages.get(name)).copied();
                let message = message
                    .filter(|it| self.builder.message(*it).name.to == node)
                    .ok_or_else(|| wrong("message", "a message that was sent to this node"))?;
                if kind == "receive" {
                    self.damage(message, fields);
                    self.builder.receive(time, message);
                } else {
                    let loss = self.loss(text("why").unwrap_or_default(), time, message);
                    self.builder.lose(time, message, loss);
                }
            }
            "suspect" | "restore" => {
                let about = data.and_then(|it| it.get("node")).and_then(Json::as_str);
                let about = about.and_then(|name| self.builder.known(name));
                let about =
                    about.ok_or_else(|| wrong("data", "{\"node\": a name of \"nodes\"}"))?;
                let detection = match kind {
                    "suspect" => Detection::Suspect(about),
                    _ => Detection::Restore(about),
                };
                self.builder.push(time, node, EventKind::Detect(detection));
            }
            kind => self.indication(time, node, kind, data),
        }
        Ok(())
    }

    fn send(
        &mut self,
        path: &str,
        (time, node): (Time, NodeId),
        fields: &Map<String, Json>,
    ) -> Result<(), Problem> {
        let name = fields.get("message").and_then(Json::as_str).unwrap_or_default();
        let expected = "SENDER>RECEIVER#NUMBER, with the sender of this event, each once";
        let wrong = || Problem::new(format!("{path}.message"), shown(&name.into()), expected);
        let (link, _) = name.rsplit_once('#').ok_or_else(wrong)?;
        let (from, to) = link.split_once('>').ok_or_else(wrong)?;
        let (from, to) = (self.builder.known(from), self.builder.known(to));
        let to = to.filter(|to| from == Some(node) && *to != node).ok_or_else(wrong)?;
        let label = fields.get("label").map(plain).unwrap_or_default();
        let packet = Foreign::packet(&label, fields.get("data").unwrap_or(&Json::Null));
        if self.messages.contains_key(name) {
            return Err(wrong());
        }
        let message = self.builder.send(time, node, to, packet);
        self.messages.insert(name.to_owned(), message);
        if let Some(truth) = self.truths.get(name) {
            let truth = Some(Foreign::text(truth));
            self.builder.message(message).tampering =
                Some(Box::new(Tampering { truth, damaged: None }));
        }
        Ok(())
    }

    /// Records that a message was damaged, if the receipt has a label of its own.
    fn damage(&mut self, message: MessageId, fields: &Map<String, Json>) {
        if let Some(label) = fields.get("label") {
            let data = fields.get("data").unwrap_or(&Json::Null);
            let damaged = Foreign::packet(&plain(label), data);
            let tampering = &mut self.builder.message(message).tampering;
            tampering.get_or_insert_default().damaged = Some(damaged);
        }
    }

    /// Returns the reason of a loss. A fault that a trace does not hold is stated as far as its effect shows it.
    fn loss(&mut self, why: &str, time: Time, message: MessageId) -> Loss {
        let sent = self.builder.message(message).sent;
        let name = self.builder.message(message).name;
        let is_at_once = self.builder.time(sent) == time;
        let (from, to, at, until) = (name.from, name.to, time, time + 1);
        let (key, fault) = match why {
            "drop" => (0, Fault::Drop { message: name }),
            "partition" => (1, Fault::Cut { from, to, at, until }),
            "cut" => (2, Fault::Cut { from, to, at, until }),
            "omission" if is_at_once => {
                (3, Fault::Omit { node: from, side: Side::Send, at, until })
            }
            "omission" => (4, Fault::Omit { node: to, side: Side::Receive, at, until }),
            "crashed" => return Loss::Crashed,
            "corrupt" => return Loss::Corrupt(None),
            "unlinked" => return Loss::Unlinked,
            "queue" => return Loss::Queue,
            _ => return Loss::Luck,
        };
        let number = if key == 0 { name.number } else { 0 };
        let faults = self.builder.faults();
        let place = *self.faults.entry((key, from, to, time, number)).or_insert(faults.len());
        if place == faults.len() {
            faults.push(fault);
        }
        match key {
            0 => Loss::Drop(place),
            1 => Loss::Partition(place),
            2 => Loss::Cut(place),
            _ => Loss::Omission(place),
        }
    }

    /// Returns a request as the abstraction has it, if it is one of its own.
    fn request(&self, name: &str, data: Option<&Json>) -> Packet {
        let names = &self.names;
        let own = match self.judged_as {
            Abstraction::Broadcast if name == "broadcast" => {
                let plain = broadcast::Broadcast::<Value>::read(name, data, names).map(Packet::new);
                let labelled =
                    || broadcast::Broadcast::<broadcast::Labelled<Value>>::read(name, data, names);
                plain.or_else(|_| labelled().map(Packet::new)).ok()
            }
            Abstraction::Consensus if name == "propose" => {
                consensus::Propose::<Value>::read(name, data, names).ok().map(Packet::new)
            }
            Abstraction::MutualExclusion if name == "acquire" => {
                mutex::Acquire::read(name, data, names).ok().map(Packet::new)
            }
            Abstraction::Register if matches!(name, "read" | "write" | "invoke") => {
                register::Operation::read(name, data, names).ok().map(Packet::new)
            }
            _ => None,
        };
        own.unwrap_or_else(|| {
            let data = data.unwrap_or(&Json::Null);
            Foreign::packet(&format!("{name} {}", summary(data)), data)
        })
    }

    fn indication(&mut self, time: Time, node: NodeId, kind: &str, data: Option<&Json>) {
        let data = data.unwrap_or(&Json::Null);
        let Some(known) = KINDS.iter().find(|it| **it == kind) else {
            self.builder.event(time, node, &format!("{kind} {}", summary(data)));
            return;
        };
        let own = self.own_indication(known, data);
        let foreign = || Foreign::packet(format!("{kind} {}", summary(data)).trim_end(), data);
        self.builder.indicate(time, node, known, own.unwrap_or_else(foreign));
    }

    /// Returns an indication as the abstraction has it, if it is one of its own.
    fn own_indication(&self, kind: &str, data: &Json) -> Option<Packet> {
        let node = |field: &str| self.builder.known(data.get(field)?.as_str()?);
        let number = |field: &str| u32::try_from(data.get(field)?.as_u64()?).ok();
        let value = |field: &str| Value::read(data.get(field)).ok();
        match (self.judged_as, kind) {
            (Abstraction::Broadcast, "deliver") => Some(Packet::new(broadcast::Deliver {
                from: node("from")?,
                seq: number("seq")?,
                payload: value("payload")?,
            })),
            (Abstraction::Consensus, "decide") => {
                Some(Packet::new(consensus::Decide { value: value("value")? }))
            }
            (Abstraction::MutualExclusion, "enter") => {
                Some(Packet::new(mutex::Access::Enter { token: number("token") }))
            }
            (Abstraction::MutualExclusion, "exit") => Some(Packet::new(mutex::Access::Exit {})),
            (Abstraction::Register, "respond") => Some(Packet::new(register::Reply::Respond {
                request: number("request")?,
                value: value("value"),
            })),
            _ => None,
        }
    }
}

/// Returns the value of a request without characters that stand for nodes.
fn clean(json: Json) -> Json {
    match json {
        Json::String(text) => visible(&text).into(),
        Json::Array(values) => values.into_iter().map(clean).collect(),
        Json::Object(fields) => {
            let fields = fields.into_iter();
            fields
                .map(|(name, it)| (visible(&name).into_owned(), clean(it)))
                .collect::<Map<_, _>>()
                .into()
        }
        other => other,
    }
}

/// Returns the data of an event in short: its payload, its value, or its fields.
fn summary(data: &Json) -> String {
    match data {
        Json::Null => String::new(),
        Json::Object(fields) => {
            for name in ["payload", "value", "node", "leader", "member", "vote", "clock"] {
                if let Some(value) = fields.get(name).filter(|it| !it.is_null()) {
                    return plain(value);
                }
            }
            let fields = fields.iter().map(|(name, value)| format!("{name} {}", plain(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
        other => plain(other),
    }
}
