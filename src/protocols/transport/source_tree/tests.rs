//! Reverse-path forwarding, prunes, grafts, headers.

use super::*;
use crate::{
    analysis::{Class, report},
    kernel::{Order, RequestSpec, Time, Trace, run},
    protocols::testing::{at, broadcast, crash, group, indications, node, sends, slow},
};

/// Routers P1 to P4 in a ring, each with a host: P5 to P8. P5 broadcasts m1 at 100 and m2 at 200.
fn ring() -> Scenario {
    let mut scenario = group(&PROTOCOL, 8);
    let links = [[1, 2], [2, 3], [3, 4], [4, 1], [1, 5], [2, 6], [3, 7], [4, 8]];
    scenario.network.topology = Topology::Links {
        links: links.map(|link| link.map(node)).into(),
        routers: (1..=4).map(node).collect(),
    };
    scenario.network.order = Order::Fifo;
    scenario.requests = vec![broadcast(100, 5, "m1"), broadcast(200, 5, "m2")];
    scenario
}

fn ask(at: Time, number: usize, name: &str) -> RequestSpec {
    RequestSpec { at, node: node(number), name: name.to_owned(), with: None }
}

fn trace(scenario: &Scenario) -> Trace {
    run(&PROTOCOL, scenario).expect("the requests are a group's")
}

/// The messages with this label: `110 P1>P2`.
fn sent(scenario: &Scenario, label: &str) -> Vec<String> {
    let sent = sends(&PROTOCOL, scenario).into_iter();
    sent.filter_map(|line| Some(line.strip_suffix(label)?.trim_end().to_owned())).collect()
}

/// The indications after the start: `130 P7 deliver m1`.
fn told(scenario: &Scenario) -> Vec<String> {
    let mut told = indications(&PROTOCOL, scenario);
    told.retain(|line| !line.starts_with("0 "));
    told
}

#[test]
fn source_tree_packet_is_accepted_by_the_link_to_its_source_alone() {
    // P3 and P4 send each other a copy, and both discard it: their link is no part of the tree.
    let first = [
        "100 P5>P1",
        "110 P1>P2",
        "110 P1>P4",
        "120 P2>P3",
        "120 P2>P6",
        "120 P4>P3",
        "120 P4>P8",
        "130 P3>P4",
        "130 P3>P7",
    ];
    assert_eq!(sent(&ring(), "m1"), first);
    assert_eq!(sent(&ring(), "prune P5"), ["130 P3>P4", "140 P4>P3"]);
    // From then on each link of the tree carries one copy, and no other link carries any.
    let later =
        ["200 P5>P1", "210 P1>P2", "210 P1>P4", "220 P2>P3", "220 P2>P6", "220 P4>P8", "230 P3>P7"];
    assert_eq!(sent(&ring(), "m2"), later);
    let expected = ["100 P5", "130 P6", "130 P8", "140 P7"].map(|it| format!("{it} deliver m1"));
    assert_eq!(told(&ring())[..4], expected, "one delivery at each member");
}

#[test]
fn source_tree_paths_have_the_fewest_links_even_if_they_are_slow() {
    let mut scenario = ring();
    let chord = |links: &mut Vec<[NodeId; 2]>| links.push([1, 3].map(node));
    if let Topology::Links { links, .. } = &mut scenario.network.topology {
        chord(links);
    }
    scenario.network.links = vec![slow(1, 3, 45)];
    let to_p3 = |label| {
        let mut copies = sent(&scenario, label);
        copies.retain(|copy| copy.ends_with(">P3"));
        copies
    };
    assert_eq!(to_p3("m1"), ["110 P1>P3", "120 P2>P3", "120 P4>P3"]);
    assert_eq!(to_p3("m2"), ["210 P1>P3"]);
}

#[test]
fn source_tree_branch_without_members_is_pruned_link_by_link() {
    let mut scenario = ring();
    scenario.requests.extend([ask(150, 7, "leave"), ask(160, 6, "leave")]);
    // Hosts send prunes to their routers, and these on up to the first router that still has a branch.
    let prunes = ["150 P7>P3", "160 P3>P2", "160 P6>P2", "170 P2>P1"];
    assert_eq!(sent(&scenario, "prune P5")[2..], prunes);
    assert_eq!(sent(&scenario, "m2"), ["200 P5>P1", "210 P1>P4", "220 P4>P8"]);
}

#[test]
fn source_tree_host_has_joined_when_its_graft_has_reached_the_tree() {
    let mut scenario = ring();
    scenario.requests = vec![
        ask(10, 7, "leave"),
        ask(10, 6, "leave"),
        broadcast(100, 5, "m1"),
        ask(180, 7, "join"),
        broadcast(240, 5, "m2"),
    ];
    assert_eq!(sent(&scenario, "graft P5"), ["180 P7>P3", "190 P3>P2", "200 P2>P1"]);
    assert_eq!(sent(&scenario, "graft ack P5"), ["210 P1>P2", "220 P2>P3", "230 P3>P7"]);
    let expected = ["240 P7 joined", "240 P5 deliver m2", "270 P8 deliver m2", "280 P7 deliver m2"];
    let told = told(&scenario);
    assert_eq!(told[told.len() - 4..], expected);
}

#[test]
fn source_tree_acknowledgement_of_an_earlier_graft_is_ignored() {
    let mut scenario = ring();
    scenario.requests = vec![
        ask(10, 7, "leave"),
        ask(10, 6, "leave"),
        broadcast(100, 5, "m1"),
        ask(180, 7, "join"),
        ask(235, 7, "leave"),
        ask(236, 7, "join"),
        broadcast(255, 5, "m2"),
    ];
    // The first acknowledgement arrives at 240, before P3 knows that P7 has left. Then P1 receives m2 between the
    // prune and the second graft, and so m2 does not bind P7.
    assert_eq!(at(7, told(&scenario)), ["296 P7 joined"]);
    let report = report(&PROTOCOL, &scenario, &trace(&scenario));
    assert_eq!((report.class, report.breaches.len()), (Some(Class::Masking), 0));
}

#[test]
fn source_tree_packet_waits_until_the_routes_are_known() {
    let mut scenario = ring();
    scenario.requests = vec![broadcast(0, 5, "m1")];
    // P1 learns the links of P3, the last of the four, at 20.
    assert_eq!(sent(&scenario, "m1")[..3], ["0 P5>P1", "20 P1>P2", "20 P1>P4"]);
    assert_eq!(told(&scenario), ["40 P6", "40 P8", "50 P7"].map(|it| format!("{it} deliver m1")));
}

#[test]
fn source_tree_enumerated_header_costs_addresses_and_a_group_costs_state() {
    let measured = |scenario: &Scenario| {
        let samples = trace(scenario).samples;
        let most = |place: usize| {
            let values = samples.iter().map(|sample| sample.values[place]);
            values.max().expect("something is measured")
        };
        (most(0), most(1))
    };
    let mut scenario = ring();
    // P3 and P4 know the source and have pruned the link between them.
    assert_eq!(measured(&scenario), (2, 1));
    scenario.set(Parameters::header, "enumerate");
    assert_eq!(measured(&scenario), (0, 3));
    assert_eq!(sent(&scenario, "m1 to P6, P7 and P8"), ["100 P5>P1"]);
    assert_eq!(sent(&scenario, "m1 to P6 and P7"), ["110 P1>P2"]);
}

#[test]
fn source_tree_crash_of_a_host_affects_no_other_host() {
    let mut scenario = ring();
    scenario.faults = vec![crash(150, 6, 0)];
    let told = told(&scenario);
    assert_eq!(told[told.len() - 2..], ["230 P8 deliver m2", "240 P7 deliver m2"]);
}

#[test]
fn source_tree_requests_that_cannot_be_met_are_refused() {
    let mut scenario = ring();
    scenario.requests = vec![ask(10, 6, "join"), ask(20, 1, "leave"), ask(30, 6, "query")];
    let expected = [
        "10 P6 refuse (already a member)",
        "20 P1 refuse (not a member)",
        "30 P6 refuse (no node knows the members of a group)",
    ];
    assert_eq!(told(&scenario), expected);
}
