//! What happened before an event and what after it (Lamport 1978), and what came of a message.

use std::ops::Range;

use super::causality::{is_effect, is_trigger};
use crate::kernel::{Event, EventId, EventKind, MessageId, NodeSet, Trace};

/// A set of places, a bit for each: of runs of any length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<u64>);

impl Places {
    fn of(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    /// These, of so many.
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

    /// Whether a place is in it.
    #[must_use]
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    /// How many are in both.
    #[must_use]
    pub fn common(&self, other: &Self) -> usize {
        let both = self.0.iter().zip(&other.0).map(|(one, other)| one & other);
        both.map(|word| word.count_ones() as usize).sum()
    }

    /// How many are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.common(self)
    }

    /// Whether nothing is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Those in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|place| self.contains(*place))
    }
}

/// Some of a run's events and messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The events.
    pub events: Places,
    /// The messages: those that were received, of a past; those that were sent, of a future.
    pub messages: Places,
}

impl Reached {
    fn nothing(trace: &Trace) -> Self {
        Self { events: Places::of(trace.events.len()), messages: Places::of(trace.messages.len()) }
    }
}

/// What happened before an event, and what after it; all else is concurrent with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cone {
    /// What may have influenced it. A loss is never in it: it happens in the network, and nobody learns of it.
    pub past: Reached,
    /// What it may have influenced, the losses of such messages included.
    pub future: Reached,
}

/// Whether something is an event of its node in the order of events: something that the node does or learns.
///
/// Requests, sends, receipts, indications, timers, what a failure detector tells, what is written to stable
/// storage, and recoveries are. A crash and a pause happen to a node, which then does nothing; a loss happens in
/// the network; a note says why; that a node is a traitor is said once, in the beginning.
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

/// The events that [`count`](counts), where what is sent in a row at one moment is one event, by its first
/// send: a multicast.
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

/// Tells the sends in a row from others, event by event.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// By node: when it sent, if that was the last that it did.
    sent: Vec<Option<u64>>,
}

impl Rows {
    pub(super) fn new(nodes: usize) -> Self {
        Self { sent: vec![None; nodes] }
    }

    /// Whether the next event of the trace counts, and is not the next send of a row.
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

/// The events that are one with this one: the sends in its row.
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

/// What happened before an event and what after it. Two passes over the run at the most.
#[must_use]
pub fn cone(trace: &Trace, event: EventId) -> Cone {
    let row = row(trace, event);
    let node = trace.events[event].node;
    let mut future = future(trace, row.start);
    // What is in between is of other nodes, or no event at all.
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

/// What came of a message: how it ended, what its receiver did when it came, what came of the messages that
/// it sent then, and so on. Less than the future of its sending, in which is all that may have come of it: what
/// a node does later, since a timer goes off, is not traced back to what set the timer.
#[must_use]
pub fn outcome_of(trace: &Trace, nodes: usize, message: MessageId) -> Reached {
    let mut reached = Reached::nothing(trace);
    reached.messages.insert(message);
    // By node: when its latest handler ran, if that came of the message.
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
