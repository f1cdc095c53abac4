//! Tests of virtual synchrony that single out the flush, joins and leaves.

use super::{PROTOCOL, Parameters};
use crate::{
    kernel::{Detector, Order, Scenario, Time},
    protocols::{
        detected,
        testing::{at, broadcast, crash, group, indications, late, node, sends},
    },
};

/// A group of this size on FIFO channels; a crash is detected 30 ms later.
fn members(size: usize) -> Scenario {
    let mut scenario = group(&PROTOCOL, size);
    scenario.network.order = Order::Fifo;
    scenario.network.detector = Detector::Perfect(30);
    scenario
}

fn ask(scenario: &mut Scenario, at: Time, number: usize, name: &str) {
    scenario.ask(at, node(number), name, None);
}

/// P1 crashes when only P2 has its message: a copy of it goes to P3 before the flush of P2.
fn half_a_multicast() -> Scenario {
    let mut scenario = members(3);
    scenario.requests = vec![broadcast(10, 1, "m")];
    scenario.faults = vec![crash(10, 1, 1)];
    scenario
}

#[test]
fn flush_follows_copies_of_unstable_messages() {
    let scenario = half_a_multicast();
    let expected = ["10 P1>P2 m", "40 P2>P3 m", "40 P2>P3 FLUSH 2", "40 P3>P2 FLUSH 2"];
    assert_eq!(sends(&PROTOCOL, &scenario), expected);
    let expected = ["0 P3 view 1: P1, P2 and P3", "50 P3 deliver m", "50 P3 view 2: P2 and P3"];
    assert_eq!(at(3, indications(&PROTOCOL, &scenario)), expected);
}

#[test]
fn without_flush_a_member_goes_on_without_the_message() {
    let mut scenario = half_a_multicast();
    scenario.set(Parameters::flush, false);
    let expected = ["0 P3 view 1: P1, P2 and P3", "40 P3 view 2: P2 and P3"];
    assert_eq!(at(3, indications(&PROTOCOL, &scenario)), expected);
}

#[test]
fn flush_waits_for_acknowledged_messages_only_until_they_are_stable() {
    let mut scenario = members(3);
    scenario.set(Parameters::acks, "at-once");
    scenario.requests = vec![broadcast(10, 1, "m")];
    scenario.faults = vec![crash(50, 1, 0)];
    let after = |line: &String| line.starts_with("80 ");
    let sends: Vec<_> = sends(&PROTOCOL, &scenario).into_iter().filter(after).collect();
    assert_eq!(sends, ["80 P2>P3 FLUSH 2", "80 P3>P2 FLUSH 2"], "every member has m");
}

#[test]
fn join_waits_for_the_state_of_every_member() {
    let mut scenario = members(3);
    scenario.set(Parameters::members, 2);
    scenario.requests = vec![broadcast(0, 1, "m")];
    ask(&mut scenario, 20, 3, "join");
    // The state from P2 is slow.
    scenario.faults = vec![late(2, 3, 1, 40)];
    let expected = ["90 P3 view 2: P1, P2 and P3"];
    assert_eq!(at(3, indications(&PROTOCOL, &scenario)), expected);
}

#[test]
fn leaving_member_is_out_at_once_and_the_others_flush() {
    let mut scenario = members(3);
    ask(&mut scenario, 10, 2, "leave");
    let told = indications(&PROTOCOL, &scenario);
    assert_eq!(
        told[3..],
        ["10 P2 leave view 1", "30 P3 view 2: P1 and P3", "30 P1 view 2: P1 and P3"]
    );
}

#[test]
fn heartbeats_detect_the_crash_where_the_scenario_detects_none() {
    let mut scenario = half_a_multicast();
    scenario.network.detector = Detector::None;
    scenario.set(detected::Parameters::detector, "heartbeats");
    scenario.until = 500;
    let expected = ["200 P3 deliver m", "200 P3 view 2: P2 and P3"];
    assert_eq!(at(3, indications(&PROTOCOL, &scenario))[1..], expected);
}
