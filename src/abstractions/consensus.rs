//! Consensus: requests, indications and properties.
//!
//! Properties: CGR, modules 5.1 (consensus) and 5.2 (uniform consensus). The decision of a process is its first one:
//! a second one is judged by *integrity*.

use std::{fmt, hash::Hash};

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    Value,
    byzantine::{Settle, Vector},
    naming::spoken,
    watch::{Await, Owed, Violation, Watch, WatchCorrect, liveness, safety, safety_of_correct},
};
use crate::kernel::{
    EventId, Indication, Kind, MAX_NODES, Needs, NodeId, NodeSet, Observation, Payload, Property,
    Request, RequestKind, Roster, Scenario, Seen, Setting, SortedMap, SortedSet, With, sort_by_key,
};

/// ⟨Propose | v⟩: v is to be decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("propose {_0}")]
pub struct Propose<V>(pub V);

impl Request for Propose<Value> {
    const KINDS: &'static [RequestKind] = &[RequestKind {
        name: "propose",
        help: "Propose a value.",
        with: With::Text { label: "value" },
    }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        Value::read(with).map(Self)
    }
}

/// Has the first node propose a value, for [`Cost::perform`](crate::kernel::Cost::perform).
pub fn one_proposal(scenario: &mut Scenario) {
    scenario.ask(0, NodeId::new(0), "propose", Some("v".into()));
}

/// ⟨Decide | v⟩: v is decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("decide {value}")]
pub struct Decide<V> {
    /// The decision.
    pub value: V,
}

impl<V: Payload> Indication for Decide<V> {
    fn kind(&self) -> &'static str {
        "decide"
    }
}

/// Validity.
pub const VALIDITY: Property = Property {
    name: "validity",
    kind: Kind::Safety,
    statement: "If a process decides v, then v was proposed by some process.",
    monitor: |_| safety(Validity::default()),
};

/// Integrity.
pub const INTEGRITY: Property = Property {
    name: "integrity",
    kind: Kind::Safety,
    statement: "No process decides twice.",
    monitor: |_| safety(Integrity::default()),
};

/// Agreement.
///
/// It concerns correct processes: a violation is dropped if one of the two crashes later.
pub const AGREEMENT: Property = Property {
    name: "agreement",
    kind: Kind::Safety,
    statement: "No two correct processes decide differently.",
    monitor: |setting| safety_of_correct(Agreement::<Value>::new(setting, false)),
};

/// Uniform agreement.
pub const UNIFORM_AGREEMENT: Property = Property {
    name: "uniform agreement",
    kind: Kind::Safety,
    statement: "No two processes decide differently.",
    monitor: |setting| safety_of_correct(Agreement::<Value>::new(setting, true)),
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

/// A type of decisions.
pub(super) trait Decision: Clone + Eq + Hash + fmt::Display + 'static {
    /// Returns the decision that an event indicates.
    fn told<'a>(seen: &Observation<'a>) -> Option<&'a Self>;

    /// Returns the decision as part of a sentence.
    fn spoken(&self) -> String {
        self.to_string()
    }
}

impl Decision for Value {
    fn told<'a>(seen: &Observation<'a>) -> Option<&'a Self> {
        let Seen::Indication(packet) = seen.what else { return None };
        packet.get::<Decide<Self>>().map(|decide| &decide.value)
    }

    fn spoken(&self) -> String {
        spoken(self)
    }
}

/// Returns the value that an event proposes.
pub(super) fn proposal<'a>(seen: &Observation<'a>) -> Option<&'a Value> {
    let Seen::Request(packet) = seen.what else { return None };
    packet.get::<Propose<Value>>().map(|Propose(value)| value)
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Validity(SortedSet<Value>);

impl Watch for Validity {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        self.0.extend(proposal(seen).cloned());
        let value = Value::told(seen)?;
        let why = format!("{} decided {}, which no process proposed", seen.node, spoken(value));
        (!self.0.contains(value)).then(|| Violation::new(why, [seen.id]))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Integrity(SortedMap<NodeId, (EventId, Value)>);

impl Watch for Integrity {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let value = Value::told(seen)?;
        let (first, before) = self.0.insert(seen.node, (seen.id, value.clone()))?;
        let (before, value) = (spoken(&before), spoken(value));
        let why = format!("{} decided {before} and then {value}", seen.node);
        Some(Violation::new(why, [first, seen.id]))
    }
}

/// The first decision of each process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Decisions<D> {
    roster: Roster,
    /// By node, so that the order of the decisions makes no difference.
    decisions: SortedMap<NodeId, (EventId, D)>,
}

impl<D: Decision> Decisions<D> {
    pub(super) const fn new(setting: &Setting) -> Self {
        Self { roster: Roster::new(setting), decisions: SortedMap::new() }
    }

    pub(super) fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if let Some(decision) = D::told(seen)
            && !self.decisions.contains_key(&seen.node)
        {
            self.decisions.insert(seen.node, (seen.id, decision.clone()));
        }
    }

    /// Processes that are correct so far.
    pub(super) const fn correct(&self) -> NodeSet {
        self.roster.correct()
    }

    /// Their decisions, in the order in which they were made.
    fn of(&self, whom: NodeSet) -> impl Iterator<Item = (NodeId, EventId, &D)> {
        let of_them = self.decisions.iter().filter(|(node, _)| whom.contains(**node));
        let mut made: Vec<_> = of_them.map(|(node, (event, made))| (*node, *event, made)).collect();
        sort_by_key(&mut made, |(_, event, _)| *event);
        made.into_iter()
    }

    /// The decisions of correct processes, in the order in which they were made.
    pub(super) fn of_correct(&self) -> impl Iterator<Item = (NodeId, EventId, &D)> {
        self.of(self.correct())
    }
}

/// Agreement and uniform agreement, which compare the decisions of different processes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Agreement<D> {
    uniform: bool,
    decisions: Decisions<D>,
}

impl<D: Decision> Agreement<D> {
    pub(super) const fn new(setting: &Setting, uniform: bool) -> Self {
        Self { uniform, decisions: Decisions::new(setting) }
    }
}

impl<D: Decision> WatchCorrect for Agreement<D> {
    fn observe(&mut self, seen: &Observation) {
        self.decisions.observe(seen);
    }

    fn violated(&self) -> Option<Violation> {
        let all = NodeSet::first(MAX_NODES);
        let bound = if self.uniform { all } else { self.decisions.correct() };
        let mut bound = self.decisions.of(bound);
        let (p, first, one) = bound.next()?;
        let (q, second, two) = bound.find(|(.., other)| *other != one)?;
        let why = format!("{p} decided {}, {q} decided {}", one.spoken(), two.spoken());
        Some(Violation::new(why, [first, second]))
    }
}

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
                super::watch::have(undecided)
            ),
        })
    }
}
