//! Mutual exclusion: requests, indications and properties.
//!
//! Properties: Coulouris, Dollimore, Kindberg and Blair, *Distributed Systems* (5th edition, 2012), section
//! 15.2: ME1 (safety) and ME2 (liveness). Fenced writes: Kleppmann, *Designing Data-Intensive Applications*
//! (2017), chapter 8.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value as Json;

mod client;

pub use client::{Client, Lock, Timer};

use super::watch::{Await, Owed, Violation, Watch, liveness, safety};
use crate::kernel::{
    EventId, Indication, Kind, Monitor, Needs, NodeId, Observation, Past, Property, Request,
    RequestKind, Roster, Scenario, Seen, SortedMap, Time, Verdict, With,
};

/// Has the first node enter once, for [`Cost::perform`](crate::kernel::Cost::perform).
pub(crate) fn one_entry(scenario: &mut Scenario) {
    scenario.ask(0, NodeId::new(0), "acquire", None);
}

/// Time inside the critical section where a scenario gives none, in virtual ms.
pub const DEFAULT_HOLD: Time = 20;

/// The application wants to enter the critical section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("acquire")]
pub struct Acquire {
    /// Time inside, in virtual ms.
    pub hold: Time,
}

impl Request for Acquire {
    const KINDS: &'static [RequestKind] = &[RequestKind {
        name: "acquire",
        help: "Enter the critical section, and leave it after this time.",
        with: With::Number {
            label: "hold",
            unit: "ms",
            default: DEFAULT_HOLD as u32,
            optional: true,
        },
    }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        let longest = crate::kernel::MAX_TIME;
        let hold = match with {
            None => Some(DEFAULT_HOLD),
            Some(json) => json.as_u64().filter(|hold| *hold <= longest),
        };
        hold.map(|hold| Self { hold }).ok_or_else(|| "a whole number of ms".to_owned())
    }
}

/// Indications about the critical section, and about the resource that it guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum Access {
    /// This node is inside from now on.
    #[display("enter")]
    Enter {
        /// Number of the grant, where grants are numbered: a later grant has a greater one.
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<u32>,
    },
    /// This node is outside from now on.
    #[display("exit")]
    Exit {},
    /// This node is the resource, and accepts a write.
    #[display("write of {holder}")]
    Write {
        /// Node that writes.
        holder: NodeId,
        /// Number of the grant under which it writes.
        token: u32,
    },
}

impl Indication for Access {
    fn kind(&self) -> &'static str {
        match self {
            Self::Enter { .. } => "enter",
            Self::Exit {} => "exit",
            Self::Write { .. } => "write",
        }
    }
}

/// Mutual exclusion.
///
/// A process that has crashed executes nothing, so it is no longer inside.
pub const MUTUAL_EXCLUSION: Property = Property {
    name: "mutual exclusion",
    kind: Kind::Safety,
    statement: "At most one process may execute in the critical section at a time.",
    monitor: |_| safety(MutualExclusion::default()),
};

/// Starvation freedom.
///
/// A crash ends the requests of a process: a recovered process has to ask again.
pub const STARVATION_FREEDOM: Property = Property {
    name: "starvation freedom",
    kind: Kind::Liveness,
    statement: "Requests to enter and exit the critical section eventually succeed.",
    monitor: |setting| {
        liveness(StarvationFreedom {
            roster: Roster::new(setting),
            inside: SortedMap::new(),
            waiting: SortedMap::new(),
        })
    },
};

/// Happened-before fairness.
///
/// A request must not overtake one that happened before it. The messages of the run decide this; the monitor sees
/// only how far each request's past reaches.
pub const HAPPENED_BEFORE_FAIRNESS: Property = Property {
    name: "happened-before fairness",
    kind: Kind::Safety,
    statement: "If one request to enter the critical section happened before another, then entry is \
                granted in that order.",
    monitor: |setting| {
        Box::new(HappenedBeforeFairness {
            waiting: vec![VecDeque::new(); setting.nodes],
            violated: None,
        })
    },
};

/// Fenced writes.
///
/// A holder is stale, to a resource, once the resource has accepted a write under a later grant. A write under an
/// earlier grant that arrives before that is late, but harmless.
pub const FENCED_WRITES: Property = Property {
    name: "fenced writes",
    kind: Kind::Safety,
    statement: "A resource that has accepted a write under one grant of the lock never accepts a \
                write under an earlier one.",
    monitor: |_| safety(FencedWrites::default()),
};

fn access(seen: &Observation) -> Option<Access> {
    match seen.what {
        Seen::Indication(packet) => packet.get().copied(),
        _ => None,
    }
}

/// A request that waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Waiting {
    event: EventId,
    past: Past,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct HappenedBeforeFairness {
    /// Requests of each node, in their order.
    waiting: Vec<VecDeque<Waiting>>,
    violated: Option<Violation>,
}

impl HappenedBeforeFairness {
    /// Returns the violation that comes with the grant of a node's oldest request.
    fn grant(&mut self, entered: &Observation) -> Option<Violation> {
        let granted = self.waiting[entered.node.index()].pop_front()?;
        let others = self.waiting.iter().enumerate().map(|(index, all)| (NodeId::new(index), all));
        let mut overtaken = others.filter(|(node, _)| *node != entered.node);
        let (node, first) = overtaken.find_map(|(node, waiting)| {
            let first = waiting.front()?;
            (granted.past.reaches(node) >= first.past.reaches(node)).then_some((node, first))
        })?;
        let why =
            format!("{0} entered before {node}, whose request happened before {0}'s", entered.node);
        Some(Violation::new(why, [first.event, granted.event, entered.id]))
    }
}

impl Monitor for HappenedBeforeFairness {
    fn observe(&mut self, _seen: &Observation) {
        unreachable!("it needs the order of events");
    }

    fn needs(&self) -> Needs {
        Needs::PAST
    }

    fn observe_after(&mut self, seen: &Observation, past: &Past) {
        if self.violated.is_some() {
            return;
        }
        match (seen.what, access(seen)) {
            (Seen::Crash, _) => self.waiting[seen.node.index()].clear(),
            (Seen::Request(packet), _) if packet.get::<Acquire>().is_some() => {
                let waiting = Waiting { event: seen.id, past: past.clone() };
                self.waiting[seen.node.index()].push_back(waiting);
            }
            (_, Some(Access::Enter { .. })) => self.violated = self.grant(seen),
            _ => {}
        }
    }

    fn verdict(&self, _over: bool) -> Verdict {
        self.violated.clone().map_or(Verdict::Holds, Verdict::from)
    }
}

/// Nodes inside, with the events by which they entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct MutualExclusion(SortedMap<NodeId, EventId>);

impl Watch for MutualExclusion {
    const NEEDS: Needs = Needs::TOLD_ORDER;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        match (seen.what, access(seen)) {
            (Seen::Crash, _) | (_, Some(Access::Exit {})) => {
                self.0.remove(&seen.node);
            }
            (_, Some(Access::Enter { .. })) => {
                self.0.insert(seen.node, seen.id);
            }
            _ => {}
        }
        // As long as the property holds, at most one other node is inside.
        let (other, since) = self.0.iter().find(|(node, _)| **node != seen.node)?;
        let why = format!("{} entered while {other} was inside", seen.node);
        self.0.contains_key(&seen.node).then(|| Violation::new(why, [*since, seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct StarvationFreedom {
    roster: Roster,
    inside: SortedMap<NodeId, EventId>,
    /// Requests that are not granted yet, in their order.
    waiting: SortedMap<NodeId, VecDeque<EventId>>,
}

impl Await for StarvationFreedom {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if matches!(seen.what, Seen::Crash) {
            self.inside.remove(&seen.node);
            self.waiting.remove(&seen.node);
        }
        if let Seen::Request(packet) = seen.what
            && packet.get::<Acquire>().is_some()
        {
            self.waiting.entry(seen.node).or_default().push_back(seen.id);
        }
        match access(seen) {
            Some(Access::Enter { .. }) => {
                self.inside.insert(seen.node, seen.id);
                if let Some(waiting) = self.waiting.get_mut(&seen.node) {
                    waiting.pop_front();
                }
            }
            Some(Access::Exit {}) => {
                self.inside.remove(&seen.node);
            }
            _ => {}
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let waiting = self.waiting.iter().filter_map(|(node, waiting)| {
            waiting.front().map(|since| (*since, *node, "asked to enter", "did", "entered"))
        });
        let inside =
            self.inside.iter().map(|(node, since)| (*since, *node, "entered", "left", "left"));
        let (since, node, asked, never, yet) =
            waiting.chain(inside).filter(|(_, node, ..)| correct.contains(*node)).min()?;
        Some(Owed {
            since,
            never: format!("{node} {asked} and never {never}"),
            not_yet: format!("{node} {asked} and has not {yet} yet"),
        })
    }
}

/// The write under the greatest grant so far, by resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct FencedWrites(SortedMap<NodeId, (u32, EventId, NodeId)>);

impl Watch for FencedWrites {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let Access::Write { holder, token } = access(seen)? else { return None };
        let last = self.0.entry(seen.node).or_insert((token, seen.id, holder));
        if token >= last.0 {
            *last = (token, seen.id, holder);
            return None;
        }
        let (newer, event, other) = *last;
        let why = format!(
            "{} accepted a write of {holder} under grant {token} after one of {other} under grant \
             {newer}",
            seen.node
        );
        Some(Violation::new(why, [event, seen.id]))
    }
}
