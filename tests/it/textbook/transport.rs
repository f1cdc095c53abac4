//! One to many.

use worldlines::kernel::{
    EventKind, Fault, Medium, NodeId, NodeSet, ParameterValue, Scenario, Side, Topology, Trace,
};

use crate::common::{broadcast, node, run_valid, scenario};

/// Number of packets that cross a link, in both directions; link states do not count.
fn copies(trace: &Trace, one: usize, other: usize) -> usize {
    let (one, other) = (node(one), node(other));
    let crosses =
        |from: NodeId, to: NodeId| (from, to) == (one, other) || (from, to) == (other, one);
    let packets = trace.messages.iter().filter(|it| !it.packet.to_string().starts_with("LSA"));
    packets.filter(|it| crosses(it.name.from, it.name.to)).count()
}

/// Nodes that have delivered a message.
fn delivered(trace: &Trace) -> NodeSet {
    let told = trace.events.iter();
    told.filter(|it| matches!(&it.kind, EventKind::Indicate { kind, .. } if *kind == "deliver"))
        .map(|it| it.node)
        .collect()
}

/// The network of Kurose and Ross, figure 4.43: routers R1 to R4, linked R1–R2, R2–R3, R2–R4, and a host at each. The
/// hosts are nodes 0 to 3, the routers nodes 4 to 7. The host of R1 broadcasts.
fn figure_4_43(protocol: &str) -> Scenario {
    let mut scenario = scenario(protocol, 8, 10);
    let links = [[0, 4], [1, 5], [2, 6], [3, 7], [4, 5], [5, 6], [5, 7]];
    scenario.network.topology = Topology::Links {
        links: links.map(|link| link.map(node)).into(),
        routers: (4..8).map(node).collect(),
    };
    scenario.requests = vec![broadcast(100, 0, "m")];
    scenario
}

/// Kurose and Ross, *Computer Networking: A Top-Down Approach*, 6th edition, section 4.7.1 with figure 4.43: with N-way
/// unicast, a source with one link sends N copies by it, one for each destination. If the routers duplicate the packet
/// instead, R1–R2 carries one copy, and R2 sends one on each of its links to R3 and R4.
#[test]
fn kurose_and_ross_n_way_unicast_sends_n_copies_where_duplication_by_routers_sends_one() {
    let [unicast, tree] =
        ["multiple-unicasts", "source-tree"].map(figure_4_43).map(|it| run_valid(&it));
    let count = |trace: &Trace| [(0, 4), (4, 5), (5, 6), (5, 7)].map(|(a, b)| copies(trace, a, b));
    assert_eq!(count(&unicast), [3, 3, 1, 1]);
    assert_eq!(count(&tree), [1, 1, 1, 1]);
    assert_eq!((delivered(&unicast), delivered(&tree)), (NodeSet::first(4), NodeSet::first(4)));
}

/// The same section: N grows with the destinations, so the first link of a source carries N copies for each N.
#[test]
fn kurose_and_ross_n_copies_cross_the_first_link_for_every_number_of_destinations() {
    for destinations in 1..=12 {
        let router = destinations + 1;
        let mut scenario = scenario("multiple-unicasts", router + 1, 10);
        scenario.network.topology = Topology::Links {
            links: (0..router).map(|host| [node(host), node(router)]).collect(),
            routers: node(router).into(),
        };
        scenario.requests = vec![broadcast(0, 0, "m")];
        assert_eq!(copies(&run_valid(&scenario), 0, router), destinations);
    }
}

/// Metcalfe and Boggs 1976, *Ethernet: Distributed Packet Switching for Local Computer Networks*: each packet that is
/// transmitted passes every station, so a packet for all stations is one transmission.
#[test]
fn metcalfe_and_boggs_one_transmission_passes_every_station() {
    for stations in [2, 5, 16] {
        let mut scenario = scenario("hardware-multicast", stations, 10);
        scenario.network.medium = Medium::Shared;
        scenario.requests = vec![broadcast(0, 0, "m")];
        let trace = run_valid(&scenario);
        assert_eq!((trace.sends(), delivered(&trace)), (1, NodeSet::first(stations)));
    }
}

/// Coulouris, Dollimore, Kindberg and Blair, *Distributed Systems: Concepts and Design*, 5th edition, section 4.4.2:
/// multicast datagrams suffer from omission failures. Any one recipient may drop the message because its buffer is
/// full, so some but not all members receive it.
#[test]
fn coulouris_any_one_recipient_may_drop_a_multicast_that_the_others_receive() {
    for dropping in 1..5 {
        let mut scenario = scenario("hardware-multicast", 5, 10);
        scenario.network.medium = Medium::Shared;
        scenario.requests = vec![broadcast(0, 0, "m")];
        scenario.faults =
            vec![Fault::Omit { node: node(dropping), side: Side::Receive, at: 0, until: 20 }];
        let others = NodeSet::first(5).without(node(dropping).into());
        assert_eq!(delivered(&run_valid(&scenario)), others);
    }
}

/// Rounds of gossip with fanout 1 until all of 64 nodes know a rumour, from one that does, on average over 60 seeds;
/// and the largest number of nodes that know it after each of the first rounds.
fn rounds_of_gossip(mode: &str) -> (f64, Vec<usize>) {
    const SEEDS: u64 = 60;
    let (mut sum, mut most) = (0, vec![0; 7]);
    for seed in 0..SEEDS {
        let mut scenario = scenario("gossip", 64, 10);
        scenario.seed = seed;
        scenario.until = 10_000;
        for (name, value) in [("fanout", 1), ("rounds", 25), ("period", 50)] {
            scenario.params.insert(name.to_owned(), ParameterValue::Integer(value));
        }
        scenario.params.insert("mode".to_owned(), ParameterValue::Choice(mode.to_owned()));
        scenario.requests = vec![broadcast(0, 0, "m")];
        let trace = run_valid(&scenario);
        assert_eq!(delivered(&trace), NodeSet::first(64), "{mode}, seed {seed}");
        let told = trace.events.iter();
        let times =
            told.filter(|it| matches!(it.kind, EventKind::Indicate { .. })).map(|it| it.time);
        let rounds: Vec<usize> = times.map(|time| (time / 50) as usize).collect();
        sum += rounds.iter().max().expect("all have delivered it");
        for (round, most) in most.iter_mut().enumerate() {
            *most = rounds.iter().filter(|it| **it <= round).count().max(*most);
        }
    }
    (sum as f64 / SEEDS as f64, most)
}

/// Frieze and Grimmett 1985, *The shortest-path problem for graphs with random arc-lengths*, and Pittel 1987, *On spreading a
/// rumor*: push with fanout 1 informs all n nodes of a complete graph in log₂ n + ln n + O(1) rounds. For n = 64 that
/// is 6 + 4.16. The number of nodes that know the rumour at most doubles in a round.
#[test]
fn pittel_push_takes_about_log2_n_plus_ln_n_rounds() {
    let (rounds, most) = rounds_of_gossip("push");
    assert!((rounds - 10.16).abs() < 1.5, "{rounds}");
    let doubled = (0..7).map(|round| 1 << round);
    assert!(most.iter().zip(doubled).all(|(most, bound)| *most <= bound), "{most:?}");
    assert_eq!(most[..3], [1, 2, 4]);
}

/// Karp, Schindelhauer, Shenker and Vöcking 2000, *Randomized rumor spreading*: push–pull informs all n nodes in log₃ n +
/// O(ln ln n) rounds. For n = 64 the first term is 3.79, and ln ln n is 1.43. Demers and others 1987: pull leaves fewer nodes
/// uninformed than push at the end, so it takes fewer rounds.
#[test]
fn karp_push_pull_takes_about_log3_n_rounds_and_pull_fewer_than_push() {
    let (push, pull, both) =
        (rounds_of_gossip("push").0, rounds_of_gossip("pull").0, rounds_of_gossip("push-pull").0);
    assert!(both > 3.79 && both < 3.79 + 2.0 * 1.43, "{both}");
    assert!(both < pull && pull < push, "{both} {pull} {push}");
}
