//! Scenarios by chance, with faults of every kind.

use worldlines::kernel::{
    Delay, Detector, Domain, Fault, Medium, MessageName, NodeId, NodeSet, Order, ParameterValue,
    PerMillion, Protocol, RequestSpec, Scenario, Side, Strategy, Topology, run,
};

use super::chance::Chance;

/// How much may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// What most models allow: crashes, pauses, late messages.
    Fair,
    /// Anything.
    Foul,
}

/// A random scenario for this protocol: random group, parameters, network, broadcasts and faults. It runs
/// long enough to come to rest.
pub(crate) fn random_scenario(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
) -> Scenario {
    let size = chance.between(2, 6) as usize;
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(size));
    scenario.seed = chance.between(0, 1_000_000);
    for parameter in protocol.behaviour.parameters {
        let value = match parameter.domain {
            Domain::Flag { .. } => ParameterValue::Flag(chance.percent(50)),
            // Bounds matter most near the size of the group.
            Domain::Integer { min, max, .. } => {
                let most = u64::from(max).min(u64::from(min) + size as u64);
                ParameterValue::Integer(chance.between(min.into(), most) as u32)
            }
            Domain::Choice { choices, .. } => {
                ParameterValue::Choice(choices[chance.below(choices.len())].0.to_owned())
            }
        };
        scenario.params.insert(parameter.name.to_owned(), value);
    }
    let min = chance.between(0, 20);
    scenario.network.delay = Delay { min, max: min + chance.between(0, 40) };
    if chance.percent(30) {
        scenario.network.order = Order::Fifo;
    }
    if chance.percent(50) {
        scenario.network.detector = Detector::Perfect(chance.between(0, 80));
    }
    if weather == Weather::Foul && chance.percent(20) {
        scenario.network.loss = PerMillion(chance.between(10_000, 300_000) as u32);
        scenario.network.duplicate = PerMillion(chance.between(0, 300_000) as u32);
        scenario.network.corrupt = PerMillion(chance.between(0, 300_000) as u32);
    }
    if weather == Weather::Foul && chance.percent(10) {
        let topologies = [Topology::Ring, Topology::Line, Topology::Tree];
        scenario.network.topology = topologies[chance.below(3)].clone();
    }
    if chance.percent(10) {
        scenario.network.medium = Medium::Shared;
    }
    for number in 1..=chance.between(1, 5) {
        scenario.requests.push(RequestSpec {
            at: chance.between(0, 100),
            node: NodeId::new(chance.below(size)),
            name: "broadcast".to_owned(),
            with: Some(format!("m{number}").into()),
        });
    }
    let calm = run(protocol, &scenario).expect("every protocol here takes a text to broadcast");
    for _ in 0..chance.between(0, 3) {
        let mut fault = random_fault(size, chance, weather);
        if let Fault::Crash { node, at, after_sends: Some(_) } = &mut fault {
            // In the middle of something that it does, not of nothing.
            let moment = &calm.events[chance.below(calm.events.len())];
            (*node, *at) = (moment.node, moment.time);
        }
        scenario.faults.push(fault);
    }
    if chance.percent(30) {
        // Channels are reliable between the correct: what a node sends just before it crashes may be lost.
        let moment = &calm.events[chance.below(calm.events.len())];
        let (node, at) = (moment.node, moment.time);
        let until = at + chance.between(1, 30);
        scenario.faults.push(Fault::Omit { node, side: Side::Send, at, until });
        scenario.faults.push(Fault::Crash { node, at: until, after_sends: None });
    }
    if weather == Weather::Foul && chance.percent(30) {
        // A recovery by itself hardly ever meets a node that is down.
        let (node, at) = (scenario.requests[0].node, chance.between(0, 100));
        scenario.faults.push(Fault::Crash { node, at, after_sends: None });
        scenario.faults.push(Fault::Recover { node, at: at + chance.between(0, 50) });
    }
    scenario.until = 10_000;
    scenario
}

/// A random fault for a group of so many nodes, with everybody's first messages and the first tenths of a
/// second in reach.
pub(crate) fn random_fault(size: usize, chance: &mut Chance, weather: Weather) -> Fault {
    let node = NodeId::new(chance.below(size));
    let at = chance.between(0, 150);
    let until = at + chance.between(1, 80);
    let mut other = NodeId::new(chance.below(size - 1));
    if other >= node {
        other = NodeId::new(other.index() + 1);
    }
    let message = MessageName { from: node, to: other, number: chance.between(1, 3) as u32 };
    let kinds = if weather == Weather::Fair { 4 } else { 15 };
    match chance.below(kinds) {
        0 => Fault::Crash { node, at, after_sends: None },
        1 => {
            let after_sends = Some(chance.below(size) as u32);
            Fault::Crash { node, at, after_sends }
        }
        2 => Fault::Pause { node, at, until },
        3 => Fault::Delay { message, by: chance.between(1, 100) },
        4 | 5 => Fault::Drop { message },
        6 => Fault::Duplicate { message, after: chance.between(0, 50) },
        7 => Fault::Recover { node, at },
        8 => {
            let side: NodeSet = (0..size).filter(|_| chance.percent(50)).map(NodeId::new).collect();
            let groups = vec![side, NodeSet::first(size).without(side)];
            Fault::Partition { groups, at, until }
        }
        9 => Fault::Cut { from: node, to: other, at, until },
        10 => Fault::Corrupt { message, bits: vec![chance.between(0, 99) as u32] },
        11 => Fault::Forge { message, with: "a lie".into() },
        12 => Fault::Traitor { node, strategy: Strategy::ALL[chance.below(Strategy::ALL.len())] },
        13 => {
            let rate = PerMillion(chance.between(500_000, 2_000_000) as u32);
            Fault::Drift { node, rate, offset: chance.between(0, 50) }
        }
        _ => {
            let side = if chance.percent(50) { Side::Send } else { Side::Receive };
            Fault::Omit { node, side, at, until }
        }
    }
}
