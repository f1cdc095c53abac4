//! What a simulation writes into, and looks up: a trace that grows, or one that is there already.

use super::{Event, EventId, EventKind, Fate, Message, MessageId, NodeId, Sample, Time, Trace};

/// A trace, seen from a simulation.
#[derive(Debug)]
pub(super) enum Log<'a> {
    /// What happens is added to it.
    Growing(&'a mut Trace),
    /// What happens is in it: a part of the run is gone through once more, and comes to the same.
    Known {
        /// The whole run.
        trace: &'a Trace,
        /// How far it has been gone through.
        reached: Reached,
    },
}

/// How much of a trace there is at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reached {
    pub(super) events: EventId,
    pub(super) messages: MessageId,
}

impl Reached {
    /// All that there is.
    pub(super) const fn end(trace: &Trace) -> Self {
        Self { events: trace.events.len(), messages: trace.messages.len() }
    }
}

impl Log<'_> {
    /// How many events there have been.
    pub(super) const fn events(&self) -> usize {
        match self {
            Self::Growing(trace) => trace.events.len(),
            Self::Known { reached, .. } => reached.events,
        }
    }

    /// How far it goes.
    pub(super) const fn reached(&self) -> Reached {
        match self {
            Self::Growing(trace) => Reached::end(trace),
            Self::Known { reached, .. } => *reached,
        }
    }

    /// How many messages have been sent.
    pub(super) const fn messages(&self) -> usize {
        match self {
            Self::Growing(trace) => trace.messages.len(),
            Self::Known { reached, .. } => reached.messages,
        }
    }

    /// What was sent.
    pub(super) fn message(&self, message: MessageId) -> &Message {
        match self {
            Self::Growing(trace) => &trace.messages[message],
            Self::Known { trace, .. } => &trace.messages[message],
        }
    }

    /// Something happens.
    pub(super) fn record(&mut self, time: Time, node: NodeId, kind: EventKind) -> EventId {
        let event = self.events();
        match self {
            Self::Growing(trace) => trace.events.push(Event { time, node, kind }),
            Self::Known { trace, reached } => {
                debug_assert_eq!(trace.events[event], Event { time, node, kind });
                reached.events += 1;
            }
        }
        event
    }

    /// A node is measured.
    pub(super) fn sample(&mut self, time: Time, node: NodeId, values: Vec<i64>) {
        let events = self.events();
        if let Self::Growing(trace) = self {
            trace.samples.push(Sample { time, events, node, values });
        }
    }

    /// A message is sent.
    pub(super) fn send(&mut self, message: Message) {
        match self {
            Self::Growing(trace) => trace.messages.push(message),
            Self::Known { trace, reached } => {
                debug_assert_eq!(trace.messages[reached.messages].name, message.name);
                reached.messages += 1;
            }
        }
    }

    /// A copy of a message has come, or will never come.
    pub(super) fn end_way(&mut self, message: MessageId, copy: usize, fate: Fate) {
        let Self::Growing(trace) = self else { return };
        let message = &mut trace.messages[message];
        match copy.checked_sub(1) {
            None => message.fate = fate,
            Some(copy) => message.copies[copy] = fate,
        }
    }
}
