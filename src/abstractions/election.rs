//! Leader election: requests, indications and properties.
//!
//! Properties: Coulouris et al. (2012), section 15.3: E1 (safety) and E2 (liveness); CGR, module 2.7.

use serde::Serialize;
use serde_json::Value as Json;

use super::watch::{Await, Owed, Violation, Watch, liveness, safety};
use crate::kernel::{
    EventId, Indication, Kind, Needs, NodeId, Observation, Property, Request, RequestKind, Roster,
    Seen, SortedMap, With,
};

/// The application wants a leader to be elected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("elect")]
pub struct Elect;

impl Request for Elect {
    const KINDS: &'static [RequestKind] =
        &[RequestKind { name: "elect", help: "Start an election.", with: With::Nothing }];

    fn read(_name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        with.is_none().then_some(Self).ok_or_else(|| "nothing".to_owned())
    }
}

/// A new leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[display("leader {leader}")]
pub struct Leader {
    /// Process that leads.
    pub leader: NodeId,
    /// Its term or round, where the protocol counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<u32>,
}

impl Indication for Leader {
    fn kind(&self) -> &'static str {
        "leader"
    }
}

/// Unique leader.
///
/// If an algorithm counts terms, the leaders of one term are compared over all processes. Otherwise a follower may lag
/// behind; but no two processes that are up may hold themselves to be the leader.
pub const UNIQUE_LEADER: Property = Property {
    name: "unique leader",
    kind: Kind::Safety,
    statement: "There is at most one leader at a time or, with terms, at most one in each term.",
    monitor: |_| safety(UniqueLeader::default()),
};

/// Highest live process leads.
///
/// A live process is one that is up in the end, possibly after a recovery.
pub const HIGHEST_LIVE_PROCESS_LEADS: Property = Property {
    name: "highest live process leads",
    kind: Kind::Liveness,
    statement: "Eventually, every live process that has a leader has the live process with the \
                highest identifier as its leader.",
    monitor: |setting| {
        liveness(HighestLeads { roster: Roster::new(setting), leaders: SortedMap::new() })
    },
};

/// Termination.
pub const TERMINATION: Property = Property {
    name: "termination",
    kind: Kind::Liveness,
    statement: "If a correct process starts an election, then it eventually learns the leader, and \
                so does every correct process that knows no leader.",
    monitor: |setting| {
        liveness(Termination {
            roster: Roster::new(setting),
            started: SortedMap::new(),
            unanswered: SortedMap::new(),
            leaders: SortedMap::new(),
        })
    },
};

fn leader(seen: &Observation) -> Option<Leader> {
    match seen.what {
        Seen::Indication(packet) => packet.get().copied(),
        _ => None,
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct UniqueLeader {
    /// Processes that take themselves for the leader without a term, with the events since which they do.
    reigning: SortedMap<NodeId, EventId>,
    /// The leader of each term, with the event that told it first.
    terms: SortedMap<u32, (NodeId, EventId)>,
}

impl Watch for UniqueLeader {
    const NEEDS: Needs = Needs::TOLD_ORDER;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        if matches!(seen.what, Seen::Crash) {
            self.reigning.remove(&seen.node);
        }
        let Leader { leader, term } = leader(seen)?;
        let Some(term) = term else { return self.reign(seen, leader) };
        let (first, event) = *self.terms.entry(term).or_insert((leader, seen.id));
        let why = format!("{first} and {leader} are both leaders of term {term}");
        (first != leader).then(|| Violation::new(why, [event, seen.id]))
    }
}

impl UniqueLeader {
    fn reign(&mut self, seen: &Observation, leader: NodeId) -> Option<Violation> {
        if leader != seen.node {
            self.reigning.remove(&seen.node);
            return None;
        }
        self.reigning.insert(leader, seen.id);
        let (other, event) = self.reigning.iter().find(|(node, _)| **node != leader)?;
        let why = format!("{leader} became leader while {other} was");
        Some(Violation::new(why, [*event, seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct HighestLeads {
    roster: Roster,
    /// The leader of each node, with the event that told it.
    leaders: SortedMap<NodeId, (NodeId, EventId)>,
}

impl Await for HighestLeads {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if matches!(seen.what, Seen::Crash) {
            self.leaders.remove(&seen.node);
        }
        if let Some(Leader { leader, .. }) = leader(seen) {
            self.leaders.insert(seen.node, (leader, seen.id));
        }
    }

    fn owed(&self) -> Option<Owed> {
        let highest = self.roster.up().into_iter().last()?;
        let mut wrong = self.leaders.iter().filter(|(_, (leader, _))| *leader != highest);
        let (node, (leader, since)) = wrong.by_ref().min_by_key(|(_, (_, since))| *since)?;
        Some(Owed {
            since: *since,
            never: format!("{node}'s leader at the end is {leader}, not {highest}"),
            not_yet: format!("{node}'s leader is {leader}, not {highest}"),
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Termination {
    roster: Roster,
    /// The first election that each node started.
    started: SortedMap<NodeId, EventId>,
    /// The first election that each node started and that has no outcome yet.
    unanswered: SortedMap<NodeId, EventId>,
    /// The event by which each node last learnt of a leader.
    leaders: SortedMap<NodeId, EventId>,
}

impl Await for Termination {
    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if let Seen::Request(packet) = seen.what
            && packet.get::<Elect>().is_some()
        {
            self.started.entry(seen.node).or_insert(seen.id);
            self.unanswered.entry(seen.node).or_insert(seen.id);
        }
        if leader(seen).is_some() {
            self.unanswered.remove(&seen.node);
            self.leaders.insert(seen.node, seen.id);
        }
    }

    fn owed(&self) -> Option<Owed> {
        let correct = self.roster.correct();
        let by_correct = |(node, _): &(&NodeId, &EventId)| correct.contains(**node);
        let first = self.started.iter().filter(by_correct).map(|(_, since)| *since).min();
        let strangers = correct.into_iter().filter(|node| !self.leaders.contains_key(node));
        let kept_waiting = self.unanswered.iter().filter(by_correct);
        let (since, node) = first
            .and_then(|first| strangers.map(|node| (first, node)).next())
            .into_iter()
            .chain(kept_waiting.map(|(node, since)| (*since, *node)))
            .min()?;
        Some(Owed {
            since,
            never: format!("an election was started, but {node} never learnt the leader"),
            not_yet: format!("an election was started, but {node} does not know the leader yet"),
        })
    }
}
