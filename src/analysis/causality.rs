//! What led to what.

use std::collections::BTreeSet;

use crate::kernel::{EventId, EventKind, MessageId, SortedMap, SortedSet, Trace};

/// Events and messages that led to something, itself included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// The events.
    pub events: BTreeSet<EventId>,
    /// The messages on the way.
    pub messages: BTreeSet<MessageId>,
}

/// How these events came about: from each of them back over the handler that caused it to what that
/// handler answered, over the message to its sender, and so on to a request, a timer or a fault.
#[must_use]
pub fn chain(trace: &Trace, events: &[EventId]) -> Chain {
    let mut chain = Chain::default();
    for &event in events {
        let mut next = Some(event);
        while let Some(event) = next
            && chain.events.insert(event)
        {
            if let EventKind::Receive(message) | EventKind::Lose(message, _) =
                trace.events[event].kind
            {
                chain.messages.insert(message);
            }
            next = cause(trace, event);
        }
    }
    chain
}

/// By which messages one event came to be known where another happened, on the way that was the quickest: the
/// first did happen before the second, unless it is none. Within one node it is no message at all.
#[must_use]
pub fn way(trace: &Trace, from: EventId, to: EventId) -> Option<Chain> {
    let (start, end) = (trace.events.get(from)?.node, trace.events.get(to)?.node);
    // By node: by which message it came to know of the event, which its own node did by none.
    let mut heard = SortedMap::new();
    heard.insert(start, None);
    // The messages whose senders knew.
    let mut telling = SortedSet::new();
    for event in trace.events.get(from..=to)? {
        match event.kind {
            EventKind::Send(message) if heard.contains_key(&event.node) => {
                telling.insert(message);
            }
            EventKind::Receive(message) if telling.contains(&message) => {
                heard.entry(event.node).or_insert(Some(message));
            }
            _ => {}
        }
    }
    let mut way = Chain::default();
    let mut node = end;
    while let Some(message) = *heard.get(&node)? {
        let sent = &trace.messages[message];
        way.messages.insert(message);
        way.events.insert(sent.sent);
        way.events.extend(sent.overall().event());
        node = sent.name.from;
    }
    Some(way)
}

/// The event that caused another one at once: of a message's end its sending, of what a handler did the event
/// that it answered; none of what nothing in the run caused.
#[must_use]
pub fn cause(trace: &Trace, event: EventId) -> Option<EventId> {
    match trace.events[event].kind {
        EventKind::Receive(message) | EventKind::Lose(message, _) => {
            Some(trace.messages[message].sent)
        }
        _ => trigger(trace, event),
    }
}

/// What an event caused at once, in the order in which it happened: the reverse of [`cause`].
#[must_use]
pub fn effects(trace: &Trace, event: EventId) -> Vec<EventId> {
    let at = &trace.events[event];
    if let EventKind::Send(message) = at.kind {
        let message = &trace.messages[message];
        return message.fates().filter_map(crate::kernel::Fate::event).collect();
    }
    if !is_trigger(&at.kind) {
        return Vec::new();
    }
    let later = trace.events.iter().enumerate().skip(event + 1);
    let now = later.take_while(|(_, other)| other.time == at.time);
    let here = now.filter(|(_, other)| other.node == at.node);
    let answered = here.take_while(|(_, other)| !is_trigger(&other.kind));
    answered.filter(|(_, other)| is_effect(&other.kind)).map(|(id, _)| id).collect()
}

/// The event that the handler answered in which this one was caused; none for one that nothing caused, and
/// for what the start of the run did.
#[must_use]
pub fn trigger(trace: &Trace, event: EventId) -> Option<EventId> {
    let effect = &trace.events[event];
    if !is_effect(&effect.kind) {
        return None;
    }
    let before = trace.events[..event].iter().enumerate().rev();
    let mut here = before.take_while(|(_, other)| other.time == effect.time);
    here.find(|(_, other)| other.node == effect.node && is_trigger(&other.kind)).map(|(id, _)| id)
}

/// Whether a handler causes it.
#[must_use]
pub const fn is_effect(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Send(_) | EventKind::Persist | EventKind::Note(_) | EventKind::Indicate { .. }
    )
}

/// Whether a handler answers it.
pub(super) const fn is_trigger(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Request { .. }
            | EventKind::Receive(_)
            | EventKind::Timer(_)
            | EventKind::Recover
            | EventKind::Detect(_)
    )
}
