//! Termination.

use std::hash::Hash;

use super::agreement::{Decision, proposal};
use crate::{
    abstractions::{
        Value,
        byzantine::{Settle, Vector},
        watch::{Await, Owed, liveness},
    },
    kernel::{EventId, Kind, Needs, NodeId, NodeSet, Observation, Property, Roster, SortedMap},
};

/// Termination.
///
/// In the book every process proposes. Here a decision is owed only once a correct process has proposed. The property
/// judges the decisions of Byzantine agreement as well.
pub const TERMINATION: Property = Property {
    name: "termination",
    kind: Kind::Liveness,
    statement: "Every correct process eventually decides some value.",
    monitor: |setting| {
        liveness(Termination {
            roster: Roster::new(setting),
            proposed: SortedMap::new(),
            decided: NodeSet::EMPTY,
        })
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Termination {
    roster: Roster,
    /// The first proposal of each node.
    proposed: SortedMap<NodeId, EventId>,
    decided: NodeSet,
}

impl Await for Termination {
    const NEEDS: Needs = Needs::NOTHING;

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if proposal(seen).is_some() {
            self.proposed.entry(seen.node).or_insert(seen.id);
        }
        // Decisions of any type count.
        let decides = Value::told(seen).is_some()
            || Vector::told(seen).is_some()
            || Settle::told(seen).is_some();
        if decides {
            self.decided.insert(seen.node);
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let proposed = self.proposed.iter().filter(|(node, _)| correct.contains(**node));
        let (node, since) = proposed.min_by_key(|(_, since)| **since)?;
        let undecided = correct.without(self.decided);
        (!undecided.is_empty()).then(|| Owed {
            since: *since,
            never: format!("{node} proposed and {undecided} never decided"),
            not_yet: format!(
                "{node} proposed, {undecided} {} not decided yet",
                crate::abstractions::watch::have(undecided)
            ),
        })
    }
}
