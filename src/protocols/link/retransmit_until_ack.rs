//! Retransmission until acknowledgement.
//!
//! Implements: at-least-once delivery, PerfectPointToPointLinks but for no duplication.
//! Uses: FairLossPointToPointLinks.
//! Model: crash-stop, asynchronous; any number of losses, but no link between correct nodes loses for ever.
//! Source: note 001 ("Reliable delivery"); the resending is that of Cachin, Guerraoui and Rodrigues 2011,
//! Algorithm 2.1 "Retransmit Forever".
//!
//! The note says it in three lines:
//!
//! - put the message in the send buffer;
//! - on timeout, send what is in the buffer;
//! - when an ack is received, delete the message from the buffer.
//!
//! A message leaves the buffer only once its receiver has it. So as long as it has not got through it is sent
//! again, and however many copies are lost, if only finitely many are, one arrives: delivery is **at least
//! once**. When the ack has arrived too, the link falls silent: 1 message and 1 ack where nothing is lost.
//!
//! The sender cannot tell a lost message from a lost ack, nor either from a slow one, and resends in each
//! case. The receiver runs whatever comes: if the ack was lost, it runs the same operation twice, and **no
//! duplication** breaks. The operation decides about the harm. To *set* something twice in a row is to set it
//! once, f(x) = f(f(x)); to *increment* twice is not, and the **exactly-once effect** breaks. It breaks as well
//! where something is set again after another operation has set it: x := 1, x := 2, x := 1 leaves 1. So the link
//! does not promise that effect, whatever the operation. It does not look at the operation either: it only tells
//! the application which of the two it is.
//!
//! Where it departs from the note: messages are numbered, so that an ack says which one it is of; the
//! receiver does not look at the numbers. Where it departs from the book: the sender stops at an ack.

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
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, NodeId, Payload, Process, Protocol, Rule,
        SortedMap, Time,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "retransmit-until-ack",
    name: "Retransmission until acknowledgement",
    summary: "What is not acknowledged in time is sent again: it arrives at least once.",
    source: "note 001; Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure \
             Distributed Programming, Algorithm 2.1",
    model: &[Rule::FairLossChannels.always().for_liveness(), Rule::NobodyRecovers.always()],
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
            when: "the ack is dropped, and something else is set in between",
            scenario: "ack-dropped-set-again",
            violates: &[EXACTLY_ONCE_EFFECT, NO_DUPLICATION],
            broken: &[],
        },
    ],
    costs: &[crate::cost!("one message", n >= 2 => 2, one_send)],
    metrics: &[Metric {
        name: "send buffer",
        unit: "messages",
        help: "Messages that are not yet acknowledged, and will be sent again.",
        drawn: Drawn::Curve,
        value: |node| node.process::<RetransmitUntilAck<Value>>().send_buffer.len() as i64,
    }],
    ..Protocol::of::<RetransmitUntilAck<Value>>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// What the receiver's application does with a message.
        operation: Operation = Set;
        /// How long to wait for acks before what is in the send buffer is sent again.
        timeout: u32 = 60, in 10..=10_000 "ms";
    }
    /// What the receiver's application does with a message.
    pub enum Operation {
        /// Set something: to do it twice in a row is to do it once.
        Set = "set",
        /// Add to something: to do it twice is to do too much.
        Increment = "increment",
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RetransmitUntilAck<M> {
    operation: Operation,
    timeout: Time,
    /// By receiver: how many messages it was sent.
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

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// What is to be delivered.
    #[display("{payload}")]
    Data {
        /// The how-manieth message of its sender to this receiver it is, from 1.
        seq: u32,
        /// What was sent.
        payload: M,
    },
    /// The message of this number has arrived.
    #[display("ack {_0}")]
    Ack(u32),
}

/// The alarms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// It is time to send again what is in the send buffer.
    #[display("timeout")]
    Timeout,
}

impl<M: Payload> Process for RetransmitUntilAck<M> {
    type Parameters = Parameters;
    type Request = Send<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(_group: Group, parameters: &Parameters) -> Self {
        Self {
            operation: parameters.operation,
            timeout: parameters.timeout.into(),
            sent: SortedMap::new(),
            send_buffer: Vec::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Send { to, payload }: Send<M>) {
        let seq = self.sent.entry(to).or_default();
        *seq += 1;
        if self.send_buffer.is_empty() {
            ctx.set_timer(Timer::Timeout, self.timeout);
        }
        self.send_buffer.push(Unacknowledged { to, seq: *seq, payload: payload.clone() });
        ctx.send(to, Message::Data { seq: *seq, payload });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Data { seq, payload } => {
                // It acknowledges what it has run: the other way round, a crash in between would lose
                // what its sender no longer has.
                let idempotent = self.operation == Operation::Set;
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
        ctx.set_timer(Timer::Timeout, self.timeout);
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
        kernel::{Fault, MessageName, PerMillion, Scenario, run},
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

    /// Loses the message of this number from one node to another.
    fn drop(from: usize, to: usize, number: u32) -> Fault {
        Fault::Drop { message: MessageName { from: node(from), to: node(to), number } }
    }

    #[test]
    fn without_loss_it_is_a_message_and_an_ack() {
        let trace = run(&PROTOCOL, &one_message()).expect("a valid request");
        assert!(trace.quiescent, "and no timeout comes later");
        assert_eq!((trace.sends(), trace.events.last().map(|event| event.time)), (2, Some(20)));
    }

    #[test]
    fn what_is_lost_is_sent_again_at_every_timeout() {
        let mut scenario = one_message();
        scenario.faults = vec![drop(1, 2, 1), drop(1, 2, 2)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["130 P2 m"]);
    }

    #[test]
    fn a_lost_ack_makes_the_receiver_run_it_twice() {
        let mut scenario = one_message();
        scenario.faults = vec![drop(2, 1, 1)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m", "70 P2 m"]);
    }

    #[test]
    fn a_timeout_below_the_round_trip_is_as_bad_as_a_loss() {
        let mut scenario = one_message();
        scenario.network.delay.max = 30;
        scenario.network.delay.min = 30;
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["30 P2 m"], "the ack is just in time");
        scenario.network.delay.max = 31;
        scenario.network.delay.min = 31;
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["31 P2 m", "91 P2 m"]);
    }

    #[test]
    fn an_ack_deletes_one_message_and_the_rest_is_sent_again() {
        let mut scenario = group(&PROTOCOL, 3);
        for (at, to, payload) in [(0, 2, "a"), (1, 2, "b"), (2, 3, "c")] {
            send(&mut scenario, at, to, payload);
        }
        scenario.faults = vec![drop(1, 2, 2)];
        let expected = ["10 P2 a", "12 P3 c", "70 P2 b"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
    }

    #[test]
    fn any_finite_number_of_losses_is_survived() {
        let mut scenario = one_message();
        scenario.network.loss = PerMillion(900_000);
        scenario.until = 100_000;
        for seed in 0..50 {
            scenario.seed = seed;
            let trace = run(&PROTOCOL, &scenario).expect("a valid request");
            assert!(trace.quiescent, "seed {seed}: the ack has come at last");
            assert!(!deliveries(&PROTOCOL, &scenario).is_empty(), "seed {seed}");
        }
    }
}
