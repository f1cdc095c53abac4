//! A run as a sequence diagram of Mermaid.
//!
//! Such a diagram has no time, and its arrows are level: a message is received as soon as it is sent. So a message is an
//! arrow at the place of its receipt, and where its sender does something in between, its send is a note.

use super::{origin::origin, sentence};
use crate::{
    kernel::{EventId, EventKind, Fate, MessageId, NodeId, spell},
    runs::Outcome,
};

/// A sequence diagram, and what it cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Its text.
    pub text: String,
    /// Number of messages whose sends are notes.
    pub apart: usize,
}

/// Largest number of events that a diagram is made of: it has a line for each, and more are not readable.
pub const MOST_DRAWN: usize = 2_000;

/// Returns a run as a sequence diagram of Mermaid. Timers, notes and writes to stable storage are left out.
///
/// # Errors
/// The number of events, if there are more than [`MOST_DRAWN`].
pub fn mermaid(run: &Outcome) -> Result<Drawn, usize> {
    if run.trace.events.len() > MOST_DRAWN {
        return Err(run.trace.events.len());
    }
    let mut lines = vec!["sequenceDiagram".to_owned()];
    lines.extend(origin(run).iter().map(|line| format!("    %% {line}")));
    for node in 0..run.scenario.nodes.len() {
        let name = run.scenario.name(NodeId::new(node));
        lines.push(format!("    participant {} as {}", place(NodeId::new(node)), escaped(&name)));
    }
    let mut apart = 0;
    for (id, event) in run.trace.events.iter().enumerate() {
        match event.kind {
            EventKind::Send(message) => {
                let ends = ends(run, message);
                if ends.iter().all(|end| is_level(run, message, *end)) && !ends.is_empty() {
                    continue;
                }
                apart += 1;
                lines.push(note(run, id));
            }
            EventKind::Receive(message) => lines.push(arrow(run, message, "-)")),
            EventKind::Lose(message, _) => lines.push(arrow(run, message, "-x")),
            EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist => {}
            _ => lines.push(note(run, id)),
        }
    }
    Ok(Drawn { text: lines.join("\n") + "\n", apart })
}

/// The receipts and losses of a message's copies.
fn ends(run: &Outcome, message: MessageId) -> Vec<EventId> {
    let fates = run.trace.messages[message].fates();
    let ends = fates.filter_map(|fate| match fate {
        Fate::Received(event) | Fate::Lost(event, _) => Some(event),
        Fate::InTransit { .. } => None,
    });
    ends.collect()
}

/// True if a message can be a level arrow at the place of this end: until then its sender does nothing that has a place
/// of its own in the diagram. What it sends at the same moment may come before or after.
fn is_level(run: &Outcome, message: MessageId, end: EventId) -> bool {
    let sent: EventId = run.trace.messages[message].sent;
    let begin = &run.trace.events[sent];
    let mut between =
        run.trace.events[sent + 1..end].iter().filter(|event| event.node == begin.node);
    between.all(|event| match event.kind {
        EventKind::Send(_) => event.time == begin.time,
        EventKind::Timer(_) | EventKind::Note(_) | EventKind::Persist => true,
        _ => false,
    })
}

fn arrow(run: &Outcome, message: MessageId, head: &str) -> String {
    let it = &run.trace.messages[message];
    let (from, to) = (place(it.name.from), place(it.name.to));
    let text = spell(&it.packet.to_string(), &run.scenario.nodes);
    format!("    {from}{head}{to}: {}", escaped(&text))
}

fn note(run: &Outcome, event: EventId) -> String {
    let node = place(run.trace.events[event].node);
    format!("    Note over {node}: {}", escaped(&sentence(run, event)))
}

fn place(node: NodeId) -> String {
    format!("p{}", node.index() + 1)
}

/// Returns a text with codes in place of the characters that mean something to Mermaid.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '#' | ';' | '<' | '>' | '&' | '"' | '%' | '{' | '}' | ':' => {
                escaped += &format!("#{};", u32::from(character));
            }
            _ => escaped.push(character),
        }
    }
    if escaped.trim().is_empty() { "#160;".to_owned() } else { escaped }
}
