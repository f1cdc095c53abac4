//! Messages that are not delivered yet at one moment: in transit, or received and held back.

use super::{Traffic, Wait};
use crate::kernel::{EventId, Fate, MessageId, NodeId, Time, Trace, sort_by_key};

/// A message that is in transit or held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Node that has yet to receive or deliver it.
    pub to: NodeId,
    /// The message.
    pub message: MessageId,
    /// Event since which it is in transit or held back: its sending, or its receipt.
    pub event: EventId,
    /// Reason why it is not delivered yet.
    pub status: Queue,
}

/// The reason why a message is not delivered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Its receiver holds it back.
    Held,
    /// It is in transit, and its fate is not told.
    InTransit,
    /// It is in transit and arrives at this time.
    Arrives(Time),
    /// It is in transit and is lost at this time.
    IsLost(Time),
}

/// Messages that are in transit or held back at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queues {
    /// By receiver: first those that are held back, in the order of their receipt, then those in transit, in the order of
    /// their arrival; of their sending if the future is hidden. Of very many in transit only some.
    pub messages: Vec<Queued>,
    /// Number of messages that are held back.
    pub held: usize,
    /// Number of copies in transit.
    pub in_transit: usize,
}

impl Queues {
    /// Collects the messages after the first `cursor` events. Their fates are told if they happen in the first `told` events.
    #[must_use]
    pub fn at(
        trace: &Trace,
        waits: &[Wait],
        traffic: &Traffic,
        cursor: EventId,
        told: EventId,
    ) -> Self {
        let is_held = |wait: &&Wait| {
            wait.received < cursor && wait.delivered.is_none_or(|delivered| delivered >= cursor)
        };
        let held = waits.iter().filter(is_held).filter_map(|wait| {
            let message = trace.events[wait.received].kind.message()?;
            Some(Queued { to: wait.node, message, event: wait.received, status: Queue::Held })
        });
        let mut messages: Vec<_> = held.collect();
        let held = messages.len();
        let flying = traffic.under_way(trace, cursor);
        let time = |event: EventId| trace.events[event].time;
        messages.extend(flying.some.into_iter().map(|(id, copy)| {
            let message = &trace.messages[id];
            let status = match message.fates().nth(copy) {
                // A run that is told to its end tells, too, what it leaves in transit.
                Some(Fate::InTransit { due }) if told >= trace.events.len() => Queue::Arrives(due),
                Some(Fate::Received(event)) if event < told => Queue::Arrives(time(event)),
                Some(Fate::Lost(event, _)) if event < told => Queue::IsLost(time(event)),
                _ => Queue::InTransit,
            };
            Queued { to: message.name.to, message: id, event: message.sent, status }
        }));
        // Those of equal keys stay in the order of their sending.
        sort_by_key(&mut messages, |it| {
            let (is_in_transit, at) = match it.status {
                Queue::Held => (false, it.event as Time),
                Queue::InTransit => (true, 0),
                Queue::Arrives(at) | Queue::IsLost(at) => (true, at),
            };
            (it.to, is_in_transit, at)
        });
        Self { messages, held, in_transit: flying.count }
    }
}
