//! The correct nodes of a run, by the failure model.

use super::{Failures, NodeSet, Observation, Seen, Setting};

/// The correct nodes as of the events so far, by the definition of the failure model. Nothing else knows that definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Roster {
    failures: Failures,
    nodes: NodeSet,
    down: NodeSet,
    /// Nodes that are not correct any more, whatever follows: traitors, and where no node recovers, crashed
    /// nodes.
    failed: NodeSet,
}

impl Roster {
    /// Returns the roster before the first event: all nodes are up and correct.
    #[must_use]
    pub const fn new(setting: &Setting) -> Self {
        Self {
            failures: setting.failures,
            nodes: NodeSet::first(setting.nodes),
            down: NodeSet::EMPTY,
            failed: NodeSet::EMPTY,
        }
    }

    /// Records crashes, recoveries and traitors.
    pub fn observe(&mut self, seen: &Observation) {
        match seen.what {
            Seen::Traitor => {
                self.failed.insert(seen.node);
            }
            Seen::Crash => {
                self.down.insert(seen.node);
                if self.failures != Failures::CrashRecovery {
                    self.failed.insert(seen.node);
                }
            }
            Seen::Recover => _ = self.down.remove(seen.node),
            _ => {}
        }
    }

    /// Returns the nodes that are correct if nothing more happens to any node.
    #[must_use]
    pub const fn correct(&self) -> NodeSet {
        self.up().without(self.failed)
    }

    /// Returns the nodes that are up now, whatever happened before.
    #[must_use]
    pub const fn up(&self) -> NodeSet {
        self.nodes.without(self.down)
    }
}
