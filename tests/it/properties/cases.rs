//! Scenarios that monitors judged wrongly once, each with its right verdict.

use worldlines::{
    analysis::Judgement,
    diagram::explain,
    formats::scenario,
    kernel::{Verdict, spell},
    runs::Outcome,
    search::Target,
};

use crate::common::folder;

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
fn why(outcome: &Outcome, property: &str) -> String {
    match &judgement(outcome, property).verdict {
        Verdict::Violated { why, .. } => spell(why, &outcome.scenario.nodes),
        other => panic!("{property}: {other:?}"),
    }
}

#[test]
fn linearizability_of_ten_concurrent_operations_holds() {
    let outcome = outcome("ten-operations-at-once");
    assert_eq!(judgement(&outcome, "linearizability").verdict, Verdict::Holds);
}

#[test]
fn consistent_cut_with_equal_amounts_sees_an_orphan() {
    let outcome = outcome("equal-amounts-hide-an-orphan");
    let expected = "P2 recorded the receipt of P1's transfer 2 to it, which P1 had not sent when it recorded its own \
                    state";
    assert_eq!(why(&outcome, "consistent cut"), expected);
}

#[test]
fn commit_validity_with_a_no_vote_sees_a_commit() {
    let outcome = outcome("commit-against-a-no");
    assert_eq!(why(&outcome, "commit validity"), "P2 committed, though P1 voted no");
}

#[test]
fn primary_partition_with_both_sides_going_on_is_violated() {
    let outcome = outcome("unequal-partition-both-sides-continue");
    let expected = "P1 continued in view 3 of P1 and P3 in view 2 of P2 and P3: neither view follows the other, and \
                    they share no member";
    assert_eq!(why(&outcome, "primary partition"), expected);
}

#[test]
fn verdict_names_the_second_message_of_one_text_by_its_number() {
    let outcome = outcome("same-text-twice");
    let agreement =
        outcome.protocol.properties().map(|(it, _)| it).find(|it| it.name == "agreement");
    assert_eq!(why(&outcome, "agreement"), "a delivered ok (a's broadcast 2), b never did");
    let target = Target::Violation(agreement.expect("it is judged"));
    let explanation = explain(&outcome, &target).expect("it is violated").text();
    assert!(
        explanation.contains("a delivered ok (a's broadcast 2), b never did."),
        "{explanation}"
    );
}

#[test]
fn verdict_keeps_names_as_they_are_written() {
    for (p, other) in [("p", "P"), ("ß", "SS")] {
        let mut scenario = outcome("names-differ-in-case").scenario;
        scenario.nodes = vec![p.to_owned(), other.to_owned(), "q".to_owned()];
        let outcome = Outcome::of(scenario).expect("it runs");
        let mut violated = outcome.report.judgements.iter().filter(|it| it.verdict.is_violated());
        let property = violated.next().expect("one is violated").property;
        let explanation = explain(&outcome, &Target::Violation(property)).expect("it is violated");
        let crash = format!("{p} crashes after 1 send (0 ms).");
        assert_eq!(explanation.sentences[0], crash);
        let all = explanation.text();
        assert!(!all.contains(&format!("{other} crashes")), "{all}");
    }
}
