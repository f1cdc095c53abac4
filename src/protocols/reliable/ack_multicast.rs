//! Multicast with positive acknowledgements.
//!
//! The sender sends the message to each member and waits for an ack from each. On timeout it sends the message again
//! to the members that are silent. After k tries it gives up on those that still are. A member delivers a message when
//! it receives the first copy, and acknowledges every copy, since the ack of an earlier one may be lost.
//!
//! *Why it works*: a member that is up misses the message only if all k copies to it are lost. If fewer than k messages
//! are lost and the sender stays up, all correct members deliver: **agreement**. Where nothing is lost, a multicast
//! costs 2(n − 1) messages. The sender also learns when it may discard a message.
//!
//! All acks go to one process, at about the same time: n − 1 for each multicast. This is the **feedback implosion**; with
//! negative acknowledgements a member answers only if it misses a message.
//!
//! The sender alone repeats its message. If it crashes after it has reached some members, or before it has repeated a
//! lost copy, no process helps the others: **agreement** breaks. It also breaks if all k copies to a member are lost.
//! The sender cannot tell this member from one that has crashed, so it gives up on both.
//!
//! Where it departs from the note: messages are numbered, so that an ack names its message and a receiver recognises
//! duplicates. The number of tries is bounded; the note has no rule for a member that never answers.

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            UNIFORM_AGREEMENT, VALIDITY, one_broadcast,
        },
        unacknowledged::{Unacknowledged, Waiting},
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, NodeId, Payload, Process, Protocol, Rule,
        SortedSet,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "ack-multicast",
    name: "Multicast with positive acknowledgements",
    summary: "Each receiver acknowledges each message, and the sender repeats it to those that are \
              silent.",
    source: "note 002, Acknowledgements; Tanenbaum and van Steen 2007, Distributed Systems: \
             Principles and Paradigms, section 8.4",
    example: "lost-message-and-lost-ack",
    model: &[
        Rule::LossesBelow(Parameters::tries).always().for_liveness(),
        Rule::RequestersStayUp.always().for_liveness(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT],
    beyond: &[UNIFORM_AGREEMENT],
    breaks: &[
        Break {
            when: "the sender crashes after it has reached some members",
            scenario: "sender-crashes-before-it-repeats",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::RequestersStayUp],
        },
        Break {
            when: "all tries to reach a member are lost",
            scenario: "sender-gives-up-too-early",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::LossesBelow(Parameters::tries)],
        },
    ],
    unbreakable: &[(VALIDITY, "a correct broadcaster delivers its own message at once")],
    costs: &[cost!("one broadcast", n >= 2 => 2 * (n - 1), one_broadcast)],
    metrics: &[Metric {
        name: "acks received",
        unit: "acks",
        help: "Acks that have hit the node for its latest multicast (feedback implosion).",
        drawn: Drawn::Curve,
        value: |node| node.process::<AckMulticast<Value>>().acks.into(),
    }],
    ..Protocol::of::<AckMulticast<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// k: number of times that a message is sent to a silent member before the sender gives up on it.
        tries: u32 = 5, in 1..=100 "tries";
        /// Time to wait for acks before a message is sent again.
        timeout: u32 = 60, in 10..=10_000 "ms";
    }
}

/// A process that multicasts, repeats, acknowledges and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AckMulticast<M> {
    sent: Sent,
    unacknowledged: Unacknowledged<Tried<M>>,
    delivered: SortedSet<BroadcastId>,
    /// Number of acks received for the latest multicast.
    acks: u32,
}

/// A message that the sender may have to repeat.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Tried<M> {
    payload: M,
    tries: u32,
}

/// A message of the application, or its acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message<M> {
    /// The application's message.
    #[display("{payload}")]
    Data {
        /// Sender and number.
        id: BroadcastId,
        /// The application's message.
        payload: M,
    },
    /// Acknowledges the message with this id.
    #[display("ack {}", _0.seq)]
    Ack(BroadcastId),
}

/// The timer of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Timer {
    /// Acks of this message are missing.
    #[display("timeout {}", _0.seq)]
    Timeout(BroadcastId),
}

impl<M: Payload> Process for AckMulticast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Message<M>;
    type Timer = Timer;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self {
            sent: Sent::default(),
            unacknowledged: Unacknowledged::new(),
            delivered: SortedSet::new(),
            acks: 0,
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let id = self.sent.next(ctx.me());
        self.acks = 0;
        self.delivered.insert(id);
        ctx.indicate(id.deliver(payload.clone()));
        let others = ctx.others();
        if !others.is_empty() {
            let tried = Tried { payload: payload.clone(), tries: 1 };
            self.unacknowledged.insert(id, tried, others);
            ctx.multicast(others, Message::Data { id, payload });
            ctx.set_timer(Timer::Timeout(id), ctx.parameters().timeout.into());
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message<M>) {
        match message {
            Message::Data { id, payload } => {
                if self.delivered.insert(id) {
                    ctx.indicate(id.deliver(payload));
                }
                ctx.send(from, Message::Ack(id));
            }
            Message::Ack(id) => {
                self.acks += u32::from(self.sent.is_last(id));
                if self.unacknowledged.acknowledge(id, from).is_some() {
                    ctx.cancel_timer(Timer::Timeout(id));
                }
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, Timer::Timeout(id): Timer) {
        let Some(Waiting { kept, missing }) = self.unacknowledged.get_mut(id) else { return };
        if kept.tries >= ctx.parameters().tries {
            ctx.note(format!("gives up on {missing}"));
            self.unacknowledged.remove(id);
            return;
        }
        kept.tries += 1;
        ctx.multicast(*missing, Message::Data { id, payload: kept.payload.clone() });
        ctx.set_timer(Timer::Timeout(id), ctx.parameters().timeout.into());
    }

    fn carries(_from: NodeId, message: &Message<M>) -> Option<Carried> {
        match message {
            Message::Data { id, .. } => Some(id.carried()),
            Message::Ack(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Fault, MessageName, Scenario, run},
        protocols::testing::{broadcast, crash, deliveries, group, node, sends},
    };

    fn one_message(size: usize) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.requests = vec![broadcast(0, 1, "m")];
        scenario
    }

    fn drop(from: usize, to: usize, number: u32) -> Fault {
        Fault::Drop { message: MessageName { from: node(from), to: node(to), number } }
    }

    #[test]
    fn ack_multicast_repeats_only_to_silent_members() {
        let mut scenario = one_message(4);
        scenario.faults = vec![drop(1, 3, 1), drop(4, 1, 1)];
        let mut data = sends(&PROTOCOL, &scenario);
        data.retain(|it| !it.contains("ack"));
        let first = ["0 P1>P2 m", "0 P1>P3 m", "0 P1>P4 m"];
        assert_eq!(data, [&first[..], &["60 P1>P3 m", "60 P1>P4 m"]].concat());
        let told = ["0 P1 m", "10 P2 m", "10 P4 m", "70 P3 m"];
        assert_eq!(deliveries(&PROTOCOL, &scenario), told, "P4 recognises the duplicate");
    }

    #[test]
    fn ack_multicast_one_loss_fewer_than_tries_is_tolerated() {
        for tries in 1..5 {
            let mut scenario = one_message(2);
            scenario.set(Parameters::tries, tries);
            scenario.faults = (1..tries).map(|number| drop(1, 2, number)).collect();
            assert_eq!(deliveries(&PROTOCOL, &scenario).len(), 2, "{tries} tries");
            scenario.faults.push(drop(1, 2, tries));
            assert_eq!(deliveries(&PROTOCOL, &scenario).len(), 1, "{tries} losses");
        }
    }

    #[test]
    fn ack_multicast_gives_up_on_a_crashed_member_after_all_tries() {
        let mut scenario = one_message(3);
        scenario.set(Parameters::tries, 3);
        scenario.faults = vec![crash(5, 3, 0)];
        let trace = run(&PROTOCOL, &scenario).expect("a valid request");
        assert!(trace.quiescent, "no timeout is left");
        let sent = sends(&PROTOCOL, &scenario);
        assert_eq!(sent.iter().filter(|it| it.contains("P1>P3")).count(), 3);
    }
}
