//! Tests of interactive consistency: random traitors, silence, and the limits of a round.

use serde_json::json;

use super::*;
use crate::{
    analysis::report,
    kernel::{Delay, Fault, MessageName, Strategy, Timing, Trace, Verdict, run, spell},
    protocols::testing::{crash, group, indications, node, slow},
};

/// A group of this size that tolerates `m` traitors, each node with its own value: `a`, `b`, …
fn generals(size: usize, m: u32) -> Scenario {
    let mut scenario = group(&PROTOCOL, size);
    scenario.network.timing = Timing::Synchronous(10);
    scenario.set(Parameters::traitors, m);
    scenario.set(Parameters::round, 20);
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

/// Returns the decision of every node: `(a, b, c)`.
fn decisions(scenario: &Scenario) -> Vec<String> {
    let told = indications(&PROTOCOL, scenario);
    told.iter().filter_map(|it| Some(it.split_once("decide ")?.1.to_owned())).collect()
}

fn is_consistent(scenario: &Scenario) -> bool {
    let report = report(&PROTOCOL, scenario, &run_valid(scenario));
    report.judgements.iter().all(|judgement| judgement.verdict == Verdict::Holds)
}

#[test]
fn loyal_nodes_learn_all_values() {
    assert_eq!(decisions(&generals(4, 1)), ["(a, b, c, d)"; 4]);
    assert_eq!(decisions(&generals(7, 2)), ["(a, b, c, d, e, f, g)"; 7]);
}

#[test]
fn silent_node_has_the_default_value() {
    let mut scenario = generals(4, 1);
    scenario.requests.pop();
    assert_eq!(decisions(&scenario), ["(a, b, c, ⊥)"; 4]);
    let mut silent = generals(4, 1);
    silent.faults = vec![traitor(4, Strategy::Silent)];
    assert_eq!(decisions(&silent)[..3], ["(a, b, c, ⊥)"; 3]);
    // One node has heard it, and the majority has not.
    let mut crashed = generals(4, 1);
    crashed.faults = vec![crash(20, 4, 1)];
    assert_eq!(decisions(&crashed), ["(a, b, c, ⊥)"; 3]);
}

#[test]
fn message_at_the_first_or_last_moment_of_a_round_counts() {
    let mut scenario = generals(4, 1);
    scenario.network.timing = Timing::Synchronous(20);
    scenario.network.delay = Delay { min: 0, max: 0 };
    assert_eq!(decisions(&scenario), ["(a, b, c, d)"; 4]);
    scenario.network.delay = Delay { min: 20, max: 20 };
    assert_eq!(decisions(&scenario), ["(a, b, c, d)"; 4]);
    // A value that comes later is ignored; values that came in time are still sent on.
    scenario.network.links = vec![slow(1, 2, 21), slow(1, 3, 21)];
    assert_eq!(
        decisions(&scenario),
        ["(a, b, c, d)", "(⊥, b, c, d)", "(⊥, b, c, d)", "(⊥, b, c, d)"]
    );
}

#[test]
fn round_is_at_least_as_long_as_the_delay_bound() {
    let mut scenario = generals(4, 1);
    scenario.network.timing = Timing::Synchronous(70);
    scenario.network.delay = Delay { min: 70, max: 70 };
    assert_eq!(decisions(&scenario), ["(a, b, c, d)"; 4]);
}

/// Returns a random message of a traitor in this round.
fn word(round: u32, size: usize, draw: &mut impl FnMut() -> u32) -> Json {
    match round {
        1 => ["a", "b", "x"][draw() as usize % 3].into(),
        _ => (0..size).map(|_| word(round - 1, size, draw)).collect(),
    }
}

/// Runs this number of scenarios in which traitors send random messages; returns the number of consistent ones.
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
fn loyal_nodes_agree_if_n_is_at_least_3m_plus_1() {
    assert_eq!(anything(4, 1, 1, 300), 300);
    assert_eq!(anything(7, 2, 2, 20), 20);
}

#[test]
fn loyal_nodes_may_disagree_with_one_node_or_one_round_less() {
    assert!(anything(3, 1, 1, 50) < 50);
    assert!(anything(6, 2, 2, 50) < 50);
    assert!(anything(7, 2, 1, 50) < 50);
}

#[test]
fn traitor_sends_another_version_to_each_receiver() {
    let names = Scenario::numbered(4);
    let mut scenario = generals(4, 1);
    scenario.faults = vec![traitor(1, Strategy::Flip)];
    let trace = run_valid(&scenario);
    let words = |number| {
        let mine = trace
            .messages
            .iter()
            .filter(move |message| message.name.from == node(1) && message.name.number == number);
        mine.map(|message| spell(&message.packet.to_string(), &names)).collect::<Vec<_>>()
    };
    assert_eq!(words(1), ["a²", "a³", "a⁴"]);
    assert_eq!(words(2), ["(-, b², c², d²)", "(-, b³, c³, d³)", "(-, b⁴, c⁴, d⁴)"]);
}

#[test]
fn malformed_message_counts_as_silence() {
    let mut scenario = generals(4, 1);
    let forge = |to, number, with| {
        let message = MessageName { from: node(1), to: node(to), number };
        Fault::Forge { message, with }
    };
    scenario.faults = vec![
        traitor(1, Strategy::Scripted),
        // A message of a third round, one of the second in the first, and a vector of vectors among values.
        forge(2, 1, json!([null, [null, "x", "x", "x"], null, null])),
        forge(3, 1, json!([null, "x", "x", "x"])),
        forge(4, 2, json!([null, ["x", "x", "x", "x"], "x", "x"])),
    ];
    assert_eq!(decisions(&scenario)[1..], ["(⊥, b, c, d)"; 3]);
}

#[test]
fn largest_group_is_bounded_by_the_number_of_values() {
    let most = |traitors| InteractiveConsistency::most_nodes(&Parameters { traitors, round: 100 });
    assert_eq!([0, 1, 2, 3].map(most), [128, 128, 41, 17]);
    assert_eq!(
        [1, 3, 4, 7, 16, 17, 18, 41, 42, 128].map(tolerated),
        [0, 0, 1, 2, 3, 3, 2, 2, 1, 1]
    );
}
