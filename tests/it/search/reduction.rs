//! The partial-order reduction leaves out only equivalent orders: with it and without it, a search through all states
//! finds the same.

use std::ops::Range;

use serde_json::json;
use worldlines::{
    formats::bundled,
    kernel::{
        Delay, Detector, Kind, Monitor, Needs, Observation, Order, Property, Protocol, Scenario,
        Seen, Topology, Verdict,
    },
    protocols,
    search::{Objective, Target},
};

use crate::common::{
    self,
    budget::REDUCED,
    chance::Chance,
    compared::{
        BUDGETS, Case, Diaries, Limits, ORDER, SEQUENCE, SET, TOLD, Tally, compare_all, report,
    },
    random_scenario::ask_all,
};

fn violations(protocol: &'static Protocol) -> Vec<Objective> {
    protocol.properties().map(|(property, _)| Objective::at(Target::Violation(property))).collect()
}

/// The scenario without anything that happens by chance or by fault.
fn plain(scenario: &Scenario) -> Scenario {
    let mut plain = scenario.clone();
    plain.faults.clear();
    plain.captions.clear();
    plain.network.loss = Default::default();
    plain.network.duplicate = Default::default();
    plain.network.corrupt = Default::default();
    plain
}

/// A few nodes with requests.
fn small(protocol: &'static Protocol, chance: &mut Chance) -> Scenario {
    let size = chance.between(2, 4) as usize;
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(size));
    scenario.network.delay = Delay { min: 10, max: 10 };
    if chance.percent(40) {
        scenario.network.order = Order::Fifo;
    }
    if chance.percent(40) {
        scenario.network.detector = Detector::Perfect(20);
    }
    if chance.percent(20) {
        scenario.network.topology = [Topology::Ring, Topology::Line][chance.below(2)].clone();
    }
    let asked: Vec<(u64, usize)> =
        (0..chance.between(1, 3)).map(|at| (at, chance.below(size))).collect();
    ask_all(protocol, chance, &mut scenario, &asked);
    scenario
}

/// Every bundled scenario with every budget: with one property after the other, or with all of them.
fn try_bundled(all: bool, limits: Limits, tally: &mut Tally) -> Vec<String> {
    let mut bad = Vec::new();
    let mut turn = 0;
    for (_, protocol) in protocols::catalogue() {
        for file in bundled::of_protocol(protocol.id) {
            let scenario = plain(&file.scenario().expect("a test reads them all"));
            for budget in BUDGETS {
                let mut objectives = violations(protocol);
                turn += 1;
                if !all {
                    objectives = vec![objectives.swap_remove(turn % objectives.len())];
                }
                let groups: Vec<_> =
                    objectives.into_iter().map(|objective| vec![objective]).collect();
                bad.extend(compare_all(protocol, &scenario, budget, &groups, limits, tally));
            }
        }
    }
    bad
}

/// Random small systems: with every property, and with diaries.
fn try_small(seeds: Range<u64>, limits: Limits, tally: &mut Tally) -> Vec<String> {
    let mut bad = Vec::new();
    for (_, protocol) in protocols::catalogue() {
        for seed in seeds.clone() {
            let mut chance = Chance::new(seed);
            let scenario = small(protocol, &mut chance);
            let budget = BUDGETS[chance.below(BUDGETS.len())];
            let groups = violations(protocol).into_iter().map(|objective| vec![objective]).chain([
                Diaries::<SET>::objectives(),
                Diaries::<SEQUENCE>::objectives(),
                Diaries::<ORDER>::objectives(),
                Diaries::<TOLD>::objectives(),
            ]);
            let groups: Vec<_> = groups.collect();
            bad.extend(compare_all(protocol, &scenario, budget, &groups, limits, tally));
        }
    }
    bad
}

/// Violated once the last node has received a request.
#[derive(Clone, Debug, Hash)]
struct Asked {
    last: usize,
    asked: bool,
}

impl Monitor for Asked {
    fn observe(&mut self, seen: &Observation) {
        self.asked |= matches!(seen.what, Seen::Request(_)) && seen.node.index() == self.last;
    }

    fn needs(&self) -> Needs {
        Needs::SEQUENCE
    }

    fn verdict(&self, _over: bool) -> Verdict {
        if self.asked {
            return Verdict::Violated { why: "it was asked".to_owned(), witness: Vec::new() };
        }
        Verdict::Holds
    }
}

const ASKED: &Property = &Property {
    name: "asked",
    kind: Kind::Safety,
    statement: "The last node is asked for nothing.",
    monitor: |setting| Box::new(Asked { last: setting.nodes - 1, asked: false }),
};

/// A process without an answer goes round in a cycle, from the start or later: no other process waits for it.
#[test]
fn reduction_on_a_cycle_of_states_postpones_no_event_forever() {
    let protocol = common::protocol("retransmit-until-ack");
    for first in [0, 3] {
        let mut scenario = common::scenario(protocol.id, 4, 10);
        scenario.network.topology = Topology::Line;
        for (from, to) in [(first, (first + 2) % 4), (3 - first, (5 - first) % 4)] {
            let with = json!({"to": scenario.nodes[to], "payload": "m"});
            scenario.ask(0, common::node(from), "send", Some(with));
        }
        let objectives = [Objective::at(Target::Violation(ASKED))];
        let case = Case { protocol, scenario: &scenario, objectives: &objectives, budget: "" };
        let limits = Limits { states: 100, turns: 10_000 };
        let [full, less] = [false, true].map(|reduced| case.explore(limits, reduced));
        assert_eq!(full.map(|it| it.found), Some(vec![true]));
        assert_eq!(less.map(|it| it.found), Some(vec![true]));
    }
}

/// A report of a crash also reaches nodes to which no node sends anything.
#[test]
fn reduction_keeps_reports_of_crashes_at_every_moment() {
    let protocol = common::protocol("best-effort-broadcast");
    let mut tally = Tally::default();
    for size in 2..=3 {
        let mut scenario = common::scenario(protocol.id, size, 10);
        scenario.network.detector = Detector::Perfect(20);
        scenario.requests.push(common::broadcast(0, 0, "m"));
        for budget in ["crash=1", "crash=1,recover=1"] {
            let groups = [Diaries::<SET>::objectives(), Diaries::<SEQUENCE>::objectives()];
            let limits = Limits { states: 2000, turns: 20_000 };
            let bad = compare_all(protocol, &scenario, budget, &groups, limits, &mut tally);
            report(&bad);
        }
    }
    println!("{tally:?}");
    assert_eq!(tally.skipped, 0);
}

#[test]
fn reduction_of_bundled_systems_keeps_all_results() {
    let mut tally = Tally::default();
    let bad = try_bundled(false, Limits { states: 100, turns: 400 }, &mut tally);
    println!("{tally:?}");
    report(&bad);
}

#[test]
fn reduction_of_small_random_systems_keeps_all_results() {
    let mut tally = Tally::default();
    let bad = try_small(0..REDUCED.runs(), Limits { states: 250, turns: 2000 }, &mut tally);
    println!("{tally:?}");
    report(&bad);
}

#[test]
#[ignore = "it takes minutes"]
fn reduction_of_many_random_systems_keeps_all_results() {
    let mut tally = Tally::default();
    let limits = Limits { states: 4_000, turns: 60_000 };
    let bad = try_small(1000..1300, limits, &mut tally);
    println!("{tally:?}");
    report(&bad);
}

#[test]
#[ignore = "it takes minutes"]
fn reduction_of_bundled_systems_keeps_results_of_all_properties() {
    let mut tally = Tally::default();
    let limits = Limits { states: 4_000, turns: 60_000 };
    let bad = try_bundled(true, limits, &mut tally);
    println!("{tally:?}");
    report(&bad);
}
