//! FIFO multicast.
//!
//! Implements: FIFOReliableBroadcast. Uses: BestEffortBroadcast.
//! Model: crash-stop, asynchronous, reliable channels; whoever broadcasts stays up.
//! Source: Cachin, Guerraoui and Rodrigues 2011, Algorithm 3.12 "Broadcast with Sequence Number"; notes 002
//! and 003.
//!
//! Every broadcaster counts its messages, and a message carries its number. A receiver counts, for each
//! broadcaster, what it has delivered, and holds a message back until it is that broadcaster's next one.
//!
//! It works because a number says which messages come before it without naming them: of the k-th message of
//! a broadcaster the k − 1 others are known to exist, and none is delivered before all of those are. Nothing
//! is sent that would not be sent anyway: n − 1 messages.
//!
//! The numbers of two broadcasters have nothing to do with each other. So a reply that overtakes its
//! question is delivered before it, being its sender's next message all the same: **causal order** breaks,
//! and with it total order. `causal-multicast` counts everybody's messages for that.
//!
//! Where it departs from the book: the layer below is best-effort broadcast, so that a broadcaster that
//! crashes half-way is what breaks agreement here too; the book takes reliable broadcast, which costs
//! n(n − 1).

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            VALIDITY, one_broadcast,
        },
        clock::VectorClock,
        hold_back::HoldBack,
        order::{CAUSAL_ORDER, FIFO_ORDER, TOTAL_ORDER},
    },
    cost,
    kernel::{
        Break, Carried, Context, Group, Never, NodeId, Over, Payload, Process, Protocol, Rule,
    },
    protocols::reliable::best_effort_broadcast::{BestEffortBroadcast, Data},
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "fifo-multicast",
    name: "FIFO multicast",
    summary: "Everybody delivers each sender's messages by their numbers.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithm 3.12",
    model: &[
        Rule::ReliableChannels.always().for_liveness(),
        Rule::RequestersStayUp.always().for_liveness(),
        Rule::NobodyRecovers.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT, FIFO_ORDER],
    beyond: &[CAUSAL_ORDER, TOTAL_ORDER],
    breaks: &[
        Break {
            when: "a reply overtakes its question",
            scenario: "reply-overtakes",
            violates: &[CAUSAL_ORDER, TOTAL_ORDER],
            broken: &[],
        },
        Break {
            when: "a reply overtakes its question, and a third message is concurrent with it",
            scenario: "three-orders",
            violates: &[CAUSAL_ORDER, TOTAL_ORDER],
            broken: &[],
        },
        Break {
            when: "a message is lost",
            scenario: "first-never-comes",
            violates: &[AGREEMENT],
            broken: &[Rule::ReliableChannels],
        },
    ],
    unbreakable: &[
        (VALIDITY, "a correct broadcaster delivers its own message at once"),
        (FIFO_ORDER, "the hold-back queue counts up from one, even after a recovery"),
    ],
    costs: &[cost!("one broadcast", n >= 2 => n - 1, one_broadcast)],
    ..Protocol::of::<FifoMulticast<Value>>()
};

/// A process that multicasts, holds back and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FifoMulticast<M> {
    sent: Sent,
    /// Number of messages of each member that have been delivered.
    delivered: VectorClock,
    held_back: HoldBack<Numbered<M>>,
    best_effort: Layer<M>,
}

type Layer<M> = BestEffortBroadcast<Numbered<M>>;

/// A message with its sequence number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{seq}: {payload}")]
pub struct Numbered<M> {
    seq: u32,
    payload: M,
}

impl<M: Payload> Process for FifoMulticast<M> {
    type Parameters = ();
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Data<Numbered<M>>;
    type Timer = Never;

    fn new(group: Group, (): &()) -> Self {
        Self {
            sent: Sent::default(),
            delivered: VectorClock::new(group.size),
            held_back: HoldBack::default(),
            best_effort: BestEffortBroadcast::new(group, &()),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let BroadcastId { seq, .. } = self.sent.next(ctx.me());
        self.ask(ctx, Broadcast(Numbered { seq, payload }));
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data<Numbered<M>>) {
        self.pass(ctx, from, data);
    }

    fn carries(from: NodeId, message: &Data<Numbered<M>>) -> Option<Carried> {
        Some((from, message.payload.seq))
    }
}

impl<M: Payload> Over<Layer<M>> for FifoMulticast<M> {
    fn layer(&mut self) -> &mut Layer<M> {
        &mut self.best_effort
    }

    fn on_layer(&mut self, ctx: &mut Context<Self>, told: Deliver<Numbered<M>>) {
        self.held_back.hold(told.from, told.payload);
        let next = |delivered: &VectorClock, from, seq| seq == delivered[from] + 1;
        while let Some((from, Numbered { seq, payload })) =
            self.held_back.take(|from, held| next(&self.delivered, from, held.seq))
        {
            self.delivered[from] = seq;
            ctx.indicate(Deliver { from, seq, payload });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::PerMillion,
        protocols::testing::{at, broadcast, deliveries, group, late, slow},
    };

    #[test]
    fn what_overtakes_is_held_back_until_its_senders_earlier_messages_are_there() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests =
            vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2"), broadcast(2, 1, "m3")];
        scenario.faults = vec![late(1, 2, 1, 40), late(1, 2, 2, 20)];
        let expected = ["50 P2 m1", "50 P2 m2", "50 P2 m3"];
        assert_eq!(at(2, deliveries(&PROTOCOL, &scenario)), expected);
    }

    #[test]
    fn one_sender_does_not_wait_for_another() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.network.links = vec![slow(1, 3, 50)];
        scenario.requests = vec![broadcast(0, 1, "question"), broadcast(12, 2, "reply")];
        let at_p3 = at(3, deliveries(&PROTOCOL, &scenario));
        assert_eq!(at_p3, ["22 P3 reply", "50 P3 question"]);
    }

    #[test]
    fn a_second_copy_is_not_delivered() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.network.duplicate = PerMillion::ONE;
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2")];
        let expected = ["0 P1 m1", "1 P1 m2", "10 P2 m1", "11 P2 m2"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }
}
