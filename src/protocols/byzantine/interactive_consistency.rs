//! Interactive consistency: everybody learns everybody's value, traitors or not.
//!
//! Implements: InteractiveConsistency. Uses: nothing but the channels.
//! Model: Byzantine, synchronous, reliable channels; at most m faulty nodes, and n ≥ 3m + 1.
//! Source: Pease, Shostak and Lamport 1980, "Reaching Agreement in the Presence of Faults"; Lamport, Shostak and
//! Pease 1982, "The Byzantine Generals Problem", algorithm OM(m); note 004, "Focus 21".
//!
//! There are m + 1 rounds. In the first, every node sends its value to all others. In each later one, it sends
//! on, in one bundle, all that it was told in the round before: (m + 1)n(n − 1) messages. Who says nothing has
//! said ⊥, the default.
//!
//! Then a node finds the value of each other node p: OM(m) of Lamport, Shostak and Pease, with p as the commander.
//! It asks what every node but p was told by p, and takes the majority; ⊥ if there is none. Its own answer is what
//! it has heard from p itself, whatever others say of that. With m = 1 it knows what each of the others *claims*
//! to have been told: that is what they said in the second round. With greater m the claim of another is examined
//! in the same way: what q was told by p is the majority of what every node but p and q was told about it by q;
//! and so on, until the last round, where there is nobody left to ask.
//!
//! Why it works, by the length of the path p, q, … along which something was said:
//!
//! - **What a loyal node said is found as it said it.** In the last round that is what one has heard. Before, it
//!   told the same to everybody: what one has heard oneself is right, and what the other loyal say of it is found
//!   right. After k steps n − k nodes are asked, k ≤ m, of whom at most m are faulty: n ≥ 3m + 1 leaves the loyal
//!   a majority. That is vector validity.
//! - **What a traitor said is found alike by all.** Of the m + 1 nodes of a whole path one is loyal, and what that
//!   one said is found alike by all, as above; then so is every majority over such values. That is vector
//!   agreement.
//!
//! With three nodes and a traitor, one other voice stands against the traitor's, and nobody can tell which of them
//! lies: **both break**. So they do when messages may be late, since silence then means nothing.
//!
//! Where it departs from the paper of 1980: the majority of OM(m), ⊥ where there is none, in place of a value that
//! more than (n + m)/2 strings agree on; a node does not ask others for its own value; rounds are told apart by
//! the clock, the first one beginning when a round's length has passed, so that everybody has a value by then.

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
    kernel::{
        Break, Context, Drawn, Failures, Group, Keys, MAX_NODES, Metric, NodeId, ParameterValue,
        Process, Protocol, Rule, Scenario, Time,
    },
};

/// What the registry knows of it.
pub const PROTOCOL: Protocol = Protocol {
    id: "interactive-consistency",
    name: "Interactive consistency",
    summary: "In m + 1 rounds everybody tells all it has been told; then the majority counts.",
    source: "Pease, Shostak and Lamport 1980, Reaching Agreement in the Presence of Faults; note 004",
    failures: Failures::Byzantine,
    model: &[
        Rule::ReliableChannels.always(),
        Rule::Synchrony.always(),
        Rule::ClocksRunTrue.always(),
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
    unbreakable: &[(TERMINATION, "rounds end by the clock, whoever is silent")],
    costs: &[
        crate::cost!("one agreement", n >= 4 => (m + 1) * n * (n - 1), agree, m = stands(n) => "traitors that it stands"),
    ],
    metrics: &[Metric {
        name: "round",
        unit: "rounds",
        help: "Which round it is.",
        drawn: Drawn::Band,
        value: |node| node.process::<InteractiveConsistency>().running_round() as i64,
    }],
    ..Protocol::of::<InteractiveConsistency>()
};

/// How many values a node may have to look at in the end. What is said grows nearly as n to the m + 1, though the
/// messages do not.
const MOST_VALUES: usize = 1 << 16;

/// How many values a node looks at in the end, in a group of `n` that stands `m` traitors.
fn values(n: usize, m: usize) -> usize {
    (0..=m).map(|said| n.saturating_sub(said)).fold(1, usize::saturating_mul)
}

/// How many traitors a group of `n` stands, as far as its work stays within bounds: never more than three.
fn stands(n: usize) -> usize {
    (1..=((n - 1) / 3).min(3)).take_while(|m| values(n, *m) <= MOST_VALUES).last().unwrap_or(0)
}

/// Everybody proposes, and the group stands as many traitors as it can.
fn agree(scenario: &mut Scenario) {
    let traitors = ParameterValue::Integer(stands(scenario.nodes.len()) as u32);
    scenario.params.insert("traitors".to_owned(), traitors);
    for index in 0..scenario.nodes.len() {
        scenario.ask(0, NodeId::new(index), "propose", Some("v".into()));
    }
}

crate::parameters! {
    /// What can be tuned.
    pub struct Parameters {
        /// m, how many traitors to stand: there are m + 1 rounds.
        traitors: u32 = 1, in 0..=3 "traitors";
        /// How long a round is; longer where messages may take longer.
        round: u32 = 100, in 1..=10_000 "ms";
    }
}

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct InteractiveConsistency {
    /// How long a round is.
    length: Time,
    /// The node's own value.
    value: Option<Value>,
    /// Which round it is: 0 before the first.
    round: usize,
    /// By round, by node: what it said; nothing from the node itself and, as yet, from those who are silent.
    heard: Vec<Vec<Option<Hearsay>>>,
}

/// The timer: the next round begins.
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
        let (rounds, length) = (parameters.traitors as usize + 1, Time::from(parameters.round));
        Self {
            length: group.delay_bound.map_or(length, |bound| bound.max(length)),
            value: None,
            round: 0,
            heard: vec![vec![None; group.size]; rounds],
        }
    }

    fn on_init(&mut self, ctx: &mut Context<Self>) {
        ctx.set_timer(NextRound, self.length);
    }

    fn on_request(&mut self, ctx: &mut Context<Self>, Propose(value): Propose<Value>) {
        if self.round > 0 {
            ctx.note(format!("{value} comes too late"));
        } else {
            self.value.get_or_insert(value);
        }
    }

    /// What comes at the very beginning of a round may come before the timer: it counts all the same.
    fn on_message(&mut self, ctx: &mut Context<Self>, from: NodeId, said: Hearsay) {
        let round = said.depth();
        match self.heard.get_mut(round - 1) {
            Some(heard) if round >= self.round => {
                heard[from.index()].get_or_insert(said);
            }
            Some(_) => ctx.note(format!("what {from} says comes too late")),
            None => ctx.note(format!("what {from} says is of no round that there is")),
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
            ctx.set_timer(NextRound, self.length);
        } else {
            ctx.indicate(Decide { value: self.vector(ctx.group()) });
        }
    }

    fn most_nodes(parameters: &Parameters) -> usize {
        let m = parameters.traitors as usize;
        (1..=MAX_NODES).take_while(|n| values(*n, m) <= MOST_VALUES).last().unwrap_or(1)
    }

    /// A version of each value of its own for each receiver.
    fn forge(said: &Hearsay, to: NodeId, _keys: Keys) -> Option<Hearsay> {
        Some(said.lie(to))
    }

    /// In the first round a value, in the second a vector, by node, and so on: the depth tells the round.
    fn read_message(with: &Json, nodes: &[String], _keys: Keys) -> Result<Hearsay, String> {
        Hearsay::read(with, nodes.len())
    }
}

impl InteractiveConsistency {
    /// The round that is under way; 0 if none is.
    fn running_round(&self) -> usize {
        if (1..=self.heard.len()).contains(&self.round) { self.round } else { 0 }
    }

    /// Who was silent has said ⊥. Returns what was heard: it is what is said in the next round.
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
                let said = all.of(from).expect("it is not oneself, and silence is filled in");
                format!("{from} {}", said.in_full())
            });
            ctx.note(format!("round {round}: {}", told.collect::<Vec<_>>().join("; ")));
        }
        all
    }

    /// What everybody's value is found to be.
    fn vector(&self, group: Group) -> Vector {
        let find = |node| match node {
            me if me == group.me => self.value.clone(),
            node => self.find(group, &mut vec![node]),
        };
        Vector(group.everyone().into_iter().map(find).collect())
    }

    /// What the last node of this path was told along it: with p and q, what q was told to be p's value. What this
    /// node was told itself it has heard, and takes nobody's word against that.
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

    /// What the last node of the path said that the one before it said, and so on; one's own word is what one
    /// has heard.
    fn testimony(&self, me: NodeId, path: &[NodeId]) -> Option<&Value> {
        let (&last, before) = path.split_last()?;
        if last == me {
            return self.testimony(me, before);
        }
        let said = self.heard[before.len()][last.index()].as_ref()?;
        before.iter().rev().try_fold(said, |said, node| said.of(*node))?.value()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::report,
        kernel::{
            Delay, EventKind, Fault, MessageName, Strategy, Timing, Trace, Verdict, run, spell,
        },
        protocols::testing::{crash, group, node, slow},
    };

    /// So many nodes that stand `m` traitors, each with its own value: `a`, `b`, …
    fn generals(size: usize, m: u32) -> Scenario {
        let mut scenario = group(&PROTOCOL, size);
        scenario.network.timing = Timing::Synchronous(10);
        scenario.params.insert("traitors".to_owned(), ParameterValue::Integer(m));
        scenario.params.insert("round".to_owned(), ParameterValue::Integer(20));
        for (index, value) in ('a'..).take(size).enumerate() {
            scenario.ask(0, NodeId::new(index), "propose", Some(value.to_string().into()));
        }
        scenario
    }

    fn traitor(number: usize, strategy: Strategy) -> Fault {
        Fault::Traitor { node: node(number), strategy }
    }

    fn run_valid(scenario: &Scenario) -> Trace {
        run(&PROTOCOL, scenario).expect("its requests can be read")
    }

    /// Everybody's decision: `(a, b, c)`.
    fn decisions(scenario: &Scenario) -> Vec<String> {
        let trace = run_valid(scenario);
        let told = trace.events.iter().filter_map(|event| match &event.kind {
            EventKind::Indicate { packet, .. } => Some(packet.to_string().replace("decide ", "")),
            _ => None,
        });
        told.collect()
    }

    fn is_consistent(scenario: &Scenario) -> bool {
        let report = report(&PROTOCOL, scenario, &run_valid(scenario));
        report.judgements.iter().all(|judgement| judgement.verdict == Verdict::Holds)
    }

    #[test]
    fn the_loyal_learn_all_values() {
        assert_eq!(decisions(&generals(4, 1)), ["(a, b, c, d)"; 4]);
        assert_eq!(decisions(&generals(7, 2)), ["(a, b, c, d, e, f, g)"; 7]);
    }

    #[test]
    fn who_is_asked_nothing_or_says_nothing_has_the_default() {
        let mut scenario = generals(4, 1);
        scenario.requests.pop();
        assert_eq!(decisions(&scenario), ["(a, b, c, ⊥)"; 4]);
        let mut silent = generals(4, 1);
        silent.faults = vec![traitor(4, Strategy::Silent)];
        assert_eq!(decisions(&silent)[..3], ["(a, b, c, ⊥)"; 3]);
        // One has heard it, and the majority has not.
        let mut crashed = generals(4, 1);
        crashed.faults = vec![crash(20, 4, 1)];
        assert_eq!(decisions(&crashed), ["(a, b, c, ⊥)"; 3]);
    }

    #[test]
    fn what_comes_at_the_first_or_the_last_moment_of_a_round_counts() {
        let mut scenario = generals(4, 1);
        scenario.network.timing = Timing::Synchronous(20);
        scenario.network.delay = Delay { min: 0, max: 0 };
        assert_eq!(decisions(&scenario), ["(a, b, c, d)"; 4]);
        scenario.network.delay = Delay { min: 20, max: 20 };
        assert_eq!(decisions(&scenario), ["(a, b, c, d)"; 4]);
        // Later than that, a value is as good as not said; what was said in time is still sent on.
        scenario.network.links = vec![slow(1, 2, 21), slow(1, 3, 21)];
        assert_eq!(
            decisions(&scenario),
            ["(a, b, c, d)", "(⊥, b, c, d)", "(⊥, b, c, d)", "(⊥, b, c, d)"]
        );
    }

    #[test]
    fn a_round_is_as_long_as_a_message_may_take() {
        let mut scenario = generals(4, 1);
        scenario.network.timing = Timing::Synchronous(70);
        scenario.network.delay = Delay { min: 70, max: 70 };
        assert_eq!(decisions(&scenario), ["(a, b, c, d)"; 4]);
    }

    /// A word of a traitor's about everything that it is asked in this round.
    fn word(round: u32, size: usize, draw: &mut impl FnMut() -> u32) -> Json {
        match round {
            1 => ["a", "b", "x"][draw() as usize % 3].into(),
            _ => (0..size).map(|_| word(round - 1, size, draw)).collect(),
        }
    }

    /// Traitors who say anything to anybody, in so many scenarios; how many of these were consistent.
    fn anything(size: usize, traitors: usize, m: u32, scenarios: u32) -> u32 {
        let mut state = 1_u32;
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let mut consistent = 0;
        for _ in 0..scenarios {
            let mut scenario = generals(size, m);
            for liar in 1..=traitors {
                scenario.faults.push(traitor(liar, Strategy::Scripted));
                for to in (1..=size).filter(|to| *to != liar) {
                    for number in 1..=m + 1 {
                        let message = MessageName { from: node(liar), to: node(to), number };
                        let with = word(number, size, &mut draw);
                        scenario.faults.push(Fault::Forge { message, with });
                    }
                }
            }
            consistent += u32::from(is_consistent(&scenario));
        }
        consistent
    }

    #[test]
    fn whatever_traitors_say_the_loyal_agree_if_they_are_enough() {
        assert_eq!(anything(4, 1, 1, 300), 300);
        assert_eq!(anything(7, 2, 2, 20), 20);
    }

    #[test]
    fn one_node_less_or_one_round_less_and_they_may_not() {
        assert!(anything(3, 1, 1, 50) < 50);
        assert!(anything(6, 2, 2, 50) < 50);
        assert!(anything(7, 2, 1, 50) < 50);
    }

    #[test]
    fn a_lie_is_another_version_for_each_receiver() {
        let names = Scenario::numbered(4);
        let mut scenario = generals(4, 1);
        scenario.faults = vec![traitor(1, Strategy::Flip)];
        let trace = run_valid(&scenario);
        let words = |number| {
            let mine = trace.messages.iter().filter(move |message| {
                message.name.from == node(1) && message.name.number == number
            });
            mine.map(|message| spell(&message.packet.to_string(), &names)).collect::<Vec<_>>()
        };
        assert_eq!(words(1), ["a²", "a³", "a⁴"]);
        assert_eq!(words(2), ["(-, b², c², d²)", "(-, b³, c³, d³)", "(-, b⁴, c⁴, d⁴)"]);
    }

    #[test]
    fn what_is_of_no_use_is_as_good_as_silence() {
        let mut scenario = generals(4, 1);
        let forge = |to, number, with| {
            let message = MessageName { from: node(1), to: node(to), number };
            Fault::Forge { message, with }
        };
        scenario.faults = vec![
            traitor(1, Strategy::Scripted),
            // A third round that there is not, a second one twice, and a vector of vectors among values.
            forge(2, 1, json!([null, [null, "x", "x", "x"], null, null])),
            forge(3, 1, json!([null, "x", "x", "x"])),
            forge(4, 2, json!([null, ["x", "x", "x", "x"], "x", "x"])),
        ];
        assert_eq!(decisions(&scenario)[1..], ["(⊥, b, c, d)"; 3]);
    }

    #[test]
    fn the_largest_groups_are_those_that_can_be_worked_out() {
        let most =
            |traitors| InteractiveConsistency::most_nodes(&Parameters { traitors, round: 100 });
        assert_eq!([0, 1, 2, 3].map(most), [128, 128, 41, 17]);
        assert_eq!(
            [1, 3, 4, 7, 16, 17, 18, 41, 42, 128].map(stands),
            [0, 0, 1, 2, 3, 3, 2, 2, 1, 1]
        );
    }
}
