//! Labels on the lines of nodes.

use std::collections::BTreeMap;

use crate::{
    diagram::{Clause, event_clause},
    kernel::{EventId, EventKind, NodeId, Time},
    runs::Outcome,
};

/// Events of one node at one moment that have a text, joined to a label.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) node: NodeId,
    pub(super) time: Time,
    pub(super) lines: Vec<String>,
}

/// Labels in the order of nodes and times.
pub(super) fn labels(run: &Outcome) -> Vec<Label> {
    let mut found: BTreeMap<(NodeId, Time), Vec<String>> = BTreeMap::new();
    for (id, event) in run.trace.events.iter().enumerate() {
        if let Some(text) = label_text(run, id) {
            found.entry((event.node, event.time)).or_default().push(text);
        }
    }
    let label = |((node, time), lines)| Label { node, time, lines };
    found.into_iter().map(label).collect()
}

/// Text of an event on its line; none for events that are drawn otherwise or left out.
fn label_text(run: &Outcome, id: EventId) -> Option<String> {
    let (scenario, trace) = (&run.scenario, &run.trace);
    let said = match (&trace.events[id].kind, event_clause(scenario, trace, id)) {
        (
            EventKind::Request { .. }
            | EventKind::Indicate { .. }
            | EventKind::Detect(_)
            | EventKind::Traitor(_)
            | EventKind::Pause
            | EventKind::Resume,
            Clause::Does(said) | Clause::Its(said),
        ) => said,
        _ => return None,
    };
    let said = said.strip_prefix("is asked to ").unwrap_or(&said);
    Some(shortened(said))
}

/// Largest number of characters of a text in the picture.
const LONGEST: usize = 60;

/// Returns the beginning of a text that is too long.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
