//! Past and future of an event (Lamport 1978), and effects of a message.

use std::ops::Range;

use super::causality::{is_effect, is_trigger};
use crate::kernel::{Event, EventId, EventKind, MessageId, NodeSet, Trace};

/// A set of places in a list of any length, with a bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<u64>);

impl Places {
    fn of(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    /// The set of these places in a list of this size.
    #[must_use]
    pub fn with<'a>(size: usize, places: impl IntoIterator<Item = &'a usize>) -> Self {
        let mut all = Self::of(size);
        places.into_iter().for_each(|place| all.insert(*place));
        all
    }

    fn insert(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    fn remove(&mut self, place: usize) {
        self.0[place / 64] &= !(1 << (place % 64));
    }

    /// True if a place is in it.
    #[must_use]
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    /// Number of places in both sets.
    #[must_use]
    pub fn common(&self, other: &Self) -> usize {
        let both = self.0.iter().zip(&other.0).map(|(one, other)| one & other);
        both.map(|word| word.count_ones() as usize).sum()
    }

    /// Number of places in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.common(self)
    }

    /// True if no place is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The places in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|place| self.contains(*place))
    }
}

/// A set of events and messages of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The events.
    pub events: Places,
    /// The messages: in a past, those received; in a future, those sent.
    pub messages: Places,
}

impl Reached {
    fn nothing(trace: &Trace) -> Self {
        Self { events: Places::of(trace.events.len()), messages: Places::of(trace.messages.len()) }
    }
}

/// Past and future of an event. All other events are concurrent with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cone {
    /// Events that may have influenced it. A loss is never among them: it happens in the network, unknown to all
    /// nodes.
    pub past: Reached,
    /// Events that it may have influenced, the losses of such messages included.
    pub future: Reached,
}

/// True if an event counts in the order of events: the node does or learns something.
///
/// Requests, sends, receipts, indications, timers, reports of a failure detector, writes to stable storage and
/// recoveries count. Crashes and pauses do not: the node then does nothing. A loss happens in the network; a note
/// is a comment; a traitor event only marks the node.
#[must_use]
pub const fn counts(kind: &EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Lose(..)
            | EventKind::Crash
            | EventKind::Pause
            | EventKind::Resume
            | EventKind::Note(_)
            | EventKind::Traitor(_)
    )
}

/// Returns the events that [count](counts). Consecutive sends at one moment are one event, a multicast, represented
/// by the first send.
#[must_use]
pub fn counted(trace: &Trace, nodes: usize) -> Places {
    let mut places = Places::of(trace.events.len());
    let mut rows = Rows::new(nodes);
    for (id, event) in trace.events.iter().enumerate() {
        if rows.begins(event) {
            places.insert(id);
        }
    }
    places
}

/// Recognises consecutive sends, event by event.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// By node: the time of its last event, if that was a send.
    sent: Vec<Option<u64>>,
}

impl Rows {
    pub(super) fn new(nodes: usize) -> Self {
        Self { sent: vec![None; nodes] }
    }

    /// True if the next event of the trace counts and does not continue a row of sends.
    pub(super) fn begins(&mut self, event: &Event) -> bool {
        if !counts(&event.kind) {
            return false;
        }
        let sends = matches!(event.kind, EventKind::Send(_));
        let now = sends.then_some(event.time);
        let before = std::mem::replace(&mut self.sent[event.node.index()], now);
        !sends || before != now
    }
}

/// Returns the range of the consecutive sends that form one event with this one.
fn row(trace: &Trace, event: EventId) -> Range<EventId> {
    let at = &trace.events[event];
    if !matches!(at.kind, EventKind::Send(_)) {
        return event..event + 1;
    }
    let same = |(_, other): &(usize, &Event)| other.time == at.time;
    let here = |(_, other): &(usize, &Event)| other.node == at.node && counts(&other.kind);
    let sends = |(_, other): &(usize, &Event)| matches!(other.kind, EventKind::Send(_));
    let events = || trace.events.iter().enumerate();
    let before = events().rev().skip(trace.events.len() - event).take_while(same).filter(here);
    let first = before.take_while(sends).last().map_or(event, |(id, _)| id);
    let after = events().skip(event + 1).take_while(same).filter(here);
    let last = after.take_while(sends).last().map_or(event, |(id, _)| id);
    first..last + 1
}

/// Computes past and future of an event, in at most two passes over the run.
#[must_use]
pub fn cone(trace: &Trace, event: EventId) -> Cone {
    let row = row(trace, event);
    let node = trace.events[event].node;
    let mut future = future(trace, row.start);
    // Other events in the range are of other nodes, or do not count.
    for id in row.clone().filter(|id| trace.events[*id].node == node) {
        future.events.remove(id);
    }
    Cone { past: past(trace, row.start), future }
}

fn past(trace: &Trace, event: EventId) -> Reached {
    let mut past = Reached::nothing(trace);
    let mut nodes = NodeSet::EMPTY;
    match trace.events[event].kind {
        EventKind::Lose(message, _) => past.messages.insert(message),
        EventKind::Receive(message) => {
            past.messages.insert(message);
            nodes.insert(trace.events[event].node);
        }
        _ => {
            nodes.insert(trace.events[event].node);
        }
    }
    for (id, before) in trace.events[..event].iter().enumerate().rev() {
        match before.kind {
            EventKind::Lose(..) => continue,
            EventKind::Send(message) if past.messages.contains(message) => {
                nodes.insert(before.node);
            }
            EventKind::Receive(message) if nodes.contains(before.node) => {
                past.messages.insert(message);
            }
            _ => {}
        }
        if nodes.contains(before.node) {
            past.events.insert(id);
        }
    }
    past
}

fn future(trace: &Trace, event: EventId) -> Reached {
    let mut future = Reached::nothing(trace);
    let mut nodes = NodeSet::EMPTY;
    if matches!(trace.events[event].kind, EventKind::Lose(..)) {
        return future;
    }
    nodes.insert(trace.events[event].node);
    for (id, after) in trace.events.iter().enumerate().skip(event) {
        match after.kind {
            EventKind::Lose(message, _) => {
                if future.messages.contains(message) {
                    future.events.insert(id);
                }
                continue;
            }
            EventKind::Receive(message) if future.messages.contains(message) => {
                nodes.insert(after.node);
            }
            EventKind::Send(message) if nodes.contains(after.node) => {
                future.messages.insert(message);
            }
            _ => {}
        }
        if nodes.contains(after.node) {
            future.events.insert(id);
        }
    }
    future.events.remove(event);
    future
}

/// Returns the effects of a message: its end, the effects of its receiver's handler, the effects of the messages sent
/// there, and so on. This is a part of the future of its sending, which has all possible effects: a timer's handler
/// is not traced back to the event that set the timer.
#[must_use]
pub fn outcome_of(trace: &Trace, nodes: usize, message: MessageId) -> Reached {
    let mut reached = Reached::nothing(trace);
    reached.messages.insert(message);
    // By node: the time of its latest handler, if that is an effect of the message.
    let mut answers = vec![None; nodes];
    for (id, event) in trace.events.iter().enumerate().skip(trace.messages[message].sent + 1) {
        let answer = &mut answers[event.node.index()];
        let ends = match event.kind {
            EventKind::Receive(it) | EventKind::Lose(it, _) => reached.messages.contains(it),
            _ => false,
        };
        if is_trigger(&event.kind) {
            *answer = ends.then_some(event.time);
        }
        let answers = is_effect(&event.kind) && *answer == Some(event.time);
        if ends || answers {
            reached.events.insert(id);
        }
        if let (EventKind::Send(it), true) = (&event.kind, answers) {
            reached.messages.insert(*it);
        }
    }
    reached
}
