//! Atomic commitment: requests, indications and properties.
//!
//! Properties: Bernstein, Hadzilacos and Goodman 1987, *Concurrency Control and Recovery in Database
//! Systems*, section 7.3 (AC1, AC2, AC3, AC5); CGR, module 6.6 (non-blocking atomic commit).

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    consensus::{Agreement, Decision},
    watch::{Await, Owed, Violation, Watch, have, liveness, safety, safety_of_correct},
};
use crate::kernel::{
    EventId, Indication, Kind, Needs, NodeId, NodeSet, Observation, Property, Request, RequestKind,
    Roster, Scenario, Seen, SortedMap, With,
};

/// Requests to a participant, or to the coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
pub enum Transaction {
    /// The participant is to give this vote when it is asked for it; without this request it votes yes.
    #[display("vote {_0}")]
    Vote(Vote),
    /// The coordinator is to start the protocol for the transaction.
    #[display("begin")]
    Begin,
}

/// Vote of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(rename_all = "lowercase")]
pub enum Vote {
    /// It can commit.
    #[display("yes")]
    Yes,
    /// It cannot commit.
    #[display("no")]
    No,
}

impl Request for Transaction {
    const KINDS: &'static [RequestKind] = &[
        RequestKind { name: "begin", help: "Ask for the votes, and decide.", with: With::Nothing },
        RequestKind {
            name: "vote",
            help: "Vote yes or no when asked.",
            with: With::Choice { label: "vote", words: &["yes", "no"], optional: true },
        },
    ];

    fn read(name: &str, with: Option<&Json>, _nodes: &[String]) -> Result<Self, String> {
        match (name, with) {
            ("begin", None) => Ok(Self::Begin),
            ("begin", Some(_)) => Err("nothing".to_owned()),
            (_, None) => Ok(Self::Vote(Vote::Yes)),
            (_, Some(json)) => match json.as_str() {
                Some("yes") => Ok(Self::Vote(Vote::Yes)),
                Some("no") => Ok(Self::Vote(Vote::No)),
                _ => Err("\"yes\" or \"no\"".to_owned()),
            },
        }
    }
}

/// Has the first node begin a transaction that all participants can commit, for
/// [`Cost::perform`](crate::kernel::Cost::perform).
pub fn one_transaction(scenario: &mut Scenario) {
    scenario.ask(0, NodeId::new(0), "begin", None);
}

/// Outcome of the transaction at one participant.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, derive_more::Display,
)]
#[serde(untagged)]
pub enum Outcome {
    /// The transaction takes effect.
    #[display("commit")]
    Commit {},
    /// The transaction has no effect.
    #[display("abort")]
    Abort {},
}

/// Indications of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, derive_more::Display)]
#[serde(untagged)]
pub enum CommitIndication {
    /// It votes, and sends its vote. Later requests no longer change the vote.
    #[display("vote {vote}")]
    Vote {
        /// Its vote.
        vote: Vote,
    },
    /// It has decided.
    Decided(Outcome),
}

impl Indication for CommitIndication {
    fn kind(&self) -> &'static str {
        match self {
            Self::Vote { .. } => "vote",
            Self::Decided(Outcome::Commit {}) => "commit",
            Self::Decided(Outcome::Abort {}) => "abort",
        }
    }
}

/// Commit agreement.
pub const COMMIT_AGREEMENT: Property = Property {
    name: "commit agreement",
    kind: Kind::Safety,
    statement: "All processes that reach a decision reach the same one.",
    monitor: |setting| safety_of_correct(Agreement::<Outcome>::new(setting, true)),
};

/// Commit validity.
///
/// The vote of a process is the first that it indicates. A request to vote counts until then, and not later. A process
/// that has not voted has not voted yes. The votes and decisions of traitors are not judged: a traitor's vote is
/// whatever it sends.
pub const COMMIT_VALIDITY: Property = Property {
    name: "commit validity",
    kind: Kind::Safety,
    statement: "The commit decision can only be reached if all processes voted yes.",
    monitor: |setting| {
        let (votes, loyal) = (SortedMap::new(), NodeSet::first(setting.nodes));
        safety(CommitValidity { votes, loyal })
    },
};

/// Stability.
pub const STABILITY: Property = Property {
    name: "stability",
    kind: Kind::Safety,
    statement: "A process cannot reverse its decision after it has reached one.",
    monitor: |_| safety(Stability::default()),
};

/// Termination.
pub const TERMINATION: Property = Property {
    name: "termination",
    kind: Kind::Liveness,
    statement: "Once a transaction has begun, every correct process eventually decides.",
    monitor: |setting| {
        liveness(Termination { roster: Roster::new(setting), begun: None, decided: NodeSet::EMPTY })
    },
};

impl Decision for Outcome {
    fn told<'a>(seen: &Observation<'a>) -> Option<&'a Self> {
        let Seen::Indication(packet) = seen.what else { return None };
        match packet.get()? {
            CommitIndication::Decided(outcome) => Some(outcome),
            CommitIndication::Vote { .. } => None,
        }
    }
}

fn asked(seen: &Observation) -> Option<Transaction> {
    let Seen::Request(packet) = seen.what else { return None };
    packet.get().copied()
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CommitValidity {
    /// The vote of each process, with the event that told it.
    votes: SortedMap<NodeId, (EventId, Vote)>,
    loyal: NodeSet,
}

impl Watch for CommitValidity {
    const NEEDS: Needs = Needs::TOLD_ORDER;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        match seen.what {
            Seen::Traitor => _ = self.loyal.remove(seen.node),
            Seen::Indication(packet) => {
                if let Some(CommitIndication::Vote { vote }) = packet.get() {
                    self.votes.entry(seen.node).or_insert((seen.id, *vote));
                }
            }
            _ => {}
        }
        let commits = Outcome::told(seen) == Some(&Outcome::Commit {});
        if !commits || !self.loyal.contains(seen.node) {
            return None;
        }
        let vote = |node: NodeId| self.votes.get(&node).copied();
        let voted_no = |node: &NodeId| matches!(vote(*node), Some((_, Vote::No)));
        let against = self.loyal.into_iter().find(voted_no);
        let node = against.or_else(|| self.loyal.into_iter().find(|it| vote(*it).is_none()))?;
        Some(match vote(node) {
            Some((no, _)) => {
                let why = format!("{} committed, though {node} voted no", seen.node);
                Violation::new(why, [no, seen.id])
            }
            None => {
                let why = format!("{} committed, though {node} had not voted", seen.node);
                Violation::new(why, [seen.id])
            }
        })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Stability(SortedMap<NodeId, (EventId, Outcome)>);

impl Watch for Stability {
    const NEEDS: Needs = Needs::SEQUENCE;

    fn watch(&mut self, seen: &Observation) -> Option<Violation> {
        let outcome = *Outcome::told(seen)?;
        let (first, before) = *self.0.entry(seen.node).or_insert((seen.id, outcome));
        let why = format!("{} decided to {before} and then to {outcome}", seen.node);
        (before != outcome).then(|| Violation::new(why, [first, seen.id]))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Termination {
    roster: Roster,
    begun: Option<(EventId, NodeId)>,
    decided: NodeSet,
}

impl Await for Termination {
    const NEEDS: Needs = Needs::NOTHING;

    fn observe(&mut self, seen: &Observation) {
        self.roster.observe(seen);
        if asked(seen) == Some(Transaction::Begin) {
            self.begun.get_or_insert((seen.id, seen.node));
        }
        if Outcome::told(seen).is_some() {
            self.decided.insert(seen.node);
        }
    }

    fn owed(&self) -> Option<Owed> {
        let (since, node) = self.begun?;
        let undecided = self.roster.correct().without(self.decided);
        (!undecided.is_empty()).then(|| Owed {
            since,
            never: format!("{node} began the transaction and {undecided} never decided"),
            not_yet: format!(
                "{node} began the transaction, {undecided} {} not decided yet",
                have(undecided)
            ),
        })
    }
}
