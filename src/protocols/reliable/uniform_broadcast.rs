//! Uniform reliable broadcast.
//!
//! A process that receives a message relays it to all, once, and then **waits**: n(n − 1) messages. A copy from p
//! is p's acknowledgement: p has the message. The message is delivered once enough processes have acknowledged
//! it: all that have not crashed (*all-ack*), or more than half of all (*majority-ack*).
//!
//! *Why it works*: no process delivers a message that could still be lost. When a process delivers m, some correct
//! process has m, even if the first one crashes a moment later: all correct processes have m (all-ack), or one
//! process of any majority is correct (majority-ack). That one relays m to all, and so all correct processes get
//! copies from each other.
//!
//! The price is waiting. *Everyone* without a failure detector waits for ever after one crash; *majority* does
//! after the crash of half of the nodes. No wrong message is delivered then, but no message at all: **validity**
//! breaks. With heartbeats as `detector`, processes mistake a partition for crashes. Each side
//! then delivers messages that the other lacks, and **agreement** breaks.
//!
//! Where it departs from the book: the two algorithms are one with a parameter, since they differ in one line.

use derive_more::Display;
use serde::Serialize;

use super::best_effort_broadcast::{BestEffortBroadcast, Data};
use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            UNIFORM_AGREEMENT, VALIDITY, one_broadcast,
        },
    },
    cost,
    kernel::{
        Break, Carried, Context, Detection, Group, Never, NodeId, NodeSet, Over, Payload, Process,
        Protocol, Rule, SortedSet, TimeToServe,
    },
    protocols::detected::{self, time_to_detect},
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "uniform-broadcast",
    name: "Uniform broadcast",
    summary: "A message is delivered only once enough processes are known to have it.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithms 3.4 \"All-Ack Uniform Reliable Broadcast\" and 3.5 \
             \"Majority-Ack Uniform Reliable Broadcast\"",
    example: "nobody-delivers-too-early",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::CrashesAreDetected.where_(Parameters::quorum, "everyone"),
        Rule::MajorityCorrect.where_(Parameters::quorum, "majority"),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT, UNIFORM_AGREEMENT],
    breaks: &[
        Break {
            when: "all must have a message, one node crashes, and its crash is not detected",
            scenario: "waits-for-ever",
            violates: &[VALIDITY],
            broken: &[Rule::CrashesAreDetected],
        },
        Break {
            when: "heartbeats detect crashes, and the network is partitioned",
            scenario: "split-taken-for-crashes",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::ReliableChannels, Rule::NoLoss],
        },
    ],
    perpetual: Some(TimeToServe {
        only: Some(detected::HEARTBEATS),
        statement: "the detection of a crash, and twice the longest delay",
        bound: |serving| time_to_detect(serving).saturating_add(serving.delay().saturating_mul(2)),
    }),
    costs: &[cost!("one broadcast", n >= 2 => n * (n - 1), one_broadcast)],
    ..detected::over::<UniformBroadcast<Value>, Layer<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Processes that must have a message before it is delivered.
        quorum: Quorum = Everyone;
    }
    /// Processes that must have a message before it is delivered.
    pub enum Quorum {
        /// All that the failure detector has not reported.
        Everyone = "everyone",
        /// More than half of all nodes; needs no failure detector.
        Majority = "majority",
    }
}

/// A process that broadcasts, relays, waits and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UniformBroadcast<M> {
    sent: Sent,
    delivered: SortedSet<BroadcastId>,
    /// Messages that are relayed and not yet delivered, in the order of receipt.
    pending: Vec<Pending<M>>,
    /// Processes that are not reported as crashed.
    correct: NodeSet,
    best_effort: Layer<M>,
}

type Layer<M> = BestEffortBroadcast<Relayed<M>>;

/// A message that is relayed and not yet delivered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
struct Pending<M> {
    message: Relayed<M>,
    /// Processes that are known to have it.
    ack: NodeSet,
}

/// A message that every process relays: a copy is also an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Relayed<M> {
    id: BroadcastId,
    payload: M,
}

impl<M: Payload> Process for UniformBroadcast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Data<Relayed<M>>;
    type Timer = Never;

    fn new(group: Group, _parameters: &Parameters) -> Self {
        Self {
            sent: Sent::default(),
            delivered: SortedSet::new(),
            pending: Vec::new(),
            correct: group.everyone(),
            best_effort: BestEffortBroadcast::new(group, &()),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let id = self.sent.next(ctx.me());
        self.relay(ctx, Relayed { id, payload });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data<Relayed<M>>) {
        self.pass(ctx, from, data);
    }

    /// A report is final: in this model no process recovers.
    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if let Detection::Suspect(node) = detection {
            self.correct.remove(node);
            self.deliver_ready(ctx);
        }
    }

    fn carries(_from: NodeId, message: &Data<Relayed<M>>) -> Option<Carried> {
        Some(message.payload.id.carried())
    }
}

impl<M: Payload> Over<Layer<M>> for UniformBroadcast<M> {
    fn layer(&mut self) -> &mut Layer<M> {
        &mut self.best_effort
    }

    fn on_layer(&mut self, ctx: &mut Context<Self>, told: Deliver<Relayed<M>>) {
        let Relayed { id, payload } = told.payload;
        if self.delivered.contains(&id) {
            return;
        }
        if !self.pending.iter().any(|it| it.message.id == id) {
            self.relay(ctx, Relayed { id, payload });
        }
        for pending in self.pending.iter_mut().filter(|it| it.message.id == id) {
            pending.ack.insert(told.from);
        }
        self.deliver_ready(ctx);
    }
}

impl<M: Payload> UniformBroadcast<M> {
    /// Sends a message to all: the copy to this process is its own acknowledgement.
    fn relay(&mut self, ctx: &mut Context<Self>, message: Relayed<M>) {
        self.pending.push(Pending { message: message.clone(), ack: NodeSet::EMPTY });
        self.ask(ctx, Broadcast(message));
    }

    /// Delivers the messages that enough processes have.
    fn deliver_ready(&mut self, ctx: &mut Context<Self>) {
        while let Some(ready) = self.pending.iter().position(|it| self.can_deliver(ctx, it.ack)) {
            let Relayed { id, payload } = self.pending.remove(ready).message;
            self.delivered.insert(id);
            ctx.indicate(id.deliver(payload));
        }
    }

    /// True if enough processes have acknowledged a message.
    fn can_deliver(&self, ctx: &Context<Self>, ack: NodeSet) -> bool {
        match ctx.parameters().quorum {
            Quorum::Everyone => self.correct.is_subset(ack),
            Quorum::Majority => ack.len() >= ctx.group().majority(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Detector, Scenario},
        protocols::testing::{broadcast, crash, deliveries, group, slow},
    };

    fn one_broadcast(size: usize, quorum: &str) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.set(Parameters::quorum, quorum);
        scenario.requests = vec![broadcast(0, 1, "m")];
        scenario
    }

    #[test]
    fn uniform_broadcast_everyone_waits_for_the_slowest() {
        let mut scenario = one_broadcast(3, "everyone");
        scenario.network.links = vec![slow(1, 3, 50)];
        // P3 receives P2's copy at 20, and its own copies arrive at 30.
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["30 P1 m", "30 P2 m", "50 P3 m"]);
    }

    #[test]
    fn uniform_broadcast_majority_of_four_is_three() {
        let mut scenario = one_broadcast(4, "majority");
        scenario.faults = vec![crash(0, 4, 0)];
        // P3 has copies of P1, of itself and of P2, before another node has its copy.
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["20 P3 m", "20 P1 m", "20 P2 m"]);
        scenario.faults.push(crash(0, 3, 0));
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0], "half of them is no majority");
    }

    #[test]
    fn uniform_broadcast_report_of_a_crash_ends_the_waiting() {
        let mut scenario = one_broadcast(3, "everyone");
        scenario.faults = vec![crash(0, 3, 0)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0], "no report ends the waiting");
        scenario.network.detector = Detector::Perfect(70);
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["70 P1 m", "70 P2 m"]);
    }

    #[test]
    fn uniform_broadcast_message_of_crashed_nodes_alone_is_not_delivered() {
        let mut scenario = one_broadcast(3, "everyone");
        scenario.network.detector = Detector::Perfect(20);
        scenario.faults = vec![crash(0, 1, 1), crash(10, 2, 0)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0]);
    }
}
