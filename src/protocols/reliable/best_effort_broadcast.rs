//! Best-effort broadcast.
//!
//! The broadcaster sends the message to all processes, itself included, one after the other. A process that
//! receives the message delivers it. No other process sends anything: n − 1 messages.
//!
//! *Why it works*: a channel between two correct processes loses nothing. So once all sends are made, each
//! correct process receives its copy.
//!
//! If the broadcaster crashes between two sends, the processes that come first in its list deliver the message,
//! and the others never receive it: **agreement** breaks. This is the reason for reliable broadcast.
//!
//! Where it departs from the book: the book assumes that messages are unique, so that "the same message" has a
//! meaning. Here a message carries its sequence number at the broadcaster.

use std::marker::PhantomData;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            UNIFORM_AGREEMENT, VALIDITY, one_broadcast,
        },
    },
    cost,
    kernel::{
        Break, Carried, Context, Group, Layer, Never, NodeId, Payload, Process, Protocol, Rule,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "best-effort-broadcast",
    name: "Best-effort broadcast",
    summary: "The sender sends one message to each member, and repeats none.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithm 3.1 \"Basic Broadcast\"; note 001",
    example: "sender-crashes-half-way",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::RequestersStayUp.always(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT],
    beyond: &[UNIFORM_AGREEMENT],
    breaks: &[Break {
        when: "the sender crashes half-way",
        scenario: "sender-crashes-half-way",
        violates: &[AGREEMENT, UNIFORM_AGREEMENT],
        broken: &[Rule::RequestersStayUp],
    }],
    unbreakable: &[(VALIDITY, "a correct broadcaster delivers its own message at once")],
    costs: &[cost!("one broadcast", n >= 2 => n - 1, one_broadcast)],
    ..Protocol::of::<BestEffortBroadcast<Value>>()
};

/// A process that broadcasts and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BestEffortBroadcast<M> {
    sent: Sent,
    #[serde(skip)]
    payload: PhantomData<M>,
}

/// A message with its sequence number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Data<M> {
    /// Sequence number at the sender, from 1.
    seq: u32,
    /// The application's message, or that of the layer above.
    pub payload: M,
}

impl<M: Payload> Layer for BestEffortBroadcast<M> {
    const ID: &'static str = PROTOCOL.id;
}

impl<M: Payload> Process for BestEffortBroadcast<M> {
    type Parameters = ();
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Data<M>;
    type Timer = Never;

    fn new(_group: Group, (): &()) -> Self {
        Self { sent: Sent::default(), payload: PhantomData }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let BroadcastId { seq, .. } = self.sent.next(ctx.me());
        ctx.send_all(Data { seq, payload });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data<M>) {
        ctx.indicate(Deliver { from, seq: data.seq, payload: data.payload });
    }

    fn carries(from: NodeId, message: &Data<M>) -> Option<Carried> {
        Some((from, message.seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::testing::{broadcast, crash, deliveries, group};

    #[test]
    fn broadcaster_that_crashes_half_way_reaches_the_first_of_its_list() {
        for sends in 0..3 {
            let mut scenario = group(&PROTOCOL, 4);
            scenario.requests = vec![broadcast(0, 1, "m")];
            scenario.faults = vec![crash(0, 1, sends)];
            let reached = ["10 P2 m", "10 P3 m", "10 P4 m"];
            assert_eq!(deliveries(&PROTOCOL, &scenario), reached[..sends as usize]);
        }
    }

    #[test]
    fn messages_are_delivered_when_they_are_received() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2")];
        let first = deliveries(&PROTOCOL, &scenario);
        assert_eq!(first, ["0 P1 m1", "1 P1 m2", "10 P2 m1", "11 P2 m2"]);
    }
}
