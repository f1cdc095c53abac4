//! Actions on a message or a node, and reasons against them.

use worldlines::{
    app::{
        Action, Edit, State, comes_out, forged, is_up, read_bits, reduce, treason, truth,
        why_not_corrupt, why_not_delay, why_not_double, why_not_drift, why_not_drop, why_not_lie,
        why_not_write,
    },
    formats::bundled,
    kernel::{Fault, Message, MessageName, NodeId, NodeSet, PerMillion, Scenario, Strategy},
    runs::Outcome,
};

fn node(index: usize) -> NodeId {
    NodeId::new(index)
}

fn open(path: &str) -> State {
    reduce(&State::opening(), Action::Open(bundled::find(path).expect("it is bundled")))
}

fn with(state: &State, fault: Fault) -> State {
    reduce(state, Action::Apply(Edit::AddFault(fault)))
}

fn message(run: &Outcome, name: MessageName) -> &Message {
    run.trace.messages.iter().find(|message| message.name == name).expect("it is sent")
}

/// First indication of a node.
fn first(state: &State, from: usize) -> MessageName {
    let mut messages = state.run.trace.messages.iter();
    messages.find(|message| message.name.from == node(from)).expect("it speaks").name
}

/// True if a fault that is added to a run meets something in it.
fn meets(state: &State, fault: Fault) -> bool {
    let mut scenario: Scenario = state.scenario().clone();
    scenario.faults.push(fault);
    let place = scenario.faults.len() - 1;
    let run = Outcome::of(scenario).expect("it runs");
    !run.trace.unused_faults.contains(&place)
}

const BROADCAST: &str = "reliable/best-effort-broadcast/receiver-crashes";
const GENERALS: &str = "byzantine/interactive-consistency/three-generals";

#[test]
fn refused_action_would_change_nothing() {
    let state = open(BROADCAST);
    let name = first(&state, 3);
    let everyone = NodeSet::first(4);
    let split = Fault::Partition {
        groups: vec![NodeSet::from(name.to), everyone.without(name.to.into())],
        at: 0,
        until: 900,
    };
    let crash = Fault::Crash { node: name.to, at: 0, after_sends: None };
    let cases = [
        (None, [false, false, false, false]),
        (Some(Fault::Drop { message: name }), [true, true, true, true]),
        (Some(split), [true, true, false, true]),
        (Some(crash), [true, false, false, false]),
        (Some(Fault::Corrupt { message: name, bits: vec![1] }), [true, true, false, false]),
    ];
    for (fault, expected) in cases {
        let state = fault.map_or_else(|| state.clone(), |fault| with(&state, fault));
        let it = message(&state.run, name);
        let refused = [why_not_drop, why_not_delay, why_not_double, why_not_corrupt];
        let refused = refused.map(|why_not| why_not(it).is_some());
        assert_eq!(refused, expected, "{:?}", it.fate);
        if refused[3] {
            assert!(!meets(&state, Fault::Corrupt { message: name, bits: vec![1] }));
        }
    }
}

#[test]
fn node_is_down_from_its_crash_to_its_recovery() {
    let state = open(BROADCAST);
    let crash = Fault::Crash { node: node(0), at: 5, after_sends: None };
    let state = with(&with(&state, crash), Fault::Recover { node: node(0), at: 20 });
    let up: Vec<_> =
        [0, 4, 5, 19, 20, 500].into_iter().filter(|at| is_up(&state.run, node(0), *at)).collect();
    assert_eq!(up, [0, 4, 20, 500]);
}

#[test]
fn bits_of_a_corruption_are_read_or_refused_with_the_reason() {
    assert_eq!(read_bits(" 3, 7;0 "), Ok(vec![3, 7, 0]));
    for (wrong, why) in [("", "at least one"), ("3 3", "twice"), ("70000", "65535"), ("x", "x")] {
        let said = read_bits(wrong).expect_err("it is wrong");
        assert!(said.contains(why), "{said}");
    }
    let state = open(BROADCAST);
    let it = message(&state.run, first(&state, 3));
    assert!(comes_out(&state.run, it, &[0]).contains("checksum"), "it has no encoding of its own");
}

#[test]
fn forged_message_is_possible_for_traitors_only() {
    let state = open(GENERALS);
    let name = first(&state, 1);
    assert_eq!(why_not_write(&state.run, message(&state.run, name)), None);
    assert_eq!(truth(&state.run, message(&state.run, name)), "\"A\"");
    assert_eq!(treason(&state.run, node(1)), None);
    let traitor = |strategy| Fault::Traitor { node: node(1), strategy };
    let turned = with(&state, traitor(Strategy::Scripted));
    assert_eq!(treason(&turned.run, node(1)).map(|it| it.1), Some(Strategy::Scripted));
    let edit = forged(&turned.run, name, "\"X\"").expect("a value can be said");
    let lied = reduce(&turned, Action::Apply(edit));
    assert_eq!(message(&lied.run, name).packet.to_string(), "X");
    assert_eq!(truth(&lied.run, message(&lied.run, name)), "\"A\"", "what the code says stays");
    let again = forged(&lied.run, name, "\"Y\"").expect("it can be said otherwise");
    let again = reduce(&lied, Action::Apply(again));
    assert_eq!(message(&again.run, name).packet.to_string(), "Y", "one lie takes another's place");
    assert_eq!(again.scenario().faults.len(), lied.scenario().faults.len());
    for (wrong, why) in [("\"X", "syntax error"), ("[1]", "a list of 3"), ("", "JSON")] {
        let said = forged(&turned.run, name, wrong).expect_err("it is wrong");
        assert!(said.contains(why), "{said}");
    }
    let other = with(&again, traitor(Strategy::Silent));
    let count = |state: &State| {
        let faults = state.scenario().faults.iter();
        faults
            .filter(|fault| matches!(fault, Fault::Traitor { node: it, .. } if *it == node(1)))
            .count()
    };
    assert_eq!((count(&again), count(&other)), (1, 1), "a node has one strategy");
    assert_eq!(reduce(&other, Action::Undo).scenario(), again.scenario());
}

#[test]
fn action_that_a_protocol_does_not_know_is_refused_with_the_reason() {
    let state = open(BROADCAST);
    let it = message(&state.run, first(&state, 3));
    let why = why_not_write(&state.run, it).expect("it cannot be written");
    assert!(why.starts_with("traitors of this protocol"), "{why}");
    assert!(why_not_lie(&state.run, node(3), Strategy::Flip).is_some());
    assert_eq!(why_not_lie(&state.run, node(3), Strategy::Silent), None);
    assert_eq!(why_not_lie(&open(GENERALS).run, node(1), Strategy::Flip), None);
    assert!(why_not_drift(&state.run, node(0)).is_some(), "no clock, no timers");
    assert_eq!(why_not_drift(&open(GENERALS).run, node(0)), None, "its rounds go by the clock");
}

#[test]
fn clock_has_at_most_one_fault_and_a_right_clock_none() {
    let state = open(GENERALS);
    let drift = |rate, offset| Fault::Drift { node: node(0), rate: PerMillion(rate), offset };
    let wrong = with(&with(&state, drift(1_020_000, 0)), drift(990_000, 4));
    let drifts = |state: &State| {
        let faults = state.scenario().faults.iter();
        faults.filter(|fault| matches!(fault, Fault::Drift { .. })).cloned().collect::<Vec<_>>()
    };
    assert_eq!(drifts(&wrong), [drift(990_000, 4)]);
    assert_eq!(drifts(&with(&wrong, drift(1_000_000, 0))), []);
    assert_eq!(with(&state, drift(1_000_000, 0)).scenario(), state.scenario());
}
