//! Vector clock.
//!
//! Each process counts its own events. For every other process it keeps the number of that process's events that it
//! knows of. A message carries its sender's counts, and the receiver learns the counts that are greater than its own:
//!
//! - an event of process i: V_i\[i\] := V_i\[i\] + 1;
//! - sending is such an event, and the message carries V_i as its timestamp T;
//! - upon a receipt: V_i := sup(V_i, T), and the receipt is an event of i.
//!
//! So V_i\[j\] is the number of events of j that are in the past of the last event of i: an event happened before
//! another if a chain of messages leads from one to the other, and the counts travel with the messages. If a happened
//! before b, then b counts all events that a counts, and itself: V(a) < V(b). If not, let a be an event of i. Then b does
//! not know of a, so V(b)\[i\] < V(a)\[i\], and V(a) < V(b) cannot hold. This is the **strong** clock condition: the
//! timestamps tell which events were concurrent, which Lamport's single count cannot.
//!
//! No network can break it: nothing is learnt from a lost message, and nothing new from one that arrives late. The price
//! is n counts in every message, and in general fewer do not suffice (Charron-Bost 1991). A process that recovers and has
//! **lost its clock** breaks it: it counts its events from one again, and its new timestamps are before, or concurrent
//! with, those of events that happened before.
//!
//! Where it departs from the papers: Fidge's rules for synchronous messages are left out.

use derive_more::Display;
use serde::Serialize;
use serde_json::json;

use crate::{
    abstractions::clock::{
        CLOCK_CONDITION, ClockRequest, Reading, Received, STRONG_CLOCK_CONDITION, Stamp,
        VectorClock,
    },
    cost,
    kernel::{Break, Context, Group, Never, NodeId, Process, Protocol, Rule, SortedMap},
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "vector-clock",
    name: "Vector clock",
    summary: "Timestamps that tell whether one event happened before another, or the two were concurrent.",
    source: "Mattern 1989, Virtual Time and Global States of Distributed Systems; Fidge 1988, Timestamps \
             in Message-Passing Systems That Preserve the Partial Ordering",
    example: "chain-and-bystander",
    model: &[Rule::NoRecoveries.always()],
    promises: &[CLOCK_CONDITION, STRONG_CLOCK_CONDITION],
    breaks: &[Break {
        when: "a process recovers and has lost its clock",
        scenario: "forgotten-clock",
        violates: &[CLOCK_CONDITION, STRONG_CLOCK_CONDITION],
        broken: &[Rule::NoRecoveries],
    }],
    costs: &[cost!("one message", n >= 2 => 1, |scenario| {
        let with = json!({"to": scenario.nodes.last()});
        scenario.ask(0, NodeId::new(0), "send", Some(with));
    })],
    ..Protocol::of::<VectorTime>()
};

/// A process that counts events.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct VectorTime {
    clock: VectorClock,
    /// By receiver: number of messages sent to it.
    sent: SortedMap<NodeId, u32>,
}

/// A message, of which only the timestamp matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{timestamp}")]
pub struct Message {
    timestamp: VectorClock,
    /// Sequence number on its link, from 1.
    seq: u32,
}

impl Process for VectorTime {
    type Parameters = ();
    type Request = ClockRequest;
    type Indication = Stamp;
    type Message = Message;
    type Timer = Never;

    fn new(group: Group, (): &()) -> Self {
        Self { clock: VectorClock::new(group.size), sent: SortedMap::new() }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, request: ClockRequest) {
        self.tick(ctx, None);
        if let ClockRequest::Send { to } = request {
            let seq = self.sent.entry(to).or_default();
            *seq += 1;
            ctx.send(to, Message { timestamp: self.clock.clone(), seq: *seq });
        }
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        self.clock.join(&message.timestamp);
        self.tick(ctx, Some(Received { from, seq: message.seq }));
    }
}

impl VectorTime {
    /// Counts an event of this process and tells its timestamp.
    fn tick(&mut self, ctx: &mut Context<Self>, received: Option<Received>) {
        self.clock[ctx.me()] += 1;
        let clock = Reading::Vector(self.clock.clone());
        ctx.indicate(Stamp { clock, received, skew: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Scenario, Time},
        protocols::testing::{at, deliveries, group, late, node, slow},
    };

    fn step(scenario: &mut Scenario, at: Time, number: usize) {
        scenario.ask(at, node(number), "step", None);
    }

    fn send(scenario: &mut Scenario, at: Time, from: usize, to: usize) {
        scenario.ask(at, node(from), "send", Some(json!({"to": format!("P{to}")})));
    }

    fn stamps(scenario: &Scenario) -> Vec<String> {
        let told = deliveries(&PROTOCOL, scenario);
        told.into_iter().map(|stamp| stamp.replace("stamp ", "")).collect()
    }

    /// Two messages in a chain and an event beside it: the first figure of the textbooks.
    #[test]
    fn timestamps_chain_of_messages_is_ordered_and_an_event_beside_it_concurrent() {
        let mut scenario = group(&PROTOCOL, 3);
        step(&mut scenario, 0, 1);
        send(&mut scenario, 1, 1, 2);
        step(&mut scenario, 5, 3);
        send(&mut scenario, 12, 2, 3);
        let expected = [
            "0 P1 [1,0,0]",
            "1 P1 [2,0,0]",
            "5 P3 [0,0,1]",
            "11 P2 [2,1,0]",
            "12 P2 [2,2,0]",
            "22 P3 [2,2,2]",
        ];
        assert_eq!(stamps(&scenario), expected);
    }

    #[test]
    fn late_message_adds_no_events() {
        let mut scenario = group(&PROTOCOL, 2);
        send(&mut scenario, 0, 1, 2);
        send(&mut scenario, 1, 1, 2);
        scenario.faults = vec![late(1, 2, 1, 20)];
        let expected = ["0 P1 [1,0]", "1 P1 [2,0]", "11 P2 [2,1]", "30 P2 [2,2]"];
        assert_eq!(stamps(&scenario), expected);
    }

    #[test]
    fn counts_learnt_from_one_process_are_passed_on_to_another() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.network.links = vec![slow(1, 3, 50)];
        send(&mut scenario, 0, 1, 3);
        send(&mut scenario, 1, 1, 2);
        send(&mut scenario, 12, 2, 3);
        assert_eq!(at(3, stamps(&scenario)), ["22 P3 [2,2,1]", "50 P3 [2,2,2]"]);
    }

    #[test]
    fn message_to_the_sender_itself_is_two_events() {
        let mut scenario = group(&PROTOCOL, 2);
        send(&mut scenario, 0, 1, 1);
        assert_eq!(stamps(&scenario), ["0 P1 [1,0]", "0 P1 [2,0]"]);
    }
}
