//! Deduplicated link: exactly-once effect.
//!
//! Below is the link that sends a message again until it is acknowledged, so that it arrives at least once. Each copy
//! carries the unique id of its message: the sender, and a number. The receiver keeps the ids of what it has delivered. A
//! copy whose id it has is acknowledged and not delivered.
//!
//! *Why it works*: the link below delivers each message at least once, the set lets it pass at most once. So each operation
//! has its effect once, be it idempotent or not. A lost ack costs a copy, no second effect.
//!
//! The set is part of the promise: it has to live as long as copies may come. With the set in stable storage, the id is
//! written before the message is delivered and acknowledged, and a receiver that recovers still knows it. The sender writes
//! its numbers and its send buffer before it sends. With a *volatile* set, a receiver that crashes and recovers takes the
//! next copy for a new message: **no duplication** and the **exactly-once effect** break.
//!
//! A crash between the write and the delivery would lose the message, one between the delivery and the write would repeat
//! it. No order of the two steps avoids both, so the link assumes that no crash comes between them. This is why systems
//! put the set into the same transaction as the effect.
//!
//! Where it departs from the book: the delivered set can be in stable storage, while the book keeps it in memory. Ids are
//! never forgotten, while real systems keep those of a limited time.

use serde::Serialize;

use super::retransmit_until_ack::{self, Message, Operation, RetransmitUntilAck, Timer};
use crate::{
    abstractions::{
        Value,
        link::{
            Deliver, EXACTLY_ONCE_EFFECT, NO_CREATION, NO_DUPLICATION, RELIABLE_DELIVERY, Send,
            one_send,
        },
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Failures, Group, Metric, NodeId, Over, Payload, Process,
        Protocol, Rule, SortedSet,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "deduplicated-link",
    name: "Deduplicated link",
    summary: "A message is sent until it is acknowledged, and the receiver delivers each id once.",
    source: "note 001, Exactly-once delivery; Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable \
             and Secure Distributed Programming, Algorithm 2.2 \"Eliminate Duplicates\"",
    example: "same-losses",
    failures: Failures::CrashRecovery,
    model: &[
        Rule::FairLossChannels.always().for_liveness(),
        Rule::NoCrashAtWrites.always(),
        Rule::NoRecoveries.where_(Parameters::set, "volatile"),
    ],
    promises: &[NO_CREATION, NO_DUPLICATION, RELIABLE_DELIVERY, EXACTLY_ONCE_EFFECT],
    breaks: &[Break {
        when: "the set is volatile, and the receiver crashes and recovers",
        scenario: "receiver-forgets",
        violates: &[NO_DUPLICATION, EXACTLY_ONCE_EFFECT],
        broken: &[Rule::NoRecoveries],
    }],
    costs: &[cost!("one message", n >= 2 => 2, one_send)],
    metrics: &[Metric {
        name: "delivered set",
        unit: "ids",
        help: "Ids of the messages that the node has delivered and may not deliver again.",
        drawn: Drawn::Curve,
        value: |node| node.process::<DeduplicatedLink<Value>>().delivered.len() as i64,
    }],
    ..Protocol::over::<DeduplicatedLink<Value>, RetransmitUntilAck<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Storage of the delivered set, of the sender's numbers and of its send buffer.
        set: Storage = Stable;
        /// Time to wait for acks before the messages in the send buffer are sent again.
        timeout: u32 = 60, in 10..=10_000 "ms";
    }
    /// Storage of the delivered set, of the sender's numbers and of its send buffer.
    pub enum Storage {
        /// It survives a crash.
        Stable = "stable",
        /// It is lost in a crash.
        Volatile = "volatile",
    }
}

/// A process that sends, resends, and delivers each message once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DeduplicatedLink<M> {
    #[serde(flatten)]
    retransmission: RetransmitUntilAck<M>,
    /// Ids of the messages that were delivered: the sender and its number.
    delivered: SortedSet<(NodeId, u32)>,
}

impl<M: Payload> Process for DeduplicatedLink<M> {
    type Parameters = Parameters;
    type Request = Send<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let below = Self::layer_parameters(parameters);
        Self { retransmission: RetransmitUntilAck::new(group, &below), delivered: SortedSet::new() }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, send: Send<M>) {
        store(ctx);
        self.ask(ctx, send);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        self.pass(ctx, from, message);
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, timer: Timer) {
        self.ring(ctx, timer);
    }

    fn recover(stored: &Self, _fresh: Self) -> Self {
        stored.clone()
    }

    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        self.down(ctx, Process::on_recovery);
    }

    fn carries(from: NodeId, message: &Message<M>) -> Option<Carried> {
        RetransmitUntilAck::carries(from, message)
    }
}

impl<M: Payload> Over<RetransmitUntilAck<M>> for DeduplicatedLink<M> {
    fn layer(&mut self) -> &mut RetransmitUntilAck<M> {
        &mut self.retransmission
    }

    fn layer_parameters(parameters: &Parameters) -> retransmit_until_ack::Parameters {
        let timeout = parameters.timeout;
        retransmit_until_ack::Parameters { operation: Operation::Increment, timeout }
    }

    /// The link below acknowledges a message after this.
    fn on_layer(&mut self, ctx: &mut Context<Self>, told: Deliver<M>) {
        if self.delivered.insert((told.from, told.seq)) {
            store(ctx);
            ctx.indicate(told);
        }
    }
}

/// Writes the set, the numbers and the send buffer to stable storage.
fn store<M: Payload>(ctx: &mut Context<DeduplicatedLink<M>>) {
    if ctx.parameters().set == Storage::Stable {
        ctx.store();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, Scenario, Time},
        protocols::testing::{crash, deliveries, group, node, send, sends},
    };

    fn recover(at: Time, number: usize) -> Fault {
        Fault::Recover { node: node(number), at }
    }

    /// The first ack is lost, and the receiver is down from 20 to 30 ms.
    fn forgetful() -> Scenario {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![send(0, 1, 2, "m")];
        let message = MessageName { from: node(2), to: node(1), number: 1 };
        scenario.faults = vec![Fault::Drop { message }, crash(20, 2, 0), recover(30, 2)];
        scenario
    }

    #[test]
    fn deduplicated_link_remembers_what_it_delivered_across_a_crash() {
        let mut scenario = forgetful();
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m"]);
        scenario.set(Parameters::set, "volatile");
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m", "70 P2 m"]);
    }

    #[test]
    fn deduplicated_link_acknowledges_duplicates_and_is_then_silent() {
        let mut scenario = forgetful();
        scenario.faults.truncate(1);
        let expected = ["0 P1>P2 m", "10 P2>P1 ack 1", "60 P1>P2 m", "70 P2>P1 ack 1"];
        assert_eq!(sends(&PROTOCOL, &scenario), expected);
    }

    #[test]
    fn deduplicated_link_stores_the_id_before_the_ack_goes_out() {
        // It crashes after the ack, in the middle of the handler.
        let mut scenario = forgetful();
        scenario.faults = vec![crash(10, 2, 1), recover(30, 2)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m"]);
        // It crashes before the ack: the copy that comes then is a duplicate.
        scenario.faults = vec![crash(10, 2, 0), recover(30, 2)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m"]);
    }

    #[test]
    fn deduplicated_link_sender_goes_on_with_its_numbers_and_its_buffer() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![send(0, 1, 2, "m"), send(40, 1, 2, "n")];
        scenario.faults = vec![crash(0, 1, 0), recover(30, 1)];
        let expected = ["40 P2 m", "50 P2 n"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }
}
