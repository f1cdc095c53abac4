//! Integrity: no duplication and no creation.

use super::{
    interface::{BroadcastId, Deliver},
    numbering::{Heard, Numbering, PerBroadcast},
};
use crate::{
    abstractions::{
        Value,
        naming::{Sentence, spoken},
        watch::Violation,
    },
    kernel::{EventId, Kind, Monitor, Needs, NodeId, Observation, Property, SortedMap, Verdict},
};

/// No duplication.
pub const NO_DUPLICATION: Property = Property {
    name: "no duplication",
    kind: Kind::Safety,
    statement: "No message is delivered more than once.",
    monitor: |setting| {
        Box::new(NoDuplication {
            numbering: Numbering::new(setting.nodes),
            delivered: PerBroadcast::new(setting.nodes),
            violated: None,
        })
    },
};

/// No creation.
pub const NO_CREATION: Property = Property {
    name: "no creation",
    kind: Kind::Safety,
    statement: "If a process delivers a message m with sender s, then m was previously broadcast \
                by process s.",
    monitor: |setting| {
        Box::new(NoCreation {
            numbering: Numbering::new(setting.nodes),
            broadcast: PerBroadcast::new(setting.nodes),
            violated: None,
        })
    },
};

/// The first violation of a safety property. No later event repairs it.
pub(in crate::abstractions) type First = Option<Violation>;

pub(in crate::abstractions) fn verdict_of(first: &First, numbering: &Numbering) -> Verdict {
    let verdict = |it: &Violation| it.verdict(|message| numbering.mention(message));
    first.as_ref().map_or(Verdict::Holds, verdict)
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NoDuplication {
    numbering: Numbering,
    /// By broadcast: the nodes that have delivered it, each with the event.
    delivered: PerBroadcast<SortedMap<NodeId, EventId>>,
    violated: First,
}

impl Monitor for NoDuplication {
    fn observe(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        if self.violated.is_some() {
            return;
        }
        let events = self.delivered.get_or_insert_with(deliver.id(), SortedMap::new);
        if let Some(first) = events.get(&seen.node) {
            let why = Sentence::new(format!("{} delivered ", seen.node));
            let why = why.message(deliver.id().mention(&deliver.payload)).words(" twice");
            self.violated = Some(Violation::new(why, [*first, seen.id]));
        } else {
            events.insert(seen.node, seen.id);
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated, &self.numbering)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NoCreation {
    numbering: Numbering,
    broadcast: PerBroadcast<(EventId, Value)>,
    violated: First,
}

impl Monitor for NoCreation {
    fn observe(&mut self, seen: &Observation) {
        match Heard::of(seen) {
            Some(Heard::Broadcast(payload)) => {
                let id = self.numbering.next(seen.node, payload);
                self.broadcast.get_or_insert_with(id, || (seen.id, payload.clone()));
            }
            Some(Heard::Deliver(Deliver { from, seq, payload })) if self.violated.is_none() => {
                let id = BroadcastId { from: *from, seq: *seq };
                let delivered = Sentence::new(format!("{} delivered ", seen.node));
                self.violated = match self.broadcast.get(id) {
                    Some((_, original)) if original == payload => None,
                    Some((request, original)) => {
                        let delivered = format!("{} delivered {}", seen.node, spoken(payload));
                        let why = format!("{delivered} as {id}, which says {}", spoken(original));
                        Some(Violation::new(why, [*request, seen.id]))
                    }
                    None => {
                        let why = delivered.message(id.mention(payload));
                        let why = why.words(format!(", which {from} never broadcast"));
                        Some(Violation::new(why, [seen.id]))
                    }
                };
            }
            _ => {}
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, _over: bool) -> Verdict {
        verdict_of(&self.violated, &self.numbering)
    }
}
