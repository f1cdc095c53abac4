//! Failure order.

use super::members::Heard;
use crate::{
    abstractions::{
        broadcast::Numbering,
        detection::Notice,
        naming::{Mention, Sentence},
        watch::{Violation, Watch, safety},
    },
    kernel::{EventId, Kind, Needs, NodeId, NodeSet, Observation, Property, SortedMap},
};

/// Failure order.
///
/// A failure notice is an indication that a node is suspected, or a view without a node of the previous view. It is taken
/// back when the node is restored, or in a view again. The notice counts even if the node has left or is up: for the
/// application that has received it, the node has failed.
pub const FAILURE_ORDER: Property = Property {
    name: "failure order",
    kind: Kind::Safety,
    statement: "No message from a failed process is delivered after the notice of its failure.",
    monitor: |_| safety(FailureOrder::default()),
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct FailureOrder {
    numbering: Numbering,
    members: SortedMap<NodeId, NodeSet>,
    /// By the node that was told and the node that failed.
    notices: SortedMap<(NodeId, NodeId), EventId>,
}

impl Watch for FailureOrder {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn go_on(&mut self, seen: &Observation) {
        self.numbering.hear(seen);
    }

    fn name(&self, message: &Mention) -> String {
        self.numbering.mention(message)
    }

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.numbering.hear(seen);
        let node = seen.node;
        match Heard::of(seen)? {
            Heard::View { members, .. } => {
                let before = self.members.insert(node, members).unwrap_or_default();
                for gone in before.without(members) {
                    self.notices.entry((node, gone)).or_insert(seen.id);
                }
                for member in members {
                    self.notices.remove(&(node, member));
                }
                None
            }
            Heard::Notice(Notice::Suspect { node: about }) => {
                self.notices.entry((node, about)).or_insert(seen.id);
                None
            }
            Heard::Notice(Notice::Restore { node: about }) => {
                self.notices.remove(&(node, about));
                None
            }
            Heard::Gone => {
                self.members.remove(&node);
                self.notices.retain(|(told, _), _| *told != node);
                None
            }
            Heard::Deliver(deliver) => {
                let from = deliver.from;
                let notice = *self.notices.get(&(node, from))?;
                let why = Sentence::new(format!("{node} delivered "))
                    .message(deliver.id().mention(&deliver.payload))
                    .words(format!(" after the notice that {from} failed"));
                Some(Violation::new(why, [notice, seen.id]))
            }
        }
    }
}
