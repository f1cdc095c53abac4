//! A run is a function of its scenario, and an edit changes only what depends on it.

use std::collections::BTreeMap;

use worldlines::{
    kernel::{
        Detector, EventKind, Fault, MessageName, NodeId, Scenario, Side, Strategy, Time, Trace, run,
    },
    protocols,
};

use crate::common::{
    broadcast,
    budget::{CAUSAL_FUTURE, COMPARED},
    chance::Chance,
    random_scenario::{Weather, ask_all, random_fault, random_scenario},
    rumour::RUMOUR,
    run_valid,
};

#[test]
fn scenario_run_twice_gives_the_same_trace() {
    for (_, protocol) in protocols::catalogue() {
        for seed in 0..COMPARED.runs() {
            let scenario = random_scenario(protocol, &mut Chance::new(seed), Weather::Foul);
            assert_eq!(run_valid(&scenario), run_valid(&scenario.clone()));
        }
    }
}

#[test]
fn scenario_with_another_seed_gives_another_trace() {
    let mut scenario = Scenario::new("reliable-broadcast", Scenario::numbered(4));
    scenario.requests = vec![broadcast(0, 0, "m")];
    let first = run_valid(&scenario);
    scenario.seed = 1;
    assert_ne!(first, run_valid(&scenario));
}

#[test]
fn requests_of_different_moments_in_any_order_give_the_same_trace() {
    for (_, protocol) in protocols::catalogue() {
        let mut scenario = Scenario::new(protocol.id, Scenario::numbered(4));
        let asked = [(0, 0), (7, 2), (9, 0)];
        ask_all(protocol, &mut Chance::new(2), &mut scenario, &asked);
        let listed = run_valid(&scenario);
        scenario.requests.reverse();
        let mut reversed = run_valid(&scenario);
        for event in &mut reversed.events {
            if let EventKind::Request { index, .. } = &mut event.kind {
                *index = 2 - *index;
            }
        }
        assert_eq!(listed, reversed);
    }
}

/// First moment at which a node may notice the effect of a fault; never, if it is absent.
type Touched = BTreeMap<NodeId, Time>;

fn touch(touched: &mut Touched, node: NodeId, time: Time) -> bool {
    let sooner = touched.get(&node).is_none_or(|already| time < *already);
    if sooner {
        touched.insert(node, time);
    }
    sooner
}

/// Nodes that a fault affects directly.
fn touched_by(fault: &Fault, scenario: &Scenario, before: &Trace) -> Touched {
    let mut touched = Touched::new();
    match *fault {
        Fault::Drop { message }
        | Fault::Delay { message, .. }
        | Fault::Duplicate { message, .. }
        | Fault::Corrupt { message, .. }
        | Fault::Forge { message, .. } => {
            // Its receiver, from the moment of its arrival.
            let sent = before.messages.iter().find(|sent| sent.name == message);
            if let Some(event) = sent.and_then(|sent| sent.fate.event()) {
                touch(&mut touched, message.to, before.events[event].time);
            }
        }
        Fault::Crash { node, at, .. }
        | Fault::CrashWriting { node, at, .. }
        | Fault::Recover { node, at } => {
            touch(&mut touched, node, at);
            if let Detector::Perfect(bound) = scenario.network.detector {
                // A pending report of an earlier crash may no longer be true.
                let about = |fault: &Fault| {
                    matches!(fault, Fault::Crash { node: it, .. }
                        | Fault::CrashWriting { node: it, .. }
                        | Fault::Recover { node: it, .. } if *it == node)
                };
                let told = if scenario.faults.iter().any(about) { at } else { at + bound };
                for other in (0..scenario.nodes.len()).map(NodeId::new) {
                    touch(&mut touched, other, told);
                }
            }
        }
        Fault::Pause { node, at, .. } => {
            touch(&mut touched, node, at);
        }
        Fault::Traitor { node, .. } => {
            touch(&mut touched, node, 0);
            // Colluders lie to half of the loyal nodes, and there is one fewer.
            for fault in &scenario.faults {
                if let Fault::Traitor { node, strategy: Strategy::Collude } = *fault {
                    touch(&mut touched, node, 0);
                }
            }
        }
        Fault::Drift { node, .. } => {
            touch(&mut touched, node, 0);
        }
        Fault::Cut { to: node, at, .. } | Fault::Omit { node, side: Side::Receive, at, .. } => {
            touch(&mut touched, node, at);
        }
        Fault::Partition { at, .. } | Fault::Omit { side: Side::Send, at, .. } => {
            for node in (0..scenario.nodes.len()).map(NodeId::new) {
                touch(&mut touched, node, at);
            }
        }
    }
    touched
}

/// Follows the messages of the affected nodes, in the run before and in the run after.
fn spread(touched: &mut Touched, traces: [&Trace; 2]) {
    let mut spreads = true;
    while spreads {
        spreads = false;
        for trace in traces {
            for message in &trace.messages {
                let sent = trace.events[message.sent].time;
                if touched.get(&message.name.from).is_none_or(|since| sent < *since) {
                    continue;
                }
                let ends = std::iter::once(message.fate).chain(message.copies.iter().copied());
                for event in ends.filter_map(|fate| fate.event()) {
                    let time = trace.events[event].time;
                    spreads |= touch(touched, message.name.to, time);
                }
            }
        }
    }
}

/// All events of a node before it is affected, messages by their names; without the fate
/// of the message that the fault concerns.
fn untouched(
    trace: &Trace,
    node: NodeId,
    touched: &Touched,
    about: Option<MessageName>,
) -> Vec<String> {
    let since = touched.get(&node).copied().unwrap_or(Time::MAX);
    let events = trace.events.iter().filter(|event| event.node == node && event.time < since);
    events
        .filter_map(|event| {
            let message = event.kind.message().map(|message| &trace.messages[message]);
            let ends = !matches!(event.kind, EventKind::Send(_));
            if ends && message.is_some_and(|message| Some(message.name) == about) {
                return None;
            }
            let what = match message {
                // The text of a forged message is its content.
                Some(message) if Some(message.name) == about => format!("send {:?}", message.name),
                Some(message) => {
                    format!("{} {:?} {:?}", event.kind.name(), message.name, message.packet)
                }
                None => format!("{:?}", event.kind),
            };
            Some(format!("{} {what}", event.time))
        })
        .collect()
}

#[test]
fn fault_changes_nothing_outside_its_causal_future() {
    let mut stayed = 0;
    let mut met = BTreeMap::<&str, usize>::new();
    let mut protocols: Vec<_> = protocols::catalogue().map(|(_, protocol)| protocol).collect();
    // The registered protocols do not use every feature: clocks, timers, lies, damage.
    protocols.push(&RUMOUR);
    for protocol in protocols {
        for seed in 0..CAUSAL_FUTURE.runs() {
            let mut chance = Chance::new(seed);
            let mut scenario = random_scenario(protocol, &mut chance, Weather::Foul);
            let fault = random_fault(scenario.nodes.len(), &mut chance);
            let kind = fault.kind();
            if let Fault::Forge { message, .. } = fault {
                let strategy = Strategy::Scripted;
                scenario.faults.push(Fault::Traitor { node: message.from, strategy });
            }
            let play = |scenario: &Scenario| run(protocol, scenario).expect("they can be run");
            let before = play(&scenario);
            let mut touched = touched_by(&fault, &scenario, &before);
            let about = fault.message();
            let first = touched.values().min().copied().unwrap_or(Time::MAX);
            scenario.faults.push(fault);
            let after = play(&scenario);
            if !after.unused_faults.contains(&(scenario.faults.len() - 1)) {
                *met.entry(kind).or_default() += 1;
            }
            spread(&mut touched, [&before, &after]);
            for node in (0..scenario.nodes.len()).map(NodeId::new) {
                let was = untouched(&before, node, &touched, about);
                let is = untouched(&after, node, &touched, about);
                assert_eq!(was, is, "{node:?} of {scenario:#?}, touched: {touched:?}");
                let since = touched.get(&node).copied().unwrap_or(Time::MAX);
                let concurrent = |time: Time| (first..since).contains(&time);
                stayed += after
                    .events
                    .iter()
                    .filter(|event| event.node == node && concurrent(event.time))
                    .count();
            }
        }
    }
    assert!(stayed >= 5_000, "only {stayed} events could have changed and did not");
    assert!(met.len() == 13 && met.values().all(|count| *count >= 10), "too few of {met:?}");
}
