//! Sentences that describe elements of the picture, for lists, tooltips and screen readers.

use serde_json::Value as Json;

use crate::{
    abstractions::{
        Value,
        naming::{Mention, named, spoken},
    },
    kernel::{
        EventId, EventKind, Fate, Fault, MessageId, NodeId, NodeSet, Packet, PerMillion,
        RequestSpec, Scenario, Side, Strategy, Time, Trace, count_of, spell, visible,
    },
};

/// Predicate of a sentence about a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// An action of the node: `delivers m1`.
    Does(String),
    /// An event of something that belongs to the node: `clock shows 3`.
    Its(String),
}

impl Clause {
    /// Returns the sentence with the node's name.
    fn of(&self, node: &str) -> String {
        match self {
            Self::Does(what) => format!("{node} {what}"),
            Self::Its(what) => format!("{node}'s {what}"),
        }
    }
}

/// Describes an event: `Bob delivers m1 from Alice`.
#[must_use]
pub fn event_sentence(scenario: &Scenario, trace: &Trace, id: EventId) -> String {
    let event = &trace.events[id];
    let node = scenario.name(event.node);
    let sentence = match &event.kind {
        EventKind::Request { index, .. } => {
            return request_sentence(scenario, &scenario.requests[*index]);
        }
        EventKind::Send(message) => {
            let message = &trace.messages[*message];
            let (text, to) = (message.text(scenario), scenario.name(message.name.to));
            return format!("{node} sends {text} to {to}{}", message.number_words());
        }
        EventKind::Receive(message) => {
            let message = &trace.messages[*message];
            let (text, from) = (message.text(scenario), scenario.name(message.name.from));
            return format!("{node} receives {text} from {from}{}", message.number_words());
        }
        EventKind::Lose(message, loss) => {
            let message = trace.messages[*message].words(scenario);
            return format!("{message} is lost: {}", loss.why());
        }
        EventKind::Timer(timer) => format!("{node}: timer {timer}"),
        EventKind::Note(note) => format!("{node}: {note}"),
        _ => return event_clause(scenario, trace, id).of(&node),
    };
    spell(&sentence, &scenario.nodes)
}

/// Describes an event without its node's name: `delivers m1`.
#[must_use]
pub fn event_clause(scenario: &Scenario, trace: &Trace, id: EventId) -> Clause {
    let event = &trace.events[id];
    let text = |message: MessageId| said(&trace.messages[message].packet);
    let does = |what: &str| Clause::Does(what.to_owned());
    let clause = match &event.kind {
        EventKind::Request { index, .. } => {
            let request = &scenario.requests[*index];
            return Clause::Does(format!("is asked to {}", visible(&request_words(request))));
        }
        EventKind::Send(message) => Clause::Does(format!("sends {}", text(*message))),
        EventKind::Receive(message) => Clause::Does(format!("receives {}", text(*message))),
        EventKind::Lose(message, loss) => {
            Clause::Does(format!("does not receive {}: {}", text(*message), loss.why()))
        }
        EventKind::Timer(timer) => Clause::Its(format!("timer “{timer}” expires")),
        EventKind::Traitor(strategy) => {
            Clause::Does(format!("is a traitor: {}", strategy_words(*strategy)))
        }
        EventKind::Crash => does("crashes"),
        EventKind::Recover => does("recovers"),
        EventKind::Pause => does("pauses"),
        EventKind::Resume => does("resumes"),
        EventKind::Persist => does("writes to stable storage"),
        EventKind::Note(note) => Clause::Does(format!("notes “{note}”")),
        EventKind::Indicate { kind: kind @ "respond", packet } => {
            let asked = request_answered(trace, id, &packet.inspect());
            let asked = asked.map(|index| &scenario.requests[index]);
            answered(asked, &indicated(kind, packet))
        }
        // Of an imported run, which has only the text.
        EventKind::Indicate { kind: "event", packet } => Clause::Does(format!("logs “{packet}”")),
        EventKind::Indicate { kind, packet } => match Mention::delivered(packet, event.node) {
            Some(message) => told(kind, &message_named(scenario, &message)),
            None => told(kind, &indicated(kind, packet)),
        },
        EventKind::Detect(detection) => told(detection.kind(), &detection.to_string()),
    };
    match clause {
        Clause::Does(what) => Clause::Does(spell(&what, &scenario.nodes)),
        Clause::Its(what) => Clause::Its(spell(&what, &scenario.nodes)),
    }
}

/// Text of a message, quoted if it is blank.
pub(super) fn said(packet: &Packet) -> String {
    let text = packet.to_string();
    if text.trim().is_empty() { format!("\"{text}\"") } else { text }
}

/// Text of an indication. Its value is quoted where it could be misread.
fn indicated(kind: &str, packet: &Packet) -> String {
    let text = packet.to_string();
    match packet.inspect().get("value") {
        Some(Json::String(value))
            if text.strip_prefix(kind).map(str::trim) == Some(value.trim()) =>
        {
            format!("{kind} {}", spoken(&value.as_str().into()))
        }
        _ => text,
    }
}

/// Name of a delivered message. It includes sender and number if several requests have the same text. With more
/// than [`COMPARED`] requests, texts are not compared.
fn message_named(scenario: &Scenario, message: &Mention) -> String {
    let requests = &scenario.requests;
    let with = requests.iter().take(COMPARED + 1).filter_map(|request| request.with.as_ref());
    let said = with.filter_map(|with| match with {
        Json::Object(fields) => fields.get("payload"),
        value => Some(value),
    });
    let said = said.filter_map(|it| Value::read(Some(it)).ok());
    let mut others: Vec<Value> =
        if requests.len() > COMPARED { Vec::new() } else { said.collect() };
    if let Some(its) = others.iter().position(|other| *other == message.payload) {
        others.remove(its);
    }
    named(message, &others)
}

/// Number of requests up to which a message's text is compared with all of them.
const COMPARED: usize = 1000;

/// Returns the request that an answer belongs to, by its place in the scenario. The answer must carry the number of
/// its request at the node, counted since the node last started.
pub(super) fn request_answered(trace: &Trace, answer: EventId, data: &Json) -> Option<usize> {
    let number = data.get("request")?.as_u64()?;
    let node = trace.events[answer].node;
    let before = trace.events[..answer].iter().rev().filter(|event| event.node == node);
    let life = before.take_while(|event| event.kind != EventKind::Recover);
    let asked = life.filter_map(|event| match event.kind {
        EventKind::Request { index, .. } => Some(index),
        _ => None,
    });
    let asked: Vec<_> = asked.collect();
    let place = asked.len().checked_sub(usize::try_from(number).ok()?)?;
    asked.get(place).copied()
}

/// Words for an answer that carries no value: "done", or "nothing" for a read.
pub(super) fn nothing_said(asked: &RequestSpec) -> &'static str {
    if asked.name == "read" { "nothing" } else { "done" }
}

/// Short text of an indication, for a label. In very long runs it is the protocol's own text: to search the request
/// of every answer in view would take too long.
pub(super) fn indication_words(scenario: &Scenario, trace: &Trace, id: EventId) -> String {
    let EventKind::Indicate { kind, packet } = &trace.events[id].kind else { return String::new() };
    let text = packet.to_string();
    let short = (trace.events.len() <= LOOKED_THROUGH).then_some(());
    let carried = text.strip_suffix(NOTHING).filter(|_| *kind == "respond");
    let asked = short.and(carried).and_then(|_| request_answered(trace, id, &packet.inspect()));
    match (carried, asked) {
        (Some(kind), Some(index)) => format!("{kind}{}", nothing_said(&scenario.requests[index])),
        _ => text,
    }
}

/// Largest number of events in a run through all of which a label may search.
const LOOKED_THROUGH: usize = 20_000;

/// Describes an answer together with its request, since an answer without a value is ambiguous.
fn answered(asked: Option<&RequestSpec>, text: &str) -> Clause {
    let Some(asked) = asked else { return told("respond", text) };
    let carried = text.strip_prefix("respond").unwrap_or(text).trim();
    let carried = if carried == NOTHING { nothing_said(asked) } else { carried };
    Clause::Does(format!("answers {carried} to {}", request_words(asked)))
}

/// Text of an answer that carries no value.
const NOTHING: &str = "–";

/// Describes an indication by a node to its application: `delivers m1`. Some kinds have words of their own.
fn told(kind: &str, text: &str) -> Clause {
    let carried = text.strip_prefix(kind).unwrap_or(text).trim_start();
    let does = match kind {
        "view" => format!("installs view {carried}"),
        "enter" => "enters the critical section".to_owned(),
        "exit" => "leaves the critical section".to_owned(),
        "joined" => "has joined".to_owned(),
        "leader" => format!("accepts {carried} as leader"),
        "restore" => format!("no longer suspects {carried}"),
        "stamp" => return Clause::Its(format!("clock shows {carried}").trim_end().to_owned()),
        "record" => format!("records its state for snapshot {carried}"),
        "snapshot" => return Clause::Its(format!("part of snapshot {carried}, is complete")),
        "checkpoint" => format!("saves checkpoint {carried}"),
        "rollback" => format!("rolls back {carried}"),
        "respond" => format!("answers {carried}"),
        "write" => format!("accepts a write {carried}"),
        kind => format!("{kind}s {carried}"),
    };
    Clause::Does(does.trim_end().to_owned())
}

/// Describes a message and its fate: `m1 from Alice to Carol, lost (drop)`.
#[must_use]
pub fn message_sentence(scenario: &Scenario, trace: &Trace, message: MessageId) -> String {
    message_so_far(scenario, trace, message, trace.events.len())
}

/// Describes a message as far as its fate is known after the first `events` events.
#[must_use]
pub fn message_so_far(
    scenario: &Scenario,
    trace: &Trace,
    message: MessageId,
    events: EventId,
) -> String {
    let message = &trace.messages[message];
    let (from, to) = (scenario.name(message.name.from), scenario.name(message.name.to));
    let sent = trace.events[message.sent].time;
    let text = spell(&said(&message.packet), &scenario.nodes);
    let known = match message.overall() {
        fate @ Fate::InTransit { .. } if events >= trace.events.len() => Some(fate),
        _ => message.known(events),
    };
    let Some(fate) = known else {
        return format!("{text} from {from} to {to}, sent at {sent} ms, in transit");
    };
    let fate = match fate {
        Fate::InTransit { .. } => "still in transit when the run ends".to_owned(),
        Fate::Received(event) => format!("received at {} ms", trace.events[event].time),
        Fate::Lost(_, loss) => format!("lost ({})", loss.why()),
    };
    let truth = message.truth().map(|truth| format!(", forged instead of {truth}"));
    let damaged = message.damaged().map(|damaged| format!(", damaged in transit: {damaged}"));
    let changed = spell(&[truth, damaged].map(Option::unwrap_or_default).concat(), &scenario.nodes);
    let copies = match message.copies.len() {
        0 => String::new(),
        1 => ", duplicated by the network".to_owned(),
        more => format!(", with {} by the network", count_of(more, "duplicate")),
    };
    format!("{text} from {from} to {to}, sent at {sent} ms, {fate}{changed}{copies}")
}

/// Describes a request by the application: `Alice: broadcast m1`, `Bob: transfer amount 10, to Carol`.
#[must_use]
pub fn request_sentence(scenario: &Scenario, request: &RequestSpec) -> String {
    visible(&format!("{}: {}", scenario.name(request.node), request_words(request))).into_owned()
}

/// Name and value of a request: `broadcast m1`.
fn request_words(request: &RequestSpec) -> String {
    let with = request.with.as_ref().map(|with| format!(" {}", value_words(with)));
    format!("{}{}", request.name, with.unwrap_or_default())
}

fn value_words(value: &Json) -> String {
    match value {
        Json::String(text) => spoken(&text.as_str().into()),
        Json::Array(items) => items.iter().map(value_words).collect::<Vec<_>>().join(", "),
        Json::Object(fields) => {
            let fields =
                fields.iter().map(|(name, value)| format!("{name} {}", value_words(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
        value => value.to_string(),
    }
}

/// Describes a fault: `Alice crashes after 1 send`, `message 1 from Alice to Bob is dropped`.
#[must_use]
pub fn fault_sentence(scenario: &Scenario, fault: &Fault) -> String {
    let message = fault.message().map(|message| scenario.message_words(message));
    fault_on(scenario, fault, &message.unwrap_or_default())
}

/// Describes a fault of a run, with the text of its message: `m1 from Alice to Bob is dropped`.
pub(super) fn fault_in_run(scenario: &Scenario, trace: &Trace, fault: &Fault) -> String {
    let name = fault.message();
    let message = trace.messages.iter().find(|message| Some(message.name) == name);
    match message {
        Some(message) => fault_on(scenario, fault, &message.words(scenario)),
        None => fault_sentence(scenario, fault),
    }
}

/// Content of a forged message: one value, or the supposed statement of each node.
fn lie_words(value: &Json) -> String {
    match value {
        Json::Null => "nothing".to_owned(),
        Json::Array(items) => items.iter().map(lie_words).collect::<Vec<_>>().join(", "),
        Json::String(_) => value.to_string(),
        value => value_words(value),
    }
}

/// Describes a fault on a message with these words.
fn fault_on(scenario: &Scenario, fault: &Fault, about: &str) -> String {
    let name = |node: NodeId| scenario.name(node);
    let names = |set: NodeSet| spell(&set.to_string(), &scenario.nodes);
    match fault {
        Fault::Drop { .. } => format!("{about} is dropped"),
        Fault::Delay { by, .. } => format!("{about} is delayed by {by} ms"),
        Fault::Duplicate { after, .. } => format!("{about} is duplicated {after} ms later"),
        Fault::Corrupt { bits, .. } => {
            let many =
                if bits.len() == 1 { "1 bit".to_owned() } else { format!("{} bits", bits.len()) };
            format!("{many} of {about} flipped in transit")
        }
        Fault::Forge { with, .. } => {
            format!("{about} says {} instead", visible(&lie_words(with)))
        }
        Fault::Crash { node, after_sends: None, .. } => format!("{} crashes", name(*node)),
        Fault::Crash { node, after_sends: Some(0), .. } => {
            format!("{} crashes before its first send", name(*node))
        }
        Fault::Crash { node, after_sends: Some(1), .. } => {
            format!("{} crashes after 1 send", name(*node))
        }
        Fault::Crash { node, after_sends: Some(sends), .. } => {
            format!("{} crashes after {sends} sends", name(*node))
        }
        Fault::CrashWriting { node, after_writes, .. } => {
            let when = match after_writes {
                0 => "before its first write".to_owned(),
                1 => "after 1 write".to_owned(),
                many => format!("after {many} writes"),
            };
            format!("{} crashes {when} to stable storage", name(*node))
        }
        Fault::Recover { node, .. } => format!("{} recovers", name(*node)),
        Fault::Pause { node, .. } => format!("{} pauses", name(*node)),
        Fault::Partition { groups, .. } => {
            let sides: Vec<_> = groups.iter().map(|group| names(*group)).collect();
            let together = groups.iter().fold(NodeSet::EMPTY, |all, group| all.or(*group));
            let alone = NodeSet::first(scenario.nodes.len()).without(together);
            let alone = alone.into_iter().map(name);
            format!(
                "the network is partitioned: {}",
                sides.into_iter().chain(alone).collect::<Vec<_>>().join(" | ")
            )
        }
        Fault::Cut { from, to, .. } => {
            format!("the link from {} to {} is cut", name(*from), name(*to))
        }
        Fault::Omit { node, side: Side::Send, .. } => format!("{} fails to send", name(*node)),
        Fault::Omit { node, side: Side::Receive, .. } => {
            format!("{} fails to receive", name(*node))
        }
        Fault::Traitor { node, strategy } => traitor_sentence(&name(*node), *strategy),
        Fault::Drift { node, rate, offset } => drift_sentence(&name(*node), *rate, *offset),
    }
}

/// Describes the strategy of a traitor: `it sends nothing`.
#[must_use]
pub const fn strategy_words(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Scripted => "it lies only as the scenario says",
        Strategy::Silent => "it sends nothing",
        Strategy::Random => "it lies, sends nothing or tells the truth at random",
        Strategy::Equivocate => "it lies to every second node",
        Strategy::Flip => "it lies to every node",
        Strategy::Collude => "it tells the traitors' common lie to half of the loyal nodes",
    }
}

fn traitor_sentence(node: &str, strategy: Strategy) -> String {
    let how = strategy_words(strategy);
    format!("{node} is a traitor: {how}")
}

fn drift_sentence(node: &str, rate: PerMillion, offset: Time) -> String {
    let ahead = (offset > 0).then(|| format!("begins {offset} ms ahead"));
    let speed = (rate != PerMillion::ONE).then(|| format!("runs at {rate} times the correct rate"));
    let said: Vec<_> = [ahead, speed].into_iter().flatten().collect();
    match said.as_slice() {
        [] => format!("{node}'s clock is right"),
        said => format!("{node}'s clock {}", said.join(" and ")),
    }
}
