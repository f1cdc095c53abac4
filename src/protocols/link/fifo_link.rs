//! FIFO link: sequence numbers and a hold-back queue.
//!
//! A sender numbers its messages to each receiver. A receiver delivers number k + 1 of a sender after number k, and holds
//! back what comes earlier: even if messages are delayed, they are not delivered out of order.
//!
//! *Why it works*: deliveries of one sender count up from one, so a message is delivered only after all that the sender
//! sent before. On channels that lose nothing, all earlier numbers arrive in the end, so none waits for ever. A copy that
//! the network makes has a number that was delivered, and is discarded.
//!
//! With the numbers ignored, a message is delivered when it is received. Two messages of one link overtake, and **FIFO
//! delivery** breaks. If a message is lost, all that follow it wait for ever: **reliable delivery** breaks, not for the
//! lost message alone. So a FIFO link is put on top of a link that loses nothing.
//!
//! Where it departs from the book: a parameter has the receiver ignore the numbers, to show what they are for.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        hold_back::HoldBack,
        link::{
            Deliver, FIFO_DELIVERY, NO_CREATION, NO_DUPLICATION, RELIABLE_DELIVERY, Send, one_send,
        },
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, Never, NodeId, Payload, Process, Protocol,
        Rule, SortedMap,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "fifo-link",
    name: "FIFO link",
    summary: "Messages have sequence numbers, and one that arrives too early waits for those before it.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, \"Sequence Number\"; note 001",
    example: "overtaken-and-held-back",
    model: &[
        Rule::ReliableChannels.always().for_liveness(),
        Rule::NoDuplicates.where_(Parameters::numbers, "false").for_safety(),
        Rule::NoRecoveries.always(),
        Parameters::numbers.is("true").always().for_safety(),
    ],
    promises: &[NO_CREATION, NO_DUPLICATION, RELIABLE_DELIVERY, FIFO_DELIVERY],
    breaks: &[
        Break {
            when: "the numbers are ignored, and two messages overtake",
            scenario: "numbers-ignored",
            violates: &[FIFO_DELIVERY],
            broken: &[Parameters::numbers.is("true")],
        },
        Break {
            when: "a message is lost",
            scenario: "first-never-comes",
            violates: &[RELIABLE_DELIVERY],
            broken: &[Rule::ReliableChannels],
        },
    ],
    costs: &[cost!("one message", n >= 2 => 1, one_send)],
    metrics: &[Metric {
        name: "held back",
        unit: "messages",
        help: "Messages that were received and wait for an earlier one.",
        drawn: Drawn::Curve,
        value: |node| node.process::<FifoLink<Value>>().held_back.len() as i64,
    }],
    ..Protocol::of::<FifoLink<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Deliver in the order of the sequence numbers; without it, in the order of receipt.
        numbers: bool = true;
    }
}

/// A process that sends, holds back and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FifoLink<M> {
    /// By receiver: number of messages sent to it.
    sent: SortedMap<NodeId, u32>,
    /// By sender: number of its last message that was delivered.
    delivered: SortedMap<NodeId, u32>,
    held_back: HoldBack<Numbered<M>>,
}

/// A message with its sequence number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Numbered<M> {
    /// Sequence number among the messages of this sender to this receiver, from 1.
    seq: u32,
    /// The application's message.
    payload: M,
}

impl<M: Payload> Process for FifoLink<M> {
    type Parameters = Parameters;
    type Request = Send<M>;
    type Indication = Deliver<M>;
    type Message = Numbered<M>;
    type Timer = Never;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self { sent: SortedMap::new(), delivered: SortedMap::new(), held_back: HoldBack::default() }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Send { to, payload }: Send<M>) {
        let sent = self.sent.entry(to).or_default();
        *sent += 1;
        ctx.send(to, Numbered { seq: *sent, payload });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Numbered<M>) {
        if !ctx.parameters().numbers {
            return deliver(ctx, from, message);
        }
        let last = self.delivered.entry(from).or_default();
        self.held_back.hold(from, message);
        while let Some((_, message)) =
            self.held_back.take(|sender, held| sender == from && held.seq <= *last + 1)
        {
            // Otherwise it is a duplicate.
            if message.seq == *last + 1 {
                *last = message.seq;
                deliver(ctx, from, message);
            }
        }
    }

    fn carries(from: NodeId, message: &Numbered<M>) -> Option<Carried> {
        Some((from, message.seq))
    }
}

fn deliver<M: Payload>(
    ctx: &mut Context<FifoLink<M>>,
    from: NodeId,
    Numbered { seq, payload }: Numbered<M>,
) {
    ctx.indicate(Deliver { from, seq, payload, idempotent: false });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::PerMillion,
        protocols::testing::{deliveries, group, late, send},
    };

    #[test]
    fn fifo_link_message_waits_for_all_before_it() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![send(0, 1, 2, "a"), send(1, 1, 2, "b"), send(2, 1, 2, "c")];
        scenario.faults = vec![late(1, 2, 1, 40), late(1, 2, 2, 20)];
        let expected = ["50 P2 a", "50 P2 b", "50 P2 c"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
        scenario.set(Parameters::numbers, false);
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["12 P2 c", "31 P2 b", "50 P2 a"]);
    }

    #[test]
    fn fifo_link_each_sender_and_receiver_counts_alone() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![send(0, 1, 3, "a"), send(1, 2, 3, "b"), send(2, 1, 2, "c")];
        scenario.faults = vec![late(1, 3, 1, 40)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["11 P3 b", "12 P2 c", "50 P3 a"]);
    }

    #[test]
    fn fifo_link_delivers_no_copy_even_of_a_message_that_waits() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.network.duplicate = PerMillion::ONE;
        scenario.requests = vec![send(0, 1, 2, "a"), send(1, 1, 2, "b")];
        scenario.faults = vec![late(1, 2, 1, 40)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["50 P2 a", "50 P2 b"]);
    }
}
