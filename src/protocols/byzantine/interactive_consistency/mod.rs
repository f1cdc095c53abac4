//! Interactive consistency: every node learns the value of every other node, traitors or not.
//!
//! There are m + 1 rounds. In the first, every node sends its value to all others. In each later one it relays, in one
//! bundle, everything that it received in the round before: (m + 1)n(n − 1) messages. A node that sends nothing counts as
//! having said ⊥, the default.
//!
//! Then a node finds the value of each other node p by OM(m) of Lamport, Shostak and Pease, with p as the commander. For
//! every node but p it determines what p told that node, and takes the majority; ⊥ if there is none. For itself it uses
//! the value that it received from p. With m = 1 it uses for each other node the *claim* of that node in the second
//! round. With greater m it examines each claim in the same way: what p told q is the majority of what q told every
//! node but p and q about it; and so on, until the last round.
//!
//! Why it works, by the length of the path p, q, … along which something was said:
//!
//! - **Every loyal node finds the word of a loyal node as it was said.** In the last round it is the received value. In
//!   earlier rounds a loyal node told all nodes the same: the value received from it is right, and the claims of the
//!   other loyal nodes about it are found right. After k steps n − k nodes are asked, k ≤ m, of which at most m are faulty: n ≥ 3m + 1
//!   leaves the loyal nodes a majority. That is vector validity.
//! - **All loyal nodes find the same word of a traitor.** One of the m + 1 nodes of a whole path is loyal. All find the
//!   same word of that node, as above, and so the same majority over such values. That is vector agreement.
//!
//! With three nodes and a traitor, one other statement contradicts the traitor's, and no node can tell which of them lies:
//! **both break**. They break as well when messages may take longer than the bound, since silence then means nothing.
//!
//! Where it departs from the paper of 1980: the majority of OM(m), or ⊥, in place of a value that more than (n + m)/2
//! strings agree on; a node does not ask others for its own value; rounds are distinguished by the clock, and the
//! first one begins after the length of one round, so that every node has a value by then.

#[cfg(test)]
mod tests;

use derive_more::Display;
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    abstractions::{
        Value,
        byzantine::{VECTOR_AGREEMENT, VECTOR_VALIDITY, Vector},
        consensus::{Decide, Propose, TERMINATION},
        hearsay::{Hearsay, majority},
    },
    cost,
    kernel::{
        Break, Context, Drawn, Failures, Group, Keys, MAX_NODES, Metric, NodeId, Process, Protocol,
        RoundMessage, Rule, Scenario, Time,
    },
};

/// Registration.
pub const PROTOCOL: Protocol = Protocol {
    id: "interactive-consistency",
    name: "Interactive consistency",
    summary: "Every node relays all that it has heard in m + 1 rounds; then the majority decides.",
    source: "Pease, Shostak and Lamport 1980, Reaching Agreement in the Presence of Faults; Lamport, Shostak and \
             Pease 1982, The Byzantine Generals Problem, algorithm OM(m); note 004, focus 21",
    example: "three-generals",
    failures: Failures::Byzantine,
    model: &[
        Rule::ReliableChannels.always(),
        Rule::Synchrony.always(),
        Rule::NoDrift.always(),
        Rule::RequestsBefore(Parameters::round).always(),
        Rule::AtMostTraitors(Parameters::traitors).always(),
        Rule::MoreNodesThan(3, Parameters::traitors).always(),
    ],
    promises: &[VECTOR_AGREEMENT, VECTOR_VALIDITY, TERMINATION],
    breaks: &[Break {
        when: "there are three nodes, and one is a traitor",
        scenario: "three-generals",
        violates: &[VECTOR_AGREEMENT, VECTOR_VALIDITY],
        broken: &[Rule::MoreNodesThan(3, Parameters::traitors)],
    }],
    unbreakable: &[(TERMINATION, "rounds end by the clock, even if nodes are silent")],
    costs: &[cost!(
        "one agreement",
        n >= 4 => (m + 1) * n * (n - 1),
        agree,
        m = tolerated(n) => "number of traitors tolerated"
    )],
    metrics: &[Metric {
        name: "round",
        unit: "rounds",
        help: "Number of the current round.",
        drawn: Drawn::Band,
        value: |node| node.process::<InteractiveConsistency>().running_round() as i64,
    }],
    ..Protocol::of::<InteractiveConsistency>()
};

/// Greatest number of values that a node may have to look at in the end. It grows nearly as n to the m + 1, though the
/// number of messages does not.
const MOST_VALUES: usize = 1 << 16;

/// Returns the number of values that a node looks at in the end, in a group of `n` that tolerates `m` traitors.
fn values(n: usize, m: usize) -> usize {
    (0..=m).map(|said| n.saturating_sub(said)).fold(1, usize::saturating_mul)
}

/// Returns the number of traitors that a group of `n` tolerates, as far as its work stays within bounds: at most three.
fn tolerated(n: usize) -> usize {
    (1..=((n - 1) / 3).min(3)).take_while(|m| values(n, *m) <= MOST_VALUES).last().unwrap_or(0)
}

/// Every node proposes, and the group tolerates as many traitors as it can.
fn agree(scenario: &mut Scenario) {
    scenario.set(Parameters::traitors, tolerated(scenario.nodes.len()) as u32);
    for index in 0..scenario.nodes.len() {
        scenario.ask(0, NodeId::new(index), "propose", Some("v".into()));
    }
}

crate::parameters! {
    /// Parameters of the algorithm.
    pub struct Parameters {
        /// m, the number of traitors tolerated: there are m + 1 rounds.
        traitors: u32 = 1, in 0..=3 "traitors";
        /// Length of a round, or the delay bound of the network if that is longer.
        round: u32 = 100, in 1..=10_000 "ms";
    }
}

/// A general, loyal or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct InteractiveConsistency {
    /// The node's own value.
    value: Option<Value>,
    /// Number of the current round: 0 before the first.
    round: usize,
    /// By round and node: the node's message; none for the node itself, and while a node is silent.
    heard: Vec<Vec<Option<Hearsay>>>,
}

/// The timer at the end of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Display)]
#[display("next round")]
pub struct NextRound;

impl Process for InteractiveConsistency {
    type Parameters = Parameters;
    type Request = Propose<Value>;
    type Indication = Decide<Vector>;
    type Message = Hearsay;
    type Timer = NextRound;

    fn new(group: Group, parameters: &Parameters) -> Self {
        let rounds = parameters.traitors as usize + 1;
        Self { value: None, round: 0, heard: vec![vec![None; group.size]; rounds] }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        let (length, bound) = (ctx.parameters().round.into(), ctx.group().delay_bound);
        ctx.set_timer(NextRound, bound.map_or(length, |bound: Time| bound.max(length)));
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Propose(value): Propose<Value>) {
        if self.round > 0 {
            ctx.note(format!("{value} arrives too late"));
        } else {
            self.value.get_or_insert(value);
        }
    }

    /// A message that arrives at the very beginning of a round may arrive before the timer: it counts all the same.
    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, said: Hearsay) {
        let round = said.depth();
        match self.heard.get_mut(round - 1) {
            Some(heard) if round >= self.round => {
                heard[from.index()].get_or_insert(said);
            }
            Some(_) => ctx.note(format!("the message from {from} arrives too late")),
            None => ctx.note(format!("the message from {from} belongs to no round")),
        }
    }

    fn on_timer(&mut self, ctx: &mut Context<Self>, _: NextRound) {
        let said = match self.round {
            0 => Hearsay::Value(self.value.clone()),
            _ => self.end_round(ctx),
        };
        self.round += 1;
        if self.round <= self.heard.len() {
            ctx.send_others(said);
            self.on_init(ctx);
        } else {
            ctx.indicate(Decide { value: self.vector(ctx.group()) });
        }
    }

    fn most_nodes(parameters: &Parameters) -> usize {
        let m = parameters.traitors as usize;
        (1..=MAX_NODES).take_while(|n| values(*n, m) <= MOST_VALUES).last().unwrap_or(1)
    }

    fn tells(from: NodeId, said: &Hearsay) -> Option<RoundMessage> {
        Some(said.statements(from))
    }

    /// Each receiver gets its own version of each value.
    fn forge(said: &Hearsay, to: NodeId, _keys: Keys) -> Option<Hearsay> {
        Some(said.lie(to))
    }

    /// A value in the first round, a vector by node in the second, and so on: the depth tells the round.
    fn read_message(with: &Json, nodes: &[String], _keys: Keys) -> Result<Hearsay, String> {
        Hearsay::read(with, nodes.len())
    }
}

impl InteractiveConsistency {
    /// Returns the number of the current round; 0 if there is none.
    fn running_round(&self) -> usize {
        if (1..=self.heard.len()).contains(&self.round) { self.round } else { 0 }
    }

    /// Takes the silence of a node for ⊥. Returns everything heard in this round, which is sent in the next.
    fn end_round(&mut self, ctx: &mut Context<Self>) -> Hearsay {
        let (round, group) = (self.round, ctx.group());
        let heard = &mut self.heard[round - 1];
        for silent in group.others() {
            heard[silent.index()].get_or_insert_with(|| Hearsay::silence(round, group.size));
        }
        let all = Hearsay::Of(heard.as_slice().into());
        if round == 1 {
            ctx.note(format!("round 1: {}", all.in_full()));
        } else {
            let told = group.others().into_iter().map(|from| {
                let said = all.of(from).expect("a silent node has a default value");
                format!("{from} {}", said.in_full())
            });
            ctx.note(format!("round {round}: {}", told.collect::<Vec<_>>().join("; ")));
        }
        all
    }

    /// Returns the value of every node, as this node finds it.
    fn vector(&self, group: Group) -> Vector {
        let find = |node| match node {
            me if me == group.me => self.value.clone(),
            node => self.find(group, &mut vec![node]),
        };
        Vector(group.everyone().into_iter().map(find).collect())
    }

    /// OM(m): returns what the last node of this path was told along it. With p and q that is what p told q as its value.
    /// If this node itself received the value, its own receipt counts, whatever others report.
    fn find(&self, group: Group, path: &mut Vec<NodeId>) -> Option<Value> {
        if path.len() == self.heard.len() || path.last() == Some(&group.me) {
            return self.testimony(group.me, path).cloned();
        }
        let asked = group.everyone().without(path.iter().copied().collect());
        let ask = |node| {
            path.push(node);
            let answer = self.find(group, path);
            path.pop();
            answer
        };
        majority(asked.into_iter().map(ask).collect())
    }

    /// Returns what the last node of the path said that the one before it said, and so on. The word of this node is what
    /// it has heard.
    fn testimony(&self, me: NodeId, path: &[NodeId]) -> Option<&Value> {
        let (&last, before) = path.split_last()?;
        if last == me {
            return self.testimony(me, before);
        }
        let said = self.heard[before.len()][last.index()].as_ref()?;
        before.iter().rev().try_fold(said, |said, node| said.of(*node))?.value()
    }
}
