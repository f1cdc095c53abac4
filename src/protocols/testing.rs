//! Parts that the protocols' own tests share: scenarios on a network where everything takes 10 ms.

use crate::kernel::{
    Delay, EventKind, Fault, LinkSpec, MessageName, NodeId, Protocol, RequestSpec, Scenario, Time,
    run, spell,
};

/// A scenario of `size` nodes, P1 to Pn.
pub(super) fn group(protocol: &Protocol, size: usize) -> Scenario {
    let mut scenario = Scenario::new(protocol.id, Scenario::numbered(size));
    scenario.network.delay = Delay { min: 10, max: 10 };
    scenario
}

/// Node number `number`, from 1.
pub(super) fn node(number: usize) -> NodeId {
    NodeId::new(number - 1)
}

/// A broadcast by a node, by its number.
pub(super) fn broadcast(at: Time, number: usize, text: &str) -> RequestSpec {
    RequestSpec { at, node: node(number), name: "broadcast".to_owned(), with: Some(text.into()) }
}

/// A request to send a message from a node to another, by their numbers.
pub(super) fn send(at: Time, from: usize, to: usize, text: &str) -> RequestSpec {
    let with = serde_json::json!({"to": format!("P{to}"), "payload": text});
    RequestSpec { at, node: node(from), name: "send".to_owned(), with: Some(with) }
}

/// A crash of a node after this number of sends.
pub(super) fn crash(at: Time, number: usize, after_sends: u32) -> Fault {
    Fault::Crash { node: node(number), at, after_sends: Some(after_sends) }
}

/// A message that takes longer, by the nodes' numbers and its own on their link.
pub(super) fn late(from: usize, to: usize, number: u32, by: Time) -> Fault {
    Fault::Delay { message: MessageName { from: node(from), to: node(to), number }, by }
}

/// A link that takes longer.
pub(super) fn slow(from: usize, to: usize, delay: Time) -> LinkSpec {
    LinkSpec::new(node(from), node(to), Delay { min: delay, max: delay })
}

/// A request of a node to enter the critical section and to stay inside for `hold` ms.
pub(super) fn acquire(at: Time, number: usize, hold: Time) -> RequestSpec {
    RequestSpec { at, node: node(number), name: "acquire".to_owned(), with: Some(hold.into()) }
}

/// The deliveries at a node, of these.
pub(super) fn at(number: usize, mut deliveries: Vec<String>) -> Vec<String> {
    let name = format!("P{number}");
    deliveries.retain(|delivery| delivery.split(' ').nth(1) == Some(&name));
    deliveries
}

/// Deliveries with their times and nodes: `20 P2 m1`.
pub(super) fn deliveries(protocol: &Protocol, scenario: &Scenario) -> Vec<String> {
    let told = indications(protocol, scenario);
    told.iter().map(|it| it.replacen("deliver ", "", 1)).collect()
}

/// Indications with their times and nodes: `20 P2 enter`.
pub(super) fn indications(protocol: &Protocol, scenario: &Scenario) -> Vec<String> {
    let trace = run(protocol, scenario).expect("the test's requests are valid");
    let told = trace.events.iter().filter_map(|event| {
        let EventKind::Indicate { packet, .. } = &event.kind else { return None };
        Some(spell(&format!("{} {} {packet}", event.time, event.node), &scenario.nodes))
    });
    told.collect()
}

/// Messages sent, with their times and nodes: `20 P2>P1 REPLY`.
pub(super) fn sends(protocol: &Protocol, scenario: &Scenario) -> Vec<String> {
    let trace = run(protocol, scenario).expect("the test's requests are valid");
    let sent = trace.messages.iter().map(|message| {
        let (at, name) = (trace.events[message.sent].time, message.name);
        spell(&format!("{at} {}>{} {}", name.from, name.to, message.packet), &scenario.nodes)
    });
    sent.collect()
}
