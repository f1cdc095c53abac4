//! Random scenarios: inside the model of a protocol, or with faults of every kind.

use serde_json::{Map, Value as Json};
use worldlines::kernel::{
    Delay, Detector, Domain, Failures, Fate, Fault, Kind, LinkSpec, Medium, MessageName, NodeId,
    NodeSet, Order, Parameter, ParameterName, ParameterValue, PerMillion, Protocol, Rule, Scenario,
    Side, Strategy, Time, Timing, Topology, Trace, With, run,
};

use super::chance::Chance;

/// Limits of what a random scenario contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Faults that the protocol's model allows. Now and then also faults that break an assumption on which only liveness, or
    /// only safety, relies on.
    Fair,
    /// Everything.
    Foul,
}

/// Horizon in virtual ms: long enough for a protocol to be at rest.
const HORIZON: u64 = 10_000;
/// Horizon of a protocol that is never at rest: long after the scenario's last request and fault.
const PERPETUAL_HORIZON: u64 = 1_200;

/// Percentage of the scenarios inside the model that may break these rules: all if the protocol
/// does not rely on the rules, some if only properties of one kind do, none otherwise.
fn allowance(protocol: &Protocol, scenario: &Scenario, forbids: impl Fn(Rule) -> bool) -> u64 {
    let relying = || {
        let applying = protocol.assumptions().filter(|it| it.applies(&scenario.params));
        applying.filter(|assumption| forbids(assumption.rule))
    };
    let only = |kind| relying().all(|assumption| assumption.kind == Some(kind));
    match relying().count() {
        0 => 100,
        _ if only(Kind::Liveness) => 35,
        _ if only(Kind::Safety) => 15,
        _ => 0,
    }
}

/// True if the protocol relies on this rule with the scenario's parameters, for properties of at least one kind.
fn relies_on(protocol: &Protocol, scenario: &Scenario, rule: impl Fn(Rule) -> bool) -> bool {
    allowance(protocol, scenario, rule) < 100
}

/// True if the protocol sends through routers.
fn is_routed(protocol: &Protocol) -> bool {
    protocol.assumptions().any(|it| it.rule == Rule::NoRouterCrashes)
}

/// Draws a scenario for this protocol: group, parameters, network, requests and faults.
pub(crate) fn random_scenario(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
) -> Scenario {
    // Traitors and routers are added to the others.
    let tolerates_traitors = protocol.assumptions().any(|it| it.rule.is_on_traitors());
    let (least, most) = if is_routed(protocol) || tolerates_traitors { (3, 7) } else { (2, 6) };
    let size = chance.between(least, most) as usize;
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(size));
    scenario.seed = chance.between(0, 1_000_000);
    scenario.until = if protocol.rests(&scenario) { HORIZON } else { PERPETUAL_HORIZON };
    for parameter in protocol.behaviour.parameters {
        if let Some(value) = random_parameter(protocol, parameter, size as u64, chance, weather) {
            scenario.params.insert(parameter.name.to_owned(), value);
        }
    }
    draw_network(protocol, chance, weather, &mut scenario);
    draw_links(protocol, chance, weather, &mut scenario);
    if weather == Weather::Fair && chance.percent(90) {
        cover_timeouts(protocol, chance, &mut scenario);
    }
    draw_requests(protocol, chance, weather, &mut scenario);
    let calm = run(protocol, &scenario).expect("the values are of the requests' shapes");
    match weather {
        Weather::Fair => draw_allowed_faults(protocol, chance, &calm, &mut scenario),
        Weather::Foul => draw_faults(chance, &calm, &mut scenario),
    }
    scenario
}

/// Draws the value of a parameter; none if it keeps its default.
fn random_parameter(
    protocol: &Protocol,
    parameter: &Parameter,
    size: u64,
    chance: &mut Chance,
    weather: Weather,
) -> Option<ParameterValue> {
    let of_this = |name: ParameterName| name.name() == parameter.name;
    let fair = weather == Weather::Fair;
    let wanted = protocol.assumptions().find(|it| match it.rule {
        Rule::ParameterIs(name, _) => of_this(name),
        _ => false,
    });
    // The default is the value in the model: the others are deliberate mistakes.
    if fair && wanted.is_some_and(|it| it.kind.is_none() || !chance.percent(15)) {
        return None;
    }
    Some(match parameter.domain {
        Domain::Flag { .. } => ParameterValue::Flag(chance.percent(50)),
        // Durations are useful only near their defaults.
        Domain::Integer { default, min, max, unit: "ms" | "ppm" } => {
            // A timeout that is off by default is tried with durations near a message's delay.
            let twice = if default == 0 { 100 } else { default.saturating_mul(2) };
            let (least, most) = (min.max(default / 2), max.min(twice));
            let by_default = chance.percent(50);
            let drawn = chance.between(least.min(most).into(), most.into()) as u32;
            ParameterValue::Integer(if by_default { default } else { drawn })
        }
        // Bounds matter most near the size of the group, and near the model's bound on it.
        Domain::Integer { min, max, .. } => {
            let tolerated = protocol.assumptions().find_map(|it| match it.rule {
                Rule::MoreNodesThan(times, name) if of_this(name) => {
                    Some((size - 1) / u64::from(times))
                }
                _ => None,
            });
            let most = u64::from(max).min(u64::from(min) + size);
            ParameterValue::Integer(match tolerated {
                Some(tolerated) if fair && chance.percent(60) => tolerated.min(max.into()) as u32,
                Some(tolerated) if fair => chance.between(min.into(), tolerated.min(most)) as u32,
                _ => chance.between(min.into(), most) as u32,
            })
        }
        Domain::Choice { choices, .. } => {
            ParameterValue::Choice(choices[chance.below(choices.len())].0.to_owned())
        }
    })
}

fn draw_network(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
    scenario: &mut Scenario,
) {
    let size = scenario.nodes.len();
    let fair = weather == Weather::Fair;
    let relies = |scenario: &Scenario, rule| relies_on(protocol, scenario, |it| it == rule);
    let min = chance.between(0, 20);
    scenario.network.delay = Delay { min, max: min + chance.between(0, 40) };
    let fifo = if fair && relies(scenario, Rule::FifoChannels) { 95 } else { 30 };
    if chance.percent(fifo) {
        scenario.network.order = Order::Fifo;
    }
    let synchronous = if relies(scenario, Rule::Synchrony) { 90 } else { 20 };
    if chance.percent(synchronous) {
        let bound = scenario.network.delay.max + chance.between(0, 10);
        scenario.network.timing =
            Timing::Synchronous(if fair { bound } else { chance.between(1, 60) });
    }
    let detects = relies(scenario, Rule::CrashesAreDetected);
    if chance.percent(if fair && detects { 75 } else { 50 }) {
        scenario.network.detector = Detector::Perfect(chance.between(0, 80));
    }
    let lossy = allowance(protocol, scenario, Rule::is_on_losses);
    if chance.percent(if fair { lossy / 2 } else { 20 }) {
        let network = &mut scenario.network;
        network.loss = PerMillion(chance.between(10_000, 300_000) as u32);
        network.duplicate = PerMillion(chance.between(0, 300_000) as u32);
        network.corrupt = PerMillion(chance.between(0, 300_000) as u32);
        // Each alone, too.
        if fair && chance.percent(50) {
            let kept = chance.below(3);
            let all = [&mut network.loss, &mut network.duplicate, &mut network.corrupt];
            let others = all.into_iter().enumerate().filter(|(place, _)| *place != kept);
            others.for_each(|(_, odds)| *odds = PerMillion(0));
        }
    }
    // A missing link loses messages.
    let odds = match (fair, is_routed(protocol)) {
        (true, true) => 80,
        (true, false) => lossy / 5,
        (false, _) => 15,
    };
    if chance.percent(odds) {
        let hosts_at_ends = fair && is_routed(protocol) && chance.percent(80);
        let draw = if hosts_at_ends { routed_topology } else { random_topology };
        scenario.network.topology = draw(size, chance);
    }
    let shared = if fair && relies(scenario, Rule::SharedMedium) { 90 } else { 10 };
    if chance.percent(shared) {
        scenario.network.medium = Medium::Shared;
    }
}

/// Draws links with their own settings: at the bound on delays, faster than the others, slower if delays are unbounded, with
/// a rate, or with a queue.
fn draw_links(protocol: &Protocol, chance: &mut Chance, weather: Weather, scenario: &mut Scenario) {
    let fair = weather == Weather::Fair;
    if !chance.percent(if fair { 40 } else { 15 }) {
        return;
    }
    // On a link with a rate, messages wait for their turn: longer than any bound. A full queue loses them.
    let mut may =
        |forbids: fn(Rule) -> bool| !fair || chance.percent(allowance(protocol, scenario, forbids));
    let may_be_late = may(|it| it == Rule::Synchrony);
    let may_lose = may(Rule::is_on_losses);
    let size = scenario.nodes.len();
    for _ in 0..chance.between(1, 3) {
        let from = NodeId::new(chance.below(size));
        let to = another(from, size, chance);
        if scenario.network.links.iter().any(|it| (it.from, it.to) == (from, to)) {
            continue;
        }
        let slowest = scenario.network.timing.bound().unwrap_or_else(|| chance.between(0, 200));
        let delay = match chance.below(3) {
            0 => Delay { min: 0, max: scenario.network.delay.min.min(slowest) },
            _ => Delay { min: slowest, max: slowest },
        };
        let mut link = LinkSpec::new(from, to, delay);
        if may_be_late && chance.percent(50) {
            link.rate = Some(chance.one_of(&[1, 2, 5, 20, 100]));
            link.queue = (may_lose && chance.percent(50)).then(|| chance.between(0, 3) as u32);
        }
        scenario.network.links.push(link);
    }
}

/// Raises timeouts to the model's minimum, the sum of a period and the delay bound; often exactly to that.
fn cover_timeouts(protocol: &Protocol, chance: &mut Chance, scenario: &mut Scenario) {
    let Some(bound) = scenario.network.timing.bound() else { return };
    for assumption in protocol.assumptions() {
        let Rule::TimeoutCovers(timeout, period) = assumption.rule else { continue };
        let least = integer(scenario, period) + bound;
        if integer(scenario, timeout) < least || chance.percent(30) {
            let raised = ParameterValue::Integer(least as u32);
            if timeout.parameter().admits(&raised) {
                scenario.params.insert(timeout.name().to_owned(), raised);
            }
        }
    }
}

/// Returns the value of a parameter that is a whole number; 0 for any other parameter.
fn integer(scenario: &Scenario, parameter: ParameterName) -> u64 {
    let value = scenario.params.get(parameter.name()).cloned();
    match value.unwrap_or_else(|| parameter.parameter().default()) {
        ParameterValue::Integer(value) => value.into(),
        _ => 0,
    }
}

/// Draws a node other than this one.
fn another(than: NodeId, size: usize, chance: &mut Chance) -> NodeId {
    let other = chance.below(size - 1);
    NodeId::new(if other >= than.index() { other + 1 } else { other })
}

/// Draws a ring, a line, a tree, or a connected graph in which half of the nodes on average are routers.
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

/// Draws one network of routers, with hosts at its ends.
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

fn draw_requests(
    protocol: &Protocol,
    chance: &mut Chance,
    weather: Weather,
    scenario: &mut Scenario,
) {
    let kinds = protocol.behaviour.requests;
    if kinds.is_empty() {
        return;
    }
    // A model may require requests before a moment.
    let before = protocol.assumptions().find_map(|it| match it.rule {
        Rule::RequestsBefore(name) if weather == Weather::Fair => Some(integer(scenario, name)),
        _ => None,
    });
    let latest = before.map_or(100, |before| before.saturating_sub(1).min(100));
    let routers = scenario.network.topology.routers();
    let hosts: Vec<NodeId> =
        NodeSet::first(scenario.nodes.len()).without(routers).into_iter().collect();
    for number in 1..=chance.between(1, 5) {
        let node = hosts[chance.below(hosts.len())];
        ask_something(protocol, chance, scenario, node, number);
        let at = chance.between(0, latest);
        scenario.requests.last_mut().expect("one was added").at = at;
    }
}

/// Adds a random request to a node, at 0 ms, if the protocol has any.
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

/// Draws a value of this shape; texts are numbered, so that they differ.
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
        // Few keys, so that reads find written values.
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

/// Draws faults of any kind.
fn draw_faults(chance: &mut Chance, calm: &Trace, scenario: &mut Scenario) {
    let size = scenario.nodes.len();
    for _ in 0..chance.between(0, 3) {
        let mut fault = random_fault(size, chance);
        strike_in_the_middle(&mut fault, calm, chance);
        scenario.faults.push(fault);
    }
    if chance.percent(30) {
        omit_and_crash(calm, chance, scenario);
    }
    if chance.percent(30) {
        // A random recovery hardly ever finds a node that is down.
        let asked = scenario.requests.first().map(|request| request.node);
        let (node, at) = (asked.unwrap_or(NodeId::new(0)), chance.between(0, 100));
        scenario.faults.push(Fault::Crash { node, at, after_sends: None });
        scenario.faults.push(Fault::Recover { node, at: at + chance.between(0, 50) });
    }
}

/// Draws faults that the protocol's model allows.
fn draw_allowed_faults(
    protocol: &Protocol,
    chance: &mut Chance,
    calm: &Trace,
    scenario: &mut Scenario,
) {
    draw_traitors(protocol, chance, calm, scenario);
    let allowed = FaultKind::allowed(protocol, scenario, chance);
    for _ in 0..if allowed.is_empty() { 0 } else { chance.between(0, 3) } {
        let kind = chance.one_of(&allowed);
        if kind == FaultKind::Recover {
            crash_and_recover(calm, chance, scenario);
            continue;
        }
        let mut fault = random_fault_of(kind, scenario.nodes.len(), chance);
        strike_in_the_middle(&mut fault, calm, chance);
        if chance.percent(70) {
            strike_a_message(&mut fault, calm, chance);
        }
        if stay_within_bounds(&mut fault, protocol, scenario, calm, chance) {
            scenario.faults.push(fault);
        }
    }
    let crashes = allowed.contains(&FaultKind::Crash);
    let never_loses = relies_on(protocol, scenario, |it| it == Rule::NoLoss);
    if crashes && !never_loses && chance.percent(30) {
        // Channels are reliable between correct nodes: messages that a node sends just before its crash may be lost.
        omit_and_crash(calm, chance, scenario);
    }
    if protocol.failures == Failures::CrashRecovery && allowed.contains(&FaultKind::Recover) {
        for _ in 0..chance.one_of(&[0, 1, 1, 2]) {
            crash_and_recover(calm, chance, scenario);
        }
    }
}

/// Draws traitors up to the number that the model tolerates, often exactly that number, and lies for some of them.
fn draw_traitors(protocol: &Protocol, chance: &mut Chance, calm: &Trace, scenario: &mut Scenario) {
    let size = scenario.nodes.len();
    let tolerated = protocol.assumptions().find_map(|it| match it.rule {
        Rule::AtMostTraitors(parameter) => Some(integer(scenario, parameter) as usize),
        Rule::TraitorsBelowThird => Some((size - 1) / 3),
        _ => None,
    });
    let Some(most) = tolerated.map(|most| most.min(size - 1)).filter(|most| *most > 0) else {
        return;
    };
    let count = if chance.percent(50) { most } else { chance.below(most + 1) };
    let mut traitors = NodeSet::EMPTY;
    while traitors.len() < count {
        let node = NodeId::new(chance.below(size));
        if !traitors.insert(node) {
            continue;
        }
        let strategy = chance.one_of(&Strategy::ALL);
        scenario.faults.push(Fault::Traitor { node, strategy });
        let own = calm.messages.iter().map(|it| it.name).filter(|it| it.from == node);
        let own: Vec<MessageName> = own.collect();
        if !own.is_empty() && chance.percent(50) {
            let message = chance.one_of(&own);
            scenario.faults.push(Fault::Forge { message, with: "a lie".into() });
        }
    }
}

/// Draws a node and the time of one of its steps in the run without faults.
fn moment(calm: &Trace, chance: &mut Chance) -> Option<(NodeId, Time)> {
    let most = calm.events.len();
    (most > 0).then(|| {
        let event = &calm.events[chance.below(most)];
        (event.node, event.time)
    })
}

/// Moves a crash that cuts a step to an existing step.
fn strike_in_the_middle(fault: &mut Fault, calm: &Trace, chance: &mut Chance) {
    if let Fault::Crash { node, at, after_sends: Some(_) } | Fault::CrashWriting { node, at, .. } =
        fault
        && let Some(moment) = moment(calm, chance)
    {
        (*node, *at) = moment;
    }
}

/// Moves a fault of a message to an existing message.
fn strike_a_message(fault: &mut Fault, calm: &Trace, chance: &mut Chance) {
    if let Fault::Drop { message }
    | Fault::Delay { message, .. }
    | Fault::Duplicate { message, .. }
    | Fault::Corrupt { message, .. } = fault
        && !calm.messages.is_empty()
    {
        *message = calm.messages[chance.below(calm.messages.len().min(40))].name;
    }
}

/// Adds an omission that ends with the crash of its node.
fn omit_and_crash(calm: &Trace, chance: &mut Chance, scenario: &mut Scenario) {
    let Some((node, at)) = moment(calm, chance) else { return };
    let until = at + chance.between(1, 30);
    scenario.faults.push(Fault::Omit { node, side: Side::Send, at, until });
    scenario.faults.push(Fault::Crash { node, at: until, after_sends: None });
}

/// Adds a crash that a recovery follows, in the middle of a step or just after it.
fn crash_and_recover(calm: &Trace, chance: &mut Chance, scenario: &mut Scenario) {
    let Some((node, at)) = moment(calm, chance) else { return };
    let after_sends = chance.percent(50).then(|| chance.below(scenario.nodes.len()) as u32);
    scenario.faults.push(Fault::Crash { node, at, after_sends });
    scenario.faults.push(Fault::Recover { node, at: at + chance.between(1, 250) });
}

/// Weakens a fault to the model's limit: a delay within the bound, a drift within the limit, a clock
/// that is only set wrongly. False if no effect is left.
fn stay_within_bounds(
    fault: &mut Fault,
    protocol: &Protocol,
    scenario: &Scenario,
    calm: &Trace,
    chance: &mut Chance,
) -> bool {
    let mut allows = |rule: Rule| chance.percent(allowance(protocol, scenario, |it| it == rule));
    match fault {
        Fault::Delay { message, by } if !allows(Rule::Synchrony) => {
            let Some(bound) = scenario.network.timing.bound() else { return false };
            *by = (*by).min(bound.saturating_sub(travel_time(scenario, calm, *message)));
            *by > 0
        }
        Fault::Drift { rate, offset, .. } => {
            let one = PerMillion::ONE.0;
            if !allows(Rule::NoDrift) {
                *rate = PerMillion::ONE;
            }
            if !allows(Rule::ClocksStartCorrect) {
                *offset = 0;
            }
            if let Some(limit) = drift_limit(protocol, scenario) {
                *rate = PerMillion(rate.0.clamp(one - limit, one + limit));
            }
            rate.0 != one || *offset > 0
        }
        _ => true,
    }
}

/// Returns the delay of a message in the run without faults, in virtual ms; the longest delay if it is not received there.
fn travel_time(scenario: &Scenario, calm: &Trace, name: MessageName) -> Time {
    let message = calm.messages.iter().find(|it| it.name == name);
    let travelled = message.and_then(|it| match it.fate {
        Fate::Received(event) => Some(calm.events[event].time - calm.events[it.sent].time),
        _ => None,
    });
    travelled.unwrap_or(scenario.network.delay.max)
}

/// Returns the largest drift of clocks in the model, in millionths, if it limits drift.
fn drift_limit(protocol: &Protocol, scenario: &Scenario) -> Option<u32> {
    let applying = protocol.assumptions().filter(|it| it.applies(&scenario.params));
    let mut limits = applying.filter_map(|it| match it.rule {
        Rule::DriftAtMost(parameter) => Some(integer(scenario, parameter) as u32),
        _ => None,
    });
    limits.next()
}

/// Kinds of faults.
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

    /// Returns the kinds that the protocol's model allows in this scenario. Traitors are drawn separately.
    fn allowed(protocol: &Protocol, scenario: &Scenario, chance: &mut Chance) -> Vec<Self> {
        let mut percent =
            |forbids: fn(Rule) -> bool| chance.percent(allowance(protocol, scenario, forbids));
        let crashes = percent(|it| it == Rule::NoCrashes);
        let recoveries = percent(|it| it == Rule::NoRecoveries);
        let lossy = percent(Rule::is_on_losses);
        let late = percent(|it| it == Rule::Synchrony);
        let is_allowed = |kind: &Self| match kind {
            Self::Crash | Self::CrashMidSend => crashes,
            Self::Pause => late,
            // Weakened if the model bounds them.
            Self::Delay | Self::Drift => true,
            Self::Drop
            | Self::Duplicate
            | Self::Partition
            | Self::Cut
            | Self::Corrupt
            | Self::Omit => lossy,
            Self::Recover => crashes && recoveries,
            Self::Forge | Self::Traitor => false,
        };
        Self::ALL.into_iter().filter(is_allowed).collect()
    }
}

/// Draws a fault of any kind for a group of this size.
pub(crate) fn random_fault(size: usize, chance: &mut Chance) -> Fault {
    let kind = FaultKind::ALL[chance.below(FaultKind::ALL.len())];
    random_fault_of(kind, size, chance)
}

/// Draws a fault of this kind for a group of this size, early in the run: about the first messages of a link, in the
/// first tenths of a second.
fn random_fault_of(kind: FaultKind, size: usize, chance: &mut Chance) -> Fault {
    let node = NodeId::new(chance.below(size));
    let at = chance.between(0, 150);
    let until = at + chance.between(1, 80);
    let other = another(node, size, chance);
    let message = MessageName { from: node, to: other, number: chance.between(1, 3) as u32 };
    match kind {
        FaultKind::Crash => Fault::Crash { node, at, after_sends: None },
        FaultKind::CrashMidSend => {
            // Sometimes in the middle of its writes instead.
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
