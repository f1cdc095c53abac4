//! Best-effort broadcast.
//!
//! Implements: BestEffortBroadcast. Uses: perfect links.
//! Model: crash-stop, asynchronous, reliable channels; whoever broadcasts stays up.
//! Source: Cachin, Guerraoui and Rodrigues 2011, Algorithm 3.1 "Basic Broadcast"; note 001.
//!
//! The broadcaster sends the message to everybody, one after the other, itself included; whoever
//! receives it delivers it. Nobody else lifts a finger: n − 1 messages.
//!
//! It works because a channel between two nodes that stay up loses nothing: once all sends are made,
//! every correct node gets its copy. If the broadcaster crashes between two sends, those who come later
//! in its list never hear of the message while those who come earlier deliver it: **agreement** breaks.
//! That is the whole reason for reliable broadcast.
//!
//! Where it departs from the book: the book's messages are unique by assumption, so that "the same
//! message" has a meaning. Here a message carries its broadcaster's count.

use std::marker::PhantomData;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, Deliver, NO_CREATION, NO_DUPLICATION, UNIFORM_AGREEMENT,
            VALIDITY, one_broadcast,
        },
    },
    kernel::{Break, Carried, Context, Group, Never, NodeId, Payload, Process, Protocol, Rule},
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "best-effort-broadcast",
    name: "Best-effort broadcast",
    summary: "One message to each member, and nothing more.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithm 3.1",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::RequestersStayUp.always(),
        Rule::NobodyRecovers.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT],
    beyond: &[UNIFORM_AGREEMENT],
    breaks: &[Break {
        when: "the sender crashes half-way",
        scenario: "sender-crashes-half-way",
        violates: &[AGREEMENT, UNIFORM_AGREEMENT],
        broken: &[Rule::RequestersStayUp],
    }],
    unbreakable: &[(VALIDITY, "who broadcasts and stays up delivers its own message at once")],
    costs: &[crate::cost!("one broadcast", n >= 2 => n - 1, one_broadcast)],
    ..Protocol::of::<BestEffortBroadcast<Value>>()
};

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct BestEffortBroadcast<M> {
    /// How many messages this node has broadcast.
    sent: u32,
    /// It keeps no message: what comes is delivered at once.
    #[serde(skip)]
    kept: PhantomData<M>,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Data<M> {
    /// The how-manieth broadcast of its sender it is, from 1.
    seq: u32,
    /// What is broadcast.
    pub payload: M,
}

impl<M: Payload> Process for BestEffortBroadcast<M> {
    type Parameters = ();
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Data<M>;
    type Timer = Never;

    fn new(_group: Group, (): &()) -> Self {
        Self { sent: 0, kept: PhantomData }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        self.sent += 1;
        ctx.send_all(Data { seq: self.sent, payload });
    }

    fn on_message(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        Data { seq, payload }: Data<M>,
    ) {
        ctx.indicate(Deliver { from, seq, payload });
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
    fn a_broadcaster_that_crashes_reaches_those_to_whom_it_has_sent() {
        for sends in 0..3 {
            let mut scenario = group(&PROTOCOL, 4);
            scenario.requests = vec![broadcast(0, 1, "m")];
            scenario.faults = vec![crash(0, 1, sends)];
            let reached = ["10 P2 m", "10 P3 m", "10 P4 m"];
            assert_eq!(deliveries(&PROTOCOL, &scenario), reached[..sends as usize]);
        }
    }

    #[test]
    fn messages_are_delivered_as_they_come() {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2")];
        let first = deliveries(&PROTOCOL, &scenario);
        assert_eq!(first, ["0 P1 m1", "1 P1 m2", "10 P2 m1", "11 P2 m2"]);
    }
}
