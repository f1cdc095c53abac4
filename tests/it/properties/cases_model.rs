//! Runs that end before an obligation was due, and nodes that recover, each with its right verdict.

use worldlines::{
    analysis::{Report, report},
    formats::scenario,
    kernel::{
        Fault, Kind, LinkSpec, ParameterValue, Protocol, Rule, Scenario, Setting, Verdict, run,
    },
    protocols,
    search::{Budget, DEFAULT_RUNS, Objective, Search, Shard, Target, Task, Workers},
};

use crate::common::{
    self, budget::CONFORMANCE, chance::Chance, folder, node, random_scenario::random_value,
    run_valid,
};

fn case(name: &str) -> Scenario {
    let path = folder("tests/cases").join(format!("{name}.json"));
    let text = std::fs::read_to_string(path).expect("the case is there");
    scenario::read(&text).expect("the case is a scenario")
}

fn judged(scenario: &Scenario) -> Report {
    report(common::protocol(&scenario.protocol), scenario, &run_valid(scenario))
}

/// Status of the property of this name: `holds`.
#[track_caller]
fn status(scenario: &Scenario, property: &str) -> &'static str {
    let report = judged(scenario);
    let mut judgements = report.judgements.iter();
    let found = judgements.find(|it| it.property.name == property);
    found.expect("the protocol is judged by it").verdict.status()
}

#[test]
fn request_just_before_the_horizon_is_undecided() {
    let mut scenario = case("asked-just-before-the-end");
    assert_eq!(status(&scenario, "starvation freedom"), "undecided");
    assert_eq!(judged(&scenario).class, None);
    scenario.until = 600;
    assert_eq!(status(&scenario, "starvation freedom"), "holds");
}

#[test]
fn request_that_is_lost_is_violated_after_the_time_to_serve() {
    let mut scenario = common::scenario("virtual-synchrony", 3, 10);
    let heartbeats = ParameterValue::Choice("heartbeats".to_owned());
    scenario.params.insert("detector".to_owned(), heartbeats);
    scenario.params.insert("members".to_owned(), ParameterValue::Integer(2));
    scenario.ask(130, node(2), "join", None);
    for to in [node(0), node(1)] {
        scenario.faults.push(Fault::Cut { from: node(2), to, at: 130, until: 131 });
    }
    let setting = Setting::of(common::protocol(&scenario.protocol), &scenario);
    let time = setting.time_to_serve.expect("heartbeats go on for ever");
    scenario.until = 130 + time - 1;
    assert_eq!(status(&scenario, "join completion"), "undecided");
    scenario.until = 130 + time;
    assert_eq!(status(&scenario, "join completion"), "violated");
}

/// Time to serve of a scenario's run.
fn time_to_serve(scenario: &Scenario) -> u64 {
    let setting = Setting::of(common::protocol(&scenario.protocol), scenario);
    setting.time_to_serve.expect("the protocol never rests")
}

#[test]
fn message_that_waits_on_a_slow_link_is_not_lost() {
    // Session messages every 10 ms fill a link that lets one message through in 100 ms.
    let mut scenario = common::scenario("nack-multicast", 2, 10);
    scenario.params.insert("period".to_owned(), ParameterValue::Integer(10));
    let mut slow = LinkSpec::new(node(0), node(1), scenario.network.delay);
    slow.rate = Some(1);
    scenario.network.links = vec![slow];
    scenario.requests = vec![common::broadcast(0, 0, "m1"), common::broadcast(1000, 0, "m2")];
    scenario.until = 4000;
    assert_eq!(status(&scenario, "agreement"), "undecided");
    // A full queue loses what is sent, however often it is sent again.
    scenario.network.links[0].queue = Some(0);
    assert!(time_to_serve(&scenario) >= scenario.until);
}

#[test]
fn time_to_serve_of_a_token_counts_one_turn_of_a_slow_link() {
    let mut scenario = common::scenario("token-ring-lock", 3, 10);
    scenario.ask(0, node(0), "acquire", Some(20.into()));
    let free = time_to_serve(&scenario);
    let mut slow = LinkSpec::new(node(0), node(1), scenario.network.delay);
    slow.rate = Some(2);
    scenario.network.links = vec![slow];
    assert_eq!(time_to_serve(&scenario), free + 2 * 3 * 50);
    scenario.network.links[0].queue = Some(0);
    assert_eq!(time_to_serve(&scenario), free);
}

#[test]
fn time_to_serve_after_a_crash_in_writes_is_that_of_any_crash() {
    let mut scenario = common::scenario("virtual-synchrony", 3, 10);
    scenario.faults = vec![common::crash(100, 1, None)];
    let time = time_to_serve(&scenario);
    scenario.faults = vec![Fault::CrashWriting { node: node(1), at: 100, after_writes: 0 }];
    assert_eq!(time_to_serve(&scenario), time);
}

#[test]
fn crash_just_before_the_horizon_need_not_be_suspected() {
    let mut scenario = common::scenario("heartbeat-detector", 3, 10);
    scenario.until = 1000;
    for (at, expected) in [(980, "undecided"), (500, "holds")] {
        scenario.faults = vec![Fault::Crash { node: node(1), at, after_sends: None }];
        assert_eq!(status(&scenario, "strong completeness"), expected, "crash at {at}");
    }
}

#[test]
fn member_that_crashes_just_before_the_horizon_need_not_have_left() {
    let mut scenario = common::scenario("virtual-synchrony", 3, 10);
    let words = ParameterValue::Choice("heartbeats".to_owned());
    scenario.params.insert("detector".to_owned(), words);
    scenario.until = 1000;
    for (at, expected) in [(950, "undecided"), (300, "holds")] {
        scenario.faults = vec![Fault::Crash { node: node(1), at, after_sends: None }];
        assert_eq!(status(&scenario, "crashed members leave"), expected, "crash at {at}");
    }
}

#[test]
fn run_cut_before_it_is_at_rest_leaves_liveness_undecided() {
    let mut scenario = common::scenario("best-effort-broadcast", 3, 10);
    scenario.network.delay.max = 900;
    scenario.network.delay.min = 900;
    scenario.requests = vec![common::broadcast(0, 0, "m")];
    scenario.until = 500;
    let report = judged(&scenario);
    assert!(report.breaches.iter().any(|breach| breach.rule == Rule::RunsToQuiescence));
    assert_eq!(status(&scenario, "agreement"), "undecided");
    scenario.until = 1000;
    assert_eq!(status(&scenario, "agreement"), "holds");
    // A violation before the end remains a violation at the end.
    let lost = scenario.clone();
    let message = worldlines::kernel::MessageName { from: node(0), to: node(1), number: 1 };
    let lost = Scenario { faults: vec![Fault::Drop { message }], until: 500, ..lost };
    assert_eq!(status(&lost, "agreement"), "violated");
}

/// Asks a protocol that never rests for something at every moment of the last part of a run.
fn asked_late(protocol: &Protocol, seed: u64) -> Scenario {
    let mut chance = Chance::new(seed);
    let mut scenario = common::scenario(protocol.id, 4, 10 + seed % 20);
    scenario.seed = seed;
    scenario.until = chance.between(200, 500);
    for number in 0..chance.between(1, 4) {
        let at = scenario.until - chance.between(0, 60);
        let place = chance.below(4);
        let kinds = protocol.behaviour.requests;
        if !kinds.is_empty() {
            let kind = &kinds[chance.below(kinds.len())];
            let with = random_value(kind.with, &scenario.nodes, &mut chance, number);
            scenario.ask(at, node(place), kind.name, with);
        }
    }
    scenario
}

#[test]
fn perpetual_protocol_violates_nothing_because_of_the_horizon() {
    let mut undecided = 0;
    for (_, protocol) in protocols::catalogue().filter(|(_, it)| it.perpetual.is_some()) {
        for seed in 0..CONFORMANCE.runs() {
            let scenario = asked_late(protocol, seed);
            for it in judged(&scenario).judgements.iter().filter(|it| it.promised) {
                let verdict = &it.verdict;
                assert!(!verdict.is_violated(), "{}, seed {seed}: {it:?}", protocol.id);
                undecided += usize::from(matches!(verdict, Verdict::Undecided(_)));
            }
        }
    }
    assert!(undecided >= 20, "only {undecided} verdicts were undecided");
}

#[test]
fn search_finds_no_violation_in_a_request_just_before_the_horizon() {
    let scenario = case("asked-just-before-the-end");
    let protocol = common::protocol(&scenario.protocol);
    let starved = protocol.properties().map(|(property, _)| property);
    let liveness = starved.filter(|property| property.kind == Kind::Liveness);
    let objectives =
        liveness.map(|it| Objective { target: Target::Violation(it), breaking: Some(Vec::new()) });
    let budget = Budget::read("delay=1,pause=1").expect("both are kinds of faults");
    let task = Task {
        protocol,
        scenario,
        objectives: objectives.collect(),
        budget,
        seed: 0,
        limit: DEFAULT_RUNS.min(400),
        shard: Shard::WHOLE,
    };
    let mut search = Search::new(task).expect("its requests are read");
    while !search.is_over() {
        let found = search.advance(Workers::ONE);
        assert!(found.is_empty(), "{:?}", found.first().map(|it| &it.scenario));
    }
}

/// Random crashes and recoveries: which nodes are correct follows from the model alone.
#[test]
fn recovered_node_is_correct_in_the_crash_recovery_model() {
    use worldlines::kernel::{EventKind, Failures, NodeSet, Observation, Roster};
    for (_, protocol) in protocols::catalogue() {
        for seed in 0..CONFORMANCE.runs() {
            let mut chance = Chance::new(seed);
            let mut scenario = common::scenario(protocol.id, 4, 10);
            scenario.until = 400;
            for _ in 0..chance.between(1, 5) {
                let (place, at) = (node(chance.below(4)), chance.between(0, 300));
                scenario.faults.push(Fault::Crash { node: place, at, after_sends: None });
                if chance.percent(60) {
                    let at = at + chance.between(1, 80);
                    scenario.faults.push(Fault::Recover { node: place, at });
                }
            }
            let trace = run(protocol, &scenario).expect("nothing is asked");
            let mut roster = Roster::new(&Setting::of(protocol, &scenario));
            for (id, event) in trace.events.iter().enumerate() {
                Observation::of(id, event).iter().for_each(|seen| roster.observe(seen));
            }
            let events_of = |place| trace.events.iter().filter(move |it| it.node == place);
            let stays = |place: &_| {
                let mut of_node = events_of(*place);
                let crash = |kind: &EventKind| matches!(kind, EventKind::Crash);
                match protocol.failures {
                    Failures::CrashRecovery => {
                        let mut turns = of_node
                            .filter(|it| crash(&it.kind) || matches!(it.kind, EventKind::Recover));
                        turns.next_back().is_none_or(|last| !crash(&last.kind))
                    }
                    _ => !of_node.any(|it| crash(&it.kind)),
                }
            };
            let expected: NodeSet = NodeSet::first(4).into_iter().filter(stays).collect();
            assert_eq!(roster.correct(), expected, "{}, seed {seed}", protocol.id);
        }
    }
}
