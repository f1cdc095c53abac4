use super::*;
use crate::{
    kernel::{Fault, MessageName, Scenario, Time},
    protocols::testing::{crash, deliveries, group, node},
};

/// A group of this size; the first node is asked to begin.
fn begun(size: usize) -> Scenario {
    let mut scenario = group(&PROTOCOL, size);
    scenario.ask(0, node(1), "begin", None);
    scenario
}

fn recover(at: Time, number: usize) -> Fault {
    Fault::Recover { node: node(number), at }
}

fn outcomes(scenario: &Scenario) -> Vec<String> {
    let mut told = deliveries(&PROTOCOL, scenario);
    told.retain(|it| !it.contains(" vote "));
    told
}

#[test]
fn vote_is_told_when_it_is_sent() {
    let mut scenario = begun(3);
    scenario.ask(5, node(3), "vote", Some("no".into()));
    // Too late: P2 has voted.
    scenario.ask(15, node(2), "vote", Some("no".into()));
    let mut votes = deliveries(&PROTOCOL, &scenario);
    votes.retain(|it| it.contains(" vote "));
    assert_eq!(votes, ["0 P1 vote yes", "10 P2 vote yes", "10 P3 vote no"]);
}

#[test]
fn unanimous_yes_commits() {
    assert_eq!(outcomes(&begun(3)), ["20 P1 commit", "30 P2 commit", "30 P3 commit"]);
    assert_eq!(outcomes(&begun(1)), ["0 P1 commit"]);
}

#[test]
fn two_phase_commit_with_one_no_aborts() {
    let mut scenario = begun(3);
    scenario.ask(5, node(3), "vote", Some("no".into()));
    scenario.ask(6, node(3), "vote", Some("yes".into()));
    assert_eq!(outcomes(&scenario), ["10 P3 abort", "20 P1 abort", "30 P2 abort"]);
    let mut scenario = group(&PROTOCOL, 3);
    scenario.ask(0, node(1), "vote", Some("no".into()));
    scenario.ask(5, node(1), "begin", None);
    assert_eq!(outcomes(&scenario), ["5 P1 abort", "15 P2 abort", "15 P3 abort"]);
}

#[test]
fn two_phase_commit_vote_no_survives_a_crash() {
    let mut scenario = begun(2);
    scenario.requests[0].at = 30;
    scenario.ask(0, node(2), "vote", Some("no".into()));
    scenario.faults = vec![crash(5, 2, 0), recover(10, 2)];
    scenario.faults[0] = Fault::Crash { node: node(2), at: 5, after_sends: None };
    assert_eq!(outcomes(&scenario), ["10 P2 abort", "20 P1 abort"]);
}

#[test]
fn missing_vote_counts_as_no() {
    let mut scenario = begun(3);
    scenario.faults = vec![Fault::Crash { node: node(3), at: 5, after_sends: None }];
    assert_eq!(outcomes(&scenario), ["200 P1 abort", "210 P2 abort"]);
}

/// Cooperative termination: a participant that has not voted yet may abort, and does.
#[test]
fn participant_in_doubt_asks_one_that_has_not_voted() {
    let mut scenario = begun(3);
    scenario.faults = vec![crash(0, 1, 1)];
    assert_eq!(outcomes(&scenario), ["220 P3 abort", "230 P2 abort"]);
}

#[test]
fn participant_in_doubt_answers_once_it_knows() {
    let mut scenario = begun(3);
    // The COMMIT to P2 is slow, and is never sent to P3.
    let commit = MessageName { from: node(1), to: node(2), number: 2 };
    scenario.faults = vec![Fault::Delay { message: commit, by: 300 }, crash(20, 1, 1)];
    assert_eq!(outcomes(&scenario), ["20 P1 commit", "330 P2 commit", "340 P3 commit"]);
}

/// P2 aborts alone when it recovers, and crashes again before it has told P3.
#[test]
fn abort_without_a_coordinator_is_passed_on_by_the_process_asked_to_begin() {
    let mut scenario = group(&PROTOCOL, 3);
    scenario.ask(30, node(1), "begin", None);
    let down = Fault::Crash { node: node(2), at: 5, after_sends: None };
    scenario.faults = vec![down, recover(10, 2), crash(10, 2, 1)];
    assert_eq!(outcomes(&scenario), ["10 P2 abort", "20 P1 abort", "40 P3 abort"]);
    // P2 itself is asked to begin, and crashes half-way once more.
    scenario.requests[0].node = node(2);
    scenario.faults.extend([recover(20, 2), crash(30, 2, 0), recover(50, 2)]);
    assert_eq!(outcomes(&scenario), ["10 P2 abort", "20 P1 abort", "60 P3 abort"]);
}

#[test]
fn recovered_coordinator_obeys_its_log() {
    let mut scenario = begun(3);
    scenario.faults = vec![crash(20, 1, 0), recover(50, 1)];
    assert_eq!(outcomes(&scenario), ["20 P1 commit", "60 P2 commit", "60 P3 commit"]);
    // It had decided nothing yet.
    scenario.faults[0] = Fault::Crash { node: node(1), at: 15, after_sends: None };
    assert_eq!(outcomes(&scenario), ["50 P1 abort", "60 P2 abort", "60 P3 abort"]);
}

#[test]
fn recovered_participant_in_doubt_asks() {
    let mut scenario = begun(3);
    let crash = Fault::Crash { node: node(3), at: 15, after_sends: None };
    scenario.faults = vec![crash, recover(50, 3)];
    assert_eq!(outcomes(&scenario), ["20 P1 commit", "30 P2 commit", "70 P3 commit"]);
}

#[test]
fn recovered_participant_in_doubt_asks_again_after_the_timeout() {
    let mut scenario = begun(3);
    scenario.faults = vec![
        Fault::Crash { node: node(3), at: 15, after_sends: None },
        recover(50, 3),
        Fault::Drop { message: MessageName { from: node(3), to: node(1), number: 2 } },
        Fault::Drop { message: MessageName { from: node(3), to: node(2), number: 1 } },
    ];
    assert_eq!(outcomes(&scenario), ["20 P1 commit", "30 P2 commit", "270 P3 commit"]);
}

#[test]
fn recovered_participant_without_a_vote_aborts_alone() {
    let mut scenario = begun(3);
    // The others learn of it before the timeout of the coordinator.
    scenario.faults = vec![crash(0, 3, 0), recover(50, 3)];
    assert_eq!(outcomes(&scenario), ["50 P3 abort", "60 P1 abort", "60 P2 abort"]);
    scenario.faults = vec![crash(0, 3, 0), recover(500, 3)];
    assert_eq!(outcomes(&scenario), ["200 P1 abort", "210 P2 abort", "500 P3 abort"]);
    // The same if it is asked to begin afterwards.
    scenario.requests[0] = scenario.requests[0].clone();
    scenario.requests[0].at = 40;
    scenario.requests[0].node = node(3);
    scenario.faults = vec![crash(10, 3, 0), recover(20, 3)];
    scenario.faults[0] = Fault::Crash { node: node(3), at: 10, after_sends: None };
    assert_eq!(outcomes(&scenario), ["20 P3 abort", "30 P1 abort", "30 P2 abort"]);
}

#[test]
fn two_phase_commit_coordinators_refuse_each_other() {
    let mut scenario = begun(4);
    scenario.ask(5, node(4), "begin", None);
    let aborts = ["15 P4 abort", "25 P1 abort", "25 P2 abort", "25 P3 abort"];
    let mut outcomes_of_two = outcomes(&scenario);
    outcomes_of_two.sort();
    assert_eq!(outcomes_of_two.len(), aborts.len(), "{outcomes_of_two:?}");
    assert!(outcomes_of_two.iter().all(|it| it.ends_with("abort")), "{outcomes_of_two:?}");
    // A process that has voted has nothing to begin.
    scenario.requests[1].at = 15;
    assert_eq!(outcomes(&scenario).iter().filter(|it| it.ends_with("commit")).count(), 4);
}
