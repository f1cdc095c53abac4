//! Groups that change: members that come and go in the end.

use super::{
    super::watch::{Await, Owed, liveness},
    GroupIndication, GroupRequest, Heard,
};
use crate::kernel::{
    EventId, Kind, Needs, NodeId, NodeSet, Observation, Property, Roster, Seen, SortedMap,
};

/// Join completion.
///
/// A member is a process that has installed a view and has not left or crashed since. Only a member that stays
/// one can let others in: if all that could hear the request crash or leave, nothing is owed.
pub const JOIN_COMPLETION: Property = Property {
    name: "join completion",
    kind: Kind::Liveness,
    statement: "If a correct process asks to join while another one is a member that stays a correct \
                member, then it eventually installs a view, or its request is refused.",
    monitor: |setting| {
        liveness(JoinCompletion {
            roster: Roster::new(setting),
            members: NodeSet::EMPTY,
            waiting: SortedMap::new(),
            last: NodeSet::EMPTY,
        })
    },
};

/// Crashed members leave.
///
/// A process that is up again after its crash is none of those that have to leave.
pub const CRASHED_MEMBERS_LEAVE: Property = Property {
    name: "crashed members leave",
    kind: Kind::Liveness,
    statement: "If a process crashes and stays down, then eventually no correct process is in a view \
                that it belongs to.",
    monitor: |setting| {
        liveness(CrashedMembersLeave {
            roster: Roster::new(setting),
            crashes: SortedMap::new(),
            views: SortedMap::new(),
        })
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct JoinCompletion {
    roster: Roster,
    /// The processes that are in a view.
    members: NodeSet,
    /// The requests to join that have no answer, each with its process and those that were members then and
    /// have been ever since.
    waiting: SortedMap<EventId, (NodeId, NodeSet)>,
    /// The processes whose last request is one to join: a refusal answers the last request.
    last: NodeSet,
}

impl Await for JoinCompletion {
    fn observe(&mut self, seen: &Observation) {
        let me = seen.node;
        self.roster.observe(seen);
        if let Seen::Request(packet) = seen.what {
            self.last.remove(me);
            if let Some(GroupRequest::Join) = packet.get() {
                self.last.insert(me);
                self.waiting.insert(seen.id, (me, self.members));
            }
        }
        if let Seen::Indication(packet) = seen.what
            && let Some(GroupIndication::Refuse { .. }) = packet.get()
            && self.last.contains(me)
        {
            self.waiting.retain(|_, (node, _)| *node != me);
        }
        match Heard::of(seen) {
            Some(Heard::View { .. }) => {
                self.members.insert(me);
                self.waiting.retain(|_, (node, _)| *node != me);
            }
            Some(Heard::Gone) => {
                self.members.remove(me);
                for (_, stayed) in self.waiting.values_mut() {
                    stayed.remove(me);
                }
            }
            _ => {}
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let mut waiting = self.waiting.iter().filter(|(_, (node, stayed))| {
            let hosts = stayed.and(correct).without((*node).into());
            correct.contains(*node) && !hosts.is_empty()
        });
        let (since, (node, _)) = waiting.next()?;
        Some(Owed {
            since: *since,
            never: format!("{node} asked to join, but was never in a view"),
            not_yet: format!("{node} asked to join, but is in no view yet"),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CrashedMembersLeave {
    roster: Roster,
    /// By process that is down: the event of its crash.
    crashes: SortedMap<NodeId, EventId>,
    /// By process that is in a view: the event in which it installed it, its number and its members.
    views: SortedMap<NodeId, (EventId, u32, NodeSet)>,
}

impl Await for CrashedMembersLeave {
    const NEEDS: Needs = Needs::ORDER;

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        match seen.what {
            Seen::Crash => drop(self.crashes.insert(seen.node, seen.id)),
            Seen::Recover => drop(self.crashes.remove(&seen.node)),
            _ => {}
        }
        match Heard::of(seen) {
            Some(Heard::View { id, members }) => {
                self.views.insert(seen.node, (seen.id, id, members));
            }
            Some(Heard::Gone) => drop(self.views.remove(&seen.node)),
            _ => {}
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let views = self.views.iter().filter(|(node, _)| correct.contains(**node));
        let owed = views.flat_map(|(node, (installed, id, members))| {
            let crashed = self.crashes.iter().filter(|(crashed, _)| members.contains(**crashed));
            crashed.map(move |(crashed, crash)| (*crash.max(installed), *node, *crashed, *id))
        });
        let (since, node, crashed, id) = owed.min()?;
        Some(Owed {
            since,
            never: format!("{crashed} crashed, but {node} stayed in view {id} with it"),
            not_yet: format!("{crashed} crashed, but {node} is in view {id} with it"),
        })
    }
}
