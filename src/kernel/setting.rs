//! The setting in which a property is judged: number of nodes, failure model, and which nodes are correct in it.

use super::{NodeSet, Observation, Protocol, Scenario, Seen, Serving, Time};

/// The failure model that a protocol is made for: what may go wrong with a node, as its paper has it.
///
/// Fail-stop is crash-stop with a perfect detector, and what the network loses belongs to the assumptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, derive_more::Display)]
pub enum Failures {
    /// A node may stop for ever. Correct is a node that never crashes.
    #[display("crash-stop")]
    CrashStop,
    /// A node may stop and restart with its stable storage. Correct is a node that is up for good from some
    /// moment on (Cachin, Guerraoui and Rodrigues, section 2.2).
    #[display("crash-recovery")]
    CrashRecovery,
    /// A node may fail to send or to receive. Correct is a node that neither omits anything nor crashes. No
    /// protocol has this model yet, and monitors see no omissions.
    #[display("omission")]
    Omission,
    /// A node may do anything. Correct, or loyal, is a node that is no traitor and does not crash.
    #[display("Byzantine")]
    Byzantine,
}

/// Everything about a run that a monitor knows before its first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Setting {
    /// Number of nodes.
    pub nodes: usize,
    /// The failure model, which says which nodes are correct.
    pub failures: Failures,
    /// The time to serve, in virtual ms, of a protocol that never rests: what is owed for less when the run
    /// ends is undecided.
    pub time_to_serve: Option<Time>,
}

impl Setting {
    /// The setting of a scenario's run.
    #[must_use]
    pub fn of(protocol: &Protocol, scenario: &Scenario) -> Self {
        Self {
            nodes: scenario.nodes.len(),
            failures: protocol.failures,
            time_to_serve: Serving::time(protocol, scenario),
        }
    }
}

/// The correct nodes by what has happened so far, in the model's own notion. Nothing else knows that notion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Roster {
    failures: Failures,
    nodes: NodeSet,
    down: NodeSet,
    /// Nodes that are not correct any more, whatever comes: traitors, and where nothing recovers those that
    /// have crashed.
    failed: NodeSet,
}

impl Roster {
    /// Before the first event all nodes are up and correct.
    #[must_use]
    pub const fn new(setting: &Setting) -> Self {
        Self {
            failures: setting.failures,
            nodes: NodeSet::first(setting.nodes),
            down: NodeSet::EMPTY,
            failed: NodeSet::EMPTY,
        }
    }

    /// Takes note of crashes, recoveries and traitors.
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

    /// The nodes that are correct if nothing more happens to any node.
    #[must_use]
    pub const fn correct(&self) -> NodeSet {
        self.up().without(self.failed)
    }

    /// The nodes that are up now, whatever happened before.
    #[must_use]
    pub const fn up(&self) -> NodeSet {
        self.nodes.without(self.down)
    }
}
