//! Scenarios that the kernel once ran wrongly, each with the correct result.

use std::fs;

use worldlines::{
    analysis::report,
    formats::scenario,
    kernel::{EventKind, Fault, Scenario, Time, Trace},
};

use crate::common::{self, folder, run_valid};

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
fn node_paused_from_the_beginning_starts_when_the_pause_ends() {
    let (mut scenario, trace) = case("starts-while-paused");
    let told = of_node(&scenario, &trace, "P1");
    assert_eq!(told, [(0, "pause")], "the run ends before the pause does");
    assert!(!trace.quiescent, "P1 has yet to begin");
    scenario.until = 60;
    let longer = run_valid(&scenario);
    let told = of_node(&scenario, &longer, "P1");
    assert_eq!(told[..3], [(0, "pause"), (60, "resume"), (60, "send")]);
}

/// The token is at P1, which has not begun: it is not lost.
#[test]
fn run_that_ends_during_a_pause_before_a_start_is_not_at_rest() {
    let mut scenario = common::scenario("token-ring-lock", 3, 10);
    scenario.ask(16, common::node(2), "acquire", None);
    scenario.faults = vec![Fault::Pause { node: common::node(0), at: 0, until: 92 }];
    for (until, status) in [(91, "undecided"), (200, "holds")] {
        scenario.until = until;
        let trace = run_valid(&scenario);
        let report = report(common::protocol(&scenario.protocol), &scenario, &trace);
        let judgement =
            report.judgements.iter().find(|it| it.property.name == "starvation freedom");
        assert_eq!(judgement.map(|it| it.verdict.status()), Some(status), "until {until}");
    }
    // A restart waits as well; inputs that wait are lost in a crash.
    let node = common::node(0);
    let down = Fault::Crash { node, at: 0, after_sends: None };
    let again = [down, Fault::Recover { node, at: 0 }];
    let mut scenario = common::scenario("paxos", 3, 10);
    scenario.faults = again.into();
    scenario.faults.push(Fault::Pause { node, at: 0, until: 2000 });
    assert!(!run_valid(&scenario).quiescent);
    scenario.faults.push(Fault::Crash { node, at: 500, after_sends: None });
    assert!(run_valid(&scenario).quiescent);
}

#[test]
fn recovered_node_that_crashes_after_its_first_send_sends_once() {
    let (scenario, trace) = case("crash-cut-one-send-too-many");
    let told = of_node(&scenario, &trace, "P1");
    assert_eq!(told[1..4], [(50, "recover"), (50, "send"), (50, "crash")]);
    assert!(told[4..].iter().all(|(_, kind)| *kind == "lose"), "{told:?}");
    assert!(trace.unused_faults.is_empty());
    assert!(trace.events.iter().any(|event| matches!(event.kind, EventKind::Receive(_))));
}
