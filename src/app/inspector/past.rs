//! The nodes' states at any moment of a run, and what the last step changed in them.

use serde_json::Value as Json;

use super::tree::{Branch, entries, pruned};
use crate::app::text;
use crate::{
    analysis::{is_effect, trigger},
    app::{Run, Selection},
    diagram::{Wait, event_sentence, message_sentence},
    kernel::{
        Checkpoints, Event, EventId, EventKind, Fate, MessageId, NodeId, Packet, Plan, Revisited,
        Time, spell,
    },
};

/// What the inspector looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// How many events have happened by then.
    pub events: usize,
    /// How many had before the step that the event belongs to.
    pub before: usize,
    /// The event that came last; none before the run, and at a moment that was picked.
    pub event: Option<EventId>,
    /// The message that it is about.
    pub message: Option<MessageId>,
    /// The node that comes first.
    pub node: NodeId,
    /// Whether the reader picked it; otherwise it is where the playhead stands.
    pub picked: bool,
}

impl Subject {
    /// What the reader has picked; else what came last before the playhead, `cursor` events having happened.
    /// It is one of the first `told` events: no others may be told of.
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

    /// What it is, in a line.
    #[must_use]
    pub fn heading(&self, run: &Run) -> String {
        match (self.event, self.events) {
            (Some(event), _) => {
                let time = run.trace.events[event].time;
                format!("{time} ms: {}", event_sentence(&run.scenario, &run.trace, event))
            }
            (None, 0) => text::past::BEFORE.to_owned(),
            (None, events) => {
                let time = run.trace.events[events - 1].time;
                text::past::after(&run.scenario.name(self.node), time)
            }
        }
    }
}

/// The first event of the step that an event belongs to: the one that its handler answers, or, where the
/// start of the run did it, the first thing that was done.
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

/// How many events have happened when the step is over that the last of so many belongs to.
fn step_end(run: &Run, events: usize) -> usize {
    let all = &run.trace.events;
    let Some(last) = events.checked_sub(1).map(|last| &all[last]) else { return events };
    let same = |other: &&Event| {
        other.node == last.node && other.time == last.time && is_effect(&other.kind)
    };
    events + all[events..].iter().take_while(same).count()
}

/// The past of a run, found again: made when it is first asked for, and kept as long as the run.
#[derive(Debug)]
pub struct Past {
    run: Run,
    checkpoints: Checkpoints,
    /// What was looked at last: before the step, and after it.
    last: Option<(Revisited, Revisited)>,
}

/// How many lines the states of all nodes together have at the most.
const LINES: usize = 240;
/// How many messages that are held back are told of each node.
const HELD_BACK: usize = 20;

/// How many steps of a run are gone through at once, so that the page does not stand still.
const PIECE: usize = 2_000;

impl Past {
    /// The past of a run, its first part gone through.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let checkpoints = Checkpoints::begin(&plan(run));
        let mut past = Self { run: run.clone(), checkpoints, last: None };
        past.go_on();
        past
    }

    /// Whether it is this run's.
    #[must_use]
    pub fn is_of(&self, run: &Run) -> bool {
        self.run == *run
    }

    /// Goes through the next part of the run. False once all of it has been gone through.
    pub fn go_on(&mut self) -> bool {
        self.checkpoints.advance(&plan(&self.run), &self.run.trace, PIECE)
    }

    /// How much of the run has been gone through, in hundredths; none once that is all.
    #[must_use]
    pub fn progress(&self) -> Option<usize> {
        let all = self.run.trace.events.len().max(1);
        self.checkpoints.reached().map(|events| events * 100 / all)
    }

    /// Whether the run has been gone through up to there.
    #[must_use]
    pub fn has(&self, subject: &Subject) -> bool {
        self.checkpoints.reached().is_none_or(|reached| reached >= subject.events)
    }

    /// The states of these nodes, of all of a run of which the first `told` events may be told. Where the run has
    /// not been gone through up to there, it takes long.
    #[must_use]
    pub fn states(&mut self, subject: &Subject, nodes: &[NodeId], told: usize) -> Vec<NodeState> {
        let (plan, trace) = (plan(&self.run), &self.run.trace);
        let seek = |events, near| self.checkpoints.seek_near(&plan, trace, events, near);
        // Mostly the next moment is looked at next.
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

    /// What a node has received and not yet delivered when so many events have happened, in sentences: when it
    /// will be only if that may be told.
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
    /// Which.
    pub node: NodeId,
    /// Whether it is up.
    pub status: Status,
    /// The process's state. Of a node that is down it is what is lost.
    pub state: Vec<Branch>,
    /// The timers that run.
    pub timers: Vec<Branch>,
    /// What it has in stable storage; empty if nothing.
    pub stored: Vec<Branch>,
    /// The messages that wait for their delivery, in sentences; none where no message of the run ever does.
    pub held_back: Option<Vec<String>>,
}

impl NodeState {
    /// The same in so many lines at the most.
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

    /// Whether the last step changed anything.
    #[must_use]
    pub fn is_touched(&self) -> bool {
        let mut all = self.state.iter().chain(&self.timers).chain(&self.stored);
        all.any(|entry| entry.touched)
    }
}

/// Whether a node is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is.
    Up,
    /// It stands still until then, in virtual ms.
    Paused(Time),
    /// It has crashed.
    Crashed,
}

fn status(state: &Json) -> Status {
    match (state["up"].as_bool(), state["paused"].as_u64()) {
        (Some(false), _) => Status::Crashed,
        (_, Some(until)) => Status::Paused(until),
        _ => Status::Up,
    }
}

/// The timers of both states, by their names.
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

/// What the inspector says of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Who, when, what became of it.
    pub sentence: String,
    /// What it says.
    pub fields: Vec<Branch>,
    /// What else it might have said: who meant it, and what is different in what was sent.
    pub other: Option<(&'static str, Vec<Branch>)>,
}

impl Payload {
    /// Of a message of a run of which the first `told` events may be told.
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
