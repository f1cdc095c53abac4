//! Causal multicast.
//!
//! Each process counts the messages that it has delivered of each member: this is a vector clock. A message carries
//! its sender's clock, with the message itself counted in. So the timestamp says which messages the sender had
//! delivered, and a receiver holds the message back until it has delivered the same.
//!
//! Process i delivers a message V from j as soon as
//!
//! - V\[j\] = V_i\[j\] + 1: it is the next message of its sender, and
//! - V\[k\] ≤ V_i\[k\] for every other k: i has delivered each message that the sender had delivered.
//!
//! No message waits without need: it is held back only while a message that may have caused it is missing. So
//! n − 1 messages are enough. Two messages of which neither could have caused the other have incomparable
//! timestamps, and each process delivers them in the order of receipt: **total order** breaks.
//!
//! Where it departs from the paper: groups do not overlap, and their members do not change.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, Deliver, NO_CREATION, NO_DUPLICATION, VALIDITY, one_broadcast,
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
    id: "causal-multicast",
    name: "Causal multicast",
    summary: "A message waits until all messages that may have caused it are delivered.",
    source: "Birman, Schiper and Stephenson 1991, Lightweight Causal and Atomic Group Multicast; \
             note 002",
    example: "three-orders",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::RequestersStayUp.always(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT, FIFO_ORDER, CAUSAL_ORDER],
    beyond: &[TOTAL_ORDER],
    breaks: &[
        Break {
            when: "two messages are concurrent",
            scenario: "concurrent-messages",
            violates: &[TOTAL_ORDER],
            broken: &[],
        },
        Break {
            when: "a reply is concurrent with another message",
            scenario: "three-orders",
            violates: &[TOTAL_ORDER],
            broken: &[],
        },
        Break {
            when: "the sender crashes half-way",
            scenario: "question-never-comes",
            violates: &[AGREEMENT],
            broken: &[Rule::RequestersStayUp],
        },
    ],
    unbreakable: &[
        (VALIDITY, "a correct broadcaster delivers its own message at once"),
        (FIFO_ORDER, "the hold-back queue counts up from one, even after a recovery"),
    ],
    costs: &[cost!("one broadcast", n >= 2 => n - 1, one_broadcast)],
    ..Protocol::over::<CausalMulticast<Value>, Layer<Value>>()
};

/// A process that multicasts, holds back and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct CausalMulticast<M> {
    /// Number of messages of each member that have been delivered.
    delivered: VectorClock,
    held_back: HoldBack<Stamped<M>>,
    best_effort: Layer<M>,
}

type Layer<M> = BestEffortBroadcast<Stamped<M>>;

/// A message with its vector timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload} {clock}")]
pub struct Stamped<M> {
    clock: VectorClock,
    payload: M,
}

impl<M: Payload> Process for CausalMulticast<M> {
    type Parameters = ();
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Data<Stamped<M>>;
    type Timer = Never;

    fn new(group: Group, (): &()) -> Self {
        Self {
            delivered: VectorClock::new(group.size),
            held_back: HoldBack::default(),
            best_effort: BestEffortBroadcast::new(group, &()),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let mut clock = self.delivered.clone();
        clock[ctx.me()] += 1;
        self.ask(ctx, Broadcast(Stamped { clock, payload }));
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data<Stamped<M>>) {
        self.pass(ctx, from, data);
    }

    fn carries(from: NodeId, message: &Data<Stamped<M>>) -> Option<Carried> {
        Some((from, message.payload.clock[from]))
    }
}

impl<M: Payload> Over<Layer<M>> for CausalMulticast<M> {
    fn layer(&mut self) -> &mut Layer<M> {
        &mut self.best_effort
    }

    fn on_layer(&mut self, ctx: &mut Context<Self>, told: Deliver<Stamped<M>>) {
        self.held_back.hold(told.from, told.payload);
        while let Some((from, Stamped { clock, payload })) =
            self.held_back.take(|from, held| is_next(&self.delivered, from, &held.clock))
        {
            self.delivered[from] += 1;
            ctx.indicate(Deliver { from, seq: clock[from], payload });
        }
    }
}

/// True if all messages that happened before the one with this clock have been delivered.
fn is_next(delivered: &VectorClock, from: NodeId, clock: &VectorClock) -> bool {
    clock[from] == delivered[from] + 1 && delivered.lacks(clock).all(|node| node == from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::testing::{broadcast, deliveries, group, slow};

    #[test]
    fn causal_multicast_reply_waits_for_its_question() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.network.links = vec![slow(1, 3, 50)];
        scenario.requests = vec![broadcast(0, 1, "question"), broadcast(12, 2, "reply")];
        let expected = [
            "0 P1 question",
            "10 P2 question",
            "12 P2 reply",
            "22 P1 reply",
            "50 P3 question",
            "50 P3 reply",
        ];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }

    #[test]
    fn causal_multicast_message_waits_for_causes_of_its_causes() {
        let mut scenario = group(&PROTOCOL, 4);
        scenario.network.links = vec![slow(1, 4, 90), slow(2, 4, 60)];
        scenario.requests =
            vec![broadcast(0, 1, "m1"), broadcast(15, 2, "m2"), broadcast(30, 3, "m3")];
        let mut at_p4 = deliveries(&PROTOCOL, &scenario);
        at_p4.retain(|delivery| delivery.contains("P4"));
        assert_eq!(at_p4, ["90 P4 m1", "90 P4 m2", "90 P4 m3"]);
    }

    #[test]
    fn causal_multicast_concurrent_messages_do_not_wait_for_each_other() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.network.links = vec![slow(1, 3, 50)];
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(5, 2, "m2")];
        let mut at_p3 = deliveries(&PROTOCOL, &scenario);
        at_p3.retain(|delivery| delivery.contains("P3"));
        assert_eq!(at_p3, ["15 P3 m2", "50 P3 m1"]);
    }

    #[test]
    fn causal_multicast_duplicate_is_not_delivered() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.network.duplicate = crate::kernel::PerMillion::ONE;
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2")];
        let expected = ["0 P1 m1", "1 P1 m2", "10 P2 m1", "11 P2 m2"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }
}
