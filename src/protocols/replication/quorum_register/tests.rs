use super::*;
use crate::{
    kernel::{Fault, MessageName, Scenario, Time, run},
    protocols::testing::{crash, deliveries, group, node},
};

fn write(scenario: &mut Scenario, at: Time, number: usize, key: &str, value: i64) {
    let with = serde_json::json!({"key": key, "value": value});
    scenario.ask(at, node(number), "write", Some(with));
}

fn read(scenario: &mut Scenario, at: Time, number: usize, key: &str) {
    scenario.ask(at, node(number), "read", Some(key.into()));
}

fn answers(scenario: &Scenario) -> Vec<String> {
    deliveries(&PROTOCOL, scenario)
}

#[test]
fn keys_have_registers_of_their_own() {
    let mut scenario = group(&PROTOCOL, 3);
    write(&mut scenario, 0, 1, "x", 1);
    write(&mut scenario, 0, 1, "y", 2);
    for key in ["x", "y", "z"] {
        read(&mut scenario, 50, 2, key);
    }
    let expected = ["40 P1 respond –", "40 P1 respond –"].into_iter();
    let expected = expected.chain(["90 P2 respond 1", "90 P2 respond 2", "90 P2 respond –"]);
    assert_eq!(answers(&scenario), expected.collect::<Vec<_>>());
}

#[test]
fn late_write_of_an_older_value_changes_nothing() {
    let mut scenario = group(&PROTOCOL, 3);
    write(&mut scenario, 0, 1, "x", 1);
    write(&mut scenario, 50, 2, "x", 2);
    let late = MessageName { from: node(1), to: node(3), number: 2 };
    scenario.faults = vec![Fault::Delay { message: late, by: 100 }];
    read(&mut scenario, 200, 3, "x");
    assert_eq!(answers(&scenario)[2..], ["240 P3 respond 2"]);
}

#[test]
fn writes_of_one_node_have_different_timestamps() {
    let mut scenario = group(&PROTOCOL, 3);
    write(&mut scenario, 0, 1, "x", 1);
    write(&mut scenario, 0, 1, "x", 2);
    let trace = run(&PROTOCOL, &scenario).expect("writes are valid requests");
    let numbers = trace.messages.iter().filter_map(|message| {
        let Message::Write { copy, .. } = message.packet.get()? else { return None };
        copy.as_ref().map(|copy| (copy.number, copy.value.to_string()))
    });
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers, [(1, "1".to_owned()), (2, "2".to_owned())]);
}

#[test]
fn minority_may_crash_at_any_time() {
    for (crashed, after_sends) in [(2, 0), (2, 1), (3, 0), (3, 1)] {
        for at in [0, 10, 30, 50, 60, 80] {
            let mut scenario = group(&PROTOCOL, 3);
            write(&mut scenario, 0, 1, "x", 1);
            read(&mut scenario, 50, 1, "x");
            scenario.faults = vec![crash(at, crashed, after_sends)];
            let expected = ["40 P1 respond –", "90 P1 respond 1"];
            assert_eq!(answers(&scenario), expected, "P{crashed} at {at}");
        }
    }
}

#[test]
fn read_without_write_back_takes_one_phase() {
    let mut scenario = group(&PROTOCOL, 3);
    scenario.set(Parameters::write_back, false);
    write(&mut scenario, 0, 1, "x", 1);
    read(&mut scenario, 50, 2, "x");
    assert_eq!(answers(&scenario), ["40 P1 respond –", "70 P2 respond 1"]);
}
