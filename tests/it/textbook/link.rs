//! Links.

use serde_json::json;
use worldlines::kernel::{
    EventKind, Fault, MessageName, NodeId, RequestSpec, Scenario, Time, Trace,
};

use crate::common::{self, node, run_valid};

/// The round trip: each message takes half of it.
const ROUND_TRIP: Time = 20;

/// The first node sends so many messages to the second at once.
fn sends(protocol: &str, count: usize) -> Scenario {
    let mut scenario = common::scenario(protocol, 2, ROUND_TRIP / 2);
    let to = scenario.nodes[1].clone();
    let request = |number: usize| RequestSpec {
        at: 0,
        node: node(0),
        name: "send".to_owned(),
        with: Some(json!({"to": to, "payload": number})),
    };
    scenario.requests = (1..=count).map(request).collect();
    scenario.until = 100_000;
    scenario
}

/// Times at which the second node has delivered.
fn deliveries(trace: &Trace) -> Vec<Time> {
    let told = trace
        .events
        .iter()
        .filter(|event| event.node == node(1) && matches!(event.kind, EventKind::Indicate { .. }));
    told.map(|event| event.time).collect()
}

fn drop_first(from: NodeId, to: NodeId) -> Fault {
    Fault::Drop { message: MessageName { from, to, number: 1 } }
}

/// Coulouris, Dollimore, Kindberg and Blair 2012, *Distributed Systems*, section 5.3.1, *Call semantics*: without
/// retransmission an operation runs once or not at all (*maybe*); with retransmission and no filter of duplicates, at
/// least once; with both, it runs once although the request or the reply is lost.
#[test]
fn call_semantics_follow_from_retransmission_and_the_filter_of_duplicates() {
    let request_lost = drop_first(node(0), node(1));
    let reply_lost = drop_first(node(1), node(0));
    for (protocol, expected) in [
        ("fire-and-forget", [0, 1]),
        ("retransmit-until-ack", [1, 2]),
        ("deduplicated-link", [1, 1]),
    ] {
        let runs = [&request_lost, &reply_lost].map(|lost| {
            let mut scenario = sends(protocol, 1);
            scenario.faults = vec![lost.clone()];
            deliveries(&run_valid(&scenario)).len()
        });
        assert_eq!(runs, expected, "{protocol}");
    }
}

/// Peterson and Davie, *Computer Networks: A Systems Approach*, chapter 1, exercise on a file of 1000 packets, case (b)
/// without the time to put a packet on the link: each packet waits a round trip for the one before, and the last one
/// arrives half a round trip after it is sent.
#[test]
fn stop_and_wait_takes_a_round_trip_for_each_packet() {
    for packets in 1..40 {
        let mut scenario = sends("sliding-window", packets as usize);
        scenario.params.insert("window".to_owned(), 1.into());
        let arrived = deliveries(&run_valid(&scenario));
        assert_eq!(arrived.last(), Some(&((packets - 1) * ROUND_TRIP + ROUND_TRIP / 2)));
    }
}

/// The same exercise, case (d): on a link of infinite bandwidth one packet is sent in the first round trip, two in the
/// second, four in the third: n round trips after the first one, 2^(n+1) − 1 packets are sent. They arrive half a round
/// trip later.
#[test]
fn window_that_doubles_has_sent_all_packets_after_the_logarithm_of_their_number() {
    for rounds in 0..6_u32 {
        let packets = 2_usize.pow(rounds + 1) - 1;
        for (more, expected) in [(0, rounds), (1, rounds + 1)] {
            let mut scenario = sends("sliding-window", packets + more);
            scenario.params.insert("window".to_owned(), 64.into());
            let arrived = deliveries(&run_valid(&scenario));
            let last = Time::from(expected) * ROUND_TRIP + ROUND_TRIP / 2;
            assert_eq!((arrived.len(), arrived.last()), (packets + more, Some(&last)));
        }
    }
}
