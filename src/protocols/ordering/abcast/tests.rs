//! ABCAST: rounds, ties, blocking, and a queue for each label.

use serde_json::json;

use super::*;
use crate::{
    analysis::report,
    kernel::{Delay, RequestSpec, run},
    protocols::testing::{at, broadcast, crash, deliveries, group, late, slow},
};

#[test]
fn abcast_takes_three_rounds() {
    let mut scenario = group(&PROTOCOL, 3);
    scenario.requests = vec![broadcast(0, 1, "m")];
    assert_eq!(deliveries(&PROTOCOL, &scenario), ["20 P1 m", "30 P2 m", "30 P3 m"]);
}

/// P1's m1 gets its final priority after P2's m2. P3 received m1 first, so its priority may still be the smaller.
#[test]
fn abcast_deliverable_message_waits_behind_an_undeliverable_one() {
    let mut scenario = group(&PROTOCOL, 4);
    scenario.network.links = vec![slow(4, 1, 60)];
    scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(5, 2, "m2")];
    let at_p3 = at(3, deliveries(&PROTOCOL, &scenario));
    assert_eq!(at_p3, ["80 P3 m1", "80 P3 m2"], "m2 has been deliverable since 35");
}

/// All but P3 propose 1 for m1 and 2 for m2; P3 receives m2 first.
#[test]
fn abcast_equal_numbers_are_ordered_by_the_proposers() {
    let mut scenario = group(&PROTOCOL, 4);
    scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(2, 2, "m2")];
    scenario.faults = vec![late(1, 2, 1, 5), late(1, 3, 1, 5)];
    let order = |number| {
        let told = at(number, deliveries(&PROTOCOL, &scenario));
        told.iter().filter_map(|it| it.split(' ').nth(2).map(str::to_owned)).collect::<Vec<_>>()
    };
    // m1 gets 2.P3, and m2 gets 2.P4.
    assert!((1..=4).all(|number| order(number) == ["m1", "m2"]));
}

#[test]
fn abcast_message_that_overtakes_another_can_be_delivered_first() {
    let mut scenario = group(&PROTOCOL, 2);
    scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(1, 1, "m2")];
    scenario.faults = vec![late(1, 2, 1, 5)];
    // P2 proposes 1 for m2 and 2 for m1: m1 gets 2.P2, and m2 gets P1's own 2.P1.
    assert_eq!(at(2, deliveries(&PROTOCOL, &scenario)), ["31 P2 m2", "35 P2 m1"]);
}

#[test]
fn abcast_crash_of_one_member_blocks_all() {
    let mut scenario = group(&PROTOCOL, 3);
    scenario.requests = vec![broadcast(0, 1, "m1"), broadcast(50, 2, "m2")];
    scenario.faults = vec![crash(10, 3, 0)];
    assert_eq!(deliveries(&PROTOCOL, &scenario), [""; 0]);
}

fn labelled(time: u64, number: usize, payload: &str, label: &str) -> RequestSpec {
    let with = Some(json!({"payload": payload, "label": label}));
    RequestSpec { with, ..broadcast(time, number, payload) }
}

#[test]
fn abcast_each_label_has_its_own_order() {
    for seed in 0..200 {
        let mut scenario = group(&PROTOCOL, 4);
        scenario.network.delay = Delay { min: 1, max: 90 };
        scenario.seed = seed;
        scenario.set(Parameters::labels, true);
        let labels = ["x", "y", "x", "y", "x", "y"].into_iter().zip(1_usize..);
        scenario.requests = labels
            .map(|(label, place)| labelled(0, place % 4 + 1, &format!("m{place}"), label))
            .collect();
        let trace = run(&PROTOCOL, &scenario).expect("labelled broadcasts are valid requests");
        for judgement in report(&PROTOCOL, &scenario, &trace).judgements {
            let across = [TOTAL_ORDER, FIFO_ORDER, CAUSAL_ORDER].contains(judgement.property);
            assert!(across || judgement.verdict.status() == "holds", "{seed}: {judgement:?}");
        }
    }
}
