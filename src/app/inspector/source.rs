//! The code that ran at an event: the protocol's file, and the handler.

use serde_json::Value as Json;

use crate::{
    analysis::{is_effect, trigger},
    app::Run,
    kernel::{EventId, EventKind, Fate, Packet, capitalised},
};

/// A handler of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    /// The start of the run.
    Init,
    /// A request of the application.
    Request,
    /// The receipt of a message.
    Message,
    /// A timeout.
    Timer,
    /// A report of the failure detector.
    Detection,
    /// A recovery.
    Recovery,
}

impl Handler {
    /// Its name in the code.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "on_init",
            Self::Request => "on_request",
            Self::Message => "on_message",
            Self::Timer => "on_timer",
            Self::Detection => "on_detection",
            Self::Recovery => "on_recovery",
        }
    }
}

/// The handler that ran at an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Kind of handler.
    pub handler: Handler,
    /// The event that it answered; none for the start of the run.
    pub input: Option<EventId>,
    /// Possible names of the variant that it received.
    pub variants: Vec<String>,
}

/// Returns the handler that ran at an event: the one that answered it, or the one that caused it. Returns none where no
/// code of the node ran, for example at a crash.
#[must_use]
pub fn ran(run: &Run, event: EventId) -> Option<Ran> {
    let trace = &run.trace;
    let kind = &trace.events[event].kind;
    if is_effect(kind) {
        return match trigger(trace, event) {
            Some(input) => ran(run, input),
            None => Some(Ran { handler: Handler::Init, input: None, variants: Vec::new() }),
        };
    }
    let (handler, variants) = match kind {
        EventKind::Request { index, packet } => {
            let name = &run.scenario.requests[*index].name;
            (Handler::Request, variant(packet).into_iter().chain([capitalised(name)]).collect())
        }
        EventKind::Receive(message) => {
            let message = &trace.messages[*message];
            let damaged = message.damaged().filter(|_| message.fate == Fate::Received(event));
            (Handler::Message, variant(damaged.unwrap_or(&message.packet)).into_iter().collect())
        }
        EventKind::Timer(packet) => (Handler::Timer, variant(packet).into_iter().collect()),
        EventKind::Detect(detection) => (Handler::Detection, vec![capitalised(detection.kind())]),
        EventKind::Recover => (Handler::Recovery, Vec::new()),
        _ => return None,
    };
    Some(Ran { handler, input: Some(event), variants })
}

/// Returns the last event at which a handler ran, among the first `events` of them.
#[must_use]
pub fn last_ran(run: &Run, events: usize) -> Option<EventId> {
    (0..events.min(run.trace.events.len())).rev().find(|&event| ran(run, event).is_some())
}

/// Returns the name of a payload's variant, as far as its data shows it.
fn variant(packet: &Packet) -> Option<String> {
    let name = match packet.inspect() {
        Json::String(name) => name,
        Json::Object(fields) if fields.len() == 1 => fields.keys().next()?.clone(),
        _ => return None,
    };
    name.starts_with(|first: char| first.is_ascii_uppercase()).then_some(name)
}
