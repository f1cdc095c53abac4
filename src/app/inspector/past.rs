//! The nodes' states at any moment of a run, and the changes of the last step.

use serde_json::Value as Json;

use super::tree::{Branch, entries, pruned};
use crate::app::text;
use crate::{
    analysis::{is_effect, trigger},
    app::{Run, Selection},
    diagram::{Wait, event_sentence, message_sentence},
    import::EVENT,
    kernel::{
        Checkpoints, Event, EventId, EventKind, Fate, MessageId, NodeId, Packet, Plan, Revisited,
        Time, spell,
    },
};

/// The moment that the inspector shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Number of events up to the moment.
    pub events: usize,
    /// Number of events before the step of the event.
    pub before: usize,
    /// The last event; none before the run, and at a selected moment.
    pub event: Option<EventId>,
    /// The message of the event.
    pub message: Option<MessageId>,
    /// The node that is shown first.
    pub node: NodeId,
    /// True if the reader selected it; otherwise it is the moment of the playhead.
    pub picked: bool,
}

impl Subject {
    /// Returns the moment of the selection, or else of the last of the `cursor` events before the playhead. It is one
    /// of the first `told` events: later ones must not be shown.
    #[must_use]
    pub fn of(run: &Run, selection: Option<Selection>, cursor: usize, told: usize) -> Self {
        let last = cursor.checked_sub(1).filter(|event| *event < run.trace.events.len());
        let message = |name| run.trace.messages.iter().position(|message| message.name == name);
        match selection {
            Some(Selection::Event(event)) if event < told.min(run.trace.events.len()) => {
                Self::of_event(run, event, true)
            }
            Some(Selection::Message(name)) if let Some(id) = message(name) => {
                let message = &run.trace.messages[id];
                let end = match message.overall() {
                    Fate::Received(event) if event < told => event,
                    _ => message.sent,
                };
                Self { message: Some(id), ..Self::of_event(run, end, true) }
            }
            Some(Selection::Moment { node, at }) => {
                let events = run.trace.events_until(at).min(told);
                Self { events, before: events, event: None, message: None, node, picked: true }
            }
            _ => last.map_or_else(Self::start, |event| Self::of_event(run, event, false)),
        }
    }

    const fn start() -> Self {
        let node = NodeId::new(0);
        Self { events: 0, before: 0, event: None, message: None, node, picked: false }
    }

    fn of_event(run: &Run, event: EventId, picked: bool) -> Self {
        let happened = &run.trace.events[event];
        Self {
            events: event + 1,
            before: step_start(run, event),
            event: Some(event),
            message: happened.kind.message(),
            node: happened.node,
            picked,
        }
    }

    /// Describes it, in a line.
    #[must_use]
    pub fn heading(&self, run: &Run) -> String {
        match (self.event, self.events) {
            (Some(event), _) => {
                let time = run.trace.events[event].time;
                text::marks::at(time, &event_sentence(&run.scenario, &run.trace, event))
            }
            (None, 0) => text::past::BEFORE.to_owned(),
            (None, events) => {
                let time = run.trace.events[events - 1].time;
                text::past::after(&run.scenario.name(self.node), time)
            }
        }
    }
}

/// Returns the first event of the step of an event: the input that its handler answers, or the first action of the
/// start of the run.
fn step_start(run: &Run, event: EventId) -> EventId {
    let events = &run.trace.events;
    let happened = &events[event];
    if !is_effect(&happened.kind) {
        return event;
    }
    trigger(&run.trace, event).unwrap_or_else(|| {
        let same = |&(_, other): &(usize, &Event)| {
            other.node == happened.node && other.time == happened.time && is_effect(&other.kind)
        };
        let here = events[..=event].iter().enumerate().rev().take_while(same);
        here.last().map_or(event, |(first, _)| first)
    })
}

/// Returns the number of events at the end of the step that contains the last of these events.
fn step_end(run: &Run, events: usize) -> usize {
    let all = &run.trace.events;
    let Some(last) = events.checked_sub(1).map(|last| &all[last]) else { return events };
    let same = |other: &&Event| {
        other.node == last.node && other.time == last.time && is_effect(&other.kind)
    };
    events + all[events..].iter().take_while(same).count()
}

/// The past of a run: reconstructed on first use, and stored as long as the run is shown.
#[derive(Debug)]
pub struct Past {
    run: Run,
    /// None for a recorded run, which cannot be replayed: its events have the states.
    checkpoints: Option<Checkpoints>,
    /// The states that were shown last: before the step, and after it.
    last: Option<(Revisited, Revisited)>,
}

/// Largest number of lines of the states of all nodes together.
const LINES: usize = 240;
/// Number of held-back messages that are listed for each node.
const HELD_BACK: usize = 20;

/// Number of steps replayed at once, so that the page does not freeze.
const PIECE: usize = 2_000;

impl Past {
    /// Returns the past of a run, with its first part replayed.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let checkpoints = (!run.is_recorded()).then(|| Checkpoints::begin(&plan(run)));
        let mut past = Self { run: run.clone(), checkpoints, last: None };
        past.go_on();
        past
    }

    /// True if it is the past of this run.
    #[must_use]
    pub fn is_of(&self, run: &Run) -> bool {
        self.run == *run
    }

    /// Replays the next part of the run. Returns false once all of it has been replayed.
    pub fn go_on(&mut self) -> bool {
        let Some(checkpoints) = &mut self.checkpoints else { return false };
        checkpoints.advance(&plan(&self.run), &self.run.trace, PIECE)
    }

    /// Returns the percentage of the run that has been replayed; none once all of it has been.
    #[must_use]
    pub fn progress(&self) -> Option<usize> {
        let all = self.run.trace.events.len().max(1);
        self.checkpoints.as_ref()?.reached().map(|events| events * 100 / all)
    }

    /// True if the run has been replayed up to this point.
    #[must_use]
    pub fn has(&self, subject: &Subject) -> bool {
        let reached = self.checkpoints.as_ref().and_then(Checkpoints::reached);
        reached.is_none_or(|reached| reached >= subject.events)
    }

    /// Returns the states of these nodes. Only the first `told` events of the run may be shown. The call takes long if
    /// the run has not been replayed up to this moment.
    #[must_use]
    pub fn states(&mut self, subject: &Subject, nodes: &[NodeId], told: usize) -> Vec<NodeState> {
        let Some(checkpoints) = &self.checkpoints else {
            let lines = LINES / nodes.len().max(1);
            let state = |node: &NodeId| self.recorded(*node, subject).pruned(lines);
            return nodes.iter().map(state).collect();
        };
        let (plan, trace) = (plan(&self.run), &self.run.trace);
        let seek = |events, near| checkpoints.seek_near(&plan, trace, events, near);
        // The reader usually goes to the next moment.
        let before = match &self.last {
            Some((_, after)) if after.count() <= subject.before => {
                seek(subject.before, Some(after))
            }
            Some((before, _)) => seek(subject.before, Some(before)),
            None => seek(subject.before, None),
        };
        let after = seek(subject.events, Some(&before));
        let (was, is) = self.last.insert((before, after));
        let (is, was) = (&is.state, (subject.before < subject.events).then_some(&was.state));
        let states = nodes.iter().map(|&node| {
            let is = is.inspect(node);
            (node, was.map(|was| was.inspect(node)), is)
        });
        let states: Vec<_> = states.collect();
        let lines = LINES / states.len().max(1);
        let events = step_end(&self.run, subject.events);
        let state = |(node, was, is): &(NodeId, Option<Json>, Json)| {
            self.state(*node, (events, told), was.as_ref().unwrap_or(is), is).pruned(lines)
        };
        states.iter().map(state).collect()
    }

    /// Returns the state of a node in a recorded run: the data of its last recorded event; none if that is
    /// no object.
    fn recorded(&self, node: NodeId, subject: &Subject) -> NodeState {
        let events = &self.run.trace.events;
        let last = |events: &[Event]| {
            let mut own = events.iter().rev().filter(|event| event.node == node);
            own.find_map(|event| match &event.kind {
                EventKind::Indicate { kind: EVENT, packet } => Some(packet.inspect()),
                _ => None,
            })
            .filter(Json::is_object)
        };
        let (was, is) = (last(&events[..subject.before]), last(&events[..subject.events]));
        let mut own = events[..subject.events].iter().rev().filter(|event| event.node == node);
        let turn = own.find(|it| matches!(it.kind, EventKind::Crash | EventKind::Recover));
        let is_down = turn.is_some_and(|event| event.kind == EventKind::Crash);
        NodeState {
            node,
            status: if is_down { Status::Crashed } else { Status::Up },
            state: match &is {
                Some(is) => entries(was.as_ref(), Some(is), &self.run.scenario.nodes),
                None => Vec::new(),
            },
            timers: Vec::new(),
            stored: Vec::new(),
            held_back: None,
        }
    }

    fn state(&self, node: NodeId, moment: (usize, usize), was: &Json, is: &Json) -> NodeState {
        let names = &self.run.scenario.nodes;
        let some = |json: &Json, field: &str| json.get(field).filter(|it| !it.is_null()).cloned();
        let (stored_before, stored) = (some(was, "stored"), some(is, "stored"));
        NodeState {
            node,
            status: status(is),
            state: entries(was.get("state"), is.get("state"), names),
            timers: timers(was, is, names),
            stored: match (&stored_before, &stored) {
                (None, None) => Vec::new(),
                (before, after) => entries(before.as_ref(), after.as_ref(), names),
            },
            held_back: (!self.run.features().waits.is_empty())
                .then(|| self.held_back(node, moment)),
        }
    }

    /// Describes the messages that a node has received and not yet delivered after this number of events. The time of a
    /// delivery is included only if it may be shown.
    fn held_back(&self, node: NodeId, (events, told): (usize, usize)) -> Vec<String> {
        let trace = &self.run.trace;
        let waits = self.run.features().waits.iter().filter(|wait| {
            let delivered = wait.delivered.is_some_and(|delivered| delivered < events);
            wait.node == node && wait.received < events && !delivered
        });
        let sentence = |wait: &Wait| {
            let at = |event: EventId| trace.events[event].time;
            let message = match trace.events[wait.received].kind {
                EventKind::Receive(message) => trace.messages[message].packet.to_string(),
                _ => String::new(),
            };
            let end = match wait.delivered {
                Some(event) if event < told => text::past::delivered(at(event)),
                None if told >= trace.events.len() => text::past::NEVER_DELIVERED.to_owned(),
                _ => String::new(),
            };
            let message = spell(&message, &self.run.scenario.nodes);
            text::past::held_back(&message, at(wait.received), &end)
        };
        waits.map(sentence).collect()
    }
}

fn plan(run: &Run) -> Plan<'_> {
    Plan::new(run.protocol, &run.scenario)
        .expect("the scenario of a run has been made ready before")
}

/// A node at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeState {
    /// Its id.
    pub node: NodeId,
    /// Status: up, paused or crashed.
    pub status: Status,
    /// State of the process. For a node that is down, it is the state that is lost.
    pub state: Vec<Branch>,
    /// Running timers.
    pub timers: Vec<Branch>,
    /// Contents of stable storage; empty if nothing is stored.
    pub stored: Vec<Branch>,
    /// Messages that are held back, in sentences; none if the run never holds a message back.
    pub held_back: Option<Vec<String>>,
}

impl NodeState {
    /// Returns the same in at most this number of lines.
    fn pruned(self, mut lines: usize) -> Self {
        let timers = pruned(self.timers, &mut lines);
        let stored = pruned(self.stored, &mut lines);
        let held_back = self.held_back.map(|mut waiting| {
            let more = waiting.len().saturating_sub(HELD_BACK);
            waiting.truncate(HELD_BACK);
            waiting.extend((more > 0).then(|| text::past::more(more)));
            waiting
        });
        Self { state: pruned(self.state, &mut lines), timers, stored, held_back, ..self }
    }

    /// True if the last step changed anything.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        let mut all = self.state.iter().chain(&self.timers).chain(&self.stored);
        all.any(|entry| entry.touched)
    }
}

/// Status of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The node is up.
    Up,
    /// The node is paused until this time, in virtual ms.
    Paused(Time),
    /// The node has crashed.
    Crashed,
}

fn status(state: &Json) -> Status {
    match (state["up"].as_bool(), state["paused"].as_u64()) {
        (Some(false), _) => Status::Crashed,
        (_, Some(until)) => Status::Paused(until),
        _ => Status::Up,
    }
}

/// Returns the timers of both states, by their names.
fn timers(was: &Json, is: &Json, names: &[String]) -> Vec<Branch> {
    let list = |json: &Json| -> Vec<(String, String)> {
        let timers = json["timers"].as_array().into_iter().flatten();
        let timer = |timer: &Json| {
            let (due, clock) = (timer["due"].as_u64(), timer["clock"].as_u64());
            let due_words = text::past::expires(due.unwrap_or(0));
            let words = match clock.filter(|_| clock != due) {
                Some(clock) => text::past::by_its_clock(&due_words, clock),
                None => due_words,
            };
            (spell(timer["name"].as_str().unwrap_or(""), names), words)
        };
        timers.map(timer).collect()
    };
    let (before, after) = (list(was), list(is));
    let due = |list: &[(String, String)], name: &str| {
        list.iter().find(|(other, _)| other == name).map(|(_, due)| due.clone())
    };
    let gone = before.iter().filter(|(name, _)| due(&after, name).is_none());
    let both = after.iter().chain(gone);
    both.map(|(name, _)| Branch::line(name.clone(), due(&before, name), due(&after, name)))
        .collect()
}

/// The inspector's view of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Sender, receiver, times and fate.
    pub sentence: String,
    /// Fields of the payload.
    pub fields: Vec<Branch>,
    /// The other version of a payload: whose version it is, and the differences.
    pub other: Option<(&'static str, Vec<Branch>)>,
}

impl Payload {
    /// Returns the view of a message. Only the first `told` events of the run may be shown.
    #[must_use]
    pub fn of(run: &Run, id: MessageId, told: usize) -> Self {
        let message = &run.trace.messages[id];
        let names = &run.scenario.nodes;
        let packet = message.packet.inspect();
        let against = |title, other: &Packet| {
            let other = other.inspect();
            (title, entries(Some(&packet), Some(&other), names))
        };
        let truth = message.truth().map(|truth| against(text::past::TRUTH, truth));
        let over = told >= run.trace.events.len() || message.known(told).is_some();
        let sentence = if over {
            message_sentence(&run.scenario, &run.trace, id)
        } else {
            let name = |node| run.scenario.name(node);
            let (from, to) = (name(message.name.from), name(message.name.to));
            let sent = run.trace.events[message.sent].time;
            let text = spell(&message.packet.to_string(), names);
            text::past::in_transit(&text, &from, &to, sent)
        };
        let damaged =
            || message.damaged().filter(|_| over).map(|it| against(text::past::DAMAGED, it));
        Self {
            sentence,
            fields: entries(Some(&packet), Some(&packet), names),
            other: truth.or_else(damaged),
        }
    }
}
