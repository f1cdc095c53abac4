//! Groups under whatever their model allows: members that crash in the middle of anything, that stand still,
//! that come and go, at once and one after the other.

mod common;

use common::{chance::Chance, crash, node, protocol, run_valid};
use serde_json::Value as Json;
use worldlines::kernel::{
    Delay, Detector, EventKind, Fault, Order, ParameterValue, Plan, Scenario, Side, Simulation,
    Trace, report,
};

/// A group of which some are outside in the beginning, on reliable FIFO channels, with a perfect detector.
fn busy_group(chance: &mut Chance) -> Scenario {
    let size = chance.between(2, 6);
    let mut scenario = Scenario::new("virtual-synchrony", Scenario::numbered(size as usize));
    scenario.seed = chance.between(0, 1_000_000);
    let word = |word: &str| ParameterValue::Choice(word.to_owned());
    let acks = ["piggybacked", "at-once"][chance.below(2)];
    scenario.params.insert("acks".to_owned(), word(acks));
    let members = ParameterValue::Integer(chance.between(1, size) as u32);
    scenario.params.insert("members".to_owned(), members);
    let min = chance.between(0, 20);
    scenario.network.delay = Delay { min, max: min + chance.between(0, 80) };
    scenario.network.order = Order::Fifo;
    scenario.network.detector = Detector::Perfect(chance.between(0, 60));
    for number in 0..chance.between(3, 14) {
        let kind = ["join", "leave", "broadcast", "broadcast", "query"][chance.below(5)];
        let with = (kind == "broadcast").then(|| format!("m{number}").into());
        scenario.ask(chance.between(0, 300), node(chance.below(size as usize)), kind, with);
    }
    let calm = run_valid(&scenario);
    for _ in 0..chance.between(0, 3) {
        let moment = &calm.events[chance.below(calm.events.len())];
        let (at, place) = (moment.time, moment.node.index());
        match chance.below(4) {
            0 => scenario.faults.push(crash(chance.between(0, 400), place, None)),
            1 | 2 => {
                let sends = Some(chance.between(0, 2 * size) as u32);
                scenario.faults.push(crash(at, place, sends));
            }
            _ => {
                // What it sends just before it crashes is lost on some of its links.
                let until = at + chance.between(1, 60);
                scenario.faults.push(Fault::Omit {
                    node: node(place),
                    side: Side::Send,
                    at,
                    until,
                });
                scenario.faults.push(crash(until, place, None));
            }
        }
    }
    for _ in 0..chance.between(0, 2) {
        let at = chance.between(0, 300);
        let until = at + chance.between(1, 200);
        scenario.faults.push(Fault::Pause { node: node(chance.below(size as usize)), at, until });
    }
    scenario.until = 10_000;
    scenario
}

/// Runs it, and what the nodes that are up in the end are like then.
fn run_to_the_end(scenario: &Scenario) -> (Trace, Vec<Json>) {
    let plan = Plan::new(protocol(&scenario.protocol), scenario).expect("the requests are valid");
    let (mut simulation, mut trace) = (Simulation::new(&plan), Trace::default());
    while simulation.step(&plan, &mut trace) {}
    let nodes = (0..scenario.nodes.len()).map(|index| simulation.inspect(node(index)));
    let up = nodes.filter(|node| node["up"] == true).map(|mut node| node["state"].take());
    (trace, up.collect())
}

#[test]
fn who_is_left_ends_in_one_view_with_one_state() {
    let (mut changes, mut together, mut crashes) = (0, 0, 0);
    let runs: u64 = std::env::var("RUNS").map_or(1000, |it| it.parse().unwrap());
    for seed in 0..runs {
        let scenario = busy_group(&mut Chance::new(seed));
        if std::env::var("SEED") == Ok(seed.to_string()) {
            println!("SCENARIO {}", worldlines::formats::scenario::write(&scenario));
        }
        let (trace, up) = run_to_the_end(&scenario);
        let report = report(protocol(&scenario.protocol), &scenario, &trace);
        assert!(report.breaches.is_empty(), "{:?}", report.breaches);
        for judgement in &report.judgements {
            let status = judgement.verdict.status();
            assert_eq!(status, "holds", "seed {seed}: {judgement:?} of {scenario:#?}");
        }
        let members: Vec<_> = up.iter().filter(|state| !state["view"].is_null()).collect();
        for state in &members {
            for what in ["view", "state"] {
                assert_eq!(state[what], members[0][what], "seed {seed}: {scenario:#?}");
            }
            assert!(state["change"].is_null(), "seed {seed} is stuck: {scenario:#?}");
        }
        let listed = members.first().map_or(0, |state| {
            state["view"]["members"].as_array().expect("members are a list").len()
        });
        assert_eq!(listed, members.len(), "seed {seed}: the last view lists who is in it");
        // Who asked to join is in, unless there is nobody to let it in.
        let waits = up.iter().any(|state| !state["asked"].is_null());
        assert!(members.is_empty() || !waits, "seed {seed}: {scenario:#?}");
        let count = |of: fn(&EventKind) -> bool| {
            trace.events.iter().filter(|event| of(&event.kind)).count()
        };
        changes += count(|kind| matches!(kind, EventKind::Indicate { kind: "view", .. }));
        crashes += count(|kind| *kind == EventKind::Crash);
        together += usize::from(members.len() > 1);
    }
    println!("{changes} views, {crashes} crashes, {together} runs");
    assert!(changes > 3000 && crashes > 500 && together > 500, "{changes} {crashes} {together}");
}
