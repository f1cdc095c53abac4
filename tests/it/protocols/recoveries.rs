//! Crash and recovery at any moment: once all nodes are up for good, each of them learns the outcome, and there is
//! one. Judged by the indications, without the library's monitors.

use std::collections::BTreeMap;

use worldlines::{
    formats,
    kernel::{Delay, EventKind, Fault, Scenario, Trace},
};

use crate::common::{chance::Chance, node, run_valid, scenario};

/// A group in which nodes crash, also in the middle of a step, and recover; at the end all are up.
fn troubled(protocol: &str, chance: &mut Chance) -> Scenario {
    let size = chance.between(2, 5) as usize;
    let mut scenario = scenario(protocol, size, 0);
    let least = chance.between(1, 15);
    scenario.seed = chance.between(0, 1_000_000);
    scenario.network.delay = Delay { min: least, max: least + chance.between(0, 30) };
    scenario.until = 1_000_000;
    for crashing in 0..size {
        if !chance.percent(60) {
            continue;
        }
        let mut at = chance.between(0, 120);
        for _ in 0..chance.between(1, 3) {
            let after_sends = chance.percent(50).then(|| chance.between(0, 3) as u32);
            scenario.faults.push(Fault::Crash { node: node(crashing), at, after_sends });
            at += chance.between(1, 250);
            scenario.faults.push(Fault::Recover { node: node(crashing), at });
            // Now and then it crashes again in the middle of its restart.
            at += if chance.percent(30) { 0 } else { chance.between(1, 120) };
        }
    }
    scenario
}

/// By node: the outcomes indicated to its application, in order. A vote is not an outcome.
fn told(trace: &Trace) -> BTreeMap<usize, Vec<String>> {
    let mut told: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for event in &trace.events {
        if let EventKind::Indicate { packet, .. } = &event.kind
            && !packet.to_string().starts_with("vote")
        {
            told.entry(event.node.index()).or_default().push(packet.to_string());
        }
    }
    told
}

fn is_asked(trace: &Trace) -> bool {
    trace.events.iter().any(|event| matches!(event.kind, EventKind::Request { .. }))
}

/// All nodes get the same outcome.
fn all_learn(scenario: &Scenario, seed: u64) {
    let trace = run_valid(scenario);
    let text = || formats::scenario::write(scenario);
    assert!(trace.quiescent, "seed {seed}: {}", text());
    if !is_asked(&trace) {
        return;
    }
    let told = told(&trace);
    let first = told.values().next().and_then(|it| it.first());
    for place in 0..scenario.nodes.len() {
        let outcomes = told.get(&place).map_or(&[][..], Vec::as_slice);
        assert!(!outcomes.is_empty(), "seed {seed}: P{} learns nothing\n{}", place + 1, text());
        let same = outcomes.iter().all(|it| Some(it) == first);
        assert!(
            same,
            "seed {seed}: P{} is told {outcomes:?}, not {first:?}\n{}",
            place + 1,
            text()
        );
    }
}

#[test]
fn two_phase_commit_ends_everywhere_once_all_have_recovered() {
    for seed in 0..3_000 {
        let chance = &mut Chance::new(seed);
        let mut scenario = troubled("two-phase-commit", chance);
        let size = scenario.nodes.len();
        for _ in 0..chance.between(0, 1) {
            let vote = ["yes", "no"][chance.below(2)];
            scenario.ask(0, node(chance.below(size)), "vote", Some(vote.into()));
        }
        for _ in 0..chance.between(1, 2) {
            scenario.ask(chance.between(1, 300), node(chance.below(size)), "begin", None);
        }
        // A vote alone decides nothing.
        let begun = run_valid(&scenario).events.iter().any(|event| match event.kind {
            EventKind::Request { index, .. } => scenario.requests[index].name == "begin",
            _ => false,
        });
        if begun {
            all_learn(&scenario, seed);
        }
    }
}

#[test]
fn paxos_is_learnt_everywhere_once_all_have_come_back() {
    for seed in 0..3_000 {
        let chance = &mut Chance::new(seed);
        let mut scenario = troubled("paxos", chance);
        for number in 1..=chance.between(1, 3) {
            let proposer = node(chance.below(scenario.nodes.len()));
            let value = format!("v{number}");
            scenario.ask(chance.between(0, 100), proposer, "propose", Some(value.into()));
        }
        all_learn(&scenario, seed);
    }
}
