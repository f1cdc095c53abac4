//! The log of a simulation: a trace that grows, or a recorded one that is repeated.

use super::{Event, EventId, EventKind, Fate, Message, MessageId, NodeId, Sample, Time, Trace};

/// A trace, seen from a simulation.
#[derive(Debug)]
pub(super) enum Log<'a> {
    /// A trace to which events are added.
    Growing(&'a mut Trace),
    /// A trace that holds the events already: a part of the run is repeated, with the same result.
    Known {
        /// The whole run.
        trace: &'a Trace,
        /// Position up to which it has been repeated.
        reached: Reached,
    },
}

/// A position in a trace.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reached {
    pub(super) events: EventId,
    pub(super) messages: MessageId,
}

impl Reached {
    /// Returns the end of a trace.
    pub(super) const fn end(trace: &Trace) -> Self {
        Self { events: trace.events.len(), messages: trace.messages.len() }
    }
}

impl Log<'_> {
    /// Returns the number of events up to now.
    pub(super) const fn events(&self) -> usize {
        match self {
            Self::Growing(trace) => trace.events.len(),
            Self::Known { reached, .. } => reached.events,
        }
    }

    /// Returns the current position.
    pub(super) const fn reached(&self) -> Reached {
        match self {
            Self::Growing(trace) => Reached::end(trace),
            Self::Known { reached, .. } => *reached,
        }
    }

    /// Returns the number of messages sent up to now.
    pub(super) const fn messages(&self) -> usize {
        match self {
            Self::Growing(trace) => trace.messages.len(),
            Self::Known { reached, .. } => reached.messages,
        }
    }

    /// Returns a message that was sent.
    pub(super) fn message(&self, message: MessageId) -> &Message {
        match self {
            Self::Growing(trace) => &trace.messages[message],
            Self::Known { trace, .. } => &trace.messages[message],
        }
    }

    /// Records an event.
    pub(super) fn record(&mut self, time: Time, node: NodeId, kind: EventKind) -> EventId {
        let event = self.events();
        match self {
            Self::Growing(trace) => {
                debug_assert!(
                    trace.events.last().is_none_or(|last| last.time <= time),
                    "events are recorded in the order of time"
                );
                trace.events.push(Event { time, node, kind });
            }
            Self::Known { trace, reached } => {
                debug_assert_eq!(trace.events[event], Event { time, node, kind });
                reached.events += 1;
            }
        }
        event
    }

    /// Records the measured values of a node.
    pub(super) fn sample(&mut self, time: Time, node: NodeId, values: Vec<i64>) {
        let events = self.events();
        if let Self::Growing(trace) = self {
            trace.samples.push(Sample { time, events, node, values });
        }
    }

    /// Records that a message is sent.
    pub(super) fn send(&mut self, message: Message) {
        match self {
            Self::Growing(trace) => trace.messages.push(message),
            Self::Known { trace, reached } => {
                debug_assert_eq!(trace.messages[reached.messages].name, message.name);
                reached.messages += 1;
            }
        }
    }

    /// Records the arrival or the loss of a copy of a message.
    pub(super) fn end_way(&mut self, message: MessageId, copy: usize, fate: Fate) {
        let Self::Growing(trace) = self else { return };
        let message = &mut trace.messages[message];
        match copy.checked_sub(1) {
            None => message.fate = fate,
            Some(copy) => message.copies[copy] = fate,
        }
    }
}
