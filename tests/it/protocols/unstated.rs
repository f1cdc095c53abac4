//! Assumptions that a model does not state: runs with one kind of fault and no other. If
//! a promised property is violated, the model must name the broken assumption.

use worldlines::{
    analysis::report,
    kernel::{
        Delay, Detector, EventKind, Fault, LinkSpec, Medium, NodeId, NodeSet, Order, PerMillion,
        Protocol, Scenario, Side, Strategy, Timing, Topology, Trace,
    },
    protocols,
};

use crate::common::{
    budget::ONE_WRONG,
    chance::Chance,
    random_scenario::{Weather, random_scenario},
    run_valid,
};

/// A fault, as a function from a scenario's run without faults to the scenario with it.
type Wrong = fn(&mut Scenario, &Trace, &mut Chance);

/// All kinds of faults, one at a time.
const KINDS: &[(&str, Wrong)] = &[
    ("drop", |scenario, calm, chance| {
        for _ in 0..chance.between(1, 3) {
            if let Some(message) = some_message(calm, chance) {
                scenario.faults.push(Fault::Drop { message: calm.messages[message].name });
            }
        }
    }),
    ("delay", |scenario, calm, chance| {
        if let Some(message) = some_message(calm, chance) {
            let message = calm.messages[message].name;
            scenario.faults.push(Fault::Delay { message, by: chance.between(1, 400) });
        }
    }),
    ("duplicate", |scenario, calm, chance| {
        if let Some(message) = some_message(calm, chance) {
            let message = calm.messages[message].name;
            scenario.faults.push(Fault::Duplicate { message, after: chance.between(0, 300) });
        }
    }),
    ("corrupt", |scenario, calm, chance| {
        if let Some(message) = some_message(calm, chance) {
            let bits = vec![chance.between(0, 200) as u32];
            scenario.faults.push(Fault::Corrupt { message: calm.messages[message].name, bits });
        }
    }),
    ("crash", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        scenario.faults.push(Fault::Crash { node, at, after_sends: None });
    }),
    ("crash in the middle", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        let after_sends = Some(chance.between(0, 4) as u32);
        scenario.faults.push(Fault::Crash { node, at, after_sends });
    }),
    ("several crashes", |scenario, calm, chance| {
        for _ in 0..chance.between(2, 4) {
            let (node, at) = moment(calm, chance);
            scenario.faults.push(Fault::Crash { node, at, after_sends: None });
        }
    }),
    ("crash and recovery", |scenario, calm, chance| {
        for _ in 0..chance.between(1, 2) {
            let (node, at) = moment(calm, chance);
            let after_sends = chance.percent(50).then(|| chance.between(0, 4) as u32);
            scenario.faults.push(Fault::Crash { node, at, after_sends });
            scenario.faults.push(Fault::Recover { node, at: at + chance.between(1, 300) });
        }
    }),
    ("crash in the middle of writes, and recovery", |scenario, calm, chance| {
        for _ in 0..chance.between(1, 2) {
            let (node, at) = moment(calm, chance);
            let after_writes = chance.below(3) as u32;
            scenario.faults.push(Fault::CrashWriting { node, at, after_writes });
            scenario.faults.push(Fault::Recover { node, at: at + chance.between(1, 300) });
        }
    }),
    ("crash in the middle of a restart", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        let back = at + chance.between(1, 100);
        let after_sends = Some(chance.between(0, 3) as u32);
        scenario.faults.extend([
            Fault::Crash { node, at, after_sends: None },
            Fault::Recover { node, at: back },
            Fault::Crash { node, at: back, after_sends },
        ]);
        if chance.percent(50) {
            let at = back + chance.between(1, 100);
            scenario.faults.push(Fault::Recover { node, at });
        }
    }),
    ("crash for ever after a recovery", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        let back = at + chance.between(1, 200);
        let again = back + chance.between(1, 200);
        scenario.faults.extend([
            Fault::Crash { node, at, after_sends: None },
            Fault::Recover { node, at: back },
            Fault::Crash { node, at: again, after_sends: None },
        ]);
    }),
    ("pause", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        scenario.faults.push(Fault::Pause { node, at, until: at + chance.between(1, 500) });
    }),
    ("partition that heals", |scenario, calm, chance| {
        let (_, at) = moment(calm, chance);
        partition(scenario, at, at + chance.between(1, 300), chance);
    }),
    ("partition that never heals", |scenario, calm, chance| {
        let (_, at) = moment(calm, chance);
        partition(scenario, at, scenario.until + chance.between(0, 10), chance);
    }),
    ("cut that heals", |scenario, calm, chance| {
        let (from, at) = moment(calm, chance);
        cut(scenario, from, at, at + chance.between(1, 300), chance);
    }),
    ("cut that never heals", |scenario, calm, chance| {
        let (from, at) = moment(calm, chance);
        cut(scenario, from, at, scenario.until, chance);
    }),
    ("omission", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        let side = if chance.percent(50) { Side::Send } else { Side::Receive };
        scenario.faults.push(Fault::Omit { node, side, at, until: at + chance.between(1, 300) });
    }),
    ("omission for ever", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        let side = if chance.percent(50) { Side::Send } else { Side::Receive };
        scenario.faults.push(Fault::Omit { node, side, at, until: scenario.until });
    }),
    ("omission and then a crash", |scenario, calm, chance| {
        let (node, at) = moment(calm, chance);
        let until = at + chance.between(1, 60);
        scenario.faults.push(Fault::Omit { node, side: Side::Send, at, until });
        let crash = until + chance.between(0, 400);
        scenario.faults.push(Fault::Crash { node, at: crash, after_sends: None });
    }),
    ("loss, and a crash long after", |scenario, calm, chance| {
        if let Some(message) = some_message(calm, chance) {
            let message = calm.messages[message].name;
            scenario.faults.push(Fault::Drop { message });
            let node = if chance.percent(50) { message.from } else { message.to };
            let at = calm.end.min(scenario.until) / 2 + chance.between(100, 400);
            scenario.faults.push(Fault::Crash { node, at, after_sends: None });
        }
    }),
    ("drift", |scenario, calm, chance| {
        let (node, _) = moment(calm, chance);
        let rate = PerMillion(chance.between(500_000, 2_000_000) as u32);
        scenario.faults.push(Fault::Drift { node, rate, offset: 0 });
    }),
    ("clock set wrongly", |scenario, calm, chance| {
        let (node, _) = moment(calm, chance);
        let offset = chance.between(1, 500);
        scenario.faults.push(Fault::Drift { node, rate: PerMillion::ONE, offset });
    }),
    ("traitor", |scenario, calm, chance| {
        let (node, _) = moment(calm, chance);
        let strategy = Strategy::ALL[chance.below(Strategy::ALL.len())];
        scenario.faults.push(Fault::Traitor { node, strategy });
    }),
    ("loss by chance", |scenario, _, chance| {
        scenario.network.loss = PerMillion(chance.between(10_000, 400_000) as u32);
    }),
    ("certain loss", |scenario, _, _| scenario.network.loss = PerMillion::ONE),
    ("duplicates by chance", |scenario, _, chance| {
        scenario.network.duplicate = PerMillion(chance.between(10_000, 500_000) as u32);
    }),
    ("damage by chance", |scenario, _, chance| {
        scenario.network.corrupt = PerMillion(chance.between(10_000, 400_000) as u32);
    }),
    ("no order", |scenario, _, chance| {
        scenario.network.order = Order::Any;
        scenario.network.delay = Delay { min: 0, max: chance.between(20, 100) };
        keep_the_bound(scenario);
    }),
    ("no bound", |scenario, _, _| scenario.network.timing = Timing::Asynchronous),
    ("too short a bound", |scenario, _, chance| {
        scenario.network.delay = Delay { min: 5, max: chance.between(10, 200) };
        scenario.network.timing = Timing::Synchronous(chance.between(0, 40));
    }),
    ("slow link", |scenario, calm, chance| {
        let (from, _) = moment(calm, chance);
        let to = another(scenario, from, chance);
        let least = chance.between(0, 400);
        let delay = Delay { min: least, max: least };
        scenario.network.links = vec![LinkSpec::new(from, to, delay)];
    }),
    ("link with a rate", |scenario, calm, chance| {
        scenario.network.links = vec![rated_link(scenario, calm, chance)];
    }),
    ("link with a queue", |scenario, calm, chance| {
        let mut link = rated_link(scenario, calm, chance);
        link.queue = Some(chance.between(0, 2) as u32);
        scenario.network.links = vec![link];
    }),
    ("topology", |scenario, _, chance| {
        let all = [Topology::Ring, Topology::Line, Topology::Tree];
        scenario.network.topology = all[chance.below(all.len())].clone();
    }),
    ("shared medium", |scenario, _, _| scenario.network.medium = Medium::Shared),
    ("no detector", |scenario, calm, chance| {
        scenario.network.detector = Detector::None;
        let (node, at) = moment(calm, chance);
        scenario.faults.push(Fault::Crash { node, at, after_sends: None });
    }),
];

/// A link on which messages wait for their turn, from a node that sends in the run without faults.
fn rated_link(scenario: &Scenario, calm: &Trace, chance: &mut Chance) -> LinkSpec {
    let (from, _) = moment(calm, chance);
    let to = another(scenario, from, chance);
    let mut link = LinkSpec::new(from, to, scenario.network.delay);
    link.rate = Some([1, 2, 5, 20, 100][chance.below(5)]);
    link
}

fn keep_the_bound(scenario: &mut Scenario) {
    if let Timing::Synchronous(bound) = &mut scenario.network.timing {
        *bound = (*bound).max(scenario.network.delay.max);
    }
}

/// A message of the run without faults, mostly an early one.
fn some_message(calm: &Trace, chance: &mut Chance) -> Option<usize> {
    let most = calm.messages.len().min(40);
    (most > 0).then(|| chance.below(most))
}

/// A node and the time of one of its steps in the run without faults, mostly early.
fn moment(calm: &Trace, chance: &mut Chance) -> (NodeId, u64) {
    let most = calm.events.len().min(80);
    match most {
        0 => (NodeId::new(0), chance.between(0, 50)),
        most => {
            let event = &calm.events[chance.below(most)];
            (event.node, event.time)
        }
    }
}

fn another(scenario: &Scenario, than: NodeId, chance: &mut Chance) -> NodeId {
    let other = chance.below(scenario.nodes.len() - 1);
    NodeId::new(if other >= than.index() { other + 1 } else { other })
}

fn partition(scenario: &mut Scenario, at: u64, until: u64, chance: &mut Chance) {
    let size = scenario.nodes.len();
    let side: NodeSet = (0..size).filter(|_| chance.percent(50)).map(NodeId::new).collect();
    let groups = vec![side, NodeSet::first(size).without(side)];
    scenario.faults.push(Fault::Partition { groups, at, until });
}

fn cut(scenario: &mut Scenario, from: NodeId, at: u64, until: u64, chance: &mut Chance) {
    let to = another(scenario, from, chance);
    scenario.faults.push(Fault::Cut { from, to, at, until });
}

/// A random scenario of this protocol without faults.
fn calm(protocol: &'static Protocol, chance: &mut Chance) -> Scenario {
    let mut scenario = random_scenario(protocol, chance, Weather::Fair);
    scenario.faults.clear();
    if !protocol.rests(&scenario) {
        // Every request is served long before the end.
        scenario.until = 3_000;
    }
    let network = &mut scenario.network;
    (network.loss, network.duplicate, network.corrupt) =
        (PerMillion(0), PerMillion(0), PerMillion(0));
    if chance.percent(70) {
        network.order = Order::Fifo;
    }
    scenario
}

/// Promised properties that are violated although no assumption is broken.
fn unstated(protocol: &'static Protocol, name: &str, wrong: Wrong) -> Vec<String> {
    let mut found = Vec::new();
    for seed in 0..ONE_WRONG.runs() {
        let mut chance = Chance::new(seed);
        let mut scenario = calm(protocol, &mut chance);
        let before = run_valid(&scenario);
        wrong(&mut scenario, &before, &mut chance);
        let trace = run_valid(&scenario);
        let report = report(protocol, &scenario, &trace);
        for judgement in report.judgements.iter().filter(|it| it.promised) {
            let broken = report.breaches_of(judgement.property.kind).next().is_some();
            let violated = judgement.verdict.is_violated();
            if violated && (!broken || report.broke(judgement, &trace).is_none()) {
                found.push(format!(
                    "{} with {name}, seed {seed}: {judgement:?}\n{}",
                    protocol.id,
                    worldlines::formats::scenario::write(&scenario)
                ));
            }
        }
    }
    found
}

#[test]
fn violated_promise_with_a_single_fault_has_a_broken_assumption() {
    let mut found = Vec::new();
    for (_, protocol) in protocols::catalogue() {
        for (name, wrong) in KINDS {
            found.extend(unstated(protocol, name, *wrong));
        }
    }
    for one in found.iter().take(40) {
        println!("{one}\n");
    }
    assert!(found.is_empty(), "{} violations of which the models know nothing", found.len());
}

/// The test above is effective: each kind changes a run of some protocol.
#[test]
fn fault_of_every_kind_changes_a_run() {
    for (name, wrong) in KINDS {
        let strikes = protocols::catalogue().any(|(_, protocol)| {
            (0..5).any(|seed| {
                let mut chance = Chance::new(seed);
                let mut scenario = calm(protocol, &mut chance);
                let before = run_valid(&scenario);
                wrong(&mut scenario, &before, &mut chance);
                let after = run_valid(&scenario);
                let told = |trace: &Trace| {
                    let told = trace.events.iter().map(|event| match &event.kind {
                        EventKind::Indicate { packet, .. } => packet.to_string(),
                        kind => format!("{} {:?}", event.time, std::mem::discriminant(kind)),
                    });
                    told.collect::<Vec<_>>()
                };
                told(&before) != told(&after)
            })
        });
        // Only a protocol that transmits to all would notice a shared medium, and none does so far.
        assert!(strikes || *name == "shared medium", "{name} changes no run");
    }
}
