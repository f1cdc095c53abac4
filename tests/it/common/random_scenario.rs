//! Scenarios by chance: inside what a protocol's model allows, or with faults of every kind.

use serde_json::{Map, Value as Json};
use worldlines::kernel::{
    Delay, Detector, Domain, Failures, Fault, Kind, Medium, MessageName, NodeId, NodeSet, Order,
    ParameterValue, PerMillion, Protocol, Rule, Scenario, Side, Strategy, Timing, Topology, With,
    run,
};

use super::chance::Chance;

/// How much may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// What the protocol's model allows; now and then a little more.
    Fair,
    /// Anything.
    Foul,
}

/// How long a run goes on, in virtual ms: long enough to come to rest, for those that ever do.
const HORIZON: u64 = 10_000;
/// How long it goes on for those that never do: long after everything that the scenario does.
const PERPETUAL_HORIZON: u64 = 1_200;

/// How much of something that this rule forbids a scenario in fair weather may have, in percent of the scenarios:
/// all if the protocol does not rely on it, some if only its liveness does.
fn allowance(protocol: &Protocol, forbids: impl Fn(Rule) -> bool) -> u64 {
    let relying = || protocol.model.iter().filter(|assumption| forbids(assumption.rule));
    if relying().next().is_none() {
        return 100;
    }
    if relying().all(|assumption| assumption.kind == Some(Kind::Liveness)) { 35 } else { 0 }
}

/// Whether the protocol relies on it, for one kind of promises at least.
fn relies_on(protocol: &Protocol, rule: impl Fn(Rule) -> bool) -> bool {
    protocol.model.iter().any(|assumption| rule(assumption.rule))
}

/// A random scenario for this protocol: random group, parameters, network, requests and faults.
pub(crate) fn random_scenario(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
) -> Scenario {
    // Traitors and routers are there beside those who count.
    let routed = relies_on(protocol, |it| it == Rule::RoutersStayUp);
    let (least, most) = match routed || relies_on(protocol, Rule::is_on_traitors) {
        true => (3, 7),
        false => (2, 6),
    };
    let size = chance.between(least, most) as usize;
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(size));
    scenario.seed = chance.between(0, 1_000_000);
    scenario.until = if protocol.perpetual.is_some() { PERPETUAL_HORIZON } else { HORIZON };
    draw_parameters(protocol, chance, weather, &mut scenario);
    draw_network(protocol, chance, weather, &mut scenario);
    draw_requests(protocol, chance, &mut scenario);
    draw_faults(protocol, chance, weather, &mut scenario);
    scenario
}

fn draw_parameters(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
    scenario: &mut Scenario,
) {
    let size = scenario.nodes.len() as u64;
    for parameter in protocol.behaviour.parameters {
        let wanted = protocol.model.iter().find_map(|assumption| match assumption.rule {
            Rule::ParameterIs(name, value) if name.name() == parameter.name => Some(value),
            _ => None,
        });
        if weather == Weather::Fair && wanted.is_some() {
            // The default is what the model asks for: with another value the protocol is taught to fail.
            continue;
        }
        let value = match parameter.domain {
            Domain::Flag { .. } => ParameterValue::Flag(chance.percent(50)),
            // Spans of time have a meaning only near their defaults.
            Domain::Integer { default, min, max, unit: "ms" | "ppm" } => {
                // What is off by default is tried with spans that a message may take.
                let twice = if default == 0 { 100 } else { default.saturating_mul(2) };
                let (least, most) = (min.max(default / 2), max.min(twice));
                let by_default = weather == Weather::Fair || chance.percent(50);
                let drawn = chance.between(least.min(most).into(), most.into()) as u32;
                ParameterValue::Integer(if by_default { default } else { drawn })
            }
            // Bounds matter most near the size of the group, and near what the model asks of that.
            Domain::Integer { min, max, .. } => {
                let stood = protocol.model.iter().find_map(|assumption| match assumption.rule {
                    Rule::MoreNodesThan(times, name) if name.name() == parameter.name => {
                        Some((size - 1) / u64::from(times))
                    }
                    _ => None,
                });
                let most = u64::from(max).min(u64::from(min) + size);
                if let Some(stood) = stood
                    && weather == Weather::Fair
                {
                    let stood = ParameterValue::Integer(stood.min(max.into()) as u32);
                    scenario.params.insert(parameter.name.to_owned(), stood);
                    continue;
                }
                ParameterValue::Integer(chance.between(min.into(), most) as u32)
            }
            Domain::Choice { choices, .. } => {
                ParameterValue::Choice(choices[chance.below(choices.len())].0.to_owned())
            }
        };
        scenario.params.insert(parameter.name.to_owned(), value);
    }
}

fn draw_network(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
    scenario: &mut Scenario,
) {
    let size = scenario.nodes.len();
    let network = &mut scenario.network;
    let min = chance.between(0, 20);
    network.delay = Delay { min, max: min + chance.between(0, 40) };
    let fair = weather == Weather::Fair;
    let fifo = if fair && relies_on(protocol, |it| it == Rule::FifoChannels) { 95 } else { 30 };
    if chance.percent(fifo) {
        network.order = Order::Fifo;
    }
    let synchronous = if relies_on(protocol, |it| it == Rule::Synchrony) { 90 } else { 20 };
    if chance.percent(synchronous) {
        let bound = network.delay.max + chance.between(0, 10);
        network.timing = Timing::Synchronous(if fair { bound } else { chance.between(1, 60) });
    }
    let detects = relies_on(protocol, |it| it == Rule::CrashesAreDetected);
    if chance.percent(if fair && detects { 75 } else { 50 }) {
        network.detector = Detector::Perfect(chance.between(0, 80));
    }
    let lossy = allowance(protocol, Rule::is_on_losses) / 2;
    if chance.percent(if fair { lossy } else { 20 }) {
        network.loss = PerMillion(chance.between(10_000, 300_000) as u32);
        network.duplicate = PerMillion(chance.between(0, 300_000) as u32);
        network.corrupt = PerMillion(chance.between(0, 300_000) as u32);
    }
    let routed = relies_on(protocol, |it| it == Rule::RoutersStayUp);
    let odds = match (fair, routed) {
        (true, true) => 80,
        (true, false) => 0,
        (false, _) => 15,
    };
    if chance.percent(odds) {
        let hosts_at_ends = fair && chance.percent(80);
        let draw = if hosts_at_ends { routed_topology } else { random_topology };
        network.topology = draw(size, chance);
    }
    if chance.percent(10) {
        network.medium = Medium::Shared;
    }
}

/// A ring, a line, a tree, or a connected graph of which every other node on average is a router.
fn random_topology(size: usize, chance: &mut Chance) -> Topology {
    match chance.below(6) {
        0 => Topology::Ring,
        1 => Topology::Line,
        2 => Topology::Tree,
        _ => {
            let mut links: Vec<[NodeId; 2]> = (1..size)
                .map(|node| [NodeId::new(chance.below(node)), NodeId::new(node)])
                .collect();
            for _ in 0..chance.below(size) {
                let mut pair = [chance.below(size), chance.below(size)].map(NodeId::new);
                pair.sort();
                if pair[0] != pair[1] && !links.contains(&pair) {
                    links.push(pair);
                }
            }
            let routers = (1..size).filter(|_| chance.percent(50)).map(NodeId::new).collect();
            Topology::Links { links, routers }
        }
    }
}

/// One network of routers, with hosts at its ends.
fn routed_topology(size: usize, chance: &mut Chance) -> Topology {
    let routers = chance.between(1, size as u64 - 1) as usize;
    let mut links: Vec<[NodeId; 2]> = (1..size)
        .map(|node| [NodeId::new(chance.below(node.min(routers))), NodeId::new(node)])
        .collect();
    for _ in 0..chance.below(size) {
        // A chord between routers, or a second router for a host.
        let mut pair = [chance.below(routers), chance.below(size)].map(NodeId::new);
        pair.sort();
        if pair[0] != pair[1] && !links.contains(&pair) {
            links.push(pair);
        }
    }
    Topology::Links { links, routers: NodeSet::first(routers) }
}

fn draw_requests(protocol: &Protocol, chance: &mut Chance, scenario: &mut Scenario) {
    let kinds = protocol.behaviour.requests;
    if kinds.is_empty() {
        return;
    }
    let routers = scenario.network.topology.routers();
    let hosts: Vec<NodeId> =
        NodeSet::first(scenario.nodes.len()).without(routers).into_iter().collect();
    for number in 1..=chance.between(1, 5) {
        let node = hosts[chance.below(hosts.len())];
        ask_something(protocol, chance, scenario, node, number);
        let at = chance.between(0, 100);
        scenario.requests.last_mut().expect("one was added").at = at;
    }
}

/// Adds a random request to a node, at 0 ms, if the protocol knows any.
pub(crate) fn ask_something(
    protocol: &Protocol,
    chance: &mut Chance,
    scenario: &mut Scenario,
    node: NodeId,
    number: u64,
) {
    let kinds = protocol.behaviour.requests;
    if kinds.is_empty() {
        return;
    }
    let kind = &kinds[chance.below(kinds.len())];
    let with = random_value(kind.with, &scenario.nodes, chance, number);
    scenario.ask(0, node, kind.name, with);
}

/// Random requests at these nodes at these moments, in this order.
pub(crate) fn ask_all(
    protocol: &Protocol,
    chance: &mut Chance,
    scenario: &mut Scenario,
    asked: &[(u64, usize)],
) {
    for (number, &(at, place)) in asked.iter().enumerate() {
        ask_something(protocol, chance, scenario, NodeId::new(place), number as u64);
        if let Some(last) = scenario.requests.last_mut() {
            last.at = at;
        }
    }
}

/// A value of this shape; texts are numbered, so that they differ.
pub(crate) fn random_value(
    with: With,
    nodes: &[String],
    chance: &mut Chance,
    number: u64,
) -> Option<Json> {
    Some(match with {
        With::Nothing => return None,
        With::Number { optional: true, .. } | With::Choice { optional: true, .. }
            if chance.percent(30) =>
        {
            return None;
        }
        // Few keys, so that what is written is also read.
        With::Text { label: "key" } => ["x", "y"][chance.below(2)].into(),
        With::Text { .. } => format!("m{number}").into(),
        With::Number { .. } => chance.between(1, 40).into(),
        With::Node { .. } => nodes[chance.below(nodes.len())].clone().into(),
        With::Choice { words, .. } => words[chance.below(words.len())].into(),
        With::Record(fields) => {
            let value = |field: &With, chance: &mut Chance| {
                random_value(*field, nodes, chance, number).unwrap_or_default()
            };
            let fields: Map<String, Json> = fields
                .iter()
                .map(|field| (field.label().to_owned(), value(field, chance)))
                .collect();
            fields.into()
        }
        With::Either(shapes) => {
            return random_value(shapes[chance.below(shapes.len())], nodes, chance, number);
        }
    })
}

fn draw_faults(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
    scenario: &mut Scenario,
) {
    let size = scenario.nodes.len();
    let calm = run(protocol, scenario).expect("the values are of the requests' shapes");
    let may_crash = weather == Weather::Foul
        || chance.percent(allowance(protocol, |it| it == Rule::NobodyCrashes));
    let allowed: Vec<FaultKind> = match weather {
        Weather::Foul => FaultKind::ALL.to_vec(),
        Weather::Fair => FaultKind::allowed(protocol, chance),
    };
    for _ in 0..if allowed.is_empty() { 0 } else { chance.between(0, 3) } {
        let mut fault = random_fault_of(allowed[chance.below(allowed.len())], size, chance);
        if let Fault::Crash { node, at, after_sends: Some(_) }
        | Fault::CrashWriting { node, at, .. } = &mut fault
            && !calm.events.is_empty()
        {
            // In the middle of something that it does, not of nothing.
            let moment = &calm.events[chance.below(calm.events.len())];
            (*node, *at) = (moment.node, moment.time);
        }
        if let (Weather::Fair, Fault::Drift { rate, .. }, Some(limit)) =
            (weather, &mut fault, drift_limit(protocol))
            && let Some(ParameterValue::Integer(limit)) = scenario.params.get(limit)
        {
            let one = PerMillion::ONE.0;
            *rate = PerMillion(rate.0.clamp(one - limit, one + limit));
        }
        scenario.faults.push(fault);
    }
    let loses = weather == Weather::Foul || !relies_on(protocol, |it| it == Rule::NothingIsLost);
    if may_crash && loses && !calm.events.is_empty() && chance.percent(30) {
        // Channels are reliable between the correct: what a node sends just before it crashes may be lost.
        let moment = &calm.events[chance.below(calm.events.len())];
        let (node, at) = (moment.node, moment.time);
        let until = at + chance.between(1, 30);
        scenario.faults.push(Fault::Omit { node, side: Side::Send, at, until });
        scenario.faults.push(Fault::Crash { node, at: until, after_sends: None });
    }
    let recovers = protocol.failures == Failures::CrashRecovery && may_crash;
    if weather == Weather::Fair && recovers && !calm.events.is_empty() {
        // Crashes that recoveries follow, in the middle of something or just after it, perhaps twice.
        for _ in 0..[0, 1, 1, 2][chance.below(4)] {
            let moment = &calm.events[chance.below(calm.events.len())];
            let after_sends = chance.percent(50).then(|| chance.below(size) as u32);
            let (node, at) = (moment.node, moment.time);
            scenario.faults.push(Fault::Crash { node, at, after_sends });
            scenario.faults.push(Fault::Recover { node, at: at + chance.between(1, 250) });
        }
    }
    if weather == Weather::Foul && chance.percent(30) {
        // A recovery by itself hardly ever meets a node that is down.
        let asked = scenario.requests.first().map(|request| request.node);
        let (node, at) = (asked.unwrap_or(NodeId::new(0)), chance.between(0, 100));
        scenario.faults.push(Fault::Crash { node, at, after_sends: None });
        scenario.faults.push(Fault::Recover { node, at: at + chance.between(0, 50) });
    }
}

/// The parameter that says how much clocks may drift, if there is one.
fn drift_limit(protocol: &Protocol) -> Option<&'static str> {
    protocol.model.iter().find_map(|assumption| match assumption.rule {
        Rule::DriftAtMost(parameter) => Some(parameter.name()),
        _ => None,
    })
}

/// What can go wrong, by what it forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    Crash,
    CrashMidSend,
    Pause,
    Delay,
    Drop,
    Duplicate,
    Recover,
    Partition,
    Cut,
    Corrupt,
    Forge,
    Traitor,
    Drift,
    Omit,
}

impl FaultKind {
    const ALL: [Self; 14] = [
        Self::Crash,
        Self::CrashMidSend,
        Self::Pause,
        Self::Delay,
        Self::Drop,
        Self::Duplicate,
        Self::Recover,
        Self::Partition,
        Self::Cut,
        Self::Corrupt,
        Self::Forge,
        Self::Traitor,
        Self::Drift,
        Self::Omit,
    ];

    /// Those that the protocol's model allows.
    fn allowed(protocol: &Protocol, chance: &mut Chance) -> Vec<Self> {
        let mut percent = |forbids: fn(Rule) -> bool| {
            let allowance = allowance(protocol, forbids);
            chance.percent(allowance.max(1)) && allowance > 0
        };
        let crashes = percent(|it| it == Rule::NobodyCrashes);
        let recoveries = percent(|it| it == Rule::NobodyRecovers);
        let lossy = percent(Rule::is_on_losses);
        let late = percent(|it| it == Rule::Synchrony);
        // Where clocks may drift so much and no more, the fault is tamed when it is drawn.
        let wrong_clocks =
            drift_limit(protocol).is_some() || percent(|it| it == Rule::ClocksRunTrue);
        let traitors = relies_on(protocol, |it| it != Rule::NobodyLies && it.is_on_traitors());
        let is_allowed = |kind: &Self| match kind {
            Self::Crash | Self::CrashMidSend => crashes,
            Self::Pause | Self::Delay => late,
            Self::Drop
            | Self::Duplicate
            | Self::Partition
            | Self::Cut
            | Self::Corrupt
            | Self::Omit => lossy,
            Self::Recover => crashes && recoveries,
            Self::Forge | Self::Traitor => traitors,
            Self::Drift => wrong_clocks,
        };
        Self::ALL.into_iter().filter(is_allowed).collect()
    }
}

/// A random fault of any kind for a group of so many nodes.
pub(crate) fn random_fault(size: usize, chance: &mut Chance) -> Fault {
    let kind = FaultKind::ALL[chance.below(FaultKind::ALL.len())];
    random_fault_of(kind, size, chance)
}

/// A random fault for a group of so many nodes, with everybody's first messages and the first tenths of a
/// second in reach.
fn random_fault_of(kind: FaultKind, size: usize, chance: &mut Chance) -> Fault {
    let node = NodeId::new(chance.below(size));
    let at = chance.between(0, 150);
    let until = at + chance.between(1, 80);
    let mut other = NodeId::new(chance.below(size - 1));
    if other >= node {
        other = NodeId::new(other.index() + 1);
    }
    let message = MessageName { from: node, to: other, number: chance.between(1, 3) as u32 };
    match kind {
        FaultKind::Crash => Fault::Crash { node, at, after_sends: None },
        FaultKind::CrashMidSend => {
            // Now and then in the middle of what it writes instead.
            if chance.percent(25) {
                return Fault::CrashWriting { node, at, after_writes: chance.below(3) as u32 };
            }
            let after_sends = Some(chance.below(size) as u32);
            Fault::Crash { node, at, after_sends }
        }
        FaultKind::Pause => Fault::Pause { node, at, until },
        FaultKind::Delay => Fault::Delay { message, by: chance.between(1, 100) },
        FaultKind::Drop => Fault::Drop { message },
        FaultKind::Duplicate => Fault::Duplicate { message, after: chance.between(0, 50) },
        FaultKind::Recover => Fault::Recover { node, at },
        FaultKind::Partition => {
            let side: NodeSet = (0..size).filter(|_| chance.percent(50)).map(NodeId::new).collect();
            let groups = vec![side, NodeSet::first(size).without(side)];
            Fault::Partition { groups, at, until }
        }
        FaultKind::Cut => Fault::Cut { from: node, to: other, at, until },
        FaultKind::Corrupt => Fault::Corrupt { message, bits: vec![chance.between(0, 99) as u32] },
        FaultKind::Forge => Fault::Forge { message, with: "a lie".into() },
        FaultKind::Traitor => {
            Fault::Traitor { node, strategy: Strategy::ALL[chance.below(Strategy::ALL.len())] }
        }
        FaultKind::Drift => {
            let rate = PerMillion(chance.between(500_000, 2_000_000) as u32);
            Fault::Drift { node, rate, offset: chance.between(0, 50) }
        }
        FaultKind::Omit => {
            let side = if chance.percent(50) { Side::Send } else { Side::Receive };
            Fault::Omit { node, side, at, until }
        }
    }
}
