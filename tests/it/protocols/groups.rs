//! Groups under all faults of their model: members that crash in the middle of anything, that pause,
//! that join and leave, at once and one after the other.

use serde_json::Value as Json;
use worldlines::{
    analysis::report,
    kernel::{
        Delay, Detector, EventKind, Fault, Order, ParameterValue, Plan, Scenario, Side, Simulation,
        Timing, Trace, spell,
    },
};

use crate::common::{self, broadcast, chance::Chance, crash, node, protocol, run_valid};

/// Time when all requests and faults are long over, and every node outside asks to join.
const QUIET: u64 = 5000;

/// A group on FIFO channels in which messages take 10 ms and crashes are reported after 30 ms.
fn group(size: usize) -> Scenario {
    let mut scenario = common::scenario("virtual-synchrony", size, 10);
    scenario.network.order = Order::Fifo;
    scenario.network.detector = Detector::Perfect(30);
    scenario
}

fn choose(scenario: &mut Scenario, parameter: &str, word: &str) {
    scenario.params.insert(parameter.to_owned(), ParameterValue::Choice(word.to_owned()));
}

fn members(scenario: &mut Scenario, members: u32) {
    scenario.params.insert("members".to_owned(), ParameterValue::Integer(members));
}

/// A group with many requests, of which some nodes are outside at first.
fn busy_group(chance: &mut Chance) -> Scenario {
    let size = chance.between(2, 6) as usize;
    let mut scenario = group(size);
    scenario.seed = chance.between(0, 1_000_000);
    choose(&mut scenario, "acks", ["piggybacked", "at-once"][chance.below(2)]);
    members(&mut scenario, chance.between(1, size as u64) as u32);
    let min = chance.between(0, 20);
    scenario.network.delay = Delay { min, max: min + chance.between(0, 80) };
    scenario.network.detector = Detector::Perfect(chance.between(0, 60));
    for number in 0..chance.between(3, 14) {
        let kind = ["join", "leave", "broadcast", "broadcast", "query"][chance.below(5)];
        let with = (kind == "broadcast").then(|| format!("m{number}").into());
        scenario.ask(chance.between(0, 300), node(chance.below(size)), kind, with);
    }
    let calm = run_valid(&scenario);
    for _ in 0..chance.between(0, 3) {
        let moment = &calm.events[chance.below(calm.events.len())];
        let (at, node) = (moment.time, moment.node);
        match chance.below(4) {
            0 => scenario.faults.push(crash(chance.between(0, 400), node.index(), None)),
            1 | 2 => {
                let sends = Some(chance.between(0, 2 * size as u64) as u32);
                scenario.faults.push(crash(at, node.index(), sends));
            }
            _ => {
                // Messages that it sends just before its crash are lost.
                let until = at + chance.between(1, 60);
                scenario.faults.push(Fault::Omit { node, side: Side::Send, at, until });
                scenario.faults.push(crash(until, node.index(), None));
            }
        }
    }
    for _ in 0..chance.between(0, 2) {
        let (node, at) = (node(chance.below(size)), chance.between(0, 300));
        scenario.faults.push(Fault::Pause { node, at, until: at + chance.between(1, 200) });
    }
    for index in 0..size {
        scenario.ask(QUIET, node(index), "join", None);
    }
    scenario.until = 2 * QUIET;
    scenario
}

/// Runs it, and returns the states of the nodes that are up at the end.
fn run_to_the_end(scenario: &Scenario) -> (Trace, Vec<Json>) {
    let plan = Plan::new(protocol(&scenario.protocol), scenario).expect("the requests are valid");
    let (mut simulation, mut trace) = (Simulation::new(&plan), Trace::default());
    while simulation.step(&plan, &mut trace) {}
    let nodes = (0..scenario.nodes.len()).map(|index| simulation.inspect(node(index)));
    let up = nodes.filter(|node| node["up"] == true).map(|mut node| node["state"].take());
    (trace, up.collect())
}

fn count(trace: &Trace, of: impl Fn(&EventKind) -> bool) -> usize {
    trace.events.iter().filter(|event| of(&event.kind)).count()
}

/// Number of messages with this text.
fn sent(trace: &Trace, text: &str) -> usize {
    trace.messages.iter().filter(|message| message.packet.to_string() == text).count()
}

/// Indications of a node: `20 deliver m`.
fn told(scenario: &Scenario, trace: &Trace, index: usize) -> Vec<String> {
    let mine = trace.events.iter().filter(|event| event.node == node(index));
    let told = mine.filter_map(|event| match &event.kind {
        EventKind::Indicate { packet, .. } => {
            Some(spell(&format!("{} {packet}", event.time), &scenario.nodes))
        }
        _ => None,
    });
    told.collect()
}

#[test]
fn virtual_synchrony_survivors_end_in_one_view_with_one_state() {
    let (mut views, mut together, mut crashes) = (0, 0, 0);
    for seed in 0..1500 {
        let scenario = busy_group(&mut Chance::new(seed));
        let (trace, up) = run_to_the_end(&scenario);
        assert!(trace.quiescent, "seed {seed}: {scenario:#?}");
        let report = report(protocol(&scenario.protocol), &scenario, &trace);
        // Messages that a node sends just before its crash may be lost without harm.
        let harmless = report.breaches.iter().all(|breach| breach.why.ends_with("(omission)"));
        assert!(harmless, "seed {seed}: {:?}", report.breaches);
        for judgement in &report.judgements {
            let status = judgement.verdict.status();
            assert_eq!(status, "holds", "seed {seed}: {judgement:?} of {scenario:#?}");
        }
        let members: Vec<_> = up.iter().filter(|state| !state["view"].is_null()).collect();
        // Every node that is up is a member, unless no member was left to admit it.
        assert!(members.is_empty() || members.len() == up.len(), "seed {seed}: {scenario:#?}");
        for state in &members {
            for what in ["view", "state"] {
                assert_eq!(state[what], members[0][what], "seed {seed}: {scenario:#?}");
            }
            assert!(state["change"].is_null(), "seed {seed} is stuck: {scenario:#?}");
            let listed = state["view"]["members"].as_array().map(Vec::len);
            assert_eq!(listed, Some(members.len()), "seed {seed}: {scenario:#?}");
        }
        views += count(&trace, |kind| matches!(kind, EventKind::Indicate { kind: "view", .. }));
        crashes += count(&trace, |kind| *kind == EventKind::Crash);
        together += usize::from(members.len() > 1);
    }
    assert!(views > 5000 && crashes > 1000 && together > 500, "{views} {crashes} {together}");
}

#[test]
fn virtual_synchrony_sends_copies_then_flushes_then_the_view() {
    let mut scenario = group(3);
    scenario.requests = vec![broadcast(0, 0, "m")];
    scenario.faults = vec![crash(0, 0, Some(1))];
    let trace = run_valid(&scenario);
    let carol = told(&scenario, &trace, 2);
    assert_eq!(carol, ["0 view 1: P1, P2 and P3", "40 deliver m", "40 view 2: P2 and P3"]);
}

#[test]
fn virtual_synchrony_does_not_flush_stable_messages() {
    let mut scenario = group(4);
    scenario.requests = vec![broadcast(0, 0, "m")];
    scenario.ask(50, node(3), "leave", None);
    // It was not acknowledged: P4 sends it to P2 and P3 as it leaves, and these to each other. P1 has it anyway.
    assert_eq!(sent(&run_valid(&scenario), "m"), 3 + 2 + 2);
    choose(&mut scenario, "acks", "at-once");
    assert_eq!(sent(&run_valid(&scenario), "m"), 3, "all have said that they have it");
}

#[test]
fn virtual_synchrony_holds_broadcasts_until_the_flush_ends() {
    let mut scenario = group(3);
    scenario.ask(0, node(2), "leave", None);
    scenario.requests.push(broadcast(15, 0, "m"));
    let trace = run_valid(&scenario);
    let expected = ["0 view 1: P1, P2 and P3", "20 view 2: P1 and P2", "20 deliver m"];
    assert_eq!(told(&scenario, &trace, 0), expected);
    assert_eq!(told(&scenario, &trace, 2), [expected[0], "0 leave view 1"]);
}

#[test]
fn virtual_synchrony_tells_a_late_member_the_new_view() {
    // P4 leaves; P1 crashes when its flush has gone to P2 only, which installs view 2 by it.
    let mut scenario = group(4);
    scenario.ask(0, node(3), "leave", None);
    scenario.faults = vec![crash(10, 0, Some(1))];
    let trace = run_valid(&scenario);
    let [first, last] = ["0 view 1: P1, P2, P3 and P4", "60 view 3: P2 and P3"];
    assert_eq!(told(&scenario, &trace, 1), [first, "20 view 2: P1, P2 and P3", last]);
    let behind = told(&scenario, &trace, 2);
    assert_eq!(behind[..2], [first, "50 view 2: P1, P2 and P3"], "P2's flush shows view 2");
    assert_eq!(behind[2..], ["50 view 3: P2 and P3"]);
}

#[test]
fn virtual_synchrony_member_that_rejoins_gets_the_missed_state() {
    let mut scenario = group(3);
    members(&mut scenario, 2);
    scenario.ask(0, node(1), "leave", None);
    scenario.requests.extend([broadcast(30, 0, "m1"), broadcast(40, 1, "refused")]);
    scenario.ask(50, node(1), "join", None);
    scenario.ask(51, node(2), "join", None);
    scenario.requests.push(broadcast(200, 2, "m2"));
    let (trace, up) = run_to_the_end(&scenario);
    let bob = told(&scenario, &trace, 1);
    assert_eq!(bob[1..3], ["0 leave view 1", "40 refuse (not a member)"]);
    assert_eq!(bob.last().map(String::as_str), Some("210 deliver m2"));
    for state in &up {
        assert_eq!(state["state"], up[0]["state"]);
        assert_eq!(state["state"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn virtual_synchrony_late_question_keeps_no_member_in() {
    let mut scenario = group(3);
    members(&mut scenario, 2);
    for (at, request) in [(0, "join"), (25, "join"), (40, "leave")] {
        scenario.ask(at, node(2), request, None);
    }
    // P1 is paused, and hears from P2 that P3 has left before it hears P3's second question.
    scenario.faults = vec![Fault::Pause { node: node(0), at: 32, until: 80 }];
    let (trace, up) = run_to_the_end(&scenario);
    let alice = told(&scenario, &trace, 0);
    let let_in_again =
        ["80 view 3: P1 and P2", "100 view 4: P1, P2 and P3", "120 view 5: P1 and P2"];
    assert_eq!(alice[2..], let_in_again);
    assert!(up[2]["view"].is_null() && up.iter().all(|state| state["change"].is_null()));
}

#[test]
fn virtual_synchrony_wrongly_suspected_member_is_expelled_unknowingly() {
    let mut scenario = group(3);
    choose(&mut scenario, "detector", "heartbeats");
    scenario.network.timing = Timing::Synchronous(10);
    for (name, value) in [("period", 50), ("timeout", 120)] {
        scenario.params.insert(name.to_owned(), ParameterValue::Integer(value));
    }
    scenario.faults = vec![Fault::Pause { node: node(2), at: 60, until: 300 }];
    scenario.requests = vec![broadcast(320, 2, "unheard")];
    scenario.until = 500;
    let trace = run_valid(&scenario);
    let left = told(&scenario, &trace, 0);
    assert_eq!(left, ["0 view 1: P1, P2 and P3", "190 view 2: P1 and P2"]);
    assert_eq!(told(&scenario, &trace, 2), [left[0].as_str(), "320 deliver unheard"]);
}
