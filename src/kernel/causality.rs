//! What led to what.

use std::collections::BTreeSet;

use super::{EventId, EventKind, MessageId, Trace};

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
            next = match trace.events[event].kind {
                EventKind::Receive(message) | EventKind::Lose(message, _) => {
                    chain.messages.insert(message);
                    Some(trace.messages[message].sent)
                }
                _ => trigger(trace, event),
            };
        }
    }
    chain
}

/// The event that the handler answered in which this one was caused; none for one that nothing caused.
fn trigger(trace: &Trace, event: EventId) -> Option<EventId> {
    let effect = &trace.events[event];
    if !is_effect(&effect.kind) {
        return None;
    }
    let before = trace.events[..event].iter().enumerate().rev();
    let mut here = before.take_while(|(_, other)| other.time == effect.time);
    here.find(|(_, other)| other.node == effect.node && is_trigger(&other.kind)).map(|(id, _)| id)
}

/// Whether a handler causes it.
const fn is_effect(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Send(_) | EventKind::Persist | EventKind::Note(_) | EventKind::Indicate { .. }
    )
}

/// Whether a handler answers it.
const fn is_trigger(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Request { .. }
            | EventKind::Receive(_)
            | EventKind::Timer(_)
            | EventKind::Recover
            | EventKind::Detect(_)
    )
}
