//! The properties of recorded global states against the cut that a reader draws through the recorded moments.

use serde_json::json;
use worldlines::{
    abstractions::checkpoint::Recorded,
    analysis::{Crossing, Frontier, Lines},
    kernel::{EventKind, NodeId, Order, RequestSpec, Scenario},
    runs::Outcome,
};

use crate::common::{chance::Chance, node, scenario};

/// A bank in which equal amounts are in transit while one node records a global state.
fn random(chance: &mut Chance) -> Scenario {
    let nodes = chance.between(2, 4) as usize;
    let mut scenario = scenario("snapshot", nodes, 10);
    scenario.seed = chance.between(0, 1_000_000);
    scenario.network.delay.max = [10, 40, 90][chance.below(3)];
    scenario.network.order = [Order::Any, Order::Any, Order::Fifo][chance.below(3)];
    scenario.until = 10_000;
    for _ in 0..chance.between(2, 14) {
        let (from, to) = (chance.below(nodes), chance.below(nodes));
        let with = json!({"to": scenario.nodes[to], "amount": 5});
        scenario.ask(chance.between(0, 80), node(from), "transfer", Some(with));
    }
    scenario.ask(chance.between(10, 60), node(chance.below(nodes)), "snapshot", None);
    scenario.requests.sort_by_key(|request: &RequestSpec| request.at);
    scenario
}

/// Messages that cross the cut through the moments at which the nodes recorded their states.
fn crossing(outcome: &Outcome) -> Crossing {
    let trace = &outcome.trace;
    let lines = Lines::of(trace, outcome.scenario.nodes.len());
    let places = |who: NodeId| {
        let recorded = trace.events.iter().position(|event| {
            event.node == who && matches!(&event.kind, EventKind::Indicate { kind: "record", .. })
        });
        let recorded = recorded.expect("all nodes record");
        lines.places(who).partition_point(|place| *place < recorded) + 1
    };
    let all = (0..outcome.scenario.nodes.len()).map(|it| places(node(it)));
    lines.crossing(&Frontier(all.collect()))
}

/// The transfers among these messages, by link and number.
fn transfers(outcome: &Outcome, messages: &[usize]) -> Vec<(NodeId, NodeId, u32)> {
    let carries = outcome.protocol.behaviour.carries;
    let all = messages.iter().filter_map(|message| {
        let message = &outcome.trace.messages[*message];
        let (from, seq) = carries(message.name.from, &message.packet)?;
        Some((from, message.name.to, seq))
    });
    let mut all: Vec<_> = all.collect();
    all.sort_unstable();
    all
}

/// The transfers that were recorded in channels.
fn recorded(outcome: &Outcome) -> Vec<(NodeId, NodeId, u32)> {
    let mut all = Vec::new();
    for event in &outcome.trace.events {
        let EventKind::Indicate { packet, .. } = &event.kind else { continue };
        let Some(Recorded::Snapshot { state, .. }) = packet.get() else { continue };
        for (from, channel) in state.channels.iter().enumerate() {
            all.extend(channel.iter().map(|seq| (node(from), event.node, *seq)));
        }
    }
    all.sort_unstable();
    all
}

#[test]
fn snapshot_properties_agree_with_the_cut_through_the_recorded_moments() {
    let mut chance = Chance::new(1101);
    let mut counts = [[0; 2]; 2];
    for _ in 0..1500 {
        let outcome = Outcome::of(random(&mut chance)).expect("it runs");
        let holds = |name| {
            let mut all = outcome.report.judgements.iter();
            let found = all.find(|it| it.property.name == name).expect("it is judged");
            !found.verdict.is_violated()
        };
        let crossing = crossing(&outcome);
        let consistent = holds("consistent cut");
        assert_eq!(consistent, crossing.is_consistent(), "{}", outcome.text());
        let complete = holds("recorded state complete");
        let in_channels = transfers(&outcome, &crossing.in_transit);
        assert_eq!(complete, recorded(&outcome) == in_channels, "{}", outcome.text());
        counts[0][usize::from(consistent)] += 1;
        counts[1][usize::from(complete)] += 1;
    }
    assert!(counts.iter().flatten().all(|count| *count >= 50), "{counts:?}");
}
