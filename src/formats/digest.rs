//! The digest of a run: a fingerprint of its events, for links and exercise codes.
//!
//! It covers the run and none of the words about it: nodes are their places in the scenario, and labels,
//! titles, captions, notes and verdicts have no part in it. So the wording, the state and the properties of a
//! protocol may grow, and nodes may be renamed, and a link's digest stays valid. docs/trace.md has the text
//! that is hashed.

use std::{borrow::Cow, fmt::Write};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::trace::Spelt;
use crate::kernel::{Event, EventKind, Fate, Message, NodeId, Protocol, Scenario, Trace};

/// Number of the digest's hexadecimal digits that a link carries.
pub const SHORT_DIGEST: usize = 8;

/// Returns the digest of a run, in lower-case hexadecimal digits.
#[must_use]
pub fn digest(protocol: &Protocol, scenario: &Scenario, trace: &Trace) -> String {
    let mut work = Digesting::default();
    while !work.advance(protocol, scenario, trace, usize::MAX) {}
    work.finish()
}

/// A digest in progress: the trace of a long run is hashed in parts, so that a page stays responsive. Each
/// call must be given the same run.
#[derive(Clone, Debug, Default)]
pub struct Digesting {
    hash: Sha256,
    /// Number of events and messages that have been hashed.
    done: usize,
    /// Empty between two lines: kept only to save allocations.
    line: String,
}

impl Digesting {
    /// Hashes this many more events and messages. True once there are none left.
    pub fn advance(
        &mut self,
        protocol: &Protocol,
        scenario: &Scenario,
        trace: &Trace,
        most: usize,
    ) -> bool {
        let (events, messages) = (trace.events.len(), trace.messages.len());
        let until = self.done.saturating_add(most).min(events + messages);
        while self.done < until {
            match self.done.checked_sub(events) {
                None => {
                    let event = &trace.events[self.done];
                    write_event(&mut self.line, trace, event);
                    if let Some(data) = data(protocol, scenario, event) {
                        self.line.push(' ');
                        self.line.push_str(&data);
                    }
                    self.line.push('\n');
                }
                Some(message) => write_message(&mut self.line, &trace.messages[message]),
            }
            self.hash.update(self.line.as_bytes());
            self.line.clear();
            self.done += 1;
        }
        self.done == events + messages
    }

    /// Returns the digest, once everything has been hashed.
    #[must_use]
    pub fn finish(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

const WRITES: &str = "a text takes whatever is written to it";

fn write_event(line: &mut String, trace: &Trace, event: &Event) {
    let (time, node, kind) = (event.time, event.node.index(), event.kind.name());
    write!(line, "{time} {node} {kind}").expect(WRITES);
    if let Some(message) = event.kind.message() {
        line.push(' ');
        write_name(line, &trace.messages[message]);
    }
}

fn write_message(line: &mut String, message: &Message) {
    write_name(line, message);
    for fate in message.fates() {
        line.push_str(match fate {
            Fate::InTransit { .. } => " in-flight",
            Fate::Received(_) => " received",
            Fate::Lost(..) => " lost:",
        });
        if let Fate::Lost(_, loss) = fate {
            line.push_str(loss.why());
        }
    }
    line.push('\n');
}

/// Writes the message's link by the places of its nodes, and its number: `0>2#1`.
fn write_name(line: &mut String, message: &Message) {
    let name = message.name;
    write!(line, "{}>{}#{}", name.from.index(), name.to.index(), name.number).expect(WRITES);
}

/// Returns the data of a request or an indication in canonical JSON, in which a node is the private-use
/// character of its place.
fn data(protocol: &Protocol, scenario: &Scenario, event: &Event) -> Option<String> {
    let value = match &event.kind {
        EventKind::Request { index, .. } => {
            let request = &scenario.requests[*index];
            let mut with = request.with.clone()?;
            let mut kinds = protocol.behaviour.requests.iter();
            if let Some(kind) = kinds.find(|kind| kind.name == request.name) {
                kind.with.change_names(&mut with, &mut |name| place(name, &scenario.nodes));
            }
            with
        }
        EventKind::Indicate { packet, .. } => packet.inspect(),
        EventKind::Detect(detection) => json!({ "node": detection.node().to_string() }),
        _ => return None,
    };
    let text = serde_json::to_string(&Spelt { value: Cow::Owned(value), names: &[] });
    Some(text.expect("texts, numbers, lists and objects with text keys always serialise"))
}

/// Replaces a node's name by its place.
fn place(name: &mut Json, names: &[String]) {
    if let Some(place) = names.iter().position(|it| name == it) {
        *name = Json::String(NodeId::new(place).to_string());
    }
}
