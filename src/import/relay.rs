//! A recorded run as lines of JSON, by which a worker hands it to the page.
//!
//! A large file is read in a worker, since a page may not stop for so long. A run cannot cross to the page as it is. So it
//! crosses item by item: nodes, requests, faults, messages, events. The page builds it from them, and judges it, in
//! slices.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{
    Abstraction, Imported, Options, Recording,
    builder::{recorded, unrepeated},
    foreign::Foreign,
    import_with, is_unknown,
    own::KINDS,
    recorded::{EVENT, choices},
};
use crate::{
    abstractions::{Value, broadcast, consensus, mutex, register},
    analysis::{Judging, Reporting},
    formats::Problem,
    kernel::{
        Detection, Event, EventKind, Fate, Fault, Loss, Message, MessageName, NodeId, Packet,
        RequestSpec, Scenario, Side, Strategy, Tampering, Time, Trace,
    },
    runs::Outcome,
};

/// Number of items in a text.
const ITEMS: usize = 500;

/// An item of a recorded run.
#[derive(Serialize, Deserialize)]
enum Item {
    Node(String),
    /// Time, node, name, value.
    Request(Time, usize, String, Option<Json>),
    Fault(Lost),
    Message(Box<Sent>),
    /// Time, node, kind.
    Event(Time, usize, Happening),
    End(Facts),
    /// The problem with the text, its path and its place, and true if no format is known.
    Refused(String, String, String, Option<(usize, usize)>, bool),
    /// The worker could not fetch what it needs.
    NotFetched,
}

/// Facts about a run that is complete.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    end: Time,
    quiescent: bool,
    format: String,
    notes: Vec<String>,
    judged_as: String,
    /// Number of abstractions by which it can be judged.
    choices: usize,
}

/// A fault that the losses of a trace show.
#[derive(Serialize, Deserialize)]
enum Lost {
    Drop(usize, usize, u32),
    Cut(usize, usize, Time, Time),
    /// Node, true if it sends, from and until.
    Omit(usize, bool, Time, Time),
}

#[derive(Serialize, Deserialize)]
struct Sent {
    name: (usize, usize, u32),
    packet: Content,
    sent: usize,
    fates: Vec<End>,
    truth: Option<Content>,
    damaged: Option<Content>,
}

#[derive(Serialize, Deserialize)]
enum End {
    Received(usize),
    Lost(usize, Why),
    InTransit(Time),
}

/// Reason of a loss, with the place of its fault.
#[derive(Serialize, Deserialize)]
enum Why {
    Luck,
    Drop(usize),
    Partition(usize),
    Cut(usize),
    Omission(usize),
    Crashed,
    Corrupt,
    Unlinked,
    Queue,
}

#[derive(Serialize, Deserialize)]
enum Happening {
    Request(usize, Content),
    Send(usize),
    Receive(usize),
    Lose(usize, Why),
    Timer(Content),
    Crash,
    Recover,
    Pause,
    Resume,
    Persist,
    Note(String),
    Indicate(String, Content),
    Suspect(usize),
    Restore(usize),
    Traitor(String),
}

/// A payload: of an abstraction, or of no protocol of ours.
#[derive(Serialize, Deserialize)]
enum Content {
    Foreign(String, Json),
    Broadcast(Json),
    Labelled(Json, Option<Json>),
    Deliver(usize, u32, Json),
    Propose(Json),
    Decide(Json),
    Acquire(Time),
    Enter(Option<u32>),
    Exit,
    Read(Json),
    Write(Json, Json),
    OnRead(Json),
    OnWrite(Json, Json),
    Enqueue(Json),
    Dequeue,
    Respond(u32, Option<Json>),
}

/// First line of the errand of a worker.
const ERRAND: &str = "import\n";

/// Answer of a worker that could not fetch what it needs.
pub const NOT_FETCHED: &str = "\"NotFetched\"\n";

/// Returns the text of an errand: a line of options, then the text to import.
#[must_use]
pub fn write_errand(text: &str, options: &Options) -> String {
    let judged_as = options.judged_as.map(Abstraction::name);
    let options = json!({ "expression": options.expression, "as": judged_as });
    format!("{ERRAND}{options}\n{text}")
}

/// True if an errand is to import a text.
#[must_use]
pub fn is_errand(errand: &str) -> bool {
    errand.starts_with(ERRAND)
}

/// Runs an errand to import a text.
pub fn run_errand(errand: &str, say: &mut dyn FnMut(String)) {
    let found = errand.strip_prefix(ERRAND).and_then(|it| it.split_once('\n'));
    let Some((options, text)) = found else { return };
    let options: Json = serde_json::from_str(options).unwrap_or_default();
    let word = |field: &str| options.get(field).and_then(Json::as_str);
    let judged_as = word("as").and_then(Abstraction::named);
    let options = Options { expression: word("expression").map(str::to_owned), judged_as };
    import_in_lines(text, &options, say);
}

/// Reads a text in a worker, and says the run, or the problem, in texts of some lines.
fn import_in_lines(text: &str, options: &Options, say: &mut dyn FnMut(String)) {
    let mut lines = Lines { say, text: String::new(), count: 0 };
    match import_with(text, options) {
        Ok(Imported::Run(recording)) => items(&recording, &mut |item| lines.add(&item)),
        // It was found out before.
        Ok(Imported::Scenario(_)) => {}
        Err(problem) => {
            let is_unknown = is_unknown(&problem);
            let Problem { path, found, expected, at, .. } = problem;
            lines.add(&Item::Refused(path, found, expected, at, is_unknown));
        }
    }
    lines.flush();
}

struct Lines<'a> {
    say: &'a mut dyn FnMut(String),
    text: String,
    count: usize,
}

impl Lines<'_> {
    fn add(&mut self, item: &Item) {
        // Texts and whole numbers always serialise.
        self.text.push_str(&serde_json::to_string(item).unwrap_or_default());
        self.text.push('\n');
        self.count += 1;
        if self.count.is_multiple_of(ITEMS) {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            (self.say)(std::mem::take(&mut self.text));
        }
    }
}

/// Takes a run apart.
fn items(recording: &Recording, take: &mut dyn FnMut(Item)) {
    let Recording { outcome, format, notes, judged_as, choices } = recording;
    let Outcome { scenario, trace, .. } = outcome;
    scenario.nodes.iter().for_each(|name| take(Item::Node(name.clone())));
    for RequestSpec { at, node, name, with } in &scenario.requests {
        take(Item::Request(*at, node.index(), name.clone(), with.clone()));
    }
    scenario.faults.iter().filter_map(Lost::of).for_each(|fault| take(Item::Fault(fault)));
    for message in &trace.messages {
        take(Item::Message(Box::new(Sent::of(message))));
    }
    for event in &trace.events {
        take(Item::Event(event.time, event.node.index(), Happening::of(&event.kind)));
    }
    take(Item::End(Facts {
        end: trace.end,
        quiescent: trace.quiescent,
        format: format.clone(),
        notes: notes.clone(),
        judged_as: judged_as.name().to_owned(),
        choices: choices.len(),
    }));
}

impl Lost {
    fn of(fault: &Fault) -> Option<Self> {
        Some(match fault {
            Fault::Drop { message: MessageName { from, to, number } } => {
                Self::Drop(from.index(), to.index(), *number)
            }
            Fault::Cut { from, to, at, until } => Self::Cut(from.index(), to.index(), *at, *until),
            Fault::Omit { node, side, at, until } => {
                Self::Omit(node.index(), *side == Side::Send, *at, *until)
            }
            // A trace shows no others.
            _ => return None,
        })
    }

    const fn fault(self) -> Fault {
        match self {
            Self::Drop(from, to, number) => {
                let (from, to) = (NodeId::new(from), NodeId::new(to));
                Fault::Drop { message: MessageName { from, to, number } }
            }
            Self::Cut(from, to, at, until) => {
                Fault::Cut { from: NodeId::new(from), to: NodeId::new(to), at, until }
            }
            Self::Omit(node, sends, at, until) => {
                let side = if sends { Side::Send } else { Side::Receive };
                Fault::Omit { node: NodeId::new(node), side, at, until }
            }
        }
    }
}

impl Sent {
    fn of(message: &Message) -> Self {
        let MessageName { from, to, number } = message.name;
        let content = |packet: &Option<Packet>| packet.as_ref().map(Content::of);
        let tampering = message.tampering.as_deref();
        Self {
            name: (from.index(), to.index(), number),
            packet: Content::of(&message.packet),
            sent: message.sent,
            fates: message.fates().map(End::of).collect(),
            truth: tampering.and_then(|it| content(&it.truth)),
            damaged: tampering.and_then(|it| content(&it.damaged)),
        }
    }

    fn message(self) -> Option<Message> {
        let (from, to, number) = self.name;
        let mut fates = self.fates.into_iter().map(End::fate);
        let fate = fates.next()?;
        let truth = self.truth.map(Content::packet);
        let damaged = self.damaged.map(Content::packet);
        let is_changed = truth.is_some() || damaged.is_some();
        Some(Message {
            name: MessageName { from: NodeId::new(from), to: NodeId::new(to), number },
            packet: self.packet.packet(),
            sent: self.sent,
            fate,
            copies: fates.collect(),
            transmission: None,
            tampering: is_changed.then(|| Box::new(Tampering { truth, damaged })),
        })
    }
}

impl End {
    const fn of(fate: Fate) -> Self {
        match fate {
            Fate::Received(event) => Self::Received(event),
            Fate::Lost(event, loss) => Self::Lost(event, Why::of(loss)),
            Fate::InTransit { due } => Self::InTransit(due),
        }
    }

    const fn fate(self) -> Fate {
        match self {
            Self::Received(event) => Fate::Received(event),
            Self::Lost(event, why) => Fate::Lost(event, why.loss()),
            Self::InTransit(due) => Fate::InTransit { due },
        }
    }
}

impl Why {
    const fn of(loss: Loss) -> Self {
        match loss {
            Loss::Luck => Self::Luck,
            Loss::Drop(fault) => Self::Drop(fault),
            Loss::Partition(fault) => Self::Partition(fault),
            Loss::Cut(fault) => Self::Cut(fault),
            Loss::Omission(fault) => Self::Omission(fault),
            Loss::Crashed => Self::Crashed,
            Loss::Corrupt(_) => Self::Corrupt,
            Loss::Unlinked => Self::Unlinked,
            Loss::Queue => Self::Queue,
        }
    }

    const fn loss(self) -> Loss {
        match self {
            Self::Luck => Loss::Luck,
            Self::Drop(fault) => Loss::Drop(fault),
            Self::Partition(fault) => Loss::Partition(fault),
            Self::Cut(fault) => Loss::Cut(fault),
            Self::Omission(fault) => Loss::Omission(fault),
            Self::Crashed => Loss::Crashed,
            Self::Corrupt => Loss::Corrupt(None),
            Self::Unlinked => Loss::Unlinked,
            Self::Queue => Loss::Queue,
        }
    }
}

impl Happening {
    fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::Request { index, packet } => Self::Request(*index, Content::of(packet)),
            EventKind::Send(message) => Self::Send(*message),
            EventKind::Receive(message) => Self::Receive(*message),
            EventKind::Lose(message, loss) => Self::Lose(*message, Why::of(*loss)),
            EventKind::Timer(packet) => Self::Timer(Content::of(packet)),
            EventKind::Crash => Self::Crash,
            EventKind::Recover => Self::Recover,
            EventKind::Pause => Self::Pause,
            EventKind::Resume => Self::Resume,
            EventKind::Persist => Self::Persist,
            EventKind::Note(text) => Self::Note(text.to_string()),
            EventKind::Indicate { kind, packet } => {
                Self::Indicate((*kind).to_owned(), Content::of(packet))
            }
            EventKind::Detect(Detection::Suspect(node)) => Self::Suspect(node.index()),
            EventKind::Detect(Detection::Restore(node)) => Self::Restore(node.index()),
            EventKind::Traitor(strategy) => Self::Traitor(strategy.name().to_owned()),
        }
    }

    fn kind(self) -> EventKind {
        match self {
            Self::Request(index, content) => EventKind::Request { index, packet: content.packet() },
            Self::Send(message) => EventKind::Send(message),
            Self::Receive(message) => EventKind::Receive(message),
            Self::Lose(message, why) => EventKind::Lose(message, why.loss()),
            Self::Timer(content) => EventKind::Timer(content.packet()),
            Self::Crash => EventKind::Crash,
            Self::Recover => EventKind::Recover,
            Self::Pause => EventKind::Pause,
            Self::Resume => EventKind::Resume,
            Self::Persist => EventKind::Persist,
            Self::Note(text) => EventKind::Note(text.into()),
            Self::Indicate(kind, content) => EventKind::Indicate {
                kind: KINDS.into_iter().find(|it| *it == kind).unwrap_or(EVENT),
                packet: content.packet(),
            },
            Self::Suspect(node) => EventKind::Detect(Detection::Suspect(NodeId::new(node))),
            Self::Restore(node) => EventKind::Detect(Detection::Restore(NodeId::new(node))),
            Self::Traitor(name) => {
                let strategy = Strategy::ALL.into_iter().find(|it| it.name() == name);
                EventKind::Traitor(strategy.unwrap_or(Strategy::Scripted))
            }
        }
    }
}

/// A value of an application as JSON, and back.
fn written(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(&**text),
        Value::Number(number) => Json::from(*number),
    }
}

fn value(json: &Json) -> Value {
    Value::read(Some(json)).unwrap_or_else(|_| "".into())
}

impl Content {
    fn of(packet: &Packet) -> Self {
        type Text = Value;
        if let Some(broadcast::Broadcast(payload)) = packet.get::<broadcast::Broadcast<Text>>() {
            return Self::Broadcast(written(payload));
        }
        if let Some(broadcast::Broadcast(it)) =
            packet.get::<broadcast::Broadcast<broadcast::Labelled<Text>>>()
        {
            return Self::Labelled(written(&it.payload), it.label.as_ref().map(written));
        }
        if let Some(it) = packet.get::<broadcast::Deliver<Text>>() {
            return Self::Deliver(it.from.index(), it.seq, written(&it.payload));
        }
        if let Some(consensus::Propose(it)) = packet.get::<consensus::Propose<Text>>() {
            return Self::Propose(written(it));
        }
        if let Some(it) = packet.get::<consensus::Decide<Text>>() {
            return Self::Decide(written(&it.value));
        }
        if let Some(it) = packet.get::<mutex::Acquire>() {
            return Self::Acquire(it.hold);
        }
        match packet.get::<mutex::Access>() {
            Some(mutex::Access::Enter { token }) => return Self::Enter(*token),
            Some(mutex::Access::Exit {}) => return Self::Exit,
            _ => {}
        }
        match packet.get::<register::Access>() {
            Some(register::Access::Read { key }) => return Self::Read(written(key)),
            Some(register::Access::Write { key, value }) => {
                return Self::Write(written(key), written(value));
            }
            None => {}
        }
        match packet.get::<register::Operation>() {
            Some(register::Operation::Read { key }) => return Self::OnRead(written(key)),
            Some(register::Operation::Write { key, value }) => {
                return Self::OnWrite(written(key), written(value));
            }
            Some(register::Operation::Enqueue(it)) => return Self::Enqueue(written(it)),
            Some(register::Operation::Dequeue) => return Self::Dequeue,
            None => {}
        }
        if let Some(register::Reply::Respond { request, value }) = packet.get::<register::Reply>() {
            return Self::Respond(*request, value.as_ref().map(written));
        }
        Self::Foreign(packet.to_string(), packet.inspect())
    }

    fn packet(self) -> Packet {
        match self {
            Self::Foreign(label, data) => Foreign::packet(&label, &data),
            Self::Broadcast(it) => Packet::new(broadcast::Broadcast(value(&it))),
            Self::Labelled(payload, label) => {
                let label = label.as_ref().map(value);
                let payload = value(&payload);
                Packet::new(broadcast::Broadcast(broadcast::Labelled { payload, label }))
            }
            Self::Deliver(from, seq, payload) => {
                let (from, payload) = (NodeId::new(from), value(&payload));
                Packet::new(broadcast::Deliver { from, seq, payload })
            }
            Self::Propose(it) => Packet::new(consensus::Propose(value(&it))),
            Self::Decide(it) => Packet::new(consensus::Decide { value: value(&it) }),
            Self::Acquire(hold) => Packet::new(mutex::Acquire { hold }),
            Self::Enter(token) => Packet::new(mutex::Access::Enter { token }),
            Self::Exit => Packet::new(mutex::Access::Exit {}),
            Self::Read(key) => Packet::new(register::Access::Read { key: value(&key) }),
            Self::Write(key, it) => {
                Packet::new(register::Access::Write { key: value(&key), value: value(&it) })
            }
            Self::OnRead(key) => Packet::new(register::Operation::Read { key: value(&key) }),
            Self::OnWrite(key, it) => {
                Packet::new(register::Operation::Write { key: value(&key), value: value(&it) })
            }
            Self::Enqueue(it) => Packet::new(register::Operation::Enqueue(value(&it))),
            Self::Dequeue => Packet::new(register::Operation::Dequeue),
            Self::Respond(request, it) => {
                Packet::new(register::Reply::Respond { request, value: it.as_ref().map(value) })
            }
        }
    }
}

/// A run that arrives from a worker, line by line, and is judged once it is complete.
#[derive(Debug, Default)]
pub struct Arriving {
    scenario: Option<Scenario>,
    names: Vec<String>,
    requests: Vec<RequestSpec>,
    faults: Vec<Fault>,
    trace: Trace,
    facts: Option<Facts>,
    refused: Option<(Problem, bool)>,
    is_lost: bool,
    judging: Option<Judging>,
    reporting: Option<Reporting>,
}

impl Arriving {
    /// Takes the next line of the worker. A line that is none changes nothing.
    pub fn hear(&mut self, line: &str) {
        let Ok(item) = serde_json::from_str(line) else { return };
        let Trace { events, messages, .. } = &mut self.trace;
        match item {
            Item::Node(name) => self.names.push(name),
            Item::Request(at, node, name, with) => {
                self.requests.push(RequestSpec { at, node: NodeId::new(node), name, with });
            }
            Item::Fault(fault) => self.faults.push(fault.fault()),
            Item::Message(message) => messages.extend(message.message()),
            Item::Event(time, node, kind) => {
                events.push(Event { time, node: NodeId::new(node), kind: kind.kind() });
            }
            Item::Refused(path, found, expected, at, is_unknown) => {
                let problem = Problem { at, ..Problem::new(path, found, expected) };
                self.refused = Some((problem, is_unknown));
            }
            Item::NotFetched => self.is_lost = true,
            Item::End(facts) => {
                self.trace.end = facts.end;
                self.trace.quiescent = facts.quiescent;
                let names = std::mem::take(&mut self.names);
                let requests = std::mem::take(&mut self.requests);
                let faults = std::mem::take(&mut self.faults);
                let scenario = recorded(names, requests, faults, facts.end);
                let judging = Judging::new(facts.judged_as().protocol(), &scenario);
                (self.scenario, self.judging) = (Some(scenario), Some(judging));
                self.facts = Some(facts);
            }
        }
    }

    /// Returns the problem with the text, and true if it has none of the formats.
    #[must_use]
    pub fn refused(&self) -> Option<(&Problem, bool)> {
        self.refused.as_ref().map(|(problem, is_unknown)| (problem, *is_unknown))
    }

    /// True if the worker could not fetch what it needs.
    #[must_use]
    pub const fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// True once all has arrived: the run, or the reason why there is none.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.facts.is_some() || self.refused.is_some() || self.is_lost
    }

    /// Judges so many further events. Returns the run once all are judged.
    pub fn advance(&mut self, events: usize) -> Option<Recording> {
        let (facts, scenario) = (self.facts.as_ref()?, self.scenario.as_ref()?);
        let protocol = facts.judged_as().protocol();
        if let Some(reporting) = &mut self.reporting {
            if !reporting.advance((protocol, scenario, &self.trace), events) {
                return None;
            }
        } else {
            let judging = self.judging.as_mut()?;
            judging.advance(&self.trace, judging.seen().saturating_add(events));
            if judging.seen() == self.trace.events.len() {
                let judgements = judging.say(&self.trace);
                self.reporting = Some(Reporting::new(judgements, protocol, scenario));
            }
            return None;
        }
        let report = self.reporting.take()?.finish();
        let (facts, scenario) = (self.facts.take()?, self.scenario.take()?);
        let facts_choices = choices(facts.choices);
        let judged_as = facts.judged_as();
        let Facts { format, notes, .. } = facts;
        let trace = std::mem::take(&mut self.trace);
        let report = unrepeated(report);
        let outcome = Outcome { scenario, protocol, trace, report };
        Some(Recording { outcome, format, notes, judged_as, choices: facts_choices })
    }
}

impl Facts {
    fn judged_as(&self) -> Abstraction {
        Abstraction::named(&self.judged_as).unwrap_or(Abstraction::Nothing)
    }
}
