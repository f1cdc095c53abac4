//! Builds the trace of an imported run, event by event in the order of time.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    Recording,
    foreign::Foreign,
    places::cut,
    recorded::{Abstraction, EVENT},
};
use crate::{
    analysis::{Report, report},
    formats::Problem,
    kernel::{
        Event, EventId, EventKind, Fate, Fault, Loss, MAX_EVENTS, MAX_NODES, MAX_TIME, Message,
        MessageId, MessageName, NodeId, Packet, RequestSpec, Scenario, Time, Trace, count_of,
        is_unseen,
    },
    runs::Outcome,
};

/// Greatest length of a node's name, in characters.
const MAX_NAME: usize = 24;
/// Greatest length of the text of an event, in characters.
pub(super) const MAX_EVENT: usize = 200;

/// A run that is being built.
#[derive(Debug, Default)]
pub(super) struct Builder {
    /// Names as ours may be.
    names: Vec<String>,
    /// Nodes by their names in the text.
    nodes: BTreeMap<String, NodeId>,
    trace: Trace,
    requests: Vec<RequestSpec>,
    faults: Vec<Fault>,
    /// Number of requests of each node.
    asked: BTreeMap<NodeId, u32>,
    /// Number of messages of each link.
    numbers: BTreeMap<(NodeId, NodeId), u32>,
}

impl Builder {
    /// Returns the node with this name in the text, a new one if there is none yet. `path` is its place.
    ///
    /// # Errors
    /// If there are too many nodes.
    pub(super) fn node(&mut self, name: &str, path: &str) -> Result<NodeId, Problem> {
        if let Some(node) = self.nodes.get(name) {
            return Ok(*node);
        }
        if self.names.len() == MAX_NODES {
            let found = format!("one more than {MAX_NODES} nodes, {}", cut(name, MAX_NAME));
            return Err(Problem::new(path, found, format!("at most {MAX_NODES}")));
        }
        let node = NodeId::new(self.names.len());
        self.names.push(unique(name, &self.names));
        self.nodes.insert(name.to_owned(), node);
        Ok(node)
    }

    /// Returns the node with this name in the text, if there is one.
    pub(super) fn known(&self, name: &str) -> Option<NodeId> {
        self.nodes.get(name).copied()
    }

    /// Appends an event.
    pub(super) fn push(&mut self, time: Time, node: NodeId, kind: EventKind) -> EventId {
        // Times never decrease.
        let last = self.trace.events.last().map_or(0, |event| event.time);
        let time = time.clamp(last, MAX_TIME);
        self.trace.events.push(Event { time, node, kind });
        self.trace.events.len() - 1
    }

    /// Appends an event that has only a text.
    pub(super) fn event(&mut self, time: Time, node: NodeId, text: &str) {
        let packet = Foreign::text(&cut(text.trim(), MAX_EVENT));
        self.push(time, node, EventKind::Indicate { kind: EVENT, packet });
    }

    /// Appends an event that has a text, and the state of the node after it as its data.
    pub(super) fn state(&mut self, time: Time, node: NodeId, text: &str, state: &Json) {
        let packet = Foreign::packet(text.trim(), state);
        self.push(time, node, EventKind::Indicate { kind: EVENT, packet });
    }

    /// Appends an indication.
    pub(super) fn indicate(
        &mut self,
        time: Time,
        node: NodeId,
        kind: &'static str,
        packet: Packet,
    ) {
        self.push(time, node, EventKind::Indicate { kind, packet });
    }

    /// Appends a request; returns its number at the node, from 1.
    pub(super) fn request(
        &mut self,
        time: Time,
        node: NodeId,
        (name, with): (&str, Option<Json>),
        packet: Packet,
    ) -> u32 {
        let index = self.requests.len();
        let name = cut(name, MAX_NAME);
        self.push(time, node, EventKind::Request { index, packet });
        let at = self.trace.events.last().map_or(0, |event| event.time);
        self.requests.push(RequestSpec { at, node, name, with });
        let asked = self.asked.entry(node).or_default();
        *asked += 1;
        *asked
    }

    /// Appends the send of a message.
    pub(super) fn send(
        &mut self,
        time: Time,
        from: NodeId,
        to: NodeId,
        packet: Packet,
    ) -> MessageId {
        let number = self.numbers.entry((from, to)).or_default();
        *number += 1;
        let name = MessageName { from, to, number: *number };
        let message = self.trace.messages.len();
        let sent = self.push(time, from, EventKind::Send(message));
        self.trace.messages.push(Message {
            name,
            packet,
            sent,
            fate: Fate::InTransit { due: MAX_TIME },
            copies: Vec::new(),
            transmission: None,
            tampering: None,
        });
        message
    }

    /// Appends the receipt of a message, or of a further copy of it.
    pub(super) fn receive(&mut self, time: Time, message: MessageId) {
        let node = self.trace.messages[message].name.to;
        let event = self.push(time, node, EventKind::Receive(message));
        self.end_of_copy(message, Fate::Received(event));
    }

    /// Appends the loss of a message, or of a further copy of it.
    pub(super) fn lose(&mut self, time: Time, message: MessageId, loss: Loss) {
        let node = self.trace.messages[message].name.to;
        let event = self.push(time, node, EventKind::Lose(message, loss));
        self.end_of_copy(message, Fate::Lost(event, loss));
    }

    fn end_of_copy(&mut self, message: MessageId, fate: Fate) {
        let message = &mut self.trace.messages[message];
        match message.fate {
            Fate::InTransit { .. } => message.fate = fate,
            _ => message.copies.push(fate),
        }
    }

    /// Returns the time of an event.
    pub(super) fn time(&self, event: EventId) -> Time {
        self.trace.events.get(event).map_or(0, |event| event.time)
    }

    /// Returns a message that was sent.
    pub(super) fn message(&mut self, message: MessageId) -> &mut Message {
        &mut self.trace.messages[message]
    }

    /// Returns the faults; a loss names one by its place.
    pub(super) const fn faults(&mut self) -> &mut Vec<Fault> {
        &mut self.faults
    }

    /// Returns the time of the last event.
    pub(super) fn last(&self) -> Time {
        self.trace.events.last().map_or(0, |event| event.time)
    }

    /// Ends the run at this time, and judges it.
    ///
    /// # Errors
    /// If it has no node.
    pub(super) fn finish(
        mut self,
        (format, notes): (&'static str, Vec<String>),
        judged_as: Abstraction,
        (end, quiescent): (Time, bool),
    ) -> Result<Recording, Problem> {
        if self.names.is_empty() {
            return Err(Problem::new("", format!("no event in this {format}"), "at least one"));
        }
        if self.trace.events.len() > MAX_EVENTS {
            let found = count_of(self.trace.events.len(), "event");
            return Err(Problem::new("", found, format!("at most {MAX_EVENTS}")));
        }
        self.trace.end = end.clamp(self.last(), MAX_TIME);
        self.trace.quiescent = quiescent;
        let due = self.trace.end.saturating_add(1);
        for message in &mut self.trace.messages {
            if matches!(message.fate, Fate::InTransit { .. }) {
                message.fate = Fate::InTransit { due };
            }
        }
        let scenario = recorded(self.names, self.requests, self.faults, self.trace.end);
        let (protocol, trace) = (judged_as.protocol(), self.trace);
        let report = unrepeated(report(protocol, &scenario, &trace));
        let outcome = Outcome { scenario, protocol, trace, report };
        let format = format.to_owned();
        Ok(Recording { outcome, format, notes, judged_as, choices: &[Abstraction::Nothing] })
    }
}

/// Returns the scenario of a recorded run that ends at this time.
pub(super) fn recorded(
    names: Vec<String>,
    requests: Vec<RequestSpec>,
    faults: Vec<Fault>,
    end: Time,
) -> Scenario {
    Scenario { requests, faults, until: end.max(1), ..Scenario::new("", names) }
}

/// Returns the report on a run that cannot be repeated.
pub(super) fn unrepeated(mut report: Report) -> Report {
    // Nothing is promised, so there is no class.
    report.class = None;
    // No cause is sought.
    let _ = report.causes.set(vec![None; report.judgements.len()]);
    report
}

/// Returns a name as nodes of ours may have it: without unseen characters and the signs of message names, short, and
/// different from the others.
fn unique(name: &str, others: &[String]) -> String {
    let sign = |c: char| if is_unseen(c) || matches!(c, '>' | '#') { '_' } else { c };
    let plain: String = name.trim().chars().map(sign).take(MAX_NAME).collect();
    let plain = if plain.trim().is_empty() { "node".to_owned() } else { plain.trim().to_owned() };
    let mut found = plain.clone();
    let mut number = 2;
    while others.contains(&found) {
        let ending = format!(" {number}");
        let room = MAX_NAME - ending.len();
        found = plain.chars().take(room).collect::<String>() + &ending;
        number += 1;
    }
    found
}
