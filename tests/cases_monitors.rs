//! Scenarios that monitors judged wrongly once, each with its right verdict.

mod common;

use common::folder;
use worldlines::{
    formats::{Outcome, scenario},
    kernel::{Judgement, Verdict, spell},
};

/// The run of a case.
fn outcome(name: &str) -> Outcome {
    let path = folder("tests/cases").join(format!("{name}.json"));
    let text = std::fs::read_to_string(path).expect("the case is there");
    Outcome::of(scenario::read(&text).expect("the case is a scenario")).expect("it runs")
}

/// The verdict on a property.
fn judgement<'a>(outcome: &'a Outcome, property: &str) -> &'a Judgement {
    let mut all = outcome.report.judgements.iter();
    all.find(|it| it.property.name == property).expect("the property is judged")
}

/// The sentence about a violated property, with the nodes' names.
#[track_caller]
#[allow(dead_code, reason = "the next cases use it")]
fn why(outcome: &Outcome, property: &str) -> String {
    match &judgement(outcome, property).verdict {
        Verdict::Violated { why, .. } => spell(why, &outcome.scenario.nodes),
        other => panic!("{property}: {other:?}"),
    }
}

#[test]
fn ten_operations_at_once_are_linearizable() {
    let outcome = outcome("ten-operations-at-once");
    assert_eq!(judgement(&outcome, "linearizability").verdict, Verdict::Holds);
}
