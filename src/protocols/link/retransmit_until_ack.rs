//! Retransmission until acknowledgement.
//!
//! The note gives three rules:
//!
//! - put the message in the send buffer;
//! - on timeout, send the messages in the buffer;
//! - when an ack is received, delete the message from the buffer.
//!
//! *Why it works*: a message leaves the buffer only once its receiver has it, and until then it is sent again. If
//! only finitely many copies are lost, one arrives: delivery is **at least once**. When the ack has arrived, too, the
//! link is quiescent: 1 message and 1 ack where nothing is lost.
//!
//! The sender cannot tell a lost message from a lost ack, nor either from a slow one. It resends in each case, and
//! the receiver runs each copy. If the ack was lost, the same operation runs twice: **no duplication** breaks. The
//! harm depends on the operation. To *set* a value twice in a row is to set it once, f(x) = f(f(x)). To *increment*
//! twice is not: the **exactly-once effect** breaks. It also breaks where a value is set again after another operation
//! has set it: x := 1, x := 2, x := 1 leaves 1. So the link promises that effect for no operation. It does not look
//! at the operation; it only tells the application which of the two it is.
//!
//! Where it departs from the note: messages are numbered, so that an ack names its message; the receiver ignores the
//! numbers. Where it departs from the book: the sender stops at an ack.

use derive_more::Display;
use serde::Serialize;

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
        Break, Carried, Context, Drawn, Group, Layer, Metric, NodeId, Payload, Process, Protocol,
        Rule, SortedMap,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "retransmit-until-ack",
    name: "Retransmission until acknowledgement",
    summary: "A message that is not acknowledged in time is sent again, so that it arrives at \
              least once.",
    source: "note 001, Reliable delivery; Cachin, Guerraoui and Rodrigues 2011, Introduction to \
             Reliable and Secure Distributed Programming, Algorithm 2.1 \"Retransmit Forever\"",
    example: "messages-lost",
    model: &[Rule::FairLossChannels.always().for_liveness(), Rule::NoRecoveries.always()],
    promises: &[NO_CREATION, RELIABLE_DELIVERY],
    beyond: &[EXACTLY_ONCE_EFFECT, NO_DUPLICATION],
    breaks: &[
        Break {
            when: "the ack is dropped",
            scenario: "ack-dropped-set",
            violates: &[NO_DUPLICATION],
            broken: &[],
        },
        Break {
            when: "the ack is dropped, and the operation is not idempotent",
            scenario: "ack-dropped-increment",
            violates: &[EXACTLY_ONCE_EFFECT, NO_DUPLICATION],
            broken: &[],
        },
        Break {
            when: "the ack is dropped, and another value is set in between",
            scenario: "ack-dropped-set-again",
            violates: &[EXACTLY_ONCE_EFFECT, NO_DUPLICATION],
            broken: &[],
        },
        Break {
            when: "a message and the ack of its copy are dropped, and the operation is not idempotent",
            scenario: "same-losses",
            violates: &[EXACTLY_ONCE_EFFECT, NO_DUPLICATION],
            broken: &[],
        },
        Break {
            when: "a message and the ack of its copy are dropped",
            scenario: "same-losses-set",
            violates: &[NO_DUPLICATION],
            broken: &[],
        },
    ],
    costs: &[cost!("one message", n >= 2 => 2, one_send)],
    metrics: &[Metric {
        name: "send buffer",
        unit: "messages",
        help: "Messages that are not yet acknowledged and will be sent again.",
        drawn: Drawn::Curve,
        value: |node| node.process::<RetransmitUntilAck<Value>>().send_buffer.len() as i64,
    }],
    ..Protocol::of::<RetransmitUntilAck<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Operation that the receiver's application runs for a message.
        operation: Operation = Set;
        /// Time to wait for acks before the messages in the send buffer are sent again.
        timeout: u32 = 60, in 10..=10_000 "ms";
    }
    /// Operation that the receiver's application runs for a message.
    pub enum Operation {
        /// Set a value: twice in a row has the effect of once.
        Set = "set",
        /// Add to a value: twice has twice the effect.
        Increment = "increment",
    }
}

/// A process that sends, resends and acknowledges.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RetransmitUntilAck<M> {
    /// By receiver: number of messages sent to it.
    sent: SortedMap<NodeId, u32>,
    send_buffer: Vec<Unacknowledged<M>>,
}

/// A message in the send buffer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Unacknowledged<M> {
    to: NodeId,
    seq: u32,
    payload: M,
}

/// A message of the application, or its acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// The application's message.
    #[display("{payload}")]
    Data {
        /// Sequence number among the messages of this sender to this receiver, from 1.
        seq: u32,
        /// The application's message.
        payload: M,
    },
    /// Acknowledges the message with this number.
    #[display("ack {_0}")]
    Ack(u32),
}

/// The only timer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// The messages in the send buffer are sent again.
    #[display("timeout")]
    Timeout,
}

impl<M: Payload> Layer for RetransmitUntilAck<M> {
    const ID: &'static str = PROTOCOL.id;
}

impl<M: Payload> Process for RetransmitUntilAck<M> {
    type Parameters = Parameters;
    type Request = Send<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self { sent: SortedMap::new(), send_buffer: Vec::new() }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Send { to, payload }: Send<M>) {
        let sent = self.sent.entry(to).or_default();
        *sent += 1;
        let seq = *sent;
        if self.send_buffer.is_empty() {
            ctx.set_timer(Timer::Timeout, ctx.parameters().timeout.into());
        }
        self.send_buffer.push(Unacknowledged { to, seq, payload: payload.clone() });
        ctx.send(to, Message::Data { seq, payload });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Data { seq, payload } => {
                // It delivers before it acknowledges. In the other order, a crash in between would lose a message
                // that its sender no longer has.
                let idempotent = ctx.parameters().operation == Operation::Set;
                ctx.indicate(Deliver { from, seq, payload, idempotent });
                ctx.send(from, Message::Ack(seq));
            }
            Message::Ack(seq) => {
                self.send_buffer.retain(|waiting| (waiting.to, waiting.seq) != (from, seq));
                if self.send_buffer.is_empty() {
                    ctx.cancel_timer(Timer::Timeout);
                }
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Timer::Timeout: Timer) {
        for Unacknowledged { to, seq, payload } in &self.send_buffer {
            ctx.send(*to, Message::Data { seq: *seq, payload: payload.clone() });
        }
        ctx.set_timer(Timer::Timeout, ctx.parameters().timeout.into());
    }

    /// A layer above may have stored the send buffer.
    fn on_recovery(&mut self, ctx: &mut Context<Self>) {
        if !self.send_buffer.is_empty() {
            self.on_timer(ctx, Timer::Timeout);
        }
    }

    fn carries(from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Data { seq, .. } => Some((from, *seq)),
            Message::Ack(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, PerMillion, Scenario, Time, run},
        protocols::testing::{deliveries, group, node},
    };

    fn send(scenario: &mut Scenario, at: Time, to: usize, payload: &str) {
        let with = serde_json::json!({"to": format!("P{to}"), "payload": payload});
        scenario.ask(at, node(1), "send", Some(with));
    }

    fn one_message() -> Scenario {
        let mut scenario = group(&PROTOCOL, 2);
        send(&mut scenario, 0, 2, "m");
        scenario
    }

    /// Drops the n-th message from one node to another.
    fn drop(from: usize, to: usize, number: u32) -> Fault {
        Fault::Drop { message: MessageName { from: node(from), to: node(to), number } }
    }

    #[test]
    fn retransmission_without_loss_takes_a_message_and_an_ack() {
        let trace = run(&PROTOCOL, &one_message()).expect("a valid request");
        assert!(trace.quiescent, "no timeout is left");
        assert_eq!((trace.sends(), trace.events.last().map(|event| event.time)), (2, Some(20)));
    }

    #[test]
    fn retransmission_lost_message_is_sent_again_at_every_timeout() {
        let mut scenario = one_message();
        scenario.faults = vec![drop(1, 2, 1), drop(1, 2, 2)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["130 P2 m"]);
    }

    #[test]
    fn retransmission_lost_ack_makes_the_receiver_deliver_twice() {
        let mut scenario = one_message();
        scenario.faults = vec![drop(2, 1, 1)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m", "70 P2 m"]);
    }

    #[test]
    fn retransmission_timeout_below_the_round_trip_duplicates() {
        let mut scenario = one_message();
        scenario.network.delay.max = 30;
        scenario.network.delay.min = 30;
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["30 P2 m"], "the ack arrives just in time");
        scenario.network.delay.max = 31;
        scenario.network.delay.min = 31;
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["31 P2 m", "91 P2 m"]);
    }

    #[test]
    fn retransmission_ack_deletes_its_message_alone() {
        let mut scenario = group(&PROTOCOL, 3);
        for (at, to, payload) in [(0, 2, "a"), (1, 2, "b"), (2, 3, "c")] {
            send(&mut scenario, at, to, payload);
        }
        scenario.faults = vec![drop(1, 2, 2)];
        let expected = ["10 P2 a", "12 P3 c", "70 P2 b"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }

    #[test]
    fn retransmission_tolerates_any_finite_number_of_losses() {
        let mut scenario = one_message();
        scenario.network.loss = PerMillion(900_000);
        scenario.until = 100_000;
        for seed in 0..50 {
            scenario.seed = seed;
            let trace = run(&PROTOCOL, &scenario).expect("a valid request");
            assert!(trace.quiescent, "seed {seed}: an ack has arrived");
            assert!(!deliveries(&PROTOCOL, &scenario).is_empty(), "seed {seed}");
        }
    }
}
