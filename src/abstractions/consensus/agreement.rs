//! Safety: validity, integrity and agreement.

use std::{fmt, hash::Hash};

use super::interface::{Decide, Propose};
use crate::{
    abstractions::{
        Value,
        naming::spoken,
        watch::{Violation, Watch, WatchCorrect, safety, safety_of_correct},
    },
    kernel::{
        EventId, Kind, MAX_NODES, Needs, NodeId, NodeSet, Observation, Property, Roster, Seen,
        Setting, SortedMap, SortedSet, sort_by_key,
    },
};

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

/// A type of decisions.
pub(in crate::abstractions) trait Decision:
    Clone + Eq + Hash + fmt::Display + 'static
{
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
pub(in crate::abstractions) fn proposal<'a>(seen: &Observation<'a>) -> Option<&'a Value> {
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
pub(in crate::abstractions) struct Decisions<D> {
    roster: Roster,
    /// By node, so that the order of the decisions makes no difference.
    decisions: SortedMap<NodeId, (EventId, D)>,
}

impl<D: Decision> Decisions<D> {
    pub(in crate::abstractions) const fn new(setting: &Setting) -> Self {
        Self { roster: Roster::new(setting), decisions: SortedMap::new() }
    }

    pub(in crate::abstractions) fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if let Some(decision) = D::told(seen)
            && !self.decisions.contains_key(&seen.node)
        {
            self.decisions.insert(seen.node, (seen.id, decision.clone()));
        }
    }

    /// Processes that are correct so far.
    pub(in crate::abstractions) const fn correct(&self) -> NodeSet {
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
    pub(in crate::abstractions) fn of_correct(
        &self,
    ) -> impl Iterator<Item = (NodeId, EventId, &D)> {
        self.of(self.correct())
    }
}

/// Agreement and uniform agreement, which compare the decisions of different processes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::abstractions) struct Agreement<D> {
    uniform: bool,
    decisions: Decisions<D>,
}

impl<D: Decision> Agreement<D> {
    pub(in crate::abstractions) const fn new(setting: &Setting, uniform: bool) -> Self {
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
