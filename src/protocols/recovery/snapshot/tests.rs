//! Tests of snapshots: consistent cuts, and the money between recorded states.

use serde_json::json;

use super::*;
use crate::{
    analysis::report,
    kernel::{Delay, EventKind, Order, Scenario, Time, Topology, run},
    protocols::testing::{group, indications, late, node, slow},
};

/// This number of branches on FIFO channels.
fn bank(size: usize) -> Scenario {
    let mut scenario = group(&PROTOCOL, size);
    scenario.network.order = Order::Fifo;
    scenario
}

fn transfer(scenario: &mut Scenario, at: Time, from: usize, to: usize, amount: u32) {
    let with = json!({"to": scenario.nodes[to - 1], "amount": amount});
    scenario.ask(at, node(from), "transfer", Some(with));
}

fn snapshot(scenario: &mut Scenario, at: Time, number: usize) {
    scenario.ask(at, node(number), "snapshot", None);
}

/// Returns the recorded states: `20 P2 record 1: 100`.
fn told(scenario: &Scenario) -> Vec<String> {
    let mut told = indications(&PROTOCOL, scenario);
    told.retain(|line| line.contains("record") || line.contains("snapshot"));
    told
}

/// By global state: the money in its parts and channels, and the number of parts.
fn counted(scenario: &Scenario) -> SortedMap<u32, (u64, usize)> {
    let trace = run(&PROTOCOL, scenario).expect("its requests can be read");
    let mut counted = SortedMap::new();
    for event in &trace.events {
        let EventKind::Indicate { packet, .. } = &event.kind else { continue };
        if let Some(Recorded::Snapshot { snapshot, state }) = packet.get() {
            let (sum, parts) = counted.entry(*snapshot).or_insert((0, 0));
            *sum += state.balance + state.in_flight.iter().sum::<u64>();
            *parts += 1;
        }
    }
    counted
}

#[test]
fn snapshot_money_between_two_recorded_states_is_in_transit() {
    let mut scenario = bank(2);
    transfer(&mut scenario, 5, 2, 1, 30);
    snapshot(&mut scenario, 10, 1);
    transfer(&mut scenario, 12, 1, 2, 70);
    let expected = [
        "10 P1 record 1: 100",
        "20 P2 record 1: 70",
        "20 P2 snapshot 1: 70",
        "30 P1 snapshot 1: 100 + 30",
    ];
    assert_eq!(told(&scenario), expected);
}

/// Section 2.2 of the paper: the recorded states are of different moments, and never existed at the same one.
#[test]
fn snapshot_recorded_state_need_not_have_existed_at_one_moment() {
    let mut scenario = bank(2);
    snapshot(&mut scenario, 10, 1);
    transfer(&mut scenario, 11, 1, 2, 100);
    transfer(&mut scenario, 12, 2, 1, 100);
    // P1 has 100 until 11, P2 has 0 from 12 on.
    let expected = [
        "10 P1 record 1: 100",
        "20 P2 record 1: 0",
        "20 P2 snapshot 1: 0",
        "30 P1 snapshot 1: 100 + 100",
    ];
    assert_eq!(told(&scenario), expected);
}

#[test]
fn snapshot_with_transfers_in_transit_conserves_money() {
    for seed in 0..60 {
        let mut scenario = bank(4);
        scenario.seed = seed;
        scenario.network.delay = Delay { min: 0, max: 40 };
        for at in 0..40 {
            let (from, to) = ((at * 7 + seed) % 4, (at * 5 + seed / 4) % 4);
            transfer(&mut scenario, at * 3, from as usize + 1, to as usize + 1, 9 + at as u32);
        }
        for (at, number) in [(20, 1), (25, 3), (60, 2), (100, 4), (101, 4)] {
            snapshot(&mut scenario, at, number);
        }
        let counted = counted(&scenario);
        assert!(counted.len() >= 3, "seed {seed}");
        assert!(counted.values().all(|counts| *counts == (400, 4)), "seed {seed}: {counted:?}");
    }
}

#[test]
fn snapshot_started_by_several_processes_at_once_is_one() {
    let mut scenario = bank(3);
    for number in 1..=3 {
        snapshot(&mut scenario, 10, number);
    }
    assert_eq!(counted(&scenario), SortedMap::from([(1, (300, 3))]));
    let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
    assert_eq!(trace.sends(), 6, "a marker on each channel");
}

#[test]
fn snapshots_that_overlap_are_recorded_separately() {
    let mut scenario = bank(3);
    scenario.network.links = vec![slow(1, 3, 50)];
    snapshot(&mut scenario, 0, 1);
    transfer(&mut scenario, 5, 1, 3, 10);
    // The marker of P1 is not at P3 yet.
    snapshot(&mut scenario, 20, 2);
    let counted = counted(&scenario);
    assert_eq!(counted, SortedMap::from([(1, (300, 3)), (2, (300, 3))]));
    let expected = ["50 P3 snapshot 1: 100", "80 P3 snapshot 2: 100 + 10"];
    let told = told(&scenario);
    assert!(expected.iter().all(|it| told.iter().any(|line| line == it)), "{told:?}");
}

#[test]
fn snapshot_on_a_ring_sends_markers_on_its_channels_only() {
    let mut scenario = bank(4);
    scenario.network.topology = Topology::Ring;
    transfer(&mut scenario, 5, 1, 3, 10);
    transfer(&mut scenario, 5, 1, 2, 10);
    snapshot(&mut scenario, 10, 3);
    assert_eq!(counted(&scenario), SortedMap::from([(1, (400, 4))]));
    let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
    assert_eq!(trace.sends(), 1 + 8, "no message is sent where there is no channel");
}

#[test]
fn transfer_of_more_than_the_balance_is_not_sent() {
    let mut scenario = bank(2);
    transfer(&mut scenario, 5, 1, 2, 101);
    transfer(&mut scenario, 6, 1, 2, 100);
    transfer(&mut scenario, 7, 1, 2, 1);
    snapshot(&mut scenario, 50, 2);
    assert_eq!(counted(&scenario), SortedMap::from([(1, (200, 2))]));
    let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
    assert_eq!(trace.sends(), 1 + 2);
}

#[test]
fn snapshot_without_fifo_channels_loses_or_doubles_money() {
    let overtaken = |marker_first: bool| {
        let mut scenario = bank(2);
        scenario.network.order = Order::Any;
        let (paid, asked) = if marker_first { (20, 10) } else { (10, 20) };
        transfer(&mut scenario, paid, 1, 2, 30);
        snapshot(&mut scenario, asked, 1);
        scenario.faults = vec![late(1, 2, 1, 40)];
        let trace = run(&PROTOCOL, &scenario).expect("its requests can be read");
        let judgements = report(&PROTOCOL, &scenario, &trace).judgements;
        let violated = judgements.iter().filter(|it| it.verdict.is_violated());
        let expected = if marker_first { "consistent cut" } else { "recorded state complete" };
        assert_eq!(violated.map(|it| it.property.name).collect::<Vec<_>>(), [expected]);
        counted(&scenario)[&1].0
    };
    assert_eq!(overtaken(false), 170);
    assert_eq!(overtaken(true), 230);
}
