use super::*;
use crate::{
    kernel::{Fault, MessageName, Scenario, Time, run, spell},
    protocols::testing::{crash, deliveries, group, node, slow},
};

fn propose(scenario: &mut Scenario, at: Time, number: usize, value: &str) {
    scenario.ask(at, node(number), "propose", Some(value.into()));
}

/// Three nodes, with this fixed back-off.
fn waiting_for(back_off_time: u32) -> Scenario {
    let mut scenario = group(&PROTOCOL, 3);
    scenario.set(Parameters::back_off, "fixed");
    scenario.set(Parameters::back_off_time, back_off_time);
    scenario
}

/// Messages of one node to another with their times: `20 ACCEPT 1.P1 red`.
fn sent(scenario: &Scenario, from: usize, to: usize) -> Vec<String> {
    let trace = run(&PROTOCOL, scenario).expect("proposals are valid requests");
    let messages = trace.messages.iter();
    let between = messages.filter(|it| (it.name.from, it.name.to) == (node(from), node(to)));
    let say = |at: Time, what: &str| spell(&format!("{at} {what}"), &scenario.nodes);
    between.map(|it| say(trace.events[it.sent].time, &it.packet.to_string())).collect()
}

#[test]
fn proposer_without_rivals_takes_two_phases() {
    let mut scenario = group(&PROTOCOL, 3);
    propose(&mut scenario, 0, 1, "red");
    let phases = ["0 PREPARE 1.P1", "20 ACCEPT 1.P1 red", "40 DECIDED red"];
    assert_eq!(sent(&scenario, 1, 2), phases);
    assert_eq!(sent(&scenario, 2, 1), ["10 PROMISE 1.P1", "30 ACCEPTED 1.P1"]);
    let decisions = ["40 P1 decide red", "50 P2 decide red", "50 P3 decide red"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
}

/// P2c of 2001: two proposals have been accepted, neither by a majority.
#[test]
fn proposer_carries_on_the_accepted_value_of_the_highest_ballot() {
    let mut scenario = group(&PROTOCOL, 5);
    scenario.network.links = vec![slow(5, 2, 500)];
    propose(&mut scenario, 0, 1, "red");
    propose(&mut scenario, 40, 5, "green");
    propose(&mut scenario, 80, 4, "blue");
    // Red reaches P2 alone, and green P3.
    scenario.faults = vec![crash(20, 1, 1), crash(60, 5, 3)];
    assert_eq!(sent(&scenario, 2, 4), ["90 PROMISE 3.P4 (red of 1.P1)", "110 ACCEPTED 3.P4"]);
    let from_p3 = ["90 PROMISE 3.P4 (green of 2.P5)", "110 ACCEPTED 3.P4"];
    assert_eq!(sent(&scenario, 3, 4)[..], from_p3);
    let decisions = ["120 P4 decide green", "130 P2 decide green", "130 P3 decide green"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
}

#[test]
fn recovered_acceptor_keeps_its_promise() {
    let mut scenario = waiting_for(500);
    propose(&mut scenario, 0, 1, "red");
    propose(&mut scenario, 25, 3, "blue");
    let first_accept = MessageName { from: node(1), to: node(2), number: 2 };
    scenario.faults = vec![
        Fault::Delay { message: first_accept, by: 60 },
        Fault::Crash { node: node(2), at: 50, after_sends: None },
        Fault::Recover { node: node(2), at: 60 },
    ];
    assert!(sent(&scenario, 2, 1).contains(&"90 NACK 2.P3".to_owned()));
}

#[test]
fn recovered_proposer_uses_no_ballot_twice() {
    let mut scenario = group(&PROTOCOL, 3);
    propose(&mut scenario, 0, 1, "red");
    scenario.faults = vec![
        Fault::Crash { node: node(1), at: 5, after_sends: None },
        Fault::Recover { node: node(1), at: 15 },
    ];
    assert_eq!(sent(&scenario, 1, 2)[..2], ["0 PREPARE 1.P1", "15 PREPARE 2.P1"]);
    assert_eq!(deliveries(&PROTOCOL, &scenario).len(), 3);
}

fn down(number: usize, at: Time, until: Time) -> [Fault; 2] {
    let node = node(number);
    [Fault::Crash { node, at, after_sends: None }, Fault::Recover { node, at: until }]
}

#[test]
fn recovered_learner_asks_for_the_decision() {
    let mut scenario = group(&PROTOCOL, 3);
    propose(&mut scenario, 0, 1, "red");
    scenario.faults = down(3, 5, 500).into();
    let decisions = ["40 P1 decide red", "50 P2 decide red", "520 P3 decide red"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
    // No node has decided yet when P3 asks; P3 is down when P1's DECIDED arrives, and up when P2 answers.
    scenario.faults = [down(3, 5, 8), down(3, 45, 55)].concat();
    let decisions = ["40 P1 decide red", "50 P2 decide red", "60 P3 decide red"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
}

#[test]
fn asked_node_answers_once_it_has_decided() {
    let mut scenario = group(&PROTOCOL, 5);
    propose(&mut scenario, 0, 1, "red");
    // P1 crashes after one DECIDED, to P2 by a slow link; P3 asks P2 before it arrives.
    scenario.network.links = vec![slow(1, 2, 60)];
    scenario.faults = down(3, 5, 80).into();
    scenario.faults.push(crash(40, 1, 1));
    let decisions = ["40 P1 decide red", "100 P2 decide red", "110 P3 decide red"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
}

#[test]
fn recovered_proposer_sends_its_decision_again() {
    let mut scenario = group(&PROTOCOL, 3);
    propose(&mut scenario, 0, 1, "red");
    scenario.faults = vec![crash(40, 1, 0), Fault::Recover { node: node(1), at: 100 }];
    let decisions = ["40 P1 decide red", "110 P2 decide red", "110 P3 decide red"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), decisions);
}

#[test]
fn proposal_survives_a_crash_within_the_first_prepare() {
    let mut scenario = group(&PROTOCOL, 3);
    propose(&mut scenario, 0, 3, "red");
    scenario.faults = vec![crash(0, 3, 1), Fault::Recover { node: node(3), at: 30 }];
    assert_eq!(sent(&scenario, 3, 1)[..2], ["0 PREPARE 1.P3", "30 PREPARE 2.P3"]);
    assert_eq!(deliveries(&PROTOCOL, &scenario).len(), 3);
}

#[test]
fn recovered_proposer_outbids_the_ballot_of_a_nack() {
    let mut scenario = waiting_for(500);
    // P2 recovers and tries again; P1 hears of its second round by a NACK of P3 alone, and crashes.
    propose(&mut scenario, 0, 2, "blue");
    propose(&mut scenario, 25, 1, "red");
    scenario.network.links = vec![slow(2, 1, 1000), slow(1, 2, 1000)];
    scenario.faults = [down(2, 10, 20), down(1, 50, 60)].concat();
    let prepares: Vec<_> =
        sent(&scenario, 1, 3).into_iter().filter(|it| it.contains("PREPARE")).collect();
    assert_eq!(prepares[..2], ["25 PREPARE 1.P1", "60 PREPARE 3.P1"]);
}

#[test]
fn first_back_off_is_at_most_the_back_off_time() {
    let mut scenario = waiting_for(50);
    scenario.set(Parameters::back_off, "random");
    propose(&mut scenario, 0, 1, "red");
    propose(&mut scenario, 5, 2, "blue");
    // P1 hears of P2's ballot at 15 and tries again after 1 to 50 ms; P2 is down.
    scenario.faults = vec![Fault::Crash { node: node(2), at: 6, after_sends: None }];
    let second = |seed| {
        let scenario = Scenario { seed, ..scenario.clone() };
        let sent = sent(&scenario, 1, 3);
        let prepare = sent.iter().find(|it| it.contains("PREPARE 2.P1")).expect("it retries");
        prepare.split(' ').next().and_then(|at| at.parse::<Time>().ok()).expect("a time")
    };
    let times: Vec<_> = (0..200).map(second).collect();
    let (first, last) = (times.iter().min(), times.iter().max());
    assert!(first >= Some(&16) && last <= Some(&65) && last > Some(&55), "{first:?} {last:?}");
}

#[test]
fn duel_ends_if_the_back_off_exceeds_the_delay() {
    let decisions = |back_off_time| {
        let mut scenario = waiting_for(back_off_time);
        scenario.until = 5000;
        propose(&mut scenario, 0, 2, "red");
        propose(&mut scenario, 15, 3, "blue");
        deliveries(&PROTOCOL, &scenario).len()
    };
    assert_eq!([1, 5, 9, 11, 20].map(decisions), [0, 0, 0, 3, 3]);
}
