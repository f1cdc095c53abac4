//! Failure detection: the indications of a failure detector, and its properties.
//!
//! Properties: Chandra and Toueg 1996, *Unreliable Failure Detectors for Reliable Distributed Systems*;
//! CGR, modules 2.6 (perfect) and 2.8 (eventually perfect).
//!
//! They judge both the detector of a scenario, which reports to the protocol, and a protocol that is a
//! detector, which reports to its application.

use serde::Serialize;

use super::watch::{Await, Owed, Violation, Watch, liveness, safety};
use crate::kernel::{
    Detection, EventId, Indication, Kind, Needs, NodeId, Observation, Property, Roster, Seen,
    Setting, SortedMap,
};

/// ⟨Suspect | p⟩ and ⟨Restore | p⟩, indicated to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Notice {
    /// The node is suspected to have crashed.
    #[display("suspect {node}")]
    Suspect {
        /// The node.
        node: NodeId,
    },
    /// The node is trusted again.
    #[display("restore {node}")]
    Restore {
        /// The node.
        node: NodeId,
    },
}

impl From<Detection> for Notice {
    fn from(detection: Detection) -> Self {
        match detection {
            Detection::Suspect(node) => Self::Suspect { node },
            Detection::Restore(node) => Self::Restore { node },
        }
    }
}

/// Lets a layer treat the indications of a detector below it like reports of the scenario's detector.
impl From<Notice> for Detection {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Suspect { node } => Self::Suspect(node),
            Notice::Restore { node } => Self::Restore(node),
        }
    }
}

impl Indication for Notice {
    fn kind(&self) -> &'static str {
        match self {
            Self::Suspect { .. } => "suspect",
            Self::Restore { .. } => "restore",
        }
    }
}

/// Strong completeness.
pub const STRONG_COMPLETENESS: Property = Property {
    name: "strong completeness",
    kind: Kind::Liveness,
    statement: "Eventually, every process that crashes is permanently suspected by every correct \
                process.",
    monitor: |setting| {
        liveness(StrongCompleteness { opinions: Opinions::new(setting), crashes: SortedMap::new() })
    },
};

/// Strong accuracy.
///
/// With recovery: no process is suspected while it is up.
pub const STRONG_ACCURACY: Property = Property {
    name: "strong accuracy",
    kind: Kind::Safety,
    statement: "If a process p is suspected by any process, then p has crashed.",
    monitor: |setting| safety(StrongAccuracy(Roster::new(setting))),
};

/// Eventual strong accuracy.
///
/// The obligation begins with the first wrong suspicion of a pair. So a detector that repeats its mistakes violates the
/// property, even if its last mistake is recent.
pub const EVENTUAL_STRONG_ACCURACY: Property = Property {
    name: "eventual strong accuracy",
    kind: Kind::Liveness,
    statement: "Eventually, no correct process is suspected by any correct process.",
    monitor: |setting| liveness(EventualStrongAccuracy::new(setting)),
};

/// Returns the report in an observation, from the scenario's detector or from a protocol.
fn notice(seen: &Observation) -> Option<Notice> {
    match seen.what {
        Seen::Detect(detection) => Some(detection.into()),
        Seen::Indication(packet) => packet.get().copied(),
        _ => None,
    }
}

/// The current suspicions of all nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Opinions {
    roster: Roster,
    /// By the node that suspects and the suspected node: the event of the suspicion.
    suspected: SortedMap<(NodeId, NodeId), EventId>,
}

impl Opinions {
    const fn new(setting: &Setting) -> Self {
        Self { roster: Roster::new(setting), suspected: SortedMap::new() }
    }

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        match notice(seen) {
            Some(Notice::Suspect { node }) => {
                self.suspected.entry((seen.node, node)).or_insert(seen.id);
            }
            Some(Notice::Restore { node }) => {
                self.suspected.remove(&(seen.node, node));
            }
            None => {}
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct StrongCompleteness {
    opinions: Opinions,
    /// By node that is down: the event of its crash.
    crashes: SortedMap<NodeId, EventId>,
}

impl Await for StrongCompleteness {
    fn observe(&mut self, seen: &Observation) {
        self.opinions.observe(seen);
        match seen.what {
            Seen::Crash => {
                self.crashes.insert(seen.node, seen.id);
            }
            Seen::Recover => {
                self.crashes.remove(&seen.node);
            }
            _ => {}
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.opinions.roster.correct();
        let trusted = self.crashes.iter().filter_map(|(crashed, since)| {
            let trusts = |p: &NodeId| !self.opinions.suspected.contains_key(&(*p, *crashed));
            correct.into_iter().find(trusts).map(|by| (*since, *crashed, by))
        });
        let (since, crashed, by) = trusted.min()?;
        Some(Owed {
            since,
            never: format!("{crashed} crashed, but {by} does not suspect it at the end"),
            not_yet: format!("{crashed} crashed, but {by} does not suspect it"),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct StrongAccuracy(Roster);

impl Watch for StrongAccuracy {
    const NEEDS: Needs = Needs::TOLD_ORDER;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.0.observe(seen);
        let Notice::Suspect { node } = notice(seen)? else { return None };
        let why = format!("{} suspected {node}, which was up", seen.node);
        self.0.up().contains(node).then(|| Violation::new(why, [seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct EventualStrongAccuracy {
    opinions: Opinions,
    /// By the process that suspects and the one that it suspects: the first suspicion while that one was up.
    mistakes: SortedMap<NodeIds, EventId>,
}

impl EventualStrongAccuracy {
    const fn new(setting: &Setting) -> Self {
        Self { opinions: Opinions::new(setting), mistakes: SortedMap::new() }
    }
}

impl Await for EventualStrongAccuracy {
    fn observe(&mut self, seen: &Observation) {
        self.opinions.observe(seen);
        if let Some(Notice::Suspect { node }) = notice(seen)
            && self.opinions.roster.up().contains(node)
        {
            self.mistakes.entry((seen.node, node)).or_insert(seen.id);
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.opinions.roster.correct();
        let both_correct = |(by, node): &NodeIds| correct.contains(*by) && correct.contains(*node);
        let wrong = self.opinions.suspected.iter().filter(|(pair, _)| both_correct(pair));
        let since = |(pair, since): (&NodeIds, &EventId)| {
            (self.mistakes.get(pair).copied().unwrap_or(*since), *pair)
        };
        let (since, (by, node)) = wrong.map(since).min()?;
        Some(Owed {
            since,
            never: format!("{by} still suspects {node}, which is up, at the end"),
            not_yet: format!("{by} suspects {node}, which is up"),
        })
    }
}

type NodeIds = (NodeId, NodeId);
