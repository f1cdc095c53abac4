//! What an element shows, in a sentence: for lists, tooltips and screen readers.

use serde_json::Value as Json;

use crate::{
    abstractions::{
        Value,
        naming::{Mention, named, spoken},
    },
    kernel::{
        EventId, EventKind, Fate, Fault, MessageId, NodeId, NodeSet, Packet, PerMillion,
        RequestSpec, Scenario, Side, Strategy, Time, Trace, spell, visible,
    },
};

/// What happened: `Bob delivers m1 from Alice`.
#[must_use]
pub fn event_sentence(scenario: &Scenario, trace: &Trace, id: EventId) -> String {
    let event = &trace.events[id];
    let node = scenario.name(event.node);
    let name = |message: MessageId| scenario.message_name(trace.messages[message].name);
    let text = |message: MessageId| said(&trace.messages[message].packet);
    let sentence = match &event.kind {
        EventKind::Request { index, .. } => {
            return request_sentence(scenario, &scenario.requests[*index]);
        }
        EventKind::Send(message) => format!("{node} sends {} ({})", text(*message), name(*message)),
        EventKind::Receive(message) => {
            format!("{node} receives {} ({})", text(*message), name(*message))
        }
        EventKind::Lose(message, loss) => {
            format!("{} ({}) is lost: {}", text(*message), name(*message), loss.why())
        }
        EventKind::Timer(timer) => format!("{node}: timer {timer}"),
        EventKind::Traitor(strategy) => traitor_sentence(&node, *strategy),
        EventKind::Crash => format!("{node} crashes"),
        EventKind::Recover => format!("{node} recovers"),
        EventKind::Pause => format!("{node} stands still"),
        EventKind::Resume => format!("{node} goes on"),
        EventKind::Persist => format!("{node} writes to stable storage"),
        EventKind::Note(note) => format!("{node}: {note}"),
        EventKind::Indicate { kind: kind @ "respond", packet } => {
            let asked = request_answered(trace, id, &packet.inspect());
            let asked = asked.map(|index| &scenario.requests[index]);
            answered(&node, asked, &indicated(kind, packet))
        }
        EventKind::Indicate { kind, packet } => match Mention::delivered(packet, event.node) {
            Some(message) => told(&node, kind, &message_named(scenario, &message)),
            None => told(&node, kind, &indicated(kind, packet)),
        },
        EventKind::Detect(detection) => told(&node, detection.kind(), &detection.to_string()),
    };
    spell(&sentence, &scenario.nodes)
}

/// A message's text, quoted if it is blank.
pub(super) fn said(packet: &Packet) -> String {
    let text = packet.to_string();
    if text.trim().is_empty() { format!("\"{text}\"") } else { text }
}

/// An indication's text, its value quoted where it could be misread.
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

/// A message that is delivered: by sender and number, too, where several requests have its text. Of very many
/// requests it is not looked for.
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

/// The request, by its place in the scenario, that an answer is to, where that says the how-manieth it is at its
/// node since that last started.
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

/// What an answer says of itself where it carries nothing: that it was done, or that nothing is there.
pub(super) fn nothing_said(asked: &RequestSpec) -> &'static str {
    if asked.name == "read" { "nothing" } else { "done" }
}

/// An indication as a label has room for it. Of very long runs it is what the protocol displays: to look for
/// the request of every answer in view would take too long.
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

/// How many events a run may have for a label to look through all of them.
const LOOKED_THROUGH: usize = 20_000;

/// An answer, with what it answers: that nothing is carried may mean two things.
fn answered(node: &str, asked: Option<&RequestSpec>, text: &str) -> String {
    let Some(asked) = asked else { return told(node, "respond", text) };
    let carried = text.strip_prefix("respond").unwrap_or(text).trim();
    let carried = if carried == NOTHING { nothing_said(asked) } else { carried };
    let with = asked.with.as_ref().map(|with| format!(" {}", value_words(with)));
    format!("{node} answers {carried} to {}{}", asked.name, with.unwrap_or_default())
}

/// How an answer that carries nothing is displayed.
const NOTHING: &str = "–";

/// What a node tells its application. An indication is displayed as its kind and what it carries: `deliver
/// m1`, or else in words of its own.
fn told(node: &str, kind: &str, text: &str) -> String {
    let carried = text.strip_prefix(kind).unwrap_or(text).trim_start();
    let sentence = match kind {
        "view" => format!("{node} installs view {carried}"),
        "enter" => format!("{node} enters the critical section"),
        "exit" => format!("{node} leaves the critical section"),
        "joined" => format!("{node} has joined"),
        "leader" => format!("{node} takes {carried} for the leader"),
        "restore" => format!("{node} holds {carried} to be up again"),
        "stamp" => format!("{node}'s clock shows {carried}"),
        "record" => format!("{node} records its state for snapshot {carried}"),
        "snapshot" => format!("{node}'s part of snapshot {carried}, is complete"),
        "checkpoint" => format!("{node} saves checkpoint {carried}"),
        "rollback" => format!("{node} goes back {carried}"),
        "respond" => format!("{node} answers {carried}"),
        "write" => format!("{node} accepts a write {carried}"),
        kind => format!("{node} {kind}s {carried}"),
    };
    sentence.trim_end().to_owned()
}

/// What a message is, and what became of it: `m1 from Alice to Carol, lost (drop)`.
#[must_use]
pub fn message_sentence(scenario: &Scenario, trace: &Trace, message: MessageId) -> String {
    message_so_far(scenario, trace, message, trace.events.len())
}

/// The same, as far as it is known once so many events have happened.
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
        fate @ Fate::InFlight { .. } if events >= trace.events.len() => Some(fate),
        _ => message.known(events),
    };
    let Some(fate) = known else {
        return format!("{text} from {from} to {to}, sent at {sent} ms, on its way");
    };
    let fate = match fate {
        Fate::InFlight { .. } => "still on its way in the end".to_owned(),
        Fate::Received(event) => format!("received at {} ms", trace.events[event].time),
        Fate::Lost(_, loss) => format!("lost ({})", loss.why()),
    };
    let truth = message.truth().map(|truth| format!(", a lie instead of {truth}"));
    let damaged = message.damaged().map(|damaged| format!(", damaged on the way: {damaged}"));
    let changed = spell(&[truth, damaged].map(Option::unwrap_or_default).concat(), &scenario.nodes);
    let copies = match message.copies.len() {
        0 => String::new(),
        1 => ", sent twice by the network".to_owned(),
        more => format!(", sent {} times by the network", more + 1),
    };
    format!("{text} from {from} to {to}, sent at {sent} ms, {fate}{changed}{copies}")
}

/// What the application asks for: `Alice: broadcast m1`, `Bob: transfer amount 10, to Carol`.
#[must_use]
pub fn request_sentence(scenario: &Scenario, request: &RequestSpec) -> String {
    let with = request.with.as_ref().map(|with| format!(" {}", value_words(with)));
    let said =
        format!("{}: {}{}", scenario.name(request.node), request.name, with.unwrap_or_default());
    visible(&said).into_owned()
}

fn value_words(value: &Json) -> String {
    match value {
        Json::String(text) => spoken(&text.as_str().into()),
        Json::Object(fields) => {
            let fields =
                fields.iter().map(|(name, value)| format!("{name} {}", value_words(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
        value => value.to_string(),
    }
}

/// What goes wrong: `Alice crashes after 1 send`.
#[must_use]
pub fn fault_sentence(scenario: &Scenario, fault: &Fault) -> String {
    let name = |node: NodeId| scenario.name(node);
    let names = |set: NodeSet| spell(&set.to_string(), &scenario.nodes);
    match fault {
        Fault::Drop { message } => format!("{} is dropped", scenario.message_name(*message)),
        Fault::Delay { message, by } => {
            format!("{} is {by} ms late", scenario.message_name(*message))
        }
        Fault::Duplicate { message, after } => {
            format!("{} comes again {after} ms later", scenario.message_name(*message))
        }
        Fault::Corrupt { message, bits } => {
            let many =
                if bits.len() == 1 { "1 bit".to_owned() } else { format!("{} bits", bits.len()) };
            format!("{many} of {} flipped on the way", scenario.message_name(*message))
        }
        Fault::Forge { message, with } => {
            let with = with.to_string();
            format!("{} says {} instead", scenario.message_name(*message), visible(&with))
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
        Fault::Pause { node, .. } => format!("{} stands still", name(*node)),
        Fault::Partition { groups, .. } => {
            let sides: Vec<_> = groups.iter().map(|group| names(*group)).collect();
            let together = groups.iter().fold(NodeSet::EMPTY, |all, group| all.or(*group));
            let alone = NodeSet::first(scenario.nodes.len()).without(together);
            let alone = alone.into_iter().map(name);
            format!(
                "the network splits: {}",
                sides.into_iter().chain(alone).collect::<Vec<_>>().join(" | ")
            )
        }
        Fault::Cut { from, to, .. } => {
            format!("nothing gets from {} to {}", name(*from), name(*to))
        }
        Fault::Omit { node, side: Side::Send, .. } => format!("{} fails to send", name(*node)),
        Fault::Omit { node, side: Side::Receive, .. } => {
            format!("{} fails to receive", name(*node))
        }
        Fault::Traitor { node, strategy } => traitor_sentence(&name(*node), *strategy),
        Fault::Drift { node, rate, offset } => drift_sentence(&name(*node), *rate, *offset),
    }
}

/// How a traitor lies: `it says nothing`.
#[must_use]
pub const fn strategy_words(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Scripted => "it lies where it is told to",
        Strategy::Silent => "it says nothing",
        Strategy::Random => "it lies, keeps silent or tells the truth by lot",
        Strategy::Equivocate => "it lies to every second node",
        Strategy::Flip => "it lies to everyone",
        Strategy::Collude => "it tells half of the loyal the traitors' common lie",
    }
}

fn traitor_sentence(node: &str, strategy: Strategy) -> String {
    let how = strategy_words(strategy);
    format!("{node} is a traitor: {how}")
}

fn drift_sentence(node: &str, rate: PerMillion, offset: Time) -> String {
    let ahead = (offset > 0).then(|| format!("begins {offset} ms ahead"));
    let speed = (rate != PerMillion::ONE).then(|| format!("runs at {rate} times time"));
    let said: Vec<_> = [ahead, speed].into_iter().flatten().collect();
    match said.as_slice() {
        [] => format!("{node}'s clock is right"),
        said => format!("{node}'s clock {}", said.join(" and ")),
    }
}
