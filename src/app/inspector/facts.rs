//! Facts about a selected event or message: its way through the network, and its place in the order of events.

use super::past::Subject;
use crate::{
    analysis::Stamps,
    app::{Run, text},
    diagram::{Clocks, timestamp},
    kernel::{EventId, Fate, Message},
};

/// Largest number of events of a run whose timestamps are worked out without a request for them.
const STAMPED: usize = 20_000;

/// A fact: its name, its value in words, and the event that it is about, if a reader may go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// The event that it is about, if that is another one than the selected event.
    pub event: Option<EventId>,
}

/// Returns the facts about the moment that the inspector shows. Only the first `told` events of the run may be shown.
#[must_use]
pub fn facts(run: &Run, subject: &Subject, told: usize) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(message) = subject.message {
        facts.extend(way(run, &run.trace.messages[message], subject.event, told));
    }
    if let Some(event) = subject.event
        && run.trace.events.len() <= STAMPED
    {
        let stamps = Stamps::of(&run.trace, run.scenario.nodes.len());
        let stamp = |name, clocks| {
            let value = timestamp(&run.trace, &stamps, clocks, event)?;
            Some(Fact { name, value, event: None })
        };
        facts.extend(stamp(text::facts::LAMPORT, Clocks::Lamport));
        facts.extend(stamp(text::facts::VECTOR, Clocks::Vector));
    }
    facts
}

/// When a message was sent, and what became of each of its copies, as far as that may be shown.
fn way(run: &Run, message: &Message, here: Option<EventId>, told: usize) -> Vec<Fact> {
    let time = |event: EventId| run.trace.events[event].time;
    let sent = time(message.sent);
    let elsewhere = |event: EventId| Some(event).filter(|event| Some(*event) != here);
    let mut facts = vec![Fact {
        name: text::facts::SENT,
        value: text::facts::at(&run.scenario.name(message.name.from), sent),
        event: elsewhere(message.sent),
    }];
    for fate in message.fates() {
        let is_over = told >= run.trace.events.len();
        let end = fate.event().filter(|end| is_over || *end < told);
        let (name, value) = match (fate, end) {
            (Fate::Received(_), Some(end)) => {
                let by = run.scenario.name(message.name.to);
                (text::facts::RECEIVED, text::facts::after(&by, time(end), time(end) - sent))
            }
            (Fate::Lost(_, loss), Some(end)) => {
                (text::facts::LOST, text::facts::lost(time(end), loss.why()))
            }
            _ => (text::facts::IN_TRANSIT, text::facts::not_yet(is_over)),
        };
        facts.push(Fact { name, value, event: end.and_then(elsewhere) });
    }
    facts
}
