//! Fire and forget: at-most-once delivery.
//!
//! The sender sends the message once: if it arrives, well; if not, well, too. The receiver delivers what arrives. One
//! message, no ack, no timer, and nothing is stored at either end.
//!
//! *Why it works*: what was sent once arrives at most once, as long as the network itself makes no copies. So no message
//! is delivered twice, however many are lost, and no operation runs twice: delivery is **at most once**.
//!
//! No process notices a loss. If the only copy is dropped, **reliable delivery** breaks, and with it the **exactly-once
//! effect**: the operation runs 0 times. The other protocols of this family add what it takes to have more: an ack and a
//! timer (at least once), ids and a memory of them (once).
//!
//! Where it departs from the note: messages are numbered, so that a second message with the same text is another one.

use std::marker::PhantomData;

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
        Break, Carried, Context, Group, Never, NodeId, Payload, Process, Protocol, Rule, SortedMap,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "fire-and-forget",
    name: "Fire and forget",
    summary: "A message is sent once: it arrives at most once.",
    source: "note 001, At-most-once; Birrell and Nelson 1984, Implementing Remote Procedure Calls; RFC 768, \
             User Datagram Protocol",
    example: "same-losses",
    model: &[
        Rule::NoDuplicates.always().for_safety(),
        Rule::ReliableChannels.always().for_liveness(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[NO_CREATION, NO_DUPLICATION, RELIABLE_DELIVERY],
    beyond: &[EXACTLY_ONCE_EFFECT],
    breaks: &[
        Break {
            when: "a message is dropped",
            scenario: "same-losses",
            violates: &[RELIABLE_DELIVERY, EXACTLY_ONCE_EFFECT],
            broken: &[Rule::ReliableChannels],
        },
        Break {
            when: "the network makes a copy",
            scenario: "network-makes-a-copy",
            violates: &[NO_DUPLICATION, EXACTLY_ONCE_EFFECT],
            broken: &[Rule::NoDuplicates, Rule::ReliableChannels],
        },
    ],
    costs: &[cost!("one message", n >= 2 => 1, one_send)],
    ..Protocol::of::<FireAndForget<Value>>()
};

/// A process that sends and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FireAndForget<M> {
    /// By receiver: number of messages sent to it.
    sent: SortedMap<NodeId, u32>,
    #[serde(skip)]
    payload: PhantomData<M>,
}

/// A message with its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Data<M> {
    /// Number among the messages of this sender to this receiver, from 1.
    seq: u32,
    /// The application's message.
    payload: M,
}

impl<M: Payload> Process for FireAndForget<M> {
    type Parameters = ();
    type Request = Send<M>;
    type Indication = Deliver<M>;
    type Message = Data<M>;
    type Timer = Never;

    fn new(_group: Group, (): &()) -> Self {
        Self { sent: SortedMap::new(), payload: PhantomData }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Send { to, payload }: Send<M>) {
        let sent = self.sent.entry(to).or_default();
        *sent += 1;
        ctx.send(to, Data { seq: *sent, payload });
    }

    fn on_message(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        Data { seq, payload }: Data<M>,
    ) {
        ctx.indicate(Deliver { from, seq, payload, idempotent: false });
    }

    fn carries(from: NodeId, message: &Data<M>) -> Option<Carried> {
        Some((from, message.seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{PerMillion, run},
        protocols::testing::{deliveries, group, send},
    };

    #[test]
    fn fire_and_forget_sends_once_and_stores_nothing() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![send(0, 1, 2, "m1"), send(5, 1, 2, "m2")];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m1", "15 P2 m2"]);
        let trace = run(&PROTOCOL, &scenario).expect("a valid request");
        assert_eq!((trace.sends(), trace.quiescent), (2, true));
    }

    #[test]
    fn fire_and_forget_never_repeats_whatever_is_lost() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.network.loss = PerMillion(500_000);
        scenario.requests = (0..20).map(|at| send(at, 1, 2, &format!("m{at}"))).collect();
        for seed in 0..20 {
            scenario.seed = seed;
            let told = deliveries(&PROTOCOL, &scenario);
            assert!(!told.is_empty() && told.len() < 20, "seed {seed}: {told:?}");
            let mut once = told.clone();
            once.dedup();
            assert_eq!(once, told, "seed {seed}");
        }
    }
}
