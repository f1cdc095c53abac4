//! Eager reliable broadcast.
//!
//! A process that delivers a message relays it to all processes, once: n(n − 1) messages. So a message that one
//! correct process delivers reaches all of them, even if its broadcaster crashed half-way.
//!
//! If at most f nodes crash, f hops of relaying are enough. A copy carries its number of hops; a copy that has
//! made f hops is delivered and not relayed. *Why*: consider a correct process that delivers m. If its copy has
//! made fewer than f hops, the process relays m to all others itself. If the copy has made f hops, then f + 1
//! nodes have sent m on its path. Each of them sends m only once, so all are different, and one of them is correct.
//! That one has sent m to all. With f = 0 nothing is relayed: that is best-effort broadcast.
//!
//! A process delivers first and relays then. If it crashes between the two, its delivery binds no other process,
//! since agreement speaks of correct processes only: **uniform** agreement breaks.
//!
//! Where it departs from the book: the bound on the hops. The broadcaster does not relay its own message, which
//! it has just sent to all.

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
        Break, Carried, Context, Group, Never, NodeId, Over, Payload, Process, Protocol, Rule,
        SortedSet,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "reliable-broadcast",
    name: "Reliable broadcast",
    summary: "Each process that receives a message relays it to all, so that it outlives its \
              sender.",
    source: "Cachin, Guerraoui and Rodrigues 2011, Introduction to Reliable and Secure Distributed \
             Programming, Algorithm 3.3 \"Eager Reliable Broadcast\"; note 001",
    example: "sender-crashes-half-way",
    model: &[
        Rule::ReliableChannels.always(),
        Rule::AtMostCrashes(Parameters::max_crashes).always(),
        Rule::NoRecoveries.always(),
    ],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION, AGREEMENT],
    beyond: &[UNIFORM_AGREEMENT],
    breaks: &[
        Break {
            when: "a process delivers, and crashes before it relays",
            scenario: "delivered-but-not-relayed",
            violates: &[UNIFORM_AGREEMENT],
            broken: &[],
        },
        Break {
            when: "more crashes than f",
            scenario: "more-crashes-than-hops",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::AtMostCrashes(Parameters::max_crashes)],
        },
        Break {
            when: "messages are lost",
            scenario: "lost-copies",
            violates: &[AGREEMENT, UNIFORM_AGREEMENT],
            broken: &[Rule::ReliableChannels],
        },
    ],
    unbreakable: &[(VALIDITY, "a correct broadcaster delivers its own message at once")],
    costs: &[cost!("one broadcast", n >= 2 => n * (n - 1), one_broadcast)],
    ..Protocol::over::<ReliableBroadcast<Value>, Layer<Value>>()
};

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// f: number of crashes that are tolerated; a message is relayed for f hops.
        max_crashes: u32 = 127, in 0..=127 "crashes";
    }
}

/// A process that broadcasts, relays and delivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ReliableBroadcast<M> {
    sent: Sent,
    delivered: SortedSet<BroadcastId>,
    best_effort: Layer<M>,
}

type Layer<M> = BestEffortBroadcast<Relayed<M>>;

/// A message that every process relays.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("{payload}")]
pub struct Relayed<M> {
    id: BroadcastId,
    /// Number of times that it has been relayed.
    hops: u32,
    payload: M,
}

impl<M: Payload> Process for ReliableBroadcast<M> {
    type Parameters = Parameters;
    type Request = Broadcast<M>;
    type Indication = Deliver<M>;
    type Message = Data<Relayed<M>>;
    type Timer = Never;

    fn new(group: Group, _parameters: &Parameters) -> Self {
        Self {
            sent: Sent::default(),
            delivered: SortedSet::new(),
            best_effort: BestEffortBroadcast::new(group, &()),
        }
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<M>) {
        let id = self.sent.next(ctx.me());
        self.ask(ctx, Broadcast(Relayed { id, hops: 0, payload }));
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, data: Data<Relayed<M>>) {
        self.pass(ctx, from, data);
    }

    fn carries(_from: NodeId, message: &Data<Relayed<M>>) -> Option<Carried> {
        Some(message.payload.id.carried())
    }
}

impl<M: Payload> Over<Layer<M>> for ReliableBroadcast<M> {
    fn layer(&mut self) -> &mut Layer<M> {
        &mut self.best_effort
    }

    fn on_layer(&mut self, ctx: &mut Context<Self>, told: Deliver<Relayed<M>>) {
        let Relayed { id, hops, payload } = told.payload;
        if !self.delivered.insert(id) {
            return;
        }
        ctx.indicate(id.deliver(payload.clone()));
        if id.from != ctx.me() && hops < ctx.parameters().max_crashes {
            self.ask(ctx, Broadcast(Relayed { id, hops: hops + 1, payload }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::Scenario,
        protocols::testing::{broadcast, crash, deliveries, group},
    };

    /// Each of the first `crashes` nodes crashes just after it has sent the message to the next one. The
    /// protocol tolerates `f` crashes, in a group of f + 3.
    fn chain(f: u32, crashes: u32) -> Scenario {
        let mut scenario = group(&PROTOCOL, f as usize + 3);
        scenario.set(Parameters::max_crashes, f);
        scenario.requests = vec![broadcast(0, 1, "m")];
        // The nodes before the next one in the list receive their copies first.
        scenario.faults =
            (1..=crashes).map(|it| crash(10 * u64::from(it - 1), it as usize, it)).collect();
        scenario
    }

    fn receivers(scenario: &Scenario) -> Vec<String> {
        let deliveries = deliveries(&PROTOCOL, scenario);
        let mut nodes: Vec<_> =
            deliveries.iter().filter_map(|it| Some(it.split(' ').nth(1)?.to_owned())).collect();
        nodes.sort();
        nodes
    }

    #[test]
    fn reliable_broadcast_f_hops_tolerate_f_crashes() {
        for f in 0..5 {
            let scenario = chain(f, f);
            // The broadcaster crashes before it receives its own copy.
            let expected = &scenario.nodes[usize::from(f > 0)..];
            assert_eq!(receivers(&scenario), expected, "{f} crashes");
        }
    }

    #[test]
    fn reliable_broadcast_one_crash_more_leaves_out_the_last_node() {
        for f in 0..5 {
            let scenario = chain(f, f + 1);
            let last = scenario.nodes.len() - 1;
            assert_eq!(receivers(&scenario), scenario.nodes[1..last], "{f} crashes");
        }
    }

    #[test]
    fn reliable_broadcast_delivers_before_it_relays() {
        let mut scenario = group(&PROTOCOL, 3);
        scenario.requests = vec![broadcast(0, 1, "m")];
        scenario.faults = vec![crash(0, 1, 1), crash(10, 2, 0)];
        assert_eq!(deliveries(&PROTOCOL, &scenario), ["10 P2 m"]);
    }
}
