//! Validity.

use super::{
    interface::BroadcastId,
    numbering::{Heard, Numbering},
};
use crate::{
    abstractions::{
        Value,
        membership::{GroupIndication, Members},
    },
    kernel::{
        EventId, Kind, Monitor, Needs, NodeId, Observation, Property, Roster, Seen, SortedMap,
        Verdict,
    },
};

/// Validity. A request that is refused is no broadcast.
pub const VALIDITY: Property = Property {
    name: "validity",
    kind: Kind::Liveness,
    statement: "If a correct process broadcasts a message m, then it eventually delivers m.",
    monitor: |setting| {
        Box::new(Validity {
            roster: Roster::new(setting),
            members: Members::new(setting.nodes),
            numbering: Numbering::new(setting.nodes),
            awaited: SortedMap::new(),
            last: SortedMap::new(),
        })
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Validity {
    roster: Roster,
    members: Members,
    numbering: Numbering,
    /// Broadcasts that their broadcasters have not delivered, each with the event of the request and the message.
    awaited: SortedMap<BroadcastId, (EventId, Value)>,
    /// By node: its last request, if that was a broadcast. A refusal is the answer to it.
    last: SortedMap<NodeId, BroadcastId>,
}

impl Monitor for Validity {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        self.members.observe(seen);
        match (Heard::of(seen), seen.what) {
            (Some(Heard::Broadcast(payload)), _) => {
                let id = self.numbering.next(seen.node, payload);
                self.awaited.insert(id, (seen.id, payload.clone()));
                self.last.insert(seen.node, id);
            }
            (Some(Heard::Deliver(deliver)), _) if deliver.from == seen.node => {
                self.awaited.remove(&deliver.id());
            }
            (None, Seen::Request(_)) => drop(self.last.remove(&seen.node)),
            (None, Seen::Indication(packet)) => {
                if let Some(GroupIndication::Refuse { .. }) = packet.get()
                    && let Some(refused) = self.last.remove(&seen.node)
                {
                    self.awaited.remove(&refused);
                }
            }
            _ => {}
        }
    }

    fn needs(&self) -> Needs {
        Needs::NOTHING
    }

    fn verdict(&self, over: bool) -> Verdict {
        let correct = self.roster.correct();
        let awaited = self
            .awaited
            .iter()
            .filter(|(id, _)| correct.and(self.members.bound_by(**id)).contains(id.from));
        match awaited.min_by_key(|(_, (event, _))| *event) {
            None => Verdict::Holds,
            Some((id, (event, payload))) => {
                let (from, message) = (id.from, self.numbering.name(*id, payload));
                if over {
                    let why = format!("{from} broadcast {message} and never delivered it");
                    Verdict::Violated { why, witness: vec![*event] }
                } else {
                    Verdict::Undecided(format!("{from} broadcast {message}, not yet delivered"))
                }
            }
        }
    }
}
