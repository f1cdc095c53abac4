//! Scenarios that were once run wrongly by the kernel, each with what is right.

mod common;

use std::fs;

use common::{folder, run_valid};
use worldlines::{
    formats::scenario,
    kernel::{EventKind, Scenario, Time, Trace},
};

fn case(name: &str) -> (Scenario, Trace) {
    let path = folder("tests/cases").join(format!("{name}.json"));
    let text = fs::read_to_string(&path).expect("the case is there");
    let scenario = scenario::read(&text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let trace = run_valid(&scenario);
    (scenario, trace)
}

/// The kinds of a node's events, with their times.
fn of_node<'a>(scenario: &Scenario, trace: &'a Trace, node: &str) -> Vec<(Time, &'a str)> {
    let own = trace.events.iter().filter(|event| scenario.name(event.node) == node);
    own.map(|event| (event.time, event.kind.name())).collect()
}

#[test]
fn a_node_that_is_paused_from_the_beginning_starts_when_the_pause_ends() {
    let (mut scenario, trace) = case("starts-while-paused");
    let told = of_node(&scenario, &trace, "P1");
    assert_eq!(told, [(0, "pause")], "the run ends before the pause does");
    scenario.until = 60;
    let longer = run_valid(&scenario);
    let told = of_node(&scenario, &longer, "P1");
    assert_eq!(told[..3], [(0, "pause"), (60, "resume"), (60, "send")]);
}

#[test]
fn a_node_that_comes_back_and_is_to_crash_after_its_first_send_sends_once() {
    let (scenario, trace) = case("crash-cut-one-send-too-many");
    let told = of_node(&scenario, &trace, "P1");
    assert_eq!(told[1..4], [(50, "recover"), (50, "send"), (50, "crash")]);
    assert!(told[4..].iter().all(|(_, kind)| *kind == "lose"), "{told:?}");
    assert!(trace.unused_faults.is_empty());
    assert!(trace.events.iter().any(|event| matches!(event.kind, EventKind::Receive(_))));
}
