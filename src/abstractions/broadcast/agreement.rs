//! Agreement, uniform agreement and atomicity.

use super::{
    interface::BroadcastId,
    numbering::{Heard, Numbering, PerBroadcast},
};
use crate::{
    abstractions::{Value, membership::Members, watch::have},
    kernel::{
        EventId, Kind, MAX_NODES, Monitor, Needs, NodeId, NodeSet, Observation, Property, Roster,
        Setting, SortedMap, Verdict,
    },
};

/// Agreement.
pub const AGREEMENT: Property = Property {
    name: "agreement",
    kind: Kind::Liveness,
    statement: "If a message m is delivered by some correct process, then m is eventually \
                delivered by every correct process.",
    monitor: |setting| Box::new(Agreement::new(setting, Binds::Correct)),
};

/// Uniform agreement.
pub const UNIFORM_AGREEMENT: Property = Property {
    name: "uniform agreement",
    kind: Kind::Liveness,
    statement: "If a message m is delivered by some process, whether correct or faulty, then m is \
                eventually delivered by every correct process.",
    monitor: |setting| Box::new(Agreement::new(setting, Binds::Uniform)),
};

/// Atomicity: all or none of the destinations.
///
/// The destinations are the processes that are up in the end. So it binds the processes that recover, unlike
/// *uniform agreement*.
pub const ATOMICITY: Property = Property {
    name: "atomicity",
    kind: Kind::Liveness,
    statement: "A message that is delivered by some process is eventually delivered by every \
                process that does not stay down.",
    monitor: |setting| Box::new(Agreement::new(setting, Binds::Recovered)),
};

/// Processes whose delivery binds others, and processes that it binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Binds {
    /// A delivery by a correct process binds the correct processes.
    Correct,
    /// A delivery by any process binds the correct processes.
    Uniform,
    /// A delivery by any process binds the processes that are up in the end.
    Recovered,
}

/// Agreement, uniform agreement and atomicity. They differ in the processes that bind and are bound.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Agreement {
    binds: Binds,
    roster: Roster,
    members: Members,
    numbering: Numbering,
    messages: PerBroadcast<Deliveries>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Deliveries {
    id: BroadcastId,
    payload: Value,
    by: NodeSet,
    /// By node: the event of its first delivery.
    events: SortedMap<NodeId, EventId>,
}

impl Agreement {
    fn new(setting: &Setting, binds: Binds) -> Self {
        let members = Members::new(setting.nodes);
        let messages = PerBroadcast::new(setting.nodes);
        let numbering = Numbering::new(setting.nodes);
        Self { binds, roster: Roster::new(setting), members, numbering, messages }
    }
}

impl Monitor for Agreement {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        self.members.observe(seen);
        self.numbering.hear(seen);
        let Some(Heard::Deliver(deliver)) = Heard::of(seen) else { return };
        let message = self.messages.get_or_insert_with(deliver.id(), || Deliveries {
            id: deliver.id(),
            payload: deliver.payload.clone(),
            by: NodeSet::EMPTY,
            events: SortedMap::new(),
        });
        if message.by.insert(seen.node) {
            message.events.insert(seen.node, seen.id);
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, over: bool) -> Verdict {
        let correct = self.roster.correct();
        let (binding, bound) = match self.binds {
            Binds::Correct => (correct, correct),
            Binds::Uniform => (NodeSet::first(MAX_NODES), correct),
            Binds::Recovered => (NodeSet::first(MAX_NODES), self.roster.up()),
        };
        let uneven = self.messages.values().filter_map(|message| {
            let missing = bound.and(self.members.bound_by(message.id)).without(message.by);
            let binding = message.events.iter().filter(|(node, _)| binding.contains(**node));
            let first = binding.min_by_key(|(_, event)| **event)?;
            (!missing.is_empty()).then_some((first, missing, message))
        });
        let Some(((node, event), missing, message)) = uneven.min_by_key(|((_, event), ..)| **event)
        else {
            return Verdict::Holds;
        };
        let payload = self.numbering.name(message.id, &message.payload);
        if over {
            let why = format!("{node} delivered {payload}, {missing} never did");
            return Verdict::Violated { why, witness: vec![*event] };
        }
        let have = have(missing);
        Verdict::Undecided(format!("{node} delivered {payload}, {missing} {have} not yet"))
    }
}
