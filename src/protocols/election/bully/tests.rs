use super::*;
use crate::{
    kernel::{Detector, Fault, Scenario, Timing},
    protocols::testing::{crash, group, indications, node, sends, slow},
};

/// A group in which node number `starter` starts an election at 0, and every message takes its 10 ms.
fn election(size: usize, starter: usize) -> Scenario {
    let mut scenario = group(&PROTOCOL, size);
    scenario.network.timing = Timing::Synchronous(10);
    scenario.network.detector = Detector::Perfect(20);
    scenario.ask(0, node(starter), "elect", None);
    scenario
}

#[test]
fn highest_process_announces_at_once_and_leads_one_delay_later() {
    let scenario = election(3, 3);
    assert_eq!(sends(&PROTOCOL, &scenario), ["0 P3>P1 COORDINATOR", "0 P3>P2 COORDINATOR"]);
    let expected = ["10 P1 leader P3", "10 P2 leader P3", "10 P3 leader P3"];
    assert_eq!(indications(&PROTOCOL, &scenario), expected);
}

#[test]
fn silence_for_two_delays_means_that_no_higher_process_is_up() {
    let mut scenario = election(3, 2);
    scenario.faults = vec![crash(0, 3, 0)];
    let expected = ["0 P2>P3 ELECTION", "20 P2>P1 COORDINATOR"];
    assert_eq!(sends(&PROTOCOL, &scenario), expected);
}

#[test]
fn crash_after_an_answer_leads_to_another_election() {
    let mut scenario = election(3, 1);
    // P3 answers P1, and crashes before it says COORDINATOR; P2 never hears of the election.
    scenario.faults = vec![crash(10, 3, 1), crash(0, 2, 0)];
    scenario.network.detector = Detector::None;
    let expected = [
        "0 P1>P2 ELECTION",
        "0 P1>P3 ELECTION",
        "10 P3>P1 ANSWER",
        "60 P1>P2 ELECTION",
        "60 P1>P3 ELECTION",
    ];
    assert_eq!(sends(&PROTOCOL, &scenario), expected);
    assert_eq!(indications(&PROTOCOL, &scenario), ["90 P1 leader P1"]);
    // Where the crash is reported, at 30, it waits for one delay only.
    scenario.network.detector = Detector::Perfect(20);
    assert_eq!(indications(&PROTOCOL, &scenario), ["70 P1 leader P1"]);
}

#[test]
fn recovered_process_below_the_highest_asks() {
    let mut scenario = election(3, 3);
    scenario.faults = vec![crash(20, 2, 0), Fault::Recover { node: node(2), at: 100 }];
    let told = indications(&PROTOCOL, &scenario);
    let back = ["120 P1 leader P3", "120 P2 leader P3", "120 P3 leader P3"];
    assert_eq!(told[3..], back);
}

#[test]
fn stale_coordinator_is_not_believed() {
    let mut scenario = election(3, 2);
    // P2 leads in P3's absence, and tells P1 so by a link that takes the whole of the bound.
    scenario.network.timing = Timing::Synchronous(30);
    scenario.network.links = vec![slow(2, 1, 30)];
    scenario.faults = vec![crash(0, 3, 0), Fault::Recover { node: node(3), at: 65 }];
    let told = indications(&PROTOCOL, &scenario);
    // P2 says COORDINATOR at 60, which P1 hears at 90, when it has heard P3's of 65.
    assert_eq!(told[0], "75 P1 leader P3");
    let in_the_end = |who: &str| told.iter().rfind(|it| it.contains(who)).cloned();
    assert!(in_the_end(" P1 ").is_some_and(|it| it.ends_with("leader P3")), "{told:?}");
    assert!(!told.contains(&"90 P1 leader P2".to_owned()), "{told:?}");
}
