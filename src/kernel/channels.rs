//! What a protocol relies on between nodes, and how a run breaks it: links, losses, overtaking, delays.

use super::{
    Breach, Event, EventId, EventKind, Fate, Fault, Loss, Message, NodeId, NodeSet, PerMillion,
    Rule, Scenario, Time, Timing, Trace, assumption::fault_path,
};

/// Two nodes that should be linked and are not: routers of hosts, or hosts one of which has no router.
pub(super) fn unlinked(scenario: &Scenario) -> Option<String> {
    let topology = &scenario.network.topology;
    let (size, routers) = (scenario.nodes.len(), topology.routers());
    let neighbours = topology.neighbours(size);
    let around = |nodes: NodeSet| {
        nodes.into_iter().fold(nodes, |all, node| all.or(neighbours[node.index()]))
    };
    let hosts = NodeSet::first(size).without(routers);
    let gateways = around(hosts).and(routers);
    let first = gateways.lowest();
    let mut network = first.map_or(NodeSet::EMPTY, NodeSet::from);
    for _ in routers {
        network = around(network).and(routers);
    }
    let attached = around(network);
    let linked = |one: NodeId, other| {
        neighbours[one.index()].contains(other)
            || NodeSet::from(one).or(other.into()).is_subset(attached)
    };
    let stray = gateways.without(network).lowest();
    let mut pairs = hosts.into_iter().flat_map(|one| hosts.into_iter().map(move |it| (one, it)));
    let pair = first.zip(stray).or_else(|| pairs.find(|(a, b)| a < b && !linked(*a, *b)));
    pair.map(|(one, other)| format!("nothing links {one} and {other}"))
}

/// Whether both ends of a message's link are correct.
fn between_correct(trace: &Trace) -> impl Fn(&Message) -> bool {
    let fails = |kind: &EventKind| matches!(kind, EventKind::Crash | EventKind::Traitor(_));
    let faulty: NodeSet = trace.events.iter().filter(|e| fails(&e.kind)).map(|e| e.node).collect();
    move |message| !faulty.contains(message.name.from) && !faulty.contains(message.name.to)
}

/// The first loss on a link on which everything is lost from then on.
pub(super) fn unfair(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let certain = |odds: PerMillion| odds >= PerMillion::ONE;
    let for_ever = |loss: Loss| match loss {
        Loss::Unlinked => true,
        Loss::Luck => certain(scenario.network.loss),
        Loss::Corrupt(None) => certain(scenario.network.corrupt),
        _ => loss.fault().is_some_and(|fault| match scenario.faults[fault] {
            Fault::Partition { until, .. }
            | Fault::Cut { until, .. }
            | Fault::Omit { until, .. } => until >= scenario.until,
            _ => false,
        }),
    };
    let between_correct = between_correct(trace);
    let lost = trace.messages.iter().filter_map(|message| match message.fate {
        Fate::Lost(event, loss) if for_ever(loss) && between_correct(message) => {
            Some((event, message))
        }
        _ => None,
    });
    let (event, message) = lost.min_by_key(|(event, _)| *event)?;
    let (culprit, why) = unreliability(scenario, message);
    let why = format!("{why}, as is all that follows on its link");
    Some(Breach { rule, kind: None, why, culprit, event: Some(event) })
}

/// The first loss, damage or second receipt that counts.
pub(super) fn unreliable(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    // What a faulty node sends or is sent may be lost, unless nothing may that finds its receiver up; but
    // nothing may come twice, whoever sent it.
    let between_correct = between_correct(trace);
    let counts = |message: &Message| match rule {
        Rule::NothingIsLost => !matches!(message.fate, Fate::Lost(_, Loss::Crashed)),
        _ => between_correct(message),
    };
    // The first event that shows it, and the message: a loss, a damage or a second receipt.
    let shows = |message: &Message| match (message.fate, message.copies.as_slice()) {
        (Fate::Lost(event, _), _) if counts(message) => Some(event),
        (Fate::Received(event), _) if message.damaged().is_some() && counts(message) => Some(event),
        (_, copies) => copies.iter().find_map(|copy| match copy {
            Fate::Received(event) => Some(*event),
            _ => None,
        }),
    };
    let shown = trace.messages.iter().filter_map(|message| Some((shows(message)?, message)));
    let (event, message) = shown.min_by_key(|(event, _)| *event)?;
    let (culprit, why) = unreliability(scenario, message);
    Some(Breach { rule, kind: None, why, culprit, event: Some(event) })
}

/// What is behind a message that is lost, damaged or there twice; and how that is said.
fn unreliability(scenario: &Scenario, message: &Message) -> (String, String) {
    let name = scenario.message_name(message.name);
    let by_hand = |kind: &str, network: &str| {
        let mut faults = scenario.faults.iter();
        let fault =
            faults.position(|fault| fault.kind() == kind && fault.message() == Some(message.name));
        fault.map_or_else(|| network.to_owned(), |fault| fault_path(Some(fault)))
    };
    match message.fate {
        Fate::Lost(_, loss) => {
            let culprit = match loss {
                Loss::Luck => "network.loss".to_owned(),
                Loss::Corrupt(None) => "network.corrupt".to_owned(),
                Loss::Unlinked => "network.topology".to_owned(),
                _ => fault_path(loss.fault()),
            };
            (culprit, format!("{name} was lost ({})", loss.why()))
        }
        _ if message.damaged().is_some() => {
            (by_hand("corrupt", "network.corrupt"), format!("bits of {name} flipped on the way"))
        }
        _ => (by_hand("duplicate", "network.duplicate"), format!("{name} arrived twice")),
    }
}

/// The first message that overtakes one of its link, and the one that it overtakes.
pub(super) fn overtaking(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let size = scenario.nodes.len();
    // By link: each receipt of a message with a greater number than all before it.
    let mut foremost: Vec<Vec<(u32, EventId)>> = vec![Vec::new(); size * size];
    let overtaken = trace.events.iter().enumerate().filter_map(|(id, event)| {
        let EventKind::Receive(message) = event.kind else { return None };
        let message = &trace.messages[message];
        // A second copy of what has come already overtakes nothing.
        (message.fate == Fate::Received(id)).then_some(())?;
        let name = message.name;
        let foremost = &mut foremost[name.from.index() * size + name.to.index()];
        let before = foremost.partition_point(|(number, _)| *number < name.number);
        let Some((_, overtaker)) = foremost.get(before) else {
            foremost.push((name.number, id));
            return None;
        };
        Some((*overtaker, name))
    });
    let (event, name) = overtaken.min_by_key(|(overtaker, _)| *overtaker)?;
    let delayed = scenario
        .faults
        .iter()
        .position(|fault| matches!(*fault, Fault::Delay { message, .. } if message == name));
    let by_network = || "network.order".to_owned();
    let culprit = delayed.map_or_else(by_network, |fault| fault_path(Some(fault)));
    let why = format!("{} was overtaken", scenario.message_name(name));
    Some(Breach { rule, kind: None, why, culprit, event: Some(event) })
}

/// The first message that is late, or pause.
pub(super) fn late(rule: Rule, scenario: &Scenario, trace: &Trace) -> Option<Breach> {
    let breach = |(event, culprit, why)| Breach { rule, kind: None, why, culprit, event };
    let Timing::Synchronous(bound) = scenario.network.timing else {
        let why = "the network is asynchronous: it promises no bound".to_owned();
        return Some(breach((None, "network.timing".to_owned(), why)));
    };
    let shown = trace.events.iter().enumerate().filter_map(|(id, event)| match event.kind {
        EventKind::Pause => Some((id, id)),
        EventKind::Receive(message) => {
            let due = trace.events[trace.messages[message].sent].time + bound;
            // What is late is missing from the moment on at which it should have been there.
            (event.time > due).then(|| (trace.events.partition_point(|it| it.time < due), id))
        }
        _ => None,
    });
    let (since, event) = shown.min()?;
    let (culprit, why) = lateness(scenario, trace, bound, event);
    Some(breach((Some(since), culprit, why)))
}

/// What is behind a pause or the receipt of a late message; and how that is said.
fn lateness(scenario: &Scenario, trace: &Trace, bound: Time, event: EventId) -> (String, String) {
    let Event { time, node, kind } = &trace.events[event];
    let EventKind::Receive(message) = kind else {
        let fault = scenario.faults.iter().position(
            |fault| matches!(fault, Fault::Pause { node: who, at, .. } if (who, at) == (node, time)),
        );
        return (fault_path(fault), format!("{node} stood still from {time} ms on"));
    };
    let message = &trace.messages[*message];
    let took = time - trace.events[message.sent].time;
    let delayed = scenario.faults.iter().position(
        |fault| matches!(*fault, Fault::Delay { message: hit, .. } if hit == message.name),
    );
    let by_network = || "network.delay".to_owned();
    let culprit = delayed.map_or_else(by_network, |fault| fault_path(Some(fault)));
    let name = scenario.message_name(message.name);
    (culprit, format!("{name} took {took} ms, more than {bound}"))
}
