//! FIFO multicast.
//!
//! Each broadcaster numbers its messages, and a message carries its number. A receiver counts the messages that it
//! has delivered of each broadcaster. It holds a message back until that message is the broadcaster's next one.
//!
//! *Why it works*: a number tells which messages come before it without naming them. The k-th message of a
//! broadcaster has k − 1 predecessors, and it is delivered only after all of them. Nothing is sent in addition:
//! n − 1 messages.
//!
//! The numbers of two broadcasters are independent. So a reply that arrives before its question is delivered
//! before it, since it is the next message of its own sender: **causal order** breaks, and total order with it.
//! `causal-multicast` counts the messages of all broadcasters for that reason.
//!
//! Where it departs from the book: the layer below is best-effort broadcast, so that a broadcaster that crashes
//! half-way breaks agreement here, too. The book uses reliable broadcast, which costs n(n − 1).

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

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "fifo-multicast",
    name: "FIFO multicast",
    summary: "Each process delivers the messages of one sender in the order of their numbers.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithm 3.12 \"Broadcast with Sequence Number\"; notes 002 and 003",
    example: "three-orders",
    model: &[
        Rule::ReliableChannels.always().for_liveness(),
        Rule::RequestersStayUp.always().for_liveness(),
        Rule::NoRecoveries.always(),
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
    ..Protocol::over::<FifoMulticast<Value>, Layer<Value>>()
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
        while let Some((from, Numbered { seq, payload })) =
            self.held_back.take(|from, held| held.seq == self.delivered[from] + 1)
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
    fn fifo_multicast_later_message_waits_for_the_earlier_ones_of_its_sender() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests =
            vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2"), broadcast(2, 1, "m3")];
        scenario.faults = vec![late(1, 2, 1, 40), late(1, 2, 2, 20)];
        let expected = ["50 P2 m1", "50 P2 m2", "50 P2 m3"];
        assert_eq!(at(2, deliveries(&PROTOCOL, &scenario)), expected);
    }

    #[test]
    fn fifo_multicast_message_waits_for_no_other_sender() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.network.links = vec![slow(1, 3, 50)];
        scenario.requests = vec![broadcast(0, 1, "question"), broadcast(12, 2, "reply")];
        let at_p3 = at(3, deliveries(&PROTOCOL, &scenario));
        assert_eq!(at_p3, ["22 P3 reply", "50 P3 question"]);
    }

    #[test]
    fn fifo_multicast_duplicate_is_not_delivered() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.network.duplicate = PerMillion::ONE;
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2")];
        let expected = ["0 P1 m1", "1 P1 m2", "10 P2 m1", "11 P2 m2"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }
}
