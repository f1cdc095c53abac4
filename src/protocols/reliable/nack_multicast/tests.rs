//! Gaps, lost NACKs and repairs, session messages, holders.

use super::*;
use crate::{
    kernel::{Fault, MessageName, ParameterName, Scenario, run},
    protocols::testing::{at, broadcast, crash, deliveries, group, node, sends},
};

/// P1 broadcasts m1 at 0 and m2 at 20.
fn two_broadcasts(size: usize) -> Scenario {
    let mut scenario = group(&PROTOCOL, size);
    scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(20, 1, "m2")];
    scenario.until = 400;
    scenario
}

fn with(mut scenario: Scenario, parameter: ParameterName, word: &str) -> Scenario {
    scenario.set(parameter, word);
    scenario
}

fn drop(from: usize, to: usize, number: u32) -> Fault {
    Fault::Drop { message: MessageName { from: node(from), to: node(to), number } }
}

/// The messages that begin so: `30 P2>P1 NACK P1: 1`.
fn sent(scenario: &Scenario, beginning: &str) -> Vec<String> {
    let mut sent = sends(&PROTOCOL, scenario);
    sent.retain(|line| line.splitn(3, ' ').nth(2).is_some_and(|it| it.starts_with(beginning)));
    sent
}

/// Name of the first message to a node that carries this text.
fn sent_to(scenario: &Scenario, to: usize, text: &str) -> MessageName {
    let trace = run(&PROTOCOL, scenario).expect("broadcasts are valid requests");
    let carries = |it: &str| it.ends_with(&format!(": {text}"));
    let mut messages = trace.messages.iter().filter(|it| it.name.to == node(to));
    messages.find(|it| carries(&it.packet.to_string())).expect("it is sent").name
}

/// Number of messages that each node keeps in the end.
fn buffers(scenario: &Scenario) -> Vec<i64> {
    let trace = run(&PROTOCOL, scenario).expect("broadcasts are valid requests");
    let mut buffers = vec![0; scenario.nodes.len()];
    for sample in trace.samples {
        buffers[sample.node.index()] = sample.values[0];
    }
    buffers
}

#[test]
fn nack_multicast_without_loss_sends_no_nack() {
    assert_eq!(sent(&two_broadcasts(4), "NACK"), [""; 0]);
}

#[test]
fn nack_multicast_gap_is_asked_for_and_holds_later_messages_back() {
    let mut scenario = two_broadcasts(3);
    scenario.faults = vec![drop(1, 3, 1)];
    assert_eq!(sent(&scenario, "NACK"), ["30 P3>P1 NACK P1: 1"]);
    assert_eq!(at(3, deliveries(&PROTOCOL, &scenario)), ["50 P3 m1", "50 P3 m2"]);
}

#[test]
fn nack_multicast_lost_nack_or_repair_is_asked_for_again() {
    let mut scenario = two_broadcasts(2);
    scenario.faults = vec![drop(1, 2, 1), drop(2, 1, 1), drop(1, 2, 3)];
    let asked = ["30 P2>P1 NACK P1: 1", "70 P2>P1 NACK P1: 1", "110 P2>P1 NACK P1: 1"];
    assert_eq!(sent(&scenario, "NACK"), asked);
    let expected = ["0 P1 m1", "20 P1 m2", "130 P2 m1", "130 P2 m2"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), expected);
}

#[test]
fn nack_multicast_loss_of_the_last_message_shows_by_a_session_message_only() {
    let mut scenario = two_broadcasts(2);
    scenario.faults = vec![drop(1, 2, 2)];
    let expected = ["0 P1 m1", "10 P2 m1", "20 P1 m2", "110 P2 m2"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), expected, "announced at 80, asked for at 90");
    scenario.set(Parameters::sessions, false);
    assert_eq!(deliveries(&PROTOCOL, &scenario), expected[..3]);
}

#[test]
fn nack_multicast_sender_and_holders_keep_all_messages() {
    let by_sender = two_broadcasts(4);
    assert_eq!(buffers(&by_sender), [2, 0, 0, 0]);
    let by_holder = with(by_sender, Parameters::ask, "holder");
    assert_eq!(buffers(&by_holder), [2, 2, 2, 2]);
    assert_eq!(buffers(&with(by_holder, Parameters::holders, "one")), [2, 2, 0, 0]);
}

#[test]
fn nack_multicast_holders_are_asked_in_turn() {
    let mut scenario = with(two_broadcasts(4), Parameters::ask, "holder");
    scenario.faults = vec![drop(1, 4, 1), crash(25, 1, 0), crash(25, 2, 0)];
    let asked = ["30 P4>P1 NACK P1: 1", "70 P4>P2 NACK P1: 1", "110 P4>P3 NACK P1: 1"];
    assert_eq!(sent(&scenario, "NACK"), asked);
    let last = deliveries(&PROTOCOL, &scenario);
    assert_eq!(last[last.len() - 2..], ["130 P4 m1", "130 P4 m2"]);
}

#[test]
fn nack_multicast_each_gap_is_asked_for_at_the_sender_first() {
    let mut scenario = with(two_broadcasts(4), Parameters::ask, "holder");
    scenario.requests.extend([broadcast(200, 1, "m3"), broadcast(220, 1, "m4")]);
    // The first gap takes three tries. The second, long after, begins with the sender again.
    scenario.faults = vec![drop(1, 4, 1), drop(4, 1, 1), drop(4, 2, 1)];
    let m3 = sent_to(&scenario, 4, "m3");
    scenario.faults.push(Fault::Drop { message: m3 });
    let asked = [
        "30 P4>P1 NACK P1: 1",
        "70 P4>P2 NACK P1: 1",
        "110 P4>P3 NACK P1: 1",
        "230 P4>P1 NACK P1: 3",
    ];
    assert_eq!(sent(&scenario, "NACK"), asked);
}

#[test]
fn nack_multicast_later_gap_does_not_change_the_retry_of_an_earlier_one() {
    let mut scenario = with(two_broadcasts(3), Parameters::ask, "holder");
    scenario.requests.extend([broadcast(40, 1, "m3"), broadcast(50, 1, "m4")]);
    // P3 lacks m1, known at 30, and m3, known at 60; its first NACKs are lost.
    scenario.faults = vec![drop(1, 3, 1), drop(1, 3, 3), drop(3, 1, 1), drop(3, 1, 2)];
    let asked = [
        "30 P3>P1 NACK P1: 1",
        "60 P3>P1 NACK P1: 3",
        "70 P3>P2 NACK P1: 1",
        "100 P3>P2 NACK P1: 3",
    ];
    assert_eq!(sent(&scenario, "NACK"), asked);
}

#[test]
fn nack_multicast_others_announce_for_a_silent_sender() {
    let mut scenario = with(two_broadcasts(3), Parameters::ask, "holder");
    let by_others = |scenario: &Scenario| {
        let mut sessions = sent(scenario, "session");
        sessions.retain(|line| !line.contains(" P1>"));
        sessions
    };
    assert_eq!(by_others(&scenario), [""; 0]);
    // P1 crashes half-way: P3 knows of the first message only.
    scenario.faults = vec![crash(20, 1, 1)];
    let expected = [
        "130 P3>P1 session P1: 1",
        "130 P3>P2 session P1: 1",
        "150 P2>P1 session P1: 2",
        "150 P2>P3 session P1: 2",
    ];
    assert_eq!(by_others(&scenario)[..4], expected);
    let expected = ["0 P1 m1", "10 P2 m1", "10 P3 m1", "30 P2 m2", "220 P3 m2"];
    assert_eq!(deliveries(&PROTOCOL, &scenario), expected, "P1 is asked at 160, P2 at 200");
}
