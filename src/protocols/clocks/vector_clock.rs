//! Vector clock.
//!
//! Implements: LogicalClock, with the strong clock condition. Uses: FairLossPointToPointLinks.
//! Model: crash-stop, asynchronous; messages may be lost, late, doubled or out of order.
//! Source: Mattern 1989, "Virtual Time and Global States of Distributed Systems"; Fidge 1988, "Timestamps in
//! Message-Passing Systems That Preserve the Partial Ordering".
//!
//! Each process counts its own events, and keeps for every other process how many events of that one it knows
//! of. A message carries its sender's counts, and the receiver learns what it did not know:
//!
//! - an event of process i: V_i\[i\] := V_i\[i\] + 1;
//! - a sending is such an event, and the message takes V_i along as its timestamp T;
//! - upon a receipt: V_i := sup(V_i, T), and the receipt is an event of i.
//!
//! So V_i\[j\] is how many events of j happened before, or are, what i did last: to happen before is to be
//! in a chain of messages, and the counts travel along with the messages. If a happened before b, b counts
//! all that a counts and itself as well: V(a) < V(b). If not, say a is an event of i, then b does not
//! know of a, V(b)\[i\] < V(a)\[i\], and V(a) < V(b) cannot be. That is the **strong** clock condition: the
//! stamps tell which events were concurrent, which Lamport's single count cannot.
//!
//! No network can take that from it: a lost message is one that nobody learns from, an overtaken one teaches
//! what is known already. It takes n counts in every message, and less will not do in general
//! (Charron-Bost 1991). What breaks it is a process that restarts and has **forgotten its clock**: it counts
//! its events from one again, and its new stamps are before, or beside, what happened before them.
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
    kernel::{Break, Context, Group, Never, NodeId, Process, Protocol, Rule, SortedMap},
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "vector-clock",
    name: "Vector clock",
    summary: "Stamps that tell whether one event happened before another, or neither did.",
    source: "Mattern 1989, Virtual Time and Global States of Distributed Systems; Fidge 1988, Timestamps \
             in Message-Passing Systems That Preserve the Partial Ordering",
    model: &[Rule::NobodyRecovers.always()],
    promises: &[CLOCK_CONDITION, STRONG_CLOCK_CONDITION],
    breaks: &[Break {
        when: "a process restarts and has forgotten its clock",
        scenario: "forgotten-clock",
        violates: &[CLOCK_CONDITION, STRONG_CLOCK_CONDITION],
        broken: &[Rule::NobodyRecovers],
    }],
    costs: &[crate::cost!("one message", n >= 2 => 1, |scenario| {
        let with = json!({"to": scenario.nodes.last()});
        scenario.ask(0, NodeId::new(0), "send", Some(with));
    })],
    ..Protocol::of::<VectorTime>()
};

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct VectorTime {
    clock: VectorClock,
    /// By receiver: how many messages it was sent.
    sent: SortedMap<NodeId, u32>,
}

/// A message: all that matters about it is its timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{timestamp}")]
pub struct Message {
    timestamp: VectorClock,
    /// The how-manieth message of its sender to this receiver it is, from 1.
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
    /// An event of this process, and its stamp.
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
        kernel::{Fault, MessageName, Scenario, Time},
        protocols::testing::{deliveries, group, node, slow},
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

    /// Two messages in a chain, and an event beside it: the textbooks' first picture.
    #[test]
    fn a_chain_of_messages_and_an_event_beside_it() {
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
    fn an_overtaken_message_teaches_nothing_new() {
        let mut scenario = group(&PROTOCOL, 2);
        send(&mut scenario, 0, 1, 2);
        send(&mut scenario, 1, 1, 2);
        let message = MessageName { from: node(1), to: node(2), number: 1 };
        scenario.faults = vec![Fault::Delay { message, by: 20 }];
        let expected = ["0 P1 [1,0]", "1 P1 [2,0]", "11 P2 [2,1]", "30 P2 [2,2]"];
        assert_eq!(stamps(&scenario), expected);
    }

    #[test]
    fn what_one_learns_is_passed_on_and_outruns_the_direct_message() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.network.links = vec![slow(1, 3, 50)];
        send(&mut scenario, 0, 1, 3);
        send(&mut scenario, 1, 1, 2);
        send(&mut scenario, 12, 2, 3);
        let mut at_p3 = stamps(&scenario);
        at_p3.retain(|stamp| stamp.contains("P3"));
        assert_eq!(at_p3, ["22 P3 [2,2,1]", "50 P3 [2,2,2]"]);
    }

    #[test]
    fn a_message_to_oneself_is_two_events() {
        let mut scenario = group(&PROTOCOL, 2);
        send(&mut scenario, 0, 1, 1);
        assert_eq!(stamps(&scenario), ["0 P1 [1,0]", "0 P1 [2,0]"]);
    }
}
