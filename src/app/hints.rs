//! Hints on the changes that a reader may make of the run.

use super::{Allowed, State, text};

/// Faults of a message, with a verb for each.
const OF_MESSAGE: [(&str, &str); 5] = [
    ("drop", text::hints::DROP),
    ("delay", text::hints::DELAY),
    ("duplicate", text::hints::DUPLICATE),
    ("corrupt", text::hints::CORRUPT),
    ("forge", text::hints::FORGE),
];
/// Further faults of a node.
const OF_NODE: [&str; 6] = ["recover", "pause", "cut", "omit", "traitor", "drift"];
/// Kinds with a mark or a wall that can be dragged along the time axis.
const MOVED: [&str; 6] = [Allowed::REQUEST, "crash", "recover", "pause", "partition", "cut"];

impl State {
    /// Returns the changes that the reader may make of the run that is shown: none of a recorded one.
    #[must_use]
    pub fn changeable(&self) -> Allowed {
        if self.run.is_recorded() { Allowed::NONE } else { self.allowed }
    }
}

/// Returns the ways to change the run in the diagram, a sentence for each that is allowed; empty if there is none.
#[must_use]
pub fn hints(allowed: Allowed) -> String {
    let has_one = |kinds: &[&str]| kinds.iter().any(|kind| allowed.has(kind));
    let drags = allowed.has("delay");
    let message = on_message(allowed, OF_MESSAGE.len());
    let message = message.map(|ways| text::hints::message(&ways, drags));
    let mut node = Vec::new();
    if allowed.has("crash") {
        node.push(text::hints::CRASH);
    }
    if allowed.has(Allowed::REQUEST) {
        node.push(text::hints::REQUEST);
    }
    if has_one(&OF_NODE) {
        node.push(text::hints::OTHER);
    }
    let node = (!node.is_empty()).then(|| text::hints::line(&text::hints::either(&node)));
    let partition = allowed.has("partition").then(|| text::hints::PARTITION.to_owned());
    let moved = has_one(&MOVED).then(|| text::hints::MOVE.to_owned());
    [message, node, partition, moved].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// True if the reader may do something to a node, or have it make a request.
#[must_use]
pub fn acts_on_nodes(allowed: Allowed) -> bool {
    ["crash", Allowed::REQUEST].iter().chain(&OF_NODE).any(|kind| allowed.has(kind))
}

/// Returns the first changes that a reader may try, in a sentence or two; empty if no change is allowed.
#[must_use]
pub fn first_step(allowed: Allowed) -> String {
    let message = on_message(allowed, 2).map(|ways| text::hints::message(&ways, false));
    let crash = allowed.has("crash").then(|| text::hints::FIRST_CRASH.to_owned());
    message.into_iter().chain(crash).collect::<Vec<_>>().join(" ")
}

/// Verbs for the allowed faults of a message, at most `most`; none if none is allowed.
fn on_message(allowed: Allowed, most: usize) -> Option<String> {
    let ways = OF_MESSAGE.iter().filter(|(kind, _)| allowed.has(kind));
    let ways: Vec<&str> = ways.map(|(_, verb)| *verb).take(most).collect();
    (!ways.is_empty()).then(|| text::hints::either(&ways))
}
