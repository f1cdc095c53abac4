//! Smaller and plainer variants of a scenario: the candidates of minimisation.

use serde_json::Value as Json;

use crate::kernel::{
    Caption, EventKind, Fault, LinkSpec, NodeId, NodeSet, Scenario, Time, Topology, Trace,
};

/// Returns the scenario without a node and everything that refers to it; none where something depends on the node.
pub(super) fn without_node(scenario: &Scenario, gone: usize) -> Option<Scenario> {
    let renamed = |node: NodeId| {
        (node.index() != gone).then(|| NodeId::new(node.index() - usize::from(node.index() > gone)))
    };
    let set = |nodes: NodeSet| nodes.into_iter().filter_map(renamed).collect::<NodeSet>();
    let mut next = scenario.clone();
    let name = next.nodes.remove(gone);
    next.requests = scenario
        .requests
        .iter()
        .filter(|request| !request.with.as_ref().is_some_and(|with| mentions(with, &name)))
        .filter_map(|request| {
            let node = renamed(request.node)?;
            Some(crate::kernel::RequestSpec { node, ..request.clone() })
        })
        .collect();
    let faults = scenario.faults.iter().cloned();
    next.faults = faults.filter_map(|fault| fault.with_nodes(renamed, set)).collect();
    next.captions = scenario
        .captions
        .iter()
        .filter_map(|it| Some(Caption { node: renamed(it.node)?, ..it.clone() }))
        .collect();
    next.network.links = scenario
        .network
        .links
        .iter()
        .filter_map(|it| Some(LinkSpec { from: renamed(it.from)?, to: renamed(it.to)?, ..*it }))
        .collect();
    if let Topology::Links { links, routers } = &scenario.network.topology {
        let links = links.iter().filter_map(|[a, b]| Some([renamed(*a)?, renamed(*b)?]));
        next.network.topology = Topology::Links { links: links.collect(), routers: set(*routers) };
    }
    Some(next)
}

/// True if a request's value names a node.
fn mentions(with: &Json, name: &str) -> bool {
    match with {
        Json::String(text) => text == name,
        Json::Array(values) => values.iter().any(|value| mentions(value, name)),
        Json::Object(fields) => fields.values().any(|value| mentions(value, name)),
        _ => false,
    }
}

/// Returns the scenario with its nodes renumbered, where their names are only numbers: P1, P3 become P1, P2.
pub(super) fn renumbered(scenario: &Scenario) -> Option<Scenario> {
    let is_number = |name: &String| {
        name.strip_prefix('P').is_some_and(|number| number.parse::<usize>().is_ok())
    };
    let names = Scenario::numbered(scenario.nodes.len());
    if scenario.nodes == names || !scenario.nodes.iter().all(is_number) {
        return None;
    }
    let mut next = scenario.clone();
    for request in &mut next.requests {
        if let Some(with) = &mut request.with {
            rename(with, &scenario.nodes, &names);
        }
    }
    next.nodes = names;
    Some(next)
}

fn rename(value: &mut Json, before: &[String], after: &[String]) {
    match value {
        Json::String(text) => {
            if let Some(place) = before.iter().position(|name| name == text) {
                text.clone_from(&after[place]);
            }
        }
        Json::Array(values) => values.iter_mut().for_each(|value| rename(value, before, after)),
        Json::Object(fields) => {
            fields.values_mut().for_each(|value| rename(value, before, after));
        }
        _ => {}
    }
}

/// Moves everything that has a time earlier.
pub(super) fn shift(scenario: &mut Scenario, by: Time) {
    let earlier = |time: &mut Time| *time = time.saturating_sub(by);
    scenario.requests.iter_mut().for_each(|request| earlier(&mut request.at));
    scenario
        .faults
        .iter_mut()
        .for_each(|fault| fault.times_mut().into_iter().flatten().for_each(earlier));
    earlier(&mut scenario.until);
}

/// Returns the times and durations of a fault.
pub(super) fn numbers(fault: &mut Fault) -> Vec<&mut Time> {
    match fault {
        Fault::Delay { by: span, .. } | Fault::Duplicate { after: span, .. } => vec![span],
        Fault::Drift { offset, .. } => vec![offset],
        other => other.times_mut().into_iter().flatten().collect(),
    }
}

/// True if a fault is valid in a scenario: it ends after it begins, and no side of a partition is empty.
pub(super) fn is_sound(fault: &Fault) -> bool {
    let lasts = !matches!(fault.times(), [Some(at), Some(until)] if until <= at);
    lasts && !matches!(fault, Fault::Partition { groups, .. } if groups.is_empty())
}

/// Returns rounder numbers near this one, the roundest first; of equally round ones the nearest first.
pub(super) fn rounder(value: Time) -> Vec<Time> {
    let mut found: Vec<Time> = Vec::new();
    for step in [1000, 500, 100, 50, 20, 10, 5] {
        if value.is_multiple_of(step) {
            break;
        }
        let (below, above) = (value / step * step, value.next_multiple_of(step));
        // A number too far away makes another scenario.
        let near = |other: Time| other.abs_diff(value) <= value / 2 + 10;
        let (first, second) =
            if value - below <= above - value { (below, above) } else { (above, below) };
        for other in [first, second] {
            if near(other) && !found.contains(&other) {
                found.push(other);
            }
        }
    }
    found
}

/// Number of messages that a node sends at a time.
pub(super) fn sends_at(trace: &Trace, node: NodeId, at: Time) -> u32 {
    let from = trace.events.partition_point(|event| event.time < at);
    let now = trace.events[from..].iter().take_while(|event| event.time == at);
    let sends = now.filter(|it| it.node == node && matches!(it.kind, EventKind::Send(_)));
    sends.count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::MessageName;

    #[test]
    fn candidate_times_are_rounded_to_round_numbers() {
        assert_eq!(rounder(137), [100, 200, 150, 140, 120, 130, 135]);
        assert_eq!(rounder(100), [0; 0]);
        assert_eq!(rounder(3), [0, 10, 5]);
    }

    #[test]
    fn candidate_without_a_node_drops_all_references_to_it() {
        let mut scenario = Scenario::new("p", Scenario::numbered(4));
        let node = NodeId::new;
        scenario.ask(10, node(3), "send", Some(serde_json::json!({"to": "P2", "payload": "m"})));
        scenario.ask(20, node(3), "send", Some(serde_json::json!({"to": "P1", "payload": "m"})));
        let name = |from, to| MessageName { from: node(from), to: node(to), number: 1 };
        scenario.faults = vec![
            Fault::Drop { message: name(3, 1) },
            Fault::Drop { message: name(3, 2) },
            Fault::Partition {
                groups: vec![[node(0), node(1)].into_iter().collect(), node(1).into()],
                at: 0,
                until: 1,
            },
        ];
        let next = without_node(&scenario, 1).expect("nothing needs it");
        assert_eq!(next.nodes, ["P1", "P3", "P4"]);
        assert_eq!(next.requests.len(), 1, "nothing is sent to who is not there");
        assert_eq!(next.requests[0].node, node(2));
        let partition = Fault::Partition { groups: vec![node(0).into()], at: 0, until: 1 };
        assert_eq!(next.faults, [Fault::Drop { message: name(2, 1) }, partition]);
        let renumbered = renumbered(&next).expect("they have nothing but numbers");
        assert_eq!(renumbered.nodes, ["P1", "P2", "P3"]);
    }
}
