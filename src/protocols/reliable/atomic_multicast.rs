//! Atomic multicast: all or nothing.
//!
//! The sender sends the message to each recipient. A recipient holds it, and acknowledges it. Once every recipient has
//! acknowledged it, the sender tells all to *commit*: the application processes the message. If an ack is missing when
//! the time is over, the sender gives up on its recipient and tells all to *abort*: no process delivers the message.
//!
//! *Why it works*: no process delivers a message before the sender has decided to commit, and the sender decides once. If
//! it decides to commit, all recipients hold the message. If the sender stays up and no commit is lost, all that stay up
//! deliver the message, and if it decides to abort, none does: **atomicity**. Three messages for each recipient,
//! 3(n − 1).
//!
//! The price is **validity**: one recipient that is down, or one lost message before the commit, is enough, and no
//! process delivers the message. If the sender crashes between two of its commits, some deliver the message, and the others hold
//! it for ever: **atomicity** breaks. They cannot decide by themselves. Two-phase commit blocks
//! in the same way.
//!
//! Where it departs from the note: it leaves open how the recipients learn that all have the message. Here they
//! learn it by the commit. The note retries through losses; here one try is made, and the network is assumed to be
//! reliable. Multicast with persistent logs retries, and never gives up.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            ATOMICITY, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            VALIDITY, one_broadcast,
        },
        unacknowledged::{Unacknowledged, Waiting},
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, NodeId, Payload, Process, Protocol, Rule,
        SortedMap, SortedSet,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "atomic-multicast",
    name: "Atomic multicast",
    summary: "A message is delivered only after all recipients have acknowledged it; otherwise no \
              process delivers it.",
    source: "note 002, Achieving atomicity",
    example: "all-have-it-then-all-process-it",
    model: &[
        Rule::ReliableChannels.always().for_liveness(),
        Rule::RequestersStayUp.always().for_liveness(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[NO_DUPLICATION, NO_CREATION, ATOMICITY],
    beyond: &[VALIDITY],
    breaks: &[
        Break {
            when: "the sender crashes between two of its commits",
            scenario: "sender-crashes-between-commits",
            violates: &[ATOMICITY],
            broken: &[Rule::RequestersStayUp],
        },
        Break {
            when: "a commit is lost",
            scenario: "commit-lost",
            violates: &[ATOMICITY],
            broken: &[Rule::ReliableChannels],
        },
        Break {
            when: "a recipient is down",
            scenario: "recipient-down",
            violates: &[VALIDITY],
            broken: &[],
        },
    ],
    costs: &[cost!("one broadcast", n >= 2 => 3 * (n - 1), one_broadcast)],
    metrics: &[Metric {
        name: "held messages",
        unit: "messages",
        help: "Messages that the node has acknowledged and may not process yet.",
        drawn: Drawn::Curve,
        value: |node| node.process::<AtomicMulticast<Value>>().held.len() as i64,
    }],
    ..Protocol::of::<AtomicMulticast<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Time to wait for all acks before the sender gives up.
        timeout: u32 = 120, in 10..=10_000 "ms";
    }
}

/// A process that multicasts, acknowledges, holds and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AtomicMulticast<M> {
    sent: Sent,
    unacknowledged: Unacknowledged<M>,
    /// Messages of others that are acknowledged and not yet committed.
    held: SortedMap<BroadcastId, M>,
    /// Messages of others that were received, so that no duplicate is held again.
    received: SortedSet<BroadcastId>,
}

/// A message of the application, its acknowledgement, or the sender's decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// The application's message, to hold.
    #[display("{payload}")]
    Data {
        /// Sender and number.
        id: BroadcastId,
        /// The application's message.
        payload: M,
    },
    /// The message with this id is held.
    #[display("ack {}", _0.seq)]
    Ack(BroadcastId),
    /// The message with this id is to be processed.
    #[display("commit {}", _0.seq)]
    Commit(BroadcastId),
    /// The message with this id is to be discarded.
    #[display("abort {}", _0.seq)]
    Abort(BroadcastId),
}

/// The timer of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// Acks of this message are missing: the sender gives up.
    #[display("give up {}", _0.seq)]
    GiveUp(BroadcastId),
}

impl<M: Payload> Process for AtomicMulticast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self {
            sent: Sent::default(),
            unacknowledged: Unacknowledged::new(),
            held: SortedMap::new(),
            received: SortedSet::new(),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let id = self.sent.next(ctx.me());
        let others = ctx.others();
        if others.is_empty() {
            ctx.indicate(id.deliver(payload));
            return;
        }
        self.unacknowledged.insert(id, payload.clone(), others);
        ctx.send_others(Message::Data { id, payload });
        ctx.set_timer(Timer::GiveUp(id), ctx.parameters().timeout.into());
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Data { id, payload } => {
                if self.received.insert(id) {
                    self.held.insert(id, payload);
                }
                ctx.send(from, Message::Ack(id));
            }
            Message::Ack(id) => {
                if let Some(payload) = self.unacknowledged.acknowledge(id, from) {
                    ctx.cancel_timer(Timer::GiveUp(id));
                    // If the sender crashes before its first commit, no process has delivered the message.
                    ctx.send_others(Message::Commit(id));
                    ctx.indicate(id.deliver(payload));
                }
            }
            Message::Commit(id) => {
                if let Some(payload) = self.held.remove(&id) {
                    ctx.indicate(id.deliver(payload));
                }
            }
            Message::Abort(id) => {
                // The message itself may arrive after the abort.
                self.received.insert(id);
                self.held.remove(&id);
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Timer::GiveUp(id): Timer) {
        if let Some(Waiting { missing, .. }) = self.unacknowledged.remove(id) {
            ctx.note(format!("gives up on {missing}"));
            ctx.send_others(Message::Abort(id));
        }
    }

    fn carries(_from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Data { id, .. } => Some(id.carried()),
            Message::Ack(_) | Message::Commit(_) | Message::Abort(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, Scenario},
        protocols::testing::{broadcast, crash, deliveries, group, node, sends},
    };

    fn one_message(size: usize) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.requests = vec![broadcast(0, 1, "m")];
        scenario
    }

    #[test]
    fn atomic_multicast_delivers_after_the_last_ack() {
        let expected = ["20 P1 m", "30 P2 m", "30 P3 m"];
        assert_eq!(deliveries(&PROTOCOL, &one_message(3)), expected);
    }

    #[test]
    fn atomic_multicast_one_missing_ack_aborts_at_all() {
        let lost = MessageName { from: node(3), to: node(1), number: 1 };
        for fault in [crash(5, 3, 0), Fault::Drop { message: lost }] {
            let mut scenario = one_message(3);
            scenario.faults = vec![fault];
            assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0]);
            let sent = sends(&PROTOCOL, &scenario);
            assert_eq!(sent[sent.len() - 2..], ["120 P1>P2 abort 1", "120 P1>P3 abort 1"]);
        }
    }

    #[test]
    fn atomic_multicast_sender_that_crashes_before_its_first_commit_leaves_nothing() {
        for (sends, expected) in
            [(0, [].as_slice()), (1, &["30 P2 m"]), (2, &["30 P2 m", "30 P3 m"])]
        {
            let mut scenario = one_message(4);
            scenario.faults = vec![crash(20, 1, sends)];
            assert_eq!(deliveries(&PROTOCOL, &scenario), expected, "{sends} commits");
        }
    }

    #[test]
    fn atomic_multicast_message_that_arrives_after_its_abort_is_not_held() {
        let mut scenario = one_message(2);
        let message = MessageName { from: node(1), to: node(2), number: 1 };
        scenario.faults = vec![Fault::Delay { message, by: 200 }];
        let trace = crate::kernel::run(&PROTOCOL, &scenario).expect("a valid request");
        let held = trace.samples.iter().filter(|it| it.node == node(2)).map(|it| it.values[0]);
        assert_eq!(held.max().unwrap_or_default(), 0);
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0]);
    }
}
