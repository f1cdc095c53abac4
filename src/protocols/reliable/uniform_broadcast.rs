//! Uniform reliable broadcast.
//!
//! Implements: UniformReliableBroadcast. Uses: BestEffortBroadcast; PerfectFailureDetector where the
//! quorum is everyone.
//! Model: crash-stop, asynchronous, reliable channels; every crash is detected (everyone) or a majority
//! of the nodes stays up (majority).
//! Source: Cachin, Guerraoui and Rodrigues 2011, Algorithms 3.4 "All-Ack Uniform Reliable Broadcast" and
//! 3.5 "Majority-Ack Uniform Reliable Broadcast".
//!
//! Whoever receives a message relays it to everybody, once, and **waits**: n(n − 1) messages. A copy
//! from p says that p has the message. It is delivered only once enough are known to have it: everyone
//! who has not crashed, or more than half of all.
//!
//! So nobody delivers what could still vanish. When a process delivers m, be it only to crash a moment
//! later, some correct process has m: everyone correct has (all-ack), or one of any majority is correct
//! (majority-ack). That one relays it to everybody, and all correct processes get copies from each other.
//!
//! The price is waiting. *Everyone* without a failure detector waits for ever once one node has crashed;
//! *majority* does once half of them have. Nothing wrong is delivered then, but nothing at all is:
//! **validity** breaks.
//!
//! Where it departs from the book: the two algorithms are one with a parameter, since they differ in
//! one line.

use derive_more::Display;
use serde::Serialize;

use super::best_effort_broadcast::{BestEffortBroadcast, Data};
use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION,
            UNIFORM_AGREEMENT, VALIDITY, one_broadcast,
        },
    },
    kernel::{
        Break, Carried, Context, Detection, Group, Never, NodeId, NodeSet, Payload, Process,
        Protocol, Rule, SortedSet,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "uniform-broadcast",
    name: "Uniform broadcast",
    summary: "Nobody delivers a message before enough others are known to have it.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithms 3.4 and 3.5",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::CrashesAreDetected.where_(Parameters::quorum, "everyone"),
        Rule::MajorityStaysUp.where_(Parameters::quorum, "majority"),
        Rule::NobodyRecovers.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT, UNIFORM_AGREEMENT],
    breaks: &[Break {
        when: "everyone must have it, nobody tells of crashes, and one crashes",
        scenario: "waits-for-ever",
        violates: &[VALIDITY],
        broken: &[Rule::CrashesAreDetected],
    }],
    costs: &[crate::cost!("one broadcast", n >= 2 => n * (n - 1), one_broadcast)],
    ..Protocol::of::<UniformBroadcast<Value>>()
};

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// Who must be known to have a message before it is delivered.
        quorum: Quorum = Everyone;
    }
    /// Who must be known to have a message before it is delivered.
    pub enum Quorum {
        /// Everyone whom the failure detector has not reported.
        Everyone = "everyone",
        /// More than half of all nodes; needs no failure detector.
        Majority = "majority",
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct UniformBroadcast<M> {
    quorum: Quorum,
    /// How many messages this node has broadcast.
    sent: u32,
    /// Who has not been reported as crashed.
    correct: NodeSet,
    /// What this node has, and has relayed, but cannot deliver yet.
    pending: Vec<Pending<M>>,
    delivered: SortedSet<BroadcastId>,
    best_effort: Layer<M>,
}

type Layer<M> = BestEffortBroadcast<Relayed<M>>;

/// A message that waits for its quorum.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Pending<M> {
    message: Relayed<M>,
    /// Who is known to have it.
    acknowledged: NodeSet,
}

/// A message on its way, and an acknowledgement at once.
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

    fn new(group: Group, parameters: &Parameters) -> Self {
        Self {
            quorum: parameters.quorum,
            sent: 0,
            correct: group.everyone(),
            pending: Vec::new(),
            delivered: SortedSet::new(),
            best_effort: BestEffortBroadcast::new(group, &()),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        self.sent += 1;
        let id = BroadcastId { from: ctx.me(), seq: self.sent };
        self.relay(ctx, Relayed { id, payload });
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data<Relayed<M>>) {
        self.best_effort(ctx, |layer, ctx| layer.on_message(ctx, from, data));
    }

    /// A report is believed for good: in this model nobody comes back.
    fn on_detection(&mut self, ctx: &mut Context<Self>, detection: Detection) {
        if let Detection::Suspect(node) = detection {
            self.correct.remove(node);
            self.deliver_what_can_be(ctx);
        }
    }

    fn carries(_from: NodeId, message: &Data<Relayed<M>>) -> Option<Carried> {
        let id = message.payload.id;
        Some((id.from, id.seq))
    }
}

impl<M: Payload> UniformBroadcast<M> {
    /// Hands an event to the layer below, and takes what it delivers.
    fn best_effort(
        &mut self,
        ctx: &mut Context<Self>,
        event: impl FnOnce(&mut Layer<M>, &mut Context<Layer<M>>),
    ) {
        for Deliver { from, payload: message, .. } in ctx.using(&mut self.best_effort, &(), event) {
            self.on_best_effort_deliver(ctx, from, message);
        }
    }

    fn on_best_effort_deliver(
        &mut self,
        ctx: &mut Context<Self>,
        from: NodeId,
        message: Relayed<M>,
    ) {
        let id = message.id;
        if self.delivered.contains(&id) {
            return;
        }
        if !self.pending.iter().any(|pending| pending.message.id == id) {
            self.relay(ctx, message);
        }
        for pending in self.pending.iter_mut().filter(|pending| pending.message.id == id) {
            pending.acknowledged.insert(from);
        }
        self.deliver_what_can_be(ctx);
    }

    /// Keeps a message, and sends it to everybody: the copy to itself is its own acknowledgement.
    fn relay(&mut self, ctx: &mut Context<Self>, message: Relayed<M>) {
        self.pending.push(Pending { message: message.clone(), acknowledged: NodeSet::EMPTY });
        self.best_effort(ctx, |layer, ctx| layer.on_request(ctx, Broadcast(message)));
    }

    fn deliver_what_can_be(&mut self, ctx: &mut Context<Self>) {
        let (quorum, correct, majority) = (self.quorum, self.correct, ctx.group().majority());
        let ready = self.pending.extract_if(.., |pending| match quorum {
            Quorum::Everyone => correct.is_subset(pending.acknowledged),
            Quorum::Majority => pending.acknowledged.len() >= majority,
        });
        for Pending { message: Relayed { id, payload }, .. } in ready {
            self.delivered.insert(id);
            ctx.indicate(Deliver { from: id.from, seq: id.seq, payload });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Detector, ParameterValue, Scenario},
        protocols::testing::{broadcast, crash, deliveries, group, slow},
    };

    fn one_broadcast(size: usize, quorum: &str) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.params.insert("quorum".to_owned(), ParameterValue::Choice(quorum.to_owned()));
        scenario.requests = vec![broadcast(0, 1, "m")];
        scenario
    }

    #[test]
    fn everyone_means_the_slowest() {
        let mut scenario = one_broadcast(3, "everyone");
        scenario.network.links = vec![slow(1, 3, 50)];
        // P2's relay brings it to P3 at 20, and P3's relays are back at 30.
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["30 P1 m", "30 P2 m", "50 P3 m"]);
    }

    #[test]
    fn a_majority_of_four_is_three() {
        let mut scenario = one_broadcast(4, "majority");
        scenario.faults = vec![crash(0, 4, 0)];
        // P3 has heard from P1, itself and, before anybody else hears from P3, from P2.
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["20 P3 m", "20 P1 m", "20 P2 m"]);
        scenario.faults.push(crash(0, 3, 0));
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0], "half of them is no majority");
    }

    #[test]
    fn a_report_ends_the_waiting_for_who_has_crashed() {
        let mut scenario = one_broadcast(3, "everyone");
        scenario.faults = vec![crash(0, 3, 0)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0], "nothing tells them to go on");
        scenario.network.detector = Detector::Perfect(70);
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["70 P1 m", "70 P2 m"]);
    }

    #[test]
    fn nobody_delivers_what_only_the_dead_have() {
        let mut scenario = one_broadcast(3, "everyone");
        scenario.network.detector = Detector::Perfect(20);
        scenario.faults = vec![crash(0, 1, 1), crash(10, 2, 0)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0]);
    }
}
