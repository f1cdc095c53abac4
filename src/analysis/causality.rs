//! Causes and effects of events.

use crate::kernel::{EventId, EventKind, MessageId, SortedMap, SortedSet, Trace};

/// Events and messages that led to some events, these included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Events.
    pub events: SortedSet<EventId>,
    /// Messages.
    pub messages: SortedSet<MessageId>,
}

/// Returns the causes of these events: from each of them back to the event that its handler answered, from a receipt
/// to the send, and so on to a request, a timer or a fault.
#[must_use]
pub fn chain(trace: &Trace, events: &[EventId]) -> Chain {
    let mut seen = vec![false; trace.events.len()];
    let (mut found, mut messages) = (Vec::new(), Vec::new());
    for &event in events {
        let mut next = Some(event);
        while let Some(event) = next
            && !std::mem::replace(&mut seen[event], true)
        {
            found.push(event);
            if let EventKind::Receive(message) | EventKind::Lose(message, _) =
                trace.events[event].kind
            {
                messages.push(message);
            }
            next = cause(trace, event);
        }
    }
    found.sort_unstable();
    messages.sort_unstable();
    Chain { events: found.into_iter().collect(), messages: messages.into_iter().collect() }
}

/// Returns the quickest path of messages from one event to another. If the first event did not happen before the
/// second, there is none. Within one node the path is empty.
#[must_use]
pub fn way(trace: &Trace, from: EventId, to: EventId) -> Option<Chain> {
    let (start, end) = (trace.events.get(from)?.node, trace.events.get(to)?.node);
    // By node: the message through which it learned of the event; none for the node of the event.
    let mut heard = SortedMap::new();
    heard.insert(start, None);
    // Messages whose senders knew of the event.
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

/// Returns the direct cause of an event: of a receipt or a loss the send, of a handler's effect the event that the
/// handler answered. An event that nothing in the run caused has none.
#[must_use]
pub fn cause(trace: &Trace, event: EventId) -> Option<EventId> {
    match trace.events[event].kind {
        EventKind::Receive(message) | EventKind::Lose(message, _) => {
            Some(trace.messages[message].sent)
        }
        _ => trigger(trace, event),
    }
}

/// Returns the direct effects of an event, in the order of events: the reverse of [`cause`].
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

/// Returns the event answered by the handler that caused this one; none if no handler did, or the node's start did.
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

/// True for an event that a handler causes.
#[must_use]
pub const fn is_effect(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Send(_) | EventKind::Persist | EventKind::Note(_) | EventKind::Indicate { .. }
    )
}

/// True for an event that a handler answers.
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
