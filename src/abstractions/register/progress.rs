//! Liveness of shared objects: termination and convergence.

use std::collections::VecDeque;

use super::{clients::Clients, interface::Reply};
use crate::{
    abstractions::{
        Value,
        naming::spoken,
        watch::{Await, Owed, answer, liveness},
    },
    kernel::{EventId, Kind, Needs, NodeId, Observation, Property, Roster, Seen, SortedMap},
};

/// Convergence.
///
/// A replica is a process that has told its values. The property concerns those that are up in the end.
pub const CONVERGENCE: Property = Property {
    name: "convergence",
    kind: Kind::Liveness,
    statement: "Eventually, all replicas that do not stay down hold the same values.",
    monitor: |setting| {
        liveness(Convergence { roster: Roster::new(setting), replicas: SortedMap::new() })
    },
};

/// Termination.
///
/// CGR, modules 4.1 to 4.3. No other property of shared objects demands answers. A crash ends the operations of its
/// process: a recovered process has to ask again.
pub const TERMINATION: Property = Property {
    name: "termination",
    kind: Kind::Liveness,
    statement: "If a correct process invokes an operation, then the operation eventually completes.",
    monitor: |setting| {
        liveness(Termination { roster: Roster::new(setting), clients: Clients::default() })
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Termination {
    roster: Roster,
    clients: Clients,
}

impl Await for Termination {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        self.clients.hear(seen);
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let awaited = self.clients.awaited.iter().filter(|((node, _), _)| correct.contains(*node));
        let ((node, _), (since, operation)) = awaited.min_by_key(|(_, (since, _))| *since)?;
        Some(Owed {
            since: *since,
            never: format!("{node}'s {} was never answered", operation.spoken()),
            not_yet: format!("{node}'s {} has no answer yet", operation.spoken()),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Convergence {
    roster: Roster,
    /// Values of each replica by key, with the events that told them.
    replicas: SortedMap<NodeId, SortedMap<Value, (Value, EventId)>>,
}

impl Await for Convergence {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if let Seen::Indication(packet) = seen.what
            && let Some(Reply::Hold { key, value }) = packet.get()
        {
            let replica = self.replicas.entry(seen.node).or_default();
            replica.insert(key.clone(), (value.clone(), seen.id));
        }
    }

    fn owed(&self) -> Option<Owed> {
        let up = self.roster.up();
        let mut replicas = self.replicas.iter().filter(|(node, _)| up.contains(**node));
        let (first, model) = replicas.next()?;
        replicas.find_map(|(node, replica)| {
            let keys: VecDeque<_> = model.keys().chain(replica.keys()).collect();
            let differs = |key: &&&Value| {
                let held = |here: &SortedMap<Value, (Value, EventId)>| {
                    here.get(**key).map(|(it, _)| it.clone())
                };
                held(model) != held(replica)
            };
            let key = *keys.iter().find(differs)?;
            let (mine, theirs) = (model.get(key), replica.get(key));
            let since = mine.into_iter().chain(theirs).map(|(_, event)| *event).max()?;
            let held = |it: Option<&(Value, EventId)>| answer(it.map(|(value, _)| value));
            let (mine, theirs, key) = (held(mine), held(theirs), spoken(key));
            let why = format!("{first} holds {mine} under {key}, {node} {theirs}");
            Some(Owed { since, never: format!("{why}, at the end"), not_yet: why })
        })
    }
}
