//! Gossip: push, pull, and push–pull.
//!
//! Time passes in rounds. In each round a process chooses k others at random, its *fanout*. With **push** it sends them the
//! rumours that it knows. With **pull** it tells them which rumours it knows, and they send those that it lacks. With
//! **push–pull** it sends its rumours and gets in return those that it lacks.
//!
//! *Why it works*: as long as few processes know a rumour, a push nearly always reaches one that does not, so with fanout
//! 1 their number nearly doubles in each round. At the end pull is faster: if a share p of the processes does not know
//! the rumour, a round of pull leaves a share of about p², and a round of push one of about p/e. No process waits for
//! another, and a rumour reaches each process by many ways. So a crash or a loss only delays it.
//!
//! No schedule is excluded in which a process is never chosen. So **agreement** is not promised, but holds with a probability
//! that grows with fanout and rounds. It is measured over seeds, with a confidence interval. With fanout 1 each round of a
//! process has one message, and a single loss can be enough.
//!
//! *No duplication*: a process keeps the ids of all rumours that it has delivered.
//!
//! Where it departs from the papers: each process makes a fixed number of rounds after its start, so that the run becomes
//! quiescent. A rumour that is broadcast after the last round stays where it is. The k others are distinct.

use std::fmt;

use derive_more::Display;
use serde::Serialize;

use crate::{
    abstractions::{
        Value,
        broadcast::{
            AGREEMENT, Broadcast, BroadcastId, Deliver, NO_CREATION, NO_DUPLICATION, Sent,
            VALIDITY, one_broadcast,
        },
    },
    cost,
    kernel::{
        Break, Carried, Context, Drawn, Group, Metric, NodeId, NodeSet, PerMillion, Probable,
        Process, Protocol, Rule, Scenario, SortedMap, SortedSet,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "gossip",
    name: "Gossip",
    summary: "In each round a process exchanges rumours with k others that it chooses at random.",
    source: "Demers, Greene, Hauser, Irish, Larson, Shenker, Sturgis, Swinehart and Terry 1987, \
             Epidemic Algorithms for Replicated Database Maintenance; Cachin, Guerraoui and Rodrigues 2011, \
             Introduction to Reliable and Secure Distributed Programming, Algorithm 3.9 \"Eager Probabilistic Broadcast\"",
    example: "round-by-round",
    model: &[Rule::NoRecoveries.always()],
    promises: &[VALIDITY, NO_DUPLICATION, NO_CREATION],
    beyond: &[AGREEMENT],
    probable: &[
        Probable {
            property: AGREEMENT,
            situation: "push among 16 nodes with fanout 2, 6 rounds and 10 % loss",
            percent: 95,
            perform: |scenario| situation(scenario, "push"),
        },
        Probable {
            property: AGREEMENT,
            situation: "push–pull among 16 nodes with fanout 2, 6 rounds and 10 % loss",
            percent: 99,
            perform: |scenario| situation(scenario, "push-pull"),
        },
    ],
    breaks: &[Break {
        when: "the fanout is 1, and a message is lost",
        scenario: "fanout-one-and-loss",
        violates: &[AGREEMENT],
        broken: &[],
    }],
    unbreakable: &[(VALIDITY, "a process that broadcasts delivers its own message at once")],
    costs: &[
        cost!("one broadcast by push, with fanout n − 1 and 2 rounds", n >= 2 => n.pow(2) - 1, |scenario| {
            to_all(scenario, "push", 2);
        }),
        cost!("one broadcast by pull, with fanout n − 1 and 1 round", n >= 2 => n.pow(2) - 1, |scenario| {
            to_all(scenario, "pull", 1);
        }),
    ],
    metrics: &[Metric {
        name: "rumours",
        unit: "rumours",
        help: "Number of rumours that the node knows.",
        drawn: Drawn::Curve,
        value: |node| node.process::<Gossip>().known.len() as i64,
    }],
    ..Protocol::of::<Gossip>()
};

/// One broadcast in a group that loses a tenth of the messages.
fn situation(scenario: &mut Scenario, mode: &str) {
    *scenario = Scenario::new(PROTOCOL.id, Scenario::numbered(16));
    scenario.network.loss = PerMillion(100_000);
    scenario.set(Parameters::mode, mode);
    scenario.set(Parameters::fanout, 2);
    scenario.set(Parameters::rounds, 6);
    one_broadcast(scenario);
}

/// One broadcast in which each process chooses all others.
fn to_all(scenario: &mut Scenario, mode: &str, rounds: u32) {
    scenario.set(Parameters::mode, mode);
    scenario.set(Parameters::fanout, scenario.nodes.len() as u32 - 1);
    scenario.set(Parameters::rounds, rounds);
    one_broadcast(scenario);
}

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// Direction in which rumours travel.
        mode: Mode = Push;
        /// Number of others that a process chooses in each round.
        fanout: u32 = 2, in 1..=127 "nodes";
        /// Number of rounds of each process, from its start.
        rounds: u32 = 5, in 1..=100 "rounds";
        /// Duration of a round.
        period: u32 = 50, in 1..=10_000 "ms";
    }
    /// Direction in which rumours travel.
    pub enum Mode {
        /// To the chosen processes.
        Push = "push",
        /// From the chosen processes.
        Pull = "pull",
        /// In both directions.
        PushPull = "push-pull",
    }
}

/// A process that gossips.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Gossip {
    sent: Sent,
    known: Rumours,
    /// Number of rounds made.
    rounds: u32,
}

/// Rumours by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Rumours(SortedMap<BroadcastId, Value>);

impl Rumours {
    const fn len(&self) -> usize {
        self.0.len()
    }

    /// The rumours that are not among the known ones.
    fn except(&self, known: impl Fn(&BroadcastId) -> bool) -> Self {
        let unknown = self.0.iter().filter(|(id, _)| !known(id));
        Self(unknown.map(|(id, payload)| (*id, payload.clone())).collect())
    }
}

impl fmt::Display for Rumours {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("∅");
        }
        for (place, payload) in self.0.values().enumerate() {
            write!(f, "{}{payload}", if place > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
pub enum Message {
    /// Rumours that the sender knows.
    #[display("{_0}")]
    Push(Rumours),
    /// Asks for all rumours but these.
    #[display("PULL({})", _0.len())]
    Pull(SortedSet<BroadcastId>),
    /// Rumours that the sender knows; asks for all others.
    #[display("EXCHANGE({_0})")]
    Exchange(Rumours),
}

/// The end of a round.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("round")]
pub struct Round;

impl Process for Gossip {
    type Parameters = Parameters;
    type Request = Broadcast<Value>;
    type Indication = Deliver<Value>;
    type Message = Message;
    type Timer = Round;

    fn new(_group: Group, _parameters: &Parameters) -> Self {
        Self { sent: Sent::default(), known: Rumours::default(), rounds: 0 }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        ctx.set_timer(Round, ctx.parameters().period.into());
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Broadcast(payload): Broadcast<Value>) {
        let id = self.sent.next(ctx.me());
        self.learn(ctx, id, payload);
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, _round: Round) {
        self.rounds += 1;
        if self.rounds < ctx.parameters().rounds {
            ctx.set_timer(Round, ctx.parameters().period.into());
        }
        let rumours = self.known.clone();
        let message = match ctx.parameters().mode {
            // There is nothing to tell.
            Mode::Push if rumours.len() == 0 => return,
            Mode::Push => Message::Push(rumours),
            Mode::Pull => Message::Pull(rumours.0.keys().copied().collect()),
            Mode::PushPull => Message::Exchange(rumours),
        };
        let chosen = choose(ctx);
        ctx.multicast(chosen, message);
    }

    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, message: Message) {
        let missing = match message {
            Message::Push(rumours) => return self.learn_all(ctx, rumours),
            Message::Pull(known) => self.known.except(|id| known.contains(id)),
            Message::Exchange(rumours) => {
                let missing = self.known.except(|id| rumours.0.contains_key(id));
                self.learn_all(ctx, rumours);
                missing
            }
        };
        if missing.len() > 0 {
            ctx.send(from, Message::Push(missing));
        }
    }

    fn carries(_from: NodeId, message: &Message) -> Option<Carried> {
        let (Message::Push(rumours) | Message::Exchange(rumours)) = message else { return None };
        let (id, _) = rumours.0.first_key_value().filter(|_| rumours.len() == 1)?;
        Some(id.carried())
    }
}

impl Gossip {
    fn learn_all(&mut self, ctx: &mut Context<Self>, rumours: Rumours) {
        for (id, payload) in rumours.0.iter() {
            self.learn(ctx, *id, payload.clone());
        }
    }

    /// Delivers a rumour that was unknown.
    fn learn(&mut self, ctx: &mut Context<Self>, id: BroadcastId, payload: Value) {
        if !self.known.0.contains_key(&id) {
            self.known.0.insert(id, payload.clone());
            ctx.indicate(id.deliver(payload));
        }
    }
}

/// Chooses as many others as the fanout says, each set of them equally likely.
fn choose(ctx: &mut Context<Gossip>) -> NodeSet {
    let mut left: Vec<NodeId> = ctx.others().into_iter().collect();
    let mut chosen = NodeSet::EMPTY;
    while chosen.len() < ctx.parameters().fanout as usize && !left.is_empty() {
        let place = ctx.choose(left.len() as u32) as usize;
        chosen.insert(left.swap_remove(place));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::testing::{broadcast, deliveries, group, sends};

    /// P1 broadcasts m in a group of two, where every choice is the other.
    fn pair(mode: &str) -> Scenario {
        let mut scenario = group(&PROTOCOL, 2);
        scenario.set(Parameters::mode, mode);
        scenario.set(Parameters::rounds, 2);
        scenario.requests = vec![broadcast(10, 1, "m")];
        scenario
    }

    #[test]
    fn gossip_push_sends_what_is_known_and_nothing_before() {
        let sent = sends(&PROTOCOL, &pair("push"));
        assert_eq!(sent, ["50 P1>P2 m", "100 P1>P2 m", "100 P2>P1 m"]);
        assert_eq!(deliveries(&PROTOCOL, &pair("push")), ["10 P1 m", "60 P2 m"]);
    }

    #[test]
    fn gossip_pull_is_answered_with_what_is_missing() {
        let sent = sends(&PROTOCOL, &pair("pull"));
        let rounds = [
            "50 P1>P2 PULL(1)",
            "50 P2>P1 PULL(0)",
            "60 P1>P2 m",
            "100 P1>P2 PULL(1)",
            "100 P2>P1 PULL(1)",
        ];
        assert_eq!(sent, rounds);
        assert_eq!(deliveries(&PROTOCOL, &pair("pull")), ["10 P1 m", "70 P2 m"]);
    }

    #[test]
    fn gossip_push_pull_goes_both_ways_in_one_exchange() {
        let mut scenario = pair("push-pull");
        scenario.set(Parameters::rounds, 1);
        scenario.requests.push(broadcast(20, 2, "n"));
        let sent = sends(&PROTOCOL, &scenario);
        let expected = ["50 P1>P2 EXCHANGE(m)", "50 P2>P1 EXCHANGE(n)", "60 P2>P1 n", "60 P1>P2 m"];
        assert_eq!(sent.len(), expected.len(), "{sent:?}");
        assert!(expected.iter().all(|line| sent.iter().any(|it| it == line)), "{sent:?}");
        assert_eq!(
            deliveries(&PROTOCOL, &scenario)[2..],
            ["60 P2 m", "60 P1 n"].map(str::to_owned)
        );
    }
}
